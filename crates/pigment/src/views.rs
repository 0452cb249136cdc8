//! A head with its dots, seen from five sides: what the sheet and the gallery show.
//!
//! In: a treatment and dots. Out: pictures. Dots are drawn larger than they are and as transparent as keeps their tone, so
//! that a head of dots reads as stubble and not as a helmet.

use design::FrozenKind;
use frames::{Dir, Head, Metres, PerSquareMetre, Point};
use record::{Camera, Colour, Dot, Mesh, Picture};
use skin::{Fitzpatrick, Person};
use stipple::Site;

use crate::Treatment;

/// Radius of a dot as drawn: a third of the spacing of a dense pattern, half a pixel of a head 200 mm tall on 340 pixels.
const DRAWN: Metres = Metres::from_mm(0.30);
/// Of the pigment as it looks through the skin: carbon black, a little warm.
const PIGMENT: Colour = [38, 33, 32];
/// Of shaved hair.
const HAIR: Colour = [84, 62, 48];
/// Lower than this the neck begins: it tells nothing and makes the head small. Metres, in the head frame.
const CHIN: f64 = -0.085;

/// How dark dots are drawn against what skin's laws say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Emphasis(pub(crate) f64);

/// Front, top, left, right, back.
pub(crate) const SIDES: [Side; 5] = [
    Side { to_eye: [0.0, 1.0, 0.18], up: [0.0, 0.0, 1.0] },
    Side { to_eye: [0.0, 0.22, 1.0], up: [0.0, 1.0, 0.0] },
    Side { to_eye: [-1.0, 0.0, 0.12], up: [0.0, 0.0, 1.0] },
    Side { to_eye: [1.0, 0.0, 0.12], up: [0.0, 0.0, 1.0] },
    Side { to_eye: [0.0, -1.0, 0.30], up: [0.0, 0.0, 1.0] },
];

/// Where a picture is taken from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Side {
    to_eye: [f64; 3],
    up: [f64; 3],
}

/// One picture of a head.
pub(crate) fn side(treatment: &Treatment, tint: &[Colour], dots: &[Dot], side: &Side, size: [usize; 2]) -> Picture {
    let surface = &treatment.scan.surface;
    let mesh = Mesh {
        vertices: surface.vertices(),
        normals: surface.vertex_normals(),
        faces: surface.faces(),
        colour: skin_tone(&treatment.person),
        tint: Some(tint),
    };
    let dir = |v: [f64; 3], other: Dir<Head>| Dir::try_from_vector(v.into()).unwrap_or(other);
    let above: Vec<Point<Head>> = surface.vertices().iter().copied().filter(|p| p.coords.z > CHIN).collect();
    let camera = Camera::fit(dir(side.to_eye, Dir::Y), dir(side.up, Dir::Z), &above, size);
    record::draw(&mesh, dots, &camera)
}

/// The dots of `sites` as they look when healed.
pub(crate) fn dots(treatment: &Treatment, sites: &[Site], emphasis: Emphasis) -> Vec<Dot> {
    sites.iter().map(|site| dot(treatment, site, emphasis)).collect()
}

/// The hair that is there, shaved: as dark as dots of the same density would be, and warmer.
pub(crate) fn hair(treatment: &Treatment) -> Vec<Dot> {
    let surface = &treatment.scan.surface;
    let drawn = treatment.existing.hair.iter().map(|f| f.point);
    // Of drawn hair the design keeps only what is near its zones.
    let kept = treatment.fields.frozen().iter().filter(|f| matches!(f.kind, FrozenKind::Follicle)).map(|f| f.point);
    let all: Vec<_> = if treatment.existing.hair.is_empty() { kept.collect() } else { drawn.collect() };
    all.into_iter()
        .map(|at| {
            let hit = surface.nearest(at);
            Dot { at, normal: surface.normal_at(hit.face, hit.bary), radius: DRAWN, colour: HAIR, opacity: 0.75 }
        })
        .collect()
}

fn dot(treatment: &Treatment, site: &Site, emphasis: Emphasis) -> Dot {
    let drawn = std::f64::consts::PI * DRAWN.get() * DRAWN.get();
    let opacity = (taken(&treatment.person, site) * emphasis.0 / drawn).min(0.95);
    Dot { at: site.head_from_skin.origin(), normal: site.head_from_skin.z(), radius: DRAWN, colour: PIGMENT, opacity }
}

/// Area of skin that a dot blackens, m²: [`skin::dot_area`].
fn taken(person: &Person, site: &Site) -> f64 {
    let facts = person.facts(site.zone);
    let Some([top, bottom]) = skin::column(site.target, facts.epidermis) else { return 0.0 };
    let diameter = site.healed.max(Metres::from_mm(0.06)).min(Metres::from_mm(0.40));
    // `shade` is the part of the light across the dot that it takes, `1-exp(-mu*d)`.
    let absorption = (-(1.0 - site.shade.clamp(0.0, 1.0)).ln() / diameter.get()).min(skin::BLACK);
    let lightness = person.lightness().clamp(32.0, 72.0);
    let column = [top, bottom.min(Metres::from_mm(1.20))];
    let stipple = skin::Stipple { lightness, density: PerSquareMetre::ZERO, diameter, column, absorption };
    // Outside the law's range (a dot shallower or deeper than any simulated) its own area is what is known.
    let geometric = 0.25 * std::f64::consts::PI * site.healed.get() * site.healed.get();
    skin::dot_area(&stipple).map_or(geometric, |area| facts.side_light * area)
}

/// Colour of untreated skin under white light (own choice, in even steps of lightness).
pub(crate) const fn skin_tone(person: &Person) -> Colour {
    match person.fitzpatrick {
        Fitzpatrick::I => [240, 208, 190],
        Fitzpatrick::II => [230, 192, 170],
        Fitzpatrick::III => [211, 168, 140],
        Fitzpatrick::IV => [180, 134, 106],
        Fitzpatrick::V => [138, 98, 76],
        Fitzpatrick::VI => [98, 68, 54],
    }
}

/// Between two colours; `part` 0 is the first.
pub(crate) fn mix(a: Colour, b: Colour, part: f64) -> Colour {
    let part = part.clamp(0.0, 1.0);
    std::array::from_fn(|k| (f64::from(a[k]) + (f64::from(b[k]) - f64::from(a[k])) * part).round() as u8)
}
