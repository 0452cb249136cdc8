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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;
    use crate::register::normal::Normal;

    /// Fitzpatrick, West and Maurer (1998), equation 46: `TRE² = FLE² / N (1 + 1/3 sum d_k² / f_k²)`, with the target's
    /// distance `d_k` and the landmarks' rms distance `f_k` from each of their principal axes. Cross of rms half axes
    /// 95 and 70 mm in a plane, FLE 3 mm in all three directions together.
    #[test]
    fn landmarks_alone_are_fitzpatricks_formula() {
        let places = [[0.0, 0.095, 0.0], [0.0, -0.095, 0.0], [-0.07, 0.0, 0.0], [0.07, 0.0, 0.0]];
        let fle = 0.003;
        let mut normal = Normal::new();
        for place in places {
            normal.add_place(&place.into(), &Vector3::zeros(), 3.0 / (fle * fle));
        }
        let uncertainty = Uncertainty::new(Point::ORIGIN, normal.covariance().unwrap());
        for target in [[0.0, 0.0, 0.0], [0.0, 0.07, 0.1], [0.05, -0.03, 0.12]] {
            let [x, y, z] = target;
            let mean = |of: fn(&[f64; 3]) -> f64| places.iter().map(of).sum::<f64>() / 4.0;
            // Squares from the axes x, y, z.
            let d = [y * y + z * z, x * x + z * z, x * x + y * y];
            let f = [mean(|p| p[1] * p[1]), mean(|p| p[0] * p[0]), mean(|p| p[0] * p[0] + p[1] * p[1])];
            let want = fle * fle / 4.0 * (1.0 + (0..3).map(|k| d[k] / f[k]).sum::<f64>() / 3.0);
            let got = uncertainty.tre(Point::new(x, y, z)).get().powi(2);
            assert!((got / want - 1.0).abs() < 1e-12, "{got} {want}");
        }
    }

    #[test]
    fn over_no_place_nothing_is_expected() {
        let uncertainty = Uncertainty::new(Point::ORIGIN, Matrix6::identity() * 1e-6);
        assert_eq!(uncertainty.tre_over(&[]), None);
        let both = uncertainty.tre_over(&[Point::ORIGIN, Point::new(0.0, 0.0, 1.0)]).unwrap();
        // A shift of 1 mm in each direction; and a turn of 1 mrad about x and y, a metre away.
        assert!((both.worst.mm().powi(2) - 5.0).abs() < 1e-9 && (both.rms.mm().powi(2) - 4.0).abs() < 1e-9);
        assert_eq!(both.at, Point::new(0.0, 0.0, 1.0));
    }
}
