//! The words of the built-in standard: they fit a phone, are plain, and every question stands on its own.

use super::content_tests::all;
use crate::domain::{Checklist, Rule};
use std::collections::BTreeSet;

/// Every text of the checklist that a phone shows, with where it stands and the most characters it may have.
fn texts(list: &Checklist) -> Vec<(String, &str, usize)> {
    let mut all = vec![("声明".to_owned(), list.notice.as_str(), 40)];
    all.extend(list.marks.iter().map(|mark| ("标记".to_owned(), mark.text.as_str(), 60)));
    for (_, item) in list.items() {
        let mut add = |what: &str, text, most| all.push((format!("{} {what}", item.id), text, most));
        add("标题", item.title.as_str(), 12);
        add("抓什么", &item.requirement, 80);
        add("通俗说法", &item.plain, 20);
        item.guidance.iter().for_each(|step| add("怎么抓", step, 45));
        item.evidence.iter().for_each(|evidence| add("佐证材料", &evidence.name, 12));
        item.marks.iter().for_each(|mark| add("标记", &mark.text, 55));
        item.limits.iter().for_each(|limit| add("限制", &limit.text, 40));
        for part in &item.parts {
            add("问题", &part.text, 36);
            match &part.rule {
                Rule::YesNo => {}
                Rule::Count { unit, .. } => add("单位", unit, 2),
                Rule::Share { numerator, denominator, .. } => {
                    add("分子", numerator, 12);
                    add("分母", denominator, 22);
                }
                Rule::Level { choices } => choices.iter().for_each(|choice| add("选项", &choice.text, 32)),
                Rule::Deduction { occurrences } | Rule::FromTotal { occurrences } => {
                    occurrences.iter().for_each(|kind| add("选项", &kind.text, 32));
                }
                Rule::Facts { facts } => facts.iter().for_each(|fact| add("选项", &fact.text, 32)),
            }
        }
    }
    all
}

#[test]
fn the_words_fit_a_phone_and_are_plain() {
    let lists = all();
    for (list, (place, text, most)) in lists.iter().flat_map(|l| texts(l).into_iter().map(move |t| (l, t))) {
        let place = format!("{} {place}", list.sector);
        let length = text.chars().count();
        assert!((1..=most).contains(&length), "{place}: {length} characters: {text}");
        let strange = text.chars().find(|&c| {
            let word = ('\u{4e00}'..='\u{9fff}').contains(&c) || c.is_ascii_digit();
            !word && !"，。：；、？（）“”《》%.".contains(c)
        });
        assert_eq!(strange, None, "{place}: {text}");
        for word in [
            "您",
            "凭什么",
            "丢分",
            "预评",
            "检查组",
            "待上报",
            "销号",
            "整改单",
            "痕迹",
            "迎检",
            "高质量",
            "确保",
        ] {
            assert!(!text.contains(word), "{place}: {text}");
        }
        for word in ["村", "乡", "镇", "屯", "农忙", "农闲"] {
            let strange = text.contains(word) && list.sector.as_str() != "rural" && !text.contains("在农村");
            assert!(!strange, "{place}: {text}");
        }
        // A full stop inside numbers only.
        for (at, _) in text.match_indices('.') {
            assert!(text[at + 1..].starts_with(|c: char| c.is_ascii_digit()), "{place}: {text}");
        }
        assert_eq!(text.matches('“').count(), text.matches('”').count(), "{place}: {text}");
        assert_eq!(text.matches('（').count(), text.matches('）').count(), "{place}: {text}");
    }
}

/// Each part can stand alone on a screen: it asks something of its own, and says how.
#[test]
fn every_part_asks_its_own_question() {
    let lists = all();
    let mut seen = BTreeSet::new();
    for (list, item) in lists.iter().flat_map(|list| list.items().map(move |(_, item)| (list, item))) {
        for part in &item.parts {
            let place = format!("{} {} {}", list.sector, item.id, part.id);
            assert!(seen.insert((&list.sector, part.text.as_str())), "{place}: {}", part.text);
            let asks = match &part.rule {
                Rule::YesNo => !part.text.contains('？'),
                Rule::Count { unit, .. } => {
                    part.text.contains(&format!("几{}", if unit == "人" { "名" } else { unit }))
                }
                Rule::Share { .. } => {
                    part.text.contains("有几人？")
                        || part.text.contains("有几件？")
                        || part.text.contains("各多少？")
                }
                Rule::Level { .. } => part.text.contains("哪种情况？") || part.text.contains("怎么样？"),
                Rule::Deduction { .. } | Rule::FromTotal { .. } => part.text.ends_with("没有就填0"),
                Rule::Facts { .. } => part.text.contains('勾'),
            };
            assert!(asks, "{place}: {}", part.text);
        }
    }
}
