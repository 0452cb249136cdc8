//! The laws as a fit sees them: what each number of a test dot should be, and how far it may scatter.
//!
//! In: logarithms of the six quantities, dots. Out: one [`Row`] a measured number. Absent: priors, search.
//!
//! A dot's depth is measured or follows from protrusion and dent, and then scatters as the skin does from place to place
//! ([`Variation`]). Whether it stayed is a logistic of its depth (skin.md 3.3), widened by that scatter
//! (MacKay 1992: `1/sqrt(1+pi*s^2/8)`).

use frames::{Metres, Penetration};

use crate::healing::{EDGE, EDGE_WIDTH, logistic};
use crate::optics::{BLACK, lightness_of, reflectance_of};
use crate::{
    DotCurve, HEALED, LAW_ERROR, Local, Stipple, TestDot, Variation, ZoneFacts, absorption, amount, deposit::hits_law,
    dot_area, fit::Theta, healing::grown_law, load_of, puncture::rupture_law,
};

/// Of a measured depth, mm (E: axial resolution of optical coherence tomography is 5-10 um; entry and tip each count).
pub(super) const DEPTH_NOISE: f64 = 0.02;
/// Of the tool: tip and ring together, mm (skin.md 6: cartridge protrusion +-0.02 mm).
const TOOL_NOISE: f64 = 0.02;
/// Of a measured diameter, mm (E: 5 um a pixel of a dermatoscope, and a soft edge).
pub(super) const DIAMETER_NOISE: f64 = 0.012;
/// Of a measured darkness, L* (K: repeatability of a hand-held colorimeter on skin).
pub(super) const DARKNESS_NOISE: f64 = 0.35;
/// Depths and diameters to which the optical law is held, mm: its own range. Columns are at least so high.
const OPTICAL: [f64; 2] = [0.20, 1.20];
const WIDTHS: [f64; 2] = [0.06, 0.40];
const LOWEST: f64 = 0.06;

/// One measured number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Index of the dot.
    pub(super) dot: usize,
    pub(super) what: &'static str,
    pub(super) unit: &'static str,
    pub(super) measured: f64,
    pub(super) expected: f64,
    /// Off by, in standard deviations; of a yes or no the signed root of the deviance. Its square is twice the loss of
    /// likelihood.
    pub(super) residual: f64,
    /// The expected value in standard deviations: its gradient squared is Fisher's information.
    pub(super) score: f64,
    /// Yes or no.
    pub(super) binary: bool,
}

pub(super) struct Model {
    /// By presets: thickness, toughness and retention of a scar stay as they are.
    pub(super) facts: ZoneFacts,
    /// L* of the skin.
    pub(super) skin: f64,
}

/// Logarithms of epidermis (mm), stiffness (N/mm), hole, spread, blur (1/mm), side light.
pub(super) fn theta_of(facts: &ZoneFacts) -> Theta {
    let dot = facts.dot;
    let values =
        [facts.epidermis.mm(), 1e-3 * facts.stiffness, dot.hole, dot.spread, 1e-3 * dot.blur, facts.side_light];
    Theta::from(values.map(f64::ln))
}

impl Model {
    /// The zone's facts with the six quantities in place.
    pub(super) fn facts_at(&self, theta: &Theta) -> ZoneFacts {
        let [epidermis, stiffness, hole, spread, blur, side_light] = <[f64; 6]>::from(*theta).map(f64::exp);
        ZoneFacts {
            epidermis: Metres::from_mm(epidermis),
            stiffness: 1e3 * stiffness,
            dot: DotCurve { hole, spread, blur: 1e3 * blur },
            side_light,
            ..self.facts
        }
    }

    /// How deep the tip went: measured, or by protrusion and dent (skin.md 3.1, at the moment of the strike).
    pub(super) fn depth_mm(&self, theta: &Theta, d: &TestDot) -> f64 {
        d.penetration.map_or_else(|| struck(&self.facts_at(theta), d).0, |p| p.length().mm())
    }

    /// Every measured number of every dot at `theta`, with the scatter that `at` implies: during one search the scatter
    /// stands still.
    pub(super) fn rows(&self, theta: &Theta, at: &Theta, dots: &[(usize, TestDot)]) -> Vec<Row> {
        let (facts, then) = (self.facts_at(theta), self.facts_at(at));
        let mut rows = Vec::with_capacity(3 * dots.len());
        for (dot, d) in dots {
            self.dot(*dot, d, &facts, &then, &mut rows);
        }
        rows
    }

    fn dot(&self, dot: usize, d: &TestDot, facts: &ZoneFacts, then: &ZoneFacts, rows: &mut Vec<Row>) {
        let (depth, (_, dent)) = (struck(facts, d).0, struck(then, d));
        let spread = Variation::default();
        let mut scatter = (dent * spread.force.hypot(spread.stiffness)).hypot(TOOL_NOISE);
        let mut z = depth;
        let gaussian = |what, unit, measured: f64, expected: f64, sd: f64| Row {
            dot,
            what,
            unit,
            measured,
            expected,
            residual: (measured - expected) / sd,
            score: expected / sd,
            binary: false,
        };
        if let Some(p) = d.penetration {
            z = p.length().mm();
            // Not pierced: how far the tip stayed above is not seen.
            let seen = if z > 0.0 { depth } else { depth.max(0.0) };
            rows.push(gaussian("penetration", "mm", z, seen, scatter.hypot(DEPTH_NOISE)));
            scatter = DEPTH_NOISE;
        }

        // Kept or shed.
        let unsure = scatter.hypot(spread.epidermis * then.epidermis.mm()) / EDGE_WIDTH.mm();
        let steep = 1.0 / (EDGE_WIDTH.mm() * (1.0 + std::f64::consts::PI / 8.0 * unsure * unsure).sqrt());
        let x = (z - (facts.epidermis + EDGE).mm()) * steep;
        let was = (z_at(then, d) - (then.epidermis + EDGE).mm()) * steep;
        let kept = logistic(x);
        let (sign, likely) = if d.healed { (1.0, kept) } else { (-1.0, logistic(-x)) };
        rows.push(Row {
            dot,
            what: if d.healed { "kept" } else { "shed" },
            unit: "probability to be kept",
            measured: f64::from(u8::from(d.healed)),
            expected: kept,
            residual: sign * (-2.0 * likely.max(1e-300).ln()).sqrt(),
            score: x * (logistic(was) * logistic(-was)).sqrt(),
            binary: true,
        });

        let tip = Penetration::new(Metres::from_mm(z));
        let grown = |healed: Metres| grown_law(healed, (d.age - HEALED).max(frames::Span::ZERO));
        let width = facts.dot.healed_law(tip, &d.group, facts.thickness);
        if let Some(measured) = d.diameter {
            // Wider by depth: that slope times the scatter of the depth, and of the thickness where the dot blurs.
            let thickness = then.thickness.mm();
            let far = (z_at(then, d) - 0.65 * thickness).max(0.0) * 2e-3 * then.dot.blur;
            let by_depth = (then.dot.spread + far) * scatter;
            let by_place = far * 0.65 * spread.thickness * thickness;
            let sd = DIAMETER_NOISE.hypot(by_depth).hypot(by_place);
            rows.push(gaussian("diameter", "mm", measured.mm(), grown(width).mm(), sd));
        }
        if let Some(patch) = d.patch
            && let Some(darker) = self.darkness(d, facts, z, grown(width))
        {
            // The law's error is a bound of two standard deviations.
            let sd = DARKNESS_NOISE.hypot(0.5 * LAW_ERROR * patch.darkness);
            rows.push(gaussian("darkness", "L*", patch.darkness, darker, sd));
        }
    }

    /// How much darker the patch is, L*. `None` outside the range of the optical law for this skin, density or dot: such a
    /// patch says nothing here.
    pub(super) fn darkness(&self, d: &TestDot, facts: &ZoneFacts, z: f64, diameter: Metres) -> Option<f64> {
        let patch = d.patch?;
        let mm = Metres::from_mm;
        let tip = Penetration::new(mm(z.clamp(OPTICAL[0], OPTICAL[1])));
        let left = amount(facts.retained_law(tip), d.age, 1.0).ok()?;
        let stipple = Stipple {
            lightness: self.skin,
            density: patch.density,
            diameter: diameter.max(mm(WIDTHS[0])).min(mm(WIDTHS[1])),
            column: [(facts.epidermis + EDGE).min(tip.length() - mm(LOWEST)), tip.length()],
            absorption: (absorption(patch.ink, left) * hits_law(f64::from(d.hits))).min(BLACK),
        };
        let load = load_of(facts.side_light * patch.density.get() * dot_area(&stipple).ok()?).ok()?;
        Some(self.skin - lightness_of(reflectance_of(self.skin) * (-load).exp()))
    }
}

/// Depth and dent, mm, of a strike by the law. Not cut at the surface, so that a fit feels a slope everywhere.
fn struck(facts: &ZoneFacts, d: &TestDot) -> (f64, f64) {
    let dent = rupture_law(&Local::nominal(facts), &d.group, d.speed);
    ((d.protrusion.length() + d.offset - dent).mm(), dent.mm())
}

fn z_at(facts: &ZoneFacts, d: &TestDot) -> f64 {
    d.penetration.map_or_else(|| struck(facts, d).0, |p| p.length().mm())
}
