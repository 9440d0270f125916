//! Which photos are here, and which are still missing. Their bytes lie beside the database.

use super::{Database, DatabaseError, int, stored};
use crate::domain::{
    BranchCode, ContentHash, DeviceId,
    photo::{Finished, MediaType},
};
use sqlx::Row as _;
use std::collections::{HashMap, HashSet};

/// No branch can fill the disk: this many photos of it are kept. A period of careful work brings some hundred.
pub const MAX_PER_BRANCH: u32 = 2_000;

impl Database {
    /// Notes that a photo's bytes are on disk. Answers whether that is new, or `None` when the branch has too many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_photo(
        &self,
        (branch, device): (&BranchCode, DeviceId),
        (sha256, bytes): (&ContentHash, usize),
        photo: &Finished,
        now: u64,
    ) -> Result<Option<bool>, DatabaseError> {
        let mut tx = self.0.begin_with("BEGIN IMMEDIATE").await?;
        let known = sqlx::query("SELECT 1 FROM photos WHERE branch = ? AND sha256 = ?")
            .bind(branch.as_str().to_owned())
            .bind(sha256.as_str().to_owned());
        if known.fetch_optional(&mut *tx).await?.is_some() {
            return Ok(Some(false));
        }
        let added = sqlx::query(
            "INSERT INTO photos (branch, sha256, bytes, media_type, width, height, device, stored_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE (SELECT count(*) FROM photos WHERE branch = ?1) < ?9",
        )
        .bind(branch.as_str().to_owned())
        .bind(sha256.as_str().to_owned())
        .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
        .bind(photo.media_type.as_str())
        .bind(i64::from(photo.width))
        .bind(i64::from(photo.height))
        .bind(device.to_string())
        .bind(int(now))
        .bind(i64::from(MAX_PER_BRANCH))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok((added.rows_affected() > 0).then_some(true))
    }

    /// The media type of a branch's photo; `None` when the branch has none of this hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn photo(
        &self,
        branch: &BranchCode,
        sha256: &ContentHash,
    ) -> Result<Option<MediaType>, DatabaseError> {
        let row = sqlx::query("SELECT media_type FROM photos WHERE branch = ? AND sha256 = ?")
            .bind(branch.as_str().to_owned())
            .bind(sha256.as_str().to_owned())
            .fetch_optional(&self.0)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let written: String = row.try_get(0)?;
        let read = MediaType::parse(&written);
        read.map(Some).ok_or_else(|| stored(format_args!("a photo of the media type {written:?}")))
    }

    /// Whether a branch may still add a photo.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_room_for_photos(&self, branch: &BranchCode) -> Result<bool, DatabaseError> {
        let row = sqlx::query("SELECT count(*) FROM photos WHERE branch = ?")
            .bind(branch.as_str().to_owned())
            .fetch_one(&self.0)
            .await?;
        Ok(row.try_get::<i64, _>(0)? < i64::from(MAX_PER_BRANCH))
    }

    /// How many photos are noted, and how many bytes they have.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn photos_stored(&self) -> Result<(u64, u64), DatabaseError> {
        let row =
            sqlx::query("SELECT count(*), coalesce(sum(bytes), 0) FROM photos").fetch_one(&self.0).await?;
        let number = |place: usize| row.try_get::<i64, _>(place).map(i64::unsigned_abs);
        Ok((number(0)?, number(1)?))
    }

    /// How many photos of a submission are not here.
    pub(super) async fn missing_of(&self, submission: String) -> Result<usize, DatabaseError> {
        let row = sqlx::query(
            "SELECT count(*) FROM attachments a JOIN submissions s ON s.id = a.submission
             WHERE a.submission = ? AND NOT EXISTS
                 (SELECT 1 FROM photos p WHERE p.branch = s.branch AND p.sha256 = a.sha256)",
        )
        .bind(submission)
        .fetch_one(&self.0)
        .await?;
        usize::try_from(row.try_get::<i64, _>(0)?).map_err(stored)
    }

    /// The photos that a branch's submissions name and that are not noted here, or not among the files where these are given, by submission.
    pub(super) async fn missing_photos(
        &self,
        branch: &BranchCode,
        files: Option<&HashSet<ContentHash>>,
    ) -> Result<HashMap<String, Vec<ContentHash>>, DatabaseError> {
        let rows = sqlx::query(
            "SELECT a.submission, a.sha256, EXISTS
                 (SELECT 1 FROM photos p WHERE p.branch = ?1 AND p.sha256 = a.sha256)
             FROM submissions s JOIN attachments a ON a.submission = s.id
             WHERE s.branch = ?1 ORDER BY a.submission, a.sha256",
        )
        .bind(branch.as_str().to_owned())
        .fetch_all(&self.0)
        .await?;
        let mut missing: HashMap<String, Vec<ContentHash>> = HashMap::new();
        for row in rows {
            let sha256 = ContentHash::try_from(row.try_get::<String, _>(1)?).map_err(stored)?;
            if !row.try_get::<bool, _>(2)? || files.is_some_and(|files| !files.contains(&sha256)) {
                missing.entry(row.try_get(0)?).or_default().push(sha256);
            }
        }
        Ok(missing)
    }
}
