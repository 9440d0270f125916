//! `standard burden`: what a version asks of branches before it is published.

use super::{
    error::CliError,
    standard::nothing_published,
    standard_diff::{is_in_force, version},
    text::{say, table},
};
use crate::{
    authoring::burden::{self, ASSUMED, Change, Difference, Dropped, SectorBurden},
    domain::SectorId,
    server::database::Database,
};
use serde::Serialize;
use std::{collections::BTreeMap, path::PathBuf};

#[derive(clap::Args)]
pub(super) struct Burden {
    #[arg(value_name = "FILE|FOLDER", help = "一套标准的表格；写“在用”就是正在使用的那一版")]
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
    #[serde(flatten)]
    of_all: OfAll,
}

/// A demand that costs something else than before.
#[derive(Serialize)]
struct Demand {
    #[serde(flatten)]
    difference: Difference,
    #[serde(flatten)]
    of_all: OfAll,
}

/// What all branches of a sector are asked together, or asked more or less; nothing where there is no roster.
#[derive(Clone, Copy, Serialize)]
struct OfAll {
    /// Branches of the sector in the roster.
    branches: Option<usize>,
    answers_of_all: Option<i64>,
    photos_of_all: Option<i64>,
    /// Without photographs.
    seconds_of_all: Option<i64>,
    /// The same in hours, to one decimal.
    hours_of_all: Option<f64>,
}

impl OfAll {
    /// From what is asked of one of them.
    fn new(branches: Option<usize>, answers: i64, photos: i64, seconds: i64) -> Self {
        let times =
            |each: i64| branches.map(|count| each.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX)));
        let seconds = times(seconds);
        Self {
            branches,
            answers_of_all: times(answers),
            photos_of_all: times(photos),
            seconds_of_all: seconds,
            hours_of_all: seconds.map(|seconds| (seconds as f64 / 360.0).round() / 10.0),
        }
    }

    /// 支部, 要填, 可拍, 小时, each said in this way; `None` where there is no roster.
    fn cells(&self, number: fn(i64) -> String, hours: fn(i64) -> String) -> Option<[String; 4]> {
        let (answers, photos) = (number(self.answers_of_all?), number(self.photos_of_all?));
        Some([self.branches?.to_string(), answers, photos, hours(self.seconds_of_all?)])
    }
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
    differences: Option<Vec<Demand>>,
}

impl Burden {
    /// Whether it needs a published standard.
    pub(super) fn reads_database(&self) -> bool {
        is_in_force(&self.file) || self.against.as_deref().is_some_and(is_in_force)
    }

    /// Runs the command.
    pub(super) async fn run(self, database: Option<&Database>) -> Result<(), CliError> {
        let checklists = version(&self.file, database).await?.0;
        let (mut branches, mut in_force) = (BTreeMap::new(), None);
        if let Some(database) = database {
            branches = database.branches_by_sector().await?;
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
        let sectors = burden::of_version(&checklists).into_iter().map(|burden| {
            let branches = of_sector(&burden.sector);
            let [answers, photos, seconds] =
                [burden.cost.answers, burden.cost.photos, burden.cost.seconds].map(i64::from);
            Line { of_all: OfAll::new(branches, answers, photos, seconds), burden }
        });
        let demand = |difference: Difference| {
            let Difference { answers, photos, seconds, .. } = difference;
            let of_all = OfAll::new(of_sector(&difference.sector), answers, photos, seconds);
            Demand { difference, of_all }
        };
        let differences = before
            .as_ref()
            .map(|before| burden::differences(before, &checklists).into_iter().map(demand).collect());
        let mut dropped: Vec<Gone> = Vec::new();
        for (against, before) in [(Against::InForce, &in_force), (Against::Named, &before)] {
            for gone in before.iter().flat_map(|before| burden::dropped(before, &checklists)) {
                if !dropped.iter().any(|known| known.dropped.sector == gone.sector) {
                    dropped.push(Gone { branches: of_sector(&gone.sector), against, dropped: gone });
                }
            }
        }
        let report = Report { assumptions: ASSUMED, sectors: sectors.collect(), dropped, differences };
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
    let rows = report.sectors.iter().map(|line| {
        let (burden, cost) = (&line.burden, &line.burden.cost);
        vec![
            burden.sector_name.clone(),
            periods(burden),
            cost.items.to_string(),
            cost.questions.to_string(),
            cost.answers.to_string(),
            minutes(cost.seconds),
            cost.photos.to_string(),
            minutes(cost.seconds_with_photos),
        ]
    });
    let header = [
        "领域",
        "考核周期",
        "条目",
        "问题",
        "要填（处）",
        "用时（分钟）",
        "可拍（张）",
        "拍全了的用时（分钟）",
    ];
    say("一个支部一期要填多少（可不设、可无此事、有适用条件的都算在内，所以是上限）：");
    say(table(&header, &rows.collect::<Vec<_>>()));
    say("");
    together(&report.sectors).into_iter().for_each(say);
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
        compared(differences).into_iter().for_each(say);
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

fn periods(burden: &SectorBurden) -> String {
    burden.periods.iter().map(|period| period.as_str()).collect::<Vec<_>>().join("、")
}

/// What all branches of each sector are asked together.
fn together(sectors: &[Line]) -> Vec<String> {
    let row = |line: &Line| {
        let cells = line.of_all.cells(|number| number.to_string(), hours)?;
        let named = [line.burden.sector_name.clone(), periods(&line.burden)];
        Some(named.into_iter().chain(cells).collect::<Vec<_>>())
    };
    let rows: Vec<Vec<String>> = sectors.iter().filter_map(row).collect();
    if rows.is_empty() {
        return vec!["没有导入名册，不知道各领域有多少支部，算不出全部支部的合计。".into()];
    }
    let header = ["领域", "考核周期", "支部（个）", "要填（处）", "可拍（张）", "用时（小时）"];
    vec!["全部支部一期合计（不算拍照的时间）：".into(), table(&header, &rows)]
}

/// What is asked more or less than in the other version: of one branch, then of all of them where there is a roster.
fn compared(demands: &[Demand]) -> Vec<String> {
    if demands.is_empty() {
        return vec!["和那一版比，现有的领域负担没有变化。".into()];
    }
    let named = |one: &Difference| {
        let change = match one.change {
            Change::Added => "新增",
            Change::Removed => "删去",
            Change::Changed => "变化",
        };
        [one.sector_name.clone(), change.into(), one.item.to_string(), one.title.clone()]
    };
    let of_one = demands.iter().map(|Demand { difference, .. }| {
        let cells = [difference.answers, difference.photos, difference.seconds].map(signed);
        named(difference).into_iter().chain(cells).collect::<Vec<_>>()
    });
    let header = ["领域", "变化", "条目", "标题", "要填（处）", "可拍（张）", "用时（秒）"];
    let of_one: Vec<Vec<String>> = of_one.collect();
    let mut lines =
        vec!["和那一版比，一个支部一期里多了（+）少了（-）：".to_owned(), table(&header, &of_one)];
    let of_all = demands.iter().filter_map(|Demand { difference, of_all }| {
        let cells = of_all.cells(signed, signed_hours)?;
        Some(named(difference).into_iter().chain(cells).collect::<Vec<_>>())
    });
    let of_all: Vec<Vec<String>> = of_all.collect();
    if !of_all.is_empty() {
        let header =
            ["领域", "变化", "条目", "标题", "支部（个）", "要填（处）", "可拍（张）", "用时（小时）"];
        lines.extend([
            String::new(),
            "和那一版比，全部支部一期里合计多了（+）少了（-）：".into(),
            table(&header, &of_all),
        ]);
    }
    lines
}

/// +3, -3, 0
fn signed(number: i64) -> String {
    if number == 0 { "0".to_owned() } else { format!("{number:+}") }
}

/// Seconds as hours to one decimal, without a sign.
fn hours(seconds: i64) -> String {
    let tenths = seconds.unsigned_abs().saturating_add(180) / 360;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// +1.5, -1.5, 0. What is less than a tenth keeps its sign: +0.0.
fn signed_hours(seconds: i64) -> String {
    let sign = match seconds.signum() {
        0 => return "0".into(),
        1 => "+",
        _ => "-",
    };
    format!("{sign}{}", hours(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ItemId, PeriodId};

    fn line(branches: Option<usize>) -> Line {
        let cost = burden::Cost {
            items: 20,
            questions: 30,
            answers: 61,
            photos: 17,
            seconds: 48 * 60,
            seconds_with_photos: 48 * 60 + 17 * 30,
        };
        let burden = SectorBurden {
            sector: SectorId::new("school").unwrap(),
            sector_name: "学校".into(),
            periods: vec![PeriodId::new("2026-H2").unwrap()],
            cost,
        };
        Line { of_all: OfAll::new(branches, 61, 17, 48 * 60), burden }
    }

    fn demand(branches: Option<usize>) -> Demand {
        let difference = Difference {
            sector: SectorId::new("school").unwrap(),
            sector_name: "学校".into(),
            item: ItemId::new("XX-1").unwrap(),
            title: "新的一条".into(),
            change: Change::Added,
            answers: 6,
            photos: 0,
            seconds: 150,
        };
        Demand { of_all: OfAll::new(branches, 6, 0, 150), difference }
    }

    /// The last row of what was said, cell by cell.
    fn last_row(lines: &[String]) -> Vec<&str> {
        lines.last().unwrap().lines().last().unwrap().split_whitespace().collect()
    }

    #[test]
    fn all_branches_are_asked_answers_photos_and_parts_of_an_hour() {
        let told = together(&[line(Some(1))]);
        assert!(told[1].starts_with("领域") && told[1].contains("用时（小时）"), "{told:?}");
        assert_eq!(last_row(&told), ["学校", "2026-H2", "1", "61", "17", "0.8"]);
        assert_eq!(last_row(&together(&[line(Some(30))])), ["学校", "2026-H2", "30", "1830", "510", "24.0"]);
        let told = together(&[line(None)]);
        assert!(told.len() == 1 && told[0].contains("没有导入名册"), "{told:?}");
    }

    #[test]
    fn a_demand_tells_what_it_costs_one_branch_and_all_of_them() {
        let told = compared(&[demand(Some(30))]);
        assert_eq!(last_row(&told[..2]), ["学校", "新增", "XX-1", "新的一条", "+6", "0", "+150"]);
        assert_eq!(last_row(&told), ["学校", "新增", "XX-1", "新的一条", "30", "+180", "0", "+1.3"]);
        // Without a roster only what one branch is asked is known.
        assert_eq!(compared(&[demand(None)]), told[..2]);
        assert!(compared(&[])[0].contains("没有变化"));
    }

    #[test]
    fn hours_have_one_decimal_and_a_change_its_sign() {
        let said = [0, 179, 180, 2_880, 3_600, 360_000].map(hours);
        assert_eq!(said, ["0.0", "0.0", "0.1", "0.8", "1.0", "100.0"]);
        let said = [0, 35, -35, 4_500, -2_880].map(signed_hours);
        assert_eq!(said, ["0", "+0.0", "-0.0", "+1.3", "-0.8"]);
    }

    #[test]
    fn programs_are_told_the_same() {
        let told = serde_json::to_value(line(Some(1))).unwrap();
        assert_eq!((&told["sector"], &told["branches"]), (&"school".into(), &1.into()));
        assert_eq!((&told["answers_of_all"], &told["photos_of_all"]), (&61.into(), &17.into()));
        assert_eq!((&told["seconds_of_all"], &told["hours_of_all"]), (&2_880.into(), &0.8.into()));
        let told = serde_json::to_value(demand(None)).unwrap();
        assert_eq!((&told["seconds"], &told["hours_of_all"]), (&150.into(), &serde_json::Value::Null));
    }
}
