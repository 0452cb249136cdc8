//! `look` of a zone: the dots that have a wanted shade.
//!
//! In: the wish, the zone's kind of skin and depth, the person, the ladder. Out: density, healed diameter, shade and the
//! ink they take. Absent: the law and the rule that picks one stipple of many; they are in `skin`.

use frames::Penetration;
use skin::{Tone, Wish};

use crate::compile::Context;
use crate::error::{DesignError, Which};
use crate::spec::{LookSpec, ZoneSpec};

/// What `look` finds for a zone whose tips go to `target`.
pub(super) fn look(
    context: &Context<'_>,
    which: &Which,
    written: &ZoneSpec,
    wish: LookSpec,
    skin: skin::Zone,
    target: Penetration,
) -> Result<skin::Look, DesignError> {
    let given = [
        ("density_per_cm2", written.density_per_cm2.is_some()),
        ("density_factor", written.density_factor.is_some()),
        ("healed_mm", written.healed_mm.is_some()),
        ("shade", written.shade.is_some()),
        ("dilution", written.dilution.is_some()),
        ("mix", written.mix.is_some()),
    ];
    if let Some((key, _)) = given.into_iter().find(|(_, given)| *given) {
        return Err(DesignError::LookAnd { which: which.clone(), key });
    }
    let tone = match wish {
        LookSpec { lightness: Some(l), darken: None, match_stubble: false } => Tone::Lightness(l),
        LookSpec { lightness: None, darken: Some(by), match_stubble: false } => Tone::Darken(by),
        LookSpec { lightness: None, darken: None, match_stubble: true } => Tone::MatchStubble,
        _ => return Err(DesignError::LookChoice { which: which.clone() }),
    };
    let refused = |why| DesignError::Look { which: which.clone(), why };
    let mut wish = Wish::new(context.person, skin, tone, None).map_err(refused)?;
    wish.tip = target;
    wish.density[1] = skin::densest(&[context.session.largest]);
    skin::look(&wish).map_err(refused)
}
