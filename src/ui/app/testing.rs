//! A branch in the middle of its work: one item missed, one that cannot be mended, some unanswered.

use crate::{
    domain::{
        AnswerKey, AnswerValue, Assessment, BranchCode, BranchProfile, Checklist, ContentHash, Entry,
        Evidence, Findings, Ledger, PartAnswer, SectorId, WindowKey, score,
        testing::{checklist, part_entry, period, stamp},
    },
    protocol::{BranchInfo, UnitName},
    ui::app::source::Source,
};
use jiff::civil::date;
use std::collections::BTreeMap;

pub(in crate::ui) fn with_source(test: impl FnOnce(&Source<'_>)) {
    with_changed_source(|_| (), test);
}

/// The same under a checklist with a change.
pub(in crate::ui) fn with_changed_source(
    change: impl FnOnce(&mut Checklist),
    test: impl FnOnce(&Source<'_>),
) {
    let (mut checklist, period) = (checklist(), period());
    change(&mut checklist);
    let evidence = |name: &str, never_photographed| Evidence { name: name.into(), never_photographed };
    checklist.aspects[0].items[0].evidence = vec![evidence("换届批复", false), evidence("选举票", true)];
    let (yes, counted) = (&checklist.aspects[0].items[0], &checklist.aspects[1].items[0]);
    let offence = &checklist.aspects[2].items[0];
    let counts: BTreeMap<WindowKey, u32> = ["06", "07", "08", "09", "10", "11"]
        .iter()
        .zip([0, 1, 1, 1, 1, 1])
        .map(|(month, n)| (WindowKey(format!("2026-{month}")), n))
        .collect();
    let happened = offence.parts[0].rule.occurrences().unwrap_or_default();
    let happened = happened.iter().take(1).map(|kind| (kind.id.clone(), 1)).collect();
    let profile = BranchProfile { full_members: 20, committee_members: 3, ..BranchProfile::default() };
    let text = |key, text: &str| Entry {
        key,
        stamp: stamp(5, 1),
        value: AnswerValue::Text { text: text.into() },
        under: None,
    };
    let photo = |bytes: &[u8]| Entry {
        key: AnswerKey::Photo { item: yes.id.clone(), sha256: ContentHash::of(bytes) },
        stamp: stamp(6, 1),
        value: AnswerValue::Attached { attached: true },
        under: None,
    };
    let assessment = Assessment::new(
        [
            part_entry(yes, &yes.parts[0], PartAnswer::YesNo { yes: false }, stamp(1, 1)),
            part_entry(counted, &counted.parts[0], PartAnswer::Counts { counts }, stamp(2, 1)),
            part_entry(offence, &offence.parts[0], PartAnswer::Occurrences { counts: happened }, stamp(3, 1)),
            Entry {
                key: AnswerKey::Profile,
                stamp: stamp(4, 1),
                value: AnswerValue::Profile { profile },
                under: None,
            },
            text(AnswerKey::Location { item: yes.id.clone() }, "村部铁柜"),
            photo(b"one"),
            photo(b"two"),
        ],
        None,
    );
    let code = |text: &str| BranchCode::new(text).unwrap();
    let branch = BranchInfo {
        code: code("210726117203"),
        name: "十里村党支部".into(),
        sector: SectorId::new("rural").unwrap(),
        reports_to: Some(UnitName { code: code("210726117"), name: "镇安镇党委".into() }),
        telephone: String::new(),
        ended: None,
        judged: crate::domain::Open::default(),
    };
    let sheet = score(&checklist, &period, &assessment);
    test(&Source {
        branch: &branch,
        checklist: &checklist,
        period: &period,
        assessment: &assessment,
        ledger: &Ledger::default(),
        findings: &Findings::default(),
        sheet: &sheet,
        reported: None,
        today: date(2026, 11, 24),
    });
}
