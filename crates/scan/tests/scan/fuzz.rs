//! Valid heads with something broken in them, one test a reader, through the reader and through all of `load`: never a
//! panic, never memory beyond what the file's size explains, and what loads keeps its promises.
//!
//! A short run by default; `PROPTEST_CASES=200000 cargo test --release -p scan fuzz` is a long one.

use std::cell::Cell;

use frames::{Metres, Seed};
use nalgebra::Vector3;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use scan::scanner::{self, Scanner, rescan};
use scan::{Format, LandmarksIn, RawMesh, Unit, load_bytes, read_bytes};

use crate::bodies::keeps_its_promises;

/// Half axes of an egg that passes for a head, metres.
const HALF: [f64; 3] = [0.075, 0.095, 0.11];
/// Its middle is above the plane of the ears.
const UP: f64 = 0.03;
/// Bytes of memory for a byte of file, and for any file. A triangle of an STL (50 bytes) is three corners at first.
const MEMORY: (u64, u64) = (50, 64 << 10);

/// An egg cut off at the neck, some 300 triangles, metres.
fn egg() -> RawMesh {
    let (rows, columns) = (10_u32, 16_u32);
    let mut vertices = vec![[0.0, 0.0, UP + HALF[2]]];
    for j in 1..=rows {
        for i in 0..columns {
            let v = f64::from(j) / f64::from(rows) * 0.8 * std::f64::consts::PI;
            let u = f64::from(i) / f64::from(columns) * std::f64::consts::TAU;
            vertices.push([HALF[0] * v.sin() * u.cos(), HALF[1] * v.sin() * u.sin(), UP + HALF[2] * v.cos()]);
        }
    }
    let at = |i: u32, j: u32| 1 + (j - 1) * columns + i % columns;
    let mut faces: Vec<[u32; 3]> = (0..columns).map(|i| [0, at(i, 1), at(i + 1, 1)]).collect();
    for (i, j) in (1..rows).flat_map(|j| (0..columns).map(move |i| (i, j))) {
        faces.extend([[at(i, j), at(i, j + 1), at(i + 1, j + 1)], [at(i, j), at(i + 1, j + 1), at(i + 1, j)]]);
    }
    let text: String = vertices.iter().map(|[x, y, z]| format!("v {x} {y} {z}\n")).collect::<String>()
        + &faces.iter().map(|[a, b, c]| format!("f {} {} {}\n", a + 1, b + 1, c + 1)).collect::<String>();
    read_bytes(Format::Obj, text.into()).unwrap()
}

fn marks() -> LandmarksIn {
    let side = (1.0 - (UP / HALF[2]).powi(2)).sqrt();
    LandmarksIn {
        nasion: [0.0, HALF[1] * side, 0.0],
        inion: [0.0, -HALF[1] * side, 0.0],
        left_preauricular: [-HALF[0] * side, 0.0, 0.0],
        right_preauricular: [HALF[0] * side, 0.0, 0.0],
    }
}

/// Two heads, so that a piece of one can be put into the other; the second is dirty.
fn seeds(write: fn(&RawMesh) -> Vec<u8>) -> [Vec<u8>; 2] {
    let dirty = Scanner {
        noise: Metres::from_mm(0.5),
        spikes: 0.02,
        holes: 1,
        hole_diameter: Metres::from_mm(60.0),
        loose_parts: 2,
        ..Scanner::IDEAL
    };
    [write(&egg()), write(&rescan(&egg(), Unit::Metre, &dirty, Seed(1)))]
}

/// One thing that goes wrong with a file.
#[derive(Debug, Clone)]
enum Break {
    /// Only the data, and only a little: a digit becomes another one, a byte of a binary number changes.
    Nudge(Index, u8),
    Flip(Index, u8),
    Cut(Index),
    Insert(Index, Vec<u8>),
    Remove(Index, u8),
    /// A run of digits becomes this, anywhere or (counts live there) among the first few.
    Number(Index, bool, &'static str),
    /// Four bytes of a binary number.
    Word(Index, u32),
    /// A piece of the other head, here.
    Splice(Index, Index, u16),
    /// A piece said twice.
    Twice(Index, u16),
}

const NUMBERS: [&str; 18] = [
    "-1",
    "0",
    "1",
    "2",
    "3",
    "255",
    "65536",
    "2147483648",
    "4294967295",
    "18446744073709551615",
    "-9223372036854775808",
    "1e39",
    "1e999",
    "-1e-320",
    "nan",
    "inf",
    "0x10",
    "",
];

fn breaks() -> impl Strategy<Value = Vec<Break>> {
    let at = any::<Index>;
    let words = prop::sample::select(vec![0, 1, 3, 255, 0x7f80_0000, 0x7fc0_0000, 0x7fff_ffff, 0x8000_0000, u32::MAX]);
    let one = prop_oneof![
        16 => (at(), 1_u8..).prop_map(|(i, b)| Break::Nudge(i, b)),
        1 => (at(), 1_u8..).prop_map(|(i, b)| Break::Flip(i, b)),
        1 => at().prop_map(Break::Cut),
        1 => (at(), prop::collection::vec(any::<u8>(), 1..9)).prop_map(|(i, b)| Break::Insert(i, b)),
        1 => (at(), 1_u8..).prop_map(|(i, n)| Break::Remove(i, n)),
        1 => (at(), any::<bool>(), prop::sample::select(&NUMBERS)).prop_map(|(i, h, n)| Break::Number(i, h, n)),
        1 => (at(), words).prop_map(|(i, w)| Break::Word(i, w)),
        1 => (at(), at(), 1_u16..2000).prop_map(|(i, j, n)| Break::Splice(i, j, n)),
        1 => (at(), 1_u16..2000).prop_map(|(i, n)| Break::Twice(i, n)),
    ];
    prop::collection::vec(one, 1..5)
}

fn broken(mut bytes: Vec<u8>, other: &[u8], breaks: &[Break]) -> Vec<u8> {
    for one in breaks {
        let n = bytes.len();
        if n == 0 {
            break;
        }
        let end = |from: usize, length: usize| (from + length).min(n);
        match one {
            Break::Nudge(i, b) => {
                let byte = &mut bytes[n / 4..][i.index(n - n / 4)];
                match *byte {
                    b'0'..=b'9' => *byte = b'0' + b % 10,
                    // The words between the numbers.
                    b'\t'..=b'~' => {}
                    _ => *byte ^= b,
                }
            }
            Break::Flip(i, b) => bytes[i.index(n)] ^= b,
            Break::Cut(i) => bytes.truncate(i.index(n)),
            Break::Insert(i, more) => drop(bytes.splice(i.index(n)..i.index(n), more.iter().copied())),
            Break::Remove(i, length) => drop(bytes.drain(i.index(n)..end(i.index(n), usize::from(*length)))),
            Break::Number(i, header, text) => {
                let digits: Vec<usize> = (0..n).filter(|k| bytes[*k].is_ascii_digit()).collect();
                let digits = &digits[..if *header { digits.len().min(60) } else { digits.len() }];
                if !digits.is_empty() {
                    let from = digits[i.index(digits.len())];
                    let to = (from..n).find(|k| !bytes[*k].is_ascii_digit()).unwrap_or(n);
                    bytes.splice(from..to, text.bytes());
                }
            }
            Break::Word(i, word) => {
                let from = i.index(n);
                bytes[from..end(from, 4)].copy_from_slice(&word.to_le_bytes()[..end(from, 4) - from]);
            }
            Break::Splice(i, j, length) => {
                let from = j.index(other.len());
                let piece = &other[from..(from + usize::from(*length)).min(other.len())];
                bytes.splice(i.index(n)..i.index(n), piece.iter().copied());
            }
            Break::Twice(i, length) => {
                let piece = bytes[i.index(n)..end(i.index(n), usize::from(*length))].to_vec();
                bytes.splice(i.index(n)..i.index(n), piece);
            }
        }
    }
    bytes
}

/// How far a file came.
#[derive(Clone, Copy, PartialEq)]
enum Came {
    Unread,
    Read,
    Loaded,
}

fn survives(format: Format, bytes: Vec<u8>) -> Came {
    let (size, marks) = (bytes.len() as u64, marks());
    let mut raw = None;
    let used = allocation_counter::measure(|| raw = Some(read_bytes(format, bytes.clone()))).bytes_max;
    assert!(used <= MEMORY.0 * size + MEMORY.1, "{used} bytes of memory for {size} bytes of {format}");
    let readable = match raw.unwrap() {
        Ok(raw) => {
            assert!(raw.vertices.iter().flatten().all(|c| c.is_finite()));
            assert!(raw.faces.iter().flatten().all(|v| (*v as usize) < raw.vertices.len()));
            true
        }
        Err(fault) => {
            let said = fault.to_string();
            assert!((10..600).contains(&said.len()) && !said.contains('\n'), "{said}");
            false
        }
    };
    match load_bytes(format, bytes, Some(Unit::Metre), &marks) {
        Ok(scan) => {
            assert!(readable);
            keeps_its_promises(&scan.surface);
            assert!(scan.surface.axis_at(0, [1.0 / 3.0; 3]).get().iter().all(|c: &f64| c.is_finite()));
            Came::Loaded
        }
        Err(fault) => {
            let said = fault.to_string();
            assert!((10..600).contains(&said.len()) && !said.contains('\n'), "{said}");
            if readable { Came::Read } else { Came::Unread }
        }
    }
}

fn run(format: Format, write: fn(&RawMesh) -> Vec<u8>) {
    let seeds = seeds(write);
    for bytes in &seeds {
        // Unbroken they are heads.
        let scan = load_bytes(format, bytes.clone(), Some(Unit::Metre), &marks()).unwrap();
        assert!(Vector3::z().dot(scan.surface.face_normal(0).get()) > 0.5);
        assert!(survives(format, bytes.clone()) == Came::Loaded);
    }
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(1000);
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) };
    // The same cases every time; more cases begin with these.
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let broken_heads = (any::<bool>(), breaks());
    let far = [const { Cell::new(0_u32) }; 3];
    let outcome = runner.run(&broken_heads, |(second, breaks)| {
        let [first, last] = if second { [&seeds[1], &seeds[0]] } else { [&seeds[0], &seeds[1]] };
        let came = survives(format, broken(first.clone(), last, &breaks)) as usize;
        far[came].set(far[came].get() + 1);
        Ok(())
    });
    assert!(outcome.is_ok(), "{format}: {outcome:?}");
    // Neither do the readers stop everything, nor does everything pass.
    let far = far.map(|count| count.get());
    let enough = far[0] > cases / 10 && far[1] > 0 && far[2] > cases / 20;
    assert!(enough, "{format}: unread, read, loaded: {far:?}");
}

#[test]
fn ply_binary() {
    run(Format::Ply, scanner::ply);
}

#[test]
fn ply_ascii() {
    run(Format::Ply, scanner::ply_ascii);
}

#[test]
fn obj() {
    run(Format::Obj, scanner::obj);
}

#[test]
fn stl_binary() {
    run(Format::Stl, scanner::stl);
}

#[test]
fn stl_ascii() {
    run(Format::Stl, scanner::stl_ascii);
}

#[test]
fn glb() {
    run(Format::Glb, scanner::glb);
}
