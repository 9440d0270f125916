//! The organisation tree: bringing a roster in, and what happens to units besides.

pub(crate) mod browsing;
pub(crate) mod changes;
pub(crate) mod freezing;
pub(crate) mod importing;
pub(crate) mod moved;
pub(crate) mod moving;
pub(crate) mod off_system;
pub(crate) mod preview;
pub(crate) mod reach;
#[cfg(test)]
mod tests;
pub(crate) mod tree;

pub(crate) use crate::server::database::{Member, Tree, Unit};

use super::{
    actor::Actor,
    mending::Unsaid,
    people::{Denied, authority::denies},
    quicker::Quicker,
    scope,
};
use crate::{
    domain::{BranchCode, PeriodId, check::is_plain_text},
    protocol::Level,
    server::database::{Database, DatabaseError},
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use tree::Misplaced;

/// The longest name of a unit, in characters.
const MAX_NAME_CHARS: usize = 60;
/// The longest telephone number, in characters.
const MAX_TELEPHONE_CHARS: usize = 40;

/// Why the tree stays as it is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// It is not clear which unit is meant.
    #[error(transparent)]
    Scope(#[from] scope::Refusal),
    /// Who acts may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Somebody else changed the tree since it was looked at; nothing has happened.
    #[error("somebody else changed the tree meanwhile")]
    Overtaken,
    /// Somebody else said otherwise of the same since it was looked at; that stands.
    #[error("it became {now:?} meanwhile")]
    Meanwhile {
        /// What it is now.
        now: String,
        /// Who did it.
        by: Option<Quicker>,
    },
    /// A unit cannot stand where it would.
    #[error("unit {unit} cannot stand there: {wrong:?}", unit = .0.unit, wrong = .0.wrong)]
    Misplaced(Misplaced),
    /// The day is yet to come.
    #[error("{0} has not come yet")]
    NotYet(Date),
    /// Something is known that happened to the unit after that day.
    #[error("{name:?} changed on {change}, after {on}")]
    Later {
        /// Its name.
        name: String,
        /// When it changed last.
        change: Date,
        /// When it would have changed.
        on: Date,
    },
    /// A period that has passed took the tree after that day: it stays as it was reported.
    #[error("{period} took the tree on {frozen}, not before {on}")]
    Frozen {
        /// The period.
        period: PeriodId,
        /// When it took the tree.
        frozen: Date,
        /// When it would have changed.
        on: Date,
    },
    /// Another 转隶 of the unit waits for an answer.
    #[error("another move of the unit waits")]
    Waits,
    /// Whoever asked for 转隶 is not told in a line why it is declined.
    #[error("one line says why")]
    Why,
    /// No such 转隶 waits: it was answered, taken back, or the unit stands elsewhere by now.
    #[error("no such move waits")]
    NoMove,
    /// It has ended.
    #[error("{name:?} ended on {since}")]
    Gone {
        /// Its name.
        name: String,
        /// When.
        since: Date,
    },
    /// Others are right below it.
    #[error("{count} units lie below {name:?}")]
    NotEmpty {
        /// Its name.
        name: String,
        /// How many.
        count: usize,
        /// The name of one of them.
        first: String,
    },
    /// No version has the period.
    #[error("no version has the period {0}")]
    NoPeriod(PeriodId),
    /// The day lies before the period.
    #[error("{on} lies before {period}, which starts on {starts}")]
    BeforePeriod {
        /// The period.
        period: PeriodId,
        /// The day.
        on: Date,
        /// Its first day.
        starts: Date,
    },
    /// One unit is to be merged with itself.
    #[error("one unit was named twice")]
    Twice,
    /// This is no code.
    #[error("{0:?} is no code")]
    Code(String),
    /// Another has the code, or had it.
    #[error("the code {code} is that of {name:?}")]
    CodeTaken {
        /// The code.
        code: BranchCode,
        /// Whose.
        name: String,
    },
    /// No unit can be called so.
    #[error("{0:?} is no name")]
    Name(String),
    /// Nobody can be phoned so.
    #[error("{0:?} is no telephone number")]
    Telephone(String),
    /// Units of several levels cannot become one.
    #[error("they are of several levels")]
    Levels(BTreeSet<Level>),
    /// They have no unit above them in common, and none was named.
    #[error("they have no unit above them in common")]
    NoCommonParent,
    /// They have no sector in common, and none was named.
    #[error("they have no sector in common")]
    NoCommonSector,
    /// No branch has this sector; only branches have any.
    #[error("{0:?} is no sector")]
    Sector(String),
    /// Only branches hand in on paper.
    #[error("{0:?} is not a branch")]
    NotABranch(String),
    /// What the new unit takes over cannot be written.
    #[error(transparent)]
    Unsaid(#[from] Unsaid),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

denies!(Refusal);

/// Whether a unit can be called so.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && is_plain_text(name, MAX_NAME_CHARS, false) && !name.starts_with(['=', '+', '-', '@'])
}

/// Whether one line says whom to phone; it may be empty.
pub(crate) fn is_telephone(text: &str) -> bool {
    is_plain_text(text, MAX_TELEPHONE_CHARS, false)
}

/// Whether something can have happened on a day.
pub(crate) fn has_come(day: Date, today: Date) -> Result<(), Refusal> {
    if day > today { Err(Refusal::NotYet(day)) } else { Ok(()) }
}

/// Fails where whoever sits at a desk would change on a day how a period that has passed was reported: the page says that it does not.
/// That a unit was not there any more is said of that day, also late; and the operator may correct what was.
async fn must_not_be_frozen(
    database: &Database,
    actor: &Actor,
    on: Date,
    today: Date,
) -> Result<(), Refusal> {
    if !matches!(actor, Actor::Person(_)) {
        return Ok(());
    }
    match scope::last_frozen(database, today).await? {
        Some((period, frozen)) if on <= frozen => Err(Refusal::Frozen { period, frozen, on }),
        _ => Ok(()),
    }
}

/// Whether something can have happened to a unit on a day: it was there, and nothing is known that happened later.
fn can_happen(member: &Member, on: Date, last_changes: &BTreeMap<BranchCode, Date>) -> Result<(), Refusal> {
    let changed = last_changes.get(&member.unit.code).copied();
    match member.since.max(changed).filter(|change| *change > on) {
        Some(change) => Err(Refusal::Later { name: member.unit.name.clone(), change, on }),
        None => Ok(()),
    }
}
