//! What was done above the branches, by whom and when: entries that are only ever added, in the transaction of the act itself.
//!
//! An entry holds ids alone, never a name, a reason, a password, a code or an answer, so that a person can be erased without breaking
//! it. Its hash is the SHA-256 of what it says and of the hash before it: who changes an entry, takes one out or puts one between makes
//! that one and all after it fit no more. Who can write the whole database can write a whole other log; against that helps only a hash
//! that was noted elsewhere, and [`Database::verify_log`] is told of one.

use super::{
    Database, DatabaseError, int,
    many::{self, Value, bind},
    stored,
};
use crate::domain::{BranchCode, ContentHash};
use sqlx::{AnyConnection, AssertSqlSafe, Row as _, any::AnyRow};
use std::fmt::Write as _;
use uuid::Uuid;

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Whoever sits at the server's command line.
    Operator,
    /// A phone of a branch.
    Phone(
        /// Its id.
        Uuid,
    ),
    /// Somebody with an account.
    Person(
        /// The account.
        Uuid,
    ),
}

macro_rules! deeds {
    ($($(#[$meaning:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// What was done. Its code is what is kept, and never means anything else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Deed { $($(#[$meaning])* $name),+ }

        impl Deed {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// What is kept of it.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }
        }
    };
}

deeds! {
    /// A review began; the subject is the submission, as of the next three.
    ReviewBegun = "review.begun",
    /// 退回修改
    Returned = "review.returned",
    /// 需补材料
    FoundIncomplete = "review.incomplete",
    /// 审核通过
    Approved = "review.approved",
    /// What a branch handed in on paper was entered; the subject is the period.
    PaperEntered = "paper.entered",
    /// A problem was written down; the subject is the finding, as of the next four.
    FindingRaised = "finding.raised",
    /// Its deadline or source was changed.
    FindingChanged = "finding.changed",
    /// 销号
    FindingClosed = "finding.closed",
    /// 退回 of a problem
    FindingReturned = "finding.returned",
    /// 归类
    FindingSorted = "finding.sorted",
    /// A kind of problems was made or changed; the subject is the kind.
    KindChanged = "kind.changed",
    /// 限期整改; the subject is the order, as of the next three.
    OrderGiven = "order.given",
    /// A unit answered it.
    OrderAnswered = "order.answered",
    /// It was given more time.
    OrderExtended = "order.extended",
    /// The unit was released of it.
    OrderReleased = "order.released",
    /// 由上级评: points were given; the subject is period and item.
    ValueGiven = "value.given",
    /// A unit came into the roster.
    UnitEntered = "unit.entered",
    /// The roster has a unit otherwise; the subject names what changed.
    UnitChanged = "unit.changed",
    /// 转隶 was asked for of whoever tends where it leads; the subject is that unit and the day, as of those after the next without it.
    MoveAsked = "move.asked",
    /// They took the unit over; the subject is what it stood under.
    MoveTaken = "move.taken",
    /// They said no.
    MoveDeclined = "move.declined",
    /// Whoever asked took it back.
    MoveWithdrawn = "move.withdrawn",
    /// A unit ended; the subject is the day.
    UnitEnded = "unit.ended",
    /// An ending was taken back.
    UnitRevived = "unit.revived",
    /// A unit became a part of another; the subject is that one.
    UnitMerged = "unit.merged",
    /// Who speaks for a branch (书记) changed.
    SecretaryChanged = "unit.secretary",
    /// 不用本系统 was noted of a branch, or taken back.
    UseChanged = "unit.use",
    /// A period takes the tree as of a day; the subject is period and day.
    PeriodFrozen = "period.frozen",
    /// A code was issued to a branch.
    CodeIssued = "code.issued",
    /// The codes of a branch that nobody had used were voided.
    CodesVoided = "code.voided",
    /// A phone was revoked; the subject is its id.
    PhoneRevoked = "phone.revoked",
    /// A standard was put in force; the subject is its id and version.
    StandardPublished = "standard.published",
    /// A part of the product beyond the self-check was switched; the subject is the module, and `on` or `off`.
    ModuleSwitched = "standard.module",
    /// An account was made; the subject is the account, as of all that follow.
    AccountMade = "account.made",
    /// Its name, post or telephone was changed.
    AccountChanged = "account.changed",
    /// It was entrusted with something at the unit; the subject is account and role, as of the next.
    RoleGiven = "role.given",
    /// That was taken back.
    RoleTaken = "role.taken",
    /// It was closed.
    AccountClosed = "account.closed",
    /// It was erased whose it is.
    AccountErased = "account.erased",
    /// It was opened again.
    AccountReopened = "account.reopened",
    /// Its tasks and roles went over to another one (交接).
    AccountHandedOver = "account.handed_over",
    /// A link by which a password is set was made for it.
    LinkMade = "account.link",
    /// A password was set.
    PasswordSet = "account.password",
    /// The person signed in.
    SignedIn = "session.begun",
    /// The person signed out.
    SignedOut = "session.ended",
    /// The sessions of a person were ended by somebody else.
    SessionsEnded = "session.ended_by_other",
    /// The sessions of everybody were ended.
    AllSessionsEnded = "session.all_ended",
    /// The database was brought back from a backup: what was noted since is not in the log.
    Restored = "database.restored",
    /// Signing in was refused too often.
    SignInBarred = "session.barred",
}

/// What is to be noted of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// When, milliseconds since 1970-01-01 UTC.
    pub at: u64,
    /// Who.
    pub who: Who,
    /// What.
    pub deed: Deed,
    /// To which unit; none where it holds for all.
    pub unit: Option<BranchCode>,
    /// To what there: the id of a submission, a finding, an account. Never a text that somebody wrote.
    pub subject: String,
}

/// A record with its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number, without gaps from 1 on.
    pub number: u64,
    /// What it says.
    pub record: Record,
    /// Its hash.
    pub hash: String,
}

/// Which entries are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Of this unit and those below it.
    pub under: Option<BranchCode>,
    /// By this one alone.
    pub who: Option<Who>,
    /// Of these kinds alone, where any are named.
    pub deeds: Vec<Deed>,
    /// From this instant on.
    pub from: Option<u64>,
    /// Before this instant.
    pub until: Option<u64>,
    /// Those before the entry of this number.
    pub before: Option<u64>,
}

/// Whether the log is what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Whole {
        /// How many entries it has.
        entries: u64,
        /// The hash of the last; empty where there is none.
        hash: String,
    },
    /// It is not.
    Broken {
        /// The first entry that does not fit.
        number: u64,
        /// How.
        how: Misfit,
    },
}

/// How an entry does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    /// It is not there.
    Missing,
    /// It is not as it was written, or not in its place.
    Other,
}

/// So many entries are read at once.
const PAGE: usize = 1_000;

impl Who {
    pub(super) fn text(self) -> String {
        match self {
            Self::Operator => "operator".into(),
            Self::Phone(id) => format!("phone:{id}"),
            Self::Person(id) => format!("person:{id}"),
        }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None => (text == "operator").then_some(Self::Operator),
            Some(("phone", id)) => Some(Self::Phone(id.parse().ok()?)),
            Some(("person", id)) => Some(Self::Person(id.parse().ok()?)),
            Some(_) => None,
        }
    }
}

/// An entry as it is kept, whatever it means.
struct Kept {
    number: i64,
    at: i64,
    who: String,
    deed: String,
    unit: Option<String>,
    subject: String,
    previous: String,
}

impl Kept {
    fn new(number: i64, record: &Record, previous: String) -> Self {
        Self {
            number,
            at: int(record.at),
            who: record.who.text(),
            deed: record.deed.code().into(),
            unit: record.unit.as_ref().map(|unit| unit.as_str().to_owned()),
            subject: record.subject.clone(),
            previous,
        }
    }

    fn read(row: &AnyRow) -> Result<(Self, String), sqlx::Error> {
        let kept = Self {
            number: row.try_get("number")?,
            at: row.try_get("at")?,
            who: row.try_get("who")?,
            deed: row.try_get("deed")?,
            unit: row.try_get("unit")?,
            subject: row.try_get("subject")?,
            previous: row.try_get("previous")?,
        };
        Ok((kept, row.try_get("hash")?))
    }

    /// The hash over all that it says, written as one JSON array, which reads in one way only.
    fn hash(&self) -> Result<String, DatabaseError> {
        let Self { number, at, who, deed, unit, subject, previous } = self;
        let text =
            serde_json::to_string(&(number, at, who, deed, unit, subject, previous)).map_err(stored)?;
        Ok(ContentHash::of(text.as_bytes()).as_str().to_owned())
    }

    fn entry(self, hash: String) -> Result<Entry, DatabaseError> {
        let unknown = |what: &str| stored(format_args!("the log has {what:?}"));
        let record = Record {
            at: u64::try_from(self.at).map_err(stored)?,
            who: Who::read(&self.who).ok_or_else(|| unknown(&self.who))?,
            deed: *Deed::ALL
                .iter()
                .find(|deed| deed.code() == self.deed)
                .ok_or_else(|| unknown(&self.deed))?,
            unit: self.unit.map(|code| BranchCode::new(code).map_err(stored)).transpose()?,
            subject: self.subject,
        };
        Ok(Entry { number: u64::try_from(self.number).map_err(stored)?, record, hash })
    }
}

const ENTRIES: &str = "SELECT number, at, who, deed, unit, subject, previous, hash FROM log WHERE";

impl Database {
    /// Adds to the log what a write does, in its transaction and as the last thing before it is committed: until then nobody else
    /// adds to it.
    pub(super) async fn append(
        &self,
        tx: &mut AnyConnection,
        records: &[Record],
    ) -> Result<(), DatabaseError> {
        if records.is_empty() {
            return Ok(());
        }
        self.backend.lock_log(tx).await?;
        let last = sqlx::query("SELECT number, hash FROM log ORDER BY number DESC LIMIT 1");
        let (mut number, mut hash) = match last.fetch_optional(&mut *tx).await? {
            Some(row) => (row.try_get(0)?, row.try_get(1)?),
            None => (0, String::new()),
        };
        let mut rows = Vec::with_capacity(records.len());
        for record in records {
            number += 1;
            let kept = Kept::new(number, record, hash);
            hash = kept.hash()?;
            let Kept { at, who, deed, unit, subject, previous, .. } = kept;
            let row: [Value; 8] = [
                number.into(),
                at.into(),
                who.into(),
                deed.into(),
                unit.into(),
                subject.into(),
                previous.into(),
                hash.clone().into(),
            ];
            rows.push(row);
        }
        many::insert(tx, "log (number, at, who, deed, unit, subject, previous, hash)", "", rows).await?;
        sqlx::query("UPDATE log_end SET number = $1, hash = $2").bind(number).bind(hash).execute(tx).await?;
        Ok(())
    }

    /// Adds to the log what is an act of its own, such as signing in.
    pub async fn note(&self, records: &[Record]) -> Result<(), DatabaseError> {
        let mut tx = self.write(&super::Scope::Log).await?;
        self.append(&mut tx, records).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The number of the newest entry: a form that shows something once carries it, so that what was done since is known.
    pub async fn newest_entry(&self) -> Result<u64, DatabaseError> {
        let newest: i64 =
            sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM log").fetch_one(&self.pool).await?;
        u64::try_from(newest).map_err(stored)
    }

    /// So many of the entries that are wanted, the newest first.
    pub async fn logged(&self, wanted: &Wanted, most: usize) -> Result<Vec<Entry>, DatabaseError> {
        let (mut text, mut bound) = (format!("{ENTRIES} 1 = 1"), Vec::<Value>::new());
        let mut only = |condition: &str, value: Value| {
            bound.push(value);
            // Writing to a String cannot fail.
            let _ = write!(text, " AND {condition} ${}", bound.len());
        };
        if let Some(before) = wanted.before {
            only("number <", int(before).into());
        }
        if let Some(from) = wanted.from {
            only("at >=", int(from).into());
        }
        if let Some(until) = wanted.until {
            only("at <", int(until).into());
        }
        if let Some(who) = wanted.who {
            only("who =", who.text().into());
        }
        if !wanted.deeds.is_empty() {
            // Of the program's own making.
            let codes: Vec<String> = wanted.deeds.iter().map(|deed| format!("'{}'", deed.code())).collect();
            let _ = write!(text, " AND deed IN ({})", codes.join(","));
        }
        if let Some(under) = &wanted.under {
            bound.push(under.as_str().into());
            let _ = write!(
                text,
                " AND unit IN (WITH RECURSIVE down (code, depth) AS (
                     SELECT code, 1 FROM units WHERE code = ${}
                     UNION ALL SELECT units.code, down.depth + 1 FROM units JOIN down ON units.parent = down.code
                         WHERE down.depth < 20)
                 SELECT code FROM down)",
                bound.len()
            );
        }
        let _ = write!(text, " ORDER BY number DESC LIMIT {most}");
        let query = bound.into_iter().fold(sqlx::query(AssertSqlSafe(text)), bind);
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| Kept::read(row).map_err(Into::into).and_then(|(kept, hash)| kept.entry(hash)))
            .collect()
    }

    /// Reads the whole log and says whether it is what was written, and whether the entry of a number that was noted elsewhere has the
    /// hash that was noted.
    pub async fn verify_log(&self, noted: Option<(u64, &str)>) -> Result<Verdict, DatabaseError> {
        let mut tx = self.read().await?;
        let (mut last, mut end) = (i64::MIN, (0, String::new()));
        let broken =
            |number: i64, how| Ok(Verdict::Broken { number: u64::try_from(number).unwrap_or_default(), how });
        let is_noted = |number: i64| noted.filter(|(noted, _)| int(*noted) == number);
        loop {
            let page =
                sqlx::query(AssertSqlSafe(format!("{ENTRIES} number > $1 ORDER BY number LIMIT {PAGE}")));
            let page = page.bind(last).fetch_all(&mut *tx).await?;
            for row in &page {
                let (kept, hash) = Kept::read(row)?;
                let due = end.0 + 1;
                if kept.number > due {
                    return broken(due, Misfit::Missing);
                }
                let is_other = is_noted(due).is_some_and(|(_, noted)| noted != hash);
                if is_other || kept.number < due || kept.previous != end.1 || kept.hash()? != hash {
                    return broken(kept.number, Misfit::Other);
                }
                (last, end) = (kept.number, (kept.number, hash));
            }
            if page.len() < PAGE {
                break;
            }
        }
        let row = sqlx::query("SELECT number, hash FROM log_end").fetch_optional(&mut *tx).await?;
        let known: (i64, String) = match row {
            Some(row) => (row.try_get(0)?, row.try_get(1)?),
            None => (0, String::new()),
        };
        let noted = noted.map_or(0, |(number, _)| int(number));
        match () {
            () if end.0 < known.0.max(noted) => broken(end.0 + 1, Misfit::Missing),
            () if end.0 > known.0 => broken(known.0 + 1, Misfit::Other),
            () if end != known => broken(end.0, Misfit::Other),
            () => Ok(Verdict::Whole { entries: u64::try_from(end.0).map_err(stored)?, hash: end.1 }),
        }
    }
}

/// Which unit or subject an entry is sought of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of<'a> {
    /// Any of these units.
    Units(&'a [BranchCode]),
    /// This subject.
    Subject(&'a str),
}

/// The newest entry of a kind after the one of a number. Asked where nobody else can do the same meanwhile.
pub(super) async fn noted_since(
    tx: &mut AnyConnection,
    seen: u64,
    deed: Deed,
    of: Of<'_>,
) -> Result<Option<Record>, DatabaseError> {
    let (column, keys) = match of {
        Of::Units(units) => ("unit", units.iter().map(|unit| unit.as_str().to_owned()).collect()),
        Of::Subject(subject) => ("subject", vec![subject.to_owned()]),
    };
    let statement = format!("{ENTRIES} number > $1 AND deed = $2 AND {column} IN");
    let bound = [int(seen).into(), deed.code().into()];
    let rows = many::select(tx, &statement, &bound, &keys, "ORDER BY number").await?;
    let read = |row: &AnyRow| Kept::read(row).map_err(Into::into).and_then(|(kept, hash)| kept.entry(hash));
    rows.last().map(read).transpose().map(|entry| entry.map(|entry| entry.record))
}

#[cfg(test)]
#[path = "log_tests.rs"]
mod tests;
