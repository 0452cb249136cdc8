//! Writing into a given piece of memory, counting on past its end.

use crate::UrError;
use crate::codec::{HEADER, LONGEST};

pub(crate) struct Writer<'a> {
    out: &'a mut [u8],
    len: usize,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(out: &'a mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    pub(crate) fn put(&mut self, bytes: &[u8]) {
        let end = self.len.saturating_add(bytes.len());
        if let Some(place) = self.out.get_mut(self.len..end) {
            place.copy_from_slice(bytes);
        }
        self.len = end;
    }

    /// Length of what was written, if all of it had room.
    pub(crate) fn finish(self) -> Result<usize, UrError> {
        if self.len > self.out.len() {
            return Err(UrError::Room { need: self.len, have: self.out.len() });
        }
        Ok(self.len)
    }
}

/// A whole package: header, then what `fill` puts. Length of the package.
pub(crate) fn package(
    kind: u8,
    out: &mut [u8],
    fill: impl FnOnce(&mut Writer<'_>) -> Result<(), UrError>,
) -> Result<usize, UrError> {
    let mut writer = Writer::new(out);
    writer.put(&[0, 0, kind]);
    fill(&mut writer)?;
    let size = u16::try_from(writer.len).map_err(|_| UrError::TooLong { size: writer.len })?;
    debug_assert!(writer.len >= HEADER && writer.len <= LONGEST);
    let len = writer.finish()?;
    out[..2].copy_from_slice(&size.to_be_bytes());
    Ok(len)
}
