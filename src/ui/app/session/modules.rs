//! Which parts beyond the self-check the branch is asked to use. One that is off is not shown, unless there is something in it already:
//! nothing that was entered is ever hidden, and what was begun can be finished.

use super::Session;
use crate::domain::FindingState;
pub use crate::protocol::Module;
use leptos::prelude::*;

impl Session {
    /// Whether a module is on. Who was told nothing of them has them all.
    pub fn is_on(self, module: Module) -> bool {
        self.standard.read().as_ref().is_none_or(|copy| copy.published.is_on(module))
    }

    /// Whether a module's pages are shown: it is on, or there is something in it.
    pub fn shows(self, module: Module) -> bool {
        self.is_on(module)
            || match module {
                Module::Ledger => !self.ledger.read().ledger.live().is_empty(),
                Module::Photos => self.photos.read().as_ref().is_some_and(|photos| !photos.is_empty()),
                Module::Mending => {
                    let mending = self.mending.read();
                    mending.findings.all().iter().any(|finding| finding.state != FindingState::Withdrawn)
                }
            }
    }
}
