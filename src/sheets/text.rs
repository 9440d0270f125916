//! What the text of a cell says: one form for what reads alike, and what is in it that nobody sees.

use crate::domain::text::is_unseen;
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization as _;

/// What was done to a text so that it says what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mended {
    /// Characters that take no room were left out.
    Invisible,
    /// Radicals that look like characters (⽀, as PDF files have them) became these characters (支).
    Radicals,
}

/// The canonical form of a text: NFC, line feeds only, no space at the ends of its lines, no empty lines around it.
pub(crate) fn canonical(text: &str) -> String {
    let text: String = text.nfc().collect();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim().to_owned()
}

/// The canonical form of what somebody pasted, and what had to be mended for it.
pub(super) fn cleaned(text: &str) -> (String, Option<Mended>) {
    let mut mended = None;
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let unseen = is_unseen(clean.chars().next_back(), c, characters.peek().copied());
        // What turns the writing is not left out: what is seen then is another text than what was meant.
        if unseen && !turns(c) {
            mended = mended.or(Some(Mended::Invisible));
        } else if let Some(plain) = plain_radical(c) {
            mended = mended.or(Some(Mended::Radicals));
            clean.push(plain);
        } else {
            clean.push(c);
        }
    }
    (canonical(&clean), mended)
}

/// Whether what follows is written in another direction than it would be.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The character that a radical looks like, where Unicode says which.
fn plain_radical(c: char) -> Option<char> {
    if !matches!(c, '\u{2e80}'..='\u{2fdf}') {
        return None;
    }
    let mut plain = core::iter::once(c).nfkc();
    plain.next().filter(|plain| *plain != c)
}

/// What makes a text show something else than it says, or shows that it was damaged; nothing safe can be made of it.
pub(super) fn hostile(text: &str) -> Option<&'static str> {
    text.chars().find_map(|c| match c {
        _ if turns(c) => Some("有改变文字方向的控制字符，看到的和存的不一样"),
        '\u{fffd}' => Some("有认不出的字“\u{fffd}”，多半是转换编码时弄坏的"),
        '\u{2e80}'..='\u{2eff}' => Some("有一个字用了偏旁部首的码位，看着像汉字，其实不是"),
        _ => None,
    })
}

/// Full-width digits, letters and signs as half-width ones: ２０２６．１ is 2026.1.
pub(crate) fn half_width(text: &str) -> Cow<'_, str> {
    let is_full = |c: char| ('\u{ff01}'..='\u{ff5e}').contains(&c);
    if !text.contains(is_full) {
        return Cow::Borrowed(text);
    }
    let half = |c: char| {
        let code = u32::from(c).checked_sub(0xfee0).filter(|_| is_full(c));
        code.and_then(char::from_u32).unwrap_or(c)
    };
    Cow::Owned(text.chars().map(half).collect())
}

/// A header as it is compared: without any space or line end, half-width, in small letters.
pub(crate) fn folded(header: &str) -> String {
    half_width(header).chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// How many characters have to be put in, taken out or changed to make one text the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, c) in one.chars().enumerate() {
        let mut before = index;
        let mut left = index + 1;
        let mut next = vec![left];
        for (above, known) in row.iter().skip(1).zip(&other) {
            left = (before + usize::from(c != *known)).min(above + 1).min(left + 1);
            before = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

/// The one of these that is nearest to a title and shares a character with it.
pub(super) fn nearest<'a>(title: &str, others: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let shares = |other: &&str| other.chars().any(|c| title.contains(c) && !c.is_ascii_punctuation());
    others.filter(shares).min_by_key(|other| distance(title, other))
}

/// Whether one text is the other with at most half of its characters changed.
pub(crate) fn is_near(one: &str, other: &str) -> bool {
    distance(one, other) * 2 <= one.chars().count().max(other.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_has_one_form() {
        for text in ["e\u{301}\n二", " \u{e9} \r\n二\r\n", "\n\u{e9}\r二\u{3000}"] {
            assert_eq!(canonical(text), "\u{e9}\n二", "{text:?}");
        }
    }

    #[test]
    fn what_nobody_sees_is_left_out_and_said() {
        assert_eq!(cleaned("十\u{200b}里\u{feff}村"), ("十里村".into(), Some(Mended::Invisible)));
        // A joiner stays where it belongs to the writing, and nowhere else: as in everything that is typed on a phone.
        for text in ["ئۇي\u{200d}غۇر", "👨\u{200d}👩\u{200d}👧"] {
            assert_eq!(cleaned(text), (text.into(), None));
        }
        assert_eq!(cleaned("王\u{200d}明\u{3164}"), ("王明".into(), Some(Mended::Invisible)));
        // As PDF files have it.
        assert_eq!(cleaned("党\u{2f40}部"), ("党支部".into(), Some(Mended::Radicals)));
        assert_eq!(cleaned("党支部"), ("党支部".into(), None));
        assert_eq!(hostile("党支部"), None);
        for text in ["\u{202e}部支", "\u{2066}a", "党\u{fffd}部", "\u{2ec4}丰县"] {
            assert!(hostile(text).is_some(), "{text:?}");
        }
    }

    #[test]
    fn headers_are_compared_without_their_looks() {
        for header in ["编号", " 编 号", "编\n号", "编\u{3000}号", "编\u{a0}号"] {
            assert_eq!(folded(header), "编号", "{header:?}");
        }
        assert_eq!(folded("县（市、区）"), "县(市、区)");
        assert_eq!(half_width("ＥＸ－１：２０２６．１"), "EX-1:2026.1");
    }

    #[test]
    fn the_nearest_header_is_named() {
        let found = ["单位编码", "上级编码", "负责人"];
        assert_eq!(nearest("上级编号", found.into_iter()), Some("上级编码"));
        assert_eq!(nearest("电话", found.into_iter()), None);
        assert!(is_near("怎么抓", "怎么做") && is_near("名称", "支部名称") && !is_near("分值", "分管领导"));
        assert_eq!(distance("整改时限", "整改期限"), 1);
        assert_eq!(distance("", "一二"), 2);
    }
}
