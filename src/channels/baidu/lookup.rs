//! What became of a submission whose answer was lost: Baijiahao has a list, the other lanes only what does no harm.

use std::time::Duration;

use serde_json::Value;

use super::{
    BAIJIAHAO, FEED, SEARCH, WEBSITE, account,
    adapter::{PROBE, PUSH_URL, REFUSAL},
    baijiahao,
    client::Client,
    time,
};
use crate::{
    channels::{Account, ChannelError, Fingerprint, Found, StepHost},
    clock::Timestamp,
};

/// Section 1.2 of the contract: Baijiahao has a list; no other lane can simply be asked, so a repeat that does no harm
/// comes first.
pub async fn find(
    client: &Client,
    sent: &Fingerprint<'_>,
    host: &dyn StepHost,
) -> Result<Found, ChannelError> {
    if sent.submission.lane == BAIJIAHAO {
        return baijiahao::find(&client.account, sent, host).await;
    }
    if let Some(told) = sent.handle.get(REFUSAL).and_then(Value::as_str) {
        return Ok(Found::CannotTell {
            reason: told.to_owned(),
        });
    }
    if let Some(found) = compare_remain(client, sent, host).await? {
        return Ok(found);
    }
    let is_first = sent.resend_count == 0;
    let assumed = |reason: &str| Found::Assumed {
        reason: reason.to_owned(),
    };
    Ok(match sent.submission.lane.as_str() {
        // Identical bytes for the same path are a duplicate and are not stored (develop/serverapi/faq).
        FEED if is_first => Found::Harmless {
            resend_at: client.account.clock.now(),
        },
        SEARCH | WEBSITE if is_first => Found::Harmless {
            resend_at: resend_at(&client.account),
        },
        SEARCH => assumed("百度没有查询收录提交的接口；已重发一次，视为已提交"),
        WEBSITE => assumed("百度没有查询推送的接口；已重发一次，视为已推送，站点地图会兜底"),
        _ => assumed("百度没有查询物料的接口；相同内容已重发一次，视为已提交"),
    })
}

/// Where the allowance was read before a push, it tells afterwards: unchanged, nothing arrived. Less of it may also
/// be another's push, so that is no proof; and midnight fills it up.
async fn compare_remain(
    client: &Client,
    sent: &Fingerprint<'_>,
    host: &dyn StepHost,
) -> Result<Option<Found>, ChannelError> {
    let probed = sent.outputs.get(PROBE);
    let before = probed.and_then(|output| {
        let value = output.get("value").unwrap_or(output);
        value.get("remain").and_then(Value::as_i64)
    });
    let now = client.account.clock.now();
    let Some(before) =
        before.filter(|_| sent.step == PUSH_URL && time::date(now) == time::date(sent.armed_at))
    else {
        return Ok(None);
    };
    let is_fast = account::is_on(&client.account, "fast_index");
    let after = client.push(host, "urls", is_fast, &["*"]).await?;
    Ok(after.remain.map(|after| {
        if after < before {
            Found::Assumed {
                reason: format!("当日余量从 {before} 变为 {after}，视为已推送"),
            }
        } else {
            Found::Absent
        }
    }))
}

/// When an unclear submission may be repeated: the next day's allowance, or what the account says.
fn resend_at(account: &Account) -> Timestamp {
    let now = account.clock.now();
    match account.setting("resend_delay_s", "").parse() {
        Ok(seconds) => now.plus(Duration::from_secs(seconds)),
        Err(_) => time::next_midnight(now),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::{
        channels::{ContentKind, Intent, Submission, http::NoHost},
        clock::Clock,
    };

    fn client(clock: &Clock) -> Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client {
            account: Account {
                id: "1".into(),
                external_id: None,
                settings: BTreeMap::new(),
                credentials: BTreeMap::new(),
                http: reqwest::Client::builder().build().expect("a client"),
                clock: clock.clone(),
            },
        }
    }

    fn submission(lane: &str) -> Submission {
        Submission {
            delivery_id: "1".into(),
            intent: Intent::Publish,
            lane: lane.into(),
            kind: ContentKind::Story,
            fields: BTreeMap::new(),
            media: Vec::new(),
            page_url: "https://www.example.cn/s/42".into(),
            first_published_at: None,
            updated_at: None,
            marker: String::new(),
            external_id: None,
        }
    }

    async fn found(lane: &str, step: &str, handle: Value, resend_count: u32) -> Found {
        let clock = Clock::fixed("2026-03-03T08:00:00Z".parse().expect("an instant"));
        let sent = Fingerprint {
            submission: &submission(lane),
            step,
            armed_at: clock.now(),
            outputs: &BTreeMap::new(),
            handle: &handle,
            resend_count,
            taken: &[],
        };
        let found = find(&client(&clock), &sent, &NoHost).await;
        found.expect("a verdict")
    }

    #[tokio::test]
    async fn a_lost_answer_is_repeated_once_where_it_does_no_harm() {
        let midnight = Found::Harmless {
            resend_at: "2026-03-03T16:00:00Z".parse().expect("an instant"),
        };
        let at_once = Found::Harmless {
            resend_at: "2026-03-03T08:00:00Z".parse().expect("an instant"),
        };
        for (lane, step, first) in [
            (SEARCH, "submit_path", midnight.clone()),
            (FEED, "submit_resource", at_once),
            (WEBSITE, PUSH_URL, midnight),
        ] {
            assert_eq!(found(lane, step, Value::Null, 0).await, first, "{lane}");
            let then = found(lane, step, Value::Null, 1).await;
            assert!(matches!(then, Found::Assumed { .. }), "{lane}: {then:?}");
        }
    }

    #[tokio::test]
    async fn a_refusal_with_an_unknown_code_is_never_taken_for_accepted() {
        for resend_count in [0, 1] {
            let handle = json!({ REFUSAL: "百度给出了未知的代码（987654 ?）" });
            let told = found(SEARCH, "submit_path", handle, resend_count).await;
            assert_eq!(
                told,
                Found::CannotTell {
                    reason: "百度给出了未知的代码（987654 ?）".into()
                }
            );
        }
    }
}
