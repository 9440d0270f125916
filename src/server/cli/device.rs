//! `device`: which phones are bound, and taking a lost one's token away.

use super::{
    error::CliError,
    text::{moment, say, table},
};
use crate::server::office::scope;
use crate::{
    domain::DeviceId,
    server::{
        database::{Database, devices::BoundDevice},
        host::clock::SystemClock,
        office::clock::Clock as _,
    },
};
use serde_json::json;
use std::collections::BTreeSet;

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

impl Device {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        match self {
            Self::List { branch, under, json } => {
                list(database, branch.as_deref().or(under.as_deref()), branch.is_some(), json).await
            }
            Self::Revoke { branch, device, json, .. } => {
                revoke(database, &branch, device.as_deref(), json).await
            }
        }
    }
}

async fn list(database: &Database, scope: Option<&str>, one: bool, json: bool) -> Result<(), CliError> {
    if let Some(branch) = scope.filter(|_| one) {
        scope::branch(&database.units().await?, branch)?;
    }
    let branches = scope::branches(database, scope).await?;
    let mut devices = database.devices().await?;
    let branches: BTreeSet<_> = branches.iter().map(|branch| &branch.code).collect();
    devices.retain(|device| branches.contains(&device.branch));
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
    let units = database.units().await?;
    let branch = scope::branch(&units, branch)?;
    let of_branch = database.devices().await?;
    let of_branch = of_branch.iter().filter(|bound| bound.branch == branch.code).map(|bound| bound.device);
    let mut meant: Vec<DeviceId> = of_branch
        .filter(|id| device.is_none_or(|start| id.to_string().starts_with(&start.to_lowercase())))
        .collect();
    meant.dedup();
    if device.is_some() && meant.len() != 1 {
        let problem = match meant.len() {
            0 => "这个支部没有这部手机".to_owned(),
            several => format!("这个开头有{several}部手机"),
        };
        return Err(CliError::refused(problem, "用 device list 核对手机编号，写全一些"));
    }
    let now = SystemClock.now_ms();
    let revoked = database.revoke_of(&branch.code, &meant, now).await?;
    let voided = if device.is_none() { database.void_codes(&branch.code, now).await? } else { 0 };
    if json {
        let done = json!({ "branch": branch.code, "revoked": revoked, "voided_codes": voided });
        say(serde_json::to_string_pretty(&done)?);
    } else {
        let name = &branch.name;
        say(format!("{name}：停用{revoked}部手机。手机上的资料不动；要再用，重新发激活码。"));
        if voided > 0 {
            say(format!("还没有用过的{voided}个激活码也作废了。"));
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
