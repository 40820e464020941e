//! Renditions: pictures derived from an asset. They can be thrown away and made again.

use sha2::{Digest as _, Sha256};

use super::{Asset, FocalPoint};

/// A picture format that we write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImageFormat {
    /// JPEG, `.jpg`.
    Jpeg,
    /// PNG.
    Png,
    /// Lossy WebP.
    Webp,
}

impl ImageFormat {
    /// The extension in addresses.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }

    /// The media type.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

/// How a picture fills its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fit {
    /// Fills it, cropped around the focal point.
    Cover,
    /// Fits inside, uncropped.
    Contain,
}

/// What a rendition is to be. The same specification of the same asset is always the same file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RenditionSpec {
    /// Name in addresses.
    pub name: String,
    /// Frame in pixels; a smaller original is never scaled up, the frame shrinks in its ratio.
    pub width: u32,
    /// Frame in pixels.
    pub height: u32,
    /// How it fills the frame.
    pub fit: Fit,
    /// Format.
    pub format: ImageFormat,
    /// At most so large; quality gives way.
    pub max_bytes: Option<u64>,
}

impl RenditionSpec {
    /// Where it is stored: the content, the specification and the focal point decide.
    pub(super) fn key(&self, asset: &Asset) -> String {
        let FocalPoint { x, y } = asset.focal_point;
        let facts = format!(
            "{}x{} {:?} {:?} {:?} {x:.4} {y:.4}",
            self.width, self.height, self.fit, self.format, self.max_bytes
        );
        let hash = hex::encode(&Sha256::digest(facts.as_bytes())[..6]);
        format!(
            "renditions/{}/{}-{hash}.{}",
            asset.sha256,
            self.name,
            self.format.extension()
        )
    }
}

/// A rendition that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// Where it is stored.
    pub key: String,
    /// Path of its address on our server.
    pub path: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Media type.
    pub mime: String,
    /// Hash of its bytes, lower-case hex.
    pub sha256: String,
    /// Size.
    pub size_bytes: u64,
}

/// A size that clients ask for by name: nobody outside can make the server render another.
#[derive(Debug)]
pub struct NamedSize {
    /// Name.
    pub name: &'static str,
    /// Frame in pixels.
    pub width: u32,
    /// Frame in pixels.
    pub height: u32,
    /// How it fills the frame.
    pub fit: Fit,
}

/// The sizes that pages and mini-programs need.
pub const NAMED_SIZES: &[NamedSize] = &[
    NamedSize {
        name: "thumb",
        width: 160,
        height: 160,
        fit: Fit::Cover,
    },
    NamedSize {
        name: "card",
        width: 480,
        height: 360,
        fit: Fit::Cover,
    },
    NamedSize {
        name: "feed",
        width: 750,
        height: 1500,
        fit: Fit::Contain,
    },
    NamedSize {
        name: "wide",
        width: 1200,
        height: 2400,
        fit: Fit::Contain,
    },
    NamedSize {
        name: "share",
        width: 1200,
        height: 630,
        fit: Fit::Cover,
    },
];

/// The specification of a named size in a format.
pub fn find_named_size(name: &str, format: ImageFormat) -> Option<RenditionSpec> {
    NAMED_SIZES
        .iter()
        .find(|size| size.name == name)
        .map(|size| RenditionSpec {
            name: size.name.to_owned(),
            width: size.width,
            height: size.height,
            fit: size.fit,
            format,
            max_bytes: None,
        })
}
