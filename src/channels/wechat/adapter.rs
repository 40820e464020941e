//! How WeChat carries out a delivery. Neither making a draft nor publishing it has an idempotency key, so each carries the
//! delivery's mark in the address behind "read more"; a lost reply is looked up in both lists by it.
//!
//! Setting of an account beside those of its form: `draft_patience_s` (how long a draft waits for somebody).

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{
    BODY, COVER, DRAFT, MASS, PICTURE, PICTURES, SEARCH, account,
    article::article,
    callback,
    client::{self, Client},
    error::{UNKNOWN_MEDIA, is},
    inspect, link,
    lookup::{Entry, List, marked},
    mass::{self, Audience, Sending},
    mini::Mini,
    search, statistics,
};
use crate::{
    channels::{
        Account, AccountCheck, AppLink, AppPage, Channel, ChannelError, ErrorClass, Fingerprint,
        Found, Incoming, Inspection, Intent, Media, Outcome, Received, Step, StepContext, StepHost,
        StepKind, StepOutput, Submission, Tokens, Totals, envelope,
    },
    clock::Timestamp,
    error::{Error, Result},
};

/// Step that uploads the cover.
pub const UPLOAD_COVER: &str = "upload_cover";
/// Step that uploads the pictures of the text.
pub const UPLOAD_PICTURES: &str = "upload_pictures";
/// Step that uploads the pictures of a picture post.
pub const UPLOAD_MATERIALS: &str = "upload_materials";
/// Step that makes the draft.
pub const ADD_DRAFT: &str = "add_draft";
const SUBMIT: &str = "submit";
const OBSERVE: &str = "observe_publication";
const AWAIT_PERSON: &str = "await_person";
const DELETE: &str = "delete_article";
const BY_HAND: &str = "change_by_hand";

/// How long a call may take that sends no file.
const DEADLINE: Duration = Duration::from_mins(1);
/// How long a step that sends files may take.
const UPLOAD_DEADLINE: Duration = Duration::from_mins(10);
/// How long a draft waits for somebody.
const PATIENCE_S: &str = "604800";
/// A draft that left the box shows among the articles within this time, or a person took it away.
const GRACE: Duration = Duration::from_mins(10);
/// Where a person publishes drafts.
const CONSOLE: &str = "https://mp.weixin.qq.com/";

struct WeChat {
    client: Client,
    patience: Duration,
    /// Who gets what is sent to followers; nobody, unless the account says who.
    audience: Option<Audience>,
}

/// Binds an account.
pub fn connect(account: Account) -> Result<Arc<dyn Channel>> {
    let patience = account.setting("draft_patience_s", PATIENCE_S).parse();
    let patience = patience.map_err(|_| {
        Error::invalid(
            "input.settings.draft_patience_s",
            "must be a whole number of seconds",
        )
    })?;
    let key = account.credential("aes_key");
    if !key.is_empty() && envelope::key(key).is_none() {
        let text = "must be the 43 letters and digits of the EncodingAESKey";
        return Err(Error::invalid("input.credentials.aes_key", text));
    }
    for name in ["search_category_id", "search_cover_size"] {
        if !search::is_number(&account, name, "1") {
            let field = format!("input.settings.{name}");
            return Err(Error::invalid(field, "must be a whole number"));
        }
    }
    let audience = Audience::read(account.setting("mass_to", ""))
        .map_err(|text| Error::invalid("input.settings.mass_to", text))?;
    Ok(Arc::new(WeChat {
        client: Client { account },
        patience: Duration::from_secs(patience),
        audience,
    }))
}

/// A step that is done, with what later steps need.
pub fn done(value: Value) -> Outcome {
    Outcome::Done(StepOutput {
        value,
        ..StepOutput::default()
    })
}

/// An article that readers see.
fn published(article_id: &str, url: Option<String>) -> StepOutput {
    StepOutput {
        value: json!({ "article_id": article_id, "url": url }),
        external_id: Some(article_id.to_owned()),
        external_url: url,
        ..StepOutput::default()
    }
}

/// What an earlier step left.
pub fn output<'o>(ctx: &'o StepContext<'_>, step: &str) -> &'o Value {
    ctx.outputs.get(step).unwrap_or(&Value::Null)
}

/// What an earlier step found to be published already.
fn known_article(value: &Value) -> Option<StepOutput> {
    let url = value["url"].as_str().map(ToOwned::to_owned);
    value["article_id"].as_str().map(|id| published(id, url))
}

impl WeChat {
    fn now(&self) -> Timestamp {
        self.client.account.clock.now()
    }

    /// Puts pictures into the library, each under a name of its own. One whose answer was lost is found by that name.
    async fn upload_materials(
        &self,
        ctx: &mut StepContext<'_>,
        role: &str,
    ) -> Result<Outcome, ChannelError> {
        let media: Vec<_> = ctx.media(role).cloned().collect();
        let mut ids: Vec<String> =
            serde_json::from_value(ctx.handle["ids"].clone()).unwrap_or_default();
        for (place, media) in media.iter().enumerate().skip(ids.len()) {
            let hash = media.sha256.get(..8).unwrap_or_default();
            let name = format!("{}-{place}-{hash}.jpg", ctx.submission.marker);
            let is_begun = ctx.handle["begun"] == json!(place);
            let known = if is_begun {
                self.client.find_material(ctx.host, &name).await?
            } else {
                ctx.save_handle(json!({ "ids": ids, "begun": place }))
                    .await?;
                None
            };
            let id = match known {
                Some(id) => id,
                None => self.client.add_material(ctx.host, media, &name).await?,
            };
            ids.push(id);
            ctx.save_handle(json!({ "ids": ids })).await?;
        }
        Ok(done(json!({ "ids": ids })))
    }

    /// Uploads the pictures of the text. One that is uploaded twice is only garbage.
    async fn upload_pictures(&self, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError> {
        let media: Vec<_> = ctx.media(BODY).cloned().collect();
        let mut urls: Vec<String> =
            serde_json::from_value(ctx.handle["urls"].clone()).unwrap_or_default();
        for media in media.iter().skip(urls.len()) {
            urls.push(self.client.upload_picture(ctx.host, media).await?);
            ctx.save_handle(json!({ "urls": urls })).await?;
        }
        Ok(done(json!({ "urls": urls })))
    }

    async fn add_draft(&self, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
        let article = article(ctx)?;
        let media_id = self.client.add_draft(ctx.host, &article).await?;
        Ok(done(json!({ "media_id": media_id, "at": self.now().0 })))
    }

    async fn submit(&self, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
        let draft = output(ctx, ADD_DRAFT);
        if let Some(known) = known_article(draft) {
            return Ok(Outcome::Done(known));
        }
        let media_id = draft["media_id"].as_str().unwrap_or_default();
        match self.client.submit(ctx.host, media_id).await {
            // The draft left the box: somebody published it in the console, or threw it away.
            Err(error) if is(&error, UNKNOWN_MEDIA) => {
                match self.find_article(ctx.submission, ctx.host, draft).await? {
                    Some(article) => Ok(Outcome::Done(article)),
                    None => Err(ChannelError {
                        class: ErrorClass::Validation,
                        message: "草稿已不在草稿箱里，也没有发布：请重新安排发布".into(),
                        ..error
                    }),
                }
            }
            submitted => submitted.map(done),
        }
    }

    async fn find_article(
        &self,
        submission: &Submission,
        host: &dyn StepHost,
        draft: &Value,
    ) -> Result<Option<StepOutput>, ChannelError> {
        let made_at = Timestamp(draft["at"].as_i64().unwrap_or_default());
        let found = marked(&self.client, host, List::Articles, submission, made_at).await?;
        let first = found.into_iter().next();
        Ok(first.map(|article| published(&article.id, article.url)))
    }

    /// What became of the job.
    async fn observe(&self, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
        let submitted = output(ctx, SUBMIT);
        if let Some(known) = known_article(submitted) {
            return Ok(Outcome::Done(known));
        }
        let publish_id = submitted["publish_id"].as_str().unwrap_or_default();
        let job = self.client.job(ctx.host, publish_id).await?;
        let failed = |text: &str, status: i64| {
            Err(ChannelError::new(ErrorClass::ContentRejected, text).with_code(status.to_string()))
        };
        match job["publish_status"].as_i64() {
            Some(0) => {
                let article_id = client::text(&job, "article_id")?;
                let url = job.pointer("/article_detail/item/0/article_url");
                let url = url.and_then(Value::as_str).map(ToOwned::to_owned);
                Ok(Outcome::Done(published(&article_id, url)))
            }
            Some(1) => Ok(Outcome::Pending {
                note: "微信正在发布".to_owned(),
                retry_in: None,
            }),
            Some(2) => failed("微信没有发布：原创声明失败", 2),
            Some(3) => failed("微信没有发布：发布失败", 3),
            Some(4) => failed("微信没有发布：平台审核不通过", 4),
            Some(5) => failed("文章发布后被删除", 5),
            Some(6) => failed("文章发布后被微信封禁", 6),
            other => Err(ChannelError::new(
                ErrorClass::ProtocolDrift,
                format!("微信给出了未知的发布状态 {other:?}"),
            )),
        }
    }

    /// Looks whether somebody published the draft; else asks for it until the patience is over.
    async fn await_person(&self, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
        let draft = output(ctx, ADD_DRAFT);
        if let Some(known) = known_article(draft) {
            return Ok(Outcome::Done(known));
        }
        if let Some(article) = self.find_article(ctx.submission, ctx.host, draft).await? {
            return Ok(Outcome::Done(article));
        }
        let media_id = draft["media_id"].as_str().unwrap_or_default();
        let made_at = Timestamp(draft["at"].as_i64().unwrap_or_default());
        let task = match self.client.draft(ctx.host, media_id).await? {
            Some(found) => {
                let preview = found["news_item"][0]["url"].as_str().unwrap_or_default();
                format!("草稿已在公众号的草稿箱里，请登录 {CONSOLE} 核对后发表。预览：{preview}")
            }
            None => format!(
                "草稿已不在草稿箱里：如果已经发表，请确认并填写文章链接；如果删除了，请取消。公众平台：{CONSOLE}"
            ),
        };
        Ok(Outcome::NeedsUser {
            task,
            expires_at: Some(made_at.plus(self.patience)),
        })
    }

    /// Keeps the oldest of our drafts; others that carry the same mark are ours as well, and go.
    async fn find_draft(
        &self,
        sent: &Fingerprint<'_>,
        host: &dyn StepHost,
    ) -> Result<Found, ChannelError> {
        let look = |list| marked(&self.client, host, list, sent.submission, sent.armed_at);
        if let Some(article) = look(List::Articles).await?.into_iter().next() {
            return Ok(Found::One(published(&article.id, article.url)));
        }
        let mut drafts = look(List::Drafts).await?.into_iter();
        let Some(Entry { id, at, .. }) = drafts.next() else {
            return Ok(Found::Absent);
        };
        for other in drafts {
            self.client.delete_draft(host, &other.id).await?;
        }
        Ok(Found::One(StepOutput {
            value: json!({ "media_id": id, "at": at.0 }),
            ..StepOutput::default()
        }))
    }

    async fn find_submitted(
        &self,
        sent: &Fingerprint<'_>,
        host: &dyn StepHost,
    ) -> Result<Found, ChannelError> {
        let draft = sent.outputs.get(ADD_DRAFT).unwrap_or(&Value::Null);
        if let Some(article) = self.find_article(sent.submission, host, draft).await? {
            return Ok(Found::One(article));
        }
        let media_id = draft["media_id"].as_str().unwrap_or_default();
        // A draft that is still there may have a job that runs, or none: only time tells.
        let is_there = self.client.draft(host, media_id).await?.is_some();
        if is_there || self.now().since(sent.armed_at) < GRACE {
            return Ok(Found::Absent);
        }
        Ok(Found::CannotTell {
            reason: "草稿已不在草稿箱里，已发布的列表里也没有：可能有人删除了它".into(),
        })
    }
}

#[async_trait]
impl Channel for WeChat {
    fn plan(&self, submission: &Submission) -> Vec<Step> {
        let deadline = self.client.account.deadline(DEADLINE);
        let step = |name: &str, kind: StepKind| Step::new(name, kind, deadline);
        let upload = |name: &str| Step::new(name, StepKind::Safe, UPLOAD_DEADLINE);
        if submission.lane == SEARCH {
            let page = |name: &str| step(name, StepKind::Commit).taking(search::QUOTA, 1);
            return match submission.intent {
                Intent::Takedown => vec![page(search::REMOVE)],
                // A page that changed overwrites the one that is there.
                Intent::Publish | Intent::Update => {
                    let check = step(search::CHECK_PAGE, StepKind::Safe);
                    vec![check, page(search::SUBMIT)]
                }
            };
        }
        match submission.intent {
            Intent::Takedown if submission.lane != DRAFT => {
                return vec![step(DELETE, StepKind::Commit)];
            }
            Intent::Update | Intent::Takedown => return vec![step(BY_HAND, StepKind::Observe)],
            Intent::Publish => {}
        }
        let mut plan = if submission.lane == PICTURES {
            vec![upload(UPLOAD_MATERIALS)]
        } else {
            vec![upload(UPLOAD_COVER), upload(UPLOAD_PICTURES)]
        };
        plan.push(step(ADD_DRAFT, StepKind::Commit));
        if submission.lane == DRAFT {
            plan.push(step(AWAIT_PERSON, StepKind::Observe));
        } else if submission.lane == MASS {
            let send = step(mass::SEND, StepKind::Commit);
            plan.push(send.taking("mass_daily", 1).taking("mass_monthly", 1));
            plan.push(step(mass::OBSERVE, StepKind::Observe));
        } else {
            plan.push(step(SUBMIT, StepKind::Commit));
            plan.push(step(OBSERVE, StepKind::Observe));
        }
        plan
    }

    async fn run(&self, step: &Step, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError> {
        match step.name.as_str() {
            UPLOAD_COVER => self.upload_materials(ctx, COVER).await,
            UPLOAD_MATERIALS => self.upload_materials(ctx, PICTURE).await,
            UPLOAD_PICTURES => self.upload_pictures(ctx).await,
            ADD_DRAFT => self.add_draft(ctx).await,
            SUBMIT => self.submit(ctx).await,
            OBSERVE => self.observe(ctx).await,
            AWAIT_PERSON => self.await_person(ctx).await,
            mass::SEND => mass::send(&self.client, ctx, self.audience.as_ref()).await,
            mass::OBSERVE => mass::observe(&self.client, ctx).await,
            search::CHECK_PAGE => search::check(&Mini::of(&self.client)?, ctx).await,
            search::SUBMIT | search::REMOVE => {
                search::send(&Mini::of(&self.client)?, ctx, &step.name).await
            }
            DELETE => {
                let id = ctx.submission.external_id.clone().unwrap_or_default();
                match id.parse::<Sending>() {
                    Ok(sending) => {
                        self.client
                            .delete_sending(ctx.host, &sending.msg_id)
                            .await?;
                    }
                    Err(()) => self.client.delete_article(ctx.host, &id).await?,
                }
                Ok(Outcome::Done(StepOutput {
                    external_id: Some(id),
                    ..StepOutput::default()
                }))
            }
            BY_HAND => Ok(Outcome::NeedsUser {
                task: format!("微信没有修改已发表文章的接口：请登录 {CONSOLE} 手动修改或删除"),
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
        match sent.step {
            ADD_DRAFT => self.find_draft(sent, host).await,
            SUBMIT => self.find_submitted(sent, host).await,
            mass::SEND => Ok(mass::find(sent, self.now())),
            search::SUBMIT | search::REMOVE => Ok(search::find(sent)),
            _ => {
                let id = sent.submission.external_id.clone().unwrap_or_default();
                if let Ok(sending) = id.parse::<Sending>() {
                    return mass::find_deleted(&self.client, host, &sending).await;
                }
                let article = self.client.article(host, &id).await?;
                let items = article
                    .as_ref()
                    .and_then(|found| found["news_item"].as_array());
                let is_there =
                    items.is_some_and(|items| items.iter().any(|item| item["is_deleted"] != true));
                Ok(if is_there {
                    Found::Absent
                } else {
                    Found::One(StepOutput {
                        external_id: Some(id),
                        ..StepOutput::default()
                    })
                })
            }
        }
    }

    async fn refresh(&self, current: Option<&Tokens>) -> Result<Option<Tokens>, ChannelError> {
        let host = crate::channels::http::NoHost;
        let new = self.client.token(&host, false).await?;
        let is_refused = current.is_some_and(|current| {
            current.access_token == new.access_token
                && current.expires_at.is_some_and(|end| end > self.now())
        });
        if is_refused {
            // The platform gives the one that it refuses: only a forced refresh makes another.
            return self.client.token(&host, true).await.map(Some);
        }
        Ok(Some(new))
    }

    async fn statistics(
        &self,
        external_id: &str,
        host: &dyn StepHost,
    ) -> Result<Option<Totals>, ChannelError> {
        match external_id.parse::<Sending>() {
            Ok(sending) => mass::totals(&self.client, host, &sending).await,
            Err(()) => statistics::totals(&self.client, host, external_id).await,
        }
    }

    async fn inspect(
        &self,
        fields: &BTreeMap<String, Value>,
        pictures: &[Media],
        host: &dyn StepHost,
    ) -> Result<Inspection, ChannelError> {
        inspect::ask(&Mini::of(&self.client)?, host, fields, pictures).await
    }

    async fn app_link(
        &self,
        kind: &str,
        page: &AppPage,
        host: &dyn StepHost,
    ) -> Result<AppLink, ChannelError> {
        link::make(&Mini::of(&self.client)?, kind, page, host).await
    }

    fn receive(&self, incoming: &Incoming<'_>) -> Result<Received, ChannelError> {
        callback::receive(&self.client.account, incoming)
    }

    async fn try_secrets(&self) -> Result<Option<Tokens>, ChannelError> {
        if let Ok(mini) = Mini::of(&self.client) {
            mini.try_secret().await?;
        }
        self.refresh(None).await
    }

    async fn check_account(&self, host: &dyn StepHost) -> AccountCheck {
        account::check(&self.client, host, self.audience.is_some()).await
    }
}
