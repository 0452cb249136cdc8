//! How much tone one dot or one hair adds: its load.
//!
//! In: a dot as wanted, or as it really is; a person. Out: the area of skin whose light the dot takes, m² (`skin::dot_area`),
//! and the L* of skin whose dots take a share of its light (`skin::load_of`). Absent: places, and any range check: a dot
//! outside the range of the law is held at its edge. Everything is healed, six weeks after.

use design::{Fields, Wanted};
use frames::{Dir, Head, Metres, Penetration, PerSquareMetre, Point, Span};
use simulate::Hit;
use skin::{Group, Person, ZoneFacts};
use stipple::Site;

/// Skins, dots and columns for which the law holds (`skin::dot_area`): L*, and mm.
const SKINS: [f64; 2] = [32.0, 72.0];
const DIAMETERS: [Metres; 2] = [Metres::from_mm(0.06), Metres::from_mm(0.40)];
const DEPTHS: [Metres; 2] = [Metres::from_mm(0.05), Metres::from_mm(1.20)];
const SHORTEST: Metres = Metres::from_mm(0.01);
/// Greatest share for which light was followed.
const MOST: f64 = 3.0;
/// Hairs of a follicular unit, mean (stipple.md 5.1, Han Chinese; as `existing` draws them).
const HAIRS_PER_UNIT: f64 = 0.2838 + 2.0 * 0.5262 + 3.0 * 0.19;

/// A dot in the skin.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Dot {
    tip: Penetration,
    epidermis: Metres,
    diameter: Metres,
    /// Of its column, 1/m.
    absorption: f64,
}

/// Of a dot of the pattern, if all goes as wanted.
pub(crate) fn of_site(person: &Person, site: &Site) -> f64 {
    let facts = person.facts(site.zone);
    load(person, &facts, &wanted(&facts, site.target, site.healed, site.shade))
}

/// Of a dot at a place of the design.
pub(crate) fn of_wanted(person: &Person, at: &Wanted) -> f64 {
    let facts = person.facts(at.zone);
    load(person, &facts, &wanted(&facts, at.target, at.healed, at.shade))
}

/// Of a dot at a place of the design, the mean where a zone mixes kinds of dot.
pub(crate) fn of_place(person: &Person, fields: &Fields, at: Point<Head>, normal: Dir<Head>) -> f64 {
    let wanted = fields.at(at, normal);
    let shares = fields.mix(wanted.zone_index);
    if shares.is_empty() {
        return of_wanted(person, &wanted);
    }
    let of = |(kind, share): (usize, f64)| share * of_wanted(person, &fields.at_kind(at, normal, kind as u8));
    shares.into_iter().enumerate().map(of).sum()
}

/// Of a dot at a place of the design, at an age; `None` beyond the laws of healing. The same pigment in a wider column is
/// thinner.
pub(crate) fn of_wanted_at(person: &Person, at: &Wanted, age: Span) -> Option<f64> {
    let facts = person.facts(at.zone);
    let retained = facts.retained(at.target).ok()?;
    let left = |age| skin::faded(retained, age, &person.fade).ok();
    let diameter = skin::diameter_at(at.healed, age).ok()?;
    let healed = wanted(&facts, at.target, at.healed, at.shade);
    let thinner = left(age)? / left(skin::HEALED)? * (at.healed / diameter).powi(2);
    let dot = Dot { diameter, absorption: (healed.absorption * thinner).min(skin::BLACK), ..healed };
    Some(load(person, &facts, &dot))
}

/// Of the dot that the rehearsal's needle really made. Against the wanted one it is wider where it went deeper (skin.md 3.3),
/// its hole took more or less ink, more or less of that stays, and all of it is in a longer or shorter column.
pub(crate) fn of_hit(person: &Person, site: &Site, hit: &Hit) -> f64 {
    let facts = person.facts(site.zone);
    let plan = wanted(&facts, site.target, site.healed, site.shade);
    let real = Hole { tip: hit.penetration, epidermis: hit.skin.epidermis, thickness: hit.skin.thickness };
    let aimed = Hole { tip: site.target, epidermis: facts.epidermis, thickness: facts.thickness };
    let (Some(is), Some(was)) = (real.diameter(&facts), aimed.diameter(&facts)) else { return 0.0 };
    let diameter = (plan.diameter + (is - was)).max(Metres::from_mm(0.01));
    let fill = hit.skin.fill / skin::Local::nominal(&facts).fill;
    let (Some(there), Some(wanted)) = (real.pigment(), aimed.pigment()) else { return 0.0 };
    // The same pigment in a wider column is thinner.
    let denser = fill * there / wanted * (plan.diameter / diameter).powi(2);
    let dot = Dot {
        tip: real.tip,
        epidermis: real.epidermis,
        diameter,
        absorption: (plan.absorption * denser).min(skin::BLACK),
    };
    load(person, &facts, &dot)
}

/// Of a follicular unit, shaved; 0 where the person's hair is outside the range of its law.
pub(crate) fn of_hair(person: &Person) -> f64 {
    let bare = person.lightness();
    let stubble = person.stubble();
    let Ok(under) = stubble.lightness(bare) else { return 0.0 };
    let load = (skin::reflectance_of(bare) / skin::reflectance_of(under)).ln();
    // The share of a whole head of stubble: the load rises with it.
    let [mut low, mut high] = [0.0, MOST];
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        if load_of(middle) < load { low = middle } else { high = middle }
    }
    HAIRS_PER_UNIT * low / stubble.hairs.get()
}

/// L* of skin whose dots take this share of its light.
pub(crate) fn lightness(person: &Person, share: f64) -> f64 {
    skin::lightness_of(skin::reflectance_of(person.lightness()) * (-load_of(share)).exp())
}

/// How much darker a little more makes it, L* a unit of share: `(L*+16)/3` a unit of load, and loads crowd.
pub(crate) fn slope(person: &Person, share: f64) -> f64 {
    let step = 1e-6;
    (lightness(person, share) + 16.0) / 3.0 * (load_of(share + step) - load_of(share)) / step
}

fn load_of(share: f64) -> f64 {
    // Inside the range there is no error.
    skin::load_of(share.clamp(0.0, MOST)).unwrap_or(0.0)
}

fn wanted(facts: &ZoneFacts, tip: Penetration, healed: Metres, shade: f64) -> Dot {
    // `shade` is the part of the light across the healed dot that it takes, `1-exp(-mu*d)`.
    let absorption = (-(1.0 - shade.clamp(0.0, 1.0)).ln() / healed.get()).min(skin::BLACK);
    Dot { tip, epidermis: facts.epidermis, diameter: healed, absorption }
}

fn load(person: &Person, facts: &ZoneFacts, dot: &Dot) -> f64 {
    let Some([top, bottom]) = skin::column(dot.tip, dot.epidermis) else { return 0.0 };
    let [shallow, deep] = DEPTHS;
    let bottom = bottom.max(shallow + SHORTEST).min(deep);
    let stipple = skin::Stipple {
        lightness: person.lightness().clamp(SKINS[0], SKINS[1]),
        density: PerSquareMetre::ZERO,
        diameter: dot.diameter.max(DIAMETERS[0]).min(DIAMETERS[1]),
        column: [top.max(shallow).min(bottom - SHORTEST), bottom],
        absorption: dot.absorption,
    };
    skin::dot_area(&stipple).map_or(0.0, |area| facts.side_light * area)
}

/// What a needle left; nothing is told of depths beyond the laws of healing.
struct Hole {
    tip: Penetration,
    epidermis: Metres,
    thickness: Metres,
}

impl Hole {
    /// As any needle would heal at this depth: only differences count.
    fn diameter(&self, facts: &ZoneFacts) -> Option<Metres> {
        facts.dot.healed(self.tip, &Group::ONE, self.thickness).ok()
    }

    /// Retained pigment per length of column, over that of a full hole; `None` where nothing stays. The hole is a cone: its
    /// ink goes with its depth (skin.md 3.2).
    fn pigment(&self) -> Option<f64> {
        let [top, bottom] = skin::column(self.tip, self.epidermis)?;
        let kept = skin::retained(self.tip, self.epidermis, self.thickness).ok()?;
        Some(self.tip.get() * kept / (bottom - top).get())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;
    use skin::{Stipple, Zone};

    fn mm(v: f64) -> Metres {
        Metres::from_mm(v)
    }

    fn at(target: f64, healed: f64, shade: f64) -> Wanted {
        let deep = |v| Penetration::new(mm(v));
        Wanted {
            density: PerSquareMetre::from_per_cm2(50.0),
            zone: Zone::FrontalMid,
            zone_index: 0,
            target: deep(target),
            least: deep(0.3),
            most: deep(0.8),
            healed: mm(healed),
            shade,
            hair: None,
        }
    }

    /// Inside its range the sum over dots is the law.
    #[test]
    fn dots_add_up_to_the_law() {
        for person in [Person::LIGHT, Person::MEDIUM, Person::DARK] {
            let (density, wanted) = (PerSquareMetre::from_per_cm2(80.0), at(0.5, 0.2, 0.6));
            let column = skin::column(wanted.target, person.facts(wanted.zone).epidermis).unwrap();
            let law = skin::reflectance(&Stipple {
                lightness: person.lightness(),
                density,
                diameter: wanted.healed,
                column,
                absorption: -(0.4_f64).ln() / wanted.healed.get(),
            });
            let got = lightness(&person, of_wanted(&person, &wanted) * density.get());
            assert!((got - skin::lightness_of(law.unwrap())).abs() < 1e-9, "{got}");
        }
    }

    #[test]
    fn the_slope_is_that_of_the_lightness() {
        let person = Person::LIGHT;
        let step = 1e-6;
        let numeric = (lightness(&person, 0.2) - lightness(&person, 0.2 + step)) / step;
        assert!((numeric - slope(&person, 0.2)).abs() < 1e-3, "{numeric}");
    }

    /// A full head of shaved hair is as dark as `skin::Stubble` says.
    #[test]
    fn hair_has_the_tone_of_stubble() {
        let person = Person::LIGHT;
        let units = person.stubble().hairs.get() / HAIRS_PER_UNIT;
        let got = lightness(&person, of_hair(&person) * units);
        assert!((got - person.stubble().lightness(person.lightness()).unwrap()).abs() < 1e-9, "{got}");
    }

    #[test]
    fn dots_fade() {
        let (person, dot) = (Person::LIGHT, at(0.5, 0.2, 0.6));
        let of = |age| of_wanted_at(&person, &dot, age).unwrap();
        let [fresh, healed, old] = [Span::ZERO, skin::HEALED, skin::years(5.0)].map(of);
        assert!((healed - of_wanted(&person, &dot)).abs() < 1e-15 && fresh > healed && old < healed);
    }

    #[test]
    fn what_stays_in_the_epidermis_has_no_tone() {
        assert!(of_wanted(&Person::LIGHT, &at(0.1, 0.15, 0.5)).abs() < 1e-15);
        // Beyond the range of the law there is still a tone.
        assert!(of_wanted(&Person::LIGHT, &at(1.4, 0.15, 0.5)) > 0.0);
    }
}
