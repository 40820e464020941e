//! The index page (自动同步): the list that the page `swan-sitemap/index` of a mini-program shows to the crawler. It takes
//! no allowance, so it catches what a lost submission left out (introduction/rank_synchronism, develop/framework/sitemap).

use serde_json::{Value, json};

use super::time;
use crate::channels::{Feed, FeedPage, SiteProfile};

/// 100 to 200 items a page, newest first.
pub const FEED: Feed = Feed {
    name: "index",
    page_size: 100,
    render,
};

/// `list`, `currentPage` and `totalPage` are what the component `swan-sitemap-list` takes.
fn render(profile: &SiteProfile, page: &FeedPage) -> Value {
    let list: Vec<Value> = page
        .items
        .iter()
        .map(|item| {
            json!({
                "title": item.title,
                "path": profile.path(item.kind, &item.slug),
                "releaseDate": time::release_date(item.first_published_at),
            })
        })
        .collect();
    json!({ "list": list, "currentPage": page.number, "totalPage": page.total })
}

#[cfg(test)]
mod tests {
    use super::{super::derive::tests::profile, *};
    use crate::channels::{ContentKind, FeedItem};

    #[test]
    fn an_item_has_title_path_and_date_as_the_library_reads_them() {
        let item = FeedItem {
            kind: ContentKind::Story,
            slug: "lao-cha-guan".into(),
            title: "老茶馆的一天".into(),
            first_published_at: "2026-03-01T00:00:00Z".parse().expect("an instant"),
        };
        let page = FeedPage {
            items: vec![item],
            number: 1,
            total: 3,
        };

        assert_eq!(
            render(&profile("蓉城故事"), &page),
            json!({
                "list": [{ "title": "老茶馆的一天", "path": "/pages/story/index?id=lao-cha-guan", "releaseDate": "2026-03-01 08:00:00" }],
                "currentPage": 1,
                "totalPage": 3,
            })
        );
    }
}
