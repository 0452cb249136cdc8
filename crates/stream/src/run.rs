//! The runner on a virtual clock, and middleware for a simulated arm under a real one.
//!
//! In: a controller, a driver, a sink. Out: how the run ended. Time is counted, not measured: the same inputs give the same
//! bytes. Absent: threads, clocks.

use arm::{ArmDriver, ArmState, Setpoint};
use frames::{Instant, Span};

use crate::{Controller, Cycle, Fault, Hold, Input};

/// In virtual time a hold that waits for a person, or for a lease that does not come, ends the run after this.
const PATIENCE: Span = Span::from_ms(5_000);

/// What watches a run, and what the run asks in return.
pub trait Sink {
    /// Lease and commands for the cycle at `now`; every stroke may begin unless said otherwise.
    fn input(&mut self, now: Instant) -> Input {
        let _ = now;
        Input::FREE
    }

    /// One cycle is done.
    fn cycle(&mut self, cycle: &Cycle);
}

impl<F: FnMut(&Cycle)> Sink for F {
    fn cycle(&mut self, cycle: &Cycle) {
        self(cycle);
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ended {
    /// Every stroke done or skipped and the arm parked, or a person ended it.
    Finished,
    /// A fault latched; the needle is in and the arm stands.
    Faulted(Fault),
    /// Nobody ended a hold.
    Held(Hold),
}

/// A run's end and its counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Caught {
    /// How.
    pub ended: Ended,
    /// Strokes done.
    pub done: u32,
    /// Strokes skipped.
    pub skipped: u32,
    /// Length of the run on its own clock.
    pub took: Span,
    /// Cycles.
    pub cycles: u64,
}

/// Why a run broke off.
#[derive(Debug, thiserror::Error)]
pub enum RunError<E: std::error::Error> {
    /// The driver failed. The arm's own expiry withdraws the needle.
    #[error("the arm's driver failed at {at}")]
    Driver {
        /// When.
        at: Instant,
        /// Why.
        source: E,
    },
}

/// Runs `controller` against `driver` until it is over.
///
/// # Errors
/// The driver's.
pub fn run_virtual<D: ArmDriver>(
    controller: &mut Controller,
    driver: &mut D,
    sink: &mut impl Sink,
) -> Result<Caught, RunError<D::Error>> {
    let cycle = driver.cycle();
    let mut state = driver.state().map_err(|source| RunError::Driver { at: Instant::START, source })?;
    let began = state.at;
    let mut due = began;
    let mut cycles = 0;
    loop {
        let input = sink.input(due);
        let step = controller.step(due, due, &state, &input);
        cycles += 1;
        if let Some(cycle) = controller.last_cycle() {
            sink.cycle(cycle);
        }
        let ended = ended(controller, due);
        if let Some(ended) = ended {
            let (done, skipped) = controller.counts();
            return Ok(Caught { ended, done, skipped, took: due - began, cycles });
        }
        if let Ok(tick) = step {
            state = driver.exchange(&tick.setpoint).map_err(|source| RunError::Driver { at: due, source })?;
        } else {
            state = driver.state().map_err(|source| RunError::Driver { at: due, source })?;
        }
        due += cycle;
    }
}

/// How the run has ended, if it has.
pub(crate) fn ended(controller: &Controller, now: Instant) -> Option<Ended> {
    if controller.is_over() {
        return Some(controller.fault().map_or(Ended::Finished, |fault| Ended::Faulted(*fault)));
    }
    controller.hold().filter(|hold| now - hold.at >= PATIENCE).map(|hold| Ended::Held(*hold))
}

/// A simulated arm under the wall clock: when the computer was late, the simulated world goes on until the setpoint's
/// instant, hearing nothing new, as a real arm would.
#[derive(Debug)]
pub struct Paced<D> {
    inner: D,
}

impl<D> Paced<D> {
    /// Around a simulated arm.
    pub fn new(inner: D) -> Self {
        Self { inner }
    }

    /// The simulated arm.
    pub fn into_inner(self) -> D {
        self.inner
    }
}

impl<D: ArmDriver> ArmDriver for Paced<D> {
    type Error = D::Error;

    fn cycle(&self) -> Span {
        self.inner.cycle()
    }

    fn state(&mut self) -> Result<ArmState, D::Error> {
        self.inner.state()
    }

    fn exchange(&mut self, setpoint: &Setpoint) -> Result<ArmState, D::Error> {
        let cycle = self.inner.cycle();
        let mut state = self.inner.exchange(setpoint)?;
        // Bounded: a world that does not move in a thousand cycles has another clock.
        for _ in 0..1_000 {
            if state.at + Span::from_ns(cycle.ns() / 2) >= setpoint.at {
                break;
            }
            state = self.inner.exchange(setpoint)?;
        }
        Ok(state)
    }
}
