//! Random numbers for ids, tokens and jitter: `crypto.getRandomValues()`, by way of the crate getrandom.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/Crypto/getRandomValues>

use super::BrowserError;

/// Random bytes, fit for secrets.
///
/// # Errors
/// [`BrowserError`] where the browser has no `crypto`; then nothing may be made that needs a secret.
pub fn bytes<const N: usize>() -> Result<[u8; N], BrowserError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| BrowserError(error.to_string()))?;
    Ok(bytes)
}

/// Any number, for jitter only: 0 where there is no randomness, which merely makes a wait shorter.
pub fn jitter() -> u64 {
    bytes().map(u64::from_le_bytes).unwrap_or(0)
}
