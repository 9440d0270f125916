//! A form that is sent twice at one instant, to one program or to two over the same database: the second one read what the first one
//! had not written yet. It is begun anew, reads what stands now, and is answered as if it had come later: as what stands already where
//! it asks for the very same, as what somebody else said meanwhile otherwise.

use std::future::Future;

/// The tree is one for all: several may change it while somebody tries.
const MOST_TRIES: usize = 5;

/// Does something, and begins anew where it was overtaken between its reading and its writing.
pub(crate) async fn anew<T, E, F: Future<Output = Result<T, E>>>(
    is_overtaken: impl Fn(&E) -> bool,
    act: impl Fn() -> F,
) -> Result<T, E> {
    let mut came = act().await;
    for _ in 1..MOST_TRIES {
        if !came.as_ref().is_err_and(&is_overtaken) {
            break;
        }
        came = act().await;
    }
    came
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{ClaimedGrade, FindingId, Points, period::shanghai_date, testing::checklist},
        protocol::ReviewState,
        server::office::{
            codes::{self, Whom},
            mending::{
                adding::{Found, add},
                deciding::{self as deciding_on, Decision},
            },
            papers::{self, Handed},
            people::Role,
            reading::deciding,
            roster::changes,
            testing::{Counting, NOW, OPERATOR, code, person, submitted, town},
        },
    };
    use std::cell::Cell;

    #[tokio::test]
    async fn what_is_overtaken_is_begun_anew_and_not_for_ever() {
        let tries = Cell::new(0);
        let overtaken_until = |last: usize| {
            tries.set(0);
            let tries = &tries;
            anew(
                |refusal| *refusal == "overtaken",
                move || async move {
                    tries.set(tries.get() + 1);
                    if tries.get() > last { Err::<(), _>("somebody else") } else { Err("overtaken") }
                },
            )
        };
        assert_eq!((overtaken_until(1).await, tries.get()), (Err("somebody else"), 2));
        assert_eq!((overtaken_until(99).await, tries.get()), (Err("overtaken"), MOST_TRIES));
    }

    #[tokio::test]
    async fn a_form_that_is_sent_twice_at_one_instant_is_one_act() {
        let (_folder, database) = town().await;
        let [id] = submitted(&database, ["b"]).await;
        let (who, today) = (person(Role::Review, "t"), shanghai_date(NOW.0));
        let approve = || deciding::decide(&database, &NOW, &who, id, 0, ReviewState::Approved.into());
        let (one, other) = tokio::join!(approve(), approve());
        assert_ne!(one.unwrap(), other.unwrap(), "one of them was before");

        let period = checklist().periods[0].id.clone();
        let known = papers::known(&database, &who, "a", &period, today).await.unwrap();
        let said = Some((Points::from_hundredths(9_250), ClaimedGrade::Excellent));
        let handed = || Handed { said, received_on: today, note: String::new() };
        let enter = || papers::receive(&database, &NOW, &who, &known, 0, handed());
        let (one, other) = tokio::join!(enter(), enter());
        assert_ne!(one.unwrap(), other.unwrap());

        let problem = "缺签到表".to_owned();
        let found = Found { branch: code("a"), item: None, problem, deadline: None, source: String::new() };
        add(&database, &NOW, &who, &[found]).await.unwrap();
        let (branch, finding) = (code("a"), FindingId::from_content(&code("a"), None, "缺签到表"));
        let opened = deciding_on::open(&database, &who, &branch, finding, today).await.unwrap();
        let close = Decision::Close { seen: "看过现场".into() };
        let close = || deciding_on::decide(&database, &NOW, &who, (&branch, finding), opened.so_far, &close);
        let (one, other) = tokio::join!(close(), close());
        one.and(other).unwrap();
        assert_eq!(database.finding_notes(&branch, finding).await.unwrap().len(), 1);

        let mut random = Counting::default();
        let manager = person(Role::Manage, "t");
        let drawn = codes::draw(&database, &NOW, &mut random, Whom::Below("t"), 14, None).await.unwrap();
        let other = codes::draw(&database, &NOW, &mut random, Whom::Below("t"), 14, None).await.unwrap();
        let seen = Some(database.newest_entry().await.unwrap());
        let issue = |drawn| codes::issue(&database, &NOW, &manager, drawn, seen);
        let came = tokio::join!(issue(&drawn), issue(&other));
        assert!(
            matches!(
                came,
                (Ok(0), Err(codes::Refusal::Before { .. })) | (Err(codes::Refusal::Before { .. }), Ok(0))
            ),
            "{came:?}"
        );

        let end = || changes::end(&database, &NOW, &OPERATOR, "b", today);
        let (one, other) = tokio::join!(end(), end());
        assert_ne!(one.unwrap().is_new, other.unwrap().is_new);
    }
}
