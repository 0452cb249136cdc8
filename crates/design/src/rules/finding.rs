//! What checking a design against the rules gives.
//!
//! In: measured values and limits, as the rules give them. Out: [`Checked`], one a rule and zone, and [`Finding`], one a rule
//! that is broken. Absent: measuring, and what a broken rule leads to.

use std::fmt;

use crate::rules::Rule;

/// How bad a broken rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; stops nothing.
    Note,
    /// Stops the treatment until somebody answers for it in `[rules] acknowledge`.
    Warning,
    /// Refused; nobody can answer for it.
    Limit,
}

/// Who answers for a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
}

/// One rule, held against one zone (or the session).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Which rule.
    pub rule: Rule,
    /// Label of the zone; `None` for the session.
    pub zone: Option<String>,
    /// Measured, with its unit.
    pub value: String,
    /// Limits, with their unit.
    pub limit: String,
    /// `None` where the rule is kept.
    pub broken: Option<Severity>,
}

/// A rule that is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: Rule,
    /// How bad.
    pub severity: Severity,
    /// Label of the zone; `None` for the session.
    pub zone: Option<String>,
    /// Measured, with its unit.
    pub value: String,
    /// Limits, with their unit.
    pub limit: String,
    /// Where the rule comes from.
    pub source: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// Who answers for it. Only ever given for a [`Severity::Warning`].
    pub acknowledged: Option<Acknowledged>,
}

impl Finding {
    /// True for a warning that nobody answers for, and for every limit.
    pub const fn stops(&self) -> bool {
        match self.severity {
            Severity::Note => false,
            Severity::Warning => self.acknowledged.is_none(),
            Severity::Limit => true,
        }
    }

    /// The entry of `[rules] acknowledge` that answers for this, once a person has put in a name and a reason.
    pub fn entry_to_paste(&self) -> String {
        let zone = self.zone.as_ref().map_or(String::new(), |zone| format!(", zone = {}", quoted(zone)));
        format!("{{ rule = \"{}\"{zone}, by = \"\", why = \"\" }}", self.rule)
    }
}

/// As a TOML basic string.
fn quoted(text: &str) -> String {
    let escape = |c: char| match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Limit => "limit",
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, zone, value, limit, source, remedy, .. } = self;
        let zone = zone.as_deref().unwrap_or("session");
        write!(f, "{rule}, {zone}: {value} ({limit}; {source}): {remedy}")?;
        match &self.acknowledged {
            Some(Acknowledged { by, why }) => write!(f, "; answered for by {by}: {why}"),
            None => Ok(()),
        }
    }
}

/// Where the rules put what they measured.
#[derive(Debug, Default)]
pub(crate) struct Verdicts(pub(crate) Vec<Checked>);

impl Verdicts {
    pub(crate) fn add(
        &mut self,
        rule: Rule,
        zone: Option<&str>,
        value: impl Into<String>,
        limit: impl Into<String>,
        broken: Option<Severity>,
    ) {
        let zone = zone.map(str::to_owned);
        self.0.push(Checked { rule, zone, value: value.into(), limit: limit.into(), broken });
    }

    /// In the order of [`Rule::ALL`], then of the zones.
    pub(crate) fn sorted(mut self) -> Vec<Checked> {
        self.0.sort_by_key(|checked| checked.rule);
        self.0
    }
}

/// The broken ones.
pub(crate) fn findings(checked: &[Checked]) -> Vec<Finding> {
    checked
        .iter()
        .filter_map(|c| {
            c.broken.map(|severity| Finding {
                rule: c.rule,
                severity,
                zone: c.zone.clone(),
                value: c.value.clone(),
                limit: c.limit.clone(),
                source: c.rule.source(),
                remedy: c.rule.remedy(),
                acknowledged: None,
            })
        })
        .collect()
}
