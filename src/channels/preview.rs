//! How readers of a channel meet content on a phone: one of a few layouts, and what stands where in it. The admin UI draws
//! layouts and knows no platform.

use super::LocalText;

/// A shape in which a phone shows content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreviewLayout {
    /// A page to read: title, byline, the text with its pictures.
    Article,
    /// A wide cover with the title on it, as it arrives among messages.
    CoverCard,
    /// An entry among results of a search.
    SearchResult,
    /// A title beside one picture or above three, as in a stream of news.
    FeedCard,
    /// Words above a grid of pictures.
    Post,
    /// The whole screen, with the words over the lower part and buttons at the right.
    VideoScreen,
}

/// One way in which readers meet what a lane sends: what of the variant stands where.
#[derive(Debug)]
pub struct Preview {
    /// The name that people see.
    pub name: LocalText,
    /// Its shape.
    pub layout: PreviewLayout,
    /// The field that is the title.
    pub title: Option<&'static str>,
    /// The field that says whose it is.
    pub byline: Option<&'static str>,
    /// The field that is the text.
    pub text: Option<&'static str>,
    /// The field that holds tags.
    pub tags: Option<&'static str>,
    /// The field that leads on: an address, or the words of a button.
    pub link: Option<&'static str>,
    /// The pictures: the first of these specifications that the variant has.
    pub pictures: &'static [&'static str],
}

impl Preview {
    /// A layout in which nothing stands yet.
    pub const fn new(layout: PreviewLayout, name: LocalText) -> Self {
        Self {
            name,
            layout,
            title: None,
            byline: None,
            text: None,
            tags: None,
            link: None,
            pictures: &[],
        }
    }

    /// The fields that it shows.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        [self.title, self.byline, self.text, self.tags, self.link]
            .into_iter()
            .flatten()
    }
}
