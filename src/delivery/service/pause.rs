//! Use cases on pauses and on what is late: stop, go on, and rules for what could not be sent in time.

use super::{DeliveryService, account::find};
use crate::{
    auth::{Actor, Permission},
    delivery::{
        AccountStatus, Breaker, ChannelAccount, MissedPolicy, MissedRule, Pause, PauseScope, store,
    },
    error::{Error, Result},
    id::{AccountId, PauseId},
    tailoring::SourceRef,
};

/// The longest note, in characters.
const MAX_NOTE: usize = 500;

impl DeliveryService {
    /// Stops sending what the scope says; what was sent already is still looked after.
    pub async fn pause(
        &self,
        actor: &Actor,
        scope: PauseScope,
        note: Option<String>,
    ) -> Result<Pause> {
        actor.require(permission(&scope))?;
        let note = note
            .map(|note| note.trim().to_owned())
            .filter(|note| !note.is_empty());
        if note
            .as_ref()
            .is_some_and(|note| note.chars().count() > MAX_NOTE)
        {
            return Err(Error::invalid(
                "input.note",
                format!("must have at most {MAX_NOTE} characters"),
            ));
        }
        let pause = Pause {
            id: PauseId::new(),
            site: actor.site(),
            scope,
            note,
            created_by: actor.user(),
            created_at: self.now(),
        };
        self.check_scope(actor, &pause.scope).await?;
        let tx = self.core.db.begin().await?;
        store::insert_pause(&tx, &pause).await?;
        if let PauseScope::Account(id) = pause.scope {
            let (from, to) = (AccountStatus::Active, AccountStatus::Paused);
            store::change_account_status(&tx, id, from, to, self.now()).await?;
        }
        tx.commit().await?;
        tracing::info!(scope = ?pause.scope, "deliveries were paused");
        self.core.wake.notify_one();
        Ok(pause)
    }

    /// Stops sending to an account, and to others of the site that are the same there, because its platform shows nothing of
    /// it any more; a person who has settled it there goes on. In the transaction that notes the platform's call.
    pub(super) async fn halt(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        called: &ChannelAccount,
        why: &str,
    ) -> Result<()> {
        let accounts = store::list_accounts(tx, called.site, None).await?;
        let is_same = |one: &&ChannelAccount| {
            let is_known = one.external_id.is_some() && one.external_id == called.external_id;
            one.channel == called.channel && (one.id == called.id || is_known)
        };
        for account in accounts.iter().filter(is_same) {
            if account.status != AccountStatus::Disconnected {
                self.halt_one(tx, account, why).await?;
            }
        }
        Ok(())
    }

    async fn halt_one(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        account: &ChannelAccount,
        why: &str,
    ) -> Result<()> {
        let now = self.now();
        let pause = Pause {
            id: PauseId::new(),
            site: account.site,
            scope: PauseScope::Account(account.id),
            note: Some(why.to_owned()),
            created_by: None,
            created_at: now,
        };
        store::insert_pause(tx, &pause).await?;
        // An account that nobody can use for another reason keeps that one, and is found paused when it is mended.
        let (from, to) = (AccountStatus::Active, AccountStatus::Paused);
        store::change_account_status(tx, account.id, from, to, now).await?;
        tracing::error!(
            account.id = %account.id, channel.id = account.channel, account.name, why,
            "the platform halted an account; a person must settle it there, then resume it"
        );
        Ok(())
    }

    /// Goes on with what the scope says; what waited goes out one by one, what is too late by its rule does not.
    pub async fn resume(&self, actor: &Actor, scope: &PauseScope) -> Result<()> {
        actor.require(permission(scope))?;
        self.check_scope(actor, scope).await?;
        let tx = self.core.db.begin().await?;
        store::delete_pause(&tx, actor.site(), scope).await?;
        if let PauseScope::Account(id) = *scope {
            let (from, to) = (AccountStatus::Paused, AccountStatus::Active);
            store::change_account_status(&tx, id, from, to, self.now()).await?;
            // Rights that were missing may have been mended; a lost sign-in is not mended by going on.
            store::end_permission_pause(&tx, id).await?;
        }
        self.core.free(&tx).await?;
        tx.commit().await?;
        tracing::info!(?scope, "deliveries go on");
        self.core.wake.notify_one();
        Ok(())
    }

    /// What is paused in the actor's site, the latest first.
    pub async fn pauses(&self, actor: &Actor) -> Result<Vec<Pause>> {
        actor.require(Permission::ReadContent)?;
        store::list_pauses(self.core.db.read(), actor.site()).await
    }

    /// Ways to platforms that are down, for whoever may see deliveries.
    pub async fn breakers(&self, actor: &Actor) -> Result<Vec<Breaker>> {
        actor.require(Permission::ReadContent)?;
        store::list_open_breakers(self.core.db.read()).await
    }

    /// Stops sending to an account.
    pub async fn pause_account(&self, actor: &Actor, id: AccountId) -> Result<ChannelAccount> {
        self.pause(actor, PauseScope::Account(id), None).await?;
        self.account(actor, id).await
    }

    /// Sends to an account again.
    pub async fn resume_account(&self, actor: &Actor, id: AccountId) -> Result<ChannelAccount> {
        self.resume(actor, &PauseScope::Account(id)).await?;
        self.account(actor, id).await
    }

    /// Stops sending to every account in use, in every site; how many. For a server that cannot know what was sent.
    pub async fn pause_all_accounts(&self) -> Result<usize> {
        let accounts = store::list_all_accounts(self.core.db.read()).await?;
        let active = accounts
            .iter()
            .filter(|account| account.status == AccountStatus::Active);
        let mut count = 0;
        for account in active {
            self.pause_account(&Actor::system(account.site), account.id)
                .await?;
            count += 1;
        }
        Ok(count)
    }

    /// What becomes of deliveries of a story or video that are late.
    pub async fn missed_rule(&self, actor: &Actor, source: SourceRef) -> Result<MissedRule> {
        actor.require(Permission::ReadContent)?;
        self.tailoring.source(actor, source).await?;
        let db = self.core.db.read();
        let own = store::find_missed_rule(db, actor.site(), source.item()).await?;
        Ok(own.unwrap_or_else(|| self.default_missed_rule()))
    }

    /// Says what becomes of deliveries of a story or video that are late, those that are planned already included.
    pub async fn set_missed_rule(
        &self,
        actor: &Actor,
        source: SourceRef,
        rule: MissedRule,
    ) -> Result<MissedRule> {
        actor.require(Permission::Schedule)?;
        let rule = MissedRule::new(rule.policy, rule.window_s)?;
        self.tailoring.source(actor, source).await?;
        let tx = self.core.db.begin().await?;
        store::save_missed_rule(&tx, actor.site(), source.item(), rule, self.now()).await?;
        tx.commit().await?;
        Ok(rule)
    }

    pub(super) fn default_missed_rule(&self) -> MissedRule {
        MissedRule {
            policy: MissedPolicy::CatchUp,
            window_s: self.core.config.missed_window_s,
        }
    }

    /// What is paused must be there, in the actor's site.
    async fn check_scope(&self, actor: &Actor, scope: &PauseScope) -> Result<()> {
        match scope {
            PauseScope::All => Ok(()),
            PauseScope::Channel(id) => self.channel(id).map(|_| ()),
            PauseScope::Account(id) => find(self.core.db.read(), actor, *id).await.map(|_| ()),
            PauseScope::Source(source) => self.tailoring.source(actor, *source).await.map(|_| ()),
        }
    }
}

/// One story is its editors' matter, a whole way out the administrators'.
const fn permission(scope: &PauseScope) -> Permission {
    match scope {
        PauseScope::Source(_) => Permission::Schedule,
        _ => Permission::ManageAccounts,
    }
}
