//! `pigment bench`: the design's figures, measured now, each as a ratio to a baseline of the same run where there is one.
//!
//! In: names. Out: name -> `{value, unit, baseline, ratio}`. Times are the best of several rounds: the machine is shared,
//! and what disturbs a round only ever adds to it.

mod ik;
mod pattern;
mod scan;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::Failure;

/// One figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure {
    /// Measured.
    pub value: f64,
    /// Of the value.
    pub unit: &'static str,
    /// The same of the baseline, in this run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
    /// Baseline over value: how many times better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
}

impl Figure {
    const fn alone(value: f64, unit: &'static str) -> Self {
        Self { value, unit, baseline: None, ratio: None }
    }

    fn against(value: f64, baseline: f64, unit: &'static str) -> Self {
        Self { value, unit, baseline: Some(baseline), ratio: Some(baseline / value) }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>12.4} {}", self.value, self.unit)?;
        match (self.baseline, self.ratio) {
            (Some(b), Some(r)) => write!(f, "   (baseline {b:.4} {}, ratio {r:.2})", self.unit),
            _ => Ok(()),
        }
    }
}

type Group = fn() -> Result<Vec<(&'static str, Figure)>, Failure>;

/// Groups of figures that are measured together.
const GROUPS: &[(&str, Group)] = &[("ik", ik::measure), ("stipple", pattern::measure), ("scan", scan::measure)];

/// Measures the named figures, or all. A name is a figure's or a group's.
pub fn bench(names: &[String]) -> Result<BTreeMap<&'static str, Figure>, Failure> {
    let of = |name: &String, group: &str| name.starts_with(group);
    let wanted = |group: &str| names.is_empty() || names.iter().any(|n| of(n, group));
    let known = |name: &String| GROUPS.iter().any(|(group, _)| of(name, group));
    if let Some(name) = names.iter().find(|n| !known(n)) {
        let groups: Vec<_> = GROUPS.iter().map(|(g, _)| *g).collect();
        return Err(Failure::Input(format!("bench {name}: not measured yet; there is {}", groups.join(", "))));
    }
    let mut figures = BTreeMap::new();
    for (_, measure) in GROUPS.iter().filter(|(group, _)| wanted(group)) {
        figures.extend(measure()?);
    }
    Ok(figures)
}

/// Seconds of the fastest of `rounds` calls.
fn fastest(rounds: usize, mut work: impl FnMut()) -> f64 {
    (0..rounds)
        .map(|_| {
            let began = std::time::Instant::now();
            work();
            began.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min)
}
