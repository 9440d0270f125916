//! 自查报告: drafted from the data, plainly; a person edits it before it becomes a paper.

use super::{Source, row_of, spoken_for};
use crate::{
    domain::{Finding, FindingOrigin, Outcome},
    paper::{Block, Foot, Paper},
    phone::overview::ItemRow,
    ui::words::terms,
    words::{findings, terms::whole_day, whole},
};

/// The draft: headings and paragraphs, a line each.
pub fn draft(source: &Source<'_>) -> String {
    let mut lines = vec!["一、基本情况".to_owned(), situation(source), "二、主要做法".into()];
    lines.extend(done(source));
    lines.push("三、存在问题".into());
    let findings = source.findings_of_period();
    lines.extend(problems(source, &findings));
    lines.push("四、整改措施".into());
    lines.extend(measures(source, &findings));
    lines.join("\n")
}

/// Who the branch is, as one paragraph without its last full stop.
pub(in crate::ui) fn who(source: &Source<'_>) -> String {
    let mut text = format!("{}隶属{}", source.branch.name, source.addressee());
    if let Some(profile) = source.assessment.profile() {
        text +=
            &format!("。现有正式党员{}名、预备党员{}名", profile.full_members, profile.probationary_members);
        if profile.mobile_members > 0 {
            text += &format!("，其中流动党员{}名", profile.mobile_members);
        }
        text += &match profile.committee_members {
            0 => "；不设支委会".to_owned(),
            n => format!("；支委会委员{n}名"),
        };
        text += &match profile.party_groups {
            0 => "，不设党小组".to_owned(),
            n => format!("，党小组{n}个"),
        };
        if let Some(day) = profile.last_election {
            text += &format!("。上次换届是{}", whole_day(day));
        }
    }
    text
}

fn situation(source: &Source<'_>) -> String {
    let mut text = format!("{}。", who(source));
    let period = source.period;
    text += &format!(
        "对照《{}》，对{}（{}至{}）的工作逐条自查",
        source.checklist.title.trim_matches(['《', '》']),
        period.name,
        whole_day(period.starts),
        whole_day(period.ends),
    );
    let considered = source.considered();
    text += &if considered.is_empty() { "。".to_owned() } else { format!("，{considered}") };
    text += &format!(
        "自评得分{}分{}（自评估算，不是评定结果）",
        source.sheet.total(),
        whole::of_full(source.checklist)
    );
    if let Some(claimed) = source.claimed() {
        text += &format!("，申报等次为{}", terms::claimed(&source.checklist.grading, claimed));
    }
    text.push('。');
    let rows: Vec<ItemRow> = source.items().map(|(_, _, row)| row).collect();
    let count = |is: fn(&ItemRow) -> bool| rows.iter().filter(|row| is(row)).count();
    match count(|row| row.state.is_open()) {
        0 => {}
        n => text += &format!("还有{n}条没有填，先按0分算。"),
    }
    match count(|row| !row.state.counts()) {
        0 => {}
        n => text += &format!("另有{n}条不适用、还没到时候或者由上级评，不在自评之内。"),
    }
    text
}

/// What was done, aspect by aspect, by name.
fn done(source: &Source<'_>) -> Vec<String> {
    let rows: Vec<ItemRow> = source.items().map(|(_, _, row)| row).collect();
    let aspects = source.checklist.aspects.iter().zip(&source.sheet.aspects).enumerate();
    aspects
        .map(|(place, (aspect, score))| {
            let met = rows.iter().filter(|row| row.aspect == place && row.outcome == Some(Outcome::Met));
            let titles: Vec<String> = met.map(|row| format!("“{}”", row.title)).collect();
            let said = match titles.as_slice() {
                [] => "没有全部做到的条目".to_owned(),
                titles => format!("做到的有{}", titles.join("、")),
            };
            format!("{}：得{}分，满分{}分。{said}。", aspect.name, score.got, score.full)
        })
        .collect()
}

/// What lost points, with the reasons.
fn problems(source: &Source<'_>, findings: &[Finding]) -> Vec<String> {
    let short = source.items().filter(|(_, _, row)| row.is_short());
    let mut lines: Vec<String> = short
        .enumerate()
        .map(|(place, (item, score, row))| {
            let why = source.reasons(item, score, true).join("；");
            let lost = row.lost();
            let missed = if row.outcome == Some(Outcome::Missed) { "，已经错过" } else { "" };
            format!("{}．{}（第{}条）：{why}{missed}。扣{lost}分。", place + 1, item.title, row.number)
        })
        .collect();
    if lines.is_empty() {
        lines.push("本期自评过的条目没有扣分的。".into());
    }
    lines.extend(pointed_out(source, findings));
    let open: Vec<String> = source
        .items()
        .filter(|(_, _, row)| row.state.is_open())
        .map(|(item, _, row)| format!("{}（第{}条）", item.title, row.number))
        .collect();
    if !open.is_empty() {
        lines.push(format!("还没有自评的：{}。", open.join("、")));
    }
    lines
}

/// What inspectors found.
pub(in crate::ui) fn pointed_out(source: &Source<'_>, findings: &[Finding]) -> Vec<String> {
    let items: Vec<ItemRow> = source.items().map(|(.., row)| row).collect();
    let theirs = findings.iter().filter(|finding| finding.origin == FindingOrigin::Inspection);
    let lines = theirs.map(|finding| {
        let item = row_of(&items, finding).map(|row| format!("第{}条，", row.number)).unwrap_or_default();
        let (by, standing) = (findings::source(finding), findings::standing(finding, source.today));
        format!("{by}指出：{}（{item}{standing}）。", in_one_line(&finding.problem))
    });
    lines.collect()
}

/// What was written in several lines, as a part of one sentence.
fn in_one_line(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim().trim_end_matches(['。', '；']));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("；")
}

/// A measure as it was written into 整改: it is not written a second time for a report. A day that has passed is promised no more.
fn promised(source: &Source<'_>, items: &[ItemRow], finding: &Finding) -> String {
    let about = match row_of(items, finding) {
        Some(row) => format!("{}（第{}条）", row.title, row.number),
        None => in_one_line(&finding.problem),
    };
    let mut line = format!("{about}：{}", in_one_line(&finding.measure));
    if !finding.responsible.is_empty() {
        line += &format!("，责任人{}", finding.responsible);
    }
    if let Some(due) = finding.due().filter(|_| finding.state.is_to_be_mended()) {
        let was = if due < source.today { "原定" } else { "" };
        line += &format!("，{was}{}前完成", whole_day(due));
    }
    format!("{line}（{}）。", findings::done(finding, source.today))
}

/// What was written into 整改; else what can still be done is promised with its date, and what is missed is not made up.
pub(in crate::ui) fn measures(source: &Source<'_>, findings: &[Finding]) -> Vec<String> {
    let written: Vec<&Finding> = findings.iter().filter(|finding| !finding.measure.is_empty()).collect();
    let mut rows: Vec<ItemRow> = source.items().map(|(.., row)| row).collect();
    let mut lines: Vec<String> = written.iter().map(|finding| promised(source, &rows, finding)).collect();
    rows.retain(ItemRow::is_short);
    let short = rows.len();
    rows.retain(|row| !spoken_for(row, written.iter().copied()));
    rows.sort_by_key(|row| row.outcome);
    for row in &rows {
        if let Some(outcome) = row.outcome.filter(|outcome| outcome.is_open()) {
            lines.push(format!(
                "{}（第{}条）：{}。",
                row.title,
                row.number,
                terms::outcome(outcome, source.today)
            ));
        }
    }
    let missed: Vec<String> = rows
        .iter()
        .filter(|row| row.outcome == Some(Outcome::Missed))
        .map(|row| format!("{}（第{}条）", row.title, row.number))
        .collect();
    if !missed.is_empty() {
        lines.push(format!("已经错过的，不补会、不补记录，从下一次起按要求做到：{}。", missed.join("、")));
    }
    if !rows.is_empty() {
        lines.push("每个问题的责任人、措施和时限写进问题整改台账，逐条销号。".into());
    } else if short == 0 {
        lines.push("继续按标准做好日常工作，下一期再自查。".into());
    }
    lines
}

/// Whether the text names another score of the branch's own than there is: it was edited before the answers were.
pub fn says_another_score(source: &Source<'_>, text: &str) -> bool {
    text.contains("自评得分") && !text.contains(&format!("自评得分{}分", source.sheet.total()))
}

/// What ends the sentence that only a report may carry.
const CONSIDERED: &str = "研究，内容属实";

/// The text without the sentence that says of a meeting that it has considered this: no meeting has seen a draft.
fn unconsidered(text: &str) -> String {
    let mut left = text.to_owned();
    while let Some(at) = left.find(CONSIDERED) {
        let (before, after) = left.split_at(at);
        let begin = before
            .rfind(['，', '。', '；', '：', '\n'])
            .map_or(0, |stop| stop + before[stop..].chars().next().map_or(0, char::len_utf8));
        let kept = before.get(..begin).unwrap_or_default().trim_end_matches('，');
        let rest = after.strip_prefix(CONSIDERED).unwrap_or_default();
        left = format!("{kept}{rest}");
    }
    left
}

/// The report with this text: a line that begins as 一、 does is a heading. Of a report it says which meeting has considered it, of a
/// draft it does not, whatever was edited when.
pub fn paper(source: &Source<'_>, text: &str) -> Paper {
    let considered = source.considered();
    let text = match (source.reported.is_some(), text.contains(CONSIDERED)) {
        (false, true) => unconsidered(text),
        (true, false) => format!("{text}\n{considered}"),
        _ => text.to_owned(),
    };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let blocks =
        lines.map(
            |line| {
                if is_heading(line) { Block::Heading(line.into()) } else { Block::Paragraph(line.into()) }
            },
        );
    let signs = vec![format!("{}（盖章）", source.branch.name), "书记（签字）：　　　　　".into()];
    Paper {
        title: format!(
            "{}\n{}",
            source.branch.name,
            source.title(&format!("{}自查报告", source.period.name))
        ),
        subtitle: vec![source.basis()],
        blocks: blocks.collect(),
        feet: vec![Foot { signs, ..Foot::default() }],
        ..Paper::default()
    }
}

/// 一、 … 十二、, and short, as headings are.
pub(in crate::ui) fn is_heading(line: &str) -> bool {
    let counted = line.trim_start_matches(['一', '二', '三', '四', '五', '六', '七', '八', '九', '十']);
    counted.len() < line.len() && counted.starts_with('、') && line.chars().count() <= 20
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            FindingEntry, FindingField, FindingId, FindingValue, Findings, Progress, Ruling, Stamp, Verdict,
            finding::endpoint_device,
            testing::{item_id, stamp},
        },
        ui::app::testing::with_source,
    };
    use jiff::civil::date;

    #[test]
    fn the_draft_says_what_was_missed_and_promises_no_making_up() {
        with_source(|source| {
            let text = draft(source);
            for said in [
                "现有正式党员20名",
                &format!("自评得分{}分", source.sheet.total()),
                "counted（第3条）：",
                "6月0次",
                "已经错过",
                "不补会、不补记录",
                "还没有自评的：",
            ] {
                assert!(text.contains(said), "{said} is missing:\n{text}");
            }
            let headings = ["一、基本情况", "二、主要做法", "三、存在问题", "四、整改措施"];
            let paper = paper(source, &text);
            let found: Vec<&str> = paper
                .blocks
                .iter()
                .filter_map(|block| match block {
                    Block::Heading(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            assert_eq!(found, headings);
        });
    }

    #[test]
    fn what_stands_in_the_rectification_is_not_written_a_second_time() {
        let word = |finding: u8, field, value| FindingEntry {
            finding: FindingId::from_parts(1, &[finding; 10]),
            field,
            stamp: stamp(5, 1),
            value,
        };
        let text = |text: &str| FindingValue::Text { text: text.into() };
        let origin =
            FindingValue::Origin { origin: FindingOrigin::Inspection, detail: "11月县里检查".into() };
        let withdrawn = FindingValue::Progress { progress: Progress::Withdrawn, after: None };
        let mended = FindingValue::Progress { progress: Progress::Mended, after: None };
        let day = FindingValue::Day { day: Some(date(2026, 12, 5)) };
        let all = [
            word(1, FindingField::Item, FindingValue::Item { item: item_id("counted") }),
            word(1, FindingField::Problem, text("6月没开会")),
            word(1, FindingField::Measure, text("每月5日前定好日子。\n提前三天通知。")),
            word(1, FindingField::Responsible, text("王文书")),
            word(1, FindingField::Deadline, day),
            word(2, FindingField::Origin, origin),
            word(2, FindingField::Problem, text("门牌脱落。")),
            word(2, FindingField::Measure, text("重新做了一块")),
            word(2, FindingField::Progress, mended),
            word(2, FindingField::Deadline, FindingValue::Day { day: Some(date(2026, 11, 20)) }),
            word(4, FindingField::Item, FindingValue::Item { item: item_id("offence") }),
            word(4, FindingField::Measure, text("开会讲一次")),
            word(4, FindingField::Deadline, FindingValue::Day { day: Some(date(2026, 11, 20)) }),
            word(4, FindingField::DelayReason, text("书记外出")),
            word(3, FindingField::Problem, text("按错了")),
            word(3, FindingField::Measure, text("按错了的措施")),
            word(3, FindingField::Progress, withdrawn),
        ];
        let findings = Findings::new(all, []);
        with_source(|source| {
            let source = Source { findings: &findings, ..*source };
            let findings = source.findings_of_period();
            assert_eq!(pointed_out(&source, &findings), ["11月县里检查指出：门牌脱落（支部已整改）。"]);
            let measures = measures(&source, &findings);
            assert_eq!(
                measures[..3],
                [
                    "counted（第3条）：每月5日前定好日子；提前三天通知，责任人王文书，2026年12月5日前完成（待整改）。",
                    "门牌脱落：重新做了一块（支部已整改）。",
                    "offence（第6条）：开会讲一次，原定2026年11月20日前完成（待整改，逾期。原因：书记外出）。"
                ]
            );
            let counted = measures.iter().filter(|line| line.contains("counted")).count();
            assert_eq!(counted, 1, "{measures:?}");
            assert!(!draft(&source).contains("按错了"));
            let talk = super::super::talk::outline(&source).join("\n");
            assert!(
                talk.contains("每月5日前") && !talk.contains("门牌"),
                "what is done is not to do:\n{talk}"
            );
        });
    }

    #[test]
    fn what_is_closed_and_short_again_is_promised_anew() {
        with_source(|source| {
            let row = source
                .items()
                .map(|(.., row)| row)
                .find(|row| row.is_short() && matches!(row.outcome, Some(Outcome::StillPossible { .. })));
            let row = row.unwrap();
            let finding = FindingId::from_parts(1, &[1; 10]);
            let word = |field, value| FindingEntry { finding, field, stamp: stamp(5, 1), value };
            let words = [
                word(FindingField::Item, FindingValue::Item { item: row.id.clone() }),
                word(FindingField::Measure, FindingValue::Text { text: "上回的措施".into() }),
            ];
            let closed = Verdict {
                finding,
                stamp: Stamp { ms: 9, count: 0, device: endpoint_device() },
                given_at: 1_795_492_800_000,
                by: "张组委".into(),
                ruling: Ruling::Closed,
            };
            let promised = |verdicts: &[Verdict]| {
                let findings = Findings::new(words.clone(), verdicts.to_vec());
                let source = Source { findings: &findings, ..*source };
                let lines = measures(&source, &source.findings_of_period());
                lines.iter().filter(|line| line.starts_with(&row.title)).count()
            };
            assert_eq!((promised(&[]), promised(&[closed])), (1, 2));
        });
    }

    #[test]
    fn edited_text_keeps_its_lines() {
        with_source(|source| {
            let paper =
                paper(source, "十一、别的\n\n  正文\n三、这一行长得不是标题而是正文的一句话，所以不加黑");
            let text = |text: &str| Block::Paragraph(text.into());
            assert_eq!(
                paper.blocks,
                [
                    Block::Heading("十一、别的".into()),
                    text("正文"),
                    text("三、这一行长得不是标题而是正文的一句话，所以不加黑")
                ]
            );
        });
    }
}
