//! Errors on the REST wire: the kind decides the status, the text of internal ones stays here.

use std::fmt;

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use serde_json::json;

use crate::error::{Error, ErrorKind};

/// What a REST handler fails with.
#[derive(Debug)]
pub struct Failure(Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.kind().wire().1).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let (code, _) = self.0.kind().wire();
        let is_ours = self.0.kind() == ErrorKind::Internal;
        let request_id = is_ours.then(|| uuid::Uuid::now_v7().to_string());
        if is_ours {
            let source = std::error::Error::source(&self.0).map(ToString::to_string);
            tracing::error!(request.id = request_id, error = %self.0, source, "a request failed");
        }
        let message = if is_ours {
            "something failed on our side; try again later"
        } else {
            self.0.message()
        };
        HttpResponse::build(self.status_code())
            .insert_header(("cache-control", "no-store"))
            .json(json!({ "error": {
                "code": code,
                "message": message,
                "field": self.0.field(),
                "details": self.0.details(),
                "requestId": request_id,
            } }))
    }
}
