//! Sending to followers. The call carries a number of ours: within a day the same number is the same sending, so a lost
//! answer is settled by the same call again.

use std::{str::FromStr, time::Duration};

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{
    adapter::{done, output},
    client::Client,
    error::{UNKNOWN_MEDIA, is},
};
use crate::{
    channels::{
        ChannelError, ErrorClass, Fingerprint, Found, Outcome, StepContext, StepHost, StepOutput,
        Totals, beijing,
    },
    clock::Timestamp,
};

/// The step that readers see.
pub const SEND: &str = "send_to_followers";
/// Asks what became of it.
pub const OBSERVE: &str = "observe_sending";

/// Our number is remembered for so long (sendall, `clientmsgid`).
const MEMORY: Duration = Duration::from_hours(24);
/// Within this time the same number is answered with 45066.
const TOO_SOON: Duration = Duration::from_secs(61);

/// Who gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Every follower.
    All,
    /// Those with a tag.
    Tag(u64),
}

impl Audience {
    /// Reads the account's setting; `None` for an account that sends to nobody.
    pub fn read(setting: &str) -> Result<Option<Self>, &'static str> {
        match setting.trim() {
            "" => Ok(None),
            "all" => Ok(Some(Self::All)),
            tag => tag
                .parse()
                .map(|tag| Some(Self::Tag(tag)))
                .map_err(|_| "must be empty, \"all\" or the number of a tag"),
        }
    }

    /// As the wire says it.
    pub fn filter(&self) -> Value {
        match self {
            Self::All => json!({ "is_to_all": true }),
            Self::Tag(tag) => json!({ "is_to_all": false, "tag_id": tag }),
        }
    }
}

/// A sending by the platform's numbers: its own, that of its figures where it was told, and the day, under which figures
/// are kept. As text it is the item's id on the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    pub msg_id: String,
    pub msg_data_id: Option<String>,
    pub day: NaiveDate,
}

impl std::fmt::Display for Sending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let data = self.msg_data_id.as_deref().unwrap_or("0");
        write!(
            f,
            "mass-{}-{data}-{}",
            self.msg_id,
            self.day.format("%Y%m%d")
        )
    }
}

impl FromStr for Sending {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let parts: Vec<&str> = text.split('-').collect();
        let ["mass", msg_id, data, day] = parts[..] else {
            return Err(());
        };
        Ok(Self {
            msg_id: msg_id.to_owned(),
            msg_data_id: Some(data.to_owned()).filter(|data| data != "0"),
            day: NaiveDate::parse_from_str(day, "%Y%m%d").map_err(|_| ())?,
        })
    }
}

fn sent(sending: &Sending) -> StepOutput {
    StepOutput {
        value: json!({ "msg_id": sending.msg_id, "sending": sending.to_string() }),
        external_id: Some(sending.to_string()),
        ..StepOutput::default()
    }
}

fn rejected(text: &str, code: &str) -> ChannelError {
    ChannelError::new(ErrorClass::ContentRejected, text).with_code(code)
}

/// Sends the draft; the platform's numbers come back, those of the first call if there was one.
pub async fn send(
    client: &Client,
    ctx: &StepContext<'_>,
    audience: Option<&Audience>,
) -> Result<Outcome, ChannelError> {
    let audience = audience.ok_or_else(|| {
        let text = "账号没有开放群发：请在账号设置里填写群发对象";
        ChannelError::new(ErrorClass::Permission, text)
    })?;
    let media_id = output(ctx, super::adapter::ADD_DRAFT)["media_id"]
        .as_str()
        .unwrap_or_default();
    let marker = &ctx.submission.marker;
    match client.send_all(ctx.host, media_id, audience, marker).await {
        Ok((msg_id, msg_data_id)) => Ok(Outcome::Done(sent(&Sending {
            msg_id,
            msg_data_id,
            day: beijing(client.account.clock.now()).date_naive(),
        }))),
        Err(error) if is(&error, UNKNOWN_MEDIA) => Err(ChannelError {
            class: ErrorClass::Validation,
            message: "草稿已不在草稿箱里，没有群发：请重新安排".into(),
            ..error
        }),
        Err(error) => Err(error),
    }
}

/// What became of a sending.
pub async fn observe(client: &Client, ctx: &StepContext<'_>) -> Result<Outcome, ChannelError> {
    let value = output(ctx, SEND);
    let Some(sending) = value["sending"].as_str().and_then(|text| text.parse().ok()) else {
        return Ok(done(Value::Null));
    };
    let sending: Sending = sending;
    match client.sending(ctx.host, &sending.msg_id).await?.as_str() {
        "SEND_SUCCESS" => Ok(Outcome::Done(sent(&sending))),
        "SENDING" => Ok(Outcome::Pending {
            note: "微信正在群发；开了群发保护时，请管理员在 30 分钟内确认".to_owned(),
            retry_in: None,
        }),
        "DELETE" => Err(rejected("群发的文章已被删除", "DELETE")),
        "SEND_FAIL" => Err(rejected(
            "微信没有群发：审核不通过，或管理员没有确认，原因请在公众平台查看",
            "SEND_FAIL",
        )),
        other => Err(ChannelError::new(
            ErrorClass::ProtocolDrift,
            format!("微信给出了未知的群发状态 {other}"),
        )),
    }
}

/// How a lost call is settled: the same number again, while the platform remembers it.
pub fn find(fingerprint: &Fingerprint<'_>, now: Timestamp) -> Found {
    let resend_at = fingerprint.armed_at.plus(TOO_SOON);
    if now.since(fingerprint.armed_at) < MEMORY {
        return Found::Harmless { resend_at };
    }
    Found::CannotTell {
        reason: "微信只在 24 小时内认得重复的群发：请在公众平台的发表记录里核对".into(),
    }
}

/// Whether a sending was taken back.
pub async fn find_deleted(
    client: &Client,
    host: &dyn StepHost,
    sending: &Sending,
) -> Result<Found, ChannelError> {
    let status = client.sending(host, &sending.msg_id).await?;
    Ok(if status == "DELETE" {
        Found::One(sent(sending))
    } else {
        Found::Absent
    })
}

/// The figures of a sending; nothing before the day after it.
pub async fn totals(
    client: &Client,
    host: &dyn StepHost,
    sending: &Sending,
) -> Result<Option<Totals>, ChannelError> {
    let Some(data) = &sending.msg_data_id else {
        return Ok(None);
    };
    if sending.day >= beijing(client.account.clock.now()).date_naive() {
        return Ok(None);
    }
    let body = client.totals(host, sending.day).await?;
    Ok(super::statistics::latest(&body, &format!("{data}_1")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sending_is_read_back_from_its_text() {
        for data in [Some("2247483701".to_owned()), None] {
            let sending = Sending {
                msg_id: "1000001".into(),
                msg_data_id: data,
                day: NaiveDate::from_ymd_opt(2026, 3, 3).expect("a day"),
            };
            assert_eq!(sending.to_string().parse(), Ok(sending));
        }
        assert_eq!("SimArticleId_1".parse::<Sending>(), Err(()));
        assert_eq!("mass-1-2-2026".parse::<Sending>(), Err(()));
    }

    #[test]
    fn an_audience_is_nobody_everybody_or_a_tag() {
        assert_eq!(Audience::read(""), Ok(None));
        assert_eq!(Audience::read("all"), Ok(Some(Audience::All)));
        assert_eq!(Audience::read(" 2 "), Ok(Some(Audience::Tag(2))));
        assert!(Audience::read("everybody").is_err());
    }
}
