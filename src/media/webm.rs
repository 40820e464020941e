//! The part of Matroska that the probe needs: document type, tracks, length. Headers only.

use std::{
    io::{Read, Seek, SeekFrom},
    ops::Range,
};

use super::{
    VideoFacts,
    probe::{Probed, damaged, truncated, unreadable, unsupported},
};
use crate::error::Result;

const EBML: u32 = 0x1a45_dfa3;
const DOC_TYPE: u32 = 0x4282;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const TIMESTAMP_SCALE: u32 = 0x2a_d7b1;
const DURATION: u32 = 0x4489;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK_ENTRY: u32 = 0xae;
const CODEC_ID: u32 = 0x86;
const VIDEO: u32 = 0xe0;
const PIXEL_WIDTH: u32 = 0xb0;
const PIXEL_HEIGHT: u32 = 0xba;
/// The pictures and sounds themselves; everything that the probe needs stands before them.
const CLUSTER: u32 = 0x1f43_b675;
/// Elements that are looked at, and how deep they may lie in each other.
const MOST_ELEMENTS: u32 = 10_000;
const DEEPEST: u32 = 8;
/// An element whose length is not known yet (live streams).
const UNKNOWN: u64 = u64::MAX;
/// Header elements that are larger than this are not headers.
const LARGEST_HEADER: u64 = 1 << 20;

#[derive(Default)]
struct Found {
    doc_type: String,
    scale: u64,
    duration: f64,
    codecs: Vec<String>,
    width: u64,
    height: u64,
    elements: u32,
}

impl Found {
    fn is_enough(&self) -> bool {
        self.duration > 0.0 && self.width > 0 && !self.codecs.is_empty()
    }
}

/// Looks into a WebM or Matroska file.
pub fn probe(file: &mut (impl Read + Seek), size: u64) -> Result<Probed> {
    let mut found = Found {
        scale: 1_000_000,
        ..Found::default()
    };
    walk(file, 0..size, size, DEEPEST, &mut found)?;
    if found.doc_type != "webm" {
        return Err(unsupported("Matroska files other than WebM are not taken"));
    }
    let codec = |prefix: &str| {
        found
            .codecs
            .iter()
            .find_map(|codec| codec.strip_prefix(prefix))
            .map(name)
            .unwrap_or_default()
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a length in milliseconds"
    )]
    let duration_ms = (found.duration * found.scale as f64 / 1_000_000.0).round() as u64;
    let (width, height) = (
        u32::try_from(found.width).unwrap_or(0),
        u32::try_from(found.height).unwrap_or(0),
    );
    if width == 0 || height == 0 || duration_ms == 0 {
        return Err(unsupported("the video track has no size or no length"));
    }
    Ok(Probed {
        facts: VideoFacts {
            container: "webm".to_owned(),
            video_codec: codec("V_"),
            audio_codec: codec("A_"),
            duration_ms,
            rotation: 0,
            frame_rate: None,
            bit_rate: size.saturating_mul(8_000) / duration_ms,
        },
        width,
        height,
    })
}

fn name(codec: &str) -> String {
    codec.split('/').next().unwrap_or_default().to_lowercase()
}

fn walk(
    file: &mut (impl Read + Seek),
    range: Range<u64>,
    size: u64,
    depth: u32,
    found: &mut Found,
) -> Result<()> {
    let mut at = range.start;
    while at < range.end {
        found.elements += 1;
        if depth == 0 || found.elements > MOST_ELEMENTS {
            return Err(damaged());
        }
        file.seek(SeekFrom::Start(at)).map_err(unreadable)?;
        let (id, id_bytes) = read_number(file, false)?.ok_or_else(truncated)?;
        let (length, length_bytes) = read_number(file, true)?.ok_or_else(truncated)?;
        let start = at + id_bytes + length_bytes;
        let id = u32::try_from(id).unwrap_or(0);
        let end = if length == UNKNOWN {
            range.end
        } else {
            start.saturating_add(length)
        };
        if end > size {
            return Err(truncated());
        }
        match id {
            EBML | SEGMENT | INFO | TRACKS | TRACK_ENTRY | VIDEO => {
                walk(file, start..end, size, depth - 1, found)?;
            }
            DOC_TYPE => found.doc_type = read_text(file, length)?,
            TIMESTAMP_SCALE => found.scale = read_integer(file, length)?,
            DURATION => found.duration = read_float(file, length)?,
            CODEC_ID => found.codecs.push(read_text(file, length)?),
            PIXEL_WIDTH => found.width = read_integer(file, length)?,
            PIXEL_HEIGHT => found.height = read_integer(file, length)?,
            CLUSTER if found.is_enough() => return Ok(()),
            _ => {}
        }
        at = end;
    }
    Ok(())
}

/// A number of variable length; as a length its marker bit is taken off, and all ones mean "unknown".
fn read_number(file: &mut impl Read, is_length: bool) -> Result<Option<(u64, u64)>> {
    let mut first = [0];
    if file.read(&mut first).map_err(unreadable)? == 0 {
        return Ok(None);
    }
    let extra = first[0].leading_zeros();
    if extra > 7 {
        return Err(damaged());
    }
    let mut rest = [0; 7];
    let rest = &mut rest[..extra as usize];
    if file.read_exact(rest).is_err() {
        return Ok(None);
    }
    let marker = 0x80_u8 >> extra;
    let start = if is_length {
        first[0] & !marker
    } else {
        first[0]
    };
    let value = rest.iter().fold(u64::from(start), |value, byte| {
        value << 8 | u64::from(*byte)
    });
    let all_ones = is_length && value == (1_u64 << (7 * (extra + 1))) - 1;
    Ok(Some((
        if all_ones { UNKNOWN } else { value },
        u64::from(extra) + 1,
    )))
}

fn read_bytes(file: &mut impl Read, length: u64) -> Result<Vec<u8>> {
    if length > LARGEST_HEADER {
        return Err(damaged());
    }
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
    file.read_exact(&mut bytes).map_err(|_| truncated())?;
    Ok(bytes)
}

fn read_text(file: &mut impl Read, length: u64) -> Result<String> {
    let bytes = read_bytes(file, length)?;
    Ok(String::from_utf8_lossy(&bytes)
        .trim_end_matches('\0')
        .to_owned())
}

fn read_integer(file: &mut impl Read, length: u64) -> Result<u64> {
    Ok(read_bytes(file, length.min(8))?
        .iter()
        .fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

fn read_float(file: &mut impl Read, length: u64) -> Result<f64> {
    let bytes = read_bytes(file, length)?;
    let single = <[u8; 4]>::try_from(bytes.as_slice()).map(f32::from_be_bytes);
    let double = <[u8; 8]>::try_from(bytes.as_slice()).map(f64::from_be_bytes);
    Ok(single.map(f64::from).or(double).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::error::ErrorKind;

    fn refused(bytes: &[u8]) -> ErrorKind {
        probe(&mut Cursor::new(bytes), bytes.len() as u64)
            .expect_err("refused")
            .kind()
    }

    #[test]
    fn elements_nested_without_end_are_refused() {
        let nested = [0x18, 0x53, 0x80, 0x67, 0xff].repeat(100_000);

        assert_eq!(refused(&nested), ErrorKind::InvalidInput);
    }

    #[test]
    fn elements_without_number_are_refused() {
        let empty = [0xec, 0x80].repeat(100_000);

        assert_eq!(refused(&empty), ErrorKind::InvalidInput);
    }

    #[test]
    fn a_cut_off_webm_is_refused() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/media/vertical.webm"
        );
        let whole = std::fs::read(path).expect("a fixture");
        for length in [3, 40, 200, whole.len() / 2, whole.len() - 1] {
            assert_eq!(
                refused(&whole[..length]),
                ErrorKind::InvalidInput,
                "{length}"
            );
        }
    }
}
