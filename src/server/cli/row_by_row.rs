//! Tables of which each row is an act of its own: what became of the rows that were left out.

use super::{error::CliError, text::say};
use crate::sheets::fault::Faults;

/// Says what there is to say besides, and ends with the rows that were left out.
pub(super) fn end(mut faults: Faults) -> Result<(), CliError> {
    for notice in faults.take_notices() {
        say(format!("提示：{notice}"));
    }
    if faults.is_empty() { Ok(()) } else { Err(CliError::LeftOut(faults.into_vec())) }
}
