//! Our figures against those of `stipple_metrics.py` (numpy, scipy) on the very same dots.
//!
//! The patterns: 12 000 dots, eight times as dense in front as behind, on the cap z > 20 mm of the test body, cut off as a
//! surface of its own so that both see the same edge. `PIGMENT_EXPORT=DIR cargo test --release -p stipple -- --ignored
//! export` writes `cap.ply` and a `NAME.ply` each; then `stipple_metrics.py cap.ply NAME.ply`.

use super::*;
use crate::{Metrics, Progress, examine, plain_sample_elimination};

fn density(p: Point<Head>) -> f64 {
    // Linear, so that the script's interpolation over a triangle is exact.
    1.0 + 7.0 * (p.coords.y + 0.098) / 0.196
}

fn cap() -> (Surface, Fields) {
    let body = test_body(6).unwrap();
    let inside = |f: &&[u32; 3]| f.iter().all(|&v| body.vertices()[v as usize].coords.z > 0.02);
    let faces = body.faces().iter().filter(inside).copied().collect();
    let (cap, _) = Surface::try_new(body.vertices().to_vec(), faces).unwrap();
    let mass: f64 = (0..cap.faces().len() as u32).map(|f| cap.face_area(f) * density(cap.at(f, [1.0 / 3.0; 3]))).sum();
    let scale = 12_000.0 / mass;
    (cap, fields(0.0, move |p| scale * density(p)))
}

fn dots(cap: &Surface, fields: &Fields, name: &str) -> Vec<Point<Head>> {
    let preset = match name {
        "human" => Preset::Human,
        "faithful" => Preset::Faithful,
        _ => return plain_sample_elimination(cap, fields, Seed(1)).unwrap(),
    };
    place(cap, fields, Seed(1), preset).unwrap().sites.iter().map(|s| s.head_from_skin.origin()).collect()
}

const NAMES: [&str; 3] = ["human", "faithful", "plain"];

/// What the script says, seed 1, in the order of [`figures`].
const SCRIPT: [[f64; 17]; 3] = [
    [
        0.218105, 0.156805, 0.0912093, 0.16376, 1.55025, 0.399571, 0.440987, 0.716315, 1.26116, 0.209512, 1.3355,
        0.362936, 0.355467, 0.226669, 0.170429, 1.0559, 1.00914,
    ],
    [
        0.149101, 0.156805, 0.043574, 0.134798, 1.52238, 0.450025, 0.508208, 0.809802, 1.24084, 0.275083, 1.15779,
        0.502527, 0.323566, 0.226669, 0.136602, 0.921102, 1.00914,
    ],
    [
        0.29879, 0.156805, 0.0933939, 0.0709359, 1.70481, 0.701183, 0.710471, 0.910073, 1.13353, 0.44581, 2.29555,
        0.362936, 0.38104, 0.226669, 0.168069, 2.47125, 1.08962,
    ],
];

/// Name, value, and how far two ways of drawing windows, bins and pairs may lie apart.
fn figures(m: &Metrics) -> [(&'static str, f64, f64); 17] {
    let (s, p, f) = (m.spacing.unwrap(), m.pair.unwrap(), m.spectrum.unwrap());
    let (edge, q) = (m.edge.clone().unwrap(), s.quantiles_over_mean.unwrap());
    [
        ("soft ratio", m.soft.unwrap().ratio, 0.006),
        ("soft Poisson", m.soft.unwrap().poisson, 0.002),
        ("S_low", f.s_low, 0.01),
        ("NN CV", s.nn_cv.unwrap(), 0.001),
        ("Clark-Evans", s.clark_evans.unwrap(), 0.002),
        ("rho min", s.rho_min, 0.001),
        ("rho 1 %", s.rho_one_percent.unwrap(), 0.003),
        ("5 %", q[0], 0.003),
        ("95 %", q[4], 0.003),
        ("g RMS", p.g_rms_to_human, 0.006),
        ("g peak", p.g_peak, 0.05),
        ("Nyquist", f.nyquist_over_hex, 0.05),
        ("bins", m.bins.unwrap().ratio, 0.03),
        ("bins Poisson", m.bins.unwrap().poisson, 0.02),
        ("capacity CV", m.capacity_cv.unwrap(), 0.004),
        ("edge 1/8", edge.first_eighth.unwrap(), 0.06),
        ("edge 2", edge.first_two.unwrap(), 0.005),
    ]
}

#[test]
fn as_the_script_says() {
    let (cap, fields) = cap();
    let mut wrong = String::new();
    for (name, script) in NAMES.iter().zip(SCRIPT) {
        let metrics = examine(&cap, &fields, &dots(&cap, &fields, name), &Progress::none()).unwrap().unwrap();
        for ((figure, mine, tolerance), script) in figures(&metrics).into_iter().zip(script) {
            if !((mine - script).abs() <= tolerance) {
                wrong += &format!("{name}, {figure}: {mine:.5}, the script says {script:.5}\n");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
#[ignore = "writes files for the script"]
fn export() {
    let folder = std::path::PathBuf::from(std::env::var_os("PIGMENT_EXPORT").unwrap());
    let (cap, fields) = cap();
    let mut text = format!(
        "ply\nformat ascii 1.0\nelement vertex {}\nproperty double x\nproperty double y\nproperty double z\nproperty double density\nelement face {}\nproperty list uchar int vertex_indices\nend_header\n",
        cap.vertices().len(),
        cap.faces().len()
    );
    for p in cap.vertices() {
        text += &format!("{} {} {} {}\n", p.coords.x, p.coords.y, p.coords.z, fields.density_at(*p, Dir::Z).0.get());
    }
    for [a, b, c] in cap.faces() {
        text += &format!("3 {a} {b} {c}\n");
    }
    std::fs::write(folder.join("cap.ply"), text).unwrap();
    for name in NAMES {
        let dots = dots(&cap, &fields, name);
        let mut text = format!(
            "ply\nformat ascii 1.0\nelement vertex {}\nproperty double x\nproperty double y\nproperty double z\nend_header\n",
            dots.len()
        );
        for p in dots {
            text += &format!("{} {} {}\n", p.coords.x, p.coords.y, p.coords.z);
        }
        std::fs::write(folder.join(format!("{name}.ply")), text).unwrap();
    }
}
