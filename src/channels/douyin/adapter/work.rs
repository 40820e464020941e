//! A work: its files, its creation, its review.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{COVER, PICTURE, caption, upload::pictures, wire},
    CREATE_PICTURES, CREATE_VIDEO, Douyin, UPLOAD_COVER, UPLOAD_PICTURES, UPLOAD_VIDEO, VIDEO,
};
use crate::{
    channels::{
        ChannelError, ErrorClass, Media, Outcome, StepContext, StepOutput,
        bytedance::{
            client::Piece,
            error::{UPLOAD_GONE, is_one_of, is_unreadable},
            upload,
            wire::Work,
        },
    },
    clock::Timestamp,
    text::characters,
};

/// What a work is made of, as the step that uploads it leaves it behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// When it was uploaded.
    at: i64,
    #[serde(flatten)]
    ids: Ids,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Ids {
    Video { video_id: String },
    Pictures { image_ids: Vec<String> },
}

/// Output of the first of these steps that has one.
fn output<'o>(outputs: &'o BTreeMap<String, Value>, steps: [&str; 2]) -> Option<&'o Value> {
    steps.into_iter().find_map(|step| outputs.get(step))
}

impl Douyin {
    pub(super) async fn upload_cover(
        &self,
        ctx: &StepContext<'_>,
    ) -> Result<Outcome, ChannelError> {
        let image_id = match ctx.media(COVER).next() {
            Some(cover) => {
                let piece = Piece::whole(cover);
                Some(self.client.upload_image(ctx.host, &piece).await?)
            }
            None => None,
        };
        Ok(Outcome::Done(StepOutput {
            value: json!({ "image_id": image_id }),
            ..StepOutput::default()
        }))
    }

    /// Uploads what the work is made of: the video, or the pictures of a story without one.
    pub(super) async fn upload(&self, ctx: &mut StepContext<'_>) -> Result<Uploaded, ChannelError> {
        let files: Vec<Media> = ctx.media(PICTURE).cloned().collect();
        let ids = if ctx.media(VIDEO).next().is_some() {
            let video_id = upload::video(&self.client, self.sizes, ctx).await?;
            Ids::Video { video_id }
        } else {
            let image_ids = pictures(&self.client, &files, ctx).await?;
            Ids::Pictures { image_ids }
        };
        let at = self.now().0;
        Ok(Uploaded { at, ids })
    }

    pub(super) async fn create(&self, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError> {
        let text = caption::compose(&ctx.submission.fields, &ctx.submission.marker);
        if characters(&text) > caption::LONGEST {
            return Err(ChannelError {
                field: Some("text".to_owned()),
                ..ChannelError::new(ErrorClass::Validation, "文案连同话题超过 1000 字")
            });
        }
        // A video makes one work. After a creation that was proven absent its id is not trusted: upload anew.
        let earlier = output(ctx.outputs, [UPLOAD_VIDEO, UPLOAD_PICTURES]);
        let earlier = earlier.filter(|_| ctx.resend_count == 0);
        let known = self.kept(ctx).or_else(|| self.fresh(earlier?));
        let is_known = known.is_some();
        let uploaded = match known {
            Some(uploaded) => uploaded,
            None => self.upload_anew(ctx).await?,
        };
        match self.create_of(ctx, &uploaded.ids, &text).await {
            // A definite refusal, and this id was never used: the upload has ended by itself.
            Err(error) if is_known && is_one_of(&error, &[UPLOAD_GONE]) => {
                let uploaded = self.upload_anew(ctx).await?;
                self.create_of(ctx, &uploaded.ids, &text).await
            }
            created => created,
        }
    }

    /// What was uploaded, unless it is too old to be relied on.
    fn fresh(&self, value: &Value) -> Option<Uploaded> {
        let uploaded = Uploaded::deserialize(value).ok()?;
        let age = self.now().since(Timestamp(uploaded.at));
        (age < self.video_life).then_some(uploaded)
    }

    /// What an earlier run of this creation uploaded anew.
    fn kept(&self, ctx: &StepContext<'_>) -> Option<Uploaded> {
        let is_of_now = ctx.handle["resend"] == json!(ctx.resend_count);
        self.fresh(&ctx.handle["uploaded"]).filter(|_| is_of_now)
    }

    async fn upload_anew(&self, ctx: &mut StepContext<'_>) -> Result<Uploaded, ChannelError> {
        let uploaded = self.upload(ctx).await.map_err(upload::nothing_created)?;
        let handle = json!({ "resend": ctx.resend_count, "uploaded": uploaded });
        ctx.save_handle(handle)
            .await
            .map_err(upload::nothing_created)?;
        Ok(uploaded)
    }

    async fn create_of(
        &self,
        ctx: &StepContext<'_>,
        ids: &Ids,
        text: &str,
    ) -> Result<Outcome, ChannelError> {
        let fields = &ctx.submission.fields;
        let item_id = match ids {
            Ids::Video { video_id } => {
                let cover = ctx.outputs.get(UPLOAD_COVER);
                let cover = cover.and_then(|output| output["image_id"].as_str());
                let body = wire::video_body(video_id, text, cover, fields);
                self.client.create_video(ctx.host, &body).await?
            }
            Ids::Pictures { image_ids } => {
                let body = wire::picture_body(image_ids, text, fields);
                self.client.create_image_text(ctx.host, &body).await?
            }
        };
        Ok(Outcome::Done(StepOutput {
            value: json!({ "item_id": item_id, "at": self.now().0 }),
            external_id: Some(item_id),
            external_url: None,
            ..StepOutput::default()
        }))
    }

    /// Whether the review has ended, as far as the platform tells: an absent status is "not told", never "approved".
    pub(super) async fn observe(&self, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
        let created = output(ctx.outputs, [CREATE_VIDEO, CREATE_PICTURES]);
        let created = created.unwrap_or(&Value::Null);
        let item_id = created["item_id"].as_str().unwrap_or_default().to_owned();
        let told = |note: &str, work: Option<&Work>| {
            let url = work.map(|work| work.share_url.clone());
            Ok(Outcome::Done(StepOutput {
                value: json!({ "review": note }),
                external_id: Some(item_id.clone()),
                external_url: url.filter(|url| !url.is_empty()),
                ..StepOutput::default()
            }))
        };
        if self.client.account.setting("read_profile", "") == "offline" {
            return told("not_readable", None);
        }
        let work = match self.client.video_data(ctx.host, &item_id).await {
            Err(error) if is_unreadable(&error) => return told("not_readable", None),
            work => work?,
        };
        let created_at = created["at"].as_i64().map(Timestamp);
        let waited = created_at.map_or(Duration::ZERO, |at| self.now().since(at));
        let is_over = waited >= self.review_patience;
        let pending = |note: &str| {
            Ok(Outcome::Pending {
                note: note.to_owned(),
                retry_in: None,
            })
        };
        let Some(work) = work else {
            if is_over {
                // Deleted by its owner, or held back: only somebody who looks can tell.
                return Ok(Outcome::NeedsUser {
                    task: "抖音收下了这条作品，但一直查不到它：请在抖音里看看它是否还在".into(),
                    expires_at: Some(self.now()),
                });
            }
            return pending("抖音的列表里还没有这条作品");
        };
        match (work.is_reviewed, work.video_status) {
            (_, Some(2)) => Err(ChannelError::new(
                ErrorClass::ContentRejected,
                "抖音审核未通过：不适宜公开",
            )
            .with_code("2")),
            (_, Some(1 | 5..=7)) => told("published", Some(&work)),
            (_, Some(4)) | (Some(false), _) if !is_over => pending("抖音正在审核"),
            _ => told("not_told", Some(&work)),
        }
    }
}
