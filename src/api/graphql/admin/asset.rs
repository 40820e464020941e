//! Assets: the media library. Files come in over REST, see `rest/upload.rs`.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::{
    api::graphql::{
        ContextExt,
        shared::{
            DateTime, List, Long, NamedSize, PictureFormat, asset_url, list_cost, parse_id,
            text_field, to_connection,
        },
    },
    content::{AssetUse, ChangeKind},
    error::Result,
    media::{Asset, AssetChanges, AssetFilter, AssetKind, FocalPoint},
    page::PageRequest,
};

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "AssetKind", remote = "AssetKind")]
pub enum AssetKindName {
    /// A picture.
    Image,
    /// A video.
    Video,
}

/// A point in a picture, as parts of its width and height.
#[derive(SimpleObject)]
#[graphql(name = "FocalPoint")]
pub struct FocalPointObject {
    /// From the left, 0 to 1.
    x: f64,
    /// From the top, 0 to 1.
    y: f64,
}

/// What is inside a video.
#[derive(SimpleObject)]
#[graphql(name = "VideoFacts")]
pub struct VideoFactsObject {
    /// `mp4`, `mov` or `webm`.
    container: String,
    /// `h264`, `hevc`, `vp9`, …
    video_codec: String,
    /// `aac`, `opus`, …; empty without sound.
    audio_codec: String,
    /// Length.
    duration_ms: Long,
    /// Clockwise turn that players apply, in degrees.
    rotation: u16,
    /// Frames per second.
    frame_rate: Option<f64>,
    /// Bits per second.
    bit_rate: Long,
}

/// An original file.
pub struct AssetObject(pub Asset);

#[Object(name = "Asset")]
impl AssetObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Hash of the content.
    async fn sha256(&self) -> &str {
        &self.0.sha256
    }

    /// The name it came with.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Picture or video.
    async fn kind(&self) -> AssetKindName {
        self.0.kind.into()
    }

    /// Media type, found by looking inside.
    async fn mime(&self) -> &str {
        &self.0.mime
    }

    /// Size.
    async fn size_bytes(&self) -> Long {
        self.0.size_bytes.into()
    }

    /// Pixels, orientation applied.
    async fn width(&self) -> u32 {
        self.0.width
    }

    /// Pixels, orientation applied.
    async fn height(&self) -> u32 {
        self.0.height
    }

    /// Moves.
    async fn is_animated(&self) -> bool {
        self.0.is_animated
    }

    /// Alternative text; may be empty.
    async fn alt(&self) -> &str {
        &self.0.alt
    }

    /// What crops keep.
    async fn focal_point(&self) -> FocalPointObject {
        let FocalPoint { x, y } = self.0.focal_point;
        FocalPointObject { x, y }
    }

    /// For videos.
    async fn video(&self) -> Option<VideoFactsObject> {
        self.0.video.clone().map(|facts| VideoFactsObject {
            container: facts.container,
            video_codec: facts.video_codec,
            audio_codec: facts.audio_codec,
            duration_ms: facts.duration_ms.into(),
            rotation: facts.rotation,
            frame_rate: facts.frame_rate,
            bit_rate: facts.bit_rate.into(),
        })
    }

    /// Address of the picture in a size, or of the video.
    async fn url(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "NamedSize::Feed")] size: NamedSize,
        format: Option<PictureFormat>,
    ) -> String {
        asset_url(ctx.app(), &self.0, size, format)
    }

    /// Rises with each write.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it came.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When its description was last changed.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }

    /// When it was put away.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.archived_at.map(Into::into)
    }
}

/// The media library.
#[derive(Default)]
pub struct AssetQueries;

#[Object]
impl AssetQueries {
    /// One asset.
    async fn asset(&self, ctx: &Context<'_>, id: ID) -> Result<AssetObject> {
        let id = parse_id(&id, "id")?;
        ctx.app()
            .media
            .asset(ctx.actor(), id)
            .await
            .map(AssetObject)
    }

    /// What shows an asset, in its latest or its published state; at most a hundred.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn asset_uses(&self, ctx: &Context<'_>, id: ID) -> Result<Vec<AssetUseObject>> {
        let id = parse_id(&id, "id")?;
        let uses = ctx.app().content.uses_of_asset(ctx.actor(), id).await?;
        Ok(uses.into_iter().map(Into::into).collect())
    }

    /// The media library, newest first; `q` is looked for in names and alternative texts.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn assets(
        &self,
        ctx: &Context<'_>,
        kind: Option<AssetKindName>,
        q: Option<String>,
        #[graphql(desc = "Pictures without an alternative text only.", default)] lacks_alt: bool,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<List<AssetObject>> {
        let filter = AssetFilter {
            kind: kind.map(Into::into),
            text: q.map(|q| text_field("q", &q, 0..=100)).transpose()?,
            lacks_alt,
        };
        let page = PageRequest::new(first, after.as_deref())?;
        let media = &ctx.app().media;
        let found = media.list_assets(ctx.actor(), &filter, &page).await?;
        Ok(to_connection(found, AssetObject))
    }
}

/// What can show a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
pub enum AssetUser {
    /// A story.
    Story,
    /// A video.
    Video,
    /// A product.
    Product,
}

/// Something that shows a file, in its latest or its published state.
#[derive(SimpleObject)]
#[graphql(name = "AssetUse")]
pub struct AssetUseObject {
    /// What it is.
    kind: AssetUser,
    /// Its id.
    id: ID,
    /// What people call it.
    title: String,
}

impl From<AssetUse> for AssetUseObject {
    fn from(used: AssetUse) -> Self {
        Self {
            kind: match used.kind {
                ChangeKind::Story => AssetUser::Story,
                ChangeKind::Video => AssetUser::Video,
                ChangeKind::Product => AssetUser::Product,
            },
            id: used.id.into(),
            title: used.title,
        }
    }
}

/// A point in a picture, as parts of its width and height.
#[derive(InputObject)]
pub struct FocalPointInput {
    /// From the left, 0 to 1.
    x: f64,
    /// From the top, 0 to 1.
    y: f64,
}

/// A change of an asset's description; what is left out stays.
#[derive(InputObject)]
pub struct UpdateAssetInput {
    /// The asset.
    id: ID,
    /// The version that was changed.
    base_version: i32,
    /// Alternative text.
    alt: Option<String>,
    /// What crops keep.
    focal_point: Option<FocalPointInput>,
}

/// The changed asset.
#[derive(SimpleObject)]
pub struct UpdateAssetPayload {
    /// The asset.
    asset: AssetObject,
}

/// A new file for an asset.
#[derive(InputObject)]
pub struct ReplaceAssetInput {
    /// The asset that stays, with its name, its alternative text and everything that shows it.
    id: ID,
    /// The version that was seen.
    base_version: i32,
    /// The asset whose file it gets: one that was just uploaded and that nothing shows yet.
    with_id: ID,
}

/// The asset with its new file.
#[derive(SimpleObject)]
pub struct ReplaceAssetPayload {
    /// The asset.
    asset: AssetObject,
}

/// An asset to be put away.
#[derive(InputObject)]
pub struct ArchiveAssetInput {
    /// The asset.
    id: ID,
}

/// The asset that was put away.
#[derive(SimpleObject)]
pub struct ArchiveAssetPayload {
    /// The asset.
    asset: AssetObject,
}

/// Changes of the media library.
#[derive(Default)]
pub struct AssetMutations;

#[Object]
impl AssetMutations {
    /// Changes an asset's alternative text and focal point.
    async fn update_asset(
        &self,
        ctx: &Context<'_>,
        input: UpdateAssetInput,
    ) -> Result<UpdateAssetPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let changes = AssetChanges {
            alt: input.alt,
            focal_point: input
                .focal_point
                .map(|point| FocalPoint::new(point.x, point.y))
                .transpose()?,
        };
        let content = &ctx.app().content;
        let asset = content
            .update_asset(ctx.actor(), id, input.base_version, changes)
            .await?;
        Ok(UpdateAssetPayload {
            asset: AssetObject(asset),
        })
    }

    /// Gives an asset the file of another of the same kind. What shows it shows the new file; addresses that were
    /// given out for the former file stay good.
    async fn replace_asset(
        &self,
        ctx: &Context<'_>,
        input: ReplaceAssetInput,
    ) -> Result<ReplaceAssetPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let with = parse_id(&input.with_id, "input.withId")?;
        let content = &ctx.app().content;
        let asset = content
            .replace_asset(ctx.actor(), id, input.base_version, with)
            .await?;
        Ok(ReplaceAssetPayload {
            asset: AssetObject(asset),
        })
    }

    /// Puts an asset away: it leaves the library, and what uses it keeps it.
    async fn archive_asset(
        &self,
        ctx: &Context<'_>,
        input: ArchiveAssetInput,
    ) -> Result<ArchiveAssetPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let asset = ctx.app().media.archive_asset(ctx.actor(), id).await?;
        Ok(ArchiveAssetPayload {
            asset: AssetObject(asset),
        })
    }
}
