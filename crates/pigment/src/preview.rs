//! The first dots against the wall clock: the same controller in its own thread, the embedded arm behind it, the journal
//! beside it.
//!
//! In: a treatment, the program of the first dots. Out: [`Streamed`]. Absent: the simulator's truth.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arm::ArmDriver as _;
use frames::{Instant, SiteId};
use record::{Deposits, Durability, Journal, Ledger, StreamFigures};
use stipple::{Pattern, Site};
use stream::{Command, CountAllocations, Ended, Event, Order, Paced, RealTime, Timing};

use crate::rehearse::{Header, failed};
use crate::{Failure, Planned, Treatment, progress};

/// What came of streaming.
pub struct Streamed {
    /// How it ended.
    pub ended: Ended,
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
        self.plan_sites(&sites)
    }

    /// Streams `planned` in real time to the embedded arm.
    pub fn stream(
        &self,
        planned: &Planned,
        journal: &Path,
        count: CountAllocations,
        stop: &AtomicBool,
    ) -> Result<Streamed, Failure> {
        let sim = self.simulated()?;
        let session = self.armed(planned, sim.cycle())?;
        let mut journal = Journal::open(journal, Durability::PowerCut).map_err(failed)?;
        let sites: Vec<SiteId> = planned.program.strokes.iter().map(|s| s.site).collect();
        let bar = progress::dots("stream", sites.len());
        let header = Header::new("stream", planned);
        let mut ledger = Ledger::begin(&mut journal, Instant::START, &header, sites).map_err(failed)?;

        let options = RealTime { count: Some(count), ..RealTime::default() };
        let running = session
            .run_realtime(Paced::new(sim), options)
            .map_err(|e| Failure::Run(format!("the loop's thread cannot be started: {e}")))?;
        let line = running.line.clone();
        let (mut given, mut stopping, mut broken) = (0, false, None);
        loop {
            // Read before the events: what is said before the end is still taken over.
            let over = running.is_over();
            while let Some(event) = line.event() {
                if matches!(event, Event::Done(_) | Event::Skipped { .. }) {
                    bar.inc(1);
                }
                if broken.is_none() {
                    broken = ledger.take(&event).err();
                }
            }
            // Telemetry of the preview is not kept; reading it keeps its channel from filling.
            while line.cycle().is_some() {}
            if over {
                break;
            }
            if broken.is_none() && ledger.lease() != given && line.order(Order::Lease(ledger.lease())) {
                given = ledger.lease();
            }
            if !stopping && (broken.is_some() || stop.load(Ordering::Relaxed)) {
                stopping = line.order(Order::Command(Command::Stop));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        bar.finish_and_clear();
        let returned = running.join().ok_or_else(|| Failure::Run("the loop's thread ended in a panic".into()))?;
        if let Some(broken) = broken {
            return Err(failed(broken));
        }
        if stop.load(Ordering::Relaxed) {
            return Err(Failure::Stopped);
        }
        let ended = returned.ended.map_err(|e| Failure::Run(e.to_string()))?;
        let deposits = ledger.deposits().map_err(failed)?;
        Ok(Streamed { ended, timing: returned.timing, deposits })
    }
}

/// The loop's timing as the report has it.
pub fn stream_figures(timing: &Timing) -> StreamFigures {
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
