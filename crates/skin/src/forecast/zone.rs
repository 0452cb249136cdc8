//! How a zone of many dots heals.
//!
//! In: the person, the zone, dots per area, the outlook of its dots at one age. Out: [`ZoneOutlook`]: their means and the L*
//! that the zone is predicted to have. Absent: where the dots are, uniformity.
//! Source: skin.md 3.5b; the areas of the dots add up, then crowd ([`crate::load_of`]).

use frames::{Metres, PerSquareMetre};

use crate::error::within;
use crate::forecast::{BEYOND_MOST, Strength};
use crate::optics::{lightness_of, reflectance_of};
use crate::{Age, HELMET, LAW_ERROR, Outlook, Person, SkinError, Speck, Zone, hue_shift, load_of};

/// L* and where the true one lies, 95 of 100.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Toned {
    /// Expected.
    pub lightness: f64,
    /// Darker and lighter end: the law's own error, side light that differs between people, retention and fade.
    pub between: [f64; 2],
}

/// What has become of the dots of a zone; means over its dots.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ZoneOutlook {
    /// When.
    pub age: Age,
    /// How many outlooks it rests on.
    pub dots: usize,
    /// Of the dots that have not shed.
    pub diameter: Metres,
    /// How far they differ from it, one standard deviation.
    pub diameter_sd: Metres,
    /// Pigment left over what was put in.
    pub amount: f64,
    /// Part of the light across a dot that it takes.
    pub shade: f64,
    /// Of the zone; or why no law says so.
    pub tone: Result<Toned, SkinError>,
    /// How far the dots turn the colour of the skin, `[da*, db*]`, by the mean dot; negative `db*` is bluer. Or why no law says so.
    pub hue: Result<[f64; 2], SkinError>,
    /// Part of the dots that has left with the epidermis by now.
    pub shed: f64,
    /// Part of the dots that has blown out or will.
    pub blow_out: f64,
}

impl ZoneOutlook {
    /// Of `dots` at one age, `density` of them, of this outlook each, on average. `None` without a dot.
    pub fn of(person: &Person, zone: Zone, density: PerSquareMetre, dots: &[Outlook]) -> Option<Self> {
        let first = dots.first()?;
        let n = dots.len() as f64;
        let mean = |f: &dyn Fn(&Outlook) -> f64| dots.iter().map(f).sum::<f64>() / n;
        let staying = dots.iter().map(|d| 1.0 - d.shed).sum::<f64>().max(f64::MIN_POSITIVE);
        let kept = |f: &dyn Fn(&Outlook) -> f64| dots.iter().map(|d| (1.0 - d.shed) * f(d)).sum::<f64>() / staying;
        let diameter = kept(&|d| d.diameter.get());
        let square = kept(&|d| d.diameter_sd.get().powi(2) + d.diameter.get().powi(2));
        let strength = mean_strength(dots);
        Some(Self {
            age: first.age,
            dots: dots.len(),
            diameter: Metres::new(diameter),
            diameter_sd: Metres::new((square - diameter * diameter).max(0.0).sqrt()),
            amount: mean(&|d| d.amount),
            shade: mean(&|d| d.shade),
            tone: strength.and_then(|s| tone(person, zone, density, &s)),
            hue: mean_speck(dots).map_or(Ok([0.0, 0.0]), |speck| hue_shift(person.colour(), &speck, density)),
            shed: mean(&|d| d.shed),
            blow_out: mean(&|d| d.blow_out),
        })
    }
}

/// Column, width and ink of the mean dot that is still seen.
fn mean_speck(dots: &[Outlook]) -> Option<Speck> {
    let all: Vec<&Speck> = dots.iter().filter_map(|d| d.speck.as_ref()).collect();
    let first = all.first()?;
    let n = all.len() as f64;
    let mean = |f: &dyn Fn(&Speck) -> f64| all.iter().map(|s| f(s)).sum::<f64>() / n;
    Some(Speck {
        diameter: Metres::new(mean(&|s| s.diameter.get())),
        column: [0, 1].map(|k: usize| Metres::new(mean(&|s| s.column[k].get()))),
        absorption: mean(&|s| s.absorption),
        side_light: first.side_light,
    })
}

/// Of the dots that the optical law reaches; they speak for the others as long as those are few ([`BEYOND_MOST`]).
fn mean_strength(dots: &[Outlook]) -> Result<Strength, SkinError> {
    let mut sum = Strength { value: 0.0, weak: 0.0, strong: 0.0 };
    let (mut n, mut why) = (0_u32, None);
    for dot in dots {
        match &dot.strength {
            Ok(s) => {
                sum = Strength { value: sum.value + s.value, weak: sum.weak + s.weak, strong: sum.strong + s.strong };
                n += 1;
            }
            Err(e) => why = why.or(Some(*e)),
        }
    }
    match why {
        Some(why) if dots.len() as f64 - f64::from(n) > BEYOND_MOST * dots.len() as f64 => Err(why),
        _ => {
            let n = f64::from(n);
            Ok(Strength { value: sum.value / n, weak: sum.weak / n, strong: sum.strong / n })
        }
    }
}

/// L* of a zone with `density` dots of this mean strength.
///
/// # Errors
/// More dots than [`HELMET`]: they merge.
pub fn tone(person: &Person, zone: Zone, density: PerSquareMetre, dot: &Strength) -> Result<Toned, SkinError> {
    within("density", density.per_cm2(), [0.0, HELMET.per_cm2() + 1e-9], "dots/cm2")?;
    let bare = reflectance_of(person.lightness());
    let under = |load: f64| lightness_of(bare * (-load).exp());
    let load = load_of(density.get() * dot.value)?;
    let (weak, strong) = (load_of(density.get() * dot.weak)?, load_of(density.get() * dot.strong)?);
    // Errors that have nothing to do with each other; as parts of the exponent.
    let common = LAW_ERROR.hypot(person.side_light_unsure(zone));
    let off = |by: f64| if load > 0.0 { common.hypot((by - load) / load) } else { common };
    let darkest = load * (1.0 + off(strong));
    let lightest = load * (1.0 - off(weak)).max(0.0);
    Ok(Toned { lightness: under(load), between: [under(darkest), under(lightest)] })
}
