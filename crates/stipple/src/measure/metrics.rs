//! The nouns of measuring.

use frames::{Metres, PerSquareMetre};
use serde::Serialize;

use crate::site::Quality;

/// All figures of stipple.md 1.3, each absent where it cannot be had. Spacings are those of the target: h hexagonal,
/// s = h / 1.0746 the side of a cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Metrics {
    /// Judged: new dots where they are wanted, and what is there and counts.
    pub dots: usize,
    /// Given, but where nothing is wanted: left out.
    pub outside: usize,
    /// Of a given dot from the surface.
    #[serde(rename = "farthest_m")]
    pub farthest: Metres,
    /// Where anything is wanted, m².
    #[serde(rename = "area_m2")]
    pub area: f64,
    /// Judged dots over that area.
    #[serde(rename = "density_per_m2")]
    pub density: PerSquareMetre,
    /// Integral of the target before it is scaled to the number of dots.
    pub wanted: f64,
    /// Density error in soft windows: fidelity.
    pub soft: Option<Soft>,
    /// Counts in bins of 1 cm².
    pub bins: Option<Bins>,
    /// Standard deviation over mean of the target mass in the dots' Voronoi cells: 0.54 random, 0.16 sample elimination.
    pub capacity_cv: Option<f64>,
    /// Nearest neighbours.
    pub spacing: Option<Spacing>,
    /// Pair correlation.
    pub pair: Option<Pair>,
    /// Its power spectrum.
    pub spectrum: Option<Spectrum>,
    /// Beside the edge of the wanted area; absent without an edge.
    pub edge: Option<Edge>,
    /// Nearest neighbour over local h, of every dot farther than two h from an edge.
    #[serde(skip)]
    pub nearest: Vec<f64>,
    /// Pair correlation by r/h, up to 6 s.
    #[serde(skip)]
    pub g: Vec<(f64, f64)>,
}

/// Relative density error in Gaussian windows of sigma 4 mm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Soft {
    /// Root mean square.
    pub rms: f64,
    /// The same of random dots.
    pub poisson: f64,
    /// Of the two. 1 is random, 0.15 to 0.22 is good.
    pub ratio: f64,
}

/// Relative count error in equal-area bins.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bins {
    /// How many.
    pub bins: usize,
    /// Root mean square.
    pub rms: f64,
    /// The same of random dots.
    pub poisson: f64,
    /// Of the two. Cannot separate good methods (0.25 to 0.38).
    pub ratio: f64,
    /// Count over target - 1 of the tenth of the bins, by target density, where it is farthest from 0.
    pub worst_decile: f64,
}

/// Nearest-neighbour distance over local h. All but the minimum from dots farther than two h from an edge.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spacing {
    /// Relative radius: the least.
    pub rho_min: f64,
    /// Exceeded by 99 % of the dots.
    pub rho_one_percent: Option<f64>,
    /// Mean.
    pub rho_mean: Option<f64>,
    /// Standard deviation over mean: 0.52 random, 0.17 to 0.24 human hair, 0.05 Poisson disk.
    pub nn_cv: Option<f64>,
    /// 1 random, 1.42 to 1.56 human hair, 2.149 hexagonal.
    pub clark_evans: Option<f64>,
    /// 5, 25, 50, 75 and 95 % over the mean.
    pub quantiles_over_mean: Option<[f64; 5]>,
}

/// Pair correlation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pair {
    /// Root mean square difference from that of human follicular units.
    pub g_rms_to_human: f64,
    /// Its highest value.
    pub g_peak: f64,
    /// And where, in h.
    pub g_peak_at_h: f64,
}

/// Power by frequency.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spectrum {
    /// Mean at wavelengths of 2.5 to 10 s. 1 is random.
    pub s_low: f64,
    /// Highest.
    pub s_peak: f64,
    /// Effective Nyquist frequency over that of the hexagonal lattice.
    pub nyquist_over_hex: f64,
}

/// Dots over wanted dots beside the edge; 1 is right.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edge {
    /// Parallel to the edge; absent where only the headline was asked for.
    pub strips: Vec<Strip>,
    /// Within an eighth of the mean h.
    pub first_eighth: Option<f64>,
    /// Within two mean h.
    pub first_two: Option<f64>,
}

/// One strip along the edge.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Strip {
    /// Where it begins, in mean h.
    pub from_h: f64,
    /// And ends.
    pub to_h: f64,
    /// In it.
    pub dots: usize,
    /// Should be in it.
    pub wanted: f64,
}

impl Strip {
    /// Dots over wanted dots.
    pub fn density(&self) -> Option<f64> {
        (self.wanted > 0.0).then(|| self.dots as f64 / self.wanted)
    }
}

/// A figure by name, and what it is elsewhere (stipple.md 2.4, 5.2, 11).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// With its unit.
    pub name: &'static str,
    /// Decimals worth showing.
    pub decimals: usize,
    /// Measured.
    pub value: Option<f64>,
    /// Wanted of the preset `human`.
    pub goal: &'static str,
    /// Of hair that grew.
    pub hair: &'static str,
    /// Of random dots.
    pub random: &'static str,
}

impl Metrics {
    /// The figures in the order in which a table shows them.
    pub fn rows(&self) -> Vec<Row> {
        let spacing = |of: fn(&Spacing) -> Option<f64>| self.spacing.as_ref().and_then(of);
        let row = |name, decimals, value, goal, hair, random| Row { name, decimals, value, goal, hair, random };
        let quantile = |k: usize| self.spacing.and_then(|s| Some(s.quantiles_over_mean?[k]));
        vec![
            row("soft density error / Poisson", 3, self.soft.map(|s| s.ratio), "<= 0.22", "", "1.00"),
            row("S_low", 3, self.spectrum.map(|s| s.s_low), "<= 0.10", "", "1.00"),
            row("NN CV", 3, spacing(|s| s.nn_cv), "0.15-0.20", "0.17-0.24", "0.52"),
            row("Clark-Evans", 2, spacing(|s| s.clark_evans), "1.45-1.58", "1.42-1.56", "1.00"),
            row("rho, least", 3, spacing(|s| Some(s.rho_min)), ">= 0.40", "", "0.00"),
            row("rho, 1 %", 3, spacing(|s| s.rho_one_percent), "", "", ""),
            row("rho, mean", 3, spacing(|s| s.rho_mean), "", "0.66-0.72", "0.465"),
            row("NN / mean,  5 %", 2, quantile(0), "", "0.64", "0.25"),
            row("NN / mean, 25 %", 2, quantile(1), "", "0.86", "0.61"),
            row("NN / mean, 50 %", 2, quantile(2), "", "1.01", "0.94"),
            row("NN / mean, 75 %", 2, quantile(3), "", "1.15", "1.33"),
            row("NN / mean, 95 %", 2, quantile(4), "", "1.34", "1.96"),
            row("g RMS to human", 3, self.pair.map(|p| p.g_rms_to_human), "<= 0.24", "0", "0.37"),
            row("g peak", 2, self.pair.map(|p| p.g_peak), "", "1.6", "1.0"),
            row("g peak at r/h", 2, self.pair.map(|p| p.g_peak_at_h), "", "0.88", ""),
            row("S peak", 2, self.spectrum.map(|s| s.s_peak), "", "", "1.0"),
            row("effective Nyquist / hexagonal", 2, self.spectrum.map(|s| s.nyquist_over_hex), "", "", "0.00"),
            row("1 cm2 bins / Poisson", 3, self.bins.map(|b| b.ratio), "<= 0.34", "", "1.00"),
            row("worst decile bias, %", 2, self.bins.map(|b| 100.0 * b.worst_decile), "<= 1.2", "", ""),
            row("capacity CV", 3, self.capacity_cv, "", "", "0.54"),
            row("edge, first 1/8 h", 2, self.edge.as_ref().and_then(|e| e.first_eighth), "<= 1.4", "", "1.00"),
            row("edge, first 2 h", 3, self.edge.as_ref().and_then(|e| e.first_two), "0.97-1.04", "", "1.00"),
        ]
    }

    /// What a report shows.
    pub fn quality(&self) -> Quality {
        Quality {
            soft_error_ratio: self.soft.map(|s| s.ratio),
            bin_rms_ratio: self.bins.map(|b| b.ratio),
            s_low: self.spectrum.map(|s| s.s_low),
            nn_cv: self.spacing.and_then(|s| s.nn_cv),
            relative_radius: self.spacing.map(|s| s.rho_min),
            gr_rms_to_human: self.pair.map(|p| p.g_rms_to_human),
            edge_first_two: self.edge.as_ref().and_then(|e| e.first_two),
        }
    }
}
