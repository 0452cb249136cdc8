//! The colour of dots and of stippled skin.
//!
//! In: the colour of the skin, a healed dot, dots per area. Out: the colour from afar ([`stippled`]) and of the middle of one
//! dot seen from near ([`dot_colour`]), what turned the hue ([`hue_shift`]), and what a renderer needs of one dot: how much
//! light it takes in red, green and blue ([`dot_areas`]) and where ([`spread`]).
//! Absent: pigments other than carbon black, fluorescence, a spectrum: light is the three bands of sRGB.
//!
//! The embedded-column law holds for any light when lengths are counted in free paths. So each band, at the dominant
//! wavelength of its primary, gets the law with lengths times `mu_s'(band)/mu_s'(550 nm)` and with the skin's own lightness in
//! that band. Blue light is scattered more and skin is darker to it, so less of it comes from below: a dot that lies deep takes
//! much red and little blue. The lightness is that of [`crate::reflectance`], which takes all light for green: photons in three
//! bands see usual dots 5-18 % darker than that, deep ones on dark skin by up to 32 %, for red light comes from deeper. Test dots measure it ([`crate::fit_zone`]).

use frames::{Metres, Penetration, PerSquareMetre, Span};

use crate::optics::{area_in, crowded, lightness_of, reflectance_of};
use crate::{
    Dilution, Lab, SkinError, Stipple, ZoneFacts, absorption, amount, column, dot_area, error::within, grown_diameter,
    healing::EDGE, load_of, reduced_scattering,
};

/// A dot as light meets it: a column of pigment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speck {
    /// Of the column.
    pub diameter: Metres,
    /// Where the pigment begins and ends below the surface.
    pub column: [Metres; 2],
    /// Of the ink in the column, 1/m.
    pub absorption: f64,
    /// Of the skin; see [`ZoneFacts::side_light`].
    pub side_light: f64,
}

/// Light of one primary of sRGB.
struct Band {
    /// Dominant wavelength (CIE 15, from IEC 61966-2-1).
    wavelength: Metres,
    /// How much more of it takes part than the law says and from how much deeper it comes, logarithms on skin of L* 54 and
    /// their rise per 20 L*. Fitted to 80 columns in five skins, each followed in three bands: 4 % rms of the load in red and green, 9 % in blue.
    side: [f64; 2],
    fall: [f64; 2],
}

const BANDS: [Band; 3] = [
    Band { wavelength: Metres::new(611e-9), side: [0.037, 0.020], fall: [0.261, -0.099] },
    Band { wavelength: Metres::new(549e-9), side: [-0.009, -0.001], fall: [0.035, -0.071] },
    Band { wavelength: Metres::new(464e-9), side: [-0.133, 0.141], fall: [-0.149, -0.052] },
];
/// Where the law's own lengths hold: mu_s' is 4/mm at 550 nm.
const HOME: Metres = Metres::new(550e-9);
/// Part of each band in the luminance of sRGB.
const LUMINANCE: [f64; 3] = [0.212_6, 0.715_2, 0.072_2];
/// Lightness in a band to which the law is held: where photons were followed.
const LIT: [f64; 2] = [20.0, 80.0];

impl Speck {
    /// What a dot of `diameter` has become at `age` since its session, six weeks or more: pigment lost by depth, time and `sun`,
    /// the rest spread over a wider column. Laws of skin.md 3.3, 3.4.
    ///
    /// # Errors
    /// [`SkinError::OutOfRange`] before week 6, after 20 years, or for a tip that leaves no pigment below the epidermis.
    pub fn healed(
        facts: &ZoneFacts,
        tip: Penetration,
        diameter: Metres,
        ink: Dilution,
        age: Span,
        sun: f64,
    ) -> Result<Self, SkinError> {
        within("age of the stipple", age.seconds(), [crate::HEALED.seconds(), 20.0 * crate::YEAR], "s")?;
        let column = column(tip, facts.epidermis).ok_or(SkinError::OutOfRange {
            what: "depth of the tips",
            value: tip.length().mm(),
            least: (facts.epidermis + EDGE).mm(),
            most: facts.thickness.mm(),
            unit: "mm",
        })?;
        let left = amount(facts.retained(tip)?, age, sun)?;
        let grown = grown_diameter(diameter, age - crate::HEALED)?;
        let thinner = (diameter / grown).powi(2);
        let absorption = absorption(ink, left * thinner);
        Ok(Self { diameter: grown, column, absorption, side_light: facts.side_light })
    }

    /// These dots on skin of this L*.
    pub fn stipple(&self, lightness: f64, density: PerSquareMetre) -> Stipple {
        Stipple { lightness, density, diameter: self.diameter, column: self.column, absorption: self.absorption }
    }
}

/// Area of skin whose light one dot takes, m², in red, green and blue. A renderer multiplies the linear light of each band by
/// `exp(-area*p)`, summed over dots, with `p` the dot's [`spread`]; averaged over many dots this is the law. Weighed by the light
/// that the skin sends, the three give [`dot_area`]; range as there.
pub fn dot_areas(skin: Lab, dot: &Speck) -> Result<[f64; 3], SkinError> {
    let whole = dot.side_light * dot_area(&dot.stipple(skin.l, PerSquareMetre::ZERO))?;
    let light = skin.linear().map(|c| c.max(0.0));
    let mut bands = [0.0; 3];
    let l = (skin.l - 54.0) / 20.0;
    for ((area, light), band) in bands.iter_mut().zip(light).zip(&BANDS) {
        let scale = reduced_scattering(band.wavelength)? / reduced_scattering(HOME)?;
        let lightness = lightness_of(light).clamp(LIT[0], LIT[1]);
        let column = dot.column.map(|z| z.mm() * scale);
        let here = [band.side, band.fall].map(|[at, rise]| (at + rise * l).exp());
        *area = area_in(here, lightness, dot.diameter.mm() * scale, column, 1e-3 * dot.absorption / scale)
            / (scale * scale);
    }
    let weighed: f64 = (0..3).map(|k| LUMINANCE[k] * light[k] * bands[k]).sum();
    let level = if weighed > 0.0 { whole * reflectance_of(skin.l) / weighed } else { 0.0 };
    Ok(bands.map(|a| a * level))
}

/// The colour of stippled skin from so far that dots fuse. Its L* is that of the embedded-column law; range as there.
pub fn stippled(skin: Lab, dot: &Speck, density: PerSquareMetre) -> Result<Lab, SkinError> {
    let one = dot_area(&dot.stipple(skin.l, density))?;
    let load = load_of(dot.side_light * density.get() * one)?;
    let areas = dot_areas(skin, dot)?;
    let light = skin.linear();
    let left = std::array::from_fn(|k| light[k] * (-crowded(density.get() * areas[k])).exp());
    Ok(Lab::of_linear(levelled(left, reflectance_of(skin.l) * (-load).exp())))
}

/// How far the dots turn the colour of the skin, `[da*, db*]`: against a grey filter that makes it as dark. Negative `db*` is
/// bluer.
pub fn hue_shift(skin: Lab, dot: &Speck, density: PerSquareMetre) -> Result<[f64; 2], SkinError> {
    let seen = stippled(skin, dot, density)?;
    let grey = Lab::of_linear(levelled(skin.linear(), reflectance_of(seen.l)));
    Ok([seen.a - grey.a, seen.b - grey.b])
}

/// The colour of the middle of one dot alone, seen from so near that it is resolved.
pub fn dot_colour(skin: Lab, dot: &Speck) -> Result<Lab, SkinError> {
    let middle = crate::spread(skin.l, dot)?.middle();
    let areas = dot_areas(skin, dot)?;
    let light = skin.linear();
    Ok(Lab::of_linear(std::array::from_fn(|k| light[k] * (-areas[k] * middle).exp())))
}

/// The same colour with this luminance.
fn levelled(light: [f64; 3], luminance: f64) -> [f64; 3] {
    let has: f64 = light.iter().zip(LUMINANCE).map(|(c, w)| c * w).sum();
    light.map(|c| c * luminance / has)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use frames::Seed;

    use super::*;
    use crate::photons::{Case, Columns, Medium, Skin, simulate};
    use crate::{BLACK, Person, Zone, years};

    fn mm(v: f64) -> Metres {
        Metres::from_mm(v)
    }

    fn dot(diameter: f64, column: [f64; 2]) -> Speck {
        Speck { diameter: mm(diameter), column: column.map(mm), absorption: BLACK, side_light: 1.0 }
    }

    const SKINS: [f64; 3] = [32.0, 54.0, 72.0];
    const FULL: PerSquareMetre = PerSquareMetre::from_per_cm2(100.0);

    /// One truth about lightness, and none about hue where there is no dot.
    #[test]
    fn the_lightness_is_that_of_the_law() {
        for l in SKINS {
            let (skin, dot) = (Lab::of_skin(l), dot(0.2, [0.12, 0.5]));
            let seen = stippled(skin, &dot, FULL).unwrap();
            let law = l - crate::darkening(&dot.stipple(l, FULL)).unwrap();
            assert!((seen.l - law).abs() < 1e-9, "{l}: {} {law}", seen.l);
            let bare = stippled(skin, &dot, PerSquareMetre::ZERO).unwrap();
            assert!(bare.difference(skin) < 1e-9, "{bare:?}");
            let areas = dot_areas(skin, &dot).unwrap();
            let weighed: f64 = areas.iter().zip(skin.linear()).zip(LUMINANCE).map(|((a, c), w)| a * c * w).sum();
            let whole = dot_area(&dot.stipple(l, FULL)).unwrap();
            assert!((weighed / reflectance_of(l) / whole - 1.0).abs() < 1e-9, "{l}");
            let double = Speck { side_light: 2.0, ..dot };
            let [one, two] = [&dot, &double].map(|d| dot_areas(skin, d).unwrap());
            assert!(one.iter().zip(two).all(|(a, b)| (b / a - 2.0).abs() < 1e-9));
        }
    }

    /// skin.md 3.5c: deeper carbon looks bluer. Dots of one size and one height, deeper and deeper: they take less of the blue
    /// for what they take of the red, and for the same darkening turn the skin further from yellow.
    #[test]
    fn deeper_is_bluer() {
        for l in SKINS {
            let skin = Lab::of_skin(l);
            let at = |top: f64| {
                let dot = dot(0.2, [top, top + 0.3]);
                let [red, _, blue] = dot_areas(skin, &dot).unwrap();
                let turned = hue_shift(skin, &dot, FULL).unwrap()[1] / (l - stippled(skin, &dot, FULL).unwrap().l);
                [blue / red, turned]
            };
            let steps = [0.1, 0.25, 0.4, 0.55, 0.7].map(at);
            assert!(steps.windows(2).all(|w| w[1][0] < w[0][0] && w[1][1] < w[0][1]), "{l}: {steps:?}");
            assert!(steps.iter().all(|s| s[1] < 0.0), "{l}: {steps:?}");
        }
    }

    /// Absorption of the epidermis, 1/m, red, green and blue, in skins whose light in each band is that of [`Lab::of_skin`] (found
    /// with photons); of the dermis: the published baseline and a little blood.
    const EPIDERMIS: [(f64, [f64; 3]); 3] =
        [(32.0, [4_803.0, 9_605.0, 13_179.0]), (54.0, [1_072.0, 3_279.0, 4_799.0]), (72.0, [41.0, 716.0, 1_203.0])];
    const DERMIS: [f64; 3] = [30.0, 66.0, 125.0];

    /// Hue against photons followed in the three bands, each with its own scattering and absorption: the turn for each L* of
    /// darkening, its sign and its size.
    #[test]
    fn hue_follows_photons_in_three_bands() {
        let dots = [dot(0.15, [0.12, 0.45]), dot(0.25, [0.12, 0.80]), dot(0.20, [0.60, 1.00])];
        for (l, epidermis) in EPIDERMIS {
            let skin = Lab::of_skin(l);
            let light = skin.linear();
            let mut seen = [light; 3];
            for (band, (absorbed, dermis)) in epidermis.into_iter().zip(DERMIS).enumerate() {
                let scattering = reduced_scattering(BANDS[band].wavelength).unwrap();
                let medium = Medium { scattering, ..Medium::SKIN };
                let cases = dots.map(|dot| Case {
                    skin: Skin { epidermis: absorbed, dermis },
                    columns: Columns {
                        density: FULL,
                        diameter: dot.diameter,
                        column: dot.column,
                        absorption: dot.absorption,
                    },
                });
                for (seen, got) in seen.iter_mut().zip(simulate(&medium, &cases, 10_000, Seed(3)).unwrap()) {
                    assert!((got.bare.value / light[band] - 1.0).abs() < 0.05, "{l} {band}: {:?}", got.bare);
                    seen[band] *= got.ratio.value;
                }
            }
            for (dot, seen) in dots.iter().zip(seen) {
                let photons = Lab::of_linear(seen);
                let grey = Lab::of_linear(levelled(light, reflectance_of(photons.l)));
                let want = [photons.a - grey.a, photons.b - grey.b].map(|v| v / (l - photons.l));
                let law = hue_shift(skin, dot, FULL).unwrap();
                let darker = l - stippled(skin, dot, FULL).unwrap().l;
                let got = law.map(|v| v / darker);
                for (got, want) in got.into_iter().zip(want) {
                    assert!(want < 0.0 && (got / want - 1.0).abs() < 0.30, "{l} {dot:?}: law {got}, photons {want}");
                }
            }
        }
    }

    /// Nearer is darker: the middle of a dot is darker than the stipple it makes from afar.
    #[test]
    fn the_middle_of_a_dot_is_darker_than_the_stipple() {
        for l in SKINS {
            let (skin, dot) = (Lab::of_skin(l), dot(0.15, [0.12, 0.45]));
            let (near, far) = (dot_colour(skin, &dot).unwrap(), stippled(skin, &dot, FULL).unwrap());
            assert!(near.l < far.l && far.l < l && near.l > 0.5 * l, "{l}: {near:?} {far:?}");
        }
    }

    #[test]
    fn a_dot_of_the_zone_in_time() {
        let facts = Person::LIGHT.facts(Zone::FrontalMid);
        let tip = facts.window.target;
        let at = |age, ink| Speck::healed(&facts, tip, mm(0.25), ink, age, 1.0);
        let (young, old) = (at(crate::HEALED, Dilution::NONE).unwrap(), at(years(10.0), Dilution::NONE).unwrap());
        assert!(young.diameter == mm(0.25) && old.diameter > young.diameter && old.absorption < young.absorption);
        assert_eq!(young.column, [facts.epidermis + EDGE, tip.length()]);
        assert!(at(crate::days(10.0), Dilution::NONE).is_err() && at(years(21.0), Dilution::NONE).is_err());
        let shallow = Speck::healed(&facts, Penetration::new(mm(0.1)), mm(0.25), Dilution::NONE, crate::HEALED, 1.0);
        assert!(matches!(shallow, Err(SkinError::OutOfRange { what: "depth of the tips", .. })), "{shallow:?}");
    }

    #[test]
    fn outside_its_range_every_law_says_so() {
        let skin = Lab::of_skin(64.0);
        let deep = dot(0.2, [0.1, 2.0]);
        for got in [
            stippled(skin, &deep, FULL).map(|_| ()),
            dot_colour(skin, &deep).map(|_| ()),
            dot_areas(skin, &deep).map(|_| ()),
            hue_shift(skin, &deep, FULL).map(|_| ()),
            crate::spread(64.0, &deep).map(|_| ()),
        ] {
            assert!(matches!(got, Err(SkinError::OutOfRange { what: "bottom of the column", .. })), "{got:?}");
        }
        let crowd = stippled(skin, &dot(0.2, [0.1, 0.5]), PerSquareMetre::from_per_cm2(400.0));
        assert!(matches!(crowd, Err(SkinError::OutOfRange { what: "density", .. })), "{crowd:?}");
        let pale = stippled(Lab { l: 95.0, ..skin }, &dot(0.2, [0.1, 0.5]), FULL);
        assert!(matches!(pale, Err(SkinError::OutOfRange { what: "lightness of the skin", .. })), "{pale:?}");
    }
}
