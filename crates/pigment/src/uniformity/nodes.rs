//! The wanted tone as a fine cloud of weighted places.
//!
//! In: a treatment. Out: [`Node`]s over everything that is treated, and as far beyond as the band reaches where hair is
//! known. Absent: dots.

use design::FrozenKind;
use frames::{Dir, Head, Metres, Point};
use rayon::prelude::*;

use super::band::REACH;
use super::tone;
use crate::Treatment;

/// So many nodes are enough: a square of 0.2 to 0.8 mm a side for each, against wavelengths of 3 mm and more.
const NODES: f64 = 80_000.0;
const FINEST: f64 = 0.04e-6;
const COARSEST: f64 = 0.6e-6;
/// Cuts of a face's edge, at most.
const MOST_CUTS: f64 = 64.0;

/// A small piece of skin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) at: Point<Head>,
    pub(super) normal: Dir<Head>,
    /// m².
    pub(super) area: f64,
    /// Of today's dots, per area; 0 where none is wanted.
    pub(super) new: f64,
    /// Of one dot of today here, m².
    pub(super) dot: f64,
    /// Of hair and dots that are there, smoothed, per area.
    pub(super) there: f64,
    pub(super) zone: u16,
}

impl Node {
    /// Anything is wanted or there.
    pub(super) fn bears(&self) -> bool {
        self.new > 0.0 || self.there > 0.0
    }
}

/// Every piece of skin where a zone may be, or hair near one.
pub(super) fn nodes(treatment: &Treatment) -> Vec<Node> {
    let (surface, fields) = (&treatment.scan.surface, &treatment.fields);
    let hair = fields.frozen().iter().any(|f| matches!(f.kind, FrozenKind::Follicle));
    let margin = if hair { REACH } else { 0.0 };
    let faces: Vec<u32> = (0..surface.faces().len() as u32)
        .filter(|&face| {
            let middle = surface.at(face, [1.0 / 3.0; 3]);
            let out = surface.faces()[face as usize].map(|v| (surface.vertices()[v as usize] - middle).norm().get());
            fields.touches(middle, Metres::new(out.into_iter().fold(margin, |m, d| m.max(d + margin))))
        })
        .collect();
    let total: f64 = faces.iter().map(|&f| surface.face_area(f)).sum();
    let cell = (total / NODES).clamp(FINEST, COARSEST);
    faces
        .par_iter()
        .flat_map_iter(|&face| {
            let area = surface.face_area(face);
            let cuts = (area / cell).sqrt().ceil().clamp(1.0, MOST_CUTS) as usize;
            middles(cuts).map(move |bary| node(treatment, hair, face, bary, area / (cuts * cuts) as f64))
        })
        .collect()
}

fn node(treatment: &Treatment, hair: bool, face: u32, bary: [f64; 3], area: f64) -> Node {
    let (surface, fields, person) = (&treatment.scan.surface, &treatment.fields, &treatment.person);
    let (at, normal) = (surface.at(face, bary), surface.normal_at(face, bary));
    let levels = fields.levels_at(at, normal);
    let hair = if hair { fields.hair_at(at, normal).map_or(0.0, |h| h.get()) } else { 0.0 };
    let (new, total) = (levels.new.get(), levels.total.get());
    // Outside the zones no level is told, hair is.
    let ink = if total > 0.0 { (total - new - hair).max(0.0) } else { 0.0 };
    let dot = if new > 0.0 || ink > 0.0 { tone::of_place(person, fields, at, normal) } else { 0.0 };
    let there = ink * dot + if hair > 0.0 { hair * tone::of_hair(person) } else { 0.0 };
    Node { at, normal, area, new: new * dot, dot, there, zone: levels.zone_index }
}

/// Middles of the `cuts`² equal parts of a triangle.
fn middles(cuts: usize) -> impl Iterator<Item = [f64; 3]> {
    let n = cuts as f64;
    (0..cuts).flat_map(move |i| {
        (0..cuts - i).flat_map(move |j| {
            let parts = if j + 1 < cuts - i { 2 } else { 1 };
            (1..=parts).map(move |third| {
                let third = f64::from(third) / 3.0;
                let (u, v) = ((i as f64 + third) / n, (j as f64 + third) / n);
                [1.0 - u - v, u, v]
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_triangle_are_equal_and_all_there() {
        for cuts in 1..6 {
            let all: Vec<_> = middles(cuts).collect();
            assert_eq!(all.len(), cuts * cuts);
            for k in 0..3 {
                let mean = all.iter().map(|b| b[k]).sum::<f64>() / all.len() as f64;
                assert!((mean - 1.0 / 3.0).abs() < 1e-12 && all.iter().all(|b| b[k] > 0.0), "{cuts} {k}: {mean}");
            }
        }
    }
}
