//! Accounts: our logins on channels. No secret ever leaves through here.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::channel::ChannelObject;
use crate::{
    api::{
        graphql::{
            ContextExt,
            shared::{DateTime, parse_id},
        },
        rest::hook,
    },
    channels::{AccountCheck, find_channel},
    delivery::{AccountChanges, AccountStatus, ChannelAccount, NewAccount},
    error::{Error, Result},
};

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "AccountStatus", remote = "AccountStatus")]
pub enum AccountStatusName {
    /// It is used.
    Active,
    /// A person paused it.
    Paused,
    /// A person must sign in again.
    NeedsLogin,
    /// The platform took its rights away.
    Suspended,
    /// A person parted with it: it has no secrets any more, and nothing goes there.
    Disconnected,
}

/// A public value of an account.
#[derive(SimpleObject)]
pub struct Setting {
    /// Name.
    name: String,
    /// Value.
    value: String,
}

/// Whether an account may use a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
pub enum LaneStanding {
    /// A check found that it may.
    Usable,
    /// A check found that it may not; nothing can be planned there.
    Barred,
    /// No check could tell so far.
    Unchecked,
}

/// What an account may do in a lane.
#[derive(SimpleObject)]
pub struct AccountLane {
    /// Id of the channel's lane.
    lane: &'static str,
    /// Whether the account may use it.
    standing: LaneStanding,
    /// Why it may not, in the platform's language.
    reason: Option<String>,
}

/// Our login on a channel.
pub struct AccountObject(pub ChannelAccount);

#[Object(name = "Account")]
impl AccountObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The platform.
    async fn channel(&self) -> Option<ChannelObject> {
        find_channel(&self.0.channel).map(ChannelObject)
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its id on the platform, once known.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// What the platform calls it, once a person signed in.
    async fn external_name(&self) -> Option<&str> {
        self.0.external_name.as_deref()
    }

    /// The address to enter in the platform's console, where the platform calls us.
    async fn hook_url(&self, ctx: &Context<'_>) -> Option<String> {
        let channel = find_channel(&self.0.channel).filter(|channel| channel.calls_us)?;
        let base = ctx.app().config.server.base_url();
        Some(hook::address(&base, channel.id, self.0.id))
    }

    /// Whether it can be used.
    async fn status(&self) -> AccountStatusName {
        self.0.status.into()
    }

    /// Why it cannot, or what the last check found.
    async fn status_note(&self) -> Option<&str> {
        self.0.status_note.as_deref()
    }

    /// The lanes of its channel, and what the last check found of each.
    async fn lanes(&self) -> Vec<AccountLane> {
        let known = find_channel(&self.0.channel).map_or(&[][..], |channel| channel.lanes);
        let lanes = known.iter().map(|lane| {
            let found = self.0.lanes.get(lane.id);
            AccountLane {
                lane: lane.id,
                standing: match found {
                    None => LaneStanding::Unchecked,
                    Some(None) => LaneStanding::Usable,
                    Some(Some(_)) => LaneStanding::Barred,
                },
                reason: found.cloned().flatten(),
            }
        });
        lanes.collect()
    }

    /// Public values.
    async fn settings(&self) -> Vec<Setting> {
        let settings = self.0.settings.iter();
        settings
            .map(|(name, value)| Setting {
                name: name.clone(),
                value: value.clone(),
            })
            .collect()
    }

    /// When the present token ends.
    async fn token_expires_at(&self) -> Option<DateTime> {
        self.0.token_expires_at.map(Into::into)
    }

    /// When a person must sign in again, where the platform tells.
    async fn grant_expires_at(&self) -> Option<DateTime> {
        self.0.grant_expires_at.map(Into::into)
    }

    /// Whether that is soon: an alarm was raised for it.
    async fn is_grant_ending(&self) -> bool {
        self.0.is_grant_ending
    }

    /// When it was last checked on the platform.
    async fn checked_at(&self) -> Option<DateTime> {
        self.0.checked_at.map(Into::into)
    }

    /// Rises with each write.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was connected.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

/// Accounts.
#[derive(Default)]
pub struct AccountQueries;

#[Object]
impl AccountQueries {
    /// The accounts of this site.
    async fn accounts(&self, ctx: &Context<'_>) -> Result<Vec<AccountObject>> {
        let accounts = ctx.app().delivery.accounts(ctx.actor()).await?;
        Ok(accounts.into_iter().map(AccountObject).collect())
    }

    /// One account.
    async fn account(&self, ctx: &Context<'_>, id: ID) -> Result<AccountObject> {
        let id = parse_id(&id, "id")?;
        let account = ctx.app().delivery.account(ctx.actor(), id).await;
        account.map(AccountObject)
    }
}

/// A named value.
#[derive(InputObject)]
pub struct SettingInput {
    /// Name.
    name: String,
    /// Value.
    value: String,
}

/// Named values as a map; a name that comes twice is refused.
pub(super) fn to_map(values: Vec<SettingInput>, field: &str) -> Result<BTreeMap<String, String>> {
    let mut names = BTreeSet::new();
    for value in &values {
        if !names.insert(value.name.as_str()) {
            return Err(Error::invalid(field, "a name stands there twice"));
        }
    }
    Ok(values
        .into_iter()
        .map(|SettingInput { name, value }| (name, value))
        .collect())
}

/// A new account.
#[derive(InputObject)]
pub struct ConnectAccountInput {
    /// Channel id.
    channel: String,
    /// What people call it.
    name: String,
    /// Public fields of the connect form and further settings.
    #[graphql(default)]
    settings: Vec<SettingInput>,
    /// Secret fields of the connect form; encrypted at rest, never shown again.
    #[graphql(default)]
    credentials: Vec<SettingInput>,
}

/// A change of an account; what is left out stays.
#[derive(InputObject)]
pub struct UpdateAccountInput {
    /// The account.
    id: ID,
    /// The version that was changed.
    base_version: i32,
    /// What people call it.
    name: Option<String>,
    /// Replaces all settings.
    settings: Option<Vec<SettingInput>>,
    /// Replaces the secrets that are given.
    credentials: Option<Vec<SettingInput>>,
}

/// Which account.
#[derive(InputObject)]
pub struct AccountInput {
    /// The account.
    pub(super) id: ID,
}

/// An account after a change.
#[derive(SimpleObject)]
pub struct AccountPayload {
    /// The account.
    pub(super) account: AccountObject,
}

/// What a live check found.
#[derive(SimpleObject)]
pub struct CheckAccountPayload {
    /// Whether it can be used.
    is_usable: bool,
    /// What works, what is missing, what this account may do.
    message: String,
    /// Lanes that this account may use.
    lanes: Vec<String>,
    /// The account as it is now.
    account: AccountObject,
}

/// Changes of accounts.
#[derive(Default)]
pub struct AccountMutations;

#[Object]
impl AccountMutations {
    /// Connects an account.
    async fn connect_account(
        &self,
        ctx: &Context<'_>,
        input: ConnectAccountInput,
    ) -> Result<AccountPayload> {
        let new = NewAccount {
            channel: input.channel,
            name: input.name,
            settings: to_map(input.settings, "input.settings")?,
            credentials: to_map(input.credentials, "input.credentials")?,
            tokens: None,
        };
        let account = ctx.app().delivery.connect_account(ctx.actor(), new).await?;
        Ok(AccountPayload {
            account: AccountObject(account),
        })
    }

    /// Changes an account.
    async fn update_account(
        &self,
        ctx: &Context<'_>,
        input: UpdateAccountInput,
    ) -> Result<AccountPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let map = |values: Option<Vec<SettingInput>>, field| {
            values.map(|values| to_map(values, field)).transpose()
        };
        let changes = AccountChanges {
            name: input.name,
            settings: map(input.settings, "input.settings")?,
            credentials: map(input.credentials, "input.credentials")?,
            tokens: None,
        };
        let delivery = &ctx.app().delivery;
        let account = delivery.update_account(ctx.actor(), id, input.base_version, changes);
        Ok(AccountPayload {
            account: AccountObject(account.await?),
        })
    }

    /// Stops sending to an account; what was sent already is still looked after.
    async fn pause_account(
        &self,
        ctx: &Context<'_>,
        input: AccountInput,
    ) -> Result<AccountPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let account = ctx.app().delivery.pause_account(ctx.actor(), id).await?;
        Ok(AccountPayload {
            account: AccountObject(account),
        })
    }

    /// Sends again; what waited goes out one by one, what is too late is missed.
    async fn resume_account(
        &self,
        ctx: &Context<'_>,
        input: AccountInput,
    ) -> Result<AccountPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let account = ctx.app().delivery.resume_account(ctx.actor(), id).await?;
        Ok(AccountPayload {
            account: AccountObject(account),
        })
    }

    /// Asks the platform what an account may do.
    async fn check_account(
        &self,
        ctx: &Context<'_>,
        input: AccountInput,
    ) -> Result<CheckAccountPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let delivery = &ctx.app().delivery;
        let check: AccountCheck = delivery.check_account(ctx.actor(), id).await?;
        Ok(CheckAccountPayload {
            is_usable: check.ok,
            message: check.message,
            lanes: check.lanes,
            account: AccountObject(delivery.account(ctx.actor(), id).await?),
        })
    }
}
