//! 现场查阅（只读）: what inspectors are shown, in which order, and where to look for it. Pure.
//!
//! Scores and tips stay out of it, and so does what the branch is not asked for.

use crate::{
    domain::{
        ActivityKind, AnswerKey, Item, ItemId, Ledger, Method, Period, ledger::Live, scoring::ItemState,
    },
    ui::{
        app::{route::By, source::Source},
        words::ledger,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// An item in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The item.
    pub id: ItemId,
    /// 第几条, from 1.
    pub number: usize,
    /// Its short name.
    pub title: String,
    /// Where its originals lie; empty where nobody has said.
    pub place: String,
}

/// Items under one heading: an aspect, or a box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The heading.
    pub name: String,
    /// In the order of the standard.
    pub items: Vec<Shown>,
    /// Of a box: the record books of activities that lie there too.
    pub record_books: Vec<String>,
}

/// What a box is called that nobody has named.
const NO_PLACE: &str = "还没写放在哪";

impl By {
    /// The method that is meant; `None` for boxes.
    pub fn method<'a>(&self, methods: &'a [Method]) -> Option<&'a Method> {
        match self {
            Self::First => methods.first(),
            Self::Method(id) => methods.iter().find(|method| &method.id == id),
            Self::Box => None,
        }
    }
}

/// Of these groups what is looked for; the record books of a box are not.
pub fn narrowed(groups: &[Group], found: &BTreeSet<ItemId>) -> Vec<Group> {
    let narrowed = groups.iter().map(|group| Group {
        name: group.name.clone(),
        items: group.items.iter().filter(|shown| found.contains(&shown.id)).cloned().collect(),
        record_books: Vec::new(),
    });
    narrowed.filter(|group| !group.items.is_empty()).collect()
}

/// The items in groups.
pub fn groups(source: &Source<'_>, by: &By) -> Vec<Group> {
    let shown = shown(source);
    if *by == By::Box {
        return boxes(shown.map(|(_, _, shown)| shown), source.ledger);
    }
    let method = by.method(&source.checklist.methods).map(|method| &method.id);
    // An item that names no method is looked at whichever way one goes.
    let asked = shown.filter(|(_, item, _)| {
        item.methods.is_empty() || method.is_none_or(|method| item.methods.contains(method))
    });
    let mut groups: Vec<(usize, Group)> = Vec::new();
    for (aspect, _, shown) in asked {
        match groups.last_mut() {
            Some((place, group)) if *place == aspect => group.items.push(shown),
            _ => {
                let name = source.checklist.aspects.get(aspect).map(|aspect| aspect.name.clone());
                let group =
                    Group { name: name.unwrap_or_default(), items: vec![shown], record_books: Vec::new() };
                groups.push((aspect, group));
            }
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn shown<'a>(source: &'a Source<'_>) -> impl Iterator<Item = (usize, &'a Item, Shown)> {
    let asked = source.items().filter(|(.., row)| row.state != ItemState::Excluded);
    asked.map(|(item, _, row)| {
        let place = source.assessment.text(&AnswerKey::Location { item: item.id.clone() }).to_owned();
        (row.aspect, item, Shown { id: row.id, number: row.number, title: row.title, place })
    })
}

/// Box by box, in the order in which the items come to them; what nobody has placed at the end.
fn boxes(items: impl Iterator<Item = Shown>, ledger: &Ledger) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut unplaced = Vec::new();
    for shown in items {
        if shown.place.is_empty() {
            unplaced.push(shown);
        } else if let Some(group) = groups.iter_mut().find(|group| group.name == shown.place) {
            group.items.push(shown);
        } else {
            groups.push(Group { name: shown.place.clone(), items: vec![shown], record_books: Vec::new() });
        }
    }
    for (place, record_books) in record_books(ledger) {
        match groups.iter_mut().find(|group| group.name == place) {
            Some(group) => group.record_books = record_books,
            None => groups.push(Group { name: place, items: Vec::new(), record_books }),
        }
    }
    if !unplaced.is_empty() {
        groups.push(Group { name: NO_PLACE.into(), items: unplaced, record_books: Vec::new() });
    }
    groups
}

/// Which activities' record books lie where: 支委会（12次）.
fn record_books(ledger: &Ledger) -> BTreeMap<String, Vec<String>> {
    let mut counts: BTreeMap<&str, BTreeMap<ActivityKind, usize>> = BTreeMap::new();
    let live = ledger.live();
    for live in live.iter().filter(|live| !live.entry.location.is_empty()) {
        let here = counts.entry(live.entry.location.as_str()).or_default();
        for kind in &live.entry.kinds {
            *here.entry(*kind).or_default() += 1;
        }
    }
    let named = |here: BTreeMap<ActivityKind, usize>| {
        here.into_iter().map(|(kind, count)| format!("{}记录（{count}次）", ledger::kind(kind))).collect()
    };
    counts.into_iter().map(|(place, here)| (place.to_owned(), named(here))).collect()
}

/// Of the entries that count those that bear on an item in this period, newest first.
pub fn records<'a>(item: &Item, period: &Period, live: &[Live<'a>]) -> Vec<Live<'a>> {
    let asked: Vec<_> = item
        .parts
        .iter()
        .filter_map(|part| Some((part.from_ledger.as_ref()?.kinds(), period.judged(part.window))))
        .collect();
    let mut bearing = live.to_vec();
    bearing.retain(|live| {
        asked.iter().any(|(kinds, spans)| {
            let within = spans.iter().any(|span| (span.starts..=span.ends).contains(&live.entry.date));
            within && !live.entry.kinds.is_disjoint(kinds)
        })
    });
    bearing.sort_by_key(|live| core::cmp::Reverse((live.entry.date, live.id)));
    bearing
}

/// What an item is found by, with its number and name before: what is asked, what proves it, and where that lies.
pub fn findable(source: &Source<'_>) -> Vec<(ItemId, String, String)> {
    let live = source.ledger.live();
    let entry = |(_, item, shown): (usize, &Item, Shown)| {
        let mut lines = vec![item.requirement.as_str(), shown.place.as_str()];
        lines.extend(item.evidence.iter().map(|evidence| evidence.name.as_str()));
        let records = records(item, source.period, &live);
        let places: BTreeSet<&str> = records.iter().map(|live| live.entry.location.as_str()).collect();
        lines.extend(places);
        (shown.id, format!("第{}条 {}", shown.number, shown.title), lines.join("\n"))
    };
    shown(source).map(entry).collect()
}

/// The items before and after this one, going through them in that order.
pub fn beside(groups: &[Group], item: &ItemId) -> (Option<ItemId>, Option<ItemId>) {
    let ids: Vec<&ItemId> = groups.iter().flat_map(|group| &group.items).map(|shown| &shown.id).collect();
    let place = ids.iter().position(|id| *id == item);
    let at = |by: isize| Some((*ids.get(place?.checked_add_signed(by)?)?).clone());
    (at(-1), at(1))
}

/// Why the branch gives no answer to an item; `None` where it gives one, or a part of it.
pub fn without_answer(source: &Source<'_>, item: &Item, state: ItemState) -> Option<String> {
    let begun = || item.parts.iter().any(|part| source.assessment.part(&item.id, &part.id).is_some());
    match state {
        ItemState::Answered => None,
        ItemState::Unanswered if begun() => None,
        ItemState::Unanswered | ItemState::Unsure => Some("支部还没有填".into()),
        other => Some(source.aside(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            LedgerEntry, LedgerSource, MethodId,
            ledger::testing::{meeting, record},
        },
        ui::app::testing::with_source,
    };
    use jiff::civil::{Date, date};

    fn held(kind: ActivityKind, day: Date) -> LedgerEntry {
        LedgerEntry { kinds: [kind].into(), ..meeting(day) }
    }

    fn ledger<const N: usize>(entries: [LedgerEntry; N]) -> Ledger {
        Ledger::new(entries.into_iter().zip(1..).map(|(entry, number)| {
            let day = entry.date;
            record(number, entry, day, 0)
        }))
    }

    fn numbers(group: &Group) -> Vec<usize> {
        group.items.iter().map(|shown| shown.number).collect()
    }

    #[test]
    fn items_are_gone_through_by_method_or_box_by_box() {
        with_source(|source| {
            let mut list = source.checklist.clone();
            let method = |id: &str| Method { id: MethodId::new(id).unwrap(), name: id.into() };
            list.methods = vec![method("report"), method("records")];
            for aspect in &mut list.aspects {
                for item in &mut aspect.items {
                    item.methods = vec![MethodId::new("records").unwrap()];
                }
            }
            list.aspects[0].items[0].methods.push(MethodId::new("report").unwrap());
            let source = Source { checklist: &list, ..*source };
            let first = groups(&source, &By::First);
            assert_eq!(first.iter().map(numbers).collect::<Vec<_>>(), [vec![1]]);
            let records = By::Method(MethodId::new("records").unwrap());
            let all = groups(&source, &records);
            assert_eq!(all.iter().map(|group| group.items.len()).sum::<usize>(), source.items().count());
            let found: BTreeSet<ItemId> = [all[1].items[0].id.clone()].into();
            assert_eq!(
                narrowed(&all, &found).iter().map(numbers).collect::<Vec<_>>(),
                [[all[1].items[0].number]]
            );

            let kept = ledger([
                held(ActivityKind::CommitteeMeeting, date(2026, 10, 9)),
                LedgerEntry {
                    location: "镇党建办".into(), ..held(ActivityKind::Visit, date(2026, 10, 9))
                },
            ]);
            let boxes = groups(&Source { ledger: &kept, ..source }, &By::Box);
            let names: Vec<&str> = boxes.iter().map(|group| group.name.as_str()).collect();
            assert_eq!(names, ["村部铁柜", "镇党建办", NO_PLACE]);
            assert_eq!(boxes[0].record_books, ["支委会记录（1次）"]);
            assert_eq!(numbers(&boxes[0]), [1]);

            let last = all.last().unwrap().items.last().unwrap().id.clone();
            assert_eq!(beside(&all, &last).1, None);
            assert_eq!(beside(&all, &all[0].items[0].id), (None, Some(all[0].items[1].id.clone())));
        });
    }

    #[test]
    fn an_item_is_found_by_what_proves_it_and_by_its_box() {
        with_source(|source| {
            let found = findable(source);
            let (id, title, text) = &found[0];
            assert_eq!((id.as_str(), title.starts_with("第1条 ")), ("yes", true));
            assert!(text.contains("换届批复") && text.contains("村部铁柜"), "{text}");
            assert!(!text.contains('分'), "{text}");
        });
    }

    #[test]
    fn what_is_answered_in_part_is_shown_in_part() {
        with_source(|source| {
            let why = |id: &str, state| {
                let (_, _, item) = source.checklist.find(&ItemId::new(id).unwrap()).unwrap();
                without_answer(source, item, state)
            };
            assert_eq!(why("counted", ItemState::Unanswered), None);
            assert_eq!(why("level", ItemState::Unanswered).as_deref(), Some("支部还没有填"));
            assert_eq!(why("yes", ItemState::JudgedAbove).as_deref(), Some("由镇安镇党委评，支部不填"));
        });
    }

    #[test]
    fn the_records_of_an_item_are_those_of_its_kinds_in_its_windows() {
        with_source(|source| {
            let (_, _, item) = source.checklist.find(&ItemId::new("counted").unwrap()).unwrap();
            let mut item = item.clone();
            item.parts[0].from_ledger =
                Some(LedgerSource::Count { kinds: [ActivityKind::CommitteeMeeting].into() });
            let meeting = |day| held(ActivityKind::CommitteeMeeting, day);
            let ledger = ledger([
                meeting(date(2026, 7, 3)),
                meeting(date(2026, 9, 3)),
                meeting(date(2025, 9, 3)),
                held(ActivityKind::Visit, date(2026, 9, 4)),
            ]);
            let days: Vec<_> =
                records(&item, source.period, &ledger.live()).iter().map(|live| live.entry.date).collect();
            assert_eq!(days, [date(2026, 9, 3), date(2026, 7, 3)]);
        });
    }
}
