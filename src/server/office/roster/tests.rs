//! What no table and no command line stands before.

use super::{
    Member, Refusal, Tree, Unit,
    browsing::{Asked, Past, level, open},
    changes::{Merging, end, merge, revive},
    importing::{Standing, import},
    off_system,
    preview::{Aspect, Preview, aspects},
    tree::Wrong,
};
use crate::{
    protocol::Level,
    server::{
        database::{From, Rows, testing::noted},
        host::random::SystemRandom,
        office::{
            codes, scope,
            testing::{At, NOW, OPERATOR, code, town, unit},
        },
    },
};
use jiff::civil::date;

#[tokio::test]
async fn a_roster_that_makes_no_tree_is_refused_whoever_brings_it() {
    let (_folder, database) = town().await;
    let before = database.tree().await.unwrap();
    let under = |above| [unit("c", Some(above), Level::Branch, "新立村党支部")];
    for (units, wrong) in [
        (under("x"), Wrong::Nowhere { above: code("x") }),
        (under("a"), Wrong::UnderBranch { above: code("a") }),
        ([unit("t", Some("t"), Level::Township, "镇安镇党委")], Wrong::Circle),
    ] {
        let refused = import(&database, &NOW, &OPERATOR, &units, Standing::Now).await.unwrap_err();
        assert!(matches!(&refused, Refusal::Misplaced(one) if one.wrong == wrong), "{refused:?}");
    }
    let named = |name| [unit("c", Some("t"), Level::Branch, name)];
    for name in ["", "=1+1", "十里村\n党支部"] {
        let refused = import(&database, &NOW, &OPERATOR, &named(name), Standing::Now).await;
        assert!(matches!(refused, Err(Refusal::Name(_))), "{name:?}");
    }
    assert_eq!(database.tree().await.unwrap(), before);
    // In whatever order.
    let units = [
        unit("c", Some("v"), Level::Branch, "新立村党支部"),
        unit("v", Some("t"), Level::VillageCommittee, "新立村党委"),
    ];
    let imported = import(&database, &NOW, &OPERATOR, &units, Standing::Now).await.unwrap();
    assert_eq!((imported.counts.new, imported.from_then_on), (2, None));
    assert_eq!(imported.waiting, [("rural".to_owned(), 1)].into(), "no standard is published");
}

#[tokio::test]
async fn what_is_gone_is_not_brought_back_by_a_roster_nor_before_its_day() {
    let (_folder, database) = town().await;
    let (today, tomorrow) = (date(2026, 11, 24), date(2026, 11, 25));
    let refused = end(&database, &NOW, &OPERATOR, "a", tomorrow).await;
    assert!(matches!(refused, Err(Refusal::NotYet(day)) if day == tomorrow));
    // A day later the same is no mistake.
    let a_day_later = At(NOW.0 + 86_400_000);
    let ended = end(&database, &a_day_later, &OPERATOR, "a", tomorrow).await.unwrap();
    assert!(ended.is_new && ended.phones == 0);
    assert!(!end(&database, &a_day_later, &OPERATOR, "a", tomorrow).await.unwrap().is_new, "the same again");
    let units = [unit("a", Some("t"), Level::Branch, "十里村第一党支部")];
    let refused = import(&database, &a_day_later, &OPERATOR, &units, Standing::Now).await;
    assert!(matches!(refused, Err(Refusal::Gone { since, .. }) if since == tomorrow));
    let whole = Merging {
        units: &["a".into(), "b".into()],
        code: "c",
        name: "十里村党支部",
        on: today,
        under: None,
        sector: None,
        telephone: None,
    };
    assert!(matches!(merge(&database, &NOW, &OPERATOR, &whole).await, Err(Refusal::Gone { .. })));
    let unknown = Merging { units: &["b".into(), "z".into()], ..whole };
    let refused = merge(&database, &NOW, &OPERATOR, &unknown).await;
    assert!(matches!(refused, Err(Refusal::Scope(scope::Refusal::UnknownUnit(_)))));
}

#[tokio::test]
async fn what_was_worked_out_of_another_tree_is_not_written() {
    let (_folder, database) = town().await;
    let seen = database.tree().await.unwrap();
    let today = date(2026, 11, 24);
    // Another clerk is quicker.
    assert!(end(&database, &NOW, &OPERATOR, "a", today).await.unwrap().is_new);
    let after = database.tree().await.unwrap();
    assert!(!database.end_unit(&seen, &code("a"), date(2026, 11, 20), &noted()).await.unwrap());
    assert!(!database.revive_unit(&seen, &code("a"), &noted()).await.unwrap());
    let below = [unit("c", Some("a"), Level::Branch, "新立村党支部")];
    assert_eq!(database.import_units(&seen, &below, From::Day(today), None, &[]).await.unwrap(), None);
    let whole = unit("w", Some("t"), Level::Branch, "十里村党支部");
    let parts = [code("a"), code("b")];
    let merged = database.merge_units(&seen, &parts, (&whole, today), &[], (NOW.0, &[]), |_| Vec::new());
    assert_eq!(merged.await.unwrap(), None);
    assert_eq!(database.tree().await.unwrap(), after);
    assert!(database.revive_unit(&after, &code("a"), &noted()).await.unwrap());
}

#[tokio::test]
async fn a_branch_that_stays_on_paper_has_no_phones_and_gets_no_codes() {
    let (_folder, database) = town().await;
    let today = date(2026, 11, 24);
    let a = code("a");
    let below = codes::Whom::Below("t");
    let issued = async |whom| {
        let drawn = codes::draw(&database, &NOW, &mut SystemRandom, whom, 14, None).await?;
        let voided = codes::issue(&database, &NOW, &OPERATOR, &drawn, None).await?;
        let to: Vec<String> = drawn.iter().map(|one| one.branch.to_string()).collect();
        Ok::<_, codes::Refusal>((to, voided))
    };
    issued(below).await.unwrap();
    let off = off_system::set(&database, &NOW, &OPERATOR, &a, Some(today)).await.unwrap();
    assert_eq!(off, 0, "no phone was bound");
    let (to, voided) = issued(below).await.unwrap();
    assert_eq!((to, voided), (vec!["b".to_owned()], 1), "its code of before is void already");
    let one = issued(codes::Whom::Branch("a")).await;
    assert!(matches!(one, Err(codes::Refusal::OffSystem(_, since)) if since == today));
    // Ending and its taking back leave it as it was.
    end(&database, &NOW, &OPERATOR, "a", today).await.unwrap();
    revive(&database, &NOW, &OPERATOR, "a").await.unwrap();
    assert_eq!(database.member(&a).await.unwrap().unwrap().off_system, Some(today));
    off_system::set(&database, &NOW, &OPERATOR, &a, None).await.unwrap();
    assert!(issued(codes::Whom::Branch("a")).await.is_ok());
    let refused = off_system::set(&database, &NOW, &OPERATOR, &code("t"), Some(today)).await;
    assert!(matches!(refused, Err(Refusal::NotABranch(_))));
}

#[tokio::test]
async fn a_level_is_looked_through_by_pages_and_everything_below_by_name_or_code() {
    let (_folder, database) = town().await;
    let today = date(2026, 11, 24);
    let more = [
        unit("v", Some("t"), Level::VillageCommittee, "100%村党总支"),
        unit("v1", Some("v"), Level::Branch, "一组党支部"),
        unit("V2", Some("v"), Level::Branch, "二组党支部"),
    ];
    import(&database, &NOW, &OPERATOR, &more, Standing::Now).await.unwrap();
    end(&database, &NOW, &OPERATOR, "a", today).await.unwrap();
    let asked = |text, with_ended, size, after| Asked { text, with_ended, rows: Rows { size, after } };
    let listed = async |asked| {
        let (rows, total) = level(&database, &OPERATOR, &code("t"), asked, today).await.unwrap();
        let rows = rows.iter().map(|row| format!("{} {}", row.member.unit.code, row.below));
        (rows.collect::<Vec<_>>().join(","), total)
    };
    assert_eq!(listed(asked("", false, 50, 0)).await, ("b 0,v 2".into(), 2));
    assert_eq!(listed(asked("", true, 2, 0)).await, ("a 0,b 0".into(), 3));
    assert_eq!(listed(asked("", true, 2, 2)).await, ("v 2".into(), 3));
    assert_eq!(listed(asked(" 党支部 ", false, 50, 0)).await, ("V2 0,b 0,v1 0".into(), 3));
    assert_eq!(listed(asked("v", false, 50, 0)).await, ("V2 0,v 2,v1 0".into(), 3));
    assert_eq!(listed(asked("0%", false, 50, 0)).await, ("v 2".into(), 1), "a sign of the search is a sign");
    assert_eq!(listed(asked("%村", false, 50, 0)).await, ("v 2".into(), 1));
    assert_eq!(listed(asked("_", false, 50, 0)).await, (String::new(), 0));
    // What it was called before.
    let renamed = [unit("b", Some("v"), Level::Branch, "大岭村第一党支部")];
    import(&database, &NOW, &OPERATOR, &renamed, Standing::Since(today)).await.unwrap();
    let opened = open(&database, &OPERATOR, &code("b"), today).await.unwrap();
    let above: Vec<&str> = opened.above.iter().map(|unit| unit.code.as_str()).collect();
    assert_eq!(above, ["t", "v"], "the highest first");
    let before =
        Past { until: today, name: "大岭村党支部".into(), above: Some("镇安镇党委".into()) };
    assert_eq!(opened.past, [before]);
    assert!(open(&database, &OPERATOR, &code("nowhere"), today).await.is_err());
}

#[test]
fn a_roster_is_told_before_it_is_brought_in() {
    let known = |unit: Unit| Member { unit, since: None, ended: None, off_system: None };
    let tree: Tree =
        ["a", "b"].map(|text| known(unit(text, Some("t"), Level::Branch, text))).into_iter().collect();
    let b = Unit { parent: Some(code("u")), telephone: "1".into(), ..unit("b", None, Level::Branch, "丙") };
    let c = unit("c", Some("t"), Level::Branch, "丁");
    let units = [unit("a", Some("t"), Level::Branch, "a"), b.clone(), c.clone()];
    let preview = Preview::of(&tree, &units);
    let old = unit("b", Some("t"), Level::Branch, "b");
    assert_eq!(aspects(&old, &b), [Aspect::Name, Aspect::Parent, Aspect::Telephone]);
    assert_eq!(preview, Preview { added: vec![c], changed: vec![(old, b)], same: 1 });
    assert!(!preview.is_empty() && Preview::of(&tree, &units[..1]).is_empty());
}
