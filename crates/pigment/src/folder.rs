//! A run's folder: new for every run, never over an old one.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::{Failure, SceneFile};

/// The folder of one run.
#[derive(Debug, Clone)]
pub(crate) struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// Makes `out`, or the first free one of `runs/NAME`, `runs/NAME-2`, .., and puts a copy of the scene into it.
    pub(crate) fn create(out: Option<&Path>, scene: &SceneFile) -> Result<Self, Failure> {
        let path = match out {
            Some(path) => given(path)?,
            None => numbered(&scene.name())?,
        };
        let folder = Self { path };
        record::write_atomic(&folder.file("scene.toml"), &scene.bytes).map_err(|e| Failure::Input(e.to_string()))?;
        Ok(folder)
    }

    /// A file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

fn given(path: &Path) -> Result<PathBuf, Failure> {
    fs::create_dir_all(path).map_err(|e| cannot(path, &e))?;
    let mut entries = fs::read_dir(path).map_err(|e| cannot(path, &e))?;
    if entries.next().is_some() {
        return Err(Failure::file(path, "is not empty; a run never writes over another, choose a new --out"));
    }
    Ok(path.to_owned())
}

fn numbered(name: &str) -> Result<PathBuf, Failure> {
    let runs = Path::new("runs");
    fs::create_dir_all(runs).map_err(|e| cannot(runs, &e))?;
    let mut number = 1_u32;
    loop {
        let path = runs.join(if number == 1 { name.to_owned() } else { format!("{name}-{number}") });
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(e) if e.kind() == ErrorKind::AlreadyExists && number < 100_000 => number += 1,
            Err(e) => return Err(cannot(&path, &e)),
        }
    }
}

fn cannot(path: &Path, why: &std::io::Error) -> Failure {
    Failure::file(path, format_args!("cannot be written: {why}; choose another folder with --out"))
}
