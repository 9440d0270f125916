//! Whether what a standard says of the whole makes sense.

use super::{
    checklist::Checklist,
    grade::{Grade, GradeLimit, QuotaSize},
    ids::LimitId,
    whole::{WholeLimit, WholeTest},
};

/// The limits on the whole that leave the best grade that there is: they hold nothing down.
pub fn idle_limits(checklist: &Checklist) -> impl Iterator<Item = &WholeLimit> {
    let best = checklist.grading.thresholds.iter().map(|line| line.grade).max();
    checklist.limits.iter().filter(move |limit| best.is_none_or(|best| best <= limit.at_most))
}

/// Why what a checklist says of the whole makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WholeFault {
    /// A limit names a grade or aspect that is not there, has no figure, or has the id of another.
    Limit(LimitId),
    /// A quota is of no grade, of a grade that has one already, or of none or more than all.
    Quota(Grade),
    /// The shares of a year's periods do not add up to 100 per cent, or name a period that is not there, or one twice.
    Year(i16, u32),
    /// The names of the grades: fewer than two or more than [`MOST_GRADES`], empty, the same twice, or mixed with the usual four.
    Grades,
}

/// No standard has more grades.
pub const MOST_GRADES: usize = 20;

/// What makes no sense, or nothing.
pub fn faults(checklist: &Checklist) -> Vec<WholeFault> {
    let grading = &checklist.grading;
    let mut faults = Vec::new();
    let item_limits =
        checklist.items().flat_map(|(_, item)| &item.limits).map(|limit: &GradeLimit| limit.at_most);
    let mut said = grading.thresholds.iter().map(|line| line.grade).chain(item_limits);
    let names: Vec<&str> = grading.names.iter().map(|named| named.name.as_str()).collect();
    let is_odd = |(place, name): (usize, &&str)| name.is_empty() || names[..place].contains(name);
    let has_names = !names.is_empty();
    let of_names = (2..=MOST_GRADES).contains(&names.len()) && !names.iter().enumerate().any(is_odd);
    // The lowest is what is below all lines.
    let has_lowest = grading.thresholds.iter().any(|line| line.grade == Grade::Own(0));
    if (has_names && (!of_names || has_lowest)) || !said.all(|grade| grading.has(grade)) {
        faults.push(WholeFault::Grades);
    }
    for (place, limit) in checklist.limits.iter().enumerate() {
        let twice = checklist.limits.iter().take(place).any(|other| other.id == limit.id);
        let fits = match &limit.when {
            WholeTest::AspectBelow { aspect, percent } => {
                (1..=100).contains(percent) && checklist.aspects.iter().any(|known| &known.id == aspect)
            }
            WholeTest::LastYear { at_most } => grading.has(*at_most),
        };
        if twice || !fits || !grading.has(limit.at_most) {
            faults.push(WholeFault::Limit(limit.id.clone()));
        }
    }
    for (place, quota) in grading.quotas.iter().enumerate() {
        let twice = grading.quotas.iter().take(place).any(|other| other.grade == quota.grade);
        let fits = match quota.most {
            QuotaSize::Percent(percent) => (1..=100).contains(&percent),
            QuotaSize::Number(number) => number > 0,
        };
        if twice || !fits || quota.grade.is_lowest() || !grading.has(quota.grade) {
            faults.push(WholeFault::Quota(quota.grade));
        }
    }
    faults.extend(year_faults(checklist));
    faults
}

fn year_faults(checklist: &Checklist) -> Vec<WholeFault> {
    let mut years: Vec<(i16, u32, bool)> = Vec::new();
    for (place, share) in checklist.year.iter().enumerate() {
        let period = checklist.period(&share.period);
        let year = period.map_or(0, |period| period.ends.year());
        let twice = checklist.year.iter().take(place).any(|other| other.period == share.period);
        let sound = period.is_some() && !twice && (1..=100).contains(&share.percent);
        let percent = u32::from(share.percent);
        match years.iter_mut().find(|(known, ..)| *known == year) {
            Some((_, sum, is_sound)) => (*sum, *is_sound) = (*sum + percent, *is_sound && sound),
            None => years.push((year, percent, sound)),
        }
    }
    let wrong = years.into_iter().filter(|(_, sum, is_sound)| *sum != 100 || !is_sound);
    wrong.map(|(year, sum, _)| WholeFault::Year(year, sum)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        AspectId, Assessment, PeriodId, Points, Quota, YearShare, grade::GradeName, score, testing,
    };

    fn limit(when: WholeTest, at_most: Grade) -> WholeLimit {
        WholeLimit {
            id: LimitId::new("w1").unwrap(), text: "有短板的，不得评优".into(), at_most, when
        }
    }

    #[test]
    fn an_aspect_below_its_share_caps_the_grade_once_everything_in_it_is_answered() {
        let (mut list, period) = (testing::checklist(), testing::period());
        let aspect = list.aspects[0].id.clone();
        let when = WholeTest::AspectBelow { aspect, percent: 60 };
        list.limits = vec![limit(when, Grade::Qualified)];
        let full = testing::full_assessment(&list, &period);
        let good = score(&list, &period, &full).estimate(&list);
        assert_eq!((good.grade, good.whole.len()), (Grade::Model, 0));
        let empty = score(&list, &period, &Assessment::default());
        assert_eq!(empty.estimate(&list).whole, [], "nobody is judged by what was not said");
        let mut sheet = score(&list, &period, &full);
        sheet.aspects[0].got = Points::from_hundredths(sheet.aspects[0].full.hundredths() * 3 / 5);
        assert_eq!(sheet.estimate(&list).whole, [], "60% is not below it");
        sheet.aspects[0].got = sheet.aspects[0].got.saturating_sub(Points::from_hundredths(1));
        let held = sheet.estimate(&list);
        assert_eq!((held.grade, held.whole), (Grade::Qualified, vec![list.limits[0].id.clone()]));
    }

    #[test]
    fn what_the_system_does_not_know_holds_nothing_down() {
        let (mut list, period) = (testing::checklist(), testing::period());
        list.limits = vec![limit(WholeTest::LastYear { at_most: Grade::Unqualified }, Grade::Excellent)];
        let sheet = score(&list, &period, &testing::full_assessment(&list, &period));
        assert_eq!(sheet.estimate(&list).grade, Grade::Model);
        assert_eq!(idle_limits(&list).count(), 0);
        list.limits[0].at_most = Grade::Model;
        assert_eq!(idle_limits(&list).count(), 1);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        type Break = fn(&mut Checklist);
        type Named = fn(&WholeFault) -> bool;
        assert_eq!(faults(&testing::checklist()), []);
        let aspect = |list: &Checklist| list.aspects[0].id.clone();
        let sound: Break = |list| {
            let aspect = list.aspects[0].id.clone();
            list.limits = vec![limit(WholeTest::AspectBelow { aspect, percent: 60 }, Grade::Excellent)];
            list.grading.quotas = vec![Quota { grade: Grade::Model, most: QuotaSize::Percent(30) }];
            let period = list.periods[0].id.clone();
            list.year = vec![YearShare { period, percent: 100 }];
        };
        let broken: [(Break, Named); 8] = [
            (|list| list.limits.push(list.limits[0].clone()), |fault| matches!(fault, WholeFault::Limit(_))),
            (
                |list| {
                    let aspect = AspectId::new("nowhere").unwrap();
                    list.limits[0].when = WholeTest::AspectBelow { aspect, percent: 60 };
                },
                |fault| matches!(fault, WholeFault::Limit(_)),
            ),
            (|list| list.limits[0].at_most = Grade::Own(1), |fault| matches!(fault, WholeFault::Limit(_))),
            (
                |list| list.grading.quotas[0].most = QuotaSize::Percent(101),
                |fault| matches!(fault, WholeFault::Quota(Grade::Model)),
            ),
            (
                |list| list.grading.quotas[0].most = QuotaSize::Number(0),
                |fault| matches!(fault, WholeFault::Quota(_)),
            ),
            (|list| list.year[0].percent = 50, |fault| matches!(fault, WholeFault::Year(2026, 50))),
            (
                |list| list.year[0].period = PeriodId::new("2020").unwrap(),
                |fault| matches!(fault, WholeFault::Year(0, 100)),
            ),
            (
                |list| list.grading.names = vec![GradeName { name: "好".into(), selected: false }; 2],
                |fault| matches!(fault, WholeFault::Grades),
            ),
        ];
        for (number, (break_it, is)) in broken.into_iter().enumerate() {
            let mut list = testing::checklist();
            sound(&mut list);
            assert_eq!(faults(&list), [], "{}", aspect(&list));
            break_it(&mut list);
            assert!(faults(&list).iter().any(is), "{number}: {:?}", faults(&list));
        }
    }
}
