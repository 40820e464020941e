//! Pictures, in sizes that have a name.

use async_graphql::{Context, ID, Object};

use crate::{
    api::graphql::{
        ContextExt,
        shared::{NamedSize, PictureFormat, asset_url, in_order},
    },
    error::{Error, Result},
    id::AssetId,
    media::{Asset, AssetKind},
};

/// A picture, or the file of a video.
pub struct PictureObject(pub Asset);

#[Object(name = "Picture")]
impl PictureObject {
    /// Id, as pictures in the text of a story are named.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Absolute address in a size; it never changes its content.
    async fn url(
        &self,
        ctx: &Context<'_>,
        size: NamedSize,
        format: Option<PictureFormat>,
    ) -> String {
        asset_url(ctx.app(), &self.0, size, format)
    }

    /// Pixels of the original, upright.
    async fn width(&self) -> u32 {
        self.0.width
    }

    /// Pixels of the original, upright.
    async fn height(&self) -> u32 {
        self.0.height
    }

    /// Alternative text; may be empty.
    async fn alt(&self) -> &str {
        &self.0.alt
    }
}

/// One picture; nothing for what is none.
pub async fn picture(ctx: &Context<'_>, id: Option<AssetId>) -> Result<Option<PictureObject>> {
    let Some(id) = id else { return Ok(None) };
    let found: Option<Asset> = ctx.loaders().load_one(id).await.map_err(Error::shared)?;
    Ok(found
        .filter(|asset| asset.kind == AssetKind::Image)
        .map(PictureObject))
}

/// Pictures in the order of their ids.
pub async fn pictures(ctx: &Context<'_>, ids: &[AssetId]) -> Result<Vec<PictureObject>> {
    let found = ctx
        .loaders()
        .load_many(ids.iter().copied())
        .await
        .map_err(Error::shared)?;
    Ok(in_order(ids, &found, PictureObject))
}
