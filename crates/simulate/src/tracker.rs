//! The tracker: the head as an optical tracker delivers it.
//!
//! In: the true pose of the head, step by step. Out: the newest delivered [`Tracked`], late, noisy, sometimes missing, and
//! always off by the registration of the scan. Absent: any filter.

use arm::Tracked;
use frames::{Base, Head, Instant, Pose, Span};
use nalgebra::{Isometry3, Translation3, UnitQuaternion};

use crate::draw::{Draw, Stream};
use crate::imperfections::TrackerErrors;

/// Frames on their way: latency times rate is at most 500.
const ON_THE_WAY: usize = 512;

/// The tracker.
pub(crate) struct Tracker {
    errors: TrackerErrors,
    draw: Draw,
    registration: Pose<Head, Head>,
    frame: u32,
    blocked_until: Instant,
    /// Ring of frames that are caught and not delivered.
    queue: Vec<Tracked>,
    first: usize,
    count: usize,
    newest: Option<Tracked>,
}

impl Tracker {
    pub(crate) fn new(errors: TrackerErrors, draw: Draw, registration: Pose<Head, Head>) -> Self {
        let nothing = Tracked { frame: 0, taken: Instant::START, base_from_head: Pose::IDENTITY };
        Self {
            errors,
            draw,
            registration,
            frame: 0,
            blocked_until: Instant::START,
            queue: vec![nothing; ON_THE_WAY],
            first: 0,
            count: 0,
            newest: None,
        }
    }

    /// Looks at `now`; returns what has been delivered by then.
    pub(crate) fn step(&mut self, now: Instant, head: &Pose<Base, Head>) -> Option<Tracked> {
        if now.seconds() * self.errors.rate >= f64::from(self.frame) {
            self.catch(now, head);
            self.frame += 1;
        }
        let latency = Span::from_seconds(self.errors.latency);
        while self.count > 0 && self.queue[self.first].taken + latency <= now {
            self.newest = Some(self.queue[self.first]);
            self.first = (self.first + 1) % ON_THE_WAY;
            self.count -= 1;
        }
        self.newest
    }

    fn catch(&mut self, now: Instant, head: &Pose<Base, Head>) {
        let (e, k) = (&self.errors, u64::from(self.frame));
        if self.draw.unit(Stream::Blocked, k) < e.blocked_rate / e.rate {
            self.blocked_until = now + Span::from_seconds(e.blocked_time);
        }
        let lost = now < self.blocked_until || self.draw.unit(Stream::Lost, k) < e.lost;
        if lost || self.count == ON_THE_WAY {
            return;
        }
        let noise = Isometry3::from_parts(
            Translation3::from(self.draw.gauss3(Stream::Tracker, 2 * k) * e.noise),
            UnitQuaternion::from_scaled_axis(self.draw.gauss3(Stream::Tracker, 2 * k + 1) * e.noise_turn),
        );
        let base_from_head = *head * self.registration * Pose::new(noise);
        let at = (self.first + self.count) % ON_THE_WAY;
        self.queue[at] = Tracked { frame: self.frame, taken: now, base_from_head };
        self.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imperfections::Imperfections;
    use frames::Seed;

    fn run(errors: TrackerErrors, ms: u64) -> Vec<Option<Tracked>> {
        let mut t = Tracker::new(errors, Draw(Seed(5)), Pose::IDENTITY);
        (0..ms).map(|k| t.step(Instant::from_ns(k * 1_000_000), &Pose::IDENTITY)).collect()
    }

    #[test]
    fn frames_come_at_their_rate_and_late() {
        let errors = TrackerErrors { latency: 0.015, ..Imperfections::none().tracker };
        let seen = run(errors, 1000);
        assert!(seen[14].is_none() && seen[15].is_some());
        let last = seen[999].map(|t| (t.frame, t.taken));
        // 120 a second: frame 118 is caught at 984 ms (118/120 s rounded up), delivered at 999 ms.
        assert_eq!(last, Some((118, Instant::from_ns(984_000_000))));
    }

    #[test]
    fn a_perfect_tracker_sees_the_head() {
        let seen = run(Imperfections::none().tracker, 10);
        assert_eq!(seen[0].map(|t| t.base_from_head), Some(Pose::IDENTITY));
    }

    #[test]
    fn noise_and_loss_are_as_large_as_said() {
        let errors = TrackerErrors { noise: 1e-3, lost: 0.25, blocked_rate: 0.0, ..TrackerErrors::default() };
        let seen = run(errors, 60_000);
        let mut frames: Vec<Tracked> = seen.into_iter().flatten().collect();
        frames.dedup_by_key(|t| t.frame);
        let share = frames.len() as f64 / 7200.0;
        assert!((0.73..0.77).contains(&share), "{share}");
        let square: f64 = frames.iter().map(|t| t.base_from_head.origin().coords.coords.norm_squared()).sum();
        let sigma = (square / frames.len() as f64 / 3.0).sqrt();
        assert!((0.97e-3..1.03e-3).contains(&sigma), "{sigma}");
    }

    #[test]
    fn a_blocked_view_lasts() {
        let errors = TrackerErrors { blocked_rate: 1.0, lost: 0.0, latency: 0.0, ..TrackerErrors::default() };
        let seen = run(errors, 60_000);
        let age = seen.iter().enumerate().filter_map(|(k, t)| t.map(|t| k as f64 * 1e-3 - t.taken.seconds()));
        let oldest = age.fold(0.0, f64::max);
        assert!((0.115..0.5).contains(&oldest), "{oldest}");
    }
}
