//! Why a world cannot be made, or a setpoint not be heard.

use frames::Span;

/// What is wrong with a world or a setpoint.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum SimError {
    /// Joint values of another arm.
    #[error("the arm has {arm} joints, but {given} values were given; load arm and posture from the same scene")]
    Joints {
        /// Of the arm.
        arm: usize,
        /// Of the posture or setpoint.
        given: usize,
    },
    /// A link that cannot be moved by a force.
    #[error("link {link} weighs {kg} kg; give it an <inertial> with a mass in the URDF")]
    Mass {
        /// Carried by this joint, 0 first.
        link: usize,
        /// As loaded.
        kg: f64,
    },
    /// A posture, pose or setpoint with NaN or infinity.
    #[error("a posture, pose or setpoint is not finite; check what computed it")]
    NotFinite,
    /// A parameter that means nothing.
    #[error("world.{name} is {value} (SI), outside {least}..={most}; change it in the scene's [world] table")]
    Imperfection {
        /// Table and key.
        name: &'static str,
        /// SI.
        value: f64,
        /// SI.
        least: f64,
        /// SI.
        most: f64,
    },
    /// A control cycle that the world's step does not divide.
    #[error("a control cycle of {cycle} is not a whole number of milliseconds; use 1 or 2 ms")]
    Cycle {
        /// As given.
        cycle: Span,
    },
    /// A needle group that the skin's laws do not know.
    #[error(transparent)]
    Skin(#[from] skin::SkinError),
}
