//! What a command says when it refuses or fails, in Chinese, with the remedy.

use crate::{
    domain::ContentHash,
    server::{
        database::{DatabaseError, Place, Unopened},
        office::people::Denied,
    },
    sheets::Fault,
};
use rust_xlsxwriter::XlsxError;
use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs::{File, OpenOptions},
    io::{BufWriter, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

/// Why a command ended without doing what it was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// The database failed.
    #[error("数据库出错：{0}。办法：核对磁盘空间和文件权限；一直这样就恢复备份。")]
    Database(DatabaseError),
    /// A file that is something else.
    #[error("{}", not_ours(.0))]
    NotADatabase(Place),
    /// A database that cannot be opened.
    #[error(
        "打不开数据库文件“{0}”（{1}）。办法：核对 --database 的文件夹在不在、有没有读写的权限、磁盘满不满。"
    )]
    CannotOpen(String, String),
    /// A PostgreSQL database that cannot be opened.
    #[error("{}", unreached(.0, *.1, .2))]
    CannotReach(Place, Unopened, String),
    /// A newer program's database.
    #[error(
        "数据库文件“{0}”是新版本的程序写的，这一版看不懂，没有动它。办法：装回新版本，或者恢复升级以前的备份。"
    )]
    NewerDatabase(String),
    /// A file that could not be brought along.
    #[error(
        "数据库文件“{0}”升级到新版本的格式没有成功（{1}：{2}），这一步没有留下改动，原来的内容都在。办法：核对磁盘空间和文件权限，再运行一次；还不行就装回原来的版本，把这句话告诉维护的人。"
    )]
    Migration(String, String, String),
    /// A file that another program brought along.
    #[error(
        "数据库文件“{0}”是别的版本升级的（{1}对不上），没有动它。办法：装回升级它的那个版本，或者恢复升级以前的备份。"
    )]
    OtherMigration(String, String),
    /// What was published is no longer there.
    #[error("已经发布的一份内容（{0}）不在数据库里。办法：恢复备份。")]
    Lost(ContentHash),
    /// There is no database yet.
    #[error("{}", absent(.0))]
    NoDatabase(Place),
    /// A file cannot be read.
    #[error("读不了“{0}”：{why}。办法：核对文件名和权限。", why = why(.1))]
    Read(String, std::io::Error),
    /// A file cannot be written.
    #[error("写不了“{0}”：{why}。办法：核对文件夹是否存在、是否有写的权限、磁盘是否还有空间。", why = why(.1))]
    Write(String, std::io::Error),
    /// A file that would be overwritten.
    #[error("文件“{0}”已经有了，没有动它。办法：换一个文件名，或者先把它移走。")]
    Exists(String),
    /// A workbook cannot be made.
    #[error("做不出表格：{0}。办法：把这句话告诉维护的人。")]
    Workbook(#[from] XlsxError),
    /// Something cannot be written as JSON, which no value here should cause.
    #[error("写不成JSON：{0}。办法：把这句话告诉维护的人。")]
    Json(#[from] serde_json::Error),
    /// A table has faults; nothing of it was taken.
    #[error("{}", list(.0))]
    Faults(Vec<Fault>),
    /// Some rows of a table have faults; the others were taken.
    #[error("{}", left_out(.0))]
    LeftOut(Vec<Fault>),
    /// No such unit.
    #[error("名册里没有“{0}”。办法：填党组织的编号，或者它的全称；没有导入的先 roster import。")]
    UnknownUnit(String),
    /// A name that several units have.
    #[error("名册里叫“{0}”的不止一个：{1}。办法：填编号。")]
    AmbiguousUnit(String, String),
    /// A unit where a branch is needed.
    #[error("“{0}”不是支部。办法：填支部的编号；整片的用 --under。")]
    NotABranch(String),
    /// No branch below.
    #[error("“{0}”下面一个支部也没有。办法：核对编号，或者先导入它下面的支部。")]
    NoBranches(String),
    /// Anything else that is told to the clerk as it is: what is wrong, and what to do.
    #[error("{problem}。办法：{remedy}。")]
    Refused {
        /// What is wrong.
        problem: String,
        /// What to do about it.
        remedy: String,
    },
}

impl From<DatabaseError> for CliError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Missing(hash) => Self::Lost(hash),
            DatabaseError::NotADatabase(file) => Self::NotADatabase(file),
            DatabaseError::Open(Place::File(file), _, why) => {
                Self::CannotOpen(file.display().to_string(), why)
            }
            DatabaseError::Open(place, why, told) => Self::CannotReach(place, why, told),
            DatabaseError::Newer(file, _) => Self::NewerDatabase(file.to_string()),
            DatabaseError::Migration(file, step, why) => Self::Migration(file.to_string(), step, why),
            DatabaseError::OtherMigration(file, step) => Self::OtherMigration(file.to_string(), step),
            error => Self::Database(error),
        }
    }
}

impl From<Denied> for CliError {
    fn from(denied: Denied) -> Self {
        Self::refused(format!("没有对“{}”做这件事的权限", denied.unit), "请管这个党组织的人来做")
    }
}

impl CliError {
    /// A refusal in words.
    pub(super) fn refused(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Refused { problem: problem.into(), remedy: remedy.into() }
    }
}

/// Why the operating system refused, in Chinese where it is one of the usual reasons.
pub(super) fn why(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "没有这个文件或文件夹".into(),
        std::io::ErrorKind::PermissionDenied => "没有权限".into(),
        std::io::ErrorKind::IsADirectory => "这是一个文件夹".into(),
        std::io::ErrorKind::NotADirectory => "路径中间的一段不是文件夹".into(),
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => "磁盘满了".into(),
        std::io::ErrorKind::ReadOnlyFilesystem => "这个磁盘只能读".into(),
        std::io::ErrorKind::InvalidFilename => "文件名太长，或者有不能用的字".into(),
        _ => error.to_string(),
    }
}

fn not_ours(place: &Place) -> String {
    match place {
        Place::File(file) => {
            format!("“{}”不是支部标尺的数据文件，没有动它。办法：核对 --database。", file.display())
        }
        Place::Postgres(_) => format!(
            "数据库“{place}”里有别的程序的表，没有动它。办法：核对 --database，或者照管理员手册另建一个空的数据库。"
        ),
    }
}

fn absent(place: &Place) -> String {
    let what = match place {
        Place::File(file) => format!("没有数据库文件“{}”", file.display()),
        Place::Postgres(_) => format!("数据库“{place}”还是空的"),
    };
    format!(
        "{what}。办法：核对 --database，或者先运行 standard publish-builtin（只看演练的，有这一步就够了）和 roster import。"
    )
}

/// Why a PostgreSQL database cannot be opened, and what to do.
fn unreached(place: &Place, why: Unopened, told: &str) -> String {
    match why {
        Unopened::Unreachable => format!(
            "连不上数据库服务器“{place}”（{told}）。办法：核对 --database 里的主机和端口、PostgreSQL开着没有、防火墙放不放行。"
        ),
        Unopened::Refused => format!(
            "数据库服务器不让登录“{place}”。办法：核对用户名和密码（密码写在地址里，或者写在环境变量PGPASSWORD里），再核对服务器的pg_hba.conf让不让这台机器连。"
        ),
        Unopened::NoSuchDatabase => {
            format!("数据库服务器上没有“{place}”这个数据库。办法：核对名字，或者照管理员手册先建一个空的。")
        }
        Unopened::NotAllowed => format!(
            "登录的用户不能在数据库“{place}”里建表。办法：请管理服务器的人运行 ALTER DATABASE 数据库名 OWNER TO 用户名。"
        ),
        Unopened::Crowded => format!(
            "数据库服务器“{place}”的连接都占满了。办法：过一会儿再试；常常这样，请管理服务器的人调大max_connections，或者停掉不用的程序。"
        ),
        Unopened::OtherEncoding => format!(
            "数据库“{place}”的编码是{told}，存不下所有的汉字。办法：照管理员手册另建一个编码是UTF8的空数据库。"
        ),
        Unopened::Other => {
            format!("打不开数据库“{place}”（{told}）。办法：核对 --database 的地址写得对不对。")
        }
    }
}

fn list(faults: &[Fault]) -> String {
    format!("{}共{}处错误，什么也没有写入。", lines(faults), faults.len())
}

fn left_out(faults: &[Fault]) -> String {
    let rows: BTreeSet<usize> = faults.iter().filter_map(|fault| fault.row).collect();
    let rows = rows.iter().map(ToString::to_string).collect::<Vec<_>>().join("、");
    format!(
        "{}共{}处错误：第{rows}行没有写入，别的行已经写入。改好这几行再导入一次，写入过的不会变。",
        lines(faults),
        faults.len()
    )
}

fn lines(faults: &[Fault]) -> String {
    faults.iter().fold(String::new(), |mut text, fault| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{fault}");
        text
    })
}

/// A file that cannot be read.
pub(super) fn read_error(file: &Path, error: std::io::Error) -> CliError {
    CliError::Read(file.display().to_string(), error)
}

/// The bytes of a file.
pub(super) fn read(file: &Path) -> Result<Vec<u8>, CliError> {
    std::fs::read(file).map_err(|error| read_error(file, error))
}

/// Refuses a file that is there already.
pub(super) fn must_be_new(file: &Path) -> Result<(), CliError> {
    if file.exists() { Err(CliError::Exists(file.display().to_string())) } else { Ok(()) }
}

/// Refuses a file that is there already, or whose name promises something else than the workbook that is written.
pub(super) fn must_be_new_workbook(file: &Path) -> Result<(), CliError> {
    if !file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx")) {
        let right = file.with_extension("xlsx");
        let problem = format!("“{}”的结尾不是 .xlsx，写出来的是xlsx工作簿", file.display());
        return Err(CliError::refused(problem, format!("写成 -o {}", right.display())));
    }
    must_be_new(file)
}

/// Writes a new file that only its owner may read.
pub(super) fn write_new(file: &Path, bytes: &[u8]) -> Result<(), CliError> {
    fill_new(file, |open| open.write_all(bytes))
}

/// Writes a new workbook that only its owner may read.
pub(super) fn write_new_workbook(
    file: &Path,
    save: impl FnOnce(&mut BufWriter<&mut File>) -> Result<(), XlsxError>,
) -> Result<(), CliError> {
    fill_new(file, |open| {
        let mut to = BufWriter::new(open);
        save(&mut to).map_err(|error| match error {
            XlsxError::IoError(error) => error,
            other => std::io::Error::other(other),
        })?;
        to.flush()
    })
}

/// Makes a new file and fills it. What cannot be filled is removed: half a file would be taken for a whole one, and would stand
/// in the way of the next try.
pub(super) fn fill_new(
    file: &Path,
    fill: impl FnOnce(&mut File) -> std::io::Result<()>,
) -> Result<(), CliError> {
    let failed = |error: std::io::Error| CliError::Write(file.display().to_string(), error);
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let mut open = opened.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => CliError::Exists(file.display().to_string()),
        _ => failed(error),
    })?;
    fill(&mut open).and_then(|()| open.sync_all()).map_err(|error| {
        // What went wrong first is what is told.
        let _ = std::fs::remove_file(file);
        failed(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_whole_leaves_no_file_behind() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("结果.xlsx");
        let full = |open: &mut File| {
            open.write_all(b"half")?;
            Err(std::io::ErrorKind::StorageFull.into())
        };
        assert!(matches!(fill_new(&file, full), Err(CliError::Write(..))));
        assert!(!file.exists());
        write_new(&file, b"whole").unwrap();
        // Another's file stays as it is.
        assert!(matches!(fill_new(&file, full), Err(CliError::Exists(_))));
        assert_eq!(std::fs::read(&file).unwrap(), b"whole");
    }
}
