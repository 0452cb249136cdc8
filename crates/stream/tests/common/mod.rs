//! An ideal world for the controller's tests: an arm that is where it was told to be, a round head on elastic skin, a
//! nose on its spring, a needle that slews, a tracker. Every part can be spoilt: `tamper` changes what the controller
//! sees, `world` changes what is. The witness sees the truth.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "a test may stop")]

use std::convert::Infallible;
use std::path::Path;

use arm::{ArmDriver, ArmModel, ArmState, Drive, JointPos, JointVel, Mode, Program, Setpoint, Stroke, Tool, Tracked};
use frames::{
    Base, Flange, Head, Instant, Metres, Newtons, Penetration, Point, Pose, Protrusion, Seed, SiteId, Span, Tcp, gauss,
};
use nalgebra::{Isometry3, Rotation3, Translation3, UnitQuaternion, Vector3};
use stream::{Armed, Config, Controller, Digests, Session};

/// UR5e by its published DH figures, angles in radians, lengths in metres.
const URDF: &str = r#"<robot name="ur5e-like">
<link name="base_link"/><link name="l1"/><link name="l2"/><link name="l3"/><link name="l4"/><link name="l5"/><link name="l6"/><link name="tool0"/>
<joint name="j1" type="revolute"><parent link="base_link"/><child link="l1"/><origin xyz="0 0 0" rpy="0 0 0"/><axis xyz="0 0 1"/><limit lower="-6.28" upper="6.28" velocity="3.14" effort="150"/></joint>
<joint name="j2" type="revolute"><parent link="l1"/><child link="l2"/><origin xyz="0 0 0.1625" rpy="1.570796326794897 0 0"/><axis xyz="0 0 1"/><limit lower="-6.28" upper="6.28" velocity="3.14" effort="150"/></joint>
<joint name="j3" type="revolute"><parent link="l2"/><child link="l3"/><origin xyz="-0.425 0 0" rpy="0 0 0"/><axis xyz="0 0 1"/><limit lower="-3.14" upper="3.14" velocity="3.14" effort="150"/></joint>
<joint name="j4" type="revolute"><parent link="l3"/><child link="l4"/><origin xyz="-0.3922 0 0" rpy="0 0 0"/><axis xyz="0 0 1"/><limit lower="-6.28" upper="6.28" velocity="3.14" effort="28"/></joint>
<joint name="j5" type="revolute"><parent link="l4"/><child link="l5"/><origin xyz="0 0 0.1333" rpy="1.570796326794897 0 0"/><axis xyz="0 0 1"/><limit lower="-6.28" upper="6.28" velocity="3.14" effort="28"/></joint>
<joint name="j6" type="revolute"><parent link="l5"/><child link="l6"/><origin xyz="0 0 0.0997" rpy="-1.570796326794897 0 0"/><axis xyz="0 0 1"/><limit lower="-6.28" upper="6.28" velocity="3.14" effort="28"/></joint>
<joint name="f" type="fixed"><parent link="l6"/><child link="tool0"/><origin xyz="0 0 0.0996" rpy="0 0 0"/></joint>
</robot>"#;

pub const CYCLE: Span = Span::from_ms(1);
/// The head: a ball around the head's origin.
pub const RADIUS: f64 = 0.11;
const SCALP: f64 = 1_800.0;

pub fn model() -> ArmModel {
    let path = std::env::temp_dir().join(format!(
        "pigment-stream-{}-{:?}.urdf",
        std::process::id(),
        std::thread::current().id()
    ));
    std::fs::write(&path, URDF).unwrap();
    let model = ArmModel::from_urdf(&path, Some("base_link"), Some("tool0"));
    let _ = std::fs::remove_file(&path);
    model.unwrap()
}

pub fn tool(name: &str) -> Tool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/tools");
    Tool::load(&root.join(name)).unwrap()
}

pub fn base_from_head() -> Pose<Base, Head> {
    Pose::new(Isometry3::new(Vector3::new(-0.45, 0.05, 0.25), Vector3::new(0.0, 0.0, 0.3)))
}

/// The nose on the ball at polar angles `(east, north)` metres of arc from the vertex.
pub fn touch_at(east: f64, north: f64) -> Pose<Head, Tcp> {
    let tilt = Rotation3::from_axis_angle(&Vector3::y_axis(), east / RADIUS)
        * Rotation3::from_axis_angle(&Vector3::x_axis(), -north / RADIUS);
    let normal = tilt * Vector3::z();
    let down = UnitQuaternion::from_rotation_matrix(
        &(tilt * Rotation3::from_axis_angle(&Vector3::x_axis(), std::f64::consts::PI)),
    );
    Pose::new(Isometry3::from_parts(Translation3::from(normal * RADIUS), down))
}

/// `rows` x `columns` dots, 1.2 mm apart, lifted by 2 mm, in the order of a plough.
pub fn program(model: &ArmModel, tool: &Tool, rows: u32, columns: u32) -> Program {
    let head = base_from_head();
    let reach = |pose: &Pose<Head, Tcp>, near: Option<&JointPos>| -> JointPos {
        let flange: Pose<Base, Flange> = head * *pose * tool.flange_from_tcp.inverse();
        match near {
            Some(q) => model.inverse_near(&flange, q).unwrap(),
            None => model
                .inverse(&flange)
                .iter()
                .map(|(_, q)| *q)
                .find(|q| model.forward(q).get().translation.z > 0.1 && q[2] < 0.0)
                .unwrap(),
        }
    };
    let back = |pose: &Pose<Head, Tcp>, by: f64| Pose::<Head, Tcp>::new(pose.get() * Translation3::new(0.0, 0.0, -by));
    let mut strokes = Vec::new();
    let mut near: Option<JointPos> = None;
    for row in 0..rows {
        for k in 0..columns {
            let column = if row % 2 == 0 { k } else { columns - 1 - k };
            let pose = touch_at(0.0012 * f64::from(column), 0.0012 * f64::from(row));
            let touch = reach(&pose, near.as_ref());
            let lifted = reach(&back(&pose, 0.002), Some(&touch));
            near = Some(touch);
            strokes.push(Stroke {
                site: SiteId(1_000 + row * columns + k),
                head_from_touch: pose,
                touch,
                lifted,
                protrusion: Protrusion::new(Metres::from_mm(0.70)),
                target: Penetration::new(Metres::from_mm(0.55)),
                deepest: Penetration::new(Metres::from_mm(0.80)),
                dwell: Span::from_ms(5),
            });
        }
    }
    let first = strokes.first().unwrap();
    let gate = reach(&back(&first.head_from_touch, 0.02), Some(&first.lifted));
    let park = reach(&back(&first.head_from_touch, 0.15), Some(&gate));
    Program {
        scene: [1; 32],
        scan: [2; 32],
        arm: model.digest(),
        tool: tool.digest(),
        base_from_head: head,
        limits: model.limits,
        park,
        approach: vec![gate],
        strokes,
        detours: Vec::new(),
        retreat: vec![gate],
    }
}

pub fn digests(program: &Program) -> Digests {
    Digests { scene: program.scene, scan: program.scan, arm: program.arm, tool: program.tool }
}

pub fn arm_session(model: &ArmModel, tool: &Tool, program: Program, config: Config) -> Session<Armed> {
    let there = digests(&program);
    Session::new().arm(program, model, tool, &there, config, CYCLE).map_err(|(_, why)| why).unwrap()
}

pub fn controller(model: &ArmModel, tool: &Tool, program: Program, config: Config) -> Controller {
    arm_session(model, tool, program, config).into_controller()
}

/// What really happened at one dot.
#[derive(Debug, Clone, Copy)]
pub struct Deposit {
    pub entry: Point<Head>,
    pub from: Instant,
    pub to: Option<Instant>,
    pub deepest: f64,
    /// Of the tip in the head's frame while it was in.
    pub drag: f64,
    pub force: f64,
    pub head_speed: f64,
}

type HeadMotion = Box<dyn Fn(f64) -> Isometry3<f64> + Send>;
type Surface = Box<dyn Fn(&Point<Head>) -> f64 + Send>;
type Tamper = Box<dyn FnMut(&mut ArmState, u64) + Send>;

/// The ideal arm and its world.
pub struct Ideal {
    pub model: ArmModel,
    pub tool: Tool,
    /// The head's displacement in the base at a time, s.
    pub motion: HeadMotion,
    /// How much farther in the skin is than the ball, by place.
    pub surface: Surface,
    pub tamper: Tamper,
    /// The needle's drive does not move.
    pub jammed: bool,
    pub noise: bool,
    pub latency: Span,
    pub period: Span,
    pub tracker_on: bool,
    pub lag: usize,
    pub now: Instant,
    pub cycle: u64,
    pub deposits: Vec<Deposit>,
    pub said: Option<Setpoint>,
    pub base_from_head: Pose<Base, Head>,
    queue: std::collections::VecDeque<JointPos>,
    q: JointPos,
    qd: JointVel,
    needle: f64,
    told: f64,
    frames: std::collections::VecDeque<Tracked>,
    tracked: Option<Tracked>,
    next_frame: Instant,
    frame: u32,
    mode: Mode,
}

impl Ideal {
    pub fn new(model: &ArmModel, tool: &Tool, program: &Program) -> Self {
        Self {
            model: model.clone(),
            tool: tool.clone(),
            motion: Box::new(|_| Isometry3::identity()),
            surface: Box::new(|_| 0.0),
            tamper: Box::new(|_, _| ()),
            jammed: false,
            noise: true,
            latency: Span::from_ms(10),
            period: Span::from_ns(8_333_333),
            tracker_on: true,
            lag: 0,
            now: Instant::START + Span::from_ms(1_000),
            cycle: 0,
            deposits: Vec::new(),
            said: None,
            base_from_head: program.base_from_head,
            queue: std::collections::VecDeque::new(),
            q: program.park,
            qd: JointVel::zeros(model.dof()),
            needle: tool.needle.rest.get(),
            told: tool.needle.rest.get(),
            frames: std::collections::VecDeque::new(),
            tracked: None,
            next_frame: Instant::START,
            frame: 0,
            mode: Mode::Running,
        }
    }

    fn head(&self, at: Instant) -> Pose<Base, Head> {
        Pose::new((self.motion)(at.seconds() - 1.0) * self.base_from_head.get())
    }

    fn draw(&self, stage: u64, sigma: f64) -> f64 {
        if self.noise { sigma * gauss(Seed(5), stage, self.cycle) } else { 0.0 }
    }

    /// How far the ring at rest would be inside the skin, along the needle.
    fn pressed(&self) -> (f64, Pose<Head, Tcp>) {
        let nose: Pose<Head, Tcp> =
            self.head(self.now).inverse() * self.model.forward(&self.q) * self.tool.flange_from_tcp;
        let (p, z) = (nose.get().translation.vector, nose.z().get().into_inner());
        let radius = RADIUS - (self.surface)(&nose.origin());
        // First crossing of the ball along the needle, looked at from 50 mm behind the ring.
        let start = p - z * 0.05;
        let (b, c) = (start.dot(&z), start.norm_squared() - radius * radius);
        let way = b * b - c;
        let gap = if way > 0.0 { -b - way.sqrt() - 0.05 } else { 1.0 };
        (-gap, nose)
    }

    fn contact(&self) -> (f64, f64, Pose<Head, Tcp>) {
        let (x, nose) = self.pressed();
        let (k, preload) = (self.tool.nose.spring_n_per_m, self.tool.nose.preload.get());
        if x <= 0.0 {
            return (0.0, 0.0, nose);
        }
        if SCALP * x <= preload {
            return (0.0, SCALP * x, nose);
        }
        let back = (SCALP * x - preload) / (SCALP + k);
        (back, SCALP * (x - back), nose)
    }

    fn track(&mut self) {
        while self.next_frame <= self.now {
            let taken = self.next_frame;
            let mut iso = *self.head(taken).get();
            if self.noise {
                let n = |axis: u64, s: f64| s * gauss(Seed(9), axis, u64::from(self.frame));
                iso.translation.vector += Vector3::new(n(0, 5e-5), n(1, 5e-5), n(2, 5e-5));
                iso.rotation =
                    UnitQuaternion::from_scaled_axis(Vector3::new(n(3, 2e-4), n(4, 2e-4), n(5, 2e-4))) * iso.rotation;
            }
            if self.tracker_on {
                self.frames.push_back(Tracked { frame: self.frame, taken, base_from_head: Pose::new(iso) });
            }
            self.frame += 1;
            self.next_frame += self.period;
        }
        while self.frames.front().is_some_and(|f| f.taken + self.latency <= self.now) {
            self.tracked = self.frames.pop_front();
        }
    }

    fn sense(&mut self) -> ArmState {
        let (nose, force, _) = self.contact();
        let s = self.tool.sensors;
        let state = ArmState {
            seq: self.said.map(|s| s.seq),
            at: self.now,
            q: self.q,
            qd: self.qd,
            protrusion: Protrusion::new(Metres::new(self.needle + self.draw(1, s.protrusion_noise.get()))),
            withdrawn: self.needle <= self.tool.needle.rest.get() + 2e-5,
            nose: Metres::new(nose + self.draw(2, s.nose_noise.get())),
            axial_force: Newtons::new(force + self.draw(3, s.force_noise.get())),
            head: self.tracked,
            mode: self.mode,
        };
        let mut seen = state;
        (self.tamper)(&mut seen, self.cycle);
        seen
    }

    fn advance(&mut self) {
        let dt = CYCLE.seconds();
        self.now += CYCLE;
        self.cycle += 1;
        if let Some(said) = self.said {
            let expired = self.now > said.at + said.valid_for;
            if expired {
                self.mode = Mode::Starved;
                self.told = self.tool.needle.rest.get();
            }
            if self.mode == Mode::Running {
                self.queue.push_back(said.q);
                if self.queue.len() > self.lag
                    && let Some(q) = self.queue.pop_front()
                {
                    let before = self.q;
                    self.q = q;
                    self.qd.iter_mut().zip(q.iter().zip(before.iter())).for_each(|(v, (a, b))| *v = (a - b) / dt);
                }
            } else {
                self.qd = JointVel::zeros(self.q.len());
            }
        }
        // Half a metre per second, one cycle after the order.
        if let Drive::Actuator { .. } = self.tool.drive {
            if !self.jammed {
                self.needle += (self.told - self.needle).clamp(-0.5 * dt, 0.5 * dt);
            }
        } else {
            self.needle = self.tool.needle.rest.get() + self.contact().0;
        }
        if let Some(said) = self.said
            && self.mode == Mode::Running
        {
            self.told = said.protrusion.get();
        }
        self.track();
        self.witness();
    }

    fn witness(&mut self) {
        let (back, force, nose) = self.contact();
        let tip = nose * Point::<Tcp>::new(0.0, 0.0, -back);
        let inside = self.needle > 0.0 && force > 0.0;
        let dt = 1e-3;
        let before = self.head(self.now - CYCLE);
        let now = self.head(self.now);
        let place = Point::<Head>::new(0.0, 0.0, RADIUS);
        let speed = ((now * place) - (before * place)).norm().get() / dt;
        let open = self.deposits.last_mut().filter(|d| d.to.is_none());
        match (inside, open) {
            (true, Some(d)) => {
                d.deepest = d.deepest.max(self.needle);
                d.drag = d.drag.max((tip - d.entry).norm().get());
                d.force = d.force.max(force);
                d.head_speed = d.head_speed.max(speed);
            }
            (true, None) => self.deposits.push(Deposit {
                entry: tip,
                from: self.now,
                to: None,
                deepest: self.needle,
                drag: 0.0,
                force,
                head_speed: speed,
            }),
            (false, Some(d)) => d.to = Some(self.now),
            (false, None) => {}
        }
    }

    /// The needle's tip is past the ring.
    pub fn needle_out(&self) -> bool {
        self.needle > 0.0
    }

    pub fn nose_force(&self) -> f64 {
        self.contact().1
    }

    pub fn joints(&self) -> JointPos {
        self.q
    }

    pub fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
        // The needle unit withdraws by itself as soon as the arm does not run.
        self.told = self.tool.needle.rest.get();
    }

    /// A cycle in which the arm hears nothing.
    pub fn pass_by(&mut self) -> ArmState {
        self.advance();
        self.sense()
    }
}

impl ArmDriver for Ideal {
    type Error = Infallible;

    fn cycle(&self) -> Span {
        CYCLE
    }

    fn state(&mut self) -> Result<ArmState, Infallible> {
        self.track();
        Ok(self.sense())
    }

    fn exchange(&mut self, setpoint: &Setpoint) -> Result<ArmState, Infallible> {
        self.said = Some(*setpoint);
        self.advance();
        Ok(self.sense())
    }
}
