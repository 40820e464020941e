//! What HTML of all kinds becomes.

use proptest::prelude::*;

use super::*;
use crate::content::body::{HtmlContext, PictureView, ProductView, VideoView};
use crate::id::{ItemId, ProductId};

struct Nothing;

impl HtmlContext for Nothing {
    fn picture(&self, _: AssetId) -> Option<PictureView> {
        None
    }
    fn video(&self, _: ItemId) -> Option<VideoView> {
        None
    }
    fn product(&self, _: ProductId) -> Option<ProductView> {
        None
    }
}

fn read(markdown: &str) -> Body {
    Body::from_markdown(markdown, &|_| None).body
}

#[test]
fn markdown_becomes_a_tree_and_html() {
    let body = read("先**洗净**鲈鱼。\n\n## 步骤\n\n1. 切姜\n2. 上锅 `8` 分钟\n\n> 小火\n");

    assert_eq!(
        body.to_html(&Nothing),
        "<p>先<strong>洗净</strong>鲈鱼。</p>\n<h2>步骤</h2>\n<ol><li>切姜</li><li>上锅 <code>8</code> 分钟</li></ol>\n<blockquote><p>小火</p>\n</blockquote>\n"
    );
    assert_eq!(
        body.paragraphs(),
        ["先洗净鲈鱼。", "步骤", "切姜", "上锅 8 分钟", "小火"]
    );
}

#[test]
fn markdown_comes_back_as_it_was_meant() {
    for markdown in [
        "a\n\n- b\n- c\n  - d\n",
        "## t\n\nx *y* **z** ~~w~~\n",
        "> q\n>\n> r\n",
        "```\ncode\n```\n",
        "3. x\n4. y\n",
        "1\\. no list\n",
        "---\n",
        "a\\\nb\n",
    ] {
        let body = read(markdown);

        assert_eq!(
            read(&body.to_markdown()),
            body,
            "{markdown:?} -> {:?}",
            body.to_markdown()
        );
    }
}

#[test]
fn a_picture_we_have_is_kept_and_one_we_lack_is_reported() {
    let id = AssetId::new();

    let imported = Body::from_markdown("看 ![鱼](images/a.jpg) 和 ![](http://x/b.jpg)", &|src| {
        (src == "images/a.jpg").then_some(id)
    });

    assert_eq!(imported.body.pictures(), [id]);
    assert_eq!(imported.missing_pictures, ["http://x/b.jpg"]);
}

#[test]
fn hostile_html_leaves_nothing_but_text() {
    let html = "<p onclick=x>a<script>alert(1)</script><a href='javascript:alert(1)'>b</a><img src=x onerror=y><iframe src=z></iframe></p><style>p{}</style>";

    let body = Body::from_html(html, &|_| None).body;

    assert_eq!(body.to_html(&Nothing), "<p>ab</p>\n");
}

#[test]
fn bold_words_end_where_chinese_writers_mean() {
    assert_eq!(
        read("**注意：**请洗净。他说**“好”**吧。").to_html(&Nothing),
        "<p><strong>注意：</strong>请洗净。他说<strong>“好”</strong>吧。</p>\n"
    );
}

#[test]
fn the_language_of_code_goes_in_and_out() {
    let body = read("```rust\nfn main() {}\n```\n");

    assert_eq!(body.to_markdown(), "```rust\nfn main() {}\n```\n");
    let html = "<pre><code class=\"x language-c++\">a</code></pre><pre lang=\"<b>\">b</pre>";
    assert_eq!(
        Body::from_html(html, &|_| None).body.to_markdown(),
        "```c++\na\n```\n\n```\nb\n```\n"
    );
}

#[test]
fn elements_deep_within_each_other_are_read() {
    for (open, close) in [
        ("<div>", "</div>"),
        ("<b>", "</b>"),
        ("<ul><li>", "</li></ul>"),
        ("<p><a href=\"/\">", "</a></p>"),
    ] {
        let html = format!("{}x{}", open.repeat(2000), close.repeat(2000));

        let body = Body::from_html(&html, &|_| None).body;

        body.check().expect("within bounds");
        assert_eq!(body.to_plain_text().trim(), "x");
    }
}

#[test]
fn too_many_elements_are_refused_unread() {
    check_elements(&"<br>".repeat(MOST_ELEMENTS)).expect("just enough");

    for html in [
        "<b>".repeat(MOST_ELEMENTS + 1),
        markdown_html(&">".repeat(100_000)),
    ] {
        let error = check_elements(&html).expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::TooLarge);
    }
}

#[test]
fn deep_nesting_is_flattened_not_followed() {
    let html = format!(
        "{}x{}",
        "<blockquote>".repeat(400),
        "</blockquote>".repeat(400)
    );

    let body = Body::from_html(&html, &|_| None).body;

    body.check().expect("within bounds");
    assert_eq!(body.to_plain_text(), "x");
}

/// Pieces that mean something to Markdown, between words that do not.
fn any_markdown() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => Just("鱼"), 2 => Just("fish"), 2 => Just(" "), 2 => Just("\n"), 3 => Just("\n\n"),
        2 => Just("**"), 2 => Just("*"), 1 => Just("~~"), 2 => Just("`"), 1 => Just("_"), 1 => Just("\\"),
        2 => Just("- "), 2 => Just("1. "), 1 => Just("3) "), 2 => Just("> "), 2 => Just("## "), 1 => Just("   "),
        1 => Just("[鱼](/s/yu)"), 1 => Just("[**鱼**](https://a.cn/(x))"), 1 => Just("<"), 1 => Just(">"),
        1 => Just("&amp;"), 1 => Just("&lt;"), 1 => Just("!"), 1 => Just("["), 1 => Just("]"), 1 => Just("("),
        1 => Just("："), 1 => Just("“"), 1 => Just("”"), 1 => Just("---\n"), 1 => Just("```\n"), 1 => Just("| a | b |\n"),
        1 => Just("+ "), 1 => Just("="), 1 => Just("#"), 1 => Just("1"), 1 => Just("."), 1 => Just("  \n"), 1 => Just("\\\n"),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

#[test]
fn what_only_looks_like_markdown_comes_back() {
    for markdown in [
        "+ ---\n",
        "\\[**鱼**](https://a.cn/(x))&amp;鱼",
        "鱼`   `- ",
        "鱼`   `1. ",
        "## \\#",
        "鱼鱼[[[鱼](/s/yu)\\[**鱼**](https://a.cn/(x))",
    ] {
        let out = read(markdown).to_markdown();
        assert_eq!(read(&out).to_markdown(), out, "{markdown:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn whatever_was_read_comes_back_from_its_markdown(markdown in any_markdown()) {
        let body = read(&markdown);
        let out = body.to_markdown();

        // Whether the space between two bold words is bold itself cannot be written down, nor seen.
        let again = read(&out);
        prop_assert_eq!(again.to_markdown(), out.clone(), "{:?} -> {:?}", markdown, out);
        prop_assert_eq!(again.to_plain_text(), body.to_plain_text(), "{:?} -> {:?}", markdown, out);
    }
}

proptest! {
    #[test]
    fn no_input_gets_a_script_or_a_handler_out(html in "(<[a-z]{1,8}( on[a-z]{3,5}=[a-z(1)]{1,9})?( href=\"[a-z:(1)/]{1,20}\")?>|</[a-z]{1,8}>|[a-z<>\"'&;一-丅]{0,9}){0,12}") {
        let body = Body::from_html(&html, &|_| None).body;
        let out = body.to_html(&Nothing);

        prop_assert!(body.check().is_ok());
        prop_assert!(!out.contains("<script") && !out.contains("javascript:"), "{out}");
        prop_assert_eq!(Body::from_json(body.to_json()).expect("reads back"), body);
    }
}
