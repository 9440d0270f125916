//! Two clerks at once, and a phone that would be one: what no command line can stand before.

use super::{
    actor::{Actor, Phone},
    reviewing::{
        Done, Known, Opinion, Refusal, Sound, Unsound, approve, begin, check, find, known, list, say,
    },
    testing::{NOW, OPERATOR, code, submitted, town},
};
use crate::{
    domain::{DeviceId, ItemId, SubmissionId},
    protocol::{ReviewItem, ReviewState},
    server::database::Database,
};

fn asking(reason: &str) -> Opinion {
    Opinion { reason: reason.into(), ..ReviewState::Returned.into() }
}

async fn one(database: &Database, id: SubmissionId) -> Known {
    known(database, [id]).await.unwrap().remove(&id).unwrap()
}

fn sound(known: &Known, after: usize, opinion: Opinion) -> Sound {
    check(known, after, opinion).unwrap().unwrap()
}

#[tokio::test]
async fn nobodys_word_is_said_over_one_that_was_not_read() {
    let (_folder, database) = town().await;
    let [a, b] = submitted(&database, ["a", "b"]).await;
    let (seen_a, seen_b) = (one(&database, a).await, one(&database, b).await);
    assert_eq!(check(&seen_a, 0, asking("")).err(), Some(Unsound::NoReason));
    assert_eq!(check(&seen_a, 1, asking("缺签到表")).err(), Some(Unsound::NeverSo(0)));
    for unfit in ["\u{7}", &"长".repeat(501)] {
        assert_eq!(check(&seen_a, 0, asking(unfit)).err(), Some(Unsound::UnfitReason));
        let item = ReviewItem { item: ItemId::new("facts").unwrap(), reason: unfit.into() };
        let of_item = Opinion { items: vec![item], ..ReviewState::Returned.into() };
        assert_eq!(check(&seen_a, 0, of_item).err(), Some(Unsound::UnfitItem));
    }
    let both = [sound(&seen_a, 0, asking("缺签到表")), sound(&seen_b, 0, ReviewState::InReview.into())];
    // Another clerk is quicker with the first.
    let by = Actor::Operator { by: Some(" 张组委 ".into()) };
    assert!(matches!(approve(&database, &NOW, &by, &seen_a).await, Ok(Done::Said { .. })));
    let overtaken = say(&database, &NOW, &OPERATOR, &[&both[0], &both[1]]).await.unwrap();
    assert_eq!(overtaken.into_iter().collect::<Vec<_>>(), [0]);
    let rows = list(&database, None, None).await.unwrap();
    let stand: Vec<_> = rows.iter().map(|row| (row.state(), row.counting.reviews[0].by.as_str())).collect();
    let expected = [(Some(ReviewState::Approved), "张组委"), (Some(ReviewState::InReview), "镇安镇党委")];
    assert_eq!(stand, expected);
    assert!(rows.iter().all(|row| row.counting.reviews.len() == 1 && row.counting.reviews[0].at == NOW.0));

    let fresh = one(&database, a).await;
    assert_eq!(check(&fresh, 0, asking("缺签到表")).err(), Some(Unsound::Newer));
    assert!(check(&fresh, 0, ReviewState::Approved.into()).unwrap().is_none(), "it was said then");
    assert!(matches!(begin(&database, &NOW, &OPERATOR, &fresh).await, Err(Refusal::Reviewed(_))));
    assert!(matches!(approve(&database, &NOW, &OPERATOR, &fresh).await, Ok(Done::Unchanged)));
}

#[tokio::test]
async fn what_a_branch_took_back_is_not_reviewed() {
    let (_folder, database) = town().await;
    let [a] = submitted(&database, ["a"]).await;
    let seen = one(&database, a).await;
    database.withdraw(&code("a"), a, NOW.0).await.unwrap();
    assert!(matches!(begin(&database, &NOW, &OPERATOR, &seen).await, Err(Refusal::Overtaken)));
    let gone = one(&database, a).await;
    assert_eq!(check(&gone, 0, ReviewState::InReview.into()).err(), Some(Unsound::Replaced));
    assert!(matches!(find(&database, &gone.receipt).await, Err(Refusal::Replaced(_))));
    assert!(matches!(find(&database, "0").await, Err(Refusal::NotOne(_, 0))));
}

#[tokio::test]
async fn a_phone_does_not_approve_what_it_sent() {
    let (_folder, database) = town().await;
    let [a, b] = submitted(&database, ["a", "b"]).await;
    let seen = [one(&database, a).await, one(&database, b).await];
    let device = DeviceId::from_random([1; 16]);
    let phone = Actor::Phone(Phone { branch: code("a"), device, has_ended: false });
    let refused = approve(&database, &NOW, &phone, &seen[0]).await;
    assert!(matches!(refused, Err(Refusal::Denied(_))));
    let both = seen.each_ref().map(|seen| sound(seen, 0, ReviewState::Approved.into()));
    let refused = say(&database, &NOW, &phone, &[&both[0], &both[1]]).await;
    assert!(matches!(refused, Err(Refusal::Denied(_))));
    assert!(list(&database, None, None).await.unwrap().iter().all(|row| row.state().is_none()));
}
