//! Which key belongs to which kind of zone.
//!
//! In: a `[[zone]]` as written. Out: nothing, or an error that names where the key would be right. Keys that every kind has
//! are not listed.

use crate::error::{DesignError, Which};
use crate::spec::{ZoneKind, ZoneSpec};

use ZoneKind::{Crown, Fill, Hairline, Mask, Parting, Scalp, ScarDots, ScarLine};

type Key = (&'static str, fn(&ZoneSpec) -> bool, &'static [ZoneKind]);

const KEYS: &[Key] = &[
    ("control_points", |z| !z.control_points.is_empty(), &[Hairline, Fill, ScarLine, Parting]),
    ("line", |z| z.line.is_some(), &[Hairline]),
    ("healed_front_mm", |z| z.healed_front_mm.is_some(), &[Hairline]),
    ("shade_front", |z| z.shade_front.is_some(), &[Hairline]),
    ("points", |z| !z.points.is_empty(), &[ScarDots]),
    ("points_file", |z| z.points_file.is_some(), &[ScarDots]),
    ("front", |z| z.front.is_some(), &[Scalp]),
    ("regions", |z| z.regions.is_some(), &[Scalp]),
    ("centre", |z| z.centre.is_some(), &[Crown]),
    ("radius_mm", |z| z.radius_mm.is_some(), &[Crown, ScarDots]),
    ("radii_mm", |z| z.radii_mm.is_some(), &[Crown]),
    ("width_mm", |z| z.width_mm.is_some(), &[ScarLine, Parting]),
    ("mask", |z| z.mask.is_some(), &[Mask]),
    ("feather_mm", |z| z.feather_mm.is_some(), &[Hairline, Fill, Scalp, Crown, ScarLine, ScarDots, Parting]),
    ("depth_mm", |z| z.depth_mm.is_some(), &[Hairline]),
    ("ramp_mm", |z| z.ramp_mm.is_some(), &[Hairline]),
    ("irregularity", |z| z.irregularity.is_some(), &[Hairline]),
    ("sentinels_per_cm", |z| z.sentinels_per_cm.is_some(), &[Hairline]),
];

/// The first pair of keys that say the same thing twice.
const EITHER: &[(Key2, Key2)] = &[
    (("density_per_cm2", |z| z.density_per_cm2.is_some()), ("density_factor", |z| z.density_factor.is_some())),
    (("shade", |z| z.shade.is_some()), ("dilution", |z| z.dilution.is_some())),
    (("hair", |z| z.hair.is_some()), ("hair_deg", |z| z.hair_deg.is_some())),
    (("radius_mm", |z| z.radius_mm.is_some()), ("radii_mm", |z| z.radii_mm.is_some())),
    (("points", |z| !z.points.is_empty()), ("points_file", |z| z.points_file.is_some())),
];

type Key2 = (&'static str, fn(&ZoneSpec) -> bool);

pub(super) fn check(which: &Which, written: &ZoneSpec) -> Result<(), DesignError> {
    for (key, given, kinds) in KEYS {
        if given(written) && !kinds.contains(&written.kind) {
            let belongs_to = kinds.iter().map(|k| format!("\"{}\"", k.name())).collect::<Vec<_>>().join(" or ");
            return Err(DesignError::WrongKind { which: which.clone(), key, belongs_to });
        }
    }
    for ((one, a), (other, b)) in EITHER {
        if a(written) && b(written) {
            return Err(DesignError::Twice { which: which.clone(), one, other });
        }
    }
    Ok(())
}

impl ZoneKind {
    /// As written in a scene.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Hairline => "hairline",
            Fill => "fill",
            Scalp => "scalp",
            Crown => "crown",
            ScarLine => "scar_line",
            ScarDots => "scar_dots",
            Parting => "parting",
            Mask => "mask",
        }
    }
}
