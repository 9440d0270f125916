//! Published assessment tables: checked, published and answered. What each source's own arithmetic gives is worked out
//! by hand beside the answers; `tests/fixtures/tables/README.md` names the sources.

use super::stage::{Phone, Server, Stage};
use biaochi::{
    authoring,
    domain::{
        AnswerKey, AnswerValue, Assessment, BranchProfile, Checklist, ChoiceId, Entry, Estimate, FactId,
        Grade, ItemId, OccurrenceId, Part, PartAnswer, Period, Points, Rule, ScoreSheet, SectorId, score,
        scoring::ItemState,
    },
    sheets,
};
use calamine::{Data, DataType as _, Reader as _, open_workbook};

const BRANCH: &str = "210700000001";

/// One table, published, with a phone of a branch that is assessed by it.
struct Table {
    stage: Stage,
    _server: Server,
    phone: Phone,
    checklist: Checklist,
}

/// What the branch's answers amounted to.
struct Outcome {
    sheet: ScoreSheet,
    estimate: Estimate,
}

fn folder(name: &str) -> String {
    format!("{}/tests/fixtures/tables/{name}", env!("CARGO_MANIFEST_DIR"))
}

impl Table {
    async fn publish(name: &str, sector: &str) -> Self {
        Self::publish_file(name, sector, |_| folder(name)).await
    }

    /// The same from what is made of the folder.
    async fn publish_file(name: &str, sector: &str, file: impl FnOnce(&Stage) -> String) -> Self {
        let stage = Stage::empty();
        let file = file(&stage);
        assert!(stage.run(&["standard", "check", &file]).ok().contains("没有错误"));
        let published = stage.run(&["standard", "publish", &file, "--json"]).json();
        let checklist = read(name, sector);
        let hash = checklist.hash().unwrap().to_string();
        let listed = published["checklists"].as_array().unwrap();
        assert!(listed.iter().any(|list| list["hash"] == *hash), "{published}");
        let shown = stage.run(&["standard", "show"]).ok();
        assert!(shown.contains(&checklist.title) && shown.contains(&checklist.sector_name), "{shown}");
        let roster = format!(
            "编号,上级编号,层级,名称,领域,电话\nc,,县,县委,,\nt,c,乡镇,镇党委,,\n{BRANCH},t,支部,某某支部,{sector},\n"
        );
        stage.run(&["roster", "import", &stage.write("roster.csv", roster)]).ok();
        let server = stage.serve();
        let phone = server.phone(&stage, BRANCH, 1).await;
        Self { stage, _server: server, phone, checklist }
    }

    fn period(&self) -> &Period {
        &self.checklist.periods[0]
    }

    /// Everything that is asked is answered at its best, except as said; bonuses are earned only as said.
    async fn answered(&self, after: u64, profile: BranchProfile, changes: &[(&str, &str, &str)]) -> Outcome {
        let mut submission = self.phone.submission(after, &[]);
        let stamp = submission.answers[0].stamp;
        let mut entries = vec![Entry {
            key: AnswerKey::Profile,
            stamp,
            value: AnswerValue::Profile { profile },
            under: None,
        }];
        let mut used = 0;
        for (_, item) in self.checklist.items().filter(|(_, item)| !item.judged_above) {
            for part in &item.parts {
                let change =
                    changes.iter().find(|(of, its, _)| *of == item.id.as_str() && *its == part.id.as_str());
                used += usize::from(change.is_some());
                let Some(said) = change.map(|(.., said)| *said).or((!part.bonus).then_some("")) else {
                    continue;
                };
                let key = AnswerKey::Part { item: item.id.clone(), part: part.id.clone() };
                let answer = Some(answer(part, self.period(), said));
                entries.push(Entry { key, stamp, value: AnswerValue::part(answer), under: None });
            }
        }
        assert_eq!(used, changes.len(), "every change names a part of the checklist");
        let assessment = Assessment::new(entries, None);
        submission.period = self.period().id.clone();
        submission.sector = self.checklist.sector.clone();
        submission.checklist = self.checklist.hash().unwrap();
        submission.answers = assessment.winners().into();
        let receipt = self.phone.submit(&submission).await;
        let sheet = score(&self.checklist, self.period(), &assessment);
        assert_eq!(receipt.score, sheet.total(), "the endpoint scores as the phone does");
        let estimate = sheet.estimate(&self.checklist);
        Outcome { sheet, estimate }
    }
}

impl Outcome {
    #[track_caller]
    fn is(&self, hundredths: u32, by_score: Grade, grade: Grade) {
        assert_eq!(self.sheet.total(), Points::from_hundredths(hundredths));
        assert_eq!((self.estimate.by_score, self.estimate.grade), (by_score, grade));
    }

    fn state(&self, item: &str) -> ItemState {
        self.sheet.items().find(|scored| scored.item.as_str() == item).unwrap().state
    }
}

fn read(name: &str, sector: &str) -> Checklist {
    let package = authoring::parse(&sheets(name)).unwrap();
    package.checklist(&SectorId::new(sector).unwrap()).unwrap().clone()
}

fn sheets(name: &str) -> Vec<sheets::Sheet> {
    let mut sheets = Vec::new();
    for entry in std::fs::read_dir(folder(name)).unwrap() {
        let file = entry.unwrap().path();
        let sheet = file.file_stem().unwrap().to_str().unwrap();
        sheets.push(sheets::csv::read(sheet, &std::fs::read(&file).unwrap()).unwrap());
    }
    sheets
}

/// An answer in short: `no`; a choice; the facts that are missing; occurrences as `o1=2`; a share as `3/10`; one count for
/// each window. Nothing stands for the best answer.
fn answer(part: &Part, period: &Period, said: &str) -> PartAnswer {
    match &part.rule {
        Rule::YesNo => PartAnswer::YesNo { yes: said != "no" },
        Rule::Level { choices } => {
            let choice = if said.is_empty() { choices[0].id.clone() } else { ChoiceId::new(said).unwrap() };
            PartAnswer::Level { choice }
        }
        Rule::Facts { facts } => {
            let missing: Vec<FactId> = said.split_whitespace().map(|id| FactId::new(id).unwrap()).collect();
            let met = facts.iter().map(|fact| fact.id.clone()).filter(|id| !missing.contains(id)).collect();
            PartAnswer::Facts { met }
        }
        Rule::Deduction { .. } | Rule::FromTotal { .. } => {
            let one = |text: &str| {
                let (id, n) = text.split_once('=').unwrap();
                (OccurrenceId::new(id).unwrap(), n.parse().unwrap())
            };
            PartAnswer::Occurrences { counts: said.split_whitespace().map(one).collect() }
        }
        Rule::Share { .. } => {
            let (n, of) = said.split_once('/').unwrap_or(("7", "7"));
            PartAnswer::Share { numerator: n.parse().unwrap(), denominator: of.parse().unwrap() }
        }
        Rule::Count { minimum, .. } => {
            let mut said = said.split_whitespace().map(|n| n.parse().unwrap());
            let spans = period.judged(part.window).into_iter();
            PartAnswer::Counts { counts: spans.map(|s| (s.key, said.next().unwrap_or(*minimum))).collect() }
        }
    }
}

/// A branch for which every condition of the three tables holds.
fn large() -> BranchProfile {
    BranchProfile {
        full_members: 12,
        mobile_members: 3,
        committee_members: 3,
        party_groups: 2,
        ..BranchProfile::default()
    }
}

#[tokio::test]
async fn the_village_table_says_what_its_sources_say() {
    let table = Table::publish("village", "rural").await;
    let full = table.answered(0, large(), &[]).await;
    full.is(10_000, Grade::Model, Grade::Model);
    assert!(full.sheet.items().all(|item| item.state == ItemState::Answered));

    // 主导产业不到50% −2; 入社不到30% −2; 收入15分而增幅20分，取20，−5; 学龄儿童入学 −0.5，参保率不足80%：95%的1分没有，再扣1，−2;
    // 述职少半年1次 −1.5; 向村党组织少汇报1次 −1; 结对未签承诺、无成效 −2; 承诺 −2、上墙 −1; 未发展党员 −3. 100 − 22 = 78.
    let short = [
        ("V1", "p2", "45/100"),
        ("V4", "p2", "25/100"),
        ("V5", "p1", "c3"),
        ("V5", "p2", "c2"),
        ("V8", "p1", "o1=1 o8=1"),
        ("V11", "p1", "1 0"),
        ("V12", "p1", "1 0"),
        ("V13", "p1", "f2 f4"),
        ("V14", "p1", "f4 f5"),
        ("V17", "p1", "o1=1"),
    ];
    table.answered(1, large(), &short).await.is(7_800, Grade::Qualified, Grade::Qualified);
    // 没有开展结对 −3, and the three that hang on it cannot cost more than the item.
    table.answered(2, large(), &[("V13", "p1", "f1 f2 f3 f4")]).await.is(9_700, Grade::Model, Grade::Model);

    // 满意率89%: 5分 of 8, and neither 好 nor 较好.
    let capped = table.answered(3, large(), &[("V18", "p1", "89/100")]).await;
    capped.is(9_700, Grade::Model, Grade::Qualified);
    let vetoed = table.answered(4, large(), &[("V17", "p2", "no")]).await;
    vetoed.is(10_000, Grade::Model, Grade::Unqualified);

    // Five members need no committee: 3 points leave 管理民主. One 党员大会 of four is missing: 41.25 of 42, so 45 × 41.25 / 42
    // = 44.196…, and 55 + 44.196… = 99.20.
    let small = BranchProfile { full_members: 5, ..BranchProfile::default() };
    let without = table.answered(5, small, &[("V21", "p1", "1 1 0 1")]).await;
    without.is(9_920, Grade::Model, Grade::Model);
    assert_eq!(without.state("V20"), ItemState::Excluded);
}

#[tokio::test]
async fn the_community_table_has_bonuses_a_veto_and_rows_for_one_sector() {
    let table = Table::publish("community", "community").await;
    // What the street office judges leaves the branch's own sum.
    let full = table.answered(0, large(), &[]).await;
    full.is(10_000, Grade::Model, Grade::Model);
    assert_eq!(full.state("C23"), ItemState::JudgedAbove);
    // 5篇 +1, 任何一样 +1, 三条 +6, 全勤 +3 = 11, of which 5 count.
    let bonus = [("C16", "p2", ""), ("C16", "p3", ""), ("C27", "p1", ""), ("C27", "p2", "")];
    table.answered(1, large(), &bonus).await.is(10_500, Grade::Model, Grade::Model);

    // 应建未建两个 −4; 台账不全 −3; 共驻共建 −2; 未挂党旗 −1; 志愿服务3次 −1; 计划简单、没有重点 −2; 年中未分析 −2;
    // 制度缺九项，扣完7分为止 −7. 100 − 22 = 78. 一条建议 +2, 6篇 +1: 81.
    let mut short = vec![
        ("C2", "p1", "o1=2"),
        ("C4", "p1", "c2"),
        ("C5", "p1", "f2"),
        ("C16", "p1", "o1=1"),
        ("C17", "p2", "3"),
        ("C19", "p1", "o2=1 o4=1"),
        ("C20", "p1", "no"),
        ("C21", "p1", "f1 f2 f3 f4 f5 f6 f7 f8 f9"),
    ];
    table.answered(2, large(), &short).await.is(7_800, Grade::Qualified, Grade::Qualified);
    short.extend([("C27", "p1", "1"), ("C16", "p2", "6")]);
    table.answered(3, large(), &short).await.is(8_100, Grade::Qualified, Grade::Qualified);
    // Four reports earn no bonus: 满5篇.
    table.answered(4, large(), &[("C16", "p2", "4")]).await.is(10_000, Grade::Model, Grade::Model);

    // 满意率59%: none of 10 points. What is left of 业绩 is 20 of 30, so 35 × 20 / 30 = 23.33; 65 + 23.33 = 88.33.
    let vetoed = table.answered(5, large(), &[("C25", "p1", "59/100")]).await;
    vetoed.is(8_833, Grade::Qualified, Grade::Unqualified);

    let simple = BranchProfile { full_members: 9, ..BranchProfile::default() };
    let without = table.answered(6, simple, &[]).await;
    without.is(10_000, Grade::Model, Grade::Model);
    assert_eq!((without.state("C13"), without.state("C15")), (ItemState::Excluded, ItemState::Excluded));

    let has = |list: &Checklist, id: &str| list.find(&ItemId::new(id).unwrap()).is_some();
    let converted = read("community", "rural");
    for (id, in_community) in [("C6", true), ("C7", true), ("C10", false), ("C11", false)] {
        assert_eq!((has(&table.checklist, id), has(&converted, id)), (in_community, !in_community), "{id}");
    }
}

#[tokio::test]
async fn the_enterprise_table_caps_the_grade_for_what_must_not_happen() {
    let table = Table::publish("enterprise", "state_enterprise").await;
    table.answered(0, large(), &[]).await.is(10_000, Grade::Model, Grade::Model);
    // 材料获奖 +2, 特殊党费 +5, 表彰一人 +1, 查出隐患两次 +4 = 12, of which 5 count.
    let bonus = [("E17", "p2", ""), ("E18", "p2", ""), ("E19", "p2", "1"), ("E20", "p2", "2")];
    table.answered(1, large(), &bonus).await.is(10_500, Grade::Model, Grade::Model);

    // 制度不健全最多扣3 −3; 没有会前沟通 −0.5，一次没有落实三重一大 −2; 支委会无记录 −1; 少学三次 −1.5; 大会无记录 −0.5;
    // 少一次党课 −0.5，出勤低10% −1; 三联记录交晚 −1; 一季逾期 −2; 报送两次 −4; 隐患两项 −2. 100 − 19 = 81.
    let short = [
        ("E1", "p2", "f1 f2 f3 f4"),
        ("E4", "p1", "f2"),
        ("E4", "p2", "o1=1"),
        ("E6", "p1", "f3"),
        ("E9", "p1", "o4=3"),
        ("E11", "p1", "f3"),
        ("E12", "p1", "o1=1 o2=1"),
        ("E15", "p1", "c2"),
        ("E16", "p1", "1 1 0 1"),
        ("E17", "p1", "o1=2"),
        ("E20", "p1", "o1=2"),
    ];
    table.answered(2, large(), &short).await.is(8_100, Grade::Excellent, Grade::Excellent);

    let plan = table.answered(3, large(), &[("E5", "p1", "f1")]).await;
    plan.is(9_500, Grade::Model, Grade::Excellent);
    let discipline = table.answered(4, large(), &[("E3", "p2", "no")]).await;
    discipline.is(9_600, Grade::Model, Grade::Qualified);
    let both = table.answered(5, large(), &[("E5", "p1", "f2"), ("E24", "p1", "no")]).await;
    both.is(9_500, Grade::Model, Grade::Qualified);
    assert_eq!(both.estimate.limits.len(), 2);

    let ungrouped = BranchProfile { party_groups: 0, committee_members: 0, ..large() };
    let without = table.answered(6, ungrouped, &[]).await;
    without.is(10_000, Grade::Model, Grade::Model);
    assert_eq!((without.state("E6"), without.state("E14")), (ItemState::Excluded, ItemState::Excluded));

    let ids = |list: &Checklist| list.items().map(|(_, item)| item.id.to_string()).collect::<Vec<_>>();
    let (here, office) = (ids(&table.checklist), ids(&read("enterprise", "government")));
    assert!(here.contains(&"E20".into()) && !here.contains(&"E21".into()), "{here:?}");
    assert!(!office.contains(&"E20".into()) && office.contains(&"E21".into()), "{office:?}");
    let listed = table.stage.run(&["review", "list"]).ok();
    assert!(listed.contains("某某支部"), "{listed}");
}

#[tokio::test]
async fn the_village_table_of_2012_counts_what_is_missing_and_takes_from_the_total() {
    // As a workbook in the form of the template.
    let table = Table::publish_file("village_2012", "rural", |stage| {
        let book = authoring::export::workbook(&sheets("village_2012")).unwrap();
        stage.write("table.xlsx", book)
    })
    .await;
    assert_eq!(table.checklist.engine, 2);
    let checked = table.stage.run(&["standard", "check", &folder("village_2012")]).ok();
    assert!(checked.contains("提示：条目G3、G9、G10、G11、G12等9个用到新的算分办法"), "{checked}");
    assert!(!table.stage.run(&["standard", "check", &folder("village")]).ok().contains("新的算分办法"));
    let full = table.answered(0, large(), &[]).await;
    full.is(10_000, Grade::Model, Grade::Model);
    assert!(full.sheet.items().all(|item| item.state == ItemState::Answered));

    // 没有落实 −1; 半年汇报缺一次 −1; 没签承诺 −1; 未承诺、未上墙 −3; 高中以上53%，低2点 −2; 公开缺两季 −2; 学习缺五个月 −2.5;
    // 党费97.5%，低2点半，零头不扣 −1; 只有乡镇表彰 −2; 满意84%，低6点 −3. 100 − 18.5 = 81.5, which would be 优秀; 两批越级上访
    // take 4 from it: 77.5.
    let short = [
        ("G1", "p1", "c2"),
        ("G3", "p1", "1 0"),
        ("G4", "p1", "f2"),
        ("G5", "p1", "f4 f5"),
        ("G9", "p1", "53/100"),
        ("G10", "p1", "1 1 0 0"),
        ("G11", "p1", "1 1 1 1 1 1 1 0 0 0 0 0"),
        ("G12", "p1", "195/200"),
        ("G13", "p1", "no"),
        ("G16", "p1", "o1=2"),
        ("G18", "p1", "84/100"),
    ];
    let outcome = table.answered(1, large(), &short).await;
    outcome.is(7_750, Grade::Qualified, Grade::Qualified);
    assert_eq!(outcome.sheet.base, Points::from_hundredths(8_150));
    assert_eq!(outcome.sheet.taken, Points::from_hundredths(400));
    // In the township's table the item that takes is less than nothing, and says what it is.
    let file = table.stage.path("results.xlsx").to_str().unwrap().to_owned();
    table.stage.run(&["results", "export", "--period", "2026", "--under", "镇党委", "-o", &file]).ok();
    let mut book: calamine::Xlsx<_> = open_workbook(&file).unwrap();
    let points = book.worksheet_range("条目得分 农村").unwrap();
    let place = table.checklist.items().position(|(_, item)| item.id.as_str() == "G16").unwrap();
    assert_eq!(points.get((1, 2)), Some(&Data::Float(77.5)));
    assert_eq!(points.get((1, 3 + place)), Some(&Data::Float(-4.0)));
    let row: f64 = (3..points.width()).filter_map(|column| points.get((1, column))?.as_f64()).sum();
    assert!((row - 77.5).abs() < 1e-9, "the items of a row make up its total: {row}");
    let short = book.worksheet_range("扣分明细").unwrap();
    let of = |title: &str| short.rows().find(|row| row[2] == *title).unwrap()[6].to_string();
    assert_eq!(of("信访和安全"), "“越级上访（批）”2批，从总分里扣4分");
    assert!(of("党务村务公开").ends_with("，缺2次，扣2分"), "{}", of("党务村务公开"));
    assert_eq!(of("受到表彰"), "按得分最高的“受过乡镇表彰”算，得3分；受过县级以上表彰：没做到");
    let summary = book.worksheet_range("镇汇总表").unwrap();
    assert!(summary.get((1, 8)).unwrap().to_string().contains("信访和安全（扣4分）"), "{summary:?}");

    // Seven months are missing −3.5, and five in all are fewer than six.
    let few = table.answered(2, large(), &[("G11", "p1", "1 1 1 1 1 0 0 0 0 0 0 0")]).await;
    few.is(9_650, Grade::Model, Grade::Qualified);
    // Two thirds exactly are 23 whole points below 90% −11.5; one vote fewer is below two thirds.
    let exactly = table.answered(3, large(), &[("G18", "p1", "200/300")]).await;
    exactly.is(8_850, Grade::Excellent, Grade::Excellent);
    let below = table.answered(4, large(), &[("G18", "p1", "199/300")]).await;
    below.is(8_850, Grade::Excellent, Grade::Qualified);
    // Below 60% the item is lost; and no total is less than nothing.
    let lost = table.answered(5, large(), &[("G18", "p1", "59/100")]).await;
    lost.is(8_000, Grade::Excellent, Grade::Qualified);
    let nothing = table.answered(6, large(), &[("G16", "p1", "o1=40 o2=20")]).await;
    nothing.is(0, Grade::Unqualified, Grade::Unqualified);
}

#[tokio::test]
async fn the_service_table_lets_each_missing_thing_cost_until_nothing_is_left() {
    let table = Table::publish("service", "rural").await;
    // Of the dissatisfied the best answer is none.
    let none = ("W2", "p2", "0/9");
    let with = |changes: &[(&'static str, &'static str, &'static str)]| {
        let mut all = vec![none];
        all.retain(|(item, part, _)| !changes.iter().any(|(of, its, _)| of == item && its == part));
        all.extend_from_slice(changes);
        all
    };
    table.answered(0, large(), &with(&[])).await.is(10_000, Grade::Model, Grade::Model);

    // 少电话 −1; 书150册 −0.5; 少两块牌 −2; 资料缺八样，扣完6分 −6; 大会缺一季 −1; 支委会缺两月 −2; 2/7 of the committee −3;
    // 参训70%，低25点，两个10点 −2; 只有县级表彰 −3. 100 − 20.5 = 79.5; 处分一人、通报一次 take 3: 76.5.
    let short = with(&[
        ("S2", "p1", "f2"),
        ("S5", "p1", "150"),
        ("H2", "p1", "f1 f3"),
        ("N1", "p1", "f1 f2 f3 f4 f5 f6 f7 f8"),
        ("N3", "p1", "1 0 1 1"),
        ("N4", "p1", "2/7"),
        ("N6", "p1", "1 1 1 1 1 1 1 1 1 1 0 0"),
        ("W1", "p1", "70/100"),
        ("W3", "p1", "no"),
        ("W3", "p2", "no"),
        ("W4", "p1", "o1=1 o2=1"),
    ]);
    table.answered(1, large(), &short).await.is(7_650, Grade::Qualified, Grade::Qualified);
    // A third exactly is a third.
    table.answered(2, large(), &with(&[("N4", "p1", "3/9")])).await.is(10_000, Grade::Model, Grade::Model);
    // 代表会议一次: three are missing −1.5, and one is fewer than two.
    let few = table.answered(3, large(), &with(&[("N5", "p2", "1")])).await;
    few.is(9_850, Grade::Model, Grade::Qualified);
    let third = table.answered(4, large(), &with(&[("W2", "p2", "3/9")])).await;
    third.is(10_000, Grade::Model, Grade::Model);
    let more = table.answered(5, large(), &with(&[("W2", "p2", "4/9")])).await;
    more.is(10_000, Grade::Model, Grade::Unqualified);
    // What comes out of the standard goes into it again.
    let exported = table.stage.path("out.xlsx").to_str().unwrap().to_owned();
    table.stage.run(&["standard", "export", "-o", &exported]).ok();
    assert!(table.stage.run(&["standard", "check", &exported]).ok().contains("没有错误"));
    let burden = table.stage.run(&["standard", "burden", &exported]).ok();
    assert!(burden.contains("农村"), "{burden}");
}
