//! Calls that WeChat makes to us: signatures over token, time and nonce, and messages sealed with AES.

use std::collections::BTreeMap;

use html5ever::tendril::TendrilSink as _;
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use serde_json::Value;

use super::inspect;
use crate::channels::{
    Account, ChannelError, ErrorClass, Event, Incoming, Received, Reply,
    envelope::{key, open, signature},
};

/// The event that says that a sending has ended.
const SENT: &str = "MASSSENDJOBFINISH";
/// Events that say that a publishing job has ended; older accounts use the second name.
const FINISHED: [&str; 2] = ["PUBLISHJOBFINISH", "FREEPUBLISHJOBFINISH"];

/// The texts of a message by the names of their elements; the first of each name. Details of a check repeat the names of
/// its result, and are left out. Messages are XML, or JSON where an
/// application asks for it.
fn texts(message: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if let Ok(mut value) = serde_json::from_str::<Value>(message) {
        if let Some(message) = value.as_object_mut() {
            message.remove("detail");
        }
        collect_json("", &value, &mut found);
        return found;
    }
    let whole = match (message.find("<detail>"), message.rfind("</detail>")) {
        (Some(from), Some(to)) if from < to => [&message[..from], &message[to..]].concat(),
        _ => message.to_owned(),
    };
    // Marked sections are only known to XML; their content holds no markup in these messages.
    let plain = whole.replace("<![CDATA[", "").replace("]]>", "");
    let page = html5ever::parse_document(RcDom::default(), html5ever::ParseOpts::default());
    collect_xml(&page.one(plain).document, &mut found);
    found
}

fn collect_json(name: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    let mut keep = |text: String| {
        found.entry(name.to_ascii_lowercase()).or_insert(text);
    };
    match value {
        Value::String(text) => keep(text.clone()),
        Value::Number(number) => keep(number.to_string()),
        Value::Object(values) => values
            .iter()
            .for_each(|(name, value)| collect_json(name, value, found)),
        Value::Array(values) => values
            .iter()
            .for_each(|value| collect_json(name, value, found)),
        Value::Null | Value::Bool(_) => {}
    }
}

fn collect_xml(node: &Handle, found: &mut BTreeMap<String, String>) {
    for child in node.children.borrow().iter() {
        if let NodeData::Text { contents } = &child.data
            && let NodeData::Element { name, .. } = &node.data
        {
            let text = contents.borrow().trim().to_owned();
            if !text.is_empty() {
                found
                    .entry(name.local.to_ascii_lowercase().to_string())
                    .or_insert(text);
            }
        }
        collect_xml(child, found);
    }
}

fn refused(class: ErrorClass, message: &str) -> ChannelError {
    ChannelError::new(class, message)
}

/// Verifies a call and says what happened.
pub fn receive(account: &Account, incoming: &Incoming<'_>) -> Result<Received, ChannelError> {
    let token = account.credential("callback_token");
    if token.is_empty() {
        return Err(refused(
            ErrorClass::Permission,
            "this account has no token for the message push; enter one",
        ));
    }
    let value = |name: &str| incoming.query.get(name).map_or("", String::as_str);
    let must_be = |given: &str, parts: &[&str]| {
        if given == signature(parts) {
            Ok(())
        } else {
            Err(refused(
                ErrorClass::Permission,
                "the signature does not match",
            ))
        }
    };
    let (timestamp, nonce) = (value("timestamp"), value("nonce"));
    must_be(value("signature"), &[token, timestamp, nonce])?;
    if incoming.method == "GET" {
        return Ok(Received {
            reply: Reply::text(value("echostr")),
            message_id: None,
            events: Vec::new(),
        });
    }
    let body = std::str::from_utf8(incoming.body)
        .map_err(|_| refused(ErrorClass::Validation, "the body is not UTF-8"))?;
    let mut message = texts(body);
    if value("encrypt_type") == "aes" {
        let sealed = message.remove("encrypt").unwrap_or_default();
        must_be(value("msg_signature"), &[token, timestamp, nonce, &sealed])?;
        let opened = key(account.credential("aes_key")).and_then(|key| {
            // The mini-program pushes to the same address.
            let owners = ["app_id", "mini_app_id"].map(|name| account.setting(name, ""));
            let mut owners = owners.into_iter().filter(|owner| !owner.is_empty());
            owners.find_map(|owner| open(&key, &sealed, owner))
        });
        let opened = opened.ok_or_else(|| {
            let text = "the message cannot be opened: check AppID and EncodingAESKey";
            refused(ErrorClass::Permission, text)
        })?;
        message = texts(&opened);
    } else if !account.credential("aes_key").is_empty() && message.contains_key("encrypt") {
        return Err(refused(
            ErrorClass::Permission,
            "the message is sealed, its address does not say so",
        ));
    }
    let text = |name: &str| message.get(name).map_or("", String::as_str);
    let mut events = Vec::new();
    let mut message_id = Some(text("msgid").to_owned()).filter(|id| !id.is_empty());
    if FINISHED.contains(&text("event")) {
        let job = text("publish_id").to_owned();
        message_id = Some(format!("{job}:{}", text("publish_status")));
        events.push(Event::Changed { reference: job });
    }
    if text("event") == SENT {
        let sending = text("msgid").to_owned();
        message_id = Some(format!("{sending}:{}", text("status")));
        events.push(Event::Changed { reference: sending });
    }
    if text("event") == inspect::CHECKED {
        message_id = Some(text("trace_id").to_owned()).filter(|id| !id.is_empty());
        events.push(inspect::heard(&message));
    }
    Ok(Received {
        reply: Reply::text("success"),
        message_id,
        events,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        channels::{Inspection, Opinion, envelope::seal},
        clock::Clock,
    };

    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    const APP: &str = "wx0123456789abcdef";
    const MINI: &str = "wxmini0123456789";

    fn hear(query: &[(&str, &str)], body: &str) -> Result<Received, ErrorClass> {
        let texts = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            let pairs = pairs.iter();
            pairs
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let account = Account {
            id: String::new(),
            external_id: None,
            settings: texts(&[("app_id", APP), ("mini_app_id", MINI)]),
            credentials: texts(&[("callback_token", "simtoken"), ("aes_key", KEY)]),
            #[expect(clippy::disallowed_methods, reason = "nothing is called")]
            http: reqwest::Client::new(),
            clock: Clock::system(),
        };
        let mut all = texts(&[("timestamp", "1760000000"), ("nonce", "1234567890")]);
        all.extend(texts(query));
        let incoming = Incoming {
            method: if body.is_empty() { "GET" } else { "POST" },
            query: &all,
            headers: &BTreeMap::new(),
            body: body.as_bytes(),
        };
        receive(&account, &incoming).map_err(|error| error.class)
    }

    const SIGNED: (&str, &str) = ("signature", "8508806391e3d8314422464fa5fcf602fd50b38f");

    #[test]
    fn an_address_is_verified_by_the_echo_of_a_signed_text() {
        let heard = hear(&[SIGNED, ("echostr", "4711")], "").expect("heard");
        assert_eq!(heard.reply, Reply::text("4711"));
        assert_eq!(
            hear(&[("signature", "f00"), ("echostr", "4711")], ""),
            Err(ErrorClass::Permission)
        );
    }

    #[test]
    fn the_end_of_a_job_is_heard_plain_and_sealed_and_under_both_names() {
        for name in FINISHED {
            let plain = format!(
                "<xml>\n <MsgType><![CDATA[event]]></MsgType>\n <Event><![CDATA[{name}]]></Event>\n <PublishEventInfo>\n  <publish_id>2247483700</publish_id>\n  <publish_status>0</publish_status>\n  <article_id><![CDATA[A_1]]></article_id></PublishEventInfo></xml>"
            );
            let sealed = seal(&key(KEY).expect("a key"), b"0123456789ABCDEF", &plain, APP);
            let envelope = format!(
                "<xml><ToUserName><![CDATA[gh_sim]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
            );
            let seal_signature = signature(&["simtoken", "1760000000", "1234567890", &sealed]);
            let aes = [
                SIGNED,
                ("encrypt_type", "aes"),
                ("msg_signature", &seal_signature),
            ];

            for heard in [hear(&[SIGNED], &plain), hear(&aes, &envelope)] {
                let heard = heard.expect("heard");
                assert_eq!(heard.message_id.as_deref(), Some("2247483700:0"));
                assert_eq!(
                    heard.events,
                    [Event::Changed {
                        reference: "2247483700".into()
                    }]
                );
                assert_eq!(heard.reply, Reply::text("success"));
            }
            let mut flipped = envelope.clone();
            let at = envelope.find(&sealed).expect("sealed") + 5;
            let other = if &envelope[at..=at] == "A" { "B" } else { "A" };
            flipped.replace_range(at..=at, other);
            assert_eq!(
                hear(&aes, &flipped),
                Err(ErrorClass::Permission),
                "one character flipped"
            );
        }
        let sent = "<xml><Event><![CDATA[MASSSENDJOBFINISH]]></Event><MsgID>1000001</MsgID><Status><![CDATA[send success]]></Status></xml>";
        let heard = hear(&[SIGNED], sent).expect("heard");
        assert_eq!(
            heard.events,
            [Event::Changed {
                reference: "1000001".into()
            }]
        );
        let unknown = hear(&[SIGNED], "<xml><Event>subscribe</Event></xml>").expect("heard");
        assert!(unknown.events.is_empty());
    }

    #[test]
    fn what_a_check_of_a_picture_says_is_its_result_and_not_its_details_in_xml_and_json() {
        let xml = "<xml><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[wxa_media_check]]></Event><trace_id><![CDATA[68aa-1]]></trace_id><detail><strategy>content_model</strategy><errcode>0</errcode><suggest>pass</suggest><label>100</label></detail><detail><errcode>-1</errcode><suggest>pass</suggest></detail><errcode>0</errcode><result><suggest><![CDATA[risky]]></suggest><label>20002</label></result></xml>";
        let json = r#"{"MsgType":"event","Event":"wxa_media_check","trace_id":"68aa-1","detail":[{"errcode":0,"suggest":"pass","label":100}],"errcode":0,"result":{"suggest":"risky","label":20002}}"#;
        for message in [xml, json] {
            let heard = hear(&[SIGNED], message).expect("heard");

            assert_eq!(heard.message_id.as_deref(), Some("68aa-1"));
            let said = Inspection::of(Opinion::Block, vec!["色情".into()]);
            let reference = "68aa-1".to_owned();
            let expected = Event::Inspected {
                reference,
                said: Some(said),
            };
            assert_eq!(heard.events, [expected], "{message}");
        }
    }

    #[test]
    fn the_mini_program_seals_with_its_own_id() {
        let message = r#"{"Event":"wxa_media_check","trace_id":"68aa-1","errcode":-1008}"#;
        let sealed = seal(
            &key(KEY).expect("a key"),
            b"0123456789ABCDEF",
            message,
            MINI,
        );
        let signed = signature(&["simtoken", "1760000000", "1234567890", &sealed]);
        let query = [SIGNED, ("encrypt_type", "aes"), ("msg_signature", &signed)];
        let body = serde_json::json!({ "ToUserName": "gh_sim", "Encrypt": sealed }).to_string();

        let heard = hear(&query, &body).expect("heard");

        let reference = "68aa-1".to_owned();
        let said = None;
        assert_eq!(heard.events, [Event::Inspected { reference, said }]);
    }
}
