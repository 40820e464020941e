//! What follows when a delivery comes into another state.

use serde_json::json;

use crate::{
    channels::Intent,
    delivery::{Delivery, DeliveryState, Reason, core::Core, store, store::Held},
    error::Result,
};

impl Core {
    /// Leaves word of the new state for whoever follows. At its end it says of what was taken down that it is, and lets go
    /// on what waited for this end. In the transaction that writes the state.
    pub async fn tell(&self, tx: &sea_orm::DatabaseTransaction, changed: &Delivery) -> Result<()> {
        let now = self.clock.now();
        store::insert_event(tx, changed, now).await?;
        if !changed.state.is_final() {
            return Ok(());
        }
        let is_done = changed.state == DeliveryState::Published;
        if is_done
            && changed.intent == Intent::Takedown
            && let Some(parent) = changed.parent
        {
            store::mark_withdrawn(tx, parent, now).await?;
        }
        self.let_go_waiting(tx, changed).await
    }

    /// Lets go on what waited for the end of a delivery.
    pub async fn let_go_waiting(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        ended: &Delivery,
    ) -> Result<()> {
        let now = self.clock.now();
        let is_done = ended.state == DeliveryState::Published;
        for mut waiting in store::list_waiting_for(tx, ended.id).await? {
            let held = Held::of(&waiting);
            if is_done {
                waiting.external_id.clone_from(&ended.external_id);
                waiting.enter(DeliveryState::Ready, Some(now), now);
            } else {
                // Nothing became live, so there is nothing to take down.
                waiting.enter(DeliveryState::Cancelled, None, now);
                waiting.because(Reason::Parent, json!({ "state": ended.state.as_str() }));
            }
            if store::save_delivery(tx, &mut waiting, held, now).await? {
                store::insert_event(tx, &waiting, now).await?;
                self.announce(&waiting, None);
            }
        }
        Ok(())
    }
}
