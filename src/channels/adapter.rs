//! How one platform carries out a delivery: named steps that the engine arms, runs and recovers.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    AppLink, AppPage, ChannelError, ErrorClass, Fingerprint, Found, Incoming, Inspection, Media,
    Outcome, Received, SignInReply, SignedIn, Step, StepContext, StepHost, Submission, Tokens,
    sign_in::nobody_signs_in,
};

/// What readers did with an item, as far as the platform tells; `None` is "not told", not zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Views or plays.
    pub views: Option<u64>,
    /// Likes.
    pub likes: Option<u64>,
    /// Comments.
    pub comments: Option<u64>,
    /// Shares.
    pub shares: Option<u64>,
}

/// What a live check of an account found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccountCheck {
    /// Whether it can be used.
    pub ok: bool,
    /// One sentence: what works, what is missing, what this account may do.
    pub message: String,
    /// Lanes this account may use.
    pub lanes: Vec<String>,
    /// Lanes this account may not use, each with the reason in a sentence. A lane of which the platform could not be asked
    /// is in neither.
    pub barred: BTreeMap<String, String>,
    /// The account's id on the platform, if the check learned it.
    pub external_id: Option<String>,
}

/// One platform, bound to one account.
#[async_trait]
pub trait Channel: Send + Sync {
    /// The steps of this submission, in order. Pure: the same submission gives the same plan.
    fn plan(&self, submission: &Submission) -> Vec<Step>;
    /// Carries out a step. The engine enforces [`Step::deadline`].
    async fn run(&self, step: &Step, ctx: &mut StepContext<'_>) -> Result<Outcome, ChannelError>;
    /// What the platform shows for a commit whose reply was lost: how it is settled.
    async fn find(
        &self,
        sent: &Fingerprint<'_>,
        host: &dyn StepHost,
    ) -> Result<Found, ChannelError>;
    /// Fetches or refreshes the account's tokens; `None` for accounts whose secret is the token.
    async fn refresh(&self, current: Option<&Tokens>) -> Result<Option<Tokens>, ChannelError>;
    /// Asks the platform whether it takes the secrets that the account is bound with, before they replace others. What
    /// tokens they brought comes back, so that nobody asks for them again.
    async fn try_secrets(&self) -> Result<Option<Tokens>, ChannelError>;
    /// The platform's page on which a person lets us use the account, where the descriptor says so. It sends the browser
    /// back to an address of ours, with the `state` that it was given.
    fn sign_in_page(&self, _back: &str, _state: &str) -> Result<String, ChannelError> {
        Err(nobody_signs_in())
    }
    /// Reads the query with which the browser came back from that page.
    fn read_sign_in(&self, _query: &BTreeMap<String, String>) -> Result<SignInReply, ChannelError> {
        Err(nobody_signs_in())
    }
    /// Turns the code of a person who signed in into tokens. It works once.
    async fn exchange(&self, _code: &str) -> Result<SignedIn, ChannelError> {
        Err(nobody_signs_in())
    }
    /// Totals of a published item; `None` where the platform tells none.
    async fn statistics(
        &self,
        _external_id: &str,
        _host: &dyn StepHost,
    ) -> Result<Option<Totals>, ChannelError> {
        Ok(None)
    }
    /// Totals of a published item at the ends of days, where the platform keeps them day by day; none of a day that is not
    /// known yet. A day since which nothing was kept is a hint of how far back to ask.
    async fn statistics_by_day(
        &self,
        _external_id: &str,
        _since: NaiveDate,
        _host: &dyn StepHost,
    ) -> Result<Option<Vec<(NaiveDate, Totals)>>, ChannelError> {
        Ok(None)
    }
    /// Asks what the platform thinks of the values of a variant, and of its pictures (each original once), before they are
    /// published, where the descriptor says so.
    async fn inspect(
        &self,
        _fields: &BTreeMap<String, Value>,
        _pictures: &[Media],
        _host: &dyn StepHost,
    ) -> Result<Inspection, ChannelError> {
        Err(ChannelError::new(
            ErrorClass::Permission,
            "this channel checks nothing before it is published",
        ))
    }
    /// Makes a link or code of a kind that the descriptor names. Each call may make a new one.
    async fn app_link(
        &self,
        _kind: &str,
        _page: &AppPage,
        _host: &dyn StepHost,
    ) -> Result<AppLink, ChannelError> {
        Err(ChannelError::new(
            ErrorClass::Permission,
            "this channel makes no links",
        ))
    }
    /// Verifies and reads a call that the platform makes to us. Pure: what follows is the engine's.
    fn receive(&self, _incoming: &Incoming<'_>) -> Result<Received, ChannelError> {
        Err(ChannelError::new(
            ErrorClass::Permission,
            "this channel makes no calls",
        ))
    }
    /// Asks the platform what this account may do.
    async fn check_account(&self, host: &dyn StepHost) -> AccountCheck;
}

/// A boxed channel.
pub type SharedChannel = Arc<dyn Channel>;
