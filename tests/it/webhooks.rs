//! Outgoing webhooks: what a site's own systems are told, how it is signed, repeated, logged and replayed.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use fenfa::{
    auth::{Actor, Role},
    content::{ItemChanges, NewItem, NewProduct, StoryContent},
    error::ErrorKind,
    id::ItemId,
    jobs::JobWorker,
    page::PageRequest,
    webhooks::{Message, MessageFilter, MessageState, NewWebhook, PauseReason, Webhook, topics},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use crate::harness::{Answer, BAIDU_SEARCH, Received, Receiver, TestApp};

/// A webhook that hears of these topics, and its secret.
async fn hook(
    app: &TestApp,
    receiver: &Receiver,
    path: &str,
    topics: &[&str],
) -> (Webhook, String) {
    let new = NewWebhook {
        name: format!("缓存{path}"),
        url: format!("{}{path}", receiver.url),
        topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
    };
    let actor = app.system().await;
    let (webhook, secret) = app.app.webhooks.create_webhook(&actor, new).await.unwrap();
    (webhook, secret.text())
}

async fn draft(app: &TestApp, actor: &Actor, title: &str) -> ItemId {
    let new = NewItem {
        content: StoryContent::new(title),
        slug: None,
        source_id: None,
    };
    app.app.content.create(actor, new).await.unwrap().id
}

async fn publish(app: &TestApp, title: &str) -> ItemId {
    let actor = app.system().await;
    let id = draft(app, &actor, title).await;
    app.app
        .content
        .publish::<StoryContent>(&actor, id)
        .await
        .unwrap();
    id
}

async fn rename(app: &TestApp, id: ItemId, title: &str) {
    let actor = app.system().await;
    let story = app
        .app
        .content
        .item::<StoryContent>(&actor, id)
        .await
        .unwrap();
    let changes = ItemChanges {
        base_version: story.version,
        content: StoryContent::new(title),
        slug: None,
    };
    app.app.content.update(&actor, id, changes).await.unwrap();
    app.app
        .content
        .publish::<StoryContent>(&actor, id)
        .await
        .unwrap();
}

/// The webhook's messages, the oldest first.
async fn messages(app: &TestApp, webhook: &Webhook) -> Vec<Message> {
    let actor = app.system().await;
    let page = PageRequest {
        size: 100,
        after: None,
    };
    let page = app
        .app
        .webhooks
        .messages(&actor, webhook.id, &MessageFilter::default(), &page)
        .await
        .unwrap();
    page.edges
        .into_iter()
        .rev()
        .map(|(_, message)| message)
        .collect()
}

async fn states(app: &TestApp, webhook: &Webhook) -> Vec<MessageState> {
    messages(app, webhook)
        .await
        .iter()
        .map(|message| message.state)
        .collect()
}

async fn now(app: &TestApp, webhook: &Webhook) -> Webhook {
    let actor = app.system().await;
    app.app.webhooks.webhook(&actor, webhook.id).await.unwrap()
}

/// As a receiver checks it, written from the specification.
fn is_signed(seen: &Received, secret: &str) -> bool {
    let key = STANDARD
        .decode(secret.strip_prefix("whsec_").unwrap())
        .unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.{}", seen.id, seen.timestamp, seen.body).as_bytes());
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    seen.signature
        .split(' ')
        .any(|signature| signature == expected)
}

/// A worker that has seen where the content stands.
async fn follow(app: &TestApp) -> JobWorker {
    let jobs = app.jobs().await;
    jobs.run_until_idle().await.unwrap();
    jobs
}

both_databases! {
    async fn a_site_hears_what_changes_for_its_readers(app: TestApp) {
        let receiver = app.receive();
        publish(&app, "在此之前").await;
        let jobs = follow(&app).await;
        let actor = app.system().await;
        let (_, secret) = hook(&app, &receiver, "/a", &["story.published", "story.changed", "story.withdrawn", "product.published"]).await;

        let id = publish(&app, "立春").await;
        jobs.run_until_idle().await.unwrap();
        rename(&app, id, "立春三候").await;
        jobs.run_until_idle().await.unwrap();
        app.app.content.unpublish::<StoryContent>(&actor, id).await.unwrap();
        draft(&app, &actor, "只是草稿").await;
        let product = NewProduct { sku: "A-1".to_owned(), name: "围巾".to_owned(), price_fen: 9900, ..NewProduct::default() };
        let product = app.app.content.create_product(&actor, product).await.unwrap();
        app.app.content.publish_product(&actor, product.id).await.unwrap();
        jobs.run_until_idle().await.unwrap();

        let seen = receiver.received();
        let told: Vec<_> = seen.iter().map(Received::topic).collect();
        assert_eq!(told, ["story.published", "story.changed", "story.withdrawn", "product.published"]);
        let published = seen[0].json();
        assert_eq!(published["timestamp"], TestApp::START);
        assert_eq!(published["data"]["id"], id.to_string());
        assert_eq!(published["data"]["title"], "立春");
        assert_eq!(published["data"]["url"], format!("{}/s/{}", app.url, published["data"]["slug"].as_str().unwrap()));
        assert_eq!(seen[1].json()["data"]["title"], "立春三候");
        assert_eq!(seen[2].json()["data"], json!({ "id": id, "kind": "story" }));
        assert_eq!(seen[3].json()["data"]["sku"], "A-1");
        for message in &seen {
            assert!(is_signed(message, &secret), "{message:#?}");
            assert_eq!(message.timestamp, app.clock.now().unix_seconds().to_string());
        }
    }

    async fn a_site_hears_what_became_of_its_deliveries(app: TestApp) {
        let receiver = app.receive();
        let jobs = follow(&app).await;
        let worker = app.worker().await;
        let actor = app.system().await;
        let (webhook, _) = hook(&app, &receiver, "/a", &["delivery.published", "delivery.held", "delivery.cancelled"]).await;
        let account = app.connect("baidu", &[]).await;

        let id = app.send(BAIDU_SEARCH, &account, "春茶的冲泡要点与火候").await;
        let delivery = app.settle(&worker, id).await;
        app.app.delivery.pause_account(&actor, account.id).await.unwrap();
        let held = app.send(BAIDU_SEARCH, &account, "秋茶的冲泡要点与火候").await;
        worker.run_until_idle().await.unwrap();
        app.app.delivery.cancel(&actor, held).await.unwrap();
        jobs.run_until_idle().await.unwrap();

        let seen = receiver.received();
        let told: Vec<_> = seen.iter().map(Received::topic).collect();
        assert_eq!(told, ["delivery.published", "delivery.held", "delivery.cancelled"]);
        let data = &seen[0].json()["data"];
        assert_eq!((&data["delivery"], &data["channel"]), (&json!(id), &json!("baidu")));
        assert_eq!((&data["state"], &data["title"]), (&json!("published"), &json!(delivery.title)));
        assert_eq!(seen[1].json()["data"]["reason"], "paused");
        assert_eq!(states(&app, &webhook).await, [MessageState::Sent; 3]);
        assert!(app.app.delivery.untold_events(10).await.unwrap().is_empty());
    }

    async fn an_event_is_told_again_with_the_same_id_until_it_is_taken(app: TestApp) {
        let receiver = app.receive();
        let jobs = follow(&app).await;
        let (webhook, secret) = hook(&app, &receiver, "/a", &["story.published"]).await;
        receiver.answer(Answer::status(500));
        receiver.answer(Answer { headers: vec![("retry-after", "600".to_owned())], ..Answer::status(503) });
        publish(&app, "立春").await;

        jobs.run_until_idle().await.unwrap();
        assert_eq!(receiver.received().len(), 1);
        assert!(app.next_job(&jobs).await);
        let second_at = app.clock.now();
        let third_at = app.app.jobs.next_due().await.unwrap().unwrap();
        assert!(third_at.since(second_at) >= Duration::from_mins(10), "the receiver asked for ten minutes");
        assert!(app.next_job(&jobs).await);

        let seen = receiver.received();
        assert_eq!(seen.len(), 3);
        assert!(seen.iter().all(|message| message.id == seen[0].id && message.body == seen[0].body));
        assert!(seen.iter().all(|message| is_signed(message, &secret)));
        assert_ne!(seen[0].timestamp, seen[2].timestamp, "each try is signed with its own time");
        let message = messages(&app, &webhook).await.pop().unwrap();
        assert_eq!((message.state, message.attempt_count), (MessageState::Sent, 3));
        assert_eq!(message.event.to_string(), seen[0].id);
        assert!(!app.next_job(&jobs).await, "nothing more is to do");
        assert_eq!(now(&app, &webhook).await.failing_since, None);
    }

    async fn a_receiver_that_takes_nothing_is_paused_after_five_tries_and_loses_nothing(app: TestApp) {
        let receiver = app.receive();
        let jobs = follow(&app).await;
        let actor = app.system().await;
        let (dead, _) = hook(&app, &receiver, "/dead", &["story.published"]).await;
        let (alive, _) = hook(&app, &receiver, "/alive", &["story.published"]).await;
        receiver.always("/dead", Some(Answer::status(502)));
        publish(&app, "立春").await;
        jobs.run_until_idle().await.unwrap();
        assert_eq!(states(&app, &alive).await, [MessageState::Sent], "it holds up nobody else");

        while app.next_job(&jobs).await {}
        let tries = receiver.take().iter().filter(|message| message.path == "/dead").count();
        assert_eq!(tries, 5);
        let paused = now(&app, &dead).await;
        assert_eq!(paused.pause_reason, Some(PauseReason::Dead));
        assert!(paused.paused_at.is_some() && paused.failing_since.is_some());
        publish(&app, "雨水").await;
        jobs.run_until_idle().await.unwrap();
        assert_eq!(states(&app, &dead).await, [MessageState::Failed, MessageState::Held]);
        assert!(receiver.take().iter().all(|message| message.path == "/alive"));

        receiver.always("/dead", None);
        let resumed = app.app.webhooks.resume_webhook(&actor, dead.id).await.unwrap();
        jobs.run_until_idle().await.unwrap();

        assert_eq!((resumed.paused_at, resumed.pause_reason), (None, None));
        assert_eq!(states(&app, &dead).await, [MessageState::Failed, MessageState::Sent]);
        let told = receiver.take();
        assert_eq!((told.len(), told[0].json()["data"]["title"].clone()), (1, json!("雨水")));
        let failed = messages(&app, &dead).await[0].clone();
        app.app.webhooks.replay_message(&actor, failed.id).await.unwrap();
        jobs.run_until_idle().await.unwrap();
        assert_eq!(states(&app, &dead).await, [MessageState::Sent; 2]);
        assert_eq!(receiver.take()[0].id, failed.event.to_string());
    }

    async fn one_event_that_a_receiver_cannot_take_does_not_stop_the_others(app: TestApp) {
        let receiver = app.receive();
        let jobs = follow(&app).await;
        let (webhook, _) = hook(&app, &receiver, "/a", &["story.published"]).await;
        receiver.answer(Answer::status(500));
        publish(&app, "立春").await;
        publish(&app, "雨水").await;
        jobs.run_until_idle().await.unwrap();
        for _ in 0..4 {
            receiver.answer(Answer::status(500));
        }

        while app.next_job(&jobs).await {}

        assert_eq!(states(&app, &webhook).await, [MessageState::Failed, MessageState::Sent]);
        assert_eq!(now(&app, &webhook).await.paused_at, None, "it took something in the meantime");
    }

    async fn a_receiver_that_says_it_is_gone_is_paused_at_once(app: TestApp) {
        let receiver = app.receive();
        let jobs = follow(&app).await;
        let (webhook, _) = hook(&app, &receiver, "/a", &["story.published"]).await;
        receiver.answer(Answer::status(410));
        publish(&app, "立春").await;

        jobs.run_until_idle().await.unwrap();

        assert_eq!(now(&app, &webhook).await.pause_reason, Some(PauseReason::Gone));
        assert_eq!(states(&app, &webhook).await, [MessageState::Failed]);
        assert!(!app.next_job(&jobs).await);
    }

    async fn a_new_secret_signs_beside_the_old_one_for_a_while(app: TestApp) {
        let receiver = app.receive();
        let jobs = follow(&app).await;
        let actor = app.system().await;
        let (webhook, old) = hook(&app, &receiver, "/a", &["story.published"]).await;

        let (rotated, new) = app.app.webhooks.rotate_secret(&actor, webhook.id).await.unwrap();
        let new = new.text();
        app.app.webhooks.ping_webhook(&actor, webhook.id).await.unwrap();
        jobs.run_until_idle().await.unwrap();
        app.clock.set(rotated.previous_until.unwrap());
        app.app.webhooks.ping_webhook(&actor, webhook.id).await.unwrap();
        jobs.run_until_idle().await.unwrap();

        let seen = receiver.received();
        assert_ne!(old, new);
        assert!(is_signed(&seen[0], &old) && is_signed(&seen[0], &new));
        assert!(!is_signed(&seen[1], &old) && is_signed(&seen[1], &new));
    }

    async fn a_test_reaches_also_a_paused_webhook_and_nobody_else(app: TestApp) {
        let receiver = app.receive();
        let jobs = follow(&app).await;
        let actor = app.system().await;
        let (webhook, secret) = hook(&app, &receiver, "/a", &["story.published"]).await;
        hook(&app, &receiver, "/b", &["story.published"]).await;
        app.app.webhooks.pause_webhook(&actor, webhook.id).await.unwrap();

        app.app.webhooks.ping_webhook(&actor, webhook.id).await.unwrap();
        jobs.run_until_idle().await.unwrap();

        let seen = receiver.received();
        assert_eq!((seen.len(), seen[0].path.as_str()), (1, "/a"));
        assert_eq!(seen[0].topic(), "webhook.ping");
        assert!(is_signed(&seen[0], &secret));
        assert_eq!(now(&app, &webhook).await.pause_reason, Some(PauseReason::Person));
    }

    async fn a_span_is_replayed_with_the_same_ids_also_to_a_webhook_made_later(app: TestApp) {
        let receiver = app.receive();
        let jobs = follow(&app).await;
        let actor = app.system().await;
        let (first, _) = hook(&app, &receiver, "/a", &["story.published"]).await;
        let start = app.clock.now();
        for title in ["立春", "雨水", "惊蛰"] {
            publish(&app, title).await;
            app.clock.advance(Duration::from_mins(1));
        }
        jobs.run_until_idle().await.unwrap();
        let told = receiver.take();
        let (second, _) = hook(&app, &receiver, "/b", &["story.published"]).await;

        let until = start.plus(Duration::from_secs(90));
        let again = app.app.webhooks.replay_span(&actor, first.id, start, until).await.unwrap();
        let later = app.app.webhooks.replay_span(&actor, second.id, start, until).await.unwrap();
        let backwards = app.app.webhooks.replay_span(&actor, first.id, until, start).await.unwrap_err();
        jobs.run_until_idle().await.unwrap();

        assert_eq!((again, later), (2, 2));
        assert_eq!(backwards.field(), Some("input.until"));
        let replayed = receiver.take();
        for path in ["/a", "/b"] {
            let ids: Vec<_> = replayed.iter().filter(|message| message.path == path).map(|message| &message.id).collect();
            assert_eq!(ids, [&told[0].id, &told[1].id], "{path}");
        }
    }

    async fn the_log_keeps_what_was_said_and_no_secret(app: TestApp) {
        let receiver = app.receive();
        let jobs = follow(&app).await;
        let admin = app.person(Role::Admin).await;
        let create = "mutation($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { id topics } secret } }";
        let input = json!({ "input": { "name": "缓存", "url": format!("{}/a?key=geheim", receiver.url), "topics": ["story.published"] } });
        let made = app.admin_graphql(&admin, create, input).await;
        let webhook = &made["data"]["createWebhook"];
        let secret = webhook["secret"].as_str().unwrap_or_else(|| panic!("{made}"));
        receiver.answer(Answer { body: format!("\u{0}{}", "不".repeat(3_000_000)), ..Answer::status(500) });
        publish(&app, "立春").await;
        jobs.run_until_idle().await.unwrap();

        let query = "query($id: ID!) { webhookMessages(webhook: $id, first: 5) { nodes { state topic body occurredAt attempts { httpStatus error request response durationMs } } } }";
        let log = app.admin_graphql(&admin, query, json!({ "id": webhook["webhook"]["id"] })).await;

        let message = &log["data"]["webhookMessages"]["nodes"][0];
        assert_eq!((&message["state"], &message["topic"]), (&json!("PENDING"), &json!("story.published")), "{log}");
        assert!(message["body"].as_str().unwrap().contains("立春"));
        let attempt = &message["attempts"][0];
        assert_eq!((&attempt["httpStatus"], &attempt["error"]), (&json!(500), &json!("the receiver answered 500")));
        assert!(attempt["response"]["body"].as_str().unwrap().len() <= 3 * 4096, "the answer is cut");
        assert_eq!(attempt["response"]["is_whole"], false);
        let signature = &receiver.received()[0].signature;
        let text = log.to_string();
        for hidden in ["geheim", secret, signature.as_str()] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
        if let Some(path) = app.app.config.database.url.expose().strip_prefix("sqlite://") {
            let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
            for file in [path.to_owned(), format!("{path}-wal")] {
                let bytes = std::fs::read(&file).unwrap_or_default();
                let open = bytes.windows(key.len()).any(|part| part == key);
                assert!(!open, "{file} holds the secret openly");
            }
        }
    }

    async fn the_log_costs_the_same_statements_however_long_it_is(app: TestApp) {
        let receiver = app.receive();
        let jobs = follow(&app).await;
        let admin = app.person(Role::Admin).await;
        let (webhook, _) = hook(&app, &receiver, "/a", &["story.published"]).await;
        let query = "query($id: ID!) { webhookMessages(webhook: $id, first: 50) { nodes { state body occurredAt attempts { httpStatus } } } }";
        let cost = async || {
            app.admin_graphql(&admin, query, json!({ "id": webhook.id })).await;
            let before = app.app.db.statement_count();
            let answer = app.admin_graphql(&admin, query, json!({ "id": webhook.id })).await;
            let rows = answer["data"]["webhookMessages"]["nodes"].as_array().unwrap().len();
            (app.app.db.statement_count() - before, rows)
        };
        publish(&app, "立春").await;
        jobs.run_until_idle().await.unwrap();
        let one = cost().await;
        for number in 0..9 {
            publish(&app, &format!("雨水{number}")).await;
        }
        jobs.run_until_idle().await.unwrap();

        let many = cost().await;

        assert_eq!((one.1, many.1), (1, 10));
        assert_eq!(one.0, many.0);
    }

    async fn an_address_inside_is_refused_by_number_and_not_reached_by_name(app: TestApp) {
        let jobs = follow(&app).await;
        let actor = app.system().await;
        let new = |url: &str| NewWebhook { name: url.to_owned(), url: url.to_owned(), topics: vec!["story.published".to_owned()] };
        for url in ["http://127.0.0.1:1/", "http://169.254.169.254/latest", "https://[::1]/", "http://10.0.0.1/"] {
            let error = app.app.webhooks.create_webhook(&actor, new(url)).await.map(|_| ()).unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("input.url")), "{url}");
        }

        let (webhook, _) = app.app.webhooks.create_webhook(&actor, new("http://localhost:9/")).await.unwrap();
        app.app.webhooks.ping_webhook(&actor, webhook.id).await.unwrap();
        jobs.run_until_idle().await.unwrap();

        let message = messages(&app, &webhook).await.pop().unwrap();
        let tries = app.app.webhooks.attempts_of(&actor, &[message.id]).await.unwrap();
        let error = tries[&message.id][0].error.clone().unwrap();
        assert!(error.contains("no public address"), "{error}");
        assert_eq!(tries[&message.id][0].http_status, None);
    }

    async fn sites_hear_nothing_of_each_other(app: TestApp) {
        let receiver = app.receive();
        let jobs = follow(&app).await;
        let all: Vec<String> = topics();
        let all: Vec<_> = all.iter().map(String::as_str).collect();
        hook(&app, &receiver, "/ours", &all).await;
        let other = app.app.auth.create_site("other", "另一个").await.unwrap();
        let stranger = Actor::system(other.id);
        let new = NewWebhook {
            name: "他们".to_owned(),
            url: format!("{}/theirs", receiver.url),
            topics: vec!["story.published".to_owned()],
        };
        let (theirs, _) = app.app.webhooks.create_webhook(&stranger, new).await.unwrap();

        let id = draft(&app, &stranger, "他们的").await;
        app.app.content.publish::<StoryContent>(&stranger, id).await.unwrap();
        publish(&app, "我们的").await;
        jobs.run_until_idle().await.unwrap();

        let told: Vec<_> = receiver.received().iter().map(|message| (message.path.clone(), message.json()["data"]["title"].clone())).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.contains(&("/ours".to_owned(), json!("我们的"))), "{told:?}");
        assert!(told.contains(&("/theirs".to_owned(), json!("他们的"))), "{told:?}");
        let ours = app.system().await;
        let refused = app.app.webhooks.webhook(&ours, theirs.id).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NotFound);
    }

    async fn what_is_old_is_thrown_away_with_its_log(app: TestApp) {
        let receiver = app.receive();
        let jobs = follow(&app).await;
        let (webhook, _) = hook(&app, &receiver, "/a", &["story.published"]).await;
        publish(&app, "立春").await;
        jobs.run_until_idle().await.unwrap();

        app.clock.advance(Duration::from_hours(24 * 29));
        app.app.webhooks.prune().await.unwrap();
        assert_eq!(messages(&app, &webhook).await.len(), 1);
        app.clock.advance(Duration::from_hours(24 * 2));
        app.app.webhooks.prune().await.unwrap();

        assert!(messages(&app, &webhook).await.is_empty());
    }

    async fn names_addresses_and_topics_that_cannot_be_meant_are_refused_naming_the_field(app: TestApp) {
        let receiver = app.receive();
        let admin = app.person(Role::Admin).await;
        let create = "mutation($input: CreateWebhookInput!) { createWebhook(input: $input) { secret } }";

        for (name, url, topics, field) in [
            ("", "https://example.com/", json!(["story.published"]), "input.name"),
            ("a", "example.com", json!(["story.published"]), "input.url"),
            ("a", "https://u:p@example.com/", json!(["story.published"]), "input.url"),
            ("a", "https://example.com/", json!([]), "input.topics"),
            ("a", "https://example.com/", json!(["story.read"]), "input.topics"),
        ] {
            let input = json!({ "input": { "name": name, "url": url, "topics": topics } });
            let answer = app.admin_graphql(&admin, create, input).await;
            assert_eq!(answer["errors"][0]["extensions"]["field"], field, "{answer}");
        }
        let (webhook, _) = hook(&app, &receiver, "/a", &["story.published"]).await;
        let twin = json!({ "input": { "name": webhook.name, "url": "https://example.com/", "topics": ["story.published"] } });
        let answer = app.admin_graphql(&admin, create, twin).await;
        assert_eq!(answer["errors"][0]["extensions"]["field"], "input.name", "{answer}");
    }
}
