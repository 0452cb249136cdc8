//! `mix`: dots of several sizes or shades in one zone.
//!
//! In: a zone as written, its usual dot. Out: the kinds of dot with their shares, and the mean dot, which has the tone of
//! them all: what the rules and the sheet reckon with. Absent: which dot is of which kind; `stipple` deals them out.

use frames::Metres;

use crate::compile::number::Numbers;
use crate::error::DesignError;
use crate::shape::Kind;
use crate::spec::ZoneSpec;

/// Kinds of dot in one zone.
const MOST: usize = 6;
/// A smaller share of a zone is no kind but a fault.
const LEAST_SHARE: f64 = 0.02;
/// What a person rounds when writing shares.
const ROUNDING: f64 = 1e-6;

/// The kinds of a zone whose usual dot has this diameter and shade; none where the zone has no `mix`.
pub(super) fn mix(
    number: &Numbers<'_>,
    written: &ZoneSpec,
    healed: Metres,
    shade: f64,
) -> Result<Vec<Kind>, DesignError> {
    let Some(mix) = &written.mix else { return Ok(Vec::new()) };
    let which = number.which;
    if !(2..=MOST).contains(&mix.len()) {
        return Err(DesignError::MixCount { which: which.clone(), count: mix.len(), most: MOST });
    }
    // A default that no kind falls back to would be read and forgotten.
    if written.healed_mm.is_some() && mix.iter().all(|k| k.healed_mm.is_some()) {
        return Err(DesignError::Twice { which: which.clone(), one: "healed_mm", other: "mix.healed_mm" });
    }
    for (given, key) in [(written.shade.is_some(), "shade"), (written.dilution.is_some(), "dilution")] {
        if given && mix.iter().all(|k| k.shade.is_some()) {
            return Err(DesignError::Twice { which: which.clone(), one: key, other: "mix.shade" });
        }
    }
    let kind = |k: &crate::spec::MixSpec| {
        let share = number.of("mix.share", Some(k.share), 0.0, LEAST_SHARE, 1.0)?;
        let own = Metres::from_mm(number.of("mix.healed_mm", k.healed_mm, healed.mm(), 0.05, 0.45)?);
        // The same ink across more or less of a dot: light falls off exponentially (skin.md 3.5).
        let same_ink = 1.0 - (1.0 - shade).powf(own / healed);
        Ok(Kind { share, healed: own, shade: number.of("mix.shade", k.shade, same_ink, 0.0, 1.0)? })
    };
    let kinds = mix.iter().map(kind).collect::<Result<Vec<Kind>, DesignError>>()?;
    let sum: f64 = kinds.iter().map(|k| k.share).sum();
    if (sum - 1.0).abs() > ROUNDING {
        return Err(DesignError::MixShares { which: which.clone(), sum });
    }
    Ok(kinds)
}

/// The dot that has the tone of them all: absorbing columns add up as diameter times shade (skin.md 3.5).
pub(super) fn mean(kinds: &[Kind]) -> Option<(Metres, f64)> {
    let healed: f64 = kinds.iter().map(|k| k.share * k.healed.get()).sum();
    let tone: f64 = kinds.iter().map(|k| k.share * k.healed.get() * k.shade).sum();
    (healed > 0.0).then(|| (Metres::new(healed), tone / healed))
}
