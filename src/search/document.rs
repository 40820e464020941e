//! Documents of the index: what of a story, a video or a product is searched.

use std::collections::{BTreeMap, HashMap};

use tantivy::TantivyDocument;
use uuid::Uuid;

use super::index::OpenIndex;
use crate::{
    auth::Actor,
    content::{Change, ChangeKind, Content, ContentService, Published, StoryContent, VideoContent},
    error::Result,
    id::{CategoryId, ItemId, ProductId, SiteId, TagId},
};

/// What each changed thing is now: a document, or nothing when readers do not see it.
pub async fn documents(
    content: &ContentService,
    open: &OpenIndex,
    changes: &[Change],
) -> Result<Vec<(ChangeKind, Uuid, Option<TantivyDocument>)>> {
    let mut wanted: BTreeMap<SiteId, BTreeMap<ChangeKind, Vec<Uuid>>> = BTreeMap::new();
    for change in changes {
        let ids = wanted
            .entry(change.site)
            .or_default()
            .entry(change.kind)
            .or_default();
        if !ids.contains(&change.id) {
            ids.push(change.id);
        }
    }
    let mut documents = Vec::new();
    for (site, kinds) in wanted {
        let actor = Actor::system(site);
        for (kind, ids) in kinds {
            let mut found = match kind {
                ChangeKind::Story => items::<StoryContent>(content, open, &actor, &ids).await?,
                ChangeKind::Video => items::<VideoContent>(content, open, &actor, &ids).await?,
                ChangeKind::Product => products(content, open, &actor, &ids).await?,
            };
            documents.extend(ids.into_iter().map(|id| (kind, id, found.remove(&id))));
        }
    }
    Ok(documents)
}

async fn items<C: Content + Searchable>(
    content: &ContentService,
    open: &OpenIndex,
    actor: &Actor,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, TantivyDocument>> {
    let ids: Vec<ItemId> = ids.iter().copied().map(ItemId).collect();
    let items = content.published_many::<C>(actor, &ids).await?;
    let tags: Vec<TagId> = items
        .iter()
        .flat_map(|item| item.content.tags())
        .copied()
        .collect();
    let categories: Vec<CategoryId> = items
        .iter()
        .filter_map(|item| item.content.category())
        .collect();
    let tags = content.tags(actor, &tags).await?;
    let categories = content.categories(actor, &categories).await?;
    let documents = items.iter().map(|item: &Published<C>| {
        let mut document = base(
            open,
            actor.site(),
            C::KIND,
            item.id.0,
            &item.slug,
            item.content.title(),
        );
        let fields = &open.fields;
        let names: Vec<&str> = item
            .content
            .tags()
            .iter()
            .filter_map(|id| tags.get(id))
            .map(|tag| tag.name.as_str())
            .collect();
        document.add_text(
            fields.lead,
            format!("{} {}", item.content.lead(), names.join(" ")),
        );
        document.add_text(fields.body, item.content.body());
        document.add_i64(fields.published_at, item.first_published_at.0);
        for tag in item.content.tags().iter().filter_map(|id| tags.get(id)) {
            document.add_text(fields.tag, &tag.key);
        }
        if let Some(category) = item.content.category().and_then(|id| categories.get(&id)) {
            document.add_text(fields.category, &category.key);
        }
        (item.id.0, document)
    });
    Ok(documents.collect())
}

async fn products(
    content: &ContentService,
    open: &OpenIndex,
    actor: &Actor,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, TantivyDocument>> {
    let ids: Vec<ProductId> = ids.iter().copied().map(ProductId).collect();
    let products = content.published_products(actor, &ids).await?;
    let categories: Vec<CategoryId> = products
        .values()
        .filter_map(|product| product.category)
        .collect();
    let categories = content.categories(actor, &categories).await?;
    let documents = products.into_values().map(|product| {
        let mut document = base(
            open,
            actor.site(),
            ChangeKind::Product,
            product.id.0,
            &product.sku,
            &product.name,
        );
        let fields = &open.fields;
        document.add_text(fields.lead, &product.brief);
        let attributes: Vec<String> = product
            .attributes
            .iter()
            .map(|attribute| format!("{} {}", attribute.name, attribute.value))
            .collect();
        document.add_text(fields.body, attributes.join("\n"));
        document.add_i64(fields.published_at, product.updated_at.0);
        if let Some(category) = product.category.and_then(|id| categories.get(&id)) {
            document.add_text(fields.category, &category.key);
        }
        (product.id.0, document)
    });
    Ok(documents.collect())
}

/// What of a story or video is searched beside its title.
trait Searchable {
    fn lead(&self) -> &str;
    fn body(&self) -> String;
}

impl Searchable for StoryContent {
    fn lead(&self) -> &str {
        &self.lead
    }

    fn body(&self) -> String {
        self.body.to_plain_text()
    }
}

impl Searchable for VideoContent {
    fn lead(&self) -> &str {
        &self.caption
    }

    fn body(&self) -> String {
        String::new()
    }
}

fn base(
    open: &OpenIndex,
    site: SiteId,
    kind: ChangeKind,
    id: Uuid,
    slug: &str,
    title: &str,
) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    let fields = &open.fields;
    document.add_text(fields.key, format!("{}:{id}", kind.name()));
    document.add_text(fields.site, site.to_string());
    document.add_text(fields.kind, kind.name());
    document.add_text(fields.slug, slug);
    document.add_text(fields.title, title);
    document
}
