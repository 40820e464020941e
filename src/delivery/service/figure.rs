//! What waits and what is left, in all sites at one instant: the operators' figures.

use std::{collections::HashMap, time::Duration};

use super::{
    super::{
        AccountStatus, ChannelAccount, DeliveryState,
        engine::{allowance, quota_scope},
        store,
    },
    DeliveryService,
};
use crate::{error::Result, id::AccountId};

/// What waits and what is left.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Every lane.
    pub lanes: Vec<LaneFigures>,
    /// Every allowance of every account.
    pub quotas: Vec<QuotaFigures>,
    /// Every account.
    pub accounts: Vec<AccountFigures>,
}

/// A lane.
#[derive(Debug, Clone)]
pub struct LaneFigures {
    /// Channel id.
    pub channel: String,
    /// Account.
    pub account: AccountId,
    /// Its name.
    pub lane: String,
    /// How many of its deliveries are in each state that is not an end.
    pub counts: Vec<(DeliveryState, u64)>,
    /// How long the first ready one has been waiting.
    pub oldest_ready: Duration,
}

/// An allowance of an account, today.
#[derive(Debug, Clone)]
pub struct QuotaFigures {
    /// Channel id.
    pub channel: String,
    /// Account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// What is left of it.
    pub remaining: u32,
}

/// An account, and whether its secrets can be used.
#[derive(Debug, Clone)]
pub struct AccountInspection {
    /// The account.
    pub account: ChannelAccount,
    /// Why it cannot be bound to its platform, if so.
    pub trouble: Option<String>,
}

/// An account.
#[derive(Debug, Clone)]
pub struct AccountFigures {
    /// Channel id.
    pub channel: String,
    /// Account.
    pub account: AccountId,
    /// Whether it can be used.
    pub status: AccountStatus,
    /// Seconds that its token is good for; negative when it has ended, `None` when it never does.
    pub token_remaining_s: Option<i64>,
    /// Seconds until a person must sign in again; `None` when the platform does not tell.
    pub grant_remaining_s: Option<i64>,
}

impl DeliveryService {
    /// Looks whether the secrets of every account of every site can be opened and used; calls no platform.
    pub async fn inspect_accounts(&self) -> Result<Vec<AccountInspection>> {
        let db = self.core.db.read();
        let mut found = Vec::new();
        for account in store::list_all_accounts(db).await? {
            let Some(sealed) = store::find_account(db, account.site, account.id).await? else {
                continue;
            };
            let opened = self.core.open_tokens(&sealed).map(|_| ());
            let trouble = opened.and_then(|()| self.core.connect(&sealed).map(|_| ()));
            // What has no secrets cannot be in trouble for them.
            let is_parted = sealed.account.status == AccountStatus::Disconnected;
            found.push(AccountInspection {
                account: sealed.account,
                trouble: trouble
                    .err()
                    .filter(|_| !is_parted)
                    .map(|error| error.to_string()),
            });
        }
        Ok(found)
    }

    /// The figures of this instant, of all sites, from four queries.
    pub async fn figures(&self) -> Result<Figures> {
        let (db, now) = (self.core.db.read(), self.now());
        let accounts = store::list_all_accounts(db).await?;
        let lanes = store::list_all_lanes(db).await?;
        let open = store::count_open(db).await?;
        let windows = store::list_open_windows(db, now).await?;
        let channels: HashMap<AccountId, &str> = accounts
            .iter()
            .map(|account| (account.id, account.channel.as_str()))
            .collect();
        let lanes = lanes.into_iter().map(|lane| {
            let of = |state: DeliveryState| {
                open.iter().find(|count| {
                    count.account == lane.account && count.lane == lane.name && count.state == state
                })
            };
            let states = DeliveryState::ALL.iter().filter(|state| !state.is_final());
            LaneFigures {
                channel: channels
                    .get(&lane.account)
                    .copied()
                    .unwrap_or_default()
                    .to_owned(),
                account: lane.account,
                counts: states
                    .map(|state| (*state, of(*state).map_or(0, |count| count.count)))
                    .collect(),
                oldest_ready: of(DeliveryState::Ready)
                    .and_then(|count| count.first_at)
                    .map_or(Duration::ZERO, |first_at| now.since(first_at)),
                lane: lane.name,
            }
        });
        let lanes = lanes.collect();
        let mut quotas = Vec::new();
        for account in &accounts {
            // An account of a channel that this build no longer knows has no allowances.
            let Ok(channel) = self.core.channel(&account.channel) else {
                continue;
            };
            let specs = channel.lanes.iter().flat_map(|lane| lane.quotas);
            for spec in specs.filter(|spec| account.has(spec)) {
                let declared = allowance(account, spec, now);
                let row = windows.iter().find(|row| {
                    row.scope == quota_scope(account)
                        && row.name == declared.name
                        && row.start == declared.window.start
                });
                let allowed = row.and_then(|row| row.learned).unwrap_or(declared.allowed);
                quotas.push(QuotaFigures {
                    channel: account.channel.clone(),
                    account: account.id,
                    name: declared.name,
                    remaining: allowed.saturating_sub(row.map_or(0, |row| row.taken)),
                });
            }
        }
        let accounts = accounts
            .into_iter()
            .map(|account| AccountFigures {
                account: account.id,
                status: account.status,
                token_remaining_s: account
                    .token_expires_at
                    .map(|end| end.unix_seconds() - now.unix_seconds()),
                grant_remaining_s: account
                    .grant_expires_at
                    .map(|end| end.unix_seconds() - now.unix_seconds()),
                channel: account.channel,
            })
            .collect();
        Ok(Figures {
            lanes,
            quotas,
            accounts,
        })
    }
}
