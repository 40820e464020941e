//! What the demo sends where: accounts on the simulators, and deliveries over the next seconds. Safe to run again.

use std::{collections::BTreeMap, time::Duration};

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::memory::Memory;
use crate::{
    app::App,
    auth::{Actor, SiteChanges},
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

/// Where stories go: the first of so many in a row. Material needs a picture, and all at once would be dull to watch.
const STORIES: &[(&str, &str, usize)] = &[
    ("baidu", "search", 1),
    ("baidu", "feed", 3),
    ("baidu", "website", 3),
    ("wechat", "publish", 6),
    ("wechat", "picture", 6),
    ("alipay", "post", 6),
    ("alipay", "article", 6),
    ("douyin", "publish", 6),
    ("douyin", "search", 6),
];
/// Where videos go.
const VIDEOS: &[(&str, &str)] = &[
    ("douyin", "publish"),
    ("alipay", "post"),
    ("toutiao", "video"),
];

/// Connects the accounts and plans what is not planned yet.
pub async fn schedule_all(
    app: &App,
    actor: &Actor,
    memory: &Memory,
    simulators: &Simulators,
) -> anyhow::Result<()> {
    let accounts = connect_all(app, actor, memory, simulators).await?;
    give_mini_program(app, actor).await?;
    let page = PageRequest {
        size: 100,
        after: None,
    };
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
    for (source, channel, lane) in wanted(app, actor, &page).await? {
        let account = accounts[channel];
        if is_known(source, account, lane) {
            continue;
        }
        // Rendering pictures takes its time; nothing may be planned for the past.
        due = due.max(app.clock.now().plus(START));
        let wall_time = due.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true);
        let input = ScheduleInput {
            source,
            account,
            lane: lane.to_owned(),
            due: Due::At {
                wall_time,
                zone: None,
            },
        };
        app.delivery.schedule(actor, input).await?;
        due = due.plus(PACE);
    }
    Ok(())
}

/// Everything that goes out, story after story: what, to which channel, on which lane.
async fn wanted(
    app: &App,
    actor: &Actor,
    page: &PageRequest,
) -> anyhow::Result<Vec<(SourceRef, &'static str, &'static str)>> {
    let filter = ItemFilter::default();
    let stories = app.content.list::<StoryContent>(actor, &filter, page);
    let mut stories = stories.await?.edges;
    stories.sort_by_key(|(_, story)| story.id);
    let mut wanted = Vec::new();
    for (index, (_, story)) in stories.into_iter().enumerate() {
        let lanes = STORIES.iter().filter(|(.., every)| index % every == 0);
        wanted
            .extend(lanes.map(|(channel, lane, _)| (SourceRef::Story(story.id), *channel, *lane)));
    }
    let videos = app.content.list::<VideoContent>(actor, &filter, page);
    for (_, video) in videos.await?.edges {
        let lanes = VIDEOS.iter();
        wanted.extend(lanes.map(|(channel, lane)| (SourceRef::Video(video.id), *channel, *lane)));
    }
    Ok(wanted)
}

/// An account on each channel's simulator; those that an earlier run connected stay.
async fn connect_all(
    app: &App,
    actor: &Actor,
    memory: &Memory,
    simulators: &Simulators,
) -> anyhow::Result<BTreeMap<&'static str, AccountId>> {
    let known = app.delivery.accounts(actor).await?;
    let mut connected = BTreeMap::new();
    for channel in ["baidu", "douyin", "wechat", "alipay", "toutiao"] {
        let account = known.iter().find(|account| account.channel == channel);
        let id = if let Some(account) = account {
            account.id
        } else {
            let new = account_on(channel, memory, simulators)?;
            app.delivery.connect_account(actor, new).await?.id
        };
        connected.insert(channel, id);
    }
    Ok(connected)
}

/// The site's mini-program, whose pages are submitted for search.
async fn give_mini_program(app: &App, actor: &Actor) -> anyhow::Result<()> {
    let site = app.auth.site(actor).await?;
    let mut programs = site.mini_programs;
    if programs.contains_key("douyin") {
        return Ok(());
    }
    programs.insert("douyin".to_owned(), "tt0000sim".to_owned());
    let changes = SiteChanges {
        mini_programs: Some(programs),
        ..SiteChanges::default()
    };
    app.auth.update_site(actor, site.version, changes).await?;
    Ok(())
}

fn texts<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

/// What a person would type into the channel's form, for an account on its simulator.
fn account_on(
    channel: &str,
    memory: &Memory,
    simulators: &Simulators,
) -> anyhow::Result<NewAccount> {
    let base = format!("{}/{channel}", memory.simulators_url());
    let ask = |command| {
        let answer = simulators.control(channel, &command);
        answer.map_err(anyhow::Error::msg)
    };
    let text = |answer: &Value, name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    let (name, mut settings, credentials) = match channel {
        "baidu" => (
            "百度 · 演示",
            texts([
                ("app_key", "AK_demo"),
                ("site", &memory.url()),
                ("openapi_url", &format!("{base}/openapi")),
                ("push_url", &format!("{base}/zz")),
                ("resend_delay_s", "2"),
                ("quota.search_daily", "1000"),
            ]),
            texts([
                ("app_secret", "SK_demo"),
                ("push_token", "0123456789abcdef"),
            ]),
        ),
        "douyin" => {
            // The user of the simulated app agrees; the account is connected with the code that comes back.
            let code = text(&ask(json!({ "authorize": true }))?, "code");
            (
                "抖音 · 演示",
                texts([
                    ("client_key", "awsim0001"),
                    ("open_id", "_000openid-a"),
                    ("base_url", &base),
                    ("listing_delay_s", "2"),
                ]),
                texts([("client_secret", "sim-secret-0001"), ("code", &code)]),
            )
        }
        "toutiao" => {
            let code = text(&ask(json!({ "authorize": true }))?, "code");
            (
                "今日头条 · 演示",
                texts([
                    ("client_key", "ttsim0001"),
                    ("open_id", "_000tt-openid-a"),
                    ("base_url", &base),
                    ("listing_delay_s", "2"),
                ]),
                texts([("client_secret", "sim-secret-0002"), ("code", &code)]),
            )
        }
        "wechat" => (
            "微信公众号 · 演示",
            texts([
                ("app_id", "wx0123456789abcdef"),
                ("base_url", &base),
                ("listing_delay_s", "2"),
            ]),
            texts([("app_secret", "0123456789abcdef0123456789abcdef")]),
        ),
        _ => {
            let keys = ask(json!({ "keys": true }))?;
            (
                "支付宝 · 演示",
                texts([
                    ("app_id", "2021000000000001"),
                    ("alipay_public_key", &text(&keys, "alipay_public_key")),
                    ("gateway_url", &format!("{base}/gateway.do")),
                    ("listing_delay_s", "2"),
                ]),
                texts([("private_key", &text(&keys, "app_private_key"))]),
            )
        }
    };
    settings.insert("call_deadline_s".to_owned(), "5".to_owned());
    Ok(NewAccount {
        channel: channel.to_owned(),
        name: name.to_owned(),
        settings,
        credentials,
        tokens: None,
    })
}
