//! Douyin's limits.

use fenfa::{content::Story, tailoring::Variant};

use super::{ch, is_cut_between_words, keeps_numbers, line, list, whole};

/// Section 12 of the contract: what is broken.
pub fn broken(story: &Story, variant: &Variant) -> Vec<String> {
    let mut broken = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            broken.push(what.to_owned());
        }
    };
    let text = line(variant, "text");
    let topics = list(variant, "topics");
    // Caption and topics are one text on the platform; the marker that finds a lost post again takes part of the 1,000.
    let sent = ch(text) + topics.iter().map(|topic| ch(topic) + 2).sum::<usize>();
    must(
        !text.is_empty() && sent <= 980,
        "text ≤ 1000 with topics and marker",
    );
    must(
        ch(text.lines().next().unwrap_or_default()) <= 30,
        "first line ≤ 30",
    );
    must(topics.len() <= 4, "at most 5 topics with the marker");
    must(!text.contains(['#', '@']), "topics stand in their field");
    for topic in list(variant, "topics") {
        must(ch(topic) <= 20, "a topic ≤ 20");
        must(
            !topic.contains(|c: char| {
                c.is_whitespace() || c.is_ascii_punctuation() || "，。！？、".contains(c)
            }),
            "a topic has no spaces or marks",
        );
    }
    must(
        keeps_numbers(&whole(story), text) && is_cut_between_words(story, text),
        "no cut inside a word or number",
    );
    let anchor = line(variant, "micro_app_title");
    must(ch(anchor) <= 12, "anchor's title ≤ 12");
    must(
        !line(variant, "micro_app_url").starts_with("http"),
        "anchor's path is no address",
    );
    must(
        !text.contains("http") && !text.contains("微信"),
        "no contacts",
    );
    broken
}
