//! What people do with deliveries: schedule, move, cancel, retry, decide.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};

use super::{delivery::DeliveryObject, outlook::QuotaOutlookObject, variant::SourceInput};
use crate::{
    api::graphql::{ContextExt, shared::parse_id},
    delivery::{Delivery, Due, Resolution, ScheduleInput, Withdrawal, WithdrawalOutcome},
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
    /// Send it as another item, though an earlier version is live there and stays.
    #[graphql(default)]
    another: bool,
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

/// What taking down means for one delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "WithdrawalOutcome", remote = "WithdrawalOutcome")]
pub enum WithdrawalOutcomeName {
    /// Nothing was sent yet, and nothing will be.
    Cancelled,
    /// It is being taken down through the platform's API.
    Withdrawing,
    /// The platform has no way for us: a person must do it there.
    Task,
    /// It is on its way; it is taken down as soon as it is live.
    AfterArrival,
    /// The account is disconnected: whoever can get at it there must do it.
    OutOfReach,
}

/// What taking down means for one delivery.
#[derive(SimpleObject)]
#[graphql(name = "Withdrawal")]
pub struct WithdrawalObject {
    /// What is taken down.
    delivery: DeliveryObject,
    /// The delivery that does it; nothing when it was only cancelled.
    takedown: Option<DeliveryObject>,
    /// How.
    outcome: WithdrawalOutcomeName,
}

impl From<Withdrawal> for WithdrawalObject {
    fn from(withdrawal: Withdrawal) -> Self {
        Self {
            delivery: DeliveryObject(withdrawal.of),
            takedown: withdrawal.takedown.map(DeliveryObject),
            outcome: withdrawal.outcome.into(),
        }
    }
}

/// What is taken down.
#[derive(SimpleObject)]
pub struct WithdrawPayload {
    /// One line for each delivery that it concerns; empty when nothing is live or on its way.
    withdrawals: Vec<WithdrawalObject>,
}

/// Which story or video.
#[derive(InputObject)]
pub struct WithdrawEverywhereInput {
    /// The story or video.
    source: SourceInput,
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
        let another = input.another;
        let input = ScheduleInput {
            source: input.source.parse("input.source.id")?,
            account: parse_id(&input.account, "input.account")?,
            lane: input.lane,
            due: input.at.map_or(Due::Now, Into::into),
        };
        let service = &ctx.app().delivery;
        let delivery = if another {
            service.schedule_another(ctx.actor(), input).await?
        } else {
            service.schedule(ctx.actor(), input).await?
        };
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

    /// Takes down what a delivery made live, or calls it off when nothing was sent yet.
    async fn withdraw_delivery(
        &self,
        ctx: &Context<'_>,
        input: DeliveryInput,
    ) -> Result<WithdrawPayload> {
        let id = parse_id(&input.id, "input.id")?;
        let withdrawn = ctx.app().delivery.withdraw(ctx.actor(), id).await?;
        Ok(WithdrawPayload {
            withdrawals: vec![withdrawn.into()],
        })
    }

    /// Takes a story or video down wherever it is, or is going.
    async fn withdraw_everywhere(
        &self,
        ctx: &Context<'_>,
        input: WithdrawEverywhereInput,
    ) -> Result<WithdrawPayload> {
        let source = input.source.parse("input.source.id")?;
        let service = &ctx.app().delivery;
        let withdrawn = service.withdraw_everywhere(ctx.actor(), source).await?;
        Ok(WithdrawPayload {
            withdrawals: withdrawn.into_iter().map(Into::into).collect(),
        })
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
