//! The stream: bytes that come split anywhere, cut into packages.
//!
//! In: bytes as a socket gives them. Out: [`Frame`]s, each a whole package. Absent: what a package means.
//! The buffer never grows: what does not fit is not taken. A size that cannot be is an error that stays until
//! [`Decoder::reset`]: after it no byte can be trusted, and the connection has to be made anew.
//! Source: wire.md 2.

use crate::UrError;

/// Bytes of a header: u16 size with the header, u8 type.
pub const HEADER: usize = 3;
/// Longest package that the size field can say.
pub const LONGEST: usize = u16::MAX as usize;
/// Longest package accepted unless told otherwise: all 419 fields in one recipe need 3.3 kB, a list of names 2 kB.
pub const DEFAULT_LIMIT: usize = 4096;

/// One package, whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Letter of the message; see [`crate::Kind`].
    pub kind: u8,
    /// After the header.
    pub payload: &'a [u8],
}

/// Cuts a stream into packages.
#[derive(Debug)]
pub struct Decoder {
    buffer: Box<[u8]>,
    /// Not yet given out: `buffer[start..end]`.
    start: usize,
    end: usize,
    broken: Option<UrError>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new(DEFAULT_LIMIT)
    }
}

impl Decoder {
    /// Accepts packages up to `limit` bytes long, header included; the buffer holds one of those. At least a header, at
    /// most [`LONGEST`].
    pub fn new(limit: usize) -> Self {
        let limit = limit.clamp(HEADER, LONGEST);
        Self { buffer: vec![0; limit].into_boxed_slice(), start: 0, end: 0, broken: None }
    }

    /// Takes as many of `bytes` as there is room for and returns how many. 0 means: call [`Decoder::next`] first, or the
    /// stream is broken.
    pub fn feed(&mut self, bytes: &[u8]) -> usize {
        if self.broken.is_some() {
            return 0;
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let taken = bytes.len().min(self.buffer.len() - self.end);
        self.buffer[self.end..self.end + taken].copy_from_slice(&bytes[..taken]);
        self.end += taken;
        taken
    }

    /// The next whole package; `None` when more bytes are needed.
    #[expect(clippy::should_implement_trait, reason = "an iterator cannot lend from its own buffer")]
    pub fn next(&mut self) -> Result<Option<Frame<'_>>, UrError> {
        if let Some(error) = self.broken {
            return Err(error);
        }
        let waiting = &self.buffer[self.start..self.end];
        let [high, low, kind, ..] = *waiting else { return self.unless_undersize() };
        let size = u16::from_be_bytes([high, low]);
        self.check(size)?;
        let (from, to) = (self.start + HEADER, self.start + usize::from(size));
        if to > self.end {
            return Ok(None);
        }
        self.start = to;
        Ok(Some(Frame { kind, payload: &self.buffer[from..to] }))
    }

    /// Two bytes are enough to see that a size cannot be.
    fn unless_undersize(&mut self) -> Result<Option<Frame<'_>>, UrError> {
        if let [high, low] = self.buffer[self.start..self.end] {
            self.check(u16::from_be_bytes([high, low]))?;
        }
        Ok(None)
    }

    fn check(&mut self, size: u16) -> Result<(), UrError> {
        let error = if usize::from(size) < HEADER {
            UrError::Undersize { size }
        } else if usize::from(size) > self.buffer.len() {
            UrError::Oversize { size, limit: self.buffer.len() }
        } else {
            return Ok(());
        };
        self.broken = Some(error);
        Err(error)
    }

    /// Forgets everything, for a new connection.
    pub fn reset(&mut self) {
        (self.start, self.end, self.broken) = (0, 0, None);
    }

    /// Bytes that wait for the rest of their package.
    pub fn waiting(&self) -> usize {
        self.end - self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `stream` in pieces of `piece` bytes; the frames, and the error that ended it.
    fn cut(limit: usize, stream: &[u8], piece: usize) -> (Vec<(u8, Vec<u8>)>, Option<UrError>) {
        let (mut decoder, mut frames) = (Decoder::new(limit), Vec::new());
        for mut part in stream.chunks(piece.max(1)) {
            while !part.is_empty() {
                let taken = decoder.feed(part);
                part = &part[taken..];
                loop {
                    match decoder.next() {
                        Ok(Some(frame)) => frames.push((frame.kind, frame.payload.to_vec())),
                        Ok(None) => break,
                        Err(error) => return (frames, Some(error)),
                    }
                }
            }
        }
        (frames, None)
    }

    const TWO: [u8; 9] = [0, 5, b'V', 0, 2, 0, 4, b'S', 1];

    #[test]
    fn any_piece_gives_the_same_packages() {
        for piece in 1..=TWO.len() {
            let (frames, error) = cut(16, &TWO, piece);
            assert_eq!(frames, [(b'V', vec![0, 2]), (b'S', vec![1])], "pieces of {piece}");
            assert_eq!(error, None);
        }
    }

    #[track_caller]
    fn breaks(limit: usize, size: u16, want: UrError) {
        let mut stream = TWO.to_vec();
        stream.extend(size.to_be_bytes());
        stream.push(b'S');
        stream.extend([0; 40]);
        for piece in [1, 2, 3, 100] {
            let (frames, error) = cut(limit, &stream, piece);
            assert_eq!((frames.len(), error), (2, Some(want)), "pieces of {piece}");
        }
    }

    #[test]
    fn sizes_that_cannot_be() {
        breaks(16, 0, UrError::Undersize { size: 0 });
        breaks(16, 1, UrError::Undersize { size: 1 });
        breaks(16, 2, UrError::Undersize { size: 2 });
        breaks(16, 17, UrError::Oversize { size: 17, limit: 16 });
        breaks(16, 65_535, UrError::Oversize { size: 65_535, limit: 16 });
    }

    #[test]
    fn edges_of_the_size() {
        // A header alone is a package; one as long as the limit fits.
        assert_eq!(cut(5, &[0, 3, b'v', 0, 5, b'V', 0, 1], 8).0.len(), 2);
        assert_eq!(cut(LONGEST, &[0, 3, b'v'], 1).0.len(), 1);
        let mut long = vec![0xff, 0xff, b'U'];
        long.resize(LONGEST, 7);
        assert_eq!(cut(usize::MAX, &long, 1000).0[0].1.len(), LONGEST - HEADER);
    }

    #[test]
    fn a_broken_stream_stays_broken_until_reset() {
        let mut decoder = Decoder::new(16);
        assert_eq!(decoder.feed(&[0, 1]), 2);
        assert!(decoder.next().is_err() && decoder.next().is_err());
        assert_eq!(decoder.feed(&TWO), 0);
        decoder.reset();
        assert_eq!(decoder.feed(&TWO), TWO.len());
        assert_eq!(decoder.next(), Ok(Some(Frame { kind: b'V', payload: &[0, 2] })));
        assert_eq!(decoder.waiting(), 4);
    }

    #[test]
    fn the_buffer_is_bounded() {
        let mut decoder = Decoder::new(8);
        assert_eq!(decoder.feed(&[0; 100]), 8);
        assert_eq!(decoder.feed(&[0; 100]), 0);
    }
}
