//! Queries on webhooks.

use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ExprTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, Func},
};

use super::broken;
use crate::{
    clock::Timestamp,
    db::entity::webhook,
    error::Result,
    id::{SiteId, WebhookId},
    webhooks::{PauseReason, Webhook},
};

/// A webhook with its secrets, sealed.
#[derive(Debug, Clone)]
pub struct SealedWebhook {
    pub webhook: Webhook,
    pub secret: Vec<u8>,
    pub previous_secret: Option<Vec<u8>>,
}

fn read(row: webhook::Model) -> Result<SealedWebhook> {
    let pause_reason = row.pause_reason.map(|reason| {
        PauseReason::parse(&reason)
            .ok_or_else(|| broken(format!("{reason} is not a reason of this version")))
    });
    Ok(SealedWebhook {
        webhook: Webhook {
            id: row.id,
            site: row.site_id,
            name: row.name,
            url: row.url,
            topics: serde_json::from_value(row.topics).map_err(broken)?,
            previous_until: row.previous_until,
            paused_at: row.paused_at,
            pause_reason: pause_reason.transpose()?,
            failing_since: row.failing_since,
            last_success_at: row.last_success_at,
            created_by: row.created_by,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        },
        secret: row.secret,
        previous_secret: row.previous_secret,
    })
}

fn write(sealed: &SealedWebhook) -> webhook::Model {
    let webhook = &sealed.webhook;
    webhook::Model {
        id: webhook.id,
        site_id: webhook.site,
        name: webhook.name.clone(),
        url: webhook.url.clone(),
        topics: webhook.topics.clone().into(),
        secret: sealed.secret.clone(),
        previous_secret: sealed.previous_secret.clone(),
        previous_until: webhook.previous_until,
        paused_at: webhook.paused_at,
        pause_reason: webhook
            .pause_reason
            .map(|reason| reason.as_str().to_owned()),
        failing_since: webhook.failing_since,
        last_success_at: webhook.last_success_at,
        created_by: webhook.created_by,
        version: webhook.version,
        created_at: webhook.created_at,
        updated_at: webhook.updated_at,
    }
}

pub async fn insert(db: &impl ConnectionTrait, sealed: &SealedWebhook) -> Result<(), DbErr> {
    webhook::Entity::insert(write(sealed).into_active_model())
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// Writes what a person changed, if the version is still one less than the given one; `false` when it is not.
pub async fn update(db: &impl ConnectionTrait, sealed: &SealedWebhook) -> Result<bool, DbErr> {
    let written = webhook::Entity::update_many()
        .set(write(sealed).into_active_model().reset_all())
        .filter(webhook::Column::Id.eq(sealed.webhook.id))
        .filter(webhook::Column::Version.eq(sealed.webhook.version - 1))
        .exec(db)
        .await?;
    Ok(written.rows_affected == 1)
}

pub async fn delete(db: &impl ConnectionTrait, site: SiteId, id: WebhookId) -> Result<bool> {
    let deleted = webhook::Entity::delete_many()
        .filter(webhook::Column::Id.eq(id))
        .filter(webhook::Column::SiteId.eq(site))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected == 1)
}

pub async fn find(
    db: &impl ConnectionTrait,
    site: SiteId,
    id: WebhookId,
) -> Result<Option<SealedWebhook>> {
    let row = webhook::Entity::find_by_id(id)
        .filter(webhook::Column::SiteId.eq(site))
        .one(db)
        .await?;
    row.map(read).transpose()
}

/// The webhooks of a site, by name.
pub async fn list(db: &impl ConnectionTrait, site: SiteId) -> Result<Vec<Webhook>> {
    let rows = webhook::Entity::find()
        .filter(webhook::Column::SiteId.eq(site))
        .order_by_asc(webhook::Column::Name)
        .all(db)
        .await?;
    rows.into_iter().map(|row| Ok(read(row)?.webhook)).collect()
}

/// Sites that have webhooks.
pub async fn list_sites(db: &impl ConnectionTrait) -> Result<Vec<SiteId>> {
    Ok(webhook::Entity::find()
        .select_only()
        .column(webhook::Column::SiteId)
        .distinct()
        .into_tuple()
        .all(db)
        .await?)
}

/// Pauses a webhook that goes; `false` when it was paused already.
pub async fn pause(
    db: &impl ConnectionTrait,
    id: WebhookId,
    reason: PauseReason,
    now: Timestamp,
) -> Result<bool> {
    let paused = webhook::Entity::update_many()
        .set(webhook::ActiveModel {
            paused_at: Set(Some(now)),
            pause_reason: Set(Some(reason.as_str().to_owned())),
            updated_at: Set(now),
            ..Default::default()
        })
        .col_expr(
            webhook::Column::Version,
            Expr::col(webhook::Column::Version).add(1),
        )
        .filter(webhook::Column::Id.eq(id))
        .filter(webhook::Column::PausedAt.is_null())
        .exec(db)
        .await?;
    Ok(paused.rows_affected == 1)
}

pub async fn note_success(db: &impl ConnectionTrait, id: WebhookId, now: Timestamp) -> Result<()> {
    webhook::Entity::update_many()
        .set(webhook::ActiveModel {
            failing_since: Set(None),
            last_success_at: Set(Some(now)),
            ..Default::default()
        })
        .filter(webhook::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn note_failure(db: &impl ConnectionTrait, id: WebhookId, at: Timestamp) -> Result<()> {
    let since = Func::coalesce([Expr::col(webhook::Column::FailingSince), Expr::value(at)]);
    webhook::Entity::update_many()
        .col_expr(webhook::Column::FailingSince, Expr::expr(since))
        .filter(webhook::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}
