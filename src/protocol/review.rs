//! What the upper level says of a submission.

use crate::{domain::ItemId, json::FromJson};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Where a submission stands above. Without any review it is 未审.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// 审核中
    InReview,
    /// 退回修改
    Returned,
    /// 需补材料
    Incomplete,
    /// 审核通过
    Approved,
}

/// One step of the review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Review {
    /// The state it brought.
    pub state: ReviewState,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at: u64,
    /// By which unit, as a name to show.
    pub by: String,
    /// In general.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Item by item: 第17条缺签到表.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ReviewItem>,
    /// Until when to answer.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::domain::day::option")]
    pub due: Option<Date>,
}

/// What is wrong with one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReviewItem {
    /// The item.
    pub item: ItemId,
    /// The reason.
    pub reason: String,
}
