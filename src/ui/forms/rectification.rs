//! 整改台账: what was written into 整改 as it stands there, then a line for every other item that lost points, in which who does what
//! until when is left to be written by hand.

use super::{Source, centered, column, opinion, row_of, spoken_for};
use crate::{
    domain::{AnswerKey, Finding, FindingOrigin, Outcome},
    paper::{Block, Orientation, Paper, Row, Table},
    phone::overview::ItemRow,
    ui::words::terms,
    words::{findings, terms::whole_day},
};

/// Lines left empty for what else is found.
const EMPTY_LINES: usize = 3;

/// The form.
pub fn paper(source: &Source<'_>) -> Paper {
    let columns = vec![
        centered("序号", 3),
        column("问题来源", 7),
        column("存在问题", 18),
        column("整改措施", 14),
        centered("责任人", 5),
        centered("整改时限", 6),
        column("完成情况", 8),
        column("佐证", 6),
        column("销号（验收人、日期）", 8),
        column("备注", 8),
    ];
    let items: Vec<ItemRow> = source.items().map(|(.., row)| row).collect();
    let mut rows = Vec::new();
    let written = source.findings_of_period();
    for finding in &written {
        rows.push(Row { cells: from_finding(rows.len() + 1, finding, &items, source), lines: 3 });
    }
    for (item, score, row) in source.items().filter(|(.., row)| row.is_short() && !spoken_for(row, &written))
    {
        let lost = row.lost();
        let why = source.reasons(item, score, true).join("；");
        let mut cells = vec![String::new(); columns.len()];
        cells[0] = (rows.len() + 1).to_string();
        cells[1] = format!("{}自查\n第{}条", source.period.name, row.number);
        cells[2] = format!("{}：{why}。扣{lost}分。", item.title);
        cells[9] = outcome(&row, source);
        rows.push(Row { cells, lines: 3 });
    }
    let remark = if rows.is_empty() { "本期自查没有扣分的条目。" } else { "" };
    let open = source.items().filter(|(_, _, row)| row.state.is_open()).count();
    let open =
        if open == 0 { String::new() } else { format!("还有{open}条没填，不在这张台账里。") };
    rows.extend((0..EMPTY_LINES).map(|_| Row { cells: vec![String::new(); columns.len()], lines: 3 }));
    let remark = format!(
        "{remark}{open}上级检查的，整改好了写“支部已整改”，由{}验收后销号；自查的，经支委会认定后支部自己销号。没整改好的写原因和新的时限。",
        source.addressee()
    );
    Paper {
        title: source.title("问题整改台账"),
        subtitle: source.subtitle(),
        orientation: Orientation::Landscape,
        blocks: vec![
            Block::Remark(remark),
            Block::Table(Table { columns, headed: true, dense: false, rows }),
        ],
        feet: vec![opinion("支部意见", String::new(), "书记（签字）：　　　　　　（盖章）")],
    }
}

/// What can still be done about an item.
fn outcome(row: &ItemRow, source: &Source<'_>) -> String {
    match row.outcome {
        Some(outcome) if outcome.is_open() => terms::outcome(outcome, source.today),
        _ => "已错过，不补；防止再发生".into(),
    }
}

fn from_finding(number: usize, finding: &Finding, items: &[ItemRow], source: &Source<'_>) -> Vec<String> {
    let row = row_of(items, finding);
    let from = match finding.origin {
        // The branch's own ledger says in which period.
        FindingOrigin::SelfCheck if finding.detail.is_empty() => {
            let period = finding.scored.as_ref().and_then(|scored| source.checklist.period(&scored.period));
            format!("{}自查", period.map_or(source.period.name.as_str(), |period| &period.name))
        }
        _ => findings::source(finding),
    };
    let item = row.map(|row| format!("\n第{}条", row.number)).unwrap_or_default();
    let location = finding.item.clone().map(|item| source.assessment.text(&AnswerKey::Location { item }));
    let location = location.filter(|location| !location.is_empty());
    let proof = [location.map(|location| format!("原件在{location}")), Some(terms::finding_photos(finding))];
    let proof: Vec<String> = proof.into_iter().flatten().filter(|said| !said.is_empty()).collect();
    let missed = row.filter(|row| row.is_short() && row.outcome == Some(Outcome::Missed));
    let missed = missed.filter(|_| finding.verdict.is_none()).map(|row| outcome(row, source));
    let remark = findings::returned(finding).or(missed).unwrap_or_default();
    vec![
        number.to_string(),
        format!("{from}{item}"),
        finding.problem.clone(),
        finding.measure.clone(),
        finding.responsible.clone(),
        finding.due().map(whole_day).unwrap_or_default(),
        findings::done(finding, source.today),
        proof.join("\n"),
        findings::closed(finding),
        remark,
    ]
}

#[cfg(test)]
mod tests {
    use super::{super::Source, EMPTY_LINES};
    use crate::{
        domain::{
            ContentHash, FindingEntry, FindingField, FindingId, FindingOrigin, FindingValue, Findings,
            Outcome, Progress, Ruling, Stamp, Verdict,
            finding::endpoint_device,
            testing::{item_id, stamp},
        },
        phone::overview::ItemRow,
        ui::app::testing::with_source,
    };
    use jiff::civil::date;

    fn word(finding: u8, field: FindingField, value: FindingValue) -> FindingEntry {
        FindingEntry { finding: FindingId::from_parts(1, &[finding; 10]), field, stamp: stamp(5, 1), value }
    }

    fn text(text: &str) -> FindingValue {
        FindingValue::Text { text: text.into() }
    }

    fn photo(finding: u8, field: impl Fn(ContentHash) -> FindingField, of: &[u8]) -> FindingEntry {
        word(finding, field(ContentHash::of(of)), FindingValue::Attached { attached: true })
    }

    #[test]
    fn what_was_written_into_it_stands_in_its_columns_and_the_rest_is_left_to_the_hand() {
        with_source(|source| {
            let item = item_id("counted");
            let closed = Verdict {
                finding: FindingId::from_parts(1, &[2; 10]),
                stamp: Stamp { ms: 9, count: 0, device: endpoint_device() },
                // 2026-11-24 in Shanghai.
                given_at: 1_795_492_800_000,
                by: "张组委".into(),
                ruling: Ruling::Closed,
            };
            let origin = FindingValue::Origin {
                origin: FindingOrigin::Inspection,
                detail: "11月县里检查".into(),
            };
            let (before, after) =
                (|sha256| FindingField::Before { sha256 }, |sha256| FindingField::After { sha256 });
            let withdrawn = FindingValue::Progress { progress: Progress::Withdrawn, after: None };
            let findings = Findings::new(
                [
                    word(1, FindingField::Item, FindingValue::Item { item }),
                    word(1, FindingField::Problem, text("6月没开会")),
                    word(1, FindingField::Measure, text("今后按月办")),
                    word(1, FindingField::Responsible, text("王文书")),
                    word(1, FindingField::Deadline, FindingValue::Day { day: Some(date(2026, 11, 20)) }),
                    word(1, FindingField::DelayReason, text("书记外出")),
                    photo(1, before, b"one"),
                    photo(1, after, b"one"),
                    photo(1, after, b"two"),
                    word(2, FindingField::Problem, text("门牌脱落")),
                    photo(2, before, b"three"),
                    word(4, FindingField::Item, FindingValue::Item { item: item_id("yes") }),
                    photo(4, after, b"four"),
                    word(2, FindingField::Origin, origin),
                    word(3, FindingField::Problem, text("按错了")),
                    word(3, FindingField::Progress, withdrawn),
                ],
                [closed],
            );
            let source = Source { findings: &findings, ..*source };
            let rows = super::paper(&source).last_table().unwrap().rows.clone();
            let short = source.items().filter(|(_, _, row)| row.is_short()).count();
            assert_eq!(
                rows.len(),
                short + 1 + EMPTY_LINES,
                "each shortfall once, and what inspectors found beside them"
            );
            let own: Vec<&str> = rows[0].cells.iter().map(String::as_str).collect();
            assert_eq!(
                own[2..7],
                ["6月没开会", "今后按月办", "王文书", "2026年11月20日", "待整改，逾期。原因：书记外出"]
            );
            assert!(own[1].contains("自查\n第"), "{}", own[1]);
            assert_eq!(own[7], "照片：整改前1张、整改后2张");
            let theirs: Vec<&str> = rows[1].cells.iter().map(String::as_str).collect();
            assert_eq!(
                (theirs[1], theirs[6], theirs[7], theirs[8]),
                ("11月县里检查", "已销号", "照片：整改前1张", "张组委，2026年11月24日")
            );
            assert_eq!(rows[2].cells[7], "原件在村部铁柜\n照片：整改后1张");
            assert!(rows[3].cells[3].is_empty(), "left to be written by hand");
            assert!(!rows.iter().any(|row| row.cells[2].contains("按错了")));
        });
    }

    #[test]
    fn what_is_closed_and_short_again_gets_a_line_anew_unless_it_was_missed() {
        with_source(|source| {
            let short: Vec<_> = source.items().map(|(.., row)| row).filter(ItemRow::is_short).collect();
            let number = |place: usize| u8::try_from(place).unwrap() + 1;
            let about = |(place, row): (usize, &ItemRow)| {
                let item = FindingValue::Item { item: row.id.clone() };
                [
                    word(number(place), FindingField::Item, item),
                    word(number(place), FindingField::Problem, text("查到的")),
                ]
            };
            let closed = |(place, _): (usize, &ItemRow)| Verdict {
                finding: FindingId::from_parts(1, &[number(place); 10]),
                stamp: Stamp { ms: 9, count: 0, device: endpoint_device() },
                given_at: 1_795_492_800_000,
                by: "张组委".into(),
                ruling: Ruling::Closed,
            };
            let words = short.iter().enumerate().flat_map(about);
            let findings = Findings::new(words, short.iter().enumerate().map(closed));
            let source = Source { findings: &findings, ..*source };
            let rows = super::paper(&source).last_table().unwrap().rows.clone();
            let anew: Vec<&str> = rows[short.len()..rows.len() - EMPTY_LINES]
                .iter()
                .map(|row| row.cells[2].split('：').next().unwrap())
                .collect();
            let mendable: Vec<&str> = short
                .iter()
                .filter(|row| row.outcome != Some(Outcome::Missed))
                .map(|row| row.title.as_str())
                .collect();
            assert_eq!(anew, mendable);
            assert!(!mendable.is_empty() && mendable.len() < short.len(), "{mendable:?}");
        });
    }

    #[test]
    fn every_shortfall_has_its_line_and_what_is_missed_is_said_to_be() {
        with_source(|source| {
            let rows = super::paper(source).last_table().unwrap().rows.clone();
            let short = source.items().filter(|(_, _, row)| row.is_short()).count();
            assert_eq!(rows.len(), short + EMPTY_LINES);
            let counted = rows.iter().find(|row| row.cells[2].starts_with("counted")).unwrap();
            assert!(counted.cells[2].contains("6月0次") && counted.cells[2].contains("扣"), "{counted:?}");
            let offence = rows.iter().find(|row| row.cells[2].starts_with("offence")).unwrap();
            assert_eq!(offence.cells[9], "已错过，不补；防止再发生");
            assert!(rows[0].cells[3..9].iter().all(String::is_empty), "left to be written by hand");
        });
    }
}
