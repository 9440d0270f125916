//! Who answers for what a branch reported for a period: the unit that it lay below on the day on which the period takes the tree, or
//! what that unit was merged into; so do the lists have it. Whoever the branch lies below today sees it as well.

use crate::{
    domain::{BranchCode, PeriodId},
    server::{
        database::Database,
        office::{
            actor::Actor,
            people::{
                Act, Denied,
                authority::{Refusal, must},
            },
        },
    },
};
use jiff::civil::Date;

/// What a branch reported for a period, as far as it tells who answers for it.
#[derive(Debug, Clone)]
pub(crate) struct Reported {
    /// The branch.
    pub(crate) branch: BranchCode,
    /// The period.
    pub(crate) period: PeriodId,
    /// Its last day; `None` of a period that its checklist has no more.
    pub(crate) ends: Option<Date>,
}

impl Reported {
    /// As [`must`], of what was reported.
    pub(crate) async fn must(
        &self,
        database: &Database,
        actor: &Actor,
        act: Act,
        today: Date,
    ) -> Result<(), Refusal> {
        let Actor::Person(person) = actor else {
            return must(database, actor, act, &self.branch, today).await;
        };
        let day = database.freeze(&self.period).await?.or(self.ends);
        let Some(day) = day.filter(|day| *day < today) else {
            return must(database, actor, act, &self.branch, today).await;
        };
        let tree = database.tree_of(Some(&self.branch), Some(day)).await?;
        let answering = tree.all().map(|member| &member.unit.code);
        let answering = answering.filter(|code| tree.is_answered_by(&self.branch, code)).cloned();
        let answering: Vec<BranchCode> = answering.filter(|code| *code != self.branch).collect();
        if person.may(act, &self.branch, &answering, today) {
            return Ok(());
        }
        match act {
            Act::See => must(database, actor, act, &self.branch, today).await,
            _ => Err(Denied { act, unit: self.branch.clone() }.into()),
        }
    }
}

#[cfg(test)]
#[path = "reported_tests.rs"]
mod tests;
