//! To be told, to report, to be given time and to be released.

use super::{Refusal, Waiting, give, list, may_be_told, one, say, waiting};
use crate::{
    domain::order::{OrderState, OrderStep},
    protocol::Level,
    server::{
        database::{Database, From},
        office::{
            actor::Actor,
            log::{self, Asked, Deed},
            people::{Person, Role},
            roster::{
                Unit,
                importing::{self, Standing},
            },
            testing::{NOW, OPERATOR, code, person, town, unit},
        },
    },
};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 24);

/// The town `t` and another, `u`, in the county `k`.
async fn county() -> (tempfile::TempDir, Database) {
    let (folder, database) = town().await;
    let tree = database.tree().await.unwrap();
    let units = [
        unit("k", None, Level::County, "示例县委组织部"),
        unit("t", Some("k"), Level::Township, "镇安镇党委"),
        unit("u", Some("k"), Level::Township, "邻镇党委"),
        unit("v", Some("u"), Level::VillageCommittee, "村党总支"),
    ];
    database.import_units(&tree, &units, From::Ever, None, &[]).await.unwrap().unwrap();
    (folder, database)
}

fn told() -> OrderStep {
    let text = String::from;
    OrderStep::Given {
        reason: text("十二个问题逾期"),
        decision: text("县组发〔2026〕3号"),
        done_when: text("全部销号"),
        due: date(2026, 12, 10),
    }
}

fn answered(text: &str) -> OrderStep {
    OrderStep::Answered { text: text.into() }
}

fn who(actor: &Actor) -> &Person {
    let Actor::Person(person) = actor else { panic!("a person") };
    person
}

#[tokio::test]
async fn a_town_is_told_reports_is_given_time_reports_again_and_is_released() {
    let (_folder, database) = county().await;
    let (county, town) = (person(Role::Review, "k"), person(Role::Manage, "t"));
    let id = give(&database, &NOW, &county, &code("t"), told()).await.unwrap();
    assert_eq!(give(&database, &NOW, &county, &code("t"), told()).await.unwrap(), id, "sent twice is once");
    let waits = async |actor| waiting(&database, who(actor), TODAY).await.unwrap();
    assert_eq!(waits(&town).await, Waiting { to_answer: 1, ..Waiting::default() });
    assert_eq!(waits(&county).await, Waiting::default());
    let late = waiting(&database, who(&town), date(2026, 12, 11)).await.unwrap();
    assert_eq!((late.to_answer, late.overdue), (1, 1));
    say(&database, &NOW, &town, &id, 1, answered("改了十个")).await.unwrap();
    say(&database, &NOW, &town, &id, 1, answered("改了十个")).await.unwrap();
    let other = say(&database, &NOW, &town, &id, 1, answered("都改了")).await;
    assert!(matches!(other, Err(Refusal::Overtaken(_))), "somebody has reported meanwhile");
    assert_eq!((waits(&town).await.to_answer, waits(&county).await.to_decide), (0, 1));
    let more = OrderStep::Extended { reason: "还差两个".into(), due: date(2026, 12, 20) };
    say(&database, &NOW, &county, &id, 2, more).await.unwrap();
    say(&database, &NOW, &town, &id, 3, answered("都改了")).await.unwrap();
    let free = || OrderStep::Released { reason: "看过".into() };
    say(&database, &NOW, &county, &id, 4, free()).await.unwrap();
    let again = say(&database, &NOW, &town, &id, 5, answered("又改了")).await;
    assert!(matches!(again, Err(Refusal::Overtaken(_))), "it is over");
    let row = one(&database, &town, &id, TODAY).await.unwrap().unwrap();
    assert_eq!((row.order.state(), row.order.due()), (OrderState::Released, Some(date(2026, 12, 20))));
    assert_eq!((row.unit.as_str(), row.given_by.as_str()), ("镇安镇党委", "示例县委组织部"));
    let page = log::page(&database, &NOW, &OPERATOR, Asked::default(), 100).await.unwrap();
    let deeds: Vec<Deed> = page.entries.iter().rev().map(|entry| entry.record.deed).collect();
    let expected = [
        Deed::OrderGiven,
        Deed::OrderAnswered,
        Deed::OrderExtended,
        Deed::OrderAnswered,
        Deed::OrderReleased,
    ];
    assert_eq!(deeds, expected, "each once");
}

#[tokio::test]
async fn only_whoever_it_is_entrusted_to_gives_sees_answers_and_decides() {
    let (_folder, database) = county().await;
    let county = person(Role::Review, "k");
    for actor in [person(Role::Manage, "k"), person(Role::Review, "t"), person(Role::Review, "u")] {
        let refused = give(&database, &NOW, &actor, &code("t"), told()).await;
        assert!(matches!(refused, Err(Refusal::Denied(_))));
    }
    for no_unit in ["a", "v"] {
        let refused = give(&database, &NOW, &county, &code(no_unit), told()).await;
        assert!(matches!(refused, Err(Refusal::NoSuchUnit(_))), "{no_unit}");
    }
    let id = give(&database, &NOW, &county, &code("t"), told()).await.unwrap();
    let neighbour = person(Role::Review, "u");
    assert!(matches!(one(&database, &neighbour, &id, TODAY).await, Err(Refusal::Denied(_))));
    for actor in [&neighbour, &county, &person(Role::Read, "t")] {
        let refused = say(&database, &NOW, actor, &id, 1, answered("改了")).await;
        assert!(matches!(refused, Err(Refusal::Denied(_))), "its own unit answers");
    }
    let town = person(Role::Review, "t");
    let free = OrderStep::Released { reason: "看过".into() };
    assert!(matches!(say(&database, &NOW, &town, &id, 1, free).await, Err(Refusal::Denied(_))));
    assert!(matches!(say(&database, &NOW, &town, "x", 1, answered("改了")).await, Err(Refusal::Unknown)));
    assert!(one(&database, &town, "x", TODAY).await.unwrap().is_none());
    for text in ["", " ", &"长".repeat(501), "响\u{7}"] {
        let refused = say(&database, &NOW, &town, &id, 1, answered(text)).await;
        assert!(matches!(refused, Err(Refusal::Text)));
    }
    let never = OrderStep::Extended { reason: "再看".into(), due: date(202, 12, 1) };
    assert!(matches!(say(&database, &NOW, &county, &id, 1, never).await, Err(Refusal::Day(_))));
    let count = async |actor: &Actor, under| list(&database, actor, &code(under), TODAY).await.unwrap().len();
    assert_eq!((count(&county, "k").await, count(&county, "u").await, count(&town, "t").await), (1, 0, 1));
    let told = may_be_told(&database, who(&county), TODAY).await.unwrap();
    assert_eq!(told.iter().map(|unit| unit.code.to_string()).collect::<Vec<_>>(), ["t", "u"]);
}

#[tokio::test]
async fn what_one_unit_told_is_not_taken_back_by_one_between() {
    let (_folder, database) = county().await;
    let between = database.tree().await.unwrap().get(&code("k")).unwrap().unit.clone();
    let units = [unit("m", None, Level::City, "示例市委组织部"), Unit { parent: Some(code("m")), ..between }];
    importing::import(&database, &NOW, &OPERATOR, &units, Standing::Always).await.unwrap();
    let id = give(&database, &NOW, &person(Role::Review, "m"), &code("t"), told()).await.unwrap();
    let free = || OrderStep::Released { reason: "看过".into() };
    let refused = say(&database, &NOW, &person(Role::Review, "k"), &id, 1, free()).await;
    assert!(matches!(refused, Err(Refusal::Denied(_))));
    say(&database, &NOW, &person(Role::Review, "m"), &id, 1, free()).await.unwrap();
}
