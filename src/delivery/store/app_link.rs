//! Queries on links and codes into mini-programs.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, sea_query::OnConflict,
};

use crate::{
    channels::AppLink,
    db::entity::app_link::{self, Column},
    delivery::MadeLink,
    error::Result,
    id::{AccountId, ItemId, SiteId},
};

fn read(row: app_link::Model) -> MadeLink {
    MadeLink {
        account: row.account_id,
        item: row.item_id,
        kind: row.kind,
        page: row.page,
        link: AppLink {
            address: row.address,
            picture: row.picture.into(),
            ends_at: row.ends_at,
        },
        made_at: row.made_at,
    }
}

/// The one that an account made of a kind.
pub async fn find_app_link(
    db: &impl ConnectionTrait,
    site: SiteId,
    account: AccountId,
    item: ItemId,
    kind: &str,
) -> Result<Option<MadeLink>> {
    let row = app_link::Entity::find_by_id((account, item, kind.to_owned()))
        .filter(Column::SiteId.eq(site))
        .one(db)
        .await?;
    Ok(row.map(read))
}

/// Those that accounts made to a story or video, the first made first.
pub async fn list_app_links(
    db: &impl ConnectionTrait,
    site: SiteId,
    item: ItemId,
    accounts: Vec<AccountId>,
) -> Result<Vec<MadeLink>> {
    let rows = app_link::Entity::find()
        .filter(Column::SiteId.eq(site))
        .filter(Column::ItemId.eq(item))
        .filter(Column::AccountId.is_in(accounts))
        .order_by_asc(Column::MadeAt)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(read).collect())
}

/// Keeps one, in the place of that before it.
pub async fn save_app_link(db: &impl ConnectionTrait, site: SiteId, made: &MadeLink) -> Result<()> {
    let row = app_link::Model {
        site_id: site,
        account_id: made.account,
        item_id: made.item,
        kind: made.kind.clone(),
        page: made.page.clone(),
        address: made.link.address.clone(),
        picture: made.link.picture.to_vec(),
        ends_at: made.link.ends_at,
        made_at: made.made_at,
    };
    app_link::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::columns([Column::AccountId, Column::ItemId, Column::Kind])
                .update_columns([
                    Column::Page,
                    Column::Address,
                    Column::Picture,
                    Column::EndsAt,
                    Column::MadeAt,
                ])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}
