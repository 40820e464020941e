//! Parting with an account, and taking it up again.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::account::{AccountInput, AccountObject, AccountPayload, SettingInput, to_map};
use crate::{
    api::graphql::{ContextExt, shared::parse_id},
    error::Result,
};

/// What parting with an account would do to its deliveries.
#[derive(SimpleObject)]
#[expect(clippy::struct_field_names, reason = "the names that the API shows")]
pub struct DisconnectionOutlook {
    /// Those of which nothing was sent: they are cancelled.
    cancelled_count: u64,
    /// Those of which something was sent, or may have been, and of which nobody could ask the platform any more: a person
    /// says what became of them.
    unclear_count: u64,
    /// Those that are live: they stay where they are.
    live_count: u64,
}

/// Queries on parting with accounts.
#[derive(Default)]
pub struct DisconnectionQueries;

#[Object]
impl DisconnectionQueries {
    /// What parting with an account would do.
    async fn disconnection_outlook(
        &self,
        ctx: &Context<'_>,
        account: ID,
    ) -> Result<DisconnectionOutlook> {
        let id = parse_id(&account, "account")?;
        let delivery = &ctx.app().delivery;
        let outlook = delivery.disconnection_outlook(ctx.actor(), id).await?;
        Ok(DisconnectionOutlook {
            cancelled_count: outlook.cancelled as u64,
            unclear_count: outlook.unclear as u64,
            live_count: outlook.live,
        })
    }
}

/// An account that was parted with.
#[derive(SimpleObject)]
pub struct DisconnectAccountPayload {
    /// The account as it is now.
    account: AccountObject,
    /// How many deliveries were cancelled.
    cancelled_count: u64,
    /// How many wait for a person to say what became of them.
    unclear_count: u64,
}

/// An account that is taken up again.
#[derive(InputObject)]
pub struct ReconnectAccountInput {
    /// The account.
    id: ID,
    /// The version that was changed.
    base_version: i32,
    /// Replaces all settings.
    settings: Option<Vec<SettingInput>>,
    /// Secret fields of the connect form; encrypted at rest, never shown again.
    #[graphql(default)]
    credentials: Vec<SettingInput>,
}

/// Parting with accounts.
#[derive(Default)]
pub struct DisconnectionMutations;

#[Object]
impl DisconnectionMutations {
    /// Parts with an account: its secrets are erased, what is planned is cancelled, and nothing is sent any more. What was
    /// published stays where it is; the account and its records stay here to be read.
    async fn disconnect_account(
        &self,
        ctx: &Context<'_>,
        input: AccountInput,
    ) -> Result<DisconnectAccountPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let parted = ctx.app().delivery.disconnect_account(ctx.actor(), id);
        let parted = parted.await?;
        Ok(DisconnectAccountPayload {
            account: AccountObject(parted.account),
            cancelled_count: parted.cancelled as u64,
            unclear_count: parted.unclear as u64,
        })
    }

    /// Connects an account again that was parted with.
    async fn reconnect_account(
        &self,
        ctx: &Context<'_>,
        input: ReconnectAccountInput,
    ) -> Result<AccountPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let settings = input
            .settings
            .map(|settings| to_map(settings, "input.settings"))
            .transpose()?;
        let credentials = to_map(input.credentials, "input.credentials")?;
        let delivery = &ctx.app().delivery;
        let (actor, version) = (ctx.actor(), input.base_version);
        let account = delivery.reconnect_account(actor, id, version, settings, credentials);
        Ok(AccountPayload {
            account: AccountObject(account.await?),
        })
    }
}
