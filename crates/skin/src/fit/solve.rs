//! Least squares by Levenberg (1944) and Marquardt (1963), for a handful of unknowns.
//!
//! In: residuals as a function, where to begin. Out: the minimum, or `None` when none is found. Absent: what the numbers mean.
//! Own, because the crates for it are tied to other versions of nalgebra; the normal equations of six unknowns are solved by
//! Cholesky.

use crate::fit::{Information, N, Theta};

/// Step of the differences, in logarithms.
const STEP: f64 = 1e-5;
const ITERATIONS: usize = 200;

/// Where the sum of squares is least, from `start`.
pub(super) fn least_squares(residuals: &dyn Fn(&Theta) -> Vec<f64>, start: Theta) -> Option<Theta> {
    let cost = |r: &[f64]| r.iter().map(|v| v * v).sum::<f64>();
    let mut theta = start;
    let mut now = residuals(&theta);
    let mut damping = 1e-3;
    for _ in 0..ITERATIONS {
        let (mut normal, mut gradient) = (Information::zeros(), Theta::zeros());
        for (row, r) in jacobian(residuals, &theta).iter().zip(&now) {
            normal += row * row.transpose();
            gradient += row * *r;
        }
        let mut damped = normal;
        for i in 0..N {
            damped[(i, i)] *= 1.0 + damping;
        }
        let step = damped.cholesky()?.solve(&gradient);
        let next = theta - step;
        let then = residuals(&next);
        if cost(&then) <= cost(&now) {
            let gained = cost(&now) - cost(&then);
            (theta, now) = (next, then);
            damping = (damping * 0.2).max(1e-12);
            if step.amax() < 1e-8 || gained < 1e-12 * (1.0 + cost(&now)) {
                return Some(theta);
            }
        } else {
            // At the bottom rounding decides: no step is better any more.
            if step.amax() < 1e-8 {
                return Some(theta);
            }
            damping *= 8.0;
            if !(damping < 1e12) {
                return None;
            }
        }
    }
    None
}

/// One gradient a value, by central differences.
pub(super) fn jacobian(values: &dyn Fn(&Theta) -> Vec<f64>, theta: &Theta) -> Vec<Theta> {
    let sides: [[Vec<f64>; 2]; N] = std::array::from_fn(|i| {
        [STEP, -STEP].map(|h| {
            let mut at = *theta;
            at[i] += h;
            values(&at)
        })
    });
    let rows = sides[0][0].len();
    (0..rows).map(|k| Theta::from_fn(|i, _| (sides[i][0][k] - sides[i][1][k]) / (2.0 * STEP))).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    /// Rosenbrock's valley, with four unknowns that stand still.
    #[test]
    fn finds_the_bottom_of_a_bent_valley() {
        let valley = |t: &Theta| vec![10.0 * (t[1] - t[0] * t[0]), 1.0 - t[0], t[2], t[3] - 2.0, t[4], t[5]];
        let start = Theta::from([-1.2, 1.0, 5.0, 5.0, 5.0, 5.0]);
        let got = least_squares(&valley, start).unwrap();
        assert!((got - Theta::from([1.0, 1.0, 0.0, 2.0, 0.0, 0.0])).amax() < 1e-6, "{got}");
    }

    #[test]
    fn says_when_there_is_no_bottom() {
        assert_eq!(least_squares(&|_| vec![f64::NAN; 7], Theta::zeros()), None);
    }
}
