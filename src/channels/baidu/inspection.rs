//! Content safety: what the platform thinks of a text and of pictures before they are published (riskDetection/v2,
//! syncCheckText and syncCheckImage).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{adapter::text, client::Client, wire};
use crate::{
    channels::{ChannelError, ErrorClass, Inspection, Media, Opinion, StepHost},
    text::visible_text,
};

/// Bytes that a text which is checked at once must stay below.
const LARGEST: usize = 10 * 1024;
/// A type that is asked about, how people call it, and how bad it is: the law decides on most, distribution on luring.
type Kind = (&'static str, &'static str, Opinion);
/// Those of a text.
const OF_TEXT: &[Kind] = &[
    ("risk", "违规内容", Opinion::Block),
    ("lead", "诱导内容", Opinion::Review),
];
/// Those of a picture, and of the words in it.
const OF_PICTURE: &[Kind] = &[
    ("porn", "色情", Opinion::Block),
    ("ocr-word", "图中文字违规", Opinion::Block),
    ("ocr-lead", "图中文字诱导", Opinion::Review),
];
/// Bytes of a picture that is checked at once at most, and its media types.
const LARGEST_PICTURE: u64 = 5 << 20;
const PICTURES: [&str; 2] = ["image/jpeg", "image/png"];
/// Marks that end a sentence.
const ENDS: &[char] = &['。', '！', '？', '；', '…', '!', '?', ';'];

/// What one call asks about.
enum Part<'a> {
    Text(&'a str),
    Picture(&'a Media),
}

/// Asks about everything that readers read, piece by piece, and about each picture; the worst counts.
pub async fn inspect(
    client: &Client,
    host: &dyn StepHost,
    fields: &BTreeMap<String, Value>,
    pictures: &[Media],
) -> Result<Inspection, ChannelError> {
    let mut found = Inspection::passed();
    for piece in pieces(&text_of(fields), LARGEST) {
        let told = ask(client, host, &Part::Text(&piece)).await?;
        found = found.and(opinion(&told, OF_TEXT)?);
    }
    if found.opinion == Opinion::Block {
        // It has to be changed, and is asked about again then.
        return Ok(found);
    }
    for (number, picture) in (1..).zip(pictures) {
        let name = format!("图片 {number}");
        if !PICTURES.contains(&picture.mime.as_str()) || picture.size_bytes > LARGEST_PICTURE {
            let told = format!("{name}（只看 5 MB 以内的 JPG 和 PNG）");
            found.unchecked.push(told);
            continue;
        }
        let told = ask(client, host, &Part::Picture(picture)).await?;
        let mut said = opinion(&told, OF_PICTURE)?;
        for objection in &mut said.objections {
            *objection = format!("{name}：{objection}");
        }
        found = found.and(said);
    }
    Ok(found)
}

/// Asks with the token of the application, once more with another where the platform ended that one.
async fn ask(client: &Client, host: &dyn StepHost, part: &Part<'_>) -> Result<Value, ChannelError> {
    let token = host.token(None).await?.access_token;
    match call(client, host, &token, part).await {
        Err(error) if error.class == ErrorClass::AuthExpired => {
            let token = host.token(Some(&token)).await?.access_token;
            call(client, host, &token, part).await
        }
        told => told,
    }
}

async fn call(
    client: &Client,
    host: &dyn StepHost,
    token: &str,
    part: &Part<'_>,
) -> Result<Value, ChannelError> {
    match part {
        Part::Text(content) => {
            let body = json!({ "content": content, "type": names(OF_TEXT) });
            client.check_text(host, token, &body).await
        }
        Part::Picture(picture) => {
            let types = names(OF_PICTURE).join(",");
            client.check_picture(host, token, picture, &types).await
        }
    }
}

/// The names of types, as the wire has them.
fn names(kinds: &[Kind]) -> Vec<&'static str> {
    kinds.iter().map(|(name, ..)| *name).collect()
}

/// Everything that readers read on any lane, each line once: lanes say the same in several places.
fn text_of(fields: &BTreeMap<String, Value>) -> String {
    let lists = ["keywords", "tags", "video_tags"].map(|name| {
        let list = fields.get(name).and_then(Value::as_array);
        let words = list.into_iter().flatten().filter_map(Value::as_str);
        words.collect::<Vec<_>>().join("，")
    });
    let texts = ["title", "article_title", "description", "body"].map(|name| text(fields, name));
    let article = visible_text(text(fields, "content"));
    let all = texts.into_iter().chain([article.as_str()]);
    let mut lines: Vec<&str> = Vec::new();
    for line in all
        .chain(lists.iter().map(String::as_str))
        .flat_map(str::lines)
        .map(str::trim)
    {
        if !line.is_empty() && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// A part of a text that is not cut: whether a paragraph begins with it, and its words.
type Unit<'a> = (bool, &'a str);

/// Cuts a text into pieces: between paragraphs, one that is too long between its sentences, and a sentence that is too long
/// where it must be. Each piece begins with the end of the one before, so that nothing hides at a cut.
fn pieces(text: &str, largest: usize) -> Vec<String> {
    let overlap = largest / 4;
    let room = largest - overlap - 2;
    let mut pieces = Vec::new();
    let mut piece = String::new();
    for (begins, unit) in text.lines().flat_map(|line| units(line, room)) {
        if piece.len() + 1 + unit.len() >= largest {
            let tail = tail(&piece, overlap).to_owned();
            pieces.push(std::mem::replace(&mut piece, tail));
        }
        if begins && !piece.is_empty() {
            piece.push('\n');
        }
        piece.push_str(unit);
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

fn units(paragraph: &str, room: usize) -> Vec<Unit<'_>> {
    if paragraph.len() <= room {
        return vec![(true, paragraph)];
    }
    let sentences = paragraph.split_inclusive(ENDS);
    let parts = sentences.flat_map(|sentence| chunks(sentence, room));
    (0..)
        .zip(parts)
        .map(|(place, part)| (place == 0, part))
        .collect()
}

fn chunks(mut text: &str, room: usize) -> Vec<&str> {
    let mut chunks = Vec::new();
    while text.len() > room {
        let (chunk, rest) = text.split_at(text.floor_char_boundary(room));
        chunks.push(chunk);
        text = rest;
    }
    chunks.push(text);
    chunks
}

/// The last sentence of a piece, or as much of its end as there is room for.
fn tail(piece: &str, most: usize) -> &str {
    let line = piece.lines().last().unwrap_or_default();
    let sentence = line.split_inclusive(ENDS).next_back().unwrap_or_default();
    let from = sentence.ceil_char_boundary(sentence.len().saturating_sub(most));
    &sentence[from..]
}

/// The opinion in an answer: one for each type that was asked about, and none is no pass.
fn opinion(told: &Value, kinds: &[Kind]) -> Result<Inspection, ChannelError> {
    let told = told["res"].as_array().map_or(&[][..], Vec::as_slice);
    let mut found = Inspection::passed();
    for &(name, words, opinion) in kinds {
        let of_type = told.iter().find(|one| one["type"] == name);
        let errno = of_type.and_then(|one| wire::number(&one["errno"]));
        let (Some(one), Some(errno)) = (of_type, errno) else {
            let text = format!("百度的内容检测没有给出{words}的结论");
            return Err(ChannelError::new(ErrorClass::ProtocolDrift, text));
        };
        if errno != 0 {
            let said = one["msg"].as_str().unwrap_or_default().trim();
            let objection = if said.is_empty() {
                words.to_owned()
            } else {
                format!("{words}（{said}）")
            };
            found = found.and(Inspection::of(opinion, vec![objection]));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn everything_that_readers_read_is_asked_about_once() {
        let fields = json!({
            "title": "老茶馆-蓉城故事",
            "article_title": "老茶馆的一天",
            "description": "清晨五点半。",
            "body": "清晨五点半。\n灶火亮了。",
            "content": "<p>清晨五点半。</p><p>灶火亮了。</p><p>茶客&lt;来了&gt;。</p>",
            "keywords": ["茶馆", "成都"],
            "tags": ["茶馆", "成都"],
            "path": "/pages/story/index?id=42",
        });
        let fields = serde_json::from_value(fields).expect("fields");

        assert_eq!(
            text_of(&fields),
            "老茶馆-蓉城故事\n老茶馆的一天\n清晨五点半。\n灶火亮了。\n茶客<来了>。\n茶馆，成都"
        );
    }

    #[test]
    fn a_text_is_cut_between_paragraphs_with_a_sentence_twice() {
        let text = "第一段。说完。\n第二段。也说完。\n第三段。";

        assert_eq!(pieces(text, 1000), [text]);
        assert_eq!(
            pieces(text, 59),
            ["第一段。说完。\n第二段。也说完。", "也说完。\n第三段。"]
        );
        assert!(pieces("", 60).is_empty());
    }

    proptest! {
        #[test]
        fn no_piece_is_too_large_and_no_few_words_are_parted(
            text in "[茶水火。！a \n]{0,600}",
            largest in 60_usize..400,
        ) {
            let pieces = pieces(&text, largest);

            prop_assert!(pieces.iter().all(|piece| piece.len() < largest));
            for line in text.lines() {
                let characters: Vec<char> = line.chars().collect();
                // A word at a cut stands whole in one of the two pieces, unless a sentence ends within it.
                for window in characters.windows(3) {
                    let word: String = window.iter().collect();
                    let is_parted = !pieces.iter().any(|piece| piece.contains(&word));
                    prop_assert!(!is_parted || word.contains(ENDS), "{word:?} in {pieces:?}");
                }
            }
        }
    }

    fn told(res: &Value) -> Result<Inspection, ErrorClass> {
        let told = json!({ "res": res, "retrieveId": "1" });
        opinion(&told, OF_TEXT).map_err(|error| error.class)
    }

    #[test]
    fn each_type_has_its_opinion_and_none_is_no_pass() {
        let clean = json!([{ "type": "risk", "errno": 0, "msg": "" }, { "type": "lead", "errno": "0", "msg": "" }]);
        assert_eq!(told(&clean), Ok(Inspection::passed()));

        let lured =
            json!([{ "type": "risk", "errno": 0 }, { "type": "lead", "errno": 1, "msg": "加群" }]);
        let found = told(&lured).expect("an opinion");
        assert_eq!(found.opinion, Opinion::Review);
        assert_eq!(found.objections, ["诱导内容（加群）"]);
        let both =
            json!([{ "type": "risk", "errno": 1 }, { "type": "lead", "errno": 1, "msg": "加群" }]);
        assert_eq!(told(&both).expect("an opinion").opinion, Opinion::Block);

        for silent in [
            json!([]),
            json!([{ "type": "risk", "errno": 0 }]),
            json!([{ "type": "risk", "errno": 0 }, { "type": "lead" }]),
            Value::Null,
        ] {
            assert_eq!(told(&silent), Err(ErrorClass::ProtocolDrift), "{silent}");
        }
    }
}
