//! How well the loop keeps time, beside a bare timer loop.
//!
//! In: wake latencies, CPU times. Out: [`Timing`], the `stream` block of `report.json`; and [`bare_timer`], the timer loop
//! by itself, for `rt-check`. Histograms are log-linear with three digits and a fixed range, so recording touches no heap.
//! Absent: judgement.

use frames::Span;
use hdrhistogram::Histogram;
use serde::Serialize;

use crate::realtime::{Clock, make_realtime};

/// Longest wake that is told apart, ns.
const LONGEST: u64 = 10_000_000_000;

/// What the operating system granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Granted {
    /// SCHED_FIFO priority; `None` when refused or not asked for.
    pub fifo: Option<u8>,
    /// Memory is locked.
    pub locked: bool,
    /// What was refused, a sentence each; empty when all was granted.
    pub refused: Vec<String>,
}

/// The loop's timing, SI.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timing {
    /// Control cycles.
    pub cycles: u64,
    /// Control wakes later than one cycle.
    pub misses: u64,
    /// Longest run of late control wakes.
    pub longest_run: u64,
    /// Bare wakes later than one cycle.
    pub bare_misses: u64,
    /// Median wake latency of the loop, s.
    pub wake_p50_s: f64,
    /// 99th percentile, s.
    pub wake_p99_s: f64,
    /// 99.9th percentile, s.
    pub wake_p999_s: f64,
    /// Worst, s.
    pub wake_max_s: f64,
    /// Median wake latency of the bare timer, s.
    pub bare_p50_s: f64,
    /// 99th percentile, s.
    pub bare_p99_s: f64,
    /// 99.9th percentile, s.
    pub bare_p999_s: f64,
    /// Worst, s.
    pub bare_max_s: f64,
    /// Median CPU time of the controller's part of a cycle, s.
    pub cpu_p50_s: f64,
    /// 99.9th percentile, s.
    pub cpu_p999_s: f64,
    /// Mean period over the nominal one, less one, magnitude.
    pub mean_period_error: f64,
    /// Heap allocations in the controller's part of all cycles; `None` when nobody counted.
    pub allocations: Option<u64>,
    /// Telemetry records that found no room.
    pub telemetry_dropped: u64,
    /// Events that found no room at all; zero unless nobody listened to the end.
    pub events_lost: u64,
    /// What was granted.
    pub realtime: Granted,
}

/// Latencies as they come.
#[derive(Debug)]
pub(crate) struct Meter {
    pub(crate) wake: Option<Histogram<u64>>,
    pub(crate) bare: Option<Histogram<u64>>,
    pub(crate) cpu: Option<Histogram<u64>>,
    misses: u64,
    bare_misses: u64,
    run: u64,
    longest: u64,
    cycles: u64,
    first: Option<(i64, i64)>,
    last: (i64, i64),
}

impl Meter {
    pub(crate) fn new() -> Self {
        // A histogram of fixed range cannot fail for these bounds; without one nothing is recorded and all reads zero.
        let histogram = || Histogram::new_with_bounds(1, LONGEST, 3).ok();
        Self {
            wake: histogram(),
            bare: histogram(),
            cpu: histogram(),
            misses: 0,
            bare_misses: 0,
            run: 0,
            longest: 0,
            cycles: 0,
            first: None,
            last: (0, 0),
        }
    }

    /// A control wake at `woke` for `due`, clock nanoseconds.
    pub(crate) fn woke(&mut self, due: i64, woke: i64, cycle: i64) {
        self.cycles += 1;
        note(&mut self.wake, woke - due);
        if woke - due > cycle {
            self.misses += 1;
            self.run += 1;
            self.longest = self.longest.max(self.run);
        } else {
            self.run = 0;
        }
        self.first.get_or_insert((due, woke));
        self.last = (due, woke);
    }

    pub(crate) fn woke_bare(&mut self, due: i64, woke: i64, cycle: i64) {
        note(&mut self.bare, woke - due);
        self.bare_misses += u64::from(woke - due > cycle);
    }

    pub(crate) fn worked(&mut self, cpu: i64) {
        note(&mut self.cpu, cpu);
    }

    pub(crate) fn report(
        &self,
        allocations: Option<u64>,
        (telemetry_dropped, events_lost): (u64, u64),
        realtime: Granted,
    ) -> Timing {
        let (first, last) = (self.first.unwrap_or(self.last), self.last);
        let (nominal, real) = (last.0 - first.0, last.1 - first.1);
        let error = if nominal > 0 { (real as f64 / nominal as f64 - 1.0).abs() } else { 0.0 };
        Timing {
            cycles: self.cycles,
            misses: self.misses,
            longest_run: self.longest,
            bare_misses: self.bare_misses,
            wake_p50_s: quantile(&self.wake, 0.5),
            wake_p99_s: quantile(&self.wake, 0.99),
            wake_p999_s: quantile(&self.wake, 0.999),
            wake_max_s: quantile(&self.wake, 1.0),
            bare_p50_s: quantile(&self.bare, 0.5),
            bare_p99_s: quantile(&self.bare, 0.99),
            bare_p999_s: quantile(&self.bare, 0.999),
            bare_max_s: quantile(&self.bare, 1.0),
            cpu_p50_s: quantile(&self.cpu, 0.5),
            cpu_p999_s: quantile(&self.cpu, 0.999),
            mean_period_error: error,
            allocations,
            telemetry_dropped,
            events_lost,
            realtime,
        }
    }
}

fn note(histogram: &mut Option<Histogram<u64>>, ns: i64) {
    if let Some(h) = histogram {
        h.saturating_record(ns.max(1) as u64);
    }
}

fn quantile(histogram: &Option<Histogram<u64>>, q: f64) -> f64 {
    histogram.as_ref().filter(|h| !h.is_empty()).map_or(0.0, |h| h.value_at_quantile(q) as f64 * 1e-9)
}

/// A timer loop and nothing else, in this thread: what this computer can do. Only the `bare_` figures are filled.
pub fn bare_timer(cycle: Span, cycles: u64) -> Timing {
    let granted = make_realtime(true);
    let clock = Clock;
    let mut meter = Meter::new();
    let mut due = clock.now();
    for _ in 0..cycles {
        due += cycle.ns();
        clock.sleep_until(due);
        let woke = clock.now();
        meter.woke_bare(due, woke, cycle.ns());
        if woke > due + cycle.ns() {
            due += (woke - due) / cycle.ns() * cycle.ns();
        }
    }
    meter.report(None, (0, 0), granted)
}
