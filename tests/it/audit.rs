//! GraphQL over HTTP, held against the audits of the package graphql-http
//! (<https://github.com/graphql/graphql-http>), which the specification's own working group keeps.

use std::{path::PathBuf, process::Command};

use fenfa::auth::Role;

use crate::harness::{Backend, TestApp};

/// The audits that the package has, in the version that is asked for.
const AUDITS: &str = "61 of 61";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/graphql-http")
}

/// Installs the package beside its list, as PostgreSQL is started: when it is not there.
fn install() {
    if folder().join("node_modules/graphql-http").is_dir() {
        return;
    }
    let installed = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--prefer-offline"])
        .current_dir(folder())
        .output()
        .expect("npm, which comes with Node");
    let said = String::from_utf8_lossy(&installed.stderr);
    assert!(installed.status.success(), "npm ci: {said}");
}

async fn audit(url: String, header: &'static str, value: String) -> String {
    let run = move || {
        Command::new("node")
            .args(["audit.mjs", &url, header, &value])
            .current_dir(folder())
            .output()
            .expect("node")
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_endpoints_pass_every_audit() {
    install();
    let app = TestApp::start(Backend::Sqlite).await;
    let viewer = app.person(Role::Viewer).await;
    let (_, key) = app
        .app
        .auth
        .create_api_key(&app.system().await, "audit")
        .await
        .unwrap();
    let (cookie, session) = viewer.cookie();

    let public = audit(format!("{}/graphql", app.url), "x-fenfa-key", key).await;
    let admin = audit(format!("{}/admin/graphql", app.url), cookie, session).await;

    assert_eq!((public.trim(), admin.trim()), (AUDITS, AUDITS));
}
