//! One compiled zone or keep-out: density as a function of the place.
//!
//! In: curves on the skin and checked numbers in SI. Out: a fraction of the full density, 0 to 1, without jumps: every
//! edge is a smoothstep of a distance. Absent: sessions, keep-outs winning over zones, the scalp's border for drawn zones;
//! `fields` puts those together. Only sums, products and square roots (stipple.md section 10). One file a shape.

mod band;
mod ground;
mod hairline;
mod mask;
mod oval;
mod patch;
mod profile;
mod spots;
mod whole;

use frames::Metres;
use nalgebra::Vector3;

use crate::noise::smoothstep;
use crate::session::Rung;

pub(crate) use band::Band;
pub(crate) use ground::{Ground, Part, Regions};
pub(crate) use hairline::{Hairline, Wander};
pub(crate) use mask::{Mask, Picture, Source, View, grey};
pub(crate) use oval::Oval;
pub(crate) use patch::Loop;
pub(crate) use profile::Profile;
pub(crate) use spots::Spots;
pub(crate) use whole::Whole;

/// Fractions below this are cut to zero; sentinels carry the tail (stipple.md 6.2, step 4). Up to twice as much the
/// fraction rises twice as fast, so that the cut is no jump.
const CUT: f64 = 0.015;

/// A zone, ready to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    pub(crate) shape: Shape,
    /// Where the ground's factor is 1, of all sessions together, 1/m².
    pub(crate) density: f64,
    /// Which part of it today.
    pub(crate) rung: Rung,
    /// Which part in each session, adding up to 1.
    pub(crate) ladder: Vec<f64>,
    pub(crate) ground: Ground,
    pub(crate) healed: Metres,
    pub(crate) shade: f64,
    /// Kinds of dot; none where all are alike. `healed` and `shade` are the dot that has their tone.
    pub(crate) kinds: Vec<Kind>,
    /// Healed diameter and shade at the front of a hairline, where they differ.
    pub(crate) front: Option<(Metres, f64)>,
    /// What was found for a wanted look.
    pub(crate) look: Option<skin::Look>,
    /// `None`: the natural direction.
    pub(crate) hair: Option<Combed>,
    /// No hair grows here, whatever the person's stage says.
    pub(crate) bare: bool,
}

/// One kind of dot of a zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Kind {
    /// Of the zone's dots.
    pub(crate) share: f64,
    pub(crate) healed: Metres,
    pub(crate) shade: f64,
}

/// Where the hair of a zone points, when not where nature lets it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Combed {
    /// This way, as far as it is tangent.
    Towards(Vector3<f64>),
    /// The natural way, turned clockwise seen from outside: cosine and sine.
    Turned(f64, f64),
}

/// Where a zone is.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Hairline(Hairline),
    Fill(Loop),
    Whole(Box<Whole>),
    Crown(Oval),
    Band(Band),
    Spots(Spots),
    Mask(Box<Mask>),
}

impl Zone {
    /// Fraction of the full density.
    pub(crate) fn fraction(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> f64 {
        let fraction = match &self.shape {
            Shape::Hairline(line) => line.fraction(p, normal),
            Shape::Fill(patch) => patch.fraction(p, normal),
            Shape::Whole(whole) => whole.fraction(p, normal),
            Shape::Crown(oval) => oval.fraction(p, normal),
            Shape::Band(band) => band.fraction(p, normal),
            Shape::Spots(spots) => spots.fraction(p),
            Shape::Mask(mask) => mask.fraction(p, normal),
        };
        fraction.min((2.0 * (fraction - CUT)).max(0.0))
    }

    /// Healed diameter and shade at the front.
    pub(crate) fn front(&self) -> (Metres, f64) {
        self.front.unwrap_or((self.healed, self.shade))
    }

    /// Healed diameter and shade at a place: those of the front pass into those behind over the transition zone. Of a kind
    /// of dot, or of the mean of all. At the front no kind is larger or darker than the front, nor than itself behind.
    pub(crate) fn dot(&self, p: &Vector3<f64>, normal: &Vector3<f64>, kind: Option<u8>) -> (Metres, f64) {
        let kind = kind.and_then(|k| self.kinds.get(usize::from(k)));
        let (behind, dark) = kind.map_or((self.healed, self.shade), |k| (k.healed, k.shade));
        match (&self.shape, self.front) {
            (Shape::Hairline(line), Some((healed, shade))) => {
                let t = line.behind(p, normal);
                let (healed, shade) =
                    if kind.is_some() { (healed.min(behind), shade.min(dark)) } else { (healed, shade) };
                (healed + (behind - healed) * t, shade + (dark - shade) * t)
            }
            _ => (behind, dark),
        }
    }

    /// How far behind its soft edge a place lies, metres; negative ahead of it. `None` off the zone, where it has no such edge
    /// (spots, masks), and where another of its edges softens it too.
    pub(crate) fn behind_edge(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> Option<f64> {
        match &self.shape {
            Shape::Hairline(line) => line.behind_edge(p, normal),
            Shape::Fill(patch) => patch.inside(p, normal),
            Shape::Whole(whole) => whole.behind_edge(p, normal),
            Shape::Crown(oval) => oval.inside(p, normal),
            Shape::Band(band) => band.behind_edge(p, normal),
            Shape::Spots(_) | Shape::Mask(_) => None,
        }
    }

    /// False only if the zone surely leaves the ball alone.
    pub(crate) fn touches(&self, centre: &Vector3<f64>, radius: f64) -> bool {
        match &self.shape {
            Shape::Hairline(line) => line.curve.no_nearer_than(centre) <= line.reach() + radius,
            Shape::Fill(patch) => (centre - patch.middle).norm() <= patch.radius + radius,
            Shape::Whole(whole) => whole.touches(centre, radius),
            Shape::Crown(oval) => (centre - oval.middle).norm() <= oval.reach() + radius,
            Shape::Band(band) => band.curve.no_nearer_than(centre) <= band.reach() + radius,
            Shape::Spots(spots) => spots.touches(centre, radius),
            Shape::Mask(mask) => mask.touches(centre, radius),
        }
    }
}

/// 1 where a place lies on the sheet of skin that the shape was drawn on, 0 where it turns its back.
fn same_sheet(cosine: f64) -> f64 {
    smoothstep(5.0 * cosine)
}
