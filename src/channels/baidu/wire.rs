//! Bodies as Baidu sends them. Numbers may come as texts, fields may be missing, and envelopes differ.

use serde_json::Value;

/// The envelopes in one: which fields are there tells which it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// OAuth error (a name) or push error (a number), as text.
    pub error: Option<String>,
    /// Gateway code.
    pub error_code: Option<i64>,
    /// Business code.
    pub errno: Option<i64>,
    /// What is said to people, wherever it stands.
    pub message: String,
    /// Token.
    pub access_token: Option<String>,
    /// Life of the token in seconds.
    pub expires_in: Option<i64>,
    /// Pushes left today.
    pub remain: Option<i64>,
    /// Addresses accepted.
    pub success: Option<i64>,
    /// Addresses of another site.
    pub not_same_site: Vec<String>,
    /// What was asked for, where an endpoint answers with something.
    pub data: Value,
}

impl Reply {
    /// Reads a body; nothing when it is no JSON object.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let object = body.as_object()?;
        let get = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| object.get(*name).filter(|value| !value.is_null()))
        };
        let int = |names: &[&str]| get(names).and_then(number);
        // Some endpoints spell the message `errMsg`, Baijiahao `errmsg`.
        let message = get(&[
            "msg",
            "errMsg",
            "errmsg",
            "error_msg",
            "message",
            "error_description",
        ]);
        let texts = get(&["not_same_site"]).and_then(Value::as_array);
        Some(Self {
            error: get(&["error"]).map(text),
            error_code: int(&["error_code"]),
            errno: int(&["errno"]),
            message: message.map(text).unwrap_or_default(),
            access_token: get(&["access_token"]).map(text),
            expires_in: int(&["expires_in"]),
            remain: int(&["remain_daily", "remain"]),
            success: int(&["success_daily", "success"]),
            not_same_site: texts.into_iter().flatten().map(text).collect(),
            data: get(&["data"]).cloned().unwrap_or_default(),
        })
    }
}

/// A text as it is, anything else as JSON.
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// An id, written as a number or as text; nothing where there is none.
pub fn id(value: &Value) -> Option<String> {
    let is_there = value.is_number() || value.is_string();
    is_there.then(|| text(value)).filter(|id| !id.is_empty())
}

/// A whole number, written as one or as text.
pub fn number(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_double_or_of_another_type_does_not_hide_the_rest() {
        let body = r#"{"errno":"0","msg":"success","errMsg":"success","data":[{"x":1}],"error_msg":7,"not_same_site":"none","new":{"field":null}}"#;
        let reply = Reply::parse(body.as_bytes()).expect("an object");

        assert_eq!((reply.errno, reply.message.as_str()), (Some(0), "success"));
        assert_eq!(Reply::parse(b"[]"), None);
        assert_eq!(Reply::parse("{\"msg\":\"\u{fffd}".as_bytes()), None);
    }

    #[test]
    fn the_allowance_of_the_fast_index_is_read_before_the_other() {
        let body = br#"{"remain":4999,"success":0,"remain_daily":9,"success_daily":1}"#;
        let reply = Reply::parse(body).expect("an object");

        assert_eq!((reply.remain, reply.success), (Some(9), Some(1)));
    }
}
