//! Use cases of categories and tags.

use std::collections::HashMap;

use super::ContentService;
use crate::{
    auth::{Actor, Permission},
    content::{Category, Tag, item::check_text, store::term as terms},
    db::is_unique_violation,
    error::{Error, Result},
    id::{CategoryId, TagId},
    text,
};

impl ContentService {
    /// The category of a key, made when there is none.
    pub async fn ensure_category(&self, actor: &Actor, key: &str, name: &str) -> Result<Category> {
        actor.require(Permission::WriteContent)?;
        check_text("input.name", name, 40, false)?;
        if !text::is_slug(key) {
            return Err(Error::invalid(
                "input.key",
                "may hold lower-case letters, digits and single dashes only",
            ));
        }
        if let Some(category) =
            terms::find_category_by_key(self.db.read(), actor.site(), key).await?
        {
            return Ok(category);
        }
        let category = Category {
            id: CategoryId::new(),
            key: key.to_owned(),
            name: name.trim().to_owned(),
        };
        match terms::insert_category(self.db.write(), actor.site(), &category, self.clock.now())
            .await
        {
            Ok(()) => Ok(category),
            // Somebody else made it in between.
            Err(error) if is_unique_violation(&error) => {
                let found = terms::find_category_by_key(self.db.write(), actor.site(), key).await?;
                found.ok_or_else(|| error.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The tag of a name, made when there is none.
    pub async fn ensure_tag(&self, actor: &Actor, name: &str) -> Result<Tag> {
        actor.require(Permission::WriteContent)?;
        let name = name.trim();
        check_text("input.tags", name, 40, false)?;
        if let Some(tag) = terms::find_tag_by_name(self.db.read(), actor.site(), name).await? {
            return Ok(tag);
        }
        let tx = self.db.begin().await?;
        if let Some(tag) = terms::find_tag_by_name(&tx, actor.site(), name).await? {
            return Ok(tag);
        }
        let base = text::slug(name);
        let mut key = base.clone();
        let mut number = 1;
        while terms::is_tag_key_taken(&tx, actor.site(), &key).await? {
            number += 1;
            key = format!("{base}-{number}");
        }
        let tag = Tag {
            id: TagId::new(),
            key,
            name: name.to_owned(),
        };
        terms::insert_tag(&tx, actor.site(), &tag, self.clock.now()).await?;
        tx.commit().await?;
        Ok(tag)
    }

    /// All categories, oldest first.
    pub async fn list_categories(&self, actor: &Actor) -> Result<Vec<Category>> {
        actor.require(Permission::ReadPublished)?;
        terms::list_categories(self.db.read(), actor.site(), None).await
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
