//! WeChat official accounts: articles that the API publishes (lane `publish`), picture posts (lane `picture`), and drafts
//! that a person publishes in the console (lane `draft`), for accounts that may no more than that. What followers are
//! told of goes by a lane of its own (`mass`), which an account opens by saying who gets it. With a mini-program, stories
//! go to the platform's search as well (lane `search`).
//!
//! Limits come from the platform's documentation (developers.weixin.qq.com); each constant names its page. Where the
//! page and what accounts were seen to take differ, a rule warns of the page's limit and the field holds the other.

mod account;
mod adapter;
mod article;
mod callback;
mod client;
mod derive;
mod error;
mod html;
mod inspect;
mod link;
mod lookup;
mod mass;
mod mini;
mod rules;
mod search;
mod simulator;
mod statistics;

use super::{
    ChoiceOption, ContentKind, Descriptor, Field, FieldType, LaneDescriptor, LengthUnit, Limit,
    LocalText, Period, PictureFormat, PictureSpec, Preview, PreviewLayout, QuotaSpec,
};

/// The lane of articles that the API publishes.
pub const PUBLISH: &str = "publish";
/// The lane of picture posts.
pub const PICTURES: &str = "picture";
/// The lane of drafts that a person publishes.
pub const DRAFT: &str = "draft";
/// The lane of articles that are sent to followers.
pub const MASS: &str = "mass";
/// The lane of mini-program pages for the platform's search.
pub const SEARCH: &str = "search";
/// Kinds of accounts, which differ in how often they may send to followers.
const KINDS: &[ChoiceOption] = &[
    ChoiceOption::new(
        "订阅号",
        LocalText::new(
            "订阅号，每天可群发 1 次",
            "Subscription account, one message a day",
        ),
    ),
    ChoiceOption::new(
        "服务号",
        LocalText::new(
            "服务号，每月可群发 4 次",
            "Service account, four messages a month",
        ),
    ),
];
/// The cover of an article: 2.35:1, of which the list shows the middle as a square.
pub const COVER: &str = "wechat_cover";
/// A picture within an article.
pub const BODY: &str = "wechat_body";
/// A picture of a picture post.
pub const PICTURE: &str = "wechat_picture";
/// Pictures of a picture post at most (draft/add).
const MOST_PICTURES: usize = 20;

const ARTICLES: &[&str] = &[PUBLISH, MASS, DRAFT];
/// Lanes of what the official account posts.
const POSTS: &[&str] = &[PUBLISH, PICTURES, MASS, DRAFT];

/// Which set a page goes into: what readers find, or what the platform reviews first (`@type` of submitpages).
const SETS: &[ChoiceOption] = &[
    ChoiceOption::new(
        "production",
        LocalText::new("正式数据", "What readers find"),
    ),
    ChoiceOption::new(
        "review",
        LocalText::new("送审的测试数据", "Test data for the review"),
    ),
];
/// Covers of a page at most (submitpages).
pub const MOST_COVERS: usize = 3;
/// Bytes of the text of a page at most: a page has 1 MB (submitpages, 108002), and what JSON escapes takes twice its room.
pub const LONGEST_PAGE_TEXT: u32 = 450_000;

/// Who may comment, and how the wire says it: `need_open_comment`, `only_fans_can_comment`.
const COMMENTS: &[LocalText] = &[
    LocalText::new("不开放", "Closed"),
    LocalText::new("所有人", "Everyone"),
    LocalText::new("仅粉丝", "Followers only"),
];

const fn field(
    name: &'static str,
    label: LocalText,
    kind: FieldType,
    lanes: &'static [&'static str],
    max: u32,
) -> Field {
    let limit = Limit::up_to(max, LengthUnit::Characters);
    Field::new(name, label, kind, lanes, Some(limit))
}

/// An article as it is read, as it arrives, and as it is passed on.
const ARTICLE_VIEWS: &[Preview] = &[
    Preview {
        title: Some("title"),
        byline: Some("author"),
        text: Some("content"),
        link: Some("content_source_url"),
        ..Preview::new(PreviewLayout::Article, LocalText::new("文章页", "Article"))
    },
    Preview {
        title: Some("title"),
        text: Some("digest"),
        pictures: &[COVER],
        ..Preview::new(
            PreviewLayout::CoverCard,
            LocalText::new("消息列表", "Among messages"),
        )
    },
    Preview {
        title: Some("title"),
        text: Some("digest"),
        pictures: &[COVER],
        ..Preview::new(
            PreviewLayout::FeedCard,
            LocalText::new("转发卡片", "Passed on"),
        )
    },
];
const PICTURE_VIEWS: &[Preview] = &[Preview {
    title: Some("title"),
    byline: Some("author"),
    text: Some("text"),
    pictures: &[PICTURE],
    ..Preview::new(
        PreviewLayout::Post,
        LocalText::new("图片消息", "Picture post"),
    )
}];

/// A page among what somebody searched for.
const SEARCH_VIEWS: &[Preview] = &[Preview {
    title: Some("search_title"),
    text: Some("search_abstract"),
    link: Some("search_path"),
    pictures: &[PICTURE],
    ..Preview::new(
        PreviewLayout::SearchResult,
        LocalText::new("搜一搜", "Search"),
    )
}];

const fn lane(id: &'static str, name: LocalText, previews: &'static [Preview]) -> LaneDescriptor {
    LaneDescriptor {
        id,
        name,
        takes: &[ContentKind::Story],
        needs_live_page: false,
        can_update: false,
        can_withdraw: true,
        shows_result: true,
        quotas: &[],
        // What a lost submission became of shows within ten minutes, or it is taken as never begun.
        listing_delay_s: Some(600),
        max_resends: 2,
        previews,
    }
}

/// How often an account of a kind may send to followers (mass/sendall).
const fn sendings(name: &'static str, allowed: u32, per: Period, kind: usize) -> QuotaSpec {
    QuotaSpec {
        name,
        allowed,
        per,
        zone: chrono_tz::Asia::Shanghai,
        only: Some(("account_kind", KINDS[kind].value)),
    }
}

/// The channel.
pub static CHANNEL: Descriptor = Descriptor {
    id: "wechat",
    name: LocalText::new("微信公众号", "WeChat"),
    lanes: &[
        lane(
            PUBLISH,
            LocalText::new("发布图文", "Publish article"),
            ARTICLE_VIEWS,
        ),
        lane(
            PICTURES,
            LocalText::new("发布图片消息", "Publish pictures"),
            PICTURE_VIEWS,
        ),
        LaneDescriptor {
            // A follower gets at most one message a day, or four a month.
            quotas: &[
                sendings("mass_daily", 1, Period::Day, 0),
                sendings("mass_monthly", 4, Period::Month, 1),
            ],
            // It is in no list; the same number again does no harm.
            listing_delay_s: None,
            ..lane(
                MASS,
                LocalText::new("群发图文", "Send to followers"),
                ARTICLE_VIEWS,
            )
        },
        LaneDescriptor {
            can_withdraw: false,
            ..lane(DRAFT, LocalText::new("存草稿", "Save draft"), ARTICLE_VIEWS)
        },
        LaneDescriptor {
            can_update: true,
            shows_result: false,
            // How many pages a day the platform says in the console alone (47006); this is our guess.
            quotas: &[QuotaSpec {
                name: "search_daily",
                allowed: 10_000,
                per: Period::Day,
                zone: chrono_tz::Asia::Shanghai,
                only: None,
            }],
            // There is no list; the same page again overwrites itself.
            listing_delay_s: None,
            max_resends: 3,
            ..lane(SEARCH, LocalText::new("搜一搜收录", "Search"), SEARCH_VIEWS)
        },
    ],
    fields: &[
        // The page says 32 characters, 64 are taken (draft/add; probes of June 2026).
        field(
            "title",
            LocalText::new("标题", "Title"),
            FieldType::Text,
            POSTS,
            64,
        ),
        // At most 16 characters (draft/add, 45110).
        Field {
            required: false,
            ..field(
                "author",
                LocalText::new("作者", "Author"),
                FieldType::Text,
                POSTS,
                16,
            )
        },
        // At most 128 characters (draft/add, 45004).
        field(
            "digest",
            LocalText::new("摘要", "Digest"),
            FieldType::LongText,
            ARTICLES,
            128,
        ),
        // At most 20,000 characters and 1 MB (draft/add, 45002).
        Field {
            editable: false,
            ..field(
                "content",
                LocalText::new("正文", "Body"),
                FieldType::RichText,
                ARTICLES,
                20_000,
            )
        },
        // Plain text (draft/add, 45166); how long is not published, what a telephone shows is not more.
        field(
            "text",
            LocalText::new("图片说明", "Text of the pictures"),
            FieldType::LongText,
            &[PICTURES],
            1000,
        ),
        // At most 1 KB (draft/add, 45005), our reference included.
        Field {
            limit: Some(Limit::up_to(960, LengthUnit::Utf8Bytes)),
            ..field(
                "content_source_url",
                LocalText::new("阅读原文", "Read more"),
                FieldType::Text,
                POSTS,
                0,
            )
        },
        Field {
            options: COMMENTS,
            limit: None,
            ..field(
                "comment",
                LocalText::new("留言", "Comments"),
                FieldType::Choice,
                POSTS,
                0,
            )
        },
        // About 20 characters are advised (submitpages); a longer one is a warning.
        Field::new(
            "search_title",
            LocalText::new("搜索标题", "Title in search"),
            FieldType::Text,
            &[SEARCH],
            None,
        ),
        // A list on the wire: one entry for each line.
        Field::new(
            "search_abstract",
            LocalText::new("搜索摘要（每行一条）", "Abstract in search (one a line)"),
            FieldType::LongText,
            &[SEARCH],
            None,
        ),
        Field::new(
            "search_text",
            LocalText::new("搜索正文", "Text in search"),
            FieldType::LongText,
            &[SEARCH],
            Some(Limit::up_to(LONGEST_PAGE_TEXT, LengthUnit::Utf8Bytes)),
        ),
        Field {
            editable: false,
            ..Field::new(
                "search_path",
                LocalText::new("小程序页面", "Page of the mini-program"),
                FieldType::Text,
                &[SEARCH],
                None,
            )
        },
        Field {
            editable: false,
            required: false,
            ..Field::new(
                "search_covers",
                LocalText::new("搜索封面", "Covers in search"),
                FieldType::Json,
                &[SEARCH],
                None,
            )
        },
    ],
    pictures: &[
        // At most 10 MB (add_material); 900 wide is what the console recommends.
        PictureSpec {
            name: COVER,
            label: LocalText::new("2.35:1 封面", "2.35:1 cover"),
            width: 940,
            height: 400,
            min_width: 235,
            min_height: 100,
            max_bytes: 2 << 20,
            format: PictureFormat::Jpeg,
            crop: true,
        },
        // Less than 1 MB (uploadimg); the column is 677 wide.
        PictureSpec {
            name: BODY,
            label: LocalText::new("正文图片", "Picture in the text"),
            width: 1080,
            height: 4320,
            min_width: 1,
            min_height: 1,
            max_bytes: 1_000_000,
            format: PictureFormat::Jpeg,
            crop: false,
        },
        PictureSpec {
            name: PICTURE,
            label: LocalText::new("图片", "Picture"),
            width: 1080,
            height: 1440,
            min_width: 200,
            min_height: 200,
            max_bytes: 10_000_000,
            format: PictureFormat::Jpeg,
            crop: false,
        },
    ],
    account_fields: account::FIELDS,
    signs_in: false,
    calls_us: true,
    inspects: true,
    app_links: link::KINDS,
    feeds: &[],
    derive: derive::derive,
    compose: |_, _| {},
    package: |_| Vec::new(),
    removals: None,
    check: rules::check,
    connect: adapter::connect,
    simulator: simulator::start,
};
