//! Stories and videos as readers see them.

use std::collections::HashMap;

use super::ContentService;
use crate::{
    auth::{Actor, Permission},
    content::{Address, Content, ItemOrder, Published, PublishedFilter, store::published},
    error::Result,
    id::{ItemId, RevisionId},
    page::{Page, PageRequest},
    text,
};

/// The most items of one title that are looked at.
const MOST_TWINS: u64 = 10;

impl ContentService {
    /// One item, as readers see it.
    pub async fn find_published<C: Content>(
        &self,
        actor: &Actor,
        id: ItemId,
    ) -> Result<Option<Published<C>>> {
        Ok(self.published_many(actor, &[id]).await?.pop())
    }

    /// One item by its key in addresses, as readers see it.
    pub async fn find_published_by_slug<C: Content>(
        &self,
        actor: &Actor,
        slug: &str,
    ) -> Result<Option<Published<C>>> {
        actor.require(Permission::ReadPublished)?;
        if !text::is_slug(slug) {
            return Ok(None);
        }
        published::find_published_by_slug(self.db.read(), actor.site(), slug).await
    }

    /// Whether readers once saw an item under this key and do not any more.
    pub async fn is_withdrawn<C: Content>(&self, actor: &Actor, slug: &str) -> Result<bool> {
        actor.require(Permission::ReadPublished)?;
        if !text::is_slug(slug) {
            return Ok(false);
        }
        published::is_withdrawn::<C>(self.db.read(), actor.site(), slug).await
    }

    /// Many items at once, as readers see them, in no order; what they do not see is left out.
    pub async fn published_many<C: Content>(
        &self,
        actor: &Actor,
        ids: &[ItemId],
    ) -> Result<Vec<Published<C>>> {
        actor.require(Permission::ReadPublished)?;
        published::list_published_by_id(self.db.read(), actor.site(), ids).await
    }

    /// Other items with exactly this title that readers see, the oldest first, at most ten.
    pub async fn published_titled<C: Content>(
        &self,
        actor: &Actor,
        title: &str,
        except: ItemId,
    ) -> Result<Vec<ItemId>> {
        actor.require(Permission::ReadPublished)?;
        let (site, most) = (actor.site(), MOST_TWINS);
        published::list_published_titled::<C>(self.db.read(), site, title, except, most).await
    }

    /// One page for readers. The texts are left out; [`Self::published_contents`] has them.
    pub async fn list_published<C: Content>(
        &self,
        actor: &Actor,
        filter: &PublishedFilter,
        order: ItemOrder,
        page: &PageRequest,
    ) -> Result<Page<Published<C>>> {
        actor.require(Permission::ReadPublished)?;
        published::list_published(self.db.read(), actor.site(), filter, order, page).await
    }

    /// What is in published revisions, texts included; revisions that readers do not see are left out.
    pub async fn published_contents<C: Content>(
        &self,
        actor: &Actor,
        revisions: &[RevisionId],
    ) -> Result<HashMap<RevisionId, C>> {
        actor.require(Permission::ReadPublished)?;
        if revisions.is_empty() {
            return Ok(HashMap::new());
        }
        published::list_published_contents(self.db.read(), actor.site(), revisions).await
    }

    /// Where readers find what they see, in pages by id: for site maps.
    pub async fn list_addresses<C: Content>(
        &self,
        actor: &Actor,
        after: Option<ItemId>,
        limit: u64,
    ) -> Result<Vec<Address>> {
        actor.require(Permission::ReadPublished)?;
        published::list_addresses::<C>(self.db.read(), actor.site(), after, limit).await
    }
}
