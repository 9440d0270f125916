//! The own password: set by a link that was handed over, or changed by whoever knows the present one.

use super::{
    Person, Secret,
    passwords::{self, Passwords, Unfit, Unhashed},
    sessions::own,
};
use crate::server::{
    database::{
        Database, DatabaseError,
        accounts::{Account, Welcome},
    },
    office::{
        clock::{Clock, Random},
        log::Deed,
    },
};

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
pub(crate) async fn set(
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
    tx.commit(&[own(&account, now, Deed::PasswordSet)]).await?;
    Ok(account)
}

/// Changes one's own password; all sessions end, this one too: whoever knows the new one signs in with it.
pub(crate) async fn change(
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
    if !passwords.is(present, known.clone()).await? {
        return Err(Unset::Wrong);
    }
    passwords::check(new, &known_of(&account))?;
    let hash = passwords.hash(random, new).await?;
    let mut tx = database.change_accounts().await?;
    // Of two who change it at one instant, the second has compared with what is no password any more.
    if tx.password(account.id).await? != known {
        return Err(Unset::Wrong);
    }
    let now = clock.now_ms();
    tx.set_password(account.id, &hash, now).await?;
    tx.commit(&[own(&account, now, Deed::PasswordSet)]).await?;
    Ok(())
}

fn known_of(account: &Account) -> [&str; 4] {
    [&account.name, &account.login, account.unit.as_str(), &account.unit_name]
}
