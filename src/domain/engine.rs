//! Versions of scoring. A checklist says which one it asks for; what was scored by an earlier one scores so for ever.
//!
//! - **1** knows yes/no, counts in proportion or all or nothing, shares in whole percent (in proportion, in bands), levels,
//!   deductions, facts, alternative ways of the same worth, and limits on yes/no, a share that is too low, occurrences, facts and
//!   levels.
//! - **2** adds: each missing one of a count costs; each step of a share below its target costs; fractions; deductions from the
//!   total; alternative ways of unequal worth; limits on counts and on a share that is too high; full points other than 100, own
//!   grades, limits on the whole.
//!
//! The version is worked out when the sheets are put together, as the lowest that can say what they say ([`super::needs`]), so that a checklist
//! without new rules keeps its hash. A program reads no checklist of a later version than it knows, exactly as it reads none with an
//! unknown rule: the phone stays on its version and says 请更新. What the first version scored is frozen in `golden/engine-1.json`.

use serde::{Deserialize as _, Deserializer, de};

/// The latest version of scoring that this program knows; it knows all earlier ones.
pub const ENGINE_VERSION: u16 = 2;

/// What a checklist asks for that says nothing of it.
pub(super) const fn first() -> u16 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(super) fn is_first(engine: &u16) -> bool {
    *engine == first()
}

/// Whether this program scores so.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "a filter hands over a reference")]
pub(super) fn is_known(engine: &u16) -> bool {
    (first()..=ENGINE_VERSION).contains(engine)
}

/// Reads the version, and refuses those that this program does not know.
pub(super) fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let engine = u16::deserialize(deserializer)?;
    if is_known(&engine) {
        Ok(engine)
    } else {
        Err(de::Error::custom(format_args!(
            "scoring of version {engine} is not known here; update the program"
        )))
    }
}
