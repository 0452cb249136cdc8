//! Who answers for which finding.
//!
//! In: findings, `[rules] acknowledge`. Out: the findings with their answers. An answer for a limit is refused, and so is one
//! that matches nothing: the design has changed since somebody looked.

use crate::error::DesignError;
use crate::rules::{Acknowledged, Finding, Rule, Severity};
use crate::spec::AcknowledgeSpec;

pub(crate) fn acknowledge(findings: &mut [Finding], answers: &[AcknowledgeSpec]) -> Result<(), DesignError> {
    for answer in answers {
        let AcknowledgeSpec { rule, zone, by, why } = answer;
        if !Rule::ALL.iter().any(|known| known.id() == rule) {
            let near = Rule::ALL.iter().map(|known| known.id()).min_by_key(|id| unlike(id, rule));
            return Err(DesignError::UnknownRule { rule: rule.clone(), nearest: near.unwrap_or_default() });
        }
        if by.trim().is_empty() || why.trim().is_empty() {
            return Err(DesignError::EmptyAnswer { rule: rule.clone() });
        }
        let mut matched = false;
        for finding in findings.iter_mut().filter(|f| f.rule.id() == rule && f.zone == *zone) {
            if finding.severity == Severity::Limit {
                return Err(DesignError::AnswerForLimit { finding: Box::new(finding.clone()) });
            }
            matched = true;
            if finding.severity == Severity::Warning {
                finding.acknowledged = Some(Acknowledged { by: by.clone(), why: why.clone() });
            }
        }
        if !matched {
            let zone = zone.clone().unwrap_or_else(|| "session".to_owned());
            return Err(DesignError::StaleAnswer { rule: rule.clone(), zone });
        }
    }
    Ok(())
}

/// How unlike two ids are: words of one that the other lacks.
fn unlike(a: &str, b: &str) -> usize {
    let lacks = |a: &str, b: &str| a.split('-').filter(|w| !b.split('-').any(|v| v == *w)).count();
    lacks(a, b) + lacks(b, a)
}
