//! The probe of videos: what is inside, from headers alone; clear words for what is cut off or not taken.

use std::io::{Read, Seek, SeekFrom};

use mp4parse::{CodecType, MediaContext, SampleEntry, Track, TrackType};

use super::{VideoFacts, webm};
use crate::error::{Error, ErrorKind, Result};

/// Outermost boxes that are looked at; fragmented files have thousands.
const MOST_BOXES: usize = 200_000;
/// The largest description of a video: hours of it take a few megabytes.
const LARGEST_HEADER: u64 = 64 << 20;

/// What the probe found, with the picture's size after rotation.
#[derive(Debug, Clone, PartialEq)]
pub struct Probed {
    pub facts: VideoFacts,
    pub width: u32,
    pub height: u32,
}

pub(super) fn truncated() -> Error {
    Error::invalid(
        "file",
        "the video is cut off: its end is missing; export or upload it again",
    )
}

pub(super) fn damaged() -> Error {
    Error::invalid("file", "the video's structure is damaged; export it again")
}

pub(super) fn unsupported(what: &str) -> Error {
    Error::new(
        ErrorKind::UnsupportedMedia,
        format!("{what}; use MP4 (H.264 with AAC) or WebM"),
    )
    .on_field("file")
}

/// Looks into a file whose media type was found by its first bytes.
pub fn probe(file: &mut (impl Read + Seek), mime: &str) -> Result<Probed> {
    let size = file.seek(SeekFrom::End(0)).map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    match mime {
        "video/mp4" | "video/quicktime" | "video/x-m4v" => {
            let header = read_header(file, size)?;
            let context = mp4parse::read_mp4(&mut header.as_slice()).map_err(|error| {
                Error::invalid("file", "the video's header is damaged; export it again")
                    .because(error)
            })?;
            let container = if mime == "video/quicktime" {
                "mov"
            } else {
                "mp4"
            };
            let mut probed = mp4_facts(&context, size, container)?;
            // The parser does not name HEVC, which telephones write.
            let codec = &mut probed.facts.video_codec;
            if matches!(codec.as_str(), "" | "unknown") {
                let is_hevc = header
                    .windows(4)
                    .any(|four| four == b"hvc1" || four == b"hev1");
                codec.clear();
                codec.push_str(if is_hevc { "hevc" } else { "unknown" });
            }
            Ok(probed)
        }
        "video/webm" | "video/x-matroska" => webm::probe(file, size),
        other => Err(unsupported(&format!("{other} is not taken"))),
    }
}

pub(super) fn unreadable(error: std::io::Error) -> Error {
    Error::internal("the file could not be read", error)
}

/// Walks the outermost boxes, each of which must lie inside the file, and reads the two that describe it; the
/// media itself (`mdat`) must be there, but stays unread.
fn read_header(file: &mut (impl Read + Seek), size: u64) -> Result<Vec<u8>> {
    let (mut at, mut count) = (0, 0);
    let (mut kind_box, mut movie_box, mut has_media) = (None, None, false);
    while at + 8 <= size && count < MOST_BOXES {
        file.seek(SeekFrom::Start(at)).map_err(unreadable)?;
        let mut head = [0; 16];
        let here = usize::try_from((size - at).min(16)).unwrap_or(16);
        file.read_exact(&mut head[..here]).map_err(unreadable)?;
        let short = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        let length = match short {
            0 => size - at,
            1 if here == 16 => u64::from_be_bytes(head[8..16].try_into().unwrap_or_default()),
            1 => return Err(truncated()),
            length => length,
        };
        if length < 8 {
            return Err(damaged());
        }
        let end = at
            .checked_add(length)
            .filter(|end| *end <= size)
            .ok_or_else(truncated)?;
        match &head[4..8] {
            b"ftyp" => kind_box = Some(at..end),
            b"moov" => movie_box = Some(at..end),
            b"mdat" => has_media = true,
            _ => {}
        }
        at = end;
        count += 1;
    }
    let movie_box = movie_box
        .filter(|_| at == size && has_media)
        .ok_or_else(truncated)?;
    let mut header = Vec::new();
    for part in kind_box.into_iter().chain([movie_box]) {
        let length = part.end - part.start;
        if length > LARGEST_HEADER {
            return Err(damaged());
        }
        file.seek(SeekFrom::Start(part.start)).map_err(unreadable)?;
        file.take(length)
            .read_to_end(&mut header)
            .map_err(unreadable)?;
    }
    Ok(header)
}

fn mp4_facts(context: &MediaContext, size: u64, container: &str) -> Result<Probed> {
    let find = |kind: TrackType| {
        context
            .tracks
            .iter()
            .find(move |track| track.track_type == kind)
    };
    let video =
        find(TrackType::Video).ok_or_else(|| unsupported("the file holds no video track"))?;
    let audio = find(TrackType::Audio);
    let entry = |track: &Track| {
        track
            .stsd
            .as_ref()
            .and_then(|stsd| stsd.descriptions.first().map(codec))
    };
    let (video_codec, size_in_entry) = entry(video).unwrap_or_default();
    let header = video.tkhd.as_ref();
    let rotation = header.map_or(0, |header| {
        rotation(
            header.matrix.a,
            header.matrix.b,
            header.matrix.c,
            header.matrix.d,
        )
    });
    let (width, height) = size_in_entry
        .filter(|(width, height)| *width > 0 && *height > 0)
        .or_else(|| header.map(|header| (header.width >> 16, header.height >> 16)))
        .unwrap_or_default();
    let duration_ms = duration_ms(video)
        .or_else(|| audio.and_then(duration_ms))
        .unwrap_or_default();
    if width == 0 || height == 0 || duration_ms == 0 {
        return Err(unsupported("the video track has no size or no length"));
    }
    let (width, height) = if matches!(rotation, 90 | 270) {
        (height, width)
    } else {
        (width, height)
    };
    Ok(Probed {
        facts: VideoFacts {
            container: container.to_owned(),
            video_codec: video_codec.to_owned(),
            audio_codec: audio
                .and_then(entry)
                .map(|(name, _)| name.to_owned())
                .unwrap_or_default(),
            duration_ms,
            rotation,
            frame_rate: frame_rate(video),
            bit_rate: size.saturating_mul(8_000) / duration_ms,
        },
        width,
        height,
    })
}

fn codec(entry: &SampleEntry) -> (&'static str, Option<(u32, u32)>) {
    let (kind, size) = match entry {
        SampleEntry::Video(video) => (
            video.codec_type,
            Some((u32::from(video.width), u32::from(video.height))),
        ),
        SampleEntry::Audio(audio) => (audio.codec_type, None),
        SampleEntry::Unknown => (CodecType::Unknown, None),
    };
    let name = match kind {
        CodecType::H264 => "h264",
        CodecType::MP4V => "mpeg4",
        CodecType::H263 => "h263",
        CodecType::AV1 => "av1",
        CodecType::VP9 => "vp9",
        CodecType::VP8 => "vp8",
        CodecType::AAC => "aac",
        CodecType::MP3 => "mp3",
        CodecType::Opus => "opus",
        CodecType::FLAC => "flac",
        CodecType::ALAC => "alac",
        CodecType::LPCM => "pcm",
        _ => "unknown",
    };
    (name, size)
}

fn duration_ms(track: &Track) -> Option<u64> {
    let (duration, scale) = (track.duration.as_ref()?.0, track.timescale.as_ref()?.0);
    duration.checked_mul(1000)?.checked_div(scale)
}

/// Frames over the time they are shown, to a hundredth.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts and ticks are far below 2^52"
)]
fn frame_rate(track: &Track) -> Option<f64> {
    let scale = track.timescale.as_ref()?.0;
    let (frames, ticks) =
        track
            .stts
            .as_ref()?
            .samples
            .iter()
            .fold((0_u64, 0_u64), |(frames, ticks), run| {
                let count = u64::from(run.sample_count);
                let shown = count.saturating_mul(u64::from(run.sample_delta));
                (frames + count, ticks.saturating_add(shown))
            });
    (ticks > 0).then(|| (frames as f64 * scale as f64 * 100.0 / ticks as f64).round() / 100.0)
}

/// The clockwise turn of the track's matrix (16.16 fixed point).
fn rotation(a: i32, b: i32, c: i32, d: i32) -> u16 {
    const ONE: i32 = 1 << 16;
    const MINUS: i32 = -ONE;
    match (a, b, c, d) {
        (0, ONE, MINUS, 0) => 90,
        (MINUS, 0, 0, MINUS) => 180,
        (0, MINUS, ONE, 0) => 270,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    fn look(name: &str, mime: &str) -> Result<Probed> {
        let path = format!("{}/tests/fixtures/media/{name}", env!("CARGO_MANIFEST_DIR"));
        probe(&mut File::open(path).expect("a fixture"), mime)
    }

    #[test]
    fn an_mp4_tells_what_is_inside() {
        let Probed {
            facts,
            width,
            height,
        } = look("vertical-2s.mp4", "video/mp4").expect("probed");

        assert_eq!((width, height), (1080, 1920));
        assert_eq!(
            (facts.video_codec.as_str(), facts.audio_codec.as_str()),
            ("h264", "aac")
        );
        assert!((2_000..=2_200).contains(&facts.duration_ms), "{facts:?}");
        assert_eq!(facts.frame_rate, Some(30.0));
    }

    #[test]
    fn a_video_that_ends_anywhere_else_is_refused() {
        let path = format!(
            "{}/tests/fixtures/media/vertical-2s.mp4",
            env!("CARGO_MANIFEST_DIR")
        );
        let whole = std::fs::read(path).expect("a fixture");
        for length in [0, 7, 16, 40, 1000, whole.len() / 2, whole.len() - 1] {
            let error = probe(&mut std::io::Cursor::new(&whole[..length]), "video/mp4")
                .expect_err("refused");

            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{length}: {error}");
        }
    }

    #[test]
    fn the_turn_of_a_telephone_is_told() {
        const ONE: i32 = 1 << 16;
        assert_eq!(rotation(ONE, 0, 0, ONE), 0);
        assert_eq!(rotation(0, ONE, -ONE, 0), 90);
        assert_eq!(rotation(-ONE, 0, 0, -ONE), 180);
        assert_eq!(rotation(0, -ONE, ONE, 0), 270);
    }

    #[test]
    fn a_webm_tells_what_is_inside() {
        let Probed {
            facts,
            width,
            height,
        } = look("vertical.webm", "video/webm").expect("probed");

        assert!(width < height, "{width}x{height}");
        assert_eq!(
            (facts.video_codec.as_str(), facts.audio_codec.as_str()),
            ("vp9", "opus")
        );
        assert!((2_800..=3_200).contains(&facts.duration_ms), "{facts:?}");
    }

    #[test]
    fn a_cut_off_video_is_refused_with_a_cure() {
        let error = look("truncated.mp4", "video/mp4").expect_err("refused");

        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.message().contains("cut off"), "{error}");
    }
}
