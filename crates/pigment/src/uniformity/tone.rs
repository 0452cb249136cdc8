//! How much tone one dot or one hair adds: its load.
//!
//! In: a dot as wanted, or as it really is; a person. Out: the area that the dot adds to the exponent of the embedded-column
//! law, m²: `R = R0*exp(-sum of loads / area)` (skin.md 3.5b, where the sum over equal dots is `B*N*d*h*(1-exp(-mu*d))`).
//! Absent: places, and any range check: a dot outside the range of the law takes the nearest side-light factor inside it.
//! Everything is healed, six weeks after.

use design::Wanted;
use frames::{Metres, Penetration};
use simulate::Hit;
use skin::{Group, Person, ZoneFacts};
use stipple::Site;

/// Of the middle of a column for which side light is known (skin.md 3.5b: simulated at 0.30 and 0.55 mm).
const MIDDLE: [Metres; 2] = [Metres::from_mm(0.20), Metres::from_mm(0.60)];
/// L* of the skins for which it is.
const SKINS: [f64; 2] = [32.0, 72.0];
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
    HAIRS_PER_UNIT * load / stubble.hairs.get()
}

/// L* of skin that bears this load per area.
pub(crate) fn lightness(person: &Person, load: f64) -> f64 {
    skin::lightness_of(skin::reflectance_of(person.lightness()) * (-load).exp())
}

/// How much darker a little more load makes it, L*: the slope of the line before, `(L*+16)/3`.
pub(crate) fn slope(person: &Person, load: f64) -> f64 {
    (lightness(person, load) + 16.0) / 3.0
}

fn wanted(facts: &ZoneFacts, tip: Penetration, healed: Metres, shade: f64) -> Dot {
    // `shade` is the part of the light across the healed dot that it takes, `1-exp(-mu*d)`.
    let absorption = (-(1.0 - shade.clamp(0.0, 1.0)).ln() / healed.get()).min(skin::BLACK);
    Dot { tip, epidermis: facts.epidermis, diameter: healed, absorption }
}

fn load(person: &Person, facts: &ZoneFacts, dot: &Dot) -> f64 {
    let Some([top, bottom]) = skin::column(dot.tip, dot.epidermis) else { return 0.0 };
    let [least, most] = MIDDLE;
    let middle = ((top + bottom) * 0.5).max(least).min(most);
    let taken = -(-dot.absorption * dot.diameter.get()).exp_m1();
    let beside = facts.side_light * skin::side_light(person.lightness().clamp(SKINS[0], SKINS[1]), middle);
    beside * dot.diameter.get() * (bottom - top).get() * taken
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
    use frames::PerSquareMetre;
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

    /// Inside its range the sum over dots is the published law.
    #[test]
    fn dots_add_up_to_the_law() {
        for person in [Person::LIGHT, Person::MEDIUM, Person::DARK] {
            let (density, wanted) = (PerSquareMetre::from_per_cm2(80.0), at(0.5, 0.2, 0.6));
            let column = skin::column(wanted.target, person.facts(wanted.zone).epidermis).unwrap();
            let law = skin::optical_load(&Stipple {
                lightness: person.lightness(),
                density,
                diameter: wanted.healed,
                column,
                absorption: -(0.4_f64).ln() / wanted.healed.get(),
            });
            let sum = of_wanted(&person, &wanted) * density.get();
            assert!((sum - law.unwrap()).abs() < 1e-12, "{sum}");
        }
    }

    #[test]
    fn the_slope_is_that_of_the_lightness() {
        let person = Person::LIGHT;
        let step = 1e-6;
        let numeric = (lightness(&person, 0.2) - lightness(&person, 0.2 + step)) / step;
        assert!((numeric - slope(&person, 0.2)).abs() < 1e-4, "{numeric}");
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
    fn what_stays_in_the_epidermis_has_no_tone() {
        assert!(of_wanted(&Person::LIGHT, &at(0.1, 0.15, 0.5)).abs() < 1e-15);
        // Beyond the range of the law there is still a tone.
        assert!(of_wanted(&Person::LIGHT, &at(1.1, 0.15, 0.5)) > 0.0);
    }
}
