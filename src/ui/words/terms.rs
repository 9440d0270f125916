//! Names of grades, states and outcomes.

pub use crate::{
    domain::sector::name as sector,
    words::terms::{
        aside, before_answer, cite, finding_origin, finding_photos, finding_state, grade, mark, marked,
        not_applicable, review,
    },
};

use super::dates;
use crate::{
    domain::{
        ClaimedGrade, Estimate, Finding, Grading, Item, Outcome, Points, ValueAbove, WithAbove,
        period::shanghai_date, submission::claimable,
    },
    phone::overview::ItemRow,
    protocol::Review,
    words::terms,
};
use jiff::civil::Date;

/// How a finding stands, in a line: 整改中，11月27日前改好.
pub fn finding_standing(finding: &Finding, today: Date) -> String {
    let due = match finding.due().filter(|_| finding.state.is_to_be_mended()) {
        Some(due) if due < today => format!("，逾期（{}前要改好）", dates::day(due, today)),
        Some(due) => format!("，{}前改好", dates::day(due, today)),
        None => String::new(),
    };
    format!("{}{due}", finding_state(finding.state))
}

/// Where the originals of a branch of this sector usually lie.
pub fn usual_places(sector: &str) -> [&'static str; 4] {
    match sector {
        "rural" => ["村部铁柜", "镇党建办", "村会计处", "县里"],
        "community" => ["社区档案柜", "街道党建办", "社区会计处", "区里"],
        _ => ["支部档案柜", "上级党建办", "财务室", "人事部门"],
    }
}

/// 申报等次
pub fn claimed(grading: &Grading, claimed: ClaimedGrade) -> &str {
    grade(grading, claimed.into())
}

/// 自评估算, which is no grade: 标兵 is selected from above, and what falls short is said without a verdict.
pub fn estimate(grading: &Grading, estimate: &Estimate) -> String {
    let name = |grade| terms::grade(grading, grade);
    match estimate.grade {
        reached if reached.is_lowest() => {
            let least = claimable(grading).first().map_or("", |least| name((*least).into()));
            format!("还不到{least}线")
        }
        reached if grading.is_selected(reached) => format!("够{}申报线", name(reached)),
        reached => format!("够{}线", name(reached)),
    }
}

/// 已做到 / 还能办 / 还没到时候 / 已错过, with the date where there is one.
pub fn outcome(outcome: Outcome, today: Date) -> String {
    match outcome {
        Outcome::Met => "已做到".into(),
        Outcome::StillPossible { until } => format!("还能办，到{}为止", dates::day(until, today)),
        Outcome::NotDue { until } => format!("还没到时候，{}到期", dates::day(until, today)),
        Outcome::Missed => "已错过，如实扣分".into(),
    }
}

/// The sign that goes with an outcome, so that colour never speaks alone.
pub fn outcome_sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Met => "✓",
        Outcome::StillPossible { .. } => "◐",
        Outcome::NotDue { .. } => "○",
        Outcome::Missed => "—",
    }
}

/// What comes of reporting with items that are not filled in; empty where there are none.
pub fn unfilled(rows: &[ItemRow]) -> String {
    let numbers = |of: fn(&&ItemRow) -> bool| {
        let numbers = rows.iter().filter(|row| row.state.is_open()).filter(of);
        numbers.map(|row| row.number.to_string()).collect::<Vec<_>>().join("、")
    };
    let all = rows.iter().filter(|row| row.state.is_open()).count();
    let half = numbers(|row| row.is_half_answered());
    let half = if half.is_empty() {
        half
    } else {
        format!("其中第{half}条答了一部分，答了的算分。")
    };
    match all {
        0 => String::new(),
        all => {
            format!("还有{all}条没填，也可以上报，没填的按0分算：第{}条。{half}", numbers(|_| true))
        }
    }
}

/// So many characters of a general reason stand beside the items on the first page; all of it stands with the report.
const REASON_CHARS: usize = 40;

/// What the upper level wants mended: the reason in general, in short where items are named too, and item by item.
pub fn asked_back(review: &Review, rows: &[ItemRow]) -> String {
    let named = review.items.iter().map(|named| {
        let number = rows.iter().find(|row| row.id == named.item).map_or(0, |row| row.number);
        format!("第{number}条{}", named.reason)
    });
    let named: Vec<String> = named.collect();
    if named.is_empty() {
        return review.reason.clone();
    }
    let mut general: String = review.reason.chars().take(REASON_CHARS).collect();
    if general.len() < review.reason.len() {
        general.push('…');
    }
    let general = (!general.is_empty()).then_some(general);
    general.into_iter().chain(named).collect::<Vec<_>>().join("；")
}

/// What an item stands at: "2 / 3 分", and what it takes from the total.
pub fn earned(row: &ItemRow) -> String {
    let ItemRow { got, points, taken, .. } = row;
    match (points.is_zero(), taken.is_zero()) {
        (true, true) => "没有扣分".into(),
        (true, false) => format!("从总分里扣{taken}分"),
        (false, true) => of_points(*got, *points),
        (false, false) => format!("{}，另从总分里扣{taken}分", of_points(*got, *points)),
    }
}

/// What an item can earn: "3分"; 不占分 where it can only take.
pub fn worth(points: Points) -> String {
    if points.is_zero() { "不占分".into() } else { format!("{points}分") }
}

/// 镇安镇党委评：3.5分（满分4分），11月20日
pub fn value_above(value: &ValueAbove, today: Date) -> String {
    let day = dates::day(shanghai_date(value.at), today);
    format!("{}评：{}分（满分{}分），{day}", value.by, value.points, value.of)
}

/// The limits that the upper level says to hold, and its reason.
pub fn said_above(item: &Item, value: &ValueAbove) -> Vec<String> {
    let held = item.limits.iter().filter(|limit| value.holds.contains(&limit.id));
    let held = held.map(|limit| {
        let kind = if limit.is_veto() { "一票否决" } else { "等次限制" };
        format!("{kind}成立：{}", limit.text)
    });
    let reason = (!value.reason.is_empty()).then(|| format!("说明：{}", value.reason));
    held.chain(reason).collect()
}

/// What the upper level gave so far, and the whole with it; where that is not the sum of the two (`own` is the branch's), why.
pub fn with_above(grading: &Grading, own: Points, whole: &WithAbove) -> String {
    let missing = match whole.missing.len() {
        0 => String::new(),
        count => format!("，还有{count}条没有评"),
    };
    let total = whole.sheet.total();
    let why = if own.saturating_add(whole.got) == total {
        ""
    } else {
        "（不是直接相加：没有评的、不适用的不算在内，它们那一方面按比例折算）"
    };
    format!(
        "上级评的{}条得{}分（满分{}分）{missing}；自评加上级评合计{total}分{why}，{}。等次由上级评定。",
        whole.given.len(),
        whole.got,
        whole.of,
        estimate(grading, &whole.estimate)
    )
}

/// "2 / 3 分"
pub fn of_points(got: Points, points: Points) -> String {
    format!("{got} / {points} 分")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Assessment, Checklist, PeriodId, score, testing};
    use jiff::civil::date;

    #[test]
    fn a_value_from_above_says_who_gave_it_and_when() {
        let list = testing::checklist();
        let item = &list.aspects[0].items[0];
        let value = ValueAbove {
            period: PeriodId::new("2026-H2").unwrap(),
            item: item.id.clone(),
            points: testing::points(350),
            of: testing::points(400),
            holds: vec![item.limits[0].id.clone()],
            reason: "缺一次".into(),
            at: 1_795_147_200_000,
            by: "镇安镇党委".into(),
        };
        let said = value_above(&value, date(2026, 11, 24));
        assert_eq!(said, "镇安镇党委评：3.5分（满分4分），11月20日");
        let more = said_above(item, &value);
        assert_eq!(more, [format!("一票否决成立：{}", item.limits[0].text), "说明：缺一次".into()]);
    }

    #[test]
    fn a_sum_that_is_none_says_why() {
        let (mut list, period) = (testing::checklist(), testing::period());
        list.aspects[0].items[0].judged_above = true;
        let (item, own) = (list.aspects[0].items[0].clone(), Assessment::default());
        let of = item.points();
        let value = |points| ValueAbove {
            period: period.id.clone(),
            item: item.id.clone(),
            points,
            of,
            holds: Vec::new(),
            reason: String::new(),
            at: 1_795_449_900_000,
            by: "镇安镇党委".into(),
        };
        let told = |list: &Checklist, points| {
            let whole = crate::domain::with_above(list, &period, &own, &[value(points)]).unwrap();
            with_above(&list.grading, score(list, &period, &own).total(), &whole)
        };
        let said = told(&list, of);
        assert!(said.contains(&format!("合计{of}分，")), "{said}");
        // A second one in its aspect that nobody has judged: the first weighs more for now.
        list.aspects[0].items[1].judged_above = true;
        let said = told(&list, of);
        assert!(said.contains("还有1条没有评") && said.contains("分（不是直接相加："), "{said}");
    }

    #[test]
    fn a_general_reason_is_said_beside_the_items() {
        use crate::protocol::{ReviewItem, ReviewState};
        let list = testing::checklist();
        let period = testing::period();
        let sheet = score(&list, &period, &Assessment::default());
        let rows = crate::phone::overview::rows(&list, &sheet, &period, period.ends);
        let review = |reason: &str, items: Vec<ReviewItem>| Review {
            state: ReviewState::Returned,
            at: 0,
            by: "镇党委".into(),
            reason: reason.into(),
            items,
            due: None,
        };
        let third = || vec![ReviewItem { item: rows[2].id.clone(), reason: "缺签到表".into() }];
        let open = rows.iter().filter(|row| row.state.is_open()).count();
        let said = unfilled(&rows);
        assert!(said.starts_with(&format!("还有{open}条没填")) && said.ends_with("条。"), "{said}");
        assert!(!said.contains("答了一部分"), "{said}");
        let mut half = rows.clone();
        half[2].got = Points::from_hundredths(300);
        assert!(unfilled(&half).ends_with("其中第3条答了一部分，答了的算分。"), "{}", unfilled(&half));
        assert_eq!(asked_back(&review("总体太粗", third()), &rows), "总体太粗；第3条缺签到表");
        assert_eq!(asked_back(&review("", third()), &rows), "第3条缺签到表");
        assert_eq!(asked_back(&review("总体太粗", Vec::new()), &rows), "总体太粗");
        let long = asked_back(&review(&"太粗".repeat(30), third()), &rows);
        assert!(long.contains("粗…；第3条"), "{long}");
    }
}
