//! Use cases on accounts: connect, change, check.

use std::{sync::Arc, time::Duration};

use super::DeliveryService;
use crate::{
    auth::{Actor, Permission},
    channels::AccountCheck,
    db::is_unique_violation,
    delivery::{
        AccountChanges, AccountStatus, ChannelAccount, NewAccount,
        account::{check_credentials, check_name, check_settings},
        engine::Host,
        store::{self, SealedAccount},
    },
    error::{Error, Result},
    id::AccountId,
};

/// How long a check of an account may take.
const CHECK_DEADLINE: Duration = Duration::from_secs(30);

impl DeliveryService {
    /// Connects an account; its secrets are sealed before they are stored and never shown again.
    pub async fn connect_account(&self, actor: &Actor, new: NewAccount) -> Result<ChannelAccount> {
        actor.require(Permission::ManageAccounts)?;
        let channel = self.channel(&new.channel)?;
        let id = AccountId::new();
        let now = self.now();
        let settings = check_settings(channel, new.settings)?;
        let credentials = check_credentials(channel, new.credentials)?;
        let sealed = SealedAccount {
            account: ChannelAccount {
                id,
                site: actor.site(),
                channel: channel.id.to_owned(),
                name: check_name(&new.name)?,
                external_id: None,
                status: AccountStatus::Active,
                status_note: None,
                settings,
                token_version: i32::from(new.tokens.is_some()),
                token_expires_at: new.tokens.as_ref().and_then(|tokens| tokens.expires_at),
                grant_expires_at: new
                    .tokens
                    .as_ref()
                    .and_then(|tokens| tokens.refresh_expires_at),
                is_grant_ending: false,
                checked_at: None,
                version: 1,
                created_at: now,
            },
            credentials: Some(self.core.seal_credentials(id, &credentials)?),
            tokens: new
                .tokens
                .as_ref()
                .map(|tokens| self.core.seal_tokens(id, tokens))
                .transpose()?,
        };
        // The adapter knows best whether it can work with this.
        self.core.connect(&sealed)?;
        let tx = self.core.db.begin().await?;
        match store::insert_account(&tx, &sealed).await {
            Err(error) if is_unique_violation(&error) => return Err(name_taken()),
            inserted => inserted?,
        }
        let lanes: Vec<_> = channel.lanes.iter().map(|lane| lane.id).collect();
        store::insert_lanes(&tx, actor.site(), id, &lanes).await?;
        tx.commit().await?;
        tracing::info!(account.id = %id, channel.id = channel.id, "an account was connected");
        // A grant is good for minutes only: it is used now, not when the first delivery is due. What the platform
        // says is in the account's note; that it cannot be reached now does not undo the connection.
        self.check_account(actor, id).await?;
        self.account(actor, id).await
    }

    /// Changes an account; with new secrets or tokens, what waited for a person to sign in goes on.
    pub async fn update_account(
        &self,
        actor: &Actor,
        id: AccountId,
        base_version: i32,
        changes: AccountChanges,
    ) -> Result<ChannelAccount> {
        actor.require(Permission::ManageAccounts)?;
        let tx = self.core.db.begin().await?;
        let mut sealed = find(&tx, actor, id).await?;
        if sealed.account.version != base_version {
            return Err(Error::conflict(format!(
                "the account is at version {} by now; load it again",
                sealed.account.version
            ))
            .with_details(serde_json::json!({ "currentVersion": sealed.account.version })));
        }
        let channel = self.channel(&sealed.account.channel)?;
        if let Some(name) = changes.name {
            sealed.account.name = check_name(&name)?;
        }
        if let Some(settings) = changes.settings {
            sealed.account.settings = check_settings(channel, settings)?;
        }
        let is_new_grant = changes.credentials.is_some() || changes.tokens.is_some();
        if let Some(given) = changes.credentials {
            let mut credentials = self.core.open_credentials(&sealed)?;
            credentials.extend(given);
            let credentials = check_credentials(channel, credentials)?;
            sealed.credentials = Some(self.core.seal_credentials(id, &credentials)?);
        }
        let needs_login = sealed.account.status == AccountStatus::NeedsLogin;
        if is_new_grant && needs_login && changes.tokens.is_none() {
            // The old ones are what the platform refused; the adapter asks with the new grant.
            sealed.tokens = None;
            sealed.account.token_version += 1;
            sealed.account.token_expires_at = None;
            sealed.account.grant_expires_at = None;
        }
        if let Some(tokens) = changes.tokens {
            sealed.tokens = Some(self.core.seal_tokens(id, &tokens)?);
            sealed.account.token_version += 1;
            sealed.account.token_expires_at = tokens.expires_at;
            sealed.account.grant_expires_at = tokens.refresh_expires_at;
        }
        self.core.connect(&sealed)?;
        if is_new_grant && needs_login {
            sealed.account.status = usable(&tx, id).await?;
            sealed.account.status_note = None;
        }
        let written = store::update_account(&tx, &sealed, base_version, self.now()).await;
        match written {
            Err(error) if is_taken(&error) => return Err(name_taken()),
            written => {
                if !written? {
                    return Err(Error::conflict("somebody changed the account just now"));
                }
            }
        }
        sealed.account.version = base_version + 1;
        if is_new_grant && needs_login {
            self.free_lanes(&tx, id).await?;
        }
        tx.commit().await?;
        self.core.wake.notify_one();
        Ok(sealed.account)
    }

    /// Asks the platform what an account may do, and remembers what it learned.
    pub async fn check_account(&self, actor: &Actor, id: AccountId) -> Result<AccountCheck> {
        actor.require(Permission::ManageAccounts)?;
        let sealed = find(self.core.db.read(), actor, id).await?;
        let channel = self.core.connect(&sealed)?;
        let host = Host::new(Arc::clone(&self.core), &sealed.account, None);
        let check = tokio::time::timeout(CHECK_DEADLINE, channel.check_account(&host))
            .await
            .unwrap_or_else(|_| AccountCheck {
                ok: false,
                message: "the platform did not answer in time".to_owned(),
                lanes: Vec::new(),
                external_id: None,
            });
        let tx = self.core.db.begin().await?;
        let mut sealed = find(&tx, actor, id).await?;
        let base_version = sealed.account.version;
        let comes_back = check.ok && sealed.account.status == AccountStatus::NeedsLogin;
        sealed.account.checked_at = Some(self.now());
        sealed.account.status_note = Some(check.message.clone());
        if check.external_id.is_some() {
            sealed.account.external_id.clone_from(&check.external_id);
        }
        if comes_back {
            sealed.account.status = usable(&tx, id).await?;
            self.free_lanes(&tx, id).await?;
        }
        store::update_account(&tx, &sealed, base_version, self.now()).await?;
        tx.commit().await?;
        self.core.wake.notify_one();
        Ok(check)
    }

    /// Lets the lanes of an account go on with what waited for a person.
    async fn free_lanes(&self, tx: &sea_orm::DatabaseTransaction, id: AccountId) -> Result<()> {
        store::set_lanes_paused(tx, id, None).await?;
        self.core.free(tx).await?;
        Ok(())
    }

    /// The accounts of the actor's site.
    pub async fn accounts(&self, actor: &Actor) -> Result<Vec<ChannelAccount>> {
        actor.require(Permission::ReadContent)?;
        store::list_accounts(self.core.db.read(), actor.site(), None).await
    }

    /// Some accounts of the actor's site.
    pub async fn accounts_by_id(
        &self,
        actor: &Actor,
        ids: &[AccountId],
    ) -> Result<Vec<ChannelAccount>> {
        actor.require(Permission::ReadContent)?;
        store::list_accounts(self.core.db.read(), actor.site(), Some(ids)).await
    }

    /// One account of the actor's site.
    pub async fn account(&self, actor: &Actor, id: AccountId) -> Result<ChannelAccount> {
        actor.require(Permission::ReadContent)?;
        Ok(find(self.core.db.read(), actor, id).await?.account)
    }
}

/// What an account is when nothing is wrong with it.
async fn usable(tx: &sea_orm::DatabaseTransaction, id: AccountId) -> Result<AccountStatus> {
    Ok(if store::is_account_paused(tx, id).await? {
        AccountStatus::Paused
    } else {
        AccountStatus::Active
    })
}

pub(super) async fn find(
    db: &impl sea_orm::ConnectionTrait,
    actor: &Actor,
    id: AccountId,
) -> Result<SealedAccount> {
    store::find_account(db, actor.site(), id)
        .await?
        .ok_or_else(|| Error::not_found(format!("account {id}")))
}

fn name_taken() -> Error {
    Error::conflict("an account of this channel has this name already").on_field("input.name")
}

fn is_taken(error: &Error) -> bool {
    std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<sea_orm::DbErr>())
        .is_some_and(is_unique_violation)
}
