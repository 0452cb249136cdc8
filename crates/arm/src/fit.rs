//! The arm as built, fitted to measured poses.
//!
//! In: a nominal arm, joint angles with the place of the tool's tip as a tracker saw it (and its orientation, if it did).
//! Out: [`Fit`]: a deviation of every joint's frame, the tip, the tracker's pose, residuals, what the poses could and
//! could not tell, and bounds. Absent: files, the choice of poses.
//!
//! Least squares on the product of frames with a prior on every deviation (Hollerbach, Khalil, Gautier (2016), Springer
//! Handbook of Robotics, chapter 8): six small numbers a joint are more than a chain can tell apart, and the prior holds
//! what the poses leave open near zero, where it does no harm. Outliers are weighed down by Tukey's biweight.

use frames::{Flange, Point};
use nalgebra::{DMatrix, DVector, Isometry3, Matrix3, Point3, Rotation3, Translation3, UnitQuaternion, Vector3};

use crate::newton::miss;
use crate::{ArmModel, JointPos};

/// Deviations of a joint's frame to be expected of an arm as built (`reference/motion.md` 1.1): one sigma, m and rad.
const EXPECTED: [f64; 6] = [1e-3, 1e-3, 1e-3, 3e-3, 3e-3, 3e-3];
/// The tracker may stand anywhere, and so may the tip; after a first alignment they are this well known, m and rad.
const ANYWHERE: [f64; 6] = [0.3, 0.3, 0.3, 0.5, 0.5, 0.5];
/// A joint that turns less than this over the poses says too little, rad.
const LEAST_SPAN: f64 = 0.5;
/// Fewest poses: 15 places are 45 numbers for the 30 that six joints, base and tip have between them (4 n + 6).
const FEWEST: usize = 15;
/// Noise is never believed to be less, m; and rad.
const LEAST_NOISE: f64 = 1e-6;
/// Parts of a cross validation.
const FOLDS: usize = 5;
/// Steps of Gauss and Newton; five settle it.
const STEPS: usize = 25;

/// One row of a measurement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// As the controller reads them.
    pub joints: JointPos,
    /// The tip in the tracker's frame, m.
    pub tip: Point3<f64>,
    /// Orientation of the body on the tool in the tracker's frame, if it was measured.
    pub turn: Option<UnitQuaternion<f64>>,
}

/// Why there is no fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FitError {
    /// Not enough rows.
    #[error("{rows} poses, {least} are the fewest; measure {} more, all over the reach", least - rows)]
    Few {
        /// As found.
        rows: usize,
        /// As needed.
        least: usize,
    },
    /// A joint hardly moves.
    #[error("joint {} turns only {span_deg:.1} deg over all poses, {least_deg:.0} deg are the least; add poses that turn it", joint + 1)]
    Still {
        /// From zero.
        joint: usize,
        /// Widest difference.
        span_deg: f64,
        /// As needed.
        least_deg: f64,
    },
    /// Tips in a line or in one place.
    #[error("the tips lie within {across_mm:.1} mm of one line, {least_mm:.0} mm are the least; spread the poses")]
    Line {
        /// Greatest distance.
        across_mm: f64,
        /// As needed.
        least_mm: f64,
    },
    /// A row that does not belong to this arm.
    #[error("row {}: {what}", row + 1)]
    Row {
        /// From zero.
        row: usize,
        /// What is wrong.
        what: String,
    },
    /// Nothing fits.
    #[error(
        "the poses do not fit this arm: {rms_mm:.1} mm rms after the fit, {most_mm:.0} mm is the most; are the units, the joint order and the URDF right?"
    )]
    Misfit {
        /// After the fit.
        rms_mm: f64,
        /// Allowed.
        most_mm: f64,
    },
}

/// A number of the model that the fit moves.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Like `joint 3 turn x`; x, y, z of the joint's own frame.
    pub name: String,
    /// m or rad.
    pub value: f64,
    /// Half of the 95 % interval, m or rad.
    pub bound: f64,
    /// Standard deviation before the poses spoke.
    pub expected: f64,
}

/// The result.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// For [`ArmModel::perturbed`]: one entry a joint.
    pub deviations: Vec<Isometry3<f64>>,
    /// The tip, in the flange.
    pub tip: Point<Flange>,
    /// The tracker's frame in the base.
    pub base_from_tracker: Isometry3<f64>,
    /// Deviations of the joints, in order.
    pub parameters: Vec<Parameter>,
    /// By row, m: measured less fitted tip.
    pub residuals: Vec<f64>,
    /// Rows weighed down to nothing.
    pub outliers: Vec<usize>,
    /// Of the rows that count, m. The nominal arm with its best tip and tracker, for comparison.
    pub rms: f64,
    /// Before the fit of the joints, m.
    pub nominal_rms: f64,
    /// Of rows that were left out of the fit in turn, m.
    pub cross_rms: f64,
    /// Of one measured coordinate, m.
    pub noise: f64,
    /// Of the measurement, in units of the prior over the noise, falling: below 1, poses say less than the prior.
    pub singular_values: Vec<f64>,
    /// Covariance of all numbers of the model.
    covariance: DMatrix<f64>,
    dof: usize,
}

/// The model at one place of the search.
#[derive(Clone)]
struct Model {
    arm: ArmModel,
    tracker_from_base: Isometry3<f64>,
    flange_from_tip: Isometry3<f64>,
    /// Deviations so far, for the prior.
    sum: DVector<f64>,
}

impl ArmModel {
    /// Fits this arm to `rows`; `tip` is where the tool's tip should be. At least 15 rows, all over the reach.
    ///
    /// # Errors
    /// Too few or degenerate poses, or poses of another arm; each says what to do.
    pub fn fit(&self, rows: &[Measured], tip: Point<Flange>) -> Result<Fit, FitError> {
        check(self, rows)?;
        let all: Vec<usize> = (0..rows.len()).collect();
        let start = Model::start(self, rows, tip);
        let solved = solve(start.clone(), rows, &all, true);
        let rms = |of: &[f64]| (of.iter().map(|r| r * r).sum::<f64>() / of.len().max(1) as f64).sqrt();
        let kept: Vec<usize> = all.iter().copied().filter(|i| solved.weights[*i] > 0.0).collect();
        let residual = |model: &Model, i: usize| model.offset(&rows[i]).norm();
        let good = |model: &Model| rms(&kept.iter().map(|i| residual(model, *i)).collect::<Vec<_>>());
        let (most, after) = (5e-3, good(&solved.model));
        if after > most || 2 * kept.len() < rows.len() {
            return Err(FitError::Misfit { rms_mm: after * 1e3, most_mm: most * 1e3 });
        }
        let nominal = solve(start.clone(), rows, &kept, false);
        let mut left_out = Vec::new();
        for fold in 0..FOLDS {
            let (out, rest): (Vec<usize>, Vec<usize>) = kept.iter().enumerate().map(|(k, i)| (k, *i)).fold(
                (Vec::new(), Vec::new()),
                |(mut out, mut rest), (k, i)| {
                    if k % FOLDS == fold {
                        out.push(i)
                    } else {
                        rest.push(i)
                    }
                    (out, rest)
                },
            );
            let model = solve(start.clone(), rows, &rest, true).model;
            left_out.extend(out.iter().map(|i| residual(&model, *i)));
        }
        let n = self.dof();
        let sigma = |k: usize| solved.covariance[(k, k)].max(0.0).sqrt();
        let parameters = (0..6 * n)
            .map(|k| Parameter {
                name: format!("joint {} {} {}", k / 6 + 1, ["shift", "turn"][k % 6 / 3], ["x", "y", "z"][k % 3]),
                value: solved.model.sum[k],
                bound: 1.96 * sigma(k),
                expected: EXPECTED[k % 6],
            })
            .collect();
        Ok(Fit {
            deviations: self.joints.iter().zip(&solved.model.arm.joints).map(difference).collect(),
            tip: Point::from(solved.model.flange_from_tip.translation.vector),
            base_from_tracker: solved.model.tracker_from_base.inverse(),
            parameters,
            residuals: all.iter().map(|i| residual(&solved.model, *i)).collect(),
            outliers: all.iter().copied().filter(|i| solved.weights[*i] <= 0.0).collect(),
            rms: after,
            nominal_rms: good(&nominal.model),
            cross_rms: rms(&left_out),
            noise: solved.noise,
            singular_values: solved.singular_values,
            covariance: solved.covariance,
            dof: n,
        })
    }
}

impl Fit {
    /// The fitted arm.
    pub fn arm(&self, nominal: &ArmModel) -> ArmModel {
        nominal.perturbed(&self.deviations)
    }

    /// Numbers that the poses say nothing about: they stay near zero, held by what is expected of any arm.
    pub fn held(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|p| p.bound > 0.9 * 1.96 * p.expected)
    }

    /// 95 % bound on where the tip is at `q` in the tracker's frame, m: radius of the sphere by the widest direction.
    pub fn tip_bound(&self, nominal: &ArmModel, q: &JointPos) -> f64 {
        let model = Model {
            arm: self.arm(nominal),
            tracker_from_base: self.base_from_tracker.inverse(),
            flange_from_tip: Isometry3::from_parts(
                Translation3::from(self.tip.coords.coords),
                UnitQuaternion::identity(),
            ),
            sum: DVector::zeros(0),
        };
        debug_assert_eq!(self.dof, nominal.dof());
        let rows = model.columns(q).rows(0, 3).into_owned();
        let c = &rows * &self.covariance * rows.transpose();
        let c = Matrix3::from_fn(|i, j| c[(i, j)]);
        // 95 % of a Gaussian in space lie within 2.80 sigma.
        2.80 * c.symmetric_eigenvalues().max().max(0.0).sqrt()
    }
}

fn difference((from, to): (&crate::JointModel, &crate::JointModel)) -> Isometry3<f64> {
    from.parent_from_joint.inverse() * to.parent_from_joint
}

fn check(arm: &ArmModel, rows: &[Measured]) -> Result<(), FitError> {
    for (row, measured) in rows.iter().enumerate() {
        let no = |what: String| Err(FitError::Row { row, what });
        if measured.joints.len() != arm.dof() {
            return no(format!("{} joint angles, the arm has {}", measured.joints.len(), arm.dof()));
        }
        if !measured.joints.is_finite() || !measured.tip.iter().all(|v| v.is_finite() && v.abs() < 100.0) {
            return no("a number is missing or beyond 100 m".to_owned());
        }
    }
    if rows.len() < FEWEST {
        return Err(FitError::Few { rows: rows.len(), least: FEWEST });
    }
    for joint in 0..arm.dof() {
        let of = || rows.iter().map(|r| r.joints[joint]);
        let span = of().fold(f64::MIN, f64::max) - of().fold(f64::MAX, f64::min);
        // A tip on the last axis cannot see it turn, but a still last joint hides the tip's offset all the same.
        if span < LEAST_SPAN {
            return Err(FitError::Still { joint, span_deg: span.to_degrees(), least_deg: LEAST_SPAN.to_degrees() });
        }
    }
    let centre = rows.iter().map(|r| r.tip.coords).sum::<Vector3<f64>>() / rows.len() as f64;
    let spread =
        rows.iter().map(|r| (r.tip.coords - centre) * (r.tip.coords - centre).transpose()).sum::<Matrix3<f64>>();
    let mut values: [f64; 3] = spread.symmetric_eigenvalues().into();
    values.sort_by(f64::total_cmp);
    let across = (values[1].max(0.0) / rows.len() as f64).sqrt();
    if across < 0.03 {
        return Err(FitError::Line { across_mm: across * 1e3, least_mm: 30.0 });
    }
    Ok(())
}

impl Model {
    /// The nominal arm, and the tracker where it fits best.
    fn start(arm: &ArmModel, rows: &[Measured], tip: Point<Flange>) -> Self {
        let tips: Vec<Vector3<f64>> = rows.iter().map(|r| (arm.forward(&r.joints) * tip).coords.coords).collect();
        // Kabsch (1976), with the rows that agree: an outlier has no more than its share.
        let n = rows.len() as f64;
        let mean = |of: &mut dyn Iterator<Item = Vector3<f64>>| of.sum::<Vector3<f64>>() / n;
        let (a, b) = (mean(&mut tips.iter().copied()), mean(&mut rows.iter().map(|r| r.tip.coords)));
        let h: Matrix3<f64> = tips.iter().zip(rows).map(|(p, r)| (r.tip.coords - b) * (p - a).transpose()).sum();
        let rotation = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix(&h));
        let tracker_from_base = Isometry3::from_parts((b - rotation * a).into(), rotation);
        let turn = rows.iter().find_map(|r| {
            let is = tracker_from_base.rotation * arm.forward(&r.joints).get().rotation;
            Some(is.inverse() * r.turn?)
        });
        let flange_from_tip =
            Isometry3::from_parts(tip.coords.coords.into(), turn.unwrap_or_else(UnitQuaternion::identity));
        let sum = DVector::zeros(6 * arm.dof() + 12);
        Self { arm: arm.clone(), tracker_from_base, flange_from_tip, sum }
    }

    fn pose(&self, q: &JointPos) -> Isometry3<f64> {
        self.tracker_from_base * self.arm.forward(q).get() * self.flange_from_tip
    }

    /// Measured less modelled place.
    fn offset(&self, row: &Measured) -> Vector3<f64> {
        row.tip.coords - self.pose(&row.joints).translation.vector
    }

    /// How the tip's pose follows every number: joints, then tracker, then tip. Linear rows first.
    fn columns(&self, q: &JointPos) -> DMatrix<f64> {
        let n = self.arm.dof();
        let mut out = DMatrix::zeros(6, 6 * n + 12);
        let flange = *self.arm.forward(q).get();
        let (turn, tip) =
            (self.tracker_from_base.rotation, flange * Point3::from(self.flange_from_tip.translation.vector));
        let mut put = |first: usize, frame: &Isometry3<f64>, at: &Point3<f64>| {
            for k in 0..3 {
                let axis = frame.rotation * Vector3::ith(k, 1.0);
                let swing = axis.cross(&(at.coords - frame.translation.vector));
                out.fixed_view_mut::<3, 1>(0, first + k).copy_from(&(turn * axis));
                out.fixed_view_mut::<3, 1>(0, first + 3 + k).copy_from(&(turn * swing));
                out.fixed_view_mut::<3, 1>(3, first + 3 + k).copy_from(&(turn * axis));
            }
        };
        // A joint's frame deviates before the joint turns.
        let frames = self.arm.joint_frames(q);
        let mut before = Isometry3::identity();
        for (i, joint) in self.arm.joints.iter().enumerate() {
            put(6 * i, &(before * joint.parent_from_joint), &tip);
            before = frames[i];
        }
        put(6 * n, &Isometry3::identity(), &tip);
        let held = flange * self.flange_from_tip;
        put(6 * n + 6, &held, &tip);
        out
    }

    /// Moves every number.
    fn step(&mut self, by: &DVector<f64>) {
        let n = self.arm.dof();
        let small = |k: usize| {
            Isometry3::new(Vector3::new(by[k], by[k + 1], by[k + 2]), Vector3::new(by[k + 3], by[k + 4], by[k + 5]))
        };
        let joints: Vec<Isometry3<f64>> = (0..n).map(|i| small(6 * i)).collect();
        self.arm = self.arm.perturbed(&joints);
        self.tracker_from_base *= small(6 * n);
        self.flange_from_tip *= small(6 * n + 6);
        self.sum += by;
    }
}

struct Solved {
    model: Model,
    weights: Vec<f64>,
    noise: f64,
    covariance: DMatrix<f64>,
    singular_values: Vec<f64>,
}

/// Gauss and Newton with a prior; `joints` off holds the nominal arm and fits tracker and tip only.
fn solve(mut model: Model, rows: &[Measured], use_rows: &[usize], joints: bool) -> Solved {
    let n = model.arm.dof();
    let count = 6 * n + 12;
    let expected = |k: usize| match k / 6 {
        i if i < n => {
            if joints {
                EXPECTED[k % 6]
            } else {
                1e-9
            }
        }
        _ => ANYWHERE[k % 6],
    };
    let scale = DVector::from_fn(count, |k, _| expected(k));
    let mut weights = vec![0.0; rows.len()];
    use_rows.iter().for_each(|i| weights[*i] = 1.0);
    let (mut noise, mut noise_turn) = (1e-3, 3e-3);
    let mut square = DMatrix::zeros(count, count);
    for _ in 0..STEPS {
        square = DMatrix::zeros(count, count);
        let mut right = DVector::zeros(count);
        let (mut sum, mut sum_turn, mut weight, mut weight_turn) = (0.0, 0.0, 0.0, 0.0);
        let mut sizes = Vec::with_capacity(use_rows.len());
        for &i in use_rows {
            let row = &rows[i];
            let is = model.pose(&row.joints);
            let target = Isometry3::from_parts(row.tip.coords.into(), row.turn.unwrap_or(is.rotation));
            let error = miss(&target, &is);
            let place = error.fixed_rows::<3>(0).norm();
            sizes.push(place);
            let (w, wt) = (weights[i], if row.turn.is_some() { weights[i] } else { 0.0 });
            sum += w * place * place;
            sum_turn += wt * error.fixed_rows::<3>(3).norm_squared();
            (weight, weight_turn) = (weight + 3.0 * w, weight_turn + 3.0 * wt);
            let columns = model.columns(&row.joints);
            for r in 0..6 {
                let by = if r < 3 { w / (noise * noise) } else { wt / (noise_turn * noise_turn) };
                if by <= 0.0 {
                    continue;
                }
                let line = DVector::from_fn(count, |k, _| columns[(r, k)] * scale[k]);
                square.ger(by, &line, &line, 1.0);
                right.axpy(by * error[r], &line, 1.0);
            }
        }
        // In units of the prior: the identity says how much any number is believed to be zero. Tracker and tip are not.
        let mut whole = square.clone();
        for k in 0..count {
            whole[(k, k)] += 1.0;
            if k < 6 * n {
                right[k] -= model.sum[k] / scale[k];
            }
        }
        let Some(factors) = whole.clone().cholesky() else { break };
        let step = factors.solve(&right).component_mul(&scale);
        model.step(&step);
        // What the numbers of the model take up, so that the noise is not seen too small.
        let used = (factors.inverse() * &square).trace();
        let rest = |weight: f64| (weight - used * weight / (weight + weight_turn).max(1.0)).max(3.0);
        noise = (sum / rest(weight)).sqrt().max(LEAST_NOISE);
        noise_turn = (sum_turn / rest(weight_turn)).sqrt().max(LEAST_NOISE);
        let mut sorted = sizes.clone();
        sorted.sort_by(f64::total_cmp);
        // Median of the length of a Gaussian in space: 1.538 sigma. Tukey's constant for three numbers: 5.97.
        let spread = (sorted[sorted.len() / 2] / 1.538).max(LEAST_NOISE);
        for (&i, size) in use_rows.iter().zip(&sizes) {
            let u = size / (5.97 * spread);
            weights[i] = if u < 1.0 { (1.0 - u * u) * (1.0 - u * u) } else { 0.0 };
        }
    }
    let whole = &square + DMatrix::identity(count, count);
    let inverse = whole.cholesky().map_or_else(|| DMatrix::identity(count, count), |c| c.inverse());
    let covariance = DMatrix::from_fn(count, count, |i, j| inverse[(i, j)] * scale[i] * scale[j]);
    // What the poses say about the joints once tracker and tip have taken what they can.
    let (joints_wide, rest) = (6 * n, count - 6 * n);
    let across = square.view((0, joints_wide), (joints_wide, rest)).into_owned();
    let own = square.view((joints_wide, joints_wide), (rest, rest)) + DMatrix::identity(rest, rest);
    let taken = own.cholesky().map_or_else(|| DMatrix::zeros(rest, joints_wide), |c| c.solve(&across.transpose()));
    let joint_part = square.view((0, 0), (joints_wide, joints_wide)) - across * taken;
    let mut singular_values: Vec<f64> = joint_part.symmetric_eigenvalues().iter().map(|v| v.max(0.0).sqrt()).collect();
    singular_values.sort_by(|a, b| b.total_cmp(a));
    Solved { model, weights, noise, covariance, singular_values }
}
