//! Files: good ones, bad ones, and what is said about them.

use std::path::Path;

use arm::{ArmError, ArmModel, Detour, Drive, JointPos, Program, Stroke, Tool};
use frames::{Metres, Penetration, Pose, Protrusion, SiteId, Span};
use nalgebra::Isometry3;
use proptest::prelude::*;

use crate::{asset, data, own};

/// Loads `text` as a URDF; the message without the folder.
fn urdf(text: &str) -> Result<ArmModel, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.urdf");
    std::fs::write(&path, text).unwrap();
    ArmModel::from_urdf(&path, None, None)
        .map_err(|e| e.to_string().replace(&format!("{}/", folder.path().display()), ""))
}

const LINKS: &str = r#"<link name="a"/><link name="b"/><link name="c"/>"#;

fn joint(name: &str, parent: &str, child: &str, kind: &str, rest: &str) -> String {
    format!(
        r#"<joint name="{name}" type="{kind}"><parent link="{parent}"/><child link="{child}"/><axis xyz="0 0 1"/>{rest}</joint>"#
    )
}

const GOOD: &str = r#"<limit lower="-1" upper="1" velocity="2" effort="3"/>"#;

#[track_caller]
fn refused(body: &str, want: &str) {
    let said = urdf(&format!(r#"<robot name="r">{body}</robot>"#)).map(|arm| arm.name);
    let message = said.unwrap_err();
    assert!(message.starts_with("x.urdf") && message.contains(want), "{message}");
}

#[test]
fn urdf_faults_are_named() {
    let first = joint("j1", "a", "b", "revolute", GOOD);
    let second = |kind: &str, rest: &str| format!("{LINKS}{first}{}", joint("j2", "b", "c", kind, rest));
    refused("", "holds no <link>");
    refused(&format!("{LINKS}{first}"), "2 links have no parent (a, c)");
    refused(&second("prismatic", GOOD), r#"joint "j2" is prismatic"#);
    refused(&second("floating", ""), r#"joint "j2" is floating"#);
    refused(&second("wobbly", GOOD), r#"joint "j2": "#);
    refused(&second("revolute", ""), r#"joint "j2": room between its limits is 0; give <limit"#);
    refused(
        &second("revolute", r#"<limit lower="1" upper="-1" velocity="1" effort="1"/>"#),
        "room between its limits is -2",
    );
    refused(&second("revolute", r#"<limit lower="-1" upper="1" velocity="0" effort="1"/>"#), "greatest velocity is 0");
    refused(&second("revolute", r#"<limit lower="-1" upper="inf" velocity="1" effort="1"/>"#), "upper limit is inf");
    refused(&second("revolute", r#"<limit lower="-1" upper="1" effort="1"/>"#), r#"joint "j2": "#);
    refused(&second("continuous", ""), "greatest velocity is 0");
    refused(&second("revolute", &format!(r#"{GOOD}<mimic joint="j1"/>"#)), r#"joint "j2" mimics "j1""#);
    refused(&second("revolute", &format!(r#"{GOOD}<mimic joint="nobody"/>"#)), r#"mimics "nobody""#);
    refused(&second("revolute", &format!(r#"{GOOD}<origin xyz="0 0 nan"/>"#)), "a number of its origin is NaN");
    refused(&second("fixed", "").replace("\"j2\"", "\"j1\""), r#"joint "j1" appears twice"#);
    refused(&format!("{}{LINKS}", second("fixed", "")), r#"link "a" appears twice"#);
    refused(
        &format!("{}{}", second("fixed", ""), joint("j3", "c", "d", "fixed", "")),
        r#"no link is called "d" (the child of joint "j3")"#,
    );
    refused(
        &format!("{}{}", second("fixed", ""), joint("j3", "a", "c", "fixed", "")),
        r#"link "c" hangs on two joints, j2 and j3"#,
    );
    refused(&format!("{}{}", second("fixed", ""), joint("j3", "c", "a", "fixed", "")), "its own ancestor");
    refused(&format!(r#"<link name="a"/>{}"#, joint("j1", "a", "a", "fixed", "")), "its own ancestor");
    refused(
        &second("fixed", "").replace(r#"<axis xyz="0 0 1"/>"#, r#"<axis xyz="0 0 0"/>"#),
        r#"joint "j1": length of the axis is 0"#,
    );
    refused(&second("fixed", "").replace(r#"<link name="b"/>"#, r#"<link name="b"><inertial><mass value="-1"/><inertia ixx="1" ixy="0" ixz="0" iyy="1" iyz="0" izz="1"/></inertial></link>"#), r#"link "b": mass is -1"#);
    refused(
        &second("fixed", "").replace(
            r#"<link name="b"/>"#,
            r#"<link name="b"><collision><geometry><sphere radius="0"/></geometry></collision></link>"#,
        ),
        r#"link "b": radius of its collision shape is 0"#,
    );
    refused(&format!(r#"<link name="a"/><link name="b"/>{}"#, joint("j", "a", "b", "fixed", "")), "0 joints turn");
    let mut many = r#"<link name="l0"/>"#.to_owned();
    for i in 0..8 {
        many += &format!(
            r#"<link name="l{}"/>{}"#,
            i + 1,
            joint(&format!("j{i}"), &format!("l{i}"), &format!("l{}", i + 1), "revolute", GOOD)
        );
    }
    refused(&many, "8 joints turn");
    let forked = format!("{LINKS}{first}{}", joint("j2", "a", "c", "revolute", GOOD));
    refused(&forked, "there are 2 ends (b, c); name the flange");
    assert!(urdf(&format!(r#"<robot name="r">{}</robot>"#, second("fixed", ""))).is_ok());
}

#[test]
fn not_a_urdf_at_all() {
    for text in ["", "hello", "<robot", "<robot name='x'><link name='a'></robot>", "\u{0}\u{1}", "<mujoco/>"] {
        assert!(urdf(text).is_err(), "{text:?}");
    }
    let missing = ArmModel::from_urdf(Path::new("no/such.urdf"), None, None).unwrap_err();
    assert!(missing.to_string().starts_with("no/such.urdf: cannot be read"), "{missing}");
    let ours = asset("arms/ur5e.urdf");
    let message = ArmModel::from_urdf(&ours, Some("base_lin"), None).unwrap_err().to_string();
    assert!(message.contains(r#"no link is called "base_lin" (given as the base)"#) && message.contains("base_link"));
    let apart = ArmModel::from_urdf(&ours, Some("tool0"), Some("base_link")).unwrap_err();
    assert!(matches!(apart, ArmError::Apart { .. }), "{apart}");
}

#[test]
fn continuous_turns_once_either_way() {
    let arm = urdf(&format!(
        r#"<robot name="r">{LINKS}{}{}</robot>"#,
        joint("j1", "a", "b", "continuous", r#"<limit velocity="2" effort="0"/>"#),
        joint("j2", "b", "c", "revolute", GOOD)
    ))
    .unwrap();
    assert_eq!(&*arm.limits.lower, [-std::f64::consts::TAU, -1.0]);
    assert_eq!((arm.joints[0].effort, arm.joints[1].effort), (None, Some(3.0)));
    assert_eq!(&*arm.limits.acceleration, [arm::ACCELERATION; 2]);
}

#[test]
fn part_of_a_robot() {
    let arm = ArmModel::from_urdf(&asset("arms/ur5e.urdf"), Some("forearm_link"), Some("wrist_3_link")).unwrap();
    assert_eq!(arm.dof(), 3);
    assert_eq!(arm.base_link.name, "forearm_link");
}

/// Every URDF that ROS keeps to break parsers: refused in words or loaded, never a panic; a refused one names its file.
#[test]
fn ros_malformed() {
    let Some(folder) = data() else { return };
    let mut seen = 0;
    for entry in std::fs::read_dir(folder.join("malformed/ros_urdf")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "urdf") {
            continue;
        }
        seen += 1;
        // None of them is an arm with a flange: no silent success either.
        let message = ArmModel::from_urdf(&path, None, None).unwrap_err().to_string();
        assert!(message.contains(&path.file_name().unwrap().to_string_lossy().into_owned()), "{message}");
        println!("{}", message.rsplit('/').next().unwrap_or_default());
    }
    assert!(seen >= 16);
    // A valid one: an arm of the PR2 by name.
    let pr2 = folder.join("malformed/ros_urdf/pr2_desc.urdf");
    let arm = ArmModel::from_urdf(&pr2, Some("torso_lift_link"), Some("r_gripper_palm_link")).unwrap();
    assert_eq!(arm.dof(), 7);
    assert!(!arm.not_modelled.is_empty());
}

fn tool_with(change: impl Fn(String) -> String) -> Result<Tool, String> {
    let text = change(std::fs::read_to_string(asset("tools/voice_coil.toml")).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.toml");
    std::fs::write(&path, text).unwrap();
    Tool::load(&path).map_err(|e| e.to_string().replace(&format!("{}/", folder.path().display()), ""))
}

#[test]
fn our_tools() {
    let coil = Tool::load(&asset("tools/voice_coil.toml")).unwrap();
    assert!(matches!(coil.drive, Drive::Actuator { .. }));
    assert!((coil.mount_angle.degrees() - 60.0).abs() < 1e-12);
    // The needle leans by the mount angle, and the nose is 85 mm along it from the housing's centre.
    let z = coil.flange_from_tcp.z();
    assert!((z.get().z - 0.5).abs() < 1e-12);
    let centre = coil.flange_from_tcp * frames::Point::new(0.0, 0.0, -0.085);
    assert!((centre.coords - nalgebra::Point3::new(0.0, 0.0, 0.075)).norm() < 1e-6);
    assert!((coil.nose.force(Metres::from_mm(1.25)).get() - 0.8).abs() < 1e-12);
    assert!((coil.nose.displacement(coil.nose.contact).mm() - 1.25).abs() < 1e-9);
    let rigid = Tool::load(&asset("tools/rigid.toml")).unwrap();
    assert!(matches!(rigid.drive, Drive::Arm { .. }));
    assert_ne!(coil.digest(), rigid.digest());
    for tool in [&coil, &rigid] {
        // Full travel stays below the 2 N trip, and a body behind the nose leaves it clear on a head of 60 mm radius.
        assert!(tool.nose.force(tool.nose.travel).get() < 2.0 && tool.nose.area() >= 0.8e-4);
        let tcp_from_flange = tool.flange_from_tcp.inverse();
        for part in &tool.body {
            let seen = part.moved(tcp_from_flange.get());
            // Worst: the ring pushed in by its whole travel, the head's nearest point straight ahead.
            let head = nalgebra::Point3::new(0.0, 0.0, 0.060 - tool.nose.travel.get());
            assert!(seen.distance(&head) > 0.060 + 3e-3, "{} {part:?}", tool.name);
        }
        assert_eq!(tool.payload().mass_kg.to_bits(), tool.mass_kg.to_bits());
    }
}

#[track_caller]
fn tool_refused(from: &str, to: &str, want: &str) {
    let plain = std::fs::read_to_string(asset("tools/voice_coil.toml")).unwrap();
    assert!(plain.contains(from), "{from}");
    let message = tool_with(|t| t.replacen(from, to, 1)).unwrap_err();
    assert!(message.starts_with("t.toml:") && message.contains(want), "{message}");
}

#[test]
fn tool_faults_are_named() {
    assert!(tool_with(|t| t).is_ok());
    tool_refused(
        "spring_n_per_mm",
        "sping_n_per_mm",
        r#"t.toml:15:1: unknown key "sping_n_per_mm"; did you mean "spring_n_per_mm"?"#,
    );
    tool_refused("[sensors]", "[sensor]", r#"did you mean "sensors"?"#);
    tool_refused("stop_mm = 1.2", "stop_mm = 1.3", "t.toml:23:11: stop_mm = 1.3; give 0.05 to 1.2");
    tool_refused("angle_deg = 60", "angle_deg = 95", "angle_deg = 95; give 0 to 90");
    tool_refused("angle_deg = 60", "angle_deg = nan", "angle_deg = NaN");
    tool_refused("angle_deg = 60", "angle_deg = \"60\"", "invalid type");
    tool_refused("spring_n_per_mm = 0.4", "spring_n_per_mm = -0.4", "above 0");
    tool_refused("spring_n_per_mm = 0.4", "", "missing field `spring_n_per_mm`");
    tool_refused("contact_n = 0.8", "contact_n = 2.5", "lies outside what the spring gives");
    tool_refused("radius_mm = 5.5", "radius_mm = 5", "less than 0.8 cm2");
    tool_refused("points = 1 ", "points = 0 ", "give 1 to 9");
    tool_refused("points = 1 ", "points = 1.5 ", "invalid type");
    tool_refused("rest_mm = -1.5", "rest_mm = 0.5", "rest_mm = 0.5; give -10 to -0.1");
    tool_refused("stroke_mm = 2.7", "stroke_mm = 3", "but rest_mm to stop_mm is 2.700 mm");
    tool_refused("kind = \"actuator\"", "kind = \"actator\"", r#"unknown kind "actator"; did you mean "actuator"?"#);
    tool_refused("kind = \"actuator\"", "kind = \"arm\"", "stroke_mm says nothing about a drive of kind \"arm\"");
    tool_refused("delay_ms = 1.0", "", "needs delay_ms");
    tool_refused("tcp_mm = [73.612, 0.0, 117.5]", "tcp_mm = [73.612, 0.0]", "invalid length 2");
    tool_refused("tcp_mm = [73.612, 0.0, 117.5]", "tcp_mm = [inf, 0.0, 0.0]", "three lengths");
    tool_refused("tcp_mm = [73.612, 0.0, 117.5]", "tcp_mm = [66.0, 0.0, 113.0]", "draw it back");
    tool_refused("mass_kg = 0.62", "mass_kg = 620", "mass_kg = 620; give 0.001 to 10");
    tool_refused("name = \"voice coil 1RL\"", "name = \" \"", "name is empty");
    tool_refused("[mount]", "[mount", "t.toml:6:");
    let missing = Tool::load(Path::new("no/such.toml")).unwrap_err().to_string();
    assert!(missing.contains("cannot be read"), "{missing}");
}

#[test]
fn digests_follow_the_content() {
    let (a, b) = (own(), own());
    assert_eq!(a.digest(), b.digest());
    let mut c = own();
    c.limits.speed[3] += 1e-15;
    assert_ne!(a.digest(), c.digest());
    assert_ne!(a.digest(), a.perturbed(&[Isometry3::translation(1e-9, 0.0, 0.0)]).digest());
    let wider = tool_with(|t| t.replace("radius_mm = 5.5", "radius_mm = 5.6")).unwrap();
    assert_ne!(wider.digest(), Tool::load(&asset("tools/voice_coil.toml")).unwrap().digest());
}

fn program(n: usize) -> Program {
    let arm = own();
    let q = |k: usize| crate::random(&arm, 6.0, k as u64);
    let stroke = |k: usize| Stroke {
        site: SiteId(k as u32),
        head_from_touch: Pose::new(Isometry3::translation(0.001 * k as f64, 0.1, 0.2)),
        touch: q(k),
        lifted: q(k + 1),
        protrusion: Protrusion::new(Metres::from_mm(0.8)),
        target: Penetration::new(Metres::from_mm(0.5)),
        deepest: Penetration::new(Metres::from_mm(0.8)),
        dwell: Span::from_ms(5),
    };
    Program {
        scene: [1; 32],
        scan: [2; 32],
        arm: arm.digest(),
        tool: [4; 32],
        base_from_head: Pose::new(Isometry3::translation(0.5, 0.0, 0.3)),
        limits: arm.limits,
        park: q(0),
        approach: vec![q(1), q(2)],
        strokes: (0..n).map(stroke).collect(),
        detours: if n > 2 { vec![Detour { before: 2, stops: vec![q(4), q(5)] }] } else { Vec::new() },
        retreat: vec![q(3)],
    }
}

#[test]
fn program_round_trip() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("program.bin");
    let (few, many) = (program(0), program(1000));
    few.save(&path).unwrap();
    let head = std::fs::metadata(&path).unwrap().len();
    assert_eq!(Program::load(&path).unwrap(), few);
    many.save(&path).unwrap();
    assert_eq!(Program::load(&path).unwrap(), many);
    let bytes = std::fs::metadata(&path).unwrap().len();
    println!("program: {head} bytes and {:.1} a stroke", (bytes - head) as f64 / 1000.0);
    // Nothing but the program is left behind, and the same program has the same bytes.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let first = std::fs::read(&path).unwrap();
    many.save(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), first);
}

#[test]
fn program_faults_are_typed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("program.bin");
    program(3).save(&path).unwrap();
    let good = std::fs::read(&path).unwrap();
    let load = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        Program::load(&path)
    };
    for n in 0..good.len() {
        let cut = load(&good[..n]).unwrap_err();
        assert!(matches!(cut, ArmError::NotAProgram { .. } | ArmError::Length { .. }), "{n}: {cut}");
        let mut flipped = good.clone();
        flipped[n] ^= 1 << (n % 8);
        assert!(load(&flipped).is_err(), "byte {n}");
    }
    let mut longer = good.clone();
    longer.push(0);
    assert!(matches!(load(&longer), Err(ArmError::Length { .. })));
    let mut other = good.clone();
    other[8] = 9;
    assert!(matches!(load(&other), Err(ArmError::Version { found: 9, known: 2, .. })));
    assert!(matches!(load(b"PK\x03\x04 not ours at all, but long enough"), Err(ArmError::NotAProgram { .. })));
    let mut flip = good.clone();
    flip[100] ^= 0x10;
    assert!(matches!(load(&flip), Err(ArmError::Corrupt { .. })));
    assert!(matches!(Program::load(Path::new("no/such.bin")), Err(ArmError::Read { .. })));
    assert!(matches!(program(1).save(Path::new("no/such/program.bin")), Err(ArmError::Write { .. })));
    assert!(load(&good).is_ok());
}

/// A whole file that says what no program says: the planner wrote nonsense, the controller must not believe it.
#[test]
fn program_nonsense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("program.bin");
    for change in [
        |p: &mut Program| p.strokes[0].touch = JointPos::zeros(5),
        |p: &mut Program| p.strokes[1].lifted[2] = f64::NAN,
        |p: &mut Program| p.strokes[2].protrusion = Protrusion::new(Metres::new(f64::INFINITY)),
        |p: &mut Program| p.strokes[2].dwell = Span::from_ms(-1),
        |p: &mut Program| p.park = JointPos::zeros(7),
        |p: &mut Program| p.detours[0].stops[1][0] = f64::NAN,
        |p: &mut Program| p.detours[0].stops.clear(),
        |p: &mut Program| p.detours[0].before = 0,
        |p: &mut Program| p.detours[0].before = 3,
        |p: &mut Program| p.detours.push(p.detours[0].clone()),
        |p: &mut Program| p.base_from_head = Pose::new(Isometry3::translation(f64::NAN, 0.0, 0.0)),
    ] {
        let mut bad = program(3);
        change(&mut bad);
        bad.save(&path).unwrap();
        assert!(matches!(Program::load(&path), Err(ArmError::Program { .. })));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_program_comes_back(
        n in 0..20_usize,
        site in any::<u32>(),
        angles in prop::collection::vec(-7.0..7.0_f64, 6),
        mm in -2.0..1.2_f64,
        ns in 0..1_000_000_000_i64,
        digest in any::<[u8; 32]>(),
    ) {
        let mut program = program(n);
        program.scene = digest;
        for stroke in &mut program.strokes {
            stroke.site = SiteId(site);
            stroke.touch = JointPos::from_slice(&angles).unwrap();
            stroke.protrusion = Protrusion::new(Metres::from_mm(mm));
            stroke.dwell = Span::from_ns(ns);
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p");
        program.save(&path).unwrap();
        prop_assert_eq!(Program::load(&path).unwrap(), program);
    }

    /// Noise of any kind is refused, not believed.
    #[test]
    fn no_noise_is_a_tool_or_an_arm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, &bytes).unwrap();
        prop_assert!(Tool::load(&path).is_err());
        prop_assert!(ArmModel::from_urdf(&path, None, None).is_err());
        prop_assert!(Program::load(&path).is_err());
    }
}
