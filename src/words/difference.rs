//! What changed between two versions, as a card says it: what was, what is, what it means for the branch.
//!
//! An item is said in lines, each of which says one thing; a card shows the lines that only one version has. What no line says (the
//! order of choices or of documents, an id that stands for the same words) is called a detail.

use super::terms;
use crate::domain::{
    Checklist, Citation, Combine, CountCredit, Difference, Effect, Item, ItemChange, ItemId, Mark, MarkKind,
    Part, Period, PeriodId, Points, ProfileNumber, Rule, ShareCredit,
};
use jiff::civil::Date;

/// A difference in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// 第3条 支委会建制
    pub about: String,
    /// 第3条, with which `about` begins; empty for what concerns the whole.
    pub place: String,
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
    /// Takes the place off `about` and gives it back: the rest reads alike wherever the item stands.
    #[must_use]
    pub fn take_place(&mut self) -> String {
        let place = core::mem::take(&mut self.place);
        let rest = self.about.strip_prefix(place.as_str()).unwrap_or(&self.about);
        self.about = rest.trim_start().to_owned();
        place
    }
}

/// Says a difference between these two.
#[must_use]
pub fn card(old: &Checklist, new: &Checklist, difference: &Difference) -> Card {
    let (before, after) = match difference {
        Difference::Changed { item, .. } => {
            // Where either has several questions each line says which one it is about, so that the others read alike.
            let several = [old, new]
                .iter()
                .any(|list| list.find(item).is_some_and(|(_, _, item)| item.parts.len() > 1));
            (item_lines(old, item, several), item_lines(new, item, several))
        }
        Difference::Added { item } | Difference::Removed { item } => {
            (in_short(old, item), in_short(new, item))
        }
        Difference::ScoreLines => (score_lines(old), score_lines(new)),
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
    let was = only(&before, &after);
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
#[must_use]
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
    match difference {
        Difference::Added { item } | Difference::Changed { item, .. } => named(new, item, "第"),
        Difference::Removed { item } => named(old, item, "原第"),
        Difference::ScoreLines => "等次线".into(),
        Difference::BonusCap => "加分".into(),
        Difference::Period { period } => {
            let known = new.period(period).or_else(|| old.period(period));
            format!("考核周期 {}", known.map_or(period.as_str(), |period| &period.name))
        }
        Difference::Frame => "标准的名称、说明和顺序".into(),
    }
}

fn named(list: &Checklist, id: &ItemId, nth: &str) -> String {
    list.find(id)
        .map_or_else(|| id.to_string(), |(_, _, item)| format!("{} {}", place(list, id, nth), item.title))
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
    lines.extend(limit_lines(item));
    lines
}

fn limit_lines(item: &Item) -> impl Iterator<Item = String> {
    item.limits.iter().map(|limit| {
        let most = terms::grade(limit.at_most);
        let kind = if limit.is_veto() { "一票否决".into() } else { format!("最高{most}") };
        format!("{kind}：{}", limit.text)
    })
}

fn item_lines(list: &Checklist, id: &ItemId, several: bool) -> Vec<String> {
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
        lines.extend(part_lines(part, several));
    }
    if item.combine == Combine::Any {
        lines.push("几问里取得分最高的一问".into());
    }
    lines.extend(limit_lines(item));
    lines.push(format!("名称：{}", item.title));
    lines.push(format!("方面：{}", aspect.name));
    let evidence = item.evidence.iter().map(|paper| {
        let never = if paper.never_photographed { "（不拍）" } else { "" };
        format!("{}{never}", paper.name)
    });
    let methods = list.methods.iter().filter(|method| item.methods.contains(&method.id));
    lines.extend(labelled([
        ("通俗说法", item.plain.clone()),
        ("怎么抓", item.guidance.join("")),
        ("佐证材料", evidence.collect::<Vec<_>>().join("、")),
        ("考核方式", methods.map(|method| method.name.as_str()).collect::<Vec<_>>().join("、")),
    ]));
    // One line each, so that of many documents only the one that changed is said.
    lines.extend(item.citations.iter().map(|citation| format!("依据：{}", cited(citation))));
    lines.extend(item.marks.iter().map(marked));
    lines
}

/// What says something, each with its name before it.
fn labelled<const N: usize>(texts: [(&'static str, String); N]) -> impl Iterator<Item = String> {
    let said = texts.into_iter().filter(|(_, text)| !text.is_empty());
    said.map(|(name, text)| format!("{name}：{text}"))
}

/// 《…》第十六条（条号待核），2018年10月28日起
fn cited(citation: &Citation) -> String {
    let unchecked = !citation.article.is_empty() && !citation.article_checked;
    let unchecked = if unchecked { "（条号待核）" } else { "" };
    let from = citation.effective_from.map(|from| format!("，{}起", day(from))).unwrap_or_default();
    let until = citation.effective_to.map(|until| format!("，{}止", day(until))).unwrap_or_default();
    let document = citation.document.trim_matches(['《', '》']);
    format!("《{document}》{}{unchecked}{from}{until}", citation.article)
}

/// 建议：…
fn marked(mark: &Mark) -> String {
    let kind = match mark.kind {
        MarkKind::Assumed => "假定",
        MarkKind::Suggested => "建议",
        MarkKind::Local => "本地要求",
    };
    format!("{kind}：{}", mark.text)
}

fn day(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

fn part_lines(part: &Part, several: bool) -> Vec<String> {
    let of = if several && !part.text.is_empty() { format!("{}：", part.text) } else { String::new() };
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
            };
            vec![format!("{}至少{minimum}{unit}，不够的{short}", terms::often(part.window))]
        }
        Rule::Share { numerator, denominator, credit, from_profile } => {
            let earned = match credit {
                ShareCredit::Proportional { target, floor: 0 } => format!("达到{target}%得满分"),
                ShareCredit::Proportional { target, floor } => {
                    format!("达到{target}%得满分，不到{floor}%不得分")
                }
                ShareCredit::Bands { bands } => {
                    let bands = bands.iter().map(|band| format!("达到{}%得{}分", band.at_least, band.points));
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
        Rule::Facts { facts } => {
            facts.iter().map(|fact| format!("“{}”没做到扣{}分", fact.text, fact.deducts)).collect()
        }
    }
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

fn score_lines(list: &Checklist) -> Vec<String> {
    let lines = list.grading.thresholds.iter();
    lines.map(|line| format!("{}{}分", terms::grade(line.grade), line.at_least)).collect()
}

fn period_lines(list: &Checklist, id: &PeriodId) -> Vec<String> {
    let said = |period: &Period| {
        vec![
            period.name.clone(),
            format!("{}至{}", day(period.starts), day(period.ends)),
            format!("上报截止{}", day(period.submit_by)),
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
    said.chain(list.marks.iter().map(marked)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Evidence, StandardId, differences, testing::checklist};

    /// The one card that says what this change does.
    fn told(change: impl FnOnce(&mut Checklist)) -> Card {
        told_from(&checklist(), change)
    }

    /// The one card that says what this change to this checklist does.
    fn told_from(old: &Checklist, change: impl FnOnce(&mut Checklist)) -> Card {
        let mut new = old.clone();
        change(&mut new);
        let all = differences(old, &new);
        assert_eq!(all.len(), 1, "{all:?}");
        card(old, &new, &all[0])
    }

    /// What was and what is, in one line.
    fn turned(card: &Card) -> String {
        format!("{} → {}", card.was.join("；"), card.is.join("；"))
    }

    #[test]
    fn a_card_says_what_was_what_is_and_what_it_means() {
        let said = told(|list| {
            if let Rule::Count { minimum, .. } = &mut list.aspects[1].items[0].parts[0].rule {
                *minimum = 2;
            }
        });
        assert_eq!((said.about.as_str(), said.kind), ("第3条 counted", "改了"));
        assert_eq!(said.was, ["每月至少1次，不够的按比例得分"]);
        assert_eq!(said.is, ["每月至少2次，不够的按比例得分"]);
        assert!(said.means.starts_with("要重新看一遍"));
        let said = told(|list| list.aspects[0].items[0].parts[0].points = Points::HUNDRED);
        assert_eq!((said.was, said.is), (vec!["20分".to_owned()], vec!["100分".to_owned()]));
        assert_eq!(said.means, "答案带过来，分数按新的算。");
        let said = told(|list| list.aspects[0].items[0].guidance.push("再看一眼".into()));
        assert_eq!(said.means, "答案带过来，不用动。");
        assert_eq!(said.is, ["怎么抓：步骤再看一眼"]);
        let said = told(|list| drop(list.aspects[0].items.remove(0)));
        assert_eq!((said.about.as_str(), said.kind), ("原第1条 yes", "不再要求"));
        assert!(said.is.is_empty() && said.was.contains(&"一票否决：未批未换届".to_owned()));
        let said = told(|list| list.aspects[0].items[0].judged_above = true);
        assert_eq!((said.is, said.means.contains("不用填了")), (vec!["由上级评".to_owned()], true));
        let said = told(|list| list.grading.thresholds.truncate(2));
        assert_eq!((said.was, said.is.len()), (vec!["达标60分".to_owned()], 0));
        let said = told(|list| list.periods[0].submit_by = list.periods[0].ends);
        assert_eq!(said.is, ["上报截止2026年11月30日"]);
        assert_eq!(said.means, "答案不动，照新的日子上报。");
    }

    #[test]
    fn one_more_question_leaves_the_others_as_they_read() {
        let said = told(|list| {
            let mut second = list.aspects[0].items[0].parts[0].clone();
            second.id = crate::domain::PartId::new("p2").unwrap();
            second.text = "另一问".into();
            list.aspects[0].items[0].parts.push(second);
        });
        assert_eq!(said.was, [] as [String; 0]);
        assert_eq!(said.is[..2], ["问：另一问".to_owned(), "另一问：20分".to_owned()]);
        let said = told(|list| {
            let kinds = [crate::domain::ActivityKind::PartyClass].into();
            list.aspects[1].items[0].parts[0].from_ledger =
                Some(crate::domain::LedgerSource::Count { kinds });
        });
        assert_eq!((said.was.len(), said.is), (0, vec!["登了台账的，照台账数：党课".to_owned()]));
    }

    #[test]
    fn what_an_item_rests_on_and_what_proves_it_is_said_to_the_letter() {
        let mut old = checklist();
        let item = &mut old.aspects[0].items[0];
        item.citations = vec![Citation {
            document: "《条例》".into(),
            article: "第十六条".into(),
            article_checked: false,
            effective_from: Some(jiff::civil::date(2018, 10, 28)),
            effective_to: None,
        }];
        item.marks = vec![Mark { kind: MarkKind::Suggested, text: "每月1次".into() }];
        item.evidence = vec![Evidence { name: "名册".into(), never_photographed: true }];
        let said = |change: fn(&mut Item)| {
            let card = told_from(&old, |list| change(&mut list.aspects[0].items[0]));
            assert_eq!(card.means, "答案带过来，不用动。");
            turned(&card)
        };
        let was = "依据：《条例》第十六条（条号待核），2018年10月28日起";
        assert_eq!(
            said(|item| item.citations[0].article_checked = true),
            format!("{was} → 依据：《条例》第十六条，2018年10月28日起")
        );
        assert_eq!(
            said(|item| item.citations[0].article = "第十七条".into()),
            format!("{was} → 依据：《条例》第十七条（条号待核），2018年10月28日起")
        );
        assert_eq!(
            said(|item| item.citations[0].effective_from = None),
            format!("{was} → 依据：《条例》第十六条（条号待核）")
        );
        assert_eq!(
            said(|item| item.citations[0].effective_to = Some(jiff::civil::date(2026, 5, 31))),
            format!("{was} → {was}，2026年5月31日止")
        );
        assert_eq!(said(|item| item.marks[0].kind = MarkKind::Assumed), "建议：每月1次 → 假定：每月1次");
        assert_eq!(
            said(|item| item.evidence[0].never_photographed = false),
            "佐证材料：名册（不拍） → 佐证材料：名册"
        );
        assert_eq!(said(|item| item.methods.clear()), "考核方式：查阅资料 → ");
    }

    #[test]
    fn the_figure_that_is_offered_and_what_the_standard_is_called_are_said() {
        let card = told(|list| {
            if let Rule::Share { from_profile, .. } = &mut list.aspects[2].items[1].parts[0].rule {
                *from_profile = Some(ProfileNumber::FullMembers);
            }
        });
        assert_eq!(turned(&card), " → “应谈”取支部基本情况里的正式党员数");
        let card = told(|list| list.standard = StandardId::new("other").unwrap());
        assert_eq!(turned(&card), "标准编号：test → 标准编号：other");
        let card = told(|list| list.title.push('改'));
        assert_eq!(turned(&card), "名称：标准 → 名称：标准改");
        let card = told(|list| list.methods[0].name = "看资料".into());
        assert_eq!(turned(&card), "考核方式：查阅资料 → 考核方式：看资料");
        let card = told(|list| list.marks.push(Mark { kind: MarkKind::Local, text: "全市统一".into() }));
        assert_eq!(turned(&card), " → 本地要求：全市统一");
    }

    #[test]
    fn only_what_no_line_says_is_a_detail() {
        let card = told(|list| {
            if let Rule::Facts { facts } = &mut list.aspects[0].items[1].parts[0].rule {
                facts.reverse();
            }
        });
        assert_eq!(turned(&card), " → 只动了顺序或者细节");
        let card = told(|list| list.aspects[0].items.swap(0, 1));
        assert_eq!(turned(&card), " → 只动了顺序或者细节");
    }

    #[test]
    fn a_card_reads_alike_wherever_its_item_stands() {
        let mut changed = told(|list| list.aspects[1].items[0].plain.push('改'));
        assert_eq!(changed.take_place(), "第3条");
        assert_eq!((changed.place.as_str(), changed.about.as_str()), ("", "counted"));
        let mut removed = told(|list| drop(list.aspects[0].items.remove(0)));
        assert_eq!((removed.take_place().as_str(), removed.about.as_str()), ("原第1条", "yes"));
        let mut whole = told(|list| list.title.push('改'));
        assert_eq!((whole.take_place().as_str(), whole.about.as_str()), ("", "标准的名称、说明和顺序"));
    }

    #[test]
    fn many_differences_are_counted_in_one_line() {
        let old = checklist();
        let mut new = old.clone();
        new.aspects[0].items.remove(0);
        new.aspects[0].items[0].requirement.push('改');
        new.aspects[1].items[0].guidance.clear();
        new.grading.thresholds.remove(0);
        assert_eq!(summary(&differences(&old, &new)), "改1条，减1条，等次线变了");
        new = old.clone();
        new.aspects[1].items[0].guidance.clear();
        assert_eq!(summary(&differences(&old, &new)), "只改了说明，答案不用动");
        new.standard = StandardId::new("other").unwrap();
        assert_eq!(summary(&differences(&old, &new)), "只改了名称、说明或者顺序，答案不用动");
    }
}
