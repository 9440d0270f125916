//! Passwords: which are taken, and their hashes. Length counts, composition does not (NIST SP 800-63B §3.1.1.2); what is guessed first
//! is refused.

use super::super::clock::Random;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _, password_hash::phc::PasswordHash};
use std::sync::Arc;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;

/// So many characters at least,
pub(crate) const MIN_CHARS: usize = 10;
/// and so many at most: a sentence is welcome, a book is work for the processor.
pub(crate) const MAX_CHARS: usize = 128;
/// So many characters have to be left when all that is guessed first is taken away.
const OWN_CHARS: usize = 5;
/// So many passwords are hashed at once, each in 19 MiB; the others wait.
const AT_ONCE: usize = 2;
/// More than so many do not wait.
const WAITING: usize = 64;

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    /// It has fewer than [`MIN_CHARS`].
    #[error("too short")]
    Short,
    /// It has more than [`MAX_CHARS`].
    #[error("too long")]
    Long,
    /// The person's name, login name or unit is in it.
    #[error("it holds what everybody knows of the person")]
    Own,
    /// It is guessed first.
    #[error("it is guessed first")]
    Common,
}

/// What is tried first: rows of keys, words, lucky numbers; what rises, falls or repeats is found otherwise.
const COMMON: [&str; 40] = [
    "qwertyuiop",
    "qwerty",
    "asdfghjkl",
    "asdfgh",
    "zxcvbnm",
    "zxcvbn",
    "1qaz2wsx",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "qazwsx",
    "q1w2e3r4t5",
    "q1w2e3",
    "1q2w3e4r5t",
    "1q2w3e4r",
    "password",
    "passw0rd",
    "p@ssw0rd",
    "iloveyou",
    "woaini",
    "5201314",
    "1314520",
    "admin",
    "root",
    "welcome",
    "letmein",
    "zhongguo",
    "dangwei",
    "dangjian",
    "dangzhibu",
    "zhibu",
    "zuzhibu",
    "biaochi",
    "支部标尺",
    "党支部",
    "党委",
    "组织部",
    "中国",
    "密码",
];

/// A password as it is compared: written with other keys or in full width it is the same.
fn prepared(password: &str) -> String {
    password.nfkc().collect()
}

/// Whether somebody may have this password. `own` is what everybody knows of the person.
pub(crate) fn check(password: &str, own: &[&str]) -> Result<(), Unfit> {
    let text = prepared(password).to_lowercase();
    match text.chars().count() {
        0..MIN_CHARS => return Err(Unfit::Short),
        MIN_CHARS..=MAX_CHARS => {}
        _ => return Err(Unfit::Long),
    }
    let own = own.iter().map(|own| prepared(own).to_lowercase());
    if own.filter(|own| own.chars().count() > 1).any(|own| text.contains(&own)) {
        return Err(Unfit::Own);
    }
    let rest = COMMON.iter().fold(text, |text, common| text.replace(common, ""));
    if left_of_runs(&rest) < OWN_CHARS { Err(Unfit::Common) } else { Ok(()) }
}

/// How many characters are not in a run that repeats, rises or falls for three at least.
fn left_of_runs(text: &str) -> usize {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let mut left = 0;
    let mut at = 0;
    while at < codes.len() {
        let step = codes.get(at + 1).map(|next| next - codes[at]).filter(|step| step.abs() <= 1);
        let run = step.map_or(1, |step| {
            1 + codes[at..]
                .windows(2)
                .take_while(|pair| pair[1] - pair[0] == step || is_wrapped(pair, step))
                .count()
        });
        if run >= 3 {
            at += run;
        } else {
            left += 1;
            at += 1;
        }
    }
    left
}

/// 9 before 0, and 0 before 9, go on as well.
fn is_wrapped(pair: &[i64], step: i64) -> bool {
    const ZERO: i64 = 48;
    const NINE: i64 = 57;
    (step == 1 && pair == [NINE, ZERO]) || (step == -1 && pair == [ZERO, NINE])
}

/// Why a password was neither hashed nor compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unhashed {
    /// Too many wait already.
    #[error("too many passwords are being checked")]
    Busy,
    /// There is no randomness.
    #[error("no randomness to be had")]
    NoRandomness,
    /// The hash was not made.
    #[error("the password could not be hashed")]
    Failed,
}

/// Hashes passwords (argon2id with its defaults, 19 MiB and two passes), a bounded number at once, apart from what serves pages.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    places: Arc<Semaphore>,
    seats: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)), seats: Arc::new(Semaphore::new(WAITING)) }
    }
}

impl Passwords {
    /// The hash to keep of a password.
    pub(crate) async fn hash(&self, random: &mut dyn Random, password: &str) -> Result<String, Unhashed> {
        let mut salt = [0; 16];
        if !random.fill(&mut salt) {
            return Err(Unhashed::NoRandomness);
        }
        self.in_turn(password, move |password| hashed(password, &salt)).await?.ok_or(Unhashed::Failed)
    }

    /// Whether a password is the one of this hash. Without a hash it takes as long, and is not.
    pub(crate) async fn is(&self, password: &str, hash: Option<String>) -> Result<bool, Unhashed> {
        let compare = move |password: &[u8]| match hash {
            None => hashed(password, b"nobody has this.").is_none(),
            Some(hash) => PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(password, &hash).is_ok()),
        };
        self.in_turn(password, compare).await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        password: &str,
        work: impl FnOnce(&[u8]) -> T + Send + 'static,
    ) -> Result<T, Unhashed> {
        let _seat = self.seats.try_acquire().map_err(|_| Unhashed::Busy)?;
        let place = self.places.clone().acquire_owned().await.map_err(|_| Unhashed::Failed)?;
        // What is longer is never a password; nobody makes us hash a book.
        let text: String = prepared(password).chars().take(MAX_CHARS + 1).collect();
        let work = move || {
            // Held until the work is done, even when whoever asked has gone.
            let _place = place;
            work(text.as_bytes())
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Unhashed::Failed)
    }
}

fn hashed(password: &[u8], salt: &[u8]) -> Option<String> {
    Argon2::default().hash_password_with_salt(password, salt).ok().map(|hash| hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_first_is_refused_and_a_sentence_is_taken() {
        let own = ["王芳", "wangfang", "210726117", "示例镇党委"];
        for (password, why) in [
            ("short", Unfit::Short),
            ("九个字也还是太短了", Unfit::Short),
            ("1234567890", Unfit::Common),
            ("12345678901234567890", Unfit::Common),
            ("9876543210", Unfit::Common),
            ("0987654321abc", Unfit::Common),
            ("a123456789", Unfit::Common),
            ("aaaaaaaaaaaa", Unfit::Common),
            ("1111188888", Unfit::Common),
            ("password123", Unfit::Common),
            ("Password1234!", Unfit::Common),
            ("woaini5201314", Unfit::Common),
            ("1qaz2wsx3edc", Unfit::Common),
            ("qwertyuiop", Unfit::Common),
            ("ｐａｓｓｗｏｒｄ１２３", Unfit::Common),
            ("WangFang-2026-X", Unfit::Own),
            ("王芳的密码谁也猜不到", Unfit::Own),
            ("x210726117yyzzq", Unfit::Own),
        ] {
            assert_eq!(check(password, &own), Err(why), "{password}");
        }
        assert_eq!(check(&"长".repeat(129), &own), Err(Unfit::Long));
        for good in ["山楂树下开会记得带本子", "correct horse battery", "7 只鸭子 3 条河", "mzj-klqp-0926"]
        {
            assert_eq!(check(good, &own), Ok(()), "{good}");
        }
    }

    struct Ones;

    impl Random for Ones {
        fn fill(&mut self, bytes: &mut [u8]) -> bool {
            bytes.fill(1);
            true
        }
    }

    #[tokio::test]
    async fn a_password_is_known_again_however_it_was_typed_and_no_other_is() {
        let passwords = Passwords::default();
        let hash = passwords.hash(&mut Ones, "山楂树下 2026").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.is("山楂树下 ２０２６", Some(hash.clone())).await.unwrap());
        for (other, of) in [("山楂树下 2025", Some(hash)), ("山楂树下 2026", None), ("x", Some("x".into()))]
        {
            assert!(!passwords.is(other, of).await.unwrap());
        }
    }
}
