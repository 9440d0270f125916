//! What is drafted when a shortfall becomes a finding, and what is said of one. Pure.

use crate::{
    domain::{
        FindingField, FindingOrigin, FindingValue, Item, Outcome, Period, Window, answer::MAX_TEXT_CHARS,
        finding::ItemPoints, scoring::ItemScore,
    },
    phone::{mending::Reached, overview::ItemRow},
    words::explain,
};

/// So many steps of the guidance go into a drafted measure; the rest is in 怎么抓.
const GUIDANCE_STEPS: usize = 3;

/// What a shortfall says when it becomes a finding: all of it can be changed.
pub fn drafted(
    item: &Item,
    scored: &ItemScore,
    row: &ItemRow,
    period: &Period,
) -> Vec<(FindingField, FindingValue)> {
    let text = |text: String| FindingValue::Text { text: text.chars().take(MAX_TEXT_CHARS).collect() };
    let why = explain::wrong(item, scored, period).join("；");
    let score = ItemPoints { period: period.id.clone(), got: row.got, of: row.points };
    let origin = FindingOrigin::SelfCheck;
    let mut words = vec![
        (FindingField::Origin, FindingValue::Origin { origin, detail: String::new() }),
        (FindingField::Item, FindingValue::Item { item: item.id.clone() }),
        (FindingField::Score, FindingValue::Score { score }),
        (FindingField::Problem, text(format!("第{}条{}：{why}", row.number, item.title))),
        (FindingField::Measure, text(measure(item, scored, row.outcome))),
    ];
    if let Some(Outcome::StillPossible { until } | Outcome::NotDue { until }) = row.outcome {
        words.push((FindingField::Deadline, FindingValue::Day { day: Some(until) }));
    }
    words
}

/// What can still be done honestly; of what is missed only that it will be done from now on.
fn measure(item: &Item, scored: &ItemScore, outcome: Option<Outcome>) -> String {
    if outcome.is_some_and(Outcome::is_open) {
        return item.guidance.iter().take(GUIDANCE_STEPS).cloned().collect::<Vec<_>>().join("\n");
    }
    let from_now_on = match scored.short(item).next().map(|(_, part, _)| part.window) {
        Some(Window::Month) => "今后按月办，当月登记",
        Some(Window::Quarter) => "今后按季度办，当季登记",
        Some(Window::HalfYear | Window::Year) => "今后按时办，办完就登记",
        Some(Window::Term | Window::PeriodEnd) | None => "今后照要求办",
    };
    format!("已错过，如实扣分，不补办、不补记；{from_now_on}。")
}

/// What is said beside an item that scores less than it could: an answer is changed only by what can still be done.
pub fn advice(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(outcome) if outcome.is_open() => "改好了，点上面回到这一条改回答，分数跟着变。",
        _ => "已经错过的不改回答，如实扣分；往后按要求办。",
    }
}

impl Reached {
    /// In words.
    pub fn told(self, addressee: &str) -> String {
        match self {
            Self::Endpoint => format!("写的都已送到{addressee}。"),
            Self::Phone => format!("手机里已经存好，还没有送到{addressee}，有网时自己送。"),
            Self::NextReport => format!("手机里已经存好，别人还看不到；下次上报时一起送给{addressee}。"),
            Self::Screen => format!("正在存进手机，还没有送到{addressee}。"),
            Self::Refused => format!("还没有存进手机，也没有送到{addressee}；先别关，会再存。"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            Assessment, FindingEntry, FindingId, Findings, PartAnswer, Points, WindowKey, score,
            testing::{checklist, part_entry, period, stamp},
        },
        phone::overview::rows,
    };
    use jiff::civil::{Date, date};

    const TODAY: Date = date(2026, 11, 24);

    fn word(finding: u8, field: FindingField, value: FindingValue, ms: u64) -> FindingEntry {
        let finding = FindingId::from_parts(1, &[finding; 10]);
        FindingEntry { finding, field, stamp: stamp(ms, 1), value }
    }

    /// What is drafted for an item answered so, on this day.
    fn draft(item: &str, answer: PartAnswer, today: Date) -> Findings {
        let (list, period) = (checklist(), period());
        let id = crate::domain::ItemId::new(item).unwrap();
        let (_, _, found) = list.find(&id).unwrap();
        let entry = part_entry(found, &found.parts[0], answer, stamp(1, 1));
        let sheet = score(&list, &period, &Assessment::new([entry], None));
        let rows = rows(&list, &sheet, &period, today);
        let row = rows.iter().find(|row| row.id == id).unwrap();
        let scored = sheet.items().find(|scored| scored.item == id).unwrap();
        let words = drafted(found, scored, row, &period);
        let entries: Vec<FindingEntry> =
            words.into_iter().map(|(field, value)| word(1, field, value, 5)).collect();
        assert!(entries.iter().all(|entry| crate::domain::finding::check::finding_fault(entry).is_none()));
        Findings::new(entries, [])
    }

    #[test]
    fn a_shortfall_is_drafted_with_what_can_still_honestly_be_done() {
        let possible = draft("yes", PartAnswer::YesNo { yes: false }, TODAY).all().remove(0);
        assert!(possible.problem.starts_with("第1条") && possible.problem.contains("没做到"));
        assert_eq!((possible.origin, possible.item.unwrap().as_str()), (FindingOrigin::SelfCheck, "yes"));
        assert_eq!(possible.deadline, Some(period().ends), "as long as it can be done");
        let scored = possible.scored.unwrap();
        assert_eq!(scored.got, Points::ZERO);
        assert!(scored.of > Points::ZERO && !possible.measure.contains("错过"));
        let counts = [(WindowKey("2026-06".into()), 0)].into();
        let missed = draft("counted", PartAnswer::Counts { counts }, date(2027, 1, 5)).all().remove(0);
        assert!(
            missed.measure.starts_with("已错过，如实扣分，不补办、不补记；今后按月办"),
            "{}",
            missed.measure
        );
        assert_eq!(missed.deadline, None);
    }

    #[test]
    fn an_answer_is_changed_only_by_what_can_still_be_done() {
        let until = TODAY;
        for outcome in [Outcome::StillPossible { until }, Outcome::NotDue { until }] {
            assert!(advice(Some(outcome)).contains("改回答，分数跟着变"));
        }
        for outcome in [Some(Outcome::Missed), None] {
            assert!(advice(outcome).contains("不改回答，如实扣分"));
        }
    }

    #[test]
    fn nothing_is_said_to_be_stored_before_it_is() {
        for refused in [true, false] {
            for unsent in [true, false] {
                let told = Reached::of(unsent, unsent, true, refused).told("镇党委");
                assert!(!told.contains("已") && told.contains("没有送到镇党委"), "{told}");
            }
        }
        assert_eq!(
            Reached::of(true, false, false, true),
            Reached::Phone,
            "what was refused is another finding's"
        );
        assert_eq!(Reached::of(false, false, false, false), Reached::Endpoint);
        assert_eq!(Reached::of(true, true, false, false), Reached::NextReport, "a network does not send it");
    }
}
