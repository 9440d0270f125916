//! The addresses of the desk's pages. Everything begins with `/desk`, so that a web server in front can keep it apart.

use crate::{
    domain::{BranchCode, FindingId},
    protocol::Module,
};

/// 今天要办
pub(crate) const TODAY: &str = "/desk";
/// Signing in; signing out is a form to [`SIGN_OUT`].
pub(crate) const SIGN_IN: &str = "/desk/sign-in";
/// Signing out.
pub(crate) const SIGN_OUT: &str = "/desk/sign-out";
/// Setting the password by a link, which stands in the query (`link`).
pub(crate) const WELCOME: &str = "/desk/welcome";
/// Giving the password once more.
pub(crate) const PROOF: &str = "/desk/proof";
/// 我的
pub(crate) const ME: &str = "/desk/me";
/// Changing one's own password.
pub(crate) const MY_PASSWORD: &str = "/desk/me/password";
/// Ending one's other sessions.
pub(crate) const MY_SESSIONS: &str = "/desk/me/sessions";
/// 上报一览
pub(crate) const REPORTS: &str = "/desk/reports";
/// 问题台账
pub(crate) const FINDINGS: &str = "/desk/findings";
/// Kinds of problems.
pub(crate) const KINDS: &str = "/desk/findings/kinds";
/// 限期整改
pub(crate) const ORDERS: &str = "/desk/orders";
/// 名册
pub(crate) const ROSTER: &str = "/desk/roster";
/// Bringing a roster in.
pub(crate) const ROSTER_IMPORT: &str = "/desk/roster/import";
/// A blank roster.
pub(crate) const ROSTER_BLANK: &str = "/desk/roster/blank.xlsx";
/// 合并
pub(crate) const ROSTER_MERGE: &str = "/desk/roster/merge";
/// 转隶 that waits for an answer.
pub(crate) const MOVES: &str = "/desk/roster/moves";
/// Slips with codes for a whole town, and a branch's codes and phones.
pub(crate) const CODES: &str = "/desk/codes";
/// 标准
pub(crate) const STANDARDS: &str = "/desk/standards";
/// The blank workbook of a standard.
pub(crate) const STANDARDS_BLANK: &str = "/desk/standards/blank.xlsx";
/// A workbook with a new version.
pub(crate) const STANDARDS_UPLOAD: &str = "/desk/standards/upload";
/// 人员
pub(crate) const PEOPLE: &str = "/desk/people";
/// A new account.
pub(crate) const NEW_PERSON: &str = "/desk/people/new";
/// Entrusting somebody of elsewhere with something here.
pub(crate) const LEND: &str = "/desk/people/lend";
/// 记录
pub(crate) const LOG: &str = "/desk/log";
/// The same as a workbook.
pub(crate) const LOG_FILE: &str = "/desk/log.xlsx";
/// 镇里怎么用
pub(crate) const MANUAL: &str = "/desk/manual";
/// The mark in a browser's tab.
pub(crate) const ICON: &str = "/desk/icon.svg";
/// The style of all pages.
pub(crate) const STYLE: &str = "/desk/style.css";

/// Somebody's account.
pub(crate) fn person(id: impl std::fmt::Display) -> String {
    format!("{PEOPLE}/{id}")
}

/// 交接 of somebody's work.
pub(crate) fn hand_over(id: impl std::fmt::Display) -> String {
    format!("{PEOPLE}/{id}/hand-over")
}

/// A unit of the roster.
pub(crate) fn unit(code: &BranchCode) -> String {
    format!("{ROSTER}/unit/{code}")
}

/// The forms by which a unit of the roster is changed.
pub(crate) fn unit_change(code: &BranchCode) -> String {
    unit_act(code, "change")
}

/// Where one of those forms goes.
pub(crate) fn unit_act(code: &BranchCode, act: &str) -> String {
    format!("{ROSTER}/unit/{code}/{act}")
}

/// 激活码和手机 of a unit.
pub(crate) fn codes(code: &BranchCode) -> String {
    format!("{CODES}/{code}")
}

/// A version of the standard.
pub(crate) fn standard(key: &str) -> String {
    format!("{STANDARDS}/version/{key}")
}

/// The items of a version.
pub(crate) fn standard_items(key: &str) -> String {
    format!("{STANDARDS}/version/{key}/items")
}

/// What changed in a version since another.
pub(crate) fn standard_since(key: &str, before: &str) -> String {
    format!("{STANDARDS}/version/{key}/since/{before}")
}

/// One problem of a branch.
pub(crate) fn finding(branch: &BranchCode, finding: FindingId) -> String {
    format!("{FINDINGS}/{branch}/{finding}")
}

/// A text as it can stand in an address's query (RFC 3986 §2.1): whatever is not unreserved is escaped.
pub(crate) fn escaped(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut all, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => all.push(char::from(byte)),
            _ => all.push_str(&format!("%{byte:02X}")),
        }
        all
    })
}

/// A module beyond the self-check.
pub(crate) fn module(module: Module) -> String {
    format!("{STANDARDS}/modules/{}", module.word())
}

/// An address that somebody sent, if it is one of the desk's: nobody is led elsewhere from here.
pub(crate) fn inner(address: &str) -> Option<&str> {
    let rest = address.strip_prefix(TODAY)?;
    let is_path = rest.is_empty() || rest.starts_with(['/', '?']);
    let is_plain = rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (is_path && is_plain).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_elsewhere() {
        for own in ["/desk", "/desk?a=b", "/desk/reports?period=2026-H2&page=2"] {
            assert_eq!(inner(own), Some(own));
        }
        for other in [
            "",
            "/",
            "//evil.example",
            "https://evil.example/desk",
            "/deskevil",
            "/desk\\evil",
            "/desk/\r\nx: y",
        ] {
            assert_eq!(inner(other), None, "{other}");
        }
    }
}
