//! Nearest points, inside flags and rays against trimesh, on real heads.

use frames::{Dir, Metres, Point};
use nalgebra::Vector3;
use scan::Surface;
use serde_json::Value;

use crate::data::data;

/// The references were checked to this by brute force.
const WITHIN: f64 = 1e-7;

fn vectors(of: &Value) -> Vec<[f64; 3]> {
    let number = |v: &Value| v.as_f64().unwrap();
    of.as_array().unwrap().iter().map(|p| std::array::from_fn(|k| number(&p[k]))).collect()
}

fn numbers(of: &Value) -> Vec<f64> {
    of.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn check(name: &str, unit: f64) {
    let Some(path) = data(name) else { return };
    let want: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mesh = data(want["mesh"].as_str().unwrap()).unwrap();
    let raw = scan::read(&mesh).unwrap();
    let at = |p: [f64; 3]| Point::new(p[0] * unit, p[1] * unit, p[2] * unit);
    let (surface, repairs) = Surface::try_new(raw.vertices.iter().map(|p| at(*p)).collect(), raw.faces).unwrap();
    assert_eq!(surface.faces().len() as u64, want["faces"].as_u64().unwrap(), "{repairs}");
    assert!((surface.area() / (want["area"].as_f64().unwrap() * unit * unit) - 1.0).abs() < 1e-9);

    let near = &want["closest_point"];
    let (points, closest) = (vectors(&near["points"]), vectors(&near["closest"]));
    assert_eq!(points.len(), 150);
    for (i, (p, c)) in points.iter().zip(&closest).enumerate() {
        let hit = surface.nearest(at(*p));
        // Where two places are as near as each other either may be named; the distance is the same.
        let distance = (at(*p) - at(*c)).norm();
        assert!((hit.distance - distance).abs().get() < WITHIN, "point {i}: {} for {distance}", hit.distance);
        assert!((surface.at(hit.face, hit.bary) - hit.point).norm().get() < 1e-12, "point {i}");
        assert!(((at(*p) - hit.point).norm() - hit.distance).abs().get() < 1e-12, "point {i}");
        let signed = surface.signed_distance(at(*p));
        assert!((signed.abs() - hit.distance).abs().get() < 1e-15);
        if let Some(inside) = near["inside"].get(i) {
            assert_eq!(signed.get() < 0.0, inside.as_bool().unwrap(), "point {i}: {signed}");
        }
    }

    let rays = &want["rays"];
    let (origins, directions) = (vectors(&rays["origins"]), vectors(&rays["directions"]));
    let times = numbers(&rays["first_hit_t"]);
    assert_eq!(times.len(), 150);
    for (i, ((o, d), t)) in origins.iter().zip(&directions).zip(&times).enumerate() {
        let d = Vector3::from(*d);
        let hit = surface.cast(at(*o), Dir::try_from_vector(d).unwrap(), Metres::new(10.0)).unwrap();
        assert!((hit.distance.get() - t * unit * d.norm()).abs() < WITHIN, "ray {i}: {} for {t}", hit.distance);
    }
}

#[test]
fn fsaverage_as_trimesh_sees_it() {
    check("reference/mesh_queries_fsaverage_m.json", 1.0);
}

#[test]
fn ict_as_trimesh_sees_it() {
    check("reference/mesh_queries_ict_mean_skin.json", 1e-3);
}
