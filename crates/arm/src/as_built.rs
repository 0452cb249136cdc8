//! A calibration file becomes an arm as built.
//!
//! In: TOML as `pigment calibrate-arm` writes it (mm and mrad, a table a joint), and the nominal arm it was made for. Out:
//! the arm with its deviations, or what is wrong by file and line. Absent: the fit.

use std::fmt::Write as _;
use std::path::Path;

use nalgebra::{Isometry3, Vector3};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use toml::Spanned;

use crate::toolfile::said;
use crate::{ArmError, ArmModel};

/// A deviation beyond this is no calibration but another arm: mm, mrad.
const MOST: f64 = 50.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    arm: Spanned<String>,
    joint: Vec<JointIn>,
    #[serde(default)]
    flange: Option<Deviation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JointIn {
    name: Spanned<String>,
    shift_mm: Spanned<[f64; 3]>,
    turn_mrad: Spanned<[f64; 3]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deviation {
    shift_mm: Spanned<[f64; 3]>,
    turn_mrad: Spanned<[f64; 3]>,
}

impl ArmModel {
    /// This arm with the deviations of a calibration file.
    ///
    /// # Errors
    /// Not such a file, or one of another arm: the file names the chain it was made for.
    pub fn as_built(&self, path: &Path) -> Result<Self, ArmError> {
        let text = std::fs::read_to_string(path).map_err(|source| ArmError::Read { path: path.to_owned(), source })?;
        let at = |span: std::ops::Range<usize>, message: String| {
            let before = text.get(..span.start).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
            ArmError::Toml { path: path.to_owned(), line, column, message }
        };
        let file: File = toml::from_str(&text).map_err(|e| at(e.span().unwrap_or(0..0), said(e.message())))?;
        if *file.arm.get_ref() != self.chain_name() {
            let message = format!(
                "made for another arm ({}, this is {}); calibrate this one, or name its own file",
                file.arm.get_ref(),
                self.chain_name()
            );
            return Err(at(file.arm.span(), message));
        }
        let mut deviations = Vec::with_capacity(self.dof() + 1);
        for (i, joint) in self.joints.iter().enumerate() {
            let Some(own) = file.joint.get(i).filter(|j| *j.name.get_ref() == joint.name) else {
                let found = file.joint.get(i).map_or(0..0, |j| j.name.span());
                return Err(at(
                    found,
                    format!("the table of {} should stand here; keep all, in the arm's order", joint.name),
                ));
            };
            deviations.push(deviation(&own.shift_mm, &own.turn_mrad).map_err(|(span, why)| at(span, why))?);
        }
        if let Some(more) = file.joint.get(self.dof()) {
            return Err(at(
                more.name.span(),
                format!("{} is no joint of {}; remove it", more.name.get_ref(), self.name),
            ));
        }
        if let Some(flange) = &file.flange {
            deviations.push(deviation(&flange.shift_mm, &flange.turn_mrad).map_err(|(span, why)| at(span, why))?);
        }
        Ok(self.perturbed(&deviations))
    }

    /// The text [`ArmModel::as_built`] reads; `head` goes first, as comments.
    pub fn as_built_text(&self, head: &str, joints: &[Isometry3<f64>], flange: Option<&Isometry3<f64>>) -> String {
        let mut text = String::new();
        // Writing into a string cannot fail.
        for line in head.lines() {
            let _ = writeln!(text, "# {line}");
        }
        let _ = writeln!(text, "arm = {:?}", self.chain_name());
        let numbers = |v: Vector3<f64>| format!("[{:.7}, {:.7}, {:.7}]", v.x * 1e3, v.y * 1e3, v.z * 1e3);
        let table = |d: &Isometry3<f64>| {
            format!("shift_mm = {}\nturn_mrad = {}\n", numbers(d.translation.vector), numbers(d.rotation.scaled_axis()))
        };
        for (joint, deviation) in self.joints.iter().zip(joints) {
            let _ = write!(text, "\n[[joint]]\nname = {:?}\n{}", joint.name, table(deviation));
        }
        if let Some(flange) = flange {
            let _ = write!(text, "\n[flange]\n{}", table(flange));
        }
        text
    }

    /// Name and a digest of the nominal chain: frames and axes, not limits, masses or shapes.
    fn chain_name(&self) -> String {
        let frames: Vec<_> = self.joints.iter().map(|j| (&j.name, j.parent_from_joint, j.axis)).collect();
        let bytes = postcard::to_stdvec(&(frames, self.last_from_flange)).unwrap_or_default();
        let digest = Sha256::digest(bytes);
        digest.iter().take(6).fold(format!("{} ", self.name), |name, byte| format!("{name}{byte:02x}"))
    }
}

fn deviation(
    shift: &Spanned<[f64; 3]>,
    turn: &Spanned<[f64; 3]>,
) -> Result<Isometry3<f64>, (std::ops::Range<usize>, String)> {
    for (what, three) in [("shift_mm", shift), ("turn_mrad", turn)] {
        if let Some(bad) = three.get_ref().iter().find(|v| v.is_nan() || v.abs() > MOST) {
            return Err((three.span(), format!("{what} holds {bad}; {MOST} is the most that a calibration corrects")));
        }
    }
    let vector = |of: &Spanned<[f64; 3]>| Vector3::from(*of.get_ref()) * 1e-3;
    Ok(Isometry3::new(vector(shift), vector(turn)))
}
