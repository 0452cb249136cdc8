//! One photon's way through skin.
//!
//! In: a [`Medium`], a seed, the photon's number. Out: every straight piece of its way and every time it meets the surface
//! from inside, told to a [`Visit`]. Absent: absorption (the visitor weighs a way by the lengths it is told), columns.
//!
//! Scattering is isotropic at the reduced coefficient: similarity, van de Hulst (1980). At the surface a photon is split:
//! what Fresnel lets through leaves, the rest goes on, so no light is lost to chance.

use frames::{Metres, Seed, hash, mix};

/// How light comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    /// Along the inward normal.
    Normal,
    /// From everywhere, equally bright: an overcast sky, the sphere of a colorimeter.
    Diffuse,
}

/// What the way of a photon depends on. Not absorption.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Medium {
    /// Reduced scattering, 1/m, the same in epidermis and dermis.
    pub scattering: f64,
    /// Of refraction, over that of the air.
    pub index: f64,
    /// How thick the epidermis is; below it the dermis has no end.
    pub epidermis: Metres,
    /// How light comes.
    pub light: Light,
}

impl Medium {
    /// Skin as published (skin.md 3.5b): 4/mm, n = 1.4, 0.09 mm of epidermis, seen as a colorimeter does: by reciprocity light along
    /// the normal that leaves anywhere is light from anywhere that leaves along the normal.
    pub const SKIN: Self =
        Self { scattering: 4_000.0, index: 1.4, epidermis: Metres::from_mm(0.09), light: Light::Normal };
}

/// Told of a photon's way.
pub(super) trait Visit {
    /// A straight piece from `from` along `along`, `length` long; z points into the skin. `part` of it lies in the epidermis.
    fn piece(&mut self, from: [f64; 3], along: [f64; 3], length: f64, in_epidermis: f64);
    /// `light` leaves at `at`, had nothing absorbed.
    fn leaves(&mut self, at: [f64; 2], light: f64);
    /// How much of the light that is still inside matters. Below [`FAINT`] the photon plays for its life.
    fn left(&self) -> f64;
}

/// A photon with less than this left of its light ..
const FAINT: f64 = 0.05;
/// .. goes on in one of so many, with so many times the light.
const ONE_OF: f64 = 5.0;
/// No way has more pieces: a photon so far inside never comes out with light left.
const LONGEST: u32 = 100_000;

/// SplitMix64 from a start of its own for each photon.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: Seed, photon: u64) -> Self {
        Self(hash(seed, 0x5048_4F54, photon))
    }

    /// Even on [0, 1).
    pub(super) const fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        (mix(self.0) >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }
}

/// Follows one photon until its light has left or is too faint to matter.
pub(super) fn walk(medium: &Medium, dice: &mut Dice, visit: &mut impl Visit) {
    let edge = medium.epidermis.get();
    let (mut at, mut along, mut light) = enter(medium, dice);
    for _ in 0..LONGEST {
        let mut length = -(1.0 - dice.roll()).ln() / medium.scattering;
        // Up to the surface, as often as this piece meets it; a reflected piece has the rest of its length to go.
        while along[2] < 0.0 && at[2] + along[2] * length < 0.0 {
            let up = at[2] / -along[2];
            visit.piece(at, along, up, in_epidermis(at[2], 0.0, up, edge));
            at = [at[0] + along[0] * up, at[1] + along[1] * up, 0.0];
            let back = fresnel(-along[2], medium.index);
            visit.leaves([at[0], at[1]], light * (1.0 - back));
            light *= back;
            along[2] = -along[2];
            length -= up;
        }
        if light <= 0.0 {
            return;
        }
        let to = at[2] + along[2] * length;
        visit.piece(at, along, length, in_epidermis(at[2], to, length, edge));
        at = [at[0] + along[0] * length, at[1] + along[1] * length, to];
        if light * visit.left() < FAINT {
            if dice.roll() * ONE_OF >= 1.0 {
                return;
            }
            light *= ONE_OF;
        }
        along = anywhere(dice);
    }
}

fn enter(medium: &Medium, dice: &mut Dice) -> ([f64; 3], [f64; 3], f64) {
    match medium.light {
        Light::Normal => ([0.0; 3], [0.0, 0.0, 1.0], 1.0 - fresnel_into(1.0, medium.index)),
        Light::Diffuse => {
            // Lambert: even in the square of the cosine.
            let outside = (1.0 - dice.roll()).sqrt();
            let sine = (1.0 - outside * outside).sqrt() / medium.index;
            let (y, x) = (std::f64::consts::TAU * dice.roll()).sin_cos();
            ([0.0; 3], [sine * x, sine * y, (1.0 - sine * sine).sqrt()], 1.0 - fresnel_into(outside, medium.index))
        }
    }
}

fn anywhere(dice: &mut Dice) -> [f64; 3] {
    let z = 2.0 * dice.roll() - 1.0;
    let across = (1.0 - z * z).sqrt();
    let (y, x) = (std::f64::consts::TAU * dice.roll()).sin_cos();
    [across * x, across * y, z]
}

/// Part of a piece between the depths `a` and `b` that lies above `edge`.
fn in_epidermis(a: f64, b: f64, length: f64, edge: f64) -> f64 {
    let (top, bottom) = if a < b { (a, b) } else { (b, a) };
    if bottom <= edge {
        length
    } else if top >= edge {
        0.0
    } else {
        length * (edge - top) / (bottom - top)
    }
}

/// Part of unpolarised light that the surface throws back inside, by the cosine inside. Born and Wolf, 1.5.2.
pub(super) fn fresnel(inside: f64, index: f64) -> f64 {
    let square = 1.0 - index * index * (1.0 - inside * inside);
    if square <= 0.0 { 1.0 } else { thrown_back(inside, square.sqrt(), index) }
}

/// The same for light that comes, by the cosine outside.
fn fresnel_into(outside: f64, index: f64) -> f64 {
    thrown_back((1.0 - (1.0 - outside * outside) / (index * index)).sqrt(), outside, index)
}

fn thrown_back(inside: f64, outside: f64, index: f64) -> f64 {
    let s = (index * inside - outside) / (index * inside + outside);
    let p = (inside - index * outside) / (inside + index * outside);
    0.5 * (s * s + p * p)
}
