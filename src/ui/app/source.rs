//! What paper, and whoever looks at the screen, is told of: the branch's work as it stands, or as it was reported.

use crate::{
    domain::{
        Assessment, Checklist, Findings, Item, Ledger, Period, ScoreSheet, Submission, ValueAbove,
        above::asked_above,
        scoring::{ItemScore, ItemState},
    },
    phone::overview::{ItemRow, rows},
    protocol::BranchInfo,
    words::{explain, terms},
};
use jiff::civil::Date;
#[cfg(feature = "web")]
use {super::session::Session, leptos::prelude::*};

/// All that is told of.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The branch.
    pub branch: &'a BranchInfo,
    /// Its checklist.
    pub checklist: &'a Checklist,
    /// The period.
    pub period: &'a Period,
    /// What was answered.
    pub assessment: &'a Assessment,
    /// The branch's ledger.
    pub ledger: &'a Ledger,
    /// The branch's findings.
    pub findings: &'a Findings,
    /// What it scores.
    pub sheet: &'a ScoreSheet,
    /// The report that answers, score and ledger are of; `None` of a draft.
    pub reported: Option<Reported<'a>>,
    /// Today in Asia/Shanghai.
    pub today: Date,
}

/// A report that is shown on paper.
#[derive(Debug, Clone, Copy)]
pub struct Reported<'a> {
    /// What was frozen.
    pub submission: &'a Submission,
    /// 回执码; `None` until it has arrived.
    pub receipt: Option<&'a str>,
}

impl<'a> Source<'a> {
    /// Whom the branch reports to.
    pub fn addressee(&self) -> &'a str {
        self.branch.reports_to.as_ref().map_or("上级党组织", |unit| unit.name.as_str())
    }

    /// Every item with its score and the row that the screen shows of it.
    pub fn items(&self) -> impl Iterator<Item = (&'a Item, &'a ItemScore, ItemRow)> {
        let rows = rows(self.checklist, self.sheet, self.period, self.today);
        let items = self.checklist.items().map(|(_, item)| item).zip(self.sheet.items()).zip(rows);
        items.map(|((item, score), row)| (item, score, row))
    }

    /// What the upper level gave for an item that it judges itself, as long as it is the item that is asked.
    pub fn value_above(&self, item: &Item) -> Option<&'a ValueAbove> {
        let asked = asked_above(self.checklist, self.period);
        let asked = asked.iter().find(|asked| asked.item.id == item.id)?;
        let counts = |value: &&ValueAbove| value.period == self.period.id && asked.takes(value);
        self.branch.judged.iter().rfind(counts)
    }

    /// Why an item does not count; empty if it does.
    pub fn aside(&self, state: ItemState) -> String {
        let more = match state {
            ItemState::Unsure => explain::UNSURE,
            ItemState::JudgedAbove => "，支部不填",
            ItemState::NotDue => "，本期不评",
            _ => "",
        };
        terms::aside(state, self.addressee()).unwrap_or_default() + more
    }
}

#[cfg(feature = "web")]
impl Session {
    /// Something of what is filled in now; `None` while there is nothing.
    pub fn from_source<T>(self, make: impl FnOnce(&Source<'_>) -> T) -> Option<T> {
        let binding = self.active()?;
        let (work, sheet) = (self.work.read(), self.derived.sheet.get()?);
        let work = work.as_ref().ok()?;
        let laid = self.derived.laid.get()?;
        Some(make(&Source {
            branch: &binding.branch,
            checklist: &work.checklist,
            period: &work.period,
            assessment: &laid,
            ledger: &self.ledger.read().ledger,
            findings: &self.mending.read().findings,
            sheet: &sheet,
            reported: None,
            today: self.today.get(),
        }))
    }
}
