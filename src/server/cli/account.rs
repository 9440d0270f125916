//! `account`: who sits at the desks above the branches. The first account is made here; its owner makes the others on the desk.

use super::{
    codes::checked_base,
    error::CliError,
    text::{say, table},
};
use crate::{
    domain::period::shanghai_date,
    server::{
        database::{Database, Unit, accounts::Account},
        host::{clock::SystemClock, random::SystemRandom},
        office::{
            actor::Actor,
            people::{
                PersonId, Role,
                accounts::{self, Field, Invited, Newcomer, Refusal},
                authority::ROLES,
            },
            scope,
        },
    },
};
use serde_json::json;
use std::collections::BTreeSet;

/// The operator, who acts in nobody's name.
const OPERATOR: Actor = Actor::Operator { by: None };

#[derive(clap::Subcommand)]
pub(super) enum AccountCommand {
    #[command(about = "开账号，给出设密码的链接；链接只显示这一次")]
    Add {
        #[arg(long, value_name = "UNIT", help = "哪个党组织的（编号或全称）")]
        unit: String,
        #[arg(long, help = "姓名")]
        name: String,
        #[arg(long, help = "登录名：字母、数字、汉字都可以，不能和别人的一样")]
        login: String,
        #[arg(
            long = "role",
            value_name = "ROLE",
            required = true,
            value_delimiter = ',',
            value_parser = role,
            help = "管理、审核、检查、查看、审计；几个的用逗号分开，审计不能同时有别的权限"
        )]
        roles: Vec<Role>,
        #[arg(long, default_value = "", help = "职务")]
        post: String,
        #[arg(long, default_value = "", help = "电话")]
        telephone: String,
        #[arg(long, value_name = "URL", help = "工作台的网址，如 https://biaochi.example.cn")]
        base_url: Option<String>,
        #[arg(long, help = "输出JSON")]
        json: bool,
    },
    #[command(about = "列出账号")]
    List {
        #[arg(long, value_name = "UNIT", help = "只看这个党组织的（编号或全称）")]
        unit: Option<String>,
        #[arg(long, help = "输出JSON")]
        json: bool,
    },
    #[command(about = "再给一个设密码的链接：忘了密码，或者前一个过期了")]
    Link {
        #[arg(long, help = "登录名")]
        login: String,
        #[arg(long, value_name = "URL", help = "工作台的网址，如 https://biaochi.example.cn")]
        base_url: Option<String>,
        #[arg(long, help = "输出JSON")]
        json: bool,
    },
    #[command(about = "关账号：马上退出，不能再登录；办过的事还写着是谁办的")]
    Close {
        #[arg(long, help = "登录名")]
        login: String,
    },
}

fn role(text: &str) -> Result<Role, String> {
    let found = ROLES.into_iter().find(|role| role.term() == text.trim() || role.word() == text.trim());
    found.ok_or_else(|| format!("没有“{text}”这种权限；写 管理、审核、检查、查看 或者 审计"))
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        let (problem, remedy) = match refusal {
            Refusal::NoUnit(unit) => return Self::UnknownUnit(unit.to_string()),
            Refusal::Branch(unit) => {
                (format!("{unit}是支部，支部用手机，没有工作台的账号"), "填支部上面的党组织")
            }
            Refusal::Unfit(Field::Name) => ("姓名空着、太长，或者有不能用的字".to_owned(), "改 --name"),
            Refusal::Unfit(Field::Post) => ("职务太长，或者有不能用的字".to_owned(), "改 --post"),
            Refusal::Unfit(Field::Telephone) => ("电话太长，或者有不能用的字".to_owned(), "改 --telephone"),
            Refusal::Unfit(Field::Login) => {
                ("登录名要有2到30个字，只用字母、数字、汉字和 . - _ @".to_owned(), "改 --login")
            }
            Refusal::Taken(login) => (format!("登录名“{login}”已经有人用了"), "换一个登录名"),
            Refusal::Stands(_) => ("这个账号已经办好了".to_owned(), "要新的链接，用 account link"),
            Refusal::Nobody => ("没有这个账号，或者已经关了".to_owned(), "用 account list 核对登录名"),
            Refusal::Closed { name, .. } => (format!("{name}的账号已经关了"), "用 account list 核对登录名"),
            Refusal::Meanwhile { now, .. } => {
                (format!("就在刚才，另外有人把它改成了“{now}”，什么也没有改"), "还要改的，再做一次")
            }
            Refusal::NoRole => ("没有写给什么权限".to_owned(), "写 --role"),
            Refusal::NotApart => {
                ("审计不能同时有别的权限：看记录的人不办事，办事的人不看记录".to_owned(), "分给两个人")
            }
            Refusal::NotAbove => ("审计由上一级来管".to_owned(), "找上一级管账号的人"),
            Refusal::Beyond => ("这个人还有外单位给的权限".to_owned(), "找上一级管账号的人"),
            Refusal::Superior => ("对方在上级单位，本来就看得到".to_owned(), "不用给"),
            Refusal::Endless => ("外单位的人，权限最长一年".to_owned(), "写一个一年以内的日子"),
            Refusal::Ended(unit) => (format!("{unit}已经没有了"), "填现在有的党组织"),
            Refusal::NotLent(_) => ("管理和审计不给外单位的人".to_owned(), "给本单位的人"),
            Refusal::Last(unit) => (
                format!("这是{unit}最后一个管理员，上面也没有别的管理员"),
                "先用 account add 给另一个人开管理的账号",
            ),
            Refusal::Passed(day) => (format!("{day}已经过了"), "写今天或者以后的日子"),
            Refusal::Open => ("账号还开着".to_owned(), "先关账号"),
            Refusal::Same => ("不能交接给自己".to_owned(), "写接手的人"),
            Refusal::NoRandomness => ("系统给不出随机数".to_owned(), "过一会儿再试；一直这样就检查这台机器"),
            Refusal::Denied(denied) => return denied.into(),
            Refusal::Database(error) => return error.into(),
        };
        Self::refused(problem, remedy)
    }
}

impl AccountCommand {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let (clock, random) = (SystemClock, &mut SystemRandom);
        match self {
            Self::Add { unit, name, login, roles, post, telephone, base_url, json } => {
                let base = base_url.as_deref().map(checked_base).transpose()?;
                let unit = unit_called(database, &unit).await?;
                let newcomer = Newcomer { name, post, telephone, login };
                let roles: BTreeSet<Role> = roles.into_iter().collect();
                let invited =
                    accounts::add(database, &clock, random, &OPERATOR, &unit.code, newcomer, &roles).await?;
                tell(&invited, base.as_deref(), json)
            }
            Self::List { unit, json } => {
                let accounts = match unit {
                    Some(unit) => database.accounts_of(&unit_called(database, &unit).await?.code).await?,
                    None => database.accounts().await?,
                };
                list(database, &accounts, json).await
            }
            Self::Link { login, base_url, json } => {
                let base = base_url.as_deref().map(checked_base).transpose()?;
                let account = called(database, &login).await?;
                let invited = accounts::link(database, &clock, random, &OPERATOR, account, None).await?;
                tell(&invited, base.as_deref(), json)
            }
            Self::Close { login } => {
                let account = called(database, &login).await?;
                accounts::close(database, &clock, &OPERATOR, account).await?;
                say(format!("“{login}”的账号关了，已经退出，不能再登录。"));
                Ok(())
            }
        }
    }
}

async fn unit_called(database: &Database, text: &str) -> Result<Unit, CliError> {
    scope::root(database, Some(text)).await?.ok_or_else(|| CliError::UnknownUnit(text.to_owned()))
}

/// The account of a login.
pub(super) async fn called(database: &Database, login: &str) -> Result<PersonId, CliError> {
    let login = crate::server::office::people::sessions::login(login);
    let account = database.account_called(&login).await?.ok_or(Refusal::Nobody)?;
    Ok(PersonId(account.id))
}

/// The address that sets the password.
pub(super) fn link_of(invited: &Invited, base: Option<&str>) -> String {
    format!("{}/desk/welcome?link={}", base.unwrap_or_default(), invited.secret.as_str())
}

/// The link, shown once.
fn tell(invited: &Invited, base: Option<&str>, json: bool) -> Result<(), CliError> {
    let link = link_of(invited, base);
    if json {
        let told =
            json!({ "account": invited.account.0, "link": link, "valid_until": invited.until.to_string() });
        say(serde_json::to_string_pretty(&told)?);
        return Ok(());
    }
    say(link);
    say(format!(
        "把这个链接交给本人，用它设密码。{}以前有效，只能用一次，只显示这一次；丢了就用 account link 再给一个。",
        invited.until
    ));
    if base.is_none() {
        say("前面加上工作台的网址再给，如 https://biaochi.example.cn；写了 --base-url 就是完整的。");
    }
    Ok(())
}

async fn list(database: &Database, accounts: &[Account], json: bool) -> Result<(), CliError> {
    let ids: Vec<_> = accounts.iter().map(|account| account.id).collect();
    let mut granted = database.granted_to(&ids).await?;
    if json {
        let all: Vec<_> = accounts
            .iter()
            .map(|account| {
                let roles = granted.remove(&account.id).unwrap_or_default();
                json!({
                    "account": account.id, "unit": account.unit, "unit_name": account.unit_name, "name": account.name,
                    "post": account.post, "telephone": account.telephone, "login": account.login,
                    "has_password": account.has_password, "closed_at": account.closed_at,
                    "roles": roles.iter().map(|one| json!({
                        "unit": one.unit, "role": one.role, "until": one.until.map(|day| day.to_string()),
                    })).collect::<Vec<_>>(),
                })
            })
            .collect();
        say(serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    let rows: Vec<Vec<String>> = accounts
        .iter()
        .map(|account| {
            let roles = granted.remove(&account.id).unwrap_or_default().into_iter().map(|one| {
                let term = Role::of_word(&one.role).map_or("？", Role::term);
                let place =
                    if one.unit == account.unit { String::new() } else { format!("（{}）", one.unit) };
                format!("{term}{place}")
            });
            let state = match (account.closed_at, account.has_password) {
                (Some(at), _) => format!("{}关", shanghai_date(at)),
                (None, true) => "在用".to_owned(),
                (None, false) => "还没有设密码".to_owned(),
            };
            vec![
                account.unit.to_string(),
                account.unit_name.clone(),
                account.name.clone(),
                account.login.clone(),
                roles.collect::<Vec<_>>().join("、"),
                state,
            ]
        })
        .collect();
    say(table(&["编号", "党组织", "姓名", "登录名", "权限", "状态"], &rows));
    say(format!("共{}个账号。", rows.len()));
    Ok(())
}
