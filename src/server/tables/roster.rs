//! The roster (党组织名册): a table of units and branches, checked against itself and against what is known already.

use crate::{
    domain::{BranchCode, sector::SECTORS},
    protocol::Level,
    server::office::roster::{
        Unit,
        importing::Known,
        is_name, is_telephone,
        tree::{Namesakes, Overlay, Wrong},
    },
    sheets::{
        Column as Header, Fault, Form, Sheet, Takes, Unknown,
        fault::{Faults, quoted},
        is_near, once,
        table::{Line, Table},
    },
};
use std::collections::BTreeMap;

/// How faults name the table.
pub(crate) const NAME: &str = "名册";
const CODE: &str = "编号";
const PARENT: &str = "上级编号";
const LEVEL: &str = "层级";
const UNIT_NAME: &str = "名称";
const SECTOR: &str = "领域";
const TELEPHONE: &str = "电话";

/// A column, as it is read, and as the blank roster has it.
pub(super) struct Column {
    pub(super) header: Header,
    /// In characters.
    pub(super) width: f64,
    /// What goes into it, and whether it must.
    pub(super) note: &'static str,
    /// Of which words it is one.
    pub(super) one_of: Option<fn() -> Vec<&'static str>>,
}

/// The columns, by their Chinese and their English headers.
pub(super) const COLUMNS: [Column; 6] = [
    Column {
        header: Header::must(CODE, Takes::Exact).or(&["branch_code"]),
        width: 22.0,
        note: "必填。1到64个英文字母、数字、点、横线或下划线，如 210726117203。每个党组织一个，定了就不要改",
        one_of: None,
    },
    Column {
        header: Header::must(PARENT, Takes::Exact).or(&["parent_code"]),
        width: 22.0,
        note: "上级党组织的编号：它上报给谁。最上面一级空着，支部必填",
        one_of: None,
    },
    Column {
        header: Header::must(LEVEL, Takes::Text).or(&["level"]),
        width: 18.0,
        note: "必填。从下拉里选",
        one_of: Some(|| LEVELS.map(|(level, _)| level_name(level)).to_vec()),
    },
    Column {
        header: Header::must(UNIT_NAME, Takes::Text).or(&["name"]),
        width: 34.0,
        note: "必填。党组织的全称，最多60个字",
        one_of: None,
    },
    Column {
        header: Header::must(SECTOR, Takes::Text).or(&["sector"]),
        width: 14.0,
        note: "支部必填，从下拉里选；上级空着",
        one_of: Some(|| SECTORS.map(|(name, _)| name).to_vec()),
    },
    Column {
        header: Header::may(TELEPHONE, Takes::Exact).or(&["telephone"]),
        width: 18.0,
        note: "可以空着。支部在手机上看到的上级电话",
        one_of: None,
    },
];
const HEADERS: [Header; 6] = {
    let [code, parent, level, name, sector, telephone] = &COLUMNS;
    [code.header, parent.header, level.header, name.header, sector.header, telephone.header]
};
const FORM: Form<'_> = Form {
    name: NAME,
    columns: &HEADERS,
    unknown: Unknown::Notice,
    may_end_early: false,
    template: BY_COMMAND,
};
/// Where a sound table comes from, for who sits at the server.
pub(crate) const BY_COMMAND: &str = "或者用 roster template 做一张空表来填";

/// The levels by the words people write, brackets half-width; first the one that is written here.
const LEVELS: [(Level, &[&str]); 6] = [
    (Level::City, &["市", "city"]),
    (Level::County, &["县", "县(市、区)", "县(市)区", "区", "county"]),
    (Level::Township, &["乡镇/街道", "乡镇", "街道", "township"]),
    (Level::SystemCommittee, &["系统党(工)委", "系统党委", "系统党工委", "system_committee"]),
    (Level::VillageCommittee, &["村党委/党总支", "村党委", "党总支", "village_committee"]),
    (Level::Branch, &["支部", "党支部", "branch"]),
];

/// A roster that may be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Roster {
    /// Every unit of the table, each after the unit above it.
    pub units: Vec<Unit>,
    /// What the clerk should know, in Chinese: what was not read or taken in a safe meaning, units that have ended, names that stand twice.
    pub notices: Vec<String>,
}

/// Checks the table that a file's sheets hold against itself and what is known already.
///
/// # Errors
/// Every fault that was found.
pub(crate) fn read(sheets: &[Sheet], known: &Known) -> Result<Roster, Vec<Fault>> {
    let mut faults = Faults::default();
    let table = Table::pick(sheets, &FORM, &mut faults);
    let mut notices = Vec::new();
    let (mut lines, mut rows): (BTreeMap<BranchCode, Line<'_>>, BTreeMap<BranchCode, Option<Unit>>) =
        Default::default();
    // Whose code cannot be read may be the one that others name as theirs above.
    let mut unread: Vec<&str> = Vec::new();
    for line in table.lines() {
        let (unit, is_typed) = unit_in(line, &mut faults);
        let code = BranchCode::new(line.text(CODE)).ok().filter(|_| is_typed);
        let Some(code) = code else {
            unread.push(line.text(CODE));
            continue;
        };
        if let Some(first) = lines.get(&code) {
            let problem = format!("编号{}和第{}行重复", quoted(code.as_str()), first.number());
            line.fault(CODE, problem, "每个党组织用一个编号；同一个党组织只留一行", &mut faults);
            continue;
        }
        lines.insert(code.clone(), line);
        if let Some(ended) = known.tree.get(&code).and_then(|member| member.ended.as_ref()) {
            let (row, code) = (line.number(), quoted(code.as_str()));
            notices.push(format!("第{row}行的{code}从{}起已经没有了，没有动它。", ended.on));
            continue;
        }
        rows.insert(code, unit);
    }
    if faults.is_empty() && lines.is_empty() {
        faults.sheet(NAME, "一行都没有", "表头下面至少填一行");
    }
    let overlay = Overlay::new(&rows, &known.tree, &known.in_use);
    let (units, misplaced) = overlay.in_order();
    for misplaced in misplaced {
        let column = match &misplaced.wrong {
            Wrong::InUse | Wrong::Below { .. } => LEVEL,
            _ => PARENT,
        };
        let Some(line) = lines.get(&misplaced.unit) else { continue };
        let may_be = |code: &&str| code.is_empty() || is_near(code, line.text(PARENT));
        if !matches!(misplaced.wrong, Wrong::Nowhere { .. }) || !unread.iter().any(may_be) {
            let (problem, remedy) = told(&misplaced.wrong);
            line.fault(column, problem, remedy, &mut faults);
        }
    }
    notices.extend(overlay.namesakes().iter().map(of_one_name));
    notices.splice(0..0, faults.take_notices());
    if faults.is_empty() { Ok(Roster { units, notices }) } else { Err(once(faults.into_vec())) }
}

/// What is wrong with a unit's place, and what to do.
pub(crate) fn told(wrong: &Wrong) -> (String, &'static str) {
    let above_is = |above: &BranchCode| format!("上级{}", quoted(above.as_str()));
    match wrong {
        Wrong::InUse => ("这个编号是一个已经发过激活码的支部".into(), "层级填支部；新设的党组织另用一个编号"),
        Wrong::Nowhere { above } => (
            format!("{}既不在这张表里，也不在已导入的名册里", above_is(above)),
            "核对编号，或者在表里加上这个上级党组织",
        ),
        Wrong::Ended { above, name, on } => {
            (format!("{}（{name}）从{on}起已经没有了", above_is(above)), "填它现在的上级")
        }
        Wrong::UnderBranch { above } => {
            (format!("{}是一个支部", above_is(above)), "支部下面不再设党组织：填它真正的上级")
        }
        Wrong::NotHigher { above, name, upper, level } => {
            let (upper, level) = (level_name(*upper), level_name(*level));
            let problem = format!("{}（{name}）是{upper}，{level}不能在它下面", above_is(above));
            (problem, "核对这一行的层级和上级编号：上级要比它高")
        }
        Wrong::Below { count, first, of, level } => {
            let (of, level) = (level_name(*of), level_name(*level));
            let problem =
                format!("已导入的名册里它下面还有{count}个党组织，如“{first}”（{of}），不能是{level}");
            let remedy =
                "层级照原来的填；这是新设的党组织，就另用一个编号；确实降了级，先把它下面的改到别的上级";
            (problem, remedy)
        }
        Wrong::Circle => ("一级一级往上，又回到了自己".into(), "核对这几行的上级编号，最上面一级留空"),
    }
}

fn of_one_name(of_one_name: &Namesakes) -> String {
    let Namesakes { above, name, codes } = of_one_name;
    let (count, codes) = (codes.len(), codes.iter().map(BranchCode::as_str).collect::<Vec<_>>().join("、"));
    format!("“{above}”下面有{count}个“{name}”（{codes}）：要是同一个，多余的编号用 roster end 撤销。")
}

/// What a row says, when it can be read; and whether its code is what was typed.
fn unit_in(line: Line<'_>, faults: &mut Faults) -> (Option<Unit>, bool) {
    let said = faults.len();
    let code = code_in(line, CODE, faults);
    let is_typed = faults.len() == said && line.is_sound(CODE);
    (rest_of(line, code, faults), is_typed)
}

fn rest_of(line: Line<'_>, code: Option<BranchCode>, faults: &mut Faults) -> Option<Unit> {
    let parent = match line.text(PARENT) {
        "" => Some(None),
        _ => code_in(line, PARENT, faults).map(Some),
    };
    let level = level_in(line, faults);
    let name = line.needed(UNIT_NAME, faults);
    if let Some(name) = name.filter(|name| !is_name(name)) {
        let problem = format!("{}不能作名称", quoted(name));
        let remedy = "写成一行，最多60个字，不要用 = + - @ 开头";
        line.fault(UNIT_NAME, problem, remedy, faults);
    }
    let sector = sector_in(line, level, faults);
    let telephone = line.text(TELEPHONE);
    if !is_telephone(telephone) {
        line.fault(TELEPHONE, "电话太长或者分了行", "只留一个电话，写成一行", faults);
    }
    let parent = parent?;
    if level == Some(Level::Branch) && parent.is_none() {
        line.fault(PARENT, "支部没有上级", "填它上报给哪个党组织的编号", faults);
    }
    Some(Unit {
        code: code?,
        parent,
        level: level?,
        name: name?.into(),
        sector: sector?,
        telephone: telephone.into(),
    })
}

fn code_in(line: Line<'_>, column: &str, faults: &mut Faults) -> Option<BranchCode> {
    let text = line.needed(column, faults)?;
    let code = BranchCode::new(text).ok();
    if code.is_none() {
        let remedy = if text.contains("E+") {
            "表格软件把长编号改成了科学计数：把这一列设为“文本”，再重新填写"
        } else {
            "用1到64个英文字母、数字、点、横线或下划线"
        };
        line.fault(column, format!("{}不能作编号", quoted(text)), remedy, faults);
    } else {
        line.no_number(column, faults);
    }
    code
}

fn level_in(line: Line<'_>, faults: &mut Faults) -> Option<Level> {
    let text = line.needed(LEVEL, faults)?;
    let plain = text.replace('（', "(").replace('）', ")").replace('／', "/");
    let found = LEVELS.iter().find(|(_, words)| words.contains(&plain.as_str()));
    if found.is_none() {
        let remedy = "只能填：市、县、乡镇/街道、系统党(工)委、村党委/党总支、支部";
        line.fault(LEVEL, format!("不认识层级{}", quoted(text)), remedy, faults);
    }
    found.map(|(level, _)| *level)
}

/// A branch's sector. The units above have none, whatever the cell says.
fn sector_in(line: Line<'_>, level: Option<Level>, faults: &mut Faults) -> Option<String> {
    let text = line.text(SECTOR);
    if text.is_empty() && level == Some(Level::Branch) {
        let remedy = format!("填上它属于哪个领域：{}", sector_names());
        line.fault(SECTOR, "支部没有领域", &remedy, faults);
        return None;
    }
    if text.is_empty() {
        return Some(String::new());
    }
    let Some((_, id)) = SECTORS.iter().find(|(name, id)| *name == text || *id == text) else {
        let remedy = format!("只能填：{}", sector_names());
        line.fault(SECTOR, format!("不认识领域{}", quoted(text)), &remedy, faults);
        return None;
    };
    Some(if level == Some(Level::Branch) { (*id).into() } else { String::new() })
}

/// A level as the roster writes it.
pub(crate) fn level_name(level: Level) -> &'static str {
    let known = LEVELS.iter().find(|(known, _)| *known == level);
    known.and_then(|(_, words)| words.first()).copied().unwrap_or_default()
}

fn sector_names() -> String {
    SECTORS.map(|(name, _)| name).join("、")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{server::office::roster::Member, sheets::csv};

    const HEADER: &str = "编号,上级编号,层级,名称,领域,电话\n";

    fn read_text(body: &str, known: &[Unit]) -> Result<Roster, Vec<String>> {
        let sheet = csv::read("x", format!("{HEADER}{body}").as_bytes()).unwrap();
        let there = |unit: &Unit| Member { unit: unit.clone(), since: None, ended: None, off_system: None };
        let tree = known.iter().map(there).collect();
        read(&[sheet], &Known { tree, ..Known::default() })
            .map_err(|faults| faults.iter().map(ToString::to_string).collect())
    }

    fn faults(body: &str) -> String {
        read_text(body, &[]).unwrap_err().join("\n")
    }

    #[test]
    fn a_parent_may_come_later_or_be_known() {
        let roster = read_text("b,t,支部,十里村党支部,农村,\nt,c,镇,x,,\n", &[]).unwrap_err();
        assert_eq!(roster.len(), 1, "only the level: {roster:?}");
        let county = Unit {
            code: BranchCode::new("c").unwrap(),
            parent: None,
            level: Level::County,
            name: "黑山县委".into(),
            sector: String::new(),
            telephone: String::new(),
        };
        let body = "b,v,支部,十里村党支部,rural,\nv,t,党总支,十里村党总支,农村,\nt,c,乡镇,镇安镇党委,,0416\n";
        let roster = read_text(body, std::slice::from_ref(&county)).unwrap();
        let codes: Vec<&str> = roster.units.iter().map(|unit| unit.code.as_str()).collect();
        assert_eq!(codes, ["t", "v", "b"], "each after the unit above it");
        assert_eq!((roster.units[2].sector.as_str(), roster.units[1].sector.as_str()), ("rural", ""));
    }

    #[test]
    fn everything_wrong_is_named_with_row_and_column_in_one_run() {
        let told = faults(
            "t,,乡镇,镇安镇党委,,\nb,t,支部,,农村,\nb,t,支部,乙,农村,\nd,t,支部,丁,,\ne,t,小组,戊,农村,\n\
             f,t,支部,己,渔业,\ng,x,支部,庚,农村,\n2.1E+11,t,支部,辛,农村,\nh,,支部,壬,农村,\ni,d,支部,癸,农村,\n\
             j,t,支部,=1+1,农村,\n",
        );
        for wanted in [
            "第3行“名称”列：这一格没有填",
            "第4行“编号”列：编号“b”和第3行重复",
            "第5行“领域”列：支部没有领域",
            "第6行“层级”列：不认识层级“小组”",
            "第7行“领域”列：不认识领域“渔业”",
            "第8行“上级编号”列：上级“x”既不在这张表里",
            "第9行“编号”列：“2.1E+11”不能作编号。办法：表格软件把长编号改成了科学计数",
            "第10行“上级编号”列：支部没有上级",
            "第12行“名称”列：“=1+1”不能作名称",
        ] {
            assert!(told.contains(wanted), "{wanted} not in\n{told}");
        }
    }

    #[test]
    fn one_missing_unit_is_said_once_with_all_rows_that_name_it() {
        let told = faults(
            "t,,乡镇,镇安镇党委,,\na,x,支部,甲,农村,\nb,x,支部,乙,农村,\nc,x,支部,丙,渔业,\nd,t,支部,丁,渔业,\n",
        );
        let told: Vec<&str> = told.lines().collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[0].starts_with("“名册”表第5行“领域”列：不认识领域“渔业”（“名册”表第6行也是）"),
            "{told:?}"
        );
        assert!(
            told[1].contains("上级“x”既不在这张表里，也不在已导入的名册里（“名册”表第4行也是）"),
            "{told:?}"
        );
        // A code that cannot be read may be the one that is named.
        let told = faults("2107!,,乡镇,镇安镇党委,,\na,2107,支部,甲,农村,\n");
        assert_eq!(told.lines().count(), 1, "{told}");
    }

    #[test]
    fn no_unit_stands_above_itself() {
        let told = faults("a,b,县,甲,,\nb,c,县,乙,,\nc,a,县,丙,,\nd,a,支部,丁,农村,\n");
        assert_eq!(
            told.matches("又回到了自己").count(),
            3,
            "those on the circle, not those below it: {told}"
        );
        assert!(faults("a,a,县,甲,,\n").contains("又回到了自己"));
        assert!(faults("a,,支部,甲,农村,\n").contains("支部没有上级"));
        let told = faults("t,,乡镇,镇,,\na,t,支部,甲,农村,\nb,a,支部,乙,农村,\n");
        assert!(told.contains("上级“a”是一个支部"), "{told}");
    }

    #[test]
    fn a_missing_column_is_named_in_the_words_of_the_file_and_an_unread_one_is_said() {
        let sheet =
            csv::read("x", "branch_code,parent_code,level,sector,书记\na,,city,,王\n".as_bytes()).unwrap();
        let told: Vec<String> =
            read(&[sheet], &Known::default()).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("“名册”表第1行“名称”列：缺这一列；这一行有“branch_code”、"), "{told:?}");
        assert!(told[0].contains("roster template"), "{told:?}");
        let sheet =
            csv::read("x", "branch_code,parent_code,level,name,sector,书记\na,,city,市委,,王\n".as_bytes());
        assert_eq!(read(&[sheet.unwrap()], &Known::default()).unwrap().notices, ["“书记”列没有用到。"]);
        let titled = "黑山县党组织名册\n\n编号,上级编号,层级,名称,领域\na,,渔,市委,\n";
        let sheet = csv::read("x", titled.as_bytes()).unwrap();
        let told: Vec<String> =
            read(&[sheet], &Known::default()).unwrap_err().iter().map(ToString::to_string).collect();
        assert!(told.len() == 1 && told[0].starts_with("“名册”表第4行“层级”列"), "under a title: {told:?}");
        assert!(faults("").contains("一行都没有"));
    }
}
