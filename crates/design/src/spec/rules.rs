//! `[rules]`: what a person has looked at and answers for.
//!
//! In: TOML. Out: plain data. Absent: judgement; `rules` matches this with what it finds.

use serde::Deserialize;

/// The `[rules]` table.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RulesSpec {
    /// One a warning that shall not stop the treatment.
    pub acknowledge: Vec<AcknowledgeSpec>,
}

/// One warning that somebody answers for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeSpec {
    /// The rule's id, as `check` prints it.
    pub rule: String,
    /// The zone's label, as `check` prints it; left out for a finding that belongs to no zone.
    #[serde(default)]
    pub zone: Option<String>,
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
}
