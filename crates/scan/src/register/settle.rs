//! From a robust pose to the final one: which points count, plain least squares, and whether this is the head at all.
//!
//! In: a pose in its valley. Out: [`Registration`], or why the touches do not fit: too many outliers, another head.
//! Rejection at 3.5 sigma of the robust scale until the set stands still.

use frames::{Metres, Point, Pose};
use nalgebra::Isometry3;

use super::icp::{Data, Seen, Touch, scale};
use super::landmarks::{misfit, residual};
use super::normal::{Normal, Twist, row};
use super::uncertainty::Uncertainty;
use super::{RegisterError, Registration, TouchedLandmark, chi, touch};
use crate::Surface;

/// A probed point against the registered surface.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PointResidual {
    /// From the surface, positive outside.
    pub off: Metres,
    /// Why it was left out; `None` where the pose rests on it.
    pub rejected: Option<Rejection>,
}

/// Why a probed point was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// Too far from the surface to be touch noise: hair, an ear that gave way, the headrest.
    Outlier,
    /// Its nearest place is an open border: the scan has no skin there.
    NoSurface,
}

/// Robust standard deviations; of clean normal noise 1 point in 2000 is lost.
const REJECT: f64 = 3.5;
/// More of the points rejected: the rest is no longer trusted.
const MOST_REJECTED: f64 = 1.0 / 3.0;
/// Residuals over declared noise: beyond, this is another head or another noise. Between 1 and this the uncertainty
/// widens with it.
pub(super) const MOST_SCALE: f64 = 3.0;
/// Rounds of rejection; a set that still flickers then is taken as it is.
const ROUNDS: usize = 30;
/// As in `icp`.
const STILL: f64 = 1e-8;

/// Settles a valley. `touched` is in the order of the data's pairs.
pub(super) fn settle(
    data: &Data<'_>,
    touched: &[TouchedLandmark],
    valley: Isometry3<f64>,
) -> Result<Registration, RegisterError> {
    let mut data = *data;
    let mut state = reject(&data, valley);
    let trust = trust(&data, &state.pose);
    if trust < 1.0 {
        // Landmarks worse than declared: they hold what the points leave loose, but by as much less.
        data.trust = trust;
        state = reject(&data, state.pose);
    }
    judge(&data, touched, &state)
}

/// A pose, the touches seen from it, and which of them it does not rest on.
struct State {
    pose: Isometry3<f64>,
    seen: Vec<Seen>,
    out: Vec<Option<Rejection>>,
}

fn reject(data: &Data<'_>, valley: Isometry3<f64>) -> State {
    let seen = data.see_all(&valley);
    let mut state = State { pose: valley, out: vec![None; seen.len()], seen };
    for _ in 0..ROUNDS {
        let seen = &state.seen;
        let holes: Vec<bool> = seen.iter().map(|s| over_border(data.surface, s)).collect();
        let reach = scale(data.touches, seen, |k| !holes[k]);
        let judged = |k: usize| {
            let far = seen[k].distance > REJECT * reach * data.touches[k].sigma;
            if holes[k] { Some(Rejection::NoSurface) } else { far.then_some(Rejection::Outlier) }
        };
        let out: Vec<_> = (0..seen.len()).map(judged).collect();
        let (pose, moved) = data.step(&state.pose, seen, |k| if out[k].is_none() { 1.0 } else { 0.0 });
        let same = out == state.out;
        state = State { pose, seen: data.see_all(&pose), out };
        if same && moved < STILL {
            break;
        }
    }
    state
}

/// 1 where the landmarks' residuals are explained by their noise, less where they are not.
fn trust(data: &Data<'_>, pose: &Isometry3<f64>) -> f64 {
    let square = misfit(data.pairs, pose);
    // Points leave the landmarks' residuals free; landmarks alone absorb six.
    let absorbed = if data.touches.is_empty() { 6.0 } else { 0.0 };
    let freedom = 3.0 * data.pairs.len() as f64 - absorbed;
    if square > chi::quantile(freedom, chi::RARE) { freedom / square } else { 1.0 }
}

fn judge(
    data: &Data<'_>,
    touched: &[TouchedLandmark],
    State { pose, seen, out }: &State,
) -> Result<Registration, RegisterError> {
    let used = || data.touches.iter().zip(seen).zip(out).filter(|(_, out)| out.is_none()).map(|(both, _)| both);
    let rejected = out.iter().flatten().count();
    if rejected as f64 > MOST_REJECTED * seen.len() as f64 {
        if let Some(unit) = touch::unit_guess(data) {
            return Err(RegisterError::PointScale { unit });
        }
        let over_border = out.iter().flatten().filter(|r| **r == Rejection::NoSurface).count();
        return Err(RegisterError::TooManyOutliers { rejected, over_border, of: seen.len() });
    }
    let (first, centre) = (information(data, pose, used(), 1.0), data.centre());
    // Three landmarks off a line and six points hold every direction; `input` saw to the landmarks.
    let unheld = || RegisterError::Collinear { width: Metres::ZERO, least: Metres::ZERO };
    let tight = first.covariance().ok_or_else(unheld)?;
    // How many residuals are free: each point's share of the fit taken off.
    let leverage = |(t, s): (&Touch, &Seen)| {
        let row: Twist = row(&(s.at - centre), &s.along);
        (row.transpose() * tight * row)[0] / t.sigma.powi(2)
    };
    let freedom: f64 = used().map(|u| 1.0 - leverage(u)).sum();
    let square: f64 = used().map(|(t, s)| (s.distance / t.sigma).powi(2)).sum();
    let n = used().count() as f64;
    let fre = Metres::new((used().map(|(_, s)| s.distance.powi(2)).sum::<f64>() / n.max(1.0)).sqrt());
    let scale = if freedom > 0.0 { (square / freedom).sqrt() } else { 1.0 };
    if scale > MOST_SCALE && square > chi::quantile(freedom, chi::WRONG) {
        if let Some(unit) = touch::unit_guess(data) {
            return Err(RegisterError::PointScale { unit });
        }
        let radius = touch::radius_guess(data, &used().collect::<Vec<_>>());
        return Err(RegisterError::NotThisHead { rms: fre, radius, scale, most: MOST_SCALE });
    }
    let excess = square > chi::quantile(freedom, chi::RARE);
    let covariance = if excess { information(data, pose, used(), scale).covariance() } else { Some(tight) };
    let uncertainty = Uncertainty::new(Point::from(centre), covariance.ok_or_else(unheld)?);
    let landmark_fre = Metres::new(
        (data.pairs.iter().map(|p| residual(p, pose).norm_squared()).sum::<f64>() / data.pairs.len() as f64).sqrt(),
    );
    Ok(Registration {
        base_from_head: Pose::new(pose.inverse()),
        fre: if seen.is_empty() { landmark_fre } else { fre },
        landmark_fre,
        landmarks: touched
            .iter()
            .zip(data.pairs)
            .map(|(t, p)| (t.landmark, Metres::new(residual(p, pose).norm())))
            .collect(),
        points: seen
            .iter()
            .zip(out)
            .map(|(s, out)| PointResidual { off: Metres::new(signed(data.surface, s)), rejected: *out })
            .collect(),
        scale,
        uncertainty,
    })
}

/// What points and landmarks know together, points with `scale` times their declared noise.
fn information<'a>(
    data: &Data<'_>,
    pose: &Isometry3<f64>,
    used: impl Iterator<Item = (&'a Touch, &'a Seen)>,
    scale: f64,
) -> Normal {
    let centre = data.centre();
    let mut normal = Normal::new();
    data.believe(&mut normal, pose, &centre);
    for (t, s) in used {
        normal.add(&row(&(s.at - centre), &s.along), 0.0, (t.sigma * scale).powi(-2));
    }
    normal
}

fn signed(surface: &Surface, seen: &Seen) -> f64 {
    if seen.outside(surface) { seen.distance } else { -seen.distance }
}

/// The nearest place lies on a border, so nobody knows how far the skin is.
fn over_border(surface: &Surface, seen: &Seen) -> bool {
    let neighbours = surface.neighbours(seen.hit.face);
    // Side k runs from corner k to corner k + 1, so the corner across has no weight there.
    (0..3).any(|k| neighbours[k].is_none() && seen.hit.bary[(k + 2) % 3] <= 0.0)
}
