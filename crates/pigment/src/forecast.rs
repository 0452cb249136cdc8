//! `pigment forecast`: how the dots of a scene heal, from the day to ten years after.
//!
//! In: a scene; or the dots that a rehearsal really set. Out: [`Forecast`]: a table a zone, one row an age, as lines for a
//! person, as JSON, and on demand a CSV with every dot. Absent: the laws (`skin::forecast`), pictures.

mod words;

use std::collections::BTreeMap;
use std::path::Path;

use frames::{Metres, Penetration, PerSquareMetre};
use skin::{Age, Dilution, Dot, Healing, Outlook, SkinError, Zone, ZoneOutlook};
use stipple::{Pattern, Site};

use crate::figures::Judgement;
use crate::looks::Finished;
use crate::sheet::zones::{Design, ZoneRow};
use crate::{Failure, Treatment, progress};

pub(crate) use words::{in_short, tables};

/// Every zone of a scene.
pub(crate) struct Forecast {
    pub(crate) zones: Vec<ZoneForecast>,
}

/// One zone.
pub(crate) struct ZoneForecast {
    pub(crate) row: ZoneRow,
    /// What it rests on.
    pub(crate) dots: usize,
    /// Darkest and lightest in the needle.
    pub(crate) inks: [Dilution; 2],
    /// Dots whose shade no ink makes; they count with the nearest that does.
    pub(crate) off_shade: usize,
    /// Healed diameter that the design wishes, mean.
    pub(crate) wished: Metres,
    pub(crate) ages: Vec<ZoneOutlook>,
}

/// One dot, with what it becomes.
struct Healed<'a> {
    site: &'a Site,
    ink: Dilution,
    off_shade: bool,
    healing: Healing,
}

/// Prints the zone table of a scene; writes every dot where asked.
///
/// # Errors
/// What is wrong with the scene, or a depth outside the laws of healing.
pub fn forecast(scene: &Path, output: Option<&Path>, json: bool) -> Result<String, Failure> {
    let bar = progress::working("stippling");
    let treatment = Treatment::load(scene)?;
    let pattern = treatment.lay()?;
    bar.finish_and_clear();
    let dots = planned_dots(&treatment, &pattern.sites)?;
    if let Some(output) = output {
        let csv = words::csv(&treatment, &dots).map_err(|e| law(&treatment, &e))?;
        record::write_atomic(output, csv.as_bytes()).map_err(|e| Failure::Input(e.to_string()))?;
    }
    let others = other_sessions(&treatment)?;
    let forecast = Forecast::of(&treatment, &pattern, &dots, &others)?;
    if json {
        return Ok(serde_json::json!({ "scene": treatment.file.name(), "zones": forecast.json() }).to_string());
    }
    Ok(forecast.text(&treatment))
}

impl Forecast {
    /// As planned: depths around their targets. `others` are the dots of the other sessions.
    pub(crate) fn planned(treatment: &Treatment, pattern: &Pattern, others: &[Site]) -> Result<Self, Failure> {
        Self::of(treatment, pattern, &planned_dots(treatment, &pattern.sites)?, others)
    }

    /// As the simulated skin really got them: the true depth in the true skin of each place. The other sessions are as
    /// designed.
    pub(crate) fn achieved(
        treatment: &Treatment,
        pattern: &Pattern,
        others: &[Site],
        judgement: &Judgement<'_>,
    ) -> Result<Self, Failure> {
        let dots = judgement.dots.iter().map(|d| {
            let (ink, off_shade) = ink(treatment, d.site)?;
            let dot = Dot::set(d.hit.penetration, treatment.group, ink);
            let healing = Healing::at_place(&treatment.person, d.site.zone, &dot, &d.hit.skin)?;
            Ok(Healed { site: d.site, ink, off_shade, healing })
        });
        let dots: Vec<_> = dots.collect::<Result<_, SkinError>>().map_err(|e| law(treatment, &e))?;
        Self::of(treatment, pattern, &dots, others)
    }

    fn of(treatment: &Treatment, pattern: &Pattern, dots: &[Healed<'_>], others: &[Site]) -> Result<Self, Failure> {
        let others = planned_dots(treatment, others)?;
        let rows = Design::finished(treatment)?.rows(treatment, pattern);
        let mut zones = Vec::with_capacity(rows.len());
        for row in rows {
            let within = |d: &&Healed<'_>| usize::from(d.site.zone_index) == row.index;
            let own: Vec<_> = dots.iter().filter(within).collect();
            let all: Vec<_> = own.iter().copied().chain(others.iter().filter(within)).collect();
            let zone = ZoneForecast::of(treatment, row, &own, &all).map_err(|e| law(treatment, &e))?;
            zones.extend(zone);
        }
        Ok(Self { zones })
    }
}

impl ZoneForecast {
    /// Of today's dots and those of all sessions, which have inks of their own. `None` without a dot today.
    fn of(
        treatment: &Treatment,
        row: ZoneRow,
        dots: &[&Healed<'_>],
        all: &[&Healed<'_>],
    ) -> Result<Option<Self>, SkinError> {
        let darkest = dots.iter().map(|d| d.ink).min_by(|a, b| a.parts().total_cmp(&b.parts()));
        let lightest = dots.iter().map(|d| d.ink).max_by(|a, b| a.parts().total_cmp(&b.parts()));
        let (Some(darkest), Some(lightest)) = (darkest, lightest) else { return Ok(None) };
        let mut ages = Vec::with_capacity(Age::ALL.len());
        for age in Age::ALL {
            let there = if age < Age::SIX_WEEKS { dots } else { all };
            let outlooks: Vec<Outlook> = there.iter().map(|d| d.healing.at(age)).collect::<Result<_, _>>()?;
            ages.extend(ZoneOutlook::of(&treatment.person, row.skin, density(&row, age), &outlooks));
        }
        let off_shade = dots.iter().filter(|d| d.off_shade).count();
        let wished = Metres::new(dots.iter().map(|d| d.site.healed.get()).sum::<f64>() / dots.len() as f64);
        Ok(Some(Self { row, dots: dots.len(), inks: [darkest, lightest], off_shade, wished, ages }))
    }
}

/// Fresh, there is only what this session laid; healed, all sessions count.
fn density(row: &ZoneRow, age: Age) -> PerSquareMetre {
    if age < Age::SIX_WEEKS { row.today } else { row.full }
}

/// The dots of every session but today's, as designed.
///
/// # Errors
/// What is wrong with the scene on another day.
pub(crate) fn other_sessions(treatment: &Treatment) -> Result<Vec<Site>, Failure> {
    let session = &treatment.file.scene.session;
    if session.of <= 1 {
        return Ok(Vec::new());
    }
    let today = usize::from(session.number) - 1;
    let sessions = Finished::lay(treatment.file.clone())?.sessions;
    Ok(sessions.into_iter().enumerate().filter(|(k, _)| *k != today).flat_map(|(_, sites)| sites).collect())
}

fn planned_dots<'a>(treatment: &Treatment, sites: &'a [Site]) -> Result<Vec<Healed<'a>>, Failure> {
    // Depths repeat over a whole zone, and the integral over their spread is the dear part.
    let mut known: BTreeMap<(Zone, u64), Healing> = BTreeMap::new();
    let mut one = |site: &'a Site| -> Result<Healed<'a>, SkinError> {
        let (ink, off_shade) = ink(treatment, site)?;
        let key = (site.zone, site.target.get().to_bits());
        let healing = match known.get(&key) {
            Some(healing) => healing.with_ink(ink),
            None => {
                let dot = Dot::planned(site.target, treatment.group, ink);
                let healing = Healing::of(&treatment.person, site.zone, &dot)?;
                known.insert(key, healing.clone());
                healing
            }
        };
        Ok(Healed { site, ink, off_shade, healing })
    };
    sites.iter().map(&mut one).collect::<Result<_, _>>().map_err(|e| law(treatment, &e))
}

/// The ink that gives the site its shade, and whether it is only the nearest one.
fn ink(treatment: &Treatment, site: &Site) -> Result<(Dilution, bool), SkinError> {
    let facts = treatment.person.facts(site.zone);
    let at = |tip: Penetration| skin::ink_for(&facts, tip, site.healed, site.shade);
    match at(site.target) {
        Ok(ink) => Ok((ink, false)),
        // Blacker than black, or clear.
        Err(SkinError::OutOfRange { what: "dilution", value, least, most, .. }) => {
            Ok((Dilution::try_new(if value < least { least } else { most })?, true))
        }
        Err(e) => Err(e),
    }
}

fn law(treatment: &Treatment, error: &SkinError) -> Failure {
    Failure::file(&treatment.file.path, format_args!("forecast: {error}"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    fn hairline() -> (Treatment, Pattern) {
        let treatment = Treatment::load(&crate::repository(Path::new("scenes/hairline.toml"))).unwrap();
        let pattern = treatment.lay().unwrap();
        (treatment, pattern)
    }

    #[test]
    fn every_dot_of_the_bundled_scene_has_a_future() {
        let (treatment, pattern) = hairline();
        let forecast = Forecast::planned(&treatment, &pattern, &other_sessions(&treatment).unwrap()).unwrap();
        let dots: usize = forecast.zones.iter().map(|z| z.dots).sum();
        assert_eq!(dots, pattern.sites.len());
        let zone = &forecast.zones[0];
        assert_eq!(zone.ages.iter().map(|o| o.age).collect::<Vec<_>>(), Age::ALL);
        let bare = treatment.person.lightness();
        let tone: Vec<f64> = zone.ages.iter().map(|o| o.tone.unwrap().lightness).collect();
        // This session alone is fainter than all of them; then it fades.
        assert!(tone[0] > tone[1] && tone[1..].windows(2).all(|w| w[1] > w[0]) && tone[6] < bare, "{tone:?}");
        // The later sessions have darker inks: all together are darker than today's ink alone would make them.
        let lightest = Forecast::planned(&treatment, &pattern, &[]).unwrap().zones[0].ages[1].tone.unwrap().lightness;
        assert!(tone[1] < lightest - 0.05, "{} {lightest}", tone[1]);
        // 1RL at 0.45 mm: 0.143 mm (skin.md 3.3), give or take the depth.
        assert!((zone.ages[1].diameter.mm() - 0.143).abs() < 0.003, "{}", zone.ages[1].diameter);
        assert!(zone.ages.iter().all(|o| o.shed < 0.01 && o.blow_out < 0.02), "inside the window");
    }

    #[test]
    fn the_lines_the_json_and_the_csv_agree() {
        let (treatment, mut pattern) = hairline();
        pattern.sites.truncate(40);
        let dots = planned_dots(&treatment, &pattern.sites).unwrap();
        let forecast = Forecast::of(&treatment, &pattern, &dots, &[]).unwrap();
        let json = forecast.json();
        let week6 = &json[0]["ages"][1];
        assert_eq!(week6["age"], "6 weeks");
        let text = forecast.text(&treatment);
        let lightness = format!("{:.1} (", week6["lightness"].as_f64().unwrap());
        assert!(text.contains(&lightness), "{lightness}: {text}");
        let csv = words::csv(&treatment, &dots).unwrap();
        assert_eq!(csv.lines().count(), 1 + 40 * Age::ALL.len());
        let row: Vec<_> = csv.lines().nth(2).unwrap().split(',').collect();
        let head: Vec<_> = csv.lines().next().unwrap().split(',').collect();
        assert_eq!(row.len(), head.len());
        let of = |key| row[head.iter().position(|h| *h == key).unwrap()];
        let want = dots[0].healing.at(Age::SIX_WEEKS).unwrap();
        assert_eq!((of("age"), of("site")), ("6 weeks", "0"));
        assert!((of("diameter_mm").parse::<f64>().unwrap() - want.diameter.mm()).abs() < 1e-4);
    }
}
