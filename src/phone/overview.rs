//! The checklist as the screen shows it: one row for each item, with where it stands today, and what to do next. Pure.

use crate::domain::{
    AnswerKey, Checklist, ItemId, Outcome, Period, Points, ScoreSheet, outcome::judge_item,
    scoring::ItemState,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// One item as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// The item.
    pub id: ItemId,
    /// 第几条, from 1.
    pub number: usize,
    /// The place of its aspect, from 0.
    pub aspect: usize,
    /// Its short name.
    pub title: String,
    /// Why it counts or not.
    pub state: ItemState,
    /// What it is worth.
    pub points: Points,
    /// What it earned so far.
    pub got: Points,
    /// What it takes from the total.
    pub taken: Points,
    /// How it stands today; `None` while it is unanswered or does not count.
    pub outcome: Option<Outcome>,
    /// 待复核: it was answered under another version that asked something else.
    pub doubtful: bool,
}

/// All items in order.
pub fn rows(checklist: &Checklist, sheet: &ScoreSheet, period: &Period, today: Date) -> Vec<ItemRow> {
    let aspects = checklist.aspects.iter().zip(&sheet.aspects).enumerate();
    let items = aspects.flat_map(|(place, (aspect, scored))| {
        aspect.items.iter().zip(&scored.items).map(move |(item, score)| (place, item, score))
    });
    items
        .enumerate()
        .map(|(index, (aspect, item, score))| ItemRow {
            id: item.id.clone(),
            number: index + 1,
            aspect,
            title: item.title.clone(),
            state: score.state,
            points: if score.state.counts() { score.points } else { item.points() },
            got: score.got,
            taken: score.taken,
            outcome: judge_item(item, score, period, today),
            doubtful: false,
        })
        .collect()
}

/// Marks the items of which something is to be looked at again.
pub fn mark_doubtful(rows: &mut [ItemRow], doubtful: &BTreeSet<AnswerKey>) {
    for row in rows.iter_mut().filter(|row| row.is_asked()) {
        row.doubtful = doubtful.iter().any(|key| key.item() == Some(&row.id));
    }
}

impl ItemRow {
    /// Whether the branch is asked for it, answered or not.
    fn is_asked(&self) -> bool {
        self.state.counts() || matches!(self.state, ItemState::NotApplicable { .. })
    }

    /// Whether the branch has said its word on it.
    pub fn is_done(&self) -> bool {
        matches!(self.state, ItemState::Answered | ItemState::NotApplicable { .. })
    }

    /// Whether it is open although what is answered of it counts already.
    pub fn is_half_answered(&self) -> bool {
        self.state == ItemState::Unanswered && self.got > Points::ZERO
    }

    /// Whether it was answered and lost points.
    pub fn is_short(&self) -> bool {
        self.state == ItemState::Answered && self.lost() > Points::ZERO
    }

    /// What it cost: the points it did not earn, and those it takes from the total.
    pub fn lost(&self) -> Points {
        self.points.saturating_sub(self.got).saturating_add(self.taken)
    }
}

/// Which items a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filter {
    /// 全部
    #[default]
    All,
    /// 没填的
    Open,
    /// 扣分的
    Short,
    /// 还能办的
    Possible,
    /// 拿不准的
    Unsure,
    /// 待复核的
    Doubtful,
}

impl Filter {
    /// All of them, in the order of the buttons.
    pub const ALL: [Self; 6] =
        [Self::All, Self::Open, Self::Short, Self::Possible, Self::Unsure, Self::Doubtful];

    /// Its name on the button.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "全部",
            Self::Open => "没填的",
            Self::Short => "扣分的",
            Self::Possible => "还能办的",
            Self::Unsure => "拿不准的",
            Self::Doubtful => "待复核的",
        }
    }

    /// Its name in an address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Open => "open",
            Self::Short => "short",
            Self::Possible => "possible",
            Self::Unsure => "unsure",
            Self::Doubtful => "doubtful",
        }
    }

    /// The filter of that name; anything else shows all.
    pub fn from_slug(slug: &str) -> Self {
        Self::ALL.into_iter().find(|filter| filter.slug() == slug).unwrap_or_default()
    }

    /// Whether the row is shown.
    pub fn shows(self, row: &ItemRow) -> bool {
        match self {
            Self::All => true,
            Self::Open => row.state.is_open(),
            Self::Short => row.is_short(),
            Self::Possible => matches!(row.outcome, Some(Outcome::StillPossible { .. })),
            Self::Unsure => row.state == ItemState::Unsure,
            Self::Doubtful => row.doubtful,
        }
    }
}

/// How many of the items asked for are done.
pub fn progress<'a>(rows: impl IntoIterator<Item = &'a ItemRow>) -> (usize, usize) {
    let asked = rows.into_iter().filter(|row| row.is_asked());
    asked.fold((0, 0), |(done, all), row| (done + usize::from(row.is_done()), all + 1))
}

/// The first open item after `from` in order, going round; `None` when nothing is open.
pub fn next_open<'a>(rows: &'a [ItemRow], from: Option<&ItemId>) -> Option<&'a ItemRow> {
    let start = from.and_then(|id| rows.iter().position(|row| &row.id == id)).map_or(0, |index| index + 1);
    let (before, after) = rows.split_at(start.min(rows.len()));
    after.iter().chain(before).find(|row| row.state == ItemState::Unanswered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Assessment, PartAnswer, Stance, score,
        testing::{checklist, full_assessment, part_entry, period, stamp, stance_entry},
    };
    use jiff::civil::date;

    fn id(text: &str) -> ItemId {
        ItemId::new(text).unwrap()
    }

    #[test]
    fn rows_say_where_each_item_stands_today() {
        let (list, period, today) = (checklist(), period(), date(2026, 11, 24));
        let yes = &list.find(&id("yes")).unwrap().2;
        let assessment = Assessment::new(
            [
                part_entry(yes, &yes.parts[0], PartAnswer::YesNo { yes: false }, stamp(1, 1)),
                stance_entry(&id("counted"), Stance::Unsure, stamp(2, 1)),
            ],
            None,
        );
        let rows = rows(&list, &score(&list, &period, &assessment), &period, today);
        let shown = |filter: Filter| -> Vec<&str> {
            rows.iter().filter(|row| filter.shows(row)).map(|row| row.id.as_str()).collect()
        };
        assert_eq!(shown(Filter::Short), ["yes"]);
        assert_eq!(shown(Filter::Possible), ["yes"], "its period has not ended");
        assert_eq!(shown(Filter::Unsure), ["counted"]);
        let mut marked = rows.clone();
        let key = |item: &str| AnswerKey::Stance { item: id(item) };
        mark_doubtful(&mut marked, &[key("yes"), key("yearly"), key("gone")].into());
        let doubtful: Vec<&str> =
            marked.iter().filter(|row| Filter::Doubtful.shows(row)).map(|row| row.id.as_str()).collect();
        assert_eq!(doubtful, ["yes"], "what is not due is not asked");
        assert!(shown(Filter::Open).contains(&"counted") && !shown(Filter::Open).contains(&"yes"));
        let (done, asked) = progress(&rows);
        let not_due = rows.iter().filter(|row| row.state == ItemState::NotDue).count();
        assert_eq!((done, asked), (1, rows.len() - not_due));
        assert_ne!(
            next_open(&rows, Some(&id("yes"))).unwrap().id,
            id("counted"),
            "unsure ones wait on their list"
        );
    }

    #[test]
    fn the_next_open_item_goes_round_and_ends() {
        let (list, period) = (checklist(), period());
        let sheet = |assessment: &Assessment| score(&list, &period, assessment);
        let empty = rows(&list, &sheet(&Assessment::default()), &period, period.ends);
        let last = empty.last().unwrap().id.clone();
        assert_eq!(next_open(&empty, Some(&last)).unwrap().number, 1);
        let full = rows(&list, &sheet(&full_assessment(&list, &period)), &period, period.ends);
        assert_eq!(next_open(&full, None), None);
    }
}
