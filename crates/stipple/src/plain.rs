//! Plain sample elimination, the best known of what others do: the baseline of every comparison.
//!
//! In: surface, fields, seed. Out: bare places. Yuksel 2015 with five candidates a dot and distances scaled by the local
//! spacing, as stipple.md 2.2 ran it. Absent: everything that a treatment needs: exact counts by zone, hard distances,
//! edges without an outline.

use design::Fields;
use frames::{Head, Point, Seed};
use scan::Surface;

use crate::cloud::scatter;
use crate::eliminate::eliminate;
use crate::kernel::Kernel;
use crate::sheet::{Probe, Span, cut};
use crate::{Progress, StippleError};

/// As many dots as the density integrates to, each as far from the others as a greedy choice among five places gets it.
/// For comparisons only.
///
/// # Errors
/// Nothing wanted.
pub fn plain_sample_elimination(
    surface: &Surface,
    fields: &Fields,
    seed: Seed,
) -> Result<Vec<Point<Head>>, StippleError> {
    let probe = Probe { surface, fields, span: Span::Session };
    let pieces = cut(&probe);
    let mass: f64 = pieces.iter().map(|p| p.mass).sum();
    if mass.is_nan() || mass < 0.5 {
        return Err(StippleError::Nothing { mass });
    }
    let count = mass.round() as usize;
    let cloud = scatter(&probe, &pieces, seed, count, Kernel::PLAIN_PER_DOT).candidates;
    let (clear, one) = (vec![true; cloud.len()], vec![0; cloud.len()]);
    let left = eliminate(&cloud, &clear, &[], &Kernel::PLAIN, &one, &[count], &Progress::none())?;
    Ok(left.iter().map(|&i| cloud[i as usize].at).collect())
}
