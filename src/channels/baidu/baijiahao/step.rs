//! The steps of a delivery to Baijiahao. The address of the story is the handle of an article: sent again, it is refused, and
//! what is there stays as it is.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    super::time,
    LISTING_DELAY_S, POSTS,
    client::{Author, Told},
    item, lookup,
};
use crate::channels::{
    Account, ChannelError, ContentKind, ErrorClass, Fingerprint, Found, Intent, Outcome, Step,
    StepContext, StepHost, StepKind, StepOutput, Submission,
};

const PUBLISH: &str = "publish_item";
const REPUBLISH: &str = "republish_article";
const OBSERVE: &str = "observe_review";
const WITHDRAW: &str = "withdraw_item";
const BY_HAND: &str = "replace_by_hand";
/// Where a step keeps that the platform knows the address already.
const REPEATED: &str = "repeated";
/// "The state does not allow it": withdrawn already, or recommended (article/withdraw).
const WRONG_STATE: &str = "60001003";
/// "The article is missing": some calls want the number in the address instead (article/withdraw).
const MISSING: &str = "80000107";
/// Where a person does what the API does not.
const CONSOLE: &str = "https://baijiahao.baidu.com/";

/// The steps of a submission.
pub fn plan(submission: &Submission, deadline: Duration) -> Vec<Step> {
    let step = |name: &str, kind: StepKind| Step::new(name, kind, deadline);
    let observe = step(OBSERVE, StepKind::Observe);
    match (submission.intent, submission.kind) {
        (Intent::Publish, _) => vec![step(PUBLISH, StepKind::Commit).taking(POSTS, 1), observe],
        (Intent::Update, ContentKind::Story) => vec![step(REPUBLISH, StepKind::Commit), observe],
        // Only articles can be changed (300016).
        (Intent::Update, ContentKind::Video) => vec![step(BY_HAND, StepKind::Observe)],
        (Intent::Takedown, _) => vec![step(WITHDRAW, StepKind::Commit)],
    }
}

fn published(id: &str, nid: &str, url: Option<String>) -> StepOutput {
    StepOutput {
        value: json!({ "article_id": id, "nid": nid }),
        external_id: Some(id.to_owned()),
        external_url: url,
        ..StepOutput::default()
    }
}

/// Carries out a step.
pub async fn run(
    account: &Account,
    step: &Step,
    ctx: &mut StepContext<'_>,
) -> Result<Outcome, ChannelError> {
    let author = Author::of(account)?;
    let submission = ctx.submission;
    match step.name.as_str() {
        PUBLISH | REPUBLISH => {
            let form = item::form(submission);
            let sent = author.send(ctx.host, item::call(submission), &form).await;
            if let Err(error) = &sent
                && error.class == ErrorClass::Conflict
            {
                ctx.save_handle(json!({ REPEATED: error.message })).await?;
            }
            let (id, nid) = sent?;
            Ok(Outcome::Done(published(&id, &nid, None)))
        }
        OBSERVE => observe(&author, ctx).await,
        WITHDRAW => {
            let id = submission.external_id.as_deref().unwrap_or_default();
            withdraw(&author, ctx.host, id).await?;
            Ok(Outcome::Done(published(id, "", None)))
        }
        BY_HAND => Ok(Outcome::NeedsUser {
            task: format!("百家号不能修改已发布的视频：请登录 {CONSOLE} 修改，或撤回后重新发布"),
            expires_at: None,
        }),
        other => Err(ChannelError::new(
            ErrorClass::Bug,
            format!("no step {other}"),
        )),
    }
}

/// What became of it: accepted is not published.
async fn observe(author: &Author<'_>, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
    let sent = [PUBLISH, REPUBLISH].map(|step| ctx.outputs.get(step));
    let output = sent.into_iter().flatten().next().unwrap_or(&Value::Null);
    let id = output["article_id"].as_str().unwrap_or_default();
    let pending = |note: &str| {
        Ok(Outcome::Pending {
            note: note.to_owned(),
            retry_in: None,
        })
    };
    let Some(told) = author.status(ctx.host, id).await? else {
        return pending("百家号还查不到这篇内容");
    };
    let refused = |class: ErrorClass, what: &str| {
        let because = if told.reason.is_empty() {
            String::new()
        } else {
            format!("：{}", told.reason)
        };
        Err(ChannelError::new(class, format!("{what}{because}")).with_code(told.status.as_str()))
    };
    let rejected = ErrorClass::ContentRejected;
    match told.status.as_str() {
        "publish" => {
            let nid = output["nid"].as_str().unwrap_or_default();
            Ok(Outcome::Done(published(id, nid, told.url)))
        }
        "audit" | "pre_publish" => pending("百家号正在审核"),
        "draft" => Ok(Outcome::NeedsUser {
            task: format!(
                "百家号把它放进了草稿箱，多半是封面不能用：请登录 {CONSOLE} 补上封面并发布"
            ),
            expires_at: None,
        }),
        "rejected" => refused(rejected, "百家号审核未通过"),
        "forbidden" => refused(rejected, "百家号封禁了这篇内容"),
        "withdraw" => refused(rejected, "这篇内容在百家号被撤回了"),
        "deleted" => refused(rejected, "这篇内容在百家号被删除了"),
        "videofail" | "audiofail" => refused(ErrorClass::MediaRejected, "百家号不能处理视频文件"),
        _ => refused(ErrorClass::ProtocolDrift, "百家号给出了未知的状态"),
    }
}

/// Takes an item down. What is down already is as well; and where its id is not known to the call, the number in its
/// address is.
async fn withdraw(author: &Author<'_>, host: &dyn StepHost, id: &str) -> Result<(), ChannelError> {
    let refused = match author.withdraw(host, id).await {
        Ok(()) => return Ok(()),
        Err(error) => error,
    };
    let code = refused.code.as_deref();
    if code != Some(WRONG_STATE) && code != Some(MISSING) {
        return Err(refused);
    }
    let told = author.status(host, id).await?;
    match told {
        Some(told) if lookup::is_gone(&told.status) => Ok(()),
        Some(told) if code == Some(MISSING) => match number_in(&told) {
            Some(number) => author.withdraw(host, &number).await,
            None => Err(refused),
        },
        _ => Err(refused),
    }
}

/// The number of an item in its address: `s?id=…`.
fn number_in(told: &Told) -> Option<String> {
    let url = url::Url::parse(told.url.as_deref()?).ok()?;
    let mut pairs = url.query_pairs();
    let (_, number) = pairs.find(|(name, _)| name == "id")?;
    Some(number.into_owned())
}

/// Whether the platform lets the author in: it is asked for the day's articles.
pub async fn check(account: &Account, host: &dyn StepHost) -> Result<(), ChannelError> {
    let today = time::day(account.clock.now());
    let author = Author::of(account)?;
    let kind = item::type_of(ContentKind::Story);
    author
        .items(host, kind, (&today, &today), 1)
        .await
        .map(drop)
}

/// What a call whose reply was lost came to.
pub async fn find(
    account: &Account,
    sent: &Fingerprint<'_>,
    host: &dyn StepHost,
) -> Result<Found, ChannelError> {
    let author = Author::of(account)?;
    let now = account.clock.now();
    let id = sent.submission.external_id.as_deref().unwrap_or_default();
    let found = |is_so: bool| {
        if is_so {
            Found::One(published(id, "", None))
        } else {
            Found::Absent
        }
    };
    match sent.step {
        WITHDRAW => {
            let told = author.status(host, id).await?;
            Ok(found(told.is_none_or(|told| lookup::is_gone(&told.status))))
        }
        REPUBLISH => {
            let told = author.status(host, id).await?;
            let is_in_review = told.is_some_and(|told| told.status == "audit");
            let has_changed =
                is_in_review || lookup::has_changed(&author, sent, host, now, id).await?;
            Ok(found(has_changed))
        }
        _ => find_published(account, &author, sent, host).await,
    }
}

async fn find_published(
    account: &Account,
    author: &Author<'_>,
    sent: &Fingerprint<'_>,
    host: &dyn StepHost,
) -> Result<Found, ChannelError> {
    let now = account.clock.now();
    let repeated = sent.handle.get(REPEATED).and_then(Value::as_str);
    let mut candidates = lookup::candidates(author, sent, host, now, repeated.is_some()).await?;
    if candidates.len() > 1 {
        return Ok(Found::Many(candidates));
    }
    if let Some(only) = candidates.pop() {
        return Ok(Found::One(published(
            &only.external_id,
            "",
            only.external_url,
        )));
    }
    let delay = account.setting("listing_delay_s", "").parse();
    let delay = Duration::from_secs(delay.unwrap_or(LISTING_DELAY_S.into()));
    match repeated {
        // The platform has it, and by now the list should show it: sending it again would be refused again.
        Some(told) if now.since(sent.armed_at) >= delay => Ok(Found::CannotTell {
            reason: format!(
                "百家号说这个地址已经发过，文章列表里却没有标题相同的内容（可能改过标题，或已撤回）：请登录 {CONSOLE} 查看。百家号的回复：{told}"
            ),
        }),
        _ => Ok(Found::Absent),
    }
}
