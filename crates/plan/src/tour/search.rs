//! Local search on a closed tour held as an array, with an undo log.
//!
//! Notation of Lin and Kernighan: edges (t1,t2), (t3,t4), (t5,t6) leave; (t2,t3), (t4,t5), (t6,t1) come. Every move is
//! a sequence of at most three path reversals, so undoing is reversing again.

use std::collections::VecDeque;

use frames::{Seed, hash};
use nalgebra::Point3;

use super::nearest::{K, lists};

/// Neighbours tried for the third edge.
const DEEP: usize = 5;
/// Longest segment that a kick moves, points.
const SEGMENT: u64 = 30;
/// A gain below this is rounding, in the unit of the points.
const EPS: f64 = 1e-12;

pub(super) struct Search<'a> {
    points: &'a [Point3<f64>],
    near: Vec<u32>,
    /// Distance to each of `near`.
    far: Vec<f64>,
    tour: Vec<u32>,
    /// Place of each point in `tour`.
    at: Vec<u32>,
    queue: VecDeque<u32>,
    queued: Vec<bool>,
    /// Reversals since the last kick, as places.
    log: Vec<(u32, u32)>,
}

#[derive(Clone, Copy)]
enum Move {
    /// 2-opt.
    Two([u32; 4]),
    /// Two reversals that share t1.
    Three([u32; 6]),
    /// The closed path t2..t3 is cut at (t5,t6) and joined backwards.
    Turned([u32; 6]),
    /// The same, joined forwards: segments t2..t5 and t6..t3 change places.
    Swapped([u32; 6]),
}

impl<'a> Search<'a> {
    /// The tour is the order of `points`.
    pub(super) fn new(points: &'a [Point3<f64>]) -> Self {
        let near = lists(points);
        let far = near.iter().enumerate().map(|(k, &j)| (points[k / K] - points[j as usize]).norm()).collect();
        let tour: Vec<u32> = (0..points.len() as u32).collect();
        Self {
            points,
            near,
            far,
            at: tour.clone(),
            queue: tour.iter().copied().collect(),
            queued: vec![true; tour.len()],
            log: Vec::new(),
            tour,
        }
    }

    pub(super) fn into_tour(self) -> Vec<u32> {
        self.tour
    }

    /// Works the queue until it is empty; returns how much the tour got shorter.
    pub(super) fn settle(&mut self) -> f64 {
        let mut gain = 0.0;
        while let Some(t1) = self.queue.pop_front() {
            self.queued[t1 as usize] = false;
            while let Some((g, step)) = self.best(t1) {
                gain += g;
                self.make(step);
            }
        }
        gain
    }

    /// Iterated local search.
    pub(super) fn kick(&mut self, seed: Seed, kicks: u64) {
        let n = self.tour.len() as u64;
        if n < 8 {
            return;
        }
        let longest = SEGMENT.min((n - 2) / 3);
        for k in 0..kicks {
            self.log.clear();
            let draw = hash(seed, 0x746f_7572, k);
            let p = ((draw >> 32) * n) >> 32;
            let [b, c, d] = [draw, draw >> 11, draw >> 22].map(|bits| 1 + (bits & 0x7ff) % longest);
            let city = |offset: u64| self.tour[((p + offset) % n) as usize];
            let cost = self.double_bridge([0, 1, b, b + 1, b + c, b + c + 1, b + c + d, b + c + d + 1].map(city));
            if self.settle() < cost - EPS {
                while let Some((i, j)) = self.log.pop() {
                    self.swap_ends(i, j);
                }
            }
        }
    }

    /// Ends of the path a0 | b0..b1 | c0..c1 | d0..d1 | a1: the three segments come out in the order d, c, b. No
    /// sequence of the moves above undoes it at once. Returns how much longer the tour got.
    fn double_bridge(&mut self, t: [u32; 8]) -> f64 {
        let [a0, b0, b1, c0, c1, d0, d1, a1] = t;
        let cost = self.between(a0, d0) + self.between(d1, c0) + self.between(c1, b0) + self.between(b1, a1)
            - self.between(a0, b0)
            - self.between(b1, c0)
            - self.between(c1, d0)
            - self.between(d1, a1);
        self.reverse(a0, b0, d1);
        self.reverse(a0, d1, d0);
        self.reverse(d1, c1, c0);
        self.reverse(c1, b1, b0);
        self.push(&t);
        cost
    }

    fn between(&self, a: u32, b: u32) -> f64 {
        (self.points[a as usize] - self.points[b as usize]).norm()
    }

    fn next(&self, a: u32) -> u32 {
        let i = self.at[a as usize] as usize + 1;
        self.tour[if i == self.tour.len() { 0 } else { i }]
    }

    fn previous(&self, a: u32) -> u32 {
        let i = self.at[a as usize] as usize;
        self.tour[if i == 0 { self.tour.len() - 1 } else { i - 1 }]
    }

    /// Is `b` met on the way forward from `a` to `c`?
    fn is_between(&self, a: u32, b: u32, c: u32) -> bool {
        let [a, b, c] = [a, b, c].map(|t| self.at[t as usize]);
        if a <= c { a <= b && b <= c } else { a <= b || b <= c }
    }

    fn neighbours(&self, a: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        let from = a as usize * K;
        self.near[from..from + K].iter().copied().zip(self.far[from..from + K].iter().copied())
    }

    /// The best move that removes an edge of `t1`.
    fn best(&self, t1: u32) -> Option<(f64, Move)> {
        let mut best: Option<(f64, Move)> = None;
        let mut offer = |gain: f64, step: Move| {
            if gain > best.map_or(EPS, |b| b.0) {
                best = Some((gain, step));
            }
        };
        for forward in [true, false] {
            let (ahead, behind) = (
                |t: u32| if forward { self.next(t) } else { self.previous(t) },
                |t: u32| if forward { self.previous(t) } else { self.next(t) },
            );
            let within =
                |a: u32, b: u32, c: u32| if forward { self.is_between(a, b, c) } else { self.is_between(c, b, a) };
            let t2 = ahead(t1);
            let g0 = self.between(t1, t2);
            for (t3, d23) in self.neighbours(t2) {
                let g1 = g0 - d23;
                if g1 <= EPS {
                    break;
                }
                if t3 == t1 {
                    continue;
                }
                // t4 before t3: closing gives a tour (2-opt); going on gives a second reversal.
                let t4 = behind(t3);
                if t4 != t2 {
                    let g2 = g1 + self.between(t3, t4);
                    offer(g2 - self.between(t4, t1), Move::Two([t1, t2, t3, t4]));
                    for (t5, d45) in self.neighbours(t4).take(DEEP) {
                        if g2 - d45 <= EPS {
                            break;
                        }
                        if t5 == t1 || t5 == t3 {
                            continue;
                        }
                        // After the first reversal the path t2..t4 runs backwards.
                        let t6 = if within(t2, t5, t4) { ahead(t5) } else { behind(t5) };
                        if t6 == t4 || t6 == t1 {
                            continue;
                        }
                        let g3 = g2 - d45 + self.between(t5, t6);
                        offer(g3 - self.between(t6, t1), Move::Three([t1, t2, t3, t4, t5, t6]));
                    }
                }
                // t4 after t3: the path t2..t3 closes on itself and must be opened again by (t5,t6).
                let t4 = ahead(t3);
                if t4 == t2 {
                    continue;
                }
                let g2 = g1 + self.between(t3, t4);
                for (t5, d45) in self.neighbours(t4).take(DEEP) {
                    if g2 - d45 <= EPS {
                        break;
                    }
                    if t4 == t1 || !within(t2, t5, t3) {
                        continue;
                    }
                    if t5 != t3 {
                        let t6 = ahead(t5);
                        let g3 = g2 - d45 + self.between(t5, t6);
                        offer(g3 - self.between(t6, t1), Move::Swapped([t1, t2, t3, t4, t5, t6]));
                    }
                    if t5 != t2 && t5 != t3 {
                        let t6 = behind(t5);
                        let g3 = g2 - d45 + self.between(t5, t6);
                        offer(g3 - self.between(t6, t1), Move::Turned([t1, t2, t3, t4, t5, t6]));
                    }
                }
            }
        }
        best
    }

    fn make(&mut self, step: Move) {
        match step {
            Move::Two(t) => {
                self.reverse(t[0], t[1], t[3]);
                self.push(&t);
            }
            Move::Three(t) => {
                self.reverse(t[0], t[1], t[3]);
                self.reverse(t[0], t[3], t[5]);
                self.push(&t);
            }
            Move::Turned(t) => {
                self.reverse(t[0], t[1], t[5]);
                self.reverse(t[1], t[4], t[2]);
                self.push(&t);
            }
            Move::Swapped(t) => {
                self.reverse(t[0], t[1], t[2]);
                self.reverse(t[0], t[2], t[5]);
                self.reverse(t[2], t[4], t[1]);
                self.push(&t);
            }
        }
    }

    fn push(&mut self, ends: &[u32]) {
        for &t in ends {
            if !std::mem::replace(&mut self.queued[t as usize], true) {
                self.queue.push_back(t);
            }
        }
    }

    /// Turns the path from `b` to `d` round, where `a` is the end's neighbour outside next to `b`, in either direction.
    fn reverse(&mut self, a: u32, b: u32, d: u32) {
        let (i, j) = if self.next(a) == b { (b, d) } else { (d, b) };
        let (i, j) = (self.at[i as usize], self.at[j as usize]);
        self.swap_ends(i, j);
        self.log.push((i, j));
    }

    /// Reverses the path from place `i` forward to place `j`, or the rest of the ring, which is the same tour.
    fn swap_ends(&mut self, i: u32, j: u32) {
        let n = self.tour.len();
        let (i, j) = (i as usize, j as usize);
        let inside = if j >= i { j - i + 1 } else { j + n - i + 1 };
        let (mut i, mut j, count) = if 2 * inside <= n {
            (i, j, inside / 2)
        } else {
            (if j + 1 == n { 0 } else { j + 1 }, if i == 0 { n - 1 } else { i - 1 }, (n - inside) / 2)
        };
        for _ in 0..count {
            let (a, b) = (self.tour[i], self.tour[j]);
            self.tour[i] = b;
            self.tour[j] = a;
            self.at[b as usize] = i as u32;
            self.at[a as usize] = j as u32;
            i = if i + 1 == n { 0 } else { i + 1 };
            j = if j == 0 { n - 1 } else { j - 1 };
        }
    }
}
