//! What somebody is entrusted with: given at a unit, and taken back. Who reads the log does nothing else, and is
//! chosen from above; what is lent ends; and there is always somebody who can tend the accounts at the top.

use super::{
    Act, Grant, PersonId, Role,
    accounts::{Refusal, tended},
    authority::{self, Standing, must},
    sessions,
};
use crate::{
    domain::{BranchCode, day, period::shanghai_date},
    server::{
        database::{
            Database,
            accounts::{Account, AccountsWriter, Granted},
        },
        office::{
            actor::Actor,
            clock::Clock,
            log::{Deed, Record},
            quicker,
        },
    },
};
use jiff::{Span, civil::Date};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Entrusts somebody with something at a unit, which need not be the own one: until a day then, as an inspector is lent. A form tells how
/// much of the log its reader had `seen`: whoever gave the same until another day since is not undone unseen.
pub(crate) async fn grant(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    account: PersonId,
    grant: Grant,
    seen: Option<u64>,
) -> Result<(), Refusal> {
    let now = clock.now_ms();
    let today = shanghai_date(now);
    must(database, actor, Act::People, &grant.unit, today).await?;
    if let Some(until) = grant.until.filter(|until| *until < today) {
        return Err(Refusal::Passed(until));
    }
    let above = database.units_above(&grant.unit).await?;
    let mut tx = database.change_accounts().await?;
    let Some(known) = tx.account(account.0).await? else {
        drop(tx);
        return Err(tended(database, actor, account, now).await.err().unwrap_or(Refusal::Nobody));
    };
    if tx.has_ended(&grant.unit).await? {
        return Err(Refusal::Ended(grant.unit));
    }
    let is_lent = known.unit != grant.unit && !above.contains(&known.unit);
    if is_lent && matches!(grant.role, Role::Manage | Role::Audit) {
        // Whoever tends the account at home can open it.
        return Err(Refusal::NotLent(grant.role));
    }
    let latest = today.saturating_add(Span::new().years(1));
    if is_lent && grant.until.is_none_or(|until| until > latest) {
        return Err(Refusal::Endless);
    }
    if above.contains(&known.unit) && !tends(database, actor, &known.unit, today).await? {
        return Err(Refusal::Superior);
    }
    let held = sessions::grants(tx.granted(account.0).await?);
    must_be_apart(held.iter().filter(|held| held.holds_on(today)).map(|held| held.role).chain([grant.role]))?;
    if grant.role == Role::Audit {
        must_stand_above(database, actor, &known.unit, today).await?;
    }
    if grant.role == Role::Manage && grant.until.is_some() {
        // One that ends by itself may have been the last.
        must_leave_somebody(database, &mut tx, account, &held).await?;
    }
    if held.contains(&grant) {
        return Ok(());
    }
    let Grant { unit, role, until } = grant;
    let granted = Granted { unit: unit.clone(), role: role.word().into(), until };
    let other = held.into_iter().find(|held| held.unit == unit && held.role == role);
    if let (Some(seen), Some(other)) = (seen, other)
        && tx.was_given_since(account.0, &granted, seen).await?
    {
        drop(tx);
        let of = format!("{} {}", account.0, granted.role);
        let by = quicker::newest(database, &unit, &[Deed::RoleGiven], |noted| noted == of).await?;
        return Err(Refusal::Meanwhile {
            now: other.until.map_or_else(|| "一直有".into(), day::text), by
        });
    }
    let given = of_role(actor, now, Deed::RoleGiven, &unit, account.0, role);
    if is_lent || role == Role::Audit {
        // Whoever made the open ones may not give this.
        tx.void_links(account.0, now).await?;
    }
    tx.grant(account.0, &granted).await?;
    Ok(tx.commit(&[given]).await?)
}

/// Whether who acts tends the accounts of a unit.
async fn tends(database: &Database, actor: &Actor, unit: &BranchCode, today: Date) -> Result<bool, Refusal> {
    match must(database, actor, Act::People, unit, today).await {
        Ok(()) => Ok(true),
        Err(authority::Refusal::Denied(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Lends somebody of elsewhere, known by the login name, a role at a unit until a day.
pub(crate) async fn lend(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    name: &str,
    lent: Grant,
    seen: Option<u64>,
) -> Result<PersonId, Refusal> {
    must(database, actor, Act::People, &lent.unit, shanghai_date(clock.now_ms())).await?;
    let known = database.account_called(&sessions::login(name)).await?;
    let known = known.filter(|known| known.closed_at.is_none());
    let to = PersonId(known.ok_or(Refusal::Nobody)?.id);
    grant(database, clock, actor, to, lent, seen).await?;
    Ok(to)
}

/// Takes back what somebody was entrusted with at a unit, if there is anything. It holds from the next page on that the person opens.
pub(crate) async fn take_back(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    account: PersonId,
    unit: &BranchCode,
    role: Role,
) -> Result<(), Refusal> {
    let now = clock.now_ms();
    must(database, actor, Act::People, unit, shanghai_date(now)).await?;
    database.account(account.0).await?.ok_or(Refusal::Nobody)?;
    let mut tx = database.change_accounts().await?;
    let mut held = sessions::grants(tx.granted(account.0).await?);
    held.retain(|held| held.unit == *unit && held.role == role);
    must_leave_somebody(database, &mut tx, account, &held).await?;
    if !tx.take_back(account.0, unit, role.word()).await? {
        return Ok(());
    }
    Ok(tx.commit(&[of_role(actor, now, Deed::RoleTaken, unit, account.0, role)]).await?)
}

pub(super) fn must_be_apart(roles: impl Iterator<Item = Role>) -> Result<(), Refusal> {
    let roles: BTreeSet<Role> = roles.collect();
    if roles.contains(&Role::Audit) && roles.len() > 1 { Err(Refusal::NotApart) } else { Ok(()) }
}

/// Fails where who acts does not tend accounts above a unit: whoever does so at it could read the log by an account made for that.
pub(super) async fn must_stand_above(
    database: &Database,
    actor: &Actor,
    unit: &BranchCode,
    today: Date,
) -> Result<(), Refusal> {
    let Actor::Person(person) = actor else { return Ok(()) };
    let above = database.units_above(unit).await?;
    let stands = person
        .grants_on(today)
        .any(|grant| authority::may(grant.role, Act::People, Standing::Below) && above.contains(&grant.unit));
    if stands { Ok(()) } else { Err(Refusal::NotAbove) }
}

/// Fails where a link would open more than who makes it may give: what somebody of elsewhere lent, or the log of the own unit.
pub(super) async fn must_be_inviter(
    database: &Database,
    tx: &mut AccountsWriter,
    actor: &Actor,
    account: &Account,
    today: Date,
) -> Result<(), Refusal> {
    for grant in sessions::grants(tx.granted(account.id).await?) {
        if !grant.holds_on(today) {
            continue;
        }
        match must(database, actor, Act::People, &grant.unit, today).await {
            Ok(()) => {}
            Err(authority::Refusal::Denied(_)) => return Err(Refusal::Beyond),
            Err(error) => return Err(error.into()),
        }
        if grant.role == Role::Audit {
            must_stand_above(database, actor, &account.unit, today).await?;
        }
    }
    Ok(())
}

/// Fails where somebody who tends accounts would be the last to do so at a unit and above it.
pub(super) async fn must_leave_somebody(
    database: &Database,
    tx: &mut AccountsWriter,
    account: PersonId,
    lost: &[Grant],
) -> Result<(), Refusal> {
    for grant in lost.iter().filter(|grant| grant.role == Role::Manage && grant.until.is_none()) {
        let mut units = database.units_above(&grant.unit).await?;
        units.push(grant.unit.clone());
        let holders = tx.holders(Role::Manage.word(), &units).await?;
        if holders.iter().all(|(holder, _)| *holder == account.0) {
            return Err(Refusal::Last(grant.unit.clone()));
        }
    }
    Ok(())
}

pub(super) fn of_role(
    actor: &Actor,
    now: u64,
    deed: Deed,
    unit: &BranchCode,
    account: Uuid,
    role: Role,
) -> Record {
    actor.record(now, deed, Some(unit), format_args!("{account} {}", role.word()))
}
