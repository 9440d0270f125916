//! `sessions`: who is signed in at the desks.

use super::{error::CliError, text::say};
use crate::server::{
    database::Database,
    host::clock::SystemClock,
    office::{actor::Actor, people::sessions},
};

#[derive(clap::Subcommand)]
pub(super) enum Sessions {
    #[command(about = "让所有人退出登录：用备份恢复了数据库以后，或者怕有人冒用")]
    End,
}

impl Sessions {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let Self::End = self;
        let operator = Actor::Operator { by: None };
        let ended = sessions::end_all(database, &SystemClock, &operator).await?;
        say(format!("所有人都退出了，共{ended}处；要用的重新登录。以前发的设密码的链接不能再用。"));
        Ok(())
    }
}
