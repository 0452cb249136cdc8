//! The part of the surface where dots are wanted, cut small enough that the wanted density is smooth on each piece.
//!
//! In: surface and fields. Out: pieces of triangles along a Morton curve, each with its mass (wanted dots). Absent: dots,
//! and any need for a closed or manifold mesh.
//! Steps 0 to 2 of stipple.md section 8. Areas are projected on the smoothed normals, so that scan noise does not add
//! dots (12.3: +9.6 % at 0.1 mm noise without it).

use design::{Fields, Levels};
use frames::{Dir, Head, Point};
use nalgebra::Vector3;
use rayon::prelude::*;
use scan::Surface;

use crate::cloud::Candidate;

/// Density varies by more than this inside a piece: cut it.
const UNEVEN: f64 = 0.25;
/// Pieces with an uneven density are not cut below this edge, metres; the rest is left to rejection.
const FINEST: f64 = 0.25e-3;
/// Longest edge of a piece in local spacings, so that a keep-out inside a coarse triangle is seen.
const LONGEST: f64 = 2.0;
/// Longest edge of a piece that looks empty, metres: little of it is farther than half a millimetre from a corner or the
/// middle, so that a spot of 1 mm is seen. Of such spots 4 % are missed, at 3 mm 10 %.
const LONGEST_EMPTY: f64 = 1.5e-3;
/// Cuts of one triangle into four, at most. 2^7 cuts an edge of 30 mm to 0.25 mm.
const DEEPEST: u32 = 7;

/// Which dots are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Span {
    /// Those of this session.
    Session,
    /// And those that it leaves to later ones.
    Rest,
    /// Those of all sessions, as if none had been.
    Plan,
}

/// Densities (1/m²) and zone at a place.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Level {
    /// New dots.
    pub(crate) density: f64,
    /// Those of this session among them.
    pub(crate) today: f64,
    /// And whatever is there already and counts.
    pub(crate) total: f64,
    pub(crate) zone: u16,
}

impl Level {
    /// The density to be even in: the total, where new dots are wanted at all.
    pub(crate) fn even(&self) -> f64 {
        if self.density > 0.0 { self.total } else { 0.0 }
    }

    /// Part of the new dots that this session lays, 0 to 1.
    pub(crate) fn share(&self) -> f64 {
        if self.density > 0.0 { self.today / self.density } else { 0.0 }
    }

    fn of(levels: Levels, span: Span) -> Self {
        let Levels { new, later, planned, hair, total, zone_index } = levels;
        let (density, total) = match span {
            Span::Session => (new, total),
            Span::Rest => (new + later, total + later),
            Span::Plan => (planned, planned + hair),
        };
        // A plan knows no day: it must come out the same in every session.
        let today = if span == Span::Plan { density } else { new };
        Self { density: density.get(), today: today.get(), total: total.get(), zone: zone_index }
    }
}

/// Surface and fields, looked at together.
pub(crate) struct Probe<'a> {
    pub(crate) surface: &'a Surface,
    pub(crate) fields: &'a Fields,
    pub(crate) span: Span,
}

impl Probe<'_> {
    /// Interpolated smoothed normal.
    pub(crate) fn normal(&self, face: u32, bary: [f64; 3]) -> Dir<Head> {
        self.surface.normal_at(face, bary)
    }

    pub(crate) fn level(&self, face: u32, bary: [f64; 3]) -> Level {
        Level::of(self.fields.levels_at(self.surface.at(face, bary), self.normal(face, bary)), self.span)
    }
}

/// A triangle inside a face.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    pub(crate) face: u32,
    /// Barycentric coordinates of its corners in the face.
    pub(crate) corner: [[f64; 3]; 3],
    /// Wanted dots.
    pub(crate) mass: f64,
    /// Those of this session among them.
    pub(crate) today: f64,
    /// Candidates are offered in proportion to this, and accepted with [`Level::even`] / `ceiling` where there is a ceiling.
    pub(crate) offered: f64,
    pub(crate) ceiling: Option<f64>,
    /// Zone at its centre.
    pub(crate) zone: u16,
}

impl Piece {
    /// Barycentric coordinates in the face of a place in the piece.
    pub(crate) fn bary(&self, [a, b, c]: [f64; 3]) -> [f64; 3] {
        let [p, q, r] = self.corner;
        [0, 1, 2].map(|k| a * p[k] + b * q[k] + c * r[k])
    }

    fn centre(&self) -> [f64; 3] {
        self.bary([1.0 / 3.0; 3])
    }
}

/// All pieces with any mass, along the Morton curve.
pub(crate) fn cut(probe: &Probe<'_>) -> Vec<Piece> {
    let surface = probe.surface;
    let faces = surface.faces();
    let wanted: Vec<u32> = (0..faces.len() as u32)
        .into_par_iter()
        .filter(|&f| {
            let [a, b, c] = corners(surface, f);
            let middle = (a + b + c) / 3.0;
            let radius = [a, b, c].iter().map(|p| (p - middle).norm()).fold(0.0, f64::max);
            probe.fields.touches(Point::from(middle), frames::Metres::new(radius))
        })
        .collect();
    // Corners are shared by about six faces: look at each once.
    let mut needed = vec![false; surface.vertices().len()];
    for &f in &wanted {
        for &v in &faces[f as usize] {
            needed[v as usize] = true;
        }
    }
    let at_vertex: Vec<Level> = needed
        .par_iter()
        .zip(surface.vertices().par_iter().zip(surface.vertex_normals().par_iter()))
        .map(|(&needed, (&p, &n))| {
            if !needed {
                return Level::default();
            }
            Level::of(probe.fields.levels_at(p, n), probe.span)
        })
        .collect();
    let mut pieces: Vec<Piece> = wanted
        .par_iter()
        .flat_map_iter(|&face| {
            let mut out = Vec::new();
            let level = faces[face as usize].map(|v| at_vertex[v as usize]);
            let corner = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
            split(probe, face, corner, level, 0, &mut out);
            out
        })
        .collect();
    sort_along_curve(surface, &mut pieces);
    pieces
}

fn split(probe: &Probe<'_>, face: u32, corner: [[f64; 3]; 3], level: [Level; 3], depth: u32, out: &mut Vec<Piece>) {
    let surface = probe.surface;
    let mut piece = Piece { face, corner, mass: 0.0, today: 0.0, offered: 0.0, ceiling: None, zone: 0 };
    let centre = piece.centre();
    let middle = probe.level(face, centre);
    let [a, b, c] = corner.map(|k| surface.at(face, k).coords);
    let edge = (b - a).norm().max((c - b).norm()).max((a - c).norm());
    let most = level.iter().fold(middle.even(), |m, l| m.max(l.even()));
    let least = level.iter().fold(middle.even(), |m, l| m.min(l.even()));
    // What is there may hide a slope of what is new.
    let range = |of: fn(&Level) -> f64| {
        level.iter().map(of).fold([of(&middle); 2], |[least, most], d| [least.min(d), most.max(d)])
    };
    let (new, today) = (range(|l| l.density), range(|l| l.today));
    let steep = |least: f64, most: f64| most - least > UNEVEN * most;
    let uneven = steep(least, most)
        || steep(new[0], new[1])
        || steep(today[0], today[1])
        || level.iter().any(|l| l.zone != middle.zone && l.density > 0.0);
    let cut = depth < DEEPEST
        && if most <= 0.0 {
            edge > LONGEST_EMPTY
        } else {
            // A slope is resolved by a quarter of a spacing, an edge only by the finest pieces.
            let enough = if least > 0.0 { FINEST.max(0.25 * spacing(most)) } else { FINEST };
            edge > LONGEST * spacing(most).max(FINEST) || (uneven && edge > enough)
        };
    if cut {
        let mid = |p: [f64; 3], q: [f64; 3]| [0, 1, 2].map(|k| 0.5 * (p[k] + q[k]));
        let [p, q, r] = corner;
        let (pq, qr, rp) = (mid(p, q), mid(q, r), mid(r, p));
        let [lpq, lqr, lrp] = [pq, qr, rp].map(|k| probe.level(face, k));
        split(probe, face, [p, pq, rp], [level[0], lpq, lrp], depth + 1, out);
        split(probe, face, [pq, q, qr], [lpq, level[1], lqr], depth + 1, out);
        split(probe, face, [rp, qr, r], [lrp, lqr, level[2]], depth + 1, out);
        split(probe, face, [pq, qr, rp], [lpq, lqr, lrp], depth + 1, out);
        return;
    }
    if most <= 0.0 {
        return;
    }
    let flat = 0.5 * (b - a).cross(&(c - a));
    let area = flat.dot(probe.normal(face, centre).get()).max(0.0);
    // Exact for quadratics: corners 1/12 each, centre 3/4.
    let mean = |of: fn(&Level) -> f64| level.iter().map(of).sum::<f64>() / 12.0 + 0.75 * of(&middle);
    piece.zone = if middle.density > 0.0 { middle.zone } else { dominant(&level) };
    piece.mass = area * mean(|l| l.density);
    piece.today = area * mean(|l| l.today);
    piece.ceiling = uneven.then_some(most);
    piece.offered = area * if uneven { most } else { mean(Level::even) };
    if piece.offered > 0.0 {
        out.push(piece);
    }
}

fn dominant(level: &[Level; 3]) -> u16 {
    level.iter().fold((0.0, 0), |best, l| if l.density > best.0 { (l.density, l.zone) } else { best }).1
}

/// Hexagonal spacing of a density (1/m²), metres, capped at 20 mm so that the far tail of a feather stays finite.
pub(crate) fn spacing(density: f64) -> f64 {
    const CAP: f64 = 20e-3;
    /// 2 / sqrt(3)
    const HEX: f64 = 1.154_700_538_379_251_7;
    if density <= 0.0 { CAP } else { (HEX / density).sqrt().min(CAP) }
}

pub(crate) fn corners(surface: &Surface, face: u32) -> [Vector3<f64>; 3] {
    surface.faces()[face as usize].map(|v| surface.vertices()[v as usize].coords.coords)
}

fn sort_along_curve(surface: &Surface, pieces: &mut Vec<Piece>) {
    let centre: Vec<Vector3<f64>> = pieces.iter().map(|p| surface.at(p.face, p.centre()).coords.coords).collect();
    let Some(&first) = centre.first() else { return };
    let (low, high) = centre.iter().fold((first, first), |(l, h), p| (l.inf(p), h.sup(p)));
    // One scale for the three axes.
    let scale = 2_097_151.0 / (high - low).max().max(1e-9);
    let mut order: Vec<(u64, u32)> = centre
        .iter()
        .enumerate()
        .map(|(k, p)| {
            let cell = (p - low) * scale;
            (morton(&cell), k as u32)
        })
        .collect();
    order.par_sort_unstable();
    *pieces = order.iter().map(|&(_, k)| pieces[k as usize]).collect();
}

/// Dots in the order of the curve through a cube of a metre around the head's origin.
pub(crate) fn along_curve(dots: &mut [Candidate]) {
    dots.sort_by_cached_key(|dot| {
        let cell = (dot.at.coords.coords + Vector3::repeat(0.5)) * 2_097_151.0;
        morton(&cell)
    });
}

fn morton(cell: &Vector3<f64>) -> u64 {
    spread(cell.x as u64) | spread(cell.y as u64) << 1 | spread(cell.z as u64) << 2
}

/// 21 bits, two zeros between each.
const fn spread(x: u64) -> u64 {
    let x = x & 0x1F_FFFF;
    let x = (x | x << 32) & 0x1F_0000_0000_FFFF;
    let x = (x | x << 16) & 0x1F_0000_FF00_00FF;
    let x = (x | x << 8) & 0x100F_00F0_0F00_F00F;
    let x = (x | x << 4) & 0x10C3_0C30_C30C_30C3;
    (x | x << 2) & 0x1249_2492_4924_9249
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn morton_bits_are_two_apart() {
        assert_eq!(spread(0b111), 0b001_001_001);
        assert_eq!(spread(0x1F_FFFF).count_ones(), 21);
        assert_eq!(spread(0x10_0000), 1 << 60);
    }

    #[test]
    fn spacing_by_density() {
        // stipple.md 1.1: 80/cm² is 1.20 mm, 28/cm² 2.03 mm.
        assert!((spacing(80e4) - 1.20e-3).abs() < 5e-6);
        assert!((spacing(28e4) - 2.03e-3).abs() < 5e-6);
        assert!((spacing(0.0) - 20e-3).abs() < 1e-12);
    }
}
