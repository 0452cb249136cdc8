//! What is a person's own: the quantities of a zone that a skin file may give, and what has been given.
//!
//! In: a [`Key`] with a value and its bounds. Out: [`Own`], checked, which puts the values over the presets. Absent: files,
//! where the published values come from (see [`crate::provenance`]), what test dots show (see [`crate::Calibration`]).
//!
//! What is not here cannot be given: the depth at which pigment begins to stay below the epidermis and the width of that
//! edge, the place where a dot begins to widen and to blur, the course of the first weeks, the dent's dependence on speed and
//! needle, the embedded-column law. They are laws, not persons.

use frames::{Metres, Penetration};

use crate::calibration::check;
use crate::error::within;
use crate::{Estimate, SkinError, Window, Zone, ZoneFacts};

/// A quantity of a zone that differs from person to person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// [`ZoneFacts::thickness`].
    Thickness,
    /// [`ZoneFacts::epidermis`].
    Epidermis,
    /// [`Window::least`].
    Least,
    /// [`Window::target`].
    Target,
    /// [`Window::most`].
    Most,
    /// [`ZoneFacts::stiffness`].
    Stiffness,
    /// [`ZoneFacts::toughness`].
    Toughness,
    /// [`crate::DotCurve::hole`].
    Hole,
    /// [`crate::DotCurve::spread`].
    Spread,
    /// [`crate::DotCurve::blur`].
    Blur,
    /// [`ZoneFacts::kept`].
    Retention,
    /// [`ZoneFacts::side_light`].
    SideLight,
}

impl Key {
    /// In the order of a skin file.
    pub const ALL: [Self; 12] = [
        Self::Thickness,
        Self::Epidermis,
        Self::Least,
        Self::Target,
        Self::Most,
        Self::Stiffness,
        Self::Toughness,
        Self::Hole,
        Self::Spread,
        Self::Blur,
        Self::Retention,
        Self::SideLight,
    ];

    /// As files write it, with the unit.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Thickness => "thickness_mm",
            Self::Epidermis => "epidermis_mm",
            Self::Least => "least_mm",
            Self::Target => "target_mm",
            Self::Most => "most_mm",
            Self::Stiffness => "stiffness_n_per_mm",
            Self::Toughness => "toughness",
            Self::Hole => "hole",
            Self::Spread => "spread",
            Self::Blur => "blur_per_mm",
            Self::Retention => "retention",
            Self::SideLight => "side_light",
        }
    }

    /// Values that skin may have; outside is a slip of the pen. With the unit.
    pub const fn range(self) -> ([f64; 2], &'static str) {
        match self {
            Self::Thickness => ([1.0, 2.0], "mm"),
            Self::Epidermis => ([0.02, 0.30], "mm"),
            Self::Least | Self::Target | Self::Most => ([0.0, 1.2], "mm"),
            Self::Stiffness => ([0.05, 10.0], "N/mm"),
            Self::Toughness => ([0.2, 5.0], "of the healthy scalp's"),
            Self::Hole => ([0.1, 1.5], "of the group's width"),
            Self::Spread => ([0.005, 2.0], "mm per mm"),
            Self::Blur => ([0.05, 30.0], "per mm"),
            Self::Retention => ([0.1, 1.4], "of the published"),
            Self::SideLight => ([0.2, 5.0], "of the published factor"),
        }
    }

    /// What it is in `facts`, in the file's unit.
    pub fn of(self, facts: &ZoneFacts) -> f64 {
        match self {
            Self::Thickness => facts.thickness.mm(),
            Self::Epidermis => facts.epidermis.mm(),
            Self::Least => facts.window.least.length().mm(),
            Self::Target => facts.window.target.length().mm(),
            Self::Most => facts.window.most.length().mm(),
            Self::Stiffness => 1e-3 * facts.stiffness,
            Self::Toughness => facts.toughness,
            Self::Hole => facts.dot.hole,
            Self::Spread => facts.dot.spread,
            Self::Blur => 1e-3 * facts.dot.blur,
            Self::Retention => facts.kept,
            Self::SideLight => facts.side_light,
        }
    }

    fn put(self, value: f64, facts: &mut ZoneFacts) {
        let mm = Metres::from_mm(value);
        match self {
            Self::Thickness => facts.thickness = mm,
            Self::Epidermis => facts.epidermis = mm,
            Self::Least => facts.window.least = Penetration::new(mm),
            Self::Target => facts.window.target = Penetration::new(mm),
            Self::Most => facts.window.most = Penetration::new(mm),
            Self::Stiffness => facts.stiffness = 1e3 * value,
            Self::Toughness => facts.toughness = value,
            Self::Hole => facts.dot.hole = value,
            Self::Spread => facts.dot.spread = value,
            Self::Blur => facts.dot.blur = 1e3 * value,
            Self::Retention => facts.kept = value,
            Self::SideLight => facts.side_light = value,
        }
    }
}

/// What has been given of a person's skin, by zone; the rest stays as the presets have it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Own([[Option<Estimate>; Key::ALL.len()]; Zone::ALL.len()]);

impl Own {
    /// Nothing.
    pub const NONE: Self = Self([[None; Key::ALL.len()]; Zone::ALL.len()]);

    /// The same with one more value, or with a value replaced.
    ///
    /// # Errors
    /// A value outside [`Key::range`], or outside its own bounds.
    pub fn with(mut self, zone: Zone, key: Key, value: Estimate) -> Result<Self, SkinError> {
        let (range, unit) = key.range();
        check(key.name(), value, range, unit)?;
        self.0[zone.index()][key as usize] = Some(value);
        Ok(self)
    }

    /// What has been given of one quantity.
    pub const fn given(&self, zone: Zone, key: Key) -> Option<Estimate> {
        self.0[zone.index()][key as usize]
    }

    /// `facts` with what has been given in their place.
    pub fn over(&self, zone: Zone, mut facts: ZoneFacts) -> ZoneFacts {
        for key in Key::ALL {
            if let Some(own) = self.given(zone, key) {
                key.put(own.value, &mut facts);
            }
        }
        facts
    }
}

impl Default for Own {
    fn default() -> Self {
        Self::NONE
    }
}

/// A window in order and inside the skin, below the epidermis.
///
/// # Errors
/// The first of the three depths that is out of order, with what bounds it.
pub fn check_window(facts: &ZoneFacts) -> Result<(), SkinError> {
    let Window { least, target, most } = facts.window;
    // Metres and back leaves a last digit that no one wrote.
    let mm = |length: Metres| (length.mm() * 1e9).round() / 1e9;
    let [epidermis, least, target, most, skin] =
        [facts.epidermis, least.length(), target.length(), most.length(), facts.thickness].map(mm);
    within("least_mm", least, [epidermis, target], "mm")?;
    within("target_mm", target, [least, most], "mm")?;
    within("most_mm", most, [target, skin], "mm")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    fn sure(value: f64) -> Estimate {
        Estimate { value, low: 0.9 * value, high: 1.1 * value }
    }

    #[test]
    fn every_key_goes_where_it_belongs() {
        for (k, key) in Key::ALL.into_iter().enumerate() {
            assert_eq!(key as usize, k);
            let zone = Zone::Vertex;
            let facts = zone.facts();
            let value = 1.1 * key.of(&facts);
            let own = Own::NONE.with(zone, key, sure(value)).unwrap();
            let got = own.over(zone, facts);
            for other in Key::ALL {
                let want = if other == key { value } else { other.of(&facts) };
                assert!((other.of(&got) - want).abs() < 1e-12, "{key:?} moved {other:?}");
            }
            assert_eq!(own.over(Zone::Temple, Zone::Temple.facts()), Zone::Temple.facts());
        }
    }

    #[test]
    fn the_table_of_every_zone_is_inside_what_may_be_given() {
        for zone in Zone::ALL {
            let facts = zone.facts();
            check_window(&facts).unwrap();
            for key in Key::ALL {
                Own::NONE.with(zone, key, sure(key.of(&facts))).unwrap();
            }
        }
    }

    #[test]
    fn refuses_values_of_no_skin() {
        for key in Key::ALL {
            let ([least, most], _) = key.range();
            let of = |value| Own::NONE.with(Zone::Temple, key, Estimate { value, low: 0.0, high: f64::MAX });
            for bad in [least - 0.001, 1.001 * most, f64::NAN] {
                assert!(
                    matches!(of(bad), Err(SkinError::OutOfRange { what, .. }) if what == key.name()),
                    "{key:?} {bad}"
                );
            }
            assert!(of(least).is_ok() && of(most).is_ok());
        }
        let crossed = Estimate { value: 1.2, low: 1.3, high: 1.4 };
        assert!(Own::NONE.with(Zone::Temple, Key::Thickness, crossed).is_err());
    }

    #[test]
    fn a_window_is_in_order_and_in_the_skin() {
        let facts = Zone::Temple.facts();
        let bad = |f: &dyn Fn(&mut ZoneFacts)| {
            let mut facts = facts;
            f(&mut facts);
            check_window(&facts).is_err()
        };
        let mm = |v| Penetration::new(Metres::from_mm(v));
        assert!(bad(&|f| f.window.least = mm(0.07)), "inside the epidermis");
        assert!(bad(&|f| f.window.least = mm(0.46)) && bad(&|f| f.window.target = mm(0.71)));
        assert!(bad(&|f| f.window.most = mm(1.39)), "through the skin");
        assert!(bad(&|f| f.window.target = mm(f64::NAN)));
    }
}
