//! GraphQL over HTTP, its limits, and signing in.

use fenfa::{
    auth::{NewUser, Permission, Role},
    error::ErrorKind,
};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::harness::TestApp;

const NEW: &str = "application/graphql-response+json";

async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    (
        response.status(),
        response.json().await.unwrap_or(Value::Null),
    )
}

fn post(app: &TestApp, body: &Value) -> RequestBuilder {
    app.http
        .post(format!("{}/admin/graphql", app.url))
        .json(body)
}

both_databases! {
    async fn a_person_signs_in_works_and_signs_out(app: TestApp) {
        let editor = app.person(Role::Editor).await;
        let email = app.app.auth.viewer(&editor.actor).await.unwrap().email;
        let sign_in = |password: &str| post(&app, &json!({
            "query": "mutation($input: SignInInput!) { signIn(input: $input) { user { name } } }",
            "variables": { "input": { "email": email, "password": password } },
        }));

        let (_, wrong) = answer(sign_in("wrong")).await;
        assert_eq!(wrong["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        let response = sign_in("correct horse battery").send().await.unwrap();
        let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let session = cookie.split(';').next().unwrap().to_owned();
        let viewer = || post(&app, &json!({ "query": "{ viewer { role permissions user { name } } }" }))
            .header("cookie", session.clone());
        let (_, seen) = answer(viewer()).await;
        assert_eq!(seen["data"]["viewer"]["role"], "EDITOR");
        assert_eq!(seen["data"]["viewer"]["user"]["name"], "Editor");
        let leave = post(&app, &json!({ "query": "mutation { signOut { isSignedOut } }" }));
        answer(leave.header("cookie", session.clone())).await;
        let (_, gone) = answer(viewer()).await;

        assert_eq!(gone["data"]["viewer"], Value::Null);
    }

    async fn who_is_not_signed_in_sees_nothing(app: TestApp) {
        for query in ["{ site { name } }", "{ assets { nodes { id } } }", "{ members { role } }"] {
            let (status, refused) = answer(post(&app, &json!({ "query": query }))).await;
            assert_eq!(status, StatusCode::OK);
            assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{query}");
        }
        let (_, hidden) = answer(post(&app, &json!({ "query": "{ __schema { types { name } } }" }))).await;
        assert_eq!(hidden["data"].get("__schema").cloned().unwrap_or_default(), Value::Null);
    }

    async fn requests_are_read_as_graphql_over_http_says(app: TestApp) {
        let url = format!("{}/admin/graphql", app.url);
        let query = json!({ "query": "{ __typename }" });
        let typename = json!({ "data": { "__typename": "AdminQuery" } });

        assert_eq!(answer(post(&app, &query)).await, (StatusCode::OK, typename.clone()));
        assert_eq!(answer(app.http.get(&url).query(&[("query", "{ __typename }")])).await, (StatusCode::OK, typename));
        let refused = [
            (app.http.get(&url), 400),
            (app.http.get(&url).query(&[("query", "mutation { signOut { isSignedOut } }")]), 405),
            (app.http.get(&url).query(&[("query", "{ __typename }"), ("variables", "[1")]), 400),
            (app.http.post(&url).body(query.to_string()), 415),
            (app.http.post(&url).header("content-type", "text/plain").body(query.to_string()), 415),
            (app.http.post(&url).header("content-type", "application/json").body("{ not json"), 400),
            (post(&app, &json!([query])), 400),
            (post(&app, &json!({ "query": 1 })), 400),
            (post(&app, &json!({ "query": "{ __typename }", "operationName": 1 })), 400),
            (post(&app, &json!({ "query": "{ __typename }", "variables": "a" })), 400),
            (post(&app, &json!({ "query": "{ __typename }", "extensions": 1 })), 400),
            (post(&app, &json!({ "query": "x".repeat(1 << 20) })), 413),
            (post(&app, &query).header("accept", "text/html"), 406),
        ];
        for (request, expected) in refused {
            let (status, body) = answer(request).await;
            assert_eq!(status.as_u16(), expected, "{body}");
            assert!(body.get("data").is_none(), "{body}");
        }
    }

    async fn the_new_media_type_tells_by_its_status(app: TestApp) {
        for query in ["{ nothing", "{ nothing }", "query($id: ID!) { asset(id: $id) { id } }"] {
            let body = json!({ "query": query });
            let (old, answered) = answer(post(&app, &body)).await;
            let (new, refused) = answer(post(&app, &body).header("accept", NEW)).await;

            assert_eq!((old, new), (StatusCode::OK, StatusCode::BAD_REQUEST), "{query}");
            assert!(answered.get("data").is_none() && refused.get("data").is_none(), "{refused}");
            assert_eq!(refused["errors"][0]["extensions"]["code"], "INVALID_INPUT", "{refused}");
        }
    }

    async fn a_query_that_costs_too_much_is_refused(app: TestApp) {
        let viewer = app.person(Role::Viewer).await;
        let doubling: String = (0..25)
            .map(|level| format!(" fragment F{level} on AdminQuery {{ ...F{0} ...F{0} }}", level + 1))
            .collect();
        let aliases: String = (0..100).map(|at| format!("a{at}: __typename ")).collect();
        for query in [
            format!("{{ ...F0 }}{doubling} fragment F25 on AdminQuery {{ __typename }}"),
            format!("{{ {aliases} }}"),
            "{ assets(first: 100) { edges { node { a: url b: url c: url d: url e: url f: url g: url h: url i: url j: url k: url l: url m: url n: url o: url p: url q: url r: url s: url t: url u: url v: url w: url x: url y: url z: url a1: url b1: url c1: url d1: url e1: url f1: url g1: url h1: url i1: url j1: url k1: url l1: url m1: url n1: url o1: url } } } }".to_owned(),
        ] {
            let (_, refused) = answer(post(&app, &json!({ "query": query })).header("cookie", viewer.cookie().1)).await;

            assert_eq!(refused["errors"][0]["extensions"]["code"], "TOO_LARGE", "{refused}");
        }
    }

    async fn the_media_library_is_worked_on(app: TestApp) {
        let author = app.person(Role::Author).await;
        let path = format!("{}/tests/fixtures/media/small.jpg", env!("CARGO_MANIFEST_DIR"));
        let (asset, _) = app.app.media
            .create_asset_from_file(&author.actor, "面.jpg", "", path.as_ref()).await.unwrap();

        let listed = app.admin_graphql(
            &author,
            "{ assets(kind: IMAGE, q: \"面\") { pageInfo { hasNextPage } nodes { id sizeBytes url(size: THUMB) focalPoint { x } } } }",
            json!({}),
        ).await;
        let node = &listed["data"]["assets"]["nodes"][0];
        assert_eq!(node["id"], json!(asset.id), "{listed}");
        let picture = app.http.get(node["url"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(picture.headers()["content-type"], "image/webp");

        let update = "mutation($input: UpdateAssetInput!) { updateAsset(input: $input) { asset { alt version focalPoint { x y } } } }";
        let changed = app.admin_graphql(&author, update, json!({ "input": {
            "id": asset.id, "baseVersion": 1, "alt": "一碗面", "focalPoint": { "x": 0.2, "y": 0.3 },
        } })).await;
        assert_eq!(changed["data"]["updateAsset"]["asset"], json!({
            "alt": "一碗面", "version": 2, "focalPoint": { "x": 0.2, "y": 0.3 },
        }));
        for (input, code, field) in [
            (json!({ "id": asset.id, "baseVersion": 1, "alt": "x" }), "CONFLICT", Value::Null),
            (json!({ "id": "nonsense", "baseVersion": 1 }), "INVALID_INPUT", json!("input.id")),
            (json!({ "id": asset.id, "baseVersion": 2, "alt": "长".repeat(501) }), "INVALID_INPUT", json!("input.alt")),
            (json!({ "id": asset.id, "baseVersion": 2, "focalPoint": { "x": 2, "y": 0 } }), "INVALID_INPUT", json!("input.focalPoint")),
            (json!({ "id": asset.id, "baseVersion": "2" }), "INVALID_INPUT", Value::Null),
            (json!({ "id": asset.id }), "INVALID_INPUT", Value::Null),
        ] {
            let refused = app.admin_graphql(&author, update, json!({ "input": input.clone() })).await;
            let extensions = &refused["errors"][0]["extensions"];
            assert_eq!(extensions["code"], code, "{input}: {refused}");
            if !field.is_null() {
                assert_eq!(extensions["field"], field, "{refused}");
            }
        }
    }

    async fn a_new_password_ends_every_session(app: TestApp) {
        let editor = app.person(Role::Editor).await;
        let email = app.app.auth.viewer(&editor.actor).await.unwrap().email;
        let (elsewhere, _) = app.app.auth.sign_in(&email, "correct horse battery".to_owned(), None).await.unwrap();
        let change = |current: &str, new: &str| json!({
            "query": "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }",
            "variables": { "input": { "currentPassword": current, "newPassword": new } },
        });
        let send = |body: Value| post(&app, &body).header("cookie", editor.cookie().1);

        for (current, new, field) in [
            ("wrong", "another horse battery", "input.currentPassword"),
            ("correct horse battery", "short", "input.newPassword"),
            ("correct horse battery", &"x".repeat(201), "input.newPassword"),
        ] {
            let (_, refused) = answer(send(change(current, new))).await;
            assert_eq!(refused["errors"][0]["extensions"]["field"], field, "{refused}");
        }
        let changed = send(change("correct horse battery", "another horse battery")).send().await.unwrap();
        assert!(changed.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));

        for token in [&editor.token, &elsewhere] {
            let ended = app.app.auth.actor_for_session(token, None).await.unwrap_err();
            assert_eq!(ended.kind(), ErrorKind::Unauthenticated);
        }
        let sign_in = async |password: &str| app.app.auth.sign_in(&email, password.to_owned(), None).await.is_ok();
        assert_eq!((sign_in("correct horse battery").await, sign_in("another horse battery").await), (false, true));
    }

    async fn a_session_ends_when_it_was_not_used_for_long(app: TestApp) {
        let editor = app.person(Role::Editor).await;
        let lives = async || app.app.auth.actor_for_session(&editor.token, None).await.is_ok();

        for _ in 0..3 {
            app.clock.advance(std::time::Duration::from_hours(300));
            assert!(lives().await, "each use makes it longer");
        }
        app.clock.advance(std::time::Duration::from_hours(337));

        assert!(!lives().await);
    }

    async fn who_works_for_two_brands_has_one_password(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let email = app.app.auth.viewer(&admin.actor).await.unwrap().email;
        let other = app.app.auth.create_site("other", "另一个").await.unwrap();
        let there = fenfa::auth::Actor::system(other.id);
        let new = |role: Role| NewUser { email: email.to_uppercase(), name: "别名".to_owned(), password: "not the same one".to_owned(), role };

        let joined = app.app.auth.create_user(&there, new(Role::Viewer)).await.unwrap();
        let twice = app.app.auth.create_user(&there, new(Role::Admin)).await.unwrap_err();

        assert_eq!((joined.id, joined.name.as_str()), (admin.actor.user().unwrap(), "Admin"));
        assert_eq!((twice.kind(), twice.field()), (ErrorKind::Conflict, Some("input.email")));
        assert!(app.app.auth.sign_in(&email, "not the same one".to_owned(), None).await.is_err());
        let actor = async |site: Option<&str>| app.app.auth.actor_for_session(&admin.token, site).await.unwrap();
        assert!(actor(None).await.may(Permission::ManageUsers));
        assert!(!actor(Some("other")).await.may(Permission::WriteContent), "a role counts in its site alone");
    }

    async fn who_guesses_passwords_has_to_wait(app: TestApp) {
        let editor = app.person(Role::Editor).await;
        let email = app.app.auth.viewer(&editor.actor).await.unwrap().email;
        let address = "192.0.2.7".parse().ok();
        let mut kinds = Vec::new();
        for _ in 0..12 {
            let refused = app.app.auth.sign_in(&email, "wrong".to_owned(), address).await.unwrap_err();
            kinds.push(refused.kind());
        }

        assert_eq!(kinds[0], ErrorKind::Unauthenticated);
        assert_eq!(kinds[11], ErrorKind::RateLimited, "{kinds:?}");
        let right = app.app.auth.sign_in(&email, "correct horse battery".to_owned(), None).await;
        assert!(right.is_err(), "the account waits, wherever one comes from");
        let elsewhere = app.app.auth.sign_in("nobody@example.com", "wrong".to_owned(), address).await.unwrap_err();
        assert_eq!(elsewhere.kind(), ErrorKind::RateLimited, "the address waits, whoever is tried");
    }

    async fn what_nests_too_deep_is_refused_before_it_is_parsed(app: TestApp) {
        for query in [
            "{".repeat(200_000),
            "{a".repeat(80_000),
            format!("{{ site(a: {}1{}) {{ id }} }}", "[".repeat(60_000), "]".repeat(60_000)),
            format!("{{ site(a: {}1{}) {{ id }} }}", "{a:".repeat(60_000), "}".repeat(60_000)),
            format!("query($a: {}Int{}) {{ __typename }}", "[".repeat(60_000), "]".repeat(60_000)),
        ] {
            let (status, refused) = answer(post(&app, &json!({ "query": query }))).await;
            assert_eq!((status, &refused["errors"][0]["extensions"]["code"]), (StatusCode::OK, &json!("TOO_LARGE")));
        }
        let variables = format!(r#"{{"query":"{{ __typename }}","variables":{{"a":{}1{}}}}}"#, "[".repeat(60_000), "]".repeat(60_000));
        let request = app.http.post(format!("{}/admin/graphql", app.url)).header("content-type", "application/json");
        assert_eq!(answer(request.body(variables)).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(answer(post(&app, &json!({ "query": "{ __typename }" }))).await.0, StatusCode::OK, "it still serves");
    }
}
