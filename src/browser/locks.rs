//! One among all tabs: Web Locks.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/LockManager/request>

use super::js;
use js_sys::{Function, Object, Promise, Reflect};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsValue, closure::Closure};

/// A lock that this tab holds until this is dropped or the tab dies. It is never stolen.
#[must_use = "dropping it gives the lock back"]
pub struct Held {
    release: Function,
}

impl Drop for Held {
    fn drop(&mut self) {
        // Resolving the promise that the lock was granted for; a dead page has given it back already.
        let _ = self.release.call0(&JsValue::UNDEFINED);
    }
}

/// What came of asking for a lock.
pub enum Lock {
    /// This tab has it.
    Held(Held),
    /// Another tab has it.
    Taken,
    /// There are no locks here: use another way, such as a lease in the database.
    Unsupported,
}

/// Takes the lock if it is free.
pub async fn try_hold(name: &str) -> Lock {
    request(name, true).await
}

/// Waits until the lock is free, which may be as long as the other tab lives, and takes it. Never [`Lock::Taken`].
///
/// Dropping the future does not withdraw the request; the lock is then given back as soon as it is granted.
pub async fn hold(name: &str) -> Lock {
    request(name, false).await
}

async fn request(name: &str, if_available: bool) -> Lock {
    let Some(locks) = js::navigator("locks") else { return Lock::Unsupported };
    let options = Object::new();
    if Reflect::set(&options, &"ifAvailable".into(), &if_available.into()).is_err() {
        return Lock::Unsupported;
    }
    // Settles with `true` when granted and `false` when taken.
    let mut answer = None;
    let answered = Promise::new(&mut |resolve, _| answer = Some(resolve));
    let Some(answer) = answer else { return Lock::Unsupported };
    let held: Rc<RefCell<Option<Held>>> = Rc::default();
    let keep = Rc::downgrade(&held);
    // JavaScript owns and frees this closure: it is called once at most.
    let granted = Closure::once_into_js(move |lock: JsValue| -> Promise {
        let is_granted = !lock.is_null() && !lock.is_undefined();
        let mut release = None;
        let until_released = Promise::new(&mut |resolve, _| release = Some(resolve));
        if let (true, Some(release)) = (is_granted, release) {
            // Dropped here, which releases at once, if nobody waits any more.
            let lock = Held { release };
            if let Some(keep) = keep.upgrade() {
                keep.replace(Some(lock));
            }
        }
        let _ = answer.call1(&JsValue::UNDEFINED, &is_granted.into());
        if is_granted { until_released } else { Promise::resolve(&JsValue::UNDEFINED) }
    });
    let asked = js::call(&locks, "request", &[name.into(), options.into(), granted]);
    let Ok(asked) = asked else { return Lock::Unsupported };
    // A request that is refused outright (no permission in this context) never calls back: whichever settles first counts.
    let first = js_sys::Array::of2(&answered, &asked);
    if js::wait(Promise::race(&first)).await.is_err() {
        return Lock::Unsupported;
    }
    match held.take() {
        Some(held) => Lock::Held(held),
        None => Lock::Taken,
    }
}
