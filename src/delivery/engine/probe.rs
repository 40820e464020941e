//! Looks whether a platform is back whose breaker is open. A look is a check of an account: it never sends anything
//! that readers would see.

use std::{sync::Arc, time::Duration};

use super::Host;
use crate::{
    delivery::{breaker::Breaker, core::Core, store},
    error::Result,
};

/// How long a look may take.
const DEADLINE: Duration = Duration::from_secs(30);
/// From this status on the platform itself is in trouble.
const SERVER_ERROR: u16 = 500;

impl Core {
    /// Looks at each platform whose rest is over; `true` when one is back.
    pub async fn probe_breakers(self: &Arc<Self>) -> Result<bool> {
        let now = self.clock.now();
        let mut is_any_back = false;
        for breaker in store::list_open_breakers(self.db.read()).await? {
            if breaker.probe_at > now {
                continue;
            }
            if self.answers(&breaker).await? {
                is_any_back |= self.close(&breaker).await?;
            } else {
                let tx = self.db.begin().await?;
                let (channel, lane) = (&breaker.channel, &breaker.lane);
                let rests = store::open_breaker(&tx, channel, lane, self.clock.now()).await?;
                tx.commit().await?;
                tracing::warn!(
                    channel.id = channel, lane, probe_at = %rests.probe_at,
                    "a platform still does not answer"
                );
            }
        }
        Ok(is_any_back)
    }

    /// Whether the platform answers at all, whatever it says.
    async fn answers(self: &Arc<Self>, breaker: &Breaker) -> Result<bool> {
        let found = store::find_probe_account(self.db.read(), &breaker.channel).await?;
        // Without an account nothing goes there, and the first one to come finds out.
        let Some(sealed) = found else { return Ok(true) };
        let channel = self.connect(&sealed)?;
        let host = Host::new(Arc::clone(self), &sealed.account, None);
        let check = tokio::time::timeout(DEADLINE, channel.check_account(&host)).await;
        let exchanges = host.into_exchanges();
        Ok(match exchanges.last() {
            Some(last) => last.status.is_some_and(|status| status < SERVER_ERROR),
            None => check.is_ok_and(|check| check.ok),
        })
    }

    async fn close(&self, breaker: &Breaker) -> Result<bool> {
        let tx = self.db.begin().await?;
        let (channel, lane) = (&breaker.channel, &breaker.lane);
        let closed = store::close_breaker(&tx, channel, lane, self.clock.now()).await?;
        self.free(&tx).await?;
        tx.commit().await?;
        self.breakers.put_on_probation(channel, lane);
        tracing::info!(channel.id = channel, lane, "a platform answers again");
        Ok(closed)
    }
}
