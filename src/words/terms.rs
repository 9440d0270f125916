//! Names of grades, windows, activities, steps of mending and of a review, and of why something does not count.

use crate::domain::{
    ActivityKind, Citation, Finding, FindingOrigin, FindingState, Grade, Grading, Mark, MarkKind,
    NotApplicable, Window, scoring::ItemState,
};
use crate::protocol::ReviewState;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// The usual four 等次, the highest first.
pub const USUAL_GRADES: [(&str, Grade); 4] = [
    ("标兵", Grade::Model),
    ("优秀", Grade::Excellent),
    ("达标", Grade::Qualified),
    ("不合格", Grade::Unqualified),
];

/// 等次, as its standard calls it.
pub fn grade(grading: &Grading, grade: Grade) -> &str {
    match grade {
        Grade::Own(place) => grading.names.get(usize::from(place)).map_or("", |named| &named.name),
        usual => USUAL_GRADES.iter().find(|(_, known)| *known == usual).map_or("", |(name, _)| name),
    }
}

/// Where a submission stands above; `None` is 未审.
pub const fn review(state: Option<ReviewState>) -> &'static str {
    match state {
        None => "未审",
        Some(ReviewState::InReview) => "审核中",
        Some(ReviewState::Returned) => "退回修改",
        Some(ReviewState::Incomplete) => "需补材料",
        Some(ReviewState::Approved) => "审核通过",
    }
}

/// 本支部不设 / 本期没有此事
pub fn not_applicable(reason: NotApplicable) -> &'static str {
    match reason {
        NotApplicable::AbsentHere => "本支部不设",
        NotApplicable::NoOccurrence => "本期没有此事",
    }
}

/// Why an item does not count, where it does not: 本支部不设, 由镇安镇党委评, 还没到时候. `judge` is who judges from above.
pub fn aside(state: ItemState, judge: &str) -> Option<String> {
    match state {
        ItemState::Answered | ItemState::Unanswered | ItemState::Unsure => None,
        ItemState::NotApplicable { reason } => Some(not_applicable(reason).into()),
        ItemState::Excluded => Some(not_applicable(NotApplicable::AbsentHere).into()),
        ItemState::JudgedAbove => Some(format!("由{judge}评")),
        ItemState::NotDue => Some("还没到时候".into()),
    }
}

/// 2026年11月24日: with the year, as papers have it.
pub fn whole_day(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// What something rests on, and since when that holds: 《…》第十六条（条号待核），2018年10月28日起.
pub fn cite(citation: &Citation) -> String {
    let article = match (citation.article.is_empty(), citation.article_checked) {
        (true, _) => String::new(),
        (false, true) => citation.article.clone(),
        (false, false) => format!("{}（条号待核）", citation.article),
    };
    let from = citation.effective_from.map(|from| format!("，{}起", whole_day(from))).unwrap_or_default();
    let until = citation.effective_to.map(|until| format!("，{}止", whole_day(until))).unwrap_or_default();
    // A name may go on after its marks: 《…》（2026年）.
    let (open, close) = if citation.document.starts_with('《') { ("", "") } else { ("《", "》") };
    format!("{open}{}{close}{article}{from}{until}", citation.document)
}

/// A question as it stands before its answer: 谈过的有几人？ as 谈过的有几人：9人.
pub fn before_answer(question: &str) -> &str {
    question.trim_end_matches(['？', '：'])
}

/// What is suggested, assumed or local: 建议：….
pub fn marked(what: &Mark) -> String {
    format!("{}：{}", mark(what.kind), what.text)
}

/// 假定 / 建议 / 本地要求
pub const fn mark(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Assumed => "假定",
        MarkKind::Suggested => "建议",
        MarkKind::Local => "本地要求",
    }
}

/// How often: 每月, 每季度 …
pub fn often(window: Window) -> &'static str {
    match window {
        Window::Month => "每月",
        Window::Quarter => "每季度",
        Window::HalfYear => "每半年",
        Window::Year => "每年",
        Window::Term => "每届",
        Window::PeriodEnd => "本期",
    }
}

/// 支部党员大会 …
pub const fn kind(kind: ActivityKind) -> &'static str {
    match kind {
        ActivityKind::MemberMeeting => "支部党员大会",
        ActivityKind::CommitteeMeeting => "支委会",
        ActivityKind::GroupMeeting => "党小组会",
        ActivityKind::PartyClass => "党课",
        ActivityKind::ThemedDay => "主题党日",
        ActivityKind::OrganisationalLifeMeeting => "组织生活会",
        ActivityKind::DemocraticAppraisal => "民主评议党员",
        ActivityKind::HeartToHeartTalk => "谈心谈话",
        ActivityKind::Volunteering => "志愿服务",
        ActivityKind::Visit => "走访慰问",
        ActivityKind::Openness => "党务公开",
        ActivityKind::FinancialOpenness => "财务公开",
    }
}

/// One step of mending. Of what the upper level found the branch says 支部已整改, and 销号 is the upper level's word; of what the branch
/// found itself it is the branch's.
pub fn finding_state(state: FindingState) -> &'static str {
    match state {
        FindingState::Open => "待整改",
        FindingState::UnderWay => "整改中",
        FindingState::Mended => "支部已整改",
        FindingState::Returned => "退回",
        FindingState::Closed => "已销号",
        FindingState::Withdrawn => "支部撤掉",
    }
}

/// 问题来源, where no more is said of it.
pub fn finding_origin(origin: FindingOrigin) -> &'static str {
    match origin {
        FindingOrigin::SelfCheck => "支部自查",
        FindingOrigin::Inspection => "上级检查",
    }
}

/// 照片：整改前1张、整改后2张; empty where there are none.
pub fn finding_photos(finding: &Finding) -> String {
    let said = |name: &str, count: usize| (count > 0).then(|| format!("{name}{count}张"));
    let said = [said("整改前", finding.before.len()), said("整改后", finding.after.len())];
    let said: Vec<String> = said.into_iter().flatten().collect();
    if said.is_empty() { String::new() } else { format!("照片：{}", said.join("、")) }
}

/// 主题党日、党课
pub fn kinds(kinds: &BTreeSet<ActivityKind>) -> String {
    kinds.iter().map(|of| kind(*of)).collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn photos_of_a_finding_are_said_by_number() {
        use crate::domain::{ContentHash, FindingEntry, FindingField, FindingId, FindingValue, Findings};
        let id = FindingId::from_parts(1, &[1; 10]);
        let stamp = crate::domain::testing::stamp(1, 1);
        let word = |field, value| FindingEntry { finding: id, field, stamp, value };
        let problem = FindingValue::Text { text: "缺签到表".into() };
        let mut findings = Findings::new([word(FindingField::Problem, problem)], []);
        assert_eq!(finding_photos(&findings.find(id).unwrap()), "");
        for photo in [b"one", b"two"] {
            let sha256 = ContentHash::of(photo);
            findings.write(word(FindingField::After { sha256 }, FindingValue::Attached { attached: true }));
        }
        assert_eq!(finding_photos(&findings.find(id).unwrap()), "照片：整改后2张");
    }

    #[test]
    fn a_document_stands_in_its_marks_once_and_a_version_after_them() {
        let said = |document: &str, effective_to| {
            let article = "第三十条".into();
            cite(&Citation {
                document: document.into(),
                article,
                article_checked: true,
                effective_from: None,
                effective_to,
            })
        };
        assert_eq!(said("条例", None), "《条例》第三十条");
        assert_eq!(said("《条例》", None), "《条例》第三十条");
        let until = jiff::civil::date(2025, 12, 31);
        assert_eq!(
            said("《法》（2018年修正）", Some(until)),
            "《法》（2018年修正）第三十条，2025年12月31日止"
        );
        assert_eq!(said("《规划（2024—2028年）》", None), "《规划（2024—2028年）》第三十条");
    }

    #[test]
    fn every_activity_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = ActivityKind::ALL.into_iter().map(kind).collect();
        assert_eq!(names.len(), ActivityKind::ALL.len());
        let both = [ActivityKind::ThemedDay, ActivityKind::PartyClass].into();
        assert_eq!(kinds(&both), "党课、主题党日");
    }
}
