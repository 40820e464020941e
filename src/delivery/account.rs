//! Our login on a channel.

use std::collections::BTreeMap;

use super::AccountStatus;
use crate::{
    channels::{AccountCheck, AccountField, Descriptor, QuotaSpec, Tokens},
    clock::Timestamp,
    error::{Error, Result},
    id::{AccountId, LaneId, SiteId},
};

/// Settings beside those of the form that are numbers: seconds, and `quota.<name>`.
const NUMBERS: &[&str] = &[
    "call_deadline_s",
    "calls_per_second",
    "listing_delay_s",
    "resend_delay_s",
];
/// The most settings that an account may have.
const MOST_SETTINGS: usize = 50;
/// The longest value of a setting or secret.
const MAX_VALUE_CHARACTERS: usize = 4000;
/// The longest text of a file: a platform's root certificates come as several in one.
const MAX_FILE_CHARACTERS: usize = 20_000;

/// Our login on a channel. It never holds a secret; those stay sealed in their row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelAccount {
    /// Id.
    pub id: AccountId,
    /// Site.
    pub site: SiteId,
    /// Channel id.
    pub channel: String,
    /// What people call it.
    pub name: String,
    /// Its id on the platform, once known.
    pub external_id: Option<String>,
    /// What the platform calls it, once a person signed in.
    pub external_name: Option<String>,
    /// Whether it can be used.
    pub status: AccountStatus,
    /// Why it cannot, or what the last check found.
    pub status_note: Option<String>,
    /// Public values.
    pub settings: BTreeMap<String, String>,
    /// What checks found of its lanes: why it may not use one, or nothing where it may. A lane that is not here was never
    /// told of.
    pub lanes: BTreeMap<String, Option<String>>,
    /// Goes up with every new token.
    pub token_version: i32,
    /// When the present token ends.
    pub token_expires_at: Option<Timestamp>,
    /// When the grant ends: then only a person can sign in again.
    pub grant_expires_at: Option<Timestamp>,
    /// Whether people were told that this grant ends soon.
    pub is_grant_ending: bool,
    /// When it was last checked on the platform.
    pub checked_at: Option<Timestamp>,
    /// For optimistic writes.
    pub version: i32,
    /// When it was connected.
    pub created_at: Timestamp,
}

impl ChannelAccount {
    /// Why the account may not use a lane, as far as a check found.
    pub fn barred(&self, lane: &str) -> Option<&str> {
        self.lanes.get(lane)?.as_deref()
    }

    /// Takes over what a check found; of lanes of which it says nothing, what was found before still holds.
    pub fn learn(&mut self, check: &AccountCheck) {
        let usable = check.lanes.iter().map(|lane| (lane.clone(), None));
        let barred = check.barred.iter();
        let barred = barred.map(|(lane, reason)| (lane.clone(), Some(reason.clone())));
        self.lanes.extend(usable.chain(barred));
    }

    /// Whether an allowance counts for this account.
    pub fn has(&self, quota: &QuotaSpec) -> bool {
        quota.only.is_none_or(|(setting, value)| {
            self.settings.get(setting).map(String::as_str) == Some(value)
        })
    }

    /// How much of an allowance this account has.
    pub fn allowance(&self, quota: &QuotaSpec) -> u32 {
        self.settings
            .get(&format!("quota.{}", quota.name))
            .and_then(|value| value.parse().ok())
            .unwrap_or(quota.allowed)
    }

    /// How long the lists of a lane may lag behind, in seconds; `None`: there is no list.
    pub fn listing_delay_s(&self, declared: Option<u32>) -> Option<u32> {
        declared.map(|declared| {
            self.settings
                .get("listing_delay_s")
                .and_then(|value| value.parse().ok())
                .unwrap_or(declared)
        })
    }
}

/// A queue of deliveries to one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Id.
    pub id: LaneId,
    /// Account.
    pub account: AccountId,
    /// Id of the channel's lane.
    pub name: String,
    /// Nothing is sent before then.
    pub next_eligible_at: Timestamp,
    /// Why nothing is sent.
    pub paused_reason: Option<String>,
}

/// What connecting an account takes.
#[derive(Debug, Clone, Default)]
pub struct NewAccount {
    /// Channel id.
    pub channel: String,
    /// What people call it.
    pub name: String,
    /// Public fields of the form and further settings.
    pub settings: BTreeMap<String, String>,
    /// Secret fields of the form.
    pub credentials: BTreeMap<String, String>,
    /// Tokens of a grant that was already made.
    pub tokens: Option<Tokens>,
}

/// What may change in an account; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct AccountChanges {
    /// What people call it.
    pub name: Option<String>,
    /// Replaces all settings.
    pub settings: Option<BTreeMap<String, String>>,
    /// Replaces those that are given.
    pub credentials: Option<BTreeMap<String, String>>,
    /// Tokens of a new grant.
    pub tokens: Option<Tokens>,
}

/// Checks the name of an account.
pub fn check_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::invalid(
            "input.name",
            "must have 1 to 100 characters",
        ));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid(
            "input.name",
            "must not hold control characters",
        ));
    }
    Ok(name.to_owned())
}

/// Checks the public values against the channel's form, and fills in its defaults.
pub fn check_settings(
    channel: &Descriptor,
    mut settings: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>> {
    if settings.len() > MOST_SETTINGS {
        return Err(Error::invalid(
            "input.settings",
            format!("must be at most {MOST_SETTINGS}"),
        ));
    }
    for (name, value) in &settings {
        if !is_setting_name(name) {
            return Err(Error::invalid(
                "input.settings",
                "names hold up to 64 lower-case letters, digits, dots and underscores",
            ));
        }
        let path = format!("input.settings.{name}");
        let mut fields = channel.account_fields.iter();
        let known = fields.find(|field| field.name == name);
        check_value(&path, value, known.is_some_and(|field| field.multiline))?;
        if known.is_some_and(|field| field.secret) {
            return Err(Error::invalid(path, "is a secret: give it as a credential"));
        }
        let options = known.map_or(&[][..], |field| field.options);
        let is_open = options.is_empty() || value.is_empty();
        if !is_open && !options.iter().any(|option| option.value == value) {
            let values: Vec<_> = options.iter().map(|option| option.value).collect();
            let text = format!("must be one of {}", values.join(", "));
            return Err(Error::invalid(path, text));
        }
        let is_number = name.starts_with("quota.") || NUMBERS.contains(&name.as_str());
        if is_number && value.parse::<u32>().is_err() {
            return Err(Error::invalid(path, "must be a whole number"));
        }
    }
    for field in channel.account_fields.iter().filter(|field| !field.secret) {
        fill(field, "settings", &mut settings)?;
    }
    Ok(settings)
}

/// Checks the secret values against the channel's form.
pub fn check_credentials(
    channel: &Descriptor,
    mut credentials: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>> {
    for (name, value) in &credentials {
        let known = channel
            .account_fields
            .iter()
            .find(|field| field.name == name && field.secret);
        let Some(known) = known else {
            return Err(Error::invalid(
                "input.credentials",
                format!("holds a name that is no secret of {}", channel.name.en),
            ));
        };
        let path = format!("input.credentials.{}", known.name);
        check_value(&path, value, known.multiline)?;
    }
    for field in channel.account_fields.iter().filter(|field| field.secret) {
        fill(field, "credentials", &mut credentials)?;
    }
    Ok(credentials)
}

fn fill(field: &AccountField, group: &str, values: &mut BTreeMap<String, String>) -> Result<()> {
    if values
        .get(field.name)
        .is_some_and(|value| !value.is_empty())
    {
        return Ok(());
    }
    if let Some(default) = field.default {
        values.insert(field.name.to_owned(), default.to_owned());
    } else if field.required {
        return Err(Error::invalid(
            format!("input.{group}.{}", field.name),
            "is needed to connect this account",
        ));
    }
    Ok(())
}

fn is_setting_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._".contains(&byte))
}

fn check_value(path: &str, value: &str, is_multiline: bool) -> Result<()> {
    let most = if is_multiline {
        MAX_FILE_CHARACTERS
    } else {
        MAX_VALUE_CHARACTERS
    };
    if value.chars().count() > most {
        return Err(Error::invalid(
            path,
            format!("must have at most {most} characters"),
        ));
    }
    let is_allowed = |c: char| !c.is_control() || (is_multiline && matches!(c, '\n' | '\r'));
    if !value.chars().all(is_allowed) {
        return Err(Error::invalid(path, "must not hold control characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_file_may_be_longer_than_a_line_and_have_line_breaks() {
        let check = |value: &str, is_multiline| check_value("input", value, is_multiline).is_ok();
        let file = "-----\n".repeat(1000);
        let line = "-".repeat(5000);

        assert!(check(&file, true) && check(&line[..4000], false));
        assert!(!check(&file[..12], false), "line breaks");
        assert!(
            !check(&line, false) && !check(&file.repeat(4), true),
            "too long"
        );
    }
}
