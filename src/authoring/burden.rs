//! What a version asks of a branch: how many answers and photographs, and about how many minutes. Whoever adds a demand is to
//! see what it costs before it is published, by assumptions that are written out here, and which sectors a version no longer has.

use crate::domain::{
    ActivityKind, Checklist, Item, ItemId, LedgerSource, Part, Period, PeriodId, Rule, SectorId, Window,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What one answer costs, in seconds. These are round assumptions for a person who knows the branch and has its papers at
/// hand; nobody has measured them. They serve to compare versions, not to foretell a day's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Assumptions {
    /// Reading a question and turning to the next one.
    pub question: u32,
    /// 是否: one tap.
    pub yes_no: u32,
    /// 次数: looking one window up in the record book and entering its number.
    pub count_window: u32,
    /// 占比: one of the two numbers, counted in a list.
    pub share_figure: u32,
    /// 档次: choosing out of several.
    pub level: u32,
    /// 扣分: entering how often one kind occurred.
    pub occurrence: u32,
    /// 逐项: making sure of one fact.
    pub fact: u32,
    /// Noting where the evidence of an item lies.
    pub location: u32,
    /// Taking out one paper and photographing it.
    pub photo: u32,
}

/// The assumptions that are used.
pub const ASSUMED: Assumptions = Assumptions {
    question: 10,
    yes_no: 5,
    count_window: 20,
    share_figure: 20,
    level: 10,
    occurrence: 10,
    fact: 10,
    location: 20,
    photo: 30,
};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Cost {
    /// Items that the branch answers.
    pub items: u32,
    /// Questions: parts that are due in the period.
    pub questions: u32,
    /// Taps and numbers.
    pub answers: u32,
    /// Papers that may be photographed; no branch has to.
    pub photos: u32,
    /// About how long the answers take, in seconds.
    pub seconds: u32,
    /// The same with every paper photographed.
    pub seconds_with_photos: u32,
}

impl Cost {
    fn add(&mut self, other: Self) {
        self.items = self.items.saturating_add(other.items);
        self.questions = self.questions.saturating_add(other.questions);
        self.answers = self.answers.saturating_add(other.answers);
        self.photos = self.photos.saturating_add(other.photos);
        self.seconds = self.seconds.saturating_add(other.seconds);
        self.seconds_with_photos = self.seconds_with_photos.saturating_add(other.seconds_with_photos);
    }
}

/// What a version asks of one branch of a sector in periods that ask the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SectorBurden {
    /// The sector.
    pub sector: SectorId,
    /// Its name.
    pub sector_name: String,
    /// The periods.
    pub periods: Vec<PeriodId>,
    /// What each of them asks.
    pub cost: Cost,
}

/// How a demand changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It costs more or less.
    Changed,
}

/// A demand that costs something else than before, in the period in which it costs most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The sector.
    pub sector: SectorId,
    /// The sector's name.
    pub sector_name: String,
    /// The item.
    pub item: ItemId,
    /// Its title.
    pub title: String,
    /// How it changed.
    pub change: Change,
    /// Answers more or less.
    pub answers: i64,
    /// Possible photographs more or less.
    pub photos: i64,
    /// Seconds more or less, without photographs.
    pub seconds: i64,
}

/// What one branch is asked in a period. Everything that may apply is counted: an item that the branch need not answer (本支部
/// 不设, 本期没有此事, 适用条件) makes it less.
pub fn of_period(checklist: &Checklist, period: &Period) -> Cost {
    let mut cost = Cost::default();
    for (_, item) in checklist.items() {
        cost.add(of_item(item, period));
    }
    cost
}

/// What a version asks, sector by sector; periods that ask the same stand together.
pub fn of_version(checklists: &[Checklist]) -> Vec<SectorBurden> {
    let mut all: Vec<SectorBurden> = Vec::new();
    for list in checklists {
        for period in &list.periods {
            let cost = of_period(list, period);
            match all.iter_mut().find(|known| known.sector == list.sector && known.cost == cost) {
                Some(known) => known.periods.push(period.id.clone()),
                None => all.push(SectorBurden {
                    sector: list.sector.clone(),
                    sector_name: list.sector_name.clone(),
                    periods: vec![period.id.clone()],
                    cost,
                }),
            }
        }
    }
    all
}

/// What is asked more or less than in an earlier version, by the periods of the new one, of the sectors that it has. Those that
/// it has no longer are [`dropped`].
pub fn differences(before: &[Checklist], after: &[Checklist]) -> Vec<Difference> {
    let mut found = Vec::new();
    for new in after {
        let old = before.iter().find(|list| list.sector == new.sector);
        let dearest = |item: &Item| {
            let costs = new.periods.iter().map(|period| of_item(item, period));
            costs.max_by_key(|cost| (cost.seconds_with_photos, cost.answers)).unwrap_or_default()
        };
        let mut tell = |item: &Item, was: Option<Cost>, is: Option<Cost>| {
            let (change, was, is) = match (was, is) {
                (None, is) => (Change::Added, Cost::default(), is.unwrap_or_default()),
                (Some(was), None) => (Change::Removed, was, Cost::default()),
                (Some(was), Some(is)) => (Change::Changed, was, is),
            };
            if change != Change::Changed || was != is {
                found.push(Difference {
                    sector: new.sector.clone(),
                    sector_name: new.sector_name.clone(),
                    item: item.id.clone(),
                    title: item.title.clone(),
                    change,
                    answers: i64::from(is.answers) - i64::from(was.answers),
                    photos: i64::from(is.photos) - i64::from(was.photos),
                    seconds: i64::from(is.seconds) - i64::from(was.seconds),
                });
            }
        };
        for (_, item) in new.items() {
            let was = old.and_then(|list| list.find(&item.id)).map(|(_, _, was)| dearest(was));
            tell(item, was, Some(dearest(item)));
        }
        for (_, item) in old.into_iter().flat_map(Checklist::items) {
            if new.find(&item.id).is_none() {
                tell(item, Some(dearest(item)), None);
            }
        }
    }
    found
}

/// A sector that an earlier version has and a later one has not: its branches would have nothing to go by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// The sector.
    pub sector: SectorId,
    /// Its name.
    pub sector_name: String,
    /// How many items it had.
    pub items: usize,
}

/// The sectors that are no longer there, in the order of the earlier version.
pub fn dropped(before: &[Checklist], after: &[Checklist]) -> Vec<Dropped> {
    let gone = before.iter().filter(|old| !after.iter().any(|new| new.sector == old.sector));
    let dropped = gone.map(|list| Dropped {
        sector: list.sector.clone(),
        sector_name: list.sector_name.clone(),
        items: list.items().count(),
    });
    dropped.collect()
}

/// How many activities a year a version asks for at least, of those that the ledger (台账) can count: so often a branch that keeps it writes
/// one down. Demands for the same kinds are met by the same activities; one that is of several kinds makes it less.
pub fn ledger_entries_a_year(list: &Checklist) -> u32 {
    let mut asked: BTreeMap<&BTreeSet<ActivityKind>, u32> = BTreeMap::new();
    let items = list.items().filter(|(_, item)| !item.judged_above);
    for part in items.flat_map(|(_, item)| &item.parts) {
        let (Rule::Count { minimum, .. }, Some(LedgerSource::Count { kinds })) =
            (&part.rule, &part.from_ledger)
        else {
            continue;
        };
        let windows = match part.window {
            Window::Month => 12,
            Window::Quarter => 4,
            Window::HalfYear => 2,
            Window::Year => 1,
            Window::Term | Window::PeriodEnd => continue,
        };
        let most = asked.entry(kinds).or_default();
        *most = minimum.saturating_mul(windows).max(*most);
    }
    asked.values().fold(0, |all, each| all.saturating_add(*each))
}

/// What one item asks in a period; nothing when the upper level judges it or none of its windows ends in the period.
fn of_item(item: &Item, period: &Period) -> Cost {
    let mut cost = Cost::default();
    if item.judged_above {
        return cost;
    }
    for part in &item.parts {
        let (answers, seconds) = of_part(part, period);
        if answers > 0 {
            cost.questions = cost.questions.saturating_add(1);
            cost.answers = cost.answers.saturating_add(answers);
            cost.seconds = cost.seconds.saturating_add(seconds).saturating_add(ASSUMED.question);
        }
    }
    if cost.questions == 0 {
        return Cost::default();
    }
    cost.items = 1;
    if !item.evidence.is_empty() {
        cost.seconds = cost.seconds.saturating_add(ASSUMED.location);
    }
    let photos = item.evidence.iter().filter(|evidence| !evidence.never_photographed).count();
    cost.photos = count(photos);
    cost.seconds_with_photos = cost.seconds.saturating_add(cost.photos.saturating_mul(ASSUMED.photo));
    cost
}

/// The answers of a part and the seconds they take.
fn of_part(part: &Part, period: &Period) -> (u32, u32) {
    let windows = count(period.judged(part.window).len());
    if windows == 0 {
        return (0, 0);
    }
    let (answers, each) = match &part.rule {
        Rule::YesNo => (1, ASSUMED.yes_no),
        Rule::Count { .. } => (windows, ASSUMED.count_window),
        Rule::Share { .. } => (2, ASSUMED.share_figure),
        Rule::Level { .. } => (1, ASSUMED.level),
        Rule::Deduction { occurrences } | Rule::FromTotal { occurrences } => {
            (count(occurrences.len()), ASSUMED.occurrence)
        }
        Rule::Facts { facts } => (count(facts.len()), ASSUMED.fact),
    };
    (answers, answers.saturating_mul(each))
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    fn list() -> Checklist {
        parse(&template::sheets()).unwrap().checklists.remove(0)
    }

    #[test]
    fn every_way_of_asking_has_its_price() {
        let list = list();
        let cost = of_period(&list, &list.periods[0]);
        // 是否 1 and two ways of it, 六个月的次数 6, 两个季的 2, 占比 2 three times, 档次 1, 扣分 1, 倒扣 1, 逐项 2; one item is
        // judged above.
        assert_eq!((cost.items, cost.questions, cost.answers, cost.photos), (10, 12, 22, 1));
        assert_eq!(cost.seconds, 12 * 10 + 3 * 5 + 8 * 20 + 6 * 20 + 10 + 2 * 10 + 2 * 10 + 20);
        assert_eq!(cost.seconds_with_photos, cost.seconds + 30);
    }

    #[test]
    fn periods_that_ask_the_same_stand_together() {
        let mut list = list();
        assert_eq!(of_version(&[list.clone()]).len(), 1);
        list.aspects[0].items[0].parts[0].window = Window::Year;
        let burdens = of_version(&[list]);
        let costs: Vec<(&str, u32)> =
            burdens.iter().map(|one| (one.periods[0].as_str(), one.cost.answers)).collect();
        assert_eq!(costs, [("2026-H2", 21), ("2027-H1", 22)]);
    }

    #[test]
    fn a_sector_that_is_gone_is_told() {
        let mut other = list();
        other.sector = SectorId::new("other").unwrap();
        other.sector_name = "另一领域".into();
        let before = [list(), other];
        assert_eq!(dropped(&before, &before), []);
        let told = dropped(&before, &before[..1]);
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].sector_name.as_str(), told[0].items), ("另一领域", before[1].items().count()));
        // One that is new is none that is gone.
        assert_eq!(dropped(&before[..1], &before), []);
    }

    #[test]
    fn a_demand_that_is_added_changed_or_gone_tells_its_price() {
        let before = [list()];
        assert_eq!(differences(&before, &before), []);
        let mut after = [list()];
        let items = &mut after[0].aspects[0].items;
        let mut added = items[0].clone();
        added.id = ItemId::new("EX-99").unwrap();
        items[1].parts[0].window = Window::Quarter;
        items.remove(2);
        items.push(added);
        let told: Vec<(String, Change, i64, i64, i64)> = differences(&before, &after)
            .into_iter()
            .map(|one| (one.item.to_string(), one.change, one.answers, one.photos, one.seconds))
            .collect();
        let expected = [
            ("EX-2".to_owned(), Change::Changed, -4, 0, -80),
            ("EX-99".to_owned(), Change::Added, 1, 1, 35),
            ("EX-3".to_owned(), Change::Removed, -4, 0, -100),
        ];
        assert_eq!(told, expected);
        // Whose branches the demand is made of.
        assert!(differences(&before, &after).iter().all(|one| one.sector == after[0].sector));
    }
}
