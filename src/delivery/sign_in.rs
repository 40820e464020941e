//! A person's way to a platform's page and back, by which an account gets its grant.

use super::SignInOutcome;
use crate::{
    auth::Actor,
    clock::Timestamp,
    id::{AccountId, SignInId, SiteId, UserId},
};

/// A person on the way to a platform's page and back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Id.
    pub id: SignInId,
    /// Site.
    pub site: SiteId,
    /// The account that is to get a grant.
    pub account: AccountId,
    /// Who went; nobody else may come back.
    pub user: UserId,
    /// Nobody may come back later, nor say that somebody else is meant.
    pub expires_at: Timestamp,
    /// When the browser came back; it may once.
    pub returned_at: Option<Timestamp>,
    /// What came of it.
    pub outcome: Option<SignInOutcome>,
    /// The platform's words, or what the account may do now.
    pub message: Option<String>,
    /// Who signed in on the platform.
    pub external_id: Option<String>,
    /// What the platform calls them.
    pub external_name: Option<String>,
}

/// Where a person goes to sign in.
#[derive(Debug, Clone)]
pub struct Departure {
    /// The platform's page.
    pub address: String,
    /// The way that begins there.
    pub sign_in: SignIn,
}

/// How a browser came back from a platform's page.
#[derive(Debug, Clone)]
pub enum Return {
    /// It is over, well or not.
    Ended {
        /// Who went and came back.
        actor: Actor,
        /// What came of it.
        sign_in: Box<SignIn>,
    },
    /// It leads nowhere, and nothing was done.
    Astray {
        /// Why.
        why: Astray,
        /// The account that it was about, if that is known and the caller's to see.
        account: Option<AccountId>,
    },
}

/// Why a browser that came back gets nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Astray {
    /// Nobody went there from here.
    Unknown,
    /// It came back before.
    Used,
    /// It took too long.
    Expired,
    /// Nobody is signed in here.
    SignedOut,
    /// Somebody else went.
    OtherPerson,
    /// The caller has no right to accounts in that site.
    NoRight,
}

impl Astray {
    /// As it stands in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::SignedOut => "signed_out",
            Self::OtherPerson => "other_person",
            Self::NoRight => "no_right",
        }
    }
}
