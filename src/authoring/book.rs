//! What a row of the sheets 手册 and 制度 has, one section a row. Tables, Markdown files, template and export all go by it.

use super::column::{self, Column, MARK_NOTE, Takes, may, must};

pub(super) const DOCUMENT: &str = "文档";
pub(super) const TITLE: &str = "题目";
pub(super) const SECTION: &str = "节";
pub(super) const SECTION_TITLE: &str = "节题目";
pub(super) const BODY: &str = "正文";
// These four are also said so in a Markdown file: 条目：NC-D1.
pub(super) const ITEMS: &str = "条目";
pub(super) const CITATIONS: &str = "依据";
pub(super) const MARKS: &str = "标记";
pub(super) const SECTORS: &str = "领域";
/// What only the rows that were read out of a file have: on which line of it the body begins.
pub(super) const BODY_LINE: &str = "正文行";

/// The columns of the two sheets.
pub(super) const COLUMNS: [Column; 9] = [
    must(DOCUMENT, 10.0, Takes::Text, "文档的第一行必填，如 H4；后面的行空着，就是同一个文档"),
    must(TITLE, 22.0, Takes::Prose, "文档的第一行必填，最多40个字；后面的行空着"),
    must(SECTION, 10.0, Takes::Text, "必填。文档编号加横线加序号，如 H4-1；定了就不要改，用过的不再给别的节"),
    must(SECTION_TITLE, 22.0, Takes::Prose, "必填。最多40个字"),
    must(
        BODY,
        70.0,
        Takes::Prose,
        "必填。段落之间空一行；并列的几条每行以“- ”开头；步骤以“1. ”开头，下面可以有“   - 谁：”“   - 何时：”“   - 记什么：”；表格写成 | 党员 | 标准 |，第二行 |---|---|；样表写成“### 样表：名称”加两列的表格“栏目”“怎么填”",
    ),
    may(ITEMS, 18.0, Takes::Some("条目", 0), "可以空着。帮得上哪些条目，编号用、隔开"),
    may(
        CITATIONS,
        44.0,
        Takes::Prose,
        "可以空着。每行一条：文件|条款|已核|施行日期|废止日期，后面的可以不写",
    ),
    may(MARKS, 36.0, column::MARKS, MARK_NOTE),
    may(SECTORS, 14.0, column::SECTORS, "空着就是全部领域；只写在文档的第一行"),
];

/// The columns' titles.
pub(super) fn titles() -> [&'static str; 9] {
    COLUMNS.map(|column| column.title)
}
