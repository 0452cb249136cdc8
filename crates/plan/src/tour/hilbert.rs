//! The Hilbert curve in space: a first order in which neighbours are near.
//! Skilling (2004), AIP Conference Proceedings 707, "Programming the Hilbert curve", `AxestoTranspose`.

use nalgebra::Point3;

/// Bits for each axis; 21 fill a `u64` key. On a head of 0.4 m that is 0.2 um.
const BITS: u32 = 21;

/// Indices of `points` along the curve; ties by index.
pub(super) fn order(points: &[Point3<f64>]) -> Vec<u32> {
    let Some(first) = points.first() else { return Vec::new() };
    let (low, high) = points.iter().fold((*first, *first), |(l, h), p| (l.inf(p), h.sup(p)));
    let scale = ((1u64 << BITS) - 1) as f64 / (high - low).max().max(f64::MIN_POSITIVE);
    let mut keyed: Vec<(u64, u32)> = points
        .iter()
        .enumerate()
        .map(|(i, p)| {
            let q = (p - low) * scale;
            (key([q.x as u32, q.y as u32, q.z as u32]), i as u32)
        })
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, i)| i).collect()
}

fn key(mut x: [u32; 3]) -> u64 {
    let mut q = 1u32 << (BITS - 1);
    while q > 1 {
        let p = q - 1;
        for i in 0..3 {
            if x[i] & q != 0 {
                x[0] ^= p;
            } else {
                let t = (x[0] ^ x[i]) & p;
                x[0] ^= t;
                x[i] ^= t;
            }
        }
        q >>= 1;
    }
    x[1] ^= x[0];
    x[2] ^= x[1];
    let mut t = 0;
    q = 1 << (BITS - 1);
    while q > 1 {
        if x[2] & q != 0 {
            t ^= q - 1;
        }
        q >>= 1;
    }
    let mut out = 0u64;
    for bit in (0..BITS).rev() {
        for axis in x {
            out = out << 1 | u64::from((axis ^ t) >> bit & 1);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Successive cells of the curve touch by a face, and each is met once.
    #[test]
    fn steps_are_one_cell() {
        let cell = |i: usize| Point3::new((i % 8) as f64, (i / 8 % 8) as f64, (i / 64) as f64);
        let points: Vec<_> = (0..512).map(cell).collect();
        let along = order(&points);
        for pair in along.windows(2) {
            let step = points[pair[0] as usize] - points[pair[1] as usize];
            assert!((step.norm() - 1.0).abs() < 1e-12, "{step:?}");
        }
    }
}
