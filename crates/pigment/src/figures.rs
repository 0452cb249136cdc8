//! Plan against belief against truth: the figures of a rehearsal.
//!
//! In: a pattern, what the controller said of each dot, what the simulator saw. Out: [`Judged`], dot by dot, and the
//! `rehearse` block of the report. This is the one place where truth and belief meet.

use std::collections::BTreeMap;

use frames::{Metres, SiteId};
use record::{Reason, Rehearsal};
use simulate::Hit;
use skin::Fate;
use stipple::{Pattern, Site};
use stream::{Ended, Outcome};

use crate::rehearse::Rehearsed;
use crate::statistics::{local_errors, percentile, rms};

/// A dot that is really in the skin, beside what was wanted.
pub(crate) struct Judged<'a> {
    /// What was wanted.
    pub(crate) site: &'a Site,
    /// What the controller believes.
    pub(crate) outcome: &'a Outcome,
    /// What is true.
    pub(crate) hit: &'a Hit,
    /// From the wanted to the true place along the skin, after the one motion common to all dots.
    pub(crate) local_m: f64,
    /// The same as it is.
    pub(crate) absolute_m: f64,
}

impl Judged<'_> {
    /// True penetration less the target.
    pub(crate) fn depth_error(&self) -> Metres {
        self.hit.penetration.length() - self.site.target.length()
    }

    /// Inside the zone's window.
    pub(crate) fn in_window(&self) -> bool {
        (self.site.least..=self.site.most).contains(&self.hit.penetration)
    }
}

/// All dots of a rehearsal, judged.
pub(crate) struct Judgement<'a> {
    /// One a dot, in order of work.
    pub(crate) dots: Vec<Judged<'a>>,
    /// Needle entries that belong to no dot, or to a dot that had one already.
    pub(crate) stray: usize,
}

/// Brings each needle entry to its dot by time: the controller says from when to when its needle was out.
pub(crate) fn judge<'a>(pattern: &'a Pattern, rehearsed: &'a Rehearsed) -> Judgement<'a> {
    let sites: BTreeMap<SiteId, &Site> = pattern.sites.iter().map(|s| (s.id, s)).collect();
    let mut stray = 0;
    let mut hits = rehearsed.hits.iter().peekable();
    let mut pairs: Vec<(&Site, &Outcome, &Hit)> = Vec::new();
    for outcome in &rehearsed.outcomes {
        while hits.next_if(|h| h.entered < outcome.began).is_some() {
            stray += 1;
        }
        let mut found = None;
        while let Some(hit) = hits.next_if(|h| h.entered <= outcome.confirmed) {
            stray += usize::from(found.is_some());
            found = found.or(Some(hit));
        }
        if let (Some(hit), Some(site)) = (found, sites.get(&outcome.site)) {
            pairs.push((site, outcome, hit));
        }
    }
    stray += hits.count();

    let wanted: Vec<_> = pairs.iter().map(|(site, ..)| site.head_from_skin.origin()).collect();
    let placed: Vec<_> = pairs.iter().map(|(.., hit)| hit.entry).collect();
    let normals: Vec<_> = pairs.iter().map(|(site, ..)| site.head_from_skin.z()).collect();
    let local = local_errors(&wanted, &normals, &placed);
    let dots = pairs
        .iter()
        .zip(wanted.iter().zip(&placed).zip(local))
        .map(|(&(site, outcome, hit), ((w, p), local_m))| Judged {
            site,
            outcome,
            hit,
            local_m,
            absolute_m: (*p - *w).norm().get(),
        })
        .collect();
    Judgement { dots, stray }
}

/// The `rehearse` block.
pub(crate) fn rehearsal(judgement: &Judgement<'_>, rehearsed: &Rehearsed) -> Rehearsal {
    let dots = &judgement.dots;
    let each = |f: &dyn Fn(&Judged<'_>) -> f64| -> Vec<f64> { dots.iter().map(f).collect() };
    let most =
        |samples: &[f64]| samples.iter().copied().fold(None, |m: Option<f64>, v| Some(m.map_or(v, |m| m.max(v))));
    let local = each(&|d| d.local_m);
    let depth = each(&|d| d.depth_error().get());
    let tilt = each(&|d| d.hit.tilt.get());
    let depth_size: Vec<f64> = depth.iter().map(|v| v.abs()).collect();
    let inside = each(&|d| d.hit.inside().seconds());
    let force = each(&|d| d.hit.nose_force.get());
    let n = dots.len();
    let in_window = dots.iter().filter(|d| d.in_window()).count();
    let skin = |d: &Judged<'_>| (d.hit.penetration, d.hit.skin.epidermis, d.hit.skin.thickness);
    // Absent where a law does not reach: not a count of the rest.
    let fates: Result<Vec<Fate>, _> = dots.iter().map(skin).map(|(z, e, t)| skin::fate(z, e, t)).collect();
    let sheds = fates.ok().map(|all| all.into_iter().filter(|f| *f == Fate::Shed).count());
    let blown = dots.iter().map(|d| skin::blow_out_probability(d.hit.penetration, d.hit.skin.thickness));
    let blowouts = blown.sum::<Result<f64, _>>().ok();
    Rehearsal {
        dots: n,
        realtime_factor: rehearsed.took.seconds() / rehearsed.seconds.max(1e-9),
        placement_local_rms_m: rms(&local),
        placement_abs_rms_m: rms(&each(&|d| d.absolute_m)),
        placement_p99_m: percentile(&local, 0.99),
        depth_rms_m: rms(&depth),
        depth_p99_m: percentile(&depth_size, 0.99),
        depth_in_window_ratio: (n > 0).then(|| in_window as f64 / n as f64),
        angle_rms_rad: rms(&tilt),
        angle_max_rad: most(&tilt),
        in_skin_max_s: most(&inside),
        nose_force_p99_n: percentile(&force, 0.99),
        link_clearance_min_m: rehearsed.clearance.map(Metres::get),
        skipped: rehearsed
            .skipped
            .iter()
            .map(|(site, why)| Reason { site: Some(site.0), reason: format!("{why:?}") })
            .collect(),
        blowouts: blowouts.filter(|_| n > 0),
        sheds: sheds.filter(|_| n > 0),
        faults: rehearsed.faults.iter().map(ToString::to_string).collect(),
    }
}

/// Why the rehearsal does not pass, if it does not: what may never happen, whatever the bars say.
pub(crate) fn refused(judgement: &Judgement<'_>, rehearsed: &Rehearsed, planned: usize) -> Option<String> {
    let deepest = judgement.dots.iter().max_by(|a, b| a.hit.penetration.get().total_cmp(&b.hit.penetration.get()));
    let tilted = judgement.dots.iter().max_by(|a, b| a.hit.tilt.get().total_cmp(&b.hit.tilt.get()));
    match rehearsed.ended {
        Ended::Finished => {}
        Ended::Faulted(fault) => return Some(format!("the rehearsal ended with a fault: {fault}")),
        Ended::Held(hold) => return Some(format!("the rehearsal ended on hold: {:?}", hold.why)),
    }
    if let Some(d) = deepest.filter(|d| d.hit.penetration.get() > SCENE_DEEPEST.get()) {
        return Some(format!("{} went {} deep; the limit is {SCENE_DEEPEST}", d.site.id, d.hit.penetration));
    }
    if let Some(d) = tilted.filter(|d| d.hit.tilt.degrees() > REJECT_TILT_DEG) {
        return Some(format!("{} leaned by {}; the limit is {REJECT_TILT_DEG} deg", d.site.id, d.hit.tilt));
    }
    if judgement.stray > 0 {
        return Some(format!("{} needle entries belong to no dot", judgement.stray));
    }
    if let Some(a) = rehearsed.accidents.first() {
        return Some(format!("{:?} ran into {:?} at {}", a.solid, a.obstacle, a.at));
    }
    let placed = judgement.dots.len();
    if (placed as f64) < LEAST_PLACED * planned as f64 {
        return Some(format!("{placed} of {planned} dots were placed; {:.0} % must be", LEAST_PLACED * 100.0));
    }
    None
}

/// Deepest a dot may really be (design, section 9: absolute maximum of the tissue is the mechanical stop's 1.2 mm, a
/// scene's own maximum 0.80 mm).
const SCENE_DEEPEST: Metres = Metres::from_mm(0.80);
/// Needle against the true normal (design, section 9).
const REJECT_TILT_DEG: f64 = 5.0;
/// Of the planned dots.
const LEAST_PLACED: f64 = 0.9;
