//! Baijiahao: articles and videos of an author, published whole by an API of its own (baijiahao.baidu.com/docs, read from
//! public clients of it). What these leave open is a setting, or said beside its constant.

mod client;
mod item;
mod lookup;
mod step;

pub use client::Author;
pub use step::{check, find, plan, run};

use super::{BAIJIAHAO, PICTURE, lane, quota};
use crate::channels::{
    ContentKind, Field, FieldType, LaneDescriptor, LengthUnit, Limit, LocalText, PictureFormat,
    PictureSpec, Preview, PreviewLayout, QuotaSpec,
};

/// A picture within an article.
pub const BODY: &str = "baidu_body";
/// The cover of a video: 16:9, at least 660×370 (video/publish).
pub const COVER: &str = "baidu_video_cover";
/// A video's cover is at least so large.
pub const SMALLEST_COVER: (u32, u32) = (660, 370);
/// Characters of an article at most (article/publish).
pub const LONGEST: u32 = 20_000;
/// Characters that the address of a picture in the text takes at most.
pub const ADDRESS: usize = 300;
/// Tags of a video, and characters of one of them (video/publish).
pub const MOST_TAGS: u32 = 10;
pub const LONGEST_TAG: usize = 10;
/// Whether the author says that it is his own, and how the wire says it: `is_original`.
pub const ORIGINAL: &[LocalText] = &[
    LocalText::new("不声明", "Not claimed"),
    LocalText::new("声明原创", "Claimed as original"),
];
/// Posts a day: new authors have one, those with the original label ten (seen by authors).
const POSTS: &str = "baijiahao_posts";

/// The list is looked at once more after so long; then the address of the story keeps a repeat from becoming a second
/// article.
const LISTING_DELAY_S: u32 = 60;

const QUOTAS: &[QuotaSpec] = &[quota(POSTS, 1)];

const VIEWS: &[Preview] = &[
    Preview {
        title: Some("article_title"),
        text: Some("content"),
        ..Preview::new(PreviewLayout::Article, LocalText::new("文章页", "Article"))
    },
    Preview {
        title: Some("article_title"),
        pictures: &[PICTURE, COVER],
        ..Preview::new(
            PreviewLayout::FeedCard,
            LocalText::new("推荐流", "In the stream"),
        )
    },
];

/// The lane.
pub const LANE: LaneDescriptor = LaneDescriptor {
    needs_live_page: false,
    can_withdraw: true,
    shows_result: true,
    listing_delay_s: Some(LISTING_DELAY_S),
    max_resends: 2,
    ..lane(
        BAIJIAHAO,
        LocalText::new("百家号", "Baijiahao"),
        QUOTAS,
        VIEWS,
    )
};

/// The text of an article.
pub const CONTENT_FIELD: Field = Field {
    kinds: &[ContentKind::Story],
    editable: false,
    ..Field::new(
        "content",
        LocalText::new("百家号正文", "Baijiahao body"),
        FieldType::RichText,
        &[BAIJIAHAO],
        Some(Limit::up_to(LONGEST, LengthUnit::Characters)),
    )
};

/// The tags of a video; an article has none.
pub const TAGS_FIELD: Field = Field {
    kinds: &[ContentKind::Video],
    required: false,
    ..Field::new(
        "video_tags",
        LocalText::new("视频标签", "Video tags"),
        FieldType::TextList,
        &[BAIJIAHAO],
        Some(Limit::up_to(MOST_TAGS, LengthUnit::Items)),
    )
};

/// The claim that it is the author's own.
pub const ORIGINAL_FIELD: Field = Field {
    options: ORIGINAL,
    ..Field::new(
        "original",
        LocalText::new("原创声明", "Original"),
        FieldType::Choice,
        &[BAIJIAHAO],
        None,
    )
};

/// Pictures within an article; their bounds are not published, these are those of covers.
pub const BODY_PICTURE: PictureSpec = PictureSpec {
    name: BODY,
    label: LocalText::new("百家号正文图片", "Picture in the Baijiahao text"),
    width: 1080,
    height: 4320,
    min_width: 1,
    min_height: 1,
    max_bytes: 2 << 20,
    format: PictureFormat::Jpeg,
    crop: false,
};

/// Covers of videos; those of articles are the 3:2 pictures.
pub const COVER_PICTURE: PictureSpec = PictureSpec {
    name: COVER,
    label: LocalText::new("16:9 视频封面", "16:9 video cover"),
    width: 1280,
    height: 720,
    min_width: SMALLEST_COVER.0,
    min_height: SMALLEST_COVER.1,
    max_bytes: 2 << 20,
    format: PictureFormat::Jpeg,
    crop: true,
};
