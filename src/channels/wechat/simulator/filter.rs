//! What the platform makes of a body: scripts, forms and styles are taken out, wrappers dissolved, links to other sites
//! stripped, pictures that were not uploaded for a text left out; nothing of it is an error.

use std::collections::{HashMap, HashSet};

/// Elements that are kept.
const KEPT: [&str; 30] = [
    "section",
    "p",
    "span",
    "a",
    "img",
    "strong",
    "b",
    "em",
    "i",
    "s",
    "u",
    "br",
    "ol",
    "ul",
    "li",
    "table",
    "tbody",
    "thead",
    "tr",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "h4",
    "blockquote",
    "pre",
    "code",
    "sup",
    "sub",
];
/// Elements that go with what is in them.
const EMPTIED: [&str; 5] = ["script", "style", "iframe", "form", "object"];

/// The body as the platform keeps it; `pictures` are the addresses of those that were uploaded for a text, without scheme.
pub fn filter(html: &str, pictures: &[String]) -> String {
    let pictures = pictures.to_vec();
    let table = HashSet::from(["style", "width", "height", "colspan", "rowspan", "border"]);
    let tags = HashMap::from([
        ("a", HashSet::from(["href"])),
        ("img", HashSet::from(["src", "alt", "data-w"])),
        ("table", table.clone()),
        ("td", table.clone()),
        ("th", table),
    ]);
    let cleaned = ammonia::Builder::empty()
        .tags(HashSet::from(KEPT))
        .clean_content_tags(HashSet::from(EMPTIED))
        .generic_attributes(HashSet::from([
            "style",
            "data-ignore-width",
            "data-ignore-dm",
        ]))
        .tag_attributes(tags)
        .url_schemes(HashSet::from(["http", "https"]))
        .link_rel(None)
        .attribute_filter(
            move |element, attribute, value| match (element, attribute) {
                ("img", "src") => {
                    let is_ours = pictures.iter().any(|one| value.ends_with(one.as_str()));
                    is_ours.then(|| value.into())
                }
                ("a", "href") => {
                    let host = value.split("//").nth(1).unwrap_or_default();
                    host.starts_with("mp.weixin.qq.com/").then(|| value.into())
                }
                (_, "style") => Some(style(value).into()),
                _ => Some(value.into()),
            },
        )
        .clean(html)
        .to_string();
    rename(&cleaned)
}

/// Declarations that survive.
fn style(value: &str) -> String {
    let is_kept = |one: &&str| {
        let name = one.split(':').next().unwrap_or_default().trim();
        let is_lost = ["position", "-webkit-overflow-scrolling"].contains(&name)
            || name.starts_with("--")
            || one.contains("var(");
        !is_lost
    };
    let kept: Vec<&str> = value.split(';').filter(is_kept).collect();
    kept.join(";")
}

/// Pictures without an address are gone, others carry it as `data-src`; quotes in styles come back as entities.
fn rename(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        out.push_str(&rest[..at]);
        let tag = &rest[at..end];
        if tag.starts_with("<img") {
            if tag.contains(" src=\"") {
                out.push_str(&tag.replace(" src=\"", " data-src=\""));
            }
        } else {
            out.push_str(&tag.replace('\'', "&#39;"));
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &str) {
        assert_eq!(filter(html, &["mmbiz.qpic.cn/a".to_owned()]), expected);
    }

    #[test]
    fn what_the_platform_takes_out_is_gone_without_a_word() {
        check(
            "<script>x()</script><p onclick=\"x()\" class=\"a\" id=\"b\">茶</p>",
            "<p>茶</p>",
        );
        check("<div style=\"color:red\"><p>茶</p></div>", "<p>茶</p>");
        check("<a href=\"https://example.cn/\">看</a>", "<a>看</a>");
        check(
            "<a href=\"https://mp.weixin.qq.com/s/a\">看</a>",
            "<a href=\"https://mp.weixin.qq.com/s/a\">看</a>",
        );
        check(
            "<p style=\"position:fixed;color:red;--a:1\">茶</p>",
            "<p style=\"color:red\">茶</p>",
        );
        check(
            "<p style=\"font-family:'a'\">它's</p>",
            "<p style=\"font-family:&#39;a&#39;\">它's</p>",
        );
    }

    #[test]
    fn only_pictures_of_the_platform_stay_and_under_another_attribute() {
        check(
            "<p><img src=\"https://mmbiz.qpic.cn/a\"><img src=\"https://example.cn/b.jpg\"></p>",
            "<p><img data-src=\"https://mmbiz.qpic.cn/a\"></p>",
        );
    }
}
