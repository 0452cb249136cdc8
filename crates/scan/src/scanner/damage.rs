//! What scanners do to a surface: noise, spikes, holes, flakes, vertices that nobody shares.
//!
//! In: a mesh, the scanner, a seed. Out: the mesh, damaged. Random numbers are counted by vertex or by item.

use frames::{Seed, gauss, unit};
use nalgebra::Vector3;

use super::{Mesh, Scanner, Stream};

/// Flakes float this far before the skin, metres.
const AFLOAT: [f64; 2] = [3e-3, 60e-3];

/// Unit vertex normals, zero where there is none.
pub(super) fn normals(mesh: &Mesh) -> Vec<Vector3<f64>> {
    let mut sums = vec![Vector3::zeros(); mesh.vertices.len()];
    for face in &mesh.faces {
        let [a, b, c] = face.map(|v| mesh.vertices[v as usize]);
        let n = (b - a).cross(&(c - a));
        face.iter().for_each(|v| sums[*v as usize] += n);
    }
    sums.iter().map(|n| n.try_normalize(f64::MIN_POSITIVE).unwrap_or_default()).collect()
}

pub(super) fn noise(mesh: &mut Mesh, normals: &[Vector3<f64>], scanner: &Scanner, seed: Seed) {
    let sigma = scanner.noise.get();
    if sigma <= 0.0 {
        return;
    }
    let mut heights: Vec<f64> = (0..mesh.vertices.len()).map(|v| gauss(seed, Stream::Noise as u64, v as u64)).collect();
    // A step of averaging spreads by about half an edge squared.
    let edge = mean_edge(mesh);
    let steps = (2.0 * (scanner.correlation.get() / edge.max(1e-9)).powi(2)).ceil().min(1000.0) as usize;
    for _ in 0..steps {
        heights = averaged(mesh, &heights);
    }
    let rms = (heights.iter().map(|h| h * h).sum::<f64>() / heights.len().max(1) as f64).sqrt();
    let scale = if steps == 0 { sigma } else { sigma / rms.max(f64::MIN_POSITIVE) };
    for ((p, n), h) in mesh.vertices.iter_mut().zip(normals).zip(&heights) {
        *p += n * (h * scale);
    }
}

fn mean_edge(mesh: &Mesh) -> f64 {
    let side = |f: &[u32; 3]| (mesh.vertices[f[1] as usize] - mesh.vertices[f[0] as usize]).norm();
    mesh.faces.iter().map(side).sum::<f64>() / mesh.faces.len().max(1) as f64
}

/// Half of each value, half of the mean around it.
fn averaged(mesh: &Mesh, x: &[f64]) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); x.len()];
    for face in &mesh.faces {
        let total: f64 = face.iter().map(|v| x[*v as usize]).sum();
        for v in face {
            let sum = &mut sums[*v as usize];
            *sum = (sum.0 + total - x[*v as usize], sum.1 + 2.0);
        }
    }
    x.iter().zip(sums).map(|(own, (sum, n))| if n > 0.0 { 0.5 * own + 0.5 * sum / n } else { *own }).collect()
}

pub(super) fn spikes(mesh: &mut Mesh, normals: &[Vector3<f64>], scanner: &Scanner, seed: Seed) {
    let [least, most] = scanner.spike_height.map(|h| h.get());
    for (v, (p, n)) in mesh.vertices.iter_mut().zip(normals).enumerate() {
        let random = |k: u64| unit(seed, Stream::Spike as u64, 3 * v as u64 + k);
        if random(0) < scanner.spikes {
            let side = if random(1) < 0.5 { -1.0 } else { 1.0 };
            *p += n * (side * (least + (most - least) * random(2)));
        }
    }
}

/// Takes out the faces whose middle lies in a ball around some vertex of the mesh.
pub(super) fn holes(mesh: &mut Mesh, scanner: &Scanner, seed: Seed) {
    let radius = scanner.hole_diameter.get() / 2.0;
    let pick = |k: usize| {
        let face = (unit(seed, Stream::Hole as u64, k as u64) * mesh.faces.len() as f64) as usize;
        mesh.vertices[mesh.faces[face.min(mesh.faces.len() - 1)][0] as usize]
    };
    if mesh.faces.is_empty() {
        return;
    }
    let middles: Vec<Vector3<f64>> = (0..scanner.holes).map(pick).collect();
    let Mesh { vertices, faces } = mesh;
    faces.retain(|f| {
        let middle = f.iter().map(|v| vertices[*v as usize]).sum::<Vector3<f64>>() / 3.0;
        middles.iter().all(|m| (middle - m).norm() > radius)
    });
}

/// Faces around vertices drawn at random, lifted off, in a mesh of their own.
pub(super) fn flakes(mesh: &Mesh, normals: &[Vector3<f64>], scanner: &Scanner, seed: Seed) -> Mesh {
    let mut out = Mesh { vertices: Vec::new(), faces: Vec::new() };
    if scanner.loose_parts == 0 || mesh.faces.is_empty() {
        return out;
    }
    let (start, around) = crate::weld::counted(mesh.faces.len() as u32 * 3, mesh.vertices.len(), |corner| {
        mesh.faces[corner as usize / 3][corner as usize % 3]
    });
    for k in 0..scanner.loose_parts as u64 {
        let random = |j: u64| unit(seed, Stream::Flake as u64, 2 * k + j);
        let corner = (random(0) * mesh.faces.len() as f64 * 3.0) as usize;
        let v = mesh.faces[corner / 3][corner % 3] as usize;
        let lift = normals[v] * (AFLOAT[0] + (AFLOAT[1] - AFLOAT[0]) * random(1));
        let mut names = std::collections::BTreeMap::new();
        for corner in &around[start[v] as usize..start[v + 1] as usize] {
            out.faces.push(mesh.faces[*corner as usize / 3].map(|old| {
                *names.entry(old).or_insert_with(|| {
                    out.vertices.push(mesh.vertices[old as usize] + lift);
                    out.vertices.len() as u32 - 1
                })
            }));
        }
    }
    out
}

pub(super) fn add(mesh: &mut Mesh, more: Mesh) {
    let first = mesh.vertices.len() as u32;
    mesh.vertices.extend(more.vertices);
    mesh.faces.extend(more.faces.iter().map(|f| f.map(|v| v + first)));
}

pub(super) fn unweld(mesh: &mut Mesh) {
    mesh.vertices = mesh.faces.iter().flatten().map(|v| mesh.vertices[*v as usize]).collect();
    mesh.faces = (0..mesh.faces.len() as u32).map(|f| [3 * f, 3 * f + 1, 3 * f + 2]).collect();
}
