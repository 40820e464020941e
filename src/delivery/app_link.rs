//! A link or code that opens a story or video in a channel's mini-program, as it was made and until it ends.

use std::time::Duration;

use crate::{
    channels::AppLink,
    clock::Timestamp,
    id::{AccountId, ItemId},
};

/// One that ends sooner than this is made anew when somebody asks for it: who prints or sends it needs the time.
const FRESH: Duration = Duration::from_hours(24);

/// A link or code that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeLink {
    /// By which account.
    pub account: AccountId,
    /// To which story or video.
    pub item: ItemId,
    /// Its kind, of those that the channel's descriptor names.
    pub kind: String,
    /// The page that it opens.
    pub page: String,
    /// The link itself.
    pub link: AppLink,
    /// When it was made.
    pub made_at: Timestamp,
}

impl MadeLink {
    /// Whether it ended.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.link.ends_at.is_some_and(|end| end <= now)
    }

    /// Whether it still serves for a page.
    pub fn serves(&self, page: &str, now: Timestamp) -> bool {
        let lasts = |end: Timestamp| end > now.plus(FRESH);
        self.page == page && self.link.ends_at.is_none_or(lasts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_serves_while_its_page_stands_and_a_day_is_left() {
        let now = Timestamp::from_unix_seconds(1_764_000_000);
        let link = |ends_at| MadeLink {
            account: AccountId::new(),
            item: ItemId::new(),
            kind: "url_link".into(),
            page: "pages/story/index?id=a".into(),
            link: AppLink {
                address: None,
                picture: bytes::Bytes::new(),
                ends_at,
            },
            made_at: now,
        };
        let in_hours = |hours| Some(now.plus(Duration::from_hours(hours)));

        assert!(link(None).serves("pages/story/index?id=a", now));
        assert!(link(in_hours(25)).serves("pages/story/index?id=a", now));
        assert!(!link(in_hours(24)).serves("pages/story/index?id=a", now));
        assert!(!link(None).serves("pages/story/index?id=b", now));
        assert!(link(Some(now)).is_over(now) && !link(in_hours(1)).is_over(now));
    }
}
