//! A platform is asked what it thinks of a content before it is published: once for each content, and no answer is no pass.

use std::time::Duration;

use fenfa::{
    channels::{Finding, Opinion, fault::Fault},
    content::{Body, NewItem, StoryContent},
    delivery::{AccountChanges, ChannelAccount, Due, ScheduleInput},
    error::ErrorKind,
    tailoring::{SourceRef, Standing, Variant},
};
use serde_json::{Value, json};

use crate::harness::{ALIPAY, BAIDU_SEARCH, DOUYIN_PICTURES, Route, TestApp, WECHAT};

const TITLE: &str = "一杯秘方绿茶";

fn set(app: &TestApp, route: Route, settings: &Value) {
    let command = json!({ "set": settings });
    app.simulators.control(route.channel, &command).unwrap();
}

/// Lets the platform call the account.
fn listen(app: &TestApp, account: &ChannelAccount) {
    let url = format!("{}/hooks/wechat/{}", app.url, account.id);
    set(app, WECHAT, &json!({ "callback_url": url }));
}

async fn inspect(app: &TestApp, source: SourceRef) -> Variant {
    let actor = app.system().await;
    let asked = app.app.delivery.inspect(&actor, source, "wechat").await;
    asked.unwrap()
}

/// What is known of a variant by now, and the codes of what it was told.
async fn standing(app: &TestApp, source: SourceRef) -> (Standing, Vec<String>) {
    let actor = app.system().await;
    let variant = app.app.tailoring.variant(&actor, source, "wechat").await;
    let variant = variant.unwrap();
    let told = |finding: &&Finding| finding.code.starts_with("INSPECT");
    let codes = variant.findings.iter().filter(told);
    let codes = codes.map(|finding| finding.code.clone()).collect();
    (variant.inspection.unwrap().standing(), codes)
}

/// Asked, objected to, not asked again, refused to be scheduled, mended.
async fn is_objected_to(app: &TestApp, route: Route, words: &Value) {
    let actor = app.system().await;
    let account = app.connect(route.channel, &[]).await;
    if route == WECHAT {
        listen(app, &account);
    }
    let source = app.source_for(route, TITLE).await;
    let (delivery, tailoring) = (&app.app.delivery, &app.app.tailoring);
    set(app, route, words);

    let inspect = || delivery.inspect(&actor, source, route.channel);
    let variant = inspect().await.unwrap();
    let said = variant.inspection.unwrap().said;
    assert_eq!(said.opinion, Opinion::Block);
    assert!(said.objections.concat().contains("秘方"), "{said:?}");
    assert_eq!(variant.findings[0].code, "INSPECT-01");

    // The platform may think otherwise by now: what it said of this content stays.
    let names = words.as_object().unwrap().keys();
    let none: serde_json::Map<_, _> = names.map(|name| (name.clone(), json!([]))).collect();
    set(app, route, &none.into());
    assert_eq!(inspect().await.unwrap().inspection.unwrap().said, said);
    let input = ScheduleInput {
        source,
        account: account.id,
        lane: route.lane.to_owned(),
        due: Due::Now,
    };
    let refused = delivery.schedule(&actor, input.clone()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::FailedPrecondition);
    assert!(refused.to_string().contains("INSPECT-01"), "{refused}");

    let mended = tailoring
        .set_override(&actor, source, route.channel, "title", json!("一杯绿茶"), 0)
        .await
        .unwrap();
    assert_eq!(mended.inspection, None, "this content was not asked about");
    inspect().await.unwrap();
    app.simulators.work(route.channel).await;
    let variant = tailoring.variant(&actor, source, route.channel).await;
    let variant = variant.unwrap();
    assert_eq!(variant.inspection.unwrap().standing(), Standing::Passed);
    let mut codes = variant.findings.iter().map(|finding| &finding.code);
    assert!(!codes.any(|code| code.starts_with("INSPECT")));
    delivery.schedule(&actor, input).await.unwrap();
}

both_databases! {
    async fn what_the_platform_doubts_is_a_warning(app: TestApp) {
        let actor = app.system().await;
        app.connect("wechat", &[]).await;
        let source = app.source_for(WECHAT, TITLE).await;
        set(&app, WECHAT, &json!({ "doubtful_words": ["秘方"] }));
        let variant = app.app.delivery.inspect(&actor, source, "wechat").await.unwrap();
        assert_eq!(variant.inspection.unwrap().said.opinion, Opinion::Review);
        let finding = variant.findings.iter().find(|one| one.code == "INSPECT-02").unwrap();
        assert!(finding.reason.contains("广告（秘方）"), "{finding:?}");
    }

    async fn the_same_content_is_asked_about_once_and_stays_refused(app: TestApp) {
        is_objected_to(&app, WECHAT, &json!({ "risky_words": ["秘方"] })).await;
        let state = app.simulators.control("wechat", &json!({ "state": true })).unwrap();
        assert_eq!(state["calls"]["/wxa/msg_sec_check"]["of_day"], 2, "one call for each content");
    }

    async fn alipay_names_the_words_it_objects_to(app: TestApp) {
        is_objected_to(&app, ALIPAY, &json!({ "refused_words": ["秘方"] })).await;
    }

    async fn douyin_looks_at_the_caption_and_each_picture_before_anything_is_scheduled(app: TestApp) {
        app.give_mini_program().await;
        let account = app.connect("douyin", &[]).await;
        let actor = app.system().await;
        let source = app.gallery(TITLE, 2).await;
        let inspect = || app.app.delivery.inspect(&actor, source, "douyin");
        set(&app, DOUYIN_PICTURES, &json!({ "picture_verdicts": ["none"] }));
        let failed = inspect().await.unwrap_err();
        assert_eq!(failed.kind(), ErrorKind::Unavailable, "{failed}");
        let variant = app.app.tailoring.variant(&actor, source, "douyin").await.unwrap();
        assert_eq!(variant.inspection, None, "no prediction is no pass");

        set(&app, DOUYIN_PICTURES, &json!({ "picture_verdicts": ["clean", "hit"], "censor_words": ["秘方"] }));
        let said = inspect().await.unwrap().inspection.unwrap().said;
        assert_eq!(said.opinion, Opinion::Block);
        assert_eq!(said.objections, ["文案（short_content_antidirt）", "图片 2（porn）"]);
        let input = ScheduleInput { source, account: account.id, lane: "publish".to_owned(), due: Due::Now };
        let refused = app.app.delivery.schedule(&actor, input).await.unwrap_err();
        assert!(refused.to_string().contains("INSPECT-01"), "{refused}");

        for (version, (field, value)) in [("text", json!("一杯绿茶")), ("topics", json!(["绿茶"]))].into_iter().enumerate() {
            let version = version.try_into().unwrap();
            let mended = app.app.tailoring.set_override(&actor, source, "douyin", field, value, version);
            mended.await.unwrap();
        }
        assert_eq!(inspect().await.unwrap().inspection.unwrap().standing(), Standing::Passed);
    }

    async fn without_the_capability_of_a_mini_program_douyin_looks_at_nothing(app: TestApp) {
        app.connect("douyin", &[]).await;
        let actor = app.system().await;
        let source = app.gallery(TITLE, 1).await;
        let inspect = || app.app.delivery.inspect(&actor, source, "douyin");
        let failed = inspect().await.unwrap_err();
        assert_eq!(failed.kind(), ErrorKind::FailedPrecondition);
        assert!(failed.to_string().contains("小程序"), "{failed}");

        app.give_mini_program().await;
        set(&app, DOUYIN_PICTURES, &json!({ "app_scopes": [] }));
        let failed = inspect().await.unwrap_err();
        assert_eq!(failed.kind(), ErrorKind::FailedPrecondition, "{failed}");
    }

    async fn baidu_is_asked_about_a_long_text_piece_by_piece(app: TestApp) {
        let actor = app.system().await;
        app.connect("baidu", &[]).await;
        // More than 10 KB, and what is objected to stands at the end.
        let paragraph = "春茶的季节从清明前后开始，茶农在清晨采下一芽一叶，当天就要完成摊晾、杀青与揉捻。".repeat(10);
        let paragraphs: String = (1..=12).map(|number| format!("第{number}段。{paragraph}\n\n")).collect();
        let text = format!("{paragraphs}秘方在这里。");
        let mut content = StoryContent::new("明前龙井的冲泡要点与火候");
        content.body = Body::from_markdown(&text, &|_| None).body;
        let new = NewItem { content, slug: None, source_id: None };
        let story = app.app.content.create(&actor, new).await.unwrap();
        let source = SourceRef::Story(story.id);
        let inspect = || app.app.delivery.inspect(&actor, source, "baidu");

        let other = app.story("紫砂壶的养护").await;
        let passed = app.app.delivery.inspect(&actor, other, "baidu").await.unwrap();
        assert_eq!(passed.inspection.unwrap().said.opinion, Opinion::Pass);
        set(&app, BAIDU_SEARCH, &json!({ "leading_words": ["秘方"] }));
        // The token that was good just now is not any more.
        app.simulators.control("baidu", &json!({ "revoke_tokens": true })).unwrap();
        let said = inspect().await.unwrap().inspection.unwrap().said;

        assert_eq!((said.opinion, said.objections), (Opinion::Review, vec!["诱导内容（秘方）".to_owned()]));
        let requests = app.simulators.control("baidu", &json!({ "requests": true })).unwrap();
        let bodies: Vec<Value> = requests.as_array().unwrap().iter()
            .filter(|request| request["path"].as_str().unwrap().contains("syncCheckText"))
            .map(|request| serde_json::from_str(request["body"].as_str().unwrap()).unwrap())
            .collect();
        assert!(bodies.len() >= 4, "{}", bodies.len());
        assert!(bodies.iter().all(|body| body["content"].as_str().unwrap().len() < 10 * 1024));
    }

    async fn baidu_looks_at_each_picture_and_what_it_objects_to_names_the_picture(app: TestApp) {
        let account = app.connect("baidu", &[]).await;
        let actor = app.system().await;
        let source = app.gallery_of("明前龙井的冲泡要点与火候", 3, (1200, 800)).await;
        let inspect = || app.app.delivery.inspect(&actor, source, "baidu");
        set(&app, BAIDU_SEARCH, &json!({ "picture_verdicts": ["clean", "porn", "ocr-lead"] }));
        // The token that was good just now is not any more.
        app.simulators.control("baidu", &json!({ "revoke_tokens": true })).unwrap();

        let variant = inspect().await.unwrap();

        let said = variant.inspection.unwrap().said;
        assert_eq!(said.opinion, Opinion::Block);
        assert_eq!(said.objections, ["图片 2：色情（porn）", "图片 3：图中文字诱导（ocr-lead）"]);
        assert_eq!(variant.findings[0].code, "INSPECT-01");
        let requests = app.simulators.control("baidu", &json!({ "requests": true })).unwrap();
        let asked = requests.as_array().unwrap().iter()
            .filter(|request| request["path"].as_str().unwrap().ends_with("/openapi/file/2.0/smartapp/riskDetection/v2/syncCheckImage"))
            .count();
        assert_eq!(asked, 3, "each once");
        let input = ScheduleInput { source, account: account.id, lane: "search".to_owned(), due: Due::Now };
        let refused = app.app.delivery.schedule(&actor, input).await.unwrap_err();
        assert!(refused.to_string().contains("INSPECT-01"), "{refused}");

        let clean = app.gallery_of("紫砂壶的养护与开壶的讲究", 3, (1200, 800)).await;
        let variant = app.app.delivery.inspect(&actor, clean, "baidu").await.unwrap();
        assert_eq!(variant.inspection.unwrap().standing(), Standing::Passed);
    }

    async fn a_picture_of_which_baidu_says_nothing_is_no_pass(app: TestApp) {
        app.connect("baidu", &[]).await;
        let actor = app.system().await;
        let source = app.gallery_of("明前龙井的冲泡要点与火候", 1, (1200, 800)).await;
        let body = r#"{"errno":0,"msg":"success","data":{"res":[{"type":"porn","errno":0}]}}"#.to_owned();
        app.fault(BAIDU_SEARCH, "syncCheckImage", Fault::BodyBefore { body });

        let failed = app.app.delivery.inspect(&actor, source, "baidu").await.unwrap_err();

        assert_eq!(failed.kind(), ErrorKind::Unavailable, "{failed}");
        let variant = app.app.tailoring.variant(&actor, source, "baidu").await.unwrap();
        assert_eq!(variant.inspection, None);
    }

    async fn what_baidu_could_not_say_is_no_pass(app: TestApp) {
        let actor = app.system().await;
        let source = app.source_for(BAIDU_SEARCH, TITLE).await;
        let inspect = || app.app.delivery.inspect(&actor, source, "baidu");
        app.connect("baidu", &[]).await;
        for body in [r#"{"errno":0,"msg":"success","data":{"res":[]}}"#, r#"{"error_code":2,"error_msg":"busy"}"#] {
            app.fault(BAIDU_SEARCH, "syncCheckText", Fault::BodyBefore { body: body.to_owned() });
            let failed = inspect().await.unwrap_err();
            assert_eq!(failed.kind(), ErrorKind::Unavailable, "{failed}");
            let variant = app.app.tailoring.variant(&actor, source, "baidu").await.unwrap();
            assert_eq!(variant.inspection, None);
        }

        set(&app, BAIDU_SEARCH, &json!({ "risky_words": ["秘方"] }));
        let variant = inspect().await.unwrap();
        assert_eq!(variant.inspection.unwrap().said.opinion, Opinion::Block);
        let finding = variant.findings.iter().find(|one| one.code == "INSPECT-01").unwrap();
        assert!(finding.reason.contains("违规内容（秘方）"), "{finding:?}");
    }

    async fn no_answer_is_no_pass(app: TestApp) {
        let actor = app.system().await;
        let source = app.source_for(WECHAT, TITLE).await;
        let inspect = |channel: &'static str| app.app.delivery.inspect(&actor, source, channel);
        let failed = inspect("toutiao").await.unwrap_err();
        assert_eq!((failed.kind(), failed.field()), (ErrorKind::InvalidInput, Some("input.channel")));
        let failed = inspect("wechat").await.unwrap_err();
        assert_eq!(failed.kind(), ErrorKind::FailedPrecondition, "{failed}");

        app.connect("wechat", &[]).await;
        set(&app, WECHAT, &json!({ "recent_openids": [] }));
        let failed = inspect("wechat").await.unwrap_err();
        assert!(failed.to_string().contains("两小时"), "{failed}");
        let variant = app.app.tailoring.variant(&actor, source, "wechat").await.unwrap();
        assert_eq!(variant.inspection, None);
    }

    async fn pictures_are_looked_at_later_and_no_word_yet_is_no_pass(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        listen(&app, &account);
        for (mode, format) in [("plain", "json"), ("plain", "xml"), ("compatible", "json"), ("compatible", "xml"), ("secure", "json"), ("secure", "xml")] {
            set(&app, WECHAT, &json!({ "callback_mode": mode, "mini_event_format": format }));
            let source = app.gallery(&format!("{mode} {format}"), 2).await;
            let asked = inspect(&app, source).await.inspection.unwrap();
            assert_eq!(asked.standing(), Standing::Awaited);
            let names: Vec<&str> = asked.said.awaited.iter().map(|part| part.name.as_str()).collect();
            assert_eq!(names, ["图片 1", "图片 2"], "each picture once");
            assert_eq!(standing(&app, source).await.1, ["INSPECT-03"]);

            app.simulators.work("wechat").await;

            assert_eq!(standing(&app, source).await, (Standing::Passed, vec![]), "{mode} {format}");
        }
        let state = app.simulators.control("wechat", &json!({ "state": true })).unwrap();
        assert_eq!(state["events"], json!([]), "every call was heard");
    }

    async fn a_picture_that_the_platform_refuses_blocks_the_push_and_is_named(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        listen(&app, &account);
        set(&app, WECHAT, &json!({ "picture_verdicts": ["pass", "risky"] }));
        let source = app.gallery(TITLE, 2).await;
        inspect(&app, source).await;
        app.simulators.work("wechat").await;

        let said = inspect(&app, source).await.inspection.unwrap().said;
        assert_eq!((said.opinion, said.objections), (Opinion::Block, vec!["图片 2：色情".to_owned()]));
        let input = ScheduleInput { source, account: account.id, lane: "picture".to_owned(), due: Due::Now };
        let refused = app.app.delivery.schedule(&app.system().await, input).await.unwrap_err();
        assert!(refused.to_string().contains("INSPECT-01"), "{refused}");
    }

    async fn a_picture_of_which_no_word_comes_was_not_looked_at_and_can_be_asked_about_again(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        listen(&app, &account);
        set(&app, WECHAT, &json!({ "picture_verdicts": ["silent"] }));
        let source = app.gallery(TITLE, 1).await;
        inspect(&app, source).await;
        app.simulators.work("wechat").await;
        assert_eq!(standing(&app, source).await, (Standing::Awaited, vec!["INSPECT-03".to_owned()]));

        app.clock.advance(Duration::from_mins(30));

        assert_eq!(standing(&app, source).await, (Standing::Unchecked, vec!["INSPECT-04".to_owned()]));
        assert_eq!(inspect(&app, source).await.inspection.unwrap().standing(), Standing::Awaited);
        app.simulators.work("wechat").await;
        assert_eq!(standing(&app, source).await, (Standing::Passed, vec![]));
    }

    async fn a_picture_that_cannot_be_fetched_was_not_looked_at(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        listen(&app, &account);
        set(&app, WECHAT, &json!({ "picture_verdicts": ["unreachable"] }));
        let source = app.gallery(TITLE, 1).await;
        inspect(&app, source).await;

        app.simulators.work("wechat").await;

        assert_eq!(standing(&app, source).await, (Standing::Unchecked, vec!["INSPECT-04".to_owned()]));
    }

    async fn a_word_of_somebody_else_and_one_that_comes_late(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        listen(&app, &account);
        set(&app, WECHAT, &json!({ "callback_fault": "forge" }));
        let source = app.gallery(TITLE, 1).await;
        inspect(&app, source).await;
        app.simulators.work("wechat").await;
        assert_eq!(standing(&app, source).await.0, Standing::Awaited, "nobody is believed without a signature");

        let late = app.gallery("两杯红茶", 1).await;
        set(&app, WECHAT, &json!({ "callback_fault": "repeat", "check_delay_s": 3600, "picture_verdicts": ["risky"] }));
        inspect(&app, late).await;
        app.clock.advance(Duration::from_hours(1));
        assert_eq!(standing(&app, late).await.0, Standing::Unchecked);
        app.simulators.work("wechat").await;

        assert_eq!(standing(&app, late).await.0, Standing::Refused, "late, and worth knowing");
    }

    async fn without_a_push_pictures_are_not_asked_about(app: TestApp) {
        let account = app.connect("wechat", &[]).await;
        let credentials = [("callback_token".to_owned(), String::new())].into();
        let changes = AccountChanges { credentials: Some(credentials), ..AccountChanges::default() };
        let actor = app.system().await;
        app.app.delivery.update_account(&actor, account.id, account.version, changes).await.unwrap();
        let source = app.gallery(TITLE, 1).await;

        let asked = inspect(&app, source).await.inspection.unwrap();

        assert_eq!(asked.standing(), Standing::Unchecked);
        assert!(asked.said.unchecked[0].contains("消息推送"), "{:?}", asked.said);
        let state = app.simulators.control("wechat", &json!({ "state": true })).unwrap();
        assert_eq!(state["calls"].get("/wxa/media_check_async"), None);
    }
}
