//! The pace of calls to platforms: so many a second for each account, smoothed, within this process.

use std::{collections::BTreeMap, num::NonZeroU32, sync::Arc, sync::Mutex};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::id::AccountId;

/// Calls a second of an account that has no setting of its own (`calls_per_second`); platforms publish no such number
/// for most of what we call, so it is moderate.
const CALLS_PER_SECOND: NonZeroU32 = NonZeroU32::new(20).expect("not zero");

/// How fast each account may be called.
#[derive(Debug, Default)]
pub struct Paces(Mutex<BTreeMap<AccountId, (NonZeroU32, Arc<DefaultDirectRateLimiter>)>>);

impl Paces {
    /// Waits until the account may be called again; `setting` is its own number of calls a second.
    pub async fn wait(&self, account: AccountId, setting: Option<&str>) {
        let wanted = setting
            .and_then(|setting| setting.parse().ok())
            .unwrap_or(CALLS_PER_SECOND);
        self.limiter(account, wanted).until_ready().await;
    }

    fn limiter(&self, account: AccountId, wanted: NonZeroU32) -> Arc<DefaultDirectRateLimiter> {
        let mut limiters = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let fresh = || {
            let limiter = RateLimiter::direct(Quota::per_second(wanted));
            (wanted, Arc::new(limiter))
        };
        let entry = limiters.entry(account).or_insert_with(fresh);
        if entry.0 != wanted {
            *entry = fresh();
        }
        Arc::clone(&entry.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_its_own_pace_and_a_new_number_counts_at_once() {
        let paces = Paces::default();
        let (one, other) = (AccountId::new(), AccountId::new());
        let two = NonZeroU32::new(2).expect("not zero");

        let limiter = paces.limiter(one, two);

        assert!(limiter.check().is_ok() && limiter.check().is_ok());
        assert!(
            limiter.check().is_err(),
            "the third one within a second waits"
        );
        assert!(
            paces.limiter(other, two).check().is_ok(),
            "another account does not"
        );
        assert!(paces.limiter(one, CALLS_PER_SECOND).check().is_ok());
    }
}
