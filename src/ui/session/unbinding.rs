//! 解除绑定: refused while anything of the branch exists on this phone alone, unless it was carried away.

use super::{Session, activation::Failure};
use crate::{
    store::{OnlyHere, StoreError},
    sync::BindingState,
};
use leptos::prelude::*;

impl Session {
    /// How much of the branch on the screen would be lost: changed answers of all its periods, requests that wait to be sent, and photos.
    #[must_use]
    pub fn only_here(self) -> OnlyHere {
        let here = self.on_disk_only_here.get();
        // What is on the screen may be newer than what was read.
        OnlyHere { answers: here.answers.max(self.derived.unshared.get()), ..here }
    }

    /// Removes the branch on the screen from this phone. The endpoint is told when it can be reached; if it cannot, the token is
    /// simply forgotten here.
    ///
    /// # Errors
    /// [`StoreError::OnlyHere`] while anything exists on this phone alone, or when the storage fails; then nothing was removed.
    pub async fn unbind(self) -> Result<(), Failure> {
        let (Some(repository), Some(binding), Some(phone)) =
            (self.repository(), untrack(|| self.active()), self.phone.get_untracked())
        else {
            return Ok(());
        };
        let code = &binding.branch.code;
        if !self.queue.with_value(crate::ui::unsaved::Queue::is_empty) {
            self.write();
            return Err(StoreError::from(OnlyHere { answers: 1, ..OnlyHere::default() }).into());
        }
        let photos = self.darkroom.with_untracked(|room| room.of_branch(code));
        if photos > 0 {
            leptos::task::spawn_local(self.store_made());
            return Err(StoreError::from(OnlyHere { photos, ..OnlyHere::default() }).into());
        }
        // Before the endpoint is told: a token given back cannot be had again.
        let here = repository.only_here(code).await?;
        if !here.is_nothing() {
            self.reload().await;
            return Err(StoreError::from(here).into());
        }
        if binding.state == BindingState::Bound {
            let client = self.client();
            // Unreachable or not: the phone forgets its secret either way, and the upper level can revoke it.
            let _told = client.unbind(&binding.token).await;
        }
        repository.unbind(code, &phone).await?;
        let phone = repository.stored_phone().await?;
        self.chosen_period.set(None);
        self.phone.set(phone);
        self.submissions.set(Vec::new());
        self.photos.set(None);
        self.work.set(Err(super::NoWork::NotFetched));
        self.reload().await;
        self.tell_other_tabs();
        Ok(())
    }
}
