//! Errors on the GraphQL wire: after execution every one gets its code, and internal text stays here.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};

use crate::error::{Error, ErrorKind};

/// The longest message that is sent, in characters; parse errors repeat the line they stand in.
const LONGEST: usize = 300;

/// Gives every error of a response `extensions.code`, the field and the details, and logs our own faults.
pub fn finish(response: &mut Response) {
    for error in &mut response.errors {
        let ours = error.source::<Error>().map(Known::from).or_else(|| {
            error
                .source::<Arc<Error>>()
                .map(|error| Known::from(&**error))
        });
        match ours {
            Some(known) => known.write(error),
            None => write_refusal(error),
        }
    }
}

/// An error of the whole request, which never reached a resolver.
pub fn refusal(error: &Error) -> ServerError {
    let mut sent = ServerError::new(error.message(), None);
    Known::from(error).write(&mut sent);
    sent
}

struct Known {
    kind: ErrorKind,
    message: String,
    field: Option<String>,
    details: Option<Value>,
    log: String,
}

impl From<&Error> for Known {
    fn from(error: &Error) -> Self {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        Self {
            kind: error.kind(),
            message: error.message().to_owned(),
            field: error.field().map(ToOwned::to_owned),
            details: error
                .details()
                .and_then(|details| Value::from_json(details.clone()).ok()),
            log: match cause {
                Some(cause) => format!("{error}: {cause}"),
                None => error.to_string(),
            },
        }
    }
}

impl Known {
    fn write(self, error: &mut ServerError) {
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", self.kind.wire().0);
        if self.kind == ErrorKind::Internal {
            let request_id = uuid::Uuid::now_v7().to_string();
            let path: Vec<String> = error.path.iter().map(|part| format!("{part:?}")).collect();
            tracing::error!(request.id = %request_id, error = %self.log, path = path.join("/"), "a request failed");
            extensions.set("requestId", request_id);
            "something failed on our side; try again later".clone_into(&mut error.message);
            return;
        }
        error.message = shortened(self.message);
        if let Some(field) = self.field {
            extensions.set("field", field);
        }
        if let Some(details) = self.details {
            extensions.set("details", details);
        }
    }
}

/// A document or value that GraphQL itself refused.
fn write_refusal(error: &mut ServerError) {
    let field = named_argument(&error.message).map(ToOwned::to_owned);
    error.message = shortened(std::mem::take(&mut error.message));
    let code = if error.message == "Query is too complex."
        || error.message == "Query is nested too deep."
    {
        ErrorKind::TooLarge
    } else {
        ErrorKind::InvalidInput
    };
    let extensions: &mut ErrorExtensionValues = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        extensions.set("code", code.wire().0);
    }
    if let Some(field) = field {
        extensions.set("field", field);
    }
}

/// Messages may repeat what was sent.
fn shortened(message: String) -> String {
    match message.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message,
    }
}

/// The argument that a message of the library names: `Invalid value for argument "input.title", …`.
fn named_argument(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("argument \"")?;
    let (name, _) = rest.split_once('"')?;
    let is_path = !name.is_empty()
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "._".contains(character));
    is_path.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(error: ServerError) -> serde_json::Value {
        let mut response = Response::from_errors(vec![error]);
        finish(&mut response);
        serde_json::to_value(&response.errors[0]).expect("JSON")
    }

    #[test]
    fn an_error_of_ours_carries_code_field_and_details() {
        let error = Error::invalid("input.title", "must not be empty")
            .with_details(serde_json::json!({ "longest": 200 }));

        let sent = finished(
            async_graphql::Error::from(error).into_server_error(async_graphql::Pos::default()),
        );

        assert_eq!(sent["message"], "must not be empty");
        assert_eq!(sent["extensions"]["code"], "INVALID_INPUT");
        assert_eq!(sent["extensions"]["field"], "input.title");
        assert_eq!(sent["extensions"]["details"]["longest"], 200);
    }

    #[test]
    fn the_text_of_an_internal_error_stays_here() {
        let error = Arc::new(Error::internal("table users is on fire", "disk 7"));

        let sent = finished(
            async_graphql::Error::from(error).into_server_error(async_graphql::Pos::default()),
        );

        assert_eq!(sent["extensions"]["code"], "INTERNAL");
        assert!(!sent.to_string().contains("fire") && !sent.to_string().contains("disk"));
        assert!(sent["extensions"]["requestId"].is_string());
    }

    #[test]
    fn a_value_of_the_wrong_type_names_its_argument() {
        let message = "Invalid value for argument \"input.title\", expected type \"String\"";

        let sent = finished(ServerError::new(message, None));

        assert_eq!(sent["extensions"]["code"], "INVALID_INPUT");
        assert_eq!(sent["extensions"]["field"], "input.title");
    }

    #[test]
    fn a_long_message_is_cut() {
        let sent = finished(ServerError::new("长".repeat(10_000), None));

        assert!(sent["message"].as_str().expect("text").chars().count() <= LONGEST + 1);
    }
}
