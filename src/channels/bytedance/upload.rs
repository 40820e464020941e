//! Uploading a video, in one call or in parts. Nothing of it is visible, so each call may be repeated; what the platform
//! gave us is kept before the next byte goes out.

use std::{ops::Range, time::Duration};

use serde_json::{Value, json};

use super::{
    client::{Client, Piece},
    error::{BAD_PARAMETER, UPLOAD_GONE, is_one_of, is_too_large},
    number,
};
use crate::{
    channels::{Account, ChannelError, ErrorClass, Media, StepContext},
    clock::Timestamp,
    error::Result,
};

/// Files above this go in parts, where the account does not say otherwise (upload-video advises it above 50 MB).
pub const SINGLE_BYTES: u64 = 50 << 20;
/// No single call takes more than this (upload-video).
pub const MOST_SINGLE_BYTES: u64 = 300 << 20;
/// What a part should have (video-part-upload advises 20 MB), and its bounds.
pub const PART_BYTES: u64 = 20 << 20;
pub const PART_BOUNDS: (u64, u64) = (5 << 20, 100 << 20);
/// Uploads in parts live two hours (video-part-upload-init); one that is nearly as old is begun anew.
const UPLOAD_LIFE: Duration = Duration::from_mins(110);

/// How an account wants its files sent.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    single: u64,
    part: u64,
}

impl Sizes {
    /// What the account's settings say, within the platform's bounds.
    pub fn of(account: &Account) -> Result<Self> {
        let bytes =
            |name: &str, default: u64, bounds| number(account, name, &default.to_string(), bounds);
        Ok(Self {
            single: bytes("single_upload_bytes", SINGLE_BYTES, (0, MOST_SINGLE_BYTES))?,
            part: bytes("part_bytes", PART_BYTES, PART_BOUNDS)?,
        })
    }
}

/// How far an earlier try came. What was uploaded for a creation that was sent may be used up: it counts no more when
/// that is sent again.
pub fn progress(ctx: &StepContext<'_>) -> Value {
    if ctx.handle["resend"] == json!(ctx.resend_count) {
        ctx.handle["progress"].clone()
    } else {
        Value::Null
    }
}

/// Keeps how far this try came.
pub async fn keep(ctx: &mut StepContext<'_>, progress: Value) -> Result<(), ChannelError> {
    let handle = json!({ "resend": ctx.resend_count, "progress": progress });
    ctx.save_handle(handle).await
}

/// What went wrong with an upload within a creation, before anything was created.
pub fn nothing_created(error: ChannelError) -> ChannelError {
    ChannelError {
        class: match error.class {
            ErrorClass::SentUnknown | ErrorClass::ProtocolDrift | ErrorClass::Bug => {
                ErrorClass::NotSent
            }
            class => class,
        },
        ..error
    }
}

/// Uploads the video, in parts when it is large or the platform finds it too large for one call.
pub async fn video(
    client: &Client,
    sizes: Sizes,
    ctx: &mut StepContext<'_>,
) -> Result<String, ChannelError> {
    let video = ctx
        .media("video")
        .next()
        .cloned()
        .ok_or_else(|| ChannelError::new(ErrorClass::Validation, "没有视频文件"))?;
    if video.size_bytes <= sizes.single {
        match client.upload_video(ctx.host, &Piece::whole(&video)).await {
            Err(error) if is_too_large(&error) => {}
            uploaded => return uploaded,
        }
    }
    let is_begun = !progress(ctx).is_null();
    match in_parts(client, sizes.part, &video, ctx).await {
        // What an earlier try began is not there any more: from the start, once.
        Err(error) if is_begun && is_one_of(&error, &[UPLOAD_GONE, BAD_PARAMETER]) => {
            keep(ctx, Value::Null).await?;
            in_parts(client, sizes.part, &video, ctx).await
        }
        uploaded => uploaded,
    }
}

async fn in_parts(
    client: &Client,
    part_bytes: u64,
    video: &Media,
    ctx: &mut StepContext<'_>,
) -> Result<String, ChannelError> {
    let (upload_id, done) = begin(client, ctx).await?;
    for (number, range) in (1..).zip(even_parts(video.size_bytes, part_bytes)) {
        if number <= done {
            continue;
        }
        let piece = Piece {
            media: video,
            range,
        };
        client
            .upload_part(ctx.host, &upload_id, number, &piece)
            .await?;
        let mut reached = progress(ctx);
        reached["parts"] = json!(number);
        keep(ctx, reached).await?;
    }
    client.complete_parts(ctx.host, &upload_id).await
}

/// The upload that an earlier try began, if it still lives, and how many parts it has; else a new one.
async fn begin(client: &Client, ctx: &mut StepContext<'_>) -> Result<(String, u64), ChannelError> {
    let now = client.account.clock.now();
    let reached = progress(ctx);
    if let (Some(upload_id), Some(begun_at)) =
        (reached["upload_id"].as_str(), reached["begun_at"].as_i64())
        && now.since(Timestamp(begun_at)) < UPLOAD_LIFE
    {
        let done = reached["parts"].as_u64();
        return Ok((upload_id.to_owned(), done.unwrap_or(0)));
    }
    let upload_id = client.init_parts(ctx.host).await?;
    keep(
        ctx,
        json!({ "upload_id": upload_id, "begun_at": now.0, "parts": 0 }),
    )
    .await?;
    Ok((upload_id, 0))
}

/// Equal parts of about the wanted size, so that none is tiny: each at least the platform's least, if the file is.
fn even_parts(size: u64, wanted: u64) -> Vec<Range<u64>> {
    let most = (size / PART_BOUNDS.0).max(1);
    let count = size.div_ceil(wanted).clamp(1, most);
    let (length, longer) = (size / count, size % count);
    let mut parts = Vec::new();
    let mut from = 0;
    for index in 0..count {
        let to = from + length + u64::from(index < longer);
        parts.push(from..to);
        from = to;
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_file_of_45_megabytes_goes_in_three_equal_parts() {
        let parts = even_parts(45 << 20, PART_BYTES);

        let lengths: Vec<u64> = parts.iter().map(|part| part.end - part.start).collect();
        assert_eq!(lengths, [15 << 20; 3]);
    }

    proptest! {
        #[test]
        fn parts_cover_the_file_within_the_bounds_of_a_part(
            size in 1_u64..(4 << 30),
            wanted in PART_BOUNDS.0..=PART_BOUNDS.1,
        ) {
            let parts = even_parts(size, wanted);

            prop_assert_eq!(parts[0].start, 0);
            prop_assert_eq!(parts.last().map(|part| part.end), Some(size));
            prop_assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
            for part in &parts {
                let length = part.end - part.start;
                prop_assert!(length <= PART_BOUNDS.1);
                prop_assert!(length >= PART_BOUNDS.0.min(size), "{}", length);
            }
        }
    }
}
