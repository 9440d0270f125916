//! What is given for items that the upper level judges, without a table or a command line before it.

use super::{
    judging::{Periods, Row, Unsound, Value, branch, check, check_now, give, holds, points},
    testing::{NOW, OPERATOR, town},
};
use crate::{
    domain::{
        LimitId, PeriodId, Points,
        above::AskedAbove,
        testing::{checklist, period},
    },
    server::database::Database,
};

/// The first item is judged above; it is worth 20 points and has a limit.
async fn publish(database: &Database) {
    let mut list = checklist();
    list.aspects[0].items[0].judged_above = true;
    database.publish(&[list], &[], &[]).await.unwrap();
}

/// None of the limits holds.
fn value(row: &Row<'_>, hundredths: u32, reason: &str) -> Value {
    let holds = holds(&row.asked, Some(&[])).unwrap();
    Value { points: Points::from_hundredths(hundredths), holds, reason: reason.into() }
}

#[tokio::test]
async fn an_item_takes_its_points_and_its_limits_and_nothing_else() {
    let (_folder, database) = town().await;
    publish(&database).await;
    let judged = branch(&database, &period().id, "十里村党支部").await.unwrap();
    let rows = judged.rows();
    let [row] = &rows[..] else { panic!("one item is judged above, not {}", rows.len()) };
    let points = |hundredths| points(&row.asked, Points::from_hundredths(hundredths));
    assert!(points(2_000).is_ok());
    assert_eq!(points(2_001), Err(Unsound::TooMany(Points::from_hundredths(2_001))));
    let holds = |said: Option<&[&str]>| holds(&row.asked, said);
    assert_eq!(holds(None), Err(Unsound::LimitsUnsaid));
    assert!(holds(Some(&[])).unwrap().limits().is_empty());
    assert_eq!(holds(Some(&["v1", "v2"])), Err(Unsound::NoLimit("v2".into())));
    assert_eq!(holds(Some(&["v1"])).unwrap().limits().len(), 1);
    assert_eq!(
        check_now(row, value(row, 2_001, "")).err(),
        Some(Unsound::TooMany(Points::from_hundredths(2_001)))
    );
    for unfit in ["\u{7}", &"长".repeat(501)] {
        assert_eq!(check_now(row, value(row, 100, unfit)).err(), Some(Unsound::UnfitReason));
        assert_eq!(check(row, 0, value(row, 100, unfit)).err(), Some(Unsound::UnfitReason));
    }
    let mut other = row.asked.item.clone();
    other.limits[0].id = LimitId::new("v9").unwrap();
    let asked = AskedAbove { item: &other, ..row.asked };
    let of_another =
        Value { holds: super::judging::holds(&asked, Some(&["v9"])).unwrap(), ..value(row, 100, "") };
    assert_eq!(check(row, 0, of_another).err(), Some(Unsound::NoLimit("v9".into())));
}

#[tokio::test]
async fn of_two_who_give_at_once_the_second_is_told() {
    let (_folder, database) = town().await;
    publish(&database).await;
    let judged = branch(&database, &period().id, "a").await.unwrap();
    let row = judged.rows().remove(0);
    let first = check_now(&row, value(&row, 1_000, "")).unwrap().unwrap();
    let second = check_now(&row, value(&row, 1_500, "")).unwrap().unwrap();
    let given = give(&database, &NOW, &OPERATOR, &[&first, &second]).await.unwrap();
    assert_eq!(given, [Some("镇安镇党委".to_owned()), None]);

    let unknown = PeriodId::new("1999").unwrap();
    let periods = Periods::of(&database, [unknown, period().id]).await.unwrap();
    let rows = periods.rows();
    assert_eq!(rows.len(), 2, "one item of each branch, in the period that there is");
    let row = rows.values().find(|row| row.branch.code.as_str() == "a").unwrap();
    assert_eq!(row.counting().map(|value| (value.points.hundredths(), value.at)), Some((1_000, NOW.0)));
    assert!(check(row, 0, value(row, 1_000, "")).unwrap().is_none(), "it was given then");
    assert!(check_now(row, value(row, 1_000, "")).unwrap().is_none(), "it counts");
    assert_eq!(check(row, 0, value(row, 1_500, "")).err(), Some(Unsound::Newer));
    assert!(check(row, 1, value(row, 1_500, "")).unwrap().is_some());
}
