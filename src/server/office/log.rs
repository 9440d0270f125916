//! 记录: reading what was done above the branches (审计), and whether it is what was written.

pub(crate) use crate::server::database::log::{Deed, Entry, Misfit, Record, Verdict, Who};

use super::{
    actor::Actor,
    clock::Clock,
    people::{
        Act, Denied,
        authority::{self, denies, must, must_for_all},
    },
    scope,
};
use crate::{
    domain::{
        BranchCode,
        period::{shanghai_date, shanghai_midnight},
    },
    server::database::{Database, DatabaseError, accounts::Account, log::Wanted},
};
use jiff::{ToSpan as _, civil::Date};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// It is not clear of which unit.
    #[error(transparent)]
    Scope(#[from] scope::Refusal),
    /// Who acts may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

denies!(Refusal);

/// Which entries are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    /// Of this unit, by code or name, and those below it; without it, all.
    pub(crate) under: Option<&'a str>,
    /// By this one alone.
    pub(crate) who: Option<Who>,
    /// Of these kinds alone, where any are named.
    pub(crate) deeds: &'a [Deed],
    /// From this day on.
    pub(crate) from: Option<Date>,
    /// Up to this day, itself included.
    pub(crate) to: Option<Date>,
    /// Those before the entry of this number.
    pub(crate) before: Option<u64>,
}

/// A page of the log, the newest first.
#[derive(Debug)]
pub(crate) struct Page {
    /// The entries.
    pub(crate) entries: Vec<Entry>,
    /// Before which number the next page begins, if there is one.
    pub(crate) before: Option<u64>,
}

/// So many entries, the newest first.
pub(crate) async fn page(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    asked: Asked<'_>,
    most: usize,
) -> Result<Page, Refusal> {
    let today = shanghai_date(clock.now_ms());
    let under = scope::root(database, asked.under).await?.map(|unit| unit.code);
    match &under {
        Some(unit) => must(database, actor, Act::Audit, unit, today).await?,
        None => drop(must_for_all(database, actor, Act::Audit, today).await?),
    }
    let after = |day: Date| day.checked_add(1.day()).map_or(u64::MAX, shanghai_midnight);
    let wanted = Wanted {
        under,
        who: asked.who,
        deeds: asked.deeds.to_vec(),
        from: asked.from.map(shanghai_midnight),
        until: asked.to.map(after),
        before: asked.before,
    };
    let mut entries = database.logged(&wanted, most + 1).await?;
    let has_more = entries.len() > most;
    entries.truncate(most);
    let before = entries.last().filter(|_| has_more).map(|last| last.number);
    Ok(Page { entries, before })
}

/// Whether the log is what was written, and has, where one is told, the entry of a number with the hash that was noted of it.
pub(crate) async fn verify(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    noted: Option<(u64, &str)>,
) -> Result<Verdict, Refusal> {
    must_for_all(database, actor, Act::Audit, shanghai_date(clock.now_ms())).await?;
    Ok(database.verify_log(noted).await?)
}

/// An entry with what its ids are called today. The log itself holds no names: a person who was erased is told by the account alone.
#[derive(Debug)]
pub(crate) struct Told {
    /// The entry.
    pub(crate) entry: Entry,
    /// Unit and name of the person who did it, where the account is there.
    pub(crate) person: Option<String>,
    /// Whether that one was erased.
    pub(crate) is_erased: bool,
    /// The unit's name.
    pub(crate) unit: Option<String>,
    /// What the accounts that it is about are signed in to with, as far as they are there and not erased.
    pub(crate) logins: BTreeMap<Uuid, String>,
}

/// Entries with what their ids are called today.
pub(crate) async fn told(database: &Database, entries: Vec<Entry>) -> Result<Vec<Told>, DatabaseError> {
    let units: BTreeSet<BranchCode> = entries.iter().filter_map(|entry| entry.record.unit.clone()).collect();
    let units = database.members(&units.into_iter().collect::<Vec<_>>()).await?;
    let units: BTreeMap<BranchCode, String> =
        units.into_iter().map(|member| (member.unit.code, member.unit.name)).collect();
    let mut people: BTreeMap<Uuid, Option<Account>> = BTreeMap::new();
    let mut told = Vec::with_capacity(entries.len());
    for entry in entries {
        let who = match entry.record.who {
            Who::Person(id) => Some(id),
            Who::Operator | Who::Phone(_) => None,
        };
        let about = accounts(&entry.record);
        for id in who.iter().chain(&about) {
            if !people.contains_key(id) {
                people.insert(*id, database.account(*id).await?);
            }
        }
        let known = |id: &Uuid| people.get(id).and_then(Option::as_ref);
        let person =
            who.as_ref().and_then(known).map(|account| format!("{} {}", account.unit_name, account.name));
        let is_erased = who.as_ref().and_then(known).is_some_and(Account::is_erased);
        let called = |account: &Account| {
            // Nothing else tells those apart that were erased.
            let end = account.login.chars().skip(account.login.len().saturating_sub(8));
            if account.is_erased() {
                format!("{} {}", account.name, end.collect::<String>())
            } else {
                account.login.clone()
            }
        };
        let logins = about.iter().filter_map(|id| Some((*id, called(known(id)?)))).collect();
        let unit = entry.record.unit.as_ref().and_then(|unit| units.get(unit).cloned());
        told.push(Told { entry, person, is_erased, unit, logins });
    }
    Ok(told)
}

/// Unit and name of the person who did something, where it was one and the account is there.
pub(crate) async fn called(database: &Database, who: Who) -> Result<Option<String>, DatabaseError> {
    let Who::Person(id) = who else { return Ok(None) };
    Ok(database.account(id).await?.map(|account| format!("{} {}", account.unit_name, account.name)))
}

/// The accounts that a record is about.
fn accounts(record: &Record) -> Vec<Uuid> {
    let is_about_accounts =
        ["account.", "role.", "session."].iter().any(|kind| record.deed.code().starts_with(kind));
    let ids = record.subject.split(' ').filter_map(|word| word.parse().ok());
    ids.filter(|_| is_about_accounts).collect()
}

/// The account that somebody signs in to.
pub(crate) async fn who_signs_in_as(database: &Database, login: &str) -> Result<Option<Who>, DatabaseError> {
    Ok(database.account_called(login).await?.map(|account| Who::Person(account.id)))
}

/// Whether who acts is entrusted with all of the log.
pub(crate) async fn may_see_all(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
) -> Result<bool, DatabaseError> {
    match must_for_all(database, actor, Act::Audit, shanghai_date(clock.now_ms())).await {
        Ok(_) => Ok(true),
        Err(authority::Refusal::Denied(_)) => Ok(false),
        Err(authority::Refusal::Database(error)) => Err(error),
    }
}
