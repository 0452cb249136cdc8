//! Light in stippled skin, photon by photon: the reference for the closed forms of `optics.rs` and `spread.rs`.
//!
//! In: a [`Medium`] (scattering, refraction, epidermis), [`Case`]s (absorption of the layers, columns of pigment), a number of
//! photons, a seed. Out: reflectance without and with the columns and their ratio, each with its standard error
//! ([`simulate`]); the missing light around one column ([`missing`]).
//! Absent: anisotropic scattering (isotropic at the reduced coefficient), fluorescence, hair, polarised light.
//!
//! The model is that of skin.md 3.5b: a half-space with an epidermis on it, scattering alike in both, and a square lattice
//! of upright cylinders in it that add absorption. All cases of one run share the same ways (correlated sampling), and each
//! way is weighed in sixteen places of the lattice at once, so that the ratio is known far better than either reflectance.
//! Photons are numbered and summed in blocks of fixed size: the same seed gives the same bytes on any number of threads.

mod columns;
mod path;
mod radial;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering};

use frames::{Metres, PerSquareMetre, Seed};

pub use path::{Light, Medium};
pub use radial::{Missing, missing};

use crate::SkinError;
use crate::error::within;
use columns::Lattice;
use path::{Dice, Visit, walk};

/// Upright cylinders of pigment on a square lattice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Columns {
    /// Cylinders per area.
    pub density: PerSquareMetre,
    /// Of a cylinder.
    pub diameter: Metres,
    /// Where they begin and end below the surface.
    pub column: [Metres; 2],
    /// Added to that of the skin inside the cylinders, 1/m.
    pub absorption: f64,
}

/// What the layers of the skin absorb.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Skin {
    /// Absorption of the epidermis, 1/m.
    pub epidermis: f64,
    /// Absorption of the dermis, 1/m.
    pub dermis: f64,
}

/// One kind of skin with one kind of dots.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Case {
    /// The skin.
    pub skin: Skin,
    /// The dots.
    pub columns: Columns,
}

impl Skin {
    /// The skin of this L*, 18 to 78, in the published medium ([`Medium::SKIN`]) under [`Light::Normal`]. The dermis absorbs
    /// 0.06/mm in light skin (L* 72) to 0.08/mm in dark (L* 32), as published; the epidermis is what then gives the L* (D: found
    /// with 200 000 photons; published 0.6, 2.5 and 8 per mm for L* 72, 54 and 32; found 0.53, 2.5 and 7.8).
    ///
    /// # Errors
    /// [`SkinError::OutOfRange`].
    pub fn of(lightness: f64) -> Result<Self, SkinError> {
        let step = within("lightness of the skin", lightness, [18.0, 78.0], "L*").map(|l| (l - 18.0) / 5.0)?;
        let k = (step as usize).min(EPIDERMIS.len() - 2);
        let (t, [a, b]) = (step - k as f64, [EPIDERMIS[k], EPIDERMIS[k + 1]]);
        let epidermis = 1e3 * a * (b / a).powf(t);
        Ok(Self { epidermis, dermis: 80.0 - 0.5 * (lightness - 32.0) })
    }
}

/// Absorption of the epidermis, 1/mm, at L* 18, 23, .. 78.
const EPIDERMIS: [f64; 13] = [
    14.999_6, 11.768_5, 9.335_4, 7.422_0, 5.876_0, 4.585_1, 3.523_5, 2.641_5, 1.919_3, 1.326_7, 0.846_1, 0.454_9,
    0.139_6,
];

/// A mean and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// Of all photons.
    pub value: f64,
    /// One standard deviation of `value`.
    pub error: f64,
}

/// What comes back from one case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reflected {
    /// Without dots, over the light that comes; what the surface mirrors at once is left out.
    pub bare: Mean,
    /// With dots over without.
    pub ratio: Mean,
}

/// Photons in a block: the unit of work and of summing.
const BLOCK: u64 = 2_048;

/// Follows `photons` photons and weighs them in every case. Standard errors fall with the root of `photons`: 100 000 give the
/// ratio of a usual stipple to about 0.0005.
///
/// # Errors
/// [`SkinError::OutOfRange`] for what is no skin, no light and no lattice; no photons.
pub fn simulate(medium: &Medium, cases: &[Case], photons: u64, seed: Seed) -> Result<Vec<Reflected>, SkinError> {
    medium.check(photons)?;
    cases.iter().try_for_each(Case::check)?;
    Ok(simulate_on(threads(), medium, cases, photons, seed))
}

fn simulate_on(threads: u64, medium: &Medium, cases: &[Case], photons: u64, seed: Seed) -> Vec<Reflected> {
    let weakest = |of: fn(&Case) -> f64| cases.iter().map(of).fold(f64::INFINITY, f64::min);
    let weakest = [weakest(|c| c.skin.epidermis), weakest(|c| c.skin.dermis)];
    let blocks = in_blocks(photons, threads, |numbers| {
        let mut sums = vec![Sums::default(); cases.len()];
        for photon in numbers {
            let mut dice = Dice::new(seed, photon);
            let place = [dice.roll(), dice.roll()];
            let lattices = cases.iter().map(|c| Lattice::new(&c.columns, place)).collect();
            let mut weigh = Weigh { cases, weakest, lattices, ways: [0.0; 2], back: vec![[0.0; 2]; cases.len()] };
            walk(medium, &mut dice, &mut weigh);
            for (sum, back) in sums.iter_mut().zip(&weigh.back) {
                sum.add(*back);
            }
        }
        sums
    });
    let mut total = vec![Sums::default(); cases.len()];
    for (sum, part) in blocks.iter().flat_map(|block| block.iter().enumerate()) {
        total[sum].join(part);
    }
    total.iter().map(|s| s.reflected(photons as f64)).collect()
}

impl Medium {
    fn check(&self, photons: u64) -> Result<(), SkinError> {
        within("photons", photons as f64, [1.0, 1e10], "")?;
        within("scattering", 1e-3 * self.scattering, [0.01, 1_000.0], "1/mm")?;
        within("index of refraction", self.index, [1.0, 3.0], "")?;
        within("epidermis", self.epidermis.mm(), [0.0, 10.0], "mm")?;
        Ok(())
    }
}

impl Case {
    /// A skin that absorbs nothing would keep a photon for ever.
    fn check(&self) -> Result<(), SkinError> {
        let c = &self.columns;
        within("absorption of the epidermis", 1e-3 * self.skin.epidermis, [0.0, 1_000.0], "1/mm")?;
        within("absorption of the dermis", 1e-3 * self.skin.dermis, [0.001, 1_000.0], "1/mm")?;
        within("density", c.density.per_cm2(), [0.0, 1e6], "columns/cm2")?;
        within("diameter of a column", c.diameter.mm(), [0.0, 10.0], "mm")?;
        within("bottom of the column", c.column[1].mm(), [0.0, 10.0], "mm")?;
        within("top of the column", c.column[0].mm(), [0.0, c.column[1].mm()], "mm")?;
        within("absorption of the ink", 1e-3 * c.absorption, [0.0, 10_000.0], "1/mm")?;
        Ok(())
    }
}

fn threads() -> u64 {
    std::thread::available_parallelism().map_or(1, |n| n.get() as u64)
}

/// `work` on the photons of each block, spread over so many threads; results in the order of the blocks.
fn in_blocks<T: Send>(photons: u64, threads: u64, work: impl Fn(std::ops::Range<u64>) -> T + Sync) -> Vec<T> {
    let (blocks, next) = (photons.div_ceil(BLOCK), AtomicU64::new(0));
    let threads = threads.min(blocks);
    let mut done: Vec<(u64, T)> = std::thread::scope(|scope| {
        let one = || {
            let mut mine = Vec::new();
            loop {
                let block = next.fetch_add(1, Ordering::Relaxed);
                if block >= blocks {
                    return mine;
                }
                mine.push((block, work(block * BLOCK..((block + 1) * BLOCK).min(photons))));
            }
        };
        let helpers: Vec<_> = (1..threads).map(|_| scope.spawn(one)).collect();
        let mut done = one();
        for helper in helpers {
            match helper.join() {
                Ok(mine) => done.extend(mine),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_by_key(|(block, _)| *block);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Weighs one photon's way in every case.
struct Weigh<'a> {
    cases: &'a [Case],
    weakest: [f64; 2],
    lattices: Vec<Lattice>,
    /// Length so far in the epidermis and in the dermis.
    ways: [f64; 2],
    /// Light that came back without and with columns.
    back: Vec<[f64; 2]>,
}

impl Visit for Weigh<'_> {
    fn piece(&mut self, from: [f64; 3], along: [f64; 3], length: f64, in_epidermis: f64) {
        self.ways[0] += in_epidermis;
        self.ways[1] += length - in_epidermis;
        for lattice in &mut self.lattices {
            lattice.cross(from, along, length);
        }
    }

    fn leaves(&mut self, _at: [f64; 2], light: f64) {
        for ((case, lattice), back) in self.cases.iter().zip(&self.lattices).zip(&mut self.back) {
            let bare = light * (-case.skin.epidermis * self.ways[0] - case.skin.dermis * self.ways[1]).exp();
            back[0] += bare;
            back[1] += bare * lattice.passed();
        }
    }

    fn left(&self) -> f64 {
        (-self.weakest[0] * self.ways[0] - self.weakest[1] * self.ways[1]).exp()
    }
}

/// Sums of a pair and of its squares.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    first: [f64; 2],
    second: [f64; 3],
}

impl Sums {
    fn add(&mut self, [x, y]: [f64; 2]) {
        self.join(&Self { first: [x, y], second: [x * x, x * y, y * y] });
    }

    fn join(&mut self, other: &Self) {
        for (a, b) in self.first.iter_mut().zip(other.first) {
            *a += b;
        }
        for (a, b) in self.second.iter_mut().zip(other.second) {
            *a += b;
        }
    }

    /// The ratio's error is that of a ratio of correlated means. Cochran (1977), Sampling Techniques, eq. 6.13.
    fn reflected(&self, n: f64) -> Reflected {
        let [x, y] = self.first.map(|s| s / n);
        let [xx, xy, yy] = self.second.map(|s| s / n);
        let ratio = y / x;
        let spread = (yy - 2.0 * ratio * xy + ratio * ratio * xx).max(0.0);
        Reflected {
            bare: Mean { value: x, error: ((xx - x * x).max(0.0) / n).sqrt() },
            ratio: Mean { value: ratio, error: (spread / n).sqrt() / x },
        }
    }
}
