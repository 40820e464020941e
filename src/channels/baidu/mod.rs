//! Baidu: search paths (lane `search`), feed material (lane `feed`), website push (lane `website`).
//!
//! Limits come from the documentation of the mini-program platform (smartprogram.baidu.com/docs) and of the search
//! resource platform (ziyuan.baidu.com); each constant names its page. In `search` and `website` Baidu reads *our*
//! page, so the page must be live before the push.

mod adapter;
mod client;
mod derive;
mod error;
mod feed_type;
mod index_page;
mod link;
mod rules;
mod simulator;
mod time;
mod wire;

use chrono_tz::Asia::Shanghai;

use super::{
    AccountField, ContentKind, Descriptor, Field, FieldType, LaneDescriptor, LengthUnit, Limit,
    LocalText, Period, PictureFormat, PictureSpec, Preview, PreviewLayout, QuotaSpec,
};

/// The lane of mini-program paths for natural search.
pub const SEARCH: &str = "search";
/// The lane of feed material.
pub const FEED: &str = "feed";
/// The lane of web addresses.
pub const WEBSITE: &str = "website";
/// Crops of Baidu: 3:2, at least 1068×712 where the original allows (introduction/rank_setimage).
pub const PICTURE: &str = "baidu_3x2";

const ALL: &[&str] = &[SEARCH, FEED, WEBSITE];
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

const fn choice(
    name: &'static str,
    label: LocalText,
    help: LocalText,
    default: &'static str,
) -> AccountField {
    AccountField::new(name, label, help, false, Some(default))
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
        // 6 to 40 for feeds, 8 to 40 elsewhere: 8 satisfies both (develop/serverapi/type).
        Field::new(
            "article_title",
            LocalText::new("文章标题", "Article title"),
            FieldType::Text,
            &[SEARCH, FEED],
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
    ],
    pictures: &[PictureSpec {
        name: PICTURE,
        label: LocalText::new("3:2 配图", "3:2 picture"),
        width: 1068,
        height: 712,
        min_width: 375,
        min_height: 250,
        max_bytes: 2 << 20,
        format: PictureFormat::Jpeg,
        crop: true,
    }],
    account_fields: &[
        // An account needs a mini-program (search, feed) or a website, or both.
        AccountField::new(
            "app_key",
            LocalText::new("App Key", "App Key"),
            LocalText::new(
                "智能小程序管理后台 → 设置 → 开发设置；没有小程序可留空",
                "Console → Settings → Development; empty without a mini-program",
            ),
            false,
            Some(""),
        ),
        AccountField::new(
            "app_secret",
            LocalText::new("App Secret", "App Secret"),
            LocalText::new(
                "同上；重置后请在这里更新",
                "As above; update it here after a reset",
            ),
            true,
            Some(""),
        ),
        AccountField::new(
            "site",
            LocalText::new("站点", "Site"),
            LocalText::new(
                "搜索资源平台里验证过的站点，含 https://；没有网站可留空",
                "The verified site, with https://; empty without a website",
            ),
            false,
            Some(""),
        ),
        AccountField::new(
            "push_token",
            LocalText::new("推送 token", "Push token"),
            LocalText::new(
                "搜索资源平台 → 普通收录 → API 提交",
                "Resource platform → Indexing → API",
            ),
            true,
            Some(""),
        ),
        choice(
            "speed",
            LocalText::new("收录时效", "Speed"),
            LocalText::new(
                "小程序路径：weekly 周级、daily 天级、hourly 小时级（需受邀）",
                "Of paths: weekly, daily, or hourly (by invitation)",
            ),
            "daily",
        ),
        choice(
            "fast_index",
            LocalText::new("快速收录", "Fast index"),
            LocalText::new(
                "网址走快速收录，站点须有权益：on 或 off",
                "Push addresses to the fast index, if the site was granted it: on or off",
            ),
            "off",
        ),
        choice(
            "probe_quota",
            LocalText::new("查询余量", "Probe allowance"),
            LocalText::new(
                "推送 * 查询剩余额度（社区用法）：on 或 off",
                "Push * to learn the allowance: on or off",
            ),
            "off",
        ),
        AccountField::new(
            "resend_delay_s",
            LocalText::new("重发间隔", "Resend delay"),
            LocalText::new(
                "结果不明时多久后再发一次，秒；空为次日零点",
                "Seconds before an unclear submission is repeated; empty: next midnight",
            ),
            false,
            Some(""),
        ),
        AccountField::new(
            "openapi_url",
            LocalText::new("开放接口地址", "Open API address"),
            LocalText::new("一般不用改", "Rarely changed"),
            false,
            Some("https://openapi.baidu.com"),
        ),
        AccountField::new(
            "push_url",
            LocalText::new("推送接口地址", "Push address"),
            LocalText::new("一般不用改", "Rarely changed"),
            false,
            Some("http://data.zz.baidu.com"),
        ),
    ],
    signs_in: false,
    calls_us: false,
    inspects: false,
    app_links: link::KINDS,
    feeds: &[index_page::FEED],
    derive: derive::derive,
    compose: derive::compose,
    package: |_| Vec::new(),
    check: rules::check,
    connect: adapter::connect,
    simulator: simulator::start,
};
