//! Queries on who has an item open.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, sea_query::OnConflict,
};

use crate::{
    clock::Timestamp,
    db::entity::presence,
    error::Result,
    id::{ItemId, SiteId, UserId},
};

/// Notes that a person has an item open.
pub async fn save(
    db: &impl ConnectionTrait,
    site: SiteId,
    item: ItemId,
    user: UserId,
    now: Timestamp,
) -> Result<()> {
    let row = presence::Model {
        item_id: item,
        user_id: user,
        site_id: site,
        seen_at: now,
    };
    presence::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::columns([presence::Column::ItemId, presence::Column::UserId])
                .update_column(presence::Column::SeenAt)
                .to_owned(),
        )
        .exec(db)
        .await?;
    Ok(())
}

/// Forgets whoever was last heard of before an instant.
pub async fn delete_before(
    db: &impl ConnectionTrait,
    item: ItemId,
    before: Timestamp,
) -> Result<()> {
    presence::Entity::delete_many()
        .filter(presence::Column::ItemId.eq(item))
        .filter(presence::Column::SeenAt.lt(before))
        .exec(db)
        .await?;
    Ok(())
}

/// Forgets one person.
pub async fn delete(db: &impl ConnectionTrait, item: ItemId, user: UserId) -> Result<()> {
    presence::Entity::delete_by_id((item, user))
        .exec(db)
        .await?;
    Ok(())
}

/// Everybody else who has an item open.
pub async fn list_others(
    db: &impl ConnectionTrait,
    item: ItemId,
    user: UserId,
) -> Result<Vec<UserId>> {
    let rows = presence::Entity::find()
        .filter(presence::Column::ItemId.eq(item))
        .filter(presence::Column::UserId.ne(user))
        .order_by_asc(presence::Column::UserId)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.user_id).collect())
}
