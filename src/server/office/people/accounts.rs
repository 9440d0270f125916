//! Accounts: who gets one, what it is entrusted with, and how it ends. Who tends them does so at the own unit and below; nobody both
//! tends accounts and reads the log; and there is always somebody who can tend those at the top.

use super::{
    Act, PersonId, Role, Secret,
    authority::{Denied, denies, must},
    roles::{must_be_apart, must_be_inviter, must_leave_somebody, must_stand_above, of_role},
    sessions::{self, login},
};
use crate::{
    domain::{BranchCode, check::is_plain_text, period::shanghai_date},
    server::{
        database::{
            Database, DatabaseError,
            accounts::{Account, AccountsWriter, Granted},
            log::Wanted,
        },
        office::{
            actor::Actor,
            clock::{Clock, Random},
            log::Deed,
            quicker::{self, Quicker},
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
/// A form that is sent twice is not older than so many acts of its kind.
const MOST_NOTED: usize = 200;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Who acts may not.
    #[error(transparent)]
    Denied(#[from] Denied),
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
    /// It was closed, or handed over; whoever still writes to it is told by whom.
    #[error("the account of {name:?} was closed")]
    Closed {
        /// Whose.
        name: String,
        /// Who did it.
        by: Option<Quicker>,
    },
    /// Somebody else said otherwise of the same since it was looked at; that stands.
    #[error("it became {now:?} meanwhile")]
    Meanwhile {
        /// What it is now.
        now: String,
        /// Who did it.
        by: Option<Quicker>,
    },
    /// Nothing is entrusted.
    #[error("no role was named")]
    NoRole,
    /// Who reads the log does nothing else.
    #[error("one person cannot both read the log and do what is in it")]
    NotApart,
    /// Who tends accounts would come to read the log by an account of the own unit.
    #[error("who reads the log is chosen from above")]
    NotAbove,
    /// A link would open what who makes it may not give.
    #[error("the account holds something that is not theirs to give")]
    Beyond,
    /// Whoever stands above sees it anyway, and is not given anything from below.
    #[error("they stand above")]
    Superior,
    /// What is lent ends within a year.
    #[error("what is lent ends within a year")]
    Endless,
    /// The unit has ended.
    #[error("{0} has ended")]
    Ended(BranchCode),
    /// Who tends accounts or reads the log does so at the own unit or below it.
    #[error("{0:?} is not lent")]
    NotLent(Role),
    /// Nobody would be left who can tend accounts there.
    #[error("nobody else tends accounts at {0} or above")]
    Last(BranchCode),
    /// It would have ended before today.
    #[error("{0} has passed")]
    Passed(Date),
    /// It stands so already, by the same form of the same person: whatever it showed once is not shown again.
    #[error("it was done before")]
    Stands(PersonId),
    /// Whoever still works here is told who it is.
    #[error("the account is open")]
    Open,
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

denies!(Refusal);

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

impl Newcomer {
    /// As an account has it.
    fn of(account: &Account) -> Self {
        let Account { name, post, telephone, login, .. } = account.clone();
        Self { name, post, telephone, login }
    }

    /// It, without what surrounds each text, if it can stand.
    fn sound(self) -> Result<Self, Refusal> {
        let line = |text: String| text.trim().to_owned();
        let Self { name, post, telephone, login: own } = self;
        let new = Self { name: line(name), post: line(post), telephone: line(telephone), login: login(&own) };
        let is_line =
            |text: &str| is_plain_text(text, MAX_CHARS, false) && !text.starts_with(['=', '+', '-', '@']);
        let is_in_login = |c: char| c.is_alphanumeric() || ['.', '-', '_', '@'].contains(&c);
        let is_login =
            (2..=MAX_CHARS).contains(&new.login.chars().count()) && new.login.chars().all(is_in_login);
        for (field, stands) in [
            (Field::Name, !new.name.is_empty() && is_line(&new.name)),
            (Field::Post, is_line(&new.post)),
            (Field::Telephone, is_telephone(&new.telephone)),
            (Field::Login, is_login),
        ] {
            if !stands {
                return Err(Refusal::Unfit(field));
            }
        }
        Ok(new)
    }
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
    let today = shanghai_date(now);
    must(database, actor, Act::People, unit, today).await?;
    if roles.is_empty() {
        return Err(Refusal::NoRole);
    }
    must_be_apart(roles.iter().copied())?;
    if roles.contains(&Role::Audit) {
        must_stand_above(database, actor, unit, today).await?;
    }
    let account = account(database, random, unit, newcomer).await?;
    let secret = Secret::draw(random).ok_or(Refusal::NoRandomness)?;
    let mut tx = database.change_accounts().await?;
    if let Err(refusal) = insert(&mut tx, &account, now).await {
        drop(tx);
        let stands = made_before(database, actor, &account, roles).await?;
        return Err(stands.map_or(refusal, Refusal::Stands));
    }
    for role in roles {
        let granted = Granted { unit: unit.clone(), role: role.word().into(), until: None };
        tx.grant(account.id, &granted).await?;
    }
    let invited = invite(&mut tx, account.id, secret, now).await?;
    let made = actor.record(now, Deed::AccountMade, Some(unit), account.id);
    let given = roles.iter().map(|role| of_role(actor, now, Deed::RoleGiven, unit, account.id, *role));
    tx.commit(&[made].into_iter().chain(given).collect::<Vec<_>>()).await?;
    Ok(invited)
}

/// The account that who acts has made just so already.
async fn made_before(
    database: &Database,
    actor: &Actor,
    wanted: &Account,
    roles: &BTreeSet<Role>,
) -> Result<Option<PersonId>, DatabaseError> {
    let Some(known) = database.account_called(&wanted.login).await? else { return Ok(None) };
    let same = Account { id: known.id, has_password: known.has_password, ..wanted.clone() };
    let granted = database.granted_to(&[known.id]).await?.remove(&known.id).unwrap_or_default();
    let held: BTreeSet<Role> = sessions::grants(granted).into_iter().map(|grant| grant.role).collect();
    if known != same || held != *roles {
        return Ok(None);
    }
    let subject = known.id.to_string();
    let made = was_noted(database, actor, &known.unit, Deed::AccountMade, |noted| noted == subject).await?;
    Ok(made.then_some(PersonId(known.id)))
}

/// Whether who acts did this at a unit before, by what the log says of it.
pub(super) async fn was_noted(
    database: &Database,
    actor: &Actor,
    unit: &BranchCode,
    deed: Deed,
    is_it: impl Fn(&str) -> bool,
) -> Result<bool, DatabaseError> {
    let wanted =
        Wanted { under: Some(unit.clone()), who: Some(actor.who()), deeds: vec![deed], ..Wanted::default() };
    let noted = database.logged(&wanted, MOST_NOTED).await?;
    Ok(noted.iter().any(|entry| is_it(&entry.record.subject)))
}

/// The account that a newcomer gets, if what is told can stand.
pub(super) async fn account(
    database: &Database,
    random: &mut dyn Random,
    unit: &BranchCode,
    newcomer: Newcomer,
) -> Result<Account, Refusal> {
    let Some(member) = database.member(unit).await? else {
        return Err(Refusal::NoUnit(unit.clone()));
    };
    if member.ended.is_some() {
        return Err(Refusal::Ended(unit.clone()));
    }
    let known = member.unit;
    if known.level == crate::protocol::Level::Branch {
        return Err(Refusal::Branch(unit.clone()));
    }
    let Newcomer { name, post, telephone, login: own } = newcomer.sound()?;
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

pub(super) async fn insert(tx: &mut AccountsWriter, account: &Account, now: u64) -> Result<(), Refusal> {
    if tx.has_ended(&account.unit).await? {
        return Err(Refusal::Ended(account.unit.clone()));
    }
    if tx.add(account, now).await? { Ok(()) } else { Err(Refusal::Taken(account.login.clone())) }
}

pub(super) async fn invite(
    tx: &mut AccountsWriter,
    account: Uuid,
    secret: Secret,
    now: u64,
) -> Result<Invited, Refusal> {
    let expires_at = now + LINK_MS;
    tx.make_link(account, &secret.hash(), now, expires_at).await?;
    Ok(Invited { account: PersonId(account), secret, until: shanghai_date(expires_at) })
}

/// A new link for somebody who lost the first one or forgot the password; the old password stays until it is used. As of codes, a form
/// tells how much of the log its reader had `seen`, so that a reload does not void the link that is on its way.
pub(crate) async fn link(
    database: &Database,
    clock: &dyn Clock,
    random: &mut dyn Random,
    actor: &Actor,
    account: PersonId,
    seen: Option<u64>,
) -> Result<Invited, Refusal> {
    let now = clock.now_ms();
    let known = tended(database, actor, account, now).await?;
    let secret = Secret::draw(random).ok_or(Refusal::NoRandomness)?;
    let mut tx = database.change_accounts().await?;
    if tx.account(account.0).await?.is_none() {
        drop(tx);
        return Err(closed(database, account).await?);
    }
    must_be_inviter(database, &mut tx, actor, &known, shanghai_date(now)).await?;
    if let Some(seen) = seen
        && tx.was_linked_since(account.0, seen).await?
    {
        return Err(Refusal::Stands(account));
    }
    let invited = invite(&mut tx, account.0, secret, now).await?;
    tx.commit(&[actor.record(now, Deed::LinkMade, Some(&known.unit), known.id)]).await?;
    Ok(invited)
}

/// Changes name, post and telephone; the login name stays, by which its owner is known. What who acts left as it `was` shown stays as it
/// is by now.
pub(crate) async fn change(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    account: PersonId,
    told: Newcomer,
    was: Option<Newcomer>,
) -> Result<(), Refusal> {
    let now = clock.now_ms();
    let known = tended(database, actor, account, now).await?;
    let told = Newcomer { login: known.login.clone(), ..told }.sound()?;
    let was = was.unwrap_or_else(|| Newcomer::of(&known));
    let mut tx = database.change_accounts().await?;
    let Some(stands) = tx.account(account.0).await? else {
        drop(tx);
        return Err(closed(database, account).await?);
    };
    let kept = |told: String, was: &str, now: &str| match () {
        () if told == was => Ok(now.to_owned()),
        () if now == was || now == told => Ok(told),
        () => Err(now.to_owned()),
    };
    let fields = kept(told.name, was.name.trim(), &stands.name).and_then(|name| {
        let post = kept(told.post, was.post.trim(), &stands.post)?;
        Ok((name, post, kept(told.telephone, was.telephone.trim(), &stands.telephone)?))
    });
    let (name, post, telephone) = match fields {
        Ok(fields) => fields,
        Err(now) => {
            drop(tx);
            let of = stands.id.to_string();
            let by = quicker::newest(database, &stands.unit, &[Deed::AccountChanged], |noted| noted == of);
            return Err(Refusal::Meanwhile { now, by: by.await? });
        }
    };
    let changed = Account { name, post, telephone, ..stands.clone() };
    if changed == stands {
        return Ok(());
    }
    tx.change(&changed).await?;
    Ok(tx.commit(&[actor.record(now, Deed::AccountChanged, Some(&stands.unit), stands.id)]).await?)
}

/// That an account is closed, and by whom, to whoever tends it and did not know.
pub(super) async fn closed(database: &Database, account: PersonId) -> Result<Refusal, DatabaseError> {
    let Some(known) = database.account(account.0).await?.filter(|known| !known.is_erased()) else {
        return Ok(Refusal::Nobody);
    };
    let of = known.id.to_string();
    let is_it = |noted: &str| noted.split(' ').next() == Some(&of);
    let handed = quicker::newest(database, &known.unit, &[Deed::AccountHandedOver], is_it).await?;
    let by = match handed.filter(|handed| Some(handed.at) == known.closed_at) {
        Some(handed) => Some(handed),
        None => quicker::newest(database, &known.unit, &[Deed::AccountClosed], is_it).await?,
    };
    Ok(Refusal::Closed { name: known.name, by })
}

/// Opens a closed account again, as of somebody who comes back, with what it had been entrusted with.
pub(crate) async fn reopen(
    database: &Database,
    clock: &dyn Clock,
    random: &mut dyn Random,
    actor: &Actor,
    account: PersonId,
) -> Result<Invited, Refusal> {
    let now = clock.now_ms();
    let known = database.account(account.0).await?.ok_or(Refusal::Nobody)?;
    must(database, actor, Act::People, &known.unit, shanghai_date(now)).await?;
    let secret = Secret::draw(random).ok_or(Refusal::NoRandomness)?;
    let mut tx = database.change_accounts().await?;
    if !tx.reopen(account.0).await? {
        let is_erased = known.is_erased();
        return Err(if is_erased { Refusal::Nobody } else { Refusal::Stands(account) });
    }
    must_be_inviter(database, &mut tx, actor, &known, shanghai_date(now)).await?;
    let invited = invite(&mut tx, account.0, secret, now).await?;
    tx.commit(&[actor.record(now, Deed::AccountReopened, Some(&known.unit), known.id)]).await?;
    Ok(invited)
}

/// Closes an account; one that is closed stays so. Whoever signed what stays named.
pub(crate) async fn close(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    account: PersonId,
) -> Result<(), Refusal> {
    let now = clock.now_ms();
    let known = database.account(account.0).await?.ok_or(Refusal::Nobody)?;
    must(database, actor, Act::People, &known.unit, shanghai_date(now)).await?;
    let mut tx = database.change_accounts().await?;
    if tx.account(account.0).await?.is_none() {
        return Ok(());
    }
    let held = sessions::grants(tx.granted(account.0).await?);
    must_leave_somebody(database, &mut tx, account, &held).await?;
    tx.close(account.0, now).await?;
    Ok(tx.commit(&[actor.record(now, Deed::AccountClosed, Some(&known.unit), known.id)]).await?)
}

/// Erases who a closed account is: name, post, telephone and login name are gone, and it is never opened again. What was signed with the
/// name stays signed, as any paper; the log knows the account alone, and fits as before. Erased once more, it stays so.
pub(crate) async fn erase(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    account: PersonId,
) -> Result<(), Refusal> {
    let now = clock.now_ms();
    let known = database.account(account.0).await?.ok_or(Refusal::Nobody)?;
    must(database, actor, Act::People, &known.unit, shanghai_date(now)).await?;
    let mut tx = database.change_accounts().await?;
    if tx.account(account.0).await?.is_some() {
        return Err(Refusal::Open);
    }
    if !tx.erase(account.0).await? {
        return Ok(());
    }
    Ok(tx.commit(&[actor.record(now, Deed::AccountErased, Some(&known.unit), known.id)]).await?)
}

/// Ends all sessions of somebody, as of whoever left a desk unlocked; tells how many.
pub(crate) async fn sign_out_everywhere(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    account: PersonId,
) -> Result<u64, Refusal> {
    let now = clock.now_ms();
    let known = tended(database, actor, account, now).await?;
    let mut tx = database.change_accounts().await?;
    let ended = tx.end_sessions(account.0).await?;
    tx.commit(&[actor.record(now, Deed::SessionsEnded, Some(&known.unit), known.id)]).await?;
    Ok(ended)
}

/// The account, if who acts tends those of its unit.
pub(super) async fn tended(
    database: &Database,
    actor: &Actor,
    account: PersonId,
    now: u64,
) -> Result<Account, Refusal> {
    let known = database.account(account.0).await?.ok_or(Refusal::Nobody)?;
    must(database, actor, Act::People, &known.unit, shanghai_date(now)).await?;
    if known.closed_at.is_some() {
        return Err(closed(database, account).await?);
    }
    Ok(known)
}
