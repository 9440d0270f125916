//! What people's computers do to tables, kind by kind, in each of the four that are read: taken in its one safe meaning, which is
//! what the sound table said, or refused with its place.

use super::stage::{SHILI, Stage};
use biaochi::authoring::template;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use std::io::{Cursor, Read as _, Write as _};

/// A table that is read.
struct Reader {
    command: &'static [&'static str],
    /// Its sheets; the kinds come over the first row of one of them.
    sheets: Vec<(String, Vec<Vec<String>>)>,
    sheet: usize,
    /// The headers of an id, of a text with 支 in it, and of a day if it has one.
    columns: [&'static str; 3],
    /// What is said of it when nothing is new in it.
    same: &'static str,
    /// What is said of an id that has become a number.
    number: &'static [&'static str],
}

/// What the guard makes of a kind.
enum Becomes {
    /// Taken as what the sound table said, and this is said of it.
    Taken(&'static str),
    /// Refused in these words.
    Refused(&'static [&'static str]),
}
use Becomes::{Refused, Taken};

/// A kind: what it is called, the file, what becomes of it.
type Kind = (&'static str, Vec<u8>, Becomes);

const NUMBER: &[&str] = &["数字格式，现在是"];
const OTHERWISE: &str = "显示的和存的不一样";
const AS_DATE: &str = "改成了日期";

fn number(sheet: &mut Worksheet, column: u16, value: f64, format: &str) {
    let format = Format::new().set_num_format(format);
    sheet.write_number_with_format(1, column, value, &format).unwrap();
}

fn date(sheet: &mut Worksheet, column: u16, format: &str) {
    let (day, format) =
        (ExcelDateTime::from_ymd(2099, 12, 31).unwrap(), Format::new().set_num_format(format));
    sheet.write_datetime_with_format(1, column, &day, &format).unwrap();
}

fn text(sheet: &mut Worksheet, column: u16, text: &str) {
    sheet.write_string(1, column, text).unwrap();
}

fn failed(sheet: &mut Worksheet, column: u16) {
    sheet.write_formula(1, column, Formula::new("=VLOOKUP(1,A:A,1,0)").set_result("#N/A")).unwrap();
}

/// A workbook as programs write it that do not calculate: its formulas have no results.
fn without_results(book: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut written = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if name.starts_with("xl/worksheets/sheet") {
            bytes = String::from_utf8(bytes).unwrap().replace("</f><v>0</v>", "</f>").into_bytes();
        }
        written.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        written.write_all(&bytes).unwrap();
    }
    written.finish().unwrap().into_inner()
}

/// Rows as a text file with this between its cells.
fn lines(rows: &[Vec<String>], separator: &str) -> String {
    let cell = |cell: &String| match cell.contains(['\n', '"', ',', ';']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.clone(),
    };
    let line = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(separator);
    rows.iter().map(|row| format!("{}\n", line(row))).collect()
}

impl Reader {
    fn rows(&self) -> &[Vec<String>] {
        &self.sheets[self.sheet].1
    }

    fn column(&self, place: usize) -> Option<u16> {
        let place = self.rows()[0].iter().position(|cell| cell == self.columns[place]);
        place.map(|place| u16::try_from(place).unwrap())
    }

    /// What stands in the first row.
    fn cell(&self, place: usize) -> &str {
        &self.rows()[1][usize::from(self.column(place).unwrap())]
    }

    /// As a workbook, with something done to its sheet.
    fn book(&self, also: impl Fn(&mut Worksheet)) -> Vec<u8> {
        self.book_with(0, None, also)
    }

    /// As a workbook whose table begins so many rows below the top, with another sheet before it.
    fn book_with(&self, top: u32, before: Option<&str>, also: impl Fn(&mut Worksheet)) -> Vec<u8> {
        let mut book = Workbook::new();
        if let Some(name) = before {
            let sheet = book.add_worksheet().set_name(name).unwrap();
            sheet.write_string(0, 0, "这张表是这样填的：").unwrap();
        }
        for (index, (name, rows)) in self.sheets.iter().enumerate() {
            let sheet = book.add_worksheet().set_name(name).unwrap();
            for (row, cells) in (if index == self.sheet { top } else { 0 }..).zip(rows) {
                for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                    sheet.write_string(row, column, cell).unwrap();
                }
            }
            if index == self.sheet {
                also(sheet);
            }
        }
        book.save_to_buffer().unwrap()
    }

    /// As a text file in which something stands in place of a cell of the first row.
    fn with(&self, place: usize, cell: &str, separator: &str) -> Vec<u8> {
        let mut rows = self.rows().to_vec();
        rows[1][usize::from(self.column(place).unwrap())] = cell.into();
        lines(&rows, separator).into_bytes()
    }

    /// Every kind that comes over workbooks.
    fn of_workbooks(&self) -> Vec<Kind> {
        let [id, words] = [0, 1].map(|place| self.column(place).unwrap());
        let book = |also: &dyn Fn(&mut Worksheet)| self.book(also);
        let header = |between: &str| {
            let (first, rest) = self.columns[0].split_at("编".len());
            [first, between, rest].concat()
        };
        let full: String = self
            .cell(0)
            .chars()
            .map(|c| if c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c })
            .collect();
        let (zero, radical) =
            (self.cell(1).replace('支', "支\u{200b}"), self.cell(1).replace('支', "\u{2f40}"));
        let uncalculated = book(&|sheet| {
            sheet.write_formula(1, words, "=A1").unwrap();
        });
        let mut kinds: Vec<Kind> = vec![
            ("long id", book(&|s| number(s, id, 210_726_117_203_010_000.0, "0")), Refused(self.number)),
            ("id 3.10", book(&|s| number(s, id, 3.1, "0.00")), Refused(self.number)),
            ("id 007", book(&|s| number(s, id, 7.0, "000")), Refused(self.number)),
            ("id as a day", book(&|s| date(s, id, "yyyy-mm-dd")), Refused(&[AS_DATE])),
            ("text as a day", book(&|s| date(s, words, "m\"月\"d\"日\"")), Refused(&[AS_DATE])),
            ("2.55 shown as 2.6", book(&|s| number(s, words, 2.55, "0.0")), Refused(&[OTHERWISE, "2.55"])),
            ("shown as nothing", book(&|s| number(s, words, 5.0, ";;;")), Refused(&[OTHERWISE])),
            ("failed formula", book(&|s| failed(s, words)), Refused(&["公式出错了"])),
            ("failed formula for an id", book(&|s| failed(s, id)), Refused(&["公式出错了"])),
            ("formula without a result", without_results(&uncalculated), Refused(&["文件里没有它的结果"])),
            (
                "hidden row",
                book(&|s| {
                    s.set_row_hidden(1).unwrap();
                }),
                Refused(&["第2行：这一行是隐藏的，或者被筛选掉了"]),
            ),
            (
                "hidden column",
                book(&|s| {
                    s.set_column_hidden(words).unwrap();
                }),
                Refused(&["这一列是隐藏的，里面有内容"]),
            ),
            (
                "hidden sheet",
                self.book_with(0, Some("封面"), |s| {
                    s.set_hidden(true);
                }),
                Refused(&["是隐藏的", "取消隐藏"]),
            ),
            (
                "merged over two columns",
                book(&|s| {
                    let [first, last] = [id.min(words), id.max(words)];
                    s.merge_range(1, first, 1, last, "支", &Format::new()).unwrap();
                }),
                Refused(&["的合并成了一格，看不出是哪一列的"]),
            ),
            (
                "titles above the header",
                self.book_with(3, None, |s| {
                    s.merge_range(0, 0, 0, 5, "某某县2026年报送表", &Format::new()).unwrap();
                    s.write_string(1, 0, "填报单位：").unwrap();
                }),
                Taken("表头在第4行"),
            ),
            (
                "line end in a header",
                book(&|s| {
                    s.write_string(0, id, header("\n")).unwrap();
                }),
                Taken("第1行的表头"),
            ),
            (
                "space in a header",
                book(&|s| {
                    s.write_string(0, id, header("\u{3000}")).unwrap();
                }),
                Taken("第1行的表头"),
            ),
            ("full-width digits", book(&|s| text(s, id, &full)), Taken("全角的数字和字母当作半角")),
            ("zero width", book(&|s| text(s, words, &zero)), Taken("去掉了看不见的字符：1格")),
            ("radical", book(&|s| text(s, words, &radical)), Taken("把偏旁部首的码位换成了汉字：1格")),
            (
                "turned writing",
                book(&|s| text(s, words, "\u{202e}部支")),
                Refused(&["有改变文字方向的控制字符"]),
            ),
            ("damaged character", book(&|s| text(s, words, "支\u{fffd}")), Refused(&["认不出的字"])),
        ];
        if let Some(day) = self.column(2) {
            kinds.extend([
                ("a day as a day", book(&|s| date(s, day, "yyyy/m/d")), Taken("")),
                (
                    "a day without its year",
                    book(&|s| date(s, day, "m\"月\"d\"日\"")),
                    Refused(&["没有显示年或日"]),
                ),
                ("a day as a number", book(&|s| number(s, day, 73_050.0, "General")), Refused(&["不是日期"])),
                ("full-width day", book(&|s| text(s, day, "２０９９．１２．３１")), Taken("全角")),
                ("year of two digits", book(&|s| text(s, day, "99.12.31")), Refused(&["年份不是四位"])),
                ("year that cannot be", book(&|s| text(s, day, "3099-12-31")), Refused(&["1949到2100之间"])),
                ("day that cannot be", book(&|s| text(s, day, "2099-02-29")), Refused(&["不是日期"])),
            ]);
        }
        // What stands on a sheet beside a standard's would be missed there: it is refused. Elsewhere the table is found.
        let (guide, cover) =
            (self.book_with(0, Some("说明"), |_| ()), self.book_with(0, Some("封面"), |_| ()));
        kinds.push(("sheet of explanation", guide, Taken("")));
        let found = if self.sheets.len() > 1 {
            Refused(&["“封面”表：不认识这张表"])
        } else {
            Taken("没有读“封面”")
        };
        kinds.push(("cover", cover, found));
        kinds
    }

    /// Every kind that comes over text files.
    fn of_texts(&self) -> Vec<Kind> {
        let sound = lines(self.rows(), ",");
        let cells = self.rows()[0].len();
        let wide = sound.lines().map(|line| format!("{line},,\n")).collect::<String>();
        let beyond = self.with(1, "甲,乙", ",");
        let unquoted = String::from_utf8(beyond).unwrap().replace("\"甲,乙\"", &"甲,".repeat(cells));
        let gbk = encoding_rs::GBK.encode(&sound.replace('\n', "\r\n")).0.into_owned();
        vec![
            ("semicolons", lines(self.rows(), ";").into_bytes(), Taken("是用分号分开的")),
            ("tabs", lines(self.rows(), "\t").into_bytes(), Taken("是用制表符分开的")),
            ("gbk", gbk, Taken("")),
            ("mark before it", [b"\xEF\xBB\xBF", sound.as_bytes()].concat(), Taken("")),
            ("blank columns", wide.into_bytes(), Taken("")),
            ("blank lines", format!("\n\n{sound}\n\n").into_bytes(), Taken("")),
            (
                "open quotation mark",
                format!("{}\"支\n", sound.trim_end().rsplit_once('\n').unwrap().0.to_owned() + "\n")
                    .into_bytes(),
                Refused(&["引号没有收尾"]),
            ),
            ("more cells than headers", unquoted.into_bytes(), Refused(&["第2行", "对不上"])),
            (
                "zero width in a text file",
                self.with(1, &self.cell(1).replace('支', "支\u{feff}"), ","),
                Taken("看不见"),
            ),
            ("page", b"<html><table><tr><td>1</td></tr></table></html>".to_vec(), Refused(&["其实是网页"])),
            ("xml", b"<?xml version=\"1.0\"?><Workbook/>".to_vec(), Refused(&["其实是XML"])),
            ("xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), Refused(&["旧格式的工作簿"])),
            ("utf-16", b"\xFF\xFE\x16\x7F".to_vec(), Refused(&["UTF-8"])),
            ("nothing", Vec::new(), Refused(&["表："])),
        ]
    }

    /// Reads a kind: of a standard, a text file in a folder with its other sheets.
    #[track_caller]
    fn read(&self, stage: &Stage, (what, bytes, becomes): Kind) {
        let file = if bytes.starts_with(b"PK") {
            stage.write(&format!("{what}.xlsx"), &bytes)
        } else if self.sheets.len() == 1 {
            stage.write(&format!("{what}.csv"), &bytes)
        } else {
            let folder = stage.path(what);
            std::fs::create_dir(&folder).unwrap();
            for (index, (name, rows)) in self.sheets.iter().enumerate() {
                let bytes = if index == self.sheet { bytes.clone() } else { lines(rows, ",").into_bytes() };
                std::fs::write(folder.join(format!("{name}.csv")), bytes).unwrap();
            }
            stage.arg(what)
        };
        let ran = stage.run(&[self.command, &[&file]].concat());
        let said = format!("{}{}", ran.out, ran.err);
        let place = format!("{} {what} ({}): {said}", self.command[0], ran.code);
        match becomes {
            Taken(notice) => {
                assert!(ran.code == 0 && said.contains(self.same) && said.contains(notice), "{place}");
                if self.sheets.len() > 1 {
                    let same = stage.run(&["standard", "diff", "sound.xlsx", &file]).ok();
                    assert_eq!(same.trim(), "没有变化。", "{place}");
                }
            }
            Refused(words) => {
                assert_eq!(ran.code, 1, "{place}");
                assert!(words.iter().all(|word| said.contains(word)), "{words:?} in {place}");
                assert!(said.contains("办法："), "{place}");
            }
        }
    }

    #[track_caller]
    fn meets_every_kind(&self, stage: &Stage) {
        let sound = stage.write("sound.xlsx", self.book(|_| ()));
        let told = stage.run(&[self.command, &[&sound]].concat());
        assert_eq!(told.code, 0, "{}{}", told.out, told.err);
        for kind in self.of_workbooks().into_iter().chain(self.of_texts()) {
            self.read(stage, kind);
        }
    }
}

fn sheet(rows: &[&[&str]]) -> Vec<(String, Vec<Vec<String>>)> {
    let rows = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
    vec![("表".into(), rows)]
}

#[test]
fn every_kind_over_a_roster() {
    let rows: &[&[&str]] = &[
        &["编号", "上级编号", "层级", "名称", "领域", "电话"],
        &["210726117901", "210726117", "支部", "新村党支部", "农村", "0416-1"],
    ];
    let columns = ["编号", "名称", "没有"];
    let reader = Reader {
        command: &["roster", "import"],
        sheets: sheet(rows),
        sheet: 0,
        columns,
        same: "新增0，更新0，没有变化1",
        number: NUMBER,
    };
    reader.meets_every_kind(&Stage::ready());
}

#[test]
fn every_kind_over_a_list_of_findings() {
    let rows: &[&[&str]] = &[
        &["支部编号", "条目", "存在问题", "整改时限", "问题来源"],
        &[SHILI, "17", "支部缺签到表", "2099-12-31", "县里检查"],
    ];
    let columns = ["支部编号", "存在问题", "整改时限"];
    let reader = Reader {
        command: &["findings", "import"],
        sheets: sheet(rows),
        sheet: 0,
        columns,
        same: "新增0，更新0，没有变化1",
        number: NUMBER,
    };
    reader.meets_every_kind(&Stage::ready());
}

#[tokio::test]
async fn every_kind_over_a_table_of_reviews() {
    let stage = Stage::ready();
    let server = stage.serve();
    let phone = server.phone(&stage, SHILI, 1).await;
    let submission = phone.submission(0, &[]);
    let (id, receipt) = (submission.id.to_string(), phone.submit(&submission).await);
    let rows: &[&[&str]] = &[
        &["上报编号", "回执码", "支部编号", "已审次数", "审核意见", "原因", "条目与原因", "截止日期"],
        &[&id, &receipt.code, SHILI, "0", "退回修改", "请支部补签", "第31条：缺签到表", "2099-12-31"],
    ];
    let columns = ["上报编号", "原因", "截止日期"];
    let reader = Reader {
        command: &["review", "import"],
        sheets: sheet(rows),
        sheet: 0,
        columns,
        same: "写入0份审核意见，没有变化1份",
        number: &["没有“", "这次上报"],
    };
    reader.meets_every_kind(&stage);
}

#[test]
fn every_kind_over_a_standard() {
    let texts = |row: biaochi::sheets::Row| row.cells;
    let mut sheets: Vec<(String, Vec<Vec<String>>)> = template::sheets()
        .into_iter()
        .map(|sheet| (sheet.name, sheet.rows.into_iter().map(texts).collect()))
        .collect();
    let periods = sheets.iter().position(|(name, _)| name == "考核周期").unwrap();
    // One period alone, so that it may end on any day.
    sheets[periods].1.truncate(2);
    let header = sheets[periods].1[0].clone();
    for (title, text) in [
        ("编号", "2099-H2"),
        ("名称", "支部考核期"),
        ("开始", "2099-01-01"),
        ("结束", "2099-12-31"),
        ("上报截止", "2100-01-10"),
    ] {
        let column = header.iter().position(|cell| cell == title).unwrap();
        sheets[periods].1[1][column] = text.into();
    }
    let columns = ["编号", "名称", "结束"];
    let reader = Reader {
        command: &["standard", "check"],
        sheets,
        sheet: periods,
        columns,
        same: "没有错误",
        number: NUMBER,
    };
    reader.meets_every_kind(&Stage::empty());
}

/// What belongs together is often merged: the item of its options, the sector of all items, 无 of those without a document.
#[test]
fn merged_cells_of_a_standard_mean_all_their_rows() {
    let stage = Stage::empty();
    let book = |merges: &[(&str, &str, u32, u32)]| {
        let mut book = Workbook::new();
        for sheet in template::sheets() {
            let page = book.add_worksheet().set_name(&sheet.name).unwrap();
            for (row, cells) in (0..).zip(&sheet.rows) {
                for (column, cell) in (0..).zip(&cells.cells) {
                    page.write_string(row, column, cell).unwrap();
                }
            }
            for (_, title, first, last) in merges.iter().filter(|(name, ..)| *name == sheet.name) {
                let column = sheet.rows[0].cells.iter().position(|cell| cell == title).unwrap();
                let text = &sheet.rows[usize::try_from(*first).unwrap()].cells[column];
                let column = u16::try_from(column).unwrap();
                page.merge_range(*first, column, *last, column, text, &Format::new()).unwrap();
            }
        }
        book.save_to_buffer().unwrap()
    };
    stage.write("sound.xlsx", book(&[]));
    let merged = book(&[
        ("条目", "领域", 1, 7),
        ("条目", "方面", 1, 3),
        ("选项", "条目", 3, 5),
        ("选项", "分项", 3, 5),
        ("依据", "文件", 3, 7),
        ("限制", "领域", 1, 2),
    ]);
    let told = stage.run(&["standard", "check", &stage.write("merged.xlsx", merged)]).ok();
    for sheet in ["条目", "选项", "依据"] {
        let said = format!("“{sheet}”表合并的格子，每一行都当作填了同样的内容");
        assert_eq!(told.matches(&said).count(), 1, "{told}");
    }
    assert_eq!(stage.run(&["standard", "diff", "sound.xlsx", "merged.xlsx"]).ok().trim(), "没有变化。");
}
