//! Lone dots ahead of a hairline: the tail that a density field cannot carry.
//!
//! In: a compiled hairline, how many per length, which share of them is due today. Out: places on the skin 1 to 3 mm
//! ahead of the wandering line, at least 3 mm apart over all sessions. stipple.md 6.2, step 4 (E). Absent: dots behind
//! the line.

use frames::{Dir, Head, Point, Seed, unit};
use nalgebra::Vector3;
use scan::Surface;

use crate::shape::Hairline;

/// Ahead of the line, metres.
const NEAREST: f64 = 1e-3;
const FARTHEST: f64 = 3e-3;
/// Between two sentinels, metres.
const APART: f64 = 3e-3;
/// Places tried for one sentinel.
const TRIES: u64 = 8;

/// What came of one hairline.
pub(crate) struct Sentinels {
    /// Due today, with the outward normal.
    pub(crate) today: Vec<(Point<Head>, Dir<Head>)>,
    pub(crate) wanted: usize,
    pub(crate) missing: usize,
}

/// `due` is the part of [0, 1) that is laid today. `free` says whether a dot may be at a place at all.
pub(crate) fn sentinels(
    surface: &Surface,
    line: &Hairline,
    per_metre: f64,
    due: std::ops::Range<f64>,
    (seed, stage): (Seed, u64),
    free: impl Fn(Point<Head>, Dir<Head>) -> bool,
) -> Sentinels {
    // The line fades towards its ends; so do its sentinels.
    let start = 0.5 * line.feather;
    let length = line.curve.length() - 2.0 * start;
    let wanted = (length.max(0.0) * per_metre).round() as usize;
    let mut placed: Vec<Vector3<f64>> = Vec::new();
    let mut today = Vec::new();
    for k in 0..wanted {
        let key = k as u64 * TRIES;
        let found = (0..TRIES).find_map(|attempt| {
            let u = |stage| unit(seed, stage, key + attempt);
            let arc = start + (k as f64 + u(stage)) * length / wanted as f64;
            let ahead = NEAREST + (FARTHEST - NEAREST) * u(stage + 1);
            let (at, normal) = place(surface, line, arc, ahead)?;
            let apart = placed.iter().all(|q| (q - at.coords.coords).norm() >= APART);
            (apart && free(at, normal)).then_some((at, normal))
        });
        if let Some((at, normal)) = found {
            placed.push(at.coords.coords);
            if due.contains(&unit(seed, stage + 2, k as u64)) {
                today.push((at, normal));
            }
        }
    }
    Sentinels { today, wanted, missing: wanted - placed.len() }
}

/// On the skin, `ahead` of the wandering line. Checked by asking the line itself.
fn place(surface: &Surface, line: &Hairline, arc: f64, ahead: f64) -> Option<(Point<Head>, Dir<Head>)> {
    let (foot, inward) = line.curve.at(arc);
    let mut out = ahead;
    let mut p = foot;
    for _ in 0..2 {
        p = foot - inward * out;
        out = ahead + line.wander.at(arc, &p);
    }
    let hit = surface.nearest(Point::from(p));
    let normal = surface.normal_at(hit.face, hit.bary);
    let got = line.foot(&hit.point.coords.coords, normal.get())?;
    let warped = got.signed + line.wander.at(got.arc, &hit.point.coords.coords);
    (-FARTHEST..=-NEAREST).contains(&warped).then_some((hit.point, normal))
}
