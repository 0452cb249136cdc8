//! Measures, landmarks and a hairline of the finished mesh.
//!
//! In: the mesh as the file holds it. Out: lengths by the ANSUR definitions, landmarks and control points on its faces.

use std::fmt;

use crate::clay::{Vec3, v};
use crate::mesh::{Mesh, tape};

#[derive(Debug)]
pub(crate) struct Marks {
    breadth: f64,
    length: f64,
    circumference: f64,
    vertex: f64,
    nasion: Vec3,
    glabella: Vec3,
    inion: Vec3,
    left: Vec3,
    right: Vec3,
    hairline: Vec<Vec3>,
    /// skin arc from the glabella to the middle of the hairline
    rise: f64,
    /// skin arc to the fronto-temporal point, from the middle of the hairline and from the point E of Garg
    corner_arcs: [f64; 2],
    top_arc: f64,
    face_length: f64,
}

/// Where the hairline runs: the skin met from the middle of the head on the way to these places, the subject's right
/// half from the midline outwards; the left half mirrors it. Rounded in the middle, hollow from the pupil's line on,
/// farthest back at the fronto-temporal point, then down towards the temporal peak.
const MIDDLE: Vec3 = v(0.0, 0.0, 40.0);
const HAIR: [[f64; 3]; 6] = [
    [0.0, 63.0, 107.5],
    [14.0, 62.0, 107.0],
    [28.0, 54.5, 107.0],
    [43.0, 36.0, 108.0],
    [56.0, 17.0, 103.0],
    [63.5, 27.0, 88.0],
];
/// The fronto-temporal point among them.
const CORNER: usize = 4;

impl Marks {
    pub(crate) fn of(mesh: &Mesh) -> Option<Self> {
        let profile = |front: bool, low: f64, high: f64, better: fn(f64, f64) -> bool| {
            let mut best: Option<Vec3> = None;
            let n = ((high - low) / 0.25) as usize;
            for i in 0..=n {
                let z = low + 0.25 * i as f64;
                let dir = v(0.0, if front { 1.0 } else { -1.0 }, 0.0);
                let p = mesh.cast(&v(0.0, 0.0, z), &dir)?;
                if best.is_none_or(|b| better(p.y, b.y)) {
                    best = Some(p);
                }
            }
            best
        };
        let nasion = profile(true, 20.0, 40.0, |a, b| a < b)?;
        let glabella = profile(true, nasion.z + 6.0, nasion.z + 22.0, |a, b| a > b)?;
        let occiput = profile(false, 20.0, 70.0, |a, b| a < b)?;
        let inion = mesh.cast(&v(0.0, 0.0, 5.0), &v(0.0, -1.0, 0.0))?;
        let right = mesh.cast(&v(0.0, 0.0, 0.0), &v(1.0, 0.0, 0.0))?;
        let left = mesh.cast(&v(0.0, 0.0, 0.0), &v(-1.0, 0.0, 0.0))?;
        let vertex = mesh.points.iter().map(|p| p.z).fold(f64::MIN, f64::max);
        let skull = |p: &&Vec3| p.z > 42.0;
        let breadth = 2.0 * mesh.points.iter().filter(skull).map(|p| p.x.abs()).fold(0.0, f64::max);
        // The tape lies on the glabella and the rearmost point.
        let n = v(0.0, -(glabella.z - occiput.z), glabella.y - occiput.y);
        let n = n / n.norm();
        let ring: Vec<Vec3> = mesh.section(&n, n.dot(&glabella));
        let circumference = tape(&ring, &v(1.0, 0.0, 0.0), &n.cross(&v(1.0, 0.0, 0.0)));
        let mut hairline = Vec::new();
        for (i, d) in HAIR.iter().rev().chain(&HAIR[1..]).enumerate() {
            let side = if i < 5 { -1.0 } else { 1.0 };
            hairline.push(mesh.cast(&MIDDLE, &(v(side * d[0], d[1], d[2]) - MIDDLE))?);
        }
        let middle = hairline[5];
        let corner = hairline[5 + CORNER];
        let temple = beside(mesh, &glabella, 80.0)?;
        let corner_arcs = [arc(mesh, &middle, &corner)?, arc(mesh, &temple, &corner)?];
        let rise = arc(mesh, &glabella, &middle)?;
        let top_arc = arc(mesh, &nasion, &inion)?;
        let chin = mesh.points.iter().filter(|p| p.y > 70.0 && p.x.abs() < 6.0).map(|p| p.z).fold(f64::MAX, f64::min);
        Some(Self {
            breadth,
            length: (glabella - occiput).norm(),
            circumference,
            vertex,
            nasion,
            glabella,
            inion,
            left,
            right,
            hairline,
            rise,
            corner_arcs,
            top_arc,
            face_length: nasion.z - chin,
        })
    }
}

/// The point so far to the right of another on the midline, along the skin and level with it.
fn beside(mesh: &Mesh, start: &Vec3, far: f64) -> Option<Vec3> {
    let (mut last, mut sum) = (*start, 0.0);
    for i in 1..=400 {
        let t = f64::from(i) / 400.0;
        let p = mesh.cast(&v(0.0, 0.0, start.z), &v(t, 1.0 - t, 0.0))?;
        sum += (p - last).norm();
        if sum >= far {
            return Some(p);
        }
        last = p;
    }
    None
}

/// Skin arc from one point to another, in two planes through the middle of the head.
fn arc(mesh: &Mesh, a: &Vec3, b: &Vec3) -> Option<f64> {
    let (da, db) = ((a - MIDDLE) / (a - MIDDLE).norm(), (b - MIDDLE) / (b - MIDDLE).norm());
    let up = v(0.0, 0.0, 1.0);
    let half = if da.dot(&db) < 0.3 { up } else { da + db };
    let mut sum = 0.0;
    for (from, to) in [(da, half / half.norm()), (half / half.norm(), db)] {
        let mut last: Option<Vec3> = None;
        for i in 0..=100 {
            let t = f64::from(i) / 100.0;
            let p = mesh.cast(&MIDDLE, &(from * (1.0 - t) + to * t))?;
            sum += last.map_or(0.0, |l| (p - l).norm());
            last = Some(p);
        }
    }
    Some(sum)
}

impl fmt::Display for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "breadth = {:.1}", self.breadth)?;
        writeln!(f, "length = {:.1}", self.length)?;
        writeln!(f, "circumference = {:.1}", self.circumference)?;
        writeln!(f, "vertex_height = {:.1}", self.vertex)?;
        writeln!(f, "nasion_to_menton = {:.1}", self.face_length)?;
        writeln!(f, "nasion_over_vertex_to_inion = {:.1}", self.top_arc)?;
        writeln!(f, "glabella_to_hairline = {:.1}", self.rise)?;
        writeln!(f, "hairline_to_frontotemporal = {:.1}", self.corner_arcs[0])?;
        writeln!(f, "temple_to_frontotemporal = {:.1}", self.corner_arcs[1])?;
        let mut row = |name: &str, p: &Vec3| writeln!(f, "{name} = [{:.3}, {:.3}, {:.3}]", p.x, p.y, p.z);
        row("nasion", &self.nasion)?;
        row("inion", &self.inion)?;
        row("left_preauricular", &self.left)?;
        row("right_preauricular", &self.right)?;
        row("glabella", &self.glabella)?;
        writeln!(f, "hairline = [")?;
        for p in &self.hairline {
            writeln!(f, "  [{:.3}, {:.3}, {:.3}],", p.x, p.y, p.z)?;
        }
        writeln!(f, "]")
    }
}
