//! The motion that is known least, in words.
//!
//! In: an uncertainty and the places that matter. Out: [`Loose`]: a turn or a slide, about or along which direction of the
//! head, and how far the places go with it.

use std::fmt;

use frames::{Dir, Head, Metres, Point};
use nalgebra::{SymmetricEigen, Vector3};

use super::normal::{Twist, shift};
use super::uncertainty::Uncertainty;

/// A motion of the head that the touches hardly hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loose {
    /// Which.
    pub motion: Motion,
    /// Rms shift of the places with one standard deviation of it.
    pub by: Metres,
}

/// A turn or a slide.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Motion {
    /// About an axis through the head.
    Turn(Dir<Head>),
    /// As a whole.
    Slide(Dir<Head>),
}

/// An axis further from the head's middle than this is a slide to the eye, metres.
const INSIDE: f64 = 0.12;
/// Cosine above which a direction is called by an axis' name: 37 degrees.
const CALLED: f64 = 0.8;

/// The motion that contributes most to the error over `places`.
pub(super) fn loosest(uncertainty: &Uncertainty, places: &[Point<Head>]) -> Option<Loose> {
    // Of all motions one standard deviation long, the one that shifts the places most: with S = L L^T the greatest
    // eigenvector of L^T M L, carried back by L.
    let root = uncertainty.covariance.cholesky()?.l();
    let cost = root.transpose() * uncertainty.cost(places) * root;
    let eigen = SymmetricEigen::new((cost + cost.transpose()) / 2.0);
    let twist: Twist = root * eigen.eigenvectors.column(eigen.eigenvalues.imax());
    let by = Metres::new(eigen.eigenvalues.max().max(0.0).sqrt());
    Some(Loose { motion: name(&twist, uncertainty.centre, places)?, by })
}

fn name(twist: &Twist, centre: Point<Head>, places: &[Point<Head>]) -> Option<Motion> {
    let (turn, slide) = (Vector3::new(twist[0], twist[1], twist[2]), Vector3::new(twist[3], twist[4], twist[5]));
    let mean = places.iter().map(|p| shift(twist, &(*p - centre).vector)).sum::<Vector3<f64>>();
    let whole = || Dir::try_from_vector(canonical(mean)).map(Motion::Slide);
    let Some(axis) = Dir::<Head>::try_from_vector(canonical(turn)) else { return whole() };
    // A shift across the axis only moves the axis; along it, it is a screw (Chasles).
    let foot = turn.cross(&slide) / turn.norm_squared();
    let pitch = slide.dot(axis.get()).abs();
    let swept = places.iter().map(|p| turn.cross(&((*p - centre).vector - foot)).norm_squared()).sum::<f64>();
    let swept = (swept / places.len().max(1) as f64).sqrt();
    if foot.norm() > INSIDE || pitch > swept { whole() } else { Some(Motion::Turn(axis)) }
}

/// Of a direction and its opposite, the one whose largest component is positive.
fn canonical(v: Vector3<f64>) -> Vector3<f64> {
    if v[v.iamax()] < 0.0 { -v } else { v }
}

fn called(dir: Dir<Head>, names: [&str; 3]) -> String {
    let v = dir.get();
    let k = v.iamax();
    if v[k].abs() > CALLED {
        names[k].to_owned()
    } else {
        format!("[{:.1}, {:.1}, {:.1}] of the head's axes", v.x, v.y, v.z)
    }
}

impl fmt::Display for Motion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Turn(axis) => {
                let axis =
                    called(*axis, ["the axis through the ears", "the axis from back to front", "the vertical axis"]);
                write!(f, "turning about {axis}")
            }
            Self::Slide(dir) => {
                write!(f, "sliding along {}", called(*dir, ["left and right", "back and front", "up and down"]))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;
    use nalgebra::Matrix6;

    /// Everything held to a micrometre but one motion.
    #[track_caller]
    fn check(twist: [f64; 6], words: &str, by_mm: f64) {
        let twist = Twist::from(twist);
        let uncertainty = Uncertainty::new(Point::ORIGIN, Matrix6::identity() * 1e-12 + twist * twist.transpose());
        let places: Vec<_> = [0.0, 0.4, -0.4].map(|a: f64| Point::new(a.sin() * 0.08, a.cos() * 0.08, 0.05)).to_vec();
        let loose = loosest(&uncertainty, &places).unwrap();
        assert_eq!(loose.motion.to_string(), words);
        assert!((loose.by.mm() - by_mm).abs() < 0.02 * by_mm, "{}", loose.by);
    }

    #[test]
    fn motions_have_names() {
        check([0.0, 0.0, 0.01, 0.0, 0.0, 0.0], "turning about the vertical axis", 0.8);
        check([0.0, 0.0, -0.01, 0.0, 0.0, 0.0], "turning about the vertical axis", 0.8);
        check([0.01, 0.0, 0.0, 0.0, 0.0, 0.0], "turning about the axis through the ears", 0.91);
        check([0.0, 0.01, 0.002, 0.0, 0.0, 0.0], "turning about the axis from back to front", 0.434);
        check([0.0, 0.0, 0.0, 0.002, 0.0, 0.0], "sliding along left and right", 2.0);
        check([0.0, 0.0, 0.0, 0.0, -0.001, 0.0], "sliding along back and front", 1.0);
        check([0.0, 0.0, 1e-5, 0.0, 0.0, 0.001], "sliding along up and down", 1.0);
        check([0.0, 0.006, 0.006, 0.0, 0.0, 0.0], "turning about [0.0, 0.7, 0.7] of the head's axes", 0.266);
        // A turn about an axis far off is a slide.
        check([0.0, 0.0, 0.001, 0.002, 0.0, 0.0], "sliding along left and right", 1.92);
        // A turn about an axis near the head is a turn, wherever the numbers are counted from.
        check([0.0, 0.0, 0.02, 0.001, 0.0, 0.0], "turning about the vertical axis", 0.727);
    }
}
