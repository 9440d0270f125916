//! Proportions (比例) as a standard asks for them: 60% as well as 三分之一, exactly.
//!
//! 三分之一 is a third, not 33%; a whole percentage is stored as the number that it always was.

use super::points::Exact;
use crate::json::{FromJson, Json, Misread};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Any denominator is at most this: a percentage of two decimals.
const MOST: u16 = 10_000;
const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// A part of a whole, from nothing to all, in lowest terms. As JSON it is the number of percent where that is whole, else a
/// fraction: `60`, `"1/3"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Proportion {
    part: u16,
    whole: u16,
}

impl Proportion {
    /// Nothing.
    pub const NONE: Self = Self { part: 0, whole: 1 };
    /// All of it.
    pub const ALL: Self = Self { part: 1, whole: 1 };

    /// Whole percent; more than 100 is all.
    pub fn percent(percent: u8) -> Self {
        Self::new(percent.min(100).into(), 100).unwrap_or(Self::ALL)
    }

    /// A fraction; `None` when it is more than all, of nothing, or finer than a hundredth of a percent.
    pub fn new(part: u16, whole: u16) -> Option<Self> {
        if whole == 0 || part > whole {
            return None;
        }
        let (mut common, mut rest) = (whole, part);
        while rest > 0 {
            (common, rest) = (rest, common % rest);
        }
        let reduced = Self { part: part / common, whole: whole / common };
        (reduced.whole <= MOST).then_some(reduced)
    }

    /// As a share to reckon with.
    pub fn exact(self) -> Exact {
        Exact::new_raw(self.part.into(), self.whole.into())
    }

    /// How many percent, where that is whole.
    pub fn whole_percent(self) -> Option<u8> {
        let hundredfold = u32::from(self.part) * 100;
        let whole = u32::from(self.whole);
        u8::try_from(hundredfold / whole).ok().filter(|_| hundredfold.is_multiple_of(whole))
    }

    /// Reads what people write: `60`, `60%`, `37.5%`, `1/3`, `三分之一`, `百分之六十`.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some((whole, part)) = text.split_once("分之") {
            return Self::new(numeral(part)?, numeral(whole)?);
        }
        if let Some((part, whole)) = text.split_once(['/', '／']) {
            let number = |text: &str| text.trim().parse().ok();
            return Self::new(number(part)?, number(whole)?);
        }
        let digits = text.strip_suffix(['%', '％']).unwrap_or(text);
        let hundredths = super::points::Points::parse(digits.trim()).ok()?.hundredths();
        // Without its sign a number below one may be 90% that has lost its format.
        let is_plain = digits.len() == text.len();
        if is_plain && (1..100).contains(&hundredths) {
            return None;
        }
        Self::new(u16::try_from(hundredths).ok()?, MOST)
    }
}

/// 三, 十二, 一百 or 3.
fn numeral(text: &str) -> Option<u16> {
    let text = text.trim();
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    match text {
        "百" | "一百" => return Some(100),
        "千" | "一千" => return Some(1_000),
        _ => {}
    }
    let digit = |text: &str| {
        let mut characters = text.chars();
        let found = characters.next().filter(|_| characters.clone().next().is_none());
        let found = found.map(|character| if character == '两' { '二' } else { character })?;
        DIGITS.iter().position(|digit| *digit == found).and_then(|value| u16::try_from(value).ok())
    };
    let Some((tens, ones)) = text.split_once('十') else { return digit(text) };
    let tens = if tens.is_empty() { 1 } else { digit(tens)? };
    let ones = if ones.is_empty() { 0 } else { digit(ones)? };
    Some(tens * 10 + ones)
}

/// 三, 十二, 九十九; larger ones in figures.
fn in_words(number: u16) -> String {
    let digit = |value: u16| DIGITS.get(usize::from(value)).map(char::to_string).unwrap_or_default();
    match (number / 10, number % 10) {
        (0, ones) => digit(ones),
        (1, 0) => "十".into(),
        (1, ones) => format!("十{}", digit(ones)),
        (tens @ 2..=9, 0) => format!("{}十", digit(tens)),
        (tens @ 2..=9, ones) => format!("{}十{}", digit(tens), digit(ones)),
        _ => number.to_string(),
    }
}

impl Ord for Proportion {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        let crossed = |part: u16, whole: u16| u32::from(part) * u32::from(whole);
        crossed(self.part, other.whole).cmp(&crossed(other.part, self.whole))
    }
}

impl PartialOrd for Proportion {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// "60%", "37.5%", "三分之一": as people write it.
impl core::fmt::Display for Proportion {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let hundredths = u32::from(self.part) * u32::from(MOST);
        let whole = u32::from(self.whole);
        if hundredths.is_multiple_of(whole) {
            return write!(f, "{}%", super::points::Points::from_hundredths(hundredths / whole));
        }
        write!(f, "{}分之{}", in_words(self.whole), in_words(self.part))
    }
}

impl Serialize for Proportion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.whole_percent() {
            Some(percent) => serializer.serialize_u8(percent),
            None => serializer.collect_str(&format_args!("{}/{}", self.part, self.whole)),
        }
    }
}

/// Whole percent from 0 to 100.
fn of_percent(percent: u64) -> Option<Proportion> {
    let percent = u8::try_from(percent).ok().filter(|percent| *percent <= 100);
    percent.map(Proportion::percent)
}

/// A part of a whole, as "1/3".
fn of_fraction(text: &str) -> Option<Proportion> {
    let (part, whole) = text.split_once('/')?;
    Proportion::new(part.parse().ok()?, whole.parse().ok()?)
}

impl FromJson for Proportion {
    fn read(json: Json<'_>) -> Result<Self, Misread> {
        let read = match json.text() {
            Ok(text) => of_fraction(&text),
            Err(_) => of_percent(u64::read(json)?),
        };
        read.ok_or(Misread("proportion"))
    }
}

impl<'de> Deserialize<'de> for Proportion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Proportion;
            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("whole percent from 0 to 100, or a fraction as \"1/3\"")
            }
            fn visit_u64<E: de::Error>(self, percent: u64) -> Result<Proportion, E> {
                of_percent(percent).ok_or_else(|| E::custom("a percentage is a whole number from 0 to 100"))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Proportion, E> {
                of_fraction(text).ok_or_else(|| E::custom("a fraction is a part of a whole, as \"1/3\""))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(feature = "server")]
impl utoipa::PartialSchema for Proportion {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Type};
        let percent = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(100));
        let fraction =
            ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[0-9]{1,5}/[0-9]{1,5}$"));
        let said = "Whole percent, or a fraction in lowest terms that is no whole percentage: 60, \"1/3\"";
        OneOfBuilder::new().item(percent).item(fraction).description(Some(said)).into()
    }
}

#[cfg(feature = "server")]
impl utoipa::ToSchema for Proportion {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_proportion_is_read_and_said_as_people_write_it() {
        for (text, part, whole, said) in [
            ("60", 3, 5, "60%"),
            ("60%", 3, 5, "60%"),
            ("百分之六十", 3, 5, "60%"),
            ("0", 0, 1, "0%"),
            ("100", 1, 1, "100%"),
            ("37.5％", 3, 8, "37.5%"),
            ("99.95%", 1_999, 2_000, "99.95%"),
            ("三分之一", 1, 3, "三分之一"),
            ("1/3", 1, 3, "三分之一"),
            ("2 / 6", 1, 3, "三分之一"),
            ("三分之二", 2, 3, "三分之二"),
            ("四分之三", 3, 4, "75%"),
            ("十二分之七", 7, 12, "十二分之七"),
            ("二十一分之二十", 20, 21, "二十一分之二十"),
        ] {
            let read = Proportion::read(text);
            assert_eq!(read, Proportion::new(part, whole), "{text}");
            assert_eq!(read.map(|read| read.to_string()).as_deref(), Some(said), "{text}");
        }
        for bad in
            ["", "0.9", "101", "-1", "4/3", "三分之四", "1/0", "33.333%", "一半", "分之一", "1/3/4", "三"]
        {
            assert_eq!(Proportion::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_whole_percentage_is_the_number_that_it_always_was() {
        for (percent, json) in [(0, "0"), (60, "60"), (100, "100")] {
            assert_eq!(serde_json::to_string(&Proportion::percent(percent)).unwrap(), json);
            assert_eq!(serde_json::from_str::<Proportion>(json).unwrap(), Proportion::percent(percent));
        }
        let third = Proportion::new(1, 3).unwrap();
        assert_eq!(serde_json::to_string(&third).unwrap(), "\"1/3\"");
        assert_eq!(serde_json::from_str::<Proportion>("\"1/3\"").unwrap(), third);
        for bad in ["101", "-1", "0.5", "\"4/3\"", "\"三分之一\"", "\"1\"", "null"] {
            assert!(serde_json::from_str::<Proportion>(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_said_or_stored_is_read_as_the_same(part in 0_u16..=MOST, whole in 1_u16..=MOST) {
            let Some(one) = Proportion::new(part.min(whole), whole) else { return Ok(()) };
            prop_assert_eq!(Proportion::read(&one.to_string()), Some(one));
            let json = serde_json::to_string(&one).unwrap();
            prop_assert_eq!(serde_json::from_str::<Proportion>(&json).unwrap(), one);
            prop_assert!(Proportion::NONE <= one && one <= Proportion::ALL);
        }
    }
}
