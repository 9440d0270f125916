//! Why points are missing, in the branch's own figures, for the township's list.

use crate::domain::{
    CountCredit, Item, NotApplicable, Part, PartAnswer, Rule,
    scoring::{ItemScore, ItemState, PartDetail, PartScore, WindowCount, missing},
};
use jiff::civil::Date;

/// What stands in an item's cell when no points do.
pub(super) fn instead_of_points(state: ItemState) -> Option<&'static str> {
    match state {
        ItemState::Answered | ItemState::Unanswered | ItemState::Unsure => None,
        ItemState::NotApplicable { reason: NotApplicable::AbsentHere } | ItemState::Excluded => Some("不设"),
        ItemState::NotApplicable { reason: NotApplicable::NoOccurrence } => Some("无此事"),
        ItemState::JudgedAbove => Some("上级评"),
        ItemState::NotDue => Some("未到时候"),
    }
}

/// What is short in an item.
pub(super) fn shortfall(item: &Item, score: &ItemScore) -> String {
    if score.state == ItemState::Unsure {
        return "拿不准".into();
    }
    let texts: Vec<String> = score
        .short(item)
        .map(|(_, asked, part)| {
            let why = part_shortfall(asked, part);
            let many = item.parts.len() > 1 && !asked.text.is_empty();
            if many { format!("{}：{why}", asked.text) } else { why }
        })
        .collect();
    texts.join("；")
}

fn part_shortfall(part: &Part, score: &PartScore) -> String {
    match &score.detail {
        PartDetail::NotDue { .. } => "未到时候".into(),
        PartDetail::Unanswered => "没有作答".into(),
        PartDetail::Counts { minimum, windows } => {
            let short = windows.iter().filter(|window| window.count.unwrap_or(0) < *minimum);
            let said = short.map(|window| counted(window, *minimum, part)).collect::<Vec<_>>().join("，");
            match &part.rule {
                Rule::Count { credit: CountCredit::EachMissing { .. }, unit, .. } => {
                    format!("{said}，共缺{}{unit}", missing(*minimum, windows))
                }
                _ => said,
            }
        }
        PartDetail::Share { numerator, denominator } => match &part.rule {
            Rule::Share { numerator: done, denominator: due, .. } => {
                format!("{due}{denominator}，{done}{numerator}")
            }
            _ => format!("{numerator}/{denominator}"),
        },
        PartDetail::Facts { missing } => {
            let Rule::Facts { facts } = &part.rule else { return String::new() };
            let texts = facts.iter().filter(|fact| missing.contains(&fact.id)).map(|fact| fact.text.as_str());
            format!("没做到：{}", texts.collect::<Vec<_>>().join("、"))
        }
        PartDetail::Answer { answer } => answered(part, answer),
    }
}

fn counted(window: &WindowCount, minimum: u32, part: &Part) -> String {
    let unit = match &part.rule {
        Rule::Count { unit, .. } => unit.as_str(),
        _ => "次",
    };
    let name = named(window.starts, window.ends);
    match window.count {
        Some(count) => format!("{name}做了{count}{unit}（应{minimum}{unit}）"),
        None => format!("{name}没有作答"),
    }
}

/// A calendar window as people call it; its dates when it is none.
fn named(starts: Date, ends: Date) -> String {
    let (year, month) = (starts.year(), starts.month());
    let months = i32::from(ends.year() - year) * 12 + i32::from(ends.month() - month) + 1;
    match months {
        1 => format!("{year}年{month}月"),
        3 => format!("{year}年第{}季度", (month - 1) / 3 + 1),
        6 if month == 1 => format!("{year}年上半年"),
        6 if month == 7 => format!("{year}年下半年"),
        12 if month == 1 => format!("{year}年"),
        _ => format!("{starts}至{ends}"),
    }
}

fn answered(part: &Part, answer: &PartAnswer) -> String {
    match (&part.rule, answer) {
        (Rule::YesNo, PartAnswer::YesNo { .. }) => "没做到".into(),
        (Rule::Level { choices }, PartAnswer::Level { choice }) => {
            choices.iter().find(|offered| &offered.id == choice).map_or_else(String::new, |o| o.text.clone())
        }
        (
            Rule::Deduction { occurrences } | Rule::FromTotal { occurrences },
            PartAnswer::Occurrences { counts },
        ) => {
            let happened = occurrences.iter().filter_map(|kind| {
                let count = counts.get(&kind.id).copied().filter(|count| *count > 0)?;
                Some(format!("{}{count}次", kind.text))
            });
            let happened = happened.collect::<Vec<_>>().join("，");
            let from_total = matches!(part.rule, Rule::FromTotal { .. });
            if from_total { format!("{happened}（从总分里扣）") } else { happened }
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{score, testing};
    use jiff::civil::date;

    #[test]
    fn windows_are_named_as_people_call_them() {
        for (starts, ends, name) in [
            (date(2026, 7, 1), date(2026, 7, 31), "2026年7月"),
            (date(2026, 7, 1), date(2026, 9, 30), "2026年第3季度"),
            (date(2026, 1, 1), date(2026, 6, 30), "2026年上半年"),
            (date(2026, 1, 1), date(2026, 12, 31), "2026年"),
            (date(2026, 6, 1), date(2026, 11, 30), "2026-06-01至2026-11-30"),
        ] {
            assert_eq!(named(starts, ends), name);
        }
    }

    #[test]
    fn an_empty_assessment_is_said_to_be_unanswered() {
        let list = testing::checklist();
        let sheet = score(&list, &testing::period(), &crate::domain::Assessment::default());
        for ((_, item), score) in list.items().zip(sheet.items()).filter(|(_, score)| score.state.counts()) {
            assert!(shortfall(item, score).contains("没有作答"), "{}", item.id);
        }
    }
}
