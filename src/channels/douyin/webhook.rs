//! Calls that Douyin makes to us: who granted or withdrew, and what became of a link. Delivery is not guaranteed, may be
//! repeated and out of order, and there is none for direct publishing or review.

use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use crate::channels::{Account, ChannelError, ErrorClass, Event, Incoming, Received, Reply};

/// Signature over the raw body (webhooks/summarize).
const SIGNATURE: &str = "x-douyin-signature";
/// The same value on redelivery.
const MESSAGE_ID: &str = "msg-id";

/// Lower-case hex SHA-1 of the application's secret and the raw bytes of the body.
pub fn sign(secret: &str, body: &[u8]) -> String {
    hex::encode(
        Sha1::new()
            .chain_update(secret)
            .chain_update(body)
            .finalize(),
    )
}

/// Compares in a time that says nothing of where two texts differ.
fn is_equal(left: &str, right: &str) -> bool {
    left.len() == right.len()
        && left
            .bytes()
            .zip(right.bytes())
            .fold(0, |difference, (left, right)| difference | (left ^ right))
            == 0
}

/// Verifies and reads a call. Whether the first one, which asks for a challenge back, is signed is not published: it may
/// come without a signature while the account's setting `webhook` is `verifying`.
pub fn receive(account: &Account, incoming: &Incoming<'_>) -> Result<Received, ChannelError> {
    let header = |name: &str| incoming.headers.get(name).map(String::as_str);
    let refuse = |text: &str| ChannelError::new(ErrorClass::Permission, text);
    let given = header(SIGNATURE).unwrap_or_default().to_ascii_lowercase();
    let is_signed = is_equal(
        &given,
        &sign(account.credential("client_secret"), incoming.body),
    );
    let is_first_check = given.is_empty() && account.setting("webhook", "") == "verifying";
    if !is_signed && !is_first_check {
        return Err(refuse("the signature is not the application's"));
    }
    let body: Value = serde_json::from_slice(incoming.body)
        .map_err(|_| ChannelError::new(ErrorClass::Validation, "the body is not JSON"))?;
    if body["client_key"].as_str() != Some(account.setting("client_key", "")) {
        return Err(refuse("the call is for another application"));
    }
    // Life-service events hold their content as text.
    let content = match &body["content"] {
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        content => content.clone(),
    };
    let event = body["event"].as_str().unwrap_or_default();
    if event == "verify_webhook" {
        return Ok(Received {
            reply: Reply::json(&json!({ "challenge": content["challenge"] })),
            message_id: None,
            events: Vec::new(),
        });
    }
    if !is_signed {
        return Err(refuse("only the verification may come unsigned"));
    }
    let who = body["from_user_id"].as_str().unwrap_or_default().to_owned();
    let text = |name: &str| content[name].as_str().map(ToOwned::to_owned);
    let event = match event {
        "create_video" => text("share_id")
            .zip(text("item_id"))
            .map(|(reference, external_id)| Event::Published {
                reference,
                external_id,
            }),
        "authorize" => Some(Event::Granted { who }),
        "unauthorize" => Some(Event::Revoked { who }),
        _ => None,
    };
    Ok(Received {
        reply: Reply::json(&json!({})),
        message_id: header(MESSAGE_ID).map(ToOwned::to_owned),
        events: event.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::clock::Clock;

    const VERIFY: &str =
        r#"{"event":"verify_webhook","client_key":"awsim0001","content":{"challenge":12345}}"#;
    const CREATED: &str = r#"{"event":"create_video","from_user_id":"_000openid-a","to_user_id":"","client_key":"awsim0001","content":{"item_id":"@sim-item-1==","share_id":"1700000000000001"},"log_id":"20260101000000SIM"}"#;

    fn account(settings: &[(&str, &str)]) -> Account {
        let texts = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            let pairs = pairs.iter();
            pairs
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut account = Account {
            id: String::new(),
            external_id: None,
            settings: texts(&[("client_key", "awsim0001")]),
            credentials: texts(&[("client_secret", "sim-secret-0001")]),
            #[expect(clippy::disallowed_methods, reason = "nothing is called")]
            http: reqwest::Client::new(),
            clock: Clock::system(),
        };
        account.settings.extend(texts(settings));
        account
    }

    fn receive_of(
        settings: &[(&str, &str)],
        signature: &str,
        body: &str,
    ) -> Result<Received, ErrorClass> {
        let headers = [
            (SIGNATURE.to_owned(), signature.to_owned()),
            (MESSAGE_ID.to_owned(), "m1".to_owned()),
        ]
        .into();
        let incoming = Incoming {
            method: "POST",
            query: &BTreeMap::new(),
            headers: &headers,
            body: body.as_bytes(),
        };
        receive(&account(settings), &incoming).map_err(|error| error.class)
    }

    #[test]
    fn signatures_are_those_of_the_contracts_examples() {
        assert_eq!(
            sign("sim-secret-0001", VERIFY.as_bytes()),
            "f5b8bc7e18e52c09821571faaf376bff28a22d4c"
        );
        assert_eq!(CREATED.len(), 192);
        assert_eq!(
            sign("sim-secret-0001", CREATED.as_bytes()),
            "2cd193dc0743a91f4300805d36ed475e558d215e"
        );
    }

    #[test]
    fn a_challenge_is_given_back_unsigned_only_while_the_address_is_verified() {
        let challenge = Reply::json(&json!({ "challenge": 12345 }));
        let signed = receive_of(&[], "f5b8bc7e18e52c09821571faaf376bff28a22d4c", VERIFY);
        assert_eq!(signed.map(|received| received.reply), Ok(challenge.clone()));
        assert_eq!(receive_of(&[], "", VERIFY), Err(ErrorClass::Permission));

        let verifying = [("webhook", "verifying")];
        let unsigned = receive_of(&verifying, "", VERIFY);
        assert_eq!(unsigned.map(|received| received.reply), Ok(challenge));
        assert_eq!(
            receive_of(&verifying, "", CREATED),
            Err(ErrorClass::Permission)
        );
        assert_eq!(
            receive_of(&verifying, "f00", VERIFY),
            Err(ErrorClass::Permission)
        );
    }

    #[test]
    fn what_became_of_a_link_is_read_after_the_raw_bytes_were_verified() {
        let signature = "2cd193dc0743a91f4300805d36ed475e558d215e";
        let received = receive_of(&[], signature, CREATED).expect("received");

        assert_eq!(received.message_id.as_deref(), Some("m1"));
        assert_eq!(
            received.events,
            [Event::Published {
                reference: "1700000000000001".into(),
                external_id: "@sim-item-1==".into(),
            }]
        );
        // The same JSON in other bytes is not what was signed.
        let respaced = CREATED.replace(r#""event":"#, r#""event": "#);
        assert_eq!(
            receive_of(&[], signature, &respaced),
            Err(ErrorClass::Permission)
        );
    }

    #[test]
    fn a_call_for_another_application_is_refused_and_an_unknown_event_is_heard_in_silence() {
        let read = |body: &str| receive_of(&[], &sign("sim-secret-0001", body.as_bytes()), body);

        let other = CREATED.replace("awsim0001", "awsim0002");
        assert_eq!(read(&other), Err(ErrorClass::Permission));
        let unknown = CREATED.replace("create_video", "im_receive_msg");
        assert_eq!(
            read(&unknown).map(|received| received.events),
            Ok(Vec::new())
        );
        let as_text = r#"{"event":"unauthorize","from_user_id":"_a","client_key":"awsim0001","content":"{\"scopes\":[]}"}"#;
        assert_eq!(
            read(as_text).map(|received| received.events),
            Ok(vec![Event::Revoked { who: "_a".into() }])
        );
        assert_eq!(read("nonsense"), Err(ErrorClass::Validation));
    }
}
