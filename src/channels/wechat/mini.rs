//! The mini-program that goes with an official account: an application of its own, with its own secret and tokens.

use serde_json::{Value, json};

use super::client::Client;
use crate::{
    channels::{ChannelError, ErrorClass, Inspection, Opinion, StepHost},
    text::visible_text,
};

/// Characters of a text that is checked at once (`msg_sec_check`).
const LONGEST: usize = 2500;
/// The kind of text, of four: a log that everybody can read (`msg_sec_check`).
const SCENE: u32 = 4;
/// The user was not there within two hours (`msg_sec_check`).
const NOT_RECENT: &str = "61010";

/// Calls with the mini-program's own tokens.
pub struct Mini {
    client: Client,
}

fn not_set(what: &str) -> ChannelError {
    let text = format!("账号设置里还没有{what}：内容检测和小程序链接用的是小程序的接口");
    ChannelError::new(ErrorClass::Permission, text)
}

impl Mini {
    /// The mini-program of an account, if one was entered.
    pub fn of(client: &Client) -> Result<Self, ChannelError> {
        let mut account = client.account.clone();
        let app_id = account.setting("mini_app_id", "").to_owned();
        let secret = account.credential("mini_app_secret").to_owned();
        if app_id.is_empty() {
            return Err(not_set("小程序 AppID"));
        }
        if secret.is_empty() {
            return Err(not_set("小程序 AppSecret"));
        }
        account.settings.insert("app_id".to_owned(), app_id);
        account.credentials.insert("app_secret".to_owned(), secret);
        Ok(Self {
            client: Client { account },
        })
    }

    /// Makes a call. The token is asked for each time: all who ask within its life get the same.
    pub async fn call(
        &self,
        host: &dyn StepHost,
        path: &str,
        body: &Value,
    ) -> Result<Value, ChannelError> {
        let tokens = self.client.token(host, false).await?;
        let token = &tokens.access_token;
        self.client.post(host, token, path, body, false, &[]).await
    }

    /// What the platform thinks of a title and a text, part by part.
    pub async fn inspect(
        &self,
        host: &dyn StepHost,
        title: &str,
        text: &str,
    ) -> Result<Inspection, ChannelError> {
        let openid = self.client.account.setting("reviewer_openid", "");
        if openid.is_empty() {
            return Err(not_set("审核人 openid"));
        }
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
            let told = self.call(host, "/wxa/msg_sec_check", &body).await;
            let told = told.map_err(|error| match error.code.as_deref() {
                // Never taken for a pass: somebody opens the mini-program, and asks again.
                Some(NOT_RECENT) => ChannelError {
                    class: ErrorClass::Permission,
                    message: "审核人最近两小时没有打开过小程序：请打开一次，再重新检测".into(),
                    ..error
                },
                _ => error,
            })?;
            found = found.and(opinion(&told)?);
        }
        Ok(found)
    }
}

/// What is checked of the values of a variant: the title, and all that readers read.
pub fn texts(fields: &std::collections::BTreeMap<String, Value>) -> (String, String) {
    let value = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let body = visible_text(value("content"));
    let parts = [value("digest"), &body, value("text")];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    (value("title").to_owned(), parts.join("\n"))
}

/// The opinion in an answer, with the words for what it objects to.
fn opinion(told: &Value) -> Result<Inspection, ChannelError> {
    let result = &told["result"];
    let opinion = match result["suggest"].as_str() {
        Some("pass") => Opinion::Pass,
        Some("review") => Opinion::Review,
        Some("risky") => Opinion::Block,
        _ => {
            let text = "微信的内容检测没有给出结论";
            return Err(ChannelError::new(ErrorClass::ProtocolDrift, text));
        }
    };
    if opinion == Opinion::Pass {
        return Ok(Inspection::passed());
    }
    let keywords = told["detail"].as_array().into_iter().flatten();
    let keywords: Vec<&str> = keywords.filter_map(|one| one["keyword"].as_str()).collect();
    let label = label(result["label"].as_i64().unwrap_or_default());
    let objection = if keywords.is_empty() {
        label.to_owned()
    } else {
        format!("{label}（{}）", keywords.join("，"))
    };
    Ok(Inspection {
        opinion,
        objections: vec![objection],
    })
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
