//! `standard burden`: what a version asks of branches before it is published.

use super::{
    error::CliError,
    package,
    standard::nothing_published,
    standard_diff::{is_in_force, version},
    text::{say, table},
};
use crate::{
    authoring::burden::{self, ASSUMED, Change, Difference, Dropped, SectorBurden},
    domain::SectorId,
    protocol::Level,
    server::database::Database,
};
use serde::Serialize;
use std::{collections::BTreeMap, path::PathBuf};

#[derive(clap::Args)]
pub(super) struct Burden {
    #[arg(value_name = "FILE|FOLDER", help = "一套标准的表格")]
    file: PathBuf,
    #[arg(long, value_name = "FILE|FOLDER", help = "和哪一版比（旧的那一版）；写“在用”就是正在使用的那一版")]
    against: Option<PathBuf>,
    #[arg(long, help = "输出JSON")]
    json: bool,
}

/// What is said about one sector in periods that ask the same.
#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    burden: SectorBurden,
    /// Branches of the sector in the roster; none where there is no roster.
    branches: Option<usize>,
    /// Hours of all of them together, without photographs.
    hours_of_all: Option<u64>,
}

/// A sector that the version leaves out.
#[derive(Serialize)]
struct Gone {
    #[serde(flatten)]
    dropped: Dropped,
    /// Which version has it.
    against: Against,
    /// Branches of the sector in the roster; none where there is no roster.
    branches: Option<usize>,
}

/// What a version is held against.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Against {
    /// The one in force, asked for or not: what it has would be gone once this one is published.
    InForce,
    /// The one that was named.
    Named,
}

#[derive(Serialize)]
struct Report {
    assumptions: burden::Assumptions,
    sectors: Vec<Line>,
    dropped: Vec<Gone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    differences: Option<Vec<Difference>>,
}

impl Burden {
    /// Whether it needs a published standard.
    pub(super) fn reads_database(&self) -> bool {
        self.against.as_deref().is_some_and(is_in_force)
    }

    /// Runs the command.
    pub(super) async fn run(self, database: Option<&Database>) -> Result<(), CliError> {
        let package = package::read(&self.file)?;
        let mut branches: BTreeMap<String, usize> = BTreeMap::new();
        let mut in_force = None;
        if let Some(database) = database {
            for unit in database.units().await?.into_iter().filter(|unit| unit.level == Level::Branch) {
                *branches.entry(unit.sector).or_default() += 1;
            }
            in_force = database.version_in_force().await?.map(|version| version.checklists);
        }
        let before = match &self.against {
            Some(against) if is_in_force(against) => Some(in_force.clone().ok_or_else(nothing_published)?),
            Some(against) => Some(version(against, database).await?.0),
            None => None,
        };
        let of_sector = |sector: &SectorId| {
            (!branches.is_empty()).then(|| branches.get(sector.as_str()).copied().unwrap_or_default())
        };
        let sectors = burden::of_version(&package.checklists).into_iter().map(|burden| {
            let branches = of_sector(&burden.sector);
            let hours = |count: usize| u64::from(burden.cost.seconds) * count as u64 / 3_600;
            Line { hours_of_all: branches.map(hours), branches, burden }
        });
        let mut dropped: Vec<Gone> = Vec::new();
        for (against, before) in [(Against::InForce, &in_force), (Against::Named, &before)] {
            for gone in before.iter().flat_map(|before| burden::dropped(before, &package.checklists)) {
                if !dropped.iter().any(|known| known.dropped.sector == gone.sector) {
                    dropped.push(Gone { branches: of_sector(&gone.sector), against, dropped: gone });
                }
            }
        }
        let report = Report {
            assumptions: ASSUMED,
            sectors: sectors.collect(),
            dropped,
            differences: before.map(|before| burden::differences(&before, &package.checklists)),
        };
        if self.json {
            say(serde_json::to_string_pretty(&report)?);
        } else {
            tell(&report);
        }
        Ok(())
    }
}

fn tell(report: &Report) {
    let minutes = |seconds: u32| seconds.div_ceil(60).to_string();
    let number = |number: Option<u64>| number.map_or_else(|| "—".to_owned(), |number| number.to_string());
    let rows = report.sectors.iter().map(|line| {
        let (burden, cost) = (&line.burden, &line.burden.cost);
        let periods: Vec<&str> = burden.periods.iter().map(|period| period.as_str()).collect();
        vec![
            burden.sector_name.clone(),
            periods.join("、"),
            cost.items.to_string(),
            cost.questions.to_string(),
            cost.answers.to_string(),
            minutes(cost.seconds),
            cost.photos.to_string(),
            minutes(cost.seconds_with_photos),
            number(line.branches.map(|count| count as u64)),
            number(line.hours_of_all),
        ]
    });
    let header = [
        "领域",
        "考核周期",
        "条目",
        "问题",
        "要填",
        "分钟",
        "可拍",
        "拍全了的分钟",
        "支部",
        "全部支部的小时",
    ];
    say("一个支部一期要填多少（可不设、可无此事、有适用条件的都算在内，所以是上限）：");
    say(table(&header, &rows.collect::<Vec<_>>()));
    if !report.dropped.is_empty() {
        say("");
    }
    for gone in &report.dropped {
        let against = match gone.against {
            Against::InForce => "正在使用的",
            Against::Named => "那",
        };
        let branches =
            gone.branches.map(|count| format!("，名册里有{count}个这样的支部")).unwrap_or_default();
        let Dropped { sector_name, items, .. } = &gone.dropped;
        say(format!("注意：{against}一版里的“{sector_name}”领域没有了（原来{items}条{branches}）。"));
    }
    if let Some(differences) = &report.differences {
        say("");
        if differences.is_empty() {
            say("和那一版比，现有的领域负担没有变化。");
        } else {
            say("和那一版比，一个支部一期里多了（+）少了（-）：");
            let rows = differences.iter().map(difference).collect::<Vec<_>>();
            say(table(&["领域", "变化", "条目", "标题", "要填", "可拍", "秒"], &rows));
        }
    }
    say("");
    say(format!(
        "时间是按假定算的，没有实测，只用来比较：读一个问题{}秒；是否{}秒；次数每个月、季{}秒；占比每个数{}秒；档次{}秒；\
         扣分每种{}秒；逐项每项{}秒；写材料在哪里每条{}秒；拍一张{}秒。",
        ASSUMED.question,
        ASSUMED.yes_no,
        ASSUMED.count_window,
        ASSUMED.share_figure,
        ASSUMED.level,
        ASSUMED.occurrence,
        ASSUMED.fact,
        ASSUMED.location,
        ASSUMED.photo
    ));
}

fn difference(one: &Difference) -> Vec<String> {
    let change = match one.change {
        Change::Added => "新增",
        Change::Removed => "删去",
        Change::Changed => "变化",
    };
    let signed = |number: i64| if number == 0 { "0".to_owned() } else { format!("{number:+}") };
    vec![
        one.sector_name.clone(),
        change.into(),
        one.item.to_string(),
        one.title.clone(),
        signed(one.answers),
        signed(one.photos),
        signed(one.seconds),
    ]
}
