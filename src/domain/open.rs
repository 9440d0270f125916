//! Lists that are open to what comes later: what this version cannot read of them is kept as it came.
//!
//! An element of a kind that a newer app or endpoint has brought (a new rule's answer, a new state of a review, a new kind of
//! activity …) must not make everything beside it unreadable, nor be lost by passing through here. Such an element is
//! [`Unread`]: it counts for nothing in whatever is worked out, it is stored, sent on and backed up untouched, and it is read
//! when the version that knows it reads the same text. So no kind needs a variant for what it does not know, and everything that
//! looks at kinds can go on looking at all of them.
//!
//! What cannot be used in part (a checklist with a rule of a later kind) stays with the endpoint, and the phone on its version; the screen says
//! 请更新. The endpoint keeps words of later kinds too, if they say which finding they are about and which phone wrote them when: refused,
//! they would hold up every other word of their branch. What changes a score for all raises the submission's `format`.

use super::clock::Stamp;
use crate::json::{self, FromJson, Json, Misread};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned, ser::SerializeSeq as _};
use serde_json::value::RawValue;
use std::{
    cmp::Ordering,
    ops::{Deref, DerefMut},
};

/// A JSON value that this version cannot read, as it came; only blanks between its parts are left out, so that the same value is
/// the same text whoever has written it down meanwhile. Numbers, the order of members and members said twice stay as they are.
#[derive(Debug, Clone)]
pub struct Unread(Box<RawValue>);

impl Unread {
    /// A JSON text; `None` for what is none.
    pub fn new(text: &str) -> Option<Self> {
        RawValue::from_string(compact(text)).ok().map(Self)
    }

    /// Its JSON.
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// What of it can be read.
    pub fn read<T: FromJson>(&self) -> Option<T> {
        json::from_str(self.text()).ok()
    }

    /// When and on which phone it was written: whatever is merged says that of itself, whatever else it says.
    pub fn stamp(&self) -> Option<Stamp> {
        #[derive(FromJson)]
        struct Stamped {
            stamp: Stamp,
        }
        self.read().map(|Stamped { stamp }| stamp)
    }
}

/// Without the blanks between its parts.
fn compact(json: &str) -> String {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let keeps = |c: &char| {
        let was_quoted = is_quoted;
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = is_quoted,
            '"' => is_quoted = !is_quoted,
            _ => {}
        }
        was_quoted || !c.is_ascii_whitespace()
    };
    json.chars().filter(keeps).collect()
}

impl PartialEq for Unread {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Unread {}

impl PartialOrd for Unread {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Unread {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text().cmp(other.text())
    }
}

impl Serialize for Unread {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl FromJson for Unread {
    fn read(json: Json<'_>) -> Result<Self, Misread> {
        Self::new(json.source()).ok_or(Misread("JSON"))
    }
}

impl<'de> Deserialize<'de> for Unread {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::new(raw.get()).ok_or_else(|| serde::de::Error::custom("no JSON"))
    }
}

/// A list that travels. It reads like the list of what can be read; the rest keeps its place and goes wherever the list goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Open<T> {
    read: Vec<T>,
    /// Each behind so many that can be read.
    unread: Vec<(usize, Unread)>,
}

impl<T> Open<T> {
    /// The same with each that can be read changed so.
    #[must_use]
    pub fn map(self, change: impl FnMut(T) -> T) -> Self {
        let (read, unread) = self.into_parts();
        Self::from(read.into_iter().map(change).collect::<Vec<T>>()).with_unread(unread)
    }

    /// Whether there is nothing in it, readable or not.
    pub fn is_empty(&self) -> bool {
        self.read.is_empty() && self.unread.is_empty()
    }

    /// Whether there is anything in it that only a newer version can read.
    pub fn has_unread(&self) -> bool {
        !self.unread.is_empty()
    }

    /// What cannot be read.
    pub fn unread(&self) -> impl Iterator<Item = &Unread> {
        self.unread.iter().map(|(_, unread)| unread)
    }

    /// The same with these behind everything.
    #[must_use]
    pub fn with_unread(mut self, unread: impl IntoIterator<Item = Unread>) -> Self {
        let place = self.read.len();
        self.unread.extend(unread.into_iter().map(|one| (place, one)));
        self
    }

    /// What can be read, and what cannot.
    pub fn into_parts(self) -> (Vec<T>, Vec<Unread>) {
        (self.read, self.unread.into_iter().map(|(_, unread)| unread).collect())
    }
}

impl<T> Default for Open<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T> From<Vec<T>> for Open<T> {
    fn from(read: Vec<T>) -> Self {
        Self { read, unread: Vec::new() }
    }
}

impl<T> FromIterator<T> for Open<T> {
    fn from_iter<I: IntoIterator<Item = T>>(read: I) -> Self {
        Vec::from_iter(read).into()
    }
}

impl<T> Deref for Open<T> {
    type Target = Vec<T>;
    fn deref(&self) -> &Vec<T> {
        &self.read
    }
}

impl<T> DerefMut for Open<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.read
    }
}

impl<'a, T> IntoIterator for &'a Open<T> {
    type Item = &'a T;
    type IntoIter = core::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.read.iter()
    }
}

/// Holds these and nothing that cannot be read.
impl<T: PartialEq, const N: usize> PartialEq<[T; N]> for Open<T> {
    fn eq(&self, other: &[T; N]) -> bool {
        self.unread.is_empty() && self.read == *other
    }
}

impl<T: Serialize> Serialize for Open<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.read.len() + self.unread.len()))?;
        let mut unread = self.unread.iter().peekable();
        for (place, one) in self.read.iter().enumerate() {
            while let Some((_, kept)) = unread.next_if(|(behind, _)| *behind <= place) {
                list.serialize_element(kept)?;
            }
            list.serialize_element(one)?;
        }
        for (_, kept) in unread {
            list.serialize_element(kept)?;
        }
        list.end()
    }
}

impl<T: FromJson> FromJson for Open<T> {
    fn read(json: Json<'_>) -> Result<Self, Misread> {
        let mut list = Self::default();
        for one in json.list()? {
            match T::read(one) {
                Ok(one) => list.read.push(one),
                Err(_) => list = list.with_unread(Unread::new(one.source())),
            }
        }
        Ok(list)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Open<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut list = Self::default();
        for raw in Vec::<Box<RawValue>>::deserialize(deserializer)? {
            match serde_json::from_str(raw.get()) {
                Ok(one) => list.read.push(one),
                Err(_) => list = list.with_unread(Unread::new(raw.get())),
            }
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Entry, FindingEntry, LedgerRecord, Verdict, testing::any_json};
    use proptest::prelude::*;

    #[test]
    fn what_cannot_be_read_keeps_its_place_and_its_spelling() {
        let text = r#"[{"a":1.10,"a":1e400},7,"8",[9],"\"  \\",10,-0]"#;
        let list: Open<u8> = serde_json::from_str(text).unwrap();
        assert_eq!(*list, [7, 10]);
        assert_eq!(list.unread().count(), 5);
        assert_eq!(serde_json::to_string(&list).unwrap(), text);
        let spaced = text.replace(',', " ,\n\t").replace(':', " : ");
        assert_eq!(
            serde_json::from_str::<Open<u8>>(&spaced).unwrap(),
            list,
            "blanks between parts say nothing"
        );
        assert_eq!(serde_json::from_slice::<Open<u8>>(text.as_bytes()).unwrap(), list);
    }

    #[test]
    fn what_is_no_list_or_no_json_is_refused() {
        for text in ["7", "{}", "[", "[7,]", "[nothing]", "null"] {
            assert!(serde_json::from_str::<Open<u8>>(text).is_err(), "{text}");
        }
        assert_eq!(Unread::new("{\"a\":"), None);
        let deep = format!("[{}{}]", "[".repeat(9_000), "]".repeat(9_000));
        let list: Open<u8> = serde_json::from_str(&deep).unwrap();
        assert_eq!(serde_json::to_string(&list).unwrap(), deep, "however deep it lies");
    }

    #[test]
    fn what_was_written_into_it_since_does_not_push_anything_out() {
        let mut list: Open<u8> = serde_json::from_str(r#"["a",1,"b",2,"c"]"#).unwrap();
        list.clear();
        assert!(!list.is_empty());
        assert_eq!(serde_json::to_string(&list).unwrap(), r#"["a","b","c"]"#);
        list.push(3);
        assert_eq!(serde_json::to_string(&list).unwrap(), r#"["a",3,"b","c"]"#);
        assert_eq!(serde_json::to_string(&Open::<u8>::from(vec![1])).unwrap(), "[1]");
    }

    /// Read as a list of these and written again: the same values in the same order.
    fn passes<T: Serialize + DeserializeOwned>(sent: &[serde_json::Value]) -> Vec<serde_json::Value> {
        let list: Open<T> = serde_json::from_str(&serde_json::to_string(sent).unwrap()).unwrap();
        serde_json::from_str(&serde_json::to_string(&list).unwrap()).unwrap()
    }

    proptest! {
        #[test]
        fn whatever_is_in_a_list_that_travels_comes_out_of_it_again(sent in prop::collection::vec(any_json(), 0..6)) {
            prop_assert_eq!(&passes::<Entry>(&sent), &sent);
            prop_assert_eq!(&passes::<LedgerRecord>(&sent), &sent);
            prop_assert_eq!(&passes::<FindingEntry>(&sent), &sent);
            prop_assert_eq!(&passes::<Verdict>(&sent), &sent);
            prop_assert_eq!(&passes::<crate::protocol::Review>(&sent), &sent);
            prop_assert_eq!(&passes::<crate::protocol::SubmissionSummary>(&sent), &sent);
            prop_assert_eq!(&passes::<crate::protocol::PublishedDocument>(&sent), &sent);
        }
    }
}
