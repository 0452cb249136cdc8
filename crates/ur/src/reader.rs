//! Reading a payload from front to back, never past its end.

use crate::UrError;
use crate::codec::Frame;
use crate::recipe::LONGEST_NAMES;

pub(crate) fn finite(hz: f64) -> Result<f64, UrError> {
    if hz.is_finite() { Ok(hz) } else { Err(UrError::NotFinite { field: 0 }) }
}

/// Printable ASCII as text.
pub(crate) fn ascii(kind: u8, bytes: &[u8]) -> Result<&str, UrError> {
    match bytes.iter().position(|b| !(0x20..0x7f).contains(b)) {
        Some(at) => Err(UrError::NotAscii { kind, at }),
        None => std::str::from_utf8(bytes).map_err(|e| UrError::NotAscii { kind, at: e.valid_up_to() }),
    }
}

/// Reads a payload from front to back.
pub(crate) struct Reader<'a> {
    frame: Frame<'a>,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(frame: Frame<'a>) -> Self {
        Self { frame, at: 0 }
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], UrError> {
        let (payload, need) = (self.frame.payload, self.at + n);
        let part =
            payload.get(self.at..need).ok_or(UrError::Short { kind: self.frame.kind, need, got: payload.len() })?;
        self.at = need;
        Ok(part)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], UrError> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, UrError> {
        self.array::<1>().map(|[b]| b)
    }

    pub(crate) fn byte_if(&mut self, there: bool) -> Result<Option<u8>, UrError> {
        there.then(|| self.byte()).transpose()
    }

    pub(crate) fn counted(&mut self) -> Result<&'a [u8], UrError> {
        let len = self.byte()?;
        self.take(usize::from(len))
    }

    pub(crate) fn rest(&mut self) -> &'a [u8] {
        let rest = self.frame.payload.get(self.at..).unwrap_or(&[]);
        self.at = self.frame.payload.len();
        rest
    }

    pub(crate) fn list(&mut self) -> Result<&'a str, UrError> {
        ascii(self.frame.kind, self.rest())
    }

    pub(crate) fn names(&mut self) -> Result<&'a str, UrError> {
        let names = self.list()?;
        if names.len() > LONGEST_NAMES { Err(UrError::Names { len: names.len() }) } else { Ok(names) }
    }

    pub(crate) fn end(&self) -> Result<(), UrError> {
        let extra = self.frame.payload.len() - self.at;
        if extra > 0 { Err(UrError::Trailing { kind: self.frame.kind, extra }) } else { Ok(()) }
    }
}
