//! 标准、隐私、投诉建议

use crate::{
    ui::app::session::erased::live,
    ui::{
        app::{frame::Page, notice::NoticeText, session::session},
        words::terms,
    },
    words::whole,
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn About() -> impl IntoView {
    let session = session();
    let standard = move || {
        let work = session.work.read();
        let work = work.as_ref().ok()?;
        let marks: Vec<_> = work
            .checklist
            .marks
            .iter()
            .map(|mark| view! { <li>{format!("{}：{}", terms::mark(mark.kind), mark.text)}</li> })
            .collect();
        let list = &work.checklist;
        let lines = whole::full(list).into_iter().chain(whole::score_lines(&list.grading));
        let lines = lines.collect::<Vec<_>>().join("，");
        let selected = whole::selected(&list.grading).map(|said| format!("{said}。")).unwrap_or_default();
        let quotas = list.grading.quotas.iter().map(|quota| whole::quota(&list.grading, quota));
        let said = quotas.chain(list.limits.iter().map(|limit| whole::limit(list, limit)));
        let said: Vec<_> = said.chain(whole::year(list)).map(|line| view! { <li>{line}</li> }).collect();
        Some(view! {
            <p>
                {format!(
                    "{}（{}），{}版。",
                    work.checklist.title,
                    work.checklist.sector_name,
                    work.checklist.version,
                )}
            </p>
            <p>{work.checklist.notice.clone()}</p>
            <p>{format!("等次线：{lines}。{selected}")}</p>
            <ul class="small">{said}</ul>
            <ul class="small">{marks}</ul>
            <p class="muted small">
                {format!("标准指纹 {}", work.draft.checklist.as_str().chars().take(12).collect::<String>())}
            </p>
        })
    };
    view! {
        <Page title="标准、隐私、投诉建议" back="/me">
            <section class="card">
                <h2>"用的是哪个标准"</h2>
                {standard}
            </section>
            <section class="card" id="complaints">
                <h2>"投诉和建议"</h2>
                <p>
                    {live(move || {
                        format!("标准哪里不对、应用哪里不好用、要求太重，都可以说。打电话给{}，或者向县（市、区）委组织部反映。", session.addressee())
                    })}
                </p>
                <p class="muted">"应用备案编号：由使用单位在上线前备案后填写，这一份还没有备案。"</p>
            </section>
            <section class="card">
                <NoticeText />
            </section>
            <p class="muted small">{format!("支部标尺 {}", env!("CARGO_PKG_VERSION"))}</p>
        </Page>
    }
}
