//! Queries on the cursor of the content's changes.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _,
};

use crate::{clock::Timestamp, db::entity::change_cursor, error::Result};

/// How far the content's changes were read; `None`: not at all yet.
pub async fn cursor(db: &impl ConnectionTrait, name: &str) -> Result<Option<i64>> {
    let row = change_cursor::Entity::find_by_id(name).one(db).await?;
    Ok(row.map(|row| row.seq))
}

pub async fn insert_cursor(
    db: &impl ConnectionTrait,
    name: &str,
    seq: i64,
    now: Timestamp,
) -> Result<()> {
    let row = change_cursor::Model {
        name: name.to_owned(),
        seq,
        updated_at: now,
    };
    change_cursor::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([change_cursor::Column::Name])
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Moves the cursor, if nobody else did since it was read.
pub async fn move_cursor(
    db: &impl ConnectionTrait,
    name: &str,
    from: i64,
    to: i64,
    now: Timestamp,
) -> Result<bool> {
    let moved = change_cursor::Entity::update_many()
        .set(change_cursor::ActiveModel {
            seq: Set(to),
            updated_at: Set(now),
            ..Default::default()
        })
        .filter(change_cursor::Column::Name.eq(name))
        .filter(change_cursor::Column::Seq.eq(from))
        .exec(db)
        .await?;
    Ok(moved.rows_affected == 1)
}
