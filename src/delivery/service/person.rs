//! Use cases in which a person decides: cancel, retry, and what became of what we could not tell.

use sea_orm::DatabaseTransaction;
use serde_json::json;

use super::{
    DeliveryService,
    plan::{refuse_sent, wrong_state},
};
use crate::{
    auth::{Actor, Permission},
    channels::StepOutput,
    clock::Timestamp,
    delivery::{
        Action, Delivery, DeliveryState, DeliveryStep, Reason, StepState, Verdict,
        delivery::effect_key,
        step,
        store::{self, Held},
    },
    error::{Error, ErrorKind, Result},
    id::DeliveryId,
};

/// How often a cancellation is tried that a worker's step got ahead of.
const CANCEL_TRIES: usize = 5;
/// The longest id or address of an item.
const MAX_REFERENCE: usize = 500;

/// What a person found on the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// It is live.
    Published {
        /// Its id there, if known.
        external_id: Option<String>,
        /// Where readers see it.
        external_url: Option<String>,
    },
    /// It is not there: send it again.
    Resend,
    /// Leave it at that.
    End,
}

impl DeliveryService {
    /// Calls off a delivery of which nothing was sent. A worker that takes a step meanwhile is no reason to ask again.
    pub async fn cancel(&self, actor: &Actor, id: DeliveryId) -> Result<Delivery> {
        for _ in 1..CANCEL_TRIES {
            match self.cancel_now(actor, id).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                ended => return ended,
            }
        }
        self.cancel_now(actor, id).await
    }

    async fn cancel_now(&self, actor: &Actor, id: DeliveryId) -> Result<Delivery> {
        actor.require(Permission::Schedule)?;
        let tx = self.core.db.begin().await?;
        let mut delivery = self.load(&tx, actor, id).await?;
        if !delivery.allows(Action::Cancel) {
            return Err(wrong_state(&delivery, "cancelled"));
        }
        refuse_sent(&store::list_steps(&tx, id).await?)?;
        let held = Held::of(&delivery);
        delivery.enter(DeliveryState::Cancelled, None, self.now());
        delivery.because(Reason::Person, json!({ "user": actor.user() }));
        self.store_decision(tx, delivery, held).await
    }

    /// Tries again at once, by hand.
    pub async fn retry(&self, actor: &Actor, id: DeliveryId) -> Result<Delivery> {
        actor.require(Permission::Schedule)?;
        let tx = self.core.db.begin().await?;
        let mut delivery = self.load(&tx, actor, id).await?;
        if !delivery.allows(Action::Retry) {
            return Err(wrong_state(&delivery, "tried again"));
        }
        self.refuse_disconnected(&tx, delivery.account).await?;
        refuse_sent(&store::list_steps(&tx, id).await?)?;
        self.refuse_twin_of(&tx, &delivery).await?;
        let held = Held::of(&delivery);
        let now = self.now();
        delivery.give_up_at = self.give_up_after(now);
        delivery.error_count = 0;
        delivery.expiry_count = 0;
        delivery.enter(DeliveryState::Ready, Some(now), now);
        self.store_decision(tx, delivery, held).await
    }

    /// Takes a person's word for what we could not tell; it stands in the ledger with the person's name.
    pub async fn resolve(
        &self,
        actor: &Actor,
        id: DeliveryId,
        resolution: Resolution,
    ) -> Result<Delivery> {
        actor.require(Permission::Schedule)?;
        check(&resolution)?;
        let tx = self.core.db.begin().await?;
        let mut delivery = self.load(&tx, actor, id).await?;
        if !delivery.allows(Action::Resolve) {
            return Err(wrong_state(&delivery, "decided by hand"));
        }
        let held = Held::of(&delivery);
        let now = self.now();
        let steps = store::list_steps(&tx, id).await?;
        let doubtful = step::current(&steps)
            .filter(|step| step.is_in_doubt())
            .cloned();
        let (verdict, evidence) = match &resolution {
            Resolution::Published {
                external_id,
                external_url,
            } => {
                let output = StepOutput {
                    external_id: external_id.clone(),
                    external_url: external_url.clone(),
                    ..StepOutput::default()
                };
                conclude(&tx, &mut delivery, &steps, &output, now).await?;
                (
                    Verdict::Happened,
                    json!({ "by": "person", "external_id": external_id }),
                )
            }
            Resolution::Resend => {
                if doubtful.is_none() && delivery.state == DeliveryState::WaitingUser {
                    return Err(wrong_state(&delivery, "sent again"));
                }
                self.refuse_disconnected(&tx, delivery.account).await?;
                if let Some(mut step) = doubtful.clone() {
                    step.state = StepState::Pending;
                    step.resend_count += 1;
                    step.look_count = 0;
                    step.quiet_until = None;
                    store::save_step(&tx, id, &step).await?;
                }
                delivery.give_up_at = self.give_up_after(now);
                delivery.error_count = 0;
                delivery.expiry_count = 0;
                delivery.enter(DeliveryState::Ready, Some(now), now);
                (Verdict::NotHappened, json!({ "by": "person" }))
            }
            Resolution::End => {
                delivery.enter(DeliveryState::Cancelled, None, now);
                (Verdict::Unknown, json!({ "by": "person", "left": true }))
            }
        };
        let is_left = resolution == Resolution::End && doubtful.is_some();
        let mut params = json!({ "user": actor.user() });
        if is_left {
            params["left"] = true.into();
        }
        delivery.because(Reason::Person, params);
        if let Some(step) = &doubtful {
            self.decide(&tx, actor, &delivery, step, (verdict, evidence))
                .await?;
        }
        self.store_decision(tx, delivery, held).await
    }

    /// Writes a person's verdict into the ledger and settles the allowance accordingly.
    async fn decide(
        &self,
        tx: &DatabaseTransaction,
        actor: &Actor,
        delivery: &Delivery,
        step: &DeliveryStep,
        (verdict, evidence): (Verdict, serde_json::Value),
    ) -> Result<()> {
        let now = self.now();
        let key = effect_key(&delivery.dedup_key, &step.step.name, step.resend_count);
        store::decide_effect(tx, &key, verdict, evidence, actor.user(), now).await?;
        if verdict == Verdict::Unknown {
            return Ok(());
        }
        let sealed = store::find_account(tx, delivery.site, delivery.account).await?;
        let sealed =
            sealed.ok_or_else(|| Error::not_found(format!("account {}", delivery.account)))?;
        let channel = self.core.channel(&delivery.channel)?;
        for (name, units) in &step.step.quota {
            let spec = crate::delivery::quota::find_quota(channel, name);
            if let Some(spec) = spec.filter(|spec| sealed.account.has(spec)) {
                let armed_at = step.armed_at.unwrap_or(now);
                let allowance = crate::delivery::engine::allowance(&sealed.account, spec, armed_at);
                let is_used = verdict == Verdict::Happened;
                store::settle(tx, &allowance, *units, is_used).await?;
            }
        }
        Ok(())
    }
}

/// Ends a delivery as published by what came from outside its steps: the one in doubt did it, the rest need not run.
pub(super) async fn conclude(
    tx: &DatabaseTransaction,
    delivery: &mut Delivery,
    steps: &[DeliveryStep],
    output: &StepOutput,
    now: Timestamp,
) -> Result<()> {
    delivery.learn(output);
    for mut step in steps.iter().filter(|step| !step.is_over()).cloned() {
        let is_doubtful = step.is_in_doubt();
        step.state = if is_doubtful {
            StepState::Done
        } else {
            StepState::Skipped
        };
        step.output = is_doubtful.then(|| output.clone());
        step.ended_at = Some(now);
        store::save_step(tx, delivery.id, &step).await?;
    }
    delivery.enter(DeliveryState::Published, None, now);
    delivery.published_at = Some(now);
    Ok(())
}

fn check(resolution: &Resolution) -> Result<()> {
    let Resolution::Published {
        external_id,
        external_url,
    } = resolution
    else {
        return Ok(());
    };
    for (field, value) in [
        ("input.externalId", external_id),
        ("input.externalUrl", external_url),
    ] {
        let Some(value) = value else { continue };
        if value.is_empty() || value.chars().count() > MAX_REFERENCE {
            return Err(Error::invalid(
                field,
                format!("must have 1 to {MAX_REFERENCE} characters"),
            ));
        }
        if value.chars().any(char::is_control) {
            return Err(Error::invalid(field, "must not hold control characters"));
        }
    }
    if let Some(address) = external_url
        && !url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
    {
        return Err(Error::invalid(
            "input.externalUrl",
            "must be an address that starts with https://",
        ));
    }
    Ok(())
}
