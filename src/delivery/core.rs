//! What the service and the engine share: database, clock, secrets, channels, events.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use tokio::sync::{Notify, broadcast, watch};

use super::{
    AccountStatus, Delivery, DeliveryEvent, Reason, breaker::Breakers, engine::Pulse,
    jump::JumpWatch, pace::Paces, store, store::SealedAccount,
};
use crate::{
    auth::Vault,
    channels::{Account, Descriptor, SharedChannel, Tokens},
    clock::Clock,
    config::{Config, DatabaseConfig, DeliveryConfig},
    db::Db,
    error::{Error, Result},
    id::{AccountId, SignInId},
    media::MediaService,
    tailoring::TailoringService,
};

/// Events that a slow watcher may be behind before it misses some.
const EVENTS: usize = 4096;

/// What the service and the engine share.
pub struct Core {
    pub db: Db,
    pub clock: Clock,
    pub config: DeliveryConfig,
    pub database: DatabaseConfig,
    pub vault: Vault,
    pub http: reqwest::Client,
    pub media: MediaService,
    pub tailoring: TailoringService,
    /// Every channel there is; tests bring their own.
    pub channels: &'static [&'static Descriptor],
    pub events: broadcast::Sender<DeliveryEvent>,
    /// Whether what is overdue by the clock is so by time.
    pub jumps: JumpWatch,
    /// Rung when there is work that did not wait for its time.
    pub wake: Notify,
    /// How the platforms are, as this process sees them.
    pub breakers: Breakers,
    /// How fast each account may be called.
    pub paces: Paces,
    /// Set when the process is to end: nothing new begins.
    stopping: watch::Sender<bool>,
    /// Signs of life of this process's worker.
    pub pulse: Pulse,
    /// One turn per account for refreshing its tokens within this process.
    turns: Mutex<BTreeMap<AccountId, Arc<tokio::sync::Mutex<()>>>>,
}

impl Core {
    #[expect(clippy::too_many_arguments, reason = "built once, by the service")]
    pub fn new(
        db: Db,
        clock: Clock,
        config: &Config,
        vault: Vault,
        http: reqwest::Client,
        media: MediaService,
        tailoring: TailoringService,
        channels: &'static [&'static Descriptor],
    ) -> Self {
        Self {
            db,
            jumps: JumpWatch::new(&clock),
            clock,
            config: config.delivery.clone(),
            database: config.database.clone(),
            vault,
            http,
            media,
            tailoring,
            channels,
            events: broadcast::Sender::new(EVENTS),
            wake: Notify::new(),
            breakers: Breakers::default(),
            paces: Paces::default(),
            stopping: watch::Sender::new(false),
            pulse: Pulse::default(),
            turns: Mutex::default(),
        }
    }

    /// The channel of this id.
    pub fn channel(&self, id: &str) -> Result<&'static Descriptor> {
        self.channels
            .iter()
            .copied()
            .find(|channel| channel.id == id)
            .ok_or_else(|| Error::not_found(format!("channel {id}")))
    }

    /// Binds an account to its platform.
    pub fn connect(&self, sealed: &SealedAccount) -> Result<SharedChannel> {
        let account = &sealed.account;
        let channel = self.channel(&account.channel)?;
        if account.status == AccountStatus::Disconnected {
            return Err(disconnected());
        }
        (channel.connect)(Account {
            id: account.id.to_string(),
            external_id: account.external_id.clone(),
            settings: account.settings.clone(),
            credentials: self.open_credentials(sealed)?,
            http: self.http.clone(),
            clock: self.clock.clone(),
        })
    }

    /// Opens the secret values of an account.
    pub fn open_credentials(&self, sealed: &SealedAccount) -> Result<BTreeMap<String, String>> {
        self.open(
            sealed.credentials.as_deref(),
            &purpose("credentials", sealed.account.id),
        )
        .map(Option::unwrap_or_default)
    }

    /// Opens the tokens of an account.
    pub fn open_tokens(&self, sealed: &SealedAccount) -> Result<Option<Tokens>> {
        self.open(
            sealed.tokens.as_deref(),
            &purpose("tokens", sealed.account.id),
        )
    }

    pub fn seal_credentials(
        &self,
        id: AccountId,
        credentials: &BTreeMap<String, String>,
    ) -> Result<Vec<u8>> {
        self.seal(credentials, &purpose("credentials", id))
    }

    pub fn seal_tokens(&self, id: AccountId, tokens: &Tokens) -> Result<Vec<u8>> {
        self.seal(tokens, &purpose("tokens", id))
    }

    /// Seals the tokens of a sign-in that waits for a person's word.
    pub fn seal_sign_in(&self, id: SignInId, tokens: &Tokens) -> Result<Vec<u8>> {
        self.seal(tokens, &format!("sign_in/{id}/tokens"))
    }

    /// Opens the tokens of a sign-in.
    pub fn open_sign_in(&self, id: SignInId, sealed: &[u8]) -> Result<Tokens> {
        self.open(Some(sealed), &format!("sign_in/{id}/tokens"))
            .map(Option::unwrap_or_default)
    }

    fn seal(&self, value: &impl serde::Serialize, purpose: &str) -> Result<Vec<u8>> {
        let plain = serde_json::to_vec(value)
            .map_err(|error| Error::internal("a secret cannot be written", error))?;
        self.vault.seal(&plain, purpose)
    }

    fn open<T: serde::de::DeserializeOwned>(
        &self,
        sealed: Option<&[u8]>,
        purpose: &str,
    ) -> Result<Option<T>> {
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        serde_json::from_slice(&self.vault.open(sealed, purpose)?)
            .map(Some)
            .map_err(|error| Error::internal("a secret cannot be read", error))
    }

    /// Tells watchers what a delivery has become.
    pub fn announce(&self, delivery: &Delivery, step: Option<&str>) {
        tracing::debug!(
            delivery.id = %delivery.id, channel.id = delivery.channel, state = %delivery.state, step,
            "a delivery changed"
        );
        // Nobody watching is fine.
        let _ = self.events.send(DeliveryEvent::of(delivery, step));
    }

    /// Stops an account until a person has signed in again.
    pub async fn demand_login(&self, account: AccountId, note: &str) -> Result<()> {
        let tx = self.db.begin().await?;
        self.stop_account(&tx, account, note).await?;
        tx.commit().await?;
        Ok(())
    }

    /// [`Self::demand_login`], as a part of the caller's transaction.
    pub async fn stop_account(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        account: AccountId,
        note: &str,
    ) -> Result<()> {
        let (status, now) = (AccountStatus::NeedsLogin, self.clock.now());
        let note_of = Some(note.to_owned());
        if !store::set_account_status(tx, account, status, note_of, now).await? {
            return Ok(());
        }
        store::set_lanes_paused(tx, account, Some(Reason::Login.as_str())).await?;
        tracing::error!(account.id = %account, note, "a person must sign in again");
        Ok(())
    }

    /// The turn of an account in this process.
    pub fn turn(&self, account: AccountId) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self
            .turns
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(turns.entry(account).or_default())
    }

    /// Nothing new begins from now on.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Waits until nothing new may begin.
    pub async fn stopped(&self) {
        // The sender lives as long as this.
        let _ = self
            .stopping
            .subscribe()
            .wait_for(|stopping| *stopping)
            .await;
    }

    /// Waits for refreshes of tokens that are under way: what they bring would be lost.
    pub async fn settle_refreshes(&self) {
        let turns: Vec<_> = {
            let turns = self
                .turns
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            turns.values().cloned().collect()
        };
        for turn in turns {
            let _turn = turn.lock().await;
        }
    }
}

/// What is asked of an account with which a person parted.
pub fn disconnected() -> Error {
    Error::precondition("the account is disconnected; connect it again first")
}

/// What a sealed value is for, so that it opens nowhere else.
fn purpose(what: &str, account: AccountId) -> String {
    format!("channel_account/{account}/{what}")
}
