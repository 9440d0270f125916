//! What changed between two versions, as a card says it: what was, what is, what it means for the branch.
//!
//! An item is said in lines, each of which says one thing; a card shows the lines that only one version has. What no line says (the
//! order of choices or of documents, an id that stands for the same words) is called a detail.

use super::{
    terms::{self, whole_day},
    whole,
};
use crate::domain::{
    Checklist, Combine, CountCredit, Difference, Effect, Item, ItemChange, ItemId, Occurrence, Part, Period,
    PeriodId, Points, ProfileNumber, Proportion, Rule, ShareCredit,
};

/// A difference in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// 第3条; empty for what concerns the whole. The rest reads alike wherever the item stands.
    pub place: String,
    /// 支委会建制
    pub about: String,
    /// 新增, 不再要求, 改了
    pub kind: &'static str,
    /// 原来, line by line; may be empty.
    pub was: Vec<String>,
    /// 现在, line by line; may be empty.
    pub is: Vec<String>,
    /// 对你们
    pub means: String,
}

impl Card {
    /// 第3条 支委会建制
    pub fn title(&self) -> String {
        if self.place.is_empty() { self.about.clone() } else { format!("{} {}", self.place, self.about) }
    }
}

/// Says a difference between these two.
pub fn card(old: &Checklist, new: &Checklist, difference: &Difference) -> Card {
    // What was, as it read then; what is said of it is compared line by line with what reads alike now.
    let mut read_then = None;
    let (before, after) = match difference {
        Difference::Changed { item, .. } => {
            // Where either has several questions each line says which one it is about, so that the others read alike. A
            // question that was put into other words is one line: what is said of it is compared by its new words.
            let several = [old, new]
                .iter()
                .any(|list| list.find(item).is_some_and(|(_, _, item)| item.parts.len() > 1));
            let called = |text: &str| {
                if several && !text.is_empty() {
                    format!("{}：", terms::before_answer(text))
                } else {
                    String::new()
                }
            };
            let name = |part: &Part| {
                let now = new.find(item).and_then(|(_, _, item)| item.part(&part.id));
                called(now.map_or(&part.text, |now| &now.text))
            };
            read_then = Some(item_lines(old, item, &|part: &Part| called(&part.text)));
            (item_lines(old, item, &name), item_lines(new, item, &name))
        }
        Difference::Added { item } | Difference::Removed { item } => {
            (in_short(old, item), in_short(new, item))
        }
        Difference::ScoreLines => (whole::lines(old), whole::lines(new)),
        Difference::BonusCap => {
            let cap = |list: &Checklist| vec![format!("加分最多{}分", list.bonus_cap)];
            (cap(old), cap(new))
        }
        Difference::Period { period } => (period_lines(old, period), period_lines(new, period)),
        Difference::Frame => (frame_lines(old), frame_lines(new)),
    };
    let only = |lines: &[String], other: &[String]| -> Vec<String> {
        lines.iter().filter(|line| !other.contains(line)).cloned().collect()
    };
    let kind = match difference {
        Difference::Added { .. } => "新增",
        Difference::Removed { .. } => "不再要求",
        Difference::Period { period } if old.period(period).is_none() => "新增",
        Difference::Period { period } if new.period(period).is_none() => "不再有",
        _ => "改了",
    };
    let read_then = read_then.as_ref().unwrap_or(&before);
    let gone = before.iter().zip(read_then).filter(|(line, _)| !after.contains(line));
    let was: Vec<String> = gone.map(|(_, then)| then.clone()).collect();
    let mut is = only(&after, &before);
    if was.is_empty() && is.is_empty() {
        is.push("只动了顺序或者细节".into());
    }
    let place = match difference {
        Difference::Added { item } | Difference::Changed { item, .. } => place(new, item, "第"),
        Difference::Removed { item } => place(old, item, "原第"),
        _ => String::new(),
    };
    let (about, means) = (about(old, new, difference), means(old, new, difference));
    Card { about, place, kind, was, is, means }
}

/// 改3条，加1条，减1条; what touches neither answers nor points is not counted.
pub fn summary(all: &[Difference]) -> String {
    let count = |of: fn(&Difference) -> bool| all.iter().filter(|one| of(one)).count();
    let counted = [
        ("改", count(|one| matches!(one, Difference::Changed { .. }) && one.effect() > Effect::None)),
        ("加", count(|one| matches!(one, Difference::Added { .. }))),
        ("减", count(|one| matches!(one, Difference::Removed { .. }))),
    ];
    let mut said: Vec<String> =
        counted.iter().filter(|(_, n)| *n > 0).map(|(verb, n)| format!("{verb}{n}条")).collect();
    let of_whole = [
        ("等次线变了", all.contains(&Difference::ScoreLines)),
        ("加分变了", all.contains(&Difference::BonusCap)),
        ("考核周期变了", count(|one| matches!(one, Difference::Period { .. })) > 0),
    ];
    said.extend(of_whole.iter().filter(|(_, is)| *is).map(|(words, _)| (*words).to_owned()));
    if said.is_empty() {
        let named = if all.contains(&Difference::Frame) { "名称、说明或者顺序" } else { "说明" };
        said.push(format!("只改了{named}，答案不用动"));
    }
    said.join("，")
}

fn about(old: &Checklist, new: &Checklist, difference: &Difference) -> String {
    let title = |list: &Checklist, id: &ItemId| {
        list.find(id).map_or_else(|| id.to_string(), |(_, _, item)| item.title.clone())
    };
    match difference {
        Difference::Added { item } | Difference::Changed { item, .. } => title(new, item),
        Difference::Removed { item } => title(old, item),
        Difference::ScoreLines => "等次线".into(),
        Difference::BonusCap => "加分".into(),
        Difference::Period { period } => {
            let known = new.period(period).or_else(|| old.period(period));
            // Of two periods that people call the same only the ids tell which one came and which one went.
            let is_namesake =
                |other: &&Period| &other.id != period && known.is_some_and(|known| known.name == other.name);
            let id = match old.periods.iter().chain(&new.periods).find(is_namesake) {
                Some(_) => format!("（{period}）"),
                None => String::new(),
            };
            format!("考核周期 {}{id}", known.map_or(period.as_str(), |period| &period.name))
        }
        Difference::Frame => "标准的名称、说明和顺序".into(),
    }
}

fn place(list: &Checklist, id: &ItemId, nth: &str) -> String {
    list.find(id).map(|(number, _, _)| format!("{nth}{number}条")).unwrap_or_default()
}

fn means(old: &Checklist, new: &Checklist, difference: &Difference) -> String {
    let above = |list: &Checklist, id: &ItemId| list.find(id).is_some_and(|(_, _, item)| item.judged_above);
    let said = match difference {
        Difference::Added { item } if above(new, item) => "新加的，由上级评，不用填。",
        Difference::Added { .. } => "新加的，要填。",
        Difference::Removed { .. } => "不用填了；原来的回答留着，还能看。",
        Difference::Changed { item, .. } if above(new, item) && above(old, item) => "由上级评，不用填。",
        Difference::Changed { item, .. } if above(new, item) => "改由上级评，不用填了；原来的回答留着。",
        Difference::Changed { item, .. } if above(old, item) => "改由支部自评，要填。",
        Difference::Changed { changes, .. } => {
            let mut asked = changes.iter().filter(|change| change.effect() == Effect::Answer).peekable();
            match difference.effect() {
                Effect::Answer if asked.peek().is_some() && asked.all(is_one_more) => {
                    "多了一问，要填；别的答案带过来。"
                }
                Effect::Answer => "要重新看一遍：答案先带过来，没变就点“还是这样”，变了就改。",
                Effect::Points => "答案带过来，分数按新的算。",
                Effect::None => "答案带过来，不用动。",
            }
        }
        Difference::ScoreLines => "答案不动，等次按新的线估算。",
        Difference::BonusCap => "答案不动，加分按新的算。",
        Difference::Period { period } => match (old.period(period), new.period(period)) {
            (Some(old), Some(new)) if (old.starts, old.ends) == (new.starts, new.ends) => {
                "答案不动，照新的日子上报。"
            }
            (Some(_), Some(_)) => "评的月份可能不一样：多出来的要填，少掉的不再算。",
            (Some(_), None) => "这一期接着用原来的版本。",
            (None, _) => "到时候再填。",
        },
        Difference::Frame => "答案不动。",
    };
    said.into()
}

fn is_one_more(change: &ItemChange) -> bool {
    matches!(change, ItemChange::PartAdded { .. })
}

/// An item of which there is nothing to compare.
fn in_short(list: &Checklist, id: &ItemId) -> Vec<String> {
    let Some((_, _, item)) = list.find(id) else { return Vec::new() };
    let mut lines = vec![item.requirement.clone(), format!("{}分", item.points())];
    lines.extend(limit_lines(list, item));
    lines
}

fn limit_lines(list: &Checklist, item: &Item) -> impl Iterator<Item = String> {
    item.limits.iter().map(|limit| {
        let most = terms::grade(&list.grading, limit.at_most);
        let kind = if limit.is_veto() { "一票否决".into() } else { format!("最高{most}") };
        format!("{kind}：{}", limit.text)
    })
}

fn item_lines(list: &Checklist, id: &ItemId, name: &impl Fn(&Part) -> String) -> Vec<String> {
    let Some((_, aspect, item)) = list.find(id) else { return Vec::new() };
    let mut lines = vec![item.requirement.clone()];
    if item.judged_above {
        lines.push("由上级评".into());
    }
    if item.may_be_absent {
        lines.push("可以选“本支部不设”".into());
    }
    if item.may_not_occur {
        lines.push("可以选“本期没有此事”".into());
    }
    if let Some(only) = item.only_if {
        let least = only.at_least.map(|least| format!("至少{least}")).unwrap_or_default();
        let most = only.at_most.map(|most| format!("最多{most}")).unwrap_or_default();
        lines.push(format!("只问{}{least}{most}的支部", number(only.number)));
    }
    for part in &item.parts {
        lines.extend(part_lines(part, &name(part)));
    }
    if item.combine == Combine::Any {
        lines.push("几问里取得分最高的一问".into());
    }
    lines.extend(limit_lines(list, item));
    lines.push(format!("名称：{}", item.title));
    lines.push(format!("方面：{}", aspect.name));
    let evidence = item.evidence.iter().map(|paper| {
        let never = if paper.never_photographed { "（不拍）" } else { "" };
        format!("{}{never}", paper.name)
    });
    let methods = list.methods.iter().filter(|method| item.methods.contains(&method.id));
    lines.extend(labelled([("通俗说法", item.plain.clone())]));
    // One line each, so that of several steps or documents only the one that changed is said.
    lines.extend(item.guidance.iter().map(|step| format!("怎么抓：{step}")));
    lines.extend(labelled([
        ("佐证材料", evidence.collect::<Vec<_>>().join("、")),
        ("考核方式", methods.map(|method| method.name.as_str()).collect::<Vec<_>>().join("、")),
    ]));
    lines.extend(item.citations.iter().map(|citation| format!("依据：{}", terms::cite(citation))));
    lines.extend(item.marks.iter().map(terms::marked));
    lines
}

/// What says something, each with its name before it.
fn labelled<const N: usize>(texts: [(&'static str, String); N]) -> impl Iterator<Item = String> {
    let said = texts.into_iter().filter(|(_, text)| !text.is_empty());
    said.map(|(name, text)| format!("{name}：{text}"))
}

/// `of` says which question a line is about.
fn part_lines(part: &Part, of: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if !part.text.is_empty() {
        lines.push(format!("问：{}", part.text));
    }
    let bonus = if part.bonus { "加分" } else { "" };
    if part.points > Points::ZERO {
        lines.push(format!("{of}{bonus}{}分", part.points));
    }
    // A count names its window itself.
    if !matches!(part.rule, Rule::Count { .. }) {
        lines.push(format!("{of}{}评一次", terms::often(part.window)));
    }
    lines.extend(rule_lines(part).into_iter().map(|line| format!("{of}{line}")));
    if !part.mendable {
        lines.push(format!("{of}没做到的不能再办，如实扣分"));
    }
    if let Some(source) = &part.from_ledger {
        lines.push(format!("{of}登了台账的，照台账数：{}", terms::kinds(source.kinds())));
    }
    lines
}

fn rule_lines(part: &Part) -> Vec<String> {
    match &part.rule {
        Rule::YesNo => vec!["做到了得分，没做到不得分".into()],
        Rule::Count { minimum, credit, unit } => {
            let short = match credit {
                CountCredit::Proportional => "按比例得分",
                CountCredit::AllOrNothing => "不得分",
                CountCredit::EachMissing { costs } => &format!("每缺1{unit}扣{costs}分，扣完为止"),
            };
            vec![format!("{}至少{minimum}{unit}，不够的{short}", terms::often(part.window))]
        }
        Rule::Share { numerator, denominator, credit, from_profile } => {
            let earned = match credit {
                ShareCredit::Proportional { target, floor } => {
                    format!("达到{target}得满分{}", no_less(*floor))
                }
                ShareCredit::EachBelow { target, floor, step, costs } => {
                    let each = format!("每低{step}个百分点扣{costs}分，扣完为止");
                    format!("达到{target}得满分，{each}{}", no_less(*floor))
                }
                ShareCredit::Bands { bands } => {
                    let bands = bands.iter().map(|band| format!("达到{}得{}分", band.at_least, band.points));
                    bands.collect::<Vec<_>>().join("，")
                }
            };
            let offered =
                from_profile.map(|which| format!("“{denominator}”取支部基本情况里的{}数", number(which)));
            let share = format!("{numerator}占{denominator}的比例，{earned}");
            core::iter::once(share).chain(offered).collect()
        }
        Rule::Level { choices } => {
            choices.iter().map(|choice| format!("“{}”{}分", choice.text, choice.points)).collect()
        }
        Rule::Deduction { occurrences } => {
            occurrences.iter().map(|kind| format!("“{}”每次扣{}分", kind.text, kind.each)).collect()
        }
        Rule::FromTotal { occurrences } => {
            let each = |kind: &Occurrence| format!("“{}”每次从总分里扣{}分", kind.text, kind.each);
            occurrences.iter().map(each).collect()
        }
        Rule::Facts { facts } => {
            facts.iter().map(|fact| format!("“{}”没做到扣{}分", fact.text, fact.deducts)).collect()
        }
    }
}

/// What is said of a floor.
fn no_less(floor: Proportion) -> String {
    if floor > Proportion::NONE { format!("，不到{floor}不得分") } else { String::new() }
}

fn number(which: ProfileNumber) -> &'static str {
    match which {
        ProfileNumber::FullMembers => "正式党员",
        ProfileNumber::ProbationaryMembers => "预备党员",
        ProfileNumber::AllMembers => "党员",
        ProfileNumber::MobileMembers => "流动党员",
        ProfileNumber::CommitteeMembers => "支委",
        ProfileNumber::PartyGroups => "党小组",
    }
}

fn period_lines(list: &Checklist, id: &PeriodId) -> Vec<String> {
    let said = |period: &Period| {
        vec![
            period.name.clone(),
            format!("{}至{}", whole_day(period.starts), whole_day(period.ends)),
            format!("上报截止{}", whole_day(period.submit_by)),
        ]
    };
    list.period(id).map(said).unwrap_or_default()
}

fn frame_lines(list: &Checklist) -> Vec<String> {
    let aspects = list.aspects.iter().map(|aspect| aspect.name.as_str()).collect::<Vec<_>>();
    let methods = list.methods.iter().map(|method| method.name.as_str()).collect::<Vec<_>>();
    let said = labelled([
        ("标准编号", list.standard.to_string()),
        ("名称", list.title.clone()),
        ("领域", list.sector_name.clone()),
        ("声明", list.notice.clone()),
        ("方面", aspects.join("、")),
        ("考核方式", methods.join("、")),
    ]);
    said.chain(list.marks.iter().map(terms::marked)).collect()
}
