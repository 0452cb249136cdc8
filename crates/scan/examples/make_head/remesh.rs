//! Even triangles on the field: split, collapse, flip, relax, project, again.
//!
//! In: any closed mesh near the field's zero, the wished edge length at each place. Out: a mesh of that size, its
//! points on the field's zero. Botsch and Kobbelt 2004, "A remeshing approach to multiresolution modeling".

use rayon::prelude::*;

use crate::clay::{Vec3, v};
use crate::mesh::Mesh;

type Field<'a> = &'a (dyn Fn(&Vec3) -> f64 + Sync);

struct Work {
    p: Vec<Vec3>,
    /// wished edge length
    size: Vec<f64>,
    faces: Vec<[u32; 3]>,
    alive: Vec<bool>,
    /// faces about each point
    about: Vec<Vec<u32>>,
}

pub(crate) fn remesh(mesh: &Mesh, field: Field, size: Field, rounds: usize) -> Mesh {
    let mut about = vec![Vec::new(); mesh.points.len()];
    for (i, f) in mesh.faces.iter().enumerate() {
        for &a in f {
            about[a as usize].push(i as u32);
        }
    }
    let mut w = Work {
        p: mesh.points.clone(),
        size: Vec::new(),
        faces: mesh.faces.clone(),
        alive: vec![true; mesh.faces.len()],
        about,
    };
    for round in 0..rounds {
        w.size = w.p.par_iter().map(size).collect();
        w.split(size);
        w.collapse();
        w.flip();
        w.relax(field, if round + 1 == rounds { 3 } else { 1 });
    }
    w.packed()
}

impl Work {
    fn ring(&self, a: u32) -> Vec<u32> {
        let mut out: Vec<u32> = Vec::with_capacity(8);
        for &f in &self.about[a as usize] {
            for &b in &self.faces[f as usize] {
                if b != a && !out.contains(&b) {
                    out.push(b);
                }
            }
        }
        out.sort_unstable();
        out
    }

    /// The two faces at an edge, as (face with a then b, its third corner, face with b then a, its third corner).
    fn at_edge(&self, a: u32, b: u32) -> Option<(u32, u32, u32, u32)> {
        let (mut l, mut r) = (None, None);
        for &f in &self.about[a as usize] {
            let t = self.faces[f as usize];
            for k in 0..3 {
                if t[k] == a && t[(k + 1) % 3] == b {
                    l = Some((f, t[(k + 2) % 3]));
                }
                if t[k] == b && t[(k + 1) % 3] == a {
                    r = Some((f, t[(k + 2) % 3]));
                }
            }
        }
        let ((f, c), (g, d)) = (l?, r?);
        Some((f, c, g, d))
    }

    fn edges(&self) -> Vec<(u32, u32)> {
        let mut out = Vec::with_capacity(self.faces.len() * 3 / 2);
        for (i, f) in self.faces.iter().enumerate() {
            if self.alive[i] {
                for k in 0..3 {
                    let (a, b) = (f[k], f[(k + 1) % 3]);
                    if a < b {
                        out.push((a, b));
                    }
                }
            }
        }
        out
    }

    fn length(&self, a: u32, b: u32) -> f64 {
        (self.p[a as usize] - self.p[b as usize]).norm()
    }

    fn wish(&self, a: u32, b: u32) -> f64 {
        (self.size[a as usize] + self.size[b as usize]) / 2.0
    }

    fn split(&mut self, size: Field) {
        for (a, b) in self.edges() {
            if self.length(a, b) <= self.wish(a, b) * 4.0 / 3.0 {
                continue;
            }
            let Some((f, c, g, d)) = self.at_edge(a, b) else { continue };
            let middle = (self.p[a as usize] + self.p[b as usize]) / 2.0;
            let m = self.p.len() as u32;
            self.p.push(middle);
            self.size.push(size(&middle));
            let (f2, g2) = (self.faces.len() as u32, self.faces.len() as u32 + 1);
            self.faces[f as usize] = [a, m, c];
            self.faces[g as usize] = [m, a, d];
            self.faces.push([m, b, c]);
            self.faces.push([b, m, d]);
            self.alive.extend([true, true]);
            self.about.push(vec![f, g, f2, g2]);
            self.about[b as usize].retain(|&x| x != f && x != g);
            self.about[b as usize].extend([f2, g2]);
            self.about[c as usize].push(f2);
            self.about[d as usize].push(g2);
        }
    }

    fn collapse(&mut self) {
        for (a, b) in self.edges() {
            if self.about[a as usize].is_empty() || self.about[b as usize].is_empty() {
                continue;
            }
            let wish = self.wish(a, b);
            let Some((f, c, g, d)) = self.at_edge(a, b) else { continue };
            if self.length(a, b) >= wish * 0.8 {
                continue;
            }
            let (ra, rb) = (self.ring(a), self.ring(b));
            let common = ra.iter().filter(|x| rb.contains(x)).count();
            if common != 2 || self.about[c as usize].len() < 5 || self.about[d as usize].len() < 5 {
                continue;
            }
            let middle = (self.p[a as usize] + self.p[b as usize]) / 2.0;
            let long = |x: &u32| (self.p[*x as usize] - middle).norm() > wish * 4.0 / 3.0;
            if ra.iter().chain(&rb).any(|x| *x != a && *x != b && long(x)) {
                continue;
            }
            let kept = |i: &u32| *i != f && *i != g;
            let turned = |me: u32| {
                self.about[me as usize].iter().filter(|i| kept(i)).any(|&i| {
                    let t = self.faces[i as usize];
                    let old = t.map(|x| self.p[x as usize]);
                    let new = t.map(|x| if x == me { middle } else { self.p[x as usize] });
                    !same_side(&old, &new)
                })
            };
            if turned(a) || turned(b) {
                continue;
            }
            self.p[a as usize] = middle;
            for i in [f, g] {
                self.alive[i as usize] = false;
                for x in self.faces[i as usize] {
                    self.about[x as usize].retain(|&y| y != i);
                }
            }
            for i in std::mem::take(&mut self.about[b as usize]) {
                for x in &mut self.faces[i as usize] {
                    if *x == b {
                        *x = a;
                    }
                }
                self.about[a as usize].push(i);
            }
        }
    }

    fn flip(&mut self) {
        for (a, b) in self.edges() {
            let Some((f, c, g, d)) = self.at_edge(a, b) else { continue };
            let n = |x: u32| self.about[x as usize].len() as i64;
            let off = |x: i64| (x - 6) * (x - 6);
            let before = off(n(a)) + off(n(b)) + off(n(c)) + off(n(d));
            let after = off(n(a) - 1) + off(n(b) - 1) + off(n(c) + 1) + off(n(d) + 1);
            if after >= before || n(a) < 4 || n(b) < 4 || self.ring(c).contains(&d) {
                continue;
            }
            let at = |x: u32| self.p[x as usize];
            let old = [at(a), at(b), at(c)];
            let twin = [at(b), at(a), at(d)];
            let new = [[at(a), at(d), at(c)], [at(d), at(b), at(c)]];
            if new.iter().any(|t| !same_side(&old, t) || !same_side(&twin, t) || thin(t)) {
                continue;
            }
            self.faces[f as usize] = [a, d, c];
            self.faces[g as usize] = [d, b, c];
            self.about[a as usize].retain(|&x| x != g);
            self.about[b as usize].retain(|&x| x != f);
            self.about[c as usize].push(g);
            self.about[d as usize].push(f);
        }
    }

    fn relax(&mut self, field: Field, steps: usize) {
        let moved: Vec<Vec3> = (0..self.p.len() as u32)
            .into_par_iter()
            .map(|a| {
                let p = self.p[a as usize];
                if self.about[a as usize].is_empty() {
                    return p;
                }
                let (mut sum, mut weight, mut normal) = (Vec3::zeros(), 0.0, Vec3::zeros());
                for &f in &self.about[a as usize] {
                    let [x, y, z] = self.faces[f as usize].map(|i| self.p[i as usize]);
                    let n = (y - x).cross(&(z - x));
                    let s = self.faces[f as usize].iter().map(|&i| self.size[i as usize]).sum::<f64>() / 3.0;
                    let w = n.norm() / (s * s);
                    sum += (x + y + z) / 3.0 * w;
                    weight += w;
                    normal += n;
                }
                let middle = sum / weight;
                let n = normal / normal.norm().max(1e-12);
                let mut q = middle + n * n.dot(&(p - middle));
                for _ in 0..steps {
                    q = projected(field, &q);
                }
                q
            })
            .collect();
        self.p = moved;
    }

    fn packed(&self) -> Mesh {
        let mut place = vec![u32::MAX; self.p.len()];
        let mut out = Mesh { points: Vec::new(), faces: Vec::new() };
        for (i, f) in self.faces.iter().enumerate() {
            if self.alive[i] {
                let g = f.map(|x| {
                    if place[x as usize] == u32::MAX {
                        place[x as usize] = out.points.len() as u32;
                        out.points.push(self.p[x as usize]);
                    }
                    place[x as usize]
                });
                out.faces.push(g);
            }
        }
        out
    }
}

/// One Newton step to the zero of the field along its gradient, 1 mm at most.
pub(crate) fn projected(field: Field, p: &Vec3) -> Vec3 {
    const H: f64 = 0.02;
    let mut g = Vec3::zeros();
    let mut f = 0.0;
    for e in [v(1.0, 1.0, 1.0), v(1.0, -1.0, -1.0), v(-1.0, 1.0, -1.0), v(-1.0, -1.0, 1.0)] {
        let x = field(&(p + e * H));
        f += x / 4.0;
        g += e * (x / (4.0 * H));
    }
    let step = g * (f / g.dot(&g).max(0.04));
    let length = step.norm();
    p - step * (1.0 / length.max(1.0))
}

fn same_side(old: &[Vec3; 3], new: &[Vec3; 3]) -> bool {
    let n = |t: &[Vec3; 3]| (t[1] - t[0]).cross(&(t[2] - t[0]));
    let (a, b) = (n(old), n(new));
    a.dot(&b) > 0.3 * a.norm() * b.norm()
}

fn thin(t: &[Vec3; 3]) -> bool {
    let area2 = (t[1] - t[0]).cross(&(t[2] - t[0])).norm();
    let longest = (t[1] - t[0]).norm().max((t[2] - t[1]).norm()).max((t[0] - t[2]).norm());
    area2 < 0.15 * longest * longest
}
