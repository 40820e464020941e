//! What mini-programs read: published content only, quickly, and nothing of another site.

use fenfa::{
    auth::Actor,
    content::{ItemChanges, NewItem, Story, StoryContent},
};
use serde_json::{Value, json};

use crate::harness::TestApp;

/// A mini-program with a key.
struct Reader<'a> {
    app: &'a TestApp,
    key: String,
}

impl<'a> Reader<'a> {
    async fn new(app: &'a TestApp, actor: &Actor) -> Self {
        let (_, key) = app
            .app
            .auth
            .create_api_key(actor, "mini-program")
            .await
            .unwrap();
        Self { app, key }
    }

    async fn send(&self, query: &str, variables: Value) -> reqwest::Response {
        self.app
            .http
            .post(format!("{}/graphql", self.app.url))
            .header("x-fenfa-key", &self.key)
            .json(&json!({ "query": query, "variables": variables }))
            .send()
            .await
            .unwrap()
    }

    async fn ask(&self, query: &str, variables: Value) -> Value {
        self.send(query, variables).await.json().await.unwrap()
    }

    async fn titles(&self) -> Vec<String> {
        let answer = self
            .ask("{ stories(first: 50) { nodes { title } } }", json!({}))
            .await;
        let nodes = answer["data"]["stories"]["nodes"]
            .as_array()
            .unwrap_or_else(|| panic!("{answer}"));
        nodes
            .iter()
            .map(|node| node["title"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn story(app: &TestApp, actor: &Actor, title: &str, publish: bool) -> Story {
    let mut content = StoryContent::new(title);
    content.lead = format!("{title}，鲜嫩可口，二十分钟就能上桌。");
    let new = NewItem {
        content,
        slug: None,
        source_id: None,
    };
    let story = app.app.content.create(actor, new).await.unwrap();
    if publish {
        app.app.content.publish(actor, story.id).await.unwrap()
    } else {
        story
    }
}

both_databases! {
    async fn a_draft_is_never_shown_counted_or_found(app: TestApp) {
        let actor = app.system().await;
        let reader = Reader::new(&app, &actor).await;
        story(&app, &actor, "清蒸鲈鱼的做法", true).await;
        let draft = story(&app, &actor, "秘密的鲈鱼", false).await;
        app.app.search.catch_up().await.unwrap();

        assert_eq!(reader.titles().await, ["清蒸鲈鱼的做法"]);
        let answer = reader.ask("query($slug: String!) { story(slug: $slug) { title } }", json!({ "slug": draft.slug })).await;
        assert_eq!(answer["data"]["story"], Value::Null);
        let answer = reader.ask("{ search(query: \"鲈鱼\") { nodes { title titleHtml snippetHtml } } }", json!({})).await;
        let hits = answer["data"]["search"]["nodes"].as_array().unwrap().clone();
        assert_eq!(hits.len(), 1, "{answer}");
        assert_eq!(hits[0]["titleHtml"], "清蒸<mark>鲈鱼</mark>的做法");
    }

    async fn a_change_that_is_not_published_stays_unseen(app: TestApp) {
        let actor = app.system().await;
        let reader = Reader::new(&app, &actor).await;
        let story = story(&app, &actor, "鸡蛋羹的做法", true).await;
        let mut content = story.content.clone();
        content.title = "鸡蛋羹的新做法".into();

        app.app.content.update(&actor, story.id, ItemChanges { base_version: story.version, content, slug: None }).await.unwrap();

        assert_eq!(reader.titles().await, ["鸡蛋羹的做法"]);
    }

    async fn an_answer_from_memory_gives_way_when_something_is_published(app: TestApp) {
        let actor = app.system().await;
        let reader = Reader::new(&app, &actor).await;
        let first = story(&app, &actor, "荔枝肉的做法", true).await;
        let query = "{ stories { nodes { title } } }";
        let tag = reader.send(query, json!({})).await.headers()["etag"].clone();
        let again = reader.send(query, json!({})).await;
        assert_eq!(again.headers()["etag"], tag);

        story(&app, &actor, "油焖大虾的做法", true).await;
        let changed = reader.send(query, json!({})).await;
        assert_ne!(changed.headers()["etag"], tag);
        app.app.content.unpublish::<StoryContent>(&actor, first.id).await.unwrap();

        assert_eq!(reader.titles().await, ["油焖大虾的做法"]);
    }

    async fn without_a_key_nothing_is_told(app: TestApp) {
        let unknown = Reader { app: &app, key: "fenfa_unknown".into() };
        let answer = unknown.send("{ stories { nodes { title } } }", json!({})).await;

        assert_eq!(answer.status(), 401);
    }

    async fn a_key_of_one_site_reads_nothing_of_another(app: TestApp) {
        let actor = app.system().await;
        let other = app.app.auth.create_site("other", "另一个品牌").await.unwrap();
        let other = Actor::system(other.id);
        let foreign = story(&app, &other, "别家的故事", true).await;
        story(&app, &actor, "自家的故事", true).await;
        app.app.search.catch_up().await.unwrap();
        let reader = Reader::new(&app, &actor).await;

        assert_eq!(reader.titles().await, ["自家的故事"]);
        let by_id = reader.ask("query($id: ID!) { story(id: $id) { title } }", json!({ "id": foreign.id.to_string() })).await;
        assert_eq!(by_id["data"]["story"], Value::Null);
        let found = reader.ask("{ search(query: \"故事\") { nodes { title } } }", json!({})).await;
        assert_eq!(found["data"]["search"]["nodes"], json!([{ "title": "自家的故事" }]));
    }

    async fn pages_follow_each_other_without_a_gap(app: TestApp) {
        let actor = app.system().await;
        for number in 1..=5 {
            app.clock.advance(std::time::Duration::from_mins(1));
            story(&app, &actor, &format!("第 {number} 篇"), true).await;
        }
        let reader = Reader::new(&app, &actor).await;
        let query = "query($after: String) { stories(first: 2, after: $after) { nodes { title } pageInfo { hasNextPage endCursor } } }";

        let mut titles = Vec::new();
        let mut after = Value::Null;
        loop {
            let answer = reader.ask(query, json!({ "after": after })).await;
            let list = &answer["data"]["stories"];
            titles.extend(list["nodes"].as_array().unwrap().iter().map(|node| node["title"].as_str().unwrap().to_owned()));
            if list["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = list["pageInfo"]["endCursor"].clone();
        }

        assert_eq!(titles, ["第 5 篇", "第 4 篇", "第 3 篇", "第 2 篇", "第 1 篇"]);
    }

    async fn any_text_may_be_searched_for(app: TestApp) {
        let actor = app.system().await;
        story(&app, &actor, "糖醋排骨的做法", true).await;
        app.app.search.catch_up().await.unwrap();
        let reader = Reader::new(&app, &actor).await;
        let long = "排".repeat(10_000);

        for text in ["", "\"", "title:", "排骨 AND (", "\u{0}\u{7}", "-", "*", "\\", "' OR 1=1 --", "<script>", "“排骨”", long.as_str()] {
            let answer = reader.ask("query($q: String!) { search(query: $q) { nodes { title } } }", json!({ "q": text })).await;
            assert_eq!(answer.get("errors"), None, "{text:?}: {answer}");
        }
    }

    async fn the_index_catches_up_from_where_it_stopped(app: TestApp) {
        let actor = app.system().await;
        story(&app, &actor, "第一篇鲈鱼", true).await;
        app.app.search.catch_up().await.unwrap();
        let second = story(&app, &actor, "第二篇鲈鱼", true).await;
        app.app.content.archive::<StoryContent>(&actor, second.id).await.unwrap();
        story(&app, &actor, "第三篇鲈鱼", true).await;

        // As a process that starts after a crash: the index is behind the cursor.
        let taken = app.app.search.catch_up().await.unwrap();
        assert_eq!(taken, 3);
        assert_eq!(app.app.search.catch_up().await.unwrap(), 0);
        let asked = || fenfa::search::SearchQuery { text: "鲈鱼".into(), limit: 10, ..Default::default() };
        let before = app.app.search.search(&actor, asked()).await.unwrap();
        assert_eq!(before.total, 2);

        app.app.search.rebuild().await.unwrap();
        let after = app.app.search.search(&actor, asked()).await.unwrap();
        assert_eq!(after.total, 2);
    }
}
