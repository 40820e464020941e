//! Typed ids: UUIDv7, so that they sort by creation, each its own type, so that none is mistaken for another.

use std::{fmt, str::FromStr};

use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($what:literal)),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, DeriveValueType)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, later than all before it.
            #[expect(clippy::new_without_default, reason = "an id has no default; each is new")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                Uuid::try_parse(text)
                    .map(Self)
                    .map_err(|_| Error::invalid("id", concat!("must be an id as the API gives it (", $what, ")")))
            }
        }
    )+};
}

ids! {
    /// A brand: everything but users belongs to one.
    SiteId("site"),
    /// A person who signs in.
    UserId("user"),
    /// A signed-in browser.
    SessionId("session"),
    /// A key with which a mini-program reads.
    ApiKeyId("API key"),
    /// Something that somebody did.
    AuditEntryId("audit entry"),
    /// An original file.
    AssetId("asset"),
    /// An upload under way.
    UploadId("upload"),
    /// A story or a video.
    ItemId("story or video"),
    /// A product.
    ProductId("product"),
    /// A category.
    CategoryId("category"),
    /// A tag.
    TagId("tag"),
    /// A saved, immutable state of a story or video.
    RevisionId("revision"),
    /// A story or video as tailored to one channel.
    VariantId("variant"),
    /// A frozen variant as it is sent.
    VariantRevisionId("variant revision"),
    /// Our login on one channel.
    AccountId("account"),
    /// A person on the way to a platform's page and back.
    SignInId("sign-in"),
    /// A queue of deliveries to one account.
    LaneId("lane"),
    /// One variant to one account.
    DeliveryId("delivery"),
    /// One try of a step.
    AttemptId("attempt"),
    /// What a person stopped.
    PauseId("pause"),
    /// A file with which a person has a platform forget what was taken down.
    RemovalFileId("removal file"),
    /// A person's word that a variant may go out.
    ApprovalId("approval"),
    /// A piece of work that is safe to repeat.
    JobId("job"),
    /// Work that an operator has repeated by the calendar.
    RecurringJobId("recurring job"),
    /// One occurrence of it.
    RunId("run"),
    /// A system of a site's own that hears of events.
    WebhookId("webhook"),
    /// Something that happened.
    WebhookEventId("webhook event"),
    /// One event for one webhook.
    WebhookMessageId("webhook message"),
    /// One try of sending it.
    WebhookAttemptId("webhook attempt"),
}
