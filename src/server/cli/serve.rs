//! `serve`: the API, the app and the desk over one port, or the desk over its own, until interrupted.

use super::error::{CliError, why};
use crate::{
    domain::check::is_plain_text,
    server::{
        database::Database,
        host::{address::Network, listen::ListenError, tls::TlsError},
        serve::{self, Options, ServeError},
    },
};
use rustls::pki_types::pem;
use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

#[derive(clap::Args)]
pub(super) struct Serve {
    /// Address and port to listen on.
    #[arg(long, env = "BIAOCHI_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The folder with the app's build; when it does not exist the API is served alone.
    #[arg(long, env = "BIAOCHI_APP", default_value = "dist")]
    app: PathBuf,
    /// A reverse proxy, as address or range, whose X-Forwarded-For is believed; several with commas. Without it a proxy on
    /// this machine is.
    #[arg(long, env = "BIAOCHI_TRUSTED_PROXY", value_delimiter = ',')]
    trusted_proxy: Vec<Network>,
    /// Serve https with this certificate (PEM), for trying on a real phone.
    #[arg(long, env = "BIAOCHI_TLS_CERT", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key (PEM).
    #[arg(long, env = "BIAOCHI_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Address and port of the desk alone, apart from phones: /desk is then at no other.
    #[arg(long, env = "BIAOCHI_DESK_LISTEN")]
    desk_listen: Option<SocketAddr>,
    /// Where phones open the app, for codes that the desk gives out; without it the desk takes its own address, unless it has one apart.
    #[arg(long, value_name = "URL", env = "BIAOCHI_PHONE_URL")]
    phone_url: Option<String>,
    /// 备案号 at the foot of the desk's pages, several with semicolons; without it they say 试用.
    #[arg(long, value_name = "TEXT", env = "BIAOCHI_FILING", value_parser = filing)]
    filing: Option<String>,
}

/// A line that stands on every page.
fn filing(text: &str) -> Result<String, String> {
    const MOST: usize = 100;
    let text = text.trim();
    if text.is_empty() || !is_plain_text(text, MOST, false) {
        return Err(format!("备案号是一行字，不超过{MOST}个字"));
    }
    Ok(text.into())
}

impl Serve {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database, photos: &Path) -> Result<(), CliError> {
        let Self { listen, app, trusted_proxy, tls_cert, tls_key, desk_listen, phone_url, filing } = self;
        let tls = tls_cert.zip(tls_key);
        let phone_url = phone_url.as_deref().map(super::codes::checked_base).transpose()?;
        let options = Options { listen, app, trusted_proxy, tls, desk: desk_listen, phone_url, filing };
        Ok(serve::run(options, photos, database).await?)
    }
}

impl From<ServeError> for CliError {
    /// Why the service cannot be started, or went down, and what to do.
    fn from(error: ServeError) -> Self {
        let (problem, remedy) = match error {
            ServeError::Listen(ListenError::Address(address, error)) => unheard(address, &error),
            ServeError::Listen(ListenError::Socket(error)) => (format!("服务停了：{error}"), "重新启动"),
            ServeError::Tls(TlsError::Read(file, error)) => {
                let why = match error {
                    pem::Error::Io(error) => why(&error),
                    _ => "里面没有PEM格式的证书或私钥".into(),
                };
                let problem = format!("读不了证书文件“{}”：{why}", file.display());
                (problem, "核对 --tls-cert 和 --tls-key 的文件")
            }
            ServeError::Tls(TlsError::Unfit { certificate, key, .. }) => {
                let (certificate, key) = (certificate.display(), key.display());
                let problem = format!("证书“{certificate}”和私钥“{key}”不能一起用");
                (problem, "核对是不是一对；不是就重新做一对")
            }
            ServeError::App(error) => {
                (format!("手机用的页面读不了（{error}）"), "核对 --app 的文件夹，重新做一次页面")
            }
            ServeError::Unwritable(error) => (
                format!("数据库只能读，写不进去（{error}）"),
                "核对 --database 的文件、旁边的 -wal 和 -shm、所在的文件夹，是不是都归启动服务的用户；别的用户运行过命令的，用 chown 改回来",
            ),
            ServeError::Photos(error) => {
                let problem = format!("照片的文件夹用不了（{error}）");
                (problem, "核对 --photos 的文件夹、权限和磁盘空间")
            }
            ServeError::Evidence(error) => {
                (format!("核对照片没有成功（{error}）"), "核对数据库和 --photos 的文件夹")
            }
        };
        Self::refused(problem, remedy)
    }
}

/// Why an address cannot be listened on, and what to do.
fn unheard(address: SocketAddr, error: &io::Error) -> (String, &'static str) {
    match error.kind() {
        io::ErrorKind::AddrInUse => (
            format!("{address}已经被别的程序占用，也许另一个 biaochi 还开着"),
            "停掉它，或者用 --listen（工作台用 --desk-listen）换一个端口",
        ),
        io::ErrorKind::AddrNotAvailable => {
            (format!("这台机器没有{address}这个地址"), "用 --listen 写这台机器自己的地址")
        }
        io::ErrorKind::PermissionDenied => {
            (format!("不能用{address}：1024以下的端口要特别的权限"), "用 --listen 换一个端口，前面加反向代理")
        }
        _ => (format!("不能用{address}：{error}"), "用 --listen 换一个地址"),
    }
}
