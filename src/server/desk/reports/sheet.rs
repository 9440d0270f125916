//! The page of 一份上报: what asks to be looked at stands open, what does not is folded; a note at any item, and one act for all.

use super::{
    filter::Query,
    item::{self, Around, NOTE},
    words,
};
use crate::{
    domain::{SubmissionId, scoring::ItemState},
    protocol::{Review, ReviewState},
    server::{
        desk::{
            frame,
            kit::{Tone, area, hidden, line, note},
            links,
            visitor::Visitor,
        },
        office::reading::{Flag, Reading, Seen, items},
    },
    words::{dates, terms, units, whole},
};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Of a checklist that asks with more bytes than this, what is folded does not say what it asks: a page is to come soon on a poor line.
const REQUIREMENTS: usize = 20_000;

/// What a reviewer typed, to be shown again.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// Item by item.
    pub(super) notes: BTreeMap<String, String>,
    /// In general.
    pub(super) reason: String,
    /// Until when, as typed.
    pub(super) due: String,
    /// What was wrong with it.
    pub(super) fault: Option<String>,
    /// Whether that was the day.
    pub(super) is_wrong_day: bool,
}

/// What the page is shown with.
pub(super) struct Shown<'a> {
    /// To whom.
    pub(super) visitor: &'a Visitor,
    /// The report.
    pub(super) reading: &'a Reading,
    /// The list that it was opened from.
    pub(super) query: &'a Query,
    /// The waiting ones before and after it.
    pub(super) beside: [Option<SubmissionId>; 2],
    /// What was typed.
    pub(super) typed: &'a Typed,
}

impl Shown<'_> {
    /// Whether it goes on paper, where what is closed cannot be opened.
    fn is_for_paper(&self) -> bool {
        self.query.print == "1"
    }
}

/// The page.
pub(super) fn page(shown: &Shown<'_>) -> Markup {
    let Shown { visitor, reading, typed, .. } = shown;
    let title = format!("{}　{}自评", reading.branch.name, reading.period.name);
    let id = reading.known.id;
    let body = html! {
        @if let Some(fault) = &typed.fault { (note(Tone::Wrong, fault)) }
        (said(shown.query))
        (facts(shown))
        @if shown.is_for_paper() {
            p.acts {
                a.button.second href=(shown.query.at(&super::address(id))) { "回到这份上报" }
                span.muted { "下面是全部条目。按 Ctrl+P 打印，用A4纸。" }
            }
            (all_items(shown))
        } @else if shown.reading.may_review {
            form.reading method="post" action=(shown.query.at(&super::review_address(id))) {
                (hidden("csrf", &visitor.token))
                (hidden("after", &reading.known.reviews.len().to_string()))
                (first_acts(shown))
                (all_items(shown))
                (last_acts(shown))
            }
        } @else {
            (ways(shown))
            (all_items(shown))
        }
        (history(shown))
        @if shown.is_for_paper() { (signed()) }
    };
    // What was typed is where one goes on; else a stray Enter on the page's head does nothing.
    if typed.fault.is_some() {
        frame::page(visitor, links::REPORTS, &title, &body)
    } else {
        frame::page_to_read(visitor, links::REPORTS, &title, &body)
    }
}

/// What happened to the one before.
fn said(query: &Query) -> Markup {
    let said = match query.said.as_str() {
        "approved" => "上一份审核通过。",
        "returned" => "上一份退回修改，支部的手机上能看到。",
        "incomplete" => "上一份要求补材料，支部的手机上能看到。",
        "in_review" => return note(Tone::Done, "开始审核了，支部从现在起不能自己撤回。"),
        _ => return html! {},
    };
    let before = query.of.parse::<SubmissionId>().ok().map(super::address);
    html! {
        p.note.done {
            strong { "办好了" } " " (said)
            @if let Some(before) = before { " " a href=(query.at(&before)) { "回去看上一份" } }
        }
    }
}

fn facts(shown: &Shown<'_>) -> Markup {
    let Shown { reading, visitor, .. } = shown;
    let (declaration, today) = (&reading.report.submission.declaration, visitor.today);
    let state = terms::review(reading.state());
    html! {
        p.facts {
            strong { (reading.report.sheet.total()) "分" } (whole::of_full(&reading.known.checklist))
            "，申报" strong { (reading.claimed) } "　状态：" strong { (state) } br;
            @if let Some(scaled) = words::scaled(&reading.report.sheet, reading.known.checklist.full) { (scaled) br; }
            (reading.period.name) "：" (dates::day(reading.period.starts, today)) "至" (dates::day(reading.period.ends, today)) br;
            "上报给" (reading.above) "，" (dates::moment(reading.receipt.received_at, today)) "送达"
            @if reading.receipt.late { "，" strong { "迟报" } }
            "，回执码" (reading.receipt.code) br;
            "填报人" (declaration.reporter) "（" (declaration.reporter_post) "），"
            (dates::day(declaration.considered_on, today)) (words::considered(declaration.considered_by)) "研究，书记" (declaration.secretary) "确认"
            @if let Some(last) = &reading.last_period {
                br; "上期是" (last.period.name) "，" (last.report.sheet.total()) "分"
            }
        }
        @if let Some(back) = sent_back(reading) {
            p.note.calm {
                strong { "请注意" } " " (words::sent_back(back, today))
                @if !back.reason.is_empty() { "。原因：" (back.reason) }
            }
        }
        @for remark in remarks(reading) { (note(Tone::Calm, &remark)) }
        @if let Some(asked) = reading.asked.last() {
            p.note.calm {
                strong { "请注意" } " 这是退回以后重新报的。上次：" (words::step(asked, today))
                @if !asked.reason.is_empty() { "，原因：" (asked.reason) }
                "。下面先列上次要求改的和这次改了的，其余的收起来。"
            }
        }
    }
}

/// The last word on it, where that asks something of the branch.
fn sent_back(reading: &Reading) -> Option<&Review> {
    let asks = |review: &&Review| matches!(review.state, ReviewState::Returned | ReviewState::Incomplete);
    reading.known.reviews.last().filter(asks).filter(|_| reading.known.counts())
}

fn remarks(reading: &Reading) -> Vec<String> {
    let mut remarks = Vec::new();
    if !reading.known.counts() {
        remarks.push("这份已经撤回，或者支部后来重新报了，不用再审。".to_owned());
    }
    if reading.heads > 1 {
        remarks.push(format!("两部手机各报了一份（共{}份），以最新的为准。", reading.heads));
    }
    if !reading.missing.is_empty() {
        remarks.push(format!("照片还差{}张没有传上来。", reading.missing.len()));
    }
    if let Some((score, _)) = reading.paper.as_ref().and_then(|paper| paper.said) {
        remarks.push(format!("这个支部还交了纸质的，得分{score}；以手机上报的为准。"));
    }
    remarks.extend(reading.gone.as_ref().map(|gone| units::gone(gone.on, gone.into.as_deref()) + "。"));
    remarks
}

/// The waiting reports beside this one.
fn ways(shown: &Shown<'_>) -> Markup {
    let [before, after] = shown.beside;
    let to = |id| shown.query.at(&super::address(id));
    html! {
        nav.acts aria-label="前后待审的" {
            @if let Some(id) = before { a.button.quiet href=(to(id)) accesskey="p" rel="prev" { "前一份待审" } }
            @if let Some(id) = after { a.button.quiet href=(to(id)) accesskey="n" rel="next" { "后一份待审" } }
            a href=(shown.query.at(links::REPORTS)) accesskey="l" { "回一览" }
            a href=(shown.query.for_paper(&super::address(shown.reading.known.id))) { "打印全部" }
        }
    }
}

/// The act for what has nothing wrong: at hand at once, without a way through the page.
fn first_acts(shown: &Shown<'_>) -> Markup {
    let reading = shown.reading;
    html! {
        div.acts {
            @if reading.waits() {
                button type="submit" name="act" value="approved" accesskey="t" { "通过，看下一份" }
            }
            @if reading.known.counts() && reading.known.reviews.is_empty() {
                button.quiet type="submit" name="act" value="in_review" accesskey="k" { "开始审核（支部不能再撤回）" }
            }
            @if takes_notes(reading) { a href="#back" accesskey="b" { "退回修改、需补材料" } }
        }
        (ways(shown))
    }
}

/// Whether anything can be asked of the branch: not where it has ended.
fn takes_notes(reading: &Reading) -> bool {
    reading.known.counts() && !reading.known.has_ended()
}

/// What is asked of the branch: the notes above, a reason, and one day.
fn last_acts(shown: &Shown<'_>) -> Markup {
    let (reading, typed) = (shown.reading, shown.typed);
    html! {
        @if takes_notes(reading) {
            fieldset id="back" {
                legend { "退回修改，或者要支部补材料" }
                p.muted { "写在各条下面的意见一起发给支部。" }
                (area("总的原因", "reason", &typed.reason, None))
                (line("哪天以前改好", "due", "date", &typed.due, typed.fault.as_deref().filter(|_| typed.is_wrong_day)))
                div.acts {
                    button.second type="submit" name="act" value="returned" accesskey="r" { "退回修改" }
                    button.second type="submit" name="act" value="incomplete" accesskey="c" { "需补材料" }
                }
            }
        }
        @let is_approved = reading.state() == Some(ReviewState::Approved);
        @if reading.known.counts() && !is_approved && (takes_notes(reading) || !reading.waits()) {
            div.acts { button type="submit" name="act" value="approved" { "审核通过" } }
        }
    }
}

fn all_items(shown: &Shown<'_>) -> Markup {
    let reading = shown.reading;
    let seen = items(reading);
    let notes = |seen: &Seen<'_>| shown.typed.notes.get(seen.item.id.as_str()).cloned().unwrap_or_default();
    let notes: Option<&dyn Fn(&Seen<'_>) -> String> =
        if reading.may_review && takes_notes(reading) && !shown.is_for_paper() { Some(&notes) } else { None };
    let whole = seen.iter().map(|seen| seen.item.requirement.len()).sum::<usize>() <= REQUIREMENTS;
    let (id, period, above) = (reading.known.id, &reading.period, &reading.above);
    let back = sent_back(reading);
    let around = Around { id, period, above, whole, notes, back };
    let typed = |seen: &Seen<'_>| shown.typed.notes.contains_key(seen.item.id.as_str());
    let is_open = |seen: &Seen<'_>| typed(seen) || around.asked(seen).is_some() || stands_open(reading, seen);
    let judged = |seen: &Seen<'_>| seen.score.state == ItemState::JudgedAbove;
    html! {
        @let open: Vec<&Seen<'_>> = seen.iter().filter(|seen| is_open(seen) && !judged(seen)).collect();
        @let above: Vec<&Seen<'_>> = seen.iter().filter(|seen| is_open(seen) && judged(seen)).collect();
        @let folded: Vec<&Seen<'_>> = seen.iter().filter(|seen| !is_open(seen)).collect();
        @if !open.is_empty() {
            h2 { "要看的" (open.len()) "条" }
            @for seen in open { (item::open(&around, seen)) }
        }
        @if !above.is_empty() {
            h2 { "由上级评的" (above.len()) "条" }
            @for seen in above { (item::open(&around, seen)) }
        }
        @for aspect in &reading.known.checklist.aspects {
            @let own: Vec<&&Seen<'_>> = folded.iter().filter(|seen| seen.aspect.id == aspect.id).collect();
            @if !own.is_empty() {
                (fold(shown, &html! { (aspect.name) "：" (own.len()) "条" (what_is_folded(reading)) }, &html! {
                    @for seen in own { (item::folded(&around, seen)) }
                }))
            }
        }
    }
}

/// Lines to be signed and stamped, on paper alone.
fn signed() -> Markup {
    html! {
        div.on-paper {
            p { "支部书记（签字）：＿＿＿＿＿＿＿＿　　支部（盖章）　　　　年　　月　　日" }
            p { "审核人（签字）：＿＿＿＿＿＿＿＿　　上级党组织（盖章）　　　　年　　月　　日" }
        }
    }
}

/// What is folded on a screen; on paper it stands under its heading.
fn fold(shown: &Shown<'_>, heading: &Markup, body: &Markup) -> Markup {
    html! {
        @if shown.is_for_paper() {
            h2 { (heading) }
            (body)
        } @else {
            details.folded { summary { (heading) } (body) }
        }
    }
}

/// What follows a return shows first what differs; else what has any flag stands open.
fn stands_open(reading: &Reading, seen: &Seen<'_>) -> bool {
    if reading.before.is_some() {
        seen.flags.contains(&Flag::Changed) || seen.flags.contains(&Flag::Asked)
    } else {
        !seen.flags.is_empty()
    }
}

fn what_is_folded(reading: &Reading) -> &'static str {
    if reading.before.is_some() { "和上次一样" } else { "没有提示" }
}

/// What was said of it so far.
fn history(shown: &Shown<'_>) -> Markup {
    let (reading, today) = (shown.reading, shown.visitor.today);
    let number = |item: &crate::domain::ItemId| reading.known.checklist.find(item).map(|(number, ..)| number);
    html! {
        @if !reading.known.reviews.is_empty() {
            (fold(shown, &html! { "审核记录" (reading.known.reviews.len()) "条" }, &html! {
                ol {
                    @for review in &reading.known.reviews {
                        li {
                            (words::step(review, today))
                            @if !review.reason.is_empty() { "。原因：" (review.reason) }
                            @for one in &review.items {
                                br; @if let Some(number) = number(&one.item) { "第" (number) "条：" } (one.reason)
                            }
                        }
                    }
                }
            }))
        }
    }
}

/// The item that a field is about.
pub(super) fn noted(field: &str) -> Option<&str> {
    field.strip_prefix(NOTE)
}
