//! The platform underneath: the database on both backends.

use fenfa::db;

both_databases! {
    async fn a_started_app_has_no_pending_migrations(app: TestApp) {
        assert_eq!(db::pending(&app.app.db).await.unwrap(), Vec::<String>::new());
    }

    async fn migrating_again_changes_nothing(app: TestApp) {
        db::migrate(&app.app.db).await.unwrap();
        db::migrate(&app.app.db).await.unwrap();

        assert_eq!(db::pending(&app.app.db).await.unwrap(), Vec::<String>::new());
    }
}

mod pool {
    use fenfa::auth::Role;
    use serde_json::json;

    use crate::harness::{BAIDU_SEARCH, Backend, TestApp};

    /// Seen as a server that stood still for half a minute: as many writers as the pool had connections each held
    /// one in a transaction and waited for another.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn one_connection_is_enough_for_everything() {
        let app = TestApp::start_with(Backend::Postgres, "[database]\nconnections = 2\n").await;
        let _held = app.app.db.begin().await.unwrap();
        let editor = app.person(Role::Editor).await;

        let source = app.story("春茶上新第一口鲜").await;
        app.video("一杯绿茶").await;
        let create = "mutation($input: CreateStoryInput!) { createStory(input: $input) { story { id version content { title } } } }";
        let update = "mutation($input: UpdateStoryInput!) { updateStory(input: $input) { story { version } } }";
        let assets = app
            .admin_graphql(
                &editor,
                "{ assets(kind: IMAGE) { nodes { id } } }",
                json!({}),
            )
            .await;
        let cover = &assets["data"]["assets"]["nodes"][0]["id"];
        let made = app
            .admin_graphql(
                &editor,
                create,
                json!({ "input": { "content": { "title": "绿茶", "coverId": cover } } }),
            )
            .await;
        let story = &made["data"]["createStory"]["story"];
        let changed = app.admin_graphql(&editor, update, json!({ "input": {
            "id": story["id"], "baseVersion": story["version"], "content": { "title": "红茶", "coverId": cover },
        } })).await;
        let account = app.connect(BAIDU_SEARCH.channel, &[]).await;
        let delivery = app.schedule(BAIDU_SEARCH, &account, source).await;
        app.settle(&app.worker().await, delivery).await;

        assert_eq!(
            changed["data"]["updateStory"]["story"]["version"], 2,
            "{changed}"
        );
        assert_eq!(app.live(BAIDU_SEARCH).len(), 1);
    }
}
