//! What every `[[zone]]` shares: density, dot, depth, kind of skin.

use frames::{Metres, Penetration, PerSquareMetre};
use skin::Person;

use crate::compile::look::look;
use crate::compile::number::{Numbers, which_zone};
use crate::compile::point::control_points;
use crate::compile::{Context, fill, hairline};
use crate::error::{DesignError, Warning, Which};
use crate::shape::{Shape, Zone};
use crate::spec::{ZoneKind, ZoneSpec};

/// Dots per square centimetre over all sessions: skin.md section 6.
const REFUSED_ABOVE: f64 = 150.0;
const WARNED_ABOVE: f64 = 100.0;
/// No needle goes deeper, whatever the scene says: the mechanical stop of skin.md 1.2.
const DEEPEST_MM: f64 = 1.2;
/// Scene default of design.md section 9.
const DEEP_MM: f64 = 0.80;

pub(super) fn zone(
    context: &Context<'_>,
    index: usize,
    written: &ZoneSpec,
    warnings: &mut Vec<Warning>,
) -> Result<Zone, DesignError> {
    let &Context { session, scan, person, scalp, .. } = context;
    let which = which_zone(index, written);
    let number = Numbers { which: &which };
    let hairline = written.kind == ZoneKind::Hairline;
    let feather = 1e-3 * number.of("feather_mm", written.feather_mm, if hairline { 10.0 } else { 8.0 }, 0.1, 60.0)?;
    let skin = written.skin.unwrap_or(if hairline { skin::Zone::FrontalHairline } else { skin::Zone::FrontalMid });
    let window = window(&which, written, skin, person, warnings)?;
    let dots = match written.look {
        Some(wish) => look(context, &which, written, wish, skin, window[1], warnings)?.into(),
        None => dots(&number, written, warnings)?,
    };
    let control = control_points(&which, &written.control_points, scan, Some(scalp))?;
    let shape = if hairline {
        hairline::shape(context, index, written, &control, feather, &number, warnings)?
    } else {
        refuse_hairline_keys(&which, written)?;
        Shape::Fill(fill::closed_loop(&scan.surface, &control, feather))
    };
    Ok(Zone {
        shape,
        density: dots.density.get() * session.share,
        skin,
        window,
        healed: dots.healed,
        shade: dots.shade,
    })
}

/// What the dots of a zone are.
struct Dots {
    /// Over all sessions.
    density: PerSquareMetre,
    healed: Metres,
    shade: f64,
}

impl From<skin::Look> for Dots {
    fn from(look: skin::Look) -> Self {
        Self { density: look.density, healed: look.diameter, shade: look.shade }
    }
}

/// The dots as written, where no look is wanted.
fn dots(number: &Numbers<'_>, written: &ZoneSpec, warnings: &mut Vec<Warning>) -> Result<Dots, DesignError> {
    let which = number.which;
    let Some(density) = written.density_per_cm2 else { return Err(DesignError::NoDensity { which: which.clone() }) };
    if !(density >= 0.0 && density.is_finite()) {
        return Err(DesignError::NotADensity { which: which.clone(), value: density, most: REFUSED_ABOVE });
    }
    if density > REFUSED_ABOVE {
        return Err(DesignError::TooDense { which: which.clone(), value: density, most: REFUSED_ABOVE });
    }
    if density > WARNED_ABOVE {
        warnings.push(Warning::Dense { which: which.clone(), value: density });
    }
    let shade = number.of("shade", written.shade, 0.5, 0.0, 1.0)?;
    // Blow-out alarm above 0.45 mm: skin.md section 6.
    let usual = if written.kind == ZoneKind::Hairline { 0.15 } else { 0.25 };
    let healed = Metres::from_mm(number.of("healed_mm", written.healed_mm, usual, 0.05, 0.45)?);
    Ok(Dots { density: PerSquareMetre::from_per_cm2(density), healed, shade })
}

fn window(
    which: &Which,
    written: &ZoneSpec,
    skin: skin::Zone,
    person: &Person,
    warnings: &mut Vec<Warning>,
) -> Result<[Penetration; 3], DesignError> {
    let Some(p) = written.penetration_mm else {
        let window = person.facts(skin).window;
        return Ok([window.least, window.target, window.most]);
    };
    if !(0.0 < p.least && p.least <= p.target && p.target <= p.most) {
        return Err(DesignError::Window { which: which.clone(), least: p.least, target: p.target, most: p.most });
    }
    Numbers { which }.of("penetration_mm.most", Some(p.most), 0.0, 0.0, DEEPEST_MM)?;
    if p.most > DEEP_MM {
        warnings.push(Warning::Deep { which: which.clone(), most_mm: p.most });
    }
    Ok([p.least, p.target, p.most].map(|mm| Penetration::new(Metres::from_mm(mm))))
}

fn refuse_hairline_keys(which: &Which, written: &ZoneSpec) -> Result<(), DesignError> {
    let given = [
        ("depth_mm", written.depth_mm.is_some()),
        ("ramp_mm", written.ramp_mm.is_some()),
        ("irregularity", written.irregularity.is_some()),
        ("sentinels_per_cm", written.sentinels_per_cm.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((key, _)) => Err(DesignError::WrongKind { which: which.clone(), key, belongs_to: "hairline" }),
        None => Ok(()),
    }
}
