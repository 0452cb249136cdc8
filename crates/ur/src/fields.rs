//! The fields that a controller offers, by name.
//!
//! In: a name. Out: [`Field`]: type, direction, the software that first has it. Absent: values, meaning, units.
//! 95 named fields and 324 registers, 419 in all. Source: wire.md 3.1, 3.2.

use crate::{DataType, Version};

/// Which way a field may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the robot only.
    Output,
    /// To the robot only.
    Input,
    /// Both: an input register can be read back.
    Both,
}

/// What is known of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Field {
    /// On the wire.
    pub data_type: DataType,
    /// Which way.
    pub direction: Direction,
}

use DataType::{Bool, Double, Int32, UInt8, UInt32, UInt64, Vector3D, Vector6D, Vector6Int32};

const OUTPUTS: [(DataType, &[&str]); 8] = [
    (
        Double,
        &[
            "timestamp",
            "actual_execution_time",
            "target_execution_time",
            "speed_scaling",
            "target_speed_fraction",
            "actual_momentum",
            "actual_main_voltage",
            "actual_robot_voltage",
            "actual_robot_current",
            "standard_analog_input0",
            "standard_analog_input1",
            "standard_analog_output0",
            "standard_analog_output1",
            "io_current",
            "actual_robot_energy_consumed",
            "actual_robot_braking_energy_dissipated",
            "euromap67_24V_voltage",
            "euromap67_24V_current",
            "tool_analog_input0",
            "tool_analog_input1",
            "tool_output_current",
            "tool_temperature",
            "tcp_force_scalar",
            "joint_position_deviation_ratio",
            "collision_detection_ratio",
            "payload",
        ],
    ),
    (
        Vector6D,
        &[
            "target_q",
            "target_qd",
            "target_qdd",
            "target_current",
            "target_moment",
            "actual_q",
            "actual_qd",
            "actual_current",
            "actual_current_window",
            "actual_current_as_torque",
            "joint_control_output",
            "actual_TCP_pose",
            "actual_TCP_speed",
            "actual_TCP_force",
            "target_TCP_pose",
            "target_TCP_speed",
            "tcp_offset",
            "actual_TCP_acceleration",
            "target_TCP_acceleration",
            "joint_temperatures",
            "actual_joint_voltage",
            "ft_raw_wrench",
            "wrench_calc_from_currents",
            "payload_inertia",
            "target_base_acceleration",
            "target_base_wrench",
        ],
    ),
    (Vector3D, &["actual_tool_accelerometer", "elbow_position", "elbow_velocity", "payload_cog", "target_gravity"]),
    (Vector6Int32, &["joint_mode"]),
    (
        Int32,
        &[
            "robot_mode",
            "safety_mode",
            "safety_status",
            "encoder0_raw",
            "encoder1_raw",
            "tool_output_voltage",
            "time_scale_source",
        ],
    ),
    (
        UInt32,
        &[
            "runtime_state",
            "robot_status_bits",
            "safety_status_bits",
            "analog_io_types",
            "euromap67_input_bits",
            "euromap67_output_bits",
            "tool_mode",
            "tool_analog_input_types",
            "script_control_line",
        ],
    ),
    (
        UInt64,
        &[
            "actual_digital_input_bits",
            "actual_digital_output_bits",
            "actual_configurable_digital_input_bits",
            "actual_configurable_digital_output_bits",
            "control_step",
        ],
    ),
    (UInt8, &["tool_output_mode", "tool_digital_output0_mode", "tool_digital_output1_mode"]),
];

const INPUTS: [(DataType, &[&str]); 4] = [
    (Double, &["speed_slider_fraction", "standard_analog_output_0", "standard_analog_output_1"]),
    (Vector6D, &["external_force_torque"]),
    (UInt32, &["speed_slider_mask"]),
    (
        UInt8,
        &[
            "standard_digital_output_mask",
            "standard_digital_output",
            "configurable_digital_output_mask",
            "configurable_digital_output",
            "tool_digital_output_mask",
            "tool_digital_output",
            "standard_analog_output_mask",
            "standard_analog_output_type",
        ],
    ),
];

/// How many fields are no registers.
pub const NON_REGISTER_FIELDS: usize = {
    let (mut n, mut k) = (0, 0);
    while k < OUTPUTS.len() {
        n += OUTPUTS[k].1.len();
        k += 1;
    }
    k = 0;
    while k < INPUTS.len() {
        n += INPUTS[k].1.len();
        k += 1;
    }
    n
};

/// What is known of the field of this name; `None` for a name that no controller has.
pub fn field(name: &str) -> Option<Field> {
    let named = |table: &[(DataType, &[&str])], direction| {
        let (data_type, _) = table.iter().find(|(_, names)| names.contains(&name))?;
        Some(Field { data_type: *data_type, direction })
    };
    named(&OUTPUTS, Direction::Output).or_else(|| named(&INPUTS, Direction::Input)).or_else(|| register(name))
}

/// `input_` and `output_`: `int_register_0..47`, `double_register_0..47`, `bit_registers0_to_31`, `bit_registers32_to_63`,
/// `bit_register_64..127`.
fn register(name: &str) -> Option<Field> {
    let (rest, direction) = match name.strip_prefix("input_") {
        Some(rest) => (rest, Direction::Both),
        None => (name.strip_prefix("output_")?, Direction::Output),
    };
    let numbered = |prefix: &str, least: u8, most: u8| {
        rest.strip_prefix(prefix)
            .filter(|digits| !digits.starts_with('+') && (*digits == "0" || !digits.starts_with('0')))
            .and_then(|digits| digits.parse::<u8>().ok())
            .is_some_and(|n| (least..=most).contains(&n))
    };
    let data_type = if numbered("int_register_", 0, 47) {
        Int32
    } else if numbered("double_register_", 0, 47) {
        Double
    } else if numbered("bit_register_", 64, 127) {
        Bool
    } else if matches!(rest, "bit_registers0_to_31" | "bit_registers32_to_63") {
        UInt32
    } else {
        return None;
    };
    Some(Field { data_type, direction })
}

impl Field {
    /// False when the controller is known to be too old for the field of this name. Only the gates of wire.md 3.2 are
    /// known; the answer to the set-up (`NOT_FOUND`) has the last word.
    pub fn is_offered(name: &str, by: Version) -> bool {
        let since = |major, minor, bugfix| Version { major, minor, bugfix, build: 0 };
        let upper_double = || {
            let digits = name.strip_prefix("input_double_register_").or(name.strip_prefix("output_double_register_"));
            digits.and_then(|d| d.parse::<u8>().ok()).is_some_and(|n| n >= 24)
        };
        // The oldest CB3 and the oldest later controller that have it.
        let (cb3, later) = match name {
            "ft_raw_wrench" => (None, since(5, 9, 0)),
            "payload" | "payload_cog" => (Some(since(3, 11, 0)), since(5, 5, 1)),
            "payload_inertia" => (Some(since(3, 15, 0)), since(5, 11, 0)),
            "actual_current_as_torque" => (None, since(5, 23, 0)),
            "safety_status" => (Some(since(3, 10, 0)), since(5, 4, 0)),
            _ if upper_double() => (Some(since(3, 9, 0)), since(5, 3, 0)),
            _ => return true,
        };
        if by.major < 5 { cb3.is_some_and(|cb3| by >= cb3) } else { by >= later }
    }
}

/// The pieces of a list with commas between; an empty list has none, and a last comma counts for nothing.
pub fn names(list: &str) -> impl Iterator<Item = &str> {
    let list = list.strip_suffix(',').unwrap_or(list);
    let empty = list.is_empty();
    list.split(',').filter(move |_| !empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_419() {
        let mut registers = 0;
        for side in ["input_", "output_"] {
            for n in 0..200 {
                for kind in ["int_register_", "double_register_", "bit_register_"] {
                    registers += usize::from(field(&format!("{side}{kind}{n}")).is_some());
                }
            }
            for word in ["bit_registers0_to_31", "bit_registers32_to_63"] {
                registers += usize::from(field(&format!("{side}{word}")).is_some());
            }
        }
        assert_eq!((NON_REGISTER_FIELDS, registers), (95, 324));
    }

    #[test]
    fn no_name_twice() {
        let mut all: Vec<&str> = OUTPUTS.iter().chain(&INPUTS).flat_map(|(_, names)| names.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), NON_REGISTER_FIELDS);
    }

    #[track_caller]
    fn check(name: &str, want: Option<(DataType, Direction)>) {
        assert_eq!(field(name).map(|f| (f.data_type, f.direction)), want, "{name}");
    }

    #[test]
    fn types_and_directions() {
        check("actual_q", Some((Vector6D, Direction::Output)));
        check("joint_mode", Some((Vector6Int32, Direction::Output)));
        check("speed_slider_mask", Some((UInt32, Direction::Input)));
        check("standard_analog_output0", Some((Double, Direction::Output)));
        check("standard_analog_output_0", Some((Double, Direction::Input)));
        check("input_int_register_0", Some((Int32, Direction::Both)));
        check("output_int_register_47", Some((Int32, Direction::Output)));
        check("output_double_register_24", Some((Double, Direction::Output)));
        check("input_bit_register_64", Some((Bool, Direction::Both)));
        check("input_bit_registers32_to_63", Some((UInt32, Direction::Both)));
        check("input_int_register_48", None);
        check("input_bit_register_63", None);
        check("input_int_register_", None);
        check("input_int_register_07", None);
        check("input_int_register_+7", None);
        check("input_int_register_-1", None);
        check("actual_Q", None);
        check("", None);
    }

    #[test]
    fn gates() {
        let v = |major, minor, bugfix| Version { major, minor, bugfix, build: 1 };
        for (name, by, want) in [
            ("actual_q", v(3, 0, 0), true),
            ("ft_raw_wrench", v(5, 8, 9), false),
            ("ft_raw_wrench", v(5, 9, 0), true),
            ("ft_raw_wrench", v(3, 15, 0), false),
            ("payload", v(3, 11, 0), true),
            ("payload", v(5, 5, 0), false),
            ("payload", v(5, 5, 1), true),
            ("actual_current_as_torque", v(10, 0, 0), true),
            ("output_double_register_23", v(3, 8, 0), true),
            ("output_double_register_24", v(3, 8, 0), false),
            ("input_double_register_47", v(5, 3, 0), true),
        ] {
            assert_eq!(Field::is_offered(name, by), want, "{name} {by:?}");
        }
    }

    #[test]
    fn lists() {
        let split = |s| names(s).collect::<Vec<_>>();
        assert_eq!(split("a,b"), ["a", "b"]);
        assert_eq!(split("a,b,"), ["a", "b"]);
        assert_eq!(split("a,,b"), ["a", "", "b"]);
        assert!(split("").is_empty() && split(",").is_empty());
    }
}
