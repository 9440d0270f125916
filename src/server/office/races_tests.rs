//! What two do at one instant: the first one reads, the other one acts, and the first one writes.

use super::{
    actor::Actor,
    codes::{self, Whom},
    log::{Deed, Who},
    people::{
        Grant, PersonId, Role,
        accounts::{self, Newcomer},
        handing_over::{Successor, hand_over},
        roles,
    },
    roster::{
        Refusal, Unit,
        changes::{Altered, Merging, alter, end, merge, revive},
        moving::{self, Came},
        off_system,
    },
    testing::{At, Counting, Interrupted, NOW, OPERATOR, code, person, submitted, town, unit},
};
use crate::{
    domain::{
        order::{Order, OrderStep, OrderWord},
        testing::device,
    },
    protocol::{Level, TokenHash},
    server::database::{Activation, Database, From, log::Wanted},
};
use jiff::civil::{Date, date};
use std::collections::BTreeSet;
use tempfile::TempDir;
use uuid::Uuid;

const TODAY: Date = date(2026, 11, 24);
const DAY_MS: u64 = 86_400_000;

/// Somebody else than [`person`] makes.
fn colleague(at: &str) -> Actor {
    let Actor::Person(mut person) = person(Role::Manage, at) else { panic!("a person") };
    person.id = PersonId(Uuid::from_u128(8));
    Actor::Person(person)
}

/// 镇安镇党委 `t` with its branches, and 邻镇党委 `u` beside it.
async fn two_towns() -> (TempDir, Database) {
    let (folder, database) = town().await;
    let tree = database.tree().await.unwrap();
    let other = unit("u", None, Level::Township, "邻镇党委");
    database.import_units(&tree, &[other], From::Ever, None, &[]).await.unwrap().unwrap();
    (folder, database)
}

async fn stands(database: &Database, branch: &str) -> Unit {
    database.member(&code(branch)).await.unwrap().unwrap().unit
}

/// What was noted of the roster, the newest first.
async fn noted(database: &Database) -> Vec<(Who, String)> {
    let wanted = Wanted { deeds: vec![Deed::UnitChanged], ..Wanted::default() };
    let noted = database.logged(&wanted, 9).await.unwrap();
    noted.into_iter().map(|entry| (entry.record.who, entry.record.subject)).collect()
}

/// The other one changes something of branch `a` while somebody else does.
fn while_altered(database: &Database, altered: Altered<'static>) -> Interrupted {
    let database = database.clone();
    Interrupted::by(async move {
        alter(&database, &NOW, &colleague("t"), &code("a"), altered, None, TODAY).await.unwrap();
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn each_changes_its_own_field_and_whoever_is_overtaken_in_it_is_told() {
    let (_folder, database) = two_towns().await;
    let (own, a) = (person(Role::Manage, "t"), code("a"));
    let change = async |clock: &Interrupted, altered, was| {
        alter(&database, clock, &own, &a, altered, was, TODAY).await
    };
    let clock = while_altered(&database, Altered::Telephone("0416-1"));
    change(&clock, Altered::Name("新名党支部"), None).await.unwrap();
    let unit = stands(&database, "a").await;
    assert_eq!((unit.name.as_str(), unit.telephone.as_str()), ("新名党支部", "0416-1"));
    let (mine, theirs) = (own.who(), colleague("t").who());
    assert_eq!(noted(&database).await, [(mine, "name".into()), (theirs, "telephone".into())]);
    // The same field: told where it was to be otherwise, and done once where it was to be the very same.
    let clock = while_altered(&database, Altered::Name("别名党支部"));
    let refused = change(&clock, Altered::Name("又名党支部"), None).await;
    let Err(Refusal::Meanwhile { now, by }) = refused else { panic!("{refused:?}") };
    assert_eq!((now.as_str(), by.unwrap().at), ("别名党支部", NOW.0));
    let clock = while_altered(&database, Altered::Telephone("0416-2"));
    change(&clock, Altered::Telephone("0416-2"), None).await.unwrap();
    assert_eq!(noted(&database).await.len(), 4);
    // Also where the page was open for longer.
    let was = Some("新名党支部");
    let refused = alter(&database, &NOW, &own, &a, Altered::Name("又名党支部"), was, TODAY).await;
    assert!(matches!(refused, Err(Refusal::Meanwhile { .. })), "{refused:?}");
    // A move that is taken is no other's telephone.
    assert_eq!(moving::transfer(&database, &NOW, &own, &a, "u", None, TODAY).await.unwrap(), Came::Asked);
    let number = database.move_of(&a).await.unwrap().unwrap().number;
    let clock = while_altered(&database, Altered::Telephone("0416-3"));
    moving::take(&database, &clock, &person(Role::Manage, "u"), number).await.unwrap();
    let unit = stands(&database, "a").await;
    assert_eq!((unit.parent, unit.telephone.as_str()), (Some(code("u")), "0416-3"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_is_taken_or_left_and_does_not_come_back() {
    let (_folder, database) = two_towns().await;
    let (from, into) = (person(Role::Manage, "t"), person(Role::Manage, "u"));
    let ask = async |branch: &str| {
        moving::transfer(&database, &NOW, &from, &code(branch), "u", None, TODAY).await.unwrap();
        database.move_of(&code(branch)).await.unwrap().unwrap().number
    };
    let number = ask("a").await;
    let (left, asker) = (database.clone(), from.clone());
    let clock = Interrupted::by(async move {
        moving::leave(&left, &NOW, &asker, number, "").await.unwrap();
    });
    let refused = moving::take(&database, &clock, &into, number).await;
    assert!(matches!(refused, Err(Refusal::NoMove)), "{refused:?}");
    assert_eq!(stands(&database, "a").await.parent, Some(code("t")));
    let number = ask("b").await;
    let (taken, taker) = (database.clone(), into.clone());
    let clock = Interrupted::by(async move {
        moving::take(&taken, &NOW, &taker, number).await.unwrap();
    });
    let refused = moving::leave(&database, &clock, &from, number, "人还没有转来").await;
    // The page tells both alike: it is over.
    assert!(matches!(refused, Err(Refusal::NoMove | Refusal::Denied(_))), "{refused:?}");
    assert_eq!(stands(&database, "b").await.parent, Some(code("u")));
    // An ending that is taken back brings no question back.
    ask("a").await;
    end(&database, &NOW, &OPERATOR, "a", TODAY).await.unwrap();
    revive(&database, &NOW, &OPERATOR, "a").await.unwrap();
    assert_eq!(database.move_of(&code("a")).await.unwrap(), None);
}

#[tokio::test]
async fn what_passed_stays_and_whoever_stands_above_brings_back() {
    let (_folder, database) = two_towns().await;
    submitted(&database, ["a"]).await;
    let (own, a) = (person(Role::Manage, "t"), code("a"));
    let Actor::Person(mut both) = own.clone() else { panic!("a person") };
    both.grants.push(Grant { unit: code("u"), role: Role::Manage, until: None });
    let both = Actor::Person(both);
    moving::transfer(&database, &NOW, &own, &a, "u", None, TODAY).await.unwrap();
    let number = database.move_of(&a).await.unwrap().unwrap().number;
    // The period has taken the tree on 30 November.
    let later = At(NOW.0 + 11 * DAY_MS);
    let (last, first) = (date(2026, 11, 30), date(2026, 12, 1));
    let is_frozen = |refused: Result<(), Refusal>| matches!(refused, Err(Refusal::Frozen { .. }));
    assert!(is_frozen(moving::take(&database, &later, &person(Role::Manage, "u"), number).await.map(drop)));
    for altered in [Altered::Name("新名党支部"), Altered::Above("u")] {
        assert!(is_frozen(alter(&database, &later, &both, &a, altered, None, last).await));
    }
    assert!(is_frozen(
        moving::transfer(&database, &later, &own, &code("b"), "u", None, last).await.map(drop)
    ));
    alter(&database, &later, &both, &a, Altered::Above("u"), None, first).await.unwrap();
    let then = database.tree_of(None, Some(last)).await.unwrap();
    assert_eq!(then.get(&a).unwrap().unit.parent, Some(code("t")));
    // Its own manager, who ended with it.
    end(&database, &later, &OPERATOR, "b", first).await.unwrap();
    let refused = revive(&database, &later, &person(Role::Manage, "b"), "b").await;
    assert!(matches!(refused, Err(Refusal::Denied(_))), "{refused:?}");
    assert!(revive(&database, &later, &own, "b").await.unwrap().is_new);
}

#[tokio::test]
async fn no_phone_is_let_in_where_the_system_is_not_used_since_the_code_was_drawn() {
    let (_folder, database) = town().await;
    let (a, mut random) = (code("a"), Counting::default());
    let drawn = codes::draw(&database, &NOW, &mut random, Whom::Branch("a"), 14, None).await.unwrap();
    let town = codes::draw(&database, &NOW, &mut random, Whom::Below("t"), 14, None).await.unwrap();
    off_system::set(&database, &NOW, &OPERATOR, &a, Some(TODAY)).await.unwrap();
    for drawn in [&drawn, &town] {
        let refused = codes::issue(&database, &NOW, &OPERATOR, drawn, None).await;
        assert!(matches!(refused, Err(codes::Refusal::OffSystem(_, since)) if since == TODAY), "{refused:?}");
    }
    // One that a phone showed for another at that instant.
    database.issue_code(&drawn[0].code, &a, drawn[0].expires_at).await.unwrap();
    let came = database.activate(&drawn[0].code, device(1), &TokenHash::of(b"token"), NOW.0).await.unwrap();
    assert_eq!(came, Activation::Expired);
    end(&database, &NOW, &OPERATOR, "b", TODAY).await.unwrap();
    let refused = codes::issue(&database, &NOW, &OPERATOR, &town[1..], None).await;
    assert!(matches!(refused, Err(codes::Refusal::Gone(..))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_to_a_unit_that_ends_at_that_instant() {
    for is_merged in [false, true] {
        let (_folder, database) = two_towns().await;
        let tree = database.tree().await.unwrap();
        let third = unit("v", None, Level::Township, "第三镇党委");
        database.import_units(&tree, &[third], From::Ever, None, &[]).await.unwrap().unwrap();
        let other = database.clone();
        let mut interrupted = Interrupted::by(async move {
            if is_merged {
                let merging = Merging {
                    units: &["u".into(), "v".into()],
                    code: "w",
                    name: "新镇党委",
                    on: TODAY,
                    under: None,
                    sector: None,
                    telephone: None,
                };
                merge(&other, &NOW, &OPERATOR, &merging).await.unwrap();
            } else {
                end(&other, &NOW, &OPERATOR, "u", TODAY).await.unwrap();
            }
        });
        let newcomer = Newcomer { name: "李强".into(), login: "liqiang".into(), ..Newcomer::default() };
        let roles: BTreeSet<Role> = [Role::Read].into();
        let u = code("u");
        let refused = accounts::add(&database, &NOW, &mut interrupted, &OPERATOR, &u, newcomer, &roles).await;
        assert!(matches!(&refused, Err(accounts::Refusal::Ended(unit)) if *unit == u), "{refused:?}");
        assert!(database.account_called("liqiang").await.unwrap().is_none());
        let step = OrderStep::Released { reason: String::new() };
        let words = vec![OrderWord { at: NOW.0, by: "县委".into(), step }];
        let order = Order { id: "1".into(), unit: u.clone(), given_by: code("t"), words };
        let record = OPERATOR.record(NOW.0, Deed::OrderGiven, Some(&u), "1");
        assert_eq!(database.give_order(&order, record).await.unwrap(), None);
    }
}

#[tokio::test]
async fn whoever_tends_an_account_after_somebody_else_is_told() {
    let (_folder, database) = two_towns().await;
    let (own, mut random) = (person(Role::Manage, "t"), Counting::default());
    let mut made = Vec::new();
    for login in ["wangfang", "liqiang", "zhaogang"] {
        let newcomer = Newcomer { name: "某人".into(), login: login.into(), ..Newcomer::default() };
        let roles: BTreeSet<Role> = [Role::Read, Role::Manage].into();
        let t = code("t");
        let added = accounts::add(&database, &NOW, &mut random, &OPERATOR, &t, newcomer, &roles).await;
        made.push(added.unwrap().account);
    }
    let [wang, li, zhao] = made[..] else { panic!("three") };
    let told =
        |name: &str, post: &str| Newcomer { name: name.into(), post: post.into(), ..Newcomer::default() };
    let was = || Some(told("某人", ""));
    let change = async |who: &Actor, to| accounts::change(&database, &NOW, who, wang, to, was()).await;
    change(&own, told("王芳", "")).await.unwrap();
    change(&colleague("t"), told("某人", "副书记")).await.unwrap();
    let account = database.account(wang.0).await.unwrap().unwrap();
    assert_eq!((account.name.as_str(), account.post.as_str()), ("王芳", "副书记"));
    change(&own, told("王芳", "")).await.unwrap();
    let refused = change(&colleague("t"), told("王方", "")).await;
    let Err(accounts::Refusal::Meanwhile { now, by: Some(_) }) = refused else { panic!("{refused:?}") };
    assert_eq!(now, "王芳");
    // One role until two days.
    let seen = database.newest_entry().await.unwrap();
    let give = async |who: &Actor, until| {
        let grant = Grant { unit: code("t"), role: Role::Review, until };
        roles::grant(&database, &NOW, who, wang, grant, Some(seen)).await
    };
    let (first, second) = (Some(date(2026, 12, 1)), Some(date(2026, 12, 2)));
    give(&own, first).await.unwrap();
    give(&colleague("t"), first).await.unwrap();
    let refused = give(&colleague("t"), second).await;
    let Err(accounts::Refusal::Meanwhile { now, by: Some(_) }) = refused else { panic!("{refused:?}") };
    assert_eq!(now, "2026-12-01");
    // 交接 after a colleague closed the account, or handed it over.
    let hand = async |from, random: &mut Counting| {
        hand_over(&database, &NOW, random, &own, from, Successor::Known(zhao)).await
    };
    accounts::close(&database, &NOW, &colleague("t"), wang).await.unwrap();
    let at = At(NOW.0 + DAY_MS);
    hand_over(&database, &at, &mut random, &OPERATOR, li, Successor::Known(zhao)).await.unwrap();
    for (from, deed) in [(wang, Deed::AccountClosed), (li, Deed::AccountHandedOver)] {
        let refused = hand(from, &mut random).await;
        let Err(accounts::Refusal::Closed { by: Some(by), .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(by.deed, deed);
    }
}
