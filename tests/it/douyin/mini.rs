//! What the mini-program is for: pages for search, and the check of contents.

use fenfa::{
    channels::fault::Fault,
    content::StoryContent,
    delivery::{DeliveryState, Reason},
};
use serde_json::json;

use super::{calls, count, send, set};
use crate::harness::{DOUYIN, DOUYIN_SEARCH};

both_databases! {
    async fn a_page_of_the_mini_program_is_submitted_for_search(app: TestApp) {
        app.give_mini_program().await;
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let id = app.send(DOUYIN_SEARCH, &account, "一杯绿茶").await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(DOUYIN_SEARCH);
        assert_eq!((live.len(), live[0]["key"].as_str()), (1, delivery.external_id.as_deref()));
        assert!(live[0]["key"].as_str().unwrap().contains("yi-bei-lv-cha"), "{live:?}");
    }

    async fn a_page_whose_reply_was_lost_is_submitted_once_more(app: TestApp) {
        app.give_mini_program().await;
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN_SEARCH, DOUYIN_SEARCH.commit, Fault::AcceptThenDrop);
        let id = app.send(DOUYIN_SEARCH, &account, "一杯绿茶").await;

        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(DOUYIN_SEARCH);
        assert_eq!((live.len(), &live[0]["submissions"]), (1, &json!(2)), "one page, however often it is submitted");
    }

    async fn a_page_that_readers_cannot_open_is_not_submitted(app: TestApp) {
        app.give_mini_program().await;
        let account = app.connect("douyin", &[]).await;
        let worker = app.worker().await;
        let source = app.story("一杯绿茶").await;
        let id = app.schedule(DOUYIN_SEARCH, &account, source).await;
        app.app.content.unpublish::<StoryContent>(&app.system().await, source.item()).await.unwrap();

        worker.run_until_idle().await.unwrap();

        let delivery = app.delivery(id).await;
        assert_eq!(delivery.state, DeliveryState::RetryWait, "{delivery:#?}");
        assert!(app.live(DOUYIN_SEARCH).is_empty());
    }

    async fn without_a_mini_program_there_is_no_page_to_submit(app: TestApp) {
        let source = app.story("一杯绿茶").await;

        let refused = app.app.tailoring.freeze(&app.system().await, source, "douyin", "search").await.unwrap_err();

        assert!(refused.to_string().contains("DY-S01"), "{refused}");
    }

    async fn content_that_the_platforms_check_finds_fault_with_is_not_sent(app: TestApp) {
        app.give_mini_program().await;
        let account = app.connect("douyin", &[("content_check", "on")]).await;
        let fine = send(&app, &account).await;
        set(&app, &json!({ "censor_words": ["绿茶"] }));
        let refused = send(&app, &account).await;

        assert_eq!(fine.state, DeliveryState::Published, "{fine:#?}");
        assert_eq!(calls(&app, &fine).await[..3], ["stable_client_token", "text", "upload_video"], "looked at before anything is uploaded");
        assert_eq!((refused.state, refused.reason), (DeliveryState::Rejected, Some(Reason::Refused)), "{refused:#?}");
        let message = refused.reason_params["message"].as_str().unwrap();
        assert!(message.contains("文案（short_content_antidirt）"), "{message}");
        assert_eq!(app.live(DOUYIN).len(), 1);
    }

    async fn a_check_that_says_nothing_is_not_taken_for_clean(app: TestApp) {
        app.give_mini_program().await;
        let account = app.connect("douyin", &[("content_check", "on")]).await;
        let worker = app.worker().await;
        app.fault(DOUYIN, "/censor/text", Fault::BodyAfter { body: r#"{"err_no":0,"err_msg":"","data":{}}"#.into() });
        let id = app.send(DOUYIN, &account, "一杯绿茶").await;

        worker.run_until_idle().await.unwrap();
        assert_eq!(app.delivery(id).await.state, DeliveryState::RetryWait);
        let delivery = app.settle(&worker, id).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        assert_eq!(count(&app, &delivery, "text").await, 2);
    }
}
