//! Binding a phone to a branch (启用).

use super::branch::BranchInfo;
use crate::{
    domain::{ContentHash, DeviceId},
    json::FromJson,
};
use serde::{Deserialize, Serialize};

/// 激活码: 12 digits for a numeric keypad, read and shown in three groups of four.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct ActivationCode(String);

/// A text that is no activation code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an activation code has 12 digits, this has {0}")]
pub struct CodeError(
    /// How many digits there were.
    pub usize,
);

impl ActivationCode {
    /// Reads a code as people type it: spaces and dashes between the groups, full-width digits from a Chinese keyboard.
    ///
    /// # Errors
    /// [`CodeError`] when there are not exactly 12 digits, or something else among them.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let mut digits = String::with_capacity(12);
        for c in text.trim().chars() {
            match c {
                '0'..='9' => digits.push(c),
                '０'..='９' => digits.push(char::from(b'0' + (u32::from(c) - u32::from('０')) as u8)),
                ' ' | '-' | '\u{3000}' | '\u{a0}' | '—' | '－' => {}
                _ => return Err(CodeError(digits.len())),
            }
        }
        if digits.len() == 12 { Ok(Self(digits)) } else { Err(CodeError(digits.len())) }
    }

    /// Makes a code out of eight random bytes, of which 40 bits are used.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        let forty_bits = u64::from_be_bytes(bytes) >> 24;
        Self(format!("{:012}", forty_bits % 1_000_000_000_000))
    }

    /// The 12 digits without separators.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// What the endpoint stores instead of the code.
    pub fn hash(&self) -> ContentHash {
        ContentHash::of(self.0.as_bytes())
    }
}

impl core::fmt::Display for ActivationCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (first, rest) = self.0.split_at(4);
        let (second, third) = rest.split_at(4);
        write!(f, "{first} {second} {third}")
    }
}

impl TryFrom<String> for ActivationCode {
    type Error = CodeError;
    fn try_from(text: String) -> Result<Self, CodeError> {
        Self::parse(&text)
    }
}

impl From<ActivationCode> for String {
    fn from(code: ActivationCode) -> Self {
        code.0
    }
}

/// The SHA-256 of a phone's 256-bit token: all that the endpoint ever stores of it.
pub type TokenHash = ContentHash;

/// The phone has stored its token before it asks, so the same triple again succeeds and a lost answer burns nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ActivateRequest {
    /// As typed, scanned or linked.
    pub code: ActivationCode,
    /// Made by the phone.
    pub device: DeviceId,
    /// SHA-256 of the token's text.
    pub token_hash: TokenHash,
}

/// The phone is bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Activated {
    /// To which branch.
    pub branch: BranchInfo,
}

/// A short-lived code for another phone of the same branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DeviceCode {
    /// The code.
    pub code: ActivationCode,
    /// Until when it works, milliseconds since 1970-01-01 UTC.
    pub expires_at: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for text in ["123456789012", "1234 5678 9012", " 1234-5678-9012 ", "１２３４　５６７８　９０１２"]
        {
            let code = ActivationCode::parse(text).unwrap();
            assert_eq!((code.digits(), code.to_string().as_str()), ("123456789012", "1234 5678 9012"));
        }
        for (text, digits) in [("12345678901", 11), ("1234567890123", 13), ("", 0), ("1234o5678901", 4)] {
            assert_eq!(ActivationCode::parse(text), Err(CodeError(digits)), "{text:?}");
        }
    }

    #[test]
    fn a_random_code_uses_forty_bits() {
        assert_eq!(ActivationCode::from_random([0; 8]).digits(), "000000000000");
        assert_eq!(ActivationCode::from_random([255; 8]).digits(), "099511627775");
        assert_eq!(ActivationCode::from_random([255; 8]).digits().len(), 12);
    }
}
