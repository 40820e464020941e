//! Queries on the tokens of accounts and on the grants that they stand for: whose turn it is to refresh them, and what ends.

use std::time::Duration;

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    QueryFilter as _, QueryOrder as _,
};

use super::account::read;
use crate::{
    clock::Timestamp,
    db::entity::channel_account,
    delivery::{AccountStatus, ChannelAccount},
    error::Result,
    id::AccountId,
};

/// Clocks of nodes may differ by this.
const SKEW: Duration = Duration::from_secs(5);

/// Takes the turn to refresh an account's tokens; `false` when somebody has it or the tokens are newer.
pub async fn claim_refresh(
    db: &impl ConnectionTrait,
    id: AccountId,
    token_version: i32,
    owner: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let free = Condition::any()
        .add(channel_account::Column::RefreshUntil.is_null())
        .add(channel_account::Column::RefreshUntil.lte(now))
        // A turn that ends later than ours would was taken by a clock that was set back since.
        .add(channel_account::Column::RefreshUntil.gt(until.plus(SKEW)));
    let written = channel_account::Entity::update_many()
        .set(channel_account::ActiveModel {
            refresh_owner: Set(Some(owner.to_owned())),
            refresh_until: Set(Some(until)),
            ..Default::default()
        })
        .filter(channel_account::Column::Id.eq(id))
        .filter(channel_account::Column::TokenVersion.eq(token_version))
        .filter(free)
        .exec(db)
        .await?;
    Ok(written.rows_affected == 1)
}

/// What a refresh brought.
#[derive(Debug, Clone)]
pub struct NewTokens {
    /// Sealed.
    pub sealed: Vec<u8>,
    /// When the token ends.
    pub expires_at: Option<Timestamp>,
    /// When the grant ends.
    pub grant_expires_at: Option<Timestamp>,
}

/// Gives the turn back; with new tokens, replaces the old ones in the same write.
pub async fn finish_refresh(
    db: &impl ConnectionTrait,
    id: AccountId,
    token_version: i32,
    owner: &str,
    tokens: Option<NewTokens>,
) -> Result<bool> {
    let mut changes = channel_account::ActiveModel {
        refresh_owner: Set(None),
        refresh_until: Set(None),
        ..Default::default()
    };
    if let Some(tokens) = tokens {
        changes.tokens_enc = Set(Some(tokens.sealed));
        changes.token_expires_at = Set(tokens.expires_at);
        changes.grant_expires_at = Set(tokens.grant_expires_at);
        changes.token_version = Set(token_version + 1);
    }
    let written = channel_account::Entity::update_many()
        .set(changes)
        .filter(channel_account::Column::Id.eq(id))
        .filter(channel_account::Column::TokenVersion.eq(token_version))
        .filter(channel_account::Column::RefreshOwner.eq(owner))
        .exec(db)
        .await?;
    Ok(written.rows_affected == 1)
}

/// Ends the turns of workers that are dead.
pub async fn void_refreshes(db: &impl ConnectionTrait) -> Result<()> {
    channel_account::Entity::update_many()
        .set(channel_account::ActiveModel {
            refresh_owner: Set(None),
            refresh_until: Set(None),
            ..Default::default()
        })
        .filter(channel_account::Column::RefreshOwner.is_not_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Active accounts whose token ends before then, in every site.
pub async fn list_ending_tokens(
    db: &impl ConnectionTrait,
    before: Timestamp,
) -> Result<Vec<ChannelAccount>> {
    let rows = channel_account::Entity::find()
        .filter(channel_account::Column::TokenExpiresAt.lt(before))
        .filter(channel_account::Column::Status.eq(AccountStatus::Active.as_str()))
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| read(row).map(|sealed| sealed.account))
        .collect()
}

/// Accounts in use whose grant ends before then, in every site.
pub async fn list_ending_grants(
    db: &impl ConnectionTrait,
    before: Timestamp,
) -> Result<Vec<ChannelAccount>> {
    let rows = channel_account::Entity::find()
        .filter(channel_account::Column::GrantExpiresAt.lte(before))
        .filter(channel_account::Column::Status.ne(AccountStatus::NeedsLogin.as_str()))
        .order_by_asc(channel_account::Column::Id)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| read(row).map(|sealed| sealed.account))
        .collect()
}

/// Writes down that people are told of the end of a grant this long before it; `false` when they were told already.
pub async fn claim_grant_alarm(
    db: &impl ConnectionTrait,
    id: AccountId,
    ends_at: Timestamp,
    notice: Duration,
) -> Result<bool> {
    let notice_s = i32::try_from(notice.as_secs()).unwrap_or(i32::MAX);
    let untold = Condition::any()
        .add(channel_account::Column::GrantAlarmFor.is_null())
        .add(channel_account::Column::GrantAlarmFor.ne(ends_at))
        .add(channel_account::Column::GrantAlarmS.gt(notice_s));
    let told = channel_account::Entity::update_many()
        .set(channel_account::ActiveModel {
            grant_alarm_for: Set(Some(ends_at)),
            grant_alarm_s: Set(Some(notice_s)),
            ..Default::default()
        })
        .filter(channel_account::Column::Id.eq(id))
        .filter(channel_account::Column::GrantExpiresAt.eq(ends_at))
        .filter(untold)
        .exec(db)
        .await?;
    Ok(told.rows_affected == 1)
}
