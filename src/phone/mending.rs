//! The findings as the app holds them: in which order they are shown, which of them cannot wait, and where the newest words are.

use crate::{
    domain::{
        BranchCode, ContentHash, Finding, FindingEntry, FindingField, FindingId, FindingState, FindingValue,
        Findings, SubmissionId,
    },
    store::{LocalSubmission, Place, Reached as Elsewhere, RefusedFindings, StoredFindings, Written},
    sync::{OutboxEntry, OutboxRequest},
};
use jiff::{ToSpan as _, civil::Date};
use std::collections::{BTreeMap, BTreeSet};

/// A finding from above that falls due within so many days stands on the home screen.
const SOON_DAYS: i32 = 7;

/// The findings with what of them has not left the phone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mending {
    /// Whose they are; see [`crate::phone::ledger::HeldLedger::branch`].
    pub branch: Option<BranchCode>,
    /// All words and verdicts.
    pub findings: Findings,
    /// The findings with words that the endpoint does not have, and where those are.
    pub unsent: BTreeMap<FindingId, Place>,
    /// The findings of which whatever is written goes up by itself.
    pub released: BTreeSet<FindingId>,
    /// Those that a report carries which has not arrived yet.
    pub with_report: BTreeSet<FindingId>,
    /// Why the endpoint refused the last words, if it did.
    pub refused: Option<RefusedFindings>,
}

impl Mending {
    /// From what is stored.
    pub fn new(
        branch: &BranchCode,
        stored: &StoredFindings,
        reached: &Elsewhere,
        submissions: &[LocalSubmission],
        outbox: &[OutboxEntry],
    ) -> Self {
        let queued = outbox.iter().filter(|row| row.is_waiting()).filter_map(|row| match row.request {
            OutboxRequest::Submit { submission, .. } => Some(submission),
            _ => None,
        });
        let queued: BTreeSet<SubmissionId> = queued.collect();
        let carrying = submissions.iter().filter(|sent| queued.contains(&sent.id));
        Self {
            branch: Some(branch.clone()),
            findings: stored.all(),
            unsent: reached.of_findings(branch, stored),
            released: stored.released(submissions, outbox),
            with_report: carrying.flat_map(|sent| &sent.findings).copied().collect(),
            refused: stored.refused.clone(),
        }
    }

    /// How many problems of the branch's own the next report carries.
    pub fn to_report(&self) -> usize {
        let is_reported = |finding: &Finding| {
            finding.state == FindingState::Withdrawn || !self.waits_for_report(finding.id)
        };
        self.findings.all().iter().filter(|finding| !is_reported(finding)).count()
    }

    /// Whether what is written on a finding waits for a report that has not been made.
    pub fn waits_for_report(&self, finding: FindingId) -> bool {
        !self.released.contains(&finding) && !self.with_report.contains(&finding)
    }

    /// Takes a word that was just written here, where it is on one of these.
    pub fn take(&mut self, written: &Written) {
        if let Written::Word(branch, word) = written
            && self.branch.as_ref() == Some(branch)
        {
            self.unsent.insert(word.finding, Place::OnlyHere);
            self.findings.write(word.clone());
        }
    }

    /// How many the branch still has to mend.
    pub fn open(&self) -> usize {
        self.findings.all().iter().filter(|finding| finding.state.is_to_be_mended()).count()
    }
}

/// When a photo of a finding was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// 整改前
    Before,
    /// 整改后
    After,
}

impl Taken {
    /// The register of a photo.
    pub fn field(self, sha256: ContentHash) -> FindingField {
        match self {
            Self::Before => FindingField::Before { sha256 },
            Self::After => FindingField::After { sha256 },
        }
    }

    /// Those of a finding.
    pub fn of(self, finding: &Finding) -> &[ContentHash] {
        match self {
            Self::Before => &finding.before,
            Self::After => &finding.after,
        }
    }
}

/// Where findings stand in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// 退回的
    Returned,
    /// 逾期的
    Overdue,
    /// 待整改、整改中
    Open,
    /// 支部已整改
    Mended,
    /// 已销号
    Closed,
    /// 支部撤掉
    Withdrawn,
}

impl Group {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 6] =
        [Self::Returned, Self::Overdue, Self::Open, Self::Mended, Self::Closed, Self::Withdrawn];

    /// Where this one belongs.
    pub fn of(finding: &Finding, today: Date) -> Self {
        match finding.state {
            FindingState::Returned => Self::Returned,
            FindingState::Mended => Self::Mended,
            FindingState::Closed => Self::Closed,
            FindingState::Withdrawn => Self::Withdrawn,
            FindingState::Open | FindingState::UnderWay if finding.is_overdue(today) => Self::Overdue,
            FindingState::Open | FindingState::UnderWay => Self::Open,
        }
    }
}

/// The findings group by group, in each by deadline; those without one last.
pub fn grouped(findings: &Findings, today: Date) -> Vec<(Group, Vec<Finding>)> {
    let mut all = findings.all();
    all.sort_by_key(|finding| (finding.due().unwrap_or(Date::MAX), finding.begun, finding.id));
    let group = |group: Group| {
        let of_group = all.iter().filter(|finding| Group::of(finding, today) == group);
        (group, of_group.cloned().collect::<Vec<_>>())
    };
    Group::ALL.map(group).into_iter().filter(|(_, found)| !found.is_empty()).collect()
}

/// What of the findings belongs on the home screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pressing {
    /// The one that cannot wait: returned first, then from above and due soonest.
    pub first: Option<Finding>,
    /// How many cannot wait.
    pub count: usize,
    /// How many from above are to be mended, pressing or not.
    pub from_above: usize,
}

/// Works it out.
pub fn pressing(findings: &Findings, today: Date) -> Pressing {
    let soon = today.checked_add(SOON_DAYS.days()).unwrap_or(Date::MAX);
    let mut all = findings.all();
    all.retain(|finding| finding.state.is_to_be_mended());
    let from_above = all.iter().filter(|finding| finding.from_above).count();
    all.retain(|finding| {
        let is_due = finding.from_above && finding.due().is_some_and(|due| due <= soon);
        is_due || finding.state == FindingState::Returned
    });
    all.sort_by_key(|finding| {
        (finding.state != FindingState::Returned, finding.due().unwrap_or(Date::MAX), finding.begun)
    });
    Pressing { count: all.len(), first: all.into_iter().next(), from_above }
}

/// Where the newest words of findings are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// The upper level has them.
    Endpoint,
    /// They are stored here, and go up by themselves.
    Phone,
    /// They are stored here, and go up with the next report: the branch has found the problem itself.
    NextReport,
    /// They are being stored.
    Screen,
    /// They could not be stored, so far.
    Refused,
}

impl Reached {
    /// From whether words are unsent, wait for a report, are not known to be on disk, and whether the storage refused the last ones.
    pub fn of(unsent: bool, waits: bool, unwritten: bool, refused: bool) -> Self {
        match (unwritten, refused, unsent, waits) {
            (true, true, ..) => Self::Refused,
            (true, false, ..) => Self::Screen,
            (false, _, true, true) => Self::NextReport,
            (false, _, true, false) => Self::Phone,
            (false, _, false, _) => Self::Endpoint,
        }
    }
}

/// Who has been named as responsible, the most recently named first.
pub fn named(findings: &Findings) -> Vec<String> {
    let mut written: Vec<&FindingEntry> =
        findings.entries().iter().filter(|entry| entry.field == FindingField::Responsible).collect();
    written.sort_by_key(|entry| core::cmp::Reverse(entry.stamp));
    let mut names: Vec<String> = Vec::new();
    for entry in written {
        if let FindingValue::Text { text } = &entry.value
            && !text.is_empty()
            && !names.contains(text)
        {
            names.push(text.clone());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Progress, Ruling, Stamp, Verdict, finding::endpoint_device, testing::stamp};
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 24);

    fn word(finding: u8, field: FindingField, value: FindingValue, ms: u64) -> FindingEntry {
        let finding = FindingId::from_parts(1, &[finding; 10]);
        FindingEntry { finding, field, stamp: stamp(ms, 1), value }
    }

    fn problem(finding: u8, ms: u64, from_above: bool) -> FindingEntry {
        let text = FindingValue::Text { text: format!("问题{finding}") };
        let mut entry = word(finding, FindingField::Problem, text, ms);
        if from_above {
            entry.stamp.device = endpoint_device();
        }
        entry
    }

    fn due(finding: u8, day: Date, ms: u64) -> FindingEntry {
        word(finding, FindingField::Deadline, FindingValue::Day { day: Some(day) }, ms)
    }

    fn mended(finding: u8, ms: u64) -> FindingEntry {
        let progress = FindingValue::Progress { progress: Progress::Mended, after: None };
        word(finding, FindingField::Progress, progress, ms)
    }

    fn returned(finding: u8, ms: u64) -> Verdict {
        let stamp = Stamp { ms, count: 0, device: endpoint_device() };
        let ruling = Ruling::Returned { reason: "缺签到表".into(), until: None };
        let finding = FindingId::from_parts(1, &[finding; 10]);
        Verdict { finding, stamp, given_at: ms, by: "镇党委".into(), ruling }
    }

    #[test]
    fn what_came_back_and_what_is_overdue_stands_first_then_by_deadline() {
        let findings = Findings::new(
            [
                problem(1, 1, false),
                problem(2, 2, false),
                due(2, date(2026, 12, 20), 3),
                problem(3, 3, false),
                due(3, date(2026, 12, 10), 4),
                problem(4, 4, false),
                due(4, date(2026, 11, 20), 5),
                problem(5, 5, true),
                mended(5, 6),
                problem(6, 7, false),
                mended(6, 8),
            ],
            [returned(5, 9)],
        );
        let shown: Vec<(Group, Vec<String>)> = grouped(&findings, TODAY)
            .into_iter()
            .map(|(group, all)| (group, all.into_iter().map(|finding| finding.problem).collect()))
            .collect();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            shown,
            [
                (Group::Returned, names(&["问题5"])),
                (Group::Overdue, names(&["问题4"])),
                (Group::Open, names(&["问题3", "问题2", "问题1"])),
                (Group::Closed, names(&["问题6"])),
            ]
        );
    }

    #[test]
    fn on_the_home_screen_stands_what_the_upper_level_waits_for() {
        let mut findings = Findings::new([problem(1, 1, false), due(1, date(2026, 11, 1), 2)], []);
        assert_eq!(pressing(&findings, TODAY), Pressing::default(), "its own is in its own hands");
        findings.write(problem(2, 3, true));
        assert_eq!((pressing(&findings, TODAY).count, pressing(&findings, TODAY).from_above), (0, 1));
        findings.write(due(2, date(2026, 12, 1), 4));
        assert_eq!(pressing(&findings, TODAY).first.unwrap().problem, "问题2");
        assert_eq!(pressing(&findings, date(2026, 11, 23)).count, 0, "not yet");
        findings.write(mended(2, 5));
        assert_eq!(pressing(&findings, TODAY).first, None);
        findings.write(mended(1, 6));
        findings.merge(Findings::new([], [returned(1, 7)]));
        assert_eq!(pressing(&findings, TODAY).first.unwrap().problem, "问题1");
    }

    #[test]
    fn names_are_offered_again_the_newest_first() {
        let name = |finding, text: &str, ms| {
            word(finding, FindingField::Responsible, FindingValue::Text { text: text.into() }, ms)
        };
        let findings = Findings::new([name(1, "王文书", 1), name(2, "李书记", 2), name(3, "王文书", 3)], []);
        assert_eq!(named(&findings), ["王文书", "李书记"]);
    }

    #[test]
    fn a_word_just_written_is_unsent_and_here_alone() {
        let branch = crate::sync::testing::branch(1);
        let mut mending = Mending { branch: Some(branch.clone()), ..Mending::default() };
        let word = problem(1, 1, false);
        mending.take(&Written::Word(branch, word.clone()));
        assert_eq!((mending.open(), mending.unsent[&word.finding]), (1, Place::OnlyHere));
        assert!(mending.waits_for_report(word.finding));
    }
}
