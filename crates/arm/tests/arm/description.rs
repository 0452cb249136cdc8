//! Our UR5e's masses and shapes against the vendor's.

use arm::ArmModel;
use nalgebra::Point3;

use crate::{data, json, own, posture, vendor};

/// Corners of a binary STL.
fn corners(path: &std::path::Path) -> Vec<Point3<f64>> {
    let bytes = std::fs::read(path).unwrap();
    let number = |at: usize| f64::from(f32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()));
    let count = u32::from_le_bytes(bytes[80..84].try_into().unwrap()) as usize;
    let corner = |t: usize, c: usize| {
        let at = 84 + 50 * t + 12 + 12 * c;
        Point3::new(number(at), number(at + 4), number(at + 8))
    };
    (0..count).flat_map(|t| (0..3).map(move |c| corner(t, c))).collect()
}

/// Link by link, corners of the vendor's collision mesh in the joint's frame. The first is the base's.
fn meshes() -> Option<Vec<(String, Vec<Point3<f64>>)>> {
    let folder = data()?.join("robots/ur5e");
    let robot = urdf_rs::read_file(folder.join("ur5e.collision_rel.urdf")).unwrap();
    let mut all = Vec::new();
    for link in &robot.links {
        for collision in &link.collision {
            let urdf_rs::Geometry::Mesh { filename, .. } = &collision.geometry else { continue };
            let o = &collision.origin;
            let mut place = nalgebra::Isometry3::from_parts(
                nalgebra::Translation3::new(o.xyz[0], o.xyz[1], o.xyz[2]),
                nalgebra::UnitQuaternion::from_euler_angles(o.rpy[0], o.rpy[1], o.rpy[2]),
            );
            if link.name == "base_link_inertia" {
                place = nalgebra::Isometry3::rotation(nalgebra::Vector3::z() * std::f64::consts::PI) * place;
            }
            let points = corners(&folder.join(filename)).iter().map(|p| place * p).collect();
            all.push((link.name.clone(), points));
        }
    }
    Some(all)
}

fn bodies(arm: &ArmModel) -> Vec<&arm::Link> {
    std::iter::once(&arm.base_link).chain(&arm.links).collect()
}

/// The meshes are convex, so corners between two capsules do not say everything: points on the surfaces are tried too.
#[test]
fn capsules_enclose_the_meshes() {
    let Some(meshes) = meshes() else { return };
    let arm = own();
    for ((name, corners), link) in meshes.iter().zip(bodies(&arm)) {
        let out = |p: &Point3<f64>| link.shapes.iter().map(|s| s.distance(p)).fold(f64::INFINITY, f64::min);
        let mut most = f64::NEG_INFINITY;
        for t in corners.chunks_exact(3) {
            for (i, j) in (0..=6).flat_map(|i| (0..=6 - i).map(move |j| (i, j))) {
                let (u, v) = (f64::from(i) / 6.0, f64::from(j) / 6.0);
                most = most.max(out(&(t[0] + (t[1] - t[0]) * u + (t[2] - t[0]) * v)));
            }
        }
        // The other way round: how far the capsules go past the mesh, along the mesh's own widest directions.
        let mut over = 0.0_f64;
        for k in 0..400_u64 {
            let unit = |i| frames::gauss(frames::Seed(9), i, k);
            let d = nalgebra::Vector3::new(unit(0), unit(1), unit(2)).normalize();
            let mesh = corners.iter().map(|p| p.coords.dot(&d)).fold(f64::NEG_INFINITY, f64::max);
            let ours = link.shapes.iter().map(|s| s.a.coords.dot(&d).max(s.b.coords.dot(&d)) + s.radius.get());
            over = over.max(ours.fold(f64::NEG_INFINITY, f64::max) - mesh);
        }
        println!("{name}: mesh sticks out {:.2} mm, capsules go {:.1} mm past it", most * 1e3, over * 1e3);
        assert!(most < 1e-3, "{name} sticks out {:.2} mm", most * 1e3);
        // The foot is a flat disc; its capsule goes far below it, into what carries it.
        let bound = if name == "base_link_inertia" { 50e-3 } else { 36e-3 };
        assert!(over < bound, "{name}: {:.1} mm past the mesh", over * 1e3);
    }
}

/// Coal's mesh distances between the links: ours are never larger, as capsules hold the meshes, and not much smaller.
#[test]
fn self_distances_are_safe() {
    let Some(reference) = json("collision_distances.json") else { return };
    let arm = own();
    let names: Vec<&str> = ["base_link_inertia"].into_iter().chain(arm.links.iter().map(|l| l.name.as_str())).collect();
    let setups = reference["setups"].as_array().unwrap();
    let setup = setups.iter().find(|s| s["robot"] == "ur5e").unwrap();
    let (mut pairs, mut least, mut sum) = (0, f64::INFINITY, 0.0);
    for case in setup["cases"].as_array().unwrap() {
        let frames = arm.joint_frames(&posture(&case["q"]));
        for (pair, want) in case["self_distance_m"].as_object().unwrap() {
            let Some(want) = want.as_f64() else { continue };
            let index = |n: &str| names.iter().position(|m| *m == n.trim_end_matches("_0")).unwrap();
            let (a, b) = pair.split_once('|').unwrap();
            let placed = |i: usize| {
                let pose = if i == 0 { nalgebra::Isometry3::identity() } else { frames[i - 1] };
                bodies(&arm)[i].shapes.iter().map(move |s| s.moved(&pose)).collect::<Vec<_>>()
            };
            let mut ours = f64::INFINITY;
            for p in placed(index(a)) {
                for q in placed(index(b)) {
                    // Distance to a capsule is convex along a segment: a fine walk is within 0.2 mm.
                    for t in 0..=200 {
                        let at = p.a + (p.b - p.a) * (f64::from(t) / 200.0);
                        ours = ours.min(q.distance(&at) - p.radius.get());
                    }
                }
            }
            (pairs, sum) = (pairs + 1, sum + want - ours);
            least = least.min(want - ours);
            assert!(ours < want + 1.2e-3, "{pair}: {ours} {want}");
        }
    }
    println!("self distance: {pairs} pairs, meshes further apart by {:.1} mm on average", sum / f64::from(pairs) * 1e3);
    assert!(pairs > 100);
}

#[test]
fn masses_are_the_vendors() {
    let Some(vendor) = vendor("ur5e", Some("base_link"), None) else { return };
    let arm = own();
    assert_eq!(vendor.not_modelled.len(), 7);
    assert!(arm.not_modelled.is_empty());
    for (ours, theirs) in bodies(&arm).iter().zip(bodies(&vendor)) {
        assert_eq!(ours.mass_kg.to_bits(), theirs.mass_kg.to_bits());
        assert!((ours.com - theirs.com).norm() < 1e-12 && (ours.inertia - theirs.inertia).norm() < 1e-12);
    }
    assert_eq!(arm.limits, vendor.limits);
}

/// Every moving link and the foot can be drawn, in the colours the file names, and inside its own collision shape.
#[test]
fn looks_like_something() {
    let arm = own();
    for link in bodies(&arm) {
        assert!(!link.looks.is_empty(), "{}", link.name);
        for look in &link.looks {
            let arm::Form::Cylinder { radius, length } = look.form else { continue };
            for k in 0..16 {
                let (sin, cos) = (f64::from(k) * 0.4).sin_cos();
                for z in [-0.5, 0.5] {
                    let p = look.pose * Point3::new(radius * cos, radius * sin, z * length);
                    let out = link.shapes.iter().map(|s| s.distance(&p)).fold(f64::INFINITY, f64::min);
                    assert!(out < 2e-3, "{} {look:?} sticks out {:.1} mm", link.name, out * 1e3);
                }
            }
        }
    }
    assert!((arm.links[1].looks[0].colour[2] - 0.80).abs() < 1e-12);
}
