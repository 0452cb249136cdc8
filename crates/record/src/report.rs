//! `report.json`: every figure measured, SI, the unit in the key. A figure that was not measured is absent, never zero.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::{Deposits, RecordError, write_atomic};

/// The whole report. Keys are stable.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// The scene file's name.
    pub scene: String,
    /// The one number that reproduces it.
    pub seed: u64,
    /// Of the program that made it.
    pub versions: BTreeMap<String, String>,
    /// Where the head was found by touch, and how well; as `pigment check --json` has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration: Option<serde_json::Value>,
    /// The pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stipple: Option<StippleFigures>,
    /// The way through it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanFigures>,
    /// The rehearsal of every dot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rehearse: Option<Rehearsal>,
    /// How even the tone is, of the pattern and of the dots that were placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uniformity: Option<crate::Uniformity>,
    /// Ink, needle entries and time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<crate::Budget>,
    /// How its dots heal, as `pigment forecast --json` has it: as planned, and as the simulated skin really got them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forecast: Option<serde_json::Value>,
    /// The streamed part, in real time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<StreamFigures>,
    /// By the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deposits: Option<Deposits>,
    /// Of a streamed treatment: who answers for it, or that it is a phantom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_off: Option<String>,
}

/// Sites refused for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Which site, where it has a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<u32>,
    /// Why.
    pub reason: String,
}

/// `stipple{..}`; ratios to a Poisson pattern by `reference/stipple.md` 1.3.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct StippleFigures {
    /// How many.
    pub sites: usize,
    /// CPU clock of the caller, wall.
    pub seconds: f64,
    /// Density error in a 4 mm window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soft_error_ratio: Option<f64>,
    /// Count error in bins of 1 cm².
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bin_rms_ratio: Option<f64>,
    /// Power at 2.5-10 spacings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s_low: Option<f64>,
    /// Spread of the nearest-neighbour distances over their mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nn_cv: Option<f64>,
    /// Least distance in local spacings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative_radius: Option<f64>,
    /// Pair correlation against human hair.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gr_rms_to_human: Option<f64>,
    /// Count over target in the first two spacings from an edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge_first_two: Option<f64>,
    /// Left out, and why.
    pub rejected: Vec<Reason>,
}

/// `plan{..}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PlanFigures {
    /// Sites in the program.
    pub planned: usize,
    /// Left out, and why.
    pub rejected: Vec<Reason>,
    /// Planned time of the whole program.
    pub duration_s: f64,
    /// Least time the configured limits allow.
    pub bound_s: f64,
    /// Dots a second over the whole program.
    pub rate_per_s: f64,
    /// `bound_s / duration_s`.
    pub bound_ratio: f64,
    /// Length of the tour over the head.
    pub tour_m: f64,
    /// Largest joint move between two strokes.
    pub max_hop_rad: f64,
    /// Planning, wall.
    pub seconds: f64,
}

/// `rehearse{..}`: truth of the simulator against what was planned.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Rehearsal {
    /// Needle entries.
    pub dots: usize,
    /// Simulated over wall time.
    pub realtime_factor: f64,
    /// Along the skin, after removing the one rigid motion common to all dots.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement_local_rms_m: Option<f64>,
    /// As it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement_abs_rms_m: Option<f64>,
    /// 99th percentile of the local error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement_p99_m: Option<f64>,
    /// Penetration against target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth_rms_m: Option<f64>,
    /// 99th percentile of its magnitude.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth_p99_m: Option<f64>,
    /// Inside the zone's window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth_in_window_ratio: Option<f64>,
    /// Needle against the true normal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub angle_rms_rad: Option<f64>,
    /// Worst of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub angle_max_rad: Option<f64>,
    /// Longest time in the skin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_skin_max_s: Option<f64>,
    /// 99th percentile of the largest nose force of each dot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nose_force_p99_n: Option<f64>,
    /// Between any link and the head.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_clearance_min_m: Option<f64>,
    /// Strokes given up, and why.
    pub skipped: Vec<Reason>,
    /// Dots deeper than the skin bears, expected number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blowouts: Option<f64>,
    /// Dots too shallow to stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheds: Option<usize>,
    /// Faults, in order.
    pub faults: Vec<String>,
}

/// `stream{..}`: the loop against the wall clock.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct StreamFigures {
    /// Control cycles.
    pub cycles: u64,
    /// Cycles that ended after the next was due.
    pub misses: u64,
    /// The same of a bare timer loop in the same run.
    pub bare_misses: u64,
    /// Wake latency.
    pub wake_p50_s: f64,
    /// Wake latency.
    pub wake_p99_s: f64,
    /// Wake latency of the bare timer loop.
    pub bare_p50_s: f64,
    /// Wake latency of the bare timer loop.
    pub bare_p99_s: f64,
    /// Processor time of one cycle, 99.9th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_p999_s: Option<f64>,
    /// Mean period against the wanted one, relative.
    pub mean_period_error: f64,
    /// Heap allocations of the loop after arming.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocations: Option<u64>,
}

impl Report {
    /// The report as JSON text; a figure that is not finite is an error, not a null.
    pub fn json(&self) -> Result<String, RecordError> {
        let wrap = |source| RecordError::Json { what: "report.json", source };
        let value = serde_json::to_value(self).map_err(wrap)?;
        if let Some(key) = null(&value, "") {
            let source = serde::ser::Error::custom(format!("{key} is not a finite number"));
            return Err(wrap(source));
        }
        serde_json::to_string_pretty(&value).map(|s| s + "\n").map_err(wrap)
    }

    /// Writes `report.json`, all or nothing.
    pub fn write_json(&self, path: &Path) -> Result<(), RecordError> {
        write_atomic(path, self.json()?.as_bytes())
    }
}

/// Path of the first null: serde writes NaN and infinities so.
fn null(value: &serde_json::Value, path: &str) -> Option<String> {
    match value {
        serde_json::Value::Null => Some(path.to_owned()),
        serde_json::Value::Array(a) => a.iter().enumerate().find_map(|(i, v)| null(v, &format!("{path}[{i}]"))),
        serde_json::Value::Object(o) => o.iter().find_map(|(k, v)| null(v, &format!("{path}.{k}"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;

    #[test]
    fn what_was_not_measured_is_absent() {
        let report = Report { rehearse: Some(Rehearsal { dots: 3, ..Default::default() }), ..Default::default() };
        let value: serde_json::Value = serde_json::from_str(&report.json().unwrap()).unwrap();
        assert!(value.get("stream").is_none());
        assert!(value["rehearse"].get("depth_rms_m").is_none());
        assert_eq!(value["rehearse"]["dots"], 3);
    }

    #[test]
    fn a_nan_is_refused_by_name() {
        let rehearse = Rehearsal { depth_rms_m: Some(f64::NAN), ..Default::default() };
        let report = Report { rehearse: Some(rehearse), ..Default::default() };
        assert!(report.json().unwrap_err().to_string().contains("rehearse.depth_rms_m"));
    }
}
