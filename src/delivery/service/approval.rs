//! Use cases of approval: a person says that a variant may go out, and what waited for it does.

use serde_json::json;

use super::{
    DeliveryService,
    booking::{Parcel, next_occurrence, submission},
};
use crate::{
    auth::{Actor, Permission},
    delivery::{
        Approval, Delivery, DeliveryState,
        delivery::{dedup_key, marker},
        missed::Lateness,
        store::{self, Held},
    },
    error::{Error, Result},
    id::ApprovalId,
    tailoring::SourceRef,
};

impl DeliveryService {
    /// Says that a variant may go out as it is: `content_hash` is that of the variant that the person saw. What waited for
    /// it goes out with just this content.
    pub async fn approve(
        &self,
        actor: &Actor,
        source: SourceRef,
        channel: &str,
        content_hash: &str,
    ) -> Result<Approval> {
        actor.require(Permission::Publish)?;
        let variant = self.tailoring.variant(actor, source, channel).await?;
        if variant.content_hash != content_hash {
            return Err(Error::conflict(
                "the variant was changed since you saw it; look at it again, then approve",
            )
            .on_field("input.contentHash")
            .with_details(json!({ "currentContentHash": variant.content_hash })));
        }
        let approval = Approval {
            id: ApprovalId::new(),
            site: actor.site(),
            source: source.item(),
            revision: variant.revision,
            channel: variant.channel.to_owned(),
            content_hash: variant.content_hash,
            approved_by: actor.user(),
            approved_at: self.now(),
        };
        let db = self.core.db.read();
        let waiting =
            store::list_unapproved(db, actor.site(), source.item(), variant.channel).await?;
        let mut renewed = Vec::with_capacity(waiting.len());
        for delivery in waiting {
            renewed.push(self.renew(actor, source, delivery, &approval).await?);
        }
        let tx = self.core.db.begin().await?;
        store::insert_approval(&tx, &approval).await?;
        for (mut delivery, held, body, steps) in renewed {
            if !store::save_delivery(&tx, &mut delivery, held, self.now()).await? {
                // Somebody called it off meanwhile.
                continue;
            }
            store::replace_content(&tx, &delivery, &body).await?;
            store::delete_steps(&tx, delivery.id).await?;
            store::insert_steps(&tx, delivery.id, &steps).await?;
            self.core.tell(&tx, &delivery).await?;
            self.core.announce(&delivery, None);
        }
        tx.commit().await?;
        self.core.wake.notify_one();
        Ok(approval)
    }

    /// The latest approval of a story or video for a channel.
    pub async fn approval(
        &self,
        actor: &Actor,
        source: SourceRef,
        channel: &str,
    ) -> Result<Option<Approval>> {
        actor.require(Permission::ReadContent)?;
        self.tailoring.source(actor, source).await?;
        let db = self.core.db.read();
        store::find_approval(db, actor.site(), source.item(), channel).await
    }

    /// A delivery that waited, with the content that is approved now.
    async fn renew(
        &self,
        actor: &Actor,
        source: SourceRef,
        mut delivery: Delivery,
        approval: &Approval,
    ) -> Result<(
        Delivery,
        Held,
        crate::channels::Submission,
        Vec<crate::delivery::DeliveryStep>,
    )> {
        let held = Held::of(&delivery);
        let now = self.now();
        let way = self.way(actor, delivery.account, &delivery.lane).await?;
        let frozen = self
            .tailoring
            .freeze(actor, source, &delivery.channel, &delivery.lane)
            .await?;
        let db = self.core.db.read();
        let of_way =
            store::list_of_way(db, delivery.account, &delivery.lane, source.item()).await?;
        let alike: Vec<_> = of_way
            .into_iter()
            .filter(|other| {
                other.id != delivery.id
                    && other.intent == delivery.intent
                    && other.content_hash == frozen.content_hash
            })
            .collect();
        if delivery.content_hash != frozen.content_hash {
            delivery.occurrence = next_occurrence(&alike);
        }
        delivery.revision = frozen.revision;
        delivery.variant_revision = frozen.variant_revision;
        delivery.content_hash.clone_from(&frozen.content_hash);
        delivery.title.clone_from(&frozen.title);
        delivery.dedup_key = dedup_key(
            delivery.account,
            &delivery.lane,
            delivery.source_id,
            delivery.intent,
            &delivery.content_hash,
            delivery.occurrence,
        );
        delivery.marker = marker(&delivery.dedup_key);
        delivery.approved_hash = Some(approval.content_hash.clone());
        if delivery.due_at > now {
            let due_at = delivery.due_at;
            delivery.enter(DeliveryState::Scheduled, Some(due_at), now);
        } else if delivery.missed.judge(now.since(delivery.due_at)) == Lateness::Miss {
            delivery.enter(DeliveryState::Missed, None, now);
            delivery.because(crate::delivery::Reason::Late, json!({}));
        } else {
            // A person has just said that it may go out: nobody has to be asked again.
            delivery.give_up_at = self.give_up_after(now);
            delivery.enter(DeliveryState::Ready, Some(now), now);
        }
        let body = submission(&delivery, Parcel::of(frozen, source.item()));
        let steps = self.plan_steps(&way, &delivery, &body)?;
        Ok((delivery, held, body, steps))
    }
}
