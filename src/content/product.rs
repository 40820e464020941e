//! A product.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::item::{check_count, check_line, check_text};
use crate::{
    clock::Timestamp,
    error::{Error, Result},
    id::{AssetId, CategoryId, ProductId, SiteId},
};

/// A named property of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Name: 材质.
    pub name: String,
    /// Value: 100%棉.
    pub value: String,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Id.
    pub id: ProductId,
    /// Its site.
    pub site: SiteId,
    /// Stock keeping unit, unique in the site.
    pub sku: String,
    /// Name.
    pub name: String,
    /// One sentence about it.
    pub brief: String,
    /// Price in fen (CNY).
    pub price_fen: i64,
    /// Category.
    pub category: Option<CategoryId>,
    /// Properties.
    pub attributes: Vec<Attribute>,
    /// Pictures.
    pub pictures: Vec<AssetId>,
    /// Path of its page in the mini-program by channel id.
    pub paths: BTreeMap<String, String>,
    /// Whether readers see it.
    pub is_published: bool,
    /// Rises with each write.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put away.
    pub archived_at: Option<Timestamp>,
}

/// A product to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewProduct {
    /// Stock keeping unit.
    pub sku: String,
    /// Name.
    pub name: String,
    /// One sentence about it.
    pub brief: String,
    /// Price in fen (CNY).
    pub price_fen: i64,
    /// Category.
    pub category: Option<CategoryId>,
    /// Properties.
    pub attributes: Vec<Attribute>,
    /// Pictures.
    pub pictures: Vec<AssetId>,
    /// Path of its page in the mini-program by channel id.
    pub paths: BTreeMap<String, String>,
}

/// A write to a product: its whole description.
#[derive(Debug, Clone)]
pub struct ProductChanges {
    /// The version that the writer saw.
    pub base_version: i32,
    /// The new description; the stock keeping unit may change too.
    pub product: NewProduct,
}

/// Which products a list shows.
#[derive(Debug, Clone, Default)]
pub struct ProductFilter {
    /// Part of the name or the stock keeping unit.
    pub text: Option<String>,
    /// In this category.
    pub category: Option<CategoryId>,
}

impl NewProduct {
    /// Checks lengths and values; names the field.
    pub fn check(&self) -> Result<()> {
        check_line("input.sku", &self.sku, 64, false)?;
        check_line("input.name", &self.name, 200, false)?;
        check_text("input.brief", &self.brief, 500, true)?;
        if self.price_fen < 0 {
            return Err(Error::invalid("input.priceFen", "must not be negative"));
        }
        check_count("input.attributes", &self.attributes, 100)?;
        for attribute in &self.attributes {
            check_line("input.attributes.name", &attribute.name, 100, false)?;
            check_text("input.attributes.value", &attribute.value, 2000, true)?;
        }
        check_count("input.pictureIds", &self.pictures, 30)?;
        check_count("input.paths", &self.paths.iter().collect::<Vec<_>>(), 20)?;
        for path in self.paths.values() {
            check_line("input.paths", path, 500, false)?;
        }
        Ok(())
    }
}

impl Product {
    /// Takes over a checked description.
    pub(super) fn describe(&mut self, new: NewProduct) {
        self.sku = new.sku;
        self.name = new.name;
        self.brief = new.brief;
        self.price_fen = new.price_fen;
        self.category = new.category;
        self.attributes = new.attributes;
        self.pictures = new.pictures;
        self.paths = new.paths;
    }
}
