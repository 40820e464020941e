//! Queries on people's ways to platforms' pages and back.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _,
};

use super::word;
use crate::{
    clock::Timestamp,
    db::entity::sign_in,
    delivery::{SignIn, SignInOutcome},
    error::Result,
    id::{AccountId, SignInId, SiteId, UserId},
};

fn read(row: sign_in::Model) -> Result<SignIn> {
    let outcome = row.outcome.as_deref();
    Ok(SignIn {
        id: row.id,
        site: row.site_id,
        account: row.account_id,
        user: row.user_id,
        expires_at: row.expires_at,
        returned_at: row.returned_at,
        outcome: outcome
            .map(|outcome| word("outcome", outcome, SignInOutcome::parse))
            .transpose()?,
        message: row.message,
        external_id: row.external_id,
        external_name: row.external_name,
    })
}

/// Keeps a way that begins. Of the state only the hash is kept: who reads the database cannot come back for somebody.
pub async fn insert_sign_in(
    db: &impl ConnectionTrait,
    new: &SignIn,
    state_hash: String,
    now: Timestamp,
) -> Result<()> {
    let row = sign_in::Model {
        id: new.id,
        site_id: new.site,
        account_id: new.account,
        user_id: new.user,
        state_hash,
        created_at: now,
        expires_at: new.expires_at,
        returned_at: None,
        outcome: None,
        message: None,
        external_id: None,
        external_name: None,
        tokens_enc: None,
    };
    sign_in::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The way that began with a state, in whichever site.
pub async fn find_sign_in_by_state(
    db: &impl ConnectionTrait,
    state_hash: &str,
) -> Result<Option<SignIn>> {
    let row = sign_in::Entity::find()
        .filter(sign_in::Column::StateHash.eq(state_hash))
        .one(db)
        .await?;
    row.map(read).transpose()
}

/// A person's way in a site, with the sealed tokens of somebody else who came back from it.
pub async fn find_sign_in(
    db: &impl ConnectionTrait,
    site: SiteId,
    user: UserId,
    id: SignInId,
) -> Result<Option<(SignIn, Option<Vec<u8>>)>> {
    let row = sign_in::Entity::find_by_id(id)
        .filter(sign_in::Column::SiteId.eq(site))
        .filter(sign_in::Column::UserId.eq(user))
        .one(db)
        .await?;
    row.map(|mut row| {
        let tokens = row.tokens_enc.take();
        read(row).map(|sign_in| (sign_in, tokens))
    })
    .transpose()
}

/// Takes note that the browser came back; `false` when it did before, or too late.
pub async fn claim_return(db: &impl ConnectionTrait, id: SignInId, now: Timestamp) -> Result<bool> {
    let claimed = sign_in::Entity::update_many()
        .set(sign_in::ActiveModel {
            returned_at: Set(Some(now)),
            ..Default::default()
        })
        .filter(sign_in::Column::Id.eq(id))
        .filter(sign_in::Column::ReturnedAt.is_null())
        .filter(sign_in::Column::ExpiresAt.gt(now))
        .exec(db)
        .await?;
    Ok(claimed.rows_affected == 1)
}

/// Writes down what came of it. Tokens wait only for a person who is to say whose are meant.
pub async fn end_sign_in(
    db: &impl ConnectionTrait,
    ended: &SignIn,
    tokens: Option<Vec<u8>>,
) -> Result<()> {
    sign_in::Entity::update_many()
        .set(sign_in::ActiveModel {
            expires_at: Set(ended.expires_at),
            outcome: Set(ended.outcome.map(|outcome| outcome.as_str().to_owned())),
            message: Set(ended.message.clone()),
            external_id: Set(ended.external_id.clone()),
            external_name: Set(ended.external_name.clone()),
            tokens_enc: Set(tokens),
            ..Default::default()
        })
        .filter(sign_in::Column::Id.eq(ended.id))
        .exec(db)
        .await?;
    Ok(())
}

/// Forgets every way to an account, and the tokens that came of it.
pub async fn forget_sign_ins_of(db: &impl ConnectionTrait, account: AccountId) -> Result<()> {
    sign_in::Entity::delete_many()
        .filter(sign_in::Column::AccountId.eq(account))
        .exec(db)
        .await?;
    Ok(())
}

/// Forgets ways whose time was over before then.
pub async fn forget_sign_ins(db: &impl ConnectionTrait, before: Timestamp) -> Result<()> {
    sign_in::Entity::delete_many()
        .filter(sign_in::Column::ExpiresAt.lt(before))
        .exec(db)
        .await?;
    Ok(())
}
