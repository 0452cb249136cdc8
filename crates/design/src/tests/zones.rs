//! Every kind of zone on a smooth head: where it is full, where it fades, what it takes for granted.

use super::*;
use crate::spec::ZoneKind;

/// One session, dots as near as they like.
pub(super) const ONCE: &str = "[session]\nof = 1\nleast_distance_mm = 0.5";

/// On the skin above the hairline, from the top: millimetres to the right and forward.
pub(super) fn above(scan: &Scan, right: f64, forward: f64) -> [f64; 3] {
    let from = Point::new(1e-3 * right, 1e-3 * forward, 0.3);
    to_file(scan, scan.surface.cast(from, -Dir::Z, Metres::new(0.4)).unwrap().point).0
}

pub(super) fn zone(kind: &str, more: &str, rest: &str) -> DesignSpec {
    spec(&format!("[[zone]]\nkind = \"{kind}\"\n{more}\n{rest}"))
}

pub(super) fn compiled(scan: &Scan, spec: &DesignSpec) -> Fields {
    compile(spec, scan, &Person::LIGHT).unwrap_or_else(|e| panic!("{e}"))
}

/// Dots per square centimetre on the skin below a place seen from above.
pub(super) fn seen(fields: &Fields, scan: &Scan, right: f64, forward: f64) -> f64 {
    per_cm2(fields, scan, scan.head_from_given(above(scan, right, forward)).coords.coords)
}

fn with_front(scan: &Scan, scalp: &str, rest: &str) -> DesignSpec {
    let control = propose_hairline(scan).unwrap();
    spec(&format!(
        "[[zone]]\nkind = \"scalp\"\nfront = \"front\"\n{scalp}\n[[zone]]\nkind = \"hairline\"\nname = \"front\"\n\
         control_points = {control:?}\ndensity_per_cm2 = 70\n{STRAIGHT}\n{rest}"
    ))
}

#[test]
fn a_scalp_is_full_from_line_to_border() {
    let scan = head();
    let fields = compiled(&scan, &with_front(&scan, "density_per_cm2 = 70", ONCE));
    // The hairline hands over to the scalp without a dip: the zones have one density.
    for forward in -80..=30 {
        let got = seen(&fields, &scan, 0.0, f64::from(forward));
        assert!((got - 70.0).abs() < 1e-9, "{forward}: {got}");
    }
    // Nor where the band fades far forward, over a soft front that is wider than what is left of it; what is cut off the
    // tails of two fades is 1.5 % of one.
    let mut published = with_front(&scan, "density_per_cm2 = 70", ONCE);
    let line = &mut published.zone[1];
    (line.ramp_mm, line.depth_mm, line.feather_mm) = (None, Some(40.0), Some(25.0));
    let wide = compiled(&scan, &published);
    let way: Vec<f64> = (0..=100).map(|k| seen(&wide, &scan, 0.0, 90.0 - f64::from(k))).collect();
    let mut most = 0.0_f64;
    for (k, &density) in way.iter().enumerate() {
        assert!(density > most - 1.5, "{} mm forward {density} after {most}", 90 - k);
        most = most.max(density);
    }
    assert!((most - 70.0).abs() < 1e-9, "{most}");
    let Source::Drawn(drawn) = &fields.source else { panic!() };
    // Down the back of the head: full, then a fade of 20 mm, nothing below the nape.
    let back = |z: f64| {
        let hit = scan.surface.cast(Point::new(0.0, -0.3, z), Dir::Y, Metres::new(0.4)).unwrap();
        (per_cm2(&fields, &scan, hit.point.coords.coords), 1e3 * drawn.scalp.inside(&hit.point.coords.coords))
    };
    for k in 0..200 {
        let (density, inside) = back(0.12 - 1e-3 * f64::from(k));
        let want = 70.0 * crate::noise::smoothstep(inside / 20.0);
        assert!((density - want).abs() < 2.2 && (density > 0.0 || inside < 1.5), "{density} {want} {inside}");
    }
    // Nothing on the forehead, nothing at the ears.
    let ahead = scan.surface.cast(Point::new(0.0, 0.3, 0.06), -Dir::Y, Metres::new(0.4)).unwrap();
    assert!(per_cm2(&fields, &scan, ahead.point.coords.coords).abs() < 1e-12);
    let ear = scan.surface.cast(Point::new(0.3, -0.01, 0.045), -Dir::X, Metres::new(0.4)).unwrap();
    assert!(per_cm2(&fields, &scan, ear.point.coords.coords).abs() < 1e-12);
}

/// skin.md 1.3: the published factors of 80/cm², and depths by region.
#[test]
fn a_scalp_by_region() {
    let scan = head();
    let fields = compiled(&scan, &with_front(&scan, "regions = { sides = 0.5 }", ONCE));
    assert!((seen(&fields, &scan, 0.0, 0.0) - 0.95 * 80.0).abs() < 1e-9);
    let whorl = scan.head_from_given(above(&scan, 10.0, -62.0)).coords.coords;
    assert!((per_cm2(&fields, &scan, whorl) - 0.825 * 80.0).abs() < 1e-9);
    let back = scan.surface.cast(Point::new(0.0, -0.3, 0.02), Dir::Y, Metres::new(0.4)).unwrap();
    assert!((per_cm2(&fields, &scan, back.point.coords.coords) - 0.5 * 80.0).abs() < 1e-9);
    for (at, want, target) in [
        (whorl, skin::Zone::Vertex, 0.50),
        (back.point.coords.coords, skin::Zone::Occiput, 0.55),
        (scan.head_from_given(above(&scan, 0.0, 0.0)).coords.coords, skin::Zone::FrontalMid, 0.50),
    ] {
        let wanted = fields.at(Point::from(at), Dir::Z);
        assert_eq!(wanted.zone, want);
        assert!((wanted.target.length().mm() - target).abs() < 1e-9);
    }
    // Without the sides' own factor they are left to what grows there.
    let bare = compiled(&scan, &with_front(&scan, "regions = {}", ONCE));
    assert!(per_cm2(&bare, &scan, back.point.coords.coords).abs() < 1e-12);
}

#[test]
fn a_crown_is_round_or_oval() {
    let scan = head();
    let centre = above(&scan, 0.0, -40.0);
    let round = format!("density_per_cm2 = 60\ncentre = {centre:?}\nradius_mm = 40\nfeather_mm = 15");
    let fields = compiled(&scan, &zone("crown", &round, ONCE));
    let at = scan.surface.nearest(scan.head_from_given(centre));
    let way = scan.surface.distances_from(&[scan::Source::from(&at)], frames::Metres::new(0.1));
    let far_and_density = |right: f64, forward: f64| {
        let hit = scan.surface.nearest(scan.head_from_given(above(&scan, right, forward)));
        (way.at(hit.face, hit.bary).unwrap().mm(), per_cm2(&fields, &scan, hit.point.coords.coords))
    };
    for k in 0..60 {
        for (right, forward) in [(f64::from(k), -40.0), (0.0, -40.0 + f64::from(k)), (-f64::from(k), -40.0)] {
            let (far, density) = far_and_density(right, forward);
            let want = 60.0 * crate::noise::smoothstep((40.0 - far) / 15.0);
            assert!((density - want).abs() < 1.0, "{far} {density} {want}");
        }
    }
    let oval = format!("density_per_cm2 = 60\ncentre = {centre:?}\nradii_mm = [20, 50]\nfeather_mm = 15");
    let fields = compiled(&scan, &zone("crown", &oval, ONCE));
    assert!(seen(&fields, &scan, 21.0, -40.0).abs() < 1e-9 && seen(&fields, &scan, 0.0, -18.0) > 40.0);
    // The default middle is the whorl.
    let fields = compiled(&scan, &zone("crown", "density_per_cm2 = 60", ONCE));
    assert!((seen(&fields, &scan, 10.0, -62.0) - 60.0).abs() < 1e-9);
}

fn row(scan: &Scan, forward: f64) -> [[f64; 3]; 5] {
    [-30.0, -15.0, 0.0, 15.0, 30.0].map(|right| above(scan, right, forward))
}

#[test]
fn a_line_scar_is_narrow_tapered_and_begun_with_half() {
    let scan = head();
    let line = format!("control_points = {:?}\nwidth_mm = 4\nfeather_mm = 6", row(&scan, -30.0));
    let fields = compiled(&scan, &zone("scar_line", &line, ONCE));
    // 1.1 of 80; all of it where there is one session only.
    assert!((seen(&fields, &scan, 0.0, -30.0) - 88.0).abs() < 1e-9);
    assert!((seen(&fields, &scan, 0.0, -31.7) - 88.0).abs() < 1e-6 && seen(&fields, &scan, 0.0, -38.5).abs() < 1e-9);
    let place = |forward: f64| scan.head_from_given(above(&scan, 0.0, forward)).coords.coords;
    let away = 1e3 * (place(-35.0) - place(-30.0)).norm();
    let (mid, want) = (seen(&fields, &scan, 0.0, -35.0), 88.0 * crate::noise::smoothstep((8.0 - away) / 6.0));
    assert!((mid - want).abs() < 1.0 && (25.0..45.0).contains(&mid), "{mid} {want}");
    assert!(seen(&fields, &scan, 30.5, -30.0).abs() < 1e-9 && seen(&fields, &scan, 19.5, -30.0) > 80.0);
    let wanted = fields.at(scan.head_from_given(above(&scan, 0.0, -30.0)), Dir::Z);
    assert_eq!(wanted.zone, skin::Zone::FutScar);
    assert!((wanted.target.length().mm() - 0.65).abs() < 1e-9 && (wanted.shade - 0.5).abs() < 1e-12);

    // Four sessions: half of 25 % first and lighter, then as much more as was left out. They add up to all.
    let mut sum = 0.0;
    for (number, percent) in [(1, 12.5), (2, 30.0 * 0.875 / 0.75), (3, 25.0 * 0.875 / 0.75), (4, 20.0 * 0.875 / 0.75)] {
        let fields = compiled(&scan, &zone("scar_line", &line, &format!("[session]\nnumber = {number}\nof = 4")));
        let got = seen(&fields, &scan, 0.0, -30.0);
        assert!((got - 0.88 * percent).abs() < 1e-9, "{number}: {got}");
        sum += percent;
        let shade = fields.at(scan.head_from_given(above(&scan, 0.0, -30.0)), Dir::Z).shade;
        assert!(if number == 1 { shade < 0.45 } else { (shade - 0.5).abs() < 1e-12 }, "{shade}");
    }
    assert!((sum - 100.0).abs() < 1e-9);
}

#[test]
fn dot_scars_are_clusters() {
    let scan = head();
    let points = [above(&scan, 0.0, -40.0), above(&scan, 5.0, -40.0), above(&scan, -40.0, 0.0)];
    let spots = format!("points = {points:?}\nradius_mm = 0.5\nfeather_mm = 5\ndensity_per_cm2 = 96");
    let fields = compiled(&scan, &zone("scar_dots", &spots, ONCE));
    let at = |right: f64, forward: f64| seen(&fields, &scan, right, forward);
    assert!((at(0.0, -40.0) - 96.0).abs() < 1e-9 && (at(-40.0, 0.0) - 96.0).abs() < 1e-9);
    assert!((at(2.5, -40.0) - 80.0).abs() < 1e-9, "between spots: 1.0 where spots have 1.2");
    assert!(at(0.0, -49.0).abs() < 1e-9 && at(-20.0, -20.0).abs() < 1e-9);
    let wanted = fields.at(scan.head_from_given(points[0]), Dir::Z);
    assert_eq!((wanted.zone, (wanted.healed.mm() * 100.0).round()), (skin::Zone::FueScar, 15.0));

    // The same from a file.
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("spots.csv");
    let lines: Vec<String> = points.iter().map(|p| format!("{},{},{}", p[0], p[1], p[2])).collect();
    std::fs::write(&path, format!("x,y,z\n# three\n{}\n", lines.join("\n"))).unwrap();
    let spots = format!("points_file = {path:?}\nradius_mm = 0.5\nfeather_mm = 5\ndensity_per_cm2 = 96");
    let from_file = compiled(&scan, &zone("scar_dots", &spots, ONCE));
    assert!((seen(&from_file, &scan, 2.5, -40.0) - 80.0).abs() < 1e-9);
}

#[test]
fn a_parting_fades_far_to_both_sides() {
    let scan = head();
    let line = format!("control_points = {:?}\ndensity_per_cm2 = 40\nwidth_mm = 6\nfeather_mm = 20", row(&scan, -20.0));
    let fields = compiled(&scan, &zone("parting", &line, ONCE));
    assert!((seen(&fields, &scan, 0.0, -20.0) - 40.0).abs() < 1e-9);
    let (ahead, behind) = (seen(&fields, &scan, 0.0, -7.0), seen(&fields, &scan, 0.0, -33.0));
    assert!((ahead - 20.0).abs() < 2.0 && (behind - 20.0).abs() < 2.0, "{ahead} {behind}");
    assert!(seen(&fields, &scan, 0.0, 4.0).abs() < 1e-9 && fields.frozen().is_empty());
}

#[test]
fn a_later_zone_covers_and_fills() {
    let scan = head();
    let centre = above(&scan, 0.0, -40.0);
    let crown = |density: f64| {
        format!(
            "[[zone]]\nkind = \"crown\"\ncentre = {centre:?}\nradius_mm = 30\nfeather_mm = 20\ndensity_per_cm2 = {density}\n"
        )
    };
    // An empty zone on top is a hole with a soft edge.
    let fields = compiled(&scan, &spec(&format!("{}{}{ONCE}", crown(60.0).replace("= 30", "= 60"), crown(0.0))));
    assert!(seen(&fields, &scan, 0.0, -40.0).abs() < 1e-9);
    let place = |forward: f64| scan.surface.nearest(scan.head_from_given(above(&scan, 0.0, forward)));
    let way = scan.surface.geodesic(&place(-20.0), &place(-40.0)).unwrap().get();
    let (rim, want) = (seen(&fields, &scan, 0.0, -20.0), 1.0 - crate::noise::smoothstep((30e-3 - way) / 20e-3));
    assert!((rim - 60.0 * want).abs() < 0.1, "{rim} {want}");
    // Two of a kind are one: neither a dip nor a ridge.
    let fields = compiled(&scan, &spec(&format!("{}{}{ONCE}", crown(60.0), crown(60.0))));
    let single = compiled(&scan, &spec(&format!("{}{ONCE}", crown(60.0))));
    for k in 0..30 {
        let (two, one) = (seen(&fields, &scan, f64::from(k), -40.0), seen(&single, &scan, f64::from(k), -40.0));
        assert!((two - (2.0 * one).min(60.0)).abs() < 1e-9, "{k}: {two} {one}");
    }
}

#[test]
fn a_key_of_another_kind_is_refused_with_its_home() {
    let scan = head();
    for (kind, key, home) in [
        ("fill", "depth_mm = 3", "\"hairline\""),
        ("crown", "width_mm = 3", "\"scar_line\" or \"parting\""),
        ("scalp", "centre = [0, 0, 0]", "\"crown\""),
        ("parting", "sentinels_per_cm = 1", "\"hairline\""),
        ("hairline", "front = \"x\"", "\"scalp\""),
        ("fill", "radius_mm = 3", "\"crown\" or \"scar_dots\""),
        ("mask", "feather_mm = 3", "\"hairline\" or \"fill\""),
        ("crown", "control_points = [[0, 0, 0]]", "\"hairline\" or \"fill\""),
        ("hairline", "mask = {}", "\"mask\""),
        ("hairline", "regions = {}", "\"scalp\""),
    ] {
        let name = key.split(' ').next().unwrap();
        refuses(&scan, &zone(kind, key, ""), &format!("`{name}` belongs to kind = {home}"));
    }
    for (one, other) in [
        ("density_per_cm2 = 3", "density_factor = 1"),
        ("shade = 0.5", "dilution = 20"),
        ("hair = [0, 1, 0]", "hair_deg = 4"),
    ] {
        refuses(&scan, &zone("crown", &format!("{one}\n{other}"), ""), "say the same thing twice");
    }
    let every = [
        ZoneKind::Hairline,
        ZoneKind::Fill,
        ZoneKind::Scalp,
        ZoneKind::Crown,
        ZoneKind::ScarLine,
        ZoneKind::ScarDots,
        ZoneKind::Parting,
        ZoneKind::Mask,
    ];
    for kind in every {
        assert_eq!(zone(kind.name(), "", "").zone[0].kind, kind, "the name in messages is the name in scenes");
    }
}

#[test]
fn what_a_zone_may_say() {
    let scan = head();
    let crown = |more: &str| zone("crown", more, ONCE);
    let at = scan.head_from_given(above(&scan, 10.0, -62.0));
    let wanted = |more: &str| compiled(&scan, &crown(more)).at(at, Dir::Z);
    assert!((wanted("density_factor = 0.5").density.per_cm2() - 40.0).abs() < 1e-9);
    // 1-exp(-mu*d), mu of 1:20 after six weeks.
    let facts = Person::LIGHT.facts(skin::Zone::Vertex);
    let kept = facts.retained(facts.window.target).unwrap();
    let mu = skin::absorption(skin::Dilution::STEPS[3], skin::amount(kept, skin::HEALED, 1.0).unwrap());
    let shade = wanted("density_factor = 0.5\ndilution = 20\nhealed_mm = 0.2").shade;
    assert!((shade - (1.0 - (-mu * 0.2e-3).exp())).abs() < 1e-12 && (0.1..0.5).contains(&shade), "{shade}");
    refuses(&scan, &crown("density_factor = 1.6"), "density_factor = 1.6 is outside 0..1.5");
    refuses(&scan, &crown("density_per_cm2 = 300"), "density-above-cap, zone 0: 300 dots");
    refuses(&scan, &crown("density_factor = 1\ndilution = 51"), "dilution = 51 is outside 0..50");
    refuses(&scan, &crown("density_factor = 1\nneedle = \"3 needles\""), "write count and diameter in mm");
    refuses(&scan, &crown("density_factor = 1\nneedle = \"9RL/0.25\""), "1 to 7 needles");
    refuses(&scan, &crown(""), "write density_per_cm2");
    let three = crown("density_factor = 1\nneedle = \"3RL/0.25\"");
    assert_eq!(crate::check_needle(&three, &skin::Group::THREE), Ok(()));
    let error = crate::check_needle(&three, &skin::Group::ONE).unwrap_err().to_string();
    assert!(error.contains("the tool carries 1RL/0.25") && error.contains("scene of its own"), "{error}");
}

#[test]
fn bad_designs_are_refused_with_numbers() {
    let scan = head();
    // A figure of eight.
    let eight =
        [above(&scan, -20.0, 0.0), above(&scan, 20.0, -30.0), above(&scan, 20.0, 0.0), above(&scan, -20.0, -30.0)];
    let text = format!("density_per_cm2 = 60\ncontrol_points = {eight:?}");
    let error = refuses(&scan, &zone("fill", &text, ""), "crosses the one from");
    let DesignError::Crossed { spans, at, .. } = error else { panic!("{error}") };
    assert_eq!(spans, [[0, 1], [2, 3]]);
    let crossing = scan.head_from_given(at.0).coords;
    assert!(crossing.x.abs() < 1e-3 && (crossing.y + 0.015).abs() < 3e-3, "{crossing}");
    refuses(&scan, &zone("scar_line", &format!("control_points = {eight:?}").replace("0.0]", "0]"), ""), "crosses");
    // Points on the scalp, but the curve between them dips below the border behind the ear.
    let side = |y: f64, z: f64| {
        let hit = scan.surface.cast(Point::new(0.3, 1e-3 * y, 1e-3 * z), -Dir::X, Metres::new(0.4)).unwrap();
        to_file(&scan, hit.point).0
    };
    let dip = [side(-30.0, 41.0), side(-44.0, 41.0), side(-20.0, 110.0), side(40.0, 90.0), side(8.0, 42.0)];
    let error = refuses(
        &scan,
        &zone("fill", &format!("density_per_cm2 = 60\ncontrol_points = {dip:?}"), ""),
        "the curve leaves the scalp",
    );
    let DesignError::CurveOffScalp { below, .. } = error else { panic!("{error}") };
    assert!(below > Metres::ZERO && below < Metres::from_mm(10.0), "{below}");
    for width in ["0", "-1", "0.4", "11"] {
        let text = format!("control_points = {:?}\nwidth_mm = {width}", row(&scan, -30.0));
        refuses(&scan, &zone("scar_line", &text, ""), &format!("width_mm = {width} is outside 0.5..10"));
    }
    let control = propose_hairline(&scan).unwrap();
    let line =
        format!("[[zone]]\nkind = \"hairline\"\nname = \"mine\"\ndensity_per_cm2 = 70\ncontrol_points = {control:?}\n");
    let scalp = |front: &str| spec(&format!("[[zone]]\nkind = \"scalp\"\n{front}\ndensity_per_cm2 = 60\n{line}"));
    refuses(
        &scan,
        &scalp("front = \"yours\""),
        "front = \"yours\" names no hairline zone: write front = the `name` of one: \"mine\"",
    );
    refuses(&scan, &scalp(""), "no `front`");
    refuses(&scan, &zone("scar_dots", "", ""), "write `points` or `points_file`");
    refuses(&scan, &zone("scar_dots", "points_file = \"/no/such.csv\"", ""), "/no/such.csv: No such file");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bad.csv");
    for (text, want) in
        [("x,y,z\n1,2,3\n1,2\n", "line 3 is not x,y,z"), ("# none\n", "no point in it"), ("1,2,inf\n", "line 1")]
    {
        std::fs::write(&path, text).unwrap();
        refuses(&scan, &zone("scar_dots", &format!("points_file = {path:?}"), ""), want);
        let keep_out = format!("[[keep_out]]\npoints_file = {path:?}\nradius_mm = 1");
        refuses(&scan, &hairline(&scan, "", &keep_out), want);
    }
    refuses(&scan, &zone("crown", "density_per_cm2 = 60\nhair = [0, 0, 0]", ""), "not of zero length");
    refuses(&scan, &hairline(&scan, "", "[anatomy]\nears_mm = -1"), "anatomy: ears_mm = -1 is outside 0..60");
}

/// In a bare patch nothing is there, so all that is wanted is laid; around it the hair is full.
#[test]
fn no_hair_grows_in_a_bare_patch() {
    let scan = head();
    let ring: Vec<[f64; 3]> = (0..12)
        .map(|k| std::f64::consts::TAU * f64::from(k) / 12.0)
        .map(|a| above(&scan, 25.0 * a.sin(), 25.0 * a.cos()))
        .collect();
    let of = |bare: &str| {
        let zone =
            format!("[[zone]]\nkind = \"fill\"\ndensity_per_cm2 = 70\n{bare}\ncontrol_points = {ring:?}\n{ONCE}");
        compiled(&scan, &spec(&format!("{zone}\n[hair]\nancestry = \"caucasian\"\nnorwood = \"I\"")))
    };
    let (bare, full) = (of("bare = true"), of(""));
    assert!((seen(&bare, &scan, 0.0, 0.0) - 70.0).abs() < 1e-9);
    assert!(seen(&full, &scan, 0.0, 0.0).abs() < 1e-9, "nothing lacks");
    let hair = |fields: &Fields, right: f64| {
        let p = scan.head_from_given(above(&scan, right, 0.0));
        fields.hair_at(p, Dir::Z).unwrap().per_cm2()
    };
    assert!(hair(&bare, 0.0).abs() < 1e-9);
    assert!(hair(&full, 0.0) > 60.0);
    assert!((hair(&bare, 40.0) - hair(&full, 40.0)).abs() < 1e-9);
}
