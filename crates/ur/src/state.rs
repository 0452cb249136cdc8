//! Enumerations and bits that fields carry.
//!
//! In: numbers of `runtime_state`, `robot_mode`, `safety_mode`, `robot_status_bits`, `safety_status_bits`. Out: their names.
//! Absent: what to do about them. Source: wire.md 3.3.

use crate::UrError;

macro_rules! enumeration {
    ($(#[$doc:meta])* $name:ident($what:literal, $int:ty) { $($(#[$vdoc:meta])* $variant:ident = $value:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant = $value,)+ }

        impl TryFrom<$int> for $name {
            type Error = UrError;
            fn try_from(value: $int) -> Result<Self, UrError> {
                match value {
                    $($value => Ok(Self::$variant),)+
                    value => Err(UrError::State { what: $what, value: i64::from(value) }),
                }
            }
        }
    };
}

enumeration!(
    /// State of the program, field `runtime_state`.
    RuntimeState("runtime state", u32) {
        /// About to stop.
        Stopping = 0,
        /// No program runs.
        Stopped = 1,
        /// A program runs.
        Playing = 2,
        /// About to pause.
        Pausing = 3,
        /// Paused.
        Paused = 4,
        /// About to go on.
        Resuming = 5,
    }
);

enumeration!(
    /// State of the arm, field `robot_mode`.
    RobotMode("robot mode", i32) {
        /// The controller is not there.
        NoController = -1,
        /// The arm is not connected.
        Disconnected = 0,
        /// The safety configuration waits for a person.
        ConfirmSafety = 1,
        /// The controller starts.
        Booting = 2,
        /// Power off.
        PowerOff = 3,
        /// Power on, not yet idle.
        PowerOn = 4,
        /// Power on, brakes closed.
        Idle = 5,
        /// Moved by hand, brakes open.
        Backdrive = 6,
        /// Brakes open, ready for programs.
        Running = 7,
        /// Firmware is being written.
        UpdatingFirmware = 8,
    }
);

enumeration!(
    /// State of the safety system, fields `safety_mode` and `safety_status`.
    SafetyMode("safety mode", i32) {
        /// Nothing limits the arm.
        Normal = 1,
        /// Reduced limits.
        Reduced = 2,
        /// Stopped by its own supervision.
        ProtectiveStop = 3,
        /// Outside a limit, being brought back.
        Recovery = 4,
        /// Stopped by a safeguard.
        SafeguardStop = 5,
        /// Stopped by an outer emergency stop.
        SystemEmergencyStop = 6,
        /// Stopped by the pendant's emergency stop.
        RobotEmergencyStop = 7,
        /// A safety limit was violated.
        Violation = 8,
        /// The safety system is broken.
        Fault = 9,
        /// Joint identity is being checked.
        ValidateJointId = 10,
        /// Not defined.
        Undefined = 11,
        /// Stopped by the safeguard of automatic mode.
        AutomaticModeSafeguard = 12,
        /// Stopped by a three-position switch.
        SystemThreePositionEnabling = 13,
    }
);

/// Field `robot_status_bits`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RobotStatus(pub u32);

/// Field `safety_status_bits`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SafetyStatus(pub u32);

macro_rules! bits {
    ($name:ident { $($(#[$doc:meta])* $bit:ident = $n:literal,)+ }) => {
        impl $name {
            $($(#[$doc])* pub const fn $bit(self) -> bool { self.0 & (1 << $n) != 0 })+
        }
    };
}

bits!(RobotStatus {
    /// The arm has power.
    power_on = 0,
    /// A program runs.
    program_running = 1,
    /// The teach button is pressed.
    teach_button = 2,
    /// The power button is pressed.
    power_button = 3,
});

bits!(SafetyStatus {
    /// Nothing limits the arm.
    normal = 0,
    /// Reduced limits.
    reduced = 1,
    /// Stopped by its own supervision.
    protective_stopped = 2,
    /// Being brought back inside a limit.
    recovery = 3,
    /// Stopped by a safeguard.
    safeguard_stopped = 4,
    /// Stopped by an outer emergency stop.
    system_emergency_stopped = 5,
    /// Stopped by the pendant's emergency stop.
    robot_emergency_stopped = 6,
    /// Stopped by any emergency stop.
    emergency_stopped = 7,
    /// A safety limit was violated.
    violation = 8,
    /// The safety system is broken.
    fault = 9,
    /// Stopped for any reason of safety.
    stopped_due_to_safety = 10,
    /// A three-position switch is not in its middle.
    three_position_stop = 11,
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_and_no_other() {
        for v in 0..=5 {
            assert_eq!(RuntimeState::try_from(v).map(|s| s as u32), Ok(v));
        }
        for v in -1..=8 {
            assert_eq!(RobotMode::try_from(v).map(|s| s as i32), Ok(v));
        }
        for v in 1..=13 {
            assert_eq!(SafetyMode::try_from(v).map(|s| s as i32), Ok(v));
        }
        assert_eq!(RuntimeState::try_from(6), Err(UrError::State { what: "runtime state", value: 6 }));
        assert_eq!(RobotMode::try_from(-2), Err(UrError::State { what: "robot mode", value: -2 }));
        assert!(
            RobotMode::try_from(9).is_err() && SafetyMode::try_from(0).is_err() && SafetyMode::try_from(14).is_err()
        );
    }

    /// Every bit alone, in the order of wire.md 3.3.
    #[test]
    fn bits_stand_where_the_manual_says() {
        for n in 0..32 {
            let r = RobotStatus(1 << n);
            let robot = [r.power_on(), r.program_running(), r.teach_button(), r.power_button()];
            let s = SafetyStatus(1 << n);
            let safety = [
                s.normal(),
                s.reduced(),
                s.protective_stopped(),
                s.recovery(),
                s.safeguard_stopped(),
                s.system_emergency_stopped(),
                s.robot_emergency_stopped(),
                s.emergency_stopped(),
                s.violation(),
                s.fault(),
                s.stopped_due_to_safety(),
                s.three_position_stop(),
            ];
            assert!(robot.iter().enumerate().all(|(k, &set)| set == (k == n)), "{n}: {robot:?}");
            assert!(safety.iter().enumerate().all(|(k, &set)| set == (k == n)), "{n}: {safety:?}");
        }
    }
}
