//! Every form of the built-in standard, for a branch with shortfalls, becomes both files and holds the screen's figures.
//! With BIAOCHI_PAPER_SAMPLES=FOLDER the files are left there, to be looked at in an office program.

use super::{Form, Reported, Source, comparison, comparison::Earlier, paper, record, report};
use crate::{
    authoring::builtin,
    domain::{
        AnswerKey, AnswerValue, Assessment, BranchCode, BranchProfile, ClaimedGrade, Declaration, Entry,
        NotApplicable, PartAnswer, Rule, SectorId, Stance, Submission, SubmissionId,
        document::TemplateField,
        ledger, score,
        submission::ConsideredBy,
        testing::{device, full, part_entry, stamp, stance_entry},
    },
    paper::{Kind, Paper, Request},
    protocol::{BranchInfo, UnitName},
};
use jiff::civil::date;

/// Everything as it should be, but for every fifth item.
fn entries(source: &crate::domain::Checklist, period: &crate::domain::Period) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (place, (_, item)) in source.items().enumerate() {
        for part in &item.parts {
            let best = full(part, period);
            let answer = match (&part.rule, best) {
                (_, best) if place % 5 != 3 => best,
                (Rule::YesNo, _) => PartAnswer::YesNo { yes: false },
                (Rule::Facts { .. }, _) => PartAnswer::Facts { met: [].into() },
                (_, PartAnswer::Counts { mut counts }) => {
                    if let Some(first) = counts.values_mut().next() {
                        *first = 0;
                    }
                    PartAnswer::Counts { counts }
                }
                (Rule::Share { .. }, _) => PartAnswer::Share { numerator: 12, denominator: 20 },
                (_, best) => best,
            };
            entries.push(part_entry(item, part, answer, stamp(1_000, 1)));
        }
        let key = AnswerKey::Location { item: item.id.clone() };
        let text = if place % 3 == 0 { "村部铁柜二层蓝盒" } else { "镇党建办" };
        entries.push(Entry {
            key,
            stamp: stamp(1_000, 1),
            value: AnswerValue::Text { text: text.into() },
            under: None,
        });
    }
    entries
}

#[test]
fn every_form_of_the_built_in_standard_becomes_both_files() {
    let package = builtin().unwrap();
    let list = package.checklist(&SectorId::new("rural").unwrap()).unwrap();
    let (period, next) = (&list.periods[0], &list.periods[1]);
    let profile = BranchProfile {
        full_members: 23,
        probationary_members: 1,
        mobile_members: 4,
        committee_members: 3,
        party_groups: 2,
        last_election: Some(date(2024, 3, 15)),
        themed_day: "每月5日".into(),
    };
    let mut all = entries(list, period);
    all.push(Entry {
        key: AnswerKey::Profile,
        stamp: stamp(900, 1),
        value: AnswerValue::Profile { profile },
        under: None,
    });
    let absent = list.items().find(|(_, item)| item.may_not_occur).unwrap().1;
    let none = Stance::NotApplicable { reason: NotApplicable::NoOccurrence };
    all.push(stance_entry(&absent.id, none, stamp(1_001, 1)));
    let assessment = Assessment::new(all, None);
    let sheet = score(list, period, &assessment);
    let code = |text: &str| BranchCode::new(text).unwrap();
    let branch = BranchInfo {
        code: code("210726117203"),
        name: "黑山县镇安镇十里村党支部".into(),
        sector: list.sector.clone(),
        reports_to: Some(UnitName { code: code("210726117"), name: "镇安镇党委".into() }),
        telephone: String::new(),
        ended: None,
        judged: crate::domain::Open::default(),
    };
    let reported = Submission {
        format: 1,
        id: SubmissionId::from_parts(1_795_449_900_000, &[1; 10]),
        parents: Vec::new(),
        branch: branch.code.clone(),
        period: period.id.clone(),
        sector: list.sector.clone(),
        checklist: list.hash().unwrap(),
        device: device(1),
        made_at: 1_795_449_900_000,
        declaration: Declaration {
            reporter: "王文书".into(),
            reporter_post: "文书".into(),
            considered_on: date(2026, 11, 20),
            considered_by: ConsideredBy::Committee,
            secretary: "李书记".into(),
            claimed_grade: ClaimedGrade::Excellent,
        },
        answers: Vec::new().into(),
        attachments: Vec::new(),
        ledger: Vec::new().into(),
    };
    let ledger = ledger::testing::ledger(&[date(2026, 3, 3), date(2026, 9, 3)]);
    let findings = crate::domain::Findings::default();
    let source = Source {
        branch: &branch,
        checklist: list,
        period,
        assessment: &assessment,
        ledger: &ledger,
        findings: &findings,
        sheet: &sheet,
        reported: Some(Reported { submission: &reported, receipt: Some("1234-5678") }),
        today: date(2026, 11, 24),
    };
    let text = report::draft(&source);
    let earlier =
        Earlier { checklist: list.clone(), period: next.clone(), sheet: sheet.clone(), reported: true };
    let field = |name: &str, hint: &str| TemplateField { name: name.into(), hint: hint.into() };
    let fields = [
        "名称",
        "时间",
        "地点",
        "主持人",
        "记录人",
        "应到",
        "实到",
        "缺席及原因",
        "列席",
        "议题",
        "发言",
        "表决",
        "决议",
        "签名",
    ]
    .map(|name| field(name, if name == "应到" { "按名册，人数" } else { "" }));
    let mut papers: Vec<(&str, Paper)> =
        Form::ALL.into_iter().filter_map(|form| Some((form.slug(), paper(form, &source, &text)?))).collect();
    papers.push(("comparison", comparison::paper(&source, &earlier)));
    papers.push(("record", record::paper("支部党员大会会议记录", &fields, &branch.name)));
    assert_eq!(papers.len(), Form::ALL.len() + 1);
    let folder = std::env::var_os("BIAOCHI_PAPER_SAMPLES");
    for (name, paper) in papers {
        for kind in [Kind::Docx, Kind::Xlsx] {
            let bytes = Request { kind, paper: paper.clone() }.answer().unwrap();
            assert!(bytes.starts_with(b"PK"), "{name}");
            if let Some(folder) = &folder {
                let path = std::path::Path::new(folder).join(format!("{name}.{}", kind.extension()));
                std::fs::write(path, bytes).unwrap();
            }
        }
    }
}
