//! From a program and any arm to setpoints on time, or one latched fault.
//!
//! In: a [`arm::Program`], an [`arm::ArmDriver`], the lease of strokes whose intent is durable, an operator's commands.
//! Out: setpoints, events (which dot began, what became of it, what went wrong), the loop's timing.
//! The heart is [`Controller::step`], a pure function of its arguments: no clock, no heap, no I/O. Around it stand two
//! runners, one on a virtual clock ([`run_virtual`]) and one on the wall clock in its own thread ([`start_realtime`]).
//! Absent: planning, physics, skin, files, the truth. This software claims no safety level: the hardware stop and the
//! robot's safety controller are the safety functions; this is a monitored, fail-to-retract controller.
//!
//! Follow one cycle: [`Controller::step`] asks `watch` (is the arm well?), `head` (where is the head?), `stroke` (what
//! next?), `path` (where to be then?), and `guard` (may this be said?); `safe` takes over when something latched.
#![expect(
    clippy::neg_cmp_op_on_partial_ord,
    reason = "a comparison with NaN must fail: `!(x <= most)` refuses it, `x > most` lets it pass"
)]

mod axis;
mod channels;
mod config;
mod contact;
mod controller;
mod events;
mod fault;
mod felt;
mod follow;
mod gate;
mod guard;
mod head;
mod memory;
mod needle;
mod path;
mod realtime;
mod run;
mod safe;
mod session;
mod stop;
mod strike;
mod stroke;
mod surface;
mod timing;
mod travel;
mod watch;

pub use channels::{Line, Order};
pub use config::{Bounds, Config, Gates, Speeds, Tracking};
pub use controller::{Controller, Input, Tick};
pub use events::{Belief, Command, Cycle, Event, Hold, HoldWhy, Outcome, Phase, Why};
pub use fault::{Cause, Fault, Level};
pub use guard::{Guard, Permit, Place, Refusal};
pub use realtime::{CountAllocations, RealTime, Returned, Running, start_realtime};
pub use run::{Caught, Ended, Paced, RunError, Sink, run_virtual};
pub use session::{Armed, Digests, Idle, Refused, Session};
pub use timing::{Granted, Timing, bare_timer};
