//! The missing light around one column.
//!
//! In: medium, absorption, one column. Out: how much less light leaves the skin in rings around its axis.
//! Absent: the eye, other columns.
//!
//! Light falls evenly on the skin, so it does not matter where a photon enters: each is weighed with columns on a wide
//! lattice thrown about its way, and a column's loss is booked at the distance between its axis and where the light leaves.

use frames::{Metres, Seed};

use super::columns::{between, chord};
use super::path::{Dice, Medium, Visit, walk};
use super::{Case, Mean, in_blocks, threads};
use crate::SkinError;
use crate::error::within;

/// Light that does not come back, by distance from the column's axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Missing {
    /// Width of a ring.
    pub ring: Metres,
    /// Part of the light that is missing in each ring, from the axis outwards, of what leaves bare skin there.
    pub part: Vec<Mean>,
    /// All of it: the area of skin that would have to be black for the same loss, m².
    pub area: f64,
}

/// Columns of one photon's lattice; far enough apart that hardly a way meets two.
const SPACING: f64 = 6e-3;
/// Places of a column that each photon is weighed with, each way.
const SIDE: usize = 12;

/// Missing light in `count` rings of width `ring` about one column of `case`; its density does not matter.
///
/// # Errors
/// As [`super::simulate`]; rings that are not 0.001 to 1 mm wide.
pub fn missing(
    medium: &Medium,
    case: &Case,
    ring: Metres,
    count: usize,
    photons: u64,
    seed: Seed,
) -> Result<Missing, SkinError> {
    medium.check(photons)?;
    case.check()?;
    let ring = 1e-3 * within("width of a ring", ring.mm(), [0.001, 1.0], "mm")?;
    let c = &case.columns;
    let blocks = in_blocks(photons, threads(), |numbers| {
        let mut sums = (0.0, 0.0, vec![[0.0; 2]; count]);
        for photon in numbers {
            let mut dice = Dice::new(seed, photon);
            let place = [dice.roll(), dice.roll()];
            let mut weigh = Weigh {
                case,
                radius: 0.5 * c.diameter.get(),
                column: c.column.map(Metres::get),
                place: place.map(|p| p * SPACING / SIDE as f64),
                ways: [0.0; 2],
                inside: [0.0; SIDE * SIDE],
                centre: [[0.0; 2]; SIDE * SIDE],
                touched: Vec::new(),
                ring,
                bare: 0.0,
                lost: 0.0,
                rings: vec![0.0; count],
            };
            walk(medium, &mut dice, &mut weigh);
            sums.0 += weigh.bare;
            sums.1 += weigh.lost;
            for (sum, mine) in sums.2.iter_mut().zip(&weigh.rings) {
                sum[0] += mine;
                sum[1] += mine * mine;
            }
        }
        sums
    });
    let n = photons as f64;
    let mut bare = 0.0;
    let mut lost = 0.0;
    let mut sums = vec![[0.0; 2]; count];
    for (b, l, rings) in &blocks {
        bare += b / n;
        lost += l / n;
        for (sum, part) in sums.iter_mut().zip(rings) {
            sum[0] += part[0] / n;
            sum[1] += part[1] / n;
        }
    }
    // One column in a cell of the lattice: its loss over the cell's bare light, spread over the ring.
    let cell = SPACING * SPACING;
    let part = sums
        .iter()
        .enumerate()
        .map(|(k, [first, second])| {
            let area = std::f64::consts::PI * ring * ring * (2 * k + 1) as f64;
            let scale = cell / area / bare;
            Mean { value: first * scale, error: ((second - first * first).max(0.0) / n).sqrt() * scale }
        })
        .collect();
    Ok(Missing { ring: Metres::new(ring), part, area: lost / bare * cell })
}

struct Weigh<'a> {
    case: &'a Case,
    radius: f64,
    column: [f64; 2],
    place: [f64; 2],
    ways: [f64; 2],
    /// Length inside the column of each place, and which column of its lattice that was.
    inside: [f64; SIDE * SIDE],
    centre: [[f64; 2]; SIDE * SIDE],
    touched: Vec<usize>,
    ring: f64,
    bare: f64,
    lost: f64,
    rings: Vec<f64>,
}

impl Visit for Weigh<'_> {
    fn piece(&mut self, from: [f64; 3], along: [f64; 3], length: f64, in_epidermis: f64) {
        self.ways[0] += in_epidermis;
        self.ways[1] += length - in_epidermis;
        let Some([start, end]) = between(from[2], along[2], length, self.column) else { return };
        let fine = SPACING / SIDE as f64;
        let (x, y) = (from[0] + along[0] * start, from[1] + along[1] * start);
        let (dx, dy) = (along[0] * (end - start), along[1] * (end - start));
        let rows = |a: f64, b: f64, first: f64| {
            let low = ((a.min(b) - self.radius - first) / fine).ceil() as i64;
            let high = ((a.max(b) + self.radius - first) / fine).floor() as i64;
            low..=high
        };
        for i in rows(x, x + dx, self.place[0]) {
            for j in rows(y, y + dy, self.place[1]) {
                let centre = [self.place[0] + i as f64 * fine, self.place[1] + j as f64 * fine];
                let part = chord(x - centre[0], y - centre[1], dx, dy, dx * dx + dy * dy, self.radius);
                if part > 0.0 {
                    let side = SIDE as i64;
                    let place = (i.rem_euclid(side) * side + j.rem_euclid(side)) as usize;
                    if self.inside[place] <= 0.0 {
                        self.touched.push(place);
                        self.centre[place] = centre;
                    }
                    self.inside[place] += part * (end - start);
                }
            }
        }
    }

    fn leaves(&mut self, at: [f64; 2], light: f64) {
        let bare = light * (-self.case.skin.epidermis * self.ways[0] - self.case.skin.dermis * self.ways[1]).exp();
        let each = 1.0 / (SIDE * SIDE) as f64;
        self.bare += bare;
        for place in &self.touched {
            let lost = -bare * each * (-self.case.columns.absorption * self.inside[*place]).exp_m1();
            let centre = self.centre[*place];
            let far = (at[0] - centre[0]).hypot(at[1] - centre[1]);
            self.lost += lost;
            if let Some(ring) = self.rings.get_mut((far / self.ring) as usize) {
                *ring += lost;
            }
        }
    }

    fn left(&self) -> f64 {
        (-self.case.skin.epidermis * self.ways[0] - self.case.skin.dermis * self.ways[1]).exp()
    }
}
