//! An old journal, read: which dots are there, as far as anybody can know.
//!
//! In: `journal.sqlite` of a run that is over. Out: [`Past`]: each run with its header, and what became of each dot.
//! Nothing is written: the file is opened for reading only, and it must be there. The chain of hashes is checked first.

use std::collections::BTreeMap;
use std::path::Path;

use frames::SiteId;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::journal::verify;
use crate::{Deposits, RecordError};

/// What became of one dot.
#[derive(Debug, Clone, PartialEq)]
pub enum Became {
    /// The needle was in and is back; what was measured, as `stream::Outcome` writes it.
    Done(Value),
    /// Given up before the needle was out.
    Skipped,
    /// The needle may have been in: an intent with no outcome.
    Uncertain,
}

/// One run of a journal.
#[derive(Debug, Clone, PartialEq)]
pub struct PastRun {
    /// What it worked on: `kind`, `scene`, `scan`, `arm`, `tool`.
    pub header: Value,
    /// Dots with an intent that was not taken back; the others were never reached.
    pub dots: BTreeMap<SiteId, Became>,
}

/// A journal's runs, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// At least one.
    pub runs: Vec<PastRun>,
}

impl Past {
    /// Reads a journal and checks its chain.
    ///
    /// # Errors
    /// No file, no journal, a record that does not match the chain, a body that is not JSON, no run.
    pub fn read(path: &Path) -> Result<Self, RecordError> {
        let wrap = |source| RecordError::Database { path: path.to_owned(), source };
        let db = open(path).map_err(wrap)?;
        verify(&db, path)?;
        let broken = |source| RecordError::Json { what: "a record of an earlier journal", source };
        let mut statement = db.prepare("SELECT run, kind, site, body FROM record ORDER BY seq").map_err(wrap)?;
        let mut rows = statement.query([]).map_err(wrap)?;
        let mut runs: Vec<(i64, PastRun)> = Vec::new();
        while let Some(row) = rows.next().map_err(wrap)? {
            let get = || -> rusqlite::Result<(i64, String, Option<u32>, String)> {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            };
            let (run, kind, site, body) = get().map_err(wrap)?;
            if kind == "begin" {
                let header = serde_json::from_str(&body).map_err(broken)?;
                runs.push((run, PastRun { header, dots: BTreeMap::new() }));
                continue;
            }
            let (Some(site), Some((_, past))) = (site.map(SiteId), runs.iter_mut().find(|(r, _)| *r == run)) else {
                continue;
            };
            match kind.as_str() {
                // An outcome that came first stays.
                "intent" => drop(past.dots.entry(site).or_insert(Became::Uncertain)),
                "done" => drop(past.dots.insert(site, Became::Done(serde_json::from_str(&body).map_err(broken)?))),
                "skipped" if !matches!(past.dots.get(&site), Some(Became::Done(_))) => {
                    past.dots.insert(site, Became::Skipped);
                }
                "released" if past.dots.get(&site) == Some(&Became::Uncertain) => drop(past.dots.remove(&site)),
                _ => {}
            }
        }
        if runs.is_empty() {
            return Err(RecordError::NoRun { path: path.to_owned() });
        }
        Ok(Self { runs: runs.into_iter().map(|(_, run)| run).collect() })
    }

    /// Counts of all runs together.
    pub fn deposits(&self) -> Deposits {
        let mut sum = Deposits::default();
        for became in self.runs.iter().flat_map(|run| run.dots.values()) {
            match became {
                Became::Done(_) => sum.done += 1,
                Became::Skipped => sum.skipped += 1,
                Became::Uncertain => sum.uncertain += 1,
            }
        }
        sum
    }
}

/// A journal that was closed has no file beside it and is read as it lies there, on a write-protected disk too; after a
/// crash the records in the file beside it belong to it.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if Path::new(&wal).exists() || path.to_string_lossy().contains(['%', '?', '#']) {
        return Connection::open_with_flags(path, flags);
    }
    let uri = format!("file:{}?immutable=1", path.display());
    Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should say where")]
    use super::*;
    use crate::{Durability, Journal};
    use frames::Instant;

    const AT: Instant = Instant::START;

    #[test]
    fn every_fate_of_a_dot() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.sqlite");
        let mut journal = Journal::open(&path, Durability::Process).unwrap();
        let first = journal.begin(AT, &serde_json::json!({"scan": "ab"})).unwrap();
        journal.intend(first, AT, &[1, 2, 3, 4].map(SiteId)).unwrap();
        journal.outcome(first, AT, SiteId(1), true, &serde_json::json!({"penetration": 5e-4})).unwrap();
        journal.outcome(first, AT, SiteId(2), false, &0).unwrap();
        journal.release(first, AT, &[SiteId(4)]).unwrap();
        let second = journal.begin(AT, &serde_json::json!({"scan": "ab"})).unwrap();
        journal.intend(second, AT, &[SiteId(4)]).unwrap();
        journal.outcome(second, AT, SiteId(4), true, &serde_json::json!({})).unwrap();
        drop(journal);
        let before = std::fs::read(&path).unwrap();
        let past = Past::read(&path).unwrap();
        assert_eq!(past.runs.len(), 2);
        assert_eq!(past.runs[0].header["scan"], "ab");
        let dots: Vec<(u32, &Became)> = past.runs[0].dots.iter().map(|(s, b)| (s.0, b)).collect();
        let done = Became::Done(serde_json::json!({"penetration": 5e-4}));
        assert_eq!(dots, [(1, &done), (2, &Became::Skipped), (3, &Became::Uncertain)]);
        assert_eq!(past.deposits(), Deposits { done: 2, skipped: 1, uncertain: 1, duplicated: 0 });
        assert_eq!(std::fs::read(&path).unwrap(), before, "reading writes nothing");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_changed_journal_and_none_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.sqlite");
        assert!(matches!(Past::read(&path), Err(RecordError::Database { .. })));
        assert!(!path.exists(), "looking for a journal makes none");
        drop(Journal::open(&path, Durability::Process).unwrap());
        assert!(matches!(Past::read(&path), Err(RecordError::NoRun { .. })));
        let mut journal = Journal::open(&path, Durability::Process).unwrap();
        let run = journal.begin(AT, &"scene").unwrap();
        journal.intend(run, AT, &[SiteId(1)]).unwrap();
        drop(journal);
        assert!(Past::read(&path).is_ok());
        Connection::open(&path).unwrap().execute("UPDATE record SET site = 7 WHERE seq = 2", []).unwrap();
        match Past::read(&path) {
            Err(RecordError::Chain { seq: 2, .. }) => {}
            other => panic!("{other:?}"),
        }
    }
}
