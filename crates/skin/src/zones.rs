//! Zones of the scalp and what is known of the skin there.
//!
//! In: a [`Zone`]. Out: [`ZoneFacts`]: thickness, epidermis, depth window, stiffness. Absent: the person (see
//! [`crate::Person::facts`]) and the spread from place to place (see [`crate::Variation`]).
//! Source: skin.md 1.2, "Zone table to start from" (E, from S21 A and S22 C), and 1.12; all to be replaced by test dots.

use std::fmt;

use frames::{Metres, Penetration};
use serde::{Deserialize, Serialize};

use crate::{DotCurve, Group, SCAR_RETENTION, SkinError};

/// A part of the scalp that is treated alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// The first 30 mm behind the drawn line.
    FrontalHairline,
    /// Temples and temporal peaks: thin subcutis.
    Temple,
    /// Frontal and mid scalp.
    FrontalMid,
    /// Vertex, crown.
    Vertex,
    /// Occiput and sides.
    Occiput,
    /// Dot scars of follicular unit extraction.
    FueScar,
    /// Line scar of follicular unit transplantation.
    FutScar,
}

/// How deep the tip should go.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Shallower heals patchy or sheds.
    pub least: Penetration,
    /// Aim.
    pub target: Penetration,
    /// Deeper grows and blurs.
    pub most: Penetration,
}

/// What is known of the skin of a zone, before a person's own test dots.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ZoneFacts {
    /// Epidermis and dermis together.
    pub thickness: Metres,
    /// Outer layer, which sheds what is put into it.
    pub epidermis: Metres,
    /// How deep the tip should go.
    pub window: Window,
    /// Against a punch as wide as [`crate::REFERENCE_WIDTH`] at rest, N/m: `k_s` of skin.md 3.1.
    pub stiffness: f64,
    /// Force to pierce over that of healthy scalp. Scar: 1.3-3 (skin.md 1.11, K).
    pub toughness: f64,
    /// How wide a dot heals.
    pub dot: DotCurve,
    /// Part of the retained pigment that stays after all: 1, in scars [`crate::SCAR_RETENTION`] (skin.md 3.4).
    pub kept: f64,
    /// How much darker a stipple looks on this skin than [`crate::optical_load`] says: the factor of its exponent.
    pub side_light: f64,
}

impl ZoneFacts {
    /// Diameter in week 6 of a dot whose tip was here; range as [`DotCurve::healed`].
    pub fn healed_diameter(&self, tip: Penetration, group: &Group) -> Result<Metres, SkinError> {
        self.dot.healed(tip, group, self.thickness)
    }

    /// Part of a dot's pigment that is still there in week 6; range as [`crate::retained`].
    pub fn retained(&self, tip: Penetration) -> Result<f64, SkinError> {
        Ok(self.kept * crate::retained(tip, self.epidermis, self.thickness)?)
    }

    /// The same, bare.
    pub(crate) fn retained_law(&self, tip: Penetration) -> f64 {
        self.kept * crate::healing::retained_law(tip, self.epidermis, self.thickness)
    }
}

impl Zone {
    /// Every zone, in the order of the published table.
    pub const ALL: [Self; 7] = [
        Self::FrontalHairline,
        Self::Temple,
        Self::FrontalMid,
        Self::Vertex,
        Self::Occiput,
        Self::FueScar,
        Self::FutScar,
    ];

    /// The row of the zone table. Thickness: S22 C where a zone has a figure, the middle where it has a range, the
    /// occiput's (the donor area) for scars, where the table says "variable". Epidermis: 0.08 mm, on the occiput and in
    /// its scars 0.10 mm (S21 A: 66-123 um; S17 B: 60-100 um on the scalp). Stiffness: E inside the published 0.3-1.8
    /// N/mm, default 0.8, such that the dent of every zone and of 1RL and 3RL lies inside 0.4-0.8 mm at 10 mm/s.
    pub const fn facts(self) -> ZoneFacts {
        match self {
            Self::FrontalHairline => row(1.18, 0.08, [0.30, 0.45, 0.70], 0.80, 1.0),
            Self::Temple => row(1.38, 0.08, [0.30, 0.45, 0.70], 0.65, 1.0),
            Self::FrontalMid => row(1.30, 0.08, [0.35, 0.50, 0.80], 0.80, 1.0),
            Self::Vertex => row(1.35, 0.08, [0.35, 0.50, 0.80], 0.85, 1.0),
            Self::Occiput => row(1.48, 0.10, [0.35, 0.55, 0.90], 0.70, 1.0),
            Self::FueScar => scar(row(1.48, 0.10, [0.35, 0.55, 0.85], 1.10, 1.3)),
            Self::FutScar => scar(row(1.48, 0.10, [0.40, 0.65, 1.00], 1.60, 2.0)),
        }
    }

    /// Its place in [`Zone::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// As scenes and tables write it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::FrontalHairline => "frontal_hairline",
            Self::Temple => "temple",
            Self::FrontalMid => "frontal_mid",
            Self::Vertex => "vertex",
            Self::Occiput => "occiput",
            Self::FueScar => "fue_scar",
            Self::FutScar => "fut_scar",
        }
    }

    /// True for scars, which are tougher and keep less.
    pub const fn is_scar(self) -> bool {
        matches!(self, Self::FueScar | Self::FutScar)
    }
}

/// Millimetres and N/mm, as published, to SI.
const fn row(thickness: f64, epidermis: f64, window: [f64; 3], stiffness: f64, toughness: f64) -> ZoneFacts {
    let [least, target, most] = window;
    ZoneFacts {
        thickness: Metres::from_mm(thickness),
        epidermis: Metres::from_mm(epidermis),
        window: Window { least: deep(least), target: deep(target), most: deep(most) },
        stiffness: stiffness * 1e3,
        toughness,
        dot: DotCurve::PUBLISHED,
        kept: 1.0,
        side_light: 1.0,
    }
}

const fn scar(facts: ZoneFacts) -> ZoneFacts {
    ZoneFacts { kept: SCAR_RETENTION, ..facts }
}

const fn deep(mm: f64) -> Penetration {
    Penetration::new(Metres::from_mm(mm))
}

impl Window {
    /// All three moved by `by`, deeper when positive, none above the surface.
    pub fn shifted(self, by: Metres) -> Self {
        let shift = |p: Penetration| Penetration::new((p.length() + by).max(Metres::ZERO));
        Self { least: shift(self.least), target: shift(self.target), most: shift(self.most) }
    }

    /// True from `least` to `most`, both included.
    pub fn holds(&self, p: Penetration) -> bool {
        (self.least..=self.most).contains(&p)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FrontalHairline => "frontal hairline",
            Self::Temple => "temple",
            Self::FrontalMid => "frontal and mid scalp",
            Self::Vertex => "vertex",
            Self::Occiput => "occiput",
            Self::FueScar => "FUE scar",
            Self::FutScar => "FUT scar",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(zone: Zone, thickness: Option<[f64; 2]>, window: [f64; 3]) {
        let facts = zone.facts();
        if let Some([least, most]) = thickness {
            assert!((least - 1e-9..=most + 1e-9).contains(&facts.thickness.mm()), "{zone}: {}", facts.thickness);
        }
        let got = [facts.window.least, facts.window.target, facts.window.most];
        for (got, want) in got.iter().zip(window) {
            assert!((got.length().mm() - want).abs() < 1e-12, "{zone}: {got} {want}");
        }
        assert!((300.0..=1800.0).contains(&facts.stiffness), "{zone}: published range of k_s");
        assert!((0.060..=0.123).contains(&facts.epidermis.mm()), "{zone}: published range");
        assert!(facts.window.most.length() < facts.thickness, "{zone}: inside the skin");
    }

    /// skin.md 1.2, row by row.
    #[test]
    fn the_zone_table() {
        check(Zone::FrontalHairline, Some([1.18, 1.18]), [0.30, 0.45, 0.70]);
        check(Zone::Temple, Some([1.38, 1.38]), [0.30, 0.45, 0.70]);
        check(Zone::FrontalMid, Some([1.2, 1.4]), [0.35, 0.50, 0.80]);
        check(Zone::Vertex, Some([1.2, 1.5]), [0.35, 0.50, 0.80]);
        check(Zone::Occiput, Some([1.48, 1.48]), [0.35, 0.55, 0.90]);
        check(Zone::FueScar, None, [0.35, 0.55, 0.85]);
        check(Zone::FutScar, None, [0.40, 0.65, 1.00]);
    }

    #[test]
    fn index_is_the_place_in_the_list() {
        for (k, zone) in Zone::ALL.into_iter().enumerate() {
            assert_eq!(zone.index(), k, "{zone}");
        }
    }

    #[test]
    fn the_window_holds_its_edges() {
        let w = Zone::FrontalMid.facts().window;
        assert!(w.holds(w.least) && w.holds(w.most));
        assert!(!w.holds(Penetration::new(Metres::from_mm(0.3499))));
        assert!(!w.holds(Penetration::new(Metres::from_mm(0.8001))));
        assert!(!w.holds(Penetration::new(Metres::new(f64::NAN))));
    }

    #[test]
    fn a_shift_stops_at_the_surface() {
        let w = Zone::Temple.facts().window.shifted(Metres::from_mm(-0.35));
        assert_eq!(w.least, Penetration::ZERO);
        assert!((w.target.length().mm() - 0.10).abs() < 1e-12);
    }
}
