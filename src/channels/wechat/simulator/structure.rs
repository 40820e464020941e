//! The platform's specification of the structure of articles (wechatjs/verify-article-structure-spec, 1.0.0), as far as
//! markup alone shows it, and the public call that checks it.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use html5ever::{
    serialize::{SerializeOpts, TraversalScope, serialize},
    tendril::TendrilSink as _,
};
use markup5ever_rcdom::{Handle, NodeData, RcDom, SerializableHandle};
use serde_json::{Value, json};

/// The column of the editor in pixels.
const COLUMN: f64 = 677.0;
/// Levels with a single child that stay.
const DEEPEST: usize = 10;
/// So many children of which so many are empty are pruned.
const CHILDREN: (usize, usize) = (20, 15);
/// Lines closer than this part of their size overlap.
const CLOSEST: f64 = 0.95;

struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    style: BTreeMap<String, String>,
}

fn element(node: &Handle) -> Option<Element> {
    let NodeData::Element { name, attrs, .. } = &node.data else {
        return None;
    };
    let attributes: BTreeMap<String, String> = attrs
        .borrow()
        .iter()
        .map(|one| (one.name.local.to_string(), one.value.to_string()))
        .collect();
    let style = attributes.get("style").map_or("", String::as_str);
    let style = style.split(';').filter_map(|one| one.split_once(':'));
    let style =
        style.map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_lowercase()));
    Some(Element {
        name: name.local.to_string(),
        style: style.collect(),
        attributes,
    })
}

fn elements(node: &Handle) -> Vec<Handle> {
    let children = node.children.borrow();
    children
        .iter()
        .filter(|child| matches!(child.data, NodeData::Element { .. }))
        .cloned()
        .collect()
}

fn text(node: &Handle) -> String {
    let own = match &node.data {
        NodeData::Text { contents } => contents.borrow().trim().to_owned(),
        _ => String::new(),
    };
    let inner = node.children.borrow();
    inner.iter().fold(own, |all, child| all + &text(child))
}

fn pixels(value: Option<&String>) -> Option<f64> {
    value?.strip_suffix("px")?.trim().parse().ok()
}

/// What an element does that the specification does not want, by its rules.
fn broken(node: &Handle, element: &Element) -> Vec<(&'static str, &'static str)> {
    let style = |name: &str| element.style.get(name).map_or("", String::as_str);
    let mut broken = Vec::new();
    let mut must_not = |is_broken: bool, rule, words| {
        if is_broken {
            broken.push((rule, words));
        }
    };
    let size = pixels(element.style.get("font-size")).unwrap_or(16.0);
    let height = style("line-height");
    let lines = height.parse().ok().or_else(|| {
        let height = pixels(element.style.get("line-height"))?;
        Some(height / size)
    });
    must_not(
        element.name == "img" && style("opacity").parse() == Ok(0.0),
        "opacity",
        "an image is invisible",
    );
    must_not(
        style("caret-color") == "transparent",
        "caret-color",
        "the caret is invisible",
    );
    must_not(
        lines.is_some_and(|lines: f64| lines < CLOSEST) && !text(node).is_empty(),
        "line-height",
        "lines overlap",
    );
    must_not(
        pixels(element.style.get("width")).is_some_and(|width| width > COLUMN)
            && !element.attributes.contains_key("data-ignore-width"),
        "width",
        "wider than the column",
    );
    must_not(
        matches!(style("height"), "0" | "0px") && !text(node).is_empty(),
        "height",
        "a box without height holds text",
    );
    must_not(
        matches!(style("text-align"), "start" | "end"),
        "text-align",
        "use left or right",
    );
    must_not(
        element.attributes.get("begin").map(String::as_str) == Some("touchstart"),
        "svg-animation",
        "begins at a touch",
    );
    must_not(
        element.name == "pre" && elements(node).iter().all(|child| !is(child, "code")),
        "pre",
        "used for prose",
    );
    let children = elements(node);
    let empty = children.iter().filter(|child| {
        text(child).is_empty()
            && elements(child).is_empty()
            && !is(child, "img")
            && !is(child, "br")
    });
    must_not(
        children.len() > CHILDREN.0 && empty.count() > CHILDREN.1,
        "empty-siblings",
        "most children are empty",
    );
    broken
}

fn is(node: &Handle, wanted: &str) -> bool {
    matches!(&node.data, NodeData::Element { name, .. } if &*name.local == wanted)
}

type Found = BTreeMap<&'static str, (Vec<&'static str>, Vec<Value>)>;

fn walk(node: &Handle, depth: usize, found: &mut Found) {
    let children = elements(node);
    // Levels count as long as each has nothing but the next.
    let is_single = children.len() == 1 && text(node) == text(&children[0]);
    let depth = if is_single { depth + 1 } else { 0 };
    let mut told = element(node).map_or_else(Vec::new, |element| broken(node, &element));
    if depth == DEEPEST + 1 {
        told.push(("nest-level", "nested too deeply"));
    }
    for (rule, words) in told {
        let (rules, items) = found.entry(rule).or_default();
        rules.push(words);
        items.push(json!({ "outerHTML": outer(node) }));
    }
    for child in &children {
        walk(child, depth, found);
    }
}

fn outer(node: &Handle) -> String {
    let mut bytes = Vec::new();
    let options = SerializeOpts {
        traversal_scope: TraversalScope::IncludeNode,
        ..SerializeOpts::default()
    };
    let node = SerializableHandle::from(node.clone());
    // Writing into memory does not fail; what is missing in the excerpt is seen.
    let _ = serialize(&mut bytes, &node, options);
    String::from_utf8_lossy(&bytes).chars().take(200).collect()
}

/// Holds a body against the specification.
pub fn verify(content: &str) -> Value {
    let page = html5ever::parse_document(RcDom::default(), html5ever::ParseOpts::default());
    let page = page.one(content);
    let html = elements(&page.document).into_iter().next();
    let body = html.and_then(|html| elements(&html).into_iter().find(|one| is(one, "body")));
    let mut found = Found::new();
    for child in body.iter().flat_map(elements) {
        walk(&child, 0, &mut found);
    }
    let info: serde_json::Map<String, Value> = found
        .into_iter()
        .map(|(rule, (rules, items))| {
            (
                rule.to_owned(),
                json!({ "violateRules": rules, "items": items }),
            )
        })
        .collect();
    json!({ "isValid": info.is_empty(), "inValidInfo": info })
}

/// `POST /article-bin/verify_article_structure`: nobody has to say who asks.
pub async fn answer(body: web::Bytes) -> HttpResponse {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    match body["content"].as_str() {
        Some(content) => HttpResponse::Ok().json(verify(content)),
        None => HttpResponse::BadRequest().json(json!({ "message": "content is missing" })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &str, expected: &[&str]) {
        let told = verify(content);
        let rules: Vec<&String> = told["inValidInfo"]
            .as_object()
            .expect("rules")
            .keys()
            .collect();
        assert_eq!(rules, expected, "{content}");
        assert_eq!(told["isValid"], expected.is_empty());
    }

    #[test]
    fn what_the_specification_forbids_is_named_by_its_rule() {
        check(
            "<section><p style=\"line-height:1.75\">茶</p></section>",
            &[],
        );
        check("<img src=\"a\" style=\"opacity:0\">", &["opacity"]);
        check("<p style=\"line-height:0.5\">茶</p>", &["line-height"]);
        check(
            "<p style=\"font-size:20px;line-height:10px\">茶</p>",
            &["line-height"],
        );
        check("<section style=\"width:900px\">茶</section>", &["width"]);
        check(
            "<section style=\"width:900px\" data-ignore-width=\"1\">茶</section>",
            &[],
        );
        check("<section style=\"height:0\">茶</section>", &["height"]);
        check("<p style=\"text-align:start\">茶</p>", &["text-align"]);
        check("<pre>春眠不觉晓</pre>", &["pre"]);
        check("<pre><code>let a;</code></pre>", &[]);
        check(
            &format!("<section>{}</section>", "<p></p>".repeat(21)),
            &["empty-siblings"],
        );
        let deep = |levels: usize| {
            format!(
                "{}茶{}",
                "<section>".repeat(levels),
                "</section>".repeat(levels)
            )
        };
        check(&deep(10), &[]);
        check(&deep(13), &["nest-level"]);
    }
}
