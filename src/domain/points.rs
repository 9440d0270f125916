//! Points (分): whole hundredths, so that adding them up on paper gives the same sum.

use crate::json::FromJson;
use num_rational::Ratio;
use serde::{Deserialize, Serialize};

/// An exact fraction, used between points until the one rounding at the end.
pub type Exact = Ratio<i128>;

/// Points in hundredths: `250` is 2.5 points.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, FromJson,
)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Points(u32);

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);
    /// The 100 points of most checklists.
    pub const HUNDRED: Self = Self(10_000);

    /// From hundredths of a point.
    pub const fn from_hundredths(hundredths: u32) -> Self {
        Self(hundredths)
    }

    /// Hundredths of a point.
    pub const fn hundredths(self) -> u32 {
        self.0
    }

    /// Whether there are none; what is none is left out of stored results.
    pub const fn is_zero(&self) -> bool {
        self.0 == 0
    }

    /// The difference, never below zero.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The sum, capped at the largest value.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// These points `count` times, capped at the largest value.
    #[must_use]
    pub const fn times(self, count: u32) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// The given share of these points (a share outside 0..=1 is brought to its nearer end), rounded half up.
    #[must_use]
    pub fn share(self, share: Exact) -> Self {
        let share = share.clamp(Exact::from_integer(0), Exact::from_integer(1));
        Self::rounded(share * Exact::from_integer(i128::from(self.0)))
    }

    /// Rounds an exact number of hundredths half up; negative becomes zero.
    pub fn rounded(hundredths: Exact) -> Self {
        let up = (hundredths + Exact::new(1, 2)).floor().to_integer();
        Self(u32::try_from(up.max(0)).unwrap_or(u32::MAX))
    }

    /// Parses "3", "2.5", "0.25".
    ///
    /// # Errors
    /// [`PointsError`] when the text is no number, is negative, or has more than two decimals.
    pub fn parse(text: &str) -> Result<Self, PointsError> {
        let fail = || PointsError(text.chars().take(20).collect());
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 2 {
            return Err(fail());
        }
        let whole: u32 = whole.parse().map_err(|_| fail())?;
        let fraction: u32 = format!("{fraction:0<2}").parse().map_err(|_| fail())?;
        whole.checked_mul(100).and_then(|w| w.checked_add(fraction)).map(Self).ok_or_else(fail)
    }
}

/// A text that is not a number of points.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("points are a number from 0 with at most two decimals, not {0:?}")]
pub struct PointsError(String);

impl core::iter::Sum for Points {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Self::saturating_add)
    }
}

/// "3", "2.5", "0.67": as people write them.
impl core::fmt::Display for Points {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match rest {
            0 => write!(f, "{whole}"),
            rest if rest % 10 == 0 => write!(f, "{whole}.{}", rest / 10),
            rest => write!(f, "{whole}.{rest:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_written_as_people_write_them() {
        for (text, hundredths) in [("3", 300), ("2.5", 250), ("0.67", 67), ("0.05", 5), ("100", 10_000)] {
            assert_eq!(Points::parse(text), Ok(Points(hundredths)));
            assert_eq!(Points(hundredths).to_string(), text);
        }
        for bad in ["", "-1", "1.234", "一", "1e3", " 2", "99999999999", "."] {
            assert!(Points::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_share_is_rounded_half_up_and_never_leaves_its_bounds() {
        assert_eq!(Points(300).share(Exact::new(2, 3)), Points(200));
        assert_eq!(Points(100).share(Exact::new(2, 3)), Points(67));
        assert_eq!(Points(1).share(Exact::new(1, 2)), Points(1));
        assert_eq!(Points(300).share(Exact::new(5, 3)), Points(300));
        assert_eq!(Points(300).share(Exact::new(-1, 3)), Points::ZERO);
    }
}
