use super::stage::{SHILI, Stage, demo_roster};
use biaochi::server::database::Unit;
use rust_xlsxwriter::Workbook;

const SMALL: &str = "编号,上级编号,层级,名称,领域,电话\n\
    210726117203,210726117,支部,十里村党支部,农村,\n\
    210726117,210726,乡镇/街道,镇安镇党委,,0416-0000000\n\
    210726,,县,黑山县委,,\n";

async fn units(stage: &Stage) -> Vec<Unit> {
    let database = stage.database().await;
    let units = database.units().await.unwrap();
    database.close().await;
    units
}

#[test]
fn the_demonstration_roster_comes_in_and_comes_in_again_without_change() {
    let stage = Stage::empty();
    let told = stage.run(&["roster", "import", &demo_roster()]).ok();
    assert!(told.contains("名册1526个党组织（其中支部1414个）：新增1526，更新0，没有变化0。"), "{told}");
    assert!(told.contains("“农村”领域还没有发布标准，1121个支部已收下"), "{told}");
    stage.run(&["standard", "publish-builtin"]).ok();
    let told = stage.run(&["roster", "import", &demo_roster()]).ok();
    assert!(told.contains("新增0，更新0，没有变化1526。"), "{told}");
    assert!(!told.contains("“农村”领域还没有"), "{told}");
    let code = stage.run(&["codes", "issue", "--branch", SHILI, "--json"]).json();
    assert_eq!((&code[0]["name"], &code[0]["reports_to"]), (&"十里村党支部".into(), &"镇安镇党委".into()));
}

#[tokio::test]
async fn every_way_a_spreadsheet_saves_reads_alike() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0..).zip(SMALL.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            // Codes as numbers, the way they end up when somebody types them.
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number).unwrap(),
                Err(_) => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    let english = SMALL
        .replace("编号,上级编号,层级,名称,领域,电话", "branch_code,parent_code,level,name,sector,telephone")
        .replace("支部,十里", "branch,十里")
        .replace("农村", "rural");
    let files = [
        SMALL.as_bytes().to_vec(),
        [b"\xEF\xBB\xBF", SMALL.as_bytes()].concat(),
        encoding_rs::GBK.encode(&SMALL.replace('\n', "\r\n")).0.into_owned(),
        english.into_bytes(),
        book.save_to_buffer().unwrap(),
    ];
    let mut read = Vec::new();
    for bytes in files {
        let stage = Stage::empty();
        let file = stage.write("roster", bytes);
        assert!(stage.run(&["roster", "import", &file]).ok().contains("新增3"));
        read.push(units(&stage).await);
    }
    assert_eq!(read[0][2].name, "十里村党支部");
    assert!(read.iter().all(|units| *units == read[0]), "{read:?}");
}

#[tokio::test]
async fn one_fault_and_nothing_comes_in() {
    let stage = Stage::empty();
    let cases: [(&str, String, &[&str]); 8] = [
        ("missing column", SMALL.replace("名称", "叫法"), &["第1行“名称”列：缺这一列"]),
        ("twice", format!("{SMALL}210726,,县,又一个,,\n"), &["第5行“编号”列：编号“210726”和第4行重复"]),
        (
            "orphan",
            SMALL.replace("117,210726,", "117,999,"),
            &["第3行“上级编号”列：上级“999”既不在这张表里，也不在已导入的名册里", "办法："],
        ),
        ("circle", SMALL.replace("210726,,县", "210726,210726117,县"), &["第3行", "第4行", "又回到了自己"]),
        ("no name", SMALL.replace("黑山县委", ""), &["第4行“名称”列：这一格没有填"]),
        ("level", SMALL.replace("乡镇/街道", "乡里"), &["不认识层级“乡里”", "只能填：市、县"]),
        ("sector", SMALL.replace("农村", "渔业"), &["第2行“领域”列：不认识领域“渔业”", "社会组织"]),
        ("no sector", SMALL.replace("农村", ""), &["第2行“领域”列：支部没有领域"]),
    ];
    for (name, text, words) in cases {
        let file = stage.write(name, text);
        stage.run(&["roster", "import", &file]).refused(words);
    }
    let file = stage.write("picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    stage.run(&["roster", "import", &file]).refused(&["这个文件不是表格", "另存为"]);
    assert_eq!(units(&stage).await, []);
    let both = SMALL.replace("黑山县委", "").replace("农村", "渔业");
    let file = stage.write("both", both);
    stage.run(&["roster", "import", &file]).refused(&["第2行", "第4行", "共2处错误，什么也没有写入"]);
}

#[tokio::test]
async fn a_parent_may_be_in_the_database_already_and_a_name_may_change() {
    let stage = Stage::empty();
    stage.run(&["roster", "import", &stage.write("first", SMALL)]).ok();
    let more = "编号,上级编号,层级,名称,领域\n210726117204,210726117,支部,第二党支部,国企\n\
        210726117203,210726117,支部,十里村第一党支部,农村\n";
    let told = stage.run(&["roster", "import", &stage.write("more", more)]).ok();
    assert!(told.contains("新增1，更新1，没有变化0"), "{told}");
    assert!(told.contains("“国企”领域还没有发布标准，1个支部已收下"), "{told}");
    let names: Vec<String> = units(&stage).await.into_iter().map(|unit| unit.name).collect();
    assert_eq!(names, ["黑山县委", "镇安镇党委", "十里村第一党支部", "第二党支部"]);
    stage.run(&["codes", "issue", "--branch", SHILI, "--json"]).ok();
    let promoted = "编号,上级编号,层级,名称,领域\n210726117203,210726117,党总支,十里村党总支,\n";
    let promoted = stage.write("promoted", promoted);
    stage
        .run(&["roster", "import", &promoted])
        .refused(&["第2行“层级”列：这个编号是一个已经发过激活码的支部"]);
    let circle = "编号,上级编号,层级,名称,领域\n210726,210726117,县,黑山县委,\n";
    stage.run(&["roster", "import", &stage.write("circle", circle)]).refused(&["又回到了自己"]);
}
