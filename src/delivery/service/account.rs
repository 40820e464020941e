//! Use cases on accounts: connect, change, check.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::DeliveryService;
use crate::{
    auth::{Actor, Permission},
    channels::{AccountCheck, ChannelError, ErrorClass, Tokens},
    db::is_unique_violation,
    delivery::{
        AccountChanges, AccountStatus, ChannelAccount, NewAccount,
        account::{check_credentials, check_name, check_settings},
        core::disconnected,
        engine::Host,
        store::{self, SealedAccount},
    },
    error::{Error, ErrorKind, Result},
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
                external_name: None,
                status: AccountStatus::Active,
                status_note: None,
                settings,
                lanes: BTreeMap::new(),
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

    /// Changes an account. New secrets replace the old ones only when the platform takes them; with new secrets or tokens,
    /// what waited for a person to sign in goes on.
    pub async fn update_account(
        &self,
        actor: &Actor,
        id: AccountId,
        base_version: i32,
        mut changes: AccountChanges,
    ) -> Result<ChannelAccount> {
        actor.require(Permission::ManageAccounts)?;
        let are_secrets_new = changes.credentials.is_some();
        if are_secrets_new {
            let tokens = self.try_secrets(actor, id, base_version, &changes).await?;
            changes.tokens = changes.tokens.or(tokens);
        }
        let tx = self.core.db.begin().await?;
        let mut sealed = find(&tx, actor, id).await?;
        refuse_stale(&sealed.account, base_version)?;
        let channel = self.channel(&sealed.account.channel)?;
        // Where people sign in, no secret of ours brings back what they withdrew.
        let is_new_grant = changes.tokens.is_some() || (are_secrets_new && !channel.signs_in);
        let needs_login = sealed.account.status == AccountStatus::NeedsLogin;
        if is_new_grant && needs_login && changes.tokens.is_none() {
            // The old ones are what the platform refused; the adapter asks with the new grant.
            sealed.tokens = None;
            sealed.account.token_version += 1;
            sealed.account.token_expires_at = None;
            sealed.account.grant_expires_at = None;
        }
        self.apply(&mut sealed, &changes)?;
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
        if are_secrets_new {
            tracing::info!(account.id = %id, channel.id = channel.id, "an account has new secrets");
            // What they are good for is in the account's note.
            self.check_account(actor, id).await?;
            return self.account(actor, id).await;
        }
        Ok(sealed.account)
    }

    /// Puts changes into an account.
    fn apply(&self, sealed: &mut SealedAccount, changes: &AccountChanges) -> Result<()> {
        let channel = self.channel(&sealed.account.channel)?;
        let id = sealed.account.id;
        if let Some(name) = &changes.name {
            sealed.account.name = check_name(name)?;
        }
        if let Some(settings) = &changes.settings {
            sealed.account.settings = check_settings(channel, settings.clone())?;
        }
        if let Some(given) = &changes.credentials {
            let mut credentials = self.core.open_credentials(sealed)?;
            // What the form asked for once and does no longer is forgotten.
            let fields = channel.account_fields;
            credentials.retain(|name, _| fields.iter().any(|one| one.secret && one.name == name));
            credentials.extend(given.clone());
            let credentials = check_credentials(channel, credentials)?;
            sealed.credentials = Some(self.core.seal_credentials(id, &credentials)?);
        }
        if let Some(tokens) = &changes.tokens {
            sealed.tokens = Some(self.core.seal_tokens(id, tokens)?);
            sealed.account.token_version += 1;
            sealed.account.token_expires_at = tokens.expires_at;
            sealed.account.grant_expires_at = tokens.refresh_expires_at;
        }
        Ok(())
    }

    /// Asks the platform whether it takes new secrets, before the old ones are forgotten; the tokens that they brought.
    async fn try_secrets(
        &self,
        actor: &Actor,
        id: AccountId,
        base_version: i32,
        changes: &AccountChanges,
    ) -> Result<Option<Tokens>> {
        let mut candidate = find(self.core.db.read(), actor, id).await?;
        refuse_stale(&candidate.account, base_version)?;
        self.apply(&mut candidate, changes)?;
        let channel = self.core.connect(&candidate)?;
        let tried = tokio::time::timeout(CHECK_DEADLINE, channel.try_secrets()).await;
        let late = || ChannelError::new(ErrorClass::SentUnknown, "it did not answer in time");
        tried
            .unwrap_or_else(|_| Err(late()))
            .map_err(|error| untaken(&error))
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
                barred: BTreeMap::new(),
                external_id: None,
            });
        let tx = self.core.db.begin().await?;
        let mut sealed = find(&tx, actor, id).await?;
        if sealed.account.status == AccountStatus::Disconnected {
            return Err(disconnected());
        }
        let base_version = sealed.account.version;
        let comes_back = check.ok && sealed.account.status == AccountStatus::NeedsLogin;
        sealed.account.checked_at = Some(self.now());
        sealed.account.status_note = Some(check.message.clone());
        sealed.account.learn(&check);
        if check.external_id.is_some() {
            sealed.account.external_id.clone_from(&check.external_id);
        }
        if comes_back {
            sealed.account.status = usable(&tx, id).await?;
        }
        // Whoever changed it meanwhile knows better.
        let is_written = store::update_account(&tx, &sealed, base_version, self.now()).await?;
        if is_written && comes_back {
            self.free_lanes(&tx, id).await?;
        }
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

/// Refuses a change of an account as it was before somebody else's.
pub(super) fn refuse_stale(account: &ChannelAccount, base_version: i32) -> Result<()> {
    if account.version == base_version {
        return Ok(());
    }
    Err(Error::conflict(format!(
        "the account is at version {} by now; load it again",
        account.version
    ))
    .with_details(serde_json::json!({ "currentVersion": account.version })))
}

/// What an account is when nothing is wrong with it.
pub(super) async fn usable(
    tx: &sea_orm::DatabaseTransaction,
    id: AccountId,
) -> Result<AccountStatus> {
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

/// Why new secrets are not taken; the account has its old ones.
fn untaken(error: &ChannelError) -> Error {
    use ErrorClass::{ChannelDown, NotSent, RateLimited, SentUnknown};
    match error.class {
        NotSent | SentUnknown | RateLimited | ChannelDown => Error::new(
            ErrorKind::Unavailable,
            format!(
                "the platform could not be asked whether it takes them; nothing was changed: {error}"
            ),
        ),
        _ => Error::precondition(format!(
            "the platform does not take them; nothing was changed: {error}"
        )),
    }
}

fn name_taken() -> Error {
    Error::conflict("an account of this channel has this name already").on_field("input.name")
}

fn is_taken(error: &Error) -> bool {
    std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<sea_orm::DbErr>())
        .is_some_and(is_unique_violation)
}
