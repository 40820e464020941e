//! An item: a story or a video. Both live the same life (draft, revisions, published, archived); only what is
//! in them differs.

use std::{collections::HashSet, fmt, hash::Hash};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::ChangeKind;
use crate::{
    clock::Timestamp,
    error::{Error, Result},
    id::{AssetId, CategoryId, ItemId, ProductId, RevisionId, SiteId, TagId, UserId},
    media::AssetKind,
    text,
};

/// What an item holds: the content of a story or of a video.
pub trait Content:
    Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Which of the two.
    const KIND: ChangeKind;

    /// Title.
    fn title(&self) -> &str;
    /// Category.
    fn category(&self) -> Option<CategoryId>;
    /// Tags in the editor's order.
    fn tags(&self) -> &[TagId];
    /// Puts it into a category, if one is given, and adds tags that it lacks.
    fn add_terms(&mut self, category: Option<CategoryId>, tags: Vec<TagId>);
    /// Everything of the site that it points to.
    fn references(&self) -> References;
    /// Checks lengths and shapes; names the field.
    fn check(&self) -> Result<()>;
}

/// What content points to, each behind the field that does; all of it must be in the same site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// Files, and what they must be.
    pub assets: Vec<(&'static str, AssetId, AssetKind)>,
    /// Products.
    pub products: Vec<(&'static str, ProductId)>,
    /// Videos.
    pub videos: Vec<(&'static str, ItemId)>,
    /// Stories.
    pub stories: Vec<(&'static str, ItemId)>,
}

/// Where an item is in its life, as editors say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentState {
    /// Readers do not see it.
    Draft,
    /// Readers see its latest state.
    Published,
    /// Readers see an older state than the latest.
    Changed,
    /// Put away.
    Archived,
}

/// A story or video as editors see it: its latest state.
#[derive(Debug, Clone, PartialEq)]
pub struct Item<C> {
    /// Id.
    pub id: ItemId,
    /// Its site.
    pub site: SiteId,
    /// Readable key in addresses, unique in the site.
    pub slug: String,
    /// Rises with each write; a write says which one it was based on.
    pub version: i32,
    /// The latest state.
    pub content: C,
    /// The revision that holds the latest state.
    pub revision: RevisionId,
    /// The revision that readers see.
    pub published_revision: Option<RevisionId>,
    /// Where it came from, unique per importer.
    pub source_id: Option<String>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its content last changed.
    pub updated_at: Timestamp,
    /// When readers first saw it.
    pub first_published_at: Option<Timestamp>,
    /// When the state that readers see went live.
    pub published_at: Option<Timestamp>,
    /// When it was put away.
    pub archived_at: Option<Timestamp>,
}

impl<C> Item<C> {
    /// Where it is in its life.
    pub fn state(&self) -> ContentState {
        if self.archived_at.is_some() {
            return ContentState::Archived;
        }
        match self.published_revision {
            None => ContentState::Draft,
            Some(published) if published == self.revision => ContentState::Published,
            Some(_) => ContentState::Changed,
        }
    }
}

/// A story or video as readers see it. It cannot hold a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Published<C> {
    /// Id.
    pub id: ItemId,
    /// Its site.
    pub site: SiteId,
    /// Readable key in addresses.
    pub slug: String,
    /// The revision that readers see.
    pub revision: RevisionId,
    /// What is in it.
    pub content: C,
    /// When readers first saw it.
    pub first_published_at: Timestamp,
    /// When this state went live.
    pub published_at: Timestamp,
}

/// Where readers find an item, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Id.
    pub id: ItemId,
    /// Readable key.
    pub slug: String,
    /// When readers first saw it.
    pub first_published_at: Timestamp,
    /// When its present state went live.
    pub published_at: Timestamp,
}

/// An item to be made.
#[derive(Debug, Clone)]
pub struct NewItem<C> {
    /// What is in it.
    pub content: C,
    /// Key in addresses; made from the title when absent.
    pub slug: Option<String>,
    /// Where it came from.
    pub source_id: Option<String>,
}

/// What else happens when an item is made; either all of it or nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Beside {
    /// Key and name of its category, which is made when there is none of that key.
    pub category: Option<(String, String)>,
    /// Names of further tags, which are made when there are none of these names.
    pub tags: Vec<String>,
    /// Readers see it at once.
    pub publish: bool,
}

/// A write to an item.
#[derive(Debug, Clone)]
pub struct ItemChanges<C> {
    /// The version that the writer saw.
    pub base_version: i32,
    /// The new content.
    pub content: C,
    /// A new key in addresses.
    pub slug: Option<String>,
}

/// A saved state.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision<C> {
    /// Id.
    pub id: RevisionId,
    /// Its item.
    pub item: ItemId,
    /// 1, 2, 3, … within the item.
    pub number: i32,
    /// The state.
    pub content: C,
    /// Who saved it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
}

/// The rolling draft of one author: what was typed since the last save.
#[derive(Debug, Clone, PartialEq)]
pub struct Autosave<C> {
    /// Its item.
    pub item: ItemId,
    /// The version that the author saw.
    pub base_version: i32,
    /// What was typed.
    pub content: C,
    /// When.
    pub saved_at: Timestamp,
}

/// Which items a list of the admin shows.
#[derive(Debug, Clone, Default)]
pub struct ItemFilter {
    /// Part of the title.
    pub text: Option<String>,
    /// In this state only; without it archived ones are left out.
    pub state: Option<ContentState>,
    /// In this category.
    pub category: Option<CategoryId>,
    /// With this tag.
    pub tag: Option<TagId>,
}

/// Which published items a list for readers shows.
#[derive(Debug, Clone, Default)]
pub struct PublishedFilter {
    /// In this category.
    pub category: Option<CategoryId>,
    /// With this tag.
    pub tag: Option<TagId>,
}

/// The order of a list for readers, by the first publication.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ItemOrder {
    /// Newest first.
    #[default]
    NewestFirst,
    /// Oldest first.
    OldestFirst,
}

/// Refuses a text that is too long, blank though it must not be, or holds control characters.
pub(super) fn check_text(
    field: &str,
    text: &str,
    longest: usize,
    may_be_empty: bool,
) -> Result<()> {
    if !may_be_empty && text::is_blank(text) {
        return Err(Error::invalid(field, "must not be empty"));
    }
    let length = text.chars().count();
    if length > longest {
        return Err(Error::invalid(
            field,
            format!("has {length} characters; at most {longest} are taken"),
        ));
    }
    if text
        .chars()
        .any(|character| character.is_control() && character != '\n')
    {
        return Err(Error::invalid(
            field,
            "holds control characters; remove them",
        ));
    }
    if text::turns_direction(text) {
        return Err(Error::invalid(
            field,
            "holds invisible characters that turn its direction; remove them",
        ));
    }
    Ok(())
}

/// Refuses what [`check_text`] does, and more than one line.
pub(super) fn check_line(
    field: &str,
    line: &str,
    longest: usize,
    may_be_empty: bool,
) -> Result<()> {
    if line.contains('\n') {
        return Err(Error::invalid(field, "must be one line"));
    }
    check_text(field, line, longest, may_be_empty)
}

/// Adds ids that are not there yet.
pub(super) fn add_missing<I: PartialEq>(ids: &mut Vec<I>, more: Vec<I>) {
    for id in more {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
}

/// Ids, each behind the field that holds them.
pub(super) fn named<I: Copy>(field: &'static str, ids: &[I]) -> Vec<(&'static str, I)> {
    ids.iter().map(|id| (field, *id)).collect()
}

/// Refuses the first that is not among the known ones; `what` says what it should be.
pub(super) fn check_known<I: Eq + Hash + fmt::Display>(
    what: &str,
    named: &[(&'static str, I)],
    known: &HashSet<I>,
) -> Result<()> {
    let missing = named.iter().find(|(_, id)| !known.contains(id));
    missing.map_or(Ok(()), |(field, id)| {
        Err(Error::invalid(
            *field,
            format!("{what} {id} does not exist"),
        ))
    })
}

/// Refuses a list that is too long.
pub(super) fn check_count<T>(field: &str, list: &[T], most: usize) -> Result<()> {
    if list.len() > most {
        return Err(Error::invalid(
            field,
            format!("has {} entries; at most {most} are taken", list.len()),
        ));
    }
    Ok(())
}

/// Refuses custom fields that are not an object or are too large.
pub(super) fn check_custom(custom: &Value) -> Result<()> {
    if !(custom.is_object() || custom.is_null()) {
        return Err(Error::invalid("input.custom", "must be an object"));
    }
    if custom.to_string().len() > 64 << 10 {
        return Err(Error::invalid("input.custom", "is larger than 64 KB"));
    }
    if holds_nul(custom) {
        return Err(Error::invalid(
            "input.custom",
            "holds the character U+0000; remove it",
        ));
    }
    Ok(())
}

/// PostgreSQL keeps no U+0000, in names as little as in values.
fn holds_nul(json: &Value) -> bool {
    match json {
        Value::String(text) => text.contains('\0'),
        Value::Array(list) => list.iter().any(holds_nul),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}
