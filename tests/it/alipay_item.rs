//! Goods of Alipay's mini-program: a story with its products becomes one item, changes it, takes it away, and its post sells it.

use fenfa::{
    auth::SiteChanges,
    channels::fault::Fault,
    content::{ItemChanges, StoryContent},
    delivery::{
        AccountChanges, ChannelAccount, Delivery, DeliveryState, Due, Reason, ScheduleInput,
    },
    tailoring::SourceRef,
};
use serde_json::{Value, json};

use crate::harness::{ALIPAY, ALIPAY_ITEM, Route, TestApp};

const TITLE: &str = "一口珐琅锅怎么选";
const NAMES: [&str; 2] = ["小号珐琅锅", "大号珐琅锅"];

fn control(app: &TestApp, command: &Value) -> Value {
    app.simulators.control("alipay", command).unwrap()
}

async fn send(
    app: &TestApp,
    route: Route,
    account: &ChannelAccount,
    source: SourceRef,
) -> Delivery {
    let worker = app.worker().await;
    let id = app.schedule(route, account, source).await;
    app.settle(&worker, id).await
}

/// A registered item with its story and account.
async fn registered(app: &TestApp) -> (ChannelAccount, SourceRef, Delivery) {
    let account = app.connect("alipay", &[]).await;
    let source = app.product_story(TITLE, &NAMES).await;
    let item = send(app, ALIPAY_ITEM, &account, source).await;
    (account, source, item)
}

async fn withdraw(app: &TestApp, delivery: &Delivery) -> Delivery {
    let (actor, worker) = (app.system().await, app.worker().await);
    let withdrawn = app.app.delivery.withdraw(&actor, delivery.id).await;
    let takedown = withdrawn.unwrap().takedown.unwrap();
    app.settle(&worker, takedown.id).await
}

/// What is attached to the one post.
fn offers(app: &TestApp) -> Value {
    control(app, &json!({ "state": true }))["contents"][0]["offers"].clone()
}

/// The story under another title, published.
async fn rename(app: &TestApp, source: SourceRef, title: &str) {
    let (actor, content) = (app.system().await, &app.app.content);
    let story = content.item::<StoryContent>(&actor, source.item()).await;
    let story = story.unwrap();
    let changes = ItemChanges {
        base_version: story.version,
        content: StoryContent {
            title: title.to_owned(),
            ..story.content
        },
        slug: None,
    };
    content.update(&actor, story.id, changes).await.unwrap();
    let published = content.publish::<StoryContent>(&actor, story.id).await;
    published.unwrap();
}

both_databases! {
    async fn a_story_about_products_becomes_an_item_with_specifications_and_prices(app: TestApp) {
        let (.., delivery) = registered(&app).await;

        assert_eq!(delivery.state, DeliveryState::Published, "{delivery:#?}");
        let live = app.live(ALIPAY_ITEM);
        assert_eq!(live.len(), 1);
        assert_eq!(live[0]["key"].as_str(), delivery.external_id.as_deref());
        assert_eq!((&live[0]["title"], &live[0]["state"]), (&json!(TITLE), &json!("已上架")));
        let path = live[0]["link"].as_str().unwrap();
        assert!(path.starts_with("alipays://platformapi/startapp?appId=2021000000000001&page="), "{path}");
        let (shelf, _) = app.page(&format!("{}/alipay/goods", app.simulators_url)).await;
        assert!(shelf.contains(TITLE) && shelf.contains("¥268.00"), "{shelf}");
        let item = format!("{}/alipay/item/{}", app.simulators_url, delivery.external_id.unwrap());
        let (page, pictures) = app.page(&item).await;
        assert!(NAMES.iter().all(|name| page.contains(name)), "{page}");
        assert!(pictures >= 2, "the head picture, and those below the text");
    }

    async fn a_story_without_products_is_not_for_the_lane_and_has_nothing_to_mend(app: TestApp) {
        let account = app.connect("alipay", &[]).await;
        let actor = app.system().await;
        let source = app.gallery("一杯绿茶", 2).await;

        let variant = app.app.tailoring.variant(&actor, source, "alipay").await.unwrap();

        assert!(variant.fields.iter().all(|field| !field.name.starts_with("item_")), "{:#?}", variant.fields);
        let input = ScheduleInput { source, account: account.id, lane: "item".to_owned(), due: Due::Now };
        let refused = app.app.delivery.schedule(&actor, input).await.unwrap_err();
        assert!(refused.to_string().contains("AL-I01"), "{refused}");
    }

    async fn a_changed_story_changes_its_item_and_readers_keep_the_old_one_until_the_review_ends(app: TestApp) {
        let (account, source, first) = registered(&app).await;
        rename(&app, source, "珐琅锅的保养").await;
        control(&app, &json!({ "set": { "audit_delay_s": 600 } }));
        let worker = app.worker().await;
        let id = app.schedule(ALIPAY_ITEM, &account, source).await;

        worker.run_until_idle().await.unwrap();
        let (shelf, _) = app.page(&format!("{}/alipay/goods", app.simulators_url)).await;
        assert!(shelf.contains(TITLE), "{shelf}");
        let changed = app.settle(&worker, id).await;

        assert_eq!(changed.state, DeliveryState::Published, "{changed:#?}");
        assert_eq!(changed.external_id, first.external_id);
        let live = app.live(ALIPAY_ITEM);
        assert_eq!((live.len(), &live[0]["title"]), (1, &json!("珐琅锅的保养")));
    }

    async fn a_change_whose_answer_was_lost_is_found(app: TestApp) {
        let (account, source, _) = registered(&app).await;
        rename(&app, source, "珐琅锅的保养").await;
        app.fault(ALIPAY_ITEM, "app.item.modify", Fault::AcceptThenDrop);

        let changed = send(&app, ALIPAY_ITEM, &account, source).await;

        assert_eq!(changed.state, DeliveryState::Published, "{changed:#?}");
        assert_eq!(crate::conformance::commit_calls(&app, changed.id).await, 1);
    }

    async fn an_item_that_is_there_already_is_changed_and_not_made_again(app: TestApp) {
        let (_, source, first) = registered(&app).await;
        // The same application, connected once more.
        let other = app.connect("alipay", &[]).await;

        let second = send(&app, ALIPAY_ITEM, &other, source).await;

        assert_eq!(second.state, DeliveryState::Published, "{second:#?}");
        assert_eq!(second.external_id, first.external_id);
        assert_eq!(app.live(ALIPAY_ITEM).len(), 1);
    }

    async fn an_item_is_taken_away_once(app: TestApp) {
        let (.., delivery) = registered(&app).await;
        app.fault(ALIPAY_ITEM, "app.item.delete", Fault::AcceptThenDrop);

        let takedown = withdraw(&app, &delivery).await;

        assert_eq!(takedown.state, DeliveryState::Published, "{takedown:#?}");
        assert!(app.live(ALIPAY_ITEM).is_empty());
    }

    async fn a_review_that_refuses_says_what_it_objects_to(app: TestApp) {
        control(&app, &json!({ "set": { "refused_words": ["珐琅"] } }));

        let (.., delivery) = registered(&app).await;

        assert_eq!((delivery.state, delivery.reason), (DeliveryState::Rejected, Some(Reason::Refused)), "{delivery:#?}");
        let message = delivery.reason_params["message"].as_str().unwrap();
        assert!(message.contains("违规内容：商品名称或详情含有违规词"), "{message}");
    }

    async fn a_post_sells_the_item_of_its_story(app: TestApp) {
        let (account, source, item) = registered(&app).await;

        let post = send(&app, ALIPAY, &account, source).await;

        assert_eq!(post.state, DeliveryState::Published, "{post:#?}");
        assert_eq!(offers(&app), json!([{ "offer_type": "goods", "offer_id": item.external_id }]));
    }

    async fn a_post_that_sells_nothing_leads_into_the_mini_program_of_the_site(app: TestApp) {
        let (actor, auth) = (app.system().await, &app.app.auth);
        let site = auth.site(&actor).await.unwrap();
        let programs = [("alipay".to_owned(), "2021000000000001".to_owned())];
        let changes = SiteChanges { mini_programs: Some(programs.into()), ..SiteChanges::default() };
        auth.update_site(&actor, site.version, changes).await.unwrap();
        let (account, worker) = (app.connect("alipay", &[]).await, app.worker().await);

        let id = app.send(ALIPAY, &account, "一杯绿茶").await;
        let post = app.settle(&worker, id).await;

        assert_eq!(post.state, DeliveryState::Published, "{post:#?}");
        assert_eq!(offers(&app), json!([{ "offer_type": "mini_app", "offer_id": "2021000000000001" }]));
    }

    async fn an_account_without_a_category_registers_nothing_and_says_why(app: TestApp) {
        let account = app.connect("alipay", &[("item_category_id", "")]).await;
        let actor = app.system().await;

        let check = app.app.delivery.check_account(&actor, account.id).await.unwrap();

        assert!(check.ok && check.lanes == ["post", "article"], "{check:?}");
        assert!(check.barred["item"].contains("类目"), "{check:?}");
        let mut settings = account.settings.clone();
        settings.insert("item_stock".to_owned(), "many".to_owned());
        let stock = AccountChanges { settings: Some(settings), ..AccountChanges::default() };
        let version = app.app.delivery.account(&actor, account.id).await.unwrap().version;
        let refused = app.app.delivery.update_account(&actor, account.id, version, stock).await.unwrap_err();
        assert_eq!(refused.field(), Some("input.settings.item_stock"));
    }
}
