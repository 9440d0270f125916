//! Activation codes, issued to branches in number. Only their hashes are stored, so they can be shown once.

use super::{
    activating::{self, PHONE_CODE_MS},
    actor::Actor,
    clock::{Clock, Random},
    log::{Deed, Record, Who},
    people::{
        Act, Denied,
        authority::{denies, must_each},
    },
    scope::{self, Gone},
};
use crate::{
    domain::{BranchCode, check::is_plain_text, period::shanghai_date},
    protocol::ActivationCode,
    server::database::{Database, DatabaseError, Unit, devices::Issue},
};
use jiff::{ToSpan as _, civil::Date};
use std::collections::BTreeSet;

/// The longest name that a code is given to, in characters.
const MAX_NAME_CHARS: usize = 30;
const DAY_MS: u64 = 86_400_000;
/// Shanghai is eight hours ahead of UTC.
const SHANGHAI_MS: u64 = 8 * 3_600_000;

/// Why no code was issued.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// It is not clear to whom.
    #[error(transparent)]
    Scope(#[from] scope::Refusal),
    /// The one branch they are for has ended.
    #[error("{0} has ended on {on}", on = .1.on)]
    Gone(
        /// Its name.
        String,
        /// How.
        Gone,
    ),
    /// The one branch they are for does not use the system (不用本系统).
    #[error("{0} hands in on paper since {1}")]
    OffSystem(
        /// Its name.
        String,
        /// Since when.
        Date,
    ),
    /// Nobody is called so.
    #[error("a code is given to a name of one line, of up to {MAX_NAME_CHARS} characters")]
    Name,
    /// Who acts may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Somebody was given one of the codes since they were drawn.
    #[error("one of the codes was given to somebody since")]
    Overtaken,
    /// Codes of these branches were issued since who acts looked: they stay good.
    #[error("codes were issued at {at}, by {who:?}")]
    Before {
        /// When.
        at: u64,
        /// By whom.
        who: Who,
    },
    /// A code cannot be drawn.
    #[error("no randomness to be had")]
    NoRandomness,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

denies!(Refusal);

/// For whom codes are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whom<'a> {
    /// One branch, by its code or name.
    Branch(&'a str),
    /// Every branch below a unit that has not ended.
    Below(&'a str),
}

/// A code that was issued: shown now or never.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Issued {
    /// The branch.
    pub(crate) branch: BranchCode,
    /// Its name.
    pub(crate) name: String,
    /// Whom it reports to.
    pub(crate) reports_to: String,
    /// The code of that unit.
    #[serde(skip)]
    pub(crate) town: Option<BranchCode>,
    /// The 12 digits.
    pub(crate) code: ActivationCode,
    /// The link that opens the app with the code, when the address is known.
    pub(crate) link: Option<String>,
    /// To whom it is given, where that is told: see [`Issued::to`].
    #[serde(skip)]
    pub(crate) given_to: Option<String>,
    /// The last day it works.
    #[serde(with = "crate::domain::day")]
    pub(crate) valid_until: Date,
    /// The same as an instant, milliseconds since 1970-01-01 UTC.
    pub(crate) expires_at: u64,
}

impl Issued {
    /// It, given to somebody, or to nobody who is told. The name is kept until the code is used, void or past, and no log has it.
    pub(crate) fn to(self, name: &str) -> Result<Self, Refusal> {
        let name = name.trim();
        if !is_plain_text(name, MAX_NAME_CHARS, false) || name.starts_with(['=', '+', '-', '@']) {
            return Err(Refusal::Name);
        }
        Ok(Self { given_to: (!name.is_empty()).then(|| name.to_owned()), ..self })
    }
}

/// Draws a new code for every branch meant that uses the system, to be good for so many days. Nobody can use any of them before they are [issued](issue): what
/// they are written on is written first, for nothing tells them again. With the address `base` of the app, each has its link.
pub(crate) async fn draw(
    database: &Database,
    clock: &dyn Clock,
    random: &mut dyn Random,
    whom: Whom<'_>,
    valid_days: u16,
    base: Option<&str>,
) -> Result<Vec<Issued>, Refusal> {
    let (Whom::Branch(text) | Whom::Below(text)) = whom;
    let root = scope::root(database, Some(text)).await?;
    let tree = database.tree_of(root.as_ref().map(|unit| &unit.code), None).await?;
    let mut branches = match whom {
        Whom::Branch(branch) => vec![scope::branch(root.as_slice(), branch)?.clone()],
        Whom::Below(unit) => scope::branches(database, Some(unit)).await?,
    };
    let ended = |branch: &Unit| tree.get(&branch.code).and_then(|member| member.ended.as_ref());
    if let [one] = &branches[..]
        && let Some(ended) = ended(one)
    {
        return Err(Refusal::Gone(one.name.clone(), Gone::of(ended, &tree)));
    }
    let off_system = |branch: &Unit| tree.get(&branch.code).and_then(|member| member.off_system);
    if let [one] = &branches[..]
        && let Some(since) = off_system(one)
    {
        return Err(Refusal::OffSystem(one.name.clone(), since));
    }
    branches.retain(|branch| ended(branch).is_none() && off_system(branch).is_none());
    let (valid_until, expires_at) = last_day(clock.now_ms(), valid_days);
    let codes = new_codes(database, random, branches.len()).await?;
    let issued = branches.into_iter().zip(codes).map(|(branch, code)| Issued {
        reports_to: tree.above(&branch).map(|above| above.name.clone()).unwrap_or_default(),
        town: branch.parent,
        branch: branch.code,
        name: branch.name,
        link: base.map(|base| format!("{base}/activate#code={}", code.digits())),
        code,
        given_to: None,
        valid_until,
        expires_at,
    });
    Ok(issued.collect())
}

/// Lets phones in by codes that were drawn, all or none; and tells how many older ones nobody can use any more. A form, which may be
/// sent again by a reload, tells up to which entry of the log its reader had `seen`: what was issued since is not voided unseen.
pub(crate) async fn issue(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    drawn: &[Issued],
    seen: Option<u64>,
) -> Result<u64, Refusal> {
    let Some(expires_at) = drawn.first().map(|one| one.expires_at) else { return Ok(0) };
    let now = clock.now_ms();
    must_each(database, actor, Act::Admit, drawn.iter().map(|one| &one.branch), shanghai_date(now)).await?;
    let codes: Vec<(BranchCode, ActivationCode, Option<String>)> =
        drawn.iter().map(|one| (one.branch.clone(), one.code.clone(), one.given_to.clone())).collect();
    let records: Vec<Record> =
        drawn.iter().map(|one| actor.record(now, Deed::CodeIssued, Some(&one.branch), "")).collect();
    match database.issue_codes(&codes, expires_at, (now, PHONE_CODE_MS), seen, &records).await? {
        Issue::Done(voided) => Ok(voided),
        Issue::Taken => Err(Refusal::Overtaken),
        Issue::Closed(branch) => Err(closed(database, branch).await?),
        Issue::Before(Record { at, who, .. }) => Err(Refusal::Before { at, who }),
    }
}

/// Why a branch lets no phone in, since the codes were drawn.
async fn closed(database: &Database, branch: BranchCode) -> Result<Refusal, DatabaseError> {
    let tree = database.tree_around(std::slice::from_ref(&branch), None).await?;
    let Some(member) = tree.get(&branch) else { return Ok(Refusal::Overtaken) };
    let name = member.unit.name.clone();
    Ok(match (&member.ended, member.off_system) {
        (Some(ended), _) => Refusal::Gone(name, Gone::of(ended, &tree)),
        (None, Some(since)) => Refusal::OffSystem(name, since),
        (None, None) => Refusal::Overtaken,
    })
}

/// So many codes that nobody has. One that was given to somebody before is drawn again.
async fn new_codes(
    database: &Database,
    random: &mut dyn Random,
    many: usize,
) -> Result<Vec<ActivationCode>, Refusal> {
    let (mut drawn, mut seen) = (Vec::with_capacity(many), BTreeSet::new());
    while drawn.len() < many {
        let mut round = Vec::with_capacity(many - drawn.len());
        while drawn.len() + round.len() < many {
            let code = activating::draw(random).ok_or(Refusal::NoRandomness)?;
            if seen.insert(code.clone()) {
                round.push(code);
            }
        }
        let taken = database.codes_taken(&round).await?;
        round.retain(|code| !taken.contains(&String::from(code.hash())));
        drawn.append(&mut round);
    }
    Ok(drawn)
}

/// The day so many days from today, and its last millisecond: "valid until the 8th" includes the 8th.
fn last_day(now: u64, days: u16) -> (Date, u64) {
    let day = shanghai_date(now).checked_add(i32::from(days).days()).unwrap_or(Date::MAX);
    let midnight = (now + SHANGHAI_MS) / DAY_MS * DAY_MS - SHANGHAI_MS;
    (day, midnight + (u64::from(days) + 1) * DAY_MS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::office::testing::{NOW, OPERATOR, town};
    use jiff::civil::date;

    /// Draws these bytes, one after the other, and then none any more.
    struct Drawn(Vec<u8>);

    impl Random for Drawn {
        fn fill(&mut self, bytes: &mut [u8]) -> bool {
            let Some(next) = self.0.pop() else { return false };
            bytes.fill(next);
            true
        }
    }

    #[tokio::test]
    async fn no_two_branches_get_one_code_and_without_randomness_none_gets_any() {
        let (_folder, database) = town().await;
        let below = Whom::Below("t");
        let refused = draw(&database, &NOW, &mut Drawn(vec![1]), below, 14, None).await;
        assert!(matches!(refused, Err(Refusal::NoRandomness)));
        // The first is drawn twice in one round.
        let mut drawn = Drawn(vec![2, 1, 1]);
        let first = draw(&database, &NOW, &mut drawn, below, 14, None).await.unwrap();
        assert!(first.len() == 2 && first[0].code != first[1].code && drawn.0.is_empty());
        let same = draw(&database, &NOW, &mut Drawn(vec![1, 2]), below, 14, None).await.unwrap();
        assert_eq!(issue(&database, &NOW, &OPERATOR, &first, None).await.unwrap(), 0);
        let refused = issue(&database, &NOW, &OPERATOR, &same, None).await;
        assert!(matches!(refused, Err(Refusal::Overtaken)), "another clerk was quicker with the same");
        // And what another branch has already, once more.
        let one = Whom::Branch("大岭村党支部");
        let base = Some("https://a.cn");
        let again = draw(&database, &NOW, &mut Drawn(vec![3, 1]), one, 14, base).await.unwrap();
        assert_eq!(issue(&database, &NOW, &OPERATOR, &again, None).await.unwrap(), 1);
        assert!(again.len() == 1 && first.iter().all(|one| one.code != again[0].code));
        assert_eq!(again[0].reports_to, "镇安镇党委");
        let link = format!("https://a.cn/activate#code={}", again[0].code.digits());
        assert_eq!(again[0].link.as_deref(), Some(link.as_str()));
    }

    #[tokio::test]
    async fn to_whom_a_code_was_given_is_known_until_it_is_used_void_or_past() {
        let (_folder, database) = town().await;
        let branch = crate::server::office::testing::code("a");
        let give = async |bytes: u8, name: &str| {
            let whom = Whom::Branch("a");
            let one = draw(&database, &NOW, &mut Drawn(vec![bytes]), whom, 14, None).await.unwrap().remove(0);
            let given = [one.to(name)?];
            issue(&database, &NOW, &OPERATOR, &given, None).await.map(|_| given)
        };
        let open = async |now| {
            let open = database.open_codes(&branch, now).await.unwrap();
            open.into_iter().map(|(_, to)| to.unwrap_or_default()).collect::<Vec<_>>()
        };
        for wrong in ["=1+1", "两\n行", &"长".repeat(31)] {
            assert!(matches!(give(9, wrong).await, Err(Refusal::Name)), "{wrong:?}");
        }
        give(1, " 王文书 ").await.unwrap();
        assert_eq!(open(NOW.0).await, ["王文书"]);
        give(2, "").await.unwrap();
        assert_eq!(open(NOW.0).await, [""], "the first is void");
        let [third] = give(3, "李文书").await.unwrap();
        let token = crate::protocol::TokenHash::of(b"token");
        let device = crate::domain::testing::device(1);
        database.activate(&third.code, device, &token, NOW.0).await.unwrap();
        assert!(open(NOW.0).await.is_empty());
        let [last] = give(4, "赵文书").await.unwrap();
        assert!(open(last.expires_at + 1).await.is_empty());
        // Nothing is left of the names: not of what was void or used, and of what is past once somebody signs in.
        let names = async || database.names_on_codes().await.unwrap();
        assert_eq!(names().await, ["赵文书"]);
        let mut tx = database.change_accounts().await.unwrap();
        tx.forget_to_whom(last.expires_at + 1).await.unwrap();
        tx.commit(&[]).await.unwrap();
        assert!(names().await.is_empty());
        let page = crate::server::office::log::page(
            &database,
            &NOW,
            &OPERATOR,
            crate::server::office::log::Asked::default(),
            100,
        );
        assert!(!format!("{:?}", page.await.unwrap()).contains("文书"), "no log has it");
    }

    #[test]
    fn a_code_is_good_until_the_end_of_its_last_day() {
        // 2026-11-24 12:00 in Shanghai.
        let (day, expires_at) = last_day(1_795_492_800_000, 14);
        assert_eq!(day, date(2026, 12, 8));
        assert_eq!((shanghai_date(expires_at), shanghai_date(expires_at + 1)), (day, date(2026, 12, 9)));
    }
}
