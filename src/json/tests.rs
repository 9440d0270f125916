use super::{from_str, to_string};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One of each form that a stored or sent value has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Record {
    text: String,
    number: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    maybe: Option<u16>,
    map: BTreeMap<String, u32>,
    #[serde(default)]
    variants: Vec<Variant>,
    pair: (bool, char),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Variant {
    Plain,
    Wrapped(String),
    Both(u8, i8),
    Named { yes: bool, rest: Option<Box<Variant>> },
}

fn variant() -> impl Strategy<Value = Variant> {
    let leaf = prop_oneof![
        Just(Variant::Plain),
        any::<String>().prop_map(Variant::Wrapped),
        any::<(u8, i8)>().prop_map(|(a, b)| Variant::Both(a, b)),
    ];
    leaf.prop_recursive(4, 8, 1, |inner| {
        (any::<bool>(), proptest::option::of(inner.prop_map(Box::new)))
            .prop_map(|(yes, rest)| Variant::Named { yes, rest })
    })
}

prop_compose! {
    fn record()(
        text in any::<String>(), number in any::<i64>(), maybe in any::<Option<u16>>(),
        map in proptest::collection::btree_map(any::<String>(), any::<u32>(), 0..3),
        variants in proptest::collection::vec(variant(), 0..4), pair in any::<(bool, char)>(),
    ) -> Record {
        Record { text, number, maybe, map, variants, pair }
    }
}

proptest! {
    #[test]
    fn the_bytes_are_those_of_serde_json_and_come_back(record in record()) {
        let text = to_string(&record).unwrap();
        prop_assert_eq!(&text, &serde_json::to_string(&record).unwrap());
        prop_assert_eq!(from_str::<Record>(&text).unwrap(), record.clone());
        let spaced = serde_json::to_string_pretty(&record).unwrap();
        prop_assert_eq!(from_str::<Record>(&spaced).unwrap(), record);
    }

    /// Text like JSON, and what is left of JSON that was cut off or spoilt.
    #[test]
    fn any_text_is_read_or_refused_as_serde_json_does(text in r#"([\[\]{}:, "\\]|true|null|-?[0-9]{1,3}|\\u[dD][89cC]00|a|1e|\.5){0,9}"#) {
        same(&text)?;
    }

    #[test]
    fn spoilt_records_are_refused_as_serde_json_does(record in record(), at in any::<prop::sample::Index>(), sign in "[\\[\\]{}:,\"\\\\0-9a-z ]") {
        let text = to_string(&record).unwrap();
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = *at.get(&ends);
        let spoilt = format!("{}{sign}{}", &text[..at], &text[at..]);
        for text in [&text[..at], &spoilt] {
            prop_assert_eq!(from_str::<Record>(text).ok(), serde_json::from_str(text).ok());
        }
    }
}

fn same(text: &str) -> Result<(), TestCaseError> {
    prop_assert_eq!(from_str::<serde_json::Value>(text).ok(), serde_json::from_str(text).ok(), "{}", text);
    Ok(())
}

#[test]
fn escapes_are_understood() {
    let read = from_str::<String>(r#""\u4e2d\ud83d\ude00\"\\\/\b\f\n\r\t""#);
    assert_eq!(read.unwrap(), "中😀\"\\/\u{8}\u{c}\n\r\t");
    for half in [r#""\ud83d""#, r#""\ud83dx""#, r#""\ude00""#, r#""\ud83d\ud83d""#, r#""\u12""#] {
        assert!(from_str::<String>(half).is_err(), "{half}");
    }
}

#[test]
fn what_lies_too_deep_is_refused() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(from_str::<serde::de::IgnoredAny>(&nested(100)).is_ok());
    assert!(from_str::<serde::de::IgnoredAny>(&nested(100_000)).is_err());
}

#[test]
fn what_is_wrong_is_said() {
    let said = |text: &str| from_str::<Record>(text).unwrap_err().to_string();
    assert_eq!(said(r#"{"text": "a"}"#), "no field number at byte 12");
    assert_eq!(said(r#"{"text": 1}"#), "another sign than expected at byte 9");
    assert_eq!(said(""), "another sign than expected at byte 0");
    assert!(to_string(&BTreeMap::from([(1, 1)])).is_err());
    assert!(to_string(&0.5).is_err());
}
