//! Which reports are asked for, as it stands in an address.

use crate::{
    domain::{BranchCode, ClaimedGrade, PeriodId, SectorId},
    protocol::ReviewState,
    server::{
        desk::links,
        office::reviewing::{Filter, Stage},
    },
};
use jiff::civil::Date;
use serde::Deserialize;

/// How far a report has come: what stands in the address, and what it is called.
pub(super) const STATES: [(&str, &str); 8] = [
    ("", "全部"),
    ("waiting", "待审（未审、审核中）"),
    ("in_review", "审核中"),
    ("returned", "退回修改"),
    ("incomplete", "需补材料"),
    ("overdue", "退回逾期"),
    ("approved", "审核通过"),
    ("unreported", "未报"),
];

/// What stands in the address of a list of reports, and of a report that was opened from it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    period: String,
    under: String,
    sector: String,
    pub(super) state: String,
    pub(super) claimed: String,
    late: String,
    photos: String,
    paper: String,
    page: String,
    /// One report as it goes on paper: nothing folded, nothing to fill in.
    pub(super) print: String,
    /// What happened before, as a code.
    pub(super) said: String,
    /// To which report, or branch.
    pub(super) of: String,
}

impl Query {
    /// What is asked for; what cannot be read is not.
    pub(super) fn filter(&self, today: Date) -> Filter {
        let stage = match self.state.as_str() {
            "waiting" => Some(Stage::Waiting),
            "in_review" => Some(Stage::Reviewed(ReviewState::InReview)),
            "returned" => Some(Stage::Reviewed(ReviewState::Returned)),
            "incomplete" => Some(Stage::Reviewed(ReviewState::Incomplete)),
            "approved" => Some(Stage::Reviewed(ReviewState::Approved)),
            "unreported" => Some(Stage::Unreported),
            _ => None,
        };
        Filter {
            period: PeriodId::new(self.period.as_str()).ok(),
            under: BranchCode::new(self.under.as_str()).ok(),
            sector: SectorId::new(self.sector.as_str()).ok(),
            stage,
            claimed: claim(&self.claimed),
            late: self.late().then_some(true),
            photos_missing: self.photos().then_some(true),
            overdue_on: (self.state == "overdue").then_some(today),
            on_paper: self.paper().then_some(true),
        }
    }

    /// Which page of it.
    pub(super) fn number(&self) -> u32 {
        self.page.parse().unwrap_or(1)
    }

    pub(super) fn late(&self) -> bool {
        self.late == "1"
    }

    pub(super) fn photos(&self) -> bool {
        self.photos == "1"
    }

    pub(super) fn paper(&self) -> bool {
        self.paper == "1"
    }

    /// 领域
    pub(super) fn sector(&self) -> &str {
        &self.sector
    }

    /// An address with all that is asked for, but the page.
    pub(super) fn at(&self, address: &str) -> String {
        let fields = [
            ("period", &self.period),
            ("under", &self.under),
            ("sector", &self.sector),
            ("state", &self.state),
            ("claimed", &self.claimed),
            ("late", &self.late),
            ("photos", &self.photos),
            ("paper", &self.paper),
        ];
        let said = fields.iter().filter(|(_, value)| !value.is_empty());
        let said: Vec<String> =
            said.map(|(name, value)| format!("{name}={}", links::escaped(value))).collect();
        if said.is_empty() { address.to_owned() } else { format!("{address}?{}", said.join("&")) }
    }

    /// The same as it goes on paper.
    pub(super) fn for_paper(&self, address: &str) -> String {
        let address = self.at(address);
        let joined = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joined}print=1")
    }

    /// The same with what happened.
    pub(super) fn after(&self, address: &str, said: &str, of: &str) -> String {
        let address = self.at(address);
        let joined = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joined}said={said}&of={}", links::escaped(of))
    }

    /// The same of one period and unit.
    pub(super) fn within(mut self, period: Option<&PeriodId>, under: &BranchCode) -> Self {
        self.period = period.map(|period| period.as_str().to_owned()).unwrap_or_default();
        self.under = under.as_str().to_owned();
        self
    }

    /// The same of another period.
    pub(super) fn of_period(&self, period: &PeriodId) -> Self {
        Self { period: period.as_str().to_owned(), ..self.clone() }
    }

    /// The list with which a count is explained.
    pub(crate) fn of_count(period: &PeriodId, under: &BranchCode, state: &str) -> String {
        let query = Self { state: state.to_owned(), ..Self::default() };
        query.within(Some(period), under).at(links::REPORTS)
    }
}

/// 申报等次 as it stands in an address.
pub(super) fn code(claim: ClaimedGrade) -> String {
    match claim {
        ClaimedGrade::Qualified => "qualified".into(),
        ClaimedGrade::Excellent => "excellent".into(),
        ClaimedGrade::Model => "model".into(),
        ClaimedGrade::Own(place) => format!("own-{place}"),
    }
}

/// What it says.
pub(super) fn claim(code: &str) -> Option<ClaimedGrade> {
    match code {
        "qualified" => Some(ClaimedGrade::Qualified),
        "excellent" => Some(ClaimedGrade::Excellent),
        "model" => Some(ClaimedGrade::Model),
        _ => code.strip_prefix("own-")?.parse().ok().map(ClaimedGrade::Own),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_an_address_that_says_all_of_it() {
        let query = Query {
            period: "2026-H2".into(),
            state: "overdue".into(),
            paper: "1".into(),
            ..Query::default()
        };
        assert_eq!(query.at("/desk/reports"), "/desk/reports?period=2026-H2&state=overdue&paper=1");
        let today = jiff::civil::date(2026, 11, 24);
        let filter = query.filter(today);
        assert_eq!((filter.overdue_on, filter.on_paper, filter.late), (Some(today), Some(true), None));
        assert_eq!(Query::default().at("/desk/reports"), "/desk/reports");
        assert_eq!(
            query.after("/x", "approved", "a b"),
            "/x?period=2026-H2&state=overdue&paper=1&said=approved&of=a%20b"
        );
        for one in
            [ClaimedGrade::Model, ClaimedGrade::Excellent, ClaimedGrade::Qualified, ClaimedGrade::Own(2)]
        {
            assert_eq!(claim(&code(one)), Some(one));
        }
        assert_eq!(claim("own-x"), None);
    }
}
