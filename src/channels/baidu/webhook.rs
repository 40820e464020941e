//! Calls that Baidu makes to us: it looks whether the address is ours (develop/serverapi/contact_api), and tells of events in
//! sealed messages (third/deciphering). Events say nothing of what was indexed or reviewed; two say that an application may
//! not be seen any more.

use std::collections::BTreeMap;

use serde_json::Value;
use sha1::{Digest as _, Sha1};

use super::wire;
use crate::{
    channels::{
        Account, ChannelError, ErrorClass, Event, Incoming, Received, Reply,
        envelope::{key, open, signature},
    },
    text::one_line,
};

/// Events after which nothing of an application is seen, and how people are told of them.
const HALTS: [(&str, &str); 2] = [
    ("APP_FORCE_OFFLINE", "百度强制下线了小程序"),
    ("FLOW_CLOSE_NOTIFY", "百度关闭了小程序的流量"),
];
/// Characters of Baidu's own words that are passed on.
const LONGEST_REASON: usize = 300;

/// Verifies a call and says what happened.
pub fn receive(account: &Account, incoming: &Incoming<'_>) -> Result<Received, ChannelError> {
    let token = account.credential("callback_token");
    if token.is_empty() {
        return Err(refused(
            "this account has no token for the message push; enter one",
        ));
    }
    let values = values(incoming);
    let value = |name: &str| values.get(name).map_or("", String::as_str);
    let must_be = |given: &str, parts: &[&str]| {
        if given == signature(parts) {
            Ok(())
        } else {
            Err(refused("the signature does not match"))
        }
    };
    let sealed = value("Encrypt");
    if !sealed.is_empty() {
        let parts = [token, value("TimeStamp"), value("Nonce"), sealed];
        must_be(value("MsgSignature"), &parts)?;
        return hear(account, sealed);
    }
    must_be(
        value("signature"),
        &[token, value("timestamp"), value("nonce")],
    )?;
    // Messages of customers come to this address too. Their signature is not over what they say, so nothing follows of it.
    let echo = values.get("echoStr").map_or("success", String::as_str);
    Ok(Received {
        reply: Reply::text(echo),
        message_id: None,
        events: Vec::new(),
    })
}

/// Opens a message and says what it means for us: nothing, where its event is another.
fn hear(account: &Account, sealed: &str) -> Result<Received, ChannelError> {
    let owner = match account.setting("client_id", "") {
        "" => account.setting("app_key", ""),
        given => given,
    };
    let opened = key(account.credential("aes_key")).and_then(|key| open(&key, sealed, owner));
    let message = opened.ok_or_else(|| {
        refused("the message cannot be opened: check AESKey, and client_id or App Key")
    })?;
    let halt = halt(account.setting("app_id", ""), &message);
    Ok(Received {
        reply: Reply::text("success"),
        // Messages have no id of their own; one that is made again says the same.
        message_id: halt
            .as_ref()
            .map(|_| hex::encode(Sha1::digest(message.as_bytes()))),
        events: halt.into_iter().collect(),
    })
}

/// What stops the application of this number, or whichever is told of where none is given.
fn halt(app_id: &str, message: &str) -> Option<Event> {
    // What is no JSON is none of the events that we know.
    let message: Value = serde_json::from_str(message).ok()?;
    let told = message["event"].as_str()?;
    let (_, words) = HALTS.iter().find(|(event, _)| *event == told)?;
    let is_ours = app_id.is_empty() || wire::id(&message["appId"]).as_deref() == Some(app_id);
    let reason = one_line(message["reason"].as_str().unwrap_or_default());
    let reason: String = reason.chars().take(LONGEST_REASON).collect();
    let at = message["eventTime"].as_str().unwrap_or_default();
    let mut why = (*words).to_owned();
    if !at.is_empty() {
        why = format!("{why}（{at}）");
    }
    if !reason.is_empty() {
        why = format!("{why}：{reason}");
    }
    is_ours.then_some(Event::Halted { why })
}

/// What a call carries: in its query, in a form, or in JSON.
fn values(incoming: &Incoming<'_>) -> BTreeMap<String, String> {
    let mut values = incoming.query.clone();
    match serde_json::from_slice(incoming.body) {
        Ok(Value::Object(body)) => {
            values.extend(
                body.iter()
                    .map(|(name, value)| (name.clone(), wire::text(value))),
            );
        }
        _ => values.extend(url::form_urlencoded::parse(incoming.body).into_owned()),
    }
    values
}

fn refused(message: &str) -> ChannelError {
    ChannelError::new(ErrorClass::Permission, message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{channels::envelope::seal, clock::Clock};

    const TOKEN: &str = "sandboxToken";
    const TIME: &str = "1700000000";
    const NONCE: &str = "n0nce42";
    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    const CLIENT: &str = "sandbox-client-id";
    const MESSAGE: &str = r#"{"appId":1001,"tpAppId":9,"eventTime":"2026-03-01 08:00:00","event":"SERVER_RESOURCE_PASS"}"#;
    const SEALED: &str = "Q3stYC6hdFzMh9T8HCvyDN6viRf4iyy3WAlvwWAHo5EVy2t7Hd6u6JmCjvD1XDrlIyZMkPA2D8hfbc6e27OSj6r8tAQDWU/vwaNDkiumo/LGiqY9l8N1KTleZt0o5KqXc7u7dOs2fJHAQ+/IoJGROsp7SinEKLSTztqdEDdT6Z6fqlKEifhBp3FGCkBy0SDWC6MUuAb4A1nZ9K4vZS0U6g==";

    #[test]
    fn messages_are_sealed_signed_and_opened_as_the_contracts_vector_has_it() {
        let opener = key(KEY).expect("a key whose last character has bits too many");
        let spelled = "69b71d79f8218a39259a7a29aabb2dbafc31cb3d35db7e39ebbf3d0010831051";

        assert_eq!(hex::encode(opener), spelled);
        assert_eq!(seal(&opener, b"0123456789abcdef", MESSAGE, CLIENT), SEALED);
        assert_eq!(open(&opener, SEALED, CLIENT).as_deref(), Some(MESSAGE));
        assert_eq!(
            signature(&[TOKEN, TIME, NONCE]),
            "6e1d896890296ba6a32c86adc9c45b64edcd8143"
        );
        assert_eq!(
            signature(&[TOKEN, TIME, NONCE, SEALED]),
            "69d366a114e5feae1d42c0d91773fafc4c07f6df"
        );
    }

    fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn receive_at(
        settings: &[(&str, &str)],
        query: &[(&str, &str)],
        body: &str,
    ) -> Result<Received, ErrorClass> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let account = Account {
            id: String::new(),
            external_id: None,
            settings: texts(settings),
            credentials: texts(&[("callback_token", TOKEN), ("aes_key", KEY)]),
            http: reqwest::Client::builder().build().expect("a client"),
            clock: Clock::system(),
        };
        let incoming = Incoming {
            method: "POST",
            query: &texts(query),
            headers: &BTreeMap::new(),
            body: body.as_bytes(),
        };
        receive(&account, &incoming).map_err(|error| error.class)
    }

    /// A call that tells of an event, sealed for an owner.
    fn push(message: &Value, owner: &str) -> String {
        let opener = key(KEY).expect("a key");
        let sealed = seal(&opener, b"0123456789abcdef", &message.to_string(), owner);
        let signed = signature(&[TOKEN, TIME, NONCE, &sealed]);
        json!({ "Nonce": NONCE, "TimeStamp": 1_700_000_000, "Encrypt": sealed, "MsgSignature": signed })
            .to_string()
    }

    const OF_CLIENT: &[(&str, &str)] = &[("client_id", CLIENT), ("app_key", "AK")];

    #[test]
    fn an_address_is_verified_by_the_echo_of_a_signed_text_wherever_it_stands() {
        let signed = ("signature", "6e1d896890296ba6a32c86adc9c45b64edcd8143");
        let call = [
            ("timestamp", TIME),
            ("nonce", NONCE),
            ("echoStr", "回声 4711"),
            signed,
        ];
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(call)
            .finish();
        let body = json!(texts(&call)).to_string();

        for (query, body) in [(&call[..], ""), (&[], form.as_str()), (&[], body.as_str())] {
            let heard = receive_at(OF_CLIENT, query, body).expect("heard");
            assert_eq!(heard.reply, Reply::text("回声 4711"));
        }
        let forged = [
            ("timestamp", TIME),
            ("nonce", "n0nce43"),
            ("echoStr", "4711"),
            signed,
        ];
        assert_eq!(
            receive_at(OF_CLIENT, &forged, ""),
            Err(ErrorClass::Permission)
        );
        let said = json!({ "event": "APP_FORCE_OFFLINE" }).to_string();
        let heard = receive_at(
            OF_CLIENT,
            &call[..2]
                .iter()
                .copied()
                .chain([signed])
                .collect::<Vec<_>>(),
            &said,
        );
        let heard = heard.expect("heard");
        assert_eq!(
            (heard.reply, heard.events),
            (Reply::text("success"), Vec::new()),
            "nothing vouches for it"
        );
    }

    #[test]
    fn an_application_that_is_taken_offline_halts_its_account_and_other_events_nothing() {
        let offline = json!({
            "appId": 1001, "eventTime": "2026-03-01 08:00:00", "event": "APP_FORCE_OFFLINE", "reason": "低质内容",
        });
        let heard = receive_at(OF_CLIENT, &[], &push(&offline, CLIENT)).expect("heard");

        let why = "百度强制下线了小程序（2026-03-01 08:00:00）：低质内容".to_owned();
        assert_eq!(heard.events, [Event::Halted { why }]);
        assert_eq!(heard.reply, Reply::text("success"));
        let again = receive_at(OF_CLIENT, &[], &push(&offline, CLIENT)).expect("heard");
        assert_eq!(heard.message_id, again.message_id);
        assert!(heard.message_id.is_some());

        let closed = json!({ "appId": "1001", "event": "FLOW_CLOSE_NOTIFY" });
        let own = [("app_key", "AK"), ("app_id", "1001")];
        let heard = receive_at(&own, &[], &push(&closed, "AK")).expect("heard");
        let why = "百度关闭了小程序的流量".to_owned();
        assert_eq!(heard.events, [Event::Halted { why }]);
        let other = json!({ "appId": 1002, "event": "FLOW_CLOSE_NOTIFY" });
        let heard = receive_at(&own, &[], &push(&other, "AK")).expect("heard");
        assert_eq!(
            (heard.events, heard.message_id),
            (Vec::new(), None),
            "another's"
        );

        for unknown in [
            json!({ "event": "SOMETHING_NEW" }),
            json!({ "ticket": 1 }),
            json!([]),
            json!("x"),
        ] {
            let heard = receive_at(OF_CLIENT, &[], &push(&unknown, CLIENT)).expect("heard");
            assert_eq!(
                (heard.reply, heard.events),
                (Reply::text("success"), Vec::new()),
                "{unknown}"
            );
        }
    }

    #[test]
    fn what_is_forged_damaged_or_sealed_for_another_is_refused() {
        let offline = json!({ "event": "APP_FORCE_OFFLINE" });
        let good = push(&offline, CLIENT);

        assert_eq!(
            receive_at(OF_CLIENT, &[], &push(&offline, "another")),
            Err(ErrorClass::Permission)
        );
        assert_eq!(
            receive_at(OF_CLIENT, &[], &good.replace(NONCE, "n0nce43")),
            Err(ErrorClass::Permission)
        );
        assert_eq!(receive_at(OF_CLIENT, &[], "{"), Err(ErrorClass::Permission));
    }
}
