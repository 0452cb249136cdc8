//! Needle groups.
//!
//! In: number of points and diameter of one needle. Out: [`Group`], whose width the puncture and healing laws use.
//! Absent: stroke, frequency, drive.

use frames::Metres;
use serde::{Deserialize, Serialize};

use crate::SkinError;
use crate::error::within;

/// A round liner: one to seven needles side by side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Group {
    points: u32,
    diameter: Metres,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    points: u32,
    diameter: Metres,
}

impl Group {
    /// One needle of 0.25 mm, the tool for hairlines (skin.md 1.6, S1 A).
    pub const ONE: Self = Self { points: 1, diameter: Metres::from_mm(0.25) };
    /// Three touching needles of 0.25 mm, for the body of the scalp (skin.md 1.6, S1 A).
    pub const THREE: Self = Self { points: 3, diameter: Metres::from_mm(0.25) };

    /// Needles of 0.10-0.40 mm (codes 06 to 10 are 0.18-0.35 mm, skin.md 1.6), 1 to 7 of them.
    pub fn try_new(points: u32, diameter: Metres) -> Result<Self, SkinError> {
        if !(1..=7).contains(&points) {
            return Err(SkinError::Points { points });
        }
        within("needle diameter", diameter.mm(), [0.10, 0.40], "mm")?;
        Ok(Self { points, diameter })
    }

    /// How many needles.
    pub const fn points(&self) -> u32 {
        self.points
    }

    /// Of one needle.
    pub const fn diameter(&self) -> Metres {
        self.diameter
    }

    /// Of the circle around the group, `d_group` of skin.md 3.3: 0.25 mm (1RL) and 0.55 mm (3RL, published) for 0.25 mm
    /// needles; the others are the smallest circle around touching circles (D).
    pub fn width(&self) -> Metres {
        let ratio = match self.points {
            1 => 1.0,
            2 => 2.0,
            3 => 2.2,
            4 => 2.414,
            5 => 2.701,
            _ => 3.0,
        };
        self.diameter * ratio
    }
}

impl TryFrom<Wire> for Group {
    type Error = SkinError;
    fn try_from(w: Wire) -> Result<Self, SkinError> {
        Self::try_new(w.points, w.diameter)
    }
}

impl From<Group> for Wire {
    fn from(g: Group) -> Self {
        Self { points: g.points, diameter: g.diameter }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_widths() {
        assert!((Group::ONE.width().mm() - 0.25).abs() < 1e-12);
        assert!((Group::THREE.width().mm() - 0.55).abs() < 1e-12);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert_eq!(Group::try_new(0, Metres::from_mm(0.25)), Err(SkinError::Points { points: 0 }));
        assert_eq!(Group::try_new(8, Metres::from_mm(0.25)), Err(SkinError::Points { points: 8 }));
        assert!(Group::try_new(1, Metres::from_mm(0.05)).is_err());
        assert!(Group::try_new(1, Metres::new(f64::NAN)).is_err());
        assert!(Group::try_new(7, Metres::from_mm(0.40)).is_ok());
    }
}
