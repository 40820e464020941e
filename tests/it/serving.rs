//! What a server answers beside its APIs: health, the admin app.

use fenfa::auth::Role;
use reqwest::StatusCode;

both_databases! {
    async fn a_server_says_that_it_is_well(app: TestApp) {
        for path in ["/health/live", "/health/ready"] {
            let response = app.http.get(format!("{}{path}", app.url)).send().await.unwrap();

            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(response.headers()["cache-control"], "no-store");
        }
    }

    async fn every_page_of_the_admin_app_is_the_same_document(app: TestApp) {
        let mut nonces = Vec::new();
        for path in ["/admin", "/admin/stories/1?tab=channels", "/admin/index.html"] {
            let response = app.http.get(format!("{}{path}", app.url)).send().await.unwrap();

            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
            let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
            assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
            nonces.push(policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned());
        }
        nonces.dedup();
        assert_eq!(nonces.len(), 3, "a nonce is used once");
        let missing = app.http.get(format!("{}/admin/assets/nothing.js", app.url)).send().await.unwrap();
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    }

    async fn the_admin_app_does_not_hide_the_apis(app: TestApp) {
        let viewer = app.person(Role::Viewer).await;

        let answer = app.admin_graphql(&viewer, "{ viewer { role } }", serde_json::json!({})).await;

        assert_eq!(answer["data"]["viewer"]["role"], "VIEWER");
        let upload = app.http.get(format!("{}/admin/uploads/nothing", app.url)).send().await.unwrap();
        assert_eq!(upload.status(), StatusCode::UNAUTHORIZED);
    }
}
