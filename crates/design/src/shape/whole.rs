//! The whole scalp behind a hairline.
//!
//! In: the hairline drawn on to the ears, the scalp's border. Out: a fraction of the full density: it rises where the
//! hairline's own soft front ends, and fades towards ears and nape.

use nalgebra::Vector3;

use crate::curve::Curve;
use crate::noise::smoothstep;
use crate::scalp::Scalp;
use crate::shape::Wander;

/// The scalp.
#[derive(Debug, Clone)]
pub(crate) struct Whole {
    /// From ear to ear.
    pub(crate) front: Curve,
    /// Of the hairline, whose arc starts `lead` after that of `front`.
    pub(crate) wander: Wander,
    pub(crate) lead: f64,
    /// Where the rise begins behind the line, and how long it is.
    pub(crate) start: f64,
    pub(crate) rise: f64,
    pub(crate) scalp: Scalp,
    /// Above ears and nape.
    pub(crate) feather: f64,
}

impl Whole {
    pub(super) fn fraction(&self, p: &Vector3<f64>) -> f64 {
        let border = self.scalp.inside(p);
        if border <= 0.0 {
            return 0.0;
        }
        let Some(foot) = self.front.nearest(p, f64::MAX) else { return 0.0 };
        let (behind, most) = (foot.signed - self.start, self.wander.most());
        if behind <= -most {
            return 0.0;
        }
        let front = if behind - most >= self.rise {
            1.0
        } else {
            smoothstep((behind + self.wander.at(foot.arc - self.lead, p)) / self.rise)
        };
        front * smoothstep(border / self.feather)
    }

    pub(super) fn touches(&self, centre: &Vector3<f64>, radius: f64) -> bool {
        if self.scalp.inside(centre) <= -radius {
            return false;
        }
        // In front of the line for sure. Beyond its ends, which lie below the border, the side is not told by the line.
        let Some(foot) = self.front.nearest(centre, f64::MAX) else { return false };
        let at_end = foot.arc <= 0.0 || foot.arc >= self.front.length();
        at_end || foot.signed > -(2.0 * radius + self.wander.most())
    }
}
