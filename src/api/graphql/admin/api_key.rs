//! Keys with which mini-programs read what is published.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::{
    api::graphql::{
        ContextExt,
        shared::{DateTime, parse_id, text_field},
    },
    auth::ApiKey,
    error::Result,
};

/// A key for public reading.
pub struct ApiKeyObject(ApiKey);

#[Object(name = "ApiKey")]
impl ApiKeyObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What it is for.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its first characters, to tell keys apart.
    async fn prefix(&self) -> &str {
        &self.0.prefix
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it stopped working.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked_at.map(Into::into)
    }
}

/// Keys.
#[derive(Default)]
pub struct ApiKeyQueries;

#[Object]
impl ApiKeyQueries {
    /// The keys of this site, newest first.
    async fn api_keys(&self, ctx: &Context<'_>) -> Result<Vec<ApiKeyObject>> {
        let keys = ctx.app().auth.api_keys(ctx.actor()).await?;
        Ok(keys.into_iter().map(ApiKeyObject).collect())
    }
}

/// A key to be made.
#[derive(InputObject)]
pub struct CreateApiKeyInput {
    /// What it is for.
    name: String,
}

/// The new key.
#[derive(SimpleObject)]
pub struct CreateApiKeyPayload {
    /// The key.
    api_key: ApiKeyObject,
    /// Its text; it is shown this once.
    secret: String,
}

/// A key to be ended.
#[derive(InputObject)]
pub struct RevokeApiKeyInput {
    /// The key.
    id: ID,
}

/// The ended key.
#[derive(SimpleObject)]
pub struct RevokeApiKeyPayload {
    /// The key.
    api_key: ApiKeyObject,
}

/// Changes of keys.
#[derive(Default)]
pub struct ApiKeyMutations;

#[Object]
impl ApiKeyMutations {
    /// Makes a key for public reading.
    async fn create_api_key(
        &self,
        ctx: &Context<'_>,
        input: CreateApiKeyInput,
    ) -> Result<CreateApiKeyPayload> {
        let name = text_field("input.name", &input.name, 1..=100)?;
        let (key, secret) = ctx.app().auth.create_api_key(ctx.actor(), &name).await?;
        Ok(CreateApiKeyPayload {
            api_key: ApiKeyObject(key),
            secret,
        })
    }

    /// Ends a key at once.
    async fn revoke_api_key(
        &self,
        ctx: &Context<'_>,
        input: RevokeApiKeyInput,
    ) -> Result<RevokeApiKeyPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let key = ctx.app().auth.revoke_api_key(ctx.actor(), id).await?;
        Ok(RevokeApiKeyPayload {
            api_key: ApiKeyObject(key),
        })
    }
}
