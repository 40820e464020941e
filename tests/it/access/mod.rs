//! Who may do what, over the wire: every operation of the admin API against every role, against another
//! site's admin, and with bad input. The operations are read from the schema; what is not in the table fails.

mod hostile;
mod operation;
mod schema;

use std::collections::BTreeSet;

use fenfa::auth::{NewUser, Permission, Role};
use serde_json::{Value, json};

use self::{
    operation::{Fixture, OPERATIONS, SECRET},
    schema::Schema,
};
use crate::harness::{Person, TOUTIAO_ARTICLE, TestApp};

const ROLES: [Role; 4] = [Role::Viewer, Role::Author, Role::Editor, Role::Admin];

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or("OK")
}

async fn anonymous(app: &TestApp, document: &str, variables: &Value) -> Value {
    let body = json!({ "query": document, "variables": variables });
    let request = app.http.post(format!("{}/admin/graphql", app.url));
    request
        .json(&body)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

/// The admin of another site on the same server.
async fn stranger(app: &TestApp) -> Person {
    let site = app.app.auth.create_site("other", "另一个").await.unwrap();
    let (email, password) = ("stranger@example.com", "correct horse battery");
    let new = NewUser {
        email: email.to_owned(),
        name: "Stranger".to_owned(),
        password: password.to_owned(),
        role: Role::Admin,
    };
    let system = fenfa::auth::Actor::system(site.id);
    app.app.auth.create_user(&system, new).await.unwrap();
    let signed_in = app.app.auth.sign_in(email, password.to_owned(), None).await;
    let (token, _) = signed_in.unwrap();
    let actor = app.app.auth.actor_for_session(&token, None).await.unwrap();
    Person { actor, token }
}

both_databases! {
    async fn every_operation_is_in_the_table(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let schema = Schema::load(&app, &admin).await;

        let known: BTreeSet<_> = OPERATIONS.iter().map(|operation| operation.name.to_owned()).collect();
        let real: BTreeSet<_> = schema.fields().map(|field| field.name.clone()).collect();

        assert_eq!(known, real);
    }

    async fn every_role_may_do_what_the_table_says_and_nothing_else(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let schema = Schema::load(&app, &admin).await;
        let fixture = Fixture::make(&app).await;
        let mut wrong = Vec::new();

        for role in ROLES {
            let other = app.person(role).await;
            let person = if role == Role::Author { &fixture.author } else { &other };
            for operation in OPERATIONS {
                let Some(permission) = operation.needs else { continue };
                let document = schema.document(operation.name);
                let answer = app.admin_graphql(person, &document, (operation.variables)(&fixture)).await;
                let is_refused = code(&answer) == "FORBIDDEN";
                if is_refused == role.allows(permission) || code(&answer) == "INTERNAL" {
                    wrong.push(format!("{role:?} {}: {answer}", operation.name));
                }
            }
        }

        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn who_is_not_signed_in_may_only_sign_in(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let schema = Schema::load(&app, &admin).await;
        let fixture = Fixture::make(&app).await;

        for operation in OPERATIONS {
            let document = schema.document(operation.name);
            let answer = anonymous(&app, &document, &(operation.variables)(&fixture)).await;
            let is_refused = code(&answer) == "UNAUTHENTICATED";
            let may = operation.needs.is_none() && operation.name != "signIn";
            assert_eq!(is_refused, !may, "{}: {answer}", operation.name);
        }
    }

    async fn no_operation_reaches_another_site(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let schema = Schema::load(&app, &admin).await;
        let fixture = Fixture::make(&app).await;
        let stranger = stranger(&app).await;
        let everything = async || {
            let mut seen = Vec::new();
            for operation in OPERATIONS.iter().filter(|operation| !schema.is_mutation(operation.name)) {
                let document = schema.document(operation.name);
                let answer = app.admin_graphql(&admin, &document, (operation.variables)(&fixture)).await;
                seen.push((operation.name, answer));
            }
            seen
        };
        let before = everything().await;
        assert!(serde_json::to_string(&before[..].iter().map(|(_, answer)| answer).collect::<Vec<_>>()).unwrap().contains(SECRET));

        for operation in OPERATIONS {
            if operation.needs.is_none() {
                continue;
            }
            let document = schema.document(operation.name);
            let variables = (operation.variables)(&fixture);
            let answer = app.admin_graphql(&stranger, &document, variables).await;
            let text = answer.to_string();
            assert!(!text.contains(SECRET), "{}: {text}", operation.name);
            assert_ne!(code(&answer), "INTERNAL", "{}: {text}", operation.name);
            if operation.names_a_row {
                assert_ne!(code(&answer), "OK", "{}: {text}", operation.name);
            }
        }

        assert_eq!(everything().await, before, "nothing was changed");
    }

    async fn bad_input_is_refused_and_named(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let schema = Schema::load(&app, &admin).await;
        let fixture = Fixture::make(&app).await;
        let mut wrong = Vec::new();

        for operation in OPERATIONS.iter().filter(|operation| operation.name != "signOut") {
            let document = schema.document(operation.name);
            let fields = schema.input_fields(operation.name);
            for (path, variables) in hostile::variations(&(operation.variables)(&fixture)) {
                let answer = app.admin_graphql(&admin, &document, variables).await;
                let says = answer["errors"][0]["message"].as_str().unwrap_or("OK");
                let field = answer["errors"][0]["extensions"]["field"].as_str();
                // What is wrong is named as it is written in the schema; settings of accounts have names of their own.
                let is_known = |field: &str| {
                    let above = field.rsplit_once('.').map_or("", |(above, _)| above);
                    fields.contains(field) || ["input.settings", "input.credentials"].contains(&above)
                };
                let is_right = match code(&answer) {
                    "OK" | "NOT_FOUND" | "CONFLICT" | "FORBIDDEN" | "FAILED_PRECONDITION"
                    | "UNAUTHENTICATED" | "RATE_LIMITED" => true,
                    "INVALID_INPUT" => field.is_some_and(is_known),
                    "TOO_LARGE" => field.is_some_and(is_known) || says.contains("too complex"),
                    _ => false,
                };
                if !is_right || says.is_empty() || says.len() > 2000 {
                    wrong.push(format!("{} with {path}: {answer}", operation.name));
                }
            }
        }

        assert!(wrong.is_empty(), "{} wrong: {:#?}", wrong.len(), &wrong[..wrong.len().min(40)]);
    }

    async fn every_change_is_in_the_audit_log_and_no_secret(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let schema = Schema::load(&app, &admin).await;
        let fixture = Fixture::make(&app).await;
        let log = "query($first: Int) { auditLog(first: $first) { nodes { action subject outcome details address user { id } } } }";
        let newest = async || {
            let answer = app.admin_graphql(&admin, log, json!({ "first": 1 })).await;
            answer["data"]["auditLog"]["nodes"][0].clone()
        };

        for operation in OPERATIONS.iter().filter(|operation| schema.is_mutation(operation.name)) {
            let is_private = ["autosave", "discard", "attend", "leave"].iter().any(|private| operation.name.starts_with(private));
            if is_private || matches!(operation.name, "signIn" | "signOut" | "changePassword") {
                continue;
            }
            let variables = (operation.variables)(&fixture);
            let answer = app.admin_graphql(&admin, &schema.document(operation.name), variables.clone()).await;
            let entry = newest().await;
            assert_eq!(entry["action"], operation.name, "{entry}");
            assert_eq!(entry["outcome"], code(&answer), "{}: {answer}", operation.name);
            assert_eq!(entry["user"]["id"], json!(admin.actor.user()), "{entry}");
            assert_eq!(entry["address"], "127.0.0.1");
            if let Some(id) = variables["input"]["id"].as_str() {
                assert_eq!(entry["subject"], id, "{entry}");
            }
        }
        let guess = json!({ "input": { "email": "wang@example.com", "password": "hunter2hunter2" } });
        anonymous(&app, &schema.document("signIn"), &guess).await;
        let entry = newest().await;
        assert_eq!((&entry["action"], &entry["outcome"], &entry["user"]), (&json!("signIn"), &json!("UNAUTHENTICATED"), &Value::Null));
        assert_eq!(entry["details"]["input"]["email"], "wang@example.com");
        let all = app.admin_graphql(&admin, log, json!({ "first": 100 })).await.to_string();
        for secret in ["hunter2hunter2", "correct horse battery", "\"secret\""] {
            assert!(!all.contains(secret), "{secret}");
        }
    }

    async fn an_author_changes_no_content_of_others(app: TestApp) {
        let fixture = Fixture::make(&app).await;
        let (author, editor) = (app.person(Role::Author).await, app.person(Role::Editor).await);
        let schema = Schema::load(&app, &editor).await;

        for name in ["updateStory", "autosaveStory", "restoreStoryRevision", "updateVideo", "autosaveVideo"] {
            let operation = OPERATIONS.iter().find(|operation| operation.name == name).unwrap();
            let (document, variables) = (schema.document(name), (operation.variables)(&fixture));
            let refused = app.admin_graphql(&author, &document, variables.clone()).await;
            assert_eq!(code(&refused), "FORBIDDEN", "{name}: {refused}");
            let taken = app.admin_graphql(&editor, &document, variables).await;
            assert_ne!(code(&taken), "FORBIDDEN", "{name}: {taken}");
        }
    }

    async fn a_package_is_for_who_may_read_and_for_nobody_of_another_site(app: TestApp) {
        let account = app.connect("toutiao", &[]).await;
        let source = app.gallery_of("一杯绿茶的冲泡", 1, (1000, 700)).await;
        let id = app.schedule(TOUTIAO_ARTICLE, &account, source).await;
        let download = async |cookie: Option<(&str, String)>| {
            let mut request = app.http.get(format!("{}/admin/exports/{id}.zip", app.url));
            if let Some((name, value)) = cookie {
                request = request.header(name, value);
            }
            request.send().await.unwrap().status().as_u16()
        };

        for role in ROLES {
            let status = download(Some(app.person(role).await.cookie())).await;
            let expected = if role.allows(Permission::ReadContent) { 200 } else { 403 };
            assert_eq!(status, expected, "{role:?}");
        }
        assert_eq!(download(None).await, 401);
        assert_eq!(download(Some(stranger(&app).await.cookie())).await, 404);
    }

    async fn what_is_not_text_never_reaches_a_resolver(app: TestApp) {
        let admin = app.person(Role::Admin).await;
        let send = async |body: String| {
            let (name, value) = admin.cookie();
            let request = app.http.post(format!("{}/admin/graphql", app.url)).header(name, value);
            request.header("content-type", "application/json").body(body).send().await.unwrap().status().as_u16()
        };
        let document = "mutation($input: CreateTagInput!) { createTag(input: $input) { tag { id } } }";
        let with_name = |name: &str| format!(r#"{{"query":"{document}","variables":{{"input":{{"name":"{name}"}}}}}}"#);

        assert_eq!(send(with_name("春")).await, 200);
        assert_eq!(send(with_name(r"\ud800")).await, 400, "a lone surrogate");
        assert_eq!(send(with_name(&"长".repeat(4 << 20))).await, 413, "12 MB");
    }
}

/// Every permission guards something.
#[test]
fn every_permission_is_needed_by_some_operation() {
    let needed: BTreeSet<_> = OPERATIONS
        .iter()
        .filter_map(|operation| operation.needs)
        .collect();
    for permission in Permission::ALL {
        assert!(needed.contains(permission), "{permission:?}");
    }
}
