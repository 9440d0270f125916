//! What 整改台账 says of a finding, in the branch's paper form and in the upper level's workbook alike.

use super::{
    dates::day,
    terms::{finding_origin, finding_state, whole_day},
};
use crate::domain::{Finding, Ruling, finding::more_time::Turn, period::shanghai_date};
use jiff::civil::Date;

/// 问题来源: which check it was, as far as that was said.
pub fn source(finding: &Finding) -> String {
    if finding.detail.is_empty() { finding_origin(finding.origin).into() } else { finding.detail.clone() }
}

/// 问题来源 of what a branch has taken over from another, which is there no more: 接自十里村党支部：镇党委检查.
pub fn taken_over(from: &str, finding: &Finding) -> String {
    format!("接自{from}：{}", source(finding))
}

/// Which item it is about: 第17条; 原第7条“党务公开”, of one that only an earlier version has.
pub fn item(number: usize, title_of_old: Option<&str>) -> String {
    match title_of_old {
        Some(title) => format!("原第{number}条“{title}”"),
        None => format!("第{number}条"),
    }
}

/// How it stands: 整改中，逾期.
pub fn standing(finding: &Finding, today: Date) -> String {
    let overdue = if finding.is_overdue(today) { "，逾期" } else { "" };
    format!("{}{overdue}", finding_state(finding.state))
}

/// 完成情况: how it stands; not yet, and why, and until when instead. A day that has passed is promised no more, and the one that
/// the upper level asked for stands in its own column.
pub fn done(finding: &Finding, today: Date) -> String {
    let mut text = standing(finding, today);
    if finding.state.is_to_be_mended() && !finding.delay_reason.is_empty() {
        text.push_str(&format!("。原因：{}", finding.delay_reason));
        if let Some(day) = finding.deadline.filter(|day| *day >= today && Some(*day) != finding.demanded) {
            text.push_str(&format!("，{}前改好", whole_day(day)));
        }
    }
    text
}

/// 销号（验收人、日期）; empty until then.
pub fn closed(finding: &Finding) -> String {
    let Some(day) = finding.closed_on() else { return String::new() };
    let by = match (&finding.verdict, finding.settled) {
        (Some(verdict), None) => &verdict.by,
        _ => "支部",
    };
    format!("{by}，{}", whole_day(day))
}

/// 备注: why it came back, when that is the upper level's last word.
pub fn returned(finding: &Finding) -> Option<String> {
    let verdict = finding.verdict.as_ref()?;
    match &verdict.ruling {
        Ruling::Returned { reason, .. } => {
            Some(format!("{}退回：{reason}", whole_day(shanghai_date(verdict.given_at))))
        }
        Ruling::Closed => None,
    }
}

/// A word on the deadline: 申请延期到12月20日; 不同意延期，仍是11月25日：材料早就有了.
pub fn turn(turn: &Turn, today: Date) -> String {
    let said = |what: &str, until: Date, reply: &str| match reply {
        "" => format!("{what}{}", day(until, today)),
        reply => format!("{what}{}：{reply}", day(until, today)),
    };
    match turn {
        Turn::Set(None) => "整改时限：不定日子".into(),
        Turn::Set(Some(until)) => said("整改时限：", *until, ""),
        Turn::Asked(until) => said("申请延期到", *until, ""),
        Turn::Granted { until, reply } => said("同意延期，改到", *until, reply),
        Turn::Refused { until, reply } => said("不同意延期，仍是", *until, reply),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        FindingEntry, FindingField, FindingId, FindingOrigin, FindingValue, Findings, Stamp, Verdict,
        finding::endpoint_device, testing::stamp,
    };
    use jiff::civil::date;

    /// 2026-11-24 in Shanghai.
    const AT: u64 = 1_795_492_800_000;
    const TODAY: Date = date(2026, 11, 24);

    fn read(day: Date, ruling: Option<Ruling>) -> Finding {
        let finding = FindingId::from_parts(1, &[1; 10]);
        let word = |field, value| FindingEntry { finding, field, stamp: stamp(5, 1), value };
        let reason = FindingValue::Text { text: "书记外出".into() };
        let words = [
            word(FindingField::Deadline, FindingValue::Day { day: Some(day) }),
            word(FindingField::DelayReason, reason),
        ];
        let above = Stamp { ms: 9, count: 0, device: endpoint_device() };
        let verdict =
            ruling.map(|ruling| Verdict {
                finding, stamp: above, given_at: AT, by: "张组委".into(), ruling
            });
        Findings::new(words, verdict).find(finding).unwrap()
    }

    #[test]
    fn a_ledger_says_why_not_yet_and_until_when_while_that_can_be() {
        let later = date(2026, 12, 5);
        assert_eq!(done(&read(later, None), TODAY), "待整改。原因：书记外出，2026年12月5日前改好");
        assert_eq!(done(&read(date(2026, 11, 20), None), TODAY), "待整改，逾期。原因：书记外出");
        let asked = Ruling::Returned { reason: "照片看不清".into(), until: Some(later) };
        let asked = read(later, Some(asked));
        assert_eq!(done(&asked, TODAY), "退回。原因：书记外出", "that day has its own column");
        assert_eq!(
            (returned(&asked).as_deref(), closed(&asked)),
            (Some("2026年11月24日退回：照片看不清"), String::new())
        );
    }

    #[test]
    fn who_closed_it_and_where_it_comes_from() {
        let closed_one = read(TODAY, Some(Ruling::Closed));
        assert_eq!(done(&closed_one, date(2027, 1, 1)), "已销号");
        assert_eq!((closed(&closed_one).as_str(), returned(&closed_one)), ("张组委，2026年11月24日", None));
        let mut found = closed_one;
        assert_eq!(source(&found), "支部自查");
        found.origin = FindingOrigin::Inspection;
        assert_eq!(source(&found), "上级检查");
        found.detail = "11月县里检查".into();
        assert_eq!(source(&found), "11月县里检查");
    }
}
