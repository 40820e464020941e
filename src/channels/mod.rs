//! What a platform is. One folder per platform: descriptor, derivation, rules, adapter, simulator.
//!
//! Everything above this layer learns about platforms from [`CHANNELS`] alone and names none.

pub mod alipay;
pub mod baidu;
pub mod douyin;
pub mod toutiao;
pub mod wechat;

mod adapter;
mod bytedance;
mod descriptor;
pub mod fault;
pub mod http;
mod inspection;
mod package;
pub mod simulator;
mod source;

pub use adapter::*;
pub use descriptor::*;
pub use inspection::{Inspection, Opinion};
pub use package::PackedFile;
pub use simulator::{Simulator, SimulatorContext, Simulators};
pub use source::*;

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
