//! Later versions of a checklist, made by random edits, for property tests of what a change does.

use super::{
    Checklist, Combine, Item, Points, Rule, Window,
    testing::{count, item, part, points},
};
use proptest::prelude::*;

/// One edit: what, and on which item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    kind: u8,
    at: usize,
}

/// None to eight edits.
pub(crate) fn any_edits() -> impl Strategy<Value = Vec<Change>> {
    let edit = (0..KINDS, 0_usize..64).prop_map(|(kind, at)| Change { kind, at });
    proptest::collection::vec(edit, 0..8)
}

const KINDS: u8 = 20;

/// The next version. It need not add up to 100 points: no code may rely on that.
pub(crate) fn edited(old: &Checklist, edits: &[Change]) -> Checklist {
    let mut new = old.clone();
    new.version = format!("{}+{}", old.version, edits.len());
    for (number, edit) in edits.iter().enumerate() {
        match edit.kind {
            0 => new.grading.thresholds.truncate(1),
            1 => new.notice.push('改'),
            2 => {
                let aspect = edit.at % new.aspects.len();
                let id = format!("fresh-{number}-{}", old.version.len());
                new.aspects[aspect].items.push(item(&id, vec![part("p1", 300, Rule::YesNo, Window::Term)]));
            }
            3 | 4 => remove(&mut new, edit.at),
            5 => {
                let places = new.aspects.len();
                if let Some(last) = new.aspects[edit.at % places].items.pop() {
                    new.aspects[(edit.at + 1) % places].items.insert(0, last);
                }
            }
            _ => {
                let all = new.items().count();
                let mut items = new.aspects.iter_mut().flat_map(|aspect| &mut aspect.items);
                if let Some(item) = items.nth(edit.at % all.max(1)) {
                    change(item, edit.kind);
                }
            }
        }
    }
    new
}

fn remove(list: &mut Checklist, at: usize) {
    let all = list.items().count().max(1);
    let mut at = at % all;
    for aspect in &mut list.aspects {
        if at < aspect.items.len() {
            aspect.items.remove(at);
            return;
        }
        at -= aspect.items.len();
    }
}

fn change(item: &mut Item, kind: u8) {
    match kind {
        6 => item.requirement.push('改'),
        7 => item.guidance.push("又一步".into()),
        8 => item.judged_above = !item.judged_above,
        9 => item.may_be_absent = !item.may_be_absent,
        10 => item.limits.clear(),
        11 => item.combine = if item.combine == Combine::All { Combine::Any } else { Combine::All },
        12 => item.parts.push(part(&format!("q{}", item.parts.len()), 100, count(1), Window::Month)),
        13 if item.parts.len() > 1 => {
            item.parts.remove(0);
        }
        14 => item.parts[0].text.push('改'),
        15 => item.parts[0].points = item.parts[0].points.saturating_add(points(50)),
        16 => item.parts[0].window = Window::Year,
        17 => item.parts[0].rule = Rule::YesNo,
        18 => item.parts[0].mendable = !item.parts[0].mendable,
        _ => reword(&mut item.parts[0].rule),
    }
}

/// Takes the last choice away, and raises figures.
fn reword(rule: &mut Rule) {
    match rule {
        Rule::YesNo => {}
        Rule::Count { minimum, .. } => *minimum += 1,
        Rule::Share { numerator, .. } => numerator.push('改'),
        Rule::Level { choices } => {
            choices.pop();
        }
        Rule::Deduction { occurrences } | Rule::FromTotal { occurrences } => {
            occurrences.pop();
        }
        Rule::Facts { facts } => {
            facts.pop();
            facts.iter_mut().for_each(|fact| fact.deducts = Points::ZERO);
        }
    }
}
