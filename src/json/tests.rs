//! What is read here is what serde reads, and nothing else is.

use super::*;
use crate::{
    domain::{Checklist, FindingEntry, Submission, Verdict, testing::any_json},
    protocol::{Problem, ProblemKind},
    sync::OutboxEntry,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A text is read alike by serde and here, and so is every text that differs from it in one place.
pub(crate) fn alike<T: DeserializeOwned + FromJson + PartialEq + core::fmt::Debug>(text: &str) {
    let whole: Value = serde_json::from_str(text).unwrap();
    assert!(from_str::<T>(text).is_ok(), "{text}");
    for changed in changes(&whole) {
        let text = changed.to_string();
        assert_eq!(from_str::<T>(&text).ok(), serde_json::from_str::<T>(&text).ok(), "{text}");
    }
}

/// The same with one value taken out or made another. No record is made a list: that alone serde reads otherwise.
fn changes(whole: &Value) -> Vec<Value> {
    let others =
        [serde_json::json!(null), 7.into(), (-1.5).into(), "x".into(), serde_json::json!({"x": null})];
    let mut all = vec![whole.clone()];
    all.extend(others);
    match whole {
        Value::Array(values) => {
            for (at, value) in values.iter().enumerate() {
                let put = |change: Option<Value>| {
                    Value::Array([&values[..at], change.as_slice(), &values[at + 1..]].concat())
                };
                all.push(put(None));
                all.extend(changes(value).into_iter().map(|change| put(Some(change))));
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let mut without = members.clone();
                without.remove(name);
                all.push(without.clone().into());
                all.extend(changes(value).into_iter().map(|change| {
                    let mut with = members.clone();
                    with.insert(name.clone(), change);
                    with.into()
                }));
            }
        }
        _ => all.push(Value::Array(Vec::new())),
    }
    all
}

/// Any value, to be compared with serde's.
#[derive(Debug)]
struct Any(Value);

impl FromJson for Any {
    fn read(json: Json<'_>) -> Result<Self, Misread> {
        let read = match json.source().as_bytes()[0] {
            b'{' => Value::Object(
                BTreeMap::<String, Self>::read(json)?
                    .into_iter()
                    .map(|(name, Self(one))| (name, one))
                    .collect(),
            ),
            b'[' => Vec::<Self>::read(json)?.into_iter().map(|Self(one)| one).collect(),
            b'"' => String::read(json)?.into(),
            b't' | b'f' => bool::read(json)?.into(),
            b'n' => Value::Null,
            _ => i64::read(json)?.into(),
        };
        Ok(Self(read))
    }
}

#[test]
fn what_is_frozen_is_read_as_serde_reads_it() {
    let whole = include_str!("../domain/golden/submission-1.json");
    assert_eq!(from_str::<Submission>(whole).unwrap(), serde_json::from_str(whole).unwrap());
    alike::<Submission>(include_str!("../domain/golden/submission-ledger.json"));
    let golden: Value = serde_json::from_str(include_str!("../domain/golden/findings-1.json")).unwrap();
    alike::<Vec<FindingEntry>>(&golden[0].to_string());
    alike::<Vec<Verdict>>(&golden[1].to_string());
    alike::<Vec<OutboxEntry>>(include_str!("../sync/golden/outbox-1.json"));
    alike::<Problem>(&serde_json::to_string(&Problem::new(ProblemKind::CodeUsed, "why")).unwrap());
    let golden: Value = serde_json::from_str(include_str!("../domain/golden/engine-1.json")).unwrap();
    let text = golden["checklist"].as_str().unwrap();
    assert_eq!(from_str::<Checklist>(text).unwrap(), serde_json::from_str(text).unwrap());
}

#[derive(Debug, PartialEq, Serialize, Deserialize, FromJson)]
#[serde(rename_all = "snake_case")]
enum Every {
    Nothing,
    AText(String),
    Several {
        #[serde(default)]
        number: u8,
        #[serde(rename = "type")]
        kind: Option<i16>,
    },
    Listed(Vec<Option<bool>>),
}

#[test]
fn each_kind_of_variant_and_member_is_read() {
    for text in [
        r#"["nothing", {"nothing": null}, {"a_text": "b"}]"#,
        r#"[{"several": {"number": 1, "type": -2, "later": [{}]}}, {"several": {}}, {"listed": [true, null]}]"#,
        r#"[{"several": {"number": 1, "number": 1}}]"#,
        r#"[{"a_text": "b", "listed": []}]"#,
        r#"[{"\u0061_text": "b"}, "noth\u0069ng"]"#,
        r#"["a_text"]"#,
        r#"["Nothing"]"#,
        "[{}]",
    ] {
        assert_eq!(from_str::<Vec<Every>>(text).ok(), serde_json::from_str(text).ok(), "{text}");
    }
    alike::<Vec<Every>>(
        r#"["nothing", {"a_text": "b"}, {"several": {"number": 1, "type": 2}}, {"listed": [true]}]"#,
    );
}

#[test]
fn texts_and_numbers_are_what_the_standard_calls_so() {
    for text in [
        r#""\" \\ \/ \b \f \n \r \t \u4e2d \uD83D\ude00 中""#,
        r#""\ud83d""#,
        r#""\ud83d\u0041""#,
        r#""\ude00\ud83d""#,
        r#""\u00g0""#,
        r#""\x""#,
        "\"\u{1}\"",
        "\"open",
        "\"",
        "\"\\\"",
        "",
    ] {
        assert_eq!(from_str::<String>(text).ok(), serde_json::from_str(text).ok(), "{text}");
    }
    for text in [
        "0",
        "-0",
        "-7",
        "255",
        "256",
        "1.0",
        "1e2",
        "01",
        "+1",
        "-",
        "1.",
        ".5",
        "1e",
        "18446744073709551616",
    ] {
        assert_eq!(from_str::<u8>(text).ok(), serde_json::from_str(text).ok(), "{text}");
        assert_eq!(from_str::<i16>(text).ok(), serde_json::from_str(text).ok(), "{text}");
        assert_eq!(from_str::<u64>(text).ok(), serde_json::from_str(text).ok(), "{text}");
        assert_eq!(
            scan(text).is_some(),
            serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
            "{text}"
        );
    }
}

proptest! {
    #[test]
    fn any_value_is_read_as_it_was_written(value in any_json()) {
        prop_assert_eq!(&from_str::<Any>(&value.to_string()).unwrap().0, &value);
        prop_assert_eq!(&from_str::<Any>(&format!(" {value:#}\r\n")).unwrap().0, &value);
    }

    #[test]
    fn damaged_texts_are_refused_where_serde_refuses_them(
        value in any_json(), at in any::<prop::sample::Index>(), put in r#"[\[\]{}",:\\u0e.+ \-tfn]{0,2}"#, out in 0_usize..2
    ) {
        let mut text: Vec<char> = value.to_string().chars().collect();
        let at = at.index(text.len());
        text.splice(at..at + out, put.chars());
        let text: String = text.into_iter().collect();
        prop_assert_eq!(scan(&text).is_some(), serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok(), "{}", text);
    }
}
