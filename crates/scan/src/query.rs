//! Nearest point, ray and sign on a triangle mesh: the only file of this crate that speaks to parry and its glam types.
//!
//! In: vertices and faces. Out: face and barycentric coordinates of what was found. The tree (`parry3d`'s f64 BVH)
//! holds boxes only; vertices stay where they are. Absent: any tolerance that moves an answer: a ray that runs exactly
//! through an edge hits one of its faces.

use frames::{Head, Metres, Point};
use nalgebra::{Point3, Vector3};
use parry3d::bounding_volume::Aabb;
use parry3d::math::Vector;
use parry3d::partitioning::{Bvh, BvhBuildStrategy};
use parry3d::query::{PointQuery, PointQueryWithLocation, Ray};
use parry3d::shape::Triangle;

/// A place on the surface that a query found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The place.
    pub point: Point<Head>,
    /// Index into [`crate::Surface::faces`].
    pub face: u32,
    /// Weights of the face's three vertices; none negative, sum 1.
    pub bary: [f64; 3],
    /// From the query point, along the ray or straight; never negative.
    pub distance: Metres,
}

/// Barycentric coordinates may leave the triangle by this much before a ray misses it, so that no ray slips between
/// two faces through the rounding of their shared edge. 1e-12 of an edge of 10 mm is 1e-14 m.
const RAY_SLACK: f64 = 1e-12;

#[derive(Clone)]
pub(crate) struct Tree {
    bvh: Bvh,
}

impl Tree {
    pub(crate) fn new(vertices: &[Point<Head>], faces: &[[u32; 3]]) -> Self {
        let leaves = (0..faces.len()).map(|f| {
            let [a, b, c] = corners(vertices, faces, f as u32);
            (f, Aabb::new(a.min(b).min(c), a.max(b).max(c)))
        });
        Self { bvh: Bvh::from_iter(BvhBuildStrategy::Binned, leaves) }
    }

    /// The nearest point not farther than `reach`. `None` also for a point that is not finite.
    pub(crate) fn nearest(
        &self,
        vertices: &[Point<Head>],
        faces: &[[u32; 3]],
        p: Point<Head>,
        reach: f64,
    ) -> Option<Hit> {
        let p = glam(&p.coords);
        self.bvh
            .find_best(
                reach,
                |node, _| node.aabb().distance_to_local_point(p, true),
                |face, _| {
                    let [a, b, c] = corners(vertices, faces, face);
                    let (at, place) = Triangle::new(a, b, c).project_local_point_and_get_location(p, false);
                    let bary = place.barycentric_coordinates()?;
                    Some(((at.point - p).length(), (at.point, bary)))
                },
            )
            .map(|(face, (distance, (point, bary)))| Hit {
                point: nalgebra_point(point),
                face,
                bary: inside(bary),
                distance: Metres::new(distance),
            })
    }

    /// The first face along the ray, from either side, not farther than `reach`.
    pub(crate) fn cast(
        &self,
        vertices: &[Point<Head>],
        faces: &[[u32; 3]],
        from: Point<Head>,
        dir: &Vector3<f64>,
        reach: f64,
    ) -> Option<Hit> {
        let ray = Ray::new(glam(&from.coords), Vector::new(dir.x, dir.y, dir.z));
        // `find_best` wants strictly better than the limit.
        let limit = if reach < f64::MAX { reach.next_up() } else { f64::MAX };
        self.bvh
            .find_best(
                limit,
                |node, best| node.cast_ray(&ray, best),
                |face, _| {
                    let [a, b, c] = corners(vertices, faces, face);
                    crossing(&ray, a, b, c)
                },
            )
            .map(|(face, (distance, bary))| {
                let bary = inside(bary);
                let [a, b, c] = corners(vertices, faces, face);
                let point = a * bary[0] + b * bary[1] + c * bary[2];
                Hit { point: nalgebra_point(point), face, bary, distance: Metres::new(distance) }
            })
    }
}

/// Straight lines to be near of.
#[derive(Clone)]
pub(crate) struct Lines {
    ends: Vec<[Point<Head>; 2]>,
    bvh: Bvh,
}

impl Lines {
    pub(crate) fn new(ends: Vec<[Point<Head>; 2]>) -> Self {
        let leaves =
            ends.iter().map(|[a, b]| [a, b].map(|p| glam(&p.coords))).map(|[a, b]| Aabb::new(a.min(b), a.max(b)));
        let bvh = Bvh::from_iter(BvhBuildStrategy::Binned, leaves.enumerate());
        Self { ends, bvh }
    }

    pub(crate) const fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Metres to the nearest one, if it is at most `reach`.
    pub(crate) fn distance(&self, p: Point<Head>, reach: f64) -> Option<f64> {
        if self.is_empty() {
            return None;
        }
        let p = glam(&p.coords);
        // `find_best` wants strictly better than the limit.
        let limit = if reach < f64::MAX { reach.next_up() } else { f64::MAX };
        let off = |line: u32| {
            let [a, b] = self.ends[line as usize].map(|p| glam(&p.coords));
            let along = b - a;
            let share = ((p - a).dot(along) / along.length_squared()).clamp(0.0, 1.0);
            (p - (a + along * share)).length()
        };
        let best = self.bvh.find_best(
            limit,
            |node, _| node.aabb().distance_to_local_point(p, true),
            |line, _| Some(off(line)).filter(|d| d.is_finite()).map(|d| (d, ())),
        );
        best.map(|(_, (distance, ()))| distance)
    }
}

/// Where the ray meets the plane of the triangle, if that is inside it: distance and barycentric coordinates.
/// Möller and Trumbore (1997), Journal of Graphics Tools 2(1).
fn crossing(ray: &Ray, a: Vector, b: Vector, c: Vector) -> Option<(f64, [f64; 3])> {
    let (ab, ac) = (b - a, c - a);
    let h = ray.dir.cross(ac);
    let det = ab.dot(h);
    if det == 0.0 {
        return None;
    }
    let s = ray.origin - a;
    let u = s.dot(h) / det;
    let q = s.cross(ab);
    let v = ray.dir.dot(q) / det;
    let t = ac.dot(q) / det;
    // NaN fails every comparison, so it misses.
    let within = u >= -RAY_SLACK && v >= -RAY_SLACK && u + v <= 1.0 + RAY_SLACK && t >= 0.0 && t.is_finite();
    within.then_some((t, [1.0 - u - v, u, v]))
}

/// Rounding may leave a weight at -1e-17: the promise is none negative.
fn inside(bary: [f64; 3]) -> [f64; 3] {
    let clamped = bary.map(|w| w.max(0.0));
    let sum: f64 = clamped.iter().sum();
    clamped.map(|w| w / sum)
}

fn corners(vertices: &[Point<Head>], faces: &[[u32; 3]], face: u32) -> [Vector; 3] {
    faces[face as usize].map(|v| glam(&vertices[v as usize].coords))
}

fn glam(p: &Point3<f64>) -> Vector {
    Vector::new(p.x, p.y, p.z)
}

fn nalgebra_point(v: Vector) -> Point<Head> {
    Point::new(v.x, v.y, v.z)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;
    use frames::Dir;

    /// Two triangles of the unit square in z = 0, counter-clockwise from above.
    fn square() -> (Vec<Point<Head>>, Vec<[u32; 3]>, Tree) {
        let vertices: Vec<_> =
            [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]].map(|[x, y]| Point::new(x, y, 0.0)).to_vec();
        let faces = vec![[0, 1, 2], [0, 2, 3]];
        let tree = Tree::new(&vertices, &faces);
        (vertices, faces, tree)
    }

    #[track_caller]
    fn near(p: [f64; 3], want: [f64; 3]) {
        let (v, f, t) = square();
        let hit = t.nearest(&v, &f, Point::new(p[0], p[1], p[2]), f64::MAX).unwrap();
        let want = Point::new(want[0], want[1], want[2]);
        assert!((hit.point - want).norm().get() < 1e-15, "{hit:?}");
        let by_bary: Vector3<f64> =
            (0..3).map(|k| v[f[hit.face as usize][k] as usize].coords.coords * hit.bary[k]).sum();
        assert!((by_bary - want.coords.coords).norm() < 1e-15, "{hit:?}");
    }

    #[test]
    fn nearest_on_face_edge_and_vertex() {
        near([0.7, 0.2, 0.5], [0.7, 0.2, 0.0]);
        near([0.5, -1.0, 0.0], [0.5, 0.0, 0.0]);
        near([2.0, 2.0, -1.0], [1.0, 1.0, 0.0]);
        near([0.5, 0.5, 0.1], [0.5, 0.5, 0.0]);
    }

    #[test]
    fn a_single_face_is_found_too() {
        let v = vec![Point::new(0.0, 0.0, 0.0), Point::new(1.0, 0.0, 0.0), Point::new(0.0, 1.0, 0.0)];
        let f = vec![[0, 1, 2]];
        let t = Tree::new(&v, &f);
        let hit = t.nearest(&v, &f, Point::new(0.2, 0.2, 3.0), f64::MAX).unwrap();
        assert!((hit.distance.get() - 3.0).abs() < 1e-15);
        assert!(t.nearest(&v, &f, Point::new(0.2, 0.2, 3.0), 2.9).is_none());
    }

    #[test]
    fn no_answer_for_nan() {
        let (v, f, t) = square();
        assert!(t.nearest(&v, &f, Point::new(f64::NAN, 0.0, 0.0), f64::MAX).is_none());
        assert!(t.cast(&v, &f, Point::new(f64::NAN, 0.0, 0.0), Dir::<Head>::Z.get(), f64::MAX).is_none());
    }

    #[test]
    fn rays_through_edges_and_vertices_hit() {
        let (v, f, t) = square();
        for k in 0..=1000 {
            let x = f64::from(k) / 1000.0;
            for [x, y] in [[x, x], [x, 0.0], [1.0, x]] {
                let hit = t.cast(&v, &f, Point::new(x, y, 1.0), (-Dir::<Head>::Z).get(), 2.0);
                assert!(hit.is_some_and(|h| (h.distance.get() - 1.0).abs() < 1e-15), "{x} {y}");
            }
        }
    }

    #[test]
    fn reach_is_inclusive_and_both_sides_count() {
        let (v, f, t) = square();
        let cast = |z: f64, dir: Dir<Head>, reach: f64| t.cast(&v, &f, Point::new(0.3, 0.2, z), dir.get(), reach);
        assert!(cast(1.0, -Dir::Z, 1.0).is_some());
        assert!(cast(1.0, -Dir::Z, 0.999).is_none());
        assert!(cast(-1.0, Dir::Z, 1.0).is_some());
        assert!(cast(1.0, Dir::Z, 9.0).is_none());
        assert!(cast(1.0, Dir::X, 9.0).is_none());
    }
}
