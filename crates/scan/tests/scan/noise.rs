//! Smoothed normals on a noisy sphere: the goals of `stipple.md` 12.3 (1 degree, 1 % of area, at 0.1 mm of noise).

use frames::{Dir, Point, Seed, gauss};
use nalgebra::Vector3;
use scan::Surface;

const RADIUS: f64 = 0.08;

/// Root mean square of the angles to the true normals (3 mm, 5 mm), area and projected area over the true area. A patch
/// of 30 mm on the sphere, edges `edge`, noise along the normal; its rim of 8 mm is not judged.
fn measure(edge: f64, sigma: f64) -> (f64, f64, f64, f64) {
    let n = (0.030 / edge) as i32;
    let (mut vertices, mut faces) = (Vec::new(), Vec::new());
    let half = f64::from(n) * edge / 2.0;
    for j in 0..=n {
        for i in 0..=n {
            // Rows of equilateral triangles.
            let x = (f64::from(i) + 0.5 * f64::from(j % 2)) * edge - half;
            let y = (f64::from(j) * edge - half) * 0.75_f64.sqrt();
            let normal = Vector3::new(x, y, (RADIUS * RADIUS - x * x - y * y).sqrt()) / RADIUS;
            let off = sigma * gauss(Seed(5), 1, vertices.len() as u64);
            vertices.push(Point::from(normal * (RADIUS + off)));
        }
    }
    let at = |i: i32, j: i32| (j * (n + 1) + i) as u32;
    for j in 0..n {
        for i in 0..n {
            let (a, b, c, d) = (at(i, j), at(i + 1, j), at(i, j + 1), at(i + 1, j + 1));
            faces.extend(if j % 2 == 0 { [[a, b, c], [b, d, c]] } else { [[a, b, d], [a, d, c]] });
        }
    }
    let (surface, _) = Surface::try_new(vertices, faces).unwrap();
    let judged = |p: Point<frames::Head>| p.coords.x.hypot(p.coords.y) < half * 0.75_f64.sqrt() - 0.006;
    let (mut area3, mut axis5, mut count) = (0.0, 0.0, 0.0);
    let (mut plain, mut projected, mut truth) = (0.0, 0.0, 0.0);
    for f in 0..surface.faces().len() as u32 {
        let third = [1.0 / 3.0; 3];
        let place = surface.at(f, third);
        if !judged(place) {
            continue;
        }
        let radial = Dir::try_from_vector(place.coords.coords).unwrap();
        area3 += surface.normal_at(f, third).angle(radial).powi(2);
        axis5 += surface.axis_at(f, third).angle(radial).powi(2);
        count += 1.0;
        plain += surface.face_area(f);
        projected += surface.projected_area(f);
        // Corners on the true sphere.
        let [a, b, c] =
            surface.faces()[f as usize].map(|v| surface.vertices()[v as usize].coords.coords.normalize() * RADIUS);
        truth += (b - a).cross(&(c - a)).norm() / 2.0;
    }
    let degrees = |sum: f64| (sum / count).sqrt().to_degrees();
    (degrees(area3), degrees(axis5), plain / truth, projected / truth)
}

#[track_caller]
fn check(edge_mm: f64, sigma_mm: f64, most_area: f64, most_axis: f64, inflation: std::ops::Range<f64>) {
    let (area, axis, plain, projected) = measure(edge_mm * 1e-3, sigma_mm * 1e-3);
    let said =
        format!("edge {edge_mm} noise {sigma_mm}: {area:.3} {axis:.3} deg, area {plain:.4}, projected {projected:.4}");
    assert!(area <= most_area && axis <= most_axis, "{said}");
    assert!(inflation.contains(&plain), "{said}");
    assert!((projected - 1.0).abs() < 0.01, "{said}");
}

/// The goal is 1 degree. A Gaussian of the prescribed spread lets 0.60 and 0.22 degrees through (noise * sqrt(vertex
/// area / 4 pi) / sigma^2); the table, by another kind of mean, has 0.42 and 0.19. Both have +9.6 % of area.
#[test]
fn fine_scan_noise_01() {
    check(0.45, 0.10, 0.70, 0.32, 1.07..1.12);
}

/// Twice the noise, twice the angle; the table has +33 % of area.
#[test]
fn fine_scan_noise_02() {
    check(0.45, 0.20, 1.30, 0.62, 1.25..1.38);
}

#[test]
fn coarser_scan() {
    check(0.9, 0.10, 1.0, 0.6, 1.015..1.04);
}

/// On a mesh coarser than the radius there is nothing to smooth, and nothing is lost.
#[test]
fn coarse_and_clean() {
    check(3.0, 0.0, 0.2, 0.2, 0.999..1.001);
}
