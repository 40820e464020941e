//! An entry of the audit log.

use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::{
    clock::Timestamp,
    id::{AuditEntryId, UserId},
};

/// Fields that never reach the log.
const SECRETS: [&str; 5] = [
    "password",
    "currentPassword",
    "newPassword",
    "credentials",
    "setUpCode",
];
/// What is kept of a text, in characters.
const LONGEST_TEXT: usize = 200;
/// How deep what was sent is kept.
const DEEPEST: usize = 4;
/// Entries that are kept of a list.
const MOST_ENTRIES: usize = 20;

/// Something that somebody did.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Id; they rise with time.
    pub id: AuditEntryId,
    /// Who did it; nobody known when somebody tried to sign in.
    pub user: Option<UserId>,
    /// What was called: `publishStory`.
    pub action: String,
    /// The id that the call named, if it named one.
    pub subject: Option<String>,
    /// What was sent, without secrets, long texts shortened.
    pub details: Value,
    /// `OK`, or the code of the error; nothing when the process ended in the middle.
    pub outcome: Option<String>,
    /// Where the call came from.
    pub address: Option<String>,
    /// When.
    pub created_at: Timestamp,
}

/// What somebody is about to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// What is called.
    pub action: String,
    /// What was sent.
    pub sent: Value,
    /// Where the call comes from.
    pub address: Option<IpAddr>,
}

impl Deed {
    /// The id that the call names: `input.id`, else the first field whose name ends with `Id`.
    pub fn subject(&self) -> Option<String> {
        let input = self.sent.get("input").unwrap_or(&self.sent).as_object()?;
        let named = |(name, value): (&String, &Value)| {
            (name.ends_with("Id"))
                .then(|| value.as_str().map(ToOwned::to_owned))
                .flatten()
        };
        let own = input.get("id").and_then(Value::as_str);
        own.map(ToOwned::to_owned)
            .or_else(|| input.iter().find_map(named))
            .map(|id| shortened(&id))
    }

    /// What is kept of what was sent.
    pub fn details(&self) -> Value {
        kept(&self.sent, 0)
    }
}

fn kept(value: &Value, depth: usize) -> Value {
    match value {
        Value::String(text) => shortened(text).into(),
        Value::Array(_) | Value::Object(_) if depth >= DEEPEST => "…".into(),
        Value::Array(list) => {
            let list = list.iter().take(MOST_ENTRIES);
            list.map(|value| kept(value, depth + 1)).collect()
        }
        Value::Object(fields) => {
            let fields = fields.iter().take(MOST_ENTRIES).map(|(name, value)| {
                let value = if SECRETS.contains(&name.as_str()) {
                    "…".into()
                } else {
                    kept(value, depth + 1)
                };
                (shortened(name), value)
            });
            Value::Object(fields.collect::<Map<_, _>>())
        }
        plain => plain.clone(),
    }
}

/// A text that any database takes.
fn shortened(text: &str) -> String {
    let short: String = text
        .chars()
        .filter(|character| *character != '\0')
        .take(LONGEST_TEXT)
        .collect();
    if short.len() < text.len() {
        short + "…"
    } else {
        short
    }
}

/// Which entries a list shows.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Of this person.
    pub user: Option<UserId>,
    /// Of this call.
    pub action: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn deed(sent: Value) -> Deed {
        Deed {
            action: "x".to_owned(),
            sent,
            address: None,
        }
    }

    #[test]
    fn secrets_and_long_texts_are_left_out() {
        let deed = deed(json!({ "input": {
            "email": "wang@example.com", "password": "correct horse", "name": "a\u{0}b",
            "credentials": [{ "name": "app_secret", "value": "s3cret" }],
            "content": { "body": { "content": [{ "text": "x" }] }, "lead": "长".repeat(500) },
        } }));

        let details = deed.details();

        let text = details.to_string();
        assert!(
            !text.contains("correct horse") && !text.contains("s3cret"),
            "{text}"
        );
        assert_eq!(details["input"]["email"], "wang@example.com");
        assert_eq!(details["input"]["name"], "ab…");
        assert_eq!(details["input"]["content"]["body"]["content"], "…");
        assert!(text.len() < 1000, "{text}");
    }

    #[test]
    fn the_subject_is_the_id_that_was_named() {
        for (sent, expected) in [
            (
                json!({ "input": { "id": "1", "revisionId": "2" } }),
                Some("1"),
            ),
            (
                json!({ "input": { "revisionId": "2", "baseVersion": 1 } }),
                Some("2"),
            ),
            (json!({ "input": { "content": {} } }), None),
            (json!({}), None),
            (json!({ "input": 1 }), None),
        ] {
            assert_eq!(deed(sent).subject().as_deref(), expected);
        }
    }
}
