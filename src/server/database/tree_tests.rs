use super::*;
use crate::{protocol::Level, server::database::From};
use jiff::civil::date;
use proptest::prelude::*;

fn code(number: usize) -> BranchCode {
    BranchCode::new(format!("u{number:02}")).unwrap()
}

/// A city with two counties, four towns and twelve branches; each unit's place is one of the level above.
fn unit(number: usize, place: usize, name: u8) -> Unit {
    let (level, parent) = match number {
        0 => (Level::City, None),
        1..3 => (Level::County, Some(0)),
        3..7 => (Level::Township, Some(1 + place % 2)),
        _ => (Level::Branch, Some(3 + place % 4)),
    };
    Unit {
        code: code(number),
        parent: parent.map(code),
        level,
        name: format!("第{name}"),
        sector: String::new(),
        telephone: String::new(),
    }
}

/// What happens to a unit: it goes elsewhere, is called otherwise, or ends.
type Change = (usize, usize, u8, i8, bool);

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::server::database::testing::cases(16), ..ProptestConfig::default() })]

    #[test]
    fn what_lies_below_a_unit_is_the_same_read_alone_or_out_of_everything(
        places in prop::collection::vec(0..8_usize, 19),
        changes in prop::collection::vec((1..19_usize, 0..8_usize, 0..3_u8, 2..28_i8, any::<bool>()), 0..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(same(&places, changes));
    }
}

async fn same(places: &[usize], mut changes: Vec<Change>) {
    let folder = tempfile::tempdir().unwrap();
    let database = crate::server::database::testing::database(&folder).await;
    let units: Vec<Unit> = places.iter().enumerate().map(|(number, place)| unit(number, *place, 9)).collect();
    database.import_units(&Tree::default(), &units, From::Ever, None, &[]).await.unwrap().unwrap();
    changes.sort_by_key(|change| change.3);
    for (number, place, name, day, ends) in changes {
        let on = date(2026, 11, day);
        if ends {
            let mut tx = database.pool.begin().await.unwrap();
            sqlx::query(
                "INSERT INTO lifetimes (code, ended_day, successor) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            )
            .bind(code(number).as_str().to_owned())
            .bind(day::text(on))
            .bind((place > 2).then(|| code((number + place) % 19).as_str().to_owned()))
            .execute(&mut *tx)
            .await
            .unwrap();
            tx.commit().await.unwrap();
        } else {
            let seen = database.tree().await.unwrap();
            database
                .import_units(&seen, &[unit(number, place, name)], From::Day(on), None, &[])
                .await
                .unwrap()
                .unwrap();
        }
    }
    for on in [None, Some(date(2026, 11, 1)), Some(date(2026, 11, 14)), Some(date(2026, 12, 1))] {
        let whole = database.tree_of(None, on).await.unwrap();
        for root in (0..19).map(code) {
            if on.is_none() {
                let mut above = Vec::new();
                let mut at = whole.get(&root).and_then(|member| whole.above(&member.unit));
                while let Some(unit) = at {
                    above.push(unit.code.clone());
                    at = whole.above(unit);
                }
                assert_eq!(database.units_above(&root).await.unwrap(), above);
            }
            let alone = database.tree_of(Some(&root), on).await.unwrap();
            let below = |tree: &Tree| -> Vec<Member> {
                tree.all().filter(|member| tree.lies_in(&member.unit.code, &root)).cloned().collect()
            };
            assert_eq!(below(&alone), below(&whole), "{root} {on:?}");
            for member in below(&alone) {
                assert_eq!(alone.above(&member.unit), whole.above(&member.unit));
                let into = member.ended.and_then(|ended| ended.into);
                assert_eq!(
                    into.as_ref().map(|into| alone.get(into)),
                    into.as_ref().map(|into| whole.get(into))
                );
            }
        }
    }
    database.close().await;
}
