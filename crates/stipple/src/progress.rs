//! How far the work is, and whether it shall stop.
//!
//! In: a flag that somebody else sets, somebody who listens. Out: the share that is done, now and then, from any thread;
//! [`StippleError::Stopped`] soon after the flag is set. Absent: any clock; nothing here changes a result.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::StippleError;

/// Handed into work that takes long.
#[derive(Clone, Copy)]
pub struct Progress<'a> {
    stop: &'a AtomicBool,
    tell: &'a (dyn Fn(f64) + Sync),
    /// The part of the whole that the holder does.
    from: f64,
    to: f64,
}

static NEVER: AtomicBool = AtomicBool::new(false);

impl<'a> Progress<'a> {
    /// `tell` hears the share that is done, 0 to 1, from several threads, so that it may fall back by a step; `stop`, once
    /// set, ends the work.
    pub const fn new(stop: &'a AtomicBool, tell: &'a (dyn Fn(f64) + Sync)) -> Self {
        Self { stop, tell, from: 0.0, to: 1.0 }
    }

    /// Nobody listens and nobody stops.
    pub const fn none() -> Progress<'static> {
        Progress { stop: &NEVER, tell: &|_| {}, from: 0.0, to: 1.0 }
    }

    /// The same for a stage that is this part of the work.
    pub(crate) fn part(&self, from: f64, to: f64) -> Self {
        let at = |share: f64| self.from + (self.to - self.from) * share;
        Self { from: at(from), to: at(to), ..*self }
    }

    /// Tells that `share` of this part is done.
    pub(crate) fn done(&self, share: f64) -> Result<(), StippleError> {
        if self.stopped() {
            return Err(StippleError::Stopped);
        }
        (self.tell)(self.from + (self.to - self.from) * share);
        Ok(())
    }

    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("from", &self.from).field("to", &self.to).finish_non_exhaustive()
    }
}
