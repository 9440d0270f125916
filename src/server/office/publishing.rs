//! Putting a version of a standard in force, and what speaks against it: each is asked about until whoever publishes has confirmed it.

use super::{
    actor::Actor,
    clock::Clock,
    log::Deed,
    people::{
        Act, Denied,
        authority::{denies, must_for_all},
    },
};
use crate::{
    authoring::{
        Package, burden,
        reuse::{self, Reused},
        template::TEMPLATE_ID,
    },
    domain::{Checklist, ContentHash, Period, PeriodId, period::shanghai_date},
    protocol::PublishedStandard,
    server::database::{Database, DatabaseError, Published},
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What whoever publishes has confirmed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Confirmed {
    /// Items whose ids were published for something else are the same items, rewritten.
    pub(crate) same_item: bool,
    /// Sectors that have branches are to have no standard.
    pub(crate) fewer_sectors: bool,
    /// Periods that run, or that branches reported for, are to be gone.
    pub(crate) without_period: bool,
    /// The built-in standard is to take the place of another, or of a later version of itself.
    pub(crate) instead: bool,
}

/// What speaks against publishing a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Objection {
    /// Its version was published with another content: a version is immutable, and its name is what people tell it by.
    VersionTaken,
    /// Sectors with branches would be left without a standard.
    SectorsLeftOut(
        /// Which.
        Vec<SectorLeftOut>,
    ),
    /// Periods that branches work on, or have reported for, would be gone.
    PeriodsLeftOut(
        /// Which.
        Vec<PeriodLeftOut>,
    ),
    /// Ids of items meant something else in every version that had them.
    ItemsReused(
        /// Which.
        Vec<Reused>,
    ),
}

/// A sector that a version no longer has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SectorLeftOut {
    /// Its name.
    pub(crate) name: String,
    /// How many branches it has.
    pub(crate) branches: usize,
}

/// A period that a version no longer has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PeriodLeftOut {
    /// As the version in force has it.
    pub(crate) period: Period,
    /// How many branches have reported for it.
    pub(crate) reports: usize,
}

/// Why a version is not published.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Who acts may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// It still has the id of the template.
    #[error("the standard has the template's id")]
    Template,
    /// Something speaks against it that was not confirmed.
    #[error("something speaks against it that was not confirmed")]
    Objected(
        /// What.
        Objection,
    ),
    /// The built-in standard would take the place of another, or of a later version of itself.
    #[error("the built-in standard would take the place of another, or of a later version")]
    Displaces(
        /// What is in force.
        Box<PublishedStandard>,
    ),
    /// It cannot be written as JSON, which no standard should cause.
    #[error("a standard cannot be written: {0}")]
    Unwritable(#[from] serde_json::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

denies!(Refusal);

/// A version that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InForce {
    /// What was in force before.
    pub(crate) before: Option<PublishedStandard>,
    /// What is now.
    pub(crate) published: PublishedStandard,
}

/// Publishes a version; the version in force again changes nothing.
pub(crate) async fn publish(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    package: &Package,
    confirmed: Confirmed,
) -> Result<InForce, Refusal> {
    let at = clock.now_ms();
    must_for_all(database, actor, Act::Publish, shanghai_date(at)).await?;
    if package.standard.id.as_str() == TEMPLATE_ID {
        return Err(Refusal::Template);
    }
    let objections = objections(database, clock, package).await?;
    put(database, (actor, at), package, objections, confirmed).await
}

/// Whether this is the version in force, as where the form that published it is sent again.
pub(crate) async fn is_in_force(database: &Database, package: &Package) -> Result<bool, Refusal> {
    let Some(Published { summary, .. }) = database.version_in_force().await? else { return Ok(false) };
    let is_same = summary.standard == package.standard.id && summary.version == package.standard.version;
    Ok(is_same && !is_taken(database, package).await?)
}

/// Publishes the built-in standard. Whoever publishes it cannot give it another version, so that is not asked for.
pub(crate) async fn publish_builtin(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    builtin: &Package,
    confirmed: Confirmed,
) -> Result<InForce, Refusal> {
    let at = clock.now_ms();
    must_for_all(database, actor, Act::Publish, shanghai_date(at)).await?;
    if !confirmed.instead
        && let Some(Published { summary, .. }) = database.version_in_force().await?
        && !stays(&summary, builtin)
    {
        return Err(Refusal::Displaces(Box::new(summary)));
    }
    let mut objections = objections(database, clock, builtin).await?;
    objections.retain(|objection| *objection != Objection::VersionTaken);
    put(database, (actor, at), builtin, objections, confirmed).await
}

async fn put(
    database: &Database,
    (actor, at): (&Actor, u64),
    package: &Package,
    objections: Vec<Objection>,
    confirmed: Confirmed,
) -> Result<InForce, Refusal> {
    let is_confirmed = |objection: &Objection| match objection {
        Objection::VersionTaken => false,
        Objection::SectorsLeftOut(_) => confirmed.fewer_sectors,
        Objection::PeriodsLeftOut(_) => confirmed.without_period,
        Objection::ItemsReused(_) => confirmed.same_item,
    };
    if let Some(objection) = objections.into_iter().find(|objection| !is_confirmed(objection)) {
        return Err(Refusal::Objected(objection));
    }
    let before = database.version_in_force().await?.map(|before| before.summary);
    let name = format!("{} {}", package.standard.id, package.standard.version);
    let records = [actor.record(at, Deed::StandardPublished, None, name)];
    let published = database.publish(&package.checklists, &package.documents, &records).await?;
    Ok(InForce { before, published })
}

/// Everything that speaks against publishing a version.
pub(crate) async fn objections(
    database: &Database,
    clock: &dyn Clock,
    package: &Package,
) -> Result<Vec<Objection>, Refusal> {
    let mut found = Vec::new();
    if is_taken(database, package).await? {
        found.push(Objection::VersionTaken);
    }
    if let Some(in_force) = database.version_in_force().await? {
        let before = &in_force.checklists;
        let branches = database.branches_by_sector().await?;
        let gone = burden::dropped(before, &package.checklists).into_iter().filter_map(|gone| {
            let branches = *branches.get(gone.sector.as_str())?;
            Some(SectorLeftOut { name: gone.sector_name, branches })
        });
        let gone: Vec<SectorLeftOut> = gone.collect();
        if !gone.is_empty() {
            found.push(Objection::SectorsLeftOut(gone));
        }
        let reported = database.reports_by_period().await?;
        let gone = periods_left_out(before, &package.checklists, &reported, shanghai_date(clock.now_ms()));
        if !gone.is_empty() {
            found.push(Objection::PeriodsLeftOut(gone));
        }
    }
    let reused = reuse::reused(&database.ever_published().await?, package);
    if !reused.is_empty() {
        found.push(Objection::ItemsReused(reused));
    }
    Ok(found)
}

/// Whether the version was published with another content, and never with this one.
async fn is_taken(database: &Database, package: &Package) -> Result<bool, Refusal> {
    let known = database.published_as(&package.standard.id, &package.standard.version).await?;
    let mut own: BTreeSet<ContentHash> = BTreeSet::new();
    for checklist in &package.checklists {
        own.insert(checklist.hash()?);
    }
    for document in &package.documents {
        own.insert(document.hash()?);
    }
    let same = |standard: &PublishedStandard| {
        let lists = standard.checklists.iter().map(|list| &list.hash);
        lists.chain(standard.documents.iter().map(|document| &document.hash)).collect::<BTreeSet<_>>()
            == own.iter().collect()
    };
    Ok(!known.is_empty() && !known.iter().any(same))
}

/// The periods that are no longer there and that run, wait for reports, or have some. All sectors of a version have the same.
fn periods_left_out(
    before: &[Checklist],
    now: &[Checklist],
    reported: &BTreeMap<PeriodId, usize>,
    today: Date,
) -> Vec<PeriodLeftOut> {
    let (Some(before), Some(now)) = (before.first(), now.first()) else { return Vec::new() };
    let gone = before.periods.iter().filter(|period| !now.periods.iter().any(|kept| kept.id == period.id));
    let gone = gone.filter_map(|period| {
        let reports = reported.get(&period.id).copied().unwrap_or(0);
        let runs = period.starts <= today && today <= period.submit_by.max(period.ends);
        (runs || reports > 0).then(|| PeriodLeftOut { period: period.clone(), reports })
    });
    gone.collect()
}

/// Whether what is in force is the built-in standard, or an earlier version of it.
fn stays(in_force: &PublishedStandard, builtin: &Package) -> bool {
    let number =
        |version: &str| version.split('.').map(|piece| piece.parse().ok()).collect::<Option<Vec<u32>>>();
    let (known, own) = (number(&in_force.version), number(&builtin.standard.version));
    let is_earlier = known.zip(own).is_some_and(|(known, own)| known < own);
    let is_same = in_force.version == builtin.standard.version;
    in_force.standard == builtin.standard.id && (is_same || is_earlier)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        authoring::builtin,
        domain::{self, SectorId},
        protocol::Level,
        server::{
            database::{From, Tree, Unit},
            office::testing::{NOW, OPERATOR, unit},
        },
    };
    use jiff::civil::date;

    #[test]
    fn a_period_that_runs_or_has_reports_is_missed_and_no_other() {
        let period = |id: &str, starts, ends, submit_by| Period {
            id: PeriodId::new(id).unwrap(),
            name: "下半年".into(),
            starts,
            ends,
            submit_by,
        };
        let with =
            |periods: &[Period]| [Checklist { periods: periods.to_vec(), ..domain::testing::checklist() }];
        let running = period("2026-H2", date(2026, 6, 1), date(2026, 11, 30), date(2026, 12, 5));
        let next = period("2027-H1", date(2026, 12, 1), date(2027, 5, 31), date(2027, 6, 5));
        let before = with(&[running.clone(), next.clone()]);
        let other_id = with(&[Period { id: PeriodId::new("2026b").unwrap(), ..running.clone() }]);
        let none = BTreeMap::new();
        let missed = |now: &[Checklist], reported: &BTreeMap<PeriodId, usize>, today| {
            let gone = periods_left_out(&before, now, reported, today);
            let gone = gone.iter().map(|gone| (gone.period.id.to_string(), gone.reports));
            gone.collect::<Vec<_>>()
        };
        let named = |id: &str, reports| (id.to_owned(), reports);

        assert_eq!(
            missed(&other_id, &none, date(2026, 11, 30)),
            [named("2026-H2", 0)],
            "the next has not begun"
        );
        let both = [named("2026-H2", 0), named("2027-H1", 0)];
        assert_eq!(missed(&other_id, &none, date(2026, 12, 5)), both);
        assert_eq!(missed(&other_id, &none, date(2026, 12, 6)), both[1..], "over");
        assert_eq!(missed(&before, &none, date(2026, 11, 30)), []);
        let reported = BTreeMap::from([(running.id, 3)]);
        assert_eq!(missed(&with(&[next]), &reported, date(2027, 3, 1)), [named("2026-H2", 3)]);
    }

    #[tokio::test]
    async fn nothing_that_branches_have_is_taken_from_them_unconfirmed_not_even_by_the_built_in_standard() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::server::database::testing::database(&folder).await;
        let branch = Unit { sector: "fishery".into(), ..unit("b", None, Level::Branch, "渔业党支部") };
        database.import_units(&Tree::default(), &[branch], From::Ever, None, &[]).await.unwrap().unwrap();
        // An earlier version of the built-in standard has a sector, a period and an item of its own.
        let builtin = builtin().unwrap();
        let mut earlier = builtin.clone();
        earlier.standard.version = "2025.1".into();
        let mut fishery = earlier.checklists[0].clone();
        (fishery.sector, fishery.sector_name) = (SectorId::new("fishery").unwrap(), "渔业".into());
        earlier.checklists.push(fishery);
        for list in &mut earlier.checklists {
            list.version = "2025.1".into();
            list.periods[0].id = PeriodId::new("2026-autumn").unwrap();
            for item in list.aspects.iter_mut().flat_map(|aspect| &mut aspect.items).take(1) {
                (item.title, item.requirement) = ("播放设备".into(), "能用，有登记。".into());
            }
        }
        publish(&database, &NOW, &OPERATOR, &earlier, Confirmed::default()).await.unwrap();

        let mut confirmed = Confirmed::default();
        let refused =
            async |confirmed| match publish_builtin(&database, &NOW, &OPERATOR, &builtin, confirmed).await {
                Err(Refusal::Objected(objection)) => objection,
                other => panic!("{other:?}"),
            };
        let sectors = vec![SectorLeftOut { name: "渔业".into(), branches: 1 }];
        assert_eq!(refused(confirmed).await, Objection::SectorsLeftOut(sectors));
        confirmed.fewer_sectors = true;
        let objection = refused(confirmed).await;
        assert!(matches!(&objection, Objection::PeriodsLeftOut(gone) if gone.len() == 1), "{objection:?}");
        confirmed.without_period = true;
        let objection = refused(confirmed).await;
        assert!(matches!(&objection, Objection::ItemsReused(items) if !items.is_empty()), "{objection:?}");
        // That it may stand in another's place says nothing of what that one had.
        assert!(matches!(
            refused(Confirmed { instead: true, ..Confirmed::default() }).await,
            Objection::SectorsLeftOut(_)
        ));
        confirmed.same_item = true;
        let done = publish_builtin(&database, &NOW, &OPERATOR, &builtin, confirmed).await.unwrap();
        assert_eq!(done.before.unwrap().version, "2025.1");
        assert_eq!(done.published.version, builtin.standard.version);
    }
}
