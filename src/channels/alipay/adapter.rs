//! How Alipay carries out a delivery. The publish call has no idempotency key, so the address of the story that goes with
//! it carries the marker: a lost reply is looked up by it, else by the files, which are used once. The lane of goods goes its
//! own way.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{
    ARTICLE, AUDIENCES, COVER, ITEM, MINI_APP, PICTURE, POST, POSTER,
    client::{Client, Content, PUBLISH, PUBLISH_ARTICLE},
    content_key::ContentKey,
    derive,
    error::refused,
    item, link,
    mode::Mode,
    sign::PrivateKey,
    webhook,
};
use crate::{
    channels::{
        Account, AccountCheck, AppLink, AppPage, Candidate, Channel, ChannelError, ErrorClass,
        Fingerprint, Found, Incoming, Inspection, Intent, Media, Opinion, Outcome, Received, Step,
        StepContext, StepHost, StepKind, StepOutput, Submission, Tokens,
        http::{NoHost, sending_time},
    },
    error::Result,
};

/// The key of encrypted contents in the connect form.
pub const CONTENT_KEY: &str = "aes_key";
/// Role of the video file.
const VIDEO: &str = "video";

const UPLOAD: &str = "upload_files";
const OFFER: &str = "find_offer";
const PUBLISH_CONTENT: &str = "publish_content";
const OBSERVE: &str = "observe_review";
const DELETE: &str = "delete_content";
const REPLACE: &str = "replace_by_hand";

/// How long a call may take that sends no file.
const DEADLINE: Duration = Duration::from_secs(20);

struct Alipay {
    client: Client,
}

/// Binds an account.
pub fn connect(account: Account) -> Result<Arc<dyn Channel>> {
    let key = PrivateKey::read(account.credential("private_key")).ok_or_else(|| {
        refused(
            "credentials.private_key",
            "应填写密钥工具生成的 RSA2 私钥，2048 位或更长",
            "must be an RSA2 private key of 2048 bits or more, as the key tool gives it",
        )
    })?;
    let content_key = match account.credential(CONTENT_KEY).trim() {
        "" => None,
        text => Some(ContentKey::read(text).ok_or_else(|| {
            refused(
                &format!("credentials.{CONTENT_KEY}"),
                "应是控制台显示的 AES 密钥，24 个字符",
                "must be the AES key that the console shows, 24 characters",
            )
        })?),
    };
    if item::stock(&account).is_none() {
        return Err(refused(
            &format!("settings.{}", item::STOCK),
            "应是 0 到 99999 的整数",
            "must be a whole number from 0 to 99999",
        ));
    }
    let mode = Mode::of(&account, &key)?;
    Ok(Arc::new(Alipay {
        client: Client {
            account,
            key: Arc::new(key),
            mode: Arc::new(mode),
            content_key,
        },
    }))
}

/// The files of a submission in order, with what they are there.
fn files(submission: &Submission) -> Vec<(&'static str, &Media)> {
    let of = |role: &'static str, kind: &'static str| {
        let media = submission.media.iter();
        media
            .filter(move |media| media.role == role)
            .map(move |media| (kind, media))
    };
    if submission.lane == ARTICLE {
        return of(COVER, "image").collect();
    }
    let video: Vec<_> = of(VIDEO, VIDEO).chain(of(POSTER, "cover_static")).collect();
    if video.is_empty() {
        of(PICTURE, "image").collect()
    } else {
        video
    }
}

/// The story's address with the marker: it comes back in the list.
fn source_link(submission: &Submission) -> String {
    let mark = if submission.page_url.contains('?') {
        '&'
    } else {
        '?'
    };
    format!("{}{mark}v={}", submission.page_url, submission.marker)
}

fn text<'f>(fields: &'f BTreeMap<String, Value>, name: &str) -> &'f str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// What is published, and by which method. One thing may be attached: the item that the story sells, else the mini-program.
fn content_of(submission: &Submission, media: &Value, item: Option<&str>) -> (&'static str, Value) {
    let fields = &submission.fields;
    let is_restricted = text(fields, "audience") == AUDIENCES[1].zh;
    let mut content = json!({
        "source_title": text(fields, "title"),
        "source_media_infos": media,
        "source_link": source_link(submission),
    });
    let offer = match (item, text(fields, MINI_APP)) {
        (Some(item), _) => Some(("goods", item)),
        (None, "") => None,
        (None, app_id) => Some(("mini_app", app_id)),
    };
    if let Some((kind, id)) = offer {
        content["source_offers"] = json!([{ "offer_type": kind, "offer_id": id }]);
    }
    if submission.lane == ARTICLE {
        content["source_type"] = "IMAGE-CONTENT".into();
        content["source_text"] = derive::html(text(fields, "article")).into();
        content["permission_status"] = if is_restricted { "part" } else { "whole" }.into();
        return (PUBLISH_ARTICLE, content);
    }
    let is_video = submission.media.iter().any(|media| media.role == VIDEO);
    content["source_type"] = if is_video { "2" } else { "1" }.into();
    content["source_content"] = text(fields, "text").into();
    content["permission_status"] = if is_restricted { "2" } else { "1" }.into();
    (PUBLISH, content)
}

fn published(content_id: &str, link: &str, warning: Option<&str>) -> StepOutput {
    StepOutput {
        value: json!({ "content_id": content_id, "warning": warning }),
        external_id: Some(content_id.to_owned()),
        external_url: Some(link.to_owned()).filter(|link| !link.is_empty()),
        ..StepOutput::default()
    }
}

impl Alipay {
    async fn upload(&self, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError> {
        let files = files(ctx.submission);
        let media = files.iter().map(|(_, media)| *media);
        let ids = self.client.upload_all(ctx, media).await?;
        let uploaded = files.iter().zip(ids);
        let uploaded: Vec<Value> = uploaded
            .map(|((kind, _), id)| json!({ "media_id": id, "media_type": kind }))
            .collect();
        if uploaded.is_empty() {
            let text = "没有图片也没有视频，支付宝不收这样的内容";
            return Err(ChannelError::new(ErrorClass::Validation, text));
        }
        Ok(Outcome::Done(StepOutput {
            value: json!({ "media": uploaded }),
            ..StepOutput::default()
        }))
    }

    /// How it speaks to the platform.
    fn spoken(&self) -> String {
        let mode = self.client.mode.told(self.client.account.clock.now());
        let is_encrypted = self.client.content_key.is_some();
        format!("{mode}{}", if is_encrypted { "，内容加密" } else { "" })
    }

    async fn publish(&self, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
        let output = |step: &str| ctx.outputs.get(step).unwrap_or(&Value::Null);
        let item = output(OFFER)["item_id"].as_str();
        let (method, content) = content_of(ctx.submission, &output(UPLOAD)["media"], item);
        let (id, warning) = self.client.publish(ctx.host, method, content).await?;
        Ok(Outcome::Done(published(&id, "", warning.as_deref())))
    }

    /// What the review says: the platform tells the state alone, never a reason.
    async fn observe(&self, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
        let output = ctx.outputs.get(PUBLISH_CONTENT).unwrap_or(&Value::Null);
        let id = output["content_id"].as_str().unwrap_or_default();
        let refused = |reason: &str, code: &str| {
            Err(ChannelError::new(ErrorClass::ContentRejected, reason).with_code(code))
        };
        let pending = |note: &str| {
            Ok(Outcome::Pending {
                note: note.to_owned(),
                retry_in: None,
            })
        };
        let Some(content) = self.client.find(ctx.host, id).await? else {
            return pending("支付宝还查不到这条内容");
        };
        match content.source_status.as_str() {
            "0" => pending("支付宝正在审核"),
            "1" => Ok(Outcome::Done(published(
                id,
                &content.link,
                output["warning"].as_str(),
            ))),
            "2" => refused(
                "支付宝审核未通过，原因请在支付宝后台查看；修改后重新发布",
                "2",
            ),
            "3" => refused("这条内容在支付宝被删除了", "3"),
            other => Err(ChannelError::new(
                ErrorClass::ProtocolDrift,
                format!("支付宝给出了未知的内容状态 {other}"),
            )
            .with_code(other)),
        }
    }

    /// Whether a content is the effect of this call, and by what.
    fn matches(sent: &Fingerprint<'_>, content: &Content) -> Vec<String> {
        let media = sent
            .outputs
            .get(UPLOAD)
            .map_or(&Value::Null, |output| &output["media"]);
        let ours: Vec<&str> = media
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|media| media["media_id"].as_str())
            .collect();
        let there = content.source_media_infos.iter();
        let there: Vec<&str> = there.map(|media| media.media_id.as_str()).collect();
        let has = |does: bool, by: &str| does.then(|| by.to_owned());
        has(
            content.source_link == source_link(sent.submission),
            "marker",
        )
        .into_iter()
        .chain(has(!ours.is_empty() && ours == there, "media"))
        .collect()
    }
}

#[async_trait]
impl Channel for Alipay {
    fn plan(&self, submission: &Submission) -> Vec<Step> {
        let deadline = self.client.account.deadline(DEADLINE);
        if submission.lane == ITEM {
            return item::plan(submission, deadline);
        }
        let step = |name: &str, kind: StepKind| Step::new(name, kind, deadline);
        match submission.intent {
            Intent::Takedown => vec![step(DELETE, StepKind::Commit)],
            Intent::Update => vec![step(REPLACE, StepKind::Observe)],
            Intent::Publish => {
                let files = files(submission);
                let patience = DEADLINE + sending_time(files.iter().map(|(_, media)| *media));
                let may_sell = submission.lane == POST && item::is_of(submission);
                let mut steps = vec![Step::new(UPLOAD, StepKind::Safe, patience)];
                steps.extend(may_sell.then(|| step(OFFER, StepKind::Safe)));
                steps.push(step(PUBLISH_CONTENT, StepKind::Commit));
                steps.push(step(OBSERVE, StepKind::Observe));
                steps
            }
        }
    }

    async fn run(&self, step: &Step, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError> {
        if ctx.submission.lane == ITEM {
            return item::run(&self.client, step, ctx).await;
        }
        match step.name.as_str() {
            UPLOAD => self.upload(ctx).await,
            OFFER => {
                let item = item::on_sale(&self.client, ctx.host, ctx.submission).await?;
                Ok(Outcome::Done(StepOutput {
                    value: json!({ "item_id": item }),
                    ..StepOutput::default()
                }))
            }
            PUBLISH_CONTENT => self.publish(ctx).await,
            OBSERVE => self.observe(ctx).await,
            DELETE => {
                let id = ctx.submission.external_id.as_deref().unwrap_or_default();
                self.client.delete(ctx.host, id).await?;
                Ok(Outcome::Done(published(id, "", None)))
            }
            REPLACE => Ok(Outcome::NeedsUser {
                task: "支付宝没有修改的接口：请撤回这条内容，再重新发布".into(),
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
        if sent.submission.lane == ITEM {
            return item::find(&self.client, sent, host).await;
        }
        if sent.step == DELETE {
            let id = sent.submission.external_id.as_deref().unwrap_or_default();
            let is_gone = match self.client.find(host, id).await? {
                Some(content) => content.source_status == "3",
                None => true,
            };
            return Ok(if is_gone {
                Found::One(published(id, "", None))
            } else {
                Found::Absent
            });
        }
        let contents = self.client.list(host).await?;
        let mut candidates: Vec<Candidate> = contents
            .into_iter()
            .filter(|content| !sent.taken.contains(&content.id))
            .map(|content| Candidate {
                matches: Self::matches(sent, &content),
                external_id: content.id,
                external_url: Some(content.link).filter(|link| !link.is_empty()),
                title: content.source_title,
                created_at: None,
            })
            .filter(|candidate| !candidate.matches.is_empty())
            .collect();
        Ok(match (candidates.len(), candidates.pop()) {
            (0, _) => Found::Absent,
            (1, Some(only)) => {
                let link = only.external_url.unwrap_or_default();
                Found::One(published(&only.external_id, &link, None))
            }
            (_, last) => {
                candidates.extend(last);
                Found::Many(candidates)
            }
        })
    }

    async fn refresh(&self, _current: Option<&Tokens>) -> Result<Option<Tokens>, ChannelError> {
        Ok(None)
    }

    async fn inspect(
        &self,
        fields: &BTreeMap<String, Value>,
        // The call takes texts alone.
        _pictures: &[Media],
        host: &dyn StepHost,
    ) -> Result<Inspection, ChannelError> {
        let mut found = Inspection::passed();
        for name in ["title", "text", "article", "item_title", "item_text"] {
            let value = text(fields, name);
            if value.is_empty() {
                continue;
            }
            if let Some(words) = self.client.detect(host, value).await? {
                let objections = if words.is_empty() {
                    vec!["平台没有说明原因".to_owned()]
                } else {
                    words
                };
                found = found.and(Inspection::of(Opinion::Block, objections));
            }
        }
        Ok(found)
    }

    async fn app_link(
        &self,
        kind: &str,
        page: &AppPage,
        host: &dyn StepHost,
    ) -> Result<AppLink, ChannelError> {
        link::make(&self.client, kind, page, host).await
    }

    fn receive(&self, incoming: &Incoming<'_>) -> Result<Received, ChannelError> {
        let account = &self.client.account;
        let keys = self.client.mode.keys(account.clock.now());
        webhook::receive(account, &keys, incoming)
    }

    async fn try_secrets(&self) -> Result<Option<Tokens>, ChannelError> {
        // The key signs each call; that its list can be read says that the platform takes it.
        self.client.page(&NoHost, 1).await.map(|_| None)
    }

    async fn check_account(&self, host: &dyn StepHost) -> AccountCheck {
        let account = &self.client.account;
        let contents = self.client.page(host, 1).await;
        let mut check = AccountCheck {
            ok: contents.is_ok(),
            message: String::new(),
            lanes: Vec::new(),
            barred: BTreeMap::new(),
            external_id: Some(account.setting("app_id", "").to_owned()),
        };
        let goods = item::bar(&self.client, host).await;
        let mut said = Vec::new();
        match contents {
            Ok((_, total)) => {
                check.lanes.extend([POST, ARTICLE].map(ToOwned::to_owned));
                said.push(format!(
                    "{}，签名有效，可以发布短图文、视频和长图文，也能查询和删除；已有 {total} 条内容。支付宝不提供阅读量",
                    self.spoken()
                ));
            }
            Err(error) => {
                if let Some(reason) = error.bars() {
                    let barred = [POST, ARTICLE].map(|lane| (lane.to_owned(), reason.clone()));
                    check.barred.extend(barred);
                }
                let what = if matches!(goods, Ok(None)) {
                    "不能发布生活号内容"
                } else {
                    "不能使用"
                };
                said.push(format!("{what}：{error}"));
            }
        }
        match goods {
            Ok(None) => {
                check.ok = true;
                check.lanes.push(ITEM.to_owned());
                said.push("可以登记小程序商品".to_owned());
            }
            Ok(Some(reason)) => {
                check.barred.insert(ITEM.to_owned(), reason);
            }
            // What the platform says of the account it says of both.
            Err(error) if check.ok => {
                said.push(format!("不知道能否登记小程序商品：{error}"));
            }
            Err(_) => {}
        }
        let warning = self.client.mode.warning(account.clock.now());
        check.message = format!("{}。{warning}", said.join("。"));
        check
    }
}
