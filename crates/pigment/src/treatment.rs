//! A scene with everything it names, loaded and checked, and the stages that need no time: pattern and program.
//!
//! In: a scene file. Out: [`Treatment`], its [`stipple::Pattern`] and its [`Planned`] program; or the first thing that is
//! wrong, by file and place.
//! Absent: motion, the simulator, results on disk.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use arm::{ArmModel, JointAcc, JointJerk, JointPos, Program, Tool};
use frames::{Base, Head, Metres, Pose, Protrusion, Radians, SiteId};
use scan::Scan;
use skin::{Group, Insertion, Local, Person};
use stipple::{Pattern, Site};

use crate::existing::{self, Existing};
use crate::registration::Registered;
use crate::{Failure, SceneFile};

/// Everything a scene names.
pub struct Treatment {
    /// The scene itself.
    pub file: SceneFile,
    /// The head.
    pub scan: Scan,
    /// Whose skin it is.
    pub person: Person,
    /// What is wanted where.
    pub fields: Arc<design::Fields>,
    /// The arm, nominal.
    pub arm: ArmModel,
    /// The tool on it.
    pub tool: Tool,
    /// The needle group in it.
    pub group: Group,
    /// Where everything stands.
    pub cell: plan::Cell,
    /// Where the head is by touch, if the scene registers it.
    pub registered: Option<Registered>,
    /// What was on the head before today.
    pub existing: Existing,
    /// What is unusual and was gone on with.
    pub warnings: Vec<String>,
}

/// A program and what planning has to say about it.
pub struct Planned {
    /// For the arm.
    pub program: Program,
    /// Left out, and why.
    pub rejected: Vec<plan::Rejected>,
    /// Figures.
    pub stats: plan::Stats,
    /// Planning, wall.
    pub seconds: f64,
}

impl Treatment {
    /// Reads everything the scene names.
    pub fn load(path: &Path) -> Result<Self, Failure> {
        Self::new(SceneFile::read(path)?)
    }

    /// Loads what an already read scene names.
    pub fn new(file: SceneFile) -> Result<Self, Failure> {
        let table = &file.scene.scan;
        let mesh = file.resolve(&table.file);
        let scan = scan::load(&mesh, table.unit, &table.landmarks).map_err(input)?;
        let person = file.person;
        let mut fields = design::compile(&file.design(), &scan, &person).map_err(|e| Failure::file(&file.path, e))?;
        let (existing, found) = existing::settle(&file, &scan, &person, &mut fields)?;
        let arm = load_arm(&file)?;
        let tool = Tool::load(&file.resolve(&file.scene.arm.tool)).map_err(input)?;
        let group = Group::try_new(tool.needle.points, tool.needle.diameter)
            .map_err(|e| Failure::file(file.resolve(&file.scene.arm.tool), e))?;
        design::check_needle(&file.design(), &group).map_err(|e| Failure::file(&file.path, e))?;
        let registered = Registered::new(&file, &scan, &fields)?;
        let cell = cell(&file, &arm, registered.as_ref())?;
        let broken = fields.findings().iter().filter(|f| f.severity == design::Severity::Warning);
        let warnings = broken.map(ToString::to_string).chain(found).chain(unmodelled(&arm)).collect();
        let fields = Arc::new(fields);
        Ok(Self { file, scan, person, fields, arm, tool, group, cell, registered, existing, warnings })
    }

    /// What of the arm is not modelled.
    pub fn unmodelled(&self) -> Option<String> {
        unmodelled(&self.arm)
    }

    /// Refuses a design with a warning that nobody answers for: what is asked before anything may be treated, rehearsed or
    /// printed for treatment.
    pub fn answered_for(&self) -> Result<(), Failure> {
        let open: Vec<_> = self.fields.findings().iter().filter(|f| f.stops()).collect();
        if open.is_empty() {
            return Ok(());
        }
        let mut text = "somebody has to answer for what the design does against the rules:\n".to_owned();
        for finding in &open {
            let _ = writeln!(text, "  {finding}");
        }
        let entries: Vec<_> = open.iter().map(|f| format!("  {},\n", f.entry_to_paste())).collect();
        let _ = write!(
            text,
            "change the design, or add to the scene, with a name and a reason:\n[rules]\nacknowledge = [\n{}]",
            entries.concat()
        );
        Err(Failure::file(&self.file.path, text))
    }

    /// Makes the pattern.
    pub fn stipple(&self) -> Result<Pattern, Failure> {
        self.stipple_with(&stipple::Progress::none())
    }

    /// [`Self::stipple`] of a job that may be stopped.
    pub fn stipple_with(&self, progress: &stipple::Progress<'_>) -> Result<Pattern, Failure> {
        let preset = self.file.scene.stipple.preset;
        stipple::stipple_with(&self.scan.surface, &self.fields, self.file.seed(), preset, progress)
            .map_err(|e| self.unlaid(e))
    }

    fn unlaid(&self, error: stipple::StippleError) -> Failure {
        match error {
            stipple::StippleError::Stopped => Failure::Cancelled,
            other => Failure::file(&self.file.path, other),
        }
    }

    /// The pattern without its figures, for pictures.
    pub(crate) fn lay(&self) -> Result<Pattern, Failure> {
        self.lay_as(self.file.scene.stipple.preset)
    }

    /// The same fields laid in another way.
    pub(crate) fn lay_as(&self, preset: stipple::Preset) -> Result<Pattern, Failure> {
        stipple::place(&self.scan.surface, &self.fields, self.file.seed(), preset)
            .map_err(|e| Failure::file(&self.file.path, e))
    }

    /// The design as it is in the end: all sessions in one.
    pub(crate) fn finished(&self) -> Result<design::Fields, Failure> {
        let mut spec = self.file.design();
        let least = spec.session.least_overall_mm;
        // Every other key of the table belongs to one session of several.
        spec.session = design::SessionSpec {
            number: 1,
            of: 1,
            least_distance_mm: least,
            least_overall_mm: least,
            ..design::SessionSpec::default()
        };
        // Nor do answers: rules of today's session may be kept by the whole.
        spec.rules = design::RulesSpec::default();
        design::compile(&spec, &self.scan, &self.person).map_err(|e| Failure::file(&self.file.path, e))
    }

    /// What a person calls each zone, in the order of the scene.
    pub(crate) fn zone_names(&self) -> Vec<String> {
        let name = |(i, zone): (usize, &design::ZoneSpec)| {
            zone.name.clone().unwrap_or_else(|| format!("{} {}", format!("{:?}", zone.kind).to_lowercase(), i + 1))
        };
        self.file.scene.zone.iter().enumerate().map(name).collect()
    }

    /// Makes the program of the whole pattern.
    pub fn plan(&self, pattern: &Pattern) -> Result<Planned, Failure> {
        self.plan_sites(&pattern.sites, self.cell.base_from_head)
    }

    /// Makes the program of some sites for a head at `base_from_head`.
    pub fn plan_sites(&self, sites: &[Site], base_from_head: Pose<Base, Head>) -> Result<Planned, Failure> {
        let cell = plan::Cell { base_from_head, ..self.cell.clone() };
        let began = Instant::now();
        // Asked once and before planning, so that a depth the tool cannot reach is named as input.
        let told: BTreeMap<SiteId, Protrusion> = sites
            .iter()
            .map(|site| self.protrusion(site).map(|p| (site.id, p)).map_err(|e| (site.id, e)))
            .collect::<Result<_, _>>()
            .map_err(|(id, e)| Failure::file(&self.file.path, format_args!("{id}: {e}")))?;
        let protrusion = |site: &Site| told[&site.id];
        let options = plan::Options { seed: self.file.seed(), ..plan::Options::default() };
        let (mut program, rejected, stats) =
            plan::plan(&self.arm, &self.tool, &self.scan.surface, &cell, sites, &options, &protrusion)
                .map_err(|e| Failure::file(&self.file.path, e))?;
        program.scene = self.file.digest();
        program.scan = self.scan.digest;
        program.arm = self.arm.digest();
        program.tool = self.tool.digest();
        Ok(Planned { program, rejected, stats, seconds: began.elapsed().as_secs_f64() })
    }

    /// What the needle drive must be told so that the skin gets the site's target, for the zone's middle skin under the
    /// tool's contact force.
    fn protrusion(&self, site: &Site) -> Result<Protrusion, skin::SkinError> {
        let local = Local::nominal(&self.person.facts(site.zone));
        let bulge = skin::bulge(skin::ring_indentation(self.tool.nose.contact)?);
        let mut protrusion = Protrusion::new(site.target.length());
        // The further the needle goes, the faster it meets the skin, the less the skin dents, the less far it must go.
        for _ in 0..FIXED_POINT {
            let speed = entry_speed(&self.tool, protrusion, bulge);
            let nose_radius = self.tool.nose.radius;
            let aim = Insertion { protrusion, bulge, speed, tilt: EXPECTED_TILT, nose_radius };
            protrusion = skin::protrusion_for(site.target, &local, &self.group, &aim, 0.0, self.tool.needle.stop)?;
        }
        Ok(protrusion)
    }
}

/// How much the needle leans on average: a leaning ring stands on its edge and holds the needle off, so depth would fall
/// short by `r_nose * tan(tilt)` (`skin.md` finding 7). Mean of a lean with 0.45 deg an axis: registration 0.3 deg, the
/// scan's normals 0.3 deg, calibration 0.05 deg, the sourced defaults of the rehearsal; to be replaced by test dots.
const EXPECTED_TILT: Radians = Radians::from_degrees(0.55);

/// Rounds until protrusion and entry speed agree; each shrinks the difference at least threefold.
const FIXED_POINT: usize = 20;

/// How fast the needle meets the skin on its way to `protrusion`, m/s. A bang-bang drive has `sqrt(2*a*d)` at a distance
/// `d` from the nearer end of its way; the skin stands `bulge` above the ring.
fn entry_speed(tool: &Tool, protrusion: Protrusion, bulge: Metres) -> f64 {
    match tool.drive {
        arm::Drive::Actuator { acceleration, .. } => {
            let before = Metres::ZERO - tool.needle.rest.length() - bulge;
            let after = protrusion.length() + bulge;
            (2.0 * acceleration * before.min(after).max(Metres::ZERO).get()).sqrt()
        }
        arm::Drive::Arm { speed } => speed,
    }
}

fn load_arm(file: &SceneFile) -> Result<ArmModel, Failure> {
    let table = &file.scene.arm;
    let path = file.resolve(&table.model);
    let mut arm = ArmModel::from_urdf(&path, table.base.as_deref(), table.flange.as_deref()).map_err(input)?;
    if let Some(calibration) = &table.calibration {
        arm = arm.as_built(&file.resolve(calibration)).map_err(input)?;
    }
    if let Some(a) = table.acceleration_deg_per_s2 {
        arm.limits.acceleration = JointAcc::zeros(arm.dof()).map(|_| a.to_radians());
    }
    if let Some(j) = table.jerk_deg_per_s3 {
        arm.limits.jerk = JointJerk::zeros(arm.dof()).map(|_| j.to_radians());
    }
    Ok(arm)
}

fn cell(file: &SceneFile, arm: &ArmModel, registered: Option<&Registered>) -> Result<plan::Cell, Failure> {
    let table = &file.scene.cell;
    let park: Vec<f64> = table.park_deg.iter().map(|d| d.to_radians()).collect();
    let park = JointPos::from_slice(&park).filter(|q| q.len() == arm.dof()).ok_or_else(|| {
        let (given, wanted) = (table.park_deg.len(), arm.dof());
        Failure::file(&file.path, format_args!("[cell] park_deg has {given} angles; {} has {wanted} joints", arm.name))
    })?;
    let corner = |mm: [f64; 3]| mm.map(|v| Metres::from_mm(v).get()).into();
    let keep_out = table
        .keep_out
        .iter()
        .map(|b| plan::KeepOut { name: b.name.clone(), min: corner(b.min_mm), max: corner(b.max_mm) })
        .collect();
    let touched = registered.map(|r| r.registration.base_from_head);
    let base_from_head = touched.or_else(|| file.placed_head()).ok_or_else(|| {
        Failure::file(&file.path, "nothing says where the head is: add head to [cell], or [registration]")
    })?;
    Ok(plan::Cell { base_from_head, park, keep_out })
}

fn unmodelled(arm: &ArmModel) -> Option<String> {
    (!arm.not_modelled.is_empty()).then(|| {
        let links = arm.not_modelled.join(", ");
        format!("{}: mesh collision geometry is not read; links without a body: {links}", arm.name)
    })
}

fn input(error: impl std::fmt::Display) -> Failure {
    Failure::Input(error.to_string())
}
