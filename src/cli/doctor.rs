//! `fenfa doctor`: looks at everything a server needs, changes nothing that is in use, and says what to do.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::ExitCode,
    time::{Duration, SystemTime},
};

use clap::Args;
use serde::Serialize;

use crate::{
    app::App,
    clock::{Clock, Timestamp},
    config::Config,
    db::{self, Db},
    delivery::AccountStatus,
    search::SearchService,
    telemetry::disk,
};

/// No clock that is right is before this build was written.
const WRITTEN: &str = "2026-11-01T00:00:00Z";
/// Clocks may differ by this without harm.
const SKEW_S: i64 = 5;
/// A disk with less than so many times the least room is getting full.
const COMFORT: u64 = 10;
/// Tokens and grants that end within this time are worth a look.
const SOON_S: i64 = 7 * 86_400;

/// How to tell it.
#[derive(Debug, Args)]
pub struct DoctorCommand {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// How bad it is; the worst one is the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    Ok = 0,
    Warning = 1,
    Error = 2,
}

/// What was found about one thing.
#[derive(Debug, Serialize)]
struct Finding {
    area: &'static str,
    level: Level,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cure: Option<String>,
}

#[derive(Debug, Default)]
struct Report(Vec<Finding>);

impl Report {
    fn ok(&mut self, area: &'static str, what: impl Into<String>) {
        self.0.push(Finding {
            area,
            level: Level::Ok,
            what: what.into(),
            cure: None,
        });
    }

    fn warn(&mut self, area: &'static str, what: impl Into<String>, cure: impl Into<String>) {
        self.add(area, Level::Warning, what.into(), cure.into());
    }

    fn fail(&mut self, area: &'static str, what: impl Into<String>, cure: impl Into<String>) {
        self.add(area, Level::Error, what.into(), cure.into());
    }

    fn add(&mut self, area: &'static str, level: Level, what: String, cure: String) {
        self.0.push(Finding {
            area,
            level,
            what,
            cure: Some(cure),
        });
    }

    fn worst(&self) -> Level {
        let levels = self.0.iter().map(|finding| finding.level);
        levels.max().unwrap_or(Level::Ok)
    }
}

/// Looks, tells, and ends with 0 (all is well), 1 (something to look at) or 2 (something does not work).
pub async fn run(command: DoctorCommand, config: Config) -> anyhow::Result<ExitCode> {
    let mut report = Report::default();
    check_config(&mut report, &config);
    check_disk(&mut report, &config);
    let is_current = check_database(&mut report, &config).await;
    let has_index = check_index(&mut report, &config);
    if is_current && has_index {
        check_services(&mut report, config).await;
    }
    if command.json {
        let told = serde_json::json!({ "status": report.worst(), "findings": report.0 });
        println!("{told}");
    } else {
        print(&report);
    }
    Ok(ExitCode::from(report.worst() as u8))
}

fn print(report: &Report) {
    for finding in &report.0 {
        let mark = match finding.level {
            Level::Ok => "ok  ",
            Level::Warning => "look",
            Level::Error => "FAIL",
        };
        println!("{mark}  {:<9} {}", finding.area, finding.what);
        if let Some(cure) = &finding.cure {
            println!("{:<16}→ {cure}", "");
        }
    }
}

fn check_config(report: &mut Report, config: &Config) {
    const AREA: &str = "config";
    let before = report.0.len();
    let url = config.server.base_url();
    if url.starts_with("https://") && !config.security.secure_cookies {
        report.warn(
            AREA,
            "the server is reached over https, and its session cookie is sent over http too",
            "set security.secure_cookies = true",
        );
    }
    let is_open = !["127.0.0.1", "localhost", "::1"].contains(&config.server.host.as_str());
    if is_open && config.server.public_url.is_empty() {
        report.warn(
            AREA,
            format!("platforms and readers would be given the address {url}"),
            "set server.public_url to the address under which they reach this server",
        );
    }
    if !config.database.synchronous_full {
        report.fail(
            AREA,
            "a power cut can lose what was armed, so that it is published twice",
            "set database.synchronous_full = true",
        );
    }
    check_key(report, config);
    if report.0.len() == before {
        report.ok(AREA, "every key is valid");
    }
}

fn check_key(report: &mut Report, config: &Config) {
    const AREA: &str = "config";
    if !config.security.credentials_key.is_empty() {
        return;
    }
    let file = &config.security.credentials_key_file;
    match fs::metadata(file) {
        Ok(found) if found.permissions().mode() & 0o077 != 0 => report.warn(
            AREA,
            format!(
                "others can read the key of credentials in {}",
                file.display()
            ),
            format!("chmod 600 {}", file.display()),
        ),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => report.warn(
            AREA,
            format!("there is no key of credentials in {} yet", file.display()),
            "it is made at the first start; keep a copy of it apart from the database",
        ),
        Err(error) => report.fail(
            AREA,
            format!(
                "the key of credentials in {} cannot be read: {error}",
                file.display()
            ),
            "let the user of the server read it",
        ),
    }
}

fn check_disk(report: &mut Report, config: &Config) {
    const AREA: &str = "disk";
    let least = config.server.min_free_bytes;
    for (name, dir) in config.folders() {
        let place = if dir.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &dir
        };
        match disk::free_bytes(place) {
            Err(error) => {
                report.fail(
                    AREA,
                    format!("{name}: {error}"),
                    "check the folder and its disk",
                );
                continue;
            }
            Ok(free) if free < least => report.fail(
                AREA,
                format!("{name}: {} MB left", free / 1_000_000),
                "make room, or lower server.min_free_bytes; the server is not ready as it is",
            ),
            Ok(free) if free < least.saturating_mul(COMFORT) => report.warn(
                AREA,
                format!("{name}: {} MB left", free / 1_000_000),
                "make room soon",
            ),
            Ok(free) => report.ok(AREA, format!("{name}: {} MB left", free / 1_000_000)),
        }
        if let Err(error) = try_to_write(place) {
            report.fail(
                AREA,
                format!(
                    "{name}: nothing can be written in {}: {error}",
                    place.display()
                ),
                "give the folder to the user of the server",
            );
        }
    }
}

/// Makes and removes a file, if the folder is there; one that is not is made at the start.
fn try_to_write(dir: &Path) -> std::io::Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    let file = dir.join(format!(".fenfa-doctor-{}", std::process::id()));
    fs::write(&file, b"")?;
    fs::remove_file(&file)
}

/// The clock, against this build and against the database's.
fn check_clock(report: &mut Report, of_database: Option<Timestamp>) {
    const AREA: &str = "clock";
    let cure = "set it, and keep it right with NTP (timedatectl set-ntp true)";
    let now = Clock::system().now();
    let written: Timestamp = WRITTEN.parse().unwrap_or(Timestamp(0));
    if now < written {
        report.fail(
            AREA,
            format!("it says {now}, which is before this build"),
            cure,
        );
        return;
    }
    let Some(there) = of_database else {
        report.ok(AREA, format!("{now}"));
        return;
    };
    let skew = now.unix_seconds() - there.unix_seconds();
    if skew.abs() > SKEW_S {
        report.fail(
            AREA,
            format!("it differs by {skew} s from the database's"),
            format!("{cure} on both machines; leases are taken by the clock"),
        );
    } else {
        report.ok(AREA, format!("{now}; the database's differs by {skew} s"));
    }
}

/// Whether the database can be used as it is.
async fn check_database(report: &mut Report, config: &Config) -> bool {
    const AREA: &str = "database";
    if let Some(file) = config.database.file()
        && !file.is_file()
    {
        check_clock(report, None);
        report.warn(
            AREA,
            format!("there is no database in {} yet", file.display()),
            "it is made at the first start, or by fenfa migrate",
        );
        return false;
    }
    let db = match Db::connect(&config.database).await {
        Ok(db) => db,
        Err(error) => {
            check_clock(report, None);
            report.fail(
                AREA,
                with_source(&error),
                "check database.url, and that the database runs and lets this user in",
            );
            return false;
        }
    };
    let health = db.inspect().await;
    let written = newest_write(config).filter(|at| *at > Clock::system().now());
    check_clock(
        report,
        health
            .as_ref()
            .ok()
            .and_then(|health| health.now)
            .or(written),
    );
    match health {
        Err(error) => {
            report.fail(
                AREA,
                with_source(&error),
                "stop the server and restore a backup",
            );
            return false;
        }
        Ok(health) => {
            for (what, cure) in &health.troubles {
                report.fail(AREA, what, cure);
            }
            if health.troubles.is_empty() {
                report.ok(AREA, health.what);
            }
        }
    }
    match db::pending(&db).await {
        Ok(pending) if pending.is_empty() => {
            report.ok(AREA, "it is up to date");
            true
        }
        Ok(pending) => {
            report.warn(
                AREA,
                format!(
                    "{} migrations are to be applied: {}",
                    pending.len(),
                    pending.join(", ")
                ),
                "fenfa migrate (serve does it too, behind a lock)",
            );
            false
        }
        Err(error) => {
            report.fail(AREA, with_source(&error), "fenfa migrate");
            false
        }
    }
}

/// When the file of a SQLite database was last written: a clock that is behind it went back.
fn newest_write(config: &Config) -> Option<Timestamp> {
    let written = fs::metadata(config.database.file()?)
        .ok()?
        .modified()
        .ok()?;
    let since = written.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(Timestamp(0).plus(Duration::from_micros(
        u64::try_from(since.as_micros()).ok()?,
    )))
}

/// Whether the index can be opened, or is to be made.
fn check_index(report: &mut Report, config: &Config) -> bool {
    match SearchService::inspect(&config.search) {
        Ok(Some(_)) => true,
        Ok(None) => {
            report.warn(
                "index",
                format!("there is none in {} yet", config.search.index_dir.display()),
                "it is made at the first start, or by fenfa reindex",
            );
            false
        }
        Err(error) => {
            report.fail(
                "index",
                with_source(&error),
                "fenfa reindex builds it anew; nothing is lost",
            );
            false
        }
    }
}

/// What only the services know: how far the index is, and the accounts.
async fn check_services(report: &mut Report, config: Config) {
    let app = match App::start(config, Clock::system()).await {
        Ok(app) => app,
        Err(error) => {
            report.fail(
                "services",
                with_source(&error),
                "see the log of fenfa serve",
            );
            return;
        }
    };
    match app.search.behind().await {
        Ok(0) => report.ok("index", "it has every change"),
        Ok(behind) => report.warn(
            "index",
            format!("it is {behind} changes behind"),
            "it follows while fenfa serve runs with the role web",
        ),
        Err(error) => report.fail("index", with_source(&error), "fenfa reindex"),
    }
    match app.delivery.inspect_accounts().await {
        Ok(accounts) if accounts.is_empty() => report.ok("accounts", "none is connected"),
        Ok(accounts) => {
            for account in accounts {
                check_account(report, &account, app.clock.now());
            }
        }
        Err(error) => report.fail("accounts", with_source(&error), "check the database"),
    }
}

fn check_account(report: &mut Report, found: &crate::delivery::AccountInspection, now: Timestamp) {
    const AREA: &str = "accounts";
    let account = &found.account;
    let name = format!("{} ({})", account.name, account.channel);
    let note = account.status_note.clone().unwrap_or_default();
    if let Some(trouble) = &found.trouble {
        report.fail(
            AREA,
            format!("{name}: {trouble}"),
            "restore the key of credentials, or give the account its secrets again",
        );
        return;
    }
    let ends_in = |at: Option<Timestamp>| at.map(|at| at.unix_seconds() - now.unix_seconds());
    match account.status {
        AccountStatus::NeedsLogin | AccountStatus::Suspended => report.fail(
            AREA,
            format!("{name}: {} {note}", account.status),
            "sign in again under Channels in the admin app",
        ),
        AccountStatus::Disconnected => report.ok(AREA, format!("{name}: it is disconnected")),
        AccountStatus::Paused => report.warn(
            AREA,
            format!("{name}: it is paused, so nothing is sent"),
            "resume it under Channels in the admin app",
        ),
        AccountStatus::Active => match ends_in(account.grant_expires_at) {
            Some(left) if left < SOON_S => report.warn(
                AREA,
                format!("{name}: its grant ends in {} hours", left / 3600),
                "sign in again under Channels in the admin app before then",
            ),
            _ => report.ok(AREA, name),
        },
    }
}

fn with_source(error: &crate::error::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
