//! What stands before a Markdown text, between lines of `---`: YAML.

use serde_json::{Map, Value};

use crate::{
    error::{Error, Result},
    text::one_line,
};

/// The largest front matter, in bytes.
const LARGEST: usize = 16 << 10;
/// Words that YAML does not take for texts.
const NO_TEXTS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// Keys and values, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FrontMatter {
    fields: Map<String, Value>,
}

impl FrontMatter {
    /// The value of a key as a text; several values are joined.
    pub fn text(&self, key: &str) -> Option<String> {
        match self.find(key)? {
            Value::Array(values) => Some(
                values
                    .iter()
                    .filter_map(scalar)
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
            value => scalar(value),
        }
    }

    /// The values of a key: a YAML list, or texts between commas.
    pub fn list(&self, key: &str) -> Vec<String> {
        let values: Vec<String> = match self.find(key) {
            None => Vec::new(),
            Some(Value::Array(values)) => values.iter().filter_map(scalar).collect(),
            Some(value) => scalar(value)
                .unwrap_or_default()
                .split([',', '，'])
                .map(ToOwned::to_owned)
                .collect(),
        };
        let values = values.iter().map(|value| value.trim().to_owned());
        values.filter(|value| !value.is_empty()).collect()
    }

    /// Adds a text, in one line.
    pub fn add_text(&mut self, key: &str, text: &str) {
        self.fields.insert(key.to_owned(), one_line(text).into());
    }

    /// Adds texts.
    pub fn add_list(&mut self, key: &str, texts: &[&str]) {
        let texts = texts.iter().map(|text| one_line(text)).collect();
        self.fields.insert(key.to_owned(), texts);
    }

    /// As it stands before a text.
    pub fn write(&self) -> String {
        let lines = self.fields.iter().map(|(key, value)| match value {
            Value::Array(values) => {
                let values: Vec<String> = values.iter().map(written).collect();
                format!("{key}: [{}]\n", values.join(", "))
            }
            value => format!("{key}: {}\n", written(value)),
        });
        format!("---\n{}---\n\n", lines.collect::<String>())
    }

    fn find(&self, key: &str) -> Option<&Value> {
        let mut fields = self.fields.iter();
        fields
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value)
    }
}

/// Parts front matter from the text behind it.
pub fn split_front_matter(markdown: &str) -> Result<(FrontMatter, &str)> {
    let text = markdown.trim_start_matches('\u{feff}');
    let Some((yaml, behind)) = split(text) else {
        return Ok((FrontMatter::default(), text));
    };
    let unreadable = |what: String| {
        Error::invalid(
            "input.text",
            format!(
                "the front matter cannot be read: {what}; put values with signs such as : or # into quotes"
            ),
        )
    };
    if yaml.len() > LARGEST {
        return Err(unreadable(format!("it is larger than {LARGEST} bytes")));
    }
    if yaml.trim().is_empty() {
        return Ok((FrontMatter::default(), behind));
    }
    let fields = serde_saphyr::from_str(yaml).map_err(|error| {
        // The first line says what and where; a drawing of the place follows.
        let what = error.to_string();
        unreadable(what.lines().next().unwrap_or_default().to_owned())
    })?;
    Ok((FrontMatter { fields }, behind))
}

/// The YAML and what follows it.
fn split(text: &str) -> Option<(&str, &str)> {
    let yaml = behind_line_end(text.strip_prefix("---")?)?;
    let mut at = 0;
    loop {
        let line = &yaml[at..];
        if let Some(rest) = line.strip_prefix("---") {
            let rest = rest.trim_start_matches([' ', '\t']);
            if rest.is_empty() {
                return Some((&yaml[..at], ""));
            }
            if let Some(behind) = behind_line_end(rest) {
                return Some((&yaml[..at], behind));
            }
        }
        at += line.find('\n')? + 1;
    }
}

fn behind_line_end(text: &str) -> Option<&str> {
    text.strip_prefix('\n')
        .or_else(|| text.strip_prefix("\r\n"))
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is_so) => Some(is_so.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A text without quotes where YAML needs none, else as JSON, which is YAML too.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        value => value.to_string(),
    }
}

fn is_plain(text: &str) -> bool {
    text.starts_with(char::is_alphabetic)
        && !text.ends_with(' ')
        && !NO_TEXTS.contains(&text.to_lowercase().as_str())
        && text.chars().all(|character| {
            character.is_alphanumeric() || " -_/，。！？、：；（）《》“”·…—".contains(character)
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(markdown: &str) -> (FrontMatter, &str) {
        split_front_matter(markdown).expect("readable")
    }

    #[test]
    fn front_matter_is_parted_from_the_text() {
        let (front, text) = read("---\ntitle: \"春茶\"\ntags: [茶, \"春, 夏\"]\n---\n正文");

        assert_eq!(front.text("Title").as_deref(), Some("春茶"));
        assert_eq!(front.list("tags"), ["茶", "春, 夏"]);
        assert_eq!(text, "正文");
    }

    #[test]
    fn lists_and_long_texts_are_written_in_every_way_of_yaml() {
        let yaml = "title: 'It''s tea: 春'\ntags:\n  - 茶\n  - 春\ncategories: 饮品，茶\nlead: >-\n  一杯\n  绿茶。\ndate: 2026-03-01\nweight: 3\ndraft: true\nauthor: [王, 李]\nempty:\n";
        let text = format!("---\r\n{}---  \r\n# 正文", yaml.replace('\n', "\r\n"));

        let (front, text) = read(&text);

        assert_eq!(front.text("title").as_deref(), Some("It's tea: 春"));
        assert_eq!(front.list("tags"), ["茶", "春"]);
        assert_eq!(front.list("categories"), ["饮品", "茶"]);
        assert_eq!(front.text("lead").as_deref(), Some("一杯 绿茶。"));
        assert_eq!(front.text("weight").as_deref(), Some("3"));
        assert_eq!(front.text("author").as_deref(), Some("王, 李"));
        assert_eq!(front.text("empty"), None);
        assert_eq!(text, "# 正文");
    }

    #[test]
    fn a_text_without_front_matter_stays_whole() {
        for text in [
            "# 春茶",
            "---\n没有结尾",
            "--- 一条线\n\n正文",
            "---\n----\n",
            "",
        ] {
            assert_eq!(read(text), (FrontMatter::default(), text));
        }
        assert_eq!(read("---\n---\n正文").1, "正文");
    }

    #[test]
    fn what_cannot_be_read_is_said_with_a_cure() {
        let explosion: String = (1..30)
            .map(|level| {
                let before = level - 1;
                format!("a{level}: &a{level} [*a{before}, *a{before}]\n")
            })
            .collect();
        for yaml in [
            "title: a: b\n",
            "title: [\n",
            "- a\n- b\n",
            "title: *nobody\n",
            "title: x\ntitle: y\n",
            &format!("a0: &a0 [x, x]\n{explosion}"),
            &format!("title: {}\n", "[".repeat(5000)),
        ] {
            let error = split_front_matter(&format!("---\n{yaml}---\n正文")).expect_err(yaml);

            assert_eq!(error.field(), Some("input.text"));
            assert!(error.message().contains("quotes"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(title in "\\PC{1,40}", tag in "[ -~一-龥]{1,20}", other in "\\PC{1,20}") {
            let mut front = FrontMatter::default();
            front.add_text("title", &title);
            front.add_list("tags", &[&tag, &other]);

            let (again, text) = split_front_matter(&front.write()).map(|(again, text)| (again, text.to_owned())).expect("readable");

            prop_assert_eq!(again, front);
            prop_assert_eq!(text, "\n");
        }
    }
}
