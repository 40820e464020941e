//! From the bytes of a picture to upright pixels: the header first, then, within bounds, the rest.

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use image::{
    DynamicImage, ImageDecoder, ImageFormat as Container, ImageReader, Limits, RgbImage,
    metadata::Orientation,
};
use mozjpeg::{ColorSpace, Decompress};

use super::animation;
use crate::error::{Error, ErrorKind, Result};

/// What may lie beside the pixels once it is unpacked, such as a colour profile: fifty megabytes of it, packed, would
/// fill fifty gigabytes of memory.
const LARGEST_EXTRAS: u64 = 32 << 20;

/// What a picture's header tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Pixels, orientation applied.
    pub width: u32,
    /// Pixels, orientation applied.
    pub height: u32,
    /// Moves.
    pub is_animated: bool,
    orientation: Orientation,
}

/// How much a JPEG may shrink while it is decoded, which costs less than decoding all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shrink {
    Not,
    Half,
    Quarter,
    Eighth,
}

impl Shrink {
    /// The most that leaves twice the pixels that are wanted, in each direction: enough to look the same.
    pub fn for_scale(wanted_per_own: f64) -> Self {
        match wanted_per_own {
            scale if scale <= 1.0 / 16.0 => Self::Eighth,
            scale if scale <= 1.0 / 8.0 => Self::Quarter,
            scale if scale <= 1.0 / 4.0 => Self::Half,
            _ => Self::Not,
        }
    }

    const fn eighths(self) -> u8 {
        match self {
            Self::Not => 8,
            Self::Half => 4,
            Self::Quarter => 2,
            Self::Eighth => 1,
        }
    }
}

/// Reads the header alone; refuses more pixels than allowed before anything is decoded.
pub fn read_header(bytes: &[u8], mime: &str, max_pixels: u64) -> Result<Header> {
    let mut decoder = open(bytes, mime, max_pixels)?;
    let (width, height) = decoder.dimensions();
    // A damaged EXIF block does not make the picture unusable.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let is_turned = matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    Ok(Header {
        width: if is_turned { height } else { width },
        height: if is_turned { width } else { height },
        is_animated: animation::is_animated(bytes, mime),
        orientation,
    })
}

/// Decodes upright and without metadata; of an animation the first picture.
pub fn decode(
    bytes: &[u8],
    mime: &str,
    header: &Header,
    shrink: Shrink,
    max_pixels: u64,
) -> Result<DynamicImage> {
    let smaller = (mime == "image/jpeg" && shrink != Shrink::Not)
        .then(|| decode_shrunk(bytes, shrink))
        .flatten();
    let mut picture = match smaller {
        Some(picture) => picture,
        None => decode_whole(bytes, mime, max_pixels)?,
    };
    picture.apply_orientation(header.orientation);
    Ok(picture)
}

/// Makes sure that the picture can be decoded to its end.
pub fn check_whole(bytes: &[u8], mime: &str, max_pixels: u64) -> Result<()> {
    // Decoders fill the missing part of a JPEG with grey and say nothing.
    if mime == "image/jpeg" && !jpeg_has_end(bytes) {
        return Err(damaged());
    }
    decode_whole(bytes, mime, max_pixels).map(|_| ())
}

fn open<'a>(bytes: &'a [u8], mime: &str, max_pixels: u64) -> Result<impl ImageDecoder + 'a> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), container(mime)?);
    let mut limits = Limits::default();
    limits.max_alloc = Some(LARGEST_EXTRAS);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > max_pixels {
        let message = format!(
            "the picture has {width}×{height} pixels; at most {max_pixels} in all are taken: make it smaller"
        );
        return Err(Error::new(ErrorKind::TooLarge, message).on_field("file"));
    }
    if width == 0 || height == 0 {
        return Err(damaged());
    }
    Ok(decoder)
}

fn decode_whole(bytes: &[u8], mime: &str, max_pixels: u64) -> Result<DynamicImage> {
    let mut decoder = open(bytes, mime, max_pixels)?;
    let mut limits = Limits::default();
    // Four channels of 16 bits at most.
    limits.max_alloc = Some(max_pixels.saturating_mul(8));
    decoder.set_limits(limits).map_err(unreadable)?;
    DynamicImage::from_decoder(decoder).map_err(unreadable)
}

/// Decodes a JPEG at a fraction of its size; `None` when it is unusual, then the careful way is taken.
fn decode_shrunk(bytes: &[u8], shrink: Shrink) -> Option<DynamicImage> {
    // The library unwinds on what it cannot read.
    catch_unwind(AssertUnwindSafe(|| {
        let mut jpeg = Decompress::new_mem(bytes).ok()?;
        if !matches!(
            jpeg.color_space(),
            ColorSpace::JCS_YCbCr | ColorSpace::JCS_GRAYSCALE
        ) {
            return None;
        }
        jpeg.scale(shrink.eighths());
        let mut jpeg = jpeg.rgb().ok()?;
        let (width, height) = (jpeg.width(), jpeg.height());
        let pixels = jpeg.read_scanlines::<u8>().ok()?;
        let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
        RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
    }))
    .ok()
    .flatten()
}

/// Whether the end mark follows the pixels. Segments before them are stepped over, for a thumbnail has one too.
fn jpeg_has_end(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some([0xff, marker]) = bytes.get(at..at + 2) {
        match marker {
            0xff => at += 1,
            0xda => return bytes[at..].windows(2).any(|two| two == [0xff, 0xd9]),
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => match bytes.get(at + 2..at + 4) {
                Some([high, low]) => at += 2 + usize::from(u16::from_be_bytes([*high, *low])),
                _ => return false,
            },
        }
    }
    false
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

fn damaged() -> Error {
    Error::invalid(
        "file",
        "the picture is damaged or cut off; save it again and upload it anew",
    )
}

fn unreadable(error: image::ImageError) -> Error {
    match &error {
        image::ImageError::Unsupported(_) => Error::new(
            ErrorKind::UnsupportedMedia,
            "the picture is written in an unusual way; save it again as JPEG or PNG",
        )
        .on_field("file")
        .because(error),
        _ => damaged().because(error),
    }
}

#[cfg(test)]
mod tests {
    use image::codecs::png::PngEncoder;

    use super::*;

    const MAX_PIXELS: u64 = 80_000_000;

    fn photograph() -> Vec<u8> {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/media/small.jpg"
        );
        std::fs::read(path).expect("a fixture")
    }

    /// The photograph with an EXIF block that only holds an orientation.
    fn turned(orientation: u8) -> Vec<u8> {
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        let length = u16::try_from(exif.len() + 2).expect("short");
        let mut bytes = photograph();
        let segment = [&[0xff, 0xe1], &length.to_be_bytes()[..], &exif].concat();
        bytes.splice(2..2, segment);
        bytes
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        DynamicImage::new_rgb8(width, height)
            .write_with_encoder(PngEncoder::new(&mut bytes))
            .expect("written");
        bytes
    }

    #[test]
    fn a_picture_is_turned_upright_whole_or_shrunk() {
        let bytes = turned(6);

        let header = read_header(&bytes, "image/jpeg", MAX_PIXELS).expect("read");
        let upright = read_header(&photograph(), "image/jpeg", MAX_PIXELS).expect("read");

        assert_eq!(
            (header.width, header.height),
            (upright.height, upright.width)
        );
        for (shrink, by) in [(Shrink::Not, 1), (Shrink::Half, 2), (Shrink::Eighth, 8)] {
            let picture =
                decode(&bytes, "image/jpeg", &header, shrink, MAX_PIXELS).expect("decoded");
            assert_eq!(
                (picture.width(), picture.height()),
                (header.width.div_ceil(by), header.height.div_ceil(by)),
                "{shrink:?}"
            );
        }
    }

    #[test]
    fn a_shrunk_picture_looks_like_the_whole_one() {
        let bytes = photograph();
        let header = read_header(&bytes, "image/jpeg", MAX_PIXELS).expect("read");
        let mean = |shrink| {
            let picture =
                decode(&bytes, "image/jpeg", &header, shrink, MAX_PIXELS).expect("decoded");
            let rgb = picture.into_rgb8();
            let sum: u64 = rgb.as_raw().iter().map(|value| u64::from(*value)).sum();
            sum / rgb.as_raw().len() as u64
        };

        assert!(mean(Shrink::Not).abs_diff(mean(Shrink::Quarter)) <= 1);
    }

    #[test]
    fn a_bomb_is_refused_by_its_header() {
        // The header claims 20000x20000; the data behind it does not matter.
        let mut bytes = png(10, 10);
        bytes[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
        bytes[20..24].copy_from_slice(&20_000_u32.to_be_bytes());
        // The header's checksum must fit for the decoder to read on.
        let crc = crc32(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&crc.to_be_bytes());

        let error = read_header(&bytes, "image/png", MAX_PIXELS).expect_err("refused");

        assert_eq!(error.kind(), ErrorKind::TooLarge);
    }

    #[test]
    fn a_colour_profile_that_unfolds_without_end_is_left_folded() {
        // Seen as a server that took 800 MB for an upload of 800 KB.
        let chunk = |name: &[u8], data: &[u8]| {
            let length = u32::try_from(data.len()).expect("short").to_be_bytes();
            let crc = crc32(&[name, data].concat()).to_be_bytes();
            [&length[..], name, data, &crc].concat()
        };
        let profile = |megabytes: usize| {
            let mut packed =
                flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut packed, &vec![0; megabytes << 20]).expect("packed");
            [b"p\0\0", packed.finish().expect("packed").as_slice()].concat()
        };
        let with = |megabytes: usize| {
            let mut bytes = png(10, 10);
            bytes.splice(33..33, chunk(b"iCCP", &profile(megabytes)));
            let mut decoder = open(&bytes, "image/png", MAX_PIXELS).expect("opened");
            decoder
                .icc_profile()
                .expect("read")
                .map(|profile| profile.len())
        };

        assert_eq!(with(1), Some(1 << 20));
        assert_eq!(with(100), None);
    }

    #[test]
    fn a_cut_off_picture_is_refused_with_a_cure() {
        let (jpeg, png) = (turned(1), png(400, 300));
        for (bytes, mime) in [
            (&jpeg[..jpeg.len() / 2], "image/jpeg"),
            (&jpeg[..jpeg.len() - 20], "image/jpeg"),
            (&jpeg[..30], "image/jpeg"),
            (&png[..png.len() / 2], "image/png"),
            (&png[..20], "image/png"),
        ] {
            let error = check_whole(bytes, mime, MAX_PIXELS).expect_err("refused");

            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.message().contains("damaged"), "{error}");
        }
        check_whole(&jpeg, "image/jpeg", MAX_PIXELS).expect("whole");
    }

    #[test]
    fn a_jpeg_shrinks_only_when_twice_the_pixels_stay() {
        assert_eq!(Shrink::for_scale(1.0), Shrink::Not);
        assert_eq!(Shrink::for_scale(0.26), Shrink::Not);
        assert_eq!(Shrink::for_scale(0.25), Shrink::Half);
        assert_eq!(Shrink::for_scale(0.1), Shrink::Quarter);
        assert_eq!(Shrink::for_scale(0.05), Shrink::Eighth);
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
            })
        })
    }
}
