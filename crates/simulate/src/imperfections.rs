//! Everything that may be wrong with the world, each a number that can be zero or larger than life.
//!
//! In: a scene's `[world]` table (millimetres, degrees, milliseconds; unknown keys are errors). Out: [`Imperfections`] in
//! SI. Absent: the drawing of numbers, and noise of the tool's sensors, which the tool's own file gives.
//! Marks of the sources as in `skin.md`: A to C cited, D derived, E proposed, K general knowledge. Every parameter that
//! is a magnitude (an error, a noise, a rate of mishaps) grows with [`Imperfections::scaled`]; what only shapes it (a
//! frequency, a wavelength) does not.

use serde::{Deserialize, Serialize};

use crate::SimError;

/// Whether a parameter says how much is wrong, or only of which kind it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Zero means perfect.
    Magnitude,
    /// Frequency, wavelength, time constant: above zero, and not scaled.
    Shape,
}

/// One parameter, for sweeps and reports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// Table and key of the scene file, without the unit: `tracker.noise`.
    pub name: &'static str,
    /// How much, or of which kind.
    pub kind: Kind,
    /// SI.
    pub value: f64,
}

macro_rules! group {
    ($(#[$doc:meta])* $name:ident($table:literal) {
        $($(#[$field_doc:meta])* $field:ident: $key:literal, $unit:literal, $kind:ident = $value:expr;)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* #[serde(rename = $key, with = $unit)] pub $field: f64,)+
        }

        impl Default for $name {
            fn default() -> Self { Self { $($field: $value,)+ } }
        }

        impl $name {
            fn visit(&mut self, f: &mut impl FnMut(&'static str, Kind, &mut f64)) {
                $(f(concat!($table, ".", stringify!($field)), Kind::$kind, &mut self.$field);)+
            }
        }
    };
}

macro_rules! unit {
    ($name:ident, $si:expr) => {
        mod $name {
            use serde::{Deserialize, Deserializer, Serialize, Serializer};
            pub(super) fn serialize<S: Serializer>(v: &f64, s: S) -> Result<S::Ok, S::Error> {
                (v / $si).serialize(s)
            }
            pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<f64, D::Error> {
                f64::deserialize(d).map(|v| v * $si)
            }
        }
    };
}

unit!(mm, 1e-3);
unit!(deg, std::f64::consts::PI / 180.0);
unit!(ms, 1e-3);
unit!(plain, 1.0);
unit!(per_min, 1.0 / 60.0);
unit!(per_30_min, 1.0 / 1800.0);

const MM: f64 = 1e-3;
const MS: f64 = 1e-3;
const DEG: f64 = std::f64::consts::PI / 180.0;

group!(
    /// The arm: `[world.arm]`.
    ArmErrors("arm") {
        /// Each joint's place against the model, per axis, standard deviation, m. What is left after calibration: E; one
        /// UR5e without its calibration file was off by 1.2-1.8 mm (`data/robots/limits_facts.md`).
        calibration_length: "calibration_length_mm", "mm", Magnitude = 0.1 * MM;
        /// Each joint's orientation (zero included) against the model, per axis, standard deviation, rad. E; without
        /// calibration 0.3-0.4 deg (same file).
        calibration_angle: "calibration_angle_deg", "deg", Magnitude = 0.02 * DEG;
        /// From setpoint to first motion, s. With `servo_lag` the 34 ms of `servoj` at its shortest look-ahead of 30 ms
        /// (Universal_Robots_Client_Library#86, by `motion.md` section 4).
        servo_delay: "servo_delay_ms", "ms", Magnitude = 4.0 * MS;
        /// Mean delay of the arm's own smoothing, s.
        servo_lag: "servo_lag_ms", "ms", Magnitude = 30.0 * MS;
        /// Of a joint angle, standard deviation, rad. K: 19 bits a turn.
        encoder_noise: "encoder_noise_deg", "deg", Magnitude = 6e-4 * DEG;
        /// Of a joint speed, standard deviation, rad/s. E.
        speed_noise: "speed_noise_deg_per_s", "deg", Magnitude = 0.05 * DEG;
    }
);

group!(
    /// The head's own motion and its rest: `[world.head]`.
    HeadMotion("head") {
        /// Random walk: speed per axis, standard deviation, m/s. 0.75 mm/s is a mean speed of 1.2 mm/s in space (S45 A).
        drift_speed: "drift_speed_mm_per_s", "mm", Magnitude = 0.75 * MM;
        /// Random walk: turning per axis, standard deviation, rad/s: 5.3 deg after 30 min (S45 A, D).
        drift_turn: "drift_turn_deg_per_s", "deg", Magnitude = 0.23 * DEG;
        /// For how long a drift keeps its direction, s. With the speed above the walk is 7 mm long after 5 min and 17 mm
        /// after 30 min, as measured (S45 A: 6-8 and 16-19 mm; D: `sqrt(6 v^2 tau t)`).
        drift_time: "drift_time_ms", "ms", Shape = 50.0 * MS;
        /// Amplitude along the body, m (K: 0.3-2 mm supported).
        breathing: "breathing_mm", "mm", Magnitude = 0.5 * MM;
        /// Hz (K: 0.2-0.3).
        breathing_rate: "breathing_hz", "plain", Shape = 0.25;
        /// Amplitude along the body, m (K: 0.02-0.15 mm; S121).
        heartbeat: "heartbeat_mm", "mm", Magnitude = 0.05 * MM;
        /// Hz (K: 1-1.5; three harmonics are added).
        heartbeat_rate: "heartbeat_hz", "plain", Shape = 1.2;
        /// How often it starts, 1/s (S45 A: 1-4 per 30 min).
        startle_rate: "startle_per_30_min", "per_30_min", Magnitude = 2.0 / 1800.0;
        /// Peak, m/s (S45 A: 32-86 mm/s); drawn between half and all of it.
        startle_speed: "startle_speed_mm_per_s", "mm", Magnitude = 86.0 * MM;
        /// Peak, rad/s (S45 A: 28-35 deg/s); drawn between half and all of it.
        startle_turn: "startle_turn_deg_per_s", "deg", Magnitude = 32.0 * DEG;
        /// From rest to rest, s. E.
        startle_time: "startle_time_ms", "ms", Shape = 150.0 * MS;
        /// How the head gives under a force, m/N. D: 4.5 kg on a cushion that swings at 5 Hz is 4.4 N/mm (E).
        give: "give_mm_per_n", "mm", Magnitude = 0.23 * MM;
        /// How it turns under a moment, rad/(N m). D: 0.02 kg m2 at 5 Hz (E).
        give_turn: "give_turn_deg_per_nm", "deg", Magnitude = 2.9 * DEG;
        /// Of head and cushion, Hz. E.
        rest_rate: "rest_hz", "plain", Shape = 5.0;
        /// Share of critical damping. E.
        rest_damping: "rest_damping", "plain", Shape = 0.5;
    }
);

group!(
    /// The scan against the head: `[world.scan]`.
    ScanErrors("scan") {
        /// Registration of the scan to the head, constant over a run, per axis, standard deviation, m. E: landmarks and
        /// surface; a commercial TMS robot has 1.34 mm (`skin.md` A6).
        registration: "registration_mm", "mm", Magnitude = 0.5 * MM;
        /// The same, turning, rad. E; the TMS robot has 3.48 deg.
        registration_turn: "registration_deg", "deg", Magnitude = 0.3 * DEG;
        /// The skin against the scan along the normal, standard deviation, m. E: structured light and hair.
        surface: "surface_mm", "mm", Magnitude = 0.15 * MM;
        /// From hill to hill of that error, m. E.
        surface_wavelength: "surface_wavelength_mm", "mm", Shape = 40.0 * MM;
    }
);

group!(
    /// The tracker: `[world.tracker]`.
    TrackerErrors("tracker") {
        /// Frames a second (design section 9: 100-120).
        rate: "rate_hz", "plain", Shape = 120.0;
        /// From light to delivery, s (design section 9: at most 20 ms).
        latency: "latency_ms", "ms", Magnitude = 15.0 * MS;
        /// Place, per axis, standard deviation, m. K: an optical tracker's frame-to-frame noise.
        noise: "noise_mm", "mm", Magnitude = 0.05 * MM;
        /// Orientation, per axis, standard deviation, rad. K.
        noise_turn: "noise_deg", "deg", Magnitude = 0.03 * DEG;
        /// Frames lost one by one, share. E.
        lost: "lost_ratio", "plain", Magnitude = 0.002;
        /// Line of sight lost, 1/s. E.
        blocked_rate: "blocked_per_min", "per_min", Magnitude = 0.2 / 60.0;
        /// For how long, s. E.
        blocked_time: "blocked_ms", "ms", Shape = 120.0 * MS;
    }
);

group!(
    /// The skin: `[world.skin]`.
    SkinErrors("skin") {
        /// Factor on the spread of `skin::Variation` (`skin.md` 3.1: puncture force 25 %).
        spread: "spread", "plain", Magnitude = 1.0;
        /// Share of the spread's variance that is the person's, the same everywhere. E.
        person: "person_ratio", "plain", Shape = 0.3;
        /// From hill to hill of the rest, m. E.
        wavelength: "wavelength_mm", "mm", Shape = 15.0 * MM;
    }
);

group!(
    /// The tool: `[world.tool]`.
    ToolErrors("tool") {
        /// Needle drive's scale, standard deviation, share. E: a calibrated drive; handpieces are off by 0.2-0.5 mm (S12 C).
        drive_scale: "drive_scale_ratio", "plain", Magnitude = 0.01;
        /// Needle drive's zero, standard deviation, m. E.
        drive_zero: "drive_zero_mm", "mm", Magnitude = 0.02 * MM;
        /// Factor on the noise that the tool's file gives.
        noise: "noise", "plain", Magnitude = 1.0;
        /// Axial force's zero, standard deviation, N. E.
        force_bias: "force_bias_n", "plain", Magnitude = 0.05;
        /// Axial force's random walk, N after 1 s. E: 0.02 N after 1 min.
        force_drift: "force_drift_n", "plain", Magnitude = 0.0026;
        /// Nose displacement's zero, standard deviation, m. E.
        nose_bias: "nose_bias_mm", "mm", Magnitude = 0.01 * MM;
    }
);

/// Everything that may be wrong with the world. The default is the sourced one.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Imperfections {
    /// Calibration, servo, encoders.
    pub arm: ArmErrors,
    /// Motion and rest.
    pub head: HeadMotion,
    /// Registration and surface.
    pub scan: ScanErrors,
    /// Rate, latency, noise, loss.
    pub tracker: TrackerErrors,
    /// Spread.
    pub skin: SkinErrors,
    /// Needle drive and sensors.
    pub tool: ToolErrors,
}

impl Imperfections {
    /// A world in which nothing can go wrong, for tests of everything else.
    pub fn none() -> Self {
        Self::default().scaled(0.0)
    }

    /// Every magnitude times `factor`.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        self.visit(&mut |_, kind, v| {
            if kind == Kind::Magnitude {
                *v *= factor;
            }
        });
        self
    }

    /// One magnitude, by [`Parameter::name`], times `factor`; a whole table by its name alone. `None` when there is no
    /// such magnitude.
    pub fn with(mut self, name: &str, factor: f64) -> Option<Self> {
        let mut found = false;
        self.visit(&mut |full, kind, v| {
            let table = full.split_once('.').map(|(table, _)| table);
            if kind == Kind::Magnitude && (full == name || table == Some(name)) {
                *v *= factor;
                found = true;
            }
        });
        found.then_some(self)
    }

    /// All of them, in a fixed order.
    pub fn parameters(mut self) -> Vec<Parameter> {
        let mut all = Vec::new();
        self.visit(&mut |name, kind, value| all.push(Parameter { name, kind, value: *value }));
        all
    }

    /// Refuses what is not finite, negative, or a shape of zero; and what the simulator has no room for.
    pub fn check(mut self) -> Result<(), SimError> {
        let mut worst = Ok(());
        self.visit(&mut |name, kind, v| {
            let most = match name {
                // Setpoints and tracker frames on their way are kept in fixed queues.
                "arm.servo_delay" => 0.06,
                "tracker.latency" => 0.5,
                "tracker.rate" => 1000.0,
                "tracker.lost" | "skin.person" => 1.0,
                _ => f64::INFINITY,
            };
            let least = match (kind, name) {
                (Kind::Magnitude, _) | (_, "skin.person" | "head.rest_damping") => 0.0,
                (Kind::Shape, _) => f64::MIN_POSITIVE,
            };
            // Written so that NaN fails.
            let inside = *v >= least && *v <= most && v.is_finite();
            if worst.is_ok() && !inside {
                worst = Err(SimError::Imperfection { name, value: *v, least, most });
            }
        });
        worst
    }

    fn visit(&mut self, f: &mut impl FnMut(&'static str, Kind, &mut f64)) {
        self.arm.visit(f);
        self.head.visit(f);
        self.scan.visit(f);
        self.tracker.visit(f);
        self.skin.visit(f);
        self.tool.visit(f);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::float_cmp, reason = "tests; exact by construction")]
    use super::*;

    #[test]
    fn the_table_speaks_millimetres_and_degrees() {
        let read: Imperfections =
            toml::from_str("[head]\ndrift_turn_deg_per_s = 180\n[tracker]\nnoise_mm = 2").unwrap();
        assert_eq!(read.tracker.noise, 0.002);
        assert_eq!(read.head.drift_turn, std::f64::consts::PI);
        assert_eq!(read.tracker.rate, TrackerErrors::default().rate);
        let back: Imperfections = toml::from_str(&toml::to_string(&read).unwrap()).unwrap();
        assert!((back.head.startle_rate - read.head.startle_rate).abs() < 1e-15);
    }

    #[test]
    fn unknown_keys_are_errors() {
        for text in ["[tracker]\nnoise = 1", "[trackers]\n", "noise_mm = 1"] {
            assert!(toml::from_str::<Imperfections>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn none_keeps_the_shapes() {
        let none = Imperfections::none();
        none.check().unwrap();
        for p in none.parameters() {
            assert_eq!(p.value == 0.0, p.kind == Kind::Magnitude, "{p:?}");
        }
    }

    #[test]
    fn one_or_a_table_is_turned_up() {
        let twice = Imperfections::default().with("tracker.noise", 2.0).unwrap();
        assert_eq!(twice.tracker.noise, 2.0 * TrackerErrors::default().noise);
        assert_eq!(twice.tracker.noise_turn, TrackerErrors::default().noise_turn);
        let head = Imperfections::default().with("head", 0.0).unwrap();
        assert!(head.head.breathing == 0.0 && head.head.breathing_rate > 0.0);
        assert!(Imperfections::default().with("tracker.rate", 2.0).is_none());
        assert!(Imperfections::default().with("nose", 2.0).is_none());
    }

    #[test]
    fn refuses_what_means_nothing() {
        let with = |f: fn(&mut Imperfections)| {
            let mut i = Imperfections::default();
            f(&mut i);
            i.check()
        };
        assert!(with(|_| ()).is_ok());
        assert!(with(|i| i.tracker.noise = -1e-9).is_err());
        assert!(with(|i| i.tracker.noise = f64::NAN).is_err());
        assert!(with(|i| i.head.breathing_rate = 0.0).is_err());
        assert!(with(|i| i.arm.servo_delay = 0.061).is_err());
        assert!(with(|i| i.head.drift_speed = f64::INFINITY).is_err());
    }
}
