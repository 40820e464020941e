//! Links and codes that open a page of the mini-program from outside: what a poster, a message or another site carries.

use bytes::Bytes;
use image::{GrayImage, ImageFormat, Luma};
use qrcode::{Color, EcLevel, QrCode};

use super::{ChannelError, ErrorClass, LocalText};
use crate::clock::Timestamp;

/// Pixels of one module of a code that we draw.
const MODULE: u32 = 8;
/// Modules of white around a code, as readers of codes need them (ISO/IEC 18004).
const QUIET: u32 = 4;
/// The largest picture that a platform may give, in bytes.
const LARGEST_CODE: usize = 2 << 20;

/// One way in which a channel opens a page of its mini-program.
#[derive(Debug)]
pub struct AppLinkKind {
    /// Stable id, unique in the channel: `url_link`, `scheme`, `code`.
    pub id: &'static str,
    /// The name that people see.
    pub name: LocalText,
    /// Where it works.
    pub help: LocalText,
    /// Days after which one ends; `None`: it does not.
    pub days: Option<u32>,
}

impl AppLinkKind {
    /// One that never ends.
    pub const fn new(id: &'static str, name: LocalText, help: LocalText) -> Self {
        Self {
            id,
            name,
            help,
            days: None,
        }
    }

    /// The same, ending after some days.
    #[must_use]
    pub const fn for_days(self, days: u32) -> Self {
        Self {
            days: Some(days),
            ..self
        }
    }
}

/// The page that a link opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppPage {
    /// The mini-program, as the site's settings name it for the channel; may be empty.
    pub app_id: String,
    /// Path and parameters, without a slash in front.
    pub path: String,
    /// The title of what stands there.
    pub title: String,
}

impl AppPage {
    /// Path and parameters apart; without parameters the second is empty.
    pub fn parts(&self) -> (&str, &str) {
        self.path.split_once('?').unwrap_or((&self.path, ""))
    }

    /// The mini-program, or what the account says of it.
    pub fn app_id_or<'a>(&'a self, of_account: &'a str) -> Result<&'a str, ChannelError> {
        match (self.app_id.as_str(), of_account) {
            ("", "") => {
                let text = "站点设置里还没有这个渠道的小程序 AppID";
                Err(ChannelError::new(ErrorClass::Validation, text))
            }
            ("", id) | (id, _) => Ok(id),
        }
    }
}

/// A link that opens a page: an address, if it has one, and always a picture to scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppLink {
    /// The address; a code that only a camera reads has none.
    pub address: Option<String>,
    /// The picture.
    pub picture: Bytes,
    /// When it ends; `None`: it does not.
    pub ends_at: Option<Timestamp>,
}

impl AppLink {
    /// A link with an address, for which we draw the code.
    pub fn of_address(address: String, ends_at: Option<Timestamp>) -> Result<Self, ChannelError> {
        let picture = draw(&address)?;
        Ok(Self {
            address: Some(address),
            picture,
            ends_at,
        })
    }

    /// A code that the platform drew.
    pub fn of_picture(picture: Bytes) -> Result<Self, ChannelError> {
        if picture.len() > LARGEST_CODE || media_type(&picture).is_none() {
            let text = "平台给出的码不是图片";
            return Err(ChannelError::new(ErrorClass::ProtocolDrift, text));
        }
        Ok(Self {
            address: None,
            picture,
            ends_at: None,
        })
    }
}

/// What kind of picture it is.
pub fn media_type(picture: &[u8]) -> Option<&'static str> {
    let kind = infer::get(picture)?;
    let known = ["image/png", "image/jpeg", "image/gif", "image/webp"];
    known.into_iter().find(|known| *known == kind.mime_type())
}

/// A QR code of a text, as PNG.
pub fn draw(text: &str) -> Result<Bytes, ChannelError> {
    let failed = |error: &dyn std::fmt::Display| {
        let text = format!("这个链接画不成二维码：{error}");
        ChannelError::new(ErrorClass::Validation, text)
    };
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|e| failed(&e))?;
    let modules = u32::try_from(code.width()).map_err(|e| failed(&e))?;
    let side = (modules + 2 * QUIET) * MODULE;
    let picture = GrayImage::from_fn(side, side, |x, y| {
        let place = |pixel: u32| {
            (pixel / MODULE)
                .checked_sub(QUIET)
                .filter(|at| *at < modules)
        };
        let is_dark = place(x)
            .zip(place(y))
            .is_some_and(|(x, y)| code[(x as usize, y as usize)] == Color::Dark);
        Luma([if is_dark { 0 } else { 255 }])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut png, ImageFormat::Png)
        .map_err(|e| failed(&e))?;
    Ok(png.into_inner().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::CHANNELS;

    #[test]
    fn every_kind_of_a_channel_has_an_id_of_its_own() {
        for channel in CHANNELS.iter() {
            let mut ids: Vec<_> = channel.app_links.iter().map(|kind| kind.id).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), channel.app_links.len(), "{}", channel.id);
        }
    }

    #[test]
    fn an_address_comes_with_a_code_that_has_room_around_it() {
        let link = AppLink::of_address("https://wxaurl.cn/a1b2c3".into(), None).expect("a link");

        assert_eq!(media_type(&link.picture), Some("image/png"));
        let picture = image::load_from_memory(&link.picture).expect("a picture");
        let picture = picture.to_luma8();
        let edge = QUIET * MODULE;
        let is_white = |at: u32| picture.get_pixel(at, at).0 == [255];
        assert!((0..edge).all(is_white), "the quiet zone is white");
        assert!(!is_white(edge), "the finder begins behind it");
    }

    #[test]
    fn what_is_no_picture_is_no_code() {
        assert!(AppLink::of_picture(Bytes::from_static(b"<html>")).is_err());
        let code = draw("x").expect("a code");
        assert_eq!(AppLink::of_picture(code).expect("a link").address, None);
    }

    #[test]
    fn a_text_that_is_too_long_for_a_code_is_refused_with_the_reason() {
        let refused = draw(&"x".repeat(5000)).expect_err("too long");
        assert_eq!(refused.class, ErrorClass::Validation);
    }
}
