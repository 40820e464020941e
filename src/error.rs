//! The one error of the whole server, and the one table of its kinds.

use std::{fmt, sync::Arc};

/// What callers of services get back.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Any error with a source that we keep for the log.
pub type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// What failed and for which thing; the message is for the person at the other end, the source for the log.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    field: Option<String>,
    details: Option<Box<serde_json::Value>>,
    source: Option<BoxError>,
}

/// Told apart only where a program must tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The caller sent something that cannot be used; `field` says which.
    InvalidInput,
    /// Nobody is signed in, or the key is unknown.
    Unauthenticated,
    /// Signed in, but this actor may not do it.
    Forbidden,
    /// There is no such thing, or it belongs to another site.
    NotFound,
    /// The caller wrote on top of a version that is not the latest; `details` holds both sides.
    Conflict,
    /// The thing is not in a state in which this can be done.
    FailedPrecondition,
    /// More bytes, pixels or nodes than allowed.
    TooLarge,
    /// A media type we do not take.
    UnsupportedMedia,
    /// Too many calls.
    RateLimited,
    /// Something that we need is away for the moment; repeating may help.
    Unavailable,
    /// Our fault; the text stays in the log.
    Internal,
}

impl ErrorKind {
    /// The code clients see and the HTTP status. The only place that decides either.
    pub const fn wire(self) -> (&'static str, u16) {
        match self {
            Self::InvalidInput => ("INVALID_INPUT", 400),
            Self::Unauthenticated => ("UNAUTHENTICATED", 401),
            Self::Forbidden => ("FORBIDDEN", 403),
            Self::NotFound => ("NOT_FOUND", 404),
            Self::Conflict => ("CONFLICT", 409),
            Self::FailedPrecondition => ("FAILED_PRECONDITION", 412),
            Self::TooLarge => ("TOO_LARGE", 413),
            Self::UnsupportedMedia => ("UNSUPPORTED_MEDIA", 415),
            Self::RateLimited => ("RATE_LIMITED", 429),
            Self::Unavailable => ("UNAVAILABLE", 503),
            Self::Internal => ("INTERNAL", 500),
        }
    }
}

impl Error {
    /// An error of a kind with a message for the person at the other end.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            field: None,
            details: None,
            source: None,
        }
    }

    /// A value that cannot be used; names the field (`input.title`) and the cure.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput, message).on_field(field)
    }

    /// There is no such thing (or not in this site).
    pub fn not_found(what: impl fmt::Display) -> Self {
        Self::new(ErrorKind::NotFound, format!("{what} does not exist"))
    }

    /// The actor may not do this.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Forbidden, message)
    }

    /// Somebody else wrote in between; `details` carries both sides.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }

    /// The thing is not in a state in which this can be done.
    pub fn precondition(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::FailedPrecondition, message)
    }

    /// Our fault: `message` says what was being done, `source` why it failed.
    pub fn internal(message: impl Into<String>, source: impl Into<BoxError>) -> Self {
        Self::new(ErrorKind::Internal, message).because(source)
    }

    /// Names the field that is wrong, as a path (`input.title`).
    #[must_use]
    pub fn on_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Adds what a program needs to go on, such as both sides of a conflict.
    #[must_use]
    pub fn with_details(mut self, details: serde_json::Value) -> Self {
        self.details = Some(Box::new(details));
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn because(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same error for one more of those who waited for it.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "it is what loaders and caches give back"
    )]
    pub fn shared(error: Arc<Self>) -> Self {
        Self {
            kind: error.kind,
            message: error.message.clone(),
            field: error.field.clone(),
            details: error.details.clone(),
            source: Some(Box::new(Arc::clone(&error))),
        }
    }

    /// The kind, which decides code and status.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The text for the person at the other end.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The field that is wrong.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// What a program needs to go on.
    pub fn details(&self) -> Option<&serde_json::Value> {
        self.details.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{field}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source
            .as_ref()
            .map(|source| &**source as &(dyn std::error::Error + 'static))
    }
}
