//! Features as thin as a dot is wide, and steep gradients: what is wanted is what is laid.

use super::*;

/// A line scar of 1 mm across the top, 80/cm², and ninety spots of 1 mm that hold one dot each on average. The count is
/// exact, no dot lies beside, and along the line every quarter has what it should within counting noise (two of Poisson's
/// sigma; blue noise stays well below).
#[test]
fn features_of_a_millimetre() {
    let body = test_body(5).unwrap();
    let on_line = |p: Point<Head>| p.coords.x.abs() < 0.5e-3 && p.coords.z > 0.05;
    let scar = fields(0.6, move |p| if on_line(p) { 80e4 } else { 0.0 });
    let probe = Probe { surface: &body, fields: &scar, span: Span::Session };
    let pieces = cut(&probe);
    let wanted: f64 = pieces.iter().map(|p| p.mass).sum();
    for preset in [Preset::Human, Preset::Faithful, Preset::Even] {
        let pattern = place(&body, &scar, Seed(1), preset).unwrap();
        let own = positions(&pattern);
        assert_eq!(own.len() + pattern.rejected.len(), wanted.round() as usize, "{preset:?}");
        assert!(pattern.rejected.len() <= 1 && wanted > 100.0, "{preset:?}: {wanted}");
        assert!(own.iter().all(|p| on_line(Point::from(*p))));
        let quarter = |y: f64| ((y + 0.1) / 0.05) as usize;
        for k in 0..4 {
            let middle = |p: &&crate::sheet::Piece| body.at(p.face, p.bary([1.0 / 3.0; 3])).coords.y;
            let due: f64 = pieces.iter().filter(|p| quarter(middle(p)) == k).map(|p| p.mass).sum();
            let got = own.iter().filter(|p| quarter(p.y) == k).count() as f64;
            assert!((got - due).abs() <= 2.0 * due.sqrt().max(1.0), "{preset:?} quarter {k}: {got} of {due}");
        }
    }
    let spots: Vec<Vector3<f64>> = (0..90_u32)
        .map(|k| (f64::from(k % 10) * 6e-3 - 0.027, f64::from(k / 10) * 6e-3 - 0.024))
        .map(|(x, y)| body.nearest(Point::new(x, y, 0.2)).point.coords.coords)
        .collect();
    let nearest = move |p: Point<Head>| spots.iter().map(|s| (s - p.coords.coords).norm()).fold(1.0, f64::min);
    let inside = nearest.clone();
    // One dot in a disc of 1 mm is 127/cm². A few discs that lie between corners and middles of triangles go unseen.
    let dotted = fields(0.6, move |p| if inside(p) < 0.5e-3 { 127e4 } else { 0.0 });
    let pattern = place(&body, &dotted, Seed(1), Preset::Human).unwrap();
    assert!((pattern.sites.len() + pattern.rejected.len()).abs_diff(90) <= 5, "{}", pattern.sites.len());
    assert!(positions(&pattern).into_iter().all(|p| nearest(Point::from(p)) < 0.5e-3));
}

/// stipple.md 11: worst bias of ten equal parts of the area along gradients of 8 and 20, mean of three seeds. At 20 the
/// thinnest tenth holds 800 dots, of which 1.2 % is 10.
#[test]
fn steep_gradients_keep_their_tone() {
    let body = test_body(6).unwrap();
    let t = |y: f64| ((y + 0.098) / 0.196).clamp(0.0, 1.0);
    // Sixteen parts a face: the rows of an even mesh would all fall to one side of a bound.
    let parts: Vec<[f64; 3]> = (0..16)
        .map(|k| [(f64::from(k % 4) + 0.5) / 4.0, (f64::from(k / 4) + 0.5) / 4.0])
        .map(|[a, b]| if a + b > 1.0 { [1.0 - a, 1.0 - b] } else { [a, b] })
        .map(|[a, b]| [a, b, 1.0 - a - b])
        .collect();
    let mut faces: Vec<(f64, f64)> = (0..body.faces().len() as u32)
        .flat_map(|f| parts.iter().map(move |bary| (f, *bary)))
        .map(|(f, bary)| (body.at(f, bary).coords.y, body.face_area(f) / 16.0))
        .collect();
    faces.sort_by(|a, b| a.0.total_cmp(&b.0));
    let area: f64 = faces.iter().map(|f| f.1).sum();
    let mut bound = Vec::new();
    let mut below = 0.0;
    for (y, a) in &faces {
        if below >= area * 0.1 * (bound.len() + 1) as f64 && bound.len() < 9 {
            bound.push(*y);
        }
        below += a;
    }
    let part = |y: f64| bound.iter().filter(|b| y >= **b).count();
    for (steep, preset) in [(8.0, Preset::Human), (8.0, Preset::Faithful), (20.0, Preset::Faithful)] {
        let thin = 30_000.0 / area / (0.5 * (1.0 + steep));
        let density = move |y: f64| thin * (1.0 + (steep - 1.0) * t(y));
        let fields = fields(0.0, move |p| density(p.coords.y));
        let (mut due, mut got) = ([0.0; 10], [0.0; 10]);
        faces.iter().for_each(|(y, a)| due[part(*y)] += a * density(*y));
        for seed in 1..=3 {
            let own = positions(&place(&body, &fields, Seed(seed), preset).unwrap());
            own.iter().for_each(|p| got[part(p.y)] += 1.0 / 3.0);
        }
        let bias: Vec<f64> = got.iter().zip(&due).map(|(g, d)| g / d - 1.0).collect();
        assert!(bias.iter().all(|b| b.abs() <= 0.012), "{steep} {preset:?}: {bias:.4?}");
    }
}
