//! A variant: a story or video as tailored to one channel.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Inspected;
use crate::{
    channels::{ContentKind, Finding, Media},
    clock::Timestamp,
    id::{ItemId, RevisionId, VariantRevisionId},
};

/// What a person put in the place of a derived value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Override {
    /// The person's value.
    pub value: Value,
    /// The derived value at that time; when derivation gives another by now, the source has moved.
    pub derived: Value,
}

/// A field of a variant.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantField {
    /// Name, as the channel declares it.
    pub name: &'static str,
    /// What derivation gives.
    pub derived: Value,
    /// What a person put in its place.
    pub override_value: Option<Value>,
    /// The source changed since the person did.
    pub source_changed: bool,
}

impl VariantField {
    /// The value that is sent.
    pub fn value(&self) -> &Value {
        self.override_value.as_ref().unwrap_or(&self.derived)
    }
}

/// A picture of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantPicture {
    /// Name of the channel's specification.
    pub spec: String,
    /// The file it is cropped from, as text.
    pub key: String,
}

/// A story or video as tailored to one channel.
#[derive(Debug, Clone)]
pub struct Variant {
    /// The story or video.
    pub item: ItemId,
    /// The revision it was derived from.
    pub revision: RevisionId,
    /// The channel.
    pub channel: &'static str,
    /// Rises with each change that a person makes; 0 before the first.
    pub version: i32,
    /// Fields in the channel's order.
    pub fields: Vec<VariantField>,
    /// Pictures in order.
    pub pictures: Vec<VariantPicture>,
    /// What the platform said of exactly this content, where somebody asked it.
    pub inspection: Option<Inspected>,
    /// What a person should mend.
    pub findings: Vec<Finding>,
    /// Hash over everything that would be sent.
    pub content_hash: String,
}

/// A variant as it is sent by one lane: the same bytes however often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frozen {
    /// Id of the frozen state.
    pub variant_revision: VariantRevisionId,
    /// The revision it was derived from.
    pub revision: RevisionId,
    /// The channel.
    pub channel: String,
    /// The lane.
    pub lane: String,
    /// Hash over everything that is sent.
    pub content_hash: String,
    /// Hash of the variant that it was made from: what people approve.
    #[serde(default)]
    pub variant_hash: String,
    /// Story or video.
    pub kind: ContentKind,
    /// Title, for lists.
    pub title: String,
    /// Values by field name, overrides applied.
    pub fields: BTreeMap<String, Value>,
    /// Renditions and files.
    pub media: Vec<Media>,
    /// Absolute address of the reader page.
    pub page_url: String,
    /// When readers first saw it, or will. No part of the content: the same at another time is the same.
    #[serde(default)]
    pub first_published_at: Option<Timestamp>,
    /// When its content last changed.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
    /// Warnings that were known when it was frozen.
    pub findings: Vec<Finding>,
    /// When.
    pub frozen_at: Timestamp,
}

/// Hash over fields and pictures. Maps are sorted, so the same content has the same bytes.
pub fn content_hash(fields: &BTreeMap<String, Value>, pictures: &impl Serialize) -> String {
    let bytes = serde_json::to_vec(&(fields, pictures)).unwrap_or_default();
    hex::encode(Sha256::digest(&bytes))
}
