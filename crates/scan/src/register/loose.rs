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
