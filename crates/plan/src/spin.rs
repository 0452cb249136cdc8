//! Needle poses at a site, by spin.
//!
//! In: sites in order. Out: for each a tangent direction from which spins are counted, carried from site to site by
//! parallel transport, so that the same spin number at the next site means no turn about the needle; and the poses.
//! Absent: the arm.

use frames::{Head, Pose, Skin, Tcp};
use nalgebra::{Isometry3, Matrix3, Point3, Rotation3, Translation3, UnitQuaternion, Vector3};
use stipple::Site;

/// A place for the nose, and where spin 0 points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    pub(crate) at: Point3<f64>,
    /// Outward.
    pub(crate) normal: Vector3<f64>,
    /// Unit, across the normal.
    pub(crate) zero: Vector3<f64>,
}

/// Places for `sites` in the order of `order`.
pub(crate) fn places(sites: &[Site], order: &[u32]) -> Vec<Place> {
    let mut out: Vec<Place> = Vec::with_capacity(order.len());
    for &i in order {
        let skin: &Pose<Head, Skin> = &sites[i as usize].head_from_skin;
        let normal = skin.z().get().into_inner();
        let zero = match out.last() {
            Some(last) => transport(&last.zero, &last.normal, &normal),
            None => any_across(&normal),
        };
        out.push(Place { at: skin.origin().coords, normal, zero });
    }
    out
}

impl Place {
    /// The nose `lift` above the skin, the needle into it, turned by `spin` rad.
    pub(crate) fn pose(&self, spin: f64, lift: f64) -> Pose<Head, Tcp> {
        let z = -self.normal;
        let side = z.cross(&self.zero);
        let x = self.zero * spin.cos() + side * spin.sin();
        let turn = Rotation3::from_matrix_unchecked(Matrix3::from_columns(&[x, z.cross(&x), z]));
        let at = Translation3::from(self.at.coords + self.normal * lift);
        Pose::new(Isometry3::from_parts(at, UnitQuaternion::from_rotation_matrix(&turn)))
    }
}

/// `v` turned by the least rotation that takes `from` to `to`, made exactly perpendicular to `to` again.
fn transport(v: &Vector3<f64>, from: &Vector3<f64>, to: &Vector3<f64>) -> Vector3<f64> {
    let turned = UnitQuaternion::rotation_between(from, to).map_or(*v, |r| r * v);
    let across = turned - to * turned.dot(to);
    if across.norm() > 1e-6 { across.normalize() } else { any_across(to) }
}

fn any_across(normal: &Vector3<f64>) -> Vector3<f64> {
    let axis = if normal.x.abs() < 0.7 { Vector3::x() } else { Vector3::y() };
    (axis - normal * axis.dot(normal)).normalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pose_is_a_right_handed_frame_with_its_needle_inwards() {
        let normal = Vector3::new(0.3, -0.5, 0.8).normalize();
        let place = Place { at: Point3::new(0.01, 0.02, 0.1), normal, zero: any_across(&normal) };
        for k in 0..24 {
            let pose = place.pose(f64::from(k), 0.002);
            assert!((pose.z().get().into_inner() + normal).norm() < 1e-12);
            assert!((pose.origin().coords - (place.at + normal * 0.002)).norm() < 1e-12);
        }
    }

    /// Along a great circle nothing turns about the needle; round a closed loop the holonomy is the enclosed angle.
    #[test]
    fn transport_does_not_spin() {
        let mut zero = Vector3::y();
        let mut last = Vector3::z();
        for k in 1..=90 {
            let a = f64::from(k).to_radians();
            let normal = Vector3::new(a.sin(), 0.0, a.cos());
            zero = transport(&zero, &last, &normal);
            last = normal;
            assert!((zero - Vector3::y()).norm() < 1e-12);
        }
        for k in 1..=90 {
            let a = f64::from(k).to_radians();
            let normal = Vector3::new(a.cos(), a.sin(), 0.0);
            zero = transport(&zero, &last, &normal);
            last = normal;
        }
        for k in 1..=90 {
            let a = f64::from(k).to_radians();
            let normal = Vector3::new(0.0, a.cos(), a.sin());
            zero = transport(&zero, &last, &normal);
            last = normal;
        }
        // An octant encloses a right angle.
        assert!(zero.dot(&Vector3::y()).abs() < 1e-12, "{zero}");
    }

    #[test]
    fn opposite_normals_are_survived() {
        let zero = transport(&Vector3::x(), &Vector3::z(), &-Vector3::z());
        assert!((zero.norm() - 1.0).abs() < 1e-12 && zero.z.abs() < 1e-12);
    }
}
