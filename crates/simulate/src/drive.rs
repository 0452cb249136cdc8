//! The needle drive: where the needle truly is, past the nose ring.
//!
//! In: commanded protrusions. Out: true protrusion and speed at any moment inside a step. Absent: skin, and the force it
//! has on the needle (a voice coil of some newtons does not feel a tenth). A strike is bang-bang, in closed form, so a
//! step of 1 ms can be looked into as finely as wished. The collar is a hard stop on the true protrusion: whatever is
//! commanded and however wrong the drive's scale is, the needle comes no further.
//! Not modelled: recoil of the coil on the floating needle unit (a balanced coil is assumed).

use frames::{Instant, Metres, Protrusion, Span};

/// Commands on their way through the drive's delay.
const QUEUE: usize = 64;

/// From (`p`, `v`) to rest at `goal`, as fast as `a` allows. Closed form of the double integrator.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Strike {
    from: f64,
    speed: f64,
    goal: f64,
    /// Acceleration of the first part, signed.
    a: f64,
    /// End of the first part, s.
    turn: f64,
    /// End of the second, s.
    end: f64,
}

impl Strike {
    fn new(from: f64, speed: f64, goal: f64, acceleration: f64) -> Self {
        let a = acceleration;
        // Where braking at once would end decides the side.
        let stop = from + speed * speed.abs() / (2.0 * a);
        let side = if goal >= stop { 1.0 } else { -1.0 };
        let peak = (a * side * (goal - from) + 0.5 * speed * speed).max(0.0).sqrt();
        let turn = ((peak - side * speed) / a).max(0.0);
        Self { from, speed, goal, a: side * a, turn, end: turn + peak / a }
    }

    /// Place and speed `t` s after the start.
    fn at(&self, t: f64) -> (f64, f64) {
        if t >= self.end {
            (self.goal, 0.0)
        } else if t <= self.turn {
            (self.from + self.speed * t + 0.5 * self.a * t * t, self.speed + self.a * t)
        } else {
            let left = self.end - t;
            (self.goal - 0.5 * self.a * left * left, self.a * left)
        }
    }
}

/// The true needle of an actuator tool.
#[derive(Debug, Clone)]
pub(crate) struct NeedleDrive {
    acceleration: f64,
    delay: Span,
    /// True protrusion = `scale` * commanded + `zero`.
    scale: f64,
    zero: f64,
    /// The withdrawn end, true.
    rest: f64,
    /// The collar, true.
    stop: f64,
    strike: Strike,
    began: Instant,
    p: f64,
    v: f64,
    queue: [(Instant, f64); QUEUE],
    queued: usize,
    newest: f64,
}

impl NeedleDrive {
    /// At rest, withdrawn. `scale` and `zero` are the drive's errors: 1 and 0 for a perfect one.
    pub(crate) fn new([rest, stop]: [Protrusion; 2], acceleration: f64, delay: Span, [scale, zero]: [f64; 2]) -> Self {
        let (rest, stop) = (rest.get(), stop.get());
        Self {
            acceleration,
            delay,
            scale,
            zero,
            rest,
            stop,
            strike: Strike::new(rest, 0.0, rest, acceleration),
            began: Instant::START,
            p: rest,
            v: 0.0,
            queue: [(Instant::START, rest); QUEUE],
            queued: 0,
            newest: rest,
        }
    }

    /// What a setpoint asks for. A NaN is not heard.
    pub(crate) fn command(&mut self, now: Instant, protrusion: Protrusion) {
        let goal = (self.scale * protrusion.get() + self.zero).clamp(self.rest, self.stop);
        // Exact: the same command again is no news.
        if goal.is_nan() || goal.to_bits() == self.newest.to_bits() {
            return;
        }
        self.newest = goal;
        if self.queued == QUEUE {
            // More changes than delay has room for: the oldest is forgotten, the newest never.
            self.queue.copy_within(1.., 0);
            self.queued -= 1;
        }
        self.queue[self.queued] = (now + self.delay, goal);
        self.queued += 1;
    }

    /// The drive's own reaction to silence or loss of power: the spring brings the needle in, without delay.
    pub(crate) fn withdraw(&mut self, now: Instant) {
        self.queued = 0;
        if self.newest.to_bits() != self.rest.to_bits() {
            self.newest = self.rest;
            self.head_for(now, self.rest);
        }
    }

    /// Brings the needle to the moment `now`, which may not lie before the last one.
    pub(crate) fn advance(&mut self, now: Instant) {
        while self.queued > 0 && self.queue[0].0 <= now {
            let (at, goal) = self.queue[0];
            self.queue.copy_within(1..self.queued, 0);
            self.queued -= 1;
            self.move_to(at);
            self.head_for(at, goal);
        }
        self.move_to(now);
    }

    /// Past the ring, true.
    pub(crate) fn protrusion(&self) -> Protrusion {
        Protrusion::new(Metres::new(self.p))
    }

    /// Out of the tool, m/s, true.
    pub(crate) fn speed(&self) -> f64 {
        self.v
    }

    /// What the drive's own scale says, without noise.
    pub(crate) fn reading(&self) -> f64 {
        if self.scale.abs() > 1e-6 { (self.p - self.zero) / self.scale } else { self.p }
    }

    /// Whether anything will change before a new command.
    pub(crate) fn is_at_rest(&self, now: Instant) -> bool {
        self.queued == 0 && (now - self.began).seconds() >= self.strike.end
    }

    fn head_for(&mut self, now: Instant, goal: f64) {
        self.strike = Strike::new(self.p, self.v, goal, self.acceleration);
        self.began = now;
    }

    fn move_to(&mut self, now: Instant) {
        let (p, v) = self.strike.at((now - self.began).seconds());
        (self.p, self.v) = (p, v);
        // The collar and the withdrawn end take all speed.
        if p > self.stop || p < self.rest {
            self.p = p.clamp(self.rest, self.stop);
            self.v = 0.0;
            self.head_for(now, self.newest_due());
        }
    }

    /// Where the needle is told to be by what has come through the delay.
    fn newest_due(&self) -> f64 {
        self.strike.goal
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn mm(v: f64) -> Protrusion {
        Protrusion::new(Metres::from_mm(v))
    }

    fn drive(scale: f64, zero: f64) -> NeedleDrive {
        NeedleDrive::new([mm(-1.8), mm(1.2)], 200.0, Span::from_us(500), [scale, zero])
    }

    fn ns(t: u64) -> Instant {
        Instant::from_ns(t)
    }

    /// `motion.md` section 4: 3 mm at 200 m/s2 take 7.7 ms and peak at 0.77 m/s.
    #[test]
    fn strikes_as_fast_as_the_coil_allows() {
        let mut d = drive(1.0, 0.0);
        d.command(ns(0), mm(1.2));
        d.advance(ns(499_999));
        assert!((d.protrusion().get() + 1.8e-3).abs() < 1e-15, "delayed");
        let (mut fastest, mut arrived) = (0.0_f64, None);
        for k in 500..10_000 {
            d.advance(ns(k * 1_000));
            fastest = fastest.max(d.speed());
            if arrived.is_none() && (d.protrusion().get() - 1.2e-3).abs() < 1e-9 {
                arrived = Some(k as f64 * 1e-6 - 0.5e-3);
            }
        }
        assert!((fastest - 0.7746).abs() < 1e-3, "{fastest}");
        assert!(arrived.is_some_and(|t| (t - 7.746e-3).abs() < 1e-5), "{arrived:?}");
    }

    #[test]
    fn turns_back_on_the_way_out() {
        let mut d = drive(1.0, 0.0);
        d.command(ns(0), mm(0.8));
        d.advance(ns(4_000_000));
        assert!(d.speed() > 0.5);
        d.withdraw(ns(4_000_000));
        d.advance(ns(20_000_000));
        assert!((d.protrusion().get() + 1.8e-3).abs() < 1e-12 && d.is_at_rest(ns(20_000_000)));
    }

    #[test]
    fn a_wrong_scale_moves_the_needle_and_not_the_reading() {
        let mut d = drive(1.1, 5e-5);
        d.command(ns(0), mm(0.5));
        d.advance(ns(50_000_000));
        assert!((d.protrusion().get() - 0.6e-3).abs() < 1e-12);
        assert!((d.reading() - 0.5e-3).abs() < 1e-12);
    }

    proptest! {
        /// Whatever is commanded, whenever, on whatever scale: never past the collar, never faster than the coil can.
        #[test]
        fn never_past_the_stop(
            commands in prop::collection::vec((prop::num::f64::ANY, 0_u64..8_000_000, any::<bool>()), 1..60),
            scale in 0.5_f64..2.0,
            zero in -1e-3_f64..1e-3,
        ) {
            let mut d = drive(scale, zero);
            let mut t = 0;
            for (p, pause, small) in commands {
                let p = if small { p.rem_euclid(4e-3) - 2e-3 } else { p };
                if pause % 7 == 0 { d.withdraw(ns(t)) } else { d.command(ns(t), Protrusion::new(Metres::new(p))) }
                let end = t + pause;
                while t < end {
                    t = (t + 100_000).min(end);
                    d.advance(ns(t));
                    let at = d.protrusion().get();
                    prop_assert!((mm(-1.8).get()..=mm(1.2).get()).contains(&at), "{at}");
                    prop_assert!(d.speed().abs() <= (200.0 * 3e-3_f64).sqrt() + 1e-6);
                }
            }
        }
    }
}
