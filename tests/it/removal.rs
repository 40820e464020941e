//! What no call takes down is removed by a file that a person carries to the platform's console.

use fenfa::{
    auth::{Permission, Role},
    content::{ItemChanges, StoryContent},
    delivery::{ChannelAccount, Delivery, DeliveryState, RemovalFile, Worker},
    error::ErrorKind,
    id::{AccountId, DeliveryId, RemovalFileId},
    tailoring::SourceRef,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{BAIDU_SEARCH, DOUYIN, Person, TestApp};

/// Puts a story into the search and takes it down again.
async fn take_down(
    app: &TestApp,
    worker: &Worker,
    account: &ChannelAccount,
    title: &str,
) -> (SourceRef, Delivery) {
    let source = app.story(title).await;
    let id = app.schedule(BAIDU_SEARCH, account, source).await;
    let live = app.settle(worker, id).await;
    assert_eq!(live.state, DeliveryState::Published, "{live:#?}");
    let withdrawn = app.app.delivery.withdraw(&app.system().await, id).await;
    let takedown = withdrawn.unwrap().takedown.unwrap();
    worker.run_until_idle().await.unwrap();
    let takedown = app.delivery(takedown.id).await;
    assert_eq!(takedown.state, DeliveryState::WaitingUser, "{takedown:#?}");
    (source, live)
}

async fn waiting(app: &TestApp, account: AccountId) -> (usize, Vec<usize>) {
    let found = app
        .app
        .delivery
        .removals(&app.system().await, account)
        .await;
    let found = found.unwrap().unwrap();
    let lines = found.files.iter().map(|file| file.deliveries.len());
    (found.waiting_count, lines.collect())
}

async fn make(app: &TestApp, account: AccountId) -> RemovalFile {
    let actor = app.system().await;
    let made = app.app.delivery.make_removal_file(&actor, account).await;
    made.unwrap()
}

async fn download(app: &TestApp, person: &Person, id: RemovalFileId) -> (StatusCode, String) {
    let (name, value) = person.cookie();
    let url = format!("{}/admin/exports/removals/{id}.txt", app.url);
    let answer = app.http.get(url).header(name, value).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

async fn change(app: &TestApp, source: SourceRef) {
    let (actor, content) = (app.system().await, &app.app.content);
    let item = content
        .item::<StoryContent>(&actor, source.item())
        .await
        .unwrap();
    let changes = ItemChanges {
        base_version: item.version,
        content: StoryContent {
            title: format!("{}续", item.content.title),
            ..item.content
        },
        slug: None,
    };
    content
        .update(&actor, source.item(), changes)
        .await
        .unwrap();
    content
        .publish::<StoryContent>(&actor, source.item())
        .await
        .unwrap();
}

both_databases! {
    async fn a_file_holds_the_paths_that_wait_and_a_persons_word_takes_them_down(app: TestApp) {
        let account = app.connect("baidu", &[]).await;
        let worker = app.worker().await;
        let editor = app.person(Role::Editor).await;
        let (_, first) = take_down(&app, &worker, &account, "春茶上新第一口鲜").await;
        let (_, second) = take_down(&app, &worker, &account, "明前龙井的冲泡要点与火候").await;
        assert_eq!(waiting(&app, account.id).await, (2, vec![]));

        let query = "mutation($input: MakeRemovalFileInput!) { makeRemovalFile(input: $input) { removalFile { id lineCount address } } }";
        let made = app.admin_graphql(&editor, query, json!({ "input": { "accountId": account.id } })).await;
        let made = &made["data"]["makeRemovalFile"]["removalFile"];
        assert_eq!(made["lineCount"], 2, "{made}");
        let file: RemovalFileId = made["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(made["address"], format!("/admin/exports/removals/{file}.txt"));
        let (status, text) = download(&app, &editor, file).await;

        assert_eq!(status, StatusCode::OK, "{text}");
        let paths = [second, first.clone()].map(|delivery| delivery.external_id.unwrap());
        assert_eq!(text, format!("{}\n{}\n", paths[0], paths[1]), "the latest first");
        let known = app.simulators.control("baidu", &json!({ "delete_file": text })).unwrap();
        assert_eq!(known["known"], 2, "the console takes it, and knows both");
        let (third_source, third) = take_down(&app, &worker, &account, "紫砂壶的养护与开壶的讲究").await;
        assert_eq!(waiting(&app, account.id).await, (1, vec![2]), "the next file holds what is new");

        let query = "mutation($input: CompleteRemovalFileInput!) { completeRemovalFile(input: $input) { removalFile { uploadedAt } } }";
        let done = app.admin_graphql(&editor, query, json!({ "input": { "id": file } })).await;
        assert_ne!(done["data"]["completeRemovalFile"]["removalFile"]["uploadedAt"], Value::Null, "{done}");
        assert_eq!(waiting(&app, account.id).await, (1, vec![]));
        assert!(app.delivery(first.id).await.withdrawn_at.is_some());
        assert_eq!(app.delivery(third.id).await.withdrawn_at, None, "{third_source:?} stands in no file");
        let (status, _) = download(&app, &editor, file).await;
        assert_eq!(status, StatusCode::PRECONDITION_FAILED);
        let again = app.app.delivery.complete_removal_file(&app.system().await, file).await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::FailedPrecondition);
    }

    async fn what_went_there_again_stands_in_no_file(app: TestApp) {
        let account = app.connect("baidu", &[]).await;
        let worker = app.worker().await;
        let editor = app.person(Role::Editor).await;
        let (again, before) = take_down(&app, &worker, &account, "春茶上新第一口鲜").await;
        take_down(&app, &worker, &account, "明前龙井的冲泡要点与火候").await;
        let file = make(&app, account.id).await;
        assert_eq!(file.deliveries.len(), 2);
        app.clock.advance(std::time::Duration::from_mins(1));

        change(&app, again).await;
        let id = app.schedule(BAIDU_SEARCH, &account, again).await;
        app.settle(&worker, id).await;

        assert_eq!(waiting(&app, account.id).await, (0, vec![1]));
        let path = before.external_id.unwrap();
        let (_, text) = download(&app, &editor, file.id).await;
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(!text.contains(&path), "{path} is live: {text}");
        app.app.delivery.complete_removal_file(&app.system().await, file.id).await.unwrap();
        assert_eq!(app.delivery(before.id).await.withdrawn_at, None, "nobody took it down");
    }

    async fn a_file_takes_as_many_as_the_platform_and_two_people_never_the_same(app: TestApp) {
        let account = app.connect("baidu", &[]).await;
        let worker = app.worker().await;
        take_down(&app, &worker, &account, "春茶上新第一口鲜").await;
        copy_takedown(&app, 1000).await;
        assert_eq!(waiting(&app, account.id).await, (1001, vec![]));

        let actor = app.system().await;
        let (one, two) = tokio::join!(
            app.app.delivery.make_removal_file(&actor, account.id),
            app.app.delivery.make_removal_file(&actor, account.id),
        );

        let (one, two) = (one.unwrap().deliveries, two.unwrap().deliveries);
        assert_eq!(one.len().max(two.len()), 1000);
        assert_eq!(one.len().min(two.len()), 1);
        assert!(!one.iter().any(|id| two.contains(id)));
        let none = app.app.delivery.make_removal_file(&actor, account.id).await.unwrap_err();
        assert_eq!(none.kind(), ErrorKind::FailedPrecondition);
    }

    async fn who_may_read_downloads_and_who_may_schedule_makes_and_completes(app: TestApp) {
        let account = app.connect("baidu", &[]).await;
        let worker = app.worker().await;
        take_down(&app, &worker, &account, "春茶上新第一口鲜").await;
        let file = make(&app, account.id).await;
        for role in [Role::Viewer, Role::Author, Role::Editor, Role::Admin] {
            let (status, _) = download(&app, &app.person(role).await, file.id).await;
            let expected = if role.allows(Permission::ReadContent) { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(status, expected, "{role:?}");
        }
        let url = format!("{}/admin/exports/removals/{}.txt", app.url, file.id);
        assert_eq!(app.http.get(url).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
        let (status, _) = download(&app, &app.person(Role::Admin).await, RemovalFileId::new()).await;
        assert_eq!(status, StatusCode::NOT_FOUND);

        let other = app.connect("douyin", &[]).await;
        app.send(DOUYIN, &other, "一杯绿茶").await;
        let removals = app.app.delivery.removals(&app.system().await, other.id).await.unwrap();
        assert!(removals.is_none(), "its API takes down by itself");
    }
}

/// Writes a waiting takedown so many times more, each of a story of its own.
async fn copy_takedown(app: &TestApp, times: u32) {
    use sea_orm::{
        ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
        QueryFilter as _,
    };

    use fenfa::db::entity::{delivery, submission};

    let db = app.app.db.write();
    let row = delivery::Entity::find()
        .filter(delivery::Column::Intent.eq("takedown"))
        .one(db)
        .await
        .unwrap()
        .unwrap();
    let sent = submission::Entity::find_by_id(row.id)
        .one(db)
        .await
        .unwrap()
        .unwrap();
    for number in 0..times {
        let id = DeliveryId::new();
        let mut copy = row.clone().into_active_model();
        copy.id = Set(id);
        copy.dedup_key = Set(format!("copy {number}"));
        delivery::Entity::insert(copy)
            .exec_without_returning(db)
            .await
            .unwrap();
        let mut copy = sent.clone().into_active_model();
        copy.delivery_id = Set(id);
        submission::Entity::insert(copy)
            .exec_without_returning(db)
            .await
            .unwrap();
    }
}
