//! Every channel of this crate: bounded, polled, never waited for by the loop.
//!
//! Orders go in (lease, commands), events and telemetry come out. `try_send` and `try_recv` of crossbeam's bounded channel
//! take no lock and touch no heap as long as nobody is parked on the other end, so both ends poll: a receiver parked in
//! `recv` would make the loop take a lock to wake it. A full telemetry channel drops telemetry and counts it. A full event
//! channel keeps the event and holds the loop before the next insertion: an outcome must not be lost.

use crossbeam_channel::{Receiver, Sender, TryRecvError, TrySendError, bounded};

use crate::{Command, Cycle, Event, Input};

/// Orders taken over in one cycle at most.
const ORDERS_A_CYCLE: usize = 8;
/// Orders, events and cycles that wait at most. Telemetry: four seconds at 1 kHz.
const ROOM: (usize, usize, usize) = (64, 256, 4_096);

/// What goes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Strokes whose intent is durable, counted from the program's start. Never falls.
    Lease(u32),
    /// An operator's command.
    Command(Command),
}

/// The end for everybody but the loop.
#[derive(Debug, Clone)]
pub struct Line {
    orders: Sender<Order>,
    events: Receiver<Event>,
    telemetry: Receiver<Cycle>,
}

/// The loop's end.
#[derive(Debug)]
pub(crate) struct LoopLine {
    orders: Receiver<Order>,
    events: Sender<Event>,
    telemetry: Sender<Cycle>,
    /// Events that found no room, oldest first. Grows by one event a cycle at most, and nothing is begun meanwhile.
    kept: [Option<Event>; 16],
    lease: u32,
    waiting: Option<Command>,
    pub(crate) dropped: u64,
    pub(crate) lost_events: u64,
}

/// Both ends.
pub(crate) fn line() -> (Line, LoopLine) {
    let (orders_in, orders) = bounded(ROOM.0);
    let (events, events_out) = bounded(ROOM.1);
    let (telemetry, telemetry_out) = bounded(ROOM.2);
    let ours =
        LoopLine { orders, events, telemetry, kept: [None; 16], lease: 0, waiting: None, dropped: 0, lost_events: 0 };
    (Line { orders: orders_in, events: events_out, telemetry: telemetry_out }, ours)
}

impl Line {
    /// Gives an order; false when there is no room or the loop has ended.
    #[must_use]
    pub fn order(&self, order: Order) -> bool {
        self.orders.try_send(order).is_ok()
    }

    /// The next event, if any.
    pub fn event(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// The next cycle's record, if any.
    pub fn cycle(&self) -> Option<Cycle> {
        self.telemetry.try_recv().ok()
    }
}

impl LoopLine {
    /// What the controller gets in this cycle.
    pub(crate) fn input(&mut self) -> Input {
        let mut command = self.waiting.take();
        for _ in 0..ORDERS_A_CYCLE {
            match self.orders.try_recv() {
                Ok(Order::Lease(lease)) => self.lease = self.lease.max(lease),
                // One command a cycle: the second waits, the queue behind it too.
                Ok(Order::Command(next)) if command.is_none() => command = Some(next),
                Ok(Order::Command(next)) => {
                    self.waiting = Some(next);
                    break;
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        Input { lease: self.lease, command, backlog: self.kept[0].is_some() }
    }

    /// Passes events on, in order; keeps what finds no room.
    pub(crate) fn tell(&mut self, event: Option<Event>) {
        if let Some(event) = event {
            match self.kept.iter_mut().find(|e| e.is_none()) {
                Some(free) => *free = Some(event),
                None => self.lost_events += 1,
            }
        }
        while let Some(first) = self.kept[0] {
            match self.events.try_send(first) {
                // Nobody listens any more: the journal's writer is gone, and nothing new may begin.
                Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => break,
                Ok(()) => {
                    self.kept[0] = None;
                    self.kept.rotate_left(1);
                }
            }
        }
    }

    pub(crate) fn has_kept(&self) -> bool {
        self.kept[0].is_some()
    }

    /// Telemetry may be dropped.
    pub(crate) fn show(&mut self, cycle: &Cycle) {
        if self.telemetry.try_send(*cycle).is_err() {
            self.dropped += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use frames::Instant;

    fn event(n: u64) -> Event {
        Event::Resumed { at: Instant::from_ns(n) }
    }

    #[test]
    fn a_full_event_channel_keeps_order_and_holds() {
        let (theirs, mut ours) = line();
        (0..260).for_each(|n| ours.tell(Some(event(n))));
        assert!(ours.input().backlog);
        let first: Vec<_> = std::iter::from_fn(|| theirs.event()).collect();
        ours.tell(None);
        let rest: Vec<_> = std::iter::from_fn(|| theirs.event()).collect();
        assert_eq!(first.into_iter().chain(rest).collect::<Vec<_>>(), (0..260).map(event).collect::<Vec<_>>());
        assert!(!ours.input().backlog && ours.lost_events == 0);
    }

    #[test]
    fn a_writer_that_is_gone_holds() {
        let (theirs, mut ours) = line();
        drop(theirs);
        ours.tell(Some(event(1)));
        assert!(ours.input().backlog);
    }

    #[test]
    fn the_lease_never_falls_and_commands_keep_their_order() {
        let (theirs, mut ours) = line();
        for order in [Order::Lease(8), Order::Command(Command::Pause), Order::Lease(3), Order::Command(Command::Resume)]
        {
            assert!(theirs.order(order));
        }
        assert_eq!(ours.input(), Input { lease: 8, command: Some(Command::Pause), backlog: false });
        assert_eq!(ours.input(), Input { lease: 8, command: Some(Command::Resume), backlog: false });
        assert_eq!(ours.input().command, None);
        (0..64).for_each(|_| assert!(theirs.order(Order::Lease(9))));
        assert!(!theirs.order(Order::Lease(10)), "a flood finds the door closed");
    }
}
