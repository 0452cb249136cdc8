//! The nearest of many points.
//!
//! In: points. Out: the nearest one within reach, fast for thousands. A k-d tree without pointers: the middle of each
//! range is its root, the axis goes round. Absent: any surface.

use nalgebra::Vector3;

/// Points, in the order of the tree.
#[derive(Debug, Clone, Default)]
pub(crate) struct Points {
    tree: Vec<Vector3<f64>>,
}

impl Points {
    pub(crate) fn new(mut points: Vec<Vector3<f64>>) -> Self {
        arrange(&mut points, 0);
        Self { tree: points }
    }

    /// Distance to the nearest point, if it is nearer than `reach`.
    pub(crate) fn nearest(&self, p: &Vector3<f64>, reach: f64) -> Option<f64> {
        let mut best = reach * reach;
        search(&self.tree, p, 0, &mut best);
        (best < reach * reach).then(|| best.sqrt())
    }
}

fn arrange(points: &mut [Vector3<f64>], axis: usize) {
    if points.len() < 2 {
        return;
    }
    let middle = points.len() / 2;
    points.select_nth_unstable_by(middle, |a, b| a[axis].total_cmp(&b[axis]));
    let (low, high) = points.split_at_mut(middle);
    arrange(low, (axis + 1) % 3);
    arrange(&mut high[1..], (axis + 1) % 3);
}

fn search(points: &[Vector3<f64>], p: &Vector3<f64>, axis: usize, best: &mut f64) {
    if points.is_empty() {
        return;
    }
    let middle = points.len() / 2;
    let root = points[middle];
    let d2 = (p - root).norm_squared();
    if d2 < *best {
        *best = d2;
    }
    let (low, high) = (&points[..middle], &points[middle + 1..]);
    let off = p[axis] - root[axis];
    let (near, far) = if off < 0.0 { (low, high) } else { (high, low) };
    search(near, p, (axis + 1) % 3, best);
    if off * off < *best {
        search(far, p, (axis + 1) % 3, best);
    }
}

#[cfg(test)]
mod tests {
    use frames::{Seed, unit};

    use super::*;

    #[test]
    fn as_brute_force() {
        let place = |stage, k| Vector3::new(unit(Seed(1), stage, k), unit(Seed(2), stage, k), unit(Seed(3), stage, k));
        for count in [0, 1, 2, 3, 100, 1000] {
            let points: Vec<_> = (0..count).map(|k| place(1, k)).collect();
            let tree = Points::new(points.clone());
            for k in 0..200 {
                let p = place(2, k);
                let brute = points.iter().map(|q| (p - q).norm()).fold(f64::MAX, f64::min);
                let want = (brute < 0.1).then_some(brute);
                assert_eq!(tree.nearest(&p, 0.1).is_some(), want.is_some());
                assert!(want.is_none_or(|d| tree.nearest(&p, 0.1).is_some_and(|got| (got - d).abs() < 1e-15)));
            }
        }
    }
}
