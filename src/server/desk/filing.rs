//! 备案: the number that the operator was given, at the foot of every page; without one every page says 试用. It is told with the request
//! and not by whoever makes a page: pages of what failed have no visitor, and the page for signing in shows it first of all.

use super::Desk;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use maud::{Markup, html};
use std::sync::Arc;

tokio::task_local! {
    static FILING: Option<Arc<str>>;
}

/// Where a number can be looked up, by what stands in it.
const REGISTERS: [(&str, &str); 2] =
    [("ICP备", "https://beian.miit.gov.cn/"), ("公网安备", "https://beian.mps.gov.cn/")];

/// Makes pages under this know of it.
pub(super) async fn told(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    FILING.scope(desk.filing, next.run(request)).await
}

fn number() -> Option<Arc<str>> {
    FILING.try_with(Option::clone).ok().flatten()
}

/// That there is no number.
pub(super) fn trial() -> Markup {
    html! { @if number().is_none() { aside.drill aria-label="试用" { "试用：这套系统还没有备案号。" } } }
}

/// The numbers, where there are any.
pub(super) fn foot() -> Markup {
    let Some(filing) = number() else { return html! {} };
    let numbers = filing.split([';', '；']).map(str::trim).filter(|one| !one.is_empty());
    let register =
        |one: &str| REGISTERS.iter().find(|(mark, _)| one.contains(mark)).map(|(_, address)| *address);
    html! {
        footer {
            @for one in numbers {
                @match register(one) {
                    Some(address) => { a href=(address) rel="noreferrer" { (one) } " " }
                    None => { span { (one) } " " }
                }
            }
        }
    }
}
