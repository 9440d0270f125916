//! Every word that was overwritten, and everything the upper level decided.

use crate::{
    domain::{
        Finding, FindingEntry, FindingField, FindingState, FindingValue, Progress, Ruling,
        finding::{endpoint_device, more_time::Turn},
    },
    ui::app::session::erased::{Show, live, memo},
    ui::{
        app::session::{Session, session},
        words::{dates, terms},
    },
    words::findings,
};
use leptos::prelude::*;

/// The fields of which a change is worth reading.
const FIELDS: [FindingField; 6] = [
    FindingField::Problem,
    FindingField::Measure,
    FindingField::Responsible,
    FindingField::Deadline,
    FindingField::DelayReason,
    FindingField::Progress,
];

/// Newest first; nothing while nothing was changed.
#[component]
pub fn FindingHistory(
    /// The finding.
    finding: Memo<Option<Finding>>,
) -> impl IntoView {
    let session = session();
    let id = memo(move || finding.read().as_ref().map(|finding| (finding.id, finding.is_own())));
    let past = memo(move || {
        let Some((id, is_own)) = id.get() else { return Vec::new() };
        let mending = session.mending.read();
        let findings = &mending.findings;
        let mut past = Vec::new();
        for field in &FIELDS {
            // How far it has come is told from the first word on; of the others only what was changed.
            let turns =
                if *field == FindingField::Deadline { findings.turns(id) } else { Default::default() };
            if *field == FindingField::Progress || findings.history(id, field).count() > 1 {
                past.extend(
                    findings
                        .history(id, field)
                        .map(|entry| (entry.stamp, written(session, entry, is_own, turns.get(&entry.stamp)))),
                );
            }
        }
        // A photo is told of once something was taken off; what is there is seen.
        let of_photos = findings.entries().iter().filter(|entry| entry.finding == id);
        let of_photos = of_photos
            .filter(|entry| entry.field.photo().is_some() && findings.history(id, &entry.field).count() > 1);
        past.extend(of_photos.map(|entry| (entry.stamp, written(session, entry, is_own, None))));
        let verdicts = findings.verdicts().iter().filter(|verdict| verdict.finding == id);
        past.extend(verdicts.map(|verdict| {
            let said = match &verdict.ruling {
                Ruling::Closed => "验收销号".to_owned(),
                Ruling::Returned { reason, .. } => format!("退回，{reason}"),
            };
            let at = dates::moment(verdict.given_at, session.today.get());
            (verdict.stamp, format!("{at}，{}：{said}", verdict.by))
        }));
        past.sort_by_key(|(stamp, _)| core::cmp::Reverse(*stamp));
        past.into_iter().map(|(_, text)| text).collect::<Vec<String>>()
    });
    view! {
        <Show when=move || !past.read().is_empty()>
            <details class="card fold" data-testid="finding-history">
                <summary>"改过什么"</summary>
                <ul class="small">
                    {live(move || past.get().into_iter().map(|text| view! { <li>{text}</li> }).collect::<Vec<_>>())}
                </ul>
            </details>
        </Show>
    }
}

/// A word with when and where it was written: 11月24日 14:05，本机：整改措施，会前备好签到表.
fn written(session: Session, entry: &FindingEntry, is_own: bool, turn: Option<&Turn>) -> String {
    let device = session.phone.with_untracked(|phone| phone.as_ref().map(|phone| phone.device));
    let by = match entry.stamp.device {
        above if above == endpoint_device() => session.addressee(),
        own if Some(own) == device => "本机".into(),
        _ => "另一部手机".into(),
    };
    let today = session.today.get();
    // A day that was only set reads as it always did.
    if let Some(turn) = turn.filter(|turn| !matches!(turn, Turn::Set(_))) {
        return format!("{}，{by}：{}", dates::moment(entry.stamp.ms, today), findings::turn(turn, today));
    }
    let name = match entry.field {
        FindingField::Problem => "存在问题，",
        FindingField::Measure => "整改措施，",
        FindingField::Responsible => "责任人，",
        FindingField::Deadline => "整改时限，",
        FindingField::DelayReason => "没按时改好的原因，",
        FindingField::Before { .. } => "整改前的照片，",
        FindingField::After { .. } => "整改后的照片，",
        _ => "",
    };
    let said = match &entry.value {
        FindingValue::Text { text } if text.is_empty() => "清空了".into(),
        FindingValue::Text { text } => text.clone(),
        FindingValue::Day { day } => day.map_or_else(|| "不定日子".into(), |day| dates::day(day, today)),
        FindingValue::Progress { progress, .. } => terms::finding_state(match progress {
            Progress::Open => FindingState::Open,
            Progress::UnderWay => FindingState::UnderWay,
            Progress::Mended if is_own => FindingState::Closed,
            Progress::Mended => FindingState::Mended,
            Progress::Withdrawn => FindingState::Withdrawn,
        })
        .into(),
        FindingValue::Attached { attached: true } => "加了1张".into(),
        FindingValue::Attached { attached: false } => "拿掉1张".into(),
        _ => String::new(),
    };
    format!("{}，{by}：{name}{said}", dates::moment(entry.stamp.ms, today))
}
