//! What an item is made of. Pure.

use serde_json::{Value, json};

use super::{
    super::derive::{joined, paragraphs},
    DETAIL, HEIGHT, LONGEST_TEXT, MOST_DETAILS, MOST_PICTURES, MOST_SPECS, PICTURE, SHORTEST_TITLE,
    SIDE, SYMBOLS,
};
use crate::{
    channels::{ContentKind, Derived, SiteProfile, Source, SourcePicture},
    text::{characters, cut_to, has_chinese, one_line},
};

/// Characters that our titles have at most: both figures of the platform hold then.
const ROOM: usize = 60;

/// Whether a character may stand in a title.
pub fn may_stand(character: char) -> bool {
    let mut bytes = [0; 4];
    let is_latin = character.is_ascii_alphanumeric();
    is_latin || has_chinese(character.encode_utf8(&mut bytes)) || SYMBOLS.contains(character)
}

/// Adds the fields and pictures of an item to the variant; nothing of a story that shows no product.
pub fn derive(source: &Source, profile: &SiteProfile, derived: &mut Derived) {
    if source.kind != ContentKind::Story || source.products.is_empty() {
        return;
    }
    let specs = source.products.iter().take(MOST_SPECS);
    let specs: Vec<Value> = specs
        .map(|one| json!({ "sku": one.sku, "name": one_line(&one.name), "price_fen": one.price_fen }))
        .collect();
    let fields: [(&str, Value); 5] = [
        ("item_title", title(source).into()),
        ("item_text", joined(paragraphs(source), LONGEST_TEXT).into()),
        ("item_specs", specs.into()),
        ("out_item_id", source.slug.clone().into()),
        ("item_path", path(source, profile).into()),
    ];
    derived
        .fields
        .extend(fields.map(|(name, value)| (name.to_owned(), value)));
    let mut use_for = |name: &str, most: usize, is_fit: &dyn Fn(&SourcePicture) -> bool| {
        let of_products = source.products.iter().flat_map(|product| &product.pictures);
        let mut keys: Vec<String> = Vec::new();
        for picture in of_products.chain(&source.pictures) {
            if !picture.animated && is_fit(picture) && !keys.contains(&picture.key) {
                keys.push(picture.key.clone());
            }
        }
        keys.truncate(most);
        if !keys.is_empty() {
            derived.pictures.insert(name.to_owned(), keys);
        }
    };
    use_for(PICTURE, 1 + MOST_PICTURES, &|picture| {
        picture.width >= SIDE && picture.height >= SIDE
    });
    // As wide as the platform wants it, one that is too tall would be narrower.
    use_for(DETAIL, MOST_DETAILS, &|picture| {
        let height = u64::from(picture.height) * u64::from(SIDE) / u64::from(picture.width.max(1));
        picture.width >= SIDE && height < u64::from(HEIGHT)
    });
}

/// The product's name where there is one product, else the story's title; the other beside it where one alone would be
/// refused.
fn title(source: &Source) -> String {
    let plain = |text: &str| {
        let kept: String = one_line(text)
            .chars()
            .filter(|one| may_stand(*one))
            .collect();
        cut_to(&one_line(&kept), ROOM, characters)
    };
    let story = plain(&source.title);
    let product = plain(&source.products[0].name);
    let both = plain(&format!("{product} {story}"));
    let wanted = if source.products.len() == 1 {
        [product, story, both]
    } else {
        [story, both, product]
    };
    let is_good = |title: &&String| characters(title) >= SHORTEST_TITLE && has_chinese(title);
    wanted.iter().find(is_good).cloned().unwrap_or_default()
}

/// A single product's own page, if it has one; else the story's.
fn path(source: &Source, profile: &SiteProfile) -> String {
    let own = match source.products.as_slice() {
        [only] => only.paths.get("alipay").cloned(),
        _ => None,
    };
    own.unwrap_or_else(|| profile.path(source.kind, &source.slug))
}

#[cfg(test)]
pub mod tests {
    use super::{
        super::super::derive::tests::{profile, story},
        *,
    };
    use crate::channels::SourceProduct;

    /// A product of this name.
    pub fn product(name: &str) -> SourceProduct {
        SourceProduct {
            sku: format!("SKU-{name}"),
            name: name.into(),
            price_fen: 26_800,
            pictures: vec![SourcePicture {
                key: format!("picture of {name}"),
                width: 800,
                height: 800,
                animated: false,
                alt: String::new(),
            }],
            paths: std::collections::BTreeMap::new(),
        }
    }

    /// A story with pictures that shows these products.
    pub fn story_of(names: &[&str]) -> Source {
        Source {
            products: names.iter().copied().map(product).collect(),
            ..story(6)
        }
    }

    fn derived(source: &Source) -> Derived {
        let mut derived = Derived::default();
        derive(source, &profile(), &mut derived);
        derived
    }

    #[test]
    fn a_story_with_one_product_becomes_that_product_with_the_storys_page() {
        let derived = derived(&story_of(&["传世珐琅锅 ☆ 24cm"]));

        assert_eq!(derived.fields["item_title"], "传世珐琅锅 24cm");
        assert_eq!(derived.fields["out_item_id"], "long-jing");
        assert_eq!(
            derived.fields["item_path"],
            "/pages/story/index?id=long-jing"
        );
        assert_eq!(
            derived.fields["item_specs"],
            json!([{ "sku": "SKU-传世珐琅锅 ☆ 24cm", "name": "传世珐琅锅 ☆ 24cm", "price_fen": 26_800 }])
        );
        let pictures = &derived.pictures[PICTURE];
        assert_eq!(pictures[..2], ["picture of 传世珐琅锅 ☆ 24cm", "0"]);
        assert_eq!(pictures.len(), 1 + MOST_PICTURES);
    }

    #[test]
    fn a_story_with_several_products_is_one_item_with_specifications() {
        let derived = derived(&story_of(&["小号", "大号"]));

        assert_eq!(derived.fields["item_title"], "明前龙井");
        assert_eq!(
            derived.fields["item_specs"].as_array().map(Vec::len),
            Some(2)
        );
    }

    #[test]
    fn a_name_that_alone_would_be_refused_gets_the_storys_title() {
        let title = |names: &[&str]| derived(&story_of(names)).fields["item_title"].clone();

        assert_eq!(title(&["X-100"]), "明前龙井");
        assert_eq!(title(&["锅"]), "明前龙井");
    }

    #[test]
    fn a_product_that_has_a_page_of_its_own_leads_there() {
        let mut source = story_of(&["传世珐琅锅"]);
        let paths = &mut source.products[0].paths;
        paths.insert("alipay".into(), "/pages/product/index?sku=1".into());

        assert_eq!(
            derived(&source).fields["item_path"],
            "/pages/product/index?sku=1"
        );
    }

    #[test]
    fn a_story_without_products_has_nothing_of_an_item() {
        assert_eq!(derived(&story(2)), Derived::default());
    }
}
