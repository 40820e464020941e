//! The words of a delivery's life: its states, those of its steps, verdicts, reasons.

use serde::{Deserialize, Serialize};

/// A closed list of words, each with the text under which rows and wires know it.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$word_doc])* $word),+ }

        impl $name {
            /// Every word.
            pub const ALL: &'static [Self] = &[$(Self::$word),+];

            /// The word as text.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$word => $text),+ }
            }

            /// Reads the text.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$word),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// Where a delivery is in its life.
    DeliveryState {
        /// Planned for a later time.
        Scheduled = "scheduled",
        /// Waits for a cause to go away: pause, sign-in, daily allowance.
        Held = "held",
        /// To be sent now.
        Ready = "ready",
        /// A worker is at it.
        Working = "working",
        /// Nothing was sent; it is tried again later.
        RetryWait = "retry_wait",
        /// The platform took it and is still at it.
        WaitingChannel = "waiting_channel",
        /// A person has to finish on the platform.
        WaitingUser = "waiting_user",
        /// Sent, and the answer was lost; nothing is sent again until we know.
        Uncertain = "uncertain",
        /// A worker looks on the platform for what was sent.
        Reconciling = "reconciling",
        /// We could not tell; a person looks.
        NeedsReview = "needs_review",
        /// Live (or taken down, for a takedown).
        Published = "published",
        /// The platform refused it.
        Rejected = "rejected",
        /// Given up; nothing is live.
        Failed = "failed",
        /// Its time passed while nobody could send it.
        Missed = "missed",
        /// Called off.
        Cancelled = "cancelled",
    }
}

impl DeliveryState {
    /// Whether nothing more happens by itself, for good.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Published | Self::Rejected | Self::Failed | Self::Missed | Self::Cancelled
        )
    }

    /// Whether others are told when a delivery comes into this state: it ended, or it waits for something that is not
    /// ours to give.
    pub const fn is_told(self) -> bool {
        self.is_final() || matches!(self, Self::Held | Self::WaitingUser | Self::NeedsReview)
    }

    /// Whether the item may be, or come to be, live on the platform because of this delivery.
    pub const fn may_be_live(self) -> bool {
        !matches!(
            self,
            Self::Rejected | Self::Failed | Self::Missed | Self::Cancelled
        )
    }

    /// Whether a worker only looks in this state (and so needs no turn in the lane).
    pub const fn is_looked_after(self) -> bool {
        matches!(
            self,
            Self::WaitingChannel | Self::WaitingUser | Self::Uncertain | Self::Reconciling
        )
    }
}

words! {
    /// Why a delivery is where it is; with [`super::Delivery::reason_params`] the key of the sentence that people read.
    Reason {
        /// The account is paused.
        Paused = "paused",
        /// A person must sign in again.
        Login = "login",
        /// The day's allowance is used up.
        Quota = "quota",
        /// The account may not do this.
        Permission = "permission",
        /// The platform asks for a slower pace.
        RateLimited = "rate_limited",
        /// The platform could not be reached or refused for the moment; nothing was sent.
        NotSent = "not_sent",
        /// The platform is still at it.
        Processing = "processing",
        /// A person has to finish on the platform.
        Task = "task",
        /// The answer was lost.
        AnswerLost = "answer_lost",
        /// The platform says that it has this already.
        Duplicate = "duplicate",
        /// The platform could not be asked.
        LookupFailed = "lookup_failed",
        /// There is no way to ask the platform.
        NoLookup = "no_lookup",
        /// More than one item could be ours.
        SeveralFound = "several_found",
        /// Workers died at the same step again and again.
        Poison = "poison",
        /// The platform refused it, with its own words.
        Refused = "refused",
        /// The time for trying is over.
        GaveUp = "gave_up",
        /// It was sent as often as allowed and never appeared.
        NeverAppeared = "never_appeared",
        /// The time for finishing on the platform is over.
        TaskExpired = "task_expired",
        /// Taken as accepted: the platform shows no result.
        Assumed = "assumed",
        /// A person said so.
        Person = "person",
        /// Its time passed.
        Late = "late",
        /// Our own mistake.
        Internal = "internal",
        /// The platform is down; somebody looks now and then.
        ChannelDown = "channel_down",
        /// A person must approve it first.
        Approval = "approval",
        /// It was edited after it had been approved.
        Edited = "edited",
        /// What it takes down or changes is still on its way.
        Parent = "parent",
        /// The account was disconnected.
        Disconnected = "disconnected",
    }
}

words! {
    /// What becomes of a delivery whose time passed while nobody could send it.
    MissedPolicy {
        /// Send it late, within a window.
        CatchUp = "catch_up",
        /// Leave it out.
        Skip = "skip",
        /// Ask a person.
        Ask = "ask",
    }
}

words! {
    /// Where a step is.
    StepState {
        /// Not begun, or to be begun again.
        Pending = "pending",
        /// Its call may be under way: written before the first byte is sent.
        Armed = "armed",
        /// Its call ended and we do not know how.
        Unknown = "unknown",
        /// It is done.
        Done = "done",
        /// It is not needed.
        Skipped = "skipped",
    }
}

words! {
    /// What became of an armed effect.
    Verdict {
        /// Not known yet.
        Unknown = "unknown",
        /// It happened.
        Happened = "happened",
        /// It surely did not.
        NotHappened = "not_happened",
        /// It is taken as having happened: the platform shows no result.
        Assumed = "assumed",
    }
}

words! {
    /// Whether a request left us.
    Sent {
        /// Surely not.
        No = "no",
        /// Perhaps.
        Maybe = "maybe",
        /// The platform answered.
        Yes = "yes",
    }
}

words! {
    /// What came of a person's way to a platform's page and back.
    SignInOutcome {
        /// The account has a new grant.
        Done = "done",
        /// Somebody else signed in than before; a person must say whether that is meant.
        OtherUser = "other_user",
        /// The person did not agree on the platform's page.
        Denied = "denied",
        /// The platform refused, with its own words.
        Refused = "refused",
        /// The platform could not be asked; the code is spent.
        Unreachable = "unreachable",
    }
}

words! {
    /// Whether an account can be used.
    AccountStatus {
        /// It is used.
        Active = "active",
        /// A person paused it.
        Paused = "paused",
        /// A person must sign in again.
        NeedsLogin = "needs_login",
        /// The platform took its rights away.
        Suspended = "suspended",
        /// A person parted with it: it has no secrets any more, and nothing goes there.
        Disconnected = "disconnected",
    }
}
