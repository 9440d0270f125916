//! 模块: what each part of the product beyond the self-check adds to what branches do, in words.

use super::log::who;
use crate::{
    protocol::Module,
    server::office::{burden::Adds, modules::Standing},
    words::dates::moment,
};
use jiff::civil::Date;

/// What it adds, honestly: at most so many entries, and what nobody has to.
pub(crate) fn adds(adds: &Adds) -> String {
    match adds.module {
        Module::Ledger => {
            let most = adds.entries_a_year.iter().max_by_key(|one| one.entries);
            let often = most.map_or_else(
                || "这套标准没有能从台账里数的条目，开了也不多填。".to_owned(),
                |most| {
                    let least = adds.entries_a_year.iter().min_by_key(|one| one.entries).unwrap_or(most);
                    let times = if least.entries == most.entries {
                        format!("{}次", most.entries)
                    } else {
                        format!("{}次（{}）到{}次（{}）", least.entries, least.sector_name, most.entries, most.sector_name)
                    };
                    format!("照标准要的最低次数，一个支部一年登记{times}；一次活动算几种的，登记一次，就更少。")
                },
            );
            format!("每开一次会、搞一次活动登记一次。{often}登记了的，自查里的次数不用再填；不登记，次数照样自己填。")
        }
        Module::Photos => "从不要求。愿意拍的，材料、活动、整改前后都可以拍；一条标准要不要拍、拍几张，由支部自己定。".into(),
        Module::Mending => "有一个问题才填一次：登记、写怎么改、改好了报一句。没有问题的什么也不填。上级指出的问题，开没开都会到支部手机上。".into(),
    }
}

/// Whether it is on, since when, and by whom it was switched.
pub(crate) fn standing(standing: &Standing, today: Date) -> String {
    let state = state(standing.is_on);
    match (standing.since, &standing.person) {
        (None, _) if standing.is_on => format!("{state}（以前就在用）"),
        (None, _) => format!("{state}（没有开过）"),
        (Some((at, _)), Some(person)) => format!("{state}，{}，{person}", moment(at, today)),
        (Some((at, by)), None) => format!("{state}，{}，{}", moment(at, today), who(by)),
    }
}

/// 开着 or 关着.
pub(crate) fn state(is_on: bool) -> &'static str {
    if is_on { "开着" } else { "关着" }
}
