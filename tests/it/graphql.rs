//! GraphQL over HTTP, its limits, and signing in.

use fenfa::auth::Role;
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
}
