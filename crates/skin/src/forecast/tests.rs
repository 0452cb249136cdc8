//! Golden figures are by hand from skin.md 3.3-3.5; expected values against many draws.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use frames::{Seed, gauss};

use super::*;
use crate::{Fitzpatrick, Group, Normals, ZoneOutlook, days, years};

fn deep(mm: f64) -> Penetration {
    Penetration::new(Metres::from_mm(mm))
}

fn at(dot: &Dot, age: Age) -> Outlook {
    forecast(&Person::LIGHT, Zone::FrontalHairline, dot, age).unwrap()
}

const INK: Dilution = Dilution::STEPS[0];

#[test]
fn ages_read_as_people_say_them() {
    let text: Vec<_> = Age::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(text, ["fresh", "6 weeks", "6 months", "1 year", "3 years", "5 years", "10 years"]);
    assert_eq!(Age::try_new(days(7.0)).unwrap().to_string(), "7 days");
    assert!((Age::ALL[6].years() - 10.0).abs() < 1e-9);
}

/// The optical law of the column that a tip at 0.45 mm leaves.
fn law(diameter_mm: f64, per_mm: f64) -> f64 {
    dot_area(&Stipple {
        lightness: 64.0,
        density: PerSquareMetre::ZERO,
        diameter: Metres::from_mm(diameter_mm),
        column: [Metres::from_mm(0.12), Metres::from_mm(0.45)],
        absorption: 1e3 * per_mm,
    })
    .unwrap()
}

/// A depth that is known, in the zone's middle skin: every number by hand from the published laws (skin.md 3.3, 3.4).
#[test]
fn one_known_dot_follows_the_laws() {
    let facts = Zone::FrontalHairline.facts();
    let dot = Dot::set(deep(0.45), Group::ONE, INK);
    let one = |age| {
        let local = Local::nominal(&facts);
        Healing::at_place(&Person::LIGHT, Zone::FrontalHairline, &dot, &local).unwrap().at(age).unwrap()
    };
    // 0.5*0.25 + 0.12*0.15 mm; 1.6 times that on the day; sqrt(1+t/12y) after week 6.
    let healed = 0.143;
    let growth = |y: f64| (1.0 + (y - 42.0 / 365.25) / 12.0_f64).sqrt();
    let kept = retained_law(deep(0.45), facts.epidermis, facts.thickness);
    for (age, diameter, amount) in [
        (Age::FRESH, healed * 1.6, 1.0),
        (Age::SIX_WEEKS, healed, kept * (-0.11 * 42.0 / 365.25_f64).exp()),
        (Age::ONE_YEAR, healed * growth(1.0), kept * (-0.11_f64).exp()),
        (Age::ALL[6], healed * growth(10.0), kept * (-1.1_f64).exp()),
    ] {
        let o = one(age);
        assert!((o.diameter.mm() - diameter).abs() < 1e-6 && o.diameter_sd.mm() < 1e-6, "{age}: {o:?}");
        assert!((o.amount - amount).abs() < 1e-6, "{age}: {} {amount}", o.amount);
        // 40/mm, 1:5, what is left, thinned by growth.
        let mu = 40.0 / 6.0 * amount * (healed / diameter).powi(2);
        assert!((o.absorption * 1e-3 - mu).abs() < 1e-5, "{age}: {} {mu}", o.absorption);
        let shade = 1.0 - (-mu * diameter).exp();
        assert!((o.shade - shade).abs() < 1e-6);
        let strength = 1e6 * law(diameter, mu);
        assert!((o.strength.unwrap().value * 1e6 - strength).abs() < 1e-5, "{age}: {:?} {strength}", o.strength);
        assert!(o.blow_out < 0.001 && o.shed < 1e-6);
    }
}

/// The expected values are those of a hundred thousand dots drawn in skin that varies.
#[test]
fn expected_values_are_means_of_draws() {
    for (tip, age) in [(0.45, Age::SIX_WEEKS), (0.22, Age::ONE_YEAR), (0.16, Age::SIX_WEEKS)] {
        let facts = Zone::FrontalHairline.facts();
        let dot = Dot::planned(deep(tip), Group::ONE, INK);
        let want = at(&dot, age);
        let n = 6_000;
        let (mut amount, mut shed, mut blow_out, mut diameter, mut staying) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for k in 0..n {
            let g = |stage| gauss(Seed(5), stage, k);
            let local =
                Variation::default().local(&facts, &Normals { epidermis: g(0), thickness: g(1), ..Normals::default() });
            let tip = deep((tip + 0.05 * g(2)).max(0.0));
            let one = Dot { tip, ..Dot::set(tip, Group::ONE, INK) };
            let o = Healing::at_place(&Person::LIGHT, Zone::FrontalHairline, &one, &local).unwrap().at(age).unwrap();
            amount += o.amount / n as f64;
            shed += o.shed / n as f64;
            blow_out += o.blow_out / n as f64;
            diameter += (1.0 - o.shed) * o.diameter.mm();
            staying += 1.0 - o.shed;
        }
        assert!((want.amount - amount).abs() < 0.006, "{tip}: {} {amount}", want.amount);
        assert!((want.shed - shed).abs() < 0.012, "{tip}: {} {shed}", want.shed);
        assert!((want.blow_out - blow_out).abs() < 0.001, "{tip}: {} {blow_out}", want.blow_out);
        assert!((want.diameter.mm() - diameter / staying).abs() < 0.0008, "{tip}: {}", want.diameter);
    }
}

#[test]
fn shallow_dots_shed_in_time_and_deep_ones_blow_out() {
    let shallow = Dot::planned(deep(0.12), Group::ONE, INK);
    let shed: Vec<f64> = Age::ALL.iter().map(|age| at(&shallow, *age).shed).collect();
    assert!(
        shed[0].abs() < 1e-12 && (0.4..0.6).contains(&shed[1]) && shed[2..].iter().all(|s| (s - shed[1]).abs() < 1e-15)
    );
    let half_way = at(&shallow, Age::try_new(days(35.0)).unwrap()).shed;
    assert!((half_way - 0.5 * shed[1]).abs() < 1e-9, "{half_way}");
    let blown = |mm| at(&Dot::planned(deep(mm), Group::ONE, INK), Age::ONE_YEAR).blow_out;
    assert!(blown(0.45) < 0.01 && blown(0.8) > blown(0.6) && blown(1.062) > 0.4 && blown(1.3) > 0.9);
    // The spread makes the rare thing likelier than at the target itself.
    assert!(blown(0.6) > 2.0 * blow_out_law(deep(0.6), Zone::FrontalHairline.facts().thickness));
}

/// Dots only fade once healed: every later age takes less light; more spread in depth means more is lost.
#[test]
fn it_only_gets_lighter_once_healed() {
    let dot = Dot::planned(deep(0.45), Group::ONE, INK);
    let strength: Vec<f64> = Age::ALL[1..].iter().map(|a| at(&dot, *a).strength.unwrap().value).collect();
    assert!(strength.windows(2).all(|w| w[1] < w[0]), "{strength:?}");
    for age in Age::ALL {
        let s = at(&dot, age).strength.unwrap();
        assert!(s.weak <= s.value && s.value <= s.strong, "{s:?}");
    }
    let sloppy = Dot { depth_sigma: Metres::from_mm(0.12), ..Dot::planned(deep(0.30), Group::ONE, INK) };
    let exact = Dot { depth_sigma: Metres::ZERO, ..sloppy };
    assert!(at(&sloppy, Age::SIX_WEEKS).amount < at(&exact, Age::SIX_WEEKS).amount);
}

/// The zone's L* is that of the published law for its middle dot: 72/cm² of 0.143 mm.
#[test]
fn a_zone_has_the_tone_of_its_dots() {
    let dot = Dot::set(deep(0.45), Group::ONE, INK);
    let local = Local::nominal(&Zone::FrontalHairline.facts());
    let healing = Healing::at_place(&Person::LIGHT, Zone::FrontalHairline, &dot, &local).unwrap();
    let density = PerSquareMetre::from_per_cm2(72.0);
    let o = healing.at(Age::SIX_WEEKS).unwrap();
    let zone = ZoneOutlook::of(&Person::LIGHT, Zone::FrontalHairline, density, &[o, o, o]).unwrap();
    let column = column(deep(0.45), Metres::from_mm(0.08)).unwrap();
    let stipple = Stipple { lightness: 64.0, density, diameter: o.diameter, column, absorption: o.absorption };
    let want = 64.0 - crate::darkening(&stipple).unwrap();
    let got = zone.tone.unwrap();
    assert!((got.lightness - want).abs() < 1e-6, "{} {want}", got.lightness);
    assert!(got.between[0] < got.lightness && got.lightness < got.between[1] && got.between[1] < 64.0);
    assert_eq!(zone.dots, 3);
    // The band, as a part of the darkening, grows with the years.
    let band = |age| {
        let o = healing.at(age).unwrap();
        let t = ZoneOutlook::of(&Person::LIGHT, Zone::FrontalHairline, density, &[o]).unwrap().tone.unwrap();
        (t.between[1] - t.between[0]) / (64.0 - t.lightness)
    };
    assert!(band(Age::ALL[6]) > band(Age::SIX_WEEKS));
    assert!(ZoneOutlook::of(&Person::LIGHT, Zone::FrontalHairline, density, &[]).is_none());
    let merged = PerSquareMetre::from_per_cm2(400.0);
    let zone = ZoneOutlook::of(&Person::LIGHT, Zone::FrontalHairline, merged, &[o]).unwrap();
    assert!(matches!(zone.tone, Err(SkinError::OutOfRange { what: "density", .. })));
}

/// The deeper the dots, the bluer the zone (skin.md 3.5c); without dots nothing turns.
#[test]
fn deeper_dots_turn_the_skin_bluer() {
    let hue = |mm, per_cm2| {
        let o = at(&Dot::planned(deep(mm), Group::ONE, INK), Age::ONE_YEAR);
        let density = PerSquareMetre::from_per_cm2(per_cm2);
        ZoneOutlook::of(&Person::LIGHT, Zone::FrontalHairline, density, &[o]).unwrap().hue.unwrap()
    };
    assert!(hue(0.80, 60.0)[1] < hue(0.45, 60.0)[1], "{:?} {:?}", hue(0.80, 60.0), hue(0.45, 60.0));
    assert!(hue(0.45, 0.0).iter().all(|h| h.abs() < 1e-9));
    let none = Outlook { speck: None, ..at(&Dot::planned(deep(0.45), Group::ONE, INK), Age::ONE_YEAR) };
    let zone = ZoneOutlook::of(&Person::LIGHT, Zone::FrontalHairline, PerSquareMetre::from_per_cm2(60.0), &[none]);
    assert_eq!(zone.unwrap().hue, Ok([0.0, 0.0]));
}

#[test]
fn a_few_dots_beyond_the_law_do_not_silence_a_zone() {
    let person = Person::LIGHT;
    let of =
        |mm| forecast(&person, Zone::FrontalHairline, &Dot::set(deep(mm), Group::ONE, INK), Age::ONE_YEAR).unwrap();
    let (good, bad) = (of(0.45), of(1.25));
    assert!(matches!(bad.strength, Err(SkinError::OutOfRange { what: "dot diameter", .. })), "{bad:?}");
    assert!(bad.diameter > good.diameter && bad.blow_out > good.blow_out, "the rest is known");
    let density = PerSquareMetre::from_per_cm2(60.0);
    let zone = |n| {
        let mut dots = vec![good; 100 - n];
        dots.extend(vec![bad; n]);
        ZoneOutlook::of(&person, Zone::FrontalHairline, density, &dots).unwrap().tone
    };
    assert!(zone(5).is_ok() && zone(6).is_err());
}

/// There and back: the ink of a shade makes that shade.
#[test]
fn the_ink_of_a_shade() {
    let facts = Zone::FrontalHairline.facts();
    let healed = facts.healed_diameter(deep(0.45), &Group::ONE).unwrap();
    let ink = ink_for(&facts, deep(0.45), healed, 0.3).unwrap();
    let local = Local::nominal(&facts);
    let dot = Dot::set(deep(0.45), Group::ONE, ink);
    let healing = Healing::at_place(&Person::LIGHT, Zone::FrontalHairline, &dot, &local).unwrap();
    assert!((healing.at(Age::SIX_WEEKS).unwrap().shade - 0.3).abs() < 1e-9, "{ink}");
    let again = Healing::at_place(&Person::LIGHT, Zone::FrontalHairline, &Dot { ink: INK, ..dot }, &local).unwrap();
    assert_eq!(healing.with_ink(INK), again);
    for (shade, what) in [(0.999, "dilution"), (0.001, "dilution"), (1.1, "shade"), (f64::NAN, "shade")] {
        let got = ink_for(&facts, deep(0.45), healed, shade);
        assert!(matches!(got, Err(SkinError::OutOfRange { what: w, .. }) if w == what), "{shade}: {got:?}");
    }
}

#[track_caller]
fn refused(dot: Dot, named: &str) {
    match forecast(&Person::LIGHT, Zone::FrontalHairline, &dot, Age::ONE_YEAR) {
        Err(SkinError::OutOfRange { what, .. }) => assert_eq!(what, named),
        other => panic!("{named}: {other:?}"),
    }
}

#[test]
fn says_what_it_does_not_know() {
    let good = Dot::planned(deep(0.45), Group::ONE, INK);
    refused(Dot { tip: deep(2.0), ..good }, "depth of the tip");
    refused(Dot { tip: deep(-0.01), ..good }, "depth of the tip");
    refused(Dot { tip: deep(f64::NAN), ..good }, "depth of the tip");
    refused(Dot { depth_sigma: Metres::from_mm(0.31), ..good }, "spread of the depth");
    refused(Dot { hits: 0, ..good }, "hits");
    refused(Dot { hits: 51, ..good }, "hits");
    assert!(Age::try_new(years(20.1)).is_err() && Age::try_new(days(-1.0)).is_err());
    // Skin that no one has simulated: the dot is known, its tone is not.
    let white = Person { lightness: Some(85.0), ..Person::of_type(Fitzpatrick::I, 30) };
    let o = forecast(&white, Zone::Vertex, &good, Age::ONE_YEAR).unwrap();
    assert!(matches!(o.strength, Err(SkinError::OutOfRange { what: "lightness of the skin", .. })));
    // A 3RL dot on the day is wider than any simulated.
    let wide = forecast(&Person::LIGHT, Zone::Vertex, &Dot { group: Group::THREE, ..good }, Age::FRESH).unwrap();
    assert!(matches!(wide.strength, Err(SkinError::OutOfRange { what: "dot diameter", .. })), "{wide:?}");
    // So wide a spread that the middle says nothing of the whole.
    let loose = Dot { tip: deep(1.05), depth_sigma: Metres::from_mm(0.2), ..good };
    let o = forecast(&Person::LIGHT, Zone::FrontalHairline, &loose, Age::ONE_YEAR).unwrap();
    assert!(matches!(o.strength, Err(SkinError::OutOfRange { what: "dots beyond the optical law", .. })), "{o:?}");
}
