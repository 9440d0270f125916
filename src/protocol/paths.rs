//! The endpoint's paths, once for both sides.

use crate::domain::{ContentHash, SubmissionId};

/// `GET`: is the endpoint there, and in a state to serve.
pub const HEALTH: &str = "/api/v1/health";
/// `POST` an [`super::ActivateRequest`].
pub const ACTIVATE: &str = "/api/v1/activate";
/// `GET` the [`super::PublishedStandard`]; public, with `ETag`.
pub const STANDARD: &str = "/api/v1/standard";
/// `GET` one checklist by hash; public, immutable.
pub const CHECKLIST: &str = "/api/v1/checklists/{hash}";
/// `GET` one document of 一编一册 by hash; public, immutable.
pub const DOCUMENT: &str = "/api/v1/documents/{hash}";
/// `GET` the [`super::BranchInfo`] of the caller's branch.
pub const BRANCH: &str = "/api/v1/branch";
/// `GET` the [`super::StampedProfile`] of the caller's branch, or `PUT` one: the highest stamp is kept and answered.
pub const PROFILE: &str = "/api/v1/branch/profile";
/// `GET` the [`super::BranchFindings`] of the caller's branch, with `ETag`; or `PUT` [`super::NewFindings`]: the union is kept and
/// answered.
pub const FINDINGS: &str = "/api/v1/branch/findings";
/// `POST`: a [`super::DeviceCode`] for another phone of the same branch.
pub const DEVICE_CODES: &str = "/api/v1/devices/codes";
/// `DELETE`: unbind the calling phone.
pub const THIS_DEVICE: &str = "/api/v1/devices/this";
/// `GET`: the [`super::SubmissionSummary`] list of the caller's branch, newest last.
pub const SUBMISSIONS: &str = "/api/v1/submissions";
/// `PUT` the frozen bytes of a submission, or `GET` them back.
pub const SUBMISSION: &str = "/api/v1/submissions/{id}";
/// `PUT` (no body): take a submission back before anyone reviews it.
pub const WITHDRAWAL: &str = "/api/v1/submissions/{id}/withdrawal";
/// `HEAD`: is the photo of this hash here; `PUT` its bytes; `GET` them, for the phones of the branch.
pub const PHOTO: &str = "/api/v1/photos/{sha256}";
/// `GET`: the OpenAPI document of all this.
pub const OPENAPI: &str = "/api/v1/openapi.json";
/// `GET`: the same to read.
pub const DOCS: &str = "/api/v1/docs";
/// `GET`: its style.
pub const DOCS_STYLE: &str = "/api/v1/docs.css";

/// The path of one checklist.
pub fn checklist(hash: &ContentHash) -> String {
    CHECKLIST.replace("{hash}", hash.as_str())
}

/// The path of one document.
pub fn document(hash: &ContentHash) -> String {
    DOCUMENT.replace("{hash}", hash.as_str())
}

/// The path of one submission.
pub fn submission(id: SubmissionId) -> String {
    SUBMISSION.replace("{id}", &id.to_string())
}

/// The path of one photo.
pub fn photo(sha256: &ContentHash) -> String {
    PHOTO.replace("{sha256}", sha256.as_str())
}

/// The path to withdraw one submission.
pub fn withdrawal(id: SubmissionId) -> String {
    WITHDRAWAL.replace("{id}", &id.to_string())
}
