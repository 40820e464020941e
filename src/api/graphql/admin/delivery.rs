//! Deliveries: what goes where and when, how it went and why.

use async_graphql::{Context, ID, InputObject, Json, Object, SimpleObject};
use serde_json::Value;

use super::{
    account::AccountObject,
    attempt::{AttemptObject, StepObject},
    channel::ContentKindName,
    outlook::{LaneOutlookObject, QuotaOutlookObject},
    pause::MissedRuleObject,
};
use crate::{
    api::graphql::{
        ContextExt,
        loader::{AttemptsOf, StepsOf},
        shared::{DateTime, List, Long, list_cost, parse_id, text_field, to_connection},
    },
    channels::{Intent, Totals, find_channel},
    delivery::{Action, Delivery, DeliveryFilter, DeliveryState, Liveness, Next, Reason},
    error::{Error, Result},
    page::PageRequest,
};

/// Where a delivery is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "DeliveryState", remote = "DeliveryState")]
pub enum DeliveryStateName {
    Scheduled,
    Held,
    Ready,
    Working,
    RetryWait,
    WaitingChannel,
    WaitingUser,
    Uncertain,
    Reconciling,
    NeedsReview,
    Published,
    Rejected,
    Failed,
    Missed,
    Cancelled,
}

/// What a delivery wants to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "DeliveryIntent", remote = "Intent")]
pub enum IntentName {
    /// Make it live.
    Publish,
    /// Change what is live.
    Update,
    /// Take it down.
    Takedown,
}

/// Whether readers see an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "Liveness", remote = "Liveness")]
pub enum LivenessName {
    /// They do.
    Live,
    /// They do not.
    NotLive,
    /// Nobody knows yet.
    Unknown,
}

/// What happens next by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "DeliveryNext", remote = "Next")]
pub enum NextName {
    /// It is sent when its time has come.
    Send,
    /// It is tried again.
    TryAgain,
    /// The platform is asked what became of it.
    Look,
    /// It waits until its cause is gone.
    Wait,
    /// It waits for a person.
    AskPerson,
    /// Nothing more.
    Nothing,
}

/// What a person can do with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "DeliveryAction", remote = "Action")]
pub enum ActionName {
    /// Choose another time.
    Reschedule,
    /// Call it off.
    Cancel,
    /// Try at once.
    Retry,
    /// Say what became of it.
    Resolve,
    /// Approve what it holds.
    Approve,
    /// Sign in to the account again, or mend its rights.
    MendAccount,
    /// End the pause.
    Resume,
    /// Take down what it made live.
    Withdraw,
}

/// One variant on its way to one account.
pub struct DeliveryObject(pub Delivery);

#[Object(name = "Delivery")]
impl DeliveryObject {
    /// Id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Story or video.
    async fn source_kind(&self) -> ContentKindName {
        self.0.source_kind.into()
    }

    /// Id of the story or video.
    async fn source_id(&self) -> ID {
        self.0.source_id.into()
    }

    /// Title when it was scheduled.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Channel id.
    async fn channel(&self) -> &str {
        &self.0.channel
    }

    /// Lane of the channel.
    async fn lane(&self) -> &str {
        &self.0.lane
    }

    /// The account.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<AccountObject>> {
        let found = ctx.loaders().load_one(self.0.account).await;
        Ok(found.map_err(Error::shared)?.map(AccountObject))
    }

    /// Where it is in its life.
    async fn state(&self) -> DeliveryStateName {
        self.0.state.into()
    }

    /// What it wants to happen.
    async fn intent(&self) -> IntentName {
        self.0.intent.into()
    }

    /// Id of the delivery that it changes or takes down.
    async fn parent(&self) -> Option<ID> {
        self.0.parent.map(Into::into)
    }

    /// Whether readers see the item.
    async fn liveness(&self) -> LivenessName {
        self.0.liveness().into()
    }

    /// What happens next by itself; when, says `nextRunAt`.
    async fn next(&self) -> NextName {
        self.0.next().into()
    }

    /// What a person can do now, in the order of the buttons.
    async fn actions(&self) -> Vec<ActionName> {
        let all = Action::ALL.iter().copied();
        all.filter(|action| self.0.allows(*action))
            .map(Into::into)
            .collect()
    }

    /// When what it made live was taken down again.
    async fn withdrawn_at(&self) -> Option<DateTime> {
        self.0.withdrawn_at.map(Into::into)
    }

    /// What becomes of it when its time passes while nobody can send it.
    async fn missed_rule(&self) -> MissedRuleObject {
        self.0.missed.into()
    }

    /// Key of the sentence that people read: what happened, whether it is live, what comes next, what they can do.
    async fn sentence(&self) -> &'static str {
        let lane = find_channel(&self.0.channel).and_then(|channel| channel.lane(&self.0.lane));
        self.0.sentence(lane.is_none_or(|lane| lane.shows_result))
    }

    /// Why it is there.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.map(Reason::as_str)
    }

    /// Values for the sentence.
    async fn params(&self) -> Json<&Value> {
        Json(&self.0.reason_params)
    }

    /// The time that was chosen, as the clock on the wall shows it.
    async fn wall_time(&self) -> &str {
        &self.0.wall_time
    }

    /// IANA zone (or offset) of that wall.
    async fn zone(&self) -> &str {
        &self.0.zone
    }

    /// The instant of that time.
    async fn due_at(&self) -> DateTime {
        self.0.due_at.into()
    }

    /// When something happens next by itself.
    async fn next_run_at(&self) -> Option<DateTime> {
        self.0.next_run_at.map(Into::into)
    }

    /// Nothing is tried again after then.
    async fn give_up_at(&self) -> DateTime {
        self.0.give_up_at.into()
    }

    /// How often a worker took it.
    async fn attempt_count(&self) -> i32 {
        self.0.attempt
    }

    /// The item's id on the platform.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// Where readers see it.
    async fn external_url(&self) -> Option<&str> {
        self.0.external_url.as_deref()
    }

    /// Taken as accepted; the platform shows no result.
    async fn is_assumed(&self) -> bool {
        self.0.is_assumed
    }

    /// When it was known to be live.
    async fn published_at(&self) -> Option<DateTime> {
        self.0.published_at.map(Into::into)
    }

    /// Rises with each write.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was scheduled.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }

    /// Its steps, in order.
    async fn steps(&self, ctx: &Context<'_>) -> Result<Vec<StepObject>> {
        let found = ctx.loaders().load_one(StepsOf(self.0.id)).await;
        let steps = found.map_err(Error::shared)?.unwrap_or_default();
        Ok(steps.into_iter().map(StepObject).collect())
    }

    /// What was tried, with the evidence, in order.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn attempts(&self, ctx: &Context<'_>) -> Result<Vec<AttemptObject>> {
        let found = ctx.loaders().load_one(AttemptsOf(self.0.id)).await;
        let attempts = found.map_err(Error::shared)?.unwrap_or_default();
        Ok(attempts.into_iter().map(AttemptObject).collect())
    }
}

/// Which deliveries.
#[derive(InputObject, Default)]
#[graphql(name = "DeliveryFilter")]
pub struct DeliveryFilterInput {
    /// In these states; empty: all.
    #[graphql(default)]
    states: Vec<DeliveryStateName>,
    /// Of this channel.
    channel: Option<String>,
    /// To this account.
    account: Option<ID>,
    /// Of this story or video.
    source: Option<ID>,
    /// Due from then on.
    due_from: Option<DateTime>,
    /// Due before then.
    due_before: Option<DateTime>,
}

impl DeliveryFilterInput {
    fn read(self) -> Result<DeliveryFilter> {
        let channel = self
            .channel
            .map(|id| text_field("filter.channel", &id, 1..=50));
        let account = self.account.map(|id| parse_id(&id, "filter.account"));
        let source = self.source.map(|id| parse_id(&id, "filter.source"));
        Ok(DeliveryFilter {
            states: self.states.into_iter().map(Into::into).collect(),
            channel: channel.transpose()?,
            account: account.transpose()?,
            source: source.transpose()?,
            due_from: self.due_from.map(|DateTime(at)| at),
            due_before: self.due_before.map(|DateTime(at)| at),
        })
    }
}

/// What readers did with an item; what the platform does not tell is absent, not zero.
#[derive(SimpleObject)]
pub struct DeliveryStatistics {
    /// Views or plays.
    views: Option<Long>,
    /// Likes.
    likes: Option<Long>,
    /// Comments.
    comments: Option<Long>,
    /// Shares.
    shares: Option<Long>,
}

impl From<Totals> for DeliveryStatistics {
    fn from(totals: Totals) -> Self {
        let long = |figure: Option<u64>| figure.map(Long::from);
        Self {
            views: long(totals.views),
            likes: long(totals.likes),
            comments: long(totals.comments),
            shares: long(totals.shares),
        }
    }
}

/// Deliveries.
#[derive(Default)]
pub struct DeliveryQueries;

#[Object]
impl DeliveryQueries {
    /// One delivery.
    async fn delivery(&self, ctx: &Context<'_>, id: ID) -> Result<DeliveryObject> {
        let id = parse_id(&id, "id")?;
        let delivery = ctx.app().delivery.delivery(ctx.actor(), id).await;
        delivery.map(DeliveryObject)
    }

    /// Deliveries, the latest due first.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        filter: Option<DeliveryFilterInput>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<List<DeliveryObject>> {
        let filter = filter.unwrap_or_default().read()?;
        let page = PageRequest::new(first, after.as_deref())?;
        let delivery = &ctx.app().delivery;
        let found = delivery.deliveries(ctx.actor(), &filter, &page).await?;
        Ok(to_connection(found, DeliveryObject))
    }

    /// What readers did with what was delivered, as the platform tells it now; nothing where it tells nothing.
    async fn delivery_statistics(
        &self,
        ctx: &Context<'_>,
        id: ID,
    ) -> Result<Option<DeliveryStatistics>> {
        let id = parse_id(&id, "id")?;
        let totals = ctx.app().delivery.statistics(ctx.actor(), id).await?;
        Ok(totals.map(Into::into))
    }

    /// What is left of the allowances of a delivery's lane on its day.
    async fn quota_outlook(
        &self,
        ctx: &Context<'_>,
        delivery: ID,
    ) -> Result<Vec<QuotaOutlookObject>> {
        let id = parse_id(&delivery, "delivery")?;
        let service = &ctx.app().delivery;
        let delivery = service.delivery(ctx.actor(), id).await?;
        let outlook = service.quota_outlook(ctx.actor(), &delivery).await?;
        Ok(outlook.into_iter().map(Into::into).collect())
    }

    /// What an account has left today, lane by lane; lanes without an allowance are left out.
    async fn account_outlook(
        &self,
        ctx: &Context<'_>,
        account: ID,
    ) -> Result<Vec<LaneOutlookObject>> {
        let account = parse_id(&account, "account")?;
        let service = &ctx.app().delivery;
        let lanes = service.account_outlook(ctx.actor(), account).await?;
        Ok(lanes.into_iter().map(Into::into).collect())
    }
}
