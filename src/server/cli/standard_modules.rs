//! `standard modules`: which parts beyond the self-check branches are asked to use.

use super::{
    error::CliError,
    standard_version::published,
    text::{say, table},
};
use crate::{
    domain::period::shanghai_date,
    protocol::Module,
    server::{
        database::Database,
        host::clock::SystemClock,
        office::{
            actor::OPERATOR,
            burden,
            clock::Clock as _,
            modules::{self, Refusal},
        },
        tables::modules::{adds, standing, state},
    },
};
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct Modules {
    #[arg(long, value_name = "MODULE", value_delimiter = ',', value_parser = module, help = "打开：ledger（台账）、photos（照片）、mending（问题和整改），几个用逗号隔开")]
    on: Vec<Module>,
    #[arg(long, value_name = "MODULE", value_delimiter = ',', value_parser = module, help = "关上；填过的都留着")]
    off: Vec<Module>,
    #[arg(long, help = "输出JSON")]
    json: bool,
}

fn module(word: &str) -> Result<Module, String> {
    let known = Module::ALL.into_iter().find(|module| [module.word(), module.term()].contains(&word.trim()));
    known.ok_or_else(|| {
        let all = Module::ALL.map(|module| format!("{}（{}）", module.word(), module.term()));
        format!("没有这个模块；可用：{}", all.join("、"))
    })
}

impl Modules {
    /// Runs the command.
    pub(super) async fn run(self, database: Option<&Database>) -> Result<(), CliError> {
        let published = published(database).await?;
        let Some(database) = database else { return Ok(()) };
        if let Some(both) = self.on.iter().find(|module| self.off.contains(module)) {
            let problem = format!("“{}”又要开又要关", both.term());
            return Err(CliError::refused(problem, "留一个"));
        }
        for (wanted, is_on) in [(&self.on, true), (&self.off, false)] {
            for module in wanted {
                let changed = modules::switch(database, &SystemClock, &OPERATOR, *module, is_on).await?;
                if !self.json {
                    let now = if changed { "现在" } else { "本来就" };
                    say(format!("{}{now}{}。", module.term(), state(is_on)));
                }
            }
        }
        let all = modules::all(database).await?;
        let cost = burden::adds(Some(database), &published.checklists).await?;
        if self.json {
            let all = all.iter().zip(&cost);
            let all = all.map(|(one, cost)| json!({ "module": one.module, "is_on": one.is_on, "changed_at": one.since.map(|(at, _)| at), "entries_a_year": cost.entries_a_year }));
            say(serde_json::to_string_pretty(&all.collect::<Vec<_>>())?);
            return Ok(());
        }
        let today = shanghai_date(SystemClock.now_ms());
        let rows = all.iter().map(|one| {
            vec![one.module.word().to_owned(), one.module.term().to_owned(), standing(one, today)]
        });
        say(table(&["模块", "叫什么", "开没开"], &rows.collect::<Vec<_>>()));
        say("");
        for one in &cost {
            say(format!("{}：{}", one.module.term(), adds(one)));
        }
        Ok(())
    }
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied(denied) => denied.into(),
            Refusal::Database(error) => error.into(),
        }
    }
}
