//! 启用: binding this phone to a branch.

use super::Session;
use crate::{
    browser,
    protocol::{ActivateRequest, ActivationCode, BranchInfo, ProblemKind},
    store::{Binding, PendingActivation, StoreError},
    sync::{ApiError, BindingState, Token},
};
use leptos::prelude::*;

/// Why something that needs both storage and endpoint did not come about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The phone's storage.
    Store(StoreError),
    /// The endpoint, or the way to it.
    Api(ApiError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl Session {
    /// Redeems a code. The secret is stored before the endpoint is asked, so a lost answer burns nothing: the same code again
    /// succeeds on this phone.
    ///
    /// # Errors
    /// [`Failure`]; the code stays good unless the endpoint says otherwise.
    pub async fn activate(self, code: ActivationCode) -> Result<BranchInfo, Failure> {
        let closed = || Failure::Store(StoreError::Unavailable("not open".into()));
        let repository = self.repository().ok_or_else(closed)?;
        let mut phone = self.phone.get_untracked().ok_or_else(closed)?;
        // The same slip scanned again on the same phone: nothing to redeem.
        let known = repository.branch_of_code(&code.hash()).await?;
        let mine = self.bindings.with_untracked(|all| {
            let bound = |binding: &&Binding| Some(&binding.branch.code) == known.as_ref();
            all.iter().find(bound).filter(|binding| binding.state == BindingState::Bound).cloned()
        });
        if let Some(binding) = mine {
            self.switch_branch(binding.branch.code.clone());
            return Ok(binding.branch);
        }
        let pending = match repository.pending_activation().await? {
            Some(pending) if pending.code == code => pending,
            _ => {
                let pending = PendingActivation {
                    code,
                    token: Token::from_random(
                        browser::random::bytes().map_err(|error| StoreError::Unavailable(error.0))?,
                    ),
                };
                repository.save_pending_activation(&pending).await?;
                pending
            }
        };
        let client = self.client();
        let request =
            ActivateRequest { code: pending.code, device: phone.device, token_hash: pending.token.hash() };
        let branch = match client.activate(&request).await {
            Ok(activated) => activated.branch,
            Err(error) => {
                if matches!(
                    error.kind(),
                    Some(ProblemKind::CodeWrong | ProblemKind::CodeUsed | ProblemKind::CodeExpired)
                ) {
                    repository.drop_pending_activation().await?;
                }
                return Err(error.into());
            }
        };
        let binding = Binding {
            branch: branch.clone(),
            token: pending.token,
            bound_at: self.now(),
            state: BindingState::Bound,
        };
        repository.bind(&binding, &phone).await?;
        phone.active = Some(branch.code.clone());
        self.chosen_period.set(None);
        self.phone.set(Some(phone));
        self.reload().await;
        self.tell_other_tabs();
        self.send_now().await;
        Ok(branch)
    }

    /// The code of an activation that was begun and whose answer never came: the page was closed, or the network went.
    pub async fn begun_activation(self) -> Option<ActivationCode> {
        self.repository()?.pending_activation().await.ok().flatten().map(|pending| pending.code)
    }
}
