//! Every dot in virtual time: the treatment's own controller against the simulated arm, journalled and watched.
//!
//! In: a treatment, its pattern and program. Out: [`Rehearsed`]: what the controller believed, what was true, and how it
//! ended. Absent: judgement; `figures` compares belief, truth and plan.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant as Clock;

use arm::ArmDriver as _;
use frames::{Instant, SiteId, Span};
use record::{Deposits, Durability, Journal, Ledger, RecordError, Sample, Telemetry};
use simulate::{Accident, Hit, SimArm};
use stipple::{Pattern, Site};
use stream::{Command, Config, Cycle, Digests, Ended, Event, Fault, Input, Outcome, Session, Sink, Why};

use crate::recover::Operator;
use crate::{Failure, Planned, Treatment, progress};

/// One telemetry sample in this many cycles: 50 a second of a 1 kHz arm.
const THINNING: u64 = 20;
/// After so many faults, and one more for so many dots, the rehearsal gives up: the scene is not fit for treatment. The
/// tracker alone is blind for longer than it may be every four minutes, 500 dots, by the sourced defaults.
const RECOVERIES: usize = 20;
const DOTS_A_RECOVERY: usize = 200;

/// What came of a rehearsal.
pub struct Rehearsed {
    /// How it ended.
    pub ended: Ended,
    /// What the controller believes of each dot, in order of work.
    pub outcomes: Vec<Outcome>,
    /// Strokes given up, and why.
    pub skipped: Vec<(SiteId, Why)>,
    /// Latched faults, in order.
    pub faults: Vec<Fault>,
    /// What really happened.
    pub hits: Vec<Hit>,
    /// What links and tool ran into.
    pub accidents: Vec<Accident>,
    /// Smallest distance between the head and any link.
    pub clearance: Option<frames::Metres>,
    /// By the journal.
    pub deposits: Deposits,
    /// Simulated time.
    pub took: Span,
    /// Wall time.
    pub seconds: f64,
}

/// Header of a run in the journal.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Header<'a> {
    pub(crate) kind: &'a str,
    pub(crate) scene: String,
    pub(crate) scan: String,
    pub(crate) arm: String,
    pub(crate) tool: String,
    /// Who answers for it.
    pub(crate) sign_off: &'a str,
}

/// A rehearsal touches nobody.
const SIMULATED: &str = "simulated: no signature asked for";

impl<'a> Header<'a> {
    pub(crate) fn new(kind: &'a str, planned: &Planned, sign_off: &'a str) -> Self {
        let p = &planned.program;
        let [scene, scan, arm, tool] = [p.scene, p.scan, p.arm, p.tool].map(|d| hex(&d));
        Self { kind, scene, scan, arm, tool, sign_off }
    }
}

pub(crate) fn hex(digest: &[u8]) -> String {
    digest.iter().map(|b| format!("{b:02x}")).collect()
}

impl Treatment {
    /// The simulated arm in front of the simulated head, both as imperfect as the scene says.
    pub fn simulated(&self) -> Result<SimArm, Failure> {
        let (person, fields) = (self.person, Arc::clone(&self.fields));
        let surface = Arc::clone(&self.scan.surface);
        let zones = move |p| {
            let hit = surface.nearest(p);
            let wanted = fields.at(hit.point, surface.normal_at(hit.face, hit.bary));
            person.facts(wanted.zone)
        };
        let sim = SimArm::new(
            &self.arm,
            &self.tool,
            &self.scan.surface,
            &self.cell.base_from_head,
            &self.cell.park,
            &self.file.scene.world,
            Arc::new(zones),
            self.file.seed(),
        )
        .map_err(|e| Failure::file(&self.file.path, format_args!("[world]: {e}")))?;
        Ok(sim)
    }

    /// A session with the program, checked against what is really there.
    pub(crate) fn armed(&self, planned: &Planned, cycle: Span) -> Result<Session<stream::Armed>, Failure> {
        let there = Digests {
            scene: self.file.digest(),
            scan: self.scan.digest,
            arm: self.arm.digest(),
            tool: self.tool.digest(),
        };
        let mut config = Config::default();
        config.tracking.arm_lag = Span::from_seconds(self.file.scene.arm.lag_ms * 1e-3);
        Session::new()
            .arm(planned.program.clone(), &self.arm, &self.tool, &there, config, cycle)
            .map_err(|(_, refused)| Failure::file(&self.file.path, refused))
    }

    /// Rehearses the whole program. A latched fault ends a session, as in a treatment; then the rehearsal does what an
    /// operator would: it looks, acknowledges, moves the arm back to park, registers anew, and goes on with what is left.
    pub fn rehearse(&self, pattern: &Pattern, planned: &Planned, out: &Outputs<'_>) -> Result<Rehearsed, Failure> {
        let mut sim = self.simulated()?;
        let journal = Journal::open(out.journal, Durability::Process).map_err(failed)?;
        let header = Header::new("rehearsal", planned, SIMULATED);
        let mut watch = Watch {
            ledger: Ledger::begin(journal, Instant::START, &header, order(planned)).map_err(failed)?,
            telemetry: Telemetry::create(out.telemetry).map_err(failed)?,
            treatment: self,
            bar: progress::dots("rehearse", planned.program.strokes.len()),
            stop: out.stop,
            outcomes: Vec::with_capacity(pattern.sites.len()),
            skipped: Vec::new(),
            begun: Vec::new(),
            operator: Operator::default(),
            faults: Vec::new(),
            cycles: 0,
            broken: None,
        };
        let began = Clock::now();
        let mut again: Option<Planned> = None;
        let ended = loop {
            let program = again.as_ref().unwrap_or(planned);
            let session = self.armed(program, sim.cycle())?;
            let (_, _, result) = session.run_virtual(&mut sim, &mut watch);
            let caught = result.map_err(|e| Failure::Run(e.to_string()))?;
            let at = sim.truth().at;
            if watch.broken.is_none() {
                watch.broken = watch.ledger.end(at).err();
            }
            if let Some(broken) = watch.broken.take() {
                return Err(failed(broken));
            }
            if out.stop.load(Ordering::Relaxed) {
                watch.bar.finish_and_clear();
                watch.telemetry.finish().map_err(failed)?;
                return Err(Failure::Stopped);
            }
            let sites = self.left(pattern, &watch);
            let faulted = matches!(caught.ended, Ended::Faulted(_));
            if !faulted || watch.faults.len() > RECOVERIES + planned.program.strokes.len() / DOTS_A_RECOVERY {
                break caught.ended;
            }
            let base_from_head = self.recover(&mut sim, &program.program)?;
            if sites.is_empty() {
                // On the way back to park: nothing is left to do, and the arm is there now.
                break Ended::Finished;
            }
            let next = self.plan_sites(&sites, base_from_head)?;
            watch
                .ledger
                .again(sim.truth().at, &Header::new("rehearsal", &next, SIMULATED), order(&next))
                .map_err(failed)?;
            again = Some(next);
        };
        let seconds = began.elapsed().as_secs_f64();
        watch.bar.finish_and_clear();
        let deposits = watch.ledger.deposits().map_err(failed)?;
        watch.telemetry.finish().map_err(failed)?;
        let truth = sim.truth();
        Ok(Rehearsed {
            ended,
            outcomes: watch.outcomes,
            skipped: watch.skipped,
            faults: watch.faults,
            hits: truth.hits.clone(),
            accidents: truth.accidents.clone(),
            clearance: truth.clearance,
            deposits,
            took: truth.at - Instant::START,
            seconds,
        })
    }

    /// Sites of the pattern with no outcome of any kind. One that was begun and has none is uncertain: left to a person.
    fn left(&self, pattern: &Pattern, watch: &Watch<'_>) -> Vec<Site> {
        let mut over: Vec<SiteId> = watch.outcomes.iter().map(|o| o.site).collect();
        over.extend(watch.skipped.iter().map(|(site, _)| *site));
        over.extend(&watch.begun);
        over.sort_unstable();
        pattern.sites.iter().filter(|s| over.binary_search(&s.id).is_err()).cloned().collect()
    }
}

/// Sites in the order of a program.
pub(crate) fn order(planned: &Planned) -> Vec<SiteId> {
    planned.program.strokes.iter().map(|s| s.site).collect()
}

/// Where a run writes, and who may stop it.
pub struct Outputs<'a> {
    /// SQLite.
    pub journal: &'a Path,
    /// MCAP.
    pub telemetry: &'a Path,
    /// Set by Ctrl-C.
    pub stop: &'a AtomicBool,
}

/// Watches a rehearsal: keeps the journal, thins the telemetry, moves the bar.
struct Watch<'a> {
    ledger: Ledger,
    telemetry: Telemetry,
    treatment: &'a Treatment,
    bar: indicatif::ProgressBar,
    stop: &'a AtomicBool,
    outcomes: Vec<Outcome>,
    skipped: Vec<(SiteId, Why)>,
    begun: Vec<SiteId>,
    operator: Operator,
    faults: Vec<Fault>,
    cycles: u64,
    /// The first thing that could not be written: the lease ends with it, so nothing is begun after it.
    broken: Option<RecordError>,
}

impl Sink for Watch<'_> {
    fn input(&mut self, now: Instant) -> Input {
        let ended = self.broken.is_some() || self.stop.load(Ordering::Relaxed);
        let command = if ended { Some(Command::Stop) } else { self.operator.command(now) };
        Input { lease: self.ledger.lease(), command, backlog: false }
    }

    fn cycle(&mut self, cycle: &Cycle) {
        self.cycles += 1;
        if let Some(event) = &cycle.event {
            self.event(event);
            self.operator.hear(event);
        }
        if self.cycles.is_multiple_of(THINNING) {
            self.sample(cycle);
        }
    }
}

impl Watch<'_> {
    fn event(&mut self, event: &Event) {
        if self.broken.is_none() {
            self.broken = self.ledger.take(event).err();
        }
        match event {
            Event::StrokeBegun { site, .. } => self.begun.push(*site),
            Event::Done(outcome) => {
                self.outcomes.push(*outcome);
                self.bar.inc(1);
            }
            Event::Skipped { site, why, .. } => {
                self.skipped.push((*site, *why));
                self.bar.inc(1);
            }
            Event::Faulted(fault) => self.faults.push(*fault),
            _ => {}
        }
    }

    fn sample(&mut self, cycle: &Cycle) {
        let Some(setpoint) = &cycle.setpoint else { return };
        let base_from_tcp = self.treatment.arm.forward(&cycle.state.q) * self.treatment.tool.flange_from_tcp;
        let transforms = [("base", "head", *cycle.belief.base_from_head.get()), ("base", "tcp", *base_from_tcp.get())];
        let sample = Sample { at: cycle.now, setpoint, state: &cycle.state, transforms: &transforms };
        if self.broken.is_none() {
            self.broken = self.telemetry.write(&sample).err();
        }
    }
}

pub(crate) fn failed(error: RecordError) -> Failure {
    Failure::Run(error.to_string())
}
