//! The API to read: a page of ours made from the OpenAPI document. No script, nothing from elsewhere.

use crate::protocol::paths;
use serde_json::Value;
use std::fmt::Write as _;

pub(super) const STYLE: &str = include_str!("docs.css");
/// The page loads its style and nothing else.
pub(super) const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page of an OpenAPI document. Writing to a `String` cannot fail.
pub(super) fn page_of(document: &Value) -> String {
    let info = &document["info"];
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>{title}</title>\n<link rel=\"stylesheet\" href=\"{style}\">\n</head>\n\
         <body>\n<main>\n<h1>{title} {version}</h1>\n<p>{about}</p>\n\
         <p><a href=\"{json}\">The same as OpenAPI 3.1</a></p>\n<h2>Addresses</h2>\n",
        title = text(&info["title"]),
        version = text(&info["version"]),
        about = text(&info["description"]),
        style = paths::DOCS_STYLE,
        json = paths::OPENAPI,
    );
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let _ = write!(
                page,
                "<section>\n<h3><b>{}</b> {}</h3>\n",
                escape(&method.to_uppercase()),
                escape(path)
            );
            let _ = writeln!(page, "<p>{}</p>", text(&operation["summary"]));
            page.push_str("<dl>\n");
            if operation.get("security").is_some() {
                let _ = writeln!(page, "<dt>authorisation</dt><dd>bearer token of a bound phone</dd>");
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let about = text(&parameter["description"]);
                let _ = writeln!(page, "<dt>{}</dt><dd>{about}</dd>", text(&parameter["name"]));
            }
            if let Some(body) = operation.get("requestBody") {
                let _ = writeln!(page, "<dt>body</dt><dd>{}</dd>", content(body));
            }
            for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
                let about = text(&answer["description"]);
                let _ = writeln!(page, "<dt>{}</dt><dd>{} {about}</dd>", escape(status), content(answer));
            }
            let _ = write!(page, "</dl>\n</section>\n");
        }
    }
    page.push_str("<h2>Types</h2>\n");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let _ = write!(page, "<section id=\"{0}\">\n<h3>{0}</h3>\n", escape(name));
        let _ = writeln!(page, "<p>{}</p>", text(&schema["description"]));
        let mut bare = schema.clone();
        if let Some(fields) = bare.as_object_mut() {
            fields.remove("description");
        }
        let json = serde_json::to_string_pretty(&bare).unwrap_or_default();
        let _ = write!(page, "<pre>{}</pre>\n</section>\n", escape(&json));
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// The types of a body, with links to them.
fn content(body: &Value) -> String {
    let mut types = Vec::new();
    for (media_type, content) in body["content"].as_object().into_iter().flatten() {
        let schema = &content["schema"];
        let (reference, list) = match schema.get("items") {
            Some(items) => (&items["$ref"], "list of "),
            None => (&schema["$ref"], ""),
        };
        let name = reference.as_str().and_then(|reference| reference.rsplit('/').next());
        types.push(match name.map(escape) {
            Some(name) => format!("{list}<a href=\"#{name}\">{name}</a> ({})", escape(media_type)),
            None => escape(media_type),
        });
    }
    types.join(", ")
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or(""))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
