//! One broken body a row, and the exact count of what was done to it.

use frames::{Metres, Point};
use proptest::prelude::*;
use scan::{Repairs, ScanError, Surface};

use crate::bodies::{Body, both, keeps_its_promises, sphere, volume};

#[track_caller]
fn check((vertices, faces): Body, closed: bool, want: Repairs) -> Surface {
    let (surface, repairs) = Surface::try_new(vertices, faces).unwrap();
    keeps_its_promises(&surface);
    assert_eq!(Repairs { loops: Vec::new(), ..repairs.clone() }, want, "{repairs}");
    assert_eq!(surface.is_closed(), closed, "{repairs}");
    assert_eq!(repairs.loops.is_empty(), closed, "{repairs}");
    assert!(volume(&surface) > 0.0);
    surface
}

fn ball() -> Body {
    sphere([0.0; 3], 0.08, 3)
}

#[test]
fn a_clean_body_needs_nothing() {
    let surface = check(ball(), true, Repairs::default());
    assert_eq!(surface.faces().len(), 1280);
    assert_eq!(Repairs::default().to_string(), "");
}

#[test]
fn a_soup_is_welded() {
    let (vertices, faces) = ball();
    let soup: Vec<_> = faces.iter().flatten().map(|v| vertices[*v as usize]).collect();
    let alone = (0..faces.len() as u32).map(|f| [3 * f, 3 * f + 1, 3 * f + 2]).collect();
    let want = Repairs { merged_vertices: soup.len() - vertices.len(), ..Default::default() };
    check((soup, alone), true, want);
}

#[test]
fn inside_out_is_turned() {
    let (vertices, faces) = ball();
    let turned = faces.iter().map(|[a, b, c]| [*a, *c, *b]).collect();
    check((vertices, turned), true, Repairs { turned_faces: 1280, ..Default::default() });
}

#[test]
fn mixed_windings_are_turned() {
    let (vertices, mut faces) = ball();
    for face in faces.iter_mut().step_by(7) {
        face.swap(0, 1);
    }
    check((vertices, faces), true, Repairs { turned_faces: 1280_usize.div_ceil(7), ..Default::default() });
}

#[test]
fn second_copies_go() {
    let (vertices, mut faces) = ball();
    let [a, b, c] = faces[10];
    faces.extend([[a, b, c], [b, c, a], [c, b, a]]);
    check((vertices, faces), true, Repairs { duplicate_faces: 3, ..Default::default() });
}

#[test]
fn degenerate_faces_leave_no_slit() {
    let (mut vertices, mut faces) = ball();
    // A vertex on the middle of an edge that only one of its two faces knows, and the sliver between them.
    let [a, b, c] = faces[0];
    let middle = nalgebra::center(&vertices[a as usize].coords, &vertices[b as usize].coords);
    let m = vertices.len() as u32;
    vertices.push(Point::from(middle));
    faces[0] = [a, m, c];
    faces.extend([[m, b, c], [a, b, m], [c, c, a]]);
    let want = Repairs { degenerate_faces: 1, flipped_edges: 1, ..Default::default() };
    check((vertices, faces), true, want);
}

#[test]
fn what_floats_far_away_goes_and_what_is_near_and_large_stays() {
    let small = sphere([0.0, 0.0, 0.083], 0.002, 1);
    let far = sphere([0.3, 0.0, 0.0], 0.04, 2);
    let near = sphere([0.0, 0.0, 0.108], 0.025, 2);
    let want = Repairs {
        dropped_parts: 2,
        dropped_faces: small.1.len() + far.1.len(),
        unused_vertices: small.0.len() + far.0.len(),
        ..Default::default()
    };
    let kept = near.1.len() + 1280;
    let surface = check(both(both(far, small), both(ball(), near)), true, want);
    assert_eq!(surface.faces().len(), kept);
}

#[test]
fn a_fin_is_detached() {
    let (mut vertices, mut faces) = ball();
    let [a, b, c] = faces[5];
    // Upright on the edge, leaning a little outward, so that its outside is plain.
    let [a_at, b_at, c_at] = [a, b, c].map(|v| vertices[v as usize].coords.coords);
    let tip = (a_at + b_at) * 0.6 + (c_at - a_at) * 0.1;
    vertices.push(Point::from(tip));
    faces.push([a, b, vertices.len() as u32 - 1]);
    let want = Repairs { detached_faces: 1, split_vertices: 2, ..Default::default() };
    let surface = check((vertices, faces), false, want);
    let open = (0..1281).filter(|f| surface.neighbours(*f).contains(&None)).count();
    assert_eq!(open, 1, "only the fin has a border");
}

#[test]
fn two_bodies_on_one_edge_come_apart() {
    // Tetrahedra that share the edge 0-1, as in trimesh's joined_tetrahedra.
    let p = |x: f64, y: f64, z: f64| Point::new(x * 0.05, y * 0.05, z * 0.05);
    let vertices = vec![
        p(0.0, 0.0, 0.0),
        p(0.0, 0.0, 1.0),
        p(1.0, 0.3, 0.5),
        p(1.0, -0.3, 0.5),
        p(-1.0, 0.3, 0.5),
        p(-1.0, -0.3, 0.5),
    ];
    let one = |c: u32, d: u32| [[0, 1, c], [1, 0, d], [0, c, d], [1, d, c]];
    let faces = [one(2, 3), one(5, 4)].concat();
    let (surface, repairs) = Surface::try_new(vertices, faces).unwrap();
    keeps_its_promises(&surface);
    assert!(surface.is_closed());
    assert_eq!(repairs.detached_faces, 0);
}

/// A small hole closes, a large one is listed with its length.
#[test]
fn holes() {
    let around = |radius: f64| {
        let (vertices, mut faces) = sphere([0.0; 3], radius, 3);
        let before = faces.len();
        faces.retain(|f| !f.contains(&200));
        (before - faces.len(), (vertices, faces))
    };
    let (gone, small) = around(0.01);
    assert_eq!(gone, 6);
    let filled = Repairs { filled_holes: 1, unused_vertices: 1, ..Default::default() };
    let surface = check(small, true, filled);
    assert_eq!(surface.faces().len(), 1280);

    let (_, large) = around(0.08);
    let surface = check(large.clone(), false, Repairs { unused_vertices: 1, ..Default::default() });
    assert_eq!(surface.faces().len(), 1274);
    let (_, repairs) = Surface::try_new(large.0, large.1).unwrap();
    let [border] = repairs.loops[..] else { panic!("{repairs}") };
    assert_eq!(border.edges, 6);
    assert!((0.05..0.08).contains(&border.length.get()), "{border:?}");
    assert!(repairs.to_string().contains("1 open borders left, the longest"), "{repairs}");
}

#[test]
fn a_missing_triangle_closes() {
    let (vertices, mut faces) = sphere([0.0; 3], 0.01, 3);
    faces.remove(77);
    check((vertices, faces), true, Repairs { filled_holes: 1, ..Default::default() });
}

#[test]
fn a_moebius_band_is_cut() {
    let n = 24_u32;
    let mut vertices = Vec::new();
    for i in 0..n {
        let t = f64::from(i) / f64::from(n) * std::f64::consts::TAU;
        for w in [-0.02, 0.02] {
            let r = 0.08 + w * (t / 2.0).cos();
            vertices.push(Point::new(r * t.cos(), r * t.sin(), w * (t / 2.0).sin()));
        }
    }
    let mut faces = Vec::new();
    for i in 0..n {
        let (a, b) = (2 * i, 2 * i + 1);
        // The last pair meets the first one crosswise.
        let (c, d) = if i + 1 == n { (1, 0) } else { (2 * i + 2, 2 * i + 3) };
        faces.extend([[a, b, c], [b, d, c]]);
    }
    let (surface, repairs) = Surface::try_new(vertices, faces).unwrap();
    keeps_its_promises(&surface);
    assert_eq!(repairs.cut_edges, 1, "{repairs}");
}

#[test]
fn nothing_left_says_why() {
    let line = vec![Point::new(0.0, 0.0, 0.0), Point::new(0.1, 0.0, 0.0), Point::new(0.2, 0.0, 0.0)];
    let fault = Surface::try_new(line, vec![[0, 1, 2]; 4]).unwrap_err();
    assert!(matches!(fault, ScanError::NothingLeft { faces: 4, degenerate: 4, .. }), "{fault}");
    let fault = Surface::try_new(vec![Point::new(0.0, f64::NAN, 0.0)], vec![[0, 0, 0]]).unwrap_err();
    assert!(matches!(fault, ScanError::NotFinite { vertex: 0, .. }), "{fault}");
    let fault = Surface::try_new(vec![Point::ORIGIN; 3], vec![[0, 1, 3]]).unwrap_err();
    assert!(matches!(fault, ScanError::NoSuchVertex { face: 0, index: 3, vertices: 3 }), "{fault}");
    let fault = Surface::try_new(vec![Point::ORIGIN; 3], Vec::new()).unwrap_err();
    assert!(matches!(fault, ScanError::NoFaces { vertices: 3 }), "{fault}");
}

#[test]
fn the_digest_follows_the_surface() {
    let digest = |(v, f): Body| Surface::try_new(v, f).unwrap().0.digest();
    let (mut moved, faces) = ball();
    assert_eq!(digest(ball()), digest(ball()));
    moved[3] = moved[3] + frames::Dir::X * Metres::from_mm(0.01);
    assert_ne!(digest((moved, faces)), digest(ball()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// Corners on a grid of 4 mm: equal vertices, folded faces, fins, fans and bodies that share edges in plenty.
    #[test]
    fn any_soup_ends_as_a_surface_or_a_refusal(
        corners in prop::collection::vec((0_u8..4, 0_u8..4, 0_u8..3), 3..60),
        picks in prop::collection::vec((0_usize..60, 0_usize..60, 0_usize..60), 1..120),
    ) {
        let vertices: Vec<_> = corners
            .iter()
            .map(|(x, y, z)| Point::new(f64::from(*x) * 4e-3, f64::from(*y) * 4e-3, f64::from(*z) * 4e-3))
            .collect();
        let n = vertices.len();
        let faces = picks.iter().map(|(a, b, c)| [a % n, b % n, c % n].map(|v| v as u32)).collect();
        if let Ok((surface, _)) = Surface::try_new(vertices, faces) {
            keeps_its_promises(&surface);
        }
    }
}
