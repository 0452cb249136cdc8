//! What a fresh dot becomes.
//!
//! In: tip depth, epidermis, thickness, needle group. Out: retained part of the pigment, healed and fresh diameter, growth,
//! probability to shed and of a blow-out, fate; or what lies outside the laws' range. Absent: the pigment's time before week
//! 6 and after (see [`crate::amount`]), tone.
//! Source: skin.md 3.3 (E, D from S73, S11, S10), 1.2.
//!
//! The `_law` functions are the bare formulas, for callers inside the crate that search beyond the range on their way.

use frames::{Metres, Penetration, Span};

use crate::error::within;
use crate::fade::{EARLY, YEAR, age_within};
use crate::look::HEALED;
use crate::{Group, SkinError};

/// Depths of the tip for which the laws of healing are published, mm: the table of skin.md 3.3 ends at 1.50.
pub const TIPS: [f64; 2] = [0.0, 1.5];
/// Epidermis for which they mean anything, mm: 0.066-0.123 measured (S21 A); what test dots may find (0.02-0.30), half as
/// thin and half as thick from place to place.
pub const EPIDERMIS: [f64; 2] = [0.01, 0.45];
/// Skin for which they mean anything, mm: 1.18-2.02 measured (S21, S22), a fifth thinner or thicker from place to place.
pub const THICKNESS: [f64; 2] = [0.8, 2.5];
/// Diameters of dots, mm: a finest needle's hole to [`WIDEST`].
pub const DIAMETERS: [f64; 2] = [0.03, 1.5];

/// Widest dot that the law gives (skin.md 3.3).
pub const WIDEST: Metres = Metres::from_mm(1.5);
/// Fresh over healed diameter (skin.md 3.3: 250 to 100-150 um, S10 B).
pub const FRESH_OVER_HEALED: f64 = 1.6;
/// Scar retains this part of what healthy skin does (skin.md 3.4 D, from S1 A).
pub const SCAR_RETENTION: f64 = 0.65;
/// Shallower than this a dot heals patchy (skin.md 1.2 D).
pub const PATCHY: Metres = Metres::from_mm(0.30);
/// Below the epidermis by this much pigment begins to stay (skin.md 3.3).
pub(crate) const EDGE: Metres = Metres::from_mm(0.04);
/// Width of that edge: the scale of its logistic (skin.md 3.3).
pub(crate) const EDGE_WIDTH: Metres = Metres::from_mm(0.02);
/// Deeper than this a dot heals wider (skin.md 3.3).
const SPREAD_FROM: Metres = Metres::from_mm(0.3);
/// Deeper than this part of the skin a dot blurs (skin.md 1.2, 3.3).
pub(crate) const BLUR_FROM: f64 = 0.65;

/// What becomes of a dot, from shallow to deep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Leaves with the epidermis in 4-6 weeks.
    Shed,
    /// Partial, uneven.
    Patchy,
    /// As wanted.
    Held,
    /// Past 0.9 of the skin: wide, with a soft edge.
    Soft,
    /// Through the skin: blurred, bluish, migrating.
    BlowOut,
}

/// Logistic function.
pub(crate) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Tip, epidermis and thickness inside the range of the laws.
fn in_skin(tip: Penetration, epidermis: Metres, thickness: Metres) -> Result<(), SkinError> {
    tip_within(tip)?;
    within("epidermis", epidermis.mm(), EPIDERMIS, "mm")?;
    within("thickness of the skin", thickness.mm(), THICKNESS, "mm")?;
    Ok(())
}

fn tip_within(tip: Penetration) -> Result<f64, SkinError> {
    within("depth of the tip", tip.length().mm(), TIPS, "mm")
}

/// Part of the pigment at depth `z` that is still there in week 6, 0-0.70. skin.md 3.3, mm:
/// `r(z) = 0.70*S((z-(t_e+0.04))/0.02)*(1-0.30*S((z-0.8*T)/0.10))`.
///
/// # Errors
/// Outside [`TIPS`], [`EPIDERMIS`], [`THICKNESS`].
pub fn retained_at(z: Metres, epidermis: Metres, thickness: Metres) -> Result<f64, SkinError> {
    in_skin(Penetration::new(z), epidermis, thickness)?;
    Ok(retained_at_law(z, epidermis, thickness))
}

pub(crate) fn retained_at_law(z: Metres, epidermis: Metres, thickness: Metres) -> f64 {
    let shallow = logistic((z - (epidermis + EDGE)) / EDGE_WIDTH);
    let deep = logistic((z - thickness * 0.8).mm() / 0.10);
    0.70 * shallow * (1.0 - 0.30 * deep)
}

/// Part of a dot's pigment that is still there in week 6: the mean of [`retained_at`] along the track, weighted by the
/// deposit `w(z) = 0.3+0.7*z/z_tip`. 0 for a tip that is not in the skin. Healthy skin; a scar keeps [`SCAR_RETENTION`] of it.
///
/// # Errors
/// Outside [`TIPS`], [`EPIDERMIS`], [`THICKNESS`].
pub fn retained(tip: Penetration, epidermis: Metres, thickness: Metres) -> Result<f64, SkinError> {
    in_skin(tip, epidermis, thickness)?;
    Ok(retained_law(tip, epidermis, thickness))
}

pub(crate) fn retained_law(tip: Penetration, epidermis: Metres, thickness: Metres) -> f64 {
    if tip.length() <= Metres::ZERO {
        return 0.0;
    }
    // Simpson on steps of a fifth of the steepest edge (0.02 mm): exact to 1e-6.
    let half = ((tip.length().mm() / 0.004 / 2.0).ceil() as u32).clamp(8, 1_000);
    let steps = 2 * half;
    let mut sum = 0.0;
    for k in 0..=steps {
        let part = f64::from(k) / f64::from(steps);
        let weight = if k == 0 || k == steps {
            1.0
        } else if k % 2 == 1 {
            4.0
        } else {
            2.0
        };
        sum += weight * (0.3 + 0.7 * part) * retained_at_law(tip.length() * part, epidermis, thickness);
    }
    // The integral of w over the track is 0.65 of its length.
    sum / (3.0 * f64::from(steps) * 0.65)
}

/// Where a healed dot's pigment sits: from the edge below the epidermis to the tip; `None` for a tip above that edge.
pub fn column(tip: Penetration, epidermis: Metres) -> Option<[Metres; 2]> {
    let top = epidermis + EDGE;
    (tip.length() > top).then(|| [top, tip.length()])
}

/// How wide a dot heals by its depth: the three coefficients of skin.md 3.3, which test dots replace.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct DotCurve {
    /// Healed over group width of a shallow dot (published 0.5, the shrinking of S11 C).
    pub hole: f64,
    /// Wider by this for each unit of depth below 0.3 mm (published 0.12).
    pub spread: f64,
    /// Wider by this times the square of the depth below 0.65 of the skin, 1/m (published 1.2 per mm).
    pub blur: f64,
}

impl DotCurve {
    /// The published coefficients (skin.md 3.3 E).
    pub const PUBLISHED: Self = Self { hole: 0.5, spread: 0.12, blur: 1_200.0 };

    /// Diameter in week 6, at most [`WIDEST`].
    ///
    /// # Errors
    /// Outside [`TIPS`], [`THICKNESS`].
    pub fn healed(&self, tip: Penetration, group: &Group, thickness: Metres) -> Result<Metres, SkinError> {
        tip_within(tip)?;
        within("thickness of the skin", thickness.mm(), THICKNESS, "mm")?;
        Ok(self.healed_law(tip, group, thickness))
    }

    pub(crate) fn healed_law(&self, tip: Penetration, group: &Group, thickness: Metres) -> Metres {
        (group.width() * self.hole + self.growth(tip, thickness)).min(WIDEST)
    }

    /// The part of the diameter that comes from depth and not from the needle.
    pub(crate) fn growth(&self, tip: Penetration, thickness: Metres) -> Metres {
        let below = |top: Metres| (tip.length() - top).max(Metres::ZERO);
        let far = below(thickness * BLUR_FROM);
        below(SPREAD_FROM) * self.spread + far * (self.blur * far.get())
    }
}

/// Diameter in week 6. skin.md 3.3, mm: `d = 0.5*d_group + 0.12*max(0,z-0.3) + 1.2*max(0,z-0.65*T)^2`, at most 1.5.
///
/// # Errors
/// Outside [`TIPS`], [`THICKNESS`].
pub fn healed_diameter(tip: Penetration, group: &Group, thickness: Metres) -> Result<Metres, SkinError> {
    DotCurve::PUBLISHED.healed(tip, group, thickness)
}

fn diameter_within(diameter: Metres) -> Result<f64, SkinError> {
    within("diameter of the healed dot", diameter.mm(), DIAMETERS, "mm")
}

/// Diameter on the day: `d_f = 1.6*d` (skin.md 3.3).
///
/// # Errors
/// Outside [`DIAMETERS`].
pub fn fresh_diameter(healed: Metres) -> Result<Metres, SkinError> {
    diameter_within(healed)?;
    Ok(healed * FRESH_OVER_HEALED)
}

/// Diameter `age` after healing: `d(t) = d*sqrt(1+t/12y)` (skin.md 3.3).
///
/// # Errors
/// Outside [`DIAMETERS`]; an age below 0 or above [`crate::OLDEST`].
pub fn grown_diameter(healed: Metres, age: Span) -> Result<Metres, SkinError> {
    diameter_within(healed)?;
    age_within(age)?;
    Ok(grown_law(healed, age))
}

/// An age below 0 counts as 0.
pub(crate) fn grown_law(healed: Metres, age: Span) -> Metres {
    healed * (1.0 + age.seconds().max(0.0) / (12.0 * YEAR)).sqrt()
}

/// Diameter `age` after the strike: [`fresh_diameter`] on the day, the healed one from week 6, then [`grown_diameter`]. In
/// between it shrinks as the early pigment goes, `d*(1+0.6*exp(-t/3d))` (E: no course is published; nothing changes from day
/// 7 to 28, S74 A).
///
/// # Errors
/// As [`grown_diameter`].
pub fn diameter_at(healed: Metres, age: Span) -> Result<Metres, SkinError> {
    diameter_within(healed)?;
    let t = age_within(age)?;
    let swollen = healed * (1.0 + (FRESH_OVER_HEALED - 1.0) * (-t / EARLY).exp());
    Ok(if age < HEALED { swollen } else { grown_law(healed, age - HEALED) })
}

/// Probability that a dot leaves with the epidermis: `1-S((z-(t_e+0.04))/0.02)`, the edge of [`retained_at`] taken as that of
/// whole dots (E; the fit of test dots takes it so too).
///
/// # Errors
/// Outside [`TIPS`], [`EPIDERMIS`].
pub fn shed_probability(tip: Penetration, epidermis: Metres) -> Result<f64, SkinError> {
    tip_within(tip)?;
    within("epidermis", epidermis.mm(), EPIDERMIS, "mm")?;
    Ok(shed_law(tip, epidermis))
}

pub(crate) fn shed_law(tip: Penetration, epidermis: Metres) -> f64 {
    logistic((epidermis + EDGE - tip.length()) / EDGE_WIDTH)
}

/// Probability of a blow-out. skin.md 3.3, mm: `S((z-0.9*T)/0.08)`; one half at 0.9 of the skin.
///
/// # Errors
/// Outside [`TIPS`], [`THICKNESS`].
pub fn blow_out_probability(tip: Penetration, thickness: Metres) -> Result<f64, SkinError> {
    tip_within(tip)?;
    within("thickness of the skin", thickness.mm(), THICKNESS, "mm")?;
    Ok(blow_out_law(tip, thickness))
}

pub(crate) fn blow_out_law(tip: Penetration, thickness: Metres) -> f64 {
    logistic((tip.length() - thickness * 0.9).mm() / 0.08)
}

/// What becomes of a dot: shed inside the epidermis, patchy above 0.30 mm (skin.md 1.2), soft where a blow-out is more
/// likely than not, blow-out through the skin (labels of the table of 3.3).
///
/// # Errors
/// Outside [`TIPS`], [`EPIDERMIS`], [`THICKNESS`].
pub fn fate(tip: Penetration, epidermis: Metres, thickness: Metres) -> Result<Fate, SkinError> {
    in_skin(tip, epidermis, thickness)?;
    let z = tip.length();
    Ok(if z < epidermis {
        Fate::Shed
    } else if z < PATCHY {
        Fate::Patchy
    } else if z <= thickness * 0.9 {
        Fate::Held
    } else if z <= thickness {
        Fate::Soft
    } else {
        Fate::BlowOut
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;
    use crate::{days, years};

    fn mm(v: f64) -> Metres {
        Metres::from_mm(v)
    }

    /// A row of skin.md 3.3: tip; retained for (0.08, 1.2) and (0.12, 1.5); healed 1RL at 1.2 and 1.5, 3RL at 1.2; fates at
    /// 1.2 and 1.5. Published to two places.
    #[track_caller]
    fn check(tip: f64, kept: [f64; 2], healed: [f64; 3], fates: [Fate; 2]) {
        let p = Penetration::new(mm(tip));
        let got_kept = [retained(p, mm(0.08), mm(1.2)).unwrap(), retained(p, mm(0.12), mm(1.5)).unwrap()];
        let got_healed = [
            healed_diameter(p, &Group::ONE, mm(1.2)).unwrap().mm(),
            healed_diameter(p, &Group::ONE, mm(1.5)).unwrap().mm(),
            healed_diameter(p, &Group::THREE, mm(1.2)).unwrap().mm(),
        ];
        let got = got_kept.iter().chain(&got_healed);
        for (got, want) in got.zip(kept.iter().chain(&healed)) {
            assert!((got - want).abs() < 0.005_1, "tip {tip}: {got_kept:?} {kept:?}, {got_healed:?} {healed:?}");
        }
        assert_eq!([fate(p, mm(0.08), mm(1.2)).unwrap(), fate(p, mm(0.12), mm(1.5)).unwrap()], fates, "tip {tip}");
    }

    /// The whole table. It prints "sheds" for 0.06 mm and brackets the diameters of 0.10 mm; the law gives the diameters
    /// all the same. Where 0.10 mm lies inside an epidermis of 0.12 mm the fate is to shed (1.2), 1 % retained.
    #[test]
    fn the_table_of_retention_and_diameter() {
        use Fate::{BlowOut, Held, Patchy, Shed, Soft};
        check(0.06, [0.01, 0.00], [0.12, 0.12, 0.28], [Shed, Shed]);
        check(0.10, [0.06, 0.01], [0.12, 0.12, 0.28], [Patchy, Shed]);
        check(0.20, [0.36, 0.20], [0.12, 0.12, 0.28], [Patchy, Patchy]);
        check(0.30, [0.50, 0.42], [0.12, 0.12, 0.28], [Held, Held]);
        check(0.50, [0.60, 0.56], [0.15, 0.15, 0.30], [Held, Held]);
        check(0.80, [0.64, 0.62], [0.19, 0.18, 0.34], [Held, Held]);
        check(1.00, [0.63, 0.63], [0.27, 0.21, 0.42], [Held, Held]);
        check(1.20, [0.60, 0.63], [0.44, 0.29, 0.59], [Soft, Held]);
        check(1.50, [0.57, 0.60], [0.89, 0.60, 1.04], [BlowOut, Soft]);
    }

    #[test]
    fn edges_of_the_laws() {
        assert!(retained(Penetration::ZERO, mm(0.08), mm(1.2)).unwrap().abs() < 1e-15);
        // A dot that the formula makes wider than any that was seen.
        assert_eq!(DotCurve::PUBLISHED.healed_law(Penetration::new(mm(5.0)), &Group::THREE, mm(1.2)), WIDEST);
        let blown = |tip| blow_out_probability(Penetration::new(mm(tip)), mm(1.2)).unwrap();
        assert!((blown(1.08) - 0.5).abs() < 1e-12 && blown(0.80) < 0.03);
        let shed = |tip| shed_probability(Penetration::new(mm(tip)), mm(0.08)).unwrap();
        assert!((shed(0.12) - 0.5).abs() < 1e-12 && shed(0.06) > 0.95 && shed(0.20) < 0.02);
        assert_eq!(column(Penetration::new(mm(0.12)), mm(0.08)), None);
        assert_eq!(column(Penetration::new(mm(0.45)), mm(0.08)), Some([mm(0.08) + mm(0.04), mm(0.45)]));
    }

    /// A finer rule gives the same number.
    #[test]
    fn the_integral_has_converged() {
        for tip in [0.05, 0.13, 0.45, 1.1] {
            let n = 200_000;
            let mean = (0..n)
                .map(|k| {
                    let part = (f64::from(k) + 0.5) / f64::from(n);
                    (0.3 + 0.7 * part) * retained_at_law(mm(tip) * part, mm(0.08), mm(1.2))
                })
                .sum::<f64>()
                / (0.65 * f64::from(n));
            let got = retained(Penetration::new(mm(tip)), mm(0.08), mm(1.2)).unwrap();
            assert!((got - mean).abs() < 2e-6, "{tip}: {got} {mean}");
        }
    }

    #[test]
    fn a_dot_in_the_window_heals_to_the_published_size() {
        // 90-150 um (T3, S7 B); fresh up to 250 um (S10 B); twelve years later wider by the square root of two.
        let d = healed_diameter(Penetration::new(mm(0.45)), &Group::ONE, mm(1.18)).unwrap();
        assert!((0.09..=0.15).contains(&d.mm()), "{d}");
        assert!(fresh_diameter(d).unwrap().mm() < 0.25);
        assert!((grown_diameter(d, years(12.0)).unwrap() / d - 2.0_f64.sqrt()).abs() < 1e-9);
    }

    /// The course has no step: fresh, healed, grown.
    #[test]
    fn a_dot_shrinks_then_grows() {
        let at = |age| diameter_at(mm(0.15), age).unwrap().mm();
        assert!((at(Span::ZERO) - 0.24).abs() < 1e-12);
        assert!((at(days(3.0)) - 0.15 * (1.0 + 0.6 * (-1.0_f64).exp())).abs() < 1e-12);
        assert!((at(days(41.999_999)) - 0.15).abs() < 1e-6 && (at(HEALED) - 0.15).abs() < 1e-12);
        assert!((at(HEALED + years(12.0)) - 0.15 * 2.0_f64.sqrt()).abs() < 1e-9);
    }
}
