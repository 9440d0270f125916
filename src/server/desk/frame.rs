//! What stands around every page: whose desk it is, the ways to the others, how to get help.

use super::{filing, kit::hidden, links, visitor::Visitor};
use crate::server::office::{demonstration, people::Act};
use maud::{DOCTYPE, Markup, html};

/// The name of the product.
const NAME: &str = "支部标尺";

/// The ways from every page to the others, with what one must be entrusted with for each.
const WAYS: [(&str, &str, Act); 8] = [
    (links::TODAY, "今天要办", Act::See),
    (links::REPORTS, "上报一览", Act::See),
    (links::FINDINGS, "问题台账", Act::See),
    (links::ORDERS, "限期整改", Act::See),
    (links::ROSTER, "名册", Act::See),
    (links::STANDARDS, "标准", Act::See),
    (links::PEOPLE, "人员", Act::People),
    (links::LOG, "记录", Act::Audit),
];

/// A page for somebody who is signed in; `place` is that one of [`WAYS`] which it belongs to.
pub(crate) fn page(visitor: &Visitor, place: &str, title: &str, body: &Markup) -> Markup {
    headed(visitor, place, title, &html! { h1 { (title) } }, body)
}

/// A page that is read from its head on: nothing that can be pressed has the focus when it opens.
pub(crate) fn page_to_read(visitor: &Visitor, place: &str, title: &str, body: &Markup) -> Markup {
    headed(visitor, place, title, &html! { h1 tabindex="-1" autofocus { (title) } }, body)
}

fn headed(visitor: &Visitor, place: &str, title: &str, head: &Markup, body: &Markup) -> Markup {
    let around = html! {
        nav aria-label="办事" {
            ul {
                @for (address, name, _) in WAYS.iter().filter(|(_, _, act)| visitor.may_somewhere(*act)) {
                    li { a href=(address) aria-current=[(*address == place).then_some("page")] { (name) } }
                }
            }
        }
        div.who {
            span { (visitor.person.unit_name) }
            a href=(links::ME) { "我的（" (visitor.person.name) "）" }
            a href=(links::MANUAL) { "镇里怎么用" }
            form method="post" action=(links::SIGN_OUT) {
                (hidden("csrf", &visitor.token))
                button.quiet type="submit" { "退出" }
            }
        }
    };
    let told = html! {
        @if demonstration::is_invented(&visitor.person.unit) { aside.drill aria-label="演练" { "演练：这里的单位、支部和数都是编的。" } }
    };
    whole(visitor.home(), title, &around, &told, &html! { (head) (body) })
}

/// A page for anybody: signing in, and what cannot be shown.
pub(crate) fn open_page(title: &str, body: &Markup) -> Markup {
    let around = html! { div.who { a href=(links::MANUAL) { "镇里怎么用" } } };
    whole(links::TODAY, title, &around, &html! {}, &html! { h1 { (title) } (body) })
}

fn whole(home: &str, title: &str, around: &Markup, told: &Markup, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (NAME) }
                link rel="icon" href=(links::ICON);
                link rel="stylesheet" href=(links::STYLE);
            }
            body {
                a.skip href="#main" { "跳到正文" }
                header { a.name href=(home) { (NAME) } (around) }
                (filing::trial())
                (told)
                main id="main" tabindex="-1" { (body) }
                (filing::foot())
            }
        }
    }
}
