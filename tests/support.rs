//! What every test of the whole product needs: the binary, a scene to change, the real data.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A folder with a scene made from a bundled one.
pub(crate) struct Bench {
    pub(crate) dir: TempDir,
    pub(crate) scene: PathBuf,
}

impl Bench {
    /// `scenes/hairline.toml`, changed by `edit`. Paths into the repository are made absolute first.
    pub(crate) fn new(edit: impl FnOnce(String) -> String) -> Self {
        Self::from_scene("hairline.toml", edit)
    }

    /// Any bundled scene, changed by `edit`.
    pub(crate) fn from_scene(name: &str, edit: impl FnOnce(String) -> String) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let scene = dir.path().join("scene.toml");
        let text = std::fs::read_to_string(root().join("scenes").join(name)).unwrap();
        let text = text.replace("\"../", &format!("\"{}/", root().display()));
        std::fs::write(&scene, edit(text)).unwrap();
        Self { dir, scene }
    }

    /// Writes a file beside the scene.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Runs `pigment COMMAND scene.toml ..`.
    pub(crate) fn pigment(&self, command: &str, more: &[&str]) -> Output {
        let mut run = Command::new(env!("CARGO_BIN_EXE_pigment"));
        run.current_dir(self.dir.path()).arg(command).arg(&self.scene).args(more).output().unwrap()
    }

    /// Runs the whole pipeline into `out` and returns the parsed report.
    pub(crate) fn report(&self, out: &str) -> serde_json::Value {
        let output = self.pigment("run", &["--out", out]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        self.json(out)
    }

    /// `report.json` of an earlier run.
    pub(crate) fn json(&self, out: &str) -> serde_json::Value {
        let path = self.dir.path().join(out).join("report.json");
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }
}

/// Replaces exactly one place; a scene that changed under a test must not turn it into a no-op.
pub(crate) fn replace(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "the scene no longer holds {from:?}");
    text.replacen(from, to, 1)
}

/// The whole line that begins with `key`, replaced.
pub(crate) fn replace_line(text: &str, key: &str, to: &str) -> String {
    let line = text.lines().find(|l| l.starts_with(key)).unwrap_or_else(|| panic!("the scene has no line {key:?}"));
    replace(text, line, to)
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The folder with real heads and reference figures. Absent: the caller skips; with `CI=true` that is a failure.
pub(crate) fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("PIGMENT_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "test data missing: {}", folder.display());
    skipped(&folder);
    None
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn skipped(folder: &Path) {
    eprintln!("SKIPPED: no test data in {}; set PIGMENT_DATA to the folder that holds it", folder.display());
}
