//! The app's own files, as its build leaves them: read once at the start and served from memory, so that pages, hashed files
//! and the Content-Security-Policy always belong to one build, also while a new build is being copied in.

use super::{etag::is_known, old_engines};
use crate::{domain::ContentHash, protocol::paths};
use axum::{
    body::Bytes,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, any},
};
use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Written by the app's build: the policy with the hashes of what stands inline. Never served.
const POLICY_FILE: &str = "csp.txt";
/// The page of every route of the app.
const PAGE: &str = "/index.html";

/// Why the app cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The build is incomplete, or not one of ours.
    #[error(
        "{0} has no {1}, so it is no complete build of the app; build it with `make build`, or name another folder with --app"
    )]
    Incomplete(PathBuf, &'static str),
    /// The policy is no header value.
    #[error("{0} is not one line of plain text; build the app again with `make build`")]
    Policy(PathBuf),
    /// A file cannot be read.
    #[error("{0} cannot be read: {1}; check that this user may read the app's folder")]
    Read(PathBuf, io::Error),
}

/// One encoding of a file.
#[derive(Debug)]
struct Variant {
    bytes: Bytes,
    /// Strong: each encoding has its own.
    tag: HeaderValue,
}

/// One file with its precompressed siblings.
#[derive(Debug)]
struct File {
    content_type: &'static str,
    cache_control: &'static str,
    plain: Variant,
    brotli: Option<Variant>,
    gzip: Option<Variant>,
}

/// The files of one build.
#[derive(Debug)]
pub(crate) struct App {
    files: HashMap<String, File>,
    policy: HeaderValue,
    /// For engines that do not know `'wasm-unsafe-eval'`.
    policy_of_old: HeaderValue,
}

/// The word by which the build's policy allows wasm, and the wider one that older engines know.
const WASM: (&str, &str) = ("'wasm-unsafe-eval'", "'unsafe-eval'");

impl App {
    /// Reads a build; `None` when the folder does not exist.
    ///
    /// # Errors
    /// When it is there but incomplete, or cannot be read.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, AppError> {
        if !folder.is_dir() {
            return Ok(None);
        }
        let mut found = HashMap::new();
        collect(folder, "", &mut found)?;
        let incomplete = |missing| AppError::Incomplete(folder.to_owned(), missing);
        let policy = found.remove(&format!("/{POLICY_FILE}")).ok_or_else(|| incomplete(POLICY_FILE))?;
        let unusable = || AppError::Policy(folder.join(POLICY_FILE));
        let policy = str::from_utf8(policy.trim_ascii()).ok().filter(|policy| !policy.is_empty());
        let policy = policy.ok_or_else(unusable)?;
        let header = |text: &str| HeaderValue::from_str(text).map_err(|_| unusable());
        let (policy, policy_of_old) = (header(policy)?, header(&policy.replace(WASM.0, WASM.1))?);
        let mut files = HashMap::new();
        let names: Vec<String> = found.keys().cloned().collect();
        for name in names {
            let compresses = [".br", ".gz"].iter().find_map(|ending| name.strip_suffix(ending));
            if compresses.is_some_and(|plain| found.contains_key(plain) || files.contains_key(plain)) {
                continue;
            }
            let Some(plain) = found.remove(&name) else { continue };
            let mut sibling = |ending: &str, encoding: &str| {
                found.remove(&format!("{name}{ending}")).map(|bytes| variant(bytes, encoding))
            };
            let (brotli, gzip) = (sibling(".br", "-br"), sibling(".gz", "-gzip"));
            let file = File {
                content_type: content_type(&name),
                cache_control: cache_control(&name),
                plain: variant(plain, ""),
                brotli,
                gzip,
            };
            files.insert(name, file);
        }
        if !files.contains_key(PAGE) {
            return Err(incomplete("index.html"));
        }
        Ok(Some(Self { files, policy, policy_of_old }))
    }

    /// Answers whatever is not the API.
    pub(crate) fn into_service(self) -> MethodRouter {
        let app = Arc::new(self);
        any(move |request: Request| {
            let answer = app.answer(request.method(), request.uri().path(), request.headers());
            async move { answer }
        })
    }

    fn answer(&self, method: &Method, path: &str, asked: &HeaderMap) -> Response {
        if method != Method::GET && method != Method::HEAD {
            return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
        }
        let last = path.rsplit('/').next().unwrap_or("");
        let is_route = !last.contains('.');
        let file = self.files.get(path).or_else(|| if is_route { self.files.get(PAGE) } else { None });
        let Some(file) = file else {
            return (
                StatusCode::NOT_FOUND,
                [(header::CONTENT_TYPE, "text/plain")],
                "there is no such file\n",
            )
                .into_response();
        };
        let accepted = |coding| accepts(asked, coding);
        let (variant, encoding) = match (&file.brotli, &file.gzip) {
            (Some(brotli), _) if accepted("br") => (brotli, Some("br")),
            (_, Some(gzip)) if accepted("gzip") => (gzip, Some("gzip")),
            _ => (&file.plain, None),
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::ETAG, variant.tag.clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(file.cache_control));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding, user-agent"));
        let agent = asked.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_old = old_engines::needs_eval_for_wasm(agent);
        let policy = if is_old { &self.policy_of_old } else { &self.policy };
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
        if variant.tag.to_str().is_ok_and(|tag| is_known(asked, tag)) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type));
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        (headers, variant.bytes.clone()).into_response()
    }
}

/// What stands in for an app that is not built: a word about it at `/`, and nothing else.
pub(crate) fn absent(folder: &Path) -> MethodRouter {
    let text = format!(
        "The app is not served here: the folder {} does not exist.\nBuild it with `make build`, or name its folder \
         with `serve --app`.\nThe API is described at {}.\n",
        folder.display(),
        paths::DOCS,
    );
    any(move |request: Request| {
        let text = if request.uri().path() == "/" { text.clone() } else { "there is nothing here\n".into() };
        async move { (StatusCode::NOT_FOUND, text) }
    })
}

/// Reads every file under a folder, by its address.
fn collect(folder: &Path, address: &str, into: &mut HashMap<String, Bytes>) -> Result<(), AppError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| AppError::Read(path, error)
    };
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let entry = entry.map_err(failed(folder))?;
        let path = entry.path();
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        let address = format!("{address}/{name}");
        if path.is_dir() {
            collect(&path, &address, into)?;
        } else {
            into.insert(address, fs::read(&path).map_err(failed(&path))?.into());
        }
    }
    Ok(())
}

fn variant(bytes: Bytes, encoding: &str) -> Variant {
    let hash = ContentHash::of(&bytes);
    let tag = format!("\"{}{encoding}\"", hash.as_str());
    // Hexadecimal digits and a fixed word are always a header value.
    let tag = HeaderValue::from_str(&tag).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
    Variant { bytes, tag }
}

/// Whether the client takes this content coding (RFC 9110 §12.5.3).
fn accepts(asked: &HeaderMap, coding: &str) -> bool {
    let listed = asked.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    listed.flat_map(|value| value.split(',')).any(|offer| {
        let (name, weight) = offer.split_once(';').unwrap_or((offer, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse() == Ok(0.0_f32));
        name.trim().eq_ignore_ascii_case(coding) && !refused
    })
}

/// A file whose address holds the hash of its content never changes; everything else is asked for again.
fn cache_control(address: &str) -> &'static str {
    if address.split('/').any(is_hashed) { "public, max-age=31536000, immutable" } else { "no-cache" }
}

/// Whether a name holds a hash as the app's build writes it: `-` and sixteen hexadecimal digits, then `.`, `_` or the end.
fn is_hashed(name: &str) -> bool {
    name.split('-').skip(1).any(|rest| {
        let end = rest.find(['.', '_']).unwrap_or(rest.len());
        end == 16 && rest.bytes().take(16).all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn content_type(address: &str) -> &'static str {
    match address.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_hash_of_the_build_makes_a_file_immutable() {
        for name in [
            "/biaochi-0123456789abcdef.js",
            "/biaochi-0123456789abcdef_bg.wasm",
            "/a-b-0123456789abcdef.css",
            "/snippets/biaochi-0123456789abcdef/inline0.js",
        ] {
            assert!(cache_control(name).contains("immutable"), "{name}");
        }
        for name in [
            "/index.html",
            "/sw.js",
            "/manifest.webmanifest",
            "/0123456789abcdef.js",
            "/a-0123456789abcdef0.js",
            "/a-0123456789ABCDEF.js",
            "/a-0123456789abcde.js",
        ] {
            assert_eq!(cache_control(name), "no-cache", "{name}");
        }
    }
}
