//! Who acts.

use crate::{
    domain::{BranchCode, DeviceId, answer::MAX_TEXT_CHARS, check::is_plain_text},
    server::{
        database::{
            Database, DatabaseError,
            log::{Deed, Record, Who},
        },
        office::people::Person,
    },
};
use std::collections::BTreeMap;

/// Who acts, as far as the endpoint knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Actor {
    /// A phone of a branch.
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "phones have use cases of their own; those from above refuse one, as tests try"
        )
    )]
    Phone(
        /// Which.
        Phone,
    ),
    /// Whoever sits at the server's command line.
    Operator {
        /// The name on paper that is acted in; without it that of the unit right above the branch concerned.
        by: Option<String>,
    },
    /// Somebody at a desk above the branches.
    Person(
        /// Who.
        Person,
    ),
}

/// Whoever sits at the command line, in nobody's name.
pub(crate) const OPERATOR: Actor = Actor::Operator { by: None };

/// A phone of a branch, known by its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// The branch.
    pub branch: BranchCode,
    /// The phone.
    pub device: DeviceId,
    /// Whether the branch has ended. Its phones still read, and learn so by it.
    pub has_ended: bool,
}

/// A phone whose branch may still send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Phone);

/// The branch has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this branch has ended; its phones keep what they have: ask for a code of the branch that it went into"
)]
pub struct Ended;

impl Phone {
    /// It, if its branch may still send.
    pub fn sender(self) -> Result<Sender, Ended> {
        if self.has_ended { Err(Ended) } else { Ok(Sender(self)) }
    }
}

impl std::ops::Deref for Sender {
    type Target = Phone;

    fn deref(&self) -> &Phone {
        &self.0
    }
}

/// Why nobody can speak to a branch so.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unheard {
    /// The name is blank, too long, or no plain line.
    #[error("this is no name to speak in")]
    UnfitName,
    /// A phone speaks for its branch, never for whom the branch reports to.
    #[error("a phone does not speak for the unit above its branch")]
    Phone,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Actor {
    /// The name in which something is said to a branch from above.
    pub(crate) async fn speaker(&self, database: &Database, branch: &BranchCode) -> Result<String, Unheard> {
        if let Some(own) = self.own_name()? {
            return Ok(own);
        }
        let info = database.branch(branch).await?;
        Ok(info.and_then(|info| info.reports_to).map(|above| above.name).unwrap_or_default())
    }

    /// The names in which something is said to many branches from above.
    pub(crate) async fn speakers<'a>(
        &self,
        database: &Database,
        branches: impl IntoIterator<Item = &'a BranchCode>,
    ) -> Result<Speakers, Unheard> {
        Ok(match self.own_name()? {
            Some(own) => Speakers::One(own),
            None => Speakers::Above(database.names_above(branches).await?),
        })
    }

    /// What is noted in the log of something that is done.
    #[expect(clippy::needless_pass_by_value, reason = "so that an id, a day and a text are told alike")]
    pub(crate) fn record(
        &self,
        at: u64,
        deed: Deed,
        unit: Option<&BranchCode>,
        subject: impl ToString,
    ) -> Record {
        Record { at, who: self.who(), deed, unit: unit.cloned(), subject: subject.to_string() }
    }

    /// As the log names who acts.
    pub(crate) fn who(&self) -> Who {
        match self {
            Self::Operator { .. } => Who::Operator,
            Self::Phone(phone) => Who::Phone(phone.device.0),
            Self::Person(person) => Who::Person(person.id.0),
        }
    }

    /// The name that was told, within the bounds that hold for every name.
    fn own_name(&self) -> Result<Option<String>, Unheard> {
        let by = match self {
            Self::Phone(_) => return Err(Unheard::Phone),
            // Whoever decides is named, with the unit.
            Self::Person(person) => return Ok(Some(format!("{} {}", person.unit_name, person.name))),
            Self::Operator { by } => by,
        };
        let Some(by) = by.as_deref().map(str::trim) else { return Ok(None) };
        if by.is_empty() || !is_plain_text(by, MAX_TEXT_CHARS, false) {
            return Err(Unheard::UnfitName);
        }
        Ok(Some(by.into()))
    }
}

/// In whose name something is said to each branch.
#[derive(Debug)]
pub(crate) enum Speakers {
    /// The same for all.
    One(String),
    /// Whom each reports to, by name.
    Above(BTreeMap<BranchCode, String>),
}

impl Speakers {
    /// To this branch.
    pub(crate) fn to(&self, branch: &BranchCode) -> String {
        match self {
            Self::One(name) => name.clone(),
            Self::Above(names) => names.get(branch).cloned().unwrap_or_default(),
        }
    }
}
