//! What the robot touched, and whether a pose can be made of it at all.
//!
//! In: touches as they came. Out: nothing, or the first reason why not: counts, numbers, names given twice, landmarks on
//! one line, another unit. Absent: the surface.

use frames::{Base, Metres, Point};
use nalgebra::{Matrix3, Vector3};

use super::RegisterError;
use crate::{Landmark, Landmarks};

/// A place on the skin that the robot touched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probe {
    /// Where the tip was, its radius taken off.
    pub at: Point<Base>,
    /// One standard deviation along the surface's normal: touch, arm and scan together.
    pub sigma: Metres,
}

/// A landmark that the robot touched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TouchedLandmark {
    /// As its name was given.
    pub landmark: Landmark,
    /// Where the tip was.
    pub at: Point<Base>,
    /// One standard deviation in each direction: of finding the place on the head and in the scan together.
    pub sigma: Metres,
}

/// A rigid motion has six unknowns; three points that do not lie on a line settle it.
pub(super) const LEAST_LANDMARKS: usize = 3;
/// Each probed point settles one of six unknowns.
pub(super) const LEAST_POINTS: usize = 6;
/// Least rms width of the landmarks across their longest direction. The triangle of nasion and ears has 37 to 48 mm on
/// the test heads, that of nasion, inion and one ear 33 mm.
const LEAST_WIDTH: Metres = Metres::from_mm(15.0);
/// Spread of the touched landmarks over that of the scan's: beyond, the unit is wrong and not the touch.
const LEAST_RATIO: f64 = 0.75;

pub(super) fn check(scanned: &Landmarks, touched: &[TouchedLandmark], probed: &[Probe]) -> Result<(), RegisterError> {
    if touched.len() < LEAST_LANDMARKS {
        return Err(RegisterError::TooFewLandmarks { given: touched.len(), least: LEAST_LANDMARKS });
    }
    if (1..LEAST_POINTS).contains(&probed.len()) {
        return Err(RegisterError::TooFewPoints { given: probed.len(), least: LEAST_POINTS });
    }
    for (k, t) in touched.iter().enumerate() {
        if !usable(t.at, t.sigma) {
            return Err(RegisterError::UnusableLandmark { landmark: t.landmark, sigma: t.sigma });
        }
        if touched[..k].iter().any(|o| o.landmark == t.landmark) {
            return Err(RegisterError::NamedTwice { landmark: t.landmark });
        }
    }
    if let Some(index) = probed.iter().position(|p| !usable(p.at, p.sigma)) {
        return Err(RegisterError::UnusablePoint { index, sigma: probed[index].sigma });
    }
    let was: Vec<Vector3<f64>> = touched.iter().map(|t| t.at.coords.coords).collect();
    let is: Vec<Vector3<f64>> = touched.iter().map(|t| scanned.get(t.landmark).coords.coords).collect();
    let (long, wide) = extent(&was);
    let (scan_long, scan_wide) = extent(&is);
    let ratio = (long.hypot(wide)) / (scan_long.hypot(scan_wide));
    if !(LEAST_RATIO..=1.0 / LEAST_RATIO).contains(&ratio) {
        return Err(RegisterError::LandmarkScale { ratio });
    }
    if !(wide >= LEAST_WIDTH.get()) {
        return Err(RegisterError::Collinear { width: Metres::new(wide), least: LEAST_WIDTH });
    }
    Ok(())
}

fn usable(at: Point<Base>, sigma: Metres) -> bool {
    at.coords.iter().all(|c| c.is_finite()) && sigma.is_finite() && sigma > Metres::ZERO
}

/// Rms length along the longest direction of a cloud, and across it in the next longest.
fn extent(points: &[Vector3<f64>]) -> (f64, f64) {
    let n = points.len() as f64;
    let middle = points.iter().sum::<Vector3<f64>>() / n;
    let spread: Matrix3<f64> = points.iter().map(|p| (p - middle) * (p - middle).transpose()).sum::<Matrix3<f64>>() / n;
    let mut values: [f64; 3] = spread.symmetric_eigenvalues().into();
    values.sort_by(f64::total_cmp);
    (values[2].max(0.0).sqrt(), values[1].max(0.0).sqrt())
}
