//! A submission item by item, with what in it asks to be looked at.

use super::{Other, Reading};
use crate::domain::{
    AnswerKey, AnswerValue, Aspect, Assessment, ContentHash, Item, ItemId, Ledger, LedgerEntry, LedgerId,
    Part, PartAnswer, Points, Stance, ValueAbove,
    ledger::derive,
    moving::Pinned,
    scoring::{ItemScore, ItemState, PartScore},
};
use std::collections::{BTreeMap, BTreeSet};

/// Why an item stands open: it asks to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Flag {
    /// 和台账不一样
    AgainstLedger,
    /// 没填
    Unanswered,
    /// 拿不准
    Unsure,
    /// It says something else than before the last return.
    Changed,
    /// The last return asked for it.
    Asked,
    /// Points are missing.
    Short,
    /// A photo of it is not here.
    PhotoMissing,
    /// 由上级评
    JudgedAbove,
}

/// What one part says.
pub(crate) struct PartSeen<'a> {
    /// The part.
    pub(crate) part: &'a Part,
    /// What it scored; nothing of an item that does not count.
    pub(crate) score: Option<&'a PartScore>,
    /// What was answered.
    pub(crate) answer: Option<PartAnswer>,
    /// Why the branch answers otherwise than its ledger; empty where it does not.
    pub(crate) reason: String,
    /// What the ledger counted, where it speaks, and from which of its entries.
    pub(crate) ledger: Option<(PartAnswer, Vec<LedgerEntry>)>,
    /// What was answered before the last return, where that is something else.
    pub(crate) was: Option<Was>,
}

/// What was answered before.
pub(crate) enum Was {
    /// Nothing.
    Nothing,
    /// This.
    Said(PartAnswer),
}

/// An item as it is read.
pub(crate) struct Seen<'a> {
    /// 第几条, from 1.
    pub(crate) number: usize,
    /// Its aspect.
    pub(crate) aspect: &'a Aspect,
    /// The item.
    pub(crate) item: &'a Item,
    /// What it scored.
    pub(crate) score: &'a ItemScore,
    /// Its parts.
    pub(crate) parts: Vec<PartSeen<'a>>,
    /// 原件在哪
    pub(crate) location: String,
    /// 自评纪实
    pub(crate) note: String,
    /// Its photos, each with whether it is here.
    pub(crate) photos: Vec<(ContentHash, bool)>,
    /// Place, note and photos as they were before the last return, where they differ.
    pub(crate) was: Vec<Difference>,
    /// What it scored for the period before, and of how much.
    pub(crate) last: Option<(Points, Points)>,
    /// 由上级评: the value that was given last.
    pub(crate) given: Option<&'a ValueAbove>,
    /// What was asked for by the last return.
    pub(crate) asked: Option<&'a str>,
    /// Why it stands open; nothing of what is folded.
    pub(crate) flags: BTreeSet<Flag>,
}

/// Something beside the answers that was otherwise before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Difference {
    /// Whether it applied.
    Stance(Stance),
    /// Where the originals lay.
    Location(String),
    /// What the note said.
    Note(String),
    /// How many photos came, and how many went.
    Photos {
        /// Came.
        more: usize,
        /// Went.
        fewer: usize,
    },
}

impl Seen<'_> {
    /// Whether the branch can mend it, so that it can be asked for: not what is judged above, nor what this period does not judge.
    pub(crate) fn is_theirs(&self) -> bool {
        !matches!(self.score.state, ItemState::JudgedAbove | ItemState::NotDue)
    }
}

struct Said {
    assessment: Assessment,
    photos: BTreeMap<ItemId, Vec<ContentHash>>,
}

impl Said {
    fn of(other: &crate::domain::Submission) -> Self {
        let assessment = Assessment::new(other.answers.iter().cloned(), None);
        let mut photos: BTreeMap<ItemId, Vec<ContentHash>> = BTreeMap::new();
        for (item, photo) in assessment.photos() {
            photos.entry(item.clone()).or_default().push(photo.clone());
        }
        Self { assessment, photos }
    }

    fn text(&self, key: &AnswerKey) -> String {
        self.assessment.text(key).to_owned()
    }

    fn photos(&self, item: &ItemId) -> &[ContentHash] {
        self.photos.get(item).map_or(&[], Vec::as_slice)
    }
}

/// A submission item by item, in the checklist's order.
pub(crate) fn items(reading: &Reading) -> Vec<Seen<'_>> {
    let (list, submission) = (&*reading.known.checklist, &reading.report.submission);
    let said = Said::of(submission);
    let before = reading.before.as_ref().map(|before| (before, Said::of(&before.report.submission)));
    let ledger = Ledger::new(submission.ledger.iter().cloned());
    let pinned = Pinned { hash: &submission.checklist, checklist: list, period: &reading.period };
    let beside = Beside { reading, said: &said, before: before.as_ref(), ledger: &ledger, pinned: &pinned };
    let scores = reading.report.sheet.items();
    list.items()
        .zip(scores)
        .enumerate()
        .map(|(index, (at, score))| beside.seen(index + 1, at, score))
        .collect()
}

struct Beside<'a, 'b> {
    reading: &'a Reading,
    said: &'b Said,
    before: Option<&'b (&'a Other, Said)>,
    ledger: &'b Ledger,
    pinned: &'b Pinned<'a>,
}

impl<'a> Beside<'a, '_> {
    fn seen(&self, number: usize, (aspect, item): (&'a Aspect, &'a Item), score: &'a ItemScore) -> Seen<'a> {
        let reading = self.reading;
        let parts = item.parts.iter().enumerate();
        let parts: Vec<PartSeen<'a>> =
            parts.map(|(place, part)| self.part(item, part, score.parts.get(place))).collect();
        let location = self.said.text(&AnswerKey::Location { item: item.id.clone() });
        let note = self.said.text(&AnswerKey::Note { item: item.id.clone() });
        let photos = self.said.photos(&item.id).iter();
        let photos: Vec<_> = photos.map(|photo| (photo.clone(), !reading.missing.contains(photo))).collect();
        let last = reading.last_period.as_ref().and_then(|last| last.score(&item.id));
        let given = reading.given.iter().rfind(|value| value.item == item.id);
        let asked =
            reading.asked.last().and_then(|review| review.items.iter().find(|one| one.item == item.id));
        let asked = asked.map(|one| one.reason.as_str());
        let was = self.before.map(|(_, before)| self.differences(&item.id, before)).unwrap_or_default();
        let mut seen = Seen {
            number,
            aspect,
            item,
            score,
            parts,
            location,
            note,
            photos,
            was,
            last,
            given,
            asked,
            flags: BTreeSet::new(),
        };
        seen.flags = flags(&seen);
        seen
    }

    fn part(&self, item: &Item, part: &'a Part, score: Option<&'a PartScore>) -> PartSeen<'a> {
        let key = AnswerKey::Part { item: item.id.clone(), part: part.id.clone() };
        let (answer, counted, reason) = match self.said.assessment.current(&key).map(|entry| &entry.value) {
            Some(AnswerValue::Part { answer, counted, reason, .. }) => {
                (answer.clone(), counted.clone(), reason.clone())
            }
            _ => (None, None, String::new()),
        };
        let ledger = match (&answer, counted) {
            (Some(answer), Some(counted)) => Some((answer.clone(), counted)),
            _ if part.from_ledger.is_some() => {
                derive::speaks(&key, &self.said.assessment, self.ledger, self.pinned)
            }
            _ => None,
        };
        let was = self.before.and_then(|(_, before)| {
            let old = before.assessment.part(&item.id, &part.id);
            (old != answer.as_ref()).then(|| old.cloned().map_or(Was::Nothing, Was::Said))
        });
        let ledger = ledger.map(|(answer, counted)| (answer, self.entries(&counted)));
        PartSeen { part, score, answer, reason, ledger, was }
    }

    fn entries(&self, counted: &[LedgerId]) -> Vec<LedgerEntry> {
        let live = counted.iter().filter_map(|id| self.ledger.find(*id));
        let mut entries: Vec<LedgerEntry> = live.map(|live| live.entry.clone()).collect();
        entries.sort_by_key(|entry| entry.date);
        entries
    }

    /// What beside the answers was otherwise.
    fn differences(&self, item: &ItemId, before: &Said) -> Vec<Difference> {
        let (now, mut all) = (self.said, Vec::new());
        let stance = before.assessment.stance(item);
        if stance != now.assessment.stance(item) {
            all.push(Difference::Stance(stance));
        }
        let location = AnswerKey::Location { item: item.clone() };
        if before.text(&location) != now.text(&location) {
            all.push(Difference::Location(before.text(&location)));
        }
        let note = AnswerKey::Note { item: item.clone() };
        if before.text(&note) != now.text(&note) {
            all.push(Difference::Note(before.text(&note)));
        }
        let (here, there) = (now.photos(item), before.photos(item));
        let more = here.iter().filter(|photo| !there.contains(photo)).count();
        let fewer = there.iter().filter(|photo| !here.contains(photo)).count();
        if more + fewer > 0 {
            all.push(Difference::Photos { more, fewer });
        }
        all
    }
}

impl Other {
    /// What an item scored, and of how much; nothing where it did not count.
    fn score(&self, item: &ItemId) -> Option<(Points, Points)> {
        let score = self.report.sheet.items().find(|score| &score.item == item)?;
        score.state.counts().then_some((score.got, score.points))
    }
}

fn flags(seen: &Seen<'_>) -> BTreeSet<Flag> {
    let mut flags = BTreeSet::new();
    let mut flag = |flag, holds| {
        if holds {
            flags.insert(flag);
        }
    };
    flag(Flag::AgainstLedger, seen.parts.iter().any(|part| !part.reason.is_empty()));
    flag(Flag::Unanswered, seen.score.state == ItemState::Unanswered);
    flag(Flag::Unsure, seen.score.state == ItemState::Unsure);
    flag(Flag::Changed, !seen.was.is_empty() || seen.parts.iter().any(|part| part.was.is_some()));
    flag(Flag::Asked, seen.asked.is_some());
    flag(Flag::Short, seen.score.state.counts() && seen.score.lost() > Points::ZERO);
    flag(Flag::PhotoMissing, seen.photos.iter().any(|(_, is_here)| !is_here));
    flag(Flag::JudgedAbove, seen.score.state == ItemState::JudgedAbove);
    flags
}
