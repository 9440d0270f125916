//! How long, how large and of what form the things may be that a phone sends: in the OpenAPI document, out of the constants by
//! which they are checked, so that a program that follows the document is not refused for what the document could have said.
//!
//! What depends on the day, on what is stored here or on another part of the same request (which answer fits which question) no
//! schema can say; those operations document 422.

use crate::{
    domain::{
        answer::MAX_FIGURE,
        finding::check::LATEST_STAMP_MS,
        ids::MAX_ID_CHARS,
        ledger::check::{MAX_GROUP, MAX_RECORDS},
        photo::{MAX_ATTACHMENTS, MAX_BYTES, MediaType},
        submission::FORMAT,
        text::{INVISIBLE, Kind},
        whole_check::MOST_GRADES,
    },
    protocol::MAX_FINDINGS_PER_REQUEST,
};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// The document with its limits.
pub(super) fn limited(mut document: Value) -> Value {
    close_tagged(&mut document["components"]["schemas"]);
    for (at, limit) in limits(&document["components"]["schemas"]) {
        // That every place is there is tested.
        if let Some(schema) = document.pointer_mut(&format!("/components/schemas/{at}")) {
            add(schema, limit);
        }
    }
    limit_parameters(&mut document["paths"]);
    document
}

/// Puts keywords into a schema. Where it is a reference they stand beside it, as OpenAPI 3.1 allows.
fn add(schema: &mut Value, limit: Value) {
    if let (Some(schema), Value::Object(limit)) = (schema.as_object_mut(), limit) {
        schema.extend(limit);
    }
}

/// Each limit, and where it belongs below `components/schemas`.
fn limits(schemas: &Value) -> Vec<(String, Value)> {
    let mut limits: Vec<(String, Value)> = Vec::new();
    let mut put = |at: &str, limit: Value| limits.push((at.to_owned(), limit));
    for id in ["BranchCode", "ChoiceId", "FactId", "ItemId", "OccurrenceId", "PartId", "PeriodId", "SectorId"]
    {
        put(id, json!({ "pattern": id_pattern() }));
    }
    put("ContentHash", json!({ "pattern": HASH }));
    put("ActivationCode", json!({ "pattern": "^[0-9]{12}$" }));
    put("LedgerRecord/properties/photos/propertyNames", json!({ "pattern": HASH }));

    put("Stamp/properties/ms", json!({ "maximum": LATEST_STAMP_MS }));
    put("Stamp/properties/count", json!({ "maximum": u32::MAX }));
    put("Points", json!({ "maximum": u32::MAX }));

    for figure in
        ["full_members", "probationary_members", "mobile_members", "committee_members", "party_groups"]
    {
        put(&format!("BranchProfile/properties/{figure}"), figure_limit(0));
    }
    put("BranchProfile/properties/themed_day", text(Kind::NAME));
    put("BranchProfile/properties/last_election", day());

    put("Submission/properties/format", json!({ "maximum": FORMAT }));
    put("Submission/properties/made_at", json!({ "maximum": LATEST_STAMP_MS }));
    put("Submission/properties/ledger", json!({ "maxItems": MAX_RECORDS }));
    put("Submission/properties/attachments", json!({ "maxItems": MAX_ATTACHMENTS }));
    put("Attachment/properties/bytes", json!({ "minimum": 1, "maximum": MAX_BYTES }));
    let media_types = [MediaType::Jpeg, MediaType::Webp].map(String::from);
    put("Attachment/properties/media_type", json!({ "enum": media_types }));
    put("Attachment/properties/captured_on", day());
    put("Attachment/properties/happened_on", day());
    for name in ["reporter", "reporter_post", "secretary"] {
        put(&format!("Declaration/properties/{name}"), said(Kind::NAME));
    }
    put("Declaration/properties/considered_on", day());

    put("NewFindings/properties/entries", json!({ "maxItems": MAX_FINDINGS_PER_REQUEST }));
    put("LedgerEntry/properties/kinds", json!({ "minItems": 1 }));
    put("LedgerEntry/properties/date", day());
    put("LedgerEntry/properties/group", json!({ "minimum": 1, "maximum": MAX_GROUP }));
    for (name, kind) in [
        ("place", Kind::PLACE),
        ("host", Kind::NAME),
        ("recorder", Kind::NAME),
        ("topic", Kind::TOPIC),
        ("resolution", Kind::RESOLUTION),
        ("location", Kind::PLACE),
    ] {
        put(&format!("LedgerEntry/properties/{name}"), text(kind));
    }
    for figure in ["expected", "excused", "present"] {
        put(&format!("Attendance/properties/{figure}"), figure_limit(0));
    }
    limits.extend(limits_of_variants(schemas));
    limits
}

/// The same inside of what is one of several.
fn limits_of_variants(schemas: &Value) -> Vec<(String, Value)> {
    [
        ("AnswerValue", "text", "text", text(Kind::NOTE)),
        ("AnswerValue", "part", "reason", text(Kind::NOTE)),
        ("AnswerValue", "part", "counted", json!({ "maxItems": MAX_RECORDS })),
        ("PartAnswer", "share", "numerator", figure_limit(0)),
        ("PartAnswer", "share", "denominator", figure_limit(1)),
        ("PartAnswer", "counts", "counts/additionalProperties", figure_limit(0)),
        ("PartAnswer", "counts", "counts/propertyNames", json!({ "pattern": WINDOW })),
        ("PartAnswer", "occurrences", "counts/propertyNames", json!({ "pattern": id_pattern() })),
        ("PartAnswer", "occurrences", "counts/additionalProperties", figure_limit(0)),
        ("FindingValue", "text", "text", text(Kind::NOTE)),
        ("FindingValue", "origin", "detail", text(Kind::NOTE)),
        ("FindingValue", "day", "day", day()),
        ("ClaimedGrade", "own", "", json!({ "minimum": 1, "maximum": MOST_GRADES - 1 })),
    ]
    .into_iter()
    .map(|(name, variant, property, limit)| (variant_of(schemas, name, variant, property), limit))
    .collect()
}

const HASH: &str = "^[0-9a-f]{64}$";
/// As [`crate::domain::WindowKey`] names them.
const WINDOW: &str = "^([0-9]{4}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?|end)$";

fn id_pattern() -> String {
    format!("^[A-Za-z0-9._-]{{1,{MAX_ID_CHARS}}}$")
}

fn figure_limit(least: u32) -> Value {
    json!({ "minimum": least, "maximum": MAX_FIGURE })
}

/// A day from 1949 to 2100, as [`crate::domain::day::can_be`] has it.
fn day() -> Value {
    json!({ "pattern": "^(19(49|[5-9][0-9])|20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" })
}

/// What a text of this kind may hold.
fn text(kind: Kind) -> Value {
    json!({ "maxLength": kind.most(), "pattern": format!("^[^{}]*$", refused(kind, false)) })
}

/// The same of a text that must say something: one character at least is no blank.
fn said(kind: Kind) -> Value {
    let any = refused(kind, false);
    json!({
        "minLength": 1,
        "maxLength": kind.most(),
        "pattern": format!("^[^{any}]*[^{}][^{any}]*$", refused(kind, true)),
    })
}

/// The inside of a class of characters that a text of this kind must not hold. A joiner (U+200C, U+200D) is taken between letters
/// that it joins; that is more than a pattern can say.
fn refused(kind: Kind, with_blanks: bool) -> String {
    let mut class = String::from(match kind {
        Kind::Line(_) => r"\u0000-\u001f\u007f-\u009f\u2028\u2029",
        Kind::Paragraph(_) => r"\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029",
    });
    if with_blanks {
        class.push_str(r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000");
    }
    for (first, last) in INVISIBLE {
        // Beyond the first plane an escape would be one of two surrogates: such characters stand as they are.
        let _ = match u32::from(last) {
            0..=0xffff => write!(class, "\\u{:04x}-\\u{:04x}", u32::from(first), u32::from(last)),
            _ => write!(class, "{first}-{last}"),
        };
    }
    class.push_str(r"\ufffe\uffff");
    for plane in 1..=16_u32 {
        class.extend([0xfffe, 0xffff].into_iter().filter_map(|low| char::from_u32(plane << 16 | low)));
    }
    class
}

/// Where a property of a variant of an externally tagged type stands.
fn variant_of(schemas: &Value, name: &str, variant: &str, property: &str) -> String {
    let mut variants = schemas[name]["oneOf"].as_array().into_iter().flatten();
    let number = variants.position(|schema| schema["properties"].get(variant).is_some());
    let number = number.map_or_else(|| "none".into(), |number| number.to_string());
    // A variant that holds one value has it in its own place.
    let property = if property.is_empty() { String::new() } else { format!("/properties/{property}") };
    format!("{name}/oneOf/{number}/properties/{variant}{property}")
}

/// An object that names its variant has no other field: where others are unknown and ignored, here they would be another variant.
fn close_tagged(schemas: &mut Value) {
    for (_, schema) in schemas.as_object_mut().into_iter().flatten() {
        let variants = schema.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten();
        for variant in variants.filter_map(Value::as_object_mut) {
            let is_tag = |properties: &Map<String, Value>| properties.len() == 1;
            if variant.get("properties").and_then(Value::as_object).is_some_and(is_tag) {
                variant.insert("additionalProperties".into(), false.into());
            }
        }
    }
}

/// The parts of an address.
fn limit_parameters(paths: &mut Value) {
    let operations = paths.as_object_mut().into_iter().flatten().flat_map(|(_, path)| path.as_object_mut());
    for (_, operation) in operations.flatten() {
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten();
        for parameter in parameters {
            if matches!(parameter["name"].as_str(), Some("hash" | "sha256")) {
                add(&mut parameter["schema"], json!({ "pattern": HASH }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::api::openapi::DOCUMENT;
    use crate::{
        domain::{check::tests::submission, text::fault},
        protocol::{ActivationCode, StampedProfile},
    };
    use std::collections::BTreeSet;

    fn schemas() -> &'static Value {
        &DOCUMENT["components"]["schemas"]
    }

    #[test]
    fn every_limit_stands_where_it_belongs() {
        for (at, limit) in limits(schemas()) {
            let place = schemas().pointer(&format!("/{at}")).unwrap_or_else(|| panic!("{at} is not there"));
            for (keyword, value) in limit.as_object().unwrap() {
                assert_eq!(&place[keyword], value, "{at}");
            }
        }
    }

    /// Everything that a phone sends is bounded: a field that is added without its limit is found here.
    #[test]
    fn nothing_that_is_sent_is_without_a_limit() {
        let mut open = Vec::new();
        let mut seen = BTreeSet::new();
        for (path, operations) in DOCUMENT["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                for (kind, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                    if kind == "application/json" {
                        walk(&content["schema"], &format!("{method} {path}"), &mut seen, &mut open);
                    }
                }
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    walk(&parameter["schema"], &format!("{method} {path}"), &mut seen, &mut open);
                }
            }
        }
        assert!(seen.contains("LedgerEntry") && seen.contains("FindingValue"), "{seen:?}");
        assert_eq!(open, Vec::<String>::new());
    }

    fn walk(schema: &Value, at: &str, seen: &mut BTreeSet<String>, open: &mut Vec<String>) {
        let is = |kind: &str| {
            schema["type"] == kind
                || schema["type"].as_array().is_some_and(|all| all.iter().any(|one| one == kind))
        };
        let has = |keywords: &[&str]| keywords.iter().any(|keyword| schema.get(keyword).is_some());
        if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next())
            && seen.insert(name.to_owned())
        {
            walk(&schemas()[name], name, seen, open);
        }
        if is("string") && !has(&["pattern", "enum", "const"]) && schema["format"] != "uuid" {
            open.push(at.to_owned());
        }
        if is("integer") && !has(&["maximum", "enum"]) {
            open.push(at.to_owned());
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            walk(property, &format!("{at}/{name}"), seen, open);
        }
        for keyword in ["items", "additionalProperties", "propertyNames"] {
            if schema[keyword].is_object() {
                walk(&schema[keyword], &format!("{at}/{keyword}"), seen, open);
            }
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            for one in schema[keyword].as_array().into_iter().flatten() {
                walk(one, at, seen, open);
            }
        }
    }

    /// The characters that a pattern of ours, `^[^…]*$`, does not take: first and last of each run.
    fn not_taken(pattern: &str) -> Vec<(char, char)> {
        let class = pattern.strip_prefix("^[^").and_then(|rest| rest.strip_suffix("]*$")).unwrap();
        let mut characters = class.chars();
        let mut read = Vec::new();
        while let Some(next) = characters.next() {
            read.push(if next == '\\' {
                assert_eq!(characters.next(), Some('u'));
                let digits: String = characters.by_ref().take(4).collect();
                char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap()
            } else {
                next
            });
        }
        let mut runs = Vec::new();
        let mut rest = read.as_slice();
        while let [first, more @ ..] = rest {
            let (last, after) = match more {
                ['-', last, after @ ..] => (last, after),
                after => (first, after),
            };
            runs.push((*first, *last));
            rest = after;
        }
        runs
    }

    #[test]
    fn a_pattern_takes_the_characters_that_the_check_takes() {
        for kind in [Kind::NAME, Kind::NOTE] {
            let limit = text(kind);
            let refused = not_taken(limit["pattern"].as_str().unwrap());
            // Han and Hangul, and what is for private use, are of one kind throughout.
            let of_one_kind = |c: char| matches!(c, '\u{4000}'..='\u{d000}' | '\u{e100}'..='\u{f800}' | '\u{20100}'..='\u{2f000}' | '\u{30100}'..='\u{dff00}' | '\u{e1000}'..='\u{10ff00}');
            for c in ('\0'..=char::MAX).filter(|c| !of_one_kind(*c) || u32::from(*c) & 0xfffe == 0xfffe) {
                let is_taken = !refused.iter().any(|(first, last)| (*first..=*last).contains(&c));
                assert_eq!(
                    is_taken,
                    fault(c.encode_utf8(&mut [0; 4]), kind).is_none(),
                    "U+{:04X}",
                    u32::from(c)
                );
            }
        }
    }

    #[test]
    fn what_honest_phones_send_has_the_keys_that_are_limited() {
        let sent = serde_json::to_value(submission()).unwrap();
        for name in ["declaration", "made_at", "answers", "format"] {
            assert!(schemas()["Submission"]["properties"].get(name).is_some() && sent.get(name).is_some());
        }
        let code = serde_json::to_value(ActivationCode::from_random([7; 8])).unwrap();
        assert_eq!(code.as_str().unwrap().len(), 12);
        let empty = json!({ "stamp": { "ms": 1, "count": 0, "device": uuid::Uuid::nil() }, "profile": {} });
        assert!(serde_json::from_value::<StampedProfile>(empty).is_err(), "figures are required, as said");
    }
}
