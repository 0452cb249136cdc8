//! The rigid motion between two sets of named points.
//!
//! In: pairs (base, head) with a weight each. Out: `head_from_base` of least weighted squares, never a mirror image.
//! Umeyama (1991), IEEE TPAMI 13(4), equations 34 to 42, without scale; Arun, Huang and Blostein (1987), TPAMI 9(5).

use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion, Vector3};

/// One point in both frames, metres.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) base: Vector3<f64>,
    pub(super) head: Vector3<f64>,
    pub(super) sigma: f64,
}

/// `head_from_base`, and the sum of squared residuals over their variances.
pub(super) fn fit(pairs: &[Pair]) -> (Isometry3<f64>, f64) {
    let weight = |p: &Pair| p.sigma.powi(-2);
    let total: f64 = pairs.iter().map(weight).sum();
    let mean = |of: fn(&Pair) -> Vector3<f64>| pairs.iter().map(|p| of(p) * weight(p)).sum::<Vector3<f64>>() / total;
    let (base, head) = (mean(|p| p.base), mean(|p| p.head));
    let cross: Matrix3<f64> = pairs.iter().map(|p| (p.head - head) * (p.base - base).transpose() * weight(p)).sum();
    let svd = cross.svd(true, true);
    let rotation = match (svd.u, svd.v_t) {
        (Some(u), Some(v_t)) => {
            // The direction of least spread is turned over where a mirror image would fit better.
            let mut keep = Matrix3::identity();
            keep[(2, 2)] = (u * v_t).determinant().signum();
            u * keep * v_t
        }
        _ => Matrix3::identity(),
    };
    let rotation = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(rotation));
    let motion = Isometry3::from_parts(Translation3::from(head - rotation * base), rotation);
    (motion, misfit(pairs, &motion))
}

/// Sum of squared residuals over their variances.
pub(super) fn misfit(pairs: &[Pair], head_from_base: &Isometry3<f64>) -> f64 {
    pairs.iter().map(|p| (residual(p, head_from_base) / p.sigma).norm_squared()).sum()
}

/// Touched minus scanned, in the head's frame.
pub(super) fn residual(pair: &Pair, head_from_base: &Isometry3<f64>) -> Vector3<f64> {
    head_from_base * nalgebra::Point3::from(pair.base) - nalgebra::Point3::from(pair.head)
}
