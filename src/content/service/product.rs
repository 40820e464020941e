//! Use cases of products.

use std::collections::HashMap;

use serde_json::json;

use super::ContentService;
use crate::{
    auth::{Actor, Permission},
    content::{
        ChangeKind, NewProduct, Product, ProductChanges, ProductFilter,
        store::{self, product as products, term as terms},
    },
    db::is_unique_violation,
    error::{Error, Result},
    id::ProductId,
    page::{Page, PageRequest},
};

impl ContentService {
    /// Makes a product, not yet seen by readers.
    pub async fn create_product(&self, actor: &Actor, new: NewProduct) -> Result<Product> {
        self.create_product_with(actor, new, false).await
    }

    /// Makes a product, and shows it to readers if that is asked for.
    pub(in crate::content) async fn create_product_with(
        &self,
        actor: &Actor,
        new: NewProduct,
        publish: bool,
    ) -> Result<Product> {
        actor.require(Permission::WriteContent)?;
        if publish {
            actor.require(Permission::Publish)?;
        }
        self.check_product(actor, &new).await?;
        let now = self.clock.now();
        let mut product = Product {
            id: ProductId::new(),
            site: actor.site(),
            sku: String::new(),
            name: String::new(),
            brief: String::new(),
            price_fen: 0,
            category: None,
            attributes: Vec::new(),
            pictures: Vec::new(),
            paths: std::collections::BTreeMap::new(),
            is_published: publish,
            version: 1,
            created_at: now,
            updated_at: now,
            archived_at: None,
        };
        product.describe(new);
        let tx = self.db.begin().await?;
        products::insert(&tx, &product).await.map_err(taken)?;
        if publish {
            let (site, kind) = (actor.site(), ChangeKind::Product);
            store::insert_change(&tx, site, kind, product.id.0, true, now).await?;
        }
        tx.commit().await?;
        if publish {
            self.wake();
        }
        Ok(product)
    }

    /// Replaces a product's description on top of the version that the writer saw.
    pub async fn update_product(
        &self,
        actor: &Actor,
        id: ProductId,
        changes: ProductChanges,
    ) -> Result<Product> {
        actor.require(Permission::WriteContent)?;
        self.check_product(actor, &changes.product).await?;
        self.change_product(actor, id, |product| {
            if product.version != changes.base_version {
                return Err(Error::conflict(format!("somebody else saved version {} in between; load it again", product.version))
                    .with_details(json!({ "currentVersion": product.version, "current": { "name": product.name, "brief": product.brief, "priceFen": product.price_fen } })));
            }
            product.describe(changes.product);
            Ok(())
        })
        .await
    }

    /// Shows a product to readers.
    pub async fn publish_product(&self, actor: &Actor, id: ProductId) -> Result<Product> {
        actor.require(Permission::Publish)?;
        self.change_product(actor, id, |product| {
            if product.archived_at.is_some() {
                return Err(Error::precondition("it is archived; restore it first"));
            }
            product.is_published = true;
            Ok(())
        })
        .await
    }

    /// Takes a product from readers.
    pub async fn unpublish_product(&self, actor: &Actor, id: ProductId) -> Result<Product> {
        actor.require(Permission::Publish)?;
        self.change_product(actor, id, |product| {
            product.is_published = false;
            Ok(())
        })
        .await
    }

    /// Puts a product away.
    pub async fn archive_product(&self, actor: &Actor, id: ProductId) -> Result<Product> {
        actor.require(Permission::Publish)?;
        let now = self.clock.now();
        self.change_product(actor, id, |product| {
            product.is_published = false;
            product.archived_at = product.archived_at.or(Some(now));
            Ok(())
        })
        .await
    }

    /// Brings a product back, not yet seen by readers.
    pub async fn restore_product(&self, actor: &Actor, id: ProductId) -> Result<Product> {
        actor.require(Permission::WriteContent)?;
        self.change_product(actor, id, |product| {
            product.archived_at = None;
            Ok(())
        })
        .await
    }

    async fn change_product(
        &self,
        actor: &Actor,
        id: ProductId,
        change: impl FnOnce(&mut Product) -> Result<()>,
    ) -> Result<Product> {
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        let old = products::find(&tx, actor.site(), id)
            .await?
            .ok_or_else(|| Error::not_found(format!("product {id}")))?;
        let mut product = old.clone();
        change(&mut product)?;
        if product == old {
            return Ok(product);
        }
        product.version += 1;
        product.updated_at = now;
        if !products::update(&tx, &product).await.map_err(taken)? {
            return Err(Error::conflict(
                "somebody else saved in between; load it again",
            ));
        }
        if product.is_published || old.is_published {
            store::insert_change(
                &tx,
                actor.site(),
                ChangeKind::Product,
                id.0,
                product.is_published,
                now,
            )
            .await?;
        }
        tx.commit().await?;
        self.wake();
        Ok(product)
    }

    async fn check_product(&self, actor: &Actor, new: &NewProduct) -> Result<()> {
        new.check()?;
        let known = self.media.assets(actor, &new.pictures).await?;
        if let Some(missing) = new.pictures.iter().find(|id| !known.contains_key(id)) {
            return Err(Error::invalid(
                "input.pictureIds",
                format!("asset {missing} does not exist"),
            ));
        }
        if let Some(category) = new.category
            && terms::list_categories(self.db.read(), actor.site(), Some(&[category]))
                .await?
                .is_empty()
        {
            return Err(Error::invalid(
                "input.categoryId",
                "this category does not exist",
            ));
        }
        Ok(())
    }

    /// One product.
    pub async fn product(&self, actor: &Actor, id: ProductId) -> Result<Product> {
        actor.require(Permission::ReadContent)?;
        products::find(self.db.read(), actor.site(), id)
            .await?
            .ok_or_else(|| Error::not_found(format!("product {id}")))
    }

    /// The product of a stock keeping unit.
    pub async fn find_product_by_sku(&self, actor: &Actor, sku: &str) -> Result<Option<Product>> {
        actor.require(Permission::ReadContent)?;
        products::find_by_sku(self.db.read(), actor.site(), sku).await
    }

    /// The product of a stock keeping unit, as readers see it.
    pub async fn find_published_product_by_sku(
        &self,
        actor: &Actor,
        sku: &str,
    ) -> Result<Option<Product>> {
        actor.require(Permission::ReadPublished)?;
        // PostgreSQL takes no U+0000, and no product has it.
        if sku.contains('\0') {
            return Ok(None);
        }
        let found = products::find_by_sku(self.db.read(), actor.site(), sku).await?;
        Ok(found.filter(|product| product.is_published && product.archived_at.is_none()))
    }

    /// Many products at once, as editors see them.
    pub async fn products(
        &self,
        actor: &Actor,
        ids: &[ProductId],
    ) -> Result<HashMap<ProductId, Product>> {
        actor.require(Permission::ReadContent)?;
        let found = products::list_by_id(self.db.read(), actor.site(), ids, false).await?;
        Ok(found
            .into_iter()
            .map(|product| (product.id, product))
            .collect())
    }

    /// Many products at once, as readers see them.
    pub async fn published_products(
        &self,
        actor: &Actor,
        ids: &[ProductId],
    ) -> Result<HashMap<ProductId, Product>> {
        actor.require(Permission::ReadPublished)?;
        let found = products::list_by_id(self.db.read(), actor.site(), ids, true).await?;
        Ok(found
            .into_iter()
            .map(|product| (product.id, product))
            .collect())
    }

    /// One page for editors, newest first.
    pub async fn list_products(
        &self,
        actor: &Actor,
        filter: &ProductFilter,
        page: &PageRequest,
    ) -> Result<Page<Product>> {
        actor.require(Permission::ReadContent)?;
        products::list(self.db.read(), actor.site(), filter, false, page).await
    }

    /// One page for readers, newest first.
    pub async fn list_published_products(
        &self,
        actor: &Actor,
        filter: &ProductFilter,
        page: &PageRequest,
    ) -> Result<Page<Product>> {
        actor.require(Permission::ReadPublished)?;
        products::list(self.db.read(), actor.site(), filter, true, page).await
    }
}

fn taken(error: sea_orm::DbErr) -> Error {
    if is_unique_violation(&error) {
        return Error::conflict("another product has this stock keeping unit already")
            .on_field("input.sku");
    }
    error.into()
}
