//! 交接: one act by which a successor takes over.

use super::{
    Act, PersonId, Role, Secret,
    accounts::{Invited, Newcomer, Refusal, account, closed, insert, invite, tended, was_noted},
    authority::{self, must},
    roles::{must_be_apart, must_leave_somebody, must_stand_above},
    sessions,
};
use crate::{
    domain::period::shanghai_date,
    server::{
        database::Database,
        office::{
            actor::Actor,
            clock::{Clock, Random},
            log::Deed,
        },
    },
};
use jiff::civil::Date;

/// To whom is handed over.
#[derive(Debug, Clone)]
pub(crate) enum Successor {
    /// Somebody of the unit who has an account already.
    Known(PersonId),
    /// Somebody who gets one, at the same unit.
    New(Newcomer),
}

/// 交接: the successor gets what was entrusted at the unit and below, and the predecessor's account is closed, in one act. What was to
/// be done stays where it is: it is the unit's. What was lent from elsewhere ends with the person.
pub(crate) async fn hand_over(
    database: &Database,
    clock: &dyn Clock,
    random: &mut dyn Random,
    actor: &Actor,
    from: PersonId,
    to: Successor,
) -> Result<Option<Invited>, Refusal> {
    let now = clock.now_ms();
    let today = shanghai_date(now);
    if handed_before(database, actor, from, &to, today).await? {
        return Err(Refusal::Stands(from));
    }
    let predecessor = tended(database, actor, from, now).await?;
    let asked = to.clone();
    let (to, newcomer) = match to {
        Successor::Known(to) if to == from => return Err(Refusal::Same),
        Successor::Known(to) => {
            let successor = tended(database, actor, to, now).await?;
            if successor.unit != predecessor.unit {
                return Err(Refusal::Nobody);
            }
            (to, None)
        }
        Successor::New(newcomer) => {
            let account = account(database, random, &predecessor.unit, newcomer).await?;
            (PersonId(account.id), Some(account))
        }
    };
    let mut moved = Vec::new();
    for granted in database.granted_to(&[from.0]).await?.remove(&from.0).unwrap_or_default() {
        let is_theirs = must(database, actor, Act::People, &granted.unit, today).await;
        match is_theirs {
            Ok(()) => {
                if granted.role == Role::Audit.word() {
                    must_stand_above(database, actor, &predecessor.unit, today).await?;
                }
                moved.push(granted);
            }
            Err(authority::Refusal::Denied(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let secret = Secret::draw(random).ok_or(Refusal::NoRandomness)?;
    let mut tx = database.change_accounts().await?;
    if tx.account(from.0).await?.is_none() {
        drop(tx);
        let stands = handed_before(database, actor, from, &asked, today).await?;
        return Err(if stands { Refusal::Stands(from) } else { closed(database, from).await? });
    }
    if let Some(account) = &newcomer {
        insert(&mut tx, account, now).await?;
    }
    if tx.account(to.0).await?.is_none() {
        drop(tx);
        return Err(closed(database, to).await?);
    }
    let held = tx.granted(to.0).await?.into_iter().chain(moved.iter().cloned()).collect();
    must_be_apart(
        sessions::grants(held).iter().filter(|grant| grant.holds_on(today)).map(|grant| grant.role),
    )?;
    for granted in &moved {
        tx.grant(to.0, granted).await?;
    }
    // Now the successor is there; where that does not suffice, nothing of this is kept.
    let held = sessions::grants(tx.granted(from.0).await?);
    must_leave_somebody(database, &mut tx, from, &held).await?;
    for granted in &moved {
        tx.take_back(from.0, &granted.unit, &granted.role).await?;
    }
    tx.close(from.0, now).await?;
    let unit = Some(&predecessor.unit);
    let mut records = Vec::new();
    let mut invited = None;
    if let Some(account) = newcomer {
        records.push(actor.record(now, Deed::AccountMade, unit, account.id));
        invited = Some(invite(&mut tx, account.id, secret, now).await?);
    }
    records.push(actor.record(now, Deed::AccountHandedOver, unit, format_args!("{} {}", from.0, to.0)));
    records.push(actor.record(now, Deed::AccountClosed, unit, from.0));
    tx.commit(&records).await?;
    Ok(invited)
}

/// Whether who acts has handed over just so already.
async fn handed_before(
    database: &Database,
    actor: &Actor,
    from: PersonId,
    to: &Successor,
    today: Date,
) -> Result<bool, Refusal> {
    let Some(known) = database.account(from.0).await?.filter(|known| known.closed_at.is_some()) else {
        return Ok(false);
    };
    must(database, actor, Act::People, &known.unit, today).await?;
    let to = match to {
        Successor::Known(to) => Some(to.0),
        Successor::New(newcomer) => {
            let made = database.account_called(&sessions::login(&newcomer.login)).await?;
            made.filter(|made| made.name == newcomer.name.trim()).map(|made| made.id)
        }
    };
    let Some(to) = to else { return Ok(false) };
    let subject = format!("{} {to}", from.0);
    let is_it = |noted: &str| noted == subject;
    Ok(was_noted(database, actor, &known.unit, Deed::AccountHandedOver, is_it).await?)
}
