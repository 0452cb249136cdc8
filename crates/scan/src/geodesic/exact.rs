//! The exact distance of two places on the mesh.
//!
//! In: two places. Out: the length of the shortest way over the unfolded faces. Windows of light from the source (or
//! from a vertex around which a shortest way may bend) cross face after face, nearest first: Chen and Han (1990), with
//! the filter and the queue of Xin and Wang (2009), ACM Transactions on Graphics 28(4), section 4.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::Surface;
use frames::{Head, Point};

use crate::edges::next;
use crate::geodesic::flat::{Flat, Mesh, squared, turn};
use crate::geodesic::{Source, march::march};

/// The front's own error is some per mille (measured in the tests).
const FRONT_ERROR: f64 = 0.01;
/// Relative; ways that differ by less are not told apart where they would block one another.
const TIE: f64 = 1e-10;
/// Of lengths, relative: below it two ways are one.
const SAME: f64 = 1e-13;

/// Light through a part of a half-edge into its face.
#[derive(Clone, Copy)]
struct Window {
    half_edge: u32,
    /// In the half-edge's frame, y <= 0.
    source: Flat,
    /// From the true source to this one.
    before: f64,
    from: f64,
    to: f64,
}

enum Event {
    Window(Window),
    Vertex(u32),
}

/// Distances are positive, so their bits sort as they do. The number keeps equal ones in the order they came.
type Key = Reverse<(u64, u32)>;

struct Search<'a> {
    mesh: Mesh<'a>,
    /// Upper bounds at the vertices, final in the end.
    distance: Vec<f64>,
    /// Per half-edge: the best that came through it to the corner across, and where it crossed.
    split: Vec<(f64, f64)>,
    /// May a shortest way bend here? Unknown until asked.
    bends: Vec<Option<bool>>,
    events: Vec<Event>,
    free: Vec<u32>,
    queue: BinaryHeap<Key>,
    target: Source,
    target_at: Point<Head>,
    /// Ways longer than this are not followed.
    limit: f64,
    best: f64,
    fan: Vec<u32>,
}

pub(super) fn distance(surface: &Surface, from: Source, to: Source) -> Option<f64> {
    // The front says nearly how far it is. What cannot be a part of so short a way is left out; should the front have
    // been too short, the search finds nothing and starts again without it.
    let straight = (surface.at(from.face, from.bary) - surface.at(to.face, to.bary)).norm().get();
    let front = |reach: f64| march(surface, &[from], reach).at(to.face, to.bary);
    let near = front(1.3 * straight).or_else(|| front(f64::INFINITY))?.get();
    search(surface, from, to, near * (1.0 + FRONT_ERROR)).or_else(|| search(surface, from, to, f64::INFINITY))
}

fn search(surface: &Surface, from: Source, to: Source, limit: f64) -> Option<f64> {
    let (v, f) = (surface.vertices().len(), surface.faces().len());
    let mut search = Search {
        mesh: Mesh::new(surface),
        distance: vec![f64::INFINITY; v],
        split: vec![(f64::INFINITY, 0.0); 3 * f],
        bends: vec![None; v],
        events: Vec::new(),
        free: Vec::new(),
        queue: BinaryHeap::new(),
        target: to,
        target_at: surface.at(to.face, to.bary),
        limit,
        best: f64::INFINITY,
        fan: Vec::new(),
    };
    search.begin(&from);
    while let Some(Reverse((bits, number))) = search.queue.pop() {
        if f64::from_bits(bits) >= search.best {
            break;
        }
        search.free.push(number);
        match search.events[number as usize] {
            Event::Window(window) => search.cross(&window),
            Event::Vertex(vertex) => search.shine(vertex, bits),
        }
    }
    (search.best <= limit && search.best.is_finite()).then_some(search.best)
}

impl Search<'_> {
    fn begin(&mut self, from: &Source) {
        if let Some(k) = Mesh::corner(from) {
            let vertex = self.mesh.vertex(from.face * 3 + k as u32);
            self.distance[vertex as usize] = 0.0;
            self.arrived(vertex);
            self.push(0.0, Event::Vertex(vertex));
            return;
        }
        for seen in [Some(*from), self.mesh.mirrored(from)].into_iter().flatten() {
            if seen.face == self.target.face {
                self.best = self.best.min(self.inside(&seen.bary));
            }
            for h in seen.face * 3..seen.face * 3 + 3 {
                let p = self.mesh.place(&seen, h);
                self.reach(self.mesh.vertex(h), p.norm());
                // Along its own edge a place shines from the face across.
                if p.y > 1e-12 * self.mesh.lay(h).length {
                    self.leave(h, p, 0.0, (0.0, f64::INFINITY));
                }
            }
        }
    }

    /// A distance inside the target's face.
    fn inside(&self, bary: &[f64; 3]) -> f64 {
        let h = self.target.face * 3;
        let side = |k: u32| self.mesh.lay(h + k).length.powi(2);
        squared(*bary, self.target.bary, [side(0), side(1), side(2)]).sqrt()
    }

    /// A way of this length ends at a vertex.
    fn reach(&mut self, vertex: u32, length: f64) {
        if length >= self.distance[vertex as usize] * (1.0 - SAME) {
            return;
        }
        self.distance[vertex as usize] = length;
        self.arrived(vertex);
        let left = (self.mesh.surface.vertices()[vertex as usize] - self.target_at).norm().get();
        if length + left <= self.limit.min(self.best) && self.may_bend(vertex) {
            self.push(length, Event::Vertex(vertex));
        }
    }

    fn arrived(&mut self, vertex: u32) {
        let face = self.mesh.surface.faces()[self.target.face as usize];
        if let Some(k) = face.iter().position(|v| *v == vertex) {
            let mut corner = [0.0; 3];
            corner[k] = 1.0;
            self.best = self.best.min(self.distance[vertex as usize] + self.inside(&corner));
        }
    }

    /// At borders, and where more than a full turn of skin meets (Mitchell, Mount and Papadimitriou 1987, lemma 3.4).
    fn may_bend(&mut self, vertex: u32) -> bool {
        if let Some(known) = self.bends[vertex as usize] {
            return known;
        }
        let mut fan = std::mem::take(&mut self.fan);
        let whole = self.mesh.around(vertex, &mut fan);
        let angle: f64 = fan.iter().map(|h| self.mesh.lay(*h).apex).map(|c| c.y.atan2(c.x)).sum();
        self.fan = fan;
        let bends = !whole || angle > std::f64::consts::TAU - 1e-9;
        self.bends[vertex as usize] = Some(bends);
        bends
    }

    /// Light from a vertex through all edges across from it.
    fn shine(&mut self, vertex: u32, bits: u64) {
        let d = self.distance[vertex as usize];
        // Reached by a shorter way since.
        if d.to_bits() != bits {
            return;
        }
        let mut fan = std::mem::take(&mut self.fan);
        self.mesh.around(vertex, &mut fan);
        for h in fan.clone() {
            let laid = self.mesh.lay(h);
            self.reach(self.mesh.vertex(next(h)), d + laid.length);
            self.reach(self.mesh.vertex(next(next(h))), d + laid.apex.norm());
            let across = next(h);
            let from = Flat::new(laid.length, 0.0);
            let along = (laid.apex - from).normalize();
            self.leave(across, turn(Flat::zeros(), from, along), d, (0.0, f64::INFINITY));
        }
        self.fan = fan;
    }

    /// Out of a face through a half-edge of it, in whose frame the source is at y > 0.
    fn leave(&mut self, half_edge: u32, source: Flat, before: f64, (from, to): (f64, f64)) {
        let Some(other) = self.mesh.twin(half_edge) else { return };
        let length = self.mesh.lay(other).length;
        let (from, to) = (from.max(0.0), to.min(length));
        // The twin runs the other way.
        let window = Window {
            half_edge: other,
            source: Flat::new(length - source.x, -source.y),
            before,
            from: length - to,
            to: length - from,
        };
        if window.to - window.from <= SAME * length || self.is_useless(&window, length) {
            return;
        }
        let near = window.source.x.clamp(window.from, window.to);
        let key = before + (window.source - Flat::new(near, 0.0)).norm();
        let end = self.mesh.surface.vertices()[self.mesh.vertex(other) as usize];
        let left = (end - self.target_at).norm().get() - length;
        if key + left.max(0.0) <= self.limit.min(self.best) {
            self.push(key, Event::Window(window));
        }
    }

    /// Xin and Wang (2009), theorem 3.2: ways along the edge from its ends are shorter everywhere in the window.
    fn is_useless(&self, w: &Window, length: f64) -> bool {
        let by = |t: f64| (w.before + (w.source - Flat::new(t, 0.0)).norm()) * (1.0 - SAME);
        let a = self.distance[self.mesh.vertex(w.half_edge) as usize];
        let b = self.distance[self.mesh.vertex(next(w.half_edge)) as usize];
        a + w.to < by(w.to) || b + length - w.from < by(w.from)
    }

    /// Across a face: to the corner, and through one or both of the other edges.
    fn cross(&mut self, w: &Window) {
        let laid = self.mesh.lay(w.half_edge);
        if self.is_useless(w, laid.length) {
            return;
        }
        let (s, c, end) = (w.source, laid.apex, Flat::new(laid.length, 0.0));
        if w.half_edge / 3 == self.target.face {
            let p = self.mesh.place(&self.target, w.half_edge);
            let at = crossing(s, p);
            let slack = 1e-9 * laid.length;
            if at >= w.from - slack && at <= w.to + slack {
                self.best = self.best.min(w.before + (p - s).norm());
            }
        }
        let at = crossing(s, c);
        let (mut left, mut right) = (at > w.from, at < w.to);
        if left && right {
            let length = w.before + (c - s).norm();
            let (best, where_best) = self.split[w.half_edge as usize];
            // A tie may be one straight way seen from two of its vertices: then both go on.
            if length < best * (1.0 + TIE) {
                if length < best {
                    self.split[w.half_edge as usize] = (length, at);
                }
                self.reach(self.mesh.vertex(next(next(w.half_edge))), length);
            } else {
                // Chen and Han (1990): one angle, one split. Ways that would cross the better one need not go on.
                left = at < where_best;
                right = at > where_best;
            }
        } else if (at - w.from).abs().min((at - w.to).abs()) <= 1e-9 * laid.length {
            // Grazing: a border ray of two windows ends in this corner.
            self.reach(self.mesh.vertex(next(next(w.half_edge))), w.before + (c - s).norm());
        }
        if right {
            let along = (c - end).normalize();
            let near = hit(s, Flat::new(w.to, 0.0), end, along);
            let far = if left || at > w.from { f64::INFINITY } else { hit(s, Flat::new(w.from, 0.0), end, along) };
            self.leave(next(w.half_edge), turn(s, end, along), w.before, (near, far));
        }
        if left {
            let along = -c.normalize();
            let far = hit(s, Flat::new(w.from, 0.0), c, along);
            let near = if right || at < w.to { 0.0 } else { hit(s, Flat::new(w.to, 0.0), c, along) };
            self.leave(next(next(w.half_edge)), turn(s, c, along), w.before, (near, far));
        }
    }

    fn push(&mut self, key: f64, event: Event) {
        let number = self.free.pop().unwrap_or(self.events.len() as u32);
        match self.events.get_mut(number as usize) {
            Some(slot) => *slot = event,
            None => self.events.push(event),
        }
        self.queue.push(Reverse((key.to_bits(), number)));
    }
}

/// Where the way from below to `p` crosses y = 0.
fn crossing(s: Flat, p: Flat) -> f64 {
    let rise = p.y - s.y;
    if rise <= 0.0 { p.x } else { s.x - s.y * (p.x - s.x) / rise }
}

/// How far along an edge the ray from `s` through `through` meets it.
fn hit(s: Flat, through: Flat, from: Flat, along: Flat) -> f64 {
    let ray = through - s;
    let det = ray.perp(&along);
    if det == 0.0 { 0.0 } else { ray.perp(&(s - from)) / det }
}
