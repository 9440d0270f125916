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
pub fn point(place: usize, of: usize, percent: u32) -> (i32, i32) {
    let angle = std::f64::consts::TAU * place as f64 / of.max(1) as f64 - std::f64::consts::FRAC_PI_2;
    let length = RADIUS * f64::from(percent) / 100.0;
    // At most a few thousand: the conversion cannot overflow.
    let at = |offset: f64| CENTRE + (length * offset).round() as i32;
    (at(angle.cos()), at(angle.sin()))
}

/// The corners through the ends of all arms, as SVG writes them.
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

/// How wide a character of a name is, as `.radar text` sets it.
const LETTER: i32 = 170;
/// So many characters of a name have room beside the figure.
const MOST_LETTERS: i32 = 5;

/// Where an arm's name stands: within the drawing, whatever the number of arms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// Where it is held, from the left.
    pub x: i32,
    /// Its base line.
    pub y: i32,
    /// By what of it: `start`, `middle` or `end`.
    pub anchor: &'static str,
    /// How wide a long one is made.
    pub squeezed: Option<i32>,
}

impl Name {
    /// Of a name of so many characters.
    pub fn beside(place: usize, of: usize, letters: usize) -> Self {
        let (x, y) = point(place, of, 122);
        let letters = i32::try_from(letters).unwrap_or(i32::MAX);
        let width = letters.min(MOST_LETTERS) * LETTER;
        let (x, anchor) = match x - CENTRE {
            -99..=99 => (x, "middle"),
            100.. => (x.min(2 * CENTRE - width), "start"),
            _ => (x.max(width), "end"),
        };
        Self { x, y: y + 50, anchor, squeezed: (letters > MOST_LETTERS).then_some(width) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_arm_points_up_and_a_full_one_reaches_the_ring() {
        assert_eq!(polygon([100; 4].into_iter(), 4), "1500,620 2380,1500 1500,2380 620,1500");
        assert_eq!(polygon([0].into_iter(), 1), "1500,1500");
    }

    #[test]
    fn every_name_stays_within_the_drawing() {
        for of in 3..=8 {
            for (place, letters) in (0..of).flat_map(|place| [2, 4, 5, 9].map(|letters| (place, letters))) {
                let name = Name::beside(place, of, letters);
                let width = name.squeezed.unwrap_or(i32::try_from(letters).unwrap() * LETTER);
                let left = match name.anchor {
                    "start" => name.x,
                    "end" => name.x - width,
                    _ => name.x - width / 2,
                };
                assert!(left >= 0 && left + width <= 2 * CENTRE, "{place} of {of}, {letters}: {name:?}");
            }
        }
    }
}
