//! Accounts: who gets one, what it is entrusted with, and how it ends. Who tends them does so at the own unit and below; nobody both
//! tends accounts and reads the log; and there is always somebody who can tend those at the top.

use super::{
    Act, Grant, Person, PersonId, Role, Secret,
    authority::{self, must},
    passwords::{self, Passwords, Unfit, Unhashed},
    sessions::{self, login},
};
use crate::{
    domain::{BranchCode, check::is_plain_text, period::shanghai_date},
    server::{
        database::{
            Database, DatabaseError,
            accounts::{Account, AccountsWriter, Granted, Welcome},
        },
        office::{
            actor::Actor,
            clock::{Clock, Random},
            roster::is_telephone,
        },
    },
};
use jiff::civil::Date;
use std::collections::BTreeSet;
use uuid::Uuid;

/// So long a link is good by which a password is set; seven days in milliseconds.
const LINK_MS: u64 = 7 * 24 * 60 * 60 * 1000;
/// Names, posts and login names have so many characters at most.
const MAX_CHARS: usize = 30;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Who acts may not.
    #[error(transparent)]
    Authority(#[from] authority::Refusal),
    /// There is no such unit.
    #[error("there is no unit {0}")]
    NoUnit(BranchCode),
    /// A branch has no desk.
    #[error("{0} is a branch")]
    Branch(BranchCode),
    /// What was told of the person cannot stand.
    #[error("{0:?} cannot be so")]
    Unfit(Field),
    /// The login name is somebody else's.
    #[error("the login name {0:?} is taken")]
    Taken(String),
    /// Nobody has this account, or it is closed.
    #[error("there is no such account")]
    Nobody,
    /// Nothing is entrusted.
    #[error("no role was named")]
    NoRole,
    /// Who reads the log does not tend accounts.
    #[error("one person cannot both tend accounts and read the log")]
    NotApart,
    /// Nobody would be left who can tend accounts there.
    #[error("nobody else tends accounts at {0} or above")]
    Last(BranchCode),
    /// It would have ended before today.
    #[error("{0} has passed")]
    Passed(Date),
    /// One cannot hand over to oneself.
    #[error("successor and predecessor are the same")]
    Same,
    /// There is no randomness.
    #[error("no randomness to be had")]
    NoRandomness,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// What is told of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    /// 姓名
    Name,
    /// 职务
    Post,
    /// 电话
    Telephone,
    /// 登录名
    Login,
}

/// Whom an account is for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Newcomer {
    /// 姓名
    pub(crate) name: String,
    /// 职务; may be empty.
    pub(crate) post: String,
    /// Empty where none is told.
    pub(crate) telephone: String,
    /// What to sign in with.
    pub(crate) login: String,
}

/// An account that was made or opened anew, with what its owner sets the password by: shown now or never.
#[derive(Debug)]
pub(crate) struct Invited {
    /// Whose.
    pub(crate) account: PersonId,
    /// What the link carries.
    pub(crate) secret: Secret,
    /// The last day of the link.
    pub(crate) until: Date,
}

/// Makes an account at a unit, entrusted with these roles there.
pub(crate) async fn add(
    database: &Database,
    clock: &dyn Clock,
    random: &mut dyn Random,
    actor: &Actor,
    unit: &BranchCode,
    newcomer: Newcomer,
    roles: &BTreeSet<Role>,
) -> Result<Invited, Refusal> {
    let now = clock.now_ms();
    must(database, actor, Act::People, unit, shanghai_date(now)).await?;
    if roles.is_empty() {
        return Err(Refusal::NoRole);
    }
    must_be_apart(roles.iter().copied())?;
    let account = account(database, random, unit, newcomer).await?;
    let secret = Secret::draw(random).ok_or(Refusal::NoRandomness)?;
    let mut tx = database.change_accounts().await?;
    insert(&mut tx, &account, now).await?;
    for role in roles {
        let granted = Granted { unit: unit.clone(), role: role.word().into(), until: None };
        tx.grant(account.id, &granted).await?;
    }
    let invited = invite(&mut tx, account.id, secret, now).await?;
    tx.commit().await?;
    Ok(invited)
}

/// The account that a newcomer gets, if what is told can stand.
async fn account(
    database: &Database,
    random: &mut dyn Random,
    unit: &BranchCode,
    newcomer: Newcomer,
) -> Result<Account, Refusal> {
    let Some(known) = database.units_called(unit.as_str()).await?.pop().filter(|known| known.code == *unit)
    else {
        return Err(Refusal::NoUnit(unit.clone()));
    };
    if known.level == crate::protocol::Level::Branch {
        return Err(Refusal::Branch(unit.clone()));
    }
    let Newcomer { name, post, telephone, login: own } = newcomer;
    let (name, post, telephone, own) =
        (name.trim().to_owned(), post.trim().to_owned(), telephone.trim().to_owned(), login(&own));
    let is_line =
        |text: &str| is_plain_text(text, MAX_CHARS, false) && !text.starts_with(['=', '+', '-', '@']);
    let is_login = own.chars().count() >= 2
        && own.chars().count() <= MAX_CHARS
        && own.chars().all(|c| c.is_alphanumeric() || ['.', '-', '_', '@'].contains(&c));
    for (field, stands) in [
        (Field::Name, !name.is_empty() && is_line(&name)),
        (Field::Post, is_line(&post)),
        (Field::Telephone, is_telephone(&telephone)),
        (Field::Login, is_login),
    ] {
        if !stands {
            return Err(Refusal::Unfit(field));
        }
    }
    let mut bytes = [0; 16];
    if !random.fill(&mut bytes) {
        return Err(Refusal::NoRandomness);
    }
    Ok(Account {
        id: uuid::Builder::from_random_bytes(bytes).into_uuid(),
        unit: unit.clone(),
        unit_name: known.name,
        name,
        post,
        telephone,
        login: own,
        has_password: false,
        closed_at: None,
    })
}

async fn insert(tx: &mut AccountsWriter, account: &Account, now: u64) -> Result<(), Refusal> {
    if tx.add(account, now).await? { Ok(()) } else { Err(Refusal::Taken(account.login.clone())) }
}

async fn invite(
    tx: &mut AccountsWriter,
    account: Uuid,
    secret: Secret,
    now: u64,
) -> Result<Invited, Refusal> {
    let expires_at = now + LINK_MS;
    tx.make_link(account, &secret.hash(), now, expires_at).await?;
    Ok(Invited { account: PersonId(account), secret, until: shanghai_date(expires_at) })
}

fn must_be_apart(roles: impl Iterator<Item = Role>) -> Result<(), Refusal> {
    let roles: BTreeSet<Role> = roles.collect();
    let is_both = roles.contains(&Role::Manage) && roles.contains(&Role::Audit);
    if is_both { Err(Refusal::NotApart) } else { Ok(()) }
}

/// A new link for somebody who lost the first one or forgot the password; the old password stays until it is used.
pub(crate) async fn link(
    database: &Database,
    clock: &dyn Clock,
    random: &mut dyn Random,
    actor: &Actor,
    account: PersonId,
) -> Result<Invited, Refusal> {
    let now = clock.now_ms();
    tended(database, actor, account, now).await?;
    let secret = Secret::draw(random).ok_or(Refusal::NoRandomness)?;
    let mut tx = database.change_accounts().await?;
    tx.account(account.0).await?.ok_or(Refusal::Nobody)?;
    let invited = invite(&mut tx, account.0, secret, now).await?;
    tx.commit().await?;
    Ok(invited)
}

/// Entrusts somebody with something at a unit, which need not be the own one: until a day then, as an inspector is lent.
pub(crate) async fn grant(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    account: PersonId,
    grant: Grant,
) -> Result<(), Refusal> {
    let today = shanghai_date(clock.now_ms());
    must(database, actor, Act::People, &grant.unit, today).await?;
    if let Some(until) = grant.until.filter(|until| *until < today) {
        return Err(Refusal::Passed(until));
    }
    let mut tx = database.change_accounts().await?;
    tx.account(account.0).await?.ok_or(Refusal::Nobody)?;
    let held = sessions::grants(tx.granted(account.0).await?);
    must_be_apart(held.iter().map(|held| held.role).chain([grant.role]))?;
    if grant.role == Role::Manage && grant.until.is_some() {
        // One that ends by itself may have been the last.
        must_leave_somebody(database, &mut tx, account, &held).await?;
    }
    let Grant { unit, role, until } = grant;
    tx.grant(account.0, &Granted { unit, role: role.word().into(), until }).await?;
    Ok(tx.commit().await?)
}

/// Takes back what somebody was entrusted with at a unit. It holds from the next page on that the person opens.
pub(crate) async fn take_back(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    account: PersonId,
    unit: &BranchCode,
    role: Role,
) -> Result<(), Refusal> {
    must(database, actor, Act::People, unit, shanghai_date(clock.now_ms())).await?;
    let mut tx = database.change_accounts().await?;
    let mut held = sessions::grants(tx.granted(account.0).await?);
    held.retain(|held| held.unit == *unit && held.role == role);
    must_leave_somebody(database, &mut tx, account, &held).await?;
    if !tx.take_back(account.0, unit, role.word()).await? {
        return Err(Refusal::Nobody);
    }
    Ok(tx.commit().await?)
}

/// Closes an account. Whoever signed what stays named.
pub(crate) async fn close(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    account: PersonId,
) -> Result<(), Refusal> {
    let now = clock.now_ms();
    tended(database, actor, account, now).await?;
    let mut tx = database.change_accounts().await?;
    tx.account(account.0).await?.ok_or(Refusal::Nobody)?;
    let held = sessions::grants(tx.granted(account.0).await?);
    must_leave_somebody(database, &mut tx, account, &held).await?;
    tx.close(account.0, now).await?;
    Ok(tx.commit().await?)
}

/// Ends all sessions of somebody, as of whoever left a desk unlocked; tells how many.
pub(crate) async fn sign_out_everywhere(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    account: PersonId,
) -> Result<u64, Refusal> {
    tended(database, actor, account, clock.now_ms()).await?;
    let mut tx = database.change_accounts().await?;
    let ended = tx.end_sessions(account.0).await?;
    tx.commit().await?;
    Ok(ended)
}

/// To whom is handed over.
#[derive(Debug)]
pub(crate) enum Successor {
    /// Somebody who has an account already.
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
    let predecessor = tended(database, actor, from, now).await?;
    let (to, newcomer) = match to {
        Successor::Known(to) if to == from => return Err(Refusal::Same),
        Successor::Known(to) => {
            tended(database, actor, to, now).await?;
            (to, None)
        }
        Successor::New(newcomer) => {
            let account = account(database, random, &predecessor.unit, newcomer).await?;
            (PersonId(account.id), Some(account))
        }
    };
    let mut moved = Vec::new();
    for granted in database.granted_to(&[from.0]).await?.remove(&from.0).unwrap_or_default() {
        let is_theirs = must(database, actor, Act::People, &granted.unit, shanghai_date(now)).await;
        match is_theirs {
            Ok(()) => moved.push(granted),
            Err(authority::Refusal::Denied(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let secret = Secret::draw(random).ok_or(Refusal::NoRandomness)?;
    let mut tx = database.change_accounts().await?;
    tx.account(from.0).await?.ok_or(Refusal::Nobody)?;
    if let Some(account) = &newcomer {
        insert(&mut tx, account, now).await?;
    }
    tx.account(to.0).await?.ok_or(Refusal::Nobody)?;
    let held = tx.granted(to.0).await?.into_iter().chain(moved.iter().cloned()).collect();
    must_be_apart(sessions::grants(held).iter().map(|grant| grant.role))?;
    for granted in &moved {
        tx.grant(to.0, granted).await?;
    }
    // Now the successor is there; where that does not suffice, nothing of this is kept.
    let held = sessions::grants(tx.granted(from.0).await?);
    must_leave_somebody(database, &mut tx, from, &held).await?;
    tx.close(from.0, now).await?;
    let invited = match newcomer {
        Some(account) => Some(invite(&mut tx, account.id, secret, now).await?),
        None => None,
    };
    tx.commit().await?;
    Ok(invited)
}

/// The account, if who acts tends those of its unit.
async fn tended(database: &Database, actor: &Actor, account: PersonId, now: u64) -> Result<Account, Refusal> {
    let known = database.account(account.0).await?.filter(|account| account.closed_at.is_none());
    let known = known.ok_or(Refusal::Nobody)?;
    must(database, actor, Act::People, &known.unit, shanghai_date(now)).await?;
    Ok(known)
}

/// Fails where somebody who tends accounts would be the last to do so at a unit and above it.
async fn must_leave_somebody(
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

/// Why a password is not set.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unset {
    /// The link opens nothing.
    #[error("the link is no good: {0:?}")]
    Link(Welcome),
    /// The present password is another one.
    #[error("this is not the present password")]
    Wrong,
    /// The new one is not taken.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// It could not be hashed.
    #[error(transparent)]
    Unhashed(#[from] Unhashed),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Whose password a link sets, to be greeted.
pub(crate) async fn welcomed(
    database: &Database,
    clock: &dyn Clock,
    link: &Secret,
) -> Result<Account, Unset> {
    match database.welcome(&link.hash(), clock.now_ms()).await? {
        Welcome::Good(account) => database.account(account).await?.ok_or(Unset::Link(Welcome::Unknown)),
        other => Err(Unset::Link(other)),
    }
}

/// Sets the password by a link, which then opens nothing any more; all sessions of before end.
pub(crate) async fn set_password(
    database: &Database,
    clock: &dyn Clock,
    random: &mut dyn Random,
    passwords: &Passwords,
    link: &Secret,
    password: &str,
) -> Result<Account, Unset> {
    let account = welcomed(database, clock, link).await?;
    passwords::check(password, &known_of(&account))?;
    let hash = passwords.hash(random, password).await?;
    let now = clock.now_ms();
    let mut tx = database.change_accounts().await?;
    match tx.welcome(&link.hash(), now).await? {
        Welcome::Good(_) => {}
        other => return Err(Unset::Link(other)),
    }
    tx.set_password(account.id, &hash, now).await?;
    tx.commit().await?;
    Ok(account)
}

/// Changes one's own password; all sessions end, this one too: whoever knows the new one signs in with it.
pub(crate) async fn change_password(
    database: &Database,
    clock: &dyn Clock,
    random: &mut dyn Random,
    passwords: &Passwords,
    person: &Person,
    present: &str,
    new: &str,
) -> Result<(), Unset> {
    let account = database.account(person.id.0).await?.ok_or(Unset::Wrong)?;
    let known = database.password_of(&account.login).await?.map(|(_, hash)| hash);
    if !passwords.is(present, known).await? {
        return Err(Unset::Wrong);
    }
    passwords::check(new, &known_of(&account))?;
    let hash = passwords.hash(random, new).await?;
    let mut tx = database.change_accounts().await?;
    tx.set_password(account.id, &hash, clock.now_ms()).await?;
    tx.commit().await?;
    Ok(())
}

fn known_of(account: &Account) -> [&str; 4] {
    [&account.name, &account.login, account.unit.as_str(), &account.unit_name]
}
