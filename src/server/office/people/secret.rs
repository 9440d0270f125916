//! What opens something for whoever shows it: drawn at random, shown once, kept as a hash.

use crate::{domain::ContentHash, server::office::clock::Random};
use std::fmt::{self, Write as _};

/// So many bytes nobody guesses.
const BYTES: usize = 24;

/// What opens a session or an account.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// A new one; `None` where there is no randomness.
    pub(crate) fn draw(random: &mut dyn Random) -> Option<Self> {
        let mut bytes = [0; BYTES];
        random.fill(&mut bytes).then(|| {
            Self(bytes.iter().fold(String::new(), |mut text, byte| {
                // Writing to a String cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            }))
        })
    }

    /// One that somebody shows; `None` of what none of ours looks like.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let is_ours = text.len() == 2 * BYTES && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_ours.then(|| Self(text.to_owned()))
    }

    /// To show it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// To keep it.
    pub(crate) fn hash(&self) -> ContentHash {
        ContentHash::of(self.0.as_bytes())
    }

    /// Another one that only who has this one can work out.
    pub(crate) fn derived(&self, what: &str) -> String {
        ContentHash::of(format!("{what}:{}", self.0).as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
