//! How Douyin carries out a delivery. The create call has no idempotency key, an uploaded video can be used once, and
//! nothing can be deleted: so a lost reply is looked up in the list, by the marker.
//!
//! Settings of an account beside those of its form: `open_id` (whose it is, where nobody signs in), `publish_scopes`
//! (names of the grant's scopes that allow direct publishing), `video_life_s` (an uploaded video that is older is uploaded
//! anew), `review_patience_s` (how long a review is asked after), `handoff_patience_s` (how long a link waits for
//! somebody), `webhook` (`verifying` while the platform verifies our address).

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    COVER, HAND_OFF, PICTURE, PUBLISH, SEARCH, caption, client::DIALECT, handoff, link, lookup,
    mini, statistics, upload::pictures, webhook, wire,
};
use crate::{
    channels::{
        Account, AccountCheck, AppLink, AppPage, Channel, ChannelError, ErrorClass, Fingerprint,
        Found, Incoming, Inspection, Intent, Media, Outcome, Received, SignInReply, SignedIn, Step,
        StepContext, StepHost, StepKind, StepOutput, Submission, Tokens, Totals, beijing,
        bytedance::{
            client::{Client, Piece},
            error::{UPLOAD_GONE, is_one_of, is_unreadable},
            grant, number,
            upload::{self, Sizes},
            wire::Work,
        },
        http::{NoHost, sending_time},
        page::check_page,
    },
    clock::Timestamp,
    error::{Error, Result},
    text::characters,
};

/// Role of the video file.
const VIDEO: &str = "video";

const UPLOAD_COVER: &str = "upload_cover";
const UPLOAD_VIDEO: &str = "upload_video";
const UPLOAD_PICTURES: &str = "upload_pictures";
const CREATE_VIDEO: &str = "create_video";
const CREATE_PICTURES: &str = "create_image_text";
const OBSERVE: &str = "observe_review";
const CHECK_CONTENT: &str = "check_content";
const CHECK_PAGE: &str = "check_page";
const SUBMIT_PAGE: &str = "submit_page";
const ISSUE_LINK: &str = "issue_link";
const AWAIT_PERSON: &str = "await_person";
const REMOVE: &str = "remove_by_hand";

/// How long a call may take that sends no file.
const DEADLINE: Duration = Duration::from_mins(1);
/// How long an uploaded video stays good is not published; one that is older than this is not relied on.
const VIDEO_LIFE_S: &str = "7200";
/// How long a review is asked after, where the platform tells at all.
const REVIEW_PATIENCE_S: &str = "86400";
/// How long a link waits for somebody to publish.
const HAND_OFF_PATIENCE_S: &str = "604800";
/// Scopes that allow direct publishing; names are merged and renamed over time.
const PUBLISH_SCOPES: &str = "video.create.bind";

struct Douyin {
    client: Client,
    sizes: Sizes,
    video_life: Duration,
    review_patience: Duration,
    hand_off_patience: Duration,
}

/// A setting that is one of these; the first when it is not given.
fn one_of(account: &Account, name: &str, options: &[&str]) -> Result<()> {
    if options.contains(&account.setting(name, options[0])) {
        return Ok(());
    }
    Err(Error::invalid(
        format!("input.settings.{name}"),
        format!("must be one of {}", options.join(", ")),
    ))
}

/// Binds an account.
pub fn connect(account: Account) -> Result<Arc<dyn Channel>> {
    const MONTH_S: u64 = 30 * 86_400;
    let sizes = Sizes::of(&account)?;
    let seconds = |name: &str, default: &str| {
        number(&account, name, default, (0, MONTH_S)).map(Duration::from_secs)
    };
    let video_life = seconds("video_life_s", VIDEO_LIFE_S)?;
    let review_patience = seconds("review_patience_s", REVIEW_PATIENCE_S)?;
    let hand_off_patience = seconds("handoff_patience_s", HAND_OFF_PATIENCE_S)?;
    one_of(&account, "read_profile", &["reduced", "classic", "offline"])?;
    one_of(&account, "content_check", &["off", "on"])?;
    Ok(Arc::new(Douyin {
        client: Client {
            account,
            dialect: &DIALECT,
        },
        sizes,
        video_life,
        review_patience,
        hand_off_patience,
    }))
}

/// A call that sends files may take the longer the larger they are.
fn with_files(deadline: Duration, files: &[&Media]) -> Duration {
    deadline + sending_time(files.iter().copied())
}

/// What a work is made of, as the step that uploads it leaves it behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Uploaded {
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
    fn now(&self) -> Timestamp {
        self.client.account.clock.now()
    }

    async fn upload_cover(&self, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
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
    async fn upload(&self, ctx: &mut StepContext<'_>) -> Result<Uploaded, ChannelError> {
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

    async fn create(&self, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError> {
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
    async fn observe(&self, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
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

    /// Whether the grant allows direct publishing; a grant that names no scopes is believed.
    fn can_publish(&self, tokens: &Tokens) -> bool {
        let wanted = self
            .client
            .account
            .setting("publish_scopes", PUBLISH_SCOPES);
        tokens.scopes.is_empty()
            || wanted
                .split(',')
                .any(|wanted| tokens.scopes.iter().any(|scope| scope == wanted.trim()))
    }
}

#[async_trait]
impl Channel for Douyin {
    fn plan(&self, submission: &Submission) -> Vec<Step> {
        let deadline = self.client.account.deadline(DEADLINE);
        let step = |name: &str, kind: StepKind| Step::new(name, kind, deadline);
        let mut plan = Vec::new();
        match (submission.lane.as_str(), submission.intent) {
            // A page that changed is submitted like a new one.
            (SEARCH, Intent::Publish | Intent::Update) => {
                plan.push(step(CHECK_PAGE, StepKind::Safe));
                plan.push(step(SUBMIT_PAGE, StepKind::Commit));
                return plan;
            }
            (_, Intent::Update | Intent::Takedown) => {
                plan.push(step(REMOVE, StepKind::Observe));
                return plan;
            }
            (_, Intent::Publish) => {}
        }
        if self.client.account.setting("content_check", "off") == "on" {
            plan.push(step(CHECK_CONTENT, StepKind::Safe));
        }
        if submission.lane == HAND_OFF {
            plan.push(step(ISSUE_LINK, StepKind::Safe));
            plan.push(step(AWAIT_PERSON, StepKind::Observe));
            return plan;
        }
        let files = |role: &str| -> Vec<&Media> {
            let media = submission.media.iter();
            media.filter(|media| media.role == role).collect()
        };
        let (video, cover) = (files(VIDEO), files(COVER));
        let (uploads, create, parts) = if video.is_empty() {
            (UPLOAD_PICTURES, CREATE_PICTURES, files(PICTURE))
        } else {
            (UPLOAD_VIDEO, CREATE_VIDEO, video)
        };
        if create == CREATE_VIDEO {
            let patience = with_files(DEADLINE, &cover);
            plan.push(Step::new(UPLOAD_COVER, StepKind::Safe, patience));
        }
        let patience = with_files(DEADLINE, &parts);
        plan.push(Step::new(uploads, StepKind::Safe, patience));
        // A creation that was proven absent uploads everything again.
        let patience = with_files(deadline, &parts);
        plan.push(Step::new(create, StepKind::Commit, patience).taking("publish_daily", 1));
        plan.push(step(OBSERVE, StepKind::Observe));
        plan
    }

    async fn run(&self, step: &Step, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError> {
        match step.name.as_str() {
            UPLOAD_COVER => self.upload_cover(ctx).await,
            UPLOAD_VIDEO | UPLOAD_PICTURES => {
                let uploaded = self.upload(ctx).await?;
                Ok(Outcome::Done(StepOutput {
                    value: json!(uploaded),
                    ..StepOutput::default()
                }))
            }
            CREATE_VIDEO | CREATE_PICTURES => self.create(ctx).await,
            OBSERVE => self.observe(ctx).await,
            ISSUE_LINK => handoff::issue(&self.client, ctx).await,
            AWAIT_PERSON => {
                let issued = ctx.outputs.get(ISSUE_LINK).unwrap_or(&Value::Null);
                handoff::wait(&self.client, ctx, issued, self.hand_off_patience).await
            }
            CHECK_CONTENT => mini::check_content(&self.client, ctx).await,
            CHECK_PAGE => check_page(&self.client.account, ctx).await,
            SUBMIT_PAGE => mini::submit_page(&self.client, ctx).await,
            REMOVE if ctx.submission.lane == SEARCH => Ok(Outcome::NeedsUser {
                task: "请让小程序里的这个页面显示已下线，抖音会自行更新收录（删除收录的接口不可撤销，所以不用它）".into(),
                expires_at: None,
            }),
            REMOVE => Ok(Outcome::NeedsUser {
                task: "抖音没有修改和删除的接口：请在抖音里打开这条作品，手动修改或删除".into(),
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
        if sent.submission.lane == SEARCH {
            // Nothing tells what became of a page, and the same page twice is one page.
            return Ok(if sent.resend_count == 0 {
                Found::Harmless {
                    resend_at: self.now(),
                }
            } else {
                Found::Assumed {
                    reason: "抖音没有查询收录提交的接口；已重发一次，视为已提交".into(),
                }
            });
        }
        let mut candidates = match lookup::candidates(&self.client, sent, host).await {
            Ok(candidates) => candidates,
            Err(error) if is_unreadable(&error) => {
                return Ok(Found::CannotTell {
                    reason: format!("抖音不提供作品列表，无法确认是否已发布：{error}"),
                });
            }
            Err(error) => return Err(error),
        };
        Ok(match (candidates.len(), candidates.pop()) {
            (0, _) => Found::Absent,
            (1, Some(only)) => Found::One(StepOutput {
                value: json!({ "item_id": only.external_id, "at": only.created_at.map(|at| at.0) }),
                external_id: Some(only.external_id),
                external_url: only.external_url,
                ..StepOutput::default()
            }),
            (_, last) => {
                candidates.extend(last);
                Found::Many(candidates)
            }
        })
    }

    async fn refresh(&self, current: Option<&Tokens>) -> Result<Option<Tokens>, ChannelError> {
        grant::refresh(&self.client, current).await.map(Some)
    }

    async fn try_secrets(&self) -> Result<Option<Tokens>, ChannelError> {
        // A person's grant does not hang on the secret: the tokens stay.
        self.client.client_token(&NoHost).await.map(|_| None)
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
        statistics::totals(&self.client, host, external_id).await
    }

    async fn statistics_by_day(
        &self,
        external_id: &str,
        since: NaiveDate,
        host: &dyn StepHost,
    ) -> Result<Option<Vec<(NaiveDate, Totals)>>, ChannelError> {
        statistics::by_day(&self.client, host, external_id, since).await
    }

    async fn app_link(
        &self,
        kind: &str,
        page: &AppPage,
        host: &dyn StepHost,
    ) -> Result<AppLink, ChannelError> {
        link::make(&self.client, kind, page, host).await
    }

    async fn inspect(
        &self,
        fields: &BTreeMap<String, Value>,
        pictures: &[Media],
        host: &dyn StepHost,
    ) -> Result<Inspection, ChannelError> {
        mini::inspect(&self.client, fields, pictures, host).await
    }

    fn receive(&self, incoming: &Incoming<'_>) -> Result<Received, ChannelError> {
        webhook::receive(&self.client.account, incoming)
    }

    async fn check_account(&self, host: &dyn StepHost) -> AccountCheck {
        let mut lanes = Vec::new();
        let mut barred = BTreeMap::new();
        let mut said = Vec::new();
        let mut open_id = self.client.account.setting("open_id", "").to_owned();
        let mut can_be_used = true;
        match host.token(None).await {
            Ok(tokens) => {
                if self.can_publish(&tokens) {
                    lanes.push(PUBLISH.to_owned());
                    said.push("可以直接发布".to_owned());
                } else {
                    let reason = "没有「代替用户发布」权限".to_owned();
                    barred.insert(PUBLISH.to_owned(), reason.clone());
                    said.push(reason);
                }
                said.push(match self.client.video_list(host, 0).await {
                    Ok(_) => "能查询作品，回执丢失时可以自动核对".to_owned(),
                    Err(error) if is_unreadable(&error) => {
                        format!("不能查询作品，回执丢失时需要人工核对：{error}")
                    }
                    Err(error) => format!("查询作品没有成功：{error}"),
                });
                if let Some(end) = tokens.refresh_expires_at {
                    let left = grant::MOST_RENEWALS.saturating_sub(tokens.renewals);
                    said.push(format!("授权到 {}，还能自动续期 {left} 次", day(end)));
                }
                open_id = tokens.external_id.unwrap_or(open_id);
            }
            Err(error) => {
                // An account for hand-off alone needs nobody's grant.
                can_be_used = grant::is_missing(&error);
                if can_be_used {
                    barred.insert(PUBLISH.to_owned(), error.message.clone());
                }
                said.push(format!("不能直接发布：{error}"));
            }
        }
        match handoff::check(&self.client, host).await {
            Ok(()) => {
                lanes.push(HAND_OFF.to_owned());
                said.push("可以扫码发布".to_owned());
            }
            Err(error) => {
                let reason = error.bars();
                barred.extend(reason.map(|reason| (HAND_OFF.to_owned(), reason)));
                said.push(format!("不能扫码发布：{error}"));
            }
        }
        // Whether pages may be submitted shows only when one is.
        lanes.push(SEARCH.to_owned());
        AccountCheck {
            ok: can_be_used && lanes.len() > 1,
            message: format!("{}。", said.join("；")),
            lanes,
            barred,
            external_id: Some(open_id).filter(|id| !id.is_empty()),
        }
    }
}

/// The day in Beijing, as people write it.
fn day(at: Timestamp) -> String {
    beijing(at).format("%Y-%m-%d").to_string()
}
