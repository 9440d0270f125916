//! 解除绑定: refused while anything of the branch exists on this phone alone, unless it was carried away.

use super::{Session, activation::Failure};
use crate::sync::BindingState;
use leptos::prelude::*;

impl Session {
    /// How much of the branch on the screen would be lost: changed answers, and requests that wait to be sent.
    #[must_use]
    pub fn only_here(self) -> (usize, usize) {
        let code = self.active().map(|binding| binding.branch.code);
        let waiting = self.outbox.read().iter().filter(|row| Some(&row.branch) == code.as_ref()).count();
        (self.derived.unshared.get(), waiting)
    }

    /// Removes the branch on the screen from this phone. The endpoint is told when it can be reached; if it cannot, the token is
    /// simply forgotten here.
    ///
    /// # Errors
    /// When the storage fails; then nothing was removed.
    pub async fn unbind(self) -> Result<(), Failure> {
        let (Some(repository), Some(binding), Some(mut phone)) =
            (self.repository(), untrack(|| self.active()), self.phone.get_untracked())
        else {
            return Ok(());
        };
        if binding.state == BindingState::Bound {
            let client = self.client();
            // Unreachable or not: the phone forgets its secret either way, and the upper level can revoke it.
            let _told = client.unbind(&binding.token).await;
        }
        let others = self.bindings.get_untracked();
        let next = others.iter().find(|other| other.branch.code != binding.branch.code);
        phone.active = next.map(|other| other.branch.code.clone());
        repository.unbind(&binding.branch.code, &phone).await?;
        self.chosen_period.set(None);
        self.phone.set(Some(phone));
        self.submissions.set(Vec::new());
        self.work.set(Err(super::NoWork::NotFetched));
        self.reload().await;
        self.tell_other_tabs();
        Ok(())
    }
}
