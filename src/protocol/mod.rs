//! What phone and endpoint say to each other: paths, requests, responses, problems. No transport.
//!
//! JSON over HTTP under `/api/v1`. Everything a phone sends can be sent again: the same content again is success. The
//! evolution rules are those of [`crate::domain::submission`].

pub mod activation;
pub mod branch;
pub mod finding;
pub mod paths;
pub mod problem;
pub mod profile;
pub mod receipt;
pub mod review;
pub mod standard;

pub use activation::{ActivateRequest, Activated, ActivationCode, DeviceCode, TokenHash};
pub use branch::{BranchEnded, BranchInfo, Level, UnitName};
pub use finding::{BranchFindings, MAX_FINDINGS_PER_REQUEST, NewFindings};
pub use problem::{Problem, ProblemKind};
pub use profile::StampedProfile;
pub use receipt::{Receipt, SubmissionSummary};
pub use review::{Review, ReviewItem, ReviewState};
pub use standard::{Module, PublishedChecklist, PublishedDocument, PublishedStandard};

/// Every answer of the endpoint carries this header, so that a captive portal's 200 is known for what it is.
pub const SERVER_HEADER: &str = "biaochi-server";
/// The value of [`SERVER_HEADER`].
pub const SERVER_HEADER_VALUE: &str = "1";
/// The largest request body, in bytes.
pub const MAX_BODY_BYTES: usize = 512 * 1024;
