//! One item of a report, open or folded.

use super::words;
use crate::{
    domain::{Period, SubmissionId, scoring::ItemScore},
    protocol::Review,
    server::office::reading::{PartSeen, Seen},
    words::{answers, explain, terms},
};
use maud::{Markup, html};

/// Where an item stands.
pub(super) struct Around<'a> {
    /// Of which report.
    pub(super) id: SubmissionId,
    /// For which period.
    pub(super) period: &'a Period,
    /// Who judges what the branch does not.
    pub(super) above: &'a str,
    /// Whether there is room for all that is asked, too.
    pub(super) whole: bool,
    /// What was typed of items, by a person who may; `None` for whoever may only look.
    pub(super) notes: Option<&'a dyn Fn(&Seen<'_>) -> String>,
    /// What was asked of the branch last, if it has not answered yet.
    pub(super) back: Option<&'a Review>,
}

impl Around<'_> {
    /// What was asked of an item.
    pub(super) fn asked(&self, seen: &Seen<'_>) -> Option<&str> {
        let item = self.back?.items.iter().find(|one| one.item == seen.item.id)?;
        Some(&item.reason)
    }
}

/// The field in which a note of an item is typed.
pub(super) const NOTE: &str = "note.";

/// An item that asks to be looked at: whole.
pub(super) fn open(around: &Around<'_>, seen: &Seen<'_>) -> Markup {
    html! {
        article.seen id={ "i" (seen.number) } {
            h3 {
                "第" (seen.number) "条 " (seen.item.title) " " (points(seen.score))
                @for flag in &seen.flags { " " span.flag { (words::flag(*flag)) } }
            }
            @if seen.is_theirs() {
                p.requirement { (seen.item.requirement) }
                @if let Some(asked) = seen.asked { p.asked { "上次要求：" (asked) } }
            }
            @if let Some(asked) = around.asked(seen) { p.asked { "要支部改：" (asked) } }
            (said(around, seen))
        }
    }
}

/// An item without a flag: what it says, in short.
pub(super) fn folded(around: &Around<'_>, seen: &Seen<'_>) -> Markup {
    html! {
        article.seen {
            h4 { "第" (seen.number) "条 " (seen.item.title) " " (points(seen.score)) }
            @if around.whole && seen.is_theirs() { p.requirement { (seen.item.requirement) } }
            (said(around, seen))
        }
    }
}

fn points(score: &ItemScore) -> Markup {
    html! {
        @if score.state.counts() {
            span.points {
                (score.got) "/" (score.points) "分"
                @if !score.taken.is_zero() { "，倒扣" (score.taken) "分" }
            }
        }
    }
}

fn said(around: &Around<'_>, seen: &Seen<'_>) -> Markup {
    let aside = terms::aside(seen.score.state, around.above);
    let is_named = seen.parts.len() > 1;
    html! {
        @if let Some(aside) = &aside { p { (aside) (judged(seen)) } }
        @if aside.is_none() {
            ul { @for part in &seen.parts { li { (self::part(around.period, part, is_named)) } } }
        }
        @if !seen.was.is_empty() {
            p.was { @for (place, was) in seen.was.iter().enumerate() { @if place > 0 { "；" } (words::difference(was)) } }
        }
        @if !seen.note.is_empty() { p.note-of-branch { "纪实：" (seen.note) } }
        @if !seen.location.is_empty() || seen.last.is_some() {
            p.muted {
                @if !seen.location.is_empty() { "原件：" (seen.location) "　" }
                @if let Some((got, of)) = seen.last { "上期" (got) "/" (of) "分" }
            }
        }
        (photos(around, seen))
        @if let (true, Some(typed)) = (seen.is_theirs(), around.notes) {
            textarea name={ (NOTE) (seen.item.id) } rows="1" maxlength="500" aria-label={ "第" (seen.number) "条的意见" } placeholder="意见" {
                (typed(seen))
            }
        }
    }
}

/// What was given from above, where the item is judged there.
fn judged(seen: &Seen<'_>) -> String {
    match seen.given {
        _ if seen.is_theirs() => String::new(),
        Some(given) => format!("：{}/{}分（{}）", given.points, given.of, given.by),
        None if seen.score.state == crate::domain::scoring::ItemState::JudgedAbove => {
            "，还没评。评了的，请县里管服务器的人登记".into()
        }
        None => String::new(),
    }
}

fn part(period: &Period, part: &PartSeen<'_>, is_named: bool) -> Markup {
    let said = part.answer.as_ref().map(|answer| answers::said(part.part, answer, period));
    let why = part.score.filter(|score| score.lost() > crate::domain::Points::ZERO);
    let why = why.map(|score| explain::with_points(part.part, score, period));
    let name = if is_named { part.part.text.as_str() } else { "" };
    html! {
        @if !name.is_empty() { (terms::before_answer(name)) "：" }
        @match (&said, &why) {
            // The sentence of what was lost says what was answered, but for what was done of several facts.
            (_, Some(why)) => { span.lost { (why) } },
            (Some(said), None) => { (said) },
            (None, None) => { "没有填" },
        }
        @if !part.reason.is_empty() {
            br; "支部说的：" (said.as_deref().unwrap_or_default()) "。为什么和台账不一样：" (part.reason)
        }
        @if let Some(ledger) = words::ledger(part, period) { span.muted { "　" (ledger) } }
        @if let Some(was) = words::was(part, period) { br; span.was { (was) } }
    }
}

/// Photos in small, each a way to the whole; they are fetched when they come into sight.
fn photos(around: &Around<'_>, seen: &Seen<'_>) -> Markup {
    html! {
        @if !seen.photos.is_empty() {
            p.photos {
                @for (place, (sha256, is_here)) in seen.photos.iter().enumerate() {
                    @let address = format!("/desk/reports/{}/photos/{sha256}", around.id);
                    @if *is_here {
                        a href=(address) target="_blank" {
                            img src=(address) loading="lazy" width="160" height="120" alt={ "第" (seen.number) "条的第" (place + 1) "张照片" };
                        }
                    } @else {
                        span.muted { "第" (place + 1) "张照片还没有传上来　" }
                    }
                }
            }
        }
    }
}
