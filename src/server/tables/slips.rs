//! QR slips: a sheet of A4 to print, cut up and hand out.

use crate::{domain::BranchCode, server::office::codes::Issued};
use qrcodegen::{DataTooLong, QrCode, QrCodeEcc};
use std::{collections::BTreeMap, fmt::Write as _};

/// Eight slips on a sheet of A4.
const STYLE: &str = "@page{size:A4;margin:10mm}body{margin:0;font-family:\"Noto Sans CJK SC\",\"Microsoft YaHei\",\
    \"PingFang SC\",sans-serif;color:#000}main{display:grid;grid-template-columns:1fr 1fr}\
    article{box-sizing:border-box;height:68mm;padding:4mm;border:.2mm dashed #888;break-inside:avoid;overflow:hidden}\
    h2{margin:0;font-size:13pt}.to,.until{margin:0;font-size:9pt}.row{display:flex;gap:3mm;margin:1mm 0}\
    svg{width:32mm;height:32mm;flex:none}.code{margin:2mm 0;font-size:17pt;font-weight:700;white-space:nowrap}\
    .browser{margin:0;font-size:10pt;font-weight:700}ol{margin:0;padding-left:5mm;font-size:8.5pt;line-height:1.35}\
    .head{font-size:9pt;margin:0 0 2mm}";

/// The whole page. `so_far` is told how many slips are done.
pub(crate) fn html(issued: &[&Issued], base: &str, so_far: impl Fn(usize)) -> Result<String, DataTooLong> {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"zh-CN\">\n<head><meta charset=\"utf-8\"><title>激活码</title>\
         <style>{STYLE}</style></head>\n<body>\n<main>\n"
    );
    for (number, one) in issued.iter().enumerate() {
        so_far(number);
        let link = one.link.as_deref().unwrap_or_default();
        let svg = svg(&code(link)?);
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "<article><h2>{name}</h2><p class=\"to\">上报给：{above}</p><div class=\"row\">{svg}<div>\
             <p class=\"code\">{code}</p><p class=\"until\">有效到{until}，只能用一次</p>\
             <p class=\"browser\">请用浏览器打开，<br>不要在微信里打开</p></div></div>\
             <ol><li>打开手机浏览器，扫这个码；或者输入网址 {base}/activate，再输入上面12位数字。</li>\
             <li>核对屏幕上的支部名称，是本支部再启用。</li>\
             <li>启用以后，没有网也能自查；有网时打开，自动送达。</li></ol></article>",
            name = escaped(&one.name),
            above = escaped(&one.reports_to),
            code = one.code,
            until = one.valid_until.strftime("%Y年%-m月%-d日"),
            base = escaped(base),
        );
    }
    page.push_str("</main>\n</body>\n</html>\n");
    Ok(page)
}

/// The slips of each town, by its code.
pub(crate) fn by_town(issued: &[Issued]) -> BTreeMap<Option<&BranchCode>, Vec<&Issued>> {
    let mut towns: BTreeMap<Option<&BranchCode>, Vec<&Issued>> = BTreeMap::new();
    for one in issued {
        towns.entry(one.town.as_ref()).or_default().push(one);
    }
    towns
}

/// What the page of a town is called among those of others: 210726117 镇安镇党委.html.
pub(crate) fn name(town: Option<&BranchCode>, issued: &[&Issued]) -> String {
    let name = issued.first().map_or("", |one| &one.reports_to);
    // What no system takes in a file's name.
    let is_taken = |c: char| !c.is_control() && !r#"/\:*?"<>|"#.contains(c);
    let name: String = name.chars().filter(|c| is_taken(*c)).collect();
    format!("{} {name}.html", town.map_or("", BranchCode::as_str)).trim_start().to_owned()
}

/// The blank margin a reader needs, in modules (ISO/IEC 18004).
pub(crate) const QUIET: i32 = 4;

fn svg(code: &QrCode) -> String {
    let whole = code.size() + 2 * QUIET;
    let mut dark = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(dark, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    format!(
        "<svg viewBox=\"0 0 {whole} {whole}\" shape-rendering=\"crispEdges\" role=\"img\" aria-label=\"二维码\">\
         <path fill=\"#000\" d=\"{dark}\"/></svg>"
    )
}

/// A link as a QR code.
pub(crate) fn code(link: &str) -> Result<QrCode, DataTooLong> {
    QrCode::encode_text(link, QrCodeEcc::Medium)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
