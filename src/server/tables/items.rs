//! 条目与原因 as clerks write it: 第31条：缺签到表；也缺记录；第32条：照片看不清.
//!
//! What follows a semicolon and names no item belongs to the reason before it. What might name one (3、照片看不清) is not guessed
//! at: 3 may be the item, or the third thing that is wrong with the item before.

use crate::{
    domain::{Checklist, ItemId, PeriodId, above::NotTheirs},
    protocol::ReviewItem,
    server::office::reviewing,
    sheets::fault::quoted,
};

/// What cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unclear {
    /// There is no such item.
    NoItem(String),
    /// An item without a reason.
    NoReason(String),
    /// It may be another item, or go on about the one before.
    Another(String),
    /// An item that the branch cannot mend.
    NotTheirs {
        /// 第44条“中心工作和乡村振兴”
        item: String,
        /// Why.
        why: NotTheirs,
    },
}

impl Unclear {
    /// What is wrong and what to do, of a checklist with so many items.
    pub(crate) fn told(&self, items: usize) -> (String, String) {
        match self {
            Self::NoItem(piece) => (
                format!("{}看不出是哪一条", quoted(piece)),
                format!("写成 第31条：缺签到表；几条之间用分号隔开。条目从第1条到第{items}条"),
            ),
            Self::NoReason(piece) => (format!("{}没有写原因", quoted(piece)), "写成 第31条：缺签到表".into()),
            Self::Another(piece) => (
                format!("{}像是另一条，又像是接着说前一条", quoted(piece)),
                "是另一条，就写成 第32条：照片看不清，用分号和前一条隔开；是接着说的，去掉前面的数字".into(),
            ),
            Self::NotTheirs { item, why: NotTheirs::JudgedAbove } => (
                format!("{item}由上级评，支部改不了"),
                "核对是第几条；分由上级打，不写在这里；要支部补什么，写在原因里".into(),
            ),
            Self::NotTheirs { item, why: NotTheirs::NotDue } => {
                (format!("{item}这一期不评，支部改不了"), "核对是第几条；要支部补什么，写在原因里".into())
            }
        }
    }
}

/// The items with their reasons, or everything that is unclear, of a submission for this period.
pub(crate) fn read(
    text: &str,
    checklist: &Checklist,
    period: &PeriodId,
) -> Result<Vec<ReviewItem>, Vec<Unclear>> {
    let (mut items, mut unclear): (Vec<ReviewItem>, Vec<Unclear>) = (Vec::new(), Vec::new());
    let pieces = text.split([';', '；', '\n', '\r']).map(str::trim);
    for piece in pieces.filter(|piece| !piece.is_empty()) {
        let (label, reason) = match labelled(piece) {
            Some(both) => both,
            None if looks_labelled(piece, checklist) => {
                unclear.push(Unclear::Another(piece.into()));
                continue;
            }
            None => {
                match items.last_mut() {
                    Some(last) if another_in(piece).is_none() => {
                        last.reason.push('；');
                        last.reason.push_str(piece);
                    }
                    Some(_) => unclear.push(Unclear::Another(piece.into())),
                    None if unclear.is_empty() => unclear.push(Unclear::NoItem(piece.into())),
                    // It goes on about a piece that is named already.
                    None => {}
                }
                continue;
            }
        };
        match find_item(checklist, label) {
            None => unclear.push(Unclear::NoItem(piece.into())),
            Some(_) if reason.is_empty() => unclear.push(Unclear::NoReason(piece.into())),
            Some(item) => match another_in(reason) {
                Some(other) => unclear.push(Unclear::Another(other.into())),
                None => match not_theirs(checklist, &item, period) {
                    Some(other) => unclear.push(other),
                    None => items.push(ReviewItem { item, reason: reason.into() }),
                },
            },
        }
    }
    if unclear.is_empty() { Ok(items) } else { Err(unclear) }
}

/// Whether the branch has nothing to mend in an item.
fn not_theirs(checklist: &Checklist, item: &ItemId, period: &PeriodId) -> Option<Unclear> {
    let (number, why) = reviewing::not_theirs(checklist, period, item)?;
    let title = checklist.find(item).map_or("", |(.., item)| &item.title);
    Some(Unclear::NotTheirs { item: format!("第{number}条“{title}”"), why })
}

/// An item by its number (17, 第17条) or its id.
pub(crate) fn find_item(checklist: &Checklist, text: &str) -> Option<ItemId> {
    let text = text.trim();
    let bare = text.strip_prefix('第').unwrap_or(text);
    let bare = bare.strip_suffix('条').unwrap_or(bare).trim();
    let digits: Option<String> = bare.chars().map(digit).collect();
    if let Some(number) = digits.and_then(|digits| digits.parse::<usize>().ok()) {
        let index = number.checked_sub(1)?;
        return checklist.items().nth(index).map(|(_, item)| item.id.clone());
    }
    checklist.items().find(|(_, item)| item.id.as_str() == text).map(|(_, item)| item.id.clone())
}

/// A digit, half or full width, as half width.
fn digit(c: char) -> Option<char> {
    let full = u32::from(c).checked_sub(u32::from('０')).and_then(|value| char::from_digit(value, 10));
    if c.is_ascii_digit() { Some(c) } else { full }
}

/// What stands before a colon or an equals sign, or 第17条, and what follows it.
fn labelled(piece: &str) -> Option<(&str, &str)> {
    if let Some((label, reason)) = piece.split_once([':', '：', '=', '＝']) {
        return Some((label.trim(), reason.trim()));
    }
    let end = piece.find('条')? + '条'.len_utf8();
    let (label, reason) = piece.split_at(end);
    let number = label.strip_prefix('第')?.strip_suffix('条')?.trim();
    let is_number = !number.is_empty() && number.chars().all(|c| digit(c).is_some());
    is_number.then(|| (label, reason.trim_start_matches(['，', ',', '、', '。', ' ']).trim()))
}

const NUMERALS: &str = "一二三四五六七八九十";
const STOPS: [char; 8] = ['、', '.', '．', ',', '，', ')', '）', '。'];
/// What is counted: 3份照片 is no item 3.
const COUNTED: &str = "份张次人月日年号个名本页处项季周天点时分元岁期届条件%％";

/// Whether a piece begins as an item would: with a number and a stop, a number in brackets, a number and other text, an id.
fn looks_labelled(piece: &str, checklist: &Checklist) -> bool {
    let bare = piece.trim_start_matches(['(', '（', '第', '【', '[']).trim_start();
    let after = |is: fn(char) -> bool| bare.trim_start_matches(is);
    let (after_digits, after_numeral) = (after(|c| digit(c).is_some()), after(|c| NUMERALS.contains(c)));
    let is_id = checklist.items().any(|(_, item)| piece.starts_with(item.id.as_str()));
    let is_circled = piece.starts_with(|c: char| ('①'..='⑳').contains(&c));
    if after_digits.len() < bare.len() {
        return is_stop(after_digits) || !after_digits.starts_with(|c| COUNTED.contains(c) || c == '.');
    }
    let is_numeral = after_numeral.len() < bare.len()
        && (is_stop(after_numeral) || (piece.starts_with('第') && after_numeral.starts_with('条')));
    is_id || is_circled || is_numeral
}

/// Whether a text begins with a stop behind which a reason follows, not more digits: 3.5分, 3、4月.
fn is_stop(text: &str) -> bool {
    let mut chars = text.chars();
    let stop = chars.next();
    stop.is_some_and(|c| STOPS.contains(&c)) && chars.find(|c| *c != ' ').is_none_or(|c| digit(c).is_none())
}

/// Another item in the middle of a reason: behind a comma or a space a number and a stop or a colon, or 第3条.
fn another_in(reason: &str) -> Option<&str> {
    let behind = reason.match_indices(['，', ',', '、', '。', ' ', '\u{3000}', '\t']);
    let rests = behind.filter_map(|(at, found)| reason.get(at + found.len()..).map(str::trim_start));
    rests.into_iter().find(|rest| {
        let bare = rest.trim_start_matches(['(', '（', '第']);
        let after = bare.trim_start_matches(|c| digit(c).is_some() || NUMERALS.contains(c));
        let is_item = rest.starts_with('第') && after.starts_with('条');
        let colon = after.strip_prefix('条').unwrap_or(after).strip_prefix([':', '：']);
        let has_reason = colon.is_some_and(|text| !text.starts_with(|c| digit(c).is_some()));
        after.len() < bare.len() && (is_item || is_stop(after) || has_reason)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{checklist, period};

    fn all(text: &str) -> Vec<(String, String)> {
        let list = checklist();
        let number = |id: &ItemId| list.items().position(|(_, item)| item.id == *id).unwrap() + 1;
        let items = read(text, &list, &period().id).unwrap_or_else(|unclear| panic!("{text}: {unclear:?}"));
        items.into_iter().map(|one| (number(&one.item).to_string(), one.reason)).collect()
    }

    fn unclear(text: &str) -> Vec<Unclear> {
        read(text, &checklist(), &period().id).unwrap_err()
    }

    #[test]
    fn items_stand_apart_and_what_names_none_goes_on() {
        let pair = |number: &str, reason: &str| (number.to_owned(), reason.to_owned());
        for (text, expected) in [
            ("第1条：缺签到表；第2条：照片看不清", vec![pair("1", "缺签到表"), pair("2", "照片看不清")]),
            ("1:缺签到表;2=照片看不清；", vec![pair("1", "缺签到表"), pair("2", "照片看不清")]),
            ("第 2 条：缺签到表\n１：照片看不清", vec![pair("2", "缺签到表"), pair("1", "照片看不清")]),
            (
                "第1条缺签到表，11月27日前补；第2条，照片看不清",
                vec![pair("1", "缺签到表，11月27日前补"), pair("2", "照片看不清")],
            ),
            (
                "1：缺签到表；也缺记录；2：照片看不清",
                vec![pair("1", "缺签到表；也缺记录"), pair("2", "照片看不清")],
            ),
            ("1：缺签到表；3份照片看不清", vec![pair("1", "缺签到表；3份照片看不清")]),
            ("1：2月缺签到表；第三季度没有开", vec![pair("1", "2月缺签到表；第三季度没有开")]),
            (
                "1：缺1、2、3月签到表，3:30开的会没有写，应得3.5分",
                vec![pair("1", "缺1、2、3月签到表，3:30开的会没有写，应得3.5分")],
            ),
        ] {
            assert_eq!(all(text), expected, "{text}");
        }
        assert!(all("").is_empty());
    }

    #[test]
    fn what_may_be_another_item_is_never_put_to_the_one_before() {
        for piece in [
            "2、照片看不清",
            "2.照片看不清",
            "２、照片看不清",
            "二、照片看不清",
            "（2）照片看不清",
            "(二)照片看不清",
            "②照片看不清",
            "2 照片看不清",
            "2照片看不清",
            "第2、照片看不清",
            "2，照片看不清",
            "2、3月的照片看不清",
        ] {
            for text in [format!("1：缺签到表；{piece}"), format!("1：缺签到表\n{piece}；也缺记录")]
            {
                assert_eq!(unclear(&text), [Unclear::Another(piece.into())], "{text}");
            }
            assert!(read(piece, &checklist(), &period().id).is_err(), "{piece}");
        }
        for text in [
            "1：缺签到表，2：照片看不清",
            "1：缺签到表 2、照片看不清",
            "1：缺签到表、第2条照片看不清",
            "1：缺签到表。二、照片看不清",
        ] {
            assert!(matches!(&unclear(text)[..], [Unclear::Another(_)]), "{text}");
        }
    }

    #[test]
    fn everything_unclear_is_named() {
        assert_eq!(
            unclear("缺签到表；也缺记录；第99条：缺签到表；1：；签到：缺；1：好"),
            [
                Unclear::NoItem("缺签到表".into()),
                Unclear::NoItem("第99条：缺签到表".into()),
                Unclear::NoReason("1：".into()),
                Unclear::NoItem("签到：缺".into()),
            ]
        );
        let (problem, remedy) = Unclear::Another("3、照片看不清".into()).told(50);
        assert!(problem.contains("像是另一条") && remedy.contains("第32条：照片看不清"));
    }
}
