//! Kinds of dot: exact shares, each even alone, and nothing else changed.

use proptest::prelude::*;

use super::*;
use crate::classes::{Bell, Deal, Prior, deal};
use crate::cloud::{Candidate, apportion, scatter};
use crate::sheet::spacing;

/// stipple.md 11: every one of three classes of 30 000 dots, soft 0.30 and S_low 0.10 (human), 0.29 and 0.09 (faithful);
/// the wide kernel is said to come to 0.23 and 0.06, the steep one to 0.28 and 0.09 (4.1).
#[test]
fn three_classes_of_thirty_thousand() {
    let body = test_body(6).unwrap();
    let area = body.area();
    let fields = fields(0.0, move |_| 30_000.0 / area);
    let pattern = place(&body, &fields, Seed(1), Preset::Human).unwrap();
    let dots = candidates(&body, &pattern);
    for (bell, soft, s_low) in [(Bell::Steep, 0.30, 0.10), (Bell::Wide, 0.26, 0.08)] {
        let class = dealt(&dots, &[1.0 / 3.0; 3], bell, 1);
        for c in 0..3 {
            let own = class.iter().zip(&pattern.sites).filter(|(k, _)| **k == c).map(|(_, s)| *s);
            let q = measure(&body, &fields, &own.collect::<Vec<_>>());
            within("soft", q.soft_error_ratio, 0.0..=soft);
            within("s_low", q.s_low, 0.0..=s_low);
        }
    }
}

/// Dots of a pattern as they were before they became sites.
fn candidates(body: &Surface, pattern: &Pattern) -> Vec<Candidate> {
    let h = spacing(pattern.sites.len() as f64 / body.area());
    let of = |s: &crate::Site| {
        let hit = body.nearest(s.head_from_skin.origin());
        let normal = body.normal_at(hit.face, hit.bary);
        let at = s.head_from_skin.origin();
        Candidate { at, normal, face: hit.face, bary: hit.bary, spacing: h, zone: 0, class: 0, planned: false }
    };
    pattern.sites.iter().map(of).collect()
}

fn dealt(dots: &[Candidate], shares: &[f64], bell: Bell, seed: u64) -> Vec<u8> {
    let mass: Vec<f64> = shares.iter().map(|s| s * dots.len() as f64).collect();
    let rule = Deal {
        share: &dots.iter().flat_map(|_| shares.iter().map(|s| *s as f32)).collect::<Vec<_>>(),
        spacing: &dots.iter().map(|d| d.spacing as f32).collect::<Vec<_>>(),
        classes: shares.len(),
        count: &[apportion(&mass)],
        bell,
        least: &vec![0.0; shares.len()],
        prior: &vec![Prior::Free; dots.len()],
    };
    deal(dots, &rule, Seed(seed))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the shares and whatever is known before, the counts come out exactly, and a class that has no share at a
    /// place has no dot there.
    #[test]
    fn counts_are_exact_whatever_is_known(
        cut in 0.05_f64..0.95, known in 0.0_f64..1.0, firm in 0.0_f64..1.0, seed in 0_u64..50,
    ) {
        let body = test_body(2).unwrap();
        let fields = fields(0.0, |_| 1.0);
        let probe = Probe { surface: &body, fields: &fields, span: Span::Session };
        let dots = scatter(&probe, &cut_pieces(&probe), Seed(seed), 400, 1).candidates;
        let bare = |k: usize| dots[k].at.coords.z > 0.07;
        let share: Vec<f32> = (0..dots.len())
            .flat_map(|k| if bare(k) { [0.0, 1.0] } else { [cut as f32, 1.0 - cut as f32] })
            .collect();
        let offered: f64 = share.iter().step_by(2).map(|s| f64::from(*s)).sum();
        let first = offered.round() as usize;
        let u = |stage, k: usize| frames::unit(Seed(seed), stage, k as u64);
        let prior: Vec<Prior> = (0..dots.len())
            .map(|k| {
                let class = u8::from(bare(k) || u(31, k) > cut);
                match (u(32, k) < known, u(33, k) < firm) {
                    (false, _) => Prior::Free,
                    (true, false) => Prior::Loose(class),
                    (true, true) => Prior::Firm(class),
                }
            })
            .collect();
        let rule = Deal {
            share: &share,
            spacing: &dots.iter().map(|d| d.spacing as f32).collect::<Vec<_>>(),
            classes: 2,
            count: &[vec![first, dots.len() - first]],
            bell: Bell::Steep,
            least: &[5e-3, 0.0],
            prior: &prior,
        };
        let before = dots.clone();
        let class = deal(&dots, &rule, Seed(seed));
        prop_assert_eq!(class.iter().filter(|c| **c == 0).count(), first);
        prop_assert!((0..dots.len()).all(|k| !bare(k) || class[k] == 1));
        prop_assert!(dots.iter().zip(&before).all(|(a, b)| a.at == b.at));
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        prop_assert_eq!(&one.install(|| deal(&dots, &rule, Seed(seed))), &class);
    }
}

fn cut_pieces(probe: &Probe<'_>) -> Vec<crate::sheet::Piece> {
    cut(probe)
}

/// A zone that mixes three sizes by the shares of follicular units (stipple.md 5.1): the same places as without, exact
/// counts, each size even alone, and what the PLY says comes back.
#[test]
fn a_zone_of_three_sizes() {
    let scan = hairline_head();
    let line = design::propose_hairline(&scan).unwrap();
    let shares = [0.29, 0.53, 0.18];
    let mixed = shares.iter().zip([0.14, 0.16, 0.18]).map(|(share, mm)| design::MixSpec {
        share: *share,
        healed_mm: Some(mm),
        shade: None,
    });
    let plain = design::ZoneSpec::hairline(line).density(60.0);
    let zone = design::ZoneSpec { mix: Some(mixed.collect()), ..plain.clone() };
    let fields = |zone: &design::ZoneSpec| {
        let spec = design::DesignSpec::new().session(1, 2).zone(zone.clone());
        design::compile(&spec, &scan, &skin::Person::LIGHT).unwrap()
    };
    let (without, with) = (fields(&plain), fields(&zone));
    let lay = |fields: &Fields| place(&scan.surface, fields, Seed(1), Preset::Human).unwrap();
    let (same, pattern) = (lay(&without), lay(&with));
    assert_eq!(positions(&same), positions(&pattern));
    let laid = &pattern.sites[..pattern.sites.len() - with.frozen().len()];
    for (c, share) in shares.iter().enumerate() {
        let own: Vec<crate::Site> = laid.iter().filter(|s| usize::from(s.class) == c).copied().collect();
        assert!((own.len() as f64 - share * laid.len() as f64).abs() < 1.0, "{c}: {} of {}", own.len(), laid.len());
        within("soft", measure(&scan.surface, &with, &own).soft_error_ratio, 0.0..=0.36);
        let most = own.iter().map(|s| s.healed.mm()).fold(0.0, f64::max);
        assert!((most - [0.14, 0.16, 0.18][c]).abs() < 1e-6, "{c}: {most}");
        // All begin alike at the front, no larger than the front's dot.
        let least = own.iter().map(|s| s.healed.mm()).fold(1.0, f64::min);
        assert!((0.12 - 1e-9..0.139).contains(&least), "{c}: {least}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sites.ply");
    write_ply(&path, &pattern).unwrap();
    assert_eq!(read_ply(&path).unwrap().0, pattern.sites);
}
