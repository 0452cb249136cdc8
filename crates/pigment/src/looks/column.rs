//! One column of pigment, or one shaft of hair, as the light that it takes.
//!
//! In: a dot's fate, or a follicle. Out: [`Column`]: the area of skin whose red, green and blue light it takes when it stands
//! alone, how that is spread, its stub. Absent: neighbours (see `share.rs`), pixels.
//!
//! How much and where are skin's laws, fitted to photons: [`skin::dot_areas`], [`skin::spread`].

use frames::{Dir, Head, Metres, PerSquareMetre, Point, Seed, Span, gauss, unit};
use skin::{Group, Lab, Person, Speck, Spread, Stubble};
use stipple::Site;

use super::law;

/// Of a hair's middle from that of its neighbour in the unit, metres: they stand 0.1-0.2 mm apart (stipple.md 5.2).
const APART: f64 = 0.15e-3;
/// How far the ways of single hairs differ, radians, and their lengths, of the mean: one standard deviation (E; nothing is
/// published for shaved scalps).
const LIES: f64 = 0.25;
const LENGTHS: f64 = 0.2;
/// Stages of the counter-based random numbers.
const ROW: u64 = 0x4841_4954;
const PLACE: u64 = 0x4841_4955;
const ASIDE: u64 = 0x4841_4956;
const LENGTH: u64 = 0x4841_4957;
const LIE: u64 = 0x4841_4958;
/// Depth over which a shaft takes light (skin.md 3.5 D; see [`skin::Stubble`]).
const SHAFT: Metres = Metres::from_mm(0.8);
/// A shaft begins at the surface; its colour and spread are those of a column that begins where the law does.
const SHAFT_TOP: Metres = Metres::from_mm(0.05);
/// So few that none shades another: the law of shaved hair, taken for one.
const FEW: PerSquareMetre = PerSquareMetre::from_per_cm2(0.1);
/// Skins, dots and columns for which photons were followed: L*, mm, mm (see [`skin::dot_area`]).
const SKINS: [f64; 2] = [32.0, 72.0];
const DIAMETERS: [f64; 2] = [0.06, 0.40];
const TOP: f64 = 0.05;
const BOTTOM: f64 = 1.20;
const HEIGHT: f64 = 0.05;

/// What takes light, and where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Column {
    /// On the skin.
    pub(crate) at: Point<Head>,
    /// Of the skin.
    pub(crate) normal: Dir<Head>,
    /// Area of skin whose red, green and blue light it takes when it stands alone, m².
    pub(crate) areas: [f64; 3],
    /// Of luminous light.
    pub(crate) load: f64,
    /// Where that light is missing.
    pub(crate) spread: Spread,
    /// A hair's stub above the skin: half of it along the skin, metres, and its width.
    pub(crate) stub: Option<([f64; 3], Metres)>,
}

/// A dot `age` after its session; `None` once it has shed, or where no law reaches.
pub(crate) fn dot(person: &Person, group: &Group, site: &Site, age: Span, seed: Seed, number: u64) -> Option<Column> {
    let fate = law::fate(person, group, site, age, seed, number).ok()??;
    let side_light = person.facts(site.zone).side_light;
    let (areas, spread) = light(person, fate.diameter, fate.column, fate.absorption, side_light)?;
    let areas = areas.map(|a| a * fate.veil);
    Some(Column {
        at: site.head_from_skin.origin(),
        normal: site.head_from_skin.z(),
        areas,
        load: luminous(person.colour(), areas),
        spread,
        stub: None,
    })
}

/// What a column takes, and where. A column or a dot beyond the law's range counts as the nearest inside it; a wider dot in
/// proportion to `d*(1-exp(-mu*d))`, which keeps the limits of a faint and of a black one.
fn light(
    person: &Person,
    diameter: Metres,
    column: [Metres; 2],
    absorption: f64,
    side_light: f64,
) -> Option<([f64; 3], Spread)> {
    let mm = Metres::from_mm;
    let inside = diameter.max(mm(DIAMETERS[0])).min(mm(DIAMETERS[1]));
    let crossed = |d: Metres| d.get() * -(-absorption * d.get()).exp_m1();
    let beyond = if crossed(inside) > 0.0 { crossed(diameter) / crossed(inside) } else { 1.0 };
    let speck = Speck { diameter: inside, column: held(column), absorption, side_light };
    let own = person.colour();
    let skin = Lab { l: own.l.clamp(SKINS[0], SKINS[1]), ..own };
    let areas = skin::dot_areas(skin, &speck).ok()?.map(|a| a * beyond);
    let spread = skin::spread(skin.l, &speck).ok()?;
    // A dot wider than the law's widest is as much wider seen: a disc has a sixteenth of its diameter squared.
    let more = (diameter.get().powi(2) - inside.get().powi(2)).max(0.0) / 16.0;
    Some((areas, Spread { core: Metres::new((spread.core.get().powi(2) + more).sqrt()), ..spread }))
}

/// A column inside the law.
fn held([top, bottom]: [Metres; 2]) -> [Metres; 2] {
    let mm = Metres::from_mm;
    let bottom = bottom.max(mm(TOP + HEIGHT)).min(mm(BOTTOM));
    [top.max(mm(TOP)).min(bottom - mm(HEIGHT)), bottom]
}

/// Of what a mark takes of three bands, what it takes of the luminous light that skin of this colour sends.
pub(super) fn luminous(skin: Lab, areas: [f64; 3]) -> f64 {
    let light = skin.linear().map(|c| c.max(0.0));
    let weighed = |of: [f64; 3]| (0..3).map(|k| super::LUMINANCE[k] * light[k] * of[k]).sum::<f64>();
    weighed(areas) / weighed([1.0; 3]).max(f64::MIN_POSITIVE)
}

/// The hairs of follicular unit `number`, shaved. `along` is the way the hair lies; no two lie quite alike.
pub(crate) fn hairs(
    person: &Person,
    at: Point<Head>,
    normal: Dir<Head>,
    along: Option<Dir<Head>>,
    count: u8,
    seed: Seed,
    number: u64,
) -> impl Iterator<Item = Column> + use<> {
    let stubble = person.stubble();
    let load = shaft(&stubble, person.lightness());
    let skin = person.colour();
    // As much as the law of shaved hair says, of the colour that the law of dots says.
    let law = light(person, stubble.shaft, [SHAFT_TOP, SHAFT], skin::BLACK, 1.0).map(|(areas, spread)| {
        let level = load / luminous(skin, areas).max(f64::MIN_POSITIVE);
        (areas.map(|a| a * level), spread)
    });
    let n = normal.get().into_inner();
    let some = if n.x.abs() < 0.9 { nalgebra::Vector3::x() } else { nalgebra::Vector3::y() };
    let way = along.map_or(some, |dir| dir.get().into_inner());
    let way = (way - n * way.dot(&n)).try_normalize(1e-6).unwrap_or_else(|| n.cross(&some).normalize());
    let turned = move |angle: f64| way * angle.cos() + n.cross(&way) * angle.sin();
    // Which way the row of a unit's hairs stands does not follow the hair.
    let row = turned(std::f64::consts::PI * unit(seed, ROW, number));
    let columns = law.into_iter().flat_map(move |law| (0..count).map(move |k| (law, k)));
    columns.map(move |((areas, spread), k)| {
        let hair = number * 8 + u64::from(k);
        let beside = APART * (f64::from(k) - 0.5 * f64::from(count - 1) + 0.25 * gauss(seed, PLACE, hair));
        let root = at.coords.coords + row * beside + n.cross(&row) * (0.2 * APART * gauss(seed, ASIDE, hair));
        let longer = (1.0 + LENGTHS * gauss(seed, LENGTH, hair)).max(0.2);
        let half = turned(LIES * gauss(seed, LIE, hair)) * (0.5 * stubble.visible.get() * longer);
        let stub = (stubble.visible.get() > 0.0).then(|| (half.into(), stubble.shaft));
        Column { at: Point::from(root), normal, areas, load, spread, stub }
    })
}

/// Area of skin whose light one shaft takes, m²: by the law of shaved hair, without stubs, for few hairs.
fn shaft(stubble: &Stubble, lightness: f64) -> f64 {
    let skin = lightness.clamp(SKINS[0], SKINS[1]);
    let few = Stubble { hairs: FEW, visible: Metres::ZERO, ..*stubble };
    let under = few.lightness(skin).unwrap_or(skin);
    (skin::reflectance_of(skin) / skin::reflectance_of(under)).ln() / FEW.get()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::super::law::tests::site;
    use super::*;

    /// The mean of many healed dots is what skin's law says of the one that was planned: within 3 %, for three skins.
    #[test]
    fn healed_dots_take_what_the_law_says() {
        for person in [Person::LIGHT, Person::MEDIUM, Person::DARK] {
            for (shade, mm) in [(0.3, 0.12), (0.5, 0.18), (0.9, 0.25)] {
                let site = site(&person, shade, mm);
                let facts = person.facts(site.zone);
                let n = 4000;
                let mean = (0..n)
                    .filter_map(|k| dot(&person, &Group::ONE, &site, skin::HEALED, Seed(1), k))
                    .map(|c| c.load)
                    .sum::<f64>()
                    / n as f64;
                let law = skin::dot_area(&skin::Stipple {
                    lightness: person.lightness(),
                    density: FEW,
                    diameter: site.healed,
                    column: skin::column(site.target, facts.epidermis).unwrap(),
                    absorption: -(1.0_f64 - shade).ln() / site.healed.get(),
                });
                let want = law.unwrap();
                assert!((mean / want - 1.0).abs() < 0.03, "{shade} {mm}: {mean} {want}");
            }
        }
    }

    #[test]
    fn fresh_is_darker_and_wider_and_years_are_lighter() {
        let site = site(&Person::LIGHT, 0.5, 0.18);
        let at = |age| dot(&Person::LIGHT, &Group::ONE, &site, age, Seed(1), 0).unwrap();
        let (fresh, healed) = (at(Span::ZERO), at(skin::HEALED));
        assert!(fresh.load > 1.4 * healed.load && fresh.spread.core > healed.spread.core);
        let ages = [1.0, 3.0, 5.0, 10.0].map(|y| at(skin::years(y)));
        assert!(ages.windows(2).all(|w| w[1].load < w[0].load && w[1].spread.core > w[0].spread.core));
        // The veil of days 5 to 14 takes contrast away.
        assert!(at(skin::days(9.5)).load < 0.75 * at(skin::days(4.0)).load);
    }

    /// Beyond the widest dot of the law the same pigment takes about the same light.
    #[test]
    fn a_blown_out_dot_takes_no_more_than_its_pigment() {
        let column = [Metres::from_mm(0.12), Metres::from_mm(0.5)];
        let of = |mm: f64| light(&Person::LIGHT, Metres::from_mm(mm), column, 20.0 / (mm * mm), 1.0).unwrap().0[1];
        assert!((of(0.9) / of(0.3) - 1.0).abs() < 0.05, "{} {}", of(0.9), of(0.3));
    }

    /// The published 1.9 * 77 um * 0.8 mm on L* 72 (skin.md 3.5 D), within what better optics may say.
    #[test]
    fn a_shaft_takes_what_shaved_hair_says() {
        let got = shaft(&Stubble::PUBLISHED, 72.0) * 1e6;
        assert!((0.09..0.125).contains(&got), "{got} mm2");
    }
}
