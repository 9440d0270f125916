//! 记录 in words: what was done and by whom.

use crate::{
    domain::{WindowKey, day},
    server::office::{
        log::{Deed, Entry, Told, Who},
        modules::Module,
        people::Role,
    },
    sheets::write::{Cell, Looks, moment},
    words::{dates::window, terms::whole_day},
};
use rust_xlsxwriter::{Workbook, XlsxError};

/// What was done.
pub(crate) fn deed(deed: Deed) -> &'static str {
    match deed {
        Deed::ReviewBegun => "开始审核",
        Deed::Returned => "退回修改",
        Deed::FoundIncomplete => "要求补材料",
        Deed::Approved => "审核通过",
        Deed::PaperEntered => "收到纸质",
        Deed::FindingRaised => "登记问题",
        Deed::FindingChanged => "改问题的时限或来源",
        Deed::FindingClosed => "验收销号",
        Deed::FindingReturned => "退回再整改",
        Deed::FindingSorted => "问题归类",
        Deed::KindChanged => "改问题类别",
        Deed::OrderGiven => "下达限期整改",
        Deed::OrderAnswered => "答复限期整改",
        Deed::OrderExtended => "延长限期整改",
        Deed::OrderReleased => "解除限期整改",
        Deed::ValueGiven => "上级评打分",
        Deed::UnitEntered => "名册新增",
        Deed::UnitChanged => "名册更改",
        Deed::MoveAsked => "请对方接收转隶",
        Deed::MoveTaken => "接收转隶",
        Deed::MoveDeclined => "不接收转隶",
        Deed::MoveWithdrawn => "撤回转隶",
        Deed::UnitEnded => "撤销党组织",
        Deed::UnitRevived => "恢复党组织",
        Deed::UnitMerged => "合并党组织",
        Deed::SecretaryChanged => "更换书记",
        Deed::UseChanged => "改是否用本系统",
        Deed::PeriodFrozen => "定以哪天为准",
        Deed::CodeIssued => "发激活码",
        Deed::CodesVoided => "作废激活码",
        Deed::PhoneRevoked => "停用手机",
        Deed::StandardPublished => "发布标准",
        Deed::ModuleSwitched => "开关模块",
        Deed::AccountMade => "新建账号",
        Deed::AccountChanged => "更改账号",
        Deed::RoleGiven => "给权限",
        Deed::RoleTaken => "收回权限",
        Deed::AccountClosed => "停用账号",
        Deed::AccountErased => "抹去姓名",
        Deed::AccountReopened => "恢复账号",
        Deed::AccountHandedOver => "账号交接",
        Deed::LinkMade => "发设密码的链接",
        Deed::PasswordSet => "设密码",
        Deed::SignedIn => "登录",
        Deed::SignedOut => "退出",
        Deed::SessionsEnded => "让别人退出登录",
        Deed::AllSessionsEnded => "让所有人退出登录",
        Deed::Restored => "用备份恢复",
        Deed::SignInBarred => "多次登录不成，暂不让登录",
    }
}

/// So much of an id is shown as tells it from others: its end, as those of one day begin alike.
fn short(id: &str) -> &str {
    const SHOWN: usize = 8;
    id.len().checked_sub(SHOWN).and_then(|from| id.get(from..)).unwrap_or(id)
}

/// Who did it; people are known here by their accounts alone.
pub(crate) fn who(who: Who) -> String {
    match who {
        Who::Operator => "服务器上的命令".into(),
        Who::Phone(id) => format!("手机{id}"),
        Who::Person(id) => format!("账号{id}"),
    }
}

/// Who did it, by name where the account is there.
pub(crate) fn named(told: &Told) -> String {
    match (&told.person, told.entry.record.who) {
        // Of all that were erased only the account is left.
        (Some(person), Who::Person(id)) if told.is_erased => format!("{person} {}", short(&id.to_string())),
        (Some(person), _) => person.clone(),
        (None, by) => who(by),
    }
}

/// What of the unit it was done to: accounts by what they are signed in to with, roles, days and periods as people call them, and of
/// whatever else has only an id so much of it that it is told from others.
pub(crate) fn subject(told: &Told) -> String {
    let words: Vec<String> = told
        .entry
        .record
        .subject
        .split(' ')
        .map(|word| said(told, word))
        .filter(|word| !word.is_empty())
        .collect();
    words.join(if told.entry.record.deed == Deed::UnitChanged { "、" } else { " " })
}

fn said(told: &Told, word: &str) -> String {
    let known = match told.entry.record.deed {
        Deed::RoleGiven | Deed::RoleTaken => Role::of_word(word).map(Role::term),
        Deed::ModuleSwitched => match word {
            "on" => Some("开"),
            "off" => Some("关"),
            word => Module::of_word(word).map(Module::term),
        },
        Deed::UnitChanged => match word {
            "name" => Some("名称"),
            "parent" => Some("上级"),
            "level" => Some("层级"),
            "sector" => Some("领域"),
            "telephone" => Some("电话"),
            _ => None,
        },
        _ => None,
    };
    if let Some(known) = known {
        return known.to_owned();
    }
    if let Some(day) = day::parse(word) {
        return whole_day(day);
    }
    if let Some(login) = word.parse().ok().and_then(|id| told.logins.get(&id)) {
        return login.clone();
    }
    if let Some((year, _)) = word.split_once('-').filter(|(year, part)| is_year(year) && is_part(part)) {
        return format!("{year}年{}", window(&WindowKey(word.to_owned())));
    }
    let is_id = word.len() >= 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if !is_id {
        return word.to_owned();
    }
    let short = short(word);
    match told.entry.record.deed.code().split('.').next() {
        Some("review") => format!("上报{short}"),
        Some("finding") => format!("问题{short}"),
        Some("kind") => format!("类别{short}"),
        Some("order") => format!("限期整改{short}"),
        Some("phone") => format!("手机{short}"),
        Some("account" | "role" | "session") => format!("账号{short}"),
        _ => short.to_owned(),
    }
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it is a half or a quarter of a year.
fn is_part(text: &str) -> bool {
    ["H1", "H2", "Q1", "Q2", "Q3", "Q4"].contains(&text)
}

/// The log as a workbook.
pub(crate) fn workbook(entries: &[Told]) -> Result<Vec<u8>, XlsxError> {
    const COLUMNS: [(&str, f64); 9] = [
        ("序号", 8.0),
        ("时间", 17.0),
        ("谁", 28.0),
        ("做了什么", 18.0),
        ("党组织编号", 18.0),
        ("党组织", 26.0),
        ("对象", 26.0),
        ("对象编号", 40.0),
        ("校验码", 66.0),
    ];
    let mut book = Workbook::new();
    let (looks, sheet) = (Looks::new(), book.add_worksheet().set_name("记录")?);
    looks.headers(sheet, &COLUMNS)?;
    for (row, told) in (1_u32..).zip(entries) {
        let Entry { number, record, hash } = &told.entry;
        let subject = subject(told);
        let cells: [Cell<'_>; 9] = [
            number.to_string().into(),
            moment(record.at).into(),
            named(told).into(),
            deed(record.deed).into(),
            record.unit.as_ref().map(|unit| unit.as_str()).into(),
            told.unit.as_deref().into(),
            (&subject).into(),
            (&record.subject).into(),
            hash.into(),
        ];
        for (column, cell) in (0_u16..).zip(&cells) {
            looks.cell(sheet, row, column, cell)?;
        }
    }
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_day_are_told_apart() {
        let (one, other) = ("01a231af-1c00-7000-8000-00000000000a", "01a231af-1c00-7000-8000-00000000000b");
        assert_eq!((short(one), short(other)), ("0000000a", "0000000b"));
        assert_eq!(short("短"), "短");
    }
}
