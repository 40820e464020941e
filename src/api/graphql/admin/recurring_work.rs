//! What a recurring job does: the kinds of work with their parameters, as they are shown and as they are given.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};

use super::{account::AccountObject, statistic::MetricName};
use crate::{
    api::graphql::{ContextExt, shared::parse_id},
    background::{Digest, PullStatistics, SubmitChanged, Work},
    error::{Error, Result},
};

/// What a recurring job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum RecurringJobKind {
    /// Sends what changed to an account, within its day's allowance.
    SubmitChanged,
    /// Makes a draft of the best stories of the last days.
    Digest,
    /// Asks the platforms what readers did.
    PullStatistics,
}

impl From<&Work> for RecurringJobKind {
    fn from(work: &Work) -> Self {
        match work {
            Work::SubmitChanged(_) => Self::SubmitChanged,
            Work::Digest(_) => Self::Digest,
            Work::PullStatistics(_) => Self::PullStatistics,
        }
    }
}

/// Sends what changed to an account.
pub struct SubmitChangedObject(pub SubmitChanged);

#[Object(name = "SubmitChanged")]
impl SubmitChangedObject {
    /// The account.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<AccountObject>> {
        let found = ctx.loaders().load_one(self.0.account).await;
        Ok(found.map_err(Error::shared)?.map(AccountObject))
    }

    /// Lane of its channel.
    async fn lane(&self) -> &str {
        &self.0.lane
    }
}

/// Makes a draft of the best stories.
#[derive(SimpleObject)]
#[graphql(name = "Digest")]
pub struct DigestObject {
    /// Title of the draft; `{from}` and `{to}` become the first and the last day.
    title: String,
    /// How many stories it names.
    story_count: u32,
    /// How many days it looks back.
    day_count: u32,
    /// What is counted.
    metric: MetricName,
}

impl From<&Digest> for DigestObject {
    fn from(work: &Digest) -> Self {
        Self {
            title: work.title.clone(),
            story_count: work.story_count,
            day_count: work.day_count,
            metric: work.metric.into(),
        }
    }
}

/// Asks the platforms what readers did.
#[derive(SimpleObject)]
#[graphql(name = "PullStatistics")]
pub struct PullStatisticsObject {
    /// Of this channel only.
    channel: Option<String>,
    /// Of what was published in the last so many days.
    day_count: u32,
}

impl From<&PullStatistics> for PullStatisticsObject {
    fn from(work: &PullStatistics) -> Self {
        Self {
            channel: work.channel.clone(),
            day_count: work.day_count,
        }
    }
}

/// Sends what changed to an account.
#[derive(InputObject)]
pub struct SubmitChangedInput {
    /// The account.
    account: ID,
    /// Lane of its channel.
    lane: String,
}

/// Makes a draft of the best stories.
#[derive(InputObject)]
pub struct DigestInput {
    /// Title of the draft; `{from}` and `{to}` become the first and the last day.
    title: String,
    /// How many stories it names, 1 to 20.
    #[graphql(default = 5)]
    story_count: i32,
    /// How many days it looks back, 1 to 92.
    #[graphql(default = 7)]
    day_count: i32,
    /// What is counted.
    #[graphql(default_with = "MetricName::Views")]
    metric: MetricName,
}

/// Asks the platforms what readers did.
#[derive(InputObject)]
pub struct PullStatisticsInput {
    /// Of this channel only, so that each may have a calendar of its own; of all when it is left out.
    channel: Option<String>,
    /// Of what was published in the last so many days, 1 to 366.
    #[graphql(default = 30)]
    day_count: i32,
}

/// The work that parameters mean; they are of one kind at most.
pub fn read_work(
    submit: Option<SubmitChangedInput>,
    digest: Option<DigestInput>,
    pull: Option<PullStatisticsInput>,
) -> Result<Option<Work>> {
    match (submit, digest, pull) {
        (None, None, None) => Ok(None),
        (Some(work), None, None) => Ok(Some(Work::SubmitChanged(SubmitChanged {
            account: parse_id(&work.account, "input.submitChanged.account")?,
            lane: work.lane,
        }))),
        (None, Some(work), None) => Ok(Some(Work::Digest(Digest {
            title: work.title,
            story_count: count(work.story_count),
            day_count: count(work.day_count),
            metric: work.metric.into(),
        }))),
        (None, None, Some(work)) => Ok(Some(Work::PullStatistics(PullStatistics {
            channel: work.channel,
            day_count: count(work.day_count),
        }))),
        _ => Err(one_kind()),
    }
}

/// Refuses parameters of none or of several kinds.
pub fn one_kind() -> Error {
    Error::invalid(
        "input",
        "give the parameters of one kind of work: submitChanged, digest or pullStatistics",
    )
}

/// What is below nothing is refused as nothing is.
fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}
