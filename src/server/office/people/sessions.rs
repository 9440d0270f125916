//! Signing in and out, and who is signed in. Nobody is told whether a name exists: a wrong name is answered as a wrong password is, and
//! as late.

use super::{
    Grant, Person, PersonId, Role, Secret,
    passwords::{Passwords, Unhashed},
};
use crate::{
    domain::ContentHash,
    server::{
        database::{
            Database, DatabaseError,
            accounts::{Account, Granted},
            sessions::Session,
        },
        office::{
            actor::Actor,
            clock::{Clock, Random},
            log::{Deed, Record, Who},
        },
    },
};

/// So long a session that nobody uses stays; twelve hours in milliseconds.
pub(crate) const IDLE_MS: u64 = 12 * 60 * 60 * 1000;
/// So often its use is noted; a minute in milliseconds.
const NOTED_MS: u64 = 60 * 1000;
/// So long a password that was given stands for the one who acts; ten minutes in milliseconds.
const PROVED_MS: u64 = 10 * 60 * 1000;

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// No open account has this name and password.
    #[error("no account has this name and password")]
    Wrong,
    /// The password was not compared.
    #[error(transparent)]
    Unhashed(#[from] Unhashed),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// A login name as it is kept: in one way of writing, without what surrounds it.
pub(crate) fn login(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    text.trim().nfkc().collect::<String>().to_lowercase()
}

/// Signs somebody in; what the browser shows from now on.
pub(crate) async fn sign_in(
    database: &Database,
    clock: &dyn Clock,
    random: &mut dyn Random,
    passwords: &Passwords,
    name: &str,
    password: &str,
) -> Result<Secret, Refusal> {
    let known = database.password_of(&login(name)).await?;
    let is_right = passwords.is(password, known.as_ref().map(|(_, hash)| hash.clone())).await?;
    let known = known.filter(|_| is_right).ok_or(Refusal::Wrong)?;
    let secret = Secret::draw(random).ok_or(Unhashed::NoRandomness)?;
    begin(database, clock.now_ms(), known, &secret).await?;
    Ok(secret)
}

/// Lets in whose password was compared with this hash.
pub(super) async fn begin(
    database: &Database,
    now: u64,
    (account, hash): (uuid::Uuid, String),
    secret: &Secret,
) -> Result<(), Refusal> {
    let mut tx = database.change_accounts().await?;
    // While it was compared, which takes long, the password may have been changed, or the account closed.
    if tx.password(account).await? != Some(hash) {
        return Err(Refusal::Wrong);
    }
    let known = tx.account(account).await?.ok_or(Refusal::Wrong)?;
    let session = Session { hash: secret.hash(), account, begun_at: now, seen_at: now, proved_at: now };
    tx.begin_session(&session, now.saturating_sub(IDLE_MS)).await?;
    // Whose names are kept no longer than they are needed: this is often enough.
    tx.forget_to_whom(now).await?;
    Ok(tx.commit(&[own(&known, now, Deed::SignedIn)]).await?)
}

/// What is noted of something that somebody does with the own account, as before being signed in.
pub(super) fn own(account: &Account, at: u64, deed: Deed) -> Record {
    let (who, unit) = (Who::Person(account.id), Some(account.unit.clone()));
    Record { at, who, deed, unit, subject: account.id.to_string() }
}

/// Notes that nobody gets in by this name from somewhere for a while, if it is somebody's.
pub(crate) async fn note_barred(
    database: &Database,
    clock: &dyn Clock,
    name: &str,
) -> Result<(), DatabaseError> {
    let Some(account) = database.account_called(&login(name)).await? else { return Ok(()) };
    // Who tried is not known; the operator's place is where what the program does by itself is noted.
    let record = Record { who: Who::Operator, ..own(&account, clock.now_ms(), Deed::SignInBarred) };
    database.note(&[record]).await
}

/// Ends the session that a browser shows, if there is one.
pub(crate) async fn sign_out(
    database: &Database,
    clock: &dyn Clock,
    session: &ContentHash,
) -> Result<(), DatabaseError> {
    let mut tx = database.change_accounts().await?;
    let Some(account) = tx.end_session(session).await? else { return Ok(()) };
    let account = tx.account(account).await?;
    let record = account.map(|account| own(&account, clock.now_ms(), Deed::SignedOut));
    tx.commit(record.as_slice()).await
}

/// Where somebody is signed in, the newest first.
pub(crate) async fn of(
    database: &Database,
    clock: &dyn Clock,
    person: &Person,
) -> Result<Vec<Session>, DatabaseError> {
    database.sessions_of(person.id.0, clock.now_ms().saturating_sub(IDLE_MS)).await
}

/// Ends somebody's sessions but for the one that is told; how many there were.
pub(crate) async fn end_others(
    database: &Database,
    clock: &dyn Clock,
    person: &Person,
    but: &ContentHash,
) -> Result<u64, DatabaseError> {
    let mut tx = database.change_accounts().await?;
    let ended = tx.end_other_sessions(person.id.0, but).await?;
    let account = tx.account(person.id.0).await?;
    let record = account.map(|account| own(&account, clock.now_ms(), Deed::SignedOut));
    tx.commit(record.as_slice()).await?;
    Ok(ended)
}

/// Ends the sessions of everybody, and what would begin one without a password; how many sessions there were.
pub(crate) async fn end_all(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
) -> Result<u64, DatabaseError> {
    let now = clock.now_ms();
    end_all_as(database, now, actor.record(now, Deed::AllSessionsEnded, None, "")).await
}

/// The same of a database that a backup was made of: who was signed out or closed since would be in again, and a link that was used
/// since would set a password once more.
pub(crate) async fn end_all_restored(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
) -> Result<u64, DatabaseError> {
    let now = clock.now_ms();
    end_all_as(database, now, actor.record(now, Deed::Restored, None, "")).await
}

async fn end_all_as(database: &Database, now: u64, record: Record) -> Result<u64, DatabaseError> {
    let mut tx = database.change_accounts().await?;
    let ended = tx.end_all_sessions().await?;
    tx.void_all_links(now).await?;
    tx.commit(&[record]).await?;
    Ok(ended)
}

/// The password once more, for what cannot be undone.
pub(crate) async fn prove(
    database: &Database,
    clock: &dyn Clock,
    passwords: &Passwords,
    login: &str,
    session: &Session,
    password: &str,
) -> Result<(), Refusal> {
    let known = database.password_of(login).await?.map(|(_, hash)| hash);
    if !passwords.is(password, known).await? {
        return Err(Refusal::Wrong);
    }
    Ok(database.prove_session(&session.hash, clock.now_ms()).await?)
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// Who, with what holds at this moment: what was taken away since the session began is gone.
    pub(crate) person: Person,
    /// The login name.
    pub(crate) login: String,
    /// The session.
    pub(crate) session: Session,
}

impl SignedIn {
    /// Whether the password was given so lately that it stands for whoever acts now.
    pub(crate) fn is_proved(&self, now: u64) -> bool {
        now.saturating_sub(self.session.proved_at) < PROVED_MS
    }

    /// Whether the use of the session should be noted.
    pub(crate) fn is_to_be_noted(&self, now: u64) -> bool {
        now.saturating_sub(self.session.seen_at) >= NOTED_MS
    }
}

/// Who shows this; `None` when nobody is signed in so.
pub(crate) async fn recognise(
    database: &Database,
    now: u64,
    shown: &Secret,
) -> Result<Option<SignedIn>, DatabaseError> {
    let Some(session) = database.session(&shown.hash()).await? else { return Ok(None) };
    if now.saturating_sub(session.seen_at) >= IDLE_MS {
        return Ok(None);
    }
    let Some(account) =
        database.account(session.account).await?.filter(|account| account.closed_at.is_none())
    else {
        return Ok(None);
    };
    let granted = database.granted_to(&[account.id]).await?.remove(&account.id).unwrap_or_default();
    let login = account.login.clone();
    Ok(Some(SignedIn { person: person(account, granted), login, session }))
}

/// Somebody, with what the account is entrusted with.
pub(super) fn person(account: Account, granted: Vec<Granted>) -> Person {
    let Account { id, unit, unit_name, name, .. } = account;
    Person { id: PersonId(id), name, unit, unit_name, grants: grants(granted) }
}

/// Grants as they are kept; a role that this version does not know allows nothing.
pub(super) fn grants(granted: Vec<Granted>) -> Vec<Grant> {
    let known = granted.into_iter().filter_map(|granted| {
        let role = Role::of_word(&granted.role)?;
        Some(Grant { unit: granted.unit, role, until: granted.until })
    });
    known.collect()
}
