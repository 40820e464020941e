//! Looks inside a file that came in: kind, size, hash. Its name and what the client says of it are never believed.

use std::{
    fs::File,
    io::{Read as _, Seek as _},
    path::Path,
};

use sha2::{Digest as _, Sha256};

use super::{AssetKind, VideoFacts, decode, probe};
use crate::{
    config::MediaConfig,
    error::{Error, ErrorKind, Result},
};

/// What looking inside a file found.
pub struct Examined {
    pub kind: AssetKind,
    pub mime: &'static str,
    /// Pixels, orientation and rotation applied.
    pub width: u32,
    pub height: u32,
    pub is_animated: bool,
    pub video: Option<VideoFacts>,
    pub sha256: String,
    pub size_bytes: u64,
}

/// Looks inside; a file that could not be shown in full is refused.
pub fn examine(path: &Path, limits: &MediaConfig) -> Result<Examined> {
    let unreadable = |error| Error::internal(format!("cannot read {}", path.display()), error);
    let mut file = File::open(path).map_err(unreadable)?;
    let size_bytes = file.metadata().map_err(unreadable)?.len();
    let mut head = Vec::new();
    (&mut file)
        .take(8192)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    let mime = sniff(&head);
    if mime.starts_with("video/") {
        check_size(size_bytes, limits.max_video_bytes)?;
        let probed = probe::probe(&mut file, mime)?;
        return Ok(Examined {
            kind: AssetKind::Video,
            mime: match probed.facts.container.as_str() {
                "webm" => "video/webm",
                "mov" => "video/quicktime",
                _ => "video/mp4",
            },
            width: probed.width,
            height: probed.height,
            is_animated: true,
            video: Some(probed.facts),
            sha256: hash(&mut file).map_err(unreadable)?,
            size_bytes,
        });
    }
    let known = ["image/jpeg", "image/png", "image/webp", "image/gif"];
    let mime = known
        .into_iter()
        .find(|known| *known == mime)
        .ok_or_else(|| not_taken(mime))?;
    check_size(size_bytes, limits.max_image_bytes)?;
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let header = decode::read_header(&bytes, mime, limits.max_pixels)?;
    decode::check_whole(&bytes, mime, limits.max_pixels)?;
    Ok(Examined {
        kind: AssetKind::Image,
        mime,
        width: header.width,
        height: header.height,
        is_animated: header.is_animated,
        video: None,
        sha256: hex::encode(Sha256::digest(&bytes)),
        size_bytes,
    })
}

/// The media type by the first bytes; empty when they say nothing.
fn sniff(head: &[u8]) -> &'static str {
    match infer::get(head).map(|found| found.mime_type()) {
        Some(mime) => mime,
        // MP4 files of a brand that the list of known ones lacks.
        None if head.get(4..8) == Some(b"ftyp") => "video/mp4",
        None => "",
    }
}

fn check_size(size_bytes: u64, most: u64) -> Result<()> {
    if size_bytes <= most {
        return Ok(());
    }
    let message = format!("the file has {size_bytes} bytes; at most {most} are taken");
    Err(Error::new(ErrorKind::TooLarge, message).on_field("file"))
}

fn not_taken(mime: &str) -> Error {
    let what = match mime {
        "" => "this kind of file",
        other => other,
    };
    let message = format!("{what} is not taken; use JPEG, PNG, WebP, GIF, MP4 or WebM");
    Error::new(ErrorKind::UnsupportedMedia, message).on_field("file")
}

fn hash(file: &mut File) -> std::io::Result<String> {
    file.rewind()?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(&buffer[..read]);
    }
}
