//! Whether the browser promises to keep what is stored: `navigator.storage`.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/StorageManager>

use super::js;

/// What the browser promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// It keeps everything until the user deletes it.
    Granted,
    /// It may delete everything when space is short, Safari also after seven days without use.
    Refused,
    /// It cannot be asked: an old browser, a web view, or no https.
    Unknown,
}

/// How full the phone's storage is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Used by this app, roughly.
    pub usage: u64,
    /// What the browser would give it, roughly.
    pub quota: u64,
}

impl Estimate {
    /// Whether more than 80 % of what there is room for is used.
    pub fn is_tight(self) -> bool {
        self.usage > self.quota / 5 * 4
    }
}

/// What the browser promises at present.
pub async fn current() -> Persistence {
    ask("persisted").await
}

/// Asks the browser to promise. Some browsers ask the user, some decide silently, and no is a usual answer.
pub async fn request() -> Persistence {
    ask("persist").await
}

/// How full it is; `None` where the browser does not say.
pub async fn estimate() -> Option<Estimate> {
    let answer = js::ask(&js::navigator("storage")?, "estimate", &[]).await.ok()?;
    let bytes = |name| js::property(&answer, name).and_then(|value| value.as_f64()).map(|bytes| bytes as u64);
    Some(Estimate { usage: bytes("usage")?, quota: bytes("quota")? })
}

async fn ask(method: &str) -> Persistence {
    let Some(storage) = js::navigator("storage") else { return Persistence::Unknown };
    match js::ask(&storage, method, &[]).await.map(|answer| answer.as_bool()) {
        Ok(Some(true)) => Persistence::Granted,
        Ok(Some(false)) => Persistence::Refused,
        Ok(None) | Err(_) => Persistence::Unknown,
    }
}
