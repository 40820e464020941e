//! Publishing: a job runs, ends, and leaves an article or its draft; a person in the console does the same by hand.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Refusal, draft, event, fine, material, refuse,
    state::{Article, Job, State},
};
use crate::clock::Timestamp;

/// Ids of jobs and messages are large numbers.
pub const FIRST: u64 = 2_247_483_700;

pub fn submit(state: &mut State, body: &Value, now: Timestamp) -> Result<Value, Refusal> {
    let media_id = body["media_id"].as_str().unwrap_or_default().to_owned();
    if !state.drafts.iter().any(|draft| draft.media_id == media_id) {
        return refuse(40007, "invalid media_id");
    }
    let is_running = state
        .jobs
        .iter()
        .any(|job| job.status == 1 && job.media_id == media_id);
    if is_running && state.settings.second_submit == "53503" {
        return refuse(53503, "draft did not pass the publish check");
    }
    let publish_id = FIRST + state.next();
    state.jobs.push(Job {
        publish_id,
        media_id,
        ends: now.plus(Duration::from_secs(state.settings.job_delay_s)),
        status: 1,
        article_id: None,
    });
    Ok(json!({ "errcode": 0, "errmsg": "ok", "publish_id": publish_id, "msg_data_id": publish_id }))
}

/// A job is at its end: the draft becomes an article, or stays.
pub fn end(state: &mut State, at: usize, now: Timestamp) {
    let (id, media_id) = (state.jobs[at].publish_id, state.jobs[at].media_id.clone());
    let place = state
        .drafts
        .iter()
        .position(|draft| draft.media_id == media_id);
    let status = match place {
        None => 3,
        Some(place) if has_refused_word(state, place) => 4,
        Some(_) => state.settings.job_status,
    };
    let job = &mut state.jobs[at];
    job.status = status;
    if let (0, Some(place)) = (status, place) {
        job.article_id = Some(format!("SimArticleId_{id}"));
        // The list shows the moment at which the job ended, not that at which somebody asked.
        let ended = job.ends.min(now);
        publish(state, place, id, ended);
    }
    event::enqueue(state, at, now);
}

/// Whether a review does not want the title of a draft.
pub fn has_refused_word(state: &State, place: usize) -> bool {
    let articles = state.drafts[place].articles.iter();
    let mut titles = articles.filter_map(|one| one["title"].as_str());
    let words = &state.settings.refused_words;
    titles.any(|title| words.iter().any(|word| title.contains(word.as_str())))
}

/// Makes an article of a draft.
pub fn publish(state: &mut State, place: usize, mid: u64, now: Timestamp) {
    let draft = state.drafts.remove(place);
    state.articles.push(Article {
        id: format!("SimArticleId_{mid}"),
        mid,
        msg_id: None,
        articles: draft.articles,
        at: now,
        deleted: false,
        banned: false,
        submissions: 1,
    });
}

/// A person presses "publish" in the console.
pub fn by_hand(state: &mut State, media_id: &str, now: Timestamp) -> Result<Value, String> {
    let place = state
        .drafts
        .iter()
        .position(|draft| draft.media_id == media_id);
    let place = place.ok_or_else(|| format!("there is no draft {media_id}"))?;
    let mid = FIRST + state.next();
    publish(state, place, mid, now);
    Ok(json!({ "article_id": format!("SimArticleId_{mid}") }))
}

pub fn url(mid: u64, place: usize) -> String {
    format!("https://mp.weixin.qq.com/s?__biz=SIM&mid={mid}&idx={place}")
}

/// What is told of a job; the same in the answer and in the event.
pub fn told(state: &State, job: &Job) -> Value {
    let article = state
        .articles
        .iter()
        .find(|one| Some(&one.id) == job.article_id.as_ref());
    let status = match article {
        Some(article) if article.banned => 6,
        Some(article) if article.deleted => 5,
        _ => job.status,
    };
    let mut told = json!({ "publish_id": job.publish_id, "publish_status": status });
    match (status, article) {
        (0, Some(article)) => {
            let items: Vec<Value> = (1..=article.articles.len())
                .map(|place| json!({ "idx": place, "article_url": url(article.mid, place) }))
                .collect();
            told["article_id"] = json!(article.id);
            told["article_detail"] = json!({ "count": items.len(), "item": items });
        }
        (2 | 4, _) => told["fail_idx"] = json!([1]),
        _ => {}
    }
    told
}

pub fn get(state: &State, body: &Value) -> Result<Value, Refusal> {
    let id = &body["publish_id"];
    let id = id
        .as_u64()
        .or_else(|| id.as_str().and_then(|id| id.parse().ok()));
    let job = state.jobs.iter().find(|job| Some(job.publish_id) == id);
    job.map(|job| told(state, job))
        .ok_or((53600, "invalid publish_id".to_owned()))
}

fn find<'s>(state: &'s mut State, body: &Value) -> Result<&'s mut Article, Refusal> {
    let id = body["article_id"].as_str().unwrap_or_default();
    let mut published = state.articles.iter_mut();
    let found = published.find(|one| one.id == id && one.msg_id.is_none());
    found.ok_or((53600, "invalid article_id".to_owned()))
}

pub fn delete(state: &mut State, body: &Value) -> Result<Value, Refusal> {
    let index = body["index"].as_u64().unwrap_or(0);
    let article = find(state, body)?;
    let count = article.articles.len();
    for (place, one) in (1..).zip(&mut article.articles) {
        if index == 0 || index == place {
            one["is_deleted"] = json!(true);
        }
    }
    let gone = article
        .articles
        .iter()
        .filter(|one| one["is_deleted"] == true)
        .count();
    article.deleted = gone == count;
    Ok(fine())
}

fn shown(article: &Article, with_content: bool) -> Vec<Value> {
    let all = article.articles.iter().enumerate();
    all.map(|(place, one)| {
        let mut shown = draft::shown(one, &url(article.mid, place + 1), with_content);
        shown["is_deleted"] = json!(one["is_deleted"] == true || article.banned);
        shown
    })
    .collect()
}

pub fn article(state: &mut State, body: &Value) -> Result<Value, Refusal> {
    Ok(json!({ "news_item": shown(find(state, body)?, true) }))
}

pub fn list(state: &State, body: &Value, now: Timestamp) -> Result<Value, Refusal> {
    let (offset, count) = material::page(body)?;
    let with_content = body["no_content"] != 1;
    let delay = Duration::from_secs(state.settings.list_delay_s);
    let is_listed = |one: &&Article| {
        !one.deleted && !one.banned && one.msg_id.is_none() && one.at.plus(delay) <= now
    };
    let all: Vec<&Article> = state.articles.iter().rev().filter(is_listed).collect();
    let items: Vec<Value> = all
        .iter()
        .skip(offset)
        .take(count)
        .map(|one| {
            json!({
                "article_id": one.id,
                "content": { "news_item": shown(one, with_content) },
                "update_time": one.at.unix_seconds(),
            })
        })
        .collect();
    Ok(json!({ "total_count": all.len(), "item_count": items.len(), "item": items }))
}
