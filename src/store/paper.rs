//! How far a branch's paper has come in a period: what is signed, stamped and handed in, and the report's text as it was edited.
//! For the secretary's own memory; never sent, so that it is here alone until a backup holds it.

use super::{
    atomic::Change,
    backend::{Backend, Table},
    error::StoreError,
    records::DraftKey,
    repository::{Repository, unless_spoilt},
};
use crate::{
    domain::{BranchCode, ContentHash, PeriodId},
    json::{self, FromJson},
};
use serde::{Deserialize, Serialize};

/// One branch's paper in one period.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, FromJson)]
pub struct PaperTrail {
    /// 书记签字
    #[serde(default)]
    pub signed: bool,
    /// 支部盖章
    #[serde(default)]
    pub stamped: bool,
    /// 已交几份
    #[serde(default)]
    pub copies: u32,
    /// 自查报告 as it was edited; `None` while it is as drafted.
    #[serde(default)]
    pub report: Option<String>,
    /// The other text, where two tabs or phones have edited it without knowing of one another: kept until she decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
}

/// All of a branch's begin so.
pub(super) fn prefix(branch: &BranchCode) -> String {
    format!("paper/{branch}/")
}

pub(super) fn key(of: &DraftKey) -> String {
    format!("{}{}", prefix(&of.branch), of.period)
}

/// The name of what is noted now: another note is another record.
pub(super) fn name(branch: &BranchCode, period: &PeriodId, trail: &PaperTrail) -> String {
    let text = serde_json::to_string(trail).unwrap_or_default();
    format!("{}{period}#{}", prefix(branch), ContentHash::of(text.as_bytes()))
}

pub(super) async fn stored<B: Backend>(
    change: &mut Change<'_, B>,
    of: &DraftKey,
) -> Result<PaperTrail, StoreError> {
    Ok(unless_spoilt(change.one(Table::Settings, &key(of)).await)?.unwrap_or_default())
}

/// All that is noted of a branch, by period; what is spoilt counts as none.
pub(super) fn by_period(branch: &BranchCode, texts: &[(&str, &str)]) -> Vec<(PeriodId, PaperTrail)> {
    let read = |(key, text): &(&str, &str)| {
        let period = PeriodId::new(key.strip_prefix(&prefix(branch))?).ok()?;
        Some((period, json::from_str(text).ok()?))
    };
    texts.iter().filter_map(read).collect()
}

impl PaperTrail {
    /// Together with what another phone, or this one earlier, has noted: what was ticked there is ticked, and this one's text stands.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        Self {
            signed: self.signed || other.signed,
            stamped: self.stamped || other.stamped,
            copies: self.copies.max(other.copies),
            other: self.other.clone().or_else(|| match (&self.report, &other.report) {
                (Some(this), Some(that)) if this != that => Some(that.clone()),
                _ => other.other.clone(),
            }),
            report: self.report.or_else(|| other.report.clone()),
        }
    }

    /// The report was edited by somebody who saw `seen` as its text: what was written there meanwhile is kept beside it.
    pub fn edit(&mut self, seen: Option<&str>, report: Option<String>) {
        if self.report.as_deref() != seen && self.report.is_some() && self.report != report {
            self.other = self.report.take();
        }
        self.report = report;
    }

    /// The other text is the report from now on, and the report the other.
    pub fn swap(&mut self) {
        if self.other.is_some() {
            std::mem::swap(&mut self.report, &mut self.other);
        }
    }
}

impl<B: Backend> Repository<B> {
    /// How far the paper has come. A spoilt record counts as none.
    pub async fn paper_trail(&self, of: &DraftKey) -> Result<PaperTrail, StoreError> {
        Ok(unless_spoilt(self.one(Table::Settings, &key(of)).await)?.unwrap_or_default())
    }

    /// Changes it, on top of what another tab may have changed; answers what is stored now.
    pub async fn change_paper_trail(
        &self,
        of: &DraftKey,
        change_it: impl Fn(&mut PaperTrail),
    ) -> Result<PaperTrail, StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            let mut trail = stored(change, of).await?;
            change_it(&mut trail);
            change.put(Table::Settings, &key(of), &trail)?;
            Ok(trail)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        Memory,
        testing::{binding, draft, everything, phone, repository, run},
    };

    #[test]
    fn ticks_are_kept_for_each_branch_and_go_with_it() {
        let memory = Memory::default();
        let tab = repository(&memory);
        run(tab.bind(&binding(2), &phone())).unwrap();
        run(tab.change_paper_trail(&draft(2).key(), |trail| trail.stamped = true)).unwrap();
        let before = everything(&memory);
        run(tab.bind(&binding(1), &phone())).unwrap();
        run(tab.change_paper_trail(&draft(1).key(), |trail| trail.signed = true)).unwrap();
        let both = run(tab.change_paper_trail(&draft(1).key(), |trail| trail.copies = 3)).unwrap();
        assert_eq!(both, PaperTrail { signed: true, copies: 3, ..PaperTrail::default() });
        assert_eq!(run(tab.paper_trail(&draft(1).key())).unwrap(), both);
        let backup = run(tab.backup(&crate::sync::testing::branch(1), 0)).unwrap().unwrap();
        run(tab.mark_carried(&backup, crate::store::carried::Became::SentAway)).unwrap();
        run(tab.unbind(&crate::sync::testing::branch(1), &phone())).unwrap();
        assert_eq!(everything(&memory), before);
    }

    #[test]
    fn of_two_texts_of_the_report_none_is_lost() {
        let mut trail = PaperTrail::default();
        trail.edit(None, Some("甲".into()));
        trail.edit(Some("甲"), Some("甲二".into()));
        assert_eq!(trail.other, None, "who edits what was seen replaces it");
        trail.edit(Some("甲"), Some("乙".into()));
        assert_eq!((trail.report.as_deref(), trail.other.as_deref()), (Some("乙"), Some("甲二")));
        trail.edit(Some("乙"), Some("乙二".into()));
        assert_eq!(trail.other.as_deref(), Some("甲二"), "until she decides");
        trail.swap();
        assert_eq!((trail.report.as_deref(), trail.other.as_deref()), (Some("甲二"), Some("乙二")));
        let phone = PaperTrail { report: Some("那部手机的".into()), ..PaperTrail::default() };
        let both = PaperTrail { report: Some("这部".into()), ..PaperTrail::default() }.and(&phone);
        assert_eq!((both.report.as_deref(), both.other.as_deref()), (Some("这部"), Some("那部手机的")));
        assert_eq!(phone.clone().and(&phone).other, None, "the same is no other");
    }

    #[test]
    fn what_lies_on_phones_stays_readable() {
        let old = r#"{"signed":true,"stamped":true,"copies":2,"report":"一、基本情况"}"#;
        let trail: PaperTrail = serde_json::from_str(old).unwrap();
        assert_eq!(serde_json::to_string(&trail).unwrap(), old);
        assert_eq!(serde_json::from_str::<PaperTrail>("{}").unwrap(), PaperTrail::default());
    }
}
