//! How a notice gets onto the board: one call, found again by the mark that it carries.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use fenfa::{
    channels::{
        Account, AccountCheck, Channel, ChannelError, ErrorClass, Fingerprint, Found, Intent,
        Outcome, Step, StepContext, StepHost, StepKind, StepOutput, Submission, Tokens,
        http::{self, Evidence, NoHost},
    },
    error::Result,
};
use serde_json::{Value, json};

use super::NOTICE;

const PIN: &str = "pin";
const TAKE_OFF: &str = "take_off";
const DEADLINE: Duration = Duration::from_secs(20);

struct Board(Account);

/// Binds an account.
#[expect(
    clippy::unnecessary_wraps,
    reason = "other channels refuse accounts whose form is filled in badly"
)]
pub fn connect(account: Account) -> Result<Arc<dyn Channel>> {
    Ok(Arc::new(Board(account)))
}

fn on_board(id: &str) -> StepOutput {
    StepOutput {
        external_id: Some(id.to_owned()),
        ..StepOutput::default()
    }
}

impl Board {
    async fn call(
        &self,
        host: &dyn StepHost,
        method: reqwest::Method,
        path: &str,
        body: &Value,
    ) -> Result<Value, ChannelError> {
        let url = format!("{}{path}", self.0.setting("base_url", ""));
        let request = self.0.http.request(method.clone(), &url).json(body);
        let request = request.header("x-key", self.0.credential("key"));
        let evidence = Evidence {
            request: format!("{method} {url}"),
            body: body.to_string(),
            request_id_header: None,
        };
        let answer = http::send(host, request, evidence).await?;
        let unclear = |what: &str| ChannelError {
            http_status: Some(answer.status),
            ..ChannelError::new(ErrorClass::SentUnknown, format!("公告板的回复{what}"))
        };
        let body: Value = serde_json::from_slice(&answer.body).map_err(|_| unclear("读不懂"))?;
        match body["error"].as_str() {
            None if body["id"].is_string() || body["notices"].is_array() => Ok(body),
            Some("full") => Err(ChannelError::new(
                ErrorClass::QuotaExhausted,
                "公告板已贴满",
            )),
            Some("refused") => Err(ChannelError::new(
                ErrorClass::ContentRejected,
                "公告板不要这条公告",
            )),
            Some("key") => Err(ChannelError::new(ErrorClass::Permission, "密钥不对")),
            _ => Err(unclear("没有见过")),
        }
    }
}

#[async_trait]
impl Channel for Board {
    fn plan(&self, submission: &Submission) -> Vec<Step> {
        let deadline = self.0.deadline(DEADLINE);
        vec![match submission.intent {
            Intent::Takedown => Step::new(TAKE_OFF, StepKind::Commit, deadline),
            _ => Step::new(PIN, StepKind::Commit, deadline).taking("notices_daily", 1),
        }]
    }

    async fn run(&self, step: &Step, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError> {
        let submission = ctx.submission;
        if step.name == TAKE_OFF {
            let id = submission.external_id.as_deref().unwrap_or_default();
            let path = format!("/notices/{id}");
            self.call(ctx.host, reqwest::Method::DELETE, &path, &json!({}))
                .await?;
            return Ok(Outcome::Done(on_board(id)));
        }
        let body =
            json!({ "notice": submission.fields, "mark": submission.marker, "lane": NOTICE });
        let made = self
            .call(ctx.host, reqwest::Method::POST, "/notices", &body)
            .await?;
        Ok(Outcome::Done(on_board(
            made["id"].as_str().unwrap_or_default(),
        )))
    }

    async fn find(
        &self,
        sent: &Fingerprint<'_>,
        host: &dyn StepHost,
    ) -> Result<Found, ChannelError> {
        let list = self
            .call(host, reqwest::Method::GET, "/board", &json!({}))
            .await?;
        let mut notices = list["notices"].as_array().into_iter().flatten();
        let submission = sent.submission;
        if sent.step == TAKE_OFF {
            let id = submission.external_id.as_deref().unwrap_or_default();
            let is_there = notices.any(|one| one["id"] == id);
            return Ok(if is_there {
                Found::Absent
            } else {
                Found::One(on_board(id))
            });
        }
        let ours = notices.find(|one| one["mark"] == submission.marker.as_str());
        let id = ours.and_then(|one| one["id"].as_str());
        Ok(id.map_or(Found::Absent, |id| Found::One(on_board(id))))
    }

    async fn refresh(&self, _: Option<&Tokens>) -> Result<Option<Tokens>, ChannelError> {
        Ok(None)
    }

    async fn try_secrets(&self) -> Result<Option<Tokens>, ChannelError> {
        self.call(&NoHost, reqwest::Method::GET, "/board", &json!({}))
            .await?;
        Ok(None)
    }

    async fn check_account(&self, host: &dyn StepHost) -> AccountCheck {
        let looked = self
            .call(host, reqwest::Method::GET, "/board", &json!({}))
            .await;
        AccountCheck {
            ok: looked.is_ok(),
            message: looked.map_or_else(|error| error.to_string(), |_| "可以贴公告。".to_owned()),
            lanes: vec![NOTICE.to_owned()],
            barred: BTreeMap::new(),
            external_id: None,
        }
    }
}
