//! How much faster than real time the simulated world runs, everything on: a dot every 0.4 s on top of the bundled head.
//! `cargo bench -p simulate`: by the thread's own processor time, so that a busy machine does not count; wall time is at
//! least this.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints and may stop")]

use std::path::Path;
use std::sync::Arc;

use arm::{ArmDriver, ArmModel, JointPos, JointVel, Setpoint, Tool};
use frames::{Base, Dir, Head, Instant, Metres, Point, Pose, Protrusion, Seed, Span};
use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};
use scan::{LandmarksIn, Unit};
use simulate::{Imperfections, SimArm};
use skin::Zone;

const TOP: Vector3<f64> = Vector3::new(0.0, 0.45, 0.285);

fn main() {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets");
    let arm = ArmModel::from_urdf(&assets.join("arms/ur5e.urdf"), None, None).unwrap();
    let tool = Tool::load(&assets.join("tools/voice_coil.toml")).unwrap();
    let landmarks = LandmarksIn {
        nasion: [0.0, 91.139, 28.0],
        inion: [0.0, -94.207, 5.0],
        left_preauricular: [-71.348, 0.0, 0.0],
        right_preauricular: [71.347, 0.0, 0.0],
    };
    let surface = scan::load(&assets.join("heads/adult.ply"), Some(Unit::Millimetre), &landmarks).unwrap().surface;
    let surface = Arc::new(surface);
    // The top of the head at TOP, its normal upright.
    let top = surface.cast(Point::new(0.0, 0.03, 0.5), -Dir::Z, Metres::new(1.0)).unwrap();
    let upright = UnitQuaternion::rotation_between(surface.axis_at(top.face, top.bary).get(), &Vector3::z()).unwrap();
    let head = Isometry3::from_parts(Translation3::from(TOP - upright * top.point.coords.coords), upright);
    let head = Pose::<Base, Head>::new(head);
    let seed = JointPos::from_slice(&[1.2, -1.6, 1.9, -1.9, -1.6, 0.0]).unwrap();
    let at = |height: f64, aside: f64, near: &JointPos| {
        let down = UnitQuaternion::from_axis_angle(&Vector3::x_axis(), std::f64::consts::PI);
        let place = TOP + Vector3::new(aside, 0.0, height);
        let flange = Pose::new(Isometry3::from_parts(place.into(), down)) * tool.flange_from_tcp.inverse();
        arm.inverse_near(&flange, near).unwrap_or_else(|| arm.inverse_around(&flange, near).nearest(near).unwrap().1)
    };
    let lifted = at(2e-3, 0.0, &seed);
    let mut seconds = Vec::new();
    for (name, imperfections) in [("none", Imperfections::none()), ("default", Imperfections::default())] {
        let zones: simulate::Zones = Arc::new(|_| Zone::FrontalMid.facts());
        let mut sim = SimArm::new(&arm, &tool, &surface, &head, &lifted, &imperfections, zones, Seed(1)).unwrap();
        let (mut k, mut q) = (0_u64, lifted);
        seconds.clear();
        for _ in 0..30 {
            let began = cpu();
            for _ in 0..1000 {
                k += 1;
                let phase = k % 400;
                let aside = 1e-3 * ((k / 400) % 8) as f64;
                let height = match phase {
                    0..100 => 2e-3,
                    100..200 => 2e-3 - 37e-6 * (phase - 100) as f64,
                    200..300 => -1.7e-3,
                    _ => 2e-3 - 37e-6 * (400 - phase) as f64,
                };
                let next = at(height, aside, &q);
                let qd = JointVel::from_slice(&next.zip(&q, |a, b| (a - b) / 1e-3)).unwrap();
                q = next;
                let out = if (250..262).contains(&phase) { 0.6e-3 } else { tool.needle.rest.get() };
                let setpoint = Setpoint {
                    seq: k,
                    at: Instant::from_ns(k * 1_000_000),
                    q,
                    qd,
                    protrusion: Protrusion::new(Metres::new(out)),
                    valid_for: Span::from_ms(20),
                };
                sim.exchange(&setpoint).unwrap();
            }
            seconds.push(cpu() - began);
        }
        let mean = seconds.iter().sum::<f64>() / seconds.len() as f64;
        let worst = seconds.iter().fold(0.0_f64, |m, s| m.max(*s));
        let best = seconds.iter().fold(f64::INFINITY, |m, s| m.min(*s));
        let truth = sim.truth();
        println!(
            "{name:8} {:6.1} x real time (best second {:.1}, worst {:.1}), {:.2} us a step; {} hits, {} accidents",
            1.0 / mean,
            1.0 / best,
            1.0 / worst,
            mean * 1e3,
            truth.hits.len(),
            truth.accidents.len(),
        );
    }
}

/// Processor time of this thread, s.
fn cpu() -> f64 {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9
}
