//! The mini-program that goes with an official account: an application of its own, with its own secret and tokens.

use bytes::Bytes;
use serde_json::Value;

use super::{
    client::Client,
    error::{self, NOT_AUTHORISED, is},
};
use crate::{
    channels::{Account, ChannelError, ErrorClass, StepHost, http::NoHost},
    clock::Timestamp,
};

/// Calls with the mini-program's own tokens.
pub struct Mini {
    client: Client,
}

/// What an account's settings lack.
pub fn not_set(what: &str) -> ChannelError {
    let text = format!("账号设置里还没有{what}：内容检测和搜一搜用的是小程序的接口");
    ChannelError::new(ErrorClass::Permission, text)
}

/// What a code says of a mini-program, where that is not what it says of an official account.
fn worded(error: ChannelError) -> ChannelError {
    if !is(&error, NOT_AUTHORISED) {
        return error;
    }
    ChannelError {
        message: "小程序没有这个接口的权限（48001）：请在小程序后台查看".into(),
        ..error
    }
}

impl Mini {
    /// The mini-program of an account, if one was entered.
    pub fn of(client: &Client) -> Result<Self, ChannelError> {
        let mut account = client.account.clone();
        let app_id = account.setting("mini_app_id", "").to_owned();
        let secret = account.credential("mini_app_secret").to_owned();
        if app_id.is_empty() {
            return Err(not_set("小程序 AppID"));
        }
        if secret.is_empty() {
            return Err(not_set("小程序 AppSecret"));
        }
        account.settings.insert("app_id".to_owned(), app_id);
        account.credentials.insert("app_secret".to_owned(), secret);
        Ok(Self {
            client: Client { account },
        })
    }

    /// Whether the platform takes the secret.
    pub async fn try_secret(&self) -> Result<(), ChannelError> {
        self.client.token(&NoHost, false).await.map(|_| ())
    }

    /// The account with the mini-program's own id and secret.
    pub const fn account(&self) -> &Account {
        &self.client.account
    }

    /// The token. It is asked for each time: all who ask within its life get the same.
    pub async fn token(&self, host: &dyn StepHost, force: bool) -> Result<String, ChannelError> {
        let told = self.client.token(host, force).await;
        told.map(|tokens| tokens.access_token)
            .map_err(|error| ChannelError {
                class: match error.class {
                    // The call itself was not made yet.
                    ErrorClass::SentUnknown => ErrorClass::NotSent,
                    // Nobody has to sign in to the official account again because of it.
                    ErrorClass::AuthRevoked => ErrorClass::Permission,
                    class => class,
                },
                message: format!("小程序：{}", error.message),
                ..error
            })
    }

    /// Makes a call; `commit` says whether a busy platform may have taken it. A token that is refused is replaced once:
    /// nothing was done then, and the engine knows the official account's tokens alone.
    pub async fn call(
        &self,
        host: &dyn StepHost,
        path: &str,
        body: &Value,
        commit: bool,
    ) -> Result<Value, ChannelError> {
        let token = self.token(host, false).await?;
        let made = self.client.post(host, &token, path, body, commit, &[]);
        let made = match made.await {
            Err(error) if error.class == ErrorClass::AuthExpired => {
                let mut fresh = self.token(host, false).await?;
                if fresh == token {
                    // The platform gives the one that it refuses: only a forced refresh makes another.
                    fresh = self.token(host, true).await?;
                }
                let again = self.client.post(host, &fresh, path, body, commit, &[]);
                again.await
            }
            made => made,
        };
        made.map_err(worded)
    }

    /// Makes a call that is answered with a picture; only a refusal is JSON.
    pub async fn picture(
        &self,
        host: &dyn StepHost,
        path: &str,
        body: &Value,
    ) -> Result<Bytes, ChannelError> {
        let token = self.token(host, false).await?;
        let answer = self.client.send(host, &token, path, body).await?;
        if answer.body.first() == Some(&b'{') || answer.status != 200 {
            return error::read(&answer, false).and(Err(ChannelError::new(
                ErrorClass::ProtocolDrift,
                "微信没有给出图片",
            )));
        }
        Ok(answer.body)
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.client.account.clock.now()
    }
}
