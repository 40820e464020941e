//! Tokens: one refresh at a time, by version, so that two refreshers never undo each other.

use std::{sync::Arc, time::Duration};

use super::grant_end;
use crate::{
    channels::{ChannelError, ErrorClass, Tokens},
    clock::Timestamp,
    crash_point,
    delivery::{core::Core, store, store::SealedAccount},
    error::{Error, Result},
    id::{AccountId, SiteId},
};

/// How long to wait for another worker's refresh, in steps.
pub(super) const PATIENCE: u32 = 100;
pub(super) const GLANCE: Duration = Duration::from_millis(100);
/// A token this close to its end is not used any more.
const MARGIN: Duration = Duration::from_secs(30);

impl Core {
    /// The current token of an account; refreshed when it has ended or is the one that the platform refused.
    pub async fn token(
        self: &Arc<Self>,
        site: SiteId,
        id: AccountId,
        stale: Option<&str>,
    ) -> Result<Tokens, ChannelError> {
        // In a task of its own: a caller that is dropped must not take an answer with it that replaces the old token.
        let (core, stale) = (Arc::clone(self), stale.map(ToOwned::to_owned));
        let asking =
            tokio::spawn(async move { core.current_token(site, id, stale.as_deref()).await });
        asking.await.unwrap_or_else(|error| {
            tracing::error!(account.id = %id, %error, "refreshing a token broke off");
            Err(ChannelError::new(
                ErrorClass::NotSent,
                "refreshing the token broke off",
            ))
        })
    }

    async fn current_token(
        &self,
        site: SiteId,
        id: AccountId,
        stale: Option<&str>,
    ) -> Result<Tokens, ChannelError> {
        let turn = self.turn(id);
        // Waiting here lets all who need the new token share one refresh.
        let _turn = turn.lock().await;
        for _ in 0..PATIENCE {
            let sealed = store::find_account(self.db.write(), site, id)
                .await
                .and_then(|found| found.ok_or_else(|| Error::not_found(format!("account {id}"))))
                .map_err(not_sent)?;
            let current = self.open_tokens(&sealed).map_err(not_sent)?;
            if let Some(tokens) = &current
                && is_usable(tokens, stale, self.clock.now())
            {
                return Ok(tokens.clone());
            }
            if let Some(tokens) = self.refresh(&sealed, current, stale).await? {
                return Ok(tokens);
            }
            // Another process is at it; its result is in the row soon.
            tokio::time::sleep(GLANCE).await;
        }
        Err(ChannelError::new(
            ErrorClass::NotSent,
            "another worker is still refreshing the token",
        ))
    }

    /// Refreshes if this worker gets the turn; `None`: another has it.
    async fn refresh(
        &self,
        sealed: &SealedAccount,
        current: Option<Tokens>,
        stale: Option<&str>,
    ) -> Result<Option<Tokens>, ChannelError> {
        let account = &sealed.account;
        let (id, version, now) = (account.id, account.token_version, self.clock.now());
        let owner = uuid::Uuid::now_v7().to_string();
        let lease = self.config.lease();
        let until = now.plus(lease);
        let claimed = store::claim_refresh(self.db.write(), id, version, &owner, until, now);
        if !claimed.await.map_err(not_sent)? {
            return Ok(None);
        }
        let channel = self.connect(sealed).map_err(not_sent)?;
        let answer = tokio::time::timeout(lease / 2, channel.refresh(current.as_ref()))
            .await
            .unwrap_or_else(|_| {
                Err(ChannelError::new(
                    ErrorClass::NotSent,
                    "refreshing the token took too long",
                ))
            });
        crash_point!("during_token_refresh");
        match answer {
            Ok(Some(new)) if !new.access_token.is_empty() => {
                let new = keep_what_is_missing(new, current.as_ref());
                let secret = self.seal_tokens(id, &new).map_err(not_sent)?;
                let tokens = Some(store::NewTokens {
                    sealed: secret,
                    expires_at: new.expires_at,
                    grant_expires_at: grant_end(account.grant_expires_at, new.refresh_expires_at),
                });
                let stored =
                    store::finish_refresh(self.db.write(), id, version, &owner, tokens).await;
                Ok(stored.map_err(not_sent)?.then_some(new))
            }
            answer => {
                store::finish_refresh(self.db.write(), id, version, &owner, None)
                    .await
                    .map_err(not_sent)?;
                match answer {
                    // The account's secret is its token: there is nothing to refresh.
                    Ok(None) if stale.is_none() => Ok(Some(current.unwrap_or_default())),
                    Ok(None) => Err(ChannelError::new(
                        ErrorClass::AuthRevoked,
                        "the platform refused the account's secret",
                    )),
                    Ok(Some(_)) => Err(ChannelError::new(
                        ErrorClass::NotSent,
                        "the platform gave an empty token; the old one stays",
                    )),
                    Err(error) => refused(error, current, stale, now).map(Some),
                }
            }
        }
    }
}

/// A failed refresh is not a revoked grant; while the old token is still good, it goes on.
fn refused(
    error: ChannelError,
    current: Option<Tokens>,
    stale: Option<&str>,
    now: Timestamp,
) -> Result<Tokens, ChannelError> {
    let is_definite = matches!(
        error.class,
        ErrorClass::AuthRevoked | ErrorClass::Permission
    );
    let still_good = current.filter(|tokens| {
        Some(tokens.access_token.as_str()) != stale
            && tokens.expires_at.is_some_and(|end| end > now)
    });
    match still_good {
        Some(tokens) => Ok(tokens),
        None if is_definite => Err(ChannelError {
            class: ErrorClass::AuthRevoked,
            ..error
        }),
        // The call that needed the token was not made, whatever became of the refresh.
        None => Err(ChannelError {
            class: match error.class {
                ErrorClass::RateLimited => ErrorClass::RateLimited,
                _ => ErrorClass::NotSent,
            },
            ..error
        }),
    }
}

fn is_usable(tokens: &Tokens, stale: Option<&str>, now: Timestamp) -> bool {
    !tokens.access_token.is_empty()
        && stale != Some(tokens.access_token.as_str())
        && tokens.expires_at.is_none_or(|end| end > now.plus(MARGIN))
}

/// Empty never overwrites: a platform may leave out what did not change.
fn keep_what_is_missing(mut new: Tokens, old: Option<&Tokens>) -> Tokens {
    if let Some(old) = old {
        if new.refresh_token.as_deref().is_none_or(str::is_empty) {
            new.refresh_token.clone_from(&old.refresh_token);
            new.refresh_expires_at = new.refresh_expires_at.or(old.refresh_expires_at);
        }
        if new.scopes.is_empty() {
            new.scopes.clone_from(&old.scopes);
        }
    }
    new
}

#[expect(clippy::needless_pass_by_value, reason = "an adapter of errors")]
pub(super) fn not_sent(error: Error) -> ChannelError {
    tracing::warn!(%error, "a token could not be had");
    ChannelError::new(ErrorClass::NotSent, "the account's token could not be had")
}
