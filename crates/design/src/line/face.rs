//! The places on forehead and temples that a hairline is drawn from.
//!
//! In: a scan with its four landmarks. Out: [`Face`]: glabella, mid-frontal point, lateral points E, fronto-temporal points C
//! and temporal peaks of the "8 cm" method (Garg, skin.md 1.10 S79 A), left and right. Every distance is along the skin, in
//! plane sections (see `arc`). Absent: canthus, pupils and brow; nobody marks them, so published means stand in.

use nalgebra::Vector3;
use scan::Scan;

use crate::line::arc;

/// From the nasion up to the glabella: anthropometry, 12 to 15 mm above the sellion.
pub(crate) const NASION_TO_GLABELLA: f64 = 12e-3;
/// Every side of the figure glabella, mid-frontal point, fronto-temporal point, lateral point.
pub(crate) const SIDE: f64 = 80e-3;
/// From the fronto-temporal point to the temporal peak, on the way to the lateral point.
pub(crate) const TO_PEAK: f64 = 50e-3;

/// Left and right, in this order wherever there are two.
pub(crate) const SIDES: [f64; 2] = [-1.0, 1.0];

/// A head seen by somebody who draws a hairline on it. Places are on the skin, in the `Head` frame, metres.
#[derive(Debug, Clone)]
pub(crate) struct Face {
    /// From the inion to the nasion, level. Landmarks at the ears are often a few millimetres off, and would turn the `Head`
    /// frame and so the design to one side.
    pub(crate) forward: Vector3<f64>,
    pub(crate) right: Vector3<f64>,
    pub(crate) nasion: Vector3<f64>,
    pub(crate) glabella: Vector3<f64>,
    /// E: 80 mm to either side of the glabella, near the lateral canthus. The lateral epicanthal line runs through it, upward.
    pub(crate) lateral: [Vector3<f64>; 2],
}

impl Face {
    /// `None` where the scan has no skin on the way.
    pub(crate) fn new(scan: &Scan) -> Option<Self> {
        let nasion = scan.landmarks.nasion.coords.coords;
        let mut forward = nasion - scan.landmarks.inion.coords.coords;
        forward.z = 0.0;
        let forward = forward.try_normalize(1e-6)?;
        let right = forward.cross(&Vector3::z());
        let start = arc::skin_at(&scan.surface, &nasion).0;
        let glabella = arc::walk(&scan.surface, &start, &Vector3::z(), &right, NASION_TO_GLABELLA)?;
        let [left, other] = SIDES.map(|side| arc::walk(&scan.surface, &glabella, &(right * side), &Vector3::z(), SIDE));
        Some(Self { forward, right, nasion, glabella, lateral: [left?, other?] })
    }

    /// This far above the glabella.
    pub(crate) fn middle(&self, scan: &Scan, above: f64) -> Option<Vector3<f64>> {
        arc::walk(&scan.surface, &self.glabella, &Vector3::z(), &self.right, above)
    }

    /// C on one side: `across` from the mid-frontal point `middle` and `above` E, both along the skin.
    pub(crate) fn corner(
        &self,
        scan: &Scan,
        side: usize,
        middle: &Vector3<f64>,
        across: f64,
        above: f64,
    ) -> Option<Vector3<f64>> {
        let surface = &scan.surface;
        let normal = arc::skin_at(surface, middle).1;
        let aside = self.right * SIDES[side];
        let aside = (aside - normal * aside.dot(&normal)).try_normalize(1e-9)?;
        let up = normal.cross(&aside);
        let up = if up.z < 0.0 { -up } else { up };
        let at = |angle: f64| {
            let direction = aside * angle.cos() + up * angle.sin();
            arc::walk(surface, middle, &direction, &direction.cross(&normal), across)
        };
        // Turning the way from the middle upward leads away from E.
        let (mut low, mut high) = (-40_f64.to_radians(), 80_f64.to_radians());
        for _ in 0..24 {
            let angle = 0.5 * (low + high);
            if arc::length(surface, &self.lateral[side], &at(angle)?)? < above {
                low = angle;
            } else {
                high = angle;
            }
        }
        at(0.5 * (low + high))
    }

    /// The tip of a temporal peak by rule: this far from C towards E, for a line 80 mm up.
    pub(crate) fn tip(&self, scan: &Scan, side: usize, from_corner: f64) -> Option<Vector3<f64>> {
        let corner = self.corner(scan, side, &self.middle(scan, SIDE)?, SIDE, SIDE)?;
        along(&arc::section(&scan.surface, &corner, &self.lateral[side])?, from_corner)
    }

    /// Right of the middle plane, metres.
    pub(crate) fn aside(&self, p: &Vector3<f64>) -> f64 {
        (p - self.nasion).dot(&self.right)
    }

    /// In front of the nasion, metres.
    pub(crate) fn ahead(&self, p: &Vector3<f64>) -> f64 {
        (p - self.nasion).dot(&self.forward)
    }
}

/// The place this far along a broken line, `None` beyond its end.
pub(super) fn along(points: &[Vector3<f64>], length: f64) -> Option<Vector3<f64>> {
    let mut left = length;
    points.windows(2).find_map(|w| {
        let step = (w[1] - w[0]).norm();
        let here = (left <= step).then(|| w[0] + (w[1] - w[0]) * (left / step.max(1e-12)));
        left -= step;
        here
    })
}
