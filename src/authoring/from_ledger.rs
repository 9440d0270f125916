//! The column 台账: which activities of the ledger answer a part.

use super::words;
use crate::domain::{ActivityKind, LedgerSource, OccurrenceId};
use crate::sheets::{
    fault::{Faults, quoted},
    table::Line,
};
use std::collections::BTreeSet;

/// 支部党员大会、主题党日; 到会率：支部党员大会; 不足半数（o1）：支委会.
pub(super) fn read(line: Line<'_>, faults: &mut Faults) -> Option<LedgerSource> {
    let text = line.text("台账");
    if text.is_empty() {
        return None;
    }
    let (how, kinds) = text.split_once(['：', ':']).map_or(("", text), |(how, kinds)| (how.trim(), kinds));
    let found = kinds.split('、').map(|word| {
        words::KINDS.iter().find(|(known, _)| *known == word.trim()).map(|(_, kind)| *kind).ok_or(word.trim())
    });
    let kinds = match found.collect::<Result<BTreeSet<ActivityKind>, _>>() {
        Ok(kinds) => kinds,
        Err(word) => {
            let all: Vec<&str> = words::KINDS.iter().map(|(word, _)| *word).collect();
            let remedy = format!("可用：{}；几种用、隔开", all.join("、"));
            line.fault("台账", format!("不认识{}", quoted(word)), &remedy, faults);
            return None;
        }
    };
    let occurrence = how.strip_prefix(words::BELOW_QUORUM).and_then(|rest| {
        let id = rest.strip_prefix(['（', '('])?.strip_suffix(['）', ')'])?;
        OccurrenceId::new(id).ok()
    });
    match (how, occurrence) {
        ("", _) => Some(LedgerSource::Count { kinds }),
        (words::ATTENDANCE, _) => Some(LedgerSource::Attendance { kinds }),
        (_, Some(occurrence)) => Some(LedgerSource::BelowQuorum { kinds, occurrence }),
        (_, None) => {
            let remedy = "次数直接写活动，占比写“到会率：”，扣分写“不足半数（选项的编号）：”";
            line.fault("台账", format!("看不懂{}", quoted(how)), remedy, faults);
            None
        }
    }
}

/// As [`read`] reads it.
pub(super) fn written(source: &LedgerSource) -> String {
    let word =
        |kind: &ActivityKind| words::KINDS.iter().find(|(_, known)| known == kind).map(|(word, _)| *word);
    let kinds = source.kinds().iter().filter_map(word).collect::<Vec<_>>().join("、");
    match source {
        LedgerSource::Count { .. } => kinds,
        LedgerSource::Attendance { .. } => format!("{}：{kinds}", words::ATTENDANCE),
        LedgerSource::BelowQuorum { occurrence, .. } => {
            format!("{}（{occurrence}）：{kinds}", words::BELOW_QUORUM)
        }
    }
}
