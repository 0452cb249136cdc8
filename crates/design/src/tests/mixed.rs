//! `mix`: what it makes of a zone, and what is refused.

use super::*;
use crate::Rule;

fn mixed(mix: &str, more: &str) -> Result<Fields, DesignError> {
    let scan = &head();
    compile(&hairline(scan, &format!("{more}\nmix = [{mix}]"), ""), scan, &Person::LIGHT)
}

#[test]
fn refused_with_value_and_limit() {
    let check = |mix: &str, more: &str, want: &str| {
        let error = mixed(mix, more).unwrap_err().to_string();
        assert!(error.contains(want), "{error}");
    };
    check("{ share = 1.0 }", "", "mix has 1 kinds of dot, 2 to 6");
    check("{ share = 0.5, healed_mm = 0.14 }, { share = 0.4 }", "", "add up to 0.9, not to 1");
    check("{ share = 0.5, healed_mm = 0.6 }, { share = 0.5 }", "", "mix.healed_mm = 0.6 is outside 0.05..0.45");
    check("{ share = 0.5, shade = 1.5 }, { share = 0.5 }", "", "mix.shade = 1.5 is outside 0..1");
    check("{ share = 0.99 }, { share = 0.01 }", "", "mix.share = 0.01 is outside 0.02..1");
    check("{ share = nan }, { share = 0.5 }", "", "mix.share = NaN");
    let both = "{ share = 0.5, healed_mm = 0.14 }, { share = 0.5, healed_mm = 0.16 }";
    check(both, "healed_mm = 0.15", "`healed_mm` and `mix.healed_mm`");
    let both = "{ share = 0.5, shade = 0.4 }, { share = 0.5, shade = 0.6 }";
    check(both, "shade = 0.5", "`shade` and `mix.shade`");
    check(both, "dilution = 10", "`dilution` and `mix.shade`");
}

/// A kind that is too large is found by the rule, though the mean is not; and the mean has the tone of the kinds.
#[test]
fn rules_hold_for_every_kind() {
    let fields = mixed("{ share = 0.9, healed_mm = 0.15 }, { share = 0.1, healed_mm = 0.35 }", "shade = 0.5").unwrap();
    assert!(fields.findings().iter().any(|f| f.rule == Rule::DotTooLarge), "{:?}", fields.findings());
    let fine = mixed("{ share = 0.9, healed_mm = 0.15 }, { share = 0.1, healed_mm = 0.20 }", "shade = 0.5").unwrap();
    assert_eq!(fine.findings(), []);
    let scan = &head();
    let (middle, inward) = line(&fine).curve.at(0.5 * line(&fine).curve.length());
    let hit = scan.surface.nearest(Point::from(middle + inward * 25e-3));
    let normal = scan.surface.normal_at(hit.face, hit.bary);
    let kind = |k| fine.at_kind(hit.point, normal, k);
    assert!((kind(0).healed.mm() - 0.15).abs() < 1e-9 && (kind(1).healed.mm() - 0.20).abs() < 1e-9);
    // The same ink: half of the light across 0.18 mm, as the zone's own dot.
    let rung = match &fine.source {
        Source::Drawn(drawn) => drawn.zones[0].rung,
        Source::Function(_) => unreachable!("drawn"),
    };
    assert!((kind(1).shade - rung.shade(1.0 - 0.5_f64.powf(0.20 / 0.18))).abs() < 1e-9);
    let mean = fine.at(hit.point, normal);
    let tone: f64 = [(0.9, 0.15), (0.1, 0.20)].iter().map(|(s, d)| s * d * (1.0 - 0.5_f64.powf(d / 0.18))).sum();
    assert!((mean.healed.mm() - 0.155).abs() < 1e-9);
    assert!((mean.shade - rung.shade(tone / 0.155)).abs() < 1e-9);
}
