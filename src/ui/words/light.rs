//! The data light's second line: what the upper level has.

use crate::{phone::next_step::Sent, words::terms};

/// Instead of it, for a branch that is there no more.
pub const ENDED: &str = "本支部已撤并";

/// 未上报 / 1份等网络 / 第1次已送达，又改2条未报 / 退回修改 …
pub fn upper(sent: &Sent, times: usize, waiting: usize, paused: bool) -> String {
    if paused && waiting > 0 {
        return format!("{waiting}份送不出，先重新启用");
    }
    match sent {
        Sent::Rejected => "没送成，要处理".into(),
        Sent::Waiting => format!("{}份等网络", waiting.max(1)),
        Sent::Nothing if waiting > 0 => format!("{waiting}份等网络"),
        Sent::Nothing => "未上报".into(),
        Sent::Delivered { review, changed, .. } => {
            let state = terms::review(review.as_ref().map(|review| review.state));
            let arrived = if review.is_none() { "已送达，" } else { "" };
            let changed = if *changed > 0 { format!("，又改{changed}条未报") } else { String::new() };
            format!("第{times}次{arrived}{state}{changed}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_light_tells_what_the_upper_level_has() {
        let delivered = |changed| Sent::Delivered { review: None, changed, moved: false };
        for (sent, times, waiting, paused, said) in [
            (Sent::Nothing, 0, 0, false, "未上报"),
            (Sent::Waiting, 1, 1, false, "1份等网络"),
            (Sent::Waiting, 1, 1, true, "1份送不出，先重新启用"),
            (delivered(0), 1, 0, false, "第1次已送达，未审"),
            (delivered(2), 1, 0, false, "第1次已送达，未审，又改2条未报"),
            (Sent::Rejected, 1, 1, false, "没送成，要处理"),
        ] {
            assert_eq!(upper(&sent, times, waiting, paused), said);
        }
    }
}
