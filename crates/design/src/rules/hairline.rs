//! The drawn line: height, corners, irregularity, symmetry, and the dots in its front.
//!
//! Heights and distances are along the skin, in plane sections (`line::arc`), from the places of `line::face`. Rules of the
//! whole frontal line are held against lines that cross the middle of the forehead only.

use frames::Metres;
use nalgebra::Vector3;

use crate::compile::Context;
use crate::fields::Drawn;
use crate::line::arc;
use crate::line::face::{Face, SIDES, TO_PEAK};
use crate::rules::finding::Verdicts;
use crate::rules::{Found, Rule, Severity, when};
use crate::shape::{Hairline, Shape, Zone};

/// Warned and refused below. 7 cm is aggressive (skin.md 1.10 S79). 6 cm (E) lies below the mean of untreated men, 66.5 mm
/// (Kashiyama 2021), by more than landmarks are off: hardly any grown man has such a line, and it cannot be taken back.
const LOW: [f64; 2] = [70e-3, 60e-3];
/// The same below a woman's mean of 62 to 64 mm (Kashiyama 2021; S86 A) (E).
const LOW_WOMEN: [f64; 2] = [55e-3, 50e-3];
/// skin.md 1.10 S79: 10 cm is conservative.
const HIGH: f64 = 100e-3;
/// E: half way between aggressive and the rule; S81 "plan for future loss".
const YOUNG: f64 = 75e-3;
const GROWN_UP: u8 = 40;
/// E: the rule's 80 mm (S79) less the same 10 mm that make a middle aggressive.
const TEMPLE: f64 = 70e-3;
/// E: what landmarks are good to.
const FORWARD: f64 = 5e-3;
/// A line that does not reach this far to a side has no corner there: half the distance of the outer canthi (K).
const CORNER_FROM: f64 = 45e-3;
/// skin.md 1.10 E: less than 1 mm over 2 cm.
const STRAIGHT_OVER: f64 = 20e-3;
const STRAIGHT: f64 = 1e-3;
/// E: halves that differ by less (rms) are copies to the eye.
const PERFECT: f64 = 0.5e-3;
/// skin.md 1.10 E: more than half of the density within 3 mm.
const STEEP_OVER: f64 = 3e-3;
const STEEP: f64 = 0.5;
/// skin.md 1.1.
const FRONT_DOT: Metres = Metres::from_mm(0.18);
/// Between two samples of a line, metres.
const STEP: f64 = 0.5e-3;

pub(super) fn check(
    context: &Context<'_>,
    drawn: &Drawn,
    found: Found<'_>,
    labels: &[String],
    verdicts: &mut Verdicts,
) {
    let lines = || {
        let named = drawn.zones.iter().zip(labels).zip(&context.spec.zone);
        named.filter_map(|((zone, label), written)| match &zone.shape {
            Shape::Hairline(line) => Some((line, Some(label.as_str()), written)),
            _ => None,
        })
    };
    for (line, label, _) in lines() {
        steep(line, label, verdicts);
        straight(line, label, verdicts);
    }
    for &(zone, wanted, missing) in found.sentinels {
        verdicts.add(
            Rule::SentinelsMissing,
            Some(labels[zone].as_str()),
            format!("{missing} of {wanted} found no place"),
            "each has a place",
            when(missing > 0, Severity::Note),
        );
    }
    // No face to measure from (a piece of a head): nothing below can be said, and nothing was drawn from it.
    let Some(face) = Face::new(context.scan) else { return };
    for (line, label, written) in lines() {
        if let Some(middle) = middle(&face, line) {
            let woman = context.of_woman(written);
            height(context, &face, (&middle, woman), label, verdicts);
            temples(context, &face, (line, woman), label, verdicts);
            perfect(&face, line, label, verdicts);
        }
    }
    for (zone, label) in drawn.zones.iter().zip(labels) {
        if let (Shape::Fill(patch), skin::Zone::Temple) = (&zone.shape, zone.ground.first().skin) {
            peak(context, &face, patch.curve.points(), Some(label.as_str()), verdicts);
        }
    }
}

/// Size and darkness of the dots in front.
pub(super) fn dots(zone: &Zone, drawn: &Drawn, label: Option<&str>, verdicts: &mut Verdicts) {
    let (healed, shade) = zone.front();
    verdicts.add(
        Rule::HairlineDotTooLarge,
        label,
        format!("{:.2} mm healed at the front", healed.mm()),
        format!("at most {:.2} mm", FRONT_DOT.mm()),
        when(healed.get() > FRONT_DOT.get() + 1e-9, Severity::Warning),
    );
    let body = drawn
        .zones
        .iter()
        .filter(|z| matches!(z.ground.first().skin, skin::Zone::FrontalMid | skin::Zone::Vertex) && z.density > 0.0)
        .map(|z| z.shade)
        .fold(zone.shade, f64::min);
    verdicts.add(
        Rule::HairlineTooDark,
        label,
        format!("shade {shade:.2} at the front, {body:.2} behind"),
        "not darker than behind",
        when(shade > body + 1e-9, Severity::Warning),
    );
}

/// Most of the density that comes within 3 mm across the line.
fn steep(line: &Hairline, label: Option<&str>, verdicts: &mut Verdicts) {
    let rise = (0..=600)
        .map(|k| 1e-4 * f64::from(k) - STEEP_OVER)
        .map(|d| line.profile.at(d + STEEP_OVER) - line.profile.at(d))
        .fold(0.0, f64::max);
    verdicts.add(
        Rule::RampTooSteep,
        label,
        format!("{:.0} % within 3 mm", 100.0 * rise),
        format!("at most {:.0} % within 3 mm", 100.0 * STEEP),
        when(rise > STEEP + 1e-9, Severity::Warning),
    );
}

/// How far the drawn line wanders off itself in the calmest 2 cm, largest minus smallest; the line itself is a smooth curve.
fn straight(line: &Hairline, label: Option<&str>, verdicts: &mut Verdicts) {
    let wander: Vec<f64> = samples(line).map(|arc| line.wander.at(arc, &line.curve.at(arc).0)).collect();
    let window = (STRAIGHT_OVER / STEP) as usize;
    let least = wander
        .windows(window.min(wander.len()).max(1))
        .map(|w| w.iter().copied().fold(f64::MIN, f64::max) - w.iter().copied().fold(f64::MAX, f64::min))
        .fold(f64::MAX, f64::min);
    verdicts.add(
        Rule::HairlineTooStraight,
        label,
        format!("{:.1} mm in the calmest 2 cm", 1e3 * least),
        format!("at least {:.1} mm", 1e3 * STRAIGHT),
        when(least < STRAIGHT, Severity::Warning),
    );
}

fn samples(line: &Hairline) -> impl Iterator<Item = f64> {
    (0..=(line.curve.length() / STEP) as usize).map(|k| k as f64 * STEP)
}

/// Where the line crosses the middle of the forehead.
fn middle(face: &Face, line: &Hairline) -> Option<Vector3<f64>> {
    line.curve.points().windows(2).find_map(|w| {
        let (a, b) = (face.aside(&w[0]), face.aside(&w[1]));
        let front = w[0].dot(&face.forward) > 0.0;
        (front && a * b <= 0.0 && (a - b).abs() > 1e-12).then(|| w[0] + (w[1] - w[0]) * (a / (a - b)))
    })
}

fn height(
    context: &Context<'_>,
    face: &Face,
    (middle, woman): (&Vector3<f64>, bool),
    label: Option<&str>,
    verdicts: &mut Verdicts,
) {
    let [low, lowest] = if woman { LOW_WOMEN } else { LOW };
    let Some(height) = arc::length(&context.scan.surface, &face.glabella, middle) else { return };
    let value = || format!("{:.0} mm above the glabella", 1e3 * height);
    let broken = if height < lowest { Some(Severity::Limit) } else { when(height < low, Severity::Warning) };
    verdicts.add(
        Rule::HairlineTooLow,
        label,
        value(),
        format!("usual from {:.0} mm, at least {:.0} mm", 1e3 * low, 1e3 * lowest),
        broken,
    );
    verdicts.add(
        Rule::HairlineHigh,
        label,
        value(),
        format!("conservative from {:.0} mm", 1e3 * HIGH),
        when(height > HIGH, Severity::Note),
    );
    let age = context.person.age;
    if age > GROWN_UP && !woman {
        verdicts.add(
            Rule::HairlineTooYoung,
            label,
            format!("{:.0} mm above the glabella at {age} years", 1e3 * height),
            format!("at least {:.0} mm over {GROWN_UP} years", 1e3 * YOUNG),
            when(height < YOUNG, Severity::Warning),
        );
    }
}

/// How near the line comes to the lateral points E, and where its ends stand to the lateral epicanthal line.
fn temples(
    context: &Context<'_>,
    face: &Face,
    (line, woman): (&Hairline, bool),
    label: Option<&str>,
    verdicts: &mut Verdicts,
) {
    let points = line.curve.points();
    let ends = [points[0], points[points.len() - 1]];
    let (mut bare, mut forward): (Option<f64>, Option<f64>) = (None, None);
    for (side, lateral) in SIDES.into_iter().zip(&face.lateral) {
        let reaches = |p: &&Vector3<f64>| side * face.aside(p) >= CORNER_FROM;
        let nearest =
            points.iter().filter(reaches).min_by(|a, b| (*a - lateral).norm().total_cmp(&(*b - lateral).norm()));
        if let Some(above) = nearest.and_then(|p| arc::length(&context.scan.surface, lateral, p)) {
            bare = Some(bare.map_or(above, |b| b.min(above)));
        }
        for end in ends.iter().filter(reaches) {
            let ahead = face.ahead(end) - face.ahead(lateral);
            forward = Some(forward.map_or(ahead, |f| f.max(ahead)));
        }
    }
    if let Some(bare) = bare.filter(|_| !woman) {
        verdicts.add(
            Rule::TempleFilled,
            label,
            format!("{:.0} mm above the lateral point", 1e3 * bare),
            format!("at least {:.0} mm", 1e3 * TEMPLE),
            when(bare < TEMPLE, Severity::Warning),
        );
    }
    if let Some(forward) = forward {
        verdicts.add(
            Rule::CornerTooFarForward,
            label,
            format!("{:.0} mm in front of the lateral epicanthal line", 1e3 * forward),
            format!("at most {:.0} mm in front", 1e3 * FORWARD),
            when(forward > FORWARD, Severity::Warning),
        );
    }
}

/// How far the wandering line is from its own mirror image, rms.
fn perfect(face: &Face, line: &Hairline, label: Option<&str>, verdicts: &mut Verdicts) {
    let drawn: Vec<Vector3<f64>> = samples(line)
        .map(|arc| {
            let (p, inward) = line.curve.at(arc);
            p - inward * line.wander.at(arc, &p)
        })
        .collect();
    let mirrored = drawn.iter().map(|p| p - face.right * (2.0 * face.aside(p)));
    let (mut sum, mut count) = (0.0, 0_usize);
    for p in mirrored {
        // Beyond the ends of the other side there is nothing to compare with.
        let nearest = drawn
            .windows(2)
            .map(|w| {
                let step = w[1] - w[0];
                let t = ((p - w[0]).dot(&step) / step.norm_squared().max(1e-18)).clamp(0.0, 1.0);
                (p - w[0] - step * t).norm_squared()
            })
            .fold(f64::MAX, f64::min);
        sum += nearest;
        count += 1;
    }
    let rms = (sum / count.max(1) as f64).sqrt();
    verdicts.add(
        Rule::HairlineTooPerfect,
        label,
        format!("left and right differ by {:.1} mm rms", 1e3 * rms),
        format!("at least {:.1} mm", 1e3 * PERFECT),
        when(rms < PERFECT, Severity::Warning),
    );
}

/// How far a temple patch stands in front of the line from the fronto-temporal to the lateral point.
fn peak(context: &Context<'_>, face: &Face, points: &[Vector3<f64>], label: Option<&str>, verdicts: &mut Verdicts) {
    let Some(first) = points.first() else { return };
    let side = usize::from(face.aside(first) > 0.0);
    let Some(tip) = face.tip(context.scan, side, TO_PEAK) else { return };
    let forward = points.iter().map(|p| face.ahead(p) - face.ahead(&tip)).fold(f64::MIN, f64::max);
    verdicts.add(
        Rule::TemporalPeakForward,
        label,
        format!("{:.0} mm in front of the rule's tip", 1e3 * forward),
        format!("at most {:.0} mm", 1e3 * FORWARD),
        when(forward > FORWARD, Severity::Warning),
    );
}
