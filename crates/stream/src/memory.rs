//! What the controller remembers for others: events not yet told, and the last 500 cycles before a fault.
//!
//! In: events and cycles as they come. Out: one event a cycle, in order; the log, oldest first. Fixed size: nothing here
//! touches the heap after construction. Absent: files.

use crate::{Cycle, Event};

/// Cycles kept before a fault (`reference/faults.md` 4, rule 4).
const KEPT: usize = 500;
/// Events that wait at most; a stroke has two, a fault one more, a hold two.
const PENDING: usize = 8;

/// Events not yet told.
#[derive(Debug, Clone, Default)]
pub(crate) struct News {
    events: [Option<Event>; PENDING],
    pub(crate) lost: u32,
}

/// The last cycles.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    ring: Vec<Cycle>,
    next: usize,
    last: Option<Cycle>,
}

impl News {
    /// Queues an event. The queue cannot fill: nothing is begun while it is not empty.
    pub(crate) fn tell(&mut self, event: Event) {
        match self.events.iter_mut().find(|e| e.is_none()) {
            Some(free) => *free = Some(event),
            None => self.lost += 1,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.events[0].is_none()
    }

    pub(crate) fn next(&mut self) -> Option<Event> {
        let first = self.events[0].take();
        if first.is_some() {
            self.events.rotate_left(1);
        }
        first
    }
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { ring: Vec::with_capacity(KEPT), next: 0, last: None }
    }

    /// Remembers a cycle; a frozen log keeps only the newest besides.
    pub(crate) fn add(&mut self, cycle: Cycle, frozen: bool) {
        self.last = Some(cycle);
        if frozen {
            return;
        }
        match self.ring.get_mut(self.next) {
            Some(oldest) => *oldest = cycle,
            None => self.ring.push(cycle),
        }
        self.next = (self.next + 1) % KEPT;
    }

    pub(crate) fn last(&self) -> Option<&Cycle> {
        self.last.as_ref()
    }

    pub(crate) fn oldest_first(&self) -> impl Iterator<Item = &Cycle> {
        let split = if self.ring.len() < KEPT { 0 } else { self.next };
        self.ring[split..].iter().chain(&self.ring[..split])
    }
}
