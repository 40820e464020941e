//! How Baidu carries out a delivery. No call takes an idempotency key; accepted is not published.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{
    BAIJIAHAO, FEED, SEARCH, account,
    baijiahao::{self, Author},
    client::Client,
    inspection, link, lookup, webhook,
};
use crate::{
    channels::{
        Account, AccountCheck, AppLink, AppPage, Channel, ChannelError, ErrorClass, Fingerprint,
        Found, Incoming, Inspection, Intent, Media, Outcome, Received, Step, StepContext, StepHost,
        StepKind, StepOutput, Submission, Tokens, Totals, http::NoHost,
    },
    error::Result,
};

const CHECK_PAGE: &str = "check_page";
/// Step that reads what is left of the allowance of pushes.
pub const PROBE: &str = "probe_quota";
const SUBMIT_PATH: &str = "submit_path";
const SUBMIT_RESOURCE: &str = "submit_resource";
const DELETE_RESOURCE: &str = "delete_resource";
/// Step that pushes an address.
pub const PUSH_URL: &str = "push_url";
const DELETE_URL: &str = "delete_url";
const REMOVE_PATH: &str = "remove_path";
/// Where a step keeps what was said with a code that we do not know.
pub const REFUSAL: &str = "refusal";

/// The longest a call may take, connecting included.
const DEADLINE: Duration = Duration::from_secs(18);
/// Refresh when so much of a token's life is over, or a little sooner: not all accounts at once.
const REFRESH_AT: f64 = 0.9;
const REFRESH_JITTER: f64 = 0.05;

struct Baidu {
    client: Client,
}

/// Binds an account: a mini-program (search, feed), a website, an author of Baijiahao, or several of them.
pub fn connect(account: Account) -> Result<Arc<dyn Channel>> {
    account::validate(&account)?;
    Ok(Arc::new(Baidu {
        client: Client { account },
    }))
}

/// A value that is a text.
pub fn text<'a>(fields: &'a BTreeMap<String, Value>, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A list of texts as the wire has it.
pub fn joined(fields: &BTreeMap<String, Value>, name: &str) -> String {
    let list = fields.get(name).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect::<Vec<_>>()
        .join(",")
}

fn accepted(external_id: &str, url: Option<&str>, value: Value) -> Outcome {
    Outcome::Done(StepOutput {
        value,
        external_id: Some(external_id.to_owned()),
        external_url: url.map(ToOwned::to_owned),
        ..StepOutput::default()
    })
}

impl Baidu {
    fn account(&self) -> &Account {
        &self.client.account
    }

    /// Speed as Baidu numbers it, and the allowance it takes from (introduction/rank_api).
    fn speed(&self) -> (u8, &'static str) {
        match self.account().setting("speed", "daily") {
            "weekly" => (0, "search_weekly"),
            "hourly" => (2, "search_hourly"),
            _ => (1, "search_daily"),
        }
    }

    /// Baidu reads title and pictures from our page, so the page must be there first.
    async fn check_page(&self, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
        let url = &ctx.submission.page_url;
        let answer = self.client.read_page(ctx.host, url).await?;
        let page = String::from_utf8_lossy(&answer.body);
        let title = text(&ctx.submission.fields, "title");
        let shown = page
            .split("<title>")
            .nth(1)
            .and_then(|rest| rest.split("</title>").next())
            .unwrap_or_default();
        if answer.status != 200 {
            let text = format!(
                "页面 {url} 没有正常打开（状态 {}），先发布内容再推送",
                answer.status
            );
            return Err(ChannelError {
                http_status: Some(answer.status),
                ..ChannelError::new(ErrorClass::MediaNotReady, text)
            }
            .with_code("BD-P04"));
        }
        if !title.is_empty() && unescape(shown).trim() != title {
            return Err(ChannelError {
                field: Some("title".into()),
                ..ChannelError::new(
                    ErrorClass::Validation,
                    "页面的标题与要推送的不一致，请重新发布后再排期",
                )
            }
            .with_code("BD-P04"));
        }
        Ok(Outcome::Done(StepOutput {
            value: json!({ "status": answer.status }),
            ..StepOutput::default()
        }))
    }

    /// The form of one material, always the same bytes for the same submission.
    fn resource_form(submission: &Submission) -> Vec<(&'static str, String)> {
        let fields = &submission.fields;
        let images: Vec<&str> = fields
            .get("images")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        vec![
            ("title", text(fields, "article_title").to_owned()),
            ("body", text(fields, "body").to_owned()),
            ("path", text(fields, "path").to_owned()),
            ("images", json!(images).to_string()),
            ("mapp_type", "1000".to_owned()),
            ("mapp_sub_type", text(fields, "material_type").to_owned()),
            ("feed_type", text(fields, "feed_type").to_owned()),
            ("feed_sub_type", text(fields, "feed_sub_type").to_owned()),
            ("tags", joined(fields, "tags")),
            (
                "ext",
                fields.get("ext").map(Value::to_string).unwrap_or_default(),
            ),
        ]
    }

    async fn token(&self, host: &dyn StepHost) -> Result<String, ChannelError> {
        if !account::has_app(self.account()) {
            return Err(ChannelError::new(
                ErrorClass::Permission,
                "这个账号没有填写小程序的 App Key，只能推送网址",
            ));
        }
        Ok(host.token(None).await?.access_token)
    }

    /// One of the calls whose effect readers see.
    async fn send(&self, step: &Step, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
        let submission = ctx.submission;
        let path = text(&submission.fields, "path");
        let url = submission.page_url.as_str();
        match step.name.as_str() {
            SUBMIT_PATH => {
                let token = self.token(ctx.host).await?;
                let speed = self.speed().0;
                self.client
                    .submit_paths(ctx.host, &token, &[path], speed)
                    .await?;
                Ok(accepted(path, None, json!({ "speed": speed })))
            }
            SUBMIT_RESOURCE => {
                let token = self.token(ctx.host).await?;
                let form = Self::resource_form(submission);
                match self.client.submit_resource(ctx.host, &token, &form).await {
                    // "Record exists" on a repeat of ours: the first one had arrived.
                    Err(error) if error.class == ErrorClass::Conflict && ctx.resend_count > 0 => {}
                    other => other?,
                }
                Ok(accepted(path, None, Value::Null))
            }
            DELETE_RESOURCE => {
                let token = self.token(ctx.host).await?;
                self.client.delete_resource(ctx.host, &token, path).await?;
                Ok(accepted(path, None, Value::Null))
            }
            PUSH_URL | DELETE_URL => {
                let (action, is_fast) = match (step.name.as_str(), submission.intent) {
                    (DELETE_URL, _) => ("del", false),
                    (_, Intent::Update) => ("update", false),
                    _ => ("urls", account::is_on(self.account(), "fast_index")),
                };
                let pushed = self.client.push(ctx.host, action, is_fast, &[url]).await?;
                Ok(Outcome::Done(StepOutput {
                    value: json!({ "remain": pushed.remain }),
                    external_id: Some(url.to_owned()),
                    external_url: Some(url.to_owned()),
                    quota_left: left(is_fast, pushed.remain),
                }))
            }
            other => Err(ChannelError::new(
                ErrorClass::Bug,
                format!("no step {other}"),
            )),
        }
    }
}

/// The allowance that an answer's `remain` counts. Answers count what is left after the call.
fn left(is_fast: bool, remain: Option<i64>) -> BTreeMap<String, u32> {
    let name = if is_fast {
        "website_fast"
    } else {
        "website_push"
    };
    let left = remain.and_then(|remain| u32::try_from(remain).ok());
    left.map(|left| (name.to_owned(), left))
        .into_iter()
        .collect()
}

/// Undoes the escaping of a title element.
fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[async_trait]
impl Channel for Baidu {
    fn plan(&self, submission: &Submission) -> Vec<Step> {
        let deadline = self.account().deadline(DEADLINE);
        let step = |name: &str, kind: StepKind| Step::new(name, kind, deadline);
        // Our own page, not the platform.
        let check = step(CHECK_PAGE, StepKind::Pure);
        let lane = submission.lane.as_str();
        match (lane, submission.intent) {
            (BAIJIAHAO, _) => baijiahao::plan(submission, deadline),
            (SEARCH, Intent::Takedown) => vec![step(REMOVE_PATH, StepKind::Observe)],
            (SEARCH, _) => vec![
                check,
                step(SUBMIT_PATH, StepKind::Commit).taking(self.speed().1, 1),
            ],
            (FEED, Intent::Takedown) => {
                vec![step(DELETE_RESOURCE, StepKind::Commit).taking("feed_calls", 1)]
            }
            (FEED, _) => vec![
                check,
                step(SUBMIT_RESOURCE, StepKind::Commit).taking("feed_calls", 1),
            ],
            (_, Intent::Takedown) => {
                vec![step(DELETE_URL, StepKind::Commit).taking("website_push", 1)]
            }
            (_, intent) => {
                let is_fast =
                    intent == Intent::Publish && account::is_on(self.account(), "fast_index");
                let quota = if is_fast {
                    "website_fast"
                } else {
                    "website_push"
                };
                let mut steps = vec![check];
                if account::is_on(self.account(), "probe_quota") {
                    steps.push(step(PROBE, StepKind::Safe));
                }
                steps.push(step(PUSH_URL, StepKind::Commit).taking(quota, 1));
                steps
            }
        }
    }

    async fn run(&self, step: &Step, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError> {
        if ctx.submission.lane == BAIJIAHAO {
            return baijiahao::run(self.account(), step, ctx).await;
        }
        match step.name.as_str() {
            CHECK_PAGE => self.check_page(ctx).await,
            PROBE => {
                let is_fast = account::is_on(self.account(), "fast_index");
                let pushed = self.client.push(ctx.host, "urls", is_fast, &["*"]).await?;
                Ok(Outcome::Done(StepOutput {
                    value: json!({ "remain": pushed.remain }),
                    quota_left: left(is_fast, pushed.remain),
                    ..StepOutput::default()
                }))
            }
            REMOVE_PATH => {
                let path = text(&ctx.submission.fields, "path");
                Ok(Outcome::NeedsUser {
                    task: format!(
                        "百度没有删除收录的接口：请在智能小程序管理后台上传删除文件，内容为一行 {path}；在账号页可以把等着删除的路径导出成一个文件"
                    ),
                    expires_at: None,
                })
            }
            _ => {
                let sent = self.send(step, ctx).await;
                if let Err(error) = &sent
                    && error.class == ErrorClass::ProtocolDrift
                {
                    // A refusal that we do not know is no lost answer: nobody may take it for accepted later.
                    let handle = json!({ REFUSAL: error.message });
                    ctx.save_handle(handle).await?;
                }
                sent
            }
        }
    }

    async fn find(
        &self,
        sent: &Fingerprint<'_>,
        host: &dyn StepHost,
    ) -> Result<Found, ChannelError> {
        lookup::find(&self.client, sent, host).await
    }

    async fn refresh(&self, _current: Option<&Tokens>) -> Result<Option<Tokens>, ChannelError> {
        if !account::has_app(self.account()) {
            return Ok(None);
        }
        let (access_token, life) = self.client.token(&NoHost).await?;
        let life = Duration::from_secs(u64::try_from(life).unwrap_or(0));
        let part = REFRESH_AT - REFRESH_JITTER * rand::random::<f64>();
        let expires_at = self.account().clock.now().plus(life.mul_f64(part));
        Ok(Some(Tokens {
            access_token,
            expires_at: Some(expires_at),
            ..Tokens::default()
        }))
    }

    async fn app_link(
        &self,
        kind: &str,
        page: &AppPage,
        _host: &dyn StepHost,
    ) -> Result<AppLink, ChannelError> {
        link::make(&self.client, kind, page)
    }

    async fn try_secrets(&self) -> Result<Option<Tokens>, ChannelError> {
        // Any other push would take from the day's allowance; without this one the first push finds out.
        if account::has_site(self.account()) && account::is_on(self.account(), "probe_quota") {
            let is_fast = account::is_on(self.account(), "fast_index");
            self.client.push(&NoHost, "urls", is_fast, &["*"]).await?;
        }
        self.refresh(None).await
    }

    async fn inspect(
        &self,
        fields: &BTreeMap<String, Value>,
        pictures: &[Media],
        host: &dyn StepHost,
    ) -> Result<Inspection, ChannelError> {
        if !account::has_app(self.account()) {
            let text = "内容检测用小程序的接口：请先在账号里填写 App Key 和 App Secret";
            return Err(ChannelError::new(ErrorClass::Permission, text));
        }
        inspection::inspect(&self.client, host, fields, pictures).await
    }

    /// Only Baijiahao tells any; its ids are numbers, those of the other lanes paths and addresses.
    async fn statistics(
        &self,
        external_id: &str,
        host: &dyn StepHost,
    ) -> Result<Option<Totals>, ChannelError> {
        let is_number = external_id.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || external_id.is_empty() || !Author::is_given(self.account()) {
            return Ok(None);
        }
        let author = Author::of(self.account())?;
        author.totals(host, external_id).await.map(Some)
    }

    fn receive(&self, incoming: &Incoming<'_>) -> Result<Received, ChannelError> {
        webhook::receive(self.account(), incoming)
    }

    async fn check_account(&self, host: &dyn StepHost) -> AccountCheck {
        account::check(&self.client, host).await
    }
}
