//! Paths for natural search: `submitsitemap/api`, and the console's delete file.

use std::time::Duration;

use actix_web::{HttpResponse, web};

use super::{
    super::time,
    Baidu,
    call::{Call, business},
    crawl,
    gateway::Right,
    state::{State, submit},
};
use crate::clock::Timestamp;

/// A path as its key: with a leading slash, whichever way it came.
pub fn key(path: &str) -> String {
    format!("/{}", path.trim_start_matches('/'))
}

/// Takes paths for crawling. It says no more than that: no result per path, no allowance that is left.
pub async fn submit_paths(baidu: web::Data<Baidu>, call: Call) -> HttpResponse {
    if let Err(refused) = baidu.admit(&call, Right::Search) {
        return refused;
    }
    let now = baidu.now();
    let name = match call.field("type") {
        "0" => "search_weekly",
        "1" => "search_daily",
        "2" => "search_hourly",
        _ => return business(30001, "parameter error"),
    };
    let paths: Vec<String> = call
        .field("url_list")
        .split(',')
        .map(str::trim)
        .filter(|path| !path.is_empty())
        .map(key)
        .collect();
    if paths.is_empty() {
        return business(30001, "parameter error");
    }
    let errno = baidu.change(|state| take(state, name, &paths, now));
    let text = match errno {
        0 => "success",
        2002 => "app does not exist, level not allowed or number of paths not allowed",
        60005 => "xiongzhang id is not bound",
        _ => "over the quantity limit",
    };
    crawl::in_background(&baidu);
    business(errno, text)
}

fn take(state: &mut State, name: &str, paths: &[String], now: Timestamp) -> i64 {
    let settings = &state.settings;
    let is_closed = settings.app_offline
        || settings.app_banned
        || (name == "search_hourly" && !settings.hourly_granted);
    if is_closed || paths.len() > settings.paths_per_call {
        return 2002;
    }
    if !settings.xiongzhang_bound {
        return 60005;
    }
    let takes_part = settings.search_takes_part;
    state.recalculate(now);
    let left = state.left(name, now) as usize;
    if left == 0 || (paths.len() > left && !takes_part) {
        return 30013;
    }
    let accepted = &paths[..paths.len().min(left)];
    state.count(name, u32::try_from(accepted.len()).unwrap_or(u32::MAX), now);
    let delay_s = state.crawl_delay_s(name);
    for path in accepted {
        submit(&mut state.paths, path, name, now, delay_s);
    }
    0
}

/// A delete file of the console: once a day, a path a line; they are hidden half an hour later.
pub fn delete_file(state: &mut State, text: &str, now: Timestamp) -> Result<usize, String> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let most = state.settings.delete_file_lines;
    if lines.is_empty() || lines.len() > most || text.len() >= 10 << 20 {
        return Err(format!(
            "a delete file has 1 to {most} lines and less than 10 MB"
        ));
    }
    if let Some(bad) = lines.iter().find(|line| line.contains("://")) {
        return Err(format!("{bad} is no path"));
    }
    if state.delete_file_on == Some(time::date(now)) {
        return Err("there was a delete file today".to_owned());
    }
    state.delete_file_on = Some(time::date(now));
    let hidden_at = now.plus(Duration::from_secs(state.settings.delete_file_s));
    let mut known = 0;
    for line in lines {
        if let Some(page) = state.paths.get_mut(&key(line)) {
            page.hidden_at = Some(hidden_at);
            known += 1;
        }
    }
    Ok(known)
}
