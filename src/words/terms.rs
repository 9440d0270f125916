//! Names of grades, windows and activities.

use crate::domain::{ActivityKind, Grade, Window};
use std::collections::BTreeSet;

/// 等次
#[must_use]
pub fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Unqualified => "不合格",
        Grade::Qualified => "达标",
        Grade::Excellent => "优秀",
        Grade::Model => "标兵",
    }
}

/// How often: 每月, 每季度 …
#[must_use]
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
#[must_use]
pub fn kind(kind: ActivityKind) -> &'static str {
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

/// 主题党日、党课
#[must_use]
pub fn kinds(kinds: &BTreeSet<ActivityKind>) -> String {
    kinds.iter().map(|of| kind(*of)).collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_activity_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = ActivityKind::ALL.into_iter().map(kind).collect();
        assert_eq!(names.len(), ActivityKind::ALL.len());
        let both = [ActivityKind::ThemedDay, ActivityKind::PartyClass].into();
        assert_eq!(kinds(&both), "党课、主题党日");
    }
}
