//! From a wanted shade to dots: density, diameter and ink.
//!
//! In: [`Wish`]: the shade, the skin, what is allowed. Out: [`Look`] with the lightness it predicts and how sure that is, or
//! why nothing allowed comes out so. Absent: where dots go, colour, more than one hit in a hole.
//! Source: the embedded-column law of skin.md 3.5b turned round (stipple.md 7.3), with skin.md 1.3 for density, 1.1 for
//! diameter, 1.8 for inks, 3.4 for fading.
//!
//! Many stipples have one shade. The rule that picks one:
//! 1. the natural density of the zone, because the pattern is to pass for hair;
//! 2. at that density the finest dot that some ink brings to the shade: the darkest ink that is not too dark;
//! 3. where the finest dot of one ink is too dark and the widest of the next lighter one too light, the darker ink at the
//!    finest dot, sparser;
//! 4. too light for the widest, darkest dot: denser, up to what the sessions and the cap allow;
//! 5. too dark for the finest, lightest dot: sparser.

#[cfg(test)]
mod tests;

use std::fmt;

use frames::{Metres, Penetration, PerSquareMetre, Span};

use crate::optics::{lightness_of, reflectance_of, share_for};
use crate::{
    Dilution, Person, SPARSEST, SkinError, Speck, Stipple, Stubble, Zone, ZoneFacts, densest, density_factor, dot_area,
    error::within, load_of, session_shares,
};

/// A dot is healed after this: six weeks (skin.md 1.5, 3.3).
pub const HEALED: Span = Span::from_ns(42 * 86_400 * 1_000_000_000);
/// The law lies within this of the simulated darkening in 95 cases of 100 (D: 3.0 % rms, see [`crate::optical_load`]).
pub const LAW_ERROR: f64 = 0.07;
/// How much side light differs between people, standard deviation of its logarithm, before test dots (E: none published;
/// as much as between the simulated skin types, 1.55 to 2.8, once skin type is known: a quarter of that).
pub const SIDE_LIGHT_SPREAD: f64 = 0.15;

/// A shade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tone {
    /// This L*.
    Lightness(f64),
    /// So much darker than the skin, L*.
    Darken(f64),
    /// As dark as the person's own hair looks shaved.
    MatchStubble,
}

/// A shade, for whom, and what may be done for it. [`Wish::new`] fills in what is published; every field may be changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    /// What it should look like.
    pub tone: Tone,
    /// L* of the skin.
    pub skin: f64,
    /// Of the zone and the person.
    pub facts: ZoneFacts,
    /// For [`Tone::MatchStubble`].
    pub stubble: Stubble,
    /// How deep the tips are.
    pub tip: Penetration,
    /// Dots per area that pass for hair, over all sessions.
    pub natural: PerSquareMetre,
    /// Sparsest and densest allowed, over all sessions.
    pub density: [PerSquareMetre; 2],
    /// Finest and widest healed dot allowed.
    pub diameter: [Metres; 2],
    /// Darkest and lightest of [`Dilution::INKS`] allowed.
    pub inks: [Dilution; 2],
    /// When it is looked at, since the last session; not before [`HEALED`].
    pub age: Span,
    /// Multiplies the slow fade, 1 to 2.
    pub sun: f64,
    /// Half of the 95 % interval of the logarithm of the side-light factor.
    pub unsure: f64,
}

/// What to do, and what comes of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// Over all sessions.
    pub density: PerSquareMetre,
    /// Healed.
    pub diameter: Metres,
    /// In the needle.
    pub ink: Dilution,
    /// How black a healed dot is, 0 clear to 1 black: the part of the light across it that it takes, `1-exp(-mu*d)`.
    pub shade: f64,
    /// L* at the time asked for.
    pub lightness: f64,
    /// Where the true L* lies, 95 of 100: the law's own error and the side light's spread.
    pub between: [f64; 2],
    /// The same dots in the next lighter ink.
    pub lighter: Option<Step>,
    /// The same dots in the next darker ink.
    pub darker: Option<Step>,
}

/// The same dots in another ink.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The ink.
    pub ink: Dilution,
    /// L* with it.
    pub lightness: f64,
}

impl Wish {
    /// A shade on a zone of a person, healed, at the zone's target depth. `missing` replaces the natural density; without
    /// it the middle of the zone's published factor times the person's follicular units is taken.
    ///
    /// # Errors
    /// [`SkinError::NoNaturalDensity`] for the sides and the back without `missing`.
    pub fn new(person: &Person, zone: Zone, tone: Tone, missing: Option<PerSquareMetre>) -> Result<Self, SkinError> {
        let [low, high] = density_factor(zone);
        let natural = match missing {
            Some(density) => density,
            None if high > 0.0 => person.follicular_units() * (0.5 * (low + high)),
            None => return Err(SkinError::NoNaturalDensity { zone }),
        };
        let facts = person.facts(zone);
        Ok(Self {
            tone,
            skin: person.lightness(),
            facts,
            stubble: person.stubble(),
            tip: facts.window.target,
            natural,
            density: [SPARSEST, densest(session_shares(zone))],
            diameter: usual_diameter(zone),
            inks: [Dilution::INKS[0], Dilution::INKS[5]],
            age: HEALED,
            sun: 1.0,
            unsure: person.side_light_unsure(zone),
        })
    }

    /// The L* that is wanted.
    pub fn wanted(&self) -> Result<f64, SkinError> {
        let wanted = match self.tone {
            Tone::Lightness(l) => l,
            Tone::Darken(by) => self.skin - by,
            Tone::MatchStubble => self.stubble.lightness(self.skin)?,
        };
        within("wanted lightness", wanted, [1.0, 100.0], "L*")?;
        if wanted < self.skin { Ok(wanted) } else { Err(SkinError::NotDarker { wanted, skin: self.skin }) }
    }

    /// L* of the skin with this stipple on it, at the time asked for: fading, growth and side light included. Errors outside
    /// the range of [`crate::reflectance`].
    pub fn predict(&self, density: PerSquareMetre, diameter: Metres, ink: Dilution) -> Result<f64, SkinError> {
        Ok(self.under(self.load(density, diameter, ink)?))
    }

    fn under(&self, load: f64) -> f64 {
        lightness_of(reflectance_of(self.skin) * (-load).exp())
    }

    /// `ln(R0/R)`.
    fn load(&self, density: PerSquareMetre, diameter: Metres, ink: Dilution) -> Result<f64, SkinError> {
        let one = dot_area(&self.stipple(density, diameter, ink)?)?;
        load_of(self.facts.side_light * density.get() * one)
    }

    /// So many of these dots have this `ln(R0/R)`.
    fn density_for(&self, load: f64, diameter: Metres, ink: Dilution) -> Result<PerSquareMetre, SkinError> {
        let one = dot_area(&self.stipple(PerSquareMetre::ZERO, diameter, ink)?)?;
        Ok(PerSquareMetre::new(share_for(load) / (self.facts.side_light * one)))
    }

    /// A dot that has grown holds the same pigment in a wider column.
    fn stipple(&self, density: PerSquareMetre, healed: Metres, ink: Dilution) -> Result<Stipple, SkinError> {
        Ok(Speck::healed(&self.facts, self.tip, healed, ink, self.age, self.sun)?.stipple(self.skin, density))
    }

    fn inks(&self) -> impl Iterator<Item = Dilution> {
        let [darkest, lightest] = self.inks;
        Dilution::INKS.into_iter().filter(move |ink| (darkest..=lightest).contains(ink))
    }
}

/// The stipple that has the wanted shade, by the rule at the head of this file.
///
/// # Errors
/// [`SkinError::NotDarker`], [`SkinError::TooDark`] and [`SkinError::TooFaint`] say what is out of reach and what is not;
/// [`SkinError::OutOfRange`] names an input outside the law's range.
pub fn look(wish: &Wish) -> Result<Look, SkinError> {
    let wanted = wish.wanted()?;
    let [sparsest, densest] = wish.density;
    let [finest, widest] = wish.diameter;
    within("densest allowed", densest.per_cm2(), [0.0, crate::HELMET.per_cm2() + 1e-9], "dots/cm2")?;
    within("sparsest allowed", sparsest.per_cm2(), [0.0, densest.per_cm2()], "dots/cm2")?;
    within("finest dot", finest.mm(), [0.05, widest.mm()], "mm")?;
    let natural = wish.natural.max(sparsest).min(densest);
    within("natural density", natural.per_cm2(), [1.0, densest.per_cm2()], "dots/cm2")?;
    let need = (reflectance_of(wish.skin) / reflectance_of(wanted)).ln();

    let mut darker: Option<Dilution> = None;
    for ink in wish.inks() {
        let (low, high) = (wish.load(natural, finest, ink)?, wish.load(natural, widest, ink)?);
        if need > high {
            let sparser = darker.map(|ink| wish.density_for(need, finest, ink).map(|n| (n, ink))).transpose()?;
            let denser = wish.density_for(need, widest, ink)?;
            return match sparser {
                Some((density, ink)) if density >= sparsest => finish(wish, density, finest, ink),
                _ if denser <= densest => finish(wish, denser, widest, ink),
                _ => Err(SkinError::TooDark {
                    wanted,
                    skin: wish.skin,
                    needs: denser,
                    diameter: widest,
                    most: densest,
                    reachable: wish.predict(densest, widest, ink)?,
                }),
            };
        }
        if need >= low {
            return finish(wish, natural, diameter(wish, natural, ink, need)?, ink);
        }
        darker = Some(ink);
    }
    let ink = darker.ok_or(SkinError::OutOfRange {
        what: "darkest ink allowed",
        value: wish.inks[0].parts(),
        least: 0.0,
        most: wish.inks[1].parts(),
        unit: "parts of water",
    })?;
    let density = wish.density_for(need, finest, ink)?;
    if density < sparsest {
        let reachable = wish.predict(sparsest, finest, ink)?;
        return Err(SkinError::TooFaint { wanted, skin: wish.skin, least: sparsest, diameter: finest, reachable });
    }
    finish(wish, density, finest, ink)
}

/// The diameter between finest and widest at which the load is `need`; the load rises with the diameter.
fn diameter(wish: &Wish, density: PerSquareMetre, ink: Dilution, need: f64) -> Result<Metres, SkinError> {
    let [mut fine, mut wide] = wish.diameter;
    // 0.2 mm halved 40 times: below a picometre.
    for _ in 0..40 {
        let middle = (fine + wide) * 0.5;
        if wish.load(density, middle, ink)? < need {
            fine = middle;
        } else {
            wide = middle;
        }
    }
    Ok(wide)
}

fn finish(wish: &Wish, density: PerSquareMetre, diameter: Metres, ink: Dilution) -> Result<Look, SkinError> {
    let load = wish.load(density, diameter, ink)?;
    let error = LAW_ERROR.hypot(wish.unsure);
    let step = |ink: Option<Dilution>| {
        ink.map(|ink| Ok(Step { ink, lightness: wish.predict(density, diameter, ink)? })).transpose()
    };
    let healed = Wish { age: HEALED, ..*wish }.stipple(density, diameter, ink)?;
    Ok(Look {
        density,
        diameter,
        ink,
        shade: -(-healed.absorption * diameter.get()).exp_m1(),
        lightness: wish.under(load),
        between: [wish.under(load * (1.0 + error)), wish.under(load * (1.0 - error).max(0.0))],
        lighter: step(ink.lighter())?,
        darker: step(ink.darker())?,
    })
}

/// Finest and widest healed dot: 0.12-0.18 mm where single dots are seen (hairline, temples, and the small dots in FUE
/// scars), 0.20-0.30 mm on the body of the scalp (skin.md 1.1, 1.11; E).
pub fn usual_diameter(zone: Zone) -> [Metres; 2] {
    match zone {
        Zone::FrontalHairline | Zone::Temple | Zone::FueScar => [0.12, 0.18],
        Zone::FrontalMid | Zone::Vertex | Zone::Occiput | Zone::FutScar => [0.20, 0.30],
    }
    .map(Metres::from_mm)
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, high] = self.between;
        let Self { density, diameter, ink, lightness, .. } = self;
        write!(f, "{density} of {diameter} in ink {ink}: L* {lightness:.1} ({low:.1} to {high:.1})")
    }
}
