//! Registration: where the scanned head lies in the robot's base, from places that the robot touched.
//!
//! In: touched landmarks and probed points ([`Base`]), the scan's landmarks and [`Surface`] ([`Head`]). Out:
//! [`Registration`]: the pose, every residual, what was rejected and why, and how far any place of the head may be off
//! ([`Uncertainty`]); or a [`RegisterError`] with numbers and a way out. Absent: the robot, time, the tracker, files.
//!
//! The way: `landmarks` (rigid fit) -> `starts` (names exchanged, other valleys) -> `icp` (points onto the surface)
//! -> `settle` (outliers out, plain least squares) -> `uncertainty` -> `budget`.
//! The touches are taken as independent. What is common to all of them is not seen here: skin dented alike everywhere, a
//! probe's radius that was not taken off, an arm whose calibration bends its whole workspace.

mod budget;
mod chi;
mod error;
mod icp;
mod input;
mod landmarks;
mod loose;
mod normal;
mod settle;
mod starts;
mod touch;
mod uncertainty;

pub use budget::{Zone, ZoneTre};
pub use error::{Assigned, RegisterError};
pub use input::{Probe, TouchedLandmark};
pub use loose::{Loose, Motion};
pub use settle::{PointResidual, Rejection};
pub use uncertainty::{Tre, Uncertainty};

use frames::{Base, Head, Metres, Pose};

use crate::{Landmark, Landmarks, Surface};

/// Where the head lies, how well that is known, and from what.
#[derive(Debug, Clone, PartialEq)]
pub struct Registration {
    /// The head's frame in the base.
    pub base_from_head: Pose<Base, Head>,
    /// Fiducial registration error: rms distance from the surface of the points used; of the landmarks, where no point
    /// was probed.
    pub fre: Metres,
    /// Rms distance of the landmarks, each way.
    pub landmark_fre: Metres,
    /// How far each touched landmark is from the scan's, in the order given.
    pub landmarks: Vec<(Landmark, Metres)>,
    /// Every probed point, in the order given.
    pub points: Vec<PointResidual>,
    /// Residuals of the points over their declared noise, degrees of freedom counted. About 1 where the noise is as
    /// declared; a significant excess has widened the uncertainty.
    pub scale: f64,
    /// Of the pose.
    pub uncertainty: Uncertainty,
}

impl Registration {
    /// Probed points that the pose rests on.
    pub fn used(&self) -> usize {
        self.points.iter().filter(|p| p.rejected.is_none()).count()
    }

    /// Probed points that were left out.
    pub fn rejected(&self) -> impl Iterator<Item = &PointResidual> {
        self.points.iter().filter(|p| p.rejected.is_some())
    }
}

/// Finds the pose of the head from at least three touched landmarks and none or at least six probed points.
///
/// The estimate is the most probable pose under the declared noises: landmarks hold what the points leave loose. Points
/// that are no part of the head are left out (Tukey's weights, then rejection at 3.5 sigma and plain least squares:
/// Rousseeuw and Leroy (1987), Robust Regression and Outlier Detection, 1.2).
///
/// # Errors
/// [`RegisterError`]: too few or unusable touches, names exchanged, another head or another unit, too many outliers,
/// more than one pose that fits.
pub fn register(
    surface: &Surface,
    scanned: &Landmarks,
    touched: &[TouchedLandmark],
    probed: &[Probe],
) -> Result<Registration, RegisterError> {
    input::check(scanned, touched, probed)?;
    starts::register(surface, scanned, touched, probed)
}
