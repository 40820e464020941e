//! What the simulators of both platforms keep of an uploaded file: its size, its hash, the length of its film.

use std::collections::BTreeMap;

use actix_multipart::Multipart;
use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{channels::simulator::Shelf, clock::Timestamp};

/// A piece of a video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub size: u64,
    pub sha256: String,
    /// Length in seconds, if its movie header stands here.
    pub duration_s: Option<u64>,
}

/// An upload in parts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Upload {
    pub begun_at: Timestamp,
    /// By number; the same number again replaces it.
    pub parts: BTreeMap<u32, Piece>,
    /// What it became, and whether that was told twice.
    pub video_id: Option<String>,
    pub told_again: bool,
}

/// An uploaded video that no work uses yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Video {
    pub made_at: Timestamp,
    pub size: u64,
}

/// How an answer tells of an uploaded video.
pub fn shown(video_id: &str) -> Value {
    json!({ "video": { "video_id": video_id, "width": 1080, "height": 1920 } })
}

/// The id in an answer that tells of a video.
pub fn video_id(answer: &Value) -> &str {
    answer["video"]["video_id"].as_str().unwrap_or_default()
}

/// Bytes of a file that are kept at most, for the pages that people look at.
const MOST_KEPT: usize = 32 << 20;

/// What came in the one part of the form that counts.
pub struct Sent {
    pub mime: String,
    pub piece: Piece,
    /// The bytes; of a larger file they were only counted.
    pub bytes: Option<Vec<u8>>,
}

/// Reads the part of this name.
pub async fn read_part(mut form: Multipart, name: &str) -> Option<Sent> {
    let mut found = None;
    while let Ok(Some(mut field)) = form.try_next().await {
        let mime = field
            .content_type()
            .map(ToString::to_string)
            .unwrap_or_default();
        let is_wanted = field.name() == Some(name);
        let (mut size, mut hash, mut header) = (0, Sha256::new(), MovieHeader::default());
        let mut bytes = Some(Vec::new());
        loop {
            match field.try_next().await {
                Ok(Some(chunk)) => {
                    size += chunk.len() as u64;
                    hash.update(&chunk);
                    header.look(&chunk);
                    bytes = bytes.filter(|kept| kept.len() + chunk.len() <= MOST_KEPT);
                    if let Some(kept) = bytes.as_mut() {
                        kept.extend_from_slice(&chunk);
                    }
                }
                Ok(None) => break,
                // A body that breaks off was never sent.
                Err(_) => return None,
            }
        }
        if is_wanted {
            let piece = Piece {
                size,
                sha256: hex::encode(hash.finalize()),
                duration_s: header.duration_s,
            };
            found = Some(Sent { mime, piece, bytes });
        }
    }
    found
}

/// Under which name a part of an upload is kept.
pub fn part_name(upload_id: &str, number: u32) -> String {
    format!("{upload_id} {number}")
}

/// The parts of an upload, one behind the other; nothing where one of them is not kept as it was sent last.
pub fn joined(files: &Shelf, upload_id: &str, upload: &Upload) -> Option<Vec<u8>> {
    let parts = upload.parts.iter().map(|(number, piece)| {
        let kept = files.get(&part_name(upload_id, *number));
        kept.filter(|bytes| bytes.len() as u64 == piece.size)
    });
    let parts: Option<Vec<_>> = parts.collect();
    parts.map(|parts| parts.concat())
}

/// The length of a video, read from the `mvhd` box of an MP4 as its bytes pass by.
#[derive(Default)]
struct MovieHeader {
    tail: Vec<u8>,
    duration_s: Option<u64>,
}

impl MovieHeader {
    /// Name, version and flags, two instants, scale and length: in version 0 and in version 1.
    const SPAN: (usize, usize) = (24, 36);

    fn look(&mut self, chunk: &[u8]) {
        if self.duration_s.is_some() {
            return;
        }
        self.tail.extend_from_slice(chunk);
        let name = self.tail.windows(4).position(|four| four == b"mvhd");
        if let Some(at) = name {
            self.duration_s = Self::read(&self.tail[at..]);
        }
        let keep = name.map_or(3, |at| self.tail.len() - at);
        if keep <= Self::SPAN.1 {
            self.tail.drain(..self.tail.len().saturating_sub(keep));
        } else {
            self.tail.clear();
        }
    }

    fn read(header: &[u8]) -> Option<u64> {
        let number = |from: usize, to: usize| {
            let bytes = header.get(from..to)?.iter();
            Some(bytes.fold(0_u64, |number, byte| number << 8 | u64::from(*byte)))
        };
        let (scale, length) = match header.get(4)? {
            0 => (number(16, 20)?, number(20, Self::SPAN.0)?),
            _ => (number(24, 28)?, number(28, Self::SPAN.1)?),
        };
        length.checked_div(scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_joined_only_when_all_are_kept_as_they_came() {
        let piece = |size| Piece {
            size,
            sha256: String::new(),
            duration_s: None,
        };
        let mut upload = Upload {
            begun_at: Timestamp::from_unix_seconds(1_790_000_000),
            parts: [(1, piece(2)), (2, piece(3))].into(),
            video_id: None,
            told_again: false,
        };
        let files = Shelf::default();
        files.keep(part_name("u", 1), b"ab".to_vec());
        assert_eq!(joined(&files, "u", &upload), None, "part 2 was not kept");

        files.keep(part_name("u", 2), b"cde".to_vec());
        assert_eq!(joined(&files, "u", &upload), Some(b"abcde".to_vec()));

        upload.parts.insert(2, piece(40));
        assert_eq!(
            joined(&files, "u", &upload),
            None,
            "a larger one came in its place"
        );
    }

    #[test]
    fn the_length_of_a_video_is_read_as_it_passes_by() {
        let path = format!(
            "{}/tests/fixtures/media/vertical-2s.mp4",
            env!("CARGO_MANIFEST_DIR")
        );
        let file = std::fs::read(path).expect("a fixture");
        for size in [1, 7, 4096, file.len()] {
            let mut header = MovieHeader::default();
            file.chunks(size).for_each(|chunk| header.look(chunk));

            assert_eq!(header.duration_s, Some(2), "{size}");
        }
    }
}
