//! Queries on lanes.

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};

use crate::{
    clock::Timestamp,
    db::entity::lane,
    delivery::{Lane, Reason},
    error::Result,
    id::{AccountId, LaneId, SiteId},
};

impl From<lane::Model> for Lane {
    fn from(row: lane::Model) -> Self {
        Self {
            id: row.id,
            account: row.account_id,
            name: row.name,
            next_eligible_at: row.next_eligible_at,
            paused_reason: row.paused_reason,
        }
    }
}

/// Opens lanes of an account; those that it has stay as they are.
pub async fn insert_lanes(
    db: &impl ConnectionTrait,
    site: SiteId,
    account: AccountId,
    names: &[&str],
) -> Result<()> {
    let beginning = Timestamp(0);
    let rows = names.iter().map(|name| {
        lane::Model {
            id: LaneId::new(),
            site_id: site,
            account_id: account,
            name: (*name).to_owned(),
            next_eligible_at: beginning,
            max_in_flight: 1,
            last_served_at: beginning,
            paused_reason: None,
        }
        .into_active_model()
        .reset_all()
    });
    let key = [lane::Column::AccountId, lane::Column::Name];
    lane::Entity::insert_many(rows)
        .on_conflict_do_nothing_on(key)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn find_lane(
    db: &impl ConnectionTrait,
    account: AccountId,
    name: &str,
) -> Result<Option<Lane>> {
    let row = lane::Entity::find()
        .filter(lane::Column::AccountId.eq(account))
        .filter(lane::Column::Name.eq(name))
        .one(db)
        .await?;
    Ok(row.map(Into::into))
}

/// Stops or frees all lanes of an account.
pub async fn set_lanes_paused(
    db: &impl ConnectionTrait,
    account: AccountId,
    reason: Option<&str>,
) -> Result<()> {
    lane::Entity::update_many()
        .set(lane::ActiveModel {
            paused_reason: Set(reason.map(ToOwned::to_owned)),
            ..Default::default()
        })
        .filter(lane::Column::AccountId.eq(account))
        .exec(db)
        .await?;
    Ok(())
}

/// Frees the lanes of an account that were stopped because it lacked a right.
pub async fn end_permission_pause(db: &impl ConnectionTrait, account: AccountId) -> Result<()> {
    lane::Entity::update_many()
        .set(lane::ActiveModel {
            paused_reason: Set(None),
            ..Default::default()
        })
        .filter(lane::Column::AccountId.eq(account))
        .filter(lane::Column::PausedReason.eq(Reason::Permission.as_str()))
        .exec(db)
        .await?;
    Ok(())
}

/// Why a lane is stopped, if it is.
pub async fn lane_pause(db: &impl ConnectionTrait, id: LaneId) -> Result<Option<String>> {
    let row = lane::Entity::find_by_id(id).one(db).await?;
    Ok(row.and_then(|row| row.paused_reason))
}

/// Lets a lane rest.
pub async fn slow_lane(db: &impl ConnectionTrait, id: LaneId, until: Timestamp) -> Result<()> {
    lane::Entity::update_many()
        .set(lane::ActiveModel {
            next_eligible_at: Set(until),
            ..Default::default()
        })
        .filter(lane::Column::Id.eq(id))
        .filter(lane::Column::NextEligibleAt.lt(until))
        .exec(db)
        .await?;
    Ok(())
}

/// Stops one lane; that of an account with which a person parted stays stopped for that.
pub async fn pause_lane(db: &impl ConnectionTrait, id: LaneId, reason: &str) -> Result<()> {
    let is_connected = Condition::any()
        .add(lane::Column::PausedReason.is_null())
        .add(lane::Column::PausedReason.ne(Reason::Disconnected.as_str()));
    lane::Entity::update_many()
        .set(lane::ActiveModel {
            paused_reason: Set(Some(reason.to_owned())),
            ..Default::default()
        })
        .filter(lane::Column::Id.eq(id))
        .filter(is_connected)
        .exec(db)
        .await?;
    Ok(())
}
