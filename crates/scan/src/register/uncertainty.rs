//! How far a place of the head may be off: the covariance of the pose, carried to the place.
//!
//! In: covariance of a small motion of the head. Out: target registration error anywhere.
//! For landmarks alone this is Fitzpatrick, West and Maurer (1998), IEEE TMI 17(5), equation 46, to first order; for
//! points on a surface their equation's general form `J S J^T` (Moghari and Abolmaesumi (2009), IEEE TMI 28(6)).

use frames::{Head, Metres, Point};
use nalgebra::{Matrix3, Matrix6, Vector3};

use super::normal::row;

/// Of a pose, to first order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uncertainty {
    /// What the turn is about.
    pub centre: Point<Head>,
    /// Of turn (rad) then shift (m) of the head, in the head's axes: a place `p` may truly be at
    /// `p + w x (p - centre) + t`.
    pub covariance: Matrix6<f64>,
}

/// Target registration error over some places: how far they may be from where they are believed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tre {
    /// Root of the mean expected square, over the places.
    pub rms: Metres,
    /// Root of the expected square where it is greatest.
    pub worst: Metres,
    /// The place of it.
    pub at: Point<Head>,
}

impl Uncertainty {
    pub(super) const fn new(centre: Point<Head>, covariance: Matrix6<f64>) -> Self {
        Self { centre, covariance }
    }

    /// Covariance of a place of the head, m², in the head's axes.
    pub fn covariance_at(&self, place: Point<Head>) -> Matrix3<f64> {
        let lever = (place - self.centre).vector;
        let rows = [Vector3::x(), Vector3::y(), Vector3::z()].map(|axis| row(&lever, &axis));
        Matrix3::from_fn(|i, j| (rows[i].transpose() * self.covariance * rows[j])[0])
    }

    /// Root of the expected square of the distance by which a place is off.
    pub fn tre(&self, place: Point<Head>) -> Metres {
        Metres::new(self.covariance_at(place).trace().max(0.0).sqrt())
    }

    /// Over several places; `None` for none.
    pub fn tre_over(&self, places: &[Point<Head>]) -> Option<Tre> {
        let mut square = 0.0;
        let mut worst: Option<(Metres, Point<Head>)> = None;
        for place in places {
            let tre = self.tre(*place);
            square += tre.get().powi(2);
            if worst.is_none_or(|(w, _)| tre > w) {
                worst = Some((tre, *place));
            }
        }
        let (worst, at) = worst?;
        Some(Tre { rms: Metres::new((square / places.len() as f64).sqrt()), worst, at })
    }

    /// The quadratic form that a motion costs: the mean square shift of the places.
    pub(super) fn cost(&self, places: &[Point<Head>]) -> Matrix6<f64> {
        let mut cost = Matrix6::zeros();
        for place in places {
            let lever = (*place - self.centre).vector;
            for axis in [Vector3::x(), Vector3::y(), Vector3::z()] {
                let row = row(&lever, &axis);
                cost += row * row.transpose();
            }
        }
        cost / (places.len().max(1)) as f64
    }
}
