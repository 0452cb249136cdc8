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

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    const HEAD: [[f64; 3]; 4] = [[0.0, 95.0, 0.0], [1.0, -90.0, -22.0], [-72.0, 0.0, 0.0], [71.0, 1.0, 0.0]];
    const BASE: [[f64; 3]; 4] =
        [[518.69, -14.86, 346.27], [545.27, 2.82, 162.1], [510.71, 67.2, 254.72], [531.11, -74.29, 246.51]];
    const SIGMA: [f64; 4] = [1.0, 2.0, 1.0, 4.0];

    fn pairs() -> Vec<Pair> {
        let pair = |k: usize| Pair { base: BASE[k].into(), head: HEAD[k].into(), sigma: SIGMA[k] };
        (0..4).map(pair).collect()
    }

    /// Against scipy 1.17 `Rotation.align_vectors` on the centred points, weights 1/sigma².
    #[test]
    fn as_scipy_has_it() {
        let (found, misfit) = fit(&pairs());
        #[rustfmt::skip]
        let turn = Matrix3::new(
             0.139_108_584_895_973_7, -0.987_187_304_660_200_2, -0.078_166_662_497_315_13,
            -0.025_784_870_219_306_81, -0.082_518_178_626_377_39, 0.996_255_936_325_580_5,
            -0.989_941_383_151_554_9, -0.136_572_236_248_495_07, -0.036_933_483_589_719_15,
        );
        let shift = Vector3::new(-58.361_222_631_027_08, -236.537_079_352_440_46, 524.205_511_529_398_6);
        assert!((found.rotation.to_rotation_matrix().matrix() - turn).norm() < 1e-10, "{found}");
        assert!((found.translation.vector - shift).norm() < 1e-8, "{found}");
        assert!((misfit - 8.804_408_467_5).abs() < 1e-8, "{misfit}");
    }

    /// Points in a plane and their mirror image: a turn about a line of the plane does it, a mirror never.
    #[test]
    fn never_a_mirror_image() {
        for flat in [true, false] {
            let mirrored: Vec<Pair> = pairs()
                .into_iter()
                .map(|p| {
                    let z = if flat { 0.0 } else { p.head.z };
                    let head = Vector3::new(p.head.x, p.head.y, z);
                    Pair { head, base: Vector3::new(-head.x, head.y, head.z), sigma: 1.0 }
                })
                .collect();
            let (found, misfit) = fit(&mirrored);
            assert!((found.rotation.to_rotation_matrix().matrix().determinant() - 1.0).abs() < 1e-12);
            assert!(if flat { misfit < 1e-18 } else { misfit > 100.0 }, "{misfit}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_motion_comes_back(turn in [-3.0..3.0_f64, -3.0..3.0, -3.0..3.0], shift in [-900.0..900.0_f64, -900.0..900.0, -900.0..900.0]) {
            let motion = Isometry3::new(shift.into(), Vector3::from(turn));
            let moved: Vec<Pair> = pairs()
                .into_iter()
                .map(|p| Pair { base: motion.inverse_transform_point(&Point3::from(p.head)).coords, ..p })
                .collect();
            let (found, misfit) = fit(&moved);
            proptest::prop_assert!(misfit < 1e-16);
            for p in &moved {
                proptest::prop_assert!((found * Point3::from(p.base) - Point3::from(p.head)).norm() < 1e-9);
            }
        }
    }
}
