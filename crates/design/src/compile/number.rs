//! Numbers and names of the written design: ranges, and which table a message means.

use crate::error::{DesignError, Which};
use crate::spec::ZoneSpec;

pub(super) struct Numbers<'a> {
    pub(super) which: &'a Which,
}

impl Numbers<'_> {
    pub(super) fn of(
        &self,
        key: &'static str,
        value: Option<f64>,
        default: f64,
        least: f64,
        most: f64,
    ) -> Result<f64, DesignError> {
        let value = value.unwrap_or(default);
        if (least..=most).contains(&value) {
            Ok(value)
        } else {
            Err(DesignError::OutOfRange { which: self.which.clone(), key, value, least, most })
        }
    }
}

pub(super) fn which_zone(index: usize, written: &ZoneSpec) -> Which {
    Which(format!("zone {index} ({}{})", written.kind.name(), quoted(written.name.as_deref())))
}

pub(super) fn quoted(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(" \"{name}\""))
}
