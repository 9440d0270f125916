//! What a text may hold: one filter for everything that people type or paste, on the phone and at the endpoint.
//!
//! The app passes every text through [`clean`] before it stores or sends it, and the endpoint refuses what [`fault`] names: what
//! is refused is exactly what would have been cleaned away. Nothing that can be seen is ever taken out, and no character becomes
//! another one that looks different: texts are not normalised (NFC would replace the characters of some people's names, and its
//! tables are a tenth of the app).

/// The longest text an answer may hold, in characters.
pub const MAX_TEXT_CHARS: usize = 500;
/// The longest name or post in a declaration, and the longest 主题党日固定日, in characters.
pub const MAX_NAME_CHARS: usize = 40;
/// The longest place, and place of the record book, in characters.
pub const MAX_PLACE_CHARS: usize = 60;
/// The longest topic, in characters.
pub const MAX_TOPIC_CHARS: usize = 200;
/// The longest resolution, in characters.
pub const MAX_RESOLUTION_CHARS: usize = 500;

/// How a text is laid out, and how many characters it has at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line: a name, a place.
    Line(usize),
    /// Line feeds are welcome: a note, a topic.
    Paragraph(usize),
}

impl Kind {
    /// 姓名、职务、主题党日固定日、主持人、记录人
    pub const NAME: Self = Self::Line(MAX_NAME_CHARS);
    /// 地点、记录本放在哪
    pub const PLACE: Self = Self::Line(MAX_PLACE_CHARS);
    /// 议题
    pub const TOPIC: Self = Self::Paragraph(MAX_TOPIC_CHARS);
    /// 决议
    pub const RESOLUTION: Self = Self::Paragraph(MAX_RESOLUTION_CHARS);
    /// 自评纪实、原件在哪、原因、存在问题、整改措施 …
    pub const NOTE: Self = Self::Paragraph(MAX_TEXT_CHARS);

    /// The most characters (Unicode scalar values).
    pub const fn most(self) -> usize {
        match self {
            Self::Line(most) | Self::Paragraph(most) => most,
        }
    }
}

/// Why a text cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// More characters than it may have.
    #[error("longer than {0} characters; shorten it")]
    TooLong(usize),
    /// A line feed where only one line may stand.
    #[error("holds a line break; write it on one line")]
    Break,
    /// A tab, a bell, a zero byte …
    #[error("holds the control character U+{0:04X}; take it out")]
    Control(u32),
    /// Something that cannot be seen, or turns round what stands beside it.
    #[error("holds the invisible character U+{0:04X}; take it out")]
    Invisible(u32),
}

/// What a character is, where it stands.
enum Character {
    Fits,
    Break,
    Tab,
    Refused(TextFault),
}

/// Looks at a character between what was kept before it and what comes after it.
fn look(before: Option<char>, c: char, after: Option<char>) -> Character {
    let code = u32::from(c);
    match c {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Character::Break,
        '\t' => Character::Tab,
        _ if c.is_control() => Character::Refused(TextFault::Control(code)),
        '\u{200c}' | '\u{200d}' if before.is_some_and(is_joined) && after.is_some_and(is_joined) => {
            Character::Fits
        }
        _ if is_invisible(c) => Character::Refused(TextFault::Invisible(code)),
        _ => Character::Fits,
    }
}

/// Marks without a form of their own, or none that may travel: zero widths, fillers, what turns the direction of writing, tags,
/// annotations, and what is no character at all (XML, and so Word and Excel, cannot hold it). First and last of each run; beside
/// these the last two of each of the 17 planes.
pub const INVISIBLE: [(char, char); 14] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fdd0}', '\u{fdef}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{e0000}', '\u{e00ff}'),
];

fn is_invisible(c: char) -> bool {
    INVISIBLE.iter().any(|(first, last)| (*first..=*last).contains(&c)) || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether a character is seen by nobody where it stands, between what was kept before it and what comes after it.
pub fn is_unseen(before: Option<char>, c: char, after: Option<char>) -> bool {
    matches!(look(before, c, after), Character::Refused(TextFault::Invisible(_)))
}

/// Whether a joiner beside it belongs to the writing: Arabic, Indic and Mongolian letters, and pictures made of several (👨‍👩‍👧).
fn is_joined(c: char) -> bool {
    let may_join = matches!(c, '\u{600}'..='\u{1fff}' | '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}');
    may_join && !is_invisible(c)
}

/// The text as it is stored and sent: without blanks at its ends, without what cannot be seen, not longer than it may be. A tab is
/// a space; a line break of whatever system is a line feed, or a space where only one line may stand.
pub fn clean(text: &str, kind: Kind) -> String {
    let text = text.trim();
    let mut cleaned = String::with_capacity(text.len());
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let after = characters.peek().copied();
        let kept = match look(before, c, after) {
            Character::Fits => c,
            // Of "\r\n" the second one counts.
            Character::Break if c == '\r' && after == Some('\n') => continue,
            Character::Break => match kind {
                Kind::Line(_) => ' ',
                Kind::Paragraph(_) => '\n',
            },
            Character::Tab => ' ',
            Character::Refused(_) => continue,
        };
        cleaned.push(kept);
        before = Some(kept);
    }
    if let Some((end, _)) = cleaned.char_indices().nth(kind.most()) {
        cleaned.truncate(end);
    }
    // What stood in the middle may stand at an end now.
    let is_blank = |c: char| c.is_whitespace() || matches!(c, '\u{200c}' | '\u{200d}');
    cleaned.trim_start().trim_end_matches(is_blank).to_owned()
}

/// What is wrong with a text, if anything. Blanks at its ends are nobody's fault.
pub fn fault(text: &str, kind: Kind) -> Option<TextFault> {
    if text.chars().count() > kind.most() {
        return Some(TextFault::TooLong(kind.most()));
    }
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match look(before, c, characters.peek().copied()) {
            Character::Fits => {}
            Character::Break if c == '\n' && matches!(kind, Kind::Paragraph(_)) => {}
            Character::Break => return Some(TextFault::Break),
            Character::Tab => return Some(TextFault::Control(u32::from(c))),
            Character::Refused(fault) => return Some(fault),
        }
        before = Some(c);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LINE: Kind = Kind::Line(10);
    const PARAGRAPH: Kind = Kind::Paragraph(10);

    #[test]
    fn what_is_pasted_becomes_what_is_seen() {
        for (pasted, line, paragraph) in [
            ("王\t小明", "王 小明", "王 小明"),
            ("  王小明\r\n", "王小明", "王小明"),
            ("一\r\n二\r三\u{2028}四", "一 二 三 四", "一\n二\n三\n四"),
            ("王\u{200b}小\u{feff}明\u{200e}", "王小明", "王小明"),
            ("\u{202e}明小王\u{202c}", "明小王", "明小王"),
            ("\u{7}铃\u{0}\u{7f}\u{9b}", "铃", "铃"),
            ("\u{200b}\u{3000} \u{ad}", "", ""),
            ("王\u{200d}明", "王明", "王明"),
            ("一二三四五六七八九十十一", "一二三四五六七八九十", "一二三四五六七八九十"),
            ("\u{ffff}甲\u{fdd0}乙\u{1fffe}", "甲乙", "甲乙"),
        ] {
            assert_eq!((clean(pasted, LINE).as_str(), clean(pasted, PARAGRAPH).as_str()), (line, paragraph));
            assert!(pasted.trim() == line || fault(pasted, LINE).is_some(), "{pasted:?} is not refused");
        }
    }

    #[test]
    fn what_can_be_seen_stays_as_it_is() {
        // Rare names (in planes 0, 2 and for private use), a compatibility form, a name of several parts, a chosen form of a
        // character, pictures, and the scripts of neighbours.
        for seen in [
            "𬱖𫖯㛃",
            "\u{e815}某",
            "\u{f9d1}",
            "阿·买买提",
            "葛\u{e0100}城",
            "👨‍👩‍👧好",
            "☀️",
            "ᠮᠣᠩᠭᠣᠯ",
            "བོད",
            "ئۇيغۇر",
            "é\u{301}",
            "Ａ１（三）",
        ] {
            for kind in [LINE, PARAGRAPH] {
                assert_eq!((fault(seen, kind), clean(seen, kind).as_str()), (None, seen));
            }
        }
    }

    #[test]
    fn what_is_refused_is_named() {
        assert_eq!(fault("一\n二", LINE), Some(TextFault::Break));
        assert_eq!(fault("一\n二", PARAGRAPH), None);
        assert_eq!(fault("一\r\n二", PARAGRAPH), Some(TextFault::Break));
        assert_eq!(fault("一\t二", PARAGRAPH), Some(TextFault::Control(9)));
        assert_eq!(fault("一\u{7}", LINE), Some(TextFault::Control(7)));
        assert_eq!(fault("一\u{200b}", LINE), Some(TextFault::Invisible(0x200b)));
        assert_eq!(fault(&"字".repeat(11), LINE), Some(TextFault::TooLong(10)));
        assert!(TextFault::Invisible(0x200b).to_string().contains("U+200B"));
    }

    /// Whatever can be pasted, and more of what is awkward than chance would bring.
    fn pasted() -> impl Strategy<Value = String> {
        let awkward = "王 \t\r\n\u{b}\u{85}\u{2028}\u{200b}\u{200c}\u{200d}\u{feff}\u{202e}👨\u{fe0f}ᠮ\u{0}\u{ffff}\u{3000}";
        let awkward = prop::sample::select(awkward.chars().collect::<Vec<_>>());
        prop::collection::vec(prop_oneof![awkward, any::<char>()], 0..16)
            .prop_map(|characters| characters.into_iter().collect())
    }

    proptest! {
        #[test]
        fn what_is_cleaned_has_no_fault_and_what_has_none_is_clean(text in pasted(), breaks in any::<bool>()) {
            let kind = if breaks { PARAGRAPH } else { LINE };
            let cleaned = clean(&text, kind);
            prop_assert_eq!(fault(&cleaned, kind), None);
            prop_assert_eq!(&clean(&cleaned, kind), &cleaned);
            if fault(&text, kind).is_none() {
                prop_assert_eq!(cleaned, text.trim());
            }
        }
    }
}
