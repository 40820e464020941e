//! How Baidu carries out a delivery. No call takes an idempotency key; accepted is not published.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{FEED, SEARCH, WEBSITE, client::Client, time};
use crate::{
    channels::{
        Account, AccountCheck, Channel, ChannelError, ErrorClass, Fingerprint, Found, Intent,
        Outcome, Step, StepContext, StepHost, StepKind, StepOutput, Submission, Tokens,
    },
    clock::Timestamp,
    error::{Error, Result},
};

const CHECK_PAGE: &str = "check_page";
const PROBE: &str = "probe_quota";
const SUBMIT_PATH: &str = "submit_path";
const SUBMIT_RESOURCE: &str = "submit_resource";
const DELETE_RESOURCE: &str = "delete_resource";
const PUSH_URL: &str = "push_url";
const DELETE_URL: &str = "delete_url";
const REMOVE_PATH: &str = "remove_path";

/// The longest a call may take, connecting included.
const DEADLINE: Duration = Duration::from_secs(18);
/// Refresh when so much of a token's life is over.
const REFRESH_PART: (u64, u64) = (9, 10);

struct Baidu {
    client: Client,
}

/// Binds an account.
pub fn connect(account: Account) -> Result<Arc<dyn Channel>> {
    if !["weekly", "daily", "hourly"].contains(&account.setting("speed", "daily")) {
        return Err(Error::invalid(
            "input.settings.speed",
            "must be weekly, daily or hourly",
        ));
    }
    Ok(Arc::new(Baidu {
        client: Client { account },
    }))
}

fn text<'a>(fields: &'a BTreeMap<String, Value>, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn joined(fields: &BTreeMap<String, Value>, name: &str) -> String {
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

    fn probes(&self) -> bool {
        self.account().setting("probe_quota", "off") == "on"
    }

    /// When an unclear submission may be repeated: the next day's allowance, or what the account says.
    fn resend_at(&self) -> Timestamp {
        let now = self.account().clock.now();
        match self.account().setting("resend_delay_s", "").parse() {
            Ok(seconds) => now.plus(Duration::from_secs(seconds)),
            Err(_) => time::next_midnight(now),
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
            ("mapp_sub_type", "1001".to_owned()),
            ("feed_type", text(fields, "feed_type").to_owned()),
            ("feed_sub_type", text(fields, "feed_sub_type").to_owned()),
            ("tags", joined(fields, "tags")),
            (
                "ext",
                json!({ "publish_time": text(fields, "publish_time") }).to_string(),
            ),
        ]
    }

    async fn token(&self, host: &dyn StepHost) -> Result<String, ChannelError> {
        Ok(host.token(None).await?.access_token)
    }
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
            (_, _) if self.probes() => {
                vec![
                    check,
                    step(PROBE, StepKind::Safe),
                    step(PUSH_URL, StepKind::Commit).taking("website_push", 1),
                ]
            }
            (_, _) => vec![
                check,
                step(PUSH_URL, StepKind::Commit).taking("website_push", 1),
            ],
        }
    }

    async fn run(&self, step: &Step, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError> {
        let submission = ctx.submission;
        let path = text(&submission.fields, "path");
        let url = submission.page_url.as_str();
        match step.name.as_str() {
            CHECK_PAGE => self.check_page(ctx).await,
            PROBE => {
                let pushed = self.client.push(ctx.host, "urls", &["*"]).await?;
                Ok(Outcome::Done(StepOutput {
                    value: json!({ "remain": pushed.remain }),
                    ..StepOutput::default()
                }))
            }
            SUBMIT_PATH => {
                let token = self.token(ctx.host).await?;
                self.client
                    .submit_paths(ctx.host, &token, &[path], self.speed().0)
                    .await?;
                Ok(accepted(path, None, json!({ "speed": self.speed().0 })))
            }
            SUBMIT_RESOURCE => {
                let token = self.token(ctx.host).await?;
                match self
                    .client
                    .submit_resource(ctx.host, &token, &Self::resource_form(submission))
                    .await
                {
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
                let action = match (step.name.as_str(), submission.intent) {
                    (DELETE_URL, _) => "del",
                    (_, Intent::Update) => "update",
                    _ => "urls",
                };
                let pushed = self.client.push(ctx.host, action, &[url]).await?;
                Ok(accepted(url, Some(url), json!({ "remain": pushed.remain })))
            }
            REMOVE_PATH => Ok(Outcome::NeedsUser {
                task: format!(
                    "百度没有删除收录的接口：请在智能小程序管理后台上传删除文件，内容为一行 {path}"
                ),
                expires_at: None,
            }),
            other => Err(ChannelError::new(
                ErrorClass::Bug,
                format!("no step {other}"),
            )),
        }
    }

    /// Section 1.2 of the contract: no lane can simply be asked, so a repeat that does no harm comes first.
    async fn find(
        &self,
        sent: &Fingerprint<'_>,
        host: &dyn StepHost,
    ) -> Result<Found, ChannelError> {
        let repeated = sent.resend_count > 0;
        let assumed = |reason: &str| Found::Assumed {
            reason: reason.to_owned(),
        };
        if matches!(sent.step, PUSH_URL)
            && let Some(before) = sent
                .outputs
                .get(PROBE)
                .and_then(|output| {
                    output
                        .get("remain")
                        .or_else(|| output.get("value")?.get("remain"))
                })
                .and_then(Value::as_i64)
        {
            let now = self.client.push(host, "urls", &["*"]).await?;
            let url = sent.submission.page_url.as_str();
            return Ok(if now.remain < before {
                Found::One(StepOutput {
                    value: json!({ "remain": now.remain }),
                    external_id: Some(url.to_owned()),
                    external_url: Some(url.to_owned()),
                })
            } else {
                Found::Absent
            });
        }
        Ok(match sent.submission.lane.as_str() {
            // Identical bytes for the same path are a duplicate and are not stored (develop/serverapi/faq).
            FEED if !repeated => Found::Harmless {
                resend_at: self.account().clock.now(),
            },
            SEARCH | WEBSITE if !repeated => Found::Harmless {
                resend_at: self.resend_at(),
            },
            SEARCH => assumed("百度没有查询收录提交的接口；已重发一次，视为已提交"),
            WEBSITE => assumed("百度没有查询推送的接口；已重发一次，视为已推送，站点地图会兜底"),
            _ => assumed("百度没有查询物料的接口；相同内容已重发一次，视为已提交"),
        })
    }

    async fn refresh(&self, _current: Option<&Tokens>) -> Result<Option<Tokens>, ChannelError> {
        let (access_token, life) = self.client.token(&crate::channels::http::NoHost).await?;
        let life = u64::try_from(life).unwrap_or(0) * REFRESH_PART.0 / REFRESH_PART.1;
        let expires_at = self.account().clock.now().plus(Duration::from_secs(life));
        Ok(Some(Tokens {
            access_token,
            expires_at: Some(expires_at),
            ..Tokens::default()
        }))
    }

    async fn check_account(&self, host: &dyn StepHost) -> AccountCheck {
        let mut lanes = Vec::new();
        let mut missing = Vec::new();
        match self.client.token(host).await {
            Ok(_) => lanes.extend([SEARCH.to_owned(), FEED.to_owned()]),
            Err(error) => missing.push(format!("小程序令牌：{error}")),
        }
        let site = self.account().setting("site", "");
        if !site.is_empty() && !self.account().credential("push_token").is_empty() {
            lanes.push(WEBSITE.to_owned());
        } else {
            missing.push("网站推送：缺少站点或推送 token".to_owned());
        }
        let ok = !lanes.is_empty();
        let message = if missing.is_empty() {
            "令牌有效，三条通道都可以用。".to_owned()
        } else {
            format!("可用通道 {} 条；缺：{}。", lanes.len(), missing.join("；"))
        };
        AccountCheck {
            ok,
            message,
            lanes,
            external_id: Some(self.account().setting("app_key", "").to_owned()),
        }
    }
}
