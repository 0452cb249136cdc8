//! A head with its dots, seen from five sides: what the sheet and the gallery show.
//!
//! In: a treatment and how its dots look. Out: pictures. Dots are drawn larger than they are and as transparent as keeps their tone, so
//! that a head of dots reads as stubble and not as a helmet.

use frames::{Dir, Head, Metres, Point};
use record::{Camera, Colour, Dot, Mesh, Picture};
use skin::{Fitzpatrick, Person};

use crate::Treatment;
use crate::looks::{DotLook, Kind};

/// Radius of a dot as drawn: a third of the spacing of a dense pattern, half a pixel of a head 200 mm tall on 340 pixels.
const DRAWN: Metres = Metres::from_mm(0.30);
/// Of the pigment as it looks through the skin: carbon black, a little warm.
const PIGMENT: Colour = [38, 33, 32];
/// Of shaved hair.
pub(crate) const HAIR: Colour = [84, 62, 48];
/// Lower than this the neck begins: it tells nothing and makes the head small. Metres, in the head frame.
pub(crate) const CHIN: f64 = -0.085;

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

/// Dots and hairs as they look, each as a disc of one size that takes as much light.
pub(crate) fn dots(looks: &[DotLook], emphasis: Emphasis) -> Vec<Dot> {
    let dot = |look: &DotLook| {
        let (colour, emphasis) = match look.kind {
            Kind::Dot => (PIGMENT, emphasis.0),
            Kind::Shaft | Kind::Stub => (HAIR, 1.0),
        };
        let opacity = (look.opacity(DRAWN) * emphasis).min(0.95);
        Dot { at: look.at, normal: look.normal, radius: DRAWN, colour, opacity }
    };
    looks.iter().map(dot).collect()
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
