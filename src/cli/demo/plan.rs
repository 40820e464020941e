//! What the demo sends where: accounts on the simulators, and deliveries over the next seconds. Safe to run again.

use std::{collections::BTreeMap, time::Duration};

use chrono::SecondsFormat;
use serde_json::json;

use super::memory::Memory;
use crate::{
    app::App,
    auth::Actor,
    channels::Simulators,
    content::{ItemFilter, StoryContent, VideoContent},
    delivery::{DeliveryFilter, Due, NewAccount, ScheduleInput},
    id::AccountId,
    page::PageRequest,
    tailoring::SourceRef,
};

/// Nothing goes out sooner than this after it was planned.
const START: Duration = Duration::from_secs(3);
/// And each further one so much later.
const PACE: Duration = Duration::from_millis(700);

/// Connects the accounts and plans what is not planned yet.
pub async fn schedule_all(
    app: &App,
    actor: &Actor,
    memory: &Memory,
    simulators: &Simulators,
) -> anyhow::Result<()> {
    let baidu = baidu_account(app, actor, memory).await?;
    let douyin = douyin_account(app, actor, memory, simulators).await?;
    let wechat = wechat_account(app, actor, memory).await?;
    let page = PageRequest {
        size: 100,
        after: None,
    };
    let mut wanted: Vec<(SourceRef, AccountId, &str)> = Vec::new();
    let mut stories = app
        .content
        .list::<StoryContent>(actor, &ItemFilter::default(), &page)
        .await?
        .edges;
    stories.sort_by_key(|(_, story)| story.id);
    for (index, (_, story)) in stories.into_iter().enumerate() {
        let source = SourceRef::Story(story.id);
        wanted.push((source, baidu, "search"));
        // A material needs a picture, and so many in a row would be dull to watch.
        if index % 3 == 0 {
            wanted.push((source, baidu, "feed"));
            wanted.push((source, baidu, "website"));
            wanted.push((source, wechat, "publish"));
            wanted.push((source, wechat, "picture"));
        }
    }
    for (_, video) in app
        .content
        .list::<VideoContent>(actor, &ItemFilter::default(), &page)
        .await?
        .edges
    {
        wanted.push((SourceRef::Video(video.id), douyin, "publish"));
    }
    let known = app
        .delivery
        .deliveries(actor, &DeliveryFilter::default(), &page)
        .await?;
    let is_known = |source: SourceRef, account: AccountId, lane: &str| {
        known.edges.iter().any(|(_, delivery)| {
            delivery.source_id == source.item()
                && delivery.account == account
                && delivery.lane == lane
        })
    };
    let mut due = app.clock.now();
    for (source, account, lane) in wanted {
        if is_known(source, account, lane) {
            continue;
        }
        // Rendering pictures takes its time; nothing may be planned for the past.
        due = due.max(app.clock.now().plus(START));
        let wall_time = due.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true);
        let due_at = Due::At {
            wall_time,
            zone: None,
        };
        app.delivery
            .schedule(
                actor,
                ScheduleInput {
                    source,
                    account,
                    lane: lane.to_owned(),
                    due: due_at,
                },
            )
            .await?;
        due = due.plus(PACE);
    }
    Ok(())
}

async fn find_account(app: &App, actor: &Actor, name: &str) -> anyhow::Result<Option<AccountId>> {
    let accounts = app.delivery.accounts(actor).await?;
    Ok(accounts
        .into_iter()
        .find(|account| account.name == name)
        .map(|account| account.id))
}

fn texts<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

async fn baidu_account(app: &App, actor: &Actor, memory: &Memory) -> anyhow::Result<AccountId> {
    let name = "百度 · 演示";
    if let Some(id) = find_account(app, actor, name).await? {
        return Ok(id);
    }
    let base = memory.simulators_url();
    let settings = texts([
        ("app_key", "AK_demo"),
        ("site", &memory.url()),
        ("openapi_url", &format!("{base}/baidu/openapi")),
        ("push_url", &format!("{base}/baidu/zz")),
        ("resend_delay_s", "2"),
        ("call_deadline_s", "5"),
        ("quota.search_daily", "1000"),
    ]);
    let credentials = texts([
        ("app_secret", "SK_demo"),
        ("push_token", "0123456789abcdef"),
    ]);
    let new = NewAccount {
        channel: "baidu".into(),
        name: name.into(),
        settings,
        credentials,
        tokens: None,
    };
    Ok(app.delivery.connect_account(actor, new).await?.id)
}

async fn douyin_account(
    app: &App,
    actor: &Actor,
    memory: &Memory,
    simulators: &Simulators,
) -> anyhow::Result<AccountId> {
    let name = "抖音 · 演示";
    if let Some(id) = find_account(app, actor, name).await? {
        return Ok(id);
    }
    // The user of the simulated app agrees; the account is connected with the code that comes back.
    let agreed = simulators
        .control("douyin", &json!({ "authorize": true }))
        .map_err(anyhow::Error::msg)?;
    let code = agreed["code"].as_str().unwrap_or_default().to_owned();
    let settings = texts([
        ("client_key", "awsim0001"),
        ("open_id", "_000openid-a"),
        ("base_url", &format!("{}/douyin", memory.simulators_url())),
        ("call_deadline_s", "5"),
        ("listing_delay_s", "2"),
    ]);
    let credentials = texts([("client_secret", "sim-secret-0001"), ("code", &code)]);
    let new = NewAccount {
        channel: "douyin".into(),
        name: name.into(),
        settings,
        credentials,
        tokens: None,
    };
    Ok(app.delivery.connect_account(actor, new).await?.id)
}

async fn wechat_account(app: &App, actor: &Actor, memory: &Memory) -> anyhow::Result<AccountId> {
    let name = "微信公众号 · 演示";
    if let Some(id) = find_account(app, actor, name).await? {
        return Ok(id);
    }
    let settings = texts([
        ("app_id", "wx0123456789abcdef"),
        ("base_url", &format!("{}/wechat", memory.simulators_url())),
        ("call_deadline_s", "5"),
        ("listing_delay_s", "2"),
    ]);
    let credentials = texts([("app_secret", "0123456789abcdef0123456789abcdef")]);
    let new = NewAccount {
        channel: "wechat".into(),
        name: name.into(),
        settings,
        credentials,
        tokens: None,
    };
    Ok(app.delivery.connect_account(actor, new).await?.id)
}
