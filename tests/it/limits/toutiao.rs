//! Toutiao's limits, of articles as a person pastes them.

use std::collections::BTreeSet;

use fenfa::{
    content::Story,
    tailoring::{Frozen, Variant},
};

use super::{ch, is_cut_between_words, is_error_on, keeps_numbers, line, whole};

/// Section 23 of the contract: what is broken.
pub fn broken(story: &Story, variant: &Variant) -> Vec<String> {
    let mut broken = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            broken.push(what.to_owned());
        }
    };
    let (title, html) = (line(variant, "title"), line(variant, "html"));
    must(ch(title) <= 30, "title ≤ 30");
    must(
        ch(title) >= 5 || is_error_on(variant, "title"),
        "title ≥ 5, or a person is asked",
    );
    let covers = || {
        let pictures = variant.pictures.iter();
        pictures.filter(|one| one.spec == "toutiao_cover")
    };
    let mode = line(variant, "cover_mode");
    let expected = match mode {
        "单图" => 1,
        "三图" => 3,
        _ => 0,
    };
    // What is left over waits for a person who wants three.
    let keys: BTreeSet<&str> = covers()
        .map(|one| one.key.as_str())
        .take(expected)
        .collect();
    must(
        keys.len() == expected,
        "as many covers as the mode says, and all differ",
    );
    for tag in ["<a ", "<script", "<iframe"] {
        must(!html.contains(tag), &format!("body has no {tag}"));
    }
    must(
        keeps_numbers(&whole(story), title) && is_cut_between_words(story, title),
        "no cut inside a word or a number",
    );
    broken
}

/// Covers as they would be packed: 16:9, at least 660×370.
pub fn broken_pictures(frozen: &Frozen) -> Vec<String> {
    let is_fit = |media: &&fenfa::channels::Media| {
        media.role != "toutiao_cover"
            || (media.width >= 660
                && media.height >= 370
                && (media.width * 9).abs_diff(media.height * 16) <= 16)
    };
    let unfit = frozen.media.iter().filter(|media| !is_fit(media));
    unfit
        .map(|media| format!("{}: {media:?}", frozen.title))
        .collect()
}
