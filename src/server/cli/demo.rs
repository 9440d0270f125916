//! `demo`: the invented county, and somebody at each of its desks, with a link each to sign in.

use super::{
    account::{called, link_of},
    error::CliError,
    text::say,
};
use crate::domain::BranchCode;
use crate::server::{
    database::Database,
    host::{clock::SystemClock, random::SystemRandom},
    office::{
        actor::Actor,
        demonstration::{self, CITY, COUNTY, Refusal, TOWN},
        people::{
            Role,
            accounts::{self, Newcomer},
        },
    },
};

/// Whose desks are shown: the unit, its name, who sits there, the login, and what is entrusted.
const DESKS: [(&str, &str, &str, &str, &[Role]); 4] = [
    (TOWN, "示例镇党委", "李敏（演练）", "示例镇", &[Role::Manage, Role::Review]),
    (COUNTY, "示例县委组织部", "王芳（演练）", "示例县", &[Role::Manage, Role::Review]),
    (CITY, "示例市委组织部", "赵强（演练）", "示例市", &[Role::Manage, Role::Review]),
    (CITY, "示例市委组织部（看记录的人）", "钱静（演练）", "示例审计", &[Role::Audit]),
];

#[derive(clap::Args)]
pub(super) struct Demo {
    #[arg(long, value_name = "URL", help = "工作台的网址，如 http://127.0.0.1:8080")]
    base_url: Option<String>,
    #[arg(long, help = "数据库里已经有别的党组织，也造")]
    yes: bool,
}

impl Demo {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let base = self.base_url.as_deref().map(super::codes::checked_base).transpose()?;
        let is_new = demonstration::invent(database, &SystemClock, self.yes).await?;
        say(if is_new {
            "造好了示例市：一个县、三个乡镇、三十个支部，都是编的，供演练用。"
        } else {
            "示例市已经有了，没有再造。"
        });
        say("各级工作台的登录链接（用它设一个密码，再登录；每个只能用一次，再运行一次这个命令就有新的）：");
        let operator = Actor::Operator { by: None };
        for (unit, name, person, login, roles) in DESKS {
            let invited = match called(database, login).await {
                Ok(account) => {
                    accounts::link(database, &SystemClock, &mut SystemRandom, &operator, account, None)
                        .await?
                }
                Err(_) => {
                    let unit = BranchCode::new(unit).map_err(|_| CliError::UnknownUnit(unit.to_owned()))?;
                    let newcomer = Newcomer {
                        name: person.to_owned(),
                        post: String::new(),
                        telephone: String::new(),
                        login: login.to_owned(),
                    };
                    let roles = roles.iter().copied().collect();
                    accounts::add(
                        database,
                        &SystemClock,
                        &mut SystemRandom,
                        &operator,
                        &unit,
                        newcomer,
                        &roles,
                    )
                    .await?
                }
            };
            say(format!("{name}（登录名 {login}）\n  {}", link_of(&invited, base.as_deref())));
        }
        if base.is_none() {
            say("前面加上工作台的网址再打开，如 http://127.0.0.1:8080；写了 --base-url 就是完整的。");
        }
        Ok(())
    }
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::InEarnest => Self::refused(
                "这个数据库里已经有支部上报了，不能把编的支部放进去",
                "换一个空的数据库：用 --database 写一个新文件",
            ),
            Refusal::AmongOthers => Self::refused(
                "这个数据库里已经有别的党组织，没有把编的放进去",
                "换一个空的数据库：用 --database 写一个新文件；就是要放在一起的，加 --yes",
            ),
            Refusal::NoStandard => {
                Self::refused("还没有发布农村支部的标准", "先运行 standard publish-builtin")
            }
            Refusal::Refused(why) => {
                Self::refused(format!("示例市没有造成（{why}）"), "把这句话告诉维护的人")
            }
            Refusal::Database(error) => error.into(),
        }
    }
}
