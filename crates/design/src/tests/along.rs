//! Distances along the skin, as designs measure them, against exact geodesics.

use super::*;

fn median_and_most(mut errors: Vec<f64>) -> (f64, f64) {
    errors.sort_by(f64::total_cmp);
    (errors[errors.len() / 2], errors[errors.len() - 1])
}

/// Pairs of places on the scalp up to 120 mm apart, by the exact algorithm of another library (pygeodesic, MMP), in
/// classes of 20 mm: the median is off by 0.2, 0.1, 0.2, 0.4 and 0.7 %, where that of the chord is by 0.3, 0.9, 2.7, 4.4 and 6.4.
#[test]
fn pairs_on_a_real_scalp() {
    let Some(scan) = real_head(("fsaverage/fsaverage_ras_m.ply", "fsaverage/fsaverage.landmarks.json"), Unit::Metre)
    else {
        return;
    };
    let path = data().join("reference/mesh_queries_fsaverage_m.json");
    let want: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let raw = scan::read(&data().join("heads/fsaverage/fsaverage_ras_m.ply")).unwrap();
    let place = |v: &serde_json::Value| {
        let [x, y, z] = raw.vertices[v.as_u64().unwrap() as usize];
        let hit = scan.surface.nearest(scan.head_from_file * Point::new(x, y, z));
        (hit.point.coords.coords, *scan.surface.normal_at(hit.face, hit.bary).get())
    };
    let mut errors: Vec<(f64, f64, f64)> = Vec::new();
    for case in want["exact_geodesic"]["cases"].as_array().unwrap() {
        let (from, out) = place(&case["source"]);
        let far = case["distance"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap());
        for (target, far) in case["targets"].as_array().unwrap().iter().zip(far) {
            let (to, there) = place(target);
            if from.z.min(to.z) > 0.03 && far < 0.12 && out.dot(&there) > 0.0 {
                let chord = (to - from).norm();
                let along = chord * crate::along::stretch(&from, &out, &to, &there);
                errors.push((far, (along / far - 1.0).abs(), (chord / far - 1.0).abs()));
            }
        }
    }
    assert!(errors.len() > 50, "{}", errors.len());
    for class in 1..6 {
        let of = |get: fn(&(f64, f64, f64)) -> f64| {
            let in_class = errors.iter().filter(|(far, ..)| (far / 0.02) as usize == class);
            median_and_most(in_class.map(get).collect())
        };
        let (along, chord) = (of(|e| e.1), of(|e| e.2));
        assert!(along.0 < 1e-2 && along.1 < 2e-2, "{} mm: {along:?}, chord {chord:?}", 20 * class);
    }
}

/// Behind a hairline, as far as its band goes: against the shortest of the exact ways to the curve about the foot.
#[test]
fn behind_a_line_on_real_heads() {
    for (mesh, scan) in heads() {
        let fields = compile(&hairline(&scan, "depth_mm = 90", ""), &scan, &Person::LIGHT).unwrap();
        let line = line(&fields);
        let mut errors = Vec::new();
        for (k, mm) in (0..24).flat_map(|k| [(k, 12), (k, 25), (k, 38), (k, 55), (k, 75)]) {
            if (5 * k + mm) % 8 != 0 {
                continue;
            }
            let (at, inward) = line.curve.at(line.curve.length() * (0.1 + 0.8 * f64::from(k) / 23.0));
            let hit = scan.surface.nearest(Point::from(at + inward * (1e-3 * f64::from(mm))));
            let (p, n) = (hit.point.coords.coords, scan.surface.normal_at(hit.face, hit.bary));
            let foot = line.foot(&p, n.get()).unwrap();
            let exact = [-4e-3, 0.0, 4e-3].map(|by| {
                let q = scan.surface.nearest(Point::from(line.curve.at(foot.arc + by).0));
                scan.surface.geodesic(&hit, &q).unwrap().get()
            });
            errors.push((foot.signed / exact.into_iter().fold(f64::MAX, f64::min) - 1.0).abs());
        }
        let (median, most) = median_and_most(errors);
        assert!(median < 4e-3 && most < 1.5e-2, "{mesh}: {median} {most}");
    }
}
