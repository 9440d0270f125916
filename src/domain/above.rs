//! 由上级评: what the upper level gives for the items that it judges itself, and what the whole comes to with it.
//!
//! A value is **points for the item and, where the item has 限制, which of them hold**; it is not an answer to the item's parts.
//! Whoever judges has the figures on the desk and says what the document asks for: how many points, and whether the veto applies.
//! So one form serves every rule, those of later engines too, and a limit holds because somebody said that it does, with name and
//! day, not because a figure was typed into a table by mistake.
//!
//! The branch's own score stays what it is. With values the whole is scored a second time, each value standing where an answer
//! would stand, by the same engine; what nobody has judged yet stays outside, as in the self-score.
//!
//! Values are appended, never changed; the last one counts, as long as the item is worth what it was. Phones hear of them with their branch, in
//! a list that old ones pass over.

use super::{
    answer::{AnswerKey, AnswerValue, Entry, PartAnswer},
    assessment::Assessment,
    checklist::{Checklist, Combine, Item, Part},
    clock::Stamp,
    estimate::Estimate,
    ids::{ChoiceId, DeviceId, ItemId, LimitId, PartId, PeriodId},
    judged,
    period::{Period, Window},
    points::Points,
    rule::{Choice, Rule},
    scoring::{ScoreSheet, score},
};
use crate::json::FromJson;
use serde::{Deserialize, Serialize};

/// What was given for one item of one branch in one period. A correction is a later one: the last one counts, all are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ValueAbove {
    /// The period.
    pub period: PeriodId,
    /// The item.
    pub item: ItemId,
    /// What was given, bonus included.
    pub points: Points,
    /// The most that could be given then, bonus included. A value is one of that item only as long as this is still so.
    pub of: Points,
    /// The item's limits that hold, as the upper level says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<LimitId>,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at: u64,
    /// By which unit or person, as a name to show.
    pub by: String,
}

/// An item that the upper level judges in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedAbove<'a> {
    /// 第几条, from 1.
    pub number: usize,
    /// The item.
    pub item: &'a Item,
    /// What of it is due, bonus left out.
    pub points: Points,
    /// What bonus parts of it can add.
    pub bonus: Points,
}

impl AskedAbove<'_> {
    /// The most that can be given.
    pub fn most(&self) -> Points {
        self.points.saturating_add(self.bonus)
    }

    /// Whether a value is one of this item as it is asked: of as many points, with limits that it has.
    pub fn takes(&self, value: &ValueAbove) -> bool {
        let has = |id: &LimitId| self.item.limits.iter().any(|limit| &limit.id == id);
        value.item == self.item.id
            && value.of == self.most()
            && value.points <= value.of
            && value.holds.iter().all(has)
    }
}

/// Why there is nothing for a branch to mend in an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTheirs {
    /// The upper level judges it.
    JudgedAbove,
    /// The period does not judge it.
    NotDue,
}

/// Why there is nothing for a branch to mend in an item in a period, if there is not.
pub fn not_theirs(item: &Item, period: &Period) -> Option<NotTheirs> {
    let is_due = item.parts.iter().any(|part| is_due(part, period));
    match item.judged_above {
        true => Some(NotTheirs::JudgedAbove),
        false => (!is_due).then_some(NotTheirs::NotDue),
    }
}

fn is_due(part: &Part, period: &Period) -> bool {
    !period.judged(part.window).is_empty()
}

/// The items that the upper level judges in a period, in order: those of which something is due.
pub fn asked_above<'a>(checklist: &'a Checklist, period: &Period) -> Vec<AskedAbove<'a>> {
    let due = |part: &&Part| is_due(part, period);
    let asked = checklist.items().enumerate().filter(|(_, (_, item))| item.judged_above);
    asked
        .filter(|(_, (_, item))| item.parts.iter().any(|part| due(&part)))
        .map(|(index, (_, item))| AskedAbove {
            number: index + 1,
            item,
            points: judged::due(item, period),
            bonus: item.parts.iter().filter(due).filter(|part| part.bonus).map(|part| part.points).sum(),
        })
        .filter(|asked| asked.most() > Points::ZERO || !asked.item.limits.is_empty())
        .collect()
}

/// Of each item and period the last value, in the order in which the items were first given one.
pub fn latest(values: impl IntoIterator<Item = ValueAbove>) -> Vec<ValueAbove> {
    let mut latest: Vec<ValueAbove> = Vec::new();
    for value in values {
        match latest.iter_mut().find(|old| old.period == value.period && old.item == value.item) {
            Some(old) => *old = value,
            None => latest.push(value),
        }
    }
    latest
}

/// The whole with what the upper level gave: never the branch's own score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithAbove {
    /// Scored with the values in their places.
    pub sheet: ScoreSheet,
    /// What that amounts to, limits that the upper level says to hold among them.
    pub estimate: Estimate,
    /// The values that count, each with its item's number.
    pub given: Vec<(usize, ValueAbove)>,
    /// What was given, together.
    pub got: Points,
    /// Of so many points, together.
    pub of: Points,
    /// The numbers of the items that were not judged yet: they stay outside.
    pub missing: Vec<usize>,
}

/// Scores an assessment with what the upper level gave in this period; `None` where nothing that counts was given.
pub fn with_above(
    checklist: &Checklist,
    period: &Period,
    assessment: &Assessment,
    values: &[ValueAbove],
) -> Option<WithAbove> {
    let values = latest(values.iter().filter(|value| value.period == period.id).cloned());
    let asked = asked_above(checklist, period);
    let (mut filled, mut said) = (checklist.clone(), assessment.clone());
    let (mut given, mut missing) = (Vec::new(), Vec::new());
    for asked in &asked {
        let Some(value) = values.iter().find(|value| asked.takes(value)) else {
            missing.push(asked.number);
            continue;
        };
        let items = filled.aspects.iter_mut().flat_map(|aspect| &mut aspect.items);
        if let Some(item) = items.into_iter().find(|item| item.id == value.item) {
            said.merge(put_in(item, asked, value, period)?);
        }
        given.push((asked.number, value.clone()));
    }
    if given.is_empty() {
        return None;
    }
    let sheet = score(&filled, period, &said);
    let mut estimate = sheet.estimate(&filled);
    for (_, value) in &given {
        let Some((_, _, item)) = checklist.find(&value.item) else { continue };
        for limit in item.limits.iter().filter(|limit| value.holds.contains(&limit.id)) {
            estimate.grade = estimate.grade.min(limit.at_most);
            estimate.limits.push((item.id.clone(), limit.id.clone()));
        }
    }
    let sum = |points: fn(&ValueAbove) -> Points| given.iter().map(|(_, value)| points(value)).sum();
    let (got, of) = (sum(|value| value.points), sum(|value| value.of));
    Some(WithAbove { sheet, estimate, got, of, given, missing })
}

/// Makes an item one that is answered by these points; gives back the answers. What of it is not due stays as it is, so that the
/// item weighs what it did.
fn put_in(
    item: &mut Item,
    asked: &AskedAbove<'_>,
    value: &ValueAbove,
    period: &Period,
) -> Option<Vec<Entry>> {
    let base = value.points.min(asked.points);
    let pieces = [
        ("given", asked.points, base, false),
        ("given-bonus", asked.bonus, value.points.saturating_sub(base), true),
    ];
    let stamp = Stamp { ms: value.at, count: 0, device: DeviceId::from_random([0; 16]) };
    let (mut parts, mut answers) = (Vec::new(), Vec::new());
    for (name, points, got, bonus) in pieces.into_iter().filter(|(_, points, ..)| *points > Points::ZERO) {
        let (id, choice) = (PartId::new(name).ok()?, ChoiceId::new(name).ok()?);
        let choices = vec![Choice { id: choice.clone(), text: String::new(), points: got }];
        parts.push(Part {
            id: id.clone(),
            text: String::new(),
            points,
            rule: Rule::Level { choices },
            window: Window::PeriodEnd,
            mendable: false,
            from_ledger: None,
            bonus,
        });
        answers.push(Entry {
            key: AnswerKey::Part { item: item.id.clone(), part: id },
            stamp,
            value: AnswerValue::part(Some(PartAnswer::Level { choice })),
            under: None,
        });
    }
    parts.extend(item.parts.drain(..).filter(|part| period.judged(part.window).is_empty()));
    item.parts = parts;
    (item.judged_above, item.only_if) = (false, None);
    (item.may_be_absent, item.may_not_occur) = (false, false);
    // The limits look at parts that are no longer there: which of them hold, the value says.
    item.limits.clear();
    if item.parts.len() < 2 {
        item.combine = Combine::All;
    }
    Some(answers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Grade, testing};

    fn value(list: &Checklist, id: &str, hundredths: u32) -> ValueAbove {
        let period = testing::period();
        let asked = asked_above(list, &period);
        let asked = asked.iter().find(|asked| asked.item.id.as_str() == id).unwrap();
        ValueAbove {
            period: period.id,
            item: asked.item.id.clone(),
            points: testing::points(hundredths),
            of: asked.most(),
            holds: Vec::new(),
            reason: String::new(),
            at: 1_795_449_900_000,
            by: "镇安镇党委".into(),
        }
    }

    /// The list with its first item judged above, and answers that earn everything else.
    fn stage() -> (Checklist, Period, Assessment) {
        let (list, period) = (testing::checklist(), testing::period());
        let full = testing::full_assessment(&list, &period);
        let mut above = list;
        above.aspects[0].items[0].judged_above = true;
        let own =
            full.entries().iter().filter(|entry| entry.key.item() != Some(&above.aspects[0].items[0].id));
        let own = Assessment::new(own.cloned(), None);
        (above, period, own)
    }

    #[test]
    fn points_given_above_count_as_if_they_had_been_answered_and_leave_the_own_score_alone() {
        let (list, period, own) = stage();
        let id = list.aspects[0].items[0].id.to_string();
        let worth = list.aspects[0].items[0].points();
        assert_eq!(with_above(&list, &period, &own, &[]), None);
        let alone = score(&list, &period, &own);
        assert_eq!(alone.base, Points::HUNDRED, "what is judged above is no loss");
        let full = with_above(&list, &period, &own, &[value(&list, &id, worth.hundredths())]).unwrap();
        assert_eq!((full.sheet.base, full.got, full.of), (Points::HUNDRED, worth, worth));
        assert!(full.missing.is_empty());
        let none = with_above(&list, &period, &own, &[value(&list, &id, 0)]).unwrap();
        assert_eq!(none.sheet.base, Points::HUNDRED.saturating_sub(worth));
        assert_eq!(score(&list, &period, &own), alone);
        // The last one counts.
        let both = [value(&list, &id, 0), value(&list, &id, worth.hundredths())];
        assert_eq!(with_above(&list, &period, &own, &both).unwrap().sheet.base, Points::HUNDRED);
    }

    #[test]
    fn a_limit_holds_when_the_upper_level_says_so() {
        let (list, period, own) = stage();
        let item = &list.aspects[0].items[0];
        let mut given = value(&list, item.id.as_str(), item.points().hundredths());
        let free = with_above(&list, &period, &own, std::slice::from_ref(&given)).unwrap();
        assert_eq!((free.estimate.grade, free.estimate.limits.len()), (Grade::Model, 0));
        given.holds = vec![item.limits[0].id.clone()];
        let held = with_above(&list, &period, &own, &[given]).unwrap();
        assert_eq!(held.estimate.grade, item.limits[0].at_most);
        assert_eq!(held.estimate.limits, [(item.id.clone(), item.limits[0].id.clone())]);
        assert_eq!(held.estimate.by_score, Grade::Model);
    }

    #[test]
    fn what_was_given_of_other_points_or_limits_is_not_counted_but_named() {
        let (list, period, own) = stage();
        let id = list.aspects[0].items[0].id.to_string();
        let good = value(&list, &id, 100);
        let other = ValueAbove { of: testing::points(1), points: testing::points(1), ..good.clone() };
        let unknown = ValueAbove { holds: vec![LimitId::new("nowhere").unwrap()], ..good.clone() };
        let elsewhere = ValueAbove { period: PeriodId::new("2020").unwrap(), ..good.clone() };
        for bad in [other, unknown, elsewhere] {
            assert_eq!(with_above(&list, &period, &own, &[bad]), None);
        }
        let mut two = list.clone();
        two.aspects[1].items[0].judged_above = true;
        let told = with_above(&two, &period, &own, &[good]).unwrap();
        let second = two.find(&two.aspects[1].items[0].id).unwrap().0;
        assert_eq!((told.missing, told.given[0].0), (vec![second], 1));
    }

    #[test]
    fn a_bonus_given_above_is_beyond_the_points_and_capped() {
        let (mut list, period, own) = stage();
        list.bonus_cap = testing::points(200);
        let item = &mut list.aspects[0].items[0];
        let worth = item.points();
        let mut extra = item.parts[0].clone();
        (extra.id, extra.bonus, extra.points) = (PartId::new("more").unwrap(), true, testing::points(300));
        item.parts.push(extra);
        let id = item.id.to_string();
        let all = worth.saturating_add(testing::points(300));
        let told = with_above(&list, &period, &own, &[value(&list, &id, all.hundredths())]).unwrap();
        assert_eq!((told.sheet.base, told.sheet.bonus), (Points::HUNDRED, testing::points(200)));
    }

    #[test]
    fn what_is_not_due_is_not_asked_and_keeps_its_weight() {
        let (mut list, period, own) = stage();
        for part in &mut list.aspects[0].items[0].parts {
            part.window = Window::Year;
        }
        assert_eq!(asked_above(&list, &period), []);
        let (mut list, ..) = stage();
        let aspect = list.aspects[0].points();
        let mut yearly = list.aspects[0].items[0].parts[0].clone();
        (yearly.id, yearly.window) = (PartId::new("yearly").unwrap(), Window::Year);
        yearly.points = testing::points(500);
        list.aspects[0].items[0].parts.push(yearly);
        let due = asked_above(&list, &period)[0].points;
        let id = list.aspects[0].items[0].id.to_string();
        let told = with_above(&list, &period, &own, &[value(&list, &id, due.hundredths())]).unwrap();
        assert_eq!(told.sheet.aspects[0].full, aspect.saturating_add(testing::points(500)));
        assert_eq!(told.sheet.aspects[0].got, told.sheet.aspects[0].full);
    }
}
