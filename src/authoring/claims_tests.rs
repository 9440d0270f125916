//! What the built-in standard and its two books claim: who may do what, how many, how often, by when, and by which article.
//!
//! `claims.csv` holds the claims as they were looked up: where one stands (an item or a section), in which sector's words,
//! the words that must stand there, and the article it rests on, or the mark that says it rests on none that was read. A
//! change of wording that changes a rule fails here; when the rule itself changes, look it up and change the row with it.

use super::{builtin, builtin::files, content_tests::all};
use crate::sheets::{Row, csv};
use crate::{
    domain::{Citation, Item, Mark, Rule},
    words::terms,
};

const CLAIMS: &str = include_str!("claims.csv");
/// So many claims are held at least.
const FLOOR: usize = 120;

/// A row of the table.
struct Claim {
    place: String,
    sector: String,
    words: String,
    document: String,
    article: String,
    mark: String,
}

fn claims() -> Vec<Claim> {
    let rows = csv::read("claims", CLAIMS.as_bytes()).unwrap().rows;
    let cell = |row: &Row, at: usize| row.cells.get(at).cloned().unwrap_or_default();
    assert_eq!(rows[0].cells, ["在哪里", "领域", "要有的话", "文件", "条款", "标记"]);
    let claim = |row: &Row| Claim {
        place: cell(row, 0),
        sector: cell(row, 1),
        words: cell(row, 2),
        document: cell(row, 3),
        article: cell(row, 4),
        mark: cell(row, 5),
    };
    rows[1..].iter().map(claim).collect()
}

/// What an item or a section says, what it rests on and what it admits; with the sector's name for an item.
struct Said {
    id: String,
    sector: String,
    text: String,
    citations: Vec<Citation>,
    marks: Vec<Mark>,
}

/// Everything an item says and counts.
fn text(item: &Item) -> String {
    let mut lines = vec![item.requirement.clone(), item.plain.clone()];
    lines.extend(item.guidance.clone());
    for part in &item.parts {
        lines.push(part.text.clone());
        match &part.rule {
            Rule::Count { minimum, unit, .. } => {
                lines.push(format!("{}至少{minimum}{unit}", terms::often(part.window)));
            }
            Rule::Level { choices } => lines.extend(choices.iter().map(|choice| choice.text.clone())),
            Rule::Deduction { occurrences } | Rule::FromTotal { occurrences } => {
                lines.extend(occurrences.iter().map(|kind| kind.text.clone()));
            }
            Rule::Facts { facts } => lines.extend(facts.iter().map(|fact| fact.text.clone())),
            Rule::YesNo | Rule::Share { .. } => {}
        }
    }
    lines.join("\n")
}

/// The sections as they are written, by id.
fn written() -> Vec<(String, String)> {
    let documents = files().into_iter().filter(|file| file.name.contains('/'));
    let sections = documents.flat_map(|file| {
        let text = String::from_utf8(file.bytes).unwrap();
        let sections = text.split("\n## ").skip(1);
        sections
            .map(|section| (section.split(' ').next().unwrap().into(), section.into()))
            .collect::<Vec<_>>()
    });
    sections.collect()
}

fn everything() -> Vec<Said> {
    let items = all().into_iter().flat_map(|list| {
        let said = |item: &Item| Said {
            id: item.id.to_string(),
            sector: list.sector_name.clone(),
            text: text(item),
            citations: item.citations.clone(),
            marks: item.marks.clone(),
        };
        list.items().map(|(_, item)| said(item)).collect::<Vec<_>>()
    });
    let written = written();
    let sections = builtin().unwrap().documents.into_iter().flat_map(|document| document.sections);
    let sections = sections.map(|section| {
        let (_, text) = written.iter().find(|(id, _)| *id == section.id.to_string()).unwrap();
        // The lines above the body are its citations and marks; a claim stands in the body.
        let (_, body) = text.split_once("\n\n").unwrap();
        let (id, text) = (section.id.to_string(), body.to_owned());
        Said { id, sector: String::new(), text, citations: section.citations, marks: section.marks }
    });
    items.chain(sections).collect()
}

/// 第三十一条 as 31.
fn number(article: &str) -> Option<u32> {
    let numeral = article.strip_prefix('第')?.strip_suffix('条')?;
    let (tens, ones) = numeral.split_once('十').unwrap_or(("零", numeral));
    let digit = |text: &str| "零一二三四五六七八九".chars().position(|c| text.starts_with(c));
    let tens = if tens.is_empty() { 1 } else { digit(tens)? };
    let ones = if ones.is_empty() { 0 } else { digit(ones)? };
    u32::try_from(tens * 10 + ones).ok()
}

/// Whether a citation names this article: alone, in a list or between two others.
fn covers(citation: &Citation, article: &str) -> bool {
    citation.article.split('、').any(|piece| {
        let between = piece.split_once('至').and_then(|(from, to)| {
            let (from, to) = (number(from)?, number(to)?);
            number(article).map(|own| (from..=to).contains(&own))
        });
        piece == article || between == Some(true)
    })
}

#[test]
fn every_claim_stands_where_it_stood_with_its_value_and_its_article() {
    let (claims, everything) = (claims(), everything());
    assert!(claims.len() >= FLOOR, "{}", claims.len());
    let mut lost = Vec::new();
    for claim in &claims {
        let Claim { place, sector, words, document, article, mark } = claim;
        assert!(!words.is_empty() && document.is_empty() == article.is_empty(), "{place}: {words}");
        assert!(!article.is_empty() || !mark.is_empty(), "{place}: {words}: no article and no mark");
        let here = |said: &&Said| said.id == *place && (sector.is_empty() || said.sector == *sector);
        let here: Vec<&Said> = everything.iter().filter(here).collect();
        if here.is_empty() {
            lost.push(format!("{place} {sector}: it is not there"));
        }
        for said in here {
            let rests = article.is_empty()
                || said.citations.iter().any(|c| c.document.contains(document) && covers(c, article));
            let admits = mark.is_empty() || said.marks.iter().any(|own| terms::mark(own.kind) == mark);
            if !said.text.contains(words) {
                lost.push(format!("{place} {}: no longer says “{words}”", said.sector));
            }
            if !rests {
                lost.push(format!(
                    "{place} {}: “{words}” no longer rests on {document}{article}",
                    said.sector
                ));
            }
            if !admits {
                lost.push(format!("{place} {}: “{words}” is no longer marked {mark}", said.sector));
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

#[test]
fn articles_are_found_in_lists_and_between_others() {
    let of = |article: &str| Citation {
        document: "《条例》".into(),
        article: article.into(),
        article_checked: false,
        effective_from: None,
        effective_to: None,
    };
    let list = of("第一条、第四条至第八条、第十条、第十九条至第二十一条、五至七");
    for article in ["第一条", "第四条", "第六条", "第八条", "第十条", "第二十条", "五至七"]
    {
        assert!(covers(&list, article), "{article}");
    }
    for article in ["第三条", "第九条", "第十一条", "第二十二条", "六", ""] {
        assert!(!covers(&list, article), "{article}");
    }
    let numbers: Vec<Option<u32>> =
        ["第九条", "第十条", "第十一条", "第三十条", "第四十四条"].map(number).into();
    assert_eq!(numbers, [9, 10, 11, 30, 44].map(Some));
    assert_eq!(number("第六章"), None);
}
