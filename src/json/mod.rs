//! JSON as it is read on the phone: small, and the same as serde reads it.
//!
//! What serde derives for reading is made anew for each type, with a visitor for lists, one for members and a place for every field: an
//! eighth of the app's code was that. Here a text is read once into a list of its values ([`scan`]), and a type picks its members out of
//! that by name. Writing, and all that the endpoint reads, is serde's. Both follow from one declaration: `#[derive(FromJson)]` (`derive/`)
//! reads serde's words. Of two members of one name neither counts, members that nobody knows are passed over, as serde does; only a
//! list in the place of a record's members, which nothing writes, is read by serde alone.
//!
//! The small readers that there are do not do: miniserde knows no variants that hold something, nanoserde has words of its own, so each
//! type would be declared twice, and neither reads through `try_from`, by which what is read is checked here.

pub use biaochi_derive::FromJson;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use uuid::Uuid;

/// What a type is read from.
pub trait FromJson: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// When it is something else.
    fn read(json: Json<'_>) -> Result<Self, Misread>;

    /// What it is where a record has no such member.
    fn absent() -> Option<Self> {
        None
    }
}

/// What could not be read: the name of a type, or of the member that was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no {0} as it is known here")]
pub struct Misread(pub &'static str);

/// Reads a text that holds one value.
///
/// # Errors
/// When it is no JSON, or no such value.
pub fn from_str<T: FromJson>(text: &str) -> Result<T, Misread> {
    let values = scan(text).ok_or(Misread("JSON"))?;
    T::read(Json { whole: &Whole { text, values }, at: 0 })
}

/// A text and its values, each before those inside it; a member's name is a value before the member.
struct Whole<'a> {
    text: &'a str,
    values: Vec<Place>,
}

/// Where in the text a value stands, and how many values are inside it.
struct Place {
    from: usize,
    to: usize,
    inside: usize,
}

/// One value of a text.
#[derive(Clone, Copy)]
pub struct Json<'a> {
    whole: &'a Whole<'a>,
    at: usize,
}

impl<'a> Json<'a> {
    /// As it is written.
    pub fn source(self) -> &'a str {
        let place = &self.whole.values[self.at];
        &self.whole.text[place.from..place.to]
    }

    /// The values of a list; of a record, names and members in turns. `None` for any other value.
    fn inside(self, bracket: u8) -> Option<Inside<'a>> {
        let end = self.at + self.whole.values[self.at].inside;
        let all = Inside { next: Self { at: self.at + 1, ..self }, end };
        self.source().as_bytes().starts_with(&[bracket]).then_some(all)
    }

    /// The values of a list.
    ///
    /// # Errors
    /// For any other value.
    pub fn list(self) -> Result<Inside<'a>, Misread> {
        self.inside(b'[').ok_or(Misread("list"))
    }

    /// The member of this name, if it is there.
    fn find(self, name: &'static str) -> Result<Option<Self>, Misread> {
        let mut found = None;
        let mut inside = self.inside(b'{').ok_or(Misread("record"))?;
        while let (Some(key), Some(value)) = (inside.next(), inside.next()) {
            if key.is_text(name) && found.replace(value).is_some() {
                return Err(Misread(name));
            }
        }
        Ok(found)
    }

    /// The member of this name, or what stands for one that is not there.
    ///
    /// # Errors
    /// When it cannot be read, or is not there and must be.
    pub fn member<T: FromJson>(self, name: &'static str) -> Result<T, Misread> {
        match self.find(name)? {
            Some(json) => T::read(json),
            None => T::absent().ok_or(Misread(name)),
        }
    }

    /// The member of this name, which must be there.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub fn given<T: FromJson>(self, name: &'static str) -> Result<T, Misread> {
        T::read(self.find(name)?.ok_or(Misread(name))?)
    }

    /// The member of this name, or this.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn member_or<T: FromJson>(self, name: &'static str, or: fn() -> T) -> Result<T, Misread> {
        self.find(name)?.map_or_else(|| Ok(or()), T::read)
    }

    /// Which of these variants it is, and what that holds: `"name"`, or `{"name": …}`. A number beyond all for any other.
    pub fn variant(self, names: &[&str]) -> (usize, Option<Self>) {
        let (name, held) = match self.inside(b'{') {
            None => (Some(self), None),
            Some(mut inside) => match (inside.next(), inside.next(), inside.next()) {
                (name, held, None) => (name, held),
                _ => (None, None),
            },
        };
        let number = name.and_then(|name| names.iter().position(|one| name.is_text(one)));
        (number.unwrap_or(usize::MAX), held)
    }

    /// A text, as it is meant.
    ///
    /// # Errors
    /// For any other value, and for half a character.
    pub fn text(self) -> Result<Cow<'a, str>, Misread> {
        let quoted = self.source().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        quoted.and_then(meant).ok_or(Misread("text"))
    }

    fn is_text(self, other: &str) -> bool {
        self.text().is_ok_and(|text| text == other)
    }
}

/// The values inside another, one after the other.
pub struct Inside<'a> {
    next: Json<'a>,
    end: usize,
}

impl<'a> Iterator for Inside<'a> {
    type Item = Json<'a>;

    /// Not made anew in every reader.
    #[inline(never)]
    fn next(&mut self) -> Option<Json<'a>> {
        let this = self.next;
        if this.at > self.end {
            return None;
        }
        self.next.at += 1 + this.whole.values[this.at].inside;
        Some(this)
    }
}

/// Whether a variant that holds nothing is written so.
pub fn is_nothing(json: Option<Json<'_>>) -> bool {
    json.is_none_or(|json| json.source() == "null")
}

impl FromJson for String {
    fn read(json: Json<'_>) -> Result<Self, Misread> {
        json.text().map(Cow::into_owned)
    }
}

impl FromJson for bool {
    fn read(json: Json<'_>) -> Result<Self, Misread> {
        match json.source() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Misread("truth")),
        }
    }
}

/// Whole numbers of each size.
macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl FromJson for $number {
            fn read(json: Json<'_>) -> Result<Self, Misread> {
                whole(json.source()).and_then(|number| number.try_into().ok()).ok_or(Misread("number"))
            }
        }
    )*};
}
numbers!(u8 u16 u32 usize i16 i32 i64);

/// A whole number; “-0” is none to serde either.
fn whole(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number| *number != 0 || text == "0")
}

impl FromJson for u64 {
    fn read(json: Json<'_>) -> Result<Self, Misread> {
        json.source().parse().map_err(|_| Misread("number"))
    }
}

impl FromJson for Uuid {
    fn read(json: Json<'_>) -> Result<Self, Misread> {
        json.text().ok().and_then(|text| Self::parse_str(&text).ok()).ok_or(Misread("UUID"))
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn read(json: Json<'_>) -> Result<Self, Misread> {
        if json.source() == "null" { Ok(None) } else { T::read(json).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromJson> FromJson for Box<T> {
    fn read(json: Json<'_>) -> Result<Self, Misread> {
        T::read(json).map(Self::new)
    }
}

impl<T: FromJson> FromJson for Arc<T> {
    fn read(json: Json<'_>) -> Result<Self, Misread> {
        T::read(json).map(Self::new)
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn read(json: Json<'_>) -> Result<Self, Misread> {
        let mut all = Self::new();
        for one in json.list()? {
            all.push(T::read(one)?);
        }
        Ok(all)
    }
}

impl<T: FromJson + Ord> FromJson for BTreeSet<T> {
    fn read(json: Json<'_>) -> Result<Self, Misread> {
        let mut all = Self::new();
        for one in json.list()? {
            all.insert(T::read(one)?);
        }
        Ok(all)
    }
}

impl<K: FromJson + Ord, V: FromJson> FromJson for BTreeMap<K, V> {
    fn read(json: Json<'_>) -> Result<Self, Misread> {
        let mut map = Self::new();
        let mut inside = json.inside(b'{').ok_or(Misread("map"))?;
        while let (Some(key), Some(value)) = (inside.next(), inside.next()) {
            map.insert(K::read(key)?, V::read(value)?);
        }
        Ok(map)
    }
}

/// A text between its quotation marks, as it is meant: what stands behind a `\` is put in. `None` for half of a surrogate pair.
fn meant(text: &str) -> Option<Cow<'_, str>> {
    let Some(mut at) = text.find('\\') else { return Some(Cow::Borrowed(text)) };
    let unit = |at: usize| u16::from_str_radix(text.get(at..at + 4)?, 16).ok();
    let mut meant = String::with_capacity(text.len());
    let mut rest = 0;
    loop {
        meant.push_str(&text[rest..at]);
        rest = at + 2;
        meant.push(match text.as_bytes()[at + 1] {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = unit(rest)?;
                rest += 4;
                let second = text[rest..].starts_with("\\u").then(|| unit(rest + 2)).flatten();
                match (char::from_u32(u32::from(first)), second) {
                    (Some(whole), _) => whole,
                    (None, Some(second)) => {
                        rest += 6;
                        char::decode_utf16([first, second]).next()?.ok()?
                    }
                    (None, None) => return None,
                }
            }
            itself => char::from(itself),
        });
        match text[rest..].find('\\') {
            Some(behind) => at = rest + behind,
            None => break,
        }
    }
    meant.push_str(&text[rest..]);
    Some(Cow::Owned(meant))
}

/// Where the values of a text stand (RFC 8259). `None` for what is no JSON. However deep it lies, the stack stays as it is.
fn scan(text: &str) -> Option<Vec<Place>> {
    let mut reader = Scanner { bytes: text.as_bytes(), at: 0, found: Vec::new() };
    let mut open: Vec<usize> = Vec::new();
    'value: loop {
        reader.blanks();
        match reader.peek()? {
            bracket @ (b'{' | b'[') => {
                open.push(reader.found.len());
                reader.found.push(Place { from: reader.at, to: 0, inside: 0 });
                reader.at += 1;
                reader.blanks();
                if reader.peek()? != bracket + 2 {
                    if bracket == b'{' {
                        reader.name()?;
                    }
                    continue;
                }
            }
            _ => reader.single()?,
        }
        // Here a value has ended, or a bracket stands that closes the one just opened.
        loop {
            reader.blanks();
            let Some(&around) = open.last() else {
                return (reader.at == text.len()).then_some(reader.found);
            };
            let bracket = reader.bytes[reader.found[around].from];
            match reader.peek()? {
                b',' => {
                    reader.at += 1;
                    if bracket == b'{' {
                        reader.name()?;
                    }
                    continue 'value;
                }
                end if end == bracket + 2 => {
                    reader.at += 1;
                    let inside = reader.found.len() - around - 1;
                    let place = &mut reader.found[around];
                    (place.to, place.inside) = (reader.at, inside);
                    open.pop();
                }
                _ => return None,
            }
        }
    }
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    found: Vec<Place>,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip(&mut self, these: impl Fn(u8) -> bool) -> usize {
        let from = self.at;
        while self.peek().is_some_and(&these) {
            self.at += 1;
        }
        self.at - from
    }

    fn blanks(&mut self) {
        self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    fn is(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    /// A member's name, and what separates it from the member.
    fn name(&mut self) -> Option<()> {
        self.blanks();
        self.peek().filter(|byte| *byte == b'"')?;
        self.single()?;
        self.blanks();
        self.is(b':').then_some(())
    }

    /// A value that holds no others.
    fn single(&mut self) -> Option<()> {
        let from = self.at;
        match self.peek()? {
            b'"' => self.quoted()?,
            b'-' | b'0'..=b'9' => self.number()?,
            _ => {
                let word = ["true", "false", "null"]
                    .iter()
                    .find(|word| self.bytes[from..].starts_with(word.as_bytes()))?;
                self.at += word.len();
            }
        }
        self.found.push(Place { from, to: self.at, inside: 0 });
        Some(())
    }

    fn quoted(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            self.skip(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20));
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Some(()),
                b'\\' => {
                    let escaped = self.peek()?;
                    self.at += 1;
                    let digits = self.bytes.get(self.at..self.at + 4);
                    match escaped {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                        b'u' if digits?.iter().all(u8::is_ascii_hexdigit) => self.at += 4,
                        _ => return None,
                    }
                }
                _ => return None,
            }
        }
    }

    fn number(&mut self) -> Option<()> {
        let digit = |byte: u8| byte.is_ascii_digit();
        self.is(b'-');
        if !self.is(b'0') && self.skip(digit) == 0 {
            return None;
        }
        if self.is(b'.') && self.skip(digit) == 0 {
            return None;
        }
        if self.is(b'e') || self.is(b'E') {
            let _is_signed = self.is(b'+') || self.is(b'-');
            if self.skip(digit) == 0 {
                return None;
            }
        }
        Some(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
