//! What the tests of the phone are told with.

use super::work::Work;
use crate::{
    domain::{
        Assessment,
        moving::Versions,
        testing::{checklist, period},
    },
    store::testing::draft,
};
use std::sync::Arc;

/// The work of a branch on the draft of the tests.
pub(crate) fn work(of: u8, assessment: Assessment) -> Work {
    Work {
        draft: draft(of),
        stored: true,
        checklist: Arc::new(checklist()),
        period: period(),
        periods: vec![period()],
        assessment,
        versions: Versions::new(),
        offer: None,
        strays: Vec::new(),
    }
}
