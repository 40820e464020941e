//! Queries on pauses and on rules for what is late.

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
    sea_query::OnConflict,
};

use super::word;
use crate::{
    clock::Timestamp,
    db::entity::{delivery, missed_rule, pause},
    delivery::{Delivery, DeliveryState, MissedPolicy, MissedRule, Pause, PauseScope},
    error::{Error, Result},
    id::{AccountId, ItemId, SiteId},
    tailoring::SourceRef,
};

fn read(row: pause::Model) -> Pause {
    let scope = match (row.channel, row.account_id, row.source_id) {
        (Some(channel), _, _) => PauseScope::Channel(channel),
        (_, Some(account), _) => PauseScope::Account(account),
        (_, _, Some(source)) if row.scope == "video" => {
            PauseScope::Source(SourceRef::Video(source))
        }
        (_, _, Some(source)) => PauseScope::Source(SourceRef::Story(source)),
        (None, None, None) => PauseScope::All,
    };
    Pause {
        id: row.id,
        site: row.site_id,
        scope,
        note: row.note,
        created_by: row.created_by,
        created_at: row.created_at,
    }
}

fn of(scope: &PauseScope) -> Condition {
    let all = Condition::all().add(pause::Column::Scope.eq(scope.name()));
    match scope {
        PauseScope::All => all,
        PauseScope::Channel(channel) => all.add(pause::Column::Channel.eq(channel)),
        PauseScope::Account(account) => all.add(pause::Column::AccountId.eq(*account)),
        PauseScope::Source(source) => all.add(pause::Column::SourceId.eq(source.item())),
    }
}

/// Stops what the pause says; an older pause of the same goes.
pub async fn insert_pause(db: &impl ConnectionTrait, new: &Pause) -> Result<()> {
    delete_pause(db, new.site, &new.scope).await?;
    let mut row = pause::Model {
        id: new.id,
        site_id: new.site,
        scope: new.scope.name().to_owned(),
        channel: None,
        account_id: None,
        source_id: None,
        note: new.note.clone(),
        created_by: new.created_by,
        created_at: new.created_at,
    };
    match &new.scope {
        PauseScope::All => {}
        PauseScope::Channel(channel) => row.channel = Some(channel.clone()),
        PauseScope::Account(account) => row.account_id = Some(*account),
        PauseScope::Source(source) => row.source_id = Some(source.item()),
    }
    pause::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Ends a pause; `false`: there was none.
pub async fn delete_pause(
    db: &impl ConnectionTrait,
    site: SiteId,
    scope: &PauseScope,
) -> Result<bool> {
    let deleted = pause::Entity::delete_many()
        .filter(pause::Column::SiteId.eq(site))
        .filter(of(scope))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected > 0)
}

/// The pauses of a site, the latest first.
pub async fn list_pauses(db: &impl ConnectionTrait, site: SiteId) -> Result<Vec<Pause>> {
    let rows = pause::Entity::find()
        .filter(pause::Column::SiteId.eq(site))
        .order_by_desc(pause::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(read).collect())
}

/// Whether people paused an account by itself.
pub async fn is_account_paused(db: &impl ConnectionTrait, account: AccountId) -> Result<bool> {
    let found = pause::Entity::find()
        .filter(pause::Column::AccountId.eq(account))
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Whether anything stops a delivery.
pub async fn is_paused(db: &impl ConnectionTrait, delivery: &Delivery) -> Result<bool> {
    let any = Condition::any()
        .add(pause::Column::Scope.eq(PauseScope::All.name()))
        .add(pause::Column::Channel.eq(&delivery.channel))
        .add(pause::Column::AccountId.eq(delivery.account))
        .add(pause::Column::SourceId.eq(delivery.source_id));
    let found = pause::Entity::find()
        .filter(pause::Column::SiteId.eq(delivery.site))
        .filter(any)
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// The rule of a story or video, if it has one of its own.
pub async fn find_missed_rule(
    db: &impl ConnectionTrait,
    site: SiteId,
    source: ItemId,
) -> Result<Option<MissedRule>> {
    let row = missed_rule::Entity::find_by_id(source)
        .filter(missed_rule::Column::SiteId.eq(site))
        .one(db)
        .await?;
    row.map(|row| read_rule(&row.policy, row.window_s))
        .transpose()
}

pub(super) fn read_rule(policy: &str, window_s: i32) -> Result<MissedRule> {
    Ok(MissedRule {
        policy: word("missed_policy", policy, MissedPolicy::parse)?,
        window_s: u32::try_from(window_s).unwrap_or_default(),
    })
}

pub(super) fn window_of(rule: MissedRule) -> i32 {
    i32::try_from(rule.window_s).unwrap_or(i32::MAX)
}

/// Gives a story or video a rule of its own, for what is planned already too.
pub async fn save_missed_rule(
    db: &impl ConnectionTrait,
    site: SiteId,
    source: ItemId,
    rule: MissedRule,
    now: Timestamp,
) -> Result<()> {
    let row = missed_rule::Model {
        source_id: source,
        site_id: site,
        policy: rule.policy.as_str().to_owned(),
        window_s: window_of(rule),
        updated_at: now,
    };
    let replace = OnConflict::column(missed_rule::Column::SourceId)
        .update_columns([
            missed_rule::Column::Policy,
            missed_rule::Column::WindowS,
            missed_rule::Column::UpdatedAt,
        ])
        .to_owned();
    missed_rule::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(replace)
        .exec_without_returning(db)
        .await
        .map_err(Error::from)?;
    let waiting = [
        DeliveryState::Scheduled,
        DeliveryState::Held,
        DeliveryState::Ready,
        DeliveryState::RetryWait,
    ];
    delivery::Entity::update_many()
        .set(delivery::ActiveModel {
            missed_policy: Set(rule.policy.as_str().to_owned()),
            missed_window_s: Set(window_of(rule)),
            ..Default::default()
        })
        .filter(delivery::Column::SiteId.eq(site))
        .filter(delivery::Column::SourceId.eq(source))
        .filter(delivery::Column::State.is_in(waiting.map(DeliveryState::as_str)))
        .exec(db)
        .await?;
    Ok(())
}
