//! What people are told of a delivery beside its state: whether it is live, what we do next, and what they can do.

use super::{Delivery, DeliveryState, Reason};
use crate::channels::Intent;

/// Whether readers see the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liveness {
    /// They do.
    Live,
    /// They do not.
    NotLive,
    /// Nobody knows yet.
    Unknown,
}

/// What happens next by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It is sent when its time has come.
    Send,
    /// It is tried again.
    TryAgain,
    /// The platform is asked what became of it.
    Look,
    /// It waits until its cause is gone.
    Wait,
    /// It waits for a person.
    AskPerson,
    /// Nothing more.
    Nothing,
}

/// What a person can do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Choose another time.
    Reschedule,
    /// Call it off.
    Cancel,
    /// Try at once.
    Retry,
    /// Say what became of it.
    Resolve,
    /// Approve what it holds.
    Approve,
    /// Sign in to the account again, or mend its rights.
    MendAccount,
    /// End the pause.
    Resume,
    /// Take down what it made live.
    Withdraw,
}

impl Action {
    /// Every action, in the order of the buttons.
    pub const ALL: &'static [Self] = &[
        Self::Approve,
        Self::Resolve,
        Self::MendAccount,
        Self::Resume,
        Self::Retry,
        Self::Reschedule,
        Self::Cancel,
        Self::Withdraw,
    ];
}

impl Delivery {
    /// Whether readers see what it is about.
    pub fn liveness(&self) -> Liveness {
        use DeliveryState::{
            Cancelled, Failed, Held, Missed, NeedsReview, Published, Ready, Reconciling, Rejected,
            RetryWait, Scheduled, Uncertain, WaitingChannel, WaitingUser, Working,
        };
        if self.withdrawn_at.is_some() {
            return Liveness::NotLive;
        }
        let (done, not_yet) = match self.intent {
            Intent::Publish => (Liveness::Live, Liveness::NotLive),
            // The earlier version is there until the new one is.
            Intent::Update => (Liveness::Live, Liveness::Live),
            Intent::Takedown => (Liveness::NotLive, Liveness::Live),
        };
        match self.state {
            Published if self.is_assumed => Liveness::Unknown,
            Published => done,
            Working | Uncertain | Reconciling | NeedsReview | WaitingChannel => Liveness::Unknown,
            Cancelled if self.reason == Some(Reason::Person) && self.was_left() => {
                Liveness::Unknown
            }
            Scheduled | Held | Ready | RetryWait | WaitingUser | Rejected | Failed | Missed
            | Cancelled => match self.reason {
                // What it waits for is not settled itself.
                Some(Reason::Parent) => Liveness::Unknown,
                _ => not_yet,
            },
        }
    }

    /// A person ended it without knowing what became of it.
    fn was_left(&self) -> bool {
        self.reason_params.get("left").is_some()
    }

    /// What happens next by itself; when, says [`Delivery::next_run_at`].
    pub fn next(&self) -> Next {
        match self.state {
            DeliveryState::Scheduled | DeliveryState::Ready | DeliveryState::Working => Next::Send,
            DeliveryState::RetryWait => Next::TryAgain,
            DeliveryState::Held => match self.reason {
                Some(
                    Reason::Login
                    | Reason::Permission
                    | Reason::Approval
                    | Reason::Edited
                    | Reason::Late
                    | Reason::Paused,
                ) => Next::AskPerson,
                _ => Next::Wait,
            },
            DeliveryState::WaitingChannel
            | DeliveryState::Uncertain
            | DeliveryState::Reconciling => Next::Look,
            DeliveryState::WaitingUser | DeliveryState::NeedsReview => Next::AskPerson,
            DeliveryState::Published
            | DeliveryState::Rejected
            | DeliveryState::Failed
            | DeliveryState::Missed
            | DeliveryState::Cancelled => Next::Nothing,
        }
    }

    /// The key of the sentence that people read, in the locales of the admin UI under `sentence`: what happened, whether it
    /// is live, what comes next, what they can do. `shows_result`: the lane shows more than "accepted".
    pub fn sentence(&self, shows_result: bool) -> &'static str {
        match self.intent {
            Intent::Publish => self.publish_sentence(shows_result),
            Intent::Update => match self.publish_sentence(shows_result) {
                "published" | "accepted" => "updated",
                "scheduled" => "update_scheduled",
                "cancelled"
                | "cancelled_disconnected"
                | "missed"
                | "failed"
                | "failed_never_appeared"
                | "failed_internal"
                | "rejected" => "update_failed",
                "ready" | "working" | "retry_wait" => "update_under_way",
                // Those that say nothing of what readers see hold for a change too.
                other => other,
            },
            Intent::Takedown => match self.state {
                DeliveryState::Published => "taken_down",
                DeliveryState::WaitingUser => "takedown_task",
                DeliveryState::Held if self.reason == Some(Reason::Parent) => "takedown_waits",
                DeliveryState::Cancelled if self.reason == Some(Reason::Parent) => {
                    "takedown_needless"
                }
                DeliveryState::Cancelled
                | DeliveryState::Failed
                | DeliveryState::Rejected
                | DeliveryState::Missed => "takedown_failed",
                DeliveryState::NeedsReview => "takedown_review",
                _ => "taking_down",
            },
        }
    }

    fn publish_sentence(&self, shows_result: bool) -> &'static str {
        match self.state {
            DeliveryState::Scheduled => "scheduled",
            DeliveryState::Held => match self.reason {
                Some(Reason::Paused) => "held_paused",
                Some(Reason::Login) => "held_login",
                Some(Reason::Quota) => "held_quota",
                Some(Reason::Permission) => "held_permission",
                Some(Reason::RateLimited) => "held_rate_limited",
                Some(Reason::ChannelDown) => "held_channel_down",
                Some(Reason::Approval) => "held_approval",
                Some(Reason::Edited) => "held_edited",
                Some(Reason::Late) => "held_late",
                _ => "held",
            },
            DeliveryState::Ready => "ready",
            DeliveryState::Working => "working",
            DeliveryState::RetryWait => "retry_wait",
            DeliveryState::WaitingChannel => "waiting_channel",
            DeliveryState::WaitingUser => "waiting_user",
            DeliveryState::Uncertain => "uncertain",
            DeliveryState::Reconciling => "reconciling",
            DeliveryState::NeedsReview => match self.reason {
                Some(Reason::SeveralFound) => "needs_review_several",
                Some(Reason::TaskExpired) => "needs_review_task",
                Some(Reason::Poison) => "needs_review_poison",
                Some(Reason::Disconnected) => "needs_review_disconnected",
                _ => "needs_review",
            },
            DeliveryState::Published if self.is_assumed => "assumed",
            DeliveryState::Published if !shows_result => "accepted",
            DeliveryState::Published => "published",
            DeliveryState::Rejected => "rejected",
            DeliveryState::Failed => match self.reason {
                Some(Reason::NeverAppeared) => "failed_never_appeared",
                Some(Reason::Internal) => "failed_internal",
                _ => "failed",
            },
            DeliveryState::Missed => "missed",
            DeliveryState::Cancelled if self.was_left() => "ended",
            DeliveryState::Cancelled if self.reason == Some(Reason::Disconnected) => {
                "cancelled_disconnected"
            }
            DeliveryState::Cancelled => "cancelled",
        }
    }

    /// Whether a person can do this with it, as far as its state tells; what was sent meanwhile may still refuse it.
    pub fn allows(&self, action: Action) -> bool {
        use DeliveryState::{
            Failed, Held, Missed, NeedsReview, Published, Ready, Rejected, RetryWait, Scheduled,
            WaitingUser, Working,
        };
        let waits_for_approval = matches!(self.reason, Some(Reason::Approval | Reason::Edited));
        match action {
            Action::Reschedule => {
                self.intent != Intent::Takedown
                    && !(self.state == Held && waits_for_approval)
                    && matches!(
                        self.state,
                        Scheduled | Held | Ready | RetryWait | Missed | Failed
                    )
            }
            Action::Cancel => matches!(
                self.state,
                Scheduled | Held | Ready | Working | RetryWait | Missed
            ),
            Action::Retry => match self.state {
                RetryWait | Missed | Failed | Rejected => true,
                Held => matches!(self.reason, Some(Reason::Quota | Reason::Late)),
                _ => false,
            },
            Action::Resolve => matches!(self.state, NeedsReview | WaitingUser),
            Action::Approve => self.state == Held && waits_for_approval,
            Action::MendAccount => {
                self.state == Held
                    && matches!(self.reason, Some(Reason::Login | Reason::Permission))
            }
            Action::Resume => self.state == Held && self.reason == Some(Reason::Paused),
            Action::Withdraw => {
                self.intent != Intent::Takedown
                    && self.withdrawn_at.is_none()
                    && (self.state == Published
                        || self.state.is_looked_after()
                        || self.state == NeedsReview)
            }
        }
    }
}
