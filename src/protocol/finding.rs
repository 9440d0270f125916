//! 问题和整改 on their way between the phones of a branch, the endpoint and the upper level.

use crate::domain::{FindingEntry, Findings, Verdict};
use serde::{Deserialize, Serialize};

/// The most entries that one request may carry; a phone that has more sends several.
pub const MAX_FINDINGS_PER_REQUEST: usize = 200;

/// What a phone adds. The endpoint keeps the union: an entry that it has already changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NewFindings {
    /// At most [`MAX_FINDINGS_PER_REQUEST`]; none in the upper level's name.
    pub entries: Vec<FindingEntry>,
}

/// All that the endpoint has of a branch: what its phones and the upper level wrote, and what was decided.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BranchFindings {
    /// Every entry, in the order of findings, registers and stamps.
    pub entries: Vec<FindingEntry>,
    /// Every verdict, in the order of findings and stamps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Verdict>,
}

impl BranchFindings {
    /// Whether there is nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.verdicts.is_empty()
    }
}

impl From<Findings> for BranchFindings {
    fn from(findings: Findings) -> Self {
        Self {
            entries: findings.entries().iter().cloned().collect(),
            verdicts: findings.verdicts().iter().cloned().collect(),
        }
    }
}

impl From<BranchFindings> for Findings {
    fn from(all: BranchFindings) -> Self {
        Self::new(all.entries, all.verdicts)
    }
}
