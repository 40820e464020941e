//! What the open platforms of Douyin and Toutiao have in common: envelopes, codes, the life of a grant, uploads, works.
//! No channel by itself; each of the two says in a [`client::Dialect`] how it differs.

pub mod client;
pub mod error;
pub mod grant;
pub mod simulator;
pub mod upload;
pub mod wire;

use crate::{
    channels::Account,
    error::{Error, Result},
};

/// A setting that is a number within bounds.
pub fn number(account: &Account, name: &str, default: &str, bounds: (u64, u64)) -> Result<u64> {
    let value = account.setting(name, default).parse().ok();
    value
        .filter(|value| (bounds.0..=bounds.1).contains(value))
        .ok_or_else(|| {
            let text = format!("must be a whole number from {} to {}", bounds.0, bounds.1);
            Error::invalid(format!("input.settings.{name}"), text)
        })
}
