//! `device`: which phones are bound, and taking a lost one's token away.

use super::{
    error::CliError,
    text::{moment, say, table},
};
use crate::server::{
    database::{Database, devices::BoundDevice},
    host::clock::SystemClock,
    office::{
        actor::OPERATOR,
        devices::{self, Refusal},
    },
};
use serde_json::json;

#[derive(clap::Subcommand)]
pub(super) enum Device {
    #[command(about = "列出已启用的手机")]
    List {
        #[arg(long, value_name = "CODE", conflicts_with = "under", help = "只看这个支部（编号或全称）")]
        branch: Option<String>,
        #[arg(long, value_name = "UNIT", help = "只看这个党组织下面的（编号或全称）")]
        under: Option<String>,
        #[arg(long, help = "输出JSON")]
        json: bool,
    },
    #[command(about = "停用手机：它不能再上报，手机上的资料不动")]
    Revoke {
        #[arg(long, value_name = "CODE", help = "哪个支部（编号或全称）")]
        branch: String,
        #[arg(
            long,
            value_name = "ID",
            required_unless_present = "all",
            help = "哪部手机：device list 里的编号，可以只写开头几位"
        )]
        device: Option<String>,
        #[arg(
            long,
            conflicts_with = "device",
            help = "这个支部的所有手机；发给它、还没有用过的激活码也作废"
        )]
        all: bool,
        #[arg(long, help = "输出JSON")]
        json: bool,
    },
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        let problem = match refusal {
            Refusal::Scope(refusal) => return refusal.into(),
            Refusal::Denied(denied) => return denied.into(),
            Refusal::Database(error) => return error.into(),
            Refusal::NotOne(0) => "这个支部没有这部手机".to_owned(),
            Refusal::NotOne(several) => format!("这个开头有{several}部手机"),
        };
        Self::refused(problem, "用 device list 核对手机编号，写全一些")
    }
}

impl Device {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        match self {
            Self::List { branch, under, json } => {
                let devices = match branch {
                    Some(branch) => devices::of_branch(database, &branch).await?,
                    None => devices::below(database, under.as_deref()).await?,
                };
                list(&devices, json)
            }
            Self::Revoke { branch, device, json, .. } => {
                revoke(database, &branch, device.as_deref(), json).await
            }
        }
    }
}

fn list(devices: &[BoundDevice], json: bool) -> Result<(), CliError> {
    if json {
        let list: Vec<_> = devices.iter().map(as_json).collect();
        say(serde_json::to_string_pretty(&list)?);
        return Ok(());
    }
    let rows: Vec<Vec<String>> = devices
        .iter()
        .map(|device| {
            vec![
                device.branch.to_string(),
                device.branch_name.clone(),
                device.device.to_string(),
                moment(device.bound_at),
                device.revoked_at.map_or("在用".into(), |at| format!("{} 停用", moment(at))),
            ]
        })
        .collect();
    say(table(&["支部编号", "支部", "手机", "启用时间", "状态"], &rows));
    say(format!("共{}部。", rows.len()));
    Ok(())
}

async fn revoke(database: &Database, branch: &str, device: Option<&str>, json: bool) -> Result<(), CliError> {
    let revoked = devices::revoke(database, &SystemClock, &OPERATOR, branch, device).await?;
    let (phones, codes) = (revoked.phones, revoked.codes);
    if json {
        let done = json!({ "branch": revoked.branch.code, "revoked": phones, "voided_codes": codes });
        say(serde_json::to_string_pretty(&done)?);
    } else {
        let name = &revoked.branch.name;
        say(format!("{name}：停用{phones}部手机。手机上的资料不动；要再用，重新发激活码。"));
        if codes > 0 {
            say(format!("还没有用过的{codes}个激活码也作废了。"));
        }
    }
    Ok(())
}

fn as_json(device: &BoundDevice) -> serde_json::Value {
    json!({
        "device": device.device,
        "branch": device.branch,
        "branch_name": device.branch_name,
        "bound_at": device.bound_at,
        "revoked_at": device.revoked_at,
    })
}
