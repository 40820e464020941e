//! Puts a delivery into the books: its row, what it sends, and its steps, in one transaction.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::DeliveryService;
use crate::{
    auth::Actor,
    channels::{ContentKind, Descriptor, Intent, LaneDescriptor, Media, Submission},
    clock::Timestamp,
    db::is_unique_violation,
    delivery::{
        Delivery, DeliveryState, DeliveryStep, DueTime, Lane, MissedRule, Reason,
        delivery::{dedup_key, marker},
        store::{self, SealedAccount},
    },
    error::{Error, Result},
    id::{AccountId, DeliveryId, ItemId, RevisionId, VariantRevisionId},
    tailoring::Frozen,
};

/// A way to a platform: an account's lane.
pub(super) struct Way {
    pub sealed: SealedAccount,
    pub descriptor: &'static Descriptor,
    pub lane: &'static LaneDescriptor,
    pub row: Lane,
}

/// What a delivery sends: frozen, or what an earlier one sent.
pub(super) struct Parcel {
    pub kind: ContentKind,
    pub source: ItemId,
    pub revision: RevisionId,
    pub variant_revision: VariantRevisionId,
    pub content_hash: String,
    pub title: String,
    pub fields: BTreeMap<String, Value>,
    pub media: Vec<Media>,
    pub page_url: String,
    pub first_published_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
}

/// What is to be put into the books.
pub(super) struct Booking<'a> {
    pub way: &'a Way,
    pub parcel: Parcel,
    pub intent: Intent,
    /// What it changes or takes down.
    pub parent: Option<&'a Delivery>,
    pub due: DueTime,
    pub missed: MissedRule,
    pub approved_hash: Option<String>,
    /// Why it may not go out yet.
    pub held: Option<Reason>,
    /// How often the same went this way before.
    pub occurrence: i32,
}

impl Parcel {
    pub(super) fn of(frozen: Frozen, source: ItemId) -> Self {
        Self {
            kind: frozen.kind,
            source,
            revision: frozen.revision,
            variant_revision: frozen.variant_revision,
            content_hash: frozen.content_hash,
            title: frozen.title,
            fields: frozen.fields,
            media: frozen.media,
            page_url: frozen.page_url,
            first_published_at: frozen.first_published_at,
            updated_at: frozen.updated_at,
        }
    }

    /// The same as an earlier delivery sent.
    pub(super) fn again(delivery: &Delivery, sent: Submission) -> Self {
        Self {
            kind: delivery.source_kind,
            source: delivery.source_id,
            revision: delivery.revision,
            variant_revision: delivery.variant_revision,
            content_hash: delivery.content_hash.clone(),
            title: delivery.title.clone(),
            fields: sent.fields,
            media: sent.media,
            page_url: sent.page_url,
            first_published_at: sent.first_published_at,
            updated_at: sent.updated_at,
        }
    }
}

impl DeliveryService {
    /// An account's lane, in the actor's site.
    pub(super) async fn way(&self, actor: &Actor, account: AccountId, lane: &str) -> Result<Way> {
        let db = self.core.db.read();
        let sealed = super::account::find(db, actor, account).await?;
        let descriptor = self.core.channel(&sealed.account.channel)?;
        let known = descriptor.lane(lane).ok_or_else(|| {
            let lanes: Vec<_> = descriptor.lanes.iter().map(|lane| lane.id).collect();
            Error::invalid("input.lane", format!("must be one of {}", lanes.join(", ")))
        })?;
        let mut row = store::find_lane(db, account, known.id).await?;
        if row.is_none() {
            // This build knows a lane more than the one under which the account was connected.
            let db = self.core.db.write();
            store::insert_lanes(db, actor.site(), account, &[known.id]).await?;
            row = store::find_lane(db, account, known.id).await?;
        }
        let row = row.ok_or_else(|| Error::not_found(format!("lane {lane}")))?;
        Ok(Way {
            sealed,
            descriptor,
            lane: known,
            row,
        })
    }

    /// Writes a new delivery.
    pub(super) async fn book(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        actor: &Actor,
        booking: Booking<'_>,
    ) -> Result<Delivery> {
        let now = self.now();
        let Booking {
            way,
            parcel,
            intent,
            parent,
            due,
            missed,
            approved_hash,
            held,
            occurrence,
        } = booking;
        let (account, lane) = (way.sealed.account.id, way.lane.id);
        self.refuse_disconnected(tx, account).await?;
        let dedup_key = dedup_key(
            account,
            lane,
            parcel.source,
            intent,
            &parcel.content_hash,
            occurrence,
        );
        let state = match held {
            Some(_) => DeliveryState::Held,
            None if due.at <= now => DeliveryState::Ready,
            None => DeliveryState::Scheduled,
        };
        let delivery = Delivery {
            id: DeliveryId::new(),
            site: actor.site(),
            source_kind: parcel.kind,
            source_id: parcel.source,
            revision: parcel.revision,
            variant_revision: parcel.variant_revision,
            content_hash: parcel.content_hash.clone(),
            channel: way.descriptor.id.to_owned(),
            account,
            lane_id: way.row.id,
            lane: lane.to_owned(),
            intent,
            parent: parent.map(|parent| parent.id),
            title: parcel.title.clone(),
            state,
            reason: held,
            reason_params: json!({}),
            wall_time: due.wall_time,
            zone: due.zone,
            due_at: due.at,
            give_up_at: self.give_up_after(due.at),
            next_run_at: held.is_none().then_some(due.at),
            priority: 0,
            lease_owner: None,
            lease_token: 0,
            lease_until: None,
            attempt: 0,
            expiry_count: 0,
            error_count: 0,
            external_id: parent.and_then(|parent| parent.external_id.clone()),
            external_url: parent.and_then(|parent| parent.external_url.clone()),
            is_assumed: false,
            marker: marker(&dedup_key),
            occurrence,
            dedup_key,
            created_by: actor.user(),
            published_at: None,
            ended_at: None,
            withdrawn_at: None,
            missed,
            approved_hash,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let submission = submission(&delivery, parcel);
        match store::insert_delivery(tx, &delivery, &submission).await {
            Err(error) if is_unique_violation(&error) => return Err(twin()),
            inserted => inserted?,
        }
        let steps = self.plan_steps(way, &delivery, &submission)?;
        store::insert_steps(tx, delivery.id, &steps).await?;
        Ok(delivery)
    }

    /// The steps of a delivery by its channel's plan, none begun.
    pub(super) fn plan_steps(
        &self,
        way: &Way,
        delivery: &Delivery,
        submission: &Submission,
    ) -> Result<Vec<DeliveryStep>> {
        let plan = self.core.connect(&way.sealed)?.plan(submission);
        Ok(DeliveryStep::of_plan(plan, &delivery.content_hash))
    }
}

/// What a delivery sends.
pub(super) fn submission(delivery: &Delivery, parcel: Parcel) -> Submission {
    Submission {
        delivery_id: delivery.id.to_string(),
        intent: delivery.intent,
        lane: delivery.lane.clone(),
        kind: parcel.kind,
        fields: parcel.fields,
        media: parcel.media,
        page_url: parcel.page_url,
        first_published_at: parcel.first_published_at,
        updated_at: parcel.updated_at,
        marker: delivery.marker.clone(),
        external_id: delivery.external_id.clone(),
    }
}

/// How often the same went this way before.
pub(super) fn next_occurrence(alike: &[Delivery]) -> i32 {
    alike
        .iter()
        .map(|delivery| delivery.occurrence + 1)
        .max()
        .unwrap_or(0)
}

pub(super) fn twin() -> Error {
    Error::conflict("this content already goes, or went, to this account on this lane")
}

/// The same content already goes, or went, there, and this is where.
pub(super) fn twin_of(other: &Delivery) -> Error {
    twin().with_details(json!({
        "delivery": other.id,
        "state": other.state.as_str(),
        "dueAt": other.due_at,
    }))
}
