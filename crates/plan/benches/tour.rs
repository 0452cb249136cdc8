//! Tours against the known figure of `reference/tour_5000.json`, and at 30 000 points.
#![expect(clippy::print_stdout, reason = "a bench prints")]
#![expect(clippy::unwrap_used, reason = "a bench may stop")]

use frames::{Seed, unit};
use nalgebra::Point3;
use plan::{Effort, tour, tour_length};

fn main() {
    let data = std::env::var("PIGMENT_DATA")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").into());
    match std::fs::read_to_string(format!("{data}/reference/tour_5000.json")) {
        Ok(text) => {
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            let lkh = json["lkh_length_mm"].as_f64().unwrap();
            let points: Vec<Point3<f64>> = serde_json::from_value::<Vec<[f64; 3]>>(json["points"].clone())
                .unwrap()
                .into_iter()
                .map(Point3::from)
                .collect();
            for kicks in [0.5, 1.0, 2.0, 4.0, 8.0] {
                let (order, s) = timed(&points, kicks);
                let gap = tour_length(&points, &order) / lkh - 1.0;
                println!("5 000 points, {kicks:>4} kicks a point: {:.3} s CPU, {:+.2} % over LKH", s, 100.0 * gap);
            }
        }
        Err(e) => println!("SKIPPED tour_5000.json: {e}"),
    }
    let points: Vec<Point3<f64>> = (0..30_000)
        .map(|k| {
            let z = unit(Seed(4), 1, k);
            let a = std::f64::consts::TAU * unit(Seed(4), 2, k);
            Point3::new((1.0 - z * z).sqrt() * a.cos(), (1.0 - z * z).sqrt() * a.sin(), z) * 90.0
        })
        .collect();
    // The constant of the 5 000-point reference with its boundary term: motion.md 1.3.
    let best = 0.7134 * (points.len() as f64 * std::f64::consts::TAU * 8100.0).sqrt();
    for kicks in [0.0, 2.0 / 3.0, 2.0] {
        let (order, s) = timed(&points, kicks);
        let gap = tour_length(&points, &order) / best - 1.0;
        println!(
            "30 000 points, {kicks:>4.2} kicks a point: {:.3} s CPU, {:+.2} % over the estimated best",
            s,
            100.0 * gap
        );
    }
}

fn timed(points: &[Point3<f64>], kicks_per_point: f64) -> (Vec<u32>, f64) {
    let start = cpu_s();
    let order = tour(points, Seed(1), Effort { kicks_per_point, most_kicks: u64::MAX });
    (order, cpu_s() - start)
}

/// CPU seconds of this thread so far: the machine is shared. Wall seconds where the system does not say.
fn cpu_s() -> f64 {
    let ran = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ns = ran.and_then(|s| s.split_whitespace().next()?.parse::<f64>().ok());
    ns.map_or_else(|| std::time::UNIX_EPOCH.elapsed().map_or(0.0, |d| d.as_secs_f64()), |ns| ns * 1e-9)
}
