//! What a person saw of the dots of earlier runs.
//!
//! In: CSV with the columns `site`, `state` (missing, faded, present), and if wanted `diameter_mm` and `run` (name of the
//! run's folder; the last of `earlier` without it). Out: the ink of each dot that was looked at; by file and line what is
//! wrong. Absent: any forecast; what was seen overrides it.

use std::collections::BTreeMap;
use std::path::Path;

use frames::{Metres, SiteId};

use crate::Failure;

/// Ink of a dot that is called faded and was not measured (E: between nothing and all).
const FADED: f64 = 0.5;
/// Diameters that can be a dot, millimetres: up to the widest of skin.md 3.3.
const SANE: std::ops::RangeInclusive<f64> = 0.02..=1.5;

/// What was seen of one dot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Seen {
    Missing,
    There { faded: bool, diameter: Option<Metres> },
}

impl Seen {
    /// Of a dot that should be `wanted` wide; `None` where none is. Darkness goes with the area.
    pub(super) fn ink(self, wanted: Metres) -> Option<f64> {
        match self {
            Self::Missing => None,
            Self::There { faded, diameter } => {
                let area = diameter.map_or(1.0, |d| (d / wanted) * (d / wanted));
                Some((area * if faded { FADED } else { 1.0 }).min(1.0))
            }
        }
    }
}

/// Reads a table. `runs`: names of the folders, oldest first.
pub(super) fn read(path: &Path, runs: &[String]) -> Result<BTreeMap<(usize, SiteId), Seen>, Failure> {
    let text =
        std::fs::read_to_string(path).map_err(|e| Failure::file(path, format_args!("{e}; is the path right?")))?;
    parse(&text, runs).map_err(|why| Failure::file(path, why))
}

fn parse(text: &str, runs: &[String]) -> Result<BTreeMap<(usize, SiteId), Seen>, String> {
    let mut lines = text
        .trim_start_matches('\u{feff}')
        .lines()
        .enumerate()
        .map(|(k, line)| (k + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let (_, header) = lines.next().ok_or("it is empty")?;
    let names: Vec<String> = header.split(',').map(|n| n.trim().to_ascii_lowercase()).collect();
    let known = ["site", "state", "diameter_mm", "run"];
    if let Some(name) = names.iter().find(|n| !known.contains(&n.as_str())) {
        return Err(format!("line 1: unknown column `{name}`, known are {}", known.join(", ")));
    }
    let column = |name: &str| names.iter().position(|n| n == name);
    let (Some(site), Some(state)) = (column("site"), column("state")) else {
        return Err("line 1: the columns `site` and `state` are needed".into());
    };
    let mut out = BTreeMap::new();
    for (number, line) in lines {
        let at = |why: String| format!("line {number}: {why}");
        let field: Vec<&str> = line.split(',').map(str::trim).collect();
        let get = |column: Option<usize>| column.and_then(|c| field.get(c)).copied().filter(|text| !text.is_empty());
        let text = get(Some(site)).unwrap_or_default();
        let id = text.parse::<u32>().map(SiteId).map_err(|_| at(format!("`{text}` is no site number")))?;
        let diameter = get(column("diameter_mm"))
            .map(|text| match text.parse::<f64>() {
                Ok(mm) if SANE.contains(&mm) => Ok(Metres::from_mm(mm)),
                _ => Err(at(format!("`{text}` is no diameter of a dot in mm ({} to {})", SANE.start(), SANE.end()))),
            })
            .transpose()?;
        let seen = match get(Some(state)).unwrap_or_default() {
            "missing" => Seen::Missing,
            "faded" => Seen::There { faded: true, diameter },
            "present" => Seen::There { faded: false, diameter },
            other => return Err(at(format!("`{other}` is none of missing, faded, present"))),
        };
        let run = match get(column("run")) {
            None => runs.len().saturating_sub(1),
            Some(name) => runs
                .iter()
                .position(|r| r == name)
                .ok_or_else(|| at(format!("`{name}` is none of the runs in `earlier`: {}", runs.join(", "))))?,
        };
        if out.insert((run, id), seen).is_some() {
            return Err(at(format!("{id} is there twice")));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    /// Run and site, and the ink that is left.
    type Row = ((usize, u32), Option<f64>);

    #[track_caller]
    fn check(text: &str, want: Result<&[Row], &str>) {
        let runs = ["first".to_owned(), "second".to_owned()];
        match (parse(text, &runs), want) {
            (Ok(got), Ok(want)) => {
                let got: Vec<_> =
                    got.iter().map(|((r, s), seen)| ((*r, s.0), seen.ink(Metres::from_mm(0.2)))).collect();
                assert_eq!(got.len(), want.len());
                for (got, want) in got.iter().zip(want) {
                    assert_eq!(got.0, want.0);
                    match (got.1, want.1) {
                        (Some(got), Some(want)) => assert!((got - want).abs() < 1e-12, "{got} {want}"),
                        (got, want) => assert_eq!(got.is_some(), want.is_some()),
                    }
                }
            }
            (Err(got), Err(want)) => assert!(got.contains(want), "{got}"),
            (got, want) => panic!("{got:?} {want:?}"),
        }
    }

    #[test]
    fn what_was_seen() {
        check(
            "site,state,diameter_mm\n3,missing\n5,faded,\n7,present,0.1\n8,present,0.4\n",
            Ok(&[((1, 3), None), ((1, 5), Some(0.5)), ((1, 7), Some(0.25)), ((1, 8), Some(1.0))]),
        );
        check("run,site,state\nfirst,3,present\n", Ok(&[((0, 3), Some(1.0))]));
        check("site,state\n3,gone\n", Err("line 2: `gone` is none of"));
        check("site,state\n\n-3,missing\n", Err("line 3: `-3`"));
        check("site,state,run\n3,missing,third\n", Err("line 2: `third` is none of the runs"));
        check("site,state\n3,missing\n3,present\n", Err("line 3: site 3 is there twice"));
        check("site,state,diameter_mm\n3,present,200\n", Err("line 2: `200`"));
        check("site,what\n", Err("unknown column `what`"));
        check("site\n", Err("`state` are needed"));
        check("", Err("empty"));
        assert!(parse("site,state\n", &[]).unwrap().is_empty());
    }
}
