//! Baidu's limits.

use std::collections::BTreeSet;

use fenfa::{
    channels::Media,
    content::Story,
    tailoring::{Frozen, Variant},
    text,
};
use serde_json::{Value, json};

use super::{ch, is_cut_between_words, is_error_on, keeps_numbers, line, list, value, whole};

/// Columns: Chinese and full-width 2, others 1. Counted here by the bytes that GBK would take.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn is_date(text: &str, pattern: &str) -> bool {
    ch(text) == ch(pattern)
        && text
            .chars()
            .zip(pattern.chars())
            .all(|(c, p)| if p == '0' { c.is_ascii_digit() } else { c == p })
}

/// The row of the contract's Appendix A that food stories belong to, and its way out.
const FOOD: &[&str] = &[
    "水果",
    "菜谱",
    "蔬菜",
    "海鲜",
    "调味品",
    "小吃",
    "甜品",
    "烹饪技巧",
    "咖啡",
    "葡萄酒",
    "麻辣美食",
    "糕点",
    "中餐",
    "日本料理",
    "烘焙",
    "美食节目",
    "西餐",
    "饮品",
    "川菜",
    "鲁菜",
    "粤菜",
    "苏菜",
    "浙菜",
    "闽菜",
    "湘菜",
    "徽菜",
    "综合",
];

/// Rows 1 to 26 of the contract for lanes S, F and W: what is broken.
pub fn broken(story: &Story, variant: &Variant, site: &str) -> Vec<String> {
    let mut broken = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            broken.push(what.to_owned());
        }
    };
    let title = line(variant, "title");
    must((1..=63).contains(&width(title)), "1: title ≤ 63 columns");
    let separators = title.matches(['-', '_', '|', '｜']).count();
    must(
        title.ends_with(&format!("-{site}")),
        "title ends in the site's name",
    );
    must(
        separators <= 2 + story.content.title.matches(['-', '_', '|', '｜']).count(),
        "at most 2 separators",
    );
    must(!title.contains("官网"), "3: no false 官网");
    must(
        title
            .chars()
            .all(|c| !c.is_control() && !"★☆◆■→①②③".contains(c)),
        "3: no decoration",
    );

    let article = line(variant, "article_title");
    let brackets =
        |open: &str, close: &str| article.matches(open).count() == article.matches(close).count();
    must(
        brackets("（", "）")
            && brackets("“", "”")
            && !article.ends_with(['的', '、', '，', '：', '是', '与']),
        "article title is whole",
    );
    let length = ch(article);
    must(length <= 40, "13: article title ≤ 40");
    must(
        length >= 8 || is_error_on(variant, "article_title"),
        "13: article title ≥ 8, or a person is asked",
    );
    must(!article.ends_with(['。', '.']), "14: no full stop");
    must(
        article
            .chars()
            .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
        "4: not all foreign",
    );

    let description = line(variant, "description");
    must(ch(description) <= 120, "5: description ≤ 120");
    must(
        ch(description) >= 20 || is_error_on(variant, "description"),
        "5: description ≥ 20, or a person is asked",
    );
    must(!description.ends_with('…'), "description is not cut off");
    must(
        !description.contains("http") && !description.contains("点击查看"),
        "description has no address",
    );

    must(
        description.ends_with(['。', '！', '？', '!', '?', '；', '”', '」'])
            || is_error_on(variant, "description"),
        "description ends with its sentence",
    );
    must(
        is_cut_between_words(story, description)
            && is_cut_between_words(story, line(variant, "body")),
        "no cut inside a word",
    );
    for name in ["article_title", "description", "body"] {
        must(
            keeps_numbers(&whole(story), line(variant, name)),
            "no cut inside a number",
        );
    }

    let keywords = list(variant, "keywords");
    let said = text::fold(&whole(story));
    must(
        keywords
            .iter()
            .all(|word| (2..=12).contains(&ch(word)) && said.contains(&text::fold(word))),
        "6: keywords of 2 to 12 that stand in the text",
    );
    must((1..=10).contains(&keywords.len()), "6: 1 to 10 keywords");
    must(
        keywords
            .iter()
            .all(|word| !word.trim().is_empty() && !word.contains([',', '，'])),
        "6: keywords hold no comma",
    );
    let folded: BTreeSet<String> = keywords.iter().map(|word| text::fold(word)).collect();
    must(folded.len() == keywords.len(), "6: no keyword twice");

    let images = value(variant, "images").as_array().unwrap().len();
    must(
        matches!(images, 1 | 3) || is_error_on(variant, "pictures"),
        "7: exactly 1 or 3 pictures, or a person is asked",
    );
    let sent = variant.pictures.iter();
    let sent = sent.filter(|picture| picture.spec == "baidu_3x2").count();
    must(sent == images, "8: the pictures are the page's");

    let info = value(variant, "page_info");
    must(
        is_date(info["releaseDate"].as_str().unwrap(), "0000-00-00 00:00:00"),
        "10: releaseDate",
    );
    must(
        info["articleTitle"] == json!(article) && info["title"] == json!(title),
        "page info says the same",
    );

    let path = line(variant, "path");
    must(
        ch(path) <= 194 && path.is_ascii() && !path.contains(['#', ' ', ',']),
        "11: path",
    );

    must(ch(line(variant, "body")) <= 2000, "15: body ≤ 2000");
    let tags = list(variant, "tags");
    must(
        tags.len() <= 10 && tags.iter().map(|tag| ch(tag)).sum::<usize>() <= 100,
        "17: tags",
    );
    must(
        line(variant, "feed_type") == "美食" && FOOD.contains(&line(variant, "feed_sub_type")),
        "19: feed pair",
    );
    let published = line(variant, "publish_time");
    let digits: Vec<&str> = published.split(['年', '月', '日']).collect();
    must(
        digits.len() == 4
            && digits[3].is_empty()
            && digits[..3]
                .iter()
                .all(|part| part.parse::<u32>().is_ok_and(|n| n.to_string() == *part)),
        "18: YYYY年M月D日",
    );

    let canonical = line(variant, "canonical");
    must(
        canonical.len() <= 256 && canonical.starts_with("http"),
        "24: loc ≤ 256 bytes",
    );
    let json_ld = value(variant, "json_ld");
    must(
        json_ld["@context"] == "https://ziyuan.baidu.com/contexts/cambrian.jsonld",
        "25: context",
    );
    must(json_ld["@id"] == json!(canonical), "25: @id is the page");
    must(json_ld.get("@type").is_none(), "25: no @type");
    let (at, changed) = (
        json_ld["pubDate"].as_str().unwrap(),
        json_ld["upDate"].as_str().unwrap(),
    );
    must(
        is_date(at, "0000-00-00T00:00:00") && is_date(changed, "0000-00-00T00:00:00"),
        "25: dates",
    );
    must(changed >= at, "26: upDate ≥ pubDate");
    broken
}

/// What stands between tags.
fn visible(html: &str) -> String {
    let parts = html.split('<');
    let text: String = parts
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text))
        .collect();
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    entities.iter().fold(text, |text, (entity, character)| {
        text.replace(entity, character)
    })
}

/// Rows 27 to 31 of the contract for Baijiahao: what is broken.
pub fn broken_article(story: &Story, variant: &Variant) -> Vec<String> {
    let mut broken = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            broken.push(what.to_owned());
        }
    };
    let content = line(variant, "content");
    let pictures = content.matches("<img ").count();
    must(
        // With the addresses of its pictures, none of which is longer than 300.
        ch(content) + pictures * 300 <= 20_000 || is_error_on(variant, "content"),
        "28: content ≤ 20,000",
    );
    for tag in ["<a ", "<script", "<iframe", "style="] {
        must(!content.contains(tag), &format!("content has no {tag}"));
    }
    let named = (0..pictures).all(|place| {
        let place = format!("src=\"baidu_body/{place}\"");
        content.contains(&place) || content.matches("src=\"baidu_body/").count() == pictures
    });
    must(named, "pictures of the text are named by their place");
    let text = story.content.body.paragraphs();
    let first = text.first().and_then(|text| text.lines().next());
    must(
        visible(content).contains(first.unwrap_or_default()),
        "content is the text",
    );
    let originals = ["不声明", "声明原创"];
    must(
        originals.contains(&line(variant, "original")),
        "is_original is 0 or 1",
    );
    broken
}

/// Rows 9 and 16: pictures as they would be sent to the feed; row 29 asks less of covers.
pub fn broken_pictures(frozen: &Frozen) -> Vec<String> {
    let images = frozen.fields["images"].as_array().unwrap();
    let (sent, others): (Vec<&Media>, Vec<&Media>) = frozen
        .media
        .iter()
        .partition(|media| media.role == "baidu_3x2");
    assert_eq!(sent.len(), images.len());
    assert!(others.iter().all(|media| media.role == "baidu_body"));
    let is_fit = |(media, image): (&Media, &Value)| {
        media.width >= 375
            && media.height >= 250
            // 3:2, off by at most one in twenty.
            && (media.width * 2).abs_diff(media.height * 3) * 20 <= media.height * 3
            && media.size_bytes <= 2 << 20
            && media.mime == "image/jpeg"
            && media.url.rsplit('.').next() == Some("jpg")
            && image == &json!(media.url)
    };
    let mut broken: Vec<String> = sent
        .into_iter()
        .zip(images)
        .filter(|pair| !is_fit(*pair))
        .map(|(media, _)| format!("{}: {media:?}", frozen.title))
        .collect();
    if !matches!(images.len(), 1 | 3) {
        broken.push(format!("{}: {} pictures", frozen.title, images.len()));
    }
    broken
}
