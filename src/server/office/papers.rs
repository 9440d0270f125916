//! 收到纸质: a branch that hands in paper has reported like any other. The unit above types in its total and 申报等次; a slip is
//! followed by the right figures, or by the word that nothing came after all.

pub(crate) use crate::server::database::papers::Paper;

use super::{
    actor::{Actor, Unheard},
    again::anew,
    clock::Clock,
    log::Deed,
    people::{Act, Denied, authority::denies},
    reviewing::{Reported, is_reason},
    scope,
};
use crate::{
    domain::{
        Checklist, ClaimedGrade, Period, PeriodId, Points, period::shanghai_date, submission::claimable,
    },
    protocol::Level,
    server::database::{Database, DatabaseError, Unit},
};
use jiff::civil::Date;
use std::sync::Arc;

/// Why nothing was entered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// No branch is meant.
    #[error(transparent)]
    Scope(#[from] scope::Refusal),
    /// Nobody can speak so.
    #[error(transparent)]
    Unheard(#[from] Unheard),
    /// Who acts may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The branch of this name has ended.
    #[error("{0:?} has ended")]
    Ended(String),
    /// Nothing was ever published for the branch of this name in this period.
    #[error("nothing is published for {0:?} in {1}")]
    NoStandard(String, PeriodId),
    /// More points than there are.
    #[error("{0} points are all that there are")]
    TooMany(Points),
    /// Nobody can apply for this.
    #[error("nobody applies for this grade")]
    NotClaimable,
    /// It cannot have come on a day that is yet to be.
    #[error("this day is yet to be")]
    NotYet,
    /// Nor before its period began.
    #[error("the period starts on {0}")]
    TooEarly(Date),
    /// The remark is too long, or no plain text.
    #[error("this is no remark to read")]
    UnfitNote,
    /// There is nothing to take back.
    #[error("nothing was entered")]
    Nothing,
    /// Somebody entered something since its reader looked.
    #[error("somebody was quicker")]
    Overtaken,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

denies!(Refusal);

/// A branch, as far as one must know it to enter its paper.
pub(crate) struct Known {
    /// The branch.
    pub(crate) branch: Unit,
    /// What it answers on paper.
    pub(crate) list: Arc<Checklist>,
    /// For which period.
    pub(crate) period: Period,
    /// What was entered so far, oldest first.
    pub(crate) papers: Vec<Paper>,
}

impl Known {
    /// The most points that there are.
    pub(crate) fn most(&self) -> Points {
        self.list.full.saturating_add(self.list.bonus_cap)
    }

    /// By which it is told who answers for it.
    fn reported(&self) -> Reported {
        let (branch, period) = (self.branch.code.clone(), self.period.id.clone());
        Reported { branch, period, ends: Some(self.period.ends) }
    }

    /// What counts.
    pub(crate) fn counting(&self) -> Option<&Paper> {
        self.papers.last().filter(|paper| paper.said.is_some())
    }
}

/// What came on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Handed {
    /// 自评得分 and 申报等次; `None` takes back what was entered.
    pub(crate) said: Option<(Points, ClaimedGrade)>,
    /// The day on which it came.
    pub(crate) received_on: Date,
    /// A remark.
    pub(crate) note: String,
}

/// Whether it is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// It was entered so already.
    Unchanged,
    /// It is entered now.
    Entered,
}

/// A branch, by code or name, whose paper is to be entered by whoever acts.
pub(crate) async fn known(
    database: &Database,
    actor: &Actor,
    branch: &str,
    period: &PeriodId,
    today: Date,
) -> Result<Known, Refusal> {
    let units = database.units_called(branch).await?;
    let branch = scope::find(&units, branch)?.clone();
    let lists = database.ever_published().await?.into_iter();
    let mut of_sector = lists.filter(|list| list.sector.as_str() == branch.sector);
    let found = of_sector.find_map(|list| Some((list.period(period)?.clone(), list)));
    let ends = found.as_ref().map(|(period, _)| period.ends);
    let reported = Reported { branch: branch.code.clone(), period: period.clone(), ends };
    reported.must(database, actor, Act::Review, today).await?;
    if branch.level != Level::Branch {
        return Err(scope::Refusal::NotABranch(branch.name).into());
    }
    let Some((period, list)) = found else {
        return Err(Refusal::NoStandard(branch.name, period.clone()));
    };
    let papers = database.papers(&branch.code, &period.id).await?;
    Ok(Known { branch, list, period, papers })
}

/// Enters what came on paper, for somebody who saw so many entries. The same again, in the same name, is nothing new.
pub(crate) async fn receive(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    known: &Known,
    after: usize,
    handed: Handed,
) -> Result<Done, Refusal> {
    let is_overtaken = |refusal: &Refusal| matches!(refusal, Refusal::Overtaken);
    anew(is_overtaken, || enter(database, clock, actor, known, after, handed.clone())).await
}

async fn enter(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    known: &Known,
    after: usize,
    handed: Handed,
) -> Result<Done, Refusal> {
    let (now, Handed { said, received_on, note }) = (clock.now_ms(), handed);
    let today = shanghai_date(now);
    known.reported().must(database, actor, Act::Review, today).await?;
    let (branch, period) = (known.branch.code.clone(), known.period.id.clone());
    let entered = database.papers(&branch, &period).await?;
    let by = actor.speaker(database, &branch).await?;
    let paper = Paper { branch, period, said, received_on, note, at: now, by };
    let is_same = |last: &&Paper| Paper { at: now, ..(*last).clone() } == paper;
    if entered.get(after).or(entered.last()).filter(is_same).is_some() {
        return Ok(Done::Unchanged);
    }
    match said {
        None if entered.last().is_none_or(|last| last.said.is_none()) => return Err(Refusal::Nothing),
        None => {}
        Some((score, _)) if score > known.most() => return Err(Refusal::TooMany(known.most())),
        Some((_, claimed)) if !claimable(&known.list.grading).contains(&claimed) => {
            return Err(Refusal::NotClaimable);
        }
        Some(_) => {}
    }
    if received_on > today {
        return Err(Refusal::NotYet);
    }
    if received_on < known.period.starts {
        return Err(Refusal::TooEarly(known.period.starts));
    }
    if !is_reason(&paper.note) {
        return Err(Refusal::UnfitNote);
    }
    let info = database.branch(&known.branch.code).await?;
    if info.is_some_and(|info| info.ended.is_some()) {
        return Err(Refusal::Ended(known.branch.name.clone()));
    }
    let record = actor.record(now, Deed::PaperEntered, Some(&paper.branch), &paper.period);
    if entered.len() != after || !database.add_paper(&paper, after, &record).await? {
        return Err(Refusal::Overtaken);
    }
    Ok(Done::Entered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::testing::checklist,
        server::office::{
            Page,
            reviewing::{self, Filter, Stage},
            testing::{NOW, OPERATOR, code, submitted, town},
        },
    };

    fn handed(hundredths: u32, claimed: ClaimedGrade) -> Handed {
        let said = Some((Points::from_hundredths(hundredths), claimed));
        Handed { said, received_on: shanghai_date(NOW.0), note: String::new() }
    }

    #[tokio::test]
    async fn what_came_on_paper_is_followed_and_never_changed() {
        let (_folder, database) = town().await;
        database.publish(&[checklist()], &[], &[]).await.unwrap();
        let (period, today) = (checklist().periods[0].id.clone(), shanghai_date(NOW.0));
        let look = async || known(&database, &OPERATOR, "十里村党支部", &period, today).await.unwrap();
        let empty = look().await;
        let first = handed(9_250, ClaimedGrade::Excellent);
        let enter = async |known: &Known, after, handed: &Handed| {
            receive(&database, &NOW, &OPERATOR, known, after, handed.clone()).await
        };
        let taken_back = Handed { said: None, ..first.clone() };
        assert!(matches!(enter(&empty, 0, &taken_back).await, Err(Refusal::Nothing)));
        assert_eq!(enter(&empty, 0, &first).await.unwrap(), Done::Entered);
        // The same form again, by somebody who saw it before and by somebody who looks anew.
        assert_eq!(enter(&look().await, 0, &first).await.unwrap(), Done::Unchanged);
        let second = handed(9_000, ClaimedGrade::Qualified);
        assert!(matches!(enter(&empty, 0, &second).await, Err(Refusal::Overtaken)));
        assert_eq!(enter(&look().await, 1, &second).await.unwrap(), Done::Entered);
        let of = database.papers_of(&period, &[code("a"), code("b")]).await.unwrap();
        assert_eq!(of[&code("a")].said, second.said);
        assert_eq!(of.len(), 1);
        assert_eq!(look().await.papers.len(), 2, "nothing is overwritten");
        assert_eq!(enter(&look().await, 2, &taken_back).await.unwrap(), Done::Entered);
        assert!(database.papers_of(&period, &[code("a")]).await.unwrap().is_empty());
        assert!(look().await.counting().is_none());
    }

    #[tokio::test]
    async fn paper_says_no_more_than_a_report_could() {
        let (_folder, database) = town().await;
        let mut own = checklist();
        own.bonus_cap = Points::from_hundredths(500);
        database.publish(&[own], &[], &[]).await.unwrap();
        let (period, today) = (checklist().periods[0].id.clone(), shanghai_date(NOW.0));
        let seen = known(&database, &OPERATOR, "a", &period, today).await.unwrap();
        let enter =
            async |handed: Handed| receive(&database, &NOW, &OPERATOR, &seen, 0, handed).await.unwrap_err();
        let good = || handed(10_500, ClaimedGrade::Model);
        assert!(matches!(
            enter(handed(10_501, ClaimedGrade::Model)).await,
            Refusal::TooMany(most) if most.hundredths() == 10_500
        ));
        assert!(matches!(enter(handed(1, ClaimedGrade::Own(1))).await, Refusal::NotClaimable));
        let tomorrow = Handed { received_on: today.tomorrow().unwrap(), ..good() };
        assert!(matches!(enter(tomorrow).await, Refusal::NotYet));
        assert!(matches!(enter(Handed { note: "\u{7}".into(), ..good() }).await, Refusal::UnfitNote));
        let township = known(&database, &OPERATOR, "t", &period, today).await;
        assert!(matches!(township, Err(Refusal::Scope(scope::Refusal::NotABranch(_)))));
        let other = PeriodId::new("1999").unwrap();
        let before = known(&database, &OPERATOR, "a", &other, today).await;
        assert!(matches!(before, Err(Refusal::NoStandard(..))));
    }

    #[tokio::test]
    async fn paper_counts_as_reported_and_beside_a_phones_report_it_is_shown_but_not_counted() {
        let (_folder, database) = town().await;
        submitted(&database, ["b"]).await;
        let (period, today) = (checklist().periods[0].id.clone(), shanghai_date(NOW.0));
        for branch in ["a", "b"] {
            let seen = known(&database, &OPERATOR, branch, &period, today).await.unwrap();
            let paper = handed(9_250, ClaimedGrade::Model);
            receive(&database, &NOW, &OPERATOR, &seen, 0, paper).await.unwrap();
        }
        let (town, every) = (code("t"), Page { number: 1, size: 50 });
        let list = async |filter: Filter| {
            let filter = Filter { period: Some(period.clone()), ..filter };
            reviewing::page(&database, Some(&town), &filter, every).await.unwrap().rows
        };
        let rows = list(Filter::default()).await;
        let told = rows.iter().map(|row| (row.reported.is_some(), row.paper.as_ref().unwrap().1.as_str()));
        assert_eq!(told.collect::<Vec<_>>(), [(false, "标兵"), (true, "标兵")]);
        let claiming = |claimed| Filter { claimed: Some(claimed), ..Filter::default() };
        assert_eq!(list(claiming(ClaimedGrade::Model)).await.len(), 1, "of the other the phone's counts");
        assert_eq!(list(Filter { on_paper: Some(true), ..Filter::default() }).await.len(), 2);
        let unreported = Filter { stage: Some(Stage::Unreported), ..Filter::default() };
        assert!(list(unreported).await.is_empty());
        let counted = reviewing::by_unit(&database, None, &period, today).await.unwrap();
        let counts = counted[0].1;
        assert_eq!((counts.due, counts.reported, counts.paper, counts.unreviewed), (2, 2, 1, 1));
    }
}
