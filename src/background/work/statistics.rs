//! Asks the platforms what readers did with what was published, and keeps it day by day.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::{
    BackgroundService, RunState,
    job::PullAccount,
    run::{Outcome, Running},
    service::find_run,
    store,
};
use crate::{
    auth::Actor,
    channels::find_channel,
    delivery::AccountStatus,
    error::{Error, Result},
    id::DeliveryId,
    jobs::{Carrier, JobError, Try},
    zone::{local, parse_zone},
};

/// Asks the platforms what readers did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullStatistics {
    /// Of this channel only, so that each may have a calendar of its own; of all when it is left out.
    pub channel: Option<String>,
    /// Of what was published in the last so many days.
    pub day_count: u32,
}

impl PullStatistics {
    pub(super) fn check(&self) -> Result<()> {
        let field = |name: &str| format!("input.pullStatistics.{name}");
        if let Some(channel) = &self.channel
            && find_channel(channel).is_none()
        {
            return Err(Error::invalid(field("channel"), "there is no such channel"));
        }
        if !(1..=366).contains(&self.day_count) {
            return Err(Error::invalid(field("dayCount"), "must be from 1 to 366"));
        }
        Ok(())
    }
}

/// What was told of one account's items.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct AccountReport {
    name: String,
    /// Items that were asked for.
    asked: u32,
    /// Items of which the platform told figures.
    told: u32,
    /// Items of which it tells none.
    not_available: u32,
    /// Items for which the question failed.
    failed: u32,
    /// The last failure.
    note: Option<String>,
    /// Up to which delivery the parts went, so that a part that is done again is not counted again.
    place: Option<DeliveryId>,
    is_done: bool,
}

impl BackgroundService {
    /// Hands each account on to a job of its own, so that a slow platform holds nobody up.
    pub(in crate::background) async fn pull_statistics(
        &self,
        running: &Running<'_>,
        work: &PullStatistics,
    ) -> Result<Outcome, JobError> {
        let Running { actor, run, .. } = running;
        let accounts = self.delivery.accounts(actor).await?;
        let asked = accounts.into_iter().filter(|account| {
            let is_asked = !matches!(
                account.status,
                AccountStatus::NeedsLogin | AccountStatus::Disconnected
            );
            is_asked
                && work
                    .channel
                    .as_ref()
                    .is_none_or(|channel| *channel == account.channel)
        });
        let tx = self.db.begin().await?;
        let mut reports = Map::new();
        for account in asked {
            let report = AccountReport {
                name: account.name,
                ..AccountReport::default()
            };
            reports.insert(account.id.to_string(), to_json(&report)?);
            let job = PullAccount {
                site: run.site,
                run: run.id,
                account: account.id,
                after: None,
            };
            self.queue.enqueue(&tx, &job).await?;
        }
        let report = json!({ "accounts": reports });
        if reports.is_empty() {
            return Ok(Outcome::Done(report));
        }
        let Some(mut waiting) = find_run(&tx, run.site, run.id).await? else {
            return Ok(Outcome::Done(report));
        };
        if waiting.report.get("accounts").is_none() {
            waiting.report = report;
            store::save_run(&tx, &waiting).await?;
        }
        tx.commit().await.map_err(Error::from)?;
        self.queue.wake();
        Ok(Outcome::HandedOn)
    }

    /// Adds what a part found to its run; the last part of the last account ends it.
    async fn add_to_run(
        &self,
        asked: &PullAccount,
        change: impl FnOnce(&mut AccountReport),
        next: Option<(PullAccount, Duration)>,
    ) -> Result<()> {
        let tx = self.db.begin().await?;
        let Some(mut run) = find_run(&tx, asked.site, asked.run).await? else {
            return Ok(());
        };
        let place = format!("/accounts/{}", asked.account);
        let Some(part) = run.report.pointer_mut(&place) else {
            return Ok(());
        };
        let mut report: AccountReport = serde_json::from_value(part.clone()).unwrap_or_default();
        if report.is_done || report.place != asked.after {
            return Ok(());
        }
        change(&mut report);
        report.place = next.as_ref().and_then(|(next, _)| next.after);
        report.is_done = next.is_none();
        *part = to_json(&report)?;
        if let Some((next, pause)) = next {
            let run_at = self.clock.now().plus(pause);
            self.queue.enqueue_at(&tx, &next, run_at).await?;
        }
        let parts = run.report["accounts"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        if parts.values().all(|part| part["is_done"] == true) {
            let report = run.report.clone();
            self.end_run(&tx, run, report, None).await?;
        } else {
            run.state = RunState::Running;
            store::save_run(&tx, &run).await?;
        }
        tx.commit().await?;
        self.queue.wake();
        Ok(())
    }
}

#[async_trait]
impl Carrier<PullAccount> for BackgroundService {
    async fn carry_out(&self, asked: PullAccount, _this: &Try) -> Result<(), JobError> {
        let actor = Actor::system(asked.site);
        let Some(run) = find_run(self.db.read(), asked.site, asked.run).await? else {
            return Ok(());
        };
        let Some(job) = store::find(self.db.read(), asked.site, run.job).await? else {
            return Ok(());
        };
        let super::Work::PullStatistics(work) = &job.work else {
            return Ok(());
        };
        let zone = parse_zone("input.zone", &job.zone)?;
        let day = local(zone, run.occurrence_at).date();
        let since = run
            .occurrence_at
            .minus(Duration::from_hours(24 * u64::from(work.day_count)));
        let pulled = self
            .delivery
            .pull_statistics(&actor, asked.account, asked.after, since, day)
            .await?;
        let next = pulled.next.map(|after| {
            let after = Some(after);
            (
                PullAccount {
                    after,
                    ..asked.clone()
                },
                pulled.pause,
            )
        });
        let add = |report: &mut AccountReport| {
            report.asked += pulled.asked;
            report.told += pulled.told;
            report.not_available += pulled.not_available;
            report.failed += pulled.failed;
            if pulled.note.is_some() {
                report.note.clone_from(&pulled.note);
            }
        };
        self.add_to_run(&asked, add, next).await?;
        Ok(())
    }

    async fn bury(&self, asked: PullAccount, error: &str) -> Result<()> {
        let add = |report: &mut AccountReport| report.note = Some(error.to_owned());
        self.add_to_run(&asked, add, None).await
    }
}

fn to_json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value)
        .map_err(|error| Error::internal("a report cannot be written", error))
}
