//! What happened, kept: a durable journal, telemetry, pictures, plots and the report.
//!
//! In: outcomes and samples from `stream`, figures and geometry as plain data. Out: `journal.sqlite`,
//! `telemetry.mcap`, `report.json`, `report.html`, the treatment sheet.
//! Absent: the loop (nothing here may run on its thread), the simulator, the mesh types (pictures take plain triangles).

mod budget;
mod error;
mod file;
mod html;
mod journal;
mod ledger;
mod past;
mod picture;
mod plot;
mod report;
mod sheet;
mod telemetry;
mod uniformity;

pub use budget::{Budget, InkBudget, ZoneBudget};
pub use error::RecordError;
pub use file::write_atomic;
pub use html::{Page, PageTable, Verdict, write_html};
pub use journal::{Deposits, Durability, Journal, RunId};
pub use ledger::{Ledger, WINDOW};
pub use past::{Became, Past, PastRun};
pub use picture::{
    Camera, Colour, Dot, Eye, Ground, Mark, Mesh, OWN, POINT_SPREAD, Picture, Seen, diverging, draw, legend, linear,
    screen,
};
pub use plot::{Histogram, Lines, histogram, lines};
pub use report::{PlanFigures, Reason, Rehearsal, Report, StippleFigures, StreamFigures};
pub use sheet::{Block, Column, Section, Sheet, Table, sheet_html, write_sheet};
pub use telemetry::{Sample, Telemetry};
pub use uniformity::{Evenness, Uniformity, ZoneEvenness};
