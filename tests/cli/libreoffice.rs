//! What leaves comes back: the workbooks that are read again, saved by LibreOffice as xlsx and as CSV, mean the same.
//!
//! With `BIAOCHI_LIBREOFFICE=1` (`make test-slow`) LibreOffice itself saves them; otherwise files are read that it saved once
//! (`tests/fixtures/libreoffice/`, which `BIAOCHI_LIBREOFFICE=freeze` writes).

use super::stage::{DALING, SHILI, Stage};
use biaochi::authoring::{
    Package, builtin, export,
    source::{self, File},
    template,
};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::{
    io::{Cursor, Read as _, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

const XLSX: &str = "xlsx:Calc MS Excel 2007 XML";
/// UTF-8 with every cell as it is shown, every sheet in a file of its own.
const CSV: &str = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";

fn frozen(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/libreoffice").join(name)
}

/// A workbook as LibreOffice saves it.
struct Saved {
    name: &'static str,
    /// Where it was saved just now.
    fresh: Option<tempfile::TempDir>,
    freezes: bool,
}

impl Saved {
    fn of(name: &'static str, book: &[u8]) -> Self {
        let wish = std::env::var("BIAOCHI_LIBREOFFICE").unwrap_or_default();
        let fresh = (!wish.is_empty()).then(|| {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(format!("{name}.xlsx"));
            std::fs::write(&file, book).unwrap();
            for (kind, into) in [(CSV, "."), (XLSX, "saved")] {
                let ran = Command::new("soffice")
                    .arg(format!("-env:UserInstallation=file://{}/profile", folder.path().display()))
                    .args(["--headless", "--convert-to", kind, "--outdir"])
                    .arg(folder.path().join(into))
                    .arg(&file)
                    .output()
                    .map_err(|error| format!("soffice, which .ci/setup slow installs: {error}"))
                    .unwrap();
                assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
            }
            std::fs::rename(folder.path().join(format!("saved/{name}.xlsx")), &file).unwrap();
            folder
        });
        Self { name, fresh, freezes: wish == "freeze" }
    }

    /// The path of the file with this ending.
    fn path(&self, ending: &str) -> String {
        let name = format!("{}{ending}", self.name);
        let Some(folder) = &self.fresh else { return frozen(&name).to_str().unwrap().into() };
        let path = folder.path().join(&name);
        if self.freezes {
            std::fs::create_dir_all(frozen("")).unwrap();
            std::fs::copy(&path, frozen(&name)).unwrap();
        }
        path.to_str().unwrap().into()
    }

    fn file(&self, ending: &str, name: &str) -> File {
        File { name: name.into(), bytes: std::fs::read(self.path(ending)).unwrap() }
    }
}

/// A workbook with texts in cells of its first sheet that it leaves blank.
fn filled(book: &[u8], rows: &[&[(&str, &str)]]) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut written = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if name == "xl/worksheets/sheet1.xml" {
            let mut text = String::from_utf8(bytes).unwrap();
            for cells in rows {
                let mut row = String::new();
                for (place, said) in *cells {
                    let cell = format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{said}</t></is></c>");
                    let blank = text.find(&format!("<c r=\"{place}\" "));
                    match blank {
                        Some(from) => {
                            let to = from + text[from..].find("/>").unwrap() + 2;
                            text.replace_range(from..to, &cell);
                        }
                        None => row.push_str(&cell),
                    }
                }
                let number = cells[0].0.trim_start_matches(|c: char| c.is_ascii_uppercase());
                if !row.is_empty() {
                    text =
                        text.replace("</sheetData>", &format!("<row r=\"{number}\">{row}</row></sheetData>"));
                }
            }
            bytes = text.into_bytes();
        }
        written.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        written.write_all(&bytes).unwrap();
    }
    written.finish().unwrap().into_inner()
}

const SHEETS: [&str; 13] = [
    "标准",
    "领域",
    "方面",
    "考核方式",
    "考核周期",
    "等次",
    "条目",
    "分项",
    "选项",
    "依据",
    "限制",
    "手册",
    "制度",
];

fn read(files: &[File]) -> Package {
    source::read(files).unwrap()
}

#[test]
fn a_standard_comes_back_the_same() {
    let book = export::workbook(&template::sheets()).unwrap();
    let own = read(&[File { name: "模板".into(), bytes: book.clone() }]);
    let saved = Saved::of("standard", &book);
    assert_eq!(read(&[saved.file(".xlsx", "模板")]), own);
    assert_eq!(read(&SHEETS.map(|sheet| saved.file(&format!("-{sheet}.csv"), sheet))), own);
}

/// A megabyte of frozen files would prove no more than the template's.
#[test]
#[ignore = "needs LibreOffice: make test-slow"]
fn the_built_in_standard_comes_back_the_same() {
    let book = export::workbook(&builtin::sheets().unwrap()).unwrap();
    let saved = Saved { freezes: false, ..Saved::of("builtin", &book) };
    assert_eq!(read(&[saved.file(".xlsx", "标准")]), builtin().unwrap());
    assert_eq!(read(&SHEETS.map(|sheet| saved.file(&format!("-{sheet}.csv"), sheet))), builtin().unwrap());
}

#[test]
fn a_roster_comes_back_the_same() {
    let stage = Stage::empty();
    stage.run(&["roster", "template", "-o", "名册.xlsx"]).ok();
    let book = filled(
        &std::fs::read(stage.path("名册.xlsx")).unwrap(),
        &[
            &[("A2", "007"), ("C2", "县"), ("D2", "3-5号县委"), ("F2", "0416-0000000")],
            &[
                ("A3", "210726117203010000"),
                ("B3", "007"),
                ("C3", "支部"),
                ("D3", "十里村，“一”支部"),
                ("E3", "农村"),
            ],
        ],
    );
    let saved = Saved::of("roster", &book);
    let told = stage.run(&["roster", "import", &stage.write("own.xlsx", book)]).ok();
    assert!(told.contains("新增2"), "{told}");
    for ending in [".xlsx", "-名册.csv"] {
        let told = stage.run(&["roster", "import", &saved.path(ending)]).ok();
        assert!(told.contains("新增0，更新0，没有变化2"), "{ending}: {told}");
    }
}

#[tokio::test]
async fn a_review_comes_back_the_same() {
    let stage = Stage::ready();
    let server = stage.serve();
    let (shili, daling) = (server.phone(&stage, SHILI, 1).await, server.phone(&stage, DALING, 2).await);
    shili.submit(&shili.submission(0, &[])).await;
    daling.submit(&daling.submission(0, &[])).await;
    stage.run(&["review", "export", "-o", "审核.xlsx"]).ok();
    let book = filled(
        &std::fs::read(stage.path("审核.xlsx")).unwrap(),
        &[
            &[
                ("K2", "需补材料"),
                ("L2", "3-5"),
                ("M2", "第31条：缺签到表\n第18条：照片看不清"),
                ("N2", "2099-12-31"),
            ],
            &[("K3", "审核通过"), ("L3", "007")],
        ],
    );
    let saved = Saved::of("review", &book);
    let told = stage.run(&["review", "import", &stage.write("own.xlsx", book)]).ok();
    assert!(told.contains("写入2份"), "{told}");
    for ending in [".xlsx", "-审核表.csv"] {
        let told = stage.run(&["review", "import", &saved.path(ending)]).ok();
        assert!(told.contains("写入0份审核意见，没有变化2份"), "{ending}: {told}");
    }
    let reviews = &shili.list().await.unwrap()[0]["reviews"][0];
    assert_eq!((&reviews["reason"], &reviews["due"]), (&"3-5".into(), &"2099-12-31".into()));
}

/// Nothing of ours goes out to be filled in with problems; lists of them are made by hand, with real dates and merged cells.
#[test]
fn a_list_of_findings_comes_in_the_same() {
    let stage = Stage::ready();
    let (mut book, day) = (Workbook::new(), ExcelDateTime::from_ymd(2099, 12, 31).unwrap());
    let as_day = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = book.add_worksheet().set_name("问题清单").unwrap();
    for (row, cells) in (0..).zip([
        ["支部编号", "条目", "存在问题", "整改时限"],
        [SHILI, "17", "缺“签到表”，\n也缺\"记录\"", ""],
        [DALING, "第18条", "照片看不清；3-5份", ""],
    ]) {
        for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    for row in [1, 2] {
        sheet.write_datetime_with_format(row, 3, &day, &as_day).unwrap();
    }
    let book = book.save_to_buffer().unwrap();
    let saved = Saved::of("findings", &book);
    let told = stage.run(&["findings", "import", &stage.write("own.xlsx", book)]).ok();
    assert!(told.contains("2个问题：新增2"), "{told}");
    for ending in [".xlsx", "-问题清单.csv"] {
        let told = stage.run(&["findings", "import", &saved.path(ending)]).ok();
        assert!(told.contains("新增0，更新0，没有变化2"), "{ending}: {told}");
    }
}
