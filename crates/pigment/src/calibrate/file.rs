//! The text of `person.toml`: what test dots have shown, as a skin file (see `skin_file`, which reads it).
//!
//! In: fits of zones. Out: the text. Absent: the person's name.

use std::fmt::Write as _;

use skin::{Mark, Person, SKIN_FILE, Stated, ZoneFit};

/// The text of `person.toml`.
pub(super) fn text(table: &str, digest: &str, person: &Person, fits: &[ZoneFit]) -> String {
    let mut out = format!(
        "# Skin of one person, fitted to healed test dots by `pigment calibrate-skin`. Name it in a scene:\n\
         #     [person]\n#     calibration = \"person.toml\"\n\
         # low and high hold the truth in 95 of 100 such fits. mark = \"M\": the dots have shown it; any other: they could not, and\n\
         # the value is the published one.\n\
         version = {SKIN_FILE}\ntable = {table:?}\ntable_sha256 = \"{digest}\"\n"
    );
    for (key, stated) in skin::stated_person(person).into_iter().filter(|(key, _)| *key == "lightness") {
        // Writing into a string cannot fail.
        let _ = writeln!(out, "{}", stated.line(key));
    }
    for fit in fits {
        zone(&mut out, table, person, fit);
    }
    out
}

fn zone(out: &mut String, table: &str, person: &Person, fit: &ZoneFit) {
    let l = fit.learned;
    let w = fit.calibrated.facts().window;
    let _ = write!(
        out,
        "\n[[zone]] # window {} to {}, target {}; follows from the values below\nzone = \"{}\"\ndots = {}\nkept = {}\n",
        w.least,
        w.most,
        w.target,
        fit.zone.key(),
        fit.dots,
        fit.kept
    );
    if let Some(why) = fit.one_sided {
        let _ = writeln!(out, "# {why}");
    }
    let learned = [l.epidermis, l.stiffness, l.hole, l.spread, l.blur, l.side_light];
    for ((key, value), learned) in fit.calibrated.fitted().keys().into_iter().zip(learned) {
        let published = skin::stated(person, fit.zone, key);
        let stated = if learned {
            Stated { value, mark: Mark::M, source: format!("test dots, {table}") }
        } else {
            Stated { value, mark: published.mark, source: format!("not shown by the dots; {}", published.source) }
        };
        let _ = writeln!(out, "{}", stated.line(key.name()));
    }
}
