//! How Douyin carries out a delivery. The create call has no idempotency key, an uploaded video can be used once, and
//! nothing can be deleted: so a lost reply is looked up in the list, by the marker.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    COVER, PUBLISH,
    client::Client,
    error::OFFLINE,
    wire::{self, Grant, Work},
};
use crate::{
    channels::{
        Account, AccountCheck, Candidate, Channel, ChannelError, ErrorClass, Fingerprint, Found,
        Intent, Outcome, Step, StepContext, StepHost, StepKind, StepOutput, Submission, Tokens,
        Totals,
    },
    clock::Timestamp,
    error::{Error, Result},
    text::characters,
};

const UPLOAD_COVER: &str = "upload_cover";
const UPLOAD_VIDEO: &str = "upload_video";
const CREATE_VIDEO: &str = "create_video";
const OBSERVE: &str = "observe_review";
const REMOVE: &str = "remove_by_hand";

/// A create call that has to upload anew first may take longer.
const DEADLINE: Duration = Duration::from_mins(1);
/// Uploads go in parts that are saved one by one; this is the longest for all of them.
const UPLOAD_DEADLINE: Duration = Duration::from_mins(30);
/// Uploads in parts live two hours; one that is older is begun anew.
const UPLOAD_LIFE: Duration = Duration::from_mins(110);
/// Pages of the list that are read at most when a lost reply is looked up.
const PAGES: usize = 10;
/// Works this much older than the call cannot be its effect.
const WINDOW: Duration = Duration::from_mins(10);
/// The caption's bound (create-video).
const LONGEST_TEXT: usize = 1000;
/// Renew the refresh token when so little of its life is left; five times at most.
const RENEW_AHEAD: Duration = Duration::from_hours(3 * 24);
const MOST_RENEWALS: u32 = 5;

struct Douyin {
    client: Client,
}

/// Binds an account.
pub fn connect(account: Account) -> Result<Arc<dyn Channel>> {
    for name in ["single_upload_bytes", "part_bytes"] {
        if account
            .setting(name, "1")
            .parse::<u64>()
            .ok()
            .is_none_or(|bytes| bytes == 0)
        {
            return Err(Error::invalid(
                format!("input.settings.{name}"),
                "must be a number of bytes",
            ));
        }
    }
    Ok(Arc::new(Douyin {
        client: Client { account },
    }))
}

impl Douyin {
    fn account(&self) -> &Account {
        &self.client.account
    }

    fn bytes_setting(&self, name: &str, default: u64) -> u64 {
        self.account()
            .settings
            .get(name)
            .and_then(|bytes| bytes.parse().ok())
            .unwrap_or(default)
    }

    fn profile(&self) -> &str {
        self.account().setting("read_profile", "reduced")
    }

    /// The caption with the marker as its last topic; the marker is what the list shows again.
    fn text(submission: &Submission) -> String {
        let text = submission
            .fields
            .get("text")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let mark = format!(" #{}", submission.marker);
        let room = LONGEST_TEXT - characters(&mark);
        let text = if characters(text) > room {
            crate::text::cut_to(text, room, characters)
        } else {
            text.to_owned()
        };
        format!("{text}{mark}")
    }

    async fn upload_cover(&self, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
        let Some(cover) = ctx.media(COVER).next() else {
            return Ok(Outcome::Done(StepOutput {
                value: json!({ "image_id": null }),
                ..StepOutput::default()
            }));
        };
        let bytes = ctx.host.open_media(cover).await?;
        let token = ctx.host.token(None).await?.access_token;
        let image = self
            .client
            .upload_image(ctx.host, &token, &cover.mime, bytes)
            .await?;
        Ok(Outcome::Done(StepOutput {
            value: json!({ "image_id": image }),
            ..StepOutput::default()
        }))
    }

    /// Uploads the video, in parts when it is large; what the platform gave us is saved before the next byte goes out.
    async fn upload_video(&self, ctx: &mut StepContext<'_>) -> Result<String, ChannelError> {
        let video = ctx
            .media("video")
            .next()
            .cloned()
            .ok_or_else(|| ChannelError::new(ErrorClass::Validation, "没有视频文件"))?;
        let token = ctx.host.token(None).await?.access_token;
        if video.size_bytes <= self.bytes_setting("single_upload_bytes", 50 << 20) {
            let bytes = ctx.host.open_media(&video).await?;
            return self
                .client
                .upload_video(ctx.host, &token, &video.mime, bytes)
                .await;
        }
        let (upload_id, mut done) = self.parts_so_far(ctx, &token).await?;
        let parts = even_parts(video.size_bytes, self.bytes_setting("part_bytes", 20 << 20));
        while done < parts.len() as u64 {
            let (from, to) = parts[usize::try_from(done).unwrap_or(usize::MAX)];
            let bytes: Bytes = ctx.host.read_media(&video, from, to).await?;
            self.client
                .upload_part(ctx.host, &token, &upload_id, done + 1, &video.mime, bytes)
                .await?;
            done += 1;
            let mut handle = ctx.handle.clone();
            handle["parts"] = json!(done);
            ctx.save_handle(handle).await?;
        }
        self.client
            .complete_parts(ctx.host, &token, &upload_id)
            .await
    }

    /// The upload that an earlier try began, if it still lives; else a new one.
    async fn parts_so_far(
        &self,
        ctx: &mut StepContext<'_>,
        token: &str,
    ) -> Result<(String, u64), ChannelError> {
        let now = self.account().clock.now();
        let begun = ctx
            .handle
            .get("begun_at")
            .and_then(Value::as_i64)
            .map(Timestamp);
        let known = ctx
            .handle
            .get("upload_id")
            .and_then(Value::as_str)
            .map(ToOwned::to_owned);
        if let (Some(upload_id), Some(begun)) = (known, begun)
            && now.since(begun) < UPLOAD_LIFE
        {
            return Ok((
                upload_id,
                ctx.handle.get("parts").and_then(Value::as_u64).unwrap_or(0),
            ));
        }
        let upload_id = self.client.init_parts(ctx.host, token).await?;
        ctx.save_handle(json!({ "upload_id": upload_id, "begun_at": now.0, "parts": 0 }))
            .await?;
        Ok((upload_id, 0))
    }

    async fn create(&self, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError> {
        // A video id can be used once. After a create that was proven absent, the id is not trusted: upload anew.
        let video_id = if ctx.resend_count == 0 {
            ctx.outputs
                .get(UPLOAD_VIDEO)
                .and_then(|output| output.get("video_id"))
                .and_then(Value::as_str)
                .map(ToOwned::to_owned)
        } else {
            None
        };
        let video_id = match video_id {
            Some(video_id) => video_id,
            None => self.upload_video(ctx).await?,
        };
        let cover = ctx
            .outputs
            .get(UPLOAD_COVER)
            .and_then(|output| output.get("image_id"))
            .and_then(Value::as_str);
        let body = wire::create_body(
            &video_id,
            &Self::text(ctx.submission),
            cover,
            &ctx.submission.fields,
        );
        let token = ctx.host.token(None).await?.access_token;
        let item_id = self.client.create_video(ctx.host, &token, &body).await?;
        Ok(Outcome::Done(StepOutput {
            value: json!({ "item_id": item_id }),
            external_id: Some(item_id),
            external_url: None,
        }))
    }

    /// Whether the review has ended, as far as the platform tells: an absent status is "not told", never "approved".
    async fn observe(&self, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
        let item_id = ctx
            .outputs
            .get(CREATE_VIDEO)
            .and_then(|output| output.get("item_id"))
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let told = |note: &str, work: Option<&Work>| {
            Outcome::Done(StepOutput {
                value: json!({ "review": note }),
                external_id: Some(item_id.clone()),
                external_url: work
                    .map(|work| work.share_url.clone())
                    .filter(|url| !url.is_empty()),
            })
        };
        if self.profile() == "offline" {
            return Ok(told("not_readable", None));
        }
        let token = ctx.host.token(None).await?.access_token;
        let work = match self.client.video_data(ctx.host, &token, &item_id).await {
            Ok(work) => work,
            Err(error) if error.code.as_deref() == Some(&OFFLINE.to_string()) => {
                return Ok(told("not_readable", None));
            }
            Err(error) => return Err(error),
        };
        let Some(work) = work else {
            return Ok(Outcome::Pending {
                note: "抖音的列表里还没有这条视频".into(),
                retry_in: None,
            });
        };
        match (
            work.is_reviewed,
            work.video_status.as_ref().and_then(wire::number),
        ) {
            (_, Some(4)) | (Some(false), _) => Ok(Outcome::Pending {
                note: "抖音正在审核".into(),
                retry_in: None,
            }),
            (_, Some(2)) => Err(ChannelError::new(
                ErrorClass::ContentRejected,
                "抖音审核未通过：不适宜公开",
            )
            .with_code("2")),
            (_, Some(1 | 5..=7)) => Ok(told("published", Some(&work))),
            _ => Ok(told("not_told", Some(&work))),
        }
    }

    /// Works that may be the effect of a lost create: by marker, else by the exact text within the time.
    async fn candidates(
        &self,
        sent: &Fingerprint<'_>,
        host: &dyn StepHost,
    ) -> Result<Vec<Candidate>, ChannelError> {
        let token = host.token(None).await?.access_token;
        let (text, marker) = (Self::text(sent.submission), sent.submission.marker.as_str());
        let oldest = sent.armed_at.minus(WINDOW).unix_seconds();
        let (mut cursor, mut found) = (0, Vec::new());
        for _ in 0..PAGES {
            let page = self.client.video_list(host, &token, cursor).await?;
            let mut is_past = !page.has_more;
            for work in page.works {
                let created = wire::number(&work.create_time).unwrap_or_default();
                // A pinned work may stand first, so an old one ends the reading only with its page.
                is_past |= created != 0 && created < oldest;
                if sent.taken.contains(&work.item_id) {
                    continue;
                }
                let mut matches = Vec::new();
                if !marker.is_empty() && work.title.contains(marker) {
                    matches.push("marker".to_owned());
                }
                if normal(&work.title) == normal(&text) {
                    matches.push("title".to_owned());
                }
                if created >= sent.armed_at.unix_seconds() - 60 {
                    matches.push("time".to_owned());
                }
                let is_ours = matches.iter().any(|by| by == "marker")
                    || (matches.len() == 2 && matches[0] == "title");
                if is_ours {
                    found.push(Candidate {
                        external_id: work.item_id,
                        external_url: (!work.share_url.is_empty()).then_some(work.share_url),
                        title: work.title,
                        created_at: Some(Timestamp::from_unix_seconds(created)),
                        matches,
                    });
                }
            }
            if is_past {
                break;
            }
            cursor = page.cursor;
        }
        Ok(found)
    }

    fn tokens(&self, grant: &Grant, current: Option<&Tokens>) -> Result<Tokens, ChannelError> {
        if grant.access_token.is_empty() {
            return Err(ChannelError::new(
                ErrorClass::ProtocolDrift,
                "抖音没有给出令牌",
            ));
        }
        let expected = self.account().setting("open_id", "");
        if !grant.open_id.is_empty() && !expected.is_empty() && grant.open_id != expected {
            return Err(ChannelError::new(
                ErrorClass::AuthRevoked,
                "授权的是另一个抖音账号；请用原来的账号重新登录",
            ));
        }
        let now = self.account().clock.now();
        let ends = |life: &Value| {
            wire::number(life)
                .and_then(|life| u64::try_from(life).ok())
                .map(|life| now.plus(Duration::from_secs(life)))
        };
        let old = current.cloned().unwrap_or_default();
        // An empty refresh token never takes the place of one that works.
        let refresh_token = Some(grant.refresh_token.clone())
            .filter(|token| !token.is_empty())
            .or(old.refresh_token);
        let scopes: Vec<String> = grant
            .scope
            .split(',')
            .filter(|scope| !scope.is_empty())
            .map(ToOwned::to_owned)
            .collect();
        Ok(Tokens {
            access_token: grant.access_token.clone(),
            refresh_token,
            expires_at: ends(&grant.expires_in),
            refresh_expires_at: if current.is_some() {
                old.refresh_expires_at
            } else {
                ends(&grant.refresh_expires_in)
            },
            scopes: if scopes.is_empty() {
                old.scopes
            } else {
                scopes
            },
            renewals: old.renewals,
        })
    }
}

/// Texts compared as a reader would: white space trimmed and run together.
fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Equal parts of about the wanted size, so that the last one is not tiny.
fn even_parts(size: u64, wanted: u64) -> Vec<(u64, u64)> {
    let count = size.div_ceil(wanted).max(1);
    let length = size.div_ceil(count);
    (0..count)
        .map(|index| (index * length, ((index + 1) * length).min(size)))
        .filter(|(from, to)| from < to)
        .collect()
}

#[async_trait]
impl Channel for Douyin {
    fn plan(&self, submission: &Submission) -> Vec<Step> {
        if submission.intent != Intent::Publish {
            return vec![Step::new(REMOVE, StepKind::Observe, DEADLINE)];
        }
        let deadline = self.account().deadline(DEADLINE);
        vec![
            Step::new(UPLOAD_COVER, StepKind::Safe, UPLOAD_DEADLINE),
            Step::new(UPLOAD_VIDEO, StepKind::Safe, UPLOAD_DEADLINE),
            Step::new(CREATE_VIDEO, StepKind::Commit, deadline).taking("publish_daily", 1),
            Step::new(OBSERVE, StepKind::Observe, deadline),
        ]
    }

    async fn run(&self, step: &Step, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError> {
        match step.name.as_str() {
            UPLOAD_COVER => self.upload_cover(ctx).await,
            UPLOAD_VIDEO => {
                let video_id = self.upload_video(ctx).await?;
                Ok(Outcome::Done(StepOutput {
                    value: json!({ "video_id": video_id }),
                    ..StepOutput::default()
                }))
            }
            CREATE_VIDEO => self.create(ctx).await,
            OBSERVE => self.observe(ctx).await,
            REMOVE => Ok(Outcome::NeedsUser {
                task: "抖音没有修改和删除的接口：请在抖音里打开这条视频，手动修改或删除".into(),
                expires_at: None,
            }),
            other => Err(ChannelError::new(
                ErrorClass::Bug,
                format!("no step {other}"),
            )),
        }
    }

    async fn find(
        &self,
        sent: &Fingerprint<'_>,
        host: &dyn StepHost,
    ) -> Result<Found, ChannelError> {
        let mut candidates = match self.candidates(sent, host).await {
            Ok(candidates) => candidates,
            Err(error) if error.class == ErrorClass::Permission => {
                return Ok(Found::CannotTell {
                    reason: format!("抖音不再提供列表，无法确认是否已发布：{error}"),
                });
            }
            Err(error) => return Err(error),
        };
        Ok(match (candidates.len(), candidates.pop()) {
            (0, _) => Found::Absent,
            (1, Some(only)) => Found::One(StepOutput {
                value: json!({ "item_id": only.external_id }),
                external_id: Some(only.external_id),
                external_url: only.external_url,
            }),
            (_, last) => {
                candidates.extend(last);
                Found::Many(candidates)
            }
        })
    }

    async fn refresh(&self, current: Option<&Tokens>) -> Result<Option<Tokens>, ChannelError> {
        let revoked = |text: &str| ChannelError::new(ErrorClass::AuthRevoked, text.to_owned());
        let host = &crate::channels::http::NoHost;
        let Some(current) = current else {
            // The first tokens come from the authorisation code that the connect form was given.
            let code = self.account().credential("code");
            if code.is_empty() {
                return Err(revoked("还没有授权；请重新登录抖音"));
            }
            let grant = self.client.exchange_code(host, code).await?;
            return self.tokens(&grant, None).map(Some);
        };
        let refresh_token = current
            .refresh_token
            .as_deref()
            .filter(|token| !token.is_empty())
            .ok_or_else(|| revoked("没有续期令牌；请重新登录抖音"))?;
        let grant = self.client.refresh_token(host, refresh_token).await?;
        let mut tokens = self.tokens(&grant, Some(current))?;
        let now = self.account().clock.now();
        let ends_soon = tokens
            .refresh_expires_at
            .is_some_and(|end| end < now.plus(RENEW_AHEAD));
        if ends_soon && tokens.renewals < MOST_RENEWALS {
            let renewed = self.client.renew_refresh_token(host, refresh_token).await?;
            if !renewed.refresh_token.is_empty() {
                tokens.refresh_token = Some(renewed.refresh_token);
                let life = wire::number(&renewed.expires_in)
                    .and_then(|life| u64::try_from(life).ok())
                    .unwrap_or_default();
                tokens.refresh_expires_at = Some(now.plus(Duration::from_secs(life)));
                tokens.renewals += 1;
            }
        }
        Ok(Some(tokens))
    }

    async fn statistics(
        &self,
        external_id: &str,
        host: &dyn StepHost,
    ) -> Result<Option<Totals>, ChannelError> {
        let token = host.token(None).await?.access_token;
        let totals = self.client.statistics(host, &token, external_id).await?;
        let read = |name: &str| {
            totals
                .get(name)
                .and_then(wire::number)
                .and_then(|number| u64::try_from(number).ok())
        };
        Ok(Some(Totals {
            views: read("total_play"),
            likes: read("total_like"),
            comments: read("total_comment"),
            shares: read("total_share"),
        }))
    }

    async fn check_account(&self, host: &dyn StepHost) -> AccountCheck {
        let tokens = match host.token(None).await {
            Ok(tokens) => tokens,
            Err(error) => {
                return AccountCheck {
                    ok: false,
                    message: format!("令牌不可用：{error}"),
                    lanes: Vec::new(),
                    external_id: None,
                };
            }
        };
        let can_publish = tokens.scopes.is_empty()
            || tokens
                .scopes
                .iter()
                .any(|scope| scope == "video.create.bind");
        let list = match self.client.video_list(host, &tokens.access_token, 0).await {
            Ok(_) => "能查询列表",
            Err(_) => "不能查询列表，结果不明时需要人工核查",
        };
        let message = if can_publish {
            format!("可以直接发布；{list}。")
        } else {
            "没有「代替用户发布」权限，只能由人在抖音里发布。".to_owned()
        };
        AccountCheck {
            ok: can_publish,
            message,
            lanes: if can_publish {
                vec![PUBLISH.to_owned()]
            } else {
                Vec::new()
            },
            external_id: Some(self.account().setting("open_id", "").to_owned())
                .filter(|id| !id.is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::channels::Media;

    #[test]
    fn parts_are_even_and_cover_the_file() {
        let parts = even_parts(45 << 20, 20 << 20);

        assert_eq!(parts.len(), 3);
        assert_eq!(parts.last().map(|(_, to)| *to), Some(45 << 20));
        assert!(parts.windows(2).all(|pair| pair[0].1 == pair[1].0));
        assert!(parts.iter().all(|(from, to)| to - from >= 5 << 20));
    }

    #[test]
    fn the_marker_is_the_last_topic_and_the_text_keeps_its_bound() {
        let submission = Submission {
            delivery_id: String::new(),
            intent: Intent::Publish,
            lane: PUBLISH.into(),
            kind: crate::channels::ContentKind::Video,
            fields: BTreeMap::from([("text".to_owned(), json!("鲜".repeat(1000)))]),
            media: Vec::<Media>::new(),
            page_url: String::new(),
            marker: "ST1a2b3c".into(),
            external_id: None,
        };

        let text = Douyin::text(&submission);

        assert!(text.ends_with(" #ST1a2b3c"));
        assert!(characters(&text) <= 1000);
    }
}
