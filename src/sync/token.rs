//! The phone's secret: 256 random bits, made and stored before the activation code is spent.

use crate::{domain::ContentHash, json::FromJson, protocol::TokenHash};
use serde::{Deserialize, Serialize};

/// A bearer token (RFC 6750 §2.1). Only its hash is known to the endpoint; it is never logged, so `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// Makes a token out of 32 random bytes: 64 hexadecimal digits.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        use core::fmt::Write as _;
        let mut text = String::with_capacity(64);
        for byte in bytes {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// What goes into the `Authorization` header after `Bearer `.
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// What the phone tells the endpoint when it activates.
    pub fn hash(&self) -> TokenHash {
        ContentHash::of(self.0.as_bytes())
    }
}

impl core::fmt::Debug for Token {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_256_bits_and_does_not_show_itself() {
        let token = Token::from_random([0xab; 32]);
        assert_eq!(token.secret(), "ab".repeat(32));
        assert_eq!(token.hash(), ContentHash::of(token.secret().as_bytes()));
        assert_eq!(format!("{token:?}"), "Token(…)");
        assert_eq!(serde_json::to_string(&token).unwrap(), format!("{:?}", token.secret()));
    }
}
