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
/// Parts of water to one of ink: light, mid, mid-dark (skin.md 1.8 E, in the order of S26 and S70).
const DILUTIONS: [f64; 3] = [20.0, 15.0, 10.0];

/// One step of a ladder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rung {
    /// Share of the full density laid before today, 0 to 1.
    pub(crate) before: f64,
    /// Laid today.
    pub(crate) share: f64,
    /// Strength of today's ink over that of the zone's.
    pub(crate) ink: f64,
}

impl Rung {
    /// Shade with today's strength of the ink: absorption goes with strength, light with its exponential (skin.md 3.5).
    pub(crate) fn shade(&self, shade: f64) -> f64 {
        1.0 - (1.0 - shade).powf(self.ink)
    }
}

/// What today is, in numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Session {
    /// Share of the full density laid today, 0 to 1; in scars see [`Self::rung`].
    pub(crate) share: f64,
    /// Laid before today.
    pub(crate) before: f64,
    /// Largest of all sessions.
    pub(crate) largest: f64,
    pub(crate) least_distance: Metres,
    pub(crate) least_overall: Metres,
    skin: Rung,
    scar: Rung,
    /// All shares, 0 to 1: of skin, of scars.
    ladders: [Vec<f64>; 2],
}

impl Session {
    /// The step of the ladder of this kind of skin.
    pub(crate) const fn rung(&self, skin: skin::Zone) -> Rung {
        if skin.is_scar() { self.scar } else { self.skin }
    }

    /// The shares of all sessions in this kind of skin.
    pub(crate) fn ladder(&self, skin: skin::Zone) -> Vec<f64> {
        self.ladders[usize::from(skin.is_scar())].clone()
    }
}

pub(crate) fn session(spec: &SessionSpec) -> Result<Session, DesignError> {
    if !(1..=spec.of).contains(&spec.number) {
        return Err(DesignError::SessionNumber { number: spec.number, of: spec.of });
    }
    let ladder: Vec<f64> = match (&spec.ladder_percent, spec.of) {
        (Some(shares), of) => whole("ladder_percent", shares, of)?,
        (None, 1) => vec![100.0],
        (None, 2) => vec![50.0, 50.0],
        (None, 3) => percent(skin::session_shares(skin::Zone::FrontalMid)),
        (None, 4) => vec![25.0, 30.0, 25.0, 20.0],
        (None, of) => return Err(DesignError::NoLadder { of }),
    };
    let scar = match (&spec.scar_ladder_percent, spec.of) {
        (Some(shares), of) => whole("scar_ladder_percent", shares, of)?,
        (None, _) => eased(&ladder),
    };
    let ink = match &spec.ink_percent {
        None => None,
        Some(given) => {
            let good = given.len() == usize::from(spec.of) && given.iter().all(|p| (1.0..=200.0).contains(p));
            if !good {
                return Err(DesignError::InkLadder { count: given.len(), of: spec.of });
            }
            Some(given.iter().map(|p| p / 100.0).collect::<Vec<f64>>())
        }
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
    let k = usize::from(spec.number) - 1;
    let rung = |ladder: &[f64]| Rung {
        before: ladder[..k].iter().sum::<f64>() / 100.0,
        share: ladder[k] / 100.0,
        ink: ink.as_ref().map_or_else(|| strength(ladder, k), |ink| ink[k]),
    };
    let skin = rung(&ladder);
    // The zone itself begins a scar with lighter ink.
    let ladders = [&ladder, &scar].map(|shares| shares.iter().map(|s| s / 100.0).collect());
    let scar = Rung { ink: ink.as_ref().map_or(1.0, |ink| ink[k]), ..rung(&scar) };
    Ok(Session {
        share: skin.share,
        before: skin.before,
        skin,
        scar,
        ladders,
        largest: ladder.iter().copied().fold(0.0, f64::max) / 100.0,
        least_distance: least("least_distance_mm", spec.least_distance_mm)?,
        least_overall: least("least_overall_mm", spec.least_overall_mm)?,
    })
}

/// A scar is begun at a part of the first session's share (skin.md 1.11), and the later sessions make up for it in
/// proportion.
fn eased(ladder: &[f64]) -> Vec<f64> {
    let [first, rest @ ..] = ladder else { return Vec::new() };
    if rest.is_empty() {
        return vec![*first];
    }
    let start = skin::SCAR_START * first;
    let up = (100.0 - start) / (100.0 - first);
    std::iter::once(start).chain(rest.iter().map(|share| share * up)).collect()
}

fn percent(shares: &[f64]) -> Vec<f64> {
    shares.iter().map(|s| 100.0 * s).collect()
}

/// `of` positive shares that add up to 100.
fn whole(key: &'static str, shares: &[f64], of: u16) -> Result<Vec<f64>, DesignError> {
    let sum: f64 = shares.iter().sum();
    if shares.len() != usize::from(of) || !shares.iter().all(|s| *s > 0.0) || !((sum - 100.0).abs() < 0.01) {
        return Err(DesignError::Ladder { key, count: shares.len(), sum, of });
    }
    Ok(shares.to_vec())
}

/// Strength of the ink in session `k`: the first is light, the last mid-dark, those between mid; over their mean by share,
/// so that the tone of all sessions together is what the zone asks for.
fn strength(ladder: &[f64], k: usize) -> f64 {
    if ladder.len() < 2 {
        return 1.0;
    }
    let [light, middle, dark] = DILUTIONS.map(|water| 1.0 / (1.0 + water));
    let of = |k: usize| match k {
        0 => light,
        k if k + 1 == ladder.len() => dark,
        _ => middle,
    };
    let sum: f64 = ladder.iter().sum();
    let mean = ladder.iter().enumerate().map(|(k, share)| share * of(k)).sum::<f64>() / sum;
    of(k) / mean
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]
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

    /// skin.md 1.11: scars begin with half; 1.8: light, mid, mid-dark, and no darker in all than asked for.
    #[test]
    fn scars_have_their_own_ladder_and_the_first_session_is_the_lightest() {
        let of = |number, of| session(&spec(number, of, None)).unwrap();
        let scar = |number, sessions| of(number, sessions).rung(skin::Zone::FutScar);
        let skin = |number, sessions| of(number, sessions).rung(skin::Zone::Vertex);
        // Half of 30 %, then 40 and 30 % made larger by 85/70.
        assert!((scar(1, 3).share - 0.15).abs() < 1e-12 && (scar(2, 3).share - 0.4 * 85.0 / 70.0).abs() < 1e-12);
        assert!((scar(3, 3).before + scar(3, 3).share - 1.0).abs() < 1e-12 && (scar(1, 1).share - 1.0).abs() < 1e-12);
        let steps = Some(vec![25.0, 30.0, 45.0]);
        let own = SessionSpec { scar_ladder_percent: steps, ..spec(2, 3, None) };
        let own = session(&own).unwrap();
        assert!((own.rung(skin::Zone::FueScar).share - 0.30).abs() < 1e-12 && (own.share - 0.4).abs() < 1e-12);
        assert!((skin(3, 3).before - 0.7).abs() < 1e-12);
        let ink: Vec<f64> = (1..=3).map(|k| skin(k, 3).ink).collect();
        assert!(ink[0] < ink[1] && ink[1] < ink[2], "{ink:?}");
        assert!((ink[2] / ink[0] - 21.0 / 11.0).abs() < 1e-12, "{ink:?}");
        let mean: f64 = (1..=3).map(|k| skin(k, 3)).map(|r| r.share * r.ink).sum();
        assert!((mean - 1.0).abs() < 1e-12 && (skin(1, 1).ink - 1.0).abs() < 1e-12);
        let own = SessionSpec { ink_percent: Some(vec![60.0, 80.0, 100.0]), ..SessionSpec::default() };
        assert!((session(&own).unwrap().rung(skin::Zone::Temple).ink - 0.6).abs() < 1e-12);
        for bad in [vec![60.0, 80.0], vec![60.0, 80.0, 0.0], vec![60.0, 80.0, f64::NAN]] {
            let bad = SessionSpec { ink_percent: Some(bad), ..SessionSpec::default() };
            assert!(matches!(session(&bad), Err(DesignError::InkLadder { .. })));
        }
        let bad = SessionSpec { scar_ladder_percent: Some(vec![50.0, 50.0]), ..SessionSpec::default() };
        assert!(matches!(session(&bad), Err(DesignError::Ladder { .. })));
    }
}
