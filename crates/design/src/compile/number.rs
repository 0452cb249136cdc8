//! Numbers and names of the written design: ranges, and which table a message means.

use crate::error::{DesignError, Which};
use crate::spec::ZoneSpec;

pub(crate) struct Numbers<'a> {
    pub(crate) which: &'a Which,
}

impl Numbers<'_> {
    pub(crate) fn of(
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

pub(crate) fn which_zone(index: usize, written: &ZoneSpec) -> Which {
    Which(format!("zone {index} ({}{})", written.kind.name(), quoted(written.name.as_deref())))
}

/// What a person calls each zone: its name, or its number where it has none or shares one.
pub(crate) fn labels(zones: &[ZoneSpec]) -> Vec<String> {
    let count = |name: &str| zones.iter().filter(|z| z.name.as_deref() == Some(name)).count();
    let label = |(index, zone): (usize, &ZoneSpec)| match zone.name.as_deref() {
        Some(name) if count(name) == 1 => name.to_owned(),
        Some(name) => format!("{name} (zone {index})"),
        None => format!("zone {index}"),
    };
    zones.iter().enumerate().map(label).collect()
}

pub(crate) fn quoted(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(" \"{name}\""))
}
