//! 转隶 from one's own to somebody else's: asked for on the one side, answered on the other. Whoever tends both sides just does it
//! ([`super::changes::alter`]).

use super::{
    Refusal, Unit,
    changes::{Altered, alter, is_overtaken, is_there},
    importing::{Known, Standing, must_fit, placed},
    reach::Reach,
};
use crate::{
    domain::{BranchCode, check::is_plain_text, day, period::shanghai_date},
    protocol::Level,
    server::{
        database::{Database, DatabaseError, moves::Move},
        office::{
            actor::Actor,
            again::anew,
            clock::Clock,
            log::{Deed, Who},
            people::{Act, Person, authority::must},
            scope,
        },
    },
};
use jiff::civil::Date;

/// The longest reason, in characters.
const MAX_WHY_CHARS: usize = 200;

/// What came of 转隶.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// It stands there.
    Moved,
    /// It waits for an answer.
    Asked,
}

/// A move with the names that it is shown with.
#[derive(Debug)]
pub(crate) struct Row {
    /// It.
    pub(crate) asked: Move,
    /// The unit.
    pub(crate) unit: Unit,
    /// What it stands under, by name.
    pub(crate) comes_from: String,
    /// What it is to stand under, by name.
    pub(crate) goes_to: String,
    /// Who asked, where that is known.
    pub(crate) by: Option<String>,
}

/// Has a unit stand under another one from a day on, or asks whoever tends that one. It is told apart by its code or whole name, among
/// the units above branches.
pub(crate) async fn transfer(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    code: &BranchCode,
    above: &str,
    was: Option<&str>,
    on: Date,
) -> Result<Came, Refusal> {
    anew(is_overtaken, || transfer_it(database, clock, actor, code, above, was, on)).await
}

async fn transfer_it(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    code: &BranchCode,
    above: &str,
    was: Option<&str>,
    on: Date,
) -> Result<Came, Refusal> {
    let now = clock.now_ms();
    let today = shanghai_date(now);
    must(database, actor, Act::Arrange, code, today).await?;
    let known = Known::read(database).await?;
    let tree = &known.tree;
    let theirs: Vec<Unit> = Reach::of(actor, tree, today).all().map(|member| member.unit.clone()).collect();
    let own = scope::find(&theirs, above.trim());
    if !matches!(own, Err(scope::Refusal::UnknownUnit(_))) {
        return alter(database, clock, actor, code, Altered::Above(above), was, on)
            .await
            .map(|()| Came::Moved);
    }
    let there = tree.all().filter(|member| member.ended.is_none()).map(|member| &member.unit);
    let upper: Vec<Unit> = there.filter(|unit| unit.level != Level::Branch).cloned().collect();
    let goes_to = scope::find(&upper, above.trim())?.code.clone();
    let member = tree.get(code).ok_or_else(|| scope::Refusal::UnknownUnit(code.to_string()))?;
    is_there(member)?;
    // What stands at the top is nobody's to give away.
    let Some(comes_from) = member.unit.parent.clone() else {
        return Err(scope::Refusal::UnknownUnit(above.trim().into()).into());
    };
    let moved = Unit { parent: Some(goes_to.clone()), ..member.unit.clone() };
    placed(&known, vec![moved.clone()])?;
    must_fit(database, actor, tree, &[moved], (Standing::Since(on), today)).await?;
    let record = actor.record(now, Deed::MoveAsked, Some(code), format!("{goes_to} {}", day::text(on)));
    let asked_by = match record.who {
        Who::Person(id) => Some(id),
        Who::Operator | Who::Phone(_) => None,
    };
    let unit = code.clone();
    let asked = Move { number: 0, unit, comes_from, goes_to, on, asked_at: now, asked_by, declined: None };
    if !database.ask_for_move(tree, &asked, record).await?.ok_or(Refusal::Overtaken)? {
        let waits = database.move_of(code).await?;
        if waits.is_none_or(|waits| (&waits.goes_to, waits.on) != (&asked.goes_to, on)) {
            return Err(Refusal::Waits);
        }
    }
    Ok(Came::Asked)
}

/// The move that somebody may answer, or has asked for; as if it were not there for anybody else.
async fn found(database: &Database, number: i64) -> Result<Move, Refusal> {
    database.waiting_move(number).await?.ok_or(Refusal::NoMove)
}

/// Takes the unit over. Whoever tends where it goes to says so, for one's own unit or for one below.
pub(crate) async fn take(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    number: i64,
) -> Result<Move, Refusal> {
    anew(is_overtaken, || take_it(database, clock, actor, number)).await
}

async fn take_it(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    number: i64,
) -> Result<Move, Refusal> {
    let asked = found(database, number).await?;
    let now = clock.now_ms();
    must(database, actor, Act::Arrange, &asked.goes_to, shanghai_date(now)).await?;
    let known = Known::read(database).await?;
    let unit = known.tree.get(&asked.unit).map(|member| member.unit.clone()).ok_or(Refusal::NoMove)?;
    let unit = Unit { parent: Some(asked.goes_to.clone()), ..unit };
    placed(&known, vec![unit.clone()])?;
    let today = shanghai_date(now);
    must_fit(database, actor, &known.tree, std::slice::from_ref(&unit), (Standing::Since(asked.on), today))
        .await?;
    let record = actor.record(now, Deed::MoveTaken, Some(&asked.unit), &asked.comes_from);
    let taken = database.take_move(&known.tree, &asked, &unit, &record).await?;
    if taken.ok_or(Refusal::Overtaken)? { Ok(asked) } else { Err(Refusal::NoMove) }
}

/// Leaves it where it stands: whoever tends where it would go says no and why, or whoever tends it takes the question back.
pub(crate) async fn leave(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    number: i64,
    why: &str,
) -> Result<Move, Refusal> {
    let asked = found(database, number).await?;
    let now = clock.now_ms();
    let today = shanghai_date(now);
    let is_answer = must(database, actor, Act::Arrange, &asked.goes_to, today).await.is_ok();
    if !is_answer {
        must(database, actor, Act::Arrange, &asked.unit, today).await?;
    }
    if is_answer && (why.is_empty() || !is_plain_text(why, MAX_WHY_CHARS, false)) {
        return Err(Refusal::Why);
    }
    let deed = if is_answer { Deed::MoveDeclined } else { Deed::MoveWithdrawn };
    let record = actor.record(now, deed, Some(&asked.unit), &asked.goes_to);
    let declined = is_answer.then_some(why);
    if database.end_move(&asked, now, declined, record).await? { Ok(asked) } else { Err(Refusal::NoMove) }
}

/// Whoever asked has read that it was declined.
pub(crate) async fn read_decline(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    number: i64,
) -> Result<(), Refusal> {
    let declined = database.declined_move(number).await?.ok_or(Refusal::NoMove)?;
    let now = clock.now_ms();
    must(database, actor, Act::Arrange, &declined.unit, shanghai_date(now)).await?;
    Ok(database.read_decline(&declined, now).await?)
}

/// What of 转隶 concerns a person, each the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Moves {
    /// Waits for the person's answer.
    pub(crate) to_answer: Vec<Row>,
    /// Was asked for on the person's side, and waits for the other one.
    pub(crate) asked: Vec<Row>,
    /// The other side said no, and nobody on this one has read it.
    pub(crate) declined: Vec<Row>,
}

/// What of 转隶 concerns a person.
pub(crate) async fn moves(database: &Database, person: &Person, today: Date) -> Result<Moves, DatabaseError> {
    let tended = tended(database, person, today).await?;
    if tended.is_empty() {
        return Ok(Moves::default());
    }
    let asked = database.moves_from(&tended).await?;
    // Who tends both sides answers.
    let asked = asked.into_iter().filter(|asked| !tended.contains(&asked.goes_to)).collect();
    Ok(Moves {
        to_answer: named(database, database.moves_to(&tended).await?).await?,
        asked: named(database, asked).await?,
        declined: named(database, database.declined_moves(&tended).await?).await?,
    })
}

/// The units above branches whose roster a person tends.
async fn tended(database: &Database, person: &Person, today: Date) -> Result<Vec<BranchCode>, DatabaseError> {
    let reached = person.reaches(Act::Arrange, today);
    if reached.is_empty() {
        return Ok(Vec::new());
    }
    let tree = database.upper_units().await?;
    let units = tree.all().map(|member| &member.unit.code);
    Ok(units.filter(|code| reached.iter().any(|above| tree.lies_in(code, above))).cloned().collect())
}

/// The one of a unit that waits or was declined, for whoever tends the unit.
pub(crate) async fn of_unit(database: &Database, unit: &BranchCode) -> Result<Option<Row>, DatabaseError> {
    let asked = match database.move_of(unit).await? {
        Some(waits) => Some(waits),
        None => database.declined_move_of(unit).await?,
    };
    Ok(named(database, asked.into_iter().collect()).await?.pop())
}

async fn named(database: &Database, moves: Vec<Move>) -> Result<Vec<Row>, DatabaseError> {
    let codes: Vec<BranchCode> = moves
        .iter()
        .flat_map(|one| [one.unit.clone(), one.comes_from.clone(), one.goes_to.clone()])
        .collect();
    let members = database.members(&codes).await?;
    let known = |code: &BranchCode| members.iter().find(|member| member.unit.code == *code);
    let name =
        |code: &BranchCode| known(code).map_or_else(|| code.to_string(), |member| member.unit.name.clone());
    let mut rows = Vec::with_capacity(moves.len());
    for asked in moves {
        let Some(unit) = known(&asked.unit).map(|member| member.unit.clone()) else { continue };
        let by = match asked.asked_by {
            Some(id) => database.account(id).await?,
            None => None,
        };
        let by = by.map(|account| format!("{} {}", account.unit_name, account.name));
        let (comes_from, goes_to) = (name(&asked.comes_from), name(&asked.goes_to));
        rows.push(Row { asked, unit, comes_from, goes_to, by });
    }
    Ok(rows)
}

#[cfg(test)]
#[path = "moving_tests.rs"]
mod tests;
