//! Inverse kinematics near a known posture: damped Newton on the true chain, for any arm, without the heap.
//!
//! In: a pose and a posture near the answer. Out: the posture to 1e-9, or nothing. Absent: other branches, collision.
//! Damping by the squared error keeps the convergence quadratic: Yamashita, Fukushima (2001), Computing Suppl. 15;
//! for arms: Sugihara (2011), IEEE Transactions on Robotics 27(5).

use frames::{Base, Flange, Pose};
use nalgebra::{Isometry3, Vector6};

use crate::model::Sweep;
use crate::ur::GATE;
use crate::{ArmModel, JointPos};

/// Newton needs 4-6 steps nearby and 10-20 from afar; what takes longer goes nowhere.
const STEPS: usize = 60;
/// No joint turns further in one step, rad: beyond, the linear model means nothing.
const STRIDE: f64 = 0.6;

impl ArmModel {
    /// The posture for `target` in the neighbourhood of `seed`, within limits, to 1e-9 m and 1e-9 rad.
    pub fn inverse_near(&self, target: &Pose<Base, Flange>, seed: &JointPos) -> Option<JointPos> {
        if seed.len() != self.dof() || !seed.is_finite() || !target.is_finite() {
            return None;
        }
        let q = self.descend(target.get(), seed, STEPS)?;
        self.limits.wrap(&q, seed)
    }

    /// Newton's steps until the error is below the gate and would not fall further; limits are not looked at.
    pub(crate) fn descend(&self, target: &Isometry3<f64>, seed: &JointPos, steps: usize) -> Option<JointPos> {
        let n = self.dof();
        let mut q = *seed;
        let mut sweep = self.sweep(&q);
        let mut error = miss(target, &sweep.flange);
        let mut size = error.norm_squared();
        let mut damping = 1e-3;
        for _ in 0..steps {
            // A tenth of the gate is enough; one step more would cost as much as all before.
            if size <= (0.1 * GATE) * (0.1 * GATE) {
                break;
            }
            let columns = self.columns(&sweep);
            // The least damping keeps a singular posture solvable and costs a regular one nothing.
            let pull = pull(&columns[..n], &error, damping * size.min(1.0) + 1e-15);
            let mut step = JointPos::zeros(n);
            for (s, column) in step.iter_mut().zip(&columns) {
                *s = column.dot(&pull);
            }
            let shrink = (STRIDE / step.max_abs()).min(1.0);
            let next = q.zip(&step, |q, s| q + shrink * s);
            let next_sweep = self.sweep(&next);
            let next_error = miss(target, &next_sweep.flange);
            let next_size = next_error.norm_squared();
            if next_size < size {
                (q, sweep, error, size) = (next, next_sweep, next_error, next_size);
                damping = (damping * 0.2).max(1e-6);
            } else if size <= GATE * GATE {
                break;
            } else {
                damping *= 10.0;
                if damping > 1e12 || !next_size.is_finite() {
                    return None;
                }
            }
        }
        let within = |e: nalgebra::Vector3<f64>| e.norm() <= GATE;
        (within(error.fixed_rows::<3>(0).into_owned()) && within(error.fixed_rows::<3>(3).into_owned())).then_some(q)
    }

    /// The Jacobian of the flange's origin.
    fn columns(&self, sweep: &Sweep) -> crate::Jacobian {
        let mut columns = [Vector6::zeros(); crate::MAX_JOINTS];
        let tip = sweep.flange.translation.vector;
        for (column, (axis, origin)) in columns.iter_mut().zip(sweep.axes.iter().zip(&sweep.origins)).take(self.dof()) {
            let linear = axis.cross(&(tip - origin));
            *column = Vector6::new(linear.x, linear.y, linear.z, axis.x, axis.y, axis.z);
        }
        columns
    }
}

/// Solves `(J J' + damping) x = error`: the damped square of the Jacobian is positive definite, so Cholesky's factors
/// without roots (`L D L'`, Golub and Van Loan 4.1.2) need no pivots.
#[expect(clippy::needless_range_loop, reason = "the indices are the formula's")]
fn pull(columns: &[Vector6<f64>], error: &Vector6<f64>, damping: f64) -> Vector6<f64> {
    let mut a = [[0.0; 6]; 6];
    for column in columns {
        for i in 0..6 {
            for j in 0..=i {
                a[i][j] += column[i] * column[j];
            }
        }
    }
    let mut x: [f64; 6] = (*error).into();
    let mut d = [0.0; 6];
    for j in 0..6 {
        // Column j of D L' is kept in row j above the diagonal.
        let mut pivot = a[j][j] + damping;
        for k in 0..j {
            pivot -= a[j][k] * a[k][j];
        }
        d[j] = 1.0 / pivot;
        for i in j + 1..6 {
            let mut v = a[i][j];
            for k in 0..j {
                v -= a[i][k] * a[k][j];
            }
            (a[j][i], a[i][j]) = (v, v * d[j]);
        }
        for k in 0..j {
            x[j] -= a[j][k] * x[k];
        }
    }
    for j in (0..6).rev() {
        x[j] *= d[j];
        for i in j + 1..6 {
            x[j] -= a[i][j] * x[i];
        }
    }
    x.into()
}

/// The twist that takes `is` to `target`: metres, then the rotation vector.
pub(crate) fn miss(target: &Isometry3<f64>, is: &Isometry3<f64>) -> Vector6<f64> {
    let p = target.translation.vector - is.translation.vector;
    let q = target.rotation * is.rotation.inverse();
    // Twice the vector part, stretched to the angle; the shorter way round.
    let (v, w) = (q.imag(), q.w);
    let sin = v.norm();
    let stretch = if sin > 1e-9 { 2.0 * sin.atan2(w.abs()) / sin } else { 2.0 };
    let r = v * if w < 0.0 { -stretch } else { stretch };
    Vector6::new(p.x, p.y, p.z, r.x, r.y, r.z)
}
