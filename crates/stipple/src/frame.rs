//! From dots to sites: the needle's axis, the hair's direction, and what the design wants there.
//!
//! In: dots and the fields. Out: [`Site`]s, sentinels last. Absent: any move of a dot.

use design::{Fields, FrozenKind, Wanted};
use frames::{Dir, Head, Point, Pose, SiteId, Skin};
use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion, Vector3};
use scan::Surface;

use crate::cloud::Candidate;
use crate::site::Site;

pub(crate) fn sites(surface: &Surface, fields: &Fields, dots: &[Candidate]) -> Vec<Site> {
    let laid = dots.iter().map(|dot| {
        let axis = surface.axis_at(dot.face, dot.bary);
        (dot.at, axis, dot.class, fields.at_kind(dot.at, dot.normal, dot.class))
    });
    let sentinels = fields.frozen().iter().filter_map(|frozen| match frozen.kind {
        FrozenKind::Sentinel(wanted) => {
            let hit = surface.nearest(frozen.point);
            Some((frozen.point, surface.axis_at(hit.face, hit.bary), 0, wanted))
        }
        FrozenKind::Earlier { .. } | FrozenKind::OldDot { .. } | FrozenKind::Follicle => None,
    });
    laid.chain(sentinels)
        .enumerate()
        .map(|(k, (at, axis, class, wanted))| site(SiteId(k as u32), at, axis, class, &wanted))
        .collect()
}

fn site(id: SiteId, at: Point<Head>, axis: Dir<Head>, class: u8, wanted: &Wanted) -> Site {
    Site {
        id,
        head_from_skin: frame(at, axis, wanted.hair),
        zone: wanted.zone,
        zone_index: wanted.zone_index,
        target: wanted.target,
        least: wanted.least,
        most: wanted.most,
        healed: wanted.healed,
        shade: wanted.shade,
        class,
    }
}

/// +z along the axis, +x along the hair as far as it is tangent; without a direction, forward (+y of the head).
fn frame(at: Point<Head>, axis: Dir<Head>, hair: Option<Dir<Head>>) -> Pose<Head, Skin> {
    let z = axis.get().into_inner();
    let tangent = |v: &Vector3<f64>| {
        let flat = v - z * v.dot(&z);
        (flat.norm() > 1e-3).then(|| flat / flat.norm())
    };
    let x = hair
        .and_then(|h| tangent(h.get()))
        .or_else(|| tangent(&Vector3::y()))
        .or_else(|| tangent(&Vector3::x()))
        .unwrap_or_else(Vector3::x);
    let turn = Rotation3::from_matrix_unchecked(Matrix3::from_columns(&[x, z.cross(&x), z]));
    let turn = UnitQuaternion::from_rotation_matrix(&turn);
    Pose::new(Isometry3::from_parts(Translation3::from(at.coords.coords), turn))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(axis: [f64; 3], hair: Option<[f64; 3]>, want_x: [f64; 3]) {
        let dir = |v: [f64; 3]| Dir::try_from_vector(Vector3::from(v)).unwrap_or(Dir::Z);
        let pose = frame(Point::new(0.1, 0.2, 0.3), dir(axis), hair.map(dir));
        assert!(pose.z().angle(dir(axis)) < 1e-12);
        assert!((pose * Dir::X).angle(dir(want_x)) < 1e-12, "{:?}", pose * Dir::X);
        assert!((pose.origin() - Point::new(0.1, 0.2, 0.3)).norm().get() < 1e-15);
    }

    #[test]
    fn z_out_and_x_along_the_hair() {
        check([0.0, 0.0, 1.0], Some([1.0, 1.0, 0.5]), [1.0, 1.0, 0.0]);
        check([0.0, 0.0, -1.0], Some([1.0, 0.0, 0.0]), [1.0, 0.0, 0.0]);
        check([0.0, 0.0, 1.0], None, [0.0, 1.0, 0.0]);
        // Hair straight out of the skin has no direction along it; nor has +y where the skin faces forward.
        check([0.0, 1.0, 0.0], Some([0.0, 1.0, 0.0]), [1.0, 0.0, 0.0]);
        check([1.0, 2.0, -3.0], Some([0.0, 0.0, 1.0]), [3.0, 6.0, 5.0]);
    }
}
