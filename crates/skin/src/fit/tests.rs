//! Does the fit find what it cannot see, and does it say how sure it is? Synthetic people by seed; what is refused.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use frames::{Metres, PerSquareMetre, Protrusion, Seed, gauss};
use proptest::prelude::*;

use super::*;
use crate::{Dilution, DotCurve, Group, ZoneFacts, days};
use frames::Penetration;

const ZONE: Zone = Zone::FrontalMid;

fn mm(v: f64) -> Metres {
    Metres::from_mm(v)
}

fn planned(protrusion_mm: f64) -> TestDot {
    TestDot {
        zone: ZONE,
        protrusion: Protrusion::new(mm(protrusion_mm)),
        offset: mm(0.09),
        hits: 1,
        speed: 0.8,
        group: Group::ONE,
        penetration: None,
        healed: true,
        diameter: Some(mm(0.15)),
        patch: None,
        age: days(42.0),
    }
}

/// Sixteen dots from 0.08 to 1.05 mm of protrusion; every second one looked at by tomography, one in four a patch.
fn plan() -> Vec<TestDot> {
    let per_cm2 = PerSquareMetre::from_per_cm2(80.0);
    (0..16)
        .map(|k| TestDot {
            penetration: (k % 2 == 0).then_some(Penetration::ZERO),
            patch: (k % 4 == 1).then_some(Patch { darkness: 0.0, density: per_cm2, ink: Dilution::NONE }),
            ..planned(0.08 + 0.0647 * f64::from(k))
        })
        .collect()
}

/// Skin whose six quantities lie `z` prior deviations from the table.
fn skin(z: [f64; N]) -> (ZoneFacts, Theta) {
    let prior = Prior::of(&ZONE.facts());
    let theta = prior.mean + prior.sd.component_mul(&Theta::from(z));
    let model = Model { facts: ZONE.facts(), skin: 64.0 };
    (model.facts_at(&theta), theta)
}

fn bounds(fit: &ZoneFit) -> [Estimate; N] {
    let f = fit.calibrated.fitted();
    [f.epidermis_mm, f.stiffness, f.hole, f.spread, f.blur_per_mm, f.side_light]
}

/// The 95 % intervals hold the truth in 90 to 98 of 100 people, for every quantity, over 400 people drawn as the priors say.
#[test]
fn the_intervals_are_honest() {
    const PEOPLE: u64 = 400;
    let (mut inside, mut fitted, mut misfits) = ([0.0; N], 0.0, 0.0);
    for person in 0..PEOPLE {
        let (truth, theta) = skin(std::array::from_fn(|i| gauss(Seed(11), i as u64, person)));
        let dots = simulate_dots(&truth, 64.0, &plan(), Seed(1_000 + person));
        // Skin in which nothing can be done is refused; that is not a wrong interval.
        let fit = match fit_zone(ZONE, &dots, &Person::LIGHT) {
            Ok(fit) => fit,
            Err(FitError::Skin { .. }) => continue,
            Err(e) => panic!("person {person}: {e}"),
        };
        fitted += 1.0;
        misfits += f64::from(u8::from(fit.misfit > fit.misfit_limit));
        for (i, e) in bounds(&fit).into_iter().enumerate() {
            inside[i] += f64::from(u8::from((e.low..=e.high).contains(&theta[i].exp())));
        }
    }
    assert!(fitted >= 0.95 * PEOPLE as f64, "{fitted} of {PEOPLE} could be fitted");
    for (i, hits) in inside.into_iter().enumerate() {
        let share = hits / fitted;
        assert!((0.90..=0.98).contains(&share), "quantity {i}: {share} of {fitted}: {inside:?}");
    }
    assert!(misfits <= 0.02 * fitted, "{misfits} honest people called a misfit");
}

/// With enough dots the data and not the table decide, two deviations away from the table.
#[test]
fn many_dots_overrule_the_table() {
    let (truth, theta) = skin([1.5, -1.5, 2.0, 1.5, 0.0, 2.0]);
    let many: Vec<TestDot> = (0..6).flat_map(|_| plan()).collect();
    let fit = fit_zone(ZONE, &simulate_dots(&truth, 64.0, &many, Seed(5)), &Person::LIGHT).unwrap();
    let learned = fit.learned;
    assert!(
        learned.epidermis && learned.stiffness && learned.hole && learned.spread && learned.side_light,
        "{learned:?}"
    );
    for (i, within) in [(0, 0.15), (1, 0.20), (2, 0.05), (3, 0.20), (5, 0.08)] {
        let e = bounds(&fit)[i];
        assert!((e.value / theta[i].exp() - 1.0).abs() < within, "quantity {i}: {e:?} {}", theta[i].exp());
    }
    let facts = fit.calibrated.facts();
    assert!(facts.window.least > ZONE.facts().window.least, "a thicker epidermis asks for depth");
    assert_eq!(fit.one_sided, None);
    assert_eq!((fit.dots, fit.outliers.len() < 6), (96, true), "{:?}", fit.outliers);
}

/// Four dots barely move the table, and say so.
#[test]
fn few_dots_do_not_run_away() {
    let (truth, _) = skin([2.5, 0.0, 0.0, 2.5, 0.0, 0.0]);
    let plan: Vec<TestDot> = [0.10, 0.18, 0.3, 0.5].map(planned).into();
    let fit = fit_zone(ZONE, &simulate_dots(&truth, 64.0, &plan, Seed(3)), &Person::LIGHT).unwrap();
    assert!(!fit.learned.blur && !fit.learned.side_light && !fit.learned.spread, "{:?}", fit.learned);
    let table = bounds(&ZoneFit {
        calibrated: Calibrated::try_new(ZONE, crate::calibration::tests::published(ZONE), &ZONE.facts()).unwrap(),
        ..fit.clone()
    });
    for (i, (e, t)) in bounds(&fit).into_iter().zip(table).enumerate() {
        assert!((0.5..=2.0).contains(&(e.value / t.value)), "quantity {i}: {e:?}");
    }
}

#[test]
fn a_slip_of_the_pen_is_named_and_hardly_pulls() {
    let (truth, _) = skin([0.0; N]);
    let mut dots = simulate_dots(&truth, 64.0, &plan(), Seed(8));
    let clean = fit_zone(ZONE, &dots, &Person::LIGHT).unwrap();
    assert_eq!(clean.outliers, []);
    assert!(clean.misfit < clean.misfit_limit);
    dots[10].diameter = Some(mm(1.40));
    let slipped = fit_zone(ZONE, &dots, &Person::LIGHT).unwrap();
    assert_eq!(slipped.outliers.len(), 1, "{:?}", slipped.outliers);
    let named = slipped.outliers[0];
    assert_eq!((named.dot, named.what), (10, "diameter"));
    assert!(slipped.misfit > slipped.misfit_limit);
    let hole = |f: &ZoneFit| f.calibrated.fitted().hole.value;
    assert!((hole(&slipped) / hole(&clean) - 1.0).abs() < 0.05, "{} {}", hole(&slipped), hole(&clean));
    // A deep dot that is said to have shed.
    let mut dots = simulate_dots(&truth, 64.0, &plan(), Seed(8));
    dots[12] = TestDot { healed: false, diameter: None, patch: None, ..dots[12] };
    let shed = fit_zone(ZONE, &dots, &Person::LIGHT).unwrap();
    assert!(shed.outliers.iter().any(|o| (o.dot, o.what) == (12, "shed")), "{:?}", shed.outliers);
    assert!((shed.calibrated.fitted().epidermis_mm.value - clean.calibrated.fitted().epidermis_mm.value).abs() < 0.03);
}

#[test]
fn refuses_what_is_no_calibration() {
    let (truth, _) = skin([0.0; N]);
    let dots = simulate_dots(&truth, 64.0, &plan(), Seed(8));
    let fit = |dots: &[TestDot]| fit_zone(ZONE, dots, &Person::LIGHT);
    assert_eq!(fit(&dots[..3]), Err(FitError::TooFew { zone: ZONE, dots: 3 }));
    assert!(fit(&dots[..4]).is_ok());
    assert_eq!(fit_zone(Zone::Temple, &dots, &Person::LIGHT), Err(FitError::TooFew { zone: Zone::Temple, dots: 0 }));
    let with = |change: &dyn Fn(&mut TestDot)| {
        let mut dots = dots.clone();
        change(&mut dots[4]);
        match fit(&dots) {
            Err(FitError::Dot { dot: 4, why: SkinError::OutOfRange { what, .. } }) => what,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(with(&|d| d.age = days(27.9)), "age_days");
    assert_eq!(with(&|d| d.protrusion = Protrusion::new(mm(1.3))), "protrusion_mm");
    assert_eq!(with(&|d| d.hits = 0), "hits");
    assert_eq!(with(&|d| d.speed = 4.0), "speed_m_per_s");
    assert_eq!(with(&|d| d.offset = mm(0.6)), "offset of the skin in the ring");
    assert_eq!(with(&|d| d.penetration = Some(Penetration::new(mm(f64::NAN)))), "penetration_mm");
    assert_eq!(with(&|d| d.diameter = Some(mm(2.0))), "diameter_mm");
    assert_eq!(with(&|d| d.healed = false), "diameter_mm of a dot that healed");
    let patch = Patch { darkness: 30.0, density: PerSquareMetre::from_per_cm2(80.0), ink: Dilution::NONE };
    assert_eq!(with(&|d| d.patch = Some(patch)), "darkness_dl");
    // Micrometres for millimetres in half of the rows: no skin is like that.
    let mut wrong = dots.clone();
    for d in wrong.iter_mut().step_by(2) {
        d.diameter = d.diameter.map(|_| mm(1.4));
        d.penetration = Some(Penetration::new(mm(1.4)));
    }
    assert!(matches!(fit(&wrong), Err(FitError::NoSkin { .. })), "{:?}", fit(&wrong));
}

#[test]
fn one_sided_dots_keep_the_tables_epidermis() {
    let (truth, _) = skin([0.0; N]);
    let deep: Vec<TestDot> = (0..6).map(|k| planned(0.4 + 0.05 * f64::from(k))).collect();
    let fit = fit_zone(ZONE, &simulate_dots(&truth, 64.0, &deep, Seed(2)), &Person::LIGHT).unwrap();
    assert!(matches!(fit.one_sided, Some(OneSided::NoneShed(mm)) if mm > 0.2), "{:?}", fit.one_sided);
    assert!((fit.calibrated.fitted().epidermis_mm.value - 0.08).abs() < 1e-6 && !fit.learned.epidermis);
    let shed = |k: u32| TestDot { healed: false, diameter: None, ..planned(0.06 + 0.005 * f64::from(k)) };
    let fit = fit_zone(ZONE, &(0..6).map(shed).collect::<Vec<_>>(), &Person::LIGHT).unwrap();
    assert!(matches!(fit.one_sided, Some(OneSided::AllShed(mm)) if mm < 0.1), "{:?}", fit.one_sided);
    assert!((fit.calibrated.fitted().epidermis_mm.value - 0.08).abs() < 1e-6 && fit.kept == 0);
    // All shed although deep: that is no thick epidermis.
    let never = |k: u32| TestDot { healed: false, diameter: None, ..planned(0.6 + 0.02 * f64::from(k)) };
    let none = fit_zone(ZONE, &(0..6).map(never).collect::<Vec<_>>(), &Person::LIGHT);
    assert!(matches!(none, Err(FitError::NoSkin { off: 6, .. })), "{none:?}");
}

/// Without noise and scatter in the dots, and with the prior's pull made small by many of them, the truth comes back.
#[test]
fn laws_without_noise_come_back() {
    let (truth, theta) = skin([0.7, -0.7, 0.7, -0.7, 0.7, 0.7]);
    let model = Model { facts: truth, skin: 64.0 };
    let at = |d: &TestDot| model.depth_mm(&theta, d);
    let dots: Vec<TestDot> = (0..200)
        .map(|k| {
            let d = planned(0.4 + 0.004 * f64::from(k));
            let tip = Penetration::new(mm(at(&d)));
            let patch = Patch { darkness: 0.0, density: PerSquareMetre::from_per_cm2(80.0), ink: Dilution::NONE };
            let darkness = model.darkness(
                &TestDot { patch: Some(patch), ..d },
                &truth,
                tip.length().mm(),
                truth.healed_diameter(tip, &d.group).unwrap(),
            );
            let patch = darkness.map(|darkness| Patch { darkness, ..patch });
            TestDot {
                penetration: Some(tip),
                diameter: Some(truth.healed_diameter(tip, &d.group).unwrap()),
                patch,
                ..d
            }
        })
        .collect();
    let fit = fit_zone(ZONE, &dots, &Person::LIGHT).unwrap();
    for i in 1..N {
        let e = bounds(&fit)[i];
        assert!((e.value / theta[i].exp() - 1.0).abs() < 0.05, "quantity {i}: {e:?} {}", theta[i].exp());
    }
    assert!(fit.misfit < 0.1, "{}", fit.misfit);
    assert!(DotCurve::PUBLISHED.hole < fit.calibrated.facts().dot.hole);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    /// Whatever is written in the table: an answer or a reason, never a panic, never a NaN.
    #[test]
    fn any_table_is_answered(
        rows in prop::collection::vec((0.02..1.2_f64, any::<bool>(), 0.03..1.5_f64, 0.0..1.5_f64, 0.005..3.0_f64), 4..12)
    ) {
        let dots: Vec<TestDot> = rows
            .into_iter()
            .map(|(protrusion, healed, diameter, depth, speed)| TestDot {
                speed,
                healed,
                diameter: healed.then_some(mm(diameter)),
                penetration: (speed > 1.0).then_some(Penetration::new(mm(depth))),
                ..planned(protrusion)
            })
            .collect();
        if let Ok(fit) = fit_zone(ZONE, &dots, &Person::LIGHT) {
            for e in bounds(&fit) {
                prop_assert!(e.low > 0.0 && e.low <= e.value && e.value <= e.high && e.high.is_finite());
            }
        }
    }
}
