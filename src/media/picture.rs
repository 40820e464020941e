//! Work on pixels: looking inside, turning upright, cropping around the focal point, writing. Runs off the
//! async threads.

use std::io::Cursor;

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{
    DynamicImage, ImageDecoder, ImageFormat as Container, ImageReader, Limits,
    codecs::png::PngEncoder, metadata::Orientation,
};

use super::{Fit, FocalPoint, ImageFormat, RenditionSpec};
use crate::error::{Error, ErrorKind, Result};

/// Quality at which pictures are written first, and the lowest that a byte limit may press it to.
const QUALITY: f32 = 82.0;
const LOWEST_QUALITY: f32 = 40.0;

/// What a picture's header tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureFacts {
    /// Pixels, orientation applied.
    pub width: u32,
    /// Pixels, orientation applied.
    pub height: u32,
    /// Moves.
    pub is_animated: bool,
}

/// A written picture.
pub struct Written {
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

fn container(mime: &str) -> Result<Container> {
    match mime {
        "image/jpeg" => Ok(Container::Jpeg),
        "image/png" => Ok(Container::Png),
        "image/webp" => Ok(Container::WebP),
        "image/gif" => Ok(Container::Gif),
        other => Err(Error::new(
            ErrorKind::UnsupportedMedia,
            format!("{other} is not taken; use JPEG, PNG, WebP or GIF"),
        )),
    }
}

fn broken(error: image::ImageError) -> Error {
    Error::invalid(
        "file",
        "the picture is damaged or cut off; save it again and upload it anew",
    )
    .because(error)
}

/// Reads the header alone and refuses more pixels than allowed before anything is decoded.
pub fn examine(bytes: &[u8], mime: &str, max_pixels: u64) -> Result<PictureFacts> {
    let mut decoder = open(bytes, mime, max_pixels)?;
    let (width, height) = decoder.dimensions();
    let is_turned = matches!(
        decoder.orientation().map_err(broken)?,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    let (width, height) = if is_turned {
        (height, width)
    } else {
        (width, height)
    };
    Ok(PictureFacts {
        width,
        height,
        is_animated: is_animated(bytes, mime),
    })
}

fn open<'a>(bytes: &'a [u8], mime: &str, max_pixels: u64) -> Result<impl ImageDecoder + 'a> {
    let decoder = ImageReader::with_format(Cursor::new(bytes), container(mime)?)
        .into_decoder()
        .map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > max_pixels {
        return Err(Error::new(
            ErrorKind::TooLarge,
            format!(
                "the picture has {width}×{height} pixels; at most {max_pixels} in all are taken"
            ),
        )
        .on_field("file"));
    }
    Ok(decoder)
}

/// Whether more than one frame follows.
fn is_animated(bytes: &[u8], mime: &str) -> bool {
    let contains = |mark: &[u8], within: usize| {
        bytes[..bytes.len().min(within)]
            .windows(mark.len())
            .any(|part| part == mark)
    };
    match mime {
        // A second graphic control extension is a second frame.
        "image/gif" => {
            bytes
                .windows(4)
                .filter(|part| *part == [0x00, 0x21, 0xf9, 0x04])
                .count()
                > 1
        }
        "image/webp" => contains(b"ANIM", 64),
        "image/png" => contains(b"acTL", 4096),
        _ => false,
    }
}

/// Decodes, upright and without metadata.
fn decode(bytes: &[u8], mime: &str, max_pixels: u64) -> Result<DynamicImage> {
    let mut decoder = open(bytes, mime, max_pixels)?;
    let orientation = decoder.orientation().map_err(broken)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(max_pixels.saturating_mul(8));
    decoder.set_limits(limits).map_err(broken)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Makes a rendition. A picture that is smaller than the frame is not scaled up: the frame shrinks in its ratio.
pub fn render(
    bytes: &[u8],
    mime: &str,
    spec: &RenditionSpec,
    focal: FocalPoint,
    max_pixels: u64,
) -> Result<Written> {
    let picture = decode(bytes, mime, max_pixels)?;
    let has_alpha = picture.color().has_alpha() && spec.format != ImageFormat::Jpeg;
    let picture = if has_alpha {
        DynamicImage::ImageRgba8(picture.into_rgba8())
    } else {
        flatten(picture)
    };
    let Plan {
        crop,
        width,
        height,
    } = plan(picture.width(), picture.height(), spec, focal);
    let mut sized = if has_alpha {
        DynamicImage::new_rgba8(width, height)
    } else {
        DynamicImage::new_rgb8(width, height)
    };
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(crop.0, crop.1, crop.2, crop.3);
    Resizer::new()
        .resize(&picture, &mut sized, &options)
        .map_err(|error| {
            Error::internal(
                format!("the picture could not be resized to {}", spec.name),
                error,
            )
        })?;
    let bytes = write(&sized, spec)?;
    Ok(Written {
        bytes,
        width,
        height,
    })
}

/// Onto white, for formats without transparency.
fn flatten(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(picture.into_rgb8());
    }
    let rgba = picture.into_rgba8();
    let mut rgb = image::RgbImage::new(rgba.width(), rgba.height());
    for (from, to) in rgba.pixels().zip(rgb.pixels_mut()) {
        let [red, green, blue, alpha] = from.0.map(u32::from);
        let over_white =
            |colour: u32| u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255);
        to.0 = [over_white(red), over_white(green), over_white(blue)];
    }
    DynamicImage::ImageRgb8(rgb)
}

struct Plan {
    /// Left, top, width, height in the original.
    crop: (f64, f64, f64, f64),
    width: u32,
    height: u32,
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes are positive and far below 2^32"
)]
fn plan(width: u32, height: u32, spec: &RenditionSpec, focal: FocalPoint) -> Plan {
    let (own_width, own_height) = (f64::from(width), f64::from(height));
    let (frame_width, frame_height) = (f64::from(spec.width), f64::from(spec.height));
    match spec.fit {
        Fit::Contain => {
            let scale = (frame_width / own_width)
                .min(frame_height / own_height)
                .min(1.0);
            Plan {
                crop: (0.0, 0.0, own_width, own_height),
                width: ((own_width * scale).round() as u32).max(1),
                height: ((own_height * scale).round() as u32).max(1),
            }
        }
        Fit::Cover => {
            let ratio = frame_width / frame_height;
            let (crop_width, crop_height) = if own_width / own_height > ratio {
                (own_height * ratio, own_height)
            } else {
                (own_width, own_width / ratio)
            };
            let scale = (crop_width / frame_width).min(1.0);
            Plan {
                crop: (
                    (own_width * focal.x - crop_width / 2.0).clamp(0.0, own_width - crop_width),
                    (own_height * focal.y - crop_height / 2.0).clamp(0.0, own_height - crop_height),
                    crop_width,
                    crop_height,
                ),
                width: ((frame_width * scale).round() as u32).max(1),
                height: ((frame_height * scale).round() as u32).max(1),
            }
        }
    }
}

/// Writes a picture; when it is too large for the specification, quality gives way in steps.
fn write(picture: &DynamicImage, spec: &RenditionSpec) -> Result<Vec<u8>> {
    let mut quality = QUALITY;
    loop {
        let bytes = write_at(picture, spec.format, quality)?;
        let fits = spec.max_bytes.is_none_or(|max| bytes.len() as u64 <= max);
        if fits {
            return Ok(bytes);
        }
        if quality <= LOWEST_QUALITY || spec.format == ImageFormat::Png {
            return Err(Error::new(
                ErrorKind::TooLarge,
                format!(
                    "the picture stays above {} bytes as {}; use a simpler one",
                    spec.max_bytes.unwrap_or_default(),
                    spec.name
                ),
            ));
        }
        quality -= 14.0;
    }
}

fn write_at(picture: &DynamicImage, format: ImageFormat, quality: f32) -> Result<Vec<u8>> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| {
        Error::internal("the picture could not be written", source)
    };
    match (format, picture) {
        (ImageFormat::Jpeg, picture) => {
            let mut jpeg = mozjpeg::Compress::new(mozjpeg::ColorSpace::JCS_RGB);
            jpeg.set_size(picture.width() as usize, picture.height() as usize);
            jpeg.set_quality(quality);
            let mut jpeg = jpeg
                .start_compress(Vec::new())
                .map_err(|error| failed(error.into()))?;
            jpeg.write_scanlines(picture.as_bytes())
                .map_err(|error| failed(error.into()))?;
            jpeg.finish().map_err(|error| failed(error.into()))
        }
        (ImageFormat::Webp, DynamicImage::ImageRgba8(rgba)) => {
            Ok(webp::Encoder::from_rgba(rgba, rgba.width(), rgba.height())
                .encode(quality)
                .to_vec())
        }
        (ImageFormat::Webp, picture) => {
            Ok(
                webp::Encoder::from_rgb(picture.as_bytes(), picture.width(), picture.height())
                    .encode(quality)
                    .to_vec(),
            )
        }
        (ImageFormat::Png, picture) => {
            let mut bytes = Vec::new();
            picture
                .write_with_encoder(PngEncoder::new(&mut bytes))
                .map_err(|error| failed(error.into()))?;
            Ok(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(width: u32, height: u32, fit: Fit) -> RenditionSpec {
        RenditionSpec {
            name: "test".into(),
            width,
            height,
            fit,
            format: ImageFormat::Jpeg,
            max_bytes: None,
        }
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        DynamicImage::new_rgb8(width, height)
            .write_with_encoder(PngEncoder::new(&mut bytes))
            .expect("written");
        bytes
    }

    #[test]
    fn a_crop_keeps_the_focal_point_inside() {
        let plan = plan(
            1000,
            1000,
            &spec(300, 100, Fit::Cover),
            FocalPoint { x: 0.5, y: 1.0 },
        );

        assert_eq!((plan.width, plan.height), (300, 100));
        let (_, top, _, height) = plan.crop;
        assert!(
            (top + height - 1000.0).abs() < 0.01,
            "the lowest part is shown"
        );
    }

    #[test]
    fn a_small_picture_is_not_scaled_up() {
        let written = render(
            &png(300, 200),
            "image/png",
            &spec(1068, 712, Fit::Cover),
            FocalPoint::CENTRE,
            1_000_000,
        )
        .expect("made");

        assert_eq!((written.width, written.height), (300, 200));
    }

    #[test]
    fn a_bomb_is_refused_by_its_header() {
        // A PNG header that claims 20000x20000; the data behind it does not matter.
        let mut bytes = png(10, 10);
        bytes[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
        bytes[20..24].copy_from_slice(&20_000_u32.to_be_bytes());
        // The header's checksum must fit for the decoder to read on.
        let crc = crc32(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&crc.to_be_bytes());

        let error = examine(&bytes, "image/png", 80_000_000).expect_err("refused");

        assert_eq!(error.kind(), ErrorKind::TooLarge);
    }

    #[test]
    fn a_cut_off_picture_is_refused_with_a_cure() {
        let whole = png(400, 300);

        let error = render(
            &whole[..whole.len() / 2],
            "image/png",
            &spec(100, 100, Fit::Cover),
            FocalPoint::CENTRE,
            1_000_000,
        )
        .err()
        .expect("refused");

        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.message().contains("damaged"), "{error}");
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
            })
        })
    }
}
