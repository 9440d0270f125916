//! `orders`: 限期整改 as the operator sees it.

use super::{
    error::CliError,
    text::{say, table},
};
use crate::{
    domain::{
        order::{OrderState, OrderStep},
        period::shanghai_date,
    },
    server::{
        database::Database,
        host::clock::SystemClock,
        office::{
            actor::OPERATOR,
            clock::Clock as _,
            orders::{self, Refusal, Row},
            scope,
        },
    },
};

#[derive(clap::Subcommand)]
pub(super) enum Orders {
    #[command(about = "列出限期整改：哪个单位、谁下达的、期限、改到哪一步；下达、报告、解除在桌面上办")]
    List {
        #[arg(long, value_name = "UNIT", help = "只看这个党组织和它下面的（编号或全称）")]
        under: Option<String>,
    },
}

impl Orders {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let Self::List { under } = self;
        let today = shanghai_date(SystemClock.now_ms());
        let roots = match scope::root(database, under.as_deref()).await? {
            Some(unit) => vec![unit.code],
            None => database.tops().await?,
        };
        let mut rows = Vec::new();
        for root in &roots {
            rows.append(&mut orders::list(database, &OPERATOR, root, today).await?);
        }
        let shown: Vec<Vec<String>> = rows.iter().map(|row| cells(row, today)).collect();
        say(table(&["单位", "下达单位", "文号", "期限", "情况", "原因"], &shown));
        say(format!("共{}个限期整改。", rows.len()));
        Ok(())
    }
}

fn cells(row: &Row, today: jiff::civil::Date) -> Vec<String> {
    let state = match row.order.state() {
        OrderState::Open if row.order.is_overdue(today) => "整改中，逾期",
        OrderState::Open => "整改中",
        OrderState::Answered => "已报告",
        OrderState::Released => "已解除",
    };
    let (reason, decision) = match row.order.words.first().map(|word| &word.step) {
        Some(OrderStep::Given { reason, decision, .. }) => (reason.replace('\n', " "), decision.clone()),
        _ => (String::new(), String::new()),
    };
    let due = row.order.due().map(|due| due.to_string()).unwrap_or_default();
    vec![row.unit.clone(), row.given_by.clone(), decision, due, state.into(), reason]
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied(denied) => denied.into(),
            Refusal::Unheard(refusal) => refusal.into(),
            Refusal::Database(error) => error.into(),
            // Of a list nothing else is refused.
            other => Self::refused(format!("列不出来（{other}）"), "核对编号"),
        }
    }
}
