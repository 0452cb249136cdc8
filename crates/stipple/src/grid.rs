//! Neighbour search for points whose reach differs: one grid per octave of spacing.
//!
//! In: points with a spacing each. Out: all points nearer than `reach` mean spacings. Step 4 of stipple.md section 8.
//! Single precision relative to the middle (7 nm at 0.1 m): enough to weigh pairs; the hard least distances are checked
//! again in double precision.

use nalgebra::Vector3;

/// Cells of one level, at most; beyond it they are doubled.
const MOST_CELLS: usize = 1 << 22;

#[derive(Debug, Clone, Copy)]
struct Item {
    at: [f32; 3],
    h: f32,
    index: u32,
}

struct Level {
    h_max: f32,
    cell: f32,
    low: [f32; 3],
    size: [usize; 3],
    /// Items of cell k are `start[k]..start[k + 1]`; x runs fastest.
    start: Vec<u32>,
    items: Vec<Item>,
}

/// The search structure.
pub(crate) struct Grid {
    middle: Vector3<f64>,
    reach: f32,
    levels: Vec<Level>,
}

impl Grid {
    /// Of `points` (position and spacing, metres), to be searched within `reach` mean spacings.
    pub(crate) fn new(points: &[(Vector3<f64>, f64)], reach: f64) -> Self {
        let reach = reach as f32;
        let Some(&(first, _)) = points.first() else {
            return Self { middle: Vector3::zeros(), reach, levels: Vec::new() };
        };
        let (low, high) = points.iter().fold((first, first), |(l, h), (p, _)| (l.inf(p), h.sup(p)));
        let middle = (low + high) * 0.5;
        let h_min = points.iter().fold(f64::MAX, |m, p| m.min(p.1)).max(1e-6) as f32;
        let mut by_level: Vec<Vec<Item>> = Vec::new();
        for (index, (p, h)) in points.iter().enumerate() {
            let h = *h as f32;
            let mut level = 0;
            let mut top = 2.0 * h_min;
            while h >= top {
                top *= 2.0;
                level += 1;
            }
            while by_level.len() <= level {
                by_level.push(Vec::new());
            }
            by_level[level].push(Item { at: relative(p, &middle), h, index: index as u32 });
        }
        let levels = by_level.into_iter().filter(|l| !l.is_empty()).map(|items| Level::new(&items, reach)).collect();
        Self { middle, reach, levels }
    }

    /// Calls `f(index, squared distance)` for every point nearer than `radius`, whatever its spacing.
    pub(crate) fn within(&self, p: &Vector3<f64>, radius: f64, mut f: impl FnMut(u32, f32)) {
        let at = relative(p, &self.middle);
        for level in &self.levels {
            level.visit(at, radius as f32, |item, d2| f(item.index, d2));
        }
    }

    /// The nearest point, looked for in growing balls from `radius` on, up to `most`.
    pub(crate) fn nearest(&self, p: &Vector3<f64>, radius: f64, most: f64) -> Option<(u32, f32)> {
        let mut radius = radius;
        loop {
            let mut best: Option<(u32, f32)> = None;
            self.within(p, radius, |j, d2| {
                if best.is_none_or(|(k, b)| d2 < b || (d2 <= b && j < k)) {
                    best = Some((j, d2));
                }
            });
            if best.is_some() || radius >= most {
                return best;
            }
            radius = (2.0 * radius).min(most);
        }
    }

    /// Calls `f(index, squared distance, spacing)` for every point nearer than `reach` mean spacings, itself included.
    /// The order is fixed by the points alone.
    pub(crate) fn near(&self, p: &Vector3<f64>, h: f64, mut f: impl FnMut(u32, f32, f32)) {
        let (at, h) = (relative(p, &self.middle), h as f32);
        for level in &self.levels {
            let radius = 0.5 * self.reach * (h + level.h_max);
            level.visit(at, radius, |item, d2| {
                let limit = 0.5 * self.reach * (h + item.h);
                if d2 < limit * limit {
                    f(item.index, d2, item.h);
                }
            });
        }
    }
}

fn relative(p: &Vector3<f64>, middle: &Vector3<f64>) -> [f32; 3] {
    let d = p - middle;
    [d.x as f32, d.y as f32, d.z as f32]
}

impl Level {
    fn new(items: &[Item], reach: f32) -> Self {
        let h_max = items.iter().fold(0.0_f32, |m, i| m.max(i.h));
        let mut low = [f32::MAX; 3];
        let mut high = [f32::MIN; 3];
        for item in items {
            for k in 0..3 {
                low[k] = low[k].min(item.at[k]);
                high[k] = high[k].max(item.at[k]);
            }
        }
        let mut cell = (reach * h_max).max(1e-5);
        let extent = |cell: f32| [0, 1, 2].map(|k| ((high[k] - low[k]) / cell) as usize + 1);
        let mut size = extent(cell);
        while size[0].saturating_mul(size[1]).saturating_mul(size[2]) > MOST_CELLS {
            cell *= 2.0;
            size = extent(cell);
        }
        let key = |item: &Item| {
            let [x, y, z] = [0, 1, 2].map(|k| (((item.at[k] - low[k]) / cell) as usize).min(size[k] - 1));
            x + size[0] * (y + size[1] * z)
        };
        let mut start = vec![0_u32; size[0] * size[1] * size[2] + 1];
        for item in items {
            start[key(item) + 1] += 1;
        }
        for k in 1..start.len() {
            start[k] += start[k - 1];
        }
        let mut next = start.clone();
        let mut sorted = items.to_vec();
        for item in items {
            let slot = &mut next[key(item)];
            sorted[*slot as usize] = *item;
            *slot += 1;
        }
        Self { h_max, cell, low, size, start, items: sorted }
    }

    fn visit(&self, at: [f32; 3], radius: f32, mut f: impl FnMut(&Item, f32)) {
        let mut from = [0; 3];
        let mut to = [0; 3];
        for k in 0..3 {
            let a = (at[k] - radius - self.low[k]) / self.cell;
            let b = (at[k] + radius - self.low[k]) / self.cell;
            if b < 0.0 || a >= self.size[k] as f32 {
                return;
            }
            from[k] = a.max(0.0) as usize;
            to[k] = (b as usize).min(self.size[k] - 1);
        }
        let r2 = radius * radius;
        for z in from[2]..=to[2] {
            for y in from[1]..=to[1] {
                let row = self.size[0] * (y + self.size[1] * z);
                let run = self.start[row + from[0]] as usize..self.start[row + to[0] + 1] as usize;
                for item in &self.items[run] {
                    let d = [item.at[0] - at[0], item.at[1] - at[1], item.at[2] - at[2]];
                    let d2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
                    if d2 < r2 {
                        f(item, d2);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use frames::{Seed, unit};

    #[test]
    fn finds_what_brute_force_finds() {
        let u = |stage, k| unit(Seed(3), stage, k);
        let points: Vec<(Vector3<f64>, f64)> = (0..600)
            .map(|k| (Vector3::new(u(1, k), u(2, k), 0.3 * u(3, k)) * 0.05, 0.5e-3 + 8e-3 * u(4, k) * u(4, k)))
            .collect();
        let grid = Grid::new(&points, 2.0);
        let mut pairs = 0;
        for (p, h) in &points {
            let mut got = Vec::new();
            grid.near(p, *h, |j, _, _| got.push(j));
            got.sort_unstable();
            let want: Vec<u32> = (0..600)
                .filter(|&j| {
                    let (q, g) = points[j as usize];
                    // Off by a nanometre either way is not an error of the search.
                    (q - p).norm() < h + g
                })
                .collect();
            assert_eq!(got, want);
            pairs += got.len();
        }
        assert!(pairs > 6000, "{pairs}");
    }

    #[test]
    fn nothing_is_near_nothing() {
        Grid::new(&[], 2.0).near(&Vector3::zeros(), 1.0, |_, _, _| unreachable!("no points"));
    }
}
