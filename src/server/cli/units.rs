//! Why nothing can be said of the units or the period that a command names.

use super::error::CliError;
use crate::{domain::PeriodId, server::office::scope::Refusal};

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UnknownUnit(text) => Self::UnknownUnit(text),
            Refusal::AmbiguousUnit(text, codes) => {
                let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
                Self::AmbiguousUnit(text, codes.join("、"))
            }
            Refusal::NotABranch(name) => Self::NotABranch(name),
            Refusal::NoBranches(text) => Self::NoBranches(text),
            Refusal::NoPeriod(period, known) => {
                let remedy = if known.is_empty() {
                    "先发布标准".into()
                } else {
                    let known: Vec<&str> = known.iter().map(PeriodId::as_str).collect();
                    format!("改用这里面的一个：{}", known.join("、"))
                };
                Self::refused(format!("没有“{period}”这个考核周期"), remedy)
            }
            Refusal::Database(error) => error.into(),
        }
    }
}
