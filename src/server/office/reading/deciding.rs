//! What whoever read a report says of it, having seen what was said before.

use super::{Refusal as Unread, seen};
use crate::{
    domain::{SubmissionId, day, period::shanghai_date},
    protocol::{Review, ReviewState},
    server::{
        database::{Database, DatabaseError},
        office::{
            actor::Actor,
            again::anew,
            clock::Clock,
            people::{Act, authority},
            reviewing::{self, Known, Opinion, Unsound},
        },
    },
};

/// When something was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// Just now.
    Now,
    /// It had been said so already, as when a form is sent twice.
    Before,
}

/// Why nothing was said.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// There is no such submission for whoever acts.
    #[error(transparent)]
    Unread(#[from] Unread),
    /// A return does not say until when.
    #[error("there is no day")]
    NoDay,
    /// It says a day that nobody can mean.
    #[error("this is no day to mean")]
    NoSuchDay,
    /// It says a day that has passed.
    #[error("the day has passed")]
    PastDay,
    /// What is approved asks for nothing: with words it may be meant to be returned.
    #[error("there are words, and it is approved")]
    Words,
    /// This was said since whoever acts looked.
    #[error("somebody said something since")]
    Newer(Vec<Review>),
    /// The branch took it back, or followed it by another.
    #[error("it does not count any more")]
    Replaced,
    /// What is said cannot stand.
    #[error(transparent)]
    Review(#[from] reviewing::Refusal),
}

impl From<authority::Refusal> for Refusal {
    fn from(refusal: authority::Refusal) -> Self {
        Self::Unread(refusal.into())
    }
}

impl From<DatabaseError> for Refusal {
    fn from(error: DatabaseError) -> Self {
        Self::Unread(error.into())
    }
}

/// Says something of a submission for somebody who saw it with so many reviews. The same again, in the same name, is nothing new.
pub(crate) async fn decide(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    id: SubmissionId,
    after: usize,
    opinion: Opinion,
) -> Result<Said, Refusal> {
    let is_overtaken = |refusal: &Refusal| matches!(refusal, Refusal::Review(reviewing::Refusal::Overtaken));
    anew(is_overtaken, || said(database, clock, actor, id, after, opinion.clone())).await
}

async fn said(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    id: SubmissionId,
    after: usize,
    opinion: Opinion,
) -> Result<Said, Refusal> {
    let today = shanghai_date(clock.now_ms());
    let known = seen(database, actor, id, today).await?;
    known.reported().must(database, actor, Act::Review, today).await?;
    match opinion.state {
        ReviewState::Returned | ReviewState::Incomplete => match opinion.due {
            None => return Err(Refusal::NoDay),
            Some(due) if !day::can_be(due) => return Err(Refusal::NoSuchDay),
            Some(due) if due < today => return Err(Refusal::PastDay),
            Some(_) => {}
        },
        ReviewState::InReview | ReviewState::Approved => {
            if !opinion.reason.is_empty() || !opinion.items.is_empty() || opinion.due.is_some() {
                return Err(Refusal::Words);
            }
        }
    }
    if opinion.items.iter().any(|one| known.checklist.find(&one.item).is_none()) {
        return Err(Unread::Unknown.into());
    }
    if let Some(said) = known.reviews.get(after) {
        let by = actor.speaker(database, &known.branch).await.map_err(reviewing::Refusal::from)?;
        let is_same = opinion.is(said) && said.by == by;
        return if is_same { Ok(Said::Before) } else { Err(newer(&known, after)) };
    }
    let begins = opinion.state == ReviewState::InReview;
    if let Some(last) = known.reviews.last().filter(|_| begins) {
        return Err(reviewing::Refusal::Reviewed(last.state).into());
    }
    let sound = match reviewing::check(&known, after, opinion) {
        Err(Unsound::Replaced) => return Err(Refusal::Replaced),
        checked => checked.map_err(reviewing::Refusal::from)?,
    };
    let Some(sound) = sound else { return Ok(Said::Before) };
    if reviewing::say(database, clock, actor, &[&sound]).await?.is_empty() {
        return Ok(Said::Now);
    }
    Err(reviewing::Refusal::Overtaken.into())
}

fn newer(known: &Known, after: usize) -> Refusal {
    Refusal::Newer(known.reviews.iter().skip(after).cloned().collect())
}
