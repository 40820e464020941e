//! The outbox: changes of deliveries for those who follow from elsewhere.

use uuid::Uuid;

use super::DeliveryService;
use crate::{
    delivery::{OutboxEvent, store},
    error::Result,
};

impl DeliveryService {
    /// Changes of all sites that were not taken over yet, the oldest first; for the server's own followers.
    pub async fn untold_events(&self, limit: u64) -> Result<Vec<OutboxEvent>> {
        store::list_untold(self.core.db.read(), limit).await
    }

    /// Notes that events were taken over. A follower may be stopped before this, so it bears the same event twice.
    pub async fn mark_told(&self, events: &[Uuid]) -> Result<()> {
        store::set_told(self.core.db.write(), events, self.now()).await
    }

    /// Throws away events that were taken over before an instant.
    pub async fn prune_events(&self, before: crate::clock::Timestamp) -> Result<()> {
        store::delete_told_before(self.core.db.write(), before).await
    }
}
