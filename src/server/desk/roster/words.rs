//! Why the tree stays as it is, in words for who sits at the desk.

use crate::{
    domain::sector::SECTORS,
    server::{
        desk::{failure::Failure, kit::quicker},
        office::{roster::Refusal, scope},
        tables::roster::{level_name, told},
    },
    words::dates::day,
};
use jiff::civil::Date;

/// Which field of a form a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// The unit, or none of the others.
    Whole,
    /// 编号
    Code,
    /// 名称
    Name,
    /// 上级
    Above,
    /// 领域
    Sector,
    /// 电话
    Telephone,
    /// From which day on.
    Day,
}

/// What was wrong, where it can be mended at the form; otherwise the page that says so.
pub(super) fn fault(refusal: Refusal, today: Date) -> Result<(Field, String), Failure> {
    let said = |on| day(on, today);
    Ok(match refusal {
        Refusal::Denied(_) => return Err(Failure::NotHere),
        Refusal::Database(error) => return Err(Failure::Database(error)),
        Refusal::Overtaken => {
            let text =
                "就在刚才，另外有人改了名册，您这一次什么也没有写入。看看改成了什么样，需要的话再办一次。";
            return Err(Failure::Refused(text.into()));
        }
        Refusal::Meanwhile { now, by } => {
            let (who, now) = (quicker(by.as_ref()), if now.is_empty() { "空的" } else { &now });
            let text =
                format!("{who}把它改成了“{now}”，您这一次什么也没有写入。还要改的，打开看看再办一次。");
            return Err(Failure::Refused(text));
        }
        Refusal::Unsaid(_) => {
            let text =
                "合并时要转过去的问题没有写成，名册也没有改。过一会儿再办一次；还不行，告诉管服务器的人。";
            return Err(Failure::Refused(text.into()));
        }
        Refusal::Scope(refusal) => match refusal {
            scope::Refusal::Database(error) => return Err(Failure::Database(error)),
            scope::Refusal::UnknownUnit(text) => (
                Field::Above,
                format!("您管的党组织里没有“{text}”：填编号，或者全称；归别处管的，请上一级办"),
            ),
            scope::Refusal::AmbiguousUnit(text, codes) => {
                let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
                (Field::Above, format!("有几个“{text}”，编号是{}：填编号", codes.join("、")))
            }
            refusal => (Field::Whole, refusal.to_string()),
        },
        Refusal::Misplaced(misplaced) => {
            let (problem, remedy) = told(&misplaced.wrong);
            (Field::Above, format!("{problem}；{remedy}"))
        }
        Refusal::NotYet(on) => {
            (Field::Day, format!("{}还没有到；到了那一天再办，已经生效的写生效的日子", said(on)))
        }
        Refusal::Waits => (Field::Above, "已经向别处提出过转隶，还在等对方答复；要改，先撤回那一件".into()),
        Refusal::Why => (Field::Whole, "写上为什么不接收：一行，最多200个字，对方看得到".into()),
        Refusal::NoMove => (Field::Whole, OVER.into()),
        Refusal::Later { name, change, on } => {
            let (change, on) = (said(change), said(on));
            (Field::Day, format!("“{name}”在{change}已经有一次变动，比{on}晚；写那一天或以后的日子"))
        }
        Refusal::Frozen { frozen, on, .. } => {
            let (frozen, on) = (said(frozen), said(on));
            let text =
                format!("{on}太早：有一期的名册{frozen}已经定下来了，报过的不再变；写{frozen}以后的日子");
            (Field::Day, text)
        }
        Refusal::Gone { name, since } => (Field::Whole, format!("“{name}”从{}起已经没有了", said(since))),
        Refusal::NotEmpty { name, count, first } => (
            Field::Whole,
            format!("“{name}”下面还有{count}个党组织，如“{first}”；先把它们转到别的上级，或者先撤销"),
        ),
        Refusal::NoPeriod(period) => (Field::Whole, format!("没有“{period}”这个考核周期")),
        Refusal::BeforePeriod { on, starts, .. } => {
            (Field::Day, format!("{}在这一期开始以前，它从{}开始", said(on), said(starts)))
        }
        Refusal::Twice => (Field::Whole, "同一个党组织选了两次".into()),
        Refusal::Code(text) => {
            (Field::Code, format!("“{text}”不能作编号；用1到64个英文字母、数字、点、横线或下划线"))
        }
        Refusal::CodeTaken { code, .. } => {
            (Field::Code, format!("编号“{code}”已经用过了；给一个没有用过的新编号"))
        }
        Refusal::Name(_) => (Field::Name, "写成一行，最多60个字，不要用 = + - @ 开头".into()),
        Refusal::Telephone(_) => (Field::Telephone, "只留一个电话，写成一行".into()),
        Refusal::Levels(levels) => {
            let named: Vec<&str> = levels.into_iter().map(level_name).collect();
            (Field::Whole, format!("它们不是同一级（{}）；同一级的才能合并", named.join("、")))
        }
        Refusal::NoCommonParent => (Field::Above, "它们的上级不是同一个；写上合并以后归谁".into()),
        Refusal::NoCommonSector => (Field::Sector, "它们的领域不一样；选合并以后是哪个领域".into()),
        Refusal::Sector(_) => {
            (Field::Sector, format!("只有支部有领域，只能是：{}", SECTORS.map(|(name, _)| name).join("、")))
        }
        Refusal::NotABranch(name) => (Field::Whole, format!("“{name}”不是支部")),
    })
}

/// What was done just before a page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    /// 更名
    Renamed,
    /// 转隶
    Moved,
    /// 转隶 that waits for the other side.
    Asked,
    /// 转隶 that was not taken, or taken back.
    Stays,
    /// 转隶 that was answered before.
    Over,
    /// 电话
    Telephone,
    /// 不用本系统
    OffSystem,
    /// Using the system again.
    OnSystem,
    /// 撤销
    Ended,
    /// 恢复
    Revived,
    /// 合并
    Merged,
    /// A roster was brought in.
    Imported,
}

/// What is said of 转隶 that waits no more.
const OVER: &str = "这件转隶已经不等了：接收过了、没有接收，或者提出的一方撤回了。";

/// Each by what goes along in the address, and what the page says.
const DONE: [(Done, &str, &str); 12] = [
    (Done::Renamed, "renamed", "名称改好了。以前各期仍用原来的名称。"),
    (Done::Moved, "moved", "转到新的上级了。以前各期仍算在原来的上级下面。"),
    (Done::Asked, "asked", "向对方提出了。对方接收了才转过去；在那以前，它还归原来的上级，也可以撤回。"),
    (Done::Stays, "stays", "没有转，它仍归原来的上级。"),
    (Done::Over, "over", OVER),
    (Done::Telephone, "telephone", "电话改好了，支部的手机联网以后看到新的。"),
    (Done::OffSystem, "off", "改成不用本系统了：它的手机停用了，激活码也作废了；自查结果在纸上交。"),
    (Done::OnSystem, "on", "改回用本系统了：给它发一个激活码，手机就能启用。"),
    (Done::Ended, "ended", "撤销登记好了。以前的上报和问题都留着；手机联网以后会看到说明。"),
    (
        Done::Revived,
        "revived",
        "恢复了，它的手机联网以后可以再上报。原来归到别处的下级和账号，要再转回来，或者另开。",
    ),
    (
        Done::Merged,
        "merged",
        "合并好了：没有销号的问题由新的接着改，原来单位的账号和权限也转到新的。新的是支部的，给它发激活码。",
    ),
    (Done::Imported, "imported", "名册导入好了。"),
];

impl Done {
    /// What goes along in the address.
    pub(super) fn code(self) -> &'static str {
        DONE.iter().find(|(done, ..)| *done == self).map_or("", |(_, code, _)| code)
    }
}

/// What the page says of an address's code.
pub(super) fn marked(code: &str) -> Option<&'static str> {
    DONE.iter().find(|(_, known, _)| *known == code).map(|(.., text)| *text)
}
