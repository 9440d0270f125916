//! A report with all that its forms need: answers, score and ledger as they were frozen, whatever was filled in since.

use super::{Reported, Source};
use crate::{
    domain::{Assessment, Checklist, Findings, Ledger, Period, ScoreSheet, Submission, SubmissionId, score},
    protocol::BranchInfo,
    store::LocalSubmission,
};
use jiff::civil::Date;

/// The report.
#[derive(Debug, Clone, PartialEq)]
pub struct Frozen {
    submission: Submission,
    receipt: Option<String>,
    checklist: Checklist,
    period: Period,
    assessment: Assessment,
    ledger: Ledger,
    sheet: ScoreSheet,
}

impl Frozen {
    /// From a submission and the checklist that it answers; `None` when its bytes are not here or do not answer this one.
    pub fn new(sent: &LocalSubmission, checklist: Checklist) -> Option<Self> {
        let submission = sent.snapshot()?;
        let period = checklist.period(&submission.period)?.clone();
        let assessment = Assessment::new(submission.entries(), None);
        let sheet = score(&checklist, &period, &assessment);
        let ledger = Ledger::new(submission.ledger.iter().cloned());
        let receipt = sent.receipt.as_ref().map(|receipt| receipt.code.clone());
        Some(Self { submission, receipt, checklist, period, assessment, ledger, sheet })
    }

    /// Which submission it is.
    pub fn id(&self) -> SubmissionId {
        self.submission.id
    }

    /// What the forms are filled in from. Findings go on after a report: they stand as they are today.
    pub fn source<'a>(&'a self, branch: &'a BranchInfo, findings: &'a Findings, today: Date) -> Source<'a> {
        Source {
            branch,
            checklist: &self.checklist,
            period: &self.period,
            assessment: &self.assessment,
            ledger: &self.ledger,
            findings,
            sheet: &self.sheet,
            reported: Some(Reported { submission: &self.submission, receipt: self.receipt.as_deref() }),
            today,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            Form,
            comparison::{self, Earlier},
            paper, report,
        },
        *,
    };
    use crate::{
        domain::{
            AnswerKey, AnswerValue, ClaimedGrade, Declaration, Entry, PartAnswer,
            submission::{ConsideredBy, FORMAT},
            testing::{device, part_entry, stamp},
        },
        paper::Paper,
        ui::app::testing::with_source,
    };
    use jiff::civil::date;

    /// What the branch of the tests has filled in, as it is reported.
    fn reported(source: &Source<'_>) -> LocalSubmission {
        let checklist = source.checklist.hash().unwrap();
        let submission = Submission {
            format: FORMAT,
            id: SubmissionId::from_parts(1_795_449_900_000, &[1; 10]),
            parents: Vec::new(),
            branch: source.branch.code.clone(),
            period: source.period.id.clone(),
            sector: source.checklist.sector.clone(),
            answers: Submission::packed(source.assessment.winners(), &checklist).into(),
            checklist,
            device: device(1),
            // 2026-11-24 in Shanghai.
            made_at: 1_795_449_900_000,
            declaration: Declaration {
                reporter: "王文书".into(),
                reporter_post: "文书".into(),
                considered_on: date(2026, 11, 20),
                considered_by: ConsideredBy::Committee,
                secretary: "李书记".into(),
                claimed_grade: ClaimedGrade::Excellent,
            },
            attachments: Vec::new(),
            ledger: Vec::new().into(),
        };
        let body = serde_json::to_string(&submission).unwrap();
        LocalSubmission::made_here(&submission, body)
    }

    fn all_of(source: &Source<'_>, report_text: &str) -> Vec<(Form, Paper)> {
        let earlier = Earlier {
            checklist: source.checklist.clone(),
            period: source.period.clone(),
            sheet: source.sheet.clone(),
            reported: true,
        };
        let forms = Form::ALL.into_iter().filter(|form| form.is_of_a_report());
        forms
            .map(|form| {
                let made = paper(form, source, report_text);
                (form, made.unwrap_or_else(|| comparison::paper(source, &earlier)))
            })
            .collect()
    }

    #[test]
    fn paper_shows_the_report_or_says_that_it_is_a_draft() {
        with_source(|source| {
            let frozen = Frozen::new(&reported(source), source.checklist.clone()).unwrap();
            let reported_score = source.sheet.total();
            // After the report the first item is mended: the score is another one.
            let first = &source.checklist.aspects[0].items[0];
            let mended = part_entry(first, &first.parts[0], PartAnswer::YesNo { yes: true }, stamp(50, 1));
            let moved = Entry {
                key: AnswerKey::Location { item: first.id.clone() },
                stamp: stamp(51, 1),
                value: AnswerValue::Text { text: "搬到镇里了".into() },
                under: None,
            };
            let entries = source.assessment.entries().iter().cloned().chain([mended, moved]);
            let assessment = Assessment::new(entries, None);
            let sheet = score(source.checklist, source.period, &assessment);
            assert_ne!(sheet.total(), reported_score);
            let draft = Source { assessment: &assessment, sheet: &sheet, ..*source };
            let of_report = frozen.source(source.branch, source.findings, source.today);

            let edited = report::draft(&of_report);
            assert!(edited.contains("经11月20日支委会研究，内容属实。自评得分"), "{edited}");
            assert!(!report::draft(&draft).contains("内容属实"));
            assert!(
                report::says_another_score(&draft, &edited)
                    && !report::says_another_score(&of_report, &edited)
            );
            for (form, paper) in all_of(&draft, &edited) {
                let text = serde_json::to_string(&paper).unwrap();
                assert!(paper.title.ends_with("（草稿）") && text.contains("没有上报"), "{form:?}: {text}");
                assert!(!text.contains("内容属实"), "{form:?}: {text}");
                // Nothing is declared in a draft; what she has written into the report herself stands.
                assert!(form == Form::Report || !text.contains("优秀"), "{form:?}: {text}");
            }
            for (form, paper) in all_of(&of_report, "一、我们自己的话") {
                let text = serde_json::to_string(&paper).unwrap();
                assert!(
                    !text.contains("草稿") && text.contains("照2026年11月24日上报的填写"),
                    "{form:?}: {text}"
                );
                assert!(!text.contains("搬到镇里了"), "{form:?}: {text}");
                let is_declared = matches!(form, Form::SelfAssessment | Form::Report);
                assert_eq!(
                    text.contains("经11月20日支委会研究，内容属实。"),
                    is_declared,
                    "{form:?}: {text}"
                );
            }
            let total =
                |source: &Source<'_>| paper(Form::SelfAssessment, source, "").unwrap().feet[0].text.clone();
            assert!(total(&of_report).starts_with(&format!("{reported_score}分")));
            assert!(total(&draft).starts_with(&format!("{}分", sheet.total())));
        });
    }

    #[test]
    fn an_edited_draft_keeps_its_other_words_without_the_sentence() {
        with_source(|source| {
            let said = "对照标准自查，经11月20日支委会研究，内容属实。自评得分1分。\n我们研究，内容属实";
            let text = serde_json::to_string(&report::paper(source, said)).unwrap();
            assert!(text.contains("对照标准自查。自评得分1分。") && !text.contains("属实"), "{text}");
        });
    }
}
