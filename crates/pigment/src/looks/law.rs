//! What becomes of one dot, drawn: how deep it went, in what skin, whether it sheds or blows out, how wide and black it is.
//!
//! In: a site, the person, the needle, a number of the dot, an age. Out: [`Fate`]. Every law is one of crate `skin`; here its
//! spread is drawn by a counter-based seed, so that a dot has one fate at all ages and on any number of threads.

use frames::{Metres, Penetration, Seed, Span, gauss, unit};
use skin::{DEPTH_SIGMA, Group, HEALED, Normals, Person, SkinError, Variation};
use stipple::Site;

/// Stages of the counter-based random numbers.
const DEPTH: u64 = 0x4c4f_4f4a;
const EPIDERMIS: u64 = 0x4c4f_4f4b;
const THICKNESS: u64 = 0x4c4f_4f4c;
const SHED: u64 = 0x4c4f_4f4d;
const BLOWN: u64 = 0x4c4f_4f4e;
/// A blown-out dot is this much wider than a healed one (skin.md 3.3: 0.12-0.15 in the window, 0.29-0.44 mm at 0.9 of the
/// skin and deeper).
const BLOWN_WIDER: f64 = 2.5;
/// Height of the column of a dot that never reached the dermis (E).
const SHALLOWEST: Metres = Metres::from_mm(0.05);
/// Blackest dot that means anything: the law of a shade has no end at 1.
const BLACKEST: f64 = 0.999;

/// Of one dot at one age.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fate {
    /// Where its pigment begins and ends below the surface.
    pub(super) column: [Metres; 2],
    /// Of the column.
    pub(super) diameter: Metres,
    /// Of the ink in it, 1/m.
    pub(super) absorption: f64,
    /// Part of the contrast that shows through.
    pub(super) veil: f64,
}

/// What becomes of the dot of a site; `None` once it has shed.
///
/// # Errors
/// A site outside the laws of healing.
pub(super) fn fate(
    person: &Person,
    group: &Group,
    site: &Site,
    age: Span,
    seed: Seed,
    number: u64,
) -> Result<Option<Fate>, SkinError> {
    let facts = person.facts(site.zone);
    let drawn = |stage| gauss(seed, stage, number);
    let normals = Normals { epidermis: drawn(EPIDERMIS), thickness: drawn(THICKNESS), ..Normals::default() };
    let here = Variation::default().local(&facts, &normals);
    let deepest = Metres::from_mm(skin::TIPS[1]);
    let tip = (site.target.length() + DEPTH_SIGMA * drawn(DEPTH)).max(Metres::ZERO).min(deepest);
    let tip = Penetration::new(tip);

    let [from, to] = skin::SHEDDING;
    let by_now = ((age.seconds() - from) / (to - from)).clamp(0.0, 1.0);
    let shed = by_now * skin::shed_probability(tip, here.epidermis)?;
    if unit(seed, SHED, number) < shed {
        return Ok(None);
    }
    // Until it sheds, a dot in the epidermis is seen.
    let shallow = || [(tip.length() - SHALLOWEST).max(Metres::ZERO), tip.length().max(SHALLOWEST)];
    let column = skin::column(tip, here.epidermis).unwrap_or_else(shallow);
    // The site says how wide a dot at its target heals; another depth, another width.
    let curve = |tip| facts.dot.healed(tip, group, here.thickness);
    let wider = curve(tip)? - curve(site.target)?;
    let [least, most] = skin::DIAMETERS.map(Metres::from_mm);
    let blown = unit(seed, BLOWN, number) < skin::blow_out_probability(tip, here.thickness)?;
    let healed = (site.healed + wider) * if blown { BLOWN_WIDER } else { 1.0 };
    let healed = healed.max(least).min(most);
    let diameter = skin::diameter_at(healed, age)?;

    // The shade is that of a healed dot at the target in the zone's middle skin.
    let kept = facts.kept * skin::retained(tip, here.epidermis, here.thickness)?;
    let left = skin::faded(kept, age, &person.fade)? / skin::faded(facts.retained(site.target)?, HEALED, &person.fade)?;
    let planned = -(1.0 - site.shade.clamp(0.0, BLACKEST)).ln() / site.healed.max(least).get();
    // The same pigment in a wider column is thinner.
    let thinner = (site.healed / diameter).powi(2);
    let absorption = (planned * left * thinner).min(skin::BLACK);
    Ok(Some(Fate { column, diameter, absorption, veil: skin::veil(age)? }))
}

#[cfg(test)]
pub(super) mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use frames::{Head, Pose, SiteId, Skin};
    use skin::Zone;

    use super::*;

    pub(crate) fn site(person: &Person, shade: f64, mm: f64) -> Site {
        let facts = person.facts(Zone::FrontalMid);
        Site {
            id: SiteId(0),
            head_from_skin: Pose::<Head, Skin>::new(nalgebra::Isometry3::identity()),
            zone: Zone::FrontalMid,
            zone_index: 0,
            target: facts.window.target,
            least: facts.window.least,
            most: facts.window.most,
            healed: Metres::from_mm(mm),
            shade,
            class: 0,
        }
    }

    fn drawn(tip_mm: f64, age: Span) -> Vec<Option<Fate>> {
        let target = Penetration::new(Metres::from_mm(tip_mm));
        let site = Site { target, ..site(&Person::LIGHT, 0.5, 0.18) };
        (0..2000).map(|k| fate(&Person::LIGHT, &Group::ONE, &site, age, Seed(3), k).unwrap()).collect()
    }

    /// As many as the forecast expects shed: 0.15 mm deep on the edge of the epidermis, half of them.
    #[test]
    fn dots_shed_as_forecast() {
        for (tip, within) in [(0.15, 0.03), (0.25, 0.01), (0.50, 0.001)] {
            let dot = skin::Dot::planned(Penetration::new(Metres::from_mm(tip)), Group::ONE, skin::Dilution::NONE);
            let want = skin::forecast(&Person::LIGHT, Zone::FrontalMid, &dot, skin::Age::SIX_WEEKS).unwrap().shed;
            let gone = drawn(tip, HEALED).iter().filter(|f| f.is_none()).count() as f64 / 2000.0;
            assert!((gone - want).abs() < within, "{tip}: {gone} {want}");
        }
        let day = drawn(0.25, Span::ZERO).iter().filter(|f| f.is_none()).count();
        assert!(day < 20, "nothing sheds on the day: {day}");
    }

    #[test]
    fn deep_dots_blow_out_and_dots_in_the_window_do_not() {
        let wide = |tip| {
            let fates = drawn(tip, HEALED);
            fates.iter().flatten().filter(|f| f.diameter.mm() > 0.40).count()
        };
        assert!(wide(0.50) < 5, "{}", wide(0.50));
        assert!((700..1400).contains(&wide(1.17)), "0.9 of 1.30 mm: half, {}", wide(1.17));
    }

    /// Pigment is kept while a dot shrinks and grows; it only fades.
    #[test]
    fn pigment_only_fades() {
        let ages = [Span::ZERO, skin::days(7.0), HEALED, skin::years(1.0), skin::years(5.0), skin::years(10.0)];
        let pigment: Vec<f64> = ages
            .iter()
            .map(|age| drawn(0.50, *age).iter().flatten().map(|f| f.absorption * f.diameter.get().powi(2)).sum())
            .collect();
        assert!(pigment.windows(2).all(|w| w[1] < w[0]), "{pigment:?}");
        // 11 % a year (skin.md 3.4).
        assert!((pigment[4] / pigment[3] - (-0.44_f64).exp()).abs() < 0.01);
    }
}
