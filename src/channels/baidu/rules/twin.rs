//! Pages of one site that compete with each other: the same title, the same description, nearly the same text.

use super::{super::derive::text_of, PAGES, TITLE_STANDARD, error, value, warning};
use crate::{
    channels::{CheckInput, Finding},
    text::{fold, shingle_similarity},
};

/// From this share of equal runs on, two texts are one text to a crawler (contract, BD-B05).
const SAME_TEXT: f64 = 0.8;

/// Compares the variant with other live pages of the site.
pub fn check(input: &CheckInput<'_>, findings: &mut Vec<Finding>) {
    let same = |name: &str| {
        let own = fold(value(input.fields, name));
        input
            .twins
            .iter()
            .find(|twin| !own.is_empty() && fold(value(&twin.fields, name)) == own)
    };
    if let Some(twin) = same("title") {
        let page = twin.source.page_url.as_str();
        findings.push(
            error(
                "BD-T12",
                "title",
                format!("另一个已发布的页面用了同样的标题：{page}"),
                "改写其中一个标题，或下线其中一篇。",
            )
            .on_lanes(PAGES)
            .because(TITLE_STANDARD)
            .with("page", page),
        );
    }
    if let Some(twin) = same("description") {
        let page = twin.source.page_url.as_str();
        findings.push(
            warning(
                "BD-D04",
                "description",
                format!("另一个已发布的页面用了同样的摘要：{page}"),
                "为每个页面写自己的摘要。",
            )
            .on_lanes(PAGES)
            .with("page", page),
        );
    }
    let own = text_of(input.source);
    let copy = input
        .twins
        .iter()
        .find(|twin| shingle_similarity(&own, &text_of(&twin.source)) > SAME_TEXT);
    if let Some(twin) = copy {
        let page = twin.source.page_url.as_str();
        findings.push(
            warning(
                "BD-B05",
                "body",
                format!("正文和另一个已发布的页面几乎一样：{page}"),
                "保留一篇，或重写其中一篇。",
            )
            .because("百度飓风算法")
            .with("page", page),
        );
    }
}
