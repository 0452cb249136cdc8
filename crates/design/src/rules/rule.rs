//! The rules, one row each: id, where it comes from, what to do.
//!
//! In: nothing. Out: [`Rule`] and its facts. Absent: any measuring.
//! Sources are sections and marks of `skin.md` and `stipple.md`, as everywhere.

use std::fmt;

/// A rule of design. Its id, as scenes and reports write it, is [`Rule::id`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The middle of the line stands too low on the forehead.
    HairlineTooLow,
    /// The middle of the line stands high.
    HairlineHigh,
    /// A line that somebody over 40 will outgrow.
    HairlineTooYoung,
    /// A stretch of line without irregularity.
    HairlineTooStraight,
    /// Left and right are mirror images.
    HairlineTooPerfect,
    /// The front is darker than what stands behind it.
    HairlineTooDark,
    /// Dots too large for a hairline.
    HairlineDotTooLarge,
    /// Density rises too fast behind the line.
    RampTooSteep,
    /// The recess at the temple is closed.
    TempleFilled,
    /// The fronto-temporal corner stands in front of the lateral epicanthal line.
    CornerTooFarForward,
    /// The tip of a temporal peak stands too far forward.
    TemporalPeakForward,
    /// Sentinels without a place.
    SentinelsMissing,
    /// Too dense over all sessions.
    DensityAboveCap,
    /// Too dense in one session.
    SessionTooDense,
    /// Too soon after the session before.
    SessionTooSoon,
    /// More dots than a session holds.
    SessionTooLong,
    /// Least distance lowered.
    SpacingLowered,
    /// Dots too large.
    DotTooLarge,
    /// Darker than shaved hair looks.
    DarkerThanStubble,
    /// Which dots and ink a wanted look takes.
    LookTakes,
    /// Target depth outside the window of the skin.
    DepthOutsideWindow,
    /// Window reaches deeper than usual.
    DepthBeyondUsual,
    /// A scar without dots tried out in it.
    ScarWithoutTestDots,
}

impl Rule {
    /// Every rule, in the order of reports.
    pub const ALL: [Self; 23] = [
        Self::HairlineTooLow,
        Self::HairlineHigh,
        Self::HairlineTooYoung,
        Self::HairlineTooStraight,
        Self::HairlineTooPerfect,
        Self::HairlineTooDark,
        Self::HairlineDotTooLarge,
        Self::RampTooSteep,
        Self::TempleFilled,
        Self::CornerTooFarForward,
        Self::TemporalPeakForward,
        Self::SentinelsMissing,
        Self::DensityAboveCap,
        Self::SessionTooDense,
        Self::SessionTooSoon,
        Self::SessionTooLong,
        Self::SpacingLowered,
        Self::DotTooLarge,
        Self::DarkerThanStubble,
        Self::LookTakes,
        Self::DepthOutsideWindow,
        Self::DepthBeyondUsual,
        Self::ScarWithoutTestDots,
    ];

    /// As scenes and reports write it.
    pub const fn id(self) -> &'static str {
        self.row().0
    }

    /// Where the rule comes from.
    pub const fn source(self) -> &'static str {
        self.row().1
    }

    /// What to do about it.
    pub const fn remedy(self) -> &'static str {
        self.row().2
    }

    const fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::HairlineTooLow => (
                "hairline-too-low",
                "skin.md 1.10 S79 A, S80 B, S82 B",
                "move the line up: 80 mm above the glabella along the skin is the rule, 70 mm is aggressive",
            ),
            Self::HairlineHigh => (
                "hairline-high",
                "skin.md 1.10 S79 A",
                "100 mm is already conservative: make sure that a line this high is wanted",
            ),
            Self::HairlineTooYoung => (
                "hairline-too-young",
                "skin.md 1.10 S81 A, S82 B, S87 C",
                "plan for future loss: raise the middle or let the corners recede (preset \"mature\" or \"conservative\")",
            ),
            Self::HairlineTooStraight => (
                "hairline-too-straight",
                "skin.md 1.10 E (S81 A, S82 B)",
                "raise irregularity.macro_mm, meso_mm or micro_mm",
            ),
            Self::HairlineTooPerfect => (
                "hairline-too-perfect",
                "skin.md 1.10 E (S82 B)",
                "move some control points by 1 to 3 mm on one side, or raise the irregularity",
            ),
            Self::HairlineTooDark => (
                "hairline-too-dark",
                "skin.md 1.8 E, 1.10 S82 B, 1.3 S44 B",
                "lower shade_front or shade: the front is one step lighter than what stands behind it",
            ),
            Self::HairlineDotTooLarge => {
                ("hairline-dot-too-large", "skin.md 1.1 E", "lower healed_front_mm to 0.12-0.18 mm")
            }
            Self::RampTooSteep => {
                ("ramp-too-steep", "skin.md 1.10 E, 1.3 E", "widen ramp_mm, or drop it for the published profile")
            }
            Self::TempleFilled => (
                "temple-filled",
                "skin.md 1.10 S79 A, S81 A",
                "move the outer control points up: the temple stays bare for 80 mm above the lateral point",
            ),
            Self::CornerTooFarForward => (
                "corner-too-far-forward",
                "skin.md 1.10 S79 A, S81 A",
                "let the ends of the line recede to the fronto-temporal points",
            ),
            Self::TemporalPeakForward => (
                "temporal-peak-forward",
                "skin.md 1.10 S79 A",
                "move the tip back to the line from the fronto-temporal to the lateral point",
            ),
            Self::SentinelsMissing => {
                ("sentinels-missing", "stipple.md 6.2 E", "lower sentinels_per_cm, or move the keep-out that bars them")
            }
            Self::DensityAboveCap => (
                "density-above-cap",
                "skin.md 6 D/E, 1.3 K",
                "lower density_per_cm2: above 150 dots merge into a helmet",
            ),
            Self::SessionTooDense => (
                "session-too-dense",
                "skin.md 4.3 item 10 E",
                "spread the density over more sessions ([session] of, ladder_percent)",
            ),
            Self::SessionTooSoon => {
                ("session-too-soon", "skin.md 1.5 B, 4.3 item 10 E, 6 S43", "wait: 14 days is usual, 10 the least")
            }
            Self::SessionTooLong => (
                "session-too-long",
                "skin.md 1.3 S6 B, 1.5 S6 B",
                "treat a part of the area, or spread it over more sessions: 14 000 dots are 2-4 h in the chair",
            ),
            Self::SpacingLowered => (
                "spacing-lowered",
                "skin.md 1.4 E",
                "drop least_distance_mm and least_overall_mm: 1.0 mm in a session and 0.6 mm over all are decided",
            ),
            Self::DotTooLarge => ("dot-too-large", "skin.md 1.1 E", "lower healed_mm to at most 0.30"),
            Self::DarkerThanStubble => (
                "darker-than-stubble",
                "skin.md 3.5 D, 6 D/E",
                "lower density_per_cm2, healed_mm or shade: match the person's own stubble within 1.5 L*",
            ),
            Self::LookTakes => ("look-takes", "skin.md 3.5 D, 1.8 B", "fill in this ink"),
            Self::DepthOutsideWindow => {
                ("depth-outside-window", "skin.md 1.2 E", "bring penetration_mm.target into the window of the skin")
            }
            Self::DepthBeyondUsual => {
                ("depth-beyond-usual", "skin.md 6 D", "lower penetration_mm.most to 0.80, or to what the skin allows")
            }
            Self::ScarWithoutTestDots => (
                "scar-without-test-dots",
                "skin.md 1.11 E",
                "put at least 4 test dots into the scar and wait 4 weeks, or answer for it",
            ),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_rule_has_a_place_and_an_id_of_its_own() {
        let ids: BTreeSet<&str> = Rule::ALL.iter().map(|r| r.id()).collect();
        assert_eq!(ids.len(), Rule::ALL.len());
        for (k, rule) in Rule::ALL.iter().enumerate() {
            assert_eq!(*rule as usize, k, "{rule}");
            assert!(rule.id().chars().all(|c| c == '-' || c.is_ascii_lowercase()), "{rule}");
            assert!(rule.source().contains(".md "), "{rule} names its source");
        }
    }

    /// A person finds every rule in the README, with its source.
    #[test]
    fn the_readme_lists_every_rule() {
        let readme = include_str!("../../../../README.md");
        for rule in Rule::ALL {
            assert!(readme.contains(&format!("| `{rule}` |")), "README, Design rules: {rule} is missing");
        }
    }
}
