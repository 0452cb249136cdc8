//! `kind = "mask"`: a picture of the density.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use nalgebra::Vector3;

use crate::compile::Context;
use crate::compile::number::Numbers;
use crate::compile::point::on_skin;
use crate::error::{DesignError, FileFault, Which};
use crate::shape::{Mask, Picture, Source, View};
use crate::spec::{Channel, MaskSpec, Projection, ZoneSpec};

/// Pixels of a picture: 64 million are 0.1 mm on a whole head, and 256 MB.
const MOST_PIXELS: usize = 64_000_000;

pub(super) fn mask(context: &Context<'_>, number: &Numbers<'_>, written: &ZoneSpec) -> Result<Mask, DesignError> {
    let which = number.which;
    let shape = || DesignError::MaskShape { which: which.clone() };
    let spec = written.mask.as_ref().ok_or_else(shape)?;
    let surface = &context.scan.surface;
    let source = match (spec.colours, &spec.image, spec.by) {
        (Some(channel), None, None) if spec.centre.is_none() && spec.width_mm.is_none() => {
            if !surface.has_colours() {
                return Err(DesignError::NoColours { which: which.clone() });
            }
            Source::Colours(surface.clone(), channel)
        }
        (None, Some(image), Some(Projection::Uv)) if spec.centre.is_none() && spec.width_mm.is_none() => {
            if !surface.has_uv() {
                return Err(DesignError::NoUv { which: which.clone() });
            }
            Source::Uv(surface.clone(), read(which, image)?)
        }
        (None, Some(image), Some(by)) if by != Projection::Uv => {
            let picture = read(which, image)?;
            Source::Seen(view(context, number, spec, by, &picture)?, picture)
        }
        _ => return Err(shape()),
    };
    Ok(Mask { source, scalp: context.scalp.clone() })
}

fn view(
    context: &Context<'_>,
    number: &Numbers<'_>,
    spec: &MaskSpec,
    by: Projection,
    picture: &Picture,
) -> Result<View, DesignError> {
    let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
    // Right and up in the picture, then towards the viewer.
    let [right, up, towards] = match by {
        Projection::Front => [-x, z, y],
        Projection::Back => [x, z, -y],
        Projection::Left => [-y, z, -x],
        Projection::Right => [y, z, x],
        Projection::Top | Projection::Uv => [x, y, z],
    };
    let scalp = context.scan.surface.vertices().iter().map(|p| p.coords.coords);
    let scalp: Vec<Vector3<f64>> = scalp.filter(|p| context.scalp.inside(p) > 0.0).collect();
    let extent = |way: &Vector3<f64>| {
        scalp.iter().fold((f64::MAX, f64::MIN), |(low, high), p| (low.min(p.dot(way)), high.max(p.dot(way))))
    };
    let (across, upright) = (extent(&right), extent(&up));
    let (width, height) = (picture.width as f64, picture.height as f64);
    // The whole scalp lies in the picture.
    let fitted = ((across.1 - across.0) / width).max((upright.1 - upright.0) / height);
    let pixel = match spec.width_mm {
        Some(mm) => 1e-3 * number.of("mask.width_mm", Some(mm), 0.0, 1.0, 1000.0)? / width,
        None => fitted.max(1e-6),
    };
    let middle = match spec.centre {
        Some(centre) => on_skin(number.which, 0, centre, context.scan)?,
        None => right * (0.5 * (across.0 + across.1)) + up * (0.5 * (upright.0 + upright.1)),
    };
    Ok(View { middle, right, up, towards, pixel })
}

/// Grey or RGB, 1 to 16 bits, palettes included; transparent is black.
fn read(which: &Which, path: &Path) -> Result<Picture, DesignError> {
    let fault = |fault| DesignError::File { which: which.clone(), path: path.to_owned(), fault };
    let bad = |e: png::DecodingError| fault(FileFault::NotAPng(e.to_string()));
    let file = File::open(path).map_err(|e| fault(FileFault::Unreadable(e.to_string())))?;
    let limits = png::Limits { bytes: 4 * MOST_PIXELS };
    let mut decoder = png::Decoder::new_with_limits(BufReader::new(file), limits);
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(bad)?;
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    if width.saturating_mul(height) > MOST_PIXELS {
        return Err(fault(FileFault::TooManyPixels { width, height, most: MOST_PIXELS }));
    }
    let size = reader
        .output_buffer_size()
        .ok_or_else(|| fault(FileFault::TooManyPixels { width, height, most: MOST_PIXELS }))?;
    let mut bytes = vec![0; size];
    let frame = reader.next_frame(&mut bytes).map_err(bad)?;
    let samples = frame.color_type.samples();
    let grey = bytes[..frame.buffer_size()].chunks_exact(samples).map(|pixel| {
        let part = |k: usize| f64::from(pixel[k]) / 255.0;
        let (light, alpha) = match samples {
            1 => (part(0), 1.0),
            2 => (part(0), part(1)),
            3 => (crate::shape::grey([part(0), part(1), part(2)], Channel::Luminance), 1.0),
            _ => (crate::shape::grey([part(0), part(1), part(2)], Channel::Luminance), part(3)),
        };
        (light * alpha) as f32
    });
    let grey: Vec<f32> = grey.collect();
    Ok(Picture { width, height, grey })
}
