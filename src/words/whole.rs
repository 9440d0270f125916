//! What a standard says of the whole, in words: full points, score lines, names of grades, quotas, limits, shares of the year.

use super::terms;
use crate::domain::{
    Checklist, Grading, Points, Quota, QuotaSize, WholeLimit, WholeTest, submission::claimable,
};

/// 总分120分; nothing where it is the usual 100.
pub fn full(list: &Checklist) -> Option<String> {
    (list.full != Points::HUNDRED).then(|| format!("总分{}分", list.full))
}

/// （满分120分）; nothing where it is the usual 100: beside a score.
pub fn of_full(list: &Checklist) -> String {
    if list.full == Points::HUNDRED { String::new() } else { format!("（满分{}分）", list.full) }
}

/// 标兵95分, 优秀85分 …, and what is below all of them where the standard names it.
pub fn score_lines(grading: &Grading) -> Vec<String> {
    let lines = grading.thresholds.iter();
    let lines = lines.map(|line| format!("{}{}分", terms::grade(grading, line.grade), line.at_least));
    let below = grading.names.first().map(|lowest| format!("再低是{}", lowest.name));
    lines.chain(below).collect()
}

/// 标兵由上级从够线的里面评选; nothing where no grade is.
pub fn selected(grading: &Grading) -> Option<String> {
    let selected = claimable(grading).into_iter().rev().map(Into::into);
    let selected: Vec<&str> = selected
        .filter(|grade| grading.is_selected(*grade))
        .map(|grade| terms::grade(grading, grade))
        .collect();
    (!selected.is_empty()).then(|| format!("{}由上级从够线的里面评选", selected.join("、")))
}

/// 标兵不超过参评支部的30%
pub fn quota(grading: &Grading, quota: &Quota) -> String {
    let grade = terms::grade(grading, quota.grade);
    match quota.most {
        QuotaSize::Percent(percent) => format!("{grade}不超过参评支部的{percent}%"),
        QuotaSize::Number(number) => format!("{grade}不超过{number}个支部"),
    }
}

/// 等次限制：有短板的，不得评优（党员队伍得分率低于60%，最高达标）
pub fn limit(list: &Checklist, limit: &WholeLimit) -> String {
    let grading = &list.grading;
    let when = match &limit.when {
        WholeTest::AspectBelow { aspect, percent } => {
            let aspect = list.aspects.iter().find(|known| &known.id == aspect);
            format!("{}得分率低于{percent}%", aspect.map_or("", |aspect| aspect.name.as_str()))
        }
        WholeTest::LastYear { at_most } => match (at_most.is_lowest(), terms::grade(grading, *at_most)) {
            (true, grade) => format!("上年度{grade}"),
            (false, grade) => format!("上年度{grade}或者更低"),
        },
    };
    let most = terms::grade(grading, limit.at_most);
    let kind = if limit.is_veto() { "一票否决" } else { "等次限制" };
    format!("{kind}：{}（{when}，最高{most}）", limit.text)
}

/// Whether only people can say if a limit holds.
pub fn is_for_people(limit: &WholeLimit) -> bool {
    matches!(limit.when, WholeTest::LastYear { .. })
}

/// 全年的结果：2026年上半年占50%，2026年下半年占50%; nothing where the standard does not say.
pub fn year(list: &Checklist) -> Option<String> {
    let shares = list.year.iter().map(|share| {
        let period = list.period(&share.period);
        format!("{}占{}%", period.map_or("", |period| period.name.as_str()), share.percent)
    });
    let shares: Vec<String> = shares.collect();
    (!shares.is_empty()).then(|| format!("全年的结果：{}", shares.join("，")))
}

/// Everything, one thing a line.
pub fn lines(list: &Checklist) -> Vec<String> {
    let grading = &list.grading;
    let own = full(list).into_iter().chain(score_lines(grading));
    let own = own.chain(selected(grading)).chain(grading.quotas.iter().map(|one| quota(grading, one)));
    own.chain(list.limits.iter().map(|one| limit(list, one))).chain(year(list)).collect()
}

/// What a standard says of the whole beyond four grades with their lines and a hundred points, one thing a line.
pub fn unusual(list: &Checklist) -> Vec<String> {
    let grading = &list.grading;
    let named = (!grading.names.is_empty()).then(|| score_lines(grading).join("，"));
    let own = full(list).into_iter().chain(named);
    let own = own.chain(grading.quotas.iter().map(|one| quota(grading, one)));
    own.chain(list.limits.iter().map(|one| limit(list, one))).chain(year(list)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Grade, GradeName, LimitId, Threshold, YearShare, testing};

    #[test]
    fn a_usual_standard_says_nothing_unusual() {
        let list = testing::checklist();
        assert_eq!(unusual(&list), Vec::<String>::new());
        assert_eq!(score_lines(&list.grading), ["标兵95分", "优秀85分", "达标60分"]);
        assert_eq!(selected(&list.grading).unwrap(), "标兵由上级从够线的里面评选");
        assert_eq!(of_full(&list), "");
    }

    #[test]
    fn what_is_said_of_the_whole_is_read_in_words() {
        let mut list = testing::checklist();
        list.full = Points::from_hundredths(12_000);
        list.grading.names =
            ["差", "一般", "好"].map(|name| GradeName { name: name.into(), selected: name == "好" }).to_vec();
        let line = |grade, hundredths| Threshold { grade, at_least: testing::points(hundredths) };
        list.grading.thresholds = vec![line(Grade::Own(2), 10_000), line(Grade::Own(1), 7_000)];
        list.grading.quotas = vec![Quota { grade: Grade::Own(2), most: QuotaSize::Percent(30) }];
        let (aspect, id) = (list.aspects[0].id.clone(), LimitId::new("w1").unwrap());
        let text = "有短板的，不得评好".to_owned();
        let when = WholeTest::AspectBelow { aspect, percent: 60 };
        list.limits = vec![
            WholeLimit { id: id.clone(), text: text.clone(), at_most: Grade::Own(1), when },
            WholeLimit {
                id,
                text,
                at_most: Grade::Own(1),
                when: WholeTest::LastYear { at_most: Grade::Own(0) },
            },
        ];
        list.year = vec![YearShare { period: list.periods[0].id.clone(), percent: 100 }];
        let aspect = &list.aspects[0].name;
        assert_eq!(
            unusual(&list),
            [
                "总分120分".to_owned(),
                "好100分，一般70分，再低是差".into(),
                "好不超过参评支部的30%".into(),
                format!("等次限制：有短板的，不得评好（{aspect}得分率低于60%，最高一般）"),
                "等次限制：有短板的，不得评好（上年度差，最高一般）".into(),
                "全年的结果：2026年下半年占100%".into(),
            ]
        );
        assert_eq!(selected(&list.grading).unwrap(), "好由上级从够线的里面评选");
        assert_eq!(of_full(&list), "（满分120分）");
    }
}
