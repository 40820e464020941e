//! Fills reader pages: the published state, dressed as the crawled channel's variant says.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{base_url, view};
use crate::{
    app::App,
    auth::{Actor, Site},
    channels::{CHANNELS, Descriptor},
    content::{
        Product, Published, StoryContent, VideoContent,
        body::{HtmlContext, PictureView, ProductView, VideoView},
    },
    error::Result,
    id::{AssetId, ItemId, ProductId},
    media::{Asset, ImageFormat, MediaService, find_named_size},
    tailoring::SourceRef,
};

/// The channel whose crawler reads these pages: its variant gives them title, description and structured data.
fn crawled() -> Option<&'static Descriptor> {
    CHANNELS
        .iter()
        .copied()
        .find(|channel| channel.lanes.iter().any(|lane| lane.needs_live_page))
}

async fn fields(app: &App, actor: &Actor, of: SourceRef) -> Result<BTreeMap<String, Value>> {
    match crawled() {
        Some(channel) => Ok(app
            .tailoring
            .published_fields(actor, of, channel.id)
            .await?
            .unwrap_or_default()),
        None => Ok(BTreeMap::new()),
    }
}

fn text<'a>(fields: &'a BTreeMap<String, Value>, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list(fields: &BTreeMap<String, Value>, name: &str) -> Vec<String> {
    let values = fields.get(name).and_then(Value::as_array);
    values
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(ToOwned::to_owned)
        .collect()
}

/// A story's page.
pub async fn story(
    app: &App,
    site: &Site,
    actor: &Actor,
    story: &Published<StoryContent>,
) -> Result<String> {
    let fields = fields(app, actor, SourceRef::Story(story.id)).await?;
    let content = &story.content;
    let things = Things::load(app, actor, content).await?;
    let body = content.body.to_html(&things);
    // The crawler wants the very pictures that the structured data names.
    let covers: Vec<PictureView> = list(&fields, "images")
        .into_iter()
        .map(|src| PictureView {
            src,
            width: 1068,
            height: 712,
            alt: content.title.clone(),
        })
        .collect();
    let canonical = format!("{}/s/{}", base_url(app, site), story.slug);
    Ok(view::page(&view::Page {
        site: &site.name,
        title: Some(text(&fields, "title"))
            .filter(|title| !title.is_empty())
            .unwrap_or(&content.title),
        description: text(&fields, "description"),
        keywords: &list(&fields, "keywords").join(","),
        canonical: &canonical,
        share_picture: covers.first().map(|cover| cover.src.as_str()),
        json_ld: fields.get("json_ld").unwrap_or(&Value::Null),
        heading: &content.title,
        byline: content.byline.as_deref(),
        published_at: story.first_published_at,
        zone: &site.zone,
        covers: &covers,
        lead: &content.lead,
        content: &body,
    }))
}

/// A story's latest text as readers would see it.
pub async fn body_html(app: &App, actor: &Actor, content: &StoryContent) -> Result<String> {
    let things = Things::load(app, actor, content).await?;
    Ok(content.body.to_html(&things))
}

/// A video's page.
pub async fn video(
    app: &App,
    site: &Site,
    actor: &Actor,
    video: &Published<VideoContent>,
) -> Result<String> {
    let fields = fields(app, actor, SourceRef::Video(video.id)).await?;
    let content = &video.content;
    let wanted: Vec<AssetId> = [Some(content.file), content.poster]
        .into_iter()
        .flatten()
        .collect();
    let assets = app.media.assets(actor, &wanted).await?;
    // The crawler wants the very still that the structured data names.
    let still = list(&fields, "images").into_iter().next();
    let things = Things {
        media: app.media.clone(),
        videos: HashMap::from([(video.id, content.clone())]),
        assets,
        products: HashMap::new(),
        still: still.clone(),
    };
    let player = crate::content::body::Body {
        blocks: vec![crate::content::body::Block::Video {
            attrs: crate::content::body::VideoAttrs { video: video.id },
        }],
    };
    let canonical = format!("{}/v/{}", base_url(app, site), video.slug);
    Ok(view::page(&view::Page {
        site: &site.name,
        title: Some(text(&fields, "title"))
            .filter(|title| !title.is_empty())
            .unwrap_or(&content.title),
        description: text(&fields, "description"),
        keywords: &list(&fields, "keywords").join(","),
        canonical: &canonical,
        share_picture: still.as_deref(),
        json_ld: fields.get("json_ld").unwrap_or(&Value::Null),
        heading: &content.title,
        byline: None,
        published_at: video.first_published_at,
        zone: &site.zone,
        covers: &[],
        lead: &content.caption,
        content: &player.to_html(&things),
    }))
}

/// Everything that a body points to, loaded at once.
struct Things {
    media: MediaService,
    assets: HashMap<AssetId, Asset>,
    videos: HashMap<ItemId, VideoContent>,
    products: HashMap<ProductId, Product>,
    /// Stands for a video that has the page to itself.
    still: Option<String>,
}

impl Things {
    async fn load(app: &App, actor: &Actor, content: &StoryContent) -> Result<Self> {
        let mut ids = content.body.videos();
        ids.sort_unstable();
        ids.dedup();
        let videos: HashMap<ItemId, VideoContent> = app
            .content
            .published_many::<VideoContent>(actor, &ids)
            .await?
            .into_iter()
            .map(|video| (video.id, video.content))
            .collect();
        let mut wanted = content.body.pictures();
        wanted.extend(
            videos
                .values()
                .flat_map(|video| [Some(video.file), video.poster])
                .flatten(),
        );
        Ok(Self {
            assets: app.media.assets(actor, &wanted).await?,
            products: app
                .content
                .published_products(actor, &content.body.products())
                .await?,
            media: app.media.clone(),
            videos,
            still: None,
        })
    }
}

impl HtmlContext for Things {
    fn picture(&self, id: AssetId) -> Option<PictureView> {
        let asset = self.assets.get(&id)?;
        let spec = find_named_size("wide", ImageFormat::Jpeg)?;
        let scale = (f64::from(spec.width) / f64::from(asset.width)).min(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "pixels are positive and small"
        )]
        let scaled = |pixels: u32| (f64::from(pixels) * scale).round() as u32;
        Some(PictureView {
            src: self.media.rendition_path(asset, &spec),
            width: scaled(asset.width),
            height: scaled(asset.height),
            alt: asset.alt.clone(),
        })
    }

    fn video(&self, id: ItemId) -> Option<VideoView> {
        let video = self.videos.get(&id)?;
        let file = self.assets.get(&video.file)?;
        let poster = || Some(self.picture(video.poster?)?.src);
        Some(VideoView {
            src: self.media.original_path(file),
            poster: self.still.clone().or_else(poster),
            title: video.title.clone(),
        })
    }

    fn product(&self, id: ProductId) -> Option<ProductView> {
        let product = self.products.get(&id)?;
        Some(ProductView {
            name: product.name.clone(),
            brief: product.brief.clone(),
            price_fen: product.price_fen,
        })
    }
}
