//! TOML files with errors a person can act on: file, line, column, the nearest known key.

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::Failure;

/// Largest scene file that is read, bytes. A scene is text written by a person.
const LARGEST: u64 = 4 << 20;

/// Reads and checks one file; returns the value and the file's bytes.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<(T, Vec<u8>), Failure> {
    let meta = std::fs::metadata(path).map_err(|e| Failure::file(path, format_args!("{e}; is the path right?")))?;
    if meta.len() > LARGEST {
        return Err(Failure::file(path, format_args!("{} bytes is no scene (at most {LARGEST})", meta.len())));
    }
    let bytes = std::fs::read(path).map_err(|e| Failure::file(path, e))?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|e| Failure::file(path, format_args!("not text: byte {} is not UTF-8", e.valid_up_to())))?;
    let value = toml::from_str(text).map_err(|e| explain(path, text, &e))?;
    Ok((value, bytes))
}

fn explain(path: &Path, text: &str, error: &toml::de::Error) -> Failure {
    let at = error.span().map_or(0, |s| s.start.min(text.len()));
    let before = &text.as_bytes()[..at];
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|b| **b != b'\n').count() + 1;
    let mut message = error.message().trim_end().replace('\n', " ");
    if let Some(near) = nearest(error.message()) {
        message += &format!("; did you mean `{near}`?");
    }
    Failure::Input(format!("{}:{line}:{column}: {message}", path.display()))
}

/// From serde's "unknown field `x`, expected one of `a`, `b`" the known word nearest to `x`.
fn nearest(message: &str) -> Option<&str> {
    let mut words = message.split('`').skip(1).step_by(2);
    let unknown = words.next().filter(|_| message.starts_with("unknown "))?;
    words
        .map(|known| (strsim::damerau_levenshtein(unknown, known), known))
        .min()
        .filter(|(distance, _)| *distance <= 3.max(unknown.len() / 2))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the keys matter here")]
    struct Small {
        seed: u64,
        density: Option<f64>,
    }

    #[track_caller]
    fn check(text: &str, want: &str) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.toml");
        std::fs::write(&path, text).unwrap();
        let got = read::<Small>(&path).map(|_| ()).unwrap_err().to_string();
        let got = got.strip_prefix(&*path.to_string_lossy()).unwrap();
        assert!(got.starts_with(want), "{got}\nwanted {want}");
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        check(
            "seed = 1\n\ndensty = 2.0\n",
            ":3:1: unknown field `densty`, expected `seed` or `density`; did you mean `density`?",
        );
    }

    #[test]
    fn a_wrong_type_has_its_place() {
        check("seed = \"one\"\n", ":1:8: invalid type: string");
    }

    #[test]
    fn a_missing_key_is_named() {
        check("density = 1.0\n", ":1:1: missing field `seed`");
    }

    #[test]
    fn broken_toml_has_its_place() {
        check("seed = 1\nx = [", ":2:");
    }
}
