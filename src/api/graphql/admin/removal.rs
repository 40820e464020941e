//! What a person has a platform remove by hand, by files that go into its console.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::channel::LocalTextObject;
use crate::{
    api::{
        graphql::{
            ContextExt,
            shared::{DateTime, parse_id},
        },
        rest::export,
    },
    delivery::{RemovalFile, Removals},
    error::Result,
};

/// A file that a person carries to a platform.
pub struct RemovalFileObject(RemovalFile);

#[Object(name = "RemovalFile")]
impl RemovalFileObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// How many takedowns of it are still to be done.
    async fn line_count(&self) -> usize {
        self.0.deliveries.len()
    }

    /// Where it is downloaded, until it is uploaded.
    async fn address(&self) -> String {
        export::removal_address(self.0.id)
    }

    /// When it was made.
    async fn made_at(&self) -> DateTime {
        self.0.made_at.into()
    }

    /// When a person said that the platform has it.
    async fn uploaded_at(&self) -> Option<DateTime> {
        self.0.uploaded_at.map(Into::into)
    }
}

/// What of an account is to be removed by hand.
pub struct RemovalsObject(Removals);

#[Object(name = "Removals")]
impl RemovalsObject {
    /// Id of the channel's lane.
    async fn lane(&self) -> &str {
        self.0.list.lane
    }

    /// Where a file goes, and how often.
    async fn help(&self) -> LocalTextObject {
        self.0.list.help.into()
    }

    /// How many takedowns one file takes at most.
    async fn most_lines(&self) -> usize {
        self.0.list.most_lines
    }

    /// How many takedowns stand in no file yet.
    async fn waiting_count(&self) -> usize {
        self.0.waiting_count
    }

    /// Files that are not uploaded yet, the latest first.
    async fn files(&self) -> Vec<RemovalFileObject> {
        let files = self.0.files.iter().cloned();
        files.map(RemovalFileObject).collect()
    }
}

/// Queries on removals.
#[derive(Default)]
pub struct RemovalQueries;

#[Object]
impl RemovalQueries {
    /// What of an account is to be removed by hand; absent where the platform takes no file for that.
    #[graphql(complexity = "20 + child_complexity")]
    async fn removals(&self, ctx: &Context<'_>, account: ID) -> Result<Option<RemovalsObject>> {
        let id = parse_id(&account, "account")?;
        let found = ctx.app().delivery.removals(ctx.actor(), id).await?;
        Ok(found.map(RemovalsObject))
    }
}

/// Of which account.
#[derive(InputObject)]
pub struct MakeRemovalFileInput {
    /// The account.
    account_id: ID,
}

/// Which file.
#[derive(InputObject)]
pub struct CompleteRemovalFileInput {
    /// The file.
    id: ID,
}

/// A file after a change.
#[derive(SimpleObject)]
pub struct RemovalFilePayload {
    /// The file.
    removal_file: RemovalFileObject,
}

/// Changes of removals.
#[derive(Default)]
pub struct RemovalMutations;

#[Object]
impl RemovalMutations {
    /// Makes a file of the latest takedowns that stand in none yet, as many as one file takes.
    async fn make_removal_file(
        &self,
        ctx: &Context<'_>,
        input: MakeRemovalFileInput,
    ) -> Result<RemovalFilePayload> {
        let id = parse_id(&input.account_id, "input.accountId")?;
        let made = ctx
            .app()
            .delivery
            .make_removal_file(ctx.actor(), id)
            .await?;
        Ok(RemovalFilePayload {
            removal_file: RemovalFileObject(made),
        })
    }

    /// Says that the platform has a file: what stands in it is taken down.
    async fn complete_removal_file(
        &self,
        ctx: &Context<'_>,
        input: CompleteRemovalFileInput,
    ) -> Result<RemovalFilePayload> {
        let id = parse_id(&input.id, "input.id")?;
        let done = ctx.app().delivery.complete_removal_file(ctx.actor(), id);
        Ok(RemovalFilePayload {
            removal_file: RemovalFileObject(done.await?),
        })
    }
}
