//! Use case: a platform calls us, to tell what became of what was sent, or that somebody withdrew a grant.

use serde_json::Value;

use super::{DeliveryService, person::conclude};
use crate::{
    auth::Actor,
    channels::{ChannelError, ErrorClass, Event, Incoming, Reply, StepOutput},
    delivery::{
        AccountStatus, ChannelAccount, Delivery, DeliveryState,
        store::{self, Held, SealedAccount},
    },
    error::{Error, Result},
    id::AccountId,
};

impl DeliveryService {
    /// Hears a platform's call at an account's address. It proves itself by the account's secrets, counts once however
    /// often it comes, and is answered as the platform wants it. What it tells of concerns all accounts of the site on
    /// this channel: platforms know one address for an application, whoever granted it something.
    pub async fn receive(
        &self,
        channel: &str,
        account: AccountId,
        incoming: &Incoming<'_>,
    ) -> Result<Reply> {
        let unknown = || Error::not_found("an account at this address");
        let sealed = store::find_account_of(self.core.db.read(), channel, account).await?;
        let is_there = |found: &SealedAccount| found.account.status != AccountStatus::Disconnected;
        let sealed = sealed.filter(is_there).ok_or_else(unknown)?;
        if !self.core.channel(channel)?.calls_us {
            return Err(unknown());
        }
        let received = self.core.connect(&sealed)?.receive(incoming);
        let received = received.map_err(|error| {
            tracing::warn!(account.id = %account, channel.id = channel, %error, "a call was refused");
            refusal(error)
        })?;
        self.hear_inspections(&sealed, &received.events).await?;
        let now = self.now();
        let tx = self.core.db.begin().await?;
        if let Some(id) = &received.message_id
            && !store::note_call(&tx, account, id, now).await?
        {
            return Ok(received.reply);
        }
        let mut published = Vec::new();
        for event in &received.events {
            match event {
                Event::Published {
                    reference,
                    external_id,
                } => {
                    let found = self.take_as_published(&tx, &sealed, reference, external_id);
                    published.extend(found.await?);
                }
                Event::Changed { reference } => {
                    let site = sealed.account.site;
                    for delivery in store::list_out(&tx, site, channel, reference).await? {
                        store::look_now(&tx, delivery.id, now).await?;
                    }
                }
                Event::Revoked { who } => {
                    let accounts = store::list_accounts(&tx, sealed.account.site, None).await?;
                    let theirs = |external_id: Option<&str>| external_id == Some(who.as_str());
                    for account in accounts
                        .iter()
                        .filter(|one| one.channel == channel && theirs(one.external_id.as_deref()))
                    {
                        let note = "the user withdrew the grant on the platform";
                        self.core.stop_account(&tx, account.id, note).await?;
                    }
                }
                Event::Halted { why } => self.halt(&tx, &sealed.account, why).await?,
                // Heard already.
                Event::Inspected { .. } => {}
                // Signing in by our own page brings the tokens; the news alone brings nothing.
                Event::Granted { who } => {
                    tracing::info!(channel.id = channel, who, "a user granted access");
                }
            }
        }
        tx.commit().await?;
        for delivery in &published {
            self.core.announce(delivery, None);
        }
        self.core.wake.notify_one();
        Ok(received.reply)
    }

    /// Keeps what a platform says of contents that it was asked about. Doing it twice changes nothing, so it needs no
    /// transaction with the note of the call.
    async fn hear_inspections(&self, sealed: &SealedAccount, events: &[Event]) -> Result<()> {
        let ChannelAccount { site, channel, .. } = &sealed.account;
        for event in events {
            let Event::Inspected { reference, said } = event else {
                continue;
            };
            let actor = Actor::system(*site);
            let heard = self
                .tailoring
                .hear_inspection(&actor, channel, reference, said.as_ref());
            if !heard.await? {
                tracing::info!(
                    channel.id = channel,
                    reference,
                    "nobody awaits this opinion"
                );
            }
        }
        Ok(())
    }

    /// Ends what waits for a person to publish it there; anything else that is out is looked at now.
    async fn take_as_published(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        sealed: &SealedAccount,
        reference: &str,
        external_id: &str,
    ) -> Result<Vec<Delivery>> {
        let now = self.now();
        let account = &sealed.account;
        let mut published = Vec::new();
        for mut delivery in store::list_out(tx, account.site, &account.channel, reference).await? {
            let steps = store::list_steps(tx, delivery.id).await?;
            let outputs = steps.iter().filter_map(|step| step.output.as_ref());
            if !outputs
                .into_iter()
                .any(|output| mentions(&output.value, reference))
            {
                continue;
            }
            if delivery.state != DeliveryState::WaitingUser {
                store::look_now(tx, delivery.id, now).await?;
                continue;
            }
            let held = Held::of(&delivery);
            let output = StepOutput {
                external_id: Some(external_id.to_owned()),
                ..StepOutput::default()
            };
            conclude(tx, &mut delivery, &steps, &output, now).await?;
            delivery.release();
            if !store::save_delivery(tx, &mut delivery, held, now).await? {
                return Err(Error::conflict("the delivery went on in the meantime"));
            }
            self.core.tell(tx, &delivery).await?;
            published.push(delivery);
        }
        Ok(published)
    }
}

/// Whether a value is a text anywhere in an output.
fn mentions(output: &Value, text: &str) -> bool {
    match output {
        Value::String(value) => value == text,
        Value::Number(number) => number.to_string() == text,
        Value::Array(values) => values.iter().any(|value| mentions(value, text)),
        Value::Object(values) => values.values().any(|value| mentions(value, text)),
        Value::Null | Value::Bool(_) => false,
    }
}

/// What the caller is told: nothing of ours, but whether it is worth calling again.
fn refusal(error: ChannelError) -> Error {
    match error.class {
        ErrorClass::Permission => Error::forbidden(error.message),
        _ => Error::invalid("body", error.message),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::mentions;

    #[test]
    fn a_reference_is_meant_when_it_is_the_whole_of_a_value() {
        let output = json!({ "share_id": "17000", "pages": [{ "id": 42 }], "at": null });

        assert!(mentions(&output, "17000"));
        assert!(mentions(&output, "42"));
        assert!(!mentions(&output, "1700"));
        assert!(!mentions(&output, ""));
    }
}
