//! Toutiao: short videos that the API publishes (lane `video`), and articles, for which the platform has no call: they
//! become a package that a person publishes in the console (lane `article`).
//!
//! The API is Douyin's sister and little of it is documented; what comes from elsewhere is said beside each constant.

mod adapter;
mod client;
mod derive;
mod lookup;
mod package;
mod rules;
mod simulator;

use super::{
    AccountField, ContentKind, Descriptor, Field, FieldType, LaneDescriptor, LengthUnit, Limit,
    LocalText, PictureFormat, PictureSpec, Preview, PreviewLayout, bytedance::upload,
};

/// The lane of videos that the API publishes.
pub const VIDEO: &str = "video";
/// The lane of articles that a person publishes.
pub const ARTICLE: &str = "article";
/// A cover of an article: 16:9.
pub const COVER: &str = "toutiao_cover";
/// A picture within an article.
pub const BODY: &str = "toutiao_body";

/// Characters of a video's text at most (the platform's own SDK of 2020).
const LONGEST_TEXT: u32 = 30;
/// Characters of an article's title: the console says 2 to 30, older guides 5 to 30.
const TITLE: (u32, u32) = (5, 30);
/// A cover is at least so large (cover rules of the console).
const SMALLEST_COVER: (u32, u32) = (660, 370);
/// Covers of an article at most.
const MOST_COVERS: usize = 3;
/// How covers are shown, in the console's words, and how many that takes.
const COVER_MODES: &[LocalText] = &[
    LocalText::new("三图", "Three pictures"),
    LocalText::new("单图", "One picture"),
    LocalText::new("无封面", "No cover"),
];
const COVERS_OF_MODES: &[usize] = &[3, 1, 0];

/// Covers that a mode of the form shows.
fn covers_of(mode: &str) -> usize {
    let place = COVER_MODES.iter().position(|known| known.zh == mode);
    place
        .and_then(|place| COVERS_OF_MODES.get(place).copied())
        .unwrap_or(0)
}

const VIDEO_VIEWS: &[Preview] = &[Preview {
    text: Some("text"),
    ..Preview::new(
        PreviewLayout::VideoScreen,
        LocalText::new("播放页", "Player"),
    )
}];
const ARTICLE_VIEWS: &[Preview] = &[
    Preview {
        title: Some("title"),
        text: Some("html"),
        ..Preview::new(PreviewLayout::Article, LocalText::new("文章页", "Article"))
    },
    Preview {
        title: Some("title"),
        pictures: &[COVER],
        ..Preview::new(
            PreviewLayout::FeedCard,
            LocalText::new("推荐流", "In the stream"),
        )
    },
];

const fn lane(
    id: &'static str,
    name: LocalText,
    takes: &'static [ContentKind],
    previews: &'static [Preview],
) -> LaneDescriptor {
    LaneDescriptor {
        id,
        name,
        takes,
        needs_live_page: false,
        can_update: false,
        can_withdraw: false,
        shows_result: false,
        quotas: &[],
        listing_delay_s: None,
        max_resends: 0,
        previews,
    }
}

/// The channel.
pub static CHANNEL: Descriptor = Descriptor {
    id: "toutiao",
    name: LocalText::new("今日头条", "Toutiao"),
    lanes: &[
        LaneDescriptor {
            listing_delay_s: Some(600),
            max_resends: 2,
            ..lane(
                VIDEO,
                LocalText::new("发布视频", "Publish video"),
                &[ContentKind::Video],
                VIDEO_VIEWS,
            )
        },
        lane(
            ARTICLE,
            LocalText::new("导出文章", "Export article"),
            &[ContentKind::Story],
            ARTICLE_VIEWS,
        ),
    ],
    fields: &[
        Field::new(
            "text",
            LocalText::new("视频标题", "Video title"),
            FieldType::Text,
            &[VIDEO],
            Some(Limit::up_to(LONGEST_TEXT, LengthUnit::Characters)),
        ),
        Field::new(
            "title",
            LocalText::new("文章标题", "Article title"),
            FieldType::Text,
            &[ARTICLE],
            Some(Limit {
                min: TITLE.0,
                max: TITLE.1,
                unit: LengthUnit::Characters,
            }),
        ),
        Field {
            editable: false,
            ..Field::new(
                "html",
                LocalText::new("正文", "Body"),
                FieldType::RichText,
                &[ARTICLE],
                None,
            )
        },
        Field {
            options: COVER_MODES,
            ..Field::new(
                "cover_mode",
                LocalText::new("封面", "Covers"),
                FieldType::Choice,
                &[ARTICLE],
                None,
            )
        },
        Field {
            required: false,
            ..Field::new(
                "tags",
                LocalText::new("标签", "Tags"),
                FieldType::TextList,
                &[ARTICLE],
                None,
            )
        },
    ],
    pictures: &[
        PictureSpec {
            name: COVER,
            label: LocalText::new("16:9 封面", "16:9 cover"),
            width: 1280,
            height: 720,
            min_width: SMALLEST_COVER.0,
            min_height: SMALLEST_COVER.1,
            max_bytes: 5 << 20,
            format: PictureFormat::Jpeg,
            crop: true,
        },
        // Bounds are not published; this is what a screen shows.
        PictureSpec {
            name: BODY,
            label: LocalText::new("正文图片", "Picture in the text"),
            width: 1080,
            height: 4320,
            min_width: 1,
            min_height: 1,
            max_bytes: 5 << 20,
            format: PictureFormat::Jpeg,
            crop: false,
        },
    ],
    // Who only takes articles over by hand needs no application: no field must be given.
    account_fields: &[
        AccountField::new(
            "client_key",
            LocalText::new("Client Key", "Client key"),
            LocalText::new(
                "抖音开放平台 → 应用详情（头条的应用）；只导出文章可以留空",
                "Open platform → Application (of Toutiao); may stay empty where only articles are exported",
            ),
            false,
            Some(""),
        ),
        AccountField::new(
            "client_secret",
            LocalText::new("Client Secret", "Client secret"),
            LocalText::new("同上", "As above"),
            true,
            Some(""),
        ),
        AccountField::new(
            "scopes",
            LocalText::new("授权范围", "Scopes"),
            LocalText::new(
                "授权页上请用户同意的权限，用逗号分隔，应用要先在开放平台开通；只导出文章可以不授权",
                "What the authorise page asks the user for, with commas; the application must hold them. Articles alone need no grant",
            ),
            false,
            Some(client::SCOPES),
        ),
        AccountField::new(
            "single_upload_bytes",
            LocalText::new("单次上传上限", "Largest single upload"),
            LocalText::new(
                "超过则分片上传，字节，不超过 300 MB",
                "Larger files go in parts; bytes, at most 300 MB",
            ),
            false,
            Some("52428800"),
        ),
        AccountField::new(
            "part_bytes",
            LocalText::new("分片大小", "Size of a part"),
            LocalText::new("5 到 100 MB，字节", "5 to 100 MB, bytes"),
            false,
            Some("20971520"),
        ),
        AccountField::new(
            "base_url",
            LocalText::new("接口地址", "API address"),
            LocalText::new("一般不用改", "Rarely changed"),
            false,
            Some(client::BASE_URL),
        ),
    ],
    signs_in: true,
    calls_us: false,
    inspects: false,
    app_links: &[],
    feeds: &[],
    derive: derive::derive,
    compose: |_, _| {},
    package: package::files,
    removals: None,
    check: rules::check,
    connect: adapter::connect,
    simulator: simulator::start,
};

// The defaults of the form are those of the shared upload.
const _: () = assert!(upload::SINGLE_BYTES == 52_428_800 && upload::PART_BYTES == 20_971_520);
