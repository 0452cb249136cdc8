//! Sizes of heads against the table of the test data, and against people.

use frames::Metres;
use scan::measure::{Measures, measure};
use scan::{Scan, Unit, load};

use crate::data::{Axes, data, landmarks};

fn head(folder: &str, name: &str, unit: Unit) -> Option<Scan> {
    let mesh = data(&format!("heads/{folder}/{name}_{}.ply", if unit == Unit::Metre { "ras_m" } else { "ras_mm" }))?;
    let json =
        data(&format!("heads/{folder}/{}.landmarks.json", name.trim_end_matches("_skin").trim_end_matches("_head")))?;
    Some(load(&mesh, Some(unit), &landmarks(&json, unit, Axes::Ras)).unwrap())
}

fn measured(scan: &Scan) -> Measures {
    measure(&scan.surface, &scan.landmarks, |p| Metres::new(p.coords.z - 0.04))
}

/// Breadth, length, circumference in mm, from the README of the data.
#[track_caller]
fn check(folder: &str, name: &str, unit: Unit, want: [f64; 3]) {
    let Some(scan) = head(folder, name, unit) else { return };
    let m = measured(&scan);
    let got = [m.breadth, m.length, m.circumference].map(|s| s.unwrap().mm());
    println!("{name} {got:.1?} {want:?} {:?}", [m.tragion_top, m.sagittal_arc, m.coronal_arc].map(|s| s.unwrap().mm()));
    assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() < 2.5), "{name}: {got:.1?} {want:?}");
}

#[test]
fn fsaverage() {
    check("fsaverage", "fsaverage", Unit::Metre, [169.0, 211.0, 602.0]);
}
#[test]
fn ict_mean() {
    check("ict_facekit", "ict_mean_skin", Unit::Millimetre, [158.0, 194.0, 566.0]);
}
#[test]
fn ict_id1() {
    check("ict_facekit", "ict_id1_skin", Unit::Millimetre, [156.0, 183.0, 540.0]);
}
#[test]
fn mh_male() {
    check("makehuman", "makehuman_male_head", Unit::Millimetre, [148.0, 202.0, 566.0]);
}
#[test]
fn mh_female() {
    check("makehuman", "makehuman_female_head", Unit::Millimetre, [142.0, 188.0, 530.0]);
}
#[test]
fn pydeface() {
    check("pydeface_mean", "pydeface_mean", Unit::Millimetre, [155.0, 200.0, 566.0]);
}
