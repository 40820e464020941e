//! RSA2 (RSASSA-PKCS1-v1_5 with SHA-256): what is signed of a request, a reply and a message, and how it is verified.
//!
//! Keys are read as the platform's key tool gives them: Base64 text, with or without PEM lines.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    rand::SystemRandom,
    signature::{
        RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaParameters, UnparsedPublicKey,
    },
};

/// The tag of a sequence.
pub const SEQUENCE: u8 = 0x30;

/// An application's own key: signs. `Debug` shows nothing of it.
pub struct PrivateKey(RsaKeyPair);

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey")
    }
}

impl PrivateKey {
    /// Reads a key in PKCS#8 (for Java) or PKCS#1 form.
    pub fn read(text: &str) -> Option<Self> {
        let der = decode(text)?;
        let pair = RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der));
        pair.ok().map(Self)
    }

    /// The signature of a text, in Base64; `None` only if the key is unusable.
    pub fn sign(&self, text: &str) -> Option<String> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        let random = SystemRandom::new();
        self.0
            .sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
            .ok()?;
        Some(STANDARD.encode(signature))
    }

    /// The other half of the pair.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.public().as_ref().to_vec())
    }
}

/// The key that the other side is known by: verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(Vec<u8>);

impl PublicKey {
    /// Reads a key in SPKI form (as the console shows it) or PKCS#1 form.
    pub fn read(text: &str) -> Option<Self> {
        const BIT_STRING: u8 = 0x03;
        let der = decode(text)?;
        let outer = element(&der, SEQUENCE)?.0;
        // In SPKI the first element names the algorithm; in PKCS#1 it is the modulus.
        let Some((_, rest)) = element(outer, SEQUENCE) else {
            return Some(Self(der));
        };
        let key = element(rest, BIT_STRING)?.0.strip_prefix(&[0])?;
        Some(Self(key.to_vec()))
    }

    /// The key that a certificate holds, in PKCS#1 form.
    pub fn of_certificate(key: &[u8]) -> Self {
        Self(key.to_vec())
    }

    /// Whether a signature in Base64 is this side's under a text.
    pub fn verifies(&self, text: &str, signature: &str) -> bool {
        STANDARD.decode(signature).is_ok_and(|signature| {
            self.verifies_with(&RSA_PKCS1_2048_8192_SHA256, text.as_bytes(), &signature)
        })
    }

    /// Whether a signature of a kind is this side's.
    pub fn verifies_with(
        &self,
        kind: &'static RsaParameters,
        text: &[u8],
        signature: &[u8],
    ) -> bool {
        UnparsedPublicKey::new(kind, &self.0)
            .verify(text, signature)
            .is_ok()
    }
}

/// The bytes of a key with or without the lines around it; a form's input may have run its lines together.
fn decode(text: &str) -> Option<Vec<u8>> {
    let is_marker = |part: &&str| part.starts_with("BEGIN ") || part.starts_with("END ");
    let parts = text.split("-----").filter(|part| !is_marker(part));
    let base64: String = parts
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect();
    STANDARD.decode(base64).ok()
}

/// The content of the DER element of this tag at the start, and what follows it.
pub fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    if *first != tag {
        return None;
    }
    let (length, rest) = if *length < 0x80 {
        (usize::from(*length), rest)
    } else {
        let count = usize::from(length & 0x7f);
        if count > size_of::<usize>() || count > rest.len() {
            return None;
        }
        let (bytes, rest) = rest.split_at(count);
        let length = bytes
            .iter()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        (length, rest)
    };
    rest.split_at_checked(length)
}

/// What is signed of a request: every parameter with a value except `sign`, by name, raw.
pub fn of_request(parameters: &BTreeMap<String, String>) -> String {
    joined(parameters, &["sign"])
}

/// What is signed of a message that the platform sends: neither `sign` nor `sign_type` takes part.
pub fn of_message(fields: &BTreeMap<String, String>) -> String {
    joined(fields, &["sign", "sign_type"])
}

/// What is signed of a gateway event of the old life account: all but `sign`.
pub fn of_old_message(fields: &BTreeMap<String, String>) -> String {
    joined(fields, &["sign"])
}

fn joined(parameters: &BTreeMap<String, String>, without: &[&str]) -> String {
    let taken = parameters
        .iter()
        .filter(|(name, value)| !without.contains(&name.as_str()) && !value.is_empty());
    let pairs: Vec<String> = taken
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// The signed text of a reply: the value of its root key, word for word. An object without the braces in its strings,
/// an encrypted reply with its quotation marks.
pub fn of_reply<'r>(reply: &'r str, root: &str) -> Option<&'r str> {
    let name = format!("\"{root}\"");
    let behind = reply.find(&name)? + name.len();
    let start = behind + reply[behind..].find(['{', '"'])?;
    let value = &reply[start..];
    let (mut depth, mut in_string, mut is_escaped) = (0_u32, false, false);
    for (at, character) in value.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if in_string => is_escaped = true,
            '"' => in_string = !in_string,
            '{' if !in_string => depth += 1,
            '}' if !in_string => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 && !in_string {
            return Some(&value[..=at]);
        }
    }
    None
}

/// What is signed of a request of version 3: the header between its scheme and its signature, verb, target as it is sent, body,
/// and the merchant's token if it acts for one.
pub fn of_v3_request(
    auth: &str,
    verb: &str,
    target: &str,
    body: &str,
    token: Option<&str>,
) -> String {
    let mut text = format!("{auth}\n{verb}\n{target}\n{body}\n");
    if let Some(token) = token {
        text.push_str(token);
        text.push('\n');
    }
    text
}

/// What is signed of an answer of version 3.
pub fn of_v3_reply(timestamp: &str, nonce: &str, body: &str) -> String {
    format!("{timestamp}\n{nonce}\n{body}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = include_str!("simulator/key.pem");
    const V1: (&str, &str) = (
        r#"app_id=2021000000000001&biz_content={"permission_status":"1","source_content":"春茶上市，今年头采。","source_link":"https://cms.example.cn/s/42?v=3","source_media_infos":[{"media_id":"A*sim-0001","media_type":"image"}],"source_title":"明前龙井","source_type":"1"}&charset=utf-8&format=json&method=alipay.social.base.contentlib.standardcontent.publish&sign_type=RSA2&timestamp=2026-03-01 09:30:00&version=1.0"#,
        "PEww9f2Ovgk4nXrm6mUNzuAi77e4ieQvA9DtnYgg6HZr8X7aQfqTXgRqyHEY3nvlaSNykp1DTcmfks6I82h+IIyy4QdwwwGLOPB3wKodOyyDRPW/TAa8gX+Hy+oWng3FyUmCJf287ltRMu+9v/W4eNf12B3zYmiDMIsq5DEW6AcE0153xKVUOZmuFFBvUB50fbUX0jCYM7g4J19fjTgetCaKI8N5ovi9TDhWjvpMsI5By5AK/WJP9tS0sLdcGAg7z7TkswjKP0opK4a47vyPWeCY0+SB4Gti/j74cahu8JllJ1Hg6Doi5196Aab2do31gLB+q+1mJJ1K11nmYCRAvw==",
    );
    const V2: (&str, &str) = (
        r#"{"code":"10000","msg":"Success","content_id":"20260301OB020010031234567890"}"#,
        "Y9ixQ/Z9towdhX804zS3juEOOFU7uvSgRFoEOKjI5c+nbKjBA0XBKjJPP4fZb5N1WNNAWyLgQvMXB5xLC4aN9Mb5yAnZTbr/apUrz2BXQxzCQJFCV6TP/n2DezhfcgviYRVdXNqFcvwrrfQPs91CBeWMTxb6mNFc+oAXeiKpNKmE790K8EOb/zBxWlrNyP7i68UFSEyqUVdvvFW6U8BcGmNfMeBHGbRQsy8aAWM7UD1iBXIehfSVmQ7TJNpzyAw8un75rNRL/rExPOi7GsU1YJP0mU1lqfmHjRv66QnRT+jVynprL/JNhLA7YcerFpRCHNKEZ5CK+0iBPmOcZJlrDA==",
    );
    const V2B: (&str, &str) = (
        r#"{"code":"40004","msg":"Business Failed","sub_code":"BUSINESS_ERROR","sub_msg":"标题含 } 与 \"sign\": 字样","content_id":"https:\/\/x"}"#,
        "vspMlQuc/UdePR/nznfL4PjzAzvtrVF7K2UyBbyy0rAcd6MvS8Njg2KCI4oIQpSr2BEDw980dtKcrwTczk0IQ+TE4DWVjHv1SBva4LJpycaGonNRdtJNZWuy7gUxWAyS9iec3UYO3oJD4GHRnbDcTKHmkvtgi+chEgqH9LSVxKYwvXl5WDfWu98oQY/qTU7+a+YAZU1Vlt4fHact0aGRqU7Jpu18GInE90CQBcU7tbz1mIPbG3l8pnlwqwiTu7RH1j9ThMae2xTL0zu0ic44m58HnMOgxZsdRcEZL01YZkQsRB97mwI0SzeqG55ZwH/mZl857sardz3uUqGxHvEePQ==",
    );
    const V3: (&str, &str) = (
        r#"app_id=2021000000000001&biz_content={"audit_status":"REJECT","audit_text":"图片不清晰","service_code":"2026030121000358300001"}&charset=UTF-8&msg_method=alipay.open.app.service.audit.notify&notify_id=2026030100262000000000000000000001&utc_timestamp=1772328600000&version=1.1"#,
        "UDdeJX3hY0e8IPF4M9in4fUy02mkrPHz0EYer5L30fyx/vQvH5sdlcwdkg9oqErlByuowlp9y4AyBWKXR5Us7s6+MGzGGlkp8+WXsmqzLDGdl73bA6WKeKSORdR9Df59BufmJxAe3zsQok6Z1yN+mWMvPbx3Um+WaPrBDyofz2LhpFWplkAkUvH1ZYh8QxewvoefSpKfy7/DHKF1wxjudtf5/hNj2KHXKGOnD7RklyCcmRxlT/BqdtubmtdWvfRXVFB4uQqNE7eWY1g98w48s5Zt6qmdhbbUntxX1BNvb6aW6DckpN9/1mgH3oOex6IfomaYWzmmX+So7DDa4I19QA==",
    );
    const V3_WITH_TYPE: &str = "Y0JAY/CpN64XNycTZBTHWGRw9IUzDFptbfYxpvcudq00D+Bt95WqVBXP7hOeXPTG9SQ6GHo63p1ckNuvvy67V9S9B2BiyMt4sC7/xlPQnYFK5263hEGe6BVGVy0+mZLicuN1xYPRkiXh28uAQBBcEvksich/I10EzJlueV+Eh1ZAnYZbm4Lw2VbOX0QtjXwP8TNvvkZdFxs7MVw43DKIQvLKuCJfAXxWF38HyarwZFjWt110MEsodWVr/n+xbU3u5ySMJOcvxXWVyXxVA4svIYrYS8kUm+VgF+30j9H5MStKVa5089gs0Z5PmYgr9Z1q2kw7ly5T2iETFKXAtAS2IA==";

    fn parameters(text: &str) -> BTreeMap<String, String> {
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn check(text: &str, signature: &str) {
        let key = PrivateKey::read(KEY).expect("a key");
        assert_eq!(key.sign(text).as_deref(), Some(signature));
        assert!(key.public_key().verifies(text, signature));
        assert!(!key.public_key().verifies(&format!("{text} "), signature));
    }

    #[test]
    fn a_request_is_signed_over_its_parameters_without_the_empty_ones() {
        let mut sent = parameters(V1.0);
        sent.insert("app_auth_token".into(), String::new());
        sent.insert("sign".into(), V1.1.into());

        assert_eq!(of_request(&sent), V1.0);
        check(V1.0, V1.1);
    }

    #[test]
    fn a_reply_is_verified_over_the_bytes_of_its_node() {
        for (node, signature) in [V2, V2B] {
            let reply = format!(r#"{{"a_response":{node},"sign":"{signature}"}}"#);

            assert_eq!(of_reply(&reply, "a_response"), Some(node));
            check(node, signature);
        }
        let sealed = r#"{"a_response":"Hv6D+qg=","sign":"x"}"#;
        assert_eq!(of_reply(sealed, "a_response"), Some(r#""Hv6D+qg=""#));
        assert_eq!(of_reply(r#"{"a_response":{"code":"1"#, "a_response"), None);
        assert_eq!(of_reply("<html>", "a_response"), None);
    }

    #[test]
    fn a_message_is_signed_without_its_type_and_an_old_one_with_it() {
        let mut message = parameters(V3.0);
        message.insert("sign_type".into(), "RSA2".into());

        assert_eq!(of_message(&message), V3.0);
        check(V3.0, V3.1);
        check(&of_old_message(&message), V3_WITH_TYPE);
    }

    #[test]
    fn keys_are_read_as_the_console_and_the_key_tool_give_them() {
        let private = PrivateKey::read(KEY).expect("PEM");
        let bare: String = KEY.lines().filter(|line| !line.starts_with('-')).collect();
        assert!(PrivateKey::read(&bare).is_some(), "Base64 alone");
        let run_together = KEY.replace('\n', "");
        assert!(PrivateKey::read(&run_together).is_some(), "out of an input");
        let shown = include_str!("simulator/public_key.txt");
        assert_eq!(PublicKey::read(shown), Some(private.public_key()));
        let pkcs1 = STANDARD.encode(&private.public_key().0);
        assert_eq!(PublicKey::read(&pkcs1), Some(private.public_key()));
        for wrong in ["", "no key", "AAAA", KEY.get(..200).expect("text")] {
            assert!(PrivateKey::read(wrong).is_none());
            assert!(PublicKey::read(wrong).is_none(), "{wrong}");
        }
    }

    const AUTH: &str = "app_id=2021000000000001,nonce=5f1c2d3e-0000-4000-8000-000000000001,timestamp=1772328600000";
    const V4: &str = "RT36teF1fc7QoeuQ6fxBarxUIgfmnTRpG5DAHolxZM/0PnLH3Ams9Z0QasAqFs6W0EhQ5Huj2obANVKErscN2m1FobcOUtOII5fxAYTofpL3E9MDjsxkzZFcwHfyT7HNugFSFvPYcxIF+V/wqIan2B59wy8wtd/SrKf7qRBv9zzL87HG+g9OgJ4L8A+TEzz2zNfej9gQpXdDOChSZhrygWZ+LtWjUC1LMABfD+M1v/0SvItr8RptbdvLcRnS2KEO5iEOGFhfxyrMTjrsvwqkpceYHcUMrYukiYmEIL6qzLWm1mz7nClRZzbdEfD7yBJzOFBsB+jAMsqGuc1tA2JyGQ==";
    const V5: &str = "DHedqrUSDORFqTYM5xdljCYp3bDw+4vs32u7EJRRZXxFr+DPy0+xhegFHLBpqA0SZh2BGqAO9Bas1fWoWZMEcgHMNlEsKwu1nxe3PE/aXiGdSv2fcYw5Lme3/9vh+D056aM12zwLnfvIrJRHWDHlro8VTGq5RiDMwPbAgVYLFFtt3e2Zt/KMTmU/Kt4Jp+8EZuha8u6eoYNAOZrBjugoIYcv47JyfAVzQDL6WRUldDLrITZMF/O+HRzQc73upd6H3yP9Xu928Atkawk7eGfa+HJWI6aGZiltDEh6vYIM0baA1vXnvhF+K/FPyILM9lag8MVxFjZDpHfXueNZvku/SQ==";
    const V6: &str = "TbOnn/aVDbN0ftKw9b3bKaQbUteXvvjbEfSjmGUaInhHFZ22O6IeTtC5T+rGMRBMxXhUS9rVYt5HTmqi2NLM9cQ0al6i59wAcVWyFaJ/qoLu9mFoSV+w94g5+dp/QehZzqtlBKkTowM08baY1I32Gc7JvMeUHYJ3tQOM/mJLeP1+ujz5v9J+MI9bQrwfEyy8T5OT2dS73/K7TRdwCmWHUh9cMmtwCbZNZc3o8IOmJprm/9uDBp656jZB3JvRy/sm2rVV9x9iYFVm6RY3u5pgbvbEI+m5Jja+UY3rxfemNPblg+mxE/CRIE13TqxxhoG5CO4rfshYJ6cdPdN6fBv/jg==";

    #[test]
    fn a_request_of_version_3_is_signed_line_by_line() {
        let body = r#"{"page_num":1,"page_size":20,"need_detail":true,"status":"1"}"#;
        let path = "/v3/alipay/social/base/contentlib/standardcontent/batchquery";
        check(&of_v3_request(AUTH, "POST", path, body, None), V4);

        let target = "/v3/alipay/open/app/service/query?service_code=2026030121000358300001";
        let text = of_v3_request(AUTH, "GET", target, "", Some("202603BBtoken"));
        check(&text, V5);
    }

    #[test]
    fn an_answer_of_version_3_is_signed_with_its_time_and_nonce() {
        let body = r#"{"content_ids":["20260301OB020010031234567890"],"page_num":1,"page_size":20,"total":1}"#;
        let text = of_v3_reply("1772328600123", "8f0e6c1b7a5d4e3f9c2b1a0d9e8f7a6b", body);
        check(&text, V6);
    }
}
