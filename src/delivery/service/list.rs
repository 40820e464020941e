//! Use cases that only read: deliveries, their steps and attempts.

use super::DeliveryService;
use crate::{
    auth::{Actor, Permission},
    delivery::{Attempt, Delivery, DeliveryFilter, DeliveryStep, store},
    error::{Error, Result},
    id::DeliveryId,
    page::{Page, PageRequest},
};

impl DeliveryService {
    /// Deliveries of the actor's site, the latest due first.
    pub async fn deliveries(
        &self,
        actor: &Actor,
        filter: &DeliveryFilter,
        page: &PageRequest,
    ) -> Result<Page<Delivery>> {
        actor.require(Permission::ReadContent)?;
        store::list_deliveries(self.core.db.read(), actor.site(), filter, page).await
    }

    /// One delivery.
    pub async fn delivery(&self, actor: &Actor, id: DeliveryId) -> Result<Delivery> {
        actor.require(Permission::ReadContent)?;
        store::find_delivery(self.core.db.read(), actor.site(), id)
            .await?
            .ok_or_else(|| Error::not_found(format!("delivery {id}")))
    }

    /// The steps of a delivery, in order.
    pub async fn steps(&self, actor: &Actor, id: DeliveryId) -> Result<Vec<DeliveryStep>> {
        self.delivery(actor, id).await?;
        store::list_steps(self.core.db.read(), id).await
    }

    /// What was tried for a delivery, with the evidence, in order.
    pub async fn attempts(&self, actor: &Actor, id: DeliveryId) -> Result<Vec<Attempt>> {
        self.delivery(actor, id).await?;
        store::list_attempts(self.core.db.read(), id).await
    }
}
