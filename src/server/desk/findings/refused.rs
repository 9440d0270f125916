//! What the use cases of problems refuse, as the desk says it.

use crate::domain::{answer::MAX_TEXT_CHARS, finding::check::MAX_FINDING_ENTRIES};
use crate::server::office::{actor::Unheard, scope};
use crate::server::{
    desk::{failure::Failure, kit::NO_DAY},
    office::mending::{Refusal, Unsaid, kinds::MAX_NAME_CHARS},
};

/// What a clerk can mend, in words; anything else is another page.
pub(super) fn told(refusal: Refusal) -> Result<String, Failure> {
    Ok(match refusal {
        Refusal::Denied(_) | Refusal::Unknown(_) | Refusal::Ambiguous(..) => return Err(Failure::NotHere),
        Refusal::Unheard(Unheard::Phone | Unheard::UnfitName) => return Err(Failure::NotHere),
        Refusal::Scope(scope::Refusal::Database(error))
        | Refusal::Unheard(Unheard::Database(error))
        | Refusal::Database(error) => return Err(error.into()),
        Refusal::Scope(scope::Refusal::UnknownUnit(code)) => {
            format!("支部{code}已经没有了，或者归了别处。什么都没有改；刷新后再办。")
        }
        Refusal::Scope(_) => return Err(Failure::NotHere),
        Refusal::NotMended { branch, .. } => format!("{branch}还没有说整改好。"),
        Refusal::Own { branch, .. } => {
            format!("这是{branch}自己查出来的，由支部自己销号。认为没有改好的，另写一个问题。")
        }
        Refusal::PassedOn { branch, into } => {
            format!("{branch}并入了{into}，这个问题由{into}接着改，到那里办。")
        }
        Refusal::NoKind => "这个类别已经不用了，或者不归这里用。另选一个。".into(),
        Refusal::KindName => format!("类别的名称写一行，不超过{MAX_NAME_CHARS}个字。"),
        Refusal::Day(_) => NO_DAY.into(),
        Refusal::Reason => format!("写清楚，不超过{MAX_TEXT_CHARS}个字，不要有看不见的控制字符。"),
        Refusal::Unsaid(Unsaid::Overtaken) => {
            "就在刚才，别人对这个问题说了新的话。什么都没有改；看过再办。".into()
        }
        Refusal::Unsaid(Unsaid::Faulty(_)) => {
            format!("有一处写不进去：文字不超过{MAX_TEXT_CHARS}个字，不要有看不见的控制字符。")
        }
        Refusal::Unsaid(Unsaid::Full(branch)) => {
            format!("支部{branch}的整改记录要超过{MAX_FINDING_ENTRIES}条了，写不进去；这个问题打电话说。")
        }
    })
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match told(refusal) {
            Ok(text) => Self::Refused(text),
            Err(failure) => failure,
        }
    }
}
