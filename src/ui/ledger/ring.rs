//! The geometry of the year ring: twelve months around, one band for each duty, one arc for each of its windows. Pure, and in
//! whole units, like the radar's.

/// The middle of the drawing, which is 3000 wide and high.
pub const CENTRE: i32 = 1500;
/// Where the outermost band ends; the months' names stand beyond it.
pub const OUTER: i32 = 1250;
/// Where the innermost band begins; the year stands within.
pub const INNER: i32 = 420;
/// What is left free between two arcs, in thousandths of a turn.
const GAP: f64 = 3.0;

/// The bands of this many duties, the first outermost, as `(inner, outer)` radii with a little room between them.
pub fn band(place: usize, of: usize) -> (i32, i32) {
    let of = i32::try_from(of.clamp(1, 40)).unwrap_or(40);
    let place = i32::try_from(place).unwrap_or(of).min(of - 1);
    let width = (OUTER - INNER) / of;
    let outer = OUTER - place * width;
    (outer - width + width / 6, outer)
}

/// A point at this radius, after so many months of the year; January begins at the top.
pub fn point(months: f64, radius: i32) -> (i32, i32) {
    let angle = std::f64::consts::TAU * months / 12.0 - std::f64::consts::FRAC_PI_2;
    // At most a few thousand: the conversion cannot overflow.
    let at = |offset: f64| CENTRE + (f64::from(radius) * offset).round() as i32;
    (at(angle.cos()), at(angle.sin()))
}

/// A line from the middle to this radius, as an SVG path.
pub fn spoke(months: f64, radius: i32) -> String {
    let (x, y) = point(months, radius);
    format!("M{CENTRE},{CENTRE}L{x},{y}")
}

/// The arc of a window from the beginning of one month (1 to 12) to the end of another, as an SVG path.
pub fn arc(first: i8, last: i8, (inner, outer): (i32, i32)) -> String {
    let gap = GAP * 12.0 / 2_000.0;
    let (from, to) = (f64::from(first - 1) + gap, f64::from(last) - gap);
    let large = i32::from(to - from > 6.0);
    let ((ax, ay), (bx, by)) = (point(from, outer), point(to, outer));
    let ((cx, cy), (dx, dy)) = (point(to, inner), point(from, inner));
    format!(
        "M{ax},{ay}A{outer},{outer} 0 {large} 1 {bx},{by}L{cx},{cy}A{inner},{inner} 0 {large} 0 {dx},{dy}Z"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_begins_at_the_top_and_runs_clockwise() {
        assert_eq!(point(0.0, 1_000), (1_500, 500));
        assert_eq!(point(3.0, 1_000), (2_500, 1_500));
        assert_eq!(point(6.0, 1_000), (1_500, 2_500));
        assert_eq!(spoke(3.0, 1_000), "M1500,1500L2500,1500");
    }

    #[test]
    fn bands_lie_inside_of_each_other_and_do_not_touch() {
        for of in 1..20 {
            let bands: Vec<_> = (0..of).map(|place| band(place, of)).collect();
            assert_eq!(bands[0].1, OUTER);
            assert!(bands.iter().all(|(inner, outer)| INNER <= *inner && inner < outer));
            assert!(bands.windows(2).all(|pair| pair[1].1 < pair[0].0), "{bands:?}");
        }
    }

    #[test]
    fn a_year_is_the_long_way_round_and_a_quarter_the_short() {
        assert!(arc(1, 12, (400, 500)).contains("A500,500 0 1 1"));
        assert!(arc(1, 3, (400, 500)).contains("A500,500 0 0 1"));
        assert!(arc(7, 12, (400, 500)).contains("A500,500 0 0 1"), "half a year less the gap");
    }
}
