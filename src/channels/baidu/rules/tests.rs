//! One story that is fine, and what each rule says when one thing of it is not.

use serde_json::json;

use super::{
    super::{
        PICTURE,
        derive::{
            compose, derive,
            tests::{profile, source},
        },
    },
    *,
};
use crate::channels::{
    ContentKind, SiteProfile, Source, SourceBlock, SourcePicture, SourceSpan, SourceVideo, Twin,
};

const TITLE: &str = "老茶馆的一天：五点半的第一壶水";
const LEAD: &str = "成都彭镇的老茶馆每天清晨五点半开门，灶火一夜不熄。本文跟拍一整天，记录第一壶水、第一批茶客，\
                    以及一位堂倌守了三十年的规矩，也记下街坊们为什么愿意天不亮就赶来坐在竹椅上。";

/// A variant before it is checked.
struct Draft {
    source: Source,
    profile: SiteProfile,
    fields: BTreeMap<String, Value>,
    pictures: BTreeMap<String, Vec<String>>,
    twins: Vec<Twin>,
    now: &'static str,
}

impl Draft {
    fn of(change: impl FnOnce(&mut Source)) -> Self {
        let mut source = source(TITLE, LEAD);
        source.paragraphs = vec![
            "他们自带杯子，花一块钱坐到天黑，聊收成，也听书。".repeat(4),
            "后院的猫晒着太阳，墙上的钟慢了十分钟，没有人去拨它；收音机里正播着昨夜的川剧。".into(),
        ];
        change(&mut source);
        let profile = profile("蓉城故事");
        let derived = derive(&source, &profile);
        Self {
            source,
            profile,
            fields: derived.fields,
            pictures: derived.pictures,
            twins: Vec::new(),
            now: "2026-03-03T08:00:00Z",
        }
    }

    fn new() -> Self {
        Self::of(|_| {})
    }

    fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(field.to_owned(), value.into());
        self
    }

    fn findings(mut self) -> Vec<Finding> {
        compose(&self.source, &mut self.fields);
        check(&CheckInput {
            source: &self.source,
            profile: &self.profile,
            lane: None,
            fields: &self.fields,
            pictures: &self.pictures,
            twins: &self.twins,
            now: self.now.parse().expect("an instant"),
        })
    }

    /// Codes with their severity: `E BD-T01`.
    fn codes(self) -> Vec<String> {
        let findings = self.findings();
        let mut codes: Vec<String> = findings
            .iter()
            .map(|finding| match finding.severity {
                Severity::Error => format!("E {}", finding.code),
                Severity::Warning => format!("W {}", finding.code),
                Severity::Closed => format!("C {}", finding.code),
            })
            .collect();
        codes.dedup();
        codes
    }
}

fn titled(title: &str) -> Vec<String> {
    Draft::new().with("title", title).codes()
}

fn fed(title: &str) -> Vec<String> {
    Draft::new().with("article_title", title).codes()
}

#[test]
fn a_good_story_has_no_findings() {
    assert_eq!(Draft::new().findings(), []);
}

#[test]
fn every_finding_says_where_why_and_what_to_do() {
    let bad = Draft::of(|source| source.pictures.clear())
        .with("title", "震惊！！加微信 dishes8888 免费下载★官网-蓉城故事")
        .with("description", "短")
        .with("keywords", json!(["没有的词"]))
        .findings();

    assert!(bad.len() > 8, "{bad:#?}");
    for finding in bad {
        assert!(
            !finding.reason.is_empty() && !finding.cure.is_empty() && !finding.field.is_empty(),
            "{finding:?}"
        );
    }
}

#[test]
fn a_page_title_names_the_content_and_the_site() {
    assert!(titled("蓉城故事").contains(&"E BD-T01".to_owned()));
    assert!(titled("人文-蓉城故事").contains(&"E BD-T01".to_owned()));
    assert!(titled("老茶馆的一天：五点半的第一壶水").contains(&"E BD-T03".to_owned()));
}

#[test]
fn a_title_fits_the_screen() {
    let of_width = |width: usize| {
        let site = "-蓉城故事";
        let text: String = "老茶馆里的清晨有炉火水汽竹椅盖碗书声棋局鸟笼与邻居们慢慢说起的旧事新闻"
            .chars()
            .take((width - 9) / 2)
            .collect();
        let odd = if width.is_multiple_of(2) { "1" } else { "" };
        titled(&format!("{text}{odd}{site}"))
    };

    assert!(!of_width(52).iter().any(|code| code.ends_with("T02")));
    assert!(of_width(53).contains(&"W BD-T02".to_owned()));
    assert!(of_width(63).contains(&"W BD-T02".to_owned()));
    assert!(of_width(64).contains(&"E BD-T02".to_owned()));
}

#[test]
fn a_title_repeats_nothing_and_is_no_list() {
    assert_eq!(
        titled("老茶馆的茶馆茶客茶馆歌与茶馆老茶馆-蓉城故事")[0],
        "E BD-T04"
    );
    assert!(titled("老茶馆开门了老茶馆开门了-蓉城故事").contains(&"E BD-T04".to_owned()));
    assert!(titled("老茶馆，茶客，盖碗，竹椅-蓉城故事").contains(&"E BD-T05".to_owned()));
    assert!(
        !titled("老茶馆的水、火、人-人文-蓉城故事").contains(&"E BD-T05".to_owned()),
        "the category is ours"
    );
}

#[test]
fn a_title_holds_no_contacts_even_in_disguise() {
    for title in [
        "老茶馆订座 13812345678",
        "老茶馆订座 １３８１２３４５６７８",
        "老茶馆订座①③⑧①②③④⑤⑥⑦⑧",
        "老茶馆订座一三八一二三四五六七八",
        "老茶馆订座 138-1234-5678",
        "老茶馆加QQ：123456789",
        "老茶馆加微信 dishes8888",
        "老茶馆 tea@example.cn",
        "老茶馆 www.example.cn",
    ] {
        let page = titled(&format!("{title}-蓉城故事"));
        assert!(page.contains(&"E BD-T06".to_owned()), "{title}: {page:?}");
        assert!(fed(title).contains(&"E BD-T06".to_owned()), "{title}");
    }
}

#[test]
fn a_title_is_not_decorated() {
    for title in [
        "★老茶馆的一天★",
        "老茶馆的一天→",
        "老茶馆的一天😀",
        "【老茶馆】的【一天】",
        "老茶馆的一天\u{e000}",
    ] {
        let page = titled(&format!("{title}-蓉城故事"));
        assert!(page.contains(&"E BD-T07".to_owned()), "{title}: {page:?}");
    }
    assert!(!titled("【老茶馆】的一天-蓉城故事").contains(&"E BD-T07".to_owned()));
}

#[test]
fn who_is_not_official_does_not_say_so() {
    assert!(titled("老茶馆官网-蓉城故事").contains(&"E BD-T08".to_owned()));
    let mut official = Draft::new().with("title", "老茶馆官方的一天-蓉城故事");
    official.profile.is_official = true;
    assert!(!official.codes().contains(&"E BD-T08".to_owned()));
}

#[test]
fn a_title_promises_what_the_page_holds() {
    assert!(titled("老茶馆的一天免费下载-蓉城故事").contains(&"E BD-T09".to_owned()));
    let kept = Draft::of(|source| source.paragraphs.push("茶水免费。".into()));
    let kept = kept.with("title", "老茶馆的一天免费-蓉城故事").codes();
    assert!(!kept.contains(&"E BD-T09".to_owned()), "{kept:?}");
}

#[test]
fn a_title_begins_with_what_people_look_for_and_is_about_the_page() {
    assert!(titled("五点半的第一壶水与成都彭镇的老茶馆-蓉城故事").contains(&"W BD-T10".to_owned()));
    assert!(titled("老茶馆里教你炒股票理财-蓉城故事").contains(&"W BD-T11".to_owned()));
    let elsewhere = Draft::of(|source| {
        source.title = "咖啡入门指南".into();
        source.core_phrase = Some("咖啡".into());
    });
    assert!(elsewhere.codes().contains(&"W BD-T11".to_owned()));
}

#[test]
fn a_title_does_not_lure() {
    assert!(titled("震惊，老茶馆的一天-蓉城故事").contains(&"W BD-T13".to_owned()));
    assert!(titled("老茶馆的一天！第一壶水！-蓉城故事").contains(&"W BD-T13".to_owned()));
    assert!(!titled("老茶馆的一天？看第一壶水！-蓉城故事").contains(&"W BD-T13".to_owned()));
}

#[test]
fn the_feed_has_its_own_bounds_for_titles() {
    for title in [
        "老茶馆的一天啊",
        "老茶馆的一天。五点半",
        "老茶馆的一天五点半.",
        "A day in the tea house",
        "老茶館的一天：五點半開門",
        "老茶馆的一天：五点半的第一壶水与那些坐在竹椅上等了三十年的老街坊们慢慢说起的许多旧事",
    ] {
        assert!(fed(title).contains(&"E BD-T14".to_owned()), "{title}");
    }
    assert!(!fed("老茶馆的第 3.5 代 v2.0 茶壶").contains(&"E BD-T14".to_owned()));
}

#[test]
fn a_description_is_one_or_two_sentences_of_its_own() {
    let described = |text: &str| Draft::new().with("description", text).codes();
    let long = "老茶馆".repeat(41);
    let fair: String = long.chars().take(30).collect();

    assert!(described("老茶馆的一天").contains(&"E BD-D01".to_owned()));
    assert!(described(&long).contains(&"E BD-D01".to_owned()));
    assert!(described(&fair).contains(&"W BD-D01".to_owned()));
    assert!(described(TITLE).contains(&"W BD-D02".to_owned()));
    let with_contact = format!("{LEAD}电话 13812345678");
    assert!(described(&with_contact).contains(&"E BD-D03".to_owned()));
}

#[test]
fn keywords_are_few_real_and_single() {
    let worded = |words: Value| Draft::new().with("keywords", words).codes();

    assert!(worded(json!(["老茶馆"])).contains(&"W BD-K01".to_owned()));
    assert!(worded(json!(vec!["老茶馆"; 11])).contains(&"E BD-K01".to_owned()));
    assert!(worded(json!(["老茶馆", "茶客", "咖啡"])).contains(&"W BD-K02".to_owned()));
    assert!(worded(json!(["老茶馆", "茶客，竹椅", "盖碗"])).contains(&"E BD-K03".to_owned()));
    assert!(worded(json!(["老茶馆", "茶客", " "])).contains(&"E BD-K03".to_owned()));
}

#[test]
fn the_text_opens_with_the_point_is_long_enough_and_not_stuffed() {
    let opened = Draft::of(|source| source.lead = "老茶馆开门了。".into());
    assert!(opened.codes().contains(&"W BD-B01".to_owned()));
    let silent = Draft::of(|source| source.lead = LEAD.replace("老茶馆", "那间铺子"));
    let silent = silent.with("core", "老茶馆").codes();
    assert!(silent.contains(&"W BD-B01".to_owned()), "{silent:?}");
    let short = Draft::of(|source| source.paragraphs.clear());
    assert!(short.codes().contains(&"E BD-B02".to_owned()));
    let dense = Draft::of(|source| source.paragraphs = vec!["竹椅很好，竹椅很老，坐。".repeat(20)]);
    let dense = dense.with("keywords", json!(["老茶馆", "茶客", "竹椅"]));
    assert!(dense.codes().contains(&"W BD-B03".to_owned()));
    let thrice = Draft::of(|source| {
        source
            .paragraphs
            .push("有人带盖碗来，有人带盖碗走，有人把盖碗忘了。".into());
    });
    let thrice = thrice.with("keywords", json!(["老茶馆", "茶客", "盖碗"]));
    assert!(thrice.codes().contains(&"W BD-B03".to_owned()));
}

#[test]
fn pictures_are_one_or_three_and_large_enough() {
    let none = Draft::of(|source| source.pictures.clear()).codes();
    assert_eq!(none, ["E BD-I01", "W BD-I01"]);
    let small = Draft::of(|source| source.pictures[0].height = 200).findings();
    assert_eq!(small[0].code, "BD-I02");
    assert!(small[0].reason.contains("1 张图片都太小"), "{small:?}");
    let moving = Draft::of(|source| source.pictures[0].animated = true).codes();
    assert_eq!(moving, ["E BD-I02", "W BD-I02"]);
    let mut two = Draft::new();
    two.pictures
        .insert(PICTURE.to_owned(), vec!["a".into(), "b".into()]);
    assert!(two.codes().contains(&"E BD-I01".to_owned()));
}

#[test]
fn a_path_is_plain() {
    for path in [
        "/pages/story/index?id=a#b",
        "/pages/story/index?to=/pages/other",
        "/pages/story/index?to=https:",
        "/pages/story/index?id=a,b",
        "/pages/story/index?id=a b",
        "/pages/story/index?id=茶",
        "/pages/story/index?id=%E8%8C%B6",
        "/pages//index?id=a",
    ] {
        assert!(
            Draft::new()
                .with("path", path)
                .codes()
                .contains(&"E BD-P01".to_owned()),
            "{path}"
        );
    }
    let longest = format!("/pages/story/index?id={}", "a".repeat(194 - 22));
    assert_eq!(Draft::new().with("path", longest.as_str()).codes(), [""; 0]);
    let longer = format!("{longest}a");
    assert_eq!(Draft::new().with("path", longer).codes(), ["E BD-P01"]);
}

#[test]
fn structured_data_and_visible_time_agree_with_the_page() {
    let mut early = Draft::new();
    early.now = "2026-02-28T08:00:00Z";
    assert!(
        early.codes().contains(&"E BD-S01".to_owned()),
        "it is in the future"
    );
    let elsewhere = Draft::new().with("canonical", "https://www.example.cn/s/other");
    assert!(elsewhere.codes().contains(&"E BD-S01".to_owned()));
    let mut tokyo = Draft::new();
    tokyo.profile.zone = "Asia/Tokyo".into();
    assert_eq!(tokyo.codes(), ["W BD-S02"]);
    let mut macau = Draft::new();
    macau.profile.zone = "Asia/Macau".into();
    assert_eq!(macau.codes(), [""; 0], "it shows the same time");
}

#[test]
fn material_is_fresh_classed_and_within_bounds() {
    assert_eq!(
        Draft::new().with("publish_time", "2026-03-01").codes(),
        ["E BD-F01"]
    );
    let mut old = Draft::new();
    old.now = "2026-04-01T00:00:01Z";
    assert_eq!(old.codes(), ["E BD-F01"]);
    assert_eq!(
        Draft::new().with("feed_sub_type", "足球").codes(),
        ["E BD-F02"]
    );
    let long = Draft::of(|source| {
        source.paragraphs = (0..200)
            .map(|hour| format!("第{hour}壶水烧开了，堂倌提着铜壶走过一张张桌子。"))
            .collect();
    });
    assert!(long.codes().contains(&"W BD-F03".to_owned()));
    let tags: Vec<String> = (0..10)
        .map(|number| format!("老茶馆里的第{number}位老客人"))
        .collect();
    assert_eq!(Draft::new().with("tags", json!(tags)).codes(), ["E BD-F05"]);
}

#[test]
fn a_video_stays_three_months_and_needs_no_long_text() {
    let video = |now: &'static str| {
        let mut draft = video(|_| {});
        draft.now = now;
        draft
    };

    assert_eq!(video("2026-05-29T00:00:00Z").codes(), [""; 0]);
    assert_eq!(video("2026-05-31T00:00:00Z").codes(), ["E BD-F01"]);
    let mut lost = video("2026-03-03T08:00:00Z");
    lost.source.video = None;
    assert!(lost.codes().contains(&"E BD-F04".to_owned()));
}

#[test]
fn pages_that_say_the_same_compete() {
    let other = Draft::of(|source| source.page_url = "https://www.example.cn/s/other".into());
    let mut twin = Draft::new();
    twin.twins.push(Twin {
        source: other.source,
        fields: other.fields,
    });

    assert_eq!(twin.codes(), ["E BD-T12", "W BD-D04", "W BD-B05"]);
}

#[test]
fn a_second_picture_alone_is_not_used() {
    let two = Draft::of(|source| {
        source.pictures.push(SourcePicture {
            key: "b".into(),
            ..source.pictures[0].clone()
        });
    });
    assert_eq!(two.codes(), [""; 0]);
}

/// A video, changed, before it is checked.
fn video(change: impl FnOnce(&mut Source)) -> Draft {
    Draft::of(|source| {
        source.kind = ContentKind::Video;
        source.paragraphs.clear();
        source.video = Some(SourceVideo {
            key: "v".into(),
            url: "https://www.example.cn/v.mp4".into(),
            duration_ms: 12_000,
            width: 1080,
            height: 1920,
            size_bytes: 1,
            container: "mp4".into(),
            video_codec: "h264".into(),
            audio_codec: String::new(),
            poster: None,
        });
        change(source);
    })
}

#[test]
fn baijiahao_takes_so_much_text_and_no_links() {
    let paragraph = |text: &str, link: Option<&str>| {
        SourceBlock::Paragraph(vec![SourceSpan {
            text: text.to_owned(),
            link: link.map(ToOwned::to_owned),
            ..SourceSpan::default()
        }])
    };
    let linked = Draft::of(|source| {
        source.blocks = vec![paragraph("看这里", Some("https://example.org/"))];
    });
    assert_eq!(linked.codes(), ["W BD-J02"]);

    // With the addresses of its pictures, the text is too long.
    let long = |characters: usize| {
        Draft::of(|source| {
            source.lead.clear();
            source.blocks = vec![
                paragraph(&"茶".repeat(characters), None),
                SourceBlock::Picture("a".into(), String::new()),
            ];
        })
    };
    let codes = |characters| long(characters).codes();
    assert!(!codes(19_600).contains(&"E BD-J01".to_owned()));
    assert!(codes(19_700).contains(&"E BD-J01".to_owned()));
}

#[test]
fn baijiahao_takes_mp4_with_short_tags_and_likes_a_cover() {
    assert_eq!(video(|_| {}).codes(), [""; 0]);
    let webm = video(|source| {
        let file = source.video.as_mut().expect("a file");
        file.container = "webm".into();
    });
    assert_eq!(webm.codes(), ["E BD-J03"]);
    for bad in ["一个长得放不进标签里的词", "茶,水"] {
        let tagged = video(|_| {}).with("video_tags", json!(["老茶馆", bad]));
        assert_eq!(tagged.codes(), ["E BD-J04"], "{bad}");
    }
    let small = video(|source| source.pictures[0].width = 600);
    assert_eq!(small.codes(), ["W BD-J05"]);
}
