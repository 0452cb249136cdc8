//! The journal: what was about to be done and what was done, durable and chained by hash.
//!
//! In: intents before, outcomes after. Out: what may still be done, and what nobody can know.
//! Rule (design, section 6): before a needle may enter the skin, the intent for that site is on the disk. After a crash a
//! site with an intent and no outcome is *uncertain*: listed, skipped, left to a person.
//! SQLite in WAL mode; a record's hash covers the record and the hash before it, so a changed, lost or reordered record
//! is found on opening.

use std::path::{Path, PathBuf};

use frames::{Instant, SiteId};
use rusqlite::{Connection, params};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::RecordError;

/// How hard a record must be on the disk before a call returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Survives a power cut (`synchronous=FULL`). For anything that moves a needle.
    PowerCut,
    /// Survives the process. For rehearsals, where nothing can be done twice.
    Process,
}

/// One run inside a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunId(i64);

/// What a run did with its dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Deposits {
    /// Outcome "done".
    pub done: u64,
    /// Outcome "skipped", and not done by a later run either.
    pub skipped: u64,
    /// Intent without outcome.
    pub uncertain: u64,
    /// Sites with more than one outcome "done".
    pub duplicated: u64,
}

/// An open journal.
pub struct Journal {
    path: PathBuf,
    db: Connection,
    seq: i64,
    chain: [u8; 32],
}

impl Journal {
    /// Opens `path`, or makes it, and checks the whole chain.
    pub fn open(path: &Path, durability: Durability) -> Result<Self, RecordError> {
        let wrap = |source| RecordError::Database { path: path.to_owned(), source };
        let db = Connection::open(path).map_err(wrap)?;
        let level = match durability {
            Durability::PowerCut => "FULL",
            Durability::Process => "OFF",
        };
        db.execute_batch(&format!(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous={level}; PRAGMA locking_mode=EXCLUSIVE;
             CREATE TABLE IF NOT EXISTS record(
                 seq INTEGER PRIMARY KEY, run INTEGER NOT NULL, kind TEXT NOT NULL, site INTEGER,
                 at_ns INTEGER NOT NULL, body TEXT NOT NULL, hash BLOB NOT NULL) STRICT;
             CREATE UNIQUE INDEX IF NOT EXISTS once ON record(run, site) WHERE kind = 'intent';"
        ))
        .map_err(wrap)?;
        let mut journal = Self { path: path.to_owned(), db, seq: 0, chain: [0; 32] };
        journal.verify()?;
        Ok(journal)
    }

    /// Begins a run; `header` names what it works on (scene, scan, plan, driver) and is part of the chain.
    pub fn begin(&mut self, at: Instant, header: &impl Serialize) -> Result<RunId, RecordError> {
        let run = self.seq + 1;
        let body = json(header)?;
        self.append(&[(run, "begin", None, at, body)])?;
        Ok(RunId(run))
    }

    /// Makes the intents durable, all or none. After this returns, and not before, a needle may enter at these sites.
    pub fn intend(&mut self, run: RunId, at: Instant, sites: &[SiteId]) -> Result<(), RecordError> {
        let rows: Vec<_> = sites.iter().map(|s| (run.0, "intent", Some(*s), at, String::new())).collect();
        self.append(&rows)
    }

    /// What became of one dot: `done` or skipped, with everything measured.
    pub fn outcome(
        &mut self,
        run: RunId,
        at: Instant,
        site: SiteId,
        done: bool,
        body: &impl Serialize,
    ) -> Result<(), RecordError> {
        let kind = if done { "done" } else { "skipped" };
        let body = json(body)?;
        self.append(&[(run.0, kind, Some(site), at, body)])
    }

    /// Anything else worth keeping: a fault, an operator's word, the end.
    pub fn note(
        &mut self,
        run: RunId,
        at: Instant,
        kind: &'static str,
        body: &impl Serialize,
    ) -> Result<(), RecordError> {
        let body = json(body)?;
        self.append(&[(run.0, kind, None, at, body)])
    }

    /// What this run and those after it did with their dots.
    pub fn deposits(&self, since: RunId) -> Result<Deposits, RecordError> {
        let count = |sql: &str| -> Result<u64, RecordError> {
            self.db
                .query_row(sql, [since.0], |row| row.get::<_, i64>(0))
                .map(|n| n.max(0) as u64)
                .map_err(|e| self.wrap(e))
        };
        Ok(Deposits {
            done: count("SELECT COUNT(DISTINCT site) FROM record WHERE run >= ?1 AND kind = 'done'")?,
            skipped: count(
                "SELECT COUNT(DISTINCT site) FROM record WHERE run >= ?1 AND kind = 'skipped'
                 AND site NOT IN (SELECT site FROM record WHERE run >= ?1 AND kind = 'done')",
            )?,
            uncertain: self.uncertain(since)?.len() as u64,
            duplicated: count(
                "SELECT COUNT(*) FROM (SELECT site FROM record WHERE run >= ?1 AND kind = 'done'
                 GROUP BY site HAVING COUNT(*) > 1)",
            )?,
        })
    }

    /// Sites of this run and those after it with an intent that was neither fulfilled, nor given up, nor released; in
    /// order of intent.
    pub fn uncertain(&self, since: RunId) -> Result<Vec<SiteId>, RecordError> {
        let sql = "SELECT site FROM record AS i WHERE run >= ?1 AND kind = 'intent' AND NOT EXISTS
                   (SELECT 1 FROM record WHERE run = i.run AND site = i.site AND kind IN ('done', 'skipped', 'released'))
                   ORDER BY seq";
        let mut statement = self.db.prepare(sql).map_err(|e| self.wrap(e))?;
        let rows = statement.query_map([since.0], |row| row.get::<_, u32>(0)).map_err(|e| self.wrap(e))?;
        rows.map(|r| r.map(SiteId).map_err(|e| self.wrap(e))).collect()
    }

    /// Takes intents back, durably: these sites were not begun and the run is over.
    pub fn release(&mut self, run: RunId, at: Instant, sites: &[SiteId]) -> Result<(), RecordError> {
        let rows: Vec<_> = sites.iter().map(|s| (run.0, "released", Some(*s), at, String::new())).collect();
        self.append(&rows)
    }

    fn append(&mut self, rows: &[(i64, &'static str, Option<SiteId>, Instant, String)]) -> Result<(), RecordError> {
        let path = self.path.clone();
        let wrap = |source| RecordError::Database { path: path.clone(), source };
        let (mut seq, mut chain) = (self.seq, self.chain);
        let transaction = self.db.transaction().map_err(wrap)?;
        for (run, kind, site, at, body) in rows {
            seq += 1;
            let site = site.map(|s| s.0);
            let at = i64::try_from(at.ns()).unwrap_or(i64::MAX);
            chain = link(&chain, seq, *run, kind, site, at, body);
            let inserted = transaction.execute(
                "INSERT INTO record(seq, run, kind, site, at_ns, body, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![seq, run, kind, site, at, body, &chain[..]],
            );
            match (inserted, site) {
                (Err(e), Some(site)) if unique(&e) => return Err(RecordError::Twice { site: SiteId(site) }),
                (result, _) => result.map_err(wrap)?,
            };
        }
        transaction.commit().map_err(wrap)?;
        (self.seq, self.chain) = (seq, chain);
        Ok(())
    }

    fn verify(&mut self) -> Result<(), RecordError> {
        (self.seq, self.chain) = verify(&self.db, &self.path)?;
        Ok(())
    }

    fn wrap(&self, source: rusqlite::Error) -> RecordError {
        RecordError::Database { path: self.path.clone(), source }
    }
}

/// The last record's number and hash, once every record matches the chain.
pub(crate) fn verify(db: &Connection, path: &Path) -> Result<(i64, [u8; 32]), RecordError> {
    let wrap = |source| RecordError::Database { path: path.to_owned(), source };
    let (mut last, mut chain) = (0, [0; 32]);
    let mut statement =
        db.prepare("SELECT seq, run, kind, site, at_ns, body, hash FROM record ORDER BY seq").map_err(wrap)?;
    let mut rows = statement.query([]).map_err(wrap)?;
    while let Some(row) = rows.next().map_err(wrap)? {
        let read = || -> rusqlite::Result<(i64, [u8; 32], Vec<u8>)> {
            let (seq, kind, body): (i64, String, String) = (row.get(0)?, row.get(2)?, row.get(5)?);
            let own = link(&chain, seq, row.get(1)?, &kind, row.get(3)?, row.get(4)?, &body);
            Ok((seq, own, row.get(6)?))
        };
        let (seq, own, stored) = read().map_err(wrap)?;
        if seq != last + 1 || stored != own {
            return Err(RecordError::Chain { path: path.to_owned(), seq: last + 1 });
        }
        (last, chain) = (seq, own);
    }
    Ok((last, chain))
}

fn link(before: &[u8; 32], seq: i64, run: i64, kind: &str, site: Option<u32>, at: i64, body: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(seq.to_le_bytes());
    hash.update(run.to_le_bytes());
    // Lengths first, so that no two records have the same bytes.
    hash.update((kind.len() as u64).to_le_bytes());
    hash.update(kind);
    hash.update(site.map_or(-1, i64::from).to_le_bytes());
    hash.update(at.to_le_bytes());
    hash.update(body);
    hash.finalize().into()
}

fn unique(e: &rusqlite::Error) -> bool {
    matches!(e, rusqlite::Error::SqliteFailure(f, _) if f.code == rusqlite::ErrorCode::ConstraintViolation)
}

fn json(value: &impl Serialize) -> Result<String, RecordError> {
    serde_json::to_string(value).map_err(|source| RecordError::Json { what: "a journal record", source })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    const AT: Instant = Instant::START;

    fn fresh() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.sqlite");
        (dir, path)
    }

    #[test]
    fn an_intent_without_outcome_is_uncertain_after_a_crash() {
        let (_dir, path) = fresh();
        let mut journal = Journal::open(&path, Durability::PowerCut).unwrap();
        let run = journal.begin(AT, &"scene").unwrap();
        journal.intend(run, AT, &[SiteId(1), SiteId(2), SiteId(3), SiteId(4)]).unwrap();
        journal.outcome(run, AT, SiteId(1), true, &0).unwrap();
        journal.outcome(run, AT, SiteId(2), false, &0).unwrap();
        drop(journal);
        let journal = Journal::open(&path, Durability::PowerCut).unwrap();
        assert_eq!(journal.uncertain(run).unwrap(), [SiteId(3), SiteId(4)]);
        let want = Deposits { done: 1, skipped: 1, uncertain: 2, duplicated: 0 };
        assert_eq!(journal.deposits(run).unwrap(), want);
    }

    #[test]
    fn never_twice() {
        let (_dir, path) = fresh();
        let mut journal = Journal::open(&path, Durability::PowerCut).unwrap();
        let run = journal.begin(AT, &"scene").unwrap();
        journal.intend(run, AT, &[SiteId(1)]).unwrap();
        let again = journal.intend(run, AT, &[SiteId(2), SiteId(1)]);
        assert!(matches!(again, Err(RecordError::Twice { site: SiteId(1) })));
        // All or none: site 2 did not slip in, and the chain still holds.
        assert_eq!(journal.uncertain(run).unwrap(), [SiteId(1)]);
        journal.intend(run, AT, &[SiteId(2)]).unwrap();
        drop(journal);
        assert!(Journal::open(&path, Durability::PowerCut).is_ok());
    }

    #[test]
    fn a_double_deposit_is_counted() {
        let (_dir, path) = fresh();
        let mut journal = Journal::open(&path, Durability::Process).unwrap();
        let run = journal.begin(AT, &"scene").unwrap();
        journal.intend(run, AT, &[SiteId(1)]).unwrap();
        journal.outcome(run, AT, SiteId(1), true, &0).unwrap();
        journal.outcome(run, AT, SiteId(1), true, &0).unwrap();
        assert_eq!(journal.deposits(run).unwrap().duplicated, 1);
    }

    #[track_caller]
    fn tampered(sql: &str, seq: i64) {
        let (_dir, path) = fresh();
        let mut journal = Journal::open(&path, Durability::Process).unwrap();
        let run = journal.begin(AT, &"scene").unwrap();
        journal.intend(run, AT, &[SiteId(1), SiteId(2)]).unwrap();
        journal.outcome(run, AT, SiteId(1), true, &0).unwrap();
        drop(journal);
        let db = Connection::open(&path).unwrap();
        assert_eq!(db.execute(sql, []).unwrap(), 1, "{sql}");
        drop(db);
        match Journal::open(&path, Durability::Process) {
            Err(RecordError::Chain { seq: found, .. }) => assert_eq!(found, seq, "{sql}"),
            other => panic!("{sql}: {:?}", other.err()),
        }
    }

    #[test]
    fn a_changed_outcome_breaks_the_chain() {
        tampered("UPDATE record SET kind = 'skipped' WHERE seq = 4", 4);
    }

    #[test]
    fn a_changed_site_breaks_the_chain() {
        tampered("UPDATE record SET site = 9 WHERE seq = 2", 2);
    }

    #[test]
    fn a_lost_record_breaks_the_chain() {
        tampered("DELETE FROM record WHERE seq = 3", 3);
    }
}
