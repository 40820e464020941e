//! The mini-program's side: pages for search, checks of texts and pictures.

use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::{Refusal, Shared, answer::Family};

const BAD: Refusal = (28_001_007, "bad parameter");
/// A path must be shorter than this, and there may not be more of them in one call.
const PATH: usize = 200;
const PATHS: usize = 100_000;
const LARGEST_BODY: usize = 5 << 20;

/// The body of a call for the one mini-program.
pub fn read(douyin: &Shared, body: &str) -> Result<Value, Refusal> {
    let read: Value = serde_json::from_str(body).map_err(|_| BAD)?;
    if read["app_id"].as_str() == Some(&douyin.lock().settings.mini_app_id) {
        Ok(read)
    } else {
        Err(BAD)
    }
}

/// Takes pages for search: all or none, and nothing is said of each.
pub async fn upload_sitemap(douyin: Shared, request: HttpRequest, body: String) -> HttpResponse {
    if let Err(refused) = douyin.enter_as_app(Family::New, &request, "ma.search") {
        return *refused;
    }
    let taken = read(&douyin, &body).and_then(|read| {
        let paths: Vec<String> =
            serde_json::from_value(read["page_paths"].clone()).map_err(|_| BAD)?;
        let is_fine = |path: &String| {
            !path.is_empty() && path.is_ascii() && path.len() < PATH && !path.contains("://")
        };
        let is_small = !paths.is_empty() && paths.len() < PATHS && body.len() < LARGEST_BODY;
        if is_small && paths.iter().all(is_fine) {
            Ok(paths)
        } else {
            Err(BAD)
        }
    });
    match taken {
        Ok(paths) => {
            douyin.change(|state| {
                for path in paths {
                    *state.pages.entry(path).or_default() += 1;
                }
            });
            douyin.ok(Family::New, json!({}))
        }
        Err(refusal) => douyin.refuse(Family::New, refusal),
    }
}

/// Whether a text holds one of the words that the settings name.
fn is_hit(words: &[String], text: &str) -> bool {
    words.iter().any(|word| text.contains(word))
}

pub async fn censor_text(douyin: Shared, request: HttpRequest, body: String) -> HttpResponse {
    if let Err(refused) = douyin.enter_as_app(Family::New, &request, "apps.censor.text") {
        return *refused;
    }
    let checked = read(&douyin, &body).and_then(|read| {
        let texts: Vec<String> =
            serde_json::from_value(read["content"].clone()).map_err(|_| BAD)?;
        let words = douyin.lock().settings.censor_words.clone();
        Ok(texts.iter().any(|text| is_hit(&words, text)))
    });
    match checked {
        Ok(hit) => {
            let predicts = json!([{ "model_name": "short_content_antidirt", "hit": hit }]);
            douyin.ok(Family::New, json!({ "predicts": predicts }))
        }
        Err(refusal) => douyin.refuse(Family::New, refusal),
    }
}

/// The same for a picture, by the verdict that comes next in the settings, else by words of its address; here the
/// predictions stand outside `data`.
pub async fn censor_image(douyin: Shared, request: HttpRequest, body: String) -> HttpResponse {
    if let Err(refused) = douyin.enter_as_app(Family::New, &request, "apps.censor.image") {
        return *refused;
    }
    let checked = read(&douyin, &body).and_then(|read| {
        let address = read["image"]
            .as_str()
            .or_else(|| read["image_data"].as_str())
            .ok_or(BAD)?;
        Ok(douyin.change(|state| {
            let settings = &mut state.settings;
            if settings.picture_verdicts.is_empty() {
                Some(is_hit(&settings.censor_words, address))
            } else {
                match settings.picture_verdicts.remove(0).as_str() {
                    "hit" => Some(true),
                    "clean" => Some(false),
                    _ => None,
                }
            }
        }))
    });
    match checked {
        Ok(Some(hit)) => {
            let predicts = json!([{ "model_name": "porn", "hit": hit }, { "model_name": "sensitive_text", "hit": false }]);
            douyin.ok_beside(&json!({ "predicts": predicts }))
        }
        Ok(None) => douyin.ok_beside(&json!({})),
        Err(refusal) => douyin.refuse(Family::New, refusal),
    }
}
