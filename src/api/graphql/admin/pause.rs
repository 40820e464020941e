//! Pauses, what becomes of the late, and platforms that are down.

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, SimpleObject};

use super::{channel::ContentKindName, variant::SourceInput};
use crate::{
    api::graphql::{
        ContextExt,
        shared::{DateTime, parse_id, text_field},
    },
    delivery::{Breaker, MissedPolicy, MissedRule, Pause, PauseScope},
    error::{Error, Result},
};

/// What a pause stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PauseKind {
    /// Every delivery of the site.
    All,
    /// Those to one channel.
    Channel,
    /// Those to one account.
    Account,
    /// Those of one story or video.
    Source,
}

/// What a person stopped.
pub struct PauseObject(Pause);

#[Object(name = "Pause")]
impl PauseObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What it stops.
    async fn kind(&self) -> PauseKind {
        match self.0.scope {
            PauseScope::All => PauseKind::All,
            PauseScope::Channel(_) => PauseKind::Channel,
            PauseScope::Account(_) => PauseKind::Account,
            PauseScope::Source(_) => PauseKind::Source,
        }
    }

    /// Id of the channel, account, story or video; nothing when all is stopped.
    async fn target(&self) -> Option<ID> {
        match &self.0.scope {
            PauseScope::All => None,
            PauseScope::Channel(id) => Some(id.into()),
            PauseScope::Account(id) => Some((*id).into()),
            PauseScope::Source(source) => Some(source.item().into()),
        }
    }

    /// Whether a story or a video is stopped, where one is.
    async fn source_kind(&self) -> Option<ContentKindName> {
        match &self.0.scope {
            PauseScope::Source(source) => Some(source.kind().into()),
            _ => None,
        }
    }

    /// Why, in the person's words.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Id of the person.
    async fn created_by(&self) -> Option<ID> {
        self.0.created_by.map(Into::into)
    }

    /// When.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

/// A way to a platform that is down: nothing is sent that way until a look has succeeded.
#[derive(SimpleObject)]
#[graphql(name = "Breaker")]
pub struct BreakerObject {
    /// Channel id.
    channel: String,
    /// Lane of the channel.
    lane: String,
    /// Since when.
    opened_at: DateTime,
    /// When somebody looks again.
    probe_at: DateTime,
    /// How often in a row it opened.
    trip_count: u32,
}

impl From<Breaker> for BreakerObject {
    fn from(breaker: Breaker) -> Self {
        Self {
            channel: breaker.channel,
            lane: breaker.lane,
            opened_at: breaker.opened_at.into(),
            probe_at: breaker.probe_at.into(),
            trip_count: breaker.trip_count,
        }
    }
}

/// What becomes of a delivery whose time passed while nobody could send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "MissedPolicy", remote = "MissedPolicy")]
pub enum MissedPolicyName {
    /// Send it late, within a window.
    CatchUp,
    /// Leave it out.
    Skip,
    /// Ask a person.
    Ask,
}

/// What becomes of late deliveries of a story or video.
#[derive(SimpleObject)]
#[graphql(name = "MissedRule")]
pub struct MissedRuleObject {
    /// What to do.
    policy: MissedPolicyName,
    /// How late it may still go out, in minutes.
    window_minutes: u32,
}

impl From<MissedRule> for MissedRuleObject {
    fn from(rule: MissedRule) -> Self {
        Self {
            policy: rule.policy.into(),
            window_minutes: rule.window_s / 60,
        }
    }
}

/// What is stopped, or goes on: just one of these.
#[derive(OneofObject)]
pub enum PauseScopeInput {
    /// Every delivery of the site; `true`.
    All(bool),
    /// Those to one channel.
    Channel(String),
    /// Those to one account.
    Account(ID),
    /// Those of one story or video.
    Source(SourceInput),
}

impl PauseScopeInput {
    fn read(self) -> Result<PauseScope> {
        Ok(match self {
            Self::All(true) => PauseScope::All,
            Self::All(false) => return Err(Error::invalid("input.scope.all", "must be true")),
            Self::Channel(id) => PauseScope::Channel(id),
            Self::Account(id) => PauseScope::Account(parse_id(&id, "input.scope.account")?),
            Self::Source(source) => PauseScope::Source(source.parse("input.scope.source.id")?),
        })
    }
}

/// What to stop.
#[derive(InputObject)]
pub struct PauseDeliveriesInput {
    /// What is stopped.
    scope: PauseScopeInput,
    /// Why; at most 500 characters.
    note: Option<String>,
}

/// What goes on.
#[derive(InputObject)]
pub struct ResumeDeliveriesInput {
    /// What goes on.
    scope: PauseScopeInput,
}

/// What is paused now.
#[derive(SimpleObject)]
pub struct PausesPayload {
    /// Every pause of the site, the latest first.
    pauses: Vec<PauseObject>,
}

/// A rule for the late.
#[derive(InputObject)]
pub struct SetMissedRuleInput {
    /// The story or video.
    source: SourceInput,
    /// What to do.
    policy: MissedPolicyName,
    /// How late it may still go out, in minutes; 1 to 43200.
    window_minutes: i32,
}

/// The rule as it is now.
#[derive(SimpleObject)]
pub struct SetMissedRulePayload {
    /// The rule.
    rule: MissedRuleObject,
}

/// Pauses, breakers, rules.
#[derive(Default)]
pub struct PauseQueries;

#[Object]
impl PauseQueries {
    /// What people paused, the latest first.
    async fn pauses(&self, ctx: &Context<'_>) -> Result<Vec<PauseObject>> {
        let pauses = ctx.app().delivery.pauses(ctx.actor()).await?;
        Ok(pauses.into_iter().map(PauseObject).collect())
    }

    /// Ways to platforms that are down.
    async fn breakers(&self, ctx: &Context<'_>) -> Result<Vec<BreakerObject>> {
        let breakers = ctx.app().delivery.breakers(ctx.actor()).await?;
        Ok(breakers.into_iter().map(Into::into).collect())
    }

    /// What becomes of late deliveries of a story or video.
    async fn missed_rule(
        &self,
        ctx: &Context<'_>,
        source: SourceInput,
    ) -> Result<MissedRuleObject> {
        let source = source.parse("source.id")?;
        let rule = ctx.app().delivery.missed_rule(ctx.actor(), source).await;
        rule.map(Into::into)
    }
}

/// Changes of pauses and rules.
#[derive(Default)]
pub struct PauseMutations;

#[Object]
impl PauseMutations {
    /// Stops sending; what was sent already is still looked after.
    async fn pause_deliveries(
        &self,
        ctx: &Context<'_>,
        input: PauseDeliveriesInput,
    ) -> Result<PausesPayload> {
        let scope = input.scope.read()?;
        let note = input
            .note
            .map(|note| text_field("input.note", &note, 0..=500))
            .transpose()?;
        let service = &ctx.app().delivery;
        service.pause(ctx.actor(), scope, note).await?;
        payload(ctx).await
    }

    /// Sends again; what waited goes out one by one, what is too late by its rule does not.
    async fn resume_deliveries(
        &self,
        ctx: &Context<'_>,
        input: ResumeDeliveriesInput,
    ) -> Result<PausesPayload> {
        let scope = input.scope.read()?;
        ctx.app().delivery.resume(ctx.actor(), &scope).await?;
        payload(ctx).await
    }

    /// Says what becomes of late deliveries of a story or video, those that are planned already included.
    async fn set_missed_rule(
        &self,
        ctx: &Context<'_>,
        input: SetMissedRuleInput,
    ) -> Result<SetMissedRulePayload> {
        let source = input.source.parse("input.source.id")?;
        let rule = MissedRule {
            policy: input.policy.into(),
            // What is below nothing is refused as nothing is.
            window_s: u32::try_from(input.window_minutes)
                .unwrap_or(0)
                .saturating_mul(60),
        };
        let service = &ctx.app().delivery;
        let rule = service.set_missed_rule(ctx.actor(), source, rule).await?;
        Ok(SetMissedRulePayload { rule: rule.into() })
    }
}

async fn payload(ctx: &Context<'_>) -> Result<PausesPayload> {
    let pauses = ctx.app().delivery.pauses(ctx.actor()).await?;
    Ok(PausesPayload {
        pauses: pauses.into_iter().map(PauseObject).collect(),
    })
}
