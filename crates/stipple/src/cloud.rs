//! Candidates: several times more places than dots, stratified along the Morton curve.
//!
//! In: pieces, seed, how many per dot. Out: [`Candidate`]s with their spacing and zone, and the count each zone must end
//! with. Step 3 of stipple.md section 8. Absent: any choice between candidates.

use frames::{Dir, Head, Point, Seed, unit};

use crate::sheet::{Piece, Probe, spacing};

/// Stages of the counter-based random numbers.
pub(crate) mod stage {
    pub(crate) const ALONG: u64 = 1;
    pub(crate) const ACROSS: u64 = 2;
    pub(crate) const UP: u64 = 3;
    pub(crate) const ACCEPT: u64 = 4;
    pub(crate) const JITTER: u64 = 5;
    pub(crate) const REPAIR: u64 = 6;
    pub(crate) const CLASS: u64 = 7;
    /// And the seven after it.
    pub(crate) const MEASURE: u64 = 8;
}

/// A place where a dot may go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) at: Point<Head>,
    pub(crate) normal: Dir<Head>,
    pub(crate) face: u32,
    pub(crate) bary: [f64; 3],
    /// Local hexagonal spacing of the density that the pattern shall have, metres.
    pub(crate) spacing: f64,
    pub(crate) zone: u16,
    /// Its session in a plan, its kind of dot in a session; 0 until they are dealt out.
    pub(crate) class: u8,
    /// Where the plan of all sessions has a dot: it stands as it should and does not move of itself.
    pub(crate) planned: bool,
}

/// Whole numbers with the proportions of `mass` that add up to the rounded total. Largest remainder, ties to the first.
pub(crate) fn apportion(mass: &[f64]) -> Vec<usize> {
    let total: f64 = mass.iter().sum();
    let mut share: Vec<usize> = mass.iter().map(|m| m.floor() as usize).collect();
    let mut order: Vec<usize> = (0..mass.len()).collect();
    order.sort_by(|&a, &b| (mass[b] - mass[b].floor()).total_cmp(&(mass[a] - mass[a].floor())).then(a.cmp(&b)));
    let missing = (total.round() as usize).saturating_sub(share.iter().sum());
    for &k in order.iter().take(missing) {
        share[k] += 1;
    }
    share
}

/// Wanted dots of each zone: all that are laid (`|p| p.mass`), or today's.
pub(crate) fn mass_by_zone(pieces: &[Piece], of: impl Fn(&Piece) -> f64) -> Vec<f64> {
    let zones = pieces.iter().map(|p| p.zone as usize + 1).max().unwrap_or(0);
    let mut mass = vec![0.0; zones];
    for piece in pieces {
        mass[piece.zone as usize] += of(piece);
    }
    mass
}

/// Candidates, and the highest density of new dots among their places, 1/m².
#[derive(Debug, Default)]
pub(crate) struct Cloud {
    pub(crate) candidates: Vec<Candidate>,
    /// The piece of each.
    pub(crate) piece: Vec<u32>,
    pub(crate) densest: f64,
}

/// Spacing and number of the candidates are those of the total density: new dots and what is there.
pub(crate) fn scatter(probe: &Probe<'_>, pieces: &[Piece], seed: Seed, dots: usize, per_dot: usize) -> Cloud {
    let mass: f64 = pieces.iter().map(|p| p.mass).sum();
    let offered: f64 = pieces.iter().map(|p| p.offered).sum();
    if mass <= 0.0 || dots == 0 {
        return Cloud::default();
    }
    let strata = ((per_dot * dots) as f64 * (offered / mass)).ceil() as usize;
    let step = offered / strata as f64;
    let mut out = Vec::with_capacity(per_dot * dots + 16);
    let mut of_piece = Vec::with_capacity(per_dot * dots + 16);
    let mut densest = 0.0_f64;
    let mut below = 0.0;
    let mut piece = 0;
    for k in 0..strata {
        let key = k as u64;
        let u = (key as f64 + unit(seed, stage::ALONG, key)) * step;
        while piece + 1 < pieces.len() && below + pieces[piece].offered <= u {
            below += pieces[piece].offered;
            piece += 1;
        }
        let here = &pieces[piece];
        let r1 = unit(seed, stage::ACROSS, key).sqrt();
        let r2 = unit(seed, stage::UP, key);
        let bary = here.bary([1.0 - r1, r1 * (1.0 - r2), r1 * r2]);
        let level = probe.level(here.face, bary);
        let accepted = match here.ceiling {
            None => level.density > 0.0,
            Some(ceiling) => unit(seed, stage::ACCEPT, key) * ceiling < level.even(),
        };
        if accepted {
            densest = densest.max(level.density);
            of_piece.push(piece as u32);
            out.push(Candidate {
                at: probe.surface.at(here.face, bary),
                normal: probe.normal(here.face, bary),
                face: here.face,
                bary,
                spacing: spacing(level.total),
                zone: level.zone,
                class: 0,
                planned: false,
            });
        }
    }
    Cloud { candidates: out, piece: of_piece, densest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        assert_eq!(apportion(&[1.4, 1.4, 1.2]), [2, 1, 1]);
        assert_eq!(apportion(&[0.4, 0.3]), [1, 0]);
        assert_eq!(apportion(&[]), [0_usize; 0]);
        assert_eq!(apportion(&[10.0]), [10]);
    }
}
