//! The one test binary of the whole product.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should say where")]

mod bad_input;
mod calibrate;
mod calibrate_arm;
mod forecast;
mod gallery;
mod metrics;
mod noise;
mod preview;
mod registration;
mod replay;
mod scenes;
mod sessions;
mod sheet;
mod sign;
mod support;
mod table;
mod tidy;
