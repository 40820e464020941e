//! Use cases of taking down: one delivery, or a story everywhere. What has no API becomes a task for a person, and
//! says so.

use serde_json::json;

use super::{
    DeliveryService,
    booking::{Booking, Parcel, next_occurrence, twin_of},
};
use crate::{
    auth::{Actor, Permission},
    channels::Intent,
    delivery::{AccountStatus, Action, Delivery, DeliveryState, Due, Reason, store},
    error::{Error, ErrorKind, Result},
    id::DeliveryId,
    tailoring::SourceRef,
};

/// What taking down means for one delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawalOutcome {
    /// Nothing was sent yet, and nothing will be.
    Cancelled,
    /// It is being taken down through the platform's API.
    Withdrawing,
    /// The platform has no way for us: a person must do it there.
    Task,
    /// It is on its way; it is taken down as soon as it is live.
    AfterArrival,
    /// The account is disconnected: whoever can get at it there must do it.
    OutOfReach,
}

/// What taking down means for one delivery, and the delivery that does it.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    /// What is taken down.
    pub of: Delivery,
    /// What does it; nothing when it was only cancelled.
    pub takedown: Option<Delivery>,
    /// How.
    pub outcome: WithdrawalOutcome,
}

impl DeliveryService {
    /// Takes down what a delivery made live, or calls it off when nothing was sent yet.
    pub async fn withdraw(&self, actor: &Actor, id: DeliveryId) -> Result<Withdrawal> {
        actor.require(Permission::Schedule)?;
        let delivery = self.delivery(actor, id).await?;
        let withdrawal = self.take_down(actor, delivery).await?;
        if withdrawal.outcome == WithdrawalOutcome::OutOfReach {
            return Err(Error::precondition(
                "the account is disconnected; take it down on the platform, or connect the account again first",
            ));
        }
        Ok(withdrawal)
    }

    /// Takes a story or video down wherever it is, or is going; one line for each delivery that it concerns.
    pub async fn withdraw_everywhere(
        &self,
        actor: &Actor,
        source: SourceRef,
    ) -> Result<Vec<Withdrawal>> {
        actor.require(Permission::Schedule)?;
        self.tailoring.source(actor, source).await?;
        let db = self.core.db.read();
        let all = store::list_of_source(db, actor.site(), source.item()).await?;
        let mut withdrawals = Vec::new();
        for delivery in all {
            let is_concerned = delivery.intent == Intent::Publish && delivery.may_be_live()
                || delivery.intent == Intent::Update && delivery.is_under_way();
            if !is_concerned {
                continue;
            }
            match self.take_down(actor, delivery).await {
                Ok(withdrawal) => withdrawals.push(withdrawal),
                // It is being taken down already.
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                Err(error) => return Err(error),
            }
        }
        Ok(withdrawals)
    }

    async fn take_down(&self, actor: &Actor, of: Delivery) -> Result<Withdrawal> {
        if of.intent == Intent::Takedown {
            return Err(Error::precondition(
                "this delivery takes something down itself",
            ));
        }
        if of.withdrawn_at.is_some() || (of.state.is_final() && !of.may_be_live()) {
            return Err(Error::precondition("nothing of it is live")
                .with_details(json!({ "state": of.state.as_str() })));
        }
        if of.allows(Action::Cancel) {
            match self.cancel(actor, of.id).await {
                Ok(of) => {
                    return Ok(Withdrawal {
                        of,
                        takedown: None,
                        outcome: WithdrawalOutcome::Cancelled,
                    });
                }
                // It was sent in the meantime.
                Err(error) if error.kind() == ErrorKind::FailedPrecondition => {}
                Err(error) => return Err(error),
            }
        }
        let of = self.delivery(actor, of.id).await?;
        let way = self.way(actor, of.account, &of.lane).await?;
        if way.sealed.account.status == AccountStatus::Disconnected {
            return Ok(Withdrawal {
                of,
                takedown: None,
                outcome: WithdrawalOutcome::OutOfReach,
            });
        }
        let site = self.auth.site(actor).await?;
        let due = Due::Now.resolve(&site.zone, self.now())?;
        let tx = self.core.db.begin().await?;
        let of_way = store::list_of_way(&tx, of.account, &of.lane, of.source_id).await?;
        let earlier: Vec<_> = of_way
            .into_iter()
            .filter(|other| {
                other.intent == Intent::Takedown && other.content_hash == of.content_hash
            })
            .collect();
        let for_this = |other: &&Delivery| other.parent == Some(of.id) && other.is_under_way();
        if let Some(other) = earlier.iter().find(for_this) {
            return Err(twin_of(other));
        }
        let sent = store::submission(&tx, of.id).await?;
        let is_there = of.state == DeliveryState::Published;
        let booking = Booking {
            way: &way,
            parcel: Parcel::again(&of, sent),
            intent: Intent::Takedown,
            parent: Some(&of),
            due,
            missed: of.missed,
            approved_hash: None,
            held: (!is_there).then_some(Reason::Parent),
            occurrence: next_occurrence(&earlier),
        };
        let takedown = self.book(&tx, actor, booking).await?;
        tx.commit().await?;
        self.core.announce(&takedown, None);
        self.core.wake.notify_one();
        let outcome = match (is_there, way.lane.can_withdraw) {
            (false, _) => WithdrawalOutcome::AfterArrival,
            (true, true) => WithdrawalOutcome::Withdrawing,
            (true, false) => WithdrawalOutcome::Task,
        };
        Ok(Withdrawal {
            of,
            takedown: Some(takedown),
            outcome,
        })
    }
}
