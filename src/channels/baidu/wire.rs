//! Bodies as Baidu sends them. Numbers may come as strings, fields may be missing, and envelopes differ.

use serde::Deserialize;
use serde_json::Value;

/// The four envelopes in one: which fields are there tells which it is.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Reply {
    /// Business code.
    #[serde(default)]
    pub errno: Option<Value>,
    /// Business message; some endpoints spell it `errMsg`.
    #[serde(default, alias = "errMsg", alias = "errmsg")]
    pub msg: Option<Value>,
    /// Gateway code.
    #[serde(default)]
    pub error_code: Option<Value>,
    /// Gateway message.
    #[serde(default)]
    pub error_msg: Option<String>,
    /// OAuth error (a text) or push error (a number).
    #[serde(default)]
    pub error: Option<Value>,
    /// OAuth text.
    #[serde(default)]
    pub error_description: Option<String>,
    /// Push text.
    #[serde(default)]
    pub message: Option<String>,
    /// Token.
    #[serde(default)]
    pub access_token: Option<String>,
    /// Life of the token in seconds.
    #[serde(default)]
    pub expires_in: Option<Value>,
    /// Pushes left today.
    #[serde(default, alias = "remain_daily")]
    pub remain: Option<Value>,
    /// Addresses accepted.
    #[serde(default, alias = "success_daily")]
    pub success: Option<Value>,
    /// Addresses of another site.
    #[serde(default)]
    pub not_same_site: Vec<String>,
}

/// A whole number, written as one or as text.
pub fn number(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}
