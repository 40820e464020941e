//! How Toutiao carries out a delivery. The create call has no idempotency key, an uploaded video can be used once, and
//! nothing can be deleted: so a lost reply is looked up in the list. Articles are published by a person.
//!
//! Settings of an account beside those of its form: `open_id` (whose it is, where nobody signs in), `video_life_s` (an
//! uploaded video that is older is uploaded anew), `listing_patience_s` (how long a video may be missing from what the platform tells), `article_patience_s` (how long an
//! article waits for somebody).

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{ARTICLE, LONGEST_TEXT, VIDEO, client::DIALECT, lookup, package};
use crate::{
    channels::{
        Account, AccountCheck, Channel, ChannelError, ErrorClass, Fingerprint, Found, Intent,
        Media, Outcome, SignInReply, SignedIn, Step, StepContext, StepHost, StepKind, StepOutput,
        Submission, Tokens, Totals, beijing,
        bytedance::{
            client::Client,
            error::{UPLOAD_GONE, is_one_of, is_unreadable},
            grant, number,
            upload::{self, Sizes},
        },
        http::{NoHost, sending_time},
    },
    clock::Timestamp,
    error::Result,
    text::characters,
};

const UPLOAD_VIDEO: &str = "upload_video";
const CREATE_VIDEO: &str = "create_video";
const OBSERVE: &str = "observe_video";
const PACK: &str = "pack_article";
const AWAIT_PERSON: &str = "await_person";
const BY_HAND: &str = "change_by_hand";

/// How long a call may take that sends no file.
const DEADLINE: Duration = Duration::from_mins(1);
/// How long an uploaded video stays good is not published; one that is older than this is not relied on.
const VIDEO_LIFE_S: &str = "7200";
/// How long a video may be missing from what the platform tells.
const LISTING_PATIENCE_S: &str = "86400";
/// How long an article waits for somebody.
const ARTICLE_PATIENCE_S: &str = "604800";
/// The scope that allows publishing videos.
const CREATE_SCOPE: &str = "toutiao.video.create";

struct Toutiao {
    client: Client,
    sizes: Sizes,
    video_life: Duration,
    listing_patience: Duration,
    article_patience: Duration,
}

/// Binds an account.
pub fn connect(account: Account) -> Result<Arc<dyn Channel>> {
    const MONTH_S: u64 = 30 * 86_400;
    let sizes = Sizes::of(&account)?;
    let seconds = |name: &str, default: &str| {
        number(&account, name, default, (0, MONTH_S)).map(Duration::from_secs)
    };
    let video_life = seconds("video_life_s", VIDEO_LIFE_S)?;
    let listing_patience = seconds("listing_patience_s", LISTING_PATIENCE_S)?;
    let article_patience = seconds("article_patience_s", ARTICLE_PATIENCE_S)?;
    Ok(Arc::new(Toutiao {
        client: Client {
            account,
            dialect: &DIALECT,
        },
        sizes,
        video_life,
        listing_patience,
        article_patience,
    }))
}

fn done(value: Value) -> Outcome {
    Outcome::Done(StepOutput {
        value,
        ..StepOutput::default()
    })
}

fn output<'o>(ctx: &'o StepContext<'_>, step: &str) -> &'o Value {
    ctx.outputs.get(step).unwrap_or(&Value::Null)
}

/// A video that the platform has.
fn created(item_id: String, at: Timestamp) -> StepOutput {
    StepOutput {
        value: json!({ "item_id": item_id, "at": at.0 }),
        external_id: Some(item_id),
        ..StepOutput::default()
    }
}

impl Toutiao {
    fn now(&self) -> Timestamp {
        self.client.account.clock.now()
    }

    /// Uploads the video: its id, and when.
    async fn upload(&self, ctx: &mut StepContext<'_>) -> Result<Value, ChannelError> {
        let video_id = upload::video(&self.client, self.sizes, ctx).await?;
        Ok(json!({ "video_id": video_id, "at": self.now().0 }))
    }

    /// The id of an uploaded video, unless it is too old to be relied on.
    fn fresh(&self, uploaded: &Value) -> Option<String> {
        let at = Timestamp(uploaded["at"].as_i64()?);
        let id = uploaded["video_id"].as_str()?;
        (self.now().since(at) < self.video_life).then(|| id.to_owned())
    }

    async fn create(&self, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError> {
        let text = lookup::text(&ctx.submission.fields).to_owned();
        if characters(&text) > LONGEST_TEXT as usize {
            return Err(ChannelError {
                field: Some("text".to_owned()),
                ..ChannelError::new(ErrorClass::Validation, "视频标题超过 30 字")
            });
        }
        // A video makes one work. After a creation that was proven absent its id is not trusted: upload anew.
        let is_of_now = ctx.handle["resend"] == json!(ctx.resend_count);
        let kept = self
            .fresh(&ctx.handle["uploaded"])
            .filter(|_| is_of_now)
            .or_else(|| {
                self.fresh(output(ctx, UPLOAD_VIDEO))
                    .filter(|_| ctx.resend_count == 0)
            });
        let (video_id, is_known) = match kept {
            Some(known) => (known, true),
            None => (self.upload_anew(ctx).await?, false),
        };
        match self.create_of(ctx, &video_id, &text).await {
            // A definite refusal, and this id was never used: the upload has ended by itself.
            Err(error) if is_known && is_one_of(&error, &[UPLOAD_GONE]) => {
                let video_id = self.upload_anew(ctx).await?;
                self.create_of(ctx, &video_id, &text).await
            }
            made => made,
        }
    }

    async fn upload_anew(&self, ctx: &mut StepContext<'_>) -> Result<String, ChannelError> {
        let uploaded = self.upload(ctx).await.map_err(upload::nothing_created)?;
        let id = uploaded["video_id"].as_str().unwrap_or_default().to_owned();
        let handle = json!({ "resend": ctx.resend_count, "uploaded": uploaded });
        ctx.save_handle(handle)
            .await
            .map_err(upload::nothing_created)?;
        Ok(id)
    }

    async fn create_of(
        &self,
        ctx: &StepContext<'_>,
        video_id: &str,
        text: &str,
    ) -> Result<Outcome, ChannelError> {
        let body = json!({ "video_id": video_id, "text": text });
        let item_id = self.client.create_video(ctx.host, &body).await?;
        Ok(Outcome::Done(created(item_id, self.now())))
    }

    /// Whether the platform shows the video; it tells nothing of its review.
    async fn observe(&self, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
        let made = output(ctx, CREATE_VIDEO);
        let item_id = made["item_id"].as_str().unwrap_or_default();
        let told = match self.client.video_data(ctx.host, item_id).await {
            Ok(Some(_)) => "listed",
            Err(error) if is_unreadable(&error) => "not_readable",
            Err(error) => return Err(error),
            Ok(None) => {
                let made_at = made["at"].as_i64().map_or(self.now(), Timestamp);
                return Ok(if self.now().since(made_at) < self.listing_patience {
                    Outcome::Pending {
                        note: "头条的列表里还没有这条视频".to_owned(),
                        retry_in: None,
                    }
                } else {
                    // Deleted by its owner, or held back: only somebody who looks can tell.
                    Outcome::NeedsUser {
                        task: "头条收下了这条视频，但一直查不到它：请在头条号后台看看它是否还在"
                            .to_owned(),
                        expires_at: Some(self.now()),
                    }
                });
            }
        };
        Ok(Outcome::Done(StepOutput {
            value: json!({ "review": told }),
            external_id: Some(item_id.to_owned()),
            ..StepOutput::default()
        }))
    }

    /// Asks for an article until the patience is over. Only a person can say that it is there.
    fn await_person(&self, ctx: &StepContext<'_>) -> Outcome {
        let packed_at = output(ctx, PACK)["at"].as_i64();
        let packed_at = packed_at.map_or(self.now(), Timestamp);
        Outcome::NeedsUser {
            task: package::task(ctx.submission),
            expires_at: Some(packed_at.plus(self.article_patience)),
        }
    }
}

#[async_trait]
impl Channel for Toutiao {
    fn plan(&self, submission: &Submission) -> Vec<Step> {
        let deadline = self.client.account.deadline(DEADLINE);
        let step = |name: &str, kind: StepKind| Step::new(name, kind, deadline);
        if submission.intent != Intent::Publish {
            return vec![step(BY_HAND, StepKind::Observe)];
        }
        if submission.lane == ARTICLE {
            return vec![
                step(PACK, StepKind::Pure),
                step(AWAIT_PERSON, StepKind::Observe),
            ];
        }
        let video = |media: &&Media| media.role == "video";
        let sending = sending_time(submission.media.iter().filter(video));
        vec![
            Step::new(UPLOAD_VIDEO, StepKind::Safe, DEADLINE + sending),
            // A creation that was proven absent uploads everything again.
            Step::new(CREATE_VIDEO, StepKind::Commit, deadline + sending),
            step(OBSERVE, StepKind::Observe),
        ]
    }

    async fn run(&self, step: &Step, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError> {
        match step.name.as_str() {
            UPLOAD_VIDEO => self.upload(ctx).await.map(done),
            CREATE_VIDEO => self.create(ctx).await,
            OBSERVE => self.observe(ctx).await,
            PACK => Ok(done(json!({ "at": self.now().0 }))),
            AWAIT_PERSON => Ok(self.await_person(ctx)),
            BY_HAND => Ok(Outcome::NeedsUser {
                task: format!(
                    "头条没有修改和删除的接口：请登录 {} 手动修改或删除",
                    package::CONSOLE
                ),
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
        let mut candidates = match lookup::candidates(&self.client, sent, host).await {
            Err(error) if is_unreadable(&error) => {
                return Ok(Found::CannotTell {
                    reason: format!("不能查询头条的视频列表，无法确认是否已发布：{error}"),
                });
            }
            found => found?,
        };
        Ok(match (candidates.len(), candidates.pop()) {
            (1, Some(only)) if lookup::is_in_time(&only) => {
                let at = only.created_at.unwrap_or_else(|| self.now());
                Found::One(created(only.external_id, at))
            }
            (_, None) => Found::Absent,
            // A twin of the same day makes it doubtful which is ours, if any: nothing is sent again by itself.
            (_, Some(last)) => {
                candidates.push(last);
                Found::Many(candidates)
            }
        })
    }

    async fn refresh(&self, current: Option<&Tokens>) -> Result<Option<Tokens>, ChannelError> {
        grant::refresh(&self.client, current).await.map(Some)
    }

    async fn try_secrets(&self) -> Result<Option<Tokens>, ChannelError> {
        // Who only takes articles over by hand has no application.
        if !self.client.account.setting("client_key", "").is_empty() {
            // A person's grant does not hang on the secret: the tokens stay.
            self.client.try_secret(&NoHost).await?;
        }
        Ok(None)
    }

    fn sign_in_page(&self, back: &str, state: &str) -> Result<String, ChannelError> {
        grant::page(&self.client, back, state)
    }

    fn read_sign_in(&self, query: &BTreeMap<String, String>) -> Result<SignInReply, ChannelError> {
        grant::reply(&self.client, query)
    }

    async fn exchange(&self, code: &str) -> Result<SignedIn, ChannelError> {
        grant::exchange(&self.client, code).await
    }

    async fn statistics(
        &self,
        external_id: &str,
        host: &dyn StepHost,
    ) -> Result<Option<Totals>, ChannelError> {
        match self.client.video_data(host, external_id).await {
            Ok(work) => Ok(work.map(|work| {
                let [views, likes, comments, shares] = work
                    .counts
                    .map(|count| count.and_then(|count| u64::try_from(count).ok()));
                Totals {
                    views,
                    likes,
                    comments,
                    shares,
                }
            })),
            // An article that a person published: the platform tells nothing of it.
            Err(error) if is_unreadable(&error) || error.class == ErrorClass::Validation => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn check_account(&self, host: &dyn StepHost) -> AccountCheck {
        let account = &self.client.account;
        // An article needs nobody's grant.
        let mut check = AccountCheck {
            ok: true,
            message: String::new(),
            lanes: vec![ARTICLE.to_owned()],
            barred: BTreeMap::new(),
            external_id: None,
        };
        let mut said = vec!["可以导出文章，由人在头条号后台发布".to_owned()];
        let mut bar = |reason: &str| {
            check.barred.insert(VIDEO.to_owned(), reason.to_owned());
        };
        let mut open_id = account.setting("open_id", "").to_owned();
        if account.setting("client_key", "").is_empty() {
            bar("没有填写应用的 Client Key");
            said.push("没有填写应用，不能发布视频".to_owned());
            return told(check, &said, open_id);
        }
        let tokens = match host.token(None).await {
            Ok(tokens) => tokens,
            Err(error) => {
                let nobody_is_meant = grant::is_missing(&error);
                if nobody_is_meant {
                    bar(&error.message);
                }
                said.push(format!("不能发布视频：{error}"));
                check.ok = nobody_is_meant;
                return told(check, &said, open_id);
            }
        };
        let may_create =
            tokens.scopes.is_empty() || tokens.scopes.iter().any(|scope| scope == CREATE_SCOPE);
        if may_create {
            check.lanes.insert(0, VIDEO.to_owned());
            said.push("可以发布视频".to_owned());
        } else {
            let reason = format!("没有「{CREATE_SCOPE}」权限");
            bar(&reason);
            said.push(format!("{reason}，不能发布视频"));
        }
        said.push(match self.client.video_list(host, 0).await {
            Ok(_) => "能查询视频，回执丢失时可以自动核对".to_owned(),
            Err(error) => format!("不能查询视频，回执丢失时需要人工核对：{error}"),
        });
        if let Some(end) = tokens.refresh_expires_at {
            let left = grant::MOST_RENEWALS.saturating_sub(tokens.renewals);
            let day = beijing(end).format("%Y-%m-%d");
            said.push(format!("授权到 {day}，还能自动续期 {left} 次"));
        }
        open_id = tokens.external_id.unwrap_or(open_id);
        told(check, &said, open_id)
    }
}

/// A check with its sentence, and whose account it is.
fn told(check: AccountCheck, said: &[String], open_id: String) -> AccountCheck {
    AccountCheck {
        message: format!("{}。", said.join("；")),
        external_id: Some(open_id).filter(|id| !id.is_empty()),
        ..check
    }
}
