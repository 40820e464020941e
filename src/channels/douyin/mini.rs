//! The mini-program's side: its pages for Douyin's search, and the platform's own checks of texts and pictures. Both go
//! with a token of the application and answer in the new envelope.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{COVER, PICTURE, caption, caption::text_field};
use crate::channels::{
    ChannelError, ErrorClass, Inspection, Media, Opinion, Outcome, StepContext, StepHost,
    StepOutput, bytedance::client::Client,
};

/// The mini-program that a work leads into.
fn app_id(fields: &BTreeMap<String, Value>) -> Result<&str, ChannelError> {
    let id = text_field(fields, "micro_app_id");
    if id.is_empty() {
        let text = "站点设置里还没有抖音小程序的 AppID";
        return Err(ChannelError {
            field: Some("micro_app_id".to_owned()),
            ..ChannelError::new(ErrorClass::Validation, text)
        });
    }
    Ok(id)
}

/// Submits the page. The answer says only that it was taken; indexing, or not, follows by itself.
pub async fn submit_page(client: &Client, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
    let path = text_field(&ctx.submission.fields, "micro_app_url");
    let body = json!({ "app_id": app_id(&ctx.submission.fields)?, "page_paths": [path] });
    let token = client.client_token(ctx.host).await?;
    let call = "/api/apps/v1/search/upload_sitemap/";
    client
        .call_as_app(ctx.host, &token, call, &body, true)
        .await?;
    Ok(Outcome::Done(StepOutput {
        value: json!({ "path": path }),
        external_id: Some(path.to_owned()),
        external_url: None,
        ..StepOutput::default()
    }))
}

/// A part in which models of the platform found something.
struct Hit {
    /// The field that it is of.
    field: &'static str,
    /// The part and the models, in words for people.
    words: String,
}

/// What the platform thinks of a variant before it is scheduled.
pub async fn inspect(
    client: &Client,
    fields: &BTreeMap<String, Value>,
    pictures: &[Media],
    host: &dyn StepHost,
) -> Result<Inspection, ChannelError> {
    let hits = look(client, host, fields, pictures.iter()).await?;
    if hits.is_empty() {
        return Ok(Inspection::passed());
    }
    let objections = hits.into_iter().map(|hit| hit.words).collect();
    Ok(Inspection::of(Opinion::Block, objections))
}

/// The same as a step before anything is uploaded: a hit goes to a person.
pub async fn check_content(
    client: &Client,
    ctx: &StepContext<'_>,
) -> Result<Outcome, ChannelError> {
    let pictures = ctx.media(COVER).chain(ctx.media(PICTURE));
    let hits = look(client, ctx.host, &ctx.submission.fields, pictures).await?;
    let Some(first) = hits.first() else {
        return Ok(Outcome::Done(StepOutput {
            value: json!({ "checked": true }),
            ..StepOutput::default()
        }));
    };
    let words: Vec<&str> = hits.iter().map(|hit| hit.words.as_str()).collect();
    Err(ChannelError {
        field: Some(first.field.to_owned()),
        ..ChannelError::new(
            ErrorClass::ContentRejected,
            format!("抖音的内容检测没有通过：{}", words.join("、")),
        )
    })
}

/// Has the platform look at the text and at each picture. No answer is "not checked", never "clean"; a clean one is no
/// promise about the review.
async fn look<'m>(
    client: &Client,
    host: &dyn StepHost,
    fields: &BTreeMap<String, Value>,
    pictures: impl Iterator<Item = &'m Media>,
) -> Result<Vec<Hit>, ChannelError> {
    let app_id = app_id(fields)?;
    let token = client.client_token(host).await?;
    let text = json!({ "app_id": app_id, "content": [caption::compose(fields, "")] });
    let mut parts = vec![("text", "text", "文案".to_owned(), text)];
    for (number, picture) in (1..).zip(pictures) {
        let body = json!({ "app_id": app_id, "image": picture.url });
        parts.push(("pictures", "image", format!("图片 {number}"), body));
    }
    let mut found = Vec::new();
    for (field, kind, name, body) in parts {
        let path = format!("/api/apps/v1/censor/{kind}/");
        let answer = client
            .call_as_app(host, &token, &path, &body, false)
            .await?;
        let models = hits(&answer).ok_or_else(|| {
            let text = format!("抖音没有给出{name}的检测结果");
            ChannelError::new(ErrorClass::ChannelDown, text)
        })?;
        if !models.is_empty() {
            let words = format!("{name}（{}）", models.join("、"));
            found.push(Hit { field, words });
        }
    }
    Ok(found)
}

/// Names of the models that found something; `None` when nothing was looked at. Predictions stand at the top, in `data`,
/// or in each entry of it.
fn hits(answer: &Value) -> Option<Vec<String>> {
    let entries = answer["data"].as_array().into_iter().flatten();
    let places = [answer, &answer["data"]].into_iter().chain(entries);
    let lists: Vec<&Vec<Value>> = places
        .filter_map(|place| place["predicts"].as_array())
        .collect();
    let all: Vec<&Value> = lists.into_iter().flatten().collect();
    if all.is_empty() {
        return None;
    }
    let found = all
        .into_iter()
        .filter(|one| one["hit"].as_bool().unwrap_or(true));
    Some(
        found
            .map(|one| one["model_name"].as_str().unwrap_or("?").to_owned())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predictions_are_read_in_every_shape_and_none_is_not_clean() {
        let check = |answer: Value, expected: Option<&[&str]>| {
            let expected =
                expected.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
            assert_eq!(hits(&answer), expected, "{answer}");
        };
        let hit = json!([{ "model_name": "porn", "hit": true }, { "model_name": "bloody", "hit": false }]);
        let clean = json!([{ "model_name": "porn", "hit": false }]);

        check(json!({ "err_no": 0, "predicts": hit }), Some(&["porn"]));
        check(
            json!({ "err_no": 0, "data": { "predicts": clean } }),
            Some(&[]),
        );
        check(
            json!({ "data": [{ "predicts": clean }, { "predicts": hit }] }),
            Some(&["porn"]),
        );
        check(
            json!({ "predicts": [{ "model_name": "new" }] }),
            Some(&["new"]),
        );
        check(json!({ "err_no": 0, "data": {} }), None);
        check(json!({ "err_no": 0, "predicts": [] }), None);
    }
}
