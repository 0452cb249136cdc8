//! How black a dot shall be: `shade`, or `dilution` of the ink.
//!
//! In: a zone as written, its skin, the healed diameter. Out: the part of the light across a healed dot that it takes,
//! `1-exp(-mu*d)`, with `mu` of the ink six weeks after (skin.md 3.4, 3.5).

use frames::Metres;
use skin::{Dilution, Person};

use crate::compile::number::Numbers;
use crate::error::DesignError;
use crate::shape::Ground;
use crate::spec::ZoneSpec;

/// One step lighter than a shade whose ink is not known: from 1:10 to 1:15, the middle of the steps of skin.md 1.8.
const LIGHTER: f64 = 11.0 / 16.0;

/// `first`: the first session in a scar, one step lighter (skin.md 1.11).
pub(super) fn shade(
    person: &Person,
    number: &Numbers<'_>,
    written: &ZoneSpec,
    ground: &Ground,
    healed: Metres,
    first: bool,
) -> Result<f64, DesignError> {
    let Some(parts) = written.dilution else {
        let shade = number.of("shade", written.shade, 0.5, 0.0, 1.0)?;
        return Ok(if first { 1.0 - (1.0 - shade).powf(LIGHTER) } else { shade });
    };
    let parts = number.of("dilution", Some(parts), 0.0, 0.0, 50.0)?;
    let out_of_range = |_| DesignError::OutOfRange {
        which: number.which.clone(),
        key: "dilution",
        value: parts,
        least: 0.0,
        most: 50.0,
    };
    let kind = ground.first();
    let facts = person.facts(kind.skin);
    let kept = facts.retained(kind.window[1]).map_err(out_of_range)?;
    let amount = skin::amount(kept, skin::HEALED, 1.0).map_err(out_of_range)?;
    let meant = Dilution::try_new(parts).map_err(out_of_range)?;
    let ink = if first { skin::first_ink(kind.skin, meant) } else { meant };
    Ok(-(-skin::absorption(ink, amount) * healed.get()).exp_m1())
}
