//! The rules of design, held against a compiled design.
//!
//! In: the written and the compiled design, scan, person, session. Out: every rule with what was measured, kept or broken
//! ([`Checked`]), and the broken ones with who answers for them ([`Finding`]). Absent: the refusal; `compile` refuses limits
//! and whoever starts a treatment refuses warnings that nobody answers for.
//! One file a subject: `hairline` the drawn line, `dots` density, size, darkness and depth, `session` time and number.

mod acknowledge;
mod dots;
mod finding;
mod hairline;
mod rule;
mod session;
#[cfg(test)]
mod tests;

use crate::compile::{Context, labels};
use crate::error::DesignError;
use crate::fields::Drawn;

pub use finding::{Acknowledged, Checked, Finding, Severity};
pub use rule::Rule;

use finding::Verdicts;

/// What the compiled design says beside its fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'a> {
    /// Sentinels of each hairline: zone, wanted, missing.
    pub(crate) sentinels: &'a [(usize, usize, usize)],
}

/// Holds every rule against the design.
///
/// # Errors
/// [`DesignError::Limits`] where a limit is broken; an answer that is for a limit, for no finding or for an unknown rule.
pub(crate) fn check(
    context: &Context<'_>,
    drawn: &Drawn,
    found: Found<'_>,
) -> Result<(Vec<Checked>, Vec<Finding>), DesignError> {
    let labels = labels(&context.spec.zone);
    let mut verdicts = Verdicts::default();
    hairline::check(context, drawn, found, &labels, &mut verdicts);
    dots::check(context, drawn, &labels, &mut verdicts);
    session::check(context, drawn, &mut verdicts);
    let checked = verdicts.sorted();
    let mut findings = finding::findings(&checked);
    acknowledge::acknowledge(&mut findings, &context.spec.rules.acknowledge)?;
    if findings.iter().any(|f| f.severity == Severity::Limit) {
        return Err(DesignError::Limits { findings });
    }
    Ok((checked, findings))
}

/// `Some(severity)` if `broken`.
fn when(broken: bool, severity: Severity) -> Option<Severity> {
    broken.then_some(severity)
}
