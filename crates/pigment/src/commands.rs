//! The commands: stages put together, results on disk, a few lines for a person.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant as Clock;

use record::{PageTable, PlanFigures, Reason, Report, StippleFigures};
use stipple::Pattern;
use stream::{CountAllocations, Ended, Fault};

use crate::folder::RunFolder;
use crate::forecast::{self, Forecast};
use crate::rehearse::Outputs;
use crate::{
    Failure, Planned, Registered, Treatment, bench as benches, budget, even, figures, page, progress, sign, streamed,
    uniformity,
};

/// The part of a run that is streamed goes to the simulated arm.
const EMBEDDED: &str = "simulated arm of a run: no signature asked for";
/// Faults that the summary names; the report names all.
const SHOWN: usize = 4;

/// The whole pipeline.
pub fn run(scene: &Path, out: Option<&Path>, count: CountAllocations, json: bool) -> Result<String, Failure> {
    let (treatment, folder) = open(scene, out)?;
    let dots = treatment.file.scene.stream.dots;
    whole(&treatment, &folder, (dots > 0).then_some((dots, count)), json)
}

/// Every dot in virtual time, nothing streamed.
pub fn rehearse(scene: &Path, out: Option<&Path>, json: bool) -> Result<String, Failure> {
    let (treatment, folder) = open(scene, out)?;
    whole(&treatment, &folder, None, json)
}

fn open(scene: &Path, out: Option<&Path>) -> Result<(Treatment, RunFolder), Failure> {
    let bar = progress::working("reading scan, design, arm and tool");
    let treatment = Treatment::load(scene)?;
    bar.finish_and_clear();
    treatment.answered_for()?;
    let folder = RunFolder::create(out, &treatment.file)?;
    Ok((treatment, folder))
}

fn whole(
    treatment: &Treatment,
    folder: &RunFolder,
    preview: Option<(usize, CountAllocations)>,
    json: bool,
) -> Result<String, Failure> {
    let stop = on_interrupt();
    let (pattern, stipple_s, planned) = program(treatment)?;
    stipple::write_ply(&folder.file("sites.ply"), &pattern).map_err(|e| Failure::Input(e.to_string()))?;
    planned.program.save(&folder.file("program.bin")).map_err(|e| Failure::Input(e.to_string()))?;

    let (journal, telemetry) = (folder.file("journal.sqlite"), folder.file("telemetry.mcap"));
    let outputs = Outputs { journal: &journal, telemetry: &telemetry, stop: &stop };
    let rehearsed = treatment.rehearse(&pattern, &planned, &outputs)?;
    let judgement = figures::judge(&pattern, &rehearsed);
    let refused = figures::refused(&judgement, &rehearsed, planned.program.strokes.len());
    let mut report = figures_of(treatment, &pattern, stipple_s, &planned);
    report.rehearse = Some(figures::rehearsal(&judgement, &rehearsed));
    report.deposits = Some(rehearsed.deposits);
    let (evenness, map) = uniformity::uniformity(treatment, &pattern, Some(&judgement))?;
    report.uniformity = Some(evenness);
    report.budget = Some(budget::budget(treatment, &pattern, planned.stats.duration_s));

    let mut trouble = refused;
    let mut preview_faults = Vec::new();
    if let (Some((dots, count)), None) = (preview, &trouble) {
        let first = treatment.first(&pattern, &planned, dots)?;
        let streamed = treatment.stream(&pattern, &first, EMBEDDED, &journal, count, &stop)?;
        report.stream = Some(streamed::stream_figures(&streamed.timing));
        trouble = not_finished(&streamed.ended);
        preview_faults = streamed.faults;
    }
    let heals = healing(treatment, &pattern, &judgement, &mut report);
    let mut page =
        page::page(treatment, &pattern, &judgement, &report, &map).map_err(|e| Failure::Run(e.to_string()))?;
    page.tables.extend(heals);
    report.write_json(&folder.file("report.json")).map_err(|e| Failure::Input(e.to_string()))?;
    let html = folder.file("report.html");
    record::write_html(&html, &report, &page).map_err(|e| Failure::Input(e.to_string()))?;
    match trouble {
        Some(why) => Err(Failure::Run(format!("{why}; see {}", html.display()))),
        None if json => report.json().map_err(|e| Failure::Run(e.to_string())),
        None => Ok(summary(treatment, &report, &preview_faults, &html)),
    }
}

/// Puts into the report how the dots heal, as planned and as set; gives the tables for its page. A law that does not reach says
/// so in their place: what was rehearsed stands all the same.
fn healing(
    treatment: &Treatment,
    pattern: &Pattern,
    judgement: &figures::Judgement<'_>,
    report: &mut Report,
) -> Vec<PageTable> {
    let (planned, achieved) = match forecast::other_sessions(treatment) {
        Ok(others) => {
            (Forecast::planned(treatment, pattern, &others), Forecast::achieved(treatment, pattern, &others, judgement))
        }
        Err(e) => (Err(Failure::Input(e.to_string())), Err(e)),
    };
    let json = |f: &Result<Forecast, Failure>| {
        f.as_ref().map_or_else(|e| serde_json::json!({ "beyond": e.to_string() }), Forecast::json)
    };
    report.forecast = Some(serde_json::json!({ "planned": json(&planned), "rehearsed": json(&achieved) }));
    let table = |what: &str, f: Result<Forecast, Failure>| match f {
        Ok(forecast) => forecast::tables(what, &forecast),
        Err(e) => {
            vec![PageTable { title: format!("How it heals, {what}"), note: e.to_string(), ..PageTable::default() }]
        }
    };
    let mut tables = table("as planned", planned);
    tables.extend(table("as the simulated skin got them", achieved));
    tables
}

/// Pattern, seconds it took, and program.
pub(crate) fn program(treatment: &Treatment) -> Result<(Pattern, f64, Planned), Failure> {
    let bar = progress::working("stippling and planning");
    let (pattern, seconds) = pattern(treatment)?;
    let planned = treatment.plan(&pattern)?;
    bar.finish_and_clear();
    Ok((pattern, seconds, planned))
}

/// Pattern and the seconds it took.
fn pattern(treatment: &Treatment) -> Result<(Pattern, f64), Failure> {
    let began = Clock::now();
    let pattern = treatment.stipple()?;
    Ok((pattern, began.elapsed().as_secs_f64()))
}

/// The first dots in real time, without a rehearsal before.
pub fn stream(
    scene: &Path,
    out: Option<&Path>,
    dots: Option<usize>,
    phantom: bool,
    count: CountAllocations,
    json: bool,
) -> Result<String, Failure> {
    let treatment = Treatment::load(scene)?;
    treatment.answered_for()?;
    let stop = on_interrupt();
    let (pattern, stipple_s) = pattern(&treatment)?;
    // Before the minutes that planning may take, and before anything is written.
    let sign_off = sign::admit(&treatment, &pattern, phantom)?;
    let mut planned = treatment.plan(&pattern)?;
    let folder = RunFolder::create(out, &treatment.file)?;
    if let Some(dots) = dots {
        planned = treatment.first(&pattern, &planned, dots)?;
    }
    planned.program.save(&folder.file("program.bin")).map_err(|e| Failure::Input(e.to_string()))?;
    let streamed = treatment.stream(&pattern, &planned, &sign_off, &folder.file("journal.sqlite"), count, &stop)?;
    let mut report = figures_of(&treatment, &pattern, stipple_s, &planned);
    report.sign_off = Some(sign_off.clone());
    report.stream = Some(streamed::stream_figures(&streamed.timing));
    report.deposits = Some(streamed.deposits);
    report.write_json(&folder.file("report.json")).map_err(|e| Failure::Input(e.to_string()))?;
    if let Some(why) = not_finished(&streamed.ended) {
        return Err(Failure::Run(why));
    }
    if json {
        return report.json().map_err(|e| Failure::Run(e.to_string()));
    }
    let mut text = format!("sign-off  {sign_off}\n{}", stream_line(&report));
    for refused in &streamed.timing.realtime.refused {
        let _ = writeln!(text, "          not granted: {refused}");
    }
    Ok(text)
}

/// The pattern only: into a file, or judged, or both. Ctrl-C leaves no file.
pub fn stipple(scene: &Path, output: Option<&Path>, metrics: bool, json: bool) -> Result<String, Failure> {
    let stop = on_interrupt();
    let treatment = Treatment::load(scene)?;
    let began = Clock::now();
    let bar = progress::share("stippling");
    let tell = |share: f64| bar.set_position((share * progress::WHOLE) as u64);
    let pattern = treatment.stipple_with(&stipple::Progress::new(&stop, &tell))?;
    let mut figures = stipple_figures(&pattern, began.elapsed().as_secs_f64());
    let judged = if metrics { Some(crate::metrics::of_pattern(&treatment, &pattern, &stop)?) } else { None };
    bar.finish_and_clear();
    // The last moment to leave nothing behind.
    if stop.load(Ordering::Relaxed) {
        return Err(Failure::Cancelled);
    }
    if let Some(output) = output {
        stipple::write_sites(output, &pattern).map_err(|e| Failure::Input(e.to_string()))?;
    }
    if json {
        // All figures instead of the few of a report.
        return match judged {
            Some(judged) => to_json(&judged),
            None => to_json(&figures),
        };
    }
    let mut text = format!("{} sites in {:.2} s", figures.sites, figures.seconds);
    if let Some(output) = output {
        let _ = write!(text, ": {}", output.display());
    }
    figures.rejected.truncate(SHOWN);
    for rejected in &figures.rejected {
        let _ = write!(text, "\nleft out  {}", rejected.reason);
    }
    if let Some(judged) = judged {
        let _ = write!(text, "\n{}", crate::metrics::table(&[judged]));
    }
    Ok(text)
}

/// Pattern and program.
pub fn plan(scene: &Path, output: &Path, json: bool) -> Result<String, Failure> {
    let treatment = Treatment::load(scene)?;
    let (pattern, _, planned) = program(&treatment)?;
    planned.program.save(output).map_err(|e| Failure::Input(e.to_string()))?;
    let figures = plan_figures(&planned);
    if json {
        return to_json(&figures);
    }
    Ok(format!(
        "{} of {} sites in {:.2} s: {}",
        figures.planned,
        pattern.sites.len(),
        figures.seconds,
        output.display()
    ))
}

/// The design's figures, now.
pub fn bench(names: &[String], json: bool) -> Result<String, Failure> {
    let figures = benches::bench(names)?;
    if json {
        return to_json(&figures);
    }
    Ok(figures.iter().map(|(name, figure)| format!("{name:<28}{figure}\n")).collect())
}

/// Starts the viewer, a program of its own: no controller runs beside a window.
pub fn view(arguments: &[String]) -> Result<String, Failure> {
    let beside = std::env::current_exe().ok().map(|p| p.with_file_name("pigment-view")).filter(|p| p.exists());
    let Some(viewer) = beside else {
        return Err(Failure::Input(
            "the viewer is not built: `cargo run -p view -- SCENE` builds and starts it".into(),
        ));
    };
    let status = std::process::Command::new(&viewer).args(arguments).status().map_err(|e| Failure::file(&viewer, e))?;
    if status.success() { Ok(String::new()) } else { Err(Failure::Input(format!("the viewer ended with {status}"))) }
}

fn not_finished(ended: &Ended) -> Option<String> {
    match ended {
        Ended::Finished => None,
        Ended::Faulted(fault) => Some(format!("streaming ended with a fault: {fault}")),
        Ended::Held(hold) => Some(format!("streaming ended on hold: {:?}", hold.why)),
    }
}

fn figures_of(treatment: &Treatment, pattern: &Pattern, stipple_s: f64, planned: &Planned) -> Report {
    let versions = BTreeMap::from([("pigment".to_owned(), env!("CARGO_PKG_VERSION").to_owned())]);
    Report {
        scene: treatment.file.name(),
        seed: treatment.file.scene.seed,
        versions,
        registration: treatment.registered.as_ref().map(Registered::json),
        stipple: Some(stipple_figures(pattern, stipple_s)),
        plan: Some(plan_figures(planned)),
        ..Report::default()
    }
}

fn stipple_figures(pattern: &Pattern, seconds: f64) -> StippleFigures {
    let q = &pattern.quality;
    StippleFigures {
        sites: pattern.sites.len(),
        seconds,
        soft_error_ratio: q.soft_error_ratio,
        bin_rms_ratio: q.bin_rms_ratio,
        s_low: q.s_low,
        nn_cv: q.nn_cv,
        relative_radius: q.relative_radius,
        gr_rms_to_human: q.gr_rms_to_human,
        edge_first_two: q.edge_first_two,
        rejected: pattern.rejected.iter().map(|r| Reason { site: None, reason: r.reason.to_string() }).collect(),
    }
}

fn plan_figures(planned: &Planned) -> PlanFigures {
    let s = &planned.stats;
    PlanFigures {
        planned: s.planned,
        rejected: planned
            .rejected
            .iter()
            .map(|r| Reason { site: Some(r.site.0), reason: r.reason.to_string() })
            .collect(),
        duration_s: s.duration_s,
        bound_s: s.bound_s,
        rate_per_s: s.rate_per_s,
        bound_ratio: s.bound_ratio,
        tour_m: s.tour_m,
        max_hop_rad: s.max_hop_rad,
        seconds: planned.seconds,
    }
}

fn summary(treatment: &Treatment, report: &Report, preview_faults: &[Fault], html: &Path) -> String {
    let mut text = format!("{}\n", treatment.file.about());
    for warning in &treatment.warnings {
        let _ = writeln!(text, "warning   {warning}");
    }
    if let Some(registered) = &treatment.registered {
        let _ = writeln!(text, "register  {}", registered.line());
    }
    if let Some(s) = &report.stipple {
        let _ = writeln!(text, "stipple   {} sites, {} left out, {:.2} s", s.sites, s.rejected.len(), s.seconds);
    }
    if let Some(p) = &report.plan {
        let _ = writeln!(
            text,
            "plan      {} planned, {} refused; {:.0} s of work at {:.2} dots/s; {:.2} s",
            p.planned,
            p.rejected.len(),
            p.duration_s,
            p.rate_per_s,
            p.seconds
        );
    }
    if let Some(r) = &report.rehearse {
        let mm = |v: Option<f64>| v.map_or("-".into(), |v| format!("{:.3} mm", v * 1e3));
        let _ = writeln!(
            text,
            "rehearse  {} dots placed, {} skipped, {} faults; {:.0} x real time",
            r.dots,
            r.skipped.len(),
            r.faults.len(),
            r.realtime_factor
        );
        let _ = writeln!(
            text,
            "          placement rms {} local, {} absolute; depth rms {}, {:.1} % in the window",
            mm(r.placement_local_rms_m),
            mm(r.placement_abs_rms_m),
            mm(r.depth_rms_m),
            r.depth_in_window_ratio.unwrap_or(0.0) * 100.0
        );
        let _ = writeln!(
            text,
            "          angle rms {:.2} deg; in the skin at most {:.1} ms; nose force p99 {:.2} N",
            r.angle_rms_rad.unwrap_or(0.0).to_degrees(),
            r.in_skin_max_s.unwrap_or(0.0) * 1e3,
            r.nose_force_p99_n.unwrap_or(0.0)
        );
        for fault in r.faults.iter().take(SHOWN) {
            let _ = writeln!(text, "          recovered from {fault}");
        }
    }
    if let Some(u) = &report.uniformity {
        let _ = writeln!(text, "evenness  {}", even::line(u));
        for warning in even::warnings(u) {
            let _ = writeln!(text, "warning   {warning}");
        }
    }
    if let Some(b) = &report.budget {
        let _ = writeln!(text, "budget    {}", even::budget_line(b));
    }
    text += &stream_line(report);
    for fault in preview_faults.iter().take(SHOWN) {
        let _ = writeln!(text, "          recovered from {fault}");
    }
    if let Some(d) = &report.deposits {
        let _ = writeln!(
            text,
            "journal   {} done, {} skipped, {} uncertain, {} duplicated",
            d.done, d.skipped, d.uncertain, d.duplicated
        );
    }
    let _ = writeln!(text, "report    {}", html.display());
    text
}

fn stream_line(report: &Report) -> String {
    report.stream.as_ref().map_or(String::new(), |s| {
        format!(
            "stream    {} cycles, {} late (bare timer {}); wake p99 {:.0} us (bare {:.0} us); {} allocations\n",
            s.cycles,
            s.misses,
            s.bare_misses,
            s.wake_p99_s * 1e6,
            s.bare_p99_s * 1e6,
            s.allocations.map_or("unknown".into(), |n| n.to_string())
        )
    })
}

pub(crate) fn to_json(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value).map_err(|e| Failure::Run(e.to_string()))
}

/// A flag that Ctrl-C sets: the loop withdraws, the journal closes.
pub(crate) fn on_interrupt() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    // A second handler in one process is refused; the first one stays.
    let _ = ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed));
    stop
}
