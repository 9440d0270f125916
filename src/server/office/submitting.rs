//! 上报 and 撤回: what a phone reports is checked against the checklist that it names and against today, scored by the endpoint
//! itself, stored as it came, and answered with a receipt.

use super::{
    actor::{Ended, Phone, Sender},
    clock::Clock,
};
use crate::{
    domain::{
        Assessment, Checklist, ContentHash, Submission, SubmissionId,
        check::{AnswerFault, submission_faults},
        period::{Period, shanghai_date},
        score,
        time_check::{EndpointClock, TimeFault},
    },
    protocol::{Receipt, SubmissionSummary, receipt::receipt_code},
    server::database::{Arrival, Database, DatabaseError, Stored, Writer},
};
use std::sync::Arc;

/// Why a submission is not taken, or not taken back.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It is another branch's.
    #[error("this phone is bound to another branch")]
    OtherBranch,
    /// Nobody published what it answers.
    #[error("the checklist it answers was never published here")]
    UnknownChecklist,
    /// What it answers is not for its sector.
    #[error("the checklist is for another sector")]
    OtherSector,
    /// What it answers is not asked in its period.
    #[error("the checklist has no such period")]
    UnknownPeriod,
    /// Its answers are not those of its checklist.
    #[error("some answers do not fit their checklist; see the faults")]
    Unfit(
        /// Which, and why.
        Vec<AnswerFault>,
    ),
    /// It tells of days to come.
    #[error("something in it lies after today; see the faults")]
    AfterToday(
        /// What.
        Vec<TimeFault>,
    ),
    /// Its id was used for something else.
    #[error("this id was sent before with other bytes; they were put aside, make a new submission")]
    DifferentBytes,
    /// Its id was used by another branch.
    #[error("this id belongs to a submission of another branch")]
    Foreign,
    /// The one before it counts.
    #[error("this assessment was approved; ask the upper level to return it")]
    Closed,
    /// Its branch has ended.
    #[error(transparent)]
    Ended(#[from] Ended),
    /// There are more than anybody reports with care.
    #[error("the branch has sent too many submissions for this period; ask the upper level")]
    TooMany,
    /// There is no such submission to take back.
    #[error("this branch has no such submission")]
    Unknown,
    /// It is too late to take it back.
    #[error("a review has begun; ask for a return instead")]
    ReviewBegun,
    /// The score sheet cannot be written, which happens only when the code is wrong.
    #[error("a score sheet cannot be written: {0}")]
    Unwritable(#[from] serde_json::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// A submission that is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    /// What its branch holds of it.
    pub receipt: Receipt,
    /// Whether it is there only now; else the same bytes were there before.
    pub is_new: bool,
}

/// Where submissions arrive; clones share it.
#[derive(Debug, Clone)]
pub struct Inbox {
    database: Database,
    writer: Writer,
}

impl Inbox {
    /// Over this database; needs a Tokio runtime.
    pub fn start(database: Database) -> Self {
        Self { writer: Writer::start(database.clone()), database }
    }

    /// Takes a submission, with the frozen bytes that it was read from, and answers when it is on disk. The same bytes again get
    /// the same receipt, also of a branch that has ended since.
    pub async fn submit(
        &self,
        clock: &dyn Clock,
        phone: &Phone,
        submission: Submission,
        bytes: Vec<u8>,
    ) -> Result<Submitted, Refusal> {
        if submission.branch != phone.branch {
            return Err(Refusal::OtherBranch);
        }
        let sha256 = ContentHash::of(&bytes);
        let now_ms = clock.now_ms();
        let (checklist, period) = match self.judged(&submission, now_ms).await {
            Ok(pinned) => pinned,
            // What is here already was taken once, whatever is asked of a submission today: the same bytes again are success.
            Err(refusal) => match self.database.receipt(&phone.branch, submission.id).await? {
                Some(first) if first.sha256 == sha256 => {
                    return Ok(Submitted { receipt: first, is_new: false });
                }
                _ => return Err(refusal),
            },
        };
        let sheet = score(&checklist, &period, &Assessment::new(submission.answers.iter().cloned(), None));
        let receipt = Receipt {
            submission: submission.id,
            code: receipt_code(&sha256),
            sha256,
            received_at: now_ms,
            score: sheet.total(),
            engine: checklist.engine,
            // By the day it was made: a branch is not late because its network was; nor because its clock was ahead.
            late: period.is_late(shanghai_date(submission.made_at.min(now_ms))),
        };
        let sheet = serde_json::to_string(&sheet)?;
        let branch = phone.branch.clone();
        let arrival = Arrival { branch, bytes, submission, receipt: receipt.clone(), sheet };
        match self.writer.store(arrival).await? {
            Stored::New => Ok(Submitted { receipt, is_new: true }),
            Stored::Same(first) => Ok(Submitted { receipt: first, is_new: false }),
            Stored::Different => Err(Refusal::DifferentBytes),
            Stored::Foreign => Err(Refusal::Foreign),
            Stored::Closed => Err(Refusal::Closed),
            Stored::Ended => Err(Ended.into()),
            Stored::TooMany => Err(Refusal::TooMany),
        }
    }

    /// The checklist and period that the submission names, if it fits them and today.
    async fn judged(
        &self,
        submission: &Submission,
        now_ms: u64,
    ) -> Result<(Arc<Checklist>, Period), Refusal> {
        let checklist = self
            .database
            .published_checklist(&submission.checklist)
            .await?
            .ok_or(Refusal::UnknownChecklist)?;
        if checklist.sector != submission.sector {
            return Err(Refusal::OtherSector);
        }
        let period = checklist.period(&submission.period).cloned().ok_or(Refusal::UnknownPeriod)?;
        let faults = submission_faults(&checklist, &period, submission);
        if !faults.is_empty() {
            return Err(Refusal::Unfit(faults));
        }
        let faults = EndpointClock { now_ms }.submission_faults(&period, submission);
        if !faults.is_empty() {
            return Err(Refusal::AfterToday(faults));
        }
        Ok((checklist, period))
    }
}

/// All submissions of a phone's branch with their reviews, oldest first.
pub async fn all(database: &Database, phone: &Phone) -> Result<Vec<SubmissionSummary>, DatabaseError> {
    database.submissions(&phone.branch).await
}

/// The frozen bytes of a submission of a phone's branch.
pub async fn sent(
    database: &Database,
    phone: &Phone,
    id: SubmissionId,
) -> Result<Option<Vec<u8>>, DatabaseError> {
    database.submission(&phone.branch, id).await
}

/// Takes a submission back until a review has begun; again is success.
pub async fn withdraw(
    database: &Database,
    clock: &dyn Clock,
    phone: &Sender,
    id: SubmissionId,
) -> Result<(), Refusal> {
    match database.withdraw(&phone.branch, id, clock.now_ms()).await? {
        None => Err(Refusal::Unknown),
        Some(true) => Ok(()),
        Some(false) => Err(Refusal::ReviewBegun),
    }
}
