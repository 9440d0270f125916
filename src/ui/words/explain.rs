//! Why a part got its points: every lost point with the figures behind it.

use super::dates;
use crate::domain::{
    Item, Part, PartAnswer, Period, Points, Rule, ShareCredit,
    scoring::{ItemScore, PartDetail, PartScore, WindowCount},
};

/// The reason in one sentence, without the points themselves; empty when there is nothing to explain.
#[must_use]
pub fn part(part: &Part, score: &PartScore, period: &Period) -> String {
    let full = score.got == score.points;
    match (&part.rule, &score.detail) {
        (_, PartDetail::Unanswered) => "还没填".into(),
        (_, PartDetail::NotDue { .. }) => "本期不评".into(),
        (Rule::Count { unit, .. }, PartDetail::Counts { minimum, windows }) => {
            counts(part, unit, *minimum, windows, period)
        }
        (
            Rule::Share { numerator, denominator, credit, .. },
            PartDetail::Share { numerator: n, denominator: d },
        ) => {
            let percent = u64::from(*n) * 100 / u64::from((*d).max(1));
            let asked = match credit {
                ShareCredit::Proportional { target, .. } => format!("，达到{target}%得满分"),
                ShareCredit::Bands { bands } => {
                    bands.first().map_or_else(String::new, |band| format!("，达到{}%得满分", band.at_least))
                }
            };
            let asked = if full { String::new() } else { asked };
            format!("{denominator}{d}，{numerator}{n}，占{percent}%{asked}")
        }
        (Rule::Facts { facts }, PartDetail::Facts { missing }) => {
            let lost: Vec<String> = facts
                .iter()
                .filter(|fact| missing.contains(&fact.id))
                .map(|fact| format!("“{}”没做到，扣{}分", fact.text, fact.deducts))
                .collect();
            if lost.is_empty() { "每条都做到了".into() } else { lost.join("；") }
        }
        (Rule::YesNo, PartDetail::Answer { answer: PartAnswer::YesNo { yes } }) => {
            if *yes {
                "做到了".into()
            } else {
                "没做到".into()
            }
        }
        (Rule::Level { choices }, PartDetail::Answer { answer: PartAnswer::Level { choice } }) => {
            let chosen = choices.iter().find(|offered| &offered.id == choice);
            chosen.map(|offered| format!("选的是“{}”", offered.text)).unwrap_or_default()
        }
        (
            Rule::Deduction { occurrences },
            PartDetail::Answer { answer: PartAnswer::Occurrences { counts } },
        ) => {
            let lost: Vec<String> = occurrences
                .iter()
                .filter_map(|kind| counts.get(&kind.id).filter(|n| **n > 0).map(|n| (kind, *n)))
                .map(|(kind, n)| format!("“{}”{n}，扣{}分", kind.text, kind.each.times(n).min(score.points)))
                .collect();
            if lost.is_empty() { "没有扣分的事".into() } else { lost.join("；") }
        }
        _ => String::new(),
    }
}

fn counts(part: &Part, unit: &str, minimum: u32, windows: &[WindowCount], period: &Period) -> String {
    let often = dates::often(part.window);
    // A score's windows are the judged ones, in the same order.
    let short: Vec<String> = period
        .judged(part.window)
        .iter()
        .zip(windows)
        .filter(|(_, window)| window.count.is_none_or(|count| count < minimum))
        .map(|(span, window)| {
            let name = dates::window(&span.key);
            window.count.map_or_else(|| format!("{name}还没填"), |count| format!("{name}{count}{unit}"))
        })
        .collect();
    if short.is_empty() {
        format!("{often}要求{minimum}{unit}，都够了")
    } else {
        format!("{often}要求{minimum}{unit}，{}", short.join("、"))
    }
}

/// "得 2 / 3 分，因为每季度要求3次，第三季度2次"
#[must_use]
pub fn with_points(rule: &Part, score: &PartScore, period: &Period) -> String {
    let why = part(rule, score, period);
    if score.points == Points::ZERO {
        return why;
    }
    format!("得 {} / {} 分，因为{why}", score.got, score.points)
}

/// Every part that lost points, with the reason.
#[must_use]
pub fn lost(item: &Item, scored: &ItemScore, period: &Period) -> Vec<String> {
    if !scored.state.counts() {
        return Vec::new();
    }
    let parts =
        item.parts.iter().zip(&scored.parts).filter(|(part, score)| !part.bonus && score.got < score.points);
    parts
        .map(|(part, score)| {
            let why = with_points(part, score, period);
            if part.text.is_empty() || scored.parts.len() == 1 {
                why
            } else {
                format!("{}：{why}", part.text)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Assessment, WindowKey, score,
        testing::{checklist, part_entry, period, stamp},
    };
    use std::collections::BTreeMap;

    fn explained(item: &str, answer: PartAnswer) -> String {
        let (list, period) = (checklist(), period());
        let id = crate::domain::ItemId::new(item).unwrap();
        let (_, _, found) = list.find(&id).unwrap();
        let entry = part_entry(found, &found.parts[0], answer, stamp(1, 1));
        let sheet = score(&list, &period, &Assessment::new([entry], None));
        let scored = sheet.items().find(|scored| scored.item == id).unwrap();
        with_points(&found.parts[0], &scored.parts[0], &period)
    }

    #[test]
    fn a_lost_point_names_the_figures_behind_it() {
        let counts = BTreeMap::from([(WindowKey("2026-06".into()), 0)]);
        let said = explained("counted", PartAnswer::Counts { counts });
        assert!(said.starts_with("得 0 / ") && said.contains("6月0"), "{said}");
        let said = explained("shared", PartAnswer::Share { numerator: 1, denominator: 4 });
        assert!(said.contains("占25%"), "{said}");
        let said = explained("facts", PartAnswer::Facts { met: [].into() });
        assert!(said.contains("没做到，扣"), "{said}");
        assert!(explained("yes", PartAnswer::YesNo { yes: false }).ends_with("没做到"));
    }
}
