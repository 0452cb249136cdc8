//! New dots among what is there: hair, and dots of earlier sessions.

use super::*;

/// Hair at `hair` per m² by `stipple` itself.
fn hair(body: &Surface, seed: u64, hair: impl Fn(Point<Head>) -> f64 + Send + Sync + 'static) -> Vec<Frozen> {
    let drawn = place(body, &fields(0.0, hair), Seed(seed), Preset::Human).unwrap();
    drawn.sites.iter().map(|s| Frozen { point: s.head_from_skin.origin(), kind: FrozenKind::Follicle }).collect()
}

/// Dots between pores: hair of any slope filled up to 60/cm². The union is as even as one pattern, though two thirds of it
/// were not ours to place.
#[test]
fn hair_and_dots_make_one_even_pattern() {
    let body = test_body(5).unwrap();
    let slope = |p: Point<Head>| 35e4 * ((p.coords.y + 0.05) / 0.1).clamp(0.0, 1.0);
    let lack = move |p: Point<Head>| if p.coords.z > 0.03 { 60e4 - slope(p) } else { 0.0 };
    let alone = stipple(&body, &fields(0.0, |p| if p.coords.z > 0.03 { 60e4 } else { 0.0 }), Seed(2), Preset::Human);
    let alone = alone.unwrap().quality;
    let mut blind = fields(0.3, lack);
    let without = place(&body, &blind, Seed(2), Preset::Human).unwrap();
    let there = hair(&body, 7, slope);
    blind.freeze(&body, there.iter().copied());
    let with = stipple(&body, &blind, Seed(2), Preset::Human).unwrap();
    assert_eq!(with.sites.len(), without.sites.len(), "hair changes where, not how many");
    let (union, ignored) = (with.quality, measure(&body, &blind, &without.sites));
    // Fidelity adds up by itself, regularity does not.
    within("soft alone", alone.soft_error_ratio, 0.0..=0.24);
    within("soft", union.soft_error_ratio, 0.0..=0.27);
    within("nn_cv", union.nn_cv, 0.12..=0.20);
    within("nn_cv ignored", ignored.nn_cv, 0.30..=0.60);
    within("edge", union.edge_first_two, 0.95..=1.06);
    let gaps = positions(&with)
        .into_iter()
        .map(|p| there.iter().map(|f| (f.point.coords.coords - p).norm_squared()).fold(f64::MAX, f64::min).sqrt());
    assert!(gaps.fold(f64::MAX, f64::min) > 0.3e-3);
}

/// Where hair is already enough there are no dots and no outline around it.
#[test]
fn a_patch_of_full_hair_gets_no_dots_and_no_outline() {
    let body = test_body(5).unwrap();
    let patch = |p: Point<Head>| p.coords.y > 0.0;
    let mut bald = fields(0.3, move |p| if p.coords.z > 0.02 && !patch(p) { 50e4 } else { 0.0 });
    let there = hair(&body, 3, move |p| if p.coords.z > 0.0 && patch(p) { 50e4 } else { 0.0 });
    bald.freeze(&body, there);
    let sites = place(&body, &bald, Seed(2), Preset::Human).unwrap().sites;
    // Dots within two spacings of the hair's edge against what is wanted there.
    let near = sites.iter().filter(|s| {
        let p = s.head_from_skin.origin().coords;
        p.y > -3e-3 && p.z > 0.025
    });
    let strip: f64 = (0..body.faces().len() as u32)
        .map(|f| (body.at(f, [1.0 / 3.0; 3]).coords, body.face_area(f)))
        .filter(|(c, _)| c.y > -3e-3 && c.y <= 0.0 && c.z > 0.025)
        .map(|(_, area)| area * 50e4)
        .sum();
    let ratio = near.count() as f64 / strip;
    assert!((0.88..=1.12).contains(&ratio), "{ratio}");
}

/// Ink that has faded by half makes room for half a dot more, and still keeps its distance.
#[test]
fn faded_dots_count_for_what_they_show() {
    let scan = hairline_head();
    let written = |number: u16| -> design::DesignSpec {
        let control = design::propose_hairline(&scan).unwrap();
        toml::from_str(&format!(
            "[[zone]]\nkind = \"hairline\"\ndensity_per_cm2 = 60\ndepth_mm = 45\ncontrol_points = {control:?}\n[session]\nnumber = {number}"
        ))
        .unwrap()
    };
    let compile = |number| design::compile(&written(number), &scan, &skin::Person::LIGHT).unwrap();
    let one = place(&scan.surface, &compile(1), Seed(1), Preset::Human).unwrap();
    let laid: Vec<Point<Head>> = {
        let fields = compile(1);
        let lone = fields.frozen().len();
        one.sites[..one.sites.len() - lone].iter().map(|s| s.head_from_skin.origin()).collect()
    };
    let second = |ink: &dyn Fn(Point<Head>) -> Option<f64>| {
        let mut fields = compile(2);
        let lone = fields.frozen().len();
        let there =
            laid.iter().filter_map(|&p| ink(p).map(|ink| Frozen { point: p, kind: FrozenKind::Earlier { ink } }));
        fields.freeze(&scan.surface, there.collect::<Vec<_>>());
        let pattern = place(&scan.surface, &fields, Seed(1), Preset::Human).unwrap();
        assert!(pattern.rejected.is_empty());
        let points = positions(&pattern);
        let least = points
            .iter()
            .flat_map(|p| laid.iter().filter(|q| ink(**q).is_some()).map(move |q| (p - q.coords.coords).norm()))
            .fold(f64::MAX, f64::min);
        assert!(least > 0.6e-3 && least_gap(&points) > 1e-3, "{least}");
        (points.len() - lone, points)
    };
    let full = laid.len() as f64 / 0.3;
    let expected = |ink: f64| 0.7 * full - ink;
    let (count, _) = second(&|_| Some(1.0));
    assert!((count as f64 - expected(laid.len() as f64)).abs() <= 2.5, "{count}");
    let (count, _) = second(&|_| Some(0.5));
    assert!((count as f64 - expected(0.5 * laid.len() as f64)).abs() <= 2.5, "{count}");
    // A hole of 12 mm where the first session laid nothing is filled up to what two sessions owe.
    let within = |p: Point<Head>, q: Point<Head>| (p - q).norm() < Metres::from_mm(12.0);
    let around = |p: &&Point<Head>| laid.iter().filter(|q| within(**p, **q)).count();
    let middle = laid.iter().max_by_key(around).copied().unwrap();
    let hole = |p: Point<Head>| within(p, middle);
    let gone = laid.iter().filter(|p| hole(**p)).count();
    assert!(gone > 20, "{gone}");
    let (count, points) = second(&|p| (!hole(p)).then_some(1.0));
    assert!((count as f64 - expected((laid.len() - gone) as f64)).abs() <= 2.5, "{count}");
    let inside = points.iter().filter(|p| hole(Point::from(**p))).count() as f64;
    // The kernel blurs the hole's edge; random dots alone would miss by 7 %.
    let owed = gone as f64 * 0.7 / 0.3;
    assert!((inside / owed - 1.0).abs() < 0.10, "{inside} of {owed}");
    // Twice what is due is too much to add to: nothing, and no fewer than nothing.
    let mut fields = compile(2);
    let twice =
        laid.iter().chain(&laid).chain(&laid).map(|&point| Frozen { point, kind: FrozenKind::Earlier { ink: 1.0 } });
    fields.freeze(&scan.surface, twice.collect::<Vec<_>>());
    let wanted = place(&scan.surface, &fields, Seed(2), Preset::Human).map(|p| p.sites.len() + p.rejected.len());
    assert!(wanted.is_err() || wanted.is_ok_and(|n| (n as f64) < 0.12 * full));
}
