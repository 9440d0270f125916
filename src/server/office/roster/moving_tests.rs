//! 转隶 that one side asks for and the other answers.

use super::*;
use crate::server::{
    database::From,
    office::{
        people::Role,
        roster::changes::{Merging, end, merge},
        testing::{At, NOW, OPERATOR, code, person, town, unit},
    },
};
use jiff::civil::date;

const ON: Date = date(2026, 11, 23);

/// 镇安镇党委 `t` with its branches, and 邻镇党委 `u` beside it.
async fn two_towns() -> (tempfile::TempDir, Database) {
    let (folder, database) = town().await;
    let tree = database.tree().await.unwrap();
    let other = unit("u", None, Level::Township, "邻镇党委");
    database.import_units(&tree, &[other], From::Ever, None, &[]).await.unwrap().unwrap();
    (folder, database)
}

async fn above(database: &Database, branch: &str) -> Option<BranchCode> {
    database.member(&code(branch)).await.unwrap().unwrap().unit.parent
}

async fn waits(database: &Database) -> usize {
    let Actor::Person(person) = person(Role::Manage, "u") else { panic!("a person") };
    moves(database, &person, date(2026, 11, 24)).await.unwrap().to_answer.len()
}

#[tokio::test]
async fn it_stands_where_it_stood_until_the_other_side_takes_it() {
    let (_folder, database) = two_towns().await;
    let (from, into) = (person(Role::Manage, "t"), person(Role::Manage, "u"));
    let ask = async |branch: &str, to: &str, on| {
        transfer(&database, &NOW, &from, &code(branch), to, None, on).await
    };
    for role in [Role::Review, Role::Inspect, Role::Read, Role::Audit] {
        let refused = transfer(&database, &NOW, &person(role, "t"), &code("a"), "u", None, ON).await;
        assert!(matches!(refused, Err(Refusal::Denied(_))), "{role:?}");
    }
    let refused = transfer(&database, &NOW, &into, &code("a"), "u", None, ON).await;
    assert!(matches!(refused, Err(Refusal::Denied(_))), "nobody takes what was not offered");
    assert!(matches!(ask("a", "u", date(2026, 11, 25)).await, Err(Refusal::NotYet(_))));
    assert!(matches!(ask("a", "没有这个镇", ON).await, Err(Refusal::Scope(_))));
    assert_eq!(ask("a", "邻镇党委", ON).await.unwrap(), Came::Asked);
    assert_eq!(ask("a", "u", ON).await.unwrap(), Came::Asked, "the same again");
    assert!(matches!(ask("a", "u", date(2026, 11, 22)).await, Err(Refusal::Waits)));
    assert_eq!((above(&database, "a").await, waits(&database).await), (Some(code("t")), 1));
    let number = of_unit(&database, &code("a")).await.unwrap().unwrap().asked.number;
    for other in [&from, &person(Role::Review, "u"), &person(Role::Manage, "elsewhere")] {
        assert!(matches!(take(&database, &NOW, other, number).await, Err(Refusal::Denied(_))));
    }
    let refused = leave(&database, &NOW, &person(Role::Manage, "elsewhere"), number, "").await;
    assert!(matches!(refused, Err(Refusal::Denied(_))));
    take(&database, &NOW, &into, number).await.unwrap();
    assert_eq!((above(&database, "a").await, waits(&database).await), (Some(code("u")), 0));
    let tree = database.tree_of(None, Some(date(2026, 11, 22))).await.unwrap();
    assert_eq!(tree.get(&code("a")).unwrap().unit.parent, Some(code("t")), "as it was until that day");
    assert!(matches!(take(&database, &NOW, &into, number).await, Err(Refusal::NoMove)), "once");
    let refused = leave(&database, &NOW, &into, number, "人还没有转来").await;
    assert!(matches!(refused, Err(Refusal::NoMove)));
}

#[tokio::test]
async fn what_became_of_the_unit_meanwhile_ends_the_question() {
    let (_folder, database) = two_towns().await;
    let (from, into) = (person(Role::Manage, "t"), person(Role::Manage, "u"));
    for branch in ["a", "b"] {
        transfer(&database, &NOW, &from, &code(branch), "u", None, ON).await.unwrap();
    }
    assert_eq!(waits(&database).await, 2);
    let of = async |branch: &str| of_unit(&database, &code(branch)).await.unwrap();
    let number = of("b").await.unwrap().asked.number;
    end(&database, &NOW, &OPERATOR, "b", date(2026, 11, 24)).await.unwrap();
    assert_eq!(waits(&database).await, 1);
    assert!(matches!(take(&database, &NOW, &into, number).await, Err(Refusal::NoMove)));
    // Whoever tends both sides was quicker, and it came back since.
    let old = of("a").await.unwrap().asked.number;
    for (to, day) in [("u", date(2026, 11, 24)), ("t", date(2026, 11, 25))] {
        let then = At(NOW.0 + 86_400_000);
        let came = transfer(&database, &then, &OPERATOR, &code("a"), to, None, day).await.unwrap();
        assert_eq!(came, Came::Moved, "{to}");
        if to == "u" {
            assert!(matches!(take(&database, &then, &into, old).await, Err(Refusal::NoMove)));
        }
    }
    assert!(of("a").await.is_none(), "what was asked before does not come back with it");
    // Each side says no in its own way.
    let later = At(NOW.0 + 2 * 86_400_000);
    transfer(&database, &later, &from, &code("a"), "u", None, date(2026, 11, 26)).await.unwrap();
    let waiting = of("a").await.unwrap().asked.number;
    leave(&database, &later, &from, waiting, "").await.unwrap();
    transfer(&database, &later, &from, &code("a"), "u", None, date(2026, 11, 26)).await.unwrap();
    let number = of("a").await.unwrap().asked.number;
    for why in ["", "两\n行"] {
        assert!(matches!(leave(&database, &later, &into, number, why).await, Err(Refusal::Why)), "{why:?}");
    }
    leave(&database, &later, &into, number, "人还没有转来").await.unwrap();
    assert_eq!((above(&database, "a").await, waits(&database).await), (Some(code("t")), 0));
    // Whoever asked is told until somebody there has read it, or asks again.
    let declined = of("a").await.unwrap().asked.declined;
    assert_eq!(declined, Some((later.0, "人还没有转来".into())));
    let refused = read_decline(&database, &later, &into, number).await;
    assert!(matches!(refused, Err(Refusal::Denied(_))));
    read_decline(&database, &later, &from, number).await.unwrap();
    assert!(of("a").await.is_none());
    assert!(matches!(read_decline(&database, &later, &from, number).await, Err(Refusal::NoMove)));
}

#[tokio::test]
async fn it_goes_along_when_either_side_is_merged() {
    let (_folder, database) = two_towns().await;
    let tree = database.tree().await.unwrap();
    let third = unit("v", None, Level::Township, "第三镇党委");
    database.import_units(&tree, &[third], From::Ever, None, &[]).await.unwrap().unwrap();
    let from = person(Role::Manage, "t");
    for (branch, to) in [("a", "u"), ("b", "v")] {
        transfer(&database, &NOW, &from, &code(branch), to, None, ON).await.unwrap();
    }
    let merged = async |clock: At, units: [&str; 2], whole: &str, on| {
        let units = units.map(str::to_owned);
        let name = format!("新镇{whole}");
        let merging = Merging {
            units: &units,
            code: whole,
            name: &name,
            on,
            under: None,
            sector: None,
            telephone: None,
        };
        merge(&database, &clock, &OPERATOR, &merging).await.unwrap();
    };
    let of = async |branch: &str| of_unit(&database, &code(branch)).await.unwrap().map(|row| row.asked);
    merged(NOW, ["u", "v"], "w", date(2026, 11, 24)).await;
    for branch in ["a", "b"] {
        let waits = of(branch).await.unwrap();
        assert_eq!((waits.goes_to, waits.on), (code("w"), date(2026, 11, 24)), "{branch}");
    }
    let (number, into) = (of("a").await.unwrap().number, person(Role::Manage, "w"));
    take(&database, &At(NOW.0 + 1), &into, number).await.unwrap();
    assert_eq!(above(&database, "a").await, Some(code("w")));
    // What is to go from one part to the other has arrived.
    merged(At(NOW.0 + 86_400_000), ["t", "w"], "x", date(2026, 11, 25)).await;
    assert!(of("b").await.is_none());
    let number = database.waiting_move(2).await.unwrap();
    assert!(number.is_none());
    assert_eq!(above(&database, "b").await, Some(code("x")));
}
