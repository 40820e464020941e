//! What people do with deliveries: schedule, move, cancel, retry, decide.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};

use super::{
    delivery::{DeliveryObject, QuotaOutlookObject},
    variant::SourceInput,
};
use crate::{
    api::graphql::{ContextExt, shared::parse_id},
    delivery::{Delivery, Due, Resolution, ScheduleInput},
    error::{Error, Result},
};

/// A time as the clock on the wall shows it.
#[derive(InputObject)]
pub struct WallTimeInput {
    /// `2026-03-04T08:00`; with an offset no zone is needed.
    wall_time: String,
    /// IANA zone of that wall: `Asia/Shanghai`.
    zone: Option<String>,
}

impl From<WallTimeInput> for Due {
    fn from(at: WallTimeInput) -> Self {
        Self::At {
            wall_time: at.wall_time,
            zone: at.zone,
        }
    }
}

/// What is to go where, and when.
#[derive(InputObject)]
pub struct ScheduleDeliveryInput {
    /// The story or video.
    source: SourceInput,
    /// The account.
    account: ID,
    /// Lane of the channel.
    lane: String,
    /// When; at once when left out.
    at: Option<WallTimeInput>,
}

/// The planned delivery.
#[derive(SimpleObject)]
pub struct ScheduleDeliveryPayload {
    /// The delivery.
    delivery: DeliveryObject,
    /// What is left of the lane's allowances on its day.
    quota: Vec<QuotaOutlookObject>,
}

/// Another time.
#[derive(InputObject)]
pub struct RescheduleDeliveryInput {
    /// The delivery.
    id: ID,
    /// When; at once when left out.
    at: Option<WallTimeInput>,
}

/// Which delivery.
#[derive(InputObject)]
pub struct DeliveryInput {
    /// The delivery.
    id: ID,
}

/// What a person found on the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum DeliveryResolution {
    /// It is live.
    Published,
    /// It is not there: send it again.
    Resend,
    /// Leave it at that.
    End,
}

/// A person's word on a delivery that we could not tell.
#[derive(InputObject)]
pub struct ResolveDeliveryInput {
    /// The delivery.
    id: ID,
    /// What the person found.
    resolution: DeliveryResolution,
    /// The item's id on the platform, for `PUBLISHED`.
    external_id: Option<String>,
    /// Where readers see it, for `PUBLISHED`.
    external_url: Option<String>,
}

/// A delivery after a change.
#[derive(SimpleObject)]
pub struct DeliveryPayload {
    /// The delivery.
    delivery: DeliveryObject,
}

impl From<Delivery> for DeliveryPayload {
    fn from(delivery: Delivery) -> Self {
        Self {
            delivery: DeliveryObject(delivery),
        }
    }
}

/// Changes of deliveries.
#[derive(Default)]
pub struct DeliveryMutations;

#[Object]
impl DeliveryMutations {
    /// Plans a delivery: the variant is frozen as it is now, and that is what will be sent, once.
    async fn schedule_delivery(
        &self,
        ctx: &Context<'_>,
        input: ScheduleDeliveryInput,
    ) -> Result<ScheduleDeliveryPayload> {
        let input = ScheduleInput {
            source: input.source.parse("input.source.id")?,
            account: parse_id(&input.account, "input.account")?,
            lane: input.lane,
            due: input.at.map_or(Due::Now, Into::into),
        };
        let service = &ctx.app().delivery;
        let delivery = service.schedule(ctx.actor(), input).await?;
        let quota = service.quota_outlook(ctx.actor(), &delivery).await?;
        Ok(ScheduleDeliveryPayload {
            delivery: DeliveryObject(delivery),
            quota: quota.into_iter().map(Into::into).collect(),
        })
    }

    /// Moves a delivery of which nothing was sent to another time.
    async fn reschedule_delivery(
        &self,
        ctx: &Context<'_>,
        input: RescheduleDeliveryInput,
    ) -> Result<DeliveryPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let due = input.at.map_or(Due::Now, Into::into);
        let moved = ctx.app().delivery.reschedule(ctx.actor(), id, &due).await;
        moved.map(Into::into)
    }

    /// Calls off a delivery of which nothing was sent.
    async fn cancel_delivery(
        &self,
        ctx: &Context<'_>,
        input: DeliveryInput,
    ) -> Result<DeliveryPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let cancelled = ctx.app().delivery.cancel(ctx.actor(), id).await;
        cancelled.map(Into::into)
    }

    /// Tries again at once.
    async fn retry_delivery(
        &self,
        ctx: &Context<'_>,
        input: DeliveryInput,
    ) -> Result<DeliveryPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let retried = ctx.app().delivery.retry(ctx.actor(), id).await;
        retried.map(Into::into)
    }

    /// Takes a person's word for what we could not tell.
    async fn resolve_delivery(
        &self,
        ctx: &Context<'_>,
        input: ResolveDeliveryInput,
    ) -> Result<DeliveryPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let has_link = input.external_id.is_some() || input.external_url.is_some();
        let resolution = match input.resolution {
            DeliveryResolution::Published => Resolution::Published {
                external_id: input.external_id,
                external_url: input.external_url,
            },
            _ if has_link => {
                return Err(Error::invalid(
                    "input.externalId",
                    "goes with PUBLISHED only",
                ));
            }
            DeliveryResolution::Resend => Resolution::Resend,
            DeliveryResolution::End => Resolution::End,
        };
        let delivery = &ctx.app().delivery;
        let resolved = delivery.resolve(ctx.actor(), id, resolution).await;
        resolved.map(Into::into)
    }
}
