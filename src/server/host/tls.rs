//! HTTPS with one's own certificate, for trying the app on a real phone: its worker needs https. In service a reverse proxy
//! does this.

use axum_server::tls_rustls::RustlsConfig;
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file cannot be read as PEM.
    #[error("{0} cannot be read: {1}; it has to be a PEM file that this user may read")]
    Read(PathBuf, rustls::pki_types::pem::Error),
    /// Certificate and key do not fit.
    #[error("{certificate} and {key} cannot be used together: {reason}; make both anew")]
    Unfit {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What rustls says.
        reason: rustls::Error,
    },
}

/// Reads a certificate chain and its key.
///
/// # Errors
/// When a file cannot be read, or the two do not fit.
pub(crate) fn config(certificate: &Path, key: &Path) -> Result<RustlsConfig, TlsError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| TlsError::Read(path, error)
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(unreadable(certificate))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(unreadable(key))?;
    let unfit = |reason| TlsError::Unfit { certificate: certificate.to_owned(), key: key.to_owned(), reason };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unfit)?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(unfit)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}
