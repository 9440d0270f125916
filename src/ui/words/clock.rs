//! What is said of a phone whose clock cannot be right, and of what was filled in meanwhile.

use super::dates;
use crate::sync::ClockTrouble;
use jiff::civil::Date;

/// The way to the phone's own settings, as most phones name it.
const TO_SETTINGS: &str = "请到手机的“设置→系统→日期和时间”，打开“自动确定日期和时间”，再回到这里。";

/// The data light's first line while the clock is doubted.
pub fn light(trouble: ClockTrouble) -> &'static str {
    match trouble {
        ClockTrouble::Behind { .. } => "手机日期不对",
        ClockTrouble::Ahead { .. } => "日期可能不对",
    }
}

/// What is wrong, by which day the app goes meanwhile, and what to do.
pub fn sentence(trouble: ClockTrouble, today: Date) -> String {
    match trouble {
        ClockTrouble::Behind { says } => {
            format!(
                "手机的日期不对：手机上是{}，早就过去了。现在先按{}算。{TO_SETTINGS}",
                whole(says),
                whole(today)
            )
        }
        ClockTrouble::Ahead { says, confirmed } => {
            format!(
                "手机的日期可能不对：手机上是{}，上次联网那天是{}。真不对的话，{TO_SETTINGS}日期没错就不用管，连上网会自己核对。",
                whole(says),
                whole(confirmed)
            )
        }
    }
}

/// With the year, which is what is wrong most often.
fn whole(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// What was filled in for a period that has not begun.
pub fn stray(period: &str, starts: Date, today: Date, fitting: usize, rest: usize) -> String {
    let begins = dates::day(starts, today);
    let count = fitting + rest;
    let kept =
        format!("{period}要到{begins}才开始，里面却填过{count}处，像是手机日期不对的时候填的。没有丢。");
    match (fitting, rest) {
        (0, _) => format!("{kept}这些搬不过来，要照着再填一次。"),
        (_, 0) => kept,
        (_, rest) => format!("{kept}其中{rest}处是按月、按季填的，搬不过来，要照着再填一次。"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_wrong_clock_is_said_in_one_sentence_with_the_way_to_the_settings() {
        let (today, says) = (date(2026, 11, 24), date(2010, 1, 1));
        let behind = sentence(ClockTrouble::Behind { says }, today);
        for words in ["手机上是2010年1月1日", "先按2026年11月24日算", "设置→系统→日期和时间", "自动确定"]
        {
            assert!(behind.contains(words), "{behind}");
        }
        let says = date(2027, 11, 24);
        let ahead = sentence(ClockTrouble::Ahead { says, confirmed: today }, says);
        for words in ["可能不对", "2027年11月24日", "上次联网那天是2026年11月24日", "设置→系统→日期和时间"]
        {
            assert!(ahead.contains(words), "{ahead}");
        }
    }

    #[test]
    fn what_was_filled_in_meanwhile_is_said_not_to_be_lost() {
        let said = |fitting, rest| stray("2027年下半年", date(2027, 6, 1), date(2026, 11, 24), fitting, rest);
        assert_eq!(
            said(2, 0),
            "2027年下半年要到2027年6月1日才开始，里面却填过2处，像是手机日期不对的时候填的。没有丢。"
        );
        assert!(said(2, 1).contains("填过3处") && said(2, 1).contains("其中1处"));
        assert!(said(0, 1).ends_with("这些搬不过来，要照着再填一次。"));
    }
}
