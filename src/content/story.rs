//! A story.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Body, ChangeKind, Content, Item, References,
    item::{add_missing, check_count, check_custom, check_line, check_text, named},
};
use crate::{
    error::Result,
    id::{AssetId, CategoryId, ItemId, ProductId, TagId},
    media::AssetKind,
};

/// The field of what the text itself points to.
const BODY: &str = "input.body";

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
        add_missing(&mut pictures, self.gallery.clone());
        add_missing(&mut pictures, self.body.pictures());
        pictures
    }

    /// Every product once: the chosen ones, then those of the body.
    pub fn all_products(&self) -> Vec<ProductId> {
        let mut products = self.products.clone();
        add_missing(&mut products, self.body.products());
        products
    }

    /// Every video once: the chosen ones, then those of the body.
    pub fn all_videos(&self) -> Vec<ItemId> {
        let mut videos = self.videos.clone();
        add_missing(&mut videos, self.body.videos());
        videos
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

    fn add_terms(&mut self, category: Option<CategoryId>, tags: Vec<TagId>) {
        self.category = category.or(self.category);
        add_missing(&mut self.tags, tags);
    }

    fn references(&self) -> References {
        let image = |field: &'static str| move |id: &AssetId| (field, *id, AssetKind::Image);
        let mut assets: Vec<_> = self.cover.iter().map(image("input.coverId")).collect();
        assets.extend(self.gallery.iter().map(image("input.galleryIds")));
        assets.extend(self.body.pictures().iter().map(image(BODY)));
        let mut products = named("input.productIds", &self.products);
        products.extend(named(BODY, &self.body.products()));
        let mut videos = named("input.videoIds", &self.videos);
        videos.extend(named(BODY, &self.body.videos()));
        References {
            assets,
            products,
            videos,
            stories: Vec::new(),
        }
    }

    fn check(&self) -> Result<()> {
        check_line("input.title", &self.title, 200, false)?;
        check_text("input.lead", &self.lead, 500, true)?;
        check_line(
            "input.byline",
            self.byline.as_deref().unwrap_or_default(),
            100,
            true,
        )?;
        check_line(
            "input.corePhrase",
            self.core_phrase.as_deref().unwrap_or_default(),
            30,
            true,
        )?;
        check_line("input.locale", &self.locale, 20, false)?;
        check_count("input.galleryIds", &self.gallery, 50)?;
        check_count("input.tagIds", &self.tags, 30)?;
        check_count("input.productIds", &self.products, 50)?;
        check_count("input.videoIds", &self.videos, 10)?;
        check_custom(&self.custom)?;
        self.body.check()
    }
}
