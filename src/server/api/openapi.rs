//! The OpenAPI document, from the code: each route describes itself beside its handler. And the routes that give it.

use super::{docs, openapi_limits::limited};
use crate::protocol::{Problem, ProblemKind, paths};
use axum::{
    http::header,
    response::{Html, IntoResponse},
};
use serde_json::Value;
use std::{collections::BTreeMap, sync::LazyLock};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, Ref, RefOr, Response,
        path::{Operation, ParameterIn},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

/// The endpoint that branches report to.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "支部标尺 (Biaochi)",
        description = "The small endpoint that rural Party branches report to. JSON over HTTP; refusals are problems \
                       (RFC 9457). Everything a phone sends can be sent again: the same content again is success. What a \
                       phone pulls carries an ETag. Photos travel apart from answers, by the SHA-256 of their bytes. Unknown fields are ignored; new ones are optional.",
    ),
    paths(
        super::health::get,
        super::activate::post,
        super::standard::get,
        super::published::checklist,
        super::published::document,
        super::branch::get,
        super::profile::get,
        super::profile::put,
        super::findings::get,
        super::findings::put,
        super::device_codes::post,
        super::this_device::delete,
        super::submissions::get,
        super::submission::get,
        super::submission::put,
        super::withdrawal::put,
        super::photo::head,
        super::photo::get,
        super::photo::put,
        document,
        page,
        style,
    ),
    components(schemas(Problem)),
    modifiers(&Problems, &Token),
)]
struct Document;

/// The document with its limits.
pub(super) static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| limited(serde_json::to_value(Document::openapi()).unwrap_or_default()));

static PAGE: LazyLock<String> = LazyLock::new(|| docs::page_of(&DOCUMENT));

/// This document.
#[utoipa::path(
    get,
    path = paths::OPENAPI,
    operation_id = "openapi_get",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")),
)]
pub(super) async fn document() -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-cache")], axum::Json(&*DOCUMENT))
}

/// This document as a page to read.
#[utoipa::path(
    get,
    path = paths::DOCS,
    operation_id = "docs_get",
    responses((status = 200, description = "A page", content_type = "text/html")),
)]
pub(super) async fn page() -> impl IntoResponse {
    (
        [(header::CACHE_CONTROL, "no-cache"), (header::CONTENT_SECURITY_POLICY, docs::POLICY)],
        Html(PAGE.as_str()),
    )
}

/// The style of that page.
#[utoipa::path(
    get,
    path = paths::DOCS_STYLE,
    operation_id = "docs_style_get",
    responses((status = 200, description = "A style sheet", content_type = "text/css")),
)]
pub(super) async fn style() -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-cache"), (header::CONTENT_TYPE, "text/css; charset=utf-8")], docs::STYLE)
}

/// Every operation says with which problems it can refuse, and that it can fail.
struct Problems;

impl Modify for Problems {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for item in document.paths.paths.values_mut() {
            let operations = [&mut item.get, &mut item.head, &mut item.put, &mut item.post, &mut item.delete];
            for operation in operations.into_iter().flatten() {
                let mut by_status: BTreeMap<u16, Vec<ProblemKind>> = BTreeMap::new();
                for kind in refusals(operation) {
                    by_status.entry(kind.status()).or_default().push(kind);
                }
                for (status, kinds) in by_status {
                    operation.responses.responses.insert(status.to_string(), RefOr::T(problem(&kinds)));
                }
                let too_slow =
                    Response::new("It took too long, or the endpoint is being stopped: try again later");
                operation.responses.responses.insert("503".into(), RefOr::T(too_slow));
            }
        }
    }
}

/// The refusals that an operation can answer with: some follow from what it is given, the others are its own.
fn refusals(operation: &Operation) -> Vec<ProblemKind> {
    use ProblemKind as Kind;
    let mut kinds = vec![Kind::Internal];
    let id = operation.operation_id.as_deref();
    if operation.security.is_some() {
        kinds.extend([Kind::Unauthorised, Kind::Revoked]);
        if operation.request_body.is_some() || matches!(id, Some("withdrawal_put" | "device_codes_post")) {
            kinds.push(Kind::BranchEnded);
        }
    }
    let mut parameters = operation.parameters.iter().flatten();
    if parameters.any(|parameter| matches!(parameter.parameter_in, ParameterIn::Path)) {
        kinds.push(Kind::NotFound);
    }
    if let Some(body) = &operation.request_body {
        kinds.extend([Kind::TooLarge, Kind::WrongContentType]);
        if body.content.contains_key("application/json") {
            kinds.push(Kind::Malformed);
        }
    }
    kinds.extend_from_slice(match id {
        Some("activate_post") => &[
            Kind::BranchEnded,
            Kind::CodeWrong,
            Kind::CodeUsed,
            Kind::CodeExpired,
            Kind::TooManyAttempts,
            Kind::Revoked,
            Kind::NotFound,
            Kind::Refused,
        ],
        Some("standard_get" | "branch_get" | "profile_get") => &[Kind::NotFound],
        Some("profile_put" | "findings_put") => &[Kind::Refused],
        Some("device_codes_post") => &[Kind::TooManyAttempts],
        Some("submission_put") => &[Kind::UnknownFormat, Kind::Refused, Kind::DifferentBytes, Kind::Closed],
        Some("withdrawal_put") => &[Kind::ReviewBegun],
        Some("photo_put") => &[Kind::NotAPhoto, Kind::WrongHash, Kind::TooManyPhotos],
        _ => &[],
    });
    kinds.sort_unstable_by_key(|kind| kind.status());
    kinds.dedup();
    kinds
}

/// A refusal for one of these reasons: why, and what would mend it.
fn problem(kinds: &[ProblemKind]) -> Response {
    let name = |kind: &ProblemKind| serde_json::to_value(kind).ok()?.as_str().map(str::to_owned);
    let mut response = Response::new(kinds.iter().filter_map(name).collect::<Vec<_>>().join(", "));
    let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
    response.content.insert(crate::protocol::problem::MEDIA_TYPE.into(), content);
    response
}

/// The bearer token of a bound phone.
struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The text whose SHA-256 the phone sent when it was activated."))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::{
        api::{Endpoint, router::routes},
        host::clock::SystemClock,
    };
    use axum::{
        body::Body,
        http::{Method, Request, header},
    };
    use std::{collections::BTreeSet, sync::Arc};
    use tower_service::Service as _;

    /// What the router answers to a method that no route has names those that it has.
    #[tokio::test]
    async fn every_route_is_described_and_everything_described_is_a_route() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::server::database::testing::database(&folder).await;
        let photos =
            crate::server::office::evidence::files::Photos::in_folder(&folder.path().join("photos")).unwrap();
        let endpoint = Endpoint::new(database, photos, Arc::new(SystemClock));
        let mut routed = BTreeSet::new();
        for (path, methods) in routes() {
            let mut router = axum::Router::new().route("/", methods).with_state(endpoint.clone());
            let request = Request::builder().method(Method::TRACE).uri("/").body(Body::empty()).unwrap();
            let answer = router.call(request).await.unwrap();
            let allowed = answer.headers()[header::ALLOW].to_str().unwrap();
            for method in allowed.split(',').filter(|method| *method != "HEAD") {
                routed.insert(format!("{method} {path}"));
            }
        }
        let mut described = BTreeSet::new();
        for (path, item) in Document::openapi().paths.paths {
            for (method, operation) in
                [("GET", item.get), ("PUT", item.put), ("POST", item.post), ("DELETE", item.delete)]
            {
                if let Some(operation) = operation {
                    assert!(operation.summary.is_some_and(|text| !text.is_empty()), "{method} {path}");
                    described.insert(format!("{method} {path}"));
                }
            }
        }
        assert_eq!(described, routed);
    }

    /// A document that refers to what is not in it helps nobody.
    #[test]
    fn every_reference_leads_somewhere() {
        let document = serde_json::to_value(Document::openapi()).unwrap();
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
        }
        assert!(text.contains("#/components/schemas/Problem"));
    }
}
