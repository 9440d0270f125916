//! The parts of the product beyond the self-check: each is off until whoever publishes the standard switches it on.
//!
//! What branches have entered is never touched: with a module off, phones leave its rooms out where there is nothing in them.

use super::{
    actor::Actor,
    clock::Clock,
    log::{Deed, called},
    people::{
        Act, Denied,
        authority::{denies, must_for_all},
    },
};
use crate::{
    domain::period::shanghai_date,
    server::database::{Database, DatabaseError},
};
pub(crate) use crate::{protocol::Module, server::database::log::Who};

/// Why a module is not switched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Who acts may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

denies!(Refusal);

/// A module as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Which.
    pub(crate) module: Module,
    /// Whether it is on.
    pub(crate) is_on: bool,
    /// Since when, milliseconds since 1970-01-01 UTC, and by whom, if anybody switched it.
    pub(crate) since: Option<(u64, Who)>,
    /// That one's unit and name, where it is a person whose account is there.
    pub(crate) person: Option<String>,
}

/// All of them.
pub(crate) async fn all(database: &Database) -> Result<Vec<Standing>, DatabaseError> {
    let mut switched = database.modules().await?;
    let mut all = Vec::new();
    for module in Module::ALL {
        let switch = switched.remove(&module);
        let since = switch.and_then(|switch| switch.since);
        let person = match since {
            Some((_, who)) => called(database, who).await?,
            None => None,
        };
        all.push(Standing { module, is_on: switch.is_some_and(|switch| switch.is_on), since, person });
    }
    Ok(all)
}

/// Switches a module on or off for all branches. Whether anything changed: as it stands already is success.
pub(crate) async fn switch(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    module: Module,
    is_on: bool,
) -> Result<bool, Refusal> {
    let at = clock.now_ms();
    must_for_all(database, actor, Act::Publish, shanghai_date(at)).await?;
    let subject = format!("{} {}", module.word(), if is_on { "on" } else { "off" });
    let record = actor.record(at, Deed::ModuleSwitched, None, subject);
    Ok(database.switch_module(module, is_on, record).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::testing::checklist,
        server::office::{
            actor::OPERATOR,
            people::Role,
            standards::told,
            testing::{NOW, person, town},
        },
    };

    #[tokio::test]
    async fn all_is_off_until_it_is_switched_and_phones_are_told_what_is_on() {
        let (_folder, database) = town().await;
        database.publish(&[checklist()], &[], &[]).await.unwrap();
        let phones = async || -> Vec<Module> {
            let told = told(&database).await.unwrap().unwrap();
            let standard: crate::protocol::PublishedStandard = serde_json::from_str(&told).unwrap();
            standard.modules.unwrap().to_vec()
        };
        assert_eq!(phones().await, []);
        let to = async |module, is_on| switch(&database, &NOW, &OPERATOR, module, is_on).await.unwrap();
        assert!(!to(Module::Photos, false).await, "nothing to switch");
        assert!(all(&database).await.unwrap().iter().all(|one| !one.is_on && one.since.is_none()));
        assert!(to(Module::Photos, true).await && to(Module::Ledger, true).await);
        assert!(!to(Module::Photos, true).await, "sent twice");
        assert_eq!(phones().await, [Module::Ledger, Module::Photos]);
        assert!(to(Module::Photos, false).await);
        assert_eq!(phones().await, [Module::Ledger]);
        for who in [person(Role::Manage, "a"), person(Role::Review, "t")] {
            let refused = switch(&database, &NOW, &who, Module::Ledger, false).await;
            assert!(matches!(refused, Err(Refusal::Denied(_))), "{refused:?}");
        }
        assert!(switch(&database, &NOW, &person(Role::Manage, "t"), Module::Ledger, false).await.unwrap());
        let log = database.logged(&crate::server::database::log::Wanted::default(), 10).await.unwrap();
        let switched = log.iter().filter(|entry| entry.record.deed == Deed::ModuleSwitched);
        let subjects: Vec<&str> = switched.map(|entry| entry.record.subject.as_str()).collect();
        assert_eq!(subjects, ["ledger off", "photos off", "ledger on", "photos on"]);
    }
}
