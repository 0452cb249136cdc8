//! The few nearest neighbours of every point, by a grid of cells.
//!
//! In: points. Out: `K` indices a point, nearest first (fewer points: the list is filled up with its last entry).

use nalgebra::Point3;

/// Neighbours kept for each point.
pub(super) const K: usize = 8;

/// Lists of [`K`], one after another; ties by index.
pub(super) fn lists(points: &[Point3<f64>]) -> Vec<u32> {
    let grid = Grid::new(points);
    let mut out = Vec::with_capacity(points.len() * K);
    for i in 0..points.len() {
        out.extend(grid.nearest(points, i));
    }
    out
}

struct Grid {
    low: Point3<f64>,
    cell: f64,
    size: [usize; 3],
    /// Where each cell's points begin in `inside`.
    start: Vec<u32>,
    inside: Vec<u32>,
}

impl Grid {
    fn new(points: &[Point3<f64>]) -> Self {
        let first = points.first().copied().unwrap_or_else(Point3::origin);
        let (low, high) = points.iter().fold((first, first), |(l, h), p| (l.inf(p), h.sup(p)));
        let extent = high - low;
        // Points lie on a surface: two a cell are about right. Grown until the cells are no more than 8 a point.
        let n = points.len().max(1) as f64;
        let mut cell = (extent.max() / (n / 2.0).sqrt()).max(1e-12);
        let count = |cell: f64| extent.iter().map(|e| (e / cell).floor() as usize + 1).collect::<Vec<_>>();
        let mut size = count(cell);
        while size.iter().map(|&s| s as f64).product::<f64>() > 8.0 * n + 64.0 {
            cell *= 1.25;
            size = count(cell);
        }
        let size = [size[0], size[1], size[2]];
        let mut grid = Self { low, cell, size, start: vec![0; size.iter().product::<usize>() + 1], inside: vec![] };
        let cells: Vec<usize> = points.iter().map(|p| grid.index(grid.of(p))).collect();
        for &c in &cells {
            grid.start[c + 1] += 1;
        }
        for c in 1..grid.start.len() {
            grid.start[c] += grid.start[c - 1];
        }
        let mut next = grid.start.clone();
        grid.inside = vec![0; points.len()];
        for (i, &c) in cells.iter().enumerate() {
            grid.inside[next[c] as usize] = i as u32;
            next[c] += 1;
        }
        grid
    }

    fn of(&self, p: &Point3<f64>) -> [usize; 3] {
        let at = |axis: usize| (((p[axis] - self.low[axis]) / self.cell).max(0.0) as usize).min(self.size[axis] - 1);
        [at(0), at(1), at(2)]
    }

    fn index(&self, c: [usize; 3]) -> usize {
        (c[2] * self.size[1] + c[1]) * self.size[0] + c[0]
    }

    fn nearest(&self, points: &[Point3<f64>], i: usize) -> [u32; K] {
        let mut best = [(f64::INFINITY, u32::MAX); K];
        let centre = self.of(&points[i]);
        let widest = self.size.iter().copied().max().unwrap_or(1);
        for ring in 0..=widest {
            // All points nearer than `ring - 1` cells have been seen once ring `ring - 1` is done.
            if ring > 0 && best[K - 1].0 <= ((ring - 1) as f64 * self.cell).powi(2) {
                break;
            }
            self.shell(centre, ring, |j| {
                let d = (points[j as usize] - points[i]).norm_squared();
                if j as usize != i && (d, j) < best[K - 1] {
                    let mut k = K - 1;
                    while k > 0 && (d, j) < best[k - 1] {
                        best[k] = best[k - 1];
                        k -= 1;
                    }
                    best[k] = (d, j);
                }
            });
        }
        let found = best.iter().take_while(|b| b.1 != u32::MAX).count().max(1);
        std::array::from_fn(|k| best[k.min(found - 1)].1)
    }

    /// Every point in the cells exactly `ring` cells from `centre`.
    fn shell(&self, centre: [usize; 3], ring: usize, mut each: impl FnMut(u32)) {
        let span = |axis: usize| centre[axis].saturating_sub(ring)..=(centre[axis] + ring).min(self.size[axis] - 1);
        let edge = |axis: usize, at: usize| at.abs_diff(centre[axis]) == ring;
        for z in span(2) {
            for y in span(1) {
                for x in span(0) {
                    if !(edge(0, x) || edge(1, y) || edge(2, z)) {
                        continue;
                    }
                    let c = self.index([x, y, z]);
                    self.inside[self.start[c] as usize..self.start[c + 1] as usize].iter().for_each(|&j| each(j));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_brute_force() {
        let points: Vec<Point3<f64>> = (0..300u64)
            .map(|k| Point3::from([0, 1, 2].map(|axis| frames::unit(frames::Seed(9), axis, k).powi(3))))
            .collect();
        let found = lists(&points);
        for i in 0..points.len() {
            let mut all: Vec<(f64, u32)> = (0..points.len() as u32)
                .filter(|&j| j as usize != i)
                .map(|j| ((points[j as usize] - points[i]).norm_squared(), j))
                .collect();
            all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            assert!(found[i * K..][..K].iter().zip(&all).all(|(a, b)| *a == b.1), "point {i}");
        }
    }
}
