//! A page as a crawler understands it. Pure: no page is fetched here.

use serde_json::Value;

use super::{super::time, state::Seen};
use crate::{
    clock::Timestamp,
    text::{characters, display_width, words},
};

/// What stands in the HTML.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    pub url: String,
    pub title: String,
    pub heading: String,
    pub description: String,
    pub canonical: String,
    /// The time that readers see, as machines read it.
    pub time: Option<String>,
    pub json_ld: Option<Value>,
    /// Addresses of pictures and of stills of videos, absolute.
    pub images: Vec<String>,
    /// Visible characters.
    pub visible: usize,
    text: String,
}

/// Reads a page.
pub fn facts(url: &str, html: &str) -> Facts {
    let body = between(html, "<main", "</main>").unwrap_or(html);
    let text: String = body
        .split('<')
        .filter_map(|part| part.split_once('>'))
        .map(|(_, text)| unescape(text.trim()))
        .collect();
    let json_ld = between(html, "<script type=\"application/ld+json\">", "</script>");
    let absolute = |src: &str| {
        let base = url::Url::parse(url).ok()?;
        base.join(src).ok().map(|url| url.to_string())
    };
    Facts {
        url: url.to_owned(),
        title: unescape(between(html, "<title>", "</title>").unwrap_or_default()),
        heading: unescape(between(html, "<h1>", "</h1>").unwrap_or_default()),
        description: attribute(html, "<meta name=\"description\" content=\""),
        canonical: attribute(html, "<link rel=\"canonical\" href=\""),
        time: between(html, "<time datetime=\"", "\"").map(ToOwned::to_owned),
        json_ld: json_ld.and_then(|data| serde_json::from_str(data).ok()),
        images: attributes(html, "<img ", "src=\"")
            .chain(attributes(html, "<video ", "poster=\""))
            .filter_map(|src| absolute(&unescape(src)))
            .collect(),
        visible: characters(&text),
        text,
    }
}

/// The values of one attribute of each element of a kind.
fn attributes<'a>(
    html: &'a str,
    element: &'a str,
    attribute: &'a str,
) -> impl Iterator<Item = &'a str> {
    html.split(element)
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .filter_map(move |tag| between(tag, attribute, "\""))
}

fn attribute(html: &str, start: &str) -> String {
    unescape(between(html, start, "\"").unwrap_or_default())
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(inner, _)| inner)
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// No `#`, no path or address as a value, at most 194 characters.
pub fn is_plain_path(path: &str) -> bool {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    !path.contains('#') && !query.contains("://") && !query.contains('/') && characters(path) <= 194
}

/// Whether title, page information and text speak of the same thing.
pub fn is_about(facts: &Facts, info: Option<&Value>) -> bool {
    let is_told = |title: &str| {
        words(title)
            .iter()
            .any(|word| word.text.chars().count() >= 2 && facts.text.contains(word.text))
    };
    let info_title = info.and_then(|info| info["title"].as_str());
    !facts.title.trim().is_empty()
        && is_told(&facts.title)
        && info_title.is_none_or(|title| title == facts.title)
}

/// The pictures that a page asks to be shown with.
pub fn named_images(facts: &Facts, info: Option<&Value>) -> Vec<String> {
    let named = match info {
        Some(info) => info.get("image"),
        None => facts.json_ld.as_ref().and_then(|data| data.get("images")),
    };
    match named {
        Some(Value::String(image)) => vec![image.clone()],
        Some(Value::Array(images)) => {
            let images = images.iter().filter_map(Value::as_str);
            images.map(ToOwned::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// What is kept of a page; `images` with what is wrong with each.
pub fn seen(
    facts: &Facts,
    info: Option<&Value>,
    images: Vec<(String, Option<String>)>,
    now: Timestamp,
) -> Seen {
    let mut ignored: Vec<String> = images
        .iter()
        .filter_map(|(image, problem)| Some(format!("{image}：{}", problem.as_ref()?)))
        .collect();
    let mut shown: Vec<String> = images
        .into_iter()
        .filter(|(_, problem)| problem.is_none())
        .map(|(image, _)| image)
        .collect();
    if !matches!(shown.len(), 0 | 1 | 3) {
        ignored.push(format!("{} 张图片，只显示 1 或 3 张", shown.len()));
        shown.clear();
    }
    let published = match time_factor(facts, now) {
        Ok(published) => published,
        Err(problem) => {
            ignored.push(format!("结构化数据：{problem}"));
            None
        }
    };
    let description = info.and_then(|info| info["description"].as_str());
    Seen {
        title: facts.title.clone(),
        description: description.unwrap_or(&facts.description).to_owned(),
        images: shown,
        published,
        ignored,
    }
}

/// The time that structured data tells, if the data is as it must be and the page shows the same time; nothing when
/// there is no data.
fn time_factor(facts: &Facts, now: Timestamp) -> Result<Option<String>, &'static str> {
    let Some(data) = &facts.json_ld else {
        return Ok(None);
    };
    let text = |name: &str| data[name].as_str().unwrap_or_default();
    let is_time =
        |text: &str| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").is_ok();
    let images = data.get("images").and_then(Value::as_array).map(Vec::len);
    let (published, updated) = (text("pubDate"), text("upDate"));
    if text("@context") != "https://ziyuan.baidu.com/contexts/cambrian.jsonld" {
        return Err("@context 不对");
    }
    if text("@id") != facts.url || text("@id") != facts.canonical {
        return Err("@id 与网址不同");
    }
    if data.get("@type").is_some() || text("title") != facts.title {
        return Err("title 与页面不同");
    }
    if !matches!(images, None | Some(1 | 3)) {
        return Err("images 不是 1 或 3 张");
    }
    if !is_time(published) || !(updated.is_empty() || is_time(updated)) {
        return Err("时间格式不对");
    }
    if !updated.is_empty() && updated < published {
        return Err("upDate 早于 pubDate");
    }
    if published > time::json_ld(now).as_str() {
        return Err("时间在将来");
    }
    let visible = facts.time.as_deref().unwrap_or_default();
    if !visible.starts_with(published) {
        return Err("与页面显示的时间不同");
    }
    Ok(Some(published.to_owned()))
}

/// Whether the rules for `Baiduspider`, else those for all, allow a path; the longest rule that fits decides.
pub fn is_allowed(robots: &str, path: &str) -> bool {
    /// The crawlers that a group is for, and its rules: allowed or not, by the start of the path.
    type Group<'a> = (Vec<&'a str>, Vec<(bool, &'a str)>);

    let lines = robots.lines().filter_map(|line| {
        let (name, value) = line.split('#').next()?.split_once(':')?;
        Some((name.trim().to_ascii_lowercase(), value.trim()))
    });
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (name, value) in lines {
        match name.as_str() {
            "user-agent" => match groups.last_mut() {
                Some((agents, rules)) if rules.is_empty() => agents.push(value),
                _ => groups.push((vec![value], Vec::new())),
            },
            "allow" | "disallow" => {
                if let Some((_, rules)) = groups.last_mut()
                    && !value.is_empty()
                {
                    rules.push((name == "allow", value));
                }
            }
            _ => {}
        }
    }
    let of = |agent: &str| {
        groups
            .iter()
            .find(|(agents, _)| agents.iter().any(|known| known.eq_ignore_ascii_case(agent)))
    };
    let Some((_, rules)) = of("Baiduspider").or_else(|| of("*")) else {
        return true;
    };
    let fitting = rules.iter().filter(|(_, rule)| fits(rule, path));
    fitting
        .max_by_key(|(is_allowed, rule)| (rule.len(), *is_allowed))
        .is_none_or(|(is_allowed, _)| *is_allowed)
}

/// `*` stands for anything, `$` for the end; case counts.
fn fits(rule: &str, path: &str) -> bool {
    let (rule, to_end) = match rule.strip_suffix('$') {
        Some(rule) => (rule, true),
        None => (rule, false),
    };
    let mut parts = rule.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else {
        return false;
    };
    let mut last = "";
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
        last = part;
    }
    !to_end || rest.is_empty() || (rule.contains('*') && path.ends_with(last))
}

/// A title as a result shows it: whole, or cut off with an ellipsis.
pub fn shown(title: &str, columns: usize) -> String {
    if display_width(title) <= columns {
        return title.to_owned();
    }
    let mut cut = String::new();
    for character in title.chars() {
        let longer = format!("{cut}{character}");
        // The ellipsis takes two columns.
        if display_width(&longer) + 2 > columns {
            break;
        }
        cut = longer;
    }
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<html><head><title>老茶馆的一天-蓉城故事</title><meta name="description" content="清晨 &amp; 五点半。">
        <link rel="canonical" href="https://www.example.cn/s/42">
        <script type="application/ld+json">{"@context":"https://ziyuan.baidu.com/contexts/cambrian.jsonld","@id":"https://www.example.cn/s/42","title":"老茶馆的一天-蓉城故事","images":["https://www.example.cn/a.jpg"],"pubDate":"2026-03-01T08:00:00","upDate":"2026-03-02T09:30:00"}</script></head>
        <body><main><h1>老茶馆的一天</h1><time datetime="2026-03-01T08:00:00+08:00">2026-03-01</time><img src="/a.jpg" alt=""><p>老茶馆五点半开门。</p></main></body></html>"#;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_page_is_understood_as_it_stands() {
        let facts = facts("https://www.example.cn/s/42", PAGE);

        assert_eq!(facts.title, "老茶馆的一天-蓉城故事");
        assert_eq!(facts.heading, "老茶馆的一天");
        assert_eq!(facts.description, "清晨 & 五点半。");
        assert_eq!(facts.images, ["https://www.example.cn/a.jpg"]);
        assert!(is_about(&facts, None));
        let now = at("2026-03-03T00:00:00Z");
        assert_eq!(
            time_factor(&facts, now),
            Ok(Some("2026-03-01T08:00:00".into()))
        );
    }

    #[test]
    fn structured_data_that_is_not_as_it_must_be_is_ignored() {
        let now = at("2026-03-03T00:00:00Z");
        for (from, to) in [
            ("contexts/cambrian", "contexts/other"),
            (
                r#""@id":"https://www.example.cn/s/42""#,
                r#""@id":"https://www.example.cn/s/43""#,
            ),
            (r#""title":"老"#, r#""@type":"Article","title":"老"#),
            (r#"["https://www.example.cn/a.jpg"]"#, r#"["1","2"]"#),
            (
                r#""2026-03-01T08:00:00","upDate""#,
                r#""2026-03-01 08:00:00","upDate""#,
            ),
            ("2026-03-02T09:30:00", "2026-02-28T09:30:00"),
            (
                r#"datetime="2026-03-01T08:00:00"#,
                r#"datetime="2026-03-01T07:00:00"#,
            ),
        ] {
            let facts = facts("https://www.example.cn/s/42", &PAGE.replacen(from, to, 1));
            assert!(time_factor(&facts, now).is_err(), "{from} → {to}");
        }
        let facts = facts("https://www.example.cn/s/42", PAGE);
        assert!(time_factor(&facts, at("2026-02-28T00:00:00Z")).is_err());
    }

    #[test]
    fn two_pictures_are_as_good_as_none() {
        let facts = facts("https://www.example.cn/s/42", PAGE);
        let named = |count: usize| {
            (0..count)
                .map(|number| (number.to_string(), None))
                .collect()
        };
        let now = at("2026-03-03T00:00:00Z");

        assert_eq!(seen(&facts, None, named(3), now).images.len(), 3);
        let two = seen(&facts, None, named(2), now);
        assert!(two.images.is_empty() && two.ignored.len() == 1);
    }

    #[test]
    fn robots_are_read_as_baidu_reads_them() {
        let robots = "User-agent: *\nDisallow: /admin\nDisallow: /*.json$\n\nUser-agent: Baiduspider\nDisallow: /s/old\nAllow: /s/old/good\n";

        assert!(is_allowed(robots, "/admin"), "its own rules alone count");
        assert!(!is_allowed(robots, "/s/old"));
        assert!(is_allowed(robots, "/s/old/good"));
        assert!(is_allowed(robots, "/S/old"), "case counts");
        let all = "User-agent: *\nDisallow: /*.json$\n";
        assert!(!is_allowed(all, "/a/b.json"));
        assert!(is_allowed(all, "/a/b.jsonl"));
    }

    #[test]
    fn a_title_is_shown_up_to_the_screens_width() {
        let title = "老茶馆的一天：五点半的第一壶水与三十年的规矩和街坊们的早茶-蓉城故事";
        assert_eq!(shown("老茶馆", 52), "老茶馆");
        assert_eq!(
            shown(title, 52),
            "老茶馆的一天：五点半的第一壶水与三十年的规矩和街坊…"
        );
    }
}
