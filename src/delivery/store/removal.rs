//! Queries on files of what is removed by hand.

use std::collections::HashMap;

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, sea_query::Expr,
};

use super::{delivery::read_all, from_json, to_json};
use crate::{
    channels::{Intent, Submission},
    clock::Timestamp,
    db::entity::{
        channel_account, delivery,
        removal_file::{self, Column},
        submission,
    },
    delivery::{Delivery, DeliveryState, RemovalFile, delivery::intent_name},
    error::Result,
    id::{AccountId, DeliveryId, RemovalFileId, SiteId},
};

/// Rows that are asked for by their ids at once.
const CHUNK: usize = 500;
/// The item went there again after the takedown, and may be live.
const IS_THERE_AGAIN: &str = "EXISTS (SELECT 1 FROM delivery AS later WHERE later.account_id = delivery.account_id \
     AND later.lane = delivery.lane AND later.source_id = delivery.source_id AND later.id > delivery.id \
     AND later.intent <> 'takedown' AND later.withdrawn_at IS NULL \
     AND later.state NOT IN ('rejected', 'failed', 'missed', 'cancelled'))";

fn read(row: removal_file::Model) -> Result<RemovalFile> {
    Ok(RemovalFile {
        id: row.id,
        site: row.site_id,
        account: row.account_id,
        lane: row.lane,
        deliveries: from_json(row.deliveries)?,
        made_by: row.made_by,
        made_at: row.made_at,
        uploaded_at: row.uploaded_at,
    })
}

/// Lets nobody else make a file for an account before the transaction ends.
pub async fn hold_removals(db: &impl ConnectionTrait, account: AccountId) -> Result<()> {
    // On SQLite, a transaction that writes is the only one.
    if db.get_database_backend() == DbBackend::Postgres {
        let query = channel_account::Entity::find_by_id(account).lock_exclusive();
        query.one(db).await?;
    }
    Ok(())
}

/// Takedowns on a lane that wait for a person, the latest first; but those of items that went there again since.
pub async fn list_removable(
    db: &impl ConnectionTrait,
    account: AccountId,
    lane: &str,
) -> Result<Vec<Delivery>> {
    let rows = delivery::Entity::find()
        .filter(delivery::Column::AccountId.eq(account))
        .filter(delivery::Column::Lane.eq(lane))
        .filter(delivery::Column::Intent.eq(intent_name(Intent::Takedown)))
        .filter(delivery::Column::State.eq(DeliveryState::WaitingUser.as_str()))
        .filter(Expr::cust(format!("NOT {IS_THERE_AGAIN}")))
        .order_by_desc(delivery::Column::Id)
        .all(db)
        .await?;
    read_all(rows)
}

/// What many deliveries send.
pub async fn submissions(
    db: &impl ConnectionTrait,
    ids: &[DeliveryId],
) -> Result<HashMap<DeliveryId, Submission>> {
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(CHUNK) {
        let rows = submission::Entity::find()
            .filter(submission::Column::DeliveryId.is_in(ids.iter().copied()))
            .all(db)
            .await?;
        for row in rows {
            found.insert(row.delivery_id, from_json(row.body)?);
        }
    }
    Ok(found)
}

/// Keeps a new file.
pub async fn insert_removal_file(db: &impl ConnectionTrait, new: &RemovalFile) -> Result<()> {
    let row = removal_file::Model {
        id: new.id,
        site_id: new.site,
        account_id: new.account,
        lane: new.lane.clone(),
        deliveries: to_json(&new.deliveries)?,
        made_by: new.made_by,
        made_at: new.made_at,
        uploaded_at: new.uploaded_at,
    };
    removal_file::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// A file of a site.
pub async fn find_removal_file(
    db: &impl ConnectionTrait,
    site: SiteId,
    id: RemovalFileId,
) -> Result<Option<RemovalFile>> {
    let row = removal_file::Entity::find_by_id(id)
        .filter(Column::SiteId.eq(site))
        .one(db)
        .await?;
    row.map(read).transpose()
}

/// The files of an account that are not uploaded yet, the latest first.
pub async fn list_open_removal_files(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<RemovalFile>> {
    let rows = removal_file::Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::UploadedAt.is_null())
        .order_by_desc(Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(read).collect()
}

/// Notes that the platform has a file.
pub async fn close_removal_file(
    db: &impl ConnectionTrait,
    id: RemovalFileId,
    now: Timestamp,
) -> Result<()> {
    removal_file::Entity::update_many()
        .set(removal_file::ActiveModel {
            uploaded_at: Set(Some(now)),
            ..Default::default()
        })
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}
