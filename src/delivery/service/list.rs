//! Use cases that only read: deliveries, their steps and attempts.

use std::collections::HashMap;

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
        let mut found = self.steps_of(actor, &[id]).await?;
        found
            .remove(&id)
            .ok_or_else(|| Error::not_found(format!("delivery {id}")))
    }

    /// What was tried for a delivery, with the evidence, in order.
    pub async fn attempts(&self, actor: &Actor, id: DeliveryId) -> Result<Vec<Attempt>> {
        self.delivery(actor, id).await?;
        let mut found = self.attempts_of(actor, &[id]).await?;
        Ok(found.remove(&id).unwrap_or_default())
    }

    /// The steps of many deliveries of the actor's site.
    pub async fn steps_of(
        &self,
        actor: &Actor,
        ids: &[DeliveryId],
    ) -> Result<HashMap<DeliveryId, Vec<DeliveryStep>>> {
        actor.require(Permission::ReadContent)?;
        store::list_steps_of(self.core.db.read(), actor.site(), ids).await
    }

    /// What was tried for many deliveries of the actor's site.
    pub async fn attempts_of(
        &self,
        actor: &Actor,
        ids: &[DeliveryId],
    ) -> Result<HashMap<DeliveryId, Vec<Attempt>>> {
        actor.require(Permission::ReadContent)?;
        store::list_attempts_of(self.core.db.read(), actor.site(), ids).await
    }
}
