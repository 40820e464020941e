//! What follows when a step did not end well.

use std::time::Duration;

use serde_json::{Value, json};

use super::hold::{Change, Flow, Hold};
use crate::{
    channels::{ChannelError, ErrorClass, StepKind},
    clock::Timestamp,
    delivery::{
        Attempt, Delivery, DeliveryState, DeliveryStep, Reason, StepState, Verdict,
        class::{self, Action, backoff, class_name, observe_pause},
        quota, store,
    },
    error::Result,
};

impl Hold {
    /// Writes what follows from an error, by its class and the kind of the step alone.
    pub(super) async fn refused(
        &mut self,
        step: DeliveryStep,
        error: ChannelError,
        attempt: Attempt,
        token: Option<String>,
    ) -> Result<Flow> {
        if class::is_alarming(error.class) {
            tracing::error!(
                delivery.id = %self.delivery.id, channel.id = self.delivery.channel, step = step.step.name,
                class = class_name(error.class), code = error.code, message = error.message,
                "a platform answered in a way that we do not know, or we made a mistake"
            );
        }
        let action = class::action(error.class, step.step.kind);
        let action = self.refresh_once(action, &step, token).await;
        match action {
            Action::Doubt => return self.doubt(step, Some(attempt)).await,
            Action::LookNow => return self.look_now(step, &error, attempt).await,
            _ => {}
        }
        let now = self.now();
        let mut change = Change::of(self.delivery.clone());
        change.effect = step.is_commit().then(|| {
            (
                Verdict::NotHappened,
                json!({ "by": "answer", "attempt": attempt.id }),
            )
        });
        change.attempt = Some(attempt);
        change.delivery = match action {
            Action::RefreshToken => {
                // The token is new by now; the step is repeated at once.
                self.delivery.clone()
            }
            Action::Retry | Action::ObserveLater => self.try_again(&step, &error),
            Action::SlowDown => {
                let delivery = self.try_again(&step, &error);
                change.rest_lane_until = delivery.next_run_at;
                delivery
            }
            Action::AwaitAllowance => {
                change.is_exhausted = true;
                let at = self.next_allowance(&step, now);
                self.hold(DeliveryState::Held, Some(at), Reason::Quota, &step, &error)
            }
            Action::AwaitLogin => {
                self.core
                    .demand_login(self.delivery.account, &error.message)
                    .await?;
                self.hold(DeliveryState::Held, None, Reason::Login, &step, &error)
            }
            Action::AwaitPermission => {
                store::pause_lane(
                    self.core.db.write(),
                    self.delivery.lane_id,
                    Reason::Permission.as_str(),
                )
                .await?;
                self.hold(DeliveryState::Held, None, Reason::Permission, &step, &error)
            }
            Action::Reject => self.hold(
                DeliveryState::Rejected,
                None,
                Reason::Refused,
                &step,
                &error,
            ),
            Action::Fail | Action::Doubt | Action::LookNow => {
                self.hold(DeliveryState::Failed, None, Reason::Internal, &step, &error)
            }
        };
        let mut step = step;
        step.state = StepState::Pending;
        change.step = Some(step);
        self.write(change).await
    }

    /// Refreshes a refused token, once per step; a second refusal is for a person.
    async fn refresh_once(
        &mut self,
        action: Action,
        step: &DeliveryStep,
        token: Option<String>,
    ) -> Action {
        if action != Action::RefreshToken {
            return action;
        }
        let Some(token) = token else {
            return Action::AwaitLogin;
        };
        if self.refreshed.replace(step.seq) == Some(step.seq) {
            return Action::AwaitLogin;
        }
        let (site, account) = (self.delivery.site, self.delivery.account);
        match self.core.token(site, account, Some(&token)).await {
            Ok(_) => Action::RefreshToken,
            Err(error) => match class::action(error.class, StepKind::Safe) {
                Action::RefreshToken => Action::AwaitLogin,
                action => action,
            },
        }
    }

    /// Later, unless the time for trying is over.
    fn try_again(&self, step: &DeliveryStep, error: &ChannelError) -> Delivery {
        let failures = self.delivery.error_count;
        let (reason, pause) = match error.class {
            ErrorClass::MediaNotReady => (
                Reason::Processing,
                error
                    .retry_after
                    .unwrap_or_else(|| observe_pause(&self.core.config, failures)),
            ),
            ErrorClass::RateLimited => (
                Reason::RateLimited,
                backoff(&self.core.config, failures, Some(error)),
            ),
            _ => (Reason::NotSent, self.budgeted(failures, error)),
        };
        let at = self.now().plus(pause);
        let only_looks = step.step.kind == StepKind::Observe && self.has_committed();
        let mut delivery = if at <= self.delivery.give_up_at {
            let state = if only_looks {
                DeliveryState::WaitingChannel
            } else {
                DeliveryState::RetryWait
            };
            self.hold(state, Some(at), reason, step, error)
        } else if self.has_committed() {
            // Something was sent; whether it is live, a person must say.
            self.hold(
                DeliveryState::NeedsReview,
                None,
                Reason::LookupFailed,
                step,
                error,
            )
        } else {
            self.hold(DeliveryState::Failed, None, Reason::GaveUp, step, error)
        };
        delivery.error_count += 1;
        delivery
    }

    /// The wait before the next try; when the channel's budget for trying again is used up, the longest.
    fn budgeted(&self, failures: i32, error: &ChannelError) -> Duration {
        let pause = backoff(&self.core.config, failures, Some(error));
        if self.core.breakers.spend_retry(&self.delivery.channel) {
            return pause;
        }
        pause.max(Duration::from_secs(self.core.config.backoff_cap_s))
    }

    /// The platform says that it has this already: likely ours, so we look.
    async fn look_now(
        &mut self,
        mut step: DeliveryStep,
        error: &ChannelError,
        attempt: Attempt,
    ) -> Result<Flow> {
        let now = self.now();
        self.look_from(&mut step, now);
        let delivery = self.hold(
            DeliveryState::Uncertain,
            Some(self.look_at(&step)),
            Reason::Duplicate,
            &step,
            error,
        );
        self.write(Change {
            step: Some(step),
            effect: Some((Verdict::Unknown, Value::Null)),
            attempt: Some(attempt),
            ..Change::of(delivery)
        })
        .await
    }

    fn hold(
        &self,
        state: DeliveryState,
        at: Option<Timestamp>,
        reason: Reason,
        step: &DeliveryStep,
        error: &ChannelError,
    ) -> Delivery {
        let params = json!({
            "step": step.step.name,
            "message": error.message,
            "code": error.code,
            "field": error.field,
            "at": at,
        });
        self.let_go(state, at, Some((reason, params)))
    }

    /// The next midnight of the step's allowance, or of the lane's.
    fn next_allowance(&self, step: &DeliveryStep, now: Timestamp) -> Timestamp {
        let own = self.allowances(step, now);
        let own = own.iter().map(|(allowance, _)| allowance.window.resets_at);
        let of_lane = || {
            let quotas = self.lane.quotas.iter();
            quotas
                .filter(|spec| self.account.has(spec))
                .map(|spec| quota::window(spec.zone, spec.per, now).resets_at)
                .max()
        };
        own.max()
            .or_else(of_lane)
            .unwrap_or_else(|| now.plus(Duration::from_hours(24)))
    }
}
