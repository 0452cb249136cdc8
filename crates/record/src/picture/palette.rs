//! At most 256 colours for a picture: median cut (Heckbert 1982, SIGGRAPH 16(3):297).
//!
//! In: pixels. Out: a palette and the number of each pixel's colour in it. Deterministic; without dithering, which would
//! put a grain on the skin where the dots are to be seen.

use std::collections::BTreeMap;

use super::Colour;

/// As many as a byte can number.
const MOST: usize = 256;

/// Colours of one box and how often each is seen.
type Members = Vec<(Colour, u64)>;

/// The palette and one number a pixel.
pub(super) fn palette(pixels: &[Colour]) -> (Vec<Colour>, Vec<u8>) {
    let mut counts: BTreeMap<Colour, u64> = BTreeMap::new();
    for pixel in pixels {
        *counts.entry(*pixel).or_default() += 1;
    }
    let colours: Members = counts.into_iter().collect();
    let mut boxes = if colours.is_empty() { Vec::new() } else { vec![colours] };
    while boxes.len() < MOST {
        // The box whose cut gains most: wide, and seen often.
        let Some((worst, _)) = boxes
            .iter()
            .enumerate()
            .map(|(i, b)| (i, gain(b)))
            .filter(|(_, g)| *g > 0)
            .max_by_key(|(i, g)| (*g, std::cmp::Reverse(*i)))
        else {
            break;
        };
        let (low, high) = cut(boxes.swap_remove(worst));
        boxes.extend([low, high]);
    }
    let mut number: BTreeMap<Colour, u8> = BTreeMap::new();
    let mut palette = Vec::with_capacity(boxes.len());
    for (i, members) in boxes.iter().enumerate() {
        palette.push(mean(members));
        number.extend(members.iter().map(|(c, _)| (*c, i as u8)));
    }
    let numbers = pixels.iter().map(|p| number.get(p).copied().unwrap_or_default()).collect();
    (palette, numbers)
}

/// Channel with the widest range, and that range.
fn widest(members: &[(Colour, u64)]) -> (usize, u64) {
    let range = |k: usize| {
        let low = members.iter().map(|(c, _)| c[k]).min().unwrap_or(0);
        let high = members.iter().map(|(c, _)| c[k]).max().unwrap_or(0);
        u64::from(high - low)
    };
    (0..3).map(|k| (k, range(k))).max_by_key(|(k, r)| (*r, std::cmp::Reverse(*k))).unwrap_or((0, 0))
}

fn gain(members: &[(Colour, u64)]) -> u64 {
    let (_, range) = widest(members);
    let seen: u64 = members.iter().map(|(_, n)| n).sum();
    // By the square of the range: an error of two steps shows more than two errors of one.
    range * range * seen
}

/// At the median of the widest channel; neither half is empty because the range is not zero.
fn cut(mut members: Members) -> (Members, Members) {
    let (k, _) = widest(&members);
    members.sort_by_key(|(c, _)| (c[k], *c));
    let half = members.iter().map(|(_, n)| n).sum::<u64>() / 2;
    let mut seen = 0;
    let mut at = members.len() - 1;
    for (i, (_, n)) in members.iter().enumerate() {
        seen += n;
        if seen > half {
            at = i;
            break;
        }
    }
    let high = members.split_off(at.max(1));
    (members, high)
}

fn mean(members: &[(Colour, u64)]) -> Colour {
    let seen: u64 = members.iter().map(|(_, n)| n).sum::<u64>().max(1);
    std::array::from_fn(|k| {
        let sum: u64 = members.iter().map(|(c, n)| u64::from(c[k]) * n).sum();
        ((sum + seen / 2) / seen) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_colours_stay_as_they_are() {
        let pixels = [[1, 2, 3], [250, 0, 9], [1, 2, 3], [90, 90, 90]];
        let (palette, numbers) = palette(&pixels);
        assert_eq!(palette.len(), 3);
        let back: Vec<_> = numbers.iter().map(|n| palette[usize::from(*n)]).collect();
        assert_eq!(back, pixels);
    }

    #[test]
    fn many_colours_come_near() {
        let pixels: Vec<Colour> = (0..4000_u32)
            .map(|i| {
                let v = (i * 255 / 4000) as u8;
                [v, (u32::from(v) * 3 / 4) as u8 + (i % 3) as u8, v / 2]
            })
            .collect();
        let (palette, numbers) = palette(&pixels);
        assert_eq!(palette.len(), 256);
        for (p, n) in pixels.iter().zip(&numbers) {
            let q = palette[usize::from(*n)];
            assert!((0..3).all(|k| p[k].abs_diff(q[k]) <= 3), "{p:?} {q:?}");
        }
    }

    #[test]
    fn nothing_has_no_colours() {
        assert_eq!(palette(&[]), (vec![], vec![]));
    }
}
