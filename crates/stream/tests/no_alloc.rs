//! No heap in the controller once it is armed: a whole simulated run under an allocator that aborts.
//!
//! Only `Controller::step` is inside; the world around it allocates as it likes. That the allocator bites is shown by a
//! child process that allocates inside and must die of it.
#![expect(clippy::unwrap_used, reason = "a test may stop")]

mod common;

use arm::ArmDriver;
use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use common::*;
use stream::{Config, Ended, Event, Input};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

const CHILD: &str = "PIGMENT_ALLOCATE_INSIDE";

fn run(spoil: bool) -> (u32, Option<Ended>) {
    let (model, tool) = (model(), tool("voice_coil.toml"));
    let program = program(&model, &tool, 2, 6);
    let mut world = Ideal::new(&model, &tool, &program);
    let mut controller = controller(&model, &tool, program, Config::default());
    let mut state = world.state().unwrap();
    let mut due = state.at;
    let mut done = 0;
    for k in 0..40_000 {
        // The last stroke ends in a fault: stopping and retreating must not allocate either.
        if done == 11 {
            state.axial_force = frames::Newtons::new(3.0);
        }
        let tick = assert_no_alloc(|| {
            if spoil && k == 100 {
                std::hint::black_box(Box::new(k));
            }
            controller.step(due, due, &state, &Input::FREE)
        });
        done += u32::from(matches!(tick.unwrap().event, Some(Event::Done(_))));
        if controller.is_over() {
            return (done, controller.fault().map(|f| Ended::Faulted(*f)));
        }
        state = world.exchange(&tick.unwrap().setpoint).unwrap();
        due += CYCLE;
    }
    (done, None)
}

#[test]
fn a_whole_run_without_the_heap() {
    let (done, ended) = run(std::env::var_os(CHILD).is_some());
    assert_eq!(done, 11);
    assert!(matches!(ended, Some(Ended::Faulted(_))), "{ended:?}");
}

#[test]
fn the_allocator_bites() {
    if std::env::var_os(CHILD).is_some() {
        return;
    }
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_whole_run_without_the_heap", "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    assert!(!child.status.success(), "an allocation inside went unnoticed");
    let said = String::from_utf8_lossy(&child.stderr);
    assert!(!said.contains("panicked"), "it failed for another reason: {said}");
}
