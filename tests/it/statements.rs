//! A list costs as many SQL statements with many rows as with one.

use fenfa::{
    auth::Role,
    content::{Body, NewItem, NewProduct, StoryContent, VideoContent},
};
use serde_json::{Value, json};

use crate::harness::{BAIDU_SEARCH, Person, TestApp};

/// How many rows the long lists have.
const MANY: usize = 12;

/// A story with everything that a list may show, its video, its product, and a delivery.
async fn add(app: &TestApp, number: usize) {
    let actor = app.system().await;
    let (content, media) = (&app.app.content, &app.app.media);
    let file = |name: &str| format!("{}/tests/fixtures/media/{name}", env!("CARGO_MANIFEST_DIR"));
    let cover = media
        .create_asset_from_file(&actor, "cover.jpg", "茶席", file("small.jpg").as_ref())
        .await
        .unwrap()
        .0
        .id;
    let clip = media
        .create_asset_from_file(&actor, "clip.mp4", "", file("vertical-2s.mp4").as_ref())
        .await
        .unwrap()
        .0
        .id;
    let category = content
        .ensure_category(&actor, &format!("tea-{number}"), "茶")
        .await
        .unwrap();
    let tag = content
        .ensure_tag(&actor, &format!("春茶{number}"))
        .await
        .unwrap();
    let product = NewProduct {
        sku: format!("sku-{number}"),
        name: "明前龙井".to_owned(),
        price_fen: 12_800,
        category: Some(category.id),
        pictures: vec![cover],
        ..NewProduct::default()
    };
    let product = content.create_product(&actor, product).await.unwrap();
    content.publish_product(&actor, product.id).await.unwrap();
    let mut video = VideoContent::new(format!("一杯绿茶 {number}"), clip);
    video.poster = Some(cover);
    video.tags = vec![tag.id];
    video.category = Some(category.id);
    video.products = vec![product.id];
    let new = NewItem {
        content: video,
        slug: None,
        source_id: None,
    };
    let video = content.create(&actor, new).await.unwrap();
    content
        .publish::<VideoContent>(&actor, video.id)
        .await
        .unwrap();
    let mut story = StoryContent::new(format!("春茶上新第一口鲜 {number}"));
    story.lead = "清明前后，茶农在清晨采下一芽一叶，当天就要完成摊晾、杀青与揉捻。".repeat(4);
    story.body = Body::from_markdown(
        &"冲泡时水温以八十五度为宜，先温杯，再投茶。".repeat(20),
        &|_| None,
    )
    .body;
    story.cover = Some(cover);
    story.gallery = vec![cover];
    story.category = Some(category.id);
    story.tags = vec![tag.id];
    story.products = vec![product.id];
    story.videos = vec![video.id];
    let new = NewItem {
        content: story,
        slug: None,
        source_id: None,
    };
    let story = content.create(&actor, new).await.unwrap();
    content
        .publish::<StoryContent>(&actor, story.id)
        .await
        .unwrap();
    let account = app.connect("baidu", &[]).await;
    let source = fenfa::tailoring::SourceRef::Story(story.id);
    app.schedule(BAIDU_SEARCH, &account, source).await;
}

/// Statements of a query that is asked a second time, so that what is learned once is known; and its rows.
async fn statements(app: &TestApp, ask: impl AsyncFn() -> Value, list: &str) -> (u64, usize) {
    ask().await;
    let before = app.app.db.statement_count();
    let answer = ask().await;
    let sent = app.app.db.statement_count() - before;
    let rows = answer["data"][list]["nodes"].as_array();
    (sent, rows.unwrap_or_else(|| panic!("{answer}")).len())
}

const PUBLIC: &[(&str, &str)] = &[
    (
        "stories",
        "{ stories(first: 20) { nodes { id title category { key } tags { name } cover { url(size: CARD) } pictures { url(size: CARD) } products { name pictures { url(size: THUMB) } } videos { title } } } }",
    ),
    (
        "videos",
        "{ videos(first: 20) { nodes { id title poster { url(size: CARD) } tags { name } products { name } } } }",
    ),
    (
        "products",
        "{ products(first: 20) { nodes { sku name category { key } pictures { url(size: THUMB) } } } }",
    ),
];

const ADMIN: &[(&str, &str)] = &[
    (
        "stories",
        "{ stories(first: 50) { nodes { id title state content { cover { url } gallery { url } category { name } tags { name } products { name } } } } }",
    ),
    (
        "videos",
        "{ videos(first: 50) { nodes { id title content { file { url } poster { url } category { name } tags { name } products { name } } } } }",
    ),
    (
        "products",
        "{ products(first: 50) { nodes { id name category { name } pictures { url } } } }",
    ),
    (
        "deliveries",
        "{ deliveries(first: 50) { nodes { id state account { name } steps { name } attempts { message } } } }",
    ),
];

async fn public(app: &TestApp, key: &str, query: &str) -> Value {
    let request = app
        .http
        .post(format!("{}/graphql", app.url))
        .header("x-fenfa-key", key)
        .json(&json!({ "query": query }));
    request.send().await.unwrap().json().await.unwrap()
}

async fn count_all(app: &TestApp, key: &str, editor: &Person) -> Vec<(String, u64, usize)> {
    let mut counted = Vec::new();
    for (list, query) in PUBLIC {
        let (sent, rows) = statements(app, async || public(app, key, query).await, list).await;
        counted.push((format!("public {list}"), sent, rows));
    }
    for (list, query) in ADMIN {
        let ask = async || app.admin_graphql(editor, query, json!({})).await;
        let (sent, rows) = statements(app, ask, list).await;
        counted.push((format!("admin {list}"), sent, rows));
    }
    counted
}

async fn lists_cost_the_same_with_many_rows(backend: crate::harness::Backend) {
    let app = TestApp::start_with(backend, "[server]\ncache_seconds = 0\n").await;
    let (_, key) = app
        .app
        .auth
        .create_api_key(&app.system().await, "mini")
        .await
        .unwrap();
    let editor = app.person(Role::Editor).await;
    add(&app, 0).await;
    let one = count_all(&app, &key, &editor).await;
    for number in 1..MANY {
        add(&app, number).await;
    }

    let many = count_all(&app, &key, &editor).await;

    for ((name, sent, rows), (_, sent_for_many, many_rows)) in one.iter().zip(&many) {
        assert_eq!((*rows, *many_rows), (1, MANY), "{name}");
        assert!(*sent > 0, "{name} reads from the database");
        assert_eq!(
            sent, sent_for_many,
            "{name}: statements for 1 and for {MANY} rows"
        );
    }
}

mod sqlite {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn lists_cost_the_same_with_many_rows() {
        super::lists_cost_the_same_with_many_rows(crate::harness::Backend::Sqlite).await;
    }
}

mod postgres {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn lists_cost_the_same_with_many_rows() {
        super::lists_cost_the_same_with_many_rows(crate::harness::Backend::Postgres).await;
    }
}
