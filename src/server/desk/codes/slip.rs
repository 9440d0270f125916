//! One code, shown once: the digits, the link, and the link as a QR code.

use crate::server::{
    desk::{
        frame,
        kit::{Tone, note},
        links,
        visitor::Visitor,
    },
    office::codes::Issued,
    tables::slips::{self, QUIET},
};
use maud::{Markup, html};
use qrcodegen::{DataTooLong, QrCode};

/// The page with a code.
pub(super) fn page(visitor: &Visitor, one: &Issued) -> Result<Markup, DataTooLong> {
    let link = one.link.as_deref().unwrap_or_default();
    let code = slips::code(link)?;
    let body = html! {
        div.on-screen {
            (note(Tone::Calm, "激活码只显示这一次：抄下来、打印（按 Ctrl+P），或者让支部当场扫。离开这一页就看不到了，丢了再发一个。"))
        }
        div.slip {
            h2 { (one.name) }
            p { "上报给：" (one.reports_to) }
            @if let Some(name) = &one.given_to { p { "发给：" (name) } }
            (drawn(&code))
            p.code { (one.code) }
            p { "有效到" (one.valid_until) "，只能用一次。" }
            p { "网址：" (link) }
            ol {
                li { "打开手机浏览器扫这个码，或者打开上面的网址、输入12位数字。不要在微信里打开。" }
                li { "核对屏幕上的支部名称，是本支部再启用。" }
                li { "启用以后，没有网也能自查；有网时打开，自动送达。" }
            }
        }
        p.acts { a.button.second href=(links::codes(&one.branch)) { "回到激活码和手机" } }
    };
    Ok(frame::page(visitor, links::ROSTER, "激活码", &body))
}

/// A QR code as a drawing: a stroke for each run of dark modules.
fn drawn(code: &QrCode) -> Markup {
    let whole = code.size() + 2 * QUIET;
    let mut dark = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            let length = i32::try_from(run).unwrap_or_default();
            if length > 0 {
                dark.push_str(&format!("M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET));
            }
            x += length.max(1);
        }
    }
    html! {
        svg.qr viewBox=(format!("0 0 {whole} {whole}")) shape-rendering="crispEdges" role="img" aria-label="激活链接的二维码" {
            rect width=(whole) height=(whole) fill="#fff" {}
            path d=(dark) fill="#000" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_drawn_and_no_light_one() {
        let code = slips::code("https://biaochi.example.cn/activate#code=123456789012").unwrap();
        let text = drawn(&code).into_string();
        let strokes = text.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
        let mut dark = std::collections::BTreeSet::new();
        for stroke in strokes.split('z').filter(|stroke| !stroke.is_empty()) {
            let (place, rest) = stroke[1..].split_once('h').unwrap();
            let (x, y) = place.split_once(' ').unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            let length: i32 = rest.split('v').next().unwrap().parse().unwrap();
            dark.extend((x..x + length).map(|x| (x - QUIET, y - QUIET)));
        }
        for y in 0..code.size() {
            for x in 0..code.size() {
                assert_eq!(dark.contains(&(x, y)), code.get_module(x, y), "{x} {y}");
            }
        }
    }
}
