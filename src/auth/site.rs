//! A site: one brand. Everything but users belongs to one.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::user::normal_name;
use crate::{
    clock::Timestamp,
    error::{Error, Result},
    id::SiteId,
};

/// A span in which editors do not want to publish: a day of mourning, a freeze before a launch. It warns people before
/// they plan something for it and is passed over where a free time is looked for; what is planned for it goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blackout {
    /// Its beginning, on the wall of the site.
    pub from: NaiveDateTime,
    /// Its end, on the wall of the site.
    pub until: NaiveDateTime,
    /// Why.
    pub reason: String,
}

impl Blackout {
    /// Whether a time on the wall of the site is in it.
    pub fn holds(&self, wall: NaiveDateTime) -> bool {
        (self.from..self.until).contains(&wall)
    }
}

/// A brand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Id.
    pub id: SiteId,
    /// Stable key, as in addresses: `default`.
    pub key: String,
    /// Name, as it stands behind titles.
    pub name: String,
    /// Language of its content.
    pub locale: String,
    /// IANA zone in which its editors plan.
    pub zone: String,
    /// Absolute address of its reader pages; empty: the server's own.
    pub base_url: String,
    /// May call itself official.
    pub is_official: bool,
    /// A variant goes out only after a person has approved just what it holds.
    pub needs_approval: bool,
    /// Words of the brand.
    pub brand_words: Vec<String>,
    /// Path of a story in the mini-programs; `{slug}` is filled in.
    pub path_template: String,
    /// App id of its mini-program by channel id.
    pub mini_programs: BTreeMap<String, String>,
    /// When nothing should be published, the earliest first.
    pub blackouts: Vec<Blackout>,
    /// Rises with each write.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What of a site's profile changes; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct SiteChanges {
    /// New name.
    pub name: Option<String>,
    /// New zone.
    pub zone: Option<String>,
    /// New address of reader pages.
    pub base_url: Option<String>,
    /// New official flag.
    pub is_official: Option<bool>,
    /// Whether variants need an approval from now on.
    pub needs_approval: Option<bool>,
    /// New brand words.
    pub brand_words: Option<Vec<String>>,
    /// New path template.
    pub path_template: Option<String>,
    /// New mini-programs.
    pub mini_programs: Option<BTreeMap<String, String>>,
    /// New blackouts.
    pub blackouts: Option<Vec<Blackout>>,
}

impl Site {
    /// Applies changes after checking them.
    pub fn apply(&mut self, changes: SiteChanges) -> Result<()> {
        if let Some(name) = changes.name {
            self.name = normal_name(&name)?;
        }
        if let Some(zone) = changes.zone {
            zone.parse::<chrono_tz::Tz>().map_err(|_| {
                Error::invalid(
                    "input.zone",
                    "is not an IANA zone; use one such as Asia/Shanghai",
                )
            })?;
            self.zone = zone;
        }
        if let Some(base_url) = changes.base_url {
            let is_address = url::Url::parse(&base_url)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
            if !base_url.is_empty() && (!is_address || base_url.ends_with('/')) {
                return Err(Error::invalid(
                    "input.baseUrl",
                    "must be an http(s) address without a slash at its end",
                ));
            }
            self.base_url = base_url;
        }
        if let Some(template) = changes.path_template {
            if !template.contains("{slug}") || !template.starts_with('/') {
                return Err(Error::invalid(
                    "input.pathTemplate",
                    "must start with / and contain {slug}",
                ));
            }
            self.path_template = template;
        }
        if let Some(mut blackouts) = changes.blackouts {
            if blackouts.iter().any(|one| one.until <= one.from) {
                return Err(Error::invalid(
                    "input.blackouts.until",
                    "must be later than the beginning",
                ));
            }
            blackouts.sort_by_key(|one| (one.from, one.until));
            self.blackouts = blackouts;
        }
        self.is_official = changes.is_official.unwrap_or(self.is_official);
        self.needs_approval = changes.needs_approval.unwrap_or(self.needs_approval);
        self.brand_words = changes
            .brand_words
            .unwrap_or_else(|| std::mem::take(&mut self.brand_words));
        self.mini_programs = changes
            .mini_programs
            .unwrap_or_else(|| std::mem::take(&mut self.mini_programs));
        Ok(())
    }
}
