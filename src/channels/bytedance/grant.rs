//! The life of a grant: a code becomes tokens, the access token is refreshed, the refresh token renewed.

use std::time::Duration;

use serde_json::Value;

use super::{
    client::Client,
    error::{RENEWALS_SPENT, is_one_of},
    wire::{self, Grant},
};
use crate::{
    channels::{ChannelError, ErrorClass, Tokens, http::NoHost},
    clock::Timestamp,
};

/// A refresh token is renewed when it would not outlive the access token by this much: the next refresh would come
/// too late.
const MARGIN: Duration = Duration::from_hours(24);
/// How often a refresh token can be renewed (refresh-token).
pub const MOST_RENEWALS: u32 = 5;

/// Fetches the first tokens, or refreshes those there are.
pub async fn refresh(client: &Client, current: Option<&Tokens>) -> Result<Tokens, ChannelError> {
    let revoked = |text: &str| ChannelError::new(ErrorClass::AuthRevoked, text);
    let Some(current) = current else {
        // The first tokens come from the authorisation code that the connect form was given.
        let code = client.account.credential("code");
        if code.is_empty() {
            let name = client.dialect.name;
            return Err(revoked(&format!("还没有授权；请重新登录{name}")));
        }
        let grant = client.exchange_code(&NoHost, code).await?;
        return tokens(client, &grant, None);
    };
    let refresh_token = current
        .refresh_token
        .as_deref()
        .filter(|token| !token.is_empty())
        .ok_or_else(|| {
            let name = client.dialect.name;
            revoked(&format!("没有续期令牌；请重新登录{name}"))
        })?;
    let grant = client.refresh_token(&NoHost, refresh_token).await?;
    let mut tokens = tokens(client, &grant, Some(current))?;
    let ends_early = tokens
        .refresh_expires_at
        .zip(tokens.expires_at)
        .is_some_and(|(end, access_end)| end < access_end.plus(MARGIN));
    if ends_early && tokens.renewals < MOST_RENEWALS {
        renew(client, refresh_token, &mut tokens).await;
    }
    Ok(tokens)
}

/// Renews the refresh token. When that fails, what was refreshed is still good, so the grant goes on with what is left.
async fn renew(client: &Client, refresh_token: &str, tokens: &mut Tokens) {
    let now = client.account.clock.now();
    match client.renew_refresh_token(&NoHost, refresh_token).await {
        Ok(renewed) if !renewed.refresh_token.is_empty() => {
            tokens.refresh_token = Some(renewed.refresh_token);
            tokens.refresh_expires_at = ends(&renewed.expires_in, now);
            tokens.renewals += 1;
        }
        Ok(_) => {
            tracing::warn!(
                account.id = client.account.id,
                "a renewal gave no refresh token; the old one stays"
            );
        }
        Err(error) => {
            if is_one_of(&error, &[RENEWALS_SPENT]) {
                tokens.renewals = MOST_RENEWALS;
            }
            tracing::warn!(account.id = client.account.id, %error, "a refresh token could not be renewed");
        }
    }
}

fn ends(life: &Value, now: Timestamp) -> Option<Timestamp> {
    let seconds = wire::number(life).and_then(|life| u64::try_from(life).ok())?;
    Some(now.plus(Duration::from_secs(seconds)))
}

fn tokens(
    client: &Client,
    grant: &Grant,
    current: Option<&Tokens>,
) -> Result<Tokens, ChannelError> {
    if grant.access_token.is_empty() {
        return Err(ChannelError::new(
            ErrorClass::ProtocolDrift,
            format!("{}没有给出令牌", client.dialect.name),
        ));
    }
    let old = current.cloned().unwrap_or_default();
    let given = Some(grant.open_id.clone()).filter(|id| !id.is_empty());
    let account = &client.account;
    let expected = [old.external_id.as_deref(), account.external_id.as_deref()]
        .into_iter()
        .flatten()
        .chain([account.setting("open_id", "")])
        .find(|id| !id.is_empty());
    if let (Some(given), Some(expected)) = (&given, expected)
        && given != expected
    {
        return Err(ChannelError::new(
            ErrorClass::AuthRevoked,
            format!(
                "授权的是另一个{}账号；请用原来的账号重新登录",
                client.dialect.name
            ),
        ));
    }
    let now = account.clock.now();
    let scopes: Vec<String> = grant
        .scope
        .split(',')
        .map(str::trim)
        .filter(|scope| !scope.is_empty())
        .map(ToOwned::to_owned)
        .collect();
    // An empty refresh token never takes the place of one that works; a refresh does not change it, nor its end.
    let refresh_token = Some(grant.refresh_token.clone()).filter(|token| !token.is_empty());
    Ok(Tokens {
        access_token: grant.access_token.clone(),
        refresh_token: refresh_token.or(old.refresh_token),
        expires_at: ends(&grant.expires_in, now),
        refresh_expires_at: if current.is_some() {
            old.refresh_expires_at
        } else {
            ends(&grant.refresh_expires_in, now)
        },
        scopes: if scopes.is_empty() {
            old.scopes
        } else {
            scopes
        },
        renewals: old.renewals,
        external_id: given.or(old.external_id),
    })
}
