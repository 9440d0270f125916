//! The body of a section: a small Markdown, read into [`Block`]s. What it has no block for is a fault, so nothing that was
//! written can be lost or turn into markup on a phone.

use super::markdown_source::{
    HEADING, LINK, LIST, RECORD, TEMPLATE, TEMPLATE_HEAD, Text, WHEN, WHO, is_numbered, strange, stray_bars,
    width,
};
use crate::domain::document::{Block, Step, TemplateField};
use core::ops::Range;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// More than this many faults of one body are not told: the author begins with these.
const MAX_FAULTS: usize = 20;

/// Something that a body may not hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BodyFault {
    /// The line in the body, from 1.
    pub(super) line: usize,
    /// What is wrong, in Chinese.
    pub(super) problem: String,
    /// What to do about it, in Chinese.
    pub(super) remedy: &'static str,
}

/// Reads a body.
pub(super) fn blocks(text: &str) -> Result<Vec<Block>, Vec<BodyFault>> {
    let parser = Parser::new_ext(text, Options::ENABLE_TABLES);
    let definitions: Vec<usize> =
        parser.reference_definitions().iter().map(|(_, definition)| definition.span.start).collect();
    let events: Vec<_> = parser.into_offset_iter().collect();
    let strays = stray_bars(text, &events);
    let mut reader = Reader { text, events: events.into_iter(), faults: Vec::new() };
    for at in definitions {
        reader.refuse(at, "有链接", LINK);
    }
    for at in strays {
        let remedy = "表格前面空一行，表头下面加一行 |---|---|，格数和表头一样";
        reader.refuse(at, "像是表格，但不成表格", remedy);
    }
    let blocks = reader.blocks();
    if reader.faults.is_empty() { Ok(blocks) } else { Err(reader.faults) }
}

struct Reader<'a> {
    text: &'a str,
    events: std::vec::IntoIter<(Event<'a>, Range<usize>)>,
    faults: Vec<BodyFault>,
}

impl<'a> Reader<'a> {
    fn refuse(&mut self, at: usize, problem: impl Into<String>, remedy: &'static str) {
        if self.faults.len() < MAX_FAULTS {
            let before = self.text.get(..at).unwrap_or_default();
            let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
            self.faults.push(BodyFault { line, problem: problem.into(), remedy });
        }
    }

    /// Says that something has no place here, and passes over all that is in it.
    fn refuse_event(&mut self, event: &Event<'a>, at: usize) {
        let (problem, remedy) = strange(event);
        self.refuse(at, problem, remedy);
        if let Event::Start(_) = event {
            self.skip();
        }
    }

    /// Passes over the rest of what has begun.
    fn skip(&mut self) {
        let mut depth = 1_usize;
        for (event, _) in self.events.by_ref() {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }

    fn blocks(&mut self) -> Vec<Block> {
        let mut blocks = Vec::new();
        while let Some((event, range)) = self.events.next() {
            let at = range.start;
            match event {
                Event::Start(Tag::Paragraph) => {
                    let paragraphs = self.paragraphs(at);
                    let written = self.text.get(at..).unwrap_or_default();
                    if written.starts_with('#') {
                        self.refuse(at, "像是标题，但#后面没有空格", "在#后面加一个空格，或者删去#");
                    }
                    blocks.extend(paragraphs.into_iter().map(|text| Block::Paragraph { text }));
                }
                Event::Start(Tag::List(None)) => {
                    let entries = self.entries(at);
                    let of_step = [WHO, WHEN, RECORD].iter().any(|word| {
                        let begins = |entry: &String| {
                            entry.strip_prefix(word).is_some_and(|rest| rest.starts_with(['：', ':']))
                        };
                        entries.iter().any(begins)
                    });
                    if of_step {
                        let remedy = "步骤的细目前面空三格，第10步起空四格，步骤和细目之间不空行";
                        self.refuse(at, "谁、何时、记什么不在步骤下面", remedy);
                    }
                    blocks.push(Block::List { entries });
                }
                Event::Start(Tag::List(Some(first))) => {
                    if first != 1 {
                        self.refuse(at, "步骤没有从1开始", "一组步骤从“1. ”开始编号，中间不要插别的段落");
                    }
                    blocks.push(Block::Steps { steps: self.steps() });
                }
                Event::Start(Tag::Table(_)) => {
                    let (head, rows) = self.table(at);
                    blocks.push(Block::Table { head, rows });
                }
                Event::Start(Tag::Heading { level: HeadingLevel::H3, .. }) => {
                    blocks.extend(self.template(at));
                }
                other => self.refuse_event(&other, at),
            }
        }
        blocks
    }

    /// The text up to the end of what has begun, which must not be empty.
    fn inline(&mut self, at: usize) -> String {
        let text = self.inline_or_empty();
        if text.is_empty() {
            self.refuse(at, "这里没有文字", "填上，或者删去");
        }
        text
    }

    /// A paragraph, or several where its lines are numbered as Chinese papers number them (1、 一、 （一） ①): Markdown takes them
    /// for one text, their author does not.
    fn paragraphs(&mut self, at: usize) -> Vec<String> {
        let lines = self.lines();
        if lines.is_empty() {
            self.refuse(at, "这里没有文字", "填上，或者删去");
        }
        lines
    }

    /// The text up to the end of what has begun, where there may be none. Lines that were broken in the source are joined.
    fn inline_or_empty(&mut self) -> String {
        self.lines().concat()
    }

    /// The same; only lines that begin with a Chinese number are left apart.
    fn lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut text = Text::default();
        let mut depth = 0_usize;
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::Text(piece) => text.push(&piece),
                Event::SoftBreak if is_numbered(self.text.get(range.end..).unwrap_or_default()) => {
                    lines.push(core::mem::take(&mut text).finish());
                }
                Event::SoftBreak => text.broken = true,
                Event::End(_) if depth == 0 => break,
                Event::End(_) => depth -= 1,
                other => {
                    let (problem, remedy) = strange(&other);
                    self.refuse(range.start, problem, remedy);
                    if let Event::Start(_) = other {
                        depth += 1;
                    }
                }
            }
        }
        lines.push(text.finish());
        lines.retain(|line| !line.is_empty());
        lines
    }

    fn entries(&mut self, at: usize) -> Vec<String> {
        let mut entries = Vec::new();
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::Start(Tag::Item) => {
                    let (text, nested) = self.item(range.start);
                    if nested {
                        self.refuse(range.start, "列表里又套了列表", LIST);
                        self.skip();
                        // What follows the nested list up to the item's own end.
                        self.skip();
                    }
                    entries.push(text);
                }
                Event::End(_) => break,
                other => self.refuse_event(&other, at),
            }
        }
        entries
    }

    fn steps(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::Start(Tag::Item) => {
                    let (text, nested) = self.item(range.start);
                    let mut step =
                        Step { text, who: String::new(), when: String::new(), record: String::new() };
                    if nested {
                        self.details(&mut step);
                        self.after_details();
                    }
                    steps.push(step);
                }
                Event::End(_) => break,
                other => self.refuse_event(&other, range.start),
            }
        }
        steps
    }

    /// Reads an item's text, up to its end or to a list within it, which then has begun.
    fn item(&mut self, at: usize) -> (String, bool) {
        let mut text = Text::default();
        let (mut paragraphs, mut nested) = (0, false);
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::Text(piece) => text.push(&piece),
                Event::SoftBreak => text.broken = true,
                Event::Start(Tag::Paragraph) => {
                    paragraphs += 1;
                    if paragraphs > 1 {
                        self.refuse(range.start, "一条里有两段", "一条写成一段；另起一段的，行首不要空格");
                        text.broken = true;
                    }
                }
                Event::End(TagEnd::Paragraph) => {}
                Event::Start(Tag::List(None)) => {
                    nested = true;
                    break;
                }
                Event::End(_) => break,
                other => self.refuse_event(&other, range.start),
            }
        }
        let text = text.finish();
        if text.is_empty() {
            self.refuse(at, "这里没有文字", "填上，或者删去");
        }
        (text, nested)
    }

    /// 谁, 何时, 记什么 under a step.
    fn details(&mut self, step: &mut Step) {
        while let Some((event, range)) = self.events.next() {
            let at = range.start;
            match event {
                Event::Start(Tag::Item) => {
                    let (text, nested) = self.item(at);
                    if nested {
                        self.refuse(at, "列表里又套了列表", LIST);
                        self.skip();
                        self.skip();
                    }
                    let (word, rest) = text.split_once(['：', ':']).unwrap_or((&text, ""));
                    let place = match word.trim() {
                        WHO => &mut step.who,
                        WHEN => &mut step.when,
                        RECORD => &mut step.record,
                        _ => {
                            self.refuse(at, "步骤下面只能写谁、何时、记什么", LIST);
                            continue;
                        }
                    };
                    if !place.is_empty() {
                        self.refuse(at, format!("“{}”写了两次", word.trim()), "合成一行");
                    } else if rest.trim().is_empty() {
                        self.refuse(at, format!("“{}”后面没有写", word.trim()), "填上，或者删去这一行");
                    } else {
                        *place = rest.trim().into();
                    }
                }
                Event::End(_) => break,
                other => self.refuse_event(&other, at),
            }
        }
    }

    /// Whatever stands between a step's details and its end has no place there.
    fn after_details(&mut self) {
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::End(_) => break,
                Event::Text(_) | Event::SoftBreak => {
                    self.refuse(range.start, "步骤的细目后面又有文字", "把文字写在细目前面");
                }
                other => self.refuse_event(&other, range.start),
            }
        }
    }

    /// A table's head and rows.
    fn table(&mut self, at: usize) -> (Vec<String>, Vec<Vec<String>>) {
        let mut lines: Vec<Vec<String>> = Vec::new();
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::Start(Tag::TableHead | Tag::TableRow) => {
                    let cells = self.cells();
                    let wide = lines.first().map_or(cells.len(), Vec::len);
                    let written = width(self.text.get(range.clone()).unwrap_or_default());
                    if written != wide {
                        let problem = format!("这一行有{written}格，表头有{wide}格");
                        self.refuse(range.start, problem, "每一行的格数和表头一样；没有内容的格子也要留竖线");
                    }
                    lines.push(cells);
                }
                Event::End(_) => break,
                other => self.refuse_event(&other, range.start),
            }
        }
        let mut lines = lines.into_iter();
        let head = lines.next().unwrap_or_default();
        if !(2..=3).contains(&head.len()) {
            let problem = format!("表格有{}列", head.len());
            self.refuse(at, problem, "手机上只放得下两列或三列：拆成几张表，或者改成列表");
        }
        if head.iter().any(String::is_empty) {
            self.refuse(at, "表头有空格子", "每一列写上表头");
        }
        let rows: Vec<Vec<String>> = lines.collect();
        if rows.is_empty() {
            self.refuse(at, "表格只有表头", "至少写一行，或者删去这张表");
        }
        (head, rows)
    }

    fn cells(&mut self) -> Vec<String> {
        let mut cells = Vec::new();
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::Start(Tag::TableCell) => cells.push(self.inline_or_empty()),
                Event::End(_) => break,
                other => self.refuse_event(&other, range.start),
            }
        }
        cells
    }

    /// `### 样表：NAME` and its table.
    fn template(&mut self, at: usize) -> Option<Block> {
        let heading = self.inline(at);
        let Some(title) = heading.strip_prefix(TEMPLATE).and_then(|rest| rest.strip_prefix(['：', ':']))
        else {
            let (problem, remedy) = HEADING;
            self.refuse(at, problem, remedy);
            return None;
        };
        let remedy = "在“### 样表：名称”下面写两列的表格，表头是 栏目、怎么填";
        if title.trim().is_empty() {
            self.refuse(at, "样表没有名称", remedy);
        }
        let begins = matches!(self.events.as_slice().first(), Some((Event::Start(Tag::Table(_)), _)));
        if !begins {
            self.refuse(at, "样表标题下面不是表格", remedy);
            return None;
        }
        self.events.next();
        let (head, rows) = self.table(at);
        if head != TEMPLATE_HEAD {
            self.refuse(at, "样表的表头不对", remedy);
        }
        let field = |row: Vec<String>| {
            let mut row = row.into_iter();
            TemplateField { name: row.next().unwrap_or_default(), hint: row.next().unwrap_or_default() }
        };
        let fields: Vec<TemplateField> = rows.into_iter().map(field).collect();
        if fields.iter().any(|field| field.name.is_empty()) {
            self.refuse(at, "样表有一栏没有名称", "填上“栏目”这一格，或者删去这一行");
        }
        Some(Block::Template { title: title.trim().into(), fields })
    }
}
