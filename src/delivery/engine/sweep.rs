//! Sweeps: work whose worker died, rows that would never wake up, tokens that end soon. Each may run twice.

use std::{sync::Arc, time::Duration};

use serde_json::json;

use super::{hold::params, reconcile::look_pause};
use crate::{
    clock::Timestamp,
    crash_point,
    delivery::{
        Delivery, DeliveryState, Reason, StepState,
        core::Core,
        missed::{Lateness, PUNCTUAL, Turns},
        step,
        store::{self, Held},
    },
    error::Result,
};

/// Late deliveries that are judged in one transaction.
const LATE_AT_ONCE: usize = 500;
/// Why deliveries are held that go on when the cause is gone.
const STOPPED: &[Reason] = &[
    Reason::Paused,
    Reason::Login,
    Reason::Permission,
    Reason::ChannelDown,
];
/// Leases that may end by themselves at the same step before a person looks.
const MOST_EXPIRIES: i32 = 3;
/// Tokens that end within this time are refreshed ahead.
const REFRESH_AHEAD: Duration = Duration::from_mins(30);

impl Core {
    /// Moves what is due one state on; `true` when anything moved.
    pub async fn promote(&self) -> Result<bool> {
        let now = self.clock.now();
        if !store::has_due(self.db.read(), now).await? {
            return Ok(false);
        }
        let punctual = now.minus(PUNCTUAL);
        let tx = self.db.begin().await?;
        let mut moved = store::promote_punctual(&tx, now, punctual).await?;
        let late = store::list_late(&tx, punctual, LATE_AT_ONCE).await?;
        moved.extend(self.judge(&tx, late, now).await?);
        moved.extend(store::wake(&tx, now).await?);
        for told in [
            store::give_up(&tx, now).await?,
            store::hold_stopped(&tx, now).await?,
        ] {
            for delivery in &told {
                self.tell(&tx, delivery).await?;
            }
            moved.extend(told);
        }
        tx.commit().await?;
        for delivery in &moved {
            self.announce(delivery, None);
        }
        Ok(!moved.is_empty())
    }

    /// Lets go on what was held and nothing stops any more, each by its rule for what is late, one after the other.
    pub async fn free(&self, tx: &sea_orm::DatabaseTransaction) -> Result<bool> {
        let freed = store::list_freed(tx, STOPPED).await?;
        let freed = self.judge(tx, freed, self.clock.now()).await?;
        for delivery in &freed {
            self.announce(delivery, None);
        }
        Ok(!freed.is_empty())
    }

    /// Does with late deliveries what their rules say; what still goes out gets turns.
    async fn judge(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        late: Vec<Delivery>,
        now: Timestamp,
    ) -> Result<Vec<Delivery>> {
        if late.is_empty() {
            return Ok(Vec::new());
        }
        let mut turns = Turns::after(store::list_turns(tx, now).await?);
        let mut judged = Vec::with_capacity(late.len());
        for mut delivery in late {
            let held = Held::of(&delivery);
            match delivery.missed.judge(now.since(delivery.due_at)) {
                Lateness::Send => {
                    let turn = turns.next(delivery.lane_id, now);
                    delivery.enter(DeliveryState::Ready, Some(turn), now);
                }
                Lateness::Miss => {
                    delivery.enter(DeliveryState::Missed, None, now);
                    delivery.because(Reason::Late, json!({}));
                }
                Lateness::Ask => {
                    delivery.enter(DeliveryState::Held, None, now);
                    delivery.because(Reason::Late, json!({}));
                }
            }
            if store::save_delivery(tx, &mut delivery, held, now).await? {
                self.tell(tx, &delivery).await?;
                judged.push(delivery);
            }
        }
        Ok(judged)
    }

    /// Takes over from workers that gave no sign of life in time. A commit that may be under way is looked for,
    /// never repeated.
    pub async fn sweep_leases(&self) -> Result<bool> {
        if !self.jumps.is_trusted(&self.clock) {
            return Ok(false);
        }
        let tx = self.db.begin().await?;
        let now = self.clock.now();
        // A lease longer than a lease can be was taken by a clock that was set back since: that must not extend it.
        store::cut_leases(&tx, now.plus(self.config.lease())).await?;
        let expired = store::list_expired(&tx, now).await?;
        for delivery in &expired {
            self.take_over(&tx, delivery.clone(), now, None).await?;
        }
        tx.commit().await?;
        Ok(!expired.is_empty())
    }

    /// At the start of the only worker: every lease there is belongs to a dead process, whose calls ended with it.
    pub async fn sweep_dead(&self) -> Result<()> {
        let tx = self.db.begin().await?;
        let now = self.clock.now();
        for delivery in store::void_leases(&tx, now).await? {
            self.take_over(&tx, delivery, now, Some(now)).await?;
        }
        store::void_refreshes(&tx).await?;
        tx.commit().await.map_err(Into::into)
    }

    async fn take_over(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        mut delivery: Delivery,
        now: Timestamp,
        call_ended_at: Option<Timestamp>,
    ) -> Result<()> {
        let held = Held::of(&delivery);
        let steps = store::list_steps(tx, delivery.id).await?;
        let current = step::current(&steps).cloned();
        delivery.expiry_count += 1;
        match current {
            Some(mut step) if step.is_in_doubt() => {
                let grace = Duration::from_secs(self.config.quiet_grace_s);
                let by_deadline = step.quiet_from(grace).unwrap_or(now);
                let quiet_until = call_ended_at
                    .map_or(by_deadline, |ended| by_deadline.min(ended.plus(grace)))
                    .max(now);
                step.state = StepState::Unknown;
                step.quiet_until = Some(quiet_until);
                step.look_count = 0;
                let first = look_pause(&self.config.reconcile_after_s, 0);
                delivery.enter(DeliveryState::Uncertain, Some(quiet_until.plus(first)), now);
                delivery.because(Reason::AnswerLost, params(&step, ""));
                store::save_step(tx, delivery.id, &step).await?;
            }
            current if delivery.expiry_count >= MOST_EXPIRIES => {
                tracing::error!(delivery.id = %delivery.id, "workers died at the same step again and again");
                let step = current.map(|step| step.step.name);
                delivery.enter(DeliveryState::NeedsReview, None, now);
                delivery.because(Reason::Poison, json!({ "step": step, "candidates": [] }));
            }
            _ => delivery.enter(DeliveryState::Ready, Some(now), now),
        }
        delivery.release();
        if store::save_delivery(tx, &mut delivery, held, now).await? {
            self.tell(tx, &delivery).await?;
            self.announce(&delivery, None);
        }
        crash_point!("during_sweep");
        Ok(())
    }

    /// Finds what would never wake up again: an alarm, and a wake-up. What nothing stops any more goes on.
    pub async fn rescue_stuck(&self) -> Result<bool> {
        let tx = self.db.begin().await?;
        // What was stopped in the moment in which its cause went away, or waited for what ended just then.
        let is_any_free = self.free(&tx).await?;
        let ended = store::list_ended_parents(&tx).await?;
        for parent in &ended {
            self.let_go_waiting(&tx, parent).await?;
        }
        let stuck = store::rescue_stuck(&tx, self.clock.now()).await?;
        tx.commit().await?;
        for delivery in &stuck {
            tracing::error!(delivery.id = %delivery.id, state = %delivery.state, "a delivery had no wake-up");
            self.announce(delivery, None);
        }
        Ok(is_any_free || !ended.is_empty() || !stuck.is_empty())
    }

    /// Refreshes tokens that end soon, so that no delivery has to wait for it.
    pub async fn refresh_tokens(self: &Arc<Self>) -> Result<()> {
        let now = self.clock.now();
        let ending = store::list_ending_tokens(self.db.read(), now.plus(REFRESH_AHEAD)).await?;
        for account in ending {
            let sealed = store::find_account(self.db.read(), account.site, account.id).await?;
            let Some(tokens) = sealed
                .map(|sealed| self.open_tokens(&sealed))
                .transpose()?
                .flatten()
            else {
                continue;
            };
            // Saying that the present token is stale asks for a new one.
            let stale = Some(tokens.access_token.as_str());
            match self.token(account.site, account.id, stale).await {
                Ok(_) => {}
                Err(error) if error.class == crate::channels::ErrorClass::AuthRevoked => {
                    self.demand_login(account.id, &error.message).await?;
                }
                Err(error) => {
                    tracing::warn!(account.id = %account.id, %error, "a token could not be refreshed ahead");
                }
            }
        }
        Ok(())
    }
}
