//! 问题和整改 on their way between the phones of a branch, the endpoint and the upper level.

use crate::domain::{FindingEntry, Findings, Open, Verdict};
use crate::json::FromJson;
use serde::{Deserialize, Serialize};

/// The most entries that one request may carry; a phone that has more sends several.
pub const MAX_FINDINGS_PER_REQUEST: usize = 200;

/// One word on a finding: of a kind that is known here, or of one that came later, which says at least what a [`FindingHead`] says.
#[cfg(feature = "server")]
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is only described")]
enum AnyFindingEntry {
    Known(FindingEntry),
    Later(crate::domain::finding::FindingHead),
}

/// What a phone adds. The endpoint keeps the union: an entry that it has already changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NewFindings {
    /// At most [`MAX_FINDINGS_PER_REQUEST`]; none in the upper level's name.
    #[cfg_attr(feature = "server", schema(value_type = Vec<AnyFindingEntry>))]
    pub entries: Open<FindingEntry>,
}

/// All that the endpoint has of a branch: what its phones and the upper level wrote, and what was decided.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BranchFindings {
    /// Every entry, in the order of findings, registers and stamps.
    #[cfg_attr(feature = "server", schema(value_type = Vec<AnyFindingEntry>))]
    pub entries: Open<FindingEntry>,
    /// Every verdict, in the order of findings and stamps.
    #[serde(default, skip_serializing_if = "Open::is_empty")]
    #[cfg_attr(feature = "server", schema(value_type = Vec<Verdict>))]
    pub verdicts: Open<Verdict>,
}

impl BranchFindings {
    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.verdicts.is_empty()
    }
}

impl From<Findings> for BranchFindings {
    fn from(findings: Findings) -> Self {
        Self { entries: findings.entries.into(), verdicts: findings.verdicts.into() }
    }
}

impl From<BranchFindings> for Findings {
    fn from(BranchFindings { entries, verdicts }: BranchFindings) -> Self {
        Self { entries: entries.into(), verdicts: verdicts.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::any_json;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn heard(entries: &[Value], verdicts: &[Value]) -> Findings {
        let text = json!({ "entries": entries, "verdicts": verdicts }).to_string();
        serde_json::from_str::<BranchFindings>(&text).unwrap().into()
    }

    fn said(findings: &Findings) -> Value {
        serde_json::to_value(BranchFindings::from(findings.clone())).unwrap()
    }

    fn some() -> impl Strategy<Value = Vec<Value>> {
        prop::collection::vec(any_json(), 0..5)
    }

    proptest! {
        /// Phones and endpoint agree on what none of them can read, in whatever order they meet.
        #[test]
        fn what_cannot_be_read_is_merged_like_everything_else(a in some(), b in some(), c in some()) {
            let merged = |order: [&Vec<Value>; 3]| {
                let mut findings = Findings::default();
                for list in order {
                    findings.merge(heard(list, list));
                }
                findings
            };
            let one = merged([&a, &b, &c]);
            prop_assert_eq!(&one, &merged([&c, &a, &b]));
            prop_assert_eq!(&one, &merged([&b, &c, &a]));
            let mut again = one.clone();
            again.merge(one.clone());
            prop_assert_eq!(&again, &one);
            let said = said(&one);
            for value in a.iter().chain(&b).chain(&c) {
                prop_assert!(said["entries"].as_array().unwrap().contains(value));
                prop_assert!(said["verdicts"].as_array().unwrap().contains(value));
            }
        }
    }
}
