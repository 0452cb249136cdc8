//! Pairs faces across edges and winds them all alike, outward.
//!
//! In: a mesh whose edges may have any number of faces wound any way. Out: [`Neighbours`] in which every edge has at
//! most two faces, wound alike; faces turned where needed. Never: drops a face.

use std::collections::VecDeque;

use frames::{Head, Point};
use nalgebra::Vector3;

use crate::edges::{EdgeGroups, NONE, Neighbours, ends};
use crate::surface::twice_area;

pub(crate) struct Oriented {
    pub(crate) neighbours: Neighbours,
    /// Faces left without partner at edges of more than two.
    pub(crate) detached: usize,
    /// Edges cut because their two sides cannot be wound alike (a Möbius band).
    pub(crate) cut: usize,
    /// Faces whose winding changed.
    pub(crate) turned: usize,
}

pub(crate) fn orient(vertices: &[Point<Head>], faces: &mut [[u32; 3]]) -> Oriented {
    let (twins, detached) = pair(vertices, faces);
    let mut o = Oriented { neighbours: Vec::new(), detached, cut: 0, turned: 0 };
    let mut twins = twins;
    let (turn, part) = flood(faces, &mut twins, &mut o.cut);
    let turn = outward(vertices, faces, turn, &part);
    o.neighbours = (0..faces.len())
        .map(|f| {
            let across = |k: usize| if twins[f * 3 + k] == NONE { NONE } else { twins[f * 3 + k] / 3 };
            let own = [across(0), across(1), across(2)];
            if turn[f] { [own[2], own[1], own[0]] } else { own }
        })
        .collect();
    for (face, turn) in faces.iter_mut().zip(turn) {
        if turn {
            face.swap(1, 2);
            o.turned += 1;
        }
    }
    o
}

/// Half-edge to half-edge. At an edge of more than two faces those that go on most smoothly are paired first; pairs
/// that the file winds alike come before all others.
fn pair(vertices: &[Point<Head>], faces: &[[u32; 3]]) -> (Vec<u32>, usize) {
    let mut twins = vec![NONE; faces.len() * 3];
    let mut detached = 0;
    let mut join = |a: u32, b: u32| {
        twins[a as usize] = b;
        twins[b as usize] = a;
    };
    for group in EdgeGroups::new(faces, vertices.len()).iter() {
        match group {
            [] | [_] => {}
            [a, b] => join(*a, *b),
            many => {
                // A pencil of thousands of faces is no scan; its first few are enough.
                let mut free: Vec<u32> = many.iter().copied().take(64).collect();
                detached += many.len() - free.len();
                while let Some((i, j)) = smoothest(vertices, faces, &free) {
                    join(free[i], free[j]);
                    free.remove(j);
                    free.remove(i);
                }
                detached += free.len();
            }
        }
    }
    (twins, detached)
}

fn smoothest(vertices: &[Point<Head>], faces: &[[u32; 3]], free: &[u32]) -> Option<(usize, usize)> {
    let mut best: Option<(f64, usize, usize)> = None;
    for i in 0..free.len() {
        for j in i + 1..free.len() {
            let alike = ends(faces, free[i]) != ends(faces, free[j]);
            let bend = into_face(vertices, faces, free[i]).dot(&into_face(vertices, faces, free[j]));
            let cost = bend + if alike { 0.0 } else { 4.0 };
            if best.is_none_or(|(least, ..)| cost < least) {
                best = Some((cost, i, j));
            }
        }
    }
    best.map(|(_, i, j)| (i, j))
}

/// Unit vector in the face's plane, from the edge into the face.
fn into_face(vertices: &[Point<Head>], faces: &[[u32; 3]], half_edge: u32) -> Vector3<f64> {
    let (a, b) = ends(faces, half_edge);
    let apex = faces[half_edge as usize / 3][(half_edge as usize % 3 + 2) % 3];
    let along = (vertices[b as usize].coords - vertices[a as usize].coords).normalize();
    let up = vertices[apex as usize].coords - vertices[a as usize].coords;
    (up - along * up.dot(&along)).normalize()
}

/// Per face: turn it or not, and the part it belongs to.
fn flood(faces: &[[u32; 3]], twins: &mut [u32], cut: &mut usize) -> (Vec<bool>, Vec<u32>) {
    let mut turn = vec![false; faces.len()];
    let mut part = vec![NONE; faces.len()];
    let mut queue = VecDeque::new();
    for seed in 0..faces.len() {
        if part[seed] != NONE {
            continue;
        }
        part[seed] = seed as u32;
        queue.push_back(seed);
        while let Some(f) = queue.pop_front() {
            for h in (f * 3) as u32..(f * 3 + 3) as u32 {
                let t = twins[h as usize];
                if t == NONE {
                    continue;
                }
                let g = t as usize / 3;
                let wanted = turn[f] ^ (ends(faces, h) == ends(faces, t));
                if part[g] == NONE {
                    part[g] = seed as u32;
                    turn[g] = wanted;
                    queue.push_back(g);
                } else if turn[g] != wanted {
                    twins[h as usize] = NONE;
                    twins[t as usize] = NONE;
                    *cut += 1;
                }
            }
        }
    }
    (turn, part)
}

/// Turns whole parts so that they face away from the middle of the mesh: for a closed one the sign of its volume, for
/// an open one the sign of the volume of the cone to that middle.
fn outward(vertices: &[Point<Head>], faces: &[[u32; 3]], mut turn: Vec<bool>, part: &[u32]) -> Vec<bool> {
    let mut middle = Vector3::zeros();
    let mut weight = 0.0;
    for face in faces {
        let area = twice_area(vertices, *face).norm();
        let sum: Vector3<f64> = face.iter().map(|v| vertices[*v as usize].coords.coords).sum();
        middle += sum * (area / 3.0);
        weight += area;
    }
    middle /= weight.max(f64::MIN_POSITIVE);
    let mut volume = vec![0.0; faces.len()];
    for (f, face) in faces.iter().enumerate() {
        let out = twice_area(vertices, *face).dot(&(vertices[face[0] as usize].coords.coords - middle));
        volume[part[f] as usize] += if turn[f] { -out } else { out };
    }
    for (f, turn) in turn.iter_mut().enumerate() {
        *turn ^= volume[part[f] as usize] < 0.0;
    }
    turn
}
