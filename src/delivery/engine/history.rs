//! History: what old deliveries keep of their evidence.

use std::time::Duration;

use crate::{
    crash_point,
    delivery::{core::Core, store},
    error::Result,
};

/// How long a platform's call is remembered; none repeats one for longer than some days.
const CALLS_KEPT: Duration = Duration::from_hours(30 * 24);
/// Tries that are thinned in one transaction.
const BATCH: u64 = 200;

impl Core {
    /// Forgets old calls of platforms. How many there were.
    pub async fn forget_calls(&self) -> Result<u64> {
        let before = self.clock.now().minus(CALLS_KEPT);
        store::forget_calls(self.db.write(), before).await
    }

    /// Takes the bodies out of the calls of deliveries that ended long ago; what was called, when, how it ended and
    /// the platform's ids stay. How many tries there were.
    pub async fn thin_evidence(&self) -> Result<usize> {
        let now = self.clock.now();
        let kept = Duration::from_hours(24 * self.config.evidence_days);
        let mut thinned = 0;
        loop {
            let tx = self.db.begin().await?;
            let old = store::list_thick_attempts(&tx, now.minus(kept), BATCH).await?;
            for (id, mut exchanges) in old.iter().cloned() {
                for exchange in &mut exchanges {
                    exchange.request_body.clear();
                    exchange.response_body.clear();
                }
                store::thin_attempt(&tx, id, &exchanges, now).await?;
            }
            crash_point!("during_history");
            tx.commit().await?;
            thinned += old.len();
            if old.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) {
                return Ok(thinned);
            }
        }
    }
}
