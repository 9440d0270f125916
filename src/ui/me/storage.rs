//! 我的资料在哪: per record where it lies and since when; backup and restore; storage used, persistence granted or not.

use super::{carry::Carry, carrying::NotRestored};
use crate::{
    browser::{self, persistence::Persistence},
    store::{StoreError, backup::BackupError},
    ui::app::session::erased::{Show, live},
    ui::kit::button::button,
    ui::{
        app::{
            clock::ClockNote,
            frame::Page,
            session::{Saving, modules::Module, session},
            slots::slots,
        },
        kit::{
            field,
            message::{Note, Trouble},
        },
        words::{
            dates,
            errors::{self, Told},
            whereabouts::{self, size},
        },
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn StoragePage() -> impl IntoView {
    let session = session();
    // What is typed is counted from the disk, and not with every key.
    leptos::task::spawn_local(session.settle_typed());
    view! {
        <Page title="我的资料在哪" back="/me">
            <Problems />
            <ClockNote />
            <section class="card" data-testid="where">
                <h2>"在这部手机里"</h2>
                <ul class="where">
                    <li>{live(move || answers_line(session))}</li>
                    {live(move || {
                        let said = || format!("台账：{}条", session.ledger.read().ledger.live().len());
                        session.shows(Module::Ledger).then(|| view! { <li>{said()}</li> })
                    })}
                    {live(move || session.shows(Module::Mending).then(|| view! { <li>{findings_line(session)}</li> }))}
                    <li>{live(move || saved_line(session))}</li>
                </ul>
                <h2>"手机丢了会怎样"</h2>
                <ul class="where" data-testid="whereabouts">
                    {live(move || {
                        let all = session.derived.whereabouts.get();
                        whereabouts::sentences(all).into_iter().map(|line| view! { <li>{line}</li> }).collect::<Vec<_>>()
                    })}
                </ul>
                <h2>"在服务器上"</h2>
                <ul class="where">{live(move || server_lines(session).into_iter().map(|line| view! { <li>{line}</li> }).collect::<Vec<_>>())}</ul>
                <a href="/submissions" class="quiet">
                    "看上报记录"
                </a>
            </section>
            {slots().photo_store.map(|show| show())}
            <Keeping />
            <Carry />
            <Restore />
        </Page>
    }
}

type Session = crate::ui::app::session::Session;

fn answers_line(session: Session) -> String {
    match session.work.read().as_ref() {
        Ok(work) => {
            let mut items = std::collections::BTreeSet::new();
            items.extend(work.assessment.entries().iter().filter_map(|entry| entry.key.item()));
            let since = dates::moment(work.draft.begun_at, session.today.get());
            if items.is_empty() && !work.stored {
                format!("{}的自查：还没有填", work.period.name)
            } else {
                format!("{}的自查：填过{}条，从{since}开始", work.period.name, items.len())
            }
        }
        Err(_) => "自查：还没有取到标准".into(),
    }
}

fn findings_line(session: Session) -> String {
    let mending = session.mending.read();
    let all = mending.findings.all().len();
    let mut said = format!("整改：{all}个问题");
    match mending.unsent.keys().filter(|id| !mending.waits_for_report(**id)).count() {
        0 => {}
        going => said += &format!("，{going}个有新写的没有送到{}", session.addressee()),
    }
    let waiting = mending.to_report();
    if waiting > 0 {
        said += &format!("，{waiting}个支部自己查的还没有上报，别人看不到");
    }
    said
}

fn saved_line(session: Session) -> String {
    match *session.saving.read() {
        Saving::Quiet => "打开时都已经存好".into(),
        Saving::Busy => "正在存".into(),
        Saving::Saved(at) => format!("最后一次存好：{}", dates::moment(at, session.today.get())),
        Saving::Failed(_) => "最后改的没存上".into(),
    }
}

fn server_lines(session: Session) -> Vec<String> {
    let today = session.today.get();
    let all = session.submissions.read();
    let mut lines: Vec<String> = all
        .iter()
        .rev()
        .filter_map(|sent| {
            let receipt = sent.receipt.as_ref()?;
            let withdrawn = if sent.withdrawn { "，已撤回" } else { "" };
            Some(format!(
                "{}送达，回执码{}{withdrawn}",
                dates::moment(receipt.received_at, today),
                receipt.code
            ))
        })
        .collect();
    let waiting = session.outbox.read().iter().filter(|row| row.is_waiting()).count();
    if waiting > 0 {
        lines.insert(0, format!("{waiting}份等网络，还没有送到"));
    }
    let mending = session.mending.read();
    let known =
        mending.findings.all().iter().filter(|finding| !mending.unsent.contains_key(&finding.id)).count();
    if lines.is_empty() {
        lines.push("还没有上报过，服务器上没有".into());
    }
    if known > 0 {
        lines.push(format!("整改：{known}个问题写的都已送到"));
    }
    lines
}

/// What is wrong with the storage, and how to go on.
#[component]
fn Problems() -> impl IntoView {
    let session = session();
    view! {
        {move || session.storage_refused.get().map(|error| view! { <Trouble told=errors::store(&error) /> })}
        {live(move || match session.saving.get() {
            Saving::Failed(error) => {
                let full = error == StoreError::Full;
                Some(
                    view! {
                        <Trouble told=errors::store(&error) />
                        {button("再存一次", "button button-main", move |_| session.write())}
                        {full.then(|| view! { <p class="muted">"先点下面的“保存备份”，再清理手机。"</p> })}
                    },
                )
            }
            _ => None,
        })}
        {live(move || session.unreadable.get().into_iter().next().map(|error| view! { <Trouble told=errors::store(&error) /> }))}
    }
}

/// Whether the browser promises to keep it, and how much room there is.
#[component]
fn Keeping() -> impl IntoView {
    let kept = RwSignal::new(None::<Persistence>);
    let room = RwSignal::new(None::<browser::persistence::Estimate>);
    let look = move || {
        leptos::task::spawn_local(async move {
            kept.try_set(Some(browser::persistence::current().await));
            room.try_set(browser::persistence::estimate().await);
        });
    };
    look();
    let ask = move |_| {
        leptos::task::spawn_local(async move {
            let _answer = browser::persistence::request().await;
            look();
        });
    };
    view! {
        <section class="card" data-testid="keeping">
            <h2>"手机会不会清掉"</h2>
            {live(move || match kept.get() {
                Some(Persistence::Granted) => view! { <p>"浏览器答应长期保存，不会自己清掉。"</p> }.into_any(),
                Some(Persistence::Refused) => {
                    view! {
                        <p>"浏览器没有答应长期保存：手机存储紧张时可能清掉。常上报、常备份；把支部标尺添加到桌面也有用。"</p>
                        {button("请浏览器长期保存", "button", ask)}
                    }
                        .into_any()
                }
                _ => view! { <p>"这个浏览器不说会不会清掉。常上报、常备份。"</p> }.into_any(),
            })}
            {live(move || {
                room.get()
                    .map(|room| {
                        let tight = room.is_tight();
                        view! {
                            <p class="muted">
                                {format!("用了{}，还可以用{}。", size(room.usage), size(room.quota.saturating_sub(room.usage)))}
                            </p>
                            {tight
                                .then(|| {
                                    view! {
                                        <p class="stands" role="status" data-testid="tight">
                                            "快满了（用到八成以上）。照片占得最多：先把传到服务器的从手机里清掉；再备份，清理手机。"
                                        </p>
                                    }
                                })}
                        }
                    })
            })}
        </section>
    }
}

/// No backup of ours is larger.
const MOST_BYTES: u64 = 50 * 1024 * 1024;

/// 恢复
#[component]
fn Restore() -> impl IntoView {
    let session = session();
    let pasted = RwSignal::new(String::new());
    let result = RwSignal::new(None::<Result<usize, Told>>);
    let restore = move |text: String, from_file: bool| {
        leptos::task::spawn_local(async move {
            let restored = session.restore(&text, from_file).await.map_err(|error| match error {
                NotRestored::Backup(error) => errors::backup(&error),
                NotRestored::Store(error) => errors::store(&error),
            });
            result.try_set(Some(restored));
        });
    };
    let choose = move |_| {
        leptos::task::spawn_local(async move {
            match browser::files::pick(".json,application/json,text/plain", MOST_BYTES).await {
                Ok(Some(picked)) => restore(picked.text, true),
                Ok(None) => {}
                Err(_) => {
                    result.try_set(Some(Err(errors::backup(&BackupError::NotABackup))));
                }
            }
        });
    };
    view! {
        <section class="card">
            <h2>"从备份恢复"</h2>
            <p>"恢复是合在一起，不会盖掉手机里更新的。"</p>
            {button("选备份文件", "button", choose)}
            {field::pasted("或者把备份文字粘贴到这里", pasted)}
            <Show when=move || !pasted.read().trim().is_empty()>
                {button("用粘贴的恢复", "button", move |_| restore(pasted.get_untracked(), false))}
            </Show>
            {live(move || {
                result
                    .get()
                    .map(|result| match result {
                        Ok(0) => view! { <Note><p>"手机里已经都有，没有新的。"</p></Note> }.into_any(),
                        Ok(new) => view! { <Note><p>{format!("恢复了{new}处。")}</p></Note> }.into_any(),
                        Err(told) => view! { <Trouble told=told /> }.into_any(),
                    })
            })}
        </section>
    }
}
