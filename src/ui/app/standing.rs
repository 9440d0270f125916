//! How items and aspects stand, as every page shows it.

use super::session::Session;
use crate::{
    domain::{Outcome, Points, scoring::ItemState},
    phone::overview::ItemRow,
    ui::kit::radar::Arm,
};
use leptos::prelude::*;

/// The colour that goes with how an item stands; a sign and a word say the same.
pub fn class(row: &ItemRow) -> &'static str {
    match (row.state, row.outcome) {
        _ if row.doubtful => "possible",
        (ItemState::Answered, Some(Outcome::Met) | None) => "met",
        (ItemState::Answered, Some(Outcome::StillPossible { .. })) => "possible",
        (ItemState::Answered, _) => "missed",
        (ItemState::Unsure, _) => "possible",
        _ => "quiet",
    }
}

/// The aspects as arms of the radar.
pub fn arms(session: Session) -> Signal<Vec<Arm>> {
    Signal::derive(move || {
        let work = session.work.read();
        let (Ok(work), Some(sheet)) = (work.as_ref(), session.derived.sheet.get()) else { return Vec::new() };
        let aspects = work.checklist.aspects.iter().zip(&sheet.aspects);
        let arms: Vec<Arm> = aspects
            .filter(|(_, scored)| scored.full > Points::ZERO)
            .map(|(aspect, scored)| Arm {
                name: aspect.name.clone(),
                percent: percent(scored.got, scored.full),
            })
            .collect();
        arms
    })
}

/// How much of the full points, in the hundred.
pub fn percent(got: Points, full: Points) -> u32 {
    got.hundredths().saturating_mul(100).checked_div(full.hundredths()).unwrap_or(0)
}
