//! Lines by rule on a smooth head and on real ones.

#![expect(clippy::unwrap_used, reason = "a test may stop")]

use frames::Seed;
use nalgebra::Vector3;
use scan::Scan;
use skin::Person;

use crate::compile;
use crate::line::arc;
use crate::line::face::{Face, SIDE};
use crate::line::rule::{Rule, draw};
use crate::scalp::Scalp;
use crate::spec::LineSpec;
use crate::tests::{head, heads, moved_heads, spec};

fn line(toml: &str) -> LineSpec {
    toml::from_str(toml).unwrap()
}

/// Height of the middle above the glabella, then across and above E of each corner.
fn figure(scan: &Scan, face: &Face, points: &[Vector3<f64>]) -> (f64, [(f64, f64); 2]) {
    let middle = points[points.len() / 2];
    let corners = [points[0], points[points.len() - 1]];
    let to = |a: &Vector3<f64>, b: &Vector3<f64>| arc::length(&scan.surface, a, b).unwrap();
    let sides = [0, 1].map(|k| (to(&middle, &corners[k]), to(&face.lateral[k], &corners[k])));
    (to(&face.glabella, &middle), sides)
}

/// Every promise of a line by rule: the published lengths, the asked asymmetry, on the skin and on the scalp.
#[track_caller]
fn check(name: &str, scan: &Scan, toml: &str, height: f64, above: f64, asymmetry: f64) {
    let face = Face::new(scan).unwrap();
    let points = draw(scan, &face, &Rule::new(&line(toml), Seed(7))).unwrap();
    let (middle, sides) = figure(scan, &face, &points);
    assert!((middle - height).abs() < 1e-3, "{name}: middle {middle}");
    for (across, up) in sides {
        assert!((across - SIDE).abs() < 1e-3, "{name}: across {across}");
        assert!((up - above).abs() < 0.5e-3 + 0.5 * asymmetry, "{name}: above E {up}");
    }
    assert!(((sides[0].1 - sides[1].1).abs() - asymmetry).abs() < 0.3e-3, "{name}: {sides:?}");
    let scalp = Scalp::new(&scan.landmarks, Vec::new());
    for p in &points {
        assert!(scan.surface.nearest(frames::Point::from(*p)).distance.mm() < 0.01, "{name}");
        assert!(scalp.above(frames::Point::from(*p)).mm() > 5.0, "{name}: {p}");
    }
    // No fold: every step goes to the subject's right.
    assert!(points.windows(2).all(|w| face.aside(&w[1]) > face.aside(&w[0])), "{name}");
}

#[test]
fn the_rule_on_a_smooth_head() {
    let scan = head();
    check("mature", &scan, "asymmetry_mm = 0", 80e-3, 80e-3, 0.0);
    check("asymmetric", &scan, "asymmetry_mm = 3", 80e-3, 80e-3, 3e-3);
    check("m", &scan, "type = \"m\"\nasymmetry_mm = 2", 80e-3, 90e-3, 2e-3);
    check("round", &scan, "preset = \"female\"\nasymmetry_mm = 1", 63e-3, 55e-3, 1e-3);
    check("triangular", &scan, "type = \"triangular\"\nasymmetry_mm = 1", 80e-3, 90e-3, 1e-3);
    check("conservative", &scan, "preset = \"conservative\"\nasymmetry_mm = 1", 90e-3, 105e-3, 1e-3);
    check("juvenile", &scan, "preset = \"juvenile\"\nasymmetry_mm = 1", 70e-3, 70e-3, 1e-3);
}

#[test]
fn the_rule_on_real_heads() {
    for (name, scan) in heads() {
        check(name, &scan, "asymmetry_mm = 2", 80e-3, 80e-3, 2e-3);
        check(name, &scan, "type = \"m\"\nasymmetry_mm = 1", 80e-3, 90e-3, 1e-3);
    }
}

/// Landmarks on scans are good to 4 or 5 mm.
#[test]
fn the_rule_with_landmarks_that_are_off() {
    for by in [
        [[4e-3, 0.0, 3e-3], [-3e-3, 0.0, 4e-3], [0.0, 4e-3, -2e-3], [0.0, -4e-3, 2e-3]],
        [[-3e-3, 0.0, -4e-3], [4e-3, 0.0, -3e-3], [0.0, -3e-3, 4e-3], [0.0, 3e-3, 4e-3]],
    ] {
        for (name, scan) in moved_heads(by) {
            check(name, &scan, "asymmetry_mm = 2", 80e-3, 80e-3, 2e-3);
            let zone = "[[zone]]\nkind = \"hairline\"\ndensity_per_cm2 = 70\nline = { temporal_peaks = true }";
            let fields = compile(&spec(zone), &scan, &Person::LIGHT).unwrap();
            assert_eq!(fields.findings(), [], "{name}");
        }
    }
}

/// Seen from the front: convex in the middle, concave outside the pupil (S85), and no type like another.
#[test]
fn types_look_as_they_are_called() {
    let scan = head();
    let face = Face::new(&scan).unwrap();
    let heights = |toml: &str| -> Vec<f64> {
        let points = draw(&scan, &face, &Rule::new(&line(&format!("{toml}\nasymmetry_mm = 0")), Seed(7))).unwrap();
        let middle = points[points.len() / 2].z;
        points[points.len() / 2..].iter().map(|p| 1e3 * (p.z - middle)).collect()
    };
    let (linear, m) = (heights("type = \"linear\""), heights("type = \"m\""));
    let (round, triangular) = (heights("type = \"round\""), heights("type = \"triangular\""));
    let second = |z: &[f64], k: usize| z[k + 1] - 2.0 * z[k] + z[k - 1];
    assert!(second(&m, 1) > 0.0 && second(&m, 2) > 0.0 && second(&m, 5) < 0.0 && second(&m, 6) < 0.0, "{m:?}");
    assert!(linear.iter().all(|z| z.abs() < 4.0), "{linear:?}");
    assert!(m[6] > 5.0 && m[3] < 0.5 * m[6], "{m:?}");
    assert!(round.windows(2).skip(1).all(|w| w[1] < w[0] + 0.05), "{round:?}");
    assert!(triangular[2] > 0.7 && triangular[4] > triangular[2] + 0.7, "{triangular:?}");
    let peak = heights("widows_peak_mm = 5");
    assert!(peak[1] > 1.5 && peak[2] > 3.0, "{peak:?}");
}

/// A widow's peak points down from the middle and leaves the corners where they are.
#[test]
fn a_widows_peak() {
    let scan = head();
    let face = Face::new(&scan).unwrap();
    let points = |toml: &str| draw(&scan, &face, &Rule::new(&line(toml), Seed(7))).unwrap();
    let (with, without) = (points("widows_peak_mm = 6"), points(""));
    let middle = with.len() / 2;
    let down = arc::length(&scan.surface, &with[middle], &without[middle]).unwrap();
    assert!((down - 6e-3).abs() < 0.1e-3 && with[middle].z < without[middle].z, "{down}");
    assert_eq!((with[0], with[middle + 2]), (without[0], without[middle + 2]));
}

/// Which side stands higher, and by how much, is the seed's.
#[test]
fn asymmetry_by_seed() {
    let tilt = |seed| Rule::new(&line(""), Seed(seed)).tilt;
    let all: Vec<f64> = (0..200).map(tilt).collect();
    assert!(all.iter().all(|t| (1e-3..=3e-3).contains(&t.abs())));
    let left = all.iter().filter(|t| **t > 0.0).count();
    assert!((70..130).contains(&left), "{left}");
    assert!(all.iter().any(|t| t.abs() < 1.3e-3) && all.iter().any(|t| t.abs() > 2.7e-3));
}

/// Plane sections against a sphere, where they are great circles.
#[test]
fn arcs_are_lengths() {
    let scan = head();
    // In the plane x = 0 the head is an ellipse with half axes 98 and 110 mm; its arc by the midpoint rule.
    let at = |t: f64| Vector3::new(0.0, 98e-3 * t.cos(), 30e-3 + 110e-3 * t.sin());
    let want: f64 =
        (0..10_000).map(|k| (at(0.2 + 0.9e-4 * f64::from(k + 1)) - at(0.2 + 0.9e-4 * f64::from(k))).norm()).sum();
    let got = arc::length(&scan.surface, &at(0.2), &at(1.1)).unwrap();
    assert!((got / want - 1.0).abs() < 2e-3, "{got} {want}");
    let end = arc::walk(&scan.surface, &at(0.2), &Vector3::z(), &Vector3::x(), want).unwrap();
    assert!((end - at(1.1)).norm() < 0.4e-3, "{end}");
}

/// File coordinates of two vertices, millimetres, and the geodesic between them: scalp and forehead of the mean head of the
/// collection (`mesh_queries_ict_mean_skin.json`).
const GEODESICS: [([f64; 3], [f64; 3], f64); 9] = [
    ([0.0, 0.1863, 145.0470], [46.9403, 65.9824, 104.8180], 93.965e-3),
    ([0.0, 0.1863, 145.0470], [7.2288, 96.2974, 94.5920], 114.407e-3),
    ([0.0, 0.1863, 145.0470], [-42.5823, 84.4618, 87.6102], 117.067e-3),
    ([0.0, 0.1863, 145.0470], [-7.6380, 79.5821, 116.4680], 86.761e-3),
    ([0.0, 0.1863, 145.0470], [62.6746, 62.6781, 76.3216], 121.193e-3),
    ([0.0, 0.1863, 145.0470], [-68.0828, 52.9957, 67.6399], 127.412e-3),
    ([78.3430, 11.4102, 62.3146], [46.9403, 65.9824, 104.8180], 77.758e-3),
    ([78.3430, 11.4102, 62.3146], [39.6902, 98.0903, 60.1284], 97.109e-3),
    ([78.3430, 11.4102, 62.3146], [21.4520, 96.3452, 88.8413], 111.663e-3),
];

/// Plane sections against exact geodesics computed by another program (pygeodesic 0.1.11), over the front of a head: from
/// vertex to vertex, never shorter and hardly longer.
#[test]
fn arcs_are_nearly_geodesics() {
    let Some((_, scan)) = heads().into_iter().nth(1) else { return };
    for (from, to, want) in GEODESICS {
        let [a, b] = [from, to].map(|p| scan.head_from_given(p).coords.coords);
        let got = arc::length(&scan.surface, &a, &b).unwrap();
        assert!(got > 0.9999 * want && got < 1.001 * want, "{from:?} {to:?}: {got} {want}");
    }
}
