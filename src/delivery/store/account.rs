//! Queries on accounts and lanes.

use std::time::Duration;

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait,
    DbBackend, DbErr, EntityTrait as _, ExprTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select, sea_query::Expr,
};

use super::{from_json, to_json, word};
use crate::{
    clock::Timestamp,
    db::entity::{channel_account, lane, outbox_event},
    delivery::{AccountStatus, ChannelAccount, Lane, Reason},
    error::Result,
    id::{AccountId, LaneId, SiteId},
};

/// Clocks of nodes may differ by this.
const SKEW: Duration = Duration::from_secs(5);

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

/// Leaves word of the end of a grant for whoever follows.
pub async fn insert_grant_event(
    db: &impl ConnectionTrait,
    account: &ChannelAccount,
    ends_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let row = outbox_event::Model {
        id: uuid::Uuid::now_v7(),
        site_id: account.site,
        topic: "account.grant_ending".to_owned(),
        payload: serde_json::json!({
            "account": account.id,
            "channel": account.channel,
            "name": account.name,
            "ends_at": ends_at,
        }),
        created_at: now,
        relayed_at: None,
    };
    outbox_event::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(db)
        .await?;
    Ok(())
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
