//! Which photos are noted, which of those are lost, and which are still missing. Their bytes lie beside the database.
//!
//! A row of `photos` says that a file was written; one of `lost_photos` that it was looked for since and not found. A lost photo
//! keeps its row: its place among [`MAX_PER_BRANCH`] is its own, and a disk that was away for a while can come back. `photos_here`
//! are those that are noted and not lost.

use super::{Database, DatabaseError, Scope, backend::yes, derived, int, stored};
use crate::domain::{
    BranchCode, ContentHash, DeviceId, SubmissionId,
    photo::{Finished, MediaType},
};
use sqlx::Row as _;
use std::collections::HashMap;

/// No branch can fill the disk: this many photos of it are kept. A period of careful work brings some hundred.
pub const MAX_PER_BRANCH: u32 = 2_000;

const LOST: &str = "INSERT INTO lost_photos (branch, sha256) SELECT branch, sha256 FROM photos WHERE branch = $1 AND sha256 = $2
     ON CONFLICT DO NOTHING";
const FOUND: &str = "DELETE FROM lost_photos WHERE branch = $1 AND sha256 = $2";

/// A photo that is noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotedPhoto {
    /// What its bytes are.
    pub media_type: MediaType,
    /// Whether its file was looked for since and not found.
    pub is_lost: bool,
}

/// What became of noting a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// It is noted now.
    New,
    /// It was noted before; if it was lost, it is not any more.
    Before,
    /// The branch has [`MAX_PER_BRANCH`] others; nothing was noted.
    TooMany,
}

impl Database {
    /// Notes that a photo's bytes are on disk.
    pub async fn add_photo(
        &self,
        (branch, device): (&BranchCode, DeviceId),
        (sha256, bytes): (&ContentHash, usize),
        photo: &Finished,
        now: u64,
    ) -> Result<Noted, DatabaseError> {
        let mut tx = self.write(&Scope::branch(branch)).await?;
        let known = sqlx::query("SELECT 1 FROM photos WHERE branch = $1 AND sha256 = $2")
            .bind(branch.as_str().to_owned())
            .bind(sha256.as_str().to_owned());
        if known.fetch_optional(&mut *tx).await?.is_some() {
            sqlx::query(FOUND)
                .bind(branch.as_str().to_owned())
                .bind(sha256.as_str().to_owned())
                .execute(&mut *tx)
                .await?;
            derived::photo_changed(&mut tx, branch, sha256).await?;
            tx.commit().await?;
            return Ok(Noted::Before);
        }
        let added = sqlx::query(
            "INSERT INTO photos (branch, sha256, bytes, media_type, width, height, device, stored_at)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE (SELECT count(*) FROM photos WHERE branch = $1) < $9",
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
        derived::photo_changed(&mut tx, branch, sha256).await?;
        tx.commit().await?;
        Ok(if added.rows_affected() > 0 { Noted::New } else { Noted::TooMany })
    }

    /// What is noted of a branch's photo; `None` when the branch has none of this hash.
    pub async fn photo(
        &self,
        branch: &BranchCode,
        sha256: &ContentHash,
    ) -> Result<Option<NotedPhoto>, DatabaseError> {
        let row = sqlx::query(
            "SELECT media_type, CASE WHEN EXISTS
                 (SELECT 1 FROM lost_photos l WHERE l.branch = p.branch AND l.sha256 = p.sha256) THEN 1 ELSE 0 END
             FROM photos p WHERE branch = $1 AND sha256 = $2",
        )
        .bind(branch.as_str().to_owned())
        .bind(sha256.as_str().to_owned())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let said: String = row.try_get(0)?;
        let media_type = MediaType::parse(&said)
            .ok_or_else(|| stored(format_args!("a photo of the media type {said:?}")))?;
        Ok(Some(NotedPhoto { media_type, is_lost: yes(&row, 1)? }))
    }

    /// Whether a branch may bring this photo: it has room for one more, or this one has its place already.
    pub async fn has_room_for_photo(
        &self,
        branch: &BranchCode,
        sha256: &ContentHash,
    ) -> Result<bool, DatabaseError> {
        let row = sqlx::query(
            "SELECT CASE WHEN count(*) < $3 OR EXISTS (SELECT 1 FROM photos WHERE branch = $1 AND sha256 = $2)
                 THEN 1 ELSE 0 END
             FROM photos WHERE branch = $1",
        )
        .bind(branch.as_str().to_owned())
        .bind(sha256.as_str().to_owned())
        .bind(i64::from(MAX_PER_BRANCH))
        .fetch_one(&self.pool)
        .await?;
        Ok(yes(&row, 0)?)
    }

    /// The branches of which photos are noted.
    pub async fn branches_with_photos(&self) -> Result<Vec<BranchCode>, DatabaseError> {
        let rows = sqlx::query("SELECT DISTINCT branch FROM photos").fetch_all(&self.pool).await?;
        rows.iter().map(|row| BranchCode::new(row.try_get::<String, _>(0)?).map_err(stored)).collect()
    }

    /// Every photo that is noted of a branch, and whether it is lost.
    pub async fn noted_photos(&self, branch: &BranchCode) -> Result<Vec<(ContentHash, bool)>, DatabaseError> {
        let rows = sqlx::query(
            "SELECT sha256, CASE WHEN EXISTS
                 (SELECT 1 FROM lost_photos l WHERE l.branch = p.branch AND l.sha256 = p.sha256) THEN 1 ELSE 0 END
             FROM photos p WHERE branch = $1",
        )
        .bind(branch.as_str().to_owned())
        .fetch_all(&self.pool)
        .await?;
        let read = |row: &sqlx::any::AnyRow| {
            let sha256 = ContentHash::try_from(row.try_get::<String, _>(0)?).map_err(stored)?;
            Ok((sha256, yes(row, 1)?))
        };
        rows.iter().map(read).collect()
    }

    /// Remembers of photos of a branch whether they are lost; of a photo that is not noted, nothing.
    ///
    /// # Errors
    /// When the database fails; then nothing is remembered.
    pub async fn mark_photos(
        &self,
        branch: &BranchCode,
        photos: &[(ContentHash, bool)],
    ) -> Result<(), DatabaseError> {
        let mut tx = self.write(&Scope::branch(branch)).await?;
        for (sha256, is_lost) in photos {
            sqlx::query(if *is_lost { LOST } else { FOUND })
                .bind(branch.as_str().to_owned())
                .bind(sha256.as_str().to_owned())
                .execute(&mut *tx)
                .await?;
            derived::photo_changed(&mut tx, branch, sha256).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// How many photos are here, and how many bytes they have.
    pub async fn photos_stored(&self) -> Result<(u64, u64), DatabaseError> {
        let row = sqlx::query("SELECT count(*), CAST(coalesce(sum(bytes), 0) AS BIGINT) FROM photos_here")
            .fetch_one(&self.pool)
            .await?;
        let number = |place: usize| row.try_get::<i64, _>(place).map(i64::unsigned_abs);
        Ok((number(0)?, number(1)?))
    }

    /// Whether a submission of the branch names this photo, and it is not here.
    pub async fn awaits_photo(&self, branch: &BranchCode, sha256: &str) -> Result<bool, DatabaseError> {
        let row = sqlx::query(
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM submissions s JOIN attachments a ON a.submission = s.id
             WHERE s.branch = $1 AND a.sha256 = $2 AND NOT EXISTS
                 (SELECT 1 FROM photos_here p WHERE p.branch = $1 AND p.sha256 = $2)) THEN 1 ELSE 0 END",
        )
        .bind(branch.as_str().to_owned())
        .bind(sha256.to_owned())
        .fetch_one(&self.pool)
        .await?;
        Ok(yes(&row, 0)?)
    }

    /// Whether a submission names this photo.
    pub async fn names_photo(&self, id: SubmissionId, photo: &ContentHash) -> Result<bool, DatabaseError> {
        let row = sqlx::query("SELECT 1 FROM attachments WHERE submission = $1 AND sha256 = $2")
            .bind(id.to_string())
            .bind(photo.as_str().to_owned());
        Ok(row.fetch_optional(&self.pool).await?.is_some())
    }

    /// The photos that a branch's submissions name and that are not here, by submission.
    pub(super) async fn missing_photos(
        &self,
        branch: &BranchCode,
    ) -> Result<HashMap<String, Vec<ContentHash>>, DatabaseError> {
        let rows = sqlx::query(
            "SELECT a.submission, a.sha256 FROM submissions s JOIN attachments a ON a.submission = s.id
             WHERE s.branch = $1 AND NOT EXISTS
                 (SELECT 1 FROM photos_here p WHERE p.branch = $1 AND p.sha256 = a.sha256)
             ORDER BY a.submission, a.sha256",
        )
        .bind(branch.as_str().to_owned())
        .fetch_all(&self.pool)
        .await?;
        let mut missing: HashMap<String, Vec<ContentHash>> = HashMap::new();
        for row in rows {
            let sha256 = ContentHash::try_from(row.try_get::<String, _>(1)?).map_err(stored)?;
            missing.entry(row.try_get(0)?).or_default().push(sha256);
        }
        Ok(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINISHED: Finished = Finished { media_type: MediaType::Jpeg, width: 16, height: 16 };

    async fn database(folder: &tempfile::TempDir) -> Database {
        let database = crate::server::database::testing::database(folder).await;
        for code in ["b", "c"] {
            let unit = "INSERT INTO units VALUES ($1, NULL, '\"branch\"', '支部', 'rural', '')";
            sqlx::query(unit).bind(code).execute(&database.pool).await.unwrap();
        }
        database
    }

    fn branch(code: &str) -> BranchCode {
        BranchCode::new(code).unwrap()
    }

    fn hash(number: u32) -> ContentHash {
        ContentHash::of(&number.to_be_bytes())
    }

    async fn add(database: &Database, code: &str, number: u32) -> Noted {
        let by = (&branch(code), DeviceId::from_random([1; 16]));
        database.add_photo(by, (&hash(number), 9), &FINISHED, 1).await.unwrap()
    }

    #[tokio::test]
    async fn a_branch_keeps_so_many_photos_and_a_lost_one_finds_its_place_again() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(&folder).await;
        // All but one in one statement: two thousand commits would take their time.
        sqlx::query(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
             INSERT INTO photos SELECT 'b', CAST(i AS TEXT), 9, 'image/jpeg', 16, 16, 'd', 1 FROM n",
        )
        .bind(i64::from(MAX_PER_BRANCH) - 1)
        .execute(&database.pool)
        .await
        .unwrap();
        let room = async |number| database.has_room_for_photo(&branch("b"), &hash(number)).await.unwrap();
        assert!(room(1).await);
        assert_eq!(add(&database, "b", 1).await, Noted::New);
        assert!(!room(2).await);
        assert_eq!(add(&database, "b", 2).await, Noted::TooMany);
        assert_eq!(add(&database, "c", 2).await, Noted::New, "another branch's are its own");

        let noted = async || database.photo(&branch("b"), &hash(1)).await.unwrap().unwrap();
        assert!(!noted().await.is_lost && room(1).await, "it has its place");
        let stored = database.photos_stored().await.unwrap();
        database.mark_photos(&branch("b"), &[(hash(1), true), (hash(2), true)]).await.unwrap();
        assert!(noted().await.is_lost && room(1).await);
        assert_eq!(database.photos_stored().await.unwrap(), (stored.0 - 1, stored.1 - 9));
        assert!(!room(2).await, "what was never here takes nobody's place");
        assert_eq!(add(&database, "b", 1).await, Noted::Before);
        assert!(!noted().await.is_lost);
        assert_eq!(database.photos_stored().await.unwrap(), stored);
    }
}
