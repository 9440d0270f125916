//! Why a part got its points: every lost point with the figures behind it.

use super::{dates, terms};
use crate::domain::{
    Combine, CountCredit, Item, Part, PartAnswer, Period, Points, Proportion, Rule, ShareCredit,
    points::Exact,
    rule::steps_below,
    scoring::{ItemScore, ItemState, PartDetail, PartScore, WindowCount, missing},
};

/// The reason in one sentence, without the points themselves; empty when there is nothing to explain.
pub fn part(part: &Part, score: &PartScore, period: &Period) -> String {
    let full = score.got == score.points;
    match (&part.rule, &score.detail) {
        (_, PartDetail::Unanswered) => "还没填".into(),
        (_, PartDetail::NotDue { .. }) => "本期不评".into(),
        (Rule::Count { unit, .. }, PartDetail::Counts { minimum, windows }) => {
            let said = counts(part, unit, *minimum, windows, period);
            match part.rule {
                Rule::Count { credit: CountCredit::EachMissing { costs }, .. } => {
                    let missing = missing(*minimum, windows);
                    format!(
                        "{said}{}",
                        cost(&format!("缺{missing}{unit}"), costs.times(missing), score.points)
                    )
                }
                _ => said,
            }
        }
        (
            Rule::Share { numerator, denominator, credit, .. },
            PartDetail::Share { numerator: n, denominator: d },
        ) => {
            let percent = u64::from(*n) * 100 / u64::from((*d).max(1));
            let asked = match credit {
                ShareCredit::Proportional { target, .. } => format!("，达到{target}得满分"),
                ShareCredit::EachBelow { target, floor, step, costs } => {
                    below(*target, *floor, *step, *costs, (*n, *d), score)
                }
                ShareCredit::Bands { bands } => {
                    bands.first().map_or_else(String::new, |band| format!("，达到{}得满分", band.at_least))
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
            Rule::Deduction { occurrences } | Rule::FromTotal { occurrences },
            PartDetail::Answer { answer: PartAnswer::Occurrences { counts } },
        ) => {
            let lost: Vec<String> = occurrences
                .iter()
                .filter_map(|kind| counts.get(&kind.id).filter(|n| **n > 0).map(|n| (kind, *n)))
                .map(|(kind, n)| {
                    let lost = kind.each.times(n);
                    let happened = format!("“{}”{n}{}", kind.text, counted_in(&kind.text));
                    match part.rule {
                        Rule::FromTotal { .. } if score.points.is_zero() => {
                            format!("{happened}，从总分里扣{lost}分")
                        }
                        Rule::FromTotal { .. } => format!("{happened}，扣{lost}分"),
                        _ => format!("{happened}，扣{}分", lost.min(score.points)),
                    }
                })
                .collect();
            let rest = match score.taken {
                Points::ZERO => String::new(),
                _ if score.points.is_zero() => String::new(),
                taken => format!("，其中{taken}分从总分里扣"),
            };
            if lost.is_empty() { "没有扣分的事".into() } else { format!("{}{rest}", lost.join("；")) }
        }
        _ => String::new(),
    }
}

/// The unit of what happened: that which its text names in brackets at its end, such as 越级上访（批）, else 次.
fn counted_in(text: &str) -> &str {
    let inside = text.strip_suffix('）').and_then(|text| text.rsplit_once('（')).map(|(_, unit)| unit);
    // A remark in brackets is longer than a measure word.
    inside.filter(|unit| unit.chars().count() == 1).unwrap_or("次")
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
pub fn with_points(rule: &Part, score: &PartScore, period: &Period) -> String {
    let why = part(rule, score, period);
    if score.points == Points::ZERO {
        return why;
    }
    format!("得 {} / {} 分，因为{why}", score.got, score.points)
}

/// ，缺2次，扣1分; nothing when nothing is lost; no more than there is.
fn cost(what: &str, lost: Points, all: Points) -> String {
    match lost {
        Points::ZERO => String::new(),
        lost if lost < all => format!("，{what}，扣{lost}分"),
        _ => format!("，{what}，{all}分扣完"),
    }
}

/// ，满分要90%，低3个百分点，扣1.5分
fn below(
    target: Proportion,
    floor: Proportion,
    step: u8,
    costs: Points,
    (n, d): (u32, u32),
    score: &PartScore,
) -> String {
    let share = Exact::new(n.min(d).into(), d.max(1).into());
    let asked = format!("，达到{target}得满分");
    if share < floor.exact() {
        return format!("{asked}，低于{floor}不得分");
    }
    let whole = steps_below(target, 1, share);
    let each = if step > 1 { format!("，每{step}个扣一次") } else { String::new() };
    let lost = costs.times(steps_below(target, step, share));
    format!("{asked}{}", cost(&format!("低{whole}个百分点{each}"), lost, score.points))
}

/// Every part that lost points, with the reason and the points.
pub fn lost(item: &Item, scored: &ItemScore, period: &Period) -> Vec<String> {
    told_lost(item, scored, |part, score| with_points(part, score, period))
}

/// The same without the points: what is wrong.
pub fn wrong(item: &Item, scored: &ItemScore, period: &Period) -> Vec<String> {
    told_lost(item, scored, |rule, score| part(rule, score, period))
}

/// The same in one cell.
pub fn short(item: &Item, scored: &ItemScore, period: &Period) -> String {
    match scored.state {
        ItemState::Unsure => UNSURE.into(),
        _ => wrong(item, scored, period).join("；"),
    }
}

/// What an item says of itself that is put off as 拿不准.
pub const UNSURE: &str = "拿不准，还没有填";

/// Of several ways of which the best counts, that this one can still be answered: as long as it could be worth more, the item is
/// not filled in, though what is answered counts already.
pub fn other_way(item: &Item, part: &Part, score: &PartScore) -> Option<String> {
    let is_open = item.combine == Combine::Any && !part.bonus && score.detail == PartDetail::Unanswered;
    is_open.then(|| format!("还可以答：最多{}分，几问里按得分最高的算", score.points))
}

fn told_lost(item: &Item, scored: &ItemScore, why: impl Fn(&Part, &PartScore) -> String) -> Vec<String> {
    if !scored.state.counts() {
        return Vec::new();
    }
    // Of several ways the best counts; what the others would have brought is said beneath it.
    let best = item.parts.iter().zip(&scored.parts).filter(|(part, _)| !part.bonus);
    let best = best.max_by_key(|(_, score)| score.got).filter(|(_, score)| {
        item.combine == Combine::Any && score.got > Points::ZERO && score.got < scored.points
    });
    let best = best.map(|(part, score)| format!("按得分最高的“{}”算，得{}分", part.text, score.got));
    let parts = scored.short(item).map(|(_, part, score)| {
        if let Some(waits) = other_way(item, part, score) {
            return if part.text.is_empty() { waits } else { format!("“{}”{waits}", part.text) };
        }
        let why = why(part, score);
        if part.text.is_empty() || scored.parts.len() == 1 {
            why
        } else {
            format!("{}：{why}", terms::before_answer(&part.text))
        }
    });
    best.into_iter().chain(parts).collect()
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

    /// What is said of the first part of an item with this rule, so answered, and what the result page says of the item.
    fn told(
        item: &str,
        change: impl Fn(&mut Item),
        answers: &[(usize, PartAnswer)],
    ) -> (String, Vec<String>) {
        let (mut list, period) = (checklist(), period());
        let id = crate::domain::ItemId::new(item).unwrap();
        let mut items = list.aspects.iter_mut().flat_map(|aspect| &mut aspect.items);
        change(items.find(|item| item.id == id).unwrap());
        let (_, _, found) = list.find(&id).unwrap();
        let entries = answers
            .iter()
            .map(|(place, answer)| part_entry(found, &found.parts[*place], answer.clone(), stamp(1, 1)));
        let sheet = score(&list, &period, &Assessment::new(entries, None));
        let scored = sheet.items().find(|scored| scored.item == id).unwrap();
        (with_points(&found.parts[0], &scored.parts[0], &period), lost(found, scored, &period))
    }

    #[test]
    fn each_missing_one_is_counted_and_so_is_what_it_costs() {
        let counts = |of: [u32; 6]| {
            let keys = ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"];
            let counts = keys.iter().zip(of).map(|(key, n)| (WindowKey((*key).into()), n)).collect();
            PartAnswer::Counts { counts }
        };
        let each = |costs: u32| {
            move |item: &mut Item| {
                let credit = CountCredit::EachMissing { costs: Points::from_hundredths(costs) };
                item.parts[0].rule = Rule::Count { minimum: 1, credit, unit: "次".into() };
            }
        };
        let (said, lost) = told("counted", each(50), &[(0, counts([1, 0, 1, 0, 1, 1]))]);
        assert_eq!(said, "得 14 / 15 分，因为每月要求1次，7月0次、9月0次，缺2次，扣1分");
        assert_eq!(lost, [said]);
        let (said, _) = told("counted", each(800), &[(0, counts([0; 6]))]);
        assert!(said.ends_with("缺6次，15分扣完"), "{said}");
        let (said, lost) = told("counted", each(50), &[(0, counts([1; 6]))]);
        assert_eq!((said.as_str(), lost.len()), ("得 15 / 15 分，因为每月要求1次，都够了", 0));
    }

    #[test]
    fn each_point_below_is_counted_and_less_than_a_step_is_said_to_cost_nothing() {
        let below = |item: &mut Item| {
            let Rule::Share { credit, .. } = &mut item.parts[0].rule else { unreachable!("a share") };
            *credit = ShareCredit::EachBelow {
                target: Proportion::percent(90),
                floor: Proportion::new(1, 3).unwrap(),
                step: 1,
                costs: Points::from_hundredths(50),
            };
        };
        let said = |n, d| told("shared", below, &[(0, PartAnswer::Share { numerator: n, denominator: d })]).0;
        assert_eq!(said(9, 10), "得 13 / 13 分，因为应谈10，已谈9，占90%");
        assert_eq!(
            said(87, 100),
            "得 11.5 / 13 分，因为应谈100，已谈87，占87%，达到90%得满分，低3个百分点，扣1.5分"
        );
        assert_eq!(said(179, 200), "得 13 / 13 分，因为应谈200，已谈179，占89%");
        assert!(said(50, 100).ends_with("低40个百分点，13分扣完"), "{}", said(50, 100));
        assert!(said(33, 100).ends_with("低于三分之一不得分"), "{}", said(33, 100));
        let by_ten = |item: &mut Item| {
            below(item);
            let Rule::Share { credit: ShareCredit::EachBelow { step, .. }, .. } = &mut item.parts[0].rule
            else {
                unreachable!("each below")
            };
            *step = 10;
        };
        let (said, _) = told("shared", by_ten, &[(0, PartAnswer::Share { numerator: 65, denominator: 100 })]);
        assert!(said.ends_with("达到90%得满分，低25个百分点，每10个扣一次，扣1分"), "{said}");
    }

    #[test]
    fn what_is_taken_from_the_total_is_said_to_be() {
        let from_total = |points: u32| {
            move |item: &mut Item| {
                let occurrences = item.parts[0].rule.occurrences().unwrap().to_vec();
                item.parts[0].rule = Rule::FromTotal { occurrences };
                item.parts[0].points = Points::from_hundredths(points);
            }
        };
        let happened = |n| {
            let id = crate::domain::OccurrenceId::new("o1").unwrap();
            [(0, PartAnswer::Occurrences { counts: BTreeMap::from([(id, n)]) })]
        };
        let (said, lost) = told("offence", from_total(0), &happened(2));
        assert_eq!(said, "“不够人数就表决”2次，从总分里扣3分");
        assert_eq!(lost, [said]);
        let units = ["越级上访（批）", "被通报一次", "违纪（受处分的）"].map(counted_in);
        assert_eq!(units, ["批", "次", "次"]);
        assert_eq!(told("offence", from_total(0), &happened(0)), ("没有扣分的事".into(), Vec::new()));
        let (said, _) = told("offence", from_total(200), &happened(2));
        assert_eq!(said, "得 0 / 2 分，因为“不够人数就表决”2次，扣3分，其中1分从总分里扣");
    }

    #[test]
    fn of_several_ways_the_one_that_counts_is_named_with_what_would_have_been_worth_more() {
        let ways = |item: &mut Item| {
            item.parts[0].text = "受过县级表彰".into();
            item.parts[1].text = "受过乡镇表彰".into();
            item.parts[1].rule = Rule::YesNo;
            item.parts[1].points = Points::from_hundredths(300);
        };
        let yes = |yes| PartAnswer::YesNo { yes };
        let (_, lost) = told("any", ways, &[(0, yes(false)), (1, yes(true))]);
        assert_eq!(lost, ["按得分最高的“受过乡镇表彰”算，得3分", "受过县级表彰：得 0 / 5 分，因为没做到"]);
        let (_, lost) = told("any", ways, &[(1, yes(true))]);
        let open = "“受过县级表彰”还可以答：最多5分，几问里按得分最高的算";
        assert_eq!(lost, ["按得分最高的“受过乡镇表彰”算，得3分", open]);
        let (_, lost) = told("any", ways, &[(0, yes(true)), (1, yes(false))]);
        assert_eq!(lost, [""; 0]);
    }
}
