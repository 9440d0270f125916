//! `standard burden`: what a version asks of branches before it is published.

use super::{
    error::CliError,
    standard_version::{is_in_force, version},
    text::{say, table},
};
use crate::{
    authoring::burden::{ASSUMED, Change, Difference, Dropped, SectorBurden},
    server::{
        database::Database,
        office::burden::{self, Against, Demand, Line, OfAll, Report},
        tables::modules::{adds, state},
    },
};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Burden {
    #[arg(value_name = "FILE|FOLDER", help = "一套标准的表格；写“在用”就是正在使用的那一版")]
    file: PathBuf,
    #[arg(long, value_name = "FILE|FOLDER", help = "和哪一版比（旧的那一版）；写“在用”就是正在使用的那一版")]
    against: Option<PathBuf>,
    #[arg(long, help = "输出JSON")]
    json: bool,
}

impl Burden {
    /// Whether it needs a published standard.
    pub(super) fn reads_database(&self) -> bool {
        is_in_force(&self.file) || self.against.as_deref().is_some_and(is_in_force)
    }

    /// Runs the command.
    pub(super) async fn run(self, database: Option<&Database>) -> Result<(), CliError> {
        let checklists = version(&self.file, database).await?.0;
        let against = match &self.against {
            Some(against) => Some(version(against, database).await?.0),
            None => None,
        };
        let report = burden::report(database, &checklists, against.as_deref()).await?;
        if self.json {
            say(serde_json::to_string_pretty(&report)?);
        } else {
            tell(&report);
        }
        Ok(())
    }
}

/// 支部, 要填, 可拍, 小时, each said in this way; `None` where there is no roster.
fn cells(of_all: &OfAll, number: fn(i64) -> String, hours: fn(i64) -> String) -> Option<[String; 4]> {
    let (answers, photos) = (number(of_all.answers_of_all?), number(of_all.photos_of_all?));
    Some([of_all.branches?.to_string(), answers, photos, hours(of_all.seconds_of_all?)])
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
    say("");
    say("自查以外的模块另外加多少：");
    for one in &report.modules {
        let standing = one.is_on.map(|is_on| format!("（{}）", state(is_on))).unwrap_or_default();
        say(format!("{}{standing}：{}", one.module.term(), adds(one)));
    }
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
        let cells = cells(&line.of_all, |number| number.to_string(), hours)?;
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
        let cells = cells(of_all, signed, signed_hours)?;
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
    use crate::{
        authoring::burden::Cost,
        domain::{ItemId, PeriodId, SectorId},
    };

    fn line(branches: Option<usize>) -> Line {
        let cost = Cost {
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
