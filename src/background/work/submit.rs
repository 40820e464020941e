//! Sends what changed since the last run to one account, within what is left of the day's allowance. What does not
//! fit waits for the next run.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::{
    BackgroundService,
    run::{Outcome, Running},
    store,
};
use crate::{
    auth::Actor,
    channels::{ContentKind, find_channel},
    content::{Change, ChangeKind},
    delivery::{Due, ScheduleInput},
    error::{Error, ErrorKind, Result},
    id::{AccountId, ItemId},
    jobs::JobError,
    tailoring::SourceRef,
};

/// Changes that are looked at with one query.
const BATCH: u64 = 500;
/// The most that one run sends where a lane has no allowance.
const MOST_AT_ONCE: u32 = 1000;
/// The refusals that a report names.
const NAMED_REFUSALS: usize = 20;

/// Sends what changed to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmitChanged {
    /// The account.
    pub account: AccountId,
    /// Lane of its channel.
    pub lane: String,
}

/// What the work remembers from run to run.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    /// Up to which change everything was looked at.
    cursor: i64,
}

/// What a run did.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Report {
    /// Sent.
    submitted: u32,
    /// The account has it as it is.
    unchanged: u32,
    /// Could not be sent as it is.
    refused: u32,
    /// The first of those, with the reason.
    refusals: Vec<Value>,
    /// What the allowance had left when the run began; nothing where there is none.
    allowance_left: Option<u32>,
    /// The allowance was used up before everything was sent; the next run goes on.
    is_cut_short: bool,
}

impl Report {
    fn refuse(&mut self, change: &Change, error: &Error) {
        self.refused += 1;
        if self.refusals.len() < NAMED_REFUSALS {
            self.refusals.push(json!({
                "kind": change.kind.name(), "id": change.id, "reason": error.to_string(),
            }));
        }
    }
}

impl BackgroundService {
    pub(super) async fn check_submit(&self, actor: &Actor, work: &SubmitChanged) -> Result<()> {
        let account = self.delivery.account(actor, work.account).await?;
        let lanes = find_channel(&account.channel).map_or(&[][..], |channel| channel.lanes);
        if lanes.iter().any(|lane| lane.id == work.lane) {
            return Ok(());
        }
        let names: Vec<_> = lanes.iter().map(|lane| lane.id).collect();
        Err(Error::invalid(
            "input.submitChanged.lane",
            format!("must be one of {}", names.join(", ")),
        ))
    }

    /// Goes through the changes since the last run, the oldest first.
    pub(in crate::background) async fn submit_changed(
        &self,
        running: &Running<'_>,
        work: &SubmitChanged,
    ) -> Result<Outcome, JobError> {
        let Running {
            actor,
            job,
            run,
            this,
        } = running;
        let mut memory: Memory = serde_json::from_value(job.memory.clone()).unwrap_or_default();
        let mut report: Report = serde_json::from_value(run.report.clone()).unwrap_or_default();
        let takes = self.takes(actor, work).await?;
        let outlook = self
            .delivery
            .lane_outlook(actor, work.account, &work.lane, self.clock.now())
            .await?;
        let left = outlook
            .iter()
            .map(crate::delivery::QuotaOutlook::left)
            .min();
        report.allowance_left = report.allowance_left.or(left);
        report.is_cut_short = false;
        let mut room = left.unwrap_or(MOST_AT_ONCE);
        let mut seen = BTreeSet::<Uuid>::new();
        loop {
            let changes = self.content.changes_since(memory.cursor, BATCH).await?;
            if changes.is_empty() {
                break;
            }
            for change in changes {
                if this.is_stopping() {
                    self.keep(running, &memory, &report).await?;
                    return Err(JobError::Later(self.clock.now()));
                }
                let is_ours = change.site == actor.site() && change.is_published;
                let source = source_of(&change).filter(|source| takes.contains(&source.kind()));
                let source = source.filter(|_| is_ours && seen.insert(change.id));
                if let Some(source) = source {
                    if room == 0 {
                        report.is_cut_short = true;
                        self.keep(running, &memory, &report).await?;
                        return Ok(Outcome::Done(to_json(&report)?));
                    }
                    match self.submit(actor, work, source).await {
                        Ok(()) => {
                            report.submitted += 1;
                            room -= 1;
                        }
                        Err(error) => match error.kind() {
                            ErrorKind::Conflict => report.unchanged += 1,
                            ErrorKind::FailedPrecondition
                            | ErrorKind::InvalidInput
                            | ErrorKind::NotFound => report.refuse(&change, &error),
                            // Not the item's fault: the same place is tried again.
                            _ => {
                                self.keep(running, &memory, &report).await?;
                                return Err(error.into());
                            }
                        },
                    }
                }
                memory.cursor = change.seq;
            }
        }
        self.keep(running, &memory, &report).await?;
        Ok(Outcome::Done(to_json(&report)?))
    }

    /// The kinds of content that the lane takes.
    async fn takes(&self, actor: &Actor, work: &SubmitChanged) -> Result<&'static [ContentKind]> {
        let account = self.delivery.account(actor, work.account).await?;
        let lane = find_channel(&account.channel).and_then(|channel| channel.lane(&work.lane));
        lane.map(|lane| lane.takes)
            .ok_or_else(|| Error::not_found(format!("lane {}", work.lane)))
    }

    async fn submit(&self, actor: &Actor, work: &SubmitChanged, source: SourceRef) -> Result<()> {
        let input = ScheduleInput {
            source,
            account: work.account,
            lane: work.lane.clone(),
            due: Due::Now,
        };
        self.delivery.schedule(actor, input).await.map(|_| ())
    }

    /// Keeps the place, so that the next try or run goes on from there.
    async fn keep(&self, running: &Running<'_>, memory: &Memory, report: &Report) -> Result<()> {
        let tx = self.db.begin().await?;
        store::set_memory(&tx, running.job.id, to_json(memory)?).await?;
        let mut run = running.run.clone();
        run.report = to_json(report)?;
        store::save_run(&tx, &run).await?;
        tx.commit().await?;
        Ok(())
    }
}

const fn source_of(change: &Change) -> Option<SourceRef> {
    match change.kind {
        ChangeKind::Story => Some(SourceRef::Story(ItemId(change.id))),
        ChangeKind::Video => Some(SourceRef::Video(ItemId(change.id))),
        ChangeKind::Product => None,
    }
}

fn to_json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value)
        .map_err(|error| Error::internal("a report cannot be written", error))
}
