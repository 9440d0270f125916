//! What inspectors found, added all or not at all; the same again changes nothing.
//!
//! A finding that is known already is not written again; where its deadline or source reads otherwise now, only that is. A new
//! one's id follows from its words, so the same list over a restored database meets the same findings on phones.

use super::{MOST_TRIES, Refusal, Unsaid, is_stored};
use crate::{
    domain::{
        BranchCode, Checklist, Finding, FindingField, FindingId, FindingOrigin, FindingState, FindingValue,
        Findings, ItemId, SubmissionId, finding::ItemPoints, period::shanghai_date, scoring::ItemScore,
    },
    protocol::Level,
    server::{
        database::{
            Database, Tree,
            findings::{FromAbove, Word},
            results::Counting,
        },
        office::{
            actor::Actor,
            clock::Clock,
            log::{Deed, Record},
            people::{Act, authority::must_each},
            scope,
            standards::checklists_in_force,
        },
    },
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// So many score sheets are read at once.
const SHEETS: usize = 200;

/// What was found at a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where.
    pub(crate) branch: BranchCode,
    /// About which item, if any.
    pub(crate) item: Option<ItemId>,
    /// 存在问题
    pub(crate) problem: String,
    /// 整改时限, if any.
    pub(crate) deadline: Option<Date>,
    /// 问题来源; may be empty.
    pub(crate) source: String,
}

impl Found {
    /// The id of a finding that begins with it.
    fn id(&self) -> FindingId {
        FindingId::from_content(&self.branch, self.item.as_ref(), &self.problem)
    }
}

/// What it takes to tell of which branch and item somebody speaks.
#[derive(Debug)]
pub(crate) struct Known {
    /// Every unit, those that have ended too: nothing is written to them.
    pub(crate) tree: Tree,
    /// The checklists in force by sector.
    pub(crate) checklists: BTreeMap<String, Checklist>,
}

impl Known {
    /// What is known now.
    pub(crate) async fn read(database: &Database) -> Result<Self, Refusal> {
        Ok(Self { tree: database.tree().await?, checklists: checklists_in_force(database).await? })
    }
}

/// What was added.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Added {
    /// At how many branches something was found.
    pub(crate) branches: usize,
    /// What had not been known.
    pub(crate) new: usize,
    /// What had been known otherwise.
    pub(crate) changed: usize,
    /// What had been known just so.
    pub(crate) same: usize,
    /// What had been known and is closed: it stays as it is, counted among the same.
    pub(crate) closed: usize,
    /// What is new or changed and should have been mended by now.
    pub(crate) overdue: usize,
}

/// Adds what a list says. Where it names another deadline or source of a known finding, that counts from now on.
pub(crate) async fn add(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    found: &[Found],
) -> Result<Added, Refusal> {
    add_all(database, clock, actor, found, OfKnown::Changes).await
}

/// Adds what somebody writes as new. What is known stays as it reads: a form that is sent again takes no deadline back.
pub(crate) async fn raise(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    found: &[Found],
) -> Result<Added, Refusal> {
    add_all(database, clock, actor, found, OfKnown::Stays).await
}

/// What becomes of a known finding that is told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OfKnown {
    Changes,
    Stays,
}

async fn add_all(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    found: &[Found],
    of_known: OfKnown,
) -> Result<Added, Refusal> {
    let at = clock.now_ms();
    let today = shanghai_date(at);
    must_each(database, actor, Act::Raise, found.iter().map(|one| &one.branch), today).await?;
    for _ in 0..MOST_TRIES {
        let known = database.findings_of(found.iter().map(|one| &one.branch)).await?;
        let tree = database.tree().await?;
        let is_there = |code| {
            let member = tree.get(code);
            member.is_some_and(|member| member.ended.is_none() && member.unit.level == Level::Branch)
        };
        if let Some(lost) = found.iter().find(|one| !is_there(&one.branch)) {
            return Err(scope::Refusal::UnknownUnit(lost.branch.to_string()).into());
        }
        let known: BTreeMap<&BranchCode, OfBranch<'_>> =
            known.iter().map(|(branch, findings)| (branch, OfBranch::from(findings))).collect();
        let news: Vec<(&Found, News)> = found
            .iter()
            .map(|one| (one, known.get(&one.branch).map_or(News::Unknown, |of| of.news(one, today))))
            .map(|(one, news)| (one, if of_known == OfKnown::Stays { news.left() } else { news }))
            .collect();
        let words = words(database, actor, &known, &news).await?;
        let records: Vec<Record> =
            news.iter().filter_map(|(one, news)| news.record(one, actor, at)).collect();
        if is_stored(database.say_from_above(&words, at, &records).await?)? {
            return Ok(sum(&news, today));
        }
    }
    Err(Unsaid::Overtaken.into())
}

/// What is new of something found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    /// All of it.
    Unknown,
    /// Nothing, and it is closed.
    Closed,
    /// At most these two.
    Known {
        finding: FindingId,
        /// Whether it names another day than the last list did.
        deadline: bool,
        /// Whether it names another source.
        source: bool,
    },
}

impl News {
    /// What is noted of it, if anything is written.
    fn record(self, found: &Found, actor: &Actor, at: u64) -> Option<Record> {
        let (deed, finding) = match self {
            Self::Unknown => (Deed::FindingRaised, found.id()),
            Self::Known { finding, .. } if self.differs() => (Deed::FindingChanged, finding),
            Self::Known { .. } | Self::Closed => return None,
        };
        Some(actor.record(at, deed, Some(&found.branch), finding))
    }

    /// The same where nothing of what is known changes.
    fn left(self) -> Self {
        match self {
            Self::Known { finding, .. } => Self::Known { finding, deadline: false, source: false },
            other => other,
        }
    }

    /// Whether anything about a known finding is to be written.
    fn differs(self) -> bool {
        matches!(self, Self::Known { deadline, source, .. } if deadline || source)
    }
}

/// What is known of a branch.
struct OfBranch<'a> {
    findings: &'a Findings,
    /// What the upper level found, by item and text: worked out once, not for everything found. Of several that read alike, the
    /// oldest.
    from_above: BTreeMap<(Option<ItemId>, String), Finding>,
}

impl<'a> From<&'a Findings> for OfBranch<'a> {
    fn from(findings: &'a Findings) -> Self {
        let mut from_above = BTreeMap::new();
        for finding in findings.all().into_iter().filter(|finding| finding.from_above) {
            from_above.entry((finding.item.clone(), finding.problem.clone())).or_insert(finding);
        }
        Self { findings, from_above }
    }
}

impl OfBranch<'_> {
    fn news(&self, found: &Found, today: Date) -> News {
        let Some(finding) = self.from_above.get(&(found.item.clone(), found.problem.clone())) else {
            return News::Unknown;
        };
        if finding.state == FindingState::Closed {
            return News::Closed;
        }
        News::Known {
            finding: finding.id,
            deadline: found.deadline.is_some_and(|day| self.is_other_day(finding.id, day, today)),
            source: !found.source.is_empty() && finding.detail != found.source,
        }
    }

    /// Whether a list says another day than the lists before it did. The day that was set with a return is not a list's: the same
    /// list again does not take it back. Nor does an old one whose day has passed.
    fn is_other_day(&self, finding: FindingId, day: Date, today: Date) -> bool {
        let imported: Vec<Option<Date>> = self
            .findings
            .history(finding, &FindingField::Deadline)
            .filter(|entry| entry.is_from_above())
            .filter_map(|entry| match entry.value {
                FindingValue::Day { day } => Some(day),
                _ => None,
            })
            .collect();
        let is_old = day < today && imported.contains(&Some(day));
        !is_old && imported.last() != Some(&Some(day))
    }
}

fn sum(news: &[(&Found, News)], today: Date) -> Added {
    let count = |of: fn(News) -> bool| news.iter().filter(|(_, news)| of(*news)).count();
    let (new, changed) = (count(|news| news == News::Unknown), count(News::differs));
    let passed = |found: &Found| found.deadline.is_some_and(|day| day < today);
    let is_written = |news: News| news == News::Unknown || news.differs();
    Added {
        branches: news.iter().map(|(found, _)| &found.branch).collect::<BTreeSet<_>>().len(),
        new,
        changed,
        same: news.len() - new - changed,
        closed: count(|news| news == News::Closed),
        overdue: news.iter().filter(|(found, news)| is_written(*news) && passed(found)).count(),
    }
}

/// What there is to say, in the order of what was found.
async fn words(
    database: &Database,
    actor: &Actor,
    known: &BTreeMap<&BranchCode, OfBranch<'_>>,
    news: &[(&Found, News)],
) -> Result<Vec<FromAbove>, Refusal> {
    let mut words = Vec::new();
    let scores = scored(database, news).await?;
    for (found, news) in news {
        let (id, deadline, source) = match news {
            News::Closed => continue,
            News::Known { finding, deadline, source } => (*finding, *deadline, *source),
            News::Unknown => (found.id(), found.deadline.is_some(), true),
        };
        let after = known.get(&found.branch).map(|of| of.findings.so_far(id)).unwrap_or_default();
        let mut say = |field: FindingField, value: FindingValue| {
            let word = Word::Write(field, value);
            words.push(FromAbove { branch: found.branch.clone(), finding: id, after, word });
        };
        if *news == News::Unknown {
            say(FindingField::Problem, FindingValue::Text { text: found.problem.clone() });
            if let Some(item) = &found.item {
                say(FindingField::Item, FindingValue::Item { item: item.clone() });
                let score = scores.get(&found.branch).and_then(|scores| scores.get(item)).cloned();
                if let Some(score) = score {
                    say(FindingField::Score, FindingValue::Score { score });
                }
            }
        }
        if source {
            let detail = match (found.source.as_str(), actor) {
                // Who wrote it down is where it comes from, as long as nothing else is said.
                ("", Actor::Person(person)) => format!("{}检查", person.unit_name),
                (source, _) => source.to_owned(),
            };
            say(FindingField::Origin, FindingValue::Origin { origin: FindingOrigin::Inspection, detail });
        }
        if deadline {
            say(FindingField::Deadline, FindingValue::Day { day: found.deadline });
        }
    }
    Ok(words)
}

/// What the items of new findings score by the report that counts of their branch, the last period's.
async fn scored(
    database: &Database,
    news: &[(&Found, News)],
) -> Result<BTreeMap<BranchCode, BTreeMap<ItemId, ItemPoints>>, Refusal> {
    let mut asked: BTreeMap<&BranchCode, BTreeSet<&ItemId>> = BTreeMap::new();
    for (found, _) in news.iter().filter(|(_, news)| *news == News::Unknown) {
        asked.entry(&found.branch).or_default().extend(&found.item);
    }
    let mut scores = BTreeMap::new();
    if asked.is_empty() {
        return Ok(scores);
    }
    // They come in the order of periods.
    let reports = database.counting(None).await?.into_iter().map(|report| (report.branch.clone(), report));
    let newest: BTreeMap<BranchCode, Counting> = reports.collect();
    let newest: Vec<&Counting> =
        newest.values().filter(|report| asked.contains_key(&report.branch)).collect();
    for some in newest.chunks(SHEETS) {
        let ids: Vec<SubmissionId> = some.iter().map(|report| report.receipt.submission).collect();
        let sheets = database.sheets(&ids).await?;
        for report in some {
            let items = asked.get(&report.branch);
            let Some((sheet, items)) = sheets.get(&report.receipt.submission).zip(items) else { continue };
            let counting = sheet.items().filter(|score| score.state.counts() && items.contains(&score.item));
            let of = |score: &ItemScore| {
                let period = report.period.clone();
                (score.item.clone(), ItemPoints { period, got: score.got, of: score.points })
            };
            scores.insert(report.branch.clone(), counting.map(of).collect());
        }
    }
    Ok(scores)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{FindingEntry, Ruling, Stamp, Verdict, finding::endpoint_device};
    use jiff::civil::date;

    #[test]
    fn an_old_list_changes_nothing_once_its_day_has_passed() {
        let above = |ms| Stamp { ms, count: 0, device: endpoint_device() };
        let finding = FindingId::from_parts(1, &[1; 10]);
        let word = |field, value, ms| FindingEntry { finding, field, stamp: above(ms), value };
        let day = |day, ms| word(FindingField::Deadline, FindingValue::Day { day: Some(day) }, ms);
        let problem = FindingValue::Text { text: "缺签到表".into() };
        let (first, second) = (date(2026, 11, 20), date(2026, 11, 30));
        let returned = Verdict {
            finding,
            stamp: above(9),
            given_at: 9,
            by: "镇".into(),
            ruling: Ruling::Returned { reason: "照片看不清".into(), until: Some(date(2026, 12, 20)) },
        };
        let mut known = Findings::new([word(FindingField::Problem, problem, 1), day(first, 2)], [returned]);
        let changes = |known: &Findings, day: Date, today| {
            let found = Found {
                branch: BranchCode::new("b").unwrap(),
                item: None,
                problem: "缺签到表".into(),
                deadline: Some(day),
                source: String::new(),
            };
            OfBranch::from(known).news(&found, today).differs()
        };
        for today in [date(2026, 11, 10), date(2026, 11, 24), date(2026, 12, 24)] {
            assert!(!changes(&known, first, today), "{today}");
        }
        let today = date(2026, 11, 24);
        assert!(changes(&known, second, today));
        assert!(
            changes(&known, date(2026, 11, 19), today),
            "never said: it has passed, and is written as it is"
        );
        known.write(day(second, 20));
        assert!(!changes(&known, first, today), "the list before the last");
        assert!(!changes(&known, second, today));
        assert!(changes(&known, first, date(2026, 11, 10)), "put back in time");
    }
}
