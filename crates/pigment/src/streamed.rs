//! The first dots against the wall clock: the same controller in its own thread, the embedded arm behind it, the journal
//! beside it.
//!
//! In: a treatment, the program of the first dots. Out: [`Streamed`]. Absent: the simulator's truth.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arm::ArmDriver as _;
use frames::{Instant, SiteId};
use record::{Deposits, Durability, Journal, Ledger, RecordError, StreamFigures};
use stipple::{Pattern, Site};
use stream::{Command, CountAllocations, Ended, Event, Fault, Order, Paced, RealTime, Running, Timing};

use crate::recover::Operator;
use crate::rehearse::{Header, failed, order};
use crate::{Failure, Planned, Treatment, progress};

/// After so many faults streaming gives up.
const RECOVERIES: usize = 5;

/// What came of streaming.
pub struct Streamed {
    /// How it ended.
    pub ended: Ended,
    /// Latched on the way, in order.
    pub faults: Vec<Fault>,
    /// How well the loop kept time.
    pub timing: Timing,
    /// By the journal.
    pub deposits: Deposits,
}

impl Treatment {
    /// The program of the first `dots` strokes of `planned`: a neighbourhood, planned again by itself so that the way
    /// back is right too.
    pub fn first(&self, pattern: &Pattern, planned: &Planned, dots: usize) -> Result<Planned, Failure> {
        let first: Vec<SiteId> = planned.program.strokes.iter().take(dots).map(|s| s.site).collect();
        let sites: Vec<Site> = pattern.sites.iter().filter(|s| first.contains(&s.id)).cloned().collect();
        self.plan_sites(&sites, self.cell.base_from_head)
    }

    /// Streams `planned` in real time to the embedded arm. After a latched fault the arm is brought back and the rest goes
    /// on as a new session, as in a rehearsal; the figures are those of the longest session. `sign_off` goes into the
    /// journal: who answers for it.
    pub fn stream(
        &self,
        pattern: &Pattern,
        planned: &Planned,
        sign_off: &str,
        journal: &Path,
        count: CountAllocations,
        stop: &AtomicBool,
    ) -> Result<Streamed, Failure> {
        let mut sim = self.simulated()?;
        let journal = Journal::open(journal, Durability::PowerCut).map_err(failed)?;
        let header = Header::new("stream", planned, sign_off);
        let mut writer = Writer {
            ledger: Ledger::begin(journal, Instant::START, &header, order(planned)).map_err(failed)?,
            bar: progress::dots("stream", planned.program.strokes.len()),
            over: Vec::new(),
            faults: Vec::new(),
            operator: Operator::default(),
            at: Instant::START,
            broken: None,
        };
        let mut timing: Option<Timing> = None;
        let mut again: Option<Planned> = None;
        let ended = loop {
            let program = again.as_ref().unwrap_or(planned);
            let session = self.armed(program, sim.cycle())?;
            let options = RealTime { count: Some(count), ..RealTime::default() };
            let running = session
                .run_realtime(Paced::new(sim), options)
                .map_err(|e| Failure::Run(format!("the loop's thread cannot be started: {e}")))?;
            writer.follow(&running, stop);
            let returned = running.join().ok_or_else(|| Failure::Run("the loop's thread ended in a panic".into()))?;
            sim = returned.driver.into_inner();
            if writer.broken.is_none() {
                writer.broken = writer.ledger.end(writer.at).err();
            }
            if let Some(broken) = writer.broken.take() {
                return Err(failed(broken));
            }
            if stop.load(Ordering::Relaxed) {
                writer.bar.finish_and_clear();
                return Err(Failure::Stopped);
            }
            if timing.as_ref().is_none_or(|t| t.cycles < returned.timing.cycles) {
                timing = Some(returned.timing);
            }
            let ended = returned.ended.map_err(|e| Failure::Run(e.to_string()))?;
            let wanted = planned.program.strokes.iter().map(|s| s.site);
            let left: Vec<SiteId> = wanted.filter(|s| !writer.over.contains(s)).collect();
            let faulted = matches!(ended, Ended::Faulted(_));
            if !faulted || left.is_empty() || writer.faults.len() > RECOVERIES {
                break ended;
            }
            let base_from_head = self.recover(&mut sim, &program.program)?;
            let sites: Vec<Site> = pattern.sites.iter().filter(|s| left.contains(&s.id)).cloned().collect();
            let next = self.plan_sites(&sites, base_from_head)?;
            writer.ledger.again(writer.at, &Header::new("stream", &next, sign_off), order(&next)).map_err(failed)?;
            again = Some(next);
        };
        writer.bar.finish_and_clear();
        let deposits = writer.ledger.deposits().map_err(failed)?;
        let done = writer.over.len() >= planned.program.strokes.len();
        let timing = timing.ok_or_else(|| Failure::Run("nothing was streamed".into()))?;
        Ok(Streamed { ended: if done { Ended::Finished } else { ended }, faults: writer.faults, timing, deposits })
    }
}

/// The journal's writer beside the loop.
struct Writer {
    ledger: Ledger,
    bar: indicatif::ProgressBar,
    /// Begun, done or given up: never again.
    over: Vec<SiteId>,
    faults: Vec<Fault>,
    operator: Operator,
    at: Instant,
    /// The first thing that could not be written: the lease is not extended any more.
    broken: Option<RecordError>,
}

impl Writer {
    /// Takes events over and extends the lease until the loop has ended.
    fn follow<D: arm::ArmDriver>(&mut self, running: &Running<D>, stop: &AtomicBool) {
        let line = &running.line;
        let (mut given, mut stopping) = (0, false);
        loop {
            // Read before the events: what is said before the end is still taken over.
            let over = running.is_over();
            while let Some(event) = line.event() {
                self.take(&event);
            }
            // Telemetry of the preview is not kept; reading it keeps its channel from filling.
            while let Some(cycle) = line.cycle() {
                self.at = cycle.now;
            }
            if over {
                return;
            }
            let lease = self.ledger.lease();
            if self.broken.is_none() && lease != given && line.order(Order::Lease(lease)) {
                given = lease;
            }
            if let Some(command) = self.operator.command(self.at) {
                // A full queue is tried again at the next hold; the loop holds meanwhile.
                let _ = line.order(Order::Command(command));
            }
            if !stopping && (self.broken.is_some() || stop.load(Ordering::Relaxed)) {
                stopping = line.order(Order::Command(Command::Stop));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn take(&mut self, event: &Event) {
        self.operator.hear(event);
        match event {
            Event::StrokeBegun { site, .. } => self.over.push(*site),
            Event::Skipped { site, .. } => {
                self.over.push(*site);
                self.bar.inc(1);
            }
            Event::Done(_) => self.bar.inc(1),
            Event::Faulted(fault) => self.faults.push(*fault),
            _ => {}
        }
        if self.broken.is_none() {
            self.broken = self.ledger.take(event).err();
        }
    }
}

/// The loop's timing as the report has it.
pub(crate) fn stream_figures(timing: &Timing) -> StreamFigures {
    StreamFigures {
        cycles: timing.cycles,
        misses: timing.misses,
        bare_misses: timing.bare_misses,
        wake_p50_s: timing.wake_p50_s,
        wake_p99_s: timing.wake_p99_s,
        bare_p50_s: timing.bare_p50_s,
        bare_p99_s: timing.bare_p99_s,
        cpu_p999_s: Some(timing.cpu_p999_s),
        mean_period_error: timing.mean_period_error,
        allocations: timing.allocations,
    }
}
