//! Use cases before anything is sent: schedule, reschedule, and what a day still has room for.

use serde_json::{Value, json};

use super::{
    DeliveryService,
    booking::{Booking, Parcel, Way, next_occurrence, twin_of},
};
use crate::{
    auth::{Actor, Permission},
    channels::Intent,
    clock::Timestamp,
    delivery::{
        Action, Delivery, DeliveryState, DeliveryStep, Due, LaneOutlook, QuotaOutlook, Reason,
        engine::allowance,
        quota, step,
        store::{self, Held},
    },
    error::{Error, Result},
    id::{AccountId, DeliveryId},
    tailoring::SourceRef,
};

/// What is to go where, and when.
#[derive(Debug, Clone)]
pub struct ScheduleInput {
    /// Story or video.
    pub source: SourceRef,
    /// Account.
    pub account: AccountId,
    /// Id of the channel's lane.
    pub lane: String,
    /// When.
    pub due: Due,
}

impl DeliveryService {
    /// Plans a delivery: the variant is frozen as it is now, and that is what will be sent, at that time, once. Where an
    /// earlier version is live and the platform can change it, it is changed; where it cannot, that is refused, since
    /// readers would see two.
    pub async fn schedule(&self, actor: &Actor, input: ScheduleInput) -> Result<Delivery> {
        self.plan(actor, input, false).await
    }

    /// Plans a delivery of what is live there already: readers will see another item beside it.
    pub async fn schedule_another(&self, actor: &Actor, input: ScheduleInput) -> Result<Delivery> {
        self.plan(actor, input, true).await
    }

    async fn plan(&self, actor: &Actor, input: ScheduleInput, another: bool) -> Result<Delivery> {
        actor.require(Permission::Schedule)?;
        let way = self.way(actor, input.account, &input.lane).await?;
        refuse_barred(&way)?;
        let site = self.auth.site(actor).await?;
        let due = input.due.resolve(&site.zone, self.now())?;
        let channel = way.descriptor.id;
        let frozen = self
            .tailoring
            .freeze(actor, input.source, channel, way.lane.id)
            .await?;
        let (approved_hash, held) = if site.needs_approval {
            let source = input.source.item();
            let db = self.core.db.read();
            let approval = store::find_approval(db, actor.site(), source, channel).await?;
            let is_approved =
                approval.is_some_and(|approval| approval.content_hash == frozen.variant_hash);
            let held = (!is_approved).then_some(Reason::Approval);
            (Some(frozen.variant_hash.clone()), held)
        } else {
            (None, None)
        };

        let tx = self.core.db.begin().await?;
        let source = input.source.item();
        let of_way = store::list_of_way(&tx, input.account, way.lane.id, source).await?;
        let parent = if another {
            None
        } else {
            find_live(&of_way, &frozen.content_hash, way.lane.can_update)?
        };
        let intent = parent.map_or(Intent::Publish, |_| Intent::Update);
        let alike: Vec<Delivery> = of_way
            .iter()
            .filter(|other| other.intent == intent && other.content_hash == frozen.content_hash)
            .cloned()
            .collect();
        let missed = store::find_missed_rule(&tx, actor.site(), source).await?;
        let booking = Booking {
            way: &way,
            parcel: Parcel::of(frozen, source),
            intent,
            parent,
            due,
            missed: missed.unwrap_or_else(|| self.default_missed_rule()),
            approved_hash,
            held,
            occurrence: next_occurrence(&alike),
        };
        let delivery = self.book(&tx, actor, booking).await?;
        tx.commit().await?;
        self.core.announce(&delivery, None);
        self.core.wake.notify_one();
        Ok(delivery)
    }

    /// Moves a delivery of which nothing was sent to another time.
    pub async fn reschedule(&self, actor: &Actor, id: DeliveryId, due: &Due) -> Result<Delivery> {
        actor.require(Permission::Schedule)?;
        let site = self.auth.site(actor).await?;
        let due = due.resolve(&site.zone, self.now())?;
        let tx = self.core.db.begin().await?;
        let mut delivery = self.load(&tx, actor, id).await?;
        if !delivery.allows(Action::Reschedule) {
            return Err(wrong_state(&delivery, "moved to another time"));
        }
        self.refuse_disconnected(&tx, delivery.account).await?;
        refuse_sent(&store::list_steps(&tx, id).await?)?;
        self.refuse_twin_of(&tx, &delivery).await?;
        let held = Held::of(&delivery);
        delivery.wall_time = due.wall_time;
        delivery.zone = due.zone;
        delivery.due_at = due.at;
        delivery.give_up_at = self.give_up_after(due.at);
        delivery.error_count = 0;
        delivery.expiry_count = 0;
        delivery.enter(DeliveryState::Scheduled, Some(due.at), self.now());
        self.store_decision(tx, delivery, held).await
    }

    /// What is left of each allowance of a delivery's lane on its day.
    pub async fn quota_outlook(
        &self,
        actor: &Actor,
        delivery: &Delivery,
    ) -> Result<Vec<QuotaOutlook>> {
        self.lane_outlook(actor, delivery.account, &delivery.lane, delivery.due_at)
            .await
    }

    /// What is left of each allowance of an account's lane at an instant.
    pub async fn lane_outlook(
        &self,
        actor: &Actor,
        account: AccountId,
        lane: &str,
        at: Timestamp,
    ) -> Result<Vec<QuotaOutlook>> {
        actor.require(Permission::ReadContent)?;
        let db = self.core.db.read();
        let account = self.account(actor, account).await?;
        let descriptor = self.core.channel(&account.channel)?;
        let declared = descriptor.lane(lane);
        let declared = declared.ok_or_else(|| Error::not_found(format!("lane {lane}")))?;
        // Nothing is planned on a lane that this build has learned since the account was connected.
        let row = store::find_lane(db, account.id, declared.id).await?;
        let mut outlooks = Vec::new();
        for spec in declared.quotas.iter().filter(|spec| account.has(spec)) {
            let allowance = allowance(&account, spec, at);
            let quota::Window { start, resets_at } = allowance.window;
            let usage = store::usage(db, &allowance).await?;
            outlooks.push(QuotaOutlook {
                name: spec.name.to_owned(),
                allowed: usage.allowed,
                taken: usage.taken,
                planned: match &row {
                    Some(row) => store::count_planned(db, row.id, start, resets_at).await?,
                    None => 0,
                },
                resets_at,
            });
        }
        Ok(outlooks)
    }

    /// What an account has left now, lane by lane; lanes without an allowance are left out.
    pub async fn account_outlook(
        &self,
        actor: &Actor,
        account: AccountId,
    ) -> Result<Vec<LaneOutlook>> {
        actor.require(Permission::ReadContent)?;
        let channel = self.account(actor, account).await?.channel;
        let mut lanes = Vec::new();
        for lane in self.core.channel(&channel)?.lanes {
            if lane.quotas.is_empty() {
                continue;
            }
            let quotas = self.lane_outlook(actor, account, lane.id, self.now());
            lanes.push(LaneOutlook {
                lane: lane.id,
                quotas: quotas.await?,
            });
        }
        Ok(lanes)
    }

    pub(super) fn give_up_after(&self, at: Timestamp) -> Timestamp {
        at.plus(std::time::Duration::from_secs(self.core.config.give_up_s))
    }

    /// Nothing may come back to life beside another delivery of the same content.
    pub(super) async fn refuse_twin_of(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        delivery: &Delivery,
    ) -> Result<()> {
        let (account, source) = (delivery.account, delivery.source_id);
        let of_way = store::list_of_way(tx, account, &delivery.lane, source).await?;
        let twin = of_way.iter().find(|other| {
            other.id != delivery.id
                && other.intent == delivery.intent
                && other.content_hash == delivery.content_hash
                && other.may_be_live()
        });
        twin.map_or(Ok(()), |other| Err(twin_of(other)))
    }
}

/// Refuses a lane of which a check found that the account may not use it; one that was never checked may be.
fn refuse_barred(way: &Way) -> Result<()> {
    let (account, lane) = (&way.sealed.account, way.lane);
    let Some(reason) = account.barred(lane.id) else {
        return Ok(());
    };
    Err(Error::precondition(format!(
        "the account {} may not use the lane {}: {reason}; mend it on the platform, then check the account",
        account.name, lane.name.en
    ))
    .with_details(json!({ "lane": lane.id, "reason": reason })))
}

/// The earlier version that is live and would be changed; refuses what would be there twice.
fn find_live<'a>(
    of_way: &'a [Delivery],
    content_hash: &str,
    can_update: bool,
) -> Result<Option<&'a Delivery>> {
    let on_its_way = of_way
        .iter()
        .rev()
        .find(|other| other.intent != Intent::Takedown && other.is_under_way());
    if let Some(other) = on_its_way {
        return Err(if other.content_hash == content_hash {
            twin_of(other)
        } else {
            Error::conflict(
                "an earlier version is on its way to this account on this lane; cancel it, or wait until it is live",
            )
            .with_details(json!({ "delivery": other.id, "state": other.state.as_str() }))
        });
    }
    let live = |other: &&Delivery| {
        other.intent != Intent::Takedown
            && other.state == DeliveryState::Published
            && other.withdrawn_at.is_none()
    };
    let Some(latest) = of_way.iter().rev().find(live) else {
        return Ok(None);
    };
    if latest.content_hash == content_hash {
        return Err(twin_of(latest));
    }
    if !can_update {
        return Err(Error::conflict(
            "an earlier version is live on this lane, and the platform cannot change it; withdraw it first, or send this as another item",
        )
        .with_details(json!({ "delivery": latest.id, "state": latest.state.as_str() })));
    }
    let first = latest
        .parent
        .and_then(|parent| of_way.iter().find(|other| other.id == parent));
    Ok(Some(first.unwrap_or(latest)))
}

/// The delivery's state does not allow it.
pub(super) fn wrong_state(delivery: &Delivery, what: &str) -> Error {
    Error::precondition(format!(
        "a delivery that is {} cannot be {what}",
        delivery.state
    ))
    .with_details(Value::from(delivery.state.as_str()))
}

/// What was sent, or may have been, cannot be called off here.
pub(super) fn refuse_sent(steps: &[DeliveryStep]) -> Result<()> {
    let is_sent = steps
        .iter()
        .any(|step| step.is_commit() && step.state == crate::delivery::StepState::Done);
    let is_in_doubt = step::current(steps).is_some_and(DeliveryStep::is_in_doubt);
    if is_sent || is_in_doubt {
        return Err(Error::precondition(
            "it was sent already, or is being sent right now",
        ));
    }
    Ok(())
}
