//! A submission (一次上报): an immutable snapshot of an assessment. Its JSON is a wire format, frozen by golden tests.
//!
//! **Evolution.** Readers ignore fields they do not know; new fields are optional and skipped when empty; a meaning is never
//! changed under an old name. An entry or record of a kind that a reader does not know is kept as it came, passed over and passed
//! on ([`super::open`]); a new field of a known kind is not passed on by older phones, so what must not be lost is a new kind.
//! `format` rises only when an old server could misread a newer phone's submission: when what it passes over would have changed
//! the score.

use super::{
    answer::{Entry, EntryHead},
    assessment::Assessment,
    clock::Stamp,
    grade::{Grade, Grading},
    ids::{BranchCode, ContentHash, DeviceId, PeriodId, SectorId, SubmissionId},
    ledger::{Ledger, LedgerRecord},
    open::{Open, Unread},
    photo::PhotoFacts,
    text::{self, Kind},
};
use crate::json::FromJson;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The format this code writes and the newest it reads.
pub const FORMAT: u16 = 1;

/// What leaves the phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Submission {
    /// [`FORMAT`].
    pub format: u16,
    /// Made by the phone.
    pub id: SubmissionId,
    /// The submissions it follows and replaces; two phones' heads become one by a submission that names both.
    pub parents: Vec<SubmissionId>,
    /// The branch, pinned.
    pub branch: BranchCode,
    /// The period, pinned.
    pub period: PeriodId,
    /// The sector, pinned.
    pub sector: SectorId,
    /// The checklist that the answers answer, pinned.
    pub checklist: ContentHash,
    /// The phone.
    pub device: DeviceId,
    /// When it was made, milliseconds since 1970-01-01 UTC by the corrected clock.
    pub made_at: u64,
    /// What the branch declares with it.
    pub declaration: Declaration,
    /// One entry for each register that was written, in the order of registers.
    #[cfg_attr(feature = "server", schema(value_type = Vec<Entry>))]
    pub answers: Open<Entry>,
    /// 台账: every version of the ledger's entries that are dated in what the period judges.
    #[serde(default, skip_serializing_if = "Open::is_empty")]
    #[cfg_attr(feature = "server", schema(value_type = Vec<LedgerRecord>))]
    pub ledger: Open<LedgerRecord>,
    /// Photos that belong to it, by hash; it is complete only when the server has them all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// A file that travels apart from the answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// SHA-256 of its bytes.
    pub sha256: ContentHash,
    /// Its size in bytes.
    pub bytes: u64,
    /// `image/jpeg` or `image/webp`.
    pub media_type: String,
    /// 拍摄日期, as the camera says.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::domain::day::option")]
    pub captured_on: Option<Date>,
    /// 事情是哪天的, as the branch says.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::domain::day::option")]
    pub happened_on: Option<Date>,
}

impl From<PhotoFacts> for Attachment {
    fn from(photo: PhotoFacts) -> Self {
        let PhotoFacts { sha256, bytes, media_type, captured_on, happened_on, .. } = photo;
        Self { sha256, bytes, media_type, captured_on, happened_on }
    }
}

impl From<Attachment> for PhotoFacts {
    fn from(listed: Attachment) -> Self {
        let Attachment { sha256, bytes, media_type, captured_on, happened_on } = listed;
        Self { sha256, bytes, media_type, width: 0, height: 0, captured_on, happened_on }
    }
}

impl Submission {
    /// Every photo that belongs to it, each once: those listed, and those that an answer or an entry of the ledger names.
    pub fn photos(&self) -> BTreeSet<ContentHash> {
        let mut photos = self.named_photos();
        photos.extend(self.attachments.iter().map(|listed| listed.sha256.clone()));
        photos
    }

    /// The photos that an answer or an entry of the ledger names.
    pub fn named_photos(&self) -> BTreeSet<ContentHash> {
        let assessment = Assessment::new(self.answers.iter().cloned(), None);
        let ledger = Ledger::new(self.ledger.iter().cloned());
        assessment.photos().map(|(_, sha256)| sha256).chain(ledger.photos()).cloned().collect()
    }
}

/// The branch's own act: who filled it in, which meeting considered it, that the secretary confirms it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Declaration {
    /// 填报人
    pub reporter: String,
    /// 填报人职务: 书记, 文书, 组织委员, 选调生, 第一书记
    pub reporter_post: String,
    /// The day of the meeting that considered it (研究日期).
    #[serde(with = "crate::domain::day")]
    pub considered_on: Date,
    /// Which meeting.
    pub considered_by: ConsideredBy,
    /// 书记: who confirms that it is true.
    pub secretary: String,
    /// 申报等次
    pub claimed_grade: ClaimedGrade,
}

impl Declaration {
    /// The same with texts that [`super::check::submission_faults`] has nothing against, unless they are empty.
    #[must_use]
    pub fn cleaned(self) -> Self {
        let [reporter, reporter_post, secretary] =
            [&self.reporter, &self.reporter_post, &self.secretary].map(|text| text::clean(text, Kind::NAME));
        Self { reporter, reporter_post, secretary, ..self }
    }
}

/// The meeting that considered the self-assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsideredBy {
    /// 支委会
    Committee,
    /// 党员大会, where there is no committee
    MemberMeeting,
}

/// 申报等次: nobody applies for 不合格.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClaimedGrade {
    /// 达标
    Qualified,
    /// 优秀
    Excellent,
    /// 标兵
    Model,
    /// One of the standard's own grades, as [`Grade::Own`] has it; never the lowest.
    Own(u8),
}

impl From<ClaimedGrade> for Grade {
    fn from(claimed: ClaimedGrade) -> Self {
        match claimed {
            ClaimedGrade::Qualified => Self::Qualified,
            ClaimedGrade::Excellent => Self::Excellent,
            ClaimedGrade::Model => Self::Model,
            ClaimedGrade::Own(place) => Self::Own(place),
        }
    }
}

impl Submission {
    /// The answers as they travel: with texts as the endpoint takes them; and under which checklist an answer was given is said
    /// only where that is another than the one the submission pins.
    pub fn packed(answers: Vec<Entry>, checklist: &ContentHash) -> Vec<Entry> {
        let pack = |under: Option<ContentHash>| under.filter(|under| under != checklist);
        answers.into_iter().map(|entry| entry.cleaned().map_under(pack)).collect()
    }

    /// These answers, and what is known of answers that only a newer version can read. In each register the newest goes alone,
    /// whether it can be read or not.
    pub fn with_unread(
        mut answers: Vec<Entry>,
        unread: &BTreeSet<Unread>,
        checklist: &ContentHash,
    ) -> Open<Entry> {
        let mut newest: BTreeMap<Unread, (Stamp, &Unread)> = BTreeMap::new();
        for one in unread {
            if let Some(EntryHead { key, stamp, .. }) = one.read() {
                let counting = newest.entry(key).or_insert((stamp, one));
                *counting = (*counting).max((stamp, one));
            }
        }
        if newest.is_empty() {
            return answers.into();
        }
        answers.retain(|entry| {
            let key = serde_json::to_string(&entry.key).ok().and_then(|text| Unread::new(&text));
            match key.and_then(|key| newest.get(&key).map(|(stamp, _)| (*stamp, key))) {
                Some((stamp, key)) if stamp < entry.stamp => newest.remove(&key).is_some(),
                newer => newer.is_none(),
            }
        });
        Open::from(answers).with_unread(newest.into_values().map(|(_, one)| one.packed(checklist)))
    }

    /// The answers as they were given, each with its checklist.
    pub fn entries(&self) -> Vec<Entry> {
        self.answers.iter().map(|entry| entry.clone().under_or(&self.checklist)).collect()
    }

    /// The answers that cannot be read, each with the checklist that it was given under.
    pub fn unread_entries(&self) -> BTreeSet<Unread> {
        self.answers.unread().filter_map(|one| one.under_or(&self.checklist)).collect()
    }

    /// The checklists that are needed to understand it: the pinned one, and those under which an answer was given.
    pub fn checklists(&self) -> BTreeSet<ContentHash> {
        self.answers.iter().flat_map(Entry::unders).chain([&self.checklist]).cloned().collect()
    }
}

/// What a branch can apply for, lowest first: every grade but the lowest.
pub fn claimable(grading: &Grading) -> Vec<ClaimedGrade> {
    let claim = |grade| match grade {
        Grade::Unqualified | Grade::Own(0) => None,
        Grade::Qualified => Some(ClaimedGrade::Qualified),
        Grade::Excellent => Some(ClaimedGrade::Excellent),
        Grade::Model => Some(ClaimedGrade::Model),
        Grade::Own(place) => Some(ClaimedGrade::Own(place)),
    };
    grading.grades().into_iter().filter_map(claim).collect()
}

/// What is offered at first: the best that the branch's own answers reach and that nobody has to be selected for.
pub fn suggested(grading: &Grading, reached: Option<Grade>) -> Option<ClaimedGrade> {
    let all = claimable(grading);
    let fits = |claim: &&ClaimedGrade| {
        let grade = Grade::from(**claim);
        !grading.is_selected(grade) && reached.is_some_and(|reached| grade <= reached)
    };
    all.iter().rfind(fits).or(all.first()).copied()
}

/// The submissions that no other one names as parent: more than one means that two phones reported apart.
pub fn heads(submissions: &[(SubmissionId, Vec<SubmissionId>)]) -> Vec<SubmissionId> {
    let replaced = |id: &SubmissionId| submissions.iter().any(|(_, parents)| parents.contains(id));
    submissions.iter().map(|(id, _)| *id).filter(|id| !replaced(id)).collect()
}
