//! The whole scalp behind a hairline.
//!
//! In: the hairline and its line drawn on to the ears, the scalp's border. Out: a fraction of the full density. Behind the
//! hairline it is what the hairline's fade at the back leaves free, so that the two make neither a seam nor a dip; past the
//! hairline's ends it has a soft front of its own; towards ears and nape it fades.

use nalgebra::Vector3;

use crate::curve::Curve;
use crate::noise::smoothstep;
use crate::scalp::Scalp;
use crate::shape::Hairline;

/// The scalp.
#[derive(Debug, Clone)]
pub(crate) struct Whole {
    /// From ear to ear.
    pub(crate) front: Curve,
    /// The hairline, whose arc starts `lead` after that of `front`.
    pub(crate) line: Hairline,
    pub(crate) lead: f64,
    pub(crate) scalp: Scalp,
    /// Above ears and nape.
    pub(crate) feather: f64,
}

impl Whole {
    pub(super) fn fraction(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> f64 {
        let border = self.scalp.inside(p);
        if border <= 0.0 {
            return 0.0;
        }
        let Some(foot) = self.front.nearest_along(p, normal, f64::MAX) else { return 0.0 };
        let (line, most) = (&self.line, self.line.wander.most());
        if foot.signed <= -most {
            return 0.0;
        }
        let arc = foot.arc - self.lead;
        let soft = foot.signed - most < line.profile.width();
        let front = if soft { line.profile.at(foot.signed + line.wander.at(arc, p)) } else { 1.0 };
        front * (1.0 - line.held(p, normal)) * smoothstep(border / self.feather)
    }

    /// Above ears and nape, well behind the soft front.
    pub(super) fn behind_edge(&self, p: &Vector3<f64>, normal: &Vector3<f64>) -> Option<f64> {
        let border = self.scalp.inside(p);
        let foot = self.front.nearest_along(p, normal, f64::MAX).filter(|_| border > 0.0)?;
        let behind = foot.signed - self.line.wander.most() - self.line.profile.width();
        (behind > 0.0).then_some(border)
    }

    pub(super) fn touches(&self, centre: &Vector3<f64>, radius: f64) -> bool {
        if self.scalp.inside(centre) <= -radius {
            return false;
        }
        // In front of the line for sure. Beyond its ends, which lie below the border, the side is not told by the line.
        let Some(foot) = self.front.nearest(centre, f64::MAX) else { return false };
        let at_end = foot.arc <= 0.0 || foot.arc >= self.front.length();
        at_end || foot.signed > -(2.0 * radius + self.line.wander.most())
    }
}
