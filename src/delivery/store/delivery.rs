//! Queries on deliveries and what they send.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, DbBackend, DbErr,
    EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};

use super::{
    from_json, name_of,
    pause::{read_rule, window_of},
    to_json, word,
};
use crate::{
    channels::{Intent, Submission},
    clock::Timestamp,
    db::entity::{delivery, submission},
    delivery::{Delivery, DeliveryFilter, DeliveryState, Reason, delivery::intent_name},
    error::{Error, Result},
    id::{AccountId, DeliveryId, ItemId, SiteId},
    page::{Cursor, Page, PageRequest},
};

/// Items of an account that changed longer ago than this are too old to be taken for a new one.
const TAKEN_SPAN: std::time::Duration = std::time::Duration::from_hours(48);

/// States that are no end and in which no person is asked what became of it.
const UNFINISHED: [DeliveryState; 9] = [
    DeliveryState::Scheduled,
    DeliveryState::Held,
    DeliveryState::Ready,
    DeliveryState::Working,
    DeliveryState::RetryWait,
    DeliveryState::WaitingChannel,
    DeliveryState::WaitingUser,
    DeliveryState::Uncertain,
    DeliveryState::Reconciling,
];

pub(super) fn read(row: delivery::Model) -> Result<Delivery> {
    Ok(Delivery {
        id: row.id,
        site: row.site_id,
        source_kind: from_json(row.source_kind.into())?,
        source_id: row.source_id,
        revision: row.revision_id,
        variant_revision: row.variant_revision_id,
        content_hash: row.content_hash,
        channel: row.channel,
        account: row.account_id,
        lane_id: row.lane_id,
        lane: row.lane,
        intent: from_json(row.intent.into())?,
        parent: row.parent_delivery_id,
        title: row.title,
        state: word("state", &row.state, DeliveryState::parse)?,
        reason: row
            .reason
            .map(|reason| word("reason", &reason, Reason::parse))
            .transpose()?,
        reason_params: row.reason_params,
        wall_time: row.wall_time,
        zone: row.zone,
        due_at: row.due_at,
        give_up_at: row.give_up_at,
        next_run_at: row.next_run_at,
        priority: row.priority,
        lease_owner: row.lease_owner,
        lease_token: row.lease_token,
        lease_until: row.lease_until,
        attempt: row.attempt,
        expiry_count: row.expiry_count,
        error_count: row.error_count,
        external_id: row.external_id,
        external_url: row.external_url,
        is_assumed: row.is_assumed,
        marker: row.marker,
        occurrence: row.occurrence,
        dedup_key: row.dedup_key,
        created_by: row.created_by,
        published_at: row.published_at,
        ended_at: row.ended_at,
        withdrawn_at: row.withdrawn_at,
        missed: read_rule(&row.missed_policy, row.missed_window_s)?,
        approved_hash: row.approved_hash,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

pub(super) fn read_all(rows: Vec<delivery::Model>) -> Result<Vec<Delivery>> {
    rows.into_iter().map(read).collect()
}

pub async fn insert_delivery(
    db: &impl ConnectionTrait,
    new: &Delivery,
    body: &Submission,
) -> Result<(), DbErr> {
    let word = |result: Result<String>| result.map_err(|error| DbErr::Custom(error.to_string()));
    let row = delivery::Model {
        id: new.id,
        site_id: new.site,
        source_kind: word(name_of(new.source_kind))?,
        source_id: new.source_id,
        revision_id: new.revision,
        variant_revision_id: new.variant_revision,
        content_hash: new.content_hash.clone(),
        channel: new.channel.clone(),
        account_id: new.account,
        lane_id: new.lane_id,
        lane: new.lane.clone(),
        intent: intent_name(new.intent).to_owned(),
        parent_delivery_id: new.parent,
        title: new.title.clone(),
        state: new.state.as_str().to_owned(),
        reason: new.reason.map(|reason| reason.as_str().to_owned()),
        reason_params: new.reason_params.clone(),
        wall_time: new.wall_time.clone(),
        zone: new.zone.clone(),
        due_at: new.due_at,
        give_up_at: new.give_up_at,
        next_run_at: new.next_run_at,
        priority: new.priority,
        lease_owner: None,
        lease_token: new.lease_token,
        lease_until: None,
        attempt: 0,
        expiry_count: 0,
        error_count: 0,
        external_id: new.external_id.clone(),
        external_url: new.external_url.clone(),
        is_assumed: false,
        marker: new.marker.clone(),
        occurrence: new.occurrence,
        dedup_key: new.dedup_key.clone(),
        created_by: new.created_by,
        published_at: None,
        ended_at: None,
        withdrawn_at: None,
        missed_policy: new.missed.policy.as_str().to_owned(),
        missed_window_s: window_of(new.missed),
        approved_hash: new.approved_hash.clone(),
        version: new.version,
        created_at: new.created_at,
        updated_at: new.updated_at,
    };
    delivery::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    let row = submission::Model {
        delivery_id: new.id,
        body: serde_json::to_value(body).map_err(|error| DbErr::Json(error.to_string()))?,
    };
    submission::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// Writes what changes in a delivery's life, if nobody else changed it since it was read with this token and
/// version; `false` when somebody did, and then nothing was written.
pub async fn save_delivery(
    db: &impl ConnectionTrait,
    changed: &mut Delivery,
    held: Held,
    now: Timestamp,
) -> Result<bool> {
    let saved = delivery::Entity::update_many()
        .set(delivery::ActiveModel {
            state: Set(changed.state.as_str().to_owned()),
            reason: Set(changed.reason.map(|reason| reason.as_str().to_owned())),
            reason_params: Set(changed.reason_params.clone()),
            wall_time: Set(changed.wall_time.clone()),
            zone: Set(changed.zone.clone()),
            due_at: Set(changed.due_at),
            give_up_at: Set(changed.give_up_at),
            next_run_at: Set(changed.next_run_at),
            priority: Set(changed.priority),
            lease_owner: Set(changed.lease_owner.clone()),
            lease_token: Set(changed.lease_token),
            lease_until: Set(changed.lease_until),
            attempt: Set(changed.attempt),
            expiry_count: Set(changed.expiry_count),
            error_count: Set(changed.error_count),
            external_id: Set(changed.external_id.clone()),
            external_url: Set(changed.external_url.clone()),
            is_assumed: Set(changed.is_assumed),
            published_at: Set(changed.published_at),
            ended_at: Set(changed.ended_at),
            version: Set(held.version + 1),
            updated_at: Set(now),
            ..Default::default()
        })
        .filter(delivery::Column::Id.eq(changed.id))
        .filter(delivery::Column::LeaseToken.eq(held.lease_token))
        .filter(delivery::Column::Version.eq(held.version))
        .exec(db)
        .await?;
    if saved.rows_affected == 0 {
        return Ok(false);
    }
    changed.version = held.version + 1;
    changed.updated_at = now;
    Ok(true)
}

/// What a write must find unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Who has it.
    pub lease_token: i64,
    /// What was read.
    pub version: i32,
}

impl Held {
    /// The delivery as it was read.
    pub const fn of(delivery: &Delivery) -> Self {
        Self {
            lease_token: delivery.lease_token,
            version: delivery.version,
        }
    }
}

/// A delivery of a site.
pub async fn find_delivery(
    db: &impl ConnectionTrait,
    site: SiteId,
    id: DeliveryId,
) -> Result<Option<Delivery>> {
    let row = delivery::Entity::find_by_id(id)
        .filter(delivery::Column::SiteId.eq(site))
        .one(db)
        .await?;
    row.map(read).transpose()
}

/// What a delivery sends.
pub async fn submission(db: &impl ConnectionTrait, id: DeliveryId) -> Result<Submission> {
    let row = submission::Entity::find_by_id(id).one(db).await?;
    let row = row.ok_or_else(|| Error::not_found(format!("the submission of delivery {id}")))?;
    from_json(row.body)
}

/// Deliveries of a site, the latest due first.
pub async fn list_deliveries(
    db: &impl ConnectionTrait,
    site: SiteId,
    filter: &DeliveryFilter,
    page: &PageRequest,
) -> Result<Page<Delivery>> {
    let mut query = delivery::Entity::find()
        .filter(delivery::Column::SiteId.eq(site))
        .order_by_desc(delivery::Column::DueAt)
        .order_by_desc(delivery::Column::Id)
        .limit(u64::from(page.size) + 1);
    if !filter.states.is_empty() {
        let states = filter.states.iter().map(|state| state.as_str());
        query = query.filter(delivery::Column::State.is_in(states));
    }
    if let Some(channel) = &filter.channel {
        query = query.filter(delivery::Column::Channel.eq(channel));
    }
    if let Some(account) = filter.account {
        query = query.filter(delivery::Column::AccountId.eq(account));
    }
    if let Some(source) = filter.source {
        query = query.filter(delivery::Column::SourceId.eq(source));
    }
    if let Some(from) = filter.due_from {
        query = query.filter(delivery::Column::DueAt.gte(from));
    }
    if let Some(before) = filter.due_before {
        query = query.filter(delivery::Column::DueAt.lt(before));
    }
    if let Some(after) = &page.after {
        let invalid = || Error::invalid("after", "not a cursor of this list");
        let due_at = Timestamp(after.key.as_i64().ok_or_else(invalid)?);
        let id: DeliveryId = after.id.parse().map_err(|_| invalid())?;
        query = query.filter(
            Condition::any()
                .add(delivery::Column::DueAt.lt(due_at))
                .add(
                    Condition::all()
                        .add(delivery::Column::DueAt.eq(due_at))
                        .add(delivery::Column::Id.lt(id)),
                ),
        );
    }
    let rows = read_all(query.all(db).await?)?;
    Ok(Page::from_rows(rows, page.size, |delivery| Cursor {
        key: delivery.due_at.0.into(),
        id: delivery.id.to_string(),
    }))
}

/// What of a story or video is on its way to, or live on, a lane of an account, the latest last.
pub async fn list_of_way(
    db: &impl ConnectionTrait,
    account: AccountId,
    lane: &str,
    source: ItemId,
) -> Result<Vec<Delivery>> {
    let rows = delivery::Entity::find()
        .filter(delivery::Column::AccountId.eq(account))
        .filter(delivery::Column::Lane.eq(lane))
        .filter(delivery::Column::SourceId.eq(source))
        .order_by_asc(delivery::Column::Id)
        .all(db)
        .await?;
    read_all(rows)
}

/// What of an account has not come to its end and waits for nobody to say what became of it.
pub async fn list_unfinished(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<Delivery>> {
    read_all(unfinished(account).all(db).await?)
}

/// [`list_unfinished`], to be changed in the transaction: a worker's write is either seen here or comes too late.
pub async fn lock_unfinished(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<Delivery>> {
    let query = match db.get_database_backend() {
        DbBackend::Postgres => unfinished(account).lock_exclusive(),
        // A transaction that writes is the only one.
        _ => unfinished(account),
    };
    read_all(query.all(db).await?)
}

fn unfinished(account: AccountId) -> Select<delivery::Entity> {
    delivery::Entity::find()
        .filter(delivery::Column::AccountId.eq(account))
        .filter(delivery::Column::State.is_in(UNFINISHED.map(DeliveryState::as_str)))
        .order_by_asc(delivery::Column::Id)
}

/// How many deliveries of an account are live, as far as we know.
pub async fn count_live(db: &impl ConnectionTrait, account: AccountId) -> Result<u64> {
    let count = delivery::Entity::find()
        .filter(delivery::Column::AccountId.eq(account))
        .filter(delivery::Column::State.eq(DeliveryState::Published.as_str()))
        .filter(delivery::Column::Intent.eq(intent_name(Intent::Publish)))
        .filter(delivery::Column::WithdrawnAt.is_null())
        .count(db)
        .await?;
    Ok(count)
}

/// Every delivery of a story or video, the latest last.
pub async fn list_of_source(
    db: &impl ConnectionTrait,
    site: SiteId,
    source: ItemId,
) -> Result<Vec<Delivery>> {
    let rows = delivery::Entity::find()
        .filter(delivery::Column::SiteId.eq(site))
        .filter(delivery::Column::SourceId.eq(source))
        .order_by_asc(delivery::Column::Id)
        .all(db)
        .await?;
    read_all(rows)
}

/// What waits for the end of a delivery.
pub async fn list_waiting_for(
    db: &impl ConnectionTrait,
    parent: DeliveryId,
) -> Result<Vec<Delivery>> {
    let rows = delivery::Entity::find()
        .filter(delivery::Column::ParentDeliveryId.eq(parent))
        .filter(delivery::Column::State.eq(DeliveryState::Held.as_str()))
        .filter(delivery::Column::Reason.eq(Reason::Parent.as_str()))
        .all(db)
        .await?;
    read_all(rows)
}

/// What of a story or video waits for an approval in a channel, the first due first.
pub async fn list_unapproved(
    db: &impl ConnectionTrait,
    site: SiteId,
    source: ItemId,
    channel: &str,
) -> Result<Vec<Delivery>> {
    let reasons = [Reason::Approval, Reason::Edited];
    let rows = delivery::Entity::find()
        .filter(delivery::Column::SiteId.eq(site))
        .filter(delivery::Column::SourceId.eq(source))
        .filter(delivery::Column::Channel.eq(channel))
        .filter(delivery::Column::State.eq(DeliveryState::Held.as_str()))
        .filter(delivery::Column::Reason.is_in(reasons.map(Reason::as_str)))
        .order_by_asc(delivery::Column::DueAt)
        .order_by_asc(delivery::Column::Id)
        .all(db)
        .await?;
    read_all(rows)
}

/// Says that what a delivery made live was taken down, and what changed it meanwhile too.
pub async fn mark_withdrawn(
    db: &impl ConnectionTrait,
    id: DeliveryId,
    now: Timestamp,
) -> Result<()> {
    let itself_and_updates = Condition::any().add(delivery::Column::Id.eq(id)).add(
        Condition::all()
            .add(delivery::Column::ParentDeliveryId.eq(id))
            .add(delivery::Column::Intent.eq(intent_name(Intent::Update))),
    );
    delivery::Entity::update_many()
        .set(delivery::ActiveModel {
            withdrawn_at: Set(Some(now)),
            updated_at: Set(now),
            ..Default::default()
        })
        .filter(itself_and_updates)
        .exec(db)
        .await?;
    Ok(())
}

/// Gives a delivery of which nothing was sent other content: what it sends, its steps and its keys.
pub async fn replace_content(
    db: &impl ConnectionTrait,
    changed: &Delivery,
    body: &Submission,
) -> Result<()> {
    delivery::Entity::update_many()
        .set(delivery::ActiveModel {
            revision_id: Set(changed.revision),
            variant_revision_id: Set(changed.variant_revision),
            content_hash: Set(changed.content_hash.clone()),
            title: Set(changed.title.clone()),
            marker: Set(changed.marker.clone()),
            occurrence: Set(changed.occurrence),
            dedup_key: Set(changed.dedup_key.clone()),
            approved_hash: Set(changed.approved_hash.clone()),
            ..Default::default()
        })
        .filter(delivery::Column::Id.eq(changed.id))
        .exec(db)
        .await?;
    submission::Entity::update_many()
        .set(submission::ActiveModel {
            body: Set(to_json(body)?),
            ..Default::default()
        })
        .filter(submission::Column::DeliveryId.eq(changed.id))
        .exec(db)
        .await?;
    Ok(())
}

/// Ids of items on this account's platform that belong to other deliveries.
pub async fn list_taken(
    db: &impl ConnectionTrait,
    delivery: &Delivery,
    armed_at: Timestamp,
) -> Result<Vec<String>> {
    let ids: Vec<Option<String>> = delivery::Entity::find()
        .select_only()
        .column(delivery::Column::ExternalId)
        .filter(delivery::Column::AccountId.eq(delivery.account))
        .filter(delivery::Column::Id.ne(delivery.id))
        .filter(delivery::Column::ExternalId.is_not_null())
        .filter(delivery::Column::UpdatedAt.gte(armed_at.minus(TAKEN_SPAN)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().flatten().collect())
}
