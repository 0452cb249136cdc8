//! Which face lies across which edge.
//!
//! In: faces. Out: half-edges grouped by their undirected edge, and [`Neighbours`]. Linear: counted into place by the
//! smaller vertex. A half-edge is `3 * face + k`, from corner k to corner k + 1.

use crate::weld::counted;

/// No face across this edge. Never leaves the crate: [`crate::Surface::neighbours`] says `None`.
pub(crate) const NONE: u32 = u32::MAX;

/// Per face, the faces across v0v1, v1v2, v2v0, or [`NONE`].
pub(crate) type Neighbours = Vec<[u32; 3]>;

/// Half-edges of one undirected edge stand together, in the order of their numbers.
pub(crate) struct EdgeGroups {
    half_edges: Vec<u32>,
    ends: Vec<u32>,
}

impl EdgeGroups {
    pub(crate) fn new(faces: &[[u32; 3]], vertices: usize) -> Self {
        let low = |h: u32| {
            let (a, b) = ends(faces, h);
            a.min(b)
        };
        let high = |h: u32| {
            let (a, b) = ends(faces, h);
            a.max(b)
        };
        let (start, mut half_edges) = counted(faces.len() as u32 * 3, vertices, low);
        let mut group_ends = Vec::with_capacity(faces.len() * 3 / 2 + 1);
        for v in 0..vertices {
            let (from, to) = (start[v] as usize, start[v + 1] as usize);
            let own = &mut half_edges[from..to];
            own.sort_unstable_by_key(|h| (high(*h), *h));
            for i in from..to {
                if i + 1 == to || high(half_edges[i + 1]) != high(half_edges[i]) {
                    group_ends.push(i as u32 + 1);
                }
            }
        }
        Self { half_edges, ends: group_ends }
    }

    /// One slice an edge.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let mut from = 0;
        self.ends.iter().map(move |to| {
            let group = &self.half_edges[from..*to as usize];
            from = *to as usize;
            group
        })
    }
}

/// The two vertices of a half-edge, in its direction.
pub(crate) fn ends(faces: &[[u32; 3]], half_edge: u32) -> (u32, u32) {
    let face = faces[half_edge as usize / 3];
    let k = half_edge as usize % 3;
    (face[k], face[(k + 1) % 3])
}

/// The other half-edge of the same edge; wants faces wound alike.
pub(crate) fn twin(faces: &[[u32; 3]], neighbours: &[[u32; 3]], half_edge: u32) -> Option<u32> {
    let other = neighbours[half_edge as usize / 3][half_edge as usize % 3];
    if other == NONE {
        return None;
    }
    let (a, b) = ends(faces, half_edge);
    (0..3).map(|k| other * 3 + k).find(|h| ends(faces, *h) == (b, a))
}

/// Gives every fan of faces around a vertex a vertex of its own, so that sheets which only touch do not pull on each
/// other's normals. Returns how many vertices were added.
pub(crate) fn split_fans<P: Copy>(vertices: &mut Vec<P>, faces: &mut [[u32; 3]], neighbours: &[[u32; 3]]) -> usize {
    let mut fans = Sets::new(faces.len() * 3);
    for h in 0..faces.len() as u32 * 3 {
        if let Some(t) = twin(faces, neighbours, h).filter(|t| h < *t) {
            fans.join(h, next(t));
            fans.join(next(h), t);
        }
    }
    let before = vertices.len();
    let mut owner = vec![NONE; before];
    let mut copy: Vec<u32> = vec![NONE; faces.len() * 3];
    for corner in 0..faces.len() as u32 * 3 {
        let fan = fans.of(corner);
        let v = &mut faces[corner as usize / 3][corner as usize % 3];
        let own = &mut owner[*v as usize];
        if *own == NONE {
            *own = fan;
        }
        if *own != fan {
            if copy[fan as usize] == NONE {
                copy[fan as usize] = vertices.len() as u32;
                vertices.push(vertices[*v as usize]);
            }
            *v = copy[fan as usize];
        }
    }
    vertices.len() - before
}

/// The next half-edge (or corner) of the same face.
pub(crate) const fn next(h: u32) -> u32 {
    if h % 3 == 2 { h - 2 } else { h + 1 }
}

/// Disjoint sets; the smallest member names the set.
pub(crate) struct Sets(Vec<u32>);

impl Sets {
    pub(crate) fn new(members: usize) -> Self {
        Self((0..members as u32).collect())
    }

    pub(crate) fn of(&mut self, mut i: u32) -> u32 {
        while self.0[i as usize] != i {
            self.0[i as usize] = self.0[self.0[i as usize] as usize];
            i = self.0[i as usize];
        }
        i
    }

    pub(crate) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b) as usize] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_hold_each_edge_once() {
        let faces = [[0, 1, 2], [2, 1, 3], [1, 2, 4]];
        let mut groups: Vec<Vec<u32>> = EdgeGroups::new(&faces, 5).iter().map(<[u32]>::to_vec).collect();
        groups.sort();
        assert_eq!(groups, [vec![0], vec![1, 3, 6], vec![2], vec![4], vec![5], vec![7], vec![8]]);
    }

    #[test]
    fn a_bow_tie_becomes_two_fans() {
        let mut vertices = vec!['a', 'b', 'c', 'd', 'e'];
        let mut faces = [[0, 1, 2], [0, 3, 4]];
        let alone = [[NONE; 3]; 2];
        assert_eq!(split_fans(&mut vertices, &mut faces, &alone), 1);
        assert_eq!(faces, [[0, 1, 2], [5, 3, 4]]);
        assert_eq!(vertices, ['a', 'b', 'c', 'd', 'e', 'a']);
    }
}
