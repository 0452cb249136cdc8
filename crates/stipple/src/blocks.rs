//! Small parts of the wanted area, each with its own count.
//!
//! In: pieces along the Morton curve, the count of each zone. Out: which part a candidate is in, and how many dots each part
//! ends with. Needed among points that are already there: elimination makes the union even by its own measure, and hair
//! that is less regular than dots weighs more in it, so that dots would drift to where no hair is (soft error 0.47
//! instead of 0.2). Parts of a square centimetre keep the counts where they belong; weights still cross their borders.

use crate::sheet::Piece;

/// Units (new dots and what is there) in one part: a window of the soft error holds two.
const UNITS: f64 = 60.0;

/// Parts, numbered from 0.
pub(crate) struct Blocks {
    /// Part of each piece.
    part: Vec<u32>,
    /// Last part of each zone, for a candidate whose own zone is not its piece's.
    last: Vec<u32>,
    /// Dots of each part.
    pub(crate) count: Vec<usize>,
}

impl Blocks {
    /// `count`: dots of each zone.
    pub(crate) fn new(pieces: &[Piece], count: &[usize]) -> Self {
        let mut part = vec![0; pieces.len()];
        let mut last = vec![0; count.len()];
        let mut counts = Vec::new();
        for (zone, &dots) in count.iter().enumerate() {
            let own = || pieces.iter().enumerate().filter(|(_, p)| usize::from(p.zone) == zone);
            let total: f64 = own().map(|(_, p)| p.mass).sum();
            let (mut mass, mut units, mut given) = (0.0, 0.0, 0);
            // Rounded along the curve, so that errors do not add up; the last part has what is left.
            let due = |mass: f64| if total > 0.0 { (mass / total * dots as f64).round() as usize } else { 0 };
            for (k, piece) in own() {
                part[k] = counts.len() as u32;
                mass += piece.mass;
                units += piece.offered;
                if units >= UNITS {
                    let until = due(mass).clamp(given, dots);
                    counts.push(until - given);
                    (given, units) = (until, 0.0);
                }
            }
            last[zone] = counts.len() as u32;
            counts.push(dots - given);
        }
        Self { part, last, count: counts }
    }

    /// The part of a candidate of `own` zone in a piece of `zone`.
    pub(crate) fn of(&self, piece: u32, zone: u16, own: u16) -> u32 {
        if zone == own { self.part[piece as usize] } else { self.last.get(usize::from(own)).copied().unwrap_or(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(zone: u16, mass: f64, offered: f64) -> Piece {
        Piece { face: 0, corner: [[0.0; 3]; 3], mass, today: mass, offered, ceiling: None, zone }
    }

    #[test]
    fn every_zone_keeps_its_count() {
        let pieces: Vec<Piece> = (0..200).map(|k| piece(u16::from(k % 3 == 0), 0.7, 2.0)).collect();
        let blocks = Blocks::new(&pieces, &[93, 47]);
        let mut sum = [0, 0];
        for (zone, sum) in sum.iter_mut().enumerate() {
            let mut parts: Vec<u32> = (0..200)
                .filter(|k| usize::from(pieces[*k as usize].zone) == zone)
                .map(|k| blocks.of(k, zone as u16, zone as u16))
                .chain([blocks.last[zone]])
                .collect();
            parts.dedup();
            *sum = parts.iter().map(|p| blocks.count[*p as usize]).sum::<usize>();
            // 30 pieces of 2 units make a part of 21 dots; rounding does not add up.
            assert!(parts[..parts.len() - 1].iter().all(|p| (20..=22).contains(&blocks.count[*p as usize])));
        }
        assert_eq!(sum, [93, 47]);
        assert_eq!(blocks.of(0, 1, 0), blocks.last[0]);
    }
}
