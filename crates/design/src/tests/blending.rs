//! What must hold wherever zones meet: no jumps, no dots in a keep-out, nothing where `touches` says there is nothing, the
//! ordered count, and a mirrored design on a mirrored head.

use proptest::prelude::*;

use super::zones::{ONCE, above, compiled};
use super::*;

/// Every kind of zone at once, overlapping, without the line's wander.
fn everything(scan: &Scan, rest: &str) -> DesignSpec {
    let line = propose_hairline(scan).unwrap();
    let row = |forward: f64| [-30.0, -10.0, 10.0, 30.0].map(|right| above(scan, right, forward));
    let ring = [(-45.0, 30.0), (-20.0, 10.0), (-25.0, -20.0), (-55.0, 0.0)].map(|(x, y)| above(scan, x, y));
    let spots = [(25.0, 0.0), (28.0, 3.0), (40.0, -10.0), (31.0, -1.0)].map(|(x, y)| above(scan, x, y));
    spec(&format!(
        "[[zone]]\nkind = \"scalp\"\nfront = \"front\"\nregions = {{ sides = 0.5 }}\nhealed_mm = 0.3\nshade = 0.7\n\
         [[zone]]\nkind = \"hairline\"\nname = \"front\"\ncontrol_points = {line:?}\ndensity_per_cm2 = 70\n{STRAIGHT}\nshade = 0.3\n\
         [[zone]]\nkind = \"crown\"\ndensity_per_cm2 = 50\nhealed_mm = 0.2\nhair_deg = 30\n\
         [[zone]]\nkind = \"fill\"\ncontrol_points = {ring:?}\ndensity_per_cm2 = 30\nskin = \"temple\"\n\
         [[zone]]\nkind = \"parting\"\ncontrol_points = {:?}\ndensity_per_cm2 = 90\n\
         [[zone]]\nkind = \"scar_line\"\ncontrol_points = {:?}\nfeather_mm = 5\n\
         [[zone]]\nkind = \"scar_dots\"\npoints = {spots:?}\nradius_mm = 1\nfeather_mm = 5\n{rest}",
        row(-5.0),
        row(-50.0)
    ))
}

/// A place on the upper half of the head, by two numbers from 0 to 1.
fn place(scan: &Scan, u: f64, v: f64) -> (Point<Head>, Dir<Head>) {
    let (a, z) = (u * std::f64::consts::TAU, 1.0 - 1.1 * v);
    let r = (1.0 - z * z).max(0.0).sqrt();
    let toward = Vector3::new(0.076 * r * a.cos(), 0.098 * r * a.sin(), 0.03 + 0.11 * z);
    let hit = scan.surface.nearest(Point::from(toward));
    (hit.point, scan.surface.normal_at(hit.face, hit.bary))
}

/// Walks from one place to another 1 mm away, to where a value changes most, by halves down to a nanometre; there it must
/// not change by more than the steepest fade allows. A jump anywhere on the way cannot hide.
#[track_caller]
fn no_jump(
    what: &str,
    a: (Point<Head>, Dir<Head>),
    b: (Point<Head>, Dir<Head>),
    of: impl Fn(Point<Head>, Dir<Head>) -> f64,
    most: f64,
) {
    let at = |t: f64| {
        let mix = |x: &Vector3<f64>, y: &Vector3<f64>| x * (1.0 - t) + y * t;
        let n = Dir::try_from_vector(mix(a.1.get(), b.1.get())).unwrap();
        of(Point::from(mix(&a.0.coords.coords, &b.0.coords.coords)), n)
    };
    let (mut low, mut high) = ((0.0, at(0.0)), (1.0, at(1.0)));
    for _ in 0..20 {
        let middle = 0.5 * (low.0 + high.0);
        let middle = (middle, at(middle));
        if (middle.1 - low.1).abs() > (high.1 - middle.1).abs() {
            high = middle;
        } else {
            low = middle;
        }
    }
    let step = (high.1 - low.1).abs();
    assert!(step <= most, "{what} jumps by {step} at {:?}", a.0);
}

/// From a place to another about 1 mm away: density, diameter, shade and depths have no jumps.
#[track_caller]
fn close(fields: &Fields, scan: &Scan, (p, n): (Point<Head>, Dir<Head>), turn: f64) {
    let side = n.get().cross(&Vector3::new(0.3, 0.5, 0.8)).normalize();
    let way = side * turn.cos() + n.get().cross(&side) * turn.sin();
    let hit = scan.surface.nearest(Point::from(p.coords.coords + way * 1e-3));
    let to = (hit.point, scan.surface.normal_at(hit.face, hit.bary));
    let Source::Drawn(drawn) = &fields.source else { panic!() };
    // Before keep-outs, which cut.
    let density = |p, n| drawn.painted(p, n) * 1e-4;
    no_jump("density", (p, n), to, density, 1e-3);
    // Where there is nothing to dot, nothing need be even.
    if density(p, n).min(density(to.0, to.1)) < 0.5 {
        return;
    }
    let of = |get: fn(&crate::Wanted) -> f64| move |p, n| get(&fields.at(p, n));
    no_jump("diameter, mm", (p, n), to, of(|w| w.healed.mm()), 1e-5);
    no_jump("shade", (p, n), to, of(|w| w.shade), 1e-5);
    no_jump("least, mm", (p, n), to, of(|w| w.least.length().mm()), 1e-5);
    no_jump("target, mm", (p, n), to, of(|w| w.target.length().mm()), 1e-5);
    no_jump("most, mm", (p, n), to, of(|w| w.most.length().mm()), 1e-5);
    if (p.coords.coords - drawn.hair.whorl()).norm() > 5e-3 {
        for k in 0..3 {
            let hair = |p, n| fields.at(p, n).hair.unwrap().get()[k];
            no_jump("hair", (p, n), to, hair, 1e-4);
        }
    }
}

#[test]
fn nothing_jumps_on_a_smooth_head() {
    let scan = head();
    let fields = compiled(&scan, &everything(&scan, ONCE));
    let config = ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(u in 0.0..1.0, v in 0.0..1.0, turn in 0.0..6.3)| {
        close(&fields, &scan, place(&scan, u, v), turn);
    });
}

/// The same on a real head, where normals and curvature change as they do.
#[test]
fn nothing_jumps_on_a_real_head() {
    let files = ("ict_facekit/ict_mean_skin_ras_mm.ply", "ict_facekit/ict_mean.landmarks.json");
    let Some(scan) = real_head(files, Unit::Millimetre) else { return };
    let fields = compiled(&scan, &everything(&scan, ONCE));
    let config = ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(u in 0.0..1.0, v in 0.0..1.0, turn in 0.0..6.3)| {
        close(&fields, &scan, place(&scan, u, v), turn);
    });
}

/// The order in which zones are painted decides what shows, never whether it is even.
#[test]
fn nothing_jumps_whatever_the_order() {
    let scan = head();
    let spec = everything(&scan, ONCE);
    let config = ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(order in Just((0..7_usize).collect::<Vec<_>>()).prop_shuffle(), shift in 0.0..1.0)| {
        let zone = order.iter().map(|&k| spec.zone[k].clone()).collect();
        let fields = compiled(&scan, &DesignSpec { zone, ..spec.clone() });
        for k in 0..300 {
            let u = f64::fract(0.618_034 * f64::from(k) + shift);
            close(&fields, &scan, place(&scan, u, f64::from(k) / 300.0), f64::from(k));
        }
    });
}

#[test]
fn a_keep_out_always_wins() {
    let scan = head();
    let moles = [(0.0, 0.0), (25.0, 0.0), (10.0, -62.0), (-30.0, 5.0)].map(|(x, y)| above(&scan, x, y));
    let rest: String =
        moles.iter().map(|p| format!("[[keep_out]]\npoint = {p:?}\nradius_mm = 2\n")).collect::<String>() + ONCE;
    let fields = compiled(&scan, &everything(&scan, &rest));
    let spots = moles.map(|p| scan.head_from_given(p));
    let Source::Drawn(drawn) = &fields.source else { panic!() };
    let config = ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(u in 0.0..1.0, v in 0.0..1.0, k in 0..4_usize, away in 0.0..6e-3, turn in 0.0..6.3)| {
        // Near a mole, and anywhere.
        let near = spots[k].coords.coords + Vector3::new(away * f64::cos(turn), away * f64::sin(turn), 0.0);
        for (p, n) in [place(&scan, u, v), { let hit = scan.surface.nearest(Point::from(near)); (hit.point, scan.surface.normal_at(hit.face, hit.bary)) }] {
            let clear = spots.iter().all(|s| (p - *s).norm() > Metres::from_mm(5.0)) && drawn.scalp.inside(&p.coords.coords) >= 0.0;
            let density = fields.at(p, n).density.get();
            prop_assert!(clear || density.abs() < 1e-12, "{p:?} {density}");
        }
    });
}

#[test]
fn what_touches_nothing_holds_nothing() {
    let scan = head();
    let spec = everything(&scan, ONCE);
    let mut alone: Vec<Fields> =
        (1..7).map(|k| compiled(&scan, &DesignSpec { zone: vec![spec.zone[k].clone()], ..spec.clone() })).collect();
    alone.push(compiled(
        &scan,
        &DesignSpec {
            zone: spec.zone[..2]
                .iter()
                .map(|z| crate::ZoneSpec {
                    density_per_cm2: Some(if z.front.is_some() { 60.0 } else { 0.0 }),
                    ..z.clone()
                })
                .collect(),
            ..spec.clone()
        },
    ));
    let left = std::cell::Cell::new(0);
    let config = ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(u in 0.0..1.0, v in 0.0..1.0, radius in 0.0005..0.02, s in 0.0..1.0, turn in 0.0..6.3)| {
        let (p, n) = place(&scan, u, v);
        let side = n.get().cross(&Vector3::new(0.3, 0.5, 0.8)).normalize();
        let way = side * f64::cos(turn) + n.get().cross(&side) * f64::sin(turn);
        let hit = scan.surface.nearest(Point::from(p.coords.coords + way * (radius * s)));
        let inside = (hit.point - p).norm().get() <= radius;
        for (k, fields) in alone.iter().enumerate() {
            if inside && !fields.touches(p, Metres::new(radius)) {
                left.set(left.get() + 1);
                let density = fields.density_at(hit.point, scan.surface.normal_at(hit.face, hit.bary)).0.get();
                prop_assert!(density.abs() < 1e-12, "zone {k}: {density}");
            }
        }
    });
    assert!(left.get() > 1000, "{left:?}: most balls are beside a zone");
}

/// Over the faces, with their projected areas: what stippling lays.
fn ordered(fields: &Fields, scan: &Scan) -> f64 {
    let surface = &scan.surface;
    let mean = |face: u32| {
        let cuts = 4;
        let mut sum = 0.0;
        for i in 0..cuts {
            for j in 0..cuts - i {
                let mut add = |a: f64, b: f64| {
                    let bary = [a / f64::from(cuts), b / f64::from(cuts), 1.0 - (a + b) / f64::from(cuts)];
                    sum += fields.density_at(surface.at(face, bary), surface.normal_at(face, bary)).0.get();
                };
                add(f64::from(i) + 1.0 / 3.0, f64::from(j) + 1.0 / 3.0);
                if j < cuts - i - 1 {
                    add(f64::from(i) + 2.0 / 3.0, f64::from(j) + 2.0 / 3.0);
                }
            }
        }
        sum / f64::from(cuts * cuts)
    };
    fields.area_of_interest(surface).iter().map(|&f| mean(f) * surface.projected_area(f)).sum()
}

/// A crown's count on the true ellipsoid, by quadrature over its parameters: nothing of the mesh, its normals or its areas.
#[test]
fn a_crown_integrates_to_its_count() {
    let scan = crate::made_head().unwrap();
    let fields = compiled(
        &scan,
        &spec(&format!("[[zone]]\nkind = \"crown\"\ndensity_per_cm2 = 60\ncentre = [0, 0, 140]\n{ONCE}")),
    );
    let half = [76e-3, 98e-3, 110e-3];
    let (rings, round) = (2000, 400);
    let mut want = 0.0;
    let mut way = vec![0.0; round];
    for j in 0..rings {
        for (i, way) in way.iter_mut().enumerate() {
            let v = (f64::from(j) + 0.5) / f64::from(rings);
            let u = std::f64::consts::TAU * (i as f64 + 0.5) / round as f64;
            let (s, c) = (v.sin(), v.cos());
            let du = Vector3::new(-half[0] * s * u.sin(), half[1] * s * u.cos(), 0.0);
            let dv = Vector3::new(half[0] * c * u.cos(), half[1] * c * u.sin(), -half[2] * s);
            let area = du.cross(&dv).norm() * std::f64::consts::TAU / round as f64 / f64::from(rings);
            // To the middle of this step, along the section through the axis.
            let step = dv.norm() / f64::from(rings);
            want += 60e4 * crate::noise::smoothstep((45e-3 - *way - 0.5 * step) / 20e-3) * area;
            *way += step;
        }
    }
    let got = ordered(&fields, &scan);
    assert!((got / want - 1.0).abs() < 0.005, "{got} {want}");
}

/// A mirrored head: x the other way, faces turned, left and right exchanged.
fn mirrored(scan: &Scan) -> Scan {
    let flip = |p: &Point<Head>| Point::new(-p.coords.x, p.coords.y, p.coords.z);
    let vertices = scan.surface.vertices().iter().map(flip).collect();
    let faces = scan.surface.faces().iter().map(|f| [f[0], f[2], f[1]]).collect();
    let (surface, _) = scan::Surface::try_new(vertices, faces).unwrap();
    let mut landmarks = scan.landmarks;
    (landmarks.left_preauricular, landmarks.right_preauricular) =
        (flip(&scan.landmarks.right_preauricular), flip(&scan.landmarks.left_preauricular));
    (landmarks.nasion, landmarks.inion) = (flip(&scan.landmarks.nasion), flip(&scan.landmarks.inion));
    Scan { surface: surface.into(), landmarks, ..scan.clone() }
}

/// With the line's wander off, for its noise knows no left and right, and with the whorl said.
#[test]
fn the_mirror_of_a_design_is_the_design_of_the_mirror() {
    let scan = crate::made_head().unwrap();
    let other = mirrored(&scan);
    let whorl = above(&scan, 10.0, -62.0);
    let direction = |p: [f64; 3], turn: &str| format!("{ONCE}\n[hair_direction]\nwhorl = {p:?}\nturn = \"{turn}\"");
    let flip = |p: [f64; 3]| [-p[0], p[1], p[2]];
    let spec = everything(&scan, &direction(whorl, "clockwise"));
    let mut turned = everything(&scan, &direction(flip(whorl), "counter_clockwise"));
    for (there, here) in turned.zone.iter_mut().zip(&spec.zone) {
        there.control_points = here.control_points.iter().map(|p| flip(*p)).collect();
        there.points = here.points.iter().map(|p| flip(*p)).collect();
        there.hair_deg = here.hair_deg.map(|deg| -deg);
    }
    let (here, there) = (compiled(&scan, &spec), compiled(&other, &turned));
    let mut dotted = 0;
    for k in 0..3000 {
        let (p, _) = place(&scan, (0.618_034 * f64::from(k)).fract(), f64::from(k) / 3000.0);
        let hit = scan.surface.nearest(p);
        let n = scan.surface.normal_at(hit.face, hit.bary);
        let q = Point::new(-p.coords.x, p.coords.y, p.coords.z);
        let m = Dir::try_from_vector(Vector3::new(-n.get().x, n.get().y, n.get().z)).unwrap();
        let (a, b) = (here.at(p, n), there.at(q, m));
        assert!((a.density.per_cm2() - b.density.per_cm2()).abs() < 1e-4, "{p:?}: {} {}", a.density, b.density);
        if a.density.get() > 0.0 {
            dotted += 1;
            assert!((a.healed - b.healed).abs() < Metres::new(1e-9) && (a.shade - b.shade).abs() < 1e-6);
            assert!((a.target.get() - b.target.get()).abs() < 1e-9);
            let (Some(x), Some(y)) = (a.hair, b.hair) else {
                assert!(a.hair.is_none() && b.hair.is_none(), "{p:?}: at the whorl on both heads");
                continue;
            };
            let back = Dir::try_from_vector(Vector3::new(-y.get().x, y.get().y, y.get().z)).unwrap();
            assert!(x.angle(back) < 1e-4, "{p:?}: {x:?} {back:?}");
        }
    }
    assert!(dotted > 1000, "{dotted}");
}
