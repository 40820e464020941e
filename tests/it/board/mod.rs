//! A channel that only the tests have: a notice board. It is added as any channel is, by a folder and two lines (one in
//! `main.rs`, one in `harness/mod.rs`), and everything else follows: tailoring, checks, API, engine, simulators, conformance.

mod adapter;
mod simulator;

pub use self::simulator::KEY;

use std::collections::BTreeMap;

use fenfa::channels::{
    AccountField, ContentKind, Derived, Descriptor, Field, FieldType, LaneDescriptor, LengthUnit,
    Limit, LocalText, Period, Preview, PreviewLayout, QuotaSpec, SiteProfile, Source,
};
use serde_json::{Value, json};

/// The one lane.
pub const NOTICE: &str = "notice";
/// Characters of a title.
const LONGEST_TITLE: u32 = 20;
/// Characters of a text.
const LONGEST_TEXT: u32 = 200;

const LANES: &[&str] = &[NOTICE];

const fn field(name: &'static str, zh: &'static str, kind: FieldType, most: u32) -> Field {
    let limit = Limit::up_to(most, LengthUnit::Characters);
    Field::new(name, LocalText::new(zh, name), kind, LANES, Some(limit))
}

/// The channel.
pub static CHANNEL: Descriptor = Descriptor {
    id: "board",
    name: LocalText::new("公告板", "Notice board"),
    lanes: &[LaneDescriptor {
        id: NOTICE,
        name: LocalText::new("公告", "Notice"),
        takes: &[ContentKind::Story, ContentKind::Video],
        needs_live_page: false,
        can_update: false,
        can_withdraw: true,
        shows_result: true,
        quotas: &[QuotaSpec {
            name: "notices_daily",
            allowed: 100,
            per: Period::Day,
            zone: chrono_tz::Asia::Shanghai,
            only: None,
        }],
        listing_delay_s: Some(0),
        max_resends: 1,
        previews: &[Preview {
            title: Some("title"),
            text: Some("text"),
            ..Preview::new(PreviewLayout::Post, LocalText::new("公告", "Notice"))
        }],
    }],
    fields: &[
        field("title", "标题", FieldType::Text, LONGEST_TITLE),
        field("text", "正文", FieldType::LongText, LONGEST_TEXT),
    ],
    pictures: &[],
    account_fields: &[
        AccountField::new(
            "key",
            LocalText::new("密钥", "Key"),
            LocalText::new("在公告板的背面", "On the back of the board"),
            true,
            None,
        ),
        AccountField::new(
            "base_url",
            LocalText::new("接口地址", "API address"),
            LocalText::new("公告板所在的地址", "Where the board hangs"),
            false,
            None,
        ),
    ],
    signs_in: false,
    calls_us: false,
    inspects: false,
    app_links: &[],
    feeds: &[],
    derive,
    compose: |_, _| {},
    package: |_| Vec::new(),
    removals: None,
    check: |_| Vec::new(),
    connect: adapter::connect,
    simulator: simulator::start,
};

fn cut(text: &str, most: u32) -> Value {
    let cut: String = text.chars().take(most as usize).collect();
    json!(cut)
}

fn derive(source: &Source, _: &SiteProfile) -> Derived {
    let text = source.paragraphs.first().unwrap_or(&source.title);
    Derived {
        fields: BTreeMap::from([
            ("title".to_owned(), cut(&source.title, LONGEST_TITLE)),
            ("text".to_owned(), cut(text, LONGEST_TEXT)),
        ]),
        ..Derived::default()
    }
}
