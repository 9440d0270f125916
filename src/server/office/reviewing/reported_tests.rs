//! Lists, pages and acts agree on who answers for a report, whatever happened to branch and town since the period's day.

use super::*;
use crate::{
    domain::{ClaimedGrade, Period, Points, SubmissionId, testing::checklist},
    protocol::{Level, ReviewState},
    server::{
        database::Tree,
        office::{
            Page,
            papers::{self, Handed},
            people::{Grant, PersonId},
            people::{
                Role,
                accounts::{self, Newcomer},
                roles,
            },
            reading::{self, deciding},
            reviewing::{self, Filter, Opinion, Unsound, page},
            roster::{
                changes::{self, Altered, Merging},
                freezing,
                moved::moved_away,
            },
            testing::{Counting, NOW, OPERATOR, code, person, submitted, unit},
        },
    },
};
use jiff::civil::date;

const TODAY: Date = date(2026, 11, 24);

/// A county with the towns `t` and `u`; the branches `a` and `b` of `t` have reported.
async fn county() -> (tempfile::TempDir, Database, Period, [SubmissionId; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let database = crate::server::database::testing::database(&folder).await;
    let units = [
        unit("c", None, Level::County, "示例县委组织部"),
        unit("t", Some("c"), Level::Township, "镇安镇党委"),
        unit("u", Some("c"), Level::Township, "邻镇党委"),
        unit("a", Some("t"), Level::Branch, "十里村党支部"),
        unit("b", Some("t"), Level::Branch, "大岭村党支部"),
    ];
    let ever = crate::server::database::From::Ever;
    database.import_units(&Tree::default(), &units, ever, None, &[]).await.unwrap().unwrap();
    let ids = submitted(&database, ["a", "b"]).await;
    (folder, database, checklist().periods[0].clone(), ids)
}

async fn freeze(database: &Database, period: &Period, on: Date) {
    freezing::freeze(database, &NOW, &OPERATOR, &period.id, on).await.unwrap();
}

/// The branches that a list of a unit shows.
async fn listed(database: &Database, under: &str, period: &Period) -> Vec<String> {
    let filter = Filter { period: Some(period.id.clone()), ..Filter::default() };
    let every = Page { number: 1, size: 50 };
    let rows = page(database, Some(&code(under)), &filter, every).await.unwrap().rows;
    rows.into_iter().map(|due| due.branch.code.to_string()).collect()
}

#[tokio::test]
async fn the_unit_of_the_periods_day_answers_and_the_new_one_sees() {
    let (_folder, database, period, [id, _]) = county().await;
    let day = period.starts.max(date(2026, 11, 1));
    freeze(&database, &period, day).await;
    let above = Altered::Above("u");
    changes::alter(&database, &NOW, &OPERATOR, &code("a"), above, None, TODAY).await.unwrap();
    assert_eq!(listed(&database, "t", &period).await, ["a", "b"]);
    assert!(listed(&database, "u", &period).await.is_empty());
    for (at, may_review) in [("t", true), ("u", false), ("c", true)] {
        let who = person(Role::Review, at);
        let read = reading::read(&database, &who, id, TODAY).await.unwrap();
        assert_eq!(read.may_review, may_review, "{at}");
        let known = papers::known(&database, &who, "a", &period.id, TODAY).await;
        assert_eq!(known.is_ok(), may_review, "{at}");
    }
    let (old, new) = (person(Role::Review, "t"), person(Role::Review, "u"));
    let approve =
        async |who| deciding::decide(&database, &NOW, who, id, 0, ReviewState::Approved.into()).await;
    let denied = approve(&new).await;
    assert!(matches!(denied, Err(deciding::Refusal::Unread(reading::Refusal::Denied(_)))), "{denied:?}");
    approve(&old).await.unwrap();
    let known = papers::known(&database, &old, "a", &period.id, TODAY).await.unwrap();
    let said = Some((Points::from_hundredths(9_000), ClaimedGrade::Qualified));
    let handed = Handed { said, received_on: TODAY, note: String::new() };
    papers::receive(&database, &NOW, &old, &known, 0, handed).await.unwrap();
}

#[tokio::test]
async fn before_the_periods_day_a_report_goes_along_with_its_branch() {
    let (_folder, database, period, [id, _]) = county().await;
    freeze(&database, &period, date(2026, 11, 24)).await;
    let above = Altered::Above("u");
    changes::alter(&database, &NOW, &OPERATOR, &code("a"), above, None, TODAY).await.unwrap();
    assert_eq!(listed(&database, "u", &period).await, ["a"]);
    let (old, new) = (person(Role::Review, "t"), person(Role::Review, "u"));
    let approve =
        async |who| deciding::decide(&database, &NOW, who, id, 0, ReviewState::Approved.into()).await;
    let Err(deciding::Refusal::Unread(reading::Refusal::Denied(denied))) = approve(&old).await else {
        unreachable!("it is theirs no more")
    };
    let told = moved_away(&database, &old, &denied, TODAY).await.unwrap().unwrap();
    assert_eq!((told.unit.as_str(), told.to.as_str(), told.on), ("十里村党支部", "邻镇党委", TODAY));
    let stranger = person(Role::Read, "t");
    let untold = Denied { act: Act::Review, unit: code("a") };
    assert_eq!(moved_away(&database, &stranger, &untold, TODAY).await.unwrap(), None, "it never was");
    let untold = Denied { act: Act::Review, unit: code("b") };
    assert_eq!(moved_away(&database, &new, &untold, TODAY).await.unwrap(), None, "nor did it move");
    approve(&new).await.unwrap();
}

#[tokio::test]
async fn what_a_merged_town_answered_for_its_successor_does_with_the_same_people() {
    let (_folder, database, period, [id, _]) = county().await;
    freeze(&database, &period, period.starts.max(date(2026, 11, 1))).await;
    let random = &mut Counting::default();
    let mut make = async |at: &str, login: &str| {
        let newcomer = Newcomer { name: login.into(), login: login.into(), ..Newcomer::default() };
        let (at, roles) = (code(at), [Role::Review].into());
        let made = accounts::add(&database, &NOW, random, &OPERATOR, &at, newcomer, &roles);
        made.await.unwrap().account
    };
    let (of_t, of_u) = (make("t", "wang").await, make("u", "zhao").await);
    let grant = |until| Grant { unit: code("t"), role: Role::Review, until };
    roles::grant(&database, &NOW, &OPERATOR, of_u, grant(Some(date(2026, 12, 31))), None).await.unwrap();
    let units = ["t".to_owned(), "u".to_owned()];
    let merging = Merging {
        units: &units,
        code: "w",
        name: "新镇党委",
        on: TODAY,
        under: None,
        sector: None,
        telephone: None,
    };
    changes::merge(&database, &NOW, &OPERATOR, &merging).await.unwrap();
    for PersonId(account) in [of_t, of_u] {
        assert_eq!(database.account(account).await.unwrap().unwrap().unit, code("w"));
        let held = database.granted_to(&[account]).await.unwrap().remove(&account).unwrap();
        assert_eq!(
            (held.len(), &held[0].unit, held[0].until),
            (1, &code("w"), None),
            "for good, not until a day"
        );
    }
    assert_eq!(listed(&database, "w", &period).await, ["a", "b"], "of a period before there was any");
    let who = person(Role::Review, "w");
    let back = Opinion { reason: "缺签到表".into(), due: Some(TODAY), ..ReviewState::Returned.into() };
    deciding::decide(&database, &NOW, &who, id, 0, back).await.unwrap();
    let under = reviewing::list(&database, Some(&period.id), Some("w")).await.unwrap();
    assert_eq!(under.len(), 2);
    let told = crate::server::office::log::verify(&database, &NOW, &OPERATOR, None).await.unwrap();
    assert!(matches!(told, crate::server::office::log::Verdict::Whole { .. }));
}

#[tokio::test]
async fn nothing_is_asked_of_a_branch_that_has_ended() {
    let (_folder, database, _, [id, _]) = county().await;
    changes::end(&database, &NOW, &OPERATOR, "a", TODAY).await.unwrap();
    let who = person(Role::Review, "t");
    let say = async |opinion: Opinion| deciding::decide(&database, &NOW, &who, id, 0, opinion).await;
    let back = Opinion { reason: "缺签到表".into(), due: Some(TODAY), ..ReviewState::Returned.into() };
    let refused = say(back).await;
    let gone = reviewing::Refusal::Unsound(Unsound::Gone);
    assert!(
        matches!(&refused, Err(deciding::Refusal::Review(why)) if why.to_string() == gone.to_string()),
        "{refused:?}"
    );
    say(ReviewState::Approved.into()).await.unwrap();
    assert!(matches!(
        Reported { branch: code("a"), period: checklist().periods[0].id.clone(), ends: None }
            .must(&database, &person(Role::Review, "u"), Act::See, TODAY)
            .await,
        Err(Refusal::Denied(_))
    ));
}
