//! What is being typed, as the app holds it: kept for each place until it is saved or entered, and read as what the place wants.
//!
//! A place is named by the page and the field: `check/NC-A1/note`, or, for a field of a form that is entered as a whole, the
//! page, `#` and the field: `ledger/new#topic`.

use crate::{
    domain::{
        BranchCode, PeriodId, day,
        text::{self, Kind},
    },
    phone::figures::figure,
    store::{Unfinished, unfinished::Kept},
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Places that belong to no period: what is written there is seen in every one.
const OF_NO_PERIOD: [&str; 4] = ["activate", "finding/", "ledger/", "photo/"];

/// Where the text of a place lies. A phone without a branch has places, too.
pub fn key(branch: Option<&BranchCode>, period: Option<&PeriodId>, place: &str) -> String {
    let period = period.filter(|_| !OF_NO_PERIOD.iter().any(|start| place.starts_with(start)));
    // An activation code is that of another branch, and a secret: it goes into no branch's backup.
    let branch = branch.filter(|_| !place.starts_with("activate"));
    let (branch, period) = (branch.map_or("-", |code| code.as_str()), period.map_or("-", |id| id.as_str()));
    [branch, period, place].join("/")
}

/// The texts that are kept, and which of them are not on disk as they are here.
#[derive(Debug, Default)]
pub struct Typed {
    kept: BTreeMap<String, Unfinished>,
    /// Changed since they were last written.
    changed: BTreeSet<String>,
    /// Just being written.
    on_their_way: BTreeSet<String>,
    /// When those were typed that were entered or let go of.
    gone: BTreeMap<String, u64>,
}

impl Typed {
    /// What was read from the disk. What was typed here since, or let go of, stands above it.
    pub fn read(&mut self, stored: Vec<(String, Unfinished)>) {
        let own = |key: &String| self.changed.contains(key) || self.on_their_way.contains(key);
        self.kept.retain(|key, _| own(key));
        self.kept.extend(stored.into_iter().filter(|(key, _)| !own(key)));
    }

    /// The text of a place.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.kept.get(key).map(|kept| kept.text.as_str())
    }

    /// The fields of a form, with their texts.
    pub fn of_form(&self, key: &str) -> Vec<(String, String)> {
        let fields = self
            .kept
            .iter()
            .filter_map(|(at, kept)| Some((field_of(at, key)?.to_owned(), kept.text.clone())));
        fields.collect()
    }

    /// A text was typed.
    pub fn keep(&mut self, key: &str, text: &str, at: u64) {
        if self.text(key) != Some(text) {
            self.gone.remove(key);
            self.kept.insert(key.to_owned(), Unfinished { text: text.to_owned(), at });
            self.changed.insert(key.to_owned());
        }
    }

    /// It was saved, entered or let go of.
    pub fn forget(&mut self, key: &str) {
        if let Some(kept) = self.kept.remove(key) {
            self.gone.insert(key.to_owned(), kept.at);
            self.changed.insert(key.to_owned());
        }
    }

    /// All fields of a form were.
    pub fn forget_form(&mut self, key: &str) {
        for (field, _) in self.of_form(key) {
            self.forget(&format!("{key}#{field}"));
        }
    }

    /// Whether everything is on disk as it is here.
    pub fn is_on_disk(&self) -> bool {
        self.changed.is_empty() && self.on_their_way.is_empty()
    }

    /// What is to be written now. What was entered is not taken off the disk before `all_saved`: until then it is the only copy
    /// that a killed app would leave.
    pub fn take(&mut self, all_saved: bool) -> Vec<(String, Kept)> {
        // One at a time, or a later one could come before.
        if !self.on_their_way.is_empty() {
            return Vec::new();
        }
        let (now, later) = std::mem::take(&mut self.changed)
            .into_iter()
            .partition(|key| all_saved || self.kept.contains_key(key));
        self.changed = later;
        let change = |key: &String| {
            let kept = match self.kept.get(key) {
                Some(kept) => Kept::Put(kept.clone()),
                None => Kept::Gone { at: self.gone.get(key).copied()? },
            };
            Some((key.clone(), kept))
        };
        let changes = BTreeSet::iter(&now).filter_map(change).collect();
        self.on_their_way.extend(now);
        changes
    }

    /// What was taken is on disk, or has to be written again.
    pub fn written(&mut self, on_disk: bool) {
        let taken = std::mem::take(&mut self.on_their_way);
        if !on_disk {
            self.changed.extend(taken);
        }
    }
}

fn field_of<'a>(at: &'a str, key: &str) -> Option<&'a str> {
    at.strip_prefix(key)?.strip_prefix('#')
}

/// Whether what was typed (`taken`, as it is stored) is to be saved: not while it is what stood there when the field was opened,
/// whatever has arrived since (`there`), nor when that says the same.
pub fn is_new(opened: &str, typed: &str, taken: &str, there: &str) -> bool {
    typed != opened && taken != there
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Words.
    Text(Kind),
    /// A number.
    Figure,
    /// A day.
    Day,
    /// A day that has been, or is this one.
    PastDay(Date),
    /// An activation code.
    Code,
}

/// Why what stands in a field is not taken; what stood there before stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// No number.
    NoFigure,
    /// Half a date, or a day of another age.
    NoDay,
    /// A day that has not come, where one is asked for that has.
    ToCome,
}

impl Shape {
    /// What one looks for.
    pub const SOUGHT: Self = Self::Text(Kind::Line(60));
    /// 自查报告, edited.
    pub const REPORT: Self = Self::Text(Kind::Paragraph(100_000));

    /// Whether Enter ends it.
    pub fn is_one_line(self) -> bool {
        !matches!(self, Self::Text(Kind::Paragraph(_)))
    }

    /// How many characters it holds, where this is as many; the browser leaves out what is pasted beyond (it counts in UTF-16).
    pub fn is_full(self, typed: &str) -> Option<usize> {
        let Self::Text(kind) = self else { return None };
        (typed.encode_utf16().count() >= kind.most()).then(|| kind.most())
    }

    /// What was typed, as it is stored. `is_half`: the browser shows a date of which a part is missing, and calls it empty.
    pub fn read(self, typed: &str, is_half: bool) -> Result<String, NotTaken> {
        match self {
            Self::Text(kind) => Ok(text::clean(typed, kind)),
            Self::Code => Ok(grouped(typed)),
            Self::Figure => figure(typed).map(|figure| figure.to_string()).ok_or(NotTaken::NoFigure),
            Self::Day | Self::PastDay(_) if is_half => Err(NotTaken::NoDay),
            Self::Day | Self::PastDay(_) if typed.is_empty() => Ok(String::new()),
            Self::PastDay(today) if day::parse(typed).is_some_and(|day| day > today) => Err(NotTaken::ToCome),
            Self::Day | Self::PastDay(_) => {
                day::parse(typed).filter(|day| day::can_be(*day)).map(day::text).ok_or(NotTaken::NoDay)
            }
        }
    }
}

/// The digits of an activation code in groups of four; one more than it has is seen, so that the mistake is.
pub fn grouped(text: &str) -> String {
    let digits: Vec<char> = text
        .chars()
        .filter_map(|c| match c {
            '0'..='9' => Some(c),
            '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
            _ => None,
        })
        .take(13)
        .collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

impl NotTaken {
    /// In words.
    pub const fn told(self) -> &'static str {
        match self {
            Self::NoFigure => "这里只填数字，刚才的没有算",
            Self::ToCome => "这个日子还没到，刚才的没有算",
            Self::NoDay => "日子没填全，刚才的没有算；年份写四位，比如2026",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOTE: &str = "branch-1/2026-H2/check/yes/note";

    fn stored(key: &str, text: &str, at: u64) -> (String, Unfinished) {
        (key.into(), Unfinished { text: text.into(), at })
    }

    #[test]
    fn places_belong_to_a_branch_and_to_a_period_unless_every_period_shows_them() {
        let (branch, period) = (BranchCode::new("branch-1").unwrap(), PeriodId::new("2026-H2").unwrap());
        let (branch, period) = (Some(&branch), Some(&period));
        assert_eq!(key(branch, period, "check/yes/note"), NOTE);
        assert_eq!(key(branch, period, "ledger/new#topic"), "branch-1/-/ledger/new#topic");
        assert_eq!(key(branch, None, "submit#reporter"), "branch-1/-/submit#reporter");
        assert_eq!(key(branch, None, "activate#code"), "-/-/activate#code", "in no branch's backup");
    }

    #[test]
    fn what_was_read_never_hides_what_is_typed_or_let_go_of() {
        let mut typed = Typed::default();
        typed.read(vec![stored(NOTE, "上次的", 1), stored("b/-/x", "另一处", 1)]);
        assert_eq!((typed.text(NOTE), typed.is_on_disk()), (Some("上次的"), true));
        typed.keep(NOTE, "这次的", 5);
        typed.forget("b/-/x");
        let old = || vec![stored(NOTE, "上次的", 1), stored("b/-/x", "另一处", 1)];
        typed.read(old());
        assert_eq!((typed.text(NOTE), typed.text("b/-/x")), (Some("这次的"), None));
        assert_eq!(typed.take(true).len(), 2);
        typed.read(old());
        assert_eq!((typed.text(NOTE), typed.text("b/-/x")), (Some("这次的"), None), "while they are written");
        typed.written(true);
        assert!(typed.is_on_disk());
        typed.read(vec![stored(NOTE, "另一个窗口的", 9)]);
        assert_eq!(typed.text(NOTE), Some("另一个窗口的"));
    }

    #[test]
    fn what_was_entered_stays_on_disk_until_it_is_saved() {
        let mut typed = Typed::default();
        typed.read(vec![stored(NOTE, "研究低保", 3)]);
        typed.forget(NOTE);
        assert_eq!(typed.take(false), []);
        assert!(!typed.is_on_disk());
        assert_eq!(typed.take(true), [(NOTE.into(), Kept::Gone { at: 3 })]);
        typed.written(false);
        assert_eq!(typed.take(true).len(), 1, "again, for it could not be written");
        typed.written(true);
        // Typed again after it was entered.
        typed.keep(NOTE, "研究秸秆", 7);
        assert_eq!(
            typed.take(false),
            [stored(NOTE, "研究秸秆", 7)].map(|(key, kept)| (key, Kept::Put(kept)))
        );
    }

    #[test]
    fn a_form_is_kept_field_by_field_and_goes_as_a_whole() {
        let mut typed = Typed::default();
        for (at, text) in [
            ("b/-/ledger/new#topic", "议"),
            ("b/-/ledger/new#place", "村部"),
            ("b/-/ledger/newer#topic", "别的"),
        ] {
            typed.keep(at, text, 1);
        }
        let form = typed.of_form("b/-/ledger/new");
        assert_eq!(form, [("place".into(), "村部".into()), ("topic".into(), "议".into())]);
        typed.forget_form("b/-/ledger/new");
        assert_eq!((typed.of_form("b/-/ledger/new").len(), typed.of_form("b/-/ledger/newer").len()), (0, 1));
    }

    #[test]
    fn a_field_that_nobody_typed_in_overwrites_nothing() {
        // Another phone has written since the field was opened.
        assert!(!is_new("会前备好", "会前备好", "会前备好", "会前备好签到表"));
        assert!(is_new("会前备好", "会前备好笔", "会前备好笔", "会前备好签到表"));
        assert!(!is_new("会前备好", " 会前备好笔 ", "会前备好笔", "会前备好笔"), "said already");
        assert!(is_new("2026-12-01", "", "", "2026-12-01"), "taken back");
    }

    #[test]
    fn a_field_knows_when_it_is_full() {
        let line = Shape::Text(Kind::Line(3));
        assert_eq!([line.is_full("王小"), line.is_full("王小明")], [None, Some(3)]);
        assert_eq!(line.is_full("王𠮷"), Some(3), "as the browser counts");
        assert_eq!(Shape::Figure.is_full("999999"), None);
    }

    #[test]
    fn a_field_takes_what_it_is_for_and_guesses_nothing() {
        let read = |shape: Shape, typed| shape.read(typed, false);
        assert_eq!(read(Shape::Text(Kind::NAME), " 王\t小\u{200b}明\n"), Ok("王 小明".into()));
        assert_eq!(read(Shape::Figure, " １２"), Ok("12".into()));
        for bad in ["", "十二", "-1", "1.5"] {
            assert_eq!(read(Shape::Figure, bad), Err(NotTaken::NoFigure), "{bad:?}");
        }
        for day in ["1949-10-01", "2026-11-30", "2100-12-31", ""] {
            assert_eq!(read(Shape::Day, day), Ok(day.into()));
        }
        for half in [
            "0002-11-30",
            "0020-11-30",
            "0202-11-30",
            "1948-12-31",
            "2101-01-01",
            "20260-01-01",
            "2026-02-30",
        ] {
            assert_eq!(read(Shape::Day, half), Err(NotTaken::NoDay), "{half:?}");
        }
        for typed in ["", "2026-11-30"] {
            assert_eq!(Shape::Day.read(typed, true), Err(NotTaken::NoDay), "a part of it is missing");
        }
        let past = Shape::PastDay(jiff::civil::date(2026, 11, 24));
        assert_eq!(read(past, "2026-11-24"), Ok("2026-11-24".into()));
        assert_eq!(read(past, "2026-11-25"), Err(NotTaken::ToCome));
        assert_eq!(read(Shape::Code, "1234\t５678 90123"), Ok("1234 5678 9012 3".into()));
    }

    /// One file makes fields, and so all of them keep what is typed; and none listens to `change`, which tells of half a date with
    /// every key and, in Chromium, of a field whose page is gone.
    #[test]
    fn no_other_file_makes_a_field() {
        fn walk(folder: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, found);
                } else if path.extension().is_some_and(|ending| ending == "rs")
                    && !path.ends_with("typing.rs")
                {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let is_the_one = path.ends_with("kit/field.rs");
                    let own = ["<input", "<textarea", "on:input", "on:blur", "on:focus="];
                    let none = ["<select", "contenteditable", "on:change"];
                    let minded = none.iter().chain(own.iter().filter(|_| !is_the_one));
                    found.extend(
                        minded
                            .filter(|mark| text.contains(**mark))
                            .map(|mark| format!("{}: {mark}", path.display())),
                    );
                }
            }
        }
        let mut found = Vec::new();
        walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui"), &mut found);
        assert_eq!(found, Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn whatever_is_pasted_the_endpoint_takes_what_is_left(typed in any::<String>(), breaks in any::<bool>()) {
            let kind = if breaks { Kind::NOTE } else { Kind::NAME };
            let read = Shape::Text(kind).read(&typed, false).unwrap();
            prop_assert_eq!(text::fault(&read, kind), None);
        }
    }
}
