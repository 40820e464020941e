//! Approvals: a person says that a variant may go out as it is.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::variant::SourceInput;
use crate::{
    api::graphql::{
        ContextExt,
        shared::{DateTime, text_field},
    },
    delivery::Approval,
    error::{Error, Result},
};

/// A person's word that a variant may go out; an edit ends it.
pub struct ApprovalObject(Approval);

#[Object(name = "Approval")]
impl ApprovalObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Channel id.
    async fn channel(&self) -> &str {
        &self.0.channel
    }

    /// Hash of what was approved; the variant's own, as long as nobody edits.
    async fn content_hash(&self) -> &str {
        &self.0.content_hash
    }

    /// Id of the revision that was looked at.
    async fn revision(&self) -> ID {
        self.0.revision.into()
    }

    /// Id of the person.
    async fn approved_by(&self) -> Option<ID> {
        self.0.approved_by.map(Into::into)
    }

    /// When.
    async fn approved_at(&self) -> DateTime {
        self.0.approved_at.into()
    }
}

/// What may go out.
#[derive(InputObject)]
pub struct ApproveVariantInput {
    /// The story or video.
    source: SourceInput,
    /// Channel id.
    channel: String,
    /// `contentHash` of the variant that the person saw.
    content_hash: String,
}

/// The approval.
#[derive(SimpleObject)]
pub struct ApproveVariantPayload {
    /// The approval.
    approval: ApprovalObject,
}

/// The channel stands in the input.
fn in_input(error: Error) -> Error {
    if error.field() == Some("channel") {
        error.on_field("input.channel")
    } else {
        error
    }
}

/// Approvals.
#[derive(Default)]
pub struct ApprovalQueries;

#[Object]
impl ApprovalQueries {
    /// The latest approval of a story or video for a channel; it holds while its hash is the variant's.
    async fn approval(
        &self,
        ctx: &Context<'_>,
        source: SourceInput,
        channel: String,
    ) -> Result<Option<ApprovalObject>> {
        let source = source.parse("source.id")?;
        let channel = text_field("channel", &channel, 1..=50)?;
        let found = ctx.app().delivery.approval(ctx.actor(), source, &channel);
        Ok(found.await?.map(ApprovalObject))
    }
}

/// Changes of approvals.
#[derive(Default)]
pub struct ApprovalMutations;

#[Object]
impl ApprovalMutations {
    /// Says that a variant may go out as it is; what waited for it does.
    async fn approve_variant(
        &self,
        ctx: &Context<'_>,
        input: ApproveVariantInput,
    ) -> Result<ApproveVariantPayload> {
        let source = input.source.parse("input.source.id")?;
        let channel = text_field("input.channel", &input.channel, 1..=50)?;
        let hash = text_field("input.contentHash", &input.content_hash, 1..=100)?;
        let service = &ctx.app().delivery;
        let approval = service.approve(ctx.actor(), source, &channel, &hash);
        Ok(ApproveVariantPayload {
            approval: ApprovalObject(approval.await.map_err(in_input)?),
        })
    }
}
