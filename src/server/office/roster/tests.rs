//! What no table and no command line stands before.

use super::{
    Refusal,
    changes::{Merging, end, merge},
    importing::{Standing, import},
    tree::Wrong,
};
use crate::{
    protocol::Level,
    server::{
        database::From,
        office::{
            scope,
            testing::{At, NOW, code, town, unit},
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
        let refused = import(&database, &NOW, &units, Standing::Now).await.unwrap_err();
        assert!(matches!(&refused, Refusal::Misplaced(one) if one.wrong == wrong), "{refused:?}");
    }
    let named = |name| [unit("c", Some("t"), Level::Branch, name)];
    for name in ["", "=1+1", "十里村\n党支部"] {
        let refused = import(&database, &NOW, &named(name), Standing::Now).await;
        assert!(matches!(refused, Err(Refusal::Name(_))), "{name:?}");
    }
    assert_eq!(database.tree().await.unwrap(), before);
    // In whatever order.
    let units = [
        unit("c", Some("v"), Level::Branch, "新立村党支部"),
        unit("v", Some("t"), Level::VillageCommittee, "新立村党委"),
    ];
    let imported = import(&database, &NOW, &units, Standing::Now).await.unwrap();
    assert_eq!((imported.counts.new, imported.from_then_on), (2, None));
    assert_eq!(imported.waiting, [("rural".to_owned(), 1)].into(), "no standard is published");
}

#[tokio::test]
async fn what_is_gone_is_not_brought_back_by_a_roster_nor_before_its_day() {
    let (_folder, database) = town().await;
    let (today, tomorrow) = (date(2026, 11, 24), date(2026, 11, 25));
    let refused = end(&database, &NOW, "a", tomorrow).await;
    assert!(matches!(refused, Err(Refusal::NotYet(day)) if day == tomorrow));
    // A day later the same is no mistake.
    let a_day_later = At(NOW.0 + 86_400_000);
    let ended = end(&database, &a_day_later, "a", tomorrow).await.unwrap();
    assert!(ended.is_new && ended.phones == 0);
    assert!(!end(&database, &a_day_later, "a", tomorrow).await.unwrap().is_new, "the same again");
    let units = [unit("a", Some("t"), Level::Branch, "十里村第一党支部")];
    let refused = import(&database, &a_day_later, &units, Standing::Now).await;
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
    assert!(matches!(merge(&database, &NOW, &whole).await, Err(Refusal::Gone { .. })));
    let unknown = Merging { units: &["b".into(), "z".into()], ..whole };
    let refused = merge(&database, &NOW, &unknown).await;
    assert!(matches!(refused, Err(Refusal::Scope(scope::Refusal::UnknownUnit(_)))));
}

#[tokio::test]
async fn what_was_worked_out_of_another_tree_is_not_written() {
    let (_folder, database) = town().await;
    let seen = database.tree().await.unwrap();
    let today = date(2026, 11, 24);
    // Another clerk is quicker.
    assert!(end(&database, &NOW, "a", today).await.unwrap().is_new);
    let after = database.tree().await.unwrap();
    assert!(!database.end_unit(&seen, &code("a"), date(2026, 11, 20)).await.unwrap());
    assert!(!database.revive_unit(&seen, &code("a")).await.unwrap());
    let below = [unit("c", Some("a"), Level::Branch, "新立村党支部")];
    assert_eq!(database.import_units(&seen, &below, From::Day(today), None).await.unwrap(), None);
    let whole = unit("w", Some("t"), Level::Branch, "十里村党支部");
    let parts = [code("a"), code("b")];
    let merged = database.merge_units(&seen, &parts, (&whole, today), &[], NOW.0, |_| Vec::new());
    assert_eq!(merged.await.unwrap(), None);
    assert_eq!(database.tree().await.unwrap(), after);
    assert!(database.revive_unit(&after, &code("a")).await.unwrap());
}
