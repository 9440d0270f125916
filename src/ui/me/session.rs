//! What 我的 asks for.

use crate::{protocol::DeviceCode, sync::ApiError, ui::app::session::Session};
use leptos::prelude::*;

impl Session {
    /// Gets a ten-minute code for another phone of the branch on the screen.
    ///
    /// # Errors
    /// [`ApiError`], [`ApiError::Offline`] without a bound branch.
    pub async fn code_for_another_phone(self) -> Result<DeviceCode, ApiError> {
        let binding = untrack(|| self.active()).ok_or_else(|| ApiError::Offline("no branch".into()))?;
        let client = self.client();
        client.device_code(&binding.token).await
    }

    /// Has on disk what is typed, and nothing more of what was entered, and reads everything again: before it is counted.
    pub async fn settle_typed(self) {
        self.write_typed().await;
        self.reload().await;
    }
}
