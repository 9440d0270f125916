//! 汇报提纲: what the branch says when inspectors ask for a report (听取汇报). In plain words, without points.

use super::{Source, report};
use crate::{
    domain::{
        ActivityKind, Finding, Item, Outcome,
        scoring::{ItemScore, ItemState},
    },
    paper::{Block, Paper},
    ui::words::{answers, ledger},
};

/// The outline: headings and points, a line each, as [`report::draft`] has them.
pub fn outline(source: &Source<'_>) -> Vec<String> {
    let mut lines = vec!["一、支部基本情况".to_owned(), format!("{}。", report::who(source))];
    lines.push("二、做了哪些工作".into());
    lines.extend(held(source));
    lines.extend(done(source));
    lines.push("三、还差在哪".into());
    // What is done is not what is still to do.
    let mut open = source.findings_of_period();
    open.retain(|finding| finding.state.is_to_be_mended());
    lines.extend(short(source, &open));
    lines.push("四、下一步怎么改".into());
    lines.extend(report::measures(source, &open));
    lines
}

/// What the ledger of the year holds.
fn held(source: &Source<'_>) -> Option<String> {
    let year = source.period.ends.year();
    let mut live = source.ledger.live();
    live.retain(|live| live.entry.date.year() == year);
    let counted = ActivityKind::ALL.into_iter().filter_map(|kind| {
        let count = live.iter().filter(|live| live.entry.kinds.contains(&kind)).count();
        (count > 0).then(|| format!("{}{count}次", ledger::kind(kind)))
    });
    let counted: Vec<String> = counted.collect();
    (!counted.is_empty()).then(|| format!("{year}年台账登记的：{}。", counted.join("、")))
}

/// Aspect by aspect what was done.
fn done(source: &Source<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for (place, aspect) in source.checklist.aspects.iter().enumerate() {
        let met = source.items().filter(|(.., row)| row.aspect == place && row.outcome == Some(Outcome::Met));
        let titles: Vec<&str> = met.map(|(item, ..)| item.title.as_str()).collect();
        if !titles.is_empty() {
            lines.push(format!("{}：做到的有{}。", aspect.name, titles.join("、")));
        }
    }
    if lines.is_empty() {
        lines.push("自查还没有做到的条目。".into());
    }
    lines
}

/// What was not, with what was answered; what is missed is said to be.
fn short(source: &Source<'_>, findings: &[Finding]) -> Vec<String> {
    let short = source.items().filter(|(.., row)| row.is_short());
    let mut lines: Vec<String> = short
        .map(|(item, score, row)| {
            let missed = if row.outcome == Some(Outcome::Missed) { "（已经错过）" } else { "" };
            format!("第{}条{}{missed}：{}。", row.number, item.title, answered(source, item, score))
        })
        .collect();
    if lines.is_empty() {
        lines.push("自查过的条目都做到了。".into());
    }
    lines.extend(report::pointed_out(source, findings));
    let open =
        source.items().filter(|(.., row)| matches!(row.state, ItemState::Unanswered | ItemState::Unsure));
    match open.count() {
        0 => {}
        open => lines.push(format!("还有{open}条没有自查。")),
    }
    lines
}

/// What was answered to the parts that fell short.
fn answered(source: &Source<'_>, item: &Item, score: &ItemScore) -> String {
    let said = score.short(item).filter_map(|(_, part, _)| {
        let answer = source.assessment.part(&item.id, &part.id)?;
        Some(answers::said(part, answer, source.period))
    });
    said.collect::<Vec<_>>().join("；")
}

/// The outline on paper, to hold in the hand.
pub fn paper(source: &Source<'_>) -> Paper {
    let blocks = outline(source)
        .into_iter()
        .map(|line| if report::is_heading(&line) { Block::Heading(line) } else { Block::Paragraph(line) });
    Paper {
        title: format!(
            "{}\n{}",
            source.branch.name,
            source.title(&format!("{}汇报提纲", source.period.name))
        ),
        subtitle: vec![source.basis()],
        blocks: blocks.collect(),
        ..Paper::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Source, *};
    use crate::{domain::ledger::testing, ui::app::testing::with_source};
    use jiff::civil::date;

    #[test]
    fn the_talk_says_what_was_done_and_missed_and_no_points() {
        with_source(|source| {
            let ledger = testing::ledger(&[date(2026, 3, 3), date(2026, 9, 3), date(2025, 9, 3)]);
            let lines = outline(&Source { ledger: &ledger, ..*source });
            let text = lines.join("\n");
            for said in [
                "正式党员20名",
                "2026年台账登记的：支部党员大会2次。",
                "第3条counted",
                "6月0次",
                "已经错过",
                "不补会",
            ] {
                assert!(text.contains(said), "{said} is missing:\n{text}");
            }
            for unsaid in ["得分", "扣", "分。", "分，"] {
                assert!(!text.contains(unsaid), "{unsaid} is said:\n{text}");
            }
            let paper = paper(source);
            let headings = paper.blocks.iter().filter(|block| matches!(block, Block::Heading(_)));
            assert_eq!(headings.count(), 4);
        });
    }
}
