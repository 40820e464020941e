//! The first run: who may take a fresh server, and that nobody may take one that is somebody's.

use fenfa::auth::Role;
use serde_json::{Value, json};

use crate::harness::TestApp;

const SET_UP: &str =
    "mutation($input: SetUpInput!) { setUp(input: $input) { user { name email } } }";

fn first(code: &str, email: &str) -> Value {
    json!({ "query": SET_UP, "variables": { "input": {
        "setUpCode": code, "siteName": "茶山", "zone": "Asia/Tokyo",
        "email": email, "name": "王编辑", "password": "correct horse battery",
    } } })
}

/// What a browser without a session is answered, and the session that it is given.
async fn ask(app: &TestApp, body: &Value, headers: &[(&str, &str)]) -> (Value, Option<String>) {
    let mut request = app.http.post(format!("{}/admin/graphql", app.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.json(body).send().await.unwrap();
    let cookie = answer.headers().get("set-cookie");
    let cookie = cookie.map(|cookie| cookie.to_str().unwrap().to_owned());
    (answer.json().await.unwrap(), cookie)
}

async fn needs_set_up(app: &TestApp) -> Value {
    let body = json!({ "query": "{ needsSetUp }" });
    ask(app, &body, &[]).await.0["data"]["needsSetUp"].clone()
}

fn code_of(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or("OK")
}

both_databases! {
    async fn the_first_person_names_the_site_and_is_its_admin(app: TestApp) {
        assert_eq!(needs_set_up(&app).await, true);
        let code = app.app.auth.set_up_code().unwrap();

        let (answer, cookie) = ask(&app, &first(&code, "Wang@example.com"), &[]).await;

        assert_eq!(answer["data"]["setUp"]["user"]["email"], "wang@example.com", "{answer}");
        assert_eq!(needs_set_up(&app).await, false);
        let cookie = cookie.expect("the session").split(';').next().unwrap().to_owned();
        let who = json!({ "query": "{ viewer { role } site { name zone } auditLog { nodes { action outcome details } } }" });
        let (seen, _) = ask(&app, &who, &[("cookie", &cookie)]).await;
        assert_eq!(seen["data"]["viewer"]["role"], "ADMIN", "{seen}");
        assert_eq!(seen["data"]["site"], json!({ "name": "茶山", "zone": "Asia/Tokyo" }));
        let noted = &seen["data"]["auditLog"]["nodes"][0];
        assert_eq!((noted["action"].as_str(), noted["outcome"].as_str()), (Some("setUp"), Some("OK")));
        let details = noted["details"].to_string();
        assert!(!details.contains(&code) && !details.contains("correct horse"), "{details}");
    }

    async fn whoever_does_not_know_the_code_takes_nothing(app: TestApp) {
        for wrong in ["", "guess", &"x".repeat(20_000)] {
            let (answer, cookie) = ask(&app, &first(wrong, "eve@example.com"), &[]).await;

            assert_eq!(code_of(&answer), "INVALID_INPUT", "{answer}");
            assert_eq!(answer["errors"][0]["extensions"]["field"], "input.setUpCode");
            assert_eq!(cookie, None);
        }
        assert_eq!(needs_set_up(&app).await, true);
    }

    async fn a_page_of_another_site_takes_nothing_even_with_the_code(app: TestApp) {
        let code = app.app.auth.set_up_code().unwrap();

        let headers = [("origin", "https://evil.example")];
        let (answer, cookie) = ask(&app, &first(&code, "eve@example.com"), &headers).await;

        assert_eq!(code_of(&answer), "FORBIDDEN", "{answer}");
        assert_eq!((cookie, needs_set_up(&app).await), (None, json!(true)));
    }

    async fn of_several_at_once_one_is_the_first(app: TestApp) {
        let code = app.app.auth.set_up_code().unwrap();
        let bodies = ["a@example.com", "b@example.com", "c@example.com", "d@example.com"].map(|email| first(&code, email));

        let answers = futures_util::future::join_all(bodies.iter().map(|body| ask(&app, body, &[]))).await;

        let mut codes: Vec<_> = answers.iter().map(|(answer, _)| code_of(answer)).collect();
        codes.sort_unstable();
        assert_eq!(codes, ["FAILED_PRECONDITION", "FAILED_PRECONDITION", "FAILED_PRECONDITION", "OK"]);
        assert_eq!(app.app.auth.members(&app.system().await).await.unwrap().len(), 1);
    }

    async fn a_server_that_is_somebodys_is_not_taken_with_the_right_code(app: TestApp) {
        app.person(Role::Admin).await;
        let code = app.app.auth.set_up_code().unwrap();

        let (answer, cookie) = ask(&app, &first(&code, "eve@example.com"), &[]).await;

        assert_eq!(code_of(&answer), "FAILED_PRECONDITION", "{answer}");
        assert_eq!(cookie, None);
    }

    async fn what_is_wrong_is_named_and_leaves_the_server_fresh(app: TestApp) {
        let code = app.app.auth.set_up_code().unwrap();
        for (field, bad) in [("siteName", "  "), ("zone", "Mars/Base"), ("email", "wang"), ("name", ""), ("password", "short")] {
            let mut body = first(&code, "wang@example.com");
            body["variables"]["input"][field] = json!(bad);
            let (answer, _) = ask(&app, &body, &[]).await;

            assert_eq!(answer["errors"][0]["extensions"]["field"], format!("input.{field}"), "{answer}");
        }
        assert_eq!(needs_set_up(&app).await, true);
    }

    async fn tries_are_counted(app: TestApp) {
        let mut last = Value::Null;
        for _ in 0..12 {
            last = ask(&app, &first("guess", "eve@example.com"), &[]).await.0;
        }

        assert_eq!(code_of(&last), "RATE_LIMITED", "{last}");
    }
}
