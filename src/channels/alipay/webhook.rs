//! Messages that the platform sends to the application's gateway address: form-encoded, signed with the platform's key.

use std::collections::BTreeMap;

use serde_json::Value;

use super::sign::{self, PublicKey};
use crate::channels::{Account, ChannelError, ErrorClass, Event, Incoming, Received, Reply};

/// A service's review has ended.
const SERVICE_AUDIT: &str = "alipay.open.app.service.audit.notify";

/// Verifies and reads a message, which one of the platform's keys signed. The answer `success` ends its repeats.
pub fn receive(
    account: &Account,
    keys: &[PublicKey],
    incoming: &Incoming<'_>,
) -> Result<Received, ChannelError> {
    let refuse = |text: &str| Err(ChannelError::new(ErrorClass::Permission, text));
    let fields: BTreeMap<String, String> = url::form_urlencoded::parse(incoming.body)
        .into_owned()
        .collect();
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    // Messages are signed without their type; old gateway events with it.
    let texts = [sign::of_message(&fields), sign::of_old_message(&fields)];
    let verifies = |key: &PublicKey| texts.iter().any(|text| key.verifies(text, field("sign")));
    let is_signed = keys.iter().any(verifies);
    if !is_signed {
        return refuse("the signature is not Alipay's");
    }
    if field("app_id") != account.setting("app_id", "") {
        return refuse("the message is for another application");
    }
    let content: Value = serde_json::from_str(field("biz_content")).unwrap_or_default();
    let mut events = Vec::new();
    if field("msg_method") == SERVICE_AUDIT
        && let Some(reference) = content["service_code"].as_str()
    {
        let reference = reference.to_owned();
        events.push(Event::Changed { reference });
    }
    let id = field("notify_id");
    Ok(Received {
        reply: Reply::text("success"),
        message_id: Some(id).filter(|id| !id.is_empty()).map(ToOwned::to_owned),
        events,
    })
}

#[cfg(test)]
mod tests {
    use super::{super::sign::PrivateKey, *};
    use crate::clock::Clock;

    fn receive_with(
        app_id: &str,
        change: impl Fn(&mut Vec<(&str, String)>),
    ) -> Result<Received, ChannelError> {
        let key = PrivateKey::read(include_str!("simulator/key.pem")).expect("a key");
        let _ = rustls::crypto::ring::default_provider().install_default();
        let account = Account {
            id: "1".into(),
            external_id: None,
            settings: [("app_id".to_owned(), app_id.to_owned())].into(),
            credentials: BTreeMap::new(),
            http: reqwest::Client::builder().build().expect("a client"),
            clock: Clock::fixed("2026-03-01T01:30:00Z".parse().expect("an instant")),
        };
        let content = r#"{"audit_status":"REJECT","service_code":"2026030121000358300001"}"#;
        let mut fields: Vec<(&str, String)> = [
            ("app_id", "2021000000000001"),
            ("biz_content", content),
            ("msg_method", SERVICE_AUDIT),
            ("notify_id", "n1"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into();
        let all = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        let sign = key
            .sign(&sign::of_message(&all.collect()))
            .expect("a signature");
        fields.push(("sign", sign));
        change(&mut fields);
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let incoming = Incoming {
            method: "POST",
            query: &BTreeMap::new(),
            headers: &BTreeMap::new(),
            body: body.as_bytes(),
        };
        receive(&account, &[key.public_key()], &incoming)
    }

    #[test]
    fn a_signed_message_is_heard_and_a_changed_one_refused() {
        let heard = receive_with("2021000000000001", |_| ()).expect("a message");
        assert_eq!(heard.reply, Reply::text("success"));
        assert_eq!(heard.message_id.as_deref(), Some("n1"));
        let reference = "2026030121000358300001".to_owned();
        assert_eq!(heard.events, [Event::Changed { reference }]);

        let changed = receive_with("2021000000000001", |fields| fields[3].1 = "n2".into());
        assert_eq!(
            changed.expect_err("a refusal").class,
            ErrorClass::Permission
        );
        assert!(receive_with("2021", |_| ()).is_err(), "not ours");
    }
}
