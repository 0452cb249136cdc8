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

/// The page of one treatment in a journal: one run, or several after faults.
pub struct Ledger {
    journal: Journal,
    first: RunId,
    run: RunId,
    sites: Vec<SiteId>,
    durable: usize,
    /// Strokes begun, given up or passed over so far, from the program's start.
    begun: usize,
}

impl Ledger {
    /// Begins a run over `sites`, in the program's order, and makes the first window of intents durable.
    pub fn begin(
        mut journal: Journal,
        at: Instant,
        header: &impl Serialize,
        sites: Vec<SiteId>,
    ) -> Result<Self, RecordError> {
        let run = journal.begin(at, header)?;
        let mut ledger = Self { journal, first: run, run, sites, durable: 0, begun: 0 };
        ledger.extend(at, 0)?;
        Ok(ledger)
    }

    /// Goes on with what is left, as a new run of the same treatment.
    pub fn again(&mut self, at: Instant, header: &impl Serialize, sites: Vec<SiteId>) -> Result<(), RecordError> {
        self.run = self.journal.begin(at, header)?;
        (self.sites, self.durable, self.begun) = (sites, 0, 0);
        self.extend(at, 0)
    }

    /// Closes the run: intents of strokes that never began are taken back, so that only what nobody can know stays
    /// uncertain. Without this call, after a crash, the whole window is.
    pub fn end(&mut self, at: Instant) -> Result<(), RecordError> {
        let from = self.begun.min(self.durable);
        let unused = self.sites[from..self.durable].to_vec();
        self.journal.release(self.run, at, &unused)
    }

    /// Strokes, counted from the program's start, that may be begun.
    pub fn lease(&self) -> u32 {
        u32::try_from(self.durable).unwrap_or(u32::MAX)
    }

    /// Takes one event over; afterwards the lease may be longer.
    pub fn take(&mut self, event: &Event) -> Result<(), RecordError> {
        match event {
            Event::StrokeBegun { index, .. } => {
                self.begun = self.begun.max(*index as usize + 1);
                Ok(())
            }
            Event::Done(outcome) => {
                self.journal.outcome(self.run, outcome.confirmed, outcome.site, true, outcome)?;
                self.extend(outcome.confirmed, outcome.index as usize + 1)
            }
            Event::Skipped { site, index, at, .. } => {
                self.begun = self.begun.max(*index as usize + 1);
                self.journal.outcome(self.run, *at, *site, false, event)?;
                self.extend(*at, *index as usize + 1)
            }
            Event::Held(hold) => self.journal.note(self.run, hold.at, "held", hold),
            Event::Resumed { at } => self.journal.note(self.run, *at, "resumed", &()),
            Event::Faulted(fault) => self.journal.note(self.run, fault.at, "fault", fault),
            Event::Finished { at, .. } => self.journal.note(self.run, *at, "end", event),
        }
    }

    /// What the treatment did with its dots.
    pub fn deposits(&self) -> Result<Deposits, RecordError> {
        self.journal.deposits(self.first)
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
        let journal = Journal::open(&dir.path().join("j.sqlite"), Durability::PowerCut).unwrap();
        let sites: Vec<_> = (0..20).map(|i| SiteId(100 + i)).collect();
        let mut ledger = Ledger::begin(journal, Instant::START, &"scene", sites).unwrap();
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

    #[test]
    fn after_a_fault_only_what_began_is_uncertain() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open(&dir.path().join("j.sqlite"), Durability::PowerCut).unwrap();
        let sites: Vec<_> = (0..20).map(|i| SiteId(100 + i)).collect();
        let mut ledger = Ledger::begin(journal, Instant::START, &"scene", sites).unwrap();
        ledger.take(&skipped(0)).unwrap();
        let begun = Event::StrokeBegun { site: SiteId(101), index: 1, at: Instant::START };
        ledger.take(&begun).unwrap();
        // A crash now: the whole window is uncertain.
        assert_eq!(ledger.deposits().unwrap().uncertain, u64::from(ledger.lease()) - 1);
        ledger.end(Instant::START).unwrap();
        assert_eq!(ledger.deposits().unwrap(), Deposits { skipped: 1, uncertain: 1, ..Deposits::default() });
        // The rest goes on in a new run; the uncertain dot stays uncertain and is not among them.
        ledger.again(Instant::START, &"scene", (2..20).map(|i| SiteId(100 + i)).collect()).unwrap();
        ledger.take(&Event::Skipped { site: SiteId(102), index: 0, at: Instant::START, why: Why::Operator }).unwrap();
        ledger.end(Instant::START).unwrap();
        assert_eq!(ledger.deposits().unwrap(), Deposits { skipped: 2, uncertain: 1, ..Deposits::default() });
    }
}
