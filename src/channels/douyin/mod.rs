//! Douyin: direct publish.

use super::{Descriptor, LocalText};

/// The channel.
pub static CHANNEL: Descriptor = Descriptor {
    id: "douyin",
    name: LocalText {
        zh: "",
        en: "Douyin",
    },
    lanes: &[],
    fields: &[],
    pictures: &[],
    account_fields: &[],
    derive: |_, _| unimplemented!("being written"),
    check: |_| unimplemented!("being written"),
    connect: |_| unimplemented!("being written"),
    simulator: |_| unimplemented!("being written"),
};
