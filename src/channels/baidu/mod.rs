//! Baidu: search paths (lane `search`), feed material (lane `feed`), website push (lane `website`), articles and videos of
//! an author (lane `baijiahao`).
//!
//! Limits come from the documentation of the mini-program platform (smartprogram.baidu.com/docs), of the search resource
//! platform (ziyuan.baidu.com) and of Baijiahao (baijiahao.baidu.com/docs); each constant names its page. In `search` and
//! `website` Baidu reads *our* page, so the page must be live before the push.

mod account;
mod adapter;
mod baijiahao;
mod client;
mod derive;
mod error;
mod feed_type;
mod index_page;
mod inspection;
mod link;
mod lookup;
mod removal;
mod rules;
mod simulator;
mod time;
mod webhook;
mod wire;

use chrono_tz::Asia::Shanghai;

use super::{
    ContentKind, Descriptor, Field, FieldType, LaneDescriptor, LengthUnit, Limit, LocalText,
    Period, PictureFormat, PictureSpec, Preview, PreviewLayout, QuotaSpec,
};

/// The lane of mini-program paths for natural search.
pub const SEARCH: &str = "search";
/// The lane of feed material.
pub const FEED: &str = "feed";
/// The lane of web addresses.
pub const WEBSITE: &str = "website";
/// The lane of articles and videos of an author.
pub const BAIJIAHAO: &str = "baijiahao";
/// Crops of Baidu: 3:2, at least 1068×712 where the original allows (introduction/rank_setimage).
pub const PICTURE: &str = "baidu_3x2";

const ALL: &[&str] = &[SEARCH, FEED, WEBSITE, BAIJIAHAO];
/// Lanes that show a title without the site's name.
const BARE_TITLE: &[&str] = &[FEED, BAIJIAHAO];
const PAGE: &[&str] = &[SEARCH, WEBSITE];

const fn limit(min: u32, max: u32, unit: LengthUnit) -> Limit {
    Limit { min, max, unit }
}

const fn fixed(
    name: &'static str,
    label: LocalText,
    kind: FieldType,
    lanes: &'static [&'static str],
    limit: Option<Limit>,
) -> Field {
    Field {
        editable: false,
        ..Field::new(name, label, kind, lanes, limit)
    }
}

const RESULT_VIEWS: &[Preview] = &[Preview {
    title: Some("title"),
    text: Some("description"),
    pictures: &[PICTURE],
    ..Preview::new(
        PreviewLayout::SearchResult,
        LocalText::new("搜索结果", "Search result"),
    )
}];
const FEED_VIEWS: &[Preview] = &[Preview {
    title: Some("article_title"),
    pictures: &[PICTURE],
    ..Preview::new(
        PreviewLayout::FeedCard,
        LocalText::new("信息流", "In the feed"),
    )
}];

const fn lane(
    id: &'static str,
    name: LocalText,
    quotas: &'static [QuotaSpec],
    previews: &'static [Preview],
) -> LaneDescriptor {
    LaneDescriptor {
        id,
        name,
        takes: &[ContentKind::Story, ContentKind::Video],
        needs_live_page: true,
        can_update: true,
        can_withdraw: false,
        shows_result: false,
        quotas,
        listing_delay_s: None,
        max_resends: 1,
        previews,
    }
}

/// Allowances a day as new apps see them; accounts say otherwise with `quota.<name>` (ziyuan.baidu.com, June 2020).
const fn quota(name: &'static str, per_day: u32) -> QuotaSpec {
    QuotaSpec {
        name,
        allowed: per_day,
        per: Period::Day,
        zone: Shanghai,
        only: None,
    }
}

/// The channel.
pub static CHANNEL: Descriptor = Descriptor {
    id: "baidu",
    name: LocalText::new("百度", "Baidu"),
    lanes: &[
        lane(
            SEARCH,
            LocalText::new("搜索收录", "Search"),
            &[
                quota("search_hourly", 100),
                quota("search_daily", 10),
                quota("search_weekly", 100),
            ],
            RESULT_VIEWS,
        ),
        LaneDescriptor {
            can_withdraw: true,
            ..lane(
                FEED,
                LocalText::new("信息流物料", "Feed"),
                &[quota("feed_calls", 500)],
                FEED_VIEWS,
            )
        },
        LaneDescriptor {
            can_withdraw: true,
            ..lane(
                WEBSITE,
                LocalText::new("网站推送", "Website"),
                &[quota("website_push", 100), quota("website_fast", 10)],
                RESULT_VIEWS,
            )
        },
        baijiahao::LANE,
    ],
    fields: &[
        // Shown up to 63 columns on a desktop; what is longer is cut (measured, see the contract).
        Field::new(
            "title",
            LocalText::new("网页标题", "Page title"),
            FieldType::Text,
            PAGE,
            Some(Limit::up_to(63, LengthUnit::DisplayWidth)),
        ),
        // 6 to 40 in the feed (develop/serverapi/type); 5 to 40 or 8 to 40 with Baijiahao, by the edition of its page: 8 is
        // good everywhere.
        Field::new(
            "article_title",
            LocalText::new("文章标题", "Article title"),
            FieldType::Text,
            &[SEARCH, FEED, BAIJIAHAO],
            Some(limit(8, 40, LengthUnit::Characters)),
        ),
        Field::new(
            "description",
            LocalText::new("摘要", "Description"),
            FieldType::LongText,
            PAGE,
            Some(limit(20, 120, LengthUnit::Characters)),
        ),
        Field::new(
            "keywords",
            LocalText::new("关键词", "Keywords"),
            FieldType::TextList,
            PAGE,
            Some(Limit::up_to(10, LengthUnit::Items)),
        ),
        Field {
            required: false,
            ..Field::new(
                "core",
                LocalText::new("核心搜索词", "Core phrase"),
                FieldType::Text,
                PAGE,
                Some(Limit::up_to(30, LengthUnit::Characters)),
            )
        },
        // At most 2,000 characters (develop/serverapi/type).
        Field::new(
            "body",
            LocalText::new("正文", "Body"),
            FieldType::LongText,
            &[FEED],
            Some(Limit::up_to(2000, LengthUnit::Characters)),
        ),
        // At most 10 tags with 100 characters in all (develop/serverapi/submitresource).
        Field::new(
            "tags",
            LocalText::new("标签", "Tags"),
            FieldType::TextList,
            &[FEED],
            Some(Limit::up_to(10, LengthUnit::Items)),
        ),
        // A closed list (develop/serverapi/appendix).
        Field {
            options: feed_type::KINDS,
            ..Field::new(
                "feed_type",
                LocalText::new("一级分类", "Feed type"),
                FieldType::Choice,
                &[FEED],
                None,
            )
        },
        Field::new(
            "feed_sub_type",
            LocalText::new("二级分类", "Feed sub-type"),
            FieldType::Text,
            &[FEED],
            None,
        ),
        fixed(
            "publish_time",
            LocalText::new("发布时间", "Published"),
            FieldType::Text,
            &[FEED],
            None,
        ),
        fixed(
            "material_type",
            LocalText::new("物料类型", "Material type"),
            FieldType::Text,
            &[FEED],
            None,
        ),
        fixed(
            "ext",
            LocalText::new("扩展信息", "Further particulars"),
            FieldType::Json,
            &[FEED],
            None,
        ),
        // At most 194 characters, the key everywhere (develop/serverapi/type).
        fixed(
            "path",
            LocalText::new("小程序路径", "Path"),
            FieldType::Text,
            &[SEARCH, FEED],
            Some(Limit::up_to(194, LengthUnit::Characters)),
        ),
        // A location in a site map has at most 256 bytes (ziyuan.baidu.com, July 2020).
        fixed(
            "canonical",
            LocalText::new("网页地址", "Address"),
            FieldType::Text,
            &[WEBSITE],
            Some(Limit::up_to(256, LengthUnit::Utf8Bytes)),
        ),
        fixed(
            "page_info",
            LocalText::new("页面信息", "Page info"),
            FieldType::Json,
            PAGE,
            None,
        ),
        fixed(
            "json_ld",
            LocalText::new("结构化数据", "Structured data"),
            FieldType::Json,
            PAGE,
            None,
        ),
        Field {
            required: false,
            ..fixed(
                "images",
                LocalText::new("图片", "Pictures"),
                FieldType::Json,
                ALL,
                None,
            )
        },
        baijiahao::CONTENT_FIELD,
        baijiahao::TAGS_FIELD,
        baijiahao::ORIGINAL_FIELD,
    ],
    pictures: &[
        PictureSpec {
            name: PICTURE,
            label: LocalText::new("3:2 配图", "3:2 picture"),
            width: 1068,
            height: 712,
            min_width: 375,
            min_height: 250,
            max_bytes: 2 << 20,
            format: PictureFormat::Jpeg,
            crop: true,
        },
        baijiahao::BODY_PICTURE,
        baijiahao::COVER_PICTURE,
    ],
    account_fields: account::FIELDS,
    signs_in: false,
    calls_us: true,
    inspects: true,
    app_links: link::KINDS,
    feeds: &[index_page::FEED],
    derive: derive::derive,
    compose: derive::compose,
    package: |_| Vec::new(),
    removals: Some(removal::LIST),
    check: rules::check,
    connect: adapter::connect,
    simulator: simulator::start,
};
