//! What a platform is. One folder per platform: descriptor, derivation, rules, adapter, simulator.
//!
//! Everything above this layer learns about platforms from [`CHANNELS`] alone and names none.

pub mod alipay;
pub mod baidu;
pub mod douyin;
pub mod toutiao;
pub mod wechat;

mod account;
mod adapter;
mod beijing;
mod bytedance;
mod callback;
mod descriptor;
mod error;
pub mod fault;
mod feed;
mod found;
pub mod http;
mod inspection;
mod package;
mod preview;
mod rich_text;
pub mod simulator;
mod source;
mod step;
mod submission;

pub use account::*;
pub use adapter::*;
pub use beijing::beijing;
pub use callback::*;
pub use descriptor::*;
pub use error::*;
pub use feed::*;
pub use found::*;
pub use inspection::{Inspection, Opinion};
pub use package::PackedFile;
pub use preview::{Preview, PreviewLayout};
pub use simulator::{Simulator, SimulatorContext, Simulators};
pub use source::*;
pub use step::*;
pub use submission::*;

/// Every channel this build knows, in the order people see them.
pub static CHANNELS: &[&Descriptor] = &[
    &baidu::CHANNEL,
    &douyin::CHANNEL,
    &wechat::CHANNEL,
    &alipay::CHANNEL,
    &toutiao::CHANNEL,
];

/// The channel of this id.
pub fn find_channel(id: &str) -> Option<&'static Descriptor> {
    CHANNELS.iter().copied().find(|channel| channel.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn previews_show_fields_and_pictures_that_their_lane_has() {
        for channel in CHANNELS {
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
    fn a_rich_text_is_never_edited_as_source() {
        let fields = CHANNELS.iter().flat_map(|channel| channel.fields);
        let rich: Vec<_> = fields
            .filter(|field| field.kind == FieldType::RichText)
            .collect();

        assert!(!rich.is_empty() && rich.iter().all(|field| !field.editable));
    }
}
