//! What a platform is. One folder per platform: descriptor, derivation, rules, adapter, simulator.
//!
//! Everything above this layer learns about platforms from [`CHANNELS`] alone and names none.

pub mod alipay;
pub mod baidu;
pub mod douyin;
pub mod toutiao;
pub mod wechat;

mod account;
mod account_field;
mod adapter;
mod app_link;
mod beijing;
mod bytedance;
mod callback;
mod descriptor;
mod envelope;
mod error;
pub mod fault;
mod feed;
mod found;
pub mod http;
mod inspection;
mod package;
mod page;
mod preview;
mod removal;
mod rich_text;
mod sign_in;
pub mod simulator;
mod source;
mod step;
mod submission;

use std::sync::{LazyLock, Mutex, PoisonError};

pub use account::*;
pub use account_field::*;
pub use adapter::*;
pub use app_link::{AppLink, AppLinkKind, AppPage, draw, media_type};
pub use beijing::beijing;
pub use callback::*;
pub use descriptor::*;
pub use error::*;
pub use feed::*;
pub use found::*;
pub use inspection::{AwaitedPart, Inspection, Opinion};
pub use package::PackedFile;
pub use preview::{Preview, PreviewLayout};
pub use removal::RemovalList;
pub use sign_in::{SignInReply, SignedIn};
pub use simulator::{Simulator, SimulatorContext, Simulators};
pub use source::*;
pub use step::*;
pub use submission::*;

use crate::error::{Error, Result};

/// The channels of this build, in the order people see them.
static BUILT_IN: &[&Descriptor] = &[
    &baidu::CHANNEL,
    &douyin::CHANNEL,
    &wechat::CHANNEL,
    &alipay::CHANNEL,
    &toutiao::CHANNEL,
];

/// Channels that the program around this library has; `None` once all were asked for.
static ADDED: Mutex<Option<Vec<&Descriptor>>> = Mutex::new(Some(Vec::new()));

/// Every channel, those of this build first.
pub static CHANNELS: LazyLock<Vec<&'static Descriptor>> = LazyLock::new(|| {
    let mut added = ADDED.lock().unwrap_or_else(PoisonError::into_inner);
    let added = added.take().unwrap_or_default();
    BUILT_IN.iter().copied().chain(added).collect()
});

/// Adds a channel of the program around this library. To be called before anything else: later it is refused, as is a
/// second channel of the same id.
pub fn add_channel(channel: &'static Descriptor) -> Result<()> {
    let mut added = ADDED.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(added) = added.as_mut() else {
        let text = format!(
            "the channel {} comes too late: others were asked for already",
            channel.id
        );
        return Err(Error::precondition(text));
    };
    if BUILT_IN
        .iter()
        .chain(added.iter())
        .any(|known| known.id == channel.id)
    {
        return Err(Error::conflict(format!(
            "there is a channel {} already",
            channel.id
        )));
    }
    added.push(channel);
    Ok(())
}

/// The channel of this id.
pub fn find_channel(id: &str) -> Option<&'static Descriptor> {
    CHANNELS.iter().copied().find(|channel| channel.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn previews_show_fields_and_pictures_that_their_lane_has() {
        for channel in CHANNELS.iter() {
            for lane in channel.lanes {
                for preview in lane.previews {
                    let at = format!("{} {} {}", channel.id, lane.id, preview.name.en);
                    for name in preview.fields() {
                        let field = channel.field(name);
                        assert!(
                            field.is_some_and(|field| field.lanes.contains(&lane.id)),
                            "{at}: {name}"
                        );
                    }
                    for name in preview.pictures {
                        let is_known = channel.pictures.iter().any(|spec| spec.name == *name);
                        assert!(is_known, "{at}: {name}");
                    }
                    assert_ne!(preview.fields().count(), 0, "{at} shows nothing");
                }
            }
        }
    }

    #[test]
    fn a_channel_is_added_in_time_and_once_or_not_at_all() {
        assert!(
            add_channel(&baidu::CHANNEL).is_err(),
            "one of this id or too late"
        );
        assert_eq!(CHANNELS.len(), BUILT_IN.len());
        let late = add_channel(&baidu::CHANNEL).expect_err("too late");
        assert!(late.to_string().contains("too late"), "{late}");
    }

    #[test]
    fn a_rich_text_is_never_edited_as_source() {
        let fields = CHANNELS.iter().flat_map(|channel| channel.fields);
        let rich: Vec<_> = fields
            .filter(|field| field.kind == FieldType::RichText)
            .collect();

        assert!(!rich.is_empty() && rich.iter().all(|field| !field.editable));
    }
}
