//! Texts that the server chooses and the admin UI's locales hold.

use std::collections::BTreeSet;

use fenfa::{
    channels::Intent,
    delivery::{DeliveryState, Reason},
};
use serde_json::{Value, json};

use crate::harness::{Backend, DOUYIN, TestApp};

/// What the UI puts into sentences.
const PARTS: [&str; 2] = ["soon", "no_cause"];

fn sentences(locale: &str) -> BTreeSet<String> {
    let path = format!(
        "{}/admin-ui/src/locales/{locale}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let texts: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let sentences = texts["sentence"].as_object().unwrap().iter();
    sentences
        .inspect(|(key, text)| assert!(!text.as_str().unwrap().is_empty(), "{key}"))
        .map(|(key, _)| key.clone())
        .filter(|key| !PARTS.contains(&key.as_str()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_sentence_about_a_delivery_is_in_both_languages_and_none_is_left_over() {
    let app = TestApp::start(Backend::Sqlite).await;
    let account = app.connect("douyin", &[]).await;
    let id = app.send(DOUYIN, &account, "一杯绿茶").await;
    let mut delivery = app.delivery(id).await;

    let mut chosen = BTreeSet::new();
    let reasons: Vec<_> = [None]
        .into_iter()
        .chain(Reason::ALL.iter().copied().map(Some))
        .collect();
    for intent in [Intent::Publish, Intent::Update, Intent::Takedown] {
        for state in DeliveryState::ALL {
            for reason in &reasons {
                for (params, is_assumed, shows_result) in [
                    (json!({}), false, true),
                    (json!({}), false, false),
                    (json!({}), true, true),
                    (json!({ "left": true }), false, true),
                ] {
                    (delivery.intent, delivery.state, delivery.reason) = (intent, *state, *reason);
                    (delivery.reason_params, delivery.is_assumed) = (params, is_assumed);
                    chosen.insert(delivery.sentence(shows_result).to_owned());
                }
            }
        }
    }

    for locale in ["zh-Hans", "en"] {
        assert_eq!(sentences(locale), chosen, "{locale}");
    }
}
