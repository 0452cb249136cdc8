//! The session ladder: which share of the full density is laid today.
//!
//! In: the `[session]` table. Out: this session's share and the cumulative one. Ladders: skin.md 1.3
//! (30/40/30; scars 25/30/25/20) and section 6.

use frames::Metres;

use crate::error::DesignError;
use crate::spec::SessionSpec;

/// Decided least distances in a session and over all: design.md section 9.
pub(crate) const LEAST_DISTANCE: Metres = Metres::from_mm(1.0);
pub(crate) const LEAST_OVERALL: Metres = Metres::from_mm(0.6);

/// Shares of the full density, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Session {
    /// Laid today.
    pub(crate) share: f64,
    /// Laid before today.
    pub(crate) before: f64,
    /// Largest of all sessions.
    pub(crate) largest: f64,
    pub(crate) least_distance: Metres,
    pub(crate) least_overall: Metres,
}

pub(crate) fn session(spec: &SessionSpec) -> Result<Session, DesignError> {
    if !(1..=spec.of).contains(&spec.number) {
        return Err(DesignError::SessionNumber { number: spec.number, of: spec.of });
    }
    let ladder: &[f64] = match (&spec.ladder_percent, spec.of) {
        (Some(shares), of) => {
            let sum: f64 = shares.iter().sum();
            let whole = shares.iter().all(|s| *s > 0.0) && (sum - 100.0).abs() < 0.01;
            if shares.len() != of as usize || !whole {
                return Err(DesignError::Ladder { count: shares.len(), sum, of });
            }
            shares
        }
        (None, 1) => &[100.0],
        (None, 2) => &[50.0, 50.0],
        (None, 3) => &[30.0, 40.0, 30.0],
        (None, 4) => &[25.0, 30.0, 25.0, 20.0],
        (None, of) => return Err(DesignError::NoLadder { of }),
    };
    let in_range = |key: &'static str, value: f64, least: f64, most: f64| {
        if (least..=most).contains(&value) {
            Ok(value)
        } else {
            let which = crate::error::Which("session".to_owned());
            Err(DesignError::OutOfRange { which, key, value, least, most })
        }
    };
    if let Some(days) = spec.days_since {
        in_range("days_since", days, 0.0, 36_500.0)?;
    }
    let least = |key, value| in_range(key, value, 0.1, 10.0).map(Metres::from_mm);
    let before = spec.number as usize - 1;
    Ok(Session {
        share: ladder[before] / 100.0,
        before: ladder[..before].iter().sum::<f64>() / 100.0,
        largest: ladder.iter().copied().fold(0.0, f64::max) / 100.0,
        least_distance: least("least_distance_mm", spec.least_distance_mm)?,
        least_overall: least("least_overall_mm", spec.least_overall_mm)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(spec: SessionSpec, want: Result<(f64, f64), &str>) {
        let got = session(&spec).map(|s| (s.share, s.before));
        match (got, want) {
            (Ok(got), Ok(want)) => assert!((got.0 - want.0).abs() < 1e-12 && (got.1 - want.1).abs() < 1e-12, "{got:?}"),
            (Err(got), Err(want)) => assert!(got.to_string().contains(want), "{got}"),
            (got, want) => panic!("{got:?} {want:?}"),
        }
    }

    fn spec(number: u16, of: u16, ladder: Option<&[f64]>) -> SessionSpec {
        SessionSpec { number, of, ladder_percent: ladder.map(<[f64]>::to_vec), ..SessionSpec::default() }
    }

    #[test]
    fn ladders() {
        check(spec(1, 1, None), Ok((1.0, 0.0)));
        check(spec(1, 3, None), Ok((0.3, 0.0)));
        check(spec(2, 3, None), Ok((0.4, 0.3)));
        check(spec(4, 4, None), Ok((0.2, 0.8)));
        check(spec(2, 2, Some(&[60.0, 40.0])), Ok((0.4, 0.6)));
        check(spec(0, 3, None), Err("number = 0"));
        check(spec(4, 3, None), Err("not one of 1..=3"));
        check(spec(1, 9, None), Err("9 shares"));
        check(spec(1, 2, Some(&[60.0, 50.0])), Err("110"));
        check(spec(1, 2, Some(&[100.0])), Err("2 positive shares"));
        check(spec(1, 2, Some(&[120.0, -20.0])), Err("2 positive shares"));
        check(spec(1, 2, Some(&[f64::NAN, 50.0])), Err("NaN"));
    }

    #[test]
    fn healing_time_and_spacing() {
        let with = |days, least| SessionSpec { days_since: days, least_distance_mm: least, ..SessionSpec::default() };
        check(with(Some(-1.0), 1.0), Err("days_since = -1"));
        check(with(Some(f64::NAN), 1.0), Err("NaN"));
        check(with(Some(10.0), 1.0), Ok((0.3, 0.0)));
        check(with(None, 0.0), Err("least_distance_mm = 0"));
        check(with(None, f64::NAN), Err("NaN"));
    }
}
