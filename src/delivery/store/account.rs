//! Queries on accounts.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbBackend, DbErr, EntityTrait as _,
    ExprTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Select, sea_query::Expr,
};

use super::{from_json, to_json, word};
use crate::{
    clock::Timestamp,
    db::entity::channel_account,
    delivery::{AccountStatus, ChannelAccount},
    error::Result,
    id::{AccountId, SiteId},
};

/// An account with its sealed secrets.
#[derive(Debug, Clone)]
pub struct SealedAccount {
    /// What is public.
    pub account: ChannelAccount,
    /// Sealed values of the secret fields.
    pub credentials: Option<Vec<u8>>,
    /// Sealed tokens.
    pub tokens: Option<Vec<u8>>,
}

pub(super) fn read(row: channel_account::Model) -> Result<SealedAccount> {
    Ok(SealedAccount {
        account: ChannelAccount {
            id: row.id,
            site: row.site_id,
            channel: row.channel,
            name: row.name,
            external_id: row.external_id,
            external_name: row.external_name,
            status: word("status", &row.status, AccountStatus::parse)?,
            status_note: row.status_note,
            settings: from_json(row.settings)?,
            lanes: from_json(row.lanes)?,
            token_version: row.token_version,
            token_expires_at: row.token_expires_at,
            grant_expires_at: row.grant_expires_at,
            is_grant_ending: row.grant_alarm_for.is_some()
                && row.grant_alarm_for == row.grant_expires_at,
            checked_at: row.checked_at,
            version: row.version,
            created_at: row.created_at,
        },
        credentials: row.credentials_enc,
        tokens: row.tokens_enc,
    })
}

pub async fn insert_account(
    db: &impl ConnectionTrait,
    sealed: &SealedAccount,
) -> Result<(), DbErr> {
    let account = &sealed.account;
    let row = channel_account::Model {
        id: account.id,
        site_id: account.site,
        channel: account.channel.clone(),
        name: account.name.clone(),
        external_id: account.external_id.clone(),
        status: account.status.as_str().to_owned(),
        status_note: account.status_note.clone(),
        settings: serde_json::json!(account.settings),
        credentials_enc: sealed.credentials.clone(),
        tokens_enc: sealed.tokens.clone(),
        token_version: account.token_version,
        token_expires_at: account.token_expires_at,
        refresh_owner: None,
        refresh_until: None,
        breaker_state: None,
        breaker_until: None,
        checked_at: account.checked_at,
        version: account.version,
        created_at: account.created_at,
        updated_at: account.created_at,
        grant_expires_at: account.grant_expires_at,
        grant_alarm_for: None,
        grant_alarm_s: None,
        external_name: account.external_name.clone(),
        lanes: serde_json::json!(account.lanes),
    };
    channel_account::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// Writes what people change in an account; `false` when somebody was faster.
pub async fn update_account(
    db: &impl ConnectionTrait,
    sealed: &SealedAccount,
    base_version: i32,
    now: Timestamp,
) -> Result<bool> {
    let account = &sealed.account;
    let changes = channel_account::ActiveModel {
        name: Set(account.name.clone()),
        external_id: Set(account.external_id.clone()),
        status: Set(account.status.as_str().to_owned()),
        status_note: Set(account.status_note.clone()),
        settings: Set(to_json(&account.settings)?),
        lanes: Set(to_json(&account.lanes)?),
        credentials_enc: Set(sealed.credentials.clone()),
        tokens_enc: Set(sealed.tokens.clone()),
        token_version: Set(account.token_version),
        token_expires_at: Set(account.token_expires_at),
        grant_expires_at: Set(account.grant_expires_at),
        checked_at: Set(account.checked_at),
        version: Set(base_version + 1),
        updated_at: Set(now),
        ..Default::default()
    };
    let written = channel_account::Entity::update_many()
        .set(changes)
        .filter(channel_account::Column::Id.eq(account.id))
        .filter(channel_account::Column::Version.eq(base_version))
        .exec(db)
        .await?;
    Ok(written.rows_affected == 1)
}

/// An account of a site.
pub async fn find_account(
    db: &impl ConnectionTrait,
    site: SiteId,
    id: AccountId,
) -> Result<Option<SealedAccount>> {
    let row = channel_account::Entity::find_by_id(id)
        .filter(channel_account::Column::SiteId.eq(site))
        .one(db)
        .await?;
    row.map(read).transpose()
}

/// The account of a channel, in whichever site: for callers who prove themselves by its secrets.
pub async fn find_account_of(
    db: &impl ConnectionTrait,
    channel: &str,
    id: AccountId,
) -> Result<Option<SealedAccount>> {
    let row = channel_account::Entity::find_by_id(id)
        .filter(channel_account::Column::Channel.eq(channel))
        .one(db)
        .await?;
    row.map(read).transpose()
}

/// The accounts of a site, by channel and name.
pub async fn list_accounts(
    db: &impl ConnectionTrait,
    site: SiteId,
    ids: Option<&[AccountId]>,
) -> Result<Vec<ChannelAccount>> {
    let mut query = channel_account::Entity::find()
        .filter(channel_account::Column::SiteId.eq(site))
        .order_by_asc(channel_account::Column::Channel)
        .order_by_asc(channel_account::Column::Name);
    if let Some(ids) = ids {
        query = query.filter(channel_account::Column::Id.is_in(ids.iter().copied()));
    }
    let rows = query.all(db).await?;
    rows.into_iter()
        .map(|row| read(row).map(|sealed| sealed.account))
        .collect()
}

/// Says whether an account can be used, and why not; `false` when it is disconnected, which only a person ends.
pub async fn set_account_status(
    db: &impl ConnectionTrait,
    id: AccountId,
    status: AccountStatus,
    note: Option<String>,
    now: Timestamp,
) -> Result<bool> {
    let written = channel_account::Entity::update_many()
        .set(channel_account::ActiveModel {
            status: Set(status.as_str().to_owned()),
            status_note: Set(note),
            updated_at: Set(now),
            ..Default::default()
        })
        .col_expr(
            channel_account::Column::Version,
            Expr::col(channel_account::Column::Version).add(1),
        )
        .filter(channel_account::Column::Id.eq(id))
        .filter(channel_account::Column::Status.ne(AccountStatus::Disconnected.as_str()))
        .exec(db)
        .await?;
    Ok(written.rows_affected == 1)
}

/// Whether a person parted with an account.
pub async fn is_disconnected(db: &impl ConnectionTrait, id: AccountId) -> Result<bool> {
    is_parted(of_status(id), db).await
}

/// Whether an account is connected, which nobody ends before the transaction does.
pub async fn hold_connection(db: &impl ConnectionTrait, id: AccountId) -> Result<bool> {
    let query = match db.get_database_backend() {
        DbBackend::Postgres => of_status(id).lock_shared(),
        // A transaction that writes is the only one.
        _ => of_status(id),
    };
    is_parted(query, db).await.map(|is_parted| !is_parted)
}

fn of_status(id: AccountId) -> Select<channel_account::Entity> {
    channel_account::Entity::find_by_id(id)
        .select_only()
        .column(channel_account::Column::Status)
}

async fn is_parted(
    query: Select<channel_account::Entity>,
    db: &impl ConnectionTrait,
) -> Result<bool> {
    let status = query.into_tuple::<String>().one(db).await?;
    Ok(status.as_deref() == Some(AccountStatus::Disconnected.as_str()))
}

/// Parts with an account: nothing secret of it stays. `false` when somebody did already. A refresh that is under way finds
/// another version and writes nothing.
pub async fn part_with(db: &impl ConnectionTrait, id: AccountId, now: Timestamp) -> Result<bool> {
    let of = channel_account::Column::Id.eq(id);
    let parted = channel_account::Entity::update_many()
        .set(channel_account::ActiveModel {
            status: Set(AccountStatus::Disconnected.as_str().to_owned()),
            status_note: Set(None),
            credentials_enc: Set(None),
            tokens_enc: Set(None),
            lanes: Set(serde_json::json!({})),
            token_expires_at: Set(None),
            grant_expires_at: Set(None),
            refresh_owner: Set(None),
            refresh_until: Set(None),
            updated_at: Set(now),
            ..Default::default()
        })
        .col_expr(
            channel_account::Column::TokenVersion,
            Expr::col(channel_account::Column::TokenVersion).add(1),
        )
        .col_expr(
            channel_account::Column::Version,
            Expr::col(channel_account::Column::Version).add(1),
        )
        .filter(of)
        .filter(channel_account::Column::Status.ne(AccountStatus::Disconnected.as_str()))
        .exec(db)
        .await?;
    Ok(parted.rows_affected == 1)
}

/// Changes the status of an account that has a certain one; any other stays.
pub async fn change_account_status(
    db: &impl ConnectionTrait,
    id: AccountId,
    from: AccountStatus,
    to: AccountStatus,
    now: Timestamp,
) -> Result<()> {
    channel_account::Entity::update_many()
        .set(channel_account::ActiveModel {
            status: Set(to.as_str().to_owned()),
            updated_at: Set(now),
            ..Default::default()
        })
        .col_expr(
            channel_account::Column::Version,
            Expr::col(channel_account::Column::Version).add(1),
        )
        .filter(channel_account::Column::Id.eq(id))
        .filter(channel_account::Column::Status.eq(from.as_str()))
        .exec(db)
        .await?;
    Ok(())
}

/// Says whose an account is on its platform: the id there, and the name.
pub async fn set_holder(
    db: &impl ConnectionTrait,
    id: AccountId,
    (external_id, external_name): (Option<String>, Option<String>),
    now: Timestamp,
) -> Result<()> {
    channel_account::Entity::update_many()
        .set(channel_account::ActiveModel {
            external_id: Set(external_id),
            external_name: Set(external_name),
            updated_at: Set(now),
            ..Default::default()
        })
        .col_expr(
            channel_account::Column::Version,
            Expr::col(channel_account::Column::Version).add(1),
        )
        .filter(channel_account::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}
