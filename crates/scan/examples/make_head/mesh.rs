//! A triangle mesh and what can be asked of it: closed? of which genus? where does a ray meet it?
//!
//! In: points in millimetres and faces. Out: measures. Absent: any change of the mesh (see `remesh`).

use std::collections::HashMap;

use crate::clay::{Vec3, v};

#[derive(Debug, Clone)]
pub(crate) struct Mesh {
    pub(crate) points: Vec<Vec3>,
    pub(crate) faces: Vec<[u32; 3]>,
}

/// What a checked mesh must be: 0 open or doubled edges, 1 part, genus 0, no thin face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Soundness {
    pub(crate) bad_edges: usize,
    pub(crate) euler: i64,
    pub(crate) parts: usize,
    /// mm2
    pub(crate) least_area: f64,
    /// 2 x inscribed over circumscribed radius; 1 = equilateral
    pub(crate) least_quality: f64,
    pub(crate) mean_quality: f64,
    /// mm3; positive = faces look outwards
    pub(crate) volume: f64,
}

impl Soundness {
    pub(crate) fn is_sound(&self) -> bool {
        self.bad_edges == 0 && self.euler == 2 && self.parts == 1 && self.least_area > 1e-3 && self.volume > 0.0
    }
}

impl Mesh {
    pub(crate) fn corners(&self, f: usize) -> [Vec3; 3] {
        self.faces[f].map(|i| self.points[i as usize])
    }

    /// The same mesh as the file will hold it.
    pub(crate) fn rounded(mut self) -> Self {
        for p in &mut self.points {
            *p = p.map(|c| f64::from(c as f32));
        }
        self
    }

    /// A numbering by height from the top, so that the file does not show the history of the mesh.
    pub(crate) fn sorted(self) -> Self {
        let mut order: Vec<u32> = (0..self.points.len() as u32).collect();
        let at = |i: u32| self.points[i as usize];
        order.sort_by(|&a, &b| {
            at(b).z.total_cmp(&at(a).z).then(at(a).x.total_cmp(&at(b).x)).then(at(a).y.total_cmp(&at(b).y))
        });
        let mut place = vec![0u32; order.len()];
        for (new, &old) in order.iter().enumerate() {
            place[old as usize] = new as u32;
        }
        let points = order.iter().map(|&i| at(i)).collect();
        let mut faces: Vec<[u32; 3]> = self
            .faces
            .iter()
            .map(|f| {
                let [a, b, c] = f.map(|i| place[i as usize]);
                if a < b && a < c {
                    [a, b, c]
                } else if b < c {
                    [b, c, a]
                } else {
                    [c, a, b]
                }
            })
            .collect();
        faces.sort_unstable();
        Self { points, faces }
    }

    pub(crate) fn soundness(&self) -> Soundness {
        let mut edges: HashMap<(u32, u32), (u32, u32)> = HashMap::new();
        let mut root: Vec<u32> = (0..self.points.len() as u32).collect();
        let (mut least_area, mut least_quality, mut quality, mut volume) = (f64::MAX, f64::MAX, 0.0, 0.0);
        for (i, f) in self.faces.iter().enumerate() {
            for (a, b) in [(f[0], f[1]), (f[1], f[2]), (f[2], f[0])] {
                let e = edges.entry((a.min(b), a.max(b))).or_default();
                if a < b {
                    e.0 += 1
                } else {
                    e.1 += 1
                }
                let (x, y) = (find(&mut root, a), find(&mut root, b));
                root[x.max(y) as usize] = x.min(y);
            }
            let [p, q, r] = self.corners(i);
            let area = (q - p).cross(&(r - p)).norm() / 2.0;
            let (a, b, c) = ((q - r).norm(), (r - p).norm(), (p - q).norm());
            let q8 = (b + c - a) * (c + a - b) * (a + b - c) / (a * b * c);
            least_area = least_area.min(area);
            least_quality = least_quality.min(q8);
            quality += q8;
            volume += p.dot(&q.cross(&r)) / 6.0;
        }
        let parts = (0..root.len() as u32).filter(|&i| root[i as usize] == i).count();
        Soundness {
            bad_edges: edges.values().filter(|&&e| e != (1, 1)).count(),
            euler: self.points.len() as i64 - edges.len() as i64 + self.faces.len() as i64,
            parts,
            least_area,
            least_quality,
            mean_quality: quality / self.faces.len() as f64,
            volume,
        }
    }

    /// The outermost meeting of a ray from inside with the mesh.
    pub(crate) fn cast(&self, from: &Vec3, dir: &Vec3) -> Option<Vec3> {
        let mut best: Option<f64> = None;
        for i in 0..self.faces.len() {
            let [a, b, c] = self.corners(i);
            let (e1, e2) = (b - a, c - a);
            let h = dir.cross(&e2);
            let det = e1.dot(&h);
            if det.abs() < 1e-12 {
                continue;
            }
            let s = from - a;
            let u = s.dot(&h) / det;
            let q = s.cross(&e1);
            let w = dir.dot(&q) / det;
            let t = e2.dot(&q) / det;
            let on = u >= -1e-9 && w >= -1e-9 && u + w <= 1.0 + 1e-9;
            if on && t > 0.0 && best.is_none_or(|b| t > b) {
                best = Some(t);
            }
        }
        best.map(|t| from + dir * t)
    }

    /// Points where the mesh crosses the plane `n . p = d`.
    pub(crate) fn section(&self, n: &Vec3, d: f64) -> Vec<Vec3> {
        let mut out = Vec::new();
        for i in 0..self.faces.len() {
            let p = self.corners(i);
            for k in 0..3 {
                let (a, b) = (p[k], p[(k + 1) % 3]);
                let (fa, fb) = (a.dot(n) - d, b.dot(n) - d);
                if (fa < 0.0) != (fb < 0.0) {
                    out.push(a + (b - a) * (fa / (fa - fb)));
                }
            }
        }
        out
    }
}

fn find(root: &mut [u32], mut i: u32) -> u32 {
    while root[i as usize] != i {
        let up = root[root[i as usize] as usize];
        root[i as usize] = up;
        i = up;
    }
    i
}

/// Length of a tape drawn tight about points of a plane spanned by `e1`, `e2`: the hull of the section.
pub(crate) fn tape(points: &[Vec3], e1: &Vec3, e2: &Vec3) -> f64 {
    let mut flat: Vec<Vec3> = points.iter().map(|p| v(p.dot(e1), p.dot(e2), 0.0)).collect();
    flat.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    let half = |order: &mut dyn Iterator<Item = &Vec3>| {
        let mut hull: Vec<Vec3> = Vec::new();
        for p in order {
            while let [.., a, b] = hull[..] {
                if (b - a).cross(&(p - b)).z > 0.0 {
                    break;
                }
                hull.pop();
            }
            hull.push(*p);
        }
        hull.windows(2).map(|w| (w[1] - w[0]).norm()).sum::<f64>()
    };
    half(&mut flat.iter()) + half(&mut flat.iter().rev())
}
