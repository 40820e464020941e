//! Work on pixels: cropping around the focal point, sizing, writing. Runs off the async threads.

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, codecs::png::PngEncoder};

use super::{
    Fit, FocalPoint, ImageFormat, RenditionSpec,
    decode::{self, Shrink},
};
use crate::error::{Error, ErrorKind, Result};

/// Quality at which pictures are written first, and the lowest that a byte limit may press it to.
const QUALITY: f32 = 82.0;
const LOWEST_QUALITY: f32 = 40.0;

/// A written picture.
pub struct Written {
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// Makes a rendition. A picture that is smaller than the frame is not scaled up: the frame shrinks in its ratio.
pub fn render(
    bytes: &[u8],
    mime: &str,
    spec: &RenditionSpec,
    focal: FocalPoint,
    max_pixels: u64,
) -> Result<Written> {
    let header = decode::read_header(bytes, mime, max_pixels)?;
    let Plan {
        crop,
        width,
        height,
    } = plan(header.width, header.height, spec, focal);
    let shrink = Shrink::for_scale(f64::from(width) / crop.2);
    let picture = decode::decode(bytes, mime, &header, shrink, max_pixels)?;
    let has_alpha = picture.color().has_alpha() && spec.format != ImageFormat::Jpeg;
    let picture = if has_alpha {
        DynamicImage::ImageRgba8(picture.into_rgba8())
    } else {
        flatten(picture)
    };
    // A shrunk JPEG: the same part of fewer pixels.
    let across = f64::from(picture.width()) / f64::from(header.width);
    let down = f64::from(picture.height()) / f64::from(header.height);
    let mut sized = if has_alpha {
        DynamicImage::new_rgba8(width, height)
    } else {
        DynamicImage::new_rgb8(width, height)
    };
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(
            crop.0 * across,
            crop.1 * down,
            crop.2 * across,
            crop.3 * down,
        );
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

    /// A picture whose colour tells the place: red rises to the right, green downwards.
    fn map(width: u32, height: u32) -> Vec<u8> {
        let shade = |at: u32, of: u32| u8::try_from(at * 255 / of).expect("below 256");
        let picture = image::RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([shade(x, width), shade(y, height), 0])
        });
        let mut bytes = Vec::new();
        DynamicImage::ImageRgb8(picture)
            .write_with_encoder(PngEncoder::new(&mut bytes))
            .expect("written");
        bytes
    }

    fn check_crop(
        own: (u32, u32),
        frame: (u32, u32),
        focal: (f64, f64),
        expected: (f64, f64, f64, f64),
    ) {
        let focal = FocalPoint {
            x: focal.0,
            y: focal.1,
        };
        let crop = plan(own.0, own.1, &spec(frame.0, frame.1, Fit::Cover), focal).crop;
        let difference = (crop.0 - expected.0).abs()
            + (crop.1 - expected.1).abs()
            + (crop.2 - expected.2).abs()
            + (crop.3 - expected.3).abs();
        assert!(difference < 0.01, "{crop:?} instead of {expected:?}");
    }

    #[test]
    fn a_crop_lies_around_the_focal_point_and_inside_the_picture() {
        check_crop(
            (1000, 1000),
            (300, 100),
            (0.5, 0.5),
            (0.0, 333.33, 1000.0, 333.33),
        );
        check_crop(
            (1000, 1000),
            (300, 100),
            (0.5, 1.0),
            (0.0, 666.67, 1000.0, 333.33),
        );
        check_crop(
            (1000, 1000),
            (100, 200),
            (0.1, 0.5),
            (0.0, 0.0, 500.0, 1000.0),
        );
        check_crop(
            (1000, 1000),
            (100, 200),
            (0.6, 0.5),
            (350.0, 0.0, 500.0, 1000.0),
        );
        check_crop((300, 200), (300, 200), (0.9, 0.9), (0.0, 0.0, 300.0, 200.0));
    }

    #[test]
    fn the_focal_point_is_what_one_sees() {
        let focal = FocalPoint { x: 1.0, y: 0.5 };
        let spec = RenditionSpec {
            format: ImageFormat::Png,
            ..spec(50, 100, Fit::Cover)
        };

        let written = render(&map(400, 200), "image/png", &spec, focal, 1_000_000).expect("made");

        let picture = image::load_from_memory(&written.bytes)
            .expect("read")
            .into_rgb8();
        assert_eq!(picture.dimensions(), (50, 100));
        assert!(
            picture.get_pixel(1, 50).0[0] > 180,
            "the right part is shown"
        );
    }

    #[test]
    fn a_small_picture_is_not_scaled_up() {
        let written = render(
            &map(300, 200),
            "image/png",
            &spec(1068, 712, Fit::Cover),
            FocalPoint::CENTRE,
            1_000_000,
        )
        .expect("made");

        assert_eq!((written.width, written.height), (300, 200));
    }

    #[test]
    fn a_contained_picture_keeps_its_ratio() {
        for (frame, expected) in [
            ((150, 1500), (150, 100)),
            ((1000, 50), (75, 50)),
            ((900, 900), (300, 200)),
        ] {
            let plan = plan(
                300,
                200,
                &spec(frame.0, frame.1, Fit::Contain),
                FocalPoint::CENTRE,
            );

            assert_eq!((plan.width, plan.height), expected);
        }
    }

    #[test]
    fn a_byte_limit_lowers_the_quality_and_at_last_refuses() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/media/small.jpg"
        );
        let photograph = std::fs::read(path).expect("a fixture");
        let write = |format, max_bytes| {
            let spec = RenditionSpec {
                format,
                max_bytes,
                ..spec(300, 200, Fit::Cover)
            };
            render(
                &photograph,
                "image/jpeg",
                &spec,
                FocalPoint::CENTRE,
                1_000_000,
            )
            .map(|written| written.bytes.len() as u64)
        };

        for format in [ImageFormat::Jpeg, ImageFormat::Webp] {
            let free = write(format, None).expect("made");
            let limited = write(format, Some(free * 8 / 10)).expect("made");
            assert!(limited <= free * 8 / 10, "{limited} of {free}");
            let error = write(format, Some(300)).expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::TooLarge);
        }
    }

    #[test]
    fn transparency_becomes_white_where_the_format_has_none() {
        let picture = DynamicImage::ImageRgba8(image::RgbaImage::new(20, 20));

        let flat = flatten(picture).into_rgb8();

        assert_eq!(flat.get_pixel(3, 3).0, [255, 255, 255]);
    }

    #[test]
    fn a_rendition_carries_no_metadata() {
        let mut photograph = std::fs::read(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/media/small.jpg"
        ))
        .expect("a fixture");
        let exif = b"Exif\0\0GPS at 39.9 116.4";
        let length = u8::try_from(exif.len() + 2).expect("short");
        let segment = [&[0xff, 0xe1, 0, length][..], exif].concat();
        photograph.splice(2..2, segment);

        let written = render(
            &photograph,
            "image/jpeg",
            &spec(200, 200, Fit::Cover),
            FocalPoint::CENTRE,
            1_000_000,
        )
        .expect("made");

        assert!(
            !written
                .bytes
                .windows(4)
                .any(|part| part == b"Exif" || part == b"GPS ")
        );
    }
}
