//! What a reviewer is told of a report, in Chinese.

use crate::{
    domain::{
        LedgerEntry, Period, Points, ScoreSheet, Stance, above::NotTheirs, period::shanghai_date,
        submission::ConsideredBy,
    },
    protocol::Review,
    server::desk::kit::NO_DAY,
    server::office::{
        reading::{
            Difference, Flag, PartSeen, Was,
            deciding::{Refusal, Refusal as Refused},
        },
        reviewing::{self, Unsound},
    },
    words::{answers, dates, terms},
};
use jiff::civil::Date;

/// Why an item stands open.
pub(super) const fn flag(flag: Flag) -> &'static str {
    match flag {
        Flag::AgainstLedger => "和台账不一样",
        Flag::Unanswered => "没填",
        Flag::Unsure => "拿不准",
        Flag::Changed => "这次改了",
        Flag::Asked => "上次要求改",
        Flag::Short => "扣了分",
        Flag::PhotoMissing => "照片没传全",
        Flag::JudgedAbove => "由上级评",
    }
}

/// How the total comes from what the items lost, where the items that count are not worth the full points.
pub(super) fn scaled(sheet: &ScoreSheet, full: Points) -> Option<String> {
    let counting = || sheet.items().filter(|item| item.state.counts());
    let of: Points = counting().map(|item| item.points).sum();
    let got: Points = counting().map(|item| item.got).sum();
    (of != full).then(|| {
        format!(
            "总分是折算的：要评的条目一共{of}分，得了{got}分，按方面折算成满分{full}分。\
             不适用的、由上级评的和没到时候的不算在内。"
        )
    })
}

/// 支委会 / 党员大会
pub(super) const fn considered(by: ConsideredBy) -> &'static str {
    match by {
        ConsideredBy::Committee => "支委会",
        ConsideredBy::MemberMeeting => "党员大会",
    }
}

/// What the ledger counted, where the branch says otherwise.
pub(super) fn ledger(part: &PartSeen<'_>, period: &Period) -> Option<String> {
    let (answer, entries) = part.ledger.as_ref()?;
    if part.reason.is_empty() {
        return Some(format!("从台账数的，{}条登记", entries.len()));
    }
    let counted = answers::said(part.part, answer, period);
    let days = if entries.is_empty() { String::new() } else { format!("（{}）", days(entries)) };
    Some(format!("台账数的：{counted}{days}"))
}

fn days(entries: &[LedgerEntry]) -> String {
    let said = |entry: &LedgerEntry| {
        format!("{}月{}日{}", entry.date.month(), entry.date.day(), terms::kinds(&entry.kinds))
    };
    entries.iter().map(said).collect::<Vec<_>>().join("、")
}

/// What a part said before the last return.
pub(super) fn was(part: &PartSeen<'_>, period: &Period) -> Option<String> {
    Some(match part.was.as_ref()? {
        Was::Nothing => "上次没填".into(),
        Was::Said(answer) => format!("上次：{}", answers::said(part.part, answer, period)),
    })
}

/// What else was otherwise then.
pub(super) fn difference(difference: &Difference) -> String {
    let or_nothing = |text: &str| if text.is_empty() { "没写".to_owned() } else { text.to_owned() };
    match difference {
        Difference::Stance(Stance::Applies) => "上次按适用填的".into(),
        Difference::Stance(Stance::Unsure) => "上次拿不准".into(),
        Difference::Stance(Stance::NotApplicable { reason }) => {
            format!("上次：{}", terms::not_applicable(*reason))
        }
        Difference::Location(text) => format!("上次的原件位置：{}", or_nothing(text)),
        Difference::Note(text) => format!("上次的纪实：{}", or_nothing(text)),
        Difference::Photos { more, fewer } => match (more, fewer) {
            (more, 0) => format!("比上次多{more}张照片"),
            (0, fewer) => format!("比上次少{fewer}张照片"),
            (more, fewer) => format!("照片换了：多{more}张，少{fewer}张"),
        },
    }
}

/// A step of the review in a line: 11月24日 12:00 镇安镇党委 王芳：退回修改，11月27日前改好.
pub(super) fn step(review: &Review, today: Date) -> String {
    let due = review.due.map(|due| format!("，{}前改好", dates::day(due, today))).unwrap_or_default();
    let (at, state) = (dates::moment(review.at, today), terms::review(Some(review.state)));
    format!("{at} {}：{state}{due}", review.by)
}

/// What was asked of the branch, until when, by whom: 退回修改，12月4日前改好（示例镇党委 王芳，12月1日）.
pub(super) fn sent_back(review: &Review, today: Date) -> String {
    let due = review.due.map(|due| format!("，{}前改好", dates::day(due, today))).unwrap_or_default();
    let on = dates::day(shanghai_date(review.at), today);
    format!("{}{due}（{}，{on}）", terms::review(Some(review.state)), review.by)
}

/// What is wrong with what was said of a report, and what to do.
pub(super) fn refusal(refusal: &Refusal, today: Date) -> String {
    match refusal {
        Refused::NoDay => "写上哪天以前改好，再退回。".into(),
        Refused::NoSuchDay => NO_DAY.into(),
        Refused::PastDay => "这一天已经过了，换一个往后的日子。".into(),
        Refused::Words => {
            "写了意见，又点了通过。要支部改的，点“退回修改”或者“需补材料”；不用改的，把意见删掉再通过。"
                .into()
        }
        Refused::Newer(said) => {
            let said: Vec<String> = said.iter().map(|review| step(review, today)).collect();
            format!("您看的时候，别人已经审了：{}。下面是现在的样子，您写的意见还在。", said.join("；"))
        }
        Refused::Replaced => {
            "您看的时候，支部撤回了这份，或者重新报了一份。这份不用再审，回一览看新的。".into()
        }
        Refused::Review(reviewing::Refusal::Reviewed(state)) => {
            format!("这份已经是“{}”，不用再开始。", terms::review(Some(*state)))
        }
        Refused::Review(reviewing::Refusal::Unsound(unsound)) => self::unsound(*unsound),
        Refused::Review(_) | Refused::Unread(_) => "没有办成，再看一遍。".into(),
    }
}

fn unsound(unsound: Unsound) -> String {
    let elsewhere = "要支部补什么，写在最下面“总的原因”里。";
    match unsound {
        Unsound::Gone => "支部已经撤销或者合并了，改不了：写什么都送不到。没有别的问题就审核通过。".into(),
        Unsound::NoReason => "退回要写原因：写在哪一条下面，或者写在最下面“总的原因”里。".into(),
        Unsound::UnfitReason | Unsound::UnfitItem => {
            "有一处意见超过500个字，或者有看不见的控制字符；缩短，或者重新手工输入。".into()
        }
        Unsound::NotTheirs(number, NotTheirs::JudgedAbove) => {
            format!("第{number}条由上级评，支部改不了；{elsewhere}")
        }
        Unsound::NotTheirs(number, NotTheirs::NotDue) => {
            format!("第{number}条这一期不评，支部改不了；{elsewhere}")
        }
        _ => "没有办成，再看一遍。".into(),
    }
}
