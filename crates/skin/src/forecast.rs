//! How dots heal, from the day they are set to ten years after.
//!
//! In: a person, a zone, a dot as planned (a depth and its spread) or as set (a depth in skin that is known), an age. Out:
//! [`Outlook`] of the dot: diameter, pigment, how much light it takes, probability to shed and of a blow-out. Absent: many
//! dots together (see [`crate::ZoneOutlook`]), where dots are, more than the laws know.
//! Source: skin.md 3.3 to 3.5; each law's own range holds.
//!
//! The figures of a planned dot are expected values: the needle does not stop where it was told to (sigma 0.05 mm), and skin
//! and epidermis differ from place to place ([`Variation`]). A dot at 0.45 mm on the table is some dots at 0.35 and some at
//! 0.55; the ones that shed or blow out are among the tails.

mod dot;
mod zone;

pub use dot::{Age, DEPTH_SIGMA, Dot, ink_for};
pub use zone::{Toned, ZoneOutlook, tone};

use std::sync::Arc;

use frames::{Metres, Penetration, PerSquareMetre};

use crate::deposit::hits_law;
use crate::error::within;
use crate::fade::{DAY, faded};
use crate::healing::{
    DIAMETERS, EDGE, EPIDERMIS, THICKNESS, TIPS, blow_out_law, column, diameter_at, retained_law, shed_law,
};
use crate::{
    BLACK, Dilution, Fade, Local, Person, SkinError, Speck, Stipple, Variation, Zone, ZoneFacts, absorption, dot_area,
    veil,
};

/// How wrong the published retention of 0.70 may be, 95 of 100: "about one third disappears" (S73 A) read as 28 to 38 % (E).
pub const RETENTION_ERROR: f64 = 0.08;
/// How wrong the yearly fade may be, 95 of 100: 0.10-0.12 (skin.md 3.4 D).
pub const FADE_ERROR: f64 = 0.01;
/// A forecast of darkness speaks for at least the rest: up to this part of the depths may lie beyond the optical law.
pub const BEYOND_MOST: f64 = 0.05;
/// A dot that sheds does so with the epidermis between these ages, s (skin.md 1.2: 4-6 weeks, S17, S20 B).
pub const SHEDDING: [f64; 2] = [28.0 * DAY, 42.0 * DAY];
/// Columns for which the optical law is simulated, mm: from here to there, so high at least; see [`crate::optical_load`].
const COLUMNS: [f64; 2] = [0.05, 1.20];
const LOWEST: f64 = 0.01;
const LAST_TOP: f64 = 0.70;
/// Dots for which it is, mm.
const OPTICAL_DIAMETERS: [f64; 2] = [0.06, 0.40];

/// How much light a dot takes, as an area, m²: that of [`crate::dot_area`], on this skin. [`crate::load_of`] makes a tone of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Strength {
    /// Expected.
    pub value: f64,
    /// Should less have stayed and faded faster than published; see [`RETENTION_ERROR`], [`FADE_ERROR`].
    pub weak: f64,
    /// Should more have stayed and faded slower.
    pub strong: f64,
}

/// What has become of a dot; expected values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// When it is looked at.
    pub age: Age,
    /// Of a dot that has not shed.
    pub diameter: Metres,
    /// How far such dots differ from it, one standard deviation.
    pub diameter_sd: Metres,
    /// Pigment left over what was put in.
    pub amount: f64,
    /// Of the ink in the column, 1/m.
    pub absorption: f64,
    /// Part of the light across the dot that it takes, `1-exp(-mu*d)`: 0 clear, 1 black.
    pub shade: f64,
    /// As light meets it: the mean of the dots that left pigment below the epidermis, for their colour. `None` where none did.
    pub speck: Option<Speck>,
    /// What it does to the tone of the skin; or why no law says so: more than [`BEYOND_MOST`] of the depths, or the skin, lie
    /// beyond the optical law.
    pub strength: Result<Strength, SkinError>,
    /// Probability that it has left with the epidermis by now.
    pub shed: f64,
    /// Probability that it has blown out or will.
    pub blow_out: f64,
}

/// What becomes of a dot, at any age. Where the spread of depth and skin is integrated once for many ages.
#[derive(Debug, Clone, PartialEq)]
pub struct Healing {
    dot: Dot,
    zone: ZoneFacts,
    fade: Fade,
    /// L* of the skin.
    lightness: f64,
    cases: Arc<[Case]>,
}

/// One depth in one skin.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Case {
    weight: f64,
    healed: Metres,
    kept: f64,
    shed: f64,
    blow_out: f64,
    /// Held inside the optical law; `None` for a tip above where pigment stays.
    column: Option<[Metres; 2]>,
    /// It was not inside before.
    beyond: bool,
}

/// What becomes of `dot` at `age`: [`Healing::of`] at one age.
///
/// # Errors
/// As [`Healing::of`].
pub fn forecast(person: &Person, zone: Zone, dot: &Dot, age: Age) -> Result<Outlook, SkinError> {
    Healing::of(person, zone, dot)?.at(age)
}

impl Healing {
    /// Of a dot somewhere in a zone: over the spread of its depth, of epidermis and of thickness.
    ///
    /// # Errors
    /// A depth, a spread or a number of hits outside the laws' range.
    pub fn of(person: &Person, zone: Zone, dot: &Dot) -> Result<Self, SkinError> {
        let facts = person.facts(zone);
        let spread = Variation::default();
        let places = PLACES.iter().flat_map(|(te, wt)| {
            PLACES.iter().map(move |(th, wh)| {
                (
                    facts.epidermis * (1.0 + spread.epidermis * te),
                    facts.thickness * (1.0 + spread.thickness * th),
                    wt * wh,
                )
            })
        });
        Self::over(person, &facts, dot, &places.collect::<Vec<_>>())
    }

    /// Of a dot where the skin is known: in a simulation.
    ///
    /// # Errors
    /// As [`Healing::of`].
    pub fn at_place(person: &Person, zone: Zone, dot: &Dot, local: &Local) -> Result<Self, SkinError> {
        Self::over(person, &person.facts(zone), dot, &[(local.epidermis, local.thickness, 1.0)])
    }

    fn over(
        person: &Person,
        facts: &ZoneFacts,
        dot: &Dot,
        places: &[(Metres, Metres, f64)],
    ) -> Result<Self, SkinError> {
        within("depth of the tip", dot.tip.length().mm(), TIPS, "mm")?;
        within("spread of the depth", dot.depth_sigma.mm(), [0.0, 0.30], "mm")?;
        within("hits", f64::from(dot.hits), [1.0, 50.0], "hits")?;
        let mut cases = Vec::new();
        for (epidermis, thickness, place) in places {
            within("epidermis", epidermis.mm(), EPIDERMIS, "mm")?;
            within("thickness of the skin", thickness.mm(), THICKNESS, "mm")?;
            for (tip, depth) in depths(dot) {
                let healed = facts.dot.healed_law(tip, &dot.group, *thickness);
                let (column, beyond) = match column(tip, *epidermis) {
                    Some(column) => held(column),
                    None => (None, false),
                };
                cases.push(Case {
                    weight: place * depth,
                    healed: healed.max(Metres::from_mm(DIAMETERS[0])),
                    kept: (facts.kept * retained_law(tip, *epidermis, *thickness)).min(1.0),
                    shed: shed_law(tip, *epidermis),
                    blow_out: blow_out_law(tip, *thickness),
                    column,
                    beyond,
                });
            }
        }
        Ok(Self { dot: *dot, zone: *facts, fade: person.fade, lightness: person.lightness(), cases: cases.into() })
    }

    /// The same dot in another ink: healing does not ask for the ink.
    #[must_use]
    pub fn with_ink(&self, ink: Dilution) -> Self {
        Self { dot: Dot { ink, ..self.dot }, ..self.clone() }
    }

    /// At one age.
    ///
    /// # Errors
    /// A fade outside its range.
    pub fn at(&self, age: Age) -> Result<Outlook, SkinError> {
        let t = age.span().seconds();
        let by_now = ((t - SHEDDING[0]) / (SHEDDING[1] - SHEDDING[0])).clamp(0.0, 1.0);
        let now = Now::of(age, &self.fade)?;
        let (mut staying, mut diameter, mut square) = (0.0, 0.0, 0.0);
        let mut sum = Sum::default();
        let (mut seen, mut ends) = (0.0, [0.0; 2]);
        for case in self.cases.iter() {
            let w = case.weight;
            let d = case.healed * now.wider;
            let left = now.left(case.kept);
            let mu = self.absorption(case, d, left);
            let stays = w * (1.0 - by_now * case.shed);
            staying += stays;
            diameter += stays * d.get();
            square += stays * d.get() * d.get();
            if let Some([top, bottom]) = case.column {
                seen += w;
                ends = [ends[0] + w * top.get(), ends[1] + w * bottom.get()];
            }
            sum.amount += w * left;
            sum.absorption += w * mu;
            sum.shade += w * -(-mu * d.get()).exp_m1();
            sum.shed += w * by_now * case.shed;
            sum.blow_out += w * case.blow_out;
        }
        let staying = staying.max(f64::MIN_POSITIVE);
        let mean = diameter / staying;
        let speck = (seen > 0.0).then(|| Speck {
            diameter: Metres::new(mean),
            column: ends.map(|z| Metres::new(z / seen)),
            absorption: sum.absorption,
            side_light: self.zone.side_light,
        });
        Ok(Outlook {
            age,
            diameter: Metres::new(mean),
            diameter_sd: Metres::new((square / staying - mean * mean).max(0.0).sqrt()),
            amount: sum.amount,
            absorption: sum.absorption,
            shade: sum.shade,
            speck,
            strength: self.strengths(age, &now),
            shed: sum.shed,
            blow_out: sum.blow_out,
        })
    }

    /// Ink in the column when `left` of the pigment is there and the dot is `d` wide, 1/m. The same pigment in a wider column
    /// is thinner.
    fn absorption(&self, case: &Case, d: Metres, left: f64) -> f64 {
        let thinner = (case.healed / d).powi(2);
        (absorption(self.dot.ink, left * thinner) * hits_law(f64::from(self.dot.hits))).min(BLACK)
    }

    fn strengths(&self, age: Age, now: &Now) -> Result<Strength, SkinError> {
        let value = self.strength(age, now, 1.0, 0.0)?;
        let fading = FADE_ERROR * self.fade.sun * age.years();
        Ok(Strength {
            value,
            weak: self.strength(age, now, 1.0 - RETENTION_ERROR, fading)?,
            strong: self.strength(age, now, 1.0 + RETENTION_ERROR, -fading)?,
        })
    }

    /// With retention `times` the published one, and `less` more faded away (of its logarithm).
    fn strength(&self, age: Age, now: &Now, times: f64, less: f64) -> Result<f64, SkinError> {
        let [least, most] = OPTICAL_DIAMETERS.map(Metres::from_mm);
        let less = (-less).exp();
        let (mut beyond, mut sum) = (0.0, 0.0);
        for case in self.cases.iter() {
            let Some(column) = case.column else { continue };
            let d = case.healed * now.wider;
            let left = now.left((times * case.kept).min(1.0)) * less;
            let inside = d.max(least).min(most);
            // To the last digit of an addition.
            let off = (d - inside).abs().mm() > 1e-9;
            beyond += if case.beyond || off { case.weight } else { 0.0 };
            let one = Stipple {
                lightness: self.lightness,
                density: PerSquareMetre::ZERO,
                diameter: inside,
                column,
                absorption: self.absorption(case, d, left),
            };
            sum += case.weight * dot_area(&one)?;
        }
        if beyond > BEYOND_MOST {
            // The middle dot says which number it is; where it is inside, the spread is what is too wide.
            self.middle(age)?;
            return within("dots beyond the optical law", 100.0 * beyond, [0.0, 100.0 * BEYOND_MOST], "%");
        }
        Ok(self.zone.side_light * sum * veil(age.span())?)
    }

    /// The optical law for the dot at its target in the zone's middle skin, nothing held.
    fn middle(&self, age: Age) -> Result<f64, SkinError> {
        let healed = self.zone.dot.healed(self.dot.tip, &self.dot.group, self.zone.thickness)?;
        let top = self.zone.epidermis + EDGE;
        let column = [top.min(self.dot.tip.length()), self.dot.tip.length()];
        let diameter = diameter_at(healed, age.span())?;
        dot_area(&Stipple {
            lightness: self.lightness,
            density: PerSquareMetre::ZERO,
            diameter,
            column,
            absorption: 0.0,
        })
    }
}

/// What an age does to any dot: the laws are linear in the healed diameter and in what is retained.
struct Now {
    /// Diameter over the healed one.
    wider: f64,
    /// Left of a dot that retains nothing, and all.
    left: [f64; 2],
}

impl Now {
    fn of(age: Age, fade: &Fade) -> Result<Self, SkinError> {
        let one = Metres::from_mm(1.0);
        let left = |kept| faded(kept, age.span(), fade);
        Ok(Self { wider: diameter_at(one, age.span())? / one, left: [left(0.0)?, left(1.0)?] })
    }

    fn left(&self, kept: f64) -> f64 {
        let [none, all] = self.left;
        none + (all - none) * kept
    }
}

#[derive(Default)]
struct Sum {
    amount: f64,
    absorption: f64,
    shade: f64,
    shed: f64,
    blow_out: f64,
}

/// A Gaussian cut at two sigma, as places are drawn, in five: standard deviations and weights.
const PLACES: [(f64, f64); 5] =
    [(-2.0, 0.066_807), (-1.0, 0.241_730), (0.0, 0.382_926), (1.0, 0.241_730), (2.0, 0.066_807)];

/// Depths around the target with their weights: the trapezoid rule from -4 to 4 sigma, whose error falls faster than any power
/// of the step; steps of half a sigma, or finer than the steepest edge (0.02 mm) needs. No tip is above the surface, none
/// below the last depth of the laws.
fn depths(dot: &Dot) -> Vec<(Penetration, f64)> {
    let sigma = dot.depth_sigma.mm();
    if sigma < 1e-6 {
        return vec![(dot.tip, 1.0)];
    }
    let half = (4.0 * sigma / (0.5 * sigma).min(0.025)).ceil() as i32;
    let node = |k: i32| 4.0 * f64::from(k) / f64::from(half);
    let weight = |z: f64| (-0.5 * z * z).exp();
    let total: f64 = (-half..=half).map(|k| weight(node(k))).sum();
    let tip = |z: f64| Metres::from_mm((dot.tip.length().mm() + sigma * z).clamp(TIPS[0], TIPS[1]));
    (-half..=half).map(|k| (Penetration::new(tip(node(k))), weight(node(k)) / total)).collect()
}

/// The column held inside the optical law, and whether it was outside. Below 1.20 mm pigment counts no more.
fn held([was_top, was_bottom]: [Metres; 2]) -> (Option<[Metres; 2]>, bool) {
    let mm = Metres::from_mm;
    let low = mm(LOWEST);
    let top = was_top.max(mm(COLUMNS[0])).min(mm(LAST_TOP));
    let bottom = was_bottom.min(mm(COLUMNS[1])).max(top + low);
    let off = (top - was_top).abs().max((bottom - was_bottom).abs());
    (Some([top, bottom]), off.mm() > 1e-9)
}

#[cfg(test)]
mod tests;
