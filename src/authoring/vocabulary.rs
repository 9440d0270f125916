//! The words that people write in cells, and what they mean.

use crate::domain::{Grade, ProfileNumber, Window, points::Points};

/// Finds a word, or says which words there are.
pub(super) fn word<T: Copy>(cell: &str, words: &[(&str, T)]) -> Result<T, String> {
    let found = words.iter().find(|(word, _)| *word == cell).map(|(_, meaning)| *meaning);
    found.ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        format!("不认识「{cell}」,请填:{}", known.join("、"))
    })
}

pub(super) const WINDOWS: [(&str, Window); 6] = [
    ("月", Window::Month),
    ("季", Window::Quarter),
    ("半年", Window::HalfYear),
    ("年", Window::Year),
    ("届", Window::Term),
    ("期末", Window::PeriodEnd),
];

pub(super) const GRADES: [(&str, Grade); 4] = [
    ("标兵", Grade::Model),
    ("优秀", Grade::Excellent),
    ("达标", Grade::Qualified),
    ("不合格", Grade::Unqualified),
];

pub(super) const FIGURES: [(&str, ProfileNumber); 6] = [
    ("正式党员", ProfileNumber::FullMembers),
    ("预备党员", ProfileNumber::ProbationaryMembers),
    ("党员总数", ProfileNumber::AllMembers),
    ("流动党员", ProfileNumber::MobileMembers),
    ("支委人数", ProfileNumber::CommitteeMembers),
    ("党小组数", ProfileNumber::PartyGroups),
];

pub(super) const YES_NO: [(&str, bool); 3] = [("", false), ("否", false), ("是", true)];

pub(super) fn points(cell: &str) -> Result<Points, String> {
    Points::parse(cell).map_err(|_| format!("「{cell}」不是分值,请填0以上、最多两位小数的数"))
}

pub(super) fn number<T: core::str::FromStr>(cell: &str) -> Result<T, String> {
    cell.parse().map_err(|_| format!("「{cell}」不是这里能填的整数"))
}

pub(super) fn id<T: TryFrom<String>>(cell: &str) -> Result<T, String> {
    T::try_from(cell.to_owned()).map_err(|_| format!("「{cell}」不能作编号,请用1到64个字母、数字或.-_"))
}

pub(super) fn date(cell: &str) -> Result<jiff::civil::Date, String> {
    cell.parse().map_err(|_| format!("「{cell}」不是日期,请写成2026-11-24的样子"))
}
