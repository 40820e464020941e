//! A submission as the platform takes it: an article of a draft.

use serde_json::{Value, json};

use super::{
    BODY, COMMENTS, COVER, PICTURES,
    adapter::{UPLOAD_COVER, UPLOAD_MATERIALS, UPLOAD_PICTURES, output},
    derive::crops,
    lookup::source_url,
};
use crate::channels::{ChannelError, ErrorClass, StepContext};

/// The article as it is sent.
pub fn article(ctx: &StepContext<'_>) -> Result<Value, ChannelError> {
    let submission = ctx.submission;
    let text = |name: &str| {
        let value = submission.fields.get(name).and_then(Value::as_str);
        value.unwrap_or_default()
    };
    let comment = COMMENTS
        .iter()
        .position(|one| one.zh == text("comment"))
        .unwrap_or(0);
    let mut article = json!({
        "title": text("title"),
        "author": text("author"),
        "content_source_url": source_url(submission),
        "need_open_comment": u8::from(comment > 0),
        "only_fans_can_comment": u8::from(comment == 2),
    });
    let ids = |step: &str| -> Vec<String> {
        serde_json::from_value(output(ctx, step)["ids"].clone()).unwrap_or_default()
    };
    if submission.lane == PICTURES {
        let list = ids(UPLOAD_MATERIALS).into_iter();
        let list: Vec<Value> = list.map(|id| json!({ "image_media_id": id })).collect();
        article["article_type"] = json!("newspic");
        article["content"] = json!(text("text"));
        article["image_info"] = json!({ "image_list": list });
        return Ok(article);
    }
    let missing = |what: &str| ChannelError::new(ErrorClass::Bug, format!("there is no {what}"));
    let mut content = text("content").to_owned();
    let urls = output(ctx, UPLOAD_PICTURES)["urls"].as_array();
    for (place, url) in urls.into_iter().flatten().enumerate() {
        let url = url
            .as_str()
            .ok_or_else(|| missing("address of a picture"))?;
        content = content.replace(&format!("\"{BODY}/{place}\""), &format!("\"{url}\""));
    }
    let cover = ids(UPLOAD_COVER)
        .into_iter()
        .next()
        .ok_or_else(|| missing("cover"))?;
    let file = ctx.media(COVER).next().ok_or_else(|| missing("cover"))?;
    article["article_type"] = json!("news");
    article["digest"] = json!(text("digest"));
    article["content"] = json!(content);
    article["thumb_media_id"] = json!(cover);
    if let (Some(article), Value::Object(crops)) =
        (article.as_object_mut(), crops(file.width, file.height))
    {
        article.extend(crops);
    }
    Ok(article)
}
