//! Builders shared by the unit tests of the domain.

use super::{
    AnswerKey, AnswerValue, Aspect, AspectId, Assessment, Block, BranchProfile, Checklist, Choice, ChoiceId,
    Collection, Combine, CountCredit, DeviceId, Document, DocumentId, Entry, Fact, FactId, Grade, GradeLimit,
    Grading, Item, ItemId, LimitId, LimitTest, MethodId, Occurrence, OccurrenceId, Part, PartAnswer, PartId,
    Period, PeriodId, Points, Proportion, Rule, Section, SectionId, SectorId, ShareBand, ShareCredit, Stamp,
    Stance, StandardId, Threshold, Window,
};
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::Value;

/// Any JSON at all, with names among it that ours have too.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,8}|key|value|stamp|state|finding", inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

pub(crate) fn points(hundredths: u32) -> Points {
    Points::from_hundredths(hundredths)
}

pub(crate) fn device(byte: u8) -> DeviceId {
    DeviceId::from_random([byte; 16])
}

pub(crate) fn stamp(ms: u64, by: u8) -> Stamp {
    Stamp { ms, count: 0, device: device(by) }
}

/// Judges June to November 2026: six months, two quarters, one half-year, no year.
pub(crate) fn period() -> Period {
    Period {
        id: PeriodId::new("2026-H2").unwrap(),
        name: "2026年下半年".into(),
        starts: date(2026, 6, 1),
        ends: date(2026, 11, 30),
        submit_by: date(2026, 12, 5),
    }
}

pub(crate) fn part(id: &str, hundredths: u32, rule: Rule, window: Window) -> Part {
    Part {
        id: PartId::new(id).unwrap(),
        text: String::new(),
        points: points(hundredths),
        rule,
        window,
        mendable: true,
        from_ledger: None,
        bonus: false,
    }
}

pub(crate) fn item(id: &str, parts: Vec<Part>) -> Item {
    Item {
        id: ItemId::new(id).unwrap(),
        title: id.into(),
        requirement: "要求".into(),
        plain: String::new(),
        guidance: vec!["步骤".into()],
        methods: vec![MethodId::new("records").unwrap()],
        evidence: Vec::new(),
        citations: Vec::new(),
        marks: Vec::new(),
        judged_above: false,
        may_be_absent: true,
        may_not_occur: true,
        only_if: None,
        combine: Combine::All,
        parts,
        limits: Vec::new(),
    }
}

pub(crate) fn count(minimum: u32) -> Rule {
    Rule::Count { minimum, credit: CountCredit::Proportional, unit: "次".into() }
}

pub(crate) fn share(target: u8, floor: u8) -> Rule {
    Rule::Share {
        numerator: "已谈".into(),
        denominator: "应谈".into(),
        from_profile: None,
        credit: ShareCredit::Proportional {
            target: Proportion::percent(target),
            floor: Proportion::percent(floor),
        },
    }
}

/// One item of every rule, in three aspects of 30, 32 and 38 points.
pub(crate) fn checklist() -> Checklist {
    let choice =
        |id: &str, worth| Choice { id: ChoiceId::new(id).unwrap(), text: id.into(), points: points(worth) };
    let fact = |id: &str| Fact { id: FactId::new(id).unwrap(), text: id.into(), deducts: points(500) };
    let bands = ShareCredit::Bands {
        bands: vec![
            ShareBand { at_least: Proportion::percent(90), points: points(1_000) },
            ShareBand { at_least: Proportion::percent(60), points: points(400) },
        ],
    };
    let banded = Rule::Share {
        numerator: "满意".into(),
        denominator: "测评".into(),
        from_profile: None,
        credit: bands,
    };
    let deduction = Rule::Deduction {
        occurrences: vec![Occurrence {
            id: OccurrenceId::new("o1").unwrap(),
            text: "不够人数就表决".into(),
            each: points(150),
        }],
    };
    let mut vetoed = item("yes", vec![part("p1", 2_000, Rule::YesNo, Window::PeriodEnd)]);
    vetoed.limits = vec![GradeLimit {
        id: LimitId::new("v1").unwrap(),
        text: "未批未换届".into(),
        at_most: Grade::Unqualified,
        part: PartId::new("p1").unwrap(),
        when: LimitTest::No,
    }];
    let mut counted = part("p1", 1_500, count(1), Window::Month);
    counted.mendable = true;
    let mut any = item(
        "any",
        vec![part("p1", 500, Rule::YesNo, Window::Term), part("p2", 500, count(2), Window::Quarter)],
    );
    any.combine = Combine::Any;
    let level = Rule::Level { choices: vec![choice("good", 1_500), choice("half", 750), choice("none", 0)] };
    let mut offence = part("p1", 1_000, deduction, Window::HalfYear);
    offence.mendable = false;
    let aspect = |id: &str, items| Aspect { id: AspectId::new(id).unwrap(), name: id.into(), items };
    Checklist {
        standard: StandardId::new("test").unwrap(),
        version: "1".into(),
        title: "标准".into(),
        notice: String::new(),
        marks: Vec::new(),
        sector: SectorId::new("rural").unwrap(),
        sector_name: "农村".into(),
        periods: vec![period()],
        methods: vec![super::Method { id: MethodId::new("records").unwrap(), name: "查阅资料".into() }],
        grading: Grading {
            thresholds: vec![
                Threshold { grade: Grade::Model, at_least: points(9_500) },
                Threshold { grade: Grade::Excellent, at_least: points(8_500) },
                Threshold { grade: Grade::Qualified, at_least: points(6_000) },
            ],
            names: Vec::new(),
            quotas: Vec::new(),
        },
        full: Points::HUNDRED,
        limits: Vec::new(),
        year: Vec::new(),
        bonus_cap: Points::ZERO,
        aspects: vec![
            aspect(
                "organisation",
                vec![
                    vetoed,
                    item(
                        "facts",
                        vec![part(
                            "p1",
                            1_000,
                            Rule::Facts { facts: vec![fact("f1"), fact("f2")] },
                            Window::PeriodEnd,
                        )],
                    ),
                ],
            ),
            aspect(
                "operation",
                vec![
                    item("counted", vec![counted]),
                    item("level", vec![part("p1", 1_500, level, Window::PeriodEnd)]),
                    item("yearly", vec![part("p1", 200, Rule::YesNo, Window::Year)]),
                ],
            ),
            aspect(
                "impact",
                vec![
                    item("offence", vec![offence]),
                    item("shared", vec![part("p1", 1_300, share(100, 60), Window::Quarter)]),
                    item("banded", vec![part("p1", 1_000, banded, Window::Term)]),
                    any,
                ],
            ),
        ],
        engine: 1,
    }
}

/// The best answer to a part.
pub(crate) fn full(part: &Part, period: &Period) -> PartAnswer {
    match &part.rule {
        Rule::YesNo => PartAnswer::YesNo { yes: true },
        Rule::Count { minimum, .. } => PartAnswer::Counts {
            counts: period.judged(part.window).into_iter().map(|span| (span.key, *minimum)).collect(),
        },
        Rule::Share { .. } => PartAnswer::Share { numerator: 7, denominator: 7 },
        Rule::Level { choices } => PartAnswer::Level { choice: choices[0].id.clone() },
        Rule::Deduction { .. } | Rule::FromTotal { .. } => {
            PartAnswer::Occurrences { counts: std::collections::BTreeMap::new() }
        }
        Rule::Facts { facts } => {
            PartAnswer::Facts { met: facts.iter().map(|fact| fact.id.clone()).collect() }
        }
    }
}

pub(crate) fn part_entry(item: &Item, part: &Part, answer: PartAnswer, stamp: Stamp) -> Entry {
    let key = AnswerKey::Part { item: item.id.clone(), part: part.id.clone() };
    Entry { key, stamp, value: AnswerValue::part(Some(answer)), under: None }
}

pub(crate) fn item_id(id: &str) -> ItemId {
    ItemId::new(id).unwrap()
}

pub(crate) fn profile_entry(profile: BranchProfile) -> Entry {
    let value = AnswerValue::Profile { profile };
    Entry { key: AnswerKey::Profile, stamp: stamp(900, 1), value, under: None }
}

pub(crate) fn stance_entry(item: &ItemId, stance: Stance, at: Stamp) -> Entry {
    let value = AnswerValue::Stance { stance };
    Entry { key: AnswerKey::Stance { item: item.clone() }, stamp: at, value, under: None }
}

/// Everything answered at its best.
pub(crate) fn full_assessment(checklist: &Checklist, period: &Period) -> Assessment {
    let entries = checklist.items().flat_map(|(_, item)| {
        item.parts.iter().map(move |part| part_entry(item, part, full(part, period), stamp(1_000, 1)))
    });
    let profile =
        AnswerValue::Profile { profile: BranchProfile { full_members: 20, ..BranchProfile::default() } };
    let profile = Entry { key: AnswerKey::Profile, stamp: stamp(900, 1), value: profile, under: None };
    Assessment::new(entries.chain([profile]), None)
}

/// A short document of one section.
pub(crate) fn document(collection: Collection, number: u16) -> Document {
    let id = DocumentId::new(format!("D{number}")).unwrap();
    let paragraph = Block::Paragraph { text: format!("第{number}份文件的正文。") };
    let section = Section {
        id: SectionId::new(format!("D{number}-1")).unwrap(),
        title: "第一节".into(),
        blocks: vec![paragraph],
        items: Vec::new(),
        citations: Vec::new(),
        marks: Vec::new(),
    };
    Document {
        id,
        collection,
        number,
        title: format!("第{number}份"),
        sectors: Vec::new(),
        sections: vec![section],
    }
}
