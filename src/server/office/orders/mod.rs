//! 限期整改: telling a unit above branches to mend by a day, what it reports, more time, release. Each is a word that stays.

#[cfg(test)]
mod tests;

use super::{
    actor::{Actor, Unheard},
    clock::Clock,
    log::Deed,
    people::{
        Act, Denied, Person,
        authority::{denies, must},
    },
};
use crate::{
    domain::{
        BranchCode, ContentHash,
        answer::MAX_TEXT_CHARS,
        check::is_plain_text,
        order::{Order, OrderState, OrderStep, OrderWord},
        period::shanghai_date,
    },
    protocol::Level,
    server::database::{Database, DatabaseError, Unit},
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Why nothing was said.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Who acts may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Nobody can speak so.
    #[error(transparent)]
    Unheard(#[from] Unheard),
    /// A text is missing, too long, or holds what is no text.
    #[error("a text of an order has up to {MAX_TEXT_CHARS} characters")]
    Text,
    /// The day cannot be meant.
    #[error("{0} cannot be meant")]
    Day(Date),
    /// There is no such order.
    #[error("there is no such order")]
    Unknown,
    /// Only units above branches are told so, and only such as are there.
    #[error("{0} is no unit that can be told to mend")]
    NoSuchUnit(BranchCode),
    /// Something else was said meanwhile.
    #[error("somebody was quicker")]
    Overtaken(Box<Order>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

denies!(Refusal);

/// An order with the names that it is shown with.
#[derive(Debug)]
pub(crate) struct Row {
    /// It.
    pub(crate) order: Order,
    /// The unit that is to mend, by name.
    pub(crate) unit: String,
    /// Who gave it, by name.
    pub(crate) given_by: String,
}

/// What of orders waits for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Waiting {
    /// Those to one's own unit that it has to report on.
    pub(crate) to_answer: usize,
    /// Of these, those whose day has passed.
    pub(crate) overdue: usize,
    /// Those to units below that have reported.
    pub(crate) to_decide: usize,
}

/// The orders that somebody sees, by unit, the oldest first; the operator sees those below a unit that is named.
pub(crate) async fn list(
    database: &Database,
    actor: &Actor,
    under: &BranchCode,
    today: Date,
) -> Result<Vec<Row>, Refusal> {
    must(database, actor, Act::See, under, today).await?;
    let orders = database.orders_below(under).await?;
    named(database, orders).await
}

/// One order.
pub(crate) async fn one(
    database: &Database,
    actor: &Actor,
    id: &str,
    today: Date,
) -> Result<Option<Row>, Refusal> {
    let Some(order) = database.order(id).await? else { return Ok(None) };
    must(database, actor, Act::See, &order.unit, today).await?;
    Ok(named(database, vec![order]).await?.pop())
}

async fn named(database: &Database, orders: Vec<Order>) -> Result<Vec<Row>, Refusal> {
    let codes: Vec<BranchCode> =
        orders.iter().flat_map(|order| [order.unit.clone(), order.given_by.clone()]).collect();
    let names: BTreeMap<BranchCode, String> = database
        .members(&codes)
        .await?
        .into_iter()
        .map(|member| (member.unit.code.clone(), member.unit.name))
        .collect();
    let name = |code: &BranchCode| names.get(code).cloned().unwrap_or_else(|| code.to_string());
    Ok(orders
        .into_iter()
        .map(|order| Row { unit: name(&order.unit), given_by: name(&order.given_by), order })
        .collect())
}

/// What waits for a person.
pub(crate) async fn waiting(
    database: &Database,
    person: &Person,
    today: Date,
) -> Result<Waiting, DatabaseError> {
    let (answers, decides) = (person.reaches(Act::Answer, today), person.reaches(Act::Order, today));
    let mut waiting = Waiting::default();
    for unit in person.reaches(Act::See, today) {
        for order in database.orders_below(&unit).await? {
            // One's own unit answers; who sits above it decides.
            let is_own = order.unit == unit;
            let state = order.state();
            if is_own && state == OrderState::Open && answers.contains(&unit) {
                waiting.to_answer += 1;
                waiting.overdue += usize::from(order.is_overdue(today));
            }
            waiting.to_decide +=
                usize::from(!is_own && state == OrderState::Answered && decides.contains(&unit));
        }
    }
    Ok(waiting)
}

/// The units below that somebody may tell to mend, in the order of codes.
pub(crate) async fn may_be_told(
    database: &Database,
    person: &Person,
    today: Date,
) -> Result<Vec<Unit>, DatabaseError> {
    let (reached, tree) = (person.reaches(Act::Order, today), database.upper_units().await?);
    let lies_below =
        |unit: &Unit| reached.iter().any(|above| unit.code != *above && tree.lies_in(&unit.code, above));
    let there = tree.all().filter(|member| member.ended.is_none()).map(|member| &member.unit);
    Ok(there.filter(|unit| is_told(unit) && lies_below(unit)).cloned().collect())
}

/// A village's committee and its branches are one.
fn is_told(unit: &Unit) -> bool {
    !matches!(unit.level, Level::Branch | Level::VillageCommittee)
}

/// Gives an order; the same again is nothing new. Answers its id.
pub(crate) async fn give(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    unit: &BranchCode,
    step: OrderStep,
) -> Result<String, Refusal> {
    let now = clock.now_ms();
    let today = shanghai_date(now);
    must(database, actor, Act::Order, unit, today).await?;
    must_be_sound(&step)?;
    let member = database.member(unit).await?;
    if !member.is_some_and(|member| member.ended.is_none() && is_told(&member.unit)) {
        return Err(Refusal::NoSuchUnit(unit.clone()));
    }
    let above = database.units_above(unit).await?;
    let given_by = match actor {
        Actor::Person(person) => {
            let reached = person.reaches(Act::Order, today);
            above.iter().find(|code| reached.contains(code)).cloned()
        }
        Actor::Operator { .. } | Actor::Phone(_) => above.first().cloned(),
    };
    let given_by = given_by.ok_or_else(|| Denied { act: Act::Order, unit: unit.clone() })?;
    let by = actor.speakers(database, [unit]).await?.to(unit);
    // The same decision on the same unit is the same order, however often its form is sent.
    let said = serde_json::to_string(&(unit.as_str(), given_by.as_str(), &step));
    let said = said.map_err(|error| DatabaseError::Stored(error.to_string()))?;
    let id: String = ContentHash::of(said.as_bytes()).as_str().chars().take(32).collect();
    let words = vec![OrderWord { at: now, by, step }];
    let order = Order { id: id.clone(), unit: unit.clone(), given_by, words };
    let given = database.give_order(&order, actor.record(now, Deed::OrderGiven, Some(unit), &id)).await?;
    given.map(|_| id).ok_or_else(|| Refusal::NoSuchUnit(unit.clone()))
}

/// Says something more of an order, by whoever has read so many of its words. The same again by the same is nothing new.
pub(crate) async fn say(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    id: &str,
    read: usize,
    step: OrderStep,
) -> Result<(), Refusal> {
    let now = clock.now_ms();
    let (act, deed) = match &step {
        OrderStep::Answered { .. } => (Act::Answer, Deed::OrderAnswered),
        OrderStep::Extended { .. } => (Act::Order, Deed::OrderExtended),
        OrderStep::Released { .. } => (Act::Order, Deed::OrderReleased),
        // An order begins by [`give`] alone.
        OrderStep::Given { .. } => return Err(Refusal::Unknown),
    };
    let Some(mut order) = database.order(id).await? else { return Err(Refusal::Unknown) };
    must(database, actor, act, &order.unit, shanghai_date(now)).await?;
    if act == Act::Order {
        // What one unit told is taken back by itself or by one above it, not by whoever stands between.
        must(database, actor, Act::See, &order.given_by, shanghai_date(now)).await?;
    }
    must_be_sound(&step)?;
    let by = actor.speakers(database, [&order.unit]).await?.to(&order.unit);
    let is_said = |order: &Order| {
        order.words.len() > read && order.words.last().is_some_and(|word| word.by == by && word.step == step)
    };
    if is_said(&order) {
        return Ok(());
    }
    if order.words.len() != read || !order.takes(&step) {
        return Err(Refusal::Overtaken(Box::new(order)));
    }
    let word = OrderWord { at: now, by, step: step.clone() };
    let record = actor.record(now, deed, Some(&order.unit), id);
    order.words.truncate(read);
    match database.say_of_order(&order, &word, record).await? {
        Ok(()) => Ok(()),
        Err(other) if other.words.last().is_some_and(|last| last.by == word.by && last.step == step) => {
            Ok(())
        }
        Err(other) => Err(Refusal::Overtaken(Box::new(other))),
    }
}

fn must_be_sound(step: &OrderStep) -> Result<(), Refusal> {
    let sound = |(text, needed): &(&str, bool)| {
        is_plain_text(text, MAX_TEXT_CHARS, true) && !(*needed && text.trim().is_empty())
    };
    if !step.texts().iter().all(sound) {
        return Err(Refusal::Text);
    }
    match step.due() {
        Some(day) if !step.can_be() => Err(Refusal::Day(day)),
        _ => Ok(()),
    }
}
