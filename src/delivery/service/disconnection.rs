//! Use cases of parting with an account, and of taking it up again.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::json;

use super::{
    DeliveryService,
    account::{find, refuse_stale, usable},
    plan::refuse_sent,
};
use crate::{
    auth::{Actor, Permission},
    delivery::{
        AccountStatus, ChannelAccount, Delivery, DeliveryState, DeliveryStep, Reason, StepState,
        account::{check_credentials, check_settings},
        core::disconnected,
        step,
        store::{self, Held},
    },
    error::{Error, ErrorKind, Result},
    id::AccountId,
};

/// How often it is tried to part with an account whose rows a worker writes at the same time.
const TRIES: usize = 3;

/// What parting with an account would do to its deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisconnectionOutlook {
    /// Those of which nothing was sent: they are cancelled.
    pub cancelled: usize,
    /// Those of which something was sent, or may have been, and nobody can ask the platform any more: a person looks.
    pub unclear: usize,
    /// Those that are live: they stay where they are.
    pub live: u64,
}

/// What parting with an account did.
#[derive(Debug, Clone)]
pub struct Disconnection {
    /// The account as it is now.
    pub account: ChannelAccount,
    /// How many deliveries were cancelled.
    pub cancelled: usize,
    /// How many wait for a person to say what became of them.
    pub unclear: usize,
}

/// What becomes of a delivery whose account is parted with.
enum Fate {
    /// Nothing was sent, and nothing will be.
    Cancelled,
    /// Something was sent, or may have been; the step that may have done it, if one did.
    Unclear(Option<Box<DeliveryStep>>),
}

impl DeliveryService {
    /// What parting with an account would do.
    pub async fn disconnection_outlook(
        &self,
        actor: &Actor,
        id: AccountId,
    ) -> Result<DisconnectionOutlook> {
        actor.require(Permission::ReadContent)?;
        let db = self.core.db.read();
        find(db, actor, id).await?;
        let fates = fates(db, store::list_unfinished(db, id).await?).await?;
        let is_cancelled = |(_, fate): &&(Delivery, Fate)| matches!(fate, Fate::Cancelled);
        let cancelled = fates.iter().filter(is_cancelled).count();
        Ok(DisconnectionOutlook {
            cancelled,
            unclear: fates.len() - cancelled,
            live: store::count_live(db, id).await?,
        })
    }

    /// Parts with an account: its secrets are erased, what is planned is cancelled, and nothing is sent any more, whoever
    /// is at it in this moment. What was published stays where it is, and its records stay here.
    pub async fn disconnect_account(&self, actor: &Actor, id: AccountId) -> Result<Disconnection> {
        for _ in 1..TRIES {
            match self.disconnect_now(actor, id).await {
                Err(error) if error.kind() == ErrorKind::Unavailable => {}
                done => return done,
            }
        }
        self.disconnect_now(actor, id).await
    }

    async fn disconnect_now(&self, actor: &Actor, id: AccountId) -> Result<Disconnection> {
        actor.require(Permission::ManageAccounts)?;
        let now = self.now();
        let tx = self.core.db.begin().await?;
        find(&tx, actor, id).await?;
        // The account first: who plans something holds it until it is planned, and so it is seen below.
        if !store::part_with(&tx, id, now).await? {
            return Err(Error::precondition("the account is disconnected already"));
        }
        store::set_lanes_paused(&tx, id, Some(Reason::Disconnected.as_str())).await?;
        store::forget_sign_ins_of(&tx, id).await?;
        let (mut cancelled, mut unclear) = (Vec::new(), Vec::new());
        for (delivery, fate) in fates(&tx, store::lock_unfinished(&tx, id).await?).await? {
            let is_cancelled = matches!(fate, Fate::Cancelled);
            let Some(delivery) = self.part(&tx, actor, delivery, fate).await? else {
                continue;
            };
            if is_cancelled {
                cancelled.push(delivery);
            } else {
                unclear.push(delivery);
            }
        }
        let account = find(&tx, actor, id).await?.account;
        tx.commit().await?;
        tracing::info!(
            account.id = %id, channel.id = account.channel, cancelled = cancelled.len(), unclear = unclear.len(),
            "an account was disconnected"
        );
        for delivery in cancelled.iter().chain(&unclear) {
            self.core.announce(delivery, None);
        }
        self.core.wake.notify_one();
        Ok(Disconnection {
            account,
            cancelled: cancelled.len(),
            unclear: unclear.len(),
        })
    }

    /// Takes a delivery out of whosever hands; `None` when it was ended with another one just before.
    async fn part(
        &self,
        tx: &DatabaseTransaction,
        actor: &Actor,
        mut delivery: Delivery,
        fate: Fate,
    ) -> Result<Option<Delivery>> {
        let (held, now) = (Held::of(&delivery), self.now());
        let mut params = json!({ "user": actor.user() });
        let doubtful = match fate {
            Fate::Cancelled => {
                delivery.enter(DeliveryState::Cancelled, None, now);
                None
            }
            Fate::Unclear(doubtful) => {
                delivery.enter(DeliveryState::NeedsReview, None, now);
                params["candidates"] = json!([]);
                doubtful
            }
        };
        delivery.because(Reason::Disconnected, params);
        delivery.release();
        if !store::save_delivery(tx, &mut delivery, held, now).await? {
            return Ok(None);
        }
        if let Some(mut step) = doubtful {
            step.state = StepState::Unknown;
            store::save_step(tx, delivery.id, &step).await?;
        }
        self.core.tell(tx, &delivery).await?;
        Ok(Some(delivery))
    }

    /// Takes up an account again with which a person parted; settings that are left out stay as they were.
    pub async fn reconnect_account(
        &self,
        actor: &Actor,
        id: AccountId,
        base_version: i32,
        settings: Option<BTreeMap<String, String>>,
        credentials: BTreeMap<String, String>,
    ) -> Result<ChannelAccount> {
        actor.require(Permission::ManageAccounts)?;
        let tx = self.core.db.begin().await?;
        let mut sealed = find(&tx, actor, id).await?;
        refuse_stale(&sealed.account, base_version)?;
        if sealed.account.status != AccountStatus::Disconnected {
            return Err(Error::precondition("the account is connected already"));
        }
        let channel = self.channel(&sealed.account.channel)?;
        if let Some(settings) = settings {
            sealed.account.settings = check_settings(channel, settings)?;
        }
        let credentials = check_credentials(channel, credentials)?;
        sealed.credentials = Some(self.core.seal_credentials(id, &credentials)?);
        sealed.account.status = usable(&tx, id).await?;
        self.core.connect(&sealed)?;
        if !store::update_account(&tx, &sealed, base_version, self.now()).await? {
            return Err(Error::conflict("somebody changed the account just now"));
        }
        store::set_lanes_paused(&tx, id, None).await?;
        tx.commit().await?;
        tracing::info!(account.id = %id, channel.id = channel.id, "an account was connected again");
        self.check_account(actor, id).await?;
        self.account(actor, id).await
    }

    /// Refuses what would send something to an account with which a person parted. Nobody parts with it before the end of
    /// the transaction.
    pub(super) async fn refuse_disconnected(
        &self,
        tx: &DatabaseTransaction,
        account: AccountId,
    ) -> Result<()> {
        if store::hold_connection(tx, account).await? {
            return Ok(());
        }
        Err(disconnected())
    }
}

/// What becomes of deliveries, each by what its steps have done.
async fn fates(
    db: &impl ConnectionTrait,
    deliveries: Vec<Delivery>,
) -> Result<Vec<(Delivery, Fate)>> {
    let mut fates = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        // What no worker ever had has done nothing.
        let steps = if delivery.attempt == 0 {
            Vec::new()
        } else {
            store::list_steps(db, delivery.id).await?
        };
        let is_out = delivery.state.is_looked_after() || refuse_sent(&steps).is_err();
        let fate = if is_out {
            let doubtful = step::current(&steps).filter(|step| step.is_in_doubt());
            Fate::Unclear(doubtful.cloned().map(Box::new))
        } else {
            Fate::Cancelled
        };
        fates.push((delivery, fate));
    }
    Ok(fates)
}
