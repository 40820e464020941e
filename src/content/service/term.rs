//! Use cases of categories and tags.

use std::collections::HashMap;

use sea_orm::{DatabaseTransaction, DbErr};

use super::ContentService;
use crate::{
    auth::{Actor, Permission},
    content::{
        Category, Tag,
        item::{Beside, check_line},
        store::term as terms,
    },
    db::is_unique_violation,
    error::{Error, ErrorKind, Result},
    id::{CategoryId, TagId},
    text,
};

impl ContentService {
    /// The category of a key, made when there is none.
    pub async fn ensure_category(&self, actor: &Actor, key: &str, name: &str) -> Result<Category> {
        actor.require(Permission::WriteContent)?;
        match self.make_category(actor, key, name).await {
            // Somebody else made it in between, so that now it is there.
            Err(error) if error.kind() == ErrorKind::Conflict => {
                self.make_category(actor, key, name).await
            }
            made => made,
        }
    }

    /// The tag of a name, made when there is none.
    pub async fn ensure_tag(&self, actor: &Actor, name: &str) -> Result<Tag> {
        actor.require(Permission::WriteContent)?;
        match self.make_tag(actor, name).await {
            Err(error) if error.kind() == ErrorKind::Conflict => self.make_tag(actor, name).await,
            made => made,
        }
    }

    async fn make_category(&self, actor: &Actor, key: &str, name: &str) -> Result<Category> {
        let tx = self.db.begin().await?;
        let category = self.ensure_category_in(&tx, actor, key, name).await?;
        tx.commit().await?;
        Ok(category)
    }

    async fn make_tag(&self, actor: &Actor, name: &str) -> Result<Tag> {
        let tx = self.db.begin().await?;
        let tag = self.ensure_tag_in(&tx, actor, name).await?;
        tx.commit().await?;
        Ok(tag)
    }

    /// The terms that come with an item.
    pub(super) async fn ensure_terms(
        &self,
        tx: &DatabaseTransaction,
        actor: &Actor,
        beside: &Beside,
    ) -> Result<(Option<CategoryId>, Vec<TagId>)> {
        let category = match &beside.category {
            Some((key, name)) => Some(self.ensure_category_in(tx, actor, key, name).await?.id),
            None => None,
        };
        let mut tags = Vec::with_capacity(beside.tags.len());
        for name in &beside.tags {
            tags.push(self.ensure_tag_in(tx, actor, name).await?.id);
        }
        Ok((category, tags))
    }

    async fn ensure_category_in(
        &self,
        tx: &DatabaseTransaction,
        actor: &Actor,
        key: &str,
        name: &str,
    ) -> Result<Category> {
        check_line("input.name", name, 40, false)?;
        if !text::is_slug(key) {
            return Err(Error::invalid(
                "input.key",
                "may hold lower-case letters, digits and single dashes only",
            ));
        }
        if let Some(category) = terms::find_category_by_key(tx, actor.site(), key).await? {
            return Ok(category);
        }
        let category = Category {
            id: CategoryId::new(),
            key: key.to_owned(),
            name: name.trim().to_owned(),
        };
        terms::insert_category(tx, actor.site(), &category, self.clock.now())
            .await
            .map_err(taken)?;
        Ok(category)
    }

    async fn ensure_tag_in(
        &self,
        tx: &DatabaseTransaction,
        actor: &Actor,
        name: &str,
    ) -> Result<Tag> {
        let name = name.trim();
        check_line("input.name", name, 40, false)?;
        if let Some(tag) = terms::find_tag_by_name(tx, actor.site(), name).await? {
            return Ok(tag);
        }
        let base = text::slug(name);
        let mut key = base.clone();
        let mut number = 1;
        while terms::find_tag_by_key(tx, actor.site(), &key)
            .await?
            .is_some()
        {
            number += 1;
            key = format!("{base}-{number}");
        }
        let tag = Tag {
            id: TagId::new(),
            key,
            name: name.to_owned(),
        };
        terms::insert_tag(tx, actor.site(), &tag, self.clock.now())
            .await
            .map_err(taken)?;
        Ok(tag)
    }

    /// The category of a key.
    pub async fn find_category(&self, actor: &Actor, key: &str) -> Result<Option<Category>> {
        actor.require(Permission::ReadPublished)?;
        if !text::is_slug(key) {
            return Ok(None);
        }
        terms::find_category_by_key(self.db.read(), actor.site(), key).await
    }

    /// The tag of a key.
    pub async fn find_tag(&self, actor: &Actor, key: &str) -> Result<Option<Tag>> {
        actor.require(Permission::ReadPublished)?;
        if !text::is_slug(key) {
            return Ok(None);
        }
        terms::find_tag_by_key(self.db.read(), actor.site(), key).await
    }

    /// All categories, oldest first.
    pub async fn list_categories(&self, actor: &Actor) -> Result<Vec<Category>> {
        actor.require(Permission::ReadPublished)?;
        terms::list_categories(self.db.read(), actor.site(), None).await
    }

    /// The categories that readers find something in, oldest first.
    pub async fn list_published_categories(&self, actor: &Actor) -> Result<Vec<Category>> {
        actor.require(Permission::ReadPublished)?;
        terms::list_published_categories(self.db.read(), actor.site()).await
    }

    /// All tags, oldest first.
    pub async fn list_tags(&self, actor: &Actor) -> Result<Vec<Tag>> {
        actor.require(Permission::ReadPublished)?;
        terms::list_tags(self.db.read(), actor.site(), None).await
    }

    /// Many categories at once.
    pub async fn categories(
        &self,
        actor: &Actor,
        ids: &[CategoryId],
    ) -> Result<HashMap<CategoryId, Category>> {
        actor.require(Permission::ReadPublished)?;
        let found = terms::list_categories(self.db.read(), actor.site(), Some(ids)).await?;
        Ok(found
            .into_iter()
            .map(|category| (category.id, category))
            .collect())
    }

    /// Many tags at once.
    pub async fn tags(&self, actor: &Actor, ids: &[TagId]) -> Result<HashMap<TagId, Tag>> {
        actor.require(Permission::ReadPublished)?;
        let found = terms::list_tags(self.db.read(), actor.site(), Some(ids)).await?;
        Ok(found.into_iter().map(|tag| (tag.id, tag)).collect())
    }
}

fn taken(error: DbErr) -> Error {
    if is_unique_violation(&error) {
        return Error::conflict("somebody else made this term in between").because(error);
    }
    error.into()
}
