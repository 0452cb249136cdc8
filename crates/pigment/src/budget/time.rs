//! Time in the chair.
//!
//! In: the arm's own time, dots by zone. Out: [`Chair`]: work, dips and checks, breaks. Absent: clocks, and what only a
//! treatment knows (looking, holding after a movement, registering anew).

/// Needle tip check, dots (skin.md 4.3 item 14).
pub(crate) const CHECK_EVERY: usize = 500;
/// To the cup and back, seconds (own estimate).
pub(crate) const DIP_S: f64 = 10.0;
/// To look at a tip, seconds (own estimate).
pub(crate) const CHECK_S: f64 = 30.0;
/// Work between two breaks and length of one, seconds (own choice: a supported head is held still for an hour at most).
pub(crate) const WORK_S: f64 = 55.0 * 60.0;
pub(crate) const BREAK_S: f64 = 8.0 * 60.0;

/// Time in the chair, seconds, by part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Chair {
    pub(crate) work: f64,
    /// And checks of the tip.
    pub(crate) dips: f64,
    pub(crate) breaks: f64,
}

impl Chair {
    /// `work`: of the arm, seconds. Every zone begins with a dip.
    pub(crate) fn new(work: f64, zones: impl IntoIterator<Item = usize>) -> Self {
        let (mut dots, mut all) = (0, 0);
        for zone in zones {
            dots += zone;
            all += dips(zone);
        }
        let dips = all as f64 * DIP_S + checks(dots) as f64 * CHECK_S;
        // No break after the last stretch.
        let breaks = (((work + dips) / WORK_S).ceil() - 1.0).max(0.0) * BREAK_S;
        Self { work, dips, breaks }
    }

    pub(crate) fn total(&self) -> f64 {
        self.work + self.dips + self.breaks
    }
}

/// One dip lasts [`skin::DOTS_PER_DIP`].
pub(crate) fn dips(dots: usize) -> usize {
    (dots as f64 / skin::DOTS_PER_DIP).ceil() as usize
}

/// How often the tip is looked at.
pub(crate) fn checks(dots: usize) -> usize {
    dots / CHECK_EVERY
}

/// `2 h 05 min`, `7 min`.
pub(crate) fn time(seconds: f64) -> String {
    let minutes = (seconds / 60.0).ceil() as u64;
    if minutes < 60 { format!("{minutes} min") } else { format!("{} h {:02} min", minutes / 60, minutes % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dips_and_times() {
        assert_eq!([dips(0), dips(1), dips(60), dips(61)], [0, 1, 1, 2]);
        for (s, want) in [(0.0, "0 min"), (61.0, "2 min"), (3600.0, "1 h 00 min"), (7501.0, "2 h 06 min")] {
            assert_eq!(time(s), want);
        }
    }

    #[test]
    fn a_long_session_by_part() {
        // 1000 s of work; 9 + 2 dips, 1 check.
        let chair = Chair::new(1000.0, [500, 100]);
        assert!((chair.dips - (11.0 * DIP_S + CHECK_S)).abs() < 1e-9 && chair.breaks.abs() < 1e-9);
        // Two and a half stretches: two breaks.
        let chair = Chair::new(2.5 * WORK_S, []);
        assert!(
            (chair.breaks - 2.0 * BREAK_S).abs() < 1e-9 && (chair.total() - chair.work - chair.breaks).abs() < 1e-9
        );
    }
}
