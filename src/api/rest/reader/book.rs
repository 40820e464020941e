//! Every address that readers can open on a site, newest first. Crawlers ask for it again and again, so it is kept until
//! something is published or taken back.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    app::App,
    auth::Actor,
    channels::ContentKind,
    content::{Address, Content, StoryContent, VideoContent},
    error::Result,
    id::SiteId,
};

/// Rows read at a time.
const BATCH: u64 = 5_000;

/// A story or video, and where it is found.
pub struct Entry {
    pub kind: ContentKind,
    pub address: Address,
}

impl Entry {
    /// Its page below the site's address.
    pub fn path(&self) -> String {
        match self.kind {
            ContentKind::Story => format!("/s/{}", self.address.slug),
            ContentKind::Video => format!("/v/{}", self.address.slug),
        }
    }
}

/// The addresses of a site, with the change up to which they are known.
type Known = (i64, Arc<Vec<Entry>>);

/// The addresses of each site.
#[derive(Clone, Default)]
pub struct Books {
    known: Arc<Mutex<HashMap<SiteId, Known>>>,
}

impl Books {
    /// The addresses of the actor's site.
    pub async fn of(&self, app: &App, actor: &Actor) -> Result<Arc<Vec<Entry>>> {
        // Asked first: what changes while the rows are read is read again next time.
        let change = app.content.last_change().await?;
        let known = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.get(&actor.site()).cloned()
        };
        if let Some((at, book)) = known
            && at == change
        {
            return Ok(book);
        }
        let mut entries = Vec::new();
        collect::<StoryContent>(app, actor, ContentKind::Story, &mut entries).await?;
        collect::<VideoContent>(app, actor, ContentKind::Video, &mut entries).await?;
        entries.sort_by_key(|entry| {
            std::cmp::Reverse((entry.address.first_published_at, entry.address.id))
        });
        let book = Arc::new(entries);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(actor.site(), (change, Arc::clone(&book)));
        Ok(book)
    }
}

async fn collect<C: Content>(
    app: &App,
    actor: &Actor,
    kind: ContentKind,
    entries: &mut Vec<Entry>,
) -> Result<()> {
    let mut after = None;
    loop {
        let rows = app.content.list_addresses::<C>(actor, after, BATCH).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = Some(last.id);
        entries.extend(rows.into_iter().map(|address| Entry { kind, address }));
    }
}
