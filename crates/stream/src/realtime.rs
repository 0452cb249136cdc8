//! The runner on the wall clock, in a thread of its own.
//!
//! In: a controller, a driver, options. Out: setpoints on absolute deadlines; afterwards the controller, the driver and the
//! [`Timing`]. Phase is kept after an overrun: missed cycles are skipped, not caught up. Priority and locked memory are
//! asked for, and what is refused is said. In the loop: two sleeps, the clocks, the driver's exchange; no I/O of its own,
//! no lock, no heap. Absent: judgement of lateness; that is the controller's.
//!
//! The comparison with a bare timer is interleaved cycle by cycle: the thread sleeps to the control deadline, works, then
//! sleeps to half a cycle later, does nothing there, and sleeps on. So both see the same machine, thread, priority and
//! load, one sample each a cycle. A cycle whose work reaches past the half gives no bare sample.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use arm::{ArmDriver, ArmState};
use frames::{Instant, Span};
use rustix::mm::{MlockAllFlags, mlockall};
use rustix::thread::clock_nanosleep_absolute;
use rustix::time::{ClockId, Timespec, clock_gettime};
use thread_priority::unix::{
    RealtimeThreadSchedulePolicy, ThreadSchedulePolicy, set_thread_priority_and_policy, thread_native_id,
};
use thread_priority::{ThreadPriority, ThreadPriorityValue};

use crate::channels::{Line, LoopLine, line};
use crate::run::{Ended, RunError};
use crate::timing::{Granted, Meter, Timing};
use crate::{Controller, Input};

/// Asked for; below the kernel's own threads at 99.
const PRIORITY: u8 = 80;

/// Cycles for which the last events may wait for room.
const LAST_CALLS: u32 = 1_000;

/// Counts the heap allocations of what it runs: `allocation_counter::measure` in the binary.
pub type CountAllocations = fn(&mut dyn FnMut()) -> u64;

/// How to run.
#[derive(Debug, Clone, Copy)]
pub struct RealTime {
    /// Counts allocations of the controller's part, if somebody can.
    pub count: Option<CountAllocations>,
    /// Ask for SCHED_FIFO and locked memory.
    pub ask: bool,
    /// Interleave the bare timer.
    pub compare: bool,
    /// End after this many cycles with a command to stop; `None` runs to the end.
    pub cycles: Option<u64>,
}

impl Default for RealTime {
    fn default() -> Self {
        Self { count: None, ask: true, compare: true, cycles: None }
    }
}

/// A loop at work.
#[derive(Debug)]
pub struct Running<D: ArmDriver> {
    /// Orders in, events and telemetry out.
    pub line: Line,
    over: Arc<AtomicBool>,
    thread: JoinHandle<Returned<D>>,
}

/// What comes back.
#[derive(Debug)]
pub struct Returned<D: ArmDriver> {
    /// With its log.
    pub controller: Controller,
    /// As it was.
    pub driver: D,
    /// How it ended.
    pub ended: Result<Ended, RunError<D::Error>>,
    /// How well it kept time.
    pub timing: Timing,
}

impl<D: ArmDriver> Running<D> {
    /// The loop has ended.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Waits for the loop's end; events may still be read from [`Running::line`]'s clones. `None` when the driver
    /// panicked.
    pub fn join(self) -> Option<Returned<D>> {
        self.thread.join().ok()
    }
}

/// Starts the loop.
///
/// # Errors
/// The thread cannot be started.
pub fn start_realtime<D: ArmDriver + Send + 'static>(
    controller: Controller,
    driver: D,
    options: RealTime,
) -> std::io::Result<Running<D>> {
    let (theirs, ours) = line();
    let over = Arc::new(AtomicBool::new(false));
    let flag = Over(Arc::clone(&over));
    let thread = std::thread::Builder::new().name("pigment-loop".to_owned()).spawn(move || {
        let returned = keep_time(controller, driver, ours, options);
        drop(flag);
        returned
    })?;
    Ok(Running { line: theirs, over, thread })
}

/// Says that the loop has ended, however it ends.
struct Over(Arc<AtomicBool>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

fn keep_time<D: ArmDriver>(
    mut controller: Controller,
    mut driver: D,
    mut line: LoopLine,
    options: RealTime,
) -> Returned<D> {
    let granted = make_realtime(options.ask);
    let clock = Clock;
    let cycle = driver.cycle().ns();
    let mut meter = Meter::new();
    let mut allocations = options.count.map(|_| 0);
    let result = drive(&mut controller, &mut driver, &mut line, &options, &clock, cycle, &mut meter, &mut allocations);
    // Nothing moves any more: events that found no room are passed on as long as somebody takes them.
    for _ in 0..LAST_CALLS {
        line.tell(None);
        if !line.has_kept() {
            break;
        }
        clock.sleep_until(clock.now() + cycle);
    }
    let timing =
        meter.report(allocations, (line.dropped, line.lost_events + u64::from(controller.lost_events())), granted);
    Returned { controller, driver, ended: result, timing }
}

#[expect(clippy::too_many_arguments, reason = "the loop's parts, each used once; a struct would only rename them")]
fn drive<D: ArmDriver>(
    controller: &mut Controller,
    driver: &mut D,
    line: &mut LoopLine,
    options: &RealTime,
    clock: &Clock,
    cycle: i64,
    meter: &mut Meter,
    allocations: &mut Option<u64>,
) -> Result<Ended, RunError<D::Error>> {
    let mut state = driver.state().map_err(|source| RunError::Driver { at: Instant::START, source })?;
    // The run's time line begins where the arm's state says it is.
    let (zero, mut due) = (state.at, clock.now() + cycle);
    let start = due;
    let on_line = |t: i64| zero + Span::from_ns(t - start);
    let mut count = 0;
    loop {
        clock.sleep_until(due);
        let woke = clock.now();
        meter.woke(due, woke, cycle);
        count += 1;
        let before = clock.cpu();
        let stop = options.cycles.is_some_and(|n| count == n);
        let mut said = None;
        let (now, then) = (on_line(woke), on_line(due));
        let mut part = || said = Some(one(controller, line, now, then, &state, stop));
        match (options.count, &mut *allocations) {
            (Some(measure), Some(sum)) => *sum += measure(&mut part),
            _ => part(),
        }
        meter.worked(clock.cpu() - before);
        // A hold lasts as long as people want; only an end ends the loop.
        if controller.is_over() {
            return Ok(controller.fault().map_or(Ended::Finished, |fault| Ended::Faulted(*fault)));
        }
        state = match said.flatten() {
            Some(setpoint) => driver.exchange(&setpoint),
            None => driver.state(),
        }
        .map_err(|source| RunError::Driver { at: now, source })?;
        if options.compare && clock.now() < due + cycle / 2 {
            clock.sleep_until(due + cycle / 2);
            meter.woke_bare(due + cycle / 2, clock.now(), cycle);
        }
        // Phase is kept: whole cycles are skipped, the grid stays. The controller has been told how late this one was;
        // a driver that overran makes the next one late, and the controller is told then.
        due += cycle * ((woke - due) / cycle + 1);
    }
}

/// The controller's part of a cycle.
fn one(
    controller: &mut Controller,
    line: &mut LoopLine,
    now: Instant,
    due: Instant,
    state: &ArmState,
    stop: bool,
) -> Option<arm::Setpoint> {
    let mut input = line.input();
    if stop {
        input = Input { command: Some(crate::Command::Stop), ..input };
    }
    let tick = controller.step(now, due, state, &input);
    if let Some(cycle) = controller.last_cycle() {
        line.show(cycle);
        line.tell(cycle.event);
    }
    tick.ok().map(|t| t.setpoint)
}

/// Monotonic time and this thread's CPU time, ns.
pub(crate) struct Clock;

impl Clock {
    pub(crate) fn now(&self) -> i64 {
        ns(clock_gettime(ClockId::Monotonic))
    }

    pub(crate) fn cpu(&self) -> i64 {
        ns(clock_gettime(ClockId::ThreadCPUTime))
    }

    /// Sleeps to an absolute instant. A signal ends the sleep early: then it goes on.
    pub(crate) fn sleep_until(&self, at: i64) {
        let until = Timespec { tv_sec: at / 1_000_000_000, tv_nsec: at % 1_000_000_000 };
        while clock_nanosleep_absolute(ClockId::Monotonic, &until) == Err(rustix::io::Errno::INTR) {}
    }
}

fn ns(t: Timespec) -> i64 {
    t.tv_sec * 1_000_000_000 + t.tv_nsec
}

/// Asks for SCHED_FIFO for this thread and locked memory for the process.
pub(crate) fn make_realtime(ask: bool) -> Granted {
    let mut granted = Granted { fifo: None, locked: false, refused: Vec::new() };
    if !ask {
        return granted;
    }
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
    let priority = ThreadPriorityValue::try_from(PRIORITY).map(ThreadPriority::Crossplatform);
    let set = priority
        .map_err(|e| e.to_string())
        .and_then(|p| set_thread_priority_and_policy(thread_native_id(), p, policy).map_err(|e| format!("{e:?}")));
    match set {
        Ok(()) => granted.fifo = Some(PRIORITY),
        Err(why) => granted.refused.push(format!("real-time priority: {why}; allow it with ulimit -r or CAP_SYS_NICE")),
    }
    match mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE) {
        Ok(()) => granted.locked = true,
        Err(why) => granted.refused.push(format!("locked memory: {why}; allow it with ulimit -l or CAP_IPC_LOCK")),
    }
    granted
}
