//! Addresses of files and pictures in sizes that have a name; both schemas give them out.

use crate::{
    app::App,
    media::{Asset, AssetKind, ImageFormat, find_named_size},
};

/// A size that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
pub enum NamedSize {
    /// 160 × 160, cropped around the focal point.
    Thumb,
    /// 480 × 360, cropped around the focal point.
    Card,
    /// At most 750 wide.
    Feed,
    /// At most 1200 wide.
    Wide,
    /// 1200 × 630, cropped around the focal point.
    Share,
}

/// A format that pictures come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(remote = "ImageFormat")]
pub enum PictureFormat {
    /// Smallest.
    Webp,
    /// For clients that know no WebP.
    Jpeg,
    /// Without loss.
    Png,
}

impl NamedSize {
    const fn name(self) -> &'static str {
        match self {
            Self::Thumb => "thumb",
            Self::Card => "card",
            Self::Feed => "feed",
            Self::Wide => "wide",
            Self::Share => "share",
        }
    }
}

/// The absolute address of a picture in a size, or of a video; the picture is made when somebody looks at it.
pub fn asset_url(
    app: &App,
    asset: &Asset,
    size: NamedSize,
    format: Option<PictureFormat>,
) -> String {
    let base = app.config.server.base_url();
    let format = format.map_or(ImageFormat::Webp, Into::into);
    let spec = find_named_size(size.name(), format).filter(|_| asset.kind == AssetKind::Image);
    match spec {
        Some(spec) => format!("{base}{}", app.media.rendition_path(asset, &spec)),
        None => format!("{base}{}", app.media.original_path(asset)),
    }
}
