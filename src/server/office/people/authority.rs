//! What a role may do, and to whose: the one table that decides, for every page and every use case.
//!
//! A role is granted at a unit and reaches what lies below it. 审计 stands apart: who reads the log decides nothing, and who decides
//! does not tend the log. Roles that are lent to a person of elsewhere (an inspector from another county) end on a day of their own.

use crate::{
    domain::BranchCode,
    server::{
        database::{Database, DatabaseError},
        office::actor::Actor,
    },
};
use jiff::civil::Date;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The key of a person's account. Whatever is kept for good names people by it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PersonId(pub(crate) Uuid);

/// What somebody is entrusted with at a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Role {
    /// 管理: people, roster, codes, standards.
    Manage,
    /// 审核: reviewing what branches send, and following problems to their end.
    Review,
    /// 检查: seeing, and writing down what was found on site.
    Inspect,
    /// 查看: seeing.
    Read,
    /// 审计: the log, and nothing else.
    Audit,
}

impl Role {
    /// The official term.
    pub(crate) fn term(self) -> &'static str {
        match self {
            Self::Manage => "管理",
            Self::Review => "审核",
            Self::Inspect => "检查",
            Self::Read => "查看",
            Self::Audit => "审计",
        }
    }

    /// As it is kept, and as forms name it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Manage => "manage",
            Self::Review => "review",
            Self::Inspect => "inspect",
            Self::Read => "read",
            Self::Audit => "audit",
        }
    }

    /// The one that is kept so.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        ROLES.into_iter().find(|role| role.word() == word)
    }
}

/// All of them, in the order in which they are shown.
pub(crate) const ROLES: [Role; 5] = [Role::Manage, Role::Review, Role::Inspect, Role::Read, Role::Audit];

/// A role at a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// Where: it reaches what lies below, too.
    pub(crate) unit: BranchCode,
    /// What.
    pub(crate) role: Role,
    /// The last day, of one that is lent.
    pub(crate) until: Option<Date>,
}

impl Grant {
    /// Whether it holds on a day.
    pub(crate) fn holds_on(&self, today: Date) -> bool {
        self.until.is_none_or(|until| today <= until)
    }
}

/// Somebody of a unit above the branches, as signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// The account.
    pub(crate) id: PersonId,
    /// 姓名
    pub(crate) name: String,
    /// The unit that the account belongs to.
    pub(crate) unit: BranchCode,
    /// The unit's name.
    pub(crate) unit_name: String,
    /// What the person is entrusted with.
    pub(crate) grants: Vec<Grant>,
}

/// What is done to, or read of, a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Act {
    /// Reading the roster, reports and problems.
    See,
    /// 审核 of a branch's report, and entering one that came on paper.
    Review,
    /// Writing down a problem that was found at a branch.
    Raise,
    /// 销号, 退回, 归类 of problems.
    Rule,
    /// Telling a unit below to mend by a day (限期整改), and releasing it.
    Order,
    /// Answering such an order to one's own unit.
    Answer,
    /// Giving points for what is judged from above.
    Judge,
    /// Changing the organisation tree.
    Arrange,
    /// Codes and phones of branches.
    Admit,
    /// Publishing a standard, which holds for everybody below the top.
    Publish,
    /// Accounts of a unit's people.
    People,
    /// Reading the log.
    Audit,
}

/// All of them.
#[cfg(test)]
pub(crate) const ACTS: [Act; 12] = [
    Act::See,
    Act::Review,
    Act::Raise,
    Act::Rule,
    Act::Order,
    Act::Answer,
    Act::Judge,
    Act::Arrange,
    Act::Admit,
    Act::Publish,
    Act::People,
    Act::Audit,
];

/// How the unit that something is done to stands to the one at which the role is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Standing {
    /// It is the same.
    Own,
    /// It lies below it.
    Below,
    /// It is anything else: above, or beside.
    Elsewhere,
}

/// Whether a role allows an act to a unit that stands so.
pub(crate) fn may(role: Role, act: Act, standing: Standing) -> bool {
    use Role::{Audit, Inspect, Manage, Read, Review};
    let roles: &[Role] = match (act, standing) {
        (_, Standing::Elsewhere) => &[],
        (Act::See, _) => &[Manage, Review, Inspect, Read],
        (Act::Raise, Standing::Below) => &[Review, Inspect],
        (Act::Review | Act::Rule | Act::Order | Act::Judge, Standing::Below) => &[Review],
        (Act::Review | Act::Raise | Act::Rule | Act::Order | Act::Judge, Standing::Own) => &[],
        (Act::Answer, Standing::Own) => &[Manage, Review],
        (Act::Answer, Standing::Below) => &[],
        (Act::Arrange | Act::Admit | Act::People, _) => &[Manage],
        (Act::Publish, Standing::Own) => &[Manage],
        (Act::Publish, Standing::Below) => &[],
        (Act::Audit, _) => &[Audit],
    };
    roles.contains(&role)
}

/// Who acts may not do this to that unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not entrusted with {act:?} at {unit}")]
pub(crate) struct Denied {
    /// What was to be done.
    pub(crate) act: Act,
    /// To whom.
    pub(crate) unit: BranchCode,
}

/// Why something may not be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Who acts may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Person {
    /// The grants that hold on a day.
    pub(crate) fn grants_on(&self, today: Date) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |grant| grant.holds_on(today))
    }

    /// Whether the person may do this to a unit, told with those above it.
    pub(crate) fn may(&self, act: Act, unit: &BranchCode, above: &[BranchCode], today: Date) -> bool {
        self.grants_on(today).any(|grant| {
            let standing = if grant.unit == *unit {
                Standing::Own
            } else if above.contains(&grant.unit) {
                Standing::Below
            } else {
                Standing::Elsewhere
            };
            may(grant.role, act, standing)
        })
    }

    /// The units at which the person may do this to what lies there or below, each once, in the order of their codes.
    pub(crate) fn reaches(&self, act: Act, today: Date) -> Vec<BranchCode> {
        let reached = self
            .grants_on(today)
            .filter(|grant| may(grant.role, act, Standing::Own) || may(grant.role, act, Standing::Below));
        let mut units: Vec<BranchCode> = reached.map(|grant| grant.unit.clone()).collect();
        units.sort();
        units.dedup();
        units
    }
}

/// Fails where who acts may not do this to that unit. The operator at the server's command line may whatever the server's owner may; a
/// phone nothing that is done from above. Where a unit was merged into another, that one answers for what lay below it.
pub(crate) async fn must(
    database: &Database,
    actor: &Actor,
    act: Act,
    unit: &BranchCode,
    today: Date,
) -> Result<(), Refusal> {
    let allowed = match actor {
        Actor::Operator { .. } => true,
        Actor::Phone(_) => false,
        Actor::Person(person) => person.may(act, unit, &database.units_answering(unit).await?, today),
    };
    if allowed { Ok(()) } else { Err(Denied { act, unit: unit.clone() }.into()) }
}

/// As [`must`], for each of these units.
pub(crate) async fn must_each(
    database: &Database,
    actor: &Actor,
    act: Act,
    units: impl IntoIterator<Item = &BranchCode>,
    today: Date,
) -> Result<(), Refusal> {
    let units: BTreeSet<&BranchCode> = units.into_iter().collect();
    for unit in units {
        must(database, actor, act, unit, today).await?;
    }
    Ok(())
}

/// As [`must`], for what holds for everybody: it takes the units at the top, of which there is one. They are answered.
pub(crate) async fn must_for_all(
    database: &Database,
    actor: &Actor,
    act: Act,
    today: Date,
) -> Result<Vec<BranchCode>, Refusal> {
    let tops = database.tops().await?;
    for top in &tops {
        must(database, actor, act, top, today).await?;
    }
    Ok(tops)
}

/// A refusal of its own for whom may not, in that of a use case.
macro_rules! denies {
    ($refusal:ty) => {
        impl From<crate::server::office::people::authority::Refusal> for $refusal {
            fn from(refusal: crate::server::office::people::authority::Refusal) -> Self {
                match refusal {
                    crate::server::office::people::authority::Refusal::Denied(denied) => denied.into(),
                    crate::server::office::people::authority::Refusal::Database(error) => error.into(),
                }
            }
        }
    };
}
pub(crate) use denies;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::office::testing::code;

    /// A role, what it may do to its own unit, and to what lies below: what is not named may not be.
    const TABLE: [(Role, &str, &str); 5] = [
        (Role::Manage, "See Arrange Admit People Answer Publish", "See Arrange Admit People"),
        (Role::Review, "See Answer", "See Review Raise Rule Order Judge"),
        (Role::Inspect, "See", "See Raise"),
        (Role::Read, "See", "See"),
        (Role::Audit, "Audit", "Audit"),
    ];

    #[test]
    fn who_may_do_what_to_whose_is_this_table_and_no_more() {
        assert_eq!(TABLE.map(|(role, ..)| role), ROLES);
        for (role, own, below) in TABLE {
            for act in ACTS {
                let named = |cell: &str| cell.split(' ').any(|name| name == format!("{act:?}"));
                let allowed =
                    [Standing::Own, Standing::Below, Standing::Elsewhere].map(|to| may(role, act, to));
                assert_eq!(allowed, [named(own), named(below), false], "{role:?} {act:?}");
            }
        }
    }

    #[test]
    fn a_role_reaches_down_never_up_or_aside_and_one_that_is_lent_ends() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let lent = Grant { unit: code("t2"), role: Role::Inspect, until: Some(day("2026-11-30")) };
        let own = Grant { unit: code("t1"), role: Role::Review, until: None };
        let person = Person {
            id: PersonId(Uuid::nil()),
            name: "王芳".into(),
            unit: code("t1"),
            unit_name: "示例镇党委".into(),
            grants: vec![own, lent],
        };
        let above = |units: &[&str]| units.iter().map(|unit| code(unit)).collect::<Vec<_>>();
        let may = |act, unit: &str, over: &[&str], on| person.may(act, &code(unit), &above(over), day(on));
        assert!(may(Act::Review, "b1", &["t1", "c"], "2026-11-24"));
        assert!(!may(Act::Review, "b2", &["t2", "c"], "2026-11-24"), "lent to inspect, not to review");
        assert!(may(Act::Raise, "b2", &["t2", "c"], "2026-11-30"));
        assert!(!may(Act::Raise, "b2", &["t2", "c"], "2026-12-01"), "the day after");
        assert!(!may(Act::See, "c", &[], "2026-11-24"), "above");
        assert!(!may(Act::See, "t3", &["c"], "2026-11-24"), "beside");
    }
}
