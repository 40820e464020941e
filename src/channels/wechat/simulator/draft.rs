//! Drafts: made, read, changed, listed, never compared with one another.

use serde_json::{Value, json};

use super::{
    Refusal, filter, fine, material, refuse,
    state::{Draft, Settings, State},
    structure,
};
use crate::{
    clock::Timestamp,
    text::{characters, visible_text},
};

/// Articles of a draft, pictures of a picture post.
const MOST_ARTICLES: usize = 8;
const MOST_PICTURES: usize = 20;
/// Characters of a digest that the platform takes of the text itself.
const OWN_DIGEST: usize = 54;

pub fn add(state: &mut State, body: &Value, now: Timestamp) -> Result<Value, Refusal> {
    let Some(articles) = body["articles"].as_array() else {
        return refuse(47001, "data format error");
    };
    if articles.is_empty() {
        return refuse(44003, "empty news data");
    }
    if articles.len() > MOST_ARTICLES {
        return refuse(45008, "article size out of limit");
    }
    let is_single = articles.len() == 1;
    let articles: Result<Vec<Value>, Refusal> = articles
        .iter()
        .map(|one| keep(state, one, is_single, now))
        .collect();
    let articles = articles?;
    let media_id = format!("SIM_d_{:08}", state.next());
    state.drafts.push(Draft {
        media_id: media_id.clone(),
        articles,
        created_at: now,
        updated_at: now,
    });
    Ok(json!({ "media_id": media_id }))
}

fn limits(settings: &Settings) -> (usize, usize) {
    if settings.profile == "observed" {
        (64, 40_000)
    } else {
        (32, 20_000)
    }
}

/// Holds an article against the limits, and keeps what the platform keeps of it.
fn keep(state: &State, article: &Value, is_single: bool, now: Timestamp) -> Result<Value, Refusal> {
    let text = |name: &str| article[name].as_str().unwrap_or_default();
    let (most_title, most_content) = limits(&state.settings);
    if text("title").is_empty() || characters(text("title")) > most_title {
        return refuse(45003, "title size out of limit");
    }
    if characters(text("author")) > 16 {
        return refuse(45110, "author size out of limit");
    }
    if characters(text("digest")) > 128 {
        return refuse(45004, "description size out of limit");
    }
    if text("content_source_url").len() > 1024 {
        return refuse(45005, "url size out of limit");
    }
    let source = text("content_source_url");
    if !source.is_empty() && !source.starts_with("http://") && !source.starts_with("https://") {
        return refuse(41039, "invalid content_source_url");
    }
    let content = text("content");
    if characters(content) > most_content || content.len() > 1 << 20 {
        return refuse(45002, "content size out of limit");
    }
    let known = |id: &Value| {
        let found = id.as_str().and_then(|id| state.material(id, now));
        found
            .filter(|one| !one.temporary)
            .cloned()
            .ok_or((40007, "invalid media_id".to_owned()))
    };
    let mut kept = article.clone();
    match article["article_type"].as_str().unwrap_or("news") {
        "news" => {
            if content.is_empty() {
                return refuse(44003, "empty news data");
            }
            let told = structure::verify(content);
            if state.settings.strict_structure && told["isValid"] == false {
                return refuse(45166, format!("invalid content {}", told["inValidInfo"]));
            }
            let cover = known(&article["thumb_media_id"])?;
            kept["thumb_url"] = json!(cover.url);
            check_crops(article)?;
            kept["content"] = json!(filter::filter(content, &state.pictures));
            if text("digest").is_empty() && is_single {
                kept["digest"] = json!(
                    visible_text(content)
                        .chars()
                        .take(OWN_DIGEST)
                        .collect::<String>()
                );
            }
        }
        "newspic" => {
            let list = article["image_info"]["image_list"].as_array();
            let list = list.filter(|list| !list.is_empty());
            let list = list.ok_or((44003, "empty image_list".to_owned()))?;
            if list.len() > MOST_PICTURES || content.contains('<') {
                return refuse(45166, "invalid content");
            }
            let mut urls = Vec::new();
            for one in list {
                urls.push(known(&one["image_media_id"])?.url);
            }
            kept["thumb_url"] = json!(urls[0]);
            kept["picture_urls"] = json!(urls);
        }
        _ => return refuse(47001, "invalid article_type"),
    }
    kept["article_type"] = json!(article["article_type"].as_str().unwrap_or("news"));
    Ok(kept)
}

/// Boxes are four fractions with at most six decimals.
fn check_crops(article: &Value) -> Result<(), Refusal> {
    for name in ["pic_crop_235_1", "pic_crop_1_1"] {
        let Some(crop) = article[name].as_str() else {
            continue;
        };
        let is_fraction = |part: &str| {
            let decimals = part
                .split_once('.')
                .map_or(0, |(_, decimals)| decimals.len());
            let value: Option<f64> = part.parse().ok();
            decimals <= 6 && value.is_some_and(|value| (0.0..=1.0).contains(&value))
        };
        if crop.split('_').count() != 4 || !crop.split('_').all(is_fraction) {
            return refuse(47001, format!("invalid {name}"));
        }
    }
    Ok(())
}

/// An article as lists and reads show it.
pub fn shown(article: &Value, url: &str, with_content: bool) -> Value {
    let mut shown = article.clone();
    shown["url"] = json!(url);
    if let Some(fields) = shown.as_object_mut() {
        fields.remove("picture_urls");
        if !with_content {
            fields.remove("content");
        }
    }
    shown
}

fn shown_all(draft: &Draft, with_content: bool) -> Vec<Value> {
    let url = format!(
        "http://mp.weixin.qq.com/s?__biz=SIM&tempkey={}",
        draft.media_id
    );
    draft
        .articles
        .iter()
        .map(|one| shown(one, &url, with_content))
        .collect()
}

fn find<'s>(state: &'s mut State, body: &Value) -> Result<&'s mut Draft, Refusal> {
    let id = body["media_id"].as_str().unwrap_or_default();
    let found = state.drafts.iter_mut().find(|draft| draft.media_id == id);
    found.ok_or((40007, "invalid media_id".to_owned()))
}

pub fn get(state: &mut State, body: &Value) -> Result<Value, Refusal> {
    let draft = find(state, body)?;
    Ok(json!({
        "news_item": shown_all(draft, true),
        "create_time": draft.created_at.unix_seconds(),
        "update_time": draft.updated_at.unix_seconds(),
    }))
}

/// One article at a time, and as an object: a list is refused.
pub fn update(state: &mut State, body: &Value, now: Timestamp) -> Result<Value, Refusal> {
    if !body["articles"].is_object() {
        return refuse(47001, "data format error");
    }
    let index = body["index"]
        .as_u64()
        .and_then(|index| usize::try_from(index).ok());
    let count = find(state, body)?.articles.len();
    let index = index.filter(|index| *index < count);
    let index = index.ok_or((40114, "invalid index value".to_owned()))?;
    let kept = keep(state, &body["articles"], count == 1, now)?;
    let draft = find(state, body)?;
    draft.articles[index] = kept;
    draft.updated_at = now;
    Ok(fine())
}

pub fn delete(state: &mut State, body: &Value) -> Result<Value, Refusal> {
    let id = find(state, body)?.media_id.clone();
    state.drafts.retain(|draft| draft.media_id != id);
    Ok(fine())
}

pub fn list(state: &State, body: &Value) -> Result<Value, Refusal> {
    let (offset, count) = material::page(body)?;
    let with_content = body["no_content"] != 1;
    let mut all: Vec<&Draft> = state.drafts.iter().rev().collect();
    all.sort_by_key(|draft| std::cmp::Reverse(draft.updated_at));
    let items: Vec<Value> = all
        .iter()
        .skip(offset)
        .take(count)
        .map(|draft| {
            json!({
                "media_id": draft.media_id,
                "content": { "news_item": shown_all(draft, with_content) },
                "update_time": draft.updated_at.unix_seconds(),
            })
        })
        .collect();
    Ok(json!({ "total_count": all.len(), "item_count": items.len(), "item": items }))
}
