//! 解除绑定: refused while anything of the branch would be lost with it: what the endpoint does not have, unless she says that she has
//! sent a file with it away.

use crate::{
    phone::work::NoWork,
    store::{Count, StoreError},
    sync::BindingState,
    ui::app::session::{Session, activation::Failure},
};
use leptos::prelude::*;

impl Session {
    /// Removes the branch on the screen from this phone. The endpoint is told when it can be reached; if it cannot, the token is
    /// simply forgotten here.
    ///
    /// # Errors
    /// [`StoreError::OnlyHere`] while anything would be lost, or when the storage fails; then nothing was removed.
    pub async fn unbind(self) -> Result<(), Failure> {
        let (Some(repository), Some(binding), Some(phone)) =
            (self.repository(), untrack(|| self.active()), self.phone.get_untracked())
        else {
            return Ok(());
        };
        let code = &binding.branch.code;
        if !self.is_settled() {
            return Err(StoreError::OnlyHere(Count { answers: 1, ..Count::default() }).into());
        }
        let photos = self.darkroom.with_untracked(|room| room.of_branch(code));
        if photos > 0 {
            leptos::task::spawn_local(self.store_made());
            return Err(StoreError::OnlyHere(Count { photos, ..Count::default() }).into());
        }
        // Before the endpoint is told: a token given back cannot be had again.
        let lost = repository.whereabouts(code).await?.lost_with_the_phone();
        if !lost.is_nothing() {
            self.reload().await;
            return Err(StoreError::OnlyHere(lost).into());
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
        self.work.set(Err(NoWork::NotFetched));
        self.reload().await;
        self.tell_other_tabs();
        Ok(())
    }
}
