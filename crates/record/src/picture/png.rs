//! A picture as a PNG file's bytes.
//!
//! In: a picture. Out: true colours, or at most 256 of them in a third of the bytes. Absent: files.

use ::png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Filter};

use super::Picture;
use super::palette::palette;
use crate::RecordError;

impl Picture {
    /// The picture as a PNG file's bytes.
    pub fn png(&self) -> Result<Vec<u8>, RecordError> {
        self.encode(ColorType::Rgb, self.pixels.as_flattened(), None, Filter::Adaptive)
    }

    /// The same with at most 256 colours: small enough for a page or a repository.
    pub fn png_indexed(&self) -> Result<Vec<u8>, RecordError> {
        let (palette, numbers) = palette(&self.pixels);
        // Neighbouring numbers mean nothing to each other: any filter would only add noise.
        self.encode(ColorType::Indexed, &numbers, Some(palette.as_flattened()), Filter::NoFilter)
    }

    fn encode(
        &self,
        kind: ColorType,
        data: &[u8],
        palette: Option<&[u8]>,
        filter: Filter,
    ) -> Result<Vec<u8>, RecordError> {
        let fail = |e: EncodingError| RecordError::Draw { what: "a picture".into(), why: e.to_string() };
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(kind);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_compression(Compression::High);
        encoder.set_filter(filter);
        if let Some(palette) = palette {
            encoder.set_palette(palette);
        }
        let mut writer = encoder.write_header().map_err(fail)?;
        writer.write_image_data(data).map_err(fail)?;
        writer.finish().map_err(fail)?;
        Ok(bytes)
    }
}
