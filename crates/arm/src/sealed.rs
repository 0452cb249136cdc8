//! The envelope of a program file: magic, version, length, body, SHA-256 over all before it.
//!
//! In: a body. Out: a file that is whole or absent, and on reading the same body or a typed refusal.
//! Absent: what the body means.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::ArmError;

/// Opens every program file.
const MAGIC: [u8; 8] = *b"pigment\x1A";
/// Raised with every change of what a body means.
const VERSION: u16 = 2;
/// Magic, version, length of the body.
const HEAD: usize = 8 + 2 + 8;
/// SHA-256.
const SEAL: usize = 32;

/// Writes beside `path`, then renames: a crash leaves the old file or the new one, never half.
pub(crate) fn write(path: &Path, body: &[u8]) -> Result<(), ArmError> {
    let fail = |source| ArmError::Write { path: path.to_owned(), source };
    let mut bytes = Vec::with_capacity(HEAD + body.len() + SEAL);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&(body.len() as u64).to_le_bytes());
    bytes.extend_from_slice(body);
    let seal = Sha256::digest(&bytes);
    bytes.extend_from_slice(&seal);

    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = File::create(&part)
        .and_then(|mut file| file.write_all(&bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&part, path));
    if let Err(source) = written {
        // Best effort: what failed may also forbid the removal.
        let _ = fs::remove_file(&part);
        return Err(fail(source));
    }
    // The rename itself must survive a power cut. Folders cannot be synced everywhere; the file's bytes are safe anyway.
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

/// The body that [`write`] was given.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, ArmError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(|source| ArmError::Read { path: path.to_owned(), source })?;
    let path = path.to_owned();
    let Some(head) = bytes.get(..HEAD).filter(|head| head.starts_with(&MAGIC)) else {
        return Err(ArmError::NotAProgram { path });
    };
    let version = u16::from_le_bytes([head[8], head[9]]);
    if version != VERSION {
        return Err(ArmError::Version { path, found: version, known: VERSION });
    }
    let length = head[10..].iter().rev().fold(0_u64, |n, &b| n << 8 | u64::from(b));
    let want = length.saturating_add((HEAD + SEAL) as u64);
    let have = bytes.len() as u64;
    if have != want {
        return Err(ArmError::Length { path, have, want });
    }
    let (sealed, seal) = bytes.split_at(bytes.len() - SEAL);
    if Sha256::digest(sealed)[..] != *seal {
        return Err(ArmError::Corrupt { path });
    }
    bytes.truncate(bytes.len() - SEAL);
    bytes.drain(..HEAD);
    Ok(bytes)
}
