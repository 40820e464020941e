//! The life of a grant: a person signs in and the code becomes tokens, the access token is refreshed, the refresh token
//! renewed.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;
use url::Url;

use super::{
    client::Client,
    error::{self, RENEWALS_SPENT, is_one_of},
    wire::{self, Grant},
};
use crate::{
    channels::{ChannelError, ErrorClass, SignInReply, SignedIn, Tokens, http::NoHost},
    clock::Timestamp,
};

/// A refresh token is renewed when it would not outlive the access token by this much: the next refresh would come
/// too late.
const MARGIN: Duration = Duration::from_hours(24);
/// How often a refresh token can be renewed (refresh-token).
pub const MOST_RENEWALS: u32 = 5;

/// The code of the error of an account for which nobody has signed in yet.
const NOBODY_SIGNED_IN: &str = "nobody_signed_in";

/// Whether a token could not be had since nobody has signed in yet.
pub fn is_missing(error: &ChannelError) -> bool {
    error.code.as_deref() == Some(NOBODY_SIGNED_IN)
}

/// The page on which a person grants what the setting `scopes` names. It sends the browser back to an address that stands
/// in the platform's console, letter by letter.
pub fn page(client: &Client, back: &str, state: &str) -> Result<String, ChannelError> {
    let account = &client.account;
    let key = account.setting("client_key", "");
    if key.is_empty() {
        let text = "没有填写应用的 Client Key，不能授权；请先在账号设置里填写";
        return Err(ChannelError::new(ErrorClass::Permission, text));
    }
    let asked = account.setting("scopes", client.dialect.scopes);
    let scopes: Vec<&str> = listed(asked).collect();
    let query = [
        ("client_key", key),
        ("response_type", "code"),
        ("scope", &scopes.join(",")),
        ("redirect_uri", back),
        ("state", state),
    ];
    let page = Url::parse_with_params(&client.url(client.dialect.authorise), query);
    page.map(Into::into)
        .map_err(|_| ChannelError::new(ErrorClass::Permission, "接口地址无法识别，请检查账号设置"))
}

/// Reads what the browser came back with. How the platforms say no is not published: without a code, what stands in the
/// place of one is a code of their errors, or means that the person did not agree.
pub fn reply(
    client: &Client,
    query: &BTreeMap<String, String>,
) -> Result<SignInReply, ChannelError> {
    let value = |name: &str| query.get(name).filter(|value| !value.is_empty());
    if let Some(code) = value("code") {
        return Ok(SignInReply::Code(code.clone()));
    }
    let said = ["error_code", "err_no", "errCode", "error"]
        .into_iter()
        .find_map(value);
    let Some(said) = said.filter(|said| *said != "access_denied") else {
        return Ok(SignInReply::Denied);
    };
    let words = value("error_description").map_or("", String::as_str);
    let name = client.dialect.name;
    Err(match said.parse() {
        Ok(code) => error::refusal(name, code, words, false),
        Err(_) => ChannelError::new(
            ErrorClass::ProtocolDrift,
            format!("{name}没有给出授权码（{said} {words}）"),
        ),
    })
}

/// Turns a code into the first tokens, and asks whose they are.
pub async fn exchange(client: &Client, code: &str) -> Result<SignedIn, ChannelError> {
    let grant = client.exchange_code(&NoHost, code).await?;
    let tokens = tokens(client, &grant, None)?;
    if tokens.external_id.is_none() {
        return Err(ChannelError::new(
            ErrorClass::ProtocolDrift,
            format!("{}没有说明授权的是谁", client.dialect.name),
        ));
    }
    let name = match client.nickname(&NoHost, &tokens).await {
        Ok(name) => Some(name).filter(|name| !name.is_empty()),
        Err(error) => {
            tracing::warn!(account.id = client.account.id, %error, "nobody knows what the person is called");
            None
        }
    };
    Ok(SignedIn { tokens, name })
}

/// Refreshes the tokens that a person's sign-in brought.
pub async fn refresh(client: &Client, current: Option<&Tokens>) -> Result<Tokens, ChannelError> {
    let name = client.dialect.name;
    let revoked = |text: &str| ChannelError::new(ErrorClass::AuthRevoked, text);
    let current = current
        .ok_or_else(|| revoked(&format!("还没有授权；请登录{name}")).with_code(NOBODY_SIGNED_IN))?;
    let refresh_token = current
        .refresh_token
        .as_deref()
        .filter(|token| !token.is_empty())
        .ok_or_else(|| revoked(&format!("没有续期令牌；请重新登录{name}")))?;
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

/// The names of a list with commas.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
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
        .find(|id| !id.is_empty());
    // Who signs in anew may be somebody else, if a person says so; a refresh never makes somebody else of them.
    if let (Some(_), Some(given), Some(expected)) = (current, &given, expected)
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
    let scopes: Vec<String> = listed(&grant.scope).map(ToOwned::to_owned).collect();
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
