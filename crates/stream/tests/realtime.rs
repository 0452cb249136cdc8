//! The runner on the wall clock: a short run beside the bare timer, its channels, its report.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test may stop, and says its figures")]

mod common;

use std::time::{Duration, Instant as Wall};

use common::*;
use stream::{Config, Ended, Event, Line, Order, Paced, RealTime, Returned};

fn start(config: Config, dots: u32, options: RealTime) -> stream::Running<Paced<Ideal>> {
    let (model, tool) = (model(), tool("voice_coil.toml"));
    let mut program = program(&model, &tool, 1, dots);
    program.park = program.approach[0];
    program.approach.clear();
    program.retreat.clear();
    let world = Ideal::new(&model, &tool, &program);
    arm_session(&model, &tool, program, config).run_realtime(Paced::new(world), options).unwrap()
}

/// Shared computers stall for tens of milliseconds (`reference/wire.md` 11.2); here the loop is under test, not they.
fn patient() -> Config {
    let mut config = Config::default();
    config.bounds.late_withdraw = 100_000;
    config.bounds.late_hold = 50_000;
    config.bounds.state_age = frames::Span::from_ms(5_000);
    config.bounds.tracker_age = frames::Span::from_ms(5_000);
    config.bounds.latency_hold = frames::Span::from_ms(5_000);
    config.bounds.latency_withdraw = frames::Span::from_ms(5_000);
    config.bounds.valid_for = frames::Span::from_ms(20);
    config
}

fn finish(running: stream::Running<Paced<Ideal>>) -> (Vec<Event>, u64, Returned<Paced<Ideal>>) {
    let line: Line = running.line.clone();
    let (mut events, mut cycles) = (Vec::new(), 0);
    let began = Wall::now();
    loop {
        let over = running.is_over();
        events.extend(std::iter::from_fn(|| line.event()));
        cycles += std::iter::from_fn(|| line.cycle()).count() as u64;
        if over || began.elapsed() > Duration::from_secs(15) {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    (events, cycles, running.join().unwrap())
}

#[test]
fn three_dots_by_the_clock() {
    let running = start(patient(), 3, RealTime { ask: false, ..RealTime::default() });
    assert!(running.line.order(Order::Lease(3)));
    let (events, cycles, back) = finish(running);
    let t = &back.timing;
    assert_eq!(t.cycles, cycles + t.telemetry_dropped, "telemetry lost without a count");
    assert!(t.bare_p50_s > 0.0 && t.wake_p50_s > 0.0 && t.cpu_p999_s > 0.0);
    assert!(t.allocations.is_none() && t.realtime.fifo.is_none() && !t.realtime.locked);
    eprintln!("{t:?}");
    // A stall of the host may starve the arm, which is a right end; a wrong one is not.
    match back.ended.unwrap() {
        Ended::Finished => {
            assert_eq!(events.iter().filter(|e| matches!(e, Event::Done(_))).count(), 3, "{events:?}");
            assert_eq!(back.driver.into_inner().deposits.len(), 3);
        }
        Ended::Faulted(fault) => assert!(matches!(fault.cause, stream::Cause::Starved), "{fault}"),
        Ended::Held(hold) => unreachable!("{hold:?}"),
    }
    // Half a period over the run: relative sleeps would add a wake latency each cycle.
    assert!(t.mean_period_error < 2e-3, "{}", t.mean_period_error);
}

#[test]
fn without_a_lease_nothing_begins() {
    let options = RealTime { ask: false, cycles: Some(3_500), ..RealTime::default() };
    let (events, _, back) = finish(start(patient(), 2, options));
    assert!(!events.iter().any(|e| matches!(e, Event::StrokeBegun { .. })), "{events:?}");
    assert_eq!(back.driver.into_inner().deposits.len(), 0);
}

#[test]
fn the_bare_timer_alone() {
    let t = stream::bare_timer(CYCLE, 300);
    assert!(t.bare_p50_s > 0.0 && t.bare_p50_s < 0.05, "{t:?}");
    assert_eq!(t.cycles, 0);
}
