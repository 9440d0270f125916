//! Where what she has filled in is: three words for three things. 只在这部手机里, 存成了文件（还在这部手机上）, 已送达.

use crate::store::{Count, Whereabouts};

/// A size as people say it.
pub fn size(bytes: u64) -> String {
    const MB: u64 = 1024 * 1024;
    if bytes < MB { format!("{}KB", bytes.div_ceil(1024)) } else { format!("{}MB", bytes / MB) }
}

/// 12处填写、3条台账、2张照片
pub fn counted(count: Count) -> String {
    let Count { answers, ledger, findings, requests, papers, unfinished, photos } = count;
    let all = [
        (answers, "处填写"),
        (ledger, "条台账"),
        (findings, "个整改的问题"),
        (requests, "份上报"),
        (papers, "期纸质材料的记录和改过的报告"),
        (unfinished, "处没填完的"),
        (photos, "张照片"),
    ];
    let said = all.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n}{what}"));
    said.collect::<Vec<_>>().join("、")
}

/// A sentence for each place at which there is something, the most urgent first.
pub fn sentences(all: Whereabouts) -> Vec<String> {
    let Whereabouts { only_here, in_file, sent_away, delivered } = all;
    let mut said = vec![if only_here.is_nothing() {
        "没有只在这部手机里的。".to_owned()
    } else {
        format!("只在这部手机里：{}。手机丢了、清了就没了。", counted(only_here))
    }];
    let mut say = |count: Count, before: &str, after: &str| {
        if !count.is_nothing() {
            said.push(format!("{before}：{}。{after}", counted(count)));
        }
    };
    say(in_file, "存成了文件（还在这部手机上）", "手机丢了，文件也没了。");
    say(sent_away, "存成了文件，你说过已经发到别处", "");
    say(delivered, "已送达", "");
    said
}

/// Why the phone cannot be unbound now; `None` if it can.
pub fn would_be_lost(all: Whereabouts) -> Option<String> {
    match (all.only_here.is_nothing(), all.in_file.is_nothing()) {
        (true, true) => None,
        (false, _) => {
            Some(format!("还有{}只在这部手机里，现在不能解除，解除就没了。", counted(all.only_here)))
        }
        (true, false) => Some(format!(
            "{}存成了文件，可是文件还在这部手机上，现在不能解除。先把文件发到别处。",
            counted(all.in_file)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_has_its_own_word_and_nothing_is_said_of_what_is_nowhere() {
        let answers = |answers| Count { answers, ..Count::default() };
        let all = Whereabouts {
            only_here: Count { answers: 12, photos: 2, ..Count::default() },
            in_file: Count { papers: 1, ..Count::default() },
            sent_away: Count::default(),
            delivered: answers(3),
        };
        let said = sentences(all);
        assert_eq!(said.len(), 3);
        assert!(said[0].starts_with("只在这部手机里：12处填写、2张照片。"), "{said:?}");
        assert!(said[1].starts_with("存成了文件（还在这部手机上）：1期纸质材料"), "{said:?}");
        assert_eq!(said[2], "已送达：3处填写。");
        assert_eq!(sentences(Whereabouts::default()), ["没有只在这部手机里的。"]);
        assert!(would_be_lost(all).unwrap().starts_with("还有12处填写、2张照片只在这部手机里，现在不能解除"));
        let filed = Whereabouts { in_file: answers(1), ..Whereabouts::default() };
        assert!(would_be_lost(filed).unwrap().contains("文件还在这部手机上，现在不能解除"));
        let away = Whereabouts { sent_away: answers(1), delivered: answers(2), ..Whereabouts::default() };
        assert_eq!(would_be_lost(away), None);
    }
}
