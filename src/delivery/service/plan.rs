//! Use cases before anything is sent: schedule, reschedule, and what a day still has room for.

use serde_json::{Value, json};

use super::DeliveryService;
use crate::{
    auth::{Actor, Permission},
    channels::{Intent, Submission},
    db::is_unique_violation,
    delivery::{
        Delivery, DeliveryState, DeliveryStep, Due, QuotaOutlook,
        delivery::{dedup_key, marker},
        engine::{allowance, quota_scope},
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
    /// Plans a delivery: the variant is frozen as it is now, and that is what will be sent, at that time, once.
    pub async fn schedule(&self, actor: &Actor, input: ScheduleInput) -> Result<Delivery> {
        actor.require(Permission::Schedule)?;
        let db = self.core.db.read();
        let sealed = store::find_account(db, actor.site(), input.account)
            .await?
            .ok_or_else(|| Error::not_found(format!("account {}", input.account)))?;
        let descriptor = self.core.channel(&sealed.account.channel)?;
        let lane_descriptor = descriptor.lane(&input.lane).ok_or_else(|| {
            let lanes: Vec<_> = descriptor.lanes.iter().map(|lane| lane.id).collect();
            Error::invalid("input.lane", format!("must be one of {}", lanes.join(", ")))
        })?;
        let lane = store::find_lane(db, input.account, lane_descriptor.id)
            .await?
            .ok_or_else(|| Error::not_found(format!("lane {}", input.lane)))?;
        let site = self.auth.site(actor).await?;
        let now = self.now();
        let due = input.due.resolve(&site.zone, now)?;
        let frozen = self
            .tailoring
            .freeze(actor, input.source, descriptor.id, lane_descriptor.id)
            .await?;

        let id = DeliveryId::new();
        let tx = self.core.db.begin().await?;
        let alike = store::list_alike(
            &tx,
            input.account,
            lane_descriptor.id,
            input.source.item(),
            Intent::Publish,
            &frozen.content_hash,
        )
        .await?;
        refuse_twin(&alike, None)?;
        let occurrence = alike
            .iter()
            .map(|delivery| delivery.occurrence + 1)
            .max()
            .unwrap_or(0);
        let dedup_key = dedup_key(
            input.account,
            lane_descriptor.id,
            input.source.item(),
            Intent::Publish,
            &frozen.content_hash,
            occurrence,
        );
        let is_now = due.at <= now;
        let delivery = Delivery {
            id,
            site: actor.site(),
            source_kind: frozen.kind,
            source_id: input.source.item(),
            revision: frozen.revision,
            variant_revision: frozen.variant_revision,
            content_hash: frozen.content_hash.clone(),
            channel: descriptor.id.to_owned(),
            account: input.account,
            lane_id: lane.id,
            lane: lane_descriptor.id.to_owned(),
            intent: Intent::Publish,
            parent: None,
            title: frozen.title.clone(),
            state: if is_now {
                DeliveryState::Ready
            } else {
                DeliveryState::Scheduled
            },
            reason: None,
            reason_params: json!({}),
            wall_time: due.wall_time,
            zone: due.zone,
            due_at: due.at,
            give_up_at: self.give_up_after(due.at),
            next_run_at: Some(due.at),
            priority: 0,
            lease_owner: None,
            lease_token: 0,
            lease_until: None,
            attempt: 0,
            expiry_count: 0,
            error_count: 0,
            external_id: None,
            external_url: None,
            is_assumed: false,
            marker: marker(&dedup_key),
            occurrence,
            dedup_key,
            created_by: actor.user(),
            published_at: None,
            ended_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let submission = Submission {
            delivery_id: id.to_string(),
            intent: delivery.intent,
            lane: delivery.lane.clone(),
            kind: frozen.kind,
            fields: frozen.fields,
            media: frozen.media,
            page_url: frozen.page_url,
            marker: delivery.marker.clone(),
            external_id: None,
        };
        let plan = self.core.connect(&sealed)?.plan(&submission);
        let steps = DeliveryStep::of_plan(plan, &frozen.content_hash);
        match store::insert_delivery(&tx, &delivery, &submission).await {
            Err(error) if is_unique_violation(&error) => return Err(twin()),
            inserted => inserted?,
        }
        store::insert_steps(&tx, id, &steps).await?;
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
        let may_move = matches!(
            delivery.state,
            DeliveryState::Scheduled
                | DeliveryState::Held
                | DeliveryState::Ready
                | DeliveryState::RetryWait
                | DeliveryState::Missed
                | DeliveryState::Failed
        );
        if !may_move {
            return Err(wrong_state(&delivery, "moved to another time"));
        }
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
        actor.require(Permission::ReadContent)?;
        let db = self.core.db.read();
        let account = self.account(actor, delivery.account).await?;
        let descriptor = self.core.channel(&delivery.channel)?;
        let quotas = descriptor
            .lane(&delivery.lane)
            .map_or(&[][..], |lane| lane.quotas);
        let mut outlooks = Vec::new();
        for spec in quotas {
            let allowance = allowance(&account, spec, delivery.due_at);
            let quota::Window { start, resets_at } = allowance.window;
            outlooks.push(QuotaOutlook {
                name: spec.name.to_owned(),
                allowed: allowance.allowed,
                taken: store::taken(db, &quota_scope(&account), spec.name, start).await?,
                planned: store::count_planned(db, delivery.lane_id, start, resets_at).await?,
                resets_at,
            });
        }
        Ok(outlooks)
    }

    pub(super) fn give_up_after(&self, at: crate::clock::Timestamp) -> crate::clock::Timestamp {
        at.plus(std::time::Duration::from_secs(self.core.config.give_up_s))
    }

    /// Nothing may come back to life beside another delivery of the same content.
    pub(super) async fn refuse_twin_of(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        delivery: &Delivery,
    ) -> Result<()> {
        let alike = store::list_alike(
            tx,
            delivery.account,
            &delivery.lane,
            delivery.source_id,
            delivery.intent,
            &delivery.content_hash,
        )
        .await?;
        refuse_twin(&alike, Some(delivery.id))
    }
}

fn refuse_twin(alike: &[Delivery], itself: Option<DeliveryId>) -> Result<()> {
    let twin_of = alike
        .iter()
        .find(|delivery| delivery.state.may_be_live() && Some(delivery.id) != itself);
    match twin_of {
        None => Ok(()),
        Some(other) => Err(twin().with_details(json!({
            "delivery": other.id,
            "state": other.state.as_str(),
            "dueAt": other.due_at,
        }))),
    }
}

fn twin() -> Error {
    Error::conflict("this content already goes, or went, to this account on this lane")
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
