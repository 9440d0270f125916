//! Problems that are open when branches are merged go over to the one that they become: it has to mend them now.
//!
//! Nothing is moved. The new branch gets each of them as a finding of its own, in the upper level's words, with where it came from;
//! what the old branch wrote, its photos and what was decided stay with the old one. Its row is no longer listed, because the new
//! one stands for it.

use crate::{
    domain::{
        BranchCode, Finding, FindingField, FindingId, FindingState, FindingValue, Findings, Progress, Ruling,
        answer::MAX_TEXT_CHARS, finding::SoFar,
    },
    server::database::{
        Ended, Unit,
        findings::{FromAbove, Word},
    },
    words::findings::taken_over,
};
use std::collections::BTreeMap;

/// What the new branch is told of the open findings of these, and how many they are.
pub(crate) fn words<'a>(
    all: &BTreeMap<BranchCode, Findings>,
    parts: impl Iterator<Item = &'a Unit>,
    whole: &BranchCode,
) -> (Vec<FromAbove>, usize) {
    let (mut words, mut count) = (Vec::new(), 0);
    for part in parts {
        let open = all.get(&part.code).map(Findings::all).unwrap_or_default();
        for finding in open.into_iter().filter(is_open) {
            count += 1;
            let id = FindingId::passed_on(whole, finding.id);
            words.extend(of(&finding, part).into_iter().map(|word| FromAbove {
                branch: whole.clone(),
                finding: id,
                // It is new to the branch.
                after: SoFar::default(),
                word,
            }));
        }
    }
    (words, count)
}

/// Whether a finding of a branch that has ended is now another's.
pub(crate) fn is_passed_on(
    finding: FindingId,
    ended: Option<&Ended>,
    all: &BTreeMap<BranchCode, Findings>,
) -> bool {
    let into = ended.and_then(|ended| ended.into.as_ref());
    into.and_then(|into| all.get(into)?.find(FindingId::passed_on(into, finding))).is_some()
}

fn is_open(finding: &Finding) -> bool {
    finding.state.is_to_be_mended() || finding.state == FindingState::Mended
}

/// How it stands, as far as that is the new branch's matter: who was responsible and what the old branch had set itself is not.
fn of(finding: &Finding, part: &Unit) -> Vec<Word> {
    let text = |text: &str| FindingValue::Text { text: text.into() };
    let mut words = vec![Word::Write(FindingField::Problem, text(&finding.problem))];
    if let Some(item) = &finding.item {
        words.push(Word::Write(FindingField::Item, FindingValue::Item { item: item.clone() }));
    }
    if let Some(score) = &finding.scored {
        words.push(Word::Write(FindingField::Score, FindingValue::Score { score: score.clone() }));
    }
    let detail: String = taken_over(&part.name, finding).chars().take(MAX_TEXT_CHARS).collect();
    words.push(Word::Write(FindingField::Origin, FindingValue::Origin { origin: finding.origin, detail }));
    if finding.demanded.is_some() {
        words.push(Word::Write(FindingField::Deadline, FindingValue::Day { day: finding.demanded }));
    }
    if !finding.measure.is_empty() {
        words.push(Word::Write(FindingField::Measure, text(&finding.measure)));
    }
    let progress = match finding.state {
        FindingState::UnderWay => Some(Progress::UnderWay),
        FindingState::Mended => Some(Progress::Mended),
        _ => None,
    };
    if let Some(progress) = progress {
        let value = FindingValue::Progress { progress, after: None };
        words.push(Word::Write(FindingField::Progress, value));
    }
    // A 退回 that the old branch had not answered is the new one's to answer.
    let returned = finding.verdict.as_ref().filter(|_| finding.state == FindingState::Returned);
    if let Some(verdict) = returned.filter(|verdict| matches!(verdict.ruling, Ruling::Returned { .. })) {
        words.push(Word::Decide(verdict.by.clone(), verdict.ruling.clone()));
    }
    words
}
