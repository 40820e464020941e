//! WeChat's limits.

use fenfa::{
    content::Story,
    tailoring::{Frozen, Variant},
};

use super::{ch, is_cut_between_words, is_error_on, keeps_numbers, line, value, whole};

/// Section 11.1 of the contract: what is broken.
pub fn broken(story: &Story, variant: &Variant) -> Vec<String> {
    let mut broken = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            broken.push(what.to_owned());
        }
    };
    let (title, digest, content) = (
        line(variant, "title"),
        line(variant, "digest"),
        line(variant, "content"),
    );
    must((1..=32).contains(&ch(title)), "title ≤ 32");
    must(ch(line(variant, "author")) <= 16, "author ≤ 16");
    must((1..=120).contains(&ch(digest)), "digest ≤ 120");
    must(
        (ch(content) <= 20_000 && content.len() <= 1 << 20) || is_error_on(variant, "content"),
        "content ≤ 20,000 characters and 1 MB",
    );
    must(
        line(variant, "content_source_url").len() <= 1024,
        "content_source_url ≤ 1 KB",
    );
    for tag in [
        "<script",
        "<style",
        "<iframe",
        "<div",
        " class=",
        "http://",
        "position:",
    ] {
        must(!content.contains(tag), &format!("content has no {tag}"));
    }
    let inside = content.matches("<a href=\"https://mp.weixin.qq.com/");
    must(
        content.matches("<a ").count() == inside.count(),
        "links lead to articles of WeChat alone",
    );
    let images = content.matches("<img").count();
    must(
        content.matches("src=\"wechat_body/").count() == images,
        "pictures of the text are uploaded ones",
    );
    let covers = variant
        .pictures
        .iter()
        .filter(|one| one.spec == "wechat_cover");
    must(
        covers.count() == 1 || is_error_on(variant, "pictures"),
        "one cover, or a person is asked",
    );
    let posted = variant
        .pictures
        .iter()
        .filter(|one| one.spec == "wechat_picture");
    must(
        (1..=20).contains(&posted.count()) || is_error_on(variant, "pictures"),
        "newspic: 1 to 20 pictures, or a person is asked",
    );
    must(
        !line(variant, "text").contains('<') && value(variant, "text").is_string(),
        "newspic text is plain",
    );
    // Section 7.1: a page of the mini-program for search.
    let (page, page_text) = (line(variant, "search_path"), line(variant, "search_text"));
    must(
        (1..=20).contains(&ch(line(variant, "search_title"))),
        "title in search ≤ 20",
    );
    must(
        !line(variant, "search_abstract").is_empty(),
        "an abstract in search",
    );
    must(
        !page_text.is_empty() && page_text.len() <= 500_000 && !page_text.contains('<'),
        "text in search is plain, and its page ≤ 1 MB",
    );
    must(
        page.starts_with("pages/") && page.contains("?id=") && page.is_ascii(),
        "a page has a path without a leading slash, and a query",
    );
    must(
        value(variant, "search_covers")
            .as_array()
            .is_some_and(|covers| covers.len() <= 3),
        "covers in search ≤ 3",
    );
    for name in ["title", "digest", "text", "search_title"] {
        must(
            keeps_numbers(&whole(story), line(variant, name)),
            "no cut inside a number",
        );
    }
    must(
        [digest, title, line(variant, "search_title")]
            .iter()
            .all(|text| is_cut_between_words(story, text)),
        "no cut inside a word",
    );
    broken
}

/// Pictures as they would be sent.
pub fn broken_pictures(frozen: &Frozen) -> Vec<String> {
    let mut broken = Vec::new();
    for media in &frozen.media {
        let is_jpeg = media.mime == "image/jpeg";
        let most = match media.role.as_str() {
            "wechat_body" => (1 << 20) - 1,
            _ => 10 << 20,
        };
        if !is_jpeg || media.size_bytes > most {
            broken.push(format!("{}: {media:?}", frozen.title));
        }
    }
    broken
}
