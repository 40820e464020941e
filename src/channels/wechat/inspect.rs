//! What the platform thinks of a content before it is published: of texts at once, of pictures when it calls us, or never.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::mini::{Mini, not_set};
use crate::{
    channels::{
        AwaitedPart, ChannelError, ErrorClass, Event, Inspection, Media, Opinion, StepHost,
    },
    text::visible_text,
};

/// Characters of a text that is checked at once (`msg_sec_check`).
const LONGEST: usize = 2500;
/// The kind of text, of four: a log that everybody can read (`msg_sec_check`).
const SCENE: u32 = 4;
/// A picture; the other kind is sound (`media_check_async`).
const PICTURE: u32 = 2;
/// The user was not there within two hours (`msg_sec_check`).
const NOT_RECENT: &str = "61010";
/// The platform says what it thinks of a picture within this time (`media_check_async`).
const PATIENCE: Duration = Duration::from_mins(30);
/// The event that says it.
pub const CHECKED: &str = "wxa_media_check";

/// Asks about everything that readers see: text by text, picture by picture.
pub async fn ask(
    mini: &Mini,
    host: &dyn StepHost,
    fields: &BTreeMap<String, Value>,
    pictures: &[Media],
) -> Result<Inspection, ChannelError> {
    let account = mini.account();
    let openid = account.setting("reviewer_openid", "");
    if openid.is_empty() {
        return Err(not_set("审核人 openid"));
    }
    let (title, text) = texts(fields);
    let characters: Vec<char> = text.chars().collect();
    let mut found = Inspection::passed();
    for part in characters.chunks(LONGEST) {
        let body = json!({
            "version": 2,
            "openid": openid,
            "scene": SCENE,
            "title": title,
            "content": part.iter().collect::<String>(),
        });
        let told = mini.call(host, "/wxa/msg_sec_check", &body, false).await;
        found = found.and(opinion(&told.map_err(worded)?)?);
    }
    if found.opinion == Opinion::Block {
        // It has to be changed, and is asked about again then.
        return Ok(found);
    }
    if account.credential("callback_token").is_empty() && !pictures.is_empty() {
        let told = "图片（账号没有填写消息推送，收不到检测结果）".to_owned();
        found.unchecked.push(told);
        return Ok(found);
    }
    for (number, picture) in (1..).zip(pictures) {
        let body = json!({
            "media_url": picture.url,
            "media_type": PICTURE,
            "version": 2,
            "openid": openid,
            "scene": SCENE,
        });
        let told = mini
            .call(host, "/wxa/media_check_async", &body, false)
            .await;
        let told = told.map_err(worded)?;
        let reference = told["trace_id"].as_str().ok_or_else(|| {
            let text = "微信收下了图片检测，但没有给出编号";
            ChannelError::new(ErrorClass::ProtocolDrift, text)
        })?;
        found.awaited.push(AwaitedPart {
            reference: reference.to_owned(),
            name: format!("图片 {number}"),
            until: account.clock.now().plus(PATIENCE),
        });
    }
    Ok(found)
}

/// Never taken for a pass: somebody opens the mini-program, and asks again.
fn worded(error: ChannelError) -> ChannelError {
    match error.code.as_deref() {
        Some(NOT_RECENT) => ChannelError {
            class: ErrorClass::Permission,
            message: "审核人最近两小时没有打开过小程序：请打开一次，再重新检测".into(),
            ..error
        },
        _ => error,
    }
}

/// What is checked of the values of a variant: the title, and all that readers read.
fn texts(fields: &BTreeMap<String, Value>) -> (String, String) {
    let value = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let body = visible_text(value("content"));
    let parts = [value("digest"), &body, value("text")];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    (value("title").to_owned(), parts.join("\n"))
}

/// The opinion in an answer, with the words for what it objects to.
fn opinion(told: &Value) -> Result<Inspection, ChannelError> {
    let result = &told["result"];
    let keywords = told["detail"].as_array().into_iter().flatten();
    let keywords: Vec<&str> = keywords.filter_map(|one| one["keyword"].as_str()).collect();
    let label = result["label"].as_i64().unwrap_or_default();
    let suggest = result["suggest"].as_str().unwrap_or_default();
    judged(suggest, label, &keywords).ok_or_else(|| {
        let text = "微信的内容检测没有给出结论";
        ChannelError::new(ErrorClass::ProtocolDrift, text)
    })
}

/// What a suggestion means; nothing of one that we do not know.
fn judged(suggest: &str, code: i64, keywords: &[&str]) -> Option<Inspection> {
    let opinion = match suggest {
        "pass" => return Some(Inspection::passed()),
        "review" => Opinion::Review,
        "risky" => Opinion::Block,
        _ => return None,
    };
    let label = label(code);
    let objection = if keywords.is_empty() {
        label.to_owned()
    } else {
        format!("{label}（{}）", keywords.join("，"))
    };
    Some(Inspection::of(opinion, vec![objection]))
}

/// What the event says of a picture, by its texts without those of its details. A picture that could not be fetched
/// (-1008), or an answer that we do not know, is none that was looked at.
pub fn heard(message: &BTreeMap<String, String>) -> Event {
    let text = |name: &str| message.get(name).map_or("", String::as_str);
    let is_looked_at = matches!(text("errcode"), "" | "0");
    let label = text("label").parse().unwrap_or_default();
    let said = judged(text("suggest"), label, &[]).filter(|_| is_looked_at);
    Event::Inspected {
        reference: text("trace_id").to_owned(),
        said,
    }
}

/// What a label means (`msg_sec_check`).
const fn label(code: i64) -> &'static str {
    match code {
        10001 => "广告",
        20001 => "时政",
        20002 => "色情",
        20003 => "辱骂",
        20006 => "违法犯罪",
        20008 => "欺诈",
        20012 => "低俗",
        20013 => "版权",
        _ => "其他",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opinion_is_read_with_its_label_and_words_and_none_is_no_pass() {
        let told = json!({
            "result": { "suggest": "risky", "label": 20012 },
            "detail": [
                { "strategy": "content_model", "suggest": "risky", "label": 20012 },
                { "strategy": "keyword", "suggest": "risky", "label": 20012, "keyword": "某词" },
            ],
        });
        let found = opinion(&told).expect("an opinion");
        assert_eq!(found.opinion, Opinion::Block);
        assert_eq!(found.objections, ["低俗（某词）"]);

        let passed = json!({ "result": { "suggest": "pass", "label": 100 } });
        assert_eq!(opinion(&passed).expect("an opinion"), Inspection::passed());
        assert!(opinion(&json!({ "errcode": 0 })).is_err());
    }

    #[test]
    fn an_event_without_an_opinion_is_no_pass() {
        let said = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter();
            let message = pairs
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            match heard(&message) {
                Event::Inspected { said, .. } => said,
                other => panic!("{other:?}"),
            }
        };

        let passed = [("errcode", "0"), ("suggest", "pass"), ("label", "100")];
        assert_eq!(said(&passed), Some(Inspection::passed()));
        let risky = said(&[("suggest", "risky"), ("label", "20002")]).expect("an opinion");
        assert_eq!(risky.objections, ["色情"]);
        for nothing in [
            &[("errcode", "-1008"), ("suggest", "pass")][..],
            &[("errcode", "0"), ("suggest", "perhaps")],
            &[],
        ] {
            assert_eq!(said(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn everything_that_readers_read_is_checked() {
        let fields = [
            ("title", "标题"),
            ("digest", "摘要"),
            ("content", "<p>一 &amp; 二</p><p>三</p>"),
            ("text", "图说"),
            ("author", "编辑部"),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), json!(value)));

        let (title, text) = texts(&fields.into());

        assert_eq!(
            (title.as_str(), text.as_str()),
            ("标题", "摘要\n一 & 二\n三\n图说")
        );
    }
}
