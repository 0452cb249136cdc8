//! Hair, shaved: what is there, and what would be there were it not lost.
//!
//! In: a treatment, its design. Out: columns of hair. Absent: dots, colour of hair (shafts are black, as in
//! [`skin::Stubble`]).

use std::sync::Arc;

use design::{Fields, FrozenKind, Wanted};
use frames::{Dir, Head, Metres, PerSquareMetre, Point};
use stipple::Site;

use super::column::{self, Column};
use crate::existing::{self, Follicle};
use crate::{Failure, Treatment};

/// Hairs a follicular unit has, on average (stipple.md 5.1; see [`existing::hairs_of`]).
const HAIRS: f64 = 1.906;

/// The follicles that are there.
pub(super) fn there(treatment: &Treatment) -> Vec<Follicle> {
    if !treatment.existing.hair.is_empty() {
        return treatment.existing.hair.clone();
    }
    let given = treatment.fields.frozen().iter().filter(|f| matches!(f.kind, FrozenKind::Follicle));
    let seed = existing::hair_seed(&treatment.file);
    given.enumerate().map(|(k, f)| Follicle { point: f.point, hairs: existing::hairs_of(seed, k as u64) }).collect()
}

/// Follicles where the design wants dots. Where hair is known, as many as it lacks; else as many, at the densest place, as the
/// person's stubble has, elsewhere in proportion. `first` is the design before any dot is laid, `sites` are dots of it.
pub(super) fn instead(treatment: &Treatment, first: &Arc<Fields>, sites: &[Site]) -> Result<Vec<Follicle>, Failure> {
    let wanted_at = |p: Point<Head>, n: Dir<Head>| first.density_at(p, n).0;
    let mut densities: Vec<f64> =
        sites.iter().map(|s| wanted_at(s.head_from_skin.origin(), s.head_from_skin.z()).get()).collect();
    densities.sort_by(f64::total_cmp);
    // Not the very densest: one odd place in a hundred would thin all the others.
    let Some(densest) = densities.get(densities.len() * 99 / 100).copied().filter(|d| *d > 0.0) else {
        return Ok(Vec::new());
    };
    let full = treatment.person.stubble().hairs * (1.0 / HAIRS);
    let scale = if there(treatment).is_empty() { full.get() / densest } else { 1.0 };
    let fields = Arc::clone(first);
    let natural = move |p: Point<Head>, n: Dir<Head>| -> Wanted {
        let wanted = fields.at(p, n);
        let density = PerSquareMetre::new((wanted.density.get() * scale).min(full.get()));
        Wanted { density, ..wanted }
    };
    existing::grow(&treatment.scan, &Fields::from_fn(natural, Metres::ZERO), existing::hair_seed(&treatment.file))
        .map_err(|e| Failure::file(&treatment.file.path, e))
}

/// Their hairs.
pub(super) fn columns(treatment: &Treatment, follicles: &[Follicle]) -> Vec<Column> {
    let surface = &treatment.scan.surface;
    let seed = existing::hair_seed(&treatment.file);
    let of = |(k, f): (usize, &Follicle)| {
        let hit = surface.nearest(f.point);
        let normal = surface.normal_at(hit.face, hit.bary);
        let along = treatment.fields.at(f.point, normal).hair;
        column::hairs(&treatment.person, f.point, normal, along, f.hairs, seed, k as u64)
    };
    follicles.iter().enumerate().flat_map(of).collect()
}
