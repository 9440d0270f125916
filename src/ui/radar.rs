//! The geometry of the radar of the six aspects. Pure.

/// One arm: its name and how much of it is met, 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// 组织健全 …
    pub name: String,
    /// Share of the points.
    pub share: f64,
}

/// The middle of the drawing, which is 300 wide and high.
pub const CENTRE: f64 = 150.0;
/// The length of a full arm.
const RADIUS: f64 = 88.0;

/// Where an arm of this share of the full length ends; the first one points up, the others follow clockwise.
#[must_use]
pub fn point(place: usize, of: usize, length: f64) -> (f64, f64) {
    let angle = std::f64::consts::TAU * place as f64 / of.max(1) as f64 - std::f64::consts::FRAC_PI_2;
    (CENTRE + RADIUS * length * angle.cos(), CENTRE + RADIUS * length * angle.sin())
}

/// The corners through the ends of all arms, as SVG writes them.
#[must_use]
pub fn polygon(lengths: impl Iterator<Item = f64>, of: usize) -> String {
    let points = lengths.enumerate().map(|(place, length)| {
        let (x, y) = point(place, of, length);
        format!("{x:.1},{y:.1}")
    });
    points.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_arm_points_up_and_a_full_one_reaches_the_ring() {
        assert_eq!(
            polygon([1.0, 1.0, 1.0, 1.0].into_iter(), 4),
            "150.0,62.0 238.0,150.0 150.0,238.0 62.0,150.0"
        );
        assert_eq!(polygon([0.0].into_iter(), 1), "150.0,150.0");
    }
}
