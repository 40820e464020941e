//! Queries on accounts, their grants, sign-ins, lanes, deliveries, steps, effects, allowances, removals, figures and the
//! outbox.

mod account;
mod app_link;
mod approval;
mod breaker;
mod call;
mod claim;
mod delivery;
mod effect;
mod figure;
mod grant;
mod lane;
mod outbox;
mod pause;
mod quota;
mod removal;
mod sign_in;
mod slot;
mod statistic;
mod step;

pub use account::*;
pub use app_link::*;
pub use approval::*;
pub use breaker::*;
pub use call::*;
pub use claim::*;
pub use delivery::*;
pub use effect::*;
pub use figure::*;
pub use grant::*;
pub use lane::*;
pub use outbox::*;
pub use pause::*;
pub use quota::*;
pub use removal::*;
pub use sign_in::*;
pub use slot::*;
pub use statistic::*;
pub use step::*;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::error::{Error, Result};

/// A word of a row that must be one of ours.
fn word<T>(what: &str, text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T> {
    parse(text).ok_or_else(|| {
        Error::internal(
            "a row cannot be read",
            format!("{text} is not a {what} of this version"),
        )
    })
}

/// A word that serde knows, as the text of a row.
fn name_of(word: impl Serialize) -> Result<String> {
    let value = to_json(&word)?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

fn from_json<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::internal("a row cannot be read", error))
}

fn to_json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::internal("a row cannot be written", error))
}
