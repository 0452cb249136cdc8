//! How time and memory of stippling grow with the number of dots.
//!
//! In: how many dots, how many times the icosahedron is cut (7: 327 680 triangles), preset; without them the whole table, a
//! process a row, so that the peak of memory is the row's own. Out: wall seconds of the fastest of three, bytes a dot.
//! `cargo run --release -p stipple --example growth`.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement for people")]

use std::process::Command;
use std::time::Instant;

use design::{Fields, Wanted};
use frames::{Metres, PerSquareMetre, Seed};
use stipple::{Preset, place, test_body};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [dots, level, preset] = &words[..] {
        return row(dots.parse().unwrap(), level.parse().unwrap(), preset);
    }
    println!("   dots triangles preset    wall s  us/dot   peak MB  bytes/dot");
    for preset in ["human", "faithful"] {
        for (dots, level) in [(30, 6), (60, 6), (125, 6), (250, 6), (500, 7), (1000, 7)] {
            let dots = (dots * 1000).to_string();
            let me = std::env::current_exe().unwrap();
            assert!(Command::new(me).args([&dots, &level.to_string(), preset]).status().unwrap().success());
        }
    }
}

fn row(dots: usize, level: u32, preset: &str) {
    let body = test_body(level).unwrap();
    let before = peak();
    let preset = if preset == "human" { Preset::Human } else { Preset::Faithful };
    let wanted = Wanted::plain(PerSquareMetre::new(dots as f64 / body.area()));
    let fields = Fields::from_fn(move |_, _| wanted, Metres::ZERO);
    let mut best = f64::INFINITY;
    let mut got = 0;
    for _ in 0..3 {
        let began = Instant::now();
        got = place(&body, &fields, Seed(1), preset).unwrap().sites.len();
        best = best.min(began.elapsed().as_secs_f64());
    }
    let (per, memory) = (1e6 * best / got as f64, peak() - before);
    println!(
        "{got:>7} {:>9} {:<8} {best:>7.2} {per:>7.1} {:>9.0} {:>10.0}",
        body.faces().len(),
        format!("{preset:?}").to_lowercase(),
        memory * 1e-6,
        memory / got as f64
    );
}

/// Most memory that this process ever had, bytes; 0 where the system does not say.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) * 1024.0
}
