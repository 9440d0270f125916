//! What the reader of bodies goes by: what has no place in one and what to do instead, and what only the source shows.

use core::ops::Range;
use pulldown_cmark::{Event, Tag};

/// What the details under a step begin with.
pub(super) const WHO: &str = "谁";
pub(super) const WHEN: &str = "何时";
pub(super) const RECORD: &str = "记什么";
/// What the heading of a record template begins with, and the head of its table.
pub(super) const TEMPLATE: &str = "样表";
pub(super) const TEMPLATE_HEAD: [&str; 2] = ["栏目", "怎么填"];

pub(super) const LINK: &str = "删去网址和方括号，把文件名写成文字";
pub(super) const LIST: &str = "用“- ”开头写成并列的几条；只有步骤下面可以有“- 谁：”“- 何时：”“- 记什么：”";

pub(super) const HEADING: (&str, &str) =
    ("正文里有别的标题", "只能用“### 样表：名称”；别的小标题另立一节“## ”，或者写成段落");

/// What has no place in a body: what it is called, and what to do instead.
pub(super) fn strange(event: &Event<'_>) -> (&'static str, &'static str) {
    match event {
        Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::HtmlBlock) => {
            ("有HTML标记", "删去尖括号和里面的标记，只写文字")
        }
        Event::Start(Tag::Link { .. }) => ("有链接", LINK),
        Event::Start(Tag::Image { .. }) => ("有图片", "删去图片，用文字说明"),
        Event::Code(_) | Event::Start(Tag::CodeBlock(_)) => ("有代码", "删去反引号；段落的行首不要空四格"),
        Event::Start(Tag::Emphasis | Tag::Strong) => ("有加粗或斜体", "删去星号或下划线"),
        Event::Start(Tag::Heading { .. }) => HEADING,
        Event::Start(Tag::BlockQuote(_)) => ("有引用", "删去行首的>"),
        Event::Rule => ("有分隔线", "删去这一行"),
        Event::HardBreak => ("有强制换行", "删去行末的反斜线；要分开就空一行，或者写成列表"),
        Event::Start(Tag::List(_)) => ("列表里又套了列表", LIST),
        Event::Start(Tag::Table(_)) => ("列表里套了表格", "把表格写在列表外面，前面空一行"),
        _ => ("有不认识的写法", "只用段落、列表、步骤、表格和样表"),
    }
}

/// Where a line begins with a bar and is not part of a table: without its rule, or right behind other text, a table is only
/// text to Markdown.
pub(super) fn stray_bars(text: &str, events: &[(Event<'_>, Range<usize>)]) -> Vec<usize> {
    let tables = events.iter().filter(|(event, _)| matches!(event, Event::Start(Tag::Table(_))));
    let tables: Vec<&Range<usize>> = tables.map(|(_, range)| range).collect();
    let mut strays = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let begins = at + line.len() - line.trim_start().len();
        // Behind a table that has ended, its next line is no row of it.
        let within = tables.iter().any(|table| table.start <= begins && begins < table.end);
        if line.trim_start().starts_with('|') && !within {
            strays.push(begins);
        }
        at += line.len();
    }
    strays
}

/// Whether a line begins with a number as Chinese papers write it: 1、 1． 一、 （一） (1) ①
pub(super) fn is_numbered(line: &str) -> bool {
    let line = line.trim_start();
    let in_brackets = line.strip_prefix(['（', '(']);
    let digits = in_brackets.unwrap_or(line);
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    let number = digits.len() - rest.len();
    let ends: &[char] = if in_brackets.is_some() { &['）', ')'] } else { &['、', '．'] };
    let circled = line.starts_with(|c| ('①'..='⑳').contains(&c));
    circled || ((1..=9).contains(&number) && rest.starts_with(ends))
}

/// How many cells the source of a table's row has.
pub(super) fn width(source: &str) -> usize {
    let line = source.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let mut cells = 1;
    let (mut escaped, mut last) = (false, false);
    for character in line.chars() {
        last = character == '|' && !escaped;
        cells += usize::from(last);
        escaped = character == '\\' && !escaped;
    }
    cells - usize::from(last)
}

/// A text that may have been broken into lines in its source.
#[derive(Default)]
pub(super) struct Text {
    text: String,
    /// The source has begun a new line.
    pub(super) broken: bool,
}

impl Text {
    /// Between Chinese characters a broken line leaves no space.
    pub(super) fn push(&mut self, piece: &str) {
        let is_wide = |c: char| c >= '\u{2e80}';
        if core::mem::take(&mut self.broken) {
            let joins = self.text.ends_with(is_wide) || piece.starts_with(is_wide);
            if !joins && !self.text.is_empty() {
                self.text.push(' ');
            }
        }
        self.text.push_str(piece);
    }

    pub(super) fn finish(self) -> String {
        self.text.trim().to_owned()
    }
}
