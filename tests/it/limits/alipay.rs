//! Alipay's limits.

use fenfa::{
    channels::Severity,
    content::Story,
    tailoring::{Frozen, Variant},
};

use super::{ch, is_cut_between_words, is_error_on, keeps_numbers, line, whole};

/// Section 12 of the contract, rows 1 to 18: what is broken.
pub fn broken(story: &Story, variant: &Variant) -> Vec<String> {
    let mut broken = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            broken.push(what.to_owned());
        }
    };
    let (title, text, article) = (
        line(variant, "title"),
        line(variant, "text"),
        line(variant, "article"),
    );
    must((1..=30).contains(&ch(title)), "1, 15: title ≤ 30");
    must((1..=1000).contains(&ch(text)), "2: body ≤ 1000");
    must((1..=10_000).contains(&ch(article)), "16: article ≤ 10,000");
    let pictures = variant
        .pictures
        .iter()
        .filter(|one| one.spec == "alipay_picture");
    must(
        (1..=9).contains(&pictures.count()) || is_error_on(variant, "alipay_picture"),
        "3: 1 to 9 pictures, or a person is asked",
    );
    let covers = variant
        .pictures
        .iter()
        .filter(|one| one.spec == "alipay_cover");
    must(
        covers.count() == 1 || is_error_on(variant, "alipay_cover"),
        "18: one cover, or a person is asked",
    );
    let is_closed = |finding: &&fenfa::channels::Finding| finding.severity == Severity::Closed;
    let about = variant.findings.iter().filter(is_closed).count();
    must(
        (about == 1) == story.content.all_products().is_empty(),
        "goods: only a story about products becomes an item",
    );
    for text in [title, text, article] {
        must(keeps_numbers(&whole(story), text), "no cut inside a number");
    }
    must(is_cut_between_words(story, title), "no cut inside a word");
    broken
}

/// Pictures as they would be sent.
pub fn broken_pictures(frozen: &Frozen) -> Vec<String> {
    let is_fit = |media: &&fenfa::channels::Media| {
        media.mime == "image/jpeg"
            && media.size_bytes < 5_000_000
            && (media.role != "alipay_cover" || (media.width, media.height) == (900, 500))
    };
    let unfit = frozen.media.iter().filter(|media| !is_fit(media));
    unfit
        .map(|media| format!("{}: {media:?}", frozen.title))
        .collect()
}
