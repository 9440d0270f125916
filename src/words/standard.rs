//! 评分标准: how a part is scored, in words.

use super::dates;
use crate::domain::{Combine, CountCredit, Item, Part, Proportion, Rule, ShareCredit};

/// "每月至少1次，得1.5分；不够的按比例得分"
pub fn rule(part: &Part) -> String {
    let points = part.points;
    let often = dates::often(part.window);
    let said = match &part.rule {
        // It is asked for its own sake, or for what a limit says of it.
        Rule::YesNo if points.is_zero() => "不计分，如实答".into(),
        Rule::YesNo => format!("做到得{points}分，没做到不得分"),
        Rule::Count { minimum, credit, unit } => {
            let less = match credit {
                CountCredit::Proportional => "不够的按比例得分",
                CountCredit::AllOrNothing => "哪次不够，哪次不得分",
                CountCredit::EachMissing { costs } => &format!("每缺1{unit}扣{costs}分，扣完为止"),
            };
            format!("{often}至少{minimum}{unit}，都够得{points}分；{less}")
        }
        Rule::Share { numerator, denominator, credit, .. } => match credit {
            ShareCredit::Proportional { target, floor } => {
                format!(
                    "{numerator}占{denominator}的{target}得{points}分，不到的按比例得分{}",
                    no_less(*floor)
                )
            }
            ShareCredit::EachBelow { target, floor, step, costs } => {
                let each = format!("每低{step}个百分点扣{costs}分，零头不扣，扣完为止");
                format!("{numerator}占{denominator}的{target}得{points}分，{each}{}", no_less(*floor))
            }
            ShareCredit::Bands { bands } => {
                let bands: Vec<String> =
                    bands.iter().map(|band| format!("达到{}得{}分", band.at_least, band.points)).collect();
                format!("{numerator}占{denominator}：{}，再低不得分", bands.join("，"))
            }
        },
        Rule::Level { choices } => {
            let choices: Vec<String> =
                choices.iter().map(|choice| format!("{}得{}分", choice.text, choice.points)).collect();
            choices.join("；")
        }
        Rule::Deduction { occurrences } => {
            let each: Vec<String> =
                occurrences.iter().map(|kind| format!("“{}”每次扣{}分", kind.text, kind.each)).collect();
            format!("{points}分，{}，扣完为止", each.join("；"))
        }
        Rule::FromTotal { occurrences } => {
            let each: Vec<String> =
                occurrences.iter().map(|kind| format!("“{}”每次扣{}分", kind.text, kind.each)).collect();
            let own = if points.is_zero() {
                "从总分里扣".into()
            } else {
                format!("{points}分，扣完了再从总分里扣")
            };
            format!("{own}：{}", each.join("；"))
        }
        Rule::Facts { facts } => {
            let same = facts.iter().all(|fact| fact.deducts == facts[0].deducts);
            let each: Vec<String> = facts
                .iter()
                .map(|fact| match same {
                    true => format!("“{}”", fact.text),
                    false => format!("“{}”没做到扣{}分", fact.text, fact.deducts),
                })
                .collect();
            match facts.first().filter(|_| same) {
                Some(fact) => {
                    format!("{points}分，{}，一项没做到扣{}分，扣完为止", each.join(""), fact.deducts)
                }
                None => format!("{points}分，{}，扣完为止", each.join("；")),
            }
        }
    };
    if part.bonus { format!("加分：{said}") } else { said }
}

/// What is said of several ways of which the best counts.
pub fn ways(item: &Item) -> Option<&'static str> {
    if item.combine == Combine::All {
        return None;
    }
    let mut worth = item.parts.iter().filter(|part| !part.bonus).map(|part| part.points);
    let first = worth.next();
    let alike = worth.all(|points| Some(points) == first);
    Some(if alike {
        "几种做法，做到一种就行。"
    } else {
        "几种做法，按得分最高的一种算。"
    })
}

/// What is said of a floor.
fn no_less(floor: Proportion) -> String {
    if floor > Proportion::NONE { format!("，低于{floor}不得分") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::{rule, ways};
    use crate::domain::{CountCredit, ItemId, Points, Proportion, Rule, ShareCredit, testing::checklist};

    #[test]
    fn every_rule_is_said() {
        let list = checklist();
        for (item, said) in [
            ("yes", "做到得20分，没做到不得分"),
            ("counted", "每月至少1次，都够得15分；不够的按比例得分"),
            ("shared", "已谈占应谈的100%得13分，不到的按比例得分，低于60%不得分"),
            ("banded", "满意占测评：达到90%得10分，达到60%得4分，再低不得分"),
            ("level", "good得15分；half得7.5分；none得0分"),
            ("offence", "10分，“不够人数就表决”每次扣1.5分，扣完为止"),
            ("facts", "10分，“f1”“f2”，一项没做到扣5分，扣完为止"),
        ] {
            let item = list.find(&ItemId::new(item).unwrap()).unwrap().2;
            assert_eq!(rule(&item.parts[0]), said);
        }
    }

    #[test]
    fn what_is_worth_nothing_does_not_speak_of_points() {
        let list = checklist();
        let mut part = list.find(&ItemId::new("yes").unwrap()).unwrap().2.parts[0].clone();
        part.points = Points::ZERO;
        assert_eq!(rule(&part), "不计分，如实答");
    }

    #[test]
    fn several_ways_are_said_to_be_ways() {
        let list = checklist();
        let of = |id: &str| list.find(&ItemId::new(id).unwrap()).unwrap().2.clone();
        let mut any = of("any");
        assert_eq!((ways(&of("facts")), ways(&any)), (None, Some("几种做法，做到一种就行。")));
        any.parts[0].points = Points::from_hundredths(300);
        assert_eq!(ways(&any), Some("几种做法，按得分最高的一种算。"));
    }

    #[test]
    fn the_rules_of_the_second_version_are_said() {
        let points = Points::from_hundredths;
        let mut part = checklist().aspects[1].items[0].parts[0].clone();
        let credit = CountCredit::EachMissing { costs: points(50) };
        part.rule = Rule::Count { minimum: 1, credit, unit: "次".into() };
        assert_eq!(rule(&part), "每月至少1次，都够得15分；每缺1次扣0.5分，扣完为止");
        let below = |floor, step| ShareCredit::EachBelow {
            target: Proportion::new(2, 3).unwrap(),
            floor,
            step,
            costs: points(100),
        };
        for (credit, said) in [
            (
                below(Proportion::NONE, 5),
                "到会占应到的三分之二得15分，每低5个百分点扣1分，零头不扣，扣完为止",
            ),
            (
                below(Proportion::percent(50), 1),
                "到会占应到的三分之二得15分，每低1个百分点扣1分，零头不扣，扣完为止，低于50%不得分",
            ),
        ] {
            let (numerator, denominator) = ("到会".into(), "应到".into());
            part.rule = Rule::Share { numerator, denominator, from_profile: None, credit };
            assert_eq!(rule(&part), said);
        }
        let mut taken = checklist().aspects[2].items[0].parts[0].clone();
        taken.rule = Rule::FromTotal { occurrences: taken.rule.occurrences().unwrap().to_vec() };
        assert_eq!(rule(&taken), "10分，扣完了再从总分里扣：“不够人数就表决”每次扣1.5分");
        taken.points = Points::ZERO;
        assert_eq!(rule(&taken), "从总分里扣：“不够人数就表决”每次扣1.5分");
    }
}
