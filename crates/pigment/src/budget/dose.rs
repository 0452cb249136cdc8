//! The local dose: the most needle entries in any window of 1 cm² of skin.
//!
//! In: places of entry with the way out of the skin there. Out: the largest count, and where. Absent: the limit.
//!
//! The window is a disc. A disc that holds most can be moved until one of its dots lies on its rim, so it is enough to turn
//! a disc about every dot, the dot on its rim, and to count what comes and goes: exact on a plane, not a sample of windows.
//! Around each dot the skin is unrolled into its tangent plane by direction and straight distance; over the 11 mm across a
//! window on a head of 80 mm radius that is short by 0.1 %.

use std::f64::consts::PI;

use frames::{Dir, Head, PerSquareMetre, Point};
use rayon::prelude::*;

use crate::uniformity::Near;

/// m².
pub(crate) const WINDOW: f64 = 1e-4;

/// The fullest window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fullest {
    /// Entries in it.
    pub(crate) entries: usize,
    /// Its middle, on the tangent plane of one of its dots.
    pub(crate) middle: Point<Head>,
}

impl Fullest {
    pub(crate) fn density(&self) -> PerSquareMetre {
        PerSquareMetre::new(self.entries as f64 / WINDOW)
    }
}

/// The fullest window that holds one of the dots that `of` names; `None` without such dots. The first of equals.
pub(crate) fn fullest(dots: &[(Point<Head>, Dir<Head>)], of: impl Fn(usize) -> bool + Sync) -> Option<Fullest> {
    let radius = (WINDOW / PI).sqrt();
    let near = Near::new(dots.iter().map(|d| d.0), radius);
    // A window on whose rim no dot of ours lies may still hold one of ours: so every dot near ours is turned about.
    let around: Vec<(usize, Fullest)> = (0..dots.len())
        .into_par_iter()
        .filter(|&k| {
            let mut ours = of(k);
            if !ours {
                near.within(dots[k].0, 2.0 * radius, |j, _| ours |= of(j));
            }
            ours
        })
        .map(|k| (k, turn(dots, k, &near, radius, &of)))
        .collect();
    let best = around.iter().map(|a| a.1.entries).max().filter(|n| *n > 0)?;
    around.into_iter().find(|a| a.1.entries == best).map(|a| a.1)
}

/// The fullest disc with dot `k` on its rim that holds one of ours; no entries where none does.
fn turn(
    dots: &[(Point<Head>, Dir<Head>)],
    k: usize,
    near: &Near,
    radius: f64,
    of: &(impl Fn(usize) -> bool + Sync),
) -> Fullest {
    let (at, out) = dots[k];
    let out = out.get().into_inner();
    let helper = if out.x.abs() < 0.7 { nalgebra::Vector3::x() } else { nalgebra::Vector3::y() };
    let u = out.cross(&helper).normalize();
    let v = out.cross(&u);
    // Always inside: the dot itself and its doubles. Of all and of ours.
    let mut inside = [0_i64; 2];
    // Angle, whether it comes in, whether it is ours. In before out at the same angle: the rim belongs to the disc.
    let mut events: Vec<(f64, bool, bool)> = Vec::new();
    near.within(at, 2.0 * radius, |j, r2| {
        let (ours, d) = (of(j), r2.sqrt());
        if d < 1e-9 {
            inside = [inside[0] + 1, inside[1] + i64::from(ours)];
            return;
        }
        let way = dots[j].0 - at;
        let way = way.vector;
        let towards = way.dot(&v).atan2(way.dot(&u));
        let half = (d / (2.0 * radius)).min(1.0).acos();
        let (from, to) = (wrap(towards - half), wrap(towards + half));
        events.push((from, true, ours));
        events.push((to, false, ours));
        if from > to {
            inside = [inside[0] + 1, inside[1] + i64::from(ours)];
        }
    });
    events.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let mut best = (if inside[1] > 0 { inside[0] } else { 0 }, -PI);
    for (angle, enters, ours) in events {
        let by = if enters { 1 } else { -1 };
        inside = [inside[0] + by, inside[1] + if ours { by } else { 0 }];
        if inside[1] > 0 && inside[0] > best.0 {
            best = (inside[0], angle);
        }
    }
    let middle = at.coords.coords + (u * best.1.cos() + v * best.1.sin()) * radius;
    Fullest { entries: best.0.max(0) as usize, middle: Point::from(middle) }
}

fn wrap(angle: f64) -> f64 {
    if angle > PI {
        angle - 2.0 * PI
    } else if angle < -PI {
        angle + 2.0 * PI
    } else {
        angle
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;
    use frames::{Seed, unit};

    fn cloud(seed: u64, n: u64, side: f64) -> Vec<(Point<Head>, Dir<Head>)> {
        let at = |k| Point::new(side * unit(Seed(seed), 1, k), side * unit(Seed(seed), 2, k), 0.0);
        (0..n).map(|k| (at(k), Dir::Z)).collect()
    }

    /// Every disc through every pair of dots, and every dot's own: the fullest is among them.
    fn brute(dots: &[(Point<Head>, Dir<Head>)], of: impl Fn(usize) -> bool) -> usize {
        let radius = (WINDOW / PI).sqrt();
        let at = |k: usize| dots[k].0.coords.coords;
        let mut middles: Vec<_> = (0..dots.len()).map(at).collect();
        for a in 0..dots.len() {
            for b in 0..dots.len() {
                let (way, between) = (at(b) - at(a), (at(b) - at(a)).norm());
                if a != b && between > 0.0 && between <= 2.0 * radius {
                    let side = nalgebra::Vector3::new(-way.y, way.x, 0.0) / between;
                    middles.push(at(a) + way * 0.5 + side * (radius * radius - 0.25 * between * between).sqrt());
                }
            }
        }
        let count = |m: &nalgebra::Vector3<f64>| {
            let held: Vec<usize> = (0..dots.len()).filter(|&k| (at(k) - m).norm() <= radius + 1e-12).collect();
            if held.iter().any(|&k| of(k)) { held.len() } else { 0 }
        };
        middles.iter().map(count).max().unwrap_or(0)
    }

    #[test]
    fn as_by_brute_force() {
        for (seed, n, side) in
            [(1, 60, 0.03), (2, 120, 0.03), (3, 40, 0.05), (4, 150, 0.02), (5, 2, 0.01), (6, 1, 0.01)]
        {
            let dots = cloud(seed, n, side);
            let got = fullest(&dots, |_| true).unwrap();
            assert_eq!(got.entries, brute(&dots, |_| true), "seed {seed}");
            // Only windows that hold one of the first ten.
            let some = fullest(&dots, |k| k < 10).unwrap();
            assert_eq!(some.entries, brute(&dots, |k| k < 10), "seed {seed}, some");
        }
    }

    /// The window that is told holds what is told.
    #[test]
    fn the_window_is_where_it_is_said_to_be() {
        let dots = cloud(7, 150, 0.03);
        let got = fullest(&dots, |_| true).unwrap();
        let radius = (WINDOW / PI).sqrt();
        let held = dots.iter().filter(|d| (d.0 - got.middle).norm().get() <= radius + 1e-9).count();
        assert_eq!(held, got.entries);
        assert!((got.density().per_cm2() - held as f64).abs() < 1e-9);
    }

    /// On a sphere as large as a head no window over any of 20 000 places holds more, and the best of them one less at most.
    #[test]
    fn on_a_round_head() {
        let ball = |seed: u64, k: u64| {
            let (a, z) = (2.0 * PI * unit(Seed(seed), 1, k), 0.6 + 0.4 * unit(Seed(seed), 2, k));
            let flat = (1.0 - z * z).sqrt();
            let way = nalgebra::Vector3::new(flat * a.cos(), flat * a.sin(), z);
            (Point::from(way * 0.08), Dir::try_from_vector(way).unwrap())
        };
        let dots: Vec<_> = (0..1500).map(|k| ball(1, k)).collect();
        let got = fullest(&dots, |_| true).unwrap().entries;
        let radius = (WINDOW / PI).sqrt();
        let near = Near::new(dots.iter().map(|d| d.0), radius);
        let seen = (0..20_000).map(|k| {
            let mut n = 0;
            near.within(ball(2, k).0, radius, |_, _| n += 1);
            n
        });
        let seen = seen.max().unwrap();
        assert!(got >= seen && got <= seen + 1, "{got} {seen}");
    }

    #[test]
    fn doubles_and_none() {
        let twice = vec![(Point::new(0.0, 0.0, 0.08), Dir::Z); 5];
        assert_eq!(fullest(&twice, |_| true).unwrap().entries, 5);
        assert_eq!(fullest(&[], |_| true), None);
        assert_eq!(fullest(&twice, |_| false), None);
    }
}
