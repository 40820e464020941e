//! What readers did with a delivered item, asked of the platform.

use std::{sync::Arc, time::Duration};

use super::DeliveryService;
use crate::{
    auth::{Actor, Permission},
    channels::{ChannelError, Totals},
    delivery::engine::Host,
    error::{Error, ErrorKind, Result},
    id::DeliveryId,
};

/// A person waits for the answer.
const DEADLINE: Duration = Duration::from_secs(10);

impl DeliveryService {
    /// Totals of a published item as the platform tells them now; `None` where it tells none.
    pub async fn statistics(&self, actor: &Actor, id: DeliveryId) -> Result<Option<Totals>> {
        actor.require(Permission::ReadContent)?;
        let delivery = self.delivery(actor, id).await?;
        let Some(external_id) = &delivery.external_id else {
            return Ok(None);
        };
        let sealed = super::account::find(self.core.db.read(), actor, delivery.account).await?;
        let channel = self.core.connect(&sealed)?;
        let host = Host::new(Arc::clone(&self.core), &sealed.account, None);
        let asked = channel.statistics(external_id, &host);
        let unavailable = |error: &dyn std::fmt::Display| {
            Error::new(
                ErrorKind::Unavailable,
                format!("the platform told no figures: {error}"),
            )
        };
        match tokio::time::timeout(DEADLINE, asked).await {
            Ok(told) => told.map_err(|error: ChannelError| unavailable(&error)),
            Err(late) => Err(unavailable(&late)),
        }
    }
}
