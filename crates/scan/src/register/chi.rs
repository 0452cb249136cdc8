//! The chi-square distribution's upper quantiles.
//!
//! In: degrees of freedom (need not be whole), normal quantile. Out: the chi-square quantile of the same probability.

/// Normal quantile of 97.5 %: noise is believed as declared up to here.
pub(super) const RARE: f64 = 1.96;
/// Normal quantile of 99.99 %: beyond, something is wrong.
pub(super) const WRONG: f64 = 3.719;

/// Wilson and Hilferty (1931), PNAS 17(12): within 4 % for three degrees of freedom and more, at these quantiles.
pub(super) fn quantile(freedom: f64, normal: f64) -> f64 {
    if !(freedom > 0.0) {
        return 0.0;
    }
    let a = 2.0 / (9.0 * freedom);
    freedom * (1.0 - a + normal * a.sqrt()).max(0.0).powi(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against scipy.stats.chi2.ppf.
    #[test]
    fn as_tabulated() {
        for (freedom, normal, want) in [
            (3.0, RARE, 9.348),
            (6.0, RARE, 14.449),
            (30.0, RARE, 46.979),
            (3.0, WRONG, 21.107),
            (6.0, WRONG, 27.855),
            (30.0, WRONG, 67.629),
        ] {
            let got = quantile(freedom, normal);
            assert!((got / want - 1.0).abs() < 0.04, "{freedom} {normal}: {got}, not {want}");
        }
        assert!(quantile(0.0, RARE) == 0.0);
    }
}
