//! Which vertices stand around which.
//!
//! In: faces. Out: per vertex its neighbours along edges, each once, in one array. Absent: coordinates.

/// Neighbours of each vertex.
pub(crate) struct Rings {
    start: Vec<u32>,
    list: Vec<u32>,
}

impl Rings {
    pub(crate) fn new(vertices: usize, faces: &[[u32; 3]]) -> Self {
        // Both directions of every side of every face, counted into place; doubles from the second face go.
        let mut start = vec![0_u32; vertices + 1];
        for face in faces {
            for v in face {
                start[*v as usize + 1] += 2;
            }
        }
        for i in 1..start.len() {
            start[i] += start[i - 1];
        }
        let mut at = start.clone();
        let mut list = vec![0_u32; faces.len() * 6];
        for face in faces {
            for k in 0..3 {
                let v = face[k] as usize;
                list[at[v] as usize] = face[(k + 1) % 3];
                list[at[v] as usize + 1] = face[(k + 2) % 3];
                at[v] += 2;
            }
        }
        // Packed in place: what is read lies never before what is written.
        let mut packed = 0;
        let mut from = 0;
        for v in 0..vertices {
            let to = start[v + 1] as usize;
            list[from..to].sort_unstable();
            let before = packed;
            for i in from..to {
                if packed == before || list[packed - 1] != list[i] {
                    list[packed] = list[i];
                    packed += 1;
                }
            }
            from = to;
            start[v + 1] = packed as u32;
        }
        list.truncate(packed);
        list.shrink_to_fit();
        Self { start, list }
    }

    pub(crate) fn of(&self, vertex: usize) -> &[u32] {
        &self.list[self.start[vertex] as usize..self.start[vertex + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_neighbour_once() {
        let rings = Rings::new(5, &[[0, 1, 2], [2, 1, 3]]);
        let all: Vec<&[u32]> = (0..5).map(|v| rings.of(v)).collect();
        assert_eq!(all, [&[1, 2][..], &[0, 2, 3], &[0, 1, 3], &[1, 2], &[]]);
    }
}
