//! What the skin is like under a zone: one kind everywhere, or by region of the scalp.
//!
//! In: a place. Out: kind of skin, depth window, factor of the density. Regions blend over 20 mm, so nothing jumps but
//! the name of the kind. Rough by nature, as all that comes from four landmarks.
//!
//! Regions (E, from skin.md 1.3 and the figures of facts.md; heights as a part of that of the vertex above the ears, 133
//! mm there):
//! - sides and back: below the fringe, a line from 0.60 of the height in front to 0.42 at the back: 2 to 4 cm above the
//!   ears, the upper edge of what stays in common baldness;
//! - temples: that part of them which lies more than 30 mm in front of the ears;
//! - crown: 45 mm around the whorl;
//! - frontal and mid scalp: the rest.

use frames::Penetration;
use nalgebra::Vector3;

use crate::noise::smoothstep;

/// Metres.
const BLEND: f64 = 20e-3;
const CROWN: f64 = 45e-3;
const TEMPLE_FRONT: f64 = 30e-3;
/// Of the height of the vertex, at these places before the ears (metres).
const FRINGE: [(f64, f64); 2] = [(-85e-3, 0.42), (40e-3, 0.60)];

/// Skin under a zone.
#[derive(Debug, Clone)]
pub(crate) enum Ground {
    Even(Part),
    Regions(Box<Regions>),
}

/// One kind of skin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) skin: skin::Zone,
    /// Least, target, most.
    pub(crate) window: [Penetration; 3],
    /// Density over that of the zone.
    pub(crate) factor: f64,
}

/// Frontal and mid scalp, crown, temples, sides.
#[derive(Debug, Clone)]
pub(crate) struct Regions {
    pub(crate) part: [Part; 4],
    pub(crate) whorl: Vector3<f64>,
    /// Of the vertex.
    pub(crate) height: f64,
}

impl Ground {
    /// Density over that of the zone.
    pub(crate) fn factor(&self, p: &Vector3<f64>) -> f64 {
        match self {
            Self::Even(part) => part.factor,
            Self::Regions(regions) => regions.mean(p, |part| part.factor),
        }
    }

    pub(crate) fn depth(&self, p: &Vector3<f64>, which: usize) -> f64 {
        match self {
            Self::Even(part) => part.window[which].get(),
            Self::Regions(regions) => regions.mean(p, |part| part.window[which].get()),
        }
    }

    /// Every kind of skin under the zone.
    pub(crate) fn parts(&self) -> &[Part] {
        match self {
            Self::Even(part) => std::slice::from_ref(part),
            Self::Regions(regions) => &regions.part,
        }
    }

    /// The kind of skin everywhere, or of the first region.
    pub(crate) fn first(&self) -> &Part {
        match self {
            Self::Even(part) => part,
            Self::Regions(regions) => &regions.part[0],
        }
    }

    pub(crate) fn skin(&self, p: &Vector3<f64>) -> skin::Zone {
        match self {
            Self::Even(part) => part.skin,
            Self::Regions(regions) => {
                let weight = regions.weights(p);
                let most = (0..4).fold(0, |most, k| if weight[k] > weight[most] { k } else { most });
                regions.part[most].skin
            }
        }
    }
}

impl Regions {
    fn mean(&self, p: &Vector3<f64>, of: impl Fn(&Part) -> f64) -> f64 {
        self.weights(p).iter().zip(&self.part).map(|(w, part)| w * of(part)).sum()
    }

    /// None negative, sum 1.
    pub(crate) fn weights(&self, p: &Vector3<f64>) -> [f64; 4] {
        let [(y0, low), (y1, high)] = FRINGE;
        let t = ((p.y - y0) / (y1 - y0)).clamp(0.0, 1.0);
        let fringe = self.height * (low + (high - low) * t);
        let below = step(fringe - p.z);
        let temples = below * step(p.y - TEMPLE_FRONT);
        let crown = (1.0 - below) * step(CROWN - (p - self.whorl).norm());
        [1.0 - below - crown, crown, temples, below - temples]
    }
}

/// From 0 to 1 over the blend, half at 0.
fn step(x: f64) -> f64 {
    smoothstep(x / BLEND + 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(p: [f64; 3], want: usize) {
        let part = |skin| Part { skin, window: [Penetration::ZERO; 3], factor: 1.0 };
        let regions = Regions {
            part: [skin::Zone::FrontalMid, skin::Zone::Vertex, skin::Zone::Temple, skin::Zone::Occiput].map(part),
            whorl: Vector3::new(0.010, -0.062, 0.118),
            height: 0.133,
        };
        let weight = regions.weights(&Vector3::from(p.map(|mm| mm * 1e-3)));
        assert!(weight.iter().all(|w| (0.0..=1.0).contains(w)), "{weight:?}");
        assert!((weight.iter().sum::<f64>() - 1.0).abs() < 1e-15, "{weight:?}");
        assert!(weight[want] > 0.95, "{weight:?}");
    }

    /// Places of the cross-section table of facts.md (mean head).
    #[test]
    fn regions_of_a_mean_head() {
        check([0.0, 60.0, 111.0], 0); // frontal
        check([0.0, 0.0, 133.0], 0); // mid scalp
        check([10.0, -62.0, 118.0], 1); // whorl
        check([70.0, 50.0, 55.0], 2); // temple
        check([77.0, -20.0, 55.0], 3); // above the ear
        check([0.0, -100.0, 40.0], 3); // occiput
    }
}
