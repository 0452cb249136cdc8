//! Patterns as files, patterns of others, jobs that are stopped.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::{Metrics, Progress, Said, covered, examine, place_with, read_points, stipple_with, write_sites};

fn small() -> (Surface, Fields) {
    (test_body(4).unwrap(), fields(0.5, |p| if p.coords.z > 0.05 { 30e4 } else { 0.0 }))
}

#[test]
fn a_table_for_people() {
    let (body, fields) = small();
    let pattern = place(&body, &fields, Seed(1), Preset::Human).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let [table, exact] = ["sites.CSV", "sites.ply"].map(|name| folder.path().join(name));
    write_sites(&table, &pattern).unwrap();
    write_sites(&exact, &pattern).unwrap();
    let text = std::fs::read_to_string(&table).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let of = |line: &str, name: &str| -> f64 {
        line.split(',').nth(names.iter().position(|n| *n == name).unwrap()).unwrap().parse().unwrap()
    };
    assert_eq!(lines.clone().count(), pattern.sites.len());
    for (line, site) in lines.zip(&pattern.sites) {
        let (at, n) = (site.head_from_skin.origin().coords, *site.head_from_skin.z().get());
        for (name, want) in [
            ("id", f64::from(site.id.0)),
            ("session", 1.0),
            ("head_x_mm", at.x * 1e3),
            ("head_y_mm", at.y * 1e3),
            ("head_z_mm", at.z * 1e3),
            ("normal_z", n.z),
            ("lean_deg", n.z.acos().to_degrees()),
            ("depth_mm", 0.5),
            ("least_depth_mm", 0.35),
            ("most_depth_mm", 0.8),
            ("healed_diameter_mm", 0.25),
            ("shade", 0.4),
        ] {
            assert!((of(line, name) - want).abs() < 1e-4, "{name} of {line}: {want}");
        }
    }
    // Both can be read as places of somebody's; the table to a nanometre.
    let (rounded, whole) = (read_points(&table).unwrap(), read_points(&exact).unwrap());
    assert_eq!(
        (rounded.said, rounded.session, whole.said, whole.session),
        (Said::Head(1e-3), Some(1), Said::Head(1.0), Some(1))
    );
    for ((a, b), site) in rounded.at.iter().zip(&whole.at).zip(&pattern.sites) {
        let p = site.head_from_skin.origin().coords.coords;
        assert!((Vector3::from(*a) * 1e-3 - p).norm() < 2e-9 && (Vector3::from(*b) - p).norm() < 1e-15);
    }
    let missing = read_points(&folder.path().join("none.csv")).unwrap_err();
    assert!(matches!(missing, StippleError::Io { .. }) && missing.to_string().contains("none.csv"));
    std::fs::write(&table, "x,y,z\n").unwrap();
    assert!(read_points(&table).unwrap_err().to_string().contains("no dot in it"));
    let nowhere = folder.path().join("no/such/folder.csv");
    assert!(matches!(write_sites(&nowhere, &pattern), Err(StippleError::Io { .. })));
}

/// Bare points are judged almost as well as those whose wish is known; chance is seen as chance.
#[test]
fn what_was_wanted_is_guessed_from_the_dots() {
    let body = test_body(5).unwrap();
    let cap = |p: Point<Head>| p.coords.z > 0.03;
    let fields = fields(0.0, move |p| if cap(p) { 22e4 } else { 0.0 });
    let pattern = place(&body, &fields, Seed(1), Preset::Human).unwrap();
    let dots: Vec<Point<Head>> = pattern.sites.iter().map(|s| s.head_from_skin.origin()).collect();
    let judge = |fields: &Fields, dots: &[Point<Head>]| -> Metrics {
        examine(&body, fields, dots, &Progress::none()).unwrap().unwrap()
    };
    let (guess, whole) = covered(&body, &dots).unwrap();
    assert!(!whole, "the dots end before the body");
    let (known, guessed) = (judge(&fields, &dots), judge(&guess, &dots));
    assert_eq!(guessed.outside, 0);
    assert!((guessed.area / known.area - 1.0).abs() < 0.03, "{} of {}", guessed.area, known.area);
    let (a, b) = (known.spacing.unwrap(), guessed.spacing.unwrap());
    assert!(
        (a.nn_cv.unwrap() - b.nn_cv.unwrap()).abs() < 0.01
            && (a.clark_evans.unwrap() - b.clark_evans.unwrap()).abs() < 0.04
    );
    assert!((known.soft.unwrap().ratio - guessed.soft.unwrap().ratio).abs() < 0.10, "{known:?} {guessed:?}");
    // All over the body there is no edge, and no dots make no area.
    let pattern = place(&body, &super::fields(0.0, |_| 10e4), Seed(1), Preset::Even).unwrap();
    let dots: Vec<Point<Head>> = pattern.sites.iter().map(|s| s.head_from_skin.origin()).collect();
    let (everywhere, whole) = covered(&body, &dots).unwrap();
    let low = body.nearest(Point::new(0.0, 0.0, -0.1)).point;
    assert!(whole && (everywhere.density_at(low, Dir::Z).0.per_cm2() - 10.0).abs() < 0.1);
    assert!(covered(&body, &[]).is_none());
    assert_eq!(examine(&body, &guess, &dots[..20], &Progress::none()).unwrap(), None);
}

/// Wherever it is stopped, it stops; told of its progress, it makes the same.
#[test]
fn stopped_at_every_stage() {
    let (body, fields) = small();
    let never = AtomicBool::new(false);
    let heard = std::sync::Mutex::new(Vec::new());
    let listen = |share: f64| heard.lock().unwrap().push(share);
    let told = stipple_with(&body, &fields, Seed(3), Preset::Human, &Progress::new(&never, &listen)).unwrap();
    assert_eq!(told, stipple(&body, &fields, Seed(3), Preset::Human).unwrap());
    let heard = heard.into_inner().unwrap();
    assert!(heard.len() > 10 && heard.iter().all(|s| (0.0..=1.0).contains(s)), "{heard:?}");
    assert!((heard[0], heard[heard.len() - 1]) == (0.0, 1.0) && heard.iter().any(|s| (0.05..0.5).contains(s)));
    for at in [0.0, 0.03, 0.1, 0.3, 0.5, 0.58, 0.7, 0.9] {
        let stop = AtomicBool::new(false);
        let tell = |share: f64| {
            if share >= at {
                stop.store(true, Ordering::Relaxed);
            }
        };
        let stopped = stipple_with(&body, &fields, Seed(3), Preset::Human, &Progress::new(&stop, &tell));
        assert!(matches!(stopped, Err(StippleError::Stopped)), "{at}");
    }
    let stop = AtomicBool::new(true);
    let progress = Progress::new(&stop, &|_| {});
    assert!(matches!(place_with(&body, &fields, Seed(3), Preset::Even, &progress), Err(StippleError::Stopped)));
    assert!(matches!(examine(&body, &fields, &[], &progress), Err(StippleError::Stopped)));
}
