//! Every file that decides where dots go, with its SHA-256.
//!
//! In: a scene. Out: [`Inputs`]: what the scene names, and what those files name in turn. Found by looking, not by a list of
//! keys: every text of the scene that is the path of a file is an input, so that no new key can be forgotten here.
//! A file too many is hashed then, never one too few. Absent: the scene itself, and what is in the files.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{Failure, SceneFile};

/// Files by the path that a person reads, relative to the scene where the scene writes it so.
pub type Inputs = BTreeMap<String, Hash>;

/// How deep files may name files: scene, test dots, photographs of them, and one to spare.
const DEEPEST: usize = 4;
/// Beside a journal that is open; their content is in the journal once it is closed.
const PASSING: [&str; 2] = ["-wal", "-shm"];
/// Text files larger than this are not searched for the names of others.
const SEARCHED: u64 = 256 << 20;

/// SHA-256, written as 64 digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Its first twelve digits: enough for a person to compare.
    pub fn short(&self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for Hash {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no SHA-256: 64 hexadecimal digits");
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

/// Every file that `scene` names, directly or through another.
pub fn inputs(scene: &SceneFile) -> Result<Inputs, Failure> {
    let folder = scene.path.parent().unwrap_or(Path::new("")).to_owned();
    let mut search = Search { found: Inputs::new(), scene: std::path::absolute(&scene.path).unwrap_or_default() };
    // The scene has been read as TOML: this cannot fail, and if it could, nothing would be signed.
    let value: toml::Value =
        toml::from_str(&String::from_utf8_lossy(&scene.bytes)).map_err(|e| Failure::file(&scene.path, e.message()))?;
    search.value(&folder, "", &value, 0)?;
    Ok(search.found)
}

struct Search {
    found: Inputs,
    scene: PathBuf,
}

impl Search {
    /// `prefix` leads from the scene's folder to `folder`, as a person reads it.
    fn value(&mut self, folder: &Path, prefix: &str, value: &toml::Value, depth: usize) -> Result<(), Failure> {
        match value {
            toml::Value::String(text) => self.name(folder, prefix, text, depth),
            toml::Value::Array(rows) => rows.iter().try_for_each(|row| self.value(folder, prefix, row, depth)),
            toml::Value::Table(table) => table.values().try_for_each(|v| self.value(folder, prefix, v, depth)),
            _ => Ok(()),
        }
    }

    /// A text that may be the name of a file.
    fn name(&mut self, folder: &Path, prefix: &str, text: &str, depth: usize) -> Result<(), Failure> {
        if text.is_empty() || depth >= DEEPEST {
            return Ok(());
        }
        let path = folder.join(text);
        let shown = if Path::new(text).is_absolute() { text.to_owned() } else { format!("{prefix}{text}") };
        if path.is_file() {
            return self.file(&path, shown, depth);
        }
        // The folder of an earlier run: what lies in it, not what lies deeper; never a folder that holds the scene.
        let holds_scene = std::path::absolute(&path).is_ok_and(|p| self.scene.starts_with(p));
        if !path.is_dir() || holds_scene || Path::new(text).components().count() == 0 {
            return Ok(());
        }
        let entries = std::fs::read_dir(&path).map_err(|e| Failure::file(&path, e))?;
        for entry in entries {
            let entry = entry.map_err(|e| Failure::file(&path, e))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_file() && !PASSING.iter().any(|end| name.ends_with(end)) {
                self.insert(&entry.path(), format!("{}/{name}", shown.trim_end_matches('/')))?;
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, shown: String, depth: usize) -> Result<(), Failure> {
        if self.found.contains_key(&shown) {
            return Ok(());
        }
        self.insert(path, shown.clone())?;
        let prefix = shown.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let small = path.metadata().is_ok_and(|m| m.len() <= SEARCHED);
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        match ending.as_str() {
            "toml" => {
                let text = std::fs::read_to_string(path).map_err(|e| Failure::file(path, e))?;
                // What is wrong with it is said by whoever reads it.
                if let Ok(value) = toml::from_str::<toml::Value>(&text) {
                    self.value(&folder, &prefix, &value, depth + 1)?;
                }
            }
            // Materials of a mesh, and pictures of a material.
            "obj" | "mtl" | "ply" if small => {
                let bytes = std::fs::read(path).map_err(|e| Failure::file(path, e))?;
                for line in named_lines(&bytes) {
                    self.name(&folder, &prefix, &line, depth + 1)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn insert(&mut self, path: &Path, shown: String) -> Result<(), Failure> {
        let mut file = std::fs::File::open(path).map_err(|e| Failure::file(path, e))?;
        let mut hasher = Sha256::new();
        std::io::copy(&mut file, &mut HashWriter(&mut hasher)).map_err(|e| Failure::file(path, e))?;
        self.found.insert(shown, Hash(hasher.finalize().into()));
        Ok(())
    }
}

/// A hasher that can be copied into.
struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Names of other files in an OBJ (`mtllib`), an MTL (`map_Kd`, ..) or the header of a PLY (`comment TextureFile`).
fn named_lines(bytes: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    for line in bytes.split(|b| *b == b'\n') {
        if line.starts_with(b"end_header") {
            break;
        }
        let interesting = line.starts_with(b"mtllib ")
            || line.starts_with(b"comment TextureFile ")
            || line.trim_ascii_start().starts_with(b"map_");
        if interesting {
            let text = String::from_utf8_lossy(line);
            let text = text.trim().trim_start_matches("comment ");
            if let Some((_, rest)) = text.split_once(char::is_whitespace) {
                // The whole rest, and its last word where options stand before the name.
                names.push(rest.trim().to_owned());
                names.extend(rest.split_whitespace().last().map(str::to_owned));
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    /// Writes files, then asks what a scene of these bytes names.
    #[track_caller]
    fn check(files: &[(&str, &str)], scene: &str, want: &[&str]) {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let folder = dir.path().join("scenes");
        std::fs::create_dir_all(&folder).unwrap();
        let value: toml::Value = toml::from_str(scene).unwrap();
        let mut search = Search { found: Inputs::new(), scene: folder.join("s.toml") };
        search.value(&folder, "", &value, 0).unwrap();
        assert_eq!(search.found.keys().collect::<Vec<_>>(), want);
    }

    #[test]
    fn any_key_that_names_a_file() {
        let files = [("a/head.ply", "x"), ("scenes/dots.csv", "y")];
        let scene = "name = \"hairline\"\nwhatever = { deep = [\"../a/head.ply\", \"dots.csv\", \"missing.csv\", \"\", \".\", \"..\"] }";
        check(&files, scene, &["../a/head.ply", "dots.csv"]);
    }

    #[test]
    fn files_that_files_name() {
        let files = [
            ("a/skin.toml", "photo = \"p/one.png\""),
            ("a/p/one.png", "1"),
            ("a/head.obj", "mtllib head.mtl\nv 0 0 0\n"),
            ("a/head.mtl", "newmtl m\n  map_Kd -s 1 1 1 skin.png\n"),
            ("a/skin.png", "2"),
        ];
        let scene = "c = \"../a/skin.toml\"\nm = \"../a/head.obj\"";
        check(&files, scene, &["../a/head.mtl", "../a/head.obj", "../a/p/one.png", "../a/skin.png", "../a/skin.toml"]);
    }

    #[test]
    fn the_folder_of_a_run() {
        let files = [("runs/1/journal.sqlite", "j"), ("runs/1/journal.sqlite-wal", "w"), ("runs/1/deep/x", "x")];
        check(&files, "earlier = [\"../runs/1\"]", &["../runs/1/journal.sqlite"]);
    }

    #[test]
    fn a_hash_comes_back_and_nothing_else_does() {
        // NIST FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Hash::of(b"abc").to_string(), abc);
        assert_eq!(Hash::try_from(abc.to_owned()), Ok(Hash::of(b"abc")));
        for wrong in ["", "ba78", &abc.replace('b', "g"), &format!("{abc}00")] {
            assert!(Hash::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
