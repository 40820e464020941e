//! Use cases: accounts, scheduling, what people decide, and what they see.

mod account;
mod app_link;
mod approval;
mod booking;
mod call;
mod disconnection;
mod figure;
mod inspection;
mod list;
mod outbox;
mod package;
mod pause;
mod person;
mod plan;
mod removal;
mod sign_in;
mod slot;
mod statistics;
mod withdrawal;

pub use disconnection::{Disconnection, DisconnectionOutlook};
pub use figure::{AccountFigures, AccountInspection, Figures, LaneFigures, QuotaFigures};
pub use package::Package;
pub use person::Resolution;
pub use plan::ScheduleInput;
pub use withdrawal::{Withdrawal, WithdrawalOutcome};

use std::sync::Arc;

use tokio::sync::broadcast;

use super::{
    Delivery, DeliveryEvent,
    core::Core,
    store::{self, Held},
};
use crate::{
    auth::{Actor, AuthService, Vault},
    channels::{CHANNELS, ChannelError, Descriptor, ErrorClass},
    clock::{Clock, Timestamp},
    config::Config,
    db::Db,
    error::{Error, ErrorKind, Result},
    id::DeliveryId,
    media::MediaService,
    tailoring::TailoringService,
};

/// Accounts and deliveries; clones share everything.
#[derive(Clone)]
pub struct DeliveryService {
    core: Arc<Core>,
    tailoring: TailoringService,
    auth: AuthService,
}

impl DeliveryService {
    /// The service. It sends nothing by itself; a [`super::Worker`] does.
    #[expect(clippy::too_many_arguments, reason = "built once, in app.rs")]
    pub fn new(
        db: Db,
        clock: Clock,
        config: &Config,
        vault: Vault,
        http: reqwest::Client,
        auth: AuthService,
        media: MediaService,
        tailoring: TailoringService,
    ) -> Self {
        Self {
            core: Arc::new(Core::new(
                db,
                clock,
                config,
                vault,
                http,
                media,
                tailoring.clone(),
                &CHANNELS,
            )),
            tailoring,
            auth,
        }
    }

    /// Watches deliveries change, in this process.
    pub fn subscribe(&self) -> broadcast::Receiver<DeliveryEvent> {
        self.core.events.subscribe()
    }

    /// The next instant at which something is to happen by itself, in any site.
    pub async fn next_wake_up(&self) -> Result<Option<Timestamp>> {
        store::next_wake_up(self.core.db.read()).await
    }

    /// Why this process's worker does not claim what is due, if so.
    pub fn trouble(&self) -> Option<String> {
        let tick = self.core.config.tick();
        self.core.pulse.trouble(tick, std::time::Instant::now())
    }

    pub(super) fn core(&self) -> Arc<Core> {
        Arc::clone(&self.core)
    }

    fn channel(&self, id: &str) -> Result<&'static Descriptor> {
        let found = self.core.channel(id);
        found.map_err(|_| Error::invalid("input.channel", format!("there is no channel {id}")))
    }

    fn now(&self) -> Timestamp {
        self.core.clock.now()
    }

    /// A delivery of the actor's site, to be changed in the transaction.
    async fn load(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        actor: &Actor,
        id: DeliveryId,
    ) -> Result<Delivery> {
        store::find_delivery(tx, actor.site(), id)
            .await?
            .ok_or_else(|| Error::not_found(format!("delivery {id}")))
    }

    /// Writes what a person decided, takes the delivery out of any worker's hands, and tells everybody.
    async fn store_decision(
        &self,
        tx: sea_orm::DatabaseTransaction,
        mut delivery: Delivery,
        held: Held,
    ) -> Result<Delivery> {
        delivery.release();
        if !store::save_delivery(&tx, &mut delivery, held, self.now()).await? {
            return Err(Error::conflict(
                "the delivery went on in the meantime; look at it again",
            ));
        }
        self.core.tell(&tx, &delivery).await?;
        tx.commit().await?;
        self.core.announce(&delivery, None);
        self.core.wake.notify_one();
        Ok(delivery)
    }
}

/// Why a platform that a person asked gave no answer: a person can mend it, or it is tried again later.
fn unanswered(error: &ChannelError) -> Error {
    let message = error.to_string();
    match error.class {
        ErrorClass::AuthRevoked
        | ErrorClass::AuthExpired
        | ErrorClass::Permission
        | ErrorClass::QuotaExhausted
        | ErrorClass::Validation => Error::precondition(message),
        _ => Error::new(ErrorKind::Unavailable, message),
    }
}
