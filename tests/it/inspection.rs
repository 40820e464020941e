//! A platform is asked what it thinks of a content before it is published: once for each content, and no answer is no pass.

use fenfa::{
    channels::{Opinion, fault::Fault},
    content::{Body, NewItem, StoryContent},
    delivery::{Due, ScheduleInput},
    error::ErrorKind,
    tailoring::SourceRef,
};
use serde_json::{Value, json};

use crate::harness::{ALIPAY, BAIDU_SEARCH, Route, TestApp, WECHAT};

const TITLE: &str = "一杯秘方绿茶";

fn set(app: &TestApp, route: Route, settings: &Value) {
    let command = json!({ "set": settings });
    app.simulators.control(route.channel, &command).unwrap();
}

/// Asked, objected to, not asked again, refused to be scheduled, mended.
async fn is_objected_to(app: &TestApp, route: Route, words: &Value) {
    let actor = app.system().await;
    let account = app.connect(route.channel, &[]).await;
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
    let variant = inspect().await.unwrap();
    assert_eq!(variant.inspection.unwrap().said.opinion, Opinion::Pass);
    assert!(
        !variant
            .findings
            .iter()
            .any(|one| one.code.starts_with("INSPECT"))
    );
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

    async fn baidu_is_asked_about_a_long_text_piece_by_piece(app: TestApp) {
        let actor = app.system().await;
        app.connect("baidu", &[]).await;
        // More than 10 KB, and what is objected to stands at the end.
        let paragraph = "春茶的季节从清明前后开始，茶农在清晨采下一芽一叶，当天就要完成摊晾、杀青与揉捻。".repeat(10);
        let text = format!("{}秘方在这里。", format!("{paragraph}\n\n").repeat(12));
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
}
