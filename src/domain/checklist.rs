//! The checklist: what one published standard asks of the branches of one sector (领域).
//!
//! It is what a phone pulls and a draft pins. Its identity is the [`ContentHash`] of its canonical JSON: serde writes the
//! fields of a struct in the order of their declaration and every collection here is ordered, so equal content gives equal
//! bytes. New fields must be optional and skipped when empty, so that old content keeps its hash.

use super::{
    engine,
    grade::{GradeLimit, Grading},
    ids::{AspectId, ContentHash, ItemId, MethodId, PartId, SectorId, StandardId},
    ledger::LedgerSource,
    period::{Period, Window},
    points::Points,
    profile::ProfileCondition,
    rule::Rule,
    whole::{WholeLimit, YearShare},
};
use crate::json::FromJson;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a standard asks of one sector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Checklist {
    /// The standard's family.
    pub standard: StandardId,
    /// The standard's version as its authors write it, for instance `2026.1`.
    pub version: String,
    /// The standard's title.
    pub title: String,
    /// Said wherever the standard is shown: 示例标准,以市委组织部正式文件为准.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notice: String,
    /// What in the standard as a whole is suggested, assumed or local: score lines, periods, how points are given. To be
    /// shown beside the estimate and wherever the standard is described; an item's own marks are in [`Item::marks`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// The sector.
    pub sector: SectorId,
    /// The sector's name: 农村.
    pub sector_name: String,
    /// The periods it can be used for.
    pub periods: Vec<Period>,
    /// The ways of inspection its items refer to.
    pub methods: Vec<Method>,
    /// Score lines.
    pub grading: Grading,
    /// What the items add up to, bonus left out: 100 unless the standard says otherwise.
    #[serde(default = "hundred", skip_serializing_if = "is_hundred")]
    pub full: Points,
    /// Conditions on the whole that cap the grade.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<WholeLimit>,
    /// What periods make up of a year's result, where the standard says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub year: Vec<YearShare>,
    /// The most that bonus parts can add beyond the full points.
    #[serde(default, skip_serializing_if = "Points::is_zero")]
    pub bonus_cap: Points,
    /// The aspects in order.
    pub aspects: Vec<Aspect>,
    /// The version of scoring that it asks for, the lowest that can say what it says: [`Checklist::needs`]. What asks for a later
    /// one than [`engine::ENGINE_VERSION`] cannot be read, just as a rule of a later kind: nobody is to score it wrongly.
    #[serde(
        default = "engine::first",
        skip_serializing_if = "engine::is_first",
        deserialize_with = "engine::known"
    )]
    #[json(only = "engine::is_known")]
    pub engine: u16,
}

fn hundred() -> Points {
    Points::HUNDRED
}

fn is_hundred(points: &Points) -> bool {
    *points == Points::HUNDRED
}

/// 考核方式: how an inspector verifies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Method {
    /// `report`, `on_site`, `records` …
    pub id: MethodId,
    /// 听取汇报, 实地考察, 查阅资料 …
    pub name: String,
}

/// 方面
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Aspect {
    /// `organisation` …
    pub id: AspectId,
    /// 组织健全 …
    pub name: String,
    /// The items in order.
    pub items: Vec<Item>,
}

/// 条目: a scored requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Item {
    /// Opaque, never reused.
    pub id: ItemId,
    /// Its short name.
    pub title: String,
    /// 抓什么: what to reach.
    pub requirement: String,
    /// The same in plain words, where the official wording is hard to read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub plain: String,
    /// 怎么抓: how to reach it, one step a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guidance: Vec<String>,
    /// How inspectors verify it.
    pub methods: Vec<MethodId>,
    /// 佐证材料: what proves it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Citation>,
    /// What in it is suggested, assumed or local.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// 由上级评: judged by the upper level, outside the self-score; the branch fills nothing in.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub judged_above: bool,
    /// "本支部不设" may be chosen.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub may_be_absent: bool,
    /// "本期没有此事" may be chosen.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub may_not_occur: bool,
    /// Only branches of this profile are asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<ProfileCondition>,
    /// How the parts make up the item.
    #[serde(default, skip_serializing_if = "Combine::is_all")]
    pub combine: Combine,
    /// At least one.
    pub parts: Vec<Part>,
    /// Conditions that cap the grade.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<GradeLimit>,
}

/// How the parts of an item make up its points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// Their sum.
    #[default]
    All,
    /// The best of them, whatever each is worth: several ways to comply. Where all are worth the same, one answer is enough; where not,
    /// those that could still be worth more stay open, so that no branch loses points by not having looked further.
    Any,
}

impl Combine {
    fn is_all(&self) -> bool {
        *self == Self::All
    }
}

/// 分项: a scored piece of an item, answered by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Part {
    /// Stable within the item.
    pub id: PartId,
    /// The question; empty when the item's requirement says it all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What it is worth; zero for a part that only a limit looks at.
    pub points: Points,
    /// How it is scored.
    pub rule: Rule,
    /// How often it falls due.
    pub window: Window,
    /// Whether a shortfall can honestly be made good until its window ends. A meeting not yet held can; a vote taken
    /// without quorum cannot.
    pub mendable: bool,
    /// How the ledger answers it, where it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_ledger: Option<LedgerSource>,
    /// Outside the full points, capped by the checklist's `bonus_cap`.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub bonus: bool,
}

/// 佐证材料
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Evidence {
    /// What it is called.
    pub name: String,
    /// Registers, admission files, talk records, ballots and disciplinary papers: only where they lie, never photographed.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub never_photographed: bool,
}

/// What an item rests on, and between which dates that held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Citation {
    /// The document's name.
    pub document: String,
    /// The article: 第十六条.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub article: String,
    /// Whether the article's number was read in the document itself; else it is shown as 条号待核.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub article_checked: bool,
    /// In force from.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::domain::day::option")]
    pub effective_from: Option<Date>,
    /// In force until.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::domain::day::option")]
    pub effective_to: Option<Date>,
}

/// Says honestly what is not regulation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Mark {
    /// Which kind.
    pub kind: MarkKind,
    /// What it concerns.
    pub text: String,
}

/// Kinds of [`Mark`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// 假定: we had to assume it.
    Assumed,
    /// 建议: a figure that no rule fixes.
    Suggested,
    /// 本地要求: asked for here or elsewhere, not by the national rules.
    Local,
}

impl Checklist {
    /// The hash of the canonical JSON.
    ///
    /// # Errors
    /// When the checklist cannot be written as JSON, which no value of these types should cause.
    pub fn hash(&self) -> Result<ContentHash, serde_json::Error> {
        self.canonical_json().map(|bytes| ContentHash::of(&bytes))
    }

    /// The bytes that are hashed, stored and served.
    ///
    /// # Errors
    /// As [`Checklist::hash`].
    pub fn canonical_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// All items in order, each with its aspect. Their number (第几条) is their place here, from 1.
    pub fn items(&self) -> impl Iterator<Item = (&Aspect, &Item)> {
        self.aspects.iter().flat_map(|aspect| aspect.items.iter().map(move |item| (aspect, item)))
    }

    /// The item, its aspect and its number from 1.
    pub fn find(&self, id: &ItemId) -> Option<(usize, &Aspect, &Item)> {
        let found = self.items().enumerate().find(|(_, (_, item))| &item.id == id);
        found.map(|(index, (aspect, item))| (index + 1, aspect, item))
    }

    /// The period of this id.
    pub fn period(&self, id: &super::ids::PeriodId) -> Option<&Period> {
        self.periods.iter().find(|period| &period.id == id)
    }
}

impl Aspect {
    /// What the aspect is worth: the sum of its items, bonus left out.
    pub fn points(&self) -> Points {
        self.items.iter().map(Item::points).sum()
    }
}

impl Item {
    /// What the item is worth: the sum of its parts, or the best of them; bonus left out.
    pub fn points(&self) -> Points {
        let parts = self.parts.iter().filter(|part| !part.bonus).map(|part| part.points);
        match self.combine {
            Combine::All => parts.sum(),
            Combine::Any => parts.max().unwrap_or(Points::ZERO),
        }
    }

    /// Whether everything that proves it is of a kind that must never be photographed (名册, 谈话记录, 测评票 …).
    pub fn is_never_photographed(&self) -> bool {
        !self.evidence.is_empty() && self.evidence.iter().all(|evidence| evidence.never_photographed)
    }

    /// Whether it is worth nothing itself and takes from the total (倒扣).
    pub fn only_takes(&self) -> bool {
        self.points().is_zero() && self.parts.iter().any(|part| matches!(part.rule, Rule::FromTotal { .. }))
    }

    /// The part of this id.
    pub fn part(&self, id: &PartId) -> Option<&Part> {
        self.parts.iter().find(|part| &part.id == id)
    }
}
