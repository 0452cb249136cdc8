//! How good a pattern is, by the definitions of stipple.md 1.3.
//!
//! In: surface, fields, dots from anywhere. Out: [`Metrics`], or the few of them that a report shows ([`Quality`]); each
//! figure absent where too few dots or no edge make it meaningless. Absent: influence on the dots. Exponentials and cosines
//! are allowed here: figures may differ in the last bits between machines, dots may not.
//!
//! Departures from `stipple_metrics.py`: the edge is where the density itself ends, not the edge of the last face; sheets
//! that nearly touch are told apart nowhere, as there; [`Quality`] counts pairs from 6000 dots instead of 30 000, for time.

mod bins;
mod capacity;
mod cover;
mod edge;
mod metrics;
mod pair;
mod quadrature;
mod soft;
mod spacing;

use design::Fields;
use frames::{Head, Metres, PerSquareMetre, Point};
use nalgebra::Vector3;
use rayon::prelude::*;
use scan::Surface;

pub use cover::covered;
pub use metrics::{Bins, Edge, Metrics, Pair, Row, Soft, Spacing, Spectrum, Strip};
pub use pair::human;

use crate::grid::Grid;
use crate::sheet::{self, Probe, Span};
use crate::site::{Quality, Site};
use crate::{Progress, StippleError};
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

/// How much work the answer is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effort {
    /// What every run reports.
    Report,
    /// Everything that is known.
    All,
}

impl Effort {
    /// Dots from which pairs are counted, at most.
    const fn centres(self) -> usize {
        match self {
            Self::Report => 6000,
            Self::All => 30_000,
        }
    }

    /// Steps of 0.01 / s at which the power is wanted: 39 are enough for the low end.
    const fn frequencies(self) -> u32 {
        match self {
            Self::Report => 39,
            Self::All => 400,
        }
    }
}

/// A frozen point that counts for at least this much is one of those that must be even.
const COUNTS: f64 = 0.5;

/// Measures the dots of a session: sites where dots are wanted (sentinels are elsewhere) together with the hair and dots
/// that are there, against the density of them all.
pub fn measure(surface: &Surface, fields: &Fields, sites: &[Site]) -> Quality {
    // Nobody stops it.
    report(surface, fields, sites, &Progress::none()).unwrap_or_default()
}

/// [`measure`] of a job that may be stopped.
pub(crate) fn report(
    surface: &Surface,
    fields: &Fields,
    sites: &[Site],
    progress: &Progress<'_>,
) -> Result<Quality, StippleError> {
    let dots: Vec<Point<Head>> = sites.iter().map(|s| s.head_from_skin.origin()).collect();
    let metrics = judge(surface, fields, &dots, Effort::Report, progress)?;
    Ok(metrics.map_or_else(Quality::default, |m| m.quality()))
}

/// All figures of any dots, whoever laid them: those where dots are wanted, together with the hair and dots that are there,
/// against the density of them all, scaled to their number. `None` for fewer than a hundred.
///
/// Where nobody knows what was wanted, [`covered`] makes fields of one density.
///
/// # Errors
/// That it was stopped.
pub fn examine(
    surface: &Surface,
    fields: &Fields,
    dots: &[Point<Head>],
    progress: &Progress<'_>,
) -> Result<Option<Metrics>, StippleError> {
    judge(surface, fields, dots, Effort::All, progress)
}

/// A dot under judgement and how far it is from the surface; no density where none is wanted.
struct Found {
    at: Vector3<f64>,
    density: f64,
    off: f64,
}

fn judge(
    surface: &Surface,
    fields: &Fields,
    dots: &[Point<Head>],
    effort: Effort,
    progress: &Progress<'_>,
) -> Result<Option<Metrics>, StippleError> {
    progress.done(0.0)?;
    let probe = Probe { surface, fields, span: Span::Session };
    let find = |p: &Point<Head>| {
        let hit = surface.nearest(*p);
        let density = probe.level(hit.face, hit.bary).even();
        Found { at: p.coords.coords, density, off: (hit.point - *p).norm().get() }
    };
    let there: Vec<Point<Head>> =
        fields.frozen().iter().filter(|f| f.kind.counts() >= COUNTS).map(|f| f.point).collect();
    let mut judged: Vec<Found> = dots.par_iter().chain(&there).map(find).collect();
    let farthest = judged[..dots.len()].iter().fold(0.0_f64, |m, f| m.max(f.off));
    let outside = judged[..dots.len()].iter().filter(|f| f.density <= 0.0).count();
    judged.retain(|f| f.density > 0.0);
    if judged.len() < FEWEST {
        return Ok(None);
    }
    progress.done(0.1)?;
    let pieces = sheet::cut(&probe);
    let quadrature = Quadrature::new(&probe, &pieces, judged.len());
    let at: Vec<Vector3<f64>> = judged.iter().map(|j| j.at).collect();
    let spacing: Vec<f64> = judged.iter().map(|j| sheet::spacing(j.density * quadrature.scale)).collect();
    let pairs: Vec<(Vector3<f64>, f64)> = at.iter().copied().zip(spacing.iter().copied()).collect();
    let dots = Dots { at, spacing, grid: Grid::new(&pairs, 2.0) };
    let border = edge::Border::new(&probe, &pieces);
    progress.done(0.3)?;
    let (spacing, nearest) = spacing::spacing(&dots, &border);
    let correlation = pair::pair(&quadrature, &dots, effort);
    progress.done(0.5)?;
    let soft = soft::soft_error(&quadrature, &dots);
    progress.done(0.7)?;
    let bins = bins::bins(&quadrature, &dots);
    progress.done(0.9)?;
    let (capacity_cv, edge) = match effort {
        Effort::Report => (None, edge::first_two(&quadrature, &dots, &border)),
        Effort::All => (capacity::capacity_cv(&quadrature, &dots), edge::edge(&quadrature, &dots, &border)),
    };
    progress.done(1.0)?;
    Ok(Some(Metrics {
        dots: dots.at.len(),
        outside,
        farthest: Metres::new(farthest),
        area: quadrature.total_area,
        density: PerSquareMetre::new(dots.at.len() as f64 / quadrature.total_area),
        wanted: dots.at.len() as f64 / quadrature.scale,
        soft,
        bins,
        capacity_cv,
        spacing,
        pair: correlation.as_ref().map(|c| c.pair),
        spectrum: correlation.as_ref().map(|c| c.spectrum),
        edge,
        nearest,
        g: correlation.map_or_else(Vec::new, |c| c.g),
    }))
}
