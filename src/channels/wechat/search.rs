//! Pages of the mini-program for the platform's search (搜一搜). Path and query are the key of a page, and the same key
//! again overwrites: a lost answer is settled by the same call once more.
//!
//! Settings of an account beside those of its form: `search_cover_size` (how large covers are shown, 1 to 3).

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Map, Value, json};

use super::mini::Mini;
use crate::{
    channels::{
        Account, ChannelError, ErrorClass, Fingerprint, Found, Outcome, StepContext, StepOutput,
        Submission, page::check_page,
    },
    clock::Timestamp,
};

/// Step that looks whether our page is there.
pub const CHECK_PAGE: &str = "check_page";
/// Step that puts the page into the search, or changes it there.
pub const SUBMIT: &str = "submit_page";
/// Step that takes it out.
pub const REMOVE: &str = "remove_page";

const CALL: &str = "/wxa/search/wxaapi_submitpages";
/// The allowance of the day.
pub const QUOTA: &str = "search_daily";
/// Bytes of a page (submitpages, 108002).
const LARGEST: usize = 1_000_000;
/// A page of text and pictures; 4 are questions with answers.
const ARTICLE: u32 = 2;
/// What is done with a page.
const PUT: u32 = 1;
const DELETE: u32 = 3;
/// A call without an answer is made again after this time.
const PAUSE: Duration = Duration::from_mins(1);

/// The key of a page: its path without a leading slash, and its query.
pub fn key(address: &str) -> (&str, &str) {
    let address = address.trim_start_matches('/');
    address.split_once('?').unwrap_or((address, ""))
}

/// Numbers that the account's form takes as text.
pub fn is_number(account: &Account, name: &str, default: &str) -> bool {
    account.setting(name, default).parse::<u32>().is_ok()
}

fn number(account: &Account, name: &str) -> u32 {
    account.setting(name, "1").parse().unwrap_or(1)
}

fn text<'a>(fields: &'a BTreeMap<String, Value>, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Our id of a page: its address in letters that every log bears.
fn content_id(address: &str) -> String {
    let plain = |character: char| {
        let is_kept = character.is_ascii_alphanumeric() || "-_".contains(character);
        if is_kept { character } else { '-' }
    };
    address.chars().map(plain).collect()
}

/// The page as it is sent.
fn page(account: &Account, submission: &Submission, update: u32) -> Value {
    let fields = &submission.fields;
    let address = text(fields, "search_path").trim_start_matches('/');
    let (path, query) = key(address);
    let set = match account.setting("search_set", "") {
        "review" => "wxsearch_testcpdata",
        _ => "wxsearch_cpdata",
    };
    let lines = text(fields, "search_abstract").lines().map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    let size = number(account, "search_cover_size");
    let covers = fields.get("search_covers").and_then(Value::as_array);
    let covers = covers.into_iter().flatten().filter_map(Value::as_str);
    let covers: Vec<Value> = covers
        .map(|url| json!({ "cover_img_url": url, "cover_img_size": size }))
        .collect();
    let mut data = Map::new();
    let mut say = |name: &str, value: Value| {
        data.insert(name.to_owned(), value);
    };
    say("@type", set.into());
    say("update", update.into());
    say("content_id", content_id(address).into());
    say("page_type", ARTICLE.into());
    say("category_id", number(account, "search_category_id").into());
    say("title", text(fields, "search_title").into());
    say("abstract", lines.into());
    say("mainbody", text(fields, "search_text").into());
    say("h5_url", submission.page_url.clone().into());
    if !covers.is_empty() {
        say("cover_img", covers.into());
    }
    let published = submission.first_published_at;
    if let Some(at) = published {
        say("time_publish", at.unix_seconds().into());
    }
    if let Some(at) = submission.updated_at.max(published) {
        say("time_modify", at.unix_seconds().into());
    }
    json!({ "path": path, "query": query, "data_list": [data] })
}

/// Looks whether our page is there and the mini-program can be used: what is missing holds the lane until a person has
/// mended it, while a refusal of the page itself ends its delivery.
pub async fn check(mini: &Mini, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
    mini.token(ctx.host, false).await?;
    check_page(mini.account(), ctx).await
}

/// Puts the page into the search, or takes it out.
pub async fn send(mini: &Mini, ctx: &StepContext<'_>, step: &str) -> Result<Outcome, ChannelError> {
    let update = if step == REMOVE { DELETE } else { PUT };
    let page = page(mini.account(), ctx.submission, update);
    if page.to_string().len() > LARGEST {
        return Err(ChannelError {
            field: Some("search_text".to_owned()),
            ..ChannelError::new(
                ErrorClass::Validation,
                "页面的数据超过 1 MB，请缩短搜索正文",
            )
        });
    }
    let address = text(&ctx.submission.fields, "search_path").trim_start_matches('/');
    let body = json!({ "pages": [page] });
    mini.call(ctx.host, CALL, &body, true).await?;
    Ok(Outcome::Done(StepOutput {
        value: json!({ "page": address }),
        external_id: Some(address.to_owned()),
        ..StepOutput::default()
    }))
}

/// How a lost call is settled: the same page again.
pub fn find(sent: &Fingerprint<'_>) -> Found {
    let resend_at: Timestamp = sent.armed_at.plus(PAUSE);
    Found::Harmless { resend_at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        channels::{ContentKind, Intent},
        clock::Clock,
    };

    fn account(settings: &[(&str, &str)]) -> Account {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let settings = settings.iter();
        Account {
            id: String::new(),
            external_id: None,
            settings: settings
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            credentials: BTreeMap::new(),
            #[expect(clippy::disallowed_methods, reason = "nothing is called")]
            http: reqwest::Client::new(),
            clock: Clock::system(),
        }
    }

    fn submission() -> Submission {
        let fields = [
            ("search_title", json!("秋日面包")),
            ("search_abstract", json!("三种面团\n\n 一次发酵 ")),
            ("search_text", json!("纯文本正文")),
            ("search_path", json!("/pages/story/index?id=qiu-ri")),
            ("search_covers", json!(["https://cms.example/c/42.jpg"])),
        ];
        Submission {
            delivery_id: String::new(),
            intent: Intent::Publish,
            lane: super::super::SEARCH.into(),
            kind: ContentKind::Story,
            fields: fields.map(|(name, value)| (name.to_owned(), value)).into(),
            media: Vec::new(),
            page_url: "https://cms.example/s/qiu-ri".into(),
            first_published_at: Some(Timestamp::from_unix_seconds(1_760_000_000)),
            updated_at: Some(Timestamp::from_unix_seconds(1_760_000_500)),
            marker: String::new(),
            external_id: None,
        }
    }

    #[test]
    fn a_page_is_spelled_as_the_documentation_has_it() {
        let page = page(&account(&[]), &submission(), PUT);

        assert_eq!(
            page,
            json!({ "path": "pages/story/index", "query": "id=qiu-ri", "data_list": [{
                "@type": "wxsearch_cpdata", "update": 1, "content_id": "pages-story-index-id-qiu-ri",
                "page_type": 2, "category_id": 1, "title": "秋日面包",
                "abstract": ["三种面团", "一次发酵"], "mainbody": "纯文本正文",
                "h5_url": "https://cms.example/s/qiu-ri",
                "cover_img": [{ "cover_img_url": "https://cms.example/c/42.jpg", "cover_img_size": 1 }],
                "time_publish": 1_760_000_000, "time_modify": 1_760_000_500,
            }] })
        );
    }

    #[test]
    fn the_account_says_which_set_and_category_and_a_removal_says_so() {
        let account = account(&[("search_set", "review"), ("search_category_id", "4")]);
        let mut bare = submission();
        bare.fields.remove("search_covers");
        (bare.first_published_at, bare.updated_at) = (None, None);

        let data = page(&account, &bare, DELETE)["data_list"][0].clone();

        assert_eq!(
            (&data["@type"], &data["category_id"], &data["update"]),
            (&json!("wxsearch_testcpdata"), &json!(4), &json!(3))
        );
        for name in ["cover_img", "time_publish", "time_modify"] {
            assert_eq!(data.get(name), None, "{name} is not made up");
        }
    }
}
