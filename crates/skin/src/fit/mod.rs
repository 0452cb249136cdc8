//! The skin of a person from test dots.
//!
//! In: healed test dots of one zone ([`TestDot`]), the person by presets. Out: [`ZoneFit`]: epidermis, stiffness, dot-size
//! curve and side light with 95 % intervals, how well the laws fit, and which rows do not. Absent: files; thickness, which
//! dots cannot show and the table keeps.
//! Source: the laws are skin.md 3.1, 3.3 and 3.5; the protocol (4 dots or more, healed 4 weeks) is skin.md 1.11 E.
//!
//! Few dots must not run away, so the estimate is the most likely one given the dots *and* the published table (maximum a
//! posteriori, priors in `prior`). Rows that no skin explains pull with bounded force (Huber) and are named.

mod dot;
mod model;
mod prior;
mod simulated;
mod solve;
#[cfg(test)]
mod tests;

pub use dot::{LEAST_AGE_DAYS, Patch, TestDot};
pub use simulated::simulate_dots;

use nalgebra::{SMatrix, SVector};

use crate::{Calibrated, Estimate, Fitted, Person, SkinError, Zone};
use model::{Model, Row};
use prior::Prior;

/// Quantities fitted, in the order of [`Learned`].
const N: usize = 6;
/// Logarithms of the six quantities.
type Theta = SVector<f64, N>;
type Information = SMatrix<f64, N, N>;

/// A zone with fewer is not calibrated (skin.md 1.11 E).
pub const FEWEST_DOTS: usize = 4;
/// Two-sided 95 % of a Gaussian.
const SIGMAS: f64 = 1.96;
/// A row farther off than this many standard deviations, or less likely than the tail beyond it, is named.
const OUTLIER: f64 = 3.0;
/// From here on a row pulls no harder (Huber: 95 % efficient on clean data is 1.345; clean dots should count fully here).
const HUBER: f64 = 2.5;
/// A posterior narrower than this part of the prior is news.
const NEWS: f64 = 0.8;

/// What the dots of one zone have shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneFit {
    /// Which.
    pub zone: Zone,
    /// Values, bounds, window.
    pub calibrated: Calibrated,
    /// Whether the dots or the table said so.
    pub learned: Learned,
    /// Test dots used.
    pub dots: usize,
    /// Of these, still there.
    pub kept: usize,
    /// Mean square of the measured numbers against the fitted laws, in their own standard deviations: about 1.
    pub misfit: f64,
    /// Above this the laws do not fit (one good fit in a thousand lies above).
    pub misfit_limit: f64,
    /// Rows that the laws do not explain, by index of the dot.
    pub outliers: Vec<Outlier>,
    /// The epidermis is bounded on one side only; the table's value was kept.
    pub one_sided: Option<OneSided>,
}

/// True where the dots, false where the table decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Learned {
    /// Retention or depth showed it.
    pub epidermis: bool,
    /// Depth showed it.
    pub stiffness: bool,
    /// Diameters of shallow dots showed it.
    pub hole: bool,
    /// Diameters of deeper dots showed it.
    pub spread: bool,
    /// Diameters of dots below 0.65 of the skin showed it.
    pub blur: bool,
    /// Darkness of patches showed it.
    pub side_light: bool,
}

/// One measured number that the fitted laws do not explain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlier {
    /// Index of the dot, as given.
    pub dot: usize,
    /// What was measured.
    pub what: &'static str,
    /// As measured, in `unit`; 1 and 0 for kept and shed.
    pub measured: f64,
    /// By the fitted laws, in `unit`; the probability to be kept.
    pub expected: f64,
    /// How far off, standard deviations.
    pub sigmas: f64,
    /// Of both.
    pub unit: &'static str,
}

/// Why the dots bound the epidermis on one side only, with the depth that does.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum OneSided {
    /// No dot was shallow enough to shed.
    #[error("no dot shed: the epidermis is thinner than about {0:.3} mm, by how much is not known; set shallower dots")]
    NoneShed(f64),
    /// No dot was deep enough to stay.
    #[error("every dot shed: the epidermis is thicker than about {0:.3} mm, by how much is not known; set deeper dots")]
    AllShed(f64),
}

/// Why a zone cannot be calibrated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FitError {
    /// The protocol asks for more.
    #[error("{zone}: {dots} test dots; at least {FEWEST_DOTS} are needed")]
    TooFew {
        /// Which.
        zone: Zone,
        /// How many there are.
        dots: usize,
    },
    /// A number outside its range.
    #[error("{why}")]
    Dot {
        /// Index of the dot.
        dot: usize,
        /// Which number.
        why: SkinError,
    },
    /// More than a third of the dots are explained by no skin.
    #[error(
        "{zone}: {off} of {dots} dots do not fit any skin; is a column in the wrong unit, or the needle another one?"
    )]
    NoSkin {
        /// Which.
        zone: Zone,
        /// Dots with an outlier.
        off: usize,
        /// All dots.
        dots: usize,
        /// The rows, to be named.
        outliers: Vec<Outlier>,
    },
    /// The values describe skin in which nothing can be done.
    #[error("{zone}: {why}")]
    Skin {
        /// Which.
        zone: Zone,
        /// What is wrong with them.
        why: SkinError,
    },
    /// The search found no minimum.
    #[error("{zone}: the fit does not settle; look at the rows for a slip of the pen")]
    Unsettled {
        /// Which.
        zone: Zone,
    },
}

/// Fits the laws to the test dots of one zone; dots of other zones are passed over.
///
/// # Errors
/// [`FitError`], with the index of the dot where one is to blame.
pub fn fit_zone(zone: Zone, dots: &[TestDot], person: &Person) -> Result<ZoneFit, FitError> {
    let own: Vec<(usize, TestDot)> = dots.iter().copied().enumerate().filter(|(_, d)| d.zone == zone).collect();
    for (dot, d) in &own {
        d.check().map_err(|why| FitError::Dot { dot: *dot, why })?;
    }
    if own.len() < FEWEST_DOTS {
        return Err(FitError::TooFew { zone, dots: own.len() });
    }
    let kept = own.iter().filter(|(_, d)| d.healed).count();
    let preset = person.preset(zone);
    let prior = Prior::of(&preset);
    let model = Model { facts: preset, skin: person.lightness() };
    let binary = kept > 0 && kept < own.len();
    let (theta, information) = settle(&model, &prior, &own, binary).ok_or(FitError::Unsettled { zone })?;
    let covariance = information.try_inverse().ok_or(FitError::Unsettled { zone })?;
    let sd = covariance.diagonal().map(|v| v.max(0.0).sqrt());

    let rows = model.rows(&theta, &theta, &own);
    let outliers: Vec<Outlier> = rows.iter().filter_map(outlier).collect();
    let mut off: Vec<usize> = outliers.iter().map(|o| o.dot).collect();
    off.dedup();
    if 3 * off.len() > own.len() {
        return Err(FitError::NoSkin { zone, off: off.len(), dots: own.len(), outliers });
    }
    let measured: Vec<f64> = rows.iter().filter(|r| !r.binary).map(|r| r.residual.powi(2)).collect();
    let n = measured.len().max(1) as f64;
    let learned = |i: usize| sd[i] < NEWS * prior.sd[i];
    Ok(ZoneFit {
        zone,
        calibrated: Calibrated::try_new(zone, fitted(&theta, &sd), &preset)
            .map_err(|why| FitError::Skin { zone, why })?,
        learned: Learned {
            epidermis: learned(0),
            stiffness: learned(1),
            hole: learned(2),
            spread: learned(3),
            blur: learned(4),
            side_light: learned(5),
        },
        dots: own.len(),
        kept,
        misfit: measured.iter().sum::<f64>() / n,
        misfit_limit: chi_square_limit(n) / n,
        outliers,
        one_sided: one_sided(&model, &theta, &own, kept),
    })
}

/// Most likely logarithms and their information. The scatter stands still while the minimum is sought and then takes the new
/// values, until nothing moves any more; should the two chase each other, they meet half-way.
fn settle(model: &Model, prior: &Prior, own: &[(usize, TestDot)], binary: bool) -> Option<(Theta, Information)> {
    const ROUNDS: usize = 60;
    /// A ten-thousandth of each quantity: a thousandth of the narrowest interval seen.
    const STILL: f64 = 1e-4;
    let mut at = prior.mean;
    for round in 0..ROUNDS {
        let rows = |t: &Theta| -> Vec<Row> {
            let mut rows = model.rows(t, &at, own);
            rows.retain(|r| binary || !r.binary);
            rows
        };
        let residuals = |t: &Theta| -> Vec<f64> {
            let from_table = (t - prior.mean).component_div(&prior.sd);
            rows(t).iter().map(|r| bounded(r.residual)).chain(from_table.iter().copied()).collect()
        };
        let theta = solve::least_squares(&residuals, at)?;
        if (theta - at).amax() < STILL {
            let weights: Vec<f64> = rows(&theta).iter().map(|r| (HUBER / r.residual.abs().max(HUBER)).sqrt()).collect();
            let scores = |t: &Theta| -> Vec<f64> { rows(t).iter().zip(&weights).map(|(r, w)| r.score * w).collect() };
            // Fisher's information of the dots, and the table's.
            let mut information = Information::from_diagonal(&prior.sd.map(|s| 1.0 / (s * s)));
            for row in solve::jacobian(&scores, &theta) {
                information += row * row.transpose();
            }
            return Some((theta, information));
        }
        at = if round < ROUNDS / 4 { theta } else { (theta + at) * 0.5 };
    }
    None
}

/// Huber's loss as a residual: its square grows with the size, not the square, of a residual beyond [`HUBER`].
fn bounded(residual: f64) -> f64 {
    let size = residual.abs();
    if size > HUBER { residual.signum() * (HUBER * (2.0 * size - HUBER)).sqrt() } else { residual }
}

fn fitted(theta: &Theta, sd: &Theta) -> Fitted {
    let estimate = |i: usize| Estimate {
        value: theta[i].exp(),
        low: (theta[i] - SIGMAS * sd[i]).exp(),
        high: (theta[i] + SIGMAS * sd[i]).exp(),
    };
    Fitted {
        epidermis_mm: estimate(0),
        stiffness: estimate(1),
        hole: estimate(2),
        spread: estimate(3),
        blur_per_mm: estimate(4),
        side_light: estimate(5),
    }
}

fn outlier(row: &Row) -> Option<Outlier> {
    (row.residual.abs() > OUTLIER).then_some(Outlier {
        dot: row.dot,
        what: row.what,
        measured: row.measured,
        expected: row.expected,
        sigmas: row.residual.abs(),
        unit: row.unit,
    })
}

fn one_sided(model: &Model, theta: &Theta, own: &[(usize, TestDot)], kept: usize) -> Option<OneSided> {
    let edges = own.iter().map(|(_, d)| model.depth_mm(theta, d) - crate::healing::EDGE.mm());
    if kept == own.len() {
        Some(OneSided::NoneShed(edges.fold(f64::INFINITY, f64::min)))
    } else if kept == 0 {
        Some(OneSided::AllShed(edges.fold(f64::NEG_INFINITY, f64::max)))
    } else {
        None
    }
}

/// Above this lies one chi-square of `n` degrees in a thousand (Wilson and Hilferty 1931).
fn chi_square_limit(n: f64) -> f64 {
    let a = 2.0 / (9.0 * n);
    n * (1.0 - a + 3.09 * a.sqrt()).powi(3)
}
