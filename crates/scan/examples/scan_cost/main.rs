//! What a dirty scan costs: time and peak memory from the file to the checked surface.
//!
//! `cargo run --release -p scan --example scan_cost -- make HEAD LANDMARKS.json UNIT TRIANGLES OUT.{ply,obj,stl,glb}`
//! writes a head as a bad scanner would; `.. -- load FILE LANDMARKS.json UNIT` reads one and says what it took. Two
//! calls, so that the peak is that of the reading alone. Landmarks are those of the test data: RAS, mm, names NAS INI
//! LPA RPA.
#![expect(clippy::print_stdout, reason = "a program that prints figures")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use frames::{Metres, Seed};
use scan::scanner::{self, Scanner, rescan};
use scan::{LandmarksIn, RawMesh, Unit, load, read};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", head, unit, triangles, out] => make(head, self::unit(unit)?, triangles.parse()?, out),
        ["load", file, landmarks, unit] => cost(file, landmarks, self::unit(unit)?),
        _ => Err("make HEAD UNIT TRIANGLES OUT, or load FILE LANDMARKS.json UNIT".into()),
    }
}

fn unit(name: &str) -> Result<Unit, Box<dyn Error>> {
    Ok(serde_json::from_value(name.into())?)
}

fn make(head: &str, unit: Unit, triangles: usize, out: &str) -> Result<(), Box<dyn Error>> {
    let raw = read(Path::new(head))?;
    let edge = edge_for(&raw, unit, triangles);
    let mesh = rescan(&raw, unit, &Scanner { longest_edge: Some(edge), ..Scanner::BAD }, Seed(1));
    let bytes = match Path::new(out).extension().and_then(|e| e.to_str()) {
        Some("stl") => scanner::stl(&mesh),
        Some("obj") => scanner::obj(&mesh),
        Some("glb") => scanner::glb(&mesh),
        _ => scanner::ply(&mesh),
    };
    println!("{} triangles, longest edge {:.3} mm, {} bytes", mesh.faces.len(), edge.mm(), bytes.len());
    Ok(std::fs::write(out, bytes)?)
}

/// The longest edge that gives at least so many triangles.
fn edge_for(raw: &RawMesh, unit: Unit, triangles: usize) -> Metres {
    let count = |mm: f64| {
        let scanner = Scanner { longest_edge: Some(Metres::from_mm(mm)), ..Scanner::IDEAL };
        rescan(raw, unit, &scanner, Seed(1)).faces.len()
    };
    let (mut fine, mut coarse) = (0.2, 6.0);
    for _ in 0..10 {
        let middle = f64::sqrt(fine * coarse);
        if count(middle) < triangles { coarse = middle } else { fine = middle }
    }
    Metres::from_mm(fine)
}

fn cost(file: &str, landmarks: &str, unit: Unit) -> Result<(), Box<dyn Error>> {
    let landmarks = landmarks_of(landmarks, unit)?;
    let began = Instant::now();
    let raw = read(Path::new(file))?;
    let parsed = began.elapsed().as_secs_f64();
    let triangles = raw.faces.len();
    drop(raw);
    let began = Instant::now();
    let scan = load(Path::new(file), Some(unit), &landmarks)?;
    let whole = began.elapsed().as_secs_f64();
    println!("{}", scan.repairs);
    println!("{triangles} triangles in, {} out", scan.surface.faces().len());
    println!("parse {parsed:.3} s, file to surface {whole:.3} s, peak {} MB", peak_mb()?);
    Ok(())
}

/// The most memory this process has held, of which Linux keeps the account.
fn peak_mb() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? / 1024)
}

fn landmarks_of(json: &str, unit: Unit) -> Result<LandmarksIn, Box<dyn Error>> {
    let file: serde_json::Value = serde_json::from_slice(&std::fs::read(json)?)?;
    let point = |name: &str| {
        let of = |k: usize| file["points"][name][k].as_f64().ok_or(format!("no {name}"));
        Ok::<_, String>([of(0)?, of(1)?, of(2)?].map(|mm| mm * 1e-3 / unit.metres()))
    };
    Ok(LandmarksIn {
        nasion: point("NAS")?,
        inion: point("INI")?,
        left_preauricular: point("LPA")?,
        right_preauricular: point("RPA")?,
    })
}
