//! Alarms: a grant that only a person can renew ends soon.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    delivery::{core::Core, store},
    error::Result,
};

/// How long before the end of a grant people are told, each once for a grant; the last is told last.
const NOTICE: [Duration; 3] = [
    Duration::from_hours(7 * 24),
    Duration::from_hours(24),
    Duration::from_hours(1),
];
/// Two ends of a grant this close together are one end: platforms tell what is left, in whole seconds.
const SAME_END: Duration = Duration::from_mins(10);

impl Core {
    /// Tells people of grants that end soon.
    pub async fn tell_ending_grants(&self) -> Result<()> {
        let now = self.clock.now();
        for account in store::list_ending_grants(self.db.read(), now.plus(NOTICE[0])).await? {
            let Some(ends_at) = account.grant_expires_at else {
                continue;
            };
            let left = ends_at.since(now);
            // The shortest notice that has come; longer ones that were missed are not made up for.
            let Some(notice) = NOTICE.iter().rev().find(|notice| left <= **notice) else {
                continue;
            };
            let tx = self.db.begin().await?;
            if store::claim_grant_alarm(&tx, account.id, ends_at, *notice).await? {
                store::insert_grant_event(&tx, &account, ends_at, now).await?;
                tx.commit().await?;
                tracing::error!(
                    account.id = %account.id, channel.id = account.channel, account.name, %ends_at,
                    "the grant of an account ends soon; a person must sign in again before then"
                );
            }
        }
        Ok(())
    }
}

/// The end of the grant that new tokens belong to, given the end that was known.
pub fn grant_end(known: Option<Timestamp>, told: Option<Timestamp>) -> Option<Timestamp> {
    match (known, told) {
        (Some(known), Some(told))
            if known.since(told) < SAME_END && told.since(known) < SAME_END =>
        {
            Some(known)
        }
        (_, told) => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_that_is_told_again_is_the_same_end() {
        let end = Timestamp::from_unix_seconds(1_800_000_000);
        let seconds = Duration::from_secs;

        assert_eq!(grant_end(Some(end), Some(end.plus(seconds(1)))), Some(end));
        assert_eq!(grant_end(Some(end), Some(end.minus(seconds(2)))), Some(end));
        let renewed = end.plus(seconds(86_400));
        assert_eq!(grant_end(Some(end), Some(renewed)), Some(renewed));
        assert_eq!(grant_end(None, Some(end)), Some(end));
        assert_eq!(grant_end(Some(end), None), None);
    }
}
