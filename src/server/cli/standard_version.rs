//! Which version of a standard a command is about: the one in force, or one that lies in files.

use super::{error::CliError, package};
use crate::{
    domain::{Checklist, Document},
    server::database::{Database, Published},
};
use std::path::Path;

/// Stands for the version that is published, in the place of a file.
const IN_FORCE: &str = "在用";

/// Its checklists and documents.
pub(super) type Version = (Vec<Checklist>, Vec<Document>);

/// Says that there is no standard yet.
pub(super) fn nothing_published() -> CliError {
    CliError::refused("还没有发布标准", "先运行 standard publish-builtin 或 standard publish")
}

/// The version in use.
pub(super) async fn published(database: Option<&Database>) -> Result<Published, CliError> {
    let database = database.ok_or_else(nothing_published)?;
    database.version_in_force().await?.ok_or_else(nothing_published)
}

/// Whether the version in force is meant, not a file.
pub(super) fn is_in_force(path: &Path) -> bool {
    path.as_os_str() == IN_FORCE
}

/// The version that is meant.
pub(super) async fn version(path: &Path, database: Option<&Database>) -> Result<Version, CliError> {
    if is_in_force(path) {
        let published = published(database).await?;
        return Ok((published.checklists, published.documents));
    }
    let package = package::read(path)?.package;
    Ok((package.checklists, package.documents))
}
