//! Telemetry as MCAP with Foxglove's well-known schemas: it opens in Foxglove as it is.
//!
//! In: samples, thinned by the caller. Out: `/tf` (`foxglove.FrameTransforms`) and `/state` (plain numbers, SI, for
//! plots). Time stamps are the run's own time line, so equal runs give equal bytes.

use std::collections::BTreeMap;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use arm::{ArmState, Setpoint};
use frames::Instant;
use mcap::records::MessageHeader;
use nalgebra::Isometry3;
use serde::Serialize;
use serde_json::json;

use crate::RecordError;

/// One moment of a run.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// On the run's time line.
    pub at: Instant,
    /// What was asked.
    pub setpoint: &'a Setpoint,
    /// What the sensors said.
    pub state: &'a ArmState,
    /// Parent frame, child frame, `parent_from_child`.
    pub transforms: &'a [(&'a str, &'a str, Isometry3<f64>)],
}

/// An open telemetry file. Written beside its name and renamed by [`Telemetry::finish`].
pub struct Telemetry {
    path: PathBuf,
    writer: mcap::Writer<BufWriter<tempfile::NamedTempFile>>,
    transforms: u16,
    state: u16,
    sequence: u32,
}

#[derive(Serialize)]
struct State<'a> {
    t_s: f64,
    q_set_rad: &'a [f64],
    q_rad: &'a [f64],
    qd_rad_per_s: &'a [f64],
    protrusion_set_m: f64,
    protrusion_m: f64,
    nose_m: f64,
    axial_force_n: f64,
    mode: arm::Mode,
}

impl Telemetry {
    /// Opens a new file that will be called `path`.
    pub fn create(path: &Path) -> Result<Self, RecordError> {
        let wrap = |source| RecordError::Telemetry { path: path.to_owned(), source };
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::NamedTempFile::new_in(folder)
            .map_err(|source| RecordError::Write { path: path.to_owned(), source })?;
        // Schemas and channels come from hash maps in the library's summary: left out, so that equal runs give equal
        // bytes. Readers find them in the data section.
        let options = mcap::WriteOptions::new()
            .compression(None)
            .profile("pigment")
            .library("pigment")
            .repeat_schemas(false)
            .repeat_channels(false);
        let mut writer = options.create(BufWriter::new(file)).map_err(wrap)?;
        let mut channel = |topic: &str, name: &str, schema: &serde_json::Value| {
            let schema = writer.add_schema(name, "jsonschema", schema.to_string().as_bytes())?;
            writer.add_channel(schema, topic, "json", &BTreeMap::new())
        };
        let transforms = channel("/tf", "foxglove.FrameTransforms", &transforms_schema()).map_err(wrap)?;
        let state = channel("/state", "pigment.State", &state_schema()).map_err(wrap)?;
        Ok(Self { path: path.to_owned(), writer, transforms, state, sequence: 0 })
    }

    /// Appends one moment.
    pub fn write(&mut self, sample: &Sample<'_>) -> Result<(), RecordError> {
        let state = State {
            t_s: sample.at.seconds(),
            q_set_rad: &sample.setpoint.q,
            q_rad: &sample.state.q,
            qd_rad_per_s: &sample.state.qd,
            protrusion_set_m: sample.setpoint.protrusion.get(),
            protrusion_m: sample.state.protrusion.get(),
            nose_m: sample.state.nose.get(),
            axial_force_n: sample.state.axial_force.get(),
            mode: sample.state.mode,
        };
        self.message(self.state, sample.at, &state)?;
        let stamp = json!({ "sec": sample.at.ns() / 1_000_000_000, "nsec": sample.at.ns() % 1_000_000_000 });
        let transforms: Vec<_> = sample
            .transforms
            .iter()
            .map(|(parent, child, pose)| {
                let (t, q) = (&pose.translation.vector, &pose.rotation);
                json!({
                    "timestamp": stamp, "parent_frame_id": parent, "child_frame_id": child,
                    "translation": { "x": t.x, "y": t.y, "z": t.z },
                    "rotation": { "x": q.i, "y": q.j, "z": q.k, "w": q.w },
                })
            })
            .collect();
        self.message(self.transforms, sample.at, &json!({ "transforms": transforms }))
    }

    /// Closes the file and gives it its name.
    pub fn finish(mut self) -> Result<(), RecordError> {
        let wrap = |source| RecordError::Telemetry { path: self.path.clone(), source };
        self.writer.finish().map_err(wrap)?;
        let io = |source| RecordError::Write { path: self.path.clone(), source };
        let file = self.writer.into_inner().into_inner().map_err(|e| io(e.into_error()))?;
        file.as_file().sync_all().map_err(io)?;
        file.persist(&self.path).map_err(|e| io(e.error))?;
        Ok(())
    }

    fn message(&mut self, channel_id: u16, at: Instant, body: &impl Serialize) -> Result<(), RecordError> {
        let data = serde_json::to_vec(body).map_err(|source| RecordError::Json { what: "telemetry", source })?;
        let header = MessageHeader { channel_id, sequence: self.sequence, log_time: at.ns(), publish_time: at.ns() };
        self.sequence = self.sequence.wrapping_add(1);
        let wrap = |source| RecordError::Telemetry { path: self.path.clone(), source };
        self.writer.write_to_known_channel(&header, &data).map_err(wrap)
    }
}

/// foxglove.FrameTransforms, JSON form, as Foxglove publishes it.
fn transforms_schema() -> serde_json::Value {
    let number = json!({ "type": "number" });
    let vector = json!({ "type": "object", "properties": { "x": number, "y": number, "z": number } });
    let quaternion = json!({ "type": "object", "properties": { "x": number, "y": number, "z": number, "w": number } });
    let time = json!({
        "type": "object", "title": "time",
        "properties": { "sec": { "type": "integer", "minimum": 0 }, "nsec": { "type": "integer", "minimum": 0, "maximum": 999_999_999 } },
    });
    json!({
        "title": "foxglove.FrameTransforms", "type": "object",
        "properties": { "transforms": { "type": "array", "items": {
            "title": "foxglove.FrameTransform", "type": "object",
            "properties": {
                "timestamp": time, "parent_frame_id": { "type": "string" }, "child_frame_id": { "type": "string" },
                "translation": vector, "rotation": quaternion,
            },
        } } },
    })
}

fn state_schema() -> serde_json::Value {
    let number = json!({ "type": "number" });
    let numbers = json!({ "type": "array", "items": number });
    json!({
        "title": "pigment.State", "type": "object",
        "properties": {
            "t_s": number, "q_set_rad": numbers, "q_rad": numbers, "qd_rad_per_s": numbers, "protrusion_set_m": number,
            "protrusion_m": number, "nose_m": number, "axial_force_n": number, "mode": { "type": "string" },
        },
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
    use super::*;
    use arm::{JointPos, JointVel, Mode};
    use frames::{Metres, Newtons, Protrusion, Span};

    fn file(path: &Path) -> Vec<u8> {
        let q = JointPos::zeros(6);
        let qd = JointVel::zeros(6);
        let mut telemetry = Telemetry::create(path).unwrap();
        for k in 0..5 {
            let at = Instant::from_ns(k * 20_000_000);
            let setpoint = Setpoint { seq: k, at, q, qd, protrusion: Protrusion::ZERO, valid_for: Span::from_ms(10) };
            let state = ArmState {
                seq: Some(k),
                at,
                q,
                qd,
                protrusion: Protrusion::ZERO,
                withdrawn: true,
                nose: Metres::ZERO,
                axial_force: Newtons::ZERO,
                head: None,
                mode: Mode::Running,
            };
            let transforms = [("base", "head", Isometry3::identity())];
            telemetry.write(&Sample { at, setpoint: &setpoint, state: &state, transforms: &transforms }).unwrap();
        }
        telemetry.finish().unwrap();
        std::fs::read(path).unwrap()
    }

    #[test]
    fn equal_runs_give_equal_bytes_that_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let bytes = file(&dir.path().join("a.mcap"));
        for name in ["b.mcap", "c.mcap", "d.mcap"] {
            assert!(bytes == file(&dir.path().join(name)), "{name} differs");
        }
        let messages: Vec<_> = mcap::MessageStream::new(&bytes).unwrap().map(Result::unwrap).collect();
        assert_eq!(messages.len(), 10);
        let schema = messages[1].channel.schema.as_ref().unwrap();
        assert_eq!((schema.name.as_str(), messages[1].channel.topic.as_str()), ("foxglove.FrameTransforms", "/tf"));
        let body: serde_json::Value = serde_json::from_slice(&messages[1].data).unwrap();
        assert_eq!(body["transforms"][0]["child_frame_id"], "head");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = Telemetry::create(Path::new("no/such/folder/t.mcap")).err().unwrap();
        assert!(error.to_string().contains("no/such/folder/t.mcap"));
    }
}
