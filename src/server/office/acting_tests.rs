//! Whatever is done from above is done by whom it is entrusted to, and noted; what is refused leaves no trace.

use super::{
    actor::Actor,
    clock::Random,
    codes, devices, judging,
    log::{self, Asked, Deed, Verdict, Who},
    mending::{self, adding},
    people::Role,
    publishing::{self, Confirmed},
    reviewing::{self, Opinion},
    roster::{Refusal as OfRoster, changes, freezing, importing},
    testing::{NOW, OPERATOR, code, person, submitted, town, unit},
};
use crate::{
    authoring::builtin,
    domain::{
        Points,
        testing::{checklist, period},
    },
    protocol::{ActivateRequest, Level, ReviewState, TokenHash},
    server::database::Database,
};
use jiff::civil::date;
use uuid::Uuid;

/// Everything that is logged, the oldest first: what, to which unit, by an account or not.
async fn noted(database: &Database) -> Vec<(Deed, Option<String>, bool)> {
    let page = log::page(database, &NOW, &OPERATOR, Asked::default(), 1_000).await.unwrap();
    let entries = page.entries.into_iter().rev().map(|entry| {
        let is_person = entry.record.who == Who::Person(Uuid::from_u128(7));
        (entry.record.deed, entry.record.unit.map(|unit| unit.to_string()), is_person)
    });
    entries.collect()
}

/// Who may not do it, whatever it is: somebody of another town, and two of this one with other tasks.
fn strangers(but: Role) -> Vec<Actor> {
    let others =
        [Role::Manage, Role::Review, Role::Read, Role::Audit].into_iter().filter(|role| *role != but);
    others.map(|role| person(role, "t")).chain([person(but, "elsewhere")]).collect()
}

macro_rules! denied {
    ($refusal:path, $role:expr, |$who:ident| $act:expr) => {
        for $who in &strangers($role) {
            assert!(matches!($act.await, Err($refusal(_))), "{:?}", $who);
        }
    };
}

#[tokio::test]
async fn a_report_and_a_problem_are_decided_by_the_reviewer_above_and_noted() {
    let (_folder, database) = town().await;
    let [id, _] = submitted(&database, ["a", "b"]).await;
    let seen = async || reviewing::known(&database, [id]).await.unwrap().remove(&id).unwrap();
    let (db, clerk, role) = (&database, person(Role::Review, "t"), Role::Review);
    let back = || Opinion { reason: "缺签到表".into(), ..ReviewState::Returned.into() };
    let known = seen().await;
    denied!(reviewing::Refusal::Denied, role, |who| reviewing::begin(db, &NOW, who, &known));
    denied!(reviewing::Refusal::Denied, role, |who| reviewing::give_back(db, &NOW, who, &known, back()));
    reviewing::begin(db, &NOW, &clerk, &known).await.unwrap();
    reviewing::give_back(db, &NOW, &clerk, &seen().await, back()).await.unwrap();
    reviewing::approve(db, &NOW, &clerk, &seen().await).await.unwrap();
    let approved = seen().await;
    assert_eq!(
        approved.reviews.last().unwrap().by,
        "镇安镇党委 王芳",
        "whoever decides is named, with the unit"
    );
    denied!(reviewing::Refusal::Denied, role, |who| reviewing::approve(db, &NOW, who, &approved));
    reviewing::approve(db, &NOW, &clerk, &approved).await.unwrap();

    let (source, deadline) = (String::new(), Some(date(2026, 12, 1)));
    let mut found =
        [adding::Found { branch: code("b"), item: None, problem: "灯不亮".into(), deadline, source }];
    denied!(mending::Refusal::Denied, role, |who| adding::add(db, &NOW, who, &found));
    adding::add(db, &NOW, &clerk, &found).await.unwrap();
    adding::add(db, &NOW, &clerk, &found).await.unwrap();
    found[0].deadline = Some(date(2026, 12, 8));
    adding::add(db, &NOW, &clerk, &found).await.unwrap();
    let number = mending::list(db, None).await.unwrap().remove(0).number;
    let numbers = [number.clone()];
    denied!(mending::Refusal::Denied, role, |who| mending::close(db, &NOW, who, &numbers, true));
    denied!(mending::Refusal::Denied, role, |who| mending::send_back(db, &NOW, who, &number, "不行", None));
    for _ in 0..2 {
        mending::close(db, &NOW, &clerk, &numbers, true).await.unwrap();
    }
    mending::send_back(db, &NOW, &clerk, &number, "不行", None).await.unwrap();

    let deeds = [
        (Deed::ReviewBegun, "a"),
        (Deed::Returned, "a"),
        (Deed::Approved, "a"),
        (Deed::FindingRaised, "b"),
        (Deed::FindingChanged, "b"),
        (Deed::FindingClosed, "b"),
        (Deed::FindingReturned, "b"),
    ];
    assert_eq!(noted(db).await, deeds.map(|(deed, unit)| (deed, Some(unit.to_owned()), true)));
    assert!(matches!(
        log::verify(db, &NOW, &OPERATOR, None).await.unwrap(),
        Verdict::Whole { entries: 7, .. }
    ));
}

#[tokio::test]
async fn points_are_given_by_the_reviewer_above() {
    let (_folder, database) = town().await;
    let mut list = checklist();
    list.aspects[0].items[0].judged_above = true;
    database.publish(&[list], &[], &[]).await.unwrap();
    let judged = judging::branch(&database, &period().id, "a").await.unwrap();
    let row = judged.rows().remove(0);
    let holds = judging::holds(&row.asked, Some(&[])).unwrap();
    let value = judging::Value { points: Points::from_hundredths(100), holds, reason: String::new() };
    let sound = judging::check_now(&row, value).unwrap().unwrap();
    let role = Role::Review;
    denied!(judging::Refusal::Denied, role, |who| judging::give(&database, &NOW, who, &[&sound]));
    judging::give(&database, &NOW, &person(role, "t"), &[&sound]).await.unwrap();
    assert_eq!(noted(&database).await, [(Deed::ValueGiven, Some("a".into()), true)]);
}

/// Draws one byte after another.
struct Counted(u8);

impl Random for Counted {
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        self.0 += 1;
        bytes.fill(self.0);
        true
    }
}

#[tokio::test]
async fn codes_and_phones_are_the_managers() {
    let (_folder, database) = town().await;
    let (db, manager, role) = (&database, person(Role::Manage, "t"), Role::Manage);
    let drawn = codes::draw(db, &NOW, &mut Counted(0), codes::Whom::Below("t"), 14, None).await.unwrap();
    denied!(codes::Refusal::Denied, role, |who| codes::issue(db, &NOW, who, &drawn, None));
    codes::issue(db, &NOW, &manager, &drawn, None).await.unwrap();
    let phone = crate::domain::DeviceId::from_random([1; 16]);
    let token_hash = TokenHash::of(b"a-token-of-256-bits");
    let request = ActivateRequest { code: drawn[0].code.clone(), device: phone, token_hash };
    super::activating::activate(db, &NOW, &request).await.unwrap();
    denied!(devices::Refusal::Denied, role, |who| devices::revoke(db, &NOW, who, "a", None));
    let revoked = devices::revoke(db, &NOW, &manager, "b", None).await.unwrap();
    assert_eq!((revoked.phones, revoked.codes), (0, 1));
    let revoked = devices::revoke(db, &NOW, &manager, "a", None).await.unwrap();
    assert_eq!((revoked.phones, revoked.codes), (1, 0));
    devices::revoke(db, &NOW, &manager, "a", None).await.unwrap();
    let deeds = [
        (Deed::CodeIssued, "a"),
        (Deed::CodeIssued, "b"),
        (Deed::CodesVoided, "b"),
        (Deed::PhoneRevoked, "a"),
    ];
    assert_eq!(noted(db).await, deeds.map(|(deed, unit)| (deed, Some(unit.to_owned()), true)));
}

#[tokio::test]
async fn the_tree_is_changed_by_the_manager_of_every_place_that_is_concerned() {
    let (_folder, database) = town().await;
    let (db, manager, role) = (&database, person(Role::Manage, "t"), Role::Manage);
    let standing = importing::Standing::Now;
    let other = unit("u", None, Level::Township, "大虎山镇党委");
    denied!(OfRoster::Denied, role, |who| importing::import(
        db,
        &NOW,
        who,
        std::slice::from_ref(&other),
        standing
    ));
    let refused = importing::import(db, &NOW, &manager, std::slice::from_ref(&other), standing).await;
    assert!(refused.is_ok(), "who manages the only top may put another beside it");
    let new = |above| {
        [
            unit("v", Some(above), Level::VillageCommittee, "新立村党委"),
            unit("c", Some("v"), Level::Branch, "新立村党支部"),
        ]
    };
    denied!(OfRoster::Denied, role, |who| importing::import(db, &NOW, who, &new("t"), standing));
    let into_another = importing::import(db, &NOW, &manager, &new("u"), standing).await;
    assert!(matches!(into_another, Err(OfRoster::Denied(_))));
    importing::import(db, &NOW, &manager, &new("t"), standing).await.unwrap();
    importing::import(db, &NOW, &manager, &new("t"), standing).await.unwrap();
    let moved = [unit("b", Some("u"), Level::Branch, "大岭村党支部")];
    assert!(matches!(
        importing::import(db, &NOW, &manager, &moved, standing).await,
        Err(OfRoster::Denied(_))
    ));
    let renamed = [unit("b", Some("v"), Level::Branch, "大岭村党总支")];
    importing::import(db, &NOW, &manager, &renamed, standing).await.unwrap();

    let today = date(2026, 11, 24);
    denied!(OfRoster::Denied, role, |who| changes::end(db, &NOW, who, "a", today));
    changes::end(db, &NOW, &manager, "a", today).await.unwrap();
    denied!(OfRoster::Denied, role, |who| changes::revive(db, &NOW, who, "a"));
    changes::revive(db, &NOW, &manager, "a").await.unwrap();
    let units = ["a".to_owned(), "b".to_owned()];
    let whole = |under| changes::Merging {
        units: &units,
        code: "d",
        name: "十里岭村党支部",
        on: today,
        under,
        sector: None,
        telephone: None,
    };
    denied!(OfRoster::Denied, role, |who| changes::merge(db, &NOW, who, &whole(Some("t"))));
    let into_another = changes::merge(db, &NOW, &manager, &whole(Some("u"))).await;
    assert!(matches!(into_another, Err(OfRoster::Denied(_))));
    changes::merge(db, &NOW, &manager, &whole(Some("t"))).await.unwrap();
    let deeds = [
        (Deed::UnitEntered, "u"),
        (Deed::UnitEntered, "v"),
        (Deed::UnitEntered, "c"),
        (Deed::UnitChanged, "b"),
        (Deed::UnitEnded, "a"),
        (Deed::UnitRevived, "a"),
        (Deed::UnitMerged, "a"),
        (Deed::UnitMerged, "b"),
        (Deed::UnitEntered, "d"),
    ];
    assert_eq!(noted(db).await, deeds.map(|(deed, unit)| (deed, Some(unit.to_owned()), true)));
}

#[tokio::test]
async fn what_holds_for_everybody_is_the_top_s() {
    let (_folder, database) = town().await;
    let (db, top, role) = (&database, person(Role::Manage, "t"), Role::Manage);
    let package = builtin().unwrap();
    let none = Confirmed::default();
    denied!(publishing::Refusal::Denied, role, |who| publishing::publish_builtin(
        db, &NOW, who, &package, none
    ));
    denied!(publishing::Refusal::Denied, role, |who| publishing::publish(db, &NOW, who, &package, none));
    for _ in 0..2 {
        publishing::publish_builtin(db, &NOW, &top, &package, none).await.unwrap();
    }
    let period = package.checklists[0].periods[0].clone();
    denied!(OfRoster::Denied, role, |who| freezing::freeze(db, &NOW, who, &period.id, period.ends));
    freezing::freeze(db, &NOW, &top, &period.id, period.ends).await.unwrap();
    assert_eq!(noted(db).await, [(Deed::StandardPublished, None, true), (Deed::PeriodFrozen, None, true)]);
    // Who decides does not tend the log, and who tends it decides nothing.
    let asked = Asked { under: Some("t"), ..Asked::default() };
    for who in strangers(Role::Audit) {
        assert!(matches!(log::page(db, &NOW, &who, asked, 9).await, Err(log::Refusal::Denied(_))));
        assert!(matches!(log::verify(db, &NOW, &who, None).await, Err(log::Refusal::Denied(_))));
    }
    let auditor = person(Role::Audit, "t");
    assert!(
        log::page(db, &NOW, &auditor, asked, 9).await.unwrap().entries.is_empty(),
        "nothing was done to it"
    );
    assert_eq!(log::page(db, &NOW, &auditor, Asked::default(), 1).await.unwrap().before, Some(2));
}
