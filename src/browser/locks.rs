//! One among all tabs: Web Locks.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/LockManager/request>

use super::js;
use js_sys::{Function, Promise};
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

/// Waits until the lock is free, which may be as long as the other tab lives, and takes it; `None` where there are no locks.
///
/// Dropping the future does not withdraw the request; the lock is then given back as soon as it is granted.
pub async fn hold(name: &str) -> Option<Held> {
    let locks = js::navigator("locks")?;
    let mut answer = None;
    let answered = Promise::new(&mut |resolve, _| answer = Some(resolve));
    let answer = answer?;
    let held: Rc<RefCell<Option<Held>>> = Rc::default();
    let keep = Rc::downgrade(&held);
    // JavaScript owns and frees this closure: it is called once at most.
    let granted = Closure::once_into_js(move |_: JsValue| -> Promise {
        let mut release = None;
        let until_released = Promise::new(&mut |resolve, _| release = Some(resolve));
        if let Some(release) = release {
            // Dropped here, which releases at once, if nobody waits any more.
            let lock = Held { release };
            if let Some(keep) = keep.upgrade() {
                keep.replace(Some(lock));
            }
        }
        let _ = answer.call0(&JsValue::UNDEFINED);
        until_released
    });
    let asked = js::call(&locks, "request", &[name.into(), granted]).ok()?;
    // A request that is refused outright (no permission in this context) never calls back: whichever settles first counts.
    let first = js_sys::Array::of2(&answered, &asked);
    js::wait(Promise::race(&first)).await.ok()?;
    held.take()
}
