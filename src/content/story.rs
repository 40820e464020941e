//! A story.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Body, ChangeKind, Content, Item, References,
    item::{check_count, check_custom, check_text},
};
use crate::{
    error::Result,
    id::{AssetId, CategoryId, ItemId, ProductId, TagId},
};

/// A story as editors see it.
pub type Story = Item<StoryContent>;

/// What kind of story.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoryKind {
    /// A text with pictures.
    #[default]
    Article,
    /// About products.
    ProductStory,
    /// Pictures with few words.
    ImagePost,
}

/// What is in a story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoryContent {
    /// What kind of story.
    #[serde(default)]
    pub kind: StoryKind,
    /// Title, 1 to 200 characters.
    pub title: String,
    /// Lead, up to 500 characters.
    #[serde(default)]
    pub lead: String,
    /// The text.
    #[serde(default)]
    pub body: Body,
    /// The picture that stands for it.
    #[serde(default)]
    pub cover: Option<AssetId>,
    /// Further pictures.
    #[serde(default)]
    pub gallery: Vec<AssetId>,
    /// Who wrote it, as readers see it.
    #[serde(default)]
    pub byline: Option<String>,
    /// Category.
    #[serde(default)]
    pub category: Option<CategoryId>,
    /// Tags.
    #[serde(default)]
    pub tags: Vec<TagId>,
    /// Products it shows.
    #[serde(default)]
    pub products: Vec<ProductId>,
    /// Videos it shows.
    #[serde(default)]
    pub videos: Vec<ItemId>,
    /// The phrase under which people should find it.
    #[serde(default)]
    pub core_phrase: Option<String>,
    /// Language.
    #[serde(default = "default_locale")]
    pub locale: String,
    /// Fields of the site's own.
    #[serde(default)]
    pub custom: Value,
}

fn default_locale() -> String {
    "zh-Hans".to_owned()
}

impl StoryContent {
    /// A story with nothing but a title.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            kind: StoryKind::Article,
            title: title.into(),
            lead: String::new(),
            body: Body::default(),
            cover: None,
            gallery: Vec::new(),
            byline: None,
            category: None,
            tags: Vec::new(),
            products: Vec::new(),
            videos: Vec::new(),
            core_phrase: None,
            locale: default_locale(),
            custom: Value::Null,
        }
    }

    /// Every picture once: the cover, then the gallery, then those of the body.
    pub fn pictures(&self) -> Vec<AssetId> {
        let mut pictures: Vec<AssetId> = self.cover.into_iter().collect();
        for id in self.gallery.iter().copied().chain(self.body.pictures()) {
            if !pictures.contains(&id) {
                pictures.push(id);
            }
        }
        pictures
    }
}

impl Content for StoryContent {
    const KIND: ChangeKind = ChangeKind::Story;

    fn title(&self) -> &str {
        &self.title
    }

    fn category(&self) -> Option<CategoryId> {
        self.category
    }

    fn tags(&self) -> &[TagId] {
        &self.tags
    }

    fn references(&self) -> References {
        let mut products = self.products.clone();
        products.extend(self.body.products());
        let mut videos = self.videos.clone();
        videos.extend(self.body.videos());
        References {
            assets: self.pictures(),
            products,
            videos,
            stories: Vec::new(),
        }
    }

    fn check(&self) -> Result<()> {
        check_text("input.title", &self.title, 200, false)?;
        check_text("input.lead", &self.lead, 500, true)?;
        check_text(
            "input.byline",
            self.byline.as_deref().unwrap_or_default(),
            100,
            true,
        )?;
        check_text(
            "input.corePhrase",
            self.core_phrase.as_deref().unwrap_or_default(),
            30,
            true,
        )?;
        check_text("input.locale", &self.locale, 20, false)?;
        check_count("input.gallery", &self.gallery, 50)?;
        check_count("input.tags", &self.tags, 30)?;
        check_count("input.products", &self.products, 50)?;
        check_count("input.videos", &self.videos, 10)?;
        check_custom(&self.custom)?;
        self.body.check()
    }
}
