//! Small statistics for the report: root mean square, percentile, and what is left after one common rigid motion.

use frames::{Dir, Head, Point};
use nalgebra::{Matrix3, Rotation3, Vector3};

/// Root mean square; `None` without samples.
pub(crate) fn rms(samples: &[f64]) -> Option<f64> {
    let n = samples.len();
    (n > 0).then(|| (samples.iter().map(|v| v * v).sum::<f64>() / n as f64).sqrt())
}

/// The smallest sample that at least `share` of all samples do not exceed (nearest rank); `None` without samples.
pub(crate) fn percentile(samples: &[f64], share: f64) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied()
}

/// Distance of every `placed` point to its `wanted` one after the rigid motion that brings them nearest (least squares;
/// Arun, Huang, Blostein 1987, IEEE PAMI 9(5)). What is left is what a neighbour would notice: a whole pattern that sits
/// 0.3 mm off looks right, two dots that should be 1 mm apart and are 0.7 do not. Only the part along the skin counts,
/// across `normals`: where the skin is higher than the scan, the needle still meets it in its place.
pub(crate) fn local_errors(wanted: &[Point<Head>], normals: &[Dir<Head>], placed: &[Point<Head>]) -> Vec<f64> {
    let n = wanted.len().min(placed.len());
    if n == 0 {
        return Vec::new();
    }
    let mean = |points: &[Point<Head>]| points[..n].iter().map(|p| p.coords.coords).sum::<Vector3<f64>>() / n as f64;
    let (middle_w, middle_p) = (mean(wanted), mean(placed));
    let mut cross = Matrix3::zeros();
    for (w, p) in wanted.iter().zip(placed) {
        cross += (p.coords.coords - middle_p) * (w.coords.coords - middle_w).transpose();
    }
    let rotation = nearest_rotation(&cross);
    wanted
        .iter()
        .zip(normals)
        .zip(placed)
        .map(|((w, normal), p)| {
            let off = rotation * (p.coords.coords - middle_p) + middle_w - w.coords.coords;
            (off - normal.get().into_inner() * off.dot(normal.get())).norm()
        })
        .collect()
}

/// The rotation that turns placed onto wanted, from their cross-covariance.
fn nearest_rotation(cross: &Matrix3<f64>) -> Rotation3<f64> {
    let svd = cross.svd(true, true);
    let (Some(u), Some(v_t)) = (svd.u, svd.v_t) else { return Rotation3::identity() };
    let v = v_t.transpose();
    let mut flip = Matrix3::identity();
    // A mirror image is not a motion.
    flip[(2, 2)] = (v * u.transpose()).determinant().signum();
    Rotation3::from_matrix_unchecked(v * flip * u.transpose())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud() -> Vec<Point<Head>> {
        (0..40)
            .map(|k| {
                let unit = |stage| frames::unit(frames::Seed(5), stage, k) - 0.5;
                Point::new(0.1 * unit(1), 0.1 * unit(2), 0.03 * unit(3))
            })
            .collect()
    }

    #[test]
    fn a_common_motion_is_not_a_local_error() {
        let motion = Rotation3::from_euler_angles(0.02, -0.01, 0.03);
        let wanted = cloud();
        let placed: Vec<_> =
            wanted.iter().map(|p| Point::from(motion * p.coords.coords + Vector3::new(1e-3, 2e-3, -1e-3))).collect();
        assert!(local_errors(&wanted, &[Dir::Z; 40], &placed).iter().all(|e| *e < 1e-12));
    }

    #[test]
    fn one_dot_off_shows() {
        let wanted = cloud();
        let mut placed = wanted.clone();
        placed[3].coords.x += 1e-3;
        let errors = local_errors(&wanted, &[Dir::Z; 40], &placed);
        assert!(errors[3] > 0.8e-3 && errors[4] < 0.2e-3, "{} {}", errors[3], errors[4]);
        // Along the normal it is the skin's height, not the dot's place.
        assert!(local_errors(&wanted, &[Dir::X; 40], &placed)[3] < 0.2e-3);
    }

    #[test]
    fn percentiles_are_ranks() {
        let samples: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(percentile(&samples, 0.99), Some(99.0));
        assert_eq!(percentile(&samples, 1.0), Some(100.0));
        assert_eq!(percentile(&samples[..1], 0.5), Some(1.0));
        assert_eq!(percentile(&[], 0.5), None);
        assert_eq!(rms(&[3.0, 4.0]), Some(12.5_f64.sqrt()));
    }
}
