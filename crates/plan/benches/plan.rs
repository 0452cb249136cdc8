//! Whole plans on the bundled head, and one collision check.
//!
//! `cargo bench -p plan --bench plan [SITES..]`
#![expect(clippy::print_stdout, reason = "a bench prints")]
#![expect(clippy::unwrap_used, reason = "a bench may stop")]

use std::path::PathBuf;
use std::time::Instant;

use arm::{ArmModel, JointPos, Tool};
use frames::{Base, Dir, Head, Metres, Penetration, Point, Pose, Protrusion, Seed, SiteId, unit};
use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion, Vector3};
use plan::{Cell, Options, Probe, plan};
use scan::{LandmarksIn, Surface, Unit};
use stipple::Site;

fn main() {
    let assets = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../assets");
    let arm = ArmModel::from_urdf(&assets.join("arms/ur5e.urdf"), None, None).unwrap();
    let tool = Tool::load(&assets.join("tools/voice_coil.toml")).unwrap();
    let landmarks = LandmarksIn {
        nasion: [0.0, 91.118, 28.250],
        inion: [0.0, -93.395, 3.0],
        left_preauricular: [-71.321, 0.0, 0.0],
        right_preauricular: [71.321, 0.0, 0.0],
    };
    let surface = scan::load(&assets.join("heads/adult.ply"), Some(Unit::Millimetre), &landmarks).unwrap().surface;
    let turn = UnitQuaternion::from_euler_angles(90f64.to_radians(), 0.0, -90f64.to_radians());
    let cell = Cell {
        base_from_head: Pose::<Base, Head>::new(Isometry3::from_parts(Translation3::new(0.54, 0.0, 0.2), turn)),
        park: JointPos::from_slice(&[0.0, -110.0, 110.0, -90.0, -90.0, 0.0].map(f64::to_radians)).unwrap(),
        keep_out: Vec::new(),
    };
    let options = Options::default();

    let began = Instant::now();
    let probe = Probe::new(&arm, &tool, &surface, &cell, &options).unwrap();
    println!("field of distances, {} triangles: {:.3} s", surface.faces().len(), began.elapsed().as_secs_f64());
    let mut asked = Vec::new();
    let counts: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    for n in if counts.is_empty() { vec![1_000, 14_000, 30_000] } else { counts } {
        let sites = sites(&surface, n);
        let (began, cpu) = (Instant::now(), cpu_s());
        let protrusion = |_: &Site| Protrusion::new(Metres::from_mm(0.8));
        let (program, rejected, stats) = plan(&arm, &tool, &surface, &cell, &sites, &options, &protrusion).unwrap();
        println!("{n} sites: {:.2} s wall, {:.2} s CPU, {stats:?}", began.elapsed().as_secs_f64(), cpu_s() - cpu);
        let mut reasons = std::collections::BTreeMap::new();
        for r in &rejected {
            let what = format!("{:?}", r.reason);
            let what = what.split([' ', '{']).next().unwrap_or_default().to_owned();
            reasons.entry(what).or_insert_with(|| (0, r.reason.to_string())).0 += 1;
        }
        reasons.iter().for_each(|(what, (count, example))| println!("  {count} {what}: {example}"));
        asked = program.strokes.iter().map(|s| s.touch).collect::<Vec<_>>();
    }
    let sites = sites(&surface, 4_000);
    let cpu = cpu_s();
    let bytes = probe.ladder(&tool, &cell, &options, &sites);
    println!("ladder of 24 spins: {:.2} us and {bytes} bytes a site", (cpu_s() - cpu) / sites.len() as f64 * 1e6);
    let time = |name: &str, postures: &[JointPos]| {
        let cpu = cpu_s();
        let rounds = 200_000 / postures.len().max(1) + 1;
        let clear = (0..rounds).map(|_| postures.iter().filter(|q| probe.posture(q).is_ok()).count()).sum::<usize>();
        let n = rounds * postures.len();
        println!(
            "{name}: {:.3} us a posture, {:.0} % clear",
            (cpu_s() - cpu) / n as f64 * 1e6,
            100.0 * clear as f64 / n as f64
        );
    };
    time("collision, postures at touch", &asked);
    let near: Vec<JointPos> = asked
        .iter()
        .enumerate()
        .map(|(k, q)| {
            let mut q = *q;
            q.iter_mut().enumerate().for_each(|(j, v)| *v += 0.4 * (unit(Seed(2), j as u64, k as u64) - 0.5));
            q
        })
        .collect();
    time("collision, within 0.2 rad of them", &near);
}

/// Points on the scalp: the upper half of the head, evenly by area.
fn sites(surface: &Surface, n: usize) -> Vec<Site> {
    let faces = surface.faces().len() as u32;
    let top = |f: u32| {
        let p: Point<Head> = surface.at(f, [1.0 / 3.0; 3]);
        p.coords.z > 0.060 && p.coords.z + 0.6 * p.coords.y > 0.03 && p.coords.z - 0.6 * p.coords.y > 0.05
    };
    let mut sum = 0.0;
    let sums: Vec<f64> = (0..faces)
        .map(|f| {
            sum += if top(f) { surface.face_area(f) } else { 0.0 };
            sum
        })
        .collect();
    println!("scalp {:.0} cm2", sum * 1e4);
    (0..n as u64)
        .map(|k| {
            // A golden-ratio sequence over the faces: even, and every count has its own points.
            let u = (k as f64 * 0.618_033_988_749_894_9 + 0.5).fract() * sum;
            let face = sums.partition_point(|&s| s <= u).min(faces as usize - 1) as u32;
            let (a, b) = (unit(Seed(1), 1, k).sqrt(), unit(Seed(1), 2, k));
            let bary = [1.0 - a, a * (1.0 - b), a * b];
            let (p, n): (Point<Head>, Dir<Head>) = (surface.at(face, bary), surface.axis_at(face, bary));
            let n = n.get().into_inner();
            let x = Vector3::y() - n * n.y;
            let x = x.normalize();
            let turn = Rotation3::from_matrix_unchecked(Matrix3::from_columns(&[x, n.cross(&x), n]));
            let depth = |mm: f64| Penetration::new(Metres::from_mm(mm));
            Site {
                id: SiteId(k as u32),
                head_from_skin: Pose::new(Isometry3::from_parts(
                    Translation3::from(p.coords.coords),
                    UnitQuaternion::from_rotation_matrix(&turn),
                )),
                zone: skin::Zone::Vertex,
                zone_index: 0,
                target: depth(0.5),
                least: depth(0.3),
                most: depth(0.7),
                healed: Metres::from_mm(0.15),
                shade: 1.0,
                class: 0,
            }
        })
        .collect()
}

/// CPU seconds of this process so far; wall seconds where the system does not say.
fn cpu_s() -> f64 {
    // In ticks of 10 ms: only for what takes longer.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: f64 = fields.get(11..13).map_or(0.0, |t| t.iter().filter_map(|t| t.parse::<f64>().ok()).sum());
    ticks / 100.0
}
