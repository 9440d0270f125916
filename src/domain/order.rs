//! 限期整改: a unit above branches is told to mend by a day. What was said of it is a list of steps, each with when and in whose name,
//! that is only ever added to; how it stands is derived.

use super::{day, ids::BranchCode};
use crate::json::FromJson;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What is said of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum OrderStep {
    /// It is given: always the first.
    Given {
        /// Why.
        reason: String,
        /// 文号 of the decision; may be empty.
        decision: String,
        /// What counts as done.
        done_when: String,
        /// Until when.
        #[serde(with = "crate::domain::day")]
        due: Date,
    },
    /// The unit reports what it has done.
    Answered {
        /// What.
        text: String,
    },
    /// It has another day. What the unit had reported was not enough, where it had.
    Extended {
        /// Why.
        reason: String,
        /// Until when.
        #[serde(with = "crate::domain::day")]
        due: Date,
    },
    /// The unit is released: the last.
    Released {
        /// What was seen.
        reason: String,
    },
}

/// A step with when and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderWord {
    /// Milliseconds since 1970-01-01 UTC.
    pub at: u64,
    /// In whose name.
    pub by: String,
    /// What.
    pub step: OrderStep,
}

/// An order with all that was said of it, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its key.
    pub id: String,
    /// Who is to mend.
    pub unit: BranchCode,
    /// Who says so.
    pub given_by: BranchCode,
    /// What was said.
    pub words: Vec<OrderWord>,
}

/// How an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrderState {
    /// 整改中: the unit has something to do.
    Open,
    /// 已报告: whoever gave it has something to say.
    Answered,
    /// 已解除
    Released,
}

impl Order {
    /// How it stands.
    pub fn state(&self) -> OrderState {
        match self.words.last().map(|word| &word.step) {
            Some(OrderStep::Answered { .. }) => OrderState::Answered,
            Some(OrderStep::Released { .. }) => OrderState::Released,
            Some(OrderStep::Given { .. } | OrderStep::Extended { .. }) | None => OrderState::Open,
        }
    }

    /// Until when; the newest word on it.
    pub fn due(&self) -> Option<Date> {
        self.words.iter().rev().find_map(|word| match &word.step {
            OrderStep::Given { due, .. } | OrderStep::Extended { due, .. } => Some(*due),
            OrderStep::Answered { .. } | OrderStep::Released { .. } => None,
        })
    }

    /// Whether that day has passed without an answer.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state() == OrderState::Open && self.due().is_some_and(|due| due < today)
    }

    /// Whether this may be said now: nothing of one that is released, and no report upon a report.
    pub fn takes(&self, step: &OrderStep) -> bool {
        match step {
            OrderStep::Given { .. } => self.words.is_empty(),
            OrderStep::Answered { .. } => self.state() == OrderState::Open,
            OrderStep::Extended { .. } | OrderStep::Released { .. } => {
                !self.words.is_empty() && self.state() != OrderState::Released
            }
        }
    }
}

impl OrderStep {
    /// The day that it sets.
    pub fn due(&self) -> Option<Date> {
        match self {
            Self::Given { due, .. } | Self::Extended { due, .. } => Some(*due),
            Self::Answered { .. } | Self::Released { .. } => None,
        }
    }

    /// Its texts, with whether each has to be there.
    pub fn texts(&self) -> Vec<(&str, bool)> {
        match self {
            Self::Given { reason, decision, done_when, .. } => {
                vec![(reason, true), (decision, false), (done_when, true)]
            }
            Self::Answered { text } => vec![(text, true)],
            Self::Extended { reason, .. } | Self::Released { reason } => vec![(reason, true)],
        }
    }

    /// Whether its day can be meant.
    pub fn can_be(&self) -> bool {
        self.due().is_none_or(day::can_be)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn order(steps: impl IntoIterator<Item = OrderStep>) -> Order {
        let words = (1..).zip(steps).map(|(at, step)| OrderWord { at, by: "县".into(), step });
        let code = |text| BranchCode::new(text).unwrap();
        Order { id: "1".into(), unit: code("t"), given_by: code("c"), words: words.collect() }
    }

    fn given() -> OrderStep {
        let text = String::from;
        let due = date(2026, 11, 30);
        OrderStep::Given {
            reason: text("逾期多"), decision: text(""), done_when: text("全部销号"), due
        }
    }

    #[test]
    fn how_it_stands_follows_from_what_was_said() {
        let answered = || OrderStep::Answered { text: "都改了".into() };
        let extended = || OrderStep::Extended { reason: "还差两个".into(), due: date(2026, 12, 10) };
        let released = || OrderStep::Released { reason: "看过".into() };
        let (before, after) = (date(2026, 11, 30), date(2026, 12, 1));
        let now = order([given()]);
        assert!(now.state() == OrderState::Open && !now.is_overdue(before) && now.is_overdue(after));
        assert!(now.takes(&answered()) && now.takes(&extended()) && !now.takes(&given()));
        let now = order([given(), answered()]);
        assert!(now.state() == OrderState::Answered && !now.is_overdue(after), "it is not the unit's turn");
        assert!(!now.takes(&answered()) && now.takes(&released()));
        let now = order([given(), answered(), extended()]);
        assert_eq!((now.state(), now.due()), (OrderState::Open, Some(date(2026, 12, 10))));
        let now = order([given(), released()]);
        assert_eq!(now.state(), OrderState::Released);
        assert!(![answered(), extended(), released()].iter().any(|step| now.takes(step)), "it is the last");
    }

    #[test]
    fn the_stored_form_is_frozen() {
        let json = serde_json::to_string(&given()).unwrap();
        let expected =
            r#"{"given":{"reason":"逾期多","decision":"","done_when":"全部销号","due":"2026-11-30"}}"#;
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_str::<OrderStep>(&json).unwrap(), given());
    }
}
