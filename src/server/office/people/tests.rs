use super::{
    Act, Grant, Person, PersonId, Role, Secret,
    accounts::{self, Invited, Newcomer, Refusal},
    handing_over::{Successor, hand_over},
    listing, own_password,
    own_password::Unset,
    passwords::Passwords,
    roles, sessions,
};
use crate::{
    protocol::Level,
    server::{
        database::{Database, From, Rows, Tree, accounts::Welcome, testing},
        office::{
            actor::Actor,
            log,
            roster::changes,
            testing::{At, Counting, NOW, OPERATOR, code, unit},
        },
    },
};
use jiff::civil::date;
use std::collections::BTreeSet;
use tempfile::TempDir;

const PASSWORD: &str = "山楂树下开会记得带本子";
const DAY: u64 = 24 * 60 * 60 * 1000;

/// The county `c` with the towns `t1` and `t2`, of which the first has the branch `b`.
async fn county() -> (TempDir, Database, Counting) {
    let folder = tempfile::tempdir().unwrap();
    let database = testing::database(&folder).await;
    let units = [
        unit("c", None, Level::County, "示例县委组织部"),
        unit("t1", Some("c"), Level::Township, "示例镇党委"),
        unit("t2", Some("c"), Level::Township, "邻镇党委"),
        unit("b", Some("t1"), Level::Branch, "十里村党支部"),
    ];
    database.import_units(&Tree::default(), &units, From::Ever, None, &[]).await.unwrap().unwrap();
    (folder, database, Counting::default())
}

fn newcomer(login: &str) -> Newcomer {
    Newcomer { name: "某人".into(), login: login.into(), ..Newcomer::default() }
}

async fn add(
    database: &Database,
    random: &mut Counting,
    actor: &Actor,
    at: &str,
    login: &str,
    roles: &[Role],
) -> Result<Invited, Refusal> {
    let roles: BTreeSet<Role> = roles.iter().copied().collect();
    accounts::add(database, &NOW, random, actor, &code(at), newcomer(login), &roles).await
}

/// Somebody as every page asks for them.
async fn person(database: &Database, account: PersonId) -> Person {
    let known = database.account(account.0).await.unwrap().unwrap();
    let granted = database.granted_to(&[known.id]).await.unwrap().remove(&known.id).unwrap_or_default();
    sessions::person(known, granted)
}

#[tokio::test]
async fn who_tends_accounts_does_so_at_the_own_unit_and_below() {
    let (_folder, database, mut random) = county().await;
    let mut tending = Vec::new();
    for (at, role) in [
        ("c", Role::Manage),
        ("t1", Role::Manage),
        ("t1", Role::Review),
        ("t2", Role::Read),
        ("c", Role::Audit),
    ] {
        let login = format!("{at}-{}", role.word());
        let made = add(&database, &mut random, &OPERATOR, at, &login, &[role]).await.unwrap();
        tending.push((at, role, Actor::Person(person(&database, made.account).await), made.account));
    }
    for (at, role, actor, _) in &tending {
        for (to, is_below) in [("c", *at == "c"), ("t1", true), ("t2", *at == "c")] {
            let login = format!("{at}-{}-{to}", role.word());
            let done = add(&database, &mut random, actor, to, &login, &[Role::Read]).await;
            assert_eq!(done.is_ok(), *role == Role::Manage && is_below, "{at} {role:?} {to}");
            if let Err(refusal) = done {
                assert!(
                    matches!(refusal, Refusal::Denied(denied) if denied.act == Act::People && denied.unit == code(to))
                );
            }
        }
        for (_, _, _, account) in &tending {
            let of = person(&database, *account).await.unit;
            let may = *role == Role::Manage && (*at == "c" || *at == of.as_str());
            let linked = accounts::link(&database, &NOW, &mut random, actor, *account, None).await;
            let is_log = person(&database, *account).await.grants[0].role == Role::Audit;
            assert_eq!(linked.is_ok(), may && !is_log, "{at} {role:?} {of}");
            let ended = accounts::sign_out_everywhere(&database, &NOW, actor, *account).await;
            assert_eq!(ended.is_ok(), may, "{at} {role:?} {of}");
        }
    }
    let branch = add(&database, &mut random, &OPERATOR, "b", "branch", &[Role::Read]).await;
    assert!(matches!(branch, Err(Refusal::Branch(_))));
    assert!(matches!(
        add(&database, &mut random, &OPERATOR, "x", "x9", &[Role::Read]).await,
        Err(Refusal::NoUnit(_))
    ));
    // The list shows no more than that.
    let rows = Rows { size: 50, after: 0 };
    let asked = |text| listing::Asked { text, with_closed: false, rows };
    let Actor::Person(town) = &tending[1].2 else { unreachable!() };
    let (seen, total) = listing::page(&database, &NOW, town, asked("")).await.unwrap();
    assert!(seen.iter().all(|one| one.account.unit == code("t1")) && total == seen.len() as u64 && total > 2);
    let Actor::Person(county) = &tending[0].2 else { unreachable!() };
    let (_, all) = listing::page(&database, &NOW, county, asked("")).await.unwrap();
    let (one, found) = listing::page(&database, &NOW, county, asked("邻镇")).await.unwrap();
    assert!(all > total && found < all && one.iter().all(|one| one.account.unit == code("t2")));
    assert_eq!(listing::page(&database, &NOW, county, asked("%")).await.unwrap().1, 0, "as it is written");
    let Actor::Person(reviewer) = &tending[2].2 else { unreachable!() };
    assert!(matches!(listing::page(&database, &NOW, reviewer, asked("")).await, Err(Refusal::Denied(_))));
}

#[tokio::test]
async fn nobody_both_tends_and_audits_and_somebody_always_tends() {
    let (_folder, database, mut random) = county().await;
    for role in [Role::Manage, Role::Review, Role::Inspect, Role::Read] {
        let both = add(&database, &mut random, &OPERATOR, "c", "both", &[role, Role::Audit]).await;
        assert!(matches!(both, Err(Refusal::NotApart)), "{role:?}");
    }
    let first = add(&database, &mut random, &OPERATOR, "c", "first", &[Role::Manage]).await.unwrap().account;
    let audit = add(&database, &mut random, &OPERATOR, "c", "audit", &[Role::Audit]).await.unwrap().account;
    let town = add(&database, &mut random, &OPERATOR, "t1", "town", &[Role::Manage]).await.unwrap().account;
    let actor = Actor::Person(person(&database, first).await);
    let give = |at: &str, role, until| Grant { unit: code(at), role, until };
    for (to, grant) in [
        (first, give("t1", Role::Audit, None)),
        (audit, give("t2", Role::Manage, None)),
        (audit, give("t2", Role::Read, Some(date(2026, 12, 1)))),
    ] {
        let refused = roles::grant(&database, &NOW, &actor, to, grant, None).await;
        assert!(matches!(refused, Err(Refusal::NotApart)), "{refused:?}");
    }
    let lent = roles::grant(&database, &NOW, &actor, town, give("t2", Role::Manage, None), None).await;
    assert!(matches!(lent, Err(Refusal::NotLent(Role::Manage))));
    let past = give("t1", Role::Read, Some(date(2026, 11, 23)));
    assert!(matches!(roles::grant(&database, &NOW, &actor, town, past, None).await, Err(Refusal::Passed(_))));
    // The last at the top stays; one below goes, since the county can make another.
    for refused in [
        accounts::close(&database, &NOW, &OPERATOR, first).await,
        roles::take_back(&database, &NOW, &actor, first, &code("c"), Role::Manage).await,
        roles::grant(&database, &NOW, &actor, first, give("c", Role::Manage, Some(date(2026, 12, 1))), None)
            .await,
    ] {
        assert!(matches!(&refused, Err(Refusal::Last(at)) if *at == code("c")), "{refused:?}");
    }
    accounts::close(&database, &NOW, &actor, town).await.unwrap();
    accounts::close(&database, &NOW, &actor, town).await.unwrap();
    let second = add(&database, &mut random, &actor, "c", "second", &[Role::Manage]).await.unwrap().account;
    accounts::close(&database, &NOW, &actor, first).await.unwrap();
    assert!(matches!(accounts::close(&database, &NOW, &OPERATOR, second).await, Err(Refusal::Last(_))));
}

#[tokio::test]
async fn what_is_handed_over_is_the_units_and_not_what_was_lent_from_elsewhere() {
    let (_folder, database, mut random) = county().await;
    let first = add(&database, &mut random, &OPERATOR, "t1", "first", &[Role::Manage, Role::Review])
        .await
        .unwrap()
        .account;
    let other = add(&database, &mut random, &OPERATOR, "t2", "other", &[Role::Manage]).await.unwrap().account;
    let neighbour = Actor::Person(person(&database, other).await);
    let lent = |until| Grant { unit: code("t2"), role: Role::Inspect, until };
    for endless in [None, Some(date(2027, 11, 25))] {
        let refused = roles::grant(&database, &NOW, &neighbour, first, lent(endless), None).await;
        assert!(matches!(refused, Err(Refusal::Endless)), "{refused:?}");
        let refused = roles::lend(&database, &NOW, &neighbour, "first", lent(endless), None).await;
        assert!(matches!(refused, Err(Refusal::Endless)), "{refused:?}");
    }
    roles::grant(&database, &NOW, &neighbour, first, lent(Some(date(2027, 11, 24))), None).await.unwrap();
    let actor = Actor::Person(person(&database, first).await);
    let same = hand_over(&database, &NOW, &mut random, &actor, first, Successor::Known(first)).await;
    assert!(matches!(same, Err(Refusal::Same)));
    let taken =
        hand_over(&database, &NOW, &mut random, &actor, first, Successor::New(newcomer("OTHER"))).await;
    assert!(matches!(taken, Err(Refusal::Taken(_))), "and nothing of it was kept:");
    assert!(database.account(first.0).await.unwrap().unwrap().closed_at.is_none());
    let made =
        hand_over(&database, &NOW, &mut random, &actor, first, Successor::New(newcomer("second"))).await;
    let second = person(&database, made.unwrap().unwrap().account).await;
    let held: Vec<_> = second.grants.iter().map(|grant| (grant.unit.as_str(), grant.role)).collect();
    assert_eq!(held, [("t1", Role::Manage), ("t1", Role::Review)]);
    assert!(database.account(first.0).await.unwrap().unwrap().closed_at.is_some());
    let late = hand_over(&database, &NOW, &mut random, &OPERATOR, first, Successor::Known(second.id)).await;
    let Err(Refusal::Closed { by: Some(by), .. }) = late else { panic!("{late:?}") };
    assert_eq!((by.deed, by.by), (log::Deed::AccountHandedOver, Some("示例镇党委 某人".to_owned())));
    let verdict = log::verify(&database, &NOW, &OPERATOR, None).await.unwrap();
    assert!(matches!(verdict, log::Verdict::Whole { entries, .. } if entries > 8), "{verdict:?}");
}

#[tokio::test]
async fn a_link_sets_one_password_and_a_session_is_as_its_account_is() {
    let (_folder, database, mut random) = county().await;
    let passwords = Passwords::default();
    let made = add(&database, &mut random, &OPERATOR, "t1", "Wang.Fang", &[Role::Review]).await.unwrap();
    let link = made.secret.clone();
    assert!(matches!(
        own_password::welcomed(&database, &At(NOW.0 + 8 * DAY), &link).await,
        Err(Unset::Link(Welcome::Expired))
    ));
    let set = own_password::set(&database, &NOW, &mut random, &passwords, &link, PASSWORD).await;
    assert_eq!(set.unwrap().login, "wang.fang");
    let again =
        own_password::set(&database, &NOW, &mut random, &passwords, &link, "另一个密码另一个密码").await;
    assert!(matches!(again, Err(Unset::Link(Welcome::Used))));
    let mut enter = async |name: &str, password: &str| {
        sessions::sign_in(&database, &NOW, &mut random, &passwords, name, password).await
    };
    for (name, password) in [("wang.fang", "另一个密码另一个密码"), ("nobody", PASSWORD), ("", "")]
    {
        assert!(matches!(enter(name, password).await, Err(sessions::Refusal::Wrong)), "{name}");
    }
    let shown = enter(" ＷＡＮＧ.fang", PASSWORD).await.unwrap();
    let other = enter("wang.fang", PASSWORD).await.unwrap();
    assert_ne!(shown.as_str(), other.as_str());
    assert_ne!(shown.derived("csrf"), other.derived("csrf"));
    let at = async |secret: &Secret, ms| sessions::recognise(&database, ms, secret).await.unwrap();
    let known = at(&shown, NOW.0).await.unwrap();
    assert_eq!((known.person.id, known.person.unit_name.as_str()), (made.account, "示例镇党委"));
    assert!(known.is_proved(NOW.0 + 9 * 60_000) && !known.is_proved(NOW.0 + 10 * 60_000));
    assert!(at(&shown, NOW.0 + sessions::IDLE_MS).await.is_none(), "idle");
    sessions::sign_out(&database, &NOW, &shown.hash()).await.unwrap();
    assert!(at(&shown, NOW.0).await.is_none() && at(&other, NOW.0).await.is_some());
    roles::take_back(&database, &NOW, &OPERATOR, made.account, &code("t1"), Role::Review).await.unwrap();
    assert!(at(&other, NOW.0).await.unwrap().person.grants.is_empty(), "from the next page on");
    accounts::close(&database, &NOW, &OPERATOR, made.account).await.unwrap();
    assert!(at(&other, NOW.0).await.is_none());
}

/// Comparing takes a tenth of a second: whoever has the old password must not get in by beginning before it is changed.
#[tokio::test]
async fn a_password_that_was_changed_while_it_was_compared_begins_no_session() {
    let (_folder, database, mut random) = county().await;
    let passwords = Passwords::default();
    let made = add(&database, &mut random, &OPERATOR, "t1", "wang.fang", &[Role::Review]).await.unwrap();
    own_password::set(&database, &NOW, &mut random, &passwords, &made.secret, PASSWORD).await.unwrap();
    let compared = database.password_of("wang.fang").await.unwrap().unwrap();
    let who = person(&database, made.account).await;
    let new = "河水东流过了三道弯再往南去";
    own_password::change(&database, &NOW, &mut random, &passwords, &who, PASSWORD, new).await.unwrap();
    let secret = Secret::draw(&mut random).unwrap();
    let late = sessions::begin(&database, NOW.0, compared, &secret).await;
    assert!(matches!(late, Err(sessions::Refusal::Wrong)), "{late:?}");
    assert!(sessions::recognise(&database, NOW.0, &secret).await.unwrap().is_none());
}

#[tokio::test]
async fn a_link_opens_nothing_that_is_not_its_makers_to_give() {
    let (_folder, database, mut random) = county().await;
    let mut tending = Vec::new();
    for at in ["c", "t1"] {
        let made = add(&database, &mut random, &OPERATOR, at, at.repeat(2).as_str(), &[Role::Manage]).await;
        tending.push(Actor::Person(person(&database, made.unwrap().account).await));
    }
    let [county, town] = &tending[..] else { unreachable!() };
    let lent = add(&database, &mut random, town, "t1", "lent", &[Role::Read]).await.unwrap().account;
    accounts::link(&database, &NOW, &mut random, town, lent, None).await.unwrap();
    let of_county = Grant { unit: code("c"), role: Role::Review, until: Some(date(2026, 12, 31)) };
    roles::grant(&database, &NOW, county, lent, of_county, None).await.unwrap();
    let refused = accounts::link(&database, &NOW, &mut random, town, lent, None).await;
    assert!(matches!(refused, Err(Refusal::Beyond)), "{refused:?}");
    accounts::close(&database, &NOW, town, lent).await.unwrap();
    let refused = accounts::reopen(&database, &NOW, &mut random, town, lent).await;
    assert!(matches!(refused, Err(Refusal::Beyond)), "{refused:?}");
    assert!(database.account(lent.0).await.unwrap().unwrap().closed_at.is_some(), "and it stays closed");
    accounts::reopen(&database, &NOW, &mut random, county, lent).await.unwrap();
    accounts::link(&database, &NOW, &mut random, &OPERATOR, lent, None).await.unwrap();
    let later = At(NOW.0 + 60 * DAY);
    accounts::link(&database, &later, &mut random, town, lent, None).await.unwrap();
}

#[tokio::test]
async fn who_reads_the_log_is_chosen_from_above() {
    let (_folder, database, mut random) = county().await;
    let mut tending = Vec::new();
    for at in ["c", "t1"] {
        let made = add(&database, &mut random, &OPERATOR, at, at.repeat(2).as_str(), &[Role::Manage]).await;
        tending.push(Actor::Person(person(&database, made.unwrap().account).await));
    }
    for (at, own, above) in [("t1", &tending[1], &tending[0]), ("c", &tending[0], &OPERATOR)] {
        let refused = add(&database, &mut random, own, at, "puppet", &[Role::Audit]).await;
        assert!(matches!(refused, Err(Refusal::NotAbove)), "{refused:?}");
        let login = format!("{at}-audit");
        let audit = add(&database, &mut random, above, at, &login, &[Role::Audit]).await.unwrap().account;
        let refused = accounts::link(&database, &NOW, &mut random, own, audit, None).await;
        assert!(matches!(refused, Err(Refusal::NotAbove)), "{refused:?}");
        accounts::link(&database, &NOW, &mut random, above, audit, None).await.unwrap();
        let successor = Successor::New(newcomer("successor"));
        let refused = hand_over(&database, &NOW, &mut random, own, audit, successor).await;
        assert!(matches!(refused, Err(Refusal::NotAbove)), "{refused:?}");
        // Nor by an account that has a password of theirs already.
        let login = format!("{at}-reader");
        let reader = add(&database, &mut random, own, at, &login, &[Role::Read]).await.unwrap().account;
        roles::take_back(&database, &NOW, own, reader, &code(at), Role::Read).await.unwrap();
        let log = || Grant { unit: code(at), role: Role::Audit, until: None };
        let refused = roles::grant(&database, &NOW, own, reader, log(), None).await;
        assert!(matches!(refused, Err(Refusal::NotAbove)), "{refused:?}");
        roles::grant(&database, &NOW, above, reader, log(), None).await.unwrap();
        accounts::close(&database, &NOW, own, audit).await.unwrap();
        let refused = accounts::reopen(&database, &NOW, &mut random, own, audit).await;
        assert!(matches!(refused, Err(Refusal::NotAbove)), "{refused:?}");
        accounts::reopen(&database, &NOW, &mut random, above, audit).await.unwrap();
    }
}

#[tokio::test]
async fn who_is_erased_is_nobody_any_more_and_the_log_fits_as_before() {
    let (_folder, database, mut random) = county().await;
    let manager = add(&database, &mut random, &OPERATOR, "t1", "wangfang", &[Role::Manage]).await.unwrap();
    let manager = Actor::Person(person(&database, manager.account).await);
    let gone = add(&database, &mut random, &manager, "t1", "liqiang", &[Role::Review]).await.unwrap().account;
    let erase = async |who: &Actor| accounts::erase(&database, &NOW, who, gone).await;
    assert!(matches!(erase(&manager).await, Err(Refusal::Open)));
    accounts::close(&database, &NOW, &manager, gone).await.unwrap();
    for (at, role) in [("t2", Role::Manage), ("t1", Role::Review), ("t1", Role::Audit), ("t1", Role::Read)] {
        let refused = erase(&crate::server::office::testing::person(role, at)).await;
        assert!(matches!(refused, Err(Refusal::Denied(_))), "{role:?} {at}");
    }
    erase(&manager).await.unwrap();
    erase(&manager).await.unwrap();
    let known = database.account(gone.0).await.unwrap().unwrap();
    assert!(known.is_erased() && known.post.is_empty() && known.telephone.is_empty());
    assert_eq!((known.name.as_str(), known.unit), ("已删除的人员", code("t1")));
    assert!(database.account_called("liqiang").await.unwrap().is_none());
    assert!(database.granted_to(&[gone.0]).await.unwrap().is_empty());
    let refused = accounts::reopen(&database, &NOW, &mut random, &manager, gone).await;
    assert!(matches!(refused, Err(Refusal::Nobody)));
    // The login name is free, and the new one is somebody else.
    add(&database, &mut random, &manager, "t1", "liqiang", &[Role::Review]).await.unwrap();
    let Actor::Person(of_town) = &manager else { panic!("a person") };
    let (text, rows) = ("某人", Rows { size: 50, after: 0 });
    let asked = listing::Asked { text, with_closed: true, rows };
    assert_eq!(listing::page(&database, &NOW, of_town, asked).await.unwrap().1, 2);
    let page = log::page(&database, &NOW, &OPERATOR, log::Asked::default(), 100).await.unwrap();
    let erasures = page.entries.iter().filter(|entry| entry.record.deed == log::Deed::AccountErased);
    assert_eq!(erasures.count(), 1, "once");
    let told = log::told(&database, page.entries).await.unwrap();
    let about = told.iter().filter_map(|one| one.logins.get(&gone.0));
    assert!(about.clone().count() > 2 && about.into_iter().all(|called| called.starts_with("已删除的人员")));
    let verdict = log::verify(&database, &NOW, &OPERATOR, None).await.unwrap();
    assert!(matches!(verdict, log::Verdict::Whole { .. }));
}

#[tokio::test]
async fn a_link_of_before_a_restore_opens_nothing() {
    let (_folder, database, mut random) = county().await;
    let made = add(&database, &mut random, &OPERATOR, "t1", "first", &[Role::Read]).await.unwrap();
    assert!(own_password::welcomed(&database, &NOW, &made.secret).await.is_ok());
    sessions::end_all_restored(&database, &NOW, &OPERATOR).await.unwrap();
    let refused = own_password::welcomed(&database, &NOW, &made.secret).await;
    assert!(matches!(refused, Err(Unset::Link(Welcome::Used))));
    let again = accounts::link(&database, &NOW, &mut random, &OPERATOR, made.account, None).await.unwrap();
    assert!(own_password::welcomed(&database, &NOW, &again.secret).await.is_ok());
}

#[tokio::test]
async fn a_unit_that_has_ended_gets_no_new_accounts() {
    let (_folder, database, mut random) = county().await;
    let first = add(&database, &mut random, &OPERATOR, "t2", "first", &[Role::Read]).await.unwrap().account;
    changes::end(&database, &NOW, &OPERATOR, "t2", date(2026, 11, 24)).await.unwrap();
    let refused = add(&database, &mut random, &OPERATOR, "t2", "late", &[Role::Read]).await;
    assert!(matches!(&refused, Err(Refusal::Ended(unit)) if *unit == code("t2")), "{refused:?}");
    let successor = Successor::New(newcomer("late"));
    let refused = hand_over(&database, &NOW, &mut random, &OPERATOR, first, successor).await;
    assert!(matches!(refused, Err(Refusal::Ended(_))), "{refused:?}");
}

#[tokio::test]
async fn a_role_from_elsewhere_voids_the_open_links_and_a_superior_is_lent_nothing() {
    let (_folder, database, mut random) = county().await;
    let made = add(&database, &mut random, &OPERATOR, "t1", "wang", &[Role::Read]).await.unwrap();
    let other = add(&database, &mut random, &OPERATOR, "t2", "zhao", &[Role::Manage]).await.unwrap().account;
    let neighbour = Actor::Person(person(&database, other).await);
    let open = async || own_password::welcomed(&database, &NOW, &made.secret).await;
    assert!(open().await.is_ok());
    let until = Some(date(2026, 12, 31));
    let lent = Grant { unit: code("t2"), role: Role::Inspect, until };
    roles::lend(&database, &NOW, &neighbour, "wang", lent.clone(), None).await.unwrap();
    assert!(matches!(open().await, Err(Unset::Link(Welcome::Used))));
    let above = add(&database, &mut random, &OPERATOR, "c", "zhang", &[Role::Manage]).await.unwrap().account;
    let refused = roles::lend(&database, &NOW, &neighbour, "zhang", lent, None).await;
    assert!(matches!(refused, Err(Refusal::Superior)), "{refused:?}");
    // Whoever tends the county's accounts may give one of them something at a town.
    let zhang = Actor::Person(person(&database, above).await);
    let own = Grant { unit: code("t2"), role: Role::Review, until: None };
    roles::grant(&database, &NOW, &zhang, above, own, None).await.unwrap();
}
