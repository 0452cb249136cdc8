//! What is asked: a changed design.
//!
//! In: amounts as a person types them, a scene, its compiled design. Out: the scene in memory with other values in its zones;
//! or what is wrong, with the value and the limit. Absent: the file; nothing here writes.

use std::str::FromStr;

use clap::Args;
use design::{PenetrationSpec, ZoneDots, ZoneSpec};

use crate::{Failure, SceneFile, Treatment};

/// Another value: `70` is that value, `+10%` a tenth more, `-0.05` so much less.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// This.
    To(f64),
    /// So much more.
    By(f64),
    /// Times this.
    Times(f64),
}

impl Amount {
    fn of(self, now: f64) -> f64 {
        match self {
            Self::To(value) => value,
            Self::By(more) => now + more,
            Self::Times(factor) => now * factor,
        }
    }
}

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is no amount: write 70, +5, -5, +10% or -10%");
        let number = |t: &str| t.trim().parse::<f64>().ok().filter(|v| v.is_finite()).ok_or_else(bad);
        match text.trim().strip_suffix('%') {
            Some(percent) => Ok(Self::Times(1.0 + number(percent)? / 100.0)),
            None if text.trim().starts_with(['+', '-']) => number(text).map(Self::By),
            None => number(text).map(Self::To),
        }
    }
}

/// Any combination; nothing changes nothing.
#[derive(Debug, Clone, Default, Args)]
pub struct Asked {
    /// Only this zone; all of them without it.
    #[arg(long)]
    pub zone: Option<String>,
    /// Dots per cm² over all sessions: `70`, `+5` or `+10%`.
    #[arg(long, allow_hyphen_values = true)]
    pub density: Option<Amount>,
    /// Healed diameter, mm.
    #[arg(long, allow_hyphen_values = true)]
    pub healed: Option<Amount>,
    /// How black a healed dot is, 0 to 1.
    #[arg(long, allow_hyphen_values = true)]
    pub shade: Option<Amount>,
    /// Target depth, mm.
    #[arg(long, allow_hyphen_values = true)]
    pub depth: Option<Amount>,
    /// How many sessions there are.
    #[arg(long)]
    pub sessions: Option<u16>,
    /// Which of them this is.
    #[arg(long)]
    pub session: Option<u16>,
    /// Another seed.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Plan the arm's way for both, instead of an estimate of its time.
    #[arg(long)]
    pub plan: bool,
}

impl Asked {
    /// The scene with what is asked; `now` is the treatment as it is.
    pub(super) fn apply(&self, now: &Treatment) -> Result<SceneFile, Failure> {
        let mut file = now.file.clone();
        // An answer for a rule that is then kept would be an error; what is broken is compared, answered for or not.
        file.scene.rules = design::RulesSpec::default();
        let names = now.zone_names();
        if let Some(name) = &self.zone
            && !names.contains(name)
        {
            let why = format!("--zone {name}: there is no such zone; there are {}", names.join(", "));
            return Err(Failure::file(&file.path, why));
        }
        for (k, zone) in file.scene.zone.iter_mut().enumerate() {
            if self.zone.as_ref().is_some_and(|name| names[k] != *name) {
                continue;
            }
            let Some(dots) = now.fields.dots_of(k as u16) else { continue };
            self.zone(zone, &names[k], &dots).map_err(|why| Failure::file(&now.file.path, why))?;
        }
        let session = &mut file.scene.session;
        if let Some(of) = self.sessions.filter(|of| *of != session.of) {
            // A ladder is for its own number of sessions.
            (session.of, session.ladder_percent, session.scar_ladder_percent) = (of, None, None);
            session.ink_percent = None;
        }
        session.number = self.session.unwrap_or(session.number);
        file.scene.seed = self.seed.unwrap_or(file.scene.seed);
        Ok(file)
    }

    fn zone(&self, zone: &mut ZoneSpec, name: &str, dots: &ZoneDots) -> Result<(), String> {
        if zone.mix.is_some() && (self.healed.is_some() || self.shade.is_some()) {
            return Err(format!(
                "{name} mixes kinds of dot: its diameters and shades are in the scene's mix, change them there"
            ));
        }
        if zone.look.is_some() && (self.density.is_some() || self.healed.is_some() || self.shade.is_some()) {
            // A look decides all three; from here on they are what it decided.
            zone.look = None;
            zone.density_per_cm2 = Some(dots.density.per_cm2());
            zone.healed_mm = Some(dots.healed.mm());
            zone.shade = Some(dots.shade);
        }
        let asked = |what, amount: Amount, now: f64, least: f64, most: f64, unit| {
            let value = amount.of(now);
            if value > least && value <= most {
                return Ok(value);
            }
            Err(format!(
                "--{what} makes {value} {unit} in {name}; it must be more than {least} and at most {most} {unit}"
            ))
        };
        if let Some(amount) = self.density {
            let most = skin::HELMET.per_cm2();
            zone.density_per_cm2 = Some(asked("density", amount, dots.density.per_cm2(), 0.0, most, "dots/cm2")?);
            zone.density_factor = None;
        }
        if let Some(amount) = self.healed {
            zone.healed_mm = Some(asked("healed", amount, dots.healed.mm(), 0.0, 0.45, "mm")?);
            // A front of its own changes as much; an absolute value is for what stands behind it.
            if let (Some(front), Amount::By(_) | Amount::Times(_)) = (zone.healed_front_mm, amount) {
                zone.healed_front_mm = Some(asked("healed", amount, front, 0.0, 0.45, "mm")?);
            }
        }
        if let Some(amount) = self.shade {
            // What is written, before a first session in a scar makes it lighter.
            let now = zone.shade.unwrap_or(dots.shade);
            zone.shade = Some(asked("shade", amount, now, 0.0, 1.0, "of the light")?);
            zone.dilution = None;
        }
        if let Some(amount) = self.depth {
            let [least, target, most] = dots.window.map(|p| p.length().mm());
            let target = asked("depth", amount, target, 0.0, 1.2, "mm")?;
            zone.penetration_mm = Some(PenetrationSpec { least: least.min(target), target, most: most.max(target) });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: Option<f64>) {
        let got = text.parse::<Amount>().map(|a| a.of(50.0));
        match (got, want) {
            (Ok(got), Some(want)) => assert!((got - want).abs() < 1e-9, "{got}"),
            (Err(why), None) => assert!(why.contains(text)),
            (got, want) => panic!("{got:?} {want:?}"),
        }
    }

    #[test]
    fn amounts() {
        check("70", Some(70.0));
        check("+10%", Some(55.0));
        check("-10%", Some(45.0));
        check("10 %", Some(55.0));
        check("+5", Some(55.0));
        check("-0.5", Some(49.5));
        check("much", None);
        check("", None);
        check("NaN", None);
        check("inf%", None);
    }
}
