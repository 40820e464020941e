//! What an operator types, with the real program.

use std::{
    io::{BufRead as _, Write as _},
    path::Path,
    process::{Command, Output, Stdio},
};

/// Runs the program in a folder, where it keeps its data, and types a line.
fn fenfa(dir: &Path, arguments: &[&str], typed: &str) -> Output {
    let mut running = Command::new(env!("CARGO_BIN_EXE_fenfa"))
        .args(arguments)
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = running.stdin.take().unwrap();
    writeln!(input, "{typed}").unwrap();
    drop(input);
    running.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_person_is_added_once_and_the_password_is_not_an_argument() {
    let dir = tempfile::tempdir().unwrap();
    let add = [
        "user",
        "create",
        "--email",
        "wang@example.com",
        "--name",
        "王编辑",
        "--role",
        "admin",
    ];

    let added = fenfa(dir.path(), &add, "correct horse battery");
    let again = fenfa(dir.path(), &add, "correct horse battery");

    assert!(added.status.success(), "{}", said(&added));
    assert!(said(&added).contains("王编辑 <wang@example.com> may sign in at"));
    assert!(!again.status.success());
    assert!(said(&again).contains("exists already"), "{}", said(&again));
}

#[test]
fn what_is_wrong_about_a_person_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let add = |email: &str, site: &str, password: &str| {
        let arguments = [
            "user", "create", "--email", email, "--name", "x", "--site", site,
        ];
        let output = fenfa(dir.path(), &arguments, password);
        assert!(!output.status.success());
        said(&output)
    };

    assert!(add("wang@example.com", "default", "short").contains("10 to 200"));
    assert!(add("not an address", "default", "correct horse battery").contains("email"));
    assert!(
        add("wang@example.com", "nowhere", "correct horse battery").contains("there is no nowhere")
    );
}

#[test]
fn the_configuration_in_force_is_shown_without_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("fenfa.toml");
    std::fs::write(
        &file,
        "[database]\nurl = \"postgres://fenfa:hunter2@db/fenfa\"\n[server]\nport = 8080\n",
    )
    .unwrap();

    let checked = fenfa(
        dir.path(),
        &["--config", file.to_str().unwrap(), "config", "check"],
        "",
    );

    assert!(checked.status.success(), "{}", said(&checked));
    let shown = String::from_utf8(checked.stdout.clone()).unwrap();
    let shown: toml::Table = shown.parse().unwrap();
    assert_eq!(shown["server"]["port"].as_integer(), Some(8080));
    assert!(!said(&checked).contains("hunter2"));
}

#[test]
fn an_unknown_key_of_the_configuration_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("fenfa.toml");
    std::fs::write(&file, "[server]\nprot = 80\n").unwrap();

    let checked = fenfa(
        dir.path(),
        &["--config", file.to_str().unwrap(), "config", "check"],
        "",
    );

    assert!(!checked.status.success());
    assert!(said(&checked).contains("prot"), "{}", said(&checked));
}

/// Ends a program that serves until it is told to end.
struct Serving(std::process::Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_simulators_say_where_they_are_and_their_clock_can_be_moved() {
    let dir = tempfile::tempdir().unwrap();
    let arguments = [
        "simulators",
        "--listen",
        "127.0.0.1:0",
        "--clock",
        "2026-03-03T08:00:00Z",
    ];
    let mut serving = Serving(
        Command::new(env!("CARGO_BIN_EXE_fenfa"))
            .args(arguments)
            .current_dir(dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let said = std::io::BufReader::new(serving.0.stdout.take().unwrap());
    let mut lines = said.lines().map_while(Result::ok);
    let control = lines.find(|line| line.starts_with("control")).unwrap();
    let ledger = control
        .split_whitespace()
        .find(|word| word.starts_with("http"))
        .unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let address = ledger
        .trim_start_matches("http://")
        .split('/')
        .next()
        .unwrap();
    let http = fenfa::outbound::client(
        &fenfa::config::Config::with_layers(&[]).unwrap().outbound,
        &[address.to_owned()],
    )
    .unwrap();

    let shown: serde_json::Value = http.get(ledger).send().await.unwrap().json().await.unwrap();
    let clock = format!("http://{address}/control/clock");
    let moved = http
        .post(clock)
        .json(&serde_json::json!({ "advance_s": 60 }));
    let moved: serde_json::Value = moved.send().await.unwrap().json().await.unwrap();

    assert_eq!(shown["douyin"]["items"], serde_json::json!([]), "{control}");
    assert_eq!(moved["now"], "2026-03-03T08:01:00Z");
}
