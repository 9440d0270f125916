//! The forms that go up on paper, filled in from what the phone knows. Pure: one form a file, each a [`Paper`].
//!
//! What nobody has said is left empty, to be written by hand; what was missed is said to be missed. A form shows either a report, as
//! it was frozen and declared, or what is filled in now: that is a draft, says so, and claims nothing of a meeting, because none has
//! seen it.

pub mod comparison;
pub mod evidence;
pub mod frozen;
pub mod ledger;
pub mod record;
pub mod rectification;
pub mod report;
pub mod self_assessment;
pub mod talk;

#[cfg(feature = "web")]
pub mod page;
#[cfg(feature = "web")]
pub mod paper_files;
#[cfg(feature = "web")]
pub mod session;
#[cfg(feature = "web")]
pub mod sheet;
#[cfg(feature = "web")]
pub mod talk_page;

#[cfg(all(feature = "server", feature = "paper"))]
#[cfg(test)]
mod files_tests;

use crate::{
    domain::{
        ClaimedGrade, Finding, FindingState, Item, Outcome, period::shanghai_date, scoring::ItemScore,
        submission::ConsideredBy,
    },
    paper::{Align, Block, Column, Foot, Paper},
    phone::overview::ItemRow,
    ui::{
        app::source::{Reported, Source},
        words::{dates, explain},
    },
    words::terms::whole_day,
};

/// The forms, in the order in which they are usually asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// 自评表
    SelfAssessment,
    /// 自查报告
    Report,
    /// 整改台账
    Rectification,
    /// 佐证材料目录
    Evidence,
    /// 年度台账
    Ledger,
    /// 汇报提纲
    Talk,
    /// 本期与上期对照
    Comparison,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::SelfAssessment,
        Self::Report,
        Self::Rectification,
        Self::Evidence,
        Self::Ledger,
        Self::Talk,
        Self::Comparison,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::SelfAssessment => "自评表",
            Self::Report => "自查报告",
            Self::Rectification => "整改台账",
            Self::Evidence => "佐证材料目录",
            Self::Ledger => "年度台账",
            Self::Talk => "汇报提纲",
            Self::Comparison => "本期与上期对照",
        }
    }

    /// What it is for, in plain words.
    pub fn about(self) -> &'static str {
        match self {
            Self::SelfAssessment => "每条得几分、为什么，下面留签字盖章的地方",
            Self::Report => "先起草好，可以改，再导出",
            Self::Rectification => "写进整改的照着填好，没写的手写",
            Self::Evidence => "材料放在哪，照着装盒",
            Self::Ledger => "今年登记的会和活动，一次一行",
            Self::Talk => "听取汇报时照着说，不写分数",
            Self::Comparison => "一条一条对着看",
        }
    }

    /// Whether it shows a report or a draft of one. The year's ledger is a book that goes on: it stands as it is today.
    pub fn is_of_a_report(self) -> bool {
        self != Self::Ledger
    }

    /// Its name in an address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::SelfAssessment => "self-assessment",
            Self::Report => "report",
            Self::Rectification => "rectification",
            Self::Evidence => "evidence",
            Self::Ledger => "ledger",
            Self::Talk => "talk",
            Self::Comparison => "comparison",
        }
    }

    /// The form of that name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.slug() == slug)
    }
}

impl<'a> Source<'a> {
    /// A form's title: of a draft it says so, so that the file's name does too.
    fn title(&self, name: &str) -> String {
        if self.reported.is_some() { name.into() } else { format!("{name}（草稿）") }
    }

    /// The lines beneath a form's title.
    fn subtitle(&self) -> Vec<String> {
        let (name, period, today) = (&self.branch.name, &self.period.name, whole_day(self.today));
        vec![format!("党支部：{name}　　考核周期：{period}　　填表日期：{today}"), self.basis()]
    }

    /// Which report it shows, or that it shows none.
    fn basis(&self) -> String {
        match self.reported {
            Some(Reported { submission, receipt }) => {
                let day = whole_day(shanghai_date(submission.made_at));
                let receipt = receipt.map_or_else(|| "还没有送到".into(), |code| format!("回执码{code}"));
                format!("照{day}上报的填写，{receipt}")
            }
            None => "草稿：照手机里现在填的，没有上报".into(),
        }
    }

    /// The standard's own word on what it is, where it has one.
    fn notice(&self) -> Option<Block> {
        let notice = &self.checklist.notice;
        (!notice.is_empty()).then(|| Block::Remark(format!("说明：{notice}")))
    }

    /// What was written into 整改 and is of this period: what is open, and what was closed since the period began; not what was
    /// written by mistake.
    fn findings_of_period(&self) -> Vec<Finding> {
        let mut findings = self.findings.all();
        findings.retain(|finding| match finding.state {
            FindingState::Withdrawn => false,
            FindingState::Closed => finding.closed_on().is_none_or(|day| day >= self.period.starts),
            _ => true,
        });
        findings
    }

    /// Why each part that counts got its points; those that lost some only, if asked for. Parts are told apart by ① ② where
    /// there are several.
    fn reasons(&self, item: &Item, score: &ItemScore, lost_only: bool) -> Vec<String> {
        let all = item.parts.iter().zip(&score.parts).enumerate();
        let all = all.map(|(place, (part, scored))| (place, part, scored));
        let counting: Vec<_> = if lost_only { score.short(item).collect() } else { all.collect() };
        counting
            .into_iter()
            .map(|(place, part, scored)| {
                let why = explain::part(part, scored, self.period);
                let bonus = if part.bonus { "加分：" } else { "" };
                format!("{}{bonus}{why}", mark(place, item.parts.len()))
            })
            .collect()
    }

    /// 经11月20日支委会研究，内容属实。 Only of what was declared.
    fn considered(&self) -> String {
        let Some(declared) = self.reported.map(|sent| &sent.submission.declaration) else {
            return String::new();
        };
        let meeting = match declared.considered_by {
            ConsideredBy::Committee => "支委会",
            ConsideredBy::MemberMeeting => "党员大会",
        };
        format!("经{}{meeting}研究，内容属实。", dates::day(declared.considered_on, self.today))
    }

    fn claimed(&self) -> Option<ClaimedGrade> {
        self.reported.map(|sent| sent.submission.declaration.claimed_grade)
    }
}

/// The row of the item that a finding is about.
fn row_of<'r>(items: &'r [ItemRow], finding: &Finding) -> Option<&'r ItemRow> {
    items.iter().find(|row| Some(&row.id) == finding.item.as_ref())
}

/// Whether 整改 speaks for what an item lacks today: not when all of it is 已销号 and something can be done about the item again.
fn spoken_for<'f>(row: &ItemRow, findings: impl IntoIterator<Item = &'f Finding>) -> bool {
    let mendable = row.outcome.is_some_and(Outcome::is_open);
    let mut about = findings.into_iter().filter(|finding| finding.item.as_ref() == Some(&row.id));
    about.any(|finding| !mendable || finding.state != FindingState::Closed)
}

/// ① … for the parts of an item that has several.
fn mark(place: usize, of: usize) -> String {
    let circled = u32::try_from(place).ok().and_then(|place| char::from_u32(0x2460 + place.min(19)));
    circled.filter(|_| of > 1).map(String::from).unwrap_or_default()
}

fn column(name: &str, share: u16) -> Column {
    Column { name: name.into(), share, ..Column::default() }
}

fn centered(name: &str, share: u16) -> Column {
    Column { align: Align::Center, ..column(name, share) }
}

fn number(name: &str, share: u16) -> Column {
    Column { number: true, ..centered(name, share) }
}

/// A box in which somebody signs and stamps.
fn opinion(label: &str, text: String, sign: &str) -> Foot {
    Foot { label: label.into(), text, signs: vec![sign.into()] }
}

/// The form, a `report`'s text as it was edited. `None` for a comparison: see [`comparison::paper`].
pub fn paper(form: Form, source: &Source<'_>, report: &str) -> Option<Paper> {
    Some(match form {
        Form::SelfAssessment => self_assessment::paper(source),
        Form::Report => report::paper(source, report),
        Form::Rectification => rectification::paper(source),
        Form::Evidence => evidence::paper(source),
        Form::Ledger => ledger::paper(source),
        Form::Talk => talk::paper(source),
        Form::Comparison => return None,
    })
}
