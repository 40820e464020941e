//! Codes, tokens, and what a user grants.

use std::time::Duration;

use serde_json::json;

use super::{Stranger, old_code, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_works_once_and_for_ten_minutes_and_a_new_one_ends_it() {
    let stranger = Stranger::start().await;
    let exchange = async |code: &str| {
        let fields = [
            ("client_secret", "sim-secret-0001"),
            ("code", code),
            ("grant_type", "authorization_code"),
        ];
        stranger.oauth("/oauth/access_token/", &fields).await["data"]["error_code"].clone()
    };
    let authorize = || text(&stranger.control(&json!({ "authorize": true })), "/code");

    let code = authorize();
    assert_eq!(
        (exchange(&code).await, exchange(&code).await),
        (json!(0), json!(10007))
    );
    let (first, second) = (authorize(), authorize());
    assert_eq!(
        (exchange(&first).await, exchange(&second).await),
        (json!(10007), json!(0))
    );
    let late = authorize();
    stranger.app.clock.advance(Duration::from_mins(10));
    assert_eq!(exchange(&late).await, 10007);
    let wrong = stranger
        .oauth(
            "/oauth/access_token/",
            &[
                ("client_secret", "x"),
                ("code", "y"),
                ("grant_type", "authorization_code"),
            ],
        )
        .await;
    assert_eq!(wrong["data"]["error_code"], 10013);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_authorise_page_asks_and_leads_back_with_the_answer() {
    let stranger = Stranger::start().await;
    stranger.control(&json!({ "set": { "redirect_uris": ["https://cms.example.cn/back"] } }));
    let visit = async |query: &str| {
        let url = stranger.url(&format!("/platform/oauth/connect/?{query}"));
        stranger.app.http.get(url).send().await.unwrap()
    };
    let base =
        "client_key=awsim0001&response_type=code&scope=user_info,video.create.bind&state=s%261";

    let asked = format!("{base}&redirect_uri=https%3A%2F%2Fcms.example.cn%2Fback%23top");
    let page = visit(&asked).await.text().await.unwrap();
    assert!(
        page.contains("模拟账号") && page.contains("video.create.bind") && page.contains("允许"),
        "{page}"
    );
    let answer = async |answer: &'static str| {
        let url = stranger.url(&format!("/platform/oauth/connect/?{asked}"));
        let form = stranger.app.http.post(url).form(&[("answer", answer)]);
        let back = form.send().await.unwrap();
        back.headers()["location"].to_str().unwrap().to_owned()
    };
    let back = answer("allow").await;
    assert!(
        back.starts_with("https://cms.example.cn/back?code=code"),
        "{back}"
    );
    assert!(
        back.contains("state=s%261") && back.contains("scopes=user_info%2Cvideo.create.bind"),
        "{back}"
    );
    assert_eq!(
        answer("deny").await,
        "https://cms.example.cn/back?error=access_denied&state=s%261"
    );
    for (query, code) in [
        (
            format!("{base}&redirect_uri=https%3A%2F%2Fother.example.cn%2F"),
            10006,
        ),
        (asked.replace("awsim0001", "x"), 10003),
        (asked.replace("user_info", "poi.base"), 10004),
    ] {
        let refused = visit(&query).await.text().await.unwrap();
        assert!(
            refused.contains(&code.to_string()) && !refused.contains("允许"),
            "{query}: {refused}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_keeps_a_living_token_and_replaces_a_dead_one() {
    let stranger = Stranger::start().await;
    let granted = stranger.sign_in().await;
    let (access, refresh) = (
        text(&granted, "/data/access_token"),
        text(&granted, "/data/refresh_token"),
    );
    let again = async || {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.as_str()),
        ];
        stranger.oauth("/oauth/refresh_token/", &fields).await
    };

    stranger.app.clock.advance(Duration::from_hours(24));
    let alive = again().await;
    assert_eq!(
        (
            text(&alive, "/data/access_token"),
            text(&alive, "/data/refresh_token")
        ),
        (access.clone(), refresh.clone())
    );
    assert_eq!(
        (
            &alive["data"]["expires_in"],
            &alive["data"]["refresh_expires_in"]
        ),
        (&json!(1_296_000), &json!(29 * 86_400))
    );
    stranger.app.clock.advance(Duration::from_hours(16 * 24));
    assert_ne!(text(&again().await, "/data/access_token"), access);
    stranger.app.clock.advance(Duration::from_hours(14 * 24));
    assert_eq!(
        again().await["data"]["error_code"],
        10010,
        "thirty days are over"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_token_is_renewed_five_times_and_the_old_one_dies() {
    let stranger = Stranger::start().await;
    let mut refresh = text(&stranger.sign_in().await, "/data/refresh_token");
    for _ in 0..5 {
        let renewed = stranger
            .oauth(
                "/oauth/renew_refresh_token/",
                &[("refresh_token", &refresh)],
            )
            .await;
        let dead = stranger
            .oauth(
                "/oauth/renew_refresh_token/",
                &[("refresh_token", &refresh)],
            )
            .await;

        assert_eq!(dead["data"]["error_code"], 10010);
        assert_eq!(renewed["data"]["expires_in"], 2_592_000);
        refresh = text(&renewed, "/data/refresh_token");
    }
    let sixth = stranger
        .oauth(
            "/oauth/renew_refresh_token/",
            &[("refresh_token", &refresh)],
        )
        .await;
    assert_eq!(sixth["data"]["error_code"], 10020);
    stranger.control(&json!({ "set": { "app_scopes": [] } }));
    let may_not = stranger
        .oauth(
            "/oauth/renew_refresh_token/",
            &[("refresh_token", &refresh)],
        )
        .await;
    assert_eq!(may_not["data"]["error_code"], 10004);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_application_lacks_is_told_from_what_the_user_refuses() {
    let stranger = Stranger::start().await;
    let code = async || old_code(&stranger.create(&json!({ "video_id": "x" })).await);

    assert_eq!(code().await, 2_190_007);
    stranger.control(&json!({ "withdraw": "video.create.bind" }));
    assert_eq!(code().await, 28_001_012);
    stranger.control(&json!({ "set": { "app_scopes": ["user_info"] } }));
    assert_eq!(code().await, 28_001_018);
    stranger.control(&json!({ "set": { "profile": "handoff" } }));
    assert_eq!(code().await, 2_190_004);
    stranger.control(&json!({ "expire": "access" }));
    assert_eq!(code().await, 2_190_008);
    stranger.control(&json!({ "revoke": true }));
    assert_eq!(code().await, 2_190_002);
}
