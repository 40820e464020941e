//! What follows from an error: the table of classes, and the pace of trying again.

use std::time::Duration;

use super::Sent;
use crate::{
    channels::{ChannelError, ErrorClass, StepKind},
    config::DeliveryConfig,
};

/// What delivery does about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Try the step again after a while.
    Retry,
    /// Wait; the whole lane does.
    SlowDown,
    /// Wait for the next day of the allowance.
    AwaitAllowance,
    /// Refresh the token once and repeat.
    RefreshToken,
    /// Wait until a person has signed in again.
    AwaitLogin,
    /// Wait until a person has mended the account's rights.
    AwaitPermission,
    /// The platform does not want it.
    Reject,
    /// Ask again later.
    ObserveLater,
    /// Wait out the call, then look whether it happened.
    Doubt,
    /// The call has ended; look at once whether the item is there.
    LookNow,
    /// Give up: our own mistake.
    Fail,
}

/// The one table of what follows from a class of error, by what the step does to the world.
pub const fn action(class: ErrorClass, kind: StepKind) -> Action {
    let is_commit = matches!(kind, StepKind::Commit);
    match class {
        ErrorClass::NotSent | ErrorClass::ChannelDown => Action::Retry,
        ErrorClass::SentUnknown | ErrorClass::ProtocolDrift => {
            if is_commit {
                Action::Doubt
            } else {
                Action::Retry
            }
        }
        ErrorClass::RateLimited => Action::SlowDown,
        ErrorClass::QuotaExhausted => Action::AwaitAllowance,
        ErrorClass::AuthExpired => Action::RefreshToken,
        ErrorClass::AuthRevoked => Action::AwaitLogin,
        ErrorClass::Permission => {
            if is_commit {
                Action::Reject
            } else {
                Action::AwaitPermission
            }
        }
        ErrorClass::Validation | ErrorClass::ContentRejected | ErrorClass::MediaRejected => {
            Action::Reject
        }
        ErrorClass::MediaNotReady => Action::ObserveLater,
        ErrorClass::Conflict => {
            if is_commit {
                Action::LookNow
            } else {
                Action::Retry
            }
        }
        ErrorClass::Bug => {
            if is_commit {
                Action::Doubt
            } else {
                Action::Fail
            }
        }
    }
}

/// Whether the operator should know.
pub const fn is_alarming(class: ErrorClass) -> bool {
    matches!(class, ErrorClass::ProtocolDrift | ErrorClass::Bug)
}

/// Whether the request left us.
pub const fn sent(class: ErrorClass) -> Sent {
    match class {
        ErrorClass::NotSent => Sent::No,
        ErrorClass::SentUnknown | ErrorClass::Bug => Sent::Maybe,
        _ => Sent::Yes,
    }
}

/// The class as rows know it.
pub fn class_name(class: ErrorClass) -> String {
    serde_json::to_value(class)
        .ok()
        .and_then(|value| value.as_str().map(ToOwned::to_owned))
        .unwrap_or_default()
}

/// How long to wait before the next try: full jitter below a bound that grows threefold, never less than the
/// platform asks for.
pub fn backoff(config: &DeliveryConfig, failures: i32, error: Option<&ChannelError>) -> Duration {
    let bound = growing(
        Duration::from_secs(config.backoff_base_s),
        Duration::from_secs(config.backoff_cap_s),
        3.0,
        failures,
    );
    let floor = error
        .and_then(|error| error.retry_after)
        .unwrap_or_default();
    floor + bound.mul_f64(rand::random::<f64>())
}

/// How long to wait before a platform is asked again.
pub fn observe_pause(config: &DeliveryConfig, asked: i32) -> Duration {
    growing(
        Duration::from_secs(config.observe_base_s),
        Duration::from_secs(config.observe_cap_s),
        2.0,
        asked,
    )
}

fn growing(base: Duration, cap: Duration, factor: f64, step: i32) -> Duration {
    let grown = base.as_secs_f64() * factor.powi(step.clamp(0, 30));
    Duration::from_secs_f64(grown.min(cap.as_secs_f64()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_commit_is_repeated_only_after_a_definite_refusal() {
        use ErrorClass::{
            AuthExpired, AuthRevoked, Bug, ChannelDown, Conflict, ContentRejected, MediaNotReady,
            MediaRejected, NotSent, Permission, ProtocolDrift, QuotaExhausted, RateLimited,
            SentUnknown, Validation,
        };
        let table = [
            (NotSent, Action::Retry, Action::Retry),
            (SentUnknown, Action::Retry, Action::Doubt),
            (RateLimited, Action::SlowDown, Action::SlowDown),
            (
                QuotaExhausted,
                Action::AwaitAllowance,
                Action::AwaitAllowance,
            ),
            (AuthExpired, Action::RefreshToken, Action::RefreshToken),
            (AuthRevoked, Action::AwaitLogin, Action::AwaitLogin),
            (Permission, Action::AwaitPermission, Action::Reject),
            (Validation, Action::Reject, Action::Reject),
            (ContentRejected, Action::Reject, Action::Reject),
            (MediaNotReady, Action::ObserveLater, Action::ObserveLater),
            (MediaRejected, Action::Reject, Action::Reject),
            (Conflict, Action::Retry, Action::LookNow),
            (ChannelDown, Action::Retry, Action::Retry),
            (ProtocolDrift, Action::Retry, Action::Doubt),
            (Bug, Action::Fail, Action::Doubt),
        ];

        for (class, safe, commit) in table {
            assert_eq!(action(class, StepKind::Safe), safe, "{class:?}");
            assert_eq!(action(class, StepKind::Observe), safe, "{class:?}");
            assert_eq!(action(class, StepKind::Commit), commit, "{class:?}");
        }
    }

    #[test]
    fn waits_grow_to_a_bound_and_heed_the_platform() {
        let config = Config::with_overrides("").expect("valid").delivery;
        let mut error = ChannelError::new(ErrorClass::RateLimited, "slower");
        error.retry_after = Some(Duration::from_secs(40));

        assert!(backoff(&config, 0, None) <= Duration::from_secs(5));
        assert!(backoff(&config, 99, None) <= Duration::from_mins(15));
        assert!(backoff(&config, 0, Some(&error)) >= Duration::from_secs(40));
        assert_eq!(observe_pause(&config, 0), Duration::from_secs(5));
        assert_eq!(observe_pause(&config, 2), Duration::from_secs(20));
        assert_eq!(observe_pause(&config, 30), Duration::from_mins(5));
    }
}
