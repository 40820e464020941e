//! A short video.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ChangeKind, Content, Item, References,
    item::{add_missing, check_count, check_custom, check_line, check_text, named},
};
use crate::{
    error::Result,
    id::{AssetId, CategoryId, ItemId, ProductId, TagId},
    media::AssetKind,
};

/// A video as editors see it.
pub type Video = Item<VideoContent>;

/// What is in a video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoContent {
    /// Title, 1 to 200 characters.
    pub title: String,
    /// What is said beside it, up to 1,000 characters.
    #[serde(default)]
    pub caption: String,
    /// The file.
    pub file: AssetId,
    /// The still that stands for it.
    #[serde(default)]
    pub poster: Option<AssetId>,
    /// Category.
    #[serde(default)]
    pub category: Option<CategoryId>,
    /// Tags.
    #[serde(default)]
    pub tags: Vec<TagId>,
    /// Products it shows.
    #[serde(default)]
    pub products: Vec<ProductId>,
    /// The story it belongs to.
    #[serde(default)]
    pub story: Option<ItemId>,
    /// Fields of the site's own.
    #[serde(default)]
    pub custom: Value,
}

impl VideoContent {
    /// A video with nothing but a title and a file.
    pub fn new(title: impl Into<String>, file: AssetId) -> Self {
        Self {
            title: title.into(),
            caption: String::new(),
            file,
            poster: None,
            category: None,
            tags: Vec::new(),
            products: Vec::new(),
            story: None,
            custom: Value::Null,
        }
    }
}

impl Content for VideoContent {
    const KIND: ChangeKind = ChangeKind::Video;

    fn title(&self) -> &str {
        &self.title
    }

    fn category(&self) -> Option<CategoryId> {
        self.category
    }

    fn tags(&self) -> &[TagId] {
        &self.tags
    }

    fn add_terms(&mut self, category: Option<CategoryId>, tags: Vec<TagId>) {
        self.category = category.or(self.category);
        add_missing(&mut self.tags, tags);
    }

    fn references(&self) -> References {
        let mut assets = vec![("input.fileId", self.file, AssetKind::Video)];
        let poster = self
            .poster
            .map(|id| ("input.posterId", id, AssetKind::Image));
        assets.extend(poster);
        References {
            assets,
            products: named("input.productIds", &self.products),
            videos: Vec::new(),
            stories: named("input.storyId", self.story.as_slice()),
        }
    }

    fn check(&self) -> Result<()> {
        check_line("input.title", &self.title, 200, false)?;
        check_text("input.caption", &self.caption, 1000, true)?;
        check_count("input.tagIds", &self.tags, 30)?;
        check_count("input.productIds", &self.products, 50)?;
        check_custom(&self.custom)
    }
}
