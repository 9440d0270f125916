//! What the branch answers, in words without points: as it is shown to inspectors and reviewers, and said in a talk.

use super::dates;
use crate::domain::{Part, PartAnswer, Period, Rule};

/// The answer to one part: what was done and what was not. Empty where answer and rule do not belong together.
pub fn said(part: &Part, answer: &PartAnswer, period: &Period) -> String {
    match (&part.rule, answer) {
        (Rule::YesNo, PartAnswer::YesNo { yes }) => if *yes { "做到了" } else { "没做到" }.into(),
        (Rule::Count { minimum, unit, .. }, PartAnswer::Counts { counts }) => {
            let each = period.judged(part.window).into_iter().map(|span| {
                let name = dates::window(&span.key);
                counts
                    .get(&span.key)
                    .map_or_else(|| format!("{name}没填"), |count| format!("{name}{count}{unit}"))
            });
            let each: Vec<String> = each.collect();
            format!("{}要求{minimum}{unit}；{}", dates::often(part.window), each.join("、"))
        }
        (Rule::Share { numerator, denominator, .. }, PartAnswer::Share { numerator: n, denominator: d }) => {
            let percent = u64::from(*n) * 100 / u64::from((*d).max(1));
            format!("{denominator}{d}，{numerator}{n}，占{percent}%")
        }
        (Rule::Level { choices }, PartAnswer::Level { choice }) => {
            let chosen = choices.iter().find(|offered| &offered.id == choice);
            chosen.map(|offered| offered.text.clone()).unwrap_or_default()
        }
        (
            Rule::Deduction { occurrences } | Rule::FromTotal { occurrences },
            PartAnswer::Occurrences { counts },
        ) => {
            let happened: Vec<String> = occurrences
                .iter()
                .filter_map(|kind| {
                    counts.get(&kind.id).filter(|n| **n > 0).map(|n| format!("{}：{n}次", kind.text))
                })
                .collect();
            if happened.is_empty() { "没有这样的事".into() } else { happened.join("；") }
        }
        (Rule::Facts { facts }, PartAnswer::Facts { met }) => {
            let (done, not): (Vec<_>, Vec<_>) = facts.iter().partition(|fact| met.contains(&fact.id));
            let named = |facts: Vec<&crate::domain::rule::Fact>| {
                facts.into_iter().map(|fact| fact.text.as_str()).collect::<Vec<_>>().join("；")
            };
            match (done.is_empty(), not.is_empty()) {
                (_, true) => "每条都做到了".into(),
                (true, _) => format!("没做到：{}", named(not)),
                _ => format!("做到了：{}。没做到：{}", named(done), named(not)),
            }
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        ItemId, WindowKey,
        testing::{checklist, period},
    };
    use std::collections::BTreeMap;

    fn told(item: &str, answer: &PartAnswer) -> String {
        let list = checklist();
        let (_, _, item) = list.find(&ItemId::new(item).unwrap()).unwrap();
        said(&item.parts[0], answer, &period())
    }

    #[test]
    fn an_answer_is_told_whole_and_without_points() {
        let counts = BTreeMap::from([(WindowKey("2026-06".into()), 0), (WindowKey("2026-07".into()), 2)]);
        let counted = told("counted", &PartAnswer::Counts { counts });
        assert!(
            counted.contains("6月0") && counted.contains("7月2") && counted.contains("8月没填"),
            "{counted}"
        );
        let shared = told("shared", &PartAnswer::Share { numerator: 1, denominator: 4 });
        assert!(shared.contains("占25%"), "{shared}");
        let facts = told("facts", &PartAnswer::Facts { met: [].into() });
        assert!(facts.starts_with("没做到："), "{facts}");
        assert_eq!(told("yes", &PartAnswer::YesNo { yes: false }), "没做到");
        assert_eq!(told("offence", &PartAnswer::Occurrences { counts: BTreeMap::new() }), "没有这样的事");
        for said in [counted, shared, facts] {
            assert!(!said.contains('分') && !said.contains('扣'), "{said}");
        }
        assert_eq!(told("yes", &PartAnswer::Facts { met: [].into() }), "", "answer and rule of two kinds");
    }
}
