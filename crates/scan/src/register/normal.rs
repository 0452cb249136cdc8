//! The normal equations of a small rigid motion.
//!
//! In: rows (how a residual changes with the motion) with residuals and weights. Out: the motion that lessens them most,
//! the covariance. A motion is six numbers in the head's axes: a turn `w` about `centre`, radians, then a shift `t`,
//! metres; a place `p` goes to `p + w x (p - centre) + t`.

use nalgebra::{Cholesky, Isometry3, Matrix6, Translation3, UnitQuaternion, Vector3, Vector6};

/// Turn, then shift.
pub(super) type Twist = Vector6<f64>;

/// The information about a motion, and the pull.
#[derive(Debug, Clone)]
pub(super) struct Normal {
    pub(super) information: Matrix6<f64>,
    pull: Vector6<f64>,
}

impl Normal {
    pub(super) fn new() -> Self {
        Self { information: Matrix6::zeros(), pull: Vector6::zeros() }
    }

    /// One scalar residual.
    pub(super) fn add(&mut self, row: &Twist, residual: f64, weight: f64) {
        self.information += row * row.transpose() * weight;
        self.pull += row * (residual * weight);
    }

    /// A place whose three coordinates are residuals.
    pub(super) fn add_place(&mut self, lever: &Vector3<f64>, residual: &Vector3<f64>, weight: f64) {
        for axis in [Vector3::x(), Vector3::y(), Vector3::z()] {
            self.add(&row(lever, &axis), residual.dot(&axis), weight);
        }
    }

    /// The motion of least squares; `None` where a direction is not held at all.
    pub(super) fn solve(&self) -> Option<Twist> {
        Some(-Cholesky::new(self.information)?.solve(&self.pull)).filter(|t| t.iter().all(|v| v.is_finite()))
    }

    /// Of the motion; `None` where a direction is not held at all.
    pub(super) fn covariance(&self) -> Option<Matrix6<f64>> {
        Some(Cholesky::new(self.information)?.inverse()).filter(|c| c.iter().all(|v| v.is_finite()))
    }
}

/// How far a place at `lever` from the centre goes along `along` with each of the six.
pub(super) fn row(lever: &Vector3<f64>, along: &Vector3<f64>) -> Twist {
    let turn = lever.cross(along);
    Vector6::new(turn.x, turn.y, turn.z, along.x, along.y, along.z)
}

/// Where a motion takes a place at `lever` from the centre.
pub(super) fn shift(twist: &Twist, lever: &Vector3<f64>) -> Vector3<f64> {
    Vector3::new(twist[0], twist[1], twist[2]).cross(lever) + Vector3::new(twist[3], twist[4], twist[5])
}

/// The motion itself, not small any more.
pub(super) fn motion(twist: &Twist, centre: &Vector3<f64>) -> Isometry3<f64> {
    let turn = UnitQuaternion::from_scaled_axis(Vector3::new(twist[0], twist[1], twist[2]));
    let shift = Vector3::new(twist[3], twist[4], twist[5]);
    Isometry3::from_parts(Translation3::from(centre + shift - turn * centre), turn)
}
