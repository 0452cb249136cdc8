//! Time as an argument: no clock in here.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

/// A moment on the run's monotonic time line, nanoseconds since the run began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(u64);

/// A signed length of time, nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(i64);

impl Instant {
    /// When the run began.
    pub const START: Self = Self(0);
    /// From nanoseconds since the start.
    pub const fn from_ns(ns: u64) -> Self {
        Self(ns)
    }
    /// Nanoseconds since the start.
    pub const fn ns(self) -> u64 {
        self.0
    }
    /// Seconds since the start.
    pub const fn seconds(self) -> f64 {
        self.0 as f64 * 1e-9
    }
}

impl Span {
    /// No time.
    pub const ZERO: Self = Self(0);
    /// From nanoseconds.
    pub const fn from_ns(ns: i64) -> Self {
        Self(ns)
    }
    /// From microseconds.
    pub const fn from_us(us: i64) -> Self {
        Self(us * 1_000)
    }
    /// From milliseconds.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms * 1_000_000)
    }
    /// From seconds, to the nearest nanosecond.
    pub fn from_seconds(s: f64) -> Self {
        Self((s * 1e9).round() as i64)
    }
    /// Nanoseconds.
    pub const fn ns(self) -> i64 {
        self.0
    }
    /// Seconds.
    pub const fn seconds(self) -> f64 {
        self.0 as f64 * 1e-9
    }
    /// `n` times as long.
    pub const fn times(self, n: i64) -> Self {
        Self(self.0 * n)
    }
}

impl Add<Span> for Instant {
    type Output = Self;
    /// Saturates at the start of the run.
    fn add(self, rhs: Span) -> Self {
        Self(self.0.saturating_add_signed(rhs.0))
    }
}

impl AddAssign<Span> for Instant {
    fn add_assign(&mut self, rhs: Span) {
        *self = *self + rhs;
    }
}

impl Sub<Span> for Instant {
    type Output = Self;
    fn sub(self, rhs: Span) -> Self {
        Self(self.0.saturating_add_signed(-rhs.0))
    }
}

impl Sub for Instant {
    type Output = Span;
    fn sub(self, rhs: Self) -> Span {
        Span(self.0 as i64 - rhs.0 as i64)
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, rhs: Self) -> Self {
        Self(self.0 + rhs.0)
    }
}

impl Sub for Span {
    type Output = Self;
    fn sub(self, rhs: Self) -> Self {
        Self(self.0 - rhs.0)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} ms", self.0 as f64 * 1e-6)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6} s", self.seconds())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_signed() {
        let a = Instant::from_ns(5);
        let b = Instant::from_ns(7);
        assert_eq!(a - b, Span::from_ns(-2));
        assert_eq!(a + Span::from_ns(-9), Instant::START);
        assert_eq!(Span::from_seconds(0.001), Span::from_ms(1));
    }
}
