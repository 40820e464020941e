//! Uploading pictures. Nothing of it is visible, so each call may be repeated.

use serde_json::json;

use crate::channels::{
    ChannelError, Media, StepContext,
    bytedance::{
        client::{Client, Piece},
        upload::{keep, progress},
    },
};

/// Uploads pictures one by one, from where an earlier try stopped; their ids, in order.
pub async fn pictures(
    client: &Client,
    pictures: &[Media],
    ctx: &mut StepContext<'_>,
) -> Result<Vec<String>, ChannelError> {
    let mut ids: Vec<String> = serde_json::from_value(progress(ctx)).unwrap_or_default();
    for picture in pictures.iter().skip(ids.len()) {
        let piece = Piece::whole(picture);
        ids.push(client.upload_image(ctx.host, &piece).await?);
        keep(ctx, json!(ids)).await?;
    }
    Ok(ids)
}
