//! What the sheets of a package are: their columns, what a column takes, and how that is said to its author. The reader, the
//! template and the export go by the same list.

use super::{
    book,
    column::{Column, MARK_NOTE, MARKS, SECTORS, Takes, may, must},
    words::{self, COSTS, STEP},
};
use crate::sheets;

/// A sheet.
pub(super) struct Form {
    pub(super) name: &'static str,
    /// What it is for.
    pub(super) about: &'static str,
    /// Whether a package may lack it.
    pub(super) optional: bool,
    pub(super) columns: &'static [Column],
}

/// The form of a sheet.
pub(super) fn form(name: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.name == name)
}

/// The columns of a sheet as the reader knows them; these hold days.
pub(super) fn columns(name: &str, days: &[&str]) -> Vec<sheets::Column> {
    let columns = form(name).map_or(&[][..], |form| form.columns);
    let read = |column: &Column| {
        let takes = match column.takes {
            _ if days.contains(&column.title) => sheets::Takes::Day,
            // What a standard is called stands in the same column as its figures.
            Takes::Text if column.title == ABOUT => sheets::Takes::Text,
            Takes::Text | Takes::One(..) => sheets::Takes::Exact,
            Takes::Prose | Takes::Word(_) | Takes::Words(_) | Takes::Some(..) => sheets::Takes::Text,
        };
        let make = if column.needed { sheets::Column::must } else { sheets::Column::may };
        make(column.title, takes)
    };
    columns.iter().map(read).collect()
}

/// Where a sound workbook comes from, for who sits at the server.
pub const BY_COMMAND: &str = "表头照模板的写，模板用 standard template 做";

/// The form that a sheet of this name is filled in on.
pub(super) fn filled_in_on<'a>(name: &'a str, columns: &'a [sheets::Column]) -> sheets::Form<'a> {
    let template = BY_COMMAND;
    sheets::Form { name, columns, unknown: sheets::Unknown::Fault, may_end_early: true, template }
}

fn of<T>(words: &[(&'static str, T)]) -> Vec<&'static str> {
    words.iter().map(|(word, _)| *word).collect()
}

/// The column of the sheet 标准 that holds what its 项目 is.
const ABOUT: &str = "内容";
/// 项目 of the sheet 标准.
pub(super) const ABOUT_STANDARD: [&str; 7] = ["标准编号", "版本", "名称", "声明", "标记", "总分", "加分上限"];

const YES: Takes = Takes::Word(|| vec!["是", "否"]);
/// The usual four are offered; a standard may have its own.
const GRADE: Takes = Takes::Words(|| of(words::GRADES));
const ITEM: Takes = Takes::One("条目", 0);

const ID: &str = "必填。英文字母、数字、点、横线、下划线，最多64个。定了就不要改，用过的不再给别的";
const OF_ITEM: &str = "必填。“条目”表里的编号";
const OF_PART: &str = "必填。“分项”表里这个条目的分项编号";
const ONLY: &str = "空着就是条目的全部领域；只对几个领域有效的，填领域名称，几个用、隔开";

/// Every sheet, in the order of the workbook.
pub(super) const FORMS: &[Form] = &[
    Form {
        name: "标准",
        about: "这套标准叫什么、哪一版",
        optional: false,
        columns: &[
            must(
                "项目",
                14.0,
                Takes::Word(|| ABOUT_STANDARD.to_vec()),
                "必填。标准编号、版本、名称三行必须有，其余可以没有",
            ),
            must(
                ABOUT,
                60.0,
                Takes::Text,
                "版本写成 2026.1 的样子；内容改了就换一个版本。标记每行一条，以“假定：”“建议：”“本地要求：”开头；总分填数，100分的不用写；加分上限填数，没有加分项不用写",
            ),
        ],
    },
    Form {
        name: "领域",
        about: "管哪几类支部，每类一行；每个领域的条目合计等于总分（不写就是100分）",
        optional: false,
        columns: &[
            must("编号", 16.0, Takes::Text, ID),
            must("名称", 20.0, Takes::Prose, "必填。如 农村；和名册里的领域一致"),
            may("标记", 40.0, MARKS, MARK_NOTE),
        ],
    },
    Form {
        name: "方面",
        about: "从哪几个方面考核；每个领域在每个方面至少有一个条目",
        optional: false,
        columns: &[
            must("编号", 16.0, Takes::Text, ID),
            must("名称", 20.0, Takes::Prose, "必填。如 组织健全"),
        ],
    },
    Form {
        name: "考核方式",
        about: "上级怎么核实",
        optional: false,
        columns: &[
            must("编号", 16.0, Takes::Text, ID),
            must("简称", 10.0, Takes::Prose, "必填。“条目”表里填的就是它，如 查"),
            must("名称", 20.0, Takes::Prose, "必填。如 查阅资料"),
        ],
    },
    Form {
        name: "考核周期",
        about: "哪几期，按先后写，一期接着一期",
        optional: false,
        columns: &[
            must("编号", 14.0, Takes::Text, "必填。如 2026-H2；定了就不要改"),
            must("名称", 20.0, Takes::Prose, "必填。如 2026年下半年"),
            must("开始", 14.0, Takes::Text, "必填。第一天，写成 2026-06-01；是前一期结束的第二天"),
            must("结束", 14.0, Takes::Text, "必填。最后一天，写成 2026-11-30"),
            must("上报截止", 14.0, Takes::Text, "必填。不早于结束的那天"),
            may(
                "占全年",
                10.0,
                Takes::Text,
                "全年的结果由几期按比例合起来的填，如 50%，一年的各期加起来100%；不这样算的空着。只写给支部看，系统不合",
            ),
        ],
    },
    Form {
        name: "等次",
        about: "各等次的分数线，从高到低",
        optional: false,
        columns: &[
            must(
                "等次",
                14.0,
                GRADE,
                "必填。从下拉里选；用别的名称（五星级、四星级 …，好、较好、一般、差）的，最低的一等也写上，放在最后一行",
            ),
            must("分数线", 12.0, Takes::Text, "必填。达到几分；一行比一行低。用别的名称的，最低的一等空着"),
            may("评选", 8.0, YES, "填 是：够线以后还要由上级评选。标兵总是这样，不用填"),
            may(
                "名额",
                10.0,
                Takes::Text,
                "可以空着。一个党组织下面最多几个：30%（参评支部的百分之几）或者 2（几个支部）。只写给支部看，系统不评等次",
            ),
        ],
    },
    Form {
        name: "条目",
        about: "考什么：一个条目一行",
        optional: false,
        columns: &[
            must("编号", 12.0, Takes::Text, ID),
            must("领域", 14.0, SECTORS, "必填。“领域”表里的名称，几个用、隔开；都有的填 全部"),
            must("方面", 12.0, Takes::One("方面", 1), "必填。“方面”表里的名称"),
            must("标题", 18.0, Takes::Prose, "必填。最好不超过12个字"),
            must("抓什么", 40.0, Takes::Prose, "必填。要做到什么，最好不超过80个字"),
            may("通俗说法", 24.0, Takes::Prose, "可以空着。大白话，最好不超过20个字"),
            must("怎么抓", 44.0, Takes::Prose, "必填。怎么做到，一步一行（格内换行：Alt+回车），二到四步"),
            must("考核方式", 12.0, Takes::Some("考核方式", 1), "必填。“考核方式”表里的简称，几个用、隔开"),
            may(
                "佐证材料",
                30.0,
                Takes::Prose,
                "可以空着。几样用、隔开；有个人信息、不让拍照的，后面加（不拍）",
            ),
            may("标记", 36.0, MARKS, MARK_NOTE),
            may("上级评", 9.0, YES, "填 是：由上级评，支部不填"),
            may("可不设", 9.0, YES, "填 是：支部可以选“本支部不设”"),
            may("可无此事", 10.0, YES, "填 是：支部可以选“本期没有此事”"),
            may(
                "适用条件",
                16.0,
                Takes::Text,
                "可以空着。写成 支委人数≥1 或 正式党员≤6；可用：正式党员、预备党员、党员总数、流动党员、支委人数、党小组数",
            ),
            may(
                "计分",
                10.0,
                Takes::Word(|| of(words::COMBINES)),
                "几个分项怎么算：空着或 合计 是相加，取最高 是几种做法取得分最高的，各种做法的分值可以不一样",
            ),
        ],
    },
    Form {
        name: "分项",
        about: "怎么问、怎么算分：一个条目至少一行",
        optional: false,
        columns: &[
            must("条目", 12.0, ITEM, OF_ITEM),
            must("分项", 8.0, Takes::Text, "必填。p1、p2 …，同一条目里不重复，定了就不要改"),
            may("问题", 40.0, Takes::Prose, "手机上问的话，最好不超过36个字"),
            must("分值", 8.0, Takes::Text, "必填。最多两位小数，如 2.5"),
            must(
                "办法",
                10.0,
                Takes::Word(|| of(words::RULES)),
                "必填。是否；次数；占比；占比扣；占比档、档次、扣分、倒扣、逐项（这五种在“选项”表里写明）。倒扣从总分里扣，分值一般填 0",
            ),
            must(
                "周期",
                8.0,
                Takes::Word(|| of(words::WINDOWS)),
                "必填。次数按月、季、半年、年来数；看现在怎么样的填 期末，一届看一次的填 届",
            ),
            may("可补救", 9.0, YES, "填 是：到上报前还来得及补做"),
            may("加分", 8.0, YES, "填 是：在总分以外加分"),
            may("最低次数", 10.0, Takes::Text, "办法是 次数 的必填：每个周期至少几次"),
            may("单位", 8.0, Takes::Prose, "办法是 次数 的必填：次、学时、人 …"),
            may(
                "不足时",
                12.0,
                Takes::Word(|| of(words::CREDITS)),
                "办法是 次数 的必填。填 每缺一次扣 的，各个周期缺的加在一起，扣完为止",
            ),
            may("分子", 18.0, Takes::Prose, "办法是 占比、占比扣、占比档 的必填，如 已谈人数"),
            may("分母", 18.0, Takes::Prose, "办法是 占比、占比扣、占比档 的必填，如 应谈人数"),
            may("分母取自", 12.0, Takes::Word(|| of(words::FIGURES)), "可以空着。支部概况里的哪个数"),
            may(
                "满分比例",
                10.0,
                Takes::Text,
                "办法是 占比、占比扣 的必填：达到多少得满分，如 90 或 三分之二",
            ),
            may("底线比例", 10.0, Takes::Text, "办法是 占比、占比扣 的必填：低于多少不得分，没有就填 0"),
            may(
                COSTS,
                8.0,
                Takes::Text,
                "不足时 填了 每缺一次扣，或者办法是 占比扣 的必填：缺一次、低一个百分点扣几分，如 0.5",
            ),
            may(
                STEP,
                10.0,
                Takes::Text,
                "办法是 占比扣 的可以填：每低几个百分点扣一次，空着是 1；不足的零头不扣",
            ),
            may("领域", 14.0, SECTORS, ONLY),
            may(
                "台账",
                22.0,
                Takes::Words(words::ledger),
                "可以空着。支部登了台账自己数好的：次数写活动名，几种用、隔开；占比、占比扣写 到会率：支部党员大会；扣分、倒扣写 不足半数（选项的编号）：支委会",
            ),
        ],
    },
    Form {
        name: "选项",
        about: "占比档、档次、扣分、倒扣、逐项的各个选项",
        optional: false,
        columns: &[
            must("条目", 12.0, ITEM, OF_ITEM),
            must("分项", 8.0, Takes::Text, OF_PART),
            must(
                "编号",
                10.0,
                Takes::Text,
                "必填。c1、f1 …，同一分项里不重复，定了就不要改；占比档填从多少起，如 90 或 三分之一",
            ),
            must("内容", 50.0, Takes::Prose, "档次、扣分、倒扣、逐项必填，最好不超过32个字；占比档空着"),
            must(
                "分值",
                8.0,
                Takes::Text,
                "必填。档次、占比档：得几分，最高的等于分项的分值；扣分、倒扣：每次扣几分；逐项：缺了扣几分",
            ),
            may("领域", 14.0, SECTORS, ONLY),
        ],
    },
    Form {
        name: "依据",
        about: "每个条目依据什么文件；确实没有的也写一行，“文件”填 无",
        optional: false,
        columns: &[
            must("条目", 12.0, ITEM, OF_ITEM),
            must("文件", 44.0, Takes::Prose, "必填。《文件名》；没有依据的填 无"),
            may("条款", 18.0, Takes::Prose, "第几条；没有把握的空着"),
            may("已核", 8.0, YES, "填 是：条款对照原文核过"),
            may("施行日期", 14.0, Takes::Text, "写成 2018-10-28"),
            may("废止日期", 14.0, Takes::Text, "还有效的空着"),
            may("领域", 14.0, SECTORS, ONLY),
        ],
    },
    Form {
        name: "限制",
        about: "什么情形下等次最高只能是哪一等（一票否决在这里写）；没有就只留表头",
        optional: false,
        columns: &[
            must("条目", 12.0, ITEM, "“条目”表里的编号，必填；看整体的（方面得分率低于、上年度等次）空着"),
            must("编号", 10.0, Takes::Text, "必填。同一条目里不重复，看整体的之间也不重复，定了就不要改"),
            must("分项", 8.0, Takes::Text, "“分项”表里这个条目的分项编号，必填；看整体的空着"),
            must("说明", 40.0, Takes::Prose, "必填。手机上这样说"),
            must("最高等次", 12.0, GRADE, "必填。一票否决填 不合格，或者自己的最低一等"),
            must(
                "情形",
                14.0,
                Takes::Word(|| [of(words::LIMITS), of(words::WHOLE_LIMITS)].concat()),
                "必填。是否配 答否；次数配 次数少于、次数达到（本期各次加在一起）；占比、占比扣、占比档配 占比低于、占比高于；扣分、倒扣配 次数达到；逐项配 缺这一项；档次配 处于这一档。看整体的：方面得分率低于、上年度等次",
            ),
            may(
                "数值",
                10.0,
                Takes::Text,
                "占比低于、占比高于填比例，如 90 或 三分之一；次数少于、次数达到填次数；缺这一项、处于这一档填选项编号；答否空着；方面得分率低于填百分比，上年度等次填等次（这一等或者更低）",
            ),
            may("方面", 12.0, Takes::One("方面", 1), "方面得分率低于 的必填：“方面”表里的名称；别的空着"),
            may("领域", 14.0, SECTORS, ONLY),
        ],
    },
    Form {
        name: "手册",
        about: "一册：手册各章，一节一行；可以没有这张表",
        optional: true,
        columns: &book::COLUMNS,
    },
    Form {
        name: "制度",
        about: "一编：各项制度，一节一行；可以没有这张表",
        optional: true,
        columns: &book::COLUMNS,
    },
];
