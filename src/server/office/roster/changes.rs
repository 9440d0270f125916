//! What happens to units, each with its day: they end, are merged, and an ending that was entered by mistake is taken back.

use super::{
    Member, Refusal, Tree, Unit, can_happen, has_come,
    importing::{Known, Standing, enter},
    is_name,
    reach::Reach,
    tree::Overlay,
};
use crate::{
    domain::{BranchCode, Findings, period::shanghai_date, sector::SECTORS},
    protocol::Level,
    server::{
        database::{Database, Ended},
        office::{
            actor::Actor,
            again::anew,
            clock::Clock,
            log::{Deed, Record},
            mending::{
                Unsaid,
                inherited::{self, is_passed_on},
                is_stored,
            },
            people::{
                Act, Denied,
                authority::{self, must, must_for_all},
            },
            quicker, scope,
        },
    },
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A unit that ended.
#[derive(Debug)]
pub(crate) struct End {
    /// The unit.
    pub(crate) unit: Unit,
    /// Whether that had not been known.
    pub(crate) is_new: bool,
    /// How many phones it has.
    pub(crate) phones: usize,
}

/// A unit whose ending was taken back.
#[derive(Debug)]
pub(crate) struct Revival {
    /// The unit.
    pub(crate) unit: Unit,
    /// Whether it had ended.
    pub(crate) is_new: bool,
    /// How many problems had gone over to another unit: both have them now.
    pub(crate) passed: usize,
}

/// What about a unit is to be otherwise.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Altered<'a> {
    /// 更名
    Name(&'a str),
    /// 转隶: what it stands under from then on, by code or name.
    Above(&'a str),
    /// Whom to phone.
    Telephone(&'a str),
}

/// Which units become which new one.
#[derive(Debug)]
pub(crate) struct Merging<'a> {
    /// The units, by code or name.
    pub(crate) units: &'a [String],
    /// The new one's code.
    pub(crate) code: &'a str,
    /// The new one's name.
    pub(crate) name: &'a str,
    /// From this day on.
    pub(crate) on: Date,
    /// What the new one stands under, by code or name; without it, what they have in common.
    pub(crate) under: Option<&'a str>,
    /// Its sector, by id or name; without it, what they have in common.
    pub(crate) sector: Option<&'a str>,
    /// Its telephone; without it, the first that one of them has.
    pub(crate) telephone: Option<&'a str>,
}

/// Units that became one.
#[derive(Debug)]
pub(crate) struct Merged {
    /// The names of those that were.
    pub(crate) parts: Vec<String>,
    /// What they became.
    pub(crate) whole: Unit,
    /// How many units that lay below them lie below the new one now.
    pub(crate) moved: usize,
    /// How many problems it has taken over.
    pub(crate) passed: usize,
    /// How many phones they have.
    pub(crate) phones: usize,
}

/// Ends a unit from a day on.
pub(crate) async fn end(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    unit: &str,
    on: Date,
) -> Result<End, Refusal> {
    anew(is_overtaken, || end_it(database, clock, actor, unit, on)).await
}

/// Whoever sits at a desk looked at the unit, not at the whole tree, which others change as well.
pub(super) fn is_overtaken(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Overtaken)
}

async fn end_it(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    unit: &str,
    on: Date,
) -> Result<End, Refusal> {
    let tree = database.tree().await?;
    let (member, at) = (find(&tree, unit)?, clock.now_ms());
    let unit = member.unit.clone();
    must(database, actor, Act::Arrange, &unit.code, shanghai_date(at)).await?;
    has_come(on, shanghai_date(at))?;
    if member.ended.as_ref().is_some_and(|ended| ended.on == on && ended.into.is_none()) {
        return Ok(End { unit, is_new: false, phones: 0 });
    }
    is_there(member)?;
    if let Some(first) = tree.below(&unit.code).next() {
        let (count, first) = (tree.below(&unit.code).count(), first.name.clone());
        return Err(Refusal::NotEmpty { name: unit.name, count, first });
    }
    can_happen(member, on, &database.last_changes().await?)?;
    let record = actor.record(at, Deed::UnitEnded, Some(&unit.code), on);
    if !database.end_unit(&tree, &unit.code, on, &record).await? {
        return Err(Refusal::Overtaken);
    }
    let phones = phones(database, &[&unit.code]).await?;
    Ok(End { unit, is_new: true, phones })
}

impl Altered<'_> {
    /// What a unit is told to be in this.
    fn of<'a>(&self, unit: &'a Unit) -> &'a str {
        match self {
            Self::Name(_) => &unit.name,
            Self::Above(_) => unit.parent.as_ref().map_or("", BranchCode::as_str),
            Self::Telephone(_) => &unit.telephone,
        }
    }

    /// As the log names it.
    fn field(&self) -> &'static str {
        match self {
            Self::Name(_) => "name",
            Self::Above(_) => "parent",
            Self::Telephone(_) => "telephone",
        }
    }
}

/// Changes one thing about a unit, from a day on. What else is changed of it at the same instant stays; whoever was shown that this one
/// `was` otherwise than it is by now is told so.
pub(crate) async fn alter(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    code: &BranchCode,
    altered: Altered<'_>,
    was: Option<&str>,
    on: Date,
) -> Result<(), Refusal> {
    let first = database.member(code).await?;
    let first = first.ok_or_else(|| scope::Refusal::UnknownUnit(code.to_string()))?;
    let was = was.unwrap_or_else(|| altered.of(&first.unit));
    anew(is_overtaken, || alter_it(database, clock, actor, code, altered, was, on)).await
}

async fn alter_it(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    code: &BranchCode,
    altered: Altered<'_>,
    was: &str,
    on: Date,
) -> Result<(), Refusal> {
    let known = Known::read(database).await?;
    let (tree, at) = (&known.tree, clock.now_ms());
    let today = shanghai_date(at);
    must(database, actor, Act::Arrange, code, today).await?;
    let member = tree.get(code).ok_or_else(|| scope::Refusal::UnknownUnit(code.to_string()))?;
    is_there(member)?;
    let mut unit = member.unit.clone();
    match altered {
        Altered::Name(name) => name.trim().clone_into(&mut unit.name),
        Altered::Telephone(telephone) => telephone.trim().clone_into(&mut unit.telephone),
        Altered::Above(text) => {
            // Nobody is told what somebody else's units are called.
            let theirs = Reach::of(actor, tree, today);
            let units: Vec<Unit> = theirs.all().map(|member| member.unit.clone()).collect();
            unit.parent = Some(scope::find(&units, text.trim())?.code.clone());
        }
    }
    let now = altered.of(&member.unit);
    if now != was && now != altered.of(&unit) {
        let by = quicker::changed(database, code, altered.field()).await?;
        let now = match &member.unit.parent {
            Some(above) if matches!(altered, Altered::Above(_)) => {
                tree.get(above).map_or_else(String::new, |above| above.unit.name.clone())
            }
            _ => now.to_owned(),
        };
        return Err(Refusal::Meanwhile { now, by });
    }
    enter(database, at, actor, (&known, vec![unit]), Standing::Since(on)).await.map(drop)
}

/// Takes the ending of a unit back, as if it had not been entered.
pub(crate) async fn revive(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    unit: &str,
) -> Result<Revival, Refusal> {
    anew(is_overtaken, || revive_it(database, clock, actor, unit)).await
}

async fn revive_it(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    unit: &str,
) -> Result<Revival, Refusal> {
    let tree = database.tree().await?;
    let (member, at) = (find(&tree, unit)?, clock.now_ms());
    let unit = member.unit.clone();
    must_bring_back(database, actor, &unit, shanghai_date(at)).await?;
    if member.ended.is_none() {
        return Ok(Revival { unit, is_new: false, passed: 0 });
    }
    let into = member.ended.as_ref().and_then(|ended| ended.into.as_ref());
    let all = database.findings_of(into.into_iter().chain([&unit.code])).await?;
    let own = all.get(&unit.code).map(Findings::all).unwrap_or_default();
    let passed = own.iter().filter(|finding| is_passed_on(finding.id, member.ended.as_ref(), &all)).count();
    let record = actor.record(at, Deed::UnitRevived, Some(&unit.code), "");
    if !database.revive_unit(&tree, &unit.code, &record).await? {
        return Err(Refusal::Overtaken);
    }
    Ok(Revival { unit, is_new: true, passed })
}

/// Fails where somebody does not stand above a unit: whoever was its own manager does not undo that it ended.
pub(crate) async fn must_bring_back(
    database: &Database,
    actor: &Actor,
    unit: &Unit,
    today: Date,
) -> Result<(), authority::Refusal> {
    match (&unit.parent, actor) {
        (Some(above), _) => must(database, actor, Act::Arrange, above, today).await,
        (None, Actor::Operator { .. }) => Ok(()),
        (None, _) => Err(Denied { act: Act::Arrange, unit: unit.code.clone() }.into()),
    }
}

/// Makes one new unit out of several: they end on the day on which it begins, what lies right below them goes over to it, and
/// so do the problems that are not closed.
pub(crate) async fn merge(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    merging: &Merging<'_>,
) -> Result<Merged, Refusal> {
    anew(is_overtaken, || merge_them(database, clock, actor, merging)).await
}

async fn merge_them(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    merging: &Merging<'_>,
) -> Result<Merged, Refusal> {
    let tree = database.tree().await?;
    let (on, at) = (merging.on, clock.now_ms());
    let today = shanghai_date(at);
    let mut parts: BTreeMap<&BranchCode, &Member> = BTreeMap::new();
    for text in merging.units {
        let member = find(&tree, text)?;
        must(database, actor, Act::Arrange, &member.unit.code, today).await?;
        has_come(on, today)?;
        parts.insert(&member.unit.code, member);
    }
    if parts.len() < merging.units.len() {
        return Err(Refusal::Twice);
    }
    if let Some(whole) = merging.stands(&tree, &parts) {
        let parts = parts.values().map(|part| part.unit.name.clone()).collect();
        return Ok(Merged { parts, whole, moved: 0, passed: 0, phones: 0 });
    }
    for member in parts.values() {
        is_there(member)?;
    }
    let whole = merging.whole(&tree, &parts)?;
    match &whole.parent {
        Some(above) => must(database, actor, Act::Arrange, above, today).await?,
        None => drop(must_for_all(database, actor, Act::Arrange, today).await?),
    }
    let rows = [(whole.code.clone(), Some(whole.clone()))].into();
    if let Some(misplaced) = Overlay::new(&rows, &tree, &BTreeSet::new()).in_order().1.into_iter().next() {
        return Err(Refusal::Misplaced(misplaced));
    }
    let below = parts.keys().flat_map(|code| tree.below(code));
    let below: Vec<&Unit> = below.filter(|unit| !parts.contains_key(&unit.code)).collect();
    let last_changes = database.last_changes().await?;
    for member in parts.values().copied().chain(below.iter().filter_map(|unit| tree.get(&unit.code))) {
        can_happen(member, on, &last_changes)?;
    }
    let codes: Vec<BranchCode> = parts.keys().map(|code| (*code).clone()).collect();
    let moved: Vec<Unit> = below.into_iter().cloned().collect();
    let mut passed = 0;
    let told = |all: &_| {
        let (words, count) = inherited::words(all, parts.values().map(|part| &part.unit), &whole.code);
        passed = count;
        words
    };
    let merged = |part| actor.record(at, Deed::UnitMerged, Some(part), &whole.code);
    let entered = actor.record(at, Deed::UnitEntered, Some(&whole.code), "");
    let records: Vec<Record> = codes.iter().map(merged).chain([entered]).collect();
    let said = database.merge_units(&tree, &codes, (&whole, on), &moved, (at, &records), told).await?;
    if !is_stored(said.ok_or(Refusal::Overtaken)?)? {
        return Err(Unsaid::Overtaken.into());
    }
    let phones = phones(database, &parts.keys().copied().collect::<Vec<_>>()).await?;
    let parts = parts.values().map(|part| part.unit.name.clone()).collect();
    Ok(Merged { parts, whole, moved: moved.len(), passed, phones })
}

impl Merging<'_> {
    /// What these have become already, by the same form.
    fn stands(&self, tree: &Tree, parts: &BTreeMap<&BranchCode, &Member>) -> Option<Unit> {
        let whole = &tree.get(&BranchCode::new(self.code.trim()).ok()?)?.unit;
        let ended = Some(Ended { on: self.on, into: Some(whole.code.clone()) });
        let is_same = whole.name == self.name.trim() && parts.values().all(|part| part.ended == ended);
        is_same.then(|| whole.clone())
    }

    /// The new unit.
    fn whole(&self, tree: &Tree, parts: &BTreeMap<&BranchCode, &Member>) -> Result<Unit, Refusal> {
        let code = BranchCode::new(self.code.trim()).map_err(|_| Refusal::Code(self.code.into()))?;
        if let Some(known) = tree.get(&code) {
            return Err(Refusal::CodeTaken { code, name: known.unit.name.clone() });
        }
        let name = self.name.trim();
        if !is_name(name) {
            return Err(Refusal::Name(name.into()));
        }
        let levels: BTreeSet<Level> = parts.values().map(|part| part.unit.level).collect();
        let Some(level) = only(&levels).copied() else { return Err(Refusal::Levels(levels)) };
        let parent = match self.under {
            Some(text) => Some(find(tree, text)?.unit.code.clone()),
            None => {
                let above = parts.values().map(|part| part.unit.parent.as_ref());
                let above: BTreeSet<_> =
                    above.filter(|above| above.is_none_or(|above| !parts.contains_key(above))).collect();
                only(&above).ok_or(Refusal::NoCommonParent)?.cloned()
            }
        };
        let sector = match self.sector {
            Some(text) => {
                let known = SECTORS.iter().find(|(name, id)| *name == text || *id == text);
                let known = known.filter(|_| level == Level::Branch).map(|(_, id)| *id);
                known.ok_or_else(|| Refusal::Sector(text.into()))?
            }
            None => {
                let sectors: BTreeSet<&str> = parts.values().map(|part| part.unit.sector.as_str()).collect();
                only(&sectors).copied().ok_or(Refusal::NoCommonSector)?
            }
        };
        let first = parts.values().map(|part| part.unit.telephone.as_str()).find(|one| !one.is_empty());
        let telephone = self.telephone.or(first).unwrap_or_default().to_owned();
        Ok(Unit { code, parent, level, name: name.to_owned(), sector: sector.to_owned(), telephone })
    }
}

/// The one that there is, if there is only one.
fn only<T: Ord>(of: &BTreeSet<T>) -> Option<&T> {
    of.first().filter(|_| of.len() == 1)
}

fn find<'a>(tree: &'a Tree, text: &str) -> Result<&'a Member, Refusal> {
    let units: Vec<Unit> = tree.all().map(|member| member.unit.clone()).collect();
    let code = scope::find(&units, text)?.code.clone();
    tree.get(&code).ok_or_else(|| scope::Refusal::UnknownUnit(text.into()).into())
}

pub(super) fn is_there(member: &Member) -> Result<(), Refusal> {
    match &member.ended {
        Some(ended) => Err(Refusal::Gone { name: member.unit.name.clone(), since: ended.on }),
        None => Ok(()),
    }
}

/// How many phones branches have that are not unbound.
async fn phones(database: &Database, codes: &[&BranchCode]) -> Result<usize, Refusal> {
    let phones = database.devices().await?;
    Ok(phones.iter().filter(|phone| phone.revoked_at.is_none() && codes.contains(&&phone.branch)).count())
}
