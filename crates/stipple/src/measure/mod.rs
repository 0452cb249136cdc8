//! How good a pattern is, by the definitions of stipple.md 1.3.
//!
//! In: surface, fields, sites. Out: [`Quality`], each figure absent where too few dots or no edge make it meaningless.
//! Absent: influence on the dots. Exponentials and cosines are allowed here: figures may differ in the last bits between
//! machines, dots may not.
//!
//! Departures from `stipple_metrics.py`, for time: pairs are counted from at most 6000 dots instead of 30 000. The edge
//! is where the density itself ends, not the edge of the last face.

mod bins;
mod edge;
mod pair;
mod quadrature;
mod soft;
mod spacing;

use design::Fields;
use nalgebra::Vector3;
use scan::Surface;

use crate::grid::Grid;
use crate::sheet::{self, Probe, Span};
use crate::site::{Quality, Site};
use quadrature::Quadrature;

/// Fewer dots than this have no statistics.
const FEWEST: usize = 100;

/// Dots under judgement, with the target density scaled so that its integral is their number.
struct Dots {
    at: Vec<Vector3<f64>>,
    /// Hexagonal spacing of the scaled target at each, metres.
    spacing: Vec<f64>,
    grid: Grid,
}

/// A frozen point that counts for at least this much is one of those that must be even.
const COUNTS: f64 = 0.5;

/// Measures the dots of a session: sites where dots are wanted (sentinels are elsewhere) together with the hair and dots
/// that are there, against the density of them all.
pub fn measure(surface: &Surface, fields: &Fields, sites: &[Site]) -> Quality {
    let probe = Probe { surface, fields, span: Span::Session };
    let pieces = sheet::cut(&probe);
    let there = fields.frozen().iter().filter(|f| f.kind.counts() >= COUNTS).map(|f| f.point);
    let all = sites.iter().map(|s| s.head_from_skin.origin()).chain(there);
    let judged: Vec<(Vector3<f64>, f64)> = all
        .filter_map(|p| {
            let hit = surface.nearest(p);
            let density = probe.level(hit.face, hit.bary).even();
            (density > 0.0).then_some((p.coords.coords, density))
        })
        .collect();
    if judged.len() < FEWEST {
        return Quality::default();
    }
    let quadrature = Quadrature::new(&probe, &pieces, judged.len());
    let at: Vec<Vector3<f64>> = judged.iter().map(|j| j.0).collect();
    let spacing: Vec<f64> = judged.iter().map(|j| sheet::spacing(j.1 * quadrature.scale)).collect();
    let pairs: Vec<(Vector3<f64>, f64)> = at.iter().copied().zip(spacing.iter().copied()).collect();
    let dots = Dots { at, spacing, grid: Grid::new(&pairs, 2.0) };
    let border = edge::Border::new(&probe, &pieces);
    let spacing = spacing::spacing(&dots, &border);
    let pair = pair::pair(&quadrature, &dots);
    Quality {
        soft_error_ratio: soft::soft_error_ratio(&quadrature, &dots),
        bin_rms_ratio: bins::bin_rms_ratio(&quadrature, &dots),
        s_low: pair.map(|p| p.s_low),
        nn_cv: spacing.cv,
        relative_radius: Some(spacing.least),
        gr_rms_to_human: pair.map(|p| p.rms_to_human),
        edge_first_two: edge::first_two(&quadrature, &dots, &border),
    }
}
