//! The places of the app and their addresses. Pure; [`navigation`](super::navigation) goes there.

use crate::{
    domain::{ActivityKind, FindingId, ItemId, LedgerId, MethodId, SectionId, SubmissionId},
    phone::overview::Filter,
};

/// A place with an address of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// 首页
    Home,
    /// 自查: the whole checklist.
    Check(Filter),
    /// One item of it.
    Question(ItemId),
    /// 标准变了什么
    Change,
    /// 自评结果
    Result,
    /// 上报
    Submit,
    /// 上报记录
    Submissions,
    /// One submission.
    Submission(SubmissionId),
    /// 我的资料在哪
    Storage,
    /// 照片
    Photos,
    /// 支部基本情况
    Profile,
    /// 启用
    Activate,
    /// 手册
    Handbook,
    /// One section of 一编一册.
    Section(SectionId),
    /// 台账
    Ledger,
    /// 全年一览
    LedgerYear,
    /// 登记一次活动; as another one was.
    LedgerNew(Option<Like>),
    /// One entry of it.
    LedgerEntry(LedgerId),
    /// 现场查阅（只读）
    Inspection(By),
    /// One item there.
    Shown(ItemId, By),
    /// 汇报提纲
    Talk,
    /// 整改
    Findings,
    /// One finding.
    Finding(FindingId),
    /// 导出纸质材料
    Papers,
    /// One form of it, by its name in the address.
    Paper(String),
    /// 我的
    Me,
    /// 字号和颜色
    Display,
    /// 换支部
    Branches,
    /// 再加一部手机
    AddPhone,
    /// 关于
    About,
    /// 解除绑定
    Unbind,
}

/// What a new entry of the ledger starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Like {
    /// The last one of a kind.
    Last(ActivityKind),
    /// This one.
    Entry(LedgerId),
}

/// The parts of the bar at the foot of every page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// 首页
    Home,
    /// 自查
    Check,
    /// 手册
    Handbook,
    /// 我的
    Me,
}

impl Place {
    /// The place at this path and query (without `?`); `None` where there is nothing.
    ///
    /// Every name in an address is plain ASCII, so nothing has to be decoded.
    pub fn parse(path: &str, query: &str) -> Option<Self> {
        let path = path.trim_matches('/');
        let place = match path.split_once('/') {
            None => match path {
                "" => Self::Home,
                "check" => Self::Check(Filter::from_slug(value(query, "show"))),
                "change" => Self::Change,
                "result" => Self::Result,
                "submit" => Self::Submit,
                "submissions" => Self::Submissions,
                "storage" => Self::Storage,
                "photos" => Self::Photos,
                "profile" => Self::Profile,
                "activate" => Self::Activate,
                "handbook" => Self::Handbook,
                "ledger" => Self::Ledger,
                "findings" => Self::Findings,
                "inspection" => Self::Inspection(By::parse(query)?),
                "talk" => Self::Talk,
                "paper" => Self::Papers,
                "me" => Self::Me,
                _ => return None,
            },
            Some(("check", item)) => Self::Question(ItemId::new(item).ok()?),
            Some(("submissions", id)) => Self::Submission(id.parse().ok()?),
            Some(("handbook", section)) => Self::Section(SectionId::new(section).ok()?),
            Some(("ledger", "year")) => Self::LedgerYear,
            Some(("ledger", "new")) => Self::LedgerNew(None),
            Some(("ledger", entry)) => match entry.strip_prefix(AGAIN) {
                Some(like) => Self::LedgerNew(Some(Like::parse(like)?)),
                None => Self::LedgerEntry(entry.parse().ok()?),
            },
            Some(("inspection", item)) => Self::Shown(ItemId::new(item).ok()?, By::parse(query)?),
            Some(("findings", id)) => Self::Finding(id.parse().ok()?),
            Some(("paper", form)) => Self::Paper(form.to_owned()),
            Some(("me", "display")) => Self::Display,
            Some(("me", "branches")) => Self::Branches,
            Some(("me", "phone")) => Self::AddPhone,
            Some(("me", "about")) => Self::About,
            Some(("me", "unbind")) => Self::Unbind,
            Some(_) => return None,
        };
        Some(place)
    }

    /// Its address: path and query.
    pub fn address(&self) -> String {
        let (path, name) = match self {
            Self::Home => ("/", ""),
            Self::Check(Filter::All) => ("/check", ""),
            Self::Check(filter) => ("/check?show=", filter.slug()),
            Self::Question(item) => ("/check/", item.as_str()),
            Self::Change => ("/change", ""),
            Self::Result => ("/result", ""),
            Self::Submit => ("/submit", ""),
            Self::Submissions => ("/submissions", ""),
            Self::Submission(id) => return format!("/submissions/{id}"),
            Self::Storage => ("/storage", ""),
            Self::Photos => ("/photos", ""),
            Self::Profile => ("/profile", ""),
            Self::Activate => ("/activate", ""),
            Self::Handbook => ("/handbook", ""),
            Self::Section(section) => ("/handbook/", section.as_str()),
            Self::Ledger => ("/ledger", ""),
            Self::LedgerYear => ("/ledger/year", ""),
            Self::LedgerNew(None) => ("/ledger/new", ""),
            Self::LedgerNew(Some(Like::Last(kind))) => return format!("/ledger/{AGAIN}{}", slug(*kind)),
            Self::LedgerNew(Some(Like::Entry(id))) => return format!("/ledger/{AGAIN}{id}"),
            Self::LedgerEntry(id) => return format!("/ledger/{id}"),
            Self::Inspection(by) => return format!("/inspection{}", by.query()),
            Self::Shown(item, by) => return format!("/inspection/{item}{}", by.query()),
            Self::Talk => ("/talk", ""),
            Self::Findings => ("/findings", ""),
            Self::Finding(id) => return format!("/findings/{id}"),
            Self::Papers => ("/paper", ""),
            Self::Paper(form) => ("/paper/", form.as_str()),
            Self::Me => ("/me", ""),
            Self::Display => ("/me/display", ""),
            Self::Branches => ("/me/branches", ""),
            Self::AddPhone => ("/me/phone", ""),
            Self::About => ("/me/about", ""),
            Self::Unbind => ("/me/unbind", ""),
        };
        [path, name].concat()
    }

    /// Whether others look at the screen: then nothing stands on it that is meant for the branch alone.
    pub fn is_for_others(&self) -> bool {
        matches!(self, Self::Inspection(_) | Self::Shown(..) | Self::Talk)
    }

    /// The part of the bar that it belongs to.
    pub fn part(&self) -> Part {
        match self {
            Self::Home
            | Self::Change
            | Self::Result
            | Self::Submit
            | Self::Ledger
            | Self::LedgerYear
            | Self::LedgerNew(_)
            | Self::LedgerEntry(_)
            | Self::Findings
            | Self::Finding(_)
            | Self::Inspection(_)
            | Self::Shown(..)
            | Self::Talk => Part::Home,
            Self::Check(_) | Self::Question(_) => Part::Check,
            Self::Handbook | Self::Section(_) => Part::Handbook,
            Self::Submissions
            | Self::Submission(_)
            | Self::Storage
            | Self::Photos
            | Self::Profile
            | Self::Activate
            | Self::Papers
            | Self::Paper(_)
            | Self::Me
            | Self::Display
            | Self::Branches
            | Self::AddPhone
            | Self::About
            | Self::Unbind => Part::Me,
        }
    }
}

impl Like {
    fn parse(name: &str) -> Option<Self> {
        let kind = ActivityKind::ALL.into_iter().find(|kind| slug(*kind) == name);
        kind.map(Self::Last).or_else(|| name.parse().ok().map(Self::Entry))
    }
}

/// How the items are gone through.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum By {
    /// By the standard's first method.
    #[default]
    First,
    /// 听取汇报, 实地考察, 查阅资料 …
    Method(MethodId),
    /// By where the originals lie, box by box.
    Box,
}

/// What boxes are called in a query, beside methods by their ids.
const BOXES: &str = "in=boxes";

impl By {
    fn parse(query: &str) -> Option<Self> {
        if query.split('&').any(|pair| pair == BOXES) {
            return Some(Self::Box);
        }
        match value(query, "by") {
            "" => Some(Self::First),
            method => MethodId::new(method).ok().map(Self::Method),
        }
    }

    fn query(&self) -> String {
        match self {
            Self::First => String::new(),
            Self::Method(method) => format!("?by={method}"),
            Self::Box => format!("?{BOXES}"),
        }
    }
}

/// Before the kind or the entry of which another one is to be made.
const AGAIN: &str = "again-";

/// A kind's name in addresses: its name in the stored format.
fn slug(kind: ActivityKind) -> String {
    let text = serde_json::to_string(&kind).unwrap_or_default();
    text.trim_matches('"').to_owned()
}

/// The value of a name in a query; empty where it is not there.
fn value<'a>(query: &'a str, name: &str) -> &'a str {
    query
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(named, _)| *named == name))
        .map_or("", |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(address: &str) -> Option<Place> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        Place::parse(path, query)
    }

    #[test]
    fn every_place_is_found_at_its_address() {
        let item = ItemId::new("NC-A1").unwrap();
        let section = SectionId::new("party-fee.1").unwrap();
        let submission = SubmissionId::from_parts(1_764_000_000_000, &[7; 10]);
        let places = [
            Place::Home,
            Place::Question(item),
            Place::Change,
            Place::Result,
            Place::Submit,
            Place::Submissions,
            Place::Submission(submission),
            Place::Storage,
            Place::Photos,
            Place::Profile,
            Place::Activate,
            Place::Handbook,
            Place::Section(section),
            Place::Ledger,
            Place::LedgerYear,
            Place::LedgerNew(None),
            Place::LedgerEntry(LedgerId::from_parts(1_764_000_000_000, &[7; 10])),
            Place::Findings,
            Place::Finding(FindingId::from_parts(1_764_000_000_000, &[7; 10])),
            Place::LedgerNew(Some(Like::Entry(LedgerId::from_parts(1_764_000_000_000, &[7; 10])))),
            Place::Inspection(By::First),
            Place::Inspection(By::Method(MethodId::new("records").unwrap())),
            Place::Inspection(By::Box),
            Place::Shown(ItemId::new("NC-A1").unwrap(), By::Box),
            Place::Shown(ItemId::new("NC-A1").unwrap(), By::Method(MethodId::new("boxes").unwrap())),
            Place::Talk,
            Place::Papers,
            Place::Paper("report".into()),
            Place::Me,
            Place::Display,
            Place::Branches,
            Place::AddPhone,
            Place::About,
            Place::Unbind,
        ];
        let again = ActivityKind::ALL.map(|kind| Place::LedgerNew(Some(Like::Last(kind))));
        for place in places.into_iter().chain(Filter::ALL.map(Place::Check)).chain(again) {
            assert_eq!(parsed(&place.address()), Some(place));
        }
    }

    #[test]
    fn what_people_write_is_understood_and_the_rest_is_nowhere() {
        assert_eq!(parsed("/check/"), Some(Place::Check(Filter::All)));
        assert_eq!(parsed("/check?from=home&show=unsure"), Some(Place::Check(Filter::Unsure)));
        assert_eq!(parsed("/check?show=everything"), Some(Place::Check(Filter::All)));
        assert!(matches!(parsed("/check/some-item?from=home"), Some(Place::Question(_))));
        for nowhere in [
            "/nothing",
            "/me/nothing",
            "/result/1",
            "/check/a/b",
            "/check/%E7%94%B2",
            "/submissions/1",
            "/ledger/1",
            "/ledger/again-tea",
        ] {
            assert_eq!(parsed(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn the_bar_shows_where_one_is() {
        assert_eq!(parsed("/submit").unwrap().part(), Part::Home);
        assert_eq!(parsed("/ledger/year").unwrap().part(), Part::Home);
        assert_eq!(parsed("/submissions").unwrap().part(), Part::Me);
        assert_eq!(parsed("/check/NC-A1").unwrap().part(), Part::Check);
    }
}
