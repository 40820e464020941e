//! Lines of a corpus, and what they say in our words.

use serde::Deserialize;

use crate::{
    content::{
        Attribute, Body,
        body::{Block, Inline},
    },
    error::{Error, Result},
    text,
};

/// Names of the categories that the corpus has keys for.
const CATEGORIES: &[(&str, &str)] = &[
    ("aquatic", "水产"),
    ("breakfast", "早餐"),
    ("condiment", "酱料"),
    ("dessert", "甜品"),
    ("drink", "饮品"),
    ("meat-dish", "荤菜"),
    ("semi-finished", "半成品"),
    ("soup", "汤粥"),
    ("staple", "主食"),
    ("tips", "技巧"),
    ("vegetable-dish", "素菜"),
];

/// The longest first paragraph that becomes a lead.
const LONGEST_LEAD: usize = 500;

#[derive(Deserialize)]
pub struct StoryLine {
    pub source: String,
    pub title: String,
    #[serde(default)]
    pub category: String,
    pub body_markdown: String,
    #[serde(default)]
    pub images: Vec<ImageLine>,
    /// Stock keeping units of the products that it is about.
    #[serde(default)]
    pub products: Vec<String>,
}

#[derive(Deserialize)]
pub struct ImageLine {
    pub file: String,
    #[serde(default)]
    pub alt: String,
}

#[derive(Deserialize)]
pub struct ProductLine {
    pub sku: String,
    pub name: String,
    #[serde(default)]
    pub category: String,
    #[serde(default)]
    pub brief: String,
    #[serde(default)]
    pub retail_price_cny: String,
    #[serde(default)]
    pub attributes: Vec<Attribute>,
}

/// Optional words for a video, in `videos.jsonl`.
#[derive(Deserialize)]
pub struct VideoLine {
    pub file: String,
    pub title: String,
    #[serde(default)]
    pub caption: String,
    #[serde(default)]
    pub tags: Vec<String>,
    /// Source id of the story that it belongs to.
    #[serde(default)]
    pub story: Option<String>,
}

/// Key and name of the category that a line names.
pub fn category_of(name: &str) -> Option<(String, String)> {
    if name.is_empty() {
        return None;
    }
    let key = text::slug(name);
    let known = CATEGORIES.iter().find(|(known, _)| *known == key);
    let shown = known.map_or(name, |(_, shown)| shown).to_owned();
    Some((key, shown))
}

/// `919.00` in fen.
pub fn read_price(text: &str) -> Result<i64> {
    let wrong = || {
        Error::invalid(
            "retail_price_cny",
            format!("{text:?} is not a price such as 899.00"),
        )
    };
    let (yuan, fen) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(yuan) || !is_number(fen) || fen.len() > 2 {
        return Err(wrong());
    }
    let yuan: i64 = yuan.parse().map_err(|_| wrong())?;
    let fen: i64 = format!("{fen:0<2}").parse().map_err(|_| wrong())?;
    yuan.checked_mul(100)
        .and_then(|yuan| yuan.checked_add(fen))
        .ok_or_else(wrong)
}

pub fn clean_attribute(attribute: &Attribute) -> Attribute {
    Attribute {
        name: text::one_line(&attribute.name),
        value: text::one_line(&attribute.value),
    }
}

/// A first paragraph of prose becomes the lead; it leaves the body, so that readers see it once.
pub fn take_lead(body: &mut Body) -> String {
    let Some(Block::Paragraph { content }) = body.blocks.first() else {
        return String::new();
    };
    let is_plain = content
        .iter()
        .all(|inline| matches!(inline, Inline::Text { .. }));
    let text: String = content
        .iter()
        .map(|inline| match inline {
            Inline::Text { text, .. } => text.as_str(),
            Inline::HardBreak => " ",
        })
        .collect();
    let is_prose = is_plain
        && text.ends_with(['。', '！', '？', '.', '!'])
        && text.chars().count() <= LONGEST_LEAD;
    if !is_prose {
        return String::new();
    }
    body.blocks.remove(0);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_to_the_fen() {
        assert_eq!(read_price("919.00").expect("a price"), 91_900);
        assert_eq!(read_price("9.9").expect("a price"), 990);
        assert_eq!(read_price("12").expect("a price"), 1_200);
        for wrong in ["free", "", "-1.50", "1.+5", "12.345", "１２"] {
            assert!(read_price(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_first_paragraph_of_prose_becomes_the_lead() {
        let mut body = Body::from_markdown("很好吃的鱼。\n\n预估难度：三\n", &|_| None).body;

        assert_eq!(take_lead(&mut body), "很好吃的鱼。");
        assert_eq!(body.paragraphs(), ["预估难度：三"]);
        assert_eq!(take_lead(&mut body), "");
    }
}
