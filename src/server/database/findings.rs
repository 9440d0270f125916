//! 问题和整改 of each branch: what was written and what was decided. Rows are only ever added.

use super::{
    Database, DatabaseError, Scope, derived,
    log::Record,
    many::{self, Value},
    stored,
};
use crate::{
    domain::{
        BranchCode, ContentHash, Finding, FindingEntry, FindingField, FindingId, FindingValue, Findings,
        HybridClock, Open, Ruling, Unread, Verdict,
        finding::{
            FindingHead, SoFar,
            check::{FindingFault, MAX_FINDING_ENTRIES, finding_fault, verdict_fault},
            endpoint_device,
        },
    },
    protocol::BranchFindings,
};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{AnyConnection, Row as _, any::AnyRow};
use std::collections::{BTreeMap, BTreeSet};

/// So many ranges of ids are asked for at once.
const RANGES: usize = 100;

/// What the upper level says of a finding; the endpoint stamps it when it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// It writes into a register.
    Write(FindingField, FindingValue),
    /// It decides, in this name.
    Decide(String, Ruling),
}

/// One word from above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromAbove {
    /// To which branch.
    pub branch: BranchCode,
    /// On which finding.
    pub finding: FindingId,
    /// How much had been said of it when this was worked out. A decision answers everything that was said: it is stored only
    /// while that is all. What the upper level writes is its own: only its own words since are in the way.
    pub after: SoFar,
    /// What.
    pub word: Word,
}

/// A finding as it reads now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Of which branch.
    pub branch: BranchCode,
    /// How much was said of it.
    pub so_far: SoFar,
    /// How it reads.
    pub finding: Finding,
}

/// What became of words of the upper level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// They are stored.
    Stored,
    /// Something was said of one of these findings since they were worked out; nothing was stored.
    Overtaken,
    /// One of them holds what no phone may write or take either; nothing was stored.
    Faulty(
        /// What is wrong with it.
        FindingFault,
    ),
    /// This branch would have more than [`MAX_FINDING_ENTRIES`] entries; nothing was stored.
    Full(
        /// The branch.
        BranchCode,
    ),
}

impl Database {
    /// All that is stored of a branch.
    pub async fn findings(&self, branch: &BranchCode) -> Result<Findings, DatabaseError> {
        let mut tx = self.read().await?;
        of_branch(&mut tx, branch).await
    }

    /// Adds what a phone of the branch wrote; what is stored already stays. Answers all that is stored now, or `None` when the
    /// branch would have more than [`MAX_FINDING_ENTRIES`] entries; then nothing was stored. The same again is never too much.
    ///
    /// # Errors
    /// When the branch is unknown, or the database fails; then nothing was stored.
    pub async fn add_findings(
        &self,
        branch: &BranchCode,
        entries: &Open<FindingEntry>,
    ) -> Result<Option<Findings>, DatabaseError> {
        let mut tx = self.write(&Scope::branch(branch)).await?;
        let mut touched = BTreeSet::new();
        let mut is_new = false;
        for entry in entries {
            if put_entry(&mut tx, branch, entry).await? {
                is_new = true;
                touched.insert(entry.finding);
            }
        }
        for one in entries.unread() {
            if put_entry(&mut tx, branch, one).await? {
                is_new = true;
                touched.extend(one.read::<FindingHead>().map(|head| head.finding));
            }
        }
        let all = of_branch(&mut tx, branch).await?;
        if is_new && all.words() > MAX_FINDING_ENTRIES {
            return Ok(None);
        }
        derived::read_anew(&mut tx, [(branch, &all, touched)]).await?;
        tx.commit().await?;
        Ok(Some(all))
    }

    /// All that is stored of these branches, also of those that have nothing.
    pub async fn findings_of(
        &self,
        branches: impl IntoIterator<Item = &BranchCode>,
    ) -> Result<BTreeMap<BranchCode, Findings>, DatabaseError> {
        let mut tx = self.read().await?;
        of_branches(&mut tx, &branches.into_iter().collect()).await
    }

    /// How the findings of these branches read, or everybody's: by branch, the oldest of each first.
    pub async fn standing(&self, of: Option<&[BranchCode]>) -> Result<Vec<Standing>, DatabaseError> {
        const ORDER: &str = "ORDER BY branch, begun, finding";
        const SELECT: &str = "SELECT branch, words, words_above, body FROM findings";
        let mut tx = self.read().await?;
        let keys: Vec<String> = match of {
            None => {
                let each = sqlx::query_scalar("SELECT DISTINCT branch FROM findings ORDER BY branch");
                each.fetch_all(&mut *tx).await?
            }
            Some(branches) => {
                let mut keys: Vec<String> =
                    branches.iter().map(|branch| branch.as_str().to_owned()).collect();
                keys.sort();
                keys
            }
        };
        let mut all = Vec::new();
        // Some at a time: a row as it is stored takes several times as much as what it says.
        for some in keys.chunks(many::KEYS) {
            for row in many::select(&mut tx, &format!("{SELECT} WHERE branch IN"), &[], some, ORDER).await? {
                all.push(standing(&row)?);
            }
        }
        Ok(all)
    }

    /// How the findings read whose ids end in these hexadecimal digits.
    pub async fn standing_that_end(&self, digits: &str) -> Result<Vec<Standing>, DatabaseError> {
        let backwards: String = digits.chars().rev().collect();
        let rows = sqlx::query(
            "SELECT branch, words, words_above, body FROM findings WHERE backwards >= $1 AND backwards < $2
             ORDER BY branch, begun, finding",
        )
        .bind(backwards.clone())
        // After every digit.
        .bind(backwards + "g")
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(standing).collect()
    }

    /// The findings, anybody's, whose ids end in the same eight digits as another one of these branches', that one among them.
    pub async fn that_end_alike(&self, branches: &[BranchCode]) -> Result<Vec<FindingId>, DatabaseError> {
        let keys: Vec<String> = branches.iter().map(|branch| branch.as_str().to_owned()).collect();
        self.end_alike("branch", &keys).await
    }

    /// The findings, anybody's, whose ids end in the same eight digits as another one of these, that one among them.
    pub async fn that_end_like(&self, findings: &[FindingId]) -> Result<Vec<FindingId>, DatabaseError> {
        let keys: Vec<String> = findings.iter().map(|finding| derived::backwards(*finding)).collect();
        self.end_alike("backwards", &keys).await
    }

    async fn end_alike(&self, by: &str, keys: &[String]) -> Result<Vec<FindingId>, DatabaseError> {
        let mut tx = self.read().await?;
        let own = format!("SELECT backwards FROM findings WHERE {by} IN");
        let own = many::select(&mut tx, &own, &[], keys, "").await?;
        let own: Vec<String> = own.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        let end = |backwards: &str| backwards.chars().take(8).collect::<String>();
        let ends: BTreeSet<String> = own.iter().map(|id| end(id)).collect();
        let ends: Vec<String> = ends.into_iter().collect();
        let mut alike: BTreeMap<String, BTreeSet<FindingId>> = BTreeMap::new();
        // Range by range, so that each is looked up: what is joined by a range, PostgreSQL compares row by row.
        for some in ends.chunks(RANGES) {
            let range = |place: usize| format!("(backwards >= ${place} AND backwards < ${place} || 'g')");
            let ranges: Vec<String> = (1..=some.len()).map(range).collect();
            let statement = format!("SELECT finding, backwards FROM findings WHERE {}", ranges.join(" OR "));
            let query = sqlx::query(sqlx::AssertSqlSafe(statement));
            let query = some.iter().cloned().fold(query, sqlx::query::Query::bind);
            for row in query.fetch_all(&mut *tx).await? {
                let finding = row.try_get::<String, _>("finding")?.parse().map_err(stored)?;
                alike.entry(end(&row.try_get::<String, _>("backwards")?)).or_default().insert(finding);
            }
        }
        Ok(alike.into_values().filter(|ids| ids.len() > 1).flatten().collect())
    }

    /// Which of these findings are there, of branch and id.
    pub async fn which_are_there(
        &self,
        findings: &[(BranchCode, FindingId)],
    ) -> Result<BTreeSet<(BranchCode, FindingId)>, DatabaseError> {
        let mut tx = self.read().await?;
        let keys: BTreeSet<String> = findings.iter().map(|(branch, _)| branch.as_str().to_owned()).collect();
        let keys: Vec<String> = keys.into_iter().collect();
        let statement = "SELECT branch, finding FROM findings WHERE branch IN";
        let rows = many::select(&mut tx, statement, &[], &keys, "").await?;
        let wanted: BTreeSet<&(BranchCode, FindingId)> = findings.iter().collect();
        let mut there = BTreeSet::new();
        for row in rows {
            let branch = BranchCode::new(row.try_get::<String, _>("branch")?).map_err(stored)?;
            let one = (branch, row.try_get::<String, _>("finding")?.parse().map_err(stored)?);
            if wanted.contains(&one) {
                there.insert(one);
            }
        }
        Ok(there)
    }

    /// Decides on findings in one transaction, all or nothing, each as it reads at that moment: nobody says anything of it between
    /// the question and the answer. What is asked answers in whose name and what, and what is noted of it, nothing where there is
    /// nothing to decide, or why it cannot be decided at all; of a finding that its branch does not have, it is not asked.
    ///
    /// # Errors
    /// When a branch is unknown, or the database fails; then nothing was stored.
    pub async fn rule<E>(
        &self,
        findings: &[(BranchCode, FindingId)],
        now: u64,
        mut decide: impl FnMut(&BranchCode, &Finding) -> Result<Option<(String, Ruling, Record)>, E>,
    ) -> Result<Result<Said, E>, DatabaseError> {
        let branches: BTreeSet<&BranchCode> = findings.iter().map(|(branch, _)| branch).collect();
        let mut tx = self.write(&Scope::Branches(branches.clone())).await?;
        let all = of_branches(&mut tx, &branches).await?;
        let (mut words, mut records) = (Vec::new(), Vec::new());
        for (branch, id) in findings {
            let Some(of_branch) = all.get(branch) else { continue };
            let Some(finding) = of_branch.find(*id) else { continue };
            let word = match decide(branch, &finding) {
                Ok(None) => continue,
                Ok(Some((by, ruling, record))) => {
                    records.push(record);
                    Word::Decide(by, ruling)
                }
                Err(refused) => return Ok(Err(refused)),
            };
            let after = of_branch.so_far(*id);
            words.push(FromAbove { branch: branch.clone(), finding: *id, after, word });
        }
        let said = speak_to(&mut tx, all, &words, now).await?;
        if said == Said::Stored {
            self.append(&mut tx, &records).await?;
            tx.commit().await?;
        }
        Ok(Ok(said))
    }

    /// Stores words of the upper level in one transaction, all or nothing, each under a stamp later than everything its branch
    /// has; not if anything was said of their findings that they were not worked out [after](FromAbove::after).
    ///
    /// # Errors
    /// When a branch is unknown, or the database fails; then nothing was stored.
    pub async fn say_from_above(
        &self,
        words: &[FromAbove],
        now: u64,
        records: &[Record],
    ) -> Result<Said, DatabaseError> {
        let branches = words.iter().map(|said| &said.branch).collect();
        let mut tx = self.write(&Scope::Branches(branches)).await?;
        let said = speak(&mut tx, words, now).await?;
        if said == Said::Stored {
            self.append(&mut tx, records).await?;
            tx.commit().await?;
        }
        Ok(said)
    }
}

/// As [`Database::say_from_above`], in a transaction that is to be left uncommitted unless they are stored.
pub(super) async fn speak(
    tx: &mut AnyConnection,
    words: &[FromAbove],
    now: u64,
) -> Result<Said, DatabaseError> {
    let all = of_branches(tx, &words.iter().map(|said| &said.branch).collect()).await?;
    speak_to(tx, all, words, now).await
}

/// As [`speak`], to branches of which all that is stored is read already.
async fn speak_to(
    tx: &mut AnyConnection,
    mut all: BTreeMap<BranchCode, Findings>,
    words: &[FromAbove],
    now: u64,
) -> Result<Said, DatabaseError> {
    let is_overtaken = words.iter().any(|FromAbove { branch, finding, after, word }| {
        let so_far = all.get(branch).map(|findings| findings.so_far(*finding)).unwrap_or_default();
        match word {
            Word::Write(..) => so_far.from_above != after.from_above,
            Word::Decide(..) => so_far != *after,
        }
    });
    if is_overtaken {
        return Ok(Said::Overtaken);
    }
    let mut clocks: BTreeMap<BranchCode, HybridClock> = BTreeMap::new();
    for (branch, findings) in &all {
        let mut clock = HybridClock::new(endpoint_device());
        findings.latest().into_iter().for_each(|latest| clock.observe(latest));
        clocks.insert(branch.clone(), clock);
    }
    let mut touched: BTreeMap<&BranchCode, BTreeSet<FindingId>> = BTreeMap::new();
    let (mut entries, mut verdicts) = (Vec::new(), Vec::new());
    for FromAbove { branch, finding, word, .. } in words {
        let (Some(clock), Some(findings)) = (clocks.get_mut(branch), all.get_mut(branch)) else { continue };
        let stamp = clock.tick(now);
        touched.entry(branch).or_default().insert(*finding);
        match word.clone() {
            Word::Write(field, value) => {
                let entry = FindingEntry { finding: *finding, field, stamp, value };
                if let Some(fault) = finding_fault(&entry) {
                    return Ok(Said::Faulty(fault));
                }
                let body = serde_json::to_string(&entry).map_err(stored)?;
                let sha256 = String::from(ContentHash::of(body.as_bytes()));
                entries.push([Value::from(branch.as_str()), sha256.into(), body.into(), "1".into()]);
                findings.entries.write(entry);
            }
            Word::Decide(by, ruling) => {
                let verdict = Verdict { finding: *finding, stamp, given_at: now, by, ruling };
                if let Some(fault) = verdict_fault(&verdict) {
                    return Ok(Said::Faulty(fault));
                }
                let body = serde_json::to_string(&verdict).map_err(stored)?;
                verdicts.push([Value::from(branch.as_str()), body.into()]);
                findings.verdicts.write(verdict);
            }
        }
    }
    let wrote = words.iter().filter(|said| matches!(said.word, Word::Write(..))).map(|said| &said.branch);
    for branch in wrote {
        if all.get(branch).is_some_and(|findings| findings.words() > MAX_FINDING_ENTRIES) {
            return Ok(Said::Full(branch.clone()));
        }
    }
    let same = "ON CONFLICT (branch, sha256) DO NOTHING";
    many::insert(tx, "finding_entries (branch, sha256, body, told)", same, entries).await?;
    many::insert(tx, "finding_verdicts (branch, body)", "", verdicts).await?;
    let touched = touched
        .into_iter()
        .filter_map(|(branch, ids)| all.get(branch).map(|findings| (branch, findings, ids)));
    derived::read_anew(tx, touched).await?;
    Ok(Said::Stored)
}

/// The same entry again changes nothing. Whether it is new.
async fn put_entry<W: Serialize>(
    tx: &mut AnyConnection,
    branch: &BranchCode,
    entry: &W,
) -> Result<bool, DatabaseError> {
    let body = serde_json::to_string(entry).map_err(stored)?;
    let done = sqlx::query(
        "INSERT INTO finding_entries (branch, sha256, body, told) VALUES ($1, $2, $3, '1')
         ON CONFLICT (branch, sha256) DO NOTHING",
    )
    .bind(branch.as_str().to_owned())
    .bind(String::from(ContentHash::of(body.as_bytes())))
    .bind(body)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A word of a kind that is not known here is passed on as it came; the version that knows it reads it from the same row.
fn read_word<W: DeserializeOwned>(found: &mut Open<W>, body: &str) -> Result<(), DatabaseError> {
    if let Ok(word) = serde_json::from_str(body) {
        found.push(word);
    } else {
        let one = Unread::new(body).ok_or_else(|| stored("a word on a finding is no JSON"))?;
        *found = std::mem::take(found).with_unread([one]);
    }
    Ok(())
}

pub(super) fn standing(row: &AnyRow) -> Result<Standing, DatabaseError> {
    let count = |name| usize::try_from(row.try_get::<i64, _>(name)?).map_err(stored);
    Ok(Standing {
        branch: BranchCode::new(row.try_get::<String, _>("branch")?).map_err(stored)?,
        so_far: SoFar { words: count("words")?, from_above: count("words_above")? },
        finding: serde_json::from_str(&row.try_get::<String, _>("body")?).map_err(stored)?,
    })
}

async fn of_branch(tx: &mut AnyConnection, branch: &BranchCode) -> Result<Findings, DatabaseError> {
    Ok(of_branches(tx, &[branch].into()).await?.remove(branch).unwrap_or_default())
}

/// All that is stored of these branches, also of those that have nothing.
pub(super) async fn of_branches(
    tx: &mut AnyConnection,
    branches: &BTreeSet<&BranchCode>,
) -> Result<BTreeMap<BranchCode, Findings>, DatabaseError> {
    let mut all: BTreeMap<BranchCode, BranchFindings> =
        branches.iter().map(|branch| ((*branch).clone(), BranchFindings::default())).collect();
    let keys: Vec<String> = branches.iter().map(|branch| branch.as_str().to_owned()).collect();
    type Read = fn(&mut BranchFindings, &str) -> Result<(), DatabaseError>;
    let both: [(&str, Read); 2] = [
        ("SELECT branch, body FROM finding_entries WHERE branch IN", |found, body| {
            read_word(&mut found.entries, body)
        }),
        ("SELECT branch, body FROM finding_verdicts WHERE branch IN", |found, body| {
            read_word(&mut found.verdicts, body)
        }),
    ];
    for (statement, read) in both {
        for row in many::select(&mut *tx, statement, &[], &keys, "").await? {
            let branch = BranchCode::new(row.try_get::<String, _>("branch")?).map_err(stored)?;
            read(all.entry(branch).or_default(), &row.try_get::<String, _>("body")?)?;
        }
    }
    Ok(all.into_iter().map(|(branch, found)| (branch, found.into())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::testing::stamp, server::database::testing::noted};

    fn branch() -> BranchCode {
        BranchCode::new("b").unwrap()
    }

    fn problem(text: &str, ms: u64) -> FindingEntry {
        FindingEntry {
            finding: FindingId::from_parts(1, &[1; 10]),
            field: FindingField::Problem,
            stamp: stamp(ms, 1),
            value: FindingValue::Text { text: text.into() },
        }
    }

    #[tokio::test]
    async fn the_upper_level_speaks_after_what_it_has_read_and_after_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::server::database::testing::database(&folder).await;
        sqlx::raw_sql("INSERT INTO units VALUES ('b', NULL, '\"branch\"', '支部', 'rural', '')")
            .execute(&database.pool)
            .await
            .unwrap();
        // The phone's clock is a day ahead of the endpoint's.
        let ahead = 86_400_000;
        database.add_findings(&branch(), &vec![problem("缺签到表", ahead)].into()).await.unwrap().unwrap();
        let finding = problem("", 0).finding;
        let after = async |id| database.findings(&branch()).await.unwrap().so_far(id);
        let close = |after| {
            let word = Word::Decide("镇安镇党委".into(), Ruling::Closed);
            [FromAbove { branch: branch(), finding, after, word }]
        };
        let day = |after| {
            let word = Word::Write(FindingField::Deadline, FindingValue::Day { day: None });
            [FromAbove { branch: branch(), finding, after, word }]
        };
        let seen = after(finding).await;
        let other =
            FindingEntry { finding: FindingId::from_parts(1, &[2; 10]), ..problem("灯不亮", ahead) };
        let more = vec![problem("缺签到表两次", ahead + 1), other];
        database.add_findings(&branch(), &more.into()).await.unwrap().unwrap();
        assert_eq!(database.say_from_above(&close(seen), 5, &[]).await.unwrap(), Said::Overtaken);
        assert_eq!(
            database.say_from_above(&day(seen), 4, &[]).await.unwrap(),
            Said::Stored,
            "its own words are its own"
        );
        assert_eq!(database.say_from_above(&day(seen), 4, &[]).await.unwrap(), Said::Overtaken);
        let seen = after(finding).await;
        let aside = FindingEntry {
            finding: FindingId::from_parts(1, &[2; 10]),
            ..problem("灯又不亮", ahead + 2)
        };
        database.add_findings(&branch(), &vec![aside].into()).await.unwrap().unwrap();
        assert_eq!(
            database.say_from_above(&close(seen), 5, &[]).await.unwrap(),
            Said::Stored,
            "another finding is another matter"
        );
        let findings = database.findings(&branch()).await.unwrap();
        let verdict = findings.verdicts().first().unwrap();
        assert_eq!((verdict.given_at, Some(verdict.stamp)), (5, findings.latest()));
        assert!(verdict.stamp > stamp(ahead + 2, 255));
    }

    #[tokio::test]
    async fn what_is_decided_is_decided_of_a_finding_as_it_reads_at_that_moment() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::server::database::testing::database(&folder).await;
        sqlx::raw_sql("INSERT INTO units VALUES ('b', NULL, '\"branch\"', '支部', 'rural', '')")
            .execute(&database.pool)
            .await
            .unwrap();
        let (first, mut asked) = (problem("缺签到表", 1), Vec::new());
        database.add_findings(&branch(), &vec![first.clone()].into()).await.unwrap().unwrap();
        let nobodys = FindingId::from_parts(1, &[9; 10]);
        let both = [(branch(), first.finding), (branch(), nobodys)];
        let refused = database.rule(&both, 5, |_, _| Err("no")).await.unwrap();
        assert_eq!(refused, Err("no"));
        let close = |_: &BranchCode, finding: &Finding| {
            asked.push(finding.problem.clone());
            Ok::<_, ()>(Some(("镇安镇党委".into(), Ruling::Closed, noted())))
        };
        assert_eq!(database.rule(&both, 5, close).await.unwrap(), Ok(Said::Stored));
        assert_eq!(asked, ["缺签到表"], "of what is not there nobody is asked");
        let verdicts = database.findings(&branch()).await.unwrap().verdicts().len();
        assert_eq!(verdicts, 1, "and a refusal stored nothing");
    }

    #[tokio::test]
    async fn a_word_of_a_later_kind_is_kept_and_counts_once_it_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::server::database::testing::database(&folder).await;
        sqlx::raw_sql("INSERT INTO units VALUES ('b', NULL, '\"branch\"', '支部', 'rural', '')")
            .execute(&database.pool)
            .await
            .unwrap();
        let (first, known_now) = (problem("缺签到表", 1), problem("又缺", 2));
        let mut later = serde_json::to_value(problem("", 900)).unwrap();
        later["field"] = "cost".into();
        // One that is not known yet, and one that was kept by a version that did not know it.
        let unread = [later.to_string(), serde_json::to_string(&known_now).unwrap()]
            .map(|text| Unread::new(&text).unwrap());
        let sent = Open::from(vec![first.clone()]).with_unread(unread.clone());
        let all = database.add_findings(&branch(), &sent).await.unwrap().unwrap();
        assert_eq!(all.entries(), [first, known_now]);
        assert_eq!(*all.entries.unread(), [unread[0].clone()].into());
        assert_eq!(all.words(), 3);
        assert_eq!(database.findings_of([&branch()]).await.unwrap()[&branch()], all);
        let finding = problem("", 0).finding;
        let after = all.so_far(finding);
        assert_eq!((after.words, after.from_above), (3, 0), "what cannot be read counts");
        let word = Word::Decide("镇安镇党委".into(), Ruling::Closed);
        let close = [FromAbove { branch: branch(), finding, after, word }];
        assert_eq!(database.say_from_above(&close, 5, &[]).await.unwrap(), Said::Stored);
        let all = database.findings(&branch()).await.unwrap();
        assert!(all.verdicts().first().unwrap().stamp > stamp(900, 255), "after all that it holds");
    }

    #[tokio::test]
    async fn what_no_phone_may_write_is_not_written_from_above_either() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::server::database::testing::database(&folder).await;
        sqlx::raw_sql("INSERT INTO units VALUES ('b', NULL, '\"branch\"', '支部', 'rural', '')")
            .execute(&database.pool)
            .await
            .unwrap();
        let first = problem("缺签到表", 1);
        database.add_findings(&branch(), &vec![first.clone()].into()).await.unwrap().unwrap();
        let before = database.findings(&branch()).await.unwrap();
        let (long, bell) = ("长".repeat(501), "响\u{7}".to_owned());
        let returned = |reason: &String| Ruling::Returned { reason: reason.clone(), until: None };
        let text = |text: &String| FindingValue::Text { text: text.clone() };
        let source = |detail: &String| FindingValue::Origin {
            origin: crate::domain::FindingOrigin::Inspection,
            detail: detail.clone(),
        };
        for bad in [&long, &bell] {
            for word in [
                Word::Write(FindingField::Problem, text(bad)),
                Word::Write(FindingField::Origin, source(bad)),
                Word::Write(FindingField::Deadline, text(&"明天".into())),
                Word::Decide(bad.clone(), Ruling::Closed),
                Word::Decide("镇安镇党委".into(), returned(bad)),
            ] {
                let good = Word::Decide("镇安镇党委".into(), Ruling::Closed);
                let words = [good, word.clone()].map(|word| FromAbove {
                    branch: branch(),
                    finding: first.finding,
                    after: before.so_far(first.finding),
                    word,
                });
                let said = database.say_from_above(&words, 5, &[]).await.unwrap();
                assert!(matches!(said, Said::Faulty(_)), "{word:?}: {said:?}");
            }
        }
        assert_eq!(database.findings(&branch()).await.unwrap(), before, "all or nothing");
    }

    #[tokio::test]
    async fn neither_side_can_fill_a_branch_without_end_and_the_same_again_is_never_too_much() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::server::database::testing::database(&folder).await;
        sqlx::raw_sql("INSERT INTO units VALUES ('b', NULL, '\"branch\"', '支部', 'rural', '')")
            .execute(&database.pool)
            .await
            .unwrap();
        let all: Vec<FindingEntry> =
            (0..MAX_FINDING_ENTRIES as u64).map(|ms| problem("缺签到表", ms)).collect();
        database.add_findings(&branch(), &all.clone().into()).await.unwrap().unwrap();
        assert_eq!(database.add_findings(&branch(), &vec![problem("又缺", 1)].into()).await.unwrap(), None);
        let finding = all[0].finding;
        let after = SoFar { words: MAX_FINDING_ENTRIES, from_above: 0 };
        let say = |word| [FromAbove { branch: branch(), finding, after, word }];
        let more = say(Word::Write(FindingField::Problem, FindingValue::Text { text: "又缺".into() }));
        assert_eq!(database.say_from_above(&more, 5, &[]).await.unwrap(), Said::Full(branch()));
        assert_eq!(database.findings(&branch()).await.unwrap().entries().len(), MAX_FINDING_ENTRIES);
        let close = say(Word::Decide("镇安镇党委".into(), Ruling::Closed));
        assert_eq!(database.say_from_above(&close, 5, &[]).await.unwrap(), Said::Stored);
        assert!(database.add_findings(&branch(), &all[..9].to_vec().into()).await.unwrap().is_some());
    }
}
