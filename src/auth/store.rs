//! Queries on sites, users, sessions and API keys.

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbBackend, DbErr,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
    sea_query::OnConflict,
};

use super::{ApiKey, Member, Role, Site, User};
use crate::{
    clock::Timestamp,
    db::entity::{api_key, membership, session, site, user},
    error::Result,
    id::{ApiKeyId, SessionId, SiteId, UserId},
};

impl From<site::Model> for Site {
    fn from(row: site::Model) -> Self {
        Self {
            id: row.id,
            key: row.key,
            name: row.name,
            locale: row.locale,
            zone: row.zone,
            base_url: row.base_url,
            is_official: row.is_official,
            needs_approval: row.needs_approval,
            brand_words: serde_json::from_value(row.brand_words).unwrap_or_default(),
            path_template: row.path_template,
            mini_programs: serde_json::from_value(row.mini_programs).unwrap_or_default(),
            blackouts: serde_json::from_value(row.blackouts).unwrap_or_default(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl From<user::Model> for User {
    fn from(row: user::Model) -> Self {
        Self {
            id: row.id,
            email: row.email,
            name: row.name,
            created_at: row.created_at,
        }
    }
}

impl From<api_key::Model> for ApiKey {
    fn from(row: api_key::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            prefix: row.prefix,
            created_at: row.created_at,
            revoked_at: row.revoked_at,
        }
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Author => "author",
        Role::Editor => "editor",
        Role::Admin => "admin",
    }
}

/// A role that we do not know allows least.
fn read_role(name: &str) -> Role {
    match name {
        "author" => Role::Author,
        "editor" => Role::Editor,
        "admin" => Role::Admin,
        _ => Role::Viewer,
    }
}

fn site_row(site: &Site) -> site::Model {
    site::Model {
        id: site.id,
        key: site.key.clone(),
        name: site.name.clone(),
        locale: site.locale.clone(),
        zone: site.zone.clone(),
        base_url: site.base_url.clone(),
        is_official: site.is_official,
        needs_approval: site.needs_approval,
        brand_words: serde_json::json!(site.brand_words),
        path_template: site.path_template.clone(),
        mini_programs: serde_json::json!(site.mini_programs),
        blackouts: serde_json::json!(site.blackouts),
        version: site.version,
        created_at: site.created_at,
        updated_at: site.updated_at,
    }
}

pub async fn find_site(db: &impl ConnectionTrait, id: SiteId) -> Result<Option<Site>> {
    Ok(site::Entity::find_by_id(id).one(db).await?.map(Into::into))
}

pub async fn find_site_by_key(db: &impl ConnectionTrait, key: &str) -> Result<Option<Site>> {
    Ok(site::Entity::find()
        .filter(site::Column::Key.eq(key))
        .one(db)
        .await?
        .map(Into::into))
}

pub async fn list_sites(db: &impl ConnectionTrait) -> Result<Vec<Site>> {
    let rows = site::Entity::find()
        .order_by_asc(site::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub async fn insert_site(db: &impl ConnectionTrait, site: &Site) -> Result<(), DbErr> {
    site::Entity::insert(site_row(site).into_active_model())
        .exec(db)
        .await
        .map(|_| ())
}

/// Writes a site whose version must still be one less than the given one; `false` when it is not.
pub async fn update_site(db: &impl ConnectionTrait, site: &Site) -> Result<bool> {
    let changed = site::Entity::update_many()
        .set(site_row(site).into_active_model().reset_all())
        .filter(site::Column::Id.eq(site.id))
        .filter(site::Column::Version.eq(site.version - 1))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// A user and the hash of the password, by address.
pub async fn find_user_by_email(
    db: &impl ConnectionTrait,
    email: &str,
) -> Result<Option<(User, String)>> {
    let row = user::Entity::find()
        .filter(user::Column::Email.eq(email))
        .one(db)
        .await?;
    Ok(row
        .map(|row| (row.password_hash.clone(), row))
        .map(|(hash, row)| (row.into(), hash)))
}

pub async fn find_user(db: &impl ConnectionTrait, id: UserId) -> Result<Option<(User, String)>> {
    let row = user::Entity::find_by_id(id).one(db).await?;
    Ok(row
        .map(|row| (row.password_hash.clone(), row))
        .map(|(hash, row)| (row.into(), hash)))
}

/// The key of PostgreSQL's lock that lets one first run in at a time: "setup" in ASCII.
const SET_UP_LOCK: i64 = 0x73_65_74_75_70;

/// Holds back other first runs until the transaction ends (SQLite has one writer anyway).
pub async fn lock_set_up(tx: &impl ConnectionTrait) -> Result<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({SET_UP_LOCK})"))
            .await?;
    }
    Ok(())
}

pub async fn has_users(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(user::Entity::find().one(db).await?.is_some())
}

pub async fn insert_user(
    db: &impl ConnectionTrait,
    user: &User,
    password_hash: String,
) -> Result<(), DbErr> {
    let row = user::Model {
        id: user.id,
        email: user.email.clone(),
        name: user.name.clone(),
        password_hash,
        version: 1,
        created_at: user.created_at,
        updated_at: user.created_at,
    };
    user::Entity::insert(row.into_active_model())
        .exec(db)
        .await
        .map(|_| ())
}

pub async fn set_password(
    db: &impl ConnectionTrait,
    id: UserId,
    password_hash: String,
    now: Timestamp,
) -> Result<()> {
    let row = user::ActiveModel {
        id: Set(id),
        password_hash: Set(password_hash),
        updated_at: Set(now),
        ..Default::default()
    };
    row.update(db).await?;
    Ok(())
}

pub async fn set_role(
    db: &impl ConnectionTrait,
    site: SiteId,
    user: UserId,
    role: Role,
    now: Timestamp,
) -> Result<()> {
    let row = membership::Model {
        user_id: user,
        site_id: site,
        role: role_name(role).to_owned(),
        created_at: now,
    };
    membership::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::columns([membership::Column::UserId, membership::Column::SiteId])
                .update_column(membership::Column::Role)
                .to_owned(),
        )
        .exec(db)
        .await?;
    Ok(())
}

pub async fn find_role(
    db: &impl ConnectionTrait,
    site: SiteId,
    user: UserId,
) -> Result<Option<Role>> {
    let row = membership::Entity::find_by_id((user, site)).one(db).await?;
    Ok(row.map(|row| read_role(&row.role)))
}

/// The sites of a user, oldest first.
pub async fn list_memberships(
    db: &impl ConnectionTrait,
    user: UserId,
) -> Result<Vec<(SiteId, Role)>> {
    let rows = membership::Entity::find()
        .filter(membership::Column::UserId.eq(user))
        .order_by_asc(membership::Column::CreatedAt)
        .order_by_asc(membership::Column::SiteId)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.site_id, read_role(&row.role)))
        .collect())
}

pub async fn list_members(db: &impl ConnectionTrait, site: SiteId) -> Result<Vec<Member>> {
    let roles: std::collections::HashMap<UserId, Role> = membership::Entity::find()
        .filter(membership::Column::SiteId.eq(site))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.user_id, read_role(&row.role)))
        .collect();
    let users = user::Entity::find()
        .filter(user::Column::Id.is_in(roles.keys().copied()))
        .order_by_asc(user::Column::Email)
        .all(db)
        .await?;
    Ok(users
        .into_iter()
        .filter_map(|row| {
            Some(Member {
                role: *roles.get(&row.id)?,
                user: row.into(),
            })
        })
        .collect())
}

pub async fn insert_session(
    db: &impl ConnectionTrait,
    token_hash: String,
    user: UserId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    let row = session::Model {
        id: SessionId::new(),
        token_hash,
        user_id: user,
        created_at: now,
        expires_at,
        last_used_at: None,
    };
    session::Entity::insert(row.into_active_model())
        .exec(db)
        .await?;
    Ok(())
}

/// The session of a token that has not ended, and when it ends.
pub async fn find_session(
    db: &impl ConnectionTrait,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<(SessionId, UserId, Timestamp)>> {
    let row = session::Entity::find()
        .filter(session::Column::TokenHash.eq(token_hash))
        .filter(session::Column::ExpiresAt.gt(now))
        .one(db)
        .await?;
    Ok(row.map(|row| (row.id, row.user_id, row.expires_at)))
}

pub async fn extend_session(
    db: &impl ConnectionTrait,
    id: SessionId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    let row = session::ActiveModel {
        id: Set(id),
        expires_at: Set(expires_at),
        last_used_at: Set(Some(now)),
        ..Default::default()
    };
    row.update(db).await?;
    Ok(())
}

pub async fn delete_session(db: &impl ConnectionTrait, token_hash: &str) -> Result<()> {
    session::Entity::delete_many()
        .filter(session::Column::TokenHash.eq(token_hash))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn delete_sessions_of(db: &impl ConnectionTrait, user: UserId) -> Result<()> {
    session::Entity::delete_many()
        .filter(session::Column::UserId.eq(user))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn delete_ended_sessions(db: &impl ConnectionTrait, now: Timestamp) -> Result<()> {
    session::Entity::delete_many()
        .filter(session::Column::ExpiresAt.lte(now))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn insert_api_key(
    db: &impl ConnectionTrait,
    site: SiteId,
    key: &ApiKey,
    key_hash: String,
) -> Result<()> {
    let row = api_key::Model {
        id: key.id,
        site_id: site,
        name: key.name.clone(),
        prefix: key.prefix.clone(),
        key_hash,
        created_at: key.created_at,
        revoked_at: None,
    };
    api_key::Entity::insert(row.into_active_model())
        .exec(db)
        .await?;
    Ok(())
}

/// A key that works, and its site.
pub async fn find_api_key(
    db: &impl ConnectionTrait,
    key_hash: &str,
) -> Result<Option<(ApiKeyId, SiteId)>> {
    let row = api_key::Entity::find()
        .filter(api_key::Column::KeyHash.eq(key_hash))
        .filter(api_key::Column::RevokedAt.is_null())
        .one(db)
        .await?;
    Ok(row.map(|row| (row.id, row.site_id)))
}

pub async fn list_api_keys(db: &impl ConnectionTrait, site: SiteId) -> Result<Vec<ApiKey>> {
    let rows = api_key::Entity::find()
        .filter(api_key::Column::SiteId.eq(site))
        .order_by_desc(api_key::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Ends a key; the key as it is now, or nothing when the site has no such key.
pub async fn revoke_api_key(
    db: &impl ConnectionTrait,
    site: SiteId,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<Option<ApiKey>> {
    let row = api_key::Entity::find_by_id(id)
        .filter(api_key::Column::SiteId.eq(site))
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut row = row.into_active_model();
    if row.revoked_at.as_ref().is_none() {
        row.revoked_at = Set(Some(now));
    }
    Ok(Some(row.update(db).await?.into()))
}
