//! Three sessions on real heads: each alone, all together, and every hard distance by brute force.

use super::*;

/// The bundled head, and two of real people where the test data are.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn heads() -> Vec<(&'static str, scan::Scan)> {
    let own = std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/heads/adult.ply"));
    let bundled = scan::LandmarksIn {
        nasion: [0.0, 91.139, 28.0],
        inion: [0.0, -94.207, 5.0],
        left_preauricular: [-71.348, 0.0, 0.0],
        right_preauricular: [71.347, 0.0, 0.0],
    };
    let mut out = vec![("bundled", scan::load(&own, Some(scan::Unit::Millimetre), &bundled).unwrap())];
    let beside = || std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    let data = std::env::var_os("PIGMENT_DATA").map_or_else(beside, std::path::PathBuf::from).join("heads");
    if !data.exists() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "no {}: set PIGMENT_DATA", data.display());
        eprintln!("SKIPPED: no {}; set PIGMENT_DATA to the folder of test data", data.display());
        return out;
    }
    for (name, mesh, landmarks) in [
        ("ict_mean", "ict_facekit/ict_mean_skin_ras_mm.ply", "ict_facekit/ict_mean.landmarks.json"),
        ("makehuman", "makehuman/makehuman_male_head_ras_mm.ply", "makehuman/makehuman_male.landmarks.json"),
    ] {
        let text = std::fs::read_to_string(data.join(landmarks)).unwrap();
        let get = |key: &str| {
            let from = &text[text.find(&format!("\"{key}\"")).unwrap()..];
            let list = &from[from.find('[').unwrap() + 1..from.find(']').unwrap()];
            let mm: Vec<f64> = list.split(',').map(|x| x.trim().parse().unwrap()).collect();
            [mm[0], mm[1], mm[2]]
        };
        let landmarks = scan::LandmarksIn {
            nasion: get("NAS"),
            inion: get("INI"),
            left_preauricular: get("LPA"),
            right_preauricular: get("RPA"),
        };
        out.push((name, scan::load(&data.join(mesh), Some(scan::Unit::Millimetre), &landmarks).unwrap()));
    }
    out
}

/// A band of 72/cm² behind the proposed line, in `of` sessions.
fn band(scan: &scan::Scan, number: u16, of: u16) -> design::DesignSpec {
    let line = design::propose_hairline(scan).unwrap();
    let mut spec = design::DesignSpec::new()
        .session(number, of)
        .zone(design::ZoneSpec::hairline(line).named("front").density(72.0));
    if of == 1 {
        spec.session.least_distance_mm = spec.session.least_overall_mm;
    }
    spec
}

/// What placement makes of a session: 0.15 mm rms beside the plan, some missing.
fn done(scan: &scan::Scan, sites: &[crate::Site], stage: u64, missing: f64) -> Vec<Point<Head>> {
    let each = sites.iter().enumerate().map(|(k, site)| (k as u64, site));
    let done = each.filter(|(k, _)| frames::unit(Seed(77), stage, *k) >= missing).map(|(k, site)| {
        let off = |axis| frames::gauss(Seed(78), 2 * stage + axis, k) * 0.15e-3 / 2.0_f64.sqrt();
        scan.surface.nearest(site.head_from_skin * Point::new(off(0), off(1), 0.0)).point
    });
    done.collect()
}

fn earlier(there: &[Point<Head>]) -> impl Iterator<Item = Frozen> + '_ {
    there.iter().map(|&point| Frozen { point, kind: FrozenKind::Earlier { ink: 1.0 } })
}

fn nearest(points: &[Vector3<f64>], others: &[Point<Head>]) -> f64 {
    let gaps = points.iter().flat_map(|p| others.iter().map(move |q| (p - q.coords.coords).norm_squared()));
    gaps.fold(f64::MAX, f64::min).sqrt()
}

/// stipple.md 11 for the classes of `human`, 0.30 each, and for all together, 0.24; on a band of some 3000 dots one figure
/// scatters by 0.02. Laid session by session around what was there, without a plan, the bundled head came to 0.23, 0.48,
/// 0.55 and 0.30.
#[test]
fn every_session_alone_and_all_together() {
    for (name, scan) in heads() {
        let compile = |number, of| design::compile(&band(&scan, number, of), &scan, &skin::Person::LIGHT).unwrap();
        let mut there: Vec<Point<Head>> = Vec::new();
        let mut sites = Vec::new();
        for number in 1..=3 {
            let bare = compile(number, 3);
            let mut fields = compile(number, 3);
            fields.freeze(&scan.surface, earlier(&there).collect::<Vec<_>>());
            let pattern = place(&scan.surface, &fields, Seed(1), Preset::Human).unwrap();
            let own = positions(&pattern);
            assert!(least_gap(&own) > 1e-3, "{name} {number}: {}", least_gap(&own));
            assert!(there.is_empty() || nearest(&own, &there) > 0.6e-3, "{name} {number}");
            assert!(pattern.rejected.len() < 10, "{name} {number}: {}", pattern.rejected.len());
            let alone = measure(&scan.surface, &bare, &pattern.sites);
            within(&format!("{name} {number} soft"), alone.soft_error_ratio, 0.0..=0.37);
            there.extend(done(&scan, &pattern.sites, u64::from(number), 0.0));
            sites.extend(pattern.sites);
        }
        let full = compile(1, 1);
        let once = place(&scan.surface, &full, Seed(1), Preset::Human).unwrap();
        assert!(sites.len().abs_diff(once.sites.len()) <= 3, "{name}: {} {}", sites.len(), once.sites.len());
        // Where the dots really are.
        let moved = sites.iter().zip(&there).map(|(site, at)| {
            let turn = site.head_from_skin.get().rotation;
            let head_from_skin = frames::Pose::new(nalgebra::Isometry3::from_parts(at.coords.coords.into(), turn));
            crate::Site { head_from_skin, ..*site }
        });
        let union = measure(&scan.surface, &full, &moved.collect::<Vec<_>>());
        within(&format!("{name} all"), union.soft_error_ratio, 0.0..=0.26);
        within(&format!("{name} all"), union.nn_cv, 0.14..=0.22);
    }
}

/// Hair, old dots and keep-outs, in the first session and in the second: every pair, by brute force.
#[test]
fn every_hard_distance_on_every_head() {
    for (name, scan) in heads() {
        let middle = {
            let line = design::propose_hairline(&scan).unwrap();
            let p = scan.head_from_file * Point::from(Vector3::from(line[line.len() / 2]) * 1e-3);
            scan.surface.nearest(Point::from(p.coords.coords + Vector3::new(0.0, -0.02, 0.01))).point
        };
        let hole = scan.head_from_file.inverse() * middle;
        let hole = [0, 1, 2].map(|k| hole.coords.coords[k] * 1e3);
        let near = |reach: f64, k: u64| {
            let u = |stage| frames::unit(Seed(8), stage, k) - 0.5;
            let p = middle.coords.coords + Vector3::new(u(1), u(2), u(3)) * 2.0 * reach;
            scan.surface.nearest(Point::from(p)).point
        };
        let hair: Vec<Point<Head>> = (0..300).map(|k| near(0.03, k)).collect();
        let old: Vec<Point<Head>> = (1000..1100).map(|k| near(0.03, k)).collect();
        let mut before: Vec<Point<Head>> = Vec::new();
        for number in 1..=2 {
            let spec = band(&scan, number, 3).keep_out(design::KeepOutSpec::ball(hole, 4.0));
            let mut fields = design::compile(&spec, &scan, &skin::Person::LIGHT).unwrap();
            let there = hair.iter().map(|&point| Frozen { point, kind: FrozenKind::Follicle });
            let old_dots = old.iter().map(|&point| Frozen { point, kind: FrozenKind::OldDot { ink: 0.5 } });
            fields.freeze(&scan.surface, there.chain(old_dots).chain(earlier(&before)).collect::<Vec<_>>());
            let pattern = place(&scan.surface, &fields, Seed(1), Preset::Human).unwrap();
            let own = positions(&pattern);
            assert!(own.len() > 300, "{name} {number}: {}", own.len());
            for (what, gap, least) in [
                ("session", least_gap(&own), 1e-3),
                ("earlier", nearest(&own, &before), 0.6e-3),
                ("old dots", nearest(&own, &old), 0.5e-3),
                ("hair", nearest(&own, &hair), 0.3e-3),
                ("keep-out", nearest(&own, &[middle]), 4e-3),
            ] {
                assert!(gap > least, "{name} {number} {what}: {gap}");
            }
            before.extend(done(&scan, &pattern.sites, u64::from(number), 0.04));
        }
    }
}
