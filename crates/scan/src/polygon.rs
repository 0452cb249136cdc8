//! Polygons to triangles.
//!
//! In: a polygon's vertex numbers. Out: triangles, as places in it, with the same winding that cover it. A convex one becomes a fan from
//! its first vertex, as every exporter expects; a concave one is cut by ears (Meisters (1975), American Mathematical
//! Monthly 82(6)) in its mean plane.

use nalgebra::{Vector2, Vector3};

/// Past this many vertices a concave polygon becomes a fan as well: ears cost the cube of it at worst, and no scanner
/// writes such faces.
const MOST_FOR_EARS: usize = 128;

/// Hands over the triangles of `polygon` as places in it, so that whatever belongs to its corners can follow. Fewer
/// than three corners give none; a polygon with a corner that names no vertex becomes a fan, for the check that follows.
pub(crate) fn places(vertices: &[[f64; 3]], polygon: &[u32], mut out: impl FnMut([usize; 3])) {
    if polygon.len() == 3 {
        return out([0, 1, 2]);
    }
    let fan = |out: &mut dyn FnMut([usize; 3])| (2..polygon.len()).for_each(|i| out([0, i - 1, i]));
    if polygon.len() > MOST_FOR_EARS || polygon.iter().any(|v| *v as usize >= vertices.len()) {
        return fan(&mut out);
    }
    let flat = flatten(vertices, polygon);
    let n = flat.len();
    if (0..n).all(|i| turn(flat[i], flat[(i + 1) % n], flat[(i + 2) % n]) >= 0.0) {
        return fan(&mut out);
    }
    let mut left: Vec<usize> = (0..n).collect();
    while left.len() > 3 {
        let m = left.len();
        // A polygon that crosses itself may have no ear; then any corner goes, and the repairs see the rest.
        let ear = (0..m).find(|i| is_ear(&flat, &left, *i)).unwrap_or(0);
        let [a, b, c] = [left[(ear + m - 1) % m], left[ear], left[(ear + 1) % m]];
        out([a, b, c]);
        left.remove(ear);
    }
    if let [a, b, c] = left[..] {
        out([a, b, c]);
    }
}

fn is_ear(flat: &[Vector2<f64>], left: &[usize], i: usize) -> bool {
    let m = left.len();
    let (a, b, c) = (left[(i + m - 1) % m], left[i], left[(i + 1) % m]);
    turn(flat[a], flat[b], flat[c]) > 0.0
        && left.iter().filter(|k| ![a, b, c].contains(k)).all(|k| {
            let p = flat[*k];
            turn(flat[a], flat[b], p) < 0.0 || turn(flat[b], flat[c], p) < 0.0 || turn(flat[c], flat[a], p) < 0.0
        })
}

/// Twice the signed area; positive when counter-clockwise.
fn turn(a: Vector2<f64>, b: Vector2<f64>, c: Vector2<f64>) -> f64 {
    (b - a).perp(&(c - a))
}

/// Into the plane of the polygon's vector area, counter-clockwise.
fn flatten(vertices: &[[f64; 3]], polygon: &[u32]) -> Vec<Vector2<f64>> {
    let at = |i: usize| {
        Vector3::from(vertices[polygon[i % polygon.len()] as usize]) - Vector3::from(vertices[polygon[0] as usize])
    };
    let area: Vector3<f64> = (0..polygon.len()).map(|i| at(i).cross(&at(i + 1))).sum();
    let side = if area.x.abs() < 0.5 * area.norm() { Vector3::x() } else { Vector3::y() };
    let u = side.cross(&area);
    let v = area.cross(&u);
    let (u, v) = (u.normalize(), v.normalize());
    (0..polygon.len()).map(|i| Vector2::new(at(i).dot(&u), at(i).dot(&v))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(vertices: &[[f64; 3]], polygon: &[u32], out: &mut Vec<[u32; 3]>) {
        places(vertices, polygon, |places| out.push(places.map(|i| polygon[i])));
    }

    #[track_caller]
    fn check(corners: &[[f64; 2]], triangles: usize, area: f64) {
        let vertices: Vec<[f64; 3]> = corners.iter().map(|[x, y]| [*x, *y, 0.5 * x]).collect();
        let polygon: Vec<u32> = (0..corners.len() as u32).collect();
        let mut out = Vec::new();
        cut(&vertices, &polygon, &mut out);
        assert_eq!(out.len(), triangles);
        let flat = |v: u32| Vector2::from(corners[v as usize]);
        let parts: Vec<f64> = out.iter().map(|f| turn(flat(f[0]), flat(f[1]), flat(f[2])) / 2.0).collect();
        assert!(parts.iter().all(|a| *a > -1e-12), "a part is wound the other way: {parts:?}");
        assert!((parts.iter().sum::<f64>() - area).abs() < 1e-12, "{parts:?}");
    }

    #[test]
    fn convex_concave_and_too_few() {
        check(&[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], 1, 0.5);
        check(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], 2, 1.0);
        // An arrow head, with its notch at every place in turn.
        let arrow = [[0.0, 0.0], [2.0, 1.0], [0.0, 2.0], [0.5, 1.0]];
        for shift in 0..4 {
            let mut turned = arrow;
            turned.rotate_left(shift);
            check(&turned, 2, 1.5);
        }
        // A comb.
        check(
            &[
                [0.0, 0.0],
                [5.0, 0.0],
                [5.0, 2.0],
                [4.0, 2.0],
                [4.0, 1.0],
                [3.0, 1.0],
                [3.0, 2.0],
                [2.0, 2.0],
                [2.0, 1.0],
                [0.0, 1.0],
            ],
            8,
            7.0,
        );
        check(&[[0.0, 0.0], [1.0, 0.0]], 0, 0.0);
        check(&[], 0, 0.0);
    }

    #[test]
    fn no_plane_no_panic() {
        let mut out = Vec::new();
        cut(&[[1.0; 3]; 4], &[0, 1, 2, 3], &mut out);
        cut(&[[1.0; 3]; 4], &[0, 1, 2, 9], &mut out);
        assert_eq!(out.len(), 4);
    }
}
