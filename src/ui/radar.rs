//! The geometry of the radar of the six aspects. Pure, and in whole units, so that no number needs a decimal point.

/// One arm: its name and how much of it is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// 组织健全 …
    pub name: String,
    /// Share of the points, 0 to 100.
    pub percent: u32,
}

/// The middle of the drawing, which is 3000 wide and high.
pub const CENTRE: i32 = 1500;
/// The length of a full arm.
const RADIUS: f64 = 880.0;

/// Where an arm of this percentage of the full length ends; the first one points up, the others follow clockwise.
#[must_use]
pub fn point(place: usize, of: usize, percent: u32) -> (i32, i32) {
    let angle = std::f64::consts::TAU * place as f64 / of.max(1) as f64 - std::f64::consts::FRAC_PI_2;
    let length = RADIUS * f64::from(percent) / 100.0;
    // At most a few thousand: the conversion cannot overflow.
    let at = |offset: f64| CENTRE + (length * offset).round() as i32;
    (at(angle.cos()), at(angle.sin()))
}

/// The corners through the ends of all arms, as SVG writes them.
#[must_use]
pub fn polygon(percents: impl Iterator<Item = u32>, of: usize) -> String {
    let mut corners = String::new();
    for (place, percent) in percents.enumerate() {
        let (x, y) = point(place, of, percent);
        if place > 0 {
            corners.push(' ');
        }
        corners.push_str(&format!("{x},{y}"));
    }
    corners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_arm_points_up_and_a_full_one_reaches_the_ring() {
        assert_eq!(polygon([100; 4].into_iter(), 4), "1500,620 2380,1500 1500,2380 620,1500");
        assert_eq!(polygon([0].into_iter(), 1), "1500,1500");
    }
}
