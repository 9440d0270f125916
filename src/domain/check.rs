//! Checks on what comes from outside: the answers of a submission.

use super::{
    answer::{AnswerKey, AnswerValue, Entry, EntryHead, MAX_FIGURE, NotApplicable, PartAnswer, Stance},
    checklist::{Checklist, Part},
    ids::{ContentHash, ItemId, LedgerId, PartId},
    ledger::{
        LedgerHead,
        check::{LedgerFault, MAX_RECORDS, record_fault},
    },
    period::{Period, Span},
    photo::{MAX_ATTACHMENTS, MAX_BYTES, MediaType},
    profile::BranchProfile,
    rule::Rule,
    submission::{Submission, claimable},
    text::{self, Kind, TextFault},
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Why an answer cannot be taken. The message says which one, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFault {
    /// The checklist has no such item.
    #[error("item {0} is not in this checklist; answer the checklist that the submission pins")]
    UnknownItem(ItemId),
    /// The item has no such part.
    #[error("item {0} has no part {1}; answer the checklist that the submission pins")]
    UnknownPart(ItemId, PartId),
    /// 由上级评
    #[error("item {0} is judged by the upper level; the branch leaves it out")]
    JudgedAbove(ItemId),
    /// The value's kind does not fit the register or the part's rule.
    #[error("the answer to {0} is of the wrong kind; use the kind that its rule asks for")]
    WrongKind(String),
    /// A choice, fact, occurrence or window that the part does not have.
    #[error("the answer to {0} names {1:?}, which the part does not have")]
    UnknownName(String, String),
    /// A number that cannot be.
    #[error(
        "the answer to {0} holds a number out of range (0 to {MAX_FIGURE}; a share's first number not above its second)"
    )]
    OutOfRange(String),
    /// The item does not offer this reason.
    #[error("item {0} does not offer this way of not applying; answer it or leave it unanswered")]
    NotOffered(ItemId),
    /// A text holds what it must not.
    #[error("the text of {0} is {1}")]
    Text(String, TextFault),
    /// A text says nothing where it must.
    #[error("the text of {0} is empty; fill it in")]
    Empty(String),
    /// The meeting that considered the self-assessment was held before its period began.
    #[error(
        "the meeting of {0} lies before the period, which begins on {1}; give the day on which it was considered"
    )]
    ConsideredTooEarly(Date, Date),
    /// 申报等次 is none that the checklist has.
    #[error("the checklist has no such grade to apply for; apply for one that it has")]
    UnknownGrade,
    /// An attachment cannot be a photo of ours, or is listed twice.
    #[error(
        "the attachment {0} is listed twice, or cannot be a photo: JPEG or WebP of at most {MAX_BYTES} bytes"
    )]
    Attachment(ContentHash),
    /// More photos than anyone looks at.
    #[error("{0} photos are too many; a submission carries at most {MAX_ATTACHMENTS}")]
    TooManyPhotos(usize),
    /// It says that it was counted from the ledger, which does not answer this part.
    #[error("the ledger does not answer {0}; send the branch's own answer")]
    NotFromLedger(String),
    /// A record of the ledger.
    #[error("ledger entry {0}: {1}")]
    Ledger(LedgerId, LedgerFault),
    /// More of the ledger than one submission may carry.
    #[error("the ledger has more than {MAX_RECORDS} records; send those of the period's windows")]
    TooMuchLedger,
    /// Neither an answer or a record of today, nor one that may come later: not even what every one of them says can be read.
    #[error("{0} of the {1} cannot be read; each says at least its register or id, and its stamp")]
    Unreadable(usize, &'static str),
    /// Two entries write one register.
    #[error("{0} is written twice; send only the entry that counts")]
    Twice(String),
}

/// Whether a text is as [`text::fault`] wants it.
pub fn is_plain_text(text: &str, max_chars: usize, may_break: bool) -> bool {
    let kind = if may_break { Kind::Paragraph(max_chars) } else { Kind::Line(max_chars) };
    text::fault(text, kind).is_none()
}

/// Everything wrong with a submission's answers and declaration, or nothing.
pub fn submission_faults(
    checklist: &Checklist,
    period: &Period,
    submission: &Submission,
) -> Vec<AnswerFault> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for entry in &submission.answers {
        if seen.insert(&entry.key) {
            faults.extend(entry_fault(checklist, period, entry));
        } else {
            faults.push(AnswerFault::Twice(entry.key.path()));
        }
    }
    // What is of a later kind than this version knows is not judged here; its bytes are kept, and it is passed over.
    let headless = submission.answers.unread().filter(|one| one.read::<EntryHead>().is_none()).count();
    if headless > 0 {
        faults.push(AnswerFault::Unreadable(headless, "answers"));
    }
    let headless = submission.ledger.unread().filter(|one| one.read::<LedgerHead>().is_none()).count();
    if headless > 0 {
        faults.push(AnswerFault::Unreadable(headless, "ledger's records"));
    }
    if submission.ledger.len() + submission.ledger.unread().count() > MAX_RECORDS {
        faults.push(AnswerFault::TooMuchLedger);
    } else {
        let found =
            submission.ledger.iter().filter_map(|r| Some(AnswerFault::Ledger(r.id, record_fault(r)?)));
        faults.extend(found);
    }
    let declared = &submission.declaration;
    if !claimable(&checklist.grading).contains(&declared.claimed_grade) {
        faults.push(AnswerFault::UnknownGrade);
    }
    if declared.considered_on < period.starts {
        faults.push(AnswerFault::ConsideredTooEarly(declared.considered_on, period.starts));
    }
    for (name, text) in [
        ("reporter", &declared.reporter),
        ("post", &declared.reporter_post),
        ("secretary", &declared.secretary),
    ] {
        if text.trim().is_empty() {
            faults.push(AnswerFault::Empty(name.into()));
        }
        faults.extend(text::fault(text, Kind::NAME).map(|fault| AnswerFault::Text(name.into(), fault)));
    }
    let photos = submission.photos().len();
    if photos > MAX_ATTACHMENTS {
        faults.push(AnswerFault::TooManyPhotos(photos));
    }
    let mut listed = BTreeSet::new();
    for attachment in &submission.attachments {
        let is_photo = MediaType::parse(&attachment.media_type).is_some()
            && (1..=MAX_BYTES as u64).contains(&attachment.bytes);
        if !is_photo || !listed.insert(&attachment.sha256) {
            faults.push(AnswerFault::Attachment(attachment.sha256.clone()));
        }
    }
    faults
}

/// What is wrong with one entry, if anything.
pub fn entry_fault(checklist: &Checklist, period: &Period, entry: &Entry) -> Option<AnswerFault> {
    let wrong_kind = || Some(AnswerFault::WrongKind(entry.key.path()));
    let Some(id) = entry.key.item() else {
        return match &entry.value {
            AnswerValue::Profile { profile } => profile_fault(profile),
            _ => wrong_kind(),
        };
    };
    let Some((_, _, item)) = checklist.find(id) else {
        return Some(AnswerFault::UnknownItem(id.clone()));
    };
    match (&entry.key, &entry.value) {
        (AnswerKey::Location { .. } | AnswerKey::Note { .. }, AnswerValue::Text { text }) => {
            text::fault(text, Kind::NOTE).map(|fault| AnswerFault::Text(entry.key.path(), fault))
        }
        (AnswerKey::Photo { .. }, AnswerValue::Attached { .. }) => None,
        (AnswerKey::Stance { .. } | AnswerKey::Part { .. }, _) if item.judged_above => {
            Some(AnswerFault::JudgedAbove(id.clone()))
        }
        (AnswerKey::Stance { .. }, AnswerValue::Stance { stance }) => {
            let offered = match stance {
                Stance::Applies | Stance::Unsure => true,
                Stance::NotApplicable { reason: NotApplicable::AbsentHere } => item.may_be_absent,
                Stance::NotApplicable { reason: NotApplicable::NoOccurrence } => item.may_not_occur,
            };
            (!offered).then(|| AnswerFault::NotOffered(id.clone()))
        }
        (AnswerKey::Part { part, .. }, AnswerValue::Part { answer, counted, own, reason }) => {
            let Some(asked) = item.part(part) else {
                return Some(AnswerFault::UnknownPart(id.clone(), part.clone()));
            };
            let at = entry.key.path();
            if let Some(fault) = text::fault(reason, Kind::NOTE) {
                return Some(AnswerFault::Text(at, fault));
            }
            let from_ledger = counted.as_ref().is_some_and(|counted| counted.len() <= MAX_RECORDS)
                && asked.from_ledger.is_some();
            if (counted.is_some() || own.is_some()) && !from_ledger {
                return Some(AnswerFault::NotFromLedger(at));
            }
            let own = own.as_ref().and_then(|own| own.answer.as_ref());
            answer.iter().chain(own).find_map(|answer| part_fault(asked, period, answer, &at))
        }
        _ => wrong_kind(),
    }
}

/// What is wrong with a branch's profile, if anything.
pub fn profile_fault(profile: &BranchProfile) -> Option<AnswerFault> {
    let figures = [
        profile.full_members,
        profile.probationary_members,
        profile.mobile_members,
        profile.committee_members,
        profile.party_groups,
    ];
    if figures.iter().any(|figure| *figure > MAX_FIGURE) {
        return Some(AnswerFault::OutOfRange("profile".into()));
    }
    let fault = text::fault(&profile.themed_day, Kind::NAME)?;
    Some(AnswerFault::Text("profile".into(), fault))
}

pub(super) fn part_fault(part: &Part, period: &Period, answer: &PartAnswer, at: &str) -> Option<AnswerFault> {
    let unknown = |name: &str| AnswerFault::UnknownName(at.into(), name.chars().take(80).collect());
    let out_of_range = || AnswerFault::OutOfRange(at.into());
    match (&part.rule, answer) {
        (Rule::YesNo, PartAnswer::YesNo { .. }) => None,
        (Rule::Count { .. }, PartAnswer::Counts { counts }) => {
            let spans: Vec<Span> =
                period.judged(part.window).into_iter().chain(period.still_running(part.window)).collect();
            counts.iter().find_map(|(key, count)| match spans.iter().any(|span| &span.key == key) {
                false => Some(unknown(&key.0)),
                true => (*count > MAX_FIGURE).then(out_of_range),
            })
        }
        (Rule::Share { .. }, PartAnswer::Share { numerator, denominator }) => {
            (*denominator == 0 || *denominator > MAX_FIGURE || numerator > denominator).then(out_of_range)
        }
        (Rule::Level { choices }, PartAnswer::Level { choice }) => {
            let known = choices.iter().any(|offered| &offered.id == choice);
            (!known).then(|| unknown(choice.as_str()))
        }
        (
            Rule::Deduction { occurrences } | Rule::FromTotal { occurrences },
            PartAnswer::Occurrences { counts },
        ) => counts.iter().find_map(|(id, count)| match occurrences.iter().any(|kind| &kind.id == id) {
            false => Some(unknown(id.as_str())),
            true => (*count > MAX_FIGURE).then(out_of_range),
        }),
        (Rule::Facts { facts }, PartAnswer::Facts { met }) => {
            let stranger = met.iter().find(|id| !facts.iter().any(|fact| &&fact.id == id));
            stranger.map(|id| unknown(id.as_str()))
        }
        _ => Some(AnswerFault::WrongKind(at.into())),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::{
        ContentHash, FactId, WindowKey,
        submission::{ClaimedGrade, ConsideredBy, Declaration, FORMAT},
        testing::{checklist, device, full_assessment, part_entry, period, stamp, stance_entry},
        *,
    };
    use std::collections::BTreeMap;

    pub(crate) fn submission() -> Submission {
        let list = checklist();
        Submission {
            format: FORMAT,
            id: SubmissionId::from_parts(1_764_000_000_000, &[7; 10]),
            parents: Vec::new(),
            branch: BranchCode::new("210726105203-01").unwrap(),
            period: period().id,
            sector: list.sector.clone(),
            checklist: ContentHash::of(b"checklist"),
            device: device(1),
            made_at: 1_764_000_000_000,
            declaration: Declaration {
                reporter: "王文书".into(),
                reporter_post: "文书".into(),
                considered_on: jiff::civil::date(2026, 11, 20),
                considered_by: ConsideredBy::Committee,
                secretary: "李书记".into(),
                claimed_grade: ClaimedGrade::Excellent,
            },
            answers: full_assessment(&list, &period()).winners().into(),
            ledger: Open::default(),
            attachments: Vec::new(),
        }
    }

    fn listed(sha256: ContentHash, bytes: u64) -> submission::Attachment {
        let media_type = "image/jpeg".into();
        submission::Attachment { sha256, bytes, media_type, captured_on: None, happened_on: None }
    }

    fn photo(item: &str, of: &[u8], attached: bool, ms: u64) -> Entry {
        let (item, sha256) = (ItemId::new(item).unwrap(), ContentHash::of(of));
        let value = AnswerValue::Attached { attached };
        Entry { key: AnswerKey::Photo { item, sha256 }, stamp: stamp(ms, 1), value, under: None }
    }

    #[test]
    fn photos_belong_to_items_and_are_listed_once() {
        let (list, period) = (checklist(), period());
        assert_eq!(entry_fault(&list, &period, &photo("facts", b"a", true, 1)), None);
        assert!(matches!(
            entry_fault(&list, &period, &photo("gone", b"a", true, 1)),
            Some(AnswerFault::UnknownItem(_))
        ));
        let text = AnswerValue::Text { text: String::new() };
        let wrong = Entry { value: text, ..photo("facts", b"a", true, 1) };
        assert!(matches!(entry_fault(&list, &period, &wrong), Some(AnswerFault::WrongKind(_))));
        let mut sent = submission();
        // Taken off again, one photo for two items, and one that only the list names.
        let said = [("facts", b"a", false), ("facts", b"b", true), ("yes", b"b", true)];
        sent.answers.extend(said.map(|(item, of, attached)| photo(item, of, attached, 1)));
        sent.attachments = vec![listed(ContentHash::of(b"b"), 9), listed(ContentHash::of(b"c"), 9)];
        assert_eq!(submission_faults(&list, &period, &sent), []);
        assert_eq!(sent.photos(), [ContentHash::of(b"b"), ContentHash::of(b"c")].into());
        sent.attachments.push(listed(ContentHash::of(b"c"), 9));
        sent.attachments.push(listed(ContentHash::of(b"d"), MAX_BYTES as u64 + 1));
        let faults = submission_faults(&list, &period, &sent);
        assert!(matches!(faults[..], [AnswerFault::Attachment(_), AnswerFault::Attachment(_)]), "{faults:?}");
        let many =
            (0..=MAX_ATTACHMENTS as u64).map(|number| listed(ContentHash::of(&number.to_be_bytes()), 9));
        sent.attachments = many.collect();
        assert!(matches!(submission_faults(&list, &period, &sent)[..], [AnswerFault::TooManyPhotos(502)]));
    }

    #[test]
    fn the_photos_of_an_assessment_are_those_not_taken_off() {
        let entries = [
            photo("facts", b"a", true, 1),
            photo("facts", b"a", false, 5),
            photo("facts", b"b", true, 4),
            photo("facts", b"c", true, 2),
            photo("facts", b"c", false, 3),
            photo("facts", b"c", true, 9),
        ];
        let assessment = Assessment::new(entries, None);
        let shown: Vec<_> = assessment.photos().map(|(_, sha256)| sha256.clone()).collect();
        assert_eq!(shown, [ContentHash::of(b"b"), ContentHash::of(b"c")], "in the order of adding");
    }

    fn fault(item: &str, answer: PartAnswer) -> Option<AnswerFault> {
        let list = checklist();
        let (_, _, item) = list.find(&ItemId::new(item).unwrap()).unwrap();
        entry_fault(&list, &period(), &part_entry(item, &item.parts[0], answer, stamp(1, 1)))
    }

    #[test]
    fn an_honest_submission_has_no_fault() {
        assert_eq!(submission_faults(&checklist(), &period(), &submission()), []);
    }

    #[test]
    fn a_self_assessment_is_not_considered_before_its_period_begins() {
        let mut early = submission();
        early.declaration.considered_on = jiff::civil::date(2026, 5, 31);
        let faults = submission_faults(&checklist(), &period(), &early);
        assert!(matches!(faults[..], [AnswerFault::ConsideredTooEarly(..)]), "{faults:?}");
        early.declaration.considered_on = period().starts;
        assert_eq!(submission_faults(&checklist(), &period(), &early), []);
    }

    #[test]
    fn answers_that_cannot_be_are_named() {
        let counts =
            |key: &str, n| PartAnswer::Counts { counts: BTreeMap::from([(WindowKey(key.into()), n)]) };
        assert!(matches!(fault("counted", PartAnswer::YesNo { yes: true }), Some(AnswerFault::WrongKind(_))));
        assert!(matches!(fault("counted", counts("2026-12", 1)), Some(AnswerFault::UnknownName(..))));
        assert!(matches!(fault("counted", counts("2026-11", 100_000)), Some(AnswerFault::OutOfRange(_))));
        let share = |numerator, denominator| PartAnswer::Share { numerator, denominator };
        assert!(matches!(fault("shared", share(5, 4)), Some(AnswerFault::OutOfRange(_))));
        assert!(matches!(fault("shared", share(0, 0)), Some(AnswerFault::OutOfRange(_))));
        let met = [FactId::new("f9").unwrap()].into();
        assert!(matches!(fault("facts", PartAnswer::Facts { met }), Some(AnswerFault::UnknownName(..))));
        let mut list = checklist();
        list.aspects[0].items[0].judged_above = true;
        list.aspects[0].items[1].may_not_occur = false;
        let above = part_entry(
            &list.aspects[0].items[0],
            &list.aspects[0].items[0].parts[0],
            PartAnswer::YesNo { yes: true },
            stamp(1, 1),
        );
        assert!(matches!(entry_fault(&list, &period(), &above), Some(AnswerFault::JudgedAbove(_))));
        let stance = Stance::NotApplicable { reason: NotApplicable::NoOccurrence };
        let excuse = stance_entry(&list.aspects[0].items[1].id, stance, stamp(1, 1));
        assert!(matches!(entry_fault(&list, &period(), &excuse), Some(AnswerFault::NotOffered(_))));
        let stranger = stance_entry(&ItemId::new("gone").unwrap(), Stance::Unsure, stamp(1, 1));
        assert!(matches!(entry_fault(&list, &period(), &stranger), Some(AnswerFault::UnknownItem(_))));
    }

    #[test]
    fn texts_are_short_and_free_of_control_characters() {
        let mut sent = submission();
        let item = ItemId::new("facts").unwrap();
        let note = |text: String| Entry {
            key: AnswerKey::Note { item: item.clone() },
            stamp: stamp(9, 1),
            value: AnswerValue::Text { text },
            under: None,
        };
        let list = checklist();
        assert_eq!(entry_fault(&list, &period(), &note("第一行\n第二行".into())), None);
        for bad in ["铃\u{7}".to_owned(), "零\u{200b}宽".to_owned(), "长".repeat(501)] {
            assert!(matches!(entry_fault(&list, &period(), &note(bad)), Some(AnswerFault::Text(..))));
        }
        sent.declaration.secretary = "  ".into();
        sent.answers.extend_from_within(..1);
        let faults = submission_faults(&list, &period(), &sent);
        assert!(matches!(faults[..], [AnswerFault::Twice(_), AnswerFault::Empty(_)]), "{faults:?}");
    }

    /// The wire format of a submission. Regenerating this text is allowed only together with a raised [`FORMAT`], or when
    /// an optional field was added that is absent here.
    #[test]
    fn the_wire_format_of_a_submission_is_frozen() {
        let mut sent = submission();
        let item = ItemId::new("yes").unwrap();
        let location = AnswerValue::Text { text: "铁柜二层蓝盒".into() };
        sent.answers.push(stance_entry(&item, Stance::Unsure, stamp(2_000, 1)));
        sent.answers.push(Entry {
            key: AnswerKey::Location { item },
            stamp: stamp(2_000, 2),
            value: location,
            under: None,
        });
        let photo = ContentHash::of(b"photo");
        sent.attachments = vec![listed(photo, 300_000)];
        let frozen = include_str!("golden/submission-1.json").trim_end();
        assert_eq!(serde_json::to_string_pretty(&sent).unwrap(), frozen);
        assert_eq!(serde_json::from_str::<Submission>(frozen).unwrap(), sent);
        let future = frozen.replacen('{', "{\n  \"unheard_of\": [{\"kind\": \"party_class\"}],", 1);
        assert_eq!(serde_json::from_str::<Submission>(&future).unwrap(), sent, "unknown fields are ignored");
    }
}
