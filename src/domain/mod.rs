//! The pure core: what a standard asks, what a branch answered, and what follows from the two.
//!
//! Nothing here reads a clock, a random source, the network, a database or the DOM: instants, dates and random bytes
//! are passed in. The same code therefore scores on the phone and on the server.
//!
//! Formats are tagged the way that serde reads with the least code, because every kilobyte of the app is paid for on a poor network.

pub mod above;
pub mod answer;
pub mod assessment;
pub mod check;
pub mod checklist;
pub mod checklist_check;
pub mod clock;
pub mod day;
pub mod difference;
pub mod document;
pub mod engine;
pub mod estimate;
pub mod finding;
pub mod grade;
pub mod idle_limit;
pub mod ids;
pub mod judged;
pub mod ledger;
pub mod moving;
pub mod needs;
pub mod open;
pub mod order;
pub mod outcome;
pub mod period;
pub mod photo;
pub mod points;
pub mod profile;
pub mod proportion;
pub mod register;
pub mod rule;
pub mod scoring;
pub mod sector;
pub mod submission;
pub mod text;
pub mod time_check;
pub mod whole;
pub mod whole_check;

#[cfg(test)]
mod difference_tests;
#[cfg(test)]
mod moving_tests;
#[cfg(test)]
mod random_edits;
#[cfg(test)]
mod scoring_tests;
#[cfg(test)]
pub(crate) mod testing;

pub use above::{ValueAbove, WithAbove, with_above};
pub use answer::{AnswerKey, AnswerValue, Entry, NotApplicable, PartAnswer, Stance};
pub use assessment::Assessment;
pub use checklist::{Aspect, Checklist, Citation, Combine, Evidence, Item, Mark, MarkKind, Method, Part};
pub use clock::{HybridClock, Stamp};
pub use difference::{Difference, Effect, ItemChange, differences};
pub use document::{Block, Collection, Document, Section};
pub use engine::ENGINE_VERSION;
pub use estimate::Estimate;
pub use finding::{
    Finding, FindingEntry, FindingField, FindingOrigin, FindingState, FindingValue, Findings, Progress,
    Ruling, Verdict,
};
pub use grade::{Grade, GradeLimit, GradeName, Grading, LimitTest, Quota, QuotaSize, Threshold};
pub use ids::{
    AspectId, BranchCode, ChoiceId, ContentHash, DeviceId, DocumentId, FactId, FindingId, ItemId, LedgerId,
    LimitId, MethodId, OccurrenceId, PartId, PeriodId, SectionId, SectorId, StandardId, SubmissionId,
};
pub use ledger::{ActivityKind, Ledger, LedgerEntry, LedgerRecord, LedgerSource};
pub use open::{Open, Unread};
pub use outcome::Outcome;
pub use period::{Period, Span, Window, WindowKey};
pub use points::Points;
pub use profile::{BranchProfile, ProfileCondition, ProfileNumber};
pub use proportion::Proportion;
pub use rule::{Choice, CountCredit, Fact, Occurrence, Rule, ShareBand, ShareCredit};
pub use scoring::{ScoreSheet, score};
pub use submission::{ClaimedGrade, Declaration, Submission};
pub use whole::{WholeLimit, WholeTest, YearShare};
