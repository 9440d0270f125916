//! Identifiers. Those written by people (items, branches …) are short opaque texts; those made by phones are UUIDs.

use crate::json::FromJson;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a text cannot be an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Empty, or longer than [`MAX_ID_CHARS`].
    #[error("an id has 1 to {MAX_ID_CHARS} characters; {0:?} has {1}")]
    Length(String, usize),
    /// Holds something else than letters, digits, `.`, `_` and `-`.
    #[error("an id is made of ASCII letters, digits, '.', '_' and '-'; {0:?} holds {1:?}")]
    Character(String, char),
    /// Not 64 lower-case hexadecimal digits.
    #[error("a content hash has 64 lower-case hexadecimal digits; {0:?} has not")]
    Hash(String),
}

/// The longest identifier accepted.
pub const MAX_ID_CHARS: usize = 64;

fn checked(text: String) -> Result<String, IdError> {
    let length = text.chars().count();
    if length == 0 || length > MAX_ID_CHARS {
        return Err(IdError::Length(text.chars().take(MAX_ID_CHARS).collect(), length));
    }
    match text.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))) {
        Some(bad) => Err(IdError::Character(text, bad)),
        None => Ok(text),
    }
}

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "server", schema(value_type = String))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Accepts 1 to 64 characters out of ASCII letters, digits, `.`, `_`, `-`.
            ///
            /// # Errors
            /// [`IdError`] when the text is empty, too long or holds another character.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                checked(text.into()).map(Self)
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_id! {
    /// A family of published versions, for instance the city's own.
    StandardId;
    /// One of the sectors (领域): `rural`, `community` …
    SectorId;
    /// One of the aspects (方面): `organisation`, `institutions` …
    AspectId;
    /// An item (条目). Opaque, free of the sector, never reused for another item.
    ItemId;
    /// A scored part (分项) of an item; stable within its item.
    PartId;
    /// A named choice of a level rule.
    ChoiceId;
    /// A fact to tick in a facts rule.
    FactId;
    /// A kind of occurrence in a deduction rule.
    OccurrenceId;
    /// A limit on the grade, a veto (一票否决) among them.
    LimitId;
    /// A way in which inspectors verify (考核方式); data, because counties add their own.
    MethodId;
    /// An assessment period: `2026-H2`, `2026`.
    PeriodId;
    /// The code of a branch, as given by the upper level's roster.
    BranchCode;
    /// A document of 一编一册: a chapter of the handbook or an institution document.
    DocumentId;
    /// A section of a document; no other section of the standard has the same.
    SectionId;
}

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl core::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

uuid_id! {
    /// A phone (more exactly: one browser profile on it) that is bound to a branch.
    DeviceId;
    /// One submission (一次上报): a UUIDv7 made by the phone (RFC 9562 §5.7).
    SubmissionId;
    /// One entry of the ledger (台账): a UUIDv7 made by the phone that entered it.
    LedgerId;
    /// One finding (问题): a UUIDv7 made by the phone or, for findings from above, a UUIDv8 that follows from what they say.
    FindingId;
}

impl DeviceId {
    /// Makes an id from 16 random bytes (a UUIDv4, RFC 9562 §5.4).
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }
}

impl SubmissionId {
    /// Makes a UUIDv7 from an instant (milliseconds since 1970-01-01 UTC) and ten random bytes.
    pub fn from_parts(now_ms: u64, random: &[u8; 10]) -> Self {
        Self(uuid::Builder::from_unix_timestamp_millis(now_ms, random).into_uuid())
    }
}

impl SubmissionId {
    /// The same, after all `earlier` ones: ids are the order of a branch's reports, and one that was made while the phone's clock
    /// was ahead must not be the newest for ever.
    pub fn after(earlier: impl IntoIterator<Item = Self>, now_ms: u64, random: &[u8; 10]) -> Self {
        let last = earlier.into_iter().map(Self::made_at_ms).max();
        Self::from_parts(last.map_or(now_ms, |last| now_ms.max(last.saturating_add(1))), random)
    }
}

impl LedgerId {
    /// Makes a UUIDv7 from an instant (milliseconds since 1970-01-01 UTC) and ten random bytes.
    pub fn from_parts(now_ms: u64, random: &[u8; 10]) -> Self {
        Self(uuid::Builder::from_unix_timestamp_millis(now_ms, random).into_uuid())
    }
}

impl FindingId {
    /// Makes a UUIDv7 from an instant (milliseconds since 1970-01-01 UTC) and ten random bytes.
    pub fn from_parts(now_ms: u64, random: &[u8; 10]) -> Self {
        Self(uuid::Builder::from_unix_timestamp_millis(now_ms, random).into_uuid())
    }
}

impl FindingId {
    /// The id of what the upper level found at a branch: the same words on the same item are the same finding, on whatever
    /// machine and after whatever restore they are read again. A UUIDv8 of a SHA-256 (RFC 9562 §5.8).
    pub fn from_content(branch: &BranchCode, item: Option<&ItemId>, problem: &str) -> Self {
        use sha2::Digest as _;
        // No id holds a zero byte, so no two findings read alike.
        let item = item.map_or("", ItemId::as_str);
        let hash = sha2::Sha256::digest(format!("biaochi finding\0{}\0{item}\0{problem}", branch.as_str()));
        Self::from_hash(hash)
    }

    /// The id of a finding that goes over to the branch into which its own was merged.
    pub fn passed_on(to: &BranchCode, from: Self) -> Self {
        use sha2::Digest as _;
        Self::from_hash(sha2::Sha256::digest(format!("biaochi finding passed on\0{}\0{from}", to.as_str())))
    }

    fn from_hash(hash: impl IntoIterator<Item = u8>) -> Self {
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash).for_each(|(byte, of_hash)| *byte = of_hash);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

impl SubmissionId {
    /// When it was made by its phone's corrected clock, or just after one that it comes after, milliseconds since 1970-01-01 UTC:
    /// the first 48 bits of a UUIDv7.
    pub fn made_at_ms(self) -> u64 {
        self.0.as_u64_pair().0 >> 16
    }
}

/// The SHA-256 of a canonical content (a checklist, a document, a frozen request), as 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash(String);

impl ContentHash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use core::fmt::Write as _;
        use sha2::Digest as _;
        let mut text = String::with_capacity(64);
        for byte in sha2::Sha256::digest(bytes) {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// The 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ContentHash {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        let is_hex = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if text.len() == 64 && is_hex {
            Ok(Self(text))
        } else {
            Err(IdError::Hash(text.chars().take(80).collect()))
        }
    }
}

impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> Self {
        hash.0
    }
}

impl core::fmt::Display for ContentHash {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_and_plain() {
        assert!(ItemId::new("NC-A1").is_ok());
        assert_eq!(ItemId::new(""), Err(IdError::Length(String::new(), 0)));
        assert!(matches!(ItemId::new("甲"), Err(IdError::Character(_, '甲'))));
        assert!(ItemId::new("x".repeat(65)).is_err());
        assert!(serde_json::from_str::<ItemId>("\"a b\"").is_err());
    }

    #[test]
    fn a_content_hash_is_sha_256() {
        let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(ContentHash::of(b"abc").as_str(), of_abc);
        assert!(ContentHash::try_from(of_abc.to_uppercase()).is_err());
    }

    #[test]
    fn a_report_comes_after_the_earlier_ones_whatever_the_clock_says() {
        let ahead = SubmissionId::from_parts(1_799_000_000_000, &[0; 10]);
        let next = SubmissionId::after([ahead], 1_764_000_000_000, &[0; 10]);
        assert!(next > ahead);
        let first = SubmissionId::after([], 1_764_000_000_000, &[7; 10]);
        assert_eq!(first, SubmissionId::from_parts(1_764_000_000_000, &[7; 10]));
    }

    #[test]
    fn the_id_of_a_finding_from_above_follows_from_its_words() {
        let (branch, item) = (BranchCode::new("210726117203").unwrap(), ItemId::new("NC-D1").unwrap());
        let id = FindingId::from_content(&branch, Some(&item), "缺签到表");
        // Phones and old tables hold such ids: what they are made of never changes.
        assert_eq!(id.to_string(), "3fe3b0cb-c718-87cd-a6c4-09710ba6de81");
        assert_eq!(id.0.get_version_num(), 8);
        for other in [
            FindingId::from_content(&BranchCode::new("210726117205").unwrap(), Some(&item), "缺签到表"),
            FindingId::from_content(&branch, None, "缺签到表"),
            FindingId::from_content(&branch, None, "NC-D1\0缺签到表"),
            FindingId::from_content(&branch, Some(&item), "缺签到表两次"),
        ] {
            assert_ne!(other, id);
        }
        let passed = FindingId::passed_on(&branch, id);
        assert_eq!((passed, passed.0.get_version_num()), (FindingId::passed_on(&branch, id), 8));
        assert_ne!(passed, id);
    }

    #[test]
    fn a_submission_id_is_a_uuid_v7_of_its_instant() {
        let id = SubmissionId::from_parts(1_764_000_000_000, &[7; 10]);
        assert_eq!(id.0.get_version_num(), 7);
        assert_eq!(id.made_at_ms(), 1_764_000_000_000);
        assert!(id < SubmissionId::from_parts(1_764_000_000_001, &[0; 10]));
    }
}
