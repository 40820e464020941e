//! An asset: an original file, known by its content.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    error::{Error, Result},
    id::{AssetId, SiteId, UploadId},
};

/// What kind of file it is, found by looking inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AssetKind {
    /// A picture.
    Image,
    /// A video.
    Video,
}

/// The point that must stay visible when a picture is cropped, as parts of width and height.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FocalPoint {
    /// From the left, 0 to 1.
    pub x: f64,
    /// From the top, 0 to 1.
    pub y: f64,
}

impl FocalPoint {
    /// The middle.
    pub const CENTRE: Self = Self { x: 0.5, y: 0.5 };

    /// A point inside the picture.
    pub fn new(x: f64, y: f64) -> Result<Self> {
        if (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y) {
            return Ok(Self { x, y });
        }
        Err(Error::invalid(
            "input.focalPoint",
            "x and y must be from 0 to 1",
        ))
    }
}

/// What the probe found in a video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoFacts {
    /// `mp4`, `mov` or `webm`.
    pub container: String,
    /// `h264`, `hevc`, `vp9`, `av1`, …
    pub video_codec: String,
    /// `aac`, `opus`, …; empty without sound.
    pub audio_codec: String,
    /// Length.
    pub duration_ms: u64,
    /// Clockwise turn that players apply: 0, 90, 180 or 270 degrees.
    pub rotation: u16,
    /// Frames per second, if it could be told.
    pub frame_rate: Option<f64>,
    /// Bits per second over the whole file.
    pub bit_rate: u64,
}

/// An original file.
#[derive(Debug, Clone, PartialEq)]
pub struct Asset {
    /// Id.
    pub id: AssetId,
    /// Its site.
    pub site: SiteId,
    /// Hash of the content, lower-case hex.
    pub sha256: String,
    /// The name it came with.
    pub name: String,
    /// Picture or video.
    pub kind: AssetKind,
    /// Media type, found by looking inside.
    pub mime: String,
    /// Size.
    pub size_bytes: u64,
    /// Pixels, orientation and rotation applied.
    pub width: u32,
    /// Pixels, orientation and rotation applied.
    pub height: u32,
    /// Moves (GIF, animated WebP or PNG).
    pub is_animated: bool,
    /// Alternative text; may be empty.
    pub alt: String,
    /// What crops keep.
    pub focal_point: FocalPoint,
    /// For videos.
    pub video: Option<VideoFacts>,
    /// Rises with each write.
    pub version: i32,
    /// When it came.
    pub created_at: Timestamp,
    /// When its description was last changed.
    pub updated_at: Timestamp,
    /// When it was put away.
    pub archived_at: Option<Timestamp>,
}

impl Asset {
    /// Changes files with another asset, which takes this one's description along: crops of a file keep their point.
    pub fn swap_file(&mut self, other: &mut Self) {
        std::mem::swap(&mut self.sha256, &mut other.sha256);
        std::mem::swap(&mut self.mime, &mut other.mime);
        std::mem::swap(&mut self.size_bytes, &mut other.size_bytes);
        std::mem::swap(&mut self.width, &mut other.width);
        std::mem::swap(&mut self.height, &mut other.height);
        std::mem::swap(&mut self.is_animated, &mut other.is_animated);
        std::mem::swap(&mut self.video, &mut other.video);
        other.name.clone_from(&self.name);
        other.alt.clone_from(&self.alt);
        other.focal_point = self.focal_point;
    }

    /// The extension that fits its content.
    pub fn extension(&self) -> &'static str {
        match self.mime.as_str() {
            "image/jpeg" => "jpg",
            "image/png" => "png",
            "image/webp" => "webp",
            "image/gif" => "gif",
            "video/webm" => "webm",
            "video/quicktime" => "mov",
            _ => "mp4",
        }
    }

    /// Whether the original may be had by its address: videos and moving GIFs. Other pictures may tell where
    /// they were taken, and are shown as renditions.
    pub fn has_public_original(&self) -> bool {
        self.kind == AssetKind::Video || (self.mime == "image/gif" && self.is_animated)
    }
}

/// The longest alternative text, in characters.
const LONGEST_ALT: usize = 500;

/// Refuses an alternative text that no reader could use.
pub fn check_alt(alt: &str) -> Result<()> {
    if alt.chars().count() > LONGEST_ALT {
        let message = format!("must have at most {LONGEST_ALT} characters");
        return Err(Error::invalid("input.alt", message));
    }
    if alt.chars().any(char::is_control) {
        return Err(Error::invalid(
            "input.alt",
            "must be one line without control characters",
        ));
    }
    Ok(())
}

/// A file to be kept.
#[derive(Debug, Clone)]
pub struct NewAsset {
    /// The name it came with.
    pub name: String,
    /// Alternative text; may be empty.
    pub alt: String,
    /// The file.
    pub bytes: Bytes,
}

/// What of an asset's description changes; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct AssetChanges {
    /// New alternative text.
    pub alt: Option<String>,
    /// New focal point.
    pub focal_point: Option<FocalPoint>,
}

/// Which assets a list shows.
#[derive(Debug, Clone, Default)]
pub struct AssetFilter {
    /// Pictures or videos only.
    pub kind: Option<AssetKind>,
    /// Part of the name or the alternative text.
    pub text: Option<String>,
    /// Pictures without an alternative text only.
    pub lacks_alt: bool,
}

/// An upload under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Id.
    pub id: UploadId,
    /// The name of the file.
    pub name: String,
    /// How large it will be.
    pub size_bytes: u64,
    /// How much has arrived.
    pub offset: u64,
}
