//! What every `[[zone]]` shares: density, dot, depth, kind of skin, hair.

use frames::{Dir, File, Metres, Penetration, PerSquareMetre};
use nalgebra::Vector3;

use crate::compile::look::look;
use crate::compile::number::{Numbers, which_zone};
use crate::compile::point::control_points;
use crate::compile::{Context, band, crown, dots, fill, ground, hairline, ink, keys, mask, mix, needle, whole};
use crate::error::{DesignError, Which};
use crate::shape::{Combed, Ground, Part, Shape, Zone};
use crate::spec::{ZoneKind, ZoneSpec};

/// One step of dilution, 1:15 to 1:20: skin.md 1.8.
const STEP_LIGHTER: f64 = 0.75;
/// Healed dot at the very front of a hairline: skin.md 1.1.
const FRONT_MM: f64 = 0.12;
/// Denser than the person's own hair by this much is a slip of the pen; scars have 1.2 (skin.md 1.3).
const MOST_FACTOR: f64 = 1.5;
/// No needle goes deeper, whatever the scene says: the mechanical stop of skin.md 1.2.
const DEEPEST_MM: f64 = 1.2;

/// What a kind takes where the scene says nothing.
struct Usual {
    healed_mm: f64,
    feather_mm: f64,
    /// Of the natural density.
    factor: Option<f64>,
    /// `None`: by region.
    skin: Option<skin::Zone>,
}

/// Diameters: skin.md 1.1 and, for dot scars, 1.11. Feathers: stipple.md 6.2 step 3, scars 5-10 mm (skin.md 1.3).
fn usual(written: &ZoneSpec) -> Usual {
    let row = |healed_mm, feather_mm, factor, skin| Usual { healed_mm, feather_mm, factor, skin };
    match written.kind {
        ZoneKind::Hairline => row(0.18, 10.0, None, Some(skin::Zone::FrontalHairline)),
        ZoneKind::Fill => row(0.25, 8.0, None, Some(skin::Zone::FrontalMid)),
        ZoneKind::Scalp => row(0.25, 20.0, written.regions.map(|_| 1.0), None),
        ZoneKind::Crown => row(0.25, 20.0, None, Some(skin::Zone::Vertex)),
        ZoneKind::ScarLine => row(0.20, 7.0, Some(1.1), Some(skin::Zone::FutScar)),
        ZoneKind::ScarDots => row(0.15, 6.0, Some(1.1), Some(skin::Zone::FueScar)),
        ZoneKind::Parting => row(0.15, 20.0, None, Some(skin::Zone::FrontalMid)),
        ZoneKind::Mask => row(0.25, 8.0, None, None),
    }
}

pub(super) fn zone(context: &Context<'_>, index: usize, written: &ZoneSpec) -> Result<Zone, DesignError> {
    let &Context { scan, scalp, .. } = context;
    let which = which_zone(index, written);
    keys::check(&which, written)?;
    if let Some(text) = &written.needle {
        needle::needle(&which, text)?;
    }
    let usual = usual(written);
    let number = Numbers { which: &which };
    let feather = 1e-3 * number.of("feather_mm", written.feather_mm, usual.feather_mm, 0.1, 60.0)?;
    let window = window(&which, written)?;
    let ground = ground::ground(context, &number, written, usual.skin, window)?;
    let scar = usual.skin.is_some_and(skin::Zone::is_scar);
    let first = scar && context.spec.session.number == 1 && context.spec.session.of > 1;
    let Part { skin, window: [_, target, _], .. } = *ground.first();
    let look = written.look.map(|wish| look(context, &which, written, wish, skin, target)).transpose()?;
    let dots = match look {
        Some(look) => look.into(),
        None => dots(context, &number, written, &usual, &ground, first)?,
    };
    let kinds = mix::mix(&number, written, dots.healed, dots.shade)?;
    let dots = match mix::mean(&kinds) {
        Some((healed, shade)) => Dots { healed, shade, ..dots },
        None => dots,
    };
    let front = if written.kind == ZoneKind::Hairline { Some(front(&number, written, &dots)?) } else { None };
    let on_scalp = || control_points(&which, &written.control_points, scan, Some(scalp));
    let shape = match written.kind {
        ZoneKind::Hairline => {
            let control = on_scalp()?;
            hairline::shape(context, index, written, &control, feather, &number)?
        }
        ZoneKind::Fill => Shape::Fill(fill::patch(&which, scan, scalp, &on_scalp()?, feather)?),
        ZoneKind::Scalp => Shape::Whole(Box::new(whole::whole(context, &which, written, feather)?)),
        ZoneKind::Crown => Shape::Crown(crown::oval(context, &number, written, feather)?),
        ZoneKind::ScarLine | ZoneKind::Parting => Shape::Band(band::band(context, &number, written, feather)?),
        ZoneKind::ScarDots => Shape::Spots(dots::spots(context, &number, written, feather)?),
        ZoneKind::Mask => Shape::Mask(Box::new(mask::mask(context, &number, written)?)),
    };
    let kind = if scar { skin::Zone::FutScar } else { skin::Zone::FrontalMid };
    Ok(Zone {
        shape,
        density: dots.density.get(),
        rung: context.session.rung(kind),
        ladder: context.session.ladder(kind),
        ground,
        healed: dots.healed,
        shade: dots.shade,
        kinds,
        front,
        look,
        hair: combed(context, &number, written)?,
        bare: written.bare.unwrap_or(written.kind == ZoneKind::ScarLine),
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

/// The dots as written, where no look is wanted. `first`: the first session in a scar.
fn dots(
    context: &Context<'_>,
    number: &Numbers<'_>,
    written: &ZoneSpec,
    usual: &Usual,
    ground: &Ground,
    first: bool,
) -> Result<Dots, DesignError> {
    let density = density(context, number.which, written, usual.factor)?;
    // Blow-out alarm above 0.45 mm: skin.md section 6.
    let healed = Metres::from_mm(number.of("healed_mm", written.healed_mm, usual.healed_mm, 0.05, 0.45)?);
    let shade = ink::shade(context.person, number, written, ground, healed, first)?;
    Ok(Dots { density: PerSquareMetre::from_per_cm2(density), healed, shade })
}

/// Dots per square centimetre over all sessions.
fn density(context: &Context<'_>, which: &Which, written: &ZoneSpec, usual: Option<f64>) -> Result<f64, DesignError> {
    let natural = context.person.follicular_units().per_cm2();
    let factor = match written.density_factor {
        Some(factor) => Some(Numbers { which }.of("density_factor", Some(factor), 1.0, 0.0, MOST_FACTOR)?),
        None => usual,
    };
    let Some(density) = written.density_per_cm2.or(factor.map(|f| f * natural)) else {
        return Err(DesignError::NoDensity { which: which.clone() });
    };
    if !(density >= 0.0 && density.is_finite()) {
        return Err(DesignError::NotADensity { which: which.clone(), value: density, most: skin::HELMET.per_cm2() });
    }
    Ok(density)
}

/// Healed diameter and shade at the very front of a hairline: finer and a step lighter.
fn front(number: &Numbers<'_>, written: &ZoneSpec, behind: &Dots) -> Result<(Metres, f64), DesignError> {
    let finer = behind.healed.mm().min(FRONT_MM);
    let finer = number.of("healed_front_mm", written.healed_front_mm, finer, 0.05, 0.45)?;
    let lighter = number.of("shade_front", written.shade_front, STEP_LIGHTER * behind.shade, 0.0, 1.0)?;
    Ok((Metres::from_mm(finer), lighter))
}

/// As written in the scene, if it is.
fn window(which: &Which, written: &ZoneSpec) -> Result<Option<[Penetration; 3]>, DesignError> {
    let Some(p) = written.penetration_mm else { return Ok(None) };
    if !(0.0 < p.least && p.least <= p.target && p.target <= p.most) {
        return Err(DesignError::Window { which: which.clone(), least: p.least, target: p.target, most: p.most });
    }
    Numbers { which }.of("penetration_mm.most", Some(p.most), 0.0, 0.0, DEEPEST_MM)?;
    Ok(Some([p.least, p.target, p.most].map(|mm| Penetration::new(Metres::from_mm(mm)))))
}

fn combed(context: &Context<'_>, number: &Numbers<'_>, written: &ZoneSpec) -> Result<Option<Combed>, DesignError> {
    if let Some(deg) = written.hair_deg {
        let turn = number.of("hair_deg", Some(deg), 0.0, -180.0, 180.0)?.to_radians();
        return Ok(Some(Combed::Turned(turn.cos(), turn.sin())));
    }
    let Some(way) = written.hair else { return Ok(None) };
    // A direction that overflows is none either.
    let way = Dir::<File>::try_from_vector(Vector3::from(way))
        .ok_or_else(|| DesignError::NoDirection { which: number.which.clone() })?;
    Ok(Some(Combed::Towards((context.scan.head_from_file * way).get().into_inner())))
}
