//! What the built-in standard claims of its sources: what is no regulation is marked, what was not read is not called checked.

use super::{
    builtin,
    content_tests::{all, short},
    words,
};
use crate::domain::{Checklist, Citation, Item, MarkKind};
use std::collections::BTreeSet;

/// What the facts sheet calls assumed, suggested or outside practice says so; what rests on a rule carries no mark.
#[test]
fn what_is_not_regulation_is_marked() {
    use MarkKind::{Assumed, Local, Suggested};
    let expected: [(&str, &[MarkKind]); 7] = [
        (
            "A4 A6 A8 A10 B5 C5 C7 C8 C9 D7 F6 SQ-B1 SQ-B2 SQ-C1 JG-B1 JG-B2 JG-E1 GQ-A2 GQ-A3 GQ-B1 GQ-B2 GQ-E1 \
             FG-B1 FG-E1 XX-A2 XX-A3 XX-A4 XX-B2 XX-E1 YY-A2 YY-A3 YY-A4 YY-B1 YY-B2 YY-E1 SH-A2 SH-B1 SH-B2 \
             SH-C2 SH-E1",
            &[Assumed],
        ),
        (
            "A7 B1 C3 C6 D3 D8 D10 E2 F2 F3 F4 F7 SQ-A2 SQ-F1 SQ-F2 JG-A4 JG-C1 JG-C2 JG-C3 JG-C4 JG-F1 JG-F2 \
             JG-F3 GQ-C3 GQ-F3 FG-C1 FG-C4 XX-C4 XX-F2 YY-C2 YY-C3 YY-F2 YY-F3 SH-C3 SH-C4",
            &[Suggested],
        ),
        ("A5 B3 B6 B7 E5 E6 SQ-A1 SQ-C2 SQ-E1 JG-B3 GQ-F2 FG-A3 FG-A4 FG-B2 FG-C2 FG-C3 SH-A4", &[Local]),
        (
            "A3 C4 F1 SQ-C3 GQ-C1 GQ-F1 FG-F1 FG-F2 XX-C3 XX-F1 YY-C1 YY-F1 SH-C1 SH-F1 SH-F2",
            &[Assumed, Suggested],
        ),
        ("D4 F5 GQ-C2 FG-A2", &[Suggested, Local]),
        ("D11 E4 SQ-A3", &[Assumed, Local]),
        // These rest on rules alone.
        ("A1 A2 A9 B2 B4 C1 C2 D1 D2 D5 D6 D9 E1 E3 JG-A2 JG-A3 GQ-A4 XX-B1 XX-C1 XX-C2 SH-A3", &[]),
    ];
    for (_, item) in all().iter().flat_map(Checklist::items) {
        let id = &item.id;
        let wanted = expected.iter().find(|(ids, _)| ids.split(' ').any(|known| known == short(item)));
        let (_, wanted) = wanted.unwrap_or_else(|| panic!("{id}"));
        let own = item.marks.iter().filter(|mark| mark.text != words::NO_CITATION);
        let kinds: Vec<MarkKind> = own.map(|mark| mark.kind).collect();
        let has = |kind: MarkKind| kinds.contains(&kind);
        for kind in [Assumed, Suggested, Local] {
            assert_eq!(has(kind), wanted.contains(&kind), "{id}: {kind:?}");
        }
        let honest = item.marks.iter().any(|mark| mark.text == words::NO_CITATION);
        assert_eq!(item.citations.is_empty(), honest, "{id}");
    }
    for list in all() {
        let whole: Vec<MarkKind> = list.marks.iter().map(|mark| mark.kind).collect();
        // What nobody has named as a field of the standard says so of itself.
        let assumed = ["private_enterprise", "school", "hospital", "social_organisation"]
            .contains(&list.sector.as_str());
        let expected: &[MarkKind] = if assumed {
            &[Suggested, Suggested, Assumed, Assumed]
        } else {
            &[Suggested, Suggested, Assumed]
        };
        assert_eq!(whole, expected, "{}", list.sector);
        assert_eq!(list.marks.iter().any(|mark| mark.text.contains("八个领域之一")), assumed);
        for word in ["分值", "分数线", "考核周期"] {
            assert!(list.marks.iter().any(|mark| mark.text.contains(word)), "{word}");
        }
    }
}

/// Of which documents the text was read: all of it, or only these articles. Of any other document no article counts as checked.
const READ: [(&str, Option<&[&str]>); 10] = [
    ("《中国共产党党员教育管理工作条例》", None),
    ("《中国共产党发展党员工作细则》（2026年）", None),
    ("《关于党的基层组织任期的意见》", None),
    ("《关于建立中小学校党组织领导的校长负责制的意见（试行）》", Some(&["五至七"])),
    ("《中国共产党党务公开条例（试行）》", Some(&["第十五条"])),
    ("《中国共产党党徽党旗条例》", Some(&["第五条", "第七条", "第八条"])),
    ("《中国共产党基层组织选举工作条例》", Some(&["第三条", "第四条", "第五条"])),
    (
        "《中国共产党支部工作条例（试行）》",
        Some(&["第四条", "第十一条", "第十二条", "第十三条", "第十四条", "第十九条"]),
    ),
    ("《中国共产党党和国家机关基层组织工作条例》", None),
    (
        "《中华人民共和国村民委员会组织法》（2018年修正）",
        Some(&["第二十二条", "第二十五条", "第二十六条", "第三十条"]),
    ),
];

/// Whether every article that is cited was read in the document itself.
fn was_read(citation: &Citation) -> bool {
    let known = READ.iter().find(|(name, _)| *name == citation.document);
    let mut articles = citation.article.split('、');
    !citation.article.is_empty()
        && known
            .is_some_and(|(_, read)| read.is_none_or(|read| articles.all(|article| read.contains(&article))))
}

/// What a branch is judged by holds through every period of the standard.
#[test]
fn citations_are_in_force_and_only_articles_that_were_read_count_as_checked() {
    for list in all() {
        let last = list.periods.iter().map(|period| period.ends).max().unwrap();
        for (item, citation) in list.items().flat_map(|(_, i)| i.citations.iter().map(move |c| (i, c))) {
            let (id, name) = (&item.id, citation.document.as_str());
            assert!(name.starts_with('《'), "{id}");
            assert!(citation.effective_from <= Some(list.periods[0].starts), "{id}: {name}");
            assert!(citation.effective_to.is_none_or(|until| until >= last), "{id}: {name}");
            if name.contains("发展党员工作细则") {
                assert_eq!(citation.effective_from, Some(jiff::civil::date(2026, 5, 11)));
            }
            let rural_only =
                (name.contains("农村") || name.contains("村民")) && list.sector.as_str() != "rural";
            let government_only = name.contains("党和国家机关") && list.sector.as_str() != "government";
            let community_only = name.contains("居民委员会") && list.sector.as_str() != "community";
            assert!(!rural_only && !government_only && !community_only, "{} {id}: {name}", list.sector);
            assert_eq!(citation.article_checked, was_read(citation), "{id}: {name}{}", citation.article);
        }
    }
}

/// Every citation of the items and of the books, with its place.
fn cited() -> Vec<(String, Citation)> {
    let of_items = all().into_iter().flat_map(|list| {
        let items: Vec<Item> = list.items().map(|(_, item)| item.clone()).collect();
        items.into_iter().flat_map(|item| item.citations.into_iter().map(move |c| (item.id.to_string(), c)))
    });
    let sections = builtin().unwrap().documents.into_iter().flat_map(|document| document.sections);
    let of_books = sections
        .flat_map(|section| section.citations.into_iter().map(move |c| (section.id.to_string(), c)))
        .collect::<Vec<_>>();
    of_items.chain(of_books).collect()
}

/// A name without the version after it: 《…》 of 《…》（2018年修正）.
fn without_version(name: &str) -> &str {
    name.split_inclusive('》').next().unwrap_or(name)
}

/// What runs for named years ends with the last of them; a text that a later one replaced ends the day before that one begins.
#[test]
fn a_citation_that_ends_says_until_when() {
    let cited = cited();
    let mut ending = BTreeSet::new();
    for (place, citation) in &cited {
        let name = citation.document.as_str();
        let years = name.split_once('—').and_then(|(_, after)| after.split_once('年'));
        let planned = years.map(|(last, _)| jiff::civil::date(last.parse().unwrap(), 12, 31));
        // Of the texts of one law, the next one.
        let versions =
            cited.iter().filter(|(_, other)| without_version(&other.document) == without_version(name));
        let later = versions.filter_map(|(_, other)| other.effective_from);
        let later = later.filter(|from| citation.effective_from.is_some_and(|own| *from > own)).min();
        let replaced = later.map(|from| from.yesterday().unwrap());
        assert_eq!(citation.effective_to, planned.or(replaced), "{place}: {name}");
        if let Some(until) = citation.effective_to {
            ending.insert(format!("{name} {until}"));
        }
    }
    let ending: Vec<String> = ending.into_iter().collect();
    let expected = [
        "《中华人民共和国村民委员会组织法》（2018年修正） 2025-12-31",
        "《中国共产党发展党员工作细则》（2014年） 2026-05-10",
        "《全国党员教育培训工作规划（2024—2028年）》 2028-12-31",
    ];
    assert_eq!(ending, expected);
    // What names a version or a replaced one is dated, or the test above would not see its end.
    for (place, citation) in &cited {
        let versioned = citation.document.ends_with('）');
        assert!(!versioned || citation.effective_from.is_some(), "{place}: {}", citation.document);
    }
}

/// Handbook and institutions claim of an article what the items claim of it.
#[test]
fn the_books_call_checked_what_was_read_and_nothing_else() {
    for document in builtin().unwrap().documents {
        for (section, citation) in
            document.sections.iter().flat_map(|s| s.citations.iter().map(move |c| (s, c)))
        {
            let place = format!("{}: {}{}", section.id, citation.document, citation.article);
            assert_eq!(citation.article_checked, was_read(citation), "{place}");
        }
    }
}
