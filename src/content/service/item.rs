//! The life of a story or video: draft, published, archived.

use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::json;

use super::{ContentService, noun};
use crate::{
    auth::{Actor, ActorKind, Permission, Role},
    clock::Timestamp,
    content::{
        Content, Item, ItemChanges, ItemFilter, NewItem, Revision,
        item::Beside,
        store::{self, autosave as autosaves, item as items, published, revision as revisions},
    },
    db::is_unique_violation,
    error::{Error, ErrorKind, Result},
    id::{ItemId, RevisionId, UserId},
    page::{Page, PageRequest},
    text,
};

/// How often a free key is looked for before a salted one is taken.
const TRIES_FOR_A_KEY: usize = 3;

impl ContentService {
    /// Makes a draft.
    pub async fn create<C: Content>(&self, actor: &Actor, new: NewItem<C>) -> Result<Item<C>> {
        self.create_with(actor, new, &Beside::default()).await
    }

    /// Makes a draft together with the terms that it needs, and publishes it if that is asked for.
    pub(in crate::content) async fn create_with<C: Content>(
        &self,
        actor: &Actor,
        new: NewItem<C>,
        beside: &Beside,
    ) -> Result<Item<C>> {
        actor.require(Permission::WriteContent)?;
        if beside.publish {
            actor.require(Permission::Publish)?;
        }
        new.content.check()?;
        self.check_assets(actor, &new.content).await?;
        if new.slug.is_none() {
            // Two writers at once may find the same key free; the later one looks again.
            for _ in 0..TRIES_FOR_A_KEY {
                match self.insert(actor, new.clone(), beside, false).await {
                    Err(error) if error.kind() == ErrorKind::Conflict => {}
                    other => return other,
                }
            }
        }
        self.insert(actor, new, beside, true).await
    }

    /// Stores a draft; a `salted` key made from the title is one that nobody else takes meanwhile.
    async fn insert<C: Content>(
        &self,
        actor: &Actor,
        mut new: NewItem<C>,
        beside: &Beside,
        salted: bool,
    ) -> Result<Item<C>> {
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        let (category, tags) = self.ensure_terms(&tx, actor, beside).await?;
        new.content.add_terms(category, tags);
        self.check_references(&tx, actor, &new.content).await?;
        let id = ItemId::new();
        let wanted = new.slug.clone().or_else(|| {
            let salt = id.to_string();
            let salt = salt.rsplit('-').next().unwrap_or_default();
            salted.then(|| format!("{}-{salt}", text::slug(new.content.title())))
        });
        let slug = free_slug::<C>(&tx, actor, wanted.as_deref(), new.content.title(), id).await?;
        let mut item = Item {
            id,
            site: actor.site(),
            slug,
            version: 1,
            content: new.content,
            revision: RevisionId::new(),
            published_revision: None,
            source_id: new.source_id,
            created_by: actor.user(),
            created_at: now,
            updated_at: now,
            first_published_at: None,
            published_at: None,
            archived_at: None,
        };
        items::insert(&tx, &item).await.map_err(taken)?;
        items::set_tags(&tx, id, item.content.tags(), false).await?;
        let revision = revision_of(&item, 1, actor.user(), now);
        revisions::insert_revision(&tx, actor.site(), &revision).await?;
        if beside.publish {
            self.show(&tx, actor, &mut item, now).await?;
        }
        tx.commit().await?;
        if beside.publish {
            self.wake();
        }
        Ok(item)
    }

    /// Saves a new state on top of the one that the writer saw; a stale write gets both sides.
    pub async fn update<C: Content>(
        &self,
        actor: &Actor,
        id: ItemId,
        changes: ItemChanges<C>,
    ) -> Result<Item<C>> {
        actor.require(Permission::WriteContent)?;
        changes.content.check()?;
        self.check_assets(actor, &changes.content).await?;
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        let mut item = find_writable::<C>(&tx, actor, id).await?;
        check_not_archived(&item)?;
        if item.version != changes.base_version {
            return Err(conflict(&item, &changes.content));
        }
        self.check_references(&tx, actor, &changes.content).await?;
        let slug = match changes.slug {
            Some(slug) if slug != item.slug => {
                free_slug::<C>(&tx, actor, Some(&slug), "", id).await?
            }
            _ => item.slug.clone(),
        };
        if changes.content == item.content && slug == item.slug {
            // Nothing to save: no revision, no new version.
            return Ok(item);
        }
        if changes.content != item.content {
            item.revision = RevisionId::new();
            item.content = changes.content;
            let number = revisions::last_revision_number(&tx, id).await? + 1;
            let revision = revision_of(&item, number, actor.user(), now);
            revisions::insert_revision(&tx, actor.site(), &revision).await?;
            items::set_tags(&tx, id, item.content.tags(), false).await?;
        }
        let slug_changed = slug != item.slug;
        item.slug = slug;
        self.save(&tx, &mut item, now).await?;
        if let Some(user) = actor.user() {
            autosaves::delete_autosave(&tx, id, user).await?;
        }
        if slug_changed && item.published_revision.is_some() {
            store::insert_change(&tx, actor.site(), C::KIND, id.0, true, now).await?;
        }
        tx.commit().await?;
        if slug_changed {
            self.wake();
        }
        Ok(item)
    }

    /// Makes the latest state the one that readers see.
    pub async fn publish<C: Content>(&self, actor: &Actor, id: ItemId) -> Result<Item<C>> {
        actor.require(Permission::Publish)?;
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        let mut item = find::<C>(&tx, actor, id).await?;
        check_not_archived(&item)?;
        if item.published_revision == Some(item.revision) {
            return Ok(item);
        }
        self.show(&tx, actor, &mut item, now).await?;
        tx.commit().await?;
        self.wake();
        Ok(item)
    }

    async fn show<C: Content>(
        &self,
        tx: &DatabaseTransaction,
        actor: &Actor,
        item: &mut Item<C>,
        now: Timestamp,
    ) -> Result<()> {
        item.published_revision = Some(item.revision);
        item.published_at = Some(now);
        item.first_published_at = item.first_published_at.or(Some(now));
        self.save_published(tx, actor, item, now).await
    }

    /// Takes it from readers; the draft stays.
    pub async fn unpublish<C: Content>(&self, actor: &Actor, id: ItemId) -> Result<Item<C>> {
        actor.require(Permission::Publish)?;
        self.withdraw(actor, id, false).await
    }

    /// Puts it away: readers and lists of editors do not see it.
    pub async fn archive<C: Content>(&self, actor: &Actor, id: ItemId) -> Result<Item<C>> {
        actor.require(Permission::Publish)?;
        self.withdraw(actor, id, true).await
    }

    async fn withdraw<C: Content>(
        &self,
        actor: &Actor,
        id: ItemId,
        archive: bool,
    ) -> Result<Item<C>> {
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        let mut item = find::<C>(&tx, actor, id).await?;
        let was_published = item.published_revision.take().is_some();
        item.published_at = None;
        if !was_published && (!archive || item.archived_at.is_some()) {
            return Ok(item);
        }
        if archive {
            item.archived_at = item.archived_at.or(Some(now));
        }
        self.save_published(&tx, actor, &mut item, now).await?;
        tx.commit().await?;
        self.wake();
        Ok(item)
    }

    /// Brings it back as a draft.
    pub async fn restore<C: Content>(&self, actor: &Actor, id: ItemId) -> Result<Item<C>> {
        actor.require(Permission::WriteContent)?;
        let tx = self.db.begin().await?;
        let mut item = find_writable::<C>(&tx, actor, id).await?;
        if item.archived_at.take().is_some() {
            self.save(&tx, &mut item, self.clock.now()).await?;
            tx.commit().await?;
        }
        Ok(item)
    }

    /// One item, as editors see it.
    pub async fn item<C: Content>(&self, actor: &Actor, id: ItemId) -> Result<Item<C>> {
        actor.require(Permission::ReadContent)?;
        find(self.db.read(), actor, id).await
    }

    /// The item that an importer brought in.
    pub async fn find_by_source<C: Content>(
        &self,
        actor: &Actor,
        source: &str,
    ) -> Result<Option<Item<C>>> {
        actor.require(Permission::ReadContent)?;
        items::find_by_source(self.db.read(), actor.site(), source).await
    }

    /// One page for editors, last changed first.
    pub async fn list<C: Content>(
        &self,
        actor: &Actor,
        filter: &ItemFilter,
        page: &PageRequest,
    ) -> Result<Page<Item<C>>> {
        actor.require(Permission::ReadContent)?;
        items::list(self.db.read(), actor.site(), filter, page).await
    }

    async fn save<C: Content>(
        &self,
        tx: &DatabaseTransaction,
        item: &mut Item<C>,
        now: Timestamp,
    ) -> Result<()> {
        item.version += 1;
        item.updated_at = now;
        if items::update(tx, item).await.map_err(taken)? {
            return Ok(());
        }
        Err(Error::conflict(
            "somebody else saved in between; load it again",
        ))
    }

    /// Saves a change of what readers see, in the same transaction as the note of it.
    async fn save_published<C: Content>(
        &self,
        tx: &DatabaseTransaction,
        actor: &Actor,
        item: &mut Item<C>,
        now: Timestamp,
    ) -> Result<()> {
        self.save(tx, item, now).await?;
        published::set_published_state(tx, item).await?;
        store::insert_change(
            tx,
            actor.site(),
            C::KIND,
            item.id.0,
            item.published_revision.is_some(),
            now,
        )
        .await
    }
}

fn revision_of<C: Content>(
    item: &Item<C>,
    number: i32,
    by: Option<UserId>,
    now: Timestamp,
) -> Revision<C> {
    Revision {
        id: item.revision,
        item: item.id,
        number,
        content: item.content.clone(),
        created_by: by,
        created_at: now,
    }
}

pub(super) async fn find<C: Content>(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: ItemId,
) -> Result<Item<C>> {
    let found = items::find(db, actor.site(), id).await?;
    found.ok_or_else(|| Error::not_found(format!("{} {id}", noun(C::KIND))))
}

/// Authors write their own; editors and admins write all.
pub(super) async fn find_writable<C: Content>(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: ItemId,
) -> Result<Item<C>> {
    let item = find::<C>(db, actor, id).await?;
    if let ActorKind::User {
        id: user,
        role: Role::Author,
    } = actor.kind()
        && item.created_by != Some(*user)
    {
        return Err(Error::forbidden(
            "authors change their own content only; ask an editor",
        ));
    }
    Ok(item)
}

fn check_not_archived<C: Content>(item: &Item<C>) -> Result<()> {
    match item.archived_at {
        Some(_) => Err(Error::precondition("it is archived; restore it first")),
        None => Ok(()),
    }
}

/// The wanted key, or one from the title with the first free number behind it.
async fn free_slug<C: Content>(
    db: &impl ConnectionTrait,
    actor: &Actor,
    wanted: Option<&str>,
    title: &str,
    id: ItemId,
) -> Result<String> {
    if let Some(wanted) = wanted {
        if !text::is_slug(wanted) {
            return Err(Error::invalid(
                "input.slug",
                "may hold lower-case letters, digits and single dashes only",
            ));
        }
        if items::is_slug_taken::<C>(db, actor.site(), wanted, id).await? {
            return Err(Error::invalid(
                "input.slug",
                format!("{wanted} is taken; choose another"),
            ));
        }
        return Ok(wanted.to_owned());
    }
    let base = text::slug(title);
    let mut slug = base.clone();
    let mut number = 1;
    while items::is_slug_taken::<C>(db, actor.site(), &slug, id).await? {
        number += 1;
        slug = format!("{base}-{number}");
    }
    Ok(slug)
}

fn taken(error: sea_orm::DbErr) -> Error {
    if is_unique_violation(&error) {
        return Error::conflict("another item has this slug or source id already").because(error);
    }
    error.into()
}

fn conflict<C: Content>(current: &Item<C>, yours: &C) -> Error {
    Error::conflict(format!(
        "somebody else saved version {} in between; choose what stays",
        current.version
    ))
    .with_details(json!({
        "currentVersion": current.version,
        "current": current.content,
        "yours": yours,
    }))
}
