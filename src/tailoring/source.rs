//! Reduces a story or video to what channels derive from.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::block::blocks;
use crate::{
    auth::{Actor, Site},
    channels::{
        ContentKind, PictureFormat, PictureSpec, SiteProfile, Source, SourcePicture, SourceProduct,
        SourceVideo,
    },
    clock::Timestamp,
    content::{ContentService, Item, Product, StoryContent, VideoContent},
    error::{Error, Result},
    id::{AssetId, ItemId, RevisionId},
    media::{Asset, AssetKind, Fit, ImageFormat, MediaService, RenditionSpec},
};

/// Which story or video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum SourceRef {
    /// A story.
    Story(ItemId),
    /// A video.
    Video(ItemId),
}

impl SourceRef {
    /// The story or video of this id.
    pub const fn new(kind: ContentKind, id: ItemId) -> Self {
        match kind {
            ContentKind::Story => Self::Story(id),
            ContentKind::Video => Self::Video(id),
        }
    }

    /// The id of either.
    pub const fn item(self) -> ItemId {
        match self {
            Self::Story(id) | Self::Video(id) => id,
        }
    }

    /// Which of the two.
    pub const fn kind(self) -> ContentKind {
        match self {
            Self::Story(_) => ContentKind::Story,
            Self::Video(_) => ContentKind::Video,
        }
    }
}

/// What media makes of a channel's picture specification.
pub fn media_spec(spec: &PictureSpec) -> RenditionSpec {
    RenditionSpec {
        name: spec.name.to_owned(),
        width: spec.width,
        height: spec.height,
        fit: if spec.crop { Fit::Cover } else { Fit::Contain },
        format: match spec.format {
            PictureFormat::Jpeg => ImageFormat::Jpeg,
            PictureFormat::Png => ImageFormat::Png,
            PictureFormat::Webp => ImageFormat::Webp,
        },
        max_bytes: Some(spec.max_bytes),
    }
}

/// A source with the files and the title behind it.
pub struct Loaded {
    pub source: Source,
    pub revision: RevisionId,
    pub assets: HashMap<AssetId, Asset>,
}

/// Reads sources.
#[derive(Clone)]
pub struct Loader {
    pub content: ContentService,
    pub media: MediaService,
}

/// What of an item the reader page and the times are about.
struct Head {
    slug: String,
    revision: RevisionId,
    first_published_at: Option<Timestamp>,
    updated_at: Timestamp,
}

impl<C> From<&Item<C>> for Head {
    fn from(item: &Item<C>) -> Self {
        Self {
            slug: item.slug.clone(),
            revision: item.revision,
            first_published_at: item.first_published_at,
            updated_at: item.updated_at,
        }
    }
}

impl Loader {
    /// The latest state of a story or video, for editors.
    pub async fn latest(
        &self,
        actor: &Actor,
        of: SourceRef,
        base_url: &str,
        now: Timestamp,
    ) -> Result<Loaded> {
        match of {
            SourceRef::Story(id) => {
                let story = self.content.item::<StoryContent>(actor, id).await?;
                let head = Head::from(&story);
                self.story(actor, head, story.content, base_url, now).await
            }
            SourceRef::Video(id) => {
                let video = self.content.item::<VideoContent>(actor, id).await?;
                let head = Head::from(&video);
                self.video(actor, head, video.content, base_url, now).await
            }
        }
    }

    /// The latest state with what the caller is typing over it, as it would be once that is saved.
    pub async fn typed(
        &self,
        actor: &Actor,
        of: SourceRef,
        base_url: &str,
        now: Timestamp,
    ) -> Result<Loaded> {
        let content = &self.content;
        match of {
            SourceRef::Story(id) => {
                if let Some(typed) = content.find_autosave::<StoryContent>(actor, id).await? {
                    let head = Head::from(&content.item::<StoryContent>(actor, id).await?);
                    return self.story(actor, head, typed.content, base_url, now).await;
                }
            }
            SourceRef::Video(id) => {
                if let Some(typed) = content.find_autosave::<VideoContent>(actor, id).await? {
                    let head = Head::from(&content.item::<VideoContent>(actor, id).await?);
                    return self.video(actor, head, typed.content, base_url, now).await;
                }
            }
        }
        self.latest(actor, of, base_url, now).await
    }

    /// The state that readers see; nothing when they see none.
    pub async fn published(
        &self,
        actor: &Actor,
        of: SourceRef,
        base_url: &str,
        now: Timestamp,
    ) -> Result<Option<Loaded>> {
        match of {
            SourceRef::Story(id) => {
                let Some(story) = self
                    .content
                    .find_published::<StoryContent>(actor, id)
                    .await?
                else {
                    return Ok(None);
                };
                let head = Head {
                    slug: story.slug,
                    revision: story.revision,
                    first_published_at: Some(story.first_published_at),
                    updated_at: story.published_at,
                };
                self.story(actor, head, story.content, base_url, now)
                    .await
                    .map(Some)
            }
            SourceRef::Video(id) => {
                let Some(video) = self
                    .content
                    .find_published::<VideoContent>(actor, id)
                    .await?
                else {
                    return Ok(None);
                };
                let head = Head {
                    slug: video.slug,
                    revision: video.revision,
                    first_published_at: Some(video.first_published_at),
                    updated_at: video.published_at,
                };
                self.video(actor, head, video.content, base_url, now)
                    .await
                    .map(Some)
            }
        }
    }

    async fn story(
        &self,
        actor: &Actor,
        head: Head,
        content: StoryContent,
        base_url: &str,
        now: Timestamp,
    ) -> Result<Loaded> {
        let video = match content.videos.first().or(content.body.videos().first()) {
            // Only a video that readers may see goes with a story.
            Some(id) => self
                .content
                .find_published::<VideoContent>(actor, *id)
                .await?
                .map(|video| video.content),
            None => None,
        };
        let products = self.products(actor, &content.all_products()).await?;
        let pictures = content.pictures();
        let mut wanted = pictures.clone();
        wanted.extend(products.iter().flat_map(|product| &product.pictures));
        wanted.extend(
            video
                .iter()
                .flat_map(|video| [Some(video.file), video.poster])
                .flatten(),
        );
        let assets = self.media.assets(actor, &wanted).await?;
        let (category, tags) = self.terms(actor, content.category, &content.tags).await?;
        let source = Source {
            kind: ContentKind::Story,
            page_url: format!("{base_url}/s/{}", head.slug),
            slug: head.slug,
            title: content.title.clone(),
            lead: content.lead.clone(),
            paragraphs: content.body.paragraphs(),
            blocks: blocks(&content.body.blocks),
            core_phrase: content.core_phrase.clone(),
            byline: content.byline.clone(),
            category: category.as_ref().map(|(_, name)| name.clone()),
            category_key: category.map(|(key, _)| key),
            tags,
            pictures: pictures
                .iter()
                .filter_map(|id| picture(assets.get(id)?))
                .collect(),
            video: video
                .as_ref()
                .and_then(|video| self.source_video(video, &assets, base_url)),
            products: products.iter().map(|one| product(one, &assets)).collect(),
            first_published_at: head.first_published_at.unwrap_or(now),
            updated_at: head.updated_at,
        };
        Ok(Loaded {
            source,
            revision: head.revision,
            assets,
        })
    }

    async fn video(
        &self,
        actor: &Actor,
        head: Head,
        content: VideoContent,
        base_url: &str,
        now: Timestamp,
    ) -> Result<Loaded> {
        let products = self.products(actor, &content.products).await?;
        let files = [Some(content.file), content.poster];
        let of_products = products.iter().flat_map(|product| &product.pictures);
        let wanted: Vec<AssetId> = files
            .into_iter()
            .flatten()
            .chain(of_products.copied())
            .collect();
        let assets = self.media.assets(actor, &wanted).await?;
        let (category, tags) = self.terms(actor, content.category, &content.tags).await?;
        let video = self.source_video(&content, &assets, base_url);
        let source = Source {
            kind: ContentKind::Video,
            page_url: format!("{base_url}/v/{}", head.slug),
            slug: head.slug,
            title: content.title.clone(),
            lead: content.caption.clone(),
            paragraphs: Vec::new(),
            blocks: Vec::new(),
            core_phrase: None,
            byline: None,
            category: category.as_ref().map(|(_, name)| name.clone()),
            category_key: category.map(|(key, _)| key),
            tags,
            pictures: content
                .poster
                .iter()
                .filter_map(|id| picture(assets.get(id)?))
                .collect(),
            video: Some(video.ok_or_else(|| {
                Error::precondition("the video's file is missing; upload it again")
            })?),
            products: products.iter().map(|one| product(one, &assets)).collect(),
            first_published_at: head.first_published_at.unwrap_or(now),
            updated_at: head.updated_at,
        };
        Ok(Loaded {
            source,
            revision: head.revision,
            assets,
        })
    }

    /// Key and name of the category, and the names of the tags in order.
    async fn terms(
        &self,
        actor: &Actor,
        category: Option<crate::id::CategoryId>,
        tags: &[crate::id::TagId],
    ) -> Result<(Option<(String, String)>, Vec<String>)> {
        let category = match category {
            Some(id) => self
                .content
                .categories(actor, &[id])
                .await?
                .remove(&id)
                .map(|category| (category.key, category.name)),
            None => None,
        };
        let known = self.content.tags(actor, tags).await?;
        Ok((
            category,
            tags.iter()
                .filter_map(|id| known.get(id))
                .map(|tag| tag.name.clone())
                .collect(),
        ))
    }

    /// The products that readers may see, in their order.
    async fn products(&self, actor: &Actor, ids: &[crate::id::ProductId]) -> Result<Vec<Product>> {
        let mut known = self.content.published_products(actor, ids).await?;
        Ok(ids.iter().filter_map(|id| known.remove(id)).collect())
    }

    fn source_video(
        &self,
        video: &VideoContent,
        assets: &HashMap<AssetId, Asset>,
        base_url: &str,
    ) -> Option<SourceVideo> {
        let file = assets.get(&video.file)?;
        let facts = file.video.as_ref()?;
        Some(SourceVideo {
            key: file.id.to_string(),
            url: format!("{base_url}{}", self.media.original_path(file)),
            duration_ms: facts.duration_ms,
            width: file.width,
            height: file.height,
            size_bytes: file.size_bytes,
            container: facts.container.clone(),
            video_codec: facts.video_codec.clone(),
            audio_codec: facts.audio_codec.clone(),
            poster: video
                .poster
                .filter(|id| assets.contains_key(id))
                .map(|id| id.to_string()),
        })
    }
}

fn picture(asset: &Asset) -> Option<SourcePicture> {
    (asset.kind == AssetKind::Image).then(|| SourcePicture {
        key: asset.id.to_string(),
        width: asset.width,
        height: asset.height,
        animated: asset.is_animated,
        alt: asset.alt.clone(),
    })
}

fn product(product: &Product, assets: &HashMap<AssetId, Asset>) -> SourceProduct {
    let pictures = product.pictures.iter();
    SourceProduct {
        sku: product.sku.clone(),
        name: product.name.clone(),
        price_fen: product.price_fen,
        pictures: pictures.filter_map(|id| picture(assets.get(id)?)).collect(),
        paths: product.paths.clone(),
    }
}

/// What channels need to know of a site.
pub fn profile(site: &Site, base_url: &str) -> SiteProfile {
    SiteProfile {
        name: site.name.clone(),
        base_url: base_url.to_owned(),
        is_official: site.is_official,
        brand_words: site.brand_words.clone(),
        path_template: site.path_template.clone(),
        mini_programs: site.mini_programs.clone(),
        zone: site.zone.clone(),
    }
}
