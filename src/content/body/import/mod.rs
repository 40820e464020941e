//! Bodies from HTML and from Markdown. Markdown becomes HTML first; HTML is sanitized, and then only what the
//! tree knows gets in.

mod element;
mod reader;
#[cfg(test)]
mod tests;

use comrak::{Options, markdown_to_html};
use html5ever::{parse_fragment, tendril::TendrilSink as _};
use markup5ever_rcdom::RcDom;

use self::reader::Reader;
use super::Body;
use crate::{
    error::{Error, ErrorKind, Result},
    id::AssetId,
};

/// The most elements that are read.
const MOST_ELEMENTS: usize = 10_000;

/// A body that was read, and what had to be left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imported {
    /// The body.
    pub body: Body,
    /// Addresses of pictures that are not among our files.
    pub missing_pictures: Vec<String>,
}

/// Markdown as HTML, nothing of which is trusted.
pub fn markdown_html(markdown: &str) -> String {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    // Without it `**注意：**请` is not bold: the rules of CommonMark look for spaces that Chinese does not have.
    options.extension.cjk_friendly_emphasis = true;
    options.render.github_pre_lang = true;
    options.render.r#unsafe = true;
    markdown_to_html(markdown, &options)
}

/// Refuses HTML with so many elements that reading it would take seconds: nested ones cost the square of their number.
pub fn check_elements(html: &str) -> Result<()> {
    let count = html
        .as_bytes()
        .windows(2)
        .filter(|two| two[0] == b'<' && two[1].is_ascii_alphabetic())
        .count();
    if count > MOST_ELEMENTS {
        return Err(Error::new(
            ErrorKind::TooLarge,
            format!("has {count} elements; at most {MOST_ELEMENTS} are taken: split it"),
        ));
    }
    Ok(())
}

impl Body {
    /// Reads Markdown. `find_picture` tells which of our files an address means.
    pub fn from_markdown(
        markdown: &str,
        find_picture: &dyn Fn(&str) -> Option<AssetId>,
    ) -> Imported {
        Self::from_html(&markdown_html(markdown), find_picture)
    }

    /// Reads HTML. `find_picture` tells which of our files an address means.
    pub fn from_html(html: &str, find_picture: &dyn Fn(&str) -> Option<AssetId>) -> Imported {
        let clean = ammonia::Builder::default()
            .add_url_schemes(["asset", "video", "product"])
            .url_relative(ammonia::UrlRelative::PassThrough)
            .add_tags([
                "figure",
                "figcaption",
                "section",
                "article",
                "main",
                "h1",
                "video",
            ])
            .add_tag_attributes("img", ["data-src"])
            .add_tag_attributes("ol", ["start"])
            .add_tag_attributes("pre", ["lang"])
            .add_tag_attributes("code", ["class"])
            .clean(html)
            .to_string();
        let name =
            html5ever::QualName::new(None, html5ever::ns!(html), html5ever::local_name!("body"));
        let dom = parse_fragment(
            RcDom::default(),
            html5ever::ParseOpts::default(),
            name,
            Vec::new(),
            false,
        )
        .one(clean);
        Reader::new(find_picture).read(&dom.document)
    }
}
