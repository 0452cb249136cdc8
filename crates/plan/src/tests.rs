//! Whole plans over an ellipsoid: what is accepted is right, what is refused says why, and it is the same every time.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use arm::{Motion, Program};
use frames::{Metres, Seed};
use nalgebra::Point3;
use proptest::prelude::*;

use crate::fixture::{arm, cell, ellipsoid, protrusion, sites, tool};
use crate::{Cell, KeepOut, Options, PlanError, Probe, Reject, Rejected, Stats, plan};

/// The crown looks at the arm.
const CROWN: [f64; 3] = [0.0, 0.5, 0.9];

fn run(sites: &[stipple::Site], cell: &Cell, options: &Options) -> Result<(Program, Vec<Rejected>, Stats), PlanError> {
    plan(&arm(), &tool(), &ellipsoid(), cell, sites, options, &protrusion)
}

/// What every program must be, asked with nothing of the planner but its answer.
fn is_sound(program: &Program, rejected: &[Rejected], sites: &[stipple::Site], cell: &Cell) {
    let (arm, tool, surface) = (arm(), tool(), ellipsoid());
    let options = Options::default();
    // Refusals may be too careful by 2.5 mm, and the probe's grid is another one than the planner's.
    let asked = Options { head_clearance: options.head_clearance - Metres::from_mm(2.5), ..options };
    let mut seen: Vec<u32> =
        program.strokes.iter().map(|s| s.site.0).chain(rejected.iter().map(|r| r.site.0)).collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..sites.len() as u32).collect::<Vec<_>>(), "every site is either planned or refused, once");
    let probe = Probe::new(&arm, &tool, &surface, cell, &asked).unwrap();
    for s in &program.strokes {
        let site = &sites[s.site.0 as usize];
        let nose = arm.forward(&s.touch) * tool.flange_from_tcp;
        let skin = cell.base_from_head * site.head_from_skin;
        assert!((nose.origin() - skin.origin()).norm().get() < 1e-8);
        assert!(nose.z().angle(-skin.z()) < 1e-8);
        let up = skin.origin() - (arm.forward(&s.lifted) * tool.flange_from_tcp).origin();
        assert!(up.along(-skin.z()).get() >= options.lift.get() - 1e-8);
        probe.posture(&s.touch).unwrap();
    }
    let stops = std::iter::once(program.park)
        .chain(program.approach.iter().copied())
        .chain(
            program
                .strokes
                .iter()
                .enumerate()
                .flat_map(|(i, s)| program.detour(i).iter().copied().chain([s.lifted]).collect::<Vec<_>>()),
        )
        .chain(program.retreat.iter().copied())
        .chain([program.park])
        .collect::<Vec<_>>();
    for w in stops.windows(2) {
        let motion = Motion::between(&w[0], &w[1], &program.limits);
        let whole = motion.seconds();
        for k in 0..=40 {
            let (q, qd, qdd) = motion.sample(whole * f64::from(k) / 40.0);
            assert!(program.limits.hold(&q));
            assert!(qd.iter().zip(program.limits.speed.iter()).all(|(v, m)| v.abs() <= m + 1e-9));
            assert!(qdd.iter().zip(program.limits.acceleration.iter()).all(|(v, m)| v.abs() <= m + 1e-9));
            if k % 10 == 0 {
                probe.posture(&q).unwrap();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn random_clouds_give_sound_programs(n in 1u64..120, seed in 0u64..1000, spread in 0.1f64..0.9) {
        let (sites, cell) = (sites(n, CROWN, spread, seed), cell());
        let (program, rejected, stats) = run(&sites, &cell, &Options { seed: Seed(seed), ..Options::default() }).unwrap();
        is_sound(&program, &rejected, &sites, &cell);
        prop_assert!(stats.bound_s <= stats.duration_s * (1.0 + 1e-9), "{stats:?}");
        prop_assert_eq!(stats.planned + stats.rejected, sites.len());
    }
}

#[test]
fn a_crown_is_planned_whole_and_fast() {
    let (sites, cell) = (sites(600, CROWN, 0.45, 5), cell());
    let (program, rejected, stats) = run(&sites, &cell, &Options::default()).unwrap();
    assert!(rejected.is_empty(), "{rejected:?}");
    is_sound(&program, &rejected, &sites, &cell);
    assert!(stats.bound_ratio >= 0.95, "{stats:?}");
    assert!(stats.max_hop_rad < 0.5, "{stats:?}");
}

#[test]
fn the_same_bytes_on_one_and_two_threads() {
    let (sites, cell) = (sites(300, CROWN, 0.6, 9), cell());
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| format!("{:?}", run(&sites, &cell, &Options::default()).unwrap()))
    };
    assert_eq!(on(1), on(2));
}

#[test]
fn the_far_side_is_refused_with_reasons_and_the_near_side_planned() {
    let mut cell = cell();
    let mut head = *cell.base_from_head.get();
    head.translation.vector.x += 0.22;
    cell.base_from_head = frames::Pose::new(head);
    let sites = sites(300, [0.0, 0.0, 1.0], 3.2, 3);
    let (program, rejected, stats) = run(&sites, &cell, &Options::default()).unwrap();
    is_sound(&program, &rejected, &sites, &cell);
    assert!(stats.planned > 200 && stats.rejected > 20, "{stats:?}");
    assert!(stats.detours > 0 && stats.detours == program.detours.len(), "around the head: {stats:?}");
    assert!(rejected.iter().all(|r| !r.reason.to_string().is_empty()));
}

/// Capsules against triangles by another library, at instants the planner never looked at.
#[test]
fn clearances_measured_by_brute_force() {
    use parry3d::math::{Pose, Vector};
    use parry3d::shape::{Capsule, TriMesh};
    let (sites, cell, options) = (sites(80, CROWN, 0.8, 4), cell(), Options::default());
    let (program, ..) = run(&sites, &cell, &options).unwrap();
    let (arm, tool, surface) = (arm(), tool(), ellipsoid());
    let vector = |p: Point3<f64>| Vector::new(p.x, p.y, p.z);
    let head =
        TriMesh::new(surface.vertices().iter().map(|v| vector(v.coords)).collect(), surface.faces().to_vec()).unwrap();
    let head_from_base = cell.base_from_head.inverse();
    let hops = program.strokes.len() as u64 - 1;
    for k in 0..200 {
        let i = (frames::hash(Seed(8), 0, k) % hops) as usize;
        let u = frames::unit(Seed(8), 1, k);
        let q = program.strokes[i].lifted.zip(&program.strokes[i + 1].lifted, |a, b| a + (b - a) * u);
        let frames = arm.joint_frames(&q);
        let links = arm.links.iter().zip(&frames).flat_map(|(l, f)| l.shapes.iter().map(move |s| (s.moved(f), false)));
        let flange = *arm.forward(&q).get();
        for (part, is_tool) in links.chain(tool.body.iter().map(|s| (s.moved(&flange), true))) {
            let [a, b] = [part.a, part.b].map(|p| vector(head_from_base.get() * p));
            let capsule = Capsule::new(a, b, part.radius.get());
            let found = parry3d::query::distance(&Pose::IDENTITY, &capsule, &Pose::IDENTITY, &head).unwrap().distance;
            // The tube behind the nose ring has a gap of 8 mm over flat skin and must keep half.
            let least = if is_tool { 0.004 } else { options.head_clearance.get() };
            assert!(found >= least - 1e-6, "{found} at hop {i}, {u}");
        }
    }
}

fn error(cell: &Cell, sites: &[stipple::Site]) -> PlanError {
    run(sites, cell, &Options::default()).map(|(p, r, s)| (p.strokes.len(), r.len(), s)).unwrap_err()
}

#[test]
fn a_head_out_of_reach_is_named_with_the_distance() {
    let mut far = cell();
    let mut iso = *far.base_from_head.get();
    iso.translation.vector.x += 2.0;
    far.base_from_head = frames::Pose::new(iso);
    match error(&far, &sites(20, CROWN, 0.3, 1)) {
        PlanError::NothingReachable { sites: 20, reason: Reject::OutOfReach { over }, zone, .. } => {
            assert!(over.get() > 1.0 && over.get() < 2.0, "{over}");
            assert_eq!(zone, "frontal hairline");
        }
        other => panic!("{other}"),
    }
}

#[test]
fn impossible_cells_are_refused_by_name() {
    let some = sites(5, CROWN, 0.3, 1);
    let table =
        |min: [f64; 3], max: [f64; 3]| KeepOut { name: "table".into(), min: Point3::from(min), max: Point3::from(max) };
    let mut cell = cell();
    assert!(matches!(error(&cell, &[]), PlanError::NoSites));
    cell.keep_out = vec![table([0.3, -0.5, -0.1], [1.0, 0.5, 0.4])];
    assert!(matches!(error(&cell, &some), PlanError::HeadInKeepOut { .. }));
    cell.keep_out = vec![table([-1.0, -1.0, 0.3], [0.35, 1.0, 0.8])];
    assert!(matches!(error(&cell, &some), PlanError::ParkCollides { .. }));
    cell.keep_out.clear();
    cell.park[2] = 3.5;
    assert!(matches!(error(&cell, &some), PlanError::ParkLimit { .. }));
    cell = crate::fixture::cell();
    let mut iso = *cell.base_from_head.get();
    iso.translation.vector = nalgebra::Vector3::new(0.1, 0.0, 0.05);
    cell.base_from_head = frames::Pose::new(iso);
    assert!(matches!(error(&cell, &some), PlanError::HeadInBase { .. }));
    cell.base_from_head = frames::Pose::new(nalgebra::Isometry3::translation(f64::NAN, 0.0, 0.0));
    assert!(matches!(error(&cell, &some), PlanError::Input { .. }));
}

#[test]
fn a_table_under_the_head_is_kept_clear_of() {
    let mut cell = cell();
    cell.keep_out =
        vec![KeepOut { name: "table".into(), min: Point3::new(0.3, -0.4, -0.3), max: Point3::new(1.2, 0.4, 0.05) }];
    let sites = sites(120, CROWN, 0.5, 2);
    let (program, rejected, _) = run(&sites, &cell, &Options::default()).unwrap();
    is_sound(&program, &rejected, &sites, &cell);
}

#[test]
fn a_site_that_is_no_number_is_refused_alone() {
    let mut sites = sites(10, CROWN, 0.2, 2);
    sites[3].head_from_skin = frames::Pose::new(nalgebra::Isometry3::translation(f64::NAN, 0.0, 0.0));
    let (program, rejected, _) = run(&sites, &cell(), &Options::default()).unwrap();
    assert_eq!(program.strokes.len(), 9);
    assert_eq!(rejected, [Rejected { site: frames::SiteId(3), reason: Reject::NotFinite }]);
}

#[test]
fn a_greater_margin_is_kept() {
    let options = Options { head_clearance: Metres::from_mm(12.0), ..Options::default() };
    let (sites, cell) = (sites(60, CROWN, 0.4, 7), cell());
    let (program, ..) = run(&sites, &cell, &options).unwrap();
    let (arm, tool, surface) = (arm(), tool(), ellipsoid());
    let asked = Options { head_clearance: Metres::from_mm(9.5), ..options };
    let probe = Probe::new(&arm, &tool, &surface, &cell, &asked).unwrap();
    program.strokes.iter().for_each(|s| probe.posture(&s.touch).unwrap());
}

/// An arm of the data folder, with a capsule from each joint to the next: its own shapes are meshes.
fn vendor(name: &str, radius_mm: f64) -> Option<arm::ArmModel> {
    let data = std::env::var("PIGMENT_DATA")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").to_owned());
    let path = std::path::PathBuf::from(format!("{data}/robots/{name}/{name}.collision_rel.urdf"));
    if !path.is_file() {
        assert!(std::env::var("CI").is_err(), "no test data in {data}");
        skipped(&data);
        return None;
    }
    let mut arm = arm::ArmModel::from_urdf(&path, None, None).unwrap();
    let ends: Vec<Point3<f64>> = (0..arm.dof())
        .map(|i| arm.joints.get(i + 1).map_or(arm.last_from_flange, |j| j.parent_from_joint).translation.vector.into())
        .collect();
    for (link, end) in arm.links.iter_mut().zip(ends) {
        link.shapes = vec![arm::Capsule { a: Point3::origin(), b: end, radius: Metres::from_mm(radius_mm) }];
    }
    Some(arm)
}

/// Seven joints and spherical wrists plan as a UR does: nearly every site, few detours, no wide hops, same bytes.
#[test]
fn other_arms_plan_a_crown() {
    // The head is where each arm works with its elbow up, the park posture over it.
    for (name, radius, x, z, park) in [
        ("iiwa14", 60.0, 0.70, 0.25, vec![0.0, -10.0, 0.0, -100.0, 0.0, 70.0, 0.0]),
        ("fr3", 35.0, 0.57, 0.20, vec![0.0, -45.0, 0.0, -135.0, 0.0, 90.0, 45.0]),
        ("abb_irb120", 45.0, 0.47, 0.25, vec![0.0, -30.0, 10.0, 0.0, 60.0, 0.0]),
    ] {
        let Some(arm) = vendor(name, radius) else { return };
        let mut cell = cell();
        let mut head = *cell.base_from_head.get();
        (head.translation.vector.x, head.translation.vector.z) = (x, z);
        cell.base_from_head = frames::Pose::new(head);
        cell.park = arm::JointPos::from_slice(&park.iter().map(|d: &f64| d.to_radians()).collect::<Vec<_>>()).unwrap();
        let sites = sites(600, CROWN, 0.35, 5);
        let once = || plan(&arm, &tool(), &ellipsoid(), &cell, &sites, &Options::default(), &protrusion);
        let (program, rejected, stats) = once().unwrap_or_else(|e| panic!("{name}: {e}"));
        said(name, &stats, &rejected);
        assert_eq!(program.strokes.len() + rejected.len(), sites.len());
        assert!(stats.planned >= 500, "{name}: {stats:?}");
        assert!(stats.bound_ratio >= 0.9 && stats.max_hop_rad < 0.85, "{name}: {stats:?}");
        for s in &program.strokes {
            let nose = arm.forward(&s.touch) * tool().flange_from_tcp;
            let skin = cell.base_from_head * sites[s.site.0 as usize].head_from_skin;
            assert!((nose.origin() - skin.origin()).norm().get() < 1e-8 && nose.z().angle(-skin.z()) < 1e-8);
            assert!(arm.limits.hold(&s.touch) && arm.limits.hold(&s.lifted));
        }
        if name == "iiwa14" {
            assert_eq!(format!("{:?}", once().unwrap().0), format!("{program:?}"));
        }
    }
}

#[expect(clippy::print_stderr, reason = "says what was measured")]
fn said(name: &str, stats: &Stats, rejected: &[Rejected]) {
    let why = rejected.first().map_or_else(String::new, |r| format!("; first refused: {}", r.reason));
    eprintln!("{name}: {stats:?}{why}");
}

/// Meshes of the links against a head by another library (`reference/collision_distances.json`). Our capsules hold the
/// meshes to within a millimetre, so what touches there must be refused here; and what is far from everything be taken.
#[test]
fn what_meshes_touch_the_capsules_refuse() {
    let data = std::env::var("PIGMENT_DATA")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").to_owned());
    let text = std::fs::read_to_string(format!("{data}/reference/collision_distances.json"));
    let Ok(text) = text else {
        assert!(std::env::var("CI").is_err(), "no test data in {data}");
        return skipped(&data);
    };
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let setup = json["setups"].as_array().unwrap().iter().find(|s| s["robot"] == "ur5e").unwrap();
    let file = format!("{data}/{}", setup["head"].as_str().unwrap());
    let marks: serde_json::Value = serde_json::from_str(
        &std::fs::read_to_string(format!("{data}/heads/fsaverage/fsaverage.landmarks.json")).unwrap(),
    )
    .unwrap();
    let mark = |name: &str| serde_json::from_value::<[f64; 3]>(marks["points"][name].clone()).unwrap();
    let landmarks = scan::LandmarksIn {
        nasion: mark("NAS").map(|v| v * 1e-3),
        inion: mark("INI").map(|v| v * 1e-3),
        left_preauricular: mark("LPA").map(|v| v * 1e-3),
        right_preauricular: mark("RPA").map(|v| v * 1e-3),
    };
    let scan = scan::load(file.as_ref(), Some(scan::Unit::Metre), &landmarks).unwrap();
    let t: [f64; 3] = serde_json::from_value(setup["head_pose_in_robot_root"]["t"].clone()).unwrap();
    let base_from_file = nalgebra::Isometry3::translation(t[0], t[1], t[2]);
    let mut cell = cell();
    cell.base_from_head = frames::Pose::new(base_from_file * scan.head_from_file.get().inverse());
    let (arm, mut bare) = (arm(), tool());
    bare.body.clear();
    let options = Options { head_clearance: Metres::ZERO, self_clearance: Metres::ZERO, ..Options::default() };
    let probe = Probe::new(&arm, &bare, &scan.surface, &cell, &options).unwrap();
    let (mut touching, mut free) = (0, 0);
    for case in setup["cases"].as_array().unwrap() {
        let q: Vec<f64> = serde_json::from_value(case["q"].clone()).unwrap();
        let distance = |v: &serde_json::Value| v.as_f64().unwrap_or(0.0);
        let to_head = case["link_to_head_m"].as_object().unwrap().iter().filter(|(k, _)| !k.starts_with("base"));
        let least = to_head.map(|(_, v)| distance(v)).fold(f64::MAX, f64::min);
        let itself = case["self_distance_m"].as_object().unwrap().values().map(distance).fold(f64::MAX, f64::min);
        let found = probe.posture(&arm::JointPos::from_slice(&q).unwrap());
        if least <= 0.0 || itself <= 0.0 {
            assert!(found.is_err(), "case {} touches: head {least}, itself {itself}, {q:?}", case["index"]);
            touching += 1;
        }
        // Capsules are thicker than links by up to 30 mm in the middle of the long ones; neighbouring wrist links keep
        // 17 mm wherever they turn.
        if least > 0.06 && itself > 0.0165 {
            assert!(found.is_ok(), "case {} is free by {least} and {itself}: {found:?}", case["index"]);
            free += 1;
        }
    }
    assert!(touching >= 5 && free >= 3, "{touching} touching, {free} free; the data has both");
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn skipped(data: &str) {
    eprintln!("SKIPPED: no test data in {data}");
}
