//! A front that moves over the mesh, vertex by vertex, nearest first.
//!
//! In: sources. Out: distances of the vertices in reach. Each vertex carries which centre its circle has; two vertices
//! of one centre place it in the plane of their edge, and its light falls on the corners behind: exact on a plane and
//! nearly so on a head. Two vertices of different centres (beside a curve) carry a straight front. As fast marching
//! (Kimmel and Sethian 1998, PNAS 95(15)), with the centres of Novotni and Klein (2002), and light through several faces
//! at once, so that obtuse corners are reached.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::Surface;
use crate::edges::{NONE, next};
use crate::geodesic::flat::{Flat, Mesh, turn};
use crate::geodesic::{DistanceField, Source};

/// Faces that light crosses from one edge: enough to pass the obtuse corners of a scan.
const DEPTH: usize = 4;
/// What an improvement must be worth, relative, to go on from a vertex again.
const WORTH: f64 = 1e-6;
/// Relative; a way along an edge that is no shorter than this than light is light that grazes the edge.
const GRAZE: f64 = 1e-9;

/// Which circle passes through a vertex.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Centre {
    /// Of the source, or of the vertex around which the way bends.
    pub(super) number: u32,
    /// Way before the centre.
    pub(super) before: f64,
}

pub(super) struct March<'a> {
    pub(super) mesh: Mesh<'a>,
    pub(super) distance: Vec<f64>,
    pub(super) centre: Vec<Centre>,
    settled: Vec<bool>,
    /// True where light brought the distance, false where the way bends at the vertex before.
    lit: Vec<bool>,
    queue: BinaryHeap<Reverse<(u64, u32)>>,
    /// Numbers from here on are vertices.
    sources: u32,
}

/// A front in the plane of a half-edge.
#[derive(Clone, Copy)]
enum Front {
    Circle {
        middle: Flat,
        centre: Centre,
    },
    /// Direction, distance at the origin, and the centres to hand on left and right of the middle of the edge.
    Straight {
        along: Flat,
        at_origin: f64,
        left: Centre,
        right: Centre,
        middle: Flat,
    },
}

pub(super) fn march(surface: &Surface, sources: &[Source], reach: f64) -> DistanceField {
    let count = surface.vertices().len();
    let mut march = March {
        mesh: Mesh::new(surface),
        distance: vec![f64::INFINITY; count],
        centre: vec![Centre { number: NONE, before: 0.0 }; count],
        settled: vec![false; count],
        lit: vec![false; count],
        queue: BinaryHeap::new(),
        sources: sources.len() as u32,
    };
    for (number, source) in sources.iter().enumerate() {
        march.begin(source, number as u32);
    }
    let mut fan = Vec::new();
    let mut longest: f64 = 0.0;
    while let Some(Reverse((bits, v))) = march.queue.pop() {
        let d = f64::from_bits(bits);
        if d.to_bits() != march.distance[v as usize].to_bits() {
            continue;
        }
        // Faces that reach beyond are finished too.
        if d > reach + longest {
            break;
        }
        march.settled[v as usize] = true;
        march.mesh.around(v, &mut fan);
        for h in &fan {
            longest = longest.max(march.go_on(v, *h));
        }
    }
    DistanceField::new(&march, sources, reach)
}

impl March<'_> {
    fn begin(&mut self, source: &Source, number: u32) {
        let centre = Centre { number, before: 0.0 };
        if let Some(k) = Mesh::corner(source) {
            self.reach(self.mesh.vertex(source.face * 3 + k as u32), 0.0, centre);
            return;
        }
        for seen in [Some(*source), self.mesh.mirrored(source)].into_iter().flatten() {
            for h in seen.face * 3..seen.face * 3 + 3 {
                let middle = self.mesh.place(&seen, h);
                self.reach(self.mesh.vertex(h), middle.norm(), centre);
                let length = self.mesh.lay(h).length;
                if middle.y > 1e-12 * length {
                    let turned = Flat::new(length - middle.x, -middle.y);
                    self.through(h, Front::Circle { middle: turned, centre });
                }
            }
        }
    }

    /// From a settled vertex along the edges of one face of its fan; returns the longer of the two.
    fn go_on(&mut self, v: u32, h: u32) -> f64 {
        let (b, c) = (self.mesh.vertex(next(h)), self.mesh.vertex(next(next(h))));
        let laid = self.mesh.lay(h);
        let d = self.distance[v as usize];
        let bend = Centre { number: self.sources + v, before: d };
        for (other, length) in [(b, laid.length), (c, laid.apex.norm())] {
            if self.settled[other as usize] {
                continue;
            }
            self.bend(other, d + length, bend);
        }
        if self.settled[b as usize] {
            self.enter(h);
            if let Some(t) = self.mesh.twin(h) {
                self.enter(t);
            }
        }
        if self.settled[c as usize] {
            // The edge that ends here; across it lies the next face of the fan, whose own edge this is, unless a border.
            let incoming = next(next(h));
            if self.mesh.twin(incoming).is_none() {
                self.enter(incoming);
            }
        }
        laid.length.max(laid.apex.norm())
    }

    /// Light that comes through a half-edge whose ends are settled, into its face.
    fn enter(&mut self, h: u32) {
        let (a, b) = (self.mesh.vertex(h) as usize, self.mesh.vertex(next(h)) as usize);
        let length = self.mesh.lay(h).length;
        let (ca, cb) = (self.centre[a], self.centre[b]);
        let (da, db) = (self.distance[a], self.distance[b]);
        let middle = Flat::new(length / 2.0, 0.0);
        if ca.number == cb.number {
            let (ra, rb) = (da - ca.before, db - ca.before);
            let x = (ra * ra - rb * rb + length * length) / (2.0 * length);
            let below = ra * ra - x * x;
            if below > 0.0 {
                let front = Front::Circle { middle: Flat::new(x, -below.sqrt()), centre: ca };
                self.fall(h, front, (Flat::zeros(), Flat::new(length, 0.0)), DEPTH);
            }
            return;
        }
        // One end is where the way to the other bends: nothing passes between them.
        if ca.number == self.sources + b as u32 || cb.number == self.sources + a as u32 {
            return;
        }
        let slope = (db - da) / length;
        if slope.abs() < 1.0 {
            let along = Flat::new(slope, (1.0 - slope * slope).sqrt());
            let front = Front::Straight { along, at_origin: da, left: ca, right: cb, middle };
            self.fall(h, front, (Flat::zeros(), Flat::new(length, 0.0)), DEPTH);
        }
    }

    /// Out of a face through a half-edge of it; the front is in the frame of the twin.
    fn through(&mut self, h: u32, front: Front) {
        if let Some(t) = self.mesh.twin(h) {
            let end = Flat::new(self.mesh.lay(t).length, 0.0);
            self.fall(t, front, (Flat::zeros(), end), DEPTH);
        }
    }

    /// Light between the rays through two points, through a half-edge into its face and on.
    fn fall(&mut self, h: u32, front: Front, (left, right): (Flat, Flat), depth: usize) {
        let laid = self.mesh.lay(h);
        let (c, end) = (laid.apex, Flat::new(laid.length, 0.0));
        // Positive: to the left of the ray.
        let beside = |p: Flat| front.ray(p).perp(&(c - p));
        let slack = |p: Flat| GRAZE * laid.length * front.ray(p).norm();
        let (over_left, over_right) = (beside(left) > slack(left), beside(right) < -slack(right));
        if !over_left && !over_right {
            let (d, centre) = front.at(c);
            self.reach(self.mesh.vertex(next(next(h))), d, centre);
        }
        if depth <= 1 {
            return;
        }
        if !over_left {
            let along = -c.normalize();
            let rays = (left, if over_right { right } else { c });
            self.onward(next(next(h)), front, rays, (c, along), depth);
        }
        if !over_right {
            let along = (c - end).normalize();
            let rays = (if over_left { left } else { c }, right);
            self.onward(next(h), front, rays, (end, along), depth);
        }
    }

    fn onward(&mut self, h: u32, front: Front, rays: (Flat, Flat), (from, along): (Flat, Flat), depth: usize) {
        let Some(t) = self.mesh.twin(h) else { return };
        let length = self.mesh.lay(t).length;
        let place = |p: Flat| {
            let q = turn(p, from, along);
            Flat::new(length - q.x, -q.y)
        };
        let way = |v: Flat| Flat::new(-along.dot(&v), -along.perp(&v));
        let front = match front {
            Front::Circle { middle, centre } => Front::Circle { middle: place(middle), centre },
            Front::Straight { along: g, at_origin, left, right, middle } => {
                // The distance at the new origin, which is the far end of this edge.
                let origin = from + along * length;
                let at_origin = at_origin + g.dot(&origin);
                Front::Straight { along: way(g), at_origin, left, right, middle: place(middle) }
            }
        };
        self.fall(t, front, (place(rays.0), place(rays.1)), depth - 1);
    }

    /// Light arrives. It is preferred to a way along an edge of the same length, which says nothing of the circle.
    fn reach(&mut self, v: u32, d: f64, centre: Centre) {
        let old = self.distance[v as usize];
        let worth = match (self.lit[v as usize], self.settled[v as usize]) {
            (false, _) => old * (1.0 + GRAZE),
            (true, false) => old,
            (true, true) => old * (1.0 - WORTH),
        };
        if d < worth {
            self.lit[v as usize] = true;
            self.set(v, d, centre);
        }
    }

    /// A way along an edge, round the vertex at its beginning.
    fn bend(&mut self, v: u32, d: f64, centre: Centre) {
        if d < self.distance[v as usize] * (1.0 - GRAZE) {
            self.lit[v as usize] = false;
            self.set(v, d, centre);
        }
    }

    fn set(&mut self, v: u32, d: f64, centre: Centre) {
        self.distance[v as usize] = d;
        self.centre[v as usize] = centre;
        self.settled[v as usize] = false;
        self.queue.push(Reverse((d.to_bits(), v)));
    }
}

impl Front {
    /// Direction of the light at a point.
    fn ray(&self, p: Flat) -> Flat {
        match self {
            Self::Circle { middle, .. } => p - middle,
            Self::Straight { along, .. } => *along,
        }
    }

    /// Distance at a point, and the centre to hand on.
    fn at(&self, p: Flat) -> (f64, Centre) {
        match self {
            Self::Circle { middle, centre } => (centre.before + (p - middle).norm(), *centre),
            Self::Straight { along, at_origin, left, right, middle } => {
                // Positive: the ray through the point passes left of the middle of the edge.
                let side = along.perp(&(p - middle));
                (at_origin + along.dot(&p), if side > 0.0 { *left } else { *right })
            }
        }
    }
}
