//! What a branch answers, made up: everything as it should be, or a little less.

use crate::{
    domain::{
        AnswerKey, AnswerValue, BranchProfile, Checklist, ClaimedGrade, Declaration, Entry, Part, PartAnswer,
        Period, Rule, Stamp, Submission, SubmissionId,
        period::shanghai_date,
        submission::{ConsideredBy, FORMAT},
    },
    server::office::actor::Phone,
};

/// How well a branch does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern {
    /// All that is asked.
    All,
    /// Not quite, another branch elsewhere.
    Short(usize),
}

fn best(part: &Part, period: &Period) -> PartAnswer {
    match &part.rule {
        Rule::YesNo => PartAnswer::YesNo { yes: true },
        Rule::Count { minimum, .. } => PartAnswer::Counts {
            counts: period.judged(part.window).into_iter().map(|span| (span.key, *minimum)).collect(),
        },
        Rule::Share { .. } => PartAnswer::Share { numerator: 17, denominator: 20 },
        Rule::Level { choices } => PartAnswer::Level { choice: choices[0].id.clone() },
        Rule::Deduction { .. } | Rule::FromTotal { .. } => PartAnswer::Occurrences { counts: [].into() },
        Rule::Facts { facts } => {
            PartAnswer::Facts { met: facts.iter().map(|fact| fact.id.clone()).collect() }
        }
    }
}

/// A whole submission of a branch, as of an instant: every part answered, and where the originals lie.
pub fn honest(checklist: &Checklist, period: &Period, phone: &Phone, now_ms: u64) -> Submission {
    let stamp = Stamp { ms: now_ms - 1_000, count: 0, device: phone.device };
    let entry = |key, value| Entry { key, stamp, value, under: None };
    let profile = BranchProfile { full_members: 20, committee_members: 3, ..BranchProfile::default() };
    let mut answers = vec![entry(AnswerKey::Profile, AnswerValue::Profile { profile })];
    for (_, item) in checklist.items().filter(|(_, item)| !item.judged_above) {
        for part in &item.parts {
            let key = AnswerKey::Part { item: item.id.clone(), part: part.id.clone() };
            answers.push(entry(key, AnswerValue::part(Some(best(part, period)))));
        }
        let key = AnswerKey::Location { item: item.id.clone() };
        answers.push(entry(key, AnswerValue::Text { text: "村部铁柜二层蓝盒".into() }));
    }
    Submission {
        format: FORMAT,
        id: SubmissionId::from_parts(now_ms, &[0; 10]),
        parents: Vec::new(),
        branch: phone.branch.clone(),
        period: period.id.clone(),
        sector: checklist.sector.clone(),
        checklist: checklist.hash().unwrap_or_else(|_| unreachable!("a checklist can be written")),
        device: phone.device,
        made_at: now_ms,
        declaration: Declaration {
            reporter: "王文书".into(),
            reporter_post: "文书".into(),
            considered_on: shanghai_date(now_ms),
            considered_by: ConsideredBy::Committee,
            secretary: "李书记".into(),
            claimed_grade: ClaimedGrade::Qualified,
        },
        answers: answers.into(),
        ledger: Vec::new().into(),
        attachments: Vec::new(),
    }
}

/// Makes it what this pattern says.
pub(super) fn worsen(checklist: &Checklist, submission: &mut Submission, pattern: Pattern) {
    let Pattern::Short(which) = pattern else { return };
    let asked: Vec<_> = checklist.items().map(|(_, item)| item.id.clone()).collect();
    let answers = submission.answers.iter().cloned().map(|mut entry| {
        if let (AnswerKey::Part { item, .. }, AnswerValue::Part { answer, .. }) =
            (&entry.key, &mut entry.value)
        {
            let place = asked.iter().position(|one| one == item).unwrap_or(0);
            match (place + which) % 9 {
                // Not filled in.
                0 if which.is_multiple_of(2) => *answer = None,
                1 => answer.iter_mut().for_each(less),
                _ => {}
            }
        }
        entry
    });
    submission.answers = answers.collect::<Vec<_>>().into();
}

/// An answer that costs points.
fn less(answer: &mut PartAnswer) {
    match answer {
        PartAnswer::YesNo { yes } => *yes = false,
        PartAnswer::Counts { counts } => {
            counts.values_mut().take(1).for_each(|count| *count = count.saturating_sub(1));
        }
        PartAnswer::Share { numerator, .. } => *numerator = 12,
        PartAnswer::Facts { met } => drop(met.pop_first()),
        PartAnswer::Level { .. } | PartAnswer::Occurrences { .. } => {}
    }
}
