//! Everything that was read of the sheets, before it is put together.

use super::{
    names::Names,
    package::Standard,
    rows::{CitationRow, ItemRow, LimitRow, OptionRow, PartRow},
    whole::WholeRow,
};
use crate::domain::{Grading, Mark, Method, Period, YearShare};
use std::collections::BTreeSet;

/// All that was read.
pub(super) struct Shared<'a> {
    pub(super) standard: Option<&'a Standard>,
    pub(super) names: &'a Names,
    /// 标记 of each sector, in the order of the sectors.
    pub(super) sector_marks: &'a [Vec<Mark>],
    pub(super) methods: &'a [Method],
    pub(super) periods: &'a [Period],
    pub(super) grading: &'a Grading,
    pub(super) items: &'a [ItemRow],
    /// Every 编号 that stands in 条目, also in rows that cannot be read.
    pub(super) said_items: &'a BTreeSet<&'a str>,
    pub(super) parts: &'a [PartRow],
    /// Every 条目 and 分项 that stands in 分项, also in rows that cannot be read.
    pub(super) said_parts: &'a BTreeSet<(&'a str, &'a str)>,
    pub(super) options: &'a [OptionRow],
    pub(super) citations: &'a [CitationRow],
    pub(super) limits: &'a [LimitRow],
    pub(super) whole_limits: &'a [WholeRow],
    pub(super) year: &'a [YearShare],
}
