//! The journal at work: a window of durable intents ahead of the loop, outcomes behind it.
//!
//! In: the controller's events, in order. Out: how many strokes may be begun. The loop asks nobody and waits for nothing:
//! it holds when the lease ends. Absent: threads and channels; whoever runs the loop calls this beside it.

use frames::{Instant, SiteId};
use serde::Serialize;
use stream::Event;

use crate::{Deposits, Journal, RecordError, RunId};

/// Strokes whose intent is durable ahead of the one in progress (design, section 9): what a power cut can leave
/// uncertain at most.
pub const WINDOW: usize = 8;

/// One run's page in a journal.
pub struct Ledger<'a> {
    journal: &'a mut Journal,
    run: RunId,
    sites: Vec<SiteId>,
    durable: usize,
}

impl<'a> Ledger<'a> {
    /// Begins a run over `sites`, in the program's order, and makes the first window of intents durable.
    pub fn begin(
        journal: &'a mut Journal,
        at: Instant,
        header: &impl Serialize,
        sites: Vec<SiteId>,
    ) -> Result<Self, RecordError> {
        let run = journal.begin(at, header)?;
        let mut ledger = Self { journal, run, sites, durable: 0 };
        ledger.extend(at, 0)?;
        Ok(ledger)
    }

    /// Strokes, counted from the program's start, that may be begun.
    pub fn lease(&self) -> u32 {
        u32::try_from(self.durable).unwrap_or(u32::MAX)
    }

    /// Takes one event over; afterwards the lease may be longer.
    pub fn take(&mut self, event: &Event) -> Result<(), RecordError> {
        match event {
            Event::StrokeBegun { .. } => Ok(()),
            Event::Done(outcome) => {
                self.journal.outcome(self.run, outcome.confirmed, outcome.site, true, outcome)?;
                self.extend(outcome.confirmed, outcome.index as usize + 1)
            }
            Event::Skipped { site, index, at, .. } => {
                self.journal.outcome(self.run, *at, *site, false, event)?;
                self.extend(*at, *index as usize + 1)
            }
            Event::Held(hold) => self.journal.note(self.run, hold.at, "held", hold),
            Event::Resumed { at } => self.journal.note(self.run, *at, "resumed", &()),
            Event::Faulted(fault) => self.journal.note(self.run, fault.at, "fault", fault),
            Event::Finished { at, .. } => self.journal.note(self.run, *at, "end", event),
        }
    }

    /// What the run did with its dots.
    pub fn deposits(&self) -> Result<Deposits, RecordError> {
        self.journal.deposits(self.run)
    }

    /// Half a window is written at once, so that the disk is asked every fourth dot and the loop never waits for it.
    fn extend(&mut self, at: Instant, next: usize) -> Result<(), RecordError> {
        let until = (next + WINDOW).min(self.sites.len());
        if until < self.durable + WINDOW / 2 && until < self.sites.len() {
            return Ok(());
        }
        if until > self.durable {
            self.journal.intend(self.run, at, &self.sites[self.durable..until])?;
            self.durable = until;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;
    use crate::Durability;
    use stream::Why;

    fn skipped(index: u32) -> Event {
        Event::Skipped { site: SiteId(100 + index), index, at: Instant::START, why: Why::Operator }
    }

    #[test]
    fn the_lease_runs_ahead_and_never_past_what_is_on_the_disk() {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(&dir.path().join("j.sqlite"), Durability::PowerCut).unwrap();
        let sites: Vec<_> = (0..20).map(|i| SiteId(100 + i)).collect();
        let mut ledger = Ledger::begin(&mut journal, Instant::START, &"scene", sites).unwrap();
        assert_eq!(ledger.lease(), 8);
        for index in 0..20 {
            assert!(ledger.lease() > index, "dot {index} may begin");
            assert!(ledger.lease() <= index + 8, "no more than the window ahead of dot {index}");
            ledger.take(&skipped(index)).unwrap();
            // The lease says what the journal holds, not more.
            let deposits = ledger.deposits().unwrap();
            assert_eq!(deposits.uncertain + deposits.skipped, u64::from(ledger.lease()));
        }
        assert_eq!(ledger.lease(), 20);
        assert_eq!(ledger.deposits().unwrap(), Deposits { skipped: 20, ..Deposits::default() });
    }
}
