//! The accounts that somebody tends: those of the own unit and below, and what is lent there to people of elsewhere.

use super::{
    Act, Grant, PersonId,
    accounts::Refusal,
    authority::{Denied, must},
    sessions,
};
use crate::{
    domain::{BranchCode, period::shanghai_date},
    server::{
        database::{Database, DatabaseError, Rows, accounts::Account},
        office::{actor::Actor, clock::Clock, people::Person},
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// An account with what it is entrusted with.
#[derive(Debug)]
pub(crate) struct Tended {
    /// The account.
    pub(crate) account: Account,
    /// What it is entrusted with: all, of an account that one tends; else what is lent where one tends the accounts.
    pub(crate) grants: Vec<Grant>,
    /// How the units are called at which that is.
    pub(crate) places: BTreeMap<BranchCode, String>,
    /// Whether it is one that one tends.
    pub(crate) is_ours: bool,
    /// How many entries the log had: of a list, none is said.
    pub(crate) seen: u64,
}

/// How the units of some grants are called.
pub(crate) async fn places(
    database: &Database,
    grants: impl IntoIterator<Item = &Grant>,
) -> Result<BTreeMap<BranchCode, String>, DatabaseError> {
    let units: BTreeSet<BranchCode> = grants.into_iter().map(|grant| grant.unit.clone()).collect();
    let members = database.members(&units.into_iter().collect::<Vec<_>>()).await?;
    Ok(members.into_iter().map(|member| (member.unit.code, member.unit.name)).collect())
}

/// Which accounts are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// A part of a name, a login name, or a unit's code or name; all where it is empty.
    pub(crate) text: &'a str,
    /// With those that are closed.
    pub(crate) with_closed: bool,
    /// Which of them.
    pub(crate) rows: Rows,
}

/// A part of the accounts that somebody tends, and how many there are.
pub(crate) async fn page(
    database: &Database,
    clock: &dyn Clock,
    person: &Person,
    asked: Asked<'_>,
) -> Result<(Vec<Tended>, u64), Refusal> {
    let roots = person.reaches(Act::People, shanghai_date(clock.now_ms()));
    if roots.is_empty() {
        return Err(Denied { act: Act::People, unit: person.unit.clone() }.into());
    }
    let Asked { text, with_closed, rows } = asked;
    let (accounts, total) = database.accounts_under(&roots, text.trim(), with_closed, rows).await?;
    let ids: Vec<_> = accounts.iter().map(|account| account.id).collect();
    let mut granted = database.granted_to(&ids).await?;
    let mut reach = Reach { database, roots, known: BTreeMap::new() };
    let mut tended = Vec::with_capacity(accounts.len());
    for account in accounts {
        let grants = sessions::grants(granted.remove(&account.id).unwrap_or_default());
        tended.push(reach.of(account, grants).await?);
    }
    let named = places(database, tended.iter().flat_map(|one| &one.grants)).await?;
    for one in &mut tended {
        one.places.clone_from(&named);
    }
    Ok((tended, total))
}

/// What lies at some units and below them.
struct Reach<'a> {
    database: &'a Database,
    roots: Vec<BranchCode>,
    known: BTreeMap<BranchCode, bool>,
}

impl Reach<'_> {
    async fn has(&mut self, unit: &BranchCode) -> Result<bool, DatabaseError> {
        if let Some(known) = self.known.get(unit) {
            return Ok(*known);
        }
        let mut line = self.database.units_above(unit).await?;
        line.push(unit.clone());
        let has = line.iter().any(|unit| self.roots.contains(unit));
        self.known.insert(unit.clone(), has);
        Ok(has)
    }

    /// Of an account of elsewhere only what is lent here is seen.
    async fn of(&mut self, account: Account, grants: Vec<Grant>) -> Result<Tended, DatabaseError> {
        if self.has(&account.unit).await? {
            return Ok(Tended { account, grants, places: BTreeMap::new(), is_ours: true, seen: 0 });
        }
        let mut lent = Vec::new();
        for grant in grants {
            if self.has(&grant.unit).await? {
                lent.push(grant);
            }
        }
        Ok(Tended { account, grants: lent, places: BTreeMap::new(), is_ours: false, seen: 0 })
    }
}

/// One of them.
pub(crate) async fn one(
    database: &Database,
    clock: &dyn Clock,
    person: &Person,
    account: PersonId,
) -> Result<Tended, Refusal> {
    let roots = person.reaches(Act::People, shanghai_date(clock.now_ms()));
    let known = database.account(account.0).await?.ok_or(Refusal::Nobody)?;
    let granted = database.granted_to(&[known.id]).await?.remove(&known.id).unwrap_or_default();
    let mut reach = Reach { database, roots, known: BTreeMap::new() };
    let mut tended = reach.of(known, sessions::grants(granted)).await?;
    tended.places = places(database, &tended.grants).await?;
    tended.seen = database.newest_entry().await?;
    if tended.is_ours || !tended.grants.is_empty() { Ok(tended) } else { Err(Refusal::Nobody) }
}

/// Those to whom a person's work can be handed over: the others of the unit.
pub(crate) async fn beside(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    account: &Account,
) -> Result<Vec<Account>, Refusal> {
    must(database, actor, Act::People, &account.unit, shanghai_date(clock.now_ms())).await?;
    let mut others = database.accounts_of(&account.unit).await?;
    others.retain(|other| other.id != account.id && other.closed_at.is_none());
    Ok(others)
}
