//! Names of grades and windows.

use crate::domain::{Grade, Window};

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
