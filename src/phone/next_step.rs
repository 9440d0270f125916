//! 下一步: exactly one thing to do, in the order of urgency. Pure.

use crate::{
    domain::{Finding, ItemId, Outcome, Period, scoring::ItemState},
    phone::{
        mending::Pressing,
        overview::{ItemRow, progress},
    },
    protocol::{Review, ReviewState},
};
use jiff::civil::Date;

/// How the newest submission of the period stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// There is none, or it was withdrawn.
    Nothing,
    /// 等网络
    Waiting,
    /// 没送成
    Rejected,
    /// 已送达, with what the upper level said last and how many registers were changed since.
    Delivered {
        /// The last word from above.
        review: Option<Review>,
        /// How many items were changed after it was made.
        changed: usize,
        /// Whether the draft stands on another version by now.
        moved: bool,
    },
}

/// The one thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// The endpoint refused a submission for good.
    LookAtRejected,
    /// 退回修改 or 需补材料: mend what is named, then report again.
    Mend {
        /// The return.
        review: Review,
        /// The first item it names.
        item: Option<ItemId>,
    },
    /// A finding was returned, or one from above falls due.
    MendFinding {
        /// The one that cannot wait.
        finding: Box<Finding>,
        /// How many cannot.
        count: usize,
    },
    /// 支部基本情况 has to be confirmed first: it gives the denominators.
    ConfirmProfile,
    /// 待复核: the draft was moved to another version that asks something else here.
    LookAgain {
        /// The first of them.
        item: ItemId,
        /// How many.
        count: usize,
    },
    /// Go on answering here.
    Answer {
        /// The item.
        item: ItemId,
        /// How many are open.
        open: usize,
        /// Whether anything was answered yet.
        begun: bool,
    },
    /// Only 拿不准 ones are left.
    AskAboutUnsure {
        /// How many.
        count: usize,
    },
    /// Everything is answered: look at the result, then report.
    SeeResult {
        /// How many are short and can still be mended.
        possible: usize,
        /// How many are short for good.
        missed: usize,
        /// Whether 上报截止 is over.
        late: bool,
    },
    /// Changed since the last report.
    ReportAgain {
        /// How many items; none when only the version is another.
        changed: usize,
    },
    /// It waits for the network; nothing to do.
    WaitForNetwork,
    /// It is above; some shortfalls can still be mended.
    MendWhatIsPossible {
        /// How many.
        possible: usize,
    },
    /// It is above; findings from above are to be mended, none of them in a hurry.
    MendFindings {
        /// How many.
        count: usize,
    },
    /// It is above; nothing to do.
    WaitForReview {
        /// The state above.
        state: Option<ReviewState>,
    },
}

/// Works it out.
pub fn next_step(
    rows: &[ItemRow],
    sent: &Sent,
    findings: &Pressing,
    has_profile: bool,
    period: &Period,
    today: Date,
) -> NextStep {
    if let Sent::Rejected = sent {
        return NextStep::LookAtRejected;
    }
    let returned = match sent {
        Sent::Delivered { review: Some(review), changed, .. } if asks_for_more(review) => {
            Some((review, *changed))
        }
        _ => None,
    };
    if let Some((review, 0)) = returned {
        let item = review.items.first().map(|named| named.item.clone());
        return NextStep::Mend { review: review.clone(), item };
    }
    if let Some(finding) = &findings.first {
        return NextStep::MendFinding { finding: Box::new(finding.clone()), count: findings.count };
    }
    if !has_profile {
        return NextStep::ConfirmProfile;
    }
    let mut doubtful = rows.iter().filter(|row| row.doubtful);
    if let Some(first) = doubtful.next() {
        return NextStep::LookAgain { item: first.id.clone(), count: 1 + doubtful.count() };
    }
    if let Some(open) = crate::phone::overview::next_open(rows, None) {
        let count = rows.iter().filter(|row| row.state == ItemState::Unanswered).count();
        return NextStep::Answer { item: open.id.clone(), open: count, begun: progress(rows).0 > 0 };
    }
    let unsure = rows.iter().filter(|row| row.state == ItemState::Unsure).count();
    if unsure > 0 {
        return NextStep::AskAboutUnsure { count: unsure };
    }
    let possible = count(rows, |outcome| matches!(outcome, Outcome::StillPossible { .. }));
    let missed = count(rows, |outcome| matches!(outcome, Outcome::Missed));
    match sent {
        Sent::Nothing | Sent::Rejected => {
            NextStep::SeeResult { possible, missed, late: period.is_late(today) }
        }
        Sent::Waiting => NextStep::WaitForNetwork,
        Sent::Delivered { changed, .. } if *changed > 0 => NextStep::ReportAgain { changed: *changed },
        Sent::Delivered { review, moved: true, .. }
            if review.as_ref().is_none_or(|review| review.state != ReviewState::Approved) =>
        {
            NextStep::ReportAgain { changed: 0 }
        }
        Sent::Delivered { review, .. } => match review.as_ref().map(|review| review.state) {
            approved if possible > 0 && approved != Some(ReviewState::Approved) => {
                NextStep::MendWhatIsPossible { possible }
            }
            // Mending goes on after the report is approved.
            _ if findings.from_above > 0 => NextStep::MendFindings { count: findings.from_above },
            state => NextStep::WaitForReview { state },
        },
    }
}

fn asks_for_more(review: &Review) -> bool {
    matches!(review.state, ReviewState::Returned | ReviewState::Incomplete)
}

fn count(rows: &[ItemRow], of: impl Fn(Outcome) -> bool) -> usize {
    rows.iter().filter(|row| row.outcome.is_some_and(&of)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            Assessment, PartAnswer, score,
            testing::{checklist, full_assessment, part_entry, period, stamp},
        },
        phone::overview::rows,
    };
    use jiff::civil::date;

    fn review(state: ReviewState) -> Review {
        Review {
            state, at: 1, by: "镇安镇党委".into(), reason: String::new(), items: Vec::new(), due: None
        }
    }

    fn delivered(state: Option<ReviewState>, changed: usize) -> Sent {
        Sent::Delivered { review: state.map(review), changed, moved: false }
    }

    #[test]
    fn there_is_always_exactly_one_next_step() {
        let (list, period, today) = (checklist(), period(), date(2026, 11, 24));
        let on = |assessment: &Assessment, day| rows(&list, &score(&list, &period, assessment), &period, day);
        let of = |assessment: &Assessment| on(assessment, today);
        let empty = of(&Assessment::default());
        let full = of(&full_assessment(&list, &period));
        let mut short = full_assessment(&list, &period);
        let yes = &list.aspects[0].items[0];
        short.merge([part_entry(yes, &yes.parts[0], PartAnswer::YesNo { yes: false }, stamp(u64::MAX, 1))]);
        let later = date(2026, 12, 24);
        let (short_later, short) = (on(&short, later), of(&short));
        let none = Pressing::default();
        let step = |rows: &[ItemRow], sent: Sent| next_step(rows, &sent, &none, true, &period, today);
        let first = next_step(&empty, &Sent::Nothing, &none, false, &period, today);
        assert_eq!(first, NextStep::ConfirmProfile);
        assert!(matches!(step(&empty, Sent::Nothing), NextStep::Answer { begun: false, .. }));
        assert!(matches!(step(&empty, Sent::Rejected), NextStep::LookAtRejected));
        assert_eq!(step(&short, Sent::Nothing), NextStep::SeeResult { possible: 1, missed: 0, late: false });
        let after = next_step(&short_later, &Sent::Nothing, &none, true, &period, later);
        assert_eq!(after, NextStep::SeeResult { possible: 0, missed: 1, late: true });
        assert_eq!(step(&full, Sent::Waiting), NextStep::WaitForNetwork);
        assert_eq!(step(&full, delivered(None, 2)), NextStep::ReportAgain { changed: 2 });
        assert_eq!(step(&short, delivered(None, 0)), NextStep::MendWhatIsPossible { possible: 1 });
        assert_eq!(step(&full, delivered(None, 0)), NextStep::WaitForReview { state: None });
        let returned = Some(ReviewState::Returned);
        assert!(matches!(step(&full, delivered(returned, 0)), NextStep::Mend { .. }));
        assert_eq!(step(&full, delivered(returned, 1)), NextStep::ReportAgain { changed: 1 });
        let approved = Some(ReviewState::Approved);
        let moved = |state: Option<ReviewState>| Sent::Delivered {
            review: state.map(review),
            changed: 0,
            moved: true,
        };
        assert_eq!(step(&full, moved(None)), NextStep::ReportAgain { changed: 0 });
        assert_eq!(step(&full, moved(approved)), NextStep::WaitForReview { state: approved });
        let mut doubtful = full.clone();
        doubtful[1].doubtful = true;
        doubtful[2].doubtful = true;
        let again = NextStep::LookAgain { item: doubtful[1].id.clone(), count: 2 };
        assert_eq!(step(&doubtful, Sent::Nothing), again);
        assert_eq!(step(&doubtful, moved(None)), again);
        assert_eq!(step(&short, delivered(approved, 0)), NextStep::WaitForReview { state: approved });
    }

    #[test]
    fn what_the_upper_level_waits_for_comes_before_answering_and_what_has_time_after_it() {
        let (list, period, today) = (checklist(), period(), date(2026, 11, 24));
        let on = |assessment: &Assessment| rows(&list, &score(&list, &period, assessment), &period, today);
        let (empty, full) = (on(&Assessment::default()), on(&full_assessment(&list, &period)));
        let word = crate::sync::testing::finding_word(1, "缺签到表", 1, 1);
        let finding = crate::domain::Findings::new([word], []).all().remove(0);
        let pressing = Pressing { first: Some(finding.clone()), count: 2, from_above: 2 };
        let step = |rows: &[ItemRow], sent: Sent, findings: &Pressing| {
            next_step(rows, &sent, findings, true, &period, today)
        };
        let mend = NextStep::MendFinding { finding: Box::new(finding), count: 2 };
        assert_eq!(step(&empty, Sent::Nothing, &pressing), mend);
        assert_eq!(step(&empty, Sent::Rejected, &pressing), NextStep::LookAtRejected);
        let returned = Some(ReviewState::Returned);
        assert!(matches!(step(&full, delivered(returned, 0), &pressing), NextStep::Mend { .. }));
        let calm = Pressing { first: None, count: 0, from_above: 1 };
        assert!(matches!(step(&empty, Sent::Nothing, &calm), NextStep::Answer { .. }));
        assert_eq!(step(&full, delivered(None, 0), &calm), NextStep::MendFindings { count: 1 });
        let approved = Some(ReviewState::Approved);
        assert_eq!(step(&full, delivered(approved, 0), &calm), NextStep::MendFindings { count: 1 });
    }
}
