//! Density, size, darkness and depth of dots, zone by zone.

use frames::Metres;
use skin::{CAP, HELMET, Stipple};

use crate::compile::Context;
use crate::fields::Drawn;
use crate::rules::finding::Verdicts;
use crate::rules::{Rule, Severity, when};
use crate::shape::{Part, Zone};
use crate::spec::ZoneKind;

/// Dots per square centimetre in one session, in normal skin: skin.md 4.3 item 10. A warning, not a limit: one-session
/// phantoms and ladders of two pass it on purpose, and somebody has to say so.
const PER_SESSION: f64 = 40.0;
/// Healed dot of the body of the scalp: skin.md 1.1.
const BODY_DOT: Metres = Metres::from_mm(0.30);
/// Deepest tip without a reason: skin.md section 6.
const DEEP: Metres = Metres::from_mm(0.80);
/// Darker than the person's own shaved hair by more than this is seen, L*: skin.md section 6.
const DARKER: f64 = 1.5;
/// Rounding of what a person wrote.
const SLACK: f64 = 1e-9;

pub(super) fn check(context: &Context<'_>, drawn: &Drawn, labels: &[String], verdicts: &mut Verdicts) {
    for ((zone, written), label) in drawn.zones.iter().zip(&context.spec.zone).zip(labels) {
        let label = Some(label.as_str());
        density(zone, label, verdicts);
        let largest = zone.kinds.iter().fold(zone.healed, |most, kind| most.max(kind.healed));
        verdicts.add(
            Rule::DotTooLarge,
            label,
            format!("{:.2} mm healed", largest.mm()),
            format!("at most {:.2} mm", BODY_DOT.mm()),
            when(largest.get() > BODY_DOT.get() + SLACK, Severity::Warning),
        );
        if let Some(look) = zone.look {
            verdicts.add(Rule::LookTakes, label, look.to_string(), "as wanted", Some(Severity::Note));
        }
        stubble(context, zone, label, verdicts);
        for part in zone.ground.parts() {
            depth(context, part, label, verdicts);
        }
        let scar = zone.ground.parts().iter().find(|part| part.skin.is_scar());
        if let Some(part) = scar {
            let tried = context.person.calibration.zone(part.skin).is_some();
            verdicts.add(
                Rule::ScarWithoutTestDots,
                label,
                if tried { "test dots of this kind of scar" } else { "no test dots of this kind of scar" },
                "at least 4 test dots, 4 weeks before",
                when(!tried, Severity::Warning),
            );
        }
        if written.kind == ZoneKind::Hairline {
            super::hairline::dots(zone, drawn, label, verdicts);
        }
    }
}

/// Where it is greatest: over all sessions, and today.
fn density(zone: &Zone, label: Option<&str>, verdicts: &mut Verdicts) {
    let most = zone.ground.parts().iter().map(|part| part.factor).fold(0.0, f64::max) * 1e-4;
    let (full, today) = (zone.density * most, zone.density * zone.rung.share * most);
    let broken = if full > HELMET.per_cm2() + SLACK {
        Some(Severity::Limit)
    } else {
        when(full > CAP.per_cm2() + SLACK, Severity::Warning)
    };
    verdicts.add(
        Rule::DensityAboveCap,
        label,
        format!("{full:.0} dots/cm2 over all sessions"),
        format!("usual up to {:.0}, at most {:.0} dots/cm2", CAP.per_cm2(), HELMET.per_cm2()),
        broken,
    );
    if !zone.ground.first().skin.is_scar() {
        verdicts.add(
            Rule::SessionTooDense,
            label,
            format!("{today:.0} dots/cm2 in this session"),
            format!("at most {PER_SESSION:.0} dots/cm2 a session"),
            when(today > PER_SESSION + SLACK, Severity::Warning),
        );
    }
}

/// Against the window of the person's skin.
fn depth(context: &Context<'_>, part: &Part, label: Option<&str>, verdicts: &mut Verdicts) {
    let usual = context.person.facts(part.skin).window;
    let [least, target, most] = part.window;
    verdicts.add(
        Rule::DepthOutsideWindow,
        label,
        format!("target {target}"),
        format!("{} to {} in this skin ({})", usual.least, usual.most, part.skin),
        when(target < usual.least || target > usual.most, Severity::Warning),
    );
    let deepest = DEEP.max(usual.most.length());
    verdicts.add(
        Rule::DepthBeyondUsual,
        label,
        format!("{least} to {most}"),
        format!("at most {:.2} mm in this skin ({})", deepest.mm(), part.skin),
        when(most.length().get() > deepest.get() + SLACK, Severity::Warning),
    );
}

/// Against the person's own shaved hair, by the embedded-column law, once all sessions have healed. Said only inside the range of
/// the law.
fn stubble(context: &Context<'_>, zone: &Zone, label: Option<&str>, verdicts: &mut Verdicts) {
    let person = context.person;
    let first = zone.ground.first();
    let skin = person.lightness();
    let epidermis = person.facts(first.skin).epidermis;
    let Some(column) = skin::column(first.window[1], epidermis) else { return };
    let treated = skin::reflectance(&Stipple {
        lightness: skin,
        density: frames::PerSquareMetre::new(zone.density * first.factor),
        diameter: zone.healed,
        column,
        // The part of the light that a dot takes across, 1-exp(-mu*d), is its shade.
        absorption: -(-zone.shade.min(0.999)).ln_1p() / zone.healed.get(),
    });
    let (Ok(treated), Ok(hair)) = (treated, person.stubble().lightness(skin)) else { return };
    let treated = zone.look.map_or_else(|| skin::lightness_of(treated), |look| look.lightness);
    verdicts.add(
        Rule::DarkerThanStubble,
        label,
        format!("L* {treated:.1} on skin of {skin:.1}"),
        format!("at least {:.1}, shaved hair less {DARKER}", hair - DARKER),
        when(treated < hair - DARKER, Severity::Warning),
    );
}
