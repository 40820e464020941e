//! How Douyin carries out a delivery. The create call has no idempotency key, an uploaded video can be used once, and
//! nothing can be deleted: so a lost reply is looked up in the list, by the marker.
//!
//! Settings of an account beside those of its form: `open_id` (whose it is, where nobody signs in), `publish_scopes`
//! (names of the grant's scopes that allow direct publishing), `video_life_s` (an uploaded video that is older is uploaded
//! anew), `review_patience_s` (how long a review is asked after), `handoff_patience_s` (how long a link waits for
//! somebody), `webhook` (`verifying` while the platform verifies our address).

mod account;
mod work;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{
    COVER, HAND_OFF, PICTURE, SEARCH, client::DIALECT, handoff, link, lookup, mini, statistics,
    webhook,
};
use crate::{
    channels::{
        Account, AccountCheck, AppLink, AppPage, Channel, ChannelError, ErrorClass, Fingerprint,
        Found, Incoming, Inspection, Intent, Media, Outcome, Received, SignInReply, SignedIn, Step,
        StepContext, StepHost, StepKind, StepOutput, Submission, Tokens, Totals,
        bytedance::{client::Client, error::is_unreadable, grant, number, upload::Sizes},
        http::{NoHost, sending_time},
        page::check_page,
    },
    clock::Timestamp,
    error::Result,
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

struct Douyin {
    client: Client,
    sizes: Sizes,
    video_life: Duration,
    review_patience: Duration,
    hand_off_patience: Duration,
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

impl Douyin {
    fn now(&self) -> Timestamp {
        self.client.account.clock.now()
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
        self.account_check(host).await
    }
}
