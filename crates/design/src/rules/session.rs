//! Time between sessions, number of dots, least distances.

use scan::Surface;
use skin::{SESSION, SESSION_REST_DAYS};

use crate::compile::Context;
use crate::fields::Drawn;
use crate::rules::finding::Verdicts;
use crate::rules::{Rule, Severity, when};
use crate::session::{LEAST_DISTANCE, LEAST_OVERALL};

/// Usual days between two sessions: skin.md section 6.
const USUAL_DAYS: f64 = 14.0;
/// Largest side of the pieces over which density is summed, metres.
const PIECE: f64 = 2e-3;

pub(super) fn check(context: &Context<'_>, drawn: &Drawn, verdicts: &mut Verdicts) {
    let spec = &context.spec.session;
    if let Some(days) = spec.days_since {
        let broken =
            if days < SESSION_REST_DAYS { Some(Severity::Limit) } else { when(days < USUAL_DAYS, Severity::Warning) };
        verdicts.add(
            Rule::SessionTooSoon,
            None,
            format!("{days} days since the last session"),
            format!("usual {USUAL_DAYS} days, least {SESSION_REST_DAYS}"),
            broken,
        );
    }
    let session = context.session;
    let lowered = session.least_distance < LEAST_DISTANCE || session.least_overall < LEAST_OVERALL;
    verdicts.add(
        Rule::SpacingLowered,
        None,
        format!("{:.2} mm in the session, {:.2} mm over all", session.least_distance.mm(), session.least_overall.mm()),
        format!("at least {:.2} mm and {:.2} mm", LEAST_DISTANCE.mm(), LEAST_OVERALL.mm()),
        when(lowered, Severity::Warning),
    );
    let dots = dots(&context.scan.surface, drawn);
    verdicts.add(
        Rule::SessionTooLong,
        None,
        format!("about {dots:.0} dots"),
        format!("at most {SESSION} dots a session"),
        when(dots > f64::from(SESSION), Severity::Warning),
    );
}

/// Dots that the fields ask for today: density over area, in pieces small beside a feather.
fn dots(surface: &Surface, drawn: &Drawn) -> f64 {
    let mut sum = 0.0;
    for face in 0..surface.faces().len() as u32 {
        let corner = surface.faces()[face as usize].map(|v| surface.vertices()[v as usize]);
        let side = |a: usize, b: usize| (corner[a] - corner[b]).norm().get();
        let longest = side(0, 1).max(side(1, 2)).max(side(2, 0));
        let middle = surface.at(face, [1.0 / 3.0; 3]);
        if !drawn.zones.iter().any(|z| z.touches(&middle.coords.coords, longest)) {
            continue;
        }
        // n² equal triangles, each asked at its middle.
        let n = (longest / PIECE).ceil().clamp(1.0, 16.0) as usize;
        let piece = surface.face_area(face) / (n * n) as f64;
        let mut ask = |i: f64, j: f64| {
            let bary = [(n as f64 - i - j) / n as f64, i / n as f64, j / n as f64];
            let p = surface.at(face, bary);
            sum += piece * drawn.density(p, surface.normal_at(face, bary)).0;
        };
        for i in 0..n {
            for j in 0..n - i {
                ask(i as f64 + 1.0 / 3.0, j as f64 + 1.0 / 3.0);
                if i + j + 1 < n {
                    ask(i as f64 + 2.0 / 3.0, j as f64 + 2.0 / 3.0);
                }
            }
        }
    }
    sum
}
