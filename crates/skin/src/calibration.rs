//! What test dots have shown of a person's skin.
//!
//! In: fitted values of one zone with their bounds. Out: [`Calibrated`], checked, with the depth window that follows from
//! it; [`Calibration`], all zones of a person. Absent: the fit itself (`fit`), files.
//! Source: skin.md 1.2 ("always replaced by the person's own test-dot calibration"), 3.3.
//!
//! The window is moved by the rule that the published one obeys by itself, so that published facts give the published
//! window back:
//! - `least` is where a dot keeps as much of its pigment as one at the published least depth keeps in published skin;
//! - `most` is where depth has widened a dot as much as at the published greatest depth, never more than 0.10 mm deeper than
//!   that (the largest published modifier) and never past 0.9 of the skin, where a blow-out is as likely as not;
//! - `target` divides the two as the published target does.

use frames::{Metres, Penetration};
use serde::{Deserialize, Serialize};

use crate::error::within;
use crate::{DotCurve, Key, SkinError, Window, Zone, ZoneFacts};

/// A fitted value with the interval that holds the truth in 95 of 100 such fits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// Most likely.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// The quantities that test dots can show, one per zone and kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fitted {
    /// Epidermis, mm.
    pub epidermis_mm: Estimate,
    /// Stiffness, N/mm: `k_s`.
    pub stiffness: Estimate,
    /// [`DotCurve::hole`].
    pub hole: Estimate,
    /// [`DotCurve::spread`].
    pub spread: Estimate,
    /// [`DotCurve::blur`], per mm.
    pub blur_per_mm: Estimate,
    /// Side-light factor over the published one.
    pub side_light: Estimate,
}

/// One zone's test dots, checked: the window that follows from them exists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibrated {
    fitted: Fitted,
    facts: ZoneFacts,
}

/// All that is known of a person by test dots.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Calibration([Option<Calibrated>; Zone::ALL.len()]);

/// Deeper than the published window by at most the largest published modifier (skin.md 1.2 E: +0.05 to +0.10).
const DEEPER_BY: Metres = Metres::from_mm(0.10);
/// Past this part of the skin a blow-out is more likely than not (skin.md 3.3).
const BLOW_OUT: f64 = 0.9;

impl Calibrated {
    /// Checks the values and derives the window; what dots cannot show is as in `preset`. Error: a value far from anything
    /// skin does, bounds out of order, or skin in which no depth both keeps the pigment and keeps the dot small.
    pub fn try_new(zone: Zone, fitted: Fitted, preset: &ZoneFacts) -> Result<Self, SkinError> {
        for (key, estimate) in fitted.keys() {
            let (range, unit) = key.range();
            check(key.name(), estimate, range, unit)?;
        }
        let published = zone.facts();
        let bare = ZoneFacts {
            epidermis: Metres::from_mm(fitted.epidermis_mm.value),
            stiffness: 1e3 * fitted.stiffness.value,
            dot: DotCurve {
                hole: fitted.hole.value,
                spread: fitted.spread.value,
                blur: 1e3 * fitted.blur_per_mm.value,
            },
            side_light: fitted.side_light.value,
            ..*preset
        };
        let window = window(&published, &bare)?;
        Ok(Self { fitted, facts: ZoneFacts { window, ..bare } })
    }

    /// What was fitted.
    pub const fn fitted(&self) -> &Fitted {
        &self.fitted
    }

    /// The zone's facts for this person.
    pub const fn facts(&self) -> ZoneFacts {
        self.facts
    }
}

impl Fitted {
    /// Each quantity under its key in files.
    pub const fn keys(&self) -> [(Key, Estimate); 6] {
        [
            (Key::Epidermis, self.epidermis_mm),
            (Key::Stiffness, self.stiffness),
            (Key::Hole, self.hole),
            (Key::Spread, self.spread),
            (Key::Blur, self.blur_per_mm),
            (Key::SideLight, self.side_light),
        ]
    }
}

impl Calibration {
    /// No test dots at all.
    pub const NONE: Self = Self([None; Zone::ALL.len()]);

    /// The same with one more zone, or with a zone replaced.
    #[must_use]
    pub fn with(mut self, zone: Zone, calibrated: Calibrated) -> Self {
        self.0[zone.index()] = Some(calibrated);
        self
    }

    /// What is known of a zone; `None` where no dots were set.
    pub const fn zone(&self, zone: Zone) -> Option<&Calibrated> {
        self.0[zone.index()].as_ref()
    }
}

/// A value in its range and inside its own bounds.
pub(crate) fn check(what: &'static str, e: Estimate, range: [f64; 2], unit: &'static str) -> Result<(), SkinError> {
    within(what, e.value, range, unit)?;
    within("lower bound of a calibrated value", e.low, [0.0, e.value], unit)?;
    within("upper bound of a calibrated value", e.high, [e.value, f64::MAX], unit)?;
    Ok(())
}

/// See the head of this file.
fn window(published: &ZoneFacts, own: &ZoneFacts) -> Result<Window, SkinError> {
    let was = published.window;
    // Retention rises with depth up to 0.65 of the skin; past it the deep loss sets in slowly.
    let kept = published.retained_law(was.least);
    let least = first(own.thickness * crate::healing::BLUR_FROM, |z| own.retained_law(Penetration::new(z)) >= kept);
    let grown = published.dot.growth(was.most, published.thickness);
    let deepest = (was.most.length() + DEEPER_BY).min(own.thickness * BLOW_OUT);
    let most = first(deepest, |z| own.dot.growth(Penetration::new(z), own.thickness) >= grown);
    if !(least < most) {
        return Err(SkinError::NoWindow { least: Penetration::new(least), most: Penetration::new(most) });
    }
    let part = (was.target.length() - was.least.length()) / (was.most.length() - was.least.length());
    let target = least + (most - least) * part;
    let [least, target, most] = [least, target, most].map(Penetration::new);
    Ok(Window { least, target, most })
}

/// Where `reached` turns true between the surface and `end`; `end` when it does not. `reached` turns once.
fn first(end: Metres, reached: impl Fn(Metres) -> bool) -> Metres {
    if !reached(end) {
        return end;
    }
    let (mut above, mut below) = (Metres::ZERO, end);
    // 1 mm halved 40 times: a picometre.
    for _ in 0..40 {
        let middle = (above + below) * 0.5;
        if reached(middle) {
            below = middle;
        } else {
            above = middle;
        }
    }
    below
}

#[cfg(test)]
pub(crate) mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    fn sure(value: f64) -> Estimate {
        Estimate { value, low: 0.8 * value, high: 1.25 * value }
    }

    /// What the published table says, as if it had been fitted.
    pub(crate) fn published(zone: Zone) -> Fitted {
        let facts = zone.facts();
        Fitted {
            epidermis_mm: sure(facts.epidermis.mm()),
            stiffness: sure(1e-3 * facts.stiffness),
            hole: sure(facts.dot.hole),
            spread: sure(facts.dot.spread),
            blur_per_mm: sure(1e-3 * facts.dot.blur),
            side_light: sure(1.0),
        }
    }

    fn mm(w: Window) -> [f64; 3] {
        [w.least, w.target, w.most].map(|p| p.length().mm())
    }

    #[test]
    fn published_skin_gives_the_published_window_back() {
        for zone in Zone::ALL {
            let facts = Calibrated::try_new(zone, published(zone), &zone.facts()).unwrap().facts();
            for (got, want) in mm(facts.window).into_iter().zip(mm(zone.facts().window)) {
                assert!((got - want).abs() < 1e-6, "{zone}: {got} {want}");
            }
        }
    }

    #[test]
    fn a_thick_epidermis_asks_for_depth_and_a_spreading_skin_forbids_it() {
        let zone = Zone::FrontalMid;
        let was = mm(zone.facts().window);
        let thick = Fitted { epidermis_mm: sure(0.11), ..published(zone) };
        let got = mm(Calibrated::try_new(zone, thick, &zone.facts()).unwrap().facts().window);
        assert!(got[0] > was[0] + 0.05 && got[1] > was[1] + 0.02 && (got[2] - was[2]).abs() < 1e-6, "{got:?}");
        let runny = Fitted { spread: sure(0.18), ..published(zone) };
        let got = mm(Calibrated::try_new(zone, runny, &zone.facts()).unwrap().facts().window);
        assert!((got[0] - was[0]).abs() < 1e-6 && got[1] < was[1] && got[2] < was[2] - 0.1, "{got:?}");
        assert!(got[0] < got[1] && got[1] < got[2]);
    }

    /// Skin that hardly spreads does not send the needle through it.
    #[test]
    fn never_far_below_the_published_window() {
        for zone in Zone::ALL {
            let tight = Fitted { spread: sure(0.02), blur_per_mm: sure(0.1), ..published(zone) };
            let facts = Calibrated::try_new(zone, tight, &zone.facts()).unwrap().facts();
            let deeper = facts.window.most.length() - zone.facts().window.most.length();
            assert!(
                deeper.mm() <= 0.10 + 1e-9 && facts.window.most.length() <= facts.thickness * 0.9,
                "{zone}: {deeper}"
            );
        }
    }

    #[test]
    fn refuses_skin_without_a_window_and_values_of_no_skin() {
        let zone = Zone::FrontalHairline;
        let none = Fitted { epidermis_mm: sure(0.20), spread: sure(1.5), ..published(zone) };
        assert!(
            matches!(Calibrated::try_new(zone, none, &zone.facts()), Err(SkinError::NoWindow { least, most }) if least >= most)
        );
        let refused = |fitted| {
            assert!(matches!(Calibrated::try_new(zone, fitted, &zone.facts()), Err(SkinError::OutOfRange { .. })))
        };
        refused(Fitted { epidermis_mm: sure(0.31), ..published(zone) });
        refused(Fitted { stiffness: sure(f64::NAN), ..published(zone) });
        refused(Fitted { hole: sure(1.6), ..published(zone) });
        refused(Fitted { blur_per_mm: sure(0.0), ..published(zone) });
        refused(Fitted { side_light: sure(6.0), ..published(zone) });
        refused(Fitted { side_light: Estimate { value: 1.0, low: 1.1, high: 1.2 }, ..published(zone) });
        refused(Fitted { spread: Estimate { value: 0.12, low: 0.1, high: 0.11 }, ..published(zone) });
    }
}
