//! Signing in: a code becomes the tokens of an account, while nobody else refreshes those that it has.

use std::{sync::Arc, time::Duration};

use super::token::{GLANCE, PATIENCE, not_sent};
use crate::{
    channels::{ChannelError, ErrorClass, SignedIn, Tokens},
    delivery::{
        AccountStatus, ChannelAccount,
        core::Core,
        store::{self, SealedAccount},
    },
    error::{Error, Result},
    id::{AccountId, SiteId},
};

/// What came of a code.
#[derive(Debug)]
pub enum Exchanged {
    /// The account has the tokens.
    Adopted(SignedIn),
    /// They are not those of whom the account was before; it keeps what it had.
    OtherUser(SignedIn),
}

/// The turn to write an account's tokens.
struct Turn {
    sealed: SealedAccount,
    owner: String,
}

impl Core {
    /// Turns a code into the tokens of an account, unless they are those of somebody else than before.
    pub async fn exchange(
        self: &Arc<Self>,
        site: SiteId,
        id: AccountId,
        code: String,
    ) -> Result<Exchanged, ChannelError> {
        // In a task of its own: a browser that goes away must not take an answer with it that is given once.
        let owned = Arc::clone(self);
        let asking = tokio::spawn(async move { owned.exchange_now(site, id, &code).await });
        asking.await.unwrap_or_else(|error| {
            tracing::error!(account.id = %id, %error, "exchanging a code broke off");
            Err(ChannelError::new(
                ErrorClass::NotSent,
                "exchanging the code broke off",
            ))
        })
    }

    async fn exchange_now(
        &self,
        site: SiteId,
        id: AccountId,
        code: &str,
    ) -> Result<Exchanged, ChannelError> {
        let in_process = self.turn(id);
        let _in_process = in_process.lock().await;
        let turn = self.take_turn(site, id).await?;
        let asked = self.ask_for_tokens(&turn, code).await;
        match asked {
            Ok((signed_in, true)) => {
                self.adopt(&turn, &signed_in).await.map_err(not_sent)?;
                Ok(Exchanged::Adopted(signed_in))
            }
            Ok((signed_in, false)) => {
                self.give_back(&turn).await.map_err(not_sent)?;
                Ok(Exchanged::OtherUser(signed_in))
            }
            Err(error) => {
                self.give_back(&turn).await.map_err(not_sent)?;
                Err(error)
            }
        }
    }

    /// Asks the platform; and whether the tokens are those of whom the account was before.
    async fn ask_for_tokens(
        &self,
        turn: &Turn,
        code: &str,
    ) -> Result<(SignedIn, bool), ChannelError> {
        let channel = self.connect(&turn.sealed).map_err(not_sent)?;
        let current = self.open_tokens(&turn.sealed).map_err(not_sent)?;
        let signed_in = tokio::time::timeout(self.config.lease() / 2, channel.exchange(code))
            .await
            .unwrap_or_else(|_| {
                Err(ChannelError::new(
                    ErrorClass::SentUnknown,
                    "the platform took too long to exchange the code",
                ))
            })?;
        let is_same = is_same_user(&turn.sealed.account, current.as_ref(), &signed_in.tokens);
        Ok((signed_in, is_same))
    }

    /// Gives an account the tokens of a person of whom somebody said that they are meant.
    pub async fn adopt_other(
        &self,
        site: SiteId,
        id: AccountId,
        signed_in: &SignedIn,
    ) -> Result<()> {
        let in_process = self.turn(id);
        let _in_process = in_process.lock().await;
        let turn = self.take_turn(site, id).await;
        let turn = turn.map_err(|error| Error::conflict(error.message))?;
        self.adopt(&turn, signed_in).await
    }

    /// Waits until nobody else refreshes the account's tokens.
    async fn take_turn(&self, site: SiteId, id: AccountId) -> Result<Turn, ChannelError> {
        for _ in 0..PATIENCE {
            let sealed = store::find_account(self.db.write(), site, id)
                .await
                .and_then(|found| found.ok_or_else(|| Error::not_found(format!("account {id}"))))
                .map_err(not_sent)?;
            let owner = uuid::Uuid::now_v7().to_string();
            let (version, now) = (sealed.account.token_version, self.clock.now());
            let until = now.plus(self.config.lease());
            let claimed = store::claim_refresh(self.db.write(), id, version, &owner, until, now);
            if claimed.await.map_err(not_sent)? {
                return Ok(Turn { sealed, owner });
            }
            tokio::time::sleep(GLANCE).await;
        }
        Err(ChannelError::new(
            ErrorClass::NotSent,
            "another worker is still refreshing the token",
        ))
    }

    async fn give_back(&self, turn: &Turn) -> Result<()> {
        let account = &turn.sealed.account;
        let (id, version) = (account.id, account.token_version);
        store::finish_refresh(self.db.write(), id, version, &turn.owner, None).await?;
        Ok(())
    }

    /// Replaces the account's tokens, and lets go on what waited for a person.
    async fn adopt(&self, turn: &Turn, signed_in: &SignedIn) -> Result<()> {
        let (account, tokens) = (&turn.sealed.account, &signed_in.tokens);
        let new = store::NewTokens {
            sealed: self.seal_tokens(account.id, tokens)?,
            expires_at: tokens.expires_at,
            grant_expires_at: tokens.refresh_expires_at,
        };
        let tx = self.db.begin().await?;
        let (id, version) = (account.id, account.token_version);
        if !store::finish_refresh(&tx, id, version, &turn.owner, Some(new)).await? {
            return Err(Error::conflict(
                "somebody changed the account meanwhile; sign in again",
            ));
        }
        let whose = (tokens.external_id.clone(), signed_in.name.clone());
        store::set_holder(&tx, id, whose, self.clock.now()).await?;
        self.restore_account(&tx, id).await?;
        tx.commit().await?;
        tracing::info!(account.id = %id, channel.id = account.channel, "a person signed in to an account");
        self.wake.notify_one();
        Ok(())
    }

    /// Forgets ways whose time was over an hour ago, and with them tokens of which nobody said that they are meant.
    pub async fn forget_sign_ins(&self) -> Result<()> {
        let before = self.clock.now().minus(Duration::from_hours(1));
        store::forget_sign_ins(self.db.write(), before).await
    }

    /// Lets an account go on after a person has signed in: its lanes, and what waited in them.
    pub async fn restore_account(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        id: AccountId,
    ) -> Result<()> {
        let usable = if store::is_account_paused(tx, id).await? {
            AccountStatus::Paused
        } else {
            AccountStatus::Active
        };
        let lost = AccountStatus::NeedsLogin;
        store::change_account_status(tx, id, lost, usable, self.clock.now()).await?;
        store::set_lanes_paused(tx, id, None).await?;
        self.free(tx).await?;
        Ok(())
    }
}

/// Whether tokens are those of whom the account was before; whoever is the first is.
fn is_same_user(account: &ChannelAccount, current: Option<&Tokens>, new: &Tokens) -> bool {
    let by_tokens = || current.and_then(|tokens| tokens.external_id.as_deref());
    let known = account.external_id.as_deref().or_else(by_tokens);
    match (known, new.external_id.as_deref()) {
        (Some(known), Some(new)) => known == new,
        _ => true,
    }
}
