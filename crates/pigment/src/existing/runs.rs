//! The dots of earlier runs: from their folders to frozen points with the ink each still shows.
//!
//! In: folders with `sites.ply` and `journal.sqlite`, the scan of today, the person, and what a person saw. Out: a frozen
//! point for every needle entry that happened or may have happened, and a [`Tally`]. A run on another scan, or with other
//! landmarks, is refused: its places mean something else.
//!
//! Ink is what a dot shows over a well healed one: retention at the believed depth, faded since (`skin::amount`), in scars
//! less, over retention at the depth that was aimed at. A dot of which nobody knows counts whole: never double.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use design::{Frozen, FrozenKind};
use frames::{Head, Metres, Penetration, Point, SiteId};
use record::{Became, Past};
use scan::Scan;
use skin::Person;
use stipple::Site;

use super::follow_up;
use crate::rehearse::hex;
use crate::{Failure, SceneFile};

/// Between two sessions where the scene does not say, days (skin.md section 6).
const USUAL_DAYS: f64 = 14.0;
/// A believed entry farther than this from its site is believed no more than the site: the bar of lateral gates.
const MOST_BESIDE: Metres = Metres::from_mm(3.0);
/// Uncertain dots that a warning names.
const NAMED: usize = 20;

/// What earlier runs left.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Dots of their patterns.
    pub wanted: usize,
    /// Needle entries that are known.
    pub there: usize,
    /// What they all show, in well healed dots.
    pub ink: f64,
    /// Skipped, never reached, or seen to be missing.
    pub missing: usize,
    /// Begun, and nobody knows: by folder and number.
    pub uncertain: Vec<(String, SiteId)>,
    /// Known from a rehearsal only.
    pub rehearsed: usize,
}

impl Tally {
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut out = Vec::new();
        if !self.uncertain.is_empty() {
            let named: Vec<String> =
                self.uncertain.iter().take(NAMED).map(|(run, site)| format!("{run} {site}")).collect();
            let more = self.uncertain.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            out.push(format!(
                "{} dots of earlier runs are uncertain: they count as placed, no dot goes there; look at them and say so \
                 in `observed`: {}{more}",
                self.uncertain.len(),
                named.join(", ")
            ));
        }
        if self.rehearsed > 0 {
            out.push(format!(
                "{} dots of earlier runs are known from a rehearsal, not from a treatment",
                self.rehearsed
            ));
        }
        out
    }
}

pub(super) fn read(file: &SceneFile, scan: &Scan, person: &Person) -> Result<(Vec<Frozen>, Tally), Failure> {
    let session = &file.scene.session;
    let folders: Vec<PathBuf> = session.earlier.iter().map(|f| file.resolve(f)).collect();
    let mut once = BTreeSet::new();
    for folder in &folders {
        let real = folder.canonicalize().map_err(|e| {
            Failure::file(folder, format_args!("{e}; [session] earlier names the folder of a run, is the path right?"))
        })?;
        if !once.insert(real) {
            return Err(Failure::file(folder, "is named twice in [session] earlier; its dots would count twice"));
        }
    }
    let names: Vec<String> = folders
        .iter()
        .map(|f| f.file_name().map_or_else(|| f.display().to_string(), |n| n.to_string_lossy().into_owned()))
        .collect();
    let observed = session.observed.as_ref().map(|path| file.resolve(path));
    let seen = observed.as_deref().map(|path| follow_up::read(path, &names)).transpose()?.unwrap_or_default();
    let mut frozen = Vec::new();
    let mut tally = Tally::default();
    let mut known = BTreeSet::new();
    for (k, folder) in folders.iter().enumerate() {
        // Older runs are older by a usual pause each; a week more or less is a quarter of a per cent of ink.
        let days = session.days_since.unwrap_or(USUAL_DAYS) + (folders.len() - 1 - k) as f64 * USUAL_DAYS;
        let sites_file = folder.join("sites.ply");
        let (sites, _) = stipple::read_ply(&sites_file).map_err(|e| Failure::Input(e.to_string()))?;
        known.extend(sites.iter().map(|s| (k, s.id)));
        let dots = fates(folder, scan)?;
        if let Some(id) = dots.keys().find(|id| !sites.iter().any(|s| s.id == **id)) {
            let why = format!("{id} is in the journal and not in sites.ply: the two are not of one run");
            return Err(Failure::file(&sites_file, why));
        }
        for site in &sites {
            tally.wanted += 1;
            let fate = dots.get(&site.id);
            let (point, mut ink) = match fate {
                None | Some(Fate { became: Became::Skipped, .. }) => (site.head_from_skin.origin(), None),
                Some(Fate { became: Became::Uncertain, .. }) => (site.head_from_skin.origin(), Some(1.0)),
                Some(Fate { became: Became::Done(body), .. }) => done(site, body, person, days)
                    .map_err(|why| Failure::file(folder.join("journal.sqlite"), format_args!("{}: {why}", site.id)))?,
            };
            let looked_at = seen.get(&(k, site.id));
            if let Some(seen) = looked_at {
                ink = seen.ink(site.healed);
            }
            let Some(ink) = ink else {
                tally.missing += 1;
                continue;
            };
            match fate {
                Some(Fate { became: Became::Uncertain, .. }) if looked_at.is_none() => {
                    tally.uncertain.push((names[k].clone(), site.id));
                }
                Some(Fate { rehearsed: true, .. }) => {
                    tally.there += 1;
                    tally.rehearsed += 1;
                }
                _ => tally.there += 1,
            }
            tally.ink += ink;
            frozen.push(Frozen { point: scan.surface.nearest(point).point, kind: FrozenKind::Earlier { ink } });
        }
    }
    if let (Some(path), Some((run, id))) = (observed, seen.keys().find(|key| !known.contains(key))) {
        return Err(Failure::file(path, format_args!("{id} is no dot of the run {}", names[*run])));
    }
    Ok((frozen, tally))
}

struct Fate {
    became: Became,
    rehearsed: bool,
}

/// What became of each dot, over all runs of a journal: a treatment is believed before a rehearsal, a needle that was in
/// before one that was not.
fn fates(folder: &Path, scan: &Scan) -> Result<BTreeMap<SiteId, Fate>, Failure> {
    let journal = folder.join("journal.sqlite");
    let past = Past::read(&journal).map_err(|e| match e {
        record::RecordError::Database { .. } if !journal.exists() => {
            Failure::file(&journal, "is not there; [session] earlier names the folder of a run that was begun")
        }
        e => Failure::Input(e.to_string()),
    })?;
    let today = hex(&scan.digest);
    let mut out: BTreeMap<SiteId, Fate> = BTreeMap::new();
    for run in past.runs {
        let then = run.header["scan"].as_str().unwrap_or("unknown");
        if then != today {
            return Err(Failure::file(
                &journal,
                format_args!(
                    "was made on the scan {}, this scene has the scan {}: the same place has other coordinates there. Use \
                     the first scan and its landmarks again; a new scan would have to be registered to the old one, which \
                     is not there yet",
                    short(then),
                    short(&today)
                ),
            ));
        }
        let rehearsed = run.header["kind"] == "rehearsal";
        for (site, became) in run.dots {
            let rank = |f: &Fate| (!f.rehearsed, order(&f.became));
            let new = Fate { became, rehearsed };
            if out.get(&site).is_none_or(|old| rank(&new) > rank(old)) {
                out.insert(site, new);
            }
        }
    }
    Ok(out)
}

const fn order(became: &Became) -> u8 {
    match became {
        Became::Skipped => 0,
        Became::Uncertain => 1,
        Became::Done(_) => 2,
    }
}

fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// Where the needle went in, and what it left; `None` where it never passed the skin.
fn done(
    site: &Site,
    body: &serde_json::Value,
    person: &Person,
    days: f64,
) -> Result<(Point<Head>, Option<f64>), String> {
    let planned = site.head_from_skin.origin();
    if body["inserted"].is_null() {
        return Ok((planned, None));
    }
    let number = |v: &serde_json::Value| v.as_f64().filter(|v| v.is_finite());
    let depth = number(&body["penetration"]).ok_or("its outcome has no penetration")?;
    let entry = match body["entry"].as_array().map(Vec::as_slice) {
        Some([x, y, z]) => match (number(x), number(y), number(z)) {
            (Some(x), Some(y), Some(z)) => Point::new(x, y, z),
            _ => planned,
        },
        _ => planned,
    };
    let entry = if (entry - planned).norm() > MOST_BESIDE { planned } else { entry };
    let ink = ink(site, Penetration::new(Metres::new(depth)), person, days).map_err(|e| e.to_string())?;
    Ok((entry, Some(ink)))
}

/// Ink that is left over that of a well healed dot, 0 to 1.
pub(super) fn ink(site: &Site, depth: Penetration, person: &Person, days: f64) -> Result<f64, skin::SkinError> {
    let facts = person.facts(site.zone);
    let left = skin::faded(facts.retained(depth)?, skin::days(days), &person.fade)?;
    let good = skin::retained(site.target, facts.epidermis, facts.thickness)?;
    Ok(if good > 0.0 { (left / good).clamp(0.0, 1.0) } else { 0.0 })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;
    use frames::Pose;

    fn site(zone: skin::Zone, target_mm: f64) -> Site {
        let deep = |mm| Penetration::new(Metres::from_mm(mm));
        Site {
            id: SiteId(0),
            head_from_skin: Pose::IDENTITY,
            zone,
            zone_index: 0,
            target: deep(target_mm),
            least: deep(0.3),
            most: deep(0.8),
            healed: Metres::from_mm(0.15),
            shade: 0.5,
            class: 0,
        }
    }

    #[track_caller]
    fn check(zone: skin::Zone, depth_mm: f64, days: f64, want: f64, within: f64) {
        let depth = Penetration::new(Metres::from_mm(depth_mm));
        let got = ink(&site(zone, 0.5), depth, &Person::LIGHT, days).unwrap();
        assert!((got - want).abs() < within, "{zone} {depth_mm} mm {days} d: {got} {want}");
    }

    /// skin.md 3.3 and 3.4, over a dot of 0.5 mm (0.60 retained).
    #[test]
    fn ink_by_depth_age_and_scar() {
        use skin::Zone::{FrontalMid, FutScar};
        check(FrontalMid, 0.50, 28.0, 0.99, 0.01);
        check(FrontalMid, 0.10, 60.0, 0.10, 0.03);
        check(FrontalMid, 0.02, 60.0, 0.0, 0.02);
        check(FrontalMid, 0.50, 365.25, (-0.11_f64).exp(), 0.01);
        check(FutScar, 0.50, 60.0, 0.65, 0.03);
    }

    #[test]
    fn outcomes() {
        let site = site(skin::Zone::FrontalMid, 0.5);
        let read = |json: serde_json::Value| done(&site, &json, &Person::LIGHT, 28.0);
        let (at, ink) =
            read(serde_json::json!({"inserted": 5, "penetration": 5e-4, "entry": [1e-4, 0.0, 0.0]})).unwrap();
        assert!((at.coords.x - 1e-4).abs() < 1e-15 && ink.unwrap() > 0.97);
        // A needle that never passed the ring left nothing; an entry far away is not believed.
        assert_eq!(read(serde_json::json!({"inserted": null, "penetration": 5e-4})).unwrap().1, None);
        let (at, _) = read(serde_json::json!({"inserted": 5, "penetration": 5e-4, "entry": [1.0, 0.0, 0.0]})).unwrap();
        assert!(at.coords.x.abs() < 1e-15);
        assert!(read(serde_json::json!({"inserted": 5})).unwrap_err().contains("penetration"));
    }
}
