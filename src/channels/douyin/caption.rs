//! The text of a work as it is sent: what an editor sees as caption and topics is one text on the platform.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::text::fold;

/// The longest text, topics and mentions included (create-video).
pub const LONGEST: usize = 1000;
/// Kept free for the marker that finds a lost work again.
pub const MARKER_ROOM: usize = 20;

/// A text field; empty when there is none.
pub fn text_field<'f>(fields: &'f BTreeMap<String, Value>, name: &str) -> &'f str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A list field.
pub fn list_field<'f>(
    fields: &'f BTreeMap<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'f str> {
    let list = fields.get(name).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}

/// Topics that stand in a text: what follows a `#` up to the next white space or `#`.
pub fn inline_topics(text: &str) -> Vec<&str> {
    text.split('#')
        .skip(1)
        .map(|rest| rest.split(char::is_whitespace).next().unwrap_or_default())
        .filter(|topic| !topic.is_empty())
        .collect()
}

/// The caption, and on its last line the topics that do not stand in it already, with the marker behind them.
pub fn compose(fields: &BTreeMap<String, Value>, marker: &str) -> String {
    let text = text_field(fields, "text").trim();
    let mut known: Vec<String> = inline_topics(text).into_iter().map(fold).collect();
    let mut tags = Vec::new();
    for topic in list_field(fields, "topics").chain([marker]) {
        let topic = topic.trim().trim_start_matches('#');
        let folded = fold(topic);
        if !topic.is_empty() && !known.contains(&folded) {
            known.push(folded);
            tags.push(format!("#{topic}"));
        }
    }
    let parts = [text, &tags.join(" ")];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(text: &str, topics: &[&str]) -> BTreeMap<String, Value> {
        [
            ("text".to_owned(), json!(text)),
            ("topics".to_owned(), json!(topics)),
        ]
        .into()
    }

    #[test]
    fn topics_and_marker_stand_on_the_last_line() {
        let fields = fields("八分钟蒸好一条鱼\n\n新手也会。", &["家常菜", "清蒸鲈鱼"]);

        assert_eq!(
            compose(&fields, "ff01"),
            "八分钟蒸好一条鱼\n\n新手也会。\n#家常菜 #清蒸鲈鱼 #ff01"
        );
    }

    #[test]
    fn a_topic_that_the_caption_names_already_is_not_named_twice() {
        let fields = fields("今天 #家常菜 上桌", &["家常菜", "#鲈鱼", "鲈鱼", " "]);

        assert_eq!(compose(&fields, ""), "今天 #家常菜 上桌\n#鲈鱼");
    }

    #[test]
    fn an_empty_caption_has_no_empty_lines() {
        assert_eq!(compose(&fields("", &["鱼"]), "ff01"), "#鱼 #ff01");
        assert_eq!(compose(&fields("鱼", &[]), ""), "鱼");
    }

    #[test]
    fn topics_are_read_where_they_stand() {
        assert_eq!(inline_topics("#a#b c #d\n#e"), ["a", "b", "d", "e"]);
        assert_eq!(inline_topics("没有话题 # 这里也没有"), [] as [&str; 0]);
    }
}
